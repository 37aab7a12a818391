/* Market data through the engine: gaps, silence, staleness, marks, views, candles. */
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

/* AC-D1 | unit | a gap in the sequence | books void and scripts told in the same event, opening
 * refused, stream reset */
/* F22 | unit | a gap in the sequence | all books void at once */
static void a_sequence_gap_voids_all_books_in_the_same_event(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_true(rig_product(rig, 0).book_valid && rig_product(rig, 1).book_valid);
    rig->sequence[STREAM_MARKET] += 1;
    rig_frame(rig, STREAM_MARKET);
    assert_false(rig_product(rig, 0).book_valid || rig_product(rig, 1).book_valid);
    assert_true(rig_product(rig, 0).stale && rig_product(rig, 0).levels == 0);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 1);
    assert_int_equal(rig_last(rig, COMMAND_STREAM_RESET)->stream_reset.stream, STREAM_MARKET);
    assert_int_equal(rig_notices(rig, 0, NOTICE_STALE), 2);
    assert_int_equal(rig_notices(rig, 1, NOTICE_STALE), 1); /* trades one product only */
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* F22 | unit | updates go on after a gap | passed over until a new link brings a snapshot */
static void what_comes_after_a_gap_is_passed_over_until_the_link_is_new(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->sequence[STREAM_MARKET] += 5;
    rig_frame(rig, STREAM_MARKET);
    rig_book(rig, 0, "99", "101", "5");
    assert_false(rig_product(rig, 0).book_valid);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 1); /* once is enough */
    rig_link(rig, STREAM_MARKET, false);
    rig_link(rig, STREAM_MARKET, true);
    rig_forget(rig);
    rig_book(rig, 0, "98", "102", "5");
    assert_true(rig_product(rig, 0).book_valid);
    assert_false(rig_product(rig, 1).book_valid);
    assert_int_equal(rig_notices(rig, 0, NOTICE_FRESH), 1);
    rig_destroy(rig);
}

/* F21 | unit | a frame with an old sequence number | changes nothing */
static void an_old_frame_changes_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint64_t sequence = rig->sequence[STREAM_MARKET];
    rig->sequence[STREAM_MARKET] = 0;
    rig_level(rig, 0, SIDE_BUY, "100", "7");
    assert_int_equal(rig_product(rig, 0).bid.e9, rig_price("99").e9);
    rig->sequence[STREAM_MARKET] = sequence;
    rig_level(rig, 0, SIDE_BUY, "100", "7");
    assert_int_equal(rig_product(rig, 0).bid.e9, rig_price("100").e9);
    rig_destroy(rig);
}

/* AC-D1 | unit | the heartbeat counter skips | books void, streams reset */
static void a_heartbeat_gap_is_a_gap(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->beat += 3;
    rig_beat(rig);
    assert_false(rig_product(rig, 0).book_valid);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 2); /* it skipped on both streams */
    rig_destroy(rig);
}

static void an_update_without_its_snapshot_resets(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_link(rig, STREAM_MARKET, false);
    rig_link(rig, STREAM_MARKET, true);
    rig_forget(rig);
    rig_level(rig, 0, SIDE_BUY, "100", "7");
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 1);
    assert_int_equal(rig_product(rig, 0).levels, 0);
    rig_destroy(rig);
}

/* F23 | unit | silence for three seconds | reset, books void */
static void a_silent_stream_is_reset(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_tick(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 0);
    assert_true(engine_next_deadline_ns(rig->engine) <= rig->now.mono_ns + SECOND);
    rig_tick(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 2);
    assert_false(rig_product(rig, 0).book_valid);
    rig_tick(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 2);
    rig_destroy(rig);
}

/* F66 | unit | five seconds without a turn, then the frames that waited in the socket | the books
 * are void before the first of them is read, nothing opens, the streams are reset */
static void frames_that_waited_are_no_news(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->now.mono_ns += 5 * SECOND;
    rig_level(rig, 0, SIDE_BUY, "99.5", "7");
    rig_beat(rig);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 2);
    assert_false(rig_product(rig, 0).book_valid);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* F24 | unit | one product silent, heartbeats and the other alive | it alone is stale; for long,
 * the stream is reset */
/* AC-D2 | unit | all channels but one | stale within four heartbeats */
static void one_silent_product_gets_stale_alone(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < 4; i++) {
        rig_tick(rig, SECOND);
        rig_beat(rig);
        rig_level(rig, 1, SIDE_BUY, "50", "1");
    }
    assert_true(rig_product(rig, 0).stale);
    assert_false(rig_product(rig, 0).book_valid);
    assert_true(rig_product(rig, 1).book_valid);
    assert_int_equal(rig_notices(rig, 0, NOTICE_STALE), 1);
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 0);
    rig_level(rig, 0, SIDE_BUY, "50", "1");
    assert_true(rig_product(rig, 0).book_valid);
    assert_int_equal(rig_notices(rig, 0, NOTICE_FRESH), 1);
    for (int i = 0; i < 31; i++) { /* and for long: the connection is started over */
        rig_tick(rig, SECOND);
        rig_beat(rig);
        rig_level(rig, 1, SIDE_BUY, "50", "1");
    }
    assert_int_equal(rig_count(rig, COMMAND_STREAM_RESET), 1);
    rig_destroy(rig);
}

/* F32 | unit | a bid at the ask | not usable until uncrossed */
static void a_crossed_book_is_not_usable(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_level(rig, 0, SIDE_BUY, "101", "1");
    assert_true(rig_product(rig, 0).crossed);
    assert_false(rig_product(rig, 0).book_valid);
    rig_level(rig, 0, SIDE_BUY, "101", "0");
    assert_true(rig_product(rig, 0).book_valid);
    rig_destroy(rig);
}

static void the_mark_is_vwap_else_the_mid(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_trade(rig, 0, "103", "3"); /* after one of 1 at 100 */
    assert_int_equal(rig_product(rig, 0).mark.e9, rig_price("102.25").e9);
    rig_pass(rig, 181 * SECOND); /* no trade for three minutes: what the mid was */
    assert_int_equal(rig_product(rig, 0).mark.e9, rig_price("100").e9);
    rig_destroy(rig);
}

static void snapshot_trades_are_history(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct trade trades[2];
    memset(trades, 0, sizeof trades);
    for (int i = 0; i < 2; i++) {
        trades[i].price = rig_price("110");
        trades[i].size = rig_size("1");
        trades[i].trade_id = (uint64_t)(1000 + i);
        trades[i].venue_ns = rig->now.wall_ns - (i == 0 ? 300 : 10) * SECOND;
    }
    uint64_t before = rig_product(rig, 0).trades;
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_TRADES, .trades = {0, true, trades, 2}});
    assert_int_equal(rig_product(rig, 0).trades, before);
    /* The old one is outside the window; 1 at 100 and 1 at 110 are in it. */
    assert_int_equal(rig_product(rig, 0).mark.e9, rig_price("105").e9);
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_TRADES, .trades = {0, true, trades, 2}});
    assert_int_equal(rig_product(rig, 0).mark.e9, rig_price("105").e9); /* seen before */
    rig_destroy(rig);
}

/* History that tells no time, or one to come, is of now. */
static void history_without_a_past_is_of_now(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct rig *rig = ready();
        const int64_t times_ns[] = {rig->now.wall_ns + 5 * SECOND, -1, INT64_MIN};
        struct trade trade = {.price = rig_price("110"), .size = rig_size("1"), .trade_id = 1000,
                              .venue_ns = times_ns[i]};
        rig_frame(rig, STREAM_MARKET);
        rig_step(rig, &(struct event){.kind = EVENT_TRADES, .trades = {0, true, &trade, 1}});
        assert_int_equal(rig_product(rig, 0).mark.e9, rig_price("105").e9);
        rig_destroy(rig);
    }
}

/* F20 | unit | events of a stream that there is none of | nothing comes of them */
static void a_stream_that_is_none_is_nobodys(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t commands = rig->command_count, records = rig->journal_count;
    const enum stream none = (enum stream)STREAM_COUNT;
    rig_step(rig, &(struct event){.kind = EVENT_FRAME, .frame = {none, 7, 0}});
    rig_step(rig, &(struct event){.kind = EVENT_HEARTBEAT, .heartbeat = {none, 7}});
    rig_step(rig, &(struct event){.kind = EVENT_LINK, .link = {.stream = none}});
    assert_int_equal(rig->command_count, commands);
    assert_int_equal(rig->journal_count, records);
    assert_true(rig_product(rig, 0).book_valid);
    rig_destroy(rig);
}

static void candles_close_by_time(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_trade(rig, 1, "104", "2");
    rig_pass(rig, 62 * SECOND);
    assert_int_equal(rig_notices(rig, 0, NOTICE_CANDLE), 2); /* one for each product */
    assert_int_equal(rig_notices(rig, 1, NOTICE_CANDLE), 1);
    const struct candle *candle = &rig_last_notice(rig, 1, NOTICE_CANDLE)->candle;
    assert_int_equal(candle->length_ns, 60 * SECOND);
    assert_int_equal(candle->start_ns % (60 * SECOND), 0);
    assert_int_equal(candle->close.e9, rig_price("104").e9);
    assert_int_equal(candle->volume.e9, rig_size("3").e9);
    rig_destroy(rig);
}

static void candles_are_told_to_rules_too(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    rig_up(rig);
    rig_trade(rig, 1, "104", "2");
    rig_pass(rig, 62 * SECOND);
    /* Rules see all products. */
    assert_int_equal(rig_notices(rig, MAX_STRATEGIES, NOTICE_CANDLE), 2);
    assert_int_equal(rig_notices(rig, MAX_STRATEGIES + 1, NOTICE_CANDLE), 0); /* there is none */
    rig_destroy(rig);
}

/* ---- views */

/* As many strategies and lengths as there may be, and each trade in a candle of its own. */
static struct rig *with_many_candles(void)
{
    struct rig *rig = rig_create(0);
    engine_destroy(rig->engine);
    rig->settings.strategy_count = MAX_STRATEGIES;
    rig->settings.rule_count = MAX_RULES;
    for (int i = 1; i < MAX_STRATEGIES; i++)
        rig->settings.strategies[i] = rig->settings.strategies[0];
    rig->settings.candle_length_count = MAX_CANDLE_LENGTHS;
    for (int i = 0; i < MAX_CANDLE_LENGTHS; i++)
        rig->settings.candle_lengths_ns[i] = (1 + i) * SECOND;
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_pass(rig, 10 * SECOND);
    rig_forget(rig);
    return rig;
}

static void one_message_of_many_candles_is_bounded(void **state)
{
    (void)state;
    static struct trade trades[MAX_MESSAGE_TRADES];
    struct rig *rig = with_many_candles();
    rig->now.wall_ns += 5 * MAX_MESSAGE_TRADES * SECOND;
    for (int i = 0; i < MAX_MESSAGE_TRADES; i++)
        trades[i] = (struct trade){.price = rig_price("100"),
                                   .size = rig_size("1"),
                                   .trade_id = 1000 + (uint64_t)i,
                                   .venue_ns = rig->now.wall_ns -
                                               5 * (MAX_MESSAGE_TRADES - i) * SECOND};
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_TRADES,
                                  .trades = {.trades = trades, .count = MAX_MESSAGE_TRADES}});
    assert_in_range(rig_notices(rig, 0, NOTICE_CANDLE), 200, 300);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

static void a_trade_from_the_future_makes_no_candle(void **state)
{
    (void)state;
    struct rig *rig = with_many_candles();
    struct trade trade = {.price = rig_price("100"),
                          .size = rig_size("1"),
                          .trade_id = 1000,
                          .venue_ns = rig->now.wall_ns + 61 * SECOND};
    for (int i = 0; i < 2; i++) {
        rig_frame(rig, STREAM_MARKET);
        rig_step(rig, &(struct event){.kind = EVENT_TRADES,
                                      .trades = {.trades = &trade, .count = 1}});
        trade.trade_id++;
        trade.venue_ns = -1; /* nor one from before all time */
    }
    rig->trade_id = 1001;
    rig_trade(rig, 0, "100", "1");
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_notices(rig, 0, NOTICE_CANDLE), MAX_CANDLE_LENGTHS);
    rig_destroy(rig);
}

static void credit(struct rig *rig, actor_index runner)
{
    rig_step(rig, &(struct event){.kind = EVENT_CREDIT,
                                  .credit = {runner, rig->generation[runner]}});
}

static void one_view_per_credit(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < 5; i++) {
        credit(rig, 0);
        credit(rig, 1);
    }
    rig_forget(rig);
    credit(rig, 0);
    assert_int_equal(rig_count(rig, COMMAND_VIEW), 0); /* nothing changed */
    rig_level(rig, 0, SIDE_BUY, "98", "3");
    assert_int_equal(rig_count(rig, COMMAND_VIEW), 1);
    rig_level(rig, 0, SIDE_BUY, "98", "4");
    rig_level(rig, 0, SIDE_BUY, "98.5", "6");
    assert_int_equal(rig_count(rig, COMMAND_VIEW), 1); /* no credit, no view */
    uint64_t number = rig->views[0].number;
    credit(rig, 0);
    assert_int_equal(rig_count(rig, COMMAND_VIEW), 2);
    assert_int_equal(rig->views[0].number, number + 1);
    assert_int_equal(rig->views[0].product, 0);
    assert_int_equal(rig->views[0].bids[0].price.e9, rig_price("99").e9);
    assert_int_equal(rig->views[0].bids[1].price.e9, rig_price("98.5").e9);
    assert_int_equal(rig->views[0].bids[2].size.e9, rig_size("4").e9);
    rig_destroy(rig);
}

static void products_take_turns_in_views(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t shown[2] = {0};
    for (int i = 0; i < 20; i++) {
        rig_level(rig, 0, SIDE_BUY, "98", i % 2 ? "3" : "4");
        rig_level(rig, 1, SIDE_BUY, "98", i % 2 ? "3" : "4");
        credit(rig, 0);
        shown[rig->views[0].product]++;
    }
    assert_in_range(shown[0], 9, 11);
    rig_destroy(rig);
}

static void trades_since_the_last_view_and_the_lost(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < 5; i++)
        credit(rig, 1);
    rig_trade(rig, 1, "100", "1");
    for (int i = 0; i < VIEW_TRADES + 7; i++)
        rig_trade(rig, 1, i % 2 ? "100" : "101", "2");
    credit(rig, 1);
    assert_int_equal(rig->views[1].trade_count, VIEW_TRADES);
    assert_int_equal(rig->views[1].trades_lost, 7);
    assert_int_equal(rig->views[1].trades[VIEW_TRADES - 1].price.e9, rig_price("101").e9);
    credit(rig, 1);
    rig_level(rig, 1, SIDE_BUY, "98", "3");
    assert_int_equal(rig->views[1].trade_count, 0);
    assert_int_equal(rig->views[1].trades_lost, 0);
    rig_destroy(rig);
}

static void a_view_shows_bands_and_state(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_level(rig, 0, SIDE_BUY, "95", "2");
    rig_operator(rig, OPERATOR_REDUCE, TARGET_PRODUCT, 0, "look");
    for (int i = 0; i < 3; i++)
        credit(rig, 0);
    rig_level(rig, 0, SIDE_BUY, "95", "2");
    credit(rig, 0);
    const struct view *view = &rig->views[0];
    assert_int_equal(view->product, 0);
    assert_int_equal(view->bands[0].bid.e9, 0);                   /* within 10 bps of 100 */
    assert_int_equal(view->bands[1].bid.e9, rig_size("5").e9);    /* 1 %: 99 */
    assert_int_equal(view->bands[2].bid.e9, rig_size("7").e9);    /* 10 % */
    assert_int_equal(view->state, TRADING_REDUCING);
    assert_false(view->stale);
    assert_int_equal(view->mark.e9, rig_price("100").e9);
    rig_destroy(rig);
}

/* F30 | unit | negative prices and sizes in a book | passed over */
static void bad_levels_are_passed_over(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct level levels[] = {
        {{-5}, {5}, SIDE_BUY}, {{5}, {-5}, SIDE_BUY}, {{5}, {5}, SIDE_UNKNOWN}};
    uint32_t before = rig_product(rig, 0).levels;
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_BOOK,
                                  .book = {.product = 0, .levels = levels, .count = 3}});
    rig_step(rig, &(struct event){.kind = EVENT_BOOK,
                                  .book = {.product = NO_PRODUCT, .levels = levels, .count = 3}});
    assert_int_equal(rig_product(rig, 0).levels, before);
    rig_destroy(rig);
}

static void respecify(struct rig *rig, const struct instrument *spec)
{
    struct event event = {.kind = EVENT_INSTRUMENT};
    event.instrument.product = 0;
    event.instrument.spec = *spec;
    rig_step(rig, &event);
}

/* F69 | unit | a specification names another product, or a contract of another size | the first is
 * told and changes nothing, the second halts the product */
static void a_contract_of_another_size_halts_its_product(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct instrument spec = rig->settings.catalog.items[0];
    rig_up(rig);
    spec.product_id[0] = 'X';
    respecify(rig, &spec);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "another product"));
    spec = rig->settings.catalog.items[0];
    spec.profile = PROFILE_INTX;
    respecify(rig, &spec);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    spec = rig->settings.catalog.items[0];
    spec.contract_size = rig_size("0.1");
    respecify(rig, &spec);
    assert_int_equal(rig_product(rig, 0).state, TRADING_HALTED);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE);
    rig_restart(rig);
    assert_int_equal(rig_product(rig, 0).state, TRADING_HALTED);
    rig_destroy(rig);
}

int suite_market(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_gap_voids_all_books_in_the_same_event),
        cmocka_unit_test(what_comes_after_a_gap_is_passed_over_until_the_link_is_new),
        cmocka_unit_test(an_old_frame_changes_nothing),
        cmocka_unit_test(a_heartbeat_gap_is_a_gap),
        cmocka_unit_test(an_update_without_its_snapshot_resets),
        cmocka_unit_test(a_silent_stream_is_reset),
        cmocka_unit_test(frames_that_waited_are_no_news),
        cmocka_unit_test(one_silent_product_gets_stale_alone),
        cmocka_unit_test(a_crossed_book_is_not_usable),
        cmocka_unit_test(the_mark_is_vwap_else_the_mid),
        cmocka_unit_test(snapshot_trades_are_history),
        cmocka_unit_test(history_without_a_past_is_of_now),
        cmocka_unit_test(a_stream_that_is_none_is_nobodys),
        cmocka_unit_test(candles_close_by_time),
        cmocka_unit_test(candles_are_told_to_rules_too),
        cmocka_unit_test(one_message_of_many_candles_is_bounded),
        cmocka_unit_test(a_trade_from_the_future_makes_no_candle),
        cmocka_unit_test(one_view_per_credit),
        cmocka_unit_test(products_take_turns_in_views),
        cmocka_unit_test(trades_since_the_last_view_and_the_lost),
        cmocka_unit_test(a_view_shows_bands_and_state),
        cmocka_unit_test(bad_levels_are_passed_over),
        cmocka_unit_test(a_contract_of_another_size_halts_its_product),
    };
    return cmocka_run_group_tests_name("market", tests, NULL, NULL);
}
