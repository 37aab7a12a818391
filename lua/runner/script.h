#pragma once
/* One script in one Lua state, with the host API bound to it: the part that the jailed runner and
 * the in-process lab share. It opens no file and reads no clock; it speaks only through `send`.
 *
 *     script = script_create(&start, &bundle, &host, &err);      compiles, runs the chunk
 *     script_frame(script, &head, payload, &err);                STATE_IN, GO, VIEW, NOTICE, ...
 *
 * The state is created with a byte-limited allocator, allow-listed libraries, text chunks only.
 * `start` is copied; the bundle's text is borrowed until destroy. */
#include <lua.h>

#include "base/buf.h"
#include "wire/script_proto.h"

struct script;

/* Files of a bundle, as the sealed memfd holds them (bundle.h): text borrowed until destroy. */
struct bundle;

struct script_host {
    void *context;
    /* A frame to the core; the callee copies. false: the core takes no more (the script ends). */
    bool (*send)(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                 const void *payload, size_t length);
    /* NULL is fine. Told of the script before its chunk runs, so that a deadline can reach it. */
    void (*created)(void *context, struct script *script);
    /* For tests. NULL is fine: each line of Lua that runs, of the chunk "@name.lua". */
    void (*line)(void *context, const char *chunk, int line);
    uint32_t budget; /* instructions of a chunk or frame before its deadline passes; 0: no end */
    /* NULL is fine. Its chunk raised: a last look, before the script is destroyed. */
    void (*failed)(void *context, struct script *script);
};

/* NULL: it does not compile, its chunk raised, or what it returned is not a script's; err says. */
struct script *script_create(const struct script_start *start, const struct bundle *bundle,
                             const struct script_host *host, struct err *err);
void script_destroy(struct script *script); /* NULL is fine */
struct script_ready script_wants(const struct script *script); /* layers left 0 */
/* Handles one checked frame from the core. -1: the script is to end (err says why; a traceback, if
 * there is one, went out as SCRIPT_FAULT). What the core waits for is answered whatever happened:
 * CREDIT after VIEW, VERDICT after JUDGE, STATE_OUT after SAVE, BYE after STOP. The DONE of the
 * other kinds is the caller's to send. */
int script_frame(struct script *script, const struct script_head *head, const void *payload,
                 struct err *err);
/* Async-signal-safe: makes the running chunk or frame raise "deadline" at its next instruction, and
 * skips the callbacks that the frame still owed. Outside of one it does nothing. */
void script_interrupt(struct script *script);
/* The parameters that it declared or asked for while it was loaded, as a JSON array of
 * {name, type, default, least, most, choices, about}; what was not said is absent. */
int script_describe(struct script *script, struct buf *ret, struct err *err);
/* For the console: runs text in the script's state, at the time of its last frame; its values,
 * shown for people, go into ret. -1: it does not compile, or it raised. */
int script_eval(struct script *script, const char *text, struct buf *ret, struct err *err);
bool script_stopped(const struct script *script); /* SCRIPT_BYE was sent */
/* Collects a little garbage; to be called when nothing waits. */
void script_idle(struct script *script);
size_t script_memory(const struct script *script); /* bytes the Lua state holds now */
/* For the lab's inspection and coverage. */
lua_State *script_state(struct script *script);
