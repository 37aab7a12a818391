/* What the frames say. Every function writes one JSON array of events. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/exchange_feed.h"
#include "app/exchange_words.h"
#include "base/text.h"

enum { CANDLES_SHOWN = 100, CANDLE_S = 300, MINUTES_IN_CANDLE = 5 };
static const int64_t SECOND_NS = 1000000000;

const char *frames_channel_name(enum exchange_channel channel)
{
    static const char *const NAMES[FEED_CHANNELS] = {
        "level2", "market_trades", "ticker", "ticker_batch", "candles", "status", "user",
        "heartbeats", "futures_balance_summary"};
    return NAMES[channel];
}

static void open_events(struct json_writer *json, struct buf *out, bool snapshot)
{
    json_write_init(json, out);
    json_open_array(json);
    json_open_object(json);
    json_put_text(json, "type", snapshot ? "snapshot" : "update");
}

static void close_events(struct json_writer *json)
{
    json_close_object(json);
    json_close_array(json);
}

static void put_level(struct json_writer *json, const struct level *level, const char *time)
{
    json_open_object(json);
    json_put_text(json, "side", level->side == SIDE_BUY ? "bid" : "offer");
    json_put_text(json, "event_time", time);
    json_put_price(json, "price_level", level->price);
    json_put_size(json, "new_quantity", level->size);
    json_close_object(json);
}

void frames_put_book(struct buf *out, struct exchange *exchange, int product,
                     const struct level *changes, uint32_t count)
{
    struct venue_book *book = venue_sim_book(exchange->venue, product);
    struct json_writer json;
    struct level level;
    char time[40];
    text_format_time(venue_sim_now(exchange->venue), time);
    open_events(&json, out, !changes);
    json_put_text(&json, "product_id", venue_products[product].id);
    json_open_array_at(&json, "updates");
    for (uint32_t i = 0; i < count; i++)
        put_level(&json, &changes[i], time);
    for (int side = SIDE_BUY; side <= SIDE_SELL && !changes; side++) {
        uint32_t cursor = 0;
        while (venue_book_walk_shown(book, (enum side)side, &cursor, &level))
            put_level(&json, &level, time);
    }
    json_close_array(&json);
    close_events(&json);
}

void frames_put_trades(struct buf *out, int product, const struct trade *trades, uint32_t count,
                       bool snapshot)
{
    struct json_writer json;
    open_events(&json, out, snapshot);
    json_open_array_at(&json, "trades");
    for (uint32_t i = 0; i < count; i++)
        words_put_trade(&json, product, &trades[i], false);
    json_close_array(&json);
    close_events(&json);
}

void frames_put_recent_trades(struct buf *out, struct exchange *exchange, int product)
{
    const struct venue_stats *stats = venue_sim_stats(exchange->venue, product);
    struct trade newest_first[VENUE_RECENT_TRADES];
    for (uint32_t i = 0; i < stats->count; i++)
        newest_first[i] = stats->recent[(stats->next + VENUE_RECENT_TRADES - 1 - i) %
                                        VENUE_RECENT_TRADES];
    frames_put_trades(out, product, newest_first, stats->count, true);
}

void frames_put_ticker(struct buf *out, struct exchange *exchange, int product, bool snapshot,
                       bool with_quotes)
{
    struct json_writer json;
    open_events(&json, out, snapshot);
    json_open_array_at(&json, "tickers");
    words_put_ticker(&json, exchange, product, with_quotes);
    json_close_array(&json);
    close_events(&json);
}

static void put_candle(struct json_writer *json, const struct venue_candle *candle, int product)
{
    char start[24];
    snprintf(start, sizeof start, "%" PRId64, candle->start_s);
    json_open_object(json);
    json_put_text(json, "start", start);
    json_put_price(json, "high", candle->high);
    json_put_price(json, "low", candle->low);
    json_put_price(json, "open", candle->open);
    json_put_price(json, "close", candle->close);
    json_put_size(json, "volume", candle->volume);
    json_put_text(json, "product_id", venue_products[product].id);
    json_close_object(json);
}

/* Five-minute candles out of minutes, oldest first; the last one is still forming. */
static uint32_t collect_candles(const struct venue_stats *stats, struct venue_candle *candles)
{
    uint32_t count = 0, first = stats->minute_next + VENUE_MINUTES - stats->minute_count;
    uint32_t wanted = CANDLES_SHOWN * MINUTES_IN_CANDLE;
    uint32_t skip = stats->minute_count > wanted ? stats->minute_count - wanted : 0;
    for (uint32_t i = skip; i < stats->minute_count; i++) {
        struct venue_candle minute = stats->minutes[(first + i) % VENUE_MINUTES];
        minute.start_s = minute.start_s / CANDLE_S * CANDLE_S;
        struct venue_candle *open = count > 0 ? &candles[count - 1] : NULL;
        if (!open || open->start_s != minute.start_s) {
            candles[count++] = minute;
            continue;
        }
        open->high = minute.high.e9 > open->high.e9 ? minute.high : open->high;
        open->low = minute.low.e9 < open->low.e9 ? minute.low : open->low;
        open->close = minute.close;
        open->volume.e9 += minute.volume.e9;
    }
    return count;
}

void frames_put_candles(struct buf *out, struct exchange *exchange, int product, bool snapshot)
{
    struct venue_candle candles[CANDLES_SHOWN * MINUTES_IN_CANDLE];
    struct json_writer json;
    uint32_t count = collect_candles(venue_sim_stats(exchange->venue, product), candles);
    uint32_t from = count > CANDLES_SHOWN ? count - CANDLES_SHOWN : 0;
    if (!snapshot)
        from = count > 0 ? count - 1 : 0;
    open_events(&json, out, snapshot);
    json_open_array_at(&json, "candles");
    for (uint32_t i = from; i < count; i++)
        put_candle(&json, &candles[i], product);
    json_close_array(&json);
    close_events(&json);
}

void frames_put_status(struct buf *out, uint32_t products, bool snapshot)
{
    struct json_writer json;
    open_events(&json, out, snapshot);
    json_open_array_at(&json, "products");
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        const struct venue_product *spec = &venue_products[i];
        bool intx = spec->profile == PROFILE_INTX;
        if (!(products >> i & 1))
            continue;
        json_open_object(&json);
        json_put_text(&json, "product_type", "FUTURE");
        json_put_text(&json, "id", spec->id);
        json_put_text(&json, "base_currency", intx ? spec->asset : "");
        json_put_text(&json, "quote_currency", words_currency(i));
        json_put_size(&json, "base_increment", spec->step);
        json_put_text(&json, "quote_increment", intx ? "0.000001" : "0.01");
        json_put_text(&json, "display_name", "");
        json_put_text(&json, "status", "online");
        json_put_text(&json, "status_message", "");
        json_put_money(&json, "min_market_funds", spec->quote_min);
        json_close_object(&json);
    }
    json_close_array(&json);
    close_events(&json);
}

/* Go's time.String() with the server's uptime, whose seconds are the counter. */
void frames_put_heartbeat(struct buf *out, struct exchange *exchange)
{
    struct json_writer json;
    char iso[40], text[96];
    int64_t now_ns = exchange_wall_ns(), up_ns = now_ns - exchange->started_ns;
    text_format_time(now_ns, iso);
    snprintf(text, sizeof text,
             "%.10s %.8s.%09" PRId64 " +0000 UTC m=+%" PRId64 ".%09" PRId64, iso, iso + 11,
             now_ns % SECOND_NS, up_ns / SECOND_NS, up_ns % SECOND_NS);
    json_write_init(&json, out);
    json_open_array(&json);
    json_open_object(&json);
    json_put_text(&json, "current_time", text);
    json_put_int(&json, "heartbeat_counter", up_ns / SECOND_NS);
    close_events(&json);
}

void frames_put_balance(struct buf *out, struct exchange *exchange, bool snapshot)
{
    struct json_writer json;
    open_events(&json, out, snapshot);
    words_put_balance(&json, "fcm_balance_summary", exchange, true);
    close_events(&json);
}

/* Positions in the user channel are a beta that is off by default: the lists stay empty. */
void frames_put_user(struct buf *out, const struct venue_order *const *orders, uint32_t count,
                     bool snapshot)
{
    static const char *const LISTS[] = {"perpetual_futures_positions",
                                        "expiring_futures_positions",
                                        "prediction_market_positions"};
    struct json_writer json;
    open_events(&json, out, snapshot);
    json_open_array_at(&json, "orders");
    for (uint32_t i = 0; i < count; i++)
        words_put_user_order(&json, orders[i]);
    json_close_array(&json);
    json_open_object_at(&json, "positions");
    for (int i = 0; i < 3; i++) {
        json_open_array_at(&json, LISTS[i]);
        json_close_array(&json);
    }
    json_close_object(&json);
    close_events(&json);
}

static void put_subscription(struct json_writer *json, const struct exchange_session *session,
                             enum exchange_channel channel)
{
    uint32_t products = session->products[channel];
    if (!products)
        return;
    json_open_array_at(json, frames_channel_name(channel));
    if (channel == FEED_HEARTBEATS)
        json_put_text(json, NULL, "heartbeats");
    else if (channel == FEED_USER || channel == FEED_BALANCE)
        json_put_text(json, NULL, EXCHANGE_USER);
    for (int i = 0; i < VENUE_PRODUCTS && channel < FEED_USER; i++)
        if (products >> i & 1)
            json_put_text(json, NULL, venue_products[i].id);
    json_close_array(json);
}

void frames_put_subscriptions(struct buf *out, const struct exchange_session *session)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_array(&json);
    json_open_object(&json);
    json_open_object_at(&json, "subscriptions");
    for (int channel = 0; channel < FEED_CHANNELS; channel++)
        put_subscription(&json, session, (enum exchange_channel)channel);
    json_close_object(&json);
    close_events(&json);
}
