#include "engine/position.h"

#include "base/check.h"
#include "base/wide.h"

/* cost * part / whole, rounded half-even; part <= whole, so the result fits. */
static struct money cost_of_part(struct money cost, struct size part, struct size whole)
{
    wide_uint quotient;
    uint64_t remainder;
    __int128 signed_quotient;
    bool negative = cost.e18 < 0;
    uint64_t divisor = (uint64_t)wide_magnitude(whole.e9);
    bool fits = wide_mul_div(wide_magnitude(cost.e18), (uint64_t)wide_magnitude(part.e9), divisor,
                             &quotient, &remainder);
    CHECK(fits);
    quotient += wide_rounds_away(quotient, remainder, divisor, negative, ROUND_HALF_EVEN);
    CHECK(wide_signed(quotient, negative, &signed_quotient));
    return (struct money){signed_quotient};
}

/* Adds to a flat position or to one of the same sign. The range is kept symmetric: a position that
 * cannot be negated could not be closed. */
static bool open_part(struct position *position, struct price price, struct size delta)
{
    struct position next = *position;
    if (!size_add(next.size, delta, &next.size) || next.size.e9 == INT64_MIN)
        return false;
    CHECK(money_add(next.cost, money_of(price, delta), &next.cost)); /* at most INT64_MAX squared */
    *position = next;
    return true;
}

/* Closes `part` (positive, at most what is open) of a position. */
static bool close_part(struct position *position, struct price price, struct size part)
{
    struct position next = *position;
    bool is_long = position->size.e9 > 0;
    struct size whole = {is_long ? position->size.e9 : -position->size.e9};
    struct size delta = {is_long ? -part.e9 : part.e9};
    struct money cost = cost_of_part(position->cost, part, whole), gain;
    struct money proceeds = money_of(price, (struct size){-delta.e9});
    next.size.e9 += delta.e9;
    /* All of one sign: what was paid, a part of it, what the part brought. */
    CHECK(money_sub(next.cost, cost, &next.cost) && money_sub(proceeds, cost, &gain));
    if (!money_add(next.realised, gain, &next.realised))
        return false;
    *position = next;
    return true;
}

bool position_apply(struct position *position, enum side side, struct price price,
                    struct size size)
{
    CHECK((side == SIDE_BUY || side == SIDE_SELL) && size.e9 > 0);
    struct position next = *position;
    struct size left = size;
    bool opposite = side == SIDE_BUY ? next.size.e9 < 0 : next.size.e9 > 0;
    if (opposite) {
        int64_t open = next.size.e9 < 0 ? -next.size.e9 : next.size.e9;
        struct size part = {open < left.e9 ? open : left.e9};
        if (!close_part(&next, price, part))
            return false;
        left.e9 -= part.e9;
    }
    struct size delta = {side == SIDE_BUY ? left.e9 : -left.e9};
    if (left.e9 > 0 && !open_part(&next, price, delta))
        return false;
    next.touched = true;
    *position = next;
    return true;
}

bool position_charge(struct position *position, struct money fee)
{
    if (!money_add(position->fees, fee, &position->fees))
        return false;
    position->touched = true;
    return true;
}

bool position_fund(struct position *position, struct money payment)
{
    if (!money_add(position->funding, payment, &position->funding))
        return false;
    position->touched = position->touched || payment.e18 != 0;
    return true;
}

struct money position_unrealised(const struct position *position, struct price mark)
{
    return (struct money){money_of(mark, position->size).e18 - position->cost.e18};
}

struct price position_average(const struct position *position)
{
    struct price average = {0};
    if (position->size.e9 != 0)
        (void)money_div_size(position->cost, position->size, ROUND_HALF_EVEN, &average);
    return average;
}
