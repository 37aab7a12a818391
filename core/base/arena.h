#pragma once
/* Memory taken once at start and given back at the end: the engine allocates nothing after
 * create. One calloc per arena; running out is a CHECK, because every size is known. */
#include <stddef.h>

struct arena {
    unsigned char *memory; /* owned */
    size_t used, capacity;
};

int arena_init(struct arena *arena, size_t capacity); /* -1: no memory */
void arena_fini(struct arena *arena);
/* Zeroed, 16-byte aligned, valid until arena_fini. Each take is rounded up to 16 bytes. */
void *arena_take(struct arena *arena, size_t count, size_t item_bytes);
/* Makes what was taken since `used` stood at `from` resident now, so that a table which fills over
 * days does not look like a leak, and no first use waits for the kernel. */
void arena_touch(struct arena *arena, size_t from);
