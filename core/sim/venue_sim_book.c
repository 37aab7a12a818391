#include "sim/venue_sim_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { FIRST_LEVELS = 256 };

/* The first index whose price is not worse than `price_e9`. */
static uint32_t lower_bound(const struct venue_ladder *ladder, enum side side, int64_t price_e9)
{
    uint32_t low = 0, high = ladder->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (venue_price_better(side, price_e9, ladder->levels[middle].price_e9))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct venue_level *venue_ladder_find(const struct venue_ladder *ladder, enum side side,
                                      int64_t price_e9)
{
    uint32_t index = lower_bound(ladder, side, price_e9);
    if (index < ladder->count && ladder->levels[index].price_e9 == price_e9)
        return &ladder->levels[index];
    return NULL;
}

struct venue_level *venue_ladder_insert(struct venue_ladder *ladder, enum side side,
                                        int64_t price_e9)
{
    uint32_t index = lower_bound(ladder, side, price_e9);
    if (index < ladder->count && ladder->levels[index].price_e9 == price_e9)
        return &ladder->levels[index];
    if (ladder->count == ladder->capacity) {
        uint32_t capacity = ladder->capacity ? ladder->capacity * 2 : FIRST_LEVELS;
        struct venue_level *levels = realloc(ladder->levels, capacity * sizeof *levels);
        CHECK(levels); /* a book that cannot hold its level is not a book */
        ladder->levels = levels;
        ladder->capacity = capacity;
    }
    memmove(ladder->levels + index + 1, ladder->levels + index,
            (ladder->count - index) * sizeof *ladder->levels);
    ladder->levels[index] = (struct venue_level){.price_e9 = price_e9};
    ladder->count++;
    return &ladder->levels[index];
}

void venue_ladder_remove(struct venue_ladder *ladder, struct venue_level *level)
{
    uint32_t index = (uint32_t)(level - ladder->levels);
    CHECK(index < ladder->count);
    ladder->count--;
    memmove(level, level + 1, (ladder->count - index) * sizeof *level);
}

void venue_book_init(struct venue_book *book, const struct venue_product *product)
{
    *book = (struct venue_book){.product = product};
}

void venue_book_fini(struct venue_book *book)
{
    free(book->sides[SIDE_BUY].levels);
    free(book->sides[SIDE_SELL].levels);
    free(book->changes);
    *book = (struct venue_book){0};
}

static int64_t available_of(const struct venue_book *book, const struct venue_level *level)
{
    struct size units = venue_product_units(book->product, (struct size){level->base_e9});
    return units.e9 > level->eaten_e9 ? units.e9 - level->eaten_e9 : 0;
}

static int64_t shown_of(const struct venue_book *book, const struct venue_level *level)
{
    return available_of(book, level) + level->own_e9;
}

static int compare_changes(const void *left, const void *right)
{
    const struct level *a = left, *b = right;
    if (a->side != b->side)
        return a->side == SIDE_BUY ? -1 : 1;
    if (a->price.e9 == b->price.e9)
        return 0;
    return venue_price_better(a->side, a->price.e9, b->price.e9) ? -1 : 1;
}

/* Bids from the best down, then asks from the best up, each level once. */
static void sort_changes(struct venue_book *book)
{
    uint32_t count = 0;
    if (book->change_count > 1)
        qsort(book->changes, book->change_count, sizeof *book->changes, compare_changes);
    for (uint32_t i = 0; i < book->change_count; i++)
        if (count == 0 || compare_changes(&book->changes[i], &book->changes[count - 1]) != 0)
            book->changes[count++] = book->changes[i];
    book->change_count = count;
}

/* Where nobody takes the changes they are folded, so that they need as much room as there are
 * prices, however long the venue runs. */
static void note_change(struct venue_book *book, enum side side, int64_t price_e9)
{
    if (book->change_count == book->change_capacity) {
        sort_changes(book);
        if (book->change_count >= book->change_capacity / 4 * 3) {
            uint32_t capacity = book->change_capacity ? book->change_capacity * 2 : FIRST_LEVELS;
            struct level *changes = realloc(book->changes, capacity * sizeof *changes);
            CHECK(changes);
            book->changes = changes;
            book->change_capacity = capacity;
        }
    }
    book->changes[book->change_count++] = (struct level){{price_e9}, {0}, side};
}

/* Whatever touched a level ends here: the change is noted if it shows, an empty level goes. */
static void settle_level(struct venue_book *book, enum side side, struct venue_level *level,
                         int64_t shown_before)
{
    if (shown_of(book, level) != shown_before)
        note_change(book, side, level->price_e9);
    if (level->base_e9 == 0 && level->own_e9 == 0)
        venue_ladder_remove(&book->sides[side], level);
}

void venue_book_forget_market(struct venue_book *book)
{
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct venue_ladder *ladder = &book->sides[side];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < ladder->count; i++) {
            struct venue_level level = ladder->levels[i];
            level.base_e9 = level.eaten_e9 = 0;
            if (level.own_e9 > 0)
                ladder->levels[kept++] = level;
        }
        ladder->count = kept;
    }
    book->change_count = 0;
}

/* A bid is shown lower, an ask higher: a rounded book never looks better than the real one. */
void venue_book_market(struct venue_book *book, enum side side, struct price price,
                       struct size base_delta)
{
    struct price shown_price;
    enum rounding outward = side == SIDE_BUY ? ROUND_DOWN : ROUND_UP;
    CHECK(price_round(price, book->product->tick, outward, &shown_price));
    if (base_delta.e9 == 0 || shown_price.e9 <= 0)
        return;
    struct venue_level *level = venue_ladder_insert(&book->sides[side], side, shown_price.e9);
    int64_t before = shown_of(book, level);
    level->base_e9 += base_delta.e9;
    CHECK(level->base_e9 >= 0);
    level->eaten_e9 = 0;
    settle_level(book, side, level, before);
}

void venue_book_eat(struct venue_book *book, enum side side, struct price price,
                    struct size units)
{
    struct venue_level *level = venue_ladder_find(&book->sides[side], side, price.e9);
    CHECK(level && available_of(book, level) >= units.e9);
    int64_t before = shown_of(book, level);
    level->eaten_e9 += units.e9;
    settle_level(book, side, level, before);
}

void venue_book_rest(struct venue_book *book, enum side side, struct price price,
                     struct size units_delta)
{
    struct venue_level *level = venue_ladder_insert(&book->sides[side], side, price.e9);
    int64_t before = shown_of(book, level);
    level->own_e9 += units_delta.e9;
    CHECK(level->own_e9 >= 0);
    settle_level(book, side, level, before);
}

struct size venue_book_available(const struct venue_book *book, enum side side,
                                 struct price price)
{
    const struct venue_level *level = venue_ladder_find(&book->sides[side], side, price.e9);
    return (struct size){level ? available_of(book, level) : 0};
}

bool venue_book_best_available(const struct venue_book *book, enum side side, struct level *ret)
{
    const struct venue_ladder *ladder = &book->sides[side];
    for (uint32_t i = ladder->count; i-- > 0;) {
        int64_t available = available_of(book, &ladder->levels[i]);
        if (available > 0) {
            *ret = (struct level){{ladder->levels[i].price_e9}, {available}, side};
            return true;
        }
    }
    return false;
}

bool venue_book_walk_shown(const struct venue_book *book, enum side side, uint32_t *cursor,
                           struct level *ret)
{
    const struct venue_ladder *ladder = &book->sides[side];
    while (*cursor < ladder->count) {
        const struct venue_level *level = &ladder->levels[ladder->count - 1 - (*cursor)++];
        int64_t shown = shown_of(book, level);
        if (shown > 0) {
            *ret = (struct level){{level->price_e9}, {shown}, side};
            return true;
        }
    }
    return false;
}

bool venue_book_best_shown(const struct venue_book *book, enum side side, struct level *ret)
{
    uint32_t cursor = 0;
    return venue_book_walk_shown(book, side, &cursor, ret);
}

bool venue_book_changed(const struct venue_book *book)
{
    return book->change_count > 0;
}

uint32_t venue_book_take_changes(struct venue_book *book, struct level **ret_levels)
{
    sort_changes(book);
    uint32_t count = book->change_count;
    for (uint32_t i = 0; i < count; i++) {
        struct level *change = &book->changes[i];
        const struct venue_level *level =
            venue_ladder_find(&book->sides[change->side], change->side, change->price.e9);
        change->size.e9 = level ? shown_of(book, level) : 0;
    }
    book->change_count = 0;
    *ret_levels = book->changes;
    return count;
}
