#pragma once
/* Integers one size up from 128 bits, as sign and magnitude: what decimal.c divides with.
 * A product of money and ratio needs 192 bits before its division brings it back. */
#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"

typedef unsigned __int128 wide_uint;

/* The distance from zero; right for the most negative value too. */
static inline wide_uint wide_magnitude(__int128 value)
{
    return value < 0 ? -(wide_uint)value : (wide_uint)value;
}

/* False when the signed value does not fit; *ret is left alone then. */
bool wide_signed(wide_uint magnitude, bool negative, __int128 *ret);
bool wide_to_int64(__int128 value, int64_t *ret);

/* A limb after `rest`, which is below the divisor. By halves where that is short: a division of
 * 64 bits costs less than one of 128, and by a known divisor the compiler only multiplies. */
static inline uint64_t wide_divide_limb(uint64_t rest, uint64_t limb, uint64_t divisor,
                                        uint64_t *ret_rest)
{
    if (divisor >> 32) {
        wide_uint whole = (wide_uint)rest << 64 | limb;
        *ret_rest = (uint64_t)(whole % divisor);
        return (uint64_t)(whole / divisor);
    }
    uint64_t upper = rest << 32 | limb >> 32;
    uint64_t lower = upper % divisor << 32 | (uint32_t)limb;
    *ret_rest = lower % divisor;
    return upper / divisor << 32 | lower / divisor;
}

/* value * factor / divisor through 192 bits; false when the quotient needs more than 128 bits or
 * the divisor is 0. */
static inline bool wide_mul_div(wide_uint value, uint64_t factor, uint64_t divisor,
                                wide_uint *ret_quotient, uint64_t *ret_remainder)
{
    if (divisor == 0)
        return false;
    /* School multiplication in 64-bit limbs; neither sum can overflow 128 bits. */
    wide_uint low = (wide_uint)(uint64_t)value * factor;
    wide_uint high = (wide_uint)(uint64_t)(value >> 64) * factor + (low >> 64);
    uint64_t rest = (uint64_t)(high >> 64);
    if (rest >= divisor)
        return false;
    /* School division: what is left over a limb is below the divisor. */
    wide_uint quotient = wide_divide_limb(rest, (uint64_t)high, divisor, &rest);
    *ret_quotient = quotient << 64 | wide_divide_limb(rest, (uint64_t)low, divisor, ret_remainder);
    return true;
}

/* Whether a magnitude cut by division must grow by one. remainder < divisor. */
bool wide_rounds_away(wide_uint quotient, wide_uint remainder, wide_uint divisor, bool negative,
                      enum rounding rounding);

/* numerator / divisor with the rounding named; false on divisor 0 or overflow. */
bool wide_div(__int128 numerator, __int128 divisor, enum rounding rounding, __int128 *ret);
