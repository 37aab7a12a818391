#pragma once
/* Cancels: wanted first, sent when the venue's id is known and the budget allows, wanted until the
 * venue says that the order has ended. They need no journal and pass every trading state. */
#include "engine/engine_inside.h"

void cancels_want(struct engine *engine, struct order *order);
/* All live orders of an actor (ACTOR_OPERATOR: any of ours) in a product (NO_PRODUCT: any). */
uint32_t cancels_want_all(struct engine *engine, actor_index actor, product_index product);
/* Whosever they are: the account's every live order, on the operator's word alone. */
uint32_t cancels_want_everyone(struct engine *engine, product_index product);
/* Something about it changed (its id came, a cancel failed): it may be its turn now. */
void cancels_consider(struct engine *engine, struct order *order);
void cancels_due(struct engine *engine);
