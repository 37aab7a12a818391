#include <string.h>

#include "base/text.h"
#include "suites.h"

static void copy_cuts_and_says_so(void **state)
{
    (void)state;
    char out[4];
    assert_true(text_copy(out, sizeof out, "abc", 3));
    assert_string_equal(out, "abc");
    assert_false(text_copy(out, sizeof out, "abcd", 4));
    assert_string_equal(out, "abc");
    assert_true(text_copy(out, sizeof out, NULL, 0));
    assert_string_equal(out, "");
    assert_false(text_copy(out, 1, "a", 1));
    assert_string_equal(out, "");
}

static void equal_compares_whole(void **state)
{
    (void)state;
    assert_true(text_equal("abc", 3, "abc"));
    assert_true(text_equal("abcd", 3, "abc"));
    assert_false(text_equal("ab", 2, "abc"));
    assert_false(text_equal("abcd", 4, "abc"));
    assert_true(text_equal(NULL, 0, ""));
    assert_false(text_equal("a\0c", 3, "a"));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("max_order_size", "max_order_sise"), 1);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("sitting", "kitten"), 3);
    assert_int_equal(text_distance("leverage", "leverag"), 1);
    char long_a[200], long_b[200];
    memset(long_a, 'a', sizeof long_a - 1);
    memset(long_b, 'b', sizeof long_b - 1);
    long_a[199] = long_b[199] = '\0';
    assert_int_equal(text_distance(long_a, long_b), 64);
}

static void hex_and_base64url(void **state)
{
    (void)state;
    char out[16];
    text_hex("\x00\xff\x1a", 3, out);
    assert_string_equal(out, "00ff1a");
    text_hex("", 0, out);
    assert_string_equal(out, "");
    /* RFC 4648 section 10, without padding. */
    static const char *const CASE[][2] = {{"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xff\xef\xbe", "_---"}};
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        size_t wanted = strlen(CASE[i][1]);
        assert_int_equal(text_base64url(CASE[i][0], strlen(CASE[i][0]), out, wanted + 1), wanted);
        assert_string_equal(out, CASE[i][1]);
        assert_int_equal(text_base64url(CASE[i][0], strlen(CASE[i][0]), out, wanted), 0);
    }
    assert_int_equal(text_base64url("", 0, out, sizeof out), 0);
    assert_string_equal(out, "");
}

static void utf8_takes_what_the_standard_takes(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
        "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "a\xe2\x82\xac" "b"};
    static const char *const BAD[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2" "a",
        "\xe0\x9f\xbf", "\xe0\xa0", "\xe2\x82" "a", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf0\x90\x80", "\xf0\x90\x80" "a",
        "\xf5\x80\x80\x80", "\xff", "\xfe", "ok\xe2\x28\xa1"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(text_utf8_valid(GOOD[i], strlen(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (text_utf8_valid(BAD[i], strlen(BAD[i])))
            fail_msg("bad case %zu was taken", i);
    assert_true(text_utf8_valid("a\0b", 3));
}

int suite_text(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_cuts_and_says_so),
        cmocka_unit_test(equal_compares_whole),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(hex_and_base64url),
        cmocka_unit_test(utf8_takes_what_the_standard_takes),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
