/* The venue's word on orders, told late, twice, out of order, in contradiction, or not at all. */
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

static struct client_id place(struct rig *rig, order_ref ref)
{
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", ref);
    return rig_last(rig, COMMAND_PLACE)->place.id;
}

static void assert_working_buy(struct rig *rig, const char *size)
{
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size(size).e9);
}

/* AC-B3 | unit | an order nobody answered for | its side is refused by name, the other side may
 * go, its size counts in full */
/* F02 | unit | an order nobody answered for | UNKNOWN, reserved in full, lists asked for */
/* R1 | unit | an order nobody answered for | UNKNOWN; its whole size is reserved */
static void no_word_is_unknown_and_counts_in_full(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig->hold_lists = true;
    rig_pass(rig, SECOND);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(rig_count(rig, COMMAND_LIST) > 0, true);
    assert_working_buy(rig, "1");
    /* Control 25: the same side waits, the other may go. */
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 2);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_UNKNOWN_OUTSTANDING);
    rig_limit(rig, 0, 0, SIDE_SELL, "102", "0.1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

/* An hour goes by without a list that ends: no timer ends an order (AC-B2). */
/* AC-B2 | unit | an hour of ticks and no list that ends | still UNKNOWN, still counted */
/* R2 | unit | an hour of ticks and no list that ends | still UNKNOWN, still counted */
static void no_timer_ends_an_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig->hold_lists = true;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    for (int i = 0; i < 60; i++) {
        rig_tick(rig, 60 * SECOND);
        rig_forget(rig);
    }
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_working_buy(rig, "1");
    rig_destroy(rig);
}

/* F02 | unit | whole lists that lack the order, before and after expiry and bound | given up by
 * two late lists 30 s apart, reservation freed only then */
/* R2 | unit | whole lists that lack it, before and after expiry and bound | two late ones end it */
static void two_whole_lists_after_the_bound_end_it(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_pass(rig, 239 * SECOND); /* many lists lack it, all before expiry and bound */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_pass(rig, 25 * SECOND);  /* the first that counts, but not two 30 s apart */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_working_buy(rig, "0");
    rig_destroy(rig);
}

/* F02 | unit | no reply and no failure either | UNKNOWN after the request time-out, counted
 * until two late lists */
static void a_reply_that_never_comes_is_no_word(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_pass(rig, 25 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_SENT);
    rig_pass(rig, 15 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_working_buy(rig, "1");
    rig_pass(rig, 230 * SECOND); /* the bound runs from when it became UNKNOWN */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    rig_destroy(rig);
}

/* F45 | unit | every list of orders breaks off | none counts as a look, the order stays UNKNOWN */
static void a_list_that_broke_off_is_no_look(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig->hold_lists = true;
    for (int i = 0; i < 800; i++) {
        uint32_t first = rig->command_count;
        rig_pass(rig, SECOND / 2);
        for (uint32_t k = first; k < rig->command_count; k++)
            if (rig->commands[k].kind == COMMAND_LIST) {
                struct command_list list = rig->commands[k].list;
                rig_list_end(rig, &list, false);
            }
        rig_forget(rig);
    }
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_destroy(rig);
}

/* F03 | unit | the venue shows the order 20 s later | adopted under its venue id, nothing else
 * placed */
static void a_late_arrival_is_adopted(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_pass(rig, 20 * SECOND);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_string_equal(rig_order(rig, id).venue_id.text, "v1");
    assert_working_buy(rig, "1");
    rig_destroy(rig);
}

static void a_given_up_order_that_shows_is_live_again(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_NOT_SENT, "");
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_working_buy(rig, "0");
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_working_buy(rig, "1");
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

/* A refusal is a word, a listed order is a fact: it can fill. */
static void a_refused_order_that_is_listed_is_live(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_REFUSED, "");
    assert_working_buy(rig, "0");
    rig_forget(rig);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_working_buy(rig, "1");
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

/* Here both words are the venue's reports, and the stream may bring an old one late. */
static void a_failed_order_is_not_revived_by_the_stream(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_report(rig, id, "v1", VENUE_FAILED, "0", "0", REPORT_USER_UPDATE);
    rig_report(rig, id, "v1", VENUE_OPEN, "0.2", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.3", "0");
    assert_int_equal(rig_order(rig, id).state, ORDER_REFUSED);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.3").e9);
    assert_working_buy(rig, "0");
    rig_destroy(rig);
}

/* F06 | unit | a refusal | ended with the venue's words, reservation freed, script told */
/* F07 | unit | accepted, without an order id | UNKNOWN */
static void replies_in_so_many_words(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_reply(rig, id, OUTCOME_REFUSED, "");
    assert_int_equal(rig_order(rig, id).state, ORDER_REFUSED);
    assert_string_equal(rig_order(rig, id).reason, "the venue's words");
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->order.state, ORDER_REFUSED);
    assert_working_buy(rig, "0");
    rig_pass(rig, SECOND);
    id = place(rig, 2);
    rig_reply(rig, id, OUTCOME_ACCEPTED, ""); /* accepted, but no id: no word */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_destroy(rig);
}

/* F07 | unit | the stream shows an order without the venue's id, the reply brings it | learnt then,
 * journaled, and good to cancel by; a report without it is of the same order */
static void an_id_that_comes_late_is_learnt(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_report(rig, id, "", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_working_buy(rig, "1");
    rig_forget(rig);
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_int_equal(rig_records(rig, RECORD_ORDER), 1);
    rig_report(rig, id, "", VENUE_OPEN, "0.4", "99", REPORT_USER_UPDATE);
    assert_working_buy(rig, "0.6");
    rig_cancel(rig, 0, 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v1");
    rig_destroy(rig);
}

/* What it filled in truth has more weight than that it was called failed. */
static void a_failed_order_that_filled_is_filled(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_report(rig, id, "v1", VENUE_FAILED, "0", "0", REPORT_USER_UPDATE);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 2, "v2");
    rig_report(rig, id, "v2", VENUE_FAILED, "0", "0", REPORT_USER_UPDATE);
    rig_fill(rig, "t2", "v2", 0, SIDE_BUY, "98", "1", "0"); /* a fill says so, and a late frame */
    rig_report(rig, id, "v2", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_destroy(rig);
}

/* F30 | unit | a fill whose fee has no opposite, which no reversal could take back | not booked */
static void a_fee_that_cannot_be_taken_back_is_none(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1",
             "-170141183460469231731.687303715884105728");
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_working_buy(rig, "1");
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "99", "1", "0.1");
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* F07 | unit | the venue shows our client id at another price, size or side of noon | parked: the
 * order is UNKNOWN and counts, the other counts beside it and goes */
static void an_order_of_another_shape_is_not_ours(void **state)
{
    (void)state;
    static const struct { const char *price, *size; int64_t age_ns; bool parked; } CASES[] = {
        {"99", "1", 0, false},   {"0", "0", 0, false},   {"98.5", "1", 0, true},
        {"99", "1.5", 0, true},  {"99", "1", 11 * 3600 * (int64_t)1000000000, false},
        {"99", "1", 13 * 3600 * (int64_t)1000000000, true}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        struct event event = {.kind = EVENT_ORDER_REPORT};
        struct client_id id = place(rig, 1);
        event.order = (struct event_order_report){
            .source = REPORT_USER_UPDATE, .client_id = id, .has_client_id = true,
            .venue_id = rig_venue_id("v1"), .status = VENUE_OPEN, .side = SIDE_BUY,
            .size = rig_size(CASES[i].size), .limit_price = rig_price(CASES[i].price),
            .created_ns = CASES[i].age_ns ? rig->now.wall_ns - CASES[i].age_ns : 0};
        rig_step(rig, &event);
        assert_int_equal(rig_order(rig, id).state, CASES[i].parked ? ORDER_UNKNOWN : ORDER_OPEN);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), CASES[i].parked);
        rig_destroy(rig);
    }
}

/* F40 | unit | the user channel tells a part fill before the reply | booked; the late reply
 * writes nothing */
static void the_stream_may_be_first(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 1);
    rig_report(rig, id, "v1", VENUE_OPEN, "0.4", "99", REPORT_USER_UPDATE);
    rig_forget(rig);
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("0.4").e9);
    assert_int_equal(rig_records(rig, RECORD_ORDER), 0); /* it changed nothing */
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0.4", "99", REPORT_USER_UPDATE);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCELLED);
    rig_destroy(rig);
}

/* F20 | unit | the same report five times | no further record */
/* F21 | unit | an older report and a PENDING after a part fill | filled quantity stays */
static void said_twice_is_said_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.4", "99", REPORT_USER_UPDATE);
    rig_forget(rig);
    for (int i = 0; i < 5; i++)
        rig_report(rig, id, "v1", VENUE_OPEN, "0.4", "99", REPORT_USER_UPDATE);
    rig_report(rig, id, "v1", VENUE_OPEN, "0.1", "99", REPORT_USER_UPDATE); /* out of order */
    rig_report(rig, id, "v1", VENUE_PENDING, "0", "0", REPORT_REST);
    assert_int_equal(rig_records(rig, RECORD_ORDER), 0);
    assert_int_equal(rig_records(rig, RECORD_FILL), 0);
    assert_working_buy(rig, "0.6");
    rig_destroy(rig);
}

/* F21 | unit | OPEN after CANCELLED, then more filled | stays ended, the fill is booked */
static void ended_orders_stay_ended_but_may_have_filled_more(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0.2", "99", REPORT_USER_UPDATE);
    rig_report(rig, id, "v1", VENUE_OPEN, "0.1", "99", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCELLED);
    assert_working_buy(rig, "0");
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0.5", "99", REPORT_USER_UPDATE);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.5").e9);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_destroy(rig);
}

/* ---- cancels */

/* F41 | unit | a cancel is refused | live until a list tells; open means cancelled again */
static void a_refused_cancel_is_settled_by_a_list(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_pass(rig, SECOND);
    rig_cancel(rig, 0, 1);
    rig_forget(rig);
    rig->hold_lists = true;
    struct event reply = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = id, .outcome = OUTCOME_REFUSED}};
    reply.cancel_reply.venue_id = rig_venue_id("v1");
    rig_step(rig, &reply);
    rig_pass(rig, SECOND); /* lists of one kind keep a distance */
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT); /* live until told */
    (void)rig_last_list(rig, LIST_ORDERS); /* fails where none was asked for */
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE); /* may be older */
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
    /* Open it is, and the wish to cancel stands: another cancel leaves. */
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCELLED);
    rig_destroy(rig);
}

/* F42 | unit | CANCEL_QUEUED, then a fill wins the race | counted in full to its end, the fill
 * booked */
static void an_acknowledged_cancel_is_live_until_it_ends(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_cancel(rig, 0, 1);
    struct event reply = {.kind = EVENT_CANCEL_REPLY, .cancel_reply = {.client_id = id}};
    rig_step(rig, &reply);
    rig_report(rig, id, "v1", VENUE_CANCEL_QUEUED, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT);
    assert_working_buy(rig, "1");
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE); /* the race */
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

static void a_cancel_without_an_end_is_looked_after(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.fills_poll_ns = 0; /* no cadence: only the doubt asks */
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_cancel(rig, 0, 1);
    rig_forget(rig);
    rig->hold_lists = true;
    rig_pass(rig, 6 * SECOND);
    bool looked = false;
    for (uint32_t i = 0; i < rig->command_count; i++)
        looked = looked || (rig->commands[i].kind == COMMAND_LIST &&
                            rig->commands[i].list.kind == LIST_ORDERS);
    assert_true(looked);
    rig_destroy(rig);
}

/* ---- orders we do not know */

static void report_foreign(struct rig *rig, const char *venue_id, struct client_id id,
                           enum venue_status status)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order.source = REPORT_REST;
    event.order.client_id = id;
    event.order.has_client_id = true;
    event.order.venue_id = rig_venue_id(venue_id);
    event.order.product = 0;
    event.order.side = SIDE_SELL;
    event.order.status = status;
    event.order.size = rig_size("3");
    event.order.filled = rig_size("1");
    event.order.leaves = rig_size("2");
    event.order.limit_price = rig_price("105");
    rig_step(rig, &event);
}

/* F51 | unit | an open order that nobody here placed | counted as exposure, alarm, not cancelled */
/* F52 | unit | a manual order while running | counted, alarm once */
static void foreign_orders_count_and_alarm(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = {{9, 9, 9, 9}};
    report_foreign(rig, "x1", id, VENUE_OPEN);
    report_foreign(rig, "x1", id, VENUE_OPEN);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    assert_int_equal(rig_product(rig, 0).working_sell.e9, rig_size("2").e9);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0); /* not ours to cancel */
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    assert_false(rig_order(rig, id).ours);
    report_foreign(rig, "x1", id, VENUE_CANCELLED);
    assert_int_equal(rig_product(rig, 0).working_sell.e9, 0);
    report_foreign(rig, "x2", (struct client_id){{8}}, VENUE_CANCELLED); /* long gone */
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

/* F51 | unit | orders of another hand, more than the table has room for | each counts that fits,
 * each that does not is told by its id */
static void more_foreign_orders_than_fit_are_told(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char text[16] = "x";
    for (uint32_t i = 0; i <= MAX_ORDERS; i++) {
        snprintf(text + 1, sizeof text - 1, "%u", (unsigned)i);
        rig_forget(rig);
        report_foreign(rig, text, (struct client_id){{9, (uint8_t)i, (uint8_t)(i >> 8)}},
                       VENUE_OPEN);
    }
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "no room for an order"));
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, text));
    assert_int_equal(rig_product(rig, 0).working_sell.e9, MAX_ORDERS * rig_size("2").e9);
    rig_destroy(rig);
}

static void report_other(struct rig *rig, enum venue_status status, const char *size,
                         const char *filled)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order.source = REPORT_USER_UPDATE;
    event.order.venue_id = rig_venue_id("x1");
    event.order.side = SIDE_BUY;
    event.order.status = status;
    event.order.size = rig_size(size);
    event.order.filled = rig_size(filled);
    event.order.limit_price = rig_price("99");
    rig_step(rig, &event);
}

static void assert_account(struct rig *rig, const char *position, const char *working_buy)
{
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size(position).e9);
    assert_working_buy(rig, working_buy);
}

/* What it fills stays counted between the report and the fill, and once only after it. */
static void a_foreign_order_counts_while_it_fills(void **state)
{
    (void)state;
    struct rig *rig = ready();
    report_other(rig, VENUE_OPEN, "15", "0");
    assert_account(rig, "0", "15");
    rig->hold_lists = true;
    rig_forget(rig);
    report_other(rig, VENUE_OPEN, "15", "5");
    assert_account(rig, "5", "10");
    assert_int_equal(rig_last(rig, COMMAND_LIST)->list.kind, LIST_FILLS); /* at once */
    rig_pass(rig, SECOND);
    report_other(rig, VENUE_FILLED, "15", "15");
    assert_account(rig, "15", "0");
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "6", 1); /* 15 and 6 are more than the limit of 20 */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_restart(rig);
    assert_account(rig, "15", "0");
    rig->hold_lists = true;
    rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "98", "15", "0");
    assert_account(rig, "15", "0");
    rig_restart(rig);
    assert_account(rig, "15", "0");
    rig_destroy(rig);
}

static void a_foreign_fill_may_come_before_its_report(void **state)
{
    (void)state;
    struct rig *rig = ready();
    report_other(rig, VENUE_OPEN, "15", "0");
    rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "98", "5", "0");
    assert_account(rig, "5", "15"); /* until the report: too much rather than too little */
    report_other(rig, VENUE_OPEN, "15", "7");
    assert_account(rig, "7", "8");
    rig_restart(rig);
    assert_account(rig, "7", "8");
    rig_destroy(rig);
}

/* Some of its fills may be none that we can ever tell apart: a whole list of fills settles it. */
static void what_a_foreign_order_filled_is_settled_by_a_list(void **state)
{
    (void)state;
    struct rig *rig = ready();
    report_other(rig, VENUE_OPEN, "15", "0");
    report_other(rig, VENUE_CANCELLED, "15", "5");
    assert_account(rig, "5", "0");
    rig_pass(rig, 8 * SECOND); /* a fill may be late in the list */
    assert_account(rig, "5", "0");
    rig_pass(rig, 12 * SECOND);
    assert_account(rig, "0", "0");
    rig_destroy(rig);
}

static void a_foreign_order_that_grows_counts_in_full(void **state)
{
    (void)state;
    struct rig *rig = ready();
    report_other(rig, VENUE_OPEN, "1", "0");
    report_other(rig, VENUE_OPEN, "15", "0");
    assert_account(rig, "0", "15");
    report_other(rig, VENUE_OPEN, "15", "2");
    assert_account(rig, "2", "13");
    rig_restart(rig);
    assert_account(rig, "2", "13");
    rig_destroy(rig);
}

/* F51 | unit | an open order with our tag that no journal names | cancelled, counted until it
 * ends */
static void ours_by_tag_but_unknown_is_cancelled(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = client_id_make(rig->settings.owner_tag, 77, 5);
    report_foreign(rig, "x1", id, VENUE_OPEN);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "x1");
    assert_int_equal(rig_product(rig, 0).working_sell.e9, rig_size("2").e9);
    assert_int_equal(rig_order(rig, id).actor, ACTOR_EXTERNAL);
    rig_destroy(rig);
}

/* AC-C3 | unit | two venue ids under one client id | both counted, both cancelled, alarm */
static void two_venue_ids_under_one_client_id(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_forget(rig);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order.client_id = id;
    event.order.has_client_id = true;
    event.order.venue_id = rig_venue_id("v2");
    event.order.side = SIDE_BUY;
    event.order.status = VENUE_OPEN;
    event.order.size = rig_size("1");
    event.order.limit_price = rig_price("99");
    rig_step(rig, &event);
    rig_step(rig, &event);
    assert_working_buy(rig, "2");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    assert_true(rig_count(rig, COMMAND_ALERT) >= 1);
    event.order.status = VENUE_CANCELLED;
    rig_step(rig, &event);
    assert_working_buy(rig, "1");
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCEL_SENT);
    rig_destroy(rig);
}

/* F48 | unit | the venue cancels an order by itself, another expires | ended with its words and let
 * go, the strategy told of each */
static void what_the_venue_ends_is_told(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < 2; i++) {
        const char *venue_id = i == 0 ? "v1" : "v2";
        rig_pass(rig, SECOND);
        rig_forget(rig);
        struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", i + 1, venue_id);
        struct event event = {.kind = EVENT_ORDER_REPORT};
        event.order = (struct event_order_report){
            .source = REPORT_USER_UPDATE, .client_id = id, .has_client_id = true,
            .venue_id = rig_venue_id(venue_id), .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
            .status = i == 0 ? VENUE_CANCELLED : VENUE_EXPIRED, .reason = "self trade prevented"};
        rig_step(rig, &event);
        enum order_state ended = i == 0 ? ORDER_CANCELLED : ORDER_EXPIRED;
        assert_int_equal(rig_order(rig, id).state, ended);
        assert_string_equal(rig_order(rig, id).reason, "self trade prevented");
        assert_int_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->order.state, ended);
        assert_string_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->order.reason,
                            "self trade prevented");
        assert_working_buy(rig, "0");
    }
    rig_destroy(rig);
}

/* F51 | unit | a list lacks an order that was open | UNKNOWN, alarm, found again by the stream */
static void an_order_that_vanishes_is_unknown(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_pass(rig, 8 * SECOND); /* young: a list may not show it yet */
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    rig_pass(rig, 12 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_working_buy(rig, "1");
    assert_true(rig_count(rig, COMMAND_ALERT) >= 1);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    rig_destroy(rig);
}

/* The venue had told its id: that lists lack it says something about the lists. */
static void an_acknowledged_order_is_never_given_up(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_pass(rig, 900 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_working_buy(rig, "1");
    assert_true(rig_count(rig, COMMAND_ALERT) >= 1);
    rig_restart(rig);
    rig_up(rig);
    rig_pass(rig, 900 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_working_buy(rig, "1");
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_REST);
    assert_working_buy(rig, "0");
    rig_destroy(rig);
}

int suite_venue(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_word_is_unknown_and_counts_in_full),
        cmocka_unit_test(no_timer_ends_an_order),
        cmocka_unit_test(two_whole_lists_after_the_bound_end_it),
        cmocka_unit_test(a_reply_that_never_comes_is_no_word),
        cmocka_unit_test(a_list_that_broke_off_is_no_look),
        cmocka_unit_test(a_late_arrival_is_adopted),
        cmocka_unit_test(a_given_up_order_that_shows_is_live_again),
        cmocka_unit_test(a_refused_order_that_is_listed_is_live),
        cmocka_unit_test(a_failed_order_is_not_revived_by_the_stream),
        cmocka_unit_test(replies_in_so_many_words),
        cmocka_unit_test(an_id_that_comes_late_is_learnt),
        cmocka_unit_test(a_failed_order_that_filled_is_filled),
        cmocka_unit_test(a_fee_that_cannot_be_taken_back_is_none),
        cmocka_unit_test(an_order_of_another_shape_is_not_ours),
        cmocka_unit_test(more_foreign_orders_than_fit_are_told),
        cmocka_unit_test(the_stream_may_be_first),
        cmocka_unit_test(said_twice_is_said_once),
        cmocka_unit_test(ended_orders_stay_ended_but_may_have_filled_more),
        cmocka_unit_test(a_refused_cancel_is_settled_by_a_list),
        cmocka_unit_test(an_acknowledged_cancel_is_live_until_it_ends),
        cmocka_unit_test(a_cancel_without_an_end_is_looked_after),
        cmocka_unit_test(foreign_orders_count_and_alarm),
        cmocka_unit_test(a_foreign_order_counts_while_it_fills),
        cmocka_unit_test(a_foreign_fill_may_come_before_its_report),
        cmocka_unit_test(what_a_foreign_order_filled_is_settled_by_a_list),
        cmocka_unit_test(a_foreign_order_that_grows_counts_in_full),
        cmocka_unit_test(ours_by_tag_but_unknown_is_cancelled),
        cmocka_unit_test(two_venue_ids_under_one_client_id),
        cmocka_unit_test(what_the_venue_ends_is_told),
        cmocka_unit_test(an_order_that_vanishes_is_unknown),
        cmocka_unit_test(an_acknowledged_order_is_never_given_up),
    };
    return cmocka_run_group_tests_name("venue", tests, NULL, NULL);
}
