#pragma once
/* A product's book as the venue shows it: what the market holds, rounded outward to the product's
 * tick and down to whole steps, less what our orders took from it, plus what they rest in it.
 *
 *     venue_book_market(&book, SIDE_BUY, price, +0.014 BTC)   a level of the market changed
 *     venue_book_eat(&book, SIDE_SELL, price, units)          a taker of ours took from it
 *     venue_book_rest(&book, SIDE_BUY, price, +units)         an order of ours rests there
 *
 * What was taken stays taken until the market changes that level. Levels are kept worst first, so
 * the touch, where nearly everything happens, is at the end of an array. Sizes: venue units,
 * except where "base" is said. */
#include "sim/venue_sim_product.h"

struct venue_level {
    int64_t price_e9;
    int64_t base_e9;  /* the market's, base coin */
    int64_t eaten_e9; /* venue units that our takers took */
    int64_t own_e9;   /* venue units that our orders rest */
};

struct venue_ladder {
    struct venue_level *levels; /* owned; the best one last */
    uint32_t count, capacity;
};

struct venue_book {
    const struct venue_product *product;
    struct venue_ladder sides[2];
    struct level *changes; /* owned; since the last take, may repeat */
    uint32_t change_count, change_capacity;
};

void venue_book_init(struct venue_book *book, const struct venue_product *product);
void venue_book_fini(struct venue_book *book);
/* Forgets the market (at a tape's seam); what our orders rest stays. */
void venue_book_forget_market(struct venue_book *book);

void venue_book_market(struct venue_book *book, enum side side, struct price price,
                       struct size base_delta);
void venue_book_eat(struct venue_book *book, enum side side, struct price price,
                    struct size units);
void venue_book_rest(struct venue_book *book, enum side side, struct price price,
                     struct size units_delta);

/* The market's part that is still there to be taken, at one price and at the best price. */
struct size venue_book_available(const struct venue_book *book, enum side side,
                                 struct price price);
bool venue_book_best_available(const struct venue_book *book, enum side side, struct level *ret);
/* What the public sees. `nth` 0 is the best level shown; false past the last one. Walking a whole
 * side: start with a cursor of 0 and call until it answers false. */
bool venue_book_best_shown(const struct venue_book *book, enum side side, struct level *ret);
bool venue_book_walk_shown(const struct venue_book *book, enum side side, uint32_t *cursor,
                           struct level *ret);
/* The distinct levels changed since the last call with what they show now (0: gone), bids from the
 * best down, then asks from the best up. Valid until the book is touched; returns their count. */
uint32_t venue_book_take_changes(struct venue_book *book, struct level **ret_levels);
bool venue_book_changed(const struct venue_book *book);

/* The plain sorted array beneath, for the market's own book: exact prices, no rounding. */
struct venue_level *venue_ladder_find(const struct venue_ladder *ladder, enum side side,
                                      int64_t price_e9);
struct venue_level *venue_ladder_insert(struct venue_ladder *ladder, enum side side,
                                        int64_t price_e9);
void venue_ladder_remove(struct venue_ladder *ladder, struct venue_level *level);
/* True when `a` is a better price than `b` for that side of a book. */
static inline bool venue_price_better(enum side side, int64_t a_e9, int64_t b_e9)
{
    return side == SIDE_BUY ? a_e9 > b_e9 : a_e9 < b_e9;
}
