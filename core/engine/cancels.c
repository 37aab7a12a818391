#include "engine/cancels.h"

#include "base/check.h"
#include "engine/amend.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"

static const int64_t CANCEL_RETRY_NS = 100000000;    /* when the budget was used up */
static const int64_t CANCEL_CHECK_NS = 5000000000;   /* a cancel with no end after this: look */

static bool can_be_sent(const struct order *order)
{
    return order->venue_id.text[0] != '\0' &&
           (order->state == ORDER_SENT || order->state == ORDER_UNKNOWN ||
            order->state == ORDER_OPEN);
}

void cancels_consider(struct engine *engine, struct order *order)
{
    /* While the journal is read it is not known yet which of them are still to be sent. */
    if (!engine->begun || !order->cancel_wanted || order->cancel_queued || !can_be_sent(order))
        return;
    CHECK(engine->cancel_count < MAX_ORDERS);
    uint32_t at = (engine->cancel_head + engine->cancel_count++) % MAX_ORDERS;
    engine->cancel_queue[at] = (uint16_t)orders_index(&engine->orders, order);
    order->cancel_queued = true;
    engine_due(engine, engine->now.mono_ns);
}

void cancels_want(struct engine *engine, struct order *order)
{
    if (!order_is_live(order->state))
        return;
    amend_drop(engine, order, "the order that it was to replace is cancelled for good");
    order->cancel_wanted = true;
    cancels_consider(engine, order);
}

uint32_t cancels_want_all(struct engine *engine, actor_index actor, product_index product)
{
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (!order_is_live(order->state) || !order_is_own(order) ||
            (actor != ACTOR_OPERATOR && order->actor != actor) ||
            (product != NO_PRODUCT && order->product != product))
            continue;
        cancels_want(engine, order);
        wanted++;
    }
    return wanted;
}

uint32_t cancels_want_everyone(struct engine *engine, product_index product)
{
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (!order_is_live(order->state) ||
            (product != NO_PRODUCT && order->product != product))
            continue;
        cancels_want(engine, order);
        wanted++;
    }
    return wanted;
}

static bool has_budget(struct engine *engine, const struct order *order)
{
    struct verdict verdict;
    struct intent intent = {.kind = INTENT_CANCEL, .product = order->product, .ref = order->ref};
    struct gate_input in = {.settings = &engine->settings,
                            .intent = &intent,
                            .actor = order->actor,
                            .cancels_account = rate_get(&engine->cancels, engine->now.mono_ns)};
    return gate_allows_cancel(&in, &verdict);
}

static void send(struct engine *engine, struct order *order)
{
    struct command_cancel *c = &out_command(engine, COMMAND_CANCEL)->cancel;
    c->id = order->id;
    c->venue_id = order->venue_id;
    c->product = order->product;
    rate_add(&engine->cancels, engine->now.mono_ns);
    order->cancel_sent_ns = engine->now.mono_ns;
    order->cancel_failed = false;
    order->changed_wall_ns = engine->now.wall_ns;
    orders_open(&engine->orders, order);
    order_move(order, STIMULUS_CANCEL_LEFT);
    orders_close(&engine->orders, order);
    out_order(engine, order);
    engine_due(engine, engine->now.mono_ns + CANCEL_CHECK_NS);
}

/* A cancel whose end does not come: only a list can say what became of it. */
static void look_after_sent(struct engine *engine)
{
    bool late = false, waiting = false;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (order->state != ORDER_CANCEL_SENT)
            continue;
        waiting = true;
        late = late || engine->now.mono_ns - order->cancel_sent_ns >= CANCEL_CHECK_NS;
    }
    if (late)
        reconcile_want(engine, LIST_ORDERS);
    engine->cancels_look_ns =
        waiting ? engine->now.mono_ns + CANCEL_CHECK_NS : INT64_MAX;
}

void cancels_due(struct engine *engine)
{
    for (uint32_t sent = 0; engine->cancel_count > 0; sent++) {
        struct order *order = orders_at(&engine->orders, engine->cancel_queue[engine->cancel_head]);
        bool wanted = order->cancel_wanted && can_be_sent(order);
        if (wanted && (sent >= CANCELS_PER_STEP || !has_budget(engine, order))) {
            engine_due(engine, engine->now.mono_ns + CANCEL_RETRY_NS);
            break;
        }
        engine->cancel_head = (engine->cancel_head + 1) % MAX_ORDERS;
        engine->cancel_count--;
        order->cancel_queued = false;
        if (wanted) {
            send(engine, order);
            if (engine->cancels_look_ns == INT64_MAX)
                engine->cancels_look_ns = engine->now.mono_ns + CANCEL_CHECK_NS;
        }
    }
    if (engine->now.mono_ns >= engine->cancels_look_ns)
        look_after_sent(engine);
    engine_due(engine, engine->cancels_look_ns);
}
