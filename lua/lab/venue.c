/* The told venue: orders in one array, fills in another, positions summed from fills. */
#include "lab/venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/lab.h"
#include "model/client_id.h"
#include "sim/order_asked.h"

enum { LAB_LEVELS_MAX = 512 };

struct market { struct level levels[LAB_LEVELS_MAX]; uint32_t count; bool shown; };

struct lab_venue {
    struct lab *lab; /* borrowed */
    struct lab_venue_config config;
    struct market markets[MAX_PRODUCTS];
    struct lab_list orders; /* struct fill_order * */
    struct lab_list fills;  /* struct event_fill */
    struct size positions[MAX_PRODUCTS];
    enum lab_fault fault;
    char fault_reason[REASON_MAX];
};

struct lab_venue *lab_venue_create(struct lab *lab, const struct lab_venue_config *config)
{
    struct lab_venue *venue = calloc(1, sizeof(*venue));

    CHECK(venue != NULL);
    venue->lab = lab;
    venue->config = *config;
    return venue;
}

static struct fill_order *order_at(const struct lab_venue *venue, uint32_t i)
{
    return ((struct fill_order **)venue->orders.items)[i];
}

void lab_venue_destroy(struct lab_venue *venue)
{
    if (!venue)
        return;
    for (uint32_t i = 0; i < venue->orders.count; i++)
        free(order_at(venue, i));
    lab_list_fini(&venue->orders);
    lab_list_fini(&venue->fills);
    free(venue);
}

struct fill_order *lab_venue_find(struct lab_venue *venue, struct client_id id)
{
    for (uint32_t i = 0; i < venue->orders.count; i++)
        if (client_id_equal(order_at(venue, i)->id, id))
            return order_at(venue, i);
    return NULL;
}

struct size lab_venue_position(const struct lab_venue *venue, product_index product)
{
    return venue->positions[product];
}

static void push_report(struct lab_venue *venue, struct fill_order *order,
                        enum report_source source)
{
    struct event event = {.kind = EVENT_ORDER_REPORT, .order = fill_order_report(order, source)};

    order->updated_ns = venue->lab->now.wall_ns;
    lab_push(venue->lab, &event);
}

static void push_place_reply(struct lab_venue *venue, const struct fill_order *order,
                             enum outcome outcome, const char *reason)
{
    struct event event = fill_order_reply(order, outcome, reason);

    lab_push(venue->lab, &event);
}

static void push_cancel_reply(struct lab_venue *venue, const struct command_cancel *command,
                              enum outcome outcome, const char *reason)
{
    struct event event = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = command->id, .venue_id = command->venue_id,
                                           .outcome = outcome}};

    text_copy(event.cancel_reply.reason, REASON_MAX, reason, strlen(reason));
    lab_push(venue->lab, &event);
}

/* --- fills --- */

static bool add_fill(struct lab_venue *venue, struct fill_order *order, struct price price,
                     struct size size, enum liquidity liquidity)
{
    struct event_fill *fill;

    if (fill_order_is_final(order) || size.e9 <= 0 || size.e9 > fill_order_left(order).e9)
        return false;
    fill = lab_list_add(&venue->fills, sizeof(*fill));
    fill_order_book(order, price, size, liquidity, &venue->config.rates, fill);
    snprintf(fill->trade_id.text, VENUE_ID_MAX, "lab-trade-%u", venue->fills.count);
    fill->venue_ns = venue->lab->now.wall_ns;
    venue->positions[order->product].e9 += order->side == SIDE_BUY ? size.e9 : -size.e9;
    return true;
}

bool lab_venue_fill(struct lab_venue *venue, struct fill_order *order, struct price price,
                    struct size size, enum liquidity liquidity)
{
    if (!add_fill(venue, order, price, size, liquidity))
        return false;
    push_report(venue, order, REPORT_USER_UPDATE);
    return true;
}

static bool reaches(const struct fill_order *order, struct price price)
{
    if (order->type == ORDER_TYPE_MARKET)
        return true;
    if (order->type != ORDER_TYPE_LIMIT) /* stops and brackets fire when the spec fills them */
        return false;
    return order->side == SIDE_BUY ? order->price.e9 >= price.e9
                                       : order->price.e9 <= price.e9;
}

/* The best level of the other side that is worse than `after` (0: the best of all); NULL: none. */
static const struct level *next_level(const struct market *market, enum side taker, int64_t after)
{
    const struct level *best = NULL;

    for (uint32_t i = 0; i < market->count; i++) {
        const struct level *level = &market->levels[i];
        bool buys = taker == SIDE_BUY;
        if (level->side == taker || level->size.e9 <= 0 ||
            (after && (buys ? level->price.e9 <= after : level->price.e9 >= after)))
            continue;
        if (!best || (buys ? level->price.e9 < best->price.e9 : level->price.e9 > best->price.e9))
            best = level;
    }
    return best;
}

static int64_t takeable_e9(const struct market *market, const struct fill_order *order)
{
    int64_t total = 0, after = 0;
    const struct level *level;

    while ((level = next_level(market, order->side, after)) && reaches(order, level->price)) {
        total += level->size.e9;
        after = level->price.e9;
    }
    return total;
}

/* Takes what the book shows. The book stays as it was: orders do not change this market. */
static void take(struct lab_venue *venue, struct fill_order *order)
{
    const struct market *market = &venue->markets[order->product];
    const struct level *level;
    int64_t after = 0;

    while (fill_order_left(order).e9 > 0 && (level = next_level(market, order->side, after)) &&
           reaches(order, level->price)) {
        int64_t left = fill_order_left(order).e9, size = level->size.e9;
        size = size < left ? size : left;
        add_fill(venue, order, level->price, (struct size){size}, LIQUIDITY_TAKER);
        after = level->price.e9;
    }
}

bool lab_venue_mid(const struct lab_venue *venue, product_index product, struct price *ret)
{
    const struct level *ask = next_level(&venue->markets[product], SIDE_BUY, 0);
    const struct level *bid = next_level(&venue->markets[product], SIDE_SELL, 0);

    if (!ask || !bid || bid->price.e9 >= ask->price.e9)
        return false;
    ret->e9 = bid->price.e9 + (ask->price.e9 - bid->price.e9) / 2;
    return true;
}

/* --- orders --- */

void lab_venue_cancelled(struct lab_venue *venue, struct fill_order *order, const char *reason)
{
    if (fill_order_is_final(order))
        return;
    order->status = VENUE_CANCELLED;
    text_copy(order->reason, REASON_MAX, reason, strlen(reason));
    push_report(venue, order, REPORT_USER_UPDATE);
}

void lab_venue_reject(struct lab_venue *venue, struct fill_order *order, const char *reason)
{
    order->status = VENUE_FAILED;
    push_place_reply(venue, order, OUTCOME_REFUSED, reason);
}

void lab_venue_accept(struct lab_venue *venue, struct fill_order *order)
{
    const struct market *market = &venue->markets[order->product];
    int64_t takeable = takeable_e9(market, order);

    if (order->post_only && takeable > 0) {
        lab_venue_reject(venue, order, "INVALID_LIMIT_PRICE_POST_ONLY");
        return;
    }
    push_place_reply(venue, order, OUTCOME_ACCEPTED, "");
    order->status = VENUE_OPEN;
    push_report(venue, order, REPORT_USER_UPDATE);
    if (order->tif != TIF_FOK || takeable >= order->size.e9)
        take(venue, order);
    if (order->filled.e9 > 0)
        push_report(venue, order, REPORT_USER_UPDATE);
    if (order->tif == TIF_IOC || order->tif == TIF_FOK)
        lab_venue_cancelled(venue, order, "nothing left to take");
}

/* A lost answer leaves the order at the venue, where only its lists tell of it. */
static void fail_next(struct lab_venue *venue, struct fill_order *order)
{
    if (venue->fault == LAB_FAULT_REJECT) {
        lab_venue_reject(venue, order, venue->fault_reason);
    } else {
        order->status = VENUE_OPEN;
        push_place_reply(venue, order, OUTCOME_UNKNOWN, "no answer came");
    }
    venue->fault = LAB_FAULT_NONE;
}

static void place(struct lab_venue *venue, const struct command_place *command)
{
    struct fill_order *order = calloc(1, sizeof(*order));

    CHECK(order && order_asked(venue->lab->engine, command->id, order));
    snprintf(order->venue_id.text, VENUE_ID_MAX, "lab-order-%u", venue->orders.count + 1);
    *(struct fill_order **)lab_list_add(&venue->orders, sizeof(order)) = order;
    if (venue->fault != LAB_FAULT_NONE)
        fail_next(venue, order);
    else if (!venue->config.manual)
        lab_venue_accept(venue, order);
}

void lab_venue_fault(struct lab_venue *venue, enum lab_fault fault, const char *reason)
{
    venue->fault = fault;
    text_copy(venue->fault_reason, REASON_MAX, reason, strlen(reason));
}

void lab_venue_hold(struct lab_venue *venue, bool on)
{
    venue->config.manual = on;
    for (uint32_t i = 0; !on && i < venue->orders.count; i++) {
        struct fill_order *order = order_at(venue, i);
        if (order->status == VENUE_PENDING)
            lab_venue_accept(venue, order);
        if (order->cancel_asked)
            lab_venue_cancelled(venue, order, "");
    }
}

static void cancel(struct lab_venue *venue, const struct command_cancel *command)
{
    struct fill_order *order = lab_venue_find(venue, command->id);

    if (!order || fill_order_is_final(order)) {
        push_cancel_reply(venue, command, OUTCOME_REFUSED, "UNKNOWN_CANCEL_ORDER");
        return;
    }
    order->cancel_asked = true;
    if (venue->config.manual)
        return;
    push_cancel_reply(venue, command, OUTCOME_ACCEPTED, "");
    lab_venue_cancelled(venue, order, "");
}

/* --- lists --- */

static void list_orders(struct lab_venue *venue, int64_t since_ns)
{
    for (uint32_t i = 0; i < venue->orders.count; i++) {
        const struct fill_order *order = order_at(venue, i);
        struct event event = {.kind = EVENT_ORDER_REPORT,
                              .order = fill_order_report(order, REPORT_REST)};
        if (order->status != VENUE_PENDING && order->status != VENUE_FAILED &&
            (!fill_order_is_final(order) || order->updated_ns >= since_ns))
            lab_push(venue->lab, &event);
    }
}

static void list_fills(struct lab_venue *venue, int64_t since_ns)
{
    for (uint32_t i = 0; i < venue->fills.count; i++) {
        struct event event = {.kind = EVENT_FILL,
                              .fill = ((struct event_fill *)venue->fills.items)[i]};
        if (event.fill.venue_ns >= since_ns)
            lab_push(venue->lab, &event);
    }
}

/* In equal parts in the pots that its products are margined with. */
static void list_balance(struct lab_venue *venue)
{
    const struct catalog *catalog = &venue->lab->config.settings.catalog;
    bool traded[2] = {false, false};

    for (product_index i = 0; i < catalog->count; i++)
        traded[catalog->items[i].profile] = true;
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        struct event event = {.kind = EVENT_BALANCE,
                              .balance = {.profile = (enum venue_profile)i}};
        if (traded[i])
            event.balance.equity.e18 = venue->config.equity.e18 / (traded[0] + traded[1]);
        event.balance.available_margin = event.balance.equity;
        lab_push(venue->lab, &event);
    }
}

static void list(struct lab_venue *venue, const struct command_list *command)
{
    struct event end = {.kind = EVENT_LIST_END,
                        .list_end = {command->kind, command->request, true}};

    if (command->kind == LIST_ORDERS)
        list_orders(venue, command->since_wall_ns);
    if (command->kind == LIST_FILLS)
        list_fills(venue, command->since_wall_ns);
    if (command->kind == LIST_BALANCE)
        list_balance(venue);
    for (product_index i = 0; command->kind == LIST_POSITIONS &&
                              i < venue->lab->config.settings.catalog.count; i++) {
        struct event event = {.kind = EVENT_POSITION,
                              .position = {.product = i, .size = venue->positions[i]}};
        lab_push(venue->lab, &event);
    }
    lab_push(venue->lab, &end);
}

void lab_venue_command(struct lab_venue *venue, const struct command *command)
{
    if (command->kind == COMMAND_PLACE)
        place(venue, &command->place);
    else if (command->kind == COMMAND_CANCEL)
        cancel(venue, &command->cancel);
    else if (command->kind == COMMAND_LIST)
        list(venue, &command->list);
}

/* --- the market --- */

static bool rests(const struct lab_venue *venue, const struct fill_order *order,
                  product_index product)
{
    return venue->config.fills == LAB_FILLS_TOUCH && order->status == VENUE_OPEN &&
           order->product == product;
}

void lab_venue_book(struct lab_venue *venue, product_index product, const struct level *levels,
                    uint32_t count)
{
    struct market *market = &venue->markets[product];

    CHECK(count <= LAB_LEVELS_MAX);
    memcpy(market->levels, levels, count * sizeof(*levels));
    market->count = count;
    market->shown = true;
    for (uint32_t i = 0; i < venue->orders.count; i++) {
        struct fill_order *order = order_at(venue, i);
        if (rests(venue, order, product) && takeable_e9(market, order) > 0)
            lab_venue_fill(venue, order, order->price, (struct size){fill_order_left(order).e9},
                           LIQUIDITY_MAKER);
    }
}

void lab_venue_trade(struct lab_venue *venue, product_index product, struct price price,
                     enum side aggressor)
{
    for (uint32_t i = 0; i < venue->orders.count; i++) {
        struct fill_order *order = order_at(venue, i);
        if (rests(venue, order, product) && order->side != aggressor &&
            order->price.e9 != price.e9 && reaches(order, price))
            lab_venue_fill(venue, order, order->price, (struct size){fill_order_left(order).e9},
                           LIQUIDITY_MAKER);
    }
}

void lab_venue_show(struct lab_venue *venue, product_index product)
{
    const struct market *market = &venue->markets[product];
    struct event event = {.kind = EVENT_BOOK,
                          .book = {.product = product, .snapshot = true,
                                   .venue_ns = venue->lab->now.wall_ns,
                                   .levels = market->levels, .count = market->count}};

    if (market->shown)
        lab_push(venue->lab, &event);
}
