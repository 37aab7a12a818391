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

/* value * factor / divisor through 192 bits; false when the quotient needs more than 128 bits or
 * the divisor is 0. */
bool wide_mul_div(wide_uint value, uint64_t factor, uint64_t divisor, wide_uint *ret_quotient,
                  uint64_t *ret_remainder);

/* Whether a magnitude cut by division must grow by one. remainder < divisor. */
bool wide_rounds_away(wide_uint quotient, wide_uint remainder, wide_uint divisor, bool negative,
                      enum rounding rounding);

/* numerator / divisor with the rounding named; false on divisor 0 or overflow. */
bool wide_div(__int128 numerator, __int128 divisor, enum rounding rounding, __int128 *ret);
