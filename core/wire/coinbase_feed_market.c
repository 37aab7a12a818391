/* The other public channels: trades, tickers, candles, heartbeats. */
#include <string.h>

#include "wire/coinbase_feed_private.h"

/* Enters the object at hand and calls `take` for each item of its list `name`; the "type" is given
 * out. The list's items know their product themselves. */
static bool read_list(struct coinbase_feed *feed, const char *name, struct json_text *ret_type,
                      void (*take)(struct coinbase_feed *feed))
{
    struct json_reader *json = &feed->json;
    struct json_text key;
    bool found = false;
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        if (FEED_KEY_IS(key, "type"))
            coinbase_read_text(json, ret_type);
        else if (json_text_equal(key, name) && json_enter_array(json)) {
            found = true;
            while (json_next_item(json))
                take(feed);
        }
    }
    return !json->failure && (found || json_fail(json, "an event without its list"));
}

enum { TRADE_PRODUCT, TRADE_ID, TRADE_PRICE, TRADE_SIZE, TRADE_TIME, TRADE_SIDE, TRADE_FIELDS };
static const char *const TRADE_NAMES[TRADE_FIELDS] = {"product_id", "trade_id", "price", "size",
                                                      "time", "side"};

/* The venue prints the maker's side: the aggressor is the other one. */
static enum side aggressor_of(struct json_text maker)
{
    enum side side = coinbase_side(maker);
    return side == SIDE_BUY ? SIDE_SELL : side == SIDE_SELL ? SIDE_BUY : SIDE_UNKNOWN;
}

static void take_trade(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    struct json_text key, got[TRADE_FIELDS] = {0};
    struct trade trade = {0};
    struct size venue;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, TRADE_NAMES, TRADE_FIELDS, got);
    product_index product = coinbase_feed_product(feed, got[TRADE_PRODUCT]);
    if (json->failure || product == NO_PRODUCT)
        return;
    if (!coinbase_price(got[TRADE_PRICE], &trade.price) || trade.price.e9 == 0 ||
        !got[TRADE_SIZE].length || !coinbase_size(got[TRADE_SIZE], &venue) ||
        !coinbase_feed_base_size(feed, product, venue, &trade.size)) {
        json_fail(json, "a trade that is not an exact price and size");
        return;
    }
    if (!got[TRADE_TIME].length ||
        !coinbase_feed_time(feed, got[TRADE_TIME], &trade.venue_ns)) {
        json_fail(json, "a trade whose time is not RFC 3339");
        return;
    }
    trade.aggressor = aggressor_of(got[TRADE_SIDE]);
    /* An id that is no number is 0; such trades are put in order by their time. */
    if (!json_text_uint64(got[TRADE_ID], &trade.trade_id))
        trade.trade_id = 0;
    if (feed->trade_count == MAX_MESSAGE_TRADES) {
        json_fail(json, "more trades in one frame than are kept");
        return;
    }
    feed->trade_products[feed->trade_count] = product;
    feed->trades[feed->trade_count++] = trade;
}

static bool comes_after(const struct coinbase_feed *feed, uint32_t a, product_index product,
                        const struct trade *b)
{
    const struct trade *left = &feed->trades[a];
    if (feed->trade_products[a] != product)
        return feed->trade_products[a] > product;
    if (left->trade_id != b->trade_id)
        return left->trade_id > b->trade_id;
    return left->venue_ns > b->venue_ns;
}

static void reverse_trades(struct coinbase_feed *feed, uint32_t first)
{
    for (uint32_t i = first, k = feed->trade_count; i + 1 < k; i++) {
        struct trade trade = feed->trades[--k];
        product_index product = feed->trade_products[k];
        feed->trades[k] = feed->trades[i];
        feed->trade_products[k] = feed->trade_products[i];
        feed->trades[i] = trade;
        feed->trade_products[i] = product;
    }
}

/* Oldest first, by product. Snapshots come newest first, updates either way; turned round once,
 * the usual lists are in order and the insertion below has nothing to move. */
static void sort_trades(struct coinbase_feed *feed, uint32_t first)
{
    if (feed->trade_count - first > 1 &&
        comes_after(feed, first, feed->trade_products[feed->trade_count - 1],
                    &feed->trades[feed->trade_count - 1]))
        reverse_trades(feed, first);
    for (uint32_t i = first + 1; i < feed->trade_count; i++) {
        struct trade trade = feed->trades[i];
        product_index product = feed->trade_products[i];
        uint32_t k = i;
        for (; k > first && comes_after(feed, k - 1, product, &trade); k--) {
            feed->trades[k] = feed->trades[k - 1];
            feed->trade_products[k] = feed->trade_products[k - 1];
        }
        feed->trades[k] = trade;
        feed->trade_products[k] = product;
    }
}

void coinbase_feed_read_trades(struct coinbase_feed *feed)
{
    struct json_text type = {0};
    uint32_t first = feed->trade_count;
    if (!read_list(feed, "trades", &type, take_trade))
        return;
    sort_trades(feed, first);
    while (first < feed->trade_count) {
        uint32_t end = first + 1;
        while (end < feed->trade_count &&
               feed->trade_products[end] == feed->trade_products[first])
            end++;
        struct event *event = coinbase_feed_stage(feed, EVENT_TRADES);
        if (!event)
            return;
        /* Only what says that it is new is news. */
        event->trades = (struct event_trades){
            .product = feed->trade_products[first],
            .snapshot = !json_text_equal(type, "update"),
            .trades = feed->trades + first,
            .count = end - first,
        };
        first = end;
    }
}

static void take_ticker(struct coinbase_feed *feed)
{
    static const char *const NAMES[] = {"product_id", "price", "best_bid", "best_ask"};
    struct json_reader *json = &feed->json;
    struct json_text key, got[4] = {0};
    struct event_ticker ticker = {0};
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, 4, got);
    ticker.product = coinbase_feed_product(feed, got[0]);
    if (json->failure || ticker.product == NO_PRODUCT)
        return;
    /* Empty means no quote: the last price never stands in for it. */
    if (!coinbase_price(got[1], &ticker.last) || !coinbase_price(got[2], &ticker.bid) ||
        !coinbase_price(got[3], &ticker.ask)) {
        json_fail(json, "a ticker whose prices are not exact decimals");
        return;
    }
    struct event *event = coinbase_feed_stage(feed, EVENT_TICKER);
    if (event)
        event->ticker = ticker;
}

void coinbase_feed_read_tickers(struct coinbase_feed *feed)
{
    struct json_text type = {0};
    read_list(feed, "tickers", &type, take_ticker);
}

static void take_candle(struct coinbase_feed *feed)
{
    enum { PRODUCT, START, OPEN, HIGH, LOW, CLOSE, VOLUME, FIELDS };
    static const char *const NAMES[FIELDS] = {"product_id", "start", "open", "high", "low",
                                              "close", "volume"};
    struct json_reader *json = &feed->json;
    struct json_text key, got[FIELDS] = {0};
    struct candle candle = {.length_ns = 300 * INT64_C(1000000000)}; /* the only length it has */
    struct size venue;
    uint64_t start_s;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, FIELDS, got);
    product_index product = coinbase_feed_product(feed, got[PRODUCT]);
    if (json->failure || product == NO_PRODUCT)
        return;
    if (!json_text_uint64(got[START], &start_s) || start_s > INT64_MAX / 1000000000 ||
        !coinbase_price(got[OPEN], &candle.open) || !coinbase_price(got[HIGH], &candle.high) ||
        !coinbase_price(got[LOW], &candle.low) || !coinbase_price(got[CLOSE], &candle.close) ||
        !coinbase_size(got[VOLUME], &venue) ||
        !coinbase_feed_base_size(feed, product, venue, &candle.volume)) {
        json_fail(json, "a candle whose numbers are not exact decimals");
        return;
    }
    candle.start_ns = (int64_t)start_s * 1000000000;
    struct event *event = coinbase_feed_stage(feed, EVENT_VENUE_CANDLE);
    if (event)
        event->venue_candle = (struct event_venue_candle){product, true, candle};
}

void coinbase_feed_read_candles(struct coinbase_feed *feed)
{
    struct json_text type = {0};
    uint32_t first = feed->staged_count;
    if (!read_list(feed, "candles", &type, take_candle))
        return;
    for (uint32_t i = first; i < feed->staged_count; i++)
        feed->staged[i].venue_candle.snapshot = !json_text_equal(type, "update");
}

void coinbase_feed_read_heartbeat(struct coinbase_feed *feed)
{
    static const char *const NAMES[] = {"heartbeat_counter"};
    struct json_reader *json = &feed->json;
    struct json_text key, got[1] = {0};
    uint64_t counter;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, 1, got);
    if (json->failure)
        return;
    if (!json_text_uint64(got[0], &counter)) {
        json_fail(json, "a heartbeat_counter that is no whole number");
        return;
    }
    struct event *event = coinbase_feed_stage(feed, EVENT_HEARTBEAT);
    if (event)
        event->heartbeat = (struct event_heartbeat){feed->stream, counter};
}
