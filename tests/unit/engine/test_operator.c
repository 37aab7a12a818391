/* The operator's verbs: each answered once, journaled, and stronger than any script. */
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

static bool reply_done(struct rig *rig)
{
    const struct command_operator_reply *reply = &rig_last(rig, COMMAND_OPERATOR_REPLY)
                                                      ->operator_reply;
    assert_int_equal(reply->token, 42);
    assert_true(reply->text[0] != '\0');
    return reply->done;
}

static void every_verb_is_answered_once_and_journaled(void **state)
{
    (void)state;
    for (int verb = OPERATOR_HALT; verb < OPERATOR_VERB_COUNT; verb++)
        for (int target = TARGET_ACCOUNT; target <= TARGET_PRODUCT; target++) {
            struct rig *rig = ready();
            uint32_t ends = target == TARGET_PRODUCT ? 1 : 2; /* flat: a flatten ends at once */
            rig_operator(rig, (enum operator_verb)verb, target, 1, "why not");
            rig_pass(rig, SECOND); /* a comparison is answered when it has ended */
            assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
            assert_int_equal(rig_records(rig, RECORD_OPERATOR),
                             verb == OPERATOR_FLATTEN ? 1 + ends : verb != OPERATOR_RECONCILE);
            rig_operator(rig, (enum operator_verb)verb, target, 200, "no such one");
            assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 2);
            assert_true(target == TARGET_ACCOUNT || !reply_done(rig));
            rig_destroy(rig);
        }
}

/* AC-E1 | unit | halt between intents | none leaves after it, cancels do */
static void halt_stops_at_once_and_cancels_still_go(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "fire");
    assert_true(reply_done(rig));
    assert_int_equal(rig_records(rig, RECORD_LATCH), 1);
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_operator(rig, OPERATOR_REDUCE, TARGET_ACCOUNT, 0, "softer"); /* is no way back */
    assert_false(reply_done(rig));
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "  ");
    assert_false(reply_done(rig));
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "it was an exercise");
    assert_true(reply_done(rig));
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 4);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* AC-E1 | unit | 10,000 intents a second, each to the gate; a halt among them | each before it is
 * an order; after it none leaves and each is refused by name */
static void a_halt_stands_against_ten_thousand_intents_a_second(void **state)
{
    enum { BEFORE = 1500, AFTER = 1500 };
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.max_messages = rig->settings.strategies[0].max_messages = 20000;
    rig->settings.duplicate_window_ns = 1;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    uint32_t placed = 0, refused = 0;
    for (order_ref i = 0; i < BEFORE + AFTER; i++) {
        rig_forget(rig);
        if (i == BEFORE)
            rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "fire");
        rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", i + 1);
        if (i < BEFORE)
            rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
        else
            refused += rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code ==
                       REFUSED_STATE;
        placed += i >= BEFORE ? rig_count(rig, COMMAND_PLACE) : 0;
        rig->now.mono_ns += SECOND / 10000;
        rig->now.wall_ns += SECOND / 10000;
    }
    assert_int_equal(placed, 0);
    assert_int_equal(refused, AFTER);
    rig_destroy(rig);
}

static void halts_are_for_what_they_name(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_operator(rig, OPERATOR_HALT, TARGET_STRATEGY, 0, "odd");
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_STRATEGY_STATE);
    rig_limit(rig, 1, 1, SIDE_BUY, "98", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_operator(rig, OPERATOR_HALT, TARGET_PRODUCT, 1, "odd");
    rig_limit(rig, 1, 1, SIDE_BUY, "97", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* AC-E1 | unit | halts of the account, a strategy, a product, by the operator and by the engine |
 * each is counted: what was approved before and waits is dropped */
static void every_halt_is_counted(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    assert_int_equal(snapshot_halts(rig->engine), 0);
    rig_operator(rig, OPERATOR_REDUCE, TARGET_ACCOUNT, 0, "odd");
    assert_int_equal(snapshot_halts(rig->engine), 0);
    rig_operator(rig, OPERATOR_HALT, TARGET_STRATEGY, 0, "odd");
    assert_int_equal(snapshot_halts(rig->engine), 1);
    rig_operator(rig, OPERATOR_HALT, TARGET_PRODUCT, 1, "odd");
    assert_int_equal(snapshot_halts(rig->engine), 2);
    rig_step(rig, &(struct event){.kind = EVENT_JOURNAL, .journal = {.dead = true}});
    assert_int_equal(snapshot_halts(rig->engine), 3);
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "again");
    assert_int_equal(snapshot_halts(rig->engine), 3); /* it was halted */
    rig_destroy(rig);
}

static void cancel_mine_takes_what_it_names(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_open_order(rig, 0, 1, SIDE_BUY, "97", "0.1", 2, "v2");
    rig_open_order(rig, 1, 1, SIDE_BUY, "96", "0.1", 3, "v3");
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_STRATEGY, 1, "");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_PRODUCT, 0, "");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0, "");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 3);
    rig_destroy(rig);
}

static void stop_ends_when_all_own_orders_have(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "deploy");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1); /* the one from before */
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    rig_destroy(rig);
}

/* A fill known by its quantity alone has no price and no fee yet: to end on it is to lose them. */
static void stop_waits_for_the_exact_fill(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_pass(rig, 2 * SECOND);
    rig_forget(rig);
    rig->hold_lists = true;
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "deploy");
    rig_report(rig, id, "v1", VENUE_FILLED, "0.1", "98", REPORT_USER_UPDATE);
    struct command_list list = rig_last(rig, COMMAND_LIST)->list;
    assert_int_equal(list.kind, LIST_FILLS);
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "98", "0.1", "0.01");
    rig_list_end(rig, &list, true);
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    rig_destroy(rig);
}

static void stop_may_keep_the_orders(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.cancel_on_stop = false;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "deploy");
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_restart(rig);
    rig_tick(rig, 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0); /* nor by the next start */
    rig_destroy(rig);
}

/* More cancels than one event sends: the rest leave with the next. */
static void a_flood_of_cancels_leaves_in_parts(void **state)
{
    enum { ORDERS = 300, AT_ONCE = 256 };
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < ORDERS; i++) {
        struct event event = {.kind = EVENT_ORDER_REPORT};
        event.order = (struct event_order_report){
            .source = REPORT_USER_UPDATE, .type = ORDER_TYPE_LIMIT, .status = VENUE_OPEN,
            .size = rig_size("0.01"), .limit_price = rig_price("90")};
        event.order.venue_id.text[0] = (char)('a' + i / 20);
        event.order.venue_id.text[1] = (char)('a' + i % 20);
        rig_step(rig, &event);
    }
    rig_operator(rig, OPERATOR_CANCEL_ALL, TARGET_ACCOUNT, 0, "all of them");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), AT_ONCE);
    rig_tick(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), ORDERS);
    rig_destroy(rig);
}

/* ---- flatten */

static void buy(struct rig *rig, actor_index strategy, const char *size, order_ref ref,
                const char *venue_id, const char *trade_id)
{
    rig_open_order(rig, strategy, 1, SIDE_BUY, "99", size, ref, venue_id);
    rig_fill(rig, trade_id, venue_id, 1, SIDE_BUY, "99", size, "0");
    rig_pass(rig, SECOND);
}

/* F71 | unit | flatten while halted | cancels first, then closes by a reducing market order,
 * once */
static void flatten_cancels_first_and_goes_through_a_halt(void **state)
{
    (void)state;
    struct rig *rig = ready();
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("1");
    struct client_id quote = rig_open_order(rig, 0, 1, SIDE_SELL, "110", "0.5", 2, "v2");
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "out");
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0); /* what works could sell too much */
    rig_report(rig, quote, "v2", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.side, SIDE_SELL);
    assert_int_equal(row.type, ORDER_TYPE_MARKET);
    assert_int_equal(row.size.e9, rig_size("1").e9);
    assert_true(row.reduce_only);
    rig_reply(rig, row.id, OUTCOME_ACCEPTED, "v3");
    rig_fill(rig, "t9", "v3", 1, SIDE_SELL, "98", "1", "0");
    rig->venue_position[1] = rig_size("0");
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_product(rig, 1).position.e9, 0);
    assert_int_equal(rig_position(rig, 0, 1).size.e9, 0);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

static void a_stop_waits_for_the_flatten(void **state)
{
    (void)state;
    struct rig *rig = ready();
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("1");
    struct client_id quote = rig_open_order(rig, 0, 1, SIDE_SELL, "110", "0.5", 2, "v2");
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "and home");
    rig_report(rig, quote, "v2", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_forget(rig);
    rig_tick(rig, SECOND / 5);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 0);
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_ACCEPTED, "v3");
    rig_fill(rig, "t9", "v3", 1, SIDE_SELL, "98", "1", "0");
    rig->venue_position[1] = rig_size("0");
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "once more");
    assert_false(reply_done(rig));
    rig_destroy(rig);
}

/* With no book there is no price to sell at: the position is left, and that is said. */
static void a_stop_gives_a_refused_flatten_up(void **state)
{
    (void)state;
    struct rig *rig = ready();
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("1");
    rig_link(rig, STREAM_MARKET, false);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "and home");
    rig_forget(rig);
    for (int i = 0; i < 10; i++)
        rig_tick(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(rig_count(rig, COMMAND_STOPPED), 1);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "given up"));
    rig_link(rig, STREAM_MARKET, true);
    rig_book(rig, 1, "99", "101", "5");
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

static void flatten_takes_from_those_who_hold(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->venue_position[1] = rig_size("1");
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("3");
    buy(rig, 1, "2", 1, "v2", "t2");
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_PRODUCT, 1, "out");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    struct size sold = {0};
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_PLACE)
            assert_true(size_add(sold, rig_order(rig, rig->commands[i].place.id).size, &sold));
    assert_int_equal(sold.e9, rig_size("3").e9);
    rig_destroy(rig);
}

static void flatten_of_one_strategy_leaves_the_other(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->venue_position[1] = rig_size("1");
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("3");
    buy(rig, 1, "2", 1, "v2", "t2");
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_STRATEGY, 1, "out");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.size.e9, rig_size("2").e9);
    assert_int_equal(row.actor, 1);
    rig_destroy(rig);
}

static void hold(struct rig *rig, actor_index strategy, const char *size, order_ref ref)
{
    char venue[8] = "w0", trade[8] = "u0";
    bool sells = size[0] == '-';
    venue[1] = trade[1] = (char)('0' + ref);
    if (strcmp(size, "0") == 0)
        return;
    enum side side = sells ? SIDE_SELL : SIDE_BUY;
    const char *price = sells ? "101" : "99";
    struct client_id id = rig_open_order(rig, strategy, 1, side, price, size + sells, ref, venue);
    rig_report(rig, id, venue, VENUE_FILLED, size + sells, price, REPORT_USER_UPDATE);
    rig_fill(rig, trade, venue, 1, side, price, size + sells, "0");
    rig->venue_position[1].e9 += (sells ? -1 : 1) * rig_size(size + sells).e9;
}

/* F71 | unit | two strategies, long and short, one or all are flattened | each is closed as far as
 * the account's own sign goes, by no more than it has */
static void flatten_takes_from_each_its_own(void **state)
{
    static const struct { const char *first, *second; int target; uint8_t index;
                          struct { actor_index actor; int64_t lots; } orders[2]; } ROWS[] = {
        {"1", "2", TARGET_ACCOUNT, 0, {{0, -100}, {1, -200}}},
        {"-1", "-2", TARGET_ACCOUNT, 0, {{0, 100}, {1, 200}}},
        {"1", "-3", TARGET_ACCOUNT, 0, {{1, 200}}},
        {"-1", "3", TARGET_ACCOUNT, 0, {{1, -200}}},
        {"-3", "1", TARGET_PRODUCT, 1, {{0, 200}}},
        {"1", "-1", TARGET_ACCOUNT, 0, {{0, 0}}},
        {"-1", "-2", TARGET_STRATEGY, 0, {{0, 100}}},
        {"-2", "1", TARGET_STRATEGY, 0, {{0, 100}}},
        {"2", "-1", TARGET_STRATEGY, 0, {{0, -100}}},
        {"2", "-3", TARGET_STRATEGY, 0, {{0, 0}}}, {"-2", "3", TARGET_STRATEGY, 0, {{0, 0}}}};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *rig = ready();
        uint32_t placed = 0;
        hold(rig, 0, ROWS[i].first, 1);
        hold(rig, 1, ROWS[i].second, 2);
        rig_forget(rig);
        rig_operator(rig, OPERATOR_FLATTEN, ROWS[i].target, ROWS[i].index, "out");
        rig_pass(rig, SECOND);
        for (uint32_t k = 0; k < rig->command_count; k++) {
            if (rig->commands[k].kind != COMMAND_PLACE)
                continue;
            struct order_row row = rig_order(rig, rig->commands[k].place.id);
            int64_t lots = row.size.e9 / rig_size("0.01").e9;
            assert_true(placed < 2);
            assert_int_equal(row.actor, ROWS[i].orders[placed].actor);
            assert_int_equal(row.side == SIDE_SELL ? -lots : lots, ROWS[i].orders[placed].lots);
            placed++;
        }
        assert_int_equal(placed, (ROWS[i].orders[0].lots != 0) + (ROWS[i].orders[1].lots != 0));
        rig_destroy(rig);
    }
}

/* +2 and -1 of another: the account's +1 can be sold, the rest would open. */
static void flatten_of_more_than_the_account_holds_goes_as_far(void **state)
{
    (void)state;
    struct rig *rig = ready();
    buy(rig, 0, "2", 1, "v1", "t1");
    rig_open_order(rig, 1, 1, SIDE_SELL, "101", "1", 1, "v2");
    rig_fill(rig, "t2", "v2", 1, SIDE_SELL, "101", "1", "0");
    rig->venue_position[1] = rig_size("1");
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_STRATEGY, 0, "out");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.side, SIDE_SELL);
    assert_int_equal(row.size.e9, rig_size("1").e9);
    rig_reply(rig, row.id, OUTCOME_ACCEPTED, "v3");
    rig_fill(rig, "t3", "v3", 1, SIDE_SELL, "99", "1", "0");
    rig->venue_position[1] = rig_size("0");
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_position(rig, 0, 1).size.e9, rig_size("1").e9);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "flatten waits"));
    rig_destroy(rig);
}

/* F71 | unit | flatten while the book is stale | a limit IOC at the edge of the last good band; a
 * refused one is tried again */
static void flatten_goes_on_without_a_book(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.product_limits[1].max_exit_price_age_ns = 30 * SECOND;
    rig_restart(rig);
    rig_up(rig);
    buy(rig, 0, "1", 1, "v1", "t1");
    rig->venue_position[1] = rig_size("1");
    rig_link(rig, STREAM_MARKET, false);
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.type, ORDER_TYPE_LIMIT);
    assert_int_equal(row.tif, TIF_IOC);
    assert_int_equal(row.price.e9, rig_price("80").e9);
    assert_true(row.reduce_only);
    rig_reply(rig, row.id, OUTCOME_REFUSED, "");
    rig_tick(rig, 2 * SECOND);
    rig_tick(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

/* F71 | unit | every runner and every rule is dead, an order rests and is filled in part | flatten
 * cancels it and closes the position all the same
 * F62 | unit | every runner and every rule is dead | the operator's verbs need none of them */
static void flatten_needs_no_script_alive(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    rig_up(rig);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "1", 1);
    struct event yes = {.kind = EVENT_VERDICT};
    yes.verdict.runner = MAX_STRATEGIES;
    yes.verdict.generation = rig->generation[MAX_STRATEGIES];
    yes.verdict.request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    yes.verdict.allow = true;
    rig_step(rig, &yes);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.6", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "0.6", "0");
    rig->venue_position[1] = rig_size("0.6");
    rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
    rig_runner(rig, 1, RUNNER_DEAD, rig->generation[1]);
    rig_runner(rig, MAX_STRATEGIES, RUNNER_DEAD, rig->generation[MAX_STRATEGIES]);
    rig_forget(rig);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "nobody is left");
    assert_true(reply_done(rig));
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0.6", "99", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_true(row.side == SIDE_SELL && row.size.e9 == rig_size("0.6").e9);
    rig_reply(rig, row.id, OUTCOME_ACCEPTED, "f1");
    rig_report(rig, row.id, "f1", VENUE_FILLED, "0.6", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t2", "f1", 1, SIDE_SELL, "99", "0.6", "0");
    rig->venue_position[1].e9 = 0;
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_product(rig, 1).position.e9, 0);
    assert_int_equal(rig_count(rig, COMMAND_JUDGE), 0);
    assert_int_equal(rig_records(rig, RECORD_OPERATOR), 3); /* asked for, done in each product */
    rig_destroy(rig);
}

/* ---- flattens beside each other */

struct act { enum operator_verb verb; int target; uint8_t index; };

/* Both hold in product 1, one long 1, one long 2, and both have a quote there: while those are not
 * cancelled every flatten waits. */
static struct rig *holding(struct client_id quotes[2])
{
    struct rig *rig = ready();
    hold(rig, 0, "1", 1);
    hold(rig, 1, "2", 2);
    quotes[0] = rig_open_order(rig, 0, 1, SIDE_SELL, "110", "0.5", 3, "q0");
    quotes[1] = rig_open_order(rig, 1, 1, SIDE_SELL, "111", "0.5", 4, "q1");
    rig_forget(rig);
    return rig;
}

static void release(struct rig *rig, const struct client_id quotes[2])
{
    rig_report(rig, quotes[0], "q0", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_report(rig, quotes[1], "q1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
}

/* Each strategy's part was sold once, or not at all. */
static void assert_sold(const struct rig *rig, bool first, bool second)
{
    uint32_t sold[2] = {0, 0};
    for (uint32_t i = 0; i < rig->command_count; i++) {
        if (rig->commands[i].kind != COMMAND_PLACE)
            continue;
        struct order_row row = rig_order(rig, rig->commands[i].place.id);
        assert_true(row.actor < 2 && row.side == SIDE_SELL);
        assert_int_equal(row.size.e9, rig_size(row.actor ? "2" : "1").e9);
        sold[row.actor]++;
    }
    assert_int_equal(sold[0], first);
    assert_int_equal(sold[1], second);
}

/* F71 | unit | a flatten is asked for while another goes on, or one of them is resumed from, a
 * restart between or none | each goes on to its own end; a resume ends its own scope and no other,
 * and says so */
static void no_flatten_takes_anothers_place(void **state)
{
    static const char ENDED[] = "active; its flatten has ended", ALONE[] = "active",
        BOTH[] = "active; its flatten has ended; another flatten goes on until its own resume",
        OTHER[] = "active; another flatten goes on until its own resume",
        BEGUN[] = "flattening: own orders are cancelled first, then orders that reduce leave";
    static const struct { struct act acts[3]; bool first, second; const char *says; } ROWS[] = {
        {{{OPERATOR_FLATTEN, TARGET_ACCOUNT, 0}, {OPERATOR_FLATTEN, TARGET_STRATEGY, 0}},
         true, true, BEGUN},
        {{{OPERATOR_FLATTEN, TARGET_STRATEGY, 0}, {OPERATOR_FLATTEN, TARGET_STRATEGY, 1}},
         true, true, BEGUN},
        {{{OPERATOR_FLATTEN, TARGET_ACCOUNT, 0}, {OPERATOR_RESUME, TARGET_STRATEGY, 1}},
         true, true, OTHER},
        {{{OPERATOR_FLATTEN, TARGET_ACCOUNT, 0}, {OPERATOR_RESUME, TARGET_PRODUCT, 0}},
         true, true, OTHER},
        {{{OPERATOR_FLATTEN, TARGET_STRATEGY, 0}, {OPERATOR_FLATTEN, TARGET_STRATEGY, 1},
          {OPERATOR_RESUME, TARGET_STRATEGY, 0}}, false, true, BOTH},
        {{{OPERATOR_FLATTEN, TARGET_STRATEGY, 0}, {OPERATOR_FLATTEN, TARGET_PRODUCT, 1},
          {OPERATOR_RESUME, TARGET_STRATEGY, 0}}, true, true, BOTH},
        {{{OPERATOR_FLATTEN, TARGET_STRATEGY, 0}, {OPERATOR_RESUME, TARGET_STRATEGY, 1}},
         true, false, OTHER},
        {{{OPERATOR_FLATTEN, TARGET_PRODUCT, 1}, {OPERATOR_RESUME, TARGET_PRODUCT, 1}},
         false, false, ENDED},
        {{{OPERATOR_FLATTEN, TARGET_STRATEGY, 0}, {OPERATOR_FLATTEN, TARGET_STRATEGY, 1},
          {OPERATOR_RESUME, TARGET_ACCOUNT, 0}}, false, false, ENDED},
        {{{OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0}, {OPERATOR_RESUME, TARGET_ACCOUNT, 0}},
         false, false, ALONE}};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof ROWS / sizeof ROWS[0]; i++) {
        struct client_id quotes[2];
        struct rig *rig = holding(quotes);
        for (int k = 0; k < 3 && ROWS[i / 2].acts[k].verb != OPERATOR_HALT; k++)
            rig_operator(rig, ROWS[i / 2].acts[k].verb, ROWS[i / 2].acts[k].target,
                         ROWS[i / 2].acts[k].index, "out");
        assert_string_equal(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text,
                            ROWS[i / 2].says);
        if (i % 2) {
            rig_restart(rig);
            rig_up(rig);
        }
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        release(rig, quotes);
        assert_sold(rig, ROWS[i / 2].first, ROWS[i / 2].second);
        rig_destroy(rig);
    }
}

/* F71 | unit | of two flattens one has ended when the host is killed | what its strategy built
 * since is left alone, the other goes on */
static void a_restart_knows_which_flatten_has_ended(void **state)
{
    (void)state;
    struct client_id quotes[2];
    struct rig *rig = holding(quotes);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_STRATEGY, 0, "out");
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_STRATEGY, 1, "out");
    rig_report(rig, quotes[0], "q0", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
    assert_sold(rig, true, false);
    struct client_id sale = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, sale, OUTCOME_ACCEPTED, "f0");
    rig_report(rig, sale, "f0", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t9", "f0", 1, SIDE_SELL, "99", "1", "0");
    rig->venue_position[1] = rig_size("2");
    rig_pass(rig, 2 * SECOND);
    hold(rig, 0, "1", 5);
    rig_restart(rig);
    rig_up(rig);
    rig_report(rig, quotes[1], "q1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
    assert_sold(rig, false, true);
    rig_destroy(rig);
}

/* AC-F2 | unit | a flatten of more than the venue takes in one order | in parts, to the last */
static void flatten_of_more_than_an_order_goes_in_parts(void **state)
{
    (void)state;
    static const char *const IDS[] = {"v8", "v9"};
    struct rig *rig = rig_create(0);
    rig->settings.catalog.items[1].size_max = rig_size("2");
    rig_restart(rig);
    rig_up(rig);
    buy(rig, 0, "2", 1, "v1", "t1");
    buy(rig, 0, "1", 2, "v2", "t2");
    rig->venue_position[1] = rig_size("3");
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_PRODUCT, 1, "out");
    for (int i = 0; i < 2; i++) {
        rig_pass(rig, 3 * SECOND);
        struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
        assert_int_equal(row.size.e9, rig_size(i ? "1" : "2").e9);
        rig_reply(rig, row.id, OUTCOME_ACCEPTED, IDS[i]);
        rig_fill(rig, IDS[i], IDS[i], 1, SIDE_SELL, "99", i ? "1" : "2", "0");
        rig->venue_position[1] = rig_size(i ? "0" : "1");
    }
    assert_int_equal(rig_product(rig, 1).position.e9, 0);
    rig_destroy(rig);
}

/* F52 | unit | a position that another hand has opened is flattened | closed, as nobody's */
static void flatten_takes_from_nobody_too(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_fill(rig, "t1", "x", 1, SIDE_BUY, "99", "1", "0");
    rig->venue_position[1] = rig_size("1");
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_PRODUCT, 1, "out");
    rig_pass(rig, SECOND);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_int_equal(row.side, SIDE_SELL);
    assert_true(row.actor >= MAX_STRATEGIES && row.size.e9 == rig_size("1").e9);
    rig_destroy(rig);
}

static void what_is_no_word_is_refused(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "odd");
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, " \t ");
    assert_false(reply_done(rig));
    rig_operator(rig, OPERATOR_VERB_COUNT, TARGET_ACCOUNT, 0, "what");
    assert_false(reply_done(rig));
    assert_non_null(strstr(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text, "unknown"));
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "\tseen to");
    assert_true(reply_done(rig));
    rig_destroy(rig);
}

/* F63 | unit | the store dies while an operator has halted | the operator's reason stays, a product
 * may be resumed, the account may not */
static void a_dead_journal_leaves_a_halt_as_it_is(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct account_row account;
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "odd");
    rig_operator(rig, OPERATOR_HALT, TARGET_PRODUCT, 1, "odd too");
    rig_step(rig, &(struct event){.kind = EVENT_JOURNAL, .journal = {.dead = true}});
    snapshot_account(rig->engine, &account);
    assert_string_equal(account.reason, "odd");
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 1, "seen to");
    assert_true(reply_done(rig));
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "seen to");
    assert_false(reply_done(rig));
    rig_destroy(rig);
}

/* F63 | unit | the store tells that it died | halted, resume refuses */
static void a_dead_journal_halts_for_good(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_step(rig, &(struct event){.kind = EVENT_JOURNAL,
                                  .journal = {.dead = true, .reason = "disk full"}});
    rig_step(rig, &(struct event){.kind = EVENT_JOURNAL, .journal = {.dead = false}});
    struct account_row account;
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_string_equal(account.reason, "disk full");
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "surely it is fine");
    assert_false(reply_done(rig));
    rig_destroy(rig);
}

int suite_operator(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_is_answered_once_and_journaled),
        cmocka_unit_test(halt_stops_at_once_and_cancels_still_go),
        cmocka_unit_test(a_halt_stands_against_ten_thousand_intents_a_second),
        cmocka_unit_test(halts_are_for_what_they_name),
        cmocka_unit_test(every_halt_is_counted),
        cmocka_unit_test(cancel_mine_takes_what_it_names),
        cmocka_unit_test(stop_ends_when_all_own_orders_have),
        cmocka_unit_test(stop_waits_for_the_exact_fill),
        cmocka_unit_test(stop_may_keep_the_orders),
        cmocka_unit_test(flatten_cancels_first_and_goes_through_a_halt),
        cmocka_unit_test(a_stop_waits_for_the_flatten),
        cmocka_unit_test(a_stop_gives_a_refused_flatten_up),
        cmocka_unit_test(flatten_goes_on_without_a_book),
        cmocka_unit_test(flatten_takes_from_those_who_hold),
        cmocka_unit_test(flatten_of_one_strategy_leaves_the_other),
        cmocka_unit_test(flatten_takes_from_each_its_own),
        cmocka_unit_test(flatten_of_more_than_the_account_holds_goes_as_far),
        cmocka_unit_test(flatten_needs_no_script_alive),
        cmocka_unit_test(no_flatten_takes_anothers_place),
        cmocka_unit_test(a_restart_knows_which_flatten_has_ended),
        cmocka_unit_test(a_dead_journal_halts_for_good),
        cmocka_unit_test(a_dead_journal_leaves_a_halt_as_it_is),
        cmocka_unit_test(flatten_of_more_than_an_order_goes_in_parts),
        cmocka_unit_test(flatten_takes_from_nobody_too),
        cmocka_unit_test(what_is_no_word_is_refused),
        cmocka_unit_test(a_flood_of_cancels_leaves_in_parts),
    };
    return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
