/* What waits for the operator, and what the operator's word does to it; none of ours left. */
#include "suites.h"

#include <string.h>

#include "base/text.h"
#include "engine/snapshot_care.h"
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

static void act(struct rig *rig, enum operator_verb verb, int target, uint8_t index,
                const char *id)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = verb;
    event.operator.token = 42;
    event.operator.target = target;
    event.operator.index = index;
    text_copy(event.operator.id, VENUE_ID_MAX, id, strlen(id));
    text_copy(event.operator.reason, REASON_MAX, "by phone", 8);
    rig_step(rig, &event);
}

static const struct command_operator_reply *reply(struct rig *rig)
{
    return &rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply;
}

static uint32_t parked_count(struct rig *rig)
{
    struct parked_row row;
    uint32_t count = 0;
    while (snapshot_parked(rig->engine, count, &row))
        count++;
    return count;
}

static struct parked only(struct rig *rig)
{
    struct parked_row row;
    assert_int_equal(parked_count(rig), 1);
    assert_true(snapshot_parked(rig->engine, 0, &row));
    return row.parked;
}

static struct order_row order_at_venue(struct rig *rig, const char *venue_id)
{
    struct order_row row;
    for (uint32_t i = 0; snapshot_order(rig->engine, i, &row); i++)
        if (strcmp(row.venue_id.text, venue_id) == 0)
            return row;
    fail_msg("no order %s", venue_id);
    return row;
}

static void show(struct rig *rig, uint32_t tag, const char *venue_id, enum venue_status status)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .client_id = client_id_make(tag, 99, 1),
        .has_client_id = true, .venue_id = rig_venue_id(venue_id), .product = 1, .side = SIDE_BUY,
        .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .status = status, .size = rig_size("0.5"),
        .leaves = rig_size("0.5"), .limit_price = rig_price("95")};
    rig_step(rig, &event);
}

/* F51 | unit | an order of the journal is in no list, four minutes on | UNKNOWN, parked, counted;
 * the operator's drop with a reason releases it; a kill before and after changes nothing
 * AC-B2 | unit | ten minutes pass over it | no timer ends it */
static void the_missing_wait_for_the_operators_word(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char text[CLIENT_ID_TEXT];
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    client_id_format(id, text);
    rig_pass(rig, 200 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(parked_count(rig), 0); /* the venue may still show it */
    rig_forget(rig);
    rig_pass(rig, 400 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(only(rig).kind, PARKED_UNKNOWN);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "parked for the operator"));
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(only(rig).kind, PARKED_UNKNOWN);
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, "v2");
    assert_false(reply(rig)->done);
    assert_true(rig_product(rig, 1).working_buy.e9 > 0);
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, text);
    assert_true(reply(rig)->done);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_non_null(strstr(rig_order(rig, id).reason, "by phone"));
    assert_int_equal(rig_product(rig, 1).working_buy.e9, 0);
    assert_int_equal(parked_count(rig), 0);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_int_equal(parked_count(rig), 0);
    rig_destroy(rig);
}

static void the_venues_word_takes_it_off_the_list(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    rig_pass(rig, 300 * SECOND);
    assert_int_equal(parked_count(rig), 1);
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "v1");
    assert_false(reply(rig)->done); /* it has an owner */
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_REST);
    assert_int_equal(parked_count(rig), 0);
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, "v1");
    assert_false(reply(rig)->done);
    assert_non_null(strstr(reply(rig)->text, "ended"));
    act(rig, OPERATOR_CANCEL, TARGET_ACCOUNT, 0, "v1");
    assert_false(reply(rig)->done);
    rig_destroy(rig);
}

/* F51 | unit | the venue shows an order that is not in the journal | parked; adopted for a strategy
 * by the operator it is that strategy's, over a restart too */
static void an_order_is_adopted_for_a_strategy(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show(rig, 0x11111111, "x1", VENUE_OPEN);
    assert_int_equal(only(rig).kind, PARKED_EXTERNAL);
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, "x1");
    assert_false(reply(rig)->done); /* it is open: no word makes it dead */
    assert_non_null(strstr(reply(rig)->text, "cancel it"));
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "x1");
    assert_true(reply(rig)->done);
    assert_int_equal(parked_count(rig), 0);
    struct order_row row = order_at_venue(rig, "x1");
    assert_int_equal(row.actor, 0);
    assert_true(row.ref != 0);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->order.ref, row.ref);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(order_at_venue(rig, "x1").actor, 0);
    rig_fill(rig, "t1", "x1", 1, SIDE_BUY, "95", "0.5", "0");
    assert_int_equal(rig_position(rig, 0, 1).size.e9, rig_size("0.5").e9);
    rig_destroy(rig);
}

/* F51 | unit | two strangers' orders are adopted in one second, one of them twice | each has a name
 * of its own, the second adoption changes nothing */
static void each_adopted_order_has_a_name(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show(rig, 0x11111111, "x1", VENUE_OPEN);
    show(rig, 0x22222222, "x2", VENUE_OPEN);
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x1");
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x1"); /* off the list already */
    assert_true(reply(rig)->done);
    assert_int_equal(parked_count(rig), 1);
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "x1");
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "x2");
    assert_int_equal(order_at_venue(rig, "x2").ref, order_at_venue(rig, "x1").ref + 1);
    rig_destroy(rig);
}

/* F07 | unit | the venue tells of a part fill and gives no id of its own, then no list has the
 * order; later it names it, in a state that we do not know | never dropped, parked once; a cancel
 * waits for the id; open again it is off the list */
static void what_filled_without_an_id_is_not_dropped(void **state)
{
    (void)state;
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        struct rig *rig = ready();
        char text[CLIENT_ID_TEXT];
        rig_limit(rig, 0, 1, SIDE_BUY, "98", "0.5", 1);
        struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
        client_id_format(id, text);
        rig_report(rig, id, "", VENUE_OPEN, "0.2", "98", REPORT_USER_UPDATE);
        rig_pass(rig, 600 * SECOND);
        assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
        assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.3").e9);
        assert_int_equal(only(rig).kind, PARKED_UNKNOWN);
        if (cancelled) {
            act(rig, OPERATOR_CANCEL, TARGET_ACCOUNT, 0, text);
            assert_non_null(strstr(reply(rig)->text, "when the venue has named it"));
        }
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
        rig_report(rig, id, "v1", VENUE_STATUS_UNKNOWN, "0.2", "98", REPORT_USER_UPDATE);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), cancelled);
        rig_pass(rig, 3 * SECOND); /* lists that do not have it */
        assert_int_equal(parked_count(rig), !cancelled);
        rig_report(rig, id, "v1", VENUE_OPEN, "0.2", "98", REPORT_USER_UPDATE);
        assert_int_equal(parked_count(rig), 0);
        rig_destroy(rig);
    }
}

/* F31 | unit | an order without a word is in every list, in a state that we do not know | counted,
 * and not parked: the venue has it */
static void what_the_venue_lists_is_not_parked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    rig->hold_lists = true;
    for (int i = 0; i < 900; i++) {
        rig_forget(rig);
        rig_pass(rig, SECOND / 2);
        for (uint32_t k = 0, asked = rig->command_count; k < asked; k++) {
            struct command command = rig->commands[k];
            if (command.kind == COMMAND_LIST && command.list.kind == LIST_ORDERS && i > 100)
                rig_report(rig, id, "v1", VENUE_STATUS_UNKNOWN, "0", "0", REPORT_REST);
            if (command.kind == COMMAND_LIST)
                rig_list_end(rig, &command.list, true);
        }
    }
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(parked_count(rig), 0);
    rig_destroy(rig);
}

/* F08 | unit | two orders were never sent, the operator drops the second | the first stays */
static void a_letter_is_dropped_by_its_id(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char text[CLIENT_ID_TEXT];
    for (order_ref i = 0; i < 2; i++) {
        rig_limit(rig, 0, 1, SIDE_BUY, i ? "97" : "98", "0.5", i + 1);
        client_id_format(rig_last(rig, COMMAND_PLACE)->place.id, text);
        rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_NOT_SENT, "");
    }
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, text);
    assert_true(reply(rig)->done);
    assert_int_equal(only(rig).price.e9, rig_price("98").e9);
    rig_destroy(rig);
}

/* F51 | unit | an order is to be adopted that has filled in part, or whose cancel has left |
 * refused with the reason; without a strategy the former is left to work */
static void what_cannot_change_hands_is_not_adopted(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show(rig, 0x11111111, "x1", VENUE_OPEN);
    rig_report(rig, order_at_venue(rig, "x1").id, "x1", VENUE_OPEN, "0.2", "95",
               REPORT_USER_UPDATE);
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "x1");
    assert_false(reply(rig)->done);
    assert_non_null(strstr(reply(rig)->text, "filled"));
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x1");
    assert_true(reply(rig)->done);
    show(rig, rig->settings.owner_tag, "x2", VENUE_OPEN);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x2");
    assert_false(reply(rig)->done);
    assert_non_null(strstr(reply(rig)->text, "cancel has left"));
    rig_destroy(rig);
}

/* F51 | unit | the cancel of an order waits, for the budget is used up, and it is adopted then | no
 * cancel leaves for it */
static void an_adopted_order_is_cancelled_no_more(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.max_cancels = 1;
    rig_restart(rig);
    rig_up(rig);
    show(rig, rig->settings.owner_tag, "x1", VENUE_OPEN);
    show(rig, 0x11111111, "x2", VENUE_OPEN);
    act(rig, OPERATOR_CANCEL, TARGET_ACCOUNT, 0, "x2");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x2");
    assert_true(reply(rig)->done);
    rig_pass(rig, 10 * SECOND);
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_CANCEL)
            assert_string_equal(rig->commands[i].cancel.venue_id.text, "x1");
    rig_destroy(rig);
}

static void an_order_of_ours_is_cancelled_unless_adopted(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.unknown_own_orders = UNKNOWN_OWN_ADOPT;
    rig_restart(rig);
    rig_up(rig);
    show(rig, rig->settings.owner_tag, "x1", VENUE_OPEN);
    assert_int_equal(only(rig).kind, PARKED_OWN);
    act(rig, OPERATOR_ADOPT, TARGET_ACCOUNT, 0, "x1");
    assert_true(reply(rig)->done);
    rig->settings.unknown_own_orders = UNKNOWN_OWN_CANCEL;
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0); /* the operator's word outlives policy */
    act(rig, OPERATOR_CANCEL, TARGET_ACCOUNT, 0, "x1");
    assert_true(reply(rig)->done);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

/* F08 | unit | approved, not sent before it expired | dropped, never sent late, kept for the
 * operator to read */
static void what_was_never_sent_is_kept_to_be_read(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 1, SIDE_BUY, "98", "0.5", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    char text[CLIENT_ID_TEXT];
    client_id_format(id, text);
    rig_reply(rig, id, OUTCOME_NOT_SENT, "");
    assert_int_equal(only(rig).kind, PARKED_NOT_SENT);
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    act(rig, OPERATOR_DROP, TARGET_ACCOUNT, 0, text);
    assert_true(reply(rig)->done);
    assert_int_equal(parked_count(rig), 0);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(parked_count(rig), 0);
    rig_destroy(rig);
}

static void the_list_is_bounded(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < MAX_PARKED + 10; i++) {
        rig_limit(rig, 0, 1, SIDE_BUY, "98", "0.01", (order_ref)i + 1);
        rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_NOT_SENT, "");
        rig_pass(rig, SECOND);
    }
    assert_int_equal(parked_count(rig), MAX_PARKED);
    show(rig, 0x11111111, "x1", VENUE_OPEN); /* the letters make room for what is live */
    struct parked_row row;
    assert_true(snapshot_parked(rig->engine, MAX_PARKED - 1, &row));
    assert_int_equal(row.parked.kind, PARKED_EXTERNAL);
    char id[8] = "y__";
    rig_forget(rig);
    for (int i = 0; i < MAX_PARKED; i++) {
        id[1] = (char)('a' + i / 8);
        id[2] = (char)('a' + i % 8);
        show(rig, 0x22222222 + (uint32_t)i, id, VENUE_OPEN);
    }
    assert_int_equal(parked_count(rig), MAX_PARKED); /* no letter is left to give way */
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "no room to park"));
    assert_true(rig_product(rig, 1).working_buy.e9 > rig_size("32").e9); /* it counts */
    rig_destroy(rig);
}

static uint32_t lists_in_a_minute(struct rig *rig)
{
    uint32_t orders = 0;
    rig_forget(rig);
    rig_pass(rig, 60 * SECOND);
    for (uint32_t i = 0; i < rig->command_count; i++)
        orders += rig->commands[i].kind == COMMAND_LIST &&
                  rig->commands[i].list.kind == LIST_ORDERS;
    return orders;
}

/* A stranger's fill may be its own: it is kept back, and the lists are asked for both. */
static void what_waits_for_days_is_not_asked_for_every_two_seconds(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST); /* at a price that is not its */
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .client_id = id, .has_client_id = true,
        .venue_id = rig_venue_id("v1"), .product = 1, .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
        .tif = TIF_GTC, .status = VENUE_CANCELLED, .size = rig_size("2"),
        .limit_price = rig_price("95")};
    rig_step(rig, &event);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_true(rig_order(rig, id).parked);
    uint32_t cadence = lists_in_a_minute(rig);
    rig_fill(rig, "t1", "a stranger's", 1, SIDE_BUY, "99", "0.5", "0");
    assert_true(lists_in_a_minute(rig) > cadence + 5); /* it may show soon */
    assert_true(lists_in_a_minute(rig) <= cadence + 1);
    rig_destroy(rig);
}

/* AC-C3 | unit | one client id, two open ids | both cancelled, both parked, alert */
static void two_orders_under_one_id_are_both_parked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .client_id = id, .has_client_id = true,
        .venue_id = rig_venue_id("v2"), .product = 1, .side = SIDE_BUY, .status = VENUE_OPEN,
        .size = rig_size("0.5"), .leaves = rig_size("0.5"), .limit_price = rig_price("98")};
    rig_step(rig, &event);
    assert_int_equal(parked_count(rig), 2);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    rig_destroy(rig);
}

/* ---- none of ours left */

static void halt_and_cancel(struct rig *rig)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = OPERATOR_HALT;
    event.operator.token = 42;
    event.operator.cancel = true;
    rig_step(rig, &event);
}

/* AC-E3 | unit | halt --cancel with an order live | answered when a list asked for after its end
 * shows none, not before */
static void halt_with_cancel_waits_for_the_venues_list(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    show(rig, 0x11111111, "x1", VENUE_OPEN); /* somebody else's is left alone */
    rig->hold_lists = true;
    rig_forget(rig);
    halt_and_cancel(rig);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 0);
    const struct command_list *list = NULL;
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_LIST && rig->commands[i].list.kind == LIST_ORDERS)
            list = &rig->commands[i].list;
    assert_non_null(list);
    struct command_list last = *list;
    rig_list_end(rig, &last, true);
    rig->hold_lists = false;
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    assert_true(reply(rig)->done);
    rig_destroy(rig);
}

/* AC-E3 | unit | halt --cancel, the cancel is lost and the order stays open | refused after 20 s,
 * and the cancelling goes on */
static void halt_with_cancel_says_when_it_is_not_done(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    rig_forget(rig);
    halt_and_cancel(rig);
    for (int i = 0; i < 30; i++) {
        rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_pass(rig, SECOND);
    }
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    assert_false(reply(rig)->done);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    rig_destroy(rig);
}

static struct event liquidation(const struct rig *rig)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .venue_id = rig_venue_id("liq"), .product = 1, .side = SIDE_SELL,
        .type = ORDER_TYPE_LIQUIDATION, .tif = TIF_IOC, .status = VENUE_FILLED,
        .size = rig_size("1"), .filled = rig_size("1"), .created_ns = rig->now.wall_ns};
    return event;
}

/* AC-E2 | unit | resume while a halt --cancel still waits for the venue | the wait ends, refused;
 * the orders that follow are left to work */
static void a_resume_ends_the_cancelling(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    halt_and_cancel(rig);
    for (int i = 0; i < 21; i++) {
        rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_pass(rig, SECOND);
    }
    assert_false(reply(rig)->done);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "the venue is back");
    struct client_id next = rig_open_order(rig, 0, 1, SIDE_SELL, "102", "0.5", 2, "v2");
    for (int i = 0; i < 5; i++) {
        rig_report(rig, next, "v2", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_pass(rig, SECOND);
    }
    assert_false(rig_order(rig, next).cancel_wanted);
    halt_and_cancel(rig);
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "of another scope");
    assert_true(rig_order(rig, next).cancel_wanted);
    rig_forget(rig);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "thought better of it");
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 2); /* to both who wait */
    assert_false(rig->commands[0].kind == COMMAND_OPERATOR_REPLY &&
                 rig->commands[0].operator_reply.done);
    rig_destroy(rig);
}

/* F67 | unit | an emergency while as many wait for the venue as may | it is verified all the same;
 * a resume meanwhile is refused */
static void an_emergency_has_room(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.cancel_on_stop = false;
    rig_restart(rig);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    struct event halt = {.kind = EVENT_OPERATOR};
    halt.operator.verb = OPERATOR_HALT;
    halt.operator.cancel = true;
    halt.operator.target = TARGET_STRATEGY;
    halt.operator.index = 1; /* who has none */
    rig->hold_lists = true;
    for (uint64_t i = 0; i < 5; i++) {
        halt.operator.token = 50 + i;
        rig_step(rig, &halt);
    }
    struct event fatal = {.kind = EVENT_HEALTH,
                          .health = {.cause = HEALTH_KEY_REFUSED, .on = true}};
    rig_step(rig, &fatal);
    act(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "");
    assert_false(reply(rig)->done);
    rig->hold_lists = false;
    for (int i = 0; i < 40; i++) {
        rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_pass(rig, SECOND);
    }
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 60 * SECOND); /* the lists that were held run out first */
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    rig_destroy(rig);
}

/* F61 | unit | an adoption was refused, then a kill | the order is cancelled after it as before */
static void a_refused_adoption_is_none_after_a_kill(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.unknown_own_orders = UNKNOWN_OWN_ADOPT;
    rig->settings.strategies[1].products = 1;
    rig_restart(rig);
    rig_up(rig);
    show(rig, rig->settings.owner_tag, "x1", VENUE_OPEN);
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 1, "x1");
    assert_false(reply(rig)->done); /* that strategy may not trade it */
    rig->settings.unknown_own_orders = UNKNOWN_OWN_CANCEL;
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

/* An adopted order is its strategy's, whoever placed it: what takes the strategy's takes it too. */
static void what_a_strategy_adopted_goes_with_the_rest(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show(rig, 0x11111111, "x1", VENUE_OPEN);
    act(rig, OPERATOR_ADOPT, TARGET_STRATEGY, 0, "x1");
    rig_forget(rig);
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_STRATEGY, 0, "");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

/* F13 | unit | an order that has ended is shown with another shape by every list, and in the end
 * open under its own id | journaled once, not once a list; counted and cancelled; a kill changes
 * nothing */
static void a_collision_of_what_ended_is_no_flood(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .client_id = id, .has_client_id = true,
        .venue_id = rig_venue_id("v2"), .product = 1, .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
        .status = VENUE_CANCELLED, .size = rig_size("7"), .limit_price = rig_price("98")};
    rig_step(rig, &event);
    rig_forget(rig);
    for (int i = 0; i < 5; i++)
        rig_step(rig, &event);
    assert_int_equal(rig_records(rig, RECORD_PARKED), 0);
    event.order.venue_id = rig_venue_id("v1");
    event.order.status = VENUE_OPEN;
    rig_step(rig, &event);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v1");
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("7").e9);
    assert_int_equal(rig_order(rig, id).state, ORDER_CANCELLED);
    rig_destroy(rig);
}

/* F54 | unit | the journal's last word is dated in the future, then the venue liquidates | alarm */
static void a_clock_that_was_ahead_hides_no_liquidation(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct account_row account;
    rig->now.wall_ns += 3600 * SECOND;
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 1);
    rig->now.wall_ns -= 3600 * SECOND;
    rig_restart(rig);
    rig_up(rig);
    struct event event = liquidation(rig);
    rig_step(rig, &event);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_REDUCING);
    rig_destroy(rig);
}


/* F67 | unit | the venue refuses the key | halted, cancels wanted, read back, stopped; still halted
 * at the next start until a resume with a reason */
static void a_fatal_cause_shuts_down_and_stays_halted(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct account_row account;
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    rig_forget(rig);
    struct event event = {.kind = EVENT_HEALTH,
                          .health = {.cause = HEALTH_KEY_REFUSED, .on = true,
                                     .text = "401 on three cancels"}};
    rig_step(rig, &event);
    assert_int_equal(rig_count(rig, COMMAND_FATAL), 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    rig_restart(rig);
    rig_up(rig);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_string_equal(account.reason, "key_refused: 401 on three cancels");
    rig_limit(rig, 0, 1, SIDE_BUY, "98", "0.5", 9);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "a new key");
    rig_limit(rig, 0, 1, SIDE_BUY, "98", "0.5", 10);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* AC-E3 | unit | cancel-mine, cancel-all | own orders alone; everybody's */
static void cancel_all_takes_everybodys(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.5", 1, "v1");
    show(rig, 0x11111111, "x1", VENUE_OPEN);
    rig_forget(rig);
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0, "");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_operator(rig, OPERATOR_CANCEL_ALL, TARGET_ACCOUNT, 0, "leak");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    rig_destroy(rig);
}

/* ---- others on the account */

static bool fills_freeze(int policy)
{
    struct rig *rig = rig_create(0);
    rig->settings.external_fills = (unsigned)policy;
    rig_restart(rig);
    rig_up(rig);
    rig_fill(rig, "t1", "x1", 1, SIDE_BUY, "99", "1", "0");
    rig->venue_position[1] = rig_size("1");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_product(rig, 1).position.e9, rig_size("1").e9);
    bool frozen = rig_product(rig, 1).state == TRADING_REDUCING;
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_destroy(rig);
    return frozen;
}

/* F52 | unit | the user channel tells of a trade by hand, its exact fill is not read yet | its
 * product reduces at once */
static void the_first_word_of_a_foreign_fill_freezes(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.external_fills = EXTERNAL_FILLS_FREEZE;
    rig_restart(rig);
    rig_up(rig);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .venue_id = rig_venue_id("x1"), .product = 1,
        .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .status = VENUE_OPEN,
        .size = rig_size("2"), .leaves = rig_size("2"), .limit_price = rig_price("99")};
    rig_step(rig, &event);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE); /* it has not traded */
    event.order.filled = rig_size("1");
    event.order.leaves = rig_size("1");
    event.order.average_price = rig_price("99");
    rig_step(rig, &event);
    assert_int_equal(rig_product(rig, 1).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_destroy(rig);
}

/* F44 | unit | a fill of nobody we know, external_fills = alarm and = freeze | booked either way;
 * freeze puts its product in REDUCING
 * F52 | unit | a trade by hand during the run, external_fills = freeze | as F44 */
static void others_fills_alarm_or_freeze(void **state)
{
    (void)state;
    assert_false(fills_freeze(EXTERNAL_FILLS_ALARM));
    assert_true(fills_freeze(EXTERNAL_FILLS_FREEZE));
}

/* F54 | unit | the venue liquidates a position | alarm, the account reduces only, once for each
 * liquidation: the same one listed again after a resume and a restart is no news */
static void a_liquidation_stops_what_opens(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct account_row account;
    struct event event = liquidation(rig);
    rig_step(rig, &event);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_REDUCING);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "liquidated"));
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "margin added");
    rig_step(rig, &event);
    rig_pass(rig, 300 * SECOND);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 1); /* the journal's last word is later */
    rig_restart(rig);
    rig_up(rig);
    rig_step(rig, &event);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_ACTIVE);
    event = liquidation(rig);
    rig_step(rig, &event);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_REDUCING);
    rig_destroy(rig);
}

int suite_parked(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_missing_wait_for_the_operators_word),
        cmocka_unit_test(the_venues_word_takes_it_off_the_list),
        cmocka_unit_test(an_order_is_adopted_for_a_strategy),
        cmocka_unit_test(each_adopted_order_has_a_name),
        cmocka_unit_test(what_filled_without_an_id_is_not_dropped),
        cmocka_unit_test(what_the_venue_lists_is_not_parked),
        cmocka_unit_test(a_letter_is_dropped_by_its_id),
        cmocka_unit_test(what_cannot_change_hands_is_not_adopted),
        cmocka_unit_test(an_adopted_order_is_cancelled_no_more),
        cmocka_unit_test(an_order_of_ours_is_cancelled_unless_adopted),
        cmocka_unit_test(what_was_never_sent_is_kept_to_be_read),
        cmocka_unit_test(the_list_is_bounded),
        cmocka_unit_test(two_orders_under_one_id_are_both_parked),
        cmocka_unit_test(what_waits_for_days_is_not_asked_for_every_two_seconds),
        cmocka_unit_test(halt_with_cancel_waits_for_the_venues_list),
        cmocka_unit_test(halt_with_cancel_says_when_it_is_not_done),
        cmocka_unit_test(a_fatal_cause_shuts_down_and_stays_halted),
        cmocka_unit_test(cancel_all_takes_everybodys),
        cmocka_unit_test(others_fills_alarm_or_freeze),
        cmocka_unit_test(the_first_word_of_a_foreign_fill_freezes),
        cmocka_unit_test(a_liquidation_stops_what_opens),
        cmocka_unit_test(a_resume_ends_the_cancelling),
        cmocka_unit_test(an_emergency_has_room),
        cmocka_unit_test(a_refused_adoption_is_none_after_a_kill),
        cmocka_unit_test(what_a_strategy_adopted_goes_with_the_rest),
        cmocka_unit_test(a_collision_of_what_ended_is_no_flood),
        cmocka_unit_test(a_clock_that_was_ahead_hides_no_liquidation),
    };
    return cmocka_run_group_tests_name("parked", tests, NULL, NULL);
}
