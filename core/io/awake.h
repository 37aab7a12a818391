#pragma once
/* Lets no CPU halt. A halted CPU takes tens of microseconds to come back (on a virtual machine 40
 * and more), and a tick crosses four wake-ups on its way to an order: a latency bound of zero in
 * /dev/cpu_dma_latency makes idle CPUs poll instead. It costs power, and it is the kernel that
 * forgets the wish when the descriptor closes, however the process ends. */
#include "base/err.h"

/* The descriptor to hold open, or -1: no such device, or no right to write it. */
int awake_hold(struct err *err);
void awake_release(int fd); /* -1 is fine */
