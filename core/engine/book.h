#pragma once
/* One product's order book: two sides of sorted levels in chunks.
 *
 *     book_init(&book, arena_take(&arena, book_bytes(), 1));
 *     book_clear(&book);                      a snapshot begins
 *     book_set(&book, SIDE_BUY, price, size)  size 0 deletes, a price never seen is fine
 *
 * A side is a directory of chunks of at most BOOK_CHUNK levels. Keys ascend and the best level is
 * the last one of the last chunk, so that the busy end moves no memory: measured, most updates fall
 * within a few levels of the touch. A side holds MAX_BOOK_LEVELS; the level furthest from the
 * touch is dropped for a nearer one. */
#include <stddef.h>

#include "model/types.h"

enum { BOOK_CHUNK = 64, BOOK_CHUNKS = 1024 };

struct book_chunk {
    int64_t keys[BOOK_CHUNK]; /* price for bids, minus price for asks: ascending, best last */
    int64_t sizes[BOOK_CHUNK];
    __int128 sum;             /* of the sizes: bands of depth span hundreds of levels */
};

struct book_side {
    struct book_chunk *pool;       /* borrowed, BOOK_CHUNKS of them */
    int64_t first[BOOK_CHUNKS];    /* the directory: first key, chunk and fill of each */
    uint16_t chunk[BOOK_CHUNKS], fill[BOOK_CHUNKS];
    uint16_t spare[BOOK_CHUNKS];   /* chunks given back */
    uint32_t chunks, taken, spares, levels;
    int64_t sign;                  /* 1 for bids, -1 for asks */
};

struct book { struct book_side sides[2]; /* by enum side: BUY holds bids */ };

struct book_walk { struct price worst; struct size filled; struct money notional; bool whole; };

size_t book_bytes(void); /* of the memory one book borrows */
void book_init(struct book *book, void *memory);
void book_clear(struct book *book);
/* `size` 0 deletes. Price and size are positive otherwise (CHECK); the feed's are checked. */
void book_set(struct book *book, enum side side, struct price price, struct size size);
bool book_best(const struct book *book, enum side side, struct level *ret);
/* Both sides are there and bid < ask. */
bool book_is_sane(const struct book *book);
bool book_is_crossed(const struct book *book); /* both sides are there and bid >= ask */
bool book_mid(const struct book *book, struct price *ret); /* false: not sane */
/* The best `max` levels, best first; returns how many there were. */
uint32_t book_top(const struct book *book, enum side side, uint32_t max, struct level *ret);
/* Base size resting on a side no further than `within` from the mid; 0: the book is not sane. */
struct size book_depth(const struct book *book, enum side side, struct ratio within);
/* What taking `size` would meet: BUY takes the asks. worst is 0 when nothing rests there. */
struct book_walk book_walk(const struct book *book, enum side taker, struct size size);
