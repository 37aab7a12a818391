/* The scripts of a lab: what the host's runner pool does with processes, done in this one. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/cover.h"
#include "lab/lab.h"

static const int64_t DEADLINE_NS = 3600000000000;

/* --- what a script says --- */

static void keep_text(struct lab_runner *runner, bool fault, char level, const char *text,
                      size_t length)
{
    struct lab_log *log = lab_list_add(&runner->lab->logs, sizeof(*log));

    runner->faulted |= fault;
    *log = (struct lab_log){runner->index, fault, level, malloc(length + 1)};
    CHECK(log->text != NULL);
    memcpy(log->text, text, length);
    log->text[length] = '\0';
}

static void keep_intent(struct lab_runner *runner, const struct intent *intent)
{
    struct lab *lab = runner->lab;
    struct lab_intent *kept = lab_list_add(&lab->intents, sizeof(*kept));

    *kept = (struct lab_intent){lab->now, runner->index, *intent};
}

static void keep_state(struct lab_runner *runner, const struct script_head *head,
                       const void *payload)
{
    if (runner->state_whole)
        buf_clear(&runner->state);
    buf_put(&runner->state, payload, head->length);
    runner->state_whole = !head->more;
}

static void keep_metric(struct lab_runner *runner, const struct script_metric *metric)
{
    struct lab *lab = runner->lab;
    struct lab_metric *kept = NULL;

    for (uint32_t i = 0; i < lab->metrics.count && !kept; i++) {
        struct lab_metric *each = &((struct lab_metric *)lab->metrics.items)[i];
        if (each->runner == runner->index && strcmp(each->metric.name, metric->name) == 0)
            kept = each;
    }
    if (!kept)
        kept = lab_list_add(&lab->metrics, sizeof(*kept));
    kept->runner = runner->index;
    kept->metric = *metric;
}

static void push_said(struct lab_runner *runner, const struct script_head *head,
                      const void *payload)
{
    const struct script_timer *timer = payload;
    const struct script_verdict *verdict = payload;
    struct event event = {.kind = EVENT_CREDIT};

    switch (head->kind) {
    case SCRIPT_CREDIT:
        event.credit = (struct event_credit){runner->index, head->generation};
        break;
    case SCRIPT_INTENT:
        event.kind = EVENT_INTENT;
        event.intent.runner = runner->index;
        event.intent.generation = head->generation;
        memcpy(&event.intent.intent, payload, sizeof(event.intent.intent));
        keep_intent(runner, &event.intent.intent);
        break;
    case SCRIPT_TIMER:
        event.kind = EVENT_TIMER_SET;
        event.timer_set = (struct event_timer_set){runner->index, head->generation, timer->id,
                                                   timer->delay_ns};
        break;
    case SCRIPT_VERDICT:
        event.kind = EVENT_VERDICT;
        event.verdict = (struct event_verdict){runner->index, head->generation, head->request,
                                               verdict->allow, "", verdict->most};
        memcpy(event.verdict.reason, verdict->reason, sizeof(event.verdict.reason));
        break;
    default:
        return;
    }
    if (runner->proving)
        *(struct event *)lab_list_add(&runner->held, sizeof(event)) = event;
    else
        lab_push(runner->lab, &event);
    runner->lab->credits += event.kind == EVENT_CREDIT && !runner->proving;
}

static void hear(void *context, const struct script_head *head, const void *payload)
{
    struct lab_runner *runner = context;

    if (head->kind == SCRIPT_READY)
        memcpy(&runner->manifest, &((const struct script_ready *)payload)->manifest,
               sizeof(runner->manifest));
    else if (head->kind == SCRIPT_METRIC)
        keep_metric(runner, payload);
    else if (head->kind == SCRIPT_LOG)
        keep_text(runner, false, *(const char *)payload, (const char *)payload + 1,
                  head->length - 1);
    else if (head->kind == SCRIPT_FAULT)
        keep_text(runner, true, 'e', payload, head->length);
    else if (head->kind == SCRIPT_STATE_OUT)
        keep_state(runner, head, payload);
    else if (!runner->muted)
        push_said(runner, head, payload);
}

/* Encoded and decoded as on the way to the core: a frame the core would refuse is a fault here. */
static bool on_send(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                    const void *payload, size_t length)
{
    struct lab_runner *runner = context;
    _Alignas(SCRIPT_ALIGN) unsigned char bytes[MAX_SCRIPT_FRAME];
    struct script_head head;
    const void *inside;
    struct err err = {""};
    int size = script_frame_encode(bytes, sizeof(bytes), kind, runner->generation, request, more,
                                   payload, length);

    if (size < 0 || script_frame_decode(bytes, (size_t)size, runner->generation, true, &head,
                                        &inside, &err) < 0) {
        keep_text(runner, true, 'e', err.text, strlen(err.text));
        return false;
    }
    hear(runner, &head, inside);
    return true;
}

static void on_line(void *context, const char *chunk, int line)
{
    const struct lab_runner *runner = context;
    const struct bundle_entry *own = &runner->bundle.entries[0];
    bool is_own = text_equal(own->name, own->name_length, chunk + 1);

    if (*chunk == '@')
        lab_cover_line(is_own && runner->path ? runner->path : chunk, line);
}

/* --- a script in here, or in its jail --- */

/* One frame, until it is answered. -1: the script has ended. */
static int tell(struct lab_runner *runner, enum script_frame_kind kind, uint64_t request, bool more,
                const void *payload, size_t length, struct err *err)
{
    struct script_head head = {.version = SCRIPT_PROTO_VERSION, .kind = (uint8_t)kind,
                               .more = more, .generation = runner->generation,
                               .request = request, .length = (uint32_t)length};

    if (runner->jail)
        return lab_jail_tell(runner->jail, kind, request, more, payload, length, err);
    if (script_frame(runner->script, &head, payload, err) < 0)
        return -1;
    /* The runner's main loop answers what the script does not: GO by a credit. */
    if (kind == SCRIPT_GO && !on_send(runner, SCRIPT_CREDIT, 0, false, NULL, 0))
        return err_set(err, "no credit");
    return 0;
}

static int tell_simply(struct lab_runner *runner, enum script_frame_kind kind, struct err *err)
{
    return tell(runner, kind, 0, false, NULL, 0, err);
}

static void end_script(struct lab_runner *runner)
{
    script_destroy(runner->script);
    lab_jail_end(runner->jail);
    runner->script = NULL;
    runner->jail = NULL;
}

/* --- a generation begins --- */

static int compile(struct lab *lab, struct lab_runner *runner, bool reload, struct err *err)
{
    const struct engine_settings *settings = &lab->config.settings;
    struct script_host host = {.context = runner, .send = on_send, .budget = lab->config.budget,
                               .line = lab->config.covers ? on_line : NULL};
    struct lab_jail_ear ear = {runner, hear};
    struct script_start start;

    memset(&start, 0, sizeof(start));
    start.role = runner->role;
    script_start_fill(&start, settings, runner->index);
    memcpy(start.name, runner->name, sizeof(start.name));
    start.products = runner->products;
    start.soft_deadline_ns = start.hard_deadline_ns = DEADLINE_NS; /* nobody signals here */
    start.memory_max = lab->config.memory_max;
    start.seed = runner->seed;
    start.reload = reload;
    if (lab->config.jailed)
        runner->jail = lab_jail_start(lab->config.jailed, &start, runner->generation,
                                      &runner->bundle_bytes, &ear, err);
    else
        runner->script = script_create(&start, &runner->bundle, &host, err);
    if (!runner->jail && !runner->script)
        return -1;
    if (runner->script)
        runner->manifest = script_wants(runner->script).manifest;
    return manifest_check(&runner->manifest, settings, runner->index, err);
}

static void push_runner(struct lab_runner *runner, enum runner_state state, const char *reason)
{
    struct event event = {.kind = EVENT_RUNNER,
                          .runner = {.runner = runner->index, .generation = runner->generation,
                                     .state = state}};

    event.runner.manifest = runner->manifest;
    memcpy(event.runner.hash, runner->hash, sizeof(event.runner.hash));
    text_copy(event.runner.reason, REASON_MAX, reason, strlen(reason));
    lab_push(runner->lab, &event);
}

static void take_name(struct lab_runner *runner, const struct lab_script *script)
{
    const char *name = script->name ? script->name : script->path ? script->path : "script";
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;

    text_copy(runner->name, sizeof(runner->name), base, strcspn(base, "."));
}

int lab_runner_start(struct lab *lab, actor_index index, const struct lab_script *script,
                     struct err *err)
{
    struct lab_runner *runner = &lab->runners[index];

    *runner = (struct lab_runner){.used = true, .index = index, .products = script->products,
                                  .seed = script->seed, .generation = 1, .lab = lab};
    runner->role = index >= MAX_STRATEGIES ? SCRIPT_ROLE_RULE : SCRIPT_ROLE_STRATEGY;
    runner->path = script->path ? strdup(script->path) : NULL;
    runner->params = strdup(script->params ? script->params : "{}");
    buf_init(&runner->state, MAX_SCRIPT_STATE);
    runner->state_whole = true;
    take_name(runner, script);
    if (lab_bundle_read(script, lab->config.library, &runner->bundle_bytes, &runner->bundle,
                        err) < 0)
        return -1;
    bundle_hash(runner->bundle_bytes.data, runner->bundle_bytes.length, runner->hash);
    if (compile(lab, runner, false, err) < 0)
        return err_wrap(err, "%s", runner->name);
    runner->alive = true;
    push_runner(runner, RUNNER_READY, "");
    if (tell_simply(runner, SCRIPT_GO, err) < 0)
        return err_wrap(err, "%s", runner->name);
    return 0;
}

/* --- a reload --- */

static int hand_over(struct lab_runner *next, const struct buf *state, struct err *err)
{
    size_t done = 0;

    do {
        size_t piece = state->length - done;
        if (piece > SCRIPT_TEXT_MAX)
            piece = SCRIPT_TEXT_MAX;
        if (tell(next, SCRIPT_STATE_IN, 0, done + piece < state->length,
                 state->length ? state->data + done : "", piece, err) < 0)
            return -1;
        done += piece;
    } while (done < state->length);
    return 0;
}

/* What the old one says by its on_stop comes by the same road: its generation is over. */
static void end_generation(struct lab_runner *runner)
{
    struct err err;

    runner->muted = true;
    if (runner->alive)
        tell_simply(runner, SCRIPT_STOP, &err);
    lab_runner_fini(runner);
}

static int save(struct lab_runner *runner, struct err *err)
{
    runner->faulted = false;
    if (!runner->alive)
        return 0;
    if (tell_simply(runner, SCRIPT_SAVE, err) < 0)
        return -1;
    return runner->faulted ? err_set(err, "the old generation could not save its state") : 0;
}

/* The next generation of `old`, read but not compiled. */
static int read_next(struct lab *lab, const struct lab_runner *old, const struct lab_script *script,
                     struct lab_runner *ret, struct err *err)
{
    *ret = (struct lab_runner){.used = true, .role = old->role, .index = old->index,
                               .products = old->products, .generation = old->generation + 1,
                               .seed = old->seed, .state_whole = true, .proving = true,
                               .lab = lab};
    memcpy(ret->name, old->name, sizeof(ret->name));
    ret->path = script->path ? strdup(script->path) : NULL;
    ret->params = strdup(old->params);
    buf_init(&ret->state, MAX_SCRIPT_STATE);
    if (lab_bundle_read(script, lab->config.library, &ret->bundle_bytes, &ret->bundle, err) < 0) {
        lab_runner_fini(ret);
        return -1;
    }
    bundle_hash(ret->bundle_bytes.data, ret->bundle_bytes.length, ret->hash);
    return 0;
}

static void release_held(struct lab_runner *runner)
{
    runner->proving = false;
    for (uint32_t i = 0; i < runner->held.count; i++)
        lab_push(runner->lab, &((const struct event *)runner->held.items)[i]);
    runner->held.count = 0;
}

/* A script speaks through its runner's place, whose address it keeps: while the next one compiles,
 * takes the state and has its first callback, the old one is set aside. */
int lab_runner_reload(struct lab *lab, actor_index index, const char *path, const char *text,
                      struct err *err)
{
    struct lab_runner *runner = &lab->runners[index], old, next;
    struct lab_script script = {.path = path || text ? path : runner->path, .text = text,
                                .params = runner->params};

    if (save(runner, err) < 0 || read_next(lab, runner, &script, &next, err) < 0)
        return -1;
    old = *runner;
    *runner = next;
    if (compile(lab, runner, true, err) < 0 || hand_over(runner, &old.state, err) < 0 ||
        tell_simply(runner, SCRIPT_GO, err) < 0) {
        lab_runner_fini(runner);
        *runner = old;
        return -1;
    }
    next = *runner;
    *runner = old;
    end_generation(runner);
    *runner = next;
    runner->alive = true;
    push_runner(runner, RUNNER_REPLACED, "reload");
    release_held(runner);
    return lab_settle(lab, err);
}

void lab_runner_kill(struct lab *lab, actor_index index, const char *reason)
{
    struct lab_runner *runner = &lab->runners[index];

    if (!runner->alive)
        return;
    runner->alive = false;
    end_script(runner);
    push_runner(runner, RUNNER_DEAD, reason);
}

void lab_runner_fini(struct lab_runner *runner)
{
    end_script(runner);
    if (runner->used) {
        buf_fini(&runner->bundle_bytes);
        buf_fini(&runner->state);
    }
    lab_list_fini(&runner->held);
    free(runner->path);
    free(runner->params);
    runner->path = runner->params = NULL;
    runner->used = runner->alive = false;
}

/* --- what the engine says --- */

static void add_frame(struct lab *lab, const struct lab_frame *frame)
{
    *(struct lab_frame *)lab_list_add(&lab->frames, sizeof(*frame)) = *frame;
}

static void add_copy(struct lab *lab, const struct lab_frame *frame, const void *payload)
{
    struct lab_frame copied = *frame;

    copied.payload = copied.owned = malloc(frame->length);
    CHECK(copied.owned != NULL);
    memcpy(copied.owned, payload, frame->length);
    add_frame(lab, &copied);
}

void lab_runner_command(struct lab *lab, const struct command *command)
{
    struct script_judge judge;

    switch (command->kind) {
    case COMMAND_VIEW:
        add_frame(lab, &(struct lab_frame){command->view.runner, command->view.generation,
                                           SCRIPT_VIEW, 0, sizeof(struct view),
                                           command->view.view, NULL});
        break;
    case COMMAND_NOTICE:
        add_copy(lab, &(struct lab_frame){command->notice.runner, command->notice.generation,
                                          SCRIPT_NOTICE, 0, sizeof(struct notice), NULL, NULL},
                 &command->notice.notice);
        break;
    case COMMAND_JUDGE:
        memset(&judge, 0, sizeof(judge));
        judge.strategy = command->judge.strategy;
        judge.intent = command->judge.intent;
        judge.view = *command->judge.view;
        add_copy(lab, &(struct lab_frame){command->judge.runner, command->judge.generation,
                                          SCRIPT_JUDGE, command->judge.request, sizeof(judge),
                                          NULL, NULL},
                 &judge);
        break;
    case COMMAND_RUNNER_END:
        lab_runner_kill(lab, command->runner_end.runner, command->runner_end.reason);
        break;
    default:
        break;
    }
}

void lab_runner_deliver(struct lab *lab, const struct lab_frame *frame)
{
    struct lab_runner *runner = &lab->runners[frame->runner];
    struct err err = {""};

    if (!runner->alive || runner->generation != frame->generation)
        return;
    if (tell(runner, frame->kind, frame->request, false, frame->payload, frame->length, &err) < 0)
        lab_runner_kill(lab, frame->runner, err.text);
}
