/* Fills: provisional by cumulative quantity, exact by trade id, once each, whatever the order. */
#include "suites.h"

#include <string.h>

#include "engine_rig.h"

static const int64_t SECOND = 1000000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static void assert_money(struct money is, const char *text)
{
    char out[DECIMAL_TEXT_MAX];
    money_format(is, out);
    assert_string_equal(out, text);
}

static void the_position_moves_at_once_and_ends_exact(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_pass(rig, 2 * SECOND);
    rig_forget(rig);
    rig->hold_lists = true;
    rig_report(rig, id, "v1", VENUE_OPEN, "0.4", "98.7", REPORT_USER_UPDATE);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.4").e9);
    assert_money(rig_position(rig, 0, 0).cost, "39.48");
    assert_int_equal(rig_order(rig, id).booked.e9, 0);
    assert_int_equal(rig_records(rig, RECORD_FILL), 1);
    struct command_list list = rig_last(rig, COMMAND_LIST)->list; /* promptly asked for */
    assert_int_equal(list.kind, LIST_FILLS);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "98.6", "0.3", "0.02"); /* newest first */
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "98.9", "0.1", "0.01");
    rig_list_end(rig, &list, true);
    struct position_row position = rig_position(rig, 0, 0);
    assert_int_equal(position.size.e9, rig_size("0.4").e9);
    assert_money(position.cost, "39.47");
    assert_money(position.fees, "0.03");
    assert_int_equal(rig_order(rig, id).booked.e9, rig_size("0.4").e9);
    assert_int_equal(rig_notices(rig, 0, NOTICE_FILL), 2);
    rig_destroy(rig);
}

/* Each exact fill takes the place of as much provisional quantity, at the provisional price. */
static void a_part_of_the_provisional_gives_way(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig->hold_lists = true;
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "98", REPORT_USER_UPDATE);
    assert_money(rig_position(rig, 0, 0).cost, "98");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "90", "0.25", "0");
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_LIST && rig->commands[i].list.kind == LIST_FILLS) {
            struct command_list list = rig->commands[i].list;
            rig_list_end(rig, &list, true);
            break;
        }
    assert_int_equal(rig_order(rig, id).booked.e9, rig_size("0.25").e9);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    assert_money(rig_position(rig, 0, 0).cost, "96"); /* 0.25 at 90, 0.75 still at 98 */
    rig_destroy(rig);
}

/* AC-C2: each user event twice, each fill twice, in any order. */
/* AC-C2 | unit | each user event and each fill twice, mixed | position, cost and fees as if once */
/* F20 | unit | each user event and each fill twice | booked once */
/* R4 | unit | each user event and each fill twice, mixed | booked once */
static void everything_twice_changes_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_SELL, "101", "1", 1, "v1");
    for (int i = 0; i < 2; i++)
        rig_report(rig, id, "v1", VENUE_OPEN, "0.4", "101", REPORT_USER_UPDATE);
    for (int i = 0; i < 2; i++)
        rig_fill(rig, "t1", "v1", 0, SIDE_SELL, "101", "0.4", "0.05");
    for (int i = 0; i < 2; i++)
        rig_report(rig, id, "v1", VENUE_FILLED, "1", "101.3", REPORT_USER_UPDATE);
    for (int i = 0; i < 2; i++)
        rig_fill(rig, "t2", "v1", 0, SIDE_SELL, "101.5", "0.6", "0.07");
    rig_fill(rig, "t1", "v1", 0, SIDE_SELL, "101", "0.4", "0.05");
    struct position_row position = rig_position(rig, 0, 0);
    assert_int_equal(position.size.e9, rig_size("-1").e9);
    assert_money(position.cost, "-101.3");
    assert_money(position.fees, "0.12");
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("1").e9);
    rig_destroy(rig);
}

static void end_after_a_part(enum venue_status end, enum time_in_force tif)
{
    struct rig *rig = ready();
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "101", "1", 1);
    intent.tif = tif;
    rig_intent(rig, 0, intent);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.3", "101", REPORT_USER_UPDATE);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.7").e9);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "101", "0.3", "0.01");
    rig_report(rig, id, "v1", end, "0.4", "101", REPORT_USER_UPDATE);
    rig_report(rig, id, "v1", end, "0.4", "101", REPORT_REST);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    assert_int_equal(rig_product(rig, 0).working, 0);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "101", "0.1", "0.01"); /* the list's word on the end */
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.4").e9);
    assert_money(rig_position(rig, 0, 0).cost, "40.4");
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("0.4").e9);
    assert_int_equal(rig_order(rig, id).state,
                     end == VENUE_EXPIRED ? ORDER_EXPIRED : ORDER_CANCELLED);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    rig_destroy(rig);
}

/* F43 | unit | an order fills in parts, then is cancelled, or expires; an IOC of which a part fills
 * | the position is the sum of the fills, the rest is let go once, and a fill told after the end
 * changes neither */
static void the_rest_of_a_part_is_let_go_once(void **state)
{
    (void)state;
    end_after_a_part(VENUE_CANCELLED, TIF_GTC);
    end_after_a_part(VENUE_EXPIRED, TIF_GTC);
    end_after_a_part(VENUE_CANCELLED, TIF_IOC);
}

/* F40 | unit | fills before any report of them | the order fills, the later report changes
 * nothing */
static void a_fill_alone_fills_the_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.25", "0");
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("0.25").e9);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.75").e9);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "99", "0.75", "0");
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* The fills of a list count in the order of time: what is realised depends on it. */
/* F45 | unit | a page of fills in reverse | booked in the order of time */
static void a_list_newest_first_is_booked_oldest_first(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_open_order(rig, 0, 0, SIDE_SELL, "101", "2", 2, "v2");
    rig_forget(rig);
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    rig->now.wall_ns += 3;
    rig_fill(rig, "t3", "v1", 0, SIDE_BUY, "90", "1", "0");
    rig->now.wall_ns -= 1;
    rig_fill(rig, "t2", "v2", 0, SIDE_SELL, "101", "1", "0");
    rig->now.wall_ns -= 1;
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    rig_list_end(rig, &list, true);
    assert_money(rig_position(rig, 0, 0).realised, "2");
    assert_money(rig_position(rig, 0, 0).cost, "90");
    rig_destroy(rig);
}

/* F44 | unit | a fill of an order that nobody knows, twice | external, position right, one alert */
static void fills_of_strangers_are_external(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_fill(rig, "t1", "someone", 0, SIDE_SELL, "100", "2", "0.1");
    rig_fill(rig, "t1", "someone", 0, SIDE_SELL, "100", "2", "0.1");
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("-2").e9);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("-2").e9);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

static void show_stranger(struct rig *rig, enum venue_status status, const char *filled,
                          const char *leaves)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .venue_id = rig_venue_id("x1"), .product = 0,
        .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .status = status,
        .size = rig_size("3"), .filled = rig_size(filled), .leaves = rig_size(leaves),
        .limit_price = rig_price("99"), .average_price = rig_price("99")};
    rig_step(rig, &event);
}

static void assert_held(struct rig *rig, const char *size)
{
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size(size).e9);
}

/* F44 | unit | a stranger's fill, then an older frame that shows its order open, then filled; the
 * fill before or after that frame | the position counts it once at every moment, over a kill too
 * F21 | unit | a frame that shows an order open comes after its fill | as F44 */
static void an_old_frame_of_a_stranger_counts_nothing_twice(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++)
        for (int killed = 0; killed < 2; killed++) {
            struct rig *rig = ready();
            rig->hold_lists = true;
            if (late)
                show_stranger(rig, VENUE_OPEN, "0", "3");
            rig->now.wall_ns -= SECOND; /* it traded a second ago */
            rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "99", "3", "0");
            rig->now.wall_ns += SECOND;
            show_stranger(rig, VENUE_OPEN, "0", "3");
            assert_held(rig, "3");
            if (killed) {
                rig_restart(rig);
                rig_tick(rig, 1);
            }
            show_stranger(rig, VENUE_OPEN, "1", "2");
            assert_held(rig, "3");
            show_stranger(rig, VENUE_FILLED, "3", "0");
            assert_held(rig, "3");
            rig_destroy(rig);
        }
}

/* F44 | unit | a stranger's fill is in a list that was asked for before its order was met, the word
 * of it comes behind the list | counted once */
static void a_list_that_ends_forgets_no_fill_that_was_ahead(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    show_stranger(rig, VENUE_OPEN, "0", "3");
    rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "99", "3", "0");
    rig_list_end(rig, &list, true);
    assert_held(rig, "3");
    show_stranger(rig, VENUE_FILLED, "3", "0");
    assert_held(rig, "3");
    rig_destroy(rig);
}

/* F44 | unit | the word of a stranger's fill comes half a minute and many lists after it | counted
 * once */
static void no_list_forgets_a_fill_that_was_ahead(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show_stranger(rig, VENUE_OPEN, "0", "3");
    rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "99", "3", "0");
    rig_pass(rig, 30 * SECOND);
    show_stranger(rig, VENUE_FILLED, "3", "0");
    assert_held(rig, "3");
    rig_destroy(rig);
}

/* F44 | unit | a stranger's order is met half filled, fills on, and its older fills are read then |
 * each part is counted once */
static void what_a_stranger_filled_before_we_met_is_read_later(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show_stranger(rig, VENUE_OPEN, "1", "2");
    show_stranger(rig, VENUE_OPEN, "2", "1");
    assert_held(rig, "1");
    rig->now.wall_ns -= SECOND;
    rig_fill(rig, "t1", "x1", 0, SIDE_BUY, "99", "1", "0");
    rig->now.wall_ns += SECOND;
    assert_held(rig, "2");
    rig_fill(rig, "t2", "x1", 0, SIDE_BUY, "99", "1", "0");
    assert_held(rig, "2");
    show_stranger(rig, VENUE_FILLED, "3", "0");
    assert_held(rig, "3");
    rig_fill(rig, "t3", "x1", 0, SIDE_BUY, "99", "1", "0");
    assert_held(rig, "3");
    rig_destroy(rig);
}

/* F44 | unit | a stranger's part that no list has is let go, then a kill | it stays gone */
static void what_was_settled_stays_settled(void **state)
{
    (void)state;
    struct rig *rig = ready();
    show_stranger(rig, VENUE_OPEN, "0", "3");
    show_stranger(rig, VENUE_OPEN, "1", "2");
    assert_held(rig, "1");
    rig_pass(rig, 30 * SECOND);
    assert_held(rig, "0");
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_held(rig, "0");
    show_stranger(rig, VENUE_OPEN, "2", "1"); /* and what comes after that still counts */
    assert_held(rig, "1");
    rig_destroy(rig);
}


static void fills_from_before_the_first_boot_are_history(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->now.wall_ns -= 3600 * SECOND;
    rig_fill(rig, "t1", "someone", 0, SIDE_SELL, "100", "2", "0.1");
    rig->now.wall_ns += 3600 * SECOND;
    assert_int_equal(rig_product(rig, 0).position.e9, 0);
    rig_destroy(rig);
}

/* The fill comes before the id of its order: it waits for the list that tells whose it is. */
/* F40 | unit | a fill while its order is UNKNOWN | waits and is booked to its strategy once */
/* R4 | unit | a fill while its order is UNKNOWN | kept, and booked to its strategy once */
static void a_fill_before_its_order_is_known_waits(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig->hold_lists = true;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0.2");
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("1").e9);
    rig_pass(rig, SECOND);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
    rig->hold_lists = false;
    for (uint32_t i = rig->command_count; i-- > 0;)
        if (rig->commands[i].kind == COMMAND_LIST) {
            struct command_list list = rig->commands[i].list;
            rig_list_end(rig, &list, true);
        }
    rig_pass(rig, 3 * SECOND);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    assert_money(rig_position(rig, 0, 0).fees, "0.2");
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    rig_destroy(rig);
}

/* Answers every list that is asked for in that time, with nothing in it. */
static uint32_t answer_lists(struct rig *rig, int64_t ns)
{
    uint32_t orders = 0;
    for (; ns > 0; ns -= SECOND / 2) {
        rig_pass(rig, SECOND / 2);
        for (uint32_t i = 0; i < rig->command_count; i++) {
            struct command_list list = rig->commands[i].list;
            if (rig->commands[i].kind != COMMAND_LIST)
                continue;
            orders += list.kind == LIST_ORDERS;
            if (list.kind == LIST_POSITIONS)
                rig_step(rig, &(struct event){.kind = EVENT_POSITION,
                                              .position = {.size = rig->venue_position[0]}});
            rig_list_end(rig, &list, true);
        }
        rig_forget(rig);
    }
    return orders;
}

/* However many lists lack the order, its fill is not taken for a stranger's and counted again. */
static void a_fill_waits_as_long_as_it_may_be_ours(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig->hold_lists = true;
    rig->venue_position[0] = rig_size("1");
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    assert_true(answer_lists(rig, 30 * SECOND) > 4);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("1").e9);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE); /* the venue's word is known */
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
    answer_lists(rig, 5 * SECOND);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    assert_int_equal(rig_order(rig, id).booked.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* Once no order can be its own any more, it is external. */
/* F44 | unit | a fill that turns out to be of no order of ours | external in the end */
static void a_fill_that_waited_for_nothing_is_external(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig->hold_lists = true;
    rig->venue_position[0] = rig_size("1");
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig_fill(rig, "t2", "v2", 0, SIDE_BUY, "99", "1.5", "0"); /* larger than the order */
    answer_lists(rig, 5 * SECOND);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("2.5").e9);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("1.5").e9);
    rig_reply(rig, id, OUTCOME_REFUSED, "");
    answer_lists(rig, 5 * SECOND);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("2.5").e9);
    rig_destroy(rig);
}

/* F64 | unit | an old journal is put back: fills of newer orders, more than its UNKNOWN order, are
 * any of them its own | the account shows them all and counts the order beside them */
static void what_waits_for_an_order_is_in_the_position(void **state)
{
    static const char *const IDS[] = {"v1", "v2", "v3"};
    (void)state;
    struct rig *rig = ready();
    rig_limit(rig, 0, 0, SIDE_SELL, "101", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig->hold_lists = true;
    rig->venue_position[0].e9 = -rig_size("3").e9;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    for (int i = 0; i < 3; i++)
        rig_fill(rig, IDS[i], IDS[i], 0, SIDE_SELL, "101", "1", "0");
    answer_lists(rig, 5 * SECOND);
    assert_int_equal(rig_product(rig, 0).position.e9, -rig_size("3").e9);
    assert_int_equal(rig_product(rig, 0).working_sell.e9, rig_size("1").e9);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_reply(rig, id, OUTCOME_REFUSED, "");
    answer_lists(rig, 5 * SECOND);
    assert_int_equal(rig_product(rig, 0).position.e9, -rig_size("3").e9);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, -rig_size("3").e9);
    rig_destroy(rig);
}

/* F46 | unit | a trade bust, told twice | position and fees as before it, alert */
static void a_reversal_takes_it_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0.2");
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){.product = 0,
                                     .side = SIDE_BUY,
                                     .price = rig_price("99"),
                                     .size = rig_size("1"),
                                     .fee = rig_money("0.2"),
                                     .kind = FILL_REVERSAL,
                                     .venue_ns = rig->now.wall_ns};
    event.fill.trade_id = rig_venue_id("t1");
    event.fill.venue_order_id = rig_venue_id("v1");
    rig_step(rig, &event);
    rig_step(rig, &event);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_money(rig_position(rig, 0, 0).realised, "0");
    assert_money(rig_position(rig, 0, 0).fees, "0");
    assert_int_equal(rig_order(rig, id).booked.e9, 0);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

static void reverse(struct rig *rig, const char *trade_id, const char *size)
{
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){.product = 0,
                                     .side = SIDE_BUY,
                                     .price = rig_price("99"),
                                     .size = rig_size(size),
                                     .kind = FILL_REVERSAL,
                                     .venue_ns = rig->now.wall_ns};
    event.fill.trade_id = rig_venue_id(trade_id);
    event.fill.venue_order_id = rig_venue_id("v1");
    rig_step(rig, &event);
}

static void book_kind(struct rig *rig, enum fill_kind kind, const char *trade_id,
                      const char *venue_id, const char *price)
{
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){.product = 0,
                                     .side = SIDE_BUY,
                                     .price = rig_price(price),
                                     .size = rig_size("1"),
                                     .kind = kind,
                                     .venue_ns = rig->now.wall_ns};
    event.fill.trade_id = rig_venue_id(trade_id);
    event.fill.venue_order_id = rig_venue_id(venue_id);
    rig_step(rig, &event);
}

/* F46 | unit | a part fill is corrected, the correction's id sorts before the reversal's | never
 * filled in the books while half of it can still fill */
static void a_correction_ends_no_order(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    book_kind(rig, FILL_CORRECTION, "a", "v1", "98");
    book_kind(rig, FILL_REVERSAL, "b", "v1", "99");
    rig_list_end(rig, &list, true);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("1").e9);
    assert_money(rig_position(rig, 0, 0).cost, "98");
    rig_destroy(rig);
}

/* F46 | unit | a reversal comes before the trade that it takes back, then a kill | nothing is
 * filled, as the other way round; what the order fills after that counts */
static void a_reversal_before_its_trade_takes_it_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    book_kind(rig, FILL_REVERSAL, "b", "v1", "99");
    rig_restart(rig);
    book_kind(rig, FILL_TRADE, "a", "v1", "99");
    assert_int_equal(rig_order(rig, id).filled.e9, 0);
    assert_int_equal(rig_order(rig, id).booked.e9, 0);
    assert_held(rig, "0");
    book_kind(rig, FILL_TRADE, "c", "v1", "99");
    assert_int_equal(rig_order(rig, id).booked.e9, rig_size("1").e9);
    assert_held(rig, "1");
    rig_destroy(rig);
}

/* F46 | unit | a stranger's fill is taken back while its order is thought to work | the venue's
 * FILLED, with nothing filled, ends it */
static void a_strangers_order_ends_without_its_fill(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .venue_id = rig_venue_id("s1"), .product = 0, .side = SIDE_BUY,
        .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .status = VENUE_OPEN, .size = rig_size("1"),
        .leaves = rig_size("1"), .limit_price = rig_price("99")};
    rig_step(rig, &event);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("1").e9);
    book_kind(rig, FILL_TRADE, "t1", "s1", "99");
    book_kind(rig, FILL_REVERSAL, "t2", "s1", "99");
    event.order.status = VENUE_FILLED;
    event.order.leaves.e9 = 0;
    rig_step(rig, &event);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    assert_int_equal(rig_product(rig, 0).position.e9, 0);
    rig_destroy(rig);
}

/* The venue goes on listing the order as filled: that is no fill that we had missed. */
/* F46 | unit | the order is still listed as filled after the bust, over restarts | nothing is
 * booked again */
static void what_was_reversed_does_not_come_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    reverse(rig, "t1", "1");
    for (int i = 0; i < 2; i++) {
        rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
        assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
        assert_int_equal(rig_product(rig, 0).position.e9, 0);
        rig_restart(rig);
    }
    rig_forget(rig);
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "end");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1); /* no fill is being waited for */
    rig_destroy(rig);
}

static void an_order_fills_on_after_a_reversal(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.4", "0");
    reverse(rig, "t1", "0.4");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.6", "99", REPORT_USER_UPDATE); /* 0.2 are new */
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.2").e9);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "99", "0.2", "0");
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("0.6").e9);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_destroy(rig);
}

/* F30 | unit | fills without id, price, side or product | passed over, none becomes 0 */
static void unusable_fills_are_passed_over(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "0", "1", "0");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "-1", "0");
    rig_fill(rig, "t1", "v1", 0, SIDE_UNKNOWN, "99", "1", "0");
    rig_fill(rig, "t1", "v1", NO_PRODUCT, SIDE_BUY, "99", "1", "0");
    assert_int_equal(rig_product(rig, 0).position.e9, 0);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* A number that cannot be kept exactly halts the account instead of wrapping. */
/* F30 | unit | a position that no longer fits | halted, nothing wraps */
static void a_fill_out_of_range_halts(void **state)
{
    (void)state;
    struct account_row account;
    struct rig *rig = ready();
    rig_fill(rig, "t1", "x", 0, SIDE_BUY, "100", "9000000000", "0");
    rig_fill(rig, "t2", "x", 0, SIDE_BUY, "100", "9000000000", "0");
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("9000000000").e9);
    rig_destroy(rig);
}

int suite_fills(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_position_moves_at_once_and_ends_exact),
        cmocka_unit_test(a_part_of_the_provisional_gives_way),
        cmocka_unit_test(everything_twice_changes_nothing),
        cmocka_unit_test(the_rest_of_a_part_is_let_go_once),
        cmocka_unit_test(a_fill_alone_fills_the_order),
        cmocka_unit_test(a_list_newest_first_is_booked_oldest_first),
        cmocka_unit_test(fills_of_strangers_are_external),
        cmocka_unit_test(fills_from_before_the_first_boot_are_history),
        cmocka_unit_test(a_fill_before_its_order_is_known_waits),
        cmocka_unit_test(a_fill_waits_as_long_as_it_may_be_ours),
        cmocka_unit_test(a_fill_that_waited_for_nothing_is_external),
        cmocka_unit_test(what_waits_for_an_order_is_in_the_position),
        cmocka_unit_test(a_reversal_takes_it_back),
        cmocka_unit_test(a_correction_ends_no_order),
        cmocka_unit_test(a_reversal_before_its_trade_takes_it_back),
        cmocka_unit_test(a_strangers_order_ends_without_its_fill),
        cmocka_unit_test(what_was_reversed_does_not_come_back),
        cmocka_unit_test(an_order_fills_on_after_a_reversal),
        cmocka_unit_test(unusable_fills_are_passed_over),
        cmocka_unit_test(a_fill_out_of_range_halts),
        cmocka_unit_test(an_old_frame_of_a_stranger_counts_nothing_twice),
        cmocka_unit_test(a_list_that_ends_forgets_no_fill_that_was_ahead),
        cmocka_unit_test(no_list_forgets_a_fill_that_was_ahead),
        cmocka_unit_test(what_a_stranger_filled_before_we_met_is_read_later),
        cmocka_unit_test(what_was_settled_stays_settled),
    };
    return cmocka_run_group_tests_name("fills", tests, NULL, NULL);
}
