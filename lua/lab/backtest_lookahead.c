/* Does what a strategy decides depend on what is yet to come? Runs are played up to a cut with the
 * market after it shuffled; every decision before the cut must be the one it was. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/backtest_private.h"

enum { CUTS = 5 };

/* How much of `text` (lines, each begun by its time) lies before the cut. */
static size_t before(const struct buf *text, int64_t cut_ns)
{
    size_t at = 0;

    while (at < text->length) {
        const char *line = text->data + at;
        int64_t at_ns = 0;
        if (sscanf(line, "%ld", &at_ns) != 1 || at_ns >= cut_ns)
            break;
        at += strcspn(line, "\n") + 1;
    }
    return at;
}

static uint32_t count_lines(const char *text, size_t length)
{
    uint32_t lines = 0;

    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

static void say_difference(const char *as_was, size_t was_length, const char *as_is,
                           size_t is_length)
{
    size_t at = 0, line = 0;

    while (at < was_length && at < is_length && as_was[at] == as_is[at]) {
        at++;
        if (as_was[at - 1] == '\n')
            line = at;
    }
    printf("  with the future as it was: %.*s\n  with another one:          %.*s\n",
           line < was_length ? (int)strcspn(as_was + line, "\n") : 7,
           line < was_length ? as_was + line : "nothing",
           line < is_length ? (int)strcspn(as_is + line, "\n") : 7,
           line < is_length ? as_is + line : "nothing");
}

/* 1: the same; 0: another decision; -1: err. */
static int try_cut(const struct backtest_options *options, const struct buf *base, int64_t cut_ns,
                   struct err *err)
{
    struct backtest_options cut = *options;
    struct backtest_result result;
    struct buf decisions;
    char when[40];
    size_t length = before(base, cut_ns), cut_length;
    bool same;

    buf_init(&decisions, BACKTEST_DECISIONS_MAX);
    cut.decisions = &decisions;
    cut.out = NULL;
    cut.to_ns = cut_ns; /* a bar that has begun is played to its end */
    cut.shuffle_from_ns = cut_ns;
    if (backtest_run(&cut, &result, err) < 0) {
        buf_fini(&decisions);
        return -1;
    }
    text_format_time(cut_ns, when);
    cut_length = before(&decisions, cut_ns);
    same = length == cut_length &&
           (length == 0 || memcmp(base->data, decisions.data, length) == 0);
    printf("cut at %s: %u decisions before it, %s\n", when, count_lines(base->data, length),
           same ? "the same with the future shuffled" : "NOT the same with the future shuffled");
    if (!same)
        say_difference(base->data ? base->data : "", length,
                       decisions.data ? decisions.data : "", cut_length);
    buf_fini(&decisions);
    return same;
}

int backtest_check_lookahead(const struct backtest_options *options, struct err *err)
{
    struct backtest_options whole = *options;
    struct backtest_result result;
    struct buf base;
    int same = 1;

    buf_init(&base, BACKTEST_DECISIONS_MAX);
    whole.decisions = &base;
    whole.out = NULL;
    if (backtest_run(&whole, &result, err) < 0)
        same = -1;
    for (int i = 1; i <= CUTS && same >= 0; i++) {
        int64_t length_ns = result.end_ns - result.start_ns;
        int one = try_cut(options, &base, result.start_ns + length_ns / (CUTS + 1) * i, err);
        same = one < 0 ? -1 : same && one;
    }
    if (same >= 0 && base.length == 0)
        printf("it decided nothing at all: this shows little\n");
    buf_fini(&base);
    return same;
}
