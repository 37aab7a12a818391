#include "engine/outbox.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

struct record *out_record(struct engine *engine, enum record_kind kind)
{
    CHECK(engine->record_count < OUT_MAX);
    struct record *record = &engine->records[engine->record_count++];
    /* Whole and with its padding: a recording is compared to the byte. */
    memset(record, 0, sizeof *record);
    record->kind = kind;
    record->at = engine->now;
    return record;
}

struct command *out_command(struct engine *engine, enum command_kind kind)
{
    CHECK(engine->command_count < OUT_MAX);
    struct command *command = &engine->commands[engine->command_count++];
    memset(command, 0, sizeof *command);
    command->kind = kind;
    return command;
}

static const char *product_name(const struct engine *engine, product_index product)
{
    return product < engine->settings.catalog.count
               ? engine->settings.catalog.items[product].product_id
               : "";
}

const char *out_actor_name(const struct engine *engine, actor_index actor)
{
    return actor < engine->settings.strategy_count ? engine->settings.strategies[actor].name : "";
}

const char *out_scope_name(const struct engine *engine, int scope, uint8_t index)
{
    if (scope == LATCH_ACCOUNT)
        return "";
    return scope == LATCH_PRODUCT ? product_name(engine, index) : out_actor_name(engine, index);
}

static void record_order(struct engine *engine, const struct order *order)
{
    struct record_order *r = &out_record(engine, RECORD_ORDER)->order;
    const char *name = product_name(engine, order->product);
    const char *actor = out_actor_name(engine, order->actor);
    r->id = order->id;
    r->venue_id = order->venue_id;
    r->actor = order->actor;
    r->product = order->product;
    text_copy(r->product_id, sizeof r->product_id, name, strlen(name));
    text_copy(r->name, sizeof r->name, actor, strlen(actor));
    r->ref = order->ref;
    r->side = order->side;
    r->type = order->type;
    r->tif = order->tif;
    r->post_only = order->post_only;
    r->reduce_only = order->reduce_only;
    /* A market order has no price; what it was valued at takes its place, for the restart. */
    r->price = order->type == ORDER_TYPE_MARKET ? order->value_price : order->price;
    r->size = order->size;
    r->filled = order->filled;
    r->state = order->state;
    memcpy(r->reason, order->reason, sizeof r->reason);
    r->stop_price = order->stop_price;
    r->stop = order->stop;
    r->expires_wall_ns = order->expires_wall_ns;
    r->decision = order->decision;
}

void out_order_notice(struct engine *engine, const struct order *order)
{
    struct notice *n = out_notice(engine, order->actor, NOTICE_ORDER, order->product);
    if (n == NULL)
        return;
    n->order.ref = order->ref;
    n->order.id = order->id;
    n->order.state = order->state;
    n->order.side = order->side;
    n->order.price = order->price;
    n->order.size = order->size;
    n->order.filled = order->filled;
    memcpy(n->order.reason, order->reason, sizeof n->order.reason);
}

void out_order(struct engine *engine, const struct order *order)
{
    engine->products[order->product].version++;
    record_order(engine, order);
    out_order_notice(engine, order);
}

struct notice *out_notice(struct engine *engine, actor_index actor, enum notice_kind kind,
                          product_index product)
{
    /* Rules hear of candles alone: the rest is the business of the strategy it happened to. */
    if (actor >= (kind == NOTICE_CANDLE ? MAX_RUNNERS : engine->settings.strategy_count))
        return NULL;
    struct runner *runner = &engine->runners[actor];
    if (runner->state != RUNNER_READY)
        return NULL;
    struct command_notice *c = &out_command(engine, COMMAND_NOTICE)->notice;
    c->runner = actor;
    c->generation = runner->generation;
    c->notice.number = ++runner->notices;
    c->notice.kind = kind;
    c->notice.product = product;
    c->notice.mono_ns = engine->now.mono_ns;
    c->notice.wall_ns = engine->now.wall_ns;
    return &c->notice;
}

void out_latch(struct engine *engine, const struct record_latch *latch)
{
    struct record_latch *r = &out_record(engine, RECORD_LATCH)->latch;
    const char *name = out_scope_name(engine, (int)latch->scope, latch->index);
    *r = *latch;
    engine->halts += latch->state == TRADING_HALTED;
    text_copy(r->name, sizeof r->name, name, strlen(name));
    for (int i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].version++;
}

bool out_tighten(struct engine *engine, int scope, uint8_t index, enum trading_state state,
                 const char *reason)
{
    struct record_latch latch;
    const char *name = out_scope_name(engine, scope, index);
    if (!guard_tighten(&engine->guard, scope, index, state, false, reason, &latch))
        return false;
    out_latch(engine, &latch);
    out_alert(engine, name[0] ? name : "the account",
              state == TRADING_HALTED ? " is halted: " : " reduces only: ", reason, NULL);
    return true;
}

void out_reply(struct engine *engine, uint64_t token, bool done, const char *text)
{
    struct command_operator_reply *c = &out_command(engine, COMMAND_OPERATOR_REPLY)->operator_reply;
    c->token = token;
    c->done = done;
    text_copy(c->text, sizeof c->text, text, strlen(text));
}

void out_join(char *out, size_t capacity, const char *a, const char *b, const char *c,
              const char *d)
{
    const char *parts[] = {a, b, c, d};
    size_t used = 0;
    for (int i = 0; i < 4; i++)
        if (parts[i] != NULL && used + 1 < capacity) {
            text_copy(out + used, capacity - used, parts[i], strlen(parts[i]));
            used += strlen(out + used);
        }
}

void out_alert(struct engine *engine, const char *a, const char *b, const char *c, const char *d)
{
    struct command_alert *alert = &out_command(engine, COMMAND_ALERT)->alert;
    out_join(alert->text, sizeof alert->text, a, b, c, d);
    engine->counters.alerts++;
}
