#define _GNU_SOURCE
#include "rig.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { QUEUE_BYTES = 1 << 20 };
#define HANG_NS 60000000000

static void feed(struct rig *rig, actor_index index)
{
    struct rig_seen *seen = &rig->seen[index];
    if (seen->alive && seen->credit && seen->views_sent < seen->view_goal)
        rig_view(rig, index);
}

static void take_runner(struct rig *rig, const struct event_runner *event)
{
    struct rig_seen *seen = &rig->seen[event->runner];
    seen->starting += event->state == RUNNER_STARTING;
    seen->ready += event->state == RUNNER_READY;
    seen->replaced += event->state == RUNNER_REPLACED;
    seen->dead += event->state == RUNNER_DEAD;
    if (event->state == RUNNER_READY || event->state == RUNNER_REPLACED) {
        seen->generation = event->generation;
        /* A view that fell into the swap is nobody's: the new one has a credit of its own. */
        if (event->state == RUNNER_REPLACED && !seen->credit)
            seen->views_sent--;
        seen->alive = seen->credit = true;
        memcpy(seen->hash, event->hash, sizeof seen->hash);
    }
    if (event->state == RUNNER_DEAD) {
        seen->alive = seen->credit = false;
        memcpy(seen->reason, event->reason, REASON_MAX);
    }
}

static uint32_t generation_of(const struct event *event)
{
    switch (event->kind) {
    case EVENT_CREDIT: return event->credit.generation;
    case EVENT_INTENT: return event->intent.generation;
    case EVENT_TIMER_SET: return event->timer_set.generation;
    case EVENT_VERDICT: return event->verdict.generation;
    default: return 0;
    }
}

static actor_index runner_of(const struct event *event)
{
    switch (event->kind) {
    case EVENT_CREDIT: return event->credit.runner;
    case EVENT_INTENT: return event->intent.runner;
    case EVENT_TIMER_SET: return event->timer_set.runner;
    case EVENT_VERDICT: return event->verdict.runner;
    default: return event->runner.runner;
    }
}

static void take(struct rig *rig, const struct event *event)
{
    struct rig_seen *seen = &rig->seen[runner_of(event)];
    if (event->kind == EVENT_RUNNER) {
        take_runner(rig, &event->runner);
        return;
    }
    seen->stale_events += generation_of(event) != seen->generation;
    switch (event->kind) {
    case EVENT_CREDIT:
        seen->credits++;
        seen->credit = true;
        break;
    case EVENT_INTENT:
        seen->intents++;
        seen->intent = event->intent;
        break;
    case EVENT_VERDICT:
        seen->verdicts++;
        seen->verdict = event->verdict;
        break;
    case EVENT_TIMER_SET: seen->timers++; break;
    default: fail_msg("an event of kind %d from a runner", (int)event->kind);
    }
}

/* As the turn does: drain what arrived, then give what is due. */
static void on_turn(void *context)
{
    struct rig *rig = context;
    struct event event;
    while (event_queue_pop(rig->queue, &event))
        take(rig, &event);
    for (actor_index i = 0; i < MAX_RUNNERS; i++) {
        feed(rig, i);
        for (int n = 0; rig->seen[i].flood_notices && n < 64; n++)
            rig_notice(rig, i, NOTICE_STALE);
        if (rig->seen[i].flood_notices)
            loop_again(rig->loop);
    }
    if (rig->done && rig->done(rig, rig->done_context))
        loop_stop(rig->loop);
}

static void on_outcome(void *context, uint64_t token, const char *line)
{
    struct rig *rig = context;
    (void)token;
    assert_true(rig->line_count < RIG_LINES);
    snprintf(rig->lines[rig->line_count++], sizeof rig->lines[0], "%s", line);
}

static void keep_log(struct rig *rig, const struct script_head *head, const void *payload)
{
    if (rig->said_count < RIG_LINES)
        snprintf(rig->said[rig->said_count++], sizeof rig->said[0], "%.*s", (int)head->length,
                 (const char *)payload);
}

static void on_frame(void *context, actor_index runner, bool from_runner,
                     const struct script_head *head, const void *payload)
{
    struct rig *rig = context;
    rig->frames_in += from_runner;
    rig->frames_out += !from_runner;
    if (head->kind == SCRIPT_LOG || head->kind == SCRIPT_FAULT || head->kind == SCRIPT_FAIL)
        keep_log(rig, head, payload);
    struct rig_kill *plan = &rig->kill;
    if (!plan->armed || plan->from_runner != from_runner || plan->kind != head->kind ||
        plan->generation != head->generation)
        return;
    struct runner_status status = rig_status(rig, runner);
    plan->armed = false;
    assert_true(status.next_pid > 0);
    assert_int_equal(kill(status.next_pid, SIGKILL), 0);
}

static void fill_settings(struct engine_settings *settings)
{
    static const char *const IDS[RIG_PRODUCTS] = {"BIP-20DEC30-CDE", "BTC-PERP-INTX"};
    settings->catalog.count = RIG_PRODUCTS;
    for (int i = 0; i < RIG_PRODUCTS; i++) {
        struct instrument *item = &settings->catalog.items[i];
        snprintf(item->product_id, sizeof item->product_id, "%s", IDS[i]);
        snprintf(item->asset, sizeof item->asset, "BTC");
        item->profile = i == 0 ? PROFILE_CDE : PROFILE_INTX;
        item->contract_size.e9 = i == 0 ? 10000000 : DECIMAL_ONE;
        item->tick.e9 = i == 0 ? 5ll * DECIMAL_ONE : DECIMAL_ONE / 10;
        item->step.e9 = item->size_min.e9 = i == 0 ? 10000000 : 100000;
        item->size_max.e9 = 100ll * DECIMAL_ONE;
        item->session_open = true;
    }
    settings->candle_lengths_ns[0] = 60000000000;
    settings->candle_length_count = 1;
    settings->view_bands[0].e9 = 1000000;
}

struct rig *rig_create(const char *program)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct err err;
    assert_non_null(rig);
    log_set_level(getenv("RIG_LOG") ? LOG_DEBUG : LOG_ERROR + 1);
    snprintf(rig->folder, sizeof rig->folder, "/tmp/moongate-runner-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->library, sizeof rig->library, "%s", LUA_LIB_DIR);
    rig->loop = loop_create(&err);
    rig->queue = event_queue_create(QUEUE_BYTES);
    assert_non_null(rig->loop);
    assert_non_null(rig->queue);
    fill_settings(&rig->settings);
    rig->config = runner_pool_defaults();
    rig->config.loop = rig->loop;
    rig->config.events = rig->queue;
    rig->config.settings = &rig->settings;
    rig->config.program = program;
    rig->config.lib_directory = rig->library;
    rig->config.context = rig;
    rig->config.on_outcome = on_outcome;
    rig->config.on_frame = on_frame;
    rig->config.required_layers = LAYER_ALL & ~LAYER_LANDLOCK;
    /* Long enough for a busy machine: no test's outcome hangs on how fast a good runner is. */
    rig->config.start_deadline_ns = 20000000000;
    rig->config.soft_deadline_ns = 1000000000;
    rig->config.hard_deadline_ns = 20000000000;
    rig->config.save_deadline_ns = 20000000000;
    rig->config.save_interval_ns = 0;
    rig->config.restart_delay_ns = 1000000;
    rig->config.max_restarts = 0;
    return rig;
}

void rig_open(struct rig *rig)
{
    struct err err = {""};
    rig->pool = runner_pool_create(&rig->config, &err);
    if (!rig->pool)
        fail_msg("%s", err.text);
    loop_add_hook(rig->loop, LOOP_TURN, on_turn, rig);
}

static void remove_folder(const char *folder)
{
    char path[512];
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) < 0)
            remove_folder(path);
    }
    if (open)
        closedir(open);
    rmdir(folder);
}

void rig_destroy(struct rig *rig)
{
    runner_pool_destroy(rig->pool);
    loop_remove_hook(rig->loop, on_turn, rig);
    event_queue_destroy(rig->queue);
    loop_destroy(rig->loop);
    remove_folder(rig->folder);
    free(rig);
}

void rig_write(struct rig *rig, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s.lua", rig->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

int rig_try_add(struct rig *rig, actor_index index, const char *name, struct err *err)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s.lua", rig->folder, name);
    struct runner_config config = {
        .role = index < MAX_STRATEGIES ? SCRIPT_ROLE_STRATEGY : SCRIPT_ROLE_RULE,
        .index = index, .name = name, .script_path = path, .products = 3, .seed = 7};
    return runner_add(rig->pool, &config, err);
}

void rig_add(struct rig *rig, actor_index index, const char *name, const char *text)
{
    struct err err = {""};
    rig_write(rig, name, text);
    if (rig_try_add(rig, index, name, &err) < 0)
        fail_msg("%s", err.text);
}

void rig_feed(struct rig *rig, actor_index index, uint32_t views)
{
    rig->seen[index].view_goal += views;
}

static struct view view_of(uint64_t number)
{
    struct view view;
    memset(&view, 0, sizeof view);
    view.number = number;
    view.mono_ns = view.wall_ns = (int64_t)number * 1000000;
    view.bid_count = view.ask_count = 2;
    for (int i = 0; i < 2; i++) {
        view.bids[i] = (struct view_level){{(61000 - 5ll * i) * DECIMAL_ONE}, {DECIMAL_ONE}};
        view.asks[i] = (struct view_level){{(61005 + 5ll * i) * DECIMAL_ONE}, {DECIMAL_ONE}};
    }
    view.mark.e9 = 61000ll * DECIMAL_ONE;
    return view;
}

void rig_view(struct rig *rig, actor_index index)
{
    struct rig_seen *seen = &rig->seen[index];
    struct view view = view_of(++seen->views_sent);
    struct command command = {.kind = COMMAND_VIEW,
                              .view = {index, seen->generation, &view}};
    seen->credit = false;
    assert_true(runner_command(rig->pool, &command));
}

void rig_notice(struct rig *rig, actor_index index, enum notice_kind kind)
{
    struct command command = {.kind = COMMAND_NOTICE};
    command.notice.runner = index;
    command.notice.generation = rig->seen[index].generation;
    command.notice.notice.kind = kind;
    assert_true(runner_command(rig->pool, &command));
}

void rig_judge(struct rig *rig, actor_index index, uint64_t request)
{
    struct view view = view_of(request);
    struct command command = {.kind = COMMAND_JUDGE};
    command.judge.runner = index;
    command.judge.generation = rig->seen[index].generation;
    command.judge.request = request;
    command.judge.intent.price.e9 = 61000ll * DECIMAL_ONE;
    command.judge.intent.size.e9 = DECIMAL_ONE / 100;
    command.judge.view = &view;
    assert_true(runner_command(rig->pool, &command));
}

struct runner_status rig_status(struct rig *rig, actor_index index)
{
    struct runner_status status = {{0}};
    for (uint32_t i = 0; i < runner_pool_count(rig->pool); i++) {
        runner_pool_status(rig->pool, i, &status);
        if (status.index == index)
            return status;
    }
    fail_msg("runner %u is not in the pool", index);
    return status;
}

bool rig_said(const struct rig *rig, const char *words)
{
    for (uint32_t i = 0; i < rig->said_count; i++)
        if (strstr(rig->said[i], words))
            return true;
    return false;
}

static void on_hang(void *context)
{
    struct rig *rig = context;
    rig->hung = true;
    loop_stop(rig->loop);
}

void rig_run(struct rig *rig, bool (*done)(struct rig *rig, void *context), void *context)
{
    struct loop_timer *hang = loop_timer_create(rig->loop, on_hang, rig);
    assert_non_null(hang);
    loop_timer_set(hang, HANG_NS);
    rig->done = done;
    rig->done_context = context;
    loop_run(rig->loop);
    rig->done = NULL;
    loop_timer_destroy(hang);
    if (rig->hung)
        fail_msg("what was waited for never came");
}

bool rig_is_fed(struct rig *rig, void *unused)
{
    (void)unused;
    for (actor_index i = 0; i < MAX_RUNNERS; i++)
        if (rig->seen[i].credits < rig->seen[i].view_goal)
            return false;
    return true;
}

bool rig_has_line(struct rig *rig, void *unused)
{
    (void)unused;
    return rig->line_count > 0;
}

bool rig_is_idle(struct rig *rig, void *unused)
{
    (void)unused;
    return runner_pool_is_idle(rig->pool);
}

bool rig_is_alive(struct rig *rig, void *index)
{
    return rig->seen[*(actor_index *)index].alive;
}

bool rig_is_dead(struct rig *rig, void *index)
{
    return rig->seen[*(actor_index *)index].dead > 0;
}

bool rig_is_over(struct rig *rig, void *index)
{
    return rig_status(rig, *(actor_index *)index).life == RUNNER_LIFE_DEAD &&
           rig_is_dead(rig, index);
}
