#pragma once
/* Inside the pool of runners. A *runner* is a configured script; a *process* is one generation of
 * it. A runner has a current process, while it reloads a next one, and leaves old ones behind
 * until they are reaped.
 *
 *   process:  STARTING --READY--> LOADING --DONE of all state--> PROVING --CREDIT of GO--> LIVE
 *             (no state: LOADING is passed through; the first start does not wait in PROVING)
 *             LIVE --STOP--> STOPPING --BYE--> exit        any --kill--> ENDED --exit--> freed
 *
 * runner_spawn.c makes and reaps processes, runner_process.c speaks with one, runner_reload.c
 * replaces one by another, runner.c is the pool and what the app calls. */
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/ring.h"
#include "io/loop.h"
#include "io/runner.h"
#include "io/runner_bundle.h"

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

enum reload_step { RELOAD_NONE, RELOAD_STARTING, RELOAD_SAVING, RELOAD_LOADING,
                   RELOAD_PROVING };

struct runner {
    struct runner_pool *pool;        /* borrowed */
    struct runner_status status;     /* name and index are the config's */
    enum script_role role;
    uint32_t products;
    uint64_t seed;
    char script_path[PATH_MAX_BYTES], params_path[PATH_MAX_BYTES];
    char *params_json;               /* owned, NULL: none */
    struct runner_image image, next_image;
    struct runner_process *current, *next; /* owned */
    uint32_t generation;             /* the last one given out */
    uint32_t replaced_generation;    /* its notices still belong to this runner; 0: none */
    struct buf state, state_in;      /* of the last SAVE; of the one that is arriving */
    bool has_state, save_faulted;
    uint32_t deaths;                 /* in a row */
    struct loop_timer *restart_timer, *save_timer, *reload_timer;
    enum reload_step step;
    uint64_t token;
    bool fresh;                      /* this reload had no process to replace */
    struct frame_list held;          /* for the runner, while its generations change places */
    struct event_list pending;       /* the event queue was full */
    struct view held_view;           /* a view given while one was unanswered */
    bool has_held_view;
};

struct runner_pool {
    struct runner_pool_config config; /* text copied below */
    char program[PATH_MAX_BYTES], lib_directory[PATH_MAX_BYTES];
    struct runner *runners[MAX_RUNNERS]; /* owned */
    uint32_t count;
    struct runner_process *leaving;  /* owned; no longer anybody's */
    struct loop_timer *retry;        /* pushes pending events again */
    bool stopping;
    _Alignas(SCRIPT_ALIGN) unsigned char in[MAX_SCRIPT_FRAME], out[MAX_SCRIPT_FRAME];
};

int64_t runner_now_ns(void);

/* runner_spawn.c */
struct runner_process *process_spawn(struct runner *runner, const struct runner_image *image,
                                     struct err *err);
void process_signal(const struct runner_process *process, int signal_number);
/* True once it is gone; ret_reason says how it ended. */
bool process_reap(struct runner_process *process, char ret_reason[REASON_MAX]);
void process_free(struct runner_process *process); /* kills and waits when it still lives */

/* runner_process.c */
int process_start(struct runner_process *process, bool reload);
/* Sends or queues one frame; past max_waiting the process is ended. */
void process_send(struct runner_process *process, enum script_frame_kind kind, uint64_t request,
                  bool more, const void *payload, size_t length);
void process_send_state(struct runner_process *process, const char *state, size_t length);
/* Kills it and tells the runner, at once; it is freed when it is reaped. */
void process_end(struct runner_process *process, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void process_read(struct runner_process *process, uint32_t most);
void process_on_exit(struct runner_process *process);
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

/* runner.c: what happened to one */
void runner_push(struct runner *runner, const struct event *event);
void runner_push_state(struct runner *runner, const struct runner_process *process,
                       enum runner_state state, const char *reason);
void runner_on_ready(struct runner_process *process);    /* compiled and jailed */
void runner_on_loaded(struct runner_process *process);   /* every piece of state was taken */
void runner_on_proved(struct runner_process *process);   /* GO was handled */
void runner_on_saved(struct runner_process *process, bool good);
void runner_on_end(struct runner_process *process);      /* it was ended, or ended by itself */
void runner_forget(struct runner_process *process);      /* it is reaped: frees it */
void runner_start(struct runner *runner);
void runner_schedule_restart(struct runner *runner);
void runner_take_over(struct runner_process *process);   /* it is the one that trades now */
struct runner *runner_find(const struct runner_pool *pool, const char *name);
struct runner_sources runner_sources_of(const struct runner *runner);

/* runner_reload.c */
void reload_on_ready(struct runner *runner);
void reload_on_saved(struct runner *runner, bool good);
void reload_on_loaded(struct runner *runner);
void reload_on_proved(struct runner *runner);
void reload_abort(struct runner *runner, const char *why); /* does nothing when there is none */
