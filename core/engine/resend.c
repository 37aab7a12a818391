#include "engine/resend.h"

#include <string.h>

#include "base/text.h"
#include "engine/intents.h"
#include "engine/outbox.h"
#include "engine/strategies.h"
#include "engine/venue.h"

enum { RESENDS_MAX = 1 };
/* What a request's token lives: after it the venue refuses the request wherever it lay. */
static const int64_t TOKEN_LIFE_NS = 120000000000;
static const int64_t PROCESSING_BOUND_NS = 120000000000;
static const char RESENT[] = "sent again under the same id: the venue never had it";

int64_t resend_bound_ns(const struct engine *engine)
{
    int64_t bound_ns = engine->settings.processing_bound_ns;
    return TOKEN_LIFE_NS + (bound_ns > 0 ? bound_ns : PROCESSING_BOUND_NS);
}

static bool is_wanted(const struct engine *engine, const struct order *order)
{
    return order->actor < engine->settings.strategy_count &&
           engine->settings.strategies[order->actor].resend_unknown &&
           order->resends < RESENDS_MAX && !order->cancel_wanted && !engine->stopping &&
           (order->tif == TIF_GTC || order->tif == TIF_GTD) &&
           strategies_is_current(engine, order->actor, (uint32_t)(order->ref >> 32));
}

static struct intent intent_of(const struct order *order)
{
    struct intent intent;
    memset(&intent, 0, sizeof intent);
    intent.kind = INTENT_PLACE;
    intent.product = order->product;
    intent.side = order->side;
    intent.type = order->type;
    intent.tif = order->tif;
    intent.post_only = order->post_only;
    intent.reduce_only = order->reduce_only;
    intent.price = order->price;
    intent.size = order->size;
    intent.stop_price = order->stop_price;
    intent.stop = order->stop;
    intent.expires_wall_ns = order->expires_wall_ns;
    intent.ref = order->ref;
    return intent;
}

static bool reapprove(struct engine *engine, struct order *order, struct approved_order *ret)
{
    struct gate_input in;
    struct verdict verdict;
    struct intent intent = intent_of(order);
    orders_open(&engine->orders, order); /* its own reservation is not held against it */
    intents_gate_input(engine, order->actor, order->actor, &intent, &in);
    bool passes = gate_reapprove(&in, order->id, ret, &verdict);
    orders_close(&engine->orders, order);
    if (!passes)
        intents_refuse_verdict(engine, order->actor, &intent, &verdict,
                               "it was not sent again, and is dropped");
    return passes;
}

static void resend(struct engine *engine, struct order *order,
                   const struct approved_order *approved)
{
    order->resends++;
    order->unknown_ns = engine->now.mono_ns; /* the bound runs anew */
    order->missed_ns = 0;
    order->changed_wall_ns = engine->now.wall_ns;
    text_copy(order->reason, sizeof order->reason, RESENT, sizeof RESENT - 1);
    rate_add(&engine->messages, engine->now.mono_ns);
    rate_add(&engine->runners[order->actor].messages, engine->now.mono_ns);
    out_order(engine, order);
    struct command_place *c = &out_command(engine, COMMAND_PLACE)->place;
    c->order = *approved;
    c->id = order->id;
    c->product = order->product;
}

void resend_or_drop(struct engine *engine, struct order *order)
{
    struct approved_order approved;
    if (is_wanted(engine, order) && reapprove(engine, order, &approved))
        resend(engine, order, &approved);
    else
        venue_move(engine, order, STIMULUS_NEVER_THERE,
                   "never at the venue: two whole lists after expiry lacked it");
}
