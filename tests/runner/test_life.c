/* A runner's life: what it is given, what it is shown, how long it may take, how it ends. */
#define _GNU_SOURCE
#include "rig.h"

#include <linux/landlock.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "suites.h"

static actor_index zero = 0, one = 1;

static struct rig *puppet_rig(void)
{
    return rig_create(RUNNER_PUPPET);
}

static void test_is_given_nothing_it_does_not_need(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    assert_int_equal(setenv("MOONGATE_SECRET", "x", 1), 0);
    int left_open = dup(0); /* not close-on-exec: the child may not have it all the same */
    rig_open(rig);
    rig_add(rig, 0, "probe", "probe");
    rig_feed(rig, 0, 1);
    rig_run(rig, rig_is_fed, NULL);
    assert_int_equal(rig->said_count, 1);
    assert_string_equal(rig->said[0], "idescriptors 5 environment 0 stdin /dev/null leader 1 nice "
                                      "19 idle 0");
    assert_int_equal(rig_status(rig, 0).layers & (LAYER_ALL & ~LAYER_LANDLOCK),
                     LAYER_ALL & ~LAYER_LANDLOCK);
    close(left_open);
    rig_destroy(rig);
}

/* What the kernel says of the real runner, asked from outside of its jail. */
static void proc_says(int pid, const char *file, const char *words)
{
    static char text[8192];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    FILE *open = fopen(path, "r");
    assert_non_null(open);
    text[fread(text, 1, sizeof text - 1, open)] = '\0';
    fclose(open);
    assert_says(text, words);
}

static int descriptors_of(int pid)
{
    char path[64], target[64];
    int count = 0;
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
        count += readlink(path, target, sizeof target) > 0;
    }
    return count;
}

static void test_seen_from_outside(void **state)
{
    (void)state;
    struct rig *rig = rig_create(RUNNER_REAL);
    rig_open(rig);
    rig_add(rig, 0, "a", "return {on_book = function() end}");
    rig_feed(rig, 0, 5);
    rig_run(rig, rig_is_fed, NULL);
    int pid = rig_status(rig, 0).pid;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    assert_int_equal(rig_status(rig, 0).layers, abi >= 1 ? LAYER_ALL : LAYER_ALL - LAYER_LANDLOCK);
    proc_says(pid, "status", "NoNewPrivs:\t1");
    proc_says(pid, "status", "Seccomp:\t2");
    proc_says(pid, "status", "Threads:\t1");
    proc_says(pid, "limits", "Max processes             0                    0");
    proc_says(pid, "limits", "Max file size             0                    0");
    proc_says(pid, "limits", "Max core file size        0                    0");
    proc_says(pid, "cmdline", "moongate-runner");
    if (geteuid() == 0) /* its own user may not look any more */
        assert_int_equal(descriptors_of(pid), 4);
    rig_destroy(rig);
}

static void test_sched_idle_and_pinning(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.sched_idle = true;
    rig->config.cpu = 0;
    rig_open(rig);
    rig_add(rig, 0, "probe", "probe");
    rig_feed(rig, 0, 1);
    rig_run(rig, rig_is_fed, NULL);
    assert_says(rig->said[0], "idle 1");
    rig_destroy(rig);
}

static void test_views_and_credits(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_add(rig, 1, "b", "obey");
    rig_feed(rig, 0, 500);
    rig_feed(rig, 1, 500);
    rig_run(rig, rig_is_fed, NULL);
    for (actor_index i = 0; i < 2; i++) {
        struct runner_status status = rig_status(rig, i);
        assert_int_equal(status.views, 500);
        assert_int_equal(status.credits, 500);
        assert_int_equal(status.waiting, 0);
        assert_int_equal(status.life, RUNNER_LIFE_READY);
        assert_int_equal(rig->seen[i].stale_events, 0);
        assert_int_equal(rig->seen[i].starting, 1);
        assert_int_equal(rig->seen[i].ready, 1);
    }
    rig_destroy(rig);
}

static bool has_verdicts(struct rig *rig, void *index)
{
    return rig->seen[*(actor_index *)index].verdicts == 3;
}

static void test_rules_are_asked(void **state)
{
    (void)state;
    actor_index rule = MAX_STRATEGIES;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, rule, "rule", "obey");
    rig_run(rig, rig_is_alive, &rule);
    for (uint64_t request = 11; request < 14; request++)
        rig_judge(rig, rule, request);
    rig_run(rig, has_verdicts, &rule);
    assert_true(rig->seen[rule].verdict.allow);
    assert_int_equal(rig->seen[rule].verdict.request, 13);
    rig_destroy(rig);
}

static void test_a_rule_has_no_intents(void **state)
{
    (void)state;
    actor_index rule = MAX_STRATEGIES;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, rule, "rule", "eager");
    rig_run(rig, rig_is_dead, &rule);
    assert_says(rig->seen[rule].reason, "a rule has no intents");
    rig_destroy(rig);
}

/* A second view before the first is answered overwrites what waits; the runner sees the last. */
static void test_views_are_overwritten_not_queued(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, rig_is_alive, &zero);
    for (int i = 0; i < 10; i++)
        rig_view(rig, 0);
    rig->seen[0].view_goal = 1;
    rig_run(rig, rig_is_fed, NULL);
    assert_int_equal(rig_status(rig, 0).views, 2);
    assert_int_equal(rig_status(rig, 0).credits, 2);
    rig_destroy(rig);
}

static void test_old_generation_is_not_shown(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, rig_is_alive, &zero);
    rig->seen[0].generation--;
    rig_view(rig, 0);
    rig_notice(rig, 0, NOTICE_FRESH);
    rig->seen[0].generation++;
    assert_int_equal(rig_status(rig, 0).views, 0);
    assert_int_equal(rig_status(rig, 0).notices, 0);
    rig_destroy(rig);
}

static bool missed_soft_deadline(struct rig *rig, void *index)
{
    return rig_status(rig, *(actor_index *)index).soft_deadlines > 0;
}

/* AC-L1: one that spins takes nothing from its neighbours from then on. */
static void test_missed_deadline_demotes(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.soft_deadline_ns = 10000000;
    rig->config.hard_deadline_ns = 60000000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "mute_view");
    rig_run(rig, rig_is_alive, &zero);
    assert_int_equal(sched_getscheduler(rig_status(rig, 0).pid), SCHED_OTHER);
    rig_view(rig, 0);
    rig_run(rig, missed_soft_deadline, &zero);
    assert_int_equal(sched_getscheduler(rig_status(rig, 0).pid), SCHED_IDLE);
    rig_destroy(rig);
}

/* F62 | unit | a callback that never ends | killed at the hard deadline */
static void test_hard_deadline_kills(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.soft_deadline_ns = 10000000;
    rig->config.hard_deadline_ns = 100000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "mute_view");
    rig_run(rig, rig_is_alive, &zero);
    rig_view(rig, 0);
    rig_run(rig, rig_is_dead, &zero);
    assert_string_equal(rig->seen[0].reason, "hard deadline: view was not answered in 100 ms");
    assert_int_equal(rig_status(rig, 0).soft_deadlines, 1);
    rig_destroy(rig);
}

static bool has_answer(int fd)
{
    int type;
    socklen_t size = sizeof type;
    struct pollfd one_fd = {.fd = fd, .events = POLLIN};
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET &&
           poll(&one_fd, 1, 0) == 1;
}

static bool an_answer_waits(void)
{
    for (int fd = 3; fd < 256; fd++)
        if (has_answer(fd))
            return true;
    return false;
}

static bool rig_has_credit(struct rig *rig, void *unused)
{
    (void)unused;
    return rig->seen[0].credits > 0 || rig->seen[0].dead > 0;
}

/* F66 | unit | the host stands still past a script's hard deadline while its answer waits | the
 * answer is read before the deadline is judged, and nobody is killed */
static void test_an_answer_that_waits_is_read_first(void **state)
{
    static const struct timespec MS = {.tv_nsec = 1000000};
    static const struct timespec LATER = {.tv_sec = 1, .tv_nsec = 100000000};
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.soft_deadline_ns = 10000000;
    rig->config.hard_deadline_ns = 1000000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, rig_is_alive, &zero);
    rig_view(rig, 0);
    rig_run(rig, rig_has_credit, NULL); /* its start is answered: only a view is in front now */
    rig->seen[0].credits = 0;
    rig_view(rig, 0);
    while (!an_answer_waits()) /* the loop does not run: it stands still */
        nanosleep(&MS, NULL);
    nanosleep(&LATER, NULL);
    rig_run(rig, rig_has_credit, NULL);
    assert_int_equal(rig->seen[0].dead, 0);
    rig_destroy(rig);
}

/* Notices to a runner that does not read are bounded by count, and then it is ended. */
static void test_a_runner_that_does_not_read_is_ended(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.max_waiting = 5000; /* more than its socket holds: some wait in the core */
    rig_open(rig);
    rig_add(rig, 0, "a", "mute_notice");
    rig_add(rig, 1, "b", "obey");
    rig_feed(rig, 1, 50);
    rig_run(rig, rig_is_alive, &zero);
    rig->seen[0].flood_notices = true;
    rig_run(rig, rig_is_dead, &zero);
    rig->seen[0].flood_notices = false;
    assert_says(rig->seen[0].reason, "it answers too slowly: 5000 frames wait for it");
    rig_run(rig, rig_is_fed, NULL);
    rig_destroy(rig);
}

/* A burst that is more than the socket holds arrives whole, and in order of its answers. */
static bool all_answered(struct rig *rig, void *unused)
{
    (void)unused;
    return rig_status(rig, 0).waiting == 0;
}

static void test_a_burst_is_delivered(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.max_waiting = 5000;
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, rig_is_alive, &zero);
    for (int i = 0; i < 4000; i++)
        rig_notice(rig, 0, NOTICE_STALE);
    rig_run(rig, all_answered, NULL);
    assert_int_equal(rig_status(rig, 0).notices, 4000);
    assert_int_equal(rig->seen[0].dead, 0);
    rig_destroy(rig);
}

/* The engine's queue is full: nothing is lost, the runner waits. */
static bool has_queued(struct rig *rig, void *unused)
{
    (void)unused;
    return rig->seen[0].intents == 100 && rig->seen[0].credits == 1;
}

static void test_a_full_queue_loses_nothing(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    event_queue_destroy(rig->queue);
    rig->queue = rig->config.events = event_queue_create(3 * sizeof(struct event));
    rig_open(rig);
    rig_add(rig, 0, "a", "hundred");
    rig_run(rig, rig_is_alive, &zero);
    rig_view(rig, 0);
    rig_run(rig, has_queued, NULL);
    assert_int_equal(rig->seen[0].intent.intent.ref & 0xffffffff, 99);
    rig_destroy(rig);
}

static bool was_restarted(struct rig *rig, void *count)
{
    return rig->seen[0].ready == *(uint32_t *)count;
}

/* The next so many processes cannot be made. */
static int spawns_refused;

int __real_posix_spawn(pid_t *, const char *, const posix_spawn_file_actions_t *,
                       const posix_spawnattr_t *, char *const[], char *const[]);
int __wrap_posix_spawn(pid_t *pid, const char *program, const posix_spawn_file_actions_t *files,
                       const posix_spawnattr_t *attributes, char *const words[],
                       char *const environment[]);

int __wrap_posix_spawn(pid_t *pid, const char *program, const posix_spawn_file_actions_t *files,
                       const posix_spawnattr_t *attributes, char *const words[],
                       char *const environment[])
{
    if (spawns_refused > 0)
        return spawns_refused--, EAGAIN;
    return __real_posix_spawn(pid, program, files, attributes, words, environment);
}

/* F70 | unit | no process can be made for a runner, at its start or after its death | the start
 * says so; the dead one is tried again until there is room */
static void test_no_process_to_be_had(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    struct err err = {""};
    uint32_t second = 2;
    rig->config.max_restarts = 3;
    rig_open(rig);
    rig_add(rig, 0, "a", "exit_view");
    rig_run(rig, rig_is_alive, &zero);
    spawns_refused = 1;
    assert_int_equal(rig_try_add(rig, 1, "a", &err), -1);
    assert_non_null(strstr(err.text, "cannot be started: "));
    spawns_refused = 1;
    rig_view(rig, 0);
    rig_run(rig, was_restarted, &second);
    assert_int_equal(spawns_refused, 0);
    assert_int_equal(rig_status(rig, 0).restarts, 2);
    rig_destroy(rig);
}

static void test_death_and_restart(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    uint32_t second = 2;
    rig->config.max_restarts = 2;
    rig->config.first_generation = 70;
    rig_open(rig);
    rig_add(rig, 0, "a", "exit_view");
    rig_run(rig, rig_is_alive, &zero);
    assert_int_equal(rig->seen[0].generation, 70);
    rig_view(rig, 0);
    rig_run(rig, was_restarted, &second);
    assert_int_equal(rig->seen[0].generation, 71);
    assert_string_equal(rig->seen[0].reason, "it exited with status 7");
    rig_feed(rig, 0, 10); /* each one kills it */
    rig_run(rig, rig_is_over, &zero);
    assert_int_equal(rig->seen[0].dead, 3);
    assert_int_equal(rig->seen[0].starting, 3);
    assert_int_equal(rig_status(rig, 0).restarts, 2);
    rig_destroy(rig);
}

static bool has_state(struct rig *rig, void *unused)
{
    size_t length;
    (void)unused;
    return runner_state(rig->pool, "a", &length) != NULL;
}

static void test_state_survives_a_kill(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    uint32_t second = 2;
    size_t length;
    rig->config.max_restarts = 1;
    rig->config.save_interval_ns = 1000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, has_state, NULL);
    assert_string_equal(runner_state(rig->pool, "a", &length), "{\"n\":1}");
    assert_int_equal(length, 7);
    assert_int_equal(kill(rig_status(rig, 0).pid, SIGKILL), 0);
    rig_run(rig, was_restarted, &second);
    assert_says(rig->seen[0].reason, "killed by signal 9 (KILL)");
    assert_true(rig_said(rig, "istate"));
    rig_destroy(rig);
}

static void test_a_state_not_taken_is_left_out(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    uint32_t second = 2;
    rig->config.max_restarts = 3;
    rig->config.save_interval_ns = 1000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "fail_state_in");
    rig_run(rig, has_state, NULL);
    assert_int_equal(kill(rig_status(rig, 0).pid, SIGKILL), 0);
    rig_run(rig, was_restarted, &second);
    assert_int_equal(rig->seen[0].dead, 2);
    rig_destroy(rig);
}

static void test_what_cannot_start_stays_dead(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.max_restarts = 3;
    rig_open(rig);
    rig_add(rig, 0, "a", "fail_start");
    rig_run(rig, rig_is_over, &zero);
    assert_int_equal(rig->seen[0].dead, 1);
    assert_string_equal(rig->seen[0].reason, "x.lua:1: it fails");
    rig_add(rig, 1, "b", "mute_start");
    rig_destroy(rig); /* while it starts */
}

static void test_a_missing_layer_is_refused(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig_open(rig);
    rig_add(rig, 0, "a", "bare");
    rig_run(rig, rig_is_over, &zero);
    assert_string_equal(rig->seen[0].reason, "its jail lacks seccomp, which this host requires");
    rig_destroy(rig);

    rig = puppet_rig();
    rig->config.required_layers = 0;
    rig_open(rig);
    rig_add(rig, 0, "a", "bare");
    rig_run(rig, rig_is_alive, &zero);
    rig_destroy(rig);
}

static void test_the_engine_ends_one(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    struct command command = {.kind = COMMAND_RUNNER_END, .runner_end = {0, 1, "too many notices"}};
    struct command other = {.kind = COMMAND_ALERT};
    rig_open(rig);
    rig_add(rig, 0, "a", "obey");
    rig_run(rig, rig_is_alive, &zero);
    assert_true(runner_command(rig->pool, &command));
    rig_run(rig, rig_is_dead, &zero);
    assert_string_equal(rig->seen[0].reason, "too many notices");
    assert_false(runner_command(rig->pool, &other));
    rig_destroy(rig);
}

static void test_stop(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    rig->config.save_deadline_ns = 200000000;
    rig_open(rig);
    rig_add(rig, 0, "a", "eager");
    rig_add(rig, 1, "b", "mute_stop");
    rig_add(rig, 2, "c", "exit_view");
    rig_run(rig, rig_is_alive, &one);
    rig_run(rig, rig_is_alive, &zero);
    runner_pool_stop(rig->pool);
    rig_run(rig, rig_is_idle, NULL);
    assert_int_equal(rig->seen[0].intents, 5); /* two at first, three in on_stop */
    for (actor_index i = 0; i < 3; i++)
        assert_int_equal(rig_status(rig, i).life, RUNNER_LIFE_STOPPED);
    rig_destroy(rig);
}

static void test_what_cannot_be_added(void **state)
{
    (void)state;
    struct rig *rig = puppet_rig();
    struct err err = {""};
    rig->config.program = "/nonexistent/moongate-runner";
    rig_open(rig);
    assert_int_equal(rig_try_add(rig, 0, "absent", &err), -1);
    assert_says(err.text, "absent.lua: there is no such file");
    rig_write(rig, "a", "obey");
    assert_int_equal(rig_try_add(rig, 0, "a", &err), -1);
    assert_says(err.text, "/nonexistent/moongate-runner cannot be started: No such file");
    assert_int_equal(runner_pool_count(rig->pool), 0);
    rig_destroy(rig);
}

int suite_life(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_given_nothing_it_does_not_need),
        cmocka_unit_test(test_seen_from_outside),
        cmocka_unit_test(test_sched_idle_and_pinning),
        cmocka_unit_test(test_views_and_credits),
        cmocka_unit_test(test_rules_are_asked),
        cmocka_unit_test(test_a_rule_has_no_intents),
        cmocka_unit_test(test_views_are_overwritten_not_queued),
        cmocka_unit_test(test_old_generation_is_not_shown),
        cmocka_unit_test(test_missed_deadline_demotes),
        cmocka_unit_test(test_hard_deadline_kills),
        cmocka_unit_test(test_an_answer_that_waits_is_read_first),
        cmocka_unit_test(test_a_runner_that_does_not_read_is_ended),
        cmocka_unit_test(test_a_burst_is_delivered),
        cmocka_unit_test(test_a_full_queue_loses_nothing),
        cmocka_unit_test(test_death_and_restart),
        cmocka_unit_test(test_no_process_to_be_had),
        cmocka_unit_test(test_state_survives_a_kill),
        cmocka_unit_test(test_a_state_not_taken_is_left_out),
        cmocka_unit_test(test_what_cannot_start_stays_dead),
        cmocka_unit_test(test_a_missing_layer_is_refused),
        cmocka_unit_test(test_the_engine_ends_one),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_what_cannot_be_added),
    };
    return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
