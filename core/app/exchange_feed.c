#include "app/exchange_feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange_auth.h"
#include "app/exchange_faults.h"
#include "app/exchange_words.h"
#include "base/check.h"
#include "base/text.h"
#include "wire/json_read.h"

enum {
    NEWS_TRADES = 512, /* per product and flush; older ones of a burst are dropped, as conflated */
    NEWS_ORDERS = 4096,
};

struct exchange_feed {
    struct exchange *exchange;
    struct exchange_session *sessions;
    void (*wake)(struct exchange_session *session);
    struct trade trades[VENUE_PRODUCTS][NEWS_TRADES]; /* since the last flush, oldest first */
    uint32_t trade_count[VENUE_PRODUCTS];
    uint32_t ticked;       /* products traded since the last batch of tickers */
    uint32_t reset;        /* products that need a new snapshot */
    struct venue_order *orders; /* news of the account, copies in order */
    uint32_t order_count;
    bool balance_changed;
    uint32_t seconds;
    struct buf events;     /* scratch */
};

struct exchange_feed *exchange_feed_create(struct exchange *exchange)
{
    struct exchange_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->exchange = exchange;
    feed->orders = calloc(NEWS_ORDERS, sizeof *feed->orders);
    buf_init(&feed->events, EXCHANGE_REPLY_MAX);
    if (!feed->orders) {
        exchange_feed_destroy(feed);
        return NULL;
    }
    return feed;
}

void exchange_feed_destroy(struct exchange_feed *feed)
{
    if (!feed)
        return;
    while (feed->sessions)
        exchange_feed_leave(feed->sessions);
    buf_fini(&feed->events);
    free(feed->orders);
    free(feed);
}

void exchange_feed_set_wake(struct exchange_feed *feed, void (*wake)(struct exchange_session *))
{
    feed->wake = wake;
}

struct exchange_session *exchange_feed_join(struct exchange_feed *feed, int64_t now_ns)
{
    struct exchange_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->feed = feed;
    session->exchange = feed->exchange;
    session->joined_ns = now_ns;
    session->last = &session->first;
    session->next = feed->sessions;
    feed->sessions = session;
    exchange_faults_meet_socket(session, PLACE_CONNECT, "*");
    return session;
}

void exchange_feed_leave(struct exchange_session *session)
{
    struct exchange_session **link = &session->feed->sessions;
    while (*link != session)
        link = &(*link)->next;
    *link = session->next;
    exchange_session_clear(session);
    free(session);
}

void exchange_feed_wake(struct exchange_session *session)
{
    if (session->feed->wake)
        session->feed->wake(session);
}

static const char *wire_name(enum exchange_channel channel)
{
    return channel == FEED_LEVEL2 ? "l2_data" : frames_channel_name(channel);
}

/* The same events to every session that subscribed to the product's channel. */
static void publish(struct exchange_feed *feed, enum exchange_channel channel, uint32_t products)
{
    for (struct exchange_session *session = feed->sessions; session; session = session->next)
        if (session->products[channel] & products)
            exchange_session_send(session, wire_name(channel), &feed->events);
    buf_clear(&feed->events);
}

static bool anyone(const struct exchange_feed *feed, enum exchange_channel channel,
                   uint32_t products)
{
    for (const struct exchange_session *session = feed->sessions; session; session = session->next)
        if (session->products[channel] & products)
            return true;
    return false;
}

static void flush_book(struct exchange_feed *feed, int product)
{
    struct venue_book *book = venue_sim_book(feed->exchange->venue, product);
    struct level *changes;
    uint32_t bit = 1u << product;
    uint32_t count = venue_book_take_changes(book, &changes);
    bool reset = feed->reset & bit;
    feed->reset &= ~bit;
    if (!anyone(feed, FEED_LEVEL2, bit))
        return;
    if (reset)
        frames_put_book(&feed->events, feed->exchange, product, NULL, 0);
    else if (count > 0)
        frames_put_book(&feed->events, feed->exchange, product, changes, count);
    else
        return;
    publish(feed, FEED_LEVEL2, bit);
}

static void flush_trades(struct exchange_feed *feed, int product)
{
    uint32_t bit = 1u << product, count = feed->trade_count[product];
    if (count == 0)
        return;
    feed->trade_count[product] = 0;
    feed->ticked |= bit;
    if (anyone(feed, FEED_MARKET_TRADES, bit)) {
        frames_put_trades(&feed->events, product, feed->trades[product], count, false);
        publish(feed, FEED_MARKET_TRADES, bit);
    }
    if (anyone(feed, FEED_TICKER, bit)) {
        frames_put_ticker(&feed->events, feed->exchange, product, false, true);
        publish(feed, FEED_TICKER, bit);
    }
}

void exchange_feed_flush(struct exchange_feed *feed)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        flush_book(feed, i);
        flush_trades(feed, i);
    }
}

static void flush_batch(struct exchange_feed *feed)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        if (!(feed->ticked >> i & 1) || !anyone(feed, FEED_TICKER_BATCH, 1u << i))
            continue;
        frames_put_ticker(&feed->events, feed->exchange, i, false, false);
        publish(feed, FEED_TICKER_BATCH, 1u << i);
    }
    feed->ticked = 0;
}

static bool has_subscribed(const struct exchange_session *session)
{
    for (int i = 0; i < FEED_CHANNELS; i++)
        if (session->products[i])
            return true;
    return false;
}

void exchange_feed_second(struct exchange_feed *feed)
{
    int64_t now_ns = exchange_wall_ns();
    for (struct exchange_session *session = feed->sessions; session; session = session->next) {
        if (has_subscribed(session) ||
            now_ns - session->joined_ns < SUBSCRIBE_WITHIN_S * INT64_C(1000000000))
            continue;
        exchange_session_close(session);
    }
    frames_put_heartbeat(&feed->events, feed->exchange);
    publish(feed, FEED_HEARTBEATS, 1);
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        if (!anyone(feed, FEED_CANDLES, 1u << i) ||
            venue_sim_stats(feed->exchange->venue, i)->minute_count == 0)
            continue;
        frames_put_candles(&feed->events, feed->exchange, i, false);
        publish(feed, FEED_CANDLES, 1u << i);
    }
    if (++feed->seconds % 5 == 0)
        flush_batch(feed);
}

void exchange_feed_tell(struct exchange_feed *feed)
{
    int64_t now_ns = exchange_wall_ns();
    for (struct exchange_session *session = feed->sessions; session; session = session->next)
        if (session->held)
            exchange_session_step(session, now_ns);
    for (uint32_t i = 0; i < feed->order_count; i++) {
        const struct venue_order *order = &feed->orders[i];
        frames_put_user(&feed->events, &order, 1, false);
        publish(feed, FEED_USER, 1u << order->request.product);
    }
    feed->order_count = 0;
    if (feed->balance_changed && anyone(feed, FEED_BALANCE, 1)) {
        frames_put_balance(&feed->events, feed->exchange, false);
        publish(feed, FEED_BALANCE, 1);
    }
    feed->balance_changed = false;
}

static void note_order(void *context, const struct venue_order *order)
{
    struct exchange_feed *feed = context;
    feed->exchange->account_version++;
    feed->exchange->sequence++;
    if (feed->order_count == NEWS_ORDERS) /* a burst inside one step: say it now, in order */
        exchange_feed_tell(feed);
    feed->orders[feed->order_count++] = *order;
}

static void note_fill(void *context, const struct venue_fill *fill)
{
    struct exchange_feed *feed = context;
    feed->balance_changed = feed->balance_changed ||
                            venue_products[fill->product].profile == PROFILE_CDE;
}

static void note_trade(void *context, int product, const struct trade *trade)
{
    struct exchange_feed *feed = context;
    uint32_t *count = &feed->trade_count[product];
    if (*count == NEWS_TRADES) {
        memmove(&feed->trades[product][0], &feed->trades[product][1],
                (NEWS_TRADES - 1) * sizeof *trade);
        --*count;
    }
    feed->trades[product][(*count)++] = *trade;
}

static void note_reset(void *context, int product)
{
    struct exchange_feed *feed = context;
    feed->reset |= 1u << product;
}

struct venue_sink exchange_feed_sink(struct exchange_feed *feed)
{
    return (struct venue_sink){feed, note_order, note_fill, note_trade, note_reset};
}

static void send_user_snapshot(struct exchange_session *session, uint32_t products)
{
    struct exchange_feed *feed = session->feed;
    struct venue_sim *venue = feed->exchange->venue;
    const struct venue_order *orders[USER_SNAPSHOT_ORDERS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < venue_sim_order_count(venue); i++) {
        const struct venue_order *order = venue_sim_order_at(venue, i);
        if (venue_status_final(order->status) || !(products >> order->request.product & 1))
            continue;
        orders[count++] = order;
        if (count < USER_SNAPSHOT_ORDERS)
            continue;
        frames_put_user(&feed->events, orders, count, true);
        exchange_session_send(session, "user", &feed->events);
        buf_clear(&feed->events);
        count = 0;
    }
    /* The end is the first message with fewer than fifty: there always is one. */
    frames_put_user(&feed->events, orders, count, true);
    exchange_session_send(session, "user", &feed->events);
    buf_clear(&feed->events);
}

static void send_product_snapshot(struct exchange_session *session,
                                  enum exchange_channel channel, int product)
{
    struct exchange_feed *feed = session->feed;
    struct exchange *exchange = feed->exchange;
    switch (channel) {
    case FEED_LEVEL2:
        frames_put_book(&feed->events, exchange, product, NULL, 0);
        break;
    case FEED_MARKET_TRADES:
        frames_put_recent_trades(&feed->events, exchange, product);
        break;
    case FEED_CANDLES:
        frames_put_candles(&feed->events, exchange, product, true);
        break;
    case FEED_TICKER:
    case FEED_TICKER_BATCH:
        frames_put_ticker(&feed->events, exchange, product, true, channel == FEED_TICKER);
        break;
    default:
        return;
    }
    exchange_session_send(session, wire_name(channel), &feed->events);
    buf_clear(&feed->events);
}

/* Snapshots of what is new, and whatever changed meanwhile, go before the ack. */
static void send_snapshots(struct exchange_session *session, enum exchange_channel channel,
                           uint32_t products)
{
    struct exchange_feed *feed = session->feed;
    if (channel == FEED_USER)
        send_user_snapshot(session, products);
    if (channel == FEED_STATUS)
        frames_put_status(&feed->events, products, true);
    if (channel == FEED_BALANCE)
        frames_put_balance(&feed->events, feed->exchange, true);
    if (channel == FEED_STATUS || channel == FEED_BALANCE)
        exchange_session_send(session, wire_name(channel), &feed->events);
    buf_clear(&feed->events);
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (products >> i & 1)
            send_product_snapshot(session, channel, i);
    if (channel == FEED_LEVEL2) {
        venue_sim_advance(feed->exchange->venue, exchange_wall_ns());
        exchange_feed_flush(feed);
    }
}

struct wish {
    bool subscribe, unsubscribe;
    enum exchange_channel channel; /* FEED_CHANNELS: not one we know */
    uint32_t products;
    bool named;                    /* product_ids was there and not empty */
    char jwt[2048];
};

static void read_products(struct json_reader *json, struct wish *wish)
{
    struct json_text text;
    char id[PRODUCT_ID_MAX];
    if (json_take_null(json) || !json_enter_array(json))
        return;
    while (json_next_item(json)) {
        wish->named = true;
        if (!json_read_string(json, &text) || !json_text_copy(text, id, sizeof id))
            continue;
        int product = venue_product_find(id, strlen(id));
        if (product >= 0)
            wish->products |= 1u << product;
    }
}

static bool read_wish(const char *text, size_t length, struct wish *ret)
{
    struct json_reader json;
    struct json_text key, value;
    struct err err;
    *ret = (struct wish){.channel = FEED_CHANNELS};
    json_init(&json, text, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "type") && json_read_string(&json, &value)) {
                ret->subscribe = json_text_equal(value, "subscribe");
                ret->unsubscribe = json_text_equal(value, "unsubscribe");
            } else if (json_text_equal(key, "channel") && json_read_string(&json, &value)) {
                for (int i = 0; i < FEED_CHANNELS; i++)
                    if (json_text_equal(value, frames_channel_name((enum exchange_channel)i)))
                        ret->channel = (enum exchange_channel)i;
            } else if (json_text_equal(key, "jwt") && json_peek(&json) == JSON_STRING) {
                if (json_read_string(&json, &value))
                    json_text_copy(value, ret->jwt, sizeof ret->jwt);
            } else if (json_text_equal(key, "product_ids")) {
                read_products(&json, ret);
            }
        }
    return json_finish(&json, &err) == 0 && (ret->subscribe || ret->unsubscribe);
}

static bool may_subscribe(struct exchange_session *session, const struct wish *wish)
{
    struct exchange *exchange = session->feed->exchange;
    bool needs_token = wish->channel == FEED_USER || wish->channel == FEED_BALANCE;
    struct err err;
    if (wish->channel == FEED_CHANNELS)
        return false;
    if (!wish->jwt[0])
        return !needs_token;
    return exchange_auth_socket(exchange->keys, wish->jwt, exchange->options.reject_replay,
                                exchange_clock_ns(exchange), &err);
}

void exchange_feed_take(struct exchange_session *session, const char *text, size_t length)
{
    struct wish wish;
    if (!read_wish(text, length, &wish)) {
        exchange_session_send_error(session, "failure to subscribe");
        return;
    }
    if (!may_subscribe(session, &wish)) { /* an unknown channel too: as the venue says it */
        exchange_session_send_error(session, "authentication failure");
        return;
    }
    if (exchange_faults_meet_socket(session, PLACE_SUBSCRIBE, frames_channel_name(wish.channel)))
        return;
    bool all = !wish.named && wish.channel != FEED_LEVEL2 && wish.channel < FEED_USER;
    uint32_t every = (1u << VENUE_PRODUCTS) - 1;
    if (wish.channel > FEED_USER)
        wish.products = 1;
    else if (!wish.named && (wish.channel == FEED_USER || wish.unsubscribe || all))
        wish.products = every;
    if (wish.subscribe) {
        uint32_t added = wish.products & ~session->products[wish.channel];
        session->products[wish.channel] |= wish.products;
        if (added)
            send_snapshots(session, wish.channel, added);
    } else {
        session->products[wish.channel] &= ~wish.products;
    }
    struct buf *events = &session->feed->events;
    frames_put_subscriptions(events, session);
    exchange_session_send(session, "subscriptions", events);
    buf_clear(events);
}
