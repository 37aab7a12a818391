#pragma once
/* A recorded market of one product in the shape a backtest wants: all that was told at one time is
 * one batch, in base coin, at the product's own tick and step, so that what it holds can be handed
 * to the engine as it is.
 *
 *     data = market_data_of_tape(tape, &spec, &err);      depth: levels and trades
 *     data = market_data_of_bars(&bars, &spec, &err);     a path of prices; see below
 *     for (uint32_t i = 0; i < data->count; i++) use(data, &data->batches[i]);
 *
 * Of a tape: bids are shown lower and asks higher where the product's tick is coarser, sizes are
 * cut to whole steps, a level that shows what it showed is not told again, and a batch that shows
 * nothing new is left out: as at a venue, which sends changes alone. Best pairs outrank depth.
 *
 * Of bars and bare trades there is no depth. Each bar is four prices at fixed times: its open at
 * its start, its extremes at one and two thirds, its close a millisecond before its end; which
 * extreme comes first is decided while it is played (market_bar_path), against whoever holds a
 * position. A quarter of the volume trades at each; around each stands a book of one level a
 * side, a tick apart, each holding an eighth of the bar's volume (a trade: its own size). */
#include "model/instrument.h"
#include "sim/tape.h"

struct market_batch {
    int64_t at_ns;             /* wall */
    uint32_t level, trade;     /* the first ones */
    uint32_t levels, trades;   /* how many */
    bool crossed;              /* as told, the best bid is not below the best ask */
};

struct market_bar { int64_t start_ns; struct price open, high, low, close; struct size volume; };
struct market_bars {
    struct market_bar *items;  /* owned */
    uint32_t count, capacity;
    int64_t length_ns;         /* the shortest distance of two */
};

struct market_data {
    bool depth;                /* levels are the market's; else it is a path */
    uint64_t rows;             /* of the source: input events */
    int64_t start_ns, end_ns;
    struct market_batch *batches; /* owned, as the arrays below */
    struct level *levels;
    struct trade *trades;
    uint32_t count, level_count, trade_count;
    uint32_t capacity, level_capacity, trade_capacity;
    struct market_bars bars;   /* count 0: batches alone */
};

enum { MARKET_BAR_POINTS = 4 };
struct market_point { int64_t at_ns; struct trade trade; struct level levels[2]; };

struct market_data *market_data_of_tape(const struct tape *tape, const struct instrument *spec,
                                        struct err *err);
/* Takes the bars over. */
struct market_data *market_data_of_bars(struct market_bars *bars, const struct instrument *spec,
                                        struct err *err);
/* Takes trades in order of time, sizes in base coin. */
struct market_data *market_data_of_trades(const struct trade *trades, uint32_t count,
                                          const struct instrument *spec, struct err *err);
void market_data_destroy(struct market_data *data); /* NULL is fine */

/* Puts what happens from `from_ns` on into another order; the times stay. */
void market_data_shuffle(struct market_data *data, int64_t from_ns, uint64_t seed);

/* The path of a bar for whoever holds or leans to `position`: a long meets the low first, a short
 * the high, and nobody the extreme that is nearer to the open. Sizes are cut to whole steps, but
 * never 0. */
void market_bar_path(const struct market_bar *bar, int64_t length_ns, struct size position,
                     const struct instrument *spec,
                     struct market_point ret[MARKET_BAR_POINTS]);
/* Of one trade, as a path's point. */
void market_trade_point(const struct trade *trade, const struct instrument *spec,
                        struct market_point *ret);

/* Room for one more at the end, zeroed; for who fills one from another source (a recording). */
struct market_batch *market_data_add_batch(struct market_data *data, int64_t at_ns);
struct level *market_data_add_level(struct market_data *data);
struct trade *market_data_add_trade(struct market_data *data);
