#pragma once
/* How long to wait after a failure: full jitter, any time between zero and a ceiling that doubles
 * with each failure. Clients that failed together do not come back together. */
#include "base/prng.h"

struct backoff { int64_t min_ns, max_ns; }; /* 0 < min <= max */

/* `failures` in a row, the last one counted; 0 counts as 1. */
int64_t backoff_wait_ns(const struct backoff *backoff, unsigned failures, struct prng *prng);
