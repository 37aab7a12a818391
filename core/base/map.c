#include "base/map.h"

#include <string.h>

#include "base/check.h"

/* A slot is {uint32 mark, uint32 value, key}, reached by memcpy so that keys need no alignment.
 * The mark is the key's hash with the top bit set; 0 says empty. Slots are at least twice the
 * capacity, and removal moves later entries back, so a probe is short and there are no graves. */
struct head {
    uint32_t mark, value;
};

static const uint32_t OCCUPIED = 0x80000000u;

static uint32_t slots_for(uint32_t capacity)
{
    uint32_t count = 2;
    CHECK(capacity <= 1u << 29);
    while (count < 2 * capacity)
        count *= 2;
    return count;
}

static size_t stride_of(uint32_t key_bytes)
{
    return sizeof(struct head) + key_bytes;
}

static unsigned char *slot_at(const struct map *map, uint32_t index)
{
    return map->slots + index * stride_of(map->key_bytes);
}

static struct head head_at(const struct map *map, uint32_t index)
{
    struct head head;
    memcpy(&head, slot_at(map, index), sizeof head);
    return head;
}

/* FNV-1a with a finaliser: the low bits pick the slot and FNV alone leaves them poor. */
static uint32_t mark_of(const struct map *map, const void *key)
{
    const unsigned char *bytes = key;
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint32_t i = 0; i < map->key_bytes; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    return (uint32_t)(hash >> 32) | OCCUPIED;
}

/* The key's slot, or the empty one where it would go. */
static uint32_t find(const struct map *map, const void *key, uint32_t mark, bool *ret_found)
{
    uint32_t mask = map->slot_count - 1, index = mark & mask;
    *ret_found = false;
    for (;; index = (index + 1) & mask) {
        struct head head = head_at(map, index);
        if (head.mark == 0)
            return index;
        if (head.mark == mark &&
            memcmp(slot_at(map, index) + sizeof head, key, map->key_bytes) == 0) {
            *ret_found = true;
            return index;
        }
    }
}

size_t map_bytes(uint32_t key_bytes, uint32_t capacity)
{
    return slots_for(capacity) * stride_of(key_bytes);
}

void map_init(struct map *map, void *zeroed, uint32_t key_bytes, uint32_t capacity)
{
    CHECK(key_bytes > 0);
    *map = (struct map){.slots = zeroed,
                        .key_bytes = key_bytes,
                        .capacity = capacity,
                        .slot_count = slots_for(capacity)};
}

bool map_set(struct map *map, const void *key, uint32_t value)
{
    bool found;
    struct head head = {mark_of(map, key), value};
    uint32_t index = find(map, key, head.mark, &found);
    if (!found && map->used == map->capacity)
        return false;
    map->used += !found;
    memcpy(slot_at(map, index), &head, sizeof head);
    memcpy(slot_at(map, index) + sizeof head, key, map->key_bytes);
    return true;
}

bool map_get(const struct map *map, const void *key, uint32_t *ret)
{
    bool found;
    uint32_t index = find(map, key, mark_of(map, key), &found);
    if (found)
        *ret = head_at(map, index).value;
    return found;
}

bool map_remove(struct map *map, const void *key)
{
    bool found;
    uint32_t mask = map->slot_count - 1, hole = find(map, key, mark_of(map, key), &found);
    if (!found)
        return false;
    for (uint32_t next = (hole + 1) & mask;; next = (next + 1) & mask) {
        uint32_t mark = head_at(map, next).mark;
        if (mark == 0)
            break;
        /* An entry may fill the hole only when its home is not past it. */
        if (((next - mark) & mask) >= ((next - hole) & mask)) {
            memcpy(slot_at(map, hole), slot_at(map, next), stride_of(map->key_bytes));
            hole = next;
        }
    }
    memset(slot_at(map, hole), 0, stride_of(map->key_bytes));
    map->used--;
    return true;
}
