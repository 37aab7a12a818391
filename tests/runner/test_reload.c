/* One generation replaced by another while it trades. Whatever goes wrong with the new one, at
 * whatever step, the old one goes on and misses nothing. */
#include "rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static actor_index zero = 0;

/* Runner 0 trades by `first`; runner 1 is its neighbour, fed throughout. */
static struct rig *trading_rig(const char *first)
{
    struct rig *rig = rig_create(RUNNER_PUPPET);
    rig_open(rig);
    rig_add(rig, 0, "a", first);
    rig_add(rig, 1, "b", "obey");
    rig_feed(rig, 0, 10);
    rig_feed(rig, 1, 10);
    rig_run(rig, rig_is_fed, NULL);
    return rig;
}

static void reload(struct rig *rig, const char *text)
{
    struct err err;
    rig_write(rig, "a", text);
    assert_int_equal(runner_reload(rig->pool, "a", 5, &err), 1);
}

/* The old one still trades: it is shown views and notices, and answers each. */
static bool has_answered(struct rig *rig, void *unused)
{
    (void)unused;
    return rig_is_fed(rig, NULL) && rig_status(rig, 0).waiting == 0;
}

static void still_trades(struct rig *rig, uint32_t generation)
{
    rig_run(rig, has_answered, NULL);
    uint64_t credits = rig->seen[0].credits;
    rig_feed(rig, 0, 10);
    rig_feed(rig, 1, 10);
    rig_notice(rig, 0, NOTICE_FRESH);
    rig_run(rig, has_answered, NULL);
    assert_int_equal(rig->seen[0].generation, generation);
    assert_int_equal(rig->seen[0].credits, credits + 10);
    assert_int_equal(rig->seen[0].dead, 0);
    assert_int_equal(rig->seen[0].stale_events, 0);
    assert_int_equal(rig->seen[1].dead, 0);
    assert_false(runner_reload_is_busy(rig->pool));
    assert_int_equal(rig_status(rig, 0).next_pid, 0);
}

static void test_swaps_and_hands_state_over(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    char old_hash[17], expected[128];
    memcpy(old_hash, rig->seen[0].hash, sizeof old_hash);
    int old_pid = rig_status(rig, 0).pid;
    reload(rig, "obey better");
    rig_feed(rig, 0, 20); /* while it reloads */
    rig_run(rig, rig_has_line, NULL);
    snprintf(expected, sizeof expected, "reload a: %s -> %s, state 7 bytes", old_hash,
             rig_status(rig, 0).hash);
    assert_string_equal(rig->lines[0], expected);
    assert_string_not_equal(old_hash, rig_status(rig, 0).hash);
    rig_run(rig, rig_is_fed, NULL);
    assert_true(rig_said(rig, "istate"));
    assert_int_equal(rig->seen[0].replaced, 1);
    assert_int_not_equal(rig_status(rig, 0).pid, old_pid);
    still_trades(rig, 2);
    assert_int_equal(rig->line_count, 1);
    rig_destroy(rig);
}

static void test_unchanged_says_so(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    int pid = rig_status(rig, 0).pid;
    struct err err;
    assert_int_equal(runner_reload(rig->pool, NULL, 5, &err), 2);
    assert_int_equal(rig->line_count, 2);
    assert_says(rig->lines[0], "reload a: unchanged ");
    assert_says(rig->lines[1], "reload b: unchanged ");
    assert_int_equal(rig_status(rig, 0).pid, pid);
    assert_int_equal(runner_reload(rig->pool, "nobody", 5, &err), -1);
    assert_string_equal(err.text, "there is no script 'nobody'");
    rig_destroy(rig);
}

static void kept(const char *first, const char *second, const char *why)
{
    struct rig *rig = trading_rig(first);
    char expected[64];
    snprintf(expected, sizeof expected, "reload a: kept %s: ", rig->seen[0].hash);
    reload(rig, second);
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], expected);
    assert_says(rig->lines[0], why);
    assert_int_equal(rig->seen[0].replaced, 0);
    assert_int_equal(rig->seen[0].intents, 0);
    still_trades(rig, 1);
    assert_int_equal(rig->line_count, 1);
    rig_destroy(rig);
}

/* AC-L2 | unit | reloads that fail in every way | the old one trades on */
static void test_what_fails_leaves_the_old_one(void **state)
{
    (void)state;
    kept("obey", "fail_start", "x.lua:1: it fails");
    kept("obey", "exit_start", "it exited with status 7");
    kept("obey", "fail_state_in", "x.lua:1: it fails");
    kept("obey", "exit_state_in", "it exited with status 7");
    kept("obey", "fail_go", "x.lua:1: it fails");
    kept("obey", "exit_go", "it exited with status 7");
    kept("obey", "bare", "its jail lacks seccomp");
    kept("obey", "early", "intent before GO");
    kept("obey", "call_openat", "SIGSYS");
    kept("obey", "intent_flood", "more than ");
    kept("obey", "require 'nowhere'", "a.lua:1: require 'nowhere'");
    kept("fault_save", "obey", "the old generation could not save its state");
}

static void kept_in_time(const char *first, const char *second, const char *why)
{
    struct rig *rig = rig_create(RUNNER_PUPPET);
    rig->config.start_deadline_ns = 300000000;
    rig->config.save_deadline_ns = 100000000;
    rig_open(rig);
    rig_add(rig, 0, "a", first);
    rig_add(rig, 1, "b", "obey");
    rig_run(rig, rig_is_alive, &zero);
    reload(rig, second);
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], why);
    assert_int_equal(rig->seen[0].dead, 0);
    assert_int_equal(rig->seen[0].generation, 1);
    rig_destroy(rig);
}

static void test_who_does_not_answer_is_given_up(void **state)
{
    (void)state;
    kept_in_time("obey", "mute_start", "hard deadline: start was not answered");
    kept_in_time("obey", "mute_state_in", "hard deadline: state_in was not answered");
    kept_in_time("obey", "mute_go", "hard deadline: go was not answered");
    kept_in_time("mute_save", "obey", "the old generation did not hand over its state in time");
}

/* SIGKILL to the new process as each frame of its first steps crosses. */
/* F62 | unit | a runner killed at each step of a reload | one of the two lives, nothing is lost */
static void test_killed_at_each_step(void **state)
{
    (void)state;
    static const struct { bool from_runner; enum script_frame_kind kind; } STEPS[] = {
        {false, SCRIPT_START}, {true, SCRIPT_READY}, {false, SCRIPT_STATE_IN},
        {true, SCRIPT_DONE}, {false, SCRIPT_GO}, {true, SCRIPT_INTENT}, {true, SCRIPT_TIMER}};
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        struct rig *rig = trading_rig("obey");
        rig_write(rig, "a", "eager");
        rig->kill = (struct rig_kill){STEPS[i].kind != SCRIPT_START, STEPS[i].from_runner,
                                      STEPS[i].kind, 2};
        reload(rig, "eager");
        if (STEPS[i].kind == SCRIPT_START) /* sent before the pool shows its process */
            assert_int_equal(kill(rig_status(rig, 0).next_pid, SIGKILL), 0);
        rig_feed(rig, 0, 10);
        rig_run(rig, rig_has_line, NULL);
        /* A kill may come too late for its step: then the next one notices, or the swap is done
         * and it is an ordinary death. It never is a mixture. */
        if (rig->seen[0].replaced == 0) {
            assert_says(rig->lines[0], "killed by signal 9 (KILL)");
            assert_int_equal(rig->seen[0].intents, 0);
            assert_int_equal(rig->seen[0].timers, 0);
            still_trades(rig, 1);
        } else {
            assert_true(STEPS[i].kind == SCRIPT_GO || STEPS[i].kind == SCRIPT_INTENT ||
                        STEPS[i].kind == SCRIPT_TIMER);
            assert_int_equal(rig->seen[0].intents, 2);
        }
        rig_destroy(rig);
    }
}

/* What the new one wants in its first callback is heard after the swap, never before. */
static void test_first_wishes_come_after_the_swap(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    reload(rig, "eager");
    rig_run(rig, rig_has_line, NULL);
    still_trades(rig, 2);
    assert_int_equal(rig->seen[0].intents, 2);
    assert_int_equal(rig->seen[0].timers, 1);
    assert_int_equal(rig->seen[0].intent.generation, 2);
    rig_destroy(rig);
}

static bool has_stale(struct rig *rig, void *unused)
{
    (void)unused;
    return rig_status(rig, 0).stale_dropped == 4;
}

/* The replaced one still wants three orders and a timer as it stops: nobody hears. */
/* F62 | unit | intents of the old generation after the swap | dropped */
static void test_old_intents_are_dropped(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("eager");
    assert_int_equal(rig->seen[0].intents, 2);
    reload(rig, "obey");
    rig_run(rig, rig_has_line, NULL);
    rig_run(rig, has_stale, NULL);
    assert_int_equal(rig->seen[0].intents, 2);
    still_trades(rig, 2);
    rig_destroy(rig);
}

/* Notices that fall into the swap reach the new one, also those still addressed to the old. */
static bool has_served(struct rig *rig, void *unused)
{
    (void)unused;
    return rig->line_count > 0 && rig_status(rig, 0).waiting == 0;
}

static void test_no_notice_is_lost(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    reload(rig, "obey again");
    for (int i = 0; i < 300; i++)
        rig_notice(rig, 0, NOTICE_STALE);
    rig_run(rig, has_served, NULL);
    rig->seen[0].generation = 1; /* the engine has not yet read REPLACED */
    rig_notice(rig, 0, NOTICE_STALE);
    rig->seen[0].generation = 2;
    assert_int_equal(rig_status(rig, 0).notices, 301);
    still_trades(rig, 2);
    rig_destroy(rig);
}

static void test_a_second_reload_waits_its_turn(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    struct err err;
    reload(rig, "obey more");
    assert_int_equal(runner_reload(rig->pool, "a", 6, &err), 1);
    assert_says(rig->lines[0], "a reload of it is under way");
    rig->line_count = 0;
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], " -> ");
    rig_destroy(rig);
}

static void test_the_dead_are_revived(void **state)
{
    (void)state;
    struct rig *rig = rig_create(RUNNER_PUPPET);
    rig_open(rig);
    rig_add(rig, 0, "a", "fail_start");
    rig_run(rig, rig_is_over, &zero);
    reload(rig, "exit_start");
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], "kept nothing, it is dead: it exited with status 7");
    assert_int_equal(rig_status(rig, 0).life, RUNNER_LIFE_DEAD);
    rig->line_count = 0;
    reload(rig, "obey");
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], "started without state");
    rig_feed(rig, 0, 5);
    rig_run(rig, rig_is_fed, NULL);
    assert_int_equal(rig->seen[0].generation, 3);
    rig_destroy(rig);
}

static void test_parameters_are_part_of_it(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    struct err err;
    assert_int_equal(runner_set_params(rig->pool, "a", "{\"fast\":5}"), 0);
    assert_int_equal(runner_set_params(rig->pool, "nobody", "{}"), -1);
    assert_int_equal(runner_reload(rig->pool, "a", 5, &err), 1);
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], " -> ");
    still_trades(rig, 2);
    rig_destroy(rig);
}

/* The old one dies while it hands over: an ordinary death, and the reload is off. */
static bool has_died_and_told(struct rig *rig, void *unused)
{
    (void)unused;
    return rig->line_count > 0 && rig->seen[0].dead > 0;
}

static void test_the_old_one_dies_meanwhile(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("exit_save");
    reload(rig, "obey");
    rig_run(rig, has_died_and_told, NULL);
    assert_says(rig->lines[0], "the old generation ended meanwhile");
    assert_int_equal(rig->seen[0].replaced, 0);
    rig_run(rig, rig_is_over, &zero);
    rig_destroy(rig);
}

static void test_stop_ends_a_reload(void **state)
{
    (void)state;
    struct rig *rig = trading_rig("obey");
    reload(rig, "mute_start");
    runner_pool_stop(rig->pool);
    assert_int_equal(rig->line_count, 1);
    assert_says(rig->lines[0], "the host stops");
    rig_run(rig, rig_is_idle, NULL);
    assert_int_equal(rig_status(rig, 0).life, RUNNER_LIFE_STOPPED);
    rig_destroy(rig);
}

/* The same with real scripts: what Lua says is wrong is in the line, the state is handed over. */
static void lua_reload(struct rig *rig, const char *text, const char *words)
{
    struct err err;
    rig->line_count = 0;
    rig_write(rig, "a", text);
    assert_int_equal(runner_reload(rig->pool, "a", 5, &err), 1);
    rig_feed(rig, 0, 10);
    rig_run(rig, rig_has_line, NULL);
    assert_says(rig->lines[0], words);
    rig_run(rig, rig_is_fed, NULL);
    assert_int_equal(rig->seen[0].dead, 0);
}

static void test_real_scripts(void **state)
{
    (void)state;
    struct rig *rig = rig_create(RUNNER_REAL);
    rig_open(rig);
    rig_add(rig, 0, "a", "local n = 0\n"
                         "return {on_book = function() n = n + 1 end,\n"
                         "  on_save = function() return {n = n} end}");
    rig_feed(rig, 0, 25);
    rig_run(rig, rig_is_fed, NULL);
    lua_reload(rig, "return {on_book = function( end}", "a.lua:1: ");
    lua_reload(rig, "error('not today')", "a.lua:1: not today");
    lua_reload(rig, "return {on_boook = print}", "did you mean 'on_book'?");
    lua_reload(rig, "return {on_reload = function(s) assert(s.n == -1, 'wrong n') end}",
               "on_reload failed");
    assert_true(rig_said(rig, "wrong n"));
    lua_reload(rig, "return {on_start = function() error('no start') end}", "on_start failed");
    lua_reload(rig, "return {on_reload = function() while true do end end}", "kept ");
    assert_int_equal(rig->seen[0].replaced, 0);
    lua_reload(rig, "return {on_reload = function(s) assert(s.n >= 25)\n"
                    "  host.log('info', 'took ' .. s.n) end}", "state ");
    assert_true(rig_said(rig, "took "));
    assert_int_equal(rig->seen[0].replaced, 1);
    rig_destroy(rig);
}

static void test_many_reloads_under_load(void **state)
{
    (void)state;
    char text[32];
    struct rig *rig = trading_rig("obey");
    for (uint32_t i = 1; i <= 50; i++) {
        snprintf(text, sizeof text, "obey %u", i);
        rig->line_count = 0;
        rig_feed(rig, 0, 20);
        rig_feed(rig, 1, 20);
        reload(rig, i % 3 == 0 ? "exit_go" : text);
        rig_run(rig, rig_has_line, NULL);
    }
    rig_run(rig, rig_is_fed, NULL);
    assert_int_equal(rig->seen[0].replaced, 34);
    assert_int_equal(rig->seen[0].dead, 0);
    assert_int_equal(rig->seen[1].credits, 10 + 50 * 20);
    rig_destroy(rig);
}

int suite_reload(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_swaps_and_hands_state_over),
        cmocka_unit_test(test_unchanged_says_so),
        cmocka_unit_test(test_what_fails_leaves_the_old_one),
        cmocka_unit_test(test_who_does_not_answer_is_given_up),
        cmocka_unit_test(test_killed_at_each_step),
        cmocka_unit_test(test_first_wishes_come_after_the_swap),
        cmocka_unit_test(test_old_intents_are_dropped),
        cmocka_unit_test(test_no_notice_is_lost),
        cmocka_unit_test(test_a_second_reload_waits_its_turn),
        cmocka_unit_test(test_the_dead_are_revived),
        cmocka_unit_test(test_parameters_are_part_of_it),
        cmocka_unit_test(test_the_old_one_dies_meanwhile),
        cmocka_unit_test(test_stop_ends_a_reload),
        cmocka_unit_test(test_real_scripts),
        cmocka_unit_test(test_many_reloads_under_load),
    };
    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
