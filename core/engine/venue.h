#pragma once
/* The venue's word on orders: replies to what was sent, and reports of what it has. Reports are
 * cumulative facts: they may come twice, late, out of order, from either source. */
#include "engine/engine_inside.h"

void venue_on_place_reply(struct engine *engine, const struct event_place_reply *event);
void venue_on_cancel_reply(struct engine *engine, const struct event_cancel_reply *event);
void venue_on_report(struct engine *engine, const struct event_order_report *event);
/* One stimulus with its reason, journaled and told when it changed anything. */
void venue_move(struct engine *engine, struct order *order, enum order_stimulus stimulus,
                const char *reason);
