#pragma once
/* The parent's side of the script runners: one jailed `moongate-runner` process per script, spoken
 * to in frames of wire/script_proto.h. What they say becomes events; what the engine asks of them
 * arrives as commands. Nothing a runner does blocks, crashes or grows the core.
 *
 *     struct runner_pool_config config = runner_pool_defaults();
 *     config.loop = loop; config.events = queue; config.settings = &settings; ...
 *     pool = runner_pool_create(&config, &err);          spawns nothing yet
 *     runner_add(pool, &(struct runner_config){...}, &err);  reads and hashes the bundle, starts it
 *     if (runner_command(pool, &command)) ...            false: not a command for runners
 *     runner_reload(pool, NULL, token, &err);            SIGHUP: all that changed on disk
 *     runner_pool_stop(pool); ... until runner_pool_is_idle(pool);  runner_pool_destroy(pool);
 *
 * Events made: RUNNER (STARTING, READY, REPLACED, DEAD), CREDIT, INTENT, TIMER_SET, VERDICT. A
 * runner is ready for views from READY or REPLACED on: the engine then holds one credit for it.
 * Life of a runner:
 *
 *     add -> STARTING -> READY -> DEAD -> (back-off, at most max_restarts) -> STARTING ...
 *                          | ^
 *                   reload v | REPLACED: the new generation took over; the old one is stopped
 *
 * All functions are for the loop's thread. The pool owns its processes, watchers and timers. */
#include "base/err.h"
#include "model/command.h"
#include "model/event_queue.h"
#include "model/settings.h"
#include "wire/script_proto.h"

struct loop;
struct runner_pool;

struct runner_pool_config {
    struct loop *loop;                     /* borrowed */
    struct event_queue *events;            /* borrowed */
    const struct engine_settings *settings; /* borrowed: catalog, bands, candle lengths, products */
    const char *program;                   /* path of moongate-runner; copied, as all text here */
    const char *lib_directory;             /* lua/lib: where `require "moongate.x"` is found */
    void *context;                         /* of the three functions; each may be NULL */
    void (*on_event)(void *context);       /* something was pushed: let a turn run */
    void (*on_outcome)(void *context, uint64_t token, const char *line); /* of a reload */
    /* Every frame both ways as it crosses, for the recording. */
    void (*on_frame)(void *context, actor_index runner, bool from_runner,
                     const struct script_head *head, const void *payload);
    /* Before the first frame of a process: its bundle, sealed; not to be closed. */
    void (*on_bundle)(void *context, const char hash[17], int memfd);
    /* It missed its soft deadline: from here on what it does depends on the clock. */
    void (*on_interrupt)(void *context, actor_index runner, uint32_t generation);

    int64_t soft_deadline_ns, hard_deadline_ns; /* of one callback */
    int64_t start_deadline_ns;             /* spawn to READY, on_start and on_reload */
    int64_t save_deadline_ns;              /* SAVE answered, and BYE after STOP */
    int64_t save_interval_ns;              /* state asked for this often; 0: only at a reload */
    int64_t restart_delay_ns;              /* doubled at each death, to 64 times; */
    int64_t restart_healthy_ns;            /* a runner that lived this long starts afresh */
    uint32_t max_restarts;                 /* deaths in a row before it stays dead; 0: never */
    uint32_t max_waiting;                  /* frames unanswered before the runner is ended */
    uint32_t max_intents_per_s;            /* past it the runner is ended: "intent flood" */
    uint32_t max_frames_per_s;             /* all unasked kinds together */
    uint32_t log_lines_per_s;              /* more are counted, not written */
    uint64_t memory_max;                   /* bytes of one Lua state */
    uint32_t required_layers;              /* enum script_layer; LAYER_ALL when live */
    uint32_t first_generation;             /* above every generation in the journal, at least 1:
                                              order_ref is unique for ever only so */
    bool sched_idle;                       /* SCHED_IDLE, else nice 19 */
    int cpu;                               /* pinned to it; -1: not pinned */
};

struct runner_config {
    enum script_role role;
    actor_index index;        /* strategies 0.., rule i is MAX_STRATEGIES + i */
    const char *name;         /* of the config's section; unique */
    const char *script_path;
    const char *params_json;  /* one JSON object; NULL: {} */
    const char *params_path;  /* a file with it, read again at each reload; NULL: none */
    uint32_t products;        /* bit i: shown product i */
    uint64_t seed;            /* of random() */
};

enum runner_life { RUNNER_LIFE_STARTING, RUNNER_LIFE_READY, RUNNER_LIFE_WAITING, /* for a restart */
                   RUNNER_LIFE_DEAD, RUNNER_LIFE_STOPPED };

struct runner_status {
    char name[NAME_MAX_BYTES];
    actor_index index;
    enum runner_life life;
    bool reloading;
    int pid, next_pid; /* of the one that trades, of the one that is to replace it; 0: none */
    uint32_t generation, layers, restarts;
    char hash[17];
    uint64_t views, notices, judges, credits, verdicts, intents, timers; /* of all generations */
    uint64_t faults, soft_deadlines, log_lines, log_dropped, bad_frames, stale_dropped;
    uint32_t waiting;      /* frames sent and not yet answered */
    int64_t answer_last_ns, answer_max_ns; /* frame sent to its answer read */
    uint32_t state_bytes;  /* of the last SAVE */
    struct script_metric metrics[MAX_METRICS]; /* as last said; kept over generations */
    uint32_t metric_count, metrics_dropped;    /* dropped: names past MAX_METRICS */
    char reason[REASON_MAX]; /* of the last death, fault or refused reload */
};

/* Sensible numbers for every field that is not a pointer. */
struct runner_pool_config runner_pool_defaults(void);
struct runner_pool *runner_pool_create(const struct runner_pool_config *config, struct err *err);
void runner_pool_destroy(struct runner_pool *pool); /* kills and reaps; NULL is fine */

/* -1: the script, a module or the parameters cannot be read (the text names file and line), or the
 * process cannot be spawned. A script that does not compile shows later as RUNNER DEAD. */
int runner_add(struct runner_pool *pool, const struct runner_config *config, struct err *err);

/* VIEW, NOTICE, JUDGE and RUNNER_END; false: another kind. Of another generation or to a dead
 * runner they are dropped: the engine learns of that by its own events. */
bool runner_command(struct runner_pool *pool, const struct command *command);

/* Reads the bundles again and replaces what changed; `name` NULL: all. Each runner ends in exactly
 * one on_outcome line with `token`, maybe before this returns:
 *     reload ma_cross: 1a2b3c.. -> 4d5e6f.., state 213 bytes
 *     reload ma_cross: kept 1a2b3c..: strategies/ma_cross.lua:12: ...
 * Returns how many lines there will be; -1: no runner has that name. */
int runner_reload(struct runner_pool *pool, const char *name, uint64_t token, struct err *err);
bool runner_reload_is_busy(const struct runner_pool *pool);
/* The parameters the next reload shall use, when they live in the config file. -1: no such name. */
int runner_set_params(struct runner_pool *pool, const char *name, const char *params_json);

/* on_stop is called in each; a runner that does not say BYE in time is killed. */
void runner_pool_stop(struct runner_pool *pool);
bool runner_pool_is_idle(const struct runner_pool *pool); /* no process is left */
uint32_t runner_pool_count(const struct runner_pool *pool);
void runner_pool_status(const struct runner_pool *pool, uint32_t at, struct runner_status *ret);
/* Saved state of the last SAVE, JSON, borrowed until the next event; NULL: none yet. */
const char *runner_state(const struct runner_pool *pool, const char *name, size_t *ret_length);
const char *runner_life_text(enum runner_life life);
