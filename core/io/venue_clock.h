#pragma once
/* The venue's clock. Tokens are dated by it, counted on from the last measure by our monotonic
 * clock: a step of ours neither spoils the tokens that are made nor stops a cancel.
 *
 *     struct venue_clock clock = {0};                         until measured: our own clock
 *     venue_clock_measure(&clock, result, &skew_ns, &err);    of GET /time
 *     token_pool_take(pool, path, venue_clock_s(&clock), jwt, &err); */
#include "io/http.h"

struct venue_clock {
    bool known;
    int64_t ahead_ns; /* of our monotonic one */
};

int64_t venue_clock_ns(const struct venue_clock *clock); /* wall time */
int64_t venue_clock_s(const struct venue_clock *clock);
/* False: the reply says too little (late, failed), or nothing that can be read (err is set). */
bool venue_clock_measure(struct venue_clock *clock, const struct http_result *result,
                         int64_t *ret_skew_ns, struct err *err);
