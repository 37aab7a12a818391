#pragma once
/* The session with Coinbase: two WebSocket streams and REST, as events into the engine's queue
 * and commands out of its sink. It decides nothing.
 *
 *     link = link_create(&config, loop, &catalog, key, queue, &err);   catalog may still be empty
 *     link_discover(link, assets, count, on_products, me, &err);       fill the catalog from it
 *     link_start(link, &err);                                          EVENT_LINK up, ...
 *     link_command(link, &command);                                    from the sink, when durable
 *
 * EVENT_LINK up is pushed when a stream's subscriptions are acknowledged, down when the connection
 * is lost, silent, refused, malformed too often, or when the queue is full. Data that comes before
 * the acknowledgement is passed on: the venue sends snapshots first, so the up is pushed before
 * the first data frame once every subscription was sent, and a missing acknowledgement takes it
 * down again. Replies to orders and cancels are never lost to a full queue: they wait in a list.
 *
 * Reads and cancels that failed are tried again within their budgets, places never: docs/errors.md.
 * EVENT_HEALTH says what of it all keeps failing: breakers, rate limit, key, clock, lateness. */
#include "io/http.h"
#include "io/ws.h"
#include "model/command.h"
#include "model/event_queue.h"
#include "wire/restraint.h"
#include "wire/sign.h"

struct link;

struct link_endpoint { char host[128]; uint16_t port; };
struct link_config {
    struct link_endpoint rest, market, user;
    const char *ca_file;
    char token_host[160];      /* as tokens name the REST host; "" : host, with :port unless 443 */
    bool market_with_token;    /* sign the market stream's subscriptions too */
    bool balance_channel;      /* subscribe futures_balance_summary */
    bool intraday_margin;      /* ask with each balance whether intraday margin rules hold */
    unsigned connections;      /* warm REST connections, 3 to 8 */
    int64_t request_timeout_ns; /* orders and cancels */
    int64_t list_timeout_ns;
    int64_t stale_after_ns;    /* stream silence that resets it */
    int64_t subscribe_ack_ns;
    int64_t spec_refresh_ns, skew_every_ns, warm_every_ns;
    int64_t backoff_min_ns, backoff_max_ns;
    unsigned malformed_max;    /* frames in a row */
    uint32_t requests_per_s;   /* the venue's limit; wire/restraint.h shares it out */
    unsigned breaker_failures; /* in a row, of one class */
    int64_t breaker_min_ns, breaker_max_ns, retry_min_ns, retry_max_ns;
    int64_t spec_stale_ns;     /* a product not read for so long: nothing opens on it */
    int64_t skew_warn_ns;
    int64_t loop_lag_max_ns;   /* a pass later than this */
    uint64_t seed;             /* of the back-off's jitter */
    /* Each frame before it is decoded; NULL: nobody hears. */
    void (*on_frame)(void *context, enum stream stream, int64_t readable_ns, const char *text,
                     size_t length);
    void *frame_context;
};
/* Sane timings and Coinbase's production hosts; then set what differs. */
void link_config_init(struct link_config *config);

enum { LINK_LATENCIES = 1024 };
struct link_latency { int64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns; uint32_t samples; };
struct link_counters {
    uint64_t frames[STREAM_COUNT], bytes[STREAM_COUNT], malformed[STREAM_COUNT];
    uint64_t connects[STREAM_COUNT], resets[STREAM_COUNT];
    bool up[STREAM_COUNT];
    uint64_t places, cancels, lists, orders_unknown, orders_not_sent, rate_limited, unauthorised;
    uint64_t queue_full;
    uint32_t http_queued, http_in_flight;
    int64_t skew_ns; bool skew_known;
    int64_t rate_remaining;          /* -1: not told */
    struct link_latency tick_to_approved; /* frame readable to the gate's yes, rules included */
    struct link_latency tick_to_order; /* frame readable to order bytes written */
    struct link_latency submit_to_write, order_round_trip;
    uint64_t tokens_ahead, tokens_at_once;
    uint64_t retries_reads, retries_cancels, retries_denied, probes, trips[COINBASE_REQUESTS];
    enum breaker_state breakers[COINBASE_REQUESTS];
    int64_t held_ns;                 /* until places and reads may leave again; 0: now */
    int64_t spec_age_ns;             /* of the product that was read longest ago */
    uint64_t dns_failures, tls_refused, clock_steps, skew_warnings, late_passes;
    int64_t lag_max_ns;
    char last_error[160];
};

/* All borrowed but the config, which is copied. `key` NULL: public reads and the market's stream
 * alone; an order is OUTCOME_NOT_SENT before it is encoded. `catalog` is updated by
 * the specification refresh, before the EVENT_INSTRUMENT is pushed. */
struct link *link_create(const struct link_config *config, struct loop *loop,
                         struct catalog *catalog, struct sign_key *key,
                         struct event_queue *queue, struct err *err);
void link_destroy(struct link *link); /* drops what is in flight; NULL is fine */

/* Every perpetual of the assets in either profile. `error` NULL: `found` holds them, valid during
 * the call; else it says what failed. Once at a time, between create and start. */
typedef void link_discovered(void *context, const struct catalog *found, const char *error);
int link_discover(struct link *link, const char (*assets)[ASSET_MAX], uint32_t count,
                  link_discovered *done, void *context, struct err *err);

int link_start(struct link *link, struct err *err); /* -1: empty catalog, no memory */
/* PLACE, CANCEL, LIST and STREAM_RESET; anything else is a bug. The reply is an event, always; a
 * place that cannot even be queued answers OUTCOME_NOT_SENT. Cancels of one pass leave as one
 * batch. tick_to_order counts from the frame that the script had last been shown. */
void link_command(struct link *link, const struct command *command);
/* For tick_to_approved: called when the gate has approved it, before the disk. */
void link_note_approved(struct link *link, const struct command_place *place);
/* Places that still wait for a connection end as OUTCOME_NOT_SENT: for a halt. */
void link_drop_places(struct link *link, const char *reason);
/* When the latest feed frame was readable (CLOCK_BOOTTIME); 0: none yet. */
int64_t link_last_readable_ns(const struct link *link);
/* True while a place or cancel is queued or in flight, or a reply waits for room in the event
 * queue: wait for false when stopping. */
bool link_busy(const struct link *link);
void link_read_counters(struct link *link, struct link_counters *ret);
