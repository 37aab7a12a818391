/* What a watcher hears of a host, and what it leaves for the host to read. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/pulse.h"
#include "io/watch_log.h"
#include "suites.h"

static const struct beat HOST = {.run = 0xabcdef0123, .owner_tag = 9, .pid = 77, .at_ns = 5};

static struct {
    char directory[64];
    struct loop *loop;
    struct loop_timer *tick;
    struct pulse_ear *ear;
    struct beat last;
    unsigned heard;
} world;

static void on_tick(void *context)
{
    (void)context;
    loop_stop(world.loop);
}

static void pass(void)
{
    loop_timer_set(world.tick, 1000000);
    loop_run(world.loop);
}

static void on_heard(void *context, const struct beat *beat)
{
    assert_ptr_equal(context, &world);
    world.last = *beat;
    world.heard++;
}

static char *path(const char *name)
{
    static char text[100]; /* a socket path takes no more than 107 */
    snprintf(text, sizeof text, "%s/%s", world.directory, name);
    return text;
}

static void listen_here(void)
{
    struct err err = {""};
    world.ear = pulse_listen(world.directory, world.loop, on_heard, &world, &err);
    if (!world.ear)
        fail_msg("%s", err.text);
}

static int setup(void **state)
{
    struct err err;
    (void)state;
    memset(&world, 0, sizeof world);
    snprintf(world.directory, sizeof world.directory, "/tmp/moongate-pulse-XXXXXX");
    assert_non_null(mkdtemp(world.directory));
    world.loop = loop_create(&err);
    assert_non_null(world.loop);
    world.tick = loop_timer_create(world.loop, on_tick, NULL);
    return 0;
}

static int teardown(void **state)
{
    static const char *const FILES[] = {PULSE_FILE, PULSE_FILE ".new", WATCH_LOG_FILE,
                                        "watch.lock", "watch.sock"};
    (void)state;
    pulse_ear_close(world.ear);
    assert_int_equal(access(path("watch.sock"), F_OK), -1);
    loop_timer_destroy(world.tick);
    loop_destroy(world.loop);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        unlink(path(FILES[i]));
    return rmdir(world.directory);
}

static void put(const char *name, const char *text)
{
    int fd = open(path(name), O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

/* ---- heard -------------------------------------------------------------------------------- */

static void a_host_is_heard_with_and_without_a_watcher(void **state)
{
    (void)state;
    int fd = pulse_open(NULL);
    assert_false(pulse_send(fd, world.directory, &HOST));
    listen_here();
    assert_true(pulse_send(fd, world.directory, &HOST));
    pass();
    assert_int_equal(world.heard, 1);
    assert_true(world.last.run == HOST.run && world.last.pid == HOST.pid);
    pulse_ear_close(world.ear);
    world.ear = NULL;
    assert_false(pulse_send(fd, world.directory, &HOST));
    listen_here(); /* a watcher that was started again */
    assert_true(pulse_send(fd, world.directory, &HOST));
    pass();
    assert_int_equal(world.heard, 2);
    close(fd);
}

/* AC-E4 | unit | a watcher that does not read | the host is never held up, its beats are lost */
static void a_deaf_watcher_holds_up_nobody(void **state)
{
    (void)state;
    int fd = pulse_open(NULL), lost = 0;
    listen_here();
    for (int i = 0; i < 5000; i++)
        lost += !pulse_send(fd, world.directory, &HOST);
    assert_true(lost > 0);
    pass();
    assert_true(world.heard > 0 && pulse_send(fd, world.directory, &HOST));
    close(fd);
}

static void what_is_no_beat_is_not_heard(void **state)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char long_text[4 * BEAT_MAX];
    (void)state;
    listen_here();
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path("watch.sock"));
    int fd = pulse_open(NULL);
    memset(long_text, ' ', sizeof long_text);
    memcpy(long_text, "{}", 2);
    for (size_t length = 0; length <= sizeof long_text; length += 128)
        assert_true(sendto(fd, long_text, length, 0, (struct sockaddr *)&to, sizeof to) >= 0);
    pass();
    assert_int_equal(world.heard, 0);
    assert_true(pulse_send(fd, world.directory, &HOST));
    pass();
    assert_int_equal(world.heard, 1);
    close(fd);
}

/* AC-E4 | unit | the watcher's socket is deleted, or another's put there | noticed, made anew */
static void a_socket_that_was_taken_away_is_made_anew(void **state)
{
    (void)state;
    int fd = pulse_open(NULL);
    listen_here();
    assert_true(pulse_ear_holds(world.ear));
    unlink(path("watch.sock"));
    assert_false(pulse_ear_holds(world.ear));
    assert_true(pulse_ear_holds(world.ear));
    unlink(path("watch.sock"));
    put("watch.sock", "");
    assert_false(pulse_ear_holds(world.ear));
    assert_true(pulse_send(fd, world.directory, &HOST));
    pass();
    assert_int_equal(world.heard, 1);
    close(fd);
}

/* AC-E4 | unit | a second watcher, a directory that others may write to | refused, says why */
static void one_watcher_on_a_directory_of_its_own(void **state)
{
    struct err err = {""};
    (void)state;
    listen_here();
    assert_null(pulse_listen(world.directory, world.loop, on_heard, &world, &err));
    assert_non_null(strstr(err.text, "another moongate-watch"));
    assert_true(pulse_ear_holds(world.ear));
    pulse_ear_close(world.ear);
    world.ear = NULL;
    chmod(world.directory, 0770);
    assert_null(pulse_listen(world.directory, world.loop, on_heard, &world, &err));
    assert_non_null(strstr(err.text, "chmod 0700"));
    chmod(world.directory, 0700);
}

/* ---- the file ----------------------------------------------------------------------------- */

static void the_file_says_what_was_written_last(void **state)
{
    struct beat stopped = HOST, got;
    struct err err;
    (void)state;
    assert_int_equal(pulse_read(world.directory, &got, &err), 0);
    assert_int_equal(pulse_write(world.directory, &HOST, &err), 0);
    assert_int_equal(pulse_read(world.directory, &got, &err), 1);
    assert_true(got.run == HOST.run && !got.stopped);
    stopped.stopped = true;
    assert_int_equal(pulse_write(world.directory, &stopped, &err), 0);
    assert_int_equal(pulse_read(world.directory, &got, &err), 1);
    assert_true(got.stopped);
    put(PULSE_FILE, "x");
    assert_int_equal(pulse_read(world.directory, &got, &err), -1);
    assert_non_null(strstr(err.text, PULSE_FILE));
}

/* ---- the log ------------------------------------------------------------------------------ */

static void write_event(const char *event, uint64_t run)
{
    struct watch_log log;
    struct beat host = HOST;
    struct err err;
    host.run = run;
    assert_int_equal(watch_log_open(&log, world.directory, NULL, &err), 0);
    watch_log_begin(&log, event, &host);
    json_put_text(&log.json, "text", "words with \"quotes\"\nand a line break");
    assert_int_equal(watch_log_end(&log, &err), 0);
    watch_log_close(&log);
}

static void the_host_finds_what_was_done_for_its_run(void **state)
{
    struct watch_log_found found;
    struct err err;
    (void)state;
    assert_int_equal(watch_log_find(world.directory, HOST.run, &found, &err), 0);
    assert_int_equal(found.cancelled, 0);
    write_event("silent", HOST.run);
    write_event(WATCH_LOG_CANCELLED, HOST.run);
    put(WATCH_LOG_FILE, "\n{}\nnot JSON\n{\"event\":\"cancelled\"}\n{\"event\":7,\"run\":[]}\n");
    write_event(WATCH_LOG_CANCELLED, HOST.run + 1);
    write_event(WATCH_LOG_CANCELLED, HOST.run);
    put(WATCH_LOG_FILE, "{\"event\":\"cancelled\",\"run\":\"abcdef0123\"}"); /* cut short */
    assert_int_equal(watch_log_find(world.directory, HOST.run, &found, &err), 0);
    assert_int_equal(found.cancelled, 2);
    assert_int_equal(strlen(found.first), strlen("2026-11-21T09:35:19.091558Z"));
}

#define PULSE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int suite_pulse(void)
{
    const struct CMUnitTest tests[] = {
        PULSE_TEST(a_host_is_heard_with_and_without_a_watcher),
        PULSE_TEST(a_deaf_watcher_holds_up_nobody),
        PULSE_TEST(what_is_no_beat_is_not_heard),
        PULSE_TEST(a_socket_that_was_taken_away_is_made_anew),
        PULSE_TEST(one_watcher_on_a_directory_of_its_own),
        PULSE_TEST(the_file_says_what_was_written_last),
        PULSE_TEST(the_host_finds_what_was_done_for_its_run),
    };
    return cmocka_run_group_tests_name("pulse", tests, NULL, NULL);
}
