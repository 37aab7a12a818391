#pragma once
/* Whether what is shown may be used: by stream, by channel of each product, by the book itself.
 *
 * A stream is lost by a gap, by silence of all of it or of its heartbeats, or when the drop copy
 * shows what the user channel never told; all that it showed is void in the same event, and it
 * starts over. A channel is silent when another one of the same product proves that it should have
 * spoken: a trade without a ticker, a ticker's new price without a trade, either without a change
 * of the book. A product is stale when its book is missing, old, crossed, empty on a side or wild,
 * or one of its channels is silent: nothing opens and strategies are told, in the same event.
 *
 * How long each loss lasted, from when it was seen to when all was usable again, is kept. */
#include "engine/engine_inside.h"

/* The stream is void and starts over. */
void watch_lose(struct engine *engine, enum stream stream, enum feed_fault fault, const char *why);
void watch_on_link(struct engine *engine, const struct event_link *event);
/* Before anything of an event is used: was there silence while nobody looked? */
void watch_wake(struct engine *engine, const struct event *event);
void watch_due(struct engine *engine);

/* Something of the product has changed: usable or not is told when that changed. */
void watch_product(struct engine *engine, product_index product);
void watch_heard(struct engine *engine, product_index product, enum feed_channel channel);
void watch_expect(struct engine *engine, product_index product, enum feed_channel channel);

/* The lists know more of an order than the user channel told; it told. */
void watch_expect_user(struct engine *engine, const struct order *order);
void watch_heard_user(struct engine *engine, const struct order *order);
/* Our books agree with the venue's again. */
void watch_reconciled(struct engine *engine);
