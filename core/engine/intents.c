#include "engine/intents.h"

#include <string.h>

#include "base/text.h"
#include "engine/amend.h"
#include "engine/balance.h"
#include "engine/cancels.h"
#include "engine/consent.h"
#include "engine/judge.h"
#include "engine/ladder.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/protect.h"
#include "engine/reconcile.h"
#include "engine/risk.h"
#include "engine/strategies.h"
#include "engine/tail.h"

static const char FIRING[] = "its protection fires: the position is being closed";

/* ---- what is true now */

static struct gate_exposure exposure_of(struct size position, const struct exposure *sum)
{
    return (struct gate_exposure){.position = position,
                                  .working_buy = exposure_size(sum->buy),
                                  .working_sell = exposure_size(sum->sell)};
}

static uint32_t working_of(const struct engine *engine, actor_index actor)
{
    uint32_t count = 0;
    for (int i = 0; i < engine->settings.catalog.count; i++)
        count += engine->orders.actors[actor_slot(actor)][i].count;
    return count;
}

/* The same wish again inside the window: a loop, a double click, a restart of a script's logic.
 * Where more was asked for in it than is remembered, nobody knows that this one is new. */
static bool is_duplicate(const struct engine *engine, actor_index actor,
                         const struct intent *intent)
{
    uint64_t kept = engine->recent_count < RECENT_INTENTS ? engine->recent_count : RECENT_INTENTS;
    for (uint64_t i = 1; i <= kept; i++) {
        const struct recent_intent *r =
            &engine->recent[(engine->recent_count - i) % RECENT_INTENTS];
        if (engine->now.mono_ns - r->at_ns >= engine->settings.duplicate_window_ns)
            return false;
        if (r->actor == actor && r->product == intent->product && r->side == intent->side &&
            r->size.e9 == intent->size.e9 && r->price.e9 == intent->price.e9)
            return true;
    }
    return kept == RECENT_INTENTS;
}

static void fill_market(struct engine *engine, const struct intent *intent, struct gate_input *in)
{
    struct product *p = &engine->products[intent->product];
    struct level best;
    in->book_valid = market_book_is_good(engine, intent->product);
    in->book_age_ns = p->book_taken ? engine->now.mono_ns - p->book_ns : INT64_MAX;
    if (book_best(&p->book, SIDE_BUY, &best))
        in->bid = best.price;
    if (book_best(&p->book, SIDE_SELL, &best))
        in->ask = best.price;
    if (intent->type == ORDER_TYPE_MARKET && intent->size.e9 > 0) {
        struct book_walk walk = book_walk(&p->book, intent->side, intent->size);
        in->worst.e9 = walk.whole ? walk.worst.e9 : 0;
    }
    in->mark_valid = market_mark(engine, intent->product, &in->mark, &in->mark_age_ns);
    if (engine->portfolio.shown_account[intent->product].size.e9 != 0) {
        in->venue_mark = p->venue_mark;
        in->mark_then = p->mark_then;
    }
    in->last_good = p->watched.anchor;
    in->last_good_age_ns = engine->now.mono_ns - p->watched.anchor_ns;
}

static void fill_health(const struct engine *engine, struct gate_input *in)
{
    in->account_state = engine->guard.account.state;
    in->reconciled = engine->reconciled;
    in->market_up = engine->market_up && feed_is_usable(&engine->feed, STREAM_MARKET);
    in->user_up = engine->user_up && feed_is_usable(&engine->feed, STREAM_USER);
    in->journal_up = !engine->journal_dead;
    in->skew_known = engine->skew_known;
    in->skew_ns = engine->skew_ns;
}

static struct gate_others others_of(const struct engine *engine, product_index product)
{
    const struct exposure *sum = &engine->orders.actors[actor_slot(ACTOR_EXTERNAL)][product];
    return (struct gate_others){.buy = exposure_size(sum->buy),
                                .sell = exposure_size(sum->sell),
                                .product = sum->count,
                                .account = working_of(engine, ACTOR_EXTERNAL)};
}

void intents_gate_input(struct engine *engine, actor_index asking, actor_index actor,
                        const struct intent *intent, struct gate_input *ret)
{
    const struct orders *orders = &engine->orders;
    product_index i = intent->product;
    uint8_t slot = actor_slot(actor);
    int64_t now_ns = engine->now.mono_ns;
    memset(ret, 0, sizeof *ret);
    ret->settings = &engine->settings;
    ret->intent = intent;
    ret->actor = asking;
    ret->ladder = ladder_step(engine, i);
    ret->messages_account = rate_get(&engine->messages, now_ns);
    ret->cancels_account = rate_get(&engine->cancels, now_ns);
    fill_health(engine, ret);
    if (actor < MAX_STRATEGIES) {
        ret->strategy_state = engine->guard.strategies[actor].state;
        ret->manifest = engine->runners[actor].manifest;
        ret->messages_strategy = rate_get(&engine->runners[actor].messages, now_ns);
    }
    ret->working_strategy = working_of(engine, actor);
    ret->working_account = orders->account.count;
    ret->working_value_account.e18 = orders->account.value;
    if (i >= engine->settings.catalog.count)
        return;
    ret->instrument = &engine->settings.catalog.items[i];
    ret->product_state = engine->guard.products[i].state;
    fill_market(engine, intent, ret);
    ret->exposure = exposure_of(engine->portfolio.shown_account[i].size, &orders->products[i]);
    ret->strategy_exposure =
        exposure_of(engine->portfolio.shown[slot][i].size, &orders->actors[slot][i]);
    ret->others = others_of(engine, i);
    ret->venue_apart = reconcile_apart(engine, i);
    risk_fill_input(engine, actor, ret);
    tail_fill_input(engine, ret);
    ret->overridden = consent_overridden(engine, actor, i);
    ret->working_product = orders->products[i].count;
    ret->working_value_product.e18 = orders->products[i].value;
    ret->unknown_same_side = intent->side <= SIDE_SELL && orders->products[i].unknown[intent->side];
    /* The operator's flatten asks for the same again until the position is gone. */
    ret->wall_ns = engine->now.wall_ns;
    ret->duplicate = asking != ACTOR_OPERATOR && is_duplicate(engine, actor, intent);
}

/* ---- verdicts kept, told, journaled */

void intents_keep_verdict(struct engine *engine, actor_index actor, const struct intent *intent,
                          const struct verdict *verdict, struct client_id id, const char *text)
{
    struct verdict_row *row = &engine->verdicts[engine->verdict_count++ % VERDICTS_KEPT];
    memset(row, 0, sizeof *row);
    row->number = engine->verdict_count;
    row->wall_ns = engine->now.wall_ns;
    row->actor = actor;
    row->intent = *intent;
    row->verdict = *verdict;
    row->id = id;
    if (text != NULL)
        text_copy(row->text, sizeof row->text, text, strnlen(text, REASON_MAX));
}

/* A script that is refused ten thousand times a second shall not fill the journal with it. */
static bool is_to_be_recorded(struct engine *engine, actor_index actor)
{
    if (actor >= MAX_STRATEGIES)
        return true;
    struct runner *runner = &engine->runners[actor];
    int64_t second = engine->now.mono_ns / NS_PER_S;
    if (second != runner->refusal_second) {
        runner->refusal_second = second;
        runner->refusals_recorded = 0;
    }
    return runner->refusals_recorded++ < REFUSALS_RECORDED;
}

static void record_refusal(struct engine *engine, actor_index actor, const struct intent *intent,
                           const struct verdict *verdict, const char *text)
{
    struct record_refusal *r = &out_record(engine, RECORD_REFUSAL)->refusal;
    const char *product = out_scope_name(engine, LATCH_PRODUCT, intent->product);
    const char *name = out_actor_name(engine, actor);
    r->actor = actor;
    r->intent = *intent;
    r->verdict = *verdict;
    if (text != NULL)
        text_copy(r->text, sizeof r->text, text, strnlen(text, REASON_MAX));
    text_copy(r->product_id, sizeof r->product_id, product, strlen(product));
    text_copy(r->name, sizeof r->name, name, strlen(name));
    if (actor >= MAX_STRATEGIES)
        return;
    r->unrecorded = engine->runners[actor].refusals_unrecorded;
    engine->runners[actor].refusals_unrecorded = 0;
}

void intents_refuse_verdict(struct engine *engine, actor_index actor, const struct intent *intent,
                            const struct verdict *verdict, const char *text)
{
    struct client_id none = {{0}};
    if (text == NULL && verdict->code == REFUSED_MALFORMED)
        text = "its members contradict each other: see the strategy API";
    if (text == NULL && verdict->code == REFUSED_HEALTH)
        text = ladder_why(engine, intent->product);
    if (text == NULL && verdict->code == REFUSED_EQUITY)
        text = balance_why(engine);
    engine->counters.refusals[verdict->code]++;
    risk_on_refusal(engine, actor, verdict);
    if (actor < MAX_STRATEGIES)
        engine->runners[actor].refusals++;
    intents_keep_verdict(engine, actor, intent, verdict, none, text);
    if (is_to_be_recorded(engine, actor)) {
        record_refusal(engine, actor, intent, verdict, text);
    } else {
        engine->runners[actor].refusals_unrecorded++;
        engine->counters.refusals_unrecorded++;
    }
    struct notice *n = out_notice(engine, actor, NOTICE_REFUSAL, intent->product);
    if (n == NULL)
        return;
    n->refusal.ref = intent->ref;
    n->refusal.verdict = *verdict;
    if (text != NULL)
        text_copy(n->refusal.text, sizeof n->refusal.text, text, strnlen(text, REASON_MAX));
}

void intents_refuse(struct engine *engine, actor_index actor, const struct intent *intent,
                    enum refusal code, const char *text)
{
    struct verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    verdict.code = code;
    intents_refuse_verdict(engine, actor, intent, &verdict, text);
}

/* ---- an order is made */

static void remember(struct engine *engine, actor_index actor, const struct intent *intent)
{
    engine->recent[engine->recent_count++ % RECENT_INTENTS] =
        (struct recent_intent){engine->now.mono_ns, intent->price, intent->size,
                               actor, intent->product, intent->side};
    rate_add(&engine->messages, engine->now.mono_ns);
    if (actor < MAX_STRATEGIES)
        rate_add(&engine->runners[actor].messages, engine->now.mono_ns);
}

static struct order *add_order(struct engine *engine, actor_index actor,
                               const struct intent *intent, struct client_id id,
                               struct price value_price)
{
    struct order order;
    memset(&order, 0, sizeof order);
    order.id = id;
    order.ref = intent->ref;
    order.actor = actor;
    order.product = intent->product;
    order.side = intent->side;
    order.type = intent->type;
    order.tif = intent->tif;
    order.post_only = intent->post_only;
    order.reduce_only = intent->reduce_only;
    order.ours = true;
    order.price = intent->price;
    order.value_price = value_price;
    order.size = intent->size;
    order.stop_price = intent->stop_price;
    order.stop = intent->stop;
    order.expires_wall_ns = intent->expires_wall_ns;
    order.decision = engine->products[intent->product].mid;
    order.state = ORDER_INTENDED;
    order.created_mono_ns = engine->now.mono_ns;
    order.created_wall_ns = order.changed_wall_ns = engine->now.wall_ns;
    return orders_add(&engine->orders, &order);
}

/* One that an order has already, whoever gave it, is passed over. */
struct client_id intents_next_id(struct engine *engine)
{
    uint64_t sequence = engine->sequence;
    struct client_id id;
    do
        id = client_id_make(engine->settings.owner_tag, engine->settings.boot_random, ++sequence);
    while (orders_find(&engine->orders, id) != NULL);
    return id;
}

bool intents_place(struct engine *engine, actor_index asking, actor_index actor,
                   const struct intent *asked, struct verdict *ret)
{
    struct intent copy = *asked, *intent = &copy;
    struct gate_input in;
    struct approved_order approved;
    struct client_id id = intents_next_id(engine);
    /* Until the first comparison nobody knows what would reduce: nothing leaves at all. */
    if (engine->counters.reconciles == 0) {
        ret->code = REFUSED_HEALTH;
        return false;
    }
    intents_gate_input(engine, asking, actor, intent, &in);
    /* A stop that can do nothing but reduce is an exit, said or not: see sweep.h. */
    if (intent->type == ORDER_TYPE_STOP_LIMIT && gate_is_reducing(&in))
        intent->reduce_only = true;
    if (!gate_approve(&in, id, &approved, ret))
        return false;
    struct order *order = add_order(engine, actor, intent, id, gate_value_price(&in));
    if (order == NULL) {
        ret->code = REFUSED_FULL;
        return false;
    }
    engine->sequence = client_id_sequence(id);
    engine->counters.orders++;
    remember(engine, actor, intent);
    risk_on_order(engine, asking);
    intents_keep_verdict(engine, actor, intent, ret, id, NULL);
    out_order(engine, order);
    struct command_place *c = &out_command(engine, COMMAND_PLACE)->place;
    c->order = approved;
    c->id = id;
    c->product = intent->product;
    c->caused_ns = intent->caused_ns;
    return true;
}

static bool place_or_refuse(struct engine *engine, actor_index asking, actor_index actor,
                            const struct intent *intent, struct verdict *ret)
{
    memset(ret, 0, sizeof *ret);
    if (intents_place(engine, asking, actor, intent, ret))
        return true;
    intents_refuse_verdict(engine, asking, intent, ret, NULL);
    return false;
}

void intents_finish(struct engine *engine, actor_index actor, const struct intent *intent)
{
    struct verdict verdict;
    if (intent->kind == INTENT_AMEND)
        amend_begin(engine, actor, intent);
    else if (protect_is_firing(engine, actor, intent->product))
        intents_refuse(engine, actor, intent, REFUSED_STRATEGY_STATE, FIRING);
    else
        (void)place_or_refuse(engine, actor, actor, intent, &verdict);
}

bool intents_place_for_operator(struct engine *engine, actor_index actor,
                                const struct intent *intent, struct verdict *ret)
{
    return place_or_refuse(engine, ACTOR_OPERATOR, actor, intent, ret);
}

bool intents_place_for_protection(struct engine *engine, actor_index actor,
                                  const struct intent *intent, struct verdict *ret)
{
    return place_or_refuse(engine, actor, actor, intent, ret);
}

/* ---- a strategy asks */

static const char BAD_NAME[] = "an order needs a name that is not in use: see the strategy API";

static bool is_name_taken(struct engine *engine, actor_index actor, order_ref ref)
{
    const struct order *order = orders_find_ref(&engine->orders, actor, ref);
    if ((order != NULL && order_is_live(order->state)) ||
        amend_find(engine, actor, ref) != NULL)
        return true;
    for (uint32_t i = 0; engine->pending_count > 0 && i < MAX_PENDING_INTENTS; i++)
        if (engine->pending[i].used && engine->pending[i].actor == actor &&
            engine->pending[i].intent.ref == ref)
            return true;
    return false;
}

void intents_ask(struct engine *engine, actor_index actor, const struct intent *intent)
{
    struct gate_input in;
    struct approved_order approved;
    struct verdict verdict;
    enum refusal code;
    memset(&verdict, 0, sizeof verdict);
    intents_gate_input(engine, actor, actor, intent, &in);
    if (engine->settings.rule_count == 0 || gate_is_reducing(&in))
        intents_finish(engine, actor, intent);
    else if (!gate_approve(&in, intents_next_id(engine), &approved, &verdict))
        intents_refuse_verdict(engine, actor, intent, &verdict, NULL);
    else if (!judge_begin(engine, actor, intent, gate_value_price(&in), &code))
        intents_refuse(engine, actor, intent, code, NULL);
}

static bool may_trade(const struct engine *engine, actor_index actor, product_index product)
{
    return product < engine->settings.catalog.count &&
           engine->settings.strategies[actor].products >> product & 1;
}

/* A new order, or one that takes another's place. What its members mean together is the gate's. */
static void want_order(struct engine *engine, actor_index actor, const struct intent *asked)
{
    struct intent intent = *asked;
    bool named = intent.ref != 0 && !is_name_taken(engine, actor, intent.ref);
    if (intent.kind != INTENT_AMEND && !may_trade(engine, actor, intent.product))
        intents_refuse(engine, actor, &intent, REFUSED_OWNER, NULL);
    else if (!named)
        intents_refuse(engine, actor, &intent, REFUSED_MALFORMED, BAD_NAME);
    else if (engine->stopping)
        intents_refuse(engine, actor, &intent, REFUSED_STATE, "the host is stopping");
    else if (intent.kind == INTENT_AMEND)
        amend_want(engine, actor, &intent);
    else if (protect_is_firing(engine, actor, intent.product))
        intents_refuse(engine, actor, &intent, REFUSED_STRATEGY_STATE, FIRING);
    else if (intent.kind == INTENT_CLOSE)
        amend_close(engine, actor, &intent);
    else {
        if (intent.type == ORDER_TYPE_MARKET)
            intent.tif = TIF_IOC;
        intents_ask(engine, actor, &intent);
    }
}

static void want_cancel(struct engine *engine, actor_index actor, const struct intent *intent)
{
    struct order *order = orders_find_ref(&engine->orders, actor, intent->ref);
    if (judge_withdraw(engine, actor, intent->ref) ||
        amend_withdraw(engine, actor, intent->ref))
        return;
    if (order == NULL)
        intents_refuse(engine, actor, intent, REFUSED_OWNER, "no order of that name");
    else if (!order_is_live(order->state))
        out_order_notice(engine, order); /* it ended before: say again how */
    else
        cancels_want(engine, order);
}

void intents_on_intent(struct engine *engine, const struct event_intent *event)
{
    if (event->runner >= engine->settings.strategy_count ||
        !strategies_is_current(engine, event->runner, event->generation)) {
        engine->counters.old_generation++;
        return;
    }
    engine->runners[event->runner].intents++;
    switch (event->intent.kind) {
    case INTENT_PLACE:
    case INTENT_AMEND:
    case INTENT_CLOSE: want_order(engine, event->runner, &event->intent); return;
    case INTENT_PROTECT: protect_on_intent(engine, event->runner, &event->intent); return;
    case INTENT_CANCEL: want_cancel(engine, event->runner, &event->intent); return;
    case INTENT_CANCEL_ALL:
        cancels_want_all(engine, event->runner, event->intent.product);
        return;
    case INTENT_KIND_COUNT: break;
    }
    intents_refuse(engine, event->runner, &event->intent, REFUSED_MALFORMED, "unknown kind");
}
