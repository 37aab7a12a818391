#pragma once
/* The runners: which generation speaks, what they are shown, their timers. What an old generation
 * says is passed over; its orders stay, under the names it gave them. */
#include "engine/engine_inside.h"

void strategies_on_runner(struct engine *engine, const struct event_runner *event);
void strategies_on_credit(struct engine *engine, const struct event_credit *event);
void strategies_on_timer_set(struct engine *engine, const struct event_timer_set *event);
void strategies_due(struct engine *engine);
/* The views that are owed: at most one per runner and turn, of a product that changed. */
void strategies_build_views(struct engine *engine);
/* A strategy or a rule that is ready, and of this generation. */
bool strategies_is_current(const struct engine *engine, actor_index runner, uint32_t generation);
/* One product as `actor` sees it; trades after `trades_seen`. */
void strategies_view(struct engine *engine, actor_index actor, product_index product,
                     uint64_t trades_seen, struct view *ret);
/* Adds what a strategy holds in every product: for the rules, who see but one book. */
void strategies_view_holdings(struct engine *engine, actor_index actor, struct view *ret);
