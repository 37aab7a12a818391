/* The pool: starts runners, restarts those that die, hands the engine's commands on, and tells the
 * engine what became of them. */
#define _GNU_SOURCE
#include "io/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "io/runner_private.h"

enum {
    RETRY_NS = 1000000,     /* how soon a full event queue is tried again */
    BACKOFF_SHIFTS = 6,     /* doubled at most so often */
    WAITING_LEAST = 32,     /* a saved state is 16 frames, and those come at once */
};

#define MILLISECONDS(n) ((int64_t)(n) * 1000000)

struct runner_pool_config runner_pool_defaults(void)
{
    return (struct runner_pool_config){
        .soft_deadline_ns = MILLISECONDS(100), .hard_deadline_ns = MILLISECONDS(1000),
        .start_deadline_ns = MILLISECONDS(5000), .save_deadline_ns = MILLISECONDS(2000),
        .save_interval_ns = MILLISECONDS(10000),
        .restart_delay_ns = MILLISECONDS(500), .restart_healthy_ns = MILLISECONDS(60000),
        .max_restarts = 5, .max_waiting = 1024, .max_intents_per_s = 1000,
        .max_frames_per_s = 20000, .log_lines_per_s = 50,
        .memory_max = 64ull << 20, .first_generation = 1, .cpu = -1,
    };
}

const char *runner_life_text(enum runner_life life)
{
    static const char *const TEXTS[] = {"starting", "ready", "waiting", "dead", "stopped"};
    return (unsigned)life < sizeof TEXTS / sizeof TEXTS[0] ? TEXTS[life] : "unknown";
}

/* ---- events */

static void rest(struct runner *runner)
{
    if (runner->current)
        process_resume(runner->current);
    if (runner->next)
        process_resume(runner->next);
}

void runner_push(struct runner *runner, const struct event *event)
{
    const struct runner_pool_config *config = &runner->pool->config;
    if (runner->pending.count == 0 && event_queue_push(config->events, event)) {
        if (config->on_event)
            config->on_event(config->context);
        return;
    }
    /* Reading rests until the engine has caught up, so this holds a burst at the most. */
    CHECK(event_list_push(&runner->pending, event));
    rest(runner);
    loop_timer_set(runner->pool->retry, RETRY_NS);
}

static void push_pending(struct runner *runner)
{
    const struct runner_pool_config *config = &runner->pool->config;
    const struct event *event;
    if (runner->pending.count == 0)
        return;
    while ((event = event_list_first(&runner->pending)) != NULL &&
           event_queue_push(config->events, event))
        event_list_drop(&runner->pending);
    if (config->on_event)
        config->on_event(config->context);
    if (runner->pending.count > 0)
        loop_timer_set(runner->pool->retry, RETRY_NS);
    else
        rest(runner);
}

static void on_retry(void *context)
{
    struct runner_pool *pool = context;
    for (uint32_t i = 0; i < pool->count; i++)
        push_pending(pool->runners[i]);
}

void runner_push_state(struct runner *runner, const struct runner_process *process,
                       enum runner_state state, const char *reason)
{
    struct event event = {.kind = EVENT_RUNNER};
    event.runner.runner = runner->status.index;
    event.runner.generation = process->generation;
    event.runner.state = state;
    event.runner.manifest = process->manifest;
    memcpy(event.runner.hash, process->hash, sizeof event.runner.hash);
    text_copy(event.runner.reason, REASON_MAX, reason, strlen(reason));
    runner_push(runner, &event);
}

/* ---- starting, and starting again */

static void note_failure(struct runner *runner, const char *why)
{
    text_copy(runner->status.reason, REASON_MAX, why, strlen(why));
}

static int begin(struct runner *runner, struct err *err)
{
    struct runner_process *process = process_spawn(runner, &runner->image, err);
    if (!process)
        return -1;
    runner->current = process;
    runner->status.life = RUNNER_LIFE_STARTING;
    runner->status.generation = process->generation;
    memcpy(runner->status.hash, process->hash, sizeof runner->status.hash);
    runner_push_state(runner, process, RUNNER_STARTING, "");
    process_start(process, runner->has_state);
    return 0;
}

void runner_start(struct runner *runner)
{
    struct err err = {""};
    if (begin(runner, &err) == 0)
        return;
    log_error("runner", "%s", err.text);
    note_failure(runner, err.text);
    runner_schedule_restart(runner);
}

static void on_restart(void *context)
{
    struct runner *runner = context;
    if (runner->current || runner->next || runner->pool->stopping)
        return;
    runner->status.restarts++;
    runner_start(runner);
}

static void give_up(struct runner *runner, const char *why)
{
    runner->status.life = RUNNER_LIFE_DEAD;
    log_error("runner", "%s: stays dead: %s; reload it once it is mended", runner->status.name,
              why);
}

void runner_schedule_restart(struct runner *runner)
{
    const struct runner_pool_config *config = &runner->pool->config;
    if (runner->deaths >= config->max_restarts) {
        give_up(runner, runner->status.reason);
        runner->deaths++;
        return;
    }
    uint32_t shifts = runner->deaths < BACKOFF_SHIFTS ? runner->deaths : BACKOFF_SHIFTS;
    int64_t delay = config->restart_delay_ns << shifts;
    runner->deaths++;
    runner->status.life = RUNNER_LIFE_WAITING;
    loop_timer_set(runner->restart_timer, delay);
    log_warn("runner", "%s: next try in %lld ms", runner->status.name,
             (long long)(delay / 1000000));
}

/* What fails while it compiles fails the same way again: only another text helps. A state that is
 * not taken over is left out at the next try. */
static void after_death(struct runner *runner, const struct runner_process *process)
{
    if (runner->pool->stopping) {
        runner->status.life = RUNNER_LIFE_STOPPED;
        return;
    }
    if (process->ended_in == PROCESS_LOADING && process->failed_itself) {
        log_warn("runner", "%s: did not take its saved state over; it starts without",
                 runner->status.name);
        runner->has_state = false;
        buf_clear(&runner->state);
    }
    if (runner_now_ns() - process->born_ns >= runner->pool->config.restart_healthy_ns)
        runner->deaths = 0;
    if (process->ended_in == PROCESS_STARTING && process->failed_itself)
        give_up(runner, process->reason);
    else
        runner_schedule_restart(runner);
}

/* ---- what happened to a process */

static void leave(struct runner_pool *pool, struct runner_process *process)
{
    process->next = pool->leaving;
    pool->leaving = process;
}

static void lose_current(struct runner *runner, struct runner_process *process)
{
    bool stopped = process->ended_in == PROCESS_STOPPING;
    runner->current = NULL;
    runner->has_held_view = false;
    runner->replaced_generation = 0;
    note_failure(runner, process->reason);
    if (!stopped)
        log_warn("runner", "%s: generation %u ended: %s", runner->status.name,
                 process->generation, process->reason);
    reload_abort(runner, "the old generation ended meanwhile");
    frame_list_fini(&runner->held);
    loop_timer_clear(runner->save_timer);
    runner_push_state(runner, process, RUNNER_DEAD, stopped ? "stopped" : process->reason);
    runner->status.layers = 0;
    after_death(runner, process);
}

void runner_on_end(struct runner_process *process)
{
    struct runner *runner = process->runner;
    bool was_current = process == runner->current, was_next = process == runner->next;
    if (was_current || was_next)
        leave(runner->pool, process);
    if (was_current) {
        lose_current(runner, process);
    } else if (was_next) {
        runner->next = NULL;
        reload_abort(runner, process->reason);
    }
}

void runner_forget(struct runner_process *process)
{
    struct runner_process **at = &process->runner->pool->leaving;
    while (*at && *at != process)
        at = &(*at)->next;
    CHECK(*at == process);
    *at = process->next;
    process_free(process);
}

static void describe_layers(uint32_t missing, char out[REASON_MAX])
{
    static const struct { uint32_t bit; const char *text; } LAYERS[] = {
        {LAYER_RLIMITS, "rlimits"}, {LAYER_NO_NEW_PRIVS, "no_new_privs"},
        {LAYER_LANDLOCK, "landlock"}, {LAYER_SECCOMP, "seccomp"},
        {LAYER_ENV_EMPTY, "empty environment"}};
    struct buf text;
    buf_init(&text, REASON_MAX - 1);
    buf_puts(&text, "its jail lacks");
    for (size_t i = 0; i < sizeof LAYERS / sizeof LAYERS[0]; i++)
        if (missing & LAYERS[i].bit)
            buf_printf(&text, "%s%s", text.length > 14 ? ", " : " ", LAYERS[i].text);
    text_copy(out, REASON_MAX, text.data ? text.data : "", text.length);
    buf_fini(&text);
}

void runner_on_ready(struct runner_process *process)
{
    struct runner *runner = process->runner;
    uint32_t missing = LAYER_ALL & ~process->layers;
    char told[REASON_MAX];
    if (missing) {
        describe_layers(missing, told);
        log_warn("runner", "%s: %s", runner->status.name, told);
        if (missing & runner->pool->config.required_layers) {
            process->failed_itself = true; /* it would again: no restart */
            process_end(process, "%s, which this host requires", told);
            return;
        }
    }
    process->stage = PROCESS_LOADING;
    if (process == runner->next)
        reload_on_ready(runner);
    else if (process->takes_state)
        process_send_state(process, runner->state.data ? runner->state.data : "",
                           runner->state.length);
    else
        runner_on_loaded(process);
}

static void set_save_timer(struct runner *runner)
{
    if (runner->pool->config.save_interval_ns > 0)
        loop_timer_set(runner->save_timer, runner->pool->config.save_interval_ns);
}

void runner_take_over(struct runner_process *process)
{
    struct runner *runner = process->runner;
    process->stage = PROCESS_LIVE;
    runner->status.life = RUNNER_LIFE_READY;
    runner->status.generation = process->generation;
    runner->status.layers = process->layers;
    memcpy(runner->status.hash, process->hash, sizeof runner->status.hash);
    set_save_timer(runner);
}

void runner_on_loaded(struct runner_process *process)
{
    struct runner *runner = process->runner;
    if (process == runner->next) {
        reload_on_loaded(runner);
        return;
    }
    runner_take_over(process);
    log_info("runner", "%s: generation %u is ready, version %s%s", runner->status.name,
             process->generation, process->hash, process->takes_state ? ", state restored" : "");
    runner_push_state(runner, process, RUNNER_READY, "");
    process_send(process, SCRIPT_GO, 0, false, NULL, 0);
}

void runner_on_proved(struct runner_process *process)
{
    if (process == process->runner->next)
        reload_on_proved(process->runner);
}

void runner_on_saved(struct runner_process *process, bool good)
{
    struct runner *runner = process->runner;
    if (good) {
        struct buf kept = runner->state;
        runner->state = runner->state_in;
        runner->state_in = kept;
        runner->has_state = runner->state.length > 0;
        runner->status.state_bytes = (uint32_t)runner->state.length;
    }
    buf_clear(&runner->state_in);
    /* A periodic SAVE was on its way when the reload asked: its own answer is still to come. */
    if (!process_awaits(process, SCRIPT_SAVE))
        reload_on_saved(runner, good);
}

static void on_save_due(void *context)
{
    struct runner *runner = context;
    set_save_timer(runner);
    if (runner->current && runner->current->stage == PROCESS_LIVE && runner->step == RELOAD_NONE &&
        !process_awaits(runner->current, SCRIPT_SAVE))
        process_send(runner->current, SCRIPT_SAVE, 0, false, NULL, 0);
}

static void on_reload_late(void *context)
{
    reload_abort(context, "the old generation did not hand over its state in time");
}

/* ---- commands */

static struct runner *find_index(const struct runner_pool *pool, actor_index index)
{
    for (uint32_t i = 0; i < pool->count; i++)
        if (pool->runners[i]->status.index == index)
            return pool->runners[i];
    return NULL;
}

/* The engine learns of a swap by an event; what it says before that still means this runner. */
static struct runner *find_addressed(const struct runner_pool *pool, actor_index index,
                                     uint32_t generation, bool also_replaced)
{
    struct runner *runner = find_index(pool, index);
    if (!runner || !runner->current)
        return NULL;
    if (generation == runner->current->generation)
        return runner;
    return also_replaced && generation != 0 && generation == runner->replaced_generation ? runner
                                                                                         : NULL;
}

/* From the moment the old generation is asked for its state it is shown nothing: what it would
 * learn then, the new one would never know. */
static void deliver(struct runner *runner, enum script_frame_kind kind, uint64_t request,
                    const void *payload, size_t length)
{
    if (runner->step < RELOAD_SAVING || runner->fresh) {
        process_send(runner->current, kind, request, false, payload, length);
        return;
    }
    if (runner->held.count < runner->pool->config.max_waiting &&
        frame_list_push(&runner->held, kind, request, false, payload, length))
        return;
    reload_abort(runner, "more events arrived meanwhile than can be held back");
    if (runner->current)
        process_send(runner->current, kind, request, false, payload, length);
}

static void take_view(struct runner_pool *pool, const struct command_view *command)
{
    struct runner *runner = find_addressed(pool, command->runner, command->generation, false);
    if (!runner)
        return;
    if (runner->step < RELOAD_SAVING && process_awaits(runner->current, SCRIPT_VIEW)) {
        runner->held_view = *command->view;
        runner->has_held_view = true;
        return;
    }
    deliver(runner, SCRIPT_VIEW, 0, command->view, sizeof *command->view);
}

static void take_notice(struct runner_pool *pool, const struct command_notice *command)
{
    struct runner *runner = find_addressed(pool, command->runner, command->generation, true);
    if (runner)
        deliver(runner, SCRIPT_NOTICE, 0, &command->notice, sizeof command->notice);
}

static void take_judge(struct runner_pool *pool, const struct command_judge *command)
{
    struct runner *runner = find_addressed(pool, command->runner, command->generation, false);
    struct script_judge judge;
    if (!runner)
        return;
    memset(&judge, 0, sizeof judge); /* padding too: it crosses a socket */
    judge.strategy = command->strategy;
    judge.intent = command->intent;
    judge.view = *command->view;
    deliver(runner, SCRIPT_JUDGE, command->request, &judge, sizeof judge);
}

bool runner_command(struct runner_pool *pool, const struct command *command)
{
    struct runner *runner;
    switch (command->kind) {
    case COMMAND_VIEW: take_view(pool, &command->view); return true;
    case COMMAND_NOTICE: take_notice(pool, &command->notice); return true;
    case COMMAND_JUDGE: take_judge(pool, &command->judge); return true;
    case COMMAND_RUNNER_END:
        runner = find_addressed(pool, command->runner_end.runner, command->runner_end.generation,
                                false);
        if (runner)
            process_end(runner->current, "%s", command->runner_end.reason);
        return true;
    default: return false;
    }
}

/* ---- the pool */

static int check_config(const struct runner_pool_config *config, struct err *err)
{
    CHECK(config->loop && config->events && config->settings && config->program);
    if (strlen(config->program) >= PATH_MAX_BYTES ||
        (config->lib_directory && strlen(config->lib_directory) >= PATH_MAX_BYTES))
        return err_set(err, "runners: a path is longer than %d bytes", PATH_MAX_BYTES - 1);
    if (config->soft_deadline_ns <= 0 || config->hard_deadline_ns <= config->soft_deadline_ns ||
        config->start_deadline_ns <= 0 || config->save_deadline_ns <= 0)
        return err_set(err, "runners: deadlines are positive and the hard one is the longer");
    if (config->max_waiting < WAITING_LEAST)
        return err_set(err, "runners: max_waiting is %u; at least %d", config->max_waiting,
                       WAITING_LEAST);
    if (config->memory_max < 1 << 20)
        return err_set(err, "runners: memory_max is %llu bytes; a Lua state wants 1 MiB",
                       (unsigned long long)config->memory_max);
    if (config->first_generation == 0)
        return err_set(err, "runners: generations begin with 1");
    return 0;
}

struct runner_pool *runner_pool_create(const struct runner_pool_config *config, struct err *err)
{
    if (check_config(config, err) < 0)
        return NULL;
    struct runner_pool *pool = calloc(1, sizeof *pool);
    if (pool) {
        pool->config = *config;
        pool->retry = loop_timer_create(config->loop, on_retry, pool);
    }
    if (!pool || !pool->retry) {
        free(pool);
        err_set(err, "runners: no memory");
        return NULL;
    }
    text_copy(pool->program, PATH_MAX_BYTES, config->program, strlen(config->program));
    if (config->lib_directory)
        text_copy(pool->lib_directory, PATH_MAX_BYTES, config->lib_directory,
                  strlen(config->lib_directory));
    return pool;
}

static void destroy_runner(struct runner *runner)
{
    process_free(runner->next);
    process_free(runner->current);
    loop_timer_destroy(runner->restart_timer);
    loop_timer_destroy(runner->save_timer);
    loop_timer_destroy(runner->reload_timer);
    runner_image_drop(&runner->image);
    runner_image_drop(&runner->next_image);
    buf_fini(&runner->state);
    buf_fini(&runner->state_in);
    frame_list_fini(&runner->held);
    event_list_fini(&runner->pending);
    free(runner->params_json);
    free(runner);
}

void runner_pool_destroy(struct runner_pool *pool)
{
    if (!pool)
        return;
    while (pool->leaving) {
        struct runner_process *process = pool->leaving;
        pool->leaving = process->next;
        process_free(process);
    }
    for (uint32_t i = 0; i < pool->count; i++)
        destroy_runner(pool->runners[i]);
    loop_timer_destroy(pool->retry);
    free(pool);
}

static int check_runner(const struct runner_pool *pool, const struct runner_config *config,
                        struct err *err)
{
    if (pool->count == MAX_RUNNERS || config->index >= MAX_RUNNERS)
        return err_set(err, "%s: more than %d runners", config->name, MAX_RUNNERS);
    if (config->name[0] == '\0' || strlen(config->name) >= NAME_MAX_BYTES)
        return err_set(err, "runner '%s': a name has 1 to %d bytes", config->name,
                       NAME_MAX_BYTES - 1);
    if (find_index(pool, config->index))
        return err_set(err, "%s: runner %u is there already", config->name, config->index);
    if (strlen(config->script_path) >= PATH_MAX_BYTES ||
        (config->params_path && strlen(config->params_path) >= PATH_MAX_BYTES))
        return err_set(err, "%s: a path is longer than %d bytes", config->name,
                       PATH_MAX_BYTES - 1);
    return 0;
}

static struct runner *create_runner(struct runner_pool *pool, const struct runner_config *config)
{
    struct runner *runner = calloc(1, sizeof *runner);
    if (!runner)
        return NULL;
    runner->pool = pool;
    runner->role = config->role;
    runner->products = config->products;
    runner->seed = config->seed;
    runner->generation = pool->config.first_generation - 1;
    runner->image.memfd = runner->next_image.memfd = -1;
    runner->status.index = config->index;
    text_copy(runner->status.name, NAME_MAX_BYTES, config->name, strlen(config->name));
    text_copy(runner->script_path, PATH_MAX_BYTES, config->script_path,
              strlen(config->script_path));
    if (config->params_path)
        text_copy(runner->params_path, PATH_MAX_BYTES, config->params_path,
                  strlen(config->params_path));
    frame_list_init(&runner->held);
    buf_init(&runner->state, MAX_SCRIPT_STATE);
    buf_init(&runner->state_in, MAX_SCRIPT_STATE);
    struct loop *loop = pool->config.loop;
    runner->restart_timer = loop_timer_create(loop, on_restart, runner);
    runner->save_timer = loop_timer_create(loop, on_save_due, runner);
    runner->reload_timer = loop_timer_create(loop, on_reload_late, runner);
    runner->params_json = config->params_json ? strdup(config->params_json) : NULL;
    if (!runner->restart_timer || !runner->save_timer || !runner->reload_timer ||
        (config->params_json && !runner->params_json)) {
        destroy_runner(runner);
        return NULL;
    }
    return runner;
}

struct runner_sources runner_sources_of(const struct runner *runner)
{
    const char *library = runner->pool->lib_directory;
    return (struct runner_sources){
        runner->script_path, library[0] ? library : NULL, runner->params_json,
        runner->params_path[0] ? runner->params_path : NULL};
}

int runner_add(struct runner_pool *pool, const struct runner_config *config, struct err *err)
{
    if (check_runner(pool, config, err) < 0)
        return -1;
    struct runner *runner = create_runner(pool, config);
    if (!runner)
        return err_set(err, "%s: no memory for a runner", config->name);
    struct runner_sources sources = runner_sources_of(runner);
    if (runner_image_read(&runner->image, &sources, err) < 0) {
        destroy_runner(runner);
        return err_wrap(err, "%s", config->name);
    }
    pool->runners[pool->count++] = runner;
    if (begin(runner, err) == 0)
        return 0;
    pool->count--;
    destroy_runner(runner);
    return -1;
}

struct runner *runner_find(const struct runner_pool *pool, const char *name)
{
    for (uint32_t i = 0; i < pool->count; i++)
        if (strcmp(pool->runners[i]->status.name, name) == 0)
            return pool->runners[i];
    return NULL;
}

int runner_set_params(struct runner_pool *pool, const char *name, const char *params_json)
{
    struct runner *runner = runner_find(pool, name);
    char *copy = params_json ? strdup(params_json) : NULL;
    if (!runner || (params_json && !copy)) {
        free(copy);
        return -1;
    }
    free(runner->params_json);
    runner->params_json = copy;
    return 0;
}

/* ---- stopping, and being looked at */

static void stop_runner(struct runner *runner)
{
    loop_timer_clear(runner->restart_timer);
    loop_timer_clear(runner->save_timer);
    reload_abort(runner, "the host stops");
    if (!runner->current) {
        runner->status.life = RUNNER_LIFE_STOPPED;
    } else if (runner->current->stage == PROCESS_LIVE) {
        runner->current->stage = PROCESS_STOPPING;
        process_send(runner->current, SCRIPT_STOP, 0, false, NULL, 0);
    } else {
        process_end(runner->current, "the host stops");
    }
}

void runner_pool_stop(struct runner_pool *pool)
{
    if (pool->stopping)
        return;
    pool->stopping = true;
    for (uint32_t i = 0; i < pool->count; i++)
        stop_runner(pool->runners[i]);
}

bool runner_pool_is_idle(const struct runner_pool *pool)
{
    for (uint32_t i = 0; i < pool->count; i++)
        if (pool->runners[i]->current || pool->runners[i]->next)
            return false;
    return pool->leaving == NULL;
}

uint32_t runner_pool_count(const struct runner_pool *pool)
{
    return pool->count;
}

void runner_pool_status(const struct runner_pool *pool, uint32_t at, struct runner_status *ret)
{
    CHECK(at < pool->count);
    const struct runner *runner = pool->runners[at];
    *ret = runner->status;
    ret->reloading = runner->step != RELOAD_NONE;
    ret->pid = runner->current ? runner->current->pid : 0;
    ret->next_pid = runner->next ? runner->next->pid : 0;
    ret->waiting = runner->current ? runner->current->waiting.count : 0;
}

const char *runner_state(const struct runner_pool *pool, const char *name, size_t *ret_length)
{
    const struct runner *runner = runner_find(pool, name);
    if (!runner || !runner->has_state)
        return NULL;
    *ret_length = runner->state.length;
    return runner->state.data;
}
