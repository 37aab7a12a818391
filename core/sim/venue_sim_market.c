/* Rows of a market become the books of the products that watch it, and trades. */
#include "base/check.h"
#include "sim/venue_sim_private.h"

enum { MINUTE_S = 60 };
static const int64_t SECOND_NS = 1000000000;

static void take_row(struct venue_sim *sim, struct venue_market *market)
{
    if (!market->tape) {
        market_seed_next(&market->seeded, &market->row);
        return;
    }
    if (market->tape_next == market->tape->count) {
        /* The seam: what the tape's end showed is void, its start comes next. */
        int64_t length = market->tape->length_ns + SECOND_NS / 1000;
        market->epoch_ns += (int64_t)((__int128)length * DECIMAL_ONE / sim->config.speed.e9);
        market->tape_next = 0;
        market->announce = true;
    }
    market->row = market->tape->rows[market->tape_next++];
}

static void forget(struct venue_sim *sim, int index)
{
    struct venue_market *market = &sim->markets[index];
    market->fine[SIDE_BUY].count = market->fine[SIDE_SELL].count = 0;
    market->best[SIDE_BUY] = market->best[SIDE_SELL] = (struct price){0};
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (venue_products[i].market == index)
            venue_book_forget_market(&sim->listings[i].book);
}

void venue_market_start(struct venue_sim *sim, int index)
{
    struct venue_market *market = &sim->markets[index];
    const struct venue_asset *asset = &venue_assets[index];
    struct market_seed_spec spec = {asset->start, asset->grid, asset->lot};
    market->tape = index == 0 ? sim->config.tape : NULL;
    market->epoch_ns = sim->config.start_ns;
    market_seed_init(&market->seeded, &spec, sim->config.seed + (uint64_t)index);
    take_row(sim, market);
}

int64_t venue_market_next_ns(const struct venue_sim *sim, int index)
{
    const struct venue_market *market = &sim->markets[index];
    return market->epoch_ns +
           (int64_t)((__int128)market->row.at_ns * DECIMAL_ONE / sim->config.speed.e9);
}

static void set_level(struct venue_sim *sim, int index, enum side side, struct price price,
                      struct size size)
{
    struct venue_ladder *ladder = &sim->markets[index].fine[side];
    struct venue_level *level = venue_ladder_insert(ladder, side, price.e9);
    struct size delta = {size.e9 - level->base_e9};
    level->base_e9 = size.e9;
    if (size.e9 == 0)
        venue_ladder_remove(ladder, level);
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (venue_products[i].market == index)
            venue_book_market(&sim->listings[i].book, side, price, delta);
}

/* Levels of `side` that are better than its best price, or that the other side has reached. */
static void prune(struct venue_sim *sim, int index, enum side side, struct price best,
                  bool best_too)
{
    struct venue_ladder *ladder = &sim->markets[index].fine[side];
    while (ladder->count > 0) {
        int64_t price_e9 = ladder->levels[ladder->count - 1].price_e9;
        if (!venue_price_better(side, price_e9, best.e9) && !(best_too && price_e9 == best.e9))
            return;
        set_level(sim, index, side, (struct price){price_e9}, (struct size){0});
    }
}

static void match_books(struct venue_sim *sim, int index)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (venue_products[i].market == index)
            venue_match_book(sim, i);
}

static bool ready(const struct venue_market *market)
{
    return market->best[SIDE_BUY].e9 > 0 && market->best[SIDE_SELL].e9 > 0;
}

/* The best pair is the newest word on the touch; depth rows lag behind it by up to 100 ms. */
static void apply_best(struct venue_sim *sim, int index, const struct market_row *row)
{
    struct venue_market *market = &sim->markets[index];
    enum side side = row->side == SIDE_BUY ? SIDE_BUY : SIDE_SELL;
    enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    prune(sim, index, side, row->price, false);
    prune(sim, index, other, row->price, true);
    set_level(sim, index, side, row->price, row->size);
    market->best[side] = row->price;
    if (side == SIDE_BUY || !ready(market))
        return; /* the pair is judged when its second half is here */
    match_books(sim, index);
    if (!market->announce)
        return;
    market->announce = false;
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (venue_products[i].market == index && sim->sink.on_reset)
            sim->sink.on_reset(sim->sink.context, i);
}

static void apply_level(struct venue_sim *sim, int index, const struct market_row *row)
{
    struct venue_market *market = &sim->markets[index];
    enum side side = row->side == SIDE_BUY ? SIDE_BUY : SIDE_SELL;
    if (ready(market) && !venue_price_better(side, market->best[side].e9, row->price.e9))
        return; /* the touch belongs to the best pair */
    set_level(sim, index, side, row->price, row->size);
    if (ready(market))
        match_books(sim, index);
}

static void note_minute(struct venue_stats *stats, int64_t now_ns, struct price price,
                        struct size units)
{
    int64_t start_s = now_ns / SECOND_NS / MINUTE_S * MINUTE_S;
    uint32_t newest = (stats->minute_next + VENUE_MINUTES - 1) % VENUE_MINUTES;
    if (stats->minute_count == 0 || stats->minutes[newest].start_s != start_s) {
        newest = stats->minute_next;
        stats->minute_next = (stats->minute_next + 1) % VENUE_MINUTES;
        stats->minute_count += stats->minute_count < VENUE_MINUTES;
        stats->minutes[newest] =
            (struct venue_candle){start_s, price, price, price, price, {0}};
    }
    struct venue_candle *candle = &stats->minutes[newest];
    candle->high = price.e9 > candle->high.e9 ? price : candle->high;
    candle->low = price.e9 < candle->low.e9 ? price : candle->low;
    candle->close = price;
    candle->volume.e9 += units.e9;
}

void venue_market_print(struct venue_sim *sim, int product, enum side aggressor,
                        struct price price, struct size units)
{
    struct venue_listing *listing = &sim->listings[product];
    struct venue_stats *stats = &listing->stats;
    struct trade trade = {price, units, aggressor, listing->next_trade_id++, sim->now_ns};
    if (stats->last.e9 == 0)
        stats->open = stats->high = stats->low = price;
    stats->last = price;
    stats->high = price.e9 > stats->high.e9 ? price : stats->high;
    stats->low = price.e9 < stats->low.e9 ? price : stats->low;
    stats->volume.e9 += units.e9;
    stats->recent[stats->next] = trade;
    stats->next = (stats->next + 1) % VENUE_RECENT_TRADES;
    stats->count += stats->count < VENUE_RECENT_TRADES;
    note_minute(stats, sim->now_ns, price, units);
    if (sim->sink.on_trade)
        sim->sink.on_trade(sim->sink.context, product, &trade);
}

/* Contracts are whole: what a trade leaves over waits for the next one on its side. */
static void apply_trade(struct venue_sim *sim, int product, const struct market_row *row)
{
    struct venue_listing *listing = &sim->listings[product];
    const struct venue_product *spec = &venue_products[product];
    enum side aggressor = row->side == SIDE_BUY ? SIDE_BUY : SIDE_SELL;
    struct size *carry = &listing->carry[aggressor], base;
    struct price price;
    CHECK(price_round(row->price, spec->tick, aggressor == SIDE_BUY ? ROUND_UP : ROUND_DOWN,
                      &price));
    carry->e9 += row->size.e9;
    struct size units = venue_product_units(spec, *carry);
    if (units.e9 == 0 || price.e9 <= 0 || !venue_sim_session_open(sim, product))
        return;
    CHECK(venue_product_base(spec, units, &base));
    carry->e9 -= base.e9;
    venue_market_print(sim, product, aggressor, price, units);
    venue_match_trade(sim, product, aggressor, price, units);
}

void venue_market_step(struct venue_sim *sim, int index)
{
    struct venue_market *market = &sim->markets[index];
    struct market_row row = market->row;
    if (market->announce && row.at_ns == 0 && market->tape_next == 1)
        forget(sim, index);
    if (row.kind == ROW_BEST)
        apply_best(sim, index, &row);
    else if (row.kind == ROW_LEVEL)
        apply_level(sim, index, &row);
    else
        for (int i = 0; i < VENUE_PRODUCTS; i++)
            if (venue_products[i].market == index && ready(market))
                apply_trade(sim, i, &row);
    take_row(sim, market);
}
