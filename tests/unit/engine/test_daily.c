/* The daily report, and products whose increments change under working orders. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_compare.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000, HOUR = 3600000000000, DAY = 86400000000000;

/* An order for half a coin of two is filled; one more works in each product, one at the market. */
static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    struct intent market = rig_limit_intent(0, SIDE_BUY, "0", "0.01", 2);
    market.type = ORDER_TYPE_MARKET;
    market.tif = TIF_IOC;
    rig->now.wall_ns -= rig->now.wall_ns % DAY - 22 * HOUR; /* two hours before midnight */
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_open_order(rig, 1, 1, SIDE_BUY, "99", "0.5", 1, "v2");
    rig_intent(rig, 0, market);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 3);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.5", "0.25");
    rig->venue_position[0] = rig_size("0.5");
    rig_pass(rig, 10 * SECOND);
    rig_forget(rig);
    return rig;
}

/* The wall clock jumps; time itself goes on as before. */
static void step_wall(struct rig *rig, int64_t by_ns)
{
    rig->now.wall_ns += by_ns;
    rig_pass(rig, SECOND);
}

static struct record_daily row_of(struct rig *rig, uint32_t index)
{
    struct record_daily row;
    assert_true(snapshot_daily(rig->engine, index, &row));
    return row;
}

static void the_day_is_told_by_strategy_and_product(void **state)
{
    (void)state;
    struct record_daily past;
    struct rig *rig = ready();
    struct record_daily row = row_of(rig, 0);
    assert_string_equal(row.name, "quoter");
    assert_string_equal(row.product_id, "BIP-20DEC30-CDE");
    assert_int_equal(row.fills, 1);
    assert_int_equal(row.volume.e9, rig_size("0.5").e9);
    assert_int_equal(row.fees.e18, rig_money("0.25").e18);
    row = row_of(rig, 1);
    assert_int_equal(row.product, NO_PRODUCT);
    assert_true(row.balance_known);
    assert_int_equal(row.equity.e18, rig_money("2000").e18);
    assert_false(snapshot_daily(rig->engine, 2, &past));
    rig_destroy(rig);
}

static void a_day_that_is_over_is_journaled_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->now.mono_ns += 3 * HOUR; /* as on a suspended machine: midnight passed unseen */
    step_wall(rig, 3 * HOUR);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 2);
    assert_int_equal(row_of(rig, 0).fills, 0); /* still held, nothing done with it today */
    assert_int_equal(row_of(rig, 0).fees.e18, 0);
    rig_forget(rig);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 0);
    rig_destroy(rig);
}

/* Paid for a position that is closed since: the day of the payment tells it. */
static void funding_alone_is_news(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct record paid = {.kind = RECORD_FUNDING};
    rig_fill(rig, "t2", "stray", 0, SIDE_SELL, "99", "0.5", "0");
    rig_restart(rig);
    rig->now.mono_ns += 5 * HOUR;
    rig->now.wall_ns += 5 * HOUR;
    rig_up(rig);
    assert_int_equal(row_of(rig, 1).product, 0); /* the strategy's half, and a stranger's */
    paid.at = rig->now;
    paid.funding.actor = 1; /* who never traded it */
    paid.funding.stamp_ns = rig->now.wall_ns;
    paid.funding.payment = rig_money("-0.5");
    memcpy(paid.funding.product_id, "BTC-PERP-INTX", 14);
    memcpy(paid.funding.name, "cross", 6);
    rig->journal[rig->journal_count++] = paid;
    rig_restart(rig);
    rig_up(rig);
    struct record_daily row = row_of(rig, 1);
    assert_string_equal(row.name, "cross");
    assert_int_equal(row.fills, 0);
    assert_true(row.funding.e18 == rig_money("-0.5").e18);
    rig_destroy(rig);
}

/* F66 | unit | the wall clock steps an hour back over midnight and on again | the day ends once */
static void a_clock_that_steps_ends_no_day_twice(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->now.mono_ns += 2 * HOUR + 60 * SECOND;
    step_wall(rig, 2 * HOUR + 60 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 2);
    step_wall(rig, -HOUR);
    step_wall(rig, HOUR);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 2);
    rig_destroy(rig);
}

/* F66 | unit | the wall clock steps over midnight and is not measured | the day waits for that */
static void a_clock_that_is_not_measured_ends_no_day(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_step(rig, &(struct event){.kind = EVENT_SKEW});
    step_wall(rig, 3 * HOUR);
    rig_pass(rig, 60 * SECOND); /* what is due comes up many times */
    assert_int_equal(rig_records(rig, RECORD_DAILY), 0);
    struct event clock = {.kind = EVENT_HEALTH, .health = {.cause = HEALTH_CLOCK, .on = true}};
    rig_step(rig, &clock); /* it is measured again, and something else is wrong with it */
    rig_step(rig, &(struct event){.kind = EVENT_SKEW, .skew = {.known = true}});
    assert_int_equal(rig_records(rig, RECORD_DAILY), 0);
    clock.health.on = false;
    rig_step(rig, &clock);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 2);
    rig_destroy(rig);
}

static void a_restart_goes_on_with_the_day(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(row_of(rig, 0).fills, 1);
    assert_int_equal(row_of(rig, 0).fees.e18, rig_money("0.25").e18);
    rig_restart(rig); /* and nobody was there at midnight */
    rig->now.mono_ns += 5 * HOUR;
    rig->now.wall_ns += 5 * HOUR;
    rig_up(rig);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 2);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(rig_records(rig, RECORD_DAILY), 0);
    assert_int_equal(row_of(rig, 0).fills, 0);
    rig_destroy(rig);
}

/* F69 | unit | tick, step or least size change under a working order | cancelled, with an alert */
static void orders_that_no_longer_fit_are_cancelled(void **state)
{
    static const struct { const char *tick, *step, *least; bool fits; } CASES[] = {
        {"0.5", "0.01", "0.01", true}, {"0.25", "0.001", "0.01", true},
        {"2", "0.01", "0.01", false},  {"0.5", "0.3", "0.01", false},
        {"0.5", "0.01", "5", false}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        struct event event = {.kind = EVENT_INSTRUMENT};
        event.instrument.product = 0;
        event.instrument.spec = rig->settings.catalog.items[0];
        event.instrument.spec.tick = rig_price(CASES[i].tick);
        event.instrument.spec.step = rig_size(CASES[i].step);
        event.instrument.spec.size_min = rig_size(CASES[i].least);
        rig_step(rig, &event);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), !CASES[i].fits);
        assert_int_equal(rig_count(rig, COMMAND_ALERT), !CASES[i].fits);
        rig_destroy(rig);
    }
}

int suite_daily(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_is_told_by_strategy_and_product),
        cmocka_unit_test(a_day_that_is_over_is_journaled_once),
        cmocka_unit_test(funding_alone_is_news),
        cmocka_unit_test(a_clock_that_steps_ends_no_day_twice),
        cmocka_unit_test(a_clock_that_is_not_measured_ends_no_day),
        cmocka_unit_test(a_restart_goes_on_with_the_day),
        cmocka_unit_test(orders_that_no_longer_fit_are_cancelled),
    };
    return cmocka_run_group_tests_name("daily", tests, NULL, NULL);
}
