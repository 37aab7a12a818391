#pragma once
/* The wall around a script's process, built before the script's language exists in it.
 *
 *     jail_watch_parent();
 *     layers = jail_enter(memory_max + JAIL_SLACK_BYTES, &err);
 *
 * What is left afterwards: send and receive on descriptor 3, map and give back anonymous memory,
 * read the time, end. Anything else ends the process at once, by SIGSYS. */
#include <stdint.h>

#include "base/err.h"
#include "wire/script_proto.h"

/* The program, its libraries and stack, and the bundle, on top of what a script may hold. */
enum { JAIL_SLACK_BYTES = 64 * 1024 * 1024 };

/* Dies with the host, whatever the script is doing then. */
void jail_watch_parent(void);

/* Closes every descriptor above 3 and forbids the rest for good. Returns the bits of enum
 * script_layer that are in force: landlock is missing on old kernels, and the host decides whether
 * that is good enough. -1: a layer that every kernel has could not be put up. `address_bytes` is a
 * second wall behind the allocator's own count. */
int jail_enter(uint64_t address_bytes, struct err *err);
