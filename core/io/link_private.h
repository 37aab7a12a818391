#pragma once
/* Inside the link: link.c (life, emission, counters), link_stream.c (the two WebSockets),
 * link_order.c (places and cancels), link_list.c (REST lists), link_product.c (discovery and
 * specification refresh), link_clock.c (the venue's clock), link_health.c (restraint, retries,
 * causes of degradation). */
#include "io/clock_os.h"
#include "io/link.h"
#include "io/signer.h"
#include "io/venue_clock.h"
#include "wire/coinbase_feed.h"
#include "wire/coinbase_rest.h"

/* A request in flight with what its answer needs; in a list so that destroy frees them all. The
 * structs of each kind begin with one. */
struct call {
    struct call *next, *previous;
    struct link *link;
    unsigned failures;         /* of this request so far */
    struct loop_timer *timer;  /* owned; NULL: never retried */
    void (*again)(struct call *call);
};
enum { LINK_TRIES = 4 };

struct waiting_event { struct waiting_event *next; struct event event; };

struct link_stream {
    struct link *link;
    enum stream kind;
    struct ws *ws;             /* owned; NULL: no key, so no user stream */
    struct loop_timer *ack_timer; /* owned */
    bool up;                   /* EVENT_LINK up was pushed for this connection */
    bool overflow;             /* the queue refused an event of the frame at hand */
    bool refused;              /* the frame at hand was an error frame */
    bool acknowledged;
    unsigned malformed_in_row;
    int64_t heartbeat_ns;
    char refusal[REASON_MAX];
    uint64_t frames, malformed, resets;
};

/* Frames back in which the cause of an order is looked for: some hundred ms of a busy feed. */
enum { LINK_FRAMES_KEPT = 256 };
struct latencies { int64_t samples[LINK_LATENCIES]; uint64_t count; };

struct link {
    struct link_config config;
    char ca_file[512], portfolio[VENUE_ID_MAX];
    struct loop *loop;         /* borrowed, as the next three */
    struct catalog *catalog;
    struct sign_key *key;      /* NULL: market data alone */
    struct event_queue *queue;

    struct http *http;         /* owned, as all below */
    struct resolve *resolve;
    struct ws_hub *hub;
    struct coinbase_feed *feed; /* from link_start on */
    struct token_pool *tokens; /* NULL without a key */
    int place_path, cancel_path; /* of the token pool */
    struct link_stream streams[STREAM_COUNT];
    struct loop_timer *mint_timer, *warm_timer, *spec_timer, *watch_timer, *time_timer;
    struct call *calls;
    struct waiting_event *waiting_first, *waiting_last;

    struct command_cancel batch[MAX_CANCEL_BATCH]; /* of this pass */
    uint32_t batch_count;
    uint32_t orders_in_flight, lists_in_flight;
    bool started, products_reading;
    int64_t readable_ns;       /* of the latest frame */
    int64_t readable_past_ns[LINK_FRAMES_KEPT]; /* of the frames before it, a ring */
    uint64_t readable_count;
    struct restraint restraint;
    bool told[HEALTH_CAUSE_COUNT]; /* as on; those that restraint does not tell */
    bool spec_stale[MAX_PRODUCTS];
    int64_t spec_read_ns[MAX_PRODUCTS];
    int64_t late_ns;           /* the last pass that was late */
    int64_t skew_told_ns;      /* when the last EVENT_SKEW was pushed; 0: never */
    struct venue_clock venue_clock;
    bool clock_stepped, skew_wide;
    int64_t clock_sure_ns;       /* a step was measured then: tokens from here on are dated well */
    int64_t wall_ahead_ns;     /* ours */
    unsigned time_failures;
    struct latencies tick_to_approved, tick_to_order, submit_to_write, round_trip;
    struct link_counters counters;
};

/* link.c */
void *link_call_create(struct link *link, size_t bytes); /* zeroed, linked; NULL: no memory */
void link_call_end(struct call *call);
/* false: the queue is full, or older replies wait before it. */
bool link_emit(struct link *link, const struct event *event);
/* Never lost: waits in a list while the queue is full. The event must point to no arrays. */
void link_emit_surely(struct link *link, const struct event *event);
void link_note_error(struct link *link, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void latencies_add(struct latencies *latencies, int64_t ns);
#define LINK_READS_ONLY "there is no key: nothing but public reads leaves"
/* Signs and submits; without a key reads alone, unsigned. `token_path` of the pool, or
 * -1: signed on the spot. -1: nothing left. */
struct link_request { const char *method, *path; const char *body; size_t body_length;
                      int token_path; int64_t timeout_ns; enum http_class class; bool fresh; };
int link_submit(struct link *link, const struct link_request *request, http_done *done,
                void *context, struct err *err);
/* Whether the catalog holds a product of this profile. */
bool link_trades_profile(const struct link *link, enum venue_profile profile);

/* link_stream.c */
int link_stream_create(struct link_stream *stream, struct err *err);
void link_stream_destroy(struct link_stream *stream);
void link_stream_watch(struct link_stream *stream, int64_t now_ns); /* each second */

/* link_order.c */
void link_place(struct link *link, const struct command_place *place);
void link_cancel(struct link *link, const struct command_cancel *cancel);
void link_cancel_flush(struct link *link); /* what was gathered in this pass */

/* link_list.c */
void link_list(struct link *link, const struct command_list *command);

/* link_product.c */
void link_product_refresh(struct link *link);
