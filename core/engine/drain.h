#pragma once
/* "No own order at the venue", by its own word: every own order has ended as far as we know, and a
 * whole list asked for after that shows none.
 *
 *     drain_begin(engine, token, actor, product);   cancels, looks, and answers `token` when done
 *
 * An answer that takes too long is "not yet"; the cancelling goes on until it is done. */
#include "engine/engine_inside.h"

/* actor ACTOR_OPERATOR: any; product NO_PRODUCT: any; token 0: nobody waits. */
void drain_begin(struct engine *engine, uint64_t token, actor_index actor, product_index product);
/* A resume: what waited in that scope is told that it was not done, and nothing is cancelled on. */
void drain_withdraw(struct engine *engine, actor_index actor, product_index product);
void drain_due(struct engine *engine);
bool drain_is_open(const struct engine *engine);
/* A live order that carries our tag. */
bool drain_has_own(struct engine *engine, actor_index actor, product_index product);

/* What no operation can go on after: halted for good, own orders cancelled, verified, stopped.
 * Still halted at the next start. */
void drain_shut_down(struct engine *engine, const char *reason);
