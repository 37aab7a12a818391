#pragma once
/* The degradation ladder: causes, each with the step it puts us on; the worst one counts.
 *
 *     normal -> no_open_product -> no_open -> reducing -> cancels_only -> halted
 *
 * The table of causes is HEALTH_CAUSE_LIST in model/names.h. Steps below halted come and go with
 * their causes; halted is the guard's latch, and a cause of that step is fatal: see drain.h. Each
 * change of a cause is journaled and told to people; each change of the step is told to strategies.
 *
 *     ladder_on_health(engine, &event);   what the link or the loop has found
 *     ladder_follow(engine);              what the engine sees for itself: after each event
 *     in.ladder = ladder_step(engine, product);   and what the gate makes of it */
#include "engine/engine_inside.h"

void ladder_on_health(struct engine *engine, const struct event_health *event);
/* Streams, comparison, skew and journal as they are now, and the step that comes of all. */
void ladder_follow(struct engine *engine);
/* The present step to one strategy, which begins. */
void ladder_tell(struct engine *engine, actor_index actor);
/* Of causes alone, without the latches: for this product, or NO_PRODUCT: for the account. */
enum ladder_step ladder_step(const struct engine *engine, product_index product);
/* The cause that step comes of, in words; "" when nothing is off. */
const char *ladder_why(const struct engine *engine, product_index product);
/* As scripts are shown it: the latches and the ladder, whichever is tighter. */
enum trading_state ladder_state(const struct engine *engine, actor_index actor,
                                product_index product);
