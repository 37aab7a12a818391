#include "base/root.h"

enum { LOG_SPAN = 8 };

/* Digit by digit in base 4: each step settles one bit of the root. */
uint64_t root_floor(wide_uint value)
{
    wide_uint root = 0, bit = (wide_uint)1 << 126;
    while (bit > value)
        bit >>= 2;
    for (; bit != 0; bit >>= 2) {
        wide_uint trial = root + bit;
        root >>= 1;
        if (value >= trial) {
            value -= trial;
            root += bit;
        }
    }
    return (uint64_t)root;
}

wide_uint root_ceil(wide_uint value)
{
    wide_uint root = root_floor(value);
    return root + (root * root != value);
}

/* ln(h / l) = 2 (y + y^3/3 + y^5/5 ...) where y = (h - l) / (h + l): nothing cancels, so that small
 * ranges, which are the usual ones, keep all their places. */
bool root_log_ratio(struct price high, struct price low, int64_t *ret_e18)
{
    const __int128 one = (__int128)DECIMAL_ONE * DECIMAL_ONE;
    if (low.e9 <= 0 || high.e9 < low.e9 || high.e9 / LOG_SPAN > low.e9)
        return false;
    __int128 y = ((__int128)high.e9 - low.e9) * one / ((__int128)high.e9 + low.e9);
    __int128 square = y * y / one, sum = 0;
    for (int64_t n = 1; y != 0; n += 2, y = y * square / one)
        sum += y / n;
    *ret_e18 = (int64_t)(2 * sum);
    return true;
}
