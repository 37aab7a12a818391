/* Frames to events: every channel, any order of keys, and nothing of a frame that fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/text.h"
#include "suites.h"
#include "wire/coinbase_feed.h"

enum { EVENTS_KEPT = 16, LEVELS_KEPT = 64 };

static struct catalog catalog;
static struct coinbase_feed *feed;
static struct err err;
static struct event events[EVENTS_KEPT];
static struct level levels[LEVELS_KEPT];
static uint32_t event_count, level_count;

static void note(void *context, const struct event *event)
{
    (void)context;
    if (event_count < EVENTS_KEPT)
        events[event_count] = *event;
    event_count++;
    if (event->kind == EVENT_BOOK)
        for (uint32_t i = 0; i < event->book.count; i++, level_count++)
            if (level_count < LEVELS_KEPT)
                levels[level_count] = event->book.levels[i];
}

static int decode_bytes(const char *text, size_t length)
{
    event_count = level_count = 0;
    err.text[0] = '\0';
    return coinbase_feed_decode(feed, STREAM_MARKET, text, length, note, NULL, &err);
}

static void decode(const char *text)
{
    if (decode_bytes(text, strlen(text)) < 0)
        fail_msg("%s: %s", text, err.text);
}

static void refuses(const char *text, const char *words)
{
    if (decode_bytes(text, strlen(text)) == 0)
        fail_msg("taken: %s", text);
    assert_int_equal(event_count, 0);
    if (!strstr(err.text, words))
        fail_msg("%s: '%s' does not say '%s'", text, err.text, words);
}

static int start(void **state)
{
    (void)state;
    static const struct { const char *id; int64_t contract_e9; } PRODUCTS[] = {
        {"BIP-20DEC30-CDE", 10000000}, {"BTC-PERP-INTX", DECIMAL_ONE}};
    catalog.count = 2;
    for (int i = 0; i < 2; i++) {
        snprintf(catalog.items[i].product_id, PRODUCT_ID_MAX, "%s", PRODUCTS[i].id);
        catalog.items[i].contract_size.e9 = PRODUCTS[i].contract_e9;
    }
    feed = coinbase_feed_create(&catalog);
    return feed ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    coinbase_feed_destroy(feed);
    coinbase_feed_destroy(NULL);
    return 0;
}

#define LEVEL(side, price, size)                                                                  \
    "{\"side\":\"" side "\",\"event_time\":\"2026-09-30T02:39:53.977543Z\","                      \
    "\"price_level\":\"" price "\",\"new_quantity\":\"" size "\"}"
#define BOOK(type, id, updates)                                                                   \
    "{\"channel\":\"l2_data\",\"timestamp\":\"2026-09-30T02:39:54.014999553Z\","                  \
    "\"sequence_num\":22,\"events\":[{\"type\":\"" type "\",\"product_id\":\"" id "\","           \
    "\"updates\":[" updates "]}]}"

static void a_book_update_is_told_in_base_coin(void **state)
{
    (void)state;
    decode(BOOK("update", "BIP-20DEC30-CDE", LEVEL("bid", "83275", "17") ","
                LEVEL("offer", "83280.5", "0")));
    assert_int_equal(event_count, 2);
    assert_int_equal(events[0].kind, EVENT_FRAME);
    assert_int_equal(events[0].frame.sequence, 22);
    assert_int_equal(events[0].frame.venue_ns, 1790735994014999553);
    const struct event_book *book = &events[1].book;
    assert_int_equal(events[1].kind, EVENT_BOOK);
    assert_int_equal(book->product, 0);
    assert_false(book->snapshot);
    assert_int_equal(book->venue_ns, 1790735993977543000);
    assert_int_equal(level_count, 2);
    assert_int_equal(levels[0].side, SIDE_BUY);
    assert_int_equal(levels[0].price.e9, 83275 * (int64_t)DECIMAL_ONE);
    assert_int_equal(levels[0].size.e9, 170000000);
    assert_int_equal(levels[1].side, SIDE_SELL);
    assert_int_equal(levels[1].price.e9, 83280500000000);
    assert_int_equal(levels[1].size.e9, 0);
}

static void keys_may_come_in_any_order(void **state)
{
    (void)state;
    decode("{\"events\":[{\"updates\":[{\"new_quantity\":\"3\",\"price_level\":\"5\",\"odd\":[{}],"
           "\"side\":\"bid\"}],\"product_id\":\"BIP-20DEC30-CDE\",\"new\":null,\"type\":"
           "\"snapshot\"}],\"sequence_num\":\"7\",\"client_id\":\"\",\"more\":{\"a\":[1]},"
           "\"channel\":\"l2_data\",\"timestamp\":\"2026-09-30T02:39:54Z\"}");
    assert_int_equal(event_count, 2);
    assert_int_equal(events[0].frame.sequence, 7);
    assert_true(events[1].book.snapshot);
    assert_int_equal(levels[0].size.e9, 30000000);
    /* No event_time: the frame's own stands for it, though it came last. */
    assert_int_equal(events[1].book.venue_ns, 1790735994000000000);
    decode("{\"events\":[{\"updates\":[7],\"product_id\":\"ELSE-USD\",\"type\":\"odd\"}],"
           "\"channel\":\"l2_data\",\"sequence_num\":8}");
    assert_int_equal(event_count, 1);
}

/* One level in a spelling of its own: what the fast path knows, or what it does not. */
static size_t spell_level(struct prng *prng, char *out, size_t capacity, const struct level *level)
{
    char price[DECIMAL_TEXT_MAX], size[DECIMAL_TEXT_MAX];
    const char *side = level->side == SIDE_BUY ? "bid" : "offer";
    static const char *const TIMES[] = {"2026-09-30T02:39:53.977543Z", "1970-01-01T00:00:00Z",
                                        "odd", "a time\\u0020with an escape"};
    const char *time = TIMES[prng_below(prng, 8) < 5 ? 0 : prng_below(prng, 4)];
    price_format(level->price, price);
    size_format(level->size, size);
    switch (prng_below(prng, 6)) {
    case 0:
        return (size_t)snprintf(out, capacity, "{\"price_level\":\"%s\",\"side\":\"%s\","
                                "\"new_quantity\":\"%s\",\"event_time\":\"%s\"}",
                                price, side, size, time);
    case 1:
        return (size_t)snprintf(out, capacity, "{ \"side\": \"%s\", \"event_time\": \"%s\", "
                                "\"price_level\": %s, \"new_quantity\": %s }",
                                side, time, price, size);
    case 2:
        return (size_t)snprintf(out, capacity, "{\"side\":\"%s\",\"event_time\":\"%s\","
                                "\"price_level\":\"%s\",\"new_quantity\":\"%s\",\"x\":[{}]}",
                                side, time, price, size);
    case 3:
        return (size_t)snprintf(out, capacity, "{\"side\":\"%s\",\"event_time\":\"%s\","
                                "\"price_level\":\"000000000000%s\",\"new_quantity\":\"%s\"}",
                                side, time, price, size);
    default:
        return (size_t)snprintf(out, capacity, "{\"side\":\"%s\",\"event_time\":\"%s\","
                                "\"price_level\":\"%s\",\"new_quantity\":\"%s\"}",
                                side, time, price, size);
    }
}

static struct level any_level(struct prng *prng)
{
    static const int64_t STEPS[] = {1, 10, 1000, 10000000, 1000000000, 5000000000};
    int64_t step = STEPS[prng_below(prng, 6)];
    int64_t most = INT64_MAX / 2 / step;
    return (struct level){
        .price = {step * (1 + (int64_t)prng_below(prng, prng_below(prng, 2) ? 1000000
                                                                          : (uint64_t)most))},
        .size = {step * (int64_t)prng_below(prng, prng_below(prng, 2) ? 1000 : (uint64_t)most)},
        .side = prng_below(prng, 2) ? SIDE_BUY : SIDE_SELL};
}

/* Fast path and slow path, mixed in one message, tell the same levels. */
static void all_spellings_of_a_level_mean_the_same(void **state)
{
    (void)state;
    struct prng prng;
    struct level want[LEVELS_KEPT];
    char text[32768];
    prng_seed(&prng, 4711);
    for (int round = 0; round < 2000; round++) {
        uint64_t count = prng_below(&prng, 24);
        size_t length = (size_t)snprintf(
            text, sizeof text, "{\"channel\":\"l2_data\",\"timestamp\":\"2026-09-30T02:39:54Z\","
            "\"sequence_num\":1,\"events\":[{\"type\":\"update\",\"product_id\":\"BTC-PERP-INTX\","
            "\"updates\":[");
        for (uint64_t i = 0; i < count; i++) {
            want[i] = any_level(&prng);
            if (i > 0)
                text[length++] = ',';
            length += spell_level(&prng, text + length, sizeof text - length, &want[i]);
        }
        length += (size_t)snprintf(text + length, sizeof text - length, "]}]}");
        text[length] = '\0';
        decode(text);
        assert_int_equal(level_count, count);
        for (uint64_t i = 0; i < count; i++) {
            assert_int_equal(levels[i].price.e9, want[i].price.e9);
            assert_int_equal(levels[i].size.e9, want[i].size.e9);
            assert_int_equal(levels[i].side, want[i].side);
        }
    }
}

/* F30 | unit | levels that are no exact decimals | the frame is refused */
static void a_level_that_is_not_exact_takes_the_frame_with_it(void **state)
{
    (void)state;
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "1") ","
                 LEVEL("bid", "1.0000000001", "1")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "-1")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "1e2")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", " 1")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "1.")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "", "1")), "without a price");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "0", "1")), "without a price");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "99999999999", "1")), "not an exact");
    refuses(BOOK("update", "BTC-PERP-INTX", LEVEL("left", "1", "1")), "neither bid nor offer");
    refuses(BOOK("update", "BIP-20DEC30-CDE", LEVEL("bid", "1", "0.00000001")), "contract size");
    refuses(BOOK("rumour", "BTC-PERP-INTX", LEVEL("bid", "1", "1")), "neither snapshot nor update");
    refuses("{\"channel\":\"l2_data\",\"sequence_num\":1,\"events\":[{\"type\":\"update\","
            "\"product_id\":\"BTC-PERP-INTX\"}]}", "neither snapshot nor update");
    /* The first of two events is fine, and does not leave either. */
    refuses("{\"channel\":\"l2_data\",\"sequence_num\":1,\"events\":[{\"type\":\"update\","
            "\"product_id\":\"BTC-PERP-INTX\",\"updates\":[" LEVEL("bid", "1", "1") "]},{\"type\":"
            "\"update\",\"product_id\":\"BTC-PERP-INTX\",\"updates\":[" LEVEL("bid", "1", "x")
            "]}]}", "not an exact");
}

/* F29 | unit | a frame cut at every byte | refused */
static void every_prefix_of_a_frame_is_refused(void **state)
{
    (void)state;
    static const char *const FRAMES[] = {
        BOOK("update", "BTC-PERP-INTX", LEVEL("bid", "1", "1") "," LEVEL("offer", "2", "1")),
        "{\"channel\":\"heartbeats\",\"sequence_num\":1,\"events\":[{\"heartbeat_counter\":1}]}",
        "{\"type\":\"error\",\"message\":\"authentication failure\"}",
    };
    for (int i = 0; i < 3; i++) {
        size_t whole = strlen(FRAMES[i]);
        for (size_t length = 0; length < whole; length++) {
            /* A copy that ends where the frame does, so that a read behind it is caught. */
            char *copy = malloc(length + 1);
            assert_non_null(copy);
            memcpy(copy, FRAMES[i], length);
            char *exact = realloc(copy, length ? length : 1);
            assert_int_equal(decode_bytes(exact, length), -1);
            assert_int_equal(event_count, 0);
            free(exact);
        }
        decode(FRAMES[i]);
    }
}

#define TRADE(id, number, side, time)                                                             \
    "{\"product_id\":\"" id "\",\"trade_id\":\"" number "\",\"price\":\"5\",\"size\":\"2\","      \
    "\"time\":\"2026-09-30T02:39:" time "Z\",\"side\":\"" side "\"}"
#define TRADES(type, list)                                                                        \
    "{\"channel\":\"market_trades\",\"sequence_num\":1,\"events\":[{\"type\":\"" type             \
    "\",\"trades\":[" list "]}]}"

static void trades_are_oldest_first_and_turned_to_the_aggressor(void **state)
{
    (void)state;
    decode(TRADES("snapshot",
                  TRADE("BIP-20DEC30-CDE", "12", "BUY", "12") ","
                  TRADE("BIP-20DEC30-CDE", "11", "SELL", "11") ","
                  TRADE("BIP-20DEC30-CDE", "9", "UNKNOWN_ORDER_SIDE", "09")));
    const struct event_trades *trades = &events[1].trades;
    assert_int_equal(event_count, 2);
    assert_true(trades->snapshot);
    assert_int_equal(trades->count, 3);
    for (uint32_t i = 1; i < 3; i++)
        assert_true(trades->trades[i - 1].trade_id < trades->trades[i].trade_id);
    assert_int_equal(trades->trades[0].aggressor, SIDE_UNKNOWN);
    assert_int_equal(trades->trades[1].aggressor, SIDE_BUY);
    assert_int_equal(trades->trades[2].aggressor, SIDE_SELL);
    assert_int_equal(trades->trades[0].size.e9, 20000000);
}

static void trades_of_several_products_are_taken_apart(void **state)
{
    (void)state;
    decode(TRADES("update",
                  TRADE("BTC-PERP-INTX", "5", "BUY", "01") "," TRADE("BIP-20DEC30-CDE", "8", "BU"
                      "Y", "02")
                  "," TRADE("BTC-PERP-INTX", "3", "BUY", "03") "," TRADE("ELSE-USD", "1", "BUY", "0"
                      "4")
                  "," TRADE("BIP-20DEC30-CDE", "7", "BUY", "05") ","
                  TRADE("BTC-PERP-INTX", "4", "BUY", "06")));
    assert_int_equal(event_count, 3);
    assert_int_equal(events[1].trades.product, 0);
    assert_int_equal(events[1].trades.count, 2);
    assert_int_equal(events[1].trades.trades[0].trade_id, 7);
    assert_int_equal(events[2].trades.product, 1);
    assert_int_equal(events[2].trades.count, 3);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(events[2].trades.trades[i].trade_id, 3 + i);
    assert_false(events[2].trades.snapshot);
    /* Ids that are no numbers: their time decides. */
    decode(TRADES("update", TRADE("BTC-PERP-INTX", "b-2", "BUY", "09") ","
                  TRADE("BTC-PERP-INTX", "a-1", "SELL", "08")));
    assert_int_equal(events[1].trades.trades[0].aggressor, SIDE_BUY);
    refuses("{\"channel\":\"market_trades\",\"sequence_num\":1,\"events\":[{\"type\":\"update\"}]}",
            "without its list");
}

static void tickers_never_invent_a_quote(void **state)
{
    (void)state;
    decode("{\"channel\":\"ticker\",\"sequence_num\":1,\"events\":[{\"type\":\"update\","
           "\"tickers\":["
           "{\"product_id\":\"BIP-20DEC30-CDE\",\"price\":\"2345.5\",\"best_bid\":\"\","
           "\"best_ask\":"
           "null},{\"product_id\":\"\",\"price\":\"\"},{\"product_id\":\"BTC-PERP-INTX\",\"price\":"
           "\"\",\"best_bid\":\"1\",\"best_ask\":2.5}]}]}");
    assert_int_equal(event_count, 3);
    assert_int_equal(events[1].ticker.last.e9, 2345500000000);
    assert_int_equal(events[1].ticker.bid.e9, 0);
    assert_int_equal(events[1].ticker.ask.e9, 0);
    assert_int_equal(events[2].ticker.last.e9, 0);
    assert_int_equal(events[2].ticker.ask.e9, 2500000000);
}

/* F31 | unit | a channel of next year | counted in the sequence, else passed over */
static void heartbeats_and_other_channels(void **state)
{
    (void)state;
    decode("{\"channel\":\"heartbeats\",\"sequence_num\":3,\"events\":[{\"current_time\":\"2026-08-"
           "21 "
           "02:59:33.627478414 +0000 UTC m=+48948.2\",\"heartbeat_counter\":\"48948\"}]}");
    assert_int_equal(events[1].kind, EVENT_HEARTBEAT);
    assert_int_equal(events[1].heartbeat.counter, 48948);
    /* Known and unknown channels that tell nothing still count. */
    static const char *const QUIET[] = {"subscriptions", "status", "a_channel_of_next_year", ""};
    for (int i = 0; i < 4; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "{\"channel\":\"%s\",\"sequence_num\":%d,\"events\":[{\"x\":{}}]}", QUIET[i], i);
        decode(text);
        assert_int_equal(event_count, 1);
        assert_int_equal(events[0].frame.sequence, i);
    }
    refuses("{\"channel\":\"subscriptions\",\"events\":[]}", "without sequence_num");
    refuses("{\"channel\":\"heartbeats\",\"sequence_num\":-1,\"events\":[]}", "no whole number");
    refuses("{\"channel\":\"heartbeats\",\"sequence_num\":1}", "without events");
    refuses("{\"channel\":7,\"sequence_num\":1}", "a string was expected");
    refuses("{\"sequence_num\":1,\"events\":[]}", "neither a channel nor an error");
    refuses("[]", "an object was expected");
}

/* F27 | unit | an error frame | the link is down, with the venue's words */
static void an_error_frame_is_a_dead_link(void **state)
{
    (void)state;
    decode("{\"type\":\"error\",\"message\":\"authentication failure\\u001b[0m\"}");
    assert_int_equal(event_count, 1);
    assert_int_equal(events[0].kind, EVENT_LINK);
    assert_false(events[0].link.up);
    assert_string_equal(events[0].link.reason, "the venue says: authentication failure [0m");
    decode("{\"type\":\"error\"}");
    assert_string_equal(events[0].link.reason, "the venue says");
}

static void candles_are_five_minutes(void **state)
{
    (void)state;
    decode("{\"channel\":\"candles\",\"sequence_num\":1,\"events\":[{\"candles\":[{\"start\":"
           "\"1787250300\",\"high\":\"4\",\"low\":\"1\",\"open\":\"2\",\"close\":\"3\",\"volume\":"
           "\"6518\",\"product_id\":\"BIP-20DEC30-CDE\"}],\"type\":\"update\"}]}");
    const struct event_venue_candle *candle = &events[1].venue_candle;
    assert_false(candle->snapshot);
    assert_int_equal(candle->candle.start_ns, 1787250300000000000);
    assert_int_equal(candle->candle.length_ns, 300000000000);
    assert_int_equal(candle->candle.high.e9, 4 * (int64_t)DECIMAL_ONE);
    assert_int_equal(candle->candle.volume.e9, 65180000000);
    refuses("{\"channel\":\"candles\",\"sequence_num\":1,\"events\":[{\"candles\":[{\"start\":\"soo"
            "n\","
            "\"product_id\":\"BIP-20DEC30-CDE\"}]}]}", "not exact decimals");
}

#define ORDER(id, status, filled, leaves)                                                         \
    "{\"order_id\":\"" id "\",\"client_order_id\":\"0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3\","      \
    "\"product_id\":\"BIP-20DEC30-CDE\",\"order_side\":\"SELL\",\"order_type\":\"Stop Limit\","   \
    "\"status\":\"" status "\",\"cumulative_quantity\":\"" filled "\","                           \
    "\"leaves_quantity\":\"" leaves "\",\"avg_price\":\"1.00000000049\",\"limit_price\":\"\","    \
    "\"post_only\":\"true\",\"time_in_force\":\"GOOD_UNTIL_CANCELLED\","                          \
    "\"creation_time\":\"2026-09-30T02:37:14Z\"}"
#define USER(type, orders, more)                                                                  \
    "{\"channel\":\"user\",\"sequence_num\":1,\"events\":[{\"orders\":[" orders "]" more          \
    ",\"type\":\"" type "\"}]}"

/* F31 | unit | an order status that does not exist | unknown, and its leaves count */
static void the_user_channel_tells_cumulative_state(void **state)
{
    (void)state;
    decode(USER("update", ORDER("v1", "OPEN", "2", "3") "," ORDER("v2", "CANCELLED", "2", "9") ","
                ORDER("v3", "BUSTED", "0", "5"), ""));
    assert_int_equal(event_count, 4);
    const struct event_order_report *order = &events[1].order;
    assert_int_equal(order->source, REPORT_USER_UPDATE);
    assert_int_equal(order->status, VENUE_OPEN);
    assert_int_equal(order->type, ORDER_TYPE_STOP_LIMIT);
    assert_int_equal(order->side, SIDE_SELL);
    assert_int_equal(order->filled.e9, 20000000);
    assert_int_equal(order->leaves.e9, 30000000);
    assert_int_equal(order->size.e9, 0);
    assert_int_equal(order->average_price.e9, DECIMAL_ONE);
    assert_true(order->has_client_id);
    /* An ended order leaves nothing, whatever it says. */
    assert_int_equal(events[2].order.leaves.e9, 0);
    assert_int_equal(events[3].order.status, VENUE_STATUS_UNKNOWN);
    assert_int_equal(events[3].order.leaves.e9, 50000000);
    /* What is not an update is state and never news: snapshots go on in "patch" messages. */
    decode(USER("patch", ORDER("v1", "OPEN", "2", "3"), ""));
    assert_int_equal(events[1].order.source, REPORT_USER_SNAPSHOT);
    refuses(USER("update", ORDER("v1", "OPEN", "0.00000001", "3"), ""), "not an exact decimal");
}

static void the_user_channel_tells_positions(void **state)
{
    (void)state;
    decode(USER("update", "", ",\"positions\":{\"perpetual_futures_positions\":[{\"product_id\":"
                "\"BTC-PERP-INTX\",\"position_side\":\"Short\",\"net_size\":\"-0.02\","
                "\"entry_vwap\":"
                "\"5\"},{\"product_id\":\"ELSE\",\"net_size\":\"1\"}],"
                "\"expiring_futures_positions\":["
                "{\"product_id\":\"BIP-20DEC30-CDE\",\"side\":\"Long\","
                "\"number_of_contracts\":\"3\","
                "\"unrealized_pnl\":\"-21.199999999999932\"}],"
                "\"prediction_market_positions\":[{}]}"));
    assert_int_equal(event_count, 3);
    assert_int_equal(events[1].position.size.e9, -20000000);
    assert_int_equal(events[2].position.size.e9, 30000000);
    decode(USER("snapshot", "", ",\"positions\":null"));
    assert_int_equal(event_count, 1);
}

static void times_are_right_on_any_day(void **state)
{
    (void)state;
    static const char *const TIMES[] = {
        "2026-09-30T00:00:00Z", "2026-09-30T23:59:59.999999999Z", "2026-10-01T00:00:00.1Z",
        "2024-02-29T12:00:00Z", "2026-09-30T02:39:54.5+00:00", "2026-09-30T02:39:54.014Z"};
    char text[256];
    int64_t want;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
            snprintf(text, sizeof text, "{\"channel\":\"x\",\"timestamp\":\"%s\","
                                        "\"sequence_num\":1}",
                     TIMES[i]);
            decode(text);
            assert_true(text_parse_time(TIMES[i], strlen(TIMES[i]), &want));
            assert_int_equal(events[0].frame.venue_ns, want);
        }
    static const char *const BAD[] = {"2026-09-30T24:00:00Z", "2026-09-30T02:60:00Z",
                                      "2026-09-30T02:00:60Z", "2026-09-30T02:00:00.Z",
                                      "2026-09-30T02:00:00.1234567890Z", "2026-09-30T0a:00:00Z",
                                      "2026-09-30", ""};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        snprintf(text, sizeof text, "{\"channel\":\"x\",\"timestamp\":\"%s\",\"sequence_num\":1}",
                 BAD[i]);
        refuses(text, "not RFC 3339");
    }
}

/* F28 | unit | one level or trade past the bound | refused */
static void a_frame_past_its_bounds_is_refused(void **state)
{
    (void)state;
    static const char ONE_LEVEL[] = LEVEL("bid", "1", "1"), ONE_TRADE[] =
        TRADE("BTC-PERP-INTX", "1", "BUY", "01");
    size_t most = (MAX_MESSAGE_LEVELS + 2) * sizeof ONE_LEVEL + 512;
    char *text = malloc(most);
    assert_non_null(text);
    for (int extra = 0; extra < 2; extra++) {
        size_t length = (size_t)snprintf(
            text, most, "{\"channel\":\"l2_data\",\"sequence_num\":1,\"events\":[{\"type\":"
            "\"snapshot\",\"product_id\":\"BTC-PERP-INTX\",\"updates\":[");
        for (int i = 0; i < MAX_MESSAGE_LEVELS + extra; i++)
            length += (size_t)snprintf(text + length, most - length, "%s%"
                "s", i ? "," : "", ONE_LEVEL);
        length += (size_t)snprintf(text + length, most - length, "]}]}");
        assert_int_equal(decode_bytes(text, length), -extra);
        assert_int_equal(level_count, extra ? 0 : MAX_MESSAGE_LEVELS);
        length = (size_t)snprintf(text, most, "{\"channel\":\"market_trades\",\"sequence_num\":1,"
                                  "\"events\":[{\"type\":\"update\",\"trades\":[");
        for (int i = 0; i < MAX_MESSAGE_TRADES + extra; i++)
            length += (size_t)snprintf(text + length, most - length, "%s%"
                "s", i ? "," : "", ONE_TRADE);
        length += (size_t)snprintf(text + length, most - length, "]}]}");
        assert_int_equal(decode_bytes(text, length), -extra);
        assert_int_equal(event_count, extra ? 0 : 2);
    }
    free(text);
}

static void subscriptions_are_asked_for(void **state)
{
    (void)state;
    static const struct { enum coinbase_channel channel; const char *jwt, *text; } CASES[] = {
        {CHANNEL_LEVEL2, NULL, "{\"type\":\"subscribe\",\"product_ids\":[\"BIP-20DEC30-CDE\","
                               "\"BTC-PERP-INTX\"],\"channel\":\"level2\"}"},
        {CHANNEL_HEARTBEATS, "t", "{\"type\":\"subscribe\",\"channel\":\"heartbeats\","
                                  "\"jwt\":\"t\"}"},
        {CHANNEL_USER, "t", "{\"type\":\"subscribe\",\"channel\":\"user\",\"jwt\":\"t\"}"},
        {CHANNEL_FUTURES_BALANCE_SUMMARY, "t",
         "{\"type\":\"subscribe\",\"channel\":\"futures_balance_summary\",\"jwt\":\"t\"}"},
    };
    struct buf out;
    buf_init(&out, 1024);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        buf_clear(&out);
        coinbase_feed_encode_subscribe(&out, CASES[i].channel, &catalog, CASES[i].jwt);
        assert_string_equal(out.data, CASES[i].text);
    }
    buf_fini(&out);
}

int suite_feed(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_update_is_told_in_base_coin),
        cmocka_unit_test(keys_may_come_in_any_order),
        cmocka_unit_test(all_spellings_of_a_level_mean_the_same),
        cmocka_unit_test(a_level_that_is_not_exact_takes_the_frame_with_it),
        cmocka_unit_test(every_prefix_of_a_frame_is_refused),
        cmocka_unit_test(trades_are_oldest_first_and_turned_to_the_aggressor),
        cmocka_unit_test(trades_of_several_products_are_taken_apart),
        cmocka_unit_test(tickers_never_invent_a_quote),
        cmocka_unit_test(heartbeats_and_other_channels),
        cmocka_unit_test(an_error_frame_is_a_dead_link),
        cmocka_unit_test(candles_are_five_minutes),
        cmocka_unit_test(the_user_channel_tells_cumulative_state),
        cmocka_unit_test(the_user_channel_tells_positions),
        cmocka_unit_test(times_are_right_on_any_day),
        cmocka_unit_test(a_frame_past_its_bounds_is_refused),
        cmocka_unit_test(subscriptions_are_asked_for),
    };
    return cmocka_run_group_tests_name("feed", tests, start, stop);
}
