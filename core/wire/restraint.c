#include "wire/restraint.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"

enum {
    HOLD_MAX_S = 900,      /* longer than any ban that was seen; asked again then */
    LIMITED_SUSTAINED = 3, /* 429s without a calm between them */
    KEY_STRIKES = 3,       /* one 401 can be a token that met a clock step */
    KEY_ACCEPTED = 3,      /* before a refused key counts as taken again */
    CANCEL_STRIKE = 2,     /* a cancel that is refused twice */
};
static const int64_t SECOND_NS = 1000000000, CALM_NS = 30 * (int64_t)1000000000;
static const int64_t KEY_PATIENCE_NS = 10000000000; /* of refusals in a row, cancels apart */
static const int64_t CANCEL_SPACE_NS = 1000000000; /* one batch of 100 ids a second while held */

/* Retries that a class may have in a row, and a second: cancels have most, places none. */
static const struct { uint32_t burst, per_s; } BUDGETS[COINBASE_REQUESTS] = {
    [COINBASE_PLACE] = {1, 1}, [COINBASE_CANCEL] = {30, 5}, [COINBASE_READ] = {10, 1}};

void restraint_init(struct restraint *restraint, const struct restraint_config *config,
                    int64_t now_ns, restraint_emit *emit, void *context)
{
    CHECK(config->requests_per_s >= COINBASE_REQUESTS);
    *restraint = (struct restraint){.retry = config->retry, .emit = emit, .context = context};
    prng_seed(&restraint->prng, config->seed);
    bucket_init(&restraint->requests, config->requests_per_s, config->requests_per_s, now_ns);
    for (int i = 0; i < COINBASE_REQUESTS; i++) {
        bucket_init(&restraint->retries[i], BUDGETS[i].burst, BUDGETS[i].per_s, now_ns);
        breaker_init(&restraint->breakers[i], config->breaker_failures, config->breaker_period);
    }
}

/* ---- health ------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5)))
static void tell(struct restraint *restraint, enum health_cause cause, bool on, const char *format,
                 ...)
{
    struct event event = {.kind = EVENT_HEALTH,
                          .health = {.cause = cause, .on = on, .product = NO_PRODUCT}};
    va_list arguments;
    if (restraint->told[cause] == on)
        return;
    restraint->told[cause] = on;
    va_start(arguments, format);
    vsnprintf(event.health.text, sizeof event.health.text, format, arguments);
    va_end(arguments);
    restraint->emit(restraint->context, &event);
}

static void tell_breaker(struct restraint *restraint, enum coinbase_request class,
                         enum coinbase_error error)
{
    const struct breaker *breaker = &restraint->breakers[class];
    bool off = breaker_allows(breaker);
    if (class == COINBASE_CANCEL)
        return; /* it stops nothing: counters alone */
    tell(restraint, class == COINBASE_PLACE ? HEALTH_BREAKER_ORDERS : HEALTH_BREAKER_READS, !off,
         off ? "a read went through" : "%u in a row failed, the last: %s", breaker->threshold,
         coinbase_error_text(error));
}

/* ---- before a request leaves -------------------------------------------------------------- */

bool restraint_is_held(const struct restraint *restraint, int64_t now_ns)
{
    return now_ns < restraint->held_until_ns;
}

const char *restraint_refuses(const struct restraint *restraint, enum coinbase_request request,
                              int64_t now_ns)
{
    if (request == COINBASE_CANCEL)
        return NULL;
    if (restraint_is_held(restraint, now_ns))
        return "held: the venue's rate limit was met";
    if (!breaker_allows(&restraint->breakers[request]))
        return request == COINBASE_PLACE ? "the breaker of orders is open: they kept failing"
                                         : "the breaker of reads is open: they kept failing";
    return NULL;
}

/* Places leave a third of the tokens to the others, reads half of that to cancels. */
static uint32_t floor_of(const struct restraint *restraint, enum coinbase_request request)
{
    uint32_t capacity = restraint->requests.capacity;
    return request == COINBASE_PLACE  ? capacity / 3
           : request == COINBASE_READ ? capacity / 6
                                      : 0;
}

int64_t restraint_wait_ns(struct restraint *restraint, enum coinbase_request request,
                          int64_t now_ns)
{
    bool held = restraint_is_held(restraint, now_ns);
    if (held && request != COINBASE_CANCEL)
        return restraint->held_until_ns - now_ns;
    if (held && now_ns < restraint->cancel_next_ns)
        return restraint->cancel_next_ns - now_ns;
    uint32_t floor = floor_of(restraint, request);
    /* The venue's count may be at zero for long; it is for the venue to refuse a cancel. */
    if (!bucket_take(&restraint->requests, floor, now_ns) && !(held && request == COINBASE_CANCEL))
        return bucket_wait_ns(&restraint->requests, floor, now_ns);
    if (request == COINBASE_CANCEL)
        restraint->cancel_next_ns = now_ns + CANCEL_SPACE_NS;
    return 0;
}

/* ---- what came of it ---------------------------------------------------------------------- */

static void hold(struct restraint *restraint, int64_t seconds, int64_t now_ns)
{
    int64_t period_ns = (seconds > HOLD_MAX_S ? HOLD_MAX_S : seconds) * SECOND_NS;
    /* A little late on purpose: everybody who was told the same second comes back at it. */
    period_ns += (int64_t)prng_below(&restraint->prng, (uint64_t)(period_ns / 8) + 1);
    if (now_ns + period_ns > restraint->held_until_ns)
        restraint->held_until_ns = now_ns + period_ns;
}

static void note_limited(struct restraint *restraint, const struct restraint_limits *limits,
                         int64_t now_ns)
{
    int64_t told = limits->retry_after > 0 ? limits->retry_after : limits->reset;
    unsigned in_row = restraint->limited_in_row < 6 ? restraint->limited_in_row : 6;
    restraint->counters.rate_limited++;
    restraint->limited_in_row++;
    restraint->limited_ns = now_ns;
    hold(restraint, told > 0 ? told : (int64_t)1 << in_row, now_ns);
    if (restraint->limited_in_row >= LIMITED_SUSTAINED)
        tell(restraint, HEALTH_RATE_LIMITED, true, "%u answers of 429 or 418 without a calm",
             restraint->limited_in_row);
}

static void note_limits(struct restraint *restraint, const struct restraint_limits *limits,
                        int64_t now_ns)
{
    if (limits->remaining < 0)
        return;
    if (limits->remaining < restraint->requests.capacity)
        bucket_lower(&restraint->requests, (uint32_t)limits->remaining, now_ns);
    if (limits->remaining == 0 && limits->reset > 0)
        hold(restraint, limits->reset, now_ns);
}

/* A wave of 401 that passes is the venue's own: only what lasts, or stops a cancel, is the key. */
static bool is_lasting(const struct restraint *restraint, enum coinbase_request request,
                       int64_t now_ns)
{
    if (request == COINBASE_CANCEL)
        return restraint->strikes[request] >= CANCEL_STRIKE;
    return restraint->strikes[request] >= KEY_STRIKES &&
           now_ns - restraint->struck_ns[request] >= KEY_PATIENCE_NS;
}

static void note_refused_key(struct restraint *restraint, enum coinbase_request request,
                             enum coinbase_error error, int64_t now_ns)
{
    static const char *const NAMES[COINBASE_REQUESTS] = {"places", "cancels", "reads"};
    restraint->counters.key_refused++;
    restraint->accepted = 0;
    if (restraint->strikes[request]++ == 0)
        restraint->struck_ns[request] = now_ns;
    if (is_lasting(restraint, request, now_ns))
        tell(restraint, HEALTH_KEY_REFUSED, true, "%u %s in a row: %s",
             restraint->strikes[request], NAMES[request], coinbase_error_text(error));
}

/* Back only after several replies, and when no class is refused any more: no flapping. */
static void note_accepted_key(struct restraint *restraint, enum coinbase_request request)
{
    unsigned strikes = 0;
    restraint->strikes[request] = 0;
    for (int i = 0; i < COINBASE_REQUESTS; i++)
        strikes += restraint->strikes[i];
    if (strikes == 0 && ++restraint->accepted >= KEY_ACCEPTED)
        tell(restraint, HEALTH_KEY_REFUSED, false, "the key is taken again");
}

static void note_key(struct restraint *restraint, enum coinbase_request request,
                     enum coinbase_error error, int64_t now_ns)
{
    if (coinbase_error_fate(error, request) == FATE_FATAL)
        note_refused_key(restraint, request, error, now_ns);
    else if (error == ERROR_NONE || error == ERROR_BAD_REQUEST)
        note_accepted_key(restraint, request);
}

void restraint_note(struct restraint *restraint, enum coinbase_request request,
                    enum coinbase_error error, const struct restraint_limits *limits,
                    int64_t now_ns)
{
    note_limits(restraint, limits, now_ns);
    if (error == ERROR_RATE || error == ERROR_BUSY)
        note_limited(restraint, limits, now_ns);
    note_key(restraint, request, error, now_ns);
    breaker_note(&restraint->breakers[request], coinbase_error_is_alive(error), now_ns,
                 &restraint->prng);
    tell_breaker(restraint, request, error);
}

/* ---- again -------------------------------------------------------------------------------- */

/* A refused token is worth a second one: the first may have met a step of the clock. */
static bool is_worth_it(enum coinbase_request request, enum coinbase_error error)
{
    return request != COINBASE_PLACE &&
           (coinbase_error_fate(error, request) == FATE_RETRYABLE || error == ERROR_KEY);
}

bool restraint_may_retry(struct restraint *restraint, enum coinbase_request request,
                         enum coinbase_error error, int64_t now_ns)
{
    if (!is_worth_it(request, error) || restraint_refuses(restraint, request, now_ns))
        return false;
    bool granted = bucket_take(&restraint->retries[request], 0, now_ns);
    restraint->counters.retries[request] += granted;
    restraint->counters.retries_denied += !granted;
    return granted;
}

int64_t restraint_backoff_ns(struct restraint *restraint, unsigned failures)
{
    return backoff_wait_ns(&restraint->retry, failures, &restraint->prng);
}

/* ---- probes and time ---------------------------------------------------------------------- */

bool restraint_wants_probe(struct restraint *restraint, int64_t now_ns,
                           enum coinbase_request *ret_class)
{
    if (restraint_is_held(restraint, now_ns))
        return false;
    for (int i = 0; i < COINBASE_REQUESTS; i++)
        if (breaker_wants_probe(&restraint->breakers[i], now_ns)) {
            *ret_class = (enum coinbase_request)i;
            restraint->counters.probes++;
            return true;
        }
    return false;
}

void restraint_note_probe(struct restraint *restraint, enum coinbase_request class,
                          enum coinbase_error error, int64_t now_ns)
{
    breaker_note_probe(&restraint->breakers[class], error == ERROR_NONE, now_ns,
                       &restraint->prng);
    tell_breaker(restraint, class, error);
}

void restraint_tick(struct restraint *restraint, int64_t now_ns)
{
    int64_t from_ns = restraint->limited_ns > restraint->held_until_ns ? restraint->limited_ns
                                                                       : restraint->held_until_ns;
    if (restraint->limited_in_row == 0 || now_ns - from_ns < CALM_NS)
        return;
    restraint->limited_in_row = 0;
    tell(restraint, HEALTH_RATE_LIMITED, false, "no 429 for half a minute");
}
