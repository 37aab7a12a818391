#pragma once
/* WebSocket clients over TLS that stay up: connect, watch, back off with full jitter, again.
 *
 *     struct ws_hub *hub = ws_hub_create(loop, resolve, ca_file, &err);     one per process
 *     struct ws *ws = ws_create(hub, &config, &handler, &err);
 *     ws_open(ws);
 *
 *     CLOSED --ws_open--> WAITING --back-off over--> RESOLVING --> CONNECTING --> OPEN
 *        ^                   ^                                                   |
 *        +---- ws_close -----+------ error, watchdog, peer's close, ws_reset ----+
 *
 * Text messages arrive whole (at most MAX_WS_MESSAGE), valid until the callback returns. A binary
 * frame, a message too long, and silence past `silence_ns` end the connection, not the process.
 * Callbacks may call ws_send_text, ws_reset and ws_close, but not ws_destroy. No deflate, no
 * timer of the library's own: both are broken on this loop in Debian 12's libwebsockets. */
#include "io/loop.h"
#include "io/resolve.h"

struct ws_hub;
struct ws;
enum { WS_SEND_MAX = 64 * 1024, WS_REASON_MAX = 96 };

struct ws_config {
    const char *host;             /* for TLS, SNI and the Host header; a name or an address */
    uint16_t port;
    const char *path;             /* "/" */
    int64_t connect_timeout_ns;   /* from look-up to the upgrade's reply */
    int64_t silence_ns;           /* without any message: dead */
    int64_t ping_ns;              /* 0: none */
    int64_t backoff_min_ns, backoff_max_ns;
    uint64_t seed;                /* of the jitter */
};
struct ws_handler {
    void *context;
    void (*on_open)(void *context);
    /* `readable_ns`: when the loop saw the socket readable (CLOCK_BOOTTIME). */
    void (*on_text)(void *context, const char *text, size_t length, int64_t readable_ns);
    /* Once for each on_open, and for each attempt that failed before it. */
    void (*on_closed)(void *context, const char *reason);
};
struct ws_counters { uint64_t messages, bytes, connects, failures, binary_dropped; };
enum ws_state { WS_CLOSED, WS_WAITING, WS_RESOLVING, WS_CONNECTING, WS_OPEN };

struct ws_hub *ws_hub_create(struct loop *loop, struct resolve *resolve, const char *ca_file,
                             struct err *err);
void ws_hub_destroy(struct ws_hub *hub); /* after its clients */
struct ws *ws_create(struct ws_hub *hub, const struct ws_config *config,
                     const struct ws_handler *handler, struct err *err);
void ws_destroy(struct ws *ws);  /* silently; NULL is fine; not from inside a callback */

void ws_open(struct ws *ws);     /* the first attempt starts at once */
void ws_close(struct ws *ws);    /* stays closed until ws_open; on_closed follows when it was up */
/* Drops the connection and backs off. Ten seconds of life forgive the failures before. */
void ws_reset(struct ws *ws, const char *reason);
/* -1: not open, or more than WS_SEND_MAX bytes are waiting. */
int ws_send_text(struct ws *ws, const char *text, size_t length);
enum ws_state ws_state(const struct ws *ws);
const struct ws_counters *ws_counters(const struct ws *ws);
