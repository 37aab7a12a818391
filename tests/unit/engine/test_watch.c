/* Every way in which a feed can lie or fall silent: stale within three seconds, nothing opens, the
 * strategies are told, the connection starts over, and the time to recover is kept. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_compare.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000, STEP = 250000000;

/* What the venue's market connection goes on sending, per product where it has one. */
struct world {
    struct rig *rig;
    bool user, market, beats, book, trades, ticker; /* of product 0; the others always speak */
    uint64_t beat[STREAM_COUNT], steps;
};

static void ticker(struct rig *rig, product_index product, const char *last)
{
    struct event event = {.kind = EVENT_TICKER};
    event.ticker.product = product;
    event.ticker.last = rig_price(last);
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &event);
}

static void beat(struct world *w, enum stream stream)
{
    rig_frame(w->rig, stream);
    rig_step(w->rig, &(struct event){.kind = EVENT_HEARTBEAT,
                                     .heartbeat = {stream, ++w->beat[stream]}});
}

/* Prices go to and fro between two ticks, so that each trade is a ticker's news. */
static void speak(struct world *w, product_index product)
{
    bool odd = (w->steps & 1) != 0, all = product != 0;
    if (all || w->book)
        rig_level(w->rig, product, SIDE_BUY, "98", odd ? "2" : "3");
    if (all || w->trades)
        rig_trade(w->rig, product, odd ? "99.5" : "100", "1");
    if (all || w->ticker)
        ticker(w->rig, product, odd ? "99.5" : "100");
}

static void step(struct world *w)
{
    struct rig *rig = w->rig;
    rig->now.mono_ns += STEP;
    rig->now.wall_ns += STEP;
    bool second = w->steps++ % 4 == 0;
    if (second && w->user)
        beat(w, STREAM_USER);
    if (second && w->market && w->beats)
        beat(w, STREAM_MARKET);
    for (product_index i = 0; w->market && i < 2; i++)
        speak(w, i);
    rig_step(rig, &(struct event){.kind = EVENT_TICK});
}

static void live(struct world *w, int64_t ns)
{
    for (; ns > 0; ns -= STEP)
        step(w);
}

static struct world create(void)
{
    struct world w = {rig_create(0), true, true, true, true, true, true, {0}, 0};
    engine_destroy(w.rig->engine);
    w.rig->settings.product_limits[0].sanity_band.e9 = DECIMAL_ONE / 10;
    w.rig->engine = engine_create(&w.rig->settings);
    rig_up(w.rig);
    w.beat[STREAM_MARKET] = w.beat[STREAM_USER] = w.rig->beat;
    live(&w, 2 * SECOND);
    rig_forget(w.rig);
    return w;
}

static uint32_t resets(const struct rig *rig, enum stream stream)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->command_count; i++)
        count += rig->commands[i].kind == COMMAND_STREAM_RESET &&
                 rig->commands[i].stream_reset.stream == stream;
    return count;
}

static bool opens(struct rig *rig)
{
    static order_ref ref = 1000; /* each asks under a name of its own */
    uint32_t places = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, 0, 0, SIDE_BUY, "97", "0.1", ++ref);
    if (rig_count(rig, COMMAND_PLACE) == places)
        return false;
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
    return true;
}

/* The link does as it was told, and the venue sends snapshots. */
static void start_over(struct world *w)
{
    rig_link(w->rig, STREAM_MARKET, false);
    rig_link(w->rig, STREAM_MARKET, true);
    for (product_index i = 0; i < 2; i++)
        rig_book(w->rig, i, "99", "101", "5");
}

/* ---- the faults */

static void skip_a_number(struct world *w)
{
    w->rig->sequence[STREAM_MARKET]++;
}
static void skip_a_beat(struct world *w)
{
    w->beat[STREAM_MARKET]++;
}
static void silence_all(struct world *w)
{
    w->market = false;
}
static void silence_beats(struct world *w)
{
    w->beats = false;
}
static void silence_book(struct world *w)
{
    w->book = false;
}
static void silence_trades(struct world *w)
{
    w->trades = false;
}
static void silence_ticker(struct world *w)
{
    w->ticker = false;
}
static void cross(struct world *w)
{
    rig_level(w->rig, 0, SIDE_BUY, "101.5", "1");
}
static void end_link(struct world *w)
{
    rig_link(w->rig, STREAM_MARKET, false);
    w->market = false;
}

struct fault { const char *name; void (*inject)(struct world *w); bool reset; };
static const struct fault FAULTS[] = {
    {"sequence_gap", skip_a_number, true},     {"heartbeat_gap", skip_a_beat, true},
    {"silent_stream", silence_all, true},      {"silent_heartbeat", silence_beats, true},
    {"silent_channel", silence_book, true},    {"silent_channel", silence_trades, true},
    {"silent_channel", silence_ticker, true},  {"crossed_book", cross, true},
    {"link_down", end_link, false},
};

static bool is_recovered(struct rig *rig, const char *name, struct recovery_row *ret)
{
    for (uint32_t i = 0; snapshot_recovery(rig->engine, i, ret); i++)
        if (strcmp(ret->fault, name) == 0)
            return true;
    return false;
}

/* AC-D1 | unit | a gap in the sequence or in the heartbeats | stale, told, no opens, resnapshot */
/* AC-D2 | unit | half-open, frozen, all channels but one | each seen within three seconds */
/* F22 | unit | a number or a heartbeat is skipped | stale at once, started over, recovery timed */
/* F23 | unit | the connection is open and says nothing | stale in 3 s, started over, timed */
/* F24 | unit | book, trades, ticker or heartbeats silent alone | proved by the rest within 3 s */
/* F25 | unit | half-open: nothing comes and nothing ends | stale in 3 s, started over */
/* F32 | unit | a book that stays crossed | stale at once, started over after 3 s */
static void every_fault_is_seen_told_and_recovered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        struct recovery_row recovery;
        struct world w = create();
        FAULTS[i].inject(&w);
        live(&w, 3 * SECOND + STEP);
        assert_true(rig_product(w.rig, 0).stale);
        assert_true(rig_notices(w.rig, 0, NOTICE_STALE) >= 1);
        assert_false(opens(w.rig));
        assert_int_equal(resets(w.rig, STREAM_MARKET), FAULTS[i].reset);
        assert_int_equal(resets(w.rig, STREAM_USER), 0);
        assert_false(is_recovered(w.rig, FAULTS[i].name, &recovery));
        w.market = w.beats = w.book = w.trades = w.ticker = true;
        start_over(&w);
        live(&w, 2 * SECOND);
        assert_false(rig_product(w.rig, 0).stale);
        assert_int_equal(rig_notices(w.rig, 0, NOTICE_FRESH),
                         rig_notices(w.rig, 0, NOTICE_STALE));
        assert_true(opens(w.rig));
        assert_true(is_recovered(w.rig, FAULTS[i].name, &recovery));
        assert_true(recovery.count >= 1 && recovery.max_ns <= 5 * SECOND);
        rig_destroy(w.rig);
    }
}

/* A channel that did not come back with the new connection keeps its product stale, but does not
 * have the connection of all the others torn down again and again. */
/* F24 | unit | the silent channel stays silent after the reconnect | stale, one reset in 30 s */
static void a_channel_that_stays_silent_does_not_storm(void **state)
{
    (void)state;
    struct world w = create();
    silence_trades(&w);
    live(&w, 4 * SECOND);
    start_over(&w);
    live(&w, 20 * SECOND);
    assert_true(rig_product(w.rig, 0).stale);
    assert_false(rig_product(w.rig, 1).stale);
    assert_int_equal(resets(w.rig, STREAM_MARKET), 1);
    live(&w, 15 * SECOND);
    assert_int_equal(resets(w.rig, STREAM_MARKET), 2);
    rig_destroy(w.rig);
}

/* Nothing traded and nothing moved: no other channel says that one should have spoken. */
static void a_quiet_product_is_no_fault(void **state)
{
    (void)state;
    struct world w = create();
    w.trades = w.ticker = false;
    live(&w, 20 * SECOND);
    assert_false(rig_product(w.rig, 0).stale);
    assert_int_equal(resets(w.rig, STREAM_MARKET), 0);
    rig_destroy(w.rig);
}

/* ---- prices that cannot be */

static void mid_to(struct rig *rig, const char *bid, const char *ask)
{
    rig_book(rig, 0, bid, ask, "5");
}

/* F32 | unit | the mid jumps by half and comes back | stale meanwhile, the mark never saw it */
static void a_wild_tick_prices_nothing(void **state)
{
    (void)state;
    struct world w = create();
    struct price mark = rig_product(w.rig, 0).mark;
    mid_to(w.rig, "149", "151");
    rig_trade(w.rig, 0, "150", "1000");
    assert_true(rig_product(w.rig, 0).stale);
    assert_int_equal(rig_notices(w.rig, 0, NOTICE_STALE), 1);
    assert_false(opens(w.rig));
    assert_int_equal(rig_product(w.rig, 0).mark.e9, mark.e9);
    mid_to(w.rig, "99", "101");
    assert_false(rig_product(w.rig, 0).stale);
    assert_true(opens(w.rig));
    assert_int_equal(rig_product(w.rig, 0).mark.e9, mark.e9);
    assert_int_equal(resets(w.rig, STREAM_MARKET), 0);
    rig_destroy(w.rig);
}

/* F32 | unit | the mid jumps by half and stays | unusable for ten seconds, then it is the market */
static void a_jump_that_stays_is_the_market(void **state)
{
    (void)state;
    struct recovery_row recovery;
    struct world w = create();
    mid_to(w.rig, "149", "151");
    live(&w, 9 * SECOND);
    assert_true(rig_product(w.rig, 0).stale);
    live(&w, 2 * SECOND);
    assert_false(rig_product(w.rig, 0).stale);
    assert_true(is_recovered(w.rig, "wild_book", &recovery));
    rig_destroy(w.rig);
}

/* F32 | unit | a side of the book empties, or its best price is zero | unusable until it is back */
static void an_empty_side_prices_nothing(void **state)
{
    (void)state;
    struct world w = create();
    rig_level(w.rig, 0, SIDE_SELL, "101", "0");
    assert_true(rig_product(w.rig, 0).stale);
    assert_false(opens(w.rig));
    rig_level(w.rig, 0, SIDE_SELL, "101", "2");
    assert_false(rig_product(w.rig, 0).stale);
    struct level zero = {{0}, {DECIMAL_ONE}, SIDE_BUY};
    rig_frame(w.rig, STREAM_MARKET);
    rig_step(w.rig, &(struct event){.kind = EVENT_BOOK,
                                    .book = {.product = 0, .levels = &zero, .count = 1}});
    assert_int_equal(rig_product(w.rig, 0).bid.e9, rig_price("99").e9);
    rig_destroy(w.rig);
}

/* ---- the user channel */

/* AC-D3 | unit | one frame of the user channel is suppressed | its stream starts over in 3 s */
/* F22 | unit | the lists show a fill that the user channel kept | compared afresh, stream reset */
static void a_suppressed_user_frame_resets_its_stream(void **state)
{
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct recovery_row recovery;
        struct world w = create();
        struct client_id id = rig_open_order(w.rig, 0, 0, SIDE_BUY, "97", "1", 1, "v1");
        rig_report(w.rig, id, "v1", VENUE_OPEN, "0.4", "97", REPORT_REST);
        rig_fill(w.rig, "t1", "v1", 0, SIDE_BUY, "97", "0.4", "0");
        w.rig->venue_position[0] = rig_size("0.4");
        if (told)
            rig_report(w.rig, id, "v1", VENUE_OPEN, "0.4", "97", REPORT_USER_UPDATE);
        live(&w, 3 * SECOND + STEP);
        assert_int_equal(resets(w.rig, STREAM_USER), !told);
        rig_link(w.rig, STREAM_USER, false);
        rig_link(w.rig, STREAM_USER, true);
        live(&w, 3 * SECOND);
        assert_int_equal(is_recovered(w.rig, "user_frame", &recovery), !told);
        assert_int_equal(resets(w.rig, STREAM_MARKET), 0);
        rig_destroy(w.rig);
    }
}

/* ---- time */

/* F66 | unit | the machine stands still for a minute, then old frames come | all void, no opens */
static void a_pause_voids_what_was_known(void **state)
{
    (void)state;
    struct world w = create();
    w.rig->hold_lists = true;
    w.rig->now.mono_ns += 60 * SECOND;
    w.rig->now.wall_ns += 60 * SECOND;
    beat(&w, STREAM_MARKET); /* from a buffer, in perfect order */
    speak(&w, 0);
    assert_int_equal(resets(w.rig, STREAM_MARKET), 1);
    assert_int_equal(resets(w.rig, STREAM_USER), 1);
    assert_true(rig_product(w.rig, 0).stale);
    assert_false(opens(w.rig));
    rig_link(w.rig, STREAM_USER, false);
    rig_link(w.rig, STREAM_USER, true);
    start_over(&w);
    live(&w, SECOND);
    assert_false(opens(w.rig)); /* prices are back, positions are not compared yet */
    rig_destroy(w.rig);
}

/* ---- age */

/* AC-D4 | unit | a book that stands still for a second | the view has its age, the gate refuses */
static void every_quote_has_its_age(void **state)
{
    (void)state;
    struct world w = create();
    engine_destroy(w.rig->engine);
    w.rig->settings.product_limits[0].max_book_age_ns = SECOND;
    w.rig->engine = engine_create(&w.rig->settings);
    rig_up(w.rig);
    w.beat[STREAM_MARKET] = w.beat[STREAM_USER] = w.rig->beat;
    live(&w, SECOND);
    assert_true(opens(w.rig));
    w.book = w.trades = w.ticker = false;
    live(&w, SECOND + STEP);
    rig_operator(w.rig, OPERATOR_REDUCE, TARGET_STRATEGY, 1, "for a change to be shown");
    int64_t age_ns = 0;
    for (int i = 0; i < 4; i++) {
        rig_step(w.rig, &(struct event){.kind = EVENT_CREDIT,
                                        .credit = {0, w.rig->generation[0]}});
        if (w.rig->views[0].product == 0)
            age_ns = w.rig->views[0].book_age_ns;
    }
    assert_true(age_ns > SECOND);
    assert_false(rig_product(w.rig, 0).stale);
    assert_false(opens(w.rig));
    struct verdict_row row;
    assert_true(snapshot_verdict(w.rig->engine, 0, &row));
    assert_int_equal(row.verdict.code, REFUSED_BOOK_STALE);
    rig_destroy(w.rig);
}

int suite_watch(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_seen_told_and_recovered),
        cmocka_unit_test(a_channel_that_stays_silent_does_not_storm),
        cmocka_unit_test(a_quiet_product_is_no_fault),
        cmocka_unit_test(a_wild_tick_prices_nothing),
        cmocka_unit_test(a_jump_that_stays_is_the_market),
        cmocka_unit_test(an_empty_side_prices_nothing),
        cmocka_unit_test(a_suppressed_user_frame_resets_its_stream),
        cmocka_unit_test(a_pause_voids_what_was_known),
        cmocka_unit_test(every_quote_has_its_age),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
