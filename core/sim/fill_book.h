#pragma once
/* Own orders against a recorded market, which they do not change: when would they have filled?
 *
 *     fill_book_init(&book, spec.step, &sink);
 *     fill_book_level(&book, &level);              the market's book, as it was told
 *     fill_book_trade(&book, &trade);
 *     fill_book_settle(&book);                     at the end of a message
 *     left = fill_book_take(&book, number, side, limit, size);   what is there to be taken
 *     fill_book_rest(&book, number, side, limit, left);          and what then rests
 *
 * With depth, an order joins the tail of its level: `ahead` is what the level held. It moves up
 *
 *     by trades at its price            from the front of the queue, then into the order itself
 *     by cancels at its price           pro rata: what left the level beyond what traded is taken
 *                                       from ahead and behind in proportion, in whole steps,
 *                                       rounded against us
 *
 * A feed may tell a level first and the trade that took from it a little later: what left the level
 * within FILL_LATE_NS before a trade is taken to have been that trade, and no cancel. A trade that
 * was made (its venue_ns) before an order came to rest does nothing to it, whenever it is told.
 *
 * and never falls back. Trades through its price fill it up to their size; so does the other side
 * of the book when it comes to its price. Blind, without depth, an order is last at its price: only
 * a trade through it fills it. Fills are at the order's price; a taker's at the levels' prices,
 * and what it took stays taken until that level is told again. Sizes are base coin. Orders of ours
 * stand in one queue, oldest first, and never trade with each other. */
#include "sim/venue_sim_book.h"

enum { FILL_RESTING_MAX = 500,   /* the venue's cap on working orders of a product */
       FILL_LATE_NS = 250000000 }; /* Coinbase gathers its trades for so long, its levels not */

struct fill_resting {
    uint32_t number;         /* the caller's */
    enum side side;
    struct price limit;
    int64_t left_e9, ahead_e9, since_ns;
    int64_t traded_e9;       /* of the market at its price, since its level was last told */
    int64_t gone_e9, gained_e9; /* last counted as cancels, and what that took from ahead */
    int64_t gone_ns;
};

/* Called from inside: note it, call nothing back. */
struct fill_sink {
    void *context;
    void (*fill)(void *context, uint32_t number, struct price price, struct size size,
                 enum liquidity liquidity);
};

struct fill_book {
    struct venue_ladder sides[2]; /* base_e9: the market's; eaten_e9: what our takers took */
    struct fill_resting resting[FILL_RESTING_MAX];
    uint32_t count;
    struct size step;
    int64_t now_ns;          /* the caller's, on the clock of the trades' venue_ns */
    bool blind;
    struct fill_sink sink;
};

void fill_book_init(struct fill_book *book, struct size step, const struct fill_sink *sink);
void fill_book_fini(struct fill_book *book);
void fill_book_clear(struct fill_book *book); /* the market's part: a snapshot comes */

void fill_book_level(struct fill_book *book, const struct level *level);
void fill_book_trade(struct fill_book *book, const struct trade *trade);
void fill_book_settle(struct fill_book *book);

/* The best price that is left to be taken on a side; false: none. */
bool fill_book_best(const struct fill_book *book, enum side side, struct level *ret);
/* Could an order of `side` with this limit (0: any price) trade at once? */
bool fill_book_crosses(const struct fill_book *book, enum side side, struct price limit);
struct size fill_book_takeable(const struct fill_book *book, enum side side, struct price limit);
/* Fills what is there, level by level; returns what is left. */
struct size fill_book_take(struct fill_book *book, uint32_t number, enum side side,
                           struct price limit, struct size size);
bool fill_book_rest(struct fill_book *book, uint32_t number, enum side side, struct price limit,
                    struct size size); /* false: full */
void fill_book_remove(struct fill_book *book, uint32_t number); /* not there: fine */
