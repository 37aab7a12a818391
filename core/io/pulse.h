#pragma once
/* How the watcher hears a host. Two roads in the state directory, which is the user's own:
 *
 *     host.beat    a file, written when the host begins to trade and when it has stopped in order:
 *                  a watcher that starts later knows what it ought to hear
 *     watch.sock   the watcher's datagram socket: the host sends a beat from its loop. No disk is
 *                  on this road, so a slow one looks like no death, and it never blocks the host
 *
 *     host:     pulse_write(dir, &beat, &err);  pulse_send(fd, dir, &beat);  from its loop
 *     watcher:  ear = pulse_listen(dir, loop, on_beat, me, &err);   pulse_read(dir, &beat, &err) */
#include "io/loop.h"
#include "wire/beat.h"

#define PULSE_FILE "host.beat"

/* Durable when it returns. */
int pulse_write(const char *directory, const struct beat *beat, struct err *err);
/* 1: *ret is what the host wrote. 0: no host was ever started here. -1: it cannot be read. */
int pulse_read(const char *directory, struct beat *ret, struct err *err);

int pulse_open(struct err *err); /* a descriptor for pulse_send; close it */
/* Whether a watcher is there to hear it. Never blocks, loses a beat when it would. */
bool pulse_send(int fd, const char *directory, const struct beat *beat);

struct pulse_ear;
typedef void pulse_heard(void *context, const struct beat *beat);
/* NULL: another watcher is on this directory, or it is not ours alone. */
struct pulse_ear *pulse_listen(const char *directory, struct loop *loop, pulse_heard *heard,
                               void *context, struct err *err);
/* Whether our socket is still where the host sends to; false once it had to be made anew. */
bool pulse_ear_holds(struct pulse_ear *ear);
void pulse_ear_close(struct pulse_ear *ear); /* NULL is fine */
