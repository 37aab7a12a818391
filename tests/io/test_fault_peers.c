/* The link against a venue that fails, forgets and refuses, and on a host whose clock steps and
 * whose memory ends: what is tried again, what is not, and what is said of it. */
#include <stdio.h>
#include <string.h>

#include "fake_host.h"
#include "link_rig.h"

static const int64_t SECOND = 1000000000;

static void list_orders(uint64_t request)
{
    struct command command = {.kind = COMMAND_LIST,
                              .list = {.kind = LIST_ORDERS, .request = request}};
    link_command(rig->link, &command);
}

static void cancel_one(void)
{
    struct command command = {.kind = COMMAND_CANCEL, .cancel = {.venue_id = {"id-1"}}};
    link_command(rig->link, &command);
}

static bool one_list(void)
{
    return rig->counts[EVENT_LIST_END] >= 1;
}

static bool one_cancel(void)
{
    return rig->counts[EVENT_CANCEL_REPLY] >= 1;
}

static unsigned places_wanted;

static bool enough_places(void)
{
    return rig->counts[EVENT_PLACE_REPLY] >= places_wanted;
}

static struct link_counters counters(void)
{
    struct link_counters counters;
    link_read_counters(rig->link, &counters);
    return counters;
}

/* 1: on, 0: off again, -1: never said. */
static int health(enum health_cause cause)
{
    int last = -1;
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_HEALTH && rig->events[i].health.cause == cause)
            last = rig->events[i].health.on;
    return last;
}

/* ---- lists -------------------------------------------------------------------------------- */

/* F10 | unit | pages of a list: 503, cut JSON, a reset | each is read again, complete */
static void a_page_that_fails_is_read_again(void **state)
{
    (void)state;
    rig->venue.list = LIST_HICCUPS;
    start_link();
    list_orders(1);
    run_until(one_list);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_int_equal(rig->venue.pages, 5);
    assert_int_equal(counters().retries_reads, 3);
    assert_int_equal(rig->venue.tokens_bad, 0); /* each with a token of its own */
}

/* F45 | unit | pages that go round in a circle of three | seen within a few pages, incomplete */
static void pages_that_go_round_are_seen(void **state)
{
    (void)state;
    rig->venue.list = LIST_CIRCLE;
    start_link();
    list_orders(1);
    run_until(one_list);
    assert_false(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_non_null(strstr(counters().last_error, "circle"));
    assert_in_range(rig->venue.pages, 4, 12);
}

/* F45 | unit | an order on two pages, which moved while they were read | told twice, complete */
static void pages_that_overlap_are_passed_on(void **state)
{
    (void)state;
    rig->venue.list = LIST_OVERLAPS;
    start_link();
    list_orders(1);
    run_until(one_list);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_int_equal(rig->counts[EVENT_ORDER_REPORT], 4);
    assert_string_equal(find(EVENT_ORDER_REPORT, 1)->order.venue_id.text, "venue-2");
    assert_string_equal(find(EVENT_ORDER_REPORT, 2)->order.venue_id.text, "venue-2");
}

/* ---- cancels ------------------------------------------------------------------------------ */

/* F68 | unit | the connection dies under a cancel | said again over a new connection, accepted */
static void a_lost_cancel_goes_a_second_way(void **state)
{
    (void)state;
    rig->venue.cancel = CANCEL_LOST_ONCE;
    start_link();
    cancel_one();
    run_until(one_cancel);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(rig->venue.cancel_posts, 2);
    assert_int_equal(counters().retries_cancels, 1);
    assert_false(link_busy(rig->link));
}

static bool key_refused(void)
{
    return health(HEALTH_KEY_REFUSED) == 1;
}

/* F67 | unit | 401 for a cancel, and for its second try with a new token over a new connection |
   key_refused is said, the cancel ends as refused */
static void a_cancel_that_is_not_authorised_twice_is_an_alarm(void **state)
{
    (void)state;
    rig->venue.cancel = CANCEL_UNAUTHORISED;
    start_link();
    cancel_one();
    run_until(key_refused);
    run_until(one_cancel);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_REFUSED);
    assert_true(counters().unauthorised >= 2);
    assert_int_equal(rig->venue.cancel_same_way, 0);
}

/* ---- the breaker of orders ---------------------------------------------------------------- */

static bool breaker_off(void)
{
    return health(HEALTH_BREAKER_ORDERS) == 0;
}

static bool probed(void)
{
    return rig->venue.probes >= 1;
}

/* F04 | unit | five places end in 502, the venue recovers | unknown each, sent once; then none
   leaves and cancels do; GETs alone ask, and after a good one places go on */
static void a_failing_venue_is_asked_by_reads_alone(void **state)
{
    (void)state;
    rig->venue.sick = true;
    start_link();
    places_wanted = 5;
    for (unsigned i = 0; i < 5; i++)
        place(i);
    run_until(enough_places);
    assert_int_equal(health(HEALTH_BREAKER_ORDERS), 1);
    places_wanted = 6;
    place(5);
    cancel_one();
    run_until(enough_places);
    assert_int_equal(find(EVENT_PLACE_REPLY, 5)->place_reply.outcome, OUTCOME_NOT_SENT);
    run_until(one_cancel);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_ACCEPTED);
    run_until(probed);
    assert_int_equal(rig->venue.orders, 5);
    assert_int_equal(health(HEALTH_BREAKER_ORDERS), 1);
    rig->venue.sick = false;
    run_until(breaker_off);
    places_wanted = 7;
    place(6);
    run_until(enough_places);
    assert_int_equal(find(EVENT_PLACE_REPLY, 6)->place_reply.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(counters().trips[COINBASE_PLACE], 1);
    assert_int_equal(counters().breakers[COINBASE_PLACE], BREAKER_CLOSED);
}

/* ---- the clock, the specification --------------------------------------------------------- */

static bool skew_told(void)
{
    return rig->counts[EVENT_SKEW] >= 1;
}

static bool stepped_and_measured(void)
{
    return health(HEALTH_CLOCK) == 0;
}

static void clock_steps_by(int64_t step_ns)
{
    start_link();
    run_until(skew_told);
    fake_host_step(step_ns);
    list_orders(1); /* before anybody has noticed */
    cancel_one();
    run_until(one_list);
    run_until(one_cancel);
    run_until(stepped_and_measured);
    int64_t skew_ns = counters().skew_ns;
    assert_true(skew_ns > -step_ns - SECOND && skew_ns < -step_ns + SECOND);
    assert_int_equal(counters().clock_steps, 1);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(rig->venue.tokens_bad, 0);
}

/* F66 | unit | the wall clock steps by an hour, forward or back | said, measured, told as
   skew; tokens go on by the venue's clock: cancels and reads made meanwhile are taken */
/* AC-I2 | unit | the wall clock steps by an hour, forward or back | the skew is measured anew at
   once, the engine has it within the same look */
static void a_step_of_the_clock_is_seen_and_spoils_no_token(void **state)
{
    clock_steps_by(3600 * SECOND);
    end_rig(state);
    make_rig(state);
    clock_steps_by(-3600 * SECOND);
}

static bool spec_back(void)
{
    return health(HEALTH_SPEC_STALE) == 0;
}

/* F69 | unit | products that cannot be read for longer than allowed | spec_stale names each, and is
   taken back when they are read */
static void a_specification_that_ages_is_told(void **state)
{
    (void)state;
    rig->spec_stale_ns = SECOND * 3 / 2;
    rig->spec_refresh_ns = 3 * SECOND;
    start_link();
    run_until(spec_back);
    unsigned on = 0, products = 0;
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_HEALTH && rig->events[i].health.on) {
            on++;
            products |= 1u << rig->events[i].health.product;
        }
    assert_true(on >= 2);
    assert_int_equal(products, 3);
}

/* ---- memory ------------------------------------------------------------------------------- */

/* F70 | unit | each allocation of a place fails in its turn | certainly not sent, no leak, and
   the next place goes out */
static void a_place_without_memory_is_not_sent(void **state)
{
    (void)state;
    start_link();
    for (unsigned nth = 1; nth <= 2; nth++) {
        places_wanted = nth;
        fake_host_fail_calloc(nth);
        place(nth);
        fake_host_fail_calloc(0);
        run_until(enough_places);
        assert_int_equal(find(EVENT_PLACE_REPLY, nth - 1)->place_reply.outcome, OUTCOME_NOT_SENT);
    }
    assert_int_equal(rig->venue.orders, 0);
    places_wanted = 3;
    place(3);
    run_until(enough_places);
    assert_int_equal(find(EVENT_PLACE_REPLY, 2)->place_reply.outcome, OUTCOME_ACCEPTED);
}

/* F70 | unit | no memory for a list | it ends at once, incomplete */
static void a_list_without_memory_is_incomplete(void **state)
{
    (void)state;
    start_link();
    fake_host_fail_calloc(1);
    list_orders(1);
    fake_host_fail_calloc(0);
    run_until(one_list);
    assert_false(find(EVENT_LIST_END, 0)->list_end.complete);
}

int suite_fault_peers(void)
{
    const struct CMUnitTest tests[] = {
        RIGGED(a_page_that_fails_is_read_again),
        RIGGED(pages_that_go_round_are_seen),
        RIGGED(pages_that_overlap_are_passed_on),
        RIGGED(a_lost_cancel_goes_a_second_way),
        RIGGED(a_cancel_that_is_not_authorised_twice_is_an_alarm),
        RIGGED(a_failing_venue_is_asked_by_reads_alone),
        RIGGED(a_step_of_the_clock_is_seen_and_spoils_no_token),
        RIGGED(a_specification_that_ages_is_told),
        RIGGED(a_place_without_memory_is_not_sent),
        RIGGED(a_list_without_memory_is_incomplete),
    };
    return cmocka_run_group_tests_name("faults against peers", tests, NULL, NULL);
}
