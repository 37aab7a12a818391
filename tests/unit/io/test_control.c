#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/prng.h"
#include "io/control.h"
#include "suites.h"

enum { ASKED_MAX = 256, ROUNDS_MAX = 2000 };

/* One daemon's end, and the loop run in single passes from here. */
struct world {
    char directory[64], path[100];
    struct loop *loop;
    struct loop_timer *tick;
    struct control *control;
    uint64_t asked[ASKED_MAX]; /* who */
    enum control_verb verbs[ASKED_MAX];
    int asked_count;
    bool answer_at_once;
    size_t answer_bytes;       /* of the answer's text; 0: "done" */
};

static void answer(struct world *world, uint64_t client)
{
    struct buf line;
    buf_init(&line, CONTROL_REPLY_MAX + 1024);
    if (world->answer_bytes > 0) {
        char *result = malloc(world->answer_bytes);
        memset(result, '1', world->answer_bytes);
        control_reply_encode(&line, true, "", result, world->answer_bytes);
        free(result);
    } else {
        control_reply_encode(&line, true, "done", NULL, 0);
    }
    control_reply(world->control, client, line.data, line.length);
    buf_fini(&line);
}

static void on_request(void *context, uint64_t client, const struct control_request *request)
{
    struct world *world = context;
    assert_true(client != 0 && world->asked_count < ASKED_MAX);
    assert_int_equal(control_uid(world->control, client), geteuid());
    world->verbs[world->asked_count] = request->verb;
    world->asked[world->asked_count++] = client;
    if (world->answer_at_once)
        answer(world, client);
}

static void on_tick(void *context)
{
    loop_stop(((struct world *)context)->loop);
}

/* One pass in which everything that is ready is looked at. */
static void pass(struct world *world)
{
    loop_timer_set(world->tick, 100000);
    loop_run(world->loop);
}

static void setup(struct world *world)
{
    struct err err = {""};
    memset(world, 0, sizeof *world);
    snprintf(world->directory, sizeof world->directory, "/tmp/moongate-control-XXXXXX");
    assert_non_null(mkdtemp(world->directory));
    snprintf(world->path, sizeof world->path, "%s/control.sock", world->directory);
    world->loop = loop_create(&err);
    assert_non_null(world->loop);
    world->tick = loop_timer_create(world->loop, on_tick, world);
    struct control_config config = {.path = world->path, .context = world,
                                    .on_request = on_request};
    world->control = control_open(world->loop, &config, &err);
    if (!world->control)
        fail_msg("%s", err.text);
    world->answer_at_once = true;
}

static void teardown(struct world *world)
{
    control_close(world->control);
    assert_int_equal(access(world->path, F_OK), -1);
    loop_timer_destroy(world->tick);
    loop_destroy(world->loop);
    rmdir(world->directory);
}

static int knock(const struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", world->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(struct world *world, int fd, const char *text, size_t length)
{
    for (int i = 0; length > 0 && i < ROUNDS_MAX; i++) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return; /* it hung up */
        text += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
        pass(world);
    }
}

/* Until a whole line is there, or the other end closed. Returns what came. */
static size_t hear(struct world *world, int fd, char *out, size_t capacity)
{
    size_t used = 0;
    for (int i = 0; i < ROUNDS_MAX && used < capacity - 1; i++) {
        ssize_t got = recv(fd, out + used, capacity - 1 - used, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        used += got > 0 ? (size_t)got : 0;
        if (used > 0 && out[used - 1] == '\n')
            break;
        pass(world);
    }
    out[used] = '\0';
    return used;
}

static bool hung_up(struct world *world, int fd)
{
    char byte;
    for (int i = 0; i < 50; i++) {
        ssize_t got = recv(fd, &byte, 1, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return true;
        pass(world);
    }
    return false;
}

static void expect(struct world *world, int fd, const char *says)
{
    char line[4096];
    hear(world, fd, line, sizeof line);
    if (!strstr(line, says))
        fail_msg("'%s' does not say '%s'", line, says);
}

static const char STATUS[] = "{\"verb\":\"status\"}\n";

/* --- tests --- */

static void the_socket_is_ours_alone(void **state)
{
    (void)state;
    struct world world;
    struct stat stat_now;
    setup(&world);
    assert_int_equal(stat(world.path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0600);
    assert_true(S_ISSOCK(stat_now.st_mode));
    int fd = knock(&world);
    say(&world, fd, STATUS, sizeof STATUS - 1);
    expect(&world, fd, "{\"ok\":true,\"text\":\"done\"}\n");
    close(fd);
    teardown(&world);
}

/* The kernel's word on who connects, with the mode out of the way.
 * F72 | unit | another user of the machine asks for something | turned away, nothing is asked */
static void another_user_is_turned_away(void **state)
{
    (void)state;
    struct world world;
    char line[512] = "";
    if (geteuid() != 0) {
        print_message("another user: skipped, only root can become one\n");
        skip();
    }
    setup(&world);
    assert_int_equal(chmod(world.path, 0666), 0);
    assert_int_equal(chmod(world.directory, 0755), 0);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        if (setresuid(65534, 65534, 65534) < 0)
            _exit(1);
        int fd = knock(&world);
        fcntl(fd, F_SETFL, 0);
        ssize_t got = recv(fd, line, sizeof line - 1, 0);
        ssize_t written = write(ends[1], line, got > 0 ? (size_t)got : 0);
        _exit(written > 0 ? 0 : 2);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ssize_t got = -1;
    for (int i = 0; got <= 0 && i < 20 * ROUNDS_MAX; i++) {
        pass(&world);
        got = read(ends[0], line, sizeof line - 1);
    }
    close(ends[0]);
    assert_true(got > 0);
    assert_non_null(strstr(line, "own user"));
    assert_int_equal(world.asked_count, 0);
    teardown(&world);
}

static void garbage_is_answered(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    int fd = knock(&world);
    say(&world, fd, "what?\n", 6);
    expect(&world, fd, "\"ok\":false");
    say(&world, fd, "\n", 1);
    expect(&world, fd, "\"ok\":false");
    say(&world, fd, "{\"verb\":\"hlat\"}\n", 16);
    expect(&world, fd, "did you mean 'halt'");
    say(&world, fd, "\0\xff\xfe\n", 4);
    expect(&world, fd, "\"ok\":false");
    say(&world, fd, STATUS, sizeof STATUS - 1);
    expect(&world, fd, "\"ok\":true");
    assert_int_equal(world.asked_count, 1);
    close(fd);
    teardown(&world);
}

static void any_bytes_do_no_harm(void **state)
{
    (void)state;
    struct world world;
    struct prng prng;
    prng_seed(&prng, 21);
    setup(&world);
    for (int i = 0; i < 60; i++) {
        char bytes[512];
        size_t length = 1 + prng_below(&prng, sizeof bytes);
        for (size_t k = 0; k < length; k++)
            bytes[k] = (char)prng_below(&prng, 256);
        int fd = knock(&world);
        say(&world, fd, bytes, length);
        if (prng_below(&prng, 2))
            shutdown(fd, SHUT_WR);
        pass(&world);
        close(fd);
        pass(&world);
    }
    struct control_counters counters;
    pass(&world);
    pass(&world);
    control_read_counters(world.control, &counters);
    assert_int_equal(counters.clients, 0);
    assert_int_equal(counters.accepted, 60);
    teardown(&world);
}

static void a_long_line_ends_the_client(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    size_t length = CONTROL_LINE_MAX;
    char *line = malloc(length);
    memset(line, ' ', length);
    line[0] = '{';
    int fd = knock(&world);
    say(&world, fd, line, length);
    expect(&world, fd, "longer than 64 KiB");
    assert_true(hung_up(&world, fd));
    assert_int_equal(world.asked_count, 0);
    close(fd);
    /* The longest that fits is read as what it says. */
    memcpy(line, STATUS, sizeof STATUS - 2);
    memset(line + sizeof STATUS - 2, ' ', length - sizeof STATUS + 1);
    line[length - 1] = '\n';
    fd = knock(&world);
    say(&world, fd, line, length);
    expect(&world, fd, "\"ok\":true");
    close(fd);
    free(line);
    teardown(&world);
}

static void a_half_closed_client_is_answered(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    world.answer_at_once = false;
    int fd = knock(&world);
    say(&world, fd, "{\"verb\":\"halt\"}\n{\"verb\":\"status\"}\n", 34);
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 5; i++)
        pass(&world);
    assert_int_equal(world.asked_count, 1); /* one at a time */
    assert_int_equal(world.verbs[0], CONTROL_HALT);
    answer(&world, world.asked[0]);
    expect(&world, fd, "\"ok\":true");
    assert_int_equal(world.asked_count, 2);
    assert_int_equal(world.verbs[1], CONTROL_STATUS);
    answer(&world, world.asked[1]);
    expect(&world, fd, "\"ok\":true");
    assert_true(hung_up(&world, fd));
    close(fd);
    teardown(&world);
}

static void pieces_make_a_line(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    int fd = knock(&world);
    for (size_t i = 0; i < sizeof STATUS - 1; i++)
        say(&world, fd, STATUS + i, 1);
    expect(&world, fd, "\"ok\":true");
    say(&world, fd, "{\"verb\":\"status\"}\n{\"verb\":\"orders\"}\n{\"verb\":\"x\"}\n", 49);
    char lines[1024] = "";
    size_t used = 0;
    while (!strstr(lines, "verb 'x'") && used < 300)
        used += hear(&world, fd, lines + used, sizeof lines - used);
    assert_int_equal(world.asked_count, 3);
    assert_non_null(strstr(lines, "there is no verb 'x'"));
    close(fd);
    teardown(&world);
}

static void the_seventeenth_is_told_so(void **state)
{
    (void)state;
    struct world world;
    int fds[CONTROL_CLIENTS_MAX];
    struct control_counters counters;
    setup(&world);
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        fds[i] = knock(&world);
        pass(&world);
    }
    int late = knock(&world);
    expect(&world, late, "16 others");
    assert_true(hung_up(&world, late));
    close(late);
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        say(&world, fds[i], STATUS, sizeof STATUS - 1);
        expect(&world, fds[i], "\"ok\":true");
    }
    close(fds[3]);
    pass(&world);
    pass(&world);
    int next = knock(&world);
    say(&world, next, STATUS, sizeof STATUS - 1);
    expect(&world, next, "\"ok\":true");
    control_read_counters(world.control, &counters);
    assert_int_equal(counters.clients, CONTROL_CLIENTS_MAX);
    assert_int_equal(counters.refused, 1);
    close(next);
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (i != 3)
            close(fds[i]);
    teardown(&world);
}

/* An answer for someone who left does not reach who came into his place. */
static void a_late_answer_is_in_vain(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    world.answer_at_once = false;
    int fd = knock(&world);
    say(&world, fd, STATUS, sizeof STATUS - 1);
    pass(&world);
    assert_int_equal(world.asked_count, 1);
    uint64_t gone = world.asked[0];
    close(fd);
    answer(&world, gone); /* into a closed socket: the slot is free after it */
    pass(&world);
    pass(&world);
    fd = knock(&world);
    say(&world, fd, "{\"verb\":\"halt\"}\n", 16);
    pass(&world);
    assert_int_equal(world.asked_count, 2);
    assert_true(world.asked[1] != gone);
    answer(&world, gone);
    char byte;
    for (int i = 0; i < 5; i++)
        pass(&world);
    assert_int_equal(recv(fd, &byte, 1, 0), -1);
    answer(&world, world.asked[1]);
    expect(&world, fd, "\"ok\":true");
    answer(&world, world.asked[1]); /* twice: passed over */
    for (int i = 0; i < 5; i++)
        pass(&world);
    assert_int_equal(recv(fd, &byte, 1, 0), -1);
    close(fd);
    teardown(&world);
}

/* A big answer waits for a client that reads when it likes, and others are served meanwhile. */
static void a_slow_reader_holds_nobody_up(void **state)
{
    (void)state;
    struct world world;
    setup(&world);
    world.answer_bytes = 1000000;
    int slow = knock(&world);
    say(&world, slow, STATUS, sizeof STATUS - 1);
    pass(&world);
    world.answer_bytes = 0;
    int quick = knock(&world);
    for (int i = 0; i < 10; i++) {
        say(&world, quick, STATUS, sizeof STATUS - 1);
        expect(&world, quick, "\"done\"");
    }
    char *all = malloc(1100000);
    size_t got = hear(&world, slow, all, 1100000);
    assert_int_equal(got, 1000000 + strlen("{\"ok\":true,\"text\":\"\",\"result\":}\n"));
    free(all);
    close(slow);
    close(quick);
    teardown(&world);
}

static void an_unread_pile_of_answers_ends_the_client(void **state)
{
    (void)state;
    struct world world;
    struct control_counters counters;
    setup(&world);
    world.answer_bytes = CONTROL_REPLY_MAX - 64;
    int fd = knock(&world);
    say(&world, fd, STATUS, sizeof STATUS - 1);
    say(&world, fd, STATUS, sizeof STATUS - 1);
    for (int i = 0; i < 10; i++)
        pass(&world);
    control_read_counters(world.control, &counters);
    assert_int_equal(counters.clients, 0);
    assert_int_equal(counters.dropped, 1);
    close(fd);
    teardown(&world);
}

static void what_stands_at_the_path_is_respected(void **state)
{
    (void)state;
    struct world world;
    struct err err = {""};
    char path[160];
    setup(&world);
    struct control_config config = {.path = world.path, .context = &world,
                                    .on_request = on_request};
    assert_null(control_open(world.loop, &config, &err));
    assert_non_null(strstr(err.text, "another daemon listens"));
    /* Its failure took nothing away from the first. */
    int fd = knock(&world);
    say(&world, fd, STATUS, sizeof STATUS - 1);
    expect(&world, fd, "\"ok\":true");
    close(fd);

    snprintf(path, sizeof path, "%s/file", world.directory);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    config.path = path;
    assert_null(control_open(world.loop, &config, &err));
    assert_non_null(strstr(err.text, "no socket"));
    assert_int_equal(unlink(path), 0);

    /* A leftover of a killed daemon. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    struct control *second = control_open(world.loop, &config, &err);
    assert_non_null(second);
    control_close(second);
    assert_int_equal(access(path, F_OK), -1);

    char longer[200];
    memset(longer, 'x', sizeof longer);
    longer[199] = '\0';
    config.path = longer;
    assert_null(control_open(world.loop, &config, &err));
    assert_non_null(strstr(err.text, "at most 107 bytes"));
    teardown(&world);
}

int suite_control(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_socket_is_ours_alone),
        cmocka_unit_test(another_user_is_turned_away),
        cmocka_unit_test(garbage_is_answered),
        cmocka_unit_test(any_bytes_do_no_harm),
        cmocka_unit_test(a_long_line_ends_the_client),
        cmocka_unit_test(a_half_closed_client_is_answered),
        cmocka_unit_test(pieces_make_a_line),
        cmocka_unit_test(the_seventeenth_is_told_so),
        cmocka_unit_test(a_late_answer_is_in_vain),
        cmocka_unit_test(a_slow_reader_holds_nobody_up),
        cmocka_unit_test(an_unread_pile_of_answers_ends_the_client),
        cmocka_unit_test(what_stands_at_the_path_is_respected),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
