#include "engine/market.h"

#include <string.h>

#include "engine/outbox.h"
#include "engine/reconcile.h"

/* A channel that is silent while its connection beats does not come back by itself (seen on
 * Coinbase); but a quiet product is no fault, so the connection is not torn down for less. */
static const int64_t SILENT_PRODUCT_RESET_NS = 30000000000;

/* A trade dated further ahead of us is wrong; its candle would shut out all the true ones. */
static const int64_t TRADE_AHEAD_NS = 60000000000;

static void tell_stale(struct engine *engine, product_index product, bool stale)
{
    struct product *p = &engine->products[product];
    if (p->stale == stale)
        return;
    p->stale = stale;
    p->version++;
    for (uint8_t i = 0; i < engine->settings.strategy_count; i++)
        if (engine->settings.strategies[i].products >> product & 1)
            out_notice(engine, i, stale ? NOTICE_STALE : NOTICE_FRESH, product);
}

/* ---- the mid, for as long as it stands */

static void hold_mid(struct engine *engine, struct product *p)
{
    if (p->mid.e9 > 0)
        average_hold(&p->twap, p->mid_ns, engine->now.mono_ns, p->mid);
    p->mid_ns = engine->now.mono_ns;
    if (!p->book_taken || !book_mid(&p->book, &p->mid))
        p->mid.e9 = 0;
}

static void void_books(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct product *p = &engine->products[i];
        p->book_taken = false;
        hold_mid(engine, p);
        book_clear(&p->book);
        p->version++;
        tell_stale(engine, i, true);
    }
}

/* Every book of the connection is void in the same event; the stream starts over. */
static void lose(struct engine *engine, enum stream stream, const char *why)
{
    struct command_stream_reset *c = &out_command(engine, COMMAND_STREAM_RESET)->stream_reset;
    c->stream = stream;
    out_join(c->reason, sizeof c->reason, why, NULL, NULL, NULL);
    engine->counters.gaps++;
    if (stream == STREAM_MARKET) {
        void_books(engine);
        return;
    }
    engine->reconciled = false;
    reconcile_begin(engine);
}

/* ---- the connection */

void market_on_link(struct engine *engine, const struct event_link *event)
{
    if ((unsigned)event->stream >= STREAM_COUNT)
        return;
    int64_t now_ns = engine->now.mono_ns;
    feed_link(&engine->feed, event->stream, event->up, now_ns);
    engine_due(engine, now_ns);
    if (event->stream == STREAM_USER) {
        engine->user_up = event->up;
        engine->reconciled = false;
        if (event->up)
            reconcile_begin(engine);
        return;
    }
    engine->market_up = event->up;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].book_ns = now_ns;
    void_books(engine);
}

void market_on_frame(struct engine *engine, const struct event_frame *event)
{
    if ((unsigned)event->stream >= STREAM_COUNT)
        return;
    bool had_gap = engine->feed.streams[event->stream].gap;
    enum feed_order order =
        feed_frame(&engine->feed, event->stream, event->sequence, engine->now.mono_ns);
    engine->counters.stale_frames += order == FEED_OLD;
    if (order == FEED_GAP && !had_gap)
        lose(engine, event->stream, "a gap in the sequence numbers");
}

void market_on_heartbeat(struct engine *engine, const struct event_heartbeat *event)
{
    if ((unsigned)event->stream >= STREAM_COUNT || engine->feed.streams[event->stream].passing)
        return;
    bool had_gap = engine->feed.streams[event->stream].gap;
    enum feed_order order =
        feed_heartbeat(&engine->feed, event->stream, event->counter, engine->now.mono_ns);
    if (order == FEED_GAP && !had_gap)
        lose(engine, event->stream, "a gap in the heartbeat counter");
}

/* ---- books */

static bool level_is_valid(const struct level *level)
{
    return (level->side == SIDE_BUY || level->side == SIDE_SELL) && level->price.e9 > 0 &&
           level->size.e9 >= 0;
}

void market_on_book(struct engine *engine, const struct event_book *event)
{
    if (event->product >= engine->settings.catalog.count ||
        !feed_is_usable(&engine->feed, STREAM_MARKET))
        return;
    struct product *p = &engine->products[event->product];
    if (!event->snapshot && !p->book_taken) {
        /* Its snapshot was lost, or never sent: there is nothing this update could be put on. */
        engine->feed.streams[STREAM_MARKET].gap = true;
        lose(engine, STREAM_MARKET, "a book update before its snapshot");
        return;
    }
    if (event->snapshot)
        book_clear(&p->book);
    p->book_taken = true;
    for (uint32_t i = 0; i < event->count; i++)
        if (level_is_valid(&event->levels[i]))
            book_set(&p->book, event->levels[i].side, event->levels[i].price,
                     event->levels[i].size);
    p->book_ns = engine->now.mono_ns;
    p->book_updates++;
    p->version++;
    hold_mid(engine, p);
    if (p->stale)
        tell_stale(engine, event->product, false);
}

bool market_book_is_good(const struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    return p->book_taken && !p->stale && book_is_sane(&p->book);
}

/* ---- trades */

static void tell_candle(struct engine *engine, product_index product, const struct candle *candle)
{
    for (uint8_t i = 0; i < engine->settings.strategy_count; i++) {
        struct notice *n = NULL;
        if (engine->settings.strategies[i].products >> product & 1)
            n = out_notice(engine, i, NOTICE_CANDLE, product);
        if (n != NULL)
            n->candle = *candle;
    }
}

/* One message may hold trades of many candles: what is told of them is bounded, and said so. */
static void tell_candle_of_trade(struct engine *engine, product_index product,
                                 const struct candle *candle)
{
    if (++engine->candles_of_trades <= CANDLES_PER_EVENT)
        tell_candle(engine, product, candle);
    else if (engine->candles_of_trades == CANDLES_PER_EVENT + 1)
        out_alert(engine, engine->settings.catalog.items[product].product_id,
                  ": one message held trades of too many candles; strategies miss the rest", NULL,
                  NULL);
}

static void build_candles(struct engine *engine, product_index product, const struct trade *trade)
{
    struct candle closed;
    struct product *p = &engine->products[product];
    bool dated = trade->venue_ns >= 0 && trade->venue_ns - TRADE_AHEAD_NS <= engine->now.wall_ns;
    for (uint8_t i = 0; i < engine->settings.candle_length_count; i++) {
        if (!dated)
            p->candles[i].late++;
        else if (candle_apply(&p->candles[i], trade, &closed))
            tell_candle_of_trade(engine, product, &closed);
        int64_t left_ns = candle_due_wall_ns(&p->candles[i]);
        if (left_ns != INT64_MAX)
            engine_due(engine, engine->now.mono_ns + left_ns - engine->now.wall_ns);
    }
}

/* History is weighed at its age; news at the time it came. */
static int64_t trade_mono_ns(const struct engine *engine, const struct trade *trade, bool history)
{
    int64_t age_ns = engine->now.wall_ns - trade->venue_ns;
    return engine->now.mono_ns - (history && age_ns > 0 ? age_ns : 0);
}

static void apply_trade(struct engine *engine, product_index product, const struct trade *trade,
                        bool history)
{
    struct product *p = &engine->products[product];
    int64_t at_ns = trade_mono_ns(engine, trade, history);
    average_add(&p->vwap, at_ns, trade->price, trade->size.e9);
    p->trade_ns = at_ns > p->trade_ns ? at_ns : p->trade_ns;
    p->version++;
    if (history)
        return;
    p->trades[p->trade_count++ % VIEW_TRADES] = *trade;
    build_candles(engine, product, trade);
}

void market_on_trades(struct engine *engine, const struct event_trades *event)
{
    if (event->product >= engine->settings.catalog.count ||
        !feed_is_usable(&engine->feed, STREAM_MARKET))
        return;
    struct product *p = &engine->products[event->product];
    engine->candles_of_trades = 0;
    for (uint32_t i = 0; i < event->count; i++) {
        const struct trade *trade = &event->trades[i];
        bool seen = trade->trade_id != 0 && trade->trade_id <= p->trade_id;
        if (seen || trade->price.e9 <= 0 || trade->size.e9 <= 0)
            continue;
        p->trade_id = trade->trade_id > p->trade_id ? trade->trade_id : p->trade_id;
        apply_trade(engine, event->product, trade, event->snapshot);
    }
}

bool market_mark(struct engine *engine, product_index product, struct price *ret,
                 int64_t *ret_age_ns)
{
    struct product *p = &engine->products[product];
    int64_t now_ns = engine->now.mono_ns;
    int64_t known_ns = p->trade_ns;
    if (p->book_taken && p->book_ns > known_ns)
        known_ns = p->book_ns;
    if (p->mid.e9 > 0 && now_ns > p->mid_ns)
        hold_mid(engine, p);
    *ret_age_ns = now_ns - known_ns;
    return average_get(&p->vwap, now_ns, ret) || average_get(&p->twap, now_ns, ret);
}

void market_on_instrument(struct engine *engine, const struct event_instrument *event)
{
    if (event->product >= engine->settings.catalog.count)
        return;
    struct instrument *kept = &engine->settings.catalog.items[event->product];
    if (strcmp(kept->product_id, event->spec.product_id) != 0 ||
        kept->profile != event->spec.profile) {
        out_alert(engine, kept->product_id, ": a specification of another product came for it",
                  NULL, NULL);
        return;
    }
    if (kept->contract_size.e9 != event->spec.contract_size.e9) {
        struct record_latch latch;
        if (guard_tighten(&engine->guard, LATCH_PRODUCT, event->product, TRADING_HALTED, false,
                          "the contract size changed: restart to read positions anew", &latch)) {
            out_latch(engine, &latch);
            out_alert(engine, kept->product_id, ": halted, ", latch.reason, NULL);
        }
        return;
    }
    *kept = event->spec;
}

/* ---- what falls due */

static void due_product(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    int64_t now_ns = engine->now.mono_ns, after_ns = engine->settings.stale_after_ns;
    struct candle closed;
    if (p->book_taken && after_ns > 0) {
        if (now_ns - p->book_ns >= after_ns)
            tell_stale(engine, product, true);
        else
            engine_due(engine, p->book_ns + after_ns);
    }
    for (uint8_t i = 0; i < engine->settings.candle_length_count; i++) {
        if (candle_flush(&p->candles[i], engine->now.wall_ns, &closed))
            tell_candle(engine, product, &closed);
        int64_t wall_ns = candle_due_wall_ns(&p->candles[i]);
        if (wall_ns != INT64_MAX)
            engine_due(engine, now_ns + wall_ns - engine->now.wall_ns);
    }
}

static void due_stream(struct engine *engine, enum stream stream)
{
    int64_t after_ns = engine->settings.stale_after_ns;
    struct feed_stream *s = &engine->feed.streams[stream];
    if (!s->up || s->gap)
        return;
    if (feed_is_silent(&engine->feed, stream, engine->now.mono_ns, after_ns)) {
        s->gap = true;
        lose(engine, stream, "silent: neither data nor heartbeat");
        return;
    }
    engine_due(engine, feed_silent_at_ns(&engine->feed, stream, after_ns));
}

/* One channel dead while the connection beats: only an open session makes silence a fault. */
static void due_silent_product(struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    const struct instrument *spec = &engine->settings.catalog.items[product];
    struct feed_stream *s = &engine->feed.streams[STREAM_MARKET];
    int64_t at_ns = p->book_ns + 10 * engine->settings.stale_after_ns;
    int64_t least_ns = p->book_ns + SILENT_PRODUCT_RESET_NS;
    at_ns = at_ns > least_ns ? at_ns : least_ns;
    if (!s->up || s->gap || !spec->session_open || engine->settings.stale_after_ns <= 0)
        return;
    if (engine->now.mono_ns < at_ns) {
        engine_due(engine, at_ns);
        return;
    }
    s->gap = true;
    lose(engine, STREAM_MARKET, "one product silent while the stream beats");
}

void market_due(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        due_product(engine, i);
        due_silent_product(engine, i);
    }
    for (int i = 0; i < STREAM_COUNT; i++)
        due_stream(engine, (enum stream)i);
}
