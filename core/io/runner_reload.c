/* Replaces one generation by another. The old one trades until the very end; whatever goes wrong
 * before leaves it trading, and nothing of what the new one wanted by then is heard.
 *
 *   STARTING  the new one compiles in its jail        (the old one trades)
 *   SAVING    the old one is asked for its state      (from here on both are shown nothing: what
 *   LOADING   the new one takes it, on_reload          they are owed is held, and goes to
 *   PROVING   the new one's first callback             whichever remains)
 *   swap      REPLACED to the engine, then what the new one wanted, then what was held */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "io/runner_private.h"

static void tell_outcome(struct runner *runner, bool good, const char *text)
{
    const struct runner_pool_config *config = &runner->pool->config;
    char line[640];
    snprintf(line, sizeof line, "reload %s: %s", runner->status.name, text);
    log_write(good ? LOG_INFO : LOG_WARN, "runner", "%s", line);
    if (config->on_outcome)
        config->on_outcome(config->context, runner->token, line);
}

static void tell_kept(struct runner *runner, const char *why)
{
    struct err text;
    err_set(&text, "kept %s: %s", runner->current ? runner->current->hash : "nothing, it is dead",
            why);
    tell_outcome(runner, false, text.text);
}

/* ---- beginning */

static bool may_begin(struct runner *runner)
{
    if (runner->step != RELOAD_NONE)
        tell_kept(runner, "a reload of it is under way");
    else if (runner->pool->stopping)
        tell_kept(runner, "the host stops");
    else if (runner->current && runner->current->stage != PROCESS_LIVE)
        tell_kept(runner, "it is still starting; try again");
    else
        return true;
    return false;
}

static void begin(struct runner *runner)
{
    struct err err = {""};
    struct runner_sources sources = runner_sources_of(runner);
    if (!may_begin(runner))
        return;
    if (runner_image_read(&runner->next_image, &sources, &err) < 0) {
        tell_kept(runner, err.text);
        return;
    }
    if (runner->current && strcmp(runner->next_image.hash, runner->current->hash) == 0) {
        runner_image_drop(&runner->next_image);
        err_set(&err, "unchanged %s", runner->current->hash);
        tell_outcome(runner, true, err.text);
        return;
    }
    runner->next = process_spawn(runner, &runner->next_image, &err);
    if (!runner->next) {
        runner_image_drop(&runner->next_image);
        tell_kept(runner, err.text);
        return;
    }
    loop_timer_clear(runner->restart_timer);
    runner->fresh = runner->current == NULL;
    runner->step = RELOAD_STARTING;
    process_start(runner->next, !runner->fresh || runner->has_state);
}

int runner_reload(struct runner_pool *pool, const char *name, uint64_t token, struct err *err)
{
    int lines = 0;
    if (name && !runner_find(pool, name))
        return err_set(err, "there is no script '%s'", name);
    for (uint32_t i = 0; i < pool->count; i++) {
        struct runner *runner = pool->runners[i];
        if (name && strcmp(runner->status.name, name) != 0)
            continue;
        lines++;
        if (runner->step != RELOAD_NONE) { /* the other one's token stays */
            uint64_t kept = runner->token;
            runner->token = token;
            tell_kept(runner, "a reload of it is under way");
            runner->token = kept;
            continue;
        }
        runner->token = token;
        begin(runner);
    }
    return lines;
}

bool runner_reload_is_busy(const struct runner_pool *pool)
{
    for (uint32_t i = 0; i < pool->count; i++)
        if (pool->runners[i]->step != RELOAD_NONE)
            return true;
    return false;
}

/* ---- the steps */

static void load(struct runner *runner)
{
    runner->step = RELOAD_LOADING;
    loop_timer_clear(runner->reload_timer);
    if (runner->next->takes_state)
        process_send_state(runner->next, runner->state.data ? runner->state.data : "",
                           runner->has_state ? runner->state.length : 0);
    else
        reload_on_loaded(runner);
}

void reload_on_ready(struct runner *runner)
{
    if (runner->fresh) {
        load(runner);
        return;
    }
    runner->step = RELOAD_SAVING;
    runner->save_faulted = false;
    loop_timer_set(runner->reload_timer, runner->pool->config.save_deadline_ns);
    process_send(runner->current, SCRIPT_SAVE, 0, false, NULL, 0);
}

void reload_on_saved(struct runner *runner, bool good)
{
    if (runner->step != RELOAD_SAVING)
        return;
    if (good)
        load(runner);
    else
        reload_abort(runner, "the old generation could not save its state");
}

void reload_on_loaded(struct runner *runner)
{
    runner->step = RELOAD_PROVING;
    runner->next->stage = PROCESS_PROVING;
    process_send(runner->next, SCRIPT_GO, 0, false, NULL, 0);
}

/* ---- the swap, or not */

/* A view is owed to a credit, and each generation has its own. */
static void hand_held(struct runner *runner, bool with_views)
{
    struct frame_list held = runner->held;
    if (held.last == &runner->held.first)
        held.last = &held.first;
    frame_list_init(&runner->held);
    for (; held.first; frame_list_drop(&held)) {
        const struct frame_item *item = held.first;
        if (runner->current && (with_views || item->kind != SCRIPT_VIEW))
            process_send(runner->current, item->kind, item->request, item->more, item->payload,
                         item->length);
    }
}

static void retire(struct runner_process *process)
{
    process->stage = PROCESS_STOPPING;
    process->next = process->runner->pool->leaving;
    process->runner->pool->leaving = process;
    process_send(process, SCRIPT_STOP, 0, false, NULL, 0);
}

static void release_proving(struct runner *runner)
{
    struct event_list *list = &runner->current->proving;
    for (; event_list_first(list); event_list_drop(list))
        runner_push(runner, event_list_first(list));
    event_list_fini(list);
}

static void tell_swapped(struct runner *runner, const char *old_hash)
{
    struct err text;
    if (runner->has_state || !runner->fresh)
        err_set(&text, "%s -> %s, state %zu bytes", old_hash, runner->current->hash,
                runner->state.length);
    else
        err_set(&text, "%s -> %s, started without state", old_hash, runner->current->hash);
    tell_outcome(runner, true, text.text);
}

void reload_on_proved(struct runner *runner)
{
    struct runner_process *old = runner->current;
    char old_hash[17];
    CHECK(runner->step == RELOAD_PROVING && (old == NULL) == runner->fresh);
    memcpy(old_hash, runner->status.hash, sizeof old_hash);
    runner_image_drop(&runner->image);
    runner->image = runner->next_image;
    runner->next_image.memfd = -1;
    runner->current = runner->next;
    runner->next = NULL;
    runner->step = RELOAD_NONE;
    runner->replaced_generation = old ? old->generation : 0;
    runner->has_held_view = false;
    runner->deaths = 0;
    runner->status.reason[0] = '\0';
    runner_take_over(runner->current);
    runner_push_state(runner, runner->current, old ? RUNNER_REPLACED : RUNNER_READY, "reload");
    release_proving(runner);
    tell_swapped(runner, old_hash);
    if (old)
        retire(old);
    hand_held(runner, false);
}

void reload_abort(struct runner *runner, const char *why)
{
    struct runner_process *next = runner->next;
    char words[512]; /* a script's traceback too: who reloads wants to know where */
    if (runner->step == RELOAD_NONE)
        return;
    text_copy(words, sizeof words, why, strlen(why));
    runner->step = RELOAD_NONE;
    loop_timer_clear(runner->reload_timer);
    if (next) /* it is no longer ours by the time it ends: no second abort */
        process_end(next, "%s", words);
    runner_image_drop(&runner->next_image);
    text_copy(runner->status.reason, REASON_MAX, words, strlen(words));
    tell_kept(runner, words);
    if (runner->current)
        hand_held(runner, true);
    else if (runner->fresh && !runner->pool->stopping && runner->status.life == RUNNER_LIFE_WAITING)
        runner_schedule_restart(runner);
    runner->fresh = false;
}
