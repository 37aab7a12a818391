/* Speaks with one process: sends frames, keeps count of those not yet answered, watches how long
 * the oldest takes, and reads what comes back. Every frame has one answer and they come in order,
 * so the oldest is the one that is being handled now. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/check.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/runner_private.h"

int64_t runner_now_ns(void)
{
    return clock_os_now().mono_ns;
}

static const struct runner_pool_config *config_of(const struct runner_process *process)
{
    return &process->runner->pool->config;
}

/* Reading rests while the engine's queue is full: the runner then waits in its send. */
static void watch(struct runner_process *process)
{
    bool reads = process->stage != PROCESS_ENDED && process->runner->pending.count == 0;
    loop_fd_want(process->socket_watch, reads,
                 process->stage != PROCESS_ENDED && process->outgoing.count > 0);
}

void process_resume(struct runner_process *process)
{
    watch(process);
}

/* ---- deadlines */

static int64_t soft_ns(const struct runner_process *process, enum script_frame_kind kind)
{
    const struct runner_pool_config *config = config_of(process);
    bool starts = kind == SCRIPT_START || kind == SCRIPT_GO || kind == SCRIPT_STATE_IN;
    return starts ? config->start_deadline_ns / 2 : config->soft_deadline_ns;
}

static int64_t hard_ns(const struct runner_process *process, enum script_frame_kind kind)
{
    const struct runner_pool_config *config = config_of(process);
    switch (kind) {
    case SCRIPT_START: case SCRIPT_GO: case SCRIPT_STATE_IN:
        return config->start_deadline_ns;
    case SCRIPT_SAVE: /* a reload gives up first, and leaves it trading */
        return config->hard_deadline_ns + config->save_deadline_ns;
    case SCRIPT_STOP:
        return config->save_deadline_ns;
    default:
        return config->hard_deadline_ns;
    }
}

/* The signal is repeated, because a runner that began late passes over the first one. */
void process_on_deadline(void *context)
{
    struct runner_process *process = context;
    const struct waiting *front;
    process->deadline_armed = false;
    if (process->hung_up)
        process_end(process, "it closed its socket");
    else /* the whole host may have stood still: what was answered meanwhile is heard first */
        process_read(process, UINT32_MAX);
    front = ring_front(&process->waiting);
    if (process->stage == PROCESS_ENDED || !front)
        return;
    int64_t taken = runner_now_ns() - process->front_since_ns;
    int64_t soft = soft_ns(process, front->kind), hard = hard_ns(process, front->kind);
    if (taken >= hard) {
        process_end(process, "hard deadline: %s was not answered in %lld ms",
                    script_frame_text(front->kind), (long long)(hard / 1000000));
        return;
    }
    if (taken >= soft) {
        if (!process->soft_sent)
            process_demote(process);
        process->runner->status.soft_deadlines += !process->soft_sent;
        process->soft_sent = true;
        if (config_of(process)->on_interrupt)
            config_of(process)->on_interrupt(config_of(process)->context,
                                             process->runner->status.index, process->generation);
        process_signal(process, SIGUSR1);
    }
    int64_t next = taken < soft ? soft - taken : soft;
    loop_timer_set(process->deadline, next < hard - taken ? next : hard - taken);
    process->deadline_armed = true;
}

/* A new front begins. The timer is left running when it runs: it looks at the front's own time. */
static void begin_front(struct runner_process *process)
{
    const struct waiting *front = ring_front(&process->waiting);
    process->soft_sent = false;
    if (!front)
        return;
    process->front_since_ns = runner_now_ns();
    if (process->deadline_armed && process->armed_for == front->kind)
        return;
    process->armed_for = front->kind;
    process->deadline_armed = true;
    loop_timer_set(process->deadline, soft_ns(process, front->kind));
}

/* ---- sending */

static void show_frame(struct runner_process *process, bool from_runner,
                       const struct script_head *head, const void *payload)
{
    const struct runner_pool_config *config = config_of(process);
    if (config->on_frame)
        config->on_frame(config->context, process->runner->status.index, from_runner, head,
                         payload);
}

/* 1: sent, 0: no room now, -1: the process is gone or going; its exit is told by the pidfd. */
static int send_now(struct runner_process *process, enum script_frame_kind kind, uint64_t request,
                    bool more, const void *payload, size_t length)
{
    struct runner_pool *pool = process->runner->pool;
    int bytes = script_frame_encode(pool->out, sizeof pool->out, kind, process->generation,
                                    request, more, payload, length);
    CHECK(bytes > 0);
    ssize_t sent = send(process->socket, pool->out, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == bytes) {
        show_frame(process, false, (const struct script_head *)(const void *)pool->out, payload);
        return 1;
    }
    return sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) ? 0 : -1;
}

static void on_writable(struct runner_process *process)
{
    struct frame_list *list = &process->outgoing;
    while (list->first) {
        struct frame_item *item = list->first;
        if (send_now(process, item->kind, item->request, item->more, item->payload,
                     item->length) == 0)
            break;
        frame_list_drop(list);
    }
    watch(process);
}

void process_write(struct runner_process *process)
{
    if (process->stage != PROCESS_ENDED)
        on_writable(process);
}

static void count_sent(struct runner *runner, enum script_frame_kind kind)
{
    runner->status.views += kind == SCRIPT_VIEW;
    runner->status.notices += kind == SCRIPT_NOTICE;
    runner->status.judges += kind == SCRIPT_JUDGE;
}

void process_send(struct runner_process *process, enum script_frame_kind kind, uint64_t request,
                  bool more, const void *payload, size_t length)
{
    struct waiting entry = {kind, request, runner_now_ns()};
    if (process->stage == PROCESS_ENDED)
        return;
    bool first = process->waiting.count == 0;
    if (!ring_push(&process->waiting, &entry)) {
        process_end(process, "it answers too slowly: %u frames wait for it",
                    process->waiting.count);
        return;
    }
    count_sent(process->runner, kind);
    if (first)
        begin_front(process);
    if (process->outgoing.count == 0 &&
        send_now(process, kind, request, more, payload, length) != 0)
        return;
    if (!frame_list_push(&process->outgoing, kind, request, more, payload, length))
        process_end(process, "no memory for frames that wait for it");
    else
        watch(process);
}

void process_send_state(struct runner_process *process, const char *state, size_t length)
{
    do {
        size_t piece = length > SCRIPT_TEXT_MAX ? SCRIPT_TEXT_MAX : length;
        process_send(process, SCRIPT_STATE_IN, 0, piece < length, state, piece);
        state += piece;
        length -= piece;
    } while (length > 0);
}

static void fill_start(const struct runner_process *process, bool reload, struct script_start *ret)
{
    const struct runner *runner = process->runner;
    const struct runner_pool_config *config = config_of(process);
    memset(ret, 0, sizeof *ret); /* padding too: it crosses a socket */
    ret->role = runner->role;
    script_start_fill(ret, config->settings, runner->status.index);
    memcpy(ret->name, runner->status.name, sizeof ret->name);
    ret->products = runner->products;
    ret->soft_deadline_ns = config->soft_deadline_ns;
    ret->hard_deadline_ns = config->hard_deadline_ns;
    ret->memory_max = config->memory_max;
    ret->seed = runner->seed;
    ret->reload = reload;
}

void process_start(struct runner_process *process, bool reload)
{
    struct script_start start;
    process->takes_state = reload;
    fill_start(process, reload, &start);
    process_send(process, SCRIPT_START, 0, false, &start, sizeof start);
}

bool process_awaits(const struct runner_process *process, enum script_frame_kind kind)
{
    const struct ring *ring = &process->waiting;
    for (uint32_t i = 0; i < ring->count; i++)
        if (process->waiting_memory[(ring->head + i) % ring->capacity].kind == kind)
            return true;
    return false;
}

/* Whether `answer` is what the oldest frame is answered with. */
static bool answers(const struct waiting *front, enum script_frame_kind answer, uint64_t request)
{
    switch (front->kind) {
    case SCRIPT_START: return answer == SCRIPT_READY;
    case SCRIPT_GO: case SCRIPT_VIEW: return answer == SCRIPT_CREDIT;
    case SCRIPT_NOTICE: case SCRIPT_STATE_IN: return answer == SCRIPT_DONE;
    case SCRIPT_JUDGE: return answer == SCRIPT_VERDICT && request == front->request;
    case SCRIPT_SAVE: return answer == SCRIPT_STATE_OUT;
    case SCRIPT_STOP: return answer == SCRIPT_BYE;
    default: return false;
    }
}

bool process_is_answer(struct runner_process *process, const struct script_head *head)
{
    const struct waiting *front = ring_front(&process->waiting);
    return front && answers(front, (enum script_frame_kind)head->kind, head->request);
}

bool process_front_is(struct runner_process *process, enum script_frame_kind kind)
{
    const struct waiting *front = ring_front(&process->waiting);
    return front && front->kind == kind;
}

enum script_frame_kind process_take_answer(struct runner_process *process)
{
    struct runner_status *status = &process->runner->status;
    struct waiting front;
    CHECK(ring_pop(&process->waiting, &front));
    status->answer_last_ns = runner_now_ns() - front.sent_ns;
    if (front.kind != SCRIPT_START && status->answer_last_ns > status->answer_max_ns)
        status->answer_max_ns = status->answer_last_ns;
    begin_front(process);
    return front.kind;
}

/* ---- receiving */

static void bad_frame(struct runner_process *process, const char *what)
{
    process->runner->status.bad_frames++;
    process_end(process, "bad frame: %s", what);
}

/* Nothing to read and the other side closed. A frame of no bytes looks the same but for the
 * hang-up. Who closes the socket is dying, and its exit tells how; one that is not is made to. */
static void on_nothing(struct runner_process *process)
{
    struct pollfd told = {process->socket, POLLIN | POLLRDHUP, 0};
    char next;
    bool closed = poll(&told, 1, 0) == 1 && (told.revents & (POLLHUP | POLLRDHUP));
    /* After the end nothing ever comes; after an empty frame something may. */
    if (closed && recv(process->socket, &next, 1, MSG_DONTWAIT | MSG_PEEK) <= 0) {
        loop_fd_want(process->socket_watch, false, false);
        process->hung_up = true;
        process->deadline_armed = true;
        loop_timer_set(process->deadline, config_of(process)->hard_deadline_ns);
    } else {
        bad_frame(process, "of 0 bytes is shorter than its head");
    }
}

/* False when there is nothing more to read for now. */
static bool read_one(struct runner_process *process)
{
    struct runner_pool *pool = process->runner->pool;
    struct script_head head;
    const void *payload;
    struct err err = {""};
    ssize_t length = recv(process->socket, pool->in, sizeof pool->in, MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0) {
        if (errno != EAGAIN && errno != EINTR && !process->hung_up)
            on_nothing(process);
        return false;
    }
    if (length == 0) {
        if (!process->hung_up)
            on_nothing(process);
        return false;
    }
    if ((size_t)length > sizeof pool->in)
        err_set(&err, "of %zd bytes; at most %zu", length, sizeof pool->in);
    else if (script_frame_decode(pool->in, (size_t)length, process->generation, true, &head,
                                 &payload, &err) == 0) {
        show_frame(process, true, &head, payload);
        process_take_frame(process, &head, payload);
        return true;
    }
    bad_frame(process, err.text);
    return false;
}

void process_read(struct runner_process *process, uint32_t most)
{
    for (uint32_t i = 0; i < most && process->stage != PROCESS_ENDED; i++) {
        if (process->runner->pending.count > 0 && most == READ_BURST) {
            watch(process);
            return;
        }
        if (!read_one(process))
            return;
    }
}

/* ---- the end */

void process_end(struct runner_process *process, const char *format, ...)
{
    va_list arguments;
    if (process->stage == PROCESS_ENDED)
        return;
    va_start(arguments, format);
    vsnprintf(process->reason, sizeof process->reason, format, arguments);
    va_end(arguments);
    process->ended_in = process->stage;
    process->stage = PROCESS_ENDED;
    process_signal(process, SIGKILL);
    loop_fd_want(process->socket_watch, false, false);
    loop_timer_clear(process->deadline);
    runner_on_end(process);
}

/* Its last words are read before its end is told: FAIL says more than an exit status. */
void process_on_exit(struct runner_process *process)
{
    char reason[REASON_MAX] = "";
    process_read(process, UINT32_MAX);
    if (!process_reap(process, reason))
        return;
    if (process->stage != PROCESS_ENDED)
        process_end(process, "%s", reason);
    runner_forget(process);
}
