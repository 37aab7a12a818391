#include "engine/venue.h"

#include <string.h>

#include "base/text.h"
#include "engine/cancels.h"
#include "engine/external.h"
#include "engine/fills.h"
#include "engine/outbox.h"
#include "engine/parked.h"
#include "engine/reconcile.h"
#include "engine/risk.h"
#include "engine/watch.h"
#include "engine/stage.h"

/* A REST list asked for this long after a cancel shows what the cancel did, or did not do. */
static const int64_t CANCEL_SETTLED_NS = 5000000000;

static void set_reason(struct order *order, const char *reason)
{
    text_copy(order->reason, sizeof order->reason, reason, strlen(reason));
}

static void after_change(struct engine *engine, struct order *order)
{
    order->changed_wall_ns = engine->now.wall_ns;
    if (order->state != ORDER_UNKNOWN)
        order->unknown_ns = order->missed_ns = 0;
    else if (order->unknown_ns == 0)
        order->unknown_ns = engine->now.mono_ns;
    out_order(engine, order);
    fills_show(engine, order);
    cancels_consider(engine, order);
    if (order->amending)
        engine_due(engine, engine->now.mono_ns); /* it may make room now */
}

void venue_move(struct engine *engine, struct order *order, enum order_stimulus stimulus,
                const char *reason)
{
    orders_open(&engine->orders, order);
    bool moved = order_move(order, stimulus);
    if (moved)
        set_reason(order, reason);
    orders_close(&engine->orders, order);
    if (moved)
        after_change(engine, order);
}

/* ---- replies */

static bool learn_venue_id(struct engine *engine, struct order *order, const struct venue_id *id)
{
    if (id->text[0] == '\0' || order->venue_id.text[0] != '\0' ||
        orders_find_venue(&engine->orders, id) != NULL)
        return false;
    orders_set_venue(&engine->orders, order, id);
    (void)fills_claim(engine, order);
    if (engine->stage_count > 0)
        reconcile_want(engine, LIST_FILLS); /* one that waits may be its fill */
    return true;
}

static enum order_stimulus stimulus_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ACCEPTED: return STIMULUS_ACCEPTED;
    case OUTCOME_REFUSED: return STIMULUS_REFUSED;
    case OUTCOME_NOT_SENT: return STIMULUS_NOT_SENT;
    case OUTCOME_UNKNOWN: break;
    }
    return STIMULUS_NO_WORD;
}

void venue_on_place_reply(struct engine *engine, const struct event_place_reply *event)
{
    struct order *order = orders_find(&engine->orders, event->client_id);
    enum outcome outcome = event->outcome;
    if (order == NULL)
        return;
    /* Accepted without an id is no acceptance: nothing could be cancelled or found by it. */
    if (outcome == OUTCOME_ACCEPTED && event->venue_id.text[0] == '\0') {
        outcome = OUTCOME_UNKNOWN;
        out_alert(engine, engine->settings.catalog.items[order->product].product_id,
                  ": the venue accepted an order without an id of its own: unknown", NULL, NULL);
    }
    enum order_stimulus stimulus = stimulus_of(outcome);
    orders_open(&engine->orders, order);
    bool learnt = outcome == OUTCOME_ACCEPTED && learn_venue_id(engine, order, &event->venue_id);
    bool moved = order_move(order, stimulus);
    if (moved && event->reason[0])
        set_reason(order, event->reason);
    orders_close(&engine->orders, order);
    if (moved || learnt)
        after_change(engine, order);
    if (moved)
        stage_on_reply(engine, order, outcome);
    if (moved && order->state == ORDER_REFUSED)
        risk_on_reject(engine, order->actor);
    /* What the host asked for by itself it asks for again by itself. */
    if (moved && stimulus == STIMULUS_NOT_SENT && order->ref != 0)
        parked_add(engine, order, PARKED_NOT_SENT, order->reason);
    bool contradicts = stimulus == STIMULUS_REFUSED && order_is_live(order->state);
    if (stimulus == STIMULUS_NO_WORD || contradicts) {
        reconcile_want(engine, LIST_ORDERS);
        reconcile_want(engine, LIST_FILLS);
    }
}

void venue_on_cancel_reply(struct engine *engine, const struct event_cancel_reply *event)
{
    struct order *order = orders_find_venue(&engine->orders, &event->venue_id);
    if (order == NULL && client_id_is_set(event->client_id))
        order = orders_find(&engine->orders, event->client_id);
    if (order == NULL || order->state != ORDER_CANCEL_SENT || event->outcome == OUTCOME_ACCEPTED)
        return;
    /* Refused, lost or not sent: the order may be filled, gone, or open. The venue's list tells. */
    order->cancel_failed = true;
    reconcile_want(engine, LIST_ORDERS);
}

/* ---- reports */

static bool status_is_ended(enum venue_status status)
{
    return status == VENUE_FILLED || status == VENUE_CANCELLED || status == VENUE_EXPIRED ||
           status == VENUE_FAILED;
}

/* An open order in a list asked for after its cancel had failed, or had had its time. */
static bool shows_cancel_void(const struct engine *engine, const struct order *order,
                              const struct event_order_report *report)
{
    const struct list_state *list = &engine->lists[LIST_ORDERS];
    if (order->state != ORDER_CANCEL_SENT || report->source != REPORT_REST || !list->outstanding ||
        list->sent_ns < order->cancel_sent_ns)
        return false;
    return order->cancel_failed || list->sent_ns - order->cancel_sent_ns >= CANCEL_SETTLED_NS;
}

static enum order_stimulus stimulus_of_report(const struct engine *engine,
                                              const struct order *order,
                                              const struct event_order_report *report)
{
    struct size ever = order->filled;
    if (!size_add(ever, order->reversed, &ever) || order->filled.e9 >= order->size.e9 ||
        (report->status == VENUE_FILLED && ever.e9 >= order->size.e9))
        return STIMULUS_WHOLLY_FILLED;
    switch (report->status) {
    case VENUE_PENDING:
    case VENUE_QUEUED:
    case VENUE_EDIT_QUEUED:
    case VENUE_OPEN:
        return shows_cancel_void(engine, order, report) ? STIMULUS_CANCEL_VOID
                                                        : STIMULUS_SHOWN_OPEN;
    case VENUE_CANCEL_QUEUED: return STIMULUS_SHOWN_CANCELLING;
    case VENUE_CANCELLED: return STIMULUS_CANCELLED;
    case VENUE_EXPIRED: return STIMULUS_EXPIRED;
    case VENUE_FAILED: return STIMULUS_FAILED;
    /* FILLED with less than the size told: the quantity is what counts, and it will come. */
    case VENUE_FILLED:
    case VENUE_STATUS_UNKNOWN: break;
    }
    return STIMULUS_SHOWN_OTHER;
}

/* The venue itself had shown it failed: a frame of the stream that says less is an older one. */
static bool has_failed(const struct order *order, const struct event_order_report *report)
{
    return order->state == ORDER_REFUSED && order->venue_id.text[0] != '\0' &&
           report->source != REPORT_REST && order->filled.e9 < order->size.e9;
}

static void tell_revived(struct engine *engine, const struct order *order, enum order_state was)
{
    if (!order_is_live(order->state) || order_is_live(was))
        return;
    out_alert(engine, was == ORDER_REFUSED ? "the venue shows an order it had refused: "
                                           : "the venue shows an order we had given up: ",
              order->venue_id.text, ", counted as exposure", NULL);
}

/* Others may edit their orders; the largest size told is what can fill. */
static bool grow_external(struct order *order, const struct event_order_report *report)
{
    struct size size = report->size, told;
    if (order->actor != ACTOR_EXTERNAL)
        return false;
    if (report->leaves.e9 > 0 && size_add(report->filled, report->leaves, &told) &&
        told.e9 > size.e9)
        size = told;
    if (size.e9 <= order->size.e9)
        return false;
    order->size = size;
    return true;
}

static void apply_report(struct engine *engine, struct order *order,
                         const struct event_order_report *report)
{
    enum order_state was = order->state;
    bool failed = has_failed(order, report);
    bool listed = report->source == REPORT_REST;
    struct size filled = order->filled;
    order->unconfirmed = false;
    orders_open(&engine->orders, order);
    bool changed = learn_venue_id(engine, order, &report->venue_id);
    changed = grow_external(order, report) || changed;
    if (fills_progress(engine, order, report->filled, report->average_price)) {
        if (!failed)
            order_move(order, STIMULUS_PART_FILLED);
        changed = true;
    }
    if (!failed || order->filled.e9 >= order->size.e9)
        order_move(order, stimulus_of_report(engine, order, report));
    if (order->state != was && report->reason[0])
        set_reason(order, report->reason);
    orders_close(&engine->orders, order);
    if (changed || order->state != was)
        after_change(engine, order);
    if (order->state == ORDER_REFUSED && was != ORDER_REFUSED)
        risk_on_reject(engine, order->actor);
    if (!listed)
        watch_heard_user(engine, order);
    else if (order->filled.e9 > filled.e9 || order_is_live(was) != order_is_live(order->state))
        watch_expect_user(engine, order);
    tell_revived(engine, order, was);
}

static const char *adopted_words(const struct engine *engine, bool tagged, bool twin)
{
    if (!tagged)
        return "not ours";
    if (twin)
        return "under a client id of ours that another has, to be cancelled";
    return engine->settings.unknown_own_orders == UNKNOWN_OWN_ADOPT
               ? "ours by its tag, unknown to the journal, adopted"
               : "ours by its tag, unknown to the journal, to be cancelled";
}

/* Orders that the venue shows and our journal does not know: they count, they alarm, and those that
 * carry our tag are cancelled, for no strategy would look after them, unless the operator's policy
 * is to let them work; twins go whatever the policy. */
static void adopt(struct engine *engine, const struct event_order_report *report, bool twin)
{
    struct order order;
    struct size size = report->size;
    bool tagged = report->has_client_id &&
                  client_id_owner(report->client_id) == engine->settings.owner_tag;
    /* What it filled before we met it counts when its fills are read: soon. */
    if (report->filled.e9 > 0 && report->source == REPORT_USER_UPDATE)
        reconcile_want(engine, LIST_FILLS);
    if (status_is_ended(report->status) || report->venue_id.text[0] == '\0' ||
        (report->side != SIDE_BUY && report->side != SIDE_SELL))
        return;
    if (size.e9 <= 0 && !size_add(report->filled, report->leaves, &size))
        return;
    if (size.e9 <= 0 || size.e9 < report->filled.e9) {
        /* Its size was not told: the list of orders tells it. */
        if (report->source != REPORT_REST)
            reconcile_want(engine, LIST_ORDERS);
        return;
    }
    memset(&order, 0, sizeof order);
    if (report->has_client_id && !twin)
        order.id = report->client_id;
    order.venue_id = report->venue_id;
    order.actor = ACTOR_EXTERNAL;
    order.ours = tagged;
    order.product = report->product;
    order.side = report->side;
    order.type = report->type;
    order.tif = report->tif;
    order.price = order.value_price = report->limit_price;
    order.size = size;
    order.filled = order.booked = report->filled;
    order.met_wall_ns = order.changed_wall_ns = engine->now.wall_ns;
    order.state = report->status == VENUE_CANCEL_QUEUED ? ORDER_CANCEL_SENT : ORDER_OPEN;
    order.created_mono_ns = engine->now.mono_ns;
    order.cancel_sent_ns = engine->now.mono_ns;
    order.created_wall_ns = report->created_ns > 0 ? report->created_ns : engine->now.wall_ns;
    const char *words = adopted_words(engine, tagged, twin);
    text_copy(order.reason, sizeof order.reason, words, strlen(words));
    fills_meet(engine, &order);
    struct order *kept = orders_add(&engine->orders, &order);
    if (kept == NULL) {
        out_alert(engine, "no room for an order the venue shows: ", order.venue_id.text, NULL,
                  NULL);
        return;
    }
    out_order(engine, kept);
    reconcile_tell(engine, order.product, (struct size){0}, size, kept->reason);
    out_alert(engine, engine->settings.catalog.items[order.product].product_id, ": an order ",
              kept->reason, ", counted as exposure");
    parked_add(engine, kept, twin ? PARKED_COLLISION : tagged ? PARKED_OWN : PARKED_EXTERNAL,
               kept->reason);
    if (tagged && (twin || engine->settings.unknown_own_orders == UNKNOWN_OWN_CANCEL))
        cancels_want(engine, kept);
}

static bool is_other_id(const struct order *order, const struct event_order_report *report)
{
    return order->venue_id.text[0] && report->venue_id.text[0] &&
           strcmp(order->venue_id.text, report->venue_id.text) != 0;
}

/* An order under a client id that is another's already: it counts and, ours by its tag, goes. */
static void track_twin(struct engine *engine, const struct event_order_report *report)
{
    struct order *twin = orders_find_venue(&engine->orders, &report->venue_id);
    if (twin == NULL) {
        adopt(engine, report, true);
        twin = orders_find_venue(&engine->orders, &report->venue_id);
    }
    if (twin == NULL)
        return;
    twin->listed = engine->lists[LIST_ORDERS].request;
    apply_report(engine, twin, report);
}

/* Two venue ids for one client id: both are live, both are to go, and somebody must look. */
static void report_twin(struct engine *engine, struct order *order,
                        const struct event_order_report *report)
{
    if (orders_find_venue(&engine->orders, &report->venue_id) == NULL) {
        out_alert(engine, "the venue has two orders under one client id: ", order->venue_id.text,
                  " and ", report->venue_id.text);
        cancels_want(engine, order);
        parked_add(engine, order, PARKED_COLLISION, "the venue has two orders under its client id");
    }
    track_twin(engine, report);
}

/* Of an order found by its client id. An id of ours from an old day, or one that another hand has
 * edited: what the venue shows under our client id is not the order that the gate approved. Prices
 * and sizes that were not told prove nothing; neither does a clock that is off by less than half a
 * day. */
static bool is_another(const struct order *order, const struct event_order_report *report)
{
    const int64_t half_a_day_ns = 12 * 3600 * NS_PER_S;
    if (!order->ours || order->actor == ACTOR_EXTERNAL)
        return false;
    return (report->size.e9 > 0 && report->size.e9 != order->size.e9) ||
           (order->type == ORDER_TYPE_LIMIT && report->limit_price.e9 > 0 &&
            report->limit_price.e9 != order->price.e9) ||
           (report->created_ns > 0 &&
            order->created_wall_ns - report->created_ns > half_a_day_ns);
}

/* The venue answered with an order that is not this one: whether this one is there is not told by
 * anything that carries its id. A person must look; the other counts and goes as a twin. */
static void park(struct engine *engine, struct order *order,
                 const struct event_order_report *report)
{
    if (!order->parked)
        out_alert(engine, "the venue shows another order under our client id, parked: ",
                  report->venue_id.text, ": compare and drop or cancel by hand", NULL);
    order->parked = true;
    if (strcmp(order->venue_id.text, report->venue_id.text) == 0)
        orders_clear_venue(&engine->orders, order);
    if (order_is_live(order->state))
        venue_move(engine, order, STIMULUS_MISSING,
                   "parked: the venue's order of its id is another");
    if (order_is_live(order->state))
        parked_add(engine, order, PARKED_UNKNOWN, order->reason);
    track_twin(engine, report);
}

void venue_on_report(struct engine *engine, const struct event_order_report *report)
{
    struct order *order = NULL;
    if (report->product >= engine->settings.catalog.count || report->filled.e9 < 0)
        return;
    external_on_report(engine, report);
    if (report->has_client_id)
        order = orders_find(&engine->orders, report->client_id);
    if (order != NULL && is_another(order, report)) {
        park(engine, order, report);
        return;
    }
    if (order != NULL && is_other_id(order, report)) {
        report_twin(engine, order, report);
        return;
    }
    if (order == NULL)
        order = orders_find_venue(&engine->orders, &report->venue_id);
    if (order == NULL) {
        adopt(engine, report, false);
        order = orders_find_venue(&engine->orders, &report->venue_id);
    }
    if (order == NULL)
        return;
    if (report->source == REPORT_REST && engine->lists[LIST_ORDERS].outstanding)
        order->listed = engine->lists[LIST_ORDERS].request;
    if (order->product != report->product || order->side != report->side) {
        out_alert(engine, "a report contradicts the order it names: ", order->venue_id.text, NULL,
                  NULL);
        return;
    }
    apply_report(engine, order, report);
}
