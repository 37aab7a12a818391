#pragma once
/* Seeded, repeatable random numbers (xoshiro256**) for simulation, jitter and scripts. Keys and
 * nonces come from the system, never from here. */
#include <stdint.h>

struct prng { uint64_t state[4]; };

void prng_seed(struct prng *prng, uint64_t seed);
uint64_t prng_next(struct prng *prng);
uint64_t prng_below(struct prng *prng, uint64_t bound); /* unbiased, bound > 0 */
