#include <string.h>

#include "base/decimal.h"
#include "base/prng.h"
#include "suites.h"

enum { CASES = 100000 };

static const __int128 MONEY_MAX = (__int128)(~(unsigned __int128)0 >> 1);

/* All magnitudes get their turn, not only the huge ones that uniform bits would give. */
static int64_t any_int64(struct prng *prng)
{
    int64_t value = (int64_t)(prng_next(prng) >> prng_below(prng, 64));
    return prng_next(prng) & 1 ? -value : value;
}

static __int128 any_int128(struct prng *prng)
{
    unsigned __int128 bits = (unsigned __int128)prng_next(prng) << 64 | prng_next(prng);
    __int128 value = (__int128)(bits >> (1 + prng_below(prng, 127)));
    return prng_next(prng) & 1 ? -value : value;
}

static void format_then_parse_gives_the_value_back(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 1);
    for (int i = 0; i < CASES; i++) {
        char text[DECIMAL_TEXT_MAX];
        struct price price = {any_int64(&prng)}, price_back;
        size_t length = price_format(price, text);
        assert_int_equal(length, strlen(text));
        assert_true(price_parse(text, length, &price_back));
        assert_true(price.e9 == price_back.e9);
        struct money money = {any_int128(&prng)}, money_back;
        length = money_format(money, text);
        assert_int_equal(length, strlen(text));
        assert_true(money_parse(text, length, &money_back));
        assert_true(money.e18 == money_back.e18);
        assert_string_not_equal(text, "-0");
        assert_true(!strchr(text, '.') || text[length - 1] != '0');
    }
}

static void the_extremes_round_trip(void **state)
{
    (void)state;
    char text[DECIMAL_TEXT_MAX];
    struct price price;
    struct money money;
    price_format((struct price){INT64_MIN}, text);
    assert_string_equal(text, "-9223372036.854775808");
    assert_true(price_parse(text, strlen(text), &price));
    assert_true(price.e9 == INT64_MIN);
    money_format((struct money){MONEY_MAX}, text);
    assert_string_equal(text, "170141183460469231731.687303715884105727");
    assert_true(money_parse(text, strlen(text), &money));
    assert_true(money.e18 == MONEY_MAX);
    money_format((struct money){-MONEY_MAX - 1}, text);
    assert_string_equal(text, "-170141183460469231731.687303715884105728");
    assert_true(money_parse(text, strlen(text), &money));
    assert_true(money.e18 == -MONEY_MAX - 1);
}

static void good_text_is_taken_as_it_says(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t e9; const char *canonical; } CASE[] = {
        {"0", 0, "0"}, {"-0", 0, "0"}, {"0.0", 0, "0"}, {"-0.000", 0, "0"},
        {"1", 1000000000, "1"}, {"61496.5", 61496500000000, "61496.5"},
        {"0.014", 14000000, "0.014"}, {"-0.5", -500000000, "-0.5"}, {"1.10", 1100000000, "1.1"},
        {"0.000000001", 1, "0.000000001"}, {"-0.000000001", -1, "-0.000000001"},
        {"1.0000000000000000000000000000000", 1000000000, "1"}, {"007", 7000000000, "7"},
        {"0000000000000000000000000000000000000001", 1000000000, "1"}, {"100", 100000000000, "100"},
        {"9223372036.854775807", INT64_MAX, "9223372036.854775807"},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct price price;
        struct size size;
        struct ratio ratio;
        char text[DECIMAL_TEXT_MAX];
        size_t length = strlen(CASE[i].text);
        assert_true(price_parse(CASE[i].text, length, &price));
        assert_true(size_parse(CASE[i].text, length, &size));
        assert_true(ratio_parse(CASE[i].text, length, &ratio));
        assert_true(price.e9 == CASE[i].e9 && size.e9 == CASE[i].e9 && ratio.e9 == CASE[i].e9);
        price_format(price, text);
        assert_string_equal(text, CASE[i].canonical);
        size_format(size, text);
        assert_string_equal(text, CASE[i].canonical);
        ratio_format(ratio, text);
        assert_string_equal(text, CASE[i].canonical);
    }
}

static const char *const REFUSED[] = {
    "", "NaN", "nan", "-nan", "inf", "-inf", "Infinity", "infinity", "null", "1e400", "0x10", "1,5",
    "1.", ".5", ".", "-.", "-.5", "-1.", "+1", " 1", "1 ", "\t1", "1\n", "--1", "-", "1-", "1.2.3",
    "1..2", "1_000", "1'000", "$1", "1%", "1/2", "1d", "1f", "e5", "1e", "1e+", "1e-", "1e5.0",
    "1e1e1", "1E", "٣", "１", "O", "l", "9999999999999999999999999999999999999999",
    "1111111111111111111111111111111111111111", "170141183460469231731.687303715884105728",
    "-170141183460469231731.687303715884105729", "340282366920938463463.374607431768211456",
};

static void bad_text_is_refused_by_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct price price = {42};
        struct size size = {42};
        struct ratio ratio = {42}, informed = {42};
        struct money money = {42}, money_informed = {42};
        bool rounded = false;
        size_t length = strlen(REFUSED[i]);
        if (price_parse(REFUSED[i], length, &price) || size_parse(REFUSED[i], length, &size) ||
            ratio_parse(REFUSED[i], length, &ratio) || money_parse(REFUSED[i], length, &money) ||
            ratio_parse_informative(REFUSED[i], length, &informed, &rounded) ||
            money_parse_informative(REFUSED[i], length, &money_informed, &rounded))
            fail_msg("'%s' was taken for a number", REFUSED[i]);
        assert_true(price.e9 == 42 && size.e9 == 42 && ratio.e9 == 42 && money.e18 == 42);
        assert_true(informed.e9 == 42 && money_informed.e18 == 42 && !rounded);
    }
}

static void exact_text_takes_no_exponent_and_no_excess(void **state)
{
    (void)state;
    static const char *const CASE[] = {"1e5", "1E5", "1e-2", "1.0000000001", "0.0000000005",
                                       "9223372036.854775808", "-9223372036.854775809",
                                       "10000000000", "0.00000000010"};
    struct price price = {42};
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
        if (price_parse(CASE[i], strlen(CASE[i]), &price))
            fail_msg("'%s' was taken for an exact price", CASE[i]);
    struct money money = {42};
    assert_false(money_parse("0.0000000000000000001", 21, &money));
    assert_false(money_parse("1e5", 3, &money));
    assert_true(price.e9 == 42 && money.e18 == 42);
}

static void bytes_past_the_length_are_not_read(void **state)
{
    (void)state;
    struct price price;
    assert_true(price_parse("12345", 2, &price));
    assert_true(price.e9 == 12 * (int64_t)DECIMAL_ONE);
    assert_false(price_parse("1\0" "2", 3, &price));
    assert_false(price_parse("12.5", 3, &price));
    assert_false(price_parse("1", 0, &price));
}

static void informative_text_rounds_half_even_and_says_so(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t e9; bool rounded; } CASE[] = {
        {"1.5", 1500000000, false}, {"-2.1e-05", -21000, false}, {"1e5", 100000000000000, false},
        {"1.0000000001", 1000000000, true}, {"0.0000000005", 0, true}, {"0.0000000015", 2, true},
        {"0.0000000025", 2, true}, {"0.00000000250000001", 3, true}, {"-0.0000000015", -2, true},
        {"-0.0000000005", 0, true}, {"-0.0000000006", -1, true}, {"1e-9", 1, false},
        {"5e-10", 0, true}, {"5.1e-10", 1, true}, {"9e-11", 0, true}, {"1e-400", 0, true},
        {"0e400", 0, false}, {"0e99999999999999999999", 0, false}, {"1E+2", 100000000000, false},
        {"1e-99999999999999999999", 0, true}, {"0.00001e5", 1000000000, false},
        {"123456.7e-5", 1234567000, false}, {"9223372036.8547758074", INT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct ratio ratio;
        bool rounded = false;
        if (!ratio_parse_informative(CASE[i].text, strlen(CASE[i].text), &ratio, &rounded))
            fail_msg("'%s' was refused", CASE[i].text);
        assert_true(ratio.e9 == CASE[i].e9);
        assert_int_equal(rounded, CASE[i].rounded);
    }
}

static void informative_overflow_is_refused_and_the_flag_is_not_lowered(void **state)
{
    (void)state;
    struct ratio ratio = {42};
    struct money money;
    bool rounded = true;
    assert_false(ratio_parse_informative("9223372036.8547758075", 21, &ratio, &rounded));
    assert_false(ratio_parse_informative("1e10", 4, &ratio, &rounded));
    assert_true(ratio.e9 == 42);
    assert_true(ratio_parse_informative("1", 1, &ratio, &rounded));
    assert_true(rounded);
    rounded = false;
    assert_true(money_parse_informative("-1.0000000000000000015", 22, &money, &rounded));
    assert_true(money.e18 == -(__int128)1000000000000000002 && rounded);
}

static void money_for_people_has_its_places(void **state)
{
    (void)state;
    static const struct { const char *money; int places; const char *text; } CASE[] = {
        {"0", 2, "0.00"}, {"-0.001", 2, "0.00"}, {"0.005", 2, "0.00"}, {"0.015", 2, "0.02"},
        {"0.025", 2, "0.02"}, {"-0.015", 2, "-0.02"}, {"1234.5", 0, "1234"}, {"1235.5", 0, "1236"},
        {"999.999", 2, "1000.00"}, {"-999.995", 2, "-1000.00"}, {"12.3", 4, "12.3000"},
        {"0.5", 0, "0"}, {"1", 18, "1.000000000000000000"},
        {"170141183460469231731.687303715884105727", 2, "170141183460469231731.69"},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct money money;
        char text[DECIMAL_TEXT_MAX];
        assert_true(money_parse(CASE[i].money, strlen(CASE[i].money), &money));
        size_t length = money_format_places(money, CASE[i].places, text);
        assert_string_equal(text, CASE[i].text);
        assert_int_equal(length, strlen(text));
    }
}

/* Random short texts over the alphabet of numbers against a plain reading of the grammar. */
static bool is_number(const char *text, size_t *ret_fraction)
{
    size_t at = text[0] == '-', digits = strspn(text + at, "0123456789");
    *ret_fraction = 0;
    if (digits == 0)
        return false;
    at += digits;
    if (text[at] == '.') {
        *ret_fraction = strspn(text + at + 1, "0123456789");
        at += 1 + *ret_fraction;
        if (*ret_fraction == 0)
            return false;
    }
    return text[at] == '\0';
}

static void random_text_is_taken_exactly_when_it_is_a_number(void **state)
{
    (void)state;
    struct prng prng;
    unsigned taken = 0;
    prng_seed(&prng, 2);
    for (int i = 0; i < CASES; i++) {
        char text[10];
        size_t length = prng_below(&prng, sizeof text), fraction;
        for (size_t k = 0; k < length; k++)
            text[k] = "0123456789012345--..+e x"[prng_below(&prng, 24)];
        text[length] = '\0';
        struct size size;
        bool got = size_parse(text, length, &size);
        if (got != is_number(text, &fraction))
            fail_msg("'%s' was %s", text, got ? "taken" : "refused");
        taken += got;
    }
    assert_in_range(taken, CASES / 100, CASES);
}

int suite_decimal_text(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_then_parse_gives_the_value_back),
        cmocka_unit_test(the_extremes_round_trip),
        cmocka_unit_test(good_text_is_taken_as_it_says),
        cmocka_unit_test(bad_text_is_refused_by_all),
        cmocka_unit_test(exact_text_takes_no_exponent_and_no_excess),
        cmocka_unit_test(bytes_past_the_length_are_not_read),
        cmocka_unit_test(informative_text_rounds_half_even_and_says_so),
        cmocka_unit_test(informative_overflow_is_refused_and_the_flag_is_not_lowered),
        cmocka_unit_test(money_for_people_has_its_places),
        cmocka_unit_test(random_text_is_taken_exactly_when_it_is_a_number),
    };
    return cmocka_run_group_tests_name("decimal_text", tests, NULL, NULL);
}
