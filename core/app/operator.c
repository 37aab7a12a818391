#include "app/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/operator_words.h"
#include "base/check.h"
#include "base/text.h"
#include "io/control.h"

/* A request that is answered by someone else later. Clients have one under way each, but one who
 * left may still have one in here. */
struct pending {
    uint64_t token;         /* 0: free */
    uint64_t client;
    bool unsent;            /* the queue was full: pushed again after the next turn */
    struct event event;
    uint32_t lines, lines_expected; /* of a reload; expected 0: not told yet */
    bool decided;           /* answered by the engine, not yet by us: its record is not on disk */
    int64_t after;          /* the commit that holds it */
    bool refused;
    char text[CONTROL_TEXT_MAX];
};

enum { PENDING_MAX = 4 * CONTROL_CLIENTS_MAX };

/* "halted" means halted after a crash too, so the answer waits for the disk, but not for ever: who
 * halts wants to know that it is done, and done it is. */
static const int64_t DISK_PATIENCE_NS = 2000000000;

struct operator {
    struct operator_config config;
    struct control *control;
    struct loop_timer *patience;
    uint64_t tokens;
    uint32_t unsent, decided;
    struct pending pending[PENDING_MAX];
};

/* --- answers --- */

static void answer(struct operator *operator, uint64_t client, bool ok, const char *text,
                   const struct buf *result)
{
    struct buf line;
    buf_init(&line, CONTROL_REPLY_MAX);
    if (result && result->failed)
        control_reply_encode(&line, false, "the answer is too long: ask with a smaller --limit",
                             NULL, 0);
    else
        control_reply_encode(&line, ok, text, result ? result->data : NULL,
                             result ? result->length : 0);
    if (line.failed) {
        buf_clear(&line);
        control_reply_encode(&line, false, "the answer is too long: ask with a smaller --limit",
                             NULL, 0);
    }
    if (!line.failed)
        control_reply(operator->control, client, line.data, line.length);
    buf_fini(&line);
}

static struct pending *find(struct operator *operator, uint64_t token)
{
    for (int i = 0; i < PENDING_MAX; i++)
        if (operator->pending[i].token == token)
            return &operator->pending[i];
    return NULL;
}

static struct pending *take_pending(struct operator *operator, uint64_t client)
{
    struct pending *pending = find(operator, 0);
    if (!pending) {
        answer(operator, client, false, "too much is under way: try again", NULL);
        return NULL;
    }
    *pending = (struct pending){.token = ++operator->tokens, .client = client};
    return pending;
}

/* A comparison's outcome comes with both sides of it. */
static void answer_pending(struct operator *operator, const struct pending *pending, bool ok,
                           const char *text)
{
    struct buf result;
    if (pending->event.kind != EVENT_OPERATOR ||
        pending->event.operator.verb != OPERATOR_RECONCILE) {
        answer(operator, pending->client, ok, text, NULL);
        return;
    }
    buf_init(&result, CONTROL_REPLY_MAX);
    operator_words_comparison(&operator->config, &result);
    answer(operator, pending->client, ok, text, &result);
    buf_fini(&result);
}

static void finish(struct operator *operator, struct pending *pending, bool ok, const char *text)
{
    if (pending->unsent)
        operator->unsent--;
    if (pending->decided)
        operator->decided--;
    answer_pending(operator, pending, ok, text);
    pending->token = 0;
    pending->unsent = pending->decided = false;
}

/* What is on disk is told; what cannot get there any more is told too. */
static void tell_decided(struct operator *operator, bool waited_enough)
{
    struct store *store = operator->config.store;
    bool dead = store_is_dead(store);
    char text[CONTROL_TEXT_MAX + 64];
    for (int i = 0; i < PENDING_MAX && operator->decided > 0; i++) {
        struct pending *pending = &operator->pending[i];
        if (pending->token == 0 || !pending->decided)
            continue;
        bool durable = store_durable(store) >= pending->after;
        if (!durable && !dead && !waited_enough)
            continue;
        snprintf(text, sizeof text, "%s%s", pending->text,
                 durable ? "" : dead ? " (not journaled: the journal is dead)"
                                     : " (done, but not yet on disk: the disk is slow)");
        finish(operator, pending, !pending->refused, text);
    }
}

static void on_impatient(void *context)
{
    tell_decided(context, true);
}

static bool is_account_halt(const struct event_operator *event)
{
    return event->verb == OPERATOR_HALT && event->target == TARGET_ACCOUNT;
}

void operator_reply(struct operator *operator, const struct command_operator_reply *reply)
{
    struct pending *pending = operator && reply->token ? find(operator, reply->token) : NULL;
    if (!pending || pending->decided)
        return;
    /* Again: what was approved while the halt stood in the queue waits for the disk by now. */
    if (is_account_halt(&pending->event.operator) && operator->config.on_halt)
        operator->config.on_halt(operator->config.context);
    if (!operator->config.store) {
        finish(operator, pending, reply->done, reply->text);
        return;
    }
    pending->decided = true;
    pending->refused = !reply->done;
    pending->after = store_issued(operator->config.store);
    text_copy(pending->text, sizeof pending->text, reply->text,
              strnlen(reply->text, sizeof reply->text));
    operator->decided++;
    loop_timer_set(operator->patience, DISK_PATIENCE_NS);
}

/* --- who is meant --- */

static int find_strategy(const struct engine_settings *settings, const char *name, uint8_t *ret,
                         struct err *err)
{
    unsigned nearest = 0;
    for (uint8_t i = 0; i < settings->strategy_count; i++) {
        if (strcmp(settings->strategies[i].name, name) == 0) {
            *ret = i;
            return 0;
        }
        if (text_distance(name, settings->strategies[i].name) <
            text_distance(name, settings->strategies[nearest].name))
            nearest = i;
    }
    if (settings->strategy_count == 0)
        return err_set(err, "there is no strategy in the config");
    return err_set(err, "there is no strategy '%s'; did you mean '%s'?", name,
                   settings->strategies[nearest].name);
}

static int find_product(const struct engine_settings *settings, const char *id, uint8_t *ret,
                        struct err *err)
{
    unsigned nearest = 0;
    char name[NAME_MAX_BYTES]; /* as the config and a refusal's line have it */
    for (uint8_t i = 0; i < settings->catalog.count; i++) {
        snprintf(name, sizeof name, "%s-%s", settings->catalog.items[i].asset,
                 venue_profile_text(settings->catalog.items[i].profile));
        if (strcmp(settings->catalog.items[i].product_id, id) == 0 || strcmp(name, id) == 0) {
            *ret = i;
            return 0;
        }
        if (text_distance(id, settings->catalog.items[i].product_id) <
            text_distance(id, settings->catalog.items[nearest].product_id))
            nearest = i;
    }
    if (settings->catalog.count == 0)
        return err_set(err, "there is no product in the config");
    return err_set(err, "there is no product '%s'; did you mean '%s'?", id,
                   settings->catalog.items[nearest].product_id);
}

static int find_target(const struct operator *operator, const struct control_request *request,
                       struct operator_words_target *ret, struct err *err)
{
    const struct engine_settings *settings = operator->config.settings;
    *ret = (struct operator_words_target){NO_PRODUCT, NO_PRODUCT,
                                          request->limit ? request->limit : CONTROL_LIMIT_DEFAULT};
    if (*request->strategy && find_strategy(settings, request->strategy, &ret->strategy, err) < 0)
        return -1;
    return *request->product ? find_product(settings, request->product, &ret->product, err) : 0;
}

/* --- verbs that act --- */

static void push(struct operator *operator, struct pending *pending)
{
    bool pushed = event_queue_push(operator->config.queue, &pending->event);
    if (pushed == pending->unsent)
        operator->unsent += pushed ? -1 : 1;
    pending->unsent = !pushed;
}

/* After a turn has drained the queue there is room again; after the store's news, something may be
 * on disk. */
static void on_turn_over(void *context)
{
    struct operator *operator = context;
    if (operator->decided > 0)
        tell_decided(operator, false);
    if (operator->unsent == 0)
        return;
    for (int i = 0; i < PENDING_MAX; i++)
        if (operator->pending[i].token != 0 && operator->pending[i].unsent)
            push(operator, &operator->pending[i]);
    loop_again(operator->config.loop);
}

static enum operator_verb engine_verb(enum control_verb verb)
{
    switch (verb) {
    case CONTROL_HALT: return OPERATOR_HALT;
    case CONTROL_REDUCE: return OPERATOR_REDUCE;
    case CONTROL_RESUME: return OPERATOR_RESUME;
    case CONTROL_CANCEL_MINE: return OPERATOR_CANCEL_MINE;
    case CONTROL_FLATTEN: return OPERATOR_FLATTEN;
    case CONTROL_RECONCILE: return OPERATOR_RECONCILE;
    case CONTROL_ACCEPT: return OPERATOR_ACCEPT;
    case CONTROL_CANCEL_ALL: return OPERATOR_CANCEL_ALL;
    case CONTROL_ADOPT: return OPERATOR_ADOPT;
    case CONTROL_CANCEL: return OPERATOR_CANCEL;
    case CONTROL_DROP: return OPERATOR_DROP;
    case CONTROL_OVERRIDE: return OPERATOR_OVERRIDE;
    case CONTROL_CONFIRM: return OPERATOR_CONFIRM;
    case CONTROL_REVOKE: return OPERATOR_REVOKE;
    case CONTROL_LIMIT: return OPERATOR_LIMIT;
    case CONTROL_PROMOTE: return OPERATOR_PROMOTE;
    case CONTROL_DEMOTE: return OPERATOR_DEMOTE;
    default: CHECK(verb == CONTROL_STOP); return OPERATOR_STOP;
    }
}

static void act(struct operator *operator, uint64_t client, const struct control_request *request,
                const struct operator_words_target *target)
{
    const struct operator_config *config = &operator->config;
    struct pending *pending = take_pending(operator, client);
    if (!pending)
        return;
    struct event_operator *event = &pending->event.operator;
    pending->event.kind = EVENT_OPERATOR;
    event->verb = engine_verb(request->verb);
    event->token = pending->token;
    event->uid = control_uid(operator->control, client);
    if (target->strategy != NO_PRODUCT) {
        event->target = TARGET_STRATEGY;
        event->index = target->strategy;
    } else if (target->product != NO_PRODUCT) {
        event->target = TARGET_PRODUCT;
        event->index = target->product;
    }
    memcpy(event->reason, request->reason, sizeof event->reason);
    event->cancel = request->cancel;
    memcpy(event->value, request->value, sizeof event->value);
    event->for_ns = request->for_s * (int64_t)1000000000;
    text_copy(event->id, sizeof event->id, request->name, strlen(request->name));
    if (is_account_halt(event) && config->on_halt)
        config->on_halt(config->context);
    push(operator, pending);
    if (event->verb == OPERATOR_STOP && config->on_stop)
        config->on_stop(config->context);
}

/* --- reload --- */

static void end_reload(struct operator *operator, struct pending *pending)
{
    if (pending->lines_expected == 0 || pending->lines < pending->lines_expected)
        return;
    finish(operator, pending, !pending->refused, pending->text);
}

/* One line per script; what does not fit is in the daemon's log. */
void operator_reloaded(struct operator *operator, uint64_t token, const char *line)
{
    struct pending *pending = operator && token ? find(operator, token) : NULL;
    if (!pending)
        return;
    size_t used = strlen(pending->text);
    if (used > 0 && used < sizeof pending->text - 1) {
        pending->text[used++] = '\n';
        pending->text[used] = '\0';
    }
    text_copy(pending->text + used, sizeof pending->text - used, line, strlen(line));
    /* "reload NAME: kept HASH: why" is a refused version; the old one goes on. */
    pending->refused |= strstr(line, ": kept ") != NULL;
    pending->lines++;
    end_reload(operator, pending);
}

static void reload(struct operator *operator, uint64_t client,
                   const struct control_request *request)
{
    struct err err = {""};
    if (!operator->config.runners) {
        answer(operator, client, false, "there are no runners here", NULL);
        return;
    }
    struct pending *pending = take_pending(operator, client);
    if (!pending)
        return;
    int lines = runner_reload(operator->config.runners, *request->name ? request->name : NULL,
                              pending->token, &err);
    if (lines < 0) {
        finish(operator, pending, false, err.text);
    } else if (lines == 0) {
        finish(operator, pending, true, "no script to reload");
    } else {
        pending->lines_expected = (uint32_t)lines;
        end_reload(operator, pending);
    }
}

/* --- verbs that look --- */

static void look(struct operator *operator, uint64_t client, const struct control_request *request,
                 const struct operator_words_target *target)
{
    const struct operator_config *config = &operator->config;
    struct buf result, text;
    uint32_t rows = 0;
    const char *what = NULL;
    buf_init(&result, CONTROL_REPLY_MAX);
    buf_init(&text, CONTROL_TEXT_MAX);
    switch (request->verb) {
    case CONTROL_STATUS: operator_words_status(config, &result); break;
    case CONTROL_LIMITS: operator_words_limits(config, &result); break;
    case CONTROL_ORDERS:
        rows = operator_words_orders(config, target, &result);
        what = "orders";
        break;
    case CONTROL_POSITIONS:
        rows = operator_words_positions(config, &result);
        what = "positions";
        break;
    case CONTROL_RUNNERS:
        rows = operator_words_runners(config, &result);
        what = "runners";
        break;
    case CONTROL_PARKED:
        rows = operator_words_parked(config, &result);
        what = "parked";
        break;
    case CONTROL_CONSENTS:
        rows = operator_words_consents(config, &result);
        what = "consents";
        break;
    case CONTROL_REFUSALS:
        rows = operator_words_refusals(config, target->limit, &result);
        what = "of the latest refusals";
        break;
    case CONTROL_STAGE: operator_words_stage(config, &result); break;
    case CONTROL_CHECKPOINTS:
        rows = operator_words_checkpoints(config, &result);
        what = "checkpoints fail";
        break;
    case CONTROL_REPORT: operator_words_report(config, &result); break;
    case CONTROL_RISK: operator_words_risk(config, &result); break;
    default:
        rows = operator_words_why(config, request->name, target->limit, &result);
        what = "rows in the daemon's memory";
    }
    if (what)
        buf_printf(&text, "%u %s", rows, what);
    answer(operator, client, true, what && !text.failed ? text.data : "", &result);
    buf_fini(&text);
    buf_fini(&result);
}

static void on_request(void *context, uint64_t client, const struct control_request *request)
{
    struct operator *operator = context;
    struct operator_words_target target;
    struct err err = {""};
    if (find_target(operator, request, &target, &err) < 0)
        answer(operator, client, false, err.text, NULL);
    else if (!control_verb(request->verb)->mutating)
        look(operator, client, request, &target);
    else if (request->verb == CONTROL_RELOAD)
        reload(operator, client, request);
    else
        act(operator, client, request, &target);
}

/* --- life --- */

struct operator *operator_create(const struct operator_config *config, struct err *err)
{
    struct operator *operator = calloc(1, sizeof *operator);
    struct control_config door = {.path = config->socket, .context = operator,
                                  .on_request = on_request};
    if (!operator) {
        err_set(err, "no memory");
        return NULL;
    }
    operator->config = *config;
    operator->config.socket = NULL;
    operator->control = control_open(config->loop, &door, err);
    operator->patience = loop_timer_create(config->loop, on_impatient, operator);
    if (!operator->control || !operator->patience) {
        if (operator->control)
            err_set(err, "no memory");
        control_close(operator->control);
        loop_timer_destroy(operator->patience);
        free(operator);
        return NULL;
    }
    loop_add_hook(config->loop, LOOP_FLUSH, on_turn_over, operator);
    return operator;
}

void operator_destroy(struct operator *operator)
{
    if (!operator)
        return;
    loop_remove_hook(operator->config.loop, on_turn_over, operator);
    if (operator->decided > 0)
        tell_decided(operator, true); /* `stop` is answered on the way out */
    control_close(operator->control);
    loop_timer_destroy(operator->patience);
    free(operator);
}
