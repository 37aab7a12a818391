#include "engine/operator.h"

#include <string.h>

#include "base/text.h"
#include "engine/cancels.h"
#include "engine/consent.h"
#include "engine/intents.h"
#include "engine/judge.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/overdue.h"
#include "engine/parked.h"
#include "engine/protect.h"
#include "engine/reconcile.h"
#include "engine/risk.h"
#include "engine/drain.h"
#include "engine/stage.h"
#include "engine/tune.h"

static const int64_t FLATTEN_GAP_NS = 1000000000;

/* ---- latches */

static actor_index actor_of(const struct event_operator *event)
{
    return event->target == TARGET_STRATEGY ? event->index : ACTOR_OPERATOR;
}

static product_index product_of(const struct event_operator *event)
{
    return event->target == TARGET_PRODUCT ? event->index : NO_PRODUCT;
}

static uint32_t flatten_bit(actor_index actor)
{
    return UINT32_C(1) << actor_slot(actor);
}

/* Each ends what was asked for in its own scope or within it. True when there was any. */
static bool drop_flattens(struct engine *engine, const struct event_operator *event)
{
    uint32_t bits = event->target == TARGET_STRATEGY ? flatten_bit(event->index) : UINT32_MAX;
    bool any = false;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct product *p = &engine->products[i];
        if (event->target == TARGET_PRODUCT && event->index != i)
            continue;
        any = any || (p->flattening & bits);
        p->flattening &= ~bits;
    }
    return any;
}

static bool is_flattening(const struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (engine->products[i].flattening)
            return true;
    return false;
}

static bool has_reason(const struct event_operator *event)
{
    for (const char *c = event->reason; *c; c++)
        if (*c != ' ' && *c != '\t')
            return true;
    return false;
}

static void tighten(struct engine *engine, const struct event_operator *event,
                    enum trading_state state)
{
    struct record_latch latch;
    if (!guard_tighten(&engine->guard, (int)event->target, event->index, state, true,
                       event->reason, &latch)) {
        if (event->cancel)
            return;
        const struct guard_latch *now = guard_at(&engine->guard, (int)event->target, event->index);
        char text[REASON_MAX];
        memset(text, 0, sizeof text);
        out_join(text, sizeof text, "already ", trading_state_text(now->state),
                 "; only resume loosens", NULL);
        out_reply(engine, event->token, now->state == state, text);
        return;
    }
    out_latch(engine, &latch);
    if (state == TRADING_HALTED && event->target == TARGET_ACCOUNT)
        judge_drop_all(engine, "the account was halted");
    if (!event->cancel)
        out_reply(engine, event->token, true, trading_state_text(state));
}

static void resume(struct engine *engine, const struct event_operator *event)
{
    struct record_latch latch;
    if (!has_reason(event)) {
        out_reply(engine, event->token, false, "resume needs a reason: it goes into the journal");
        return;
    }
    if (engine->journal_dead && event->target == TARGET_ACCOUNT) {
        out_reply(engine, event->token, false, "the journal is dead: restart on a good disk");
        return;
    }
    if (engine->fatal) {
        out_reply(engine, event->token, false, "the host is shutting down: resume after its start");
        return;
    }
    bool dropped = drop_flattens(engine, event);
    drain_withdraw(engine, actor_of(event), product_of(event));
    if (guard_resume(&engine->guard, (int)event->target, event->index, event->reason, &latch))
        out_latch(engine, &latch);
    risk_on_resume(engine, (int)event->target, event->index);
    overdue_on_resume(engine, (int)event->target, event->index);
    char text[REASON_MAX];
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "active", dropped ? "; its flatten has ended" : NULL,
             is_flattening(engine) ? "; another flatten goes on until its own resume" : NULL, NULL);
    out_reply(engine, event->token, true, text);
}

void operator_halt_account(struct engine *engine, const char *reason)
{
    if (out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, reason))
        judge_drop_all(engine, reason);
}

/* ---- cancel-mine, flatten, stop, accept */

static void reply_count(struct engine *engine, const struct event_operator *event, bool done,
                        uint32_t count, const char *what)
{
    char number[DECIMAL_TEXT_MAX], text[160];
    struct size value = {(int64_t)count * DECIMAL_ONE};
    size_format(value, number);
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, number, what, NULL, NULL);
    out_reply(engine, event->token, done, text);
}

static void cancel_mine(struct engine *engine, const struct event_operator *event)
{
    uint32_t count = cancels_want_all(engine, actor_of(event), product_of(event));
    reply_count(engine, event, true, count, " own orders are being cancelled");
}

/* Answered when the venue shows none of them any more. */
static void halt(struct engine *engine, const struct event_operator *event)
{
    tighten(engine, event, TRADING_HALTED);
    if (event->cancel)
        drain_begin(engine, event->token, actor_of(event), product_of(event));
}

static void cancel_all(struct engine *engine, const struct event_operator *event)
{
    uint32_t count = cancels_want_everyone(engine, product_of(event));
    reply_count(engine, event, true, count, " orders of the account are being cancelled");
}

static void begin_flatten(struct engine *engine, const struct event_operator *event)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct product *p = &engine->products[i];
        if (event->target == TARGET_PRODUCT && event->index != i)
            continue;
        p->flattening |= flatten_bit(actor_of(event));
        p->flattens[actor_slot(actor_of(event))] = (struct flatten){.due_ns = engine->now.mono_ns};
    }
    engine_due(engine, engine->now.mono_ns);
}

static void flatten(struct engine *engine, const struct event_operator *event)
{
    if (engine->stopped_told) {
        out_reply(engine, event->token, false, "the host has stopped: flatten after its start");
        return;
    }
    begin_flatten(engine, event);
    out_reply(engine, event->token, true,
              "flattening: own orders are cancelled first, then orders that reduce leave");
}

static void stop(struct engine *engine, const struct event_operator *event)
{
    uint32_t count = 0;
    engine->stopping = true;
    judge_drop_all(engine, "the host is stopping");
    protect_on_stop(engine);
    if (engine->settings.cancel_on_stop)
        count = cancels_want_all(engine, ACTOR_OPERATOR, NO_PRODUCT);
    engine_due(engine, engine->now.mono_ns);
    reply_count(engine, event, true, count, " own orders are being cancelled; stopping");
}

static void accept(struct engine *engine, const struct event_operator *event)
{
    uint32_t count = reconcile_accept(engine);
    if (count == 0)
        out_reply(engine, event->token, false,
                  "nothing accepted: no position differs, or there is no price to book it at");
    else
        reply_count(engine, event, true, count,
                    " positions taken over from the venue as external; resume to trade them");
}

static bool target_exists(const struct engine *engine, const struct event_operator *event)
{
    switch (event->target) {
    case TARGET_ACCOUNT: return true;
    case TARGET_STRATEGY: return event->index < engine->settings.strategy_count;
    case TARGET_PRODUCT: return event->index < engine->settings.catalog.count;
    }
    return false;
}

static struct record_operator *record_operator(struct engine *engine,
                                               const struct event_operator *event)
{
    struct record_operator *r = &out_record(engine, RECORD_OPERATOR)->operator;
    r->verb = event->verb;
    r->target = (uint8_t)event->target;
    r->index = event->index;
    text_copy(r->reason, sizeof r->reason, event->reason, strnlen(event->reason, REASON_MAX));
    const char *name = out_scope_name(engine, (int)event->target, event->index);
    text_copy(r->name, sizeof r->name, name, strlen(name));
    text_copy(r->id, sizeof r->id, event->id, strnlen(event->id, VENUE_ID_MAX - 1));
    r->cancel = event->cancel;
    r->uid = event->uid;
    return r;
}

void operator_on_event(struct engine *engine, const struct event_operator *event)
{
    if (!target_exists(engine, event)) {
        out_reply(engine, event->token, false, "no such strategy or product");
        return;
    }
    if (event->verb != OPERATOR_RECONCILE) /* it only looks */
        record_operator(engine, event);
    switch (event->verb) {
    case OPERATOR_HALT: halt(engine, event); return;
    case OPERATOR_REDUCE: tighten(engine, event, TRADING_REDUCING); return;
    case OPERATOR_RESUME: resume(engine, event); return;
    case OPERATOR_CANCEL_MINE: cancel_mine(engine, event); return;
    case OPERATOR_FLATTEN: flatten(engine, event); return;
    case OPERATOR_STOP: stop(engine, event); return;
    case OPERATOR_RECONCILE:
        reconcile_ask(engine, event->token);
        return;
    case OPERATOR_ACCEPT: accept(engine, event); return;
    case OPERATOR_CANCEL_ALL: cancel_all(engine, event); return;
    case OPERATOR_ADOPT: parked_adopt(engine, event); return;
    case OPERATOR_CANCEL: parked_cancel(engine, event); return;
    case OPERATOR_DROP: parked_drop(engine, event); return;
    case OPERATOR_OVERRIDE: consent_on_override(engine, event); return;
    case OPERATOR_CONFIRM: consent_on_confirm(engine, event); return;
    case OPERATOR_LIMIT: tune_on_limit(engine, event); return;
    case OPERATOR_REVOKE: consent_on_revoke(engine, event); return;
    case OPERATOR_PROMOTE: stage_on_promote(engine, event); return;
    case OPERATOR_DEMOTE: stage_on_demote(engine, event); return;
    case OPERATOR_VERB_COUNT: break;
    }
    out_reply(engine, event->token, false, "unknown verb");
}

/* The journal has to know, or a restart would flatten what was built since. Whose it was is the
 * target, where is the id. */
static void end_flatten(struct engine *engine, product_index product, actor_index actor,
                        const char *how)
{
    const char *where = engine->settings.catalog.items[product].product_id;
    struct event_operator event = {.verb = OPERATOR_FLATTEN};
    if (actor != ACTOR_OPERATOR) {
        event.target = TARGET_STRATEGY;
        event.index = actor;
    }
    engine->products[product].flattening &= ~flatten_bit(actor);
    text_copy(event.reason, sizeof event.reason, how, strlen(how));
    text_copy(event.id, sizeof event.id, where, strlen(where));
    record_operator(engine, &event)->done = true;
}

static void restore_end(struct engine *engine, const struct event_operator *event)
{
    const struct catalog *catalog = &engine->settings.catalog;
    product_index product = catalog_find(catalog, event->id, strnlen(event->id, VENUE_ID_MAX));
    if (event->target == TARGET_PRODUCT) /* as it was written when a product had one at most */
        (void)drop_flattens(engine, event);
    else if (product != NO_PRODUCT)
        engine->products[product].flattening &= ~flatten_bit(actor_of(event));
}

/* What was acknowledged holds over a restart: the orders of then are cancelled still, and a flatten
 * goes on until it is done, given up or resumed from. */
bool operator_restore(struct engine *engine, const struct record_operator *record)
{
    struct event_operator event = {.verb = record->verb, .index = record->index};
    if (record->target > TARGET_PRODUCT)
        return false;
    event.target = record->target;
    memcpy(event.id, record->id, sizeof event.id);
    if (record->done) {
        restore_end(engine, &event);
        return true;
    }
    if (record->verb == OPERATOR_RESUME)
        (void)drop_flattens(engine, &event);
    if (record->verb == OPERATOR_FLATTEN)
        begin_flatten(engine, &event);
    parked_restore_verb(engine, &event);
    if (record->verb == OPERATOR_CANCEL_ALL)
        cancels_want_everyone(engine, product_of(&event));
    else if (record->verb == OPERATOR_CANCEL_MINE || record->verb == OPERATOR_FLATTEN ||
             (record->verb == OPERATOR_HALT && record->cancel))
        cancels_want_all(engine, actor_of(&event), product_of(&event));
    else if (record->verb == OPERATOR_STOP && engine->settings.cancel_on_stop)
        cancels_want_all(engine, ACTOR_OPERATOR, NO_PRODUCT);
    return true;
}

/* ---- what goes on after the answer */

/* Without a book nobody knows what a market order would take: a limit IOC at the edge of the last
 * good band, or nothing while there is none. */
static void price_blind(struct engine *engine, actor_index actor, struct intent *intent)
{
    struct gate_input in;
    struct intent limit = *intent;
    limit.type = ORDER_TYPE_LIMIT;
    intents_gate_input(engine, ACTOR_OPERATOR, actor, &limit, &in);
    limit.price = gate_close_price(&in);
    if (limit.price.e9 > 0)
        *intent = limit;
}

static void flatten_size(struct engine *engine, struct flatten *flatten, product_index product,
                         actor_index actor, struct size position)
{
    struct verdict verdict;
    struct intent intent;
    struct size most = engine->settings.catalog.items[product].size_max;
    memset(&intent, 0, sizeof intent);
    intent.kind = INTENT_PLACE;
    intent.product = product;
    intent.side = position.e9 > 0 ? SIDE_SELL : SIDE_BUY;
    intent.type = ORDER_TYPE_MARKET;
    intent.tif = TIF_IOC;
    intent.reduce_only = true;
    intent.size.e9 = position.e9 > 0 ? position.e9 : -position.e9;
    if (most.e9 > 0 && intent.size.e9 > most.e9)
        intent.size = most;
    if (!market_book_is_fresh(engine, product))
        price_blind(engine, actor, &intent);
    if (intents_place_for_operator(engine, actor, &intent, &verdict) || flatten->told)
        return;
    flatten->told = true;
    out_alert(engine, engine->settings.catalog.items[product].product_id,
              ": flatten waits, the gate says ", refusal_text(verdict.code), NULL);
}

/* No order of the operator's may turn the account around: what another strategy holds against
 * this one stays. With nothing of that sign in the account the gate refuses, and that is told. */
static void flatten_strategy(struct engine *engine, struct flatten *flatten, product_index product,
                             actor_index actor)
{
    struct size own = engine->portfolio.shown[actor_slot(actor)][product].size;
    struct size net = engine->portfolio.shown_account[product].size;
    if (own.e9 > 0 ? net.e9 > 0 && net.e9 < own.e9 : net.e9 < 0 && net.e9 > own.e9)
        own = net;
    flatten_size(engine, flatten, product, actor, own);
}

/* The account's position is taken from those who hold its sign, each for no more than its own. */
static void flatten_everyone(struct engine *engine, struct flatten *flatten, product_index product)
{
    struct size left = engine->portfolio.shown_account[product].size;
    for (uint8_t slot = 0; slot < ACTOR_SLOTS && left.e9 != 0; slot++) {
        struct size own = engine->portfolio.shown[slot][product].size;
        actor_index actor = actor_of_slot(slot);
        if (own.e9 == 0 || (own.e9 > 0) != (left.e9 > 0))
            continue;
        if (left.e9 > 0 ? own.e9 > left.e9 : own.e9 < left.e9)
            own = left;
        flatten_size(engine, flatten, product,
                     actor == ACTOR_EXTERNAL ? ACTOR_OPERATOR : actor, own);
        left.e9 -= own.e9;
    }
}

static bool is_flat(const struct engine *engine, product_index product, actor_index actor)
{
    if (actor == ACTOR_OPERATOR)
        return engine->portfolio.shown_account[product].size.e9 == 0;
    return engine->portfolio.shown[actor_slot(actor)][product].size.e9 == 0;
}

static void due_flatten(struct engine *engine, product_index product, actor_index actor)
{
    struct flatten *flatten = &engine->products[product].flattens[actor_slot(actor)];
    const char *name = engine->settings.catalog.items[product].product_id;
    if (engine->now.mono_ns < flatten->due_ns) {
        engine_due(engine, flatten->due_ns);
        return;
    }
    flatten->due_ns = engine->now.mono_ns + FLATTEN_GAP_NS;
    engine_due(engine, flatten->due_ns);
    if (drain_has_own(engine, actor, product)) {
        cancels_want_all(engine, actor, product);
        return;
    }
    if (is_flat(engine, product, actor)) {
        end_flatten(engine, product, actor, "flat");
        return;
    }
    if (flatten->tries == FLATTEN_TRIES) {
        end_flatten(engine, product, actor, "given up");
        out_alert(engine, name, ": flatten given up, a position is left", NULL, NULL);
        return;
    }
    uint64_t orders = engine->counters.orders;
    if (actor == ACTOR_OPERATOR)
        flatten_everyone(engine, flatten, product);
    else
        flatten_strategy(engine, flatten, product, actor);
    /* A flatten that the gate refuses waits for better days, but a stop does not wait with it. */
    flatten->tries += engine->counters.orders != orders || engine->stopping;
}

/* One strategy's waits while everyone's goes on, or both would sell the same. */
static void due_flattens(struct engine *engine, product_index product)
{
    const struct product *p = &engine->products[product];
    if (p->flattening & flatten_bit(ACTOR_OPERATOR))
        due_flatten(engine, product, ACTOR_OPERATOR);
    if (p->flattening & flatten_bit(ACTOR_OPERATOR))
        return;
    for (actor_index i = 0; p->flattening >> i; i++)
        if (p->flattening >> i & 1)
            due_flatten(engine, product, i);
}

/* Stopped means told: no order that may still fill, no fill known by its quantity alone, no
 * flatten that has yet to place its order. */
static bool is_settled(struct engine *engine)
{
    if (is_flattening(engine) || drain_is_open(engine) || engine->portfolio.provisional_count > 0)
        return false;
    return !engine->settings.cancel_on_stop || !drain_has_own(engine, ACTOR_OPERATOR, NO_PRODUCT);
}

void operator_due(struct engine *engine)
{
    if (engine->stopped_told)
        return;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (engine->products[i].flattening)
            due_flattens(engine, i);
    if (!engine->stopping)
        return;
    if (!is_settled(engine)) {
        engine_due(engine, engine->now.mono_ns + FLATTEN_GAP_NS / 10);
        return;
    }
    engine->stopped_told = true;
    out_command(engine, COMMAND_STOPPED);
}
