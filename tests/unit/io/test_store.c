#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/prng.h"
#include "store_kit.h"
#include "suites.h"

static void open_or_fail(struct kit *kit)
{
    if (!kit_open(kit))
        fail_msg("%s", kit->err.text);
}

static void refuses_to_open(struct kit *kit, const char *says)
{
    assert_false(kit_open(kit));
    if (!strstr(kit->err.text, says))
        fail_msg("'%s' does not say '%s'", kit->err.text, says);
}

/* --- what goes well --- */

static void what_was_committed_comes_back(void **state)
{
    (void)state;
    struct kit kit;
    struct prng prng;
    int64_t number = 0;
    prng_seed(&prng, 3);
    kit_init(&kit);
    for (int run = 0; run < 5; run++) {
        open_or_fail(&kit);
        assert_int_equal(kit.restored, number);
        assert_int_equal(store_durable(kit.store), number);
        for (int i = 0; i < 40; i++) {
            uint32_t count = 1 + (uint32_t)prng_below(&prng, 9);
            int64_t commit = kit_commit(&kit, number + 1, count);
            number += count;
            assert_int_equal(commit, number);
        }
        if (run % 2)
            assert_int_equal(store_wait(kit.store, number), 0);
        kit_close(&kit); /* what was not waited for is written by close */
    }
    open_or_fail(&kit);
    assert_int_equal(kit.restored, number);
    kit_fini(&kit);
}

static void hear_the_bell(struct kit *kit)
{
    struct pollfd bell = {.fd = store_fd(kit->store), .events = POLLIN};
    assert_int_equal(poll(&bell, 1, -1), 1);
    store_poll(kit->store);
}

static void the_loop_is_told_through_a_descriptor(void **state)
{
    (void)state;
    struct kit kit;
    kit_init(&kit);
    open_or_fail(&kit);
    int64_t number = kit_commit(&kit, 1, 3);
    while (kit.durable < number)
        hear_the_bell(&kit);
    assert_int_equal(kit.durable, 3);
    assert_int_equal(store_durable(kit.store), 3);
    store_poll(kit.store); /* nothing new: nothing told, nothing blocked */
    assert_int_equal(kit.deaths, 0);
    kit_fini(&kit);
}

/* A disk that takes its time stops nobody, and what came meanwhile goes as one transaction. */
static void a_slow_disk_gathers_commits(void **state)
{
    (void)state;
    struct kit kit;
    struct store_counters counters;
    kit_init(&kit);
    open_or_fail(&kit);
    kit_disk_stall();
    assert_int_equal(kit_commit(&kit, 1, 1), 1);
    kit_disk_await_stall();
    for (int64_t number = 2; number <= 101; number++)
        assert_int_equal(kit_commit(&kit, number, 1), number);
    store_poll(kit.store);
    assert_int_equal(kit.durable, 0);
    kit_disk_release();
    assert_int_equal(store_wait(kit.store, 101), 0);
    store_read_counters(kit.store, &counters);
    assert_int_equal(counters.commits, 101);
    assert_int_equal(counters.transactions, 2);
    assert_int_equal(counters.batch_max, 100);
    kit_close(&kit);
    open_or_fail(&kit);
    assert_int_equal(kit.restored, 101);
    kit_fini(&kit);
}

static void the_log_is_folded_back_in(void **state)
{
    (void)state;
    struct kit kit;
    struct store_counters counters;
    char path[128];
    size_t length = 0;
    kit_init(&kit);
    open_or_fail(&kit);
    for (int64_t first = 1; first <= 4000; first += 4)
        assert_int_equal(store_wait(kit.store, kit_commit(&kit, first, 4)), 0);
    store_read_counters(kit.store, &counters);
    assert_true(counters.checkpoints > 0);
    kit_path(&kit, STORE_FILE "-wal", path);
    free(kit_read_file(path, &length));
    assert_true(length < 16 * 1024 * 1024);
    kit_close(&kit);
    assert_null(kit_read_file(path, &length)); /* a clean end leaves no log */
    open_or_fail(&kit);
    assert_int_equal(kit.restored, 4000);
    kit_fini(&kit);
}

/* --- who may not open it --- */

/* F65 | unit | a second opener of the journal | refused */
static void a_second_opener_is_refused(void **state)
{
    (void)state;
    struct kit kit;
    kit_init(&kit);
    open_or_fail(&kit);
    struct kit second = kit;
    refuses_to_open(&second, "in use by another moongate");
    pid_t child = fork();
    if (child == 0)
        _exit(kit_open(&second) ? 1 : strstr(second.err.text, "in use") ? 0 : 2);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(store_wait(kit.store, kit_commit(&kit, 1, 1)), 0);
    kit_close(&kit);
    open_or_fail(&kit);
    kit_fini(&kit);
}

static void anothers_journal_is_refused(void **state)
{
    (void)state;
    struct kit kit;
    struct err err = {""};
    kit_init(&kit);
    open_or_fail(&kit);
    kit_close(&kit);
    struct store_config config = {.directory = kit.directory, .identity = "production"};
    assert_null(store_open(&config, &err));
    assert_non_null(strstr(err.text, "belongs to 'test'"));
    kit_fini(&kit);
}

static void an_unsafe_directory_is_refused(void **state)
{
    (void)state;
    struct kit kit;
    char path[128];
    kit_init(&kit);
    assert_int_equal(chmod(kit.directory, 0777), 0);
    refuses_to_open(&kit, "can be written by others");
    assert_int_equal(chmod(kit.directory, 0700), 0);
    kit_path(&kit, STORE_FILE, path);
    assert_int_equal(symlink("/dev/null", path), 0);
    refuses_to_open(&kit, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuses_to_open(&kit, path);
    assert_int_equal(unlink(path), 0);
    kit_write_file(path, "not a database, but long enough to be looked at as one, surely", 62);
    refuses_to_open(&kit, "not a database");
    assert_int_equal(unlink(path), 0);
    open_or_fail(&kit);
    struct stat stat_now;
    assert_int_equal(stat(path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0600);
    kit_fini(&kit);
}

/* --- when the disk fails --- */

/* What a failed sync left in memory is not what the disk has: it is not put into the database. */
static void close_changes_nothing(struct kit *kit)
{
    char path[128];
    size_t before_length, after_length;
    kit_path(kit, STORE_FILE, path);
    char *before = kit_read_file(path, &before_length);
    kit_close(kit);
    char *after = kit_read_file(path, &after_length);
    assert_int_equal(before_length, after_length);
    assert_memory_equal(before, after, after_length);
    free(before);
    free(after);
}

static void dies_for_good(enum kit_fault fault)
{
    struct kit kit;
    kit_init(&kit);
    open_or_fail(&kit);
    assert_int_equal(store_wait(kit.store, kit_commit(&kit, 1, 10)), 0);
    kit_disk_set(fault);
    int64_t lost = kit_commit(&kit, 11, 5);
    assert_int_equal(lost, 15);
    while (kit.deaths == 0) /* nobody has to ask */
        hear_the_bell(&kit);
    assert_int_equal(store_wait(kit.store, lost), -1);
    assert_int_equal(kit.deaths, 1);
    assert_true(*kit.reason != '\0' && store_is_dead(kit.store));
    assert_int_equal(kit.durable, 10);
    kit_disk_set(DISK_FINE); /* a disk that is well again is not believed */
    assert_int_equal(kit_commit(&kit, 11, 1), -1);
    store_poll(kit.store);
    assert_int_equal(kit.deaths, 1);
    assert_int_equal(kit.durable, 10);
    close_changes_nothing(&kit);
    /* What was durable is there. Of what failed, either nothing or all of it. */
    open_or_fail(&kit);
    assert_true(kit.restored == 10 || kit.restored == 15);
    kit_fini(&kit);
}

/* F63 | unit | EIO on a write | dead for good, what was durable is there */
static void f63_a_failed_write_is_the_end(void **state)
{
    (void)state;
    dies_for_good(DISK_WRITE_FAILS);
}

/* F63 | unit | ENOSPC on a write | dead for good */
static void f63_a_full_disk_is_the_end(void **state)
{
    (void)state;
    dies_for_good(DISK_FULL);
}

/* F63 | unit | fsync fails, then the disk is well | never tried again */
static void f63_a_failed_fsync_is_the_end(void **state)
{
    (void)state;
    dies_for_good(DISK_SYNC_FAILS);
}

/* F70 | unit | an fsync that never returns | the queue is bounded, then the journal is dead */
static void a_disk_that_never_answers_fills_the_queue(void **state)
{
    (void)state;
    struct kit kit;
    int64_t number = 0, got;
    kit_init(&kit);
    open_or_fail(&kit);
    kit_disk_stall();
    while ((got = kit_commit(&kit, number + 1, 64)) > 0)
        number = got;
    assert_int_equal(number, STORE_QUEUE_RECORDS);
    store_poll(kit.store);
    assert_int_equal(kit.deaths, 1);
    assert_non_null(strstr(kit.reason, "too slow"));
    kit_disk_release();
    kit_fini(&kit);
}

/* In a process of its own: 0 as it should be, 77 not allowed to mount here. */
static int fill_a_small_disk(struct kit *kit)
{
    uid_t uid = getuid();
    if (unshare(CLONE_NEWNS) < 0) {
        char map[64];
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
            return 77;
        int length = snprintf(map, sizeof map, "%u %u 1", uid, uid);
        int fd = open("/proc/self/uid_map", O_WRONLY);
        if (fd < 0 || write(fd, map, (size_t)length) != length)
            return 77;
        close(fd);
    }
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", kit->directory, "tmpfs", 0, "size=512k,mode=0700") < 0)
        return 77;
    if (!kit_open(kit))
        return 1;
    int64_t number = 0, durable = 0;
    while (kit->deaths == 0 && number < KIT_ROWS_MAX) {
        int64_t got = kit_commit(kit, number + 1, 8);
        if (got < 0 || store_wait(kit->store, got) < 0)
            break;
        number = durable = got;
    }
    if (kit->deaths != 1 || !strstr(kit->reason, "full") || durable < 8)
        return 2;
    kit_close(kit);
    /* Nothing of what orders were sent on is lost; only reading it is asked for here. */
    if (!kit_open(kit))
        return strstr(kit->err.text, "full") ? 0 : 3;
    return kit->restored >= durable ? 0 : 4;
}

/* AC-J2 | unit | a real tmpfs filled up | dead, and nothing durable is lost */
static void f63_a_full_tmpfs(void **state)
{
    (void)state;
    struct kit kit;
    int status;
    kit_init(&kit);
    pid_t child = fork();
    if (child == 0)
        _exit(fill_a_small_disk(&kit));
    assert_int_equal(waitpid(child, &status, 0), child);
    kit_fini(&kit);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("a full tmpfs: skipped, mounting is not permitted here\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- when the host is killed --- */

/* Commits for ever and says each durable number, until it is killed. */
static void commit_until_killed(struct kit *kit, int pipe_end)
{
    if (!kit_open(kit))
        _exit(1);
    for (int64_t number = kit->restored;;) {
        int64_t got = kit_commit(kit, number + 1, 1 + (uint32_t)(number % 7));
        if (got < 0 || (got % 3 == 0 && store_wait(kit->store, got) < 0))
            _exit(1);
        number = got;
        if (write(pipe_end, &kit->durable, sizeof kit->durable) != sizeof kit->durable)
            _exit(1);
    }
}

static int64_t kill_one(struct kit *kit, unsigned messages)
{
    int ends[2], status;
    int64_t told = 0, last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        commit_until_killed(kit, ends[1]);
    }
    close(ends[1]);
    while (messages-- > 0 && read(ends[0], &told, sizeof told) == sizeof told)
        last = told > last ? told : last;
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    while (read(ends[0], &told, sizeof told) == sizeof told)
        last = told > last ? told : last;
    close(ends[0]);
    return last;
}

/* F61 | unit | twenty SIGKILLs while committing | every durable row is there */
static void f61_a_kill_loses_nothing_that_was_durable(void **state)
{
    (void)state;
    struct kit kit;
    struct prng prng;
    prng_seed(&prng, 5);
    kit_init(&kit);
    for (int i = 0; i < 20; i++) {
        int64_t durable = kill_one(&kit, 1 + (unsigned)prng_below(&prng, 60));
        open_or_fail(&kit);
        assert_true(kit.restored >= durable);
        kit_close(&kit);
    }
    kit_fini(&kit);
}

static int install_disk(void **state)
{
    (void)state;
    kit_disk_install();
    return 0;
}

int suite_store(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_comes_back),
        cmocka_unit_test(the_loop_is_told_through_a_descriptor),
        cmocka_unit_test(a_slow_disk_gathers_commits),
        cmocka_unit_test(the_log_is_folded_back_in),
        cmocka_unit_test(a_second_opener_is_refused),
        cmocka_unit_test(anothers_journal_is_refused),
        cmocka_unit_test(an_unsafe_directory_is_refused),
        cmocka_unit_test(f63_a_failed_write_is_the_end),
        cmocka_unit_test(f63_a_full_disk_is_the_end),
        cmocka_unit_test(f63_a_failed_fsync_is_the_end),
        cmocka_unit_test(a_disk_that_never_answers_fills_the_queue),
        cmocka_unit_test(f63_a_full_tmpfs),
        cmocka_unit_test(f61_a_kill_loses_nothing_that_was_durable),
    };
    return cmocka_run_group_tests_name("store", tests, install_disk, NULL);
}
