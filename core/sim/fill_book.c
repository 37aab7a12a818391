#include "sim/fill_book.h"

#include <stdlib.h>

#include "base/check.h"

static enum side opposite(enum side side)
{
    return side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void fill_book_init(struct fill_book *book, struct size step, const struct fill_sink *sink)
{
    *book = (struct fill_book){.step = step, .sink = *sink};
}

void fill_book_fini(struct fill_book *book)
{
    free(book->sides[SIDE_BUY].levels);
    free(book->sides[SIDE_SELL].levels);
    *book = (struct fill_book){.count = 0};
}

void fill_book_clear(struct fill_book *book)
{
    book->sides[SIDE_BUY].count = book->sides[SIDE_SELL].count = 0;
}

/* ---- queues */

/* The level held `before` when it was last told, has traded since, and now holds `after`. */
static void move_up(struct fill_resting *order, int64_t before, int64_t after, int64_t step_e9,
                    int64_t now_ns)
{
    int64_t stood = before - order->traded_e9, gone = stood - after, ahead = order->ahead_e9;
    order->traded_e9 = 0;
    if (gone > 0) {
        int64_t share = (int64_t)((__int128)gone * ahead / stood);
        order->ahead_e9 -= share - share % step_e9;
    }
    order->ahead_e9 = least(order->ahead_e9, after);
    if (gone <= 0)
        return;
    if (now_ns - order->gone_ns > FILL_LATE_NS)
        order->gone_e9 = order->gained_e9 = 0;
    order->gone_e9 += gone;
    order->gained_e9 += ahead - order->ahead_e9;
    order->gone_ns = now_ns;
}

/* A trade of this size is told, and some of it had left the level before: no cancel, then, and
 * what it was taken to have gained is given back, in whole steps too: a part of one ahead would
 * make a part of a contract a fill. The trade itself gains more. */
static void take_back(struct fill_resting *order, int64_t size_e9, int64_t step_e9, int64_t now_ns)
{
    int64_t late = now_ns - order->gone_ns > FILL_LATE_NS ? 0 : least(size_e9, order->gone_e9);
    int64_t gained = late > 0 ? (int64_t)((__int128)order->gained_e9 * late / order->gone_e9) : 0;
    gained = least(order->gained_e9, (gained + step_e9 - 1) / step_e9 * step_e9);
    order->gone_e9 -= late;
    order->gained_e9 -= gained;
    order->ahead_e9 += gained;
    order->traded_e9 += size_e9 - late;
}

void fill_book_level(struct fill_book *book, const struct level *level)
{
    struct venue_ladder *ladder = &book->sides[level->side];
    struct venue_level *at = venue_ladder_insert(ladder, level->side, level->price.e9);
    int64_t before = at->base_e9;
    at->base_e9 = level->size.e9;
    at->eaten_e9 = 0;
    if (level->size.e9 == 0)
        venue_ladder_remove(ladder, at);
    for (uint32_t i = 0; i < book->count && !book->blind; i++)
        if (book->resting[i].side == level->side &&
            book->resting[i].limit.e9 == level->price.e9)
            move_up(&book->resting[i], before, level->size.e9, book->step.e9, book->now_ns);
}

/* The order of a side that rested at that time and comes first by price, then by age; or NULL. */
static struct fill_resting *first_resting(struct fill_book *book, enum side side, int64_t at_ns)
{
    struct fill_resting *first = NULL;
    for (uint32_t i = 0; i < book->count; i++) {
        struct fill_resting *order = &book->resting[i];
        if (order->side == side && order->since_ns <= at_ns &&
            (!first || venue_price_better(side, order->limit.e9, first->limit.e9)))
            first = order;
    }
    return first;
}

static void remove_at(struct fill_book *book, struct fill_resting *order)
{
    uint32_t at = (uint32_t)(order - book->resting);
    book->count--;
    for (uint32_t i = at; i < book->count; i++)
        book->resting[i] = book->resting[i + 1];
}

static void fill(struct fill_book *book, struct fill_resting *order, int64_t size_e9)
{
    struct fill_resting filled = *order;
    order->left_e9 -= size_e9;
    if (order->left_e9 == 0)
        remove_at(book, order);
    book->sink.fill(book->sink.context, filled.number, filled.limit, (struct size){size_e9},
                    LIQUIDITY_MAKER);
}

/* Did it rest at the trade's price when that was made? */
static bool was_at(const struct fill_resting *order, const struct trade *trade)
{
    return order->side == opposite(trade->aggressor) && order->limit.e9 == trade->price.e9 &&
           order->since_ns <= trade->venue_ns;
}

/* What a trade takes at its own price: the market's part ahead first, then us, oldest first. */
static void trade_at(struct fill_book *book, const struct trade *trade, int64_t size_e9)
{
    int64_t market_took = 0, left = size_e9;
    for (uint32_t i = 0; i < book->count; i++)
        if (was_at(&book->resting[i], trade))
            take_back(&book->resting[i], size_e9, book->step.e9, book->now_ns);
    for (uint32_t i = 0; i < book->count && left > 0;) {
        struct fill_resting *order = &book->resting[i];
        i++;
        if (!was_at(order, trade))
            continue;
        int64_t waits = order->ahead_e9 - market_took;
        int64_t gone = waits > 0 ? least(waits, left) : 0;
        market_took += gone;
        left -= gone;
        int64_t mine = least(order->left_e9, left);
        if (mine == 0)
            continue;
        left -= mine;
        i -= mine == order->left_e9; /* it goes, the next one takes its place */
        fill(book, order, mine);
    }
    for (uint32_t i = 0; i < book->count; i++) {
        struct fill_resting *order = &book->resting[i];
        if (was_at(order, trade))
            order->ahead_e9 -= least(order->ahead_e9, market_took);
    }
}

void fill_book_trade(struct fill_book *book, const struct trade *trade)
{
    enum side side = opposite(trade->aggressor);
    int64_t left = trade->size.e9;
    struct fill_resting *order;
    while (left > 0 && (order = first_resting(book, side, trade->venue_ns)) != NULL &&
           venue_price_better(side, order->limit.e9, trade->price.e9)) {
        int64_t mine = least(order->left_e9, left);
        left -= mine;
        fill(book, order, mine);
    }
    if (left > 0 && book->count > 0 && !book->blind)
        trade_at(book, trade, left);
}

/* ---- what is there to be taken */

static int64_t available(const struct venue_level *level)
{
    return level->base_e9 - level->eaten_e9;
}

/* Is a price of `side`'s book within what a taker from the other side would pay? */
static bool reaches(enum side side, struct price limit, int64_t price_e9)
{
    return limit.e9 == 0 || !venue_price_better(side, limit.e9, price_e9);
}

static struct venue_level *best_of(const struct fill_book *book, enum side side)
{
    const struct venue_ladder *ladder = &book->sides[side];
    for (uint32_t i = ladder->count; i-- > 0;)
        if (available(&ladder->levels[i]) > 0)
            return &ladder->levels[i];
    return NULL;
}

bool fill_book_best(const struct fill_book *book, enum side side, struct level *ret)
{
    const struct venue_level *best = best_of(book, side);
    if (best)
        *ret = (struct level){{best->price_e9}, {available(best)}, side};
    return best != NULL;
}

bool fill_book_crosses(const struct fill_book *book, enum side side, struct price limit)
{
    const struct venue_level *best = best_of(book, opposite(side));
    return best && reaches(opposite(side), limit, best->price_e9);
}

struct size fill_book_takeable(const struct fill_book *book, enum side side, struct price limit)
{
    const struct venue_ladder *ladder = &book->sides[opposite(side)];
    int64_t total = 0;
    for (uint32_t i = ladder->count; i-- > 0;) {
        if (!reaches(opposite(side), limit, ladder->levels[i].price_e9))
            break;
        total += available(&ladder->levels[i]);
    }
    return (struct size){total};
}

struct size fill_book_take(struct fill_book *book, uint32_t number, enum side side,
                           struct price limit, struct size size)
{
    struct venue_level *best;
    int64_t left = size.e9;
    while (left > 0 && (best = best_of(book, opposite(side))) != NULL &&
           reaches(opposite(side), limit, best->price_e9)) {
        int64_t taken = least(left, available(best));
        best->eaten_e9 += taken;
        left -= taken;
        book->sink.fill(book->sink.context, number, (struct price){best->price_e9},
                        (struct size){taken}, LIQUIDITY_TAKER);
    }
    return (struct size){left};
}

static void settle_side(struct fill_book *book, enum side side)
{
    struct fill_resting *order;
    struct venue_level *best;
    while ((order = first_resting(book, side, INT64_MAX)) != NULL &&
           (best = best_of(book, opposite(side))) != NULL &&
           reaches(opposite(side), order->limit, best->price_e9)) {
        int64_t mine = least(order->left_e9, available(best));
        best->eaten_e9 += mine;
        fill(book, order, mine);
    }
}

void fill_book_settle(struct fill_book *book)
{
    if (book->count == 0)
        return;
    settle_side(book, SIDE_BUY);
    settle_side(book, SIDE_SELL);
}

bool fill_book_rest(struct fill_book *book, uint32_t number, enum side side, struct price limit,
                    struct size size)
{
    const struct venue_level *level = venue_ladder_find(&book->sides[side], side, limit.e9);
    bool shown = book->sides[SIDE_BUY].count + book->sides[SIDE_SELL].count > 0;
    if (book->count == FILL_RESTING_MAX)
        return false;
    book->resting[book->count++] = (struct fill_resting){
        .number = number, .side = side, .limit = limit, .left_e9 = size.e9,
        .ahead_e9 = level ? level->base_e9 : shown ? 0 : INT64_MAX, /* the tail, once it is told */
        .since_ns = book->now_ns,
    };
    return true;
}

void fill_book_remove(struct fill_book *book, uint32_t number)
{
    for (uint32_t i = 0; i < book->count; i++)
        if (book->resting[i].number == number) {
            remove_at(book, &book->resting[i]);
            return;
        }
}
