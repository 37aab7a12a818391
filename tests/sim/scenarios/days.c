/* A month of trading, seen once a minute: does the host's book of money come out as the venue's? */
#include "scenario.h"

#include <string.h>

#include "days.h"
#include "engine/metrics.h"
#include "sim/venue_sim_fault.h"

/* With sanitizers it takes minutes: days enough to pass each of them several times. */
#ifdef __SANITIZE_ADDRESS__
enum { DAYS = 3 };
#else
enum { DAYS = 30 };
#endif
enum { TRADE_EVERY_H = 8, CRASH_EVERY_H = 7, CORRECT_EVERY_H = 11,
       STRANGER_EVERY_H = 13, DELEVERAGE_EVERY_H = 3, LIQUIDATE_EVERY_H = 25, LAST_HOUR = 9 };
static const int64_t HOUR = 3600000000000;
static const __int128 HALF_A_CENT = 5000000000000000, TINY = 1000000000;

/* Of one profile: what our books say was earned, less what the open positions cost. When a position
 * turns within one instant, the order of its fills decides what of it is realised and what is cost,
 * and the venue's own order is not told; the two together do not depend on it. */
static struct money ours(struct sim *sim, enum venue_profile profile)
{
    struct money sum = {0};
    struct position_row row;
    struct account_row account;
    for (uint32_t i = 0; snapshot_position(sim->engine, i, &row); i++)
        if (sim->settings.catalog.items[row.product].profile == profile)
            sum.e18 += row.realised.e18 - row.cost.e18 - row.fees.e18 + row.funding.e18;
    if (profile != PROFILE_CDE)
        return sum;
    /* What the venue paid beyond the stamps is no product's. */
    snapshot_account(sim->engine, &account);
    sum.e18 += account.funding.e18;
    for (uint32_t i = 0; snapshot_position(sim->engine, i, &row); i++)
        sum.e18 -= row.funding.e18;
    return sum;
}

/* The venue's own cash since the beginning, with what is accrued and not in cash yet. */
static struct money venues(struct sim *sim, enum venue_profile profile)
{
    const struct ledger *ledger = venue_sim_ledger(sim->world.venue);
    struct money sum = {ledger->cash[profile].e18 - ledger->start_cash[profile].e18};
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (venue_products[i].profile == profile)
            sum.e18 += ledger->positions[i].funding_accrued.e18 - ledger->positions[i].cost.e18;
    return sum;
}

static void assert_near(struct sim *sim, enum venue_profile profile, __int128 bound)
{
    char mine[DECIMAL_TEXT_MAX], theirs[DECIMAL_TEXT_MAX];
    struct money a = ours(sim, profile), b = venues(sim, profile);
    __int128 off = a.e18 > b.e18 ? a.e18 - b.e18 : b.e18 - a.e18;
    money_format(a, mine);
    money_format(b, theirs);
    print_message("%s: ours %s, the venue's %s\n", venue_profile_text(profile), mine, theirs);
    assert_true(off < bound);
    assert_true(b.e18 != 0);
}

/* Once per product and hour: no stamp is closed twice in the journal, and none is left out. */
static void assert_stamps(struct sim *sim)
{
    int64_t last_ns[MAX_PRODUCTS] = {0};
    uint32_t stamps = 0;
    for (uint32_t i = 0; i < sim->journal.count; i++) {
        const struct record_funding *row = &sim->journal.records[i].funding;
        if (sim->journal.records[i].kind != RECORD_FUNDING || row->product == NO_PRODUCT ||
            row->trade_id[0] || row->actor != ACTOR_OPERATOR)
            continue;
        if (last_ns[row->product] > 0)
            assert_true(row->stamp_ns == last_ns[row->product] + HOUR);
        assert_int_equal(row->missed, 0);
        last_ns[row->product] = row->stamp_ns;
        stamps++;
    }
    assert_true(stamps >= DAYS * 24 * (uint32_t)sim->settings.catalog.count);
}

/* What a reader of the journal alone works out is what the engine has in its books, to the unit:
 * every actor in every product, over all lives. */
static void assert_metrics(struct sim *sim)
{
    struct metrics *metrics = metrics_create();
    struct metrics_row row;
    struct position_row own;
    struct account_row account;
    uint32_t cells = 0;
    assert_non_null(metrics);
    for (uint32_t i = 0; i < sim->journal.count; i++)
        assert_true(metrics_add(metrics, &sim->journal.records[i]));
    for (uint32_t i = 0; metrics_row(metrics, METRICS_RUN, i, &row); i++)
        for (uint32_t j = 0; !row.all_actors && !row.all_products &&
                             snapshot_position(sim->engine, j, &own); j++) {
            const char *id = sim->settings.catalog.items[own.product].product_id;
            bool same = own.actor < MAX_STRATEGIES
                            ? strcmp(sim->settings.strategies[own.actor].name, row.name) == 0
                            : own.actor == row.actor;
            if (!same || strcmp(id, row.product_id) != 0)
                continue;
            assert_true(row.realised.e18 == own.realised.e18 && row.fees.e18 == own.fees.e18);
            assert_true(row.funding.e18 == own.funding.e18 && row.position.e9 == own.size.e9);
            cells++;
        }
    snapshot_account(sim->engine, &account);
    assert_true(metrics_row(metrics, METRICS_RUN, 0, &row));
    assert_true(row.fees.e18 == account.fees.e18 && row.funding.e18 == account.funding.e18);
    assert_true(cells > 4 && row.trades > 0 && row.slippage_known);
    print_message("%u trades, sharpe of days %s\n", (unsigned)row.trades,
                  row.days.known ? "known" : "not known");
    metrics_destroy(metrics);
}

/* A fault that waits longer than 30 s is over: this one waits for the next pulse. */
static void strike(struct scenario *s, enum fault_kind kind, uint64_t roll)
{
    faults_add(&s->sim->faults, kind, s->sim->now_ns + 45 * SECOND, roll);
}

/* An hour, begun ten minutes before its stamp; crashes fall right before and after that. */
static void live_hour(struct scenario *s, int hour)
{
    struct sim *sim = s->sim;
    sim->options.strategies = hour % TRADE_EVERY_H == 0;
    if (hour % CORRECT_EVERY_H == 0)
        venue_sim_reverse_fill(sim->world.venue, hour % 2 ? 3 : 0);
    if (hour % STRANGER_EVERY_H == 0)
        strike(s, FAULT_STRANGER, (uint64_t)hour * 7919);
    if (hour % LIQUIDATE_EVERY_H == 0) /* all that is held, in one profile and then the other */
        for (int i = 0; i < VENUE_PRODUCTS; i++)
            if ((int)venue_products[i].profile == hour / LIQUIDATE_EVERY_H % 2)
                venue_sim_liquidate(sim->world.venue, i);
    if (hour % DELEVERAGE_EVERY_H == 0)
        venue_sim_deleverage(sim->world.venue, hour / DELEVERAGE_EVERY_H % VENUE_PRODUCTS);
    scenario_pass(s, (9 + hour % 3) * 60 * SECOND);
    if (hour % CRASH_EVERY_H == 0)
        strike(s, FAULT_CRASH, (uint64_t)hour);
    scenario_pass(s, HOUR - (9 + hour % 3) * 60 * SECOND);
}

static uint32_t count_orders(struct sim *sim, const char *client_id)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < venue_sim_order_count(sim->world.venue); i++) {
        const struct venue_order *order = venue_sim_order_at(sim->world.venue, i);
        count += order->filled.e9 > 0 &&
                 strncmp(order->request.client_id, client_id, strlen(client_id)) == 0;
    }
    return count;
}

static uint32_t count_reversals(struct sim *sim)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < venue_sim_fill_count(sim->world.venue); i++)
        count += venue_sim_fill_at(sim->world.venue, i)->kind == FILL_REVERSAL;
    return count;
}

/* AC-G1 | simulation | 30 days, 15,000 fills, a hundred crashes, fills taken back or corrected,
 * others' fills, liquidations, deleveraging | our money is the venue's, to the cent */
/* AC-G2 | simulation | 30 days of hourly stamps and 100 crashes | each stamp paid once */
void a_month_ends_with_the_venues_money(void **state)
{
    (void)state;
    struct err err;
    struct sim_options options = {.seed = 47, .chaos_ns = (DAYS + 1) * 24 * HOUR, .only = -1,
                                  .pulse_ns = 60 * SECOND};
    struct scenario s = {sim_create(&options, NULL, &err), 0};
    assert_non_null(s.sim);
    s.sim->faults.count = 0; /* none but those that are added, and an operator is there */
    host_start(s.sim);
    scenario_pass(&s, 54 * 60 * SECOND);
    for (int hour = 1; hour <= DAYS * 24 + LAST_HOUR; hour++)
        live_hour(&s, hour);
    print_message("%u fills, %u taken back, %u liquidations, %u deleveragings, %u lives\n",
                  venue_sim_fill_count(s.sim->world.venue), count_reversals(s.sim),
                  count_orders(s.sim, "liquidation-"), count_orders(s.sim, "deleverage-"),
                  (unsigned)s.sim->lives);
    assert_stamps(s.sim);
    assert_near(s.sim, PROFILE_CDE, TINY);
    assert_near(s.sim, PROFILE_INTX, HALF_A_CENT);
    assert_true(count_orders(s.sim, "liquidation-") > DAYS / 2);
    assert_true(count_orders(s.sim, "deleverage-") > DAYS / 2);
    assert_true(count_reversals(s.sim) > DAYS);
    assert_metrics(s.sim);
    assert_true(venue_sim_fill_count(s.sim->world.venue) > DAYS * 300);
    assert_true(s.sim->lives > DAYS * 3);
    sim_destroy(s.sim);
}
