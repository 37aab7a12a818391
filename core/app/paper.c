#include "app/paper.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "sim/order_asked.h"

static const int64_t SECOND_NS = 1000000000;
static const int64_t KEPT_NS = 48 * 3600 * (int64_t)1000000000; /* ended orders and their fills */

struct paper {
    struct fill_venue venue;
    struct loop *loop;          /* borrowed, as the next two */
    struct event_queue *queue;
    const struct engine *engine;
    struct loop_timer *timer;   /* owned */
    struct source_port below;
    int64_t ahead_ns;           /* wall before mono: its clock does not step when ours does */
    int64_t beat_ns;            /* the next sign of life */
    uint64_t beats;
};

static int64_t now_ns(const struct paper *paper)
{
    return clock_os_now().mono_ns + paper->ahead_ns;
}

static void set_timer(struct paper *paper)
{
    int64_t next_ns = fill_venue_next_ns(&paper->venue);

    if (paper->beat_ns < next_ns)
        next_ns = paper->beat_ns;
    loop_timer_set(paper->timer, next_ns - now_ns(paper));
}

/* ---- what the host is told */

static bool push(void *context, const struct event *event)
{
    struct paper *paper = context;

    loop_again(paper->loop);
    return event_queue_push(paper->queue, event);
}

static void beat(struct paper *paper)
{
    struct event event = {.kind = EVENT_HEARTBEAT,
                          .heartbeat = {.stream = STREAM_USER, .counter = ++paper->beats}};

    push(paper, &event);
}

static void tell_link(struct paper *paper, bool up, const char *reason)
{
    struct event event = {.kind = EVENT_LINK, .link = {.stream = STREAM_USER, .up = up}};

    text_copy(event.link.reason, REASON_MAX, reason, strlen(reason));
    push(paper, &event);
}

/* ---- the market */

static void take_spec(struct paper *paper, product_index product, const struct instrument *spec)
{
    fill_venue_spec(&paper->venue, product, spec, now_ns(paper));
}

static void take_book(struct paper *paper, const struct event_book *book)
{
    struct fill_book *fills = &paper->venue.markets[book->product].book;

    fills->now_ns = now_ns(paper);
    if (book->snapshot)
        fill_book_clear(fills);
    for (uint32_t i = 0; i < book->count; i++)
        fill_book_level(fills, &book->levels[i]);
    fill_venue_settle(&paper->venue, book->product, now_ns(paper));
}

static void take_trades(struct paper *paper, const struct event_trades *trades)
{
    for (uint32_t i = 0; i < trades->count && !trades->snapshot; i++)
        fill_venue_trade(&paper->venue, trades->product, &trades->trades[i], now_ns(paper));
}

/* Where there is no feed there is no market. */
static void take_link(struct paper *paper, const struct event_link *link)
{
    for (product_index i = 0; link->stream == STREAM_MARKET && !link->up &&
                              i < paper->venue.config.catalog.count; i++)
        fill_book_clear(&paper->venue.markets[i].book);
}

static bool next(void *context, struct event *ret)
{
    struct paper *paper = context;

    if (!paper->below.next(paper->below.context, ret))
        return false;
    switch (ret->kind) {
    case EVENT_BOOK: take_book(paper, &ret->book); break;
    case EVENT_TRADES: take_trades(paper, &ret->trades); break;
    case EVENT_LINK: take_link(paper, &ret->link); break;
    case EVENT_INSTRUMENT: take_spec(paper, ret->instrument.product, &ret->instrument.spec); break;
    default: return true;
    }
    set_timer(paper);
    return true;
}

struct source_port paper_source(struct paper *paper, struct source_port below)
{
    if (!paper)
        return below;
    paper->below = below;
    return (struct source_port){paper, next};
}

/* ---- what the host asks */

void paper_command(struct paper *paper, const struct command *command)
{
    int64_t at_ns = now_ns(paper);
    struct fill_order order;

    switch (command->kind) {
    case COMMAND_PLACE:
        CHECK(order_asked(paper->engine, command->place.id, &order));
        fill_venue_place(&paper->venue, &order, at_ns);
        break;
    case COMMAND_CANCEL: fill_venue_cancel(&paper->venue, &command->cancel, at_ns); break;
    case COMMAND_LIST: fill_venue_list(&paper->venue, &command->list, at_ns); break;
    case COMMAND_STREAM_RESET:
        tell_link(paper, false, command->stream_reset.reason);
        tell_link(paper, true, "");
        beat(paper);
        break;
    default: CHECK(!"a command for the paper venue");
    }
    set_timer(paper);
}

/* ---- life */

static void on_due(void *context)
{
    struct paper *paper = context;
    int64_t at_ns = now_ns(paper);

    if (at_ns >= paper->beat_ns) {
        beat(paper);
        paper->beat_ns = at_ns + SECOND_NS;
        fill_venue_forget(&paper->venue, at_ns - KEPT_NS);
    }
    fill_venue_work(&paper->venue, at_ns);
    set_timer(paper);
}

struct paper *paper_create(const struct paper_config *config, struct err *err)
{
    const struct engine_settings *settings = config->settings;
    struct paper *paper = calloc(1, sizeof(*paper));
    struct stamp now = clock_os_now();
    struct fill_venue_config venue = {
        .name = "paper", .catalog = settings->catalog, .rates = config->rates,
        .cash = config->cash, .order_ns = config->order_ns, .answer_ns = config->answer_ns,
    };

    if (paper)
        paper->timer = loop_timer_create(config->loop, on_due, paper);
    if (!paper || !paper->timer) {
        free(paper);
        err_set(err, "no memory for the paper venue");
        return NULL;
    }
    paper->loop = config->loop;
    paper->queue = config->queue;
    paper->engine = config->engine;
    paper->ahead_ns = now.wall_ns - now.mono_ns;
    for (product_index i = 0; i < settings->catalog.count; i++)
        venue.initial_margin[i] = instrument_margin_rate(
            &settings->catalog.items[i], SIDE_UNKNOWN, false,
            settings->product_limits[i].initial_margin);
    fill_venue_init(&paper->venue, &venue, &(struct fill_venue_port){paper, push, NULL});
    return paper;
}

void paper_destroy(struct paper *paper)
{
    if (!paper)
        return;
    loop_timer_destroy(paper->timer);
    fill_venue_fini(&paper->venue);
    free(paper);
}

int paper_restore(struct paper *paper, const struct record *record, struct err *err)
{
    return fill_venue_restore(&paper->venue, record, err);
}

void paper_start(struct paper *paper)
{
    const struct catalog *catalog = &paper->venue.config.catalog;

    fill_venue_restored(&paper->venue, now_ns(paper));
    for (product_index i = 0; i < catalog->count; i++)
        take_spec(paper, i, &catalog->items[i]);
    tell_link(paper, true, "");
    on_due(paper);
}
