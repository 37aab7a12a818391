/* Lines for curves: whole, in order, bounded, and never a wait for the one who puts them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/appender.h"
#include "store_kit.h"
#include "suites.h"

static struct { char directory[64], path[100], old[104]; } world;

static int setup(void **state)
{
    (void)state;
    snprintf(world.directory, sizeof(world.directory), "/tmp/appender-XXXXXX");
    if (!mkdtemp(world.directory))
        return -1;
    snprintf(world.path, sizeof(world.path), "%s/series.csv", world.directory);
    snprintf(world.old, sizeof(world.old), "%s.old", world.path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(world.path);
    unlink(world.old);
    return rmdir(world.directory);
}

static void put(uint64_t bytes_max, const char *const *lines, int count)
{
    struct err err = {""};
    struct appender *appender = appender_open(world.path, "head\n", bytes_max, &err);

    assert_string_equal(err.text, "");
    assert_non_null(appender);
    for (int i = 0; i < count; i++)
        assert_true(appender_put(appender, lines[i], strlen(lines[i])));
    appender_close(appender);
}

static void holds(const char *path, const char *wanted)
{
    size_t length;
    char *text = kit_read_file(path, &length);

    assert_non_null(text);
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(text, wanted, length);
    free(text);
}

static void test_appends_under_one_head(void **state)
{
    (void)state;
    put(1000, (const char *const[]){"1\n", "2\n"}, 2);
    put(1000, (const char *const[]){"3\n"}, 1);
    holds(world.path, "head\n1\n2\n3\n");
}

static void test_ends_a_line_that_was_cut(void **state)
{
    (void)state;
    kit_write_file(world.path, "head\n1,2", 8);
    put(1000, (const char *const[]){"3,4\n"}, 1);
    holds(world.path, "head\n1,2\n3,4\n");
}

static void test_grown_file_becomes_the_old_one(void **state)
{
    (void)state;
    put(8, (const char *const[]){"1234\n"}, 1);
    put(8, (const char *const[]){"5\n"}, 1);
    holds(world.old, "head\n1234\n");
    holds(world.path, "head\n5\n");
}

/* A file whose writes wait for ever: a FIFO that is not read. */
static void test_full_pipe_holds_up_nobody(void **state)
{
    struct err err = {""};
    struct appender *appender;
    char line[4096];
    size_t put_bytes = 0, read_bytes = 0;
    int fd;

    (void)state;
    assert_int_equal(mkfifo(world.path, 0600), 0);
    fd = open(world.path, O_RDWR | O_CLOEXEC);
    appender = appender_open(world.path, "", 1 << 30, &err);
    assert_true(fd >= 0 && appender);
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\n';
    while (appender_put(appender, line, sizeof(line)))
        put_bytes += sizeof(line);
    assert_true(put_bytes > 0);
    while (read_bytes < put_bytes) { /* what was put arrives, once the disk wakes up */
        ssize_t got = read(fd, line, sizeof(line));
        assert_true(got > 0);
        read_bytes += (size_t)got;
    }
    assert_int_equal(read_bytes, put_bytes);
    appender_close(appender);
    close(fd);
}

int suite_appender(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_appends_under_one_head, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends_a_line_that_was_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_grown_file_becomes_the_old_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_pipe_holds_up_nobody, setup, teardown),
    };
    return cmocka_run_group_tests_name("appender", tests, NULL, NULL);
}
