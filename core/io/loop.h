#pragma once
/* The one event loop of the one thread: descriptors, timers, signals, wake-ups from other threads.
 *
 *     struct loop *loop = loop_create(&err);
 *     loop_add_hook(loop, LOOP_TURN, on_turn, app);     before each sleep: run turns here
 *     loop_on_signal(loop, SIGTERM, on_sigterm, app, &err);
 *     loop_run(loop);                                   until loop_stop
 *
 * Callbacks decode and enqueue; the hooks, run once per pass before the loop sleeps, decide and
 * send. A hook that is not done calls loop_again: the pass then ends without sleeping.
 * Everything but loop_wake_send belongs to the loop's thread. Timers count CLOCK_MONOTONIC, which
 * stands still while the machine is suspended: judge by clock_os_now when they fire. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_timer;
struct loop_fd;
struct loop_wake;
typedef void loop_callback(void *context);

enum { LOOP_HOOKS_MAX = 16, LOOP_SIGNALS_MAX = 8 };
/* The order within one pass: turns decide, batches are closed, requests leave. */
enum loop_phase { LOOP_TURN, LOOP_FLUSH, LOOP_SUBMIT };

/* Ignores SIGPIPE for the process. Children are not reaped: watch SIGCHLD and call waitpid. */
struct loop *loop_create(struct err *err);
void loop_destroy(struct loop *loop); /* after everything that was made on it; NULL is fine */
void loop_run(struct loop *loop);     /* returns after loop_stop */
void loop_stop(struct loop *loop);    /* at the end of this pass */

/* Hooks of one phase run in the order they were added. More than LOOP_HOOKS_MAX is a bug. */
void loop_add_hook(struct loop *loop, enum loop_phase phase, loop_callback *hook, void *context);
void loop_remove_hook(struct loop *loop, loop_callback *hook, void *context);
void loop_again(struct loop *loop);
/* When this pass woke (CLOCK_BOOTTIME): the time at which its descriptors were readable. */
int64_t loop_woke_ns(const struct loop *loop);

/* A pass that wakes later than `most_ns` after it should have calls this before anything else: the
 * process was stopped, starved, or a pass took too long. NULL ends it. */
void loop_on_lag(struct loop *loop, int64_t most_ns, loop_callback *on_late, void *context);
/* How late the latest pass that was late at all was; the worst since it was asked last. */
int64_t loop_take_lag_ns(struct loop *loop);

/* One callback per signal; a second one is an error. Ends with the loop. */
int loop_on_signal(struct loop *loop, int signal_number, loop_callback *callback, void *context,
                   struct err *err);

/* Timers are one-shot: set again in the callback to repeat. Setting a running one moves it. */
struct loop_timer *loop_timer_create(struct loop *loop, loop_callback *on_due, void *context);
void loop_timer_destroy(struct loop_timer *timer); /* NULL is fine; fine inside its callback */
void loop_timer_set(struct loop_timer *timer, int64_t delay_ns); /* < 0 counts as 0 */
void loop_timer_clear(struct loop_timer *timer);

/* A descriptor, borrowed: destroy the watcher before closing it. Level-triggered. */
struct loop_fd *loop_fd_create(struct loop *loop, int fd, loop_callback *on_readable,
                               loop_callback *on_writable, void *context);
void loop_fd_destroy(struct loop_fd *watch); /* NULL is fine; fine inside its callback */
void loop_fd_want(struct loop_fd *watch, bool readable, bool writable); /* starts as readable */

/* A bell that any thread, or a signal handler, may ring; rings before the callback are one. */
struct loop_wake *loop_wake_create(struct loop *loop, loop_callback *on_wake, void *context);
void loop_wake_destroy(struct loop_wake *wake); /* when nobody can ring any more */
void loop_wake_send(struct loop_wake *wake);

/* The libev loop inside, for the libraries that sit on it (io/http.c, io/ws.c). */
struct ev_loop *loop_raw(struct loop *loop);
