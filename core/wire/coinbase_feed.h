#pragma once
/* Coinbase WebSocket frames <-> events. Pure: bytes in, events out, no socket.
 *
 *     struct coinbase_feed *feed = coinbase_feed_create(&catalog);
 *     if (coinbase_feed_decode(feed, STREAM_MARKET, bytes, length, emit, context, &err) < 0)
 *         the frame was not usable: count it, say err.text
 *
 * Each good frame emits EVENT_FRAME (its sequence_num) first, then its content in wire order.
 * Nothing is emitted for a frame that fails: it is checked whole before the first event
 * leaves. Products that are not in the catalog are passed over. Sizes leave as base coin. Numbers
 * never pass through a binary float. An `error` frame emits EVENT_LINK down with the venue's
 * words, and no EVENT_FRAME: it has no number. */
#include "base/buf.h"
#include "base/err.h"
#include "model/event.h"

struct coinbase_feed;
typedef void coinbase_emit(void *context, const struct event *event);

struct coinbase_feed *coinbase_feed_create(const struct catalog *catalog); /* catalog borrowed */
void coinbase_feed_destroy(struct coinbase_feed *feed);
int coinbase_feed_decode(struct coinbase_feed *feed, enum stream stream, const char *bytes,
                         size_t length, coinbase_emit *emit, void *context, struct err *err);

enum coinbase_channel { CHANNEL_HEARTBEATS, CHANNEL_LEVEL2, CHANNEL_MARKET_TRADES, CHANNEL_TICKER,
                        CHANNEL_TICKER_BATCH, CHANNEL_CANDLES, CHANNEL_STATUS, CHANNEL_USER,
                        CHANNEL_FUTURES_BALANCE_SUMMARY, CHANNEL_SUBSCRIPTIONS, CHANNEL_OTHER };
/* {"type":"subscribe",...}; `jwt` may be NULL. Ids are those of the catalog, or none at all for
 * channels that take none, and for the user channel, where none means all. CHANNEL_SUBSCRIPTIONS
 * and CHANNEL_OTHER cannot be asked for. */
void coinbase_feed_encode_subscribe(struct buf *out, enum coinbase_channel channel,
                                    const struct catalog *catalog, const char *jwt);
