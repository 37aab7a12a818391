#pragma once
/* A script in its real jail: moongate-runner as the host starts it, spoken to one frame at a time.
 * A lab that is `jailed` gives the same results as one that is not, and a spec says so.
 *
 *     jail = lab_jail_start(program, &start, generation, &bundle, &hear, &err);   waits for READY
 *     lab_jail_tell(jail, SCRIPT_GO, 0, false, NULL, 0, &err);                    until answered */
#include "base/buf.h"
#include "wire/script_proto.h"

struct lab_jail;

/* What the script says, frame by frame, checked. */
struct lab_jail_ear {
    void *context;
    void (*hear)(void *context, const struct script_head *head, const void *payload);
};

/* NULL: no process, or it said FAIL, which err repeats. */
struct lab_jail *lab_jail_start(const char *program, const struct script_start *start,
                                uint32_t generation, const struct buf *bundle,
                                const struct lab_jail_ear *ear, struct err *err);
/* -1: the process ended or does not answer. Everything it said on the way was heard. */
int lab_jail_tell(struct lab_jail *jail, enum script_frame_kind kind, uint64_t request, bool more,
                  const void *payload, size_t length, struct err *err);
void lab_jail_end(struct lab_jail *jail); /* kills and reaps; NULL is fine */
