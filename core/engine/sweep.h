#pragma once
/* Exits with nothing left to exit. A reduce-only order, a bracket, or a stop that could only reduce
 * when it was placed would open a position once the one it was for is gone: CDE has no reduce-only,
 * and a stop left behind by a flatten or by a hand at the venue fires all the same. They are
 * cancelled as soon as the position, the owner's or the account's, is flat or has turned. */
#include "engine/engine_inside.h"

/* The position of this product has moved. */
void sweep_want(struct engine *engine, product_index product);
void sweep_due(struct engine *engine);
