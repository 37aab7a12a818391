/* Control 28 through the engine: its own candles, its positions and orders, what opens and what
 * does not. The arithmetic is test_risk_stats.c's. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_risk.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000;
enum { CANDLES = 25 };

static void begin(struct rig *rig)
{
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
}

/* Candles of ten seconds; one that loses a tenth would lose `max_loss` dollars. */
static struct rig *with_var(const char *max_var, const char *max_loss)
{
    struct rig *rig = rig_create(0);
    struct var_settings *var = &rig->settings.var;
    var->mode = VAR_ON;
    var->candle_ns = 10 * SECOND;
    var->window = 100;
    var->warmup = 20;
    var->horizon = 4;
    var->decay.e9 = 940000000;
    var->max_var = rig_money(max_var);
    var->scenario_count = 1;
    memcpy(var->scenarios[0].name, "crash", 6);
    var->scenarios[0].shocks[0].e9 = var->scenarios[0].shocks[1].e9 = -DECIMAL_ONE / 10;
    var->scenarios[0].max_loss = rig_money(max_loss);
    begin(rig);
    return rig;
}

/* A candle each ten seconds, one per cent up and down in turn. */
static void play(struct rig *rig, product_index product, int candles)
{
    for (int i = 0; i < candles; i++) {
        rig_trade(rig, product, i % 2 ? "101" : "100", "1");
        rig_pass(rig, 10 * SECOND);
    }
}

static enum refusal refused(struct rig *rig, const char *key)
{
    const struct verdict *verdict =
        &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
    assert_string_equal(verdict->config_key, key);
    return verdict->code;
}

static void nothing_opens_until_it_is_warm(void **state)
{
    (void)state;
    struct rig *rig = with_var("10000", "10000");
    struct volatility_row row;
    play(rig, 0, 20); /* nineteen returns at most */
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(refused(rig, "account.var"), REFUSED_VAR);
    assert_true(snapshot_volatility(rig->engine, 0, &row));
    assert_false(row.known);
    play(rig, 0, 3);
    assert_true(snapshot_volatility(rig->engine, 0, &row));
    assert_true(row.known);
    assert_int_equal(row.candles, 20);
    assert_in_range(row.ewma.e9, 9000000, 11000000);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    /* The other product has not traded. */
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 3);
    assert_int_equal(refused(rig, "account.var"), REFUSED_VAR);
    rig_destroy(rig);
}

/* F61 | unit | restarted with value at risk warm | known at once, to the same figures; not from a
 * clock that was ahead, nor after a long time without a trade */
static void what_was_known_is_known_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = with_var("10000", "10000");
    struct volatility_row was, is;
    struct losses_row after;
    play(rig, 0, CANDLES);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    assert_true(snapshot_volatility(rig->engine, 0, &was) && was.known && was.ewma.e9 > 0);
    rig_restart(rig);
    rig_up(rig);
    assert_true(snapshot_volatility(rig->engine, 0, &is) && is.known);
    assert_int_equal(is.ewma.e9, was.ewma.e9);
    assert_int_equal(is.parkinson.e9, was.parkinson.e9);
    assert_int_equal(is.candles, was.candles);
    snapshot_losses(rig->engine, true, &after); /* with the order that works */
    assert_true(after.known && after.historical[RISK_99].var.e18 > 0);
    rig->now.wall_ns += 400 * SECOND; /* the host was down for forty candles */
    rig_restart(rig);
    rig_tick(rig, 0);
    assert_true(snapshot_volatility(rig->engine, 0, &is));
    assert_false(is.known);
    rig->now.wall_ns -= 3000 * SECOND;
    rig_restart(rig);
    rig_tick(rig, 0);
    assert_true(snapshot_volatility(rig->engine, 0, &is));
    assert_int_equal(is.candles, 0);
    rig_up(rig);
    play(rig, 0, CANDLES);
    assert_true(snapshot_volatility(rig->engine, 0, &is) && is.known);
    rig_destroy(rig);
}

static void orders_at_work_count(void **state)
{
    (void)state;
    struct rig *rig = with_var("100", "25"); /* of 2.5 coins at a hundred */
    struct losses_row held, worst;
    play(rig, 0, CANDLES);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    snapshot_losses(rig->engine, false, &held);
    snapshot_losses(rig->engine, true, &worst);
    assert_true(held.known && worst.known);
    assert_true(held.stress[0].e18 == 0 && held.parametric[RISK_99].var.e18 == 0);
    assert_in_range(worst.stress[0].e18 / DECIMAL_ONE, 9900000000, 10200000000);
    /* 1 % a candle, 100 dollars, four candles: 2 dollars times the quantile, about. */
    assert_in_range(worst.parametric[RISK_99].var.e18 / DECIMAL_ONE, 4300000000, 5100000000);
    assert_in_range(worst.historical[RISK_99].var.e18 / DECIMAL_ONE, 1900000000, 2100000000);
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "2", 2);
    assert_int_equal(refused(rig, "stress.crash"), REFUSED_STRESS);
    rig_limit(rig, 0, 0, SIDE_SELL, "103", "2", 3); /* alone it is short of 2 */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

static void value_at_risk_has_a_limit(void **state)
{
    (void)state;
    struct rig *rig = with_var("6", "1000");
    play(rig, 0, CANDLES);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "2", 1);
    assert_int_equal(refused(rig, "risk.max_var"), REFUSED_VAR);
    const struct verdict *verdict =
        &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
    assert_true(verdict->limit.e18 == rig_money("6").e18);
    assert_true(verdict->value.e18 > verdict->limit.e18);
    assert_true(verdict->headroom.e18 == verdict->limit.e18); /* flat: all of it */
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* Each on its own could lose 4.7 dollars, so the ceiling is past the limit, and the rows say that
 * they never lost together. */
static void what_hedges_is_judged_by_the_rows(void **state)
{
    (void)state;
    struct rig *rig = with_var("6", "1000");
    for (int i = 0; i < CANDLES; i++) {
        rig_trade(rig, 1, i % 2 ? "101" : "100", "1"); /* as the other one */
        rig_trade(rig, 0, i % 2 ? "101" : "100", "1");
        rig_pass(rig, 10 * SECOND);
    }
    rig_open_order(rig, 0, 0, SIDE_BUY, "100", "1", 1, "v1");
    rig->venue_position[0] = rig_size("1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "100", "1", "0.01");
    rig_forget(rig);
    rig_limit(rig, 0, 1, SIDE_SELL, "102", "1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* Control 27 follows each candle, up and down: half of one per cent a candle is its limit. */
static void what_candles_say_bounds_what_opens(void **state)
{
    (void)state;
    struct rig *rig = with_var("100000", "100000");
    rig->settings.product_limits[0].calm_volatility.e9 = DECIMAL_ONE / 200;
    rig->settings.product_limits[0].max_volatility.e9 = DECIMAL_ONE / 200;
    rig->settings.volatility_sample_ns = 10 * SECOND;
    begin(rig);
    for (order_ref ref = 1; ref <= 3; ref++) {
        for (int i = 0; i < 3 * CANDLES; i++) {
            rig_trade(rig, 0, i % 2 == 0 ? "100" : ref == 2 ? "101" : "100.01", "1");
            rig_pass(rig, 10 * SECOND);
        }
        rig_forget(rig);
        rig_forget(rig);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", ref);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), ref == 2 ? 0 : 1);
        if (ref == 2)
            assert_int_equal(refused(rig, "products.BTC-cde.max_volatility"), REFUSED_VOLATILITY);
        else
            rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
    }
    rig_destroy(rig);
}

static void what_reduces_is_not_asked(void **state)
{
    (void)state;
    struct rig *rig = with_var("6", "1000");
    play(rig, 0, CANDLES);
    rig_open_order(rig, 0, 0, SIDE_BUY, "100", "1", 1, "v1");
    rig->venue_position[0] = rig_size("1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "100", "1", "0.01");
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 2);
    assert_int_equal(refused(rig, "risk.max_var"), REFUSED_VAR);
    /* The second of two like ones may lose what the first may and, past the limit, no more. */
    const struct verdict *verdict =
        &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
    assert_true(verdict->headroom.e18 > 0);
    assert_true(verdict->headroom.e18 < verdict->value.e18 / 2);
    rig_limit(rig, 0, 0, SIDE_SELL, "102", "1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* Of one per cent a candle: what is kept of it is worked out anew when its time is another one. */
static void another_sample_time_is_another_volatility(void **state)
{
    (void)state;
    struct rig *rig = with_var("100000", "100000");
    struct event longer = {.kind = EVENT_OPERATOR, .operator = {.verb = OPERATOR_LIMIT}};
    rig->settings.product_limits[0].calm_volatility.e9 = DECIMAL_ONE / 200;
    rig->settings.product_limits[0].max_volatility.e9 = DECIMAL_ONE / 67; /* 1.49 % */
    rig->settings.volatility_sample_ns = 10 * SECOND;
    begin(rig);
    play(rig, 0, CANDLES);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    memcpy(longer.operator.id, "volatility_sample_ms", 21);
    memcpy(longer.operator.value, "40000", 6);
    rig_step(rig, &longer);
    assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.2", 2); /* no candle closed: 2 % in four of them */
    assert_int_equal(refused(rig, "products.BTC-cde.max_volatility"), REFUSED_VOLATILITY);
    rig_destroy(rig);
}

/* F64 | unit | a candle of the journal whose prices or time no candle has | the start is refused */
static void a_candle_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct { int64_t start_ns, low, high, close; bool taken; } CASES[] = {
        {0, 100, 102, 101, true},  {-1, 100, 102, 101, false}, {INT64_MAX, 100, 102, 101, false},
        {0, 0, 102, 101, false},   {0, 100, 99, 100, false},   {0, 100, 102, 99, false},
        {0, 100, 102, 103, false}, {0, -100, 102, 101, false}};
    struct rig *rig = with_var("100000", "100000");
    struct record record = {.kind = RECORD_CANDLE};
    struct record_candle *r = &record.candle;
    struct engine *on = engine_create(&rig->settings), *off;
    rig->settings.var.mode = VAR_OFF;
    off = engine_create(&rig->settings);
    r->length_ns = 10 * SECOND;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        r->start_ns = CASES[i].start_ns;
        r->low.e9 = CASES[i].low;
        r->high.e9 = CASES[i].high;
        r->close.e9 = CASES[i].close;
        for (int known = 0; known < 2; known++) {
            memcpy(r->product_id, known ? "BIP-20DEC30-CDE" : "ETP-20DEC30-CDE", 16);
            assert_int_equal(engine_restore(on, &record), CASES[i].taken);
            assert_int_equal(engine_restore(off, &record), CASES[i].taken);
        }
    }
    engine_destroy(on);
    engine_destroy(off);
    rig_destroy(rig);
}

/* F30 | unit | the account holds more than the figures of risk have numbers for | what it could
 * lose is not known, and nothing opens */
static void more_than_the_figures_hold_opens_nothing(void **state)
{
    (void)state;
    struct rig *rig = with_var("1000000", "1000000");
    struct product_limits *limits = &rig->settings.product_limits[0];
    struct losses_row losses;
    limits->max_position = rig_size("9000000000");
    limits->max_leverage.e9 = rig->settings.max_leverage.e9 = INT64_MAX;
    rig->settings.max_leverage_overnight.e9 = INT64_MAX;
    begin(rig);
    play(rig, 0, CANDLES);
    rig_open_order(rig, 0, 0, SIDE_BUY, "100", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "100", "1", "0");
    rig_pass(rig, SECOND);
    snapshot_losses(rig->engine, false, &losses);
    assert_true(losses.known);
    rig->venue_position[0] = rig_size("2000000001");
    rig_fill(rig, "t2", "other", 0, SIDE_BUY, "100", "2000000000", "0"); /* of another hand */
    rig_pass(rig, SECOND);
    snapshot_losses(rig->engine, false, &losses);
    assert_false(losses.known);
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(refused(rig, "account.var"), REFUSED_VAR);
    rig_destroy(rig);
}

int suite_tail(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_opens_until_it_is_warm),
        cmocka_unit_test(what_was_known_is_known_after_a_restart),
        cmocka_unit_test(orders_at_work_count),
        cmocka_unit_test(value_at_risk_has_a_limit),
        cmocka_unit_test(what_hedges_is_judged_by_the_rows),
        cmocka_unit_test(what_candles_say_bounds_what_opens),
        cmocka_unit_test(what_reduces_is_not_asked),
        cmocka_unit_test(another_sample_time_is_another_volatility),
        cmocka_unit_test(a_candle_that_cannot_be_is_refused),
        cmocka_unit_test(more_than_the_figures_hold_opens_nothing),
    };
    return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
