/* Roots against their definition, logarithms against values of ln that are in every table. */
#include <string.h>

#include "base/prng.h"
#include "base/root.h"
#include "suites.h"

enum { CASES = 100000 };

static bool is_floor(wide_uint value, wide_uint root)
{
    wide_uint next = root + 1;
    return root * root <= value && (next >> 64 != 0 || next * next > value);
}

static void roots_are_the_nearest_whole_numbers(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 11);
    for (int i = 0; i < CASES; i++) {
        wide_uint value = (wide_uint)prng_next(&prng) << 64 | prng_next(&prng);
        value >>= prng_below(&prng, 128);
        wide_uint floor = root_floor(value), ceil = root_ceil(value);
        assert_true(is_floor(value, floor));
        assert_true(ceil - floor == (floor * floor != value));
    }
}

static void squares_and_their_neighbours(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 12);
    for (int i = 0; i < CASES; i++) {
        uint64_t root = (prng_next(&prng) >> prng_below(&prng, 64)) | 1;
        wide_uint square = (wide_uint)root * root;
        assert_true(root_floor(square) == root && root_ceil(square) == root);
        assert_true(root_floor(square - 1) == root - 1);
        assert_true(root_ceil(square + 1) == (wide_uint)root + 1);
    }
    assert_true(root_floor(0) == 0 && root_ceil(0) == 0);
    assert_true(root_floor(~(wide_uint)0) == UINT64_MAX);
    assert_true(root_ceil(~(wide_uint)0) == (wide_uint)1 << 64);
}

static void assert_log(const char *high, const char *low, int64_t want_e18)
{
    struct price h, l;
    int64_t got;
    assert_true(price_parse(high, strlen(high), &h) && price_parse(low, strlen(low), &l));
    assert_true(root_log_ratio(h, l, &got));
    assert_true(got - want_e18 <= 100 && want_e18 - got <= 100);
}

static void logarithms(void **state)
{
    (void)state;
    struct price one = {DECIMAL_ONE}, far = {9 * (int64_t)DECIMAL_ONE}, none = {0};
    int64_t kept = 7;
    assert_log("60000", "60000", 0);
    assert_log("2", "1", 693147180559945309);
    assert_log("61", "30.5", 693147180559945309);
    assert_log("1.5", "1", 405465108108164382);
    assert_log("8", "1", 2079441541679835928);
    assert_log("60006", "60000", 99995000333308); /* ln 1.0001 */
    assert_false(root_log_ratio(one, far, &kept));
    assert_false(root_log_ratio(far, one, &kept));
    assert_false(root_log_ratio(one, none, &kept));
    assert_false(root_log_ratio(none, none, &kept));
    assert_int_equal(kept, 7);
}

/* ln(a/c) = ln(a/b) + ln(b/c). */
static void logarithms_add_up(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 13);
    for (int i = 0; i < CASES / 10; i++) {
        struct price low = {1 + (int64_t)prng_below(&prng, 1000000000000)};
        struct price middle = {low.e9 + (int64_t)prng_below(&prng, (uint64_t)low.e9)};
        struct price high = {middle.e9 + (int64_t)prng_below(&prng, (uint64_t)middle.e9)};
        int64_t whole, upper, lower;
        assert_true(root_log_ratio(high, low, &whole) && root_log_ratio(high, middle, &upper) &&
                    root_log_ratio(middle, low, &lower));
        assert_in_range(whole - upper - lower + 300, 0, 600);
    }
}

int suite_root(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_the_nearest_whole_numbers),
        cmocka_unit_test(squares_and_their_neighbours),
        cmocka_unit_test(logarithms),
        cmocka_unit_test(logarithms_add_up),
    };
    return cmocka_run_group_tests_name("root", tests, NULL, NULL);
}
