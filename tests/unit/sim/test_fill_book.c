#include <stdio.h>

#include "sim/fill_book.h"
#include "suites.h"

/* Hand-computed: what the market does, step by step, and what of our order is filled then.
 *
 *     L side price size   a level is told          T side price size   a trade, side the aggressor
 *     O side price size   our order rests          E                   the message ends
 *     W ms                so long passes           P ms side price size   a trade, made before that
 *
 * Sizes are whole, steps are 1; `=` after a step: filled so far, `@` ahead of the first order. */
static const int64_t MS_NS = 1000000;
struct fixture { struct fill_book book; int64_t filled; int64_t paid; uint32_t orders; };

static void on_fill(void *context, uint32_t number, struct price price, struct size size,
                    enum liquidity liquidity)
{
    struct fixture *fixture = context;
    (void)number;
    (void)liquidity;
    assert_int_equal(size.e9 % DECIMAL_ONE, 0);
    fixture->filled += size.e9 / DECIMAL_ONE;
    fixture->paid += price.e9 / DECIMAL_ONE * (size.e9 / DECIMAL_ONE);
}

static void step(struct fixture *fixture, const char *text)
{
    struct fill_book *book = &fixture->book;
    char kind, side_letter;
    int price, size;
    long ms = 0;
    if (*text == 'E') {
        fill_book_settle(book);
        return;
    }
    if (sscanf(text, "W %ld", &ms) == 1) {
        book->now_ns += ms * MS_NS;
        return;
    }
    if (sscanf(text, "P %ld %c %d %d", &ms, &side_letter, &price, &size) == 4)
        kind = 'T';
    else
        assert_int_equal(sscanf(text, "%c %c %d %d", &kind, &side_letter, &price, &size), 4);
    enum side side = side_letter == 'B' ? SIDE_BUY : SIDE_SELL;
    struct price at = {price * (int64_t)DECIMAL_ONE};
    struct size much = {size * (int64_t)DECIMAL_ONE};
    if (kind == 'L')
        fill_book_level(book, &(struct level){at, much, side});
    else if (kind == 'T')
        fill_book_trade(book, &(struct trade){.price = at, .size = much, .aggressor = side,
                                              .venue_ns = book->now_ns - ms * MS_NS});
    else
        assert_true(fill_book_rest(book, fixture->orders++, side, at, much));
}

static const struct { const char *name; bool blind; const char *steps[12]; } CASES[] = {
    {"alone at its price it is first", false, {"L S 200 1", "O B 100 2", "T S 100 1", "=1"}},
    {"where no book is known it is at the tail of what comes", false,
     {"O B 100 2", "T S 100 5", "=0", "L B 100 10", "@10", "T S 100 11", "=1"}},
    {"it joins the tail", false,
     {"L B 100 10", "O B 100 2", "@10", "T S 100 10", "=0", "T S 100 1", "=1", "T S 100 5", "=2"}},
    {"one trade takes what is ahead, then the order", false,
     {"L B 100 10", "O B 100 2", "T S 100 11", "=1"}},
    {"who comes later stands behind it", false,
     {"L B 100 10", "O B 100 2", "L B 100 30", "@10", "T S 100 12", "=2"}},
    {"a trade and the level it left are one event", false,
     {"L B 100 10", "O B 100 2", "T S 100 4", "@6", "L B 100 6", "@6"}},
    {"cancels pro rata: 10 ahead of 20, 10 cancelled, half of them ahead", false,
     {"L B 100 10", "O B 100 2", "L B 100 20", "L B 100 10", "@5"}},
    {"rounded against it: 7 of 30 cancelled, 10 ahead, 2 of them", false,
     {"L B 100 10", "O B 100 2", "L B 100 30", "L B 100 23", "@8"}},
    {"cancels beyond trades: 20 stood, 4 traded, 8 cancelled of 16, 6 ahead lose 3", false,
     {"L B 100 10", "O B 100 2", "L B 100 20", "T S 100 4", "@6", "L B 100 8", "@3"}},
    {"never more ahead than the level holds", false,
     {"L B 100 10", "O B 100 2", "L B 100 3", "@3", "L B 100 0", "@0", "W 300", "T S 100 1", "=1"}},
    {"a trade through its price fills it, up to the trade", false,
     {"L B 100 10", "O B 100 5", "T S 99 3", "=3", "T S 98 9", "=5"}},
    {"a buyer's trade at a bid fills no bid", false, {"O B 100 2", "T B 100 5", "=0"}},
    {"the other side comes to its price, with what it shows", false,
     {"L B 100 10", "O B 100 5", "L S 100 2", "E", "=2", "E", "=2", "L S 99 9", "E", "=5"}},
    {"an ask mirrors it", false,
     {"L S 101 4", "O S 101 2", "T B 101 5", "=1", "T B 102 1", "=2"}},
    {"two of ours: the better price first, then the older", false,
     {"L S 200 1", "O B 99 1", "O B 100 1", "O B 100 1", "T S 100 1", "=1", "T S 98 2", "=3"}},
    {"ours share what is ahead of them once", false,
     {"L B 100 10", "O B 100 2", "O B 100 2", "T S 100 13", "=3"}},
    {"told before its trade: 10 of 20 left, and it was the trade: 5 ahead, then 0 of 10", false,
     {"L B 100 10", "O B 100 2", "L B 100 20", "L B 100 10", "@5", "W 3", "T S 100 10", "@0", "=0",
      "T S 100 1", "=1"}},
    {"half of what left was the trade: 8 left, 4 ahead of it, 4 traded", false,
     {"L B 100 10", "O B 100 2", "L B 100 20", "L B 100 12", "@6", "T S 100 4", "@4"}},
    {"given back in whole steps: 7 of 30 left, 2 ahead of it, 4 of the 7 were the trade", false,
     {"L B 100 10", "O B 100 2", "L B 100 30", "L B 100 23", "@8", "T S 100 4", "@6",
      "T S 100 7", "=1"}},
    {"long before the trade it was a cancel", false,
     {"L B 100 10", "O B 100 2", "L B 100 20", "L B 100 10", "@5", "W 300", "T S 100 4", "@1",
      "L B 100 6", "@1"}},
    {"a trade made before it came does nothing to it", false,
     {"W 1000", "L B 100 10", "O B 100 2", "W 50", "P 60 S 100 10", "@10", "P 60 S 99 5", "=0",
      "P 50 S 100 11", "=1"}},
    {"blind: at its price it is last", true, {"O B 100 2", "T S 100 99", "=0", "T S 99 1", "=1"}},
};

static void fills_are_those_computed_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture fixture = {.filled = 0};
        struct fill_sink sink = {&fixture, on_fill};
        fill_book_init(&fixture.book, (struct size){DECIMAL_ONE}, &sink);
        fixture.book.blind = CASES[i].blind;
        for (int k = 0; k < 12 && CASES[i].steps[k]; k++) {
            const char *text = CASES[i].steps[k];
            int64_t want = 0;
            if (*text != '=' && *text != '@') {
                step(&fixture, text);
                continue;
            }
            assert_int_equal(sscanf(text + 1, "%ld", &want), 1);
            int64_t got = *text == '=' ? fixture.filled
                                       : fixture.book.resting[0].ahead_e9 / DECIMAL_ONE;
            if (got != want)
                fail_msg("%s: step %d: %s, got %ld", CASES[i].name, k, text, (long)got);
        }
        fill_book_fini(&fixture.book);
    }
}

static void a_taker_walks_what_is_shown(void **state)
{
    (void)state;
    struct fixture fixture = {.filled = 0};
    struct fill_sink sink = {&fixture, on_fill};
    struct price limit = {102 * (int64_t)DECIMAL_ONE};
    struct size five = {5 * (int64_t)DECIMAL_ONE};
    fill_book_init(&fixture.book, (struct size){DECIMAL_ONE}, &sink);
    step(&fixture, "L S 101 2");
    step(&fixture, "L S 102 1");
    step(&fixture, "L S 103 9");
    assert_int_equal(fill_book_takeable(&fixture.book, SIDE_BUY, limit).e9,
                     3 * (int64_t)DECIMAL_ONE);
    assert_true(fill_book_crosses(&fixture.book, SIDE_BUY, limit));
    struct size left = fill_book_take(&fixture.book, 0, SIDE_BUY, limit, five);
    assert_int_equal(left.e9, 2 * (int64_t)DECIMAL_ONE);
    assert_int_equal(fixture.paid, 2 * 101 + 102);
    /* What was taken stays taken until the level is told again. */
    left = fill_book_take(&fixture.book, 0, SIDE_BUY, limit, five);
    assert_int_equal(left.e9, five.e9);
    assert_false(fill_book_crosses(&fixture.book, SIDE_BUY, limit));
    step(&fixture, "L S 102 4");
    left = fill_book_take(&fixture.book, 0, SIDE_BUY, (struct price){0}, five);
    assert_int_equal(left.e9, 0);
    assert_int_equal(fixture.paid, 2 * 101 + 102 + 4 * 102 + 103);
    fill_book_fini(&fixture.book);
}

int suite_fill_book(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_are_those_computed_by_hand),
        cmocka_unit_test(a_taker_walks_what_is_shown),
    };
    return cmocka_run_group_tests_name("fill book", tests, NULL, NULL);
}
