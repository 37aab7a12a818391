/* One byte ring of whole entries: an entry is a struct event followed by its array, and is never
 * split. While `wrapped`, the live bytes are [head, end) and then [0, tail); otherwise they are
 * [head, tail). An entry that was handed out stays in place until the next push or pop, because
 * its array is lent. When nothing is left both ends go back to 0, so that a queue that is drained
 * each turn lives in the few pages at its start, whatever its capacity. */
#include "model/event_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { ALIGNMENT = 16 };

struct entry {
    size_t bytes; /* with the array, rounded up */
    struct event event;
};

struct event_queue {
    unsigned char *bytes; /* owned */
    size_t capacity, head, tail, end;
    uint32_t count;       /* not yet handed out */
    bool wrapped, lent;   /* lent: the entry at head was handed out */
};

_Static_assert(_Alignof(struct entry) <= ALIGNMENT, "entries are aligned by their rounding");

static size_t rounded(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The array that an event points to; NULL for the kinds that point to none. */
static const void *array_of(const struct event *event, size_t *ret_bytes)
{
    *ret_bytes = 0;
    if (event->kind == EVENT_BOOK) {
        *ret_bytes = (size_t)event->book.count * sizeof *event->book.levels;
        return event->book.levels;
    }
    if (event->kind == EVENT_TRADES) {
        *ret_bytes = (size_t)event->trades.count * sizeof *event->trades.trades;
        return event->trades.trades;
    }
    return NULL;
}

static void set_array(struct event *event, const void *array)
{
    if (event->kind == EVENT_BOOK)
        event->book.levels = event->book.count ? array : NULL;
    else if (event->kind == EVENT_TRADES)
        event->trades.trades = event->trades.count ? array : NULL;
}

struct event_queue *event_queue_create(size_t bytes)
{
    struct event_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->capacity = bytes / ALIGNMENT * ALIGNMENT;
    queue->bytes = malloc(queue->capacity ? queue->capacity : 1);
    if (!queue->bytes) {
        free(queue);
        return NULL;
    }
    return queue;
}

void event_queue_destroy(struct event_queue *queue)
{
    if (!queue)
        return;
    free(queue->bytes);
    free(queue);
}

static struct entry *entry_at(const struct event_queue *queue, size_t offset)
{
    return (struct entry *)(void *)(queue->bytes + offset);
}

static void take_back_lent(struct event_queue *queue)
{
    if (!queue->lent)
        return;
    queue->lent = false;
    queue->head += entry_at(queue, queue->head)->bytes;
    if (queue->count == 0) {
        queue->head = queue->tail = 0;
        queue->wrapped = false;
    } else if (queue->wrapped && queue->head == queue->end) {
        queue->head = 0;
        queue->wrapped = false;
    }
}

/* Where an entry of so many bytes goes; wraps when only the start has room. */
static bool find_room(struct event_queue *queue, size_t bytes)
{
    if (queue->wrapped)
        return queue->head - queue->tail >= bytes;
    if (queue->capacity - queue->tail >= bytes)
        return true;
    if (queue->head < bytes)
        return false;
    queue->end = queue->tail;
    queue->tail = 0;
    queue->wrapped = true;
    return true;
}

bool event_queue_push(struct event_queue *queue, const struct event *event)
{
    size_t array_bytes;
    const void *array = array_of(event, &array_bytes);
    size_t bytes = rounded(sizeof(struct entry) + array_bytes);
    struct entry *entry;
    CHECK(array_bytes == 0 || array);
    take_back_lent(queue);
    if (queue->count == UINT32_MAX || !find_room(queue, bytes))
        return false;
    entry = entry_at(queue, queue->tail);
    entry->bytes = bytes;
    entry->event = *event;
    if (array_bytes)
        memcpy(entry + 1, array, array_bytes);
    queue->tail += bytes;
    queue->count++;
    return true;
}

bool event_queue_pop(struct event_queue *queue, struct event *ret)
{
    struct entry *entry;
    take_back_lent(queue);
    if (queue->count == 0)
        return false;
    entry = entry_at(queue, queue->head);
    *ret = entry->event;
    set_array(ret, entry + 1);
    queue->lent = true;
    queue->count--;
    return true;
}

uint32_t event_queue_count(const struct event_queue *queue)
{
    return queue->count;
}
