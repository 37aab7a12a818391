#include "engine/drain.h"

#include "base/text.h"
#include "engine/cancels.h"
#include "engine/judge.h"
#include "engine/operator.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"

static const int64_t PATIENCE_NS = 20000000000, LOOK_NS = 100000000;

bool drain_has_own(struct engine *engine, actor_index actor, product_index product)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (order_is_own(order) && order_is_live(order->state) &&
            (product == NO_PRODUCT || order->product == product) &&
            (actor == ACTOR_OPERATOR || order->actor == actor))
            return true;
    }
    return false;
}

bool drain_is_open(const struct engine *engine)
{
    return engine->drain_count > 0;
}

void drain_begin(struct engine *engine, uint64_t token, actor_index actor, product_index product)
{
    cancels_want_all(engine, actor, product);
    if (engine->drain_count >= DRAINS_MAX - (token != 0)) { /* an emergency finds room */
        out_reply(engine, token, false, "too many wait for that; own orders are being cancelled");
        return;
    }
    engine->drains[engine->drain_count++] =
        (struct drain){.token = token, .actor = actor, .product = product,
                       .since_ns = engine->now.mono_ns};
    engine_due(engine, engine->now.mono_ns);
}

/* True once the venue's own list has shown that nothing is left. */
static bool is_verified(struct engine *engine, struct drain *drain)
{
    if (drain_has_own(engine, drain->actor, drain->product)) {
        drain->none_ns = 0;
        cancels_want_all(engine, drain->actor, drain->product);
        return false;
    }
    if (drain->none_ns == 0) {
        drain->none_ns = engine->now.mono_ns;
        reconcile_want(engine, LIST_ORDERS);
    }
    return engine->lists[LIST_ORDERS].whole_sent_ns > 0 &&
           engine->lists[LIST_ORDERS].whole_sent_ns >= drain->none_ns;
}

static const char NONE_LEFT[] = "halted; the venue shows none of our orders";
static const char NOT_YET[] =
    "halted, but own orders may still be live: they go on being cancelled; see `orders`";
static const char ELSEWHERE[] =
    "halted, but own orders were live in a product that is not configured: look at the venue";
static const char RESUMED[] = "resumed before the venue had shown that none is left";

static void answer(struct engine *engine, struct drain *drain, bool done, const char *text)
{
    if (drain->token != 0)
        out_reply(engine, drain->token, done, text);
    drain->token = 0;
}

static void forget(struct engine *engine, uint32_t at)
{
    engine->drains[at] = engine->drains[--engine->drain_count];
}

/* Of what is not configured no list tells us. */
static bool sees_all(const struct engine *engine, const struct drain *drain)
{
    return engine->lost.order_count == 0 || drain->actor != ACTOR_OPERATOR ||
           drain->product != NO_PRODUCT;
}

void drain_withdraw(struct engine *engine, actor_index actor, product_index product)
{
    bool all = actor == ACTOR_OPERATOR && product == NO_PRODUCT;
    for (uint32_t i = engine->drain_count; i-- > 0;) {
        struct drain *drain = &engine->drains[i];
        if (!all && (drain->actor != actor || drain->product != product))
            continue;
        answer(engine, drain, false, RESUMED);
        forget(engine, i);
    }
}

void drain_due(struct engine *engine)
{
    for (uint32_t i = engine->drain_count; i-- > 0;) {
        struct drain *drain = &engine->drains[i];
        if (is_verified(engine, drain)) {
            bool all = sees_all(engine, drain);
            answer(engine, drain, all, all ? NONE_LEFT : ELSEWHERE);
            forget(engine, i);
            continue;
        }
        if (engine->now.mono_ns - drain->since_ns >= PATIENCE_NS)
            answer(engine, drain, false, NOT_YET);
        engine_due(engine, engine->now.mono_ns + LOOK_NS);
    }
}

void drain_shut_down(struct engine *engine, const char *reason)
{
    if (engine->fatal)
        return;
    engine->fatal = engine->stopping = true;
    operator_halt_account(engine, reason);
    judge_drop_all(engine, reason);
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].flattening = 0;
    drain_begin(engine, 0, ACTOR_OPERATOR, NO_PRODUCT);
    struct command_fatal *c = &out_command(engine, COMMAND_FATAL)->fatal;
    out_join(c->reason, sizeof c->reason, reason, NULL, NULL, NULL);
}
