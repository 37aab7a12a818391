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

bool wide_mul_div(wide_uint value, uint64_t factor, uint64_t divisor, wide_uint *ret_quotient,
                  uint64_t *ret_remainder)
{
    if (divisor == 0)
        return false;
    /* School multiplication in 64-bit limbs; neither sum can overflow 128 bits. */
    wide_uint low = (wide_uint)(uint64_t)value * factor;
    wide_uint high = (wide_uint)(uint64_t)(value >> 64) * factor + (low >> 64);
    uint64_t top = (uint64_t)(high >> 64);
    if (top >= divisor)
        return false;
    /* School division: each step's remainder is below the divisor, so each quotient is a limb. */
    wide_uint step = (wide_uint)top << 64 | (uint64_t)high;
    wide_uint quotient = step / divisor << 64;
    step = step % divisor << 64 | (uint64_t)low;
    *ret_quotient = quotient | step / divisor;
    *ret_remainder = (uint64_t)(step % divisor);
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
