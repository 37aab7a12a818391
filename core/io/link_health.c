/* What replies say of the venue and of us: restraint, retries, probes, and the causes of the
 * degradation ladder that the hands can see. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "io/link_health.h"

static const int64_t SECOND_NS = 1000000000;
static const int64_t LAG_CALM_NS = 5000000000; /* without a late pass */

/* ---- causes ------------------------------------------------------------------------------- */

void link_tell(struct link *link, enum health_cause cause, bool on, const char *format, ...)
{
    struct event event = {.kind = EVENT_HEALTH,
                          .health = {.cause = cause, .on = on, .product = NO_PRODUCT}};
    va_list arguments;
    if (link->told[cause] == on)
        return;
    link->told[cause] = on;
    va_start(arguments, format);
    vsnprintf(event.health.text, sizeof event.health.text, format, arguments);
    va_end(arguments);
    link_emit_surely(link, &event);
}

static void emit(void *context, const struct event *event)
{
    struct link *link = context;
    if (event->health.on)
        link_note_error(link, "%s: %s", health_cause_text(event->health.cause),
                        event->health.text);
    link_emit_surely(link, event);
}

/* A product whose specification was not read for long: nothing opens on it. */
static void watch_specs(struct link *link, int64_t now_ns)
{
    for (product_index i = 0; i < link->catalog->count; i++) {
        int64_t age_ns = now_ns - link->spec_read_ns[i];
        bool stale = age_ns > link->config.spec_stale_ns;
        if (stale == link->spec_stale[i])
            continue;
        struct event event = {.kind = EVENT_HEALTH,
                              .health = {.cause = HEALTH_SPEC_STALE, .on = stale, .product = i}};
        link->spec_stale[i] = stale;
        snprintf(event.health.text, sizeof event.health.text, "%s was read %lld s ago",
                 link->catalog->items[i].product_id, (long long)(age_ns / SECOND_NS));
        link_emit_surely(link, &event);
    }
}

static void watch_descriptors(struct link *link)
{
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd >= 0)
        close(fd);
    link_tell(link, HEALTH_MEMORY, fd < 0, fd < 0 ? "no descriptor is left" : "there are some");
}

/* Before anything that waited is looked at: what it shows is as old as we are late. */
static void on_late(void *context)
{
    struct link *link = context;
    link->late_ns = clock_os_now().mono_ns;
    link->counters.late_passes++;
    link_tell(link, HEALTH_LOOP_LAG, true, "a pass came more than %lld ms late",
              (long long)(link->config.loop_lag_max_ns / 1000000));
}

static void watch_lag(struct link *link, int64_t now_ns)
{
    int64_t lag_ns = loop_take_lag_ns(link->loop);
    if (lag_ns > link->counters.lag_max_ns)
        link->counters.lag_max_ns = lag_ns;
    if (now_ns - link->late_ns > LAG_CALM_NS)
        link_tell(link, HEALTH_LOOP_LAG, false, "on time again");
}

/* ---- what a reply says -------------------------------------------------------------------- */

/* A token that was dated before a step of the clock was noticed and measured is refused whatever
 * the key is worth: that says nothing of the key. */
static bool was_dated_in_doubt(const struct link *link, const struct http_result *result)
{
    return link_clock_is_doubtful(link) || result->submitted_ns < link->clock_sure_ns;
}

enum coinbase_error link_note_reply(struct link *link, enum coinbase_request request,
                                    const struct http_result *result)
{
    int64_t now_ns = clock_os_now().mono_ns;
    enum coinbase_error error = signer_error(result);
    struct restraint_limits limits = {result->rate_remaining, result->rate_reset,
                                      result->retry_after};
    if (!result->tried || (error == ERROR_KEY && was_dated_in_doubt(link, result)))
        return error;
    if (result->rate_remaining >= 0)
        link->counters.rate_remaining = result->rate_remaining;
    bool held = restraint_is_held(&link->restraint, now_ns);
    restraint_note(&link->restraint, request, error, &limits, now_ns);
    if (!held && restraint_is_held(&link->restraint, now_ns)) {
        link_note_error(link, "held: the venue's rate limit was met (HTTP %d)", result->status);
        link_drop_places(link, "rate limited before it was sent");
    }
    return error;
}

const char *link_refuses(const struct link *link, enum coinbase_request request)
{
    return restraint_refuses(&link->restraint, request, clock_os_now().mono_ns);
}

int64_t link_may_leave(void *context, enum http_class class)
{
    static const enum coinbase_request REQUESTS[HTTP_CLASSES] = {
        [HTTP_OTHER] = COINBASE_READ, [HTTP_ORDER] = COINBASE_PLACE,
        [HTTP_CANCEL] = COINBASE_CANCEL};
    struct link *link = context;
    return restraint_wait_ns(&link->restraint, REQUESTS[class], clock_os_now().mono_ns);
}

/* ---- again -------------------------------------------------------------------------------- */

static void on_again(void *context)
{
    struct call *call = context;
    call->again(call);
}

bool link_retry(struct call *call, enum coinbase_request request, enum coinbase_error error,
                void (*again)(struct call *call))
{
    struct link *link = call->link;
    if (call->failures >= LINK_TRIES - 1)
        return false;
    if (!call->timer)
        call->timer = loop_timer_create(link->loop, on_again, call);
    if (!call->timer ||
        !restraint_may_retry(&link->restraint, request, error, clock_os_now().mono_ns))
        return false;
    call->failures++;
    call->again = again;
    loop_timer_set(call->timer, restraint_backoff_ns(&link->restraint, call->failures));
    return true;
}

/* ---- probes ------------------------------------------------------------------------------- */

struct probe_call { struct call call; enum coinbase_request class; };

static void on_probed(void *context, const struct http_result *result)
{
    struct probe_call *probe = context;
    struct link *link = probe->call.link;
    enum coinbase_error error = link_note_reply(link, COINBASE_READ, result);
    restraint_note_probe(&link->restraint, probe->class, error, clock_os_now().mono_ns);
    link_call_end(&probe->call);
}

/* Read-only, signed, and small: it shows that the venue answers and takes the key. */
static void probe(struct link *link, enum coinbase_request class)
{
    struct err err;
    const char *path = link->key ? COINBASE_PREFIX "/key_permissions" : COINBASE_PREFIX "/time";
    struct link_request request = {.method = "GET", .path = path,
                                   .token_path = -1,
                                   .timeout_ns = link->config.request_timeout_ns};
    struct probe_call *probe = link_call_create(link, sizeof *probe);
    if (probe)
        probe->class = class;
    if (probe && link_submit(link, &request, on_probed, probe, &err) == 0)
        return;
    restraint_note_probe(&link->restraint, class, ERROR_NOT_SENT, clock_os_now().mono_ns);
    if (probe)
        link_call_end(&probe->call);
}

/* ---- life --------------------------------------------------------------------------------- */

void link_health_init(struct link *link)
{
    const struct link_config *config = &link->config;
    const struct restraint_config restraint = {
        .requests_per_s = config->requests_per_s, .breaker_failures = config->breaker_failures,
        .breaker_period = {config->breaker_min_ns, config->breaker_max_ns},
        .retry = {config->retry_min_ns, config->retry_max_ns}, .seed = config->seed + STREAM_COUNT};
    restraint_init(&link->restraint, &restraint, clock_os_now().mono_ns, emit, link);
}

void link_health_start(struct link *link)
{
    int64_t now_ns = clock_os_now().mono_ns;
    for (product_index i = 0; i < MAX_PRODUCTS; i++)
        link->spec_read_ns[i] = now_ns; /* just discovered */
    loop_on_lag(link->loop, link->config.loop_lag_max_ns, on_late, link);
}

void link_health_watch(struct link *link, int64_t now_ns)
{
    enum coinbase_request class;
    restraint_tick(&link->restraint, now_ns);
    if (restraint_wants_probe(&link->restraint, now_ns, &class))
        probe(link, class);
    watch_specs(link, now_ns);
    watch_descriptors(link);
    watch_lag(link, now_ns);
}
