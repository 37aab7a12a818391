#pragma once
/* What a watcher did, one JSON object a line, appended to watch.log in the state directory. The
 * host reads at its next start what was done for its last run.
 *
 *     log = watch_log_open(dir, echo, &err);
 *     watch_log_begin(log, "silent", &beat);  json_put_int(&log->json, "silent_ms", 4012);
 *     watch_log_end(log);
 */
#include <stdio.h>

#include "wire/beat.h"
#include "wire/json_write.h"

#define WATCH_LOG_FILE "watch.log"
#define WATCH_LOG_CANCELLED "cancelled" /* the event of an order whose cancel was accepted */

struct watch_log {
    int fd;
    FILE *echo;              /* borrowed; NULL: none */
    struct buf line;
    struct json_writer json; /* of the line at hand */
};

int watch_log_open(struct watch_log *ret, const char *directory, FILE *echo, struct err *err);
void watch_log_close(struct watch_log *log);
/* `host` NULL: about no run. */
void watch_log_begin(struct watch_log *log, const char *event, const struct beat *host);
/* -1 with err: it could not be written whole. Nothing is undone by that. */
int watch_log_end(struct watch_log *log, struct err *err);

/* Orders that were cancelled for a run, and when the first of them was ("" : none). Lines that
 * cannot be read are passed over; of a long log its end is read. */
struct watch_log_found { unsigned cancelled; char first[40]; };
int watch_log_find(const char *directory, uint64_t run, struct watch_log_found *ret,
                   struct err *err);
