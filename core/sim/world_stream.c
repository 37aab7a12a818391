/* The two streams: connections that come and go, and the frames on them. */
#include <string.h>

#include "base/check.h"
#include "sim/world_private.h"

static const int64_t MS = 1000000, SECOND = 1000000000;
enum { SHOWN_LEVELS = 2048 };

static void post(struct world *world, enum stream stream, const struct event *event, int64_t at_ns)
{
    struct letter *letter = mail_post_event(&world->mail, event, at_ns);
    letter->host = world->host;
    letter->stream = stream;
    letter->connection = world->streams[stream].connection;
}

static void post_frame(struct world *world, enum stream stream, const struct event *event,
                       uint64_t sequence, int64_t at_ns)
{
    struct event frame = {.kind = EVENT_FRAME};
    frame.frame.stream = stream;
    frame.frame.sequence = sequence;
    frame.frame.venue_ns = venue_sim_now(world->venue);
    post(world, stream, &frame, at_ns);
    post(world, stream, event, at_ns);
}

void world_frame(struct world *world, enum stream stream, const struct event *event)
{
    struct world_stream *s = &world->streams[stream];
    const struct fault *late;
    if (!s->up)
        return;
    if (event->kind == EVENT_ORDER_REPORT && event->order.source == REPORT_USER_UPDATE &&
        world_strike(world, FAULT_USER_SILENT))
        return;
    uint64_t sequence = s->sequence++;
    if (world_strike(world, FAULT_FRAME_LOST))
        return;
    int64_t at_ns = venue_sim_now(world->venue) + WORLD_LATENCY_NS +
                    world_chance(world, 20 * MS);
    at_ns = at_ns > s->last_ns ? at_ns : s->last_ns;
    at_ns = at_ns > s->stalled_ns ? at_ns : s->stalled_ns;
    if ((late = world_strike(world, FAULT_FRAME_LATE)) != NULL)
        at_ns += (int64_t)(late->roll % (uint64_t)(2 * SECOND));
    else
        s->last_ns = at_ns;
    post_frame(world, stream, event, sequence, at_ns);
    if (world_strike(world, FAULT_FRAME_TWICE))
        post_frame(world, stream, event, sequence, at_ns + 30 * MS);
}

/* ---- what is shown */

static struct size base_size(int venue_product, struct size units)
{
    struct size base;
    CHECK(venue_product_base(&venue_products[venue_product], units, &base));
    return base;
}

static void tell_book(struct world *world, product_index product, const struct level *levels,
                      uint32_t count, bool snapshot)
{
    static struct level shown[SHOWN_LEVELS];
    struct event event = {.kind = EVENT_BOOK};
    CHECK(count <= SHOWN_LEVELS);
    for (uint32_t i = 0; i < count; i++) {
        shown[i] = levels[i];
        shown[i].size = base_size(world->config.products[product], levels[i].size);
    }
    event.book = (struct event_book){product, snapshot, venue_sim_now(world->venue), shown, count};
    world_frame(world, STREAM_MARKET, &event);
}

static void snapshot_book(struct world *world, product_index product)
{
    static struct level levels[SHOWN_LEVELS];
    struct venue_book *book = venue_sim_book(world->venue, world->config.products[product]);
    struct level *changes;
    uint32_t count = 0;
    (void)venue_book_take_changes(book, &changes);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        uint32_t cursor = 0;
        while (count < SHOWN_LEVELS &&
               venue_book_walk_shown(book, (enum side)side, &cursor, &levels[count]))
            count++;
    }
    if (count > 0)
        tell_book(world, product, levels, count, true);
}

static void snapshot_trades(struct world *world, product_index product)
{
    static struct trade trades[VENUE_RECENT_TRADES];
    int venue_product = world->config.products[product];
    const struct venue_stats *stats = venue_sim_stats(world->venue, venue_product);
    struct event event = {.kind = EVENT_TRADES};
    for (uint32_t i = 0; i < stats->count; i++) {
        uint32_t at = (stats->next + VENUE_RECENT_TRADES - stats->count + i) % VENUE_RECENT_TRADES;
        trades[i] = stats->recent[at];
        trades[i].size = base_size(venue_product, trades[i].size);
    }
    event.trades = (struct event_trades){product, true, trades, stats->count};
    if (stats->count > 0)
        world_frame(world, STREAM_MARKET, &event);
}

static void snapshot_orders(struct world *world)
{
    for (uint32_t i = 0; i < world->open_count; i++) {
        struct event event;
        world_report(world, venue_sim_order_at(world->venue, world->open[i]),
                     REPORT_USER_SNAPSHOT, &event);
        if (event.order.product != NO_PRODUCT)
            world_frame(world, STREAM_USER, &event);
    }
}

void world_tell_books(struct world *world)
{
    for (product_index i = 0; i < world->config.product_count; i++) {
        struct venue_book *book = venue_sim_book(world->venue, world->config.products[i]);
        struct level *changes;
        if (!venue_book_changed(book))
            continue;
        uint32_t count = venue_book_take_changes(book, &changes);
        if (count > 0 && world->now_ns >= world->silent_ns[i])
            tell_book(world, i, changes, count, false);
    }
}

void world_tell_order(struct world *world, const struct venue_order *order)
{
    struct event event;
    world_report(world, order, REPORT_USER_UPDATE, &event);
    if (event.order.product != NO_PRODUCT)
        world_frame(world, STREAM_USER, &event);
}

void world_tell_trade(struct world *world, int product, const struct trade *trade)
{
    struct event event = {.kind = EVENT_TRADES};
    struct trade shown = *trade;
    product_index index = world_product(world, product);
    if (index == NO_PRODUCT)
        return;
    shown.size = base_size(product, trade->size);
    event.trades = (struct event_trades){index, false, &shown, 1};
    world_frame(world, STREAM_MARKET, &event);
}

void world_beat(struct world *world)
{
    for (int i = 0; i < STREAM_COUNT; i++) {
        struct world_stream *s = &world->streams[i];
        struct event event = {.kind = EVENT_HEARTBEAT};
        if (!s->up || world->now_ns < s->beat_ns)
            continue;
        s->beat_ns = world->now_ns + SECOND;
        event.heartbeat.stream = (enum stream)i;
        event.heartbeat.counter = s->beats++;
        world_frame(world, (enum stream)i, &event);
    }
}

/* ---- connections */

static void post_link(struct world *world, enum stream stream, bool up)
{
    struct event event = {.kind = EVENT_LINK};
    event.link.stream = stream;
    event.link.up = up;
    post(world, stream, &event, world->now_ns + MS);
}

/* The first frames of a connection follow the word that it is up. */
static void come_up(struct world *world, enum stream stream)
{
    struct world_stream *s = &world->streams[stream];
    s->up = true;
    s->wanted = false;
    s->sequence = s->beats = 0;
    s->last_ns = s->stalled_ns = 0;
    s->beat_ns = world->now_ns;
    post_link(world, stream, true);
    if (stream == STREAM_USER) {
        snapshot_orders(world);
        return;
    }
    for (product_index i = 0; i < world->config.product_count; i++) {
        world->silent_ns[i] = 0;
        snapshot_book(world, i);
        snapshot_trades(world, i);
    }
}

/* Asks for a connection, or makes the one that was asked for. */
void world_connect(struct world *world, enum stream stream)
{
    struct world_stream *s = &world->streams[stream];
    if (world->host == 0 || s->up)
        return;
    if (s->wanted) {
        come_up(world, stream);
        return;
    }
    s->wanted = true;
    s->connection++;
    int64_t after_ns = 200 * MS + world_chance(world, 1500 * MS);
    struct letter *letter = mail_post(&world->mail, LETTER_CONNECT, world->now_ns + after_ns);
    letter->host = world->host;
    letter->stream = stream;
}

void world_reset_stream(struct world *world, enum stream stream)
{
    struct world_stream *s = &world->streams[stream];
    if (!s->up)
        return;
    s->up = false;
    world_connect(world, stream);
    post_link(world, stream, false);
}

void world_stream_faults(struct world *world)
{
    const struct fault *fault;
    if (world->host == 0)
        return;
    if ((fault = world_strike(world, FAULT_STREAM_RESET)) != NULL)
        world_reset_stream(world, (enum stream)(fault->roll % STREAM_COUNT));
    if ((fault = world_strike(world, FAULT_STREAM_STALL)) != NULL) {
        struct world_stream *s = &world->streams[fault->roll % STREAM_COUNT];
        s->stalled_ns = world->now_ns + (int64_t)((fault->roll >> 8) % (uint64_t)(20 * SECOND));
    }
    if ((fault = world_strike(world, FAULT_PRODUCT_SILENT)) != NULL)
        world->silent_ns[fault->roll % world->config.product_count] = INT64_MAX;
}
