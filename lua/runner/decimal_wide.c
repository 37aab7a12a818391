/* Schoolbook: four 64-bit products, then a division bit by bit, which is slow (250 steps) and only
 * met where the product left 128 bits. */
#include "decimal_wide.h"

struct wide256 { wide_uint high, low; };

static struct wide256 multiply(wide_uint a, wide_uint b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    wide_uint low = (wide_uint)a0 * b0, cross = (wide_uint)a1 * b0, other = (wide_uint)a0 * b1;
    wide_uint middle = (low >> 64) + (uint64_t)cross + (uint64_t)other;

    return (struct wide256){
        .high = (wide_uint)a1 * b1 + (cross >> 64) + (other >> 64) + (middle >> 64),
        .low = middle << 64 | (uint64_t)low,
    };
}

bool wide_product_div(wide_uint a, wide_uint b, wide_uint divisor, wide_uint *ret_quotient,
                      wide_uint *ret_remainder)
{
    struct wide256 product = multiply(a, b);
    wide_uint remainder = product.high, quotient = 0;

    if (product.high >= divisor) /* also every division by zero */
        return false;
    if (product.high == 0) {
        *ret_quotient = product.low / divisor;
        *ret_remainder = product.low % divisor;
        return true;
    }
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = remainder >> 127;
        remainder = remainder << 1 | (product.low >> bit & 1);
        quotient <<= 1;
        if (carry || remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    *ret_quotient = quotient;
    *ret_remainder = remainder;
    return true;
}

bool wide_product_round(__int128 a, __int128 b, __int128 divisor, enum rounding rounding,
                        __int128 *ret)
{
    bool negative = ((a < 0) != (b < 0)) != (divisor < 0);
    wide_uint quotient, remainder, size = wide_magnitude(divisor);

    if (!wide_product_div(wide_magnitude(a), wide_magnitude(b), size, &quotient, &remainder))
        return false;
    if (wide_rounds_away(quotient, remainder, size, negative, rounding) && ++quotient == 0)
        return false;
    return wide_signed(quotient, negative, ret);
}
