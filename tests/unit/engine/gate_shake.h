#pragma once
/* Worlds by chance, for the laws of the gate: orders of every kind in states that are mostly such
 * as a live account has, now and then impossible. */
#include "base/prng.h"
#include "gate_world.h"

static const int64_t LOT = 10000000; /* 0.01: the step of the world's product */

/* in.settings NULL: a first time. */
void gate_shake(struct prng *prng, struct world *world);
/* Gives the account and the strategy a position that this order can only reduce. */
void gate_shake_to_reduce(struct prng *prng, struct world *world);
