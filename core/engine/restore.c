#include "engine/restore.h"

#include <string.h>

#include "base/text.h"
#include "engine/cancels.h"
#include "engine/consent.h"
#include "engine/daily.h"
#include "engine/fills.h"
#include "engine/funding.h"
#include "engine/intents.h"
#include "engine/lost.h"
#include "engine/operator.h"
#include "engine/outbox.h"
#include "engine/parked.h"
#include "engine/protect.h"
#include "engine/stage.h"
#include "engine/tail.h"
#include "engine/risk.h"

/* Products are found by name: the index was that of the config file of then. */
static product_index find_product(const struct engine *engine, const char *product_id)
{
    return catalog_find(&engine->settings.catalog, product_id,
                        strnlen(product_id, PRODUCT_ID_MAX));
}

/* Strategies likewise; NO_ACTOR: none of that name. */
enum { NO_ACTOR = MAX_STRATEGIES };
static actor_index find_strategy(const struct engine *engine, const char *name)
{
    for (actor_index i = 0; i < engine->settings.strategy_count; i++)
        if (strncmp(engine->settings.strategies[i].name, name, NAME_MAX_BYTES) == 0)
            return i;
    return NO_ACTOR;
}

/* What a strategy has left that is no longer configured is the operator's to look after. */
static bool find_actor(struct engine *engine, actor_index actor, const char *name,
                       actor_index *ret)
{
    *ret = actor;
    if (actor == ACTOR_OPERATOR || actor == ACTOR_EXTERNAL)
        return true;
    if (actor >= MAX_STRATEGIES || name[0] == '\0')
        return false;
    *ret = find_strategy(engine, name);
    if (*ret != NO_ACTOR)
        return true;
    *ret = ACTOR_OPERATOR;
    struct lost *lost = &engine->lost;
    if (lost->strategy[0] == '\0')
        text_copy(lost->strategy, sizeof lost->strategy, name, strnlen(name, NAME_MAX_BYTES));
    return true;
}

static void restore_sequence(struct engine *engine, struct client_id id)
{
    if (client_id_owner(id) == engine->settings.owner_tag &&
        client_id_boot(id) == client_id_boot(client_id_make(engine->settings.owner_tag,
                                                            engine->settings.boot_random, 0)) &&
        client_id_sequence(id) > engine->sequence)
        engine->sequence = client_id_sequence(id);
}

/* The highest price at which it could trade, as the gate has it, but for the bid of then: see
 * gate_value_price. */
static struct price value_price(const struct record_order *r)
{
    struct intent intent = {.side = r->side, .type = r->type, .price = r->price,
                            .stop_price = r->stop_price};
    struct gate_input in = {.intent = &intent, .worst = r->price};
    struct price price = gate_value_price(&in);
    return price.e9 > r->price.e9 ? price : r->price;
}

static struct order *add_order(struct engine *engine, const struct record *record,
                               product_index product, actor_index actor)
{
    const struct record_order *r = &record->order;
    bool market = r->type == ORDER_TYPE_MARKET;
    struct order order;
    memset(&order, 0, sizeof order);
    order.id = r->id;
    order.venue_id = r->venue_id;
    order.ref = r->ref;
    order.actor = actor;
    order.product = product;
    order.side = r->side;
    order.type = r->type;
    order.tif = r->tif;
    order.post_only = r->post_only;
    order.reduce_only = r->reduce_only;
    order.ours = client_id_is_set(r->id) && client_id_owner(r->id) == engine->settings.owner_tag;
    order.price.e9 = market ? 0 : r->price.e9;
    order.value_price = value_price(r);
    order.stop_price = r->stop_price;
    order.stop = r->stop;
    order.expires_wall_ns = r->expires_wall_ns;
    order.decision = r->decision;
    order.size = r->size;
    order.filled = r->filled;
    order.booked.e9 = actor == ACTOR_EXTERNAL ? r->filled.e9 : 0;
    order.state = r->state;
    order.created_wall_ns = order.met_wall_ns = record->at.wall_ns;
    if (actor == ACTOR_EXTERNAL)
        fills_meet(engine, &order);
    return orders_add(&engine->orders, &order);
}

/* One that is known by the venue's id alone may have that of ours: then ours was found to be
 * another and gave it up, which has no record of its own (venue.c, park). */
static struct order *find_order(struct engine *engine, const struct record_order *r)
{
    struct orders *orders = &engine->orders;
    bool named = client_id_is_set(r->id);
    struct order *order = named ? orders_find(orders, r->id)
                                : orders_find_venue(orders, &r->venue_id);
    if (order == NULL || named || !client_id_is_set(order->id))
        return order;
    order->parked = true;
    orders_clear_venue(orders, order);
    return NULL;
}

static bool restore_order(struct engine *engine, const struct record *record)
{
    const struct record_order *r = &record->order;
    product_index product = find_product(engine, r->product_id);
    actor_index actor;
    if (product == NO_PRODUCT) { /* what it held, positions compared tell */
        lost_add_order(engine, r);
        return true;
    }
    if (!find_actor(engine, r->actor, r->name, &actor) ||
        (unsigned)r->state >= ORDER_STATE_COUNT || (unsigned)r->side > SIDE_SELL ||
        r->size.e9 <= 0 || r->filled.e9 < 0)
        return false;
    struct order *order = find_order(engine, r);
    if (order != NULL && r->state == ORDER_INTENDED) /* that is an order's first record alone */
        return false;
    if (order == NULL) {
        if (!client_id_is_set(r->id) && r->venue_id.text[0] == '\0')
            return false;
        order = add_order(engine, record, product, actor);
        if (order == NULL)
            return false;
        restore_sequence(engine, r->id);
    }
    bool external = actor == ACTOR_EXTERNAL; /* others edit theirs */
    if (order->product != product || order->side != r->side ||
        /* While its strategy was not configured the operator stood for it. */
        (order->actor != actor && actor != ACTOR_OPERATOR && order->actor != ACTOR_EXTERNAL) ||
        (order->size.e9 != r->size.e9 && !external))
        return false;
    orders_open(&engine->orders, order);
    if (order->actor == ACTOR_EXTERNAL && actor < MAX_STRATEGIES) /* the operator gave it away */
        orders_set_owner(&engine->orders, order, actor, r->ref);
    order->size = r->size;
    if (external)
        fills_restore_told(order, r->filled); /* its fill was before the report */
    if (r->venue_id.text[0] && order->venue_id.text[0] == '\0')
        orders_set_venue(&engine->orders, order, &r->venue_id);
    order->state = r->state;
    order->filled = r->filled;
    order->changed_wall_ns = record->at.wall_ns;
    memcpy(order->reason, r->reason, sizeof order->reason);
    order->reason[sizeof order->reason - 1] = '\0';
    orders_close(&engine->orders, order);
    (void)fills_follow(engine, order);
    return true;
}

static bool restore_fill(struct engine *engine, const struct record_fill *record)
{
    struct record_fill fill = *record;
    fill.product = fill.fill.product = find_product(engine, record->product_id);
    if (fill.product == NO_PRODUCT)
        return true;
    return find_actor(engine, record->actor, record->name, &fill.actor) &&
           fills_restore(engine, &fill);
}

static bool restore_funding(struct engine *engine, const struct record_funding *record)
{
    actor_index actor;
    return find_actor(engine, record->actor, record->name, &actor) &&
           funding_restore(engine, record, find_product(engine, record->product_id), actor);
}

/* The index that a record's name has now; false when it has none. */
static bool find_index(const struct engine *engine, int scope, const char *name, uint8_t *ret)
{
    *ret = 0;
    if (scope == LATCH_STRATEGY)
        *ret = find_strategy(engine, name);
    if (scope == LATCH_PRODUCT)
        *ret = find_product(engine, name);
    return *ret != (scope == LATCH_STRATEGY ? (int)NO_ACTOR : (int)NO_PRODUCT);
}

static bool restore_latch(struct engine *engine, const struct record_latch *record)
{
    struct record_latch latch = *record;
    if (record->scope > LATCH_PRODUCT || (unsigned)record->state >= TRADING_STATE_COUNT ||
        (record->scope != LATCH_ACCOUNT && record->name[0] == '\0'))
        return false;
    if (record->scope == LATCH_ACCOUNT)
        lost_on_account(engine, record);
    if (!find_index(engine, (int)record->scope, record->name, &latch.index)) {
        lost_add_latch(engine, record);
        return true;
    }
    return guard_restore(&engine->guard, &latch);
}

static bool restore_operator(struct engine *engine, const struct record_operator *record)
{
    struct record_operator verb = *record;
    if (!find_index(engine, record->target, record->name, &verb.index))
        return record->name[0] != '\0';
    return operator_restore(engine, &verb);
}

static bool restore_consent(struct engine *engine, const struct record_consent *record)
{
    uint8_t index;
    if (record->consent.target > TARGET_PRODUCT)
        return false;
    if (!find_index(engine, record->consent.target, record->name, &index))
        index = NO_PRODUCT;
    return consent_restore(engine, record, index);
}

static bool restore_protect(struct engine *engine, const struct record_protect *record)
{
    product_index product = find_product(engine, record->product_id);
    actor_index actor = find_strategy(engine, record->name);
    if (record->product_id[0] == '\0' || record->name[0] == '\0')
        return false;
    if (product == NO_PRODUCT || actor == NO_ACTOR)
        return true; /* it guarded what is not configured: lost.c tells of that */
    return protect_restore(engine, actor, product, record);
}

static bool restore_parked(struct engine *engine, const struct record *record)
{
    const struct record_parked *r = &record->parked;
    product_index product = find_product(engine, r->product_id);
    actor_index actor;
    if (r->product_id[0] == '\0' || !find_actor(engine, r->parked.actor, r->name, &actor))
        return false;
    return product == NO_PRODUCT || /* lost.c tells of what was live there */
           parked_restore(engine, record, actor, product);
}

static bool restore_runner(struct engine *engine, const struct record_runner *record)
{
    if (record->runner >= MAX_RUNNERS)
        return false;
    struct runner *runner = &engine->runners[record->runner];
    if (record->generation > runner->generation_max)
        runner->generation_max = record->generation;
    return true;
}

static bool restore_refusal(struct engine *engine, const struct record *record)
{
    const struct record_refusal *r = &record->refusal;
    struct client_id none = {{0}};
    if ((unsigned)r->verdict.code >= REFUSAL_COUNT)
        return false;
    engine->now = record->at;
    intents_keep_verdict(engine, r->actor, &r->intent, &r->verdict, none, r->text);
    return true;
}

bool restore_record(struct engine *engine, const struct record *record)
{
    if (record->at.wall_ns > engine->journal_wall_ns)
        engine->journal_wall_ns = record->at.wall_ns;
    daily_restore(engine, record);
    switch (record->kind) {
    case RECORD_BOOT:
        if (engine->first_boot_wall_ns == 0)
            engine->first_boot_wall_ns = record->at.wall_ns;
        return true;
    case RECORD_ORDER: return restore_order(engine, record);
    case RECORD_FILL: return restore_fill(engine, &record->fill);
    case RECORD_REFUSAL: return restore_refusal(engine, record);
    case RECORD_LATCH: return restore_latch(engine, &record->latch);
    case RECORD_RUNNER: return restore_runner(engine, &record->runner);
    case RECORD_OPERATOR: return restore_operator(engine, &record->operator);
    case RECORD_FUNDING: return restore_funding(engine, &record->funding);
    case RECORD_KIND_END: return false;
    case RECORD_PARKED: return restore_parked(engine, record);
    case RECORD_PROTECT: return restore_protect(engine, &record->protect);
    case RECORD_CONSENT: return restore_consent(engine, &record->consent);
    case RECORD_RISK: return risk_restore(engine, &record->risk);
    case RECORD_STAGE: return stage_restore(engine, &record->stage);
    case RECORD_CANDLE:
        return tail_restore(engine, find_product(engine, record->candle.product_id),
                            &record->candle);
    case RECORD_LADDER:
    case RECORD_DAILY:
    case RECORD_MARK:
    case RECORD_RECONCILE: return true; /* for people; their effects have records of their own */
    }
    return false;
}

/* ---- the first step */

static bool begin_order(struct engine *engine, struct order *order)
{
    order->created_mono_ns = order->cancel_sent_ns = engine->now.mono_ns;
    order->unconfirmed = true;
    if (order->state == ORDER_CANCEL_SENT && order->ours) {
        order->cancel_wanted = true;
        engine_due(engine, engine->now.mono_ns);
    }
    /* Ours by its tag but no strategy's: nobody would look after it. */
    bool adopted = order->actor == ACTOR_EXTERNAL &&
                   (order->adopted ||
                    engine->settings.unknown_own_orders == UNKNOWN_OWN_ADOPT);
    if (order->actor >= MAX_STRATEGIES && order->ours && !adopted)
        cancels_want(engine, order);
    orders_open(&engine->orders, order);
    bool moved = order_move(order, STIMULUS_RESTARTED);
    if (moved)
        text_copy(order->reason, sizeof order->reason, "may have been sent before the restart", 37);
    orders_close(&engine->orders, order);
    cancels_consider(engine, order);
    if (moved)
        out_order(engine, order);
    return moved;
}

void restore_begin(struct engine *engine)
{
    uint32_t unknown = 0;
    engine->begun_wall_ns = engine->now.wall_ns;
    struct record_boot *boot = &out_record(engine, RECORD_BOOT)->boot;
    boot->owner_tag = engine->settings.owner_tag;
    boot->boot_random = engine->settings.boot_random;
    if (engine->first_boot_wall_ns == 0)
        engine->first_boot_wall_ns = engine->now.wall_ns;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order_is_live(order->state))
            unknown += begin_order(engine, order);
    }
    protect_begin(engine);
    consent_begin(engine);
    tail_begin(engine);
    lost_tell(engine);
    if (unknown > 0)
        out_alert(engine, "orders of the last run may have been sent: unknown until the venue says",
                  NULL, NULL, NULL);
    engine->cancels_look_ns = engine->now.mono_ns;
}
