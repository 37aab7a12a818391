#pragma once
/* More rows as in snapshot.h: our books against the venue's. */
#include "engine/engine.h"

/* One difference between our books and the venue, newest first. */
struct difference_row {
    int64_t wall_ns;
    product_index product;
    struct size ours, venue;
    char text[REASON_MAX]; /* what differed, and what was done */
};
bool snapshot_difference(const struct engine *engine, uint32_t index, struct difference_row *ret);
