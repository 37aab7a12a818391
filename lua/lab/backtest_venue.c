/* The venue of a backtest: orders that arrive after their latency, rest in the fill book of their
 * product, and are told of after the way back. Its books are its own: the engine's are compared
 * with them, as with a real venue's. Times are wall. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/backtest_private.h"
#include "model/client_id.h"

static const struct ratio BRACKET_WORSE = {DECIMAL_ONE / 20}; /* as the venue's own brackets */

static struct backtest_order *order_at(const struct backtest *run, uint32_t number)
{
    return ((struct backtest_order **)run->orders.items)[number];
}

static const struct instrument *spec_of(const struct backtest *run, product_index product)
{
    return &run->lab->config.settings.catalog.items[product];
}

/* --- what it tells --- */

static void tell(struct backtest *run, const struct event *event)
{
    mail_post_event(&run->mail, event, run->lab->now.wall_ns + run->options->answer_ns);
}

static void tell_order(struct backtest *run, struct backtest_order *order)
{
    struct event event = {.kind = EVENT_ORDER_REPORT,
                          .order = lab_order_report(&order->order, REPORT_USER_UPDATE)};

    order->order.updated_ns = run->lab->now.wall_ns;
    tell(run, &event);
}

static void tell_placed(struct backtest *run, const struct lab_order *order, enum outcome outcome,
                        const char *reason)
{
    struct event event = {.kind = EVENT_PLACE_REPLY,
                          .place_reply = {.client_id = order->row.id, .outcome = outcome}};

    if (outcome == OUTCOME_ACCEPTED)
        event.place_reply.venue_id = order->venue_id;
    text_copy(event.place_reply.reason, REASON_MAX, reason, strlen(reason));
    tell(run, &event);
}

void backtest_venue_tell_spec(struct backtest_market *market)
{
    struct backtest *run = market->run;
    struct event event = {.kind = EVENT_INSTRUMENT,
                          .instrument = {.product = market->product,
                                         .spec = *spec_of(run, market->product)}};

    event.instrument.spec.funding_rate = run->options->funding_rate;
    event.instrument.spec.funding_time_ns = market->funding_ns;
    lab_push(run->lab, &event);
}

/* --- orders --- */

static uint32_t number_of(const struct backtest *run, const struct backtest_order *order)
{
    uint32_t number = (uint32_t)strtoul(strrchr(order->order.venue_id.text, '-') + 1, NULL, 10);

    CHECK(order_at(run, number) == order);
    return number;
}

static void end(struct backtest *run, struct backtest_order *order)
{
    uint32_t number = number_of(run, order), *live = run->live.items;

    fill_book_remove(&run->markets[order->order.row.product].book, number);
    for (uint32_t i = 0; i < run->live.count; i++)
        if (live[i] == number) {
            memmove(&live[i], &live[i + 1], (--run->live.count - i) * sizeof(*live));
            break;
        }
    *(uint32_t *)lab_list_add(&run->ended, sizeof(uint32_t)) = number;
}

static void end_as(struct backtest *run, struct backtest_order *order, enum venue_status status,
                   const char *reason)
{
    order->order.status = status;
    text_copy(order->order.reason, REASON_MAX, reason, strlen(reason));
    end(run, order);
    tell_order(run, order);
}

void backtest_venue_fill(void *context, uint32_t number, struct price price, struct size size,
                         enum liquidity liquidity)
{
    struct backtest_market *market = context;
    struct backtest *run = market->run;
    struct backtest_order *order = order_at(run, number);
    struct event_fill *fill = lab_list_add(&run->fills, sizeof(*fill));
    bool buys = order->order.row.side == SIDE_BUY;
    struct money value = money_of(price, size);

    lab_order_book_fill(&order->order, price, size, liquidity, &run->rates, fill);
    snprintf(fill->trade_id.text, VENUE_ID_MAX, "backtest-trade-%u", run->fills.count);
    fill->venue_ns = run->lab->now.wall_ns;
    run->positions[market->product].e9 += buys ? size.e9 : -size.e9;
    CHECK(buys ? money_sub(run->cash, value, &run->cash) : money_add(run->cash, value, &run->cash));
    CHECK(money_sub(run->cash, fill->fee, &run->cash));
    CHECK(money_add(run->fees, fill->fee, &run->fees));
    if (lab_order_is_final(&order->order))
        end(run, order);
    tell_order(run, order);
}

static struct price taker_limit(const struct lab_order *order)
{
    return order->row.type == ORDER_TYPE_MARKET ? (struct price){0} : order->row.price;
}

/* Takes what is there within its limit and rests with what is left, if it may. */
static void work(struct backtest *run, struct backtest_order *order, struct price limit)
{
    struct backtest_market *market = &run->markets[order->order.row.product];
    struct fill_book *book = backtest_market_book(market);
    const struct order_row *row = &order->order.row;
    uint32_t number = number_of(run, order);
    bool once = row->type == ORDER_TYPE_MARKET || row->tif == TIF_IOC || row->tif == TIF_FOK;
    bool enough = row->tif != TIF_FOK ||
                  fill_book_takeable(book, row->side, limit).e9 >= row->size.e9;
    struct size left = lab_order_left(&order->order);

    if (enough)
        left = fill_book_take(book, number, row->side, limit, left);
    if (left.e9 == 0)
        return;
    if (once)
        end_as(run, order, VENUE_CANCELLED, "nothing left to take");
    else if (!fill_book_rest(book, number, row->side, limit, left))
        end_as(run, order, VENUE_CANCELLED, "too many working orders");
}

static void enter(struct backtest *run, struct backtest_order *order)
{
    const struct order_row *row = &order->order.row;
    struct fill_book *book = backtest_market_book(&run->markets[row->product]);

    if (row->post_only && fill_book_crosses(book, row->side, row->price)) {
        order->order.status = VENUE_FAILED;
        end(run, order);
        tell_placed(run, &order->order, OUTCOME_REFUSED, "INVALID_LIMIT_PRICE_POST_ONLY");
        return;
    }
    tell_placed(run, &order->order, OUTCOME_ACCEPTED, "");
    order->order.status = VENUE_OPEN;
    tell_order(run, order);
    if (row->type != ORDER_TYPE_STOP_LIMIT)
        work(run, order, taker_limit(&order->order));
}

/* --- stops --- */

static bool is_hit(const struct order_row *row, struct price last)
{
    bool up = row->type == ORDER_TYPE_BRACKET ? row->side == SIDE_BUY : row->stop == STOP_UP;

    return up ? last.e9 >= row->stop_price.e9 : last.e9 <= row->stop_price.e9;
}

static void trigger(struct backtest *run, struct backtest_order *order)
{
    const struct order_row *row = &order->order.row;
    struct price limit = row->price;
    bool buys = row->side == SIDE_BUY;
    struct ratio by = {buys ? BRACKET_WORSE.e9 : -BRACKET_WORSE.e9};

    order->triggered = true;
    if (row->type == ORDER_TYPE_BRACKET) {
        fill_book_remove(&run->markets[row->product].book, number_of(run, order));
        CHECK(price_shift(row->stop_price, by, buys ? ROUND_UP : ROUND_DOWN, &limit));
        CHECK(price_round(limit, spec_of(run, row->product)->tick, buys ? ROUND_UP : ROUND_DOWN,
                          &limit));
    }
    work(run, order, limit);
}

void backtest_venue_traded(struct backtest_market *market)
{
    struct backtest *run = market->run;

    for (uint32_t i = 0; i < run->live.count; i++) {
        struct backtest_order *order = order_at(run, ((uint32_t *)run->live.items)[i]);
        const struct order_row *row = &order->order.row;
        bool stops = row->type == ORDER_TYPE_STOP_LIMIT || row->type == ORDER_TYPE_BRACKET;
        if (!stops || row->product != market->product || order->triggered ||
            order->order.status != VENUE_OPEN || !is_hit(row, market->last))
            continue;
        trigger(run, order);
        i = UINT32_MAX; /* the list has changed; what was triggered is passed over */
    }
}

/* --- what the host asks --- */

static void place(struct backtest *run, const struct command_place *command, int64_t at_ns)
{
    struct backtest_order *order = calloc(1, sizeof(*order));
    struct letter *letter = mail_post(&run->mail, LETTER_PLACE, at_ns);

    /* The sealed order is not opened here: the engine says what it holds. */
    CHECK(order && snapshot_find_order(run->lab->engine, command->id, &order->order.row));
    order->order.status = VENUE_PENDING;
    order->arrives_ns = at_ns;
    snprintf(order->order.venue_id.text, VENUE_ID_MAX, "backtest-order-%u", run->orders.count);
    letter->roll = run->orders.count;
    *(uint32_t *)lab_list_add(&run->live, sizeof(uint32_t)) = run->orders.count;
    *(struct backtest_order **)lab_list_add(&run->orders, sizeof(order)) = order;
}

static void cancel(struct backtest *run, const struct command_cancel *command)
{
    struct event event = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = command->id,
                                           .venue_id = command->venue_id,
                                           .outcome = OUTCOME_REFUSED,
                                           .reason = "UNKNOWN_CANCEL_ORDER"}};
    struct backtest_order *order = NULL;

    for (uint32_t i = 0; i < run->live.count && !order; i++) {
        struct backtest_order *one = order_at(run, ((uint32_t *)run->live.items)[i]);
        if (client_id_equal(one->order.row.id, command->id) && one->order.status == VENUE_OPEN)
            order = one;
    }
    if (order) {
        event.cancel_reply.outcome = OUTCOME_ACCEPTED;
        event.cancel_reply.reason[0] = '\0';
    }
    tell(run, &event);
    if (order)
        end_as(run, order, VENUE_CANCELLED, "");
}

static void list_one(struct backtest *run, const struct backtest_order *order)
{
    struct event event = {.kind = EVENT_ORDER_REPORT,
                          .order = lab_order_report(&order->order, REPORT_REST)};

    if (order->order.status != VENUE_PENDING && order->order.status != VENUE_FAILED)
        tell(run, &event);
}

static void list_orders(struct backtest *run, int64_t since_ns)
{
    for (uint32_t i = run->ended.count; i-- > 0;) {
        const struct backtest_order *order = order_at(run, ((uint32_t *)run->ended.items)[i]);
        if (order->order.updated_ns < since_ns && order->order.status != VENUE_FAILED)
            break;
        list_one(run, order);
    }
    for (uint32_t i = 0; i < run->live.count; i++)
        list_one(run, order_at(run, ((uint32_t *)run->live.items)[i]));
}

static void list_fills(struct backtest *run, int64_t since_ns)
{
    const struct event_fill *fills = run->fills.items;

    for (uint32_t i = run->fills.count; i-- > 0 && fills[i].venue_ns >= since_ns;) {
        struct event event = {.kind = EVENT_FILL, .fill = fills[i]};
        tell(run, &event);
    }
}

static void list_positions(struct backtest *run)
{
    for (product_index i = 0; i < run->count; i++) {
        struct event event = {.kind = EVENT_POSITION,
                              .position = {.product = i, .size = run->positions[i]}};
        if (run->positions[i].e9 != 0)
            tell(run, &event);
    }
}

/* --- money --- */

static struct price mark_of(struct backtest_market *market)
{
    struct fill_book *book = backtest_market_book(market);
    struct level bid, ask;

    if (!fill_book_best(book, SIDE_BUY, &bid) || !fill_book_best(book, SIDE_SELL, &ask))
        return market->last;
    return (struct price){bid.price.e9 + (ask.price.e9 - bid.price.e9) / 2};
}

static struct money worth(struct backtest *run, struct money *ret_margin)
{
    struct money total = run->cash;

    *ret_margin = (struct money){0};
    for (product_index i = 0; i < run->count; i++) {
        struct money value, margin;
        if (run->positions[i].e9 == 0)
            continue;
        value = money_of(mark_of(&run->markets[i]), run->positions[i]);
        CHECK(money_add(total, value, &total));
        value.e18 = value.e18 < 0 ? -value.e18 : value.e18;
        CHECK(money_scale(value, run->lab->config.settings.product_limits[i].initial_margin,
                          ROUND_UP, &margin) &&
              money_add(*ret_margin, margin, ret_margin));
    }
    return total;
}

struct money backtest_venue_equity(struct backtest *run)
{
    struct money margin;

    return worth(run, &margin);
}

/* All of it in the pot of the first product, nothing in the other one. */
static void list_balance(struct backtest *run)
{
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        struct event event = {.kind = EVENT_BALANCE,
                              .balance = {.profile = (enum venue_profile)i}};
        struct event_balance *balance = &event.balance;
        if (spec_of(run, 0)->profile == balance->profile) {
            balance->equity = worth(run, &balance->initial_margin);
            CHECK(money_sub(balance->equity, balance->initial_margin,
                            &balance->available_margin));
            if (balance->profile == PROFILE_CDE)
                balance->funding_pnl = run->funding;
        }
        tell(run, &event);
    }
}

static void list(struct backtest *run, const struct command_list *command)
{
    struct event event = {.kind = EVENT_LIST_END,
                          .list_end = {command->kind, command->request, true}};

    switch (command->kind) {
    case LIST_ORDERS: list_orders(run, command->since_wall_ns); break;
    case LIST_FILLS: list_fills(run, command->since_wall_ns); break;
    case LIST_POSITIONS: list_positions(run); break;
    default: list_balance(run);
    }
    tell(run, &event);
}

void backtest_venue_command(struct backtest *run, const struct command *command)
{
    int64_t at_ns = run->lab->now.wall_ns + run->options->order_ns;

    if (command->kind == COMMAND_PLACE)
        place(run, &command->place, at_ns);
    else if (command->kind == COMMAND_CANCEL)
        mail_post(&run->mail, LETTER_CANCEL, at_ns)->cancel = command->cancel;
    else if (command->kind == COMMAND_LIST)
        mail_post(&run->mail, LETTER_LIST, at_ns)->list = command->list;
}

/* --- time --- */

/* A stamp pays on what is held then; the specification then names the next one. */
static void fund(struct backtest_market *market)
{
    struct backtest *run = market->run;
    struct money paid = {0};

    if (run->positions[market->product].e9 != 0)
        CHECK(money_scale(money_of(mark_of(market), run->positions[market->product]),
                          run->options->funding_rate, ROUND_HALF_EVEN, &paid));
    CHECK(money_sub(run->cash, paid, &run->cash) && money_sub(run->funding, paid, &run->funding));
    market->funding_ns += spec_of(run, market->product)->funding_interval_ns;
    backtest_venue_tell_spec(market);
}

static void expire(struct backtest *run, int64_t now_ns)
{
    for (uint32_t i = 0; i < run->live.count;) {
        struct backtest_order *order = order_at(run, ((uint32_t *)run->live.items)[i]);
        bool due = order->order.row.tif == TIF_GTD && order->order.status == VENUE_OPEN &&
                   order->order.row.expires_wall_ns <= now_ns;
        if (due)
            end_as(run, order, VENUE_EXPIRED, "");
        i += !due;
    }
}

static void open_letter(struct backtest *run, const struct letter *letter)
{
    switch (letter->kind) {
    case LETTER_PLACE: enter(run, order_at(run, (uint32_t)letter->roll)); break;
    case LETTER_CANCEL: cancel(run, &letter->cancel); break;
    case LETTER_LIST: list(run, &letter->list); break;
    default: lab_push(run->lab, &letter->event);
    }
}

void backtest_venue_work(struct backtest *run, int64_t now_ns)
{
    struct letter *letter;

    expire(run, now_ns);
    for (product_index i = 0; i < run->count; i++)
        while (run->markets[i].funding_ns <= now_ns)
            fund(&run->markets[i]);
    while ((letter = mail_take(&run->mail, now_ns)) != NULL) {
        open_letter(run, letter);
        free(letter);
    }
}

int64_t backtest_venue_next_ns(const struct backtest *run)
{
    const uint32_t *live = run->live.items;
    int64_t next_ns = mail_next_ns(&run->mail);

    for (product_index i = 0; i < run->count; i++)
        if (run->markets[i].funding_ns < next_ns)
            next_ns = run->markets[i].funding_ns;
    for (uint32_t i = 0; i < run->live.count; i++) {
        const struct order_row *row = &order_at(run, live[i])->order.row;
        if (row->tif == TIF_GTD && order_at(run, live[i])->order.status == VENUE_OPEN &&
            row->expires_wall_ns < next_ns)
            next_ns = row->expires_wall_ns;
    }
    return next_ns;
}

void backtest_venue_fini(struct backtest *run)
{
    for (uint32_t i = 0; i < run->orders.count; i++)
        free(order_at(run, i));
    lab_list_fini(&run->orders);
    lab_list_fini(&run->live);
    lab_list_fini(&run->ended);
    lab_list_fini(&run->fills);
    mail_fini(&run->mail);
}
