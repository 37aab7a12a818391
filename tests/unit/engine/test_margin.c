/* Free margin and liquidation buffer, from the venue's numbers of one pot. Worked by hand. */
#include "suites.h"

#include <string.h>

#include "engine/margin.h"
#include "engine/snapshot_compare.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000;

static struct event_balance told(void)
{
    return (struct event_balance){
        .equity = rig_money("1000"), .available_margin = rig_money("800"),
        .initial_margin = rig_money("200"), .buffer_told = true,
        .liquidation_buffer = rig_money("850"), .liquidation_threshold = rig_money("150"),
        .intraday = {true, rig_money("200"), rig_money("150"), rig_money("780")},
        .overnight = {true, rig_money("500"), rig_money("400"), rig_money("450")}};
}

static void assert_margin(const struct margin *margin, const char *free, const char *buffer)
{
    assert_true(margin->free.e18 == rig_money(free).e18);
    assert_true(margin->buffer.e18 == rig_money(buffer).e18);
}

static void the_window_that_applies_decides(void **state)
{
    (void)state;
    struct margin margin;
    struct event_balance balance = told();
    assert_true(margin_read(&balance, true, &margin));
    assert_margin(&margin, "780", "850");
    assert_true(margin_read(&balance, false, &margin));
    assert_margin(&margin, "450", "600"); /* 150 + 850 - 400 */
    balance.overnight.told = false;
    assert_true(margin_read(&balance, false, &margin));
    assert_margin(&margin, "780", "850");
}

static void a_buffer_that_is_not_told_is_what_is_not_margin(void **state)
{
    (void)state;
    struct margin margin;
    struct event_balance balance = told();
    balance.buffer_told = false;
    assert_true(margin_read(&balance, false, &margin));
    assert_margin(&margin, "450", "800"); /* 1000 - 200 */
    balance.initial_margin = rig_money("-1");
    assert_false(margin_read(&balance, false, &margin));
}

static void an_order_takes_its_margin_from_both(void **state)
{
    (void)state;
    struct margin now, then;
    struct event_balance balance = told();
    assert_true(margin_read(&balance, false, &now));
    assert_true(margin_after(&now, rig_money("50"), rig_money("120.5"), &then));
    assert_margin(&then, "279.5", "429.5");
    assert_true(margin_after(&now, rig_money("0"), rig_money("500"), &then));
    assert_margin(&then, "-50", "100");
    then.free.e18 = -((__int128)1 << 126) * 2 + 1;
    assert_false(margin_after(&then, rig_money("0"), rig_money("500"), &then));
}

/* What the venue says, each figure at an end of its range or below what it can be: no margin is
 * read, and nothing is taken for it. */
static void a_balance_that_cannot_be_is_not_read(void **state)
{
    static const __int128 MOST = (__int128)(((unsigned __int128)1 << 127) - 1), LEAST = -MOST - 1;
    struct event_balance balance;
    const struct { struct money *figure; __int128 value; bool untold; } CASES[] = {
        {&balance.liquidation_threshold, -1, false}, {&balance.liquidation_threshold, MOST, false},
        {&balance.initial_margin, -1, false},        {&balance.equity, LEAST, true},
        {&balance.intraday.maintenance, -1, false},  {&balance.intraday.initial, -1, false},
        {&balance.overnight.maintenance, -1, false}, {&balance.liquidation_buffer, LEAST, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct margin margin = {{1}, {2}, {3}}, before = margin;
        balance = told();
        balance.liquidation_threshold = rig_money("0");
        balance.buffer_told = !CASES[i].untold;
        CASES[i].figure->e18 = CASES[i].value;
        if (margin_read(&balance, false, &margin))
            fail_msg("case %zu", i);
        assert_memory_equal(&margin, &before, sizeof margin);
    }
    balance = told();
    balance.intraday.told = balance.overnight.told = false;
    struct margin now, then, most = {.free = {MOST}, .buffer = {LEAST}};
    assert_true(margin_read(&balance, false, &now));
    assert_false(margin_after(&now, (struct money){MOST}, (struct money){1}, &then));
    assert_false(margin_after(&most, (struct money){0}, (struct money){1}, &then));
}

/* AC-G3 | unit | overnight the buffer falls below its limit, intraday it would not | reducing */
static void too_little_buffer_reduces(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.min_liquidation_buffer.e9 = DECIMAL_ONE / 4;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig->balances[0] = told();
    rig_up(rig);
    rig_pass(rig, 15 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE); /* 600 of 1000: over a quarter */
    rig->balances[0].overnight.maintenance = rig_money("800");
    rig_pass(rig, 15 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

static void pass_minutes(struct rig *rig, int minutes)
{
    for (int i = 0; i < 2 * minutes; i++)
        rig_pass(rig, 30 * SECOND);
}

/* AC-G3 | unit | intraday rules hold by the venue's word, and end | by the strict ones before it */
static void intraday_rules_end_before_their_time(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct margin margin;
    rig->settings.min_liquidation_buffer.e9 = DECIMAL_ONE / 4;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig->balances[0] = told();
    rig->balances[0].overnight.maintenance = rig_money("800");
    rig->balances[0].intraday_until_ns = rig->now.wall_ns + 1800 * SECOND;
    rig_up(rig);
    pass_minutes(rig, 14);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    assert_true(snapshot_margin(rig->engine, PROFILE_CDE, &margin));
    assert_margin(&margin, "780", "850");
    pass_minutes(rig, 2);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    assert_true(snapshot_margin(rig->engine, PROFILE_CDE, &margin));
    assert_margin(&margin, "450", "200");
    rig_destroy(rig);
}

/* F55 | unit | one pot has margin, the other none | an order of the other is refused */
static void one_pot_does_not_stand_in_for_the_other(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->balances[0].available_margin = rig_money("0");
    rig_up(rig);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct verdict_row row;
    assert_true(snapshot_verdict(rig->engine, 0, &row));
    assert_int_equal(row.verdict.code, REFUSED_MARGIN);
    rig_destroy(rig);
}

/* What works may be of either side, and is taken to need what the dearer one does. */
static void what_works_is_margined_at_the_venues_rate(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct verdict_row row;
    rig->settings.product_limits[0].initial_margin.e9 = DECIMAL_ONE / 10;
    rig->settings.catalog.items[0].overnight_short.e9 = DECIMAL_ONE / 10 * 9;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig); /* 1000 are free */
    rig_limit(rig, 0, 0, SIDE_BUY, "100", "9", 1); /* takes 90 for itself, then 810 */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "10", 2); /* 99 more are still there */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    assert_true(snapshot_verdict(rig->engine, 0, &row));
    assert_int_equal(row.verdict.code, REFUSED_MARGIN);
    rig_destroy(rig);
}

static void add_cash(struct rig *rig, const char *usd)
{
    struct money *equity = &rig->balances[0].equity;
    assert_true(money_add(*equity, rig_money(usd), equity));
}

static void look_for(struct rig *rig, unsigned alerts)
{
    rig_forget(rig);
    pass_minutes(rig, 2);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), alerts);
    assert_int_equal(rig_records(rig, RECORD_RECONCILE), alerts);
}

/* F53 | unit | cash comes and goes while nothing is held, filled or funded | told and journaled,
 *   once each; not a cent more or less */
static void money_that_nothing_explains_is_told(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    look_for(rig, 0);
    add_cash(rig, "12.34");
    look_for(rig, 1);
    assert_string_equal(rig_last(rig, COMMAND_ALERT)->alert.text, "12.34 USD came in that no fill, "
                        "fee or funding explains: a transfer?");
    look_for(rig, 0);
    add_cash(rig, "-500");
    look_for(rig, 1);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "500.00 USD went out"));
    add_cash(rig, "0.01");
    look_for(rig, 0);
    add_cash(rig, "0.01");
    look_for(rig, 1);
    rig_destroy(rig);
}

/* F53 | unit | cash changes with a fill, with funding, and while a position is held | explained */
static void money_that_something_explains_is_not(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    look_for(rig, 0);
    add_cash(rig, "-3");
    rig->balances[0].funding_pnl = rig_money("-3");
    look_for(rig, 0);
    add_cash(rig, "-1.5"); /* the fee, seen before the fill */
    struct command_list list = rig_open_list(rig, LIST_BALANCE);
    rig_balance(rig);
    rig_list_end(rig, &list, true);
    rig_fill(rig, "t1", "theirs", 0, SIDE_BUY, "100", "0.3", "1.5");
    rig->venue_position[0] = rig_size("0.3");
    look_for(rig, 0);
    add_cash(rig, "700");
    look_for(rig, 0);
    rig_destroy(rig);
}

/* F53 | unit | a position goes by a fill that waits, for an order without an id may own it | what
 * the fill did to the cash is no transfer */
static void money_of_a_fill_that_waits_is_explained(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_fill(rig, "t1", "theirs", 0, SIDE_BUY, "100", "0.3", "0");
    rig->venue_position[0] = rig_size("0.3");
    look_for(rig, 0);
    rig_limit(rig, 0, 0, SIDE_SELL, "101", "0.3", 1); /* no reply ever comes */
    rig_fill(rig, "t2", "whose", 0, SIDE_SELL, "102", "0.3", "0");
    rig->venue_position[0] = rig_size("0");
    add_cash(rig, "0.6");
    pass_minutes(rig, 2);
    assert_int_equal(rig_product(rig, 0).position.e9, 0);
    assert_int_equal(rig_alerts(rig, "explains"), 0);
    rig_destroy(rig);
}

int suite_margin(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_that_applies_decides),
        cmocka_unit_test(a_buffer_that_is_not_told_is_what_is_not_margin),
        cmocka_unit_test(an_order_takes_its_margin_from_both),
        cmocka_unit_test(a_balance_that_cannot_be_is_not_read),
        cmocka_unit_test(too_little_buffer_reduces),
        cmocka_unit_test(intraday_rules_end_before_their_time),
        cmocka_unit_test(one_pot_does_not_stand_in_for_the_other),
        cmocka_unit_test(what_works_is_margined_at_the_venues_rate),
        cmocka_unit_test(money_that_nothing_explains_is_told),
        cmocka_unit_test(money_that_something_explains_is_not),
        cmocka_unit_test(money_of_a_fill_that_waits_is_explained),
    };
    return cmocka_run_group_tests_name("margin", tests, NULL, NULL);
}
