/* The book against a plain sorted array that does the same in the slowest way. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "engine/book.h"

enum { NAIVE_MAX = 70000 };

struct naive { int64_t prices[NAIVE_MAX], sizes[NAIVE_MAX]; uint32_t count; bool descending; };
struct rig { struct book book; void *memory; struct naive sides[2]; };

static bool is_better(const struct naive *side, int64_t a, int64_t b)
{
    return side->descending ? a > b : a < b;
}

static void naive_set(struct naive *side, int64_t price, int64_t size)
{
    uint32_t at = 0;
    while (at < side->count && is_better(side, side->prices[at], price))
        at++;
    bool found = at < side->count && side->prices[at] == price;
    uint32_t rest = (side->count - at) * (uint32_t)sizeof(int64_t);
    if (found && size > 0) {
        side->sizes[at] = size;
    } else if (found) {
        memmove(side->prices + at, side->prices + at + 1, rest - sizeof(int64_t));
        memmove(side->sizes + at, side->sizes + at + 1, rest - sizeof(int64_t));
        side->count--;
    } else if (size > 0) {
        memmove(side->prices + at + 1, side->prices + at, rest);
        memmove(side->sizes + at + 1, side->sizes + at, rest);
        side->prices[at] = price;
        side->sizes[at] = size;
        side->count++;
        if (side->count > MAX_BOOK_LEVELS)
            side->count--;
    }
}

static struct rig *rig_create(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->memory = calloc(1, book_bytes());
    book_init(&rig->book, rig->memory);
    rig->sides[SIDE_BUY].descending = true;
    return rig;
}

static void rig_destroy(struct rig *rig)
{
    free(rig->memory);
    free(rig);
}

static void set_both(struct rig *rig, enum side side, int64_t price, int64_t size)
{
    book_set(&rig->book, side, (struct price){price}, (struct size){size});
    naive_set(&rig->sides[side], price, size);
}

static void compare_side(struct rig *rig, enum side side)
{
    static struct level levels[NAIVE_MAX];
    const struct naive *naive = &rig->sides[side];
    uint32_t count = book_top(&rig->book, side, NAIVE_MAX, levels);
    assert_int_equal(count, naive->count);
    assert_int_equal(rig->book.sides[side].levels, naive->count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(levels[i].price.e9, naive->prices[i]);
        assert_int_equal(levels[i].size.e9, naive->sizes[i]);
        assert_int_equal(levels[i].side, side);
    }
}

static void compare(struct rig *rig)
{
    compare_side(rig, SIDE_BUY);
    compare_side(rig, SIDE_SELL);
}

/* Random sets and deletes over a price range of this many ticks, both sides apart. */
static void churn(struct rig *rig, struct prng *prng, uint64_t ticks, int count)
{
    for (int i = 0; i < count; i++) {
        enum side side = (enum side)prng_below(prng, 2);
        int64_t offset = 1 + (int64_t)prng_below(prng, ticks);
        int64_t price = side == SIDE_BUY ? 1000000 - offset : 1000000 + offset;
        int64_t size = prng_below(prng, 3) == 0 ? 0 : 1 + (int64_t)prng_below(prng, 1000);
        set_both(rig, side, price, size);
    }
}

static void churn_equals_naive(void **state)
{
    static const uint64_t TICKS[] = {1, 5, 70, 300, 3000, 20000};
    (void)state;
    for (size_t t = 0; t < sizeof TICKS / sizeof TICKS[0]; t++) {
        struct prng prng;
        struct rig *rig = rig_create();
        prng_seed(&prng, t + 1);
        for (int round = 0; round < 20; round++) {
            churn(rig, &prng, TICKS[t], 500);
            compare(rig);
        }
        rig_destroy(rig);
    }
}

/* A chunk's worth of levels comes and all but one go, over and over: every chunk is taken while
 * there are few levels, and the next one finds them packed. */
static void a_book_of_crumbs_is_packed(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    uint32_t most = 0;
    for (int64_t batch = 0; batch < BOOK_CHUNKS + 40; batch++) {
        int64_t base = 1000000 + batch * BOOK_CHUNK;
        for (int64_t i = 0; i < 2 * BOOK_CHUNK - 1; i++) /* all come, then all but the last go */
            book_set(&rig->book, SIDE_SELL, (struct price){base + i % BOOK_CHUNK},
                     (struct size){i < BOOK_CHUNK ? i + 1 : 0});
        naive_set(&rig->sides[SIDE_SELL], base + BOOK_CHUNK - 1, BOOK_CHUNK);
        if (rig->book.sides[SIDE_SELL].chunks > most)
            most = rig->book.sides[SIDE_SELL].chunks;
    }
    assert_int_equal(most, BOOK_CHUNKS);
    assert_true(rig->book.sides[SIDE_SELL].chunks < BOOK_CHUNKS / 2);
    compare(rig);
    for (int64_t i = 0; i < 20000; i += 7)
        set_both(rig, SIDE_SELL, 1000000 + i, i + 1);
    compare(rig);
    rig_destroy(rig);
}

/* Snapshots come best first, worst first, or shuffled; chunks fill, split and run out. */
static void ordered_inserts_equal_naive(void **state)
{
    (void)state;
    for (int order = 0; order < 3; order++) {
        struct rig *rig = rig_create();
        for (int64_t i = 0; i < 5000; i++) {
            int64_t at = order == 0 ? i : order == 1 ? 4999 - i : (i * 2741) % 5000;
            set_both(rig, SIDE_BUY, 1000000 - at, at + 1);
            set_both(rig, SIDE_SELL, 1000001 + at, at + 1);
        }
        compare(rig);
        for (int64_t i = 0; i < 5000; i += 3)
            set_both(rig, SIDE_BUY, 1000000 - i, 0);
        compare(rig);
        rig_destroy(rig);
    }
}

/* Every other level of a full book deleted and filled again elsewhere leaves chunks thin: the pool
 * runs dry and is packed. */
static void thin_chunks_are_packed(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    for (int64_t i = 0; i < MAX_BOOK_LEVELS; i++)
        book_set(&rig->book, SIDE_BUY, (struct price){10000000 - i * 100}, (struct size){i + 1});
    assert_int_equal(rig->book.sides[SIDE_BUY].chunks, MAX_BOOK_LEVELS / BOOK_CHUNK);
    for (int64_t i = 0; i < MAX_BOOK_LEVELS; i++)
        if (i % 32 != 0)
            book_set(&rig->book, SIDE_BUY, (struct price){10000000 - i * 100}, (struct size){0});
    for (int64_t i = 0; i < MAX_BOOK_LEVELS - 1024; i++)
        book_set(&rig->book, SIDE_BUY, (struct price){10000000 - (i * 7919) % 3000000 - 7},
                 (struct size){i + 1});
    static struct level levels[NAIVE_MAX];
    uint32_t count = book_top(&rig->book, SIDE_BUY, NAIVE_MAX, levels);
    assert_int_equal(count, rig->book.sides[SIDE_BUY].levels);
    assert_true(count > MAX_BOOK_LEVELS - 2048);
    for (uint32_t i = 1; i < count; i++)
        assert_true(levels[i].price.e9 < levels[i - 1].price.e9);
    rig_destroy(rig);
}

static void far_levels_are_dropped_for_near_ones(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    struct level best;
    for (int64_t i = 0; i < MAX_BOOK_LEVELS + 100; i++)
        set_both(rig, SIDE_SELL, 1000 + i, 1);
    assert_int_equal(rig->book.sides[SIDE_SELL].levels, MAX_BOOK_LEVELS);
    for (int64_t i = 1; i <= 100; i++)
        set_both(rig, SIDE_SELL, 1000 - i, 2);
    compare_side(rig, SIDE_SELL);
    assert_true(book_best(&rig->book, SIDE_SELL, &best));
    assert_int_equal(best.price.e9, 900);
    rig_destroy(rig);
}

static void clear_starts_over(void **state)
{
    (void)state;
    struct rig *rig = rig_create();
    struct level best;
    struct prng prng;
    prng_seed(&prng, 9);
    for (int i = 0; i < 50; i++) {
        churn(rig, &prng, 5000, 400);
        compare(rig);
        book_clear(&rig->book);
        rig->sides[0].count = rig->sides[1].count = 0;
        assert_false(book_best(&rig->book, SIDE_BUY, &best));
    }
    rig_destroy(rig);
}

static struct price price_at(const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    return price;
}

static struct size size_at(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

static struct rig *small_book(void)
{
    struct rig *rig = rig_create();
    book_set(&rig->book, SIDE_BUY, price_at("99"), size_at("2"));
    book_set(&rig->book, SIDE_BUY, price_at("98"), size_at("3"));
    book_set(&rig->book, SIDE_BUY, price_at("90"), size_at("50"));
    book_set(&rig->book, SIDE_SELL, price_at("101"), size_at("1.5"));
    book_set(&rig->book, SIDE_SELL, price_at("102"), size_at("4"));
    return rig;
}

static void mid_and_sanity(void **state)
{
    (void)state;
    struct rig *rig = small_book();
    struct price mid;
    assert_true(book_mid(&rig->book, &mid));
    assert_int_equal(mid.e9, price_at("100").e9);
    assert_true(book_is_sane(&rig->book));
    book_set(&rig->book, SIDE_BUY, price_at("101"), size_at("1"));
    assert_false(book_is_sane(&rig->book)); /* locked */
    assert_true(book_is_crossed(&rig->book));
    assert_false(book_mid(&rig->book, &mid));
    book_set(&rig->book, SIDE_BUY, price_at("101"), size_at("0"));
    assert_true(book_is_sane(&rig->book));
    book_set(&rig->book, SIDE_SELL, price_at("101"), size_at("0"));
    book_set(&rig->book, SIDE_SELL, price_at("102"), size_at("0"));
    assert_false(book_is_sane(&rig->book)); /* one side is empty */
    assert_false(book_is_crossed(&rig->book));
    rig_destroy(rig);
}

static void depth_within_a_band(void **state)
{
    (void)state;
    struct rig *rig = small_book();
    struct ratio one = {DECIMAL_ONE / 100}, two = {DECIMAL_ONE / 50};
    assert_int_equal(book_depth(&rig->book, SIDE_BUY, one).e9, size_at("2").e9);
    assert_int_equal(book_depth(&rig->book, SIDE_BUY, two).e9, size_at("5").e9);
    assert_int_equal(book_depth(&rig->book, SIDE_SELL, one).e9, size_at("1.5").e9);
    assert_int_equal(book_depth(&rig->book, SIDE_SELL, two).e9, size_at("5.5").e9);
    assert_int_equal(book_depth(&rig->book, SIDE_SELL, (struct ratio){1}).e9, 0);
    rig_destroy(rig);
}

/* F30 | unit | the feed tells more coins than numbers hold, or a band past every price | the depth
 * is the largest number, or none */
static void depth_has_ends(void **state)
{
    (void)state;
    struct rig *rig = small_book();
    struct ratio two = {DECIMAL_ONE / 50};
    book_set(&rig->book, SIDE_BUY, price_at("99.5"), (struct size){INT64_MAX});
    assert_int_equal(book_depth(&rig->book, SIDE_BUY, two).e9, INT64_MAX);
    assert_int_equal(book_depth(&rig->book, SIDE_SELL, (struct ratio){INT64_MAX}).e9, 0);
    rig_destroy(rig);
}

static void walk_for_a_size(void **state)
{
    (void)state;
    struct rig *rig = small_book();
    struct book_walk walk = book_walk(&rig->book, SIDE_BUY, size_at("2"));
    assert_true(walk.whole);
    assert_int_equal(walk.worst.e9, price_at("102").e9);
    struct money cost = money_of(price_at("101"), size_at("1.5"));
    assert_true(money_add(cost, money_of(price_at("102"), size_at("0.5")), &cost));
    assert_true(walk.notional.e18 == cost.e18);
    walk = book_walk(&rig->book, SIDE_SELL, size_at("56"));
    assert_false(walk.whole);
    assert_int_equal(walk.filled.e9, size_at("55").e9);
    walk = book_walk(&rig->book, SIDE_SELL, size_at("55"));
    assert_true(walk.whole);
    assert_int_equal(walk.worst.e9, price_at("90").e9);
    book_clear(&rig->book);
    walk = book_walk(&rig->book, SIDE_SELL, size_at("1"));
    assert_false(walk.whole);
    assert_int_equal(walk.worst.e9, 0);
    rig_destroy(rig);
}

int suite_book(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(churn_equals_naive),
        cmocka_unit_test(ordered_inserts_equal_naive),
        cmocka_unit_test(a_book_of_crumbs_is_packed),
        cmocka_unit_test(thin_chunks_are_packed),
        cmocka_unit_test(far_levels_are_dropped_for_near_ones),
        cmocka_unit_test(clear_starts_over),
        cmocka_unit_test(mid_and_sanity),
        cmocka_unit_test(depth_within_a_band),
        cmocka_unit_test(depth_has_ends),
        cmocka_unit_test(walk_for_a_size),
    };
    return cmocka_run_group_tests_name("book", tests, NULL, NULL);
}
