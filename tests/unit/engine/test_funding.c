/* What is paid at funding stamps. The payments are worked by hand: position x mark x rate, with the
 * rig's mark of 100. */
#include "suites.h"

#include <string.h>

#include "engine/funding.h"
#include "engine/snapshot_compare.h"
#include "engine/snapshot_stage.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000, HOUR = 3600000000000;
static const char *const RATE = "0.000019";

/* The venue shows a product with this next stamp; before it, the rate is of the one before. */
static void show_spec(struct rig *rig, product_index product, int64_t next_ns, const char *rate)
{
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = product}};
    event.instrument.spec = rig->settings.catalog.items[product];
    event.instrument.spec.funding_interval_ns = HOUR;
    event.instrument.spec.funding_time_ns = next_ns;
    assert_true(ratio_parse(rate, strlen(rate), &event.instrument.spec.funding_rate));
    rig->settings.catalog.items[product] = event.instrument.spec;
    rig_step(rig, &event);
}

static int64_t next_hour(const struct rig *rig)
{
    return rig->now.wall_ns - rig->now.wall_ns % HOUR + HOUR;
}

/* Half a coin of product 0, ten seconds before the hour, with the stamp of the last hour known. */
static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig->now.wall_ns = next_hour(rig) - 60 * SECOND;
    for (int i = 0; i < 2; i++)
        show_spec(rig, (product_index)i, next_hour(rig), RATE);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.5", "0.25");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.5", "99", REPORT_USER_UPDATE);
    rig->venue_position[0] = rig_size("0.5");
    rig_pass(rig, next_hour(rig) - 10 * SECOND - rig->now.wall_ns);
    rig_forget(rig);
    return rig;
}

static void pass_stamp(struct rig *rig)
{
    rig_pass(rig, next_hour(rig) + 10 * SECOND - rig->now.wall_ns);
}

static struct money funding_of(struct rig *rig, actor_index actor, product_index product)
{
    return rig_position(rig, actor, product).funding;
}

static void assert_funding(struct rig *rig, actor_index actor, product_index product,
                           const char *expected)
{
    char text[DECIMAL_TEXT_MAX];
    money_format(funding_of(rig, actor, product), text);
    assert_string_equal(text, expected);
}

/* AC-G2 | unit | a stamp passes, its rate is shown again and again | paid once, long pays */
static void a_stamp_is_paid_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pass_stamp(rig);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 0); /* its rate is not known */
    for (int i = 0; i < 3; i++) {
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
        assert_int_equal(rig_records(rig, RECORD_FUNDING), 2);
    }
    assert_funding(rig, 0, 0, "-0.00095"); /* 0.5 x 100 x 0.000019 */
    rig_destroy(rig);
}

static void the_day_has_its_funding(void **state)
{
    (void)state;
    struct record_daily row;
    struct rig *rig = ready();
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    for (uint32_t i = 0; i < 2; i++) { /* the strategy's and the account's */
        assert_true(snapshot_daily(rig->engine, i, &row));
        assert_int_equal(row.funding.e18, rig_money("-0.00095").e18);
    }
    rig_destroy(rig);
}

/* AC-G2 | unit | killed before, at and after a stamp, each time shown its rate | paid once */
static void a_restart_pays_no_stamp_twice(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_restart(rig);
    pass_stamp(rig); /* nobody is there */
    rig_up(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_restart(rig); /* the rate is known, the list of fills is not */
    rig_up(rig);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "-0.00095");
    for (int i = 0; i < 3; i++) {
        rig_restart(rig);
        assert_funding(rig, 0, 0, "-0.00095");
        rig_up(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
        assert_int_equal(rig_records(rig, RECORD_FUNDING), 0);
    }
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

/* AC-G2 | unit | the journal holds the row of a stamp twice | the second is passed over */
static void a_row_that_is_there_twice_counts_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    uint32_t count = rig->journal_count;
    for (uint32_t i = 0; i < count; i++)
        if (rig->journal[i].kind == RECORD_FUNDING)
            rig->journal[rig->journal_count++] = rig->journal[i];
    assert_true(rig->journal_count >= count + 2);
    rig_restart(rig);
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

/* AC-G2 | unit | fills right before and after a stamp | paid on what was held at it */
static void a_fill_after_the_stamp_does_not_count(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_pass(rig, 9 * SECOND);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "99", "0.25", "0.1");
    rig_pass(rig, 2 * SECOND); /* the stamp passes */
    rig_fill(rig, "t3", "v1", 0, SIDE_BUY, "99", "1.25", "0.1");
    rig->venue_position[0] = rig_size("2");
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "-0.001425"); /* 0.75 x 100 x 0.000019 */
    rig_destroy(rig);
}

/* AC-G2 | unit | a fill of before two stamps is told after them | both are paid on it too, once */
static void a_late_fill_takes_its_share_along(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_FILL};
    struct rig *rig = ready();
    event.fill = (struct event_fill){
        .trade_id = rig_venue_id("t9"), .venue_order_id = rig_venue_id("v1"), .side = SIDE_BUY,
        .price = rig_price("99"), .size = rig_size("1.5"), .venue_ns = rig->now.wall_ns};
    for (int i = 0; i < 2; i++) {
        pass_stamp(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
    }
    assert_funding(rig, 0, 0, "-0.0019");
    rig_step(rig, &event);
    assert_funding(rig, 0, 0, "-0.0076"); /* 2 x 100 x 0.000019, twice */
    rig_step(rig, &event);
    rig_restart(rig);
    assert_funding(rig, 0, 0, "-0.0076");
    rig_destroy(rig);
}

/* Three of 0.01 at 100.000000001 and 0.000000025 pay 0.00000002500000000025 each, the last two
 * places of which are past 1e-18; together ...00075, which rounds up: the operator pays it. */
static void what_rounding_leaves_is_the_operators(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "0.01", 2, "w1");
    rig_open_order(rig, 1, 1, SIDE_BUY, "98", "0.01", 3, "w2");
    rig_fill(rig, "u1", "w1", 1, SIDE_BUY, "99", "0.01", "0");
    rig_fill(rig, "u2", "w2", 1, SIDE_BUY, "98", "0.01", "0");
    rig_fill(rig, "u3", "stranger", 1, SIDE_BUY, "98", "0.01", "0");
    rig->venue_position[1] = rig_size("0.03");
    pass_stamp(rig);
    show_spec(rig, 1, next_hour(rig), "0");
    rig_pass(rig, next_hour(rig) - 5 * SECOND - rig->now.wall_ns);
    rig_trade(rig, 1, "100.000000001", "1"); /* the older ones have left the average */
    pass_stamp(rig);
    show_spec(rig, 1, next_hour(rig), "0.000000025");
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 1, "-0.000000025");
    assert_funding(rig, 1, 1, "-0.000000025");
    assert_funding(rig, ACTOR_EXTERNAL, 1, "-0.000000025");
    assert_funding(rig, ACTOR_OPERATOR, 1, "-0.000000000000000001");
    assert_int_equal(rig_product(rig, 1).funding.e18, rig_money("-0.000000075000000001").e18);
    rig_destroy(rig);
}

/* AC-G2 | unit | no host runs over two stamps | the newest is paid, the other told as missed */
static void a_stamp_without_a_rate_is_told(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_restart(rig);
    rig->now.mono_ns += 2 * HOUR;
    rig->now.wall_ns += 2 * HOUR;
    rig_up(rig);
    rig_forget(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "nobody heard: 1"));
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

static void short_receives_when_the_rate_is_positive(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_SELL, "101", "0.75", 7, "v7");
    rig_fill(rig, "t7", "v7", 0, SIDE_SELL, "101", "0.75", "0");
    rig->venue_position[0] = rig_size("-0.25");
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "0.000475");
    rig_destroy(rig);
}

/* ---- the venue's own sum */

static struct account_row account(struct rig *rig)
{
    struct account_row row;
    snapshot_account(rig->engine, &row);
    return row;
}

static void pay_two_stamps(struct rig *rig)
{
    for (int i = 0; i < 2; i++) {
        pass_stamp(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
    }
}

static void assert_compared(struct rig *rig, uint64_t agreed, bool agrees)
{
    struct funding_row row;
    assert_true(snapshot_funding(rig->engine, &row));
    assert_int_equal(row.compared, 1);
    assert_int_equal(row.agreed, agreed);
    assert_int_equal(row.agrees, agrees);
}

/* What a promotion goes by. */
static void assert_measured(struct rig *rig, uint64_t held, uint64_t compared)
{
    struct stage_row row;
    snapshot_stage(rig->engine, &row);
    assert_int_equal(row.measures.funding_held, held);
    assert_int_equal(row.measures.funding_compared, compared);
}

/* AC-G1 | unit | the venue pays what our stamps say, but for its own mark | its sum is booked */
static void the_venues_sum_is_booked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct funding_row row;
    pay_two_stamps(rig);
    rig_forget(rig);
    assert_false(snapshot_funding(rig->engine, &row)); /* nothing was paid, nothing compared */
    assert_measured(rig, 2, 0);
    rig->balances[0].funding_pnl = rig_money("-0.00191"); /* ours: -0.0019 */
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 1);
    assert_int_equal(account(rig).funding.e18, rig->balances[0].funding_pnl.e18);
    assert_int_equal(account(rig).funding_unexplained.e18, 0);
    assert_compared(rig, 1, true);
    assert_measured(rig, 2, 1);
    rig_restart(rig);
    assert_compared(rig, 1, true);
    assert_int_equal(account(rig).funding.e18, rig_money("-0.00191").e18);
    rig_up(rig);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 0);
    rig_destroy(rig);
}

/* AC-G1 | unit | the venue pays something else than our stamps say | alarmed, not booked */
static void a_sum_that_is_far_off_is_alarmed(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pay_two_stamps(rig);
    rig_forget(rig);
    rig->balances[0].funding_pnl = rig_money("0.25");
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    rig_pass(rig, 10 * SECOND);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "funding_pnl"));
    assert_int_equal(account(rig).funding.e18, rig_money("-0.0019").e18);
    assert_compared(rig, 0, false);
    rig_restart(rig);
    assert_compared(rig, 0, false);
    assert_true(account(rig).funding_unexplained.e18 >= rig_money("0.25").e18);
    rig_destroy(rig);
}

/* ---- for the gate */

static void what_is_to_come_is_projected(void **state)
{
    (void)state;
    struct instrument spec = {.funding_interval_ns = HOUR, .funding_rate = {19000},
                              .funding_time_ns = 10 * HOUR};
    struct money day;
    assert_true(funding_project_day(&spec, rig_price("100"), rig_size("-2"), &day));
    assert_int_equal(day.e18, rig_money("0.0912").e18); /* 2 x 100 x 0.000019 x 24 */
    assert_true(funding_next_ns(&spec, 9 * HOUR) == 10 * HOUR);
    assert_true(funding_next_ns(&spec, 10 * HOUR) == 11 * HOUR);
    assert_true(funding_next_ns(&spec, 12 * HOUR + 1) == 13 * HOUR);
    spec.funding_interval_ns = 8 * HOUR;
    assert_true(funding_project_day(&spec, rig_price("100"), rig_size("2"), &day));
    assert_int_equal(day.e18, rig_money("-0.0114").e18);
    spec.funding_interval_ns = 0;
    assert_false(funding_project_day(&spec, rig_price("100"), rig_size("2"), &day));
    assert_true(funding_next_ns(&spec, 0) == INT64_MAX);
}

int suite_funding(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_is_paid_once),
        cmocka_unit_test(the_day_has_its_funding),
        cmocka_unit_test(a_restart_pays_no_stamp_twice),
        cmocka_unit_test(a_row_that_is_there_twice_counts_once),
        cmocka_unit_test(a_fill_after_the_stamp_does_not_count),
        cmocka_unit_test(a_late_fill_takes_its_share_along),
        cmocka_unit_test(what_rounding_leaves_is_the_operators),
        cmocka_unit_test(a_stamp_without_a_rate_is_told),
        cmocka_unit_test(short_receives_when_the_rate_is_positive),
        cmocka_unit_test(the_venues_sum_is_booked),
        cmocka_unit_test(a_sum_that_is_far_off_is_alarmed),
        cmocka_unit_test(what_is_to_come_is_projected),
    };
    return cmocka_run_group_tests_name("funding", tests, NULL, NULL);
}
