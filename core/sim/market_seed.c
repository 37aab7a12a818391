#include "sim/market_seed.h"

#include <string.h>

#include "base/check.h"

/* About 45 things a second, a third of them trades: as lively as a quiet hour of a large coin. */
enum {
    STEP_NS_MIN = 2 * 1000 * 1000,
    STEP_NS_SPREAD = 40 * 1000 * 1000,
    DRIFT_NS_MIN = 1000 * 1000 * 1000,
    DRIFT_MAX = 24,    /* per cent: enough for trends that a crossover sees */
    PULL_GRIDS = 40,   /* one per cent more pull per so many grids away from the start */
    SIZE_LOTS_MAX = 40,
    DRIFT_NS_SPREAD_S = 12,
};

static const int64_t SECOND_NS = 1000000000;

static int64_t level_price(const struct market_seed *market, enum side side, int depth)
{
    int64_t grids = side == SIDE_BUY ? market->bid - depth : market->bid + 1 + depth;
    return grids * market->spec.grid.e9;
}

static void queue_row(struct market_seed *market, enum market_row_kind kind, enum side side,
                      int64_t price_e9, struct size size)
{
    CHECK(market->queued < SEED_QUEUE);
    market->queue[market->queued++] = (struct market_row){
        .at_ns = market->at_ns, .price = {price_e9}, .size = size, .kind = (uint8_t)kind,
        .side = (uint8_t)side};
}

static void queue_level(struct market_seed *market, enum side side, int depth)
{
    queue_row(market, ROW_LEVEL, side, level_price(market, side, depth),
              market->sizes[side][depth]);
}

static void queue_best(struct market_seed *market)
{
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++)
        queue_row(market, ROW_BEST, (enum side)side, level_price(market, (enum side)side, 0),
                  market->sizes[side][0]);
}

/* Deeper levels hold more, as they do on real books. */
static struct size draw_size(struct market_seed *market, int depth)
{
    int64_t lots = 1 + (int64_t)prng_below(&market->prng, SIZE_LOTS_MAX);
    return (struct size){market->spec.lot.e9 * (lots + lots * depth / 6)};
}

void market_seed_init(struct market_seed *market, const struct market_seed_spec *spec,
                      uint64_t seed)
{
    CHECK(spec->grid.e9 > 0 && spec->lot.e9 > 0 && spec->start.e9 / spec->grid.e9 > SEED_LEVELS);
    *market = (struct market_seed){.spec = *spec};
    prng_seed(&market->prng, seed);
    market->anchor = market->bid = spec->start.e9 / spec->grid.e9;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++)
        for (int depth = 0; depth < SEED_LEVELS; depth++) {
            market->sizes[side][depth] = draw_size(market, depth);
            queue_level(market, (enum side)side, depth);
        }
    queue_best(market);
}

static void step_resize(struct market_seed *market)
{
    enum side side = prng_below(&market->prng, 2) ? SIDE_BUY : SIDE_SELL;
    uint64_t drawn = prng_below(&market->prng, SEED_LEVELS);
    int depth = (int)(drawn * prng_below(&market->prng, SEED_LEVELS) / SEED_LEVELS);
    market->sizes[side][depth] = draw_size(market, depth);
    if (depth == 0)
        queue_best(market);
    else
        queue_level(market, side, depth);
}

/* `side` has lost its touch: its ladder steps back, the other one follows with a new best. */
static void shift(struct market_seed *market, enum side side)
{
    enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct size *lost = market->sizes[side], *won = market->sizes[other];
    size_t bytes = (SEED_LEVELS - 1) * sizeof *lost;
    won[SEED_LEVELS - 1] = (struct size){0};
    queue_level(market, other, SEED_LEVELS - 1);
    memmove(lost, lost + 1, bytes);
    memmove(won + 1, won, bytes);
    market->bid += side == SIDE_SELL ? 1 : -1;
    lost[SEED_LEVELS - 1] = draw_size(market, SEED_LEVELS - 1);
    won[0] = draw_size(market, 0);
    queue_level(market, side, SEED_LEVELS - 1);
    queue_best(market);
}

static bool buyers_win(struct market_seed *market)
{
    int64_t pull = (market->anchor - market->bid) / PULL_GRIDS;
    int64_t chance = 50 + market->drift + (pull > 30 ? 30 : pull < -30 ? -30 : pull);
    return (int64_t)prng_below(&market->prng, 100) < chance;
}

static void step_trade(struct market_seed *market)
{
    enum side aggressor = buyers_win(market) ? SIDE_BUY : SIDE_SELL;
    enum side passive = aggressor == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct size *touch = &market->sizes[passive][0];
    struct size size = {market->spec.lot.e9 * (int64_t)(1 + prng_below(&market->prng, 24))};
    if (size.e9 > touch->e9)
        size = *touch;
    queue_row(market, ROW_TRADE, aggressor, level_price(market, passive, 0), size);
    touch->e9 -= size.e9;
    if (touch->e9 == 0)
        shift(market, passive);
    else
        queue_best(market);
}

static void step(struct market_seed *market)
{
    market->queued = market->taken = 0;
    market->at_ns += STEP_NS_MIN + (int64_t)prng_below(&market->prng, STEP_NS_SPREAD);
    if (market->at_ns >= market->drift_until_ns) {
        market->drift = (int32_t)prng_below(&market->prng, 2 * DRIFT_MAX + 1) - DRIFT_MAX;
        market->drift_until_ns = market->at_ns + DRIFT_NS_MIN +
            (int64_t)prng_below(&market->prng, (uint64_t)(DRIFT_NS_SPREAD_S * SECOND_NS));
    }
    uint64_t drawn = prng_below(&market->prng, 100);
    if (drawn < 60)
        step_resize(market);
    else if (drawn < 94)
        step_trade(market);
    else
        shift(market, buyers_win(market) ? SIDE_SELL : SIDE_BUY);
}

void market_seed_next(struct market_seed *market, struct market_row *ret)
{
    if (market->taken == market->queued)
        step(market);
    *ret = market->queue[market->taken++];
}
