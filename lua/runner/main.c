/* moongate-runner: one script in its jail. Started by the core alone, with an empty environment, a
 * seqpacket socket as descriptor 3 and the sealed bundle as descriptor 4.
 *
 *     START -> map the bundle -> jail -> compile -> READY -> (frame -> callback -> answer) ... BYE
 *
 * Before the jail stands, nothing but the core's own START frame is looked at. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jail.h"
#include "script.h"
#include "wire/bundle.h"

/* What a script's heap finds at its start, some times what the shipped ones hold; and what is kept
 * at its top when they free. Both are inside the jail's slack. */
enum { HEAP_ROOM = 1024 * 1024, HEAP_KEPT = 4 * 1024 * 1024 };

static struct {
    _Alignas(SCRIPT_ALIGN) unsigned char in[MAX_SCRIPT_FRAME];
    _Alignas(SCRIPT_ALIGN) unsigned char out[MAX_SCRIPT_FRAME];
    uint32_t generation;
    struct script *volatile script; /* owned; read by the signal handler */
    volatile int64_t began_ns;      /* of the frame being handled */
    volatile int64_t soft_ns;
    const void *bundle_bytes;       /* mapped */
    size_t bundle_length;
    struct bundle bundle;
} runner;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The core's signal may arrive when the callback it meant is over and another has begun. Half of
 * the deadline tells them apart: the core waits for all of it. */
static void on_soft_deadline(int signal_number)
{
    int kept = errno;
    (void)signal_number;
    if (runner.script && now_ns() - runner.began_ns >= runner.soft_ns / 2)
        script_interrupt(runner.script);
    errno = kept;
}

static bool send_frame(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                       const void *payload, size_t length)
{
    int bytes = script_frame_encode(runner.out, sizeof runner.out, kind, runner.generation,
                                    request, more, payload, length);
    (void)context;
    if (bytes < 0)
        return false;
    for (;;) {
        ssize_t sent = send(SCRIPT_FD, runner.out, (size_t)bytes, MSG_NOSIGNAL);
        if (sent == bytes)
            return true;
        if (sent >= 0 || errno != EINTR)
            return false;
    }
}

static int fail(const struct err *err)
{
    send_frame(NULL, SCRIPT_FAIL, 0, false, err->text, strlen(err->text));
    return 1;
}

/* One frame's length, 0 when the core is gone, -1 with err. */
static ssize_t receive(struct err *err)
{
    ssize_t length = recv(SCRIPT_FD, runner.in, sizeof runner.in, MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0 && errno == EAGAIN && runner.script)
        script_idle(runner.script);
    while (length < 0 && (errno == EAGAIN || errno == EINTR))
        length = recv(SCRIPT_FD, runner.in, sizeof runner.in, MSG_TRUNC);
    if (length < 0)
        return err_set(err, "runner: the socket to the core failed with errno %d", errno);
    if ((size_t)length > sizeof runner.in)
        return err_set(err, "runner: a frame of %zd bytes; at most %zu", length, sizeof runner.in);
    return length;
}

/* The first frame alone is taken at its own generation: it names it. */
static int receive_start(struct script_start *ret, struct err *err)
{
    struct script_head head = {0};
    const void *payload;
    ssize_t length = receive(err);
    if (length <= 0)
        return (int)length;
    if ((size_t)length >= sizeof head)
        memcpy(&head, runner.in, sizeof head);
    runner.generation = head.generation;
    if (script_frame_decode(runner.in, (size_t)length, head.generation, false, &head, &payload,
                            err) < 0)
        return -1;
    if (head.kind != SCRIPT_START)
        return err_set(err, "runner: the first frame is %s, not start",
                       script_frame_text(head.kind));
    memcpy(ret, payload, sizeof *ret);
    return 1;
}

/* Mapped before the jail, which allows no mapping of descriptors; read only inside of it. */
static int map_bundle(struct err *err)
{
    struct stat told;
    if (fstat(SCRIPT_BUNDLE_FD, &told) < 0 || told.st_size <= 0 ||
        told.st_size > BUNDLE_BYTES_MAX)
        return err_set(err, "runner: descriptor %d is no bundle", SCRIPT_BUNDLE_FD);
    runner.bundle_length = (size_t)told.st_size;
    runner.bundle_bytes =
        mmap(NULL, runner.bundle_length, PROT_READ, MAP_PRIVATE, SCRIPT_BUNDLE_FD, 0);
    if (runner.bundle_bytes == MAP_FAILED)
        return err_set(err, "runner: the bundle cannot be mapped: errno %d", errno);
    return 0;
}

/* The core starts its runners with the signal blocked, so that none is lost or fatal before. */
static void catch_soft_deadline(void)
{
    struct sigaction action = {.sa_handler = on_soft_deadline, .sa_flags = SA_RESTART};
    sigset_t signals;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

static void on_created(void *context, struct script *script)
{
    (void)context;
    runner.script = script;
}

static int create_script(const struct script_start *start, int layers, struct err *err)
{
    const struct script_host host = {NULL, send_frame, on_created};
    if (bundle_decode(runner.bundle_bytes, runner.bundle_length, &runner.bundle, err) < 0)
        return -1;
    runner.began_ns = now_ns();
    struct script *script = script_create(start, &runner.bundle, &host, err);
    runner.script = script;
    if (!script)
        return -1;
    struct script_ready ready = script_wants(script);
    ready.layers = (uint32_t)layers;
    if (!send_frame(NULL, SCRIPT_READY, 0, false, &ready, sizeof ready))
        return err_set(err, "runner: the core does not take READY");
    return 0;
}

/* The script answers views, judges, saves and stops; of what follows it knows nothing. */
static bool answer_rest(unsigned kind)
{
    if (kind == SCRIPT_GO)
        return send_frame(NULL, SCRIPT_CREDIT, 0, false, NULL, 0);
    if (kind == SCRIPT_NOTICE || kind == SCRIPT_STATE_IN)
        return send_frame(NULL, SCRIPT_DONE, 0, false, NULL, 0);
    return true;
}

/* 1: go on, 0: the core is gone or the script said BYE, -1: err. */
static int serve_one(struct err *err)
{
    struct script_head head;
    const void *payload;
    ssize_t length = receive(err);
    if (length <= 0)
        return (int)length;
    if (script_frame_decode(runner.in, (size_t)length, runner.generation, false, &head, &payload,
                            err) < 0)
        return -1;
    runner.began_ns = now_ns();
    if (script_frame(runner.script, &head, payload, err) < 0)
        return -1;
    if (script_stopped(runner.script))
        return 0;
    return answer_rest(head.kind);
}

/* glibc's malloc draws a key with getrandom when it is first used, which the jail would kill: it is
 * used once before. What is freed here stays at the heap's top with its pages: a callback waits for
 * none of them, and what a runner holds is a flat line unless its script keeps more and more. */
static void warm_heap(void)
{
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
    void *room = malloc(HEAP_ROOM);
    if (room)
        explicit_bzero(room, HEAP_ROOM);
    free(room);
}

static int enter(struct script_start *start, struct err *err)
{
    int received = receive_start(start, err);
    if (received <= 0)
        return received < 0 ? -1 : err_set(err, "runner: the core left before it said START");
    runner.soft_ns = start->soft_deadline_ns;
    if (map_bundle(err) < 0)
        return -1;
    catch_soft_deadline();
    warm_heap();
    return jail_enter(start->memory_max + JAIL_SLACK_BYTES, err);
}

int main(void)
{
    static struct script_start start;
    struct err err = {""};
    jail_watch_parent();
    int layers = enter(&start, &err);
    if (layers < 0 || create_script(&start, layers, &err) < 0)
        return fail(&err);
    for (;;) {
        int served = serve_one(&err);
        if (served < 0)
            fail(&err);
        if (served <= 0)
            _exit(served < 0); /* the kernel frees a script's heap faster than Lua does */
    }
}
