#pragma once
/* One script in one Lua state, with the host API bound to it: the part that the jailed runner and
 * the in-process lab share. It opens no file and reads no clock; it speaks only through `send`.
 *
 *     script = script_create(&start, &bundle, &host, &err);      compiles, checks, runs nothing
 *     script_frame(script, &head, payload);                      GO, VIEW, NOTICE, JUDGE, SAVE...
 *
 * The state is created with a byte-limited allocator, allow-listed libraries, text chunks only. */
#include <lua.h>

#include "wire/script_proto.h"

struct script;

/* Files of a bundle, as the sealed memfd holds them (bundle.h): text borrowed until destroy. */
struct bundle;

struct script_host {
    void *context;
    /* A frame to the core; the callee copies. false: the core cannot take more (the script ends). */
    bool (*send)(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                 const void *payload, size_t length);
};

struct script *script_create(const struct script_start *start, const struct bundle *bundle,
                             const struct script_host *host, struct err *err);
void script_destroy(struct script *script); /* NULL is fine */
struct script_ready script_wants(const struct script *script); /* layers left 0 */
/* Handles one checked frame from the core. -1: the script is to end (err has the traceback). */
int script_frame(struct script *script, const struct script_head *head, const void *payload,
                 struct err *err);
/* Async-signal-safe: makes the running callback raise "deadline" at its next instruction. */
void script_interrupt(struct script *script);
bool script_stopped(const struct script *script); /* SCRIPT_BYE was sent */
/* Collects a little garbage; to be called when nothing waits. */
void script_idle(struct script *script);
/* For the lab's inspection and coverage. */
lua_State *script_state(struct script *script);
