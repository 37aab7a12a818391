#include <string.h>
#include <time.h>

#include "base/prng.h"
#include "base/text.h"
#include "suites.h"

static const int64_t SECOND_NS = 1000000000;

static void known_times(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t ns; } CASE[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000000001Z", 1},
        {"1969-12-31T23:59:59.999999999Z", -1},
        {"2000-02-29T00:00:00Z", 951782400000000000},
        {"2024-02-29T23:59:59Z", 1709251199000000000},
        {"2024-03-01T00:00:00Z", 1709251200000000000},
        {"2025-02-28T23:59:59.5Z", 1740787199500000000},
        {"2026-11-21T05:07:00.123456Z", 1795237620123456000},
        {"2026-11-21T05:07:00.123456+00:00", 1795237620123456000},
        {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
        {"1677-09-21T00:12:43.145224192Z", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        int64_t ns;
        if (!text_parse_time(CASE[i].text, strlen(CASE[i].text), &ns))
            fail_msg("'%s' was refused", CASE[i].text);
        assert_true(ns == CASE[i].ns);
    }
}

static void nought_to_nine_fractional_digits(void **state)
{
    (void)state;
    const char *whole = "2026-11-21T05:07:00", *digits = "987654321";
    int64_t start, ns, expected = 0, unit = SECOND_NS;
    assert_true(text_parse_time("2026-11-21T05:07:00Z", 20, &start));
    for (size_t count = 1; count <= 9; count++) {
        char text[40];
        memcpy(text, whole, 19);
        text[19] = '.';
        memcpy(text + 20, digits, count);
        text[20 + count] = 'Z';
        unit /= 10;
        expected += unit * (digits[count - 1] - '0');
        assert_true(text_parse_time(text, 21 + count, &ns));
        assert_true(ns == start + expected);
    }
}

static void bad_times_are_refused(void **state)
{
    (void)state;
    static const char *const CASE[] = {
        "", "Z", "2026-11-21", "2026-11-21T05:07Z", "2026-11-21T05:07:00", "2026-11-21 05:07:00Z",
        "2026-11-21T05:07:00.Z", "2026-11-21T05:07:00.1234567890Z", "2026-11-21T05:07:00.12",
        "2026-11-21T05:07:00,5Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",
        "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T05:60:00Z", "2026-11-21T05:07:60Z",
        "2026-11-21T05:07:00z", "2026-11-21T05:07:00+01:00", "2026-11-21T05:07:00-00:00",
        "2026-11-21T05:07:00ZZ", " 2026-11-21T05:07:00Z", "2026-11-21T05:07:00Z ",
        "26-11-21T05:07:00Z", "-2026-11-21T05:07:00Z", "2026-1-21T05:07:00Z",
        "2262-04-11T23:47:16.854775808Z", "1677-09-21T00:12:43.145224191Z",
        "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        int64_t ns = 42;
        if (text_parse_time(CASE[i], strlen(CASE[i]), &ns))
            fail_msg("'%s' was taken for a time", CASE[i]);
        assert_true(ns == 42);
    }
}

/* libc's calendar is the other opinion. */
static void agrees_with_libc(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 12);
    for (int i = 0; i < 100000; i++) {
        int64_t ns = (int64_t)(prng_next(&prng) >> prng_below(&prng, 8)), back;
        ns = i & 1 ? -ns : ns;
        char text[40], expected[40];
        size_t length = text_format_time(ns, text);
        time_t seconds = ns / SECOND_NS - (ns % SECOND_NS < 0);
        struct tm broken;
        assert_non_null(gmtime_r(&seconds, &broken));
        assert_int_equal(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.", &broken), 20);
        assert_memory_equal(text, expected, 20);
        assert_int_equal(length, 27);
        assert_int_equal(strlen(text), 27);
        int64_t micros = ns - ((ns % 1000) + 1000) % 1000;
        if (ns > INT64_MIN + 1000) {
            assert_true(text_parse_time(text, length, &back));
            assert_true(back == micros);
        }
    }
}

int suite_time(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_times),
        cmocka_unit_test(nought_to_nine_fractional_digits),
        cmocka_unit_test(bad_times_are_refused),
        cmocka_unit_test(agrees_with_libc),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
