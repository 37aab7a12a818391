#include "base/wide.h"

bool wide_signed(wide_uint magnitude, bool negative, __int128 *ret)
{
    const wide_uint edge = (wide_uint)1 << 127;
    if (magnitude > edge || (magnitude == edge && !negative))
        return false;
    *ret = negative ? (__int128)-magnitude : (__int128)magnitude;
    return true;
}

bool wide_to_int64(__int128 value, int64_t *ret)
{
    if (value > INT64_MAX || value < INT64_MIN)
        return false;
    *ret = (int64_t)value;
    return true;
}

bool wide_rounds_away(wide_uint quotient, wide_uint remainder, wide_uint divisor, bool negative,
                      enum rounding rounding)
{
    if (remainder == 0)
        return false;
    if (rounding != ROUND_HALF_EVEN)
        return negative == (rounding == ROUND_DOWN);
    /* Compared with what is left to the divisor: doubling the remainder could overflow. */
    wide_uint rest = divisor - remainder;
    return remainder > rest || (remainder == rest && (quotient & 1));
}

bool wide_div(__int128 numerator, __int128 divisor, enum rounding rounding, __int128 *ret)
{
    if (divisor == 0)
        return false;
    bool negative = (numerator < 0) != (divisor < 0);
    wide_uint above = wide_magnitude(numerator), below = wide_magnitude(divisor);
    wide_uint quotient = above / below, remainder = above % below;
    quotient += wide_rounds_away(quotient, remainder, below, negative, rounding);
    return wide_signed(quotient, negative, ret);
}
