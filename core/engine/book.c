#include "engine/book.h"

#include <string.h>

#include "base/check.h"

struct place { uint32_t at, slot; bool found; }; /* directory entry and position inside the chunk */

size_t book_bytes(void)
{
    return 2 * sizeof(struct book_chunk) * BOOK_CHUNKS;
}

void book_init(struct book *book, void *memory)
{
    struct book_chunk *pool = memory;
    for (int i = 0; i < 2; i++) {
        memset(&book->sides[i], 0, sizeof book->sides[i]);
        book->sides[i].pool = pool + (size_t)i * BOOK_CHUNKS;
        book->sides[i].sign = i == SIDE_BUY ? 1 : -1;
    }
}

void book_clear(struct book *book)
{
    for (int i = 0; i < 2; i++) {
        struct book_side *side = &book->sides[i];
        side->chunks = side->taken = side->spares = side->levels = 0;
    }
}

/* The last directory entry whose first key is not above `key`; 0 when all are. The touch is asked
 * for first: that is where nine of ten updates land. */
static uint32_t find_chunk(const struct book_side *side, int64_t key)
{
    uint32_t low = 0, count = side->chunks;
    if (count == 0 || key >= side->first[count - 1])
        return count ? count - 1 : 0;
    while (count > 1) {
        uint32_t half = count / 2;
        low = side->first[low + half] <= key ? low + half : low;
        count -= half;
    }
    return low;
}

/* The first slot whose key is not below `key`, without branches the processor could guess wrong. */
static uint32_t find_slot(const int64_t *keys, uint32_t count, int64_t key)
{
    const int64_t *base = keys;
    if (count == 0)
        return 0;
    while (count > 1) {
        uint32_t half = count / 2;
        base += base[half - 1] < key ? half : 0;
        count -= half;
    }
    return (uint32_t)(base - keys) + (*base < key);
}

static struct place find(const struct book_side *side, int64_t key)
{
    struct place place = {.at = find_chunk(side, key)};
    if (side->chunks == 0)
        return place;
    const struct book_chunk *chunk = &side->pool[side->chunk[place.at]];
    place.slot = find_slot(chunk->keys, side->fill[place.at], key);
    place.found = place.slot < side->fill[place.at] && chunk->keys[place.slot] == key;
    return place;
}

static void directory_open(struct book_side *side, uint32_t at)
{
    uint32_t rest = side->chunks - at;
    CHECK(side->chunks < BOOK_CHUNKS);
    memmove(side->first + at + 1, side->first + at, rest * sizeof side->first[0]);
    memmove(side->chunk + at + 1, side->chunk + at, rest * sizeof side->chunk[0]);
    memmove(side->fill + at + 1, side->fill + at, rest * sizeof side->fill[0]);
    side->chunks++;
    side->fill[at] = 0;
    side->chunk[at] = side->spares ? side->spare[--side->spares] : (uint16_t)side->taken++;
    side->pool[side->chunk[at]].sum = 0;
}

static void directory_close(struct book_side *side, uint32_t at)
{
    uint32_t rest = side->chunks - at - 1;
    side->spare[side->spares++] = side->chunk[at];
    memmove(side->first + at, side->first + at + 1, rest * sizeof side->first[0]);
    memmove(side->chunk + at, side->chunk + at + 1, rest * sizeof side->chunk[0]);
    memmove(side->fill + at, side->fill + at + 1, rest * sizeof side->fill[0]);
    side->chunks--;
}

static void sum_up(struct book_side *side, uint32_t at)
{
    struct book_chunk *chunk = &side->pool[side->chunk[at]];
    chunk->sum = 0;
    for (uint32_t i = 0; i < side->fill[at]; i++)
        chunk->sum += chunk->sizes[i];
}

/* Moves what fits from entry at+1 to entry at, which comes right before it. */
static void pour(struct book_side *side, uint32_t at)
{
    struct book_chunk *to = &side->pool[side->chunk[at]];
    struct book_chunk *from = &side->pool[side->chunk[at + 1]];
    uint32_t have = side->fill[at], more = side->fill[at + 1];
    uint32_t moved = more < BOOK_CHUNK - have ? more : BOOK_CHUNK - have, left = more - moved;
    memcpy(to->keys + have, from->keys, moved * sizeof to->keys[0]);
    memcpy(to->sizes + have, from->sizes, moved * sizeof to->sizes[0]);
    memmove(from->keys, from->keys + moved, left * sizeof to->keys[0]);
    memmove(from->sizes, from->sizes + moved, left * sizeof to->sizes[0]);
    side->fill[at] = (uint16_t)(have + moved);
    side->fill[at + 1] = (uint16_t)left;
    sum_up(side, at);
    sum_up(side, at + 1);
    if (left == 0)
        directory_close(side, at + 1);
    else
        side->first[at + 1] = from->keys[0];
}

/* Every chunk was taken although levels are within their bound: pack them. Each is then full, so
 * half the chunks are free again; this happens once in many thousand inserts, if ever. */
static void compact(struct book_side *side)
{
    for (uint32_t at = 0; at + 1 < side->chunks; at++)
        while (at + 1 < side->chunks && side->fill[at] < BOOK_CHUNK)
            pour(side, at);
}

/* Makes room in the full chunk at `at`. Levels that arrive in order (a snapshot) fill their chunks
 * to the brim instead of leaving each half empty. */
static void split(struct book_side *side, const struct place *place)
{
    uint32_t keep = BOOK_CHUNK / 2;
    if (place->slot == 0)
        keep = 0;
    else if (place->slot == BOOK_CHUNK)
        keep = BOOK_CHUNK;
    directory_open(side, place->at + 1);
    struct book_chunk *low = &side->pool[side->chunk[place->at]];
    struct book_chunk *high = &side->pool[side->chunk[place->at + 1]];
    uint32_t moved = BOOK_CHUNK - keep;
    memcpy(high->keys, low->keys + keep, moved * sizeof low->keys[0]);
    memcpy(high->sizes, low->sizes + keep, moved * sizeof low->sizes[0]);
    side->fill[place->at] = (uint16_t)keep;
    side->fill[place->at + 1] = (uint16_t)moved;
    side->first[place->at + 1] = moved ? high->keys[0] : INT64_MAX;
    sum_up(side, place->at);
    sum_up(side, place->at + 1);
}

static void remove_at(struct book_side *side, const struct place *place)
{
    struct book_chunk *chunk = &side->pool[side->chunk[place->at]];
    uint32_t rest = side->fill[place->at] - place->slot - 1;
    chunk->sum -= chunk->sizes[place->slot];
    memmove(chunk->keys + place->slot, chunk->keys + place->slot + 1, rest * sizeof chunk->keys[0]);
    memmove(chunk->sizes + place->slot, chunk->sizes + place->slot + 1,
            rest * sizeof chunk->sizes[0]);
    side->levels--;
    if (--side->fill[place->at] == 0)
        directory_close(side, place->at);
    else
        side->first[place->at] = chunk->keys[0];
}

static void put_at(struct book_side *side, const struct place *place, int64_t key, int64_t size)
{
    struct book_chunk *chunk = &side->pool[side->chunk[place->at]];
    uint32_t rest = side->fill[place->at] - place->slot;
    memmove(chunk->keys + place->slot + 1, chunk->keys + place->slot, rest * sizeof chunk->keys[0]);
    memmove(chunk->sizes + place->slot + 1, chunk->sizes + place->slot,
            rest * sizeof chunk->sizes[0]);
    chunk->keys[place->slot] = key;
    chunk->sizes[place->slot] = size;
    chunk->sum += size;
    side->fill[place->at]++;
    side->levels++;
    side->first[place->at] = chunk->keys[0];
}

/* The chunk of `place` is full: split it and say where the key goes now. */
static struct place make_room(struct book_side *side, const struct place *place)
{
    struct place now = *place;
    split(side, place);
    if (place->slot > side->fill[place->at] || place->slot == BOOK_CHUNK) {
        now.at = place->at + 1;
        now.slot = place->slot - side->fill[place->at];
    }
    return now;
}

static void insert(struct book_side *side, int64_t key, int64_t size)
{
    if (side->levels == MAX_BOOK_LEVELS) {
        if (key < side->first[0])
            return;
        remove_at(side, &(struct place){.at = 0, .slot = 0});
    }
    if (side->chunks == BOOK_CHUNKS)
        compact(side);
    struct place place = find(side, key);
    if (side->chunks == 0)
        directory_open(side, 0);
    else if (side->fill[place.at] == BOOK_CHUNK)
        place = make_room(side, &place);
    put_at(side, &place, key, size);
}

void book_set(struct book *book, enum side which, struct price price, struct size size)
{
    CHECK(which == SIDE_BUY || which == SIDE_SELL);
    CHECK(price.e9 > 0 && size.e9 >= 0);
    struct book_side *side = &book->sides[which];
    int64_t key = side->sign * price.e9;
    struct place place = find(side, key);
    if (size.e9 == 0) {
        if (place.found)
            remove_at(side, &place);
    } else if (place.found) {
        struct book_chunk *chunk = &side->pool[side->chunk[place.at]];
        chunk->sum += (__int128)size.e9 - chunk->sizes[place.slot];
        chunk->sizes[place.slot] = size.e9;
    } else if (side->levels < MAX_BOOK_LEVELS && side->chunks > 0 &&
               side->fill[place.at] < BOOK_CHUNK) {
        put_at(side, &place, key, size.e9);
    } else {
        insert(side, key, size.e9);
    }
}

/* Walks a side from the touch outward. */
struct cursor { const struct book_side *side; uint32_t at, left; };

static struct cursor cursor_at_best(const struct book_side *side)
{
    uint32_t at = side->chunks;
    return (struct cursor){side, at, at ? side->fill[at - 1] : 0};
}

static bool cursor_next(struct cursor *cursor, struct level *ret)
{
    const struct book_side *side = cursor->side;
    if (cursor->at == 0)
        return false;
    const struct book_chunk *chunk = &side->pool[side->chunk[cursor->at - 1]];
    cursor->left--;
    ret->price.e9 = side->sign * chunk->keys[cursor->left];
    ret->size.e9 = chunk->sizes[cursor->left];
    ret->side = side->sign > 0 ? SIDE_BUY : SIDE_SELL;
    if (cursor->left == 0 && --cursor->at > 0)
        cursor->left = side->fill[cursor->at - 1];
    return true;
}

bool book_best(const struct book *book, enum side side, struct level *ret)
{
    struct cursor cursor = cursor_at_best(&book->sides[side]);
    return cursor_next(&cursor, ret);
}

bool book_is_sane(const struct book *book)
{
    struct level bid, ask;
    return book_best(book, SIDE_BUY, &bid) && book_best(book, SIDE_SELL, &ask) &&
           bid.price.e9 < ask.price.e9;
}

bool book_is_crossed(const struct book *book)
{
    struct level bid, ask;
    return book_best(book, SIDE_BUY, &bid) && book_best(book, SIDE_SELL, &ask) &&
           bid.price.e9 >= ask.price.e9;
}

bool book_mid(const struct book *book, struct price *ret)
{
    struct level bid, ask;
    if (!book_best(book, SIDE_BUY, &bid) || !book_best(book, SIDE_SELL, &ask) ||
        bid.price.e9 >= ask.price.e9)
        return false;
    ret->e9 = bid.price.e9 + (ask.price.e9 - bid.price.e9) / 2;
    return true;
}

uint32_t book_top(const struct book *book, enum side side, uint32_t max, struct level *ret)
{
    struct cursor cursor = cursor_at_best(&book->sides[side]);
    uint32_t count = 0;
    while (count < max && cursor_next(&cursor, &ret[count]))
        count++;
    return count;
}

/* Sizes of one chunk from its best level down to `edge`, added to *sum. */
static bool add_chunk(const struct book_side *side, uint32_t at, int64_t edge, __int128 *sum)
{
    const struct book_chunk *chunk = &side->pool[side->chunk[at]];
    if (chunk->keys[0] >= edge) {
        *sum += chunk->sum;
        return true;
    }
    for (uint32_t i = find_slot(chunk->keys, side->fill[at], edge); i < side->fill[at]; i++)
        *sum += chunk->sizes[i];
    return false;
}

struct size book_depth(const struct book *book, enum side which, struct ratio within)
{
    const struct book_side *side = &book->sides[which];
    struct price mid, edge;
    struct ratio by = {which == SIDE_BUY ? -within.e9 : within.e9};
    enum rounding inward = which == SIDE_BUY ? ROUND_UP : ROUND_DOWN;
    __int128 sum = 0;
    if (!book_mid(book, &mid) || !price_shift(mid, by, inward, &edge))
        return (struct size){0};
    for (uint32_t at = side->chunks; at > 0; at--)
        if (!add_chunk(side, at - 1, side->sign * edge.e9, &sum))
            break;
    /* Past this it is nine billion coins: the feed is lying, and no number is too large for it. */
    return (struct size){sum > INT64_MAX ? INT64_MAX : (int64_t)sum};
}

struct book_walk book_walk(const struct book *book, enum side taker, struct size size)
{
    struct book_walk walk = {0};
    struct level level;
    enum side maker = taker == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct cursor cursor = cursor_at_best(&book->sides[maker]);
    while (walk.filled.e9 < size.e9 && cursor_next(&cursor, &level)) {
        struct size left = {size.e9 - walk.filled.e9}, part = level.size;
        if (part.e9 > left.e9)
            part = left;
        walk.filled.e9 += part.e9;
        walk.worst = level.price;
        walk.notional.e18 += money_of(level.price, part).e18; /* fits: at most price times size */
    }
    walk.whole = walk.filled.e9 >= size.e9;
    return walk;
}
