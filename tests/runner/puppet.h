#pragma once
/* A native program in a runner's place: what a script's process could do once the interpreter is
 * taken over. The first word of the "script" says what it does. */
#include <stdbool.h>
#include <stdint.h>

#include "wire/script_proto.h"

struct puppet {
    uint32_t generation;
    const struct script_start *start;
    const char *mode;
};

void puppet_send(const struct puppet *puppet, enum script_frame_kind kind, uint64_t request,
                 bool more, const void *payload, size_t length);
void puppet_send_raw(const void *bytes, size_t length);
_Noreturn void puppet_exit(int status);
_Noreturn void puppet_fail(const struct puppet *puppet, const char *why);

/* In hostile_calls.c and hostile_frames.c: true when `mode` names one of theirs and was done. */
bool hostile_call(const struct puppet *puppet);
bool hostile_frame(const struct puppet *puppet);
