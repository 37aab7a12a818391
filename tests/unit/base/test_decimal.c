#include <string.h>

#include "base/decimal.h"
#include "base/prng.h"
#include "suites.h"

enum { CASES = 100000 };

static const __int128 MONEY_MAX = (__int128)(~(unsigned __int128)0 >> 1);
#define MONEY_MIN (-MONEY_MAX - 1)

static int64_t any_int64(struct prng *prng)
{
    int64_t value = (int64_t)(prng_next(prng) >> prng_below(prng, 64));
    return prng_next(prng) & 1 ? -value : value;
}

static struct money money(const char *text)
{
    struct money value;
    assert_true(money_parse(text, strlen(text), &value));
    return value;
}

static struct size size(const char *text)
{
    struct size value;
    assert_true(size_parse(text, strlen(text), &value));
    return value;
}

static struct price price(const char *text)
{
    struct price value;
    assert_true(price_parse(text, strlen(text), &value));
    return value;
}

static struct ratio ratio(const char *text)
{
    struct ratio value;
    assert_true(ratio_parse(text, strlen(text), &value));
    return value;
}

static void price_times_size_is_exact(void **state)
{
    (void)state;
    char text[DECIMAL_TEXT_MAX];
    money_format(money_of(price("61496.5"), size("0.014")), text);
    assert_string_equal(text, "860.951");
    money_format(money_of(price("0.000000001"), size("-0.000000001")), text);
    assert_string_equal(text, "-0.000000000000000001");
    struct money most = money_of((struct price){INT64_MIN}, (struct size){INT64_MIN});
    assert_true(most.e18 == (__int128)1 << 126);
}

static void a_product_divides_back_exactly(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 3);
    for (int i = 0; i < CASES; i++) {
        struct price at = {any_int64(&prng)}, at_back;
        struct size lot = {any_int64(&prng)}, lot_back;
        enum rounding rounding = (enum rounding)prng_below(&prng, 3);
        struct money total = money_of(at, lot);
        assert_int_equal(money_div_size(total, lot, rounding, &at_back), lot.e9 != 0);
        assert_true(lot.e9 == 0 || at_back.e9 == at.e9);
        assert_int_equal(money_div_price(total, at, rounding, &lot_back), at.e9 != 0);
        assert_true(at.e9 == 0 || lot_back.e9 == lot.e9);
    }
}

/* quotient * by is within one unit of the value, on the side the rounding names. */
static void assert_rounded(__int128 value, __int128 by, __int128 quotient, enum rounding rounding)
{
    __int128 rest = value - quotient * by, width = by < 0 ? -by : by;
    if (by < 0)
        rest = -rest; /* the sign of value/by - quotient */
    if (rounding == ROUND_DOWN)
        assert_true(rest >= 0 && rest < width);
    else if (rounding == ROUND_UP)
        assert_true(rest <= 0 && -rest < width);
    else {
        __int128 twice = 2 * (rest < 0 ? -rest : rest);
        assert_true(twice < width || (twice == width && quotient % 2 == 0));
    }
}

static void division_rounds_as_named(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 4);
    for (int i = 0; i < CASES; i++) {
        struct money total = {(__int128)any_int64(&prng) * (int64_t)prng_below(&prng, 1000)};
        struct size lot = {any_int64(&prng)};
        struct price at;
        enum rounding rounding = (enum rounding)prng_below(&prng, 3);
        if (money_div_size(total, lot, rounding, &at))
            assert_rounded(total.e18, lot.e9, at.e9, rounding);
        struct price tick = {1 + (int64_t)prng_below(&prng, 1000)}, value = {any_int64(&prng)};
        if (price_round(value, tick, rounding, &at)) {
            assert_true(price_is_multiple(at, tick));
            assert_rounded(value.e9, tick.e9, at.e9 / tick.e9, rounding);
        }
    }
}

static void rounding_table(void **state)
{
    (void)state;
    static const struct { int64_t value, by, down, up, even; } CASE[] = {
        {7, 2, 3, 4, 4}, {-7, 2, -4, -3, -4}, {5, 2, 2, 3, 2}, {-5, 2, -3, -2, -2}, {1, 3, 0, 1, 0},
        {-1, 3, -1, 0, 0}, {2, 3, 0, 1, 1}, {-2, 3, -1, 0, -1}, {1, 2, 0, 1, 0}, {-1, 2, -1, 0, 0},
        {3, 2, 1, 2, 2}, {-3, 2, -2, -1, -2}, {6, 3, 2, 2, 2}, {-6, 3, -2, -2, -2}, {0, 9, 0, 0, 0},
        {7, -2, -4, -3, -4}, {-7, -2, 3, 4, 4},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct money total = {CASE[i].value};
        struct size lot = {CASE[i].by};
        struct price at;
        assert_true(money_div_size(total, lot, ROUND_DOWN, &at) && at.e9 == CASE[i].down);
        assert_true(money_div_size(total, lot, ROUND_UP, &at) && at.e9 == CASE[i].up);
        assert_true(money_div_size(total, lot, ROUND_HALF_EVEN, &at) && at.e9 == CASE[i].even);
        if (CASE[i].by < 0)
            continue;
        struct size value = {CASE[i].value}, got;
        assert_true(size_round(value, lot, ROUND_DOWN, &got) && got.e9 == CASE[i].down * lot.e9);
        assert_true(size_round(value, lot, ROUND_UP, &got) && got.e9 == CASE[i].up * lot.e9);
        assert_true(size_round(value, lot, ROUND_HALF_EVEN, &got));
        assert_true(got.e9 == CASE[i].even * lot.e9);
    }
}

static void scale_rounds_as_named(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 5);
    for (int i = 0; i < CASES; i++) {
        struct money value = {any_int64(&prng)}, got;
        struct ratio by = {any_int64(&prng)};
        enum rounding rounding = (enum rounding)prng_below(&prng, 3);
        assert_true(money_scale(value, by, rounding, &got));
        assert_rounded(value.e18 * by.e9, DECIMAL_ONE, got.e18, rounding);
    }
}

/* Values whose product with the ratio does not fit 128 bits, though the result does. */
static void scale_is_exact_where_the_product_needs_192_bits(void **state)
{
    (void)state;
    struct money got;
    assert_true(money_scale((struct money){MONEY_MAX}, ratio("1"), ROUND_DOWN, &got));
    assert_true(got.e18 == MONEY_MAX);
    assert_true(money_scale((struct money){MONEY_MIN}, ratio("1"), ROUND_UP, &got));
    assert_true(got.e18 == MONEY_MIN);
    assert_true(money_scale((struct money){MONEY_MAX}, ratio("-1"), ROUND_DOWN, &got));
    assert_true(got.e18 == -MONEY_MAX);
    assert_true(money_scale((struct money){MONEY_MAX}, ratio("0.5"), ROUND_DOWN, &got));
    assert_true(got.e18 == MONEY_MAX / 2);
    assert_true(money_scale((struct money){MONEY_MAX}, ratio("0.5"), ROUND_UP, &got));
    assert_true(got.e18 == MONEY_MAX / 2 + 1);
    assert_true(money_scale((struct money){MONEY_MAX / 7 * 4}, ratio("0.25"), ROUND_DOWN, &got));
    assert_true(got.e18 == MONEY_MAX / 7);
    assert_true(money_scale(money("18446744073709551.616"), ratio("9223"), ROUND_DOWN, &got));
    assert_true(got.e18 == money("170134320591823194554.368").e18);
}

static void scale_overflow_is_refused(void **state)
{
    (void)state;
    struct money got = {42};
    assert_false(money_scale((struct money){MONEY_MAX}, ratio("1.000000001"), ROUND_DOWN, &got));
    assert_false(money_scale((struct money){MONEY_MIN}, ratio("-1"), ROUND_DOWN, &got));
    assert_false(money_scale((struct money){MONEY_MIN}, ratio("1.000000001"), ROUND_UP, &got));
    assert_false(money_scale((struct money){MONEY_MAX}, (struct ratio){INT64_MIN}, ROUND_UP, &got));
    assert_false(money_scale((struct money){MONEY_MIN}, (struct ratio){INT64_MAX}, ROUND_UP, &got));
    assert_false(money_scale((struct money){MONEY_MAX}, ratio("2"), ROUND_DOWN, &got));
    /* The quotient is 2^128 - 1 and a rest: rounded up it would wrap to nought. */
    struct money wraps = {(__int128)0x7ffffffeed1f417f << 64 | 0xe0e26f06f1fed159u};
    assert_false(money_scale(wraps, (struct ratio){2000000001}, ROUND_UP, &got));
    assert_true(got.e18 == 42);
}

static void money_sums_refuse_at_the_edge(void **state)
{
    (void)state;
    struct money got = {42}, one = {1}, minus = {-1}, most = {MONEY_MAX}, least = {MONEY_MIN};
    assert_false(money_add(most, one, &got));
    assert_false(money_add(least, minus, &got));
    assert_false(money_sub(least, one, &got));
    assert_false(money_sub((struct money){0}, least, &got));
    assert_true(got.e18 == 42);
    assert_true(money_add(most, minus, &got) && got.e18 == MONEY_MAX - 1);
    assert_true(money_sub(least, minus, &got) && got.e18 == MONEY_MIN + 1);
    assert_true(money_add(most, least, &got) && got.e18 == -1);
    got = one; /* the result may be one of the arguments */
    assert_true(money_add(got, got, &got) && got.e18 == 2);
}

static void division_refuses_zero_and_overflow(void **state)
{
    (void)state;
    struct price at = {42};
    struct size lot = {42};
    assert_false(money_div_size(money("1"), (struct size){0}, ROUND_DOWN, &at));
    assert_false(money_div_price(money("1"), (struct price){0}, ROUND_DOWN, &lot));
    assert_false(money_div_size((struct money){MONEY_MAX}, (struct size){1}, ROUND_DOWN, &at));
    assert_false(money_div_size((struct money){MONEY_MIN}, (struct size){-1}, ROUND_DOWN, &at));
    struct money edge = {(__int128)INT64_MAX * 10 + 1};
    assert_true(money_div_size(edge, (struct size){10}, ROUND_DOWN, &at) && at.e9 == INT64_MAX);
    at.e9 = 42;
    assert_false(money_div_size(edge, (struct size){10}, ROUND_UP, &at));
    assert_true(at.e9 == 42 && lot.e9 == 42);
}

static void size_sums_refuse_at_the_edge(void **state)
{
    (void)state;
    struct size got = {42}, most = {INT64_MAX}, least = {INT64_MIN}, one = {1};
    assert_false(size_add(most, one, &got));
    assert_false(size_sub(least, one, &got));
    assert_false(size_sub((struct size){0}, least, &got));
    assert_true(got.e9 == 42);
    assert_true(size_add(most, least, &got) && got.e9 == -1);
    assert_true(size_sub(size("0.3"), size("0.1"), &got) && got.e9 == size("0.2").e9);
}

static void contracts_become_base_size_and_back(void **state)
{
    (void)state;
    struct size got = {42};
    assert_true(size_scale_exact(size("7"), size("0.01"), &got) && got.e9 == size("0.07").e9);
    assert_true(size_unscale_exact(size("0.07"), size("0.01"), &got) && got.e9 == size("7").e9);
    assert_true(size_unscale_exact(size("-0.07"), size("0.01"), &got) && got.e9 == size("-7").e9);
    got.e9 = 42;
    assert_false(size_scale_exact(size("0.000000001"), size("0.1"), &got));
    assert_false(size_unscale_exact(size("1"), size("3"), &got));
    assert_false(size_unscale_exact(size("1"), size("0"), &got));
    assert_false(size_scale_exact(size("9000000000"), size("1000"), &got));
    assert_false(size_unscale_exact(size("9000000000"), size("0.001"), &got));
    assert_false(size_scale_exact((struct size){INT64_MIN}, size("-1"), &got));
    assert_true(got.e9 == 42);
}

static void scale_and_unscale_undo_each_other(void **state)
{
    (void)state;
    struct prng prng;
    unsigned both = 0;
    prng_seed(&prng, 6);
    for (int i = 0; i < CASES; i++) {
        struct size contracts = {(int64_t)prng_below(&prng, 100000) * DECIMAL_ONE}, base, back;
        struct size contract = {1 + (int64_t)prng_below(&prng, 100 * (uint64_t)DECIMAL_ONE)};
        if (!size_scale_exact(contracts, contract, &base))
            continue;
        assert_true((__int128)base.e9 * DECIMAL_ONE == (__int128)contracts.e9 * contract.e9);
        assert_true(size_unscale_exact(base, contract, &back) && back.e9 == contracts.e9);
        both++;
    }
    assert_in_range(both, CASES / 2, CASES);
}

static void multiples_of_a_tick(void **state)
{
    (void)state;
    assert_true(price_is_multiple(price("61495"), price("5")));
    assert_false(price_is_multiple(price("61496"), price("5")));
    assert_true(price_is_multiple(price("-0.3"), price("0.1")));
    assert_true(price_is_multiple(price("0"), price("0.1")));
    assert_false(price_is_multiple(price("1"), price("0")));
    assert_false(price_is_multiple(price("1"), price("-1")));
    assert_true(size_is_multiple(size("0.07"), size("0.01")));
    assert_false(size_is_multiple(size("0.075"), size("0.01")));
    struct price got = {42};
    assert_true(price_round(price("61497"), price("5"), ROUND_DOWN, &got));
    assert_true(got.e9 == price("61495").e9);
    assert_true(price_round(price("-61497"), price("5"), ROUND_DOWN, &got));
    assert_true(got.e9 == price("-61500").e9);
    got.e9 = 42;
    assert_false(price_round(price("1"), price("0"), ROUND_DOWN, &got));
    assert_false(price_round(price("1"), price("-1"), ROUND_DOWN, &got));
    assert_false(price_round((struct price){INT64_MAX}, price("5"), ROUND_UP, &got));
    assert_false(price_round((struct price){INT64_MIN}, price("5"), ROUND_DOWN, &got));
    assert_true(got.e9 == 42);
}

static void a_shift_moves_by_parts(void **state)
{
    (void)state;
    struct price got = {42};
    assert_true(price_shift(price("60000"), ratio("0.0025"), ROUND_UP, &got));
    assert_true(got.e9 == price("60150").e9);
    assert_true(price_shift(price("60000"), ratio("-0.0025"), ROUND_DOWN, &got));
    assert_true(got.e9 == price("59850").e9);
    assert_true(price_shift(price("60000"), ratio("-1"), ROUND_DOWN, &got) && got.e9 == 0);
    assert_true(price_shift((struct price){1}, ratio("0.5"), ROUND_DOWN, &got) && got.e9 == 1);
    assert_true(price_shift((struct price){1}, ratio("0.5"), ROUND_UP, &got) && got.e9 == 2);
    assert_true(price_shift((struct price){1}, ratio("0.5"), ROUND_HALF_EVEN, &got) && got.e9 == 2);
    assert_true(price_shift((struct price){-1}, ratio("0.5"), ROUND_DOWN, &got) && got.e9 == -2);
    got.e9 = 42;
    assert_false(price_shift((struct price){INT64_MAX}, ratio("0.000000001"), ROUND_UP, &got));
    assert_false(price_shift((struct price){INT64_MIN}, (struct ratio){INT64_MIN}, ROUND_UP, &got));
    assert_false(price_shift((struct price){INT64_MAX}, (struct ratio){INT64_MAX}, ROUND_UP, &got));
    assert_true(got.e9 == 42);
}

int suite_decimal(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(price_times_size_is_exact),
        cmocka_unit_test(a_product_divides_back_exactly),
        cmocka_unit_test(division_rounds_as_named),
        cmocka_unit_test(rounding_table),
        cmocka_unit_test(scale_rounds_as_named),
        cmocka_unit_test(scale_is_exact_where_the_product_needs_192_bits),
        cmocka_unit_test(scale_overflow_is_refused),
        cmocka_unit_test(money_sums_refuse_at_the_edge),
        cmocka_unit_test(division_refuses_zero_and_overflow),
        cmocka_unit_test(size_sums_refuse_at_the_edge),
        cmocka_unit_test(contracts_become_base_size_and_back),
        cmocka_unit_test(scale_and_unscale_undo_each_other),
        cmocka_unit_test(multiples_of_a_tick),
        cmocka_unit_test(a_shift_moves_by_parts),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
