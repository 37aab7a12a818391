#pragma once
/* How many messages left within the last window: a ring of slices. The oldest slice counts whole,
 * so the count errs by at most a sixteenth of a window, towards refusing. */
#include <stdint.h>

enum { RATE_SLICES = 17 };

struct rate { int64_t slice_ns, newest; uint32_t counts[RATE_SLICES]; uint32_t sum; };

void rate_init(struct rate *rate, int64_t window_ns);
void rate_add(struct rate *rate, int64_t now_ns);
uint32_t rate_get(struct rate *rate, int64_t now_ns);
