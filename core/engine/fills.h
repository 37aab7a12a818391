#pragma once
/* Fills are facts keyed by trade id, booked once, for any order, known or not. While a list of
 * fills is being read they are kept and booked in the order of time when it ends: a page comes
 * newest first, and average cost depends on the order. */
#include "engine/engine_inside.h"

size_t fills_bytes(void);
void fills_init(struct engine *engine);
void fills_on_fill(struct engine *engine, const struct event_fill *fill);
void fills_flush(struct engine *engine); /* the list has ended */
/* A list of fills has ended and lacks nothing: the next one may begin at the newest fill, but never
 * in the future, wherever a fill was dated. One that broke off has its newest page alone. */
void fills_list_whole(struct engine *engine, int64_t asked_wall_ns);
/* A whole list of fills had its time: what external orders filled up to then is in the books, or
 * the positions compared will tell. */
void fills_settle_external(struct engine *engine, int64_t before_ns);
/* The shown positions of a product made anew: what is booked, what orders have by their quantity
 * alone, and what waits for the id of its order, which the account has and nobody else until then.
 * false: one left the range kept exactly. */
bool fills_show_product(struct engine *engine, product_index product);
/* The venue told a larger cumulative quantity: the difference moves the position now, at a price
 * derived from the average. Between orders_open and orders_close. True when it was larger. */
bool fills_progress(struct engine *engine, struct order *order, struct size filled,
                    struct price average);
/* After orders_close: the shown positions follow the order's provisional part. One that leaves the
 * range kept exactly halts the account; fills_follow only says so. */
bool fills_follow(struct engine *engine, const struct order *order);
void fills_show(struct engine *engine, const struct order *order);
/* The order has shown its venue id: what was booked as external under it is the order's. Between
 * orders_open and orders_close. */
bool fills_claim(struct engine *engine, struct order *order);
/* An external order is met: what of it is in the books already is no second quantity. */
void fills_meet(struct engine *engine, struct order *order);
/* A fill that an operator's word made: books it as external with an id of its own. */
bool fills_accept(struct engine *engine, struct event_fill *fill);
/* From the journal: reports told of an external order so much. */
void fills_restore_told(struct order *order, struct size filled);
/* From the journal; false when it cannot be booked. */
bool fills_restore(struct engine *engine, const struct record_fill *record);
