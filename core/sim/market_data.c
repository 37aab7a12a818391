#include "sim/market_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "sim/venue_sim_book.h"

/* ---- arrays that grow */

static void *grow(void *items, uint32_t count, uint32_t *capacity, size_t bytes)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 4096;
    items = realloc(items, *capacity * bytes);
    CHECK(items); /* as large as the file that was read already */
    return items;
}

struct market_batch *market_data_add_batch(struct market_data *data, int64_t at_ns)
{
    data->batches = grow(data->batches, data->count, &data->capacity, sizeof *data->batches);
    struct market_batch *batch = &data->batches[data->count++];
    *batch = (struct market_batch){at_ns, data->level_count, data->trade_count, 0, 0, false};
    return batch;
}

struct level *market_data_add_level(struct market_data *data)
{
    data->levels = grow(data->levels, data->level_count, &data->level_capacity,
                        sizeof *data->levels);
    data->batches[data->count - 1].levels++;
    return memset(&data->levels[data->level_count++], 0, sizeof *data->levels);
}

struct trade *market_data_add_trade(struct market_data *data)
{
    data->trades = grow(data->trades, data->trade_count, &data->trade_capacity,
                        sizeof *data->trades);
    data->batches[data->count - 1].trades++;
    return memset(&data->trades[data->trade_count++], 0, sizeof *data->trades);
}

void market_data_destroy(struct market_data *data)
{
    if (!data)
        return;
    free(data->batches);
    free(data->levels);
    free(data->trades);
    free(data->bars.items);
    free(data);
}

void market_data_shuffle(struct market_data *data, int64_t from_ns, uint64_t seed)
{
    struct prng prng;
    uint32_t first = 0, bar = 0;
    prng_seed(&prng, seed);
    while (first < data->count && data->batches[first].at_ns < from_ns)
        first++;
    for (uint32_t i = data->count; i-- > first + 1;) {
        uint32_t other = first + (uint32_t)prng_below(&prng, i - first + 1);
        struct market_batch *a = &data->batches[i], *b = &data->batches[other];
        struct market_batch kept = *a;
        int64_t at_ns = b->at_ns;
        *a = *b;
        a->at_ns = kept.at_ns;
        *b = kept;
        b->at_ns = at_ns;
    }
    while (bar < data->bars.count && data->bars.items[bar].start_ns < from_ns)
        bar++;
    for (uint32_t i = data->bars.count; i-- > bar + 1;) {
        uint32_t other = bar + (uint32_t)prng_below(&prng, i - bar + 1);
        struct market_bar *a = &data->bars.items[i], *b = &data->bars.items[other], kept = *a;
        int64_t at_ns = b->start_ns;
        *a = *b;
        a->start_ns = kept.start_ns;
        *b = kept;
        b->start_ns = at_ns;
    }
}

/* ---- a tape */

struct touched { enum side side; int64_t price_e9; };

struct shaper {
    struct market_data *data;
    const struct instrument *spec;
    struct venue_ladder fine[2], shown[2]; /* shown: base_e9 the sum, own_e9 what was told of it */
    struct price best[2];
    struct size carry[2];
    struct touched *touched;
    uint32_t touched_count, touched_capacity;
    uint64_t trade_ids;
};

static void set_level(struct shaper *shaper, enum side side, int64_t price_e9, int64_t size_e9)
{
    struct price shown_price;
    struct venue_level *fine = venue_ladder_insert(&shaper->fine[side], side, price_e9);
    int64_t delta = size_e9 - fine->base_e9;
    fine->base_e9 = size_e9;
    if (size_e9 == 0)
        venue_ladder_remove(&shaper->fine[side], fine);
    enum rounding outward = side == SIDE_BUY ? ROUND_DOWN : ROUND_UP;
    CHECK(price_round((struct price){price_e9}, shaper->spec->tick, outward, &shown_price));
    if (delta == 0 || shown_price.e9 <= 0)
        return;
    struct venue_level *shown = venue_ladder_insert(&shaper->shown[side], side, shown_price.e9);
    shown->base_e9 += delta;
    shaper->touched = grow(shaper->touched, shaper->touched_count, &shaper->touched_capacity,
                           sizeof *shaper->touched);
    shaper->touched[shaper->touched_count++] = (struct touched){side, shown_price.e9};
}

/* Levels of `side` better than its best price, or that the other side has reached. */
static void prune(struct shaper *shaper, enum side side, int64_t best_e9, bool best_too)
{
    struct venue_ladder *ladder = &shaper->fine[side];
    while (ladder->count > 0) {
        int64_t price_e9 = ladder->levels[ladder->count - 1].price_e9;
        if (!venue_price_better(side, price_e9, best_e9) && !(best_too && price_e9 == best_e9))
            return;
        set_level(shaper, side, price_e9, 0);
    }
}

static void take_level(struct shaper *shaper, const struct market_row *row)
{
    enum side side = row->side == SIDE_BUY ? SIDE_BUY : SIDE_SELL;
    enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    if (row->kind == ROW_BEST) {
        prune(shaper, side, row->price.e9, false);
        prune(shaper, other, row->price.e9, true);
        shaper->best[side] = row->price;
    } else if (shaper->best[side].e9 > 0 &&
               !venue_price_better(side, shaper->best[side].e9, row->price.e9)) {
        return; /* depth lags behind the best pair: the touch is the pair's */
    }
    set_level(shaper, side, row->price.e9, row->size.e9);
}

/* Whole steps alone: what a trade leaves over waits for the next one of its side. */
static void take_trade(struct shaper *shaper, const struct market_row *row, int64_t at_ns)
{
    enum side side = row->side == SIDE_BUY ? SIDE_BUY : SIDE_SELL;
    struct size size;
    struct price price;
    shaper->carry[side].e9 += row->size.e9;
    CHECK(size_round(shaper->carry[side], shaper->spec->step, ROUND_DOWN, &size));
    CHECK(price_round(row->price, shaper->spec->tick, side == SIDE_BUY ? ROUND_UP : ROUND_DOWN,
                      &price));
    if (size.e9 == 0 || price.e9 <= 0)
        return;
    shaper->carry[side].e9 -= size.e9;
    *market_data_add_trade(shaper->data) =
        (struct trade){price, size, side, ++shaper->trade_ids, at_ns};
}

/* Each touched level once, with what it shows now. */
static void tell_levels(struct shaper *shaper)
{
    for (uint32_t i = 0; i < shaper->touched_count; i++) {
        struct touched at = shaper->touched[i];
        struct venue_level *shown = venue_ladder_find(&shaper->shown[at.side], at.side,
                                                      at.price_e9);
        struct size size;
        if (!shown)
            continue;
        CHECK(size_round((struct size){shown->base_e9}, shaper->spec->step, ROUND_DOWN, &size));
        if (size.e9 != shown->own_e9) {
            struct level *level = market_data_add_level(shaper->data);
            level->price.e9 = at.price_e9;
            level->size = size;
            level->side = at.side;
        }
        shown->own_e9 = size.e9;
        if (shown->base_e9 == 0)
            venue_ladder_remove(&shaper->shown[at.side], shown);
    }
    shaper->touched_count = 0;
}

static void shape(struct shaper *shaper, const struct tape *tape)
{
    struct market_data *data = shaper->data;
    for (uint32_t i = 0; i < tape->count;) {
        int64_t at_ns = tape->rows[i].at_ns;
        struct market_batch *batch = market_data_add_batch(data, tape->start_ns + at_ns);
        for (; i < tape->count && tape->rows[i].at_ns == at_ns; i++) {
            if (tape->rows[i].kind == ROW_TRADE)
                take_trade(shaper, &tape->rows[i], tape->start_ns + at_ns);
            else
                take_level(shaper, &tape->rows[i]);
        }
        tell_levels(shaper);
        batch = &data->batches[data->count - 1];
        batch->crossed = shaper->best[SIDE_SELL].e9 > 0 &&
                         shaper->best[SIDE_BUY].e9 >= shaper->best[SIDE_SELL].e9;
        data->count -= batch->levels == 0 && batch->trades == 0;
    }
}

struct market_data *market_data_of_tape(const struct tape *tape, const struct instrument *spec,
                                        struct err *err)
{
    struct market_data *data = calloc(1, sizeof *data);
    struct shaper shaper = {.data = data, .spec = spec};
    CHECK(data);
    data->depth = true;
    data->rows = tape->count;
    shape(&shaper, tape);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        free(shaper.fine[side].levels);
        free(shaper.shown[side].levels);
    }
    free(shaper.touched);
    if (data->count == 0) {
        err_set(err, "the tape shows nothing at the tick and step of %s", spec->product_id);
        market_data_destroy(data);
        return NULL;
    }
    data->start_ns = data->batches[0].at_ns;
    data->end_ns = data->batches[data->count - 1].at_ns;
    return data;
}
