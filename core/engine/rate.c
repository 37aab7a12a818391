#include "engine/rate.h"

#include <string.h>

void rate_init(struct rate *rate, int64_t window_ns)
{
    memset(rate, 0, sizeof *rate);
    rate->slice_ns = window_ns / (RATE_SLICES - 1);
    if (rate->slice_ns < 1)
        rate->slice_ns = 1;
}

static void advance(struct rate *rate, int64_t now_ns)
{
    int64_t slice = now_ns / rate->slice_ns;
    if (slice - rate->newest >= RATE_SLICES) {
        memset(rate->counts, 0, sizeof rate->counts);
        rate->sum = 0;
        rate->newest = slice;
    }
    while (rate->newest < slice) {
        uint32_t *count = &rate->counts[++rate->newest % RATE_SLICES];
        rate->sum -= *count;
        *count = 0;
    }
}

void rate_add(struct rate *rate, int64_t now_ns)
{
    advance(rate, now_ns);
    rate->counts[rate->newest % RATE_SLICES]++;
    rate->sum++;
}

uint32_t rate_get(struct rate *rate, int64_t now_ns)
{
    advance(rate, now_ns);
    return rate->sum;
}
