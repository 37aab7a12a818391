#include "base/backoff.h"

static int64_t ceiling_ns(const struct backoff *backoff, unsigned failures)
{
    int64_t ceiling = backoff->min_ns;
    for (unsigned i = 1; i < failures && ceiling < backoff->max_ns; i++)
        ceiling = ceiling > backoff->max_ns / 2 ? backoff->max_ns : 2 * ceiling;
    return ceiling;
}

int64_t backoff_wait_ns(const struct backoff *backoff, unsigned failures, struct prng *prng)
{
    return (int64_t)prng_below(prng, (uint64_t)ceiling_ns(backoff, failures) + 1);
}
