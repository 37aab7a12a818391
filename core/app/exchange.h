#pragma once
/* moongate-exchange: a loopback Coinbase Advanced. One TLS port on 127.0.0.1 serves REST and the
 * WebSocket; the venue behind it is sim/venue_sim. This header is what its files share.
 *
 *     exchange_http.c   lws HTTP callbacks -> exchange_faults_answer -> exchange_rest_answer
 *     exchange_ws.c     lws WebSocket callbacks -> exchange_feed -> exchange_session
 *
 * A request or frame meets the rules of exchange_faults once, where it is answered or sent. */
#include "base/buf.h"
#include "base/err.h"
#include "sim/venue_fault.h"
#include "sim/venue_sim.h"
#include "wire/json_write.h"

struct ev_loop;
struct lws;
struct lws_context;

enum {
    EXCHANGE_BODY_MAX = 1024 * 1024,       /* a request; orders are under 1 KB */
    EXCHANGE_REPLY_MAX = 64 * 1024 * 1024, /* a reply or frame; a full order list is the largest */
    EXCHANGE_ARGS_MAX = 64,                /* query parameters of one request */
};

/* PENDING to OPEN, and CANCEL_QUEUED to CANCELLED, when nothing is wrong. */
static const int64_t EXCHANGE_ACCEPT_NS = 2000000, EXCHANGE_CANCEL_NS = 4000000;

struct exchange_options {
    int port; /* 0: any free one */
    const char *port_file, *cert_file, *key_file, *keys_file, *tape_file, *state_file,
        *faults_file, *control_path;
    uint64_t seed;
    struct ratio speed, fee_maker, fee_taker;
    struct money cash_usd, cash_usdc;
    uint32_t rate_private, rate_public; /* requests a second; 0: no limit */
    int64_t visible_delay_ns;           /* a new order cannot be read for that long */
    enum venue_session session;
    bool reject_replay;                 /* a token's nonce is good once */
    int64_t intraday_ns; /* intraday margin holds from the start on; 0: not opted in */
};

/* 0: go on; 1: help was printed; -1: err says which argument is wrong and what it may be. */
int exchange_options_read(int argc, char **argv, struct exchange_options *ret, struct err *err);

/* What of a product's record is not as it was listed. */
struct exchange_listing {
    bool flags[VENUE_LISTING_TICK];
    struct price tick;    /* 0: as listed */
    struct size minimum;
};

struct exchange {
    struct exchange_options options;
    struct ev_loop *loop;
    struct lws_context *context;
    struct tape *tape;            /* owned */
    struct venue_sim *venue;      /* owned */
    struct exchange_keys *keys;   /* owned */
    struct exchange_feed *feed;   /* owned */
    struct exchange_cache *cache; /* owned: public replies, 1 s */
    struct exchange_faults *faults;   /* owned */
    struct exchange_control *control; /* owned; NULL: no --control */
    int64_t started_ns;           /* wall */
    uint64_t account_version, saved_version; /* the state file is behind when they differ */
    uint64_t sequence;            /* of account changes, shown by the order list */
    struct exchange_listing listings[VENUE_PRODUCTS];
    int64_t skew_ns;              /* how wrong its clock is */
    struct exchange_call *parked; /* its reply waits to be swapped with another's */
    void *tls;                    /* borrowed from the socket library: OpenSSL's context */
};

/* The account's names, the same in every run so that notes and logs can be compared. */
#define EXCHANGE_USER "5f3c1a52-8d0e-4c9b-9a54-0c8a3e6f1b20"
#define EXCHANGE_PORTFOLIO "a7d1f2c8-3b64-4e0f-8f5a-6c2b9d4e7a10"
#define EXCHANGE_INTX_PORTFOLIO "c2e9b7d4-51a6-4d3c-b8e7-1f0a6d5c4b30"

int64_t exchange_wall_ns(void);
int64_t exchange_clock_ns(const struct exchange *exchange); /* as the venue shows it */
/* RFC 3339 with nine fractional digits, as WebSocket frames show it. */
void exchange_time_ns(int64_t unix_ns, char out[48]);

/* exchange_state.c: the account in a file, replaced as a whole or not at all */
int exchange_state_load(struct exchange *exchange, struct err *err); /* no file: a new account */
int exchange_state_save(struct exchange *exchange, struct err *err);
int exchange_file_read(const char *path, size_t maximum, struct buf *ret, struct err *err);
int exchange_file_write(const char *path, const char *bytes, size_t length, struct err *err);

/* exchange_server.c: the listening socket and the protocol's callback. Returns the port or -1. */
int exchange_server_open(struct exchange *exchange, struct err *err);
void exchange_server_close(struct exchange *exchange);
/* What new connections see; NULL: that of --cert. Its key is that of --key. */
void exchange_server_set_certificate(struct exchange *exchange, const char *path);
