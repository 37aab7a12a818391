/* From intent to order: owners, shapes, refusals, exposure, cancels. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t SECOND = 1000000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static enum refusal last_refusal(struct rig *rig, actor_index strategy)
{
    return rig_last_notice(rig, strategy, NOTICE_REFUSAL)->refusal.verdict.code;
}

static void an_intent_becomes_an_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 7);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_records(rig, RECORD_ORDER), 1);
    const struct command_place *place = &rig_last(rig, COMMAND_PLACE)->place;
    assert_int_equal(client_id_owner(place->id), rig->settings.owner_tag);
    assert_int_equal(client_id_sequence(place->id), 1);
    struct order_row row = rig_order(rig, place->id);
    assert_int_equal(row.state, ORDER_SENT);
    assert_int_equal(row.ref, 7);
    const struct notice *n = rig_last_notice(rig, 0, NOTICE_ORDER);
    assert_int_equal(n->order.ref, 7);
    assert_int_equal(n->order.state, ORDER_INTENDED);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
    struct verdict_row verdict;
    assert_true(snapshot_verdict(rig->engine, 0, &verdict));
    assert_int_equal(verdict.verdict.code, REFUSED_NOT);
    assert_true(client_id_equal(verdict.id, place->id));
    rig_destroy(rig);
}

/* F50 | unit | intents before the first comparison | refused */
static void nothing_leaves_before_it_is_reconciled(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct account_row account;
    rig->hold_lists = true;
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(last_refusal(rig, 0), REFUSED_HEALTH);
    snapshot_account(rig->engine, &account);
    assert_false(account.reconciled);
    rig_destroy(rig);
}

/* F73 | unit | wrong product, impossible shapes | refused by name */
static void not_its_product_and_not_its_shape(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "99", "0.1", 1);
    rig_intent(rig, 1, intent); /* strategy 1 may trade product 1 alone */
    assert_int_equal(last_refusal(rig, 1), REFUSED_OWNER);
    intent.product = 99;
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_OWNER);
    intent.product = 0;
    intent.ref = 0;
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_MALFORMED);
    intent.ref = 2;
    intent.side = SIDE_UNKNOWN;
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_MALFORMED);
    intent.side = SIDE_BUY;
    intent.type = ORDER_TYPE_OTHER;
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_UNSUPPORTED);
    intent.type = ORDER_TYPE_MARKET; /* with a price */
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_MALFORMED);
    intent.type = ORDER_TYPE_LIMIT;
    intent.tif = TIF_IOC;
    intent.post_only = true;
    rig_intent(rig, 0, intent);
    assert_int_equal(last_refusal(rig, 0), REFUSED_MALFORMED);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

static void a_name_is_used_once_at_a_time(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.2", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(last_refusal(rig, 0), REFUSED_MALFORMED);
    rig_destroy(rig);
}

/* F73 | unit | the same order twice | the second is refused as duplicate */
/* F12 | unit | the same wish twice within the window | the second is refused */
static void the_same_wish_twice_is_a_duplicate(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(last_refusal(rig, 0), REFUSED_DUPLICATE);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.2", 3);
    rig_pass(rig, SECOND);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 4);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 3);
    rig_destroy(rig);
}

/* F12 | unit | the venue shows an order under the id that our next one would have | that id is
 * passed over, each order has its own */
static void an_id_that_is_taken_is_passed_over(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id first = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "0.1", 1, "v1");
    struct client_id taken = client_id_make(rig->settings.owner_tag, rig->settings.boot_random,
                                            client_id_sequence(first) + 1);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .client_id = taken, .has_client_id = true, .product = 0,
        .venue_id = rig_venue_id("x1"), .side = SIDE_BUY, .status = VENUE_OPEN,
        .size = rig_size("0.5"), .leaves = rig_size("0.5"), .limit_price = rig_price("95")};
    rig_step(rig, &event);
    assert_int_equal(rig_order(rig, taken).actor, ACTOR_EXTERNAL);
    struct client_id second = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.2", 2, "v2");
    assert_int_equal(client_id_sequence(second), client_id_sequence(first) + 2);
    assert_string_equal(rig_order(rig, taken).venue_id.text, "x1");
    assert_string_equal(rig_order(rig, second).venue_id.text, "v2");
    rig_destroy(rig);
}

/* F12 | unit | the journal has two orders of one id | it is refused at the second */
static void an_order_is_intended_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    struct record first = rig->journal[rig->journal_count - 1];
    assert_true(first.kind == RECORD_ORDER && first.order.state == ORDER_INTENDED);
    rig_restart(rig); /* with one it restores */
    assert_false(engine_restore(rig->engine, &first));
    rig_destroy(rig);
}

/* F73 | unit | the same order just inside the window, and at its end | the latter passes */
static void the_window_of_duplicates_has_an_end(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    int64_t since_ns = rig->now.mono_ns;
    rig->now.mono_ns = since_ns + rig->settings.duplicate_window_ns - 1;
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(last_refusal(rig, 0), REFUSED_DUPLICATE);
    rig->now.mono_ns = since_ns + rig->settings.duplicate_window_ns;
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

/* F73 | unit | more orders inside the window than are remembered | no other one passes in it */
static void what_is_not_remembered_may_be_a_duplicate(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.duplicate_window_ns = 60 * SECOND;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    for (order_ref ref = 1; ref <= RECENT_INTENTS + 1; ref++) {
        char size[24];
        snprintf(size, sizeof size, "%u.%02u", (unsigned)ref / 100, (unsigned)ref % 100);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", size, ref);
        if (ref <= RECENT_INTENTS)
            rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
    }
    assert_int_equal(last_refusal(rig, 0), REFUSED_DUPLICATE);
    rig_destroy(rig);
}

static void refusals_are_told_and_journaled_up_to_a_bound(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct counters_row counters;
    for (order_ref ref = 1; ref <= 25; ref++)
        rig_limit(rig, 1, 0, SIDE_BUY, "99", "0.1", ref);
    assert_int_equal(rig_notices(rig, 1, NOTICE_REFUSAL), 25);
    assert_int_equal(rig_records(rig, RECORD_REFUSAL), 10);
    snapshot_counters(rig->engine, &counters);
    assert_int_equal(counters.refusals[REFUSED_OWNER], 25);
    assert_int_equal(counters.refusals_unrecorded, 15);
    rig_pass(rig, SECOND);
    rig_limit(rig, 1, 0, SIDE_BUY, "99", "0.1", 30);
    assert_int_equal(rig_records(rig, RECORD_REFUSAL), 11);
    rig_destroy(rig);
}

/* A market order may take what rests; its exposure is valued at the worst price it could take. */
static void market_orders_are_ioc_at_the_worst_price(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent intent = {.product = 0, .side = SIDE_BUY, .type = ORDER_TYPE_MARKET, .ref = 1};
    intent.size = rig_size("1");
    rig_intent(rig, 0, intent);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.tif, TIF_IOC);
    assert_int_equal(row.price.e9, 0);
    assert_true(rig_product(rig, 0).working_value.e18 ==
                money_of(rig_price("101"), rig_size("1")).e18);
    rig_destroy(rig);
}

/* ---- cancels */

static void a_cancel_waits_for_the_venues_id(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    assert_true(rig_order(rig, id).cancel_wanted);
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v1");
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

static void cancels_of_others_and_of_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "0.1", 1, "v1");
    rig_cancel(rig, 1, 1); /* the name is another strategy's */
    assert_int_equal(last_refusal(rig, 1), REFUSED_OWNER);
    rig_cancel(rig, 0, 55);
    assert_int_equal(last_refusal(rig, 0), REFUSED_OWNER);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_destroy(rig);
}

static void cancel_all_takes_ones_own(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_open_order(rig, 0, 1, SIDE_BUY, "97", "0.1", 2, "v2");
    rig_open_order(rig, 0, 1, SIDE_BUY, "96", "0.1", 3, "v3");
    rig_open_order(rig, 1, 1, SIDE_BUY, "95", "0.1", 4, "v4");
    rig_intent(rig, 0, (struct intent){.kind = INTENT_CANCEL_ALL, .product = 1});
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    rig_intent(rig, 0, (struct intent){.kind = INTENT_CANCEL_ALL, .product = NO_PRODUCT});
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 3);
    rig_destroy(rig);
}

/* AC-I1 | unit | more cancels than the budget | delayed, none lost */
static void the_cancel_budget_delays_and_loses_none(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    char venue_id[] = "va";
    rig->settings.max_cancels = 4;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    static const char *const PRICES[] = {"98", "97", "96", "95", "94", "93", "92", "91", "90"};
    for (order_ref ref = 1; ref <= 9; ref++, venue_id[1]++)
        rig_open_order(rig, 0, 0, SIDE_BUY, PRICES[ref - 1], "0.1", ref, venue_id);
    rig_forget(rig);
    rig_intent(rig, 0, (struct intent){.kind = INTENT_CANCEL_ALL, .product = NO_PRODUCT});
    uint32_t at_once = rig_count(rig, COMMAND_CANCEL);
    assert_in_range(at_once, 1, 4);
    rig_pass(rig, 4 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 9);
    rig_destroy(rig);
}

/* What is reserved is what was judged: a sell through the bid brings the bid. */
static void a_marketable_sell_is_valued_at_the_bid(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_SELL, "85", "2", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_true(rig_product(rig, 0).working_value.e18 == rig_money("198").e18);
    rig_limit(rig, 0, 0, SIDE_SELL, "105", "1", 2);
    assert_true(rig_product(rig, 0).working_value.e18 == rig_money("303").e18);
    rig_destroy(rig);
}

/* F73 | unit | two strategies want opposite things of one product | the second does not meet the
 * first's resting order: refused as self_match; beside it both rest, and an exit may meet it */
static void two_strategies_do_not_trade_with_each_other(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 1, "v1");
    rig_limit(rig, 1, 1, SIDE_SELL, "99", "0.1", 2);
    assert_int_equal(last_refusal(rig, 1), REFUSED_SELF_MATCH);
    rig_limit(rig, 1, 1, SIDE_SELL, "98.5", "0.1", 3);
    assert_int_equal(rig_notices(rig, 1, NOTICE_REFUSAL), 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_limit(rig, 1, 1, SIDE_SELL, "99.5", "0.1", 4);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

#ifdef __SANITIZE_ADDRESS__
enum { FLOOD = 50000 };
#else
enum { FLOOD = 1000000 };
#endif

/* F73 | unit | a million intents, a hundred thousand a second | as many orders as the rate allows,
 * the rest refused by it; the journal takes a few of them and counts the others */
static void a_flood_is_refused_by_rate_and_leaves_no_trace(void **state)
{
    enum { RATE = 20, PER_SECOND = 100000, RECORDED = 10 };
    (void)state;
    struct rig *rig = rig_create(0);
    struct counters_row counters;
    uint32_t seconds = FLOOD / PER_SECOND + 1, placed = 0, records = 0;
    rig->settings.max_messages = rig->settings.strategies[0].max_messages = RATE;
    rig->settings.duplicate_window_ns = 1;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    for (order_ref i = 0; i < FLOOD; i++) {
        rig_forget(rig);
        rig->journal_count = rig->journal_mark = 0;
        if (i % (PER_SECOND / 10) == 0)
            rig_pass(rig, 1);
        rig_forget(rig);
        rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", i + 1);
        records += rig->journal_count - rig->journal_mark;
        if (rig_count(rig, COMMAND_PLACE) > 0) {
            placed++;
            rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
        } else {
            assert_int_equal(last_refusal(rig, 0), REFUSED_RATE);
        }
        rig->now.mono_ns += SECOND / PER_SECOND;
        rig->now.wall_ns += SECOND / PER_SECOND;
    }
    snapshot_counters(rig->engine, &counters);
    assert_in_range(placed, RATE, RATE * (seconds + 1));
    assert_int_equal(counters.refusals[REFUSED_RATE], FLOOD - placed);
    assert_true(records <= 2 * placed + RECORDED * (seconds + 1));
    assert_true(counters.refusals_unrecorded >= FLOOD - placed - RECORDED * (seconds + 1));
    rig_destroy(rig);
}

int suite_intents(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_intent_becomes_an_order),
        cmocka_unit_test(nothing_leaves_before_it_is_reconciled),
        cmocka_unit_test(not_its_product_and_not_its_shape),
        cmocka_unit_test(a_name_is_used_once_at_a_time),
        cmocka_unit_test(the_same_wish_twice_is_a_duplicate),
        cmocka_unit_test(an_id_that_is_taken_is_passed_over),
        cmocka_unit_test(an_order_is_intended_once),
        cmocka_unit_test(the_window_of_duplicates_has_an_end),
        cmocka_unit_test(what_is_not_remembered_may_be_a_duplicate),
        cmocka_unit_test(refusals_are_told_and_journaled_up_to_a_bound),
        cmocka_unit_test(market_orders_are_ioc_at_the_worst_price),
        cmocka_unit_test(a_cancel_waits_for_the_venues_id),
        cmocka_unit_test(cancels_of_others_and_of_nothing),
        cmocka_unit_test(cancel_all_takes_ones_own),
        cmocka_unit_test(the_cancel_budget_delays_and_loses_none),
        cmocka_unit_test(a_marketable_sell_is_valued_at_the_bid),
        cmocka_unit_test(two_strategies_do_not_trade_with_each_other),
        cmocka_unit_test(a_flood_is_refused_by_rate_and_leaves_no_trace),
    };
    return cmocka_run_group_tests_name("intents", tests, NULL, NULL);
}
