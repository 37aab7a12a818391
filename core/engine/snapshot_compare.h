#pragma once
/* More rows as in snapshot.h: our books against the venue's. */
#include "engine/engine.h"
#include "engine/margin.h"

/* One difference between our books and the venue, newest first. */
struct difference_row {
    int64_t wall_ns;
    product_index product;
    struct size ours, venue;
    char text[REASON_MAX]; /* what differed, and what was done */
};
bool snapshot_difference(const struct engine *engine, uint32_t index, struct difference_row *ret);

/* A class of feed fault: how often it was recovered from, and how long that took, from when it was
 * seen to when prices (of the user channel: positions) could be used again. Those seen so far. */
struct recovery_row { const char *fault, *meaning; uint64_t count; int64_t last_ns, max_ns; };
bool snapshot_recovery(const struct engine *engine, uint32_t index, struct recovery_row *ret);

/* What the venue's numbers leave of one pot under the rules that hold; false: not known. */
bool snapshot_margin(const struct engine *engine, enum venue_profile pot, struct margin *ret);

/* The venue's funding_pnl against the funding in our books, each time that it paid, over all starts
 * of the journal. False: it was never compared; nothing is known then. */
struct funding_row { uint64_t compared, agreed; bool agrees; /* the last time */
                     struct money unexplained; /* what the others differed by, together */ };
bool snapshot_funding(const struct engine *engine, struct funding_row *ret);

/* The day so far, as its end would be journaled: each actor and product, then the account. */
bool snapshot_daily(const struct engine *engine, uint32_t index, struct record_daily *ret);
