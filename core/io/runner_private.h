#pragma once
/* Inside the pool of runners. A *runner* is a configured script; a *process* is one generation of
 * it (runner_process.h). A runner has a current process, while it reloads a next one, and leaves
 * old ones behind until they are reaped. runner_reload.c replaces one by another, runner.c is the
 * pool and what the app calls. */
#include "io/runner_bundle.h"
#include "io/runner_process.h"

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
