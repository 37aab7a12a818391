#include "engine/amend.h"

#include <string.h>

#include "engine/cancels.h"
#include "engine/intents.h"
#include "engine/judge.h"
#include "engine/protect.h"
#include "engine/strategies.h"

static const char NOTHING_LEFT[] = "no position of its own that no order reduces already";

/* ---- amend */

/* The new order whole: what was not said anew is as it was. */
static struct intent complete(const struct intent *asked, const struct order *old)
{
    struct intent intent = *asked;
    intent.product = old->product;
    intent.side = old->side;
    intent.type = old->type;
    intent.tif = old->tif;
    intent.post_only = old->post_only;
    intent.reduce_only = old->reduce_only;
    intent.stop = old->stop;
    if (asked->price.e9 == 0)
        intent.price = old->price;
    if (asked->stop_price.e9 == 0)
        intent.stop_price = old->stop_price;
    if (asked->size.e9 == 0)
        intent.size = old->size;
    if (asked->expires_wall_ns == 0)
        intent.expires_wall_ns = old->expires_wall_ns;
    return intent;
}

/* What would leave now. */
static struct intent successor(const struct intent *intent, const struct order *old)
{
    struct intent next = *intent;
    if (!size_sub(intent->size, old->filled, &next.size))
        next.size.e9 = 0;
    return next;
}

static enum refusal why_not(const struct engine *engine, const struct order *old,
                            const char **ret_text)
{
    *ret_text = NULL;
    if (old == NULL) {
        *ret_text = "no order of that name";
        return REFUSED_OWNER;
    }
    if (protect_is_firing(engine, old->actor, old->product)) {
        *ret_text = "its protection fires: the position is being closed";
        return REFUSED_STRATEGY_STATE;
    }
    if (!order_is_live(old->state) || old->cancel_wanted || old->state == ORDER_CANCEL_SENT)
        return REFUSED_ENDED;
    if (old->state == ORDER_UNKNOWN)
        return REFUSED_UNKNOWN_OUTSTANDING;
    if (old->tif != TIF_GTC && old->tif != TIF_GTD) {
        *ret_text = "an order that does not rest cannot be amended";
        return REFUSED_UNSUPPORTED;
    }
    return REFUSED_NOT;
}

/* Judged with the old order taken out of what works: both will never work together. */
static bool judge_next(struct engine *engine, actor_index actor, struct order *old,
                       const struct intent *next, struct price *ret_value_price,
                       bool *ret_reducing, struct verdict *ret)
{
    struct gate_input in;
    struct approved_order approved;
    orders_open(&engine->orders, old);
    intents_gate_input(engine, actor, actor, next, &in);
    bool passes = gate_approve(&in, intents_next_id(engine), &approved, ret);
    orders_close(&engine->orders, old);
    *ret_value_price = gate_value_price(&in);
    *ret_reducing = gate_is_reducing(&in);
    return passes;
}

static void begin(struct engine *engine, struct order *old, const struct intent *intent,
                  struct price value_price)
{
    orders_open(&engine->orders, old);
    old->amending = true;
    old->amend = *intent;
    old->amend_value_price = value_price;
    old->amend_generation = engine->runners[old->actor].generation;
    orders_close(&engine->orders, old);
    engine->amends++;
    old->cancel_wanted = true;
    cancels_consider(engine, old);
}

/* `judged`: the rules have spoken. */
static void consider(struct engine *engine, actor_index actor, const struct intent *asked,
                     bool judged)
{
    struct order *old = orders_find_ref(&engine->orders, actor, asked->target);
    struct price value_price;
    struct verdict verdict;
    const char *text;
    bool reducing;
    enum refusal code = why_not(engine, old, &text);
    memset(&verdict, 0, sizeof verdict);
    if (code != REFUSED_NOT) {
        intents_refuse(engine, actor, asked, code, text);
        return;
    }
    struct intent intent = complete(asked, old), next = successor(&intent, old);
    if (!judge_next(engine, actor, old, &next, &value_price, &reducing, &verdict))
        intents_refuse_verdict(engine, actor, &intent, &verdict, NULL);
    else if (judged || reducing || engine->settings.rule_count == 0)
        begin(engine, old, &intent, value_price);
    else if (!judge_begin(engine, actor, &intent, value_price, &code))
        intents_refuse(engine, actor, &intent, code, NULL);
}

void amend_rehearse(struct engine *engine, actor_index actor, const struct intent *asked,
                    struct verdict *ret)
{
    struct order *old = orders_find_ref(&engine->orders, actor, asked->target);
    struct price value_price;
    const char *text;
    bool reducing;
    ret->code = why_not(engine, old, &text);
    if (ret->code != REFUSED_NOT)
        return;
    struct intent intent = complete(asked, old), next = successor(&intent, old);
    judge_next(engine, actor, old, &next, &value_price, &reducing, ret);
}

void amend_want(struct engine *engine, actor_index actor, const struct intent *intent)
{
    consider(engine, actor, intent, false);
}

void amend_begin(struct engine *engine, actor_index actor, const struct intent *intent)
{
    consider(engine, actor, intent, true);
}

struct order *amend_find(struct engine *engine, actor_index actor, order_ref ref)
{
    for (uint32_t i = 0; engine->amends > 0 && i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order->amending && order->actor == actor && order->amend.ref == ref)
            return order;
    }
    return NULL;
}

void amend_drop(struct engine *engine, struct order *order, const char *why)
{
    if (!order->amending)
        return;
    orders_open(&engine->orders, order);
    order->amending = false;
    engine->amends--;
    orders_close(&engine->orders, order);
    intents_refuse(engine, order->actor, &order->amend, REFUSED_ENDED, why);
}

bool amend_withdraw(struct engine *engine, actor_index actor, order_ref ref)
{
    struct order *order = amend_find(engine, actor, ref);
    if (order == NULL)
        return false;
    amend_drop(engine, order, "the amendment was cancelled");
    return true;
}

/* Why nothing follows an order that has ended; NULL: something does. */
static const char *why_no_successor(const struct engine *engine, const struct order *old)
{
    if (old->state != ORDER_CANCELLED)
        return "the order ended before it was cancelled";
    if (old->filled.e9 >= old->amend.size.e9)
        return "the order has filled what it was to be amended to";
    if (!strategies_is_current(engine, old->actor, old->amend_generation))
        return "the script that asked was replaced";
    return engine->stopping ? "the host is stopping" : NULL;
}

static void settle(struct engine *engine, struct order *old)
{
    struct verdict verdict;
    struct intent next = successor(&old->amend, old);
    actor_index actor = old->actor;
    const char *why = why_no_successor(engine, old);
    memset(&verdict, 0, sizeof verdict);
    if (why != NULL) {
        amend_drop(engine, old, why);
        return;
    }
    old->amending = false; /* it has ended: it counts for nothing */
    engine->amends--;
    if (!intents_place(engine, actor, actor, &next, &verdict))
        intents_refuse_verdict(engine, actor, &next, &verdict, NULL);
}

void amend_due(struct engine *engine)
{
    for (uint32_t i = 0; engine->amends > 0 && i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order->amending && !order_is_live(order->state))
            settle(engine, order);
    }
}

/* ---- close */

static struct size least(struct size a, struct size b)
{
    return a.e9 < b.e9 ? a : b;
}

void amend_close(struct engine *engine, actor_index actor, const struct intent *asked)
{
    const struct instrument *spec = &engine->settings.catalog.items[asked->product];
    struct size own = engine->portfolio.shown[actor_slot(actor)][asked->product].size;
    struct intent intent = *asked;
    struct gate_input in;
    intent.side = own.e9 > 0 ? SIDE_SELL : SIDE_BUY;
    intent.type = ORDER_TYPE_LIMIT;
    intent.tif = TIF_IOC;
    intent.post_only = false;
    intent.reduce_only = true;
    intent.stop = STOP_NONE;
    intent.stop_price.e9 = intent.expires_wall_ns = 0;
    intents_gate_input(engine, actor, actor, &intent, &in);
    intent.price = gate_close_price(&in);
    intent.size = least(gate_reducible(&in),
                        least(spec->size_max, engine->settings.product_limits[asked->product]
                                                  .max_order_size));
    if (asked->size.e9 > 0)
        intent.size = least(intent.size, asked->size);
    if (spec->step.e9 <= 0 || !size_round(intent.size, spec->step, ROUND_DOWN, &intent.size) ||
        intent.size.e9 <= 0)
        intents_refuse(engine, actor, &intent, REFUSED_REDUCE_ONLY, NOTHING_LEFT);
    else
        intents_ask(engine, actor, &intent);
}
