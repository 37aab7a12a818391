#pragma once
/* A host's sign of life, as the watcher reads it: one line of JSON.
 *
 *     {"run":"00c0ffee01","owner_tag":2166136261,"pid":4711,"at_ns":81234000000,"stopped":false}
 *
 * The host writes it to a file when it begins to trade and when it has stopped in order, and sends
 * it from its loop every BEAT_EVERY_NS while it turns. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { BEAT_MAX = 256, BEAT_RUN_TEXT = 11 };
#define BEAT_EVERY_NS ((int64_t)500000000)

struct beat {
    uint64_t run;       /* 40 bits, drawn at the host's start: those of its client order ids */
    uint32_t owner_tag; /* of its client order ids */
    int32_t pid;
    int64_t at_ns;      /* CLOCK_BOOTTIME */
    bool stopped;       /* in order: what still works is meant to */
};

void beat_encode(const struct beat *beat, struct buf *out); /* with its line break */
int beat_decode(const char *text, size_t length, struct beat *ret, struct err *err);
void beat_run_text(uint64_t run, char out[BEAT_RUN_TEXT]);
