#include "engine/judge.h"

#include <string.h>

#include "engine/intents.h"
#include "engine/outbox.h"
#include "engine/strategies.h"

static const char *const SILENT = "a rule did not answer within its deadline";
static const char *const LESS_THAN_A_STEP = "a rule leaves less than a step of it";
static const char *const GONE = "a rule's runner is not there";

static struct pending *take_slot(struct engine *engine)
{
    for (uint32_t i = 0; i < MAX_PENDING_INTENTS; i++)
        if (!engine->pending[i].used)
            return &engine->pending[i];
    return NULL;
}

static uint32_t rules_mask(const struct engine *engine)
{
    return (1u << engine->settings.rule_count) - 1;
}

static bool all_rules_ready(const struct engine *engine)
{
    for (int i = 0; i < engine->settings.rule_count; i++)
        if (engine->runners[MAX_STRATEGIES + i].state != RUNNER_READY)
            return false;
    return true;
}

static void ask(struct engine *engine, const struct pending *pending, int rule)
{
    struct command_judge *c = &out_command(engine, COMMAND_JUDGE)->judge;
    c->runner = (actor_index)(MAX_STRATEGIES + rule);
    c->generation = engine->runners[MAX_STRATEGIES + rule].generation;
    c->request = pending->request;
    c->strategy = pending->actor;
    c->intent = pending->intent;
    c->view = &pending->view;
}

bool judge_begin(struct engine *engine, actor_index actor, const struct intent *intent,
                 struct price value_price, enum refusal *ret_code)
{
    struct pending *pending = take_slot(engine);
    *ret_code = all_rules_ready(engine) ? REFUSED_FULL : REFUSED_RULE_SILENT;
    if (*ret_code == REFUSED_RULE_SILENT || pending == NULL)
        return false;
    memset(pending, 0, sizeof *pending);
    pending->used = true;
    pending->request = ++engine->next_judge << 8 | (uint64_t)(pending - engine->pending);
    pending->actor = actor;
    pending->generation = engine->runners[actor].generation;
    pending->intent = *intent;
    pending->value_price = value_price;
    pending->most = intent->size;
    pending->deadline_ns = engine->now.mono_ns + engine->settings.rule_deadline_ns;
    pending->waiting = rules_mask(engine);
    engine->pending_count++;
    engine_due(engine, pending->deadline_ns);
    strategies_view(engine, actor, intent->product,
                    engine->products[intent->product].trade_count, &pending->view);
    strategies_view_holdings(engine, actor, &pending->view);
    orders_reserve(&engine->orders, actor, intent->product, intent->side, intent->size,
                   value_price, false);
    for (int i = 0; i < engine->settings.rule_count; i++)
        ask(engine, pending, i);
    return true;
}

/* No longer waiting, its exposure given back; the intent is copied out for what comes next. */
static struct intent release(struct engine *engine, struct pending *pending)
{
    struct intent intent = pending->intent;
    orders_reserve(&engine->orders, pending->actor, intent.product, intent.side, intent.size,
                   pending->value_price, true);
    pending->used = false;
    engine->pending_count--;
    return intent;
}

static void refuse(struct engine *engine, struct pending *pending, enum refusal code,
                   const char *text)
{
    actor_index actor = pending->actor;
    struct intent intent = release(engine, pending);
    intents_refuse(engine, actor, &intent, code, text);
}

/* As refuse, and says which rule: "rules.NAME" is its line of the config. */
static void refuse_by(struct engine *engine, struct pending *pending, int rule, enum refusal code,
                      const char *text)
{
    static const char KEY[] = "rules.";
    actor_index actor = pending->actor;
    struct intent intent = release(engine, pending);
    struct verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    _Static_assert(sizeof KEY - 1 + NAME_MAX_BYTES <= sizeof verdict.config_key, "a key fits");
    verdict.code = code;
    memcpy(verdict.config_key, KEY, sizeof KEY - 1);
    memcpy(verdict.config_key + sizeof KEY - 1, engine->settings.rules[rule], NAME_MAX_BYTES);
    intents_refuse_verdict(engine, actor, &intent, &verdict, text);
}

static int first_silent(const struct pending *pending)
{
    int rule = 0;
    while (!(pending->waiting >> rule & 1))
        rule++;
    return rule;
}

/* A rule may leave a part of it: whole steps, else nothing. */
static bool shrink(const struct engine *engine, struct pending *pending, struct size most)
{
    struct size step = engine->settings.catalog.items[pending->intent.product].step, left;
    if (most.e9 == 0 || most.e9 >= pending->most.e9)
        return true;
    if (!size_round(most, step, ROUND_DOWN, &left) || left.e9 <= 0)
        return false;
    pending->most = left;
    return true;
}

void judge_on_verdict(struct engine *engine, const struct event_verdict *event)
{
    struct pending *pending = &engine->pending[event->request & 0xff];
    if (event->runner < MAX_STRATEGIES ||
        !strategies_is_current(engine, event->runner, event->generation)) {
        engine->counters.old_generation++;
        return;
    }
    uint32_t bit = 1u << (event->runner - MAX_STRATEGIES);
    if (!pending->used || pending->request != event->request || !(pending->waiting & bit))
        return;
    bool left = event->allow && shrink(engine, pending, event->most);
    if (!left) {
        refuse_by(engine, pending, event->runner - MAX_STRATEGIES, REFUSED_RULE,
                  event->allow ? LESS_THAN_A_STEP : event->reason);
        return;
    }
    pending->waiting &= ~bit;
    if (pending->waiting != 0)
        return;
    actor_index actor = pending->actor;
    struct size most = pending->most;
    struct intent intent = release(engine, pending);
    intent.size = most;
    intents_finish(engine, actor, &intent);
}

void judge_drop(struct engine *engine, actor_index runner)
{
    for (uint32_t i = 0; engine->pending_count > 0 && i < MAX_PENDING_INTENTS; i++) {
        struct pending *pending = &engine->pending[i];
        if (!pending->used)
            continue;
        if (pending->actor == runner)
            refuse(engine, pending, REFUSED_RULE_SILENT, "its runner ended before the rules spoke");
        else if (runner >= MAX_STRATEGIES && pending->waiting >> (runner - MAX_STRATEGIES) & 1)
            refuse_by(engine, pending, runner - MAX_STRATEGIES, REFUSED_RULE_SILENT, GONE);
    }
}

void judge_drop_all(struct engine *engine, const char *reason)
{
    for (uint32_t i = 0; engine->pending_count > 0 && i < MAX_PENDING_INTENTS; i++)
        if (engine->pending[i].used)
            refuse(engine, &engine->pending[i], REFUSED_STATE, reason);
}

bool judge_withdraw(struct engine *engine, actor_index actor, order_ref ref)
{
    for (uint32_t i = 0; engine->pending_count > 0 && i < MAX_PENDING_INTENTS; i++) {
        struct pending *pending = &engine->pending[i];
        if (!pending->used || pending->actor != actor || pending->intent.ref != ref)
            continue;
        refuse(engine, pending, REFUSED_RULE_SILENT, "cancelled before the rules spoke");
        return true;
    }
    return false;
}

void judge_due(struct engine *engine)
{
    for (uint32_t i = 0; engine->pending_count > 0 && i < MAX_PENDING_INTENTS; i++) {
        struct pending *pending = &engine->pending[i];
        if (!pending->used)
            continue;
        if (engine->now.mono_ns >= pending->deadline_ns)
            refuse_by(engine, pending, first_silent(pending), REFUSED_RULE_SILENT, SILENT);
        else
            engine_due(engine, pending->deadline_ns);
    }
}
