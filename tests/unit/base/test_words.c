/* What is said to people: err and log. */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "suites.h"

static void a_failure_is_told_outside_in(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(err_set(&err, "price '%s' is not a decimal", "x"), -1);
    assert_int_equal(err_wrap(&err, "%s:%d: product %s", "moongate.conf", 12, "btc"), -1);
    assert_string_equal(err.text, "moongate.conf:12: product btc: price 'x' is not a decimal");
    assert_int_equal(err_set(NULL, "nobody listens"), -1);
    assert_int_equal(err_wrap(NULL, "nobody listens"), -1);
    err_set(&err, "again: %s", err.text);
    assert_string_equal(err.text,
                        "again: moongate.conf:12: product btc: price 'x' is not a decimal");
}

static void a_long_failure_is_cut(void **state)
{
    (void)state;
    struct err err;
    char words[1000];
    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    err_set(&err, "%s", words);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    err_wrap(&err, "outer");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "outer: www", 10);
    err_wrap(&err, "%s", words);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static size_t logged(enum log_level level, const char *words, char *out, size_t capacity)
{
    int ends[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_write(level, "ws", "closed (%d): %s", 1006, words);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t length = read(ends[0], out, capacity - 1);
    close(ends[0]);
    assert_true(length >= 0);
    out[length] = '\0';
    return (size_t)length;
}

static void one_event_is_one_line(void **state)
{
    (void)state;
    char out[4096], words[4000];
    assert_int_equal(logged(LOG_DEBUG, "quiet", out, sizeof out), 0);
    assert_int_equal(logged(LOG_WARN, "a\nb\x1b[31m", out, sizeof out), 27 + 34);
    assert_string_equal(out + 27, " warn ws: closed (1006): a b [31m\n");
    assert_int_equal(out[26], 'Z');
    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    size_t length = logged(LOG_ERROR, words, out, sizeof out);
    assert_int_equal(length, 2047);
    assert_string_equal(out + length - 5, "w...\n");
    log_set_level(LOG_DEBUG);
    assert_true(logged(LOG_DEBUG, "heard", out, sizeof out) > 0);
    log_set_level(LOG_INFO);
}

int suite_words(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_told_outside_in),
        cmocka_unit_test(a_long_failure_is_cut),
        cmocka_unit_test(one_event_is_one_line),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
