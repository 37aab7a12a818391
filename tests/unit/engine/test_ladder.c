/* The degradation ladder: what is off at each step, why, and who is told. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_care.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static void health(struct rig *rig, enum health_cause cause, bool on, const char *text)
{
    struct event event = {.kind = EVENT_HEALTH, .health = {.cause = cause, .on = on}};
    strncpy(event.health.text, text, sizeof event.health.text - 1);
    rig_step(rig, &event);
}

static enum ladder_step step_of(struct rig *rig)
{
    struct account_row row;
    snapshot_account(rig->engine, &row);
    return row.ladder;
}

static const struct record_ladder *last_record(struct rig *rig)
{
    for (uint32_t i = rig->journal_count; i-- > rig->journal_mark;)
        if (rig->journal[i].kind == RECORD_LADDER)
            return &rig->journal[i].ladder;
    fail_msg("no change was journaled");
    return NULL;
}

static bool passes(struct rig *rig, product_index product, enum side side, const char *price)
{
    static order_ref ref = 500;
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, 0, product, side, price, "0.1", ++ref);
    return rig_count(rig, COMMAND_PLACE) > placed;
}

/* How often people were told that a cause began, or that it is over. */
static uint32_t alerts(const struct rig *rig, enum health_cause cause, const char *how)
{
    uint32_t found = 0;
    size_t length = strlen(health_cause_text(cause));
    for (uint32_t i = 0; i < rig->command_count; i++) {
        const char *text = rig->commands[i].alert.text;
        found += rig->commands[i].kind == COMMAND_ALERT &&
                 strncmp(text, health_cause_text(cause), length) == 0 &&
                 strncmp(text + length, how, strlen(how)) == 0;
    }
    return found;
}

static void hold_one(struct rig *rig)
{
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "1", "0");
    rig->venue_position[1] = rig_size("1");
    rig_pass(rig, SECOND);
}

/* F70 | unit | loop lag and memory pressure reported | nothing opens, reducing goes on, told why */
/* F66 | unit | a clock step reported | nothing opens, reducing goes on, told why */
/* AC-I1 | unit | sustained 429 | REDUCING until it is over, journaled and told to scripts */
/* R5 | unit | each cause of doubt | nothing opens; reducing goes on while orders may leave */
static void each_cause_puts_us_on_its_step(void **state)
{
    (void)state;
    for (enum health_cause i = 0; i < HEALTH_MARKET_DOWN; i++) {
        struct rig *rig = ready();
        hold_one(rig);
        rig_forget(rig);
        assert_int_equal(step_of(rig), LADDER_NORMAL);
        health(rig, i, true, "figures");
        health(rig, i, true, "figures again"); /* said again is no news */
        enum ladder_step step = health_cause_step(i);
        assert_int_equal(step_of(rig), step);
        assert_int_equal(rig_records(rig, RECORD_LADDER), 1);
        assert_int_equal(last_record(rig)->step, step);
        assert_int_equal(alerts(rig, i, ": figures"), 1);
        assert_int_equal(rig_notices(rig, 0, NOTICE_HEALTH), 1);
        assert_int_equal(rig_last_notice(rig, 0, NOTICE_HEALTH)->health.step, step);
        assert_string_equal(rig_last_notice(rig, 0, NOTICE_HEALTH)->health.text, "figures");
        assert_false(passes(rig, 0, SIDE_BUY, "98"));
        if (step < LADDER_HALTED)
            assert_string_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.text, "figures");
        assert_int_equal(passes(rig, 1, SIDE_SELL, "101"), step < LADDER_CANCELS);
        if (step == LADDER_HALTED) { /* latched: its own test */
            rig_destroy(rig);
            continue;
        }
        health(rig, i, false, "");
        assert_int_equal(alerts(rig, i, " is over: "), 1);
        assert_int_equal(step_of(rig), LADDER_NORMAL);
        assert_true(passes(rig, 0, SIDE_BUY, "97"));
        rig_destroy(rig);
    }
}

/* F69 | unit | one product's specification was not read for long | nothing opens on that product,
 * the others trade on */
static void a_stale_product_stops_itself_alone(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event event = {.kind = EVENT_HEALTH,
                          .health = {.cause = HEALTH_SPEC_STALE, .on = true, .product = 1,
                                     .text = "read 11 minutes ago"}};
    rig_step(rig, &event);
    assert_int_equal(step_of(rig), LADDER_NO_OPEN_PRODUCT);
    assert_false(passes(rig, 1, SIDE_BUY, "98"));
    assert_true(passes(rig, 0, SIDE_BUY, "98"));
    event.health.product = 200; /* hostile until checked */
    rig_step(rig, &event);
    event.health.product = 1;
    event.health.on = false;
    rig_step(rig, &event);
    assert_int_equal(step_of(rig), LADDER_NORMAL);
    assert_true(passes(rig, 1, SIDE_BUY, "97"));
    rig_destroy(rig);
}

static void the_worst_cause_counts_and_says_why(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct health_row row;
    health(rig, HEALTH_LOOP_LAG, true, "lag");
    health(rig, HEALTH_BREAKER_ORDERS, true, "9 of 10 failed");
    assert_int_equal(step_of(rig), LADDER_CANCELS);
    assert_true(snapshot_health(rig->engine, 0, &row));
    assert_string_equal(row.text, "9 of 10 failed");
    assert_true(snapshot_health(rig->engine, 1, &row));
    assert_int_equal(row.cause, HEALTH_LOOP_LAG);
    assert_false(snapshot_health(rig->engine, 2, &row));
    health(rig, HEALTH_BREAKER_ORDERS, false, "");
    assert_int_equal(step_of(rig), LADDER_NO_OPEN);
    health(rig, (enum health_cause)77, true, "hostile");
    health(rig, HEALTH_JOURNAL_DEAD, true, "not the link's to say");
    assert_int_equal(step_of(rig), LADDER_NO_OPEN);
    rig_destroy(rig);
}

/* F70 | unit | a cause comes on while nothing moves in the market | a script with a credit is shown
 * what it may do now at once, without another tick */
static void a_step_is_shown_without_another_tick(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event credit = {.kind = EVENT_CREDIT, .credit = {0, rig->generation[0]}};
    for (int i = 0; i < 4; i++) /* each product, and then there is nothing to show */
        rig_step(rig, &credit);
    uint64_t number = rig->views[0].number;
    rig_tick(rig, 1);
    assert_int_equal(rig->views[0].number, number);
    assert_int_equal(rig->views[0].state, TRADING_ACTIVE);
    health(rig, HEALTH_BREAKER_ORDERS, true, "9 of 10 failed");
    assert_int_equal(rig->views[0].number, number + 1);
    assert_int_equal(rig->views[0].state, TRADING_HALTED);
    assert_int_equal(rig->views[0].ladder, LADDER_CANCELS);
    rig_destroy(rig);
}

/* F23 | unit | a stream goes down | no opening, the refusal says which stream; normal again by
 * itself once it is back and compared */
static void what_the_engine_sees_itself_comes_and_goes(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_link(rig, STREAM_USER, false);
    assert_int_equal(step_of(rig), LADDER_NO_OPEN);
    assert_false(passes(rig, 0, SIDE_BUY, "98"));
    assert_non_null(strstr(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.text, "user stream"));
    assert_string_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.config_key, "");
    rig_link(rig, STREAM_USER, true);
    rig_beat(rig);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(step_of(rig), LADDER_NORMAL);
    assert_true(passes(rig, 0, SIDE_BUY, "98"));
    rig_operator(rig, OPERATOR_REDUCE, TARGET_ACCOUNT, 0, "slowly");
    assert_int_equal(step_of(rig), LADDER_REDUCING);
    assert_string_equal(rig_last_notice(rig, 0, NOTICE_HEALTH)->health.text, "slowly");
    rig_destroy(rig);
}

static void measure(struct rig *rig, bool known, int64_t skew_ns)
{
    struct event event = {.kind = EVENT_SKEW, .skew = {.known = known, .skew_ns = skew_ns}};
    rig_step(rig, &event);
}

/* AC-I2 | unit | the clock is past max_skew_ms, either way, or is not measured any more | nothing
 * opens, journaled as skew, reducing goes on; over when it is right */
/* F66 | unit | the clock drifts without NTP, or is smeared over a leap second | trading up to
 * max_skew_ms, past it nothing opens; over when it is right */
static void a_clock_that_is_off_opens_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    int64_t most_ns = rig->settings.max_skew_ns;
    const struct event_skew OFF[] = {{.known = true, .skew_ns = most_ns + 1},
                                     {.known = true, .skew_ns = -most_ns - 1},
                                     {.known = false}};
    hold_one(rig);
    for (size_t i = 0; i < sizeof OFF / sizeof OFF[0]; i++) {
        rig_forget(rig);
        measure(rig, OFF[i].known, OFF[i].skew_ns);
        assert_int_equal(step_of(rig), LADDER_NO_OPEN);
        assert_int_equal(last_record(rig)->cause, HEALTH_SKEW);
        assert_true(last_record(rig)->on);
        assert_false(passes(rig, 0, SIDE_BUY, "98"));
        measure(rig, true, i & 1 ? most_ns : -most_ns);
        assert_int_equal(step_of(rig), LADDER_NORMAL);
        assert_false(last_record(rig)->on);
    }
    measure(rig, false, 0);
    assert_true(passes(rig, 1, SIDE_SELL, "101"));
    rig_destroy(rig);
}

/* F55 | unit | one of two balances is not told | nothing opens, journaled as equity_unknown, until
 * both are */
static void an_unknown_equity_is_a_cause(void **state)
{
    (void)state;
    struct health_row row;
    struct rig *rig = rig_create(0);
    rig->poor = true;
    rig_up(rig);
    assert_int_equal(step_of(rig), LADDER_NO_OPEN);
    assert_true(snapshot_health(rig->engine, 0, &row));
    assert_int_equal(row.cause, HEALTH_EQUITY);
    rig->poor = false;
    rig_forget(rig);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(step_of(rig), LADDER_NORMAL);
    assert_int_equal(last_record(rig)->cause, HEALTH_EQUITY);
    rig_destroy(rig);
}

int suite_ladder(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cause_puts_us_on_its_step),
        cmocka_unit_test(a_stale_product_stops_itself_alone),
        cmocka_unit_test(the_worst_cause_counts_and_says_why),
        cmocka_unit_test(what_the_engine_sees_itself_comes_and_goes),
        cmocka_unit_test(a_step_is_shown_without_another_tick),
        cmocka_unit_test(a_clock_that_is_off_opens_nothing),
        cmocka_unit_test(an_unknown_equity_is_a_cause),
    };
    return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
