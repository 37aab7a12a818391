#include "io/link.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "base/text.h"
#include "io/link_health.h"

enum { PLACE_TOKENS = 12, CANCEL_TOKENS = 6 };
static const int64_t SECOND_NS = 1000000000, MINT_EVERY_NS = 5000000, QUIET_NS = 1000000;

void link_config_init(struct link_config *config)
{
    *config = (struct link_config){
        .rest = {"api.coinbase.com", 443},
        .market = {"advanced-trade-ws.coinbase.com", 443},
        .user = {"advanced-trade-ws-user.coinbase.com", 443},
        .ca_file = "/etc/ssl/certs/ca-certificates.crt",
        .connections = 4,
        .request_timeout_ns = 5 * SECOND_NS,
        .list_timeout_ns = 20 * SECOND_NS,
        .stale_after_ns = 3 * SECOND_NS,
        .subscribe_ack_ns = 10 * SECOND_NS,
        .spec_refresh_ns = 15 * SECOND_NS,
        .skew_every_ns = 60 * SECOND_NS,
        .warm_every_ns = 25 * SECOND_NS,
        .backoff_min_ns = SECOND_NS / 2,
        .backoff_max_ns = 30 * SECOND_NS,
        .malformed_max = 5,
        .requests_per_s = 30,
        .breaker_failures = 5,
        .breaker_min_ns = SECOND_NS,
        .breaker_max_ns = 30 * SECOND_NS,
        .retry_min_ns = SECOND_NS / 4,
        .retry_max_ns = 8 * SECOND_NS,
        .spec_stale_ns = 300 * SECOND_NS,
        .skew_warn_ns = SECOND_NS / 4,
        .loop_lag_max_ns = SECOND_NS / 2,
        .seed = 1,
    };
}

/* ---- calls in flight ---------------------------------------------------------------------- */

void *link_call_create(struct link *link, size_t bytes)
{
    struct call *call = calloc(1, bytes);
    if (!call)
        return NULL;
    call->link = link;
    call->next = link->calls;
    if (call->next)
        call->next->previous = call;
    link->calls = call;
    return call;
}

void link_call_end(struct call *call)
{
    if (call->previous)
        call->previous->next = call->next;
    else
        call->link->calls = call->next;
    if (call->next)
        call->next->previous = call->previous;
    loop_timer_destroy(call->timer);
    free(call);
}

/* ---- events out --------------------------------------------------------------------------- */

bool link_emit(struct link *link, const struct event *event)
{
    if (!link->waiting_first && event_queue_push(link->queue, event))
        return true;
    link->counters.queue_full++;
    return false;
}

void link_emit_surely(struct link *link, const struct event *event)
{
    if (link_emit(link, event))
        return;
    struct waiting_event *waiting = calloc(1, sizeof *waiting);
    CHECK(waiting); /* the reply of an order cannot be dropped and the host go on */
    waiting->event = *event;
    if (link->waiting_last)
        link->waiting_last->next = waiting;
    else
        link->waiting_first = waiting;
    link->waiting_last = waiting;
}

/* After the turn of this pass has drained the queue. */
static void push_waiting(struct link *link)
{
    bool pushed = false;
    while (link->waiting_first && event_queue_push(link->queue, &link->waiting_first->event)) {
        struct waiting_event *waiting = link->waiting_first;
        link->waiting_first = waiting->next;
        if (!link->waiting_first)
            link->waiting_last = NULL;
        free(waiting);
        pushed = true;
    }
    if (pushed)
        loop_again(link->loop);
}

void link_note_error(struct link *link, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(link->counters.last_error, sizeof link->counters.last_error, format, arguments);
    va_end(arguments);
}

/* ---- requests ----------------------------------------------------------------------------- */

int link_submit(struct link *link, const struct link_request *from, http_done *done,
                void *context, struct err *err)
{
    const struct signer signer = {link->key, link->tokens, link->http};
    struct http_request request = {.method = from->method, .path = from->path, .body = from->body,
                                   .body_length = from->body_length, .class = from->class,
                                   .fresh = from->fresh, .timeout_ns = from->timeout_ns};
    if (!link->key && strcmp(from->method, "GET") != 0)
        return err_set(err, "%s", LINK_READS_ONLY);
    if (!link->key)
        return http_submit(link->http, &request, done, context, err);
    return signer_submit(&signer, &request, from->token_path, link_token_s(link), done, context,
                         err);
}

bool link_trades_profile(const struct link *link, enum venue_profile profile)
{
    for (product_index i = 0; i < link->catalog->count; i++)
        if (link->catalog->items[i].profile == profile)
            return true;
    return false;
}

/* ---- what runs by itself ------------------------------------------------------------------ */

static void on_flush(void *context)
{
    struct link *link = context;
    link_cancel_flush(link);
    push_waiting(link);
}

/* Signatures are made in the gaps of the feed: one takes 320 us, and a frame that comes meanwhile
 * waits for it. */
static void on_mint(void *context)
{
    struct link *link = context;
    bool quiet = clock_os_now().mono_ns - link->readable_ns > QUIET_NS && !link_busy(link);
    bool more = !quiet || token_pool_mint(link->tokens, link_token_s(link), 1);
    loop_timer_set(link->mint_timer, more ? (quiet ? MINT_EVERY_NS : QUIET_NS) : SECOND_NS);
}

static void on_warm(void *context)
{
    struct link *link = context;
    http_warm(link->http, COINBASE_PREFIX "/time", link_time_measured, link);
    loop_timer_set(link->warm_timer, link->config.warm_every_ns);
}

static void on_spec(void *context)
{
    struct link *link = context;
    link_product_refresh(link);
    loop_timer_set(link->spec_timer, link->config.spec_refresh_ns);
}

static void on_watch(void *context)
{
    struct link *link = context;
    int64_t now_ns = clock_os_now().mono_ns;
    for (int i = 0; i < STREAM_COUNT; i++)
        link_stream_watch(&link->streams[i], now_ns);
    link_clock_watch(link);
    link_health_watch(link, now_ns);
    loop_timer_set(link->watch_timer, SECOND_NS);
}

/* ---- making and ending -------------------------------------------------------------------- */

static int make_tokens(struct link *link, struct err *err)
{
    char host[SIGNER_HOST_MAX];
    if (!link->key || sign_key_kind(link->key) == KEY_HMAC_HEX)
        return 0;
    if (sign_key_kind(link->key) == KEY_HMAC_BASE64)
        return err_set(err, "a key of the Exchange API: perpetuals are on the Advanced API");
    if (link->config.token_host[0])
        snprintf(host, sizeof host, "%s", link->config.token_host);
    else
        signer_host(link->config.rest.host, link->config.rest.port, host);
    link->tokens = token_pool_create(link->key, host);
    if (!link->tokens)
        return err_set(err, "no memory for tokens");
    link->place_path = token_pool_add(link->tokens, "POST", COINBASE_PREFIX "/orders",
                                      PLACE_TOKENS);
    link->cancel_path = token_pool_add(link->tokens, "POST",
                                       COINBASE_PREFIX "/orders/batch_cancel", CANCEL_TOKENS);
    return 0;
}

static int make_timers(struct link *link, struct err *err)
{
    link->mint_timer = loop_timer_create(link->loop, on_mint, link);
    link->warm_timer = loop_timer_create(link->loop, on_warm, link);
    link->spec_timer = loop_timer_create(link->loop, on_spec, link);
    link->watch_timer = loop_timer_create(link->loop, on_watch, link);
    link->time_timer = loop_timer_create(link->loop, link_time_ask, link);
    if (!link->mint_timer || !link->warm_timer || !link->spec_timer || !link->watch_timer ||
        !link->time_timer)
        return err_set(err, "no memory for timers");
    return 0;
}

static int make_parts(struct link *link, struct err *err)
{
    struct http_config http = {.host = link->config.rest.host, .port = link->config.rest.port,
                               .ca_file = link->ca_file,
                               .connections = link->config.connections,
                               .may_leave = link_may_leave, .may_leave_context = link};
    if (make_tokens(link, err) < 0 || make_timers(link, err) < 0)
        return -1;
    link->resolve = http.resolve = resolve_create(link->loop, err);
    link->http = link->resolve ? http_create(link->loop, &http, err) : NULL;
    link->hub = link->http
                    ? ws_hub_create(link->loop, link->resolve, link->ca_file, err)
                    : NULL;
    if (!link->hub)
        return -1;
    for (int i = 0; i < STREAM_COUNT; i++) {
        struct link_stream *stream = &link->streams[i];
        stream->link = link;
        stream->kind = (enum stream)i;
        if ((stream->kind != STREAM_USER || link->key) && link_stream_create(stream, err) < 0)
            return -1;
    }
    return 0;
}

static int check_config(const struct link_config *config, struct err *err)
{
    if (config->request_timeout_ns <= 0 || config->list_timeout_ns <= 0 ||
        config->stale_after_ns <= 0 || config->subscribe_ack_ns <= 0 ||
        config->spec_refresh_ns <= 0 || config->skew_every_ns <= 0 || config->warm_every_ns <= 0 ||
        config->spec_stale_ns <= 0 || config->skew_warn_ns <= 0 || config->loop_lag_max_ns <= 0)
        return err_set(err, "every time-out and interval of the link must be positive");
    if (config->malformed_max == 0 || config->breaker_failures == 0 ||
        config->requests_per_s < COINBASE_REQUESTS)
        return err_set(err, "every count of the link must be positive, and %d requests a second "
                       "the least", COINBASE_REQUESTS);
    if (config->breaker_min_ns <= 1 || config->breaker_max_ns < config->breaker_min_ns ||
        config->retry_min_ns <= 0 || config->retry_max_ns < config->retry_min_ns)
        return err_set(err, "a back-off needs a least time and no smaller greatest one");
    if (!config->ca_file || strlen(config->ca_file) >= 512)
        return err_set(err, "no CA file is named");
    return 0;
}

struct link *link_create(const struct link_config *config, struct loop *loop,
                         struct catalog *catalog, struct sign_key *key,
                         struct event_queue *queue, struct err *err)
{
    if (check_config(config, err) < 0)
        return NULL;
    struct link *link = calloc(1, sizeof *link);
    if (!link) {
        err_set(err, "no memory for the link");
        return NULL;
    }
    link->config = *config;
    snprintf(link->ca_file, sizeof link->ca_file, "%s", config->ca_file);
    link->config.ca_file = link->ca_file;
    link->loop = loop;
    link->catalog = catalog;
    link->key = key;
    link->queue = queue;
    link->counters.rate_remaining = -1;
    link_health_init(link);
    if (make_parts(link, err) < 0) {
        link_destroy(link);
        return NULL;
    }
    loop_add_hook(loop, LOOP_FLUSH, on_flush, link);
    return link;
}

int link_start(struct link *link, struct err *err)
{
    CHECK(!link->started);
    if (link->catalog->count == 0)
        return err_set(err, "no product is configured or discovered: nothing to subscribe to");
    link->feed = coinbase_feed_create(link->catalog);
    if (!link->feed)
        return err_set(err, "no memory for the feed");
    link->started = true;
    for (int i = 0; i < STREAM_COUNT; i++)
        if (link->streams[i].ws)
            ws_open(link->streams[i].ws);
    link_health_start(link);
    link_time_ask(link);
    on_warm(link);
    on_watch(link);
    if (link->tokens)
        on_mint(link);
    loop_timer_set(link->spec_timer, link->config.spec_refresh_ns);
    return 0;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    loop_remove_hook(link->loop, on_flush, link);
    loop_on_lag(link->loop, 0, NULL, NULL);
    for (int i = 0; i < STREAM_COUNT; i++)
        link_stream_destroy(&link->streams[i]);
    ws_hub_destroy(link->hub);
    http_destroy(link->http);
    resolve_destroy(link->resolve);
    while (link->calls)
        link_call_end(link->calls);
    while (link->waiting_first) {
        struct waiting_event *waiting = link->waiting_first;
        link->waiting_first = waiting->next;
        free(waiting);
    }
    loop_timer_destroy(link->mint_timer);
    loop_timer_destroy(link->warm_timer);
    loop_timer_destroy(link->spec_timer);
    loop_timer_destroy(link->watch_timer);
    loop_timer_destroy(link->time_timer);
    token_pool_destroy(link->tokens);
    coinbase_feed_destroy(link->feed);
    free(link);
}

void link_command(struct link *link, const struct command *command)
{
    CHECK(link->started);
    switch (command->kind) {
    case COMMAND_PLACE:
        link_place(link, &command->place);
        break;
    case COMMAND_CANCEL:
        link_cancel(link, &command->cancel);
        break;
    case COMMAND_LIST:
        link_list(link, &command->list);
        break;
    case COMMAND_STREAM_RESET:
        CHECK(command->stream_reset.stream < STREAM_COUNT);
        if (link->streams[command->stream_reset.stream].ws)
            ws_reset(link->streams[command->stream_reset.stream].ws,
                     command->stream_reset.reason);
        break;
    default:
        CHECK(!"a command for the link");
    }
}

int64_t link_last_readable_ns(const struct link *link)
{
    return link->readable_ns;
}

bool link_busy(const struct link *link)
{
    return link->orders_in_flight > 0 || link->batch_count > 0 || link->waiting_first;
}

/* ---- counters ----------------------------------------------------------------------------- */

void latencies_add(struct latencies *latencies, int64_t ns)
{
    latencies->samples[latencies->count++ % LINK_LATENCIES] = ns;
}

static int compare_ns(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Over the last LINK_LATENCIES samples: old ones must not hide what the last hour was like. */
static struct link_latency summarise(const struct latencies *latencies)
{
    int64_t sorted[LINK_LATENCIES];
    uint32_t n = latencies->count < LINK_LATENCIES ? (uint32_t)latencies->count : LINK_LATENCIES;
    if (n == 0)
        return (struct link_latency){0};
    memcpy(sorted, latencies->samples, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], compare_ns);
    return (struct link_latency){.p50_ns = sorted[n / 2], .p90_ns = sorted[(n - 1) * 9 / 10],
                                 .p99_ns = sorted[(n - 1) * 99 / 100],
                                 .p999_ns = sorted[(n - 1) * 999 / 1000],
                                 .max_ns = sorted[n - 1], .samples = n};
}

static void read_restraint(const struct link *link, struct link_counters *ret)
{
    const struct restraint *restraint = &link->restraint;
    int64_t now_ns = clock_os_now().mono_ns, left_ns = restraint->held_until_ns - now_ns;
    ret->rate_limited = restraint->counters.rate_limited;
    ret->unauthorised = restraint->counters.key_refused;
    ret->retries_reads = restraint->counters.retries[COINBASE_READ];
    ret->retries_cancels = restraint->counters.retries[COINBASE_CANCEL];
    ret->retries_denied = restraint->counters.retries_denied;
    ret->probes = restraint->counters.probes;
    ret->held_ns = left_ns > 0 ? left_ns : 0;
    for (int i = 0; i < COINBASE_REQUESTS; i++) {
        ret->breakers[i] = restraint->breakers[i].state;
        ret->trips[i] = restraint->breakers[i].trips;
    }
    for (product_index i = 0; link->started && i < link->catalog->count; i++)
        if (now_ns - link->spec_read_ns[i] > ret->spec_age_ns)
            ret->spec_age_ns = now_ns - link->spec_read_ns[i];
}

void link_read_counters(struct link *link, struct link_counters *ret)
{
    const struct http_counters *http = http_counters(link->http);
    *ret = link->counters;
    read_restraint(link, ret);
    ret->dns_failures = http->dns_failures;
    ret->tls_refused = http->tls_refused;
    for (int i = 0; i < STREAM_COUNT; i++) {
        const struct link_stream *stream = &link->streams[i];
        if (!stream->ws)
            continue;
        ret->frames[i] = stream->frames;
        ret->bytes[i] = ws_counters(stream->ws)->bytes;
        ret->malformed[i] = stream->malformed;
        ret->connects[i] = ws_counters(stream->ws)->connects;
        ret->resets[i] = stream->resets;
        ret->up[i] = stream->up;
    }
    ret->http_queued = http->queued;
    ret->http_in_flight = http->in_flight;
    ret->tick_to_approved = summarise(&link->tick_to_approved);
    ret->tick_to_order = summarise(&link->tick_to_order);
    ret->submit_to_write = summarise(&link->submit_to_write);
    ret->order_round_trip = summarise(&link->round_trip);
    if (link->tokens) {
        ret->tokens_ahead = token_pool_counters(link->tokens)->minted_ahead;
        ret->tokens_at_once = token_pool_counters(link->tokens)->minted_at_once;
    }
}
