#include "engine/parked.h"

#include <string.h>

#include "base/text.h"
#include "engine/cancels.h"
#include "engine/fills.h"
#include "engine/outbox.h"
#include "engine/venue.h"

/* As long as the venue may take to show what it was asked for: see reconcile.c. */
static const int64_t UNKNOWN_BOUND_NS = 240000000000;

/* By our id: the venue may have named the order since, and a twin has none of ours. */
static bool is_of(const struct parked *parked, struct client_id id, const struct venue_id *venue_id)
{
    if (client_id_is_set(id) && client_id_is_set(parked->id))
        return client_id_equal(parked->id, id);
    return venue_id->text[0] && strcmp(parked->venue_id.text, venue_id->text) == 0;
}

static struct order *order_of(struct engine *engine, const struct parked *parked)
{
    struct order *order = orders_find_venue(&engine->orders, &parked->venue_id);
    return order != NULL ? order : orders_find(&engine->orders, parked->id);
}

/* ---- on and off the list */

static void record(struct engine *engine, const struct parked *parked, bool on, const char *reason)
{
    struct record_parked *r = &out_record(engine, RECORD_PARKED)->parked;
    const char *product = out_scope_name(engine, LATCH_PRODUCT, parked->product);
    const char *name = out_actor_name(engine, parked->actor);
    r->on = on;
    r->parked = *parked;
    memset(r->parked.reason, 0, sizeof r->parked.reason);
    text_copy(r->parked.reason, sizeof r->parked.reason, reason, strnlen(reason, REASON_MAX));
    text_copy(r->product_id, sizeof r->product_id, product, strlen(product));
    text_copy(r->name, sizeof r->name, name, strlen(name));
}

static void forget(struct engine *engine, uint32_t at)
{
    uint32_t rest = --engine->parked_count - at;
    memmove(&engine->parked[at], &engine->parked[at + 1], rest * sizeof engine->parked[0]);
}

static void take_off(struct engine *engine, uint32_t at, const char *why)
{
    record(engine, &engine->parked[at].parked, false, why);
    forget(engine, at);
}

static bool make_room(struct engine *engine)
{
    if (engine->parked_count < MAX_PARKED)
        return true;
    for (uint32_t i = 0; i < engine->parked_count; i++)
        if (engine->parked[i].parked.kind == PARKED_NOT_SENT) {
            take_off(engine, i, "made room for another");
            return true;
        }
    return false;
}

void parked_add(struct engine *engine, const struct order *order, enum parked_kind kind,
                const char *reason)
{
    for (uint32_t i = 0; i < engine->parked_count; i++)
        if (is_of(&engine->parked[i].parked, order->id, &order->venue_id))
            return;
    if (!make_room(engine)) {
        out_alert(engine, "no room to park an order: ", parked_kind_text(kind), ", ",
                  order->venue_id.text);
        return;
    }
    struct parked_order *kept = &engine->parked[engine->parked_count++];
    memset(kept, 0, sizeof *kept);
    kept->since_wall_ns = engine->now.wall_ns;
    kept->parked = (struct parked){.kind = kind, .id = order->id, .venue_id = order->venue_id,
                                   .actor = order->actor, .product = order->product,
                                   .side = order->side, .price = order->price,
                                   .size = order_remaining(order)};
    if (kind == PARKED_NOT_SENT)
        kept->parked.size = order->size;
    text_copy(kept->parked.reason, REASON_MAX, reason, strnlen(reason, REASON_MAX));
    record(engine, &kept->parked, true, kept->parked.reason);
    if (kind == PARKED_UNKNOWN) /* the others were told of when they were found */
        out_alert(engine, "parked for the operator: ", parked_kind_meaning(kind), ", ",
                  order->venue_id.text);
}

void parked_look(struct engine *engine, uint64_t request)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (order->state != ORDER_UNKNOWN || order->listed == request ||
            (order->venue_id.text[0] == '\0' && order->filled.e9 == 0))
            continue;
        int64_t since_ns = order->unknown_ns > 0 ? order->unknown_ns : order->created_mono_ns;
        if (engine->now.mono_ns - since_ns >= UNKNOWN_BOUND_NS)
            parked_add(engine, order, PARKED_UNKNOWN, order->reason);
    }
}

void parked_due(struct engine *engine)
{
    for (uint32_t i = engine->parked_count; i-- > 0;) {
        const struct parked *parked = &engine->parked[i].parked;
        const struct order *order = order_of(engine, parked);
        if (parked->kind == PARKED_NOT_SENT)
            continue;
        bool over = order == NULL || !order_is_live(order->state) ||
                    (parked->kind == PARKED_UNKNOWN && order->state != ORDER_UNKNOWN);
        if (over)
            take_off(engine, i, order == NULL ? "gone" : order_state_text(order->state));
    }
}

static void take_off_order(struct engine *engine, const struct order *order, const char *why)
{
    for (uint32_t i = 0; i < engine->parked_count; i++)
        if (is_of(&engine->parked[i].parked, order->id, &order->venue_id)) {
            take_off(engine, i, why);
            return;
        }
}

/* ---- the operator's verbs */

static struct order *find_order(struct engine *engine, const char *text)
{
    struct client_id id;
    struct venue_id venue_id;
    size_t length = strnlen(text, VENUE_ID_MAX - 1);
    memset(&venue_id, 0, sizeof venue_id);
    memcpy(venue_id.text, text, length);
    struct order *order = orders_find_venue(&engine->orders, &venue_id);
    if (order == NULL && client_id_parse(text, length, &id))
        order = orders_find(&engine->orders, id);
    return order;
}

static void refuse(struct engine *engine, const struct event_operator *event, const char *a,
                   const char *b, const char *c)
{
    char text[160];
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, a, b, c, NULL);
    out_reply(engine, event->token, false, text);
}

static struct order *find_live(struct engine *engine, const struct event_operator *event)
{
    struct order *order = find_order(engine, event->id);
    if (order == NULL)
        refuse(engine, event, "no order has that id; see `orders` and `parked`", NULL, NULL);
    else if (!order_is_live(order->state))
        refuse(engine, event, "it has ended: ", order_state_text(order->state), NULL);
    else
        return order;
    return NULL;
}

static const char *what_forbids_adoption(const struct engine *engine, const struct order *order,
                                         const struct event_operator *event)
{
    if (order->actor != ACTOR_EXTERNAL)
        return "it has an owner; only what is not in the journal can be adopted";
    if (order->state == ORDER_CANCEL_SENT)
        return "its cancel has left: the venue's word comes, see `orders`";
    if (event->target != TARGET_STRATEGY)
        return NULL;
    if (!(engine->settings.strategies[event->index].products >> order->product & 1))
        return "that strategy may not trade this product; adopt it without one, or cancel it";
    if (order->filled.e9 > 0)
        return "part of it has filled as external; adopt it without a strategy, or cancel it";
    return NULL;
}

/* A name of generation 0: no script gives one, so that none of its own can meet it. */
static order_ref new_ref(struct engine *engine, actor_index actor)
{
    order_ref ref = (uint32_t)(engine->now.wall_ns / NS_PER_S);
    while (orders_find_ref(&engine->orders, actor, ref) != NULL)
        ref++;
    return ref;
}

void parked_adopt(struct engine *engine, const struct event_operator *event)
{
    struct order *order = find_live(engine, event);
    const char *wrong = order ? what_forbids_adoption(engine, order, event) : NULL;
    if (order == NULL)
        return;
    if (wrong != NULL) {
        refuse(engine, event, wrong, NULL, NULL);
        return;
    }
    take_off_order(engine, order, "adopted by the operator");
    order->cancel_wanted = false;
    order->adopted = true;
    if (event->target == TARGET_STRATEGY) {
        orders_open(&engine->orders, order);
        orders_set_owner(&engine->orders, order, event->index, new_ref(engine, event->index));
        orders_close(&engine->orders, order);
    }
    out_order(engine, order);
    out_reply(engine, event->token, true,
              event->target == TARGET_STRATEGY ? "it is the strategy's now, which was told"
                                               : "left to work as external; it counts as exposure");
}

void parked_cancel(struct engine *engine, const struct event_operator *event)
{
    struct order *order = find_live(engine, event);
    if (order == NULL)
        return;
    cancels_want(engine, order);
    out_reply(engine, event->token, true,
              order->venue_id.text[0] ? "its cancel is on its way"
                                      : "wanted: its cancel leaves when the venue has named it");
}

static bool drop_letter(struct engine *engine, const struct order *order)
{
    for (uint32_t i = 0; i < engine->parked_count; i++)
        if (engine->parked[i].parked.kind == PARKED_NOT_SENT &&
            is_of(&engine->parked[i].parked, order->id, &order->venue_id)) {
            take_off(engine, i, "dropped by the operator");
            return true;
        }
    return false;
}

void parked_drop(struct engine *engine, const struct event_operator *event)
{
    char reason[REASON_MAX];
    struct order *order = find_order(engine, event->id);
    if (order != NULL && drop_letter(engine, order)) {
        out_reply(engine, event->token, true, "off the list");
        return;
    }
    order = find_live(engine, event);
    if (order == NULL)
        return;
    if (order->state != ORDER_UNKNOWN) {
        refuse(engine, event, "the venue shows it ", order_state_text(order->state),
               ": only what is unknown can be dropped; cancel it");
        return;
    }
    memset(reason, 0, sizeof reason);
    out_join(reason, sizeof reason, "dropped by the operator: ", event->reason, NULL, NULL);
    venue_move(engine, order, STIMULUS_GIVEN_UP, reason);
    take_off_order(engine, order, "dropped by the operator");
    out_reply(engine, event->token, true, "given up: its exposure is released");
}

/* ---- the journal read back */

bool parked_restore(struct engine *engine, const struct record *record, actor_index actor,
                    product_index product)
{
    const struct parked *parked = &record->parked.parked;
    struct order *order = orders_find(&engine->orders, parked->id);
    if ((unsigned)parked->kind >= PARKED_KIND_COUNT || (unsigned)parked->side > SIDE_UNKNOWN)
        return false;
    for (uint32_t i = engine->parked_count; i-- > 0;)
        if (is_of(&engine->parked[i].parked, parked->id, &parked->venue_id))
            forget(engine, i);
    if (!record->parked.on || engine->parked_count == MAX_PARKED)
        return true;
    struct parked_order *kept = &engine->parked[engine->parked_count++];
    *kept = (struct parked_order){*parked, record->at.wall_ns};
    kept->parked.actor = actor;
    kept->parked.product = product;
    /* No list without it proves anything: see venue.c. */
    if (order != NULL && parked->kind == PARKED_UNKNOWN && order->venue_id.text[0] == '\0')
        order->parked = true;
    return true;
}

void parked_restore_verb(struct engine *engine, const struct event_operator *event)
{
    struct order *order = find_order(engine, event->id);
    if (order == NULL)
        return;
    if (event->verb == OPERATOR_CANCEL)
        cancels_want(engine, order);
    else if (event->verb == OPERATOR_ADOPT && order_is_live(order->state) &&
             what_forbids_adoption(engine, order, event) == NULL) {
        order->adopted = true;
        order->cancel_wanted = false;
    }
}
