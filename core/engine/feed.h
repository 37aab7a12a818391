#pragma once
/* Whether what a stream shows can be believed: its place in the sequence, its heartbeat, its age.
 *
 *     switch (feed_frame(&feed, STREAM_MARKET, sequence, now_ns)) {
 *     case FEED_OLD: what follows belongs to the past, pass it over
 *     case FEED_GAP: something was lost: every book of the connection is void, reset it
 *
 * One counter per connection over all channels, +1 per message. A gap lasts until the link has gone
 * down and come up again: there is no replay, and a snapshot merged into a stale book leaves
 * ghost levels. The heartbeat counter rises by one a second within a connection. */
#include "model/event.h"

enum feed_order { FEED_GOOD, FEED_OLD, FEED_GAP };

struct feed_stream {
    bool up, gap;
    bool counted, beating;     /* a first sequence number, a first heartbeat was seen */
    bool passing;              /* the frame being read is old: its content is passed over */
    uint64_t sequence, counter; /* last seen */
    int64_t heard_ns;          /* last message of any kind, or when the link came up */
    int64_t beat_ns;           /* last heartbeat */
};
struct feed { struct feed_stream streams[STREAM_COUNT]; };

/* Up or down: what was known of the connection is forgotten. */
void feed_link(struct feed *feed, enum stream stream, bool up, int64_t now_ns);
enum feed_order feed_frame(struct feed *feed, enum stream stream, uint64_t sequence,
                           int64_t now_ns);
enum feed_order feed_heartbeat(struct feed *feed, enum stream stream, uint64_t counter,
                               int64_t now_ns);
/* Up, no gap, and the present frame is no old one: what it brings may be used. */
bool feed_is_usable(const struct feed *feed, enum stream stream);
