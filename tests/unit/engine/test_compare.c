/* Compared twice with a venue that has not changed, with everything in the books that can be. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_care.h"
#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t SECOND = 1000000000;
enum { SETTLING = 20, ROWS = 8 };

/* What the venue has: its lists say this and nothing else. The UNKNOWN order is in none. */
struct venue { struct client_id open, part, unknown; uint32_t answered; };

static void list_stranger(struct rig *rig)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .client_id = client_id_make(0x7777, 99, 1), .has_client_id = true,
        .venue_id = rig_venue_id("x1"), .product = 1, .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
        .tif = TIF_GTC, .status = VENUE_OPEN, .size = rig_size("0.5"), .leaves = rig_size("0.5"),
        .limit_price = rig_price("95")};
    rig_step(rig, &event);
}

static void answer(struct rig *rig, const struct venue *venue, struct command_list list)
{
    if (list.kind == LIST_ORDERS) {
        rig_report(rig, venue->open, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_report(rig, venue->part, "v2", VENUE_OPEN, "0.4", "99", REPORT_REST);
        list_stranger(rig);
    }
    if (list.kind == LIST_FILLS)
        rig_fill(rig, "t1", "v2", 0, SIDE_BUY, "99", "0.4", "0.01");
    if (list.kind == LIST_POSITIONS) {
        struct event event = {.kind = EVENT_POSITION};
        event.position = (struct event_position){.product = 0, .size = rig_size("0.4"),
                                                 .average_price = rig_price("99")};
        rig_step(rig, &event);
    }
    if (list.kind == LIST_BALANCE)
        rig_balance(rig);
    rig_list_end(rig, &list, true);
}

static void pass(struct rig *rig, struct venue *venue, int seconds)
{
    for (int i = 0; i < 2 * seconds; i++) {
        rig_pass(rig, SECOND / 2);
        for (; venue->answered < rig->command_count; venue->answered++)
            if (rig->commands[venue->answered].kind == COMMAND_LIST)
                answer(rig, venue, rig->commands[venue->answered].list);
    }
}

static void forget(struct rig *rig, struct venue *venue)
{
    rig_forget(rig);
    venue->answered = 0;
}

/* An order that rests, one filled in part, one of another hand, which is parked, one without a
 * word, and a stop. */
static struct rig *rich(struct venue *venue)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig->hold_lists = true;
    venue->open = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    venue->part = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 2, "v2");
    rig_report(rig, venue->part, "v2", VENUE_OPEN, "0.4", "99", REPORT_USER_UPDATE);
    rig_limit(rig, 1, 1, SIDE_SELL, "105", "0.3", 1);
    venue->unknown = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, venue->unknown, OUTCOME_UNKNOWN, "");
    struct intent stop = {.kind = INTENT_PROTECT, .product = 0};
    stop.protect.stop = rig_price("80");
    rig_intent(rig, 0, stop);
    pass(rig, venue, SETTLING);
    return rig;
}

struct state { struct order_row orders[ROWS]; struct parked_row parked[ROWS];
               struct protection_row guard; struct size position;
               uint32_t order_count, parked_count; };

static struct state state_of(const struct rig *rig)
{
    struct state state;
    memset(&state, 0, sizeof state);
    while (state.order_count < ROWS &&
           snapshot_order(rig->engine, state.order_count, &state.orders[state.order_count]))
        state.order_count++;
    while (state.parked_count < ROWS &&
           snapshot_parked(rig->engine, state.parked_count, &state.parked[state.parked_count]))
        state.parked_count++;
    assert_true(snapshot_protection(rig->engine, 0, &state.guard));
    state.position = rig_product(rig, 0).position;
    return state;
}

static void assert_same(const struct state *a, const struct state *b)
{
    assert_int_equal(a->order_count, b->order_count);
    assert_int_equal(a->parked_count, b->parked_count);
    assert_int_equal(a->position.e9, b->position.e9);
    assert_int_equal(a->guard.state, b->guard.state);
    for (uint32_t i = 0; i < a->order_count; i++) {
        const struct order_row *x = &a->orders[i], *y = &b->orders[i];
        assert_memory_equal(&x->id, &y->id, sizeof x->id);
        assert_string_equal(x->venue_id.text, y->venue_id.text);
        assert_int_equal(x->state, y->state);
        assert_int_equal(x->actor, y->actor);
        assert_true(x->filled.e9 == y->filled.e9 && x->booked.e9 == y->booked.e9);
        assert_int_equal(x->changed_wall_ns, y->changed_wall_ns);
    }
    for (uint32_t i = 0; i < a->parked_count; i++) {
        assert_int_equal(a->parked[i].parked.kind, b->parked[i].parked.kind);
        assert_string_equal(a->parked[i].parked.venue_id.text, b->parked[i].parked.venue_id.text);
        assert_int_equal(a->parked[i].since_wall_ns, b->parked[i].since_wall_ns);
    }
}

static void compare(struct rig *rig, struct venue *venue)
{
    forget(rig, venue);
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
    pass(rig, venue, 5);
    assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    assert_int_equal(rig->journal_count, rig->journal_mark); /* its own outcome is as before */
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0);
}

/* AC-A2 | unit | a resting order, one filled in part, another hand's, which is parked, an UNKNOWN
 * one and a stop; reconciled twice, then once more after a restart | not one record; the same
 * orders, ids and parked rows each time */
static void a_rich_state_compared_again_writes_nothing(void **state)
{
    (void)state;
    struct venue venue = {.answered = 0};
    struct rig *rig = rich(&venue);
    struct state before = state_of(rig);
    assert_int_equal(before.order_count, 4);
    assert_int_equal(before.parked_count, 1);
    assert_int_equal(before.position.e9, rig_size("0.4").e9);
    assert_int_equal(before.guard.state, PROTECT_SET);
    assert_int_equal(rig_order(rig, venue.open).state, ORDER_OPEN);
    assert_int_equal(rig_order(rig, venue.part).filled.e9, rig_size("0.4").e9);
    assert_int_equal(rig_order(rig, venue.unknown).state, ORDER_UNKNOWN);
    for (int i = 0; i < 3; i++) {
        compare(rig, &venue);
        struct state after = state_of(rig);
        assert_same(&before, &after);
        if (i != 1)
            continue;
        rig_restart(rig);
        venue.answered = 0;
        rig_up(rig);
        pass(rig, &venue, SETTLING);
    }
    rig_destroy(rig);
}

int suite_compare(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rich_state_compared_again_writes_nothing),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
