#pragma once
/* A queue of fixed-size items over borrowed memory: between any two actors there is one.
 * A full ring refuses the push; the pusher decides what that means. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    unsigned char *items; /* borrowed */
    uint32_t item_bytes, capacity, head, count;
};

void ring_init(struct ring *ring, void *memory, uint32_t item_bytes, uint32_t capacity);
bool ring_push(struct ring *ring, const void *item);
bool ring_pop(struct ring *ring, void *ret_item); /* NULL drops the item */
void *ring_front(struct ring *ring); /* NULL when empty; valid until the next pop */
