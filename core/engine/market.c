#include "engine/market.h"

#include <string.h>

#include "engine/cancels.h"
#include "engine/outbox.h"
#include "engine/tail.h"
#include "engine/watch.h"

/* A mid outside the sanity band that stands for so long is where the market is now. */
static const int64_t WILD_BELIEVED_NS = 10000000000;

/* A trade dated further ahead of us is wrong; its candle would shut out all the true ones. */
static const int64_t TRADE_AHEAD_NS = 60000000000;

/* ---- the mid, for as long as it stands */

void market_hold_mid(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    if (p->mid.e9 > 0)
        average_hold(&p->twap, p->mid_ns, engine->now.mono_ns, p->mid);
    p->mid_ns = engine->now.mono_ns;
    if (!p->book_taken || p->watched.wild_ns != 0 || !book_mid(&p->book, &p->mid))
        p->mid.e9 = 0;
}

/* Control 5's sanity band: |price - anchor| <= anchor * band, with nothing rounded. */
static bool is_wild(const struct engine *engine, product_index product, struct price price)
{
    struct price anchor = engine->products[product].watched.anchor;
    struct ratio band = engine->settings.product_limits[product].sanity_band;
    __int128 apart = (__int128)price.e9 - anchor.e9;
    if (anchor.e9 <= 0 || band.e9 <= 0)
        return false;
    return (apart < 0 ? -apart : apart) * DECIMAL_ONE > (__int128)anchor.e9 * band.e9;
}

/* A mid that jumps further than the band is not used, for pricing or for marks, until it comes back
 * or has stood for so long that it must be the market that moved. */
static void judge_mid(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    struct price mid;
    if (!p->book_taken || !book_mid(&p->book, &mid))
        return;
    if (!is_wild(engine, product, mid)) {
        p->watched.anchor = mid;
        p->watched.anchor_ns = engine->now.mono_ns;
        p->watched.wild_ns = 0;
    } else if (p->watched.wild_ns == 0) {
        p->watched.wild_ns = engine->now.mono_ns;
        engine->counters.wild++;
    }
}

void market_due_wild(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    int64_t at_ns = p->watched.wild_ns + WILD_BELIEVED_NS;
    if (engine->now.mono_ns < at_ns) {
        engine_due(engine, at_ns);
        return;
    }
    p->watched.wild_ns = 0;
    p->watched.anchor.e9 = 0;
    judge_mid(engine, product);
    market_hold_mid(engine, product);
    watch_product(engine, product);
}

/* ---- the connection */

void market_on_link(struct engine *engine, const struct event_link *event)
{
    if ((unsigned)event->stream < STREAM_COUNT)
        watch_on_link(engine, event);
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
        watch_lose(engine, event->stream, FEED_FAULT_GAP, "a gap in the sequence numbers");
}

void market_on_heartbeat(struct engine *engine, const struct event_heartbeat *event)
{
    if ((unsigned)event->stream >= STREAM_COUNT || engine->feed.streams[event->stream].passing)
        return;
    bool had_gap = engine->feed.streams[event->stream].gap;
    enum feed_order order =
        feed_heartbeat(&engine->feed, event->stream, event->counter, engine->now.mono_ns);
    if (order == FEED_GAP && !had_gap)
        watch_lose(engine, event->stream, FEED_FAULT_BEAT_GAP,
                   "a gap in the heartbeat counter");
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
        watch_lose(engine, STREAM_MARKET, FEED_FAULT_NO_SNAPSHOT,
                   "a book update before its snapshot");
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
    judge_mid(engine, event->product);
    market_hold_mid(engine, event->product);
    watch_heard(engine, event->product, FEED_BOOK);
    watch_product(engine, event->product);
}

bool market_book_is_good(const struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    return p->book_taken && !p->stale && book_is_sane(&p->book);
}

bool market_book_is_fresh(const struct engine *engine, product_index product)
{
    int64_t most_ns = engine->settings.product_limits[product].max_book_age_ns;
    return market_book_is_good(engine, product) &&
           engine->now.mono_ns - engine->products[product].book_ns <= most_ns;
}

/* ---- trades */

static void tell_candle_to(struct engine *engine, actor_index runner, product_index product,
                           const struct candle *candle)
{
    struct notice *n = out_notice(engine, runner, NOTICE_CANDLE, product);
    if (n != NULL)
        n->candle = *candle;
}

/* Rules are told too: a filter of volume or volatility has no other past to look at, for views go
 * to strategies alone and a question shows one moment. */
static void tell_candle(struct engine *engine, product_index product, const struct candle *candle)
{
    for (uint8_t i = 0; i < engine->settings.strategy_count; i++)
        if (engine->settings.strategies[i].products >> product & 1)
            tell_candle_to(engine, i, product, candle);
    for (uint8_t i = 0; i < engine->settings.rule_count; i++)
        tell_candle_to(engine, (actor_index)(MAX_STRATEGIES + i), product, candle);
}

/* One message may hold trades of many candles: what is told of them is bounded, and said so. */
static void tell_candle_of_trade(struct engine *engine, product_index product,
                                 const struct candle *candle)
{
    if (++engine->candles_of_trades <= CANDLES_PER_EVENT)
        tell_candle(engine, product, candle);
    else if (engine->candles_of_trades == CANDLES_PER_EVENT + 1)
        out_alert(engine, engine->settings.catalog.items[product].product_id,
                  ": one message held trades of too many candles; scripts miss the rest", NULL,
                  NULL);
}

static void build_candles(struct engine *engine, product_index product, const struct trade *trade)
{
    struct candle closed;
    struct product *p = &engine->products[product];
    bool dated = trade->venue_ns >= 0 && trade->venue_ns - TRADE_AHEAD_NS <= engine->now.wall_ns;
    if (dated)
        tail_on_trade(engine, product, trade);
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
    bool dated = trade->venue_ns >= 0 && trade->venue_ns < engine->now.wall_ns;
    return engine->now.mono_ns - (history && dated ? engine->now.wall_ns - trade->venue_ns : 0);
}

/* Whoever trades takes from the book, and the ticker tells of it. */
static void expect_others(struct engine *engine, product_index product)
{
    watch_expect(engine, product, FEED_BOOK);
    watch_expect(engine, product, FEED_TICKER);
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
    watch_heard(engine, event->product, FEED_TRADES);
    if (!event->snapshot)
        expect_others(engine, event->product);
    for (uint32_t i = 0; i < event->count; i++) {
        const struct trade *trade = &event->trades[i];
        bool seen = trade->trade_id != 0 && trade->trade_id <= p->trade_id;
        if (seen || trade->price.e9 <= 0 || trade->size.e9 <= 0)
            continue;
        p->trade_id = trade->trade_id > p->trade_id ? trade->trade_id : p->trade_id;
        if (is_wild(engine, event->product, trade->price)) {
            engine->counters.wild++;
            continue;
        }
        apply_trade(engine, event->product, trade, event->snapshot);
    }
}

void market_on_ticker(struct engine *engine, const struct event_ticker *event)
{
    if (event->product >= engine->settings.catalog.count ||
        !feed_is_usable(&engine->feed, STREAM_MARKET))
        return;
    struct watched *w = &engine->products[event->product].watched;
    bool traded = w->known[FEED_TICKER] && event->last.e9 > 0 && event->last.e9 != w->last.e9;
    w->last = event->last;
    watch_heard(engine, event->product, FEED_TICKER);
    if (!traded)
        return;
    watch_expect(engine, event->product, FEED_TRADES);
    watch_expect(engine, event->product, FEED_BOOK);
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
        market_hold_mid(engine, product);
    *ret_age_ns = now_ns - known_ns;
    return average_get(&p->vwap, now_ns, ret) || average_get(&p->twap, now_ns, ret);
}

void market_compare_mark(struct engine *engine, product_index product, struct price venue)
{
    struct product *p = &engine->products[product];
    int64_t age_ns;
    p->venue_mark.e9 = 0;
    if (venue.e9 > 0 && market_mark(engine, product, &p->mark_then, &age_ns))
        p->venue_mark = venue;
}

bool market_mark_is_disputed(const struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    return p->venue_mark.e9 > 0 && engine->portfolio.shown_account[product].size.e9 != 0 &&
           !gate_mark_agrees(p->mark_then, p->venue_mark,
                             engine->settings.product_limits[product].max_mark_deviation);
}

/* What works at a price or size that could not be sent any more is for the venue to keep or to end;
 * we would not have placed it, so it is cancelled, and its strategy may ask anew. */
static void check_working(struct engine *engine, product_index product)
{
    const struct instrument *spec = &engine->settings.catalog.items[product];
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order->type == ORDER_TYPE_MARKET || order->product != product || !order->ours ||
            !order_is_live(order->state))
            continue;
        if (price_is_multiple(order->price, spec->tick) &&
            size_is_multiple(order->size, spec->step) && order->size.e9 >= spec->size_min.e9)
            continue;
        out_alert(engine, spec->product_id, ": increments changed, an order that no longer fits ",
                  "them is cancelled: ", order->venue_id.text);
        cancels_want(engine, order);
    }
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
        out_tighten(engine, LATCH_PRODUCT, event->product, TRADING_HALTED,
                    "the contract size changed: restart to read positions anew");
        return;
    }
    bool steps = kept->tick.e9 != event->spec.tick.e9 || kept->step.e9 != event->spec.step.e9 ||
                 kept->size_min.e9 != event->spec.size_min.e9;
    *kept = event->spec;
    engine_due(engine, engine->now.mono_ns); /* it may tell what a funding stamp was paid at */
    if (steps)
        check_working(engine, event->product);
}

/* ---- what falls due */

static void due_product(struct engine *engine, product_index product)
{
    struct product *p = &engine->products[product];
    int64_t now_ns = engine->now.mono_ns;
    struct candle closed;
    for (uint8_t i = 0; i < engine->settings.candle_length_count; i++) {
        if (candle_flush(&p->candles[i], engine->now.wall_ns, &closed))
            tell_candle(engine, product, &closed);
        int64_t wall_ns = candle_due_wall_ns(&p->candles[i]);
        if (wall_ns != INT64_MAX)
            engine_due(engine, now_ns + wall_ns - engine->now.wall_ns);
    }
}

void market_due(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        due_product(engine, i);
}
