#include "engine/feed.h"

void feed_link(struct feed *feed, enum stream stream, bool up, int64_t now_ns)
{
    feed->streams[stream] = (struct feed_stream){.up = up, .heard_ns = now_ns, .beat_ns = now_ns};
}

static enum feed_order judge(bool known, uint64_t last, uint64_t now)
{
    if (!known || now == last + 1)
        return FEED_GOOD;
    return now <= last ? FEED_OLD : FEED_GAP;
}

enum feed_order feed_frame(struct feed *feed, enum stream stream, uint64_t sequence, int64_t now_ns)
{
    struct feed_stream *s = &feed->streams[stream];
    enum feed_order order = judge(s->counted, s->sequence, sequence);
    s->heard_ns = now_ns;
    s->passing = order == FEED_OLD;
    if (order == FEED_OLD)
        return order;
    s->counted = true;
    s->sequence = sequence;
    s->gap = s->gap || order == FEED_GAP;
    return order;
}

enum feed_order feed_heartbeat(struct feed *feed, enum stream stream, uint64_t counter,
                               int64_t now_ns)
{
    struct feed_stream *s = &feed->streams[stream];
    enum feed_order order = judge(s->beating, s->counter, counter);
    s->heard_ns = s->beat_ns = now_ns;
    if (order == FEED_OLD)
        return order;
    s->beating = true;
    s->counter = counter;
    s->gap = s->gap || order == FEED_GAP;
    return order;
}

bool feed_is_usable(const struct feed *feed, enum stream stream)
{
    const struct feed_stream *s = &feed->streams[stream];
    return s->up && !s->gap && !s->passing;
}
