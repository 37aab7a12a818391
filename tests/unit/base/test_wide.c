#include "base/prng.h"
#include "base/wide.h"
#include "suites.h"

enum { CASES = 100000 };

/* Bit by bit, the slow way that needs no trust: 192 bits as three limbs, least first. */
static void slow_multiply(wide_uint value, uint64_t factor, uint64_t out[3])
{
    out[0] = out[1] = out[2] = 0;
    for (int bit = 63; bit >= 0; bit--) {
        out[2] = out[2] << 1 | out[1] >> 63;
        out[1] = out[1] << 1 | out[0] >> 63;
        out[0] <<= 1;
        if (!(factor >> bit & 1))
            continue;
        uint64_t low = (uint64_t)value, high = (uint64_t)(value >> 64);
        uint64_t carry = __builtin_add_overflow(out[0], low, &out[0]);
        uint64_t first = __builtin_add_overflow(out[1], high, &out[1]);
        out[2] += first + __builtin_add_overflow(out[1], carry, &out[1]);
    }
}

static void slow_divide(const uint64_t in[3], uint64_t divisor, uint64_t out[3], uint64_t *rest)
{
    wide_uint remainder = 0;
    out[0] = out[1] = out[2] = 0;
    for (int bit = 191; bit >= 0; bit--) {
        remainder = remainder << 1 | (in[bit / 64] >> bit % 64 & 1);
        if (remainder >= divisor) {
            remainder -= divisor;
            out[bit / 64] |= (uint64_t)1 << bit % 64;
        }
    }
    *rest = (uint64_t)remainder;
}

static void multiply_and_divide_agree_with_the_slow_way(void **state)
{
    (void)state;
    struct prng prng;
    unsigned fitted = 0;
    prng_seed(&prng, 7);
    for (int i = 0; i < CASES / 10; i++) {
        wide_uint value = (wide_uint)prng_next(&prng) << 64 | prng_next(&prng), quotient;
        value >>= prng_below(&prng, 128);
        uint64_t factor = prng_next(&prng) >> prng_below(&prng, 64);
        uint64_t divisor = (prng_next(&prng) >> prng_below(&prng, 64)) | 1;
        uint64_t product[3], slow[3], slow_rest, rest;
        slow_multiply(value, factor, product);
        slow_divide(product, divisor, slow, &slow_rest);
        bool fits = wide_mul_div(value, factor, divisor, &quotient, &rest);
        assert_int_equal(fits, slow[2] == 0);
        if (!fits)
            continue;
        assert_true(quotient == ((wide_uint)slow[1] << 64 | slow[0]) && rest == slow_rest);
        fitted++;
    }
    assert_in_range(fitted, CASES / 100, CASES / 10);
}

static void edges(void **state)
{
    (void)state;
    wide_uint all = ~(wide_uint)0, quotient = 42;
    uint64_t rest = 42;
    __int128 value = 42;
    assert_false(wide_mul_div(1, 1, 0, &quotient, &rest));
    assert_false(wide_mul_div(all, 2, 1, &quotient, &rest));
    assert_true(quotient == 42 && rest == 42);
    assert_true(wide_mul_div(all, UINT64_MAX, UINT64_MAX, &quotient, &rest));
    assert_true(quotient == all && rest == 0);
    /* The last divisor that is short, and the first that is not. */
    assert_true(wide_mul_div(all, UINT32_MAX - 1, UINT32_MAX, &quotient, &rest));
    assert_true(quotient == all / UINT32_MAX * (UINT32_MAX - 1) && rest == 0);
    assert_true(wide_mul_div(all, UINT32_MAX, (uint64_t)1 << 32, &quotient, &rest));
    assert_true(quotient == all - (all >> 32) - 1 && rest == 1);
    assert_false(wide_signed((wide_uint)1 << 127, false, &value));
    assert_false(wide_signed(all, true, &value));
    assert_true(value == 42);
    assert_true(wide_signed((wide_uint)1 << 127, true, &value));
    assert_true(wide_magnitude(value) == (wide_uint)1 << 127);
    assert_false(wide_div(value, -1, ROUND_DOWN, &value));
    assert_false(wide_div(1, 0, ROUND_DOWN, &value));
}

int suite_wide(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiply_and_divide_agree_with_the_slow_way),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
