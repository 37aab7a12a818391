/* Funding of a venue whose feed tells no rate before its stamp: what is shown from a stamp to the
 * next is that stamp's rate. So a stamp is paid when a later one is named, of what was held at
 * it. */
#include "base/check.h"
#include "sim/fill_venue_private.h"

void fill_venue_fund(struct fill_venue *venue, product_index product, struct size position,
                     struct price mark, struct ratio rate)
{
    struct fill_pot *pot = &venue->pots[venue->config.catalog.items[product].profile];
    struct money paid = {0};
    if (position.e9 != 0)
        CHECK(money_scale(money_of(mark, position), rate, ROUND_HALF_EVEN, &paid));
    CHECK(money_sub(pot->cash, paid, &pot->cash) && money_sub(pot->funding, paid, &pot->funding));
}

static void await(struct fill_venue *venue)
{
    venue->stamp_ns = INT64_MAX;
    for (product_index i = 0; i < venue->config.catalog.count; i++) {
        const struct fill_stamp *stamp = &venue->markets[i].stamp;
        if (stamp->at_ns > 0 && !stamp->passed && stamp->at_ns < venue->stamp_ns)
            venue->stamp_ns = stamp->at_ns;
    }
}

static void pass(struct fill_venue *venue, struct fill_market *market)
{
    market->stamp.passed = true;
    market->stamp.held = market->position;
    market->stamp.mark = fill_venue_mark(venue, market->product);
}

void fill_venue_pass_stamps(struct fill_venue *venue)
{
    if (venue->stamp_ns > venue->now_ns)
        return;
    for (product_index i = 0; i < venue->config.catalog.count; i++) {
        const struct fill_stamp *stamp = &venue->markets[i].stamp;
        if (stamp->at_ns > 0 && !stamp->passed && stamp->at_ns <= venue->now_ns)
            pass(venue, &venue->markets[i]);
    }
    await(venue);
}

/* The newest stamp while no host ran, if there was one since the journal's first row that is not
 * in it: the engine books it too, at the rate that is shown now. */
static void pass_unseen(struct fill_venue *venue, struct fill_market *market,
                        const struct instrument *spec)
{
    int64_t interval_ns = spec->funding_interval_ns, next_ns = spec->funding_time_ns;
    int64_t last_ns = interval_ns > 0 ? next_ns - next_ns % interval_ns - interval_ns : 0;
    if (venue->first_ns == 0 || last_ns <= venue->first_ns || last_ns <= market->funded_ns)
        return;
    market->stamp.at_ns = last_ns;
    pass(venue, market);
}

void fill_venue_spec(struct fill_venue *venue, product_index product, const struct instrument *spec,
                     int64_t now_ns)
{
    struct fill_market *market = &venue->markets[product];
    struct fill_stamp *stamp = &market->stamp;
    venue->now_ns = now_ns;
    if (stamp->at_ns == 0)
        pass_unseen(venue, market, spec);
    if (spec->funding_time_ns <= stamp->at_ns)
        return;
    if (stamp->at_ns > 0 && !stamp->passed)
        pass(venue, market); /* our clock is behind the venue's */
    if (stamp->mark.e9 == 0)
        stamp->mark = fill_venue_mark(venue, product);
    if (stamp->held.e9 != 0 && stamp->mark.e9 == 0)
        return; /* nobody knows what it is worth yet: the specification is told again */
    fill_venue_fund(venue, product, stamp->held, stamp->mark, spec->funding_rate);
    *stamp = (struct fill_stamp){.at_ns = spec->funding_time_ns};
    await(venue);
}
