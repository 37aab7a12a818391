#include "engine/watch.h"

#include <string.h>

#include "base/check.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"

/* A quiet product is no fault, and every product shares the connection: one of them has it started
 * over no more often than this. */
static const int64_t PRODUCT_RESET_NS = 30000000000;
/* Channels tell of one trade in any order, in batches of up to 250 ms. */
static const int64_t TOGETHER_NS = 1000000000;

#define FAULT_TEXT(symbol, text, ...) text,
#define FAULT_MEANING(symbol, text, meaning) meaning,
const char *feed_fault_text(enum feed_fault fault)
{
    static const char *const TEXTS[] = {FEED_FAULT_LIST(FAULT_TEXT)};
    CHECK((unsigned)fault < FEED_FAULT_COUNT);
    return TEXTS[fault];
}

const char *feed_fault_meaning(enum feed_fault fault)
{
    static const char *const MEANINGS[] = {FEED_FAULT_LIST(FAULT_MEANING)};
    CHECK((unsigned)fault < FEED_FAULT_COUNT);
    return MEANINGS[fault];
}

/* ---- lost and found again */

static void add_recovery(struct engine *engine, enum feed_fault fault, int64_t since_ns)
{
    struct recovery *r = &engine->watch.recoveries[fault];
    r->count++;
    r->last_ns = engine->now.mono_ns - since_ns;
    r->max_ns = r->last_ns > r->max_ns ? r->last_ns : r->max_ns;
}

static bool is_old(const struct engine *engine, const struct product *p)
{
    int64_t after_ns = engine->settings.stale_after_ns;
    return after_ns > 0 && engine->now.mono_ns - p->book_ns >= after_ns;
}

static enum feed_fault fault_of(const struct engine *engine, const struct product *p)
{
    if (!p->book_taken)
        return engine->watch.market_fault;
    for (int i = 0; i < FEED_CHANNEL_COUNT; i++)
        if (p->watched.silent[i])
            return FEED_FAULT_CHANNEL;
    if (is_old(engine, p))
        return FEED_FAULT_CHANNEL;
    if (book_is_crossed(&p->book))
        return FEED_FAULT_CROSSED;
    if (!book_is_sane(&p->book))
        return FEED_FAULT_EMPTY;
    return p->watched.wild_ns != 0 ? FEED_FAULT_WILD : FEED_FAULT_NONE;
}

static void tell(struct engine *engine, product_index product, enum notice_kind kind)
{
    engine->products[product].version++;
    for (uint8_t i = 0; i < engine->settings.strategy_count; i++)
        if (engine->settings.strategies[i].products >> product & 1)
            out_notice(engine, i, kind, product);
}

void watch_product(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    enum feed_fault fault = fault_of(engine, p);
    bool stale = !p->book_taken || fault != FEED_FAULT_NONE;
    if (p->stale == stale)
        return;
    p->stale = stale;
    if (stale) {
        p->watched.fault = fault;
        p->watched.fault_ns = engine->now.mono_ns;
    } else if (p->watched.fault != FEED_FAULT_NONE) {
        add_recovery(engine, p->watched.fault, p->watched.fault_ns);
    }
    tell(engine, product, stale ? NOTICE_STALE : NOTICE_FRESH);
}

static void void_books(struct engine *engine, enum feed_fault fault)
{
    engine->watch.market_fault = fault;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct product *p = &engine->products[i];
        p->book_taken = false;
        market_hold_mid(engine, i);
        book_clear(&p->book);
        p->version++;
        memset(p->watched.expected_ns, 0, sizeof p->watched.expected_ns);
        for (int k = 0; k < FEED_CHANNEL_COUNT; k++)
            p->watched.heard_ns[k] = engine->now.mono_ns;
        watch_product(engine, i);
    }
}

static void lose_user(struct engine *engine, enum feed_fault fault)
{
    engine->watch.expected_order = 0;
    if (engine->watch.user_fault_ns == 0) {
        engine->watch.user_fault = fault;
        engine->watch.user_fault_ns = engine->now.mono_ns;
    }
    engine->reconciled = false;
}

void watch_reconciled(struct engine *engine)
{
    if (engine->watch.user_fault_ns != 0 && engine->counters.reconciles > 1) /* not the start's */
        add_recovery(engine, engine->watch.user_fault, engine->watch.user_fault_ns);
    engine->watch.user_fault_ns = 0;
}

void watch_lose(struct engine *engine, enum stream stream, enum feed_fault fault, const char *why)
{
    struct command_stream_reset *c = &out_command(engine, COMMAND_STREAM_RESET)->stream_reset;
    c->stream = stream;
    out_join(c->reason, sizeof c->reason, why, NULL, NULL, NULL);
    engine->feed.streams[stream].gap = true;
    engine->counters.gaps++;
    if (stream == STREAM_MARKET) {
        void_books(engine, fault);
        return;
    }
    lose_user(engine, fault);
    reconcile_begin(engine);
}

void watch_on_link(struct engine *engine, const struct event_link *event)
{
    int64_t now_ns = engine->now.mono_ns;
    bool lost = engine->feed.streams[event->stream].gap; /* and its class is known */
    feed_link(&engine->feed, event->stream, event->up, now_ns);
    engine_due(engine, now_ns);
    if (event->stream == STREAM_USER) {
        engine->user_up = event->up;
        lose_user(engine, FEED_FAULT_DOWN);
        if (event->up)
            reconcile_begin(engine);
        return;
    }
    engine->market_up = event->up;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].book_ns = now_ns;
    void_books(engine, lost || event->up ? engine->watch.market_fault : FEED_FAULT_DOWN);
}

/* ---- channels of a product */

void watch_heard(struct engine *engine, product_index product, enum feed_channel channel)
{
    struct watched *w = &engine->products[product].watched;
    bool was_silent = w->silent[channel];
    w->known[channel] = true;
    w->heard_ns[channel] = engine->now.mono_ns;
    w->silent[channel] = false;
    w->expected_ns[channel] = 0;
    if (was_silent)
        watch_product(engine, product);
}

static int64_t silent_at_ns(const struct engine *engine, const struct watched *w,
                            enum feed_channel channel)
{
    int64_t at_ns = w->heard_ns[channel] + engine->settings.stale_after_ns;
    int64_t least_ns = w->expected_ns[channel] + TOGETHER_NS;
    return at_ns > least_ns ? at_ns : least_ns;
}

void watch_expect(struct engine *engine, product_index product, enum feed_channel channel)
{
    struct watched *w = &engine->products[product].watched;
    if (w->expected_ns[channel] != 0 || !w->known[channel] ||
        engine->now.mono_ns < w->heard_ns[channel] + TOGETHER_NS)
        return;
    w->expected_ns[channel] = engine->now.mono_ns;
    engine_due(engine, silent_at_ns(engine, w, channel));
}

static bool is_usable(const struct engine *engine, enum stream stream)
{
    const struct feed_stream *s = &engine->feed.streams[stream];
    return s->up && !s->gap && engine->settings.stale_after_ns > 0;
}

static void due_channel(struct engine *engine, product_index product, enum feed_channel channel)
{
    struct watched *w = &engine->products[product].watched;
    int64_t at_ns = silent_at_ns(engine, w, channel);
    if (w->expected_ns[channel] == 0 || w->silent[channel])
        return;
    if (engine->now.mono_ns < at_ns) {
        engine_due(engine, at_ns);
        return;
    }
    w->silent[channel] = true;
    watch_product(engine, product);
}

/* When the connection should start over for this product's sake; INT64_MAX: no need. A crossed
 * book has lost something; a channel proved silent does not come back by itself (seen on
 * Coinbase); a book that only stands still in an open session is given longer. */
static int64_t wants_reset_ns(const struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    int64_t after_ns = engine->settings.stale_after_ns;
    int64_t quiet_ns = 10 * after_ns > PRODUCT_RESET_NS ? 10 * after_ns : PRODUCT_RESET_NS;
    for (int i = 0; i < FEED_CHANNEL_COUNT; i++)
        if (p->watched.silent[i])
            return engine->now.mono_ns;
    if (p->book_taken && book_is_crossed(&p->book) && p->watched.fault == FEED_FAULT_CROSSED)
        return p->watched.fault_ns + after_ns;
    return engine->settings.catalog.items[product].session_open ? p->book_ns + quiet_ns
                                                                : INT64_MAX;
}

static void due_reset(struct engine *engine, product_index product)
{
    struct watch *watch = &engine->watch;
    const struct product *p = &engine->products[product];
    int64_t at_ns = wants_reset_ns(engine, product);
    int64_t least_ns = watch->reset_ns + PRODUCT_RESET_NS;
    if (watch->reset_ns != 0 && at_ns < least_ns)
        at_ns = least_ns;
    if (engine->now.mono_ns < at_ns) {
        engine_due(engine, at_ns);
        return;
    }
    watch->reset_ns = engine->now.mono_ns;
    watch_lose(engine, STREAM_MARKET,
               p->stale && p->watched.fault != FEED_FAULT_NONE ? p->watched.fault
                                                               : FEED_FAULT_CHANNEL,
               p->watched.fault == FEED_FAULT_CROSSED ? "a book stays crossed"
                                                      : "one channel silent while others speak");
}

/* ---- the user channel, held to the lists */

void watch_expect_user(struct engine *engine, const struct order *order)
{
    struct watch *watch = &engine->watch;
    /* Right after a reconnect the lists are the only ones to tell of what happened before. */
    if (!engine->reconciled || watch->expected_order != 0 || !is_usable(engine, STREAM_USER))
        return;
    watch->expected_order = orders_index(&engine->orders, order) + 1;
    watch->expected_ns = engine->now.mono_ns;
    engine_due(engine, watch->expected_ns + engine->settings.stale_after_ns);
}

void watch_heard_user(struct engine *engine, const struct order *order)
{
    if (engine->watch.expected_order == orders_index(&engine->orders, order) + 1)
        engine->watch.expected_order = 0;
}

static void due_user(struct engine *engine)
{
    int64_t at_ns = engine->watch.expected_ns + engine->settings.stale_after_ns;
    if (engine->watch.expected_order == 0 || !is_usable(engine, STREAM_USER))
        return;
    if (engine->now.mono_ns < at_ns)
        engine_due(engine, at_ns);
    else
        watch_lose(engine, STREAM_USER, FEED_FAULT_USER_FRAME,
                   "the lists show what the user channel did not tell");
}

/* ---- streams */

static void due_stream(struct engine *engine, enum stream stream)
{
    int64_t after_ns = engine->settings.stale_after_ns, now_ns = engine->now.mono_ns;
    const struct feed_stream *s = &engine->feed.streams[stream];
    if (!is_usable(engine, stream))
        return;
    /* The heartbeat, one a second, is never newer than the last message. */
    if (now_ns < s->beat_ns + after_ns)
        engine_due(engine, s->beat_ns + after_ns);
    else if (now_ns - s->heard_ns >= NS_PER_S)
        watch_lose(engine, stream, FEED_FAULT_SILENT, "silent: neither data nor heartbeat");
    else
        watch_lose(engine, stream, FEED_FAULT_BEAT_SILENT, "silent: data but no heartbeat");
}

void watch_wake(struct engine *engine, const struct event *event)
{
    for (int i = 0; i < STREAM_COUNT; i++)
        if (event->kind != EVENT_LINK || event->link.stream != (enum stream)i)
            due_stream(engine, (enum stream)i);
}

void watch_due(struct engine *engine)
{
    int64_t after_ns = engine->settings.stale_after_ns;
    for (int i = 0; i < STREAM_COUNT; i++)
        due_stream(engine, (enum stream)i);
    due_user(engine);
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        const struct product *p = &engine->products[i];
        for (int k = 0; k < FEED_CHANNEL_COUNT && is_usable(engine, STREAM_MARKET); k++)
            due_channel(engine, i, (enum feed_channel)k);
        if (is_usable(engine, STREAM_MARKET))
            due_reset(engine, i);
        watch_product(engine, i);
        if (p->book_taken && !is_old(engine, p) && after_ns > 0)
            engine_due(engine, p->book_ns + after_ns);
        if (p->watched.wild_ns != 0)
            market_due_wild(engine, i);
    }
}
