/* Back-off, breaker and token bucket, in virtual time. */
#include "suites.h"

#include "base/breaker.h"
#include "base/bucket.h"

static const int64_t SECOND = 1000000000;

/* F26 | unit | failures in a row of two clients | full jitter under a doubling ceiling that has a
   maximum; the two do not come back together */
static void backoff_is_spread_under_a_doubling_ceiling(void **state)
{
    (void)state;
    const struct backoff backoff = {SECOND / 2, 30 * SECOND};
    struct prng one, other;
    unsigned together = 0;
    prng_seed(&one, 1);
    prng_seed(&other, 2);
    for (unsigned failures = 0; failures < 64; failures++) {
        int64_t ceiling = failures < 2 ? SECOND / 2
                          : failures < 7 ? (SECOND / 2) << (failures - 1) : 30 * SECOND;
        int64_t longest = 0;
        for (int i = 0; i < 400; i++) {
            int64_t wait = backoff_wait_ns(&backoff, failures, &one);
            assert_in_range(wait, 0, ceiling);
            together += wait == backoff_wait_ns(&backoff, failures, &other);
            longest = wait > longest ? wait : longest;
        }
        assert_true(longest > ceiling * 9 / 10); /* the whole range is used */
    }
    assert_true(together < 5);
}

static struct prng chance;

static void trip(struct breaker *breaker, int64_t now_ns)
{
    const struct backoff period = {SECOND, 8 * SECOND};
    prng_seed(&chance, 7);
    breaker_init(breaker, 3, period);
    for (int i = 0; i < 3; i++) {
        assert_true(breaker_allows(breaker));
        breaker_note(breaker, false, now_ns, &chance);
    }
    assert_false(breaker_allows(breaker));
}

static void only_failures_in_a_row_open_a_breaker(void **state)
{
    (void)state;
    struct breaker breaker;
    prng_seed(&chance, 7);
    breaker_init(&breaker, 3, (struct backoff){SECOND, 8 * SECOND});
    for (int i = 0; i < 100; i++)
        breaker_note(&breaker, i % 3 == 0, 0, &chance); /* two bad ones, a good one */
    assert_true(breaker_allows(&breaker));
    assert_int_equal(breaker.trips, 0);
    trip(&breaker, 0);
    assert_int_equal(breaker.trips, 1);
}

/* F04 | unit | an endpoint class that fails time after time | its breaker opens, one probe a period
   asks, only a good one closes it */
static void a_breaker_asks_one_probe_a_period_and_only_that_closes_it(void **state)
{
    (void)state;
    struct breaker breaker;
    int64_t now = 0, longest = 0;
    trip(&breaker, now);
    for (unsigned probe = 1; probe <= 40; probe++) {
        int64_t least = SECOND / 2, most = probe < 4 ? SECOND << (probe - 1) : 8 * SECOND;
        assert_in_range(breaker.until_ns - now, least, most);
        longest = breaker.until_ns - now > longest ? breaker.until_ns - now : longest;
        assert_false(breaker_wants_probe(&breaker, breaker.until_ns - 1));
        now = breaker.until_ns;
        assert_true(breaker_wants_probe(&breaker, now));
        assert_false(breaker_wants_probe(&breaker, now + SECOND)); /* one is under way */
        assert_false(breaker_allows(&breaker));
        breaker_note(&breaker, true, now, &chance); /* a straggler proves nothing */
        assert_false(breaker_allows(&breaker));
        breaker_note_probe(&breaker, false, now, &chance);
        assert_int_equal(breaker.state, BREAKER_OPEN);
    }
    assert_true(longest > 4 * SECOND);
    now = breaker.until_ns;
    assert_true(breaker_wants_probe(&breaker, now));
    breaker_note_probe(&breaker, true, now, &chance);
    assert_true(breaker_allows(&breaker));
    breaker_note_probe(&breaker, false, now, &chance); /* late, and not asked for */
    assert_true(breaker_allows(&breaker));
    breaker_note(&breaker, false, now, &chance); /* on trial: one failure is enough */
    assert_false(breaker_allows(&breaker));
    assert_true(breaker.until_ns - now >= 4 * SECOND); /* and the periods go on growing */
    now = breaker.until_ns;
    assert_true(breaker_wants_probe(&breaker, now));
    breaker_note_probe(&breaker, true, now, &chance);
    breaker_note(&breaker, true, now, &chance); /* proved */
    breaker_note(&breaker, false, now, &chance);
    assert_true(breaker_allows(&breaker));
    assert_int_equal(breaker.trips, 2);
}

/* AC-I1 | unit | as many places as the rate limit lets | tokens are left for reconcile queries, and
   behind them for cancels */
static void the_last_tokens_are_for_who_must_not_wait(void **state)
{
    (void)state;
    struct bucket bucket;
    unsigned places = 0, queries = 0, cancels = 0;
    bucket_init(&bucket, 30, 30, 5);
    while (bucket_take(&bucket, 10, 5))
        places++;
    while (bucket_take(&bucket, 5, 5))
        queries++;
    while (bucket_take(&bucket, 0, 5))
        cancels++;
    assert_int_equal(places, 20);
    assert_int_equal(queries, 5);
    assert_int_equal(cancels, 5);
}

static void a_bucket_fills_by_its_rate_and_not_past_its_brim(void **state)
{
    (void)state;
    struct bucket bucket;
    int64_t now = 0;
    bucket_init(&bucket, 30, 30, now);
    while (bucket_take(&bucket, 0, now))
        ;
    int64_t wait = bucket_wait_ns(&bucket, 0, now);
    assert_int_equal(wait, SECOND / 30);
    assert_false(bucket_take(&bucket, 0, now + wait - 1));
    assert_true(bucket_take(&bucket, 0, now + wait));
    assert_int_equal(bucket_level(&bucket, now + 3600 * SECOND), 30);
    assert_int_equal(bucket_level(&bucket, now), 30); /* a clock that goes back takes nothing */
    bucket_lower(&bucket, 3, now + 3600 * SECOND);
    assert_int_equal(bucket_level(&bucket, now + 3600 * SECOND), 3);
    bucket_lower(&bucket, 9, now + 3600 * SECOND);
    assert_int_equal(bucket_level(&bucket, now + 3600 * SECOND), 3);
}

int suite_restraint(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_is_spread_under_a_doubling_ceiling),
        cmocka_unit_test(only_failures_in_a_row_open_a_breaker),
        cmocka_unit_test(a_breaker_asks_one_probe_a_period_and_only_that_closes_it),
        cmocka_unit_test(the_last_tokens_are_for_who_must_not_wait),
        cmocka_unit_test(a_bucket_fills_by_its_rate_and_not_past_its_brim),
    };
    return cmocka_run_group_tests_name("restraint", tests, NULL, NULL);
}
