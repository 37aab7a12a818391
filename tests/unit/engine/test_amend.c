/* Amend, close, stops and the exits that are swept: what a strategy says of what it has. */
#include "suites.h"

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

static enum refusal last_refusal(struct rig *rig)
{
    return rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code;
}

static void amend(struct rig *rig, order_ref target, const char *price, const char *size,
                  order_ref ref)
{
    rig_intent(rig, 0, (struct intent){.kind = INTENT_AMEND,
                                       .product = NO_PRODUCT,
                                       .price = rig_price(price),
                                       .size = rig_size(size),
                                       .ref = ref,
                                       .target = target});
}

static void assert_working(struct rig *rig, const char *buy, const char *value)
{
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size(buy).e9);
    assert_true(rig_product(rig, 0).working_value.e18 == rig_money(value).e18);
}

/* F47 | unit | an order is amended while it works | the larger of both counts; the new one
 * leaves when the venue shows the old one cancelled */
static void the_new_order_waits_for_the_end_of_the_old(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    rig_forget(rig);
    amend(rig, 1, "99", "3", 2);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_working(rig, "3", "297");
    rig_step(rig, &(struct event){.kind = EVENT_CANCEL_REPLY, .cancel_reply = {.client_id = old}});
    rig_report(rig, old, "v1", VENUE_CANCEL_QUEUED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0); /* acknowledged is not cancelled */
    assert_working(rig, "3", "297");
    rig_report(rig, old, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_true(row.price.e9 == rig_price("99").e9 && row.size.e9 == rig_size("3").e9);
    assert_int_equal(row.ref, 2);
    assert_working(rig, "3", "297");
    rig_destroy(rig);
}

/* F47 | unit | the old order fills in part before its cancel is through | the new one is smaller
 * by that */
static void what_fills_meanwhile_is_taken_off(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    amend(rig, 1, "97", "0", 2); /* another price, the same whole */
    assert_working(rig, "1", "98");
    rig_report(rig, old, "v1", VENUE_OPEN, "0.4", "98", REPORT_USER_UPDATE);
    assert_working(rig, "0.6", "58.8");
    rig_forget(rig);
    rig_report(rig, old, "v1", VENUE_CANCELLED, "0.5", "98", REPORT_USER_UPDATE);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.size.e9, rig_size("0.5").e9);
    assert_working(rig, "0.5", "48.5");
    rig_destroy(rig);
}

/* F41 | unit | a cancel for an amendment races with the whole fill | the fill stands, nothing is
 * posted again */
/* F47 | unit | the old order fills wholly | it has no successor, the strategy is told */
static void an_order_that_fills_has_no_successor(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    amend(rig, 1, "97", "2", 2);
    rig_forget(rig);
    rig_report(rig, old, "v1", VENUE_FILLED, "1", "98", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(last_refusal(rig), REFUSED_ENDED);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.ref, 2);
    assert_working(rig, "0", "0");
    rig_destroy(rig);
}

static void enough_filled_is_enough(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    amend(rig, 1, "98", "0.5", 2);
    rig_forget(rig);
    rig_report(rig, old, "v1", VENUE_CANCELLED, "0.6", "98", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(last_refusal(rig), REFUSED_ENDED);
    rig_destroy(rig);
}

/* The old one's place in the limits is the new one's: 15 of 20 may become 18, not 21. */
static void an_amendment_is_judged_without_the_old_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "10", 1, "v1");
    rig_open_order(rig, 0, 0, SIDE_BUY, "97", "5", 2, "v2");
    rig_forget(rig);
    amend(rig, 2, "97", "11", 3);
    assert_int_equal(last_refusal(rig), REFUSED_ORDER_SIZE);
    amend(rig, 2, "97", "10.5", 4);
    assert_int_equal(last_refusal(rig), REFUSED_ORDER_SIZE);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0); /* the old one stays as it was */
    rig_open_order(rig, 0, 0, SIDE_BUY, "96", "4", 5, "v5");
    amend(rig, 2, "97", "7", 6);
    assert_int_equal(last_refusal(rig), REFUSED_POSITION);
    amend(rig, 2, "97", "6", 7);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("20").e9);
    rig_limit(rig, 0, 0, SIDE_BUY, "95", "0.01", 8); /* what is to come counts already */
    assert_int_equal(last_refusal(rig), REFUSED_POSITION);
    rig_destroy(rig);
}

static void what_cannot_be_amended(void **state)
{
    (void)state;
    struct rig *rig = ready();
    amend(rig, 9, "98", "1", 2);
    assert_int_equal(last_refusal(rig), REFUSED_OWNER);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    amend(rig, 1, "98.3", "1", 2); /* not on the tick */
    assert_int_equal(last_refusal(rig), REFUSED_PRICE_TICK);
    amend(rig, 1, "97", "1", 1); /* its own name */
    assert_int_equal(last_refusal(rig), REFUSED_MALFORMED);
    rig_cancel(rig, 0, 1);
    amend(rig, 1, "97", "1", 3);
    assert_int_equal(last_refusal(rig), REFUSED_ENDED);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    amend(rig, 1, "97", "1", 4);
    assert_int_equal(last_refusal(rig), REFUSED_ENDED);
    rig_limit(rig, 0, 0, SIDE_BUY, "96", "1", 5);
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_UNKNOWN, "");
    amend(rig, 5, "97", "1", 6);
    assert_int_equal(last_refusal(rig), REFUSED_UNKNOWN_OUTSTANDING);
    rig_destroy(rig);
}

/* Whoever cancels the old order, or takes back the new one, ends the amendment. */
static void an_amendment_can_be_taken_back(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct rig *rig = ready();
        struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
        amend(rig, 1, "97", "5", 2);
        assert_working(rig, "5", "485");
        if (way == 0)
            rig_cancel(rig, 0, 1);
        else if (way == 1)
            rig_cancel(rig, 0, 2);
        else if (way == 2)
            rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0, "enough");
        else
            rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "fire");
        if (way < 3)
            assert_working(rig, "1", "98");
        rig_forget(rig);
        rig_report(rig, old, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        assert_working(rig, "0", "0");
        rig_destroy(rig);
    }
}

/* F60 | unit | the host ends between the cancel and the new order of an amendment | the cancel
 * goes on, nothing follows it */
/* F62 | unit | the script is replaced while its amendment waits | its wish ends with it */
static void an_amendment_ends_with_who_asked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id old = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    amend(rig, 1, "97", "5", 2);
    rig_runner(rig, 0, RUNNER_REPLACED, rig->generation[0]);
    rig_runner(rig, 0, RUNNER_READY, rig->generation[0] + 1);
    rig_forget(rig);
    rig_report(rig, old, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    old = rig_open_order(rig, 0, 0, SIDE_BUY, "96", "1", 3, "v3");
    amend(rig, 3, "97", "5", 4);
    rig_restart(rig);
    assert_int_equal(rig_order(rig, old).state, ORDER_CANCEL_SENT);
    rig_report(rig, old, "v3", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

static void rules_see_what_an_amendment_opens(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    struct event verdict = {.kind = EVENT_VERDICT};
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "1", 1);
    verdict.verdict.runner = MAX_STRATEGIES;
    verdict.verdict.generation = rig->generation[MAX_STRATEGIES];
    verdict.verdict.allow = true;
    verdict.verdict.request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_step(rig, &verdict);
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_ACCEPTED, "v1");
    rig_forget(rig);
    amend(rig, 1, "99", "2", 2);
    const struct intent *seen = &rig_last(rig, COMMAND_JUDGE)->judge.intent;
    assert_int_equal(seen->kind, INTENT_AMEND);
    assert_true(seen->price.e9 == rig_price("99").e9 && seen->side == SIDE_BUY);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    verdict.verdict.request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_step(rig, &verdict);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

/* F73 | unit | a script amends to a size that is none, or an order whose cancel another hand has
 * asked for, or takes the name of what is to come; the host stops | refused; nothing follows */
static void what_an_amendment_cannot_lead_to(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.cancel_on_stop = false;
    rig_restart(rig);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "98", "0.5", "0");
    rig_intent(rig, 0, (struct intent){.kind = INTENT_AMEND, .target = 1, .ref = 2,
                                       .size = {INT64_MIN}});
    assert_true(last_refusal(rig) != REFUSED_NOT);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    struct client_id queued = rig_open_order(rig, 0, 0, SIDE_BUY, "97", "1", 3, "v3");
    rig_report(rig, queued, "v3", VENUE_CANCEL_QUEUED, "0", "0", REPORT_USER_UPDATE);
    amend(rig, 3, "96", "1", 4);
    assert_int_equal(last_refusal(rig), REFUSED_ENDED);
    rig_forget(rig);
    amend(rig, 1, "97", "2", 5);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "95", "1", 5); /* the name of what is to come */
    assert_int_equal(last_refusal(rig), REFUSED_MALFORMED);
    rig_limit(rig, 0, 0, SIDE_BUY, "95", "1", 6);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_limit(rig, 1, 1, SIDE_BUY, "95", "1", 5); /* another's name of the same number */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "deploy");
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0.5", "98", REPORT_USER_UPDATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    assert_non_null(strstr(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.text, "stopping"));
    rig_destroy(rig);
}

/* A name may be used again when its order has ended. */
static void a_name_is_free_when_its_order_has_ended(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    rig_limit(rig, 0, 0, SIDE_BUY, "97", "1", 1);
    assert_int_equal(last_refusal(rig), REFUSED_MALFORMED);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_open_order(rig, 0, 0, SIDE_BUY, "97", "1", 1, "v2");
    rig_destroy(rig);
}

/* F69 | unit | a specification without a step, and a script that wants out | refused: nothing could
 * be sent; with a good one it is out */
static void a_close_needs_a_step(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = 1}};
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "1", "0");
    rig_forget(rig);
    event.instrument.spec = rig->settings.catalog.items[1];
    for (order_ref i = 2; i < 4; i++) {
        event.instrument.spec.step = rig_size(i == 2 ? "0" : "0.01");
        rig_step(rig, &event);
        rig_intent(rig, 0, (struct intent){.kind = INTENT_CLOSE, .product = 1, .ref = i});
        assert_int_equal(rig_count(rig, COMMAND_PLACE), i - 2);
    }
    assert_int_equal(last_refusal(rig), REFUSED_REDUCE_ONLY);
    rig_destroy(rig);
}

/* ---- close */

static void hold(struct rig *rig, actor_index strategy, const char *size, order_ref ref,
                 const char *venue_id)
{
    struct client_id id = rig_open_order(rig, strategy, 1, SIDE_BUY, "99", size, ref, venue_id);
    rig_report(rig, id, venue_id, VENUE_FILLED, size, "99", REPORT_USER_UPDATE);
    rig_fill(rig, venue_id, venue_id, 1, SIDE_BUY, "99", size, "0");
    rig->venue_position[1].e9 += rig_size(size).e9;
    rig_forget(rig);
}

static void close_out(struct rig *rig, actor_index strategy, order_ref ref, const char *size)
{
    rig_intent(rig, strategy, (struct intent){.kind = INTENT_CLOSE, .product = 1, .ref = ref,
                                              .size = rig_size(size)});
}

static void a_close_takes_ones_own_within_the_band(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, "2", 1, "v1");
    hold(rig, 1, "5", 1, "w1");
    rig_open_order(rig, 0, 1, SIDE_SELL, "105", "0.5", 2, "v2"); /* reduces already */
    rig_forget(rig);
    close_out(rig, 0, 3, "0");
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.side, SIDE_SELL);
    assert_int_equal(row.size.e9, rig_size("1.5").e9);
    assert_true(row.reduce_only && row.tif == TIF_IOC && row.type == ORDER_TYPE_LIMIT);
    assert_int_equal(row.price.e9, rig_price("80").e9); /* the collar is 20 % of 100 */
    close_out(rig, 0, 4, "0");
    assert_int_equal(last_refusal(rig), REFUSED_REDUCE_ONLY);
    close_out(rig, 1, 2, "1.25");
    row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.size.e9, rig_size("1.25").e9);
    rig_destroy(rig);
}

static void nothing_to_close_and_nowhere_to_close_it(void **state)
{
    (void)state;
    struct rig *rig = ready();
    close_out(rig, 0, 3, "0");
    assert_int_equal(last_refusal(rig), REFUSED_REDUCE_ONLY);
    rig_intent(rig, 0, (struct intent){.kind = INTENT_CLOSE, .product = NO_PRODUCT, .ref = 4});
    assert_int_equal(last_refusal(rig), REFUSED_OWNER);
    hold(rig, 0, "2", 1, "v1");
    rig_link(rig, STREAM_MARKET, false);
    close_out(rig, 0, 5, "0");
    assert_int_equal(last_refusal(rig), REFUSED_BOOK_STALE);
    rig_destroy(rig);
}

/* ---- stops, and exits without a position */

static struct intent stop_intent(enum side side, const char *stop, const char *price,
                                 const char *size, order_ref ref)
{
    struct intent intent = rig_limit_intent(1, side, price, size, ref);
    intent.type = ORDER_TYPE_STOP_LIMIT;
    intent.stop_price = rig_price(stop);
    intent.stop = side == SIDE_BUY ? STOP_UP : STOP_DOWN;
    return intent;
}

static struct client_id open_stop(struct rig *rig, enum side side, const char *stop,
                                  const char *price, const char *size, order_ref ref,
                                  const char *venue_id)
{
    rig_intent(rig, 0, stop_intent(side, stop, price, size, ref));
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, venue_id);
    return id;
}

/* F47 | unit | a stop with an end date is amended: its trigger and its date | both are the new
 * one's, what was not said anew is as it was */
static void a_stop_is_amended_in_all_its_parts(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent stop = stop_intent(SIDE_BUY, "103", "104", "1", 1);
    stop.tif = TIF_GTD;
    stop.expires_wall_ns = rig->now.wall_ns + 3600 * SECOND;
    rig_intent(rig, 0, stop);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    rig_pass(rig, SECOND); /* of the same price and size at once it would be a duplicate */
    rig_intent(rig, 0, (struct intent){.kind = INTENT_AMEND, .target = 1, .ref = 2,
                                       .stop_price = rig_price("102"),
                                       .expires_wall_ns = stop.expires_wall_ns + SECOND});
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    const struct record_order *next = NULL;
    for (uint32_t i = 0; i < rig->journal_count; i++)
        if (rig->journal[i].kind == RECORD_ORDER && rig->journal[i].order.ref == 2)
            next = &rig->journal[i].order;
    assert_non_null(next);
    assert_true(next->stop_price.e9 == rig_price("102").e9 && next->price.e9 == stop.price.e9);
    assert_true(next->expires_wall_ns == stop.expires_wall_ns + SECOND);
    assert_int_equal(next->tif, TIF_GTD);
    rig_destroy(rig);
}

/* F49 | unit | a stop waits to open a position | it counts in full, at its limit, from the day
 * it is placed */
static void a_stop_is_exposure(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = open_stop(rig, SIDE_BUY, "105", "106", "9", 1, "v1");
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("9").e9);
    assert_true(rig_product(rig, 1).working_value.e18 == rig_money("954").e18);
    assert_int_equal(rig_order(rig, id).stop_price.e9, rig_price("105").e9);
    assert_false(rig_order(rig, id).reduce_only);
    rig_pass(rig, 5 * SECOND);
    assert_false(rig_order(rig, id).cancel_wanted); /* an entry is no orphan */
    rig_intent(rig, 0, stop_intent(SIDE_BUY, "107", "108", "9.5", 2));
    rig_intent(rig, 0, stop_intent(SIDE_BUY, "109", "110", "9.5", 3));
    assert_int_equal(last_refusal(rig), REFUSED_POSITION);
    rig_restart(rig);
    assert_int_equal(rig_order(rig, id).stop_price.e9, rig_price("105").e9);
    assert_int_equal(rig_order(rig, id).stop, STOP_UP);
    rig_destroy(rig);
}

/* F49 | unit | the position goes while a stop for it rests (no reduce-only at the venue) | the
 * stop is cancelled at once */
static void a_stop_left_behind_is_swept(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, "2", 1, "v1");
    struct client_id stop = open_stop(rig, SIDE_SELL, "95", "94", "2", 2, "v2");
    assert_true(rig_order(rig, stop).reduce_only);
    struct client_id entry = open_stop(rig, SIDE_BUY, "105", "106", "1", 3, "v3");
    rig_pass(rig, SECOND);
    assert_false(rig_order(rig, stop).cancel_wanted);
    rig_forget(rig);
    rig_fill(rig, "hand", "x1", 1, SIDE_SELL, "99", "2", "0"); /* somebody closed it by hand */
    assert_true(rig_order(rig, stop).cancel_wanted);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v2");
    assert_non_null(strstr(rig_last_notice(rig, 0, NOTICE_ORDER)->order.reason, "swept"));
    assert_false(rig_order(rig, entry).cancel_wanted);
    rig_destroy(rig);
}

/* F49 | unit | two exits rest, one fills wholly | the other is swept with the same word */
static void an_exit_that_fills_takes_the_others_along(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, "2", 1, "v1");
    struct client_id stop = open_stop(rig, SIDE_SELL, "95", "94", "2", 2, "v2");
    struct intent take = rig_limit_intent(1, SIDE_SELL, "105", "1", 3);
    take.reduce_only = true;
    rig_intent(rig, 0, take); /* what works reduces the whole already */
    assert_int_equal(last_refusal(rig), REFUSED_REDUCE_ONLY);
    rig_report(rig, stop, "v2", VENUE_OPEN, "1", "94", REPORT_USER_UPDATE);
    assert_false(rig_order(rig, stop).cancel_wanted); /* one is left to exit */
    rig_fill(rig, "hand", "x1", 1, SIDE_SELL, "99", "1.5", "0"); /* turned: now short 0.5 */
    assert_true(rig_order(rig, stop).cancel_wanted);
    rig_destroy(rig);
}

/* An exit of ours that the journal does not know, and a stranger's order beside it. */
static void show_exit(struct rig *rig, const char *venue_id, bool ours)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .has_client_id = ours, .venue_id = rig_venue_id(venue_id),
        .client_id = client_id_make(rig->settings.owner_tag, 99, 5), .product = 1,
        .side = SIDE_SELL, .status = VENUE_OPEN, .type = ORDER_TYPE_BRACKET, .tif = TIF_GTC,
        .size = rig_size("0.5"), .limit_price = rig_price("105")};
    rig_step(rig, &event);
}

/* F49 | unit | a strategy's own part is gone and the account is long still | its stop is swept; an
 * exit that is nobody's waits for the account's, and another hand's order is never touched */
static void a_stop_goes_with_its_strategys_part(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.unknown_own_orders = UNKNOWN_OWN_ADOPT;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    hold(rig, 0, "2", 1, "v1");
    hold(rig, 1, "1", 1, "w1");
    open_stop(rig, SIDE_SELL, "95", "94", "1", 2, "v2");
    show_exit(rig, "a1", true);
    show_exit(rig, "x9", false);
    struct client_id out = rig_open_order(rig, 0, 1, SIDE_SELL, "101", "2", 3, "v3");
    rig_forget(rig);
    rig_report(rig, out, "v3", VENUE_FILLED, "2", "101", REPORT_USER_UPDATE);
    rig_fill(rig, "v3", "v3", 1, SIDE_SELL, "101", "2", "0");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v2");
    rig_fill(rig, "hand", "x1", 1, SIDE_SELL, "99", "1", "0"); /* now the account is flat too */
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "a1");
    rig_destroy(rig);
}

/* F49 | unit | the position went while the host was down | its exit is swept when the venue has
 * told */
static void an_exit_is_swept_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, "2", 1, "v1");
    struct client_id stop = open_stop(rig, SIDE_SELL, "95", "94", "2", 2, "v2");
    rig_restart(rig);
    rig_up(rig);
    rig_report(rig, stop, "v2", VENUE_OPEN, "0", "0", REPORT_REST);
    assert_false(rig_order(rig, stop).cancel_wanted);
    rig_fill(rig, "hand", "x1", 1, SIDE_SELL, "99", "2", "0");
    assert_true(rig_order(rig, stop).cancel_wanted);
    rig_destroy(rig);
}

/* F47 | unit | a stop fires while an amendment waits for the old order's end | nothing takes that
 * order's place, and no order of the strategy is amended while its position is being closed */
static void a_stop_that_fires_ends_an_amendment(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, "1", 1, "v1");
    struct client_id quote = rig_open_order(rig, 0, 1, SIDE_BUY, "95", "1", 2, "v2");
    rig_open_order(rig, 0, 1, SIDE_BUY, "94", "1", 3, "v3");
    struct intent stop = {.kind = INTENT_PROTECT, .product = 1};
    stop.protect.stop = rig_price("97");
    rig_intent(rig, 0, stop);
    amend(rig, 2, "96", "2", 4);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_PROTECT)->protect.state, PROTECT_FIRING);
    amend(rig, 3, "95", "1", 5);
    rig_forget(rig);
    rig_report(rig, quote, "v2", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 3 * SECOND);
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_PLACE)
            assert_int_equal(rig_order(rig, rig->commands[i].place.id).side, SIDE_SELL);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("1").e9); /* v3 alone */
    rig_destroy(rig);
}

int suite_amend(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_order_waits_for_the_end_of_the_old),
        cmocka_unit_test(what_fills_meanwhile_is_taken_off),
        cmocka_unit_test(an_order_that_fills_has_no_successor),
        cmocka_unit_test(enough_filled_is_enough),
        cmocka_unit_test(an_amendment_is_judged_without_the_old_order),
        cmocka_unit_test(what_cannot_be_amended),
        cmocka_unit_test(what_an_amendment_cannot_lead_to),
        cmocka_unit_test(a_name_is_free_when_its_order_has_ended),
        cmocka_unit_test(a_close_needs_a_step),
        cmocka_unit_test(a_stop_is_amended_in_all_its_parts),
        cmocka_unit_test(an_amendment_can_be_taken_back),
        cmocka_unit_test(an_amendment_ends_with_who_asked),
        cmocka_unit_test(rules_see_what_an_amendment_opens),
        cmocka_unit_test(a_close_takes_ones_own_within_the_band),
        cmocka_unit_test(nothing_to_close_and_nowhere_to_close_it),
        cmocka_unit_test(a_stop_is_exposure),
        cmocka_unit_test(a_stop_left_behind_is_swept),
        cmocka_unit_test(an_exit_that_fills_takes_the_others_along),
        cmocka_unit_test(a_stop_goes_with_its_strategys_part),
        cmocka_unit_test(an_exit_is_swept_after_a_restart),
        cmocka_unit_test(a_stop_that_fires_ends_an_amendment),
    };
    return cmocka_run_group_tests_name("amend", tests, NULL, NULL);
}
