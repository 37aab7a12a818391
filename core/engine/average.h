#pragma once
/* A weighted average over the last three minutes in one-second slots: the price of trades weighted
 * by size (VWAP), or of the mid weighted by how long it stood (TWAP). Sums are integers and are
 * taken out exactly as they went in, so nothing drifts over the months. */
#include "model/types.h"

enum { AVERAGE_SLOTS = 180 };

struct average_slot { __int128 sum; int64_t weight; };
struct average {
    struct average_slot slots[AVERAGE_SLOTS];
    __int128 sum;
    __int128 weight;
    int64_t newest; /* second of the newest slot ever written */
};

/* Price and weight are above 0. A sample is passed over that is older than the window, or too large
 * for the sums. */
void average_add(struct average *average, int64_t at_ns, struct price price, int64_t weight);
/* Adds `price` for the time from `from_ns` to `to_ns`, cut to the window. */
void average_hold(struct average *average, int64_t from_ns, int64_t to_ns, struct price price);
/* Rounded half-even; false when nothing lies within the window before `now_ns`. */
bool average_get(struct average *average, int64_t now_ns, struct price *ret);
