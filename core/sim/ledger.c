#include "sim/ledger.h"

#include "base/check.h"

void ledger_init(struct ledger *ledger, struct money usd, struct money usdc)
{
    *ledger = (struct ledger){0};
    ledger->cash[PROFILE_CDE] = ledger->start_cash[PROFILE_CDE] = usd;
    ledger->cash[PROFILE_INTX] = ledger->start_cash[PROFILE_INTX] = usdc;
}

static int64_t distance(int64_t value)
{
    return value < 0 ? -value : value;
}

/* cost x part / whole without leaving 128 bits: quotient and remainder go their own ways. */
static struct money share_of(struct money cost, int64_t part, int64_t whole)
{
    __int128 quotient = cost.e18 / whole, remainder = cost.e18 % whole;
    return (struct money){quotient * part + remainder * part / whole};
}

struct booking { struct size units; struct money cost, realised; };

/* What closing `closed` units at `price` does: `held` is the position, `sign` its direction. */
static bool book_close(const struct venue_product *product, const struct ledger_position *held,
                       int64_t closed_e9, struct price price, struct booking *ret)
{
    int64_t whole = distance(held->units.e9), sign = held->units.e9 < 0 ? -1 : 1;
    struct money share = share_of(held->cost, closed_e9, whole), proceeds;
    if (!venue_product_value(product, price, (struct size){sign * closed_e9}, &proceeds))
        return false;
    ret->units.e9 = held->units.e9 - sign * closed_e9;
    return money_sub(held->cost, share, &ret->cost) &&
           money_sub(proceeds, share, &ret->realised);
}

bool ledger_apply_fill(struct ledger *ledger, int product, enum side side, struct price price,
                       struct size units, struct money fee)
{
    const struct venue_product *spec = &venue_products[product];
    struct ledger_position *position = &ledger->positions[product];
    struct booking after = {position->units, position->cost, {0}};
    struct money *cash = &ledger->cash[spec->profile], new_cash, added;
    int64_t signed_e9 = side == SIDE_BUY ? units.e9 : -units.e9, closed_e9 = 0;
    CHECK(units.e9 > 0 && (side == SIDE_BUY || side == SIDE_SELL));

    if (position->units.e9 != 0 && (position->units.e9 < 0) != (signed_e9 < 0)) {
        int64_t held = distance(position->units.e9);
        closed_e9 = units.e9 < held ? units.e9 : held;
        if (!book_close(spec, position, closed_e9, price, &after))
            return false;
    }
    struct size opened = {signed_e9 < 0 ? signed_e9 + closed_e9 : signed_e9 - closed_e9};
    struct ledger_position next = *position;
    if (!venue_product_value(spec, price, opened, &added) ||
        !size_add(after.units, opened, &next.units) ||
        !money_add(after.cost, added, &next.cost) ||
        !money_add(position->realised, after.realised, &next.realised) ||
        !money_add(position->realised_today, after.realised, &next.realised_today) ||
        !money_add(position->fees, fee, &next.fees) ||
        !money_add(*cash, after.realised, &new_cash) || !money_sub(new_cash, fee, &new_cash))
        return false;
    *position = next;
    *cash = new_cash;
    CHECK(position->units.e9 != 0 || position->cost.e18 == 0);
    return true;
}

bool ledger_accrue_funding(struct ledger *ledger, int product, struct price mark,
                           struct ratio rate)
{
    struct ledger_position *position = &ledger->positions[product];
    struct money value, payment;
    return venue_product_value(&venue_products[product], mark, position->units, &value) &&
           money_scale(value, rate, ROUND_HALF_EVEN, &payment) &&
           money_sub(position->funding_accrued, payment, &position->funding_accrued);
}

bool ledger_settle_funding(struct ledger *ledger, int product)
{
    enum venue_profile profile = venue_products[product].profile;
    struct ledger_position *position = &ledger->positions[product];
    struct money cash, paid;
    if (!money_add(ledger->cash[profile], position->funding_accrued, &cash) ||
        !money_add(ledger->funding_paid[profile], position->funding_accrued, &paid))
        return false;
    ledger->cash[profile] = cash;
    ledger->funding_paid[profile] = paid;
    position->funding_accrued = (struct money){0};
    return true;
}

void ledger_start_day(struct ledger *ledger)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        ledger->positions[i].realised_today = (struct money){0};
}

bool ledger_unrealised(const struct ledger *ledger, int product, struct price mark,
                       struct money *ret)
{
    const struct ledger_position *position = &ledger->positions[product];
    struct money value;
    return venue_product_value(&venue_products[product], mark, position->units, &value) &&
           money_sub(value, position->cost, ret);
}

struct price ledger_entry_price(const struct ledger *ledger, int product)
{
    const struct ledger_position *position = &ledger->positions[product];
    struct price entry = {0};
    struct size base;
    if (position->units.e9 != 0 &&
        venue_product_base(&venue_products[product], position->units, &base))
        money_div_size(position->cost, base, ROUND_HALF_EVEN, &entry);
    return entry;
}
