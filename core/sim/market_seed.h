#pragma once
/* A made-up market that never ends: a ladder of levels whose touch is traded away and refilled, a
 * drift that changes its mind, all drawn from a seed. The same seed gives the same rows for ever.
 *
 *     market_seed_init(&market, &spec, seed);
 *     market_seed_next(&market, &row);   first the whole book and its best pair, then news
 *
 * Prices are multiples of `grid`, sizes of `lot`; the walk is pulled back towards `start`. */
#include "base/prng.h"
#include "sim/market_row.h"

enum {
    SEED_LEVELS = 60, /* a side: several times what a host shows its scripts */
    /* The first book is the longest burst: every level of both sides and the best pair. */
    SEED_QUEUE = 2 * SEED_LEVELS + 8,
};

struct market_seed_spec {
    struct price start, grid;
    struct size lot;
};

struct market_seed {
    struct market_seed_spec spec;
    struct prng prng;
    int64_t at_ns, drift_until_ns;
    int64_t bid, anchor; /* in grids; the best ask is one grid above the best bid */
    int32_t drift;       /* per cent more buyers than sellers */
    struct size sizes[2][SEED_LEVELS]; /* by enum side, best first */
    struct market_row queue[SEED_QUEUE];
    uint32_t queued, taken;
};

void market_seed_init(struct market_seed *market, const struct market_seed_spec *spec,
                      uint64_t seed);
void market_seed_next(struct market_seed *market, struct market_row *ret);
