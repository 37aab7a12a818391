#pragma once
/* Square roots and logarithms of whole numbers, for figures of risk: the same on every machine.
 *
 *     sigma_e9 = root_ceil(variance_e18);           a root halves the places: 1e-18 becomes 1e-9
 *     if (root_log_ratio(high, low, &range_e18))    ln(high / low)
 */
#include "base/wide.h"

/* The largest whole number whose square is no more than value. */
uint64_t root_floor(wide_uint value);
/* The smallest whole number whose square is no less: 2^64 is possible, hence its type. */
wide_uint root_ceil(wide_uint value);

/* ln(high / low) at 1e-18, less than 1e-16 off. False unless 0 < low <= high <= 8 * low: further
 * apart the series would be slow, and no candle is. */
bool root_log_ratio(struct price high, struct price low, int64_t *ret_e18);
