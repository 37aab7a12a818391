/* A native program in the runner's place, inside the jail. Whatever it tries ends it, by the jail
 * or by the core, and the runner beside it gets every view and gives every credit. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

enum { GOOD = 0, BAD = 1, VIEWS = 20 };

extern const char *const hostile_call_names[];

/* Runs one mode to its end and says how it ended. */
static void run_mode(const char *mode, const char *expected)
{
    struct rig *rig = rig_create(RUNNER_PUPPET);
    actor_index bad = BAD;
    rig->config.max_intents_per_s = 500;
    rig->config.memory_max = 1 << 20;
    if (strcmp(mode, "spin") == 0) {
        rig->config.soft_deadline_ns = 10000000;
        rig->config.start_deadline_ns = 2000000000;
    }
    rig_open(rig);
    rig_add(rig, GOOD, "good", "obey");
    rig_feed(rig, GOOD, VIEWS);
    rig_run(rig, rig_is_fed, NULL);
    rig_add(rig, BAD, "bad", mode);
    rig_run(rig, rig_is_over, &bad);
    rig_feed(rig, GOOD, VIEWS);
    rig_run(rig, rig_is_fed, NULL);
    if (!strstr(rig->seen[BAD].reason, expected))
        fail_msg("%s: ended by '%s', not by '%s'", mode, rig->seen[BAD].reason, expected);
    assert_int_equal(rig->seen[BAD].dead, 1);
    assert_int_equal(rig->seen[GOOD].dead, 0);
    assert_int_equal(rig->seen[GOOD].credits, 2 * VIEWS);
    assert_int_equal(rig_status(rig, GOOD).views, 2 * VIEWS);
    rig_destroy(rig);
}

/* AC-L1 | unit | every system call that is not allowed | killed */
static void test_every_denied_call_kills(void **state)
{
    (void)state;
    char mode[64];
    for (const char *const *name = hostile_call_names; *name; name++) {
        snprintf(mode, sizeof mode, "call_%s", *name);
        run_mode(mode, "SIGSYS");
    }
}

/* AC-L1 | unit | forged frames from a runner | it ends, the core does not */
static void test_forged_frames_end_it(void **state)
{
    (void)state;
    static const struct { const char *mode, *expected; } ROWS[] = {
        {"version", "version 2"}, {"kind_zero", "kind 0"}, {"kind_unknown", "kind 200"},
        {"kind_of_core", "may not come from the runner"},
        {"old_generation", "of generation 0; this is generation 1"},
        {"next_generation", "of generation 2; this is generation 1"},
        {"reserved", "unknown bits"}, {"more", "further piece"}, {"request", "request number"},
        {"length_lie", "bytes follow its head"}, {"short_intent", "intent frame with"},
        {"long_intent", "intent frame with"}, {"long_log", "log frame with"},
        {"huge", "at most 16384"}, {"intent_enum", "side, type"}, {"intent_product", "product"},
        {"intent_flag", "flag"}, {"timer_id", "timer's id"}, {"log_level", "log level"},
        {"unasked_ready", "answers nothing"}, {"unasked_verdict", "answers nothing"},
        {"unasked_state", "answers nothing"}, {"unasked_bye", "answers nothing"},
        {"unasked_done", "answers nothing"}, {"two_credits", "answers nothing"},
        {"empty", "0 bytes"}, {"one_byte", "shorter than its head"},
        {"early", "intent before GO"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        run_mode(ROWS[i].mode, ROWS[i].expected);
}

/* AC-L1 | unit | floods of intents, timers, logs; memory, stack, time | ended, each with its
 * reason */
static void test_exhaustion_is_contained(void **state)
{
    (void)state;
    run_mode("intent_flood", "intent flood: more than 500");
    run_mode("timer_flood", "timer flood");
    run_mode("log_flood", "log flood");
    run_mode("fault_flood", "fault flood");
    run_mode("memory_bomb", "exited with status 42");
    run_mode("stack_bomb", "SEGV");
    run_mode("spin", "hard deadline: go");
}

/* Without IA32 in the kernel the interrupt itself faults; with it, the jail sees a foreign arch. */
static void test_foreign_door(void **state)
{
    (void)state;
#if defined(__x86_64__)
    run_mode("interrupt_80", "killed by");
#endif
}

int suite_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_denied_call_kills),
        cmocka_unit_test(test_forged_frames_end_it),
        cmocka_unit_test(test_exhaustion_is_contained),
        cmocka_unit_test(test_foreign_door),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
