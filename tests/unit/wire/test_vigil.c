/* The watcher's mind, in virtual time, and the host's sign of life. */
#include <string.h>

#include "suites.h"
#include "wire/vigil.h"

static const int64_t SECOND = 1000000000, TENTH = 100000000;
static const struct beat HOST = {.run = 0xc0ffee01, .owner_tag = 7, .pid = 42};

static struct vigil vigil;
static int64_t now, answers_ns; /* answers_ns: what the venue takes for each */

static int make(void **state)
{
    const struct vigil_config config = {.after_ns = 4 * SECOND, .check_every_ns = 20 * SECOND,
                                        .seed = 5};
    (void)state;
    now = 1000 * SECOND;
    answers_ns = 0;
    vigil_init(&vigil, &config, now);
    assert_int_equal(vigil_step(&vigil, now), VIGIL_CHECK);
    vigil_checked(&vigil, true, now);
    return 0;
}

static bool beat(int64_t at_ns)
{
    struct beat it = HOST;
    it.at_ns = at_ns;
    return vigil_beat(&vigil, &it, now);
}

/* The first act within that time, which moves on by tenths of a second. */
static enum vigil_act act_within(int64_t period_ns)
{
    enum vigil_act act;
    for (int64_t until = now + period_ns; (act = vigil_step(&vigil, now)) == VIGIL_WAIT;
         now += TENTH)
        if (now >= until)
            return VIGIL_WAIT;
    return act;
}

static void fall_silent(void)
{
    assert_true(beat(now));
    assert_int_equal(act_within(5 * SECOND), VIGIL_LOOK);
    vigil_looked(&vigil, false, now);
}

static void list(bool complete, uint32_t own_open)
{
    assert_int_equal(act_within(2 * SECOND), VIGIL_LIST);
    now += answers_ns;
    vigil_listed(&vigil, complete, own_open, now);
}

static void cancel(bool heard)
{
    assert_int_equal(act_within(0), VIGIL_CANCEL);
    now += answers_ns;
    vigil_cancelled(&vigil, heard, now);
}

/* AC-E4 | unit | no host was ever started | nothing is done but the key looked after */
static void no_host_no_act(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        int64_t from = now;
        assert_int_equal(act_within(60 * SECOND), VIGIL_CHECK);
        assert_true(now - from == 20 * SECOND || i == 0);
        vigil_checked(&vigil, true, now);
    }
    assert_int_equal(vigil.state, VIGIL_IDLE);
}

/* AC-E4 | unit | a host that is heard, then silent for four seconds; each answer of the venue takes
   half a second | its orders are listed and cancelled until two whole lists show none, all within
   ten seconds of its last sign of life */
static void a_silent_host_is_cleaned_up_behind(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++, now += SECOND / 2) {
        assert_true(beat(now));
        assert_true(vigil_step(&vigil, now) != VIGIL_LOOK);
    }
    int64_t died = vigil.heard_ns;
    vigil.checking = true; /* and its answer never comes: that holds up nothing */
    assert_int_equal(act_within(5 * SECOND), VIGIL_LOOK);
    assert_in_range(now - died, 4 * SECOND, 4 * SECOND + TENTH);
    answers_ns = SECOND / 2;
    now += answers_ns;
    vigil_looked(&vigil, false, now);
    list(true, 250);
    cancel(true);
    list(true, 3);
    cancel(true);
    list(true, 0);
    assert_int_equal(vigil.state, VIGIL_CLEANING);
    list(true, 0);
    assert_int_equal(vigil.state, VIGIL_CLEAN);
    assert_true(now - died < 10 * SECOND);
}

/* AC-E4 | unit | lists and cancels that fail | asked again within two seconds each, for ever, and
   not in a storm; what a broken list has shown is cancelled, but only whole ones count as none */
static void failures_are_asked_again(void **state)
{
    (void)state;
    fall_silent();
    int64_t from = now;
    for (int i = 0; i < 200; i++)
        list(false, 0);
    assert_true(now - from > 100 * SECOND);
    assert_int_equal(vigil.state, VIGIL_CLEANING);
    list(false, 2);
    cancel(false);
    list(true, 0);
    list(false, 0);
    list(true, 0);
    assert_int_equal(vigil.state, VIGIL_CLEANING);
    list(true, 0);
    assert_int_equal(vigil.state, VIGIL_CLEAN);
}

/* AC-E4 | unit | the venue does not take the watcher's key | asked again two seconds later, not
   only when the next look at it is due */
static void a_key_that_is_not_taken_is_looked_after(void **state)
{
    (void)state;
    assert_int_equal(act_within(20 * SECOND), VIGIL_CHECK);
    vigil_checked(&vigil, false, now);
    assert_int_equal(act_within(SECOND), VIGIL_WAIT);
    assert_int_equal(act_within(SECOND), VIGIL_CHECK);
    vigil_checked(&vigil, true, now);
    assert_int_equal(act_within(19 * SECOND), VIGIL_WAIT);
}

/* F03 | unit | an order of a dead host is booked after all was clean | seen within five seconds,
   and cancelled */
static void what_is_booked_late_is_found(void **state)
{
    (void)state;
    fall_silent();
    list(true, 0);
    list(true, 0);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(act_within(5 * SECOND), VIGIL_LIST);
        vigil_listed(&vigil, true, 0, now);
        assert_int_equal(vigil.state, VIGIL_CLEAN);
    }
    assert_int_equal(act_within(5 * SECOND), VIGIL_LIST);
    vigil_listed(&vigil, true, 1, now);
    assert_int_equal(vigil.state, VIGIL_CLEANING);
    cancel(true);
}

/* AC-E4 | unit | the host wakes up while a list is under way | nothing of that list is cancelled,
   and it is watched as before */
static void a_host_that_wakes_is_left_alone(void **state)
{
    (void)state;
    fall_silent();
    assert_int_equal(act_within(0), VIGIL_LIST);
    now += SECOND;
    assert_true(beat(now));
    assert_int_equal(vigil.state, VIGIL_WATCHING);
    vigil_listed(&vigil, true, 9, now);
    assert_int_equal(act_within(3 * SECOND), VIGIL_WAIT);
    assert_int_equal(act_within(2 * SECOND), VIGIL_LOOK);
}

static void a_list_of_before_counts_for_nothing(void **state)
{
    (void)state;
    fall_silent();
    assert_int_equal(act_within(0), VIGIL_LIST);
    assert_true(beat(now));
    assert_int_equal(act_within(6 * SECOND), VIGIL_WAIT); /* one at a time */
    assert_int_equal(vigil.state, VIGIL_LOOKING);
    vigil_listed(&vigil, true, 0, now);
    assert_int_equal(act_within(0), VIGIL_LOOK);
    vigil_looked(&vigil, false, now);
    list(true, 0);
    assert_int_equal(vigil.state, VIGIL_CLEANING);
}

/* AC-E4 | unit | a host that stopped in order | left alone, until it is started again */
static void a_stop_in_order_is_left_alone(void **state)
{
    (void)state;
    assert_true(beat(now));
    assert_int_equal(act_within(5 * SECOND), VIGIL_LOOK);
    vigil_looked(&vigil, true, now);
    assert_int_equal(vigil.state, VIGIL_IDLE);
    assert_int_equal(act_within(8 * SECOND), VIGIL_WAIT);
    fall_silent();
}

/* AC-E4 | unit | a watcher started when the host is dead already | the host has four seconds to be
   heard, then its orders are cancelled */
static void an_expected_host_is_given_its_time(void **state)
{
    (void)state;
    vigil_expect(&vigil, &HOST, now);
    assert_int_equal(act_within(39 * TENTH), VIGIL_WAIT);
    assert_int_equal(act_within(SECOND), VIGIL_LOOK);
}

/* F66 | unit | the watcher itself stands still for a minute, old beats waiting | no death: the host
   has what was left of its time to be heard */
static void the_watchers_own_absence_is_no_silence(void **state)
{
    (void)state;
    assert_true(beat(now));
    assert_int_equal(act_within(SECOND), VIGIL_WAIT);
    int64_t last = now;
    vigil.checking = true; /* due by now, and not what this is about */
    now += 60 * SECOND;
    assert_false(beat(last + SECOND));
    assert_int_equal(act_within(2 * SECOND), VIGIL_WAIT);
    assert_int_equal(act_within(2 * SECOND), VIGIL_LOOK);
}

static void beats_of_another_time_say_nothing(void **state)
{
    (void)state;
    assert_false(beat(now - 4 * SECOND));
    assert_false(beat(now + 1));
    assert_false(beat(0));
    assert_int_equal(vigil.state, VIGIL_IDLE);
    assert_true(beat(now - SECOND));
    assert_true(beat(now - 2 * SECOND)); /* out of order: it takes nothing back */
    assert_int_equal(act_within(2 * SECOND), VIGIL_WAIT);
}

/* ---- the line ----------------------------------------------------------------------------- */

static void a_beat_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct beat written = {.run = 0xffeeddccbb, .owner_tag = UINT32_MAX, .pid = INT32_MAX,
                           .at_ns = INT64_MAX, .stopped = true}, got;
    struct buf line;
    struct err err;
    buf_init(&line, BEAT_MAX);
    beat_encode(&written, &line);
    assert_false(line.failed);
    assert_int_equal(beat_decode(line.data, line.length, &got, &err), 0);
    assert_true(got.run == written.run && got.owner_tag == written.owner_tag &&
                got.pid == written.pid && got.at_ns == written.at_ns && got.stopped);
    for (size_t i = 0; i + 2 < line.length; i++)
        assert_int_equal(beat_decode(line.data, i, &got, &err), -1);
    buf_fini(&line);
}

static void what_is_no_beat_is_refused(void **state)
{
    static const char *const BAD[] = {
        "", "{}", "null", "[]",
        "{\"run\":\"c0ffee01\",\"owner_tag\":1,\"pid\":1,\"at_ns\":1,\"stopped\":false}",
        "{\"run\":\"00C0FFEE01\",\"owner_tag\":1,\"pid\":1,\"at_ns\":1,\"stopped\":false}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":4294967296,\"pid\":1,\"at_ns\":1,\"stopped\":false}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":1,\"pid\":0,\"at_ns\":1,\"stopped\":false}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":1,\"pid\":-1,\"at_ns\":1,\"stopped\":false}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":1,\"pid\":1,\"at_ns\":9223372036854775808,"
        "\"stopped\":false}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":1,\"pid\":1,\"at_ns\":1,\"stopped\":\"false\"}",
        "{\"run\":\"00c0ffee01\",\"owner_tag\":1,\"pid\":1,\"at_ns\":1}",
    };
    struct beat got;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (beat_decode(BAD[i], strlen(BAD[i]), &got, &err) != -1)
            fail_msg("taken: %s", BAD[i]);
}

#define VIGIL_TEST(test) cmocka_unit_test_setup(test, make)

int suite_vigil(void)
{
    const struct CMUnitTest tests[] = {
        VIGIL_TEST(no_host_no_act),
        VIGIL_TEST(a_silent_host_is_cleaned_up_behind),
        VIGIL_TEST(failures_are_asked_again),
        VIGIL_TEST(a_key_that_is_not_taken_is_looked_after),
        VIGIL_TEST(what_is_booked_late_is_found),
        VIGIL_TEST(a_host_that_wakes_is_left_alone),
        VIGIL_TEST(a_list_of_before_counts_for_nothing),
        VIGIL_TEST(a_stop_in_order_is_left_alone),
        VIGIL_TEST(an_expected_host_is_given_its_time),
        VIGIL_TEST(the_watchers_own_absence_is_no_silence),
        VIGIL_TEST(beats_of_another_time_say_nothing),
        cmocka_unit_test(a_beat_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_beat_is_refused),
    };
    return cmocka_run_group_tests_name("vigil", tests, NULL, NULL);
}
