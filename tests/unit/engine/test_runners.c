/* Generations, deaths, timers: what a runner may still do, and what becomes of its orders. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_care.h"
#include "engine_rig.h"

static const int64_t MS = 1000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static void timer(struct rig *rig, actor_index runner, uint32_t id, int64_t delay_ns)
{
    rig_step(rig, &(struct event){.kind = EVENT_TIMER_SET,
                                  .timer_set = {runner, rig->generation[runner], id, delay_ns}});
}

/* F62 | unit | an intent of a generation that was replaced | not heard */
static void an_old_generation_is_not_heard(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t old = rig->generation[0];
    struct counters_row counters;
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_runner(rig, 0, RUNNER_REPLACED, old + 1);
    rig_forget(rig);
    rig->generation[0] = old;
    rig_limit(rig, 0, 0, SIDE_BUY, "97", "0.1", 2);
    rig_cancel(rig, 0, 1);
    timer(rig, 0, 1, MS);
    rig_step(rig, &(struct event){.kind = EVENT_CREDIT, .credit = {0, old}});
    rig_runner(rig, 0, RUNNER_DEAD, old); /* the old process ends after the swap */
    assert_int_equal(rig_count(rig, COMMAND_PLACE) + rig_count(rig, COMMAND_CANCEL), 0);
    snapshot_counters(rig->engine, &counters);
    assert_int_equal(counters.old_generation, 5);
    rig->generation[0] = old + 1;
    rig_limit(rig, 0, 0, SIDE_BUY, "97", "0.1", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

static struct protection_row guard_of(struct rig *rig)
{
    struct protection_row row;
    assert_true(snapshot_protection(rig->engine, 0, &row));
    return row;
}

static void protect_as(struct rig *rig, uint32_t generation, const char *stop)
{
    struct intent intent = {.kind = INTENT_PROTECT, .product = 1};
    uint32_t now = rig->generation[0];
    intent.protect.stop = rig_price(stop);
    rig->generation[0] = generation;
    rig_intent(rig, 0, intent);
    rig->generation[0] = now;
}

/* F62 | unit | a new script takes over from one that is alive, while a stop is set and while it
 * fires | the new one is told of it, the old one can change it no more, it sells once */
static void a_stop_survives_a_reload(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t old = rig->generation[0];
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "1", "0");
    rig->venue_position[1] = rig_size("1");
    protect_as(rig, old, "97");
    rig_forget(rig);
    rig_runner(rig, 0, RUNNER_REPLACED, old + 1);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_PROTECT)->protect.state, PROTECT_SET);
    protect_as(rig, old, "0");
    assert_int_equal(guard_of(rig).terms.stop.e9, rig_price("97").e9);
    rig_book(rig, 1, "96", "97", "5");
    assert_int_equal(guard_of(rig).state, PROTECT_FIRING);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_runner(rig, 0, RUNNER_REPLACED, old + 2);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_PROTECT)->protect.state, PROTECT_FIRING);
    protect_as(rig, old + 1, "0");
    rig_pass(rig, 2000 * MS);
    assert_int_equal(guard_of(rig).state, PROTECT_FIRING);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1); /* that one has no word yet */
    rig_destroy(rig);
}

static void a_replacement_keeps_the_orders_and_their_names(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    rig_forget(rig);
    rig_runner(rig, 0, RUNNER_REPLACED, rig->generation[0] + 1);
    assert_int_equal(rig_notices(rig, 0, NOTICE_ORDER), 1); /* it is shown what works */
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->order.ref, 1);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_ORDER)->number, 1);
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    rig_destroy(rig);
}

/* F62 | unit | a runner dies | its orders stay or are cancelled as configured */
static void death_keeps_or_cancels_by_policy(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "98", "0.1", 1, "v1"); /* keeps */
    rig_open_order(rig, 1, 1, SIDE_BUY, "97", "0.1", 1, "v2"); /* cancels */
    rig_runner(rig, 0, RUNNER_DEAD, rig->generation[0]);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_runner(rig, 1, RUNNER_DEAD, rig->generation[1]);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "v2");
    rig_forget(rig);
    rig_limit(rig, 0, 1, SIDE_BUY, "96", "0.1", 2); /* the dead ask for nothing */
    rig_level(rig, 1, SIDE_BUY, "98", "3");
    assert_int_equal(rig_count(rig, COMMAND_PLACE) + rig_count(rig, COMMAND_VIEW), 0);
    rig_destroy(rig);
}

static void a_newer_one_that_dies_at_birth_leaves_the_old_trading(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t old = rig->generation[0];
    rig_runner(rig, 0, RUNNER_STARTING, old + 1);
    rig_runner(rig, 0, RUNNER_DEAD, old + 1);
    rig->generation[0] = old;
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

static void a_restart_after_death(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t old = rig->generation[0];
    rig_runner(rig, 0, RUNNER_DEAD, old);
    rig_runner(rig, 0, RUNNER_STARTING, old + 1);
    rig_runner(rig, 0, RUNNER_READY, old + 1);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(snapshot_generation(rig->engine, 0), old + 1);
    rig_destroy(rig);
}

static void a_death_is_told_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t old = rig->generation[0];
    rig_runner(rig, 0, RUNNER_DEAD, old);
    assert_int_equal(rig_records(rig, RECORD_RUNNER), 1);
    rig_runner(rig, 0, RUNNER_DEAD, old);
    rig_runner(rig, 0, (enum runner_state)77, old + 1);
    assert_int_equal(rig_records(rig, RECORD_RUNNER), 1);
    rig_runner(rig, 0, RUNNER_STARTING, old + 1);
    rig_runner(rig, 0, RUNNER_STARTING, old + 1);
    assert_int_equal(rig_records(rig, RECORD_RUNNER), 2);
    assert_int_equal(snapshot_generation(rig->engine, 0), old + 1);
    rig_destroy(rig);
}

/* The first of all has whatever number it has. */
static void generation_zero_is_one(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_runner(rig, 0, RUNNER_READY, 0);
    assert_int_equal(rig_records(rig, RECORD_RUNNER), 1);
    rig_destroy(rig);
}

/* A credit and a book between two looks at one turn's commands: the view that is built waits to be
 * sent, and none takes its place. */
static void one_view_per_turn(void **state)
{
    (void)state;
    struct rig *rig = ready();
    uint32_t count, views = 0;
    struct level level = {rig_price("98"), rig_size("1"), SIDE_BUY};
    struct event book = {.kind = EVENT_BOOK, .at = rig->now,
                         .book = {.levels = &level, .count = 1}};
    struct event credit = {.kind = EVENT_CREDIT, .at = rig->now,
                           .credit = {0, rig->generation[0]}};
    for (int look = 0; look < 2; look++) {
        engine_step(rig->engine, &credit);
        engine_step(rig->engine, &book);
        const struct command *commands = engine_commands(rig->engine, &count);
        views = 0;
        for (uint32_t i = 0; i < count; i++)
            views += commands[i].kind == COMMAND_VIEW && commands[i].view.runner == 0;
        assert_int_equal(views, 1);
    }
    rig_destroy(rig);
}

static void a_full_share_of_orders_leaves_no_room(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].max_working_orders = 2;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.1", 1, "v1");
    for (uint16_t left = 2; left-- > 0;) {
        rig_step(rig, &(struct event){.kind = EVENT_CREDIT, .credit = {0, rig->generation[0]}});
        rig_level(rig, 0, SIDE_BUY, left ? "97" : "96", "1");
        assert_int_equal(rig->views[0].room.orders, left);
        if (left > 0)
            rig_open_order(rig, 0, 0, SIDE_BUY, "97", "0.1", 2, "v2");
    }
    rig_destroy(rig);
}

static void timers_ring_once_at_their_time(void **state)
{
    (void)state;
    struct rig *rig = ready();
    timer(rig, 0, 7, 50 * MS);
    timer(rig, 0, 8, 20 * MS);
    timer(rig, 1, 7, 30 * MS);
    timer(rig, 0, 7, 40 * MS); /* moved */
    assert_true(engine_next_deadline_ns(rig->engine) <= rig->now.mono_ns + 20 * MS);
    rig_tick(rig, 19 * MS);
    assert_int_equal(rig_notices(rig, 0, NOTICE_TIMER), 0);
    rig_tick(rig, MS);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_TIMER)->timer.id, 8);
    timer(rig, 1, 7, -1);
    rig_tick(rig, 100 * MS);
    assert_int_equal(rig_notices(rig, 0, NOTICE_TIMER), 2);
    assert_int_equal(rig_notices(rig, 1, NOTICE_TIMER), 0);
    rig_tick(rig, 100 * MS);
    assert_int_equal(rig_notices(rig, 0, NOTICE_TIMER), 2);
    rig_destroy(rig);
}

static void too_many_timers_end_the_runner(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (uint32_t i = 0; i < MAX_TIMERS_PER_RUNNER; i++)
        timer(rig, 0, i, 1000 * MS);
    timer(rig, 0, 3, 2000 * MS); /* one it has: fine */
    assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 0);
    timer(rig, 0, 999, 1000 * MS);
    assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 1);
    timer(rig, 1, 999, INT64_MAX); /* others are not touched, and overflow is no bug */
    assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 1);
    rig_runner(rig, 0, RUNNER_REPLACED, rig->generation[0] + 1);
    timer(rig, 0, 1, 10 * MS); /* the old one's timers went with it */
    rig_forget(rig);
    rig_tick(rig, 2500 * MS);
    assert_int_equal(rig_notices(rig, 0, NOTICE_TIMER), 1);
    rig_destroy(rig);
}

static void an_unconfigured_runner_is_nobody(void **state)
{
    (void)state;
    struct rig *rig = ready();
    static const actor_index NOBODY[] = {2, MAX_STRATEGIES, MAX_RUNNERS, ACTOR_OPERATOR,
                                         ACTOR_EXTERNAL};
    for (size_t i = 0; i < sizeof NOBODY; i++) {
        struct event intent = {.kind = EVENT_INTENT, .intent = {.runner = NOBODY[i]}};
        struct event runner = {.kind = EVENT_RUNNER,
                               .runner = {.runner = NOBODY[i], .state = RUNNER_READY}};
        struct event credit = {.kind = EVENT_CREDIT, .credit = {.runner = NOBODY[i]}};
        struct event verdict = {.kind = EVENT_VERDICT, .verdict = {.runner = NOBODY[i]}};
        struct event set = {.kind = EVENT_TIMER_SET, .timer_set = {.runner = NOBODY[i]}};
        rig_step(rig, &runner);
        rig_step(rig, &intent);
        rig_step(rig, &credit);
        rig_step(rig, &verdict);
        rig_step(rig, &set);
    }
    assert_int_equal(rig->command_count, 0);
    rig_destroy(rig);
}

int suite_runners(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_generation_is_not_heard),
        cmocka_unit_test(a_stop_survives_a_reload),
        cmocka_unit_test(a_replacement_keeps_the_orders_and_their_names),
        cmocka_unit_test(death_keeps_or_cancels_by_policy),
        cmocka_unit_test(a_newer_one_that_dies_at_birth_leaves_the_old_trading),
        cmocka_unit_test(a_restart_after_death),
        cmocka_unit_test(a_death_is_told_once),
        cmocka_unit_test(generation_zero_is_one),
        cmocka_unit_test(one_view_per_turn),
        cmocka_unit_test(a_full_share_of_orders_leaves_no_room),
        cmocka_unit_test(timers_ring_once_at_their_time),
        cmocka_unit_test(too_many_timers_end_the_runner),
        cmocka_unit_test(an_unconfigured_runner_is_nobody),
    };
    return cmocka_run_group_tests_name("runners", tests, NULL, NULL);
}
