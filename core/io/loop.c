#include "io/loop.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <string.h>

#include "base/check.h"
#include "io/clock_os.h"

struct hook {
    enum loop_phase phase;
    loop_callback *callback;
    void *context;
};

struct signal_watch {
    ev_signal watcher;
    loop_callback *callback;
    void *context;
};

/* The beat gives an idle loop something to be late for. */
static const int64_t BEAT_NS = 100000000;

struct lag {
    ev_timer beat;
    int64_t due_ns, most_ns, worst_ns;
    loop_callback *on_late;
    void *context;
};

struct loop {
    struct ev_loop *ev; /* owned */
    struct lag lag;
    ev_prepare prepare;
    ev_check check;
    ev_idle idle; /* runs while a hook wants the next pass at once */
    int64_t woke_ns;
    struct hook hooks[LOOP_HOOKS_MAX];
    unsigned hook_count;
    struct signal_watch signals[LOOP_SIGNALS_MAX];
    unsigned signal_count;
};

struct loop_timer {
    ev_timer watcher;
    struct loop *loop; /* borrowed */
    loop_callback *callback;
    void *context;
};

struct loop_fd {
    ev_io watcher;
    struct loop *loop; /* borrowed */
    loop_callback *on_readable, *on_writable;
    void *context;
    bool *gone; /* set while a callback runs, so that it may destroy its own watcher */
};

struct loop_wake {
    ev_async watcher;
    struct loop *loop; /* borrowed */
    loop_callback *callback;
    void *context;
};

/* Hooks may add and remove hooks, so the list is read afresh at each step. */
static void on_prepare(struct ev_loop *ev, ev_prepare *watcher, int events)
{
    (void)events;
    struct loop *loop = watcher->data;
    ev_idle_stop(ev, &loop->idle);
    for (int phase = LOOP_TURN; phase <= LOOP_SUBMIT; phase++)
        for (unsigned i = 0; i < loop->hook_count; i++)
            if (loop->hooks[i].phase == (enum loop_phase)phase)
                loop->hooks[i].callback(loop->hooks[i].context);
}

static void set_beat(struct loop *loop)
{
    ev_timer_stop(loop->ev, &loop->lag.beat);
    ev_now_update(loop->ev);
    ev_timer_set(&loop->lag.beat, (double)BEAT_NS / 1e9, 0);
    ev_timer_start(loop->ev, &loop->lag.beat);
    loop->lag.due_ns = loop->woke_ns + BEAT_NS;
}

static void on_beat(struct ev_loop *ev, ev_timer *watcher, int events)
{
    (void)ev;
    (void)events;
    set_beat(watcher->data);
}

static void note_lag(struct loop *loop)
{
    int64_t late_ns = loop->woke_ns - loop->lag.due_ns;
    if (!loop->lag.on_late || late_ns <= 0)
        return;
    if (late_ns > loop->lag.worst_ns)
        loop->lag.worst_ns = late_ns;
    if (late_ns > loop->lag.most_ns)
        loop->lag.on_late(loop->lag.context);
}

void loop_on_lag(struct loop *loop, int64_t most_ns, loop_callback *on_late, void *context)
{
    loop->lag.most_ns = most_ns;
    loop->lag.on_late = on_late;
    loop->lag.context = context;
    loop->woke_ns = clock_os_now().mono_ns;
    if (on_late)
        set_beat(loop);
    else
        ev_timer_stop(loop->ev, &loop->lag.beat);
}

int64_t loop_take_lag_ns(struct loop *loop)
{
    int64_t worst_ns = loop->lag.worst_ns;
    loop->lag.worst_ns = 0;
    return worst_ns;
}

static void on_check(struct ev_loop *ev, ev_check *watcher, int events)
{
    (void)ev;
    (void)events;
    struct loop *loop = watcher->data;
    loop->woke_ns = clock_os_now().mono_ns;
    note_lag(loop);
}

/* The watcher's being started is its whole effect: it makes the poll return at once. */
static void on_idle(struct ev_loop *ev, ev_idle *watcher, int events)
{
    (void)events;
    ev_idle_stop(ev, watcher);
}

struct loop *loop_create(struct err *err)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop) {
        err_set(err, "no memory for the event loop");
        return NULL;
    }
    /* Not the default loop: that one reaps every child, and the runners are ours to wait for. */
    loop->ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (!loop->ev) {
        free(loop);
        err_set(err, "the kernel offers no event interface (epoll, poll): %s", strerror(errno));
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as on a full disk */
    ev_prepare_init(&loop->prepare, on_prepare);
    ev_check_init(&loop->check, on_check);
    ev_idle_init(&loop->idle, on_idle);
    ev_set_priority(&loop->check, EV_MAXPRI);
    ev_timer_init(&loop->lag.beat, on_beat, 0, 0);
    loop->lag.beat.data = loop;
    loop->prepare.data = loop->check.data = loop->idle.data = loop;
    ev_prepare_start(loop->ev, &loop->prepare);
    ev_check_start(loop->ev, &loop->check);
    loop->woke_ns = clock_os_now().mono_ns;
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    for (unsigned i = 0; i < loop->signal_count; i++)
        ev_signal_stop(loop->ev, &loop->signals[i].watcher);
    ev_idle_stop(loop->ev, &loop->idle);
    ev_timer_stop(loop->ev, &loop->lag.beat);
    ev_check_stop(loop->ev, &loop->check);
    ev_prepare_stop(loop->ev, &loop->prepare);
    ev_loop_destroy(loop->ev);
    free(loop);
}

void loop_run(struct loop *loop)
{
    ev_run(loop->ev, 0);
}

void loop_stop(struct loop *loop)
{
    ev_break(loop->ev, EVBREAK_ALL);
    loop_again(loop); /* called from a hook, the pass would otherwise sleep first */
}

void loop_add_hook(struct loop *loop, enum loop_phase phase, loop_callback *hook, void *context)
{
    CHECK(loop->hook_count < LOOP_HOOKS_MAX);
    loop->hooks[loop->hook_count++] = (struct hook){phase, hook, context};
}

void loop_remove_hook(struct loop *loop, loop_callback *hook, void *context)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < loop->hook_count; i++)
        if (loop->hooks[i].callback != hook || loop->hooks[i].context != context)
            loop->hooks[kept++] = loop->hooks[i];
    loop->hook_count = kept;
}

void loop_again(struct loop *loop)
{
    ev_idle_start(loop->ev, &loop->idle);
}

int64_t loop_woke_ns(const struct loop *loop)
{
    return loop->woke_ns;
}

static void on_signal(struct ev_loop *ev, ev_signal *watcher, int events)
{
    (void)ev;
    (void)events;
    struct signal_watch *watch = watcher->data;
    watch->callback(watch->context);
}

int loop_on_signal(struct loop *loop, int signal_number, loop_callback *callback, void *context,
                   struct err *err)
{
    if (signal_number <= 0 || signal_number >= NSIG)
        return err_set(err, "signal %d does not exist", signal_number);
    for (unsigned i = 0; i < loop->signal_count; i++)
        if (loop->signals[i].watcher.signum == signal_number)
            return err_set(err, "signal %d is watched already", signal_number);
    if (loop->signal_count == LOOP_SIGNALS_MAX)
        return err_set(err, "more than %d signals are watched", LOOP_SIGNALS_MAX);
    struct signal_watch *watch = &loop->signals[loop->signal_count++];
    watch->callback = callback;
    watch->context = context;
    ev_signal_init(&watch->watcher, on_signal, signal_number);
    watch->watcher.data = watch;
    ev_signal_start(loop->ev, &watch->watcher);
    return 0;
}

static void on_timer(struct ev_loop *ev, ev_timer *watcher, int events)
{
    (void)ev;
    (void)events;
    struct loop_timer *timer = watcher->data;
    timer->callback(timer->context);
}

struct loop_timer *loop_timer_create(struct loop *loop, loop_callback *on_due, void *context)
{
    struct loop_timer *timer = calloc(1, sizeof *timer);
    if (!timer)
        return NULL;
    timer->loop = loop;
    timer->callback = on_due;
    timer->context = context;
    ev_timer_init(&timer->watcher, on_timer, 0, 0);
    timer->watcher.data = timer;
    return timer;
}

void loop_timer_destroy(struct loop_timer *timer)
{
    if (!timer)
        return;
    ev_timer_stop(timer->loop->ev, &timer->watcher);
    free(timer);
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ns)
{
    struct ev_loop *ev = timer->loop->ev;
    ev_timer_stop(ev, &timer->watcher);
    /* The loop's time is that of its last waking: without this a timer set late in a long pass
     * would fire early by what the pass has taken. */
    ev_now_update(ev);
    ev_timer_set(&timer->watcher, delay_ns > 0 ? (double)delay_ns / 1e9 : 0, 0);
    ev_timer_start(ev, &timer->watcher);
}

void loop_timer_clear(struct loop_timer *timer)
{
    ev_timer_stop(timer->loop->ev, &timer->watcher);
}

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    struct loop_fd *watch = watcher->data;
    bool gone = false;
    watch->gone = &gone;
    if ((events & EV_READ) && watch->on_readable)
        watch->on_readable(watch->context);
    if (!gone && (events & EV_WRITE) && watch->on_writable)
        watch->on_writable(watch->context);
    if (!gone)
        watch->gone = NULL;
}

struct loop_fd *loop_fd_create(struct loop *loop, int fd, loop_callback *on_readable,
                               loop_callback *on_writable, void *context)
{
    struct loop_fd *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->loop = loop;
    watch->on_readable = on_readable;
    watch->on_writable = on_writable;
    watch->context = context;
    ev_io_init(&watch->watcher, on_io, fd, EV_READ);
    watch->watcher.data = watch;
    ev_io_start(loop->ev, &watch->watcher);
    return watch;
}

void loop_fd_destroy(struct loop_fd *watch)
{
    if (!watch)
        return;
    if (watch->gone)
        *watch->gone = true;
    ev_io_stop(watch->loop->ev, &watch->watcher);
    free(watch);
}

void loop_fd_want(struct loop_fd *watch, bool readable, bool writable)
{
    int fd = watch->watcher.fd;
    int events = (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0);
    ev_io_stop(watch->loop->ev, &watch->watcher);
    ev_io_set(&watch->watcher, fd, events);
    if (events)
        ev_io_start(watch->loop->ev, &watch->watcher);
}

static void on_async(struct ev_loop *ev, ev_async *watcher, int events)
{
    (void)ev;
    (void)events;
    struct loop_wake *wake = watcher->data;
    wake->callback(wake->context);
}

struct loop_wake *loop_wake_create(struct loop *loop, loop_callback *on_wake, void *context)
{
    struct loop_wake *wake = calloc(1, sizeof *wake);
    if (!wake)
        return NULL;
    wake->loop = loop;
    wake->callback = on_wake;
    wake->context = context;
    ev_async_init(&wake->watcher, on_async);
    wake->watcher.data = wake;
    ev_async_start(loop->ev, &wake->watcher);
    return wake;
}

void loop_wake_destroy(struct loop_wake *wake)
{
    if (!wake)
        return;
    ev_async_stop(wake->loop->ev, &wake->watcher);
    free(wake);
}

void loop_wake_send(struct loop_wake *wake)
{
    ev_async_send(wake->loop->ev, &wake->watcher);
}

struct ev_loop *loop_raw(struct loop *loop)
{
    return loop->ev;
}
