#pragma once
/* HTTPS requests to one host: HTTP/1.1, a few warm connections, no proxy, no redirects, the peer's
 * certificate and name always verified against one CA file.
 *
 *     struct http_config config = {.host = "api.coinbase.com", .resolve = resolve, ...};
 *     struct http *http = http_create(loop, &config, &err);
 *     http_submit(http, &(struct http_request){.method = "GET", .path = "/api/v3/brokerage/time",
 *                 .timeout_ns = 5000000000}, on_done, me);
 *
 * Requests queue and leave in the LOOP_SUBMIT phase of this pass. Two connections are kept for the
 * urgent ones (orders, cancels), which take any other that is free besides. `done` is called once
 * per accepted request, from the loop, never from inside http_submit; it may submit more. A request
 * is never sent twice: what libcurl would retry on a fresh connection is SENT_NO_REPLY. */
#include "io/resolve.h"

struct http;
enum { HTTP_CONNECTIONS_MAX = 8, HTTP_QUEUE_MAX = 512, HTTP_HEADERS_MAX = 6 };

/* The later ones leave first. One lane is kept for cancels, one for them and orders. */
enum http_class { HTTP_OTHER, HTTP_ORDER, HTTP_CANCEL, HTTP_CLASSES };
/* Asked when a lane is free for the next request of a class. 0: it leaves now and counts as gone;
 * else it waits so many ns and is asked about again. */
typedef int64_t http_may_leave(void *context, enum http_class class);

struct http_config {
    const char *host;        /* name: for TLS and the Host header */
    uint16_t port;
    const char *ca_file;     /* PEM bundle */
    unsigned connections;    /* 3 to HTTP_CONNECTIONS_MAX */
    size_t body_max;         /* 0: MAX_HTTP_BODY */
    struct resolve *resolve; /* borrowed; looks the host up unless it is an address */
    http_may_leave *may_leave; /* NULL: at once */
    void *may_leave_context;
};

struct http_request {        /* all borrowed, copied by http_submit */
    const char *method;      /* "GET" or "POST" */
    const char *path;        /* "/api/v3/...?query": begins with '/', printable ASCII */
    const char *body;        /* POST; may hold NULs */
    size_t body_length;
    const char *bearer;      /* token without "Bearer ", or NULL */
    const char *headers[HTTP_HEADERS_MAX]; /* further "Name: value" lines, NULL-ended when fewer */
    int64_t timeout_ns;      /* from submit to the reply's last byte; required */
    enum http_class class;
    bool fresh;              /* on a new connection, to the next address where there are several */
};

/* NOT_SENT is a promise: TLS never got a byte of this request. Everything else is a doubt. */
enum http_state { HTTP_NOT_SENT, HTTP_SENT_NO_REPLY, HTTP_PARTIAL, HTTP_COMPLETE };

struct http_result {         /* borrowed, valid during the callback */
    enum http_state state;
    int status;              /* of the status line; 0: none was read */
    const char *body;        /* NUL-terminated behind body_length; "" when none */
    size_t body_length;
    int64_t rate_limit, rate_remaining, rate_reset; /* x-ratelimit-*; -1: not told */
    int64_t retry_after;     /* Retry-After in seconds; -1: not told, or a date */
    bool tried;              /* false: dropped before a connection was asked for */
    char date[40];           /* the Date header as it came; "" when none */
    char reason[128];        /* why it is not COMPLETE */
    int64_t submitted_ns, written_ns, done_ns; /* CLOCK_BOOTTIME; written 0: no byte left */
};
typedef void http_done(void *context, const struct http_result *result);

struct http_counters {
    uint64_t submitted, complete, not_sent, no_reply, partial, rejected_full;
    uint64_t bytes_in, connects, dns_failures, tls_refused;
    uint32_t queued, in_flight;
};

struct http *http_create(struct loop *loop, const struct http_config *config, struct err *err);
/* Drops what is in flight without a call. NULL is fine; not from inside a callback. */
void http_destroy(struct http *http);
/* -1: the request is malformed or the queue is full; then `done` is not called. */
int http_submit(struct http *http, const struct http_request *request, http_done *done,
                void *context, struct err *err);
/* From inside `done`: the reply was another request's. Its connection is used no more. */
void http_distrust(struct http *http);
/* Orders that wait for a lane end as NOT_SENT: after a halt, and after a 429, none may leave. */
void http_drop_orders(struct http *http, const char *reason);
/* A cheap GET of `path` on every connection that has been idle for a while, at most half of them at
 * one time, so that orders find a warm one. COMPLETE results reach `done` when it is not NULL. */
void http_warm(struct http *http, const char *path, http_done *done, void *context);
const struct http_counters *http_counters(struct http *http);
