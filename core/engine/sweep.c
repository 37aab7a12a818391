#include "engine/sweep.h"

#include "base/text.h"
#include "engine/cancels.h"

static const char WHY[] = "swept: nothing is left that it could reduce";

void sweep_want(struct engine *engine, product_index product)
{
    if (engine->orders.products[product].exits == 0)
        return;
    engine->products[product].sweep = true;
    engine_due(engine, engine->now.mono_ns);
}

static bool reduces(struct size position, enum side side)
{
    return side == SIDE_SELL ? position.e9 > 0 : position.e9 < 0;
}

static bool is_orphan(const struct engine *engine, const struct order *order)
{
    const struct portfolio *portfolio = &engine->portfolio;
    if (!order->ours || !order_is_live(order->state) || !order_is_exit(order))
        return false;
    if (!reduces(portfolio->shown_account[order->product].size, order->side))
        return true;
    /* What the operator's orders reduce may be anybody's. */
    return order->actor < MAX_STRATEGIES &&
           !reduces(portfolio->shown[order->actor][order->product].size, order->side);
}

static void sweep(struct engine *engine, product_index product)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order->product != product || order->cancel_wanted || !is_orphan(engine, order))
            continue;
        text_copy(order->reason, sizeof order->reason, WHY, sizeof WHY - 1);
        cancels_want(engine, order);
    }
}

void sweep_due(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        if (!engine->products[i].sweep)
            continue;
        engine->products[i].sweep = false;
        sweep(engine, i);
    }
}
