/* What has to wait: frames for a runner, events for the engine. Both are bounded by their users;
 * they hold something only while a neighbour is slow. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "io/runner_private.h"

enum { FIRST_EVENTS = 8 };

void frame_list_init(struct frame_list *list)
{
    *list = (struct frame_list){.last = &list->first};
}

bool frame_list_push(struct frame_list *list, enum script_frame_kind kind, uint64_t request,
                     bool more, const void *payload, size_t length)
{
    struct frame_item *item = malloc(sizeof *item + length);
    if (!item)
        return false;
    *item = (struct frame_item){NULL, kind, request, more, length};
    if (length > 0)
        memcpy(item->payload, payload, length);
    *list->last = item;
    list->last = &item->next;
    list->count++;
    return true;
}

void frame_list_drop(struct frame_list *list)
{
    struct frame_item *item = list->first;
    CHECK(item);
    list->first = item->next;
    if (!list->first)
        list->last = &list->first;
    list->count--;
    free(item);
}

void frame_list_fini(struct frame_list *list)
{
    while (list->first)
        frame_list_drop(list);
}

bool event_list_push(struct event_list *list, const struct event *event)
{
    if (list->taken + list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : FIRST_EVENTS;
        struct event *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->taken + list->count++] = *event;
    return true;
}

const struct event *event_list_first(const struct event_list *list)
{
    return list->count ? &list->items[list->taken] : NULL;
}

void event_list_drop(struct event_list *list)
{
    CHECK(list->count > 0);
    list->count--;
    list->taken++;
    if (list->count == 0)
        list->taken = 0;
}

void event_list_fini(struct event_list *list)
{
    free(list->items);
    *list = (struct event_list){0};
}
