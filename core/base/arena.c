#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"

enum { ALIGNMENT = 16, PAGE = 4096 };

static size_t align_up(size_t bytes)
{
    CHECK(bytes <= SIZE_MAX - ALIGNMENT);
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

int arena_init(struct arena *arena, size_t capacity)
{
    /* calloc aligns to 16 on every libc we run on, and gives zeroes without touching the pages. */
    *arena = (struct arena){.capacity = align_up(capacity)};
    arena->memory = calloc(1, arena->capacity ? arena->capacity : ALIGNMENT);
    return arena->memory ? 0 : -1;
}

void arena_fini(struct arena *arena)
{
    free(arena->memory);
    *arena = (struct arena){0};
}

void *arena_take(struct arena *arena, size_t count, size_t item_bytes)
{
    size_t bytes;
    CHECK(!__builtin_mul_overflow(count, item_bytes, &bytes));
    bytes = align_up(bytes);
    CHECK(bytes <= arena->capacity - arena->used);
    void *taken = arena->memory + arena->used;
    arena->used += bytes;
    return taken;
}

void arena_touch(struct arena *arena, size_t from)
{
    for (size_t at = from; at < arena->used; at += PAGE) {
        volatile unsigned char *page = arena->memory + at;
        *page = *page;
    }
}
