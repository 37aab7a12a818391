#pragma once
/* WebSocket sessions without a socket: what a client asked for, what it is owed, and the frames
 * that wait to be written. One counter per session numbers every frame but errors.
 *
 *     session = exchange_feed_join(feed, now_ns);
 *     exchange_feed_take(session, text, length);    a subscribe: snapshots, then the ack
 *     exchange_feed_flush(feed);                    every 50 ms: what changed, to whom it concerns
 *     while ((frame = exchange_session_pop(session))) write it, free it */
#include "app/exchange.h"

enum {
    SESSION_QUEUE_MAX = 64 * 1024 * 1024, /* a client that is so far behind is closed */
    SESSION_MESSAGE_MAX = 64 * 1024,      /* from the client */
    SUBSCRIBE_WITHIN_S = 5,
    USER_SNAPSHOT_ORDERS = 50,
};

enum exchange_channel {
    FEED_LEVEL2, FEED_MARKET_TRADES, FEED_TICKER, FEED_TICKER_BATCH, FEED_CANDLES, FEED_STATUS,
    FEED_USER, FEED_HEARTBEATS, FEED_BALANCE, FEED_CHANNELS
};

struct exchange_frame {
    struct exchange_frame *next;
    size_t length;
    size_t sent, fragment; /* written so far, in pieces of that size; 0: in one */
    int64_t due_ns;   /* of one that is held back; INT64_MAX: until another has been sent */
    char *text;   /* into memory; the room before it is the socket library's */
    char memory[];
};

struct exchange_session {
    struct exchange_session *next;
    struct exchange_feed *feed;
    struct exchange *exchange;
    void *socket;                     /* whoever writes; NULL in tests */
    uint64_t sequence;
    int64_t joined_ns;
    uint32_t products[FEED_CHANNELS]; /* bit i: product i; the last three use bit 0 or all */
    struct exchange_frame *first, **last;
    struct exchange_frame *held;      /* by a fault, oldest first */
    size_t queued;
    bool doomed;                      /* close it when it is next written to */
    bool reset;                       /* and without a farewell */
    bool muted, frozen;               /* nothing is sent; nor is anything read */
};

struct exchange_feed *exchange_feed_create(struct exchange *exchange);
void exchange_feed_destroy(struct exchange_feed *feed);
/* Called with a session that has something to write or is doomed. */
void exchange_feed_set_wake(struct exchange_feed *feed, void (*wake)(struct exchange_session *));

struct exchange_session *exchange_feed_join(struct exchange_feed *feed, int64_t now_ns);
void exchange_feed_leave(struct exchange_session *session);
void exchange_feed_take(struct exchange_session *session, const char *text, size_t length);
struct exchange_frame *exchange_session_pop(struct exchange_session *session);

void exchange_feed_flush(struct exchange_feed *feed);  /* every 50 ms */
void exchange_feed_second(struct exchange_feed *feed); /* every second */
void exchange_feed_tell(struct exchange_feed *feed);   /* queued account news, after each step */
struct venue_sink exchange_feed_sink(struct exchange_feed *feed);

/* exchange_session.c: `events` is the JSON array that stands behind "events": */
void exchange_session_send(struct exchange_session *session, const char *channel,
                           const struct buf *events);
void exchange_session_send_error(struct exchange_session *session, const char *message);
void exchange_session_step(struct exchange_session *session, int64_t now_ns); /* what was held */
void exchange_session_close(struct exchange_session *session);
void exchange_session_clear(struct exchange_session *session); /* its queues */
void exchange_feed_wake(struct exchange_session *session);

/* exchange_frames.c */
void frames_put_book(struct buf *out, struct exchange *exchange, int product,
                     const struct level *changes, uint32_t count); /* NULL: a snapshot */
void frames_put_trades(struct buf *out, int product, const struct trade *trades, uint32_t count,
                       bool snapshot); /* a snapshot newest first, an update oldest first */
void frames_put_recent_trades(struct buf *out, struct exchange *exchange, int product);
void frames_put_ticker(struct buf *out, struct exchange *exchange, int product, bool snapshot,
                       bool with_quotes);
void frames_put_candles(struct buf *out, struct exchange *exchange, int product, bool snapshot);
void frames_put_status(struct buf *out, uint32_t products, bool snapshot);
void frames_put_heartbeat(struct buf *out, struct exchange *exchange);
void frames_put_balance(struct buf *out, struct exchange *exchange, bool snapshot);
void frames_put_user(struct buf *out, const struct venue_order *const *orders, uint32_t count,
                     bool snapshot);
void frames_put_subscriptions(struct buf *out, const struct exchange_session *session);
const char *frames_channel_name(enum exchange_channel channel); /* as a client asks for it */
