/* Frames: the envelope, the channels, what is sent to subscribe. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "wire/coinbase_feed_private.h"
#include "wire/json_write.h"

struct channel {
    const char *name;       /* as it is subscribed to */
    const char *arrives_as; /* as frames name it, where that differs */
    void (*read)(struct coinbase_feed *feed); /* NULL: the frame is counted, no more */
    bool has_products;
};
static const struct channel CHANNELS[] = {
    [CHANNEL_HEARTBEATS] = {"heartbeats", NULL, coinbase_feed_read_heartbeat, false},
    [CHANNEL_LEVEL2] = {"level2", "l2_data", coinbase_feed_read_book, true},
    [CHANNEL_MARKET_TRADES] = {"market_trades", NULL, coinbase_feed_read_trades, true},
    [CHANNEL_TICKER] = {"ticker", NULL, coinbase_feed_read_tickers, true},
    [CHANNEL_TICKER_BATCH] = {"ticker_batch", NULL, coinbase_feed_read_tickers, true},
    [CHANNEL_CANDLES] = {"candles", NULL, coinbase_feed_read_candles, true},
    [CHANNEL_STATUS] = {"status", NULL, NULL, true},
    [CHANNEL_USER] = {"user", NULL, coinbase_feed_read_user, false},
    [CHANNEL_FUTURES_BALANCE_SUMMARY] = {"futures_balance_summary", NULL,
                                         coinbase_feed_read_balance, false},
    [CHANNEL_SUBSCRIPTIONS] = {"subscriptions", NULL, NULL, false},
    [CHANNEL_OTHER] = {NULL, NULL, NULL, false},
};

struct coinbase_feed *coinbase_feed_create(const struct catalog *catalog)
{
    struct coinbase_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->catalog = catalog;
    feed->staged = calloc(FEED_STAGED_MAX, sizeof *feed->staged);
    feed->levels = calloc(MAX_MESSAGE_LEVELS, sizeof *feed->levels);
    feed->trades = calloc(MAX_MESSAGE_TRADES, sizeof *feed->trades);
    feed->trade_products = calloc(MAX_MESSAGE_TRADES, sizeof *feed->trade_products);
    if (feed->staged && feed->levels && feed->trades && feed->trade_products)
        return feed;
    coinbase_feed_destroy(feed);
    return NULL;
}

void coinbase_feed_destroy(struct coinbase_feed *feed)
{
    if (!feed)
        return;
    free(feed->staged);
    free(feed->levels);
    free(feed->trades);
    free(feed->trade_products);
    free(feed);
}

struct event *coinbase_feed_stage(struct coinbase_feed *feed, enum event_kind kind)
{
    if (feed->staged_count == FEED_STAGED_MAX) {
        json_fail(&feed->json, "more events in one frame than are kept");
        return NULL;
    }
    struct event *event = &feed->staged[feed->staged_count++];
    event->kind = kind;
    event->at = (struct stamp){0};
    return event;
}

product_index coinbase_feed_product(const struct coinbase_feed *feed, struct json_text id)
{
    const struct catalog *catalog = feed->catalog;
    if (id.length < 2 || id.length >= PRODUCT_ID_MAX)
        return NO_PRODUCT;
    for (product_index i = 0; i < catalog->count; i++) {
        const char *name = catalog->items[i].product_id;
        if (name[1] == id.at[1] && memcmp(name, id.at, id.length) == 0 && name[id.length] == '\0')
            return i;
    }
    return NO_PRODUCT;
}

static void reduce_unit(struct feed_unit *unit, int64_t contract_e9)
{
    int64_t a = contract_e9, b = DECIMAL_ONE;
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    unit->contract_e9 = contract_e9;
    unit->numerator = contract_e9 / a;
    unit->denominator = DECIMAL_ONE / a;
}

bool coinbase_feed_base_size(struct coinbase_feed *feed, product_index product, struct size venue,
                             struct size *ret)
{
    struct feed_unit *unit = &feed->units[product];
    int64_t contract_e9 = feed->catalog->items[product].contract_size.e9;
    if (contract_e9 <= 0)
        return false;
    if (unit->contract_e9 != contract_e9)
        reduce_unit(unit, contract_e9);
    return venue.e9 % unit->denominator == 0 &&
           !__builtin_mul_overflow(venue.e9 / unit->denominator, unit->numerator, &ret->e9);
}

/* "2026-09-30T02:39:54.014999553Z" on a day that was seen before: only the clock is read. */
static bool time_of_day(struct json_text text, int64_t day_ns, int64_t *ret_ns)
{
    static const int64_t SCALE[] = {0,     100000000, 10000000, 1000000, 100000,
                                    10000, 1000,      100,      10,      1};
    const char *t = text.at + 10;
    unsigned digits[6] = {(unsigned)t[1] - '0', (unsigned)t[2] - '0', (unsigned)t[4] - '0',
                          (unsigned)t[5] - '0', (unsigned)t[7] - '0', (unsigned)t[8] - '0'};
    for (int i = 0; i < 6; i++)
        if (digits[i] > 9)
            return false;
    unsigned hour = digits[0] * 10 + digits[1], minute = digits[2] * 10 + digits[3];
    unsigned second = digits[4] * 10 + digits[5];
    if (t[0] != 'T' || t[3] != ':' || t[6] != ':' || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t fraction = 0;
    size_t places = 0;
    if (t[9] == '.') {
        places = text.length - 21;
        if (places < 1 || places > 9)
            return false;
        for (size_t i = 0; i < places; i++) {
            unsigned digit = (unsigned)t[10 + i] - '0';
            if (digit > 9)
                return false;
            fraction = fraction * 10 + digit;
        }
    } else if (text.length != 20) {
        return false;
    }
    int64_t seconds = (int64_t)hour * 3600 + minute * 60 + second;
    *ret_ns = day_ns + seconds * 1000000000 + fraction * SCALE[places];
    return true;
}

bool coinbase_feed_time(struct coinbase_feed *feed, struct json_text text, int64_t *ret_ns)
{
    if (text.length >= 20 && text.length <= 30 && text.at[text.length - 1] == 'Z' &&
        memcmp(text.at, feed->day, sizeof feed->day) == 0 &&
        time_of_day(text, feed->day_ns, ret_ns))
        return true;
    char midnight[21];
    if (!text_parse_time(text.at, text.length, ret_ns))
        return false;
    memcpy(midnight, text.at, sizeof feed->day);
    memcpy(midnight + sizeof feed->day, "T00:00:00Z", 11);
    if (text_parse_time(midnight, 20, &feed->day_ns))
        memcpy(feed->day, text.at, sizeof feed->day);
    return true;
}

const char *coinbase_feed_postpone(struct json_reader *json)
{
    const char *at = json->at;
    return json_skip_value(json) ? at : NULL;
}

const char *coinbase_feed_resume(struct json_reader *json, const char *at)
{
    const char *here = json->at;
    json->at = at;
    json->pending = true;
    return here;
}

static enum coinbase_channel find_channel(struct json_text name)
{
    if (FEED_KEY_IS(name, "l2_data"))
        return CHANNEL_LEVEL2;
    for (int i = 0; i < CHANNEL_OTHER; i++)
        if (json_text_equal(name, CHANNELS[i].name))
            return (enum coinbase_channel)i;
    return CHANNEL_OTHER;
}

static void read_events(struct coinbase_feed *feed)
{
    if (!CHANNELS[feed->channel].read)
        return;
    if (!json_enter_array(&feed->json))
        return;
    while (json_next_item(&feed->json))
        CHANNELS[feed->channel].read(feed);
}

static void read_sequence(struct coinbase_feed *feed)
{
    struct json_text text;
    if (!json_read_scalar(&feed->json, &text))
        return;
    feed->has_sequence = json_text_uint64(text, &feed->sequence);
    if (!feed->has_sequence)
        json_fail(&feed->json, "a sequence_num that is no whole number");
}

static void read_timestamp(struct coinbase_feed *feed)
{
    struct json_text text;
    if (json_read_string(&feed->json, &text) &&
        !coinbase_feed_time(feed, text, &feed->frame_ns))
        json_fail(&feed->json, "a timestamp that is not RFC 3339");
}

/* Members that few frames have. */
static void read_other(struct coinbase_feed *feed, struct json_text key)
{
    struct json_text text = {0};
    if (FEED_KEY_IS(key, "type") && coinbase_read_text(&feed->json, &text))
        feed->is_error = json_text_equal(text, "error");
    else if (FEED_KEY_IS(key, "message"))
        coinbase_read_text(&feed->json, &feed->error_words);
}

static bool read_frame(struct coinbase_feed *feed, bool *ret_has_channel)
{
    struct json_reader *json = &feed->json;
    struct json_text key, name;
    const char *postponed = NULL;
    bool has_channel = false, has_events = false;
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        if (FEED_KEY_IS(key, "channel")) {
            has_channel = json_read_string(json, &name);
            feed->channel = has_channel ? find_channel(name) : CHANNEL_OTHER;
        } else if (FEED_KEY_IS(key, "timestamp"))
            read_timestamp(feed);
        else if (FEED_KEY_IS(key, "sequence_num"))
            read_sequence(feed);
        else if (FEED_KEY_IS(key, "events")) {
            has_events = true;
            if (has_channel)
                read_events(feed);
            else
                postponed = coinbase_feed_postpone(json);
        } else if (!FEED_KEY_IS(key, "client_id"))
            read_other(feed, key);
    }
    if (postponed && has_channel && !json->failure) {
        const char *here = coinbase_feed_resume(json, postponed);
        read_events(feed);
        if (json->failure)
            return false;
        json->at = here;
        json->pending = false;
    }
    *ret_has_channel = has_channel;
    if (has_channel && !has_events && CHANNELS[feed->channel].read)
        return json_fail(json, "a frame without events");
    return !json->failure;
}

static void emit_staged(const struct coinbase_feed *feed, coinbase_emit *emit, void *context)
{
    struct event frame;
    frame.kind = EVENT_FRAME;
    frame.at = (struct stamp){0};
    frame.frame = (struct event_frame){feed->stream, feed->sequence, feed->frame_ns};
    emit(context, &frame);
    for (uint32_t i = 0; i < feed->staged_count; i++) {
        struct event *event = &feed->staged[i];
        if (event->kind == EVENT_BOOK && event->book.venue_ns <= 0)
            event->book.venue_ns = feed->frame_ns;
        emit(context, event);
    }
}

static void emit_error(const struct coinbase_feed *feed, coinbase_emit *emit, void *context)
{
    struct event event = {.kind = EVENT_LINK};
    event.link.stream = feed->stream;
    coinbase_add_words(event.link.reason, "the venue says");
    coinbase_add_reason(event.link.reason, feed->error_words);
    emit(context, &event);
}

int coinbase_feed_decode(struct coinbase_feed *feed, enum stream stream, const char *bytes,
                         size_t length, coinbase_emit *emit, void *context, struct err *err)
{
    bool has_channel = false;
    feed->stream = stream;
    feed->channel = CHANNEL_OTHER;
    feed->has_sequence = feed->is_error = false;
    feed->frame_ns = 0;
    feed->error_words = (struct json_text){0};
    feed->staged_count = feed->level_count = feed->trade_count = 0;
    json_init(&feed->json, bytes, length);
    read_frame(feed, &has_channel);
    if (json_finish(&feed->json, err) < 0)
        return -1;
    if (feed->is_error && !has_channel) {
        emit_error(feed, emit, context);
        return 0;
    }
    if (!has_channel)
        return err_set(err, "a frame with neither a channel nor an error");
    if (!feed->has_sequence)
        return err_set(err, "a frame without sequence_num");
    emit_staged(feed, emit, context);
    return 0;
}

void coinbase_feed_encode_subscribe(struct buf *out, enum coinbase_channel channel,
                                    const struct catalog *catalog, const char *jwt)
{
    struct json_writer json;
    CHECK(channel < CHANNEL_SUBSCRIPTIONS);
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "type", "subscribe");
    if (CHANNELS[channel].has_products) {
        json_open_array_at(&json, "product_ids");
        for (product_index i = 0; i < catalog->count; i++)
            json_put_text(&json, NULL, catalog->items[i].product_id);
        json_close_array(&json);
    }
    json_put_text(&json, "channel", CHANNELS[channel].name);
    if (jwt)
        json_put_text(&json, "jwt", jwt);
    json_close_object(&json);
}
