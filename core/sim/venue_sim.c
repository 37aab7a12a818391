#include "sim/venue_sim.h"

#include <stdlib.h>

#include "base/check.h"
#include "sim/venue_sim_calendar.h"
#include "sim/venue_sim_private.h"

enum { SETTLE_HOUR_MIDDAY = 16, SETTLE_HOUR_END = 21 }; /* UTC, the two margin cycles of CDE */
static const int64_t HOUR_NS = INT64_C(3600) * 1000000000;

static void set_next_hour(struct venue_sim *sim)
{
    int64_t next = (sim->now_ns / HOUR_NS + 1) * HOUR_NS;
    CHECK(deadlines_set(&sim->deadlines, (struct deadline){next, DEADLINE_HOUR, 0}));
}

static int check_config(const struct venue_sim_config *config, struct err *err)
{
    if (config->speed.e9 <= 0)
        return err_set(err, "speed must be more than 0: 1 is real time");
    if (config->start_ns <= 0)
        return err_set(err, "start_ns must be a Unix time");
    if (config->cash_usd.e18 < 0 || config->cash_usdc.e18 < 0)
        return err_set(err, "starting cash must be 0 or more");
    if (config->fee_maker.e9 < -DECIMAL_ONE / 10 || config->fee_maker.e9 > DECIMAL_ONE / 10 ||
        config->fee_taker.e9 < 0 || config->fee_taker.e9 > DECIMAL_ONE / 10)
        return err_set(err, "fees must be fractions up to 0.1: 0.0005 is 5 bp");
    return 0;
}

struct venue_sim *venue_sim_create(const struct venue_sim_config *config,
                                   const struct venue_sink *sink, struct err *err)
{
    if (check_config(config, err) < 0)
        return NULL;
    struct venue_sim *sim = calloc(1, sizeof *sim);
    if (!sim) {
        err_set(err, "no memory for a venue");
        return NULL;
    }
    sim->config = *config;
    sim->sink = *sink;
    sim->now_ns = config->start_ns;
    prng_seed(&sim->ids, config->seed ^ config->id_salt);
    deadlines_init(&sim->deadlines, sim->deadline_memory, VENUE_DEADLINES);
    ledger_init(&sim->ledger, config->cash_usd, config->cash_usdc);
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        venue_book_init(&sim->listings[i].book, &venue_products[i]);
        /* Milliseconds of the start: ids go on rising when a venue is started again. */
        sim->listings[i].next_trade_id = (uint64_t)config->start_ns / 1000000;
    }
    for (int i = 0; i < VENUE_ASSETS; i++)
        venue_market_start(sim, i);
    set_next_hour(sim);
    venue_sim_advance(sim, config->start_ns);
    return sim;
}

void venue_sim_destroy(struct venue_sim *sim)
{
    if (!sim)
        return;
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        venue_book_fini(&sim->listings[i].book);
    for (int i = 0; i < VENUE_ASSETS; i++) {
        free(sim->markets[i].fine[SIDE_BUY].levels);
        free(sim->markets[i].fine[SIDE_SELL].levels);
    }
    venue_list_fini(sim);
    free(sim);
}

/* The rate shown during an hour describes the one that just ended; it is paid at the change. */
static void turn_hour(struct venue_sim *sim, int64_t at_ns)
{
    int64_t hour = at_ns / HOUR_NS;
    bool cycle = hour % 24 == SETTLE_HOUR_MIDDAY || hour % 24 == SETTLE_HOUR_END;
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        struct ratio rate = venue_calendar_funding(sim->config.seed, i, hour);
        CHECK(ledger_accrue_funding(&sim->ledger, i, venue_sim_mark(sim, i), rate));
        if (cycle || venue_products[i].profile == PROFILE_INTX)
            CHECK(ledger_settle_funding(&sim->ledger, i));
    }
    if (venue_calendar_day_start_ns(at_ns) == at_ns)
        ledger_start_day(&sim->ledger);
    set_next_hour(sim);
}

static void meet_deadline(struct venue_sim *sim, const struct deadline *deadline)
{
    struct venue_order *order = deadline->owner == DEADLINE_HOUR ? NULL
                                                                 : sim->orders[deadline->id];
    switch ((enum venue_deadline)deadline->owner) {
    case DEADLINE_ENTER:
        venue_match_enter(sim, order);
        break;
    case DEADLINE_CANCEL:
        venue_match_finish(sim, order, VENUE_CANCELLED, "User requested cancel");
        break;
    case DEADLINE_EXPIRE:
        venue_match_finish(sim, order, VENUE_EXPIRED, "end time reached");
        break;
    case DEADLINE_HOUR:
        turn_hour(sim, deadline->at_ns);
        break;
    }
}

/* Everything in the order of its time; a market's row goes before a deadline of the same time. */
void venue_sim_advance(struct venue_sim *sim, int64_t now_ns)
{
    for (;;) {
        int64_t deadline_ns = deadlines_next_ns(&sim->deadlines), next_ns = INT64_MAX;
        int market = 0;
        for (int i = 0; i < VENUE_ASSETS; i++) {
            int64_t row_ns = venue_market_next_ns(sim, i);
            if (row_ns < next_ns) {
                next_ns = row_ns;
                market = i;
            }
        }
        int64_t first_ns = deadline_ns < next_ns ? deadline_ns : next_ns;
        if (first_ns > now_ns)
            break;
        if (first_ns > sim->now_ns)
            sim->now_ns = first_ns;
        if (next_ns <= deadline_ns) {
            venue_market_step(sim, market);
        } else {
            struct deadline due;
            CHECK(deadlines_pop_due(&sim->deadlines, first_ns, &due));
            meet_deadline(sim, &due);
        }
    }
    if (now_ns > sim->now_ns)
        sim->now_ns = now_ns;
}

int64_t venue_sim_now(const struct venue_sim *sim) { return sim->now_ns; }

uint32_t venue_sim_order_count(const struct venue_sim *sim) { return sim->order_count; }

const struct venue_order *venue_sim_order_at(const struct venue_sim *sim, uint32_t number)
{
    CHECK(number < sim->order_count);
    return sim->orders[number];
}

const struct venue_order *venue_sim_order_find(const struct venue_sim *sim, const char *order_id)
{
    return venue_list_find(sim, order_id);
}

uint32_t venue_sim_fill_count(const struct venue_sim *sim) { return sim->fill_count; }

const struct venue_fill *venue_sim_fill_at(const struct venue_sim *sim, uint32_t number)
{
    CHECK(number < sim->fill_count);
    return &sim->fills[number];
}

struct venue_book *venue_sim_book(struct venue_sim *sim, int product)
{
    return &sim->listings[product].book;
}

const struct venue_stats *venue_sim_stats(const struct venue_sim *sim, int product)
{
    return &sim->listings[product].stats;
}

const struct ledger *venue_sim_ledger(const struct venue_sim *sim) { return &sim->ledger; }

struct price venue_sim_mark(const struct venue_sim *sim, int product)
{
    const struct venue_listing *listing = &sim->listings[product];
    struct level bid, ask;
    if (venue_book_best_available(&listing->book, SIDE_BUY, &bid) &&
        venue_book_best_available(&listing->book, SIDE_SELL, &ask))
        return (struct price){bid.price.e9 + (ask.price.e9 - bid.price.e9) / 2};
    return listing->stats.last;
}

bool venue_sim_session_open(const struct venue_sim *sim, int product)
{
    if (venue_products[product].profile == PROFILE_INTX)
        return true;
    if (sim->config.session == SESSION_CALENDAR)
        return venue_calendar_open(sim->now_ns);
    return sim->config.session == SESSION_ALWAYS_OPEN;
}

struct ratio venue_sim_funding_rate(const struct venue_sim *sim, int product)
{
    return venue_calendar_funding(sim->config.seed, product, sim->now_ns / HOUR_NS);
}
