#pragma once
/* The queue in front of the engine: events of any size, with their arrays, in arrival order.
 *
 *     event_queue_push(queue, &event);            copies the event and what it points to
 *     while (event_queue_pop(queue, &event)) ...  arrays valid until the next pop or push
 *
 * One thread. A full queue refuses the push: the link then drops its connection and resyncs. */
#include "model/event.h"

struct event_queue;

struct event_queue *event_queue_create(size_t bytes); /* NULL: no memory */
void event_queue_destroy(struct event_queue *queue);
bool event_queue_push(struct event_queue *queue, const struct event *event);
bool event_queue_pop(struct event_queue *queue, struct event *ret);
uint32_t event_queue_count(const struct event_queue *queue);
