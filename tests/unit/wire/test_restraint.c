/* How hard the venue is asked, in virtual time. */
#include <string.h>

#include "suites.h"
#include "wire/restraint.h"

static const int64_t SECOND = 1000000000;
static const struct restraint_limits NOT_TOLD = {-1, -1, -1};

static struct restraint restraint;
static struct event said[32];
static unsigned said_count;
static int64_t now;

static void keep(void *context, const struct event *event)
{
    (void)context;
    assert_true(said_count < 32);
    assert_int_equal(event->kind, EVENT_HEALTH);
    said[said_count++] = *event;
}

static int make(void **state)
{
    const struct restraint_config config = {.requests_per_s = 30, .breaker_failures = 5,
                                            .breaker_period = {SECOND, 30 * SECOND},
                                            .retry = {SECOND / 4, 8 * SECOND}, .seed = 3};
    (void)state;
    now = 1000 * SECOND;
    said_count = 0;
    restraint_init(&restraint, &config, now, keep, NULL);
    return 0;
}

static void note(enum coinbase_request request, enum coinbase_error error, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        restraint_note(&restraint, request, error, &NOT_TOLD, now);
}

static bool is_on(enum health_cause cause)
{
    bool on = false;
    for (unsigned i = 0; i < said_count; i++)
        if (said[i].health.cause == cause)
            on = said[i].health.on;
    return on;
}

static unsigned leave_at_once(enum coinbase_request request)
{
    unsigned count = 0;
    while (restraint_wait_ns(&restraint, request, now) == 0)
        count++;
    return count;
}

/* AC-I1 | unit | places and reads by the hundred | cancels still have tokens, then reads, and all
   wait for the bucket to fill, not for ever */
static void cancels_have_tokens_after_everybody_else(void **state)
{
    (void)state;
    assert_int_equal(leave_at_once(COINBASE_PLACE), 20);
    assert_int_equal(leave_at_once(COINBASE_READ), 5);
    assert_int_equal(leave_at_once(COINBASE_CANCEL), 5);
    for (int i = 0; i < COINBASE_REQUESTS; i++)
        assert_in_range(restraint_wait_ns(&restraint, (enum coinbase_request)i, now), 1, SECOND);
    now += SECOND;
    assert_int_equal(leave_at_once(COINBASE_PLACE), 20);
}

/* AC-I1 | unit | x-ratelimit-remaining below our own count, then zero with a reset | our count
   follows; at zero all but cancels wait for the reset */
static void the_venues_own_count_is_followed(void **state)
{
    (void)state;
    struct restraint_limits limits = {.remaining = 12, .reset = -1, .retry_after = -1};
    restraint_note(&restraint, COINBASE_READ, ERROR_NONE, &limits, now);
    assert_int_equal(leave_at_once(COINBASE_PLACE), 2);
    limits = (struct restraint_limits){.remaining = 0, .reset = 4, .retry_after = -1};
    restraint_note(&restraint, COINBASE_READ, ERROR_NONE, &limits, now);
    assert_true(restraint_wait_ns(&restraint, COINBASE_READ, now) >= 4 * SECOND);
    assert_int_equal(restraint_wait_ns(&restraint, COINBASE_CANCEL, now), 0);
    assert_int_equal(said_count, 0);
}

/* F08 | unit | 429 with Retry-After, 418 without | places and reads are refused for that period and
   an eighth at most; cancels go on, one batch a second */
static void a_429_stops_its_callers_for_as_long_as_it_says(void **state)
{
    (void)state;
    const struct restraint_limits limits = {.remaining = -1, .reset = 2, .retry_after = 40};
    restraint_note(&restraint, COINBASE_PLACE, ERROR_RATE, &limits, now);
    int64_t from = now, cancels = 0;
    for (; restraint_refuses(&restraint, COINBASE_PLACE, now); now += SECOND / 10) {
        assert_non_null(restraint_refuses(&restraint, COINBASE_READ, now));
        assert_null(restraint_refuses(&restraint, COINBASE_CANCEL, now));
        cancels += leave_at_once(COINBASE_CANCEL);
    }
    assert_in_range(now - from, 40 * SECOND, 46 * SECOND);
    assert_in_range(cancels, 40, 47);
    note(COINBASE_READ, ERROR_BUSY, 1);
    assert_non_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
}

/* F08 | unit | two clients are told the same Retry-After; a shorter one follows | they do not come
   back at the same moment, and the longer one stands */
static void who_was_told_the_same_second_does_not_come_back_at_it(void **state)
{
    const struct restraint_limits long_one = {.remaining = -1, .reset = -1, .retry_after = 600};
    const struct restraint_limits short_one = {.remaining = -1, .reset = -1, .retry_after = 1};
    (void)state;
    int64_t waits[2];
    for (int i = 0; i < 2; i++) {
        make(NULL);
        prng_seed(&restraint.prng, 40 + (uint64_t)i);
        restraint_note(&restraint, COINBASE_PLACE, ERROR_RATE, &long_one, now);
        waits[i] = restraint_wait_ns(&restraint, COINBASE_PLACE, now);
        restraint_note(&restraint, COINBASE_PLACE, ERROR_RATE, &short_one, now);
        assert_int_equal(restraint_wait_ns(&restraint, COINBASE_PLACE, now), waits[i]);
    }
    assert_int_not_equal(waits[0], waits[1]);
}

/* AC-I1 | unit | 429 again and again, then calm | rate_limited comes on at the third, goes off
   after half a minute without; each unexplained hold is longer than the one before */
static void sustained_429s_are_told_once_on_and_once_off(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int i = 0; i < 6; i++) {
        note(COINBASE_READ, ERROR_RATE, 1);
        assert_int_equal(is_on(HEALTH_RATE_LIMITED), i >= 2);
        int64_t held = restraint_wait_ns(&restraint, COINBASE_READ, now);
        assert_true(held > before);
        before = held;
        now += held;
    }
    assert_int_equal(said_count, 1);
    restraint_tick(&restraint, now + 29 * SECOND);
    assert_true(is_on(HEALTH_RATE_LIMITED));
    restraint_tick(&restraint, now + 30 * SECOND);
    assert_false(is_on(HEALTH_RATE_LIMITED));
    assert_int_equal(said_count, 2);
}

/* F04 | unit | places keep failing | no place leaves, reads and cancels do; one GET a period asks,
   and places go on after it */
static void the_breaker_of_orders_stops_places_alone(void **state)
{
    enum coinbase_request class;
    (void)state;
    note(COINBASE_PLACE, ERROR_SERVER, 4);
    assert_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    note(COINBASE_PLACE, ERROR_NO_REPLY, 1);
    assert_true(is_on(HEALTH_BREAKER_ORDERS));
    assert_non_null(strstr(said[0].health.text, "5 in a row"));
    assert_non_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    assert_null(restraint_refuses(&restraint, COINBASE_READ, now));
    assert_null(restraint_refuses(&restraint, COINBASE_CANCEL, now));
    assert_false(restraint_wants_probe(&restraint, now, &class));
    now += SECOND;
    assert_true(restraint_wants_probe(&restraint, now, &class));
    assert_int_equal(class, COINBASE_PLACE);
    assert_non_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    restraint_note_probe(&restraint, class, ERROR_NONE, now);
    assert_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    assert_false(is_on(HEALTH_BREAKER_ORDERS));
}

/* F04 | unit | the read that probes fails too, and the venue asks us to wait | no place leaves, and
   no probe either before it may */
static void a_probe_that_fails_closes_nothing(void **state)
{
    const struct restraint_limits limits = {.remaining = -1, .reset = -1, .retry_after = 50};
    enum coinbase_request class;
    (void)state;
    note(COINBASE_PLACE, ERROR_SERVER, 5);
    now += SECOND;
    assert_true(restraint_wants_probe(&restraint, now, &class));
    restraint_note_probe(&restraint, class, ERROR_SERVER, now);
    assert_non_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    assert_true(is_on(HEALTH_BREAKER_ORDERS));
    restraint_note(&restraint, COINBASE_READ, ERROR_RATE, &limits, now);
    assert_false(restraint_wants_probe(&restraint, now + 49 * SECOND, &class));
    assert_true(restraint_wants_probe(&restraint, now + 58 * SECOND, &class));
}

static void the_breaker_of_cancels_stops_nothing(void **state)
{
    (void)state;
    note(COINBASE_CANCEL, ERROR_SERVER, 50);
    assert_int_equal(restraint.breakers[COINBASE_CANCEL].state, BREAKER_OPEN);
    assert_null(restraint_refuses(&restraint, COINBASE_CANCEL, now));
    assert_int_equal(restraint_wait_ns(&restraint, COINBASE_CANCEL, now), 0);
    assert_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    assert_int_equal(said_count, 0);
}

static void reads_that_fail_open_their_own_breaker(void **state)
{
    (void)state;
    note(COINBASE_READ, ERROR_NOT_SENT, 5);
    assert_true(is_on(HEALTH_BREAKER_READS));
    assert_non_null(restraint_refuses(&restraint, COINBASE_READ, now));
    assert_null(restraint_refuses(&restraint, COINBASE_PLACE, now));
    assert_false(restraint_may_retry(&restraint, COINBASE_READ, ERROR_SERVER, now));
}

/* F09 | unit | every error, for every class | a place is never retried; reads and cancels are,
   within budgets that do not touch each other */
static void retries_have_budgets_and_places_none(void **state)
{
    unsigned reads = 0, cancels = 0;
    (void)state;
    for (int error = 0; error < COINBASE_ERROR_COUNT; error++)
        assert_false(restraint_may_retry(&restraint, COINBASE_PLACE, (enum coinbase_error)error,
                                         now));
    while (restraint_may_retry(&restraint, COINBASE_READ, ERROR_SERVER, now))
        reads++;
    while (restraint_may_retry(&restraint, COINBASE_CANCEL, ERROR_NO_REPLY, now))
        cancels++;
    assert_int_equal(reads, 10);
    assert_int_equal(cancels, 30);
    assert_false(restraint_may_retry(&restraint, COINBASE_READ, ERROR_BAD_REQUEST, now + SECOND));
    assert_true(restraint_may_retry(&restraint, COINBASE_READ, ERROR_KEY, now + SECOND));
    assert_false(restraint_may_retry(&restraint, COINBASE_CANCEL, ERROR_SCOPE, now + SECOND));
    for (unsigned i = 1; i < 20; i++)
        assert_in_range(restraint_backoff_ns(&restraint, i), 0, 8 * SECOND);
}

/* F67 | unit | one 401 | nothing is said: its token may have met a step of the clock */
/* F67 | unit | three reads refused within a moment, then answered | nothing is said: a wave */
/* F67 | unit | 401 for two cancels in a row, or for places for 10 s | key_refused, once */
/* F67 | unit | places refused while reads are answered, then all answered | the key does not flap:
   off after three replies with no class refused */
static void a_refused_key_is_told_after_a_wave_and_does_not_flap(void **state)
{
    (void)state;
    note(COINBASE_CANCEL, ERROR_KEY, 1);
    note(COINBASE_CANCEL, ERROR_NONE, 1);
    note(COINBASE_READ, ERROR_KEY, 4);
    note(COINBASE_READ, ERROR_DOOR, 5); /* a proxy's page is not the venue's word */
    now += 11 * SECOND;
    note(COINBASE_PLACE, ERROR_KEY, 1);
    now += 11 * SECOND;
    note(COINBASE_PLACE, ERROR_KEY, 1); /* two in all that time are no wave and no lasting no */
    assert_false(is_on(HEALTH_KEY_REFUSED));
    note(COINBASE_READ, ERROR_NONE, 1);
    note(COINBASE_CANCEL, ERROR_KEY, 2);
    assert_true(is_on(HEALTH_KEY_REFUSED));
    make(NULL);
    for (int i = 0; i < 3; i++) {
        note(COINBASE_PLACE, ERROR_SCOPE, 1);
        note(COINBASE_READ, ERROR_NONE, 4);
        assert_false(is_on(HEALTH_KEY_REFUSED));
        now += 4 * SECOND;
    }
    note(COINBASE_PLACE, ERROR_SCOPE, 1);
    assert_true(is_on(HEALTH_KEY_REFUSED));
    note(COINBASE_READ, ERROR_NONE, 50);
    assert_true(is_on(HEALTH_KEY_REFUSED));
    note(COINBASE_PLACE, ERROR_NONE, 1);
    note(COINBASE_PLACE, ERROR_SCOPE, 1);
    note(COINBASE_PLACE, ERROR_NONE, 2);
    assert_true(is_on(HEALTH_KEY_REFUSED));
    note(COINBASE_PLACE, ERROR_NONE, 1);
    assert_false(is_on(HEALTH_KEY_REFUSED));
    assert_int_equal(said_count, 2);
}

#define RESTRAINT_TEST(test) cmocka_unit_test_setup(test, make)

int suite_restraint(void)
{
    const struct CMUnitTest tests[] = {
        RESTRAINT_TEST(cancels_have_tokens_after_everybody_else),
        RESTRAINT_TEST(the_venues_own_count_is_followed),
        RESTRAINT_TEST(a_429_stops_its_callers_for_as_long_as_it_says),
        RESTRAINT_TEST(who_was_told_the_same_second_does_not_come_back_at_it),
        RESTRAINT_TEST(sustained_429s_are_told_once_on_and_once_off),
        RESTRAINT_TEST(the_breaker_of_orders_stops_places_alone),
        RESTRAINT_TEST(a_probe_that_fails_closes_nothing),
        RESTRAINT_TEST(the_breaker_of_cancels_stops_nothing),
        RESTRAINT_TEST(reads_that_fail_open_their_own_breaker),
        RESTRAINT_TEST(retries_have_budgets_and_places_none),
        RESTRAINT_TEST(a_refused_key_is_told_after_a_wave_and_does_not_flap),
    };
    return cmocka_run_group_tests_name("restraint", tests, NULL, NULL);
}
