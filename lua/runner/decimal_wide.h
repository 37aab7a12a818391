#pragma once
/* One product of two 128-bit magnitudes over a third, through 256 bits: what lets scripts multiply
 * and divide any two decimals that have a result. */
#include "base/wide.h"

/* a * b / divisor; false when the quotient needs more than 128 bits or the divisor is 0. */
bool wide_product_div(wide_uint a, wide_uint b, wide_uint divisor, wide_uint *ret_quotient,
                      wide_uint *ret_remainder);
/* The same with signs and a rounding, into the range of a decimal. */
bool wide_product_round(__int128 a, __int128 b, __int128 divisor, enum rounding rounding,
                        __int128 *ret);
