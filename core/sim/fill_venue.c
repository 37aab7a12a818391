#include "sim/fill_venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "sim/fill_venue_private.h"

static const struct ratio BRACKET_WORSE = {DECIMAL_ONE / 20}; /* as the venue's own brackets */

static const struct instrument *spec_of(const struct fill_venue *venue, product_index product)
{
    return &venue->config.catalog.items[product];
}

static struct fill_book *book_of(struct fill_venue *venue, product_index product)
{
    venue->markets[product].book.now_ns = venue->now_ns;
    return venue->port.book ? venue->port.book(venue->port.context, product)
                            : &venue->markets[product].book;
}

void *fill_list_add(struct fill_list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->items = realloc(list->items, list->capacity * item_bytes);
        CHECK(list->items);
    }
    void *item = (char *)list->items + list->count++ * item_bytes;
    return memset(item, 0, item_bytes);
}

static void fini_list(struct fill_list *list)
{
    free(list->items);
    *list = (struct fill_list){.count = 0};
}

/* ---- what it tells */

static void tell(struct fill_venue *venue, const struct event *event)
{
    mail_post_event(&venue->mail, event, venue->now_ns + venue->config.answer_ns);
}

static void tell_order(struct fill_venue *venue, struct fill_order *order)
{
    struct event event = {.kind = EVENT_ORDER_REPORT,
                          .order = fill_order_report(order, REPORT_USER_UPDATE)};
    order->updated_ns = venue->now_ns;
    tell(venue, &event);
}

static void tell_placed(struct fill_venue *venue, const struct fill_order *order,
                        enum outcome outcome, const char *reason)
{
    struct event event = fill_order_reply(order, outcome, reason);
    tell(venue, &event);
}

/* ---- orders */

static void end(struct fill_venue *venue, struct fill_order *order)
{
    uint32_t *live = venue->live.items;
    fill_book_remove(&venue->markets[order->product].book, order->number);
    for (uint32_t i = 0; i < venue->live.count; i++)
        if (live[i] == order->number) {
            memmove(&live[i], &live[i + 1], (--venue->live.count - i) * sizeof *live);
            break;
        }
    *(uint32_t *)fill_list_add(&venue->ended, sizeof(uint32_t)) = order->number;
}

static void end_as(struct fill_venue *venue, struct fill_order *order, enum venue_status status,
                   const char *reason)
{
    order->status = status;
    text_copy(order->reason, REASON_MAX, reason, strlen(reason));
    end(venue, order);
    tell_order(venue, order);
}

void fill_venue_book_fill(struct fill_venue *venue, struct fill_order *order, struct price price,
                          struct size size, enum liquidity liquidity)
{
    struct event_fill *fill = fill_list_add(&venue->fills, sizeof *fill);
    fill_order_book(order, price, size, liquidity, &venue->config.rates, fill);
    snprintf(fill->trade_id.text, VENUE_ID_MAX, "%s-trade-%llu", venue->config.name,
             (unsigned long long)venue->trades++);
    fill->venue_ns = venue->now_ns;
    fill_venue_book_money(venue, fill);
}

void fill_venue_book_money(struct fill_venue *venue, const struct event_fill *fill)
{
    struct fill_market *market = &venue->markets[fill->product];
    struct fill_pot *pot = &venue->pots[spec_of(venue, fill->product)->profile];
    struct money value = money_of(fill->price, fill->size);
    bool buys = fill->side == SIDE_BUY;
    market->position.e9 += buys ? fill->size.e9 : -fill->size.e9;
    CHECK(buys ? money_sub(pot->cash, value, &pot->cash) : money_add(pot->cash, value, &pot->cash));
    CHECK(money_sub(pot->cash, fill->fee, &pot->cash));
    CHECK(money_add(venue->fees, fill->fee, &venue->fees));
}

static void on_fill(void *context, uint32_t number, struct price price, struct size size,
                    enum liquidity liquidity)
{
    struct fill_venue *venue = ((struct fill_market *)context)->venue;
    struct fill_order *order = fill_venue_order(venue, number);
    fill_venue_book_fill(venue, order, price, size, liquidity);
    if (fill_order_is_final(order))
        end(venue, order);
    tell_order(venue, order);
}

static struct price taker_limit(const struct fill_order *order)
{
    return order->type == ORDER_TYPE_MARKET ? (struct price){0} : order->price;
}

/* Takes what is there within its limit and rests with what is left, if it may. */
static void work(struct fill_venue *venue, struct fill_order *order, struct price limit)
{
    struct fill_book *book = book_of(venue, order->product);
    bool once = order->type == ORDER_TYPE_MARKET || order->tif == TIF_IOC || order->tif == TIF_FOK;
    bool enough = order->tif != TIF_FOK ||
                  fill_book_takeable(book, order->side, limit).e9 >= order->size.e9;
    struct size left = fill_order_left(order);
    if (enough)
        left = fill_book_take(book, order->number, order->side, limit, left);
    if (left.e9 == 0)
        return;
    if (once)
        end_as(venue, order, VENUE_CANCELLED, "nothing left to take");
    else if (!fill_book_rest(book, order->number, order->side, limit, left))
        end_as(venue, order, VENUE_CANCELLED, "too many working orders");
}

static void enter(struct fill_venue *venue, struct fill_order *order)
{
    struct fill_book *book = book_of(venue, order->product);
    bool again = order->status != VENUE_PENDING; /* then what became of it is the answer */
    if (!again && order->post_only && fill_book_crosses(book, order->side, order->price)) {
        order->status = VENUE_FAILED;
        end(venue, order);
    }
    bool failed = order->status == VENUE_FAILED;
    tell_placed(venue, order, failed ? OUTCOME_REFUSED : OUTCOME_ACCEPTED,
                failed ? "INVALID_LIMIT_PRICE_POST_ONLY" : "");
    if (failed || again)
        return;
    order->status = VENUE_OPEN;
    tell_order(venue, order);
    if (order->type != ORDER_TYPE_STOP_LIMIT)
        work(venue, order, taker_limit(order));
}

/* ---- stops */

static bool is_hit(const struct fill_order *order, struct price last)
{
    bool up = order->type == ORDER_TYPE_BRACKET ? order->side == SIDE_BUY : order->stop == STOP_UP;
    return up ? last.e9 >= order->stop_price.e9 : last.e9 <= order->stop_price.e9;
}

static void trigger(struct fill_venue *venue, struct fill_order *order)
{
    struct price limit = order->price;
    bool buys = order->side == SIDE_BUY;
    struct ratio by = {buys ? BRACKET_WORSE.e9 : -BRACKET_WORSE.e9};
    order->triggered = true;
    if (order->type == ORDER_TYPE_BRACKET) {
        fill_book_remove(&venue->markets[order->product].book, order->number);
        CHECK(price_shift(order->stop_price, by, buys ? ROUND_UP : ROUND_DOWN, &limit));
        CHECK(price_round(limit, spec_of(venue, order->product)->tick,
                          buys ? ROUND_UP : ROUND_DOWN, &limit));
    }
    work(venue, order, limit);
}

static void trigger_all(struct fill_venue *venue, const struct fill_market *market)
{
    for (uint32_t i = 0; i < venue->live.count; i++) {
        struct fill_order *order = fill_venue_order(venue, ((uint32_t *)venue->live.items)[i]);
        bool stops = order->type == ORDER_TYPE_STOP_LIMIT || order->type == ORDER_TYPE_BRACKET;
        if (!stops || order->product != market->product || order->triggered ||
            order->status != VENUE_OPEN || !is_hit(order, market->last))
            continue;
        trigger(venue, order);
        i = UINT32_MAX; /* the list has changed; what was triggered is passed over */
    }
}

void fill_venue_trade(struct fill_venue *venue, product_index product, const struct trade *trade,
                      int64_t now_ns)
{
    struct fill_market *market = &venue->markets[product];
    venue->now_ns = now_ns;
    market->last = trade->price;
    if (venue->live.count == 0)
        return;
    fill_book_trade(book_of(venue, product), trade);
    trigger_all(venue, market);
}

void fill_venue_settle(struct fill_venue *venue, product_index product, int64_t now_ns)
{
    venue->now_ns = now_ns;
    fill_book_settle(book_of(venue, product));
}

/* ---- what the host asks */

struct fill_order *fill_venue_find(const struct fill_venue *venue, struct client_id id)
{
    uint32_t number;
    bool known = venue->by_id.capacity > 0 && map_get(&venue->by_id, id.bytes, &number);
    return known ? fill_venue_order(venue, number) : NULL;
}

static void index_orders(struct fill_venue *venue, uint32_t capacity)
{
    free(venue->by_id.slots);
    void *slots = calloc(1, map_bytes(sizeof(struct client_id), capacity));
    CHECK(slots);
    map_init(&venue->by_id, slots, sizeof(struct client_id), capacity);
    for (uint32_t i = 0; i < venue->orders.count; i++)
        if (fill_venue_order(venue, i))
            CHECK(map_set(&venue->by_id, fill_venue_order(venue, i)->id.bytes, i));
}

struct fill_order *fill_venue_add(struct fill_venue *venue, const struct fill_order *asked)
{
    struct fill_order *order = malloc(sizeof *order);
    CHECK(order);
    *order = *asked;
    order->number = venue->orders.count;
    if (venue->by_id.used == venue->by_id.capacity)
        index_orders(venue, venue->by_id.capacity ? 2 * venue->by_id.capacity : 64);
    *(struct fill_order **)fill_list_add(&venue->orders, sizeof order) = order;
    CHECK(map_set(&venue->by_id, order->id.bytes, order->number));
    return order;
}

void fill_venue_name(struct fill_venue *venue, struct fill_order *order)
{
    snprintf(order->venue_id.text, VENUE_ID_MAX, "%s-order-%llu", venue->config.name,
             (unsigned long long)venue->ids++);
}

void fill_venue_place(struct fill_venue *venue, const struct fill_order *asked, int64_t now_ns)
{
    struct fill_order *order = fill_venue_find(venue, asked->id);
    venue->now_ns = now_ns;
    if (!order || order->status == VENUE_FAILED) {
        order = fill_venue_add(venue, asked);
        fill_venue_name(venue, order);
        *(uint32_t *)fill_list_add(&venue->live, sizeof order->number) = order->number;
    }
    mail_post(&venue->mail, LETTER_PLACE, now_ns + venue->config.order_ns)->roll =
        order->number;
}

static void cancel(struct fill_venue *venue, const struct command_cancel *command)
{
    struct event event = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = command->id,
                                           .venue_id = command->venue_id,
                                           .outcome = OUTCOME_REFUSED,
                                           .reason = "UNKNOWN_CANCEL_ORDER"}};
    struct fill_order *order = fill_venue_find(venue, command->id);
    if (order && order->status != VENUE_OPEN)
        order = NULL;
    if (order) {
        event.cancel_reply.outcome = OUTCOME_ACCEPTED;
        event.cancel_reply.reason[0] = '\0';
    }
    tell(venue, &event);
    if (order)
        end_as(venue, order, VENUE_CANCELLED, "");
}

void fill_venue_cancel(struct fill_venue *venue, const struct command_cancel *command,
                       int64_t now_ns)
{
    mail_post(&venue->mail, LETTER_CANCEL, now_ns + venue->config.order_ns)->cancel = *command;
}

void fill_venue_list(struct fill_venue *venue, const struct command_list *command, int64_t now_ns)
{
    mail_post(&venue->mail, LETTER_LIST, now_ns + venue->config.order_ns)->list = *command;
}

/* ---- lists */

static void list_one(struct fill_venue *venue, const struct fill_order *order)
{
    struct event event = {.kind = EVENT_ORDER_REPORT,
                          .order = fill_order_report(order, REPORT_REST)};
    if (order->status != VENUE_PENDING && order->status != VENUE_FAILED)
        tell(venue, &event);
}

static void list_orders(struct fill_venue *venue, int64_t since_ns)
{
    const uint32_t *ended = venue->ended.items, *live = venue->live.items;
    for (uint32_t i = venue->ended.count; i-- > 0;) {
        const struct fill_order *order = fill_venue_order(venue, ended[i]);
        if (order->updated_ns < since_ns && order->status != VENUE_FAILED)
            break;
        list_one(venue, order);
    }
    for (uint32_t i = 0; i < venue->live.count; i++)
        list_one(venue, fill_venue_order(venue, live[i]));
}

static void list_fills(struct fill_venue *venue, int64_t since_ns)
{
    const struct event_fill *fills = venue->fills.items;
    for (uint32_t i = venue->fills.count; i-- > 0 && fills[i].venue_ns >= since_ns;) {
        struct event event = {.kind = EVENT_FILL, .fill = fills[i]};
        tell(venue, &event);
    }
}

static void list_positions(struct fill_venue *venue)
{
    for (product_index i = 0; i < venue->config.catalog.count; i++) {
        struct event event = {.kind = EVENT_POSITION,
                              .position = {.product = i, .size = venue->markets[i].position}};
        if (venue->markets[i].position.e9 != 0)
            tell(venue, &event);
    }
}

/* ---- money */

struct price fill_venue_mark(struct fill_venue *venue, product_index product)
{
    struct fill_book *book = book_of(venue, product);
    struct level bid, ask;
    if (!fill_book_best(book, SIDE_BUY, &bid) || !fill_book_best(book, SIDE_SELL, &ask))
        return venue->markets[product].last;
    return (struct price){bid.price.e9 + (ask.price.e9 - bid.price.e9) / 2};
}

static const struct fill_order *live_at(const struct fill_venue *venue, uint32_t index)
{
    return fill_venue_order(venue, ((const uint32_t *)venue->live.items)[index]);
}

uint32_t fill_venue_working(const struct fill_venue *venue, product_index product)
{
    uint32_t working = 0;
    for (uint32_t i = 0; i < venue->live.count; i++)
        working += live_at(venue, i)->product == product;
    return working;
}

struct size fill_venue_lean(const struct fill_venue *venue, product_index product)
{
    struct size lean = venue->markets[product].position;
    bool flat = lean.e9 == 0;
    for (uint32_t i = 0; flat && i < venue->live.count; i++) {
        const struct fill_order *order = live_at(venue, i);
        if (order->product == product)
            lean.e9 += order->side == SIDE_BUY ? -order->size.e9 : order->size.e9;
    }
    return lean;
}

/* false: a position has no price. */
static bool worth(struct fill_venue *venue, enum venue_profile profile, struct money *ret_total,
                  struct money *ret_margin)
{
    bool known = true;
    *ret_total = venue->pots[profile].cash;
    *ret_margin = (struct money){0};
    for (product_index i = 0; i < venue->config.catalog.count; i++) {
        struct money value, margin;
        if (venue->markets[i].position.e9 == 0 || spec_of(venue, i)->profile != profile)
            continue;
        struct price mark = fill_venue_mark(venue, i);
        known = known && mark.e9 > 0;
        value = money_of(mark, venue->markets[i].position);
        CHECK(money_add(*ret_total, value, ret_total));
        value.e18 = value.e18 < 0 ? -value.e18 : value.e18;
        CHECK(money_scale(value, venue->config.initial_margin[i], ROUND_UP, &margin) &&
              money_add(*ret_margin, margin, ret_margin));
    }
    return known;
}

struct money fill_venue_equity(struct fill_venue *venue)
{
    struct money total = {0}, part, margin;
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        (void)worth(venue, (enum venue_profile)i, &part, &margin);
        CHECK(money_add(total, part, &total));
    }
    return total;
}

struct money fill_venue_funding(const struct fill_venue *venue)
{
    struct money total;
    CHECK(money_add(venue->pots[PROFILE_CDE].funding, venue->pots[PROFILE_INTX].funding, &total));
    return total;
}

static bool list_balance(struct fill_venue *venue)
{
    bool known = true;
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        struct event event = {.kind = EVENT_BALANCE,
                              .balance = {.profile = (enum venue_profile)i}};
        struct event_balance *balance = &event.balance;
        known = worth(venue, balance->profile, &balance->equity, &balance->initial_margin) && known;
        CHECK(money_sub(balance->equity, balance->initial_margin, &balance->available_margin));
        if (balance->profile == PROFILE_CDE)
            balance->funding_pnl = venue->pots[i].funding;
        if (known)
            tell(venue, &event);
    }
    return known;
}

static void list(struct fill_venue *venue, const struct command_list *command)
{
    struct event event = {.kind = EVENT_LIST_END,
                          .list_end = {command->kind, command->request, true}};
    switch (command->kind) {
    case LIST_ORDERS: list_orders(venue, command->since_wall_ns); break;
    case LIST_FILLS: list_fills(venue, command->since_wall_ns); break;
    case LIST_POSITIONS: list_positions(venue); break;
    default: event.list_end.complete = list_balance(venue);
    }
    tell(venue, &event);
}

/* ---- time */

static bool expires(const struct fill_order *order)
{
    return order->tif == TIF_GTD && order->status == VENUE_OPEN;
}

static void expire(struct fill_venue *venue)
{
    for (uint32_t i = 0; i < venue->live.count;) {
        struct fill_order *order = fill_venue_order(venue, ((uint32_t *)venue->live.items)[i]);
        bool due = expires(order) && order->expires_ns <= venue->now_ns;
        if (due)
            end_as(venue, order, VENUE_EXPIRED, "");
        i += !due;
    }
}

static void open_letter(struct fill_venue *venue, const struct letter *letter)
{
    switch (letter->kind) {
    case LETTER_PLACE: enter(venue, fill_venue_order(venue, (uint32_t)letter->roll)); break;
    case LETTER_CANCEL: cancel(venue, &letter->cancel); break;
    case LETTER_LIST: list(venue, &letter->list); break;
    default: break; /* delivered */
    }
}

/* To the host; false: it has no room, and what comes after it waits too. */
static bool deliver(struct fill_venue *venue, const struct letter *letter)
{
    return letter->kind != LETTER_EVENT || venue->port.push(venue->port.context, &letter->event);
}

void fill_venue_work(struct fill_venue *venue, int64_t now_ns)
{
    struct mail *mail = &venue->mail;
    venue->now_ns = now_ns;
    fill_venue_pass_stamps(venue);
    expire(venue);
    while (mail_next_ns(mail) <= now_ns && deliver(venue, mail->heap[0])) {
        struct letter *letter = mail_take(mail, now_ns);
        open_letter(venue, letter);
        free(letter);
    }
}

int64_t fill_venue_next_ns(const struct fill_venue *venue)
{
    const uint32_t *live = venue->live.items;
    int64_t next_ns = mail_next_ns(&venue->mail);
    if (venue->stamp_ns < next_ns)
        next_ns = venue->stamp_ns;
    for (uint32_t i = 0; i < venue->live.count; i++) {
        const struct fill_order *order = fill_venue_order(venue, live[i]);
        if (expires(order) && order->expires_ns < next_ns)
            next_ns = order->expires_ns;
    }
    return next_ns;
}

/* ---- life */

static void share_cash(struct fill_venue *venue)
{
    const struct catalog *catalog = &venue->config.catalog;
    bool traded[2] = {false, false};
    for (product_index i = 0; i < catalog->count; i++)
        traded[catalog->items[i].profile] = true;
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++)
        if (traded[i])
            venue->pots[i].cash.e18 = venue->config.cash.e18 / (traded[0] + traded[1]);
}

void fill_venue_init(struct fill_venue *venue, const struct fill_venue_config *config,
                     const struct fill_venue_port *port)
{
    *venue = (struct fill_venue){.config = *config, .port = *port, .trades = 1,
                                 .stamp_ns = INT64_MAX};
    share_cash(venue);
    for (product_index i = 0; i < config->catalog.count; i++) {
        struct fill_market *market = &venue->markets[i];
        market->venue = venue;
        market->product = i;
        fill_book_init(&market->book, spec_of(venue, i)->step,
                       &(struct fill_sink){market, on_fill});
    }
}

void fill_venue_fini(struct fill_venue *venue)
{
    for (uint32_t i = 0; i < venue->orders.count; i++)
        free(((struct fill_order **)venue->orders.items)[i]);
    for (product_index i = 0; i < venue->config.catalog.count; i++)
        fill_book_fini(&venue->markets[i].book);
    fini_list(&venue->orders);
    fini_list(&venue->live);
    fini_list(&venue->ended);
    fini_list(&venue->fills);
    free(venue->by_id.slots);
    mail_fini(&venue->mail);
}
