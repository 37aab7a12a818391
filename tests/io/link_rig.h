#pragma once
/* A scripted venue on three TLS ports (REST, market, user) and a link that talks to it. The modes
 * are set before start_link or start_rig; the counters are written by the peers' threads. Every
 * event that reaches the engine's queue is kept, in order. */
#include <stdatomic.h>

#include "io/link.h"
#include "peer.h"
#include "suites.h"

enum { EVENTS_KEPT = 4096, EVENT_KINDS = EVENT_HEALTH + 1 };

enum stream_mode { STREAM_GOOD, STREAM_NO_ACK, STREAM_PART_ACK,
                   STREAM_ERROR, STREAM_GARBAGE, STREAM_FLOOD,
                   STREAM_NO_HEART /* books for ever, one heartbeat */ };
enum list_mode { LIST_GOOD, LIST_SAME_CURSOR, LIST_SECOND_FAILS, LIST_CUT,
                 LIST_CIRCLE,     /* c1, c2, c3, c1, ... */
                 LIST_HICCUPS,    /* each page fails once, in another way each time */
                 LIST_OVERLAPS    /* the second page begins with the first one's last order */ };
enum cancel_mode { CANCEL_GOOD, CANCEL_PARTLY, CANCEL_LOST, CANCEL_LOST_ONCE,
                   CANCEL_UNAUTHORISED };
enum order_mode { ORDER_TAKEN, ORDER_REJECTED, ORDER_HTML, ORDER_CUT, ORDER_GONE, ORDER_OTHER,
                  ORDER_LIMITED, ORDER_PACKED };

struct venue {
    enum stream_mode stream[STREAM_COUNT];
    enum list_mode list;
    enum cancel_mode cancel;
    enum order_mode order;
    int64_t skew_s;
    bool limited; /* 429 on every list */
    bool intraday; /* opted in, and its rules hold; else nobody knows these paths */
    atomic_bool delisted; /* the CDE product is gone from the lists */
    atomic_uint subscriptions[STREAM_COUNT], tokens_good, tokens_bad, cancel_posts, portfolios;
    atomic_uint cancel_most; /* ids in one post */
    atomic_uint cancel_same_way, order_same_way; /* on a connection that had brought one before */
    atomic_uint pages, probes;
    atomic_bool sick; /* orders end in 502, probes too */
    atomic_bool timeless; /* nobody knows the venue's time */
    atomic_uint products, times, orders, legacy_good, legacy_bad;
};

struct rig {
    struct venue venue;
    struct peer *rest, *streams[STREAM_COUNT];
    struct loop *loop;
    struct catalog catalog;
    struct sign_key *key;
    struct event_queue *queue;
    struct link *link;
    struct event events[EVENTS_KEPT];
    unsigned count, counts[EVENT_KINDS];
    bool (*enough)(void);
    bool stop_draining;
    bool rest_closed; /* nobody listens there */
    bool legacy;      /* an HMAC key */
    bool keyless;     /* none: as of a paper run */
    int64_t stale_after_ns, spec_refresh_ns, spec_stale_ns, skew_every_ns; /* 0: long */
    unsigned found;
    char error[200];
};
extern struct rig *rig;

int make_rig(void **state);
int end_rig(void **state);
#define RIGGED(test) cmocka_unit_test_setup_teardown(test, make_rig, end_rig)

void fill_catalog(void);
void start_rig(size_t queue_bytes); /* a link that was created, not started */
void start_link(void);              /* both, with the catalog filled */
void place(unsigned number); /* an approved order whose id ends in number + 1 */
void run_until(bool (*enough)(void)); /* asked once per pass */

const struct event *find(enum event_kind kind, unsigned nth); /* NULL: there are fewer */
unsigned count_links(enum stream kind, bool up);
void check_order_of_links(void);
