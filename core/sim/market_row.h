#pragma once
/* One thing that happened on somebody's market, in base coin and at its own tick: what a tape and
 * a seeded market both speak, so that the venue cannot tell which of them it plays. */
#include "model/types.h"

enum market_row_kind {
    ROW_LEVEL, /* the level at `price` on `side` now holds `size`; 0 deletes it */
    ROW_BEST,  /* `side`'s best is `price` with `size`; a buy row and a sell row come in pairs */
    ROW_TRADE  /* `side` is the aggressor */
};

struct market_row {
    int64_t at_ns; /* since the first row of this market; never falls */
    struct price price;
    struct size size;
    uint8_t kind; /* enum market_row_kind */
    uint8_t side; /* enum side */
};
