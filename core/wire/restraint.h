#pragma once
/* How hard the venue may be asked, and when not at all: its rate limits, retry budgets, a circuit
 * breaker for each class of request, and whether it still takes the key. Pure, time is an argument.
 *
 *     why = restraint_refuses(&restraint, COINBASE_PLACE, now_ns);     NULL: it may be queued
 *     wait_ns = restraint_wait_ns(&restraint, COINBASE_PLACE, now_ns); 0: it leaves now
 *     restraint_note(&restraint, COINBASE_PLACE, error, &limits, now_ns);  what came of it
 *     if (restraint_may_retry(&restraint, COINBASE_READ, error, now_ns)) again after
 *         restraint_backoff_ns(&restraint, failures);
 *     if (restraint_wants_probe(&restraint, now_ns, &request)) one GET, restraint_note_probe
 *     restraint_tick(&restraint, now_ns);                              each second
 *
 * A cancel is never refused: no breaker and no hold stops one, they only space it. Places are never
 * retried here. What changes is said as EVENT_HEALTH, once for on and once for off. */
#include "base/breaker.h"
#include "base/bucket.h"
#include "model/event.h"
#include "wire/coinbase_errors.h"

struct restraint_config {
    uint32_t requests_per_s;        /* the venue's limit; also what may leave at one time */
    unsigned breaker_failures;      /* in a row */
    struct backoff breaker_period, retry;
    uint64_t seed;
};
/* As the venue's headers tell them; -1: not told. Reset and retry are seconds from now. */
struct restraint_limits { int64_t remaining, reset, retry_after; };
typedef void restraint_emit(void *context, const struct event *event);

struct restraint_counters {
    uint64_t rate_limited, key_refused, retries[COINBASE_REQUESTS], retries_denied, probes;
};

struct restraint {
    struct prng prng;
    struct backoff retry;
    struct bucket requests, retries[COINBASE_REQUESTS];
    struct breaker breakers[COINBASE_REQUESTS];
    int64_t held_until_ns, cancel_next_ns, limited_ns;
    unsigned limited_in_row;
    unsigned strikes[COINBASE_REQUESTS], accepted; /* the key: refusals, then replies in a row */
    int64_t struck_ns[COINBASE_REQUESTS];          /* the first of those refusals */
    bool told[HEALTH_CAUSE_COUNT];
    restraint_emit *emit;
    void *context;
    struct restraint_counters counters;
};

void restraint_init(struct restraint *restraint, const struct restraint_config *config,
                    int64_t now_ns, restraint_emit *emit, void *context);
const char *restraint_refuses(const struct restraint *restraint, enum coinbase_request request,
                              int64_t now_ns);
/* Takes a token when it returns 0. */
int64_t restraint_wait_ns(struct restraint *restraint, enum coinbase_request request,
                          int64_t now_ns);
void restraint_note(struct restraint *restraint, enum coinbase_request request,
                    enum coinbase_error error, const struct restraint_limits *limits,
                    int64_t now_ns);
/* Takes from the class's budget when true. */
bool restraint_may_retry(struct restraint *restraint, enum coinbase_request request,
                         enum coinbase_error error, int64_t now_ns);
int64_t restraint_backoff_ns(struct restraint *restraint, unsigned failures);
bool restraint_wants_probe(struct restraint *restraint, int64_t now_ns,
                           enum coinbase_request *ret_class);
void restraint_note_probe(struct restraint *restraint, enum coinbase_request class,
                          enum coinbase_error error, int64_t now_ns);
void restraint_tick(struct restraint *restraint, int64_t now_ns);
bool restraint_is_held(const struct restraint *restraint, int64_t now_ns);
