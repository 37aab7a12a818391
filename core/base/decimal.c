#include "base/decimal.h"

#include "base/wide.h"

/* Every sum and quotient is formed in 128 bits, where it cannot overflow, and then asked whether
 * it fits. Only money_scale needs more; see wide.h. */

bool money_scale(struct money value, struct ratio by, enum rounding rounding, struct money *ret)
{
    bool negative = (value.e18 < 0) != (by.e9 < 0);
    wide_uint quotient;
    uint64_t remainder;
    if (!wide_mul_div(wide_magnitude(value.e18), (uint64_t)wide_magnitude(by.e9), DECIMAL_ONE,
                      &quotient, &remainder))
        return false;
    bool away = wide_rounds_away(quotient, remainder, DECIMAL_ONE, negative, rounding);
    if (away && quotient + 1 == 0)
        return false;
    return wide_signed(quotient + away, negative, &ret->e18);
}

/* 1e-18 over 1e-9 is 1e-9: the quotient is a price or a size as it stands. */
static bool divide_to_e9(__int128 e18, int64_t by_e9, enum rounding rounding, int64_t *ret)
{
    __int128 quotient;
    return wide_div(e18, by_e9, rounding, &quotient) && wide_to_int64(quotient, ret);
}

bool money_div_size(struct money value, struct size by, enum rounding rounding, struct price *ret)
{
    return divide_to_e9(value.e18, by.e9, rounding, &ret->e9);
}

bool money_div_price(struct money value, struct price by, enum rounding rounding, struct size *ret)
{
    return divide_to_e9(value.e18, by.e9, rounding, &ret->e9);
}

bool size_add(struct size a, struct size b, struct size *ret)
{
    return wide_to_int64((__int128)a.e9 + b.e9, &ret->e9);
}

bool size_sub(struct size a, struct size b, struct size *ret)
{
    return wide_to_int64((__int128)a.e9 - b.e9, &ret->e9);
}

bool size_scale_exact(struct size value, struct size by, struct size *ret)
{
    __int128 product = (__int128)value.e9 * by.e9;
    if (product % DECIMAL_ONE != 0)
        return false;
    return wide_to_int64(product / DECIMAL_ONE, &ret->e9);
}

bool size_unscale_exact(struct size value, struct size by, struct size *ret)
{
    __int128 widened = (__int128)value.e9 * DECIMAL_ONE;
    if (by.e9 == 0 || widened % by.e9 != 0)
        return false;
    return wide_to_int64(widened / by.e9, &ret->e9);
}

static bool is_multiple(int64_t value, int64_t step)
{
    return step > 0 && value % step == 0;
}

static bool round_to(int64_t value, int64_t step, enum rounding rounding, int64_t *ret)
{
    __int128 steps;
    if (step <= 0 || !wide_div(value, step, rounding, &steps))
        return false;
    return wide_to_int64(steps * step, ret);
}

bool price_is_multiple(struct price value, struct price tick)
{
    return is_multiple(value.e9, tick.e9);
}

bool size_is_multiple(struct size value, struct size step)
{
    return is_multiple(value.e9, step.e9);
}

bool price_round(struct price value, struct price tick, enum rounding rounding, struct price *ret)
{
    return round_to(value.e9, tick.e9, rounding, &ret->e9);
}

bool size_round(struct size value, struct size step, enum rounding rounding, struct size *ret)
{
    return round_to(value.e9, step.e9, rounding, &ret->e9);
}

bool price_shift(struct price value, struct ratio by, enum rounding rounding, struct price *ret)
{
    /* At most 2^63 * (2^63 + 1e9), which is below 2^127. */
    __int128 moved = (__int128)value.e9 * ((__int128)by.e9 + DECIMAL_ONE);
    return divide_to_e9(moved, DECIMAL_ONE, rounding, &ret->e9);
}
