/* Feed, candles, averages, rates and latches: the small parts that market data and the gate use. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "engine/average.h"
#include "engine/candle.h"
#include "engine/feed.h"
#include "engine/guard.h"
#include "engine/rate.h"

static const int64_t SECOND = 1000000000;

/* ---- feed */

static void sequence_gap_lasts_until_the_link_is_new(void **state)
{
    (void)state;
    struct feed feed = {0};
    assert_false(feed_is_usable(&feed, STREAM_MARKET));
    feed_link(&feed, STREAM_MARKET, true, 1);
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 0, 2), FEED_GOOD);
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 1, 3), FEED_GOOD);
    assert_true(feed_is_usable(&feed, STREAM_MARKET));
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 1, 4), FEED_OLD);
    assert_false(feed_is_usable(&feed, STREAM_MARKET));
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 2, 5), FEED_GOOD);
    assert_true(feed_is_usable(&feed, STREAM_MARKET));
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 4, 6), FEED_GAP);
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 5, 7), FEED_GOOD);
    assert_false(feed_is_usable(&feed, STREAM_MARKET));
    feed_link(&feed, STREAM_MARKET, false, 8);
    feed_link(&feed, STREAM_MARKET, true, 9);
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 0, 10), FEED_GOOD);
    assert_true(feed_is_usable(&feed, STREAM_MARKET));
}

static void streams_are_counted_apart(void **state)
{
    (void)state;
    struct feed feed = {0};
    feed_link(&feed, STREAM_MARKET, true, 1);
    feed_link(&feed, STREAM_USER, true, 1);
    assert_int_equal(feed_frame(&feed, STREAM_MARKET, 40, 2), FEED_GOOD);
    assert_int_equal(feed_frame(&feed, STREAM_USER, 0, 2), FEED_GOOD);
    assert_int_equal(feed_frame(&feed, STREAM_USER, 2, 2), FEED_GAP);
    assert_true(feed_is_usable(&feed, STREAM_MARKET));
    assert_false(feed_is_usable(&feed, STREAM_USER));
}

static void heartbeat_counter_gap(void **state)
{
    (void)state;
    struct feed feed = {0};
    feed_link(&feed, STREAM_MARKET, true, 1);
    assert_int_equal(feed_heartbeat(&feed, STREAM_MARKET, 48948, 2), FEED_GOOD);
    assert_int_equal(feed_heartbeat(&feed, STREAM_MARKET, 48949, 3), FEED_GOOD);
    assert_int_equal(feed_heartbeat(&feed, STREAM_MARKET, 48949, 4), FEED_OLD);
    assert_true(feed_is_usable(&feed, STREAM_MARKET));
    assert_int_equal(feed_heartbeat(&feed, STREAM_MARKET, 48951, 5), FEED_GAP);
    assert_false(feed_is_usable(&feed, STREAM_MARKET));
}

/* ---- candles */

static struct trade trade_at(int64_t venue_ns, int64_t price, int64_t size)
{
    return (struct trade){.price = {price}, .size = {size}, .venue_ns = venue_ns};
}

static bool feed_trade(struct candle_builder *builder, int64_t ns, int64_t price, int64_t size,
                       struct candle *ret)
{
    struct trade trade = trade_at(ns, price, size);
    return candle_apply(builder, &trade, ret);
}

static void candle_is_wall_aligned(void **state)
{
    (void)state;
    struct candle_builder builder;
    struct candle closed;
    candle_init(&builder, 60 * SECOND);
    assert_false(feed_trade(&builder, 130 * SECOND, 100, 1, &closed));
    assert_false(feed_trade(&builder, 131 * SECOND, 120, 2, &closed));
    assert_false(feed_trade(&builder, 140 * SECOND, 90, 3, &closed));
    assert_false(feed_trade(&builder, 179 * SECOND, 110, 4, &closed));
    assert_true(feed_trade(&builder, 180 * SECOND, 111, 5, &closed));
    assert_int_equal(closed.start_ns, 120 * SECOND);
    assert_int_equal(closed.length_ns, 60 * SECOND);
    assert_int_equal(closed.open.e9, 100);
    assert_int_equal(closed.high.e9, 120);
    assert_int_equal(closed.low.e9, 90);
    assert_int_equal(closed.close.e9, 110);
    assert_int_equal(closed.volume.e9, 10);
    assert_int_equal(closed.trades, 4);
}

static void candle_closes_by_time_and_late_trades_are_left(void **state)
{
    (void)state;
    struct candle_builder builder;
    struct candle closed;
    candle_init(&builder, 60 * SECOND);
    assert_int_equal(candle_due_wall_ns(&builder), INT64_MAX);
    feed_trade(&builder, 61 * SECOND, 100, 1, &closed);
    assert_int_equal(candle_due_wall_ns(&builder), 120 * SECOND + CANDLE_GRACE_NS);
    assert_false(candle_flush(&builder, 120 * SECOND, &closed));
    /* Within the grace a trade of the old minute still counts. */
    assert_false(feed_trade(&builder, 119 * SECOND, 101, 1, &closed));
    assert_true(candle_flush(&builder, 120 * SECOND + CANDLE_GRACE_NS, &closed));
    assert_int_equal(closed.trades, 2);
    assert_false(candle_flush(&builder, 500 * SECOND, &closed)); /* no trade, no candle */
    assert_false(feed_trade(&builder, 119 * SECOND, 101, 1, &closed));
    assert_int_equal(builder.late, 1);
    assert_false(builder.open);
    assert_false(candle_flush(&builder, INT64_MAX, &closed)); /* nor at the end of time */
    /* Of a minute that nothing was told of, before the one that is open. */
    assert_false(feed_trade(&builder, 301 * SECOND, 102, 1, &closed));
    assert_false(feed_trade(&builder, 239 * SECOND, 90, 1, &closed));
    assert_int_equal(builder.late, 2);
    assert_true(candle_flush(&builder, 400 * SECOND, &closed));
    assert_int_equal(closed.low.e9, 102);
}

/* Any stream of trades in order: candles cover each trade once, in order, without overlap. */
static void candles_cover_all_trades(void **state)
{
    (void)state;
    struct prng prng;
    struct candle_builder builder;
    struct candle closed, last = {0};
    int64_t at_ns = 1000 * SECOND, volume = 0, told = 0;
    prng_seed(&prng, 5);
    candle_init(&builder, 7 * SECOND);
    for (int i = 0; i < 20000; i++) {
        int64_t size = 1 + (int64_t)prng_below(&prng, 9);
        at_ns += (int64_t)prng_below(&prng, (uint64_t)(3 * SECOND));
        volume += size;
        if (!feed_trade(&builder, at_ns, 1 + (int64_t)prng_below(&prng, 50), size, &closed))
            continue;
        assert_int_equal(closed.start_ns % (7 * SECOND), 0);
        assert_true(closed.start_ns >= last.start_ns + last.length_ns);
        assert_true(closed.low.e9 <= closed.open.e9 && closed.open.e9 <= closed.high.e9);
        assert_true(closed.low.e9 <= closed.close.e9 && closed.close.e9 <= closed.high.e9);
        told += closed.volume.e9;
        last = closed;
    }
    assert_true(candle_flush(&builder, INT64_MAX, &closed));
    assert_int_equal(told + closed.volume.e9, volume);
    assert_int_equal(builder.late, 0);
}

/* ---- averages */

static void vwap_of_the_window(void **state)
{
    (void)state;
    static struct average average;
    struct price price;
    memset(&average, 0, sizeof average);
    assert_false(average_get(&average, 1000 * SECOND, &price));
    average_add(&average, 1000 * SECOND, (struct price){100}, 3);
    average_add(&average, 1001 * SECOND, (struct price){200}, 1);
    assert_true(average_get(&average, 1001 * SECOND, &price));
    assert_int_equal(price.e9, 125);
    assert_true(average_get(&average, 1180 * SECOND, &price));
    assert_int_equal(price.e9, 200); /* the first has left the window */
    assert_false(average_get(&average, 1181 * SECOND, &price));
    assert_true(average.sum == 0 && average.weight == 0);
    average_add(&average, 1000 * SECOND, (struct price){100}, 3); /* older than the window */
    assert_false(average_get(&average, 1181 * SECOND, &price));
}

/* F30 | unit | trades larger than the sums have room for | passed over, the average stands */
static void an_average_of_the_largest_trades_stands(void **state)
{
    (void)state;
    static struct average average;
    struct price price;
    memset(&average, 0, sizeof average);
    average_add(&average, -1, (struct price){7}, 1); /* from before there was a clock */
    assert_false(average_get(&average, 0, &price));
    for (int i = 0; i < 4; i++) { /* two of them are all that money holds */
        average_add(&average, (1000 + i) * SECOND, (struct price){INT64_MAX}, INT64_MAX);
        average_add(&average, (1000 + i) * SECOND, (struct price){1}, INT64_MAX); /* same second */
    }
    assert_true(average_get(&average, 1003 * SECOND, &price));
    assert_true(average.weight == 2 * (__int128)INT64_MAX + 2 * (__int128)INT64_MAX);
    assert_int_equal(price.e9, INT64_MAX / 2 + 1);
    assert_true(average_get(&average, 1182 * SECOND, &price)); /* the last second is left */
    assert_int_equal(price.e9, 1);
}

static void twap_weighs_by_time(void **state)
{
    (void)state;
    static struct average average;
    struct price price;
    memset(&average, 0, sizeof average);
    average_hold(&average, 1000 * SECOND, 1003 * SECOND + SECOND / 2, (struct price){1000});
    average_hold(&average, 1003 * SECOND + SECOND / 2, 1007 * SECOND, (struct price){2000});
    assert_true(average_get(&average, 1007 * SECOND, &price));
    assert_int_equal(price.e9, 1500);
    average_hold(&average, 1007 * SECOND, 90000 * SECOND, (struct price){3000});
    assert_true(average_get(&average, 90000 * SECOND, &price));
    assert_int_equal(price.e9, 3000);
}

/* ---- rates */

static void rate_counts_at_least_the_window(void **state)
{
    (void)state;
    struct rate rate;
    struct prng prng;
    int64_t sent[4000], at_ns = 5 * SECOND;
    prng_seed(&prng, 3);
    rate_init(&rate, SECOND);
    for (int i = 0; i < 4000; i++) {
        uint32_t exact = 0, wide = 0;
        at_ns += (int64_t)prng_below(&prng, (uint64_t)SECOND / 10);
        sent[i] = at_ns;
        rate_add(&rate, at_ns);
        for (int k = 0; k <= i; k++) {
            exact += sent[k] > at_ns - SECOND;
            wide += sent[k] > at_ns - SECOND - SECOND / 8;
        }
        assert_in_range(rate_get(&rate, at_ns), exact, wide);
    }
    assert_int_equal(rate_get(&rate, at_ns + 10 * SECOND), 0);
}

/* ---- latches */

static void latches_only_tighten(void **state)
{
    (void)state;
    struct guard guard = {0};
    struct record_latch latch;
    assert_true(guard_tighten(&guard, LATCH_PRODUCT, 3, TRADING_HALTED, true, "a", &latch));
    assert_int_equal(latch.state, TRADING_HALTED);
    assert_int_equal(latch.index, 3);
    assert_false(guard_tighten(&guard, LATCH_PRODUCT, 3, TRADING_REDUCING, true, "b", &latch));
    assert_int_equal(guard_tightest(&guard, 0, 3), TRADING_HALTED);
    assert_int_equal(guard_tightest(&guard, 0, 2), TRADING_ACTIVE);
    assert_true(guard_tighten(&guard, LATCH_STRATEGY, 1, TRADING_REDUCING, false, "c", &latch));
    assert_int_equal(guard_tightest(&guard, 1, 2), TRADING_REDUCING);
    assert_true(guard_tighten(&guard, LATCH_ACCOUNT, 0, TRADING_REDUCING, false, "d", &latch));
    assert_int_equal(guard_tightest(&guard, ACTOR_OPERATOR, 0), TRADING_REDUCING);
    assert_int_equal(guard_tightest(&guard, ACTOR_OPERATOR, NO_PRODUCT), TRADING_REDUCING);
    assert_true(guard_resume(&guard, LATCH_ACCOUNT, 0, "looked at it", &latch));
    assert_string_equal(latch.reason, "looked at it");
    assert_false(guard_resume(&guard, LATCH_ACCOUNT, 0, "again", &latch));
    assert_int_equal(guard_tightest(&guard, 0, 0), TRADING_ACTIVE);
}

static void latches_are_restored(void **state)
{
    (void)state;
    struct guard guard = {0}, again = {0};
    struct record_latch latch;
    guard_tighten(&guard, LATCH_ACCOUNT, 0, TRADING_HALTED, true, "fire", &latch);
    assert_true(guard_restore(&again, &latch));
    assert_memory_equal(&guard, &again, sizeof guard);
    latch.state = (enum trading_state)77;
    assert_false(guard_restore(&again, &latch));
    latch.state = TRADING_ACTIVE;
    latch.scope = LATCH_PRODUCT;
    latch.index = MAX_PRODUCTS;
    assert_false(guard_restore(&again, &latch));
    latch.scope = LATCH_STRATEGY;
    latch.index = MAX_STRATEGIES;
    assert_false(guard_restore(&again, &latch));
    latch.scope = LATCH_PRODUCT + 1;
    latch.index = 0;
    assert_false(guard_restore(&again, &latch));
    assert_memory_equal(&guard, &again, sizeof guard);
}

int suite_market_parts(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_gap_lasts_until_the_link_is_new),
        cmocka_unit_test(streams_are_counted_apart),
        cmocka_unit_test(heartbeat_counter_gap),
        cmocka_unit_test(candle_is_wall_aligned),
        cmocka_unit_test(candle_closes_by_time_and_late_trades_are_left),
        cmocka_unit_test(candles_cover_all_trades),
        cmocka_unit_test(vwap_of_the_window),
        cmocka_unit_test(an_average_of_the_largest_trades_stands),
        cmocka_unit_test(twap_weighs_by_time),
        cmocka_unit_test(rate_counts_at_least_the_window),
        cmocka_unit_test(latches_only_tighten),
        cmocka_unit_test(latches_are_restored),
    };
    return cmocka_run_group_tests_name("market parts", tests, NULL, NULL);
}
