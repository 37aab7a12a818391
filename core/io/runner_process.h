#pragma once
/* One process of a runner: a generation of a script, spoken to over its socket.
 *
 *   STARTING --READY--> LOADING --DONE of all state--> PROVING --CREDIT of GO--> LIVE
 *            (without state LOADING is passed through; the first start does not wait in PROVING)
 *   LIVE --STOP--> STOPPING --BYE--> exit        any --kill--> ENDED --exit--> freed
 *
 * runner_spawn.c makes and reaps processes, runner_process.c sends, receives and keeps deadlines,
 * runner_frames.c is what the frames mean, runner_lists.c what has to wait. */
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/ring.h"
#include "io/loop.h"
#include "io/runner.h"

struct runner;
struct runner_image;

enum process_stage { PROCESS_STARTING, PROCESS_LOADING, PROCESS_PROVING, PROCESS_LIVE,
                     PROCESS_STOPPING, PROCESS_ENDED };

enum {
    /* Frames taken from one runner before the others have their turn. */
    READ_BURST = 32,
    /* What a new generation may say in its first callback, before it is known to be good. */
    HELD_EVENTS_MAX = 1024,
    PATH_MAX_BYTES = 512,
};

/* A frame that was sent and is to be answered, oldest first. */
struct waiting { enum script_frame_kind kind; uint64_t request; int64_t sent_ns; };

/* A frame that waits: for room in the socket, or for a reload to end. */
struct frame_item {
    struct frame_item *next; /* owned */
    enum script_frame_kind kind;
    uint64_t request;
    bool more;
    size_t length;
    _Alignas(16) unsigned char payload[];
};
struct frame_list { struct frame_item *first, **last; uint32_t count; };

struct event_list { struct event *items; /* owned */ uint32_t count, capacity, taken; };

struct runner_process {
    struct runner *runner;           /* borrowed: outlives it */
    struct runner_process *next;     /* of those that are leaving */
    enum process_stage stage, ended_in;
    uint32_t generation, layers;
    struct manifest manifest;
    char hash[17];
    pid_t pid;
    int socket, pidfd;               /* owned */
    struct loop_fd *socket_watch, *exit_watch;
    struct loop_timer *deadline;
    struct ring waiting;             /* of struct waiting; memory owned */
    struct waiting *waiting_memory;
    int64_t front_since_ns;          /* since when the oldest of them is being handled */
    enum script_frame_kind armed_for; /* the kind of frame whose deadline is set */
    bool deadline_armed, soft_sent;
    bool takes_state;                /* START said that state follows */
    bool failed_itself, hung_up;     /* it sent FAIL; it closed its socket */
    struct frame_list outgoing;
    struct event_list proving;       /* held until the swap */
    int64_t born_ns, window_ns;      /* window_ns: when the counts below began */
    uint32_t window_intents, window_frames, window_logs, window_dropped;
    char reason[REASON_MAX];         /* why it was ended; "" when it went by itself */
};

int64_t runner_now_ns(void);

/* runner_spawn.c */
struct runner_process *process_spawn(struct runner *runner, const struct runner_image *image,
                                     struct err *err);
void process_signal(const struct runner_process *process, int signal_number);
/* From now on it runs only when nobody else wants the CPU: for one that missed a deadline. */
void process_demote(const struct runner_process *process);
/* True once it is gone; ret_reason says how it ended. */
bool process_reap(struct runner_process *process, char ret_reason[REASON_MAX]);
void process_free(struct runner_process *process); /* kills and waits when it still lives */

/* runner_process.c */
void process_start(struct runner_process *process, bool reload);
/* Sends or queues one frame; past max_waiting the process is ended. */
void process_send(struct runner_process *process, enum script_frame_kind kind, uint64_t request,
                  bool more, const void *payload, size_t length);
void process_send_state(struct runner_process *process, const char *state, size_t length);
/* Kills it and tells the runner, at once; it is freed when it is reaped. */
void process_end(struct runner_process *process, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void process_read(struct runner_process *process, uint32_t most);
void process_on_exit(struct runner_process *process);
void process_on_deadline(void *process);
void process_write(struct runner_process *process);  /* what waits, now that there is room */
void process_resume(struct runner_process *process); /* reading, now that the queue has room */
bool process_is_answer(struct runner_process *process, const struct script_head *head);
/* Takes the oldest frame as answered and gives its kind back. */
enum script_frame_kind process_take_answer(struct runner_process *process);
bool process_front_is(struct runner_process *process, enum script_frame_kind kind);
bool process_awaits(const struct runner_process *process, enum script_frame_kind kind);

/* runner_frames.c: what a runner says */
void process_take_frame(struct runner_process *process, const struct script_head *head,
                        const void *payload);

/* runner_lists.c */
void frame_list_init(struct frame_list *list);
bool frame_list_push(struct frame_list *list, enum script_frame_kind kind, uint64_t request,
                     bool more, const void *payload, size_t length);
void frame_list_drop(struct frame_list *list); /* the first one */
void frame_list_fini(struct frame_list *list);
bool event_list_push(struct event_list *list, const struct event *event);
const struct event *event_list_first(const struct event_list *list); /* NULL: empty */
void event_list_drop(struct event_list *list);
void event_list_fini(struct event_list *list);
