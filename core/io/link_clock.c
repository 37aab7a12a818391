/* When the venue's clock is measured, and what is told of ours. */
#include <stdio.h>
#include <stdlib.h>

#include "io/link_health.h"

static const int64_t SECOND_NS = 1000000000;
static const int64_t STEP_NS = 250000000;      /* in one second; slewing makes half a millisecond */

int64_t link_token_s(const struct link *link)
{
    return venue_clock_s(&link->venue_clock);
}

static bool read_measure(struct link *link, const struct http_result *result, int64_t *ret_skew_ns)
{
    struct err err = {""};
    if (venue_clock_measure(&link->venue_clock, result, ret_skew_ns, &err))
        return true;
    if (err.text[0])
        link_note_error(link, "venue time: %s", err.text);
    return false;
}

static void warn(struct link *link, int64_t skew_ns)
{
    bool wide = llabs(skew_ns) > link->config.skew_warn_ns;
    if (wide && !link->skew_wide) {
        link->counters.skew_warnings++;
        link_note_error(link, "the clock is %lld ms off the venue's",
                        (long long)(skew_ns / 1000000));
    }
    link->skew_wide = wide;
}

void link_time_measured(void *context, const struct http_result *result)
{
    struct link *link = context;
    int64_t now_ns = clock_os_now().mono_ns, skew_ns;
    if (!read_measure(link, result, &skew_ns))
        return;
    int64_t told_ns = link->counters.skew_ns;
    /* Measures come with the warming too; told is the one of each interval, and what has moved. */
    bool due = !link->counters.skew_known || link->clock_stepped ||
               llabs(skew_ns - told_ns) > link->config.skew_warn_ns ||
               now_ns - link->skew_told_ns >= link->config.skew_every_ns / 2;
    warn(link, skew_ns);
    if (!due)
        return;
    link->counters.skew_ns = skew_ns;
    link->counters.skew_known = true;
    link->skew_told_ns = now_ns;
    if (link->clock_stepped)
        link->clock_sure_ns = now_ns;
    link->clock_stepped = false;
    link_emit_surely(link, &(struct event){.kind = EVENT_SKEW,
                                           .skew = {.skew_ns = skew_ns, .known = true}});
    link_tell(link, HEALTH_CLOCK, false, "measured again");
}

static void on_asked(void *context, const struct http_result *result)
{
    struct link *link = context;
    bool good = result->state == HTTP_COMPLETE && result->status == 200;
    link->time_failures = good ? 0 : link->time_failures + 1;
    link_time_measured(link, result);
    loop_timer_set(link->time_timer,
                   good ? link->config.skew_every_ns
                        : restraint_backoff_ns(&link->restraint, link->time_failures));
}

/* Public: it needs no token, so a clock that is far off can still be measured. */
void link_time_ask(void *context)
{
    struct link *link = context;
    struct err err;
    struct http_request request = {.method = "GET", .path = COINBASE_PREFIX "/time",
                                   .headers = {"Cache-Control: no-cache"},
                                   .timeout_ns = link->config.request_timeout_ns};
    if (http_submit(link->http, &request, on_asked, link, &err) < 0)
        loop_timer_set(link->time_timer, SECOND_NS);
}

/* Since the watch last looked; 0 before its first look. */
static int64_t step_since(const struct link *link, struct stamp now)
{
    return link->wall_ahead_ns == 0 ? 0 : now.wall_ns - now.mono_ns - link->wall_ahead_ns;
}

bool link_clock_is_doubtful(const struct link *link)
{
    return link->clock_stepped || llabs(step_since(link, clock_os_now())) > STEP_NS;
}

/* Each second: whether the wall clock went another way than the monotonic one. */
void link_clock_watch(struct link *link)
{
    struct stamp now = clock_os_now();
    int64_t step_ns = step_since(link, now);
    link->wall_ahead_ns = now.wall_ns - now.mono_ns;
    if (llabs(step_ns) > STEP_NS) {
        link->counters.clock_steps++;
        link->clock_stepped = true;
        link_tell(link, HEALTH_CLOCK, true, "the clock stepped by %lld ms",
                  (long long)(step_ns / 1000000));
        loop_timer_set(link->time_timer, 0);
    }
    if (link->counters.skew_known &&
        now.mono_ns - link->skew_told_ns > 3 * link->config.skew_every_ns) {
        link->counters.skew_known = false;
        link_emit_surely(link, &(struct event){.kind = EVENT_SKEW});
    }
}
