#pragma once
/* Stops, trailing stops and time stops that a strategy asks for, held here: the venue has no
 * stop-market and no trailing stop, and a runner may be dead when its stop is due.
 *
 *     INTENT_PROTECT {stop, trail, after} --> SET -- reached --> FIRING -- flat --> SET or CLEAR
 *
 * One per strategy and product, of its own position there. A stop price is spent with the position
 * it guarded; trail and time guard each later position too, until the strategy clears them.
 *
 * Judged on fresh data alone: the mid of a good book within its age limit; where that mid is
 * further from the mark than max_mark_deviation, the last trade, if it is as fresh. With neither
 * it is blind, which is alerted, and waits.
 *
 * Firing cancels the strategy's other orders there, refuses it new ones, and sends limit IOCs at
 * the inner edge of the price collar (around the last good mid while the book is stale and that mid
 * younger than max_exit_price_age), through the gate, for no more than the position less what
 * already works against it; again with back-off until flat. An order without a word counts as
 * working, so nothing is ever sold twice. HALTED holds it back as it does all but the operator.
 * Where it reduces its strategy's position and not the account's, our own orders that it would meet
 * give way, and none that it would meet is let in. What is left under one step ends it, alerted.
 *
 * Every change is journaled before its effect: it survives runner, reload and kill. */
#include "engine/engine_inside.h"

void protect_on_intent(struct engine *engine, actor_index actor, const struct intent *intent);
bool protect_is_firing(const struct engine *engine, actor_index actor, product_index product);
/* What fires counts as an order that rests at any price: nothing is to open against it. */
void protect_resting(const struct engine *engine, product_index product, struct price *bid,
                     struct price *ask);
/* After each event: positions that began or ended, prices that were reached, what falls due, and
 * what a dead runner holds that was to be flattened with it. */
void protect_due(struct engine *engine);
/* All of one strategy's, told to its runner, which begins. */
void protect_tell(struct engine *engine, actor_index actor);
/* The host is going: what is protected now will not be then. */
void protect_on_stop(struct engine *engine);
bool protect_restore(struct engine *engine, actor_index actor, product_index product,
                     const struct record_protect *record);
void protect_begin(struct engine *engine);
