/* What a runner says, frame by frame: whether it may say it now, and what it becomes. A frame that
 * is well formed but out of place ends its runner, as a malformed one does. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "io/runner_private.h"

enum { SECOND_NS = 1000000000, TRACEBACK_LINES = 16, LINE_BYTES = 1100 };

static const struct runner_pool_config *config_of(const struct runner_process *process)
{
    return &process->runner->pool->config;
}

/* A generation that was replaced speaks to nobody: it is only heard to say BYE. */
static bool is_retired(const struct runner_process *process)
{
    return process != process->runner->current && process != process->runner->next;
}

/* ---- its words, for people */

/* Bytes that could steer a terminal are blanked by the log; what is not UTF-8 is blanked here. */
static void copy_line(char *out, size_t capacity, const char *text, size_t length)
{
    text_copy(out, capacity, text, length);
    size_t kept = strlen(out);
    if (text_utf8_valid(out, kept))
        return;
    for (size_t i = 0; i < kept; i++)
        if ((unsigned char)out[i] >= 0x80)
            out[i] = '?';
}

static bool may_log(struct runner_process *process)
{
    struct runner_status *status = &process->runner->status;
    if (process->window_logs >= config_of(process)->log_lines_per_s) {
        process->window_dropped++;
        status->log_dropped++;
        return false;
    }
    process->window_logs++;
    status->log_lines++;
    return true;
}

static void log_line(struct runner_process *process, enum log_level level, const char *text,
                     size_t length)
{
    char line[LINE_BYTES];
    if (!may_log(process))
        return;
    copy_line(line, sizeof line, text, length);
    log_write(level, "script", "%s: %s", process->runner->status.name, line);
}

static enum log_level level_of(char letter)
{
    return letter == 'd' ? LOG_DEBUG : letter == 'w' ? LOG_WARN
         : letter == 'e' ? LOG_ERROR : LOG_INFO;
}

/* A traceback of many lines, each on its own; the first one is also the reason that is shown. */
static void log_traceback(struct runner_process *process, const char *text, size_t length)
{
    const char *end = text + length;
    for (int line = 0; text < end && line < TRACEBACK_LINES; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t here = (size_t)((stop ? stop : end) - text);
        log_line(process, LOG_WARN, text, here);
        text += here + 1;
    }
}

static void first_line(char out[REASON_MAX], const char *text, size_t length)
{
    const char *stop = memchr(text, '\n', length);
    copy_line(out, REASON_MAX, text, stop ? (size_t)(stop - text) : length);
}

static void take_fault(struct runner_process *process, const char *text, size_t length)
{
    struct runner *runner = process->runner;
    runner->status.faults++;
    if (process_front_is(process, SCRIPT_SAVE))
        runner->save_faulted = true;
    first_line(runner->status.reason, text, length);
    log_traceback(process, text, length);
}

static void take_fail(struct runner_process *process, const char *text, size_t length)
{
    char reason[REASON_MAX];
    process->failed_itself = true;
    log_traceback(process, text, length);
    first_line(reason, text, length);
    process_end(process, "%s", reason[0] ? reason : "it failed without a word");
}

/* ---- rates */

static void turn_window(struct runner_process *process)
{
    int64_t now = runner_now_ns();
    if (now - process->window_ns < SECOND_NS)
        return;
    if (process->window_dropped)
        log_warn("script", "%s: %u lines of its log were dropped", process->runner->status.name,
                 process->window_dropped);
    process->window_ns = now;
    process->window_intents = process->window_frames = 0;
    process->window_logs = process->window_dropped = 0;
}

/* False when it was one too many. Answers are not counted: there are only as many as questions. */
static bool is_within_rates(struct runner_process *process, enum script_frame_kind kind)
{
    const struct runner_pool_config *config = config_of(process);
    turn_window(process);
    if (kind == SCRIPT_INTENT && ++process->window_intents > config->max_intents_per_s)
        process_end(process, "intent flood: more than %u in a second", config->max_intents_per_s);
    else if (++process->window_frames > config->max_frames_per_s)
        process_end(process, "%s flood: more than %u frames in a second",
                    script_frame_text(kind), config->max_frames_per_s);
    return process->stage != PROCESS_ENDED;
}

/* ---- its wishes */

/* A new generation is not yet believed: what it wants is held until its first callback ended well,
 * and forgotten when it did not. */
static void emit(struct runner_process *process, const struct event *event)
{
    if (process->stage != PROCESS_PROVING) {
        runner_push(process->runner, event);
        return;
    }
    if (process->proving.count == HELD_EVENTS_MAX ||
        !event_list_push(&process->proving, event))
        process_end(process, "more than %d intents and timers in its first callback",
                    HELD_EVENTS_MAX);
}

static bool may_want(struct runner_process *process, enum script_frame_kind kind)
{
    if (process->stage == PROCESS_STARTING || process->stage == PROCESS_LOADING) {
        process->runner->status.bad_frames++;
        process_end(process, "bad frame: %s before GO", script_frame_text(kind));
        return false;
    }
    if (kind == SCRIPT_INTENT && process->runner->role == SCRIPT_ROLE_RULE) {
        process->runner->status.bad_frames++;
        process_end(process, "bad frame: a rule has no intents");
        return false;
    }
    return true;
}

static void take_intent(struct runner_process *process, const struct intent *intent)
{
    struct event event = {.kind = EVENT_INTENT,
                          .intent = {process->runner->status.index, process->generation, *intent}};
    if (!may_want(process, SCRIPT_INTENT))
        return;
    process->runner->status.intents++;
    emit(process, &event);
}

static void take_timer(struct runner_process *process, const struct script_timer *timer)
{
    struct event event = {.kind = EVENT_TIMER_SET,
                          .timer_set = {process->runner->status.index, process->generation,
                                        timer->id, timer->delay_ns}};
    if (!may_want(process, SCRIPT_TIMER))
        return;
    process->runner->status.timers++;
    emit(process, &event);
}

/* ---- its answers */

static void take_ready(struct runner_process *process, const struct script_ready *ready)
{
    struct err err = {""};
    process->layers = ready->layers;
    process->manifest = ready->manifest;
    if (manifest_check(&ready->manifest, config_of(process)->settings,
                       process->runner->status.index, &err) < 0) {
        process->failed_itself = true; /* it would again: no restart */
        process_end(process, "%s", err.text);
        return;
    }
    runner_on_ready(process);
}

static void take_credit(struct runner_process *process, enum script_frame_kind answered)
{
    struct runner *runner = process->runner;
    struct event event = {.kind = EVENT_CREDIT,
                          .credit = {runner->status.index, process->generation}};
    if (answered == SCRIPT_GO) {
        runner_on_proved(process);
        return;
    }
    runner->status.credits++;
    if (runner->has_held_view) {
        runner->has_held_view = false;
        process_send(process, SCRIPT_VIEW, 0, false, &runner->held_view, sizeof(struct view));
        return;
    }
    runner_push(runner, &event);
}

static void take_verdict(struct runner_process *process, const struct script_head *head,
                         const struct script_verdict *verdict)
{
    struct event event = {.kind = EVENT_VERDICT,
                          .verdict = {process->runner->status.index, process->generation,
                                      head->request, verdict->allow, "", verdict->most}};
    copy_line(event.verdict.reason, REASON_MAX, verdict->reason, strlen(verdict->reason));
    process->runner->status.verdicts++;
    runner_push(process->runner, &event);
}

static void take_state(struct runner_process *process, const struct script_head *head,
                       const void *payload)
{
    struct runner *runner = process->runner;
    buf_put(&runner->state_in, payload, head->length);
    if (head->more)
        return;
    process_take_answer(process);
    bool good = !runner->state_in.failed && !runner->save_faulted;
    runner->save_faulted = false;
    if (runner->state_in.failed)
        log_warn("runner", "%s: its saved state is larger than %d bytes and is not kept",
                 runner->status.name, MAX_SCRIPT_STATE);
    runner_on_saved(process, good);
}

static void take_answer(struct runner_process *process, const struct script_head *head,
                        const void *payload)
{
    if (head->kind == SCRIPT_STATE_OUT) {
        take_state(process, head, payload);
        return;
    }
    enum script_frame_kind answered = process_take_answer(process);
    switch ((enum script_frame_kind)head->kind) {
    case SCRIPT_READY: take_ready(process, payload); break;
    case SCRIPT_CREDIT: take_credit(process, answered); break;
    case SCRIPT_VERDICT: take_verdict(process, head, payload); break;
    case SCRIPT_DONE:
        if (answered == SCRIPT_STATE_IN && !process_awaits(process, SCRIPT_STATE_IN))
            runner_on_loaded(process);
        break;
    default: break; /* BYE: its exit follows */
    }
}

/* Never an event: what a script says of itself moves nothing. */
static void take_metric(struct runner_process *process, const struct script_metric *metric)
{
    struct runner_status *status = &process->runner->status;
    char name[NAME_MAX_BYTES];
    uint32_t at = 0;
    copy_line(name, sizeof name, metric->name, strlen(metric->name));
    while (at < status->metric_count && strcmp(status->metrics[at].name, name) != 0)
        at++;
    if (at == MAX_METRICS) {
        status->metrics_dropped++;
        return;
    }
    status->metric_count += at == status->metric_count;
    status->metrics[at].value = metric->value;
    memcpy(status->metrics[at].name, name, sizeof name);
}

static void take_unasked(struct runner_process *process, const struct script_head *head,
                         const void *payload)
{
    switch ((enum script_frame_kind)head->kind) {
    case SCRIPT_INTENT: take_intent(process, payload); break;
    case SCRIPT_TIMER: take_timer(process, payload); break;
    case SCRIPT_LOG:
        log_line(process, level_of(*(const char *)payload), (const char *)payload + 1,
                 head->length - 1);
        break;
    case SCRIPT_METRIC: take_metric(process, payload); break;
    case SCRIPT_FAULT: take_fault(process, payload, head->length); break;
    case SCRIPT_FAIL: take_fail(process, payload, head->length); break;
    default:
        process->runner->status.bad_frames++;
        process_end(process, "bad frame: %s answers nothing that was asked",
                    script_frame_text(head->kind));
    }
}

/* What a replaced generation still says counts for nothing, but its answers keep its deadlines. */
static void take_stale(struct runner_process *process, const struct script_head *head)
{
    if (process_is_answer(process, head)) {
        if (!head->more)
            process_take_answer(process);
        return;
    }
    process->runner->status.stale_dropped++;
}

void process_take_frame(struct runner_process *process, const struct script_head *head,
                        const void *payload)
{
    bool answers = process_is_answer(process, head);
    if (!answers && !is_within_rates(process, (enum script_frame_kind)head->kind))
        return;
    if (is_retired(process))
        take_stale(process, head);
    else if (answers)
        take_answer(process, head, payload);
    else
        take_unasked(process, head, payload);
}
