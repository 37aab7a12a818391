/* Stops that the engine holds for strategies, whatever becomes of the strategy. */
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

/* Strategy 0 trades both products, strategy 1 the second; each fill at 99 or 101. */
static void hold(struct rig *rig, actor_index strategy, enum side side, const char *size,
                 const char *venue_id)
{
    static order_ref ref = 1000;
    struct size held = rig_size(size);
    const char *price = side == SIDE_BUY ? "99" : "101";
    rig_open_order(rig, strategy, 1, side, price, size, ++ref, venue_id);
    rig_fill(rig, venue_id, venue_id, 1, side, price, size, "0");
    rig->venue_position[1].e9 += side == SIDE_BUY ? held.e9 : -held.e9;
    rig_pass(rig, SECOND);
}

static void protect(struct rig *rig, actor_index strategy, const char *stop, const char *trail,
                    int64_t after_ns)
{
    struct intent intent = {.kind = INTENT_PROTECT, .product = 1};
    intent.protect.stop = rig_price(stop);
    intent.protect.trail.e9 = rig_price(trail).e9;
    intent.protect.after_ns = after_ns;
    rig_intent(rig, strategy, intent);
}

static struct protection_row row_of(struct rig *rig)
{
    struct protection_row row;
    assert_true(snapshot_protection(rig->engine, 0, &row));
    return row;
}

static bool is_protected(struct rig *rig)
{
    struct protection_row row;
    return snapshot_protection(rig->engine, 0, &row);
}

static struct order_row last_order(struct rig *rig)
{
    return rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
}

static void fill_last(struct rig *rig, const char *venue_id, const char *price)
{
    struct order_row row = last_order(rig);
    char size[DECIMAL_TEXT_MAX];
    size_format(row.size, size);
    rig_reply(rig, row.id, OUTCOME_ACCEPTED, venue_id);
    rig_fill(rig, venue_id, venue_id, 1, row.side, price, size, "0");
    rig->venue_position[1].e9 += row.side == SIDE_BUY ? row.size.e9 : -row.size.e9;
    rig_pass(rig, SECOND);
}

static bool is_journaled_first(struct rig *rig)
{
    for (uint32_t i = rig->journal_mark; i < rig->journal_count; i++) {
        if (rig->journal[i].kind == RECORD_PROTECT &&
            rig->journal[i].protect.state == PROTECT_FIRING)
            return true;
        if (rig->journal[i].kind == RECORD_ORDER && rig->journal[i].order.ref == 0)
            return false;
    }
    return false;
}

static void a_stop_closes_the_position_and_no_more(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    struct client_id quote = rig_open_order(rig, 0, 1, SIDE_SELL, "110", "0.4", 5, "v2");
    protect(rig, 0, "97", "0", 0);
    rig_book(rig, 1, "97", "98", "5");
    rig_forget(rig);
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    rig_book(rig, 1, "96.5", "97.5", "5"); /* the mid is 97: at the stop */
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_true(is_journaled_first(rig));
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    struct order_row first = last_order(rig);
    assert_int_equal(first.side, SIDE_SELL);
    assert_int_equal(first.tif, TIF_IOC);
    assert_true(first.reduce_only);
    assert_int_equal(first.size.e9, rig_size("0.6").e9); /* the quote may still sell its 0.4 */
    assert_int_equal(first.price.e9, rig_price("78").e9); /* 97 less a fifth, on the tick */
    assert_int_equal(first.actor, 0);
    rig_limit(rig, 0, 1, SIDE_BUY, "96", "0.1", 6); /* not while it closes */
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_STRATEGY_STATE);
    fill_last(rig, "v3", "96");
    rig_report(rig, quote, "v2", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    assert_int_equal(last_order(rig).size.e9, rig_size("0.4").e9);
    fill_last(rig, "v4", "96");
    assert_int_equal(rig_position(rig, 0, 1).size.e9, 0);
    assert_false(is_protected(rig)); /* a stop price is spent with its position */
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_PROTECT)->protect.state, PROTECT_CLEAR);
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

static void a_trailing_stop_follows_a_short_exactly(void **state)
{
    (void)state;
    struct rig *rig = ready();
    protect(rig, 0, "0", "0.02", 0); /* set while flat */
    hold(rig, 0, SIDE_SELL, "1", "v1");
    rig_book(rig, 1, "94.5", "95.5", "5"); /* the best is 95: out at 96.9 */
    rig_book(rig, 1, "96.5", "97", "5");
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    assert_int_equal(row_of(rig).best.e9, rig_price("95").e9);
    assert_int_equal(row_of(rig).level.e9, rig_price("96.9").e9);
    rig_forget(rig);
    rig_book(rig, 1, "96.5", "97.5", "5");
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_int_equal(last_order(rig).side, SIDE_BUY);
    fill_last(rig, "v2", "97");
    assert_int_equal(row_of(rig).state, PROTECT_SET); /* it guards the next one too */
    assert_int_equal(row_of(rig).best.e9, 0);
    protect(rig, 0, "0", "0", 0);
    assert_false(is_protected(rig));
    rig_destroy(rig);
}

/* F62 | unit | the runner dies, then the host is killed, while a stop is set | the stop stands and
 * fires, the time the host was away counts */
static void it_survives_the_runner_and_the_host(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "90", "0.1", 100 * SECOND);
    rig_book(rig, 1, "109", "111", "5");
    rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
    rig_pass(rig, SECOND);
    rig_restart(rig);
    rig->now.mono_ns = 5 * SECOND; /* a reboot: only the wall clock knows how long it was */
    rig->now.wall_ns += 40 * SECOND;
    rig_up(rig);
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    assert_int_equal(row_of(rig).best.e9, rig_price("110").e9);
    assert_int_equal(row_of(rig).terms.stop.e9, rig_price("90").e9);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_PROTECT)->protect.state, PROTECT_SET);
    rig_forget(rig);
    rig_pass(rig, 40 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* F61 | unit | killed while a stop fires, its order's fate unknown | fires on after the start, and
 * never for what that order may still fill */
static void it_fires_on_after_a_kill_and_sells_nothing_twice(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_book(rig, 1, "96", "97", "5");
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_report(rig, id, "v2", VENUE_CANCELLED, "0", "0", REPORT_REST);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* F01 | unit | a stop's order timed out | no second one while it is UNKNOWN, then again */
static void an_unknown_order_holds_the_next_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    struct order_row row = last_order(rig);
    rig_reply(rig, row.id, OUTCOME_UNKNOWN, "");
    rig_pass(rig, 30 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_reply(rig, row.id, OUTCOME_REFUSED, "");
    rig_pass(rig, 10 * SECOND);
    assert_true(rig_count(rig, COMMAND_PLACE) == 2);
    rig_destroy(rig);
}

static void a_refused_order_is_sent_again_with_back_off(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t seen = 1;
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    for (int second = 0; second < 64; second++) {
        if (rig_count(rig, COMMAND_PLACE) == seen) {
            rig_reply(rig, last_order(rig).id, OUTCOME_REFUSED, "");
            seen++;
        }
        rig_pass(rig, SECOND);
    }
    assert_in_range(rig_count(rig, COMMAND_PLACE), 9, 12); /* 1 2 4 8 8 8 ... seconds apart */
    rig_destroy(rig);
}

/* F32 | unit | no book, then a book far from every trade, under a stop | neither fires it; people
 * are told that it is blind; the next good price fires it */
static void only_a_fresh_and_sane_price_fires_it(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_link(rig, STREAM_MARKET, false);
    rig_tick(rig, SECOND);
    rig_tick(rig, SECOND);
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    assert_true(row_of(rig).blind);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "blind"));
    rig_link(rig, STREAM_MARKET, true);
    rig_beat(rig);
    rig_book(rig, 1, "60", "61", "5"); /* a third below the mark, and no trade there */
    rig_tick(rig, SECOND);
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    rig_trade(rig, 1, "60.5", "1");
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* F32 | unit | a book far from every trade but the last, which is young by its date and by our
 * clock, or by one of them alone; and then no mark that is young enough | a stop fires on a trade
 * that is young by both, and on a book that nothing disputes */
static void a_wild_book_needs_a_young_trade(void **state)
{
    static const struct { int64_t dated_ns, came_ns, silent_ns; bool fires; } CASES[] = {
        {1000000000, 0, 0, true}, {11000000000, 0, 0, false}, {0, 11000000000, 0, false},
        {11000000000, 0, 2500000000, true}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        rig->settings.product_limits[1].max_mark_age_ns = 2 * SECOND;
        rig_restart(rig);
        rig_up(rig);
        hold(rig, 0, SIDE_BUY, "1", "v1");
        protect(rig, 0, "97", "0", 0);
        rig->now.wall_ns -= CASES[i].dated_ns;
        rig_trade(rig, 1, "96", "1");
        rig->now.wall_ns += CASES[i].dated_ns;
        rig_pass(rig, CASES[i].came_ns);
        rig->now.wall_ns -= CASES[i].came_ns; /* put back meanwhile */
        rig_book(rig, 1, "60", "61", "5");
        rig_tick(rig, CASES[i].silent_ns);
        assert_int_equal(row_of(rig).state, CASES[i].fires ? PROTECT_FIRING : PROTECT_SET);
        rig_destroy(rig);
    }
}

/* F32 | unit | no trade was ever seen, and the book goes far from where it was | no price to judge
 * a stop on: it is blind, and says so */
static void a_wild_book_without_a_trade_is_no_price(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_restart(rig);
    rig_link(rig, STREAM_MARKET, true);
    rig_beat(rig);
    rig_book(rig, 1, "99", "101", "5");
    rig_tick(rig, 5 * SECOND);
    rig_book(rig, 1, "60", "61", "5");
    assert_int_equal(row_of(rig).state, PROTECT_SET);
    assert_true(row_of(rig).blind);
    rig_destroy(rig);
}

/* F71 | unit | a stop is reached while halted, and while its book is stale | it waits, says so, and
 * closes once it may */
static void a_halt_holds_it_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "odd");
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "trading_state"));
    rig_link(rig, STREAM_MARKET, false);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "seen to");
    rig_tick(rig, 9 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "book_stale"));
    rig_link(rig, STREAM_MARKET, true);
    rig_beat(rig);
    rig_book(rig, 0, "99", "101", "5");
    rig_book(rig, 1, "96", "97", "5");
    rig_pass(rig, 9 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* F71 | unit | a stop fires while its book is stale | priced at the edge of the last good band
 * while that is young enough, then it waits and says so */
static void it_is_priced_from_the_last_good_band(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.product_limits[1].max_exit_price_age_ns = 10 * SECOND;
    rig_restart(rig);
    rig_up(rig);
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "0", "0", 5 * SECOND);
    rig_book(rig, 1, "99", "101", "5");
    rig_forget(rig);
    rig_link(rig, STREAM_MARKET, false);
    rig_tick(rig, 6 * SECOND);
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_int_equal(last_order(rig).price.e9, rig_price("80").e9); /* 100 less a fifth */
    assert_int_equal(last_order(rig).tif, TIF_IOC);
    for (int i = 0; i < 20; i++) {
        if (last_order(rig).live)
            rig_reply(rig, last_order(rig).id, OUTCOME_REFUSED, "");
        rig_tick(rig, SECOND);
    }
    assert_in_range(rig_count(rig, COMMAND_PLACE), 1, 4); /* none once the price is too old */
    assert_true(rig_alerts(rig, "book_stale"));
    rig_destroy(rig);
}

/* F62 | unit | a runner dies, on_death is cancel_and_flatten | its orders are cancelled and its
 * position closed, another strategy's stays */
static void death_may_close_the_position(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].on_death = DEATH_FLATTEN;
    rig_restart(rig);
    rig_up(rig);
    hold(rig, 0, SIDE_BUY, "1", "v1");
    hold(rig, 1, SIDE_BUY, "2", "v2");
    struct client_id quote = rig_open_order(rig, 0, 1, SIDE_BUY, "90", "0.5", 7, "v3");
    rig_forget(rig);
    rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
    rig_report(rig, quote, "v3", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    fill_last(rig, "v4", "98");
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_position(rig, 0, 1).size.e9, 0);
    assert_int_equal(rig_position(rig, 1, 1).size.e9, rig_size("2").e9);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_false(is_protected(rig));
    rig_destroy(rig);
}

/* F62 | unit | a runner dies, on_death is cancel_and_flatten, an order of its fills after that |
 * what came of it is closed as well */
static void what_fills_after_death_is_closed_too(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].on_death = DEATH_FLATTEN;
    rig_restart(rig);
    rig_up(rig);
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "0.5", 7, "v1");
    rig_forget(rig);
    rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "0.5", "0");
    rig->venue_position[1] = rig_size("0.5");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(last_order(rig).side, SIDE_SELL);
    fill_last(rig, "v2", "98");
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_position(rig, 0, 1).size.e9, 0);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}


/* What others hold against it makes the account flat: its own way out is an order like any. */
static void a_netted_account_does_not_take_the_way_out(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    hold(rig, 1, SIDE_SELL, "1", "v2");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_false(last_order(rig).reduce_only);
    assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* The other strategy's position makes the exit open for the account; its bid is in the way. */
static void what_rests_gives_way_to_a_stop(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    hold(rig, 1, SIDE_SELL, "1", "v2");
    struct client_id bid = rig_open_order(rig, 1, 1, SIDE_BUY, "95", "1", 7, "v3");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v3");
    rig_report(rig, bid, "v3", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    rig_limit(rig, 1, 1, SIDE_BUY, "95", "2", 8); /* it opens the other way, in the way again */
    assert_int_equal(rig_last_notice(rig, 1, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_SELF_MATCH);
    rig_pass(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(last_order(rig).side, SIDE_SELL);
    rig_destroy(rig);
}

/* An order of another hand, which rests. */
static void stranger(struct rig *rig, enum side side, const char *price, const char *size,
                     const char *venue_id)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order.source = REPORT_USER_UPDATE;
    event.order.venue_id = rig_venue_id(venue_id);
    event.order.product = 1;
    event.order.side = side;
    event.order.status = VENUE_OPEN;
    event.order.size = rig_size(size);
    event.order.limit_price = rig_price(price);
    rig_step(rig, &event);
}

/* F52 | unit | another hand's orders rest on both sides of a position and could take all of it;
 * then its stop fires | the exit leaves at once, in full */
static void another_hands_orders_keep_no_stop_waiting(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    stranger(rig, SIDE_BUY, "95", "1", "x1");
    stranger(rig, SIDE_SELL, "110", "1", "x2");
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_true(last_order(rig).reduce_only);
    assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0); /* what is not ours is left alone */
    fill_last(rig, "v2", "96");
    assert_false(is_protected(rig));
    rig_destroy(rig);
}

/* F52 | unit | another strategy's position makes an exit open for the account, and another hand's
 * bid rests where it would be met | the exit leaves at once, an order that opens is refused */
static void another_hands_bid_keeps_no_exit_waiting(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    hold(rig, 1, SIDE_SELL, "1", "v2");
    protect(rig, 0, "97", "0", 0);
    stranger(rig, SIDE_BUY, "95", "1", "x1");
    rig_forget(rig);
    rig_limit(rig, 1, 1, SIDE_SELL, "95", "1", 7);
    assert_int_equal(rig_last_notice(rig, 1, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_SELF_MATCH);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(last_order(rig).side, SIDE_SELL);
    assert_false(last_order(rig).reduce_only);
    rig_destroy(rig);
}

/* F69 | unit | the size step grows past what a stop still has to close | the stop ends and says so,
 * its strategy may trade on */
static void a_rest_under_one_step_ends_it(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = 1}};
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    event.instrument.spec = rig->settings.catalog.items[1];
    event.instrument.spec.step = event.instrument.spec.size_min = rig_size("3");
    rig_step(rig, &event);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    rig_pass(rig, SECOND);
    assert_false(is_protected(rig));
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "less than one step"));
    assert_int_equal(rig_records(rig, RECORD_PROTECT), 2); /* it fires, and it ends */
    rig_destroy(rig);
}

/* F69 | unit | a specification without a step comes while a stop fires, then a good one | it
 * neither sends nor gives up, then it closes */
static void a_step_of_nothing_ends_no_stop(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = 1}};
    hold(rig, 0, SIDE_SELL, "1", "v1");
    protect(rig, 0, "103", "0", 0);
    event.instrument.spec = rig->settings.catalog.items[1];
    event.instrument.spec.step.e9 = 0;
    rig_step(rig, &event);
    rig_forget(rig);
    rig_book(rig, 1, "104", "105", "5");
    rig_pass(rig, 3 * SECOND);
    assert_int_equal(row_of(rig).state, PROTECT_FIRING);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    event.instrument.spec.step = rig_size("0.01");
    rig_step(rig, &event);
    rig_pass(rig, 3 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    event.instrument.spec.step = event.instrument.spec.size_min = rig_size("3");
    rig_step(rig, &event);
    rig_reply(rig, last_order(rig).id, OUTCOME_REFUSED, "");
    rig_pass(rig, 3 * SECOND);
    assert_false(is_protected(rig)); /* a short of less than a step ends it as a long does */
    rig_destroy(rig);
}

/* AC-F2 | unit | a position larger than one order may be, by the venue's word or by ours | it is
 * closed in as many orders as it takes */
static void a_large_position_is_closed_in_parts(void **state)
{
    static const char *const OURS[] = {"10", "0.4"}, *const VENUES[] = {"0.4", "1000"};
    static const char *const PARTS[] = {"0.4", "0.4", "0.2"};
    static const char *const IDS[] = {"v4", "v5", "v6"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_create(0);
        rig->settings.product_limits[1].max_order_size = rig_size(OURS[i]);
        rig->settings.catalog.items[1].size_max = rig_size(VENUES[i]);
        rig_restart(rig);
        rig_up(rig);
        hold(rig, 0, SIDE_BUY, "0.4", "v1");
        hold(rig, 0, SIDE_BUY, "0.4", "v2");
        hold(rig, 0, SIDE_BUY, "0.2", "v3");
        protect(rig, 0, "97", "0", 0);
        rig_book(rig, 1, "96", "97", "5");
        for (int k = 0; k < 3; k++) {
            assert_int_equal(last_order(rig).side, SIDE_SELL);
            assert_int_equal(last_order(rig).size.e9, rig_size(PARTS[k]).e9);
            fill_last(rig, IDS[k], "96");
            rig_pass(rig, SECOND);
        }
        assert_int_equal(rig_position(rig, 0, 1).size.e9, 0);
        assert_false(is_protected(rig));
        rig_destroy(rig);
    }
}

/* A second order of the same kind would be refused as a duplicate before. */
static void it_waits_as_long_as_a_duplicate_would(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.duplicate_window_ns = 5 * SECOND;
    rig_restart(rig);
    rig_up(rig);
    hold(rig, 0, SIDE_BUY, "1", "v1");
    protect(rig, 0, "97", "0", 0);
    rig_forget(rig);
    rig_book(rig, 1, "96", "97", "5");
    rig_reply(rig, last_order(rig).id, OUTCOME_REFUSED, "");
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_notices(rig, 0, NOTICE_REFUSAL), 0);
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 2);
    rig_destroy(rig);
}

/* F62 | unit | a runner dies that is long or short, with a stop or without, on_death is
 * cancel_and_flatten | closed now, whatever the stop waits for */
static void death_does_not_wait_for_the_stop(void **state)
{
    static const struct { enum side side; const char *stop; } CASES[] = {
        {SIDE_BUY, "50"}, {SIDE_BUY, "0"}, {SIDE_SELL, "150"}, {SIDE_SELL, "0"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        rig->settings.strategies[0].on_death = DEATH_FLATTEN;
        rig_restart(rig);
        rig_up(rig);
        hold(rig, 0, CASES[i].side, "1", "v1");
        protect(rig, 0, CASES[i].stop, "0", 0);
        rig_forget(rig);
        rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
        assert_int_equal(row_of(rig).state, PROTECT_FIRING);
        assert_int_equal(last_order(rig).size.e9, rig_size("1").e9);
        assert_int_equal(last_order(rig).side, CASES[i].side == SIDE_BUY ? SIDE_SELL : SIDE_BUY);
        rig_destroy(rig);
    }
}

/* Only what a position has is told of when the host goes; a trail that waits for one is not. */
static void a_stop_of_nothing_is_not_missed(void **state)
{
    (void)state;
    for (int held = 0; held < 2; held++) {
        struct rig *rig = ready();
        if (held)
            hold(rig, 0, SIDE_BUY, "1", "v1");
        protect(rig, 0, "0", "0.1", INT64_MAX); /* held for ever: a sum that would not fit */
        rig_pass(rig, SECOND);
        assert_int_equal(row_of(rig).state, PROTECT_SET);
        rig_forget(rig);
        rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "end");
        assert_int_equal(rig_alerts(rig, "the host stops"), held);
        rig_destroy(rig);
    }
}

/* Where a stop comes through, only what it would meet gives way. */
static void what_a_stop_does_not_meet_stays(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    hold(rig, 1, SIDE_SELL, "1", "v2");
    protect(rig, 0, "0", "0", 5 * SECOND);
    rig_book(rig, 1, "97", "98", "5");
    rig_open_order(rig, 1, 1, SIDE_BUY, "78.5", "0.5", 7, "far");
    rig_open_order(rig, 1, 1, SIDE_BUY, "95", "0.5", 8, "near");
    rig_open_order(rig, 1, 1, SIDE_SELL, "110", "0.5", 9, "ask");
    rig_book(rig, 1, "99", "101", "5"); /* it will sell at 80 and above */
    rig_forget(rig);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "near");
    rig_destroy(rig);
}

/* F73 | unit | a script amends an order while its stop closes the position | refused: it fires */
static void nothing_is_amended_while_it_fires(void **state)
{
    (void)state;
    struct rig *rig = ready();
    hold(rig, 0, SIDE_BUY, "1", "v1");
    rig_open_order(rig, 0, 1, SIDE_BUY, "90", "0.5", 7, "v2");
    protect(rig, 0, "97", "0", 0);
    rig_book(rig, 1, "96", "97", "5");
    rig_forget(rig);
    rig_intent(rig, 0, (struct intent){.kind = INTENT_AMEND, .target = 7, .ref = 8,
                                       .size = rig_size("2")});
    const struct notice *notice = rig_last_notice(rig, 0, NOTICE_REFUSAL);
    assert_int_equal(notice->refusal.verdict.code, REFUSED_STRATEGY_STATE);
    assert_non_null(strstr(notice->refusal.text, "its protection fires"));
    rig_destroy(rig);
}

/* F73 | unit | a script changes its stop more often than it may send orders | refused as a flood of
 * orders is; the last one that was taken stands */
static void a_flood_of_changes_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].max_messages = 3;
    rig_restart(rig);
    rig_up(rig);
    hold(rig, 0, SIDE_BUY, "1", "v1");
    rig_pass(rig, 2 * SECOND);
    static const char *const STOPS[] = {"91", "92", "93", "94", "95"};
    for (int i = 0; i < 5; i++)
        protect(rig, 0, STOPS[i], "0", 0);
    assert_int_equal(row_of(rig).terms.stop.e9, rig_price("93").e9);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code, REFUSED_RATE);
    rig_destroy(rig);
}

static enum refusal refusal_of(struct rig *rig, struct intent intent)
{
    rig_forget(rig);
    rig_intent(rig, 1, intent);
    assert_int_equal(rig_records(rig, RECORD_PROTECT), 0);
    return rig_last_notice(rig, 1, NOTICE_REFUSAL)->refusal.verdict.code;
}

static void what_cannot_be_meant_is_refused(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent intent = {.kind = INTENT_PROTECT, .product = 0};
    intent.protect.stop.e9 = 1;
    assert_int_equal(refusal_of(rig, intent), REFUSED_OWNER); /* not this strategy's */
    intent.product = NO_PRODUCT;
    assert_int_equal(refusal_of(rig, intent), REFUSED_OWNER);
    intent.product = 1;
    intent.protect.stop.e9 = -1;
    assert_int_equal(refusal_of(rig, intent), REFUSED_MALFORMED);
    intent.protect = (struct protect_terms){.trail = {DECIMAL_ONE}};
    assert_int_equal(refusal_of(rig, intent), REFUSED_MALFORMED);
    intent.protect.trail.e9 = -1;
    assert_int_equal(refusal_of(rig, intent), REFUSED_MALFORMED);
    intent.protect = (struct protect_terms){.after_ns = -1};
    assert_int_equal(refusal_of(rig, intent), REFUSED_MALFORMED);
    rig_destroy(rig);
}

int suite_protect(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_closes_the_position_and_no_more),
        cmocka_unit_test(a_trailing_stop_follows_a_short_exactly),
        cmocka_unit_test(it_survives_the_runner_and_the_host),
        cmocka_unit_test(it_fires_on_after_a_kill_and_sells_nothing_twice),
        cmocka_unit_test(an_unknown_order_holds_the_next_back),
        cmocka_unit_test(a_refused_order_is_sent_again_with_back_off),
        cmocka_unit_test(only_a_fresh_and_sane_price_fires_it),
        cmocka_unit_test(a_halt_holds_it_back),
        cmocka_unit_test(it_is_priced_from_the_last_good_band),
        cmocka_unit_test(death_may_close_the_position),
        cmocka_unit_test(a_netted_account_does_not_take_the_way_out),
        cmocka_unit_test(what_rests_gives_way_to_a_stop),
        cmocka_unit_test(another_hands_orders_keep_no_stop_waiting),
        cmocka_unit_test(another_hands_bid_keeps_no_exit_waiting),
        cmocka_unit_test(a_rest_under_one_step_ends_it),
        cmocka_unit_test(what_cannot_be_meant_is_refused),
        cmocka_unit_test(a_wild_book_needs_a_young_trade),
        cmocka_unit_test(a_wild_book_without_a_trade_is_no_price),
        cmocka_unit_test(a_step_of_nothing_ends_no_stop),
        cmocka_unit_test(a_large_position_is_closed_in_parts),
        cmocka_unit_test(it_waits_as_long_as_a_duplicate_would),
        cmocka_unit_test(death_does_not_wait_for_the_stop),
        cmocka_unit_test(a_stop_of_nothing_is_not_missed),
        cmocka_unit_test(what_a_stop_does_not_meet_stays),
        cmocka_unit_test(nothing_is_amended_while_it_fires),
        cmocka_unit_test(a_flood_of_changes_is_refused),
        cmocka_unit_test(what_fills_after_death_is_closed_too),
    };
    return cmocka_run_group_tests_name("protect", tests, NULL, NULL);
}
