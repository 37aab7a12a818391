#pragma once
/* The operator's door: a Unix stream socket of mode 0600, JSON lines (wire/control_proto.h).
 *
 *     struct control_config config = {.path = "/run/moongate/control", .on_request = on_request};
 *     control = control_open(loop, &config, &err);
 *     on_request(context, client, &request) -> ... control_reply(control, client, line, length)
 *
 * Only our own user and root get in, by the kernel's word on who connected. A client has one
 * request under way; what it sends meanwhile waits in its buffer. What is malformed is answered
 * with what is wrong; a line past CONTROL_LINE_MAX ends the client, and so do CONTROL_CLIENTS_MAX
 * others before it, a reply that it does not read, and a minute of silence. A client that shuts
 * down its writing side still gets its replies. */
#include "io/loop.h"
#include "wire/control_proto.h"

struct control;

enum { CONTROL_CLIENTS_MAX = 16, CONTROL_IDLE_S = 60, CONTROL_STALL_S = 10 };

struct control_config {
    const char *path;  /* borrowed during control_open; its directory must exist */
    void *context;
    /* `client` names who asked, never 0, never used again. Answer once, now or later; no answer
     * ever comes too late, only in vain. */
    void (*on_request)(void *context, uint64_t client, const struct control_request *request);
};
struct control_counters {
    uint64_t accepted, refused, requests, malformed, dropped;
    uint32_t clients; /* now */
};

/* A socket that nobody listens on any more is replaced; one that answers, or another kind of
 * file, refuses. */
struct control *control_open(struct loop *loop, const struct control_config *config,
                             struct err *err);
void control_close(struct control *control); /* removes the socket; NULL is fine */
/* `line` as of control_reply_encode, with its line break. Passed over when the client has left. */
void control_reply(struct control *control, uint64_t client, const char *line, size_t length);
/* The system's user who `client` was when it connected. */
uint32_t control_uid(const struct control *control, uint64_t client);
void control_read_counters(const struct control *control, struct control_counters *ret);
