#include "io/venue_clock.h"

#include "io/clock_os.h"
#include "wire/coinbase_rest.h"

static const int64_t TRIP_MAX_NS = 2000000000; /* slower replies say too little */

int64_t venue_clock_ns(const struct venue_clock *clock)
{
    struct stamp now = clock_os_now();
    return clock->known ? now.mono_ns + clock->ahead_ns : now.wall_ns;
}

int64_t venue_clock_s(const struct venue_clock *clock)
{
    return venue_clock_ns(clock) / 1000000000;
}

/* The reply was made about half-way between our writing and our reading. */
bool venue_clock_measure(struct venue_clock *clock, const struct http_result *result,
                         int64_t *ret_skew_ns, struct err *err)
{
    struct stamp now = clock_os_now();
    int64_t venue_ns;
    int64_t from_ns = result->written_ns ? result->written_ns : result->submitted_ns;
    int64_t trip_ns = result->done_ns - from_ns;
    if (result->state != HTTP_COMPLETE || result->status != 200 || trip_ns > TRIP_MAX_NS ||
        now.mono_ns < result->done_ns)
        return false;
    if (coinbase_rest_decode_time(result->body, result->body_length, &venue_ns, err) < 0)
        return false;
    venue_ns += now.mono_ns - result->done_ns + trip_ns / 2;
    clock->known = true;
    clock->ahead_ns = venue_ns - now.mono_ns;
    *ret_skew_ns = venue_ns - now.wall_ns;
    return true;
}
