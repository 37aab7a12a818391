#pragma once
/* The nearest of many deadlines, in virtual or real time: a binary heap over borrowed memory.
 * Entries are keyed by (owner, id); setting one again moves it. */
#include <stdbool.h>
#include <stdint.h>

struct deadline { int64_t at_ns; uint32_t owner; uint32_t id; };
struct deadlines {
    struct deadline *heap; /* borrowed */
    uint32_t capacity, count;
};

void deadlines_init(struct deadlines *set, struct deadline *memory, uint32_t capacity);
bool deadlines_set(struct deadlines *set, struct deadline deadline); /* false: full */
bool deadlines_clear(struct deadlines *set, uint32_t owner, uint32_t id);
bool deadlines_pop_due(struct deadlines *set, int64_t now_ns, struct deadline *ret);
int64_t deadlines_next_ns(const struct deadlines *set); /* INT64_MAX when none */
