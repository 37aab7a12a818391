#include "base/deadline.h"

/* Entries that are due at the same instant leave in the order of owner and id, not of how the
 * heap happened to lie: a replay must see the same timers in the same order. */
static bool is_before(const struct deadline *a, const struct deadline *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns;
    return a->owner != b->owner ? a->owner < b->owner : a->id < b->id;
}

static void swap(struct deadline *a, struct deadline *b)
{
    struct deadline held = *a;
    *a = *b;
    *b = held;
}

static void sift_up(struct deadlines *set, uint32_t at)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (!is_before(&set->heap[at], &set->heap[parent]))
            return;
        swap(&set->heap[at], &set->heap[parent]);
        at = parent;
    }
}

static void sift_down(struct deadlines *set, uint32_t at)
{
    for (;;) {
        uint32_t least = at, child = 2 * at + 1;
        for (uint32_t i = child; i < child + 2 && i < set->count; i++)
            if (is_before(&set->heap[i], &set->heap[least]))
                least = i;
        if (least == at)
            return;
        swap(&set->heap[at], &set->heap[least]);
        at = least;
    }
}

/* Linear: a few hundred timers in one cache-friendly array cost less than an index beside it. */
static uint32_t find(const struct deadlines *set, uint32_t owner, uint32_t id)
{
    uint32_t at = 0;
    while (at < set->count && (set->heap[at].owner != owner || set->heap[at].id != id))
        at++;
    return at;
}

static void remove_at(struct deadlines *set, uint32_t at)
{
    set->heap[at] = set->heap[--set->count];
    if (at < set->count) {
        sift_up(set, at);
        sift_down(set, at);
    }
}

void deadlines_init(struct deadlines *set, struct deadline *memory, uint32_t capacity)
{
    *set = (struct deadlines){.heap = memory, .capacity = capacity};
}

bool deadlines_set(struct deadlines *set, struct deadline deadline)
{
    uint32_t at = find(set, deadline.owner, deadline.id);
    if (at == set->capacity)
        return false;
    if (at == set->count)
        set->count++;
    set->heap[at] = deadline;
    sift_up(set, at);
    sift_down(set, at);
    return true;
}

bool deadlines_clear(struct deadlines *set, uint32_t owner, uint32_t id)
{
    uint32_t at = find(set, owner, id);
    if (at == set->count)
        return false;
    remove_at(set, at);
    return true;
}

bool deadlines_pop_due(struct deadlines *set, int64_t now_ns, struct deadline *ret)
{
    if (set->count == 0 || set->heap[0].at_ns > now_ns)
        return false;
    *ret = set->heap[0];
    remove_at(set, 0);
    return true;
}

int64_t deadlines_next_ns(const struct deadlines *set)
{
    return set->count ? set->heap[0].at_ns : INT64_MAX;
}
