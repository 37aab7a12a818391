#include "base/ring.h"

#include <string.h>

#include "base/check.h"

static unsigned char *item_at(const struct ring *ring, uint32_t offset)
{
    uint64_t index = ((uint64_t)ring->head + offset) % ring->capacity;
    return ring->items + index * ring->item_bytes;
}

void ring_init(struct ring *ring, void *memory, uint32_t item_bytes, uint32_t capacity)
{
    CHECK(item_bytes > 0 && capacity > 0);
    *ring = (struct ring){.items = memory, .item_bytes = item_bytes, .capacity = capacity};
}

bool ring_push(struct ring *ring, const void *item)
{
    if (ring->count == ring->capacity)
        return false;
    memcpy(item_at(ring, ring->count), item, ring->item_bytes);
    ring->count++;
    return true;
}

bool ring_pop(struct ring *ring, void *ret_item)
{
    if (ring->count == 0)
        return false;
    if (ret_item)
        memcpy(ret_item, item_at(ring, 0), ring->item_bytes);
    ring->head = (uint32_t)(((uint64_t)ring->head + 1) % ring->capacity);
    ring->count--;
    return true;
}

void *ring_front(struct ring *ring)
{
    return ring->count ? item_at(ring, 0) : NULL;
}
