#include "mini_venue.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

static const int64_t MS = 1000000;
static const struct money FEE = {123456789012345}; /* per fill */

static uint64_t roll(struct mini_venue *venue, uint64_t sides)
{
    return prng_below(&venue->prng, sides);
}

void mini_init(struct mini_venue *venue, uint64_t seed)
{
    memset(venue, 0, sizeof *venue);
    prng_seed(&venue->prng, seed);
}

static bool is_open(const struct mini_order *order)
{
    return order->status == VENUE_OPEN;
}

/* ---- telling */

static void tell_order(struct rig *rig, const struct mini_order *order, enum report_source source)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    struct event_order_report *r = &event.order;
    r->source = source;
    r->client_id = order->id;
    r->has_client_id = true;
    r->venue_id = rig_venue_id(order->venue_id);
    r->product = order->product;
    r->side = order->side;
    r->status = order->status;
    r->filled = order->filled;
    r->leaves.e9 = is_open(order) ? order->size.e9 - order->filled.e9 : 0;
    r->limit_price = order->price;
    if (order->filled.e9 > 0)
        r->average_price.e9 = (int64_t)(order->value / order->filled.e9);
    rig_step(rig, &event);
}

static void tell_fill(struct mini_venue *venue, struct rig *rig, const struct mini_fill *fill)
{
    const struct mini_order *order = &venue->orders[fill->order];
    struct event event = {.kind = EVENT_FILL};
    snprintf(event.fill.trade_id.text, VENUE_ID_MAX, "trade-%u", fill->number);
    event.fill.venue_order_id = rig_venue_id(order->venue_id);
    event.fill.product = order->product;
    event.fill.side = order->side;
    event.fill.price = fill->price;
    event.fill.size = fill->size;
    event.fill.fee = FEE;
    event.fill.venue_ns = fill->wall_ns;
    rig_step(rig, &event);
}

static void tell_positions(struct mini_venue *venue, struct rig *rig)
{
    for (product_index i = 0; i < 2; i++) {
        struct event event = {.kind = EVENT_POSITION, .position = {.product = i}};
        event.position.size.e9 = mini_truth_of(venue, ACTOR_OPERATOR, i).size;
        rig_step(rig, &event);
    }
}

/* Newest first, as the venue does. */
static void answer(struct mini_venue *venue, struct rig *rig, struct command_list list)
{
    bool whole = venue->calm || roll(venue, 10) > 0;
    uint32_t cut = whole ? 0 : 1; /* a list that broke off lacks its tail */
    if (list.kind == LIST_ORDERS)
        for (uint32_t i = venue->order_count; i-- > cut;)
            if (is_open(&venue->orders[i]) || venue->orders[i].created_ns >= list.since_wall_ns)
                tell_order(rig, &venue->orders[i], REPORT_REST);
    if (list.kind == LIST_FILLS)
        for (uint32_t i = venue->fill_count; i-- > cut;)
            if (venue->fills[i].wall_ns >= list.since_wall_ns)
                tell_fill(venue, rig, &venue->fills[i]);
    if (list.kind == LIST_POSITIONS)
        tell_positions(venue, rig);
    if (list.kind == LIST_BALANCE)
        rig_balance(rig);
    rig_list_end(rig, &list, whole);
}

/* ---- what the engine asks */

static void take_order(struct mini_venue *venue, struct rig *rig, const struct command_place *c)
{
    struct order_row row = rig_order(rig, c->id);
    uint64_t fate = venue->calm ? 0 : roll(venue, 10);
    char venue_id[16];
    if (fate == 9) {
        rig_reply(rig, c->id, OUTCOME_REFUSED, "");
        return;
    }
    if (fate == 8) { /* never arrived, and nobody says so */
        if (roll(venue, 2))
            rig_reply(rig, c->id, OUTCOME_UNKNOWN, "");
        return;
    }
    for (uint32_t i = 0; i < venue->order_count; i++)
        if (memcmp(&venue->orders[i].id, &c->id, sizeof c->id) == 0) { /* known: no second one */
            rig_reply(rig, c->id, OUTCOME_ACCEPTED, venue->orders[i].venue_id);
            return;
        }
    assert_true(venue->order_count < MINI_ORDERS);
    struct mini_order *order = &venue->orders[venue->order_count++];
    *order = (struct mini_order){.id = c->id,
                                 .product = row.product,
                                 .side = row.side,
                                 .actor = row.actor,
                                 .price = row.price,
                                 .size = row.size,
                                 .status = VENUE_OPEN,
                                 .created_ns = rig->now.wall_ns};
    snprintf(order->venue_id, sizeof order->venue_id, "order-%u", venue->order_count);
    memcpy(venue_id, order->venue_id, sizeof venue_id);
    if (fate == 7)
        rig_reply(rig, c->id, OUTCOME_UNKNOWN, "");
    else if (fate != 6) /* else the reply never comes */
        rig_reply(rig, c->id, OUTCOME_ACCEPTED, venue_id);
}

static void take_cancel(struct mini_venue *venue, struct rig *rig, const struct command_cancel *c)
{
    struct event reply = {.kind = EVENT_CANCEL_REPLY};
    reply.cancel_reply.client_id = c->id;
    reply.cancel_reply.venue_id = c->venue_id;
    reply.cancel_reply.outcome = OUTCOME_REFUSED;
    for (uint32_t i = 0; i < venue->order_count; i++) {
        struct mini_order *order = &venue->orders[i];
        if (strcmp(order->venue_id, c->venue_id.text) != 0 || !is_open(order))
            continue;
        reply.cancel_reply.outcome = OUTCOME_UNKNOWN;
        if (venue->calm || roll(venue, 4) > 0) {
            order->status = VENUE_CANCELLED;
            reply.cancel_reply.outcome = OUTCOME_ACCEPTED;
        }
    }
    rig_step(rig, &reply);
}

/* Answering makes new commands: they are taken in the same pass. */
void mini_serve(struct mini_venue *venue, struct rig *rig)
{
    for (; venue->taken < rig->command_count; venue->taken++) {
        struct command command = rig->commands[venue->taken];
        if (command.kind == COMMAND_PLACE)
            take_order(venue, rig, &command.place);
        else if (command.kind == COMMAND_CANCEL)
            take_cancel(venue, rig, &command.cancel);
        else if (command.kind == COMMAND_LIST)
            venue->lists[venue->list_count++ % MINI_LISTS] = command.list;
    }
    rig_forget(rig);
    venue->taken = 0;
}

/* ---- what happens by itself */

static void fill_some(struct mini_venue *venue, struct rig *rig, struct mini_order *order)
{
    int64_t left = order->size.e9 - order->filled.e9;
    int64_t part = roll(venue, 2) ? left : 1 + (int64_t)roll(venue, (uint64_t)left);
    int64_t better = (int64_t)roll(venue, 3) * 1000;
    struct mini_fill *fill = &venue->fills[venue->fill_count];
    assert_true(venue->fill_count < MINI_FILLS);
    fill->order = (uint32_t)(order - venue->orders);
    fill->number = venue->fill_count++;
    fill->price.e9 = order->price.e9 - (order->side == SIDE_BUY ? better : -better);
    fill->size.e9 = part;
    fill->wall_ns = rig->now.wall_ns;
    order->filled.e9 += part;
    order->value += (__int128)fill->price.e9 * part;
    if (order->filled.e9 == order->size.e9)
        order->status = VENUE_FILLED;
}

static void answer_oldest_list(struct mini_venue *venue, struct rig *rig)
{
    if (venue->list_count == 0)
        return;
    struct command_list list = venue->lists[0];
    venue->list_count--;
    memmove(venue->lists, venue->lists + 1, venue->list_count * sizeof list);
    answer(venue, rig, list);
}

void mini_move(struct mini_venue *venue, struct rig *rig)
{
    struct mini_order *order =
        venue->order_count ? &venue->orders[roll(venue, venue->order_count)] : NULL;
    switch (roll(venue, 6)) {
    case 0:
    case 1:
        if (order && is_open(order))
            fill_some(venue, rig, order);
        break;
    case 2:
    case 3:
        if (order)
            tell_order(rig, order, REPORT_USER_UPDATE);
        if (order && roll(venue, 2))
            tell_order(rig, order, REPORT_USER_UPDATE);
        break;
    case 4: answer_oldest_list(venue, rig); break;
    case 5:
        if (venue->fill_count && roll(venue, 3) == 0)
            tell_fill(venue, rig, &venue->fills[roll(venue, venue->fill_count)]);
        break;
    }
    mini_serve(venue, rig);
}

void mini_calm(struct mini_venue *venue, struct rig *rig)
{
    venue->calm = true;
    for (int i = 0; i < 1400; i++) { /* long enough for the last UNKNOWN to be looked for twice */
        rig_pass(rig, 300 * MS);
        mini_serve(venue, rig);
        while (venue->list_count > 0) {
            answer_oldest_list(venue, rig);
            mini_serve(venue, rig);
        }
    }
}

struct mini_truth mini_truth_of(const struct mini_venue *venue, actor_index actor,
                                product_index product)
{
    struct mini_truth truth = {0};
    for (uint32_t i = 0; i < venue->fill_count; i++) {
        const struct mini_fill *fill = &venue->fills[i];
        const struct mini_order *order = &venue->orders[fill->order];
        int64_t sign = order->side == SIDE_BUY ? 1 : -1;
        if (order->product != product || (actor != ACTOR_OPERATOR && order->actor != actor))
            continue;
        truth.size += sign * fill->size.e9;
        truth.cash -= (__int128)sign * fill->price.e9 * fill->size.e9;
        truth.fees += FEE.e18;
    }
    return truth;
}
