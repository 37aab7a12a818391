/* The two WebSocket streams: subscribe at once, watch for the acknowledgement, the heartbeats and
 * malformed frames, and turn frames into events. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "io/link_health.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

enum { SUBSCRIBE_MAX = 8 * 1024, ACK_BYTES_MAX = 64 * 1024 };
static const int64_t SECOND_NS = 1000000000;

static const enum coinbase_channel market_channels[] = {CHANNEL_HEARTBEATS, CHANNEL_LEVEL2,
                                                        CHANNEL_MARKET_TRADES, CHANNEL_TICKER};
static const enum coinbase_channel user_channels[] = {CHANNEL_HEARTBEATS, CHANNEL_USER,
                                                      CHANNEL_FUTURES_BALANCE_SUMMARY};

static uint32_t channels_of(const struct link_stream *stream, const enum coinbase_channel **ret)
{
    bool market = stream->kind == STREAM_MARKET;
    *ret = market ? market_channels : user_channels;
    return market ? sizeof market_channels / sizeof market_channels[0]
                  : stream->link->config.balance_channel ? 3 : 2;
}

/* As they stand in a subscription and in its acknowledgement. */
static const char *channel_name(enum coinbase_channel channel)
{
    switch (channel) {
    case CHANNEL_HEARTBEATS: return "heartbeats";
    case CHANNEL_LEVEL2: return "level2";
    case CHANNEL_MARKET_TRADES: return "market_trades";
    case CHANNEL_TICKER: return "ticker";
    case CHANNEL_USER: return "user";
    default: return "futures_balance_summary";
    }
}

/* ---- subscribing -------------------------------------------------------------------------- */

/* A legacy key signs time, channel and ids: three more fields before the closing brace. */
static int sign_legacy(struct link *link, enum coinbase_channel channel, struct buf *out,
                       struct err *err)
{
    char ids[MAX_PRODUCTS * PRODUCT_ID_MAX] = "", signature[SIGNATURE_TEXT_MAX], stamp[32];
    size_t used = 0;
    struct buf fields;
    struct json_writer json;
    int64_t wall_s = link_token_s(link);
    /* What is signed must be what is said. */
    bool named = out->length > 0 && memmem(out->data, out->length, "\"product_ids\"", 13) != NULL;
    for (product_index i = 0; named && i < link->catalog->count; i++)
        used += (size_t)snprintf(ids + used, sizeof ids - used, "%s%s", i ? "," : "",
                                 link->catalog->items[i].product_id);
    if (sign_hmac_websocket(link->key, wall_s, channel_name(channel), ids, signature, err) < 0)
        return -1;
    snprintf(stamp, sizeof stamp, "%lld", (long long)wall_s);
    buf_init(&fields, SUBSCRIBE_MAX);
    json_write_init(&json, &fields);
    json_open_object(&json);
    json_put_text(&json, "api_key", sign_key_name(link->key));
    json_put_text(&json, "timestamp", stamp);
    json_put_text(&json, "signature", signature);
    json_close_object(&json);
    if (!fields.failed && out->length > 0) {
        out->data[out->length - 1] = ',';
        buf_put(out, fields.data + 1, fields.length - 1);
    }
    bool failed = fields.failed;
    buf_fini(&fields);
    return failed ? err_set(err, "no memory for a subscription") : 0;
}

static int make_subscription(struct link_stream *stream, enum coinbase_channel channel,
                             struct buf *out, struct err *err)
{
    struct link *link = stream->link;
    char token[JWT_MAX];
    bool sign = link->key && (stream->kind == STREAM_USER || link->config.market_with_token);
    if (sign && link->tokens &&
        token_pool_sign(link->tokens, NULL, NULL, link_token_s(link), token, err) < 0)
        return -1;
    coinbase_feed_encode_subscribe(out, channel, link->catalog,
                                   sign && link->tokens ? token : NULL);
    explicit_bzero(token, sizeof token);
    if (sign && !link->tokens && sign_legacy(link, channel, out, err) < 0)
        return -1;
    return out->failed ? err_set(err, "a subscription does not fit %d bytes", SUBSCRIBE_MAX) : 0;
}

static int subscribe(struct link_stream *stream, struct err *err)
{
    const enum coinbase_channel *channels;
    uint32_t count = channels_of(stream, &channels);
    struct buf text;
    int result = 0;
    buf_init(&text, SUBSCRIBE_MAX);
    for (uint32_t i = 0; i < count && result == 0; i++) {
        buf_clear(&text);
        result = make_subscription(stream, channels[i], &text, err);
        if (result == 0 && ws_send_text(stream->ws, text.data, text.length) < 0)
            result = err_set(err, "the subscriptions do not fit the send buffer");
    }
    buf_fini(&text);
    return result;
}

static void on_open(void *context)
{
    struct link_stream *stream = context;
    struct err err;
    stream->up = stream->acknowledged = false;
    stream->malformed_in_row = 0;
    stream->heartbeat_ns = clock_os_now().mono_ns;
    loop_timer_set(stream->ack_timer, stream->link->config.subscribe_ack_ns);
    if (subscribe(stream, &err) < 0)
        ws_reset(stream->ws, err.text);
}

static void on_closed(void *context, const char *reason)
{
    struct link_stream *stream = context;
    struct link *link = stream->link;
    static const char *const names[STREAM_COUNT] = {"market", "user"};
    struct event event = {.kind = EVENT_LINK, .link = {.stream = stream->kind}};
    loop_timer_clear(stream->ack_timer);
    stream->resets++;
    link_note_error(link, "%s stream: %s", names[stream->kind], reason);
    if (!stream->up)
        return;
    stream->up = false;
    text_copy(event.link.reason, sizeof event.link.reason, reason, strlen(reason));
    link_emit_surely(link, &event);
}

/* ---- the acknowledgement ------------------------------------------------------------------ */

/* Whether every product of the catalog stands in this array. */
static bool names_every_product(struct json_reader *json, const struct catalog *catalog)
{
    uint32_t seen = 0;
    struct json_text id;
    if (json_peek(json) != JSON_ARRAY || !json_enter_array(json))
        return false;
    while (json_next_item(json))
        if (json_peek(json) == JSON_STRING && json_read_string(json, &id))
            for (product_index i = 0; i < catalog->count; i++)
                if (json_text_equal(id, catalog->items[i].product_id))
                    seen |= 1u << i;
    return seen == (1u << catalog->count) - 1;
}

/* Bit i: channels[i] is in this object, with all the products that were asked for. */
static uint32_t read_subscriptions(struct json_reader *json, const struct link_stream *stream,
                                   const enum coinbase_channel *channels, uint32_t count)
{
    struct json_text key;
    uint32_t seen = 0;
    if (json_enter_object(json))
        while (json_next_key(json, &key))
            for (uint32_t i = 0; i < count; i++) {
                if (!json_text_equal(key, channel_name(channels[i])))
                    continue;
                bool by_product = stream->kind == STREAM_MARKET &&
                                  channels[i] != CHANNEL_HEARTBEATS;
                if (!by_product || names_every_product(json, stream->link->catalog))
                    seen |= 1u << i;
                break;
            }
    return seen;
}

static uint32_t read_events(struct json_reader *json, const struct link_stream *stream,
                            const enum coinbase_channel *channels, uint32_t count)
{
    struct json_text key;
    uint32_t seen = 0;
    if (json_enter_array(json))
        while (json_next_item(json))
            if (json_peek(json) == JSON_OBJECT && json_enter_object(json))
                while (json_next_key(json, &key))
                    if (json_text_equal(key, "subscriptions") && json_peek(json) == JSON_OBJECT)
                        seen |= read_subscriptions(json, stream, channels, count);
    return seen;
}

/* The acknowledgement lists the whole set each time, so the last one shows every channel. */
static bool is_acknowledgement(const struct link_stream *stream, const char *text, size_t length)
{
    const enum coinbase_channel *channels;
    uint32_t count = channels_of(stream, &channels), seen = 0;
    struct json_reader json;
    struct json_text key, channel = {0};
    if (length > ACK_BYTES_MAX || !memmem(text, length, "subscriptions", 13))
        return false;
    json_init(&json, text, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "channel"))
                json_read_string(&json, &channel);
            else if (json_text_equal(key, "events") && json_peek(&json) == JSON_ARRAY)
                seen |= read_events(&json, stream, channels, count);
        }
    return json_finish(&json, NULL) == 0 && json_text_equal(channel, "subscriptions") &&
           seen == (1u << count) - 1;
}

static void on_ack_late(void *context)
{
    struct link_stream *stream = context;
    if (!stream->acknowledged)
        ws_reset(stream->ws, "the subscriptions were not acknowledged in time");
}

/* ---- frames ------------------------------------------------------------------------------- */

static bool come_up(struct link_stream *stream)
{
    if (!stream->up)
        stream->up = link_emit(stream->link,
                               &(struct event){.kind = EVENT_LINK,
                                               .link = {.stream = stream->kind, .up = true}});
    return stream->up;
}

static void on_event(void *context, const struct event *event)
{
    struct link_stream *stream = context;
    if (event->kind == EVENT_LINK) { /* an error frame: the reset that follows tells the engine */
        stream->refused = true;
        memcpy(stream->refusal, event->link.reason, sizeof stream->refusal);
        return;
    }
    if (stream->overflow || stream->refused)
        return;
    if (event->kind == EVENT_HEARTBEAT)
        stream->heartbeat_ns = stream->link->readable_ns;
    if (!come_up(stream) || !link_emit(stream->link, event))
        stream->overflow = true;
}

static void on_malformed(struct link_stream *stream, const struct err *err)
{
    stream->malformed++;
    link_note_error(stream->link, "malformed frame: %s", err->text);
    if (++stream->malformed_in_row >= stream->link->config.malformed_max)
        ws_reset(stream->ws, "too many malformed frames in a row");
}

static void on_text(void *context, const char *text, size_t length, int64_t readable_ns)
{
    struct link_stream *stream = context;
    struct link *link = stream->link;
    struct err err;
    stream->frames++;
    stream->overflow = stream->refused = false;
    link->readable_ns = readable_ns;
    if (link->config.on_frame)
        link->config.on_frame(link->config.frame_context, stream->kind, readable_ns, text, length);
    link->readable_past_ns[link->readable_count++ % LINK_FRAMES_KEPT] = readable_ns;
    if (coinbase_feed_decode(link->feed, stream->kind, text, length, on_event, stream, &err) < 0) {
        on_malformed(stream, &err);
        return;
    }
    stream->malformed_in_row = 0;
    if (!stream->acknowledged && is_acknowledgement(stream, text, length)) {
        stream->acknowledged = true;
        loop_timer_clear(stream->ack_timer);
    }
    if (stream->refused) {
        char reason[REASON_MAX]; /* on a connection that stays open but silent after it */
        snprintf(reason, sizeof reason, "the venue refused: %.70s", stream->refusal);
        ws_reset(stream->ws, reason);
    } else if (stream->overflow) {
        ws_reset(stream->ws, "the event queue is full");
    }
}

/* Data may flow while the heartbeats do not: the venue closes such a connection sooner or later,
 * and a lost heartbeat subscription would hide silence. */
void link_stream_watch(struct link_stream *stream, int64_t now_ns)
{
    if (stream->ws && ws_state(stream->ws) == WS_OPEN &&
        now_ns - stream->heartbeat_ns > 3 * stream->link->config.stale_after_ns)
        ws_reset(stream->ws, "no heartbeat");
}

int link_stream_create(struct link_stream *stream, struct err *err)
{
    const struct link_config *config = &stream->link->config;
    const struct link_endpoint *to = stream->kind == STREAM_MARKET ? &config->market
                                                                   : &config->user;
    struct ws_config ws = {.host = to->host, .port = to->port, .path = "/",
                           .connect_timeout_ns = 10 * SECOND_NS,
                           .silence_ns = config->stale_after_ns, .ping_ns = 20 * SECOND_NS,
                           .backoff_min_ns = config->backoff_min_ns,
                           .backoff_max_ns = config->backoff_max_ns,
                           .seed = config->seed + stream->kind};
    struct ws_handler handler = {.context = stream, .on_open = on_open, .on_text = on_text,
                                 .on_closed = on_closed};
    stream->ack_timer = loop_timer_create(stream->link->loop, on_ack_late, stream);
    if (!stream->ack_timer)
        return err_set(err, "no memory for a stream");
    stream->ws = ws_create(stream->link->hub, &ws, &handler, err);
    return stream->ws ? 0 : -1;
}

void link_stream_destroy(struct link_stream *stream)
{
    ws_destroy(stream->ws);
    loop_timer_destroy(stream->ack_timer);
}
