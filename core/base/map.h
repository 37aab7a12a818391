#pragma once
/* A hash table of fixed capacity: fixed-size keys to uint32 values, open addressing. No
 * allocation after init, no iteration order to depend on, and a full table says so.
 *
 *     map_init(&map, arena_take(&arena, map_bytes(16, 4096), 1), 16, 4096);
 *     map_set(&map, client_id.bytes, slot);  if (map_get(&map, key, &slot)) ... */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map {
    unsigned char *slots; /* borrowed from the caller, zeroed */
    uint32_t key_bytes, capacity, used, slot_count;
};

size_t map_bytes(uint32_t key_bytes, uint32_t capacity);
void map_init(struct map *map, void *zeroed, uint32_t key_bytes, uint32_t capacity);
bool map_set(struct map *map, const void *key, uint32_t value); /* false: full */
bool map_get(const struct map *map, const void *key, uint32_t *ret);
bool map_remove(struct map *map, const void *key);
