#include "engine/average.h"

#include "base/check.h"
#include "base/wide.h"

static const int64_t SECOND_NS = 1000000000;

static void empty(struct average *average, struct average_slot *slot)
{
    average->sum -= slot->sum;
    average->weight -= slot->weight;
    *slot = (struct average_slot){0};
}

/* Takes out what has left the window that ends with `second`. */
static void advance(struct average *average, int64_t second)
{
    if (second <= average->newest)
        return;
    int64_t steps = second - average->newest;
    for (int64_t i = 1; i <= steps && i <= AVERAGE_SLOTS; i++)
        empty(average, &average->slots[(average->newest + i) % AVERAGE_SLOTS]);
    average->newest = second;
}

void average_add(struct average *average, int64_t at_ns, struct price price, int64_t weight)
{
    int64_t second = at_ns / SECOND_NS;
    __int128 worth = (__int128)price.e9 * weight, sum;
    CHECK(weight > 0 && price.e9 > 0);
    if (at_ns < 0 || second <= average->newest - AVERAGE_SLOTS)
        return;
    advance(average, second);
    struct average_slot *slot = &average->slots[second % AVERAGE_SLOTS];
    if (weight > INT64_MAX - slot->weight || __builtin_add_overflow(average->sum, worth, &sum))
        return;
    slot->sum += worth;
    slot->weight += weight;
    average->sum = sum;
    average->weight += weight;
}

void average_hold(struct average *average, int64_t from_ns, int64_t to_ns, struct price price)
{
    int64_t oldest_ns = (to_ns / SECOND_NS - AVERAGE_SLOTS + 1) * SECOND_NS;
    int64_t at_ns = from_ns > oldest_ns ? from_ns : oldest_ns;
    while (at_ns < to_ns) {
        int64_t end_ns = (at_ns / SECOND_NS + 1) * SECOND_NS;
        end_ns = end_ns < to_ns ? end_ns : to_ns;
        average_add(average, at_ns, price, end_ns - at_ns);
        at_ns = end_ns;
    }
}

bool average_get(struct average *average, int64_t now_ns, struct price *ret)
{
    __int128 quotient;
    advance(average, now_ns / SECOND_NS);
    if (average->weight == 0)
        return false;
    CHECK(wide_div(average->sum, average->weight, ROUND_HALF_EVEN, &quotient));
    ret->e9 = (int64_t)quotient; /* between the prices that it is of */
    return true;
}
