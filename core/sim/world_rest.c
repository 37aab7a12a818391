/* Requests and their replies. */
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "model/client_id.h"
#include "sim/world_private.h"

static const int64_t MS = 1000000, SECOND = 1000000000;
static const int64_t TIMEOUT_NS = 10000000000;   /* the host's own, of a request */
static const int64_t TOKEN_NS = 120000000000;    /* what comes later is turned away */

static int64_t soon(struct world *world)
{
    return world->now_ns + 20 * MS + world_chance(world, 60 * MS);
}

static void post(struct world *world, const struct event *event, int64_t at_ns)
{
    struct letter *letter = mail_post_event(&world->mail, event, at_ns);
    letter->host = world->host;
}

/* Of a roll's bits: a time up to `most_ns`. */
static int64_t up_to(uint64_t roll, int64_t most_ns)
{
    return (int64_t)((roll >> 16) % (uint64_t)most_ns) + 1;
}

/* ---- place */

static void reply_place(struct world *world, struct client_id id, enum outcome outcome,
                        const char *venue_id, const char *reason, int64_t at_ns)
{
    struct event event = {.kind = EVENT_PLACE_REPLY};
    struct event_place_reply *reply = &event.place_reply;
    reply->client_id = id;
    reply->outcome = outcome;
    text_copy(reply->venue_id.text, sizeof reply->venue_id.text, venue_id, strlen(venue_id));
    text_copy(reply->reason, sizeof reply->reason, reason, strlen(reason));
    post(world, &event, at_ns);
}

static struct letter *post_place(struct world *world, const struct venue_request *request,
                                 struct client_id id, uint32_t order, int64_t at_ns)
{
    struct letter *letter = mail_post(&world->mail, LETTER_PLACE, at_ns);
    letter->host = world->host;
    letter->place.request = *request;
    letter->place.id = id;
    letter->place.sent_ns = world->now_ns;
    auditor_leaves(world->auditor, order, request);
    return letter;
}

static void say_nothing(struct world *world, struct client_id id, uint64_t roll)
{
    /* A time-out, or a connection that breaks before that. */
    int64_t after_ns = roll & 1 ? TIMEOUT_NS : up_to(roll, TIMEOUT_NS);
    reply_place(world, id, OUTCOME_UNKNOWN, "", "no reply came", world->now_ns + after_ns);
}

void world_place(struct world *world, const struct venue_request *request, struct client_id id)
{
    uint32_t order = auditor_order(world->auditor, request->client_id);
    const struct fault *fault;
    if (world_strike(world, FAULT_PLACE_UNSENT)) {
        reply_place(world, id, OUTCOME_NOT_SENT, "", "connection refused", world->now_ns + MS);
        return;
    }
    if ((fault = world_strike(world, FAULT_PLACE_LOST)) != NULL) {
        auditor_leaves(world->auditor, order, request);
        auditor_arrives(world->auditor, order);
        say_nothing(world, id, fault->roll);
        return;
    }
    int64_t at_ns = soon(world);
    if ((fault = world_strike(world, FAULT_PLACE_LATE)) != NULL)
        at_ns = world->now_ns + up_to(fault->roll, 125 * SECOND);
    struct letter *letter = post_place(world, request, id, order, at_ns);
    if (!fault)
        fault = world_strike(world, FAULT_PLACE_MUTE);
    if (fault) {
        letter->mute = true;
        say_nothing(world, id, fault->roll);
    }
    if ((fault = world_strike(world, FAULT_PLACE_SLOW)) != NULL)
        letter->reply_late_ns = up_to(fault->roll, 9 * SECOND);
    letter->no_id = world_strike(world, FAULT_PLACE_NO_ID) != NULL;
    letter->doubled = world_strike(world, FAULT_REPLY_TWICE) != NULL;
    if ((fault = world_strike(world, FAULT_PLACE_TWICE)) != NULL) {
        letter = post_place(world, request, id, order, at_ns + up_to(fault->roll, 3 * SECOND));
        letter->again = true;
        auditor_arrives(world->auditor, order); /* it adds nothing: see world_take_place */
    }
}

void world_take_place(struct world *world, const struct letter *letter)
{
    const struct venue_order *order = NULL;
    const struct venue_request *request = &letter->place.request;
    uint32_t at = auditor_order(world->auditor, request->client_id);
    /* The second copy of what was refused goes no further: whoever doubled it had its answer. */
    if (letter->again && !world->auditor->orders[at].known)
        return;
    if (!letter->again)
        auditor_arrives(world->auditor, at);
    if (world->now_ns - letter->place.sent_ns >= TOKEN_NS)
        return;
    enum venue_refusal refusal = venue_sim_place(world->venue, request, &order);
    if (letter->mute || letter->again || letter->host != world->host)
        return;
    int64_t at_ns = soon(world) + letter->reply_late_ns;
    for (int i = 0; i <= letter->doubled; i++)
        if (refusal == VENUE_ACCEPTED)
            reply_place(world, letter->place.id, OUTCOME_ACCEPTED, letter->no_id ? "" : order->id,
                        "", at_ns + i * 200 * MS);
        else
            reply_place(world, letter->place.id, OUTCOME_REFUSED, "",
                        venue_refusal_reason(refusal), at_ns + i * 200 * MS);
}

/* ---- cancel */

static void reply_cancel(struct world *world, const struct command_cancel *cancel,
                         enum outcome outcome, const char *reason, int64_t at_ns)
{
    struct event event = {.kind = EVENT_CANCEL_REPLY};
    event.cancel_reply.client_id = cancel->id;
    event.cancel_reply.venue_id = cancel->venue_id;
    event.cancel_reply.outcome = outcome;
    text_copy(event.cancel_reply.reason, REASON_MAX, reason, strlen(reason));
    post(world, &event, at_ns);
}

void world_cancel(struct world *world, const struct command_cancel *cancel)
{
    const struct fault *fault;
    bool nameless = cancel->venue_id.text[0] == '\0';
    if (nameless || world_strike(world, FAULT_CANCEL_UNSENT)) {
        reply_cancel(world, cancel, OUTCOME_NOT_SENT, "not sent", world->now_ns + MS);
        return;
    }
    if ((fault = world_strike(world, FAULT_CANCEL_LOST)) != NULL) {
        reply_cancel(world, cancel, OUTCOME_UNKNOWN, "no reply came",
                     world->now_ns + up_to(fault->roll, TIMEOUT_NS));
        return;
    }
    int64_t at_ns = soon(world);
    if ((fault = world_strike(world, FAULT_CANCEL_SLOW)) != NULL)
        at_ns += up_to(fault->roll, 8 * SECOND);
    struct letter *letter = mail_post(&world->mail, LETTER_CANCEL, at_ns);
    letter->host = world->host;
    letter->cancel = *cancel;
    if ((fault = world_strike(world, FAULT_CANCEL_MUTE)) != NULL) {
        letter->mute = true;
        reply_cancel(world, cancel, OUTCOME_UNKNOWN, "no reply came",
                     at_ns + up_to(fault->roll, TIMEOUT_NS));
    }
}

void world_take_cancel(struct world *world, const struct letter *letter)
{
    const char *failure = venue_sim_cancel(world->venue, letter->cancel.venue_id.text);
    if (!letter->mute && letter->host == world->host)
        reply_cancel(world, &letter->cancel, failure ? OUTCOME_REFUSED : OUTCOME_ACCEPTED,
                     failure ? failure : "", soon(world));
}

/* ---- lists */

void world_report(const struct world *world, const struct venue_order *order,
                  enum report_source source, struct event *ret)
{
    const struct venue_product *spec = &venue_products[order->request.product];
    struct event_order_report *r = &ret->order;
    struct size left = venue_order_left(order);
    memset(ret, 0, sizeof *ret);
    ret->kind = EVENT_ORDER_REPORT;
    r->source = source;
    r->has_client_id = client_id_parse(order->request.client_id, strlen(order->request.client_id),
                                       &r->client_id);
    text_copy(r->venue_id.text, sizeof r->venue_id.text, order->id, strlen(order->id));
    r->product = world_product(world, order->request.product);
    r->side = order->request.side;
    r->type = order->request.type;
    r->tif = order->request.tif;
    r->status = order->status;
    r->limit_price = order->request.limit;
    r->fees = order->fees;
    r->created_ns = order->created_ns;
    CHECK(venue_product_base(spec, order->filled, &r->filled));
    if (!venue_status_final(order->status))
        CHECK(venue_product_base(spec, left, &r->leaves));
    if (source == REPORT_REST) /* the user channel tells it by leaves alone */
        CHECK(venue_product_base(spec, order->request.size, &r->size));
    if (r->filled.e9 > 0)
        money_div_size(order->value, r->filled, ROUND_HALF_EVEN, &r->average_price);
    text_copy(r->reason, sizeof r->reason, order->words, strlen(order->words));
}

/* What a list will show, and how. */
struct listing { struct world *world; int64_t at_ns, seen_ns; };

static void show(struct listing *listing, const struct event *event)
{
    post(listing->world, event, listing->at_ns);
}

static void show_order(struct listing *listing, uint32_t number)
{
    struct event event;
    const struct venue_order *order = venue_sim_order_at(listing->world->venue, number);
    if (order->created_ns > listing->seen_ns)
        return;
    world_report(listing->world, order, REPORT_REST, &event);
    if (event.order.product != NO_PRODUCT)
        show(listing, &event);
}

/* Newest first, then the open ones whatever their age, as the host reads it. */
static void show_orders(struct listing *listing, int64_t since_ns)
{
    struct world *world = listing->world;
    for (uint32_t i = venue_sim_order_count(world->venue); i-- > 0;) {
        if (venue_sim_order_at(world->venue, i)->created_ns < since_ns)
            break;
        show_order(listing, i);
    }
    for (uint32_t i = world->open_count; i-- > 0;)
        show_order(listing, world->open[i]);
}

static void show_fill(struct listing *listing, const struct venue_fill *fill)
{
    struct world *world = listing->world;
    const struct venue_product *spec = &venue_products[fill->product];
    const struct venue_order *order = venue_sim_order_at(world->venue, fill->order);
    struct event event = {.kind = EVENT_FILL};
    struct event_fill *f = &event.fill;
    f->product = world_product(world, fill->product);
    if (f->product == NO_PRODUCT || fill->at_ns > listing->seen_ns)
        return;
    text_copy(f->trade_id.text, sizeof f->trade_id.text, fill->id, strlen(fill->id));
    text_copy(f->venue_order_id.text, sizeof f->venue_order_id.text, order->id, strlen(order->id));
    f->side = fill->side;
    f->price = fill->price;
    CHECK(venue_product_base(spec, fill->size, &f->size));
    f->fee = fill->fee;
    f->liquidity = fill->liquidity;
    f->kind = fill->kind;
    f->venue_ns = fill->at_ns;
    show(listing, &event);
}

static void show_fills(struct listing *listing, int64_t since_ns, bool reversed)
{
    const struct venue_sim *venue = listing->world->venue;
    uint32_t count = venue_sim_fill_count(venue), first = count;
    while (first > 0 && venue_sim_fill_at(venue, first - 1)->at_ns >= since_ns)
        first--;
    for (uint32_t i = first; i < count; i++)
        show_fill(listing, venue_sim_fill_at(venue, reversed ? i : count - 1 - (i - first)));
}

static void show_positions(struct listing *listing)
{
    struct world *world = listing->world;
    for (product_index i = 0; i < world->config.product_count; i++) {
        int product = world->config.products[i];
        const struct ledger *ledger = venue_sim_ledger(world->venue);
        struct event event = {.kind = EVENT_POSITION};
        struct size units = ledger->positions[product].units;
        if (units.e9 == 0)
            continue; /* the venue lists none that is flat */
        event.position.product = i;
        CHECK(venue_product_base(&venue_products[product], units, &event.position.size));
        event.position.average_price = ledger_entry_price(ledger, product);
        show(listing, &event);
    }
}

static bool is_traded(const struct world *world, enum venue_profile profile)
{
    for (product_index i = 0; i < world->config.product_count; i++)
        if (venue_products[world->config.products[i]].profile == profile)
            return true;
    return false;
}

static void show_balance(struct listing *listing)
{
    for (int profile = PROFILE_CDE; profile <= PROFILE_INTX; profile++) {
        struct venue_margin margin;
        struct event event = {.kind = EVENT_BALANCE};
        if (!is_traded(listing->world, (enum venue_profile)profile) ||
            world_strike(listing->world, FAULT_POT_MISSING))
            continue;
        venue_sim_margin(listing->world->venue, (enum venue_profile)profile, &margin);
        event.balance.profile = (enum venue_profile)profile;
        event.balance.equity = margin.equity;
        event.balance.available_margin = margin.available;
        event.balance.initial_margin = margin.required;
        if (profile == PROFILE_CDE) /* INTX has no such field */
            event.balance.funding_pnl =
                venue_sim_ledger(listing->world->venue)->funding_paid[PROFILE_CDE];
        show(listing, &event);
    }
}

static void show_list(struct listing *listing, const struct command_list *list, bool reversed)
{
    switch (list->kind) {
    case LIST_ORDERS: show_orders(listing, list->since_wall_ns); return;
    case LIST_FILLS: show_fills(listing, list->since_wall_ns, reversed); return;
    case LIST_POSITIONS: show_positions(listing); return;
    default: show_balance(listing); return;
    }
}

void world_list(struct world *world, const struct command_list *list)
{
    if (world_strike(world, FAULT_LIST_MUTE))
        return;
    struct letter *letter = mail_post(&world->mail, LETTER_LIST, soon(world));
    letter->host = world->host;
    letter->list = *list;
}

void world_take_list(struct world *world, const struct letter *letter)
{
    const struct fault *fault;
    struct listing listing = {world, soon(world), world->now_ns};
    struct event end = {.kind = EVENT_LIST_END};
    bool whole = true;
    if (letter->host != world->host)
        return;
    if ((fault = world_strike(world, FAULT_LIST_SLOW)) != NULL)
        listing.at_ns += up_to(fault->roll, 9 * SECOND);
    if ((fault = world_strike(world, FAULT_LIST_LAGS)) != NULL)
        listing.seen_ns -= up_to(fault->roll, 8 * SECOND);
    if ((fault = world_strike(world, FAULT_LIST_FAILS)) != NULL)
        whole = false;
    /* One that broke off has shown its newest page, or nothing. */
    if (whole || fault->roll & 1)
        show_list(&listing, &letter->list, false);
    if (world_strike(world, FAULT_LIST_TWICE))
        show_list(&listing, &letter->list, true);
    end.list_end.kind = letter->list.kind;
    end.list_end.request = letter->list.request;
    end.list_end.complete = whole;
    post(world, &end, listing.at_ns);
}

void world_tell_specs(struct world *world)
{
    if (world->host == 0 || world->now_ns < world->spec_ns)
        return;
    world->spec_ns = world->now_ns + 15 * SECOND;
    for (product_index i = 0; i < world->config.product_count; i++) {
        int product = world->config.products[i];
        struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = i}};
        struct instrument *spec = &event.instrument.spec;
        *spec = world->catalog.items[i];
        spec->funding_rate = venue_sim_funding_rate(world->venue, product);
        spec->funding_time_ns = world->now_ns - world->now_ns % WORLD_HOUR_NS + WORLD_HOUR_NS;
        spec->mark = venue_sim_mark(world->venue, product);
        post(world, &event, soon(world));
    }
}
