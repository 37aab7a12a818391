/* Fills and positions at the edges: sums that the venue drives out of range, tables that are full,
 * words that contradict each other. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "engine/reconcile.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000;
/* A position keeps up to 9223372036.854775807 exactly. */
static const char MOST[] = "9223372036.5", HALF[] = "9000000000";

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    rig->hold_lists = true;
    return rig;
}

static void book(struct rig *rig, enum fill_kind kind, const char *trade_id, const char *venue_id,
                 enum side side, const char *size)
{
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){.trade_id = rig_venue_id(trade_id),
                                     .venue_order_id = rig_venue_id(venue_id), .side = side,
                                     .price = rig_price("99"), .size = rig_size(size),
                                     .kind = kind, .venue_ns = rig->now.wall_ns};
    rig_step(rig, &event);
}

static void buy(struct rig *rig, const char *trade_id, const char *venue_id, const char *size)
{
    book(rig, FILL_TRADE, trade_id, venue_id, SIDE_BUY, size);
}

static void sell(struct rig *rig, const char *trade_id, const char *venue_id, const char *size)
{
    book(rig, FILL_TRADE, trade_id, venue_id, SIDE_SELL, size);
}

static void assert_account(struct rig *rig, enum trading_state state, const char *position)
{
    struct account_row account;
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, state);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size(position).e9);
}

static void assert_own(struct rig *rig, actor_index actor, const char *position)
{
    assert_int_equal(rig_position(rig, actor, 0).size.e9, rig_size(position).e9);
}

static void assert_money(struct money is, const char *text)
{
    char out[DECIMAL_TEXT_MAX];
    money_format(is, out);
    assert_string_equal(out, text);
}

static void assert_cost(struct rig *rig, actor_index actor, const char *cost)
{
    assert_money(rig_position(rig, actor, 0).cost, cost);
}

static struct client_id place(struct rig *rig, actor_index strategy, const char *size,
                              order_ref ref)
{
    rig_limit(rig, strategy, 0, SIDE_BUY, "99", size, ref);
    return rig_last(rig, COMMAND_PLACE)->place.id;
}

/* Whatever was asked for so far has nothing more in it. */
static void end_lists(struct rig *rig)
{
    for (uint32_t i = 0, asked = rig->command_count; i < asked; i++) {
        struct command_list list = rig->commands[i].list;
        if (rig->commands[i].kind == COMMAND_LIST)
            rig_list_end(rig, &list, true);
    }
}

/* ---- a price for what is known by its quantity alone */

/* F30 | unit | the venue's averages of half an order and of the whole: that fit, that make the
 * second half absurd, none | that half at what it must have cost, at the average, at its price */
static void what_the_newest_part_must_have_cost(void **state)
{
    static const struct { const char *average, *cost; } ROWS[] = {
        {"100", "100"}, {"101", "101"}, {"80", "90"}, {"120", "110"}, {"49", "74.5"},
        {"0", "99.5"}};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *rig = ready();
        struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
        rig_report(rig, id, "v1", VENUE_OPEN, "0.5", "100", REPORT_USER_UPDATE);
        rig_report(rig, id, "v1", VENUE_FILLED, "1", ROWS[i].average, REPORT_USER_UPDATE);
        assert_cost(rig, 0, ROWS[i].cost);
        rig_destroy(rig);
    }
}

static void show_stranger(struct rig *rig, enum order_type type, const char *size,
                          const char *filled)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .venue_id = rig_venue_id("x1"), .side = SIDE_BUY,
        .type = type, .tif = TIF_GTC, .status = VENUE_OPEN, .size = rig_size(size),
        .filled = rig_size(filled)};
    rig_step(rig, &event);
}

/* F30 | unit | a market order of ours, a stranger's with a book and without one, filled with no
 * average | at what it was valued at, at the mid, at the least price there is: never at none */
static void what_has_no_price_gets_one(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "0", "1", 1);
    intent.type = ORDER_TYPE_MARKET;
    intent.tif = TIF_IOC;
    rig_intent(rig, 0, intent);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "0", REPORT_USER_UPDATE);
    assert_cost(rig, 0, "101"); /* the ask */
    show_stranger(rig, ORDER_TYPE_MARKET, "3", "0");
    show_stranger(rig, ORDER_TYPE_MARKET, "3", "1");
    assert_cost(rig, ACTOR_EXTERNAL, "100");
    rig_destroy(rig);
    rig = rig_create(0);
    show_stranger(rig, ORDER_TYPE_MARKET, "3", "0");
    show_stranger(rig, ORDER_TYPE_MARKET, "3", "1");
    assert_cost(rig, ACTOR_EXTERNAL, "0.000000001");
    rig_destroy(rig);
}

/* F46 | unit | a part known by its quantity alone is taken back before its trade is told, then the
 * order fills again | that part alone has a cost */
static void what_was_taken_back_costs_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_report(rig, id, "v1", VENUE_OPEN, "1", "99", REPORT_USER_UPDATE);
    book(rig, FILL_REVERSAL, "b", "v1", SIDE_BUY, "1");
    end_lists(rig);
    buy(rig, "a", "v1", "1");
    assert_own(rig, 0, "0");
    rig_report(rig, id, "v1", VENUE_OPEN, "2", "99", REPORT_USER_UPDATE);
    assert_own(rig, 0, "1");
    assert_cost(rig, 0, "99");
    rig_destroy(rig);
}

/* ---- sums out of range */

static void of_two_that_wait_one_does_not_fit(struct rig *rig)
{
    place(rig, 0, "1", 1);
    buy(rig, "t1", "x", MOST);
    buy(rig, "t2", "v1", "0.5");
    assert_account(rig, TRADING_HALTED, MOST);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "too soon");
    buy(rig, "t3", "v2", "0.25");
    assert_account(rig, TRADING_HALTED, "9223372036.75");
}

static void the_fees_of_what_waits_do_not_fit(struct rig *rig)
{
    place(rig, 0, "1", 1);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.25", "160000000000000000000");
    assert_account(rig, TRADING_ACTIVE, "0.25");
    rig_fill(rig, "t2", "v2", 0, SIDE_BUY, "99", "0.25", "160000000000000000000");
    assert_account(rig, TRADING_HALTED, "0.5");
}

static void the_fees_do_not_fit(struct rig *rig)
{
    rig_fill(rig, "t1", "x", 0, SIDE_BUY, "99", "1", "160000000000000000000");
    rig_fill(rig, "t2", "x", 0, SIDE_BUY, "99", "1", "160000000000000000000");
    assert_account(rig, TRADING_HALTED, "1");
    assert_money(rig_position(rig, ACTOR_EXTERNAL, 0).fees, "160000000000000000000");
}

static void what_was_lost_does_not_fit(struct rig *rig)
{
    static const char *const IDS[] = {"t1", "t2", "t3", "t4", "t5", "t6"};
    for (int i = 0; i < 6; i += 2) {
        assert_account(rig, TRADING_ACTIVE, "0");
        rig_fill(rig, IDS[i], "x", 0, SIDE_BUY, HALF, HALF, "0");
        rig_fill(rig, IDS[i + 1], "x", 0, SIDE_SELL, "1", HALF, "0");
    }
    assert_account(rig, TRADING_HALTED, HALF);
}

static void the_account_is_full_when_the_strategy_is_not(struct rig *rig)
{
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    buy(rig, "t1", "x", MOST);
    buy(rig, "t2", "v1", "1");
    assert_account(rig, TRADING_HALTED, MOST);
    assert_own(rig, 0, "0");
    assert_int_equal(rig_order(rig, id).booked.e9, 0);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    assert_account(rig, TRADING_HALTED, MOST); /* known by its quantity it fits no better */
}

/* t2 is more than the order: nobody's, until the venue gives the order its id. */
static void what_was_nobodys_does_not_fit_the_owner(struct rig *rig)
{
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    struct client_id id = place(rig, 0, "0.5", 2);
    buy(rig, "t1", "v1", MOST);
    sell(rig, "t2", "x", HALF);
    buy(rig, "t3", "v2", "2");
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v2");
    assert_account(rig, TRADING_HALTED, "223372038.5");
    assert_own(rig, 0, MOST);
    assert_own(rig, ACTOR_EXTERNAL, "-8999999998");
}

static void what_was_nobodys_cannot_be_taken_from_there(struct rig *rig)
{
    struct client_id id = place(rig, 0, "1", 1);
    buy(rig, "t1", "v1", "2");
    sell(rig, "t2", "x", MOST);
    sell(rig, "t3", "x", "2.25");
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    assert_account(rig, TRADING_HALTED, "-9223372036.75");
    assert_own(rig, 0, "0");
}

/* F30 | unit | fills whose sizes, fees, losses or owners leave what a position keeps exactly, one
 * way or another | halted; what did not fit is in no sum, what did is in each */
static void sums_that_do_not_fit_halt(void **state)
{
    static void (*const ROWS[])(struct rig *) = {
        of_two_that_wait_one_does_not_fit, the_fees_do_not_fit,
        the_fees_of_what_waits_do_not_fit, what_was_lost_does_not_fit,
        the_account_is_full_when_the_strategy_is_not, what_was_nobodys_does_not_fit_the_owner,
        what_was_nobodys_cannot_be_taken_from_there};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *rig = ready();
        ROWS[i](rig);
        rig_destroy(rig);
    }
}

/* F46 | unit | an order is reversed by more than any size, twice, while others keep the position in
 * range | no later report of it fills anything, and no sum wraps */
static void what_is_reversed_without_end_fills_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 2, "v2");
    for (int i = 0; i < 2; i++) {
        book(rig, FILL_REVERSAL, i ? "r1" : "r2", "v1", SIDE_BUY, HALF);
        buy(rig, i ? "t1" : "t2", "v2", HALF);
    }
    buy(rig, "t3", "v1", "1"); /* one that was taken back */
    rig_report(rig, id, "v1", VENUE_OPEN, "1", "99", REPORT_USER_UPDATE);
    assert_account(rig, TRADING_ACTIVE, "1");
    assert_own(rig, 0, "1");
    assert_int_equal(rig_order(rig, id).filled.e9, 0);
    rig_destroy(rig);
}

/* F44 | unit | fills of two ids that nobody knows, then the venue gives one to an order | its
 * own is the strategy's, with a notice; the other stays nobody's */
static void an_order_claims_its_own_fills_alone(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = place(rig, 0, "1", 1);
    buy(rig, "t1", "x", "2");
    buy(rig, "t2", "v1", "3");
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    assert_own(rig, 0, "3");
    assert_own(rig, ACTOR_EXTERNAL, "2");
    assert_int_equal(rig_notices(rig, 0, NOTICE_FILL), 1);
    rig_destroy(rig);
}

/* F44 | unit | the venue fills an order by more than its size, twice | the position is right, one
 * alert */
static void more_than_the_order_is_told_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    buy(rig, "t1", "v1", "1.5");
    buy(rig, "t2", "v1", "0.5");
    assert_account(rig, TRADING_ACTIVE, "2");
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

/* ---- fills that wait for an order's id */

/* F44 | unit | a fill waits for an order without an id, which is refused while a later one has none
 * yet | it is nobody's: the later order was not there */
static void a_fill_is_of_no_later_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id first = place(rig, 0, "1", 1);
    buy(rig, "t1", "v1", "1");
    assert_own(rig, ACTOR_EXTERNAL, "0");
    rig_tick(rig, SECOND);
    place(rig, 0, "2", 2);
    rig_reply(rig, first, OUTCOME_REFUSED, "");
    end_lists(rig);
    assert_own(rig, ACTOR_EXTERNAL, "1");
    assert_account(rig, TRADING_ACTIVE, "1");
    rig_destroy(rig);
}

/* F45 | unit | more fills wait for an order's id than there is room for | the one that is left is
 * told, and the next list goes back to where the last one began */
static void a_fill_too_many_is_read_again(void **state)
{
    enum { ROOM = 1024 };
    (void)state;
    struct rig *rig = ready();
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    rig_list_end(rig, &list, true);
    rig_reply(rig, place(rig, 0, "1", 1), OUTCOME_UNKNOWN, "");
    list = rig_open_list(rig, LIST_FILLS);
    int64_t since_ns = list.since_wall_ns;
    buy(rig, "booked", "x", "5");
    for (int i = 0; i <= ROOM; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%d", i);
        buy(rig, id, id, "0.01");
    }
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "too many fills"));
    assert_account(rig, TRADING_ACTIVE, "15.24");
    rig_list_end(rig, &list, true);
    assert_int_equal(rig_open_list(rig, LIST_FILLS).since_wall_ns, since_ns);
    rig_destroy(rig);
}

/* ---- the comparison with the venue */

static void more_can_ask_than_wait(void **state)
{
    (void)state;
    struct rig *rig = ready(); /* its lists are held */
    for (int i = 0; i < 9; i++)
        rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    const struct command_operator_reply *reply =
        &rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply;
    assert_false(reply->done);
    assert_non_null(strstr(reply->text, "too many wait"));
    rig->hold_lists = false;
    rig_pass(rig, 60 * SECOND); /* the list that was held runs out first */
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 9);
    rig_destroy(rig);
}

/* F30 | unit | our books are at one end of what is kept, the venue's position at the other |
 * reduced and told, both figures as they are; no fill can accept the difference */
static void a_difference_wider_than_a_size_is_told(void **state)
{
    static const char *const ENDS[] = {"9000000000", "-9000000000"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_create(0);
        rig_up(rig);
        rig_fill(rig, "t1", "x", 0, i ? SIDE_SELL : SIDE_BUY, "100", "9000000000", "0");
        rig->venue_position[0] = rig_size(ENDS[!i]);
        rig_pass(rig, 10 * SECOND);
        assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
        rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "if it must be");
        assert_false(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
        assert_int_equal(rig_product(rig, 0).position.e9, rig_size(ENDS[i]).e9);
        rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
        rig_pass(rig, 3 * SECOND);
        assert_string_equal(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text,
                            i ? "BIP-20DEC30-CDE: ours -9000000000, venue 9000000000"
                              : "BIP-20DEC30-CDE: ours 9000000000, venue -9000000000");
        /* What the gate takes off: as much as there can be. */
        assert_int_equal(reconcile_apart(rig->engine, 0).e9, i ? INT64_MAX : -INT64_MAX);
        rig_destroy(rig);
    }
}

static bool accepts(struct rig *rig)
{
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "the venue is right");
    return rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done;
}

/* What was accepted is what there is: no difference of before keeps it from being sold. */
static void what_was_accepted_can_be_reduced_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "2", "0");
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 14 * SECOND);
    rig->hold_lists = true; /* the comparison that follows has not ended */
    assert_true(accepts(rig));
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_SELL, "101", "1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* F66 | unit | the operator accepts twice while the wall clock is put back to the same instant; and
 * what no external position can have | no fill is taken for another's, nothing is half booked */
static void what_cannot_be_accepted_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->venue_position[0] = rig_size("1");
    rig_up(rig);
    struct stamp then = rig->now;
    assert_true(accepts(rig));
    rig->venue_position[0] = rig_size("2");
    rig_pass(rig, 20 * SECOND);
    int64_t passed_ns = rig->now.wall_ns - then.wall_ns;
    rig->now.wall_ns -= passed_ns;
    assert_false(accepts(rig));
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    rig->now.wall_ns += passed_ns;
    assert_true(accepts(rig));
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("2").e9);
    rig_open_order(rig, 0, 1, SIDE_SELL, "101", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 1, SIDE_SELL, "101", "9000000000", "0");
    rig_fill(rig, "t2", "x", 1, SIDE_BUY, "101", "9000000000", "0");
    rig->venue_position[1] = rig_size("1000000000");
    rig_pass(rig, 20 * SECOND);
    assert_false(accepts(rig));
    assert_int_equal(rig_product(rig, 1).position.e9, 0);
    rig_destroy(rig);
}

int suite_fills_edges(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_newest_part_must_have_cost),
        cmocka_unit_test(what_has_no_price_gets_one),
        cmocka_unit_test(what_was_taken_back_costs_nothing),
        cmocka_unit_test(sums_that_do_not_fit_halt),
        cmocka_unit_test(what_is_reversed_without_end_fills_nothing),
        cmocka_unit_test(an_order_claims_its_own_fills_alone),
        cmocka_unit_test(more_than_the_order_is_told_once),
        cmocka_unit_test(a_fill_is_of_no_later_order),
        cmocka_unit_test(a_fill_too_many_is_read_again),
        cmocka_unit_test(more_can_ask_than_wait),
        cmocka_unit_test(a_difference_wider_than_a_size_is_told),
        cmocka_unit_test(what_was_accepted_can_be_reduced_at_once),
        cmocka_unit_test(what_cannot_be_accepted_is_refused),
    };
    return cmocka_run_group_tests_name("fills_edges", tests, NULL, NULL);
}
