/* Orders come in, are changed and are taken back. */
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "sim/venue_sim_private.h"

#define NAMED(column)                                                                             \
    static const char *const words[] = {VENUE_REFUSAL_LIST(column)};                              \
    return words[refusal]
#define REASON_OF(symbol, reason, preview, text) reason,
#define PREVIEW_OF(symbol, reason, preview, text) preview,
#define TEXT_OF(symbol, reason, preview, text) text,

const char *venue_refusal_reason(enum venue_refusal refusal) { NAMED(REASON_OF); }
const char *venue_refusal_preview(enum venue_refusal refusal) { NAMED(PREVIEW_OF); }
const char *venue_refusal_words(enum venue_refusal refusal) { NAMED(TEXT_OF); }

/* Largest orders that fit into a position: far more than any test, far less than an overflow. */
enum { POSITION_LIMIT = 100 };

static int64_t distance(int64_t value)
{
    return value < 0 ? -value : value;
}

/* The part of the position that an order of `side` would close. */
static int64_t against_e9(const struct venue_sim *sim, int product, enum side side)
{
    int64_t held = sim->ledger.positions[product].units.e9;
    int64_t against = side == SIDE_BUY ? -held : held;
    return against > 0 ? against : 0;
}

struct size venue_reserved(const struct venue_sim *sim, int product)
{
    struct size reserved = {0};
    /* Brackets are few and recent: the last thousand orders hold every one that still counts. */
    uint32_t first = sim->order_count > 1000 ? sim->order_count - 1000 : 0;
    for (uint32_t i = first; i < sim->order_count; i++) {
        const struct venue_order *order = sim->orders[i];
        if (order->request.product != product || order->request.type != ORDER_TYPE_BRACKET)
            continue;
        if (!venue_status_final(order->status) || order->released_ns > sim->now_ns)
            reserved.e9 += venue_order_left(order).e9;
    }
    return reserved;
}

static enum venue_refusal check_shape(const struct venue_request *request)
{
    const struct venue_product *spec = &venue_products[request->product];
    struct money value;
    bool limited = request->type != ORDER_TYPE_MARKET;
    if (request->side != SIDE_BUY && request->side != SIDE_SELL)
        return VENUE_BAD_SIDE;
    if (!size_is_multiple(request->size, spec->step))
        return VENUE_SIZE_PRECISION;
    if (request->size.e9 < spec->size_min.e9)
        return VENUE_SIZE_SMALL;
    if (request->size.e9 > spec->size_max.e9)
        return VENUE_SIZE_LARGE;
    if (limited && request->limit.e9 <= 0)
        return VENUE_BAD_PRICE;
    if (limited && !price_is_multiple(request->limit, spec->tick))
        return VENUE_PRICE_PRECISION;
    if (request->stop.e9 != 0 && !price_is_multiple(request->stop, spec->tick))
        return VENUE_PRICE_PRECISION;
    if (request->reduce_only && spec->profile == PROFILE_CDE)
        return VENUE_REDUCE_ONLY_VENUE;
    if (limited && !venue_product_value(spec, request->limit, request->size, &value))
        return VENUE_BAD_PRICE;
    if (limited && !request->reduce_only && value.e18 < spec->quote_min.e18)
        return VENUE_QUOTE_SMALL;
    return VENUE_ACCEPTED;
}

static enum venue_refusal check_stop(const struct venue_sim *sim,
                                     const struct venue_request *request)
{
    int64_t last = sim->listings[request->product].stats.last.e9;
    bool bracket = request->type == ORDER_TYPE_BRACKET;
    bool up = bracket ? request->side == SIDE_BUY : request->stop_up;
    if (request->stop.e9 <= 0)
        return VENUE_BAD_PRICE;
    if (last > 0 && up && request->stop.e9 < last)
        return VENUE_STOP_BELOW;
    if (last > 0 && !up && request->stop.e9 > last)
        return VENUE_STOP_ABOVE;
    return VENUE_ACCEPTED;
}

static enum venue_refusal check_position(const struct venue_sim *sim,
                                         const struct venue_request *request)
{
    int64_t against = against_e9(sim, request->product, request->side);
    int64_t reserved = venue_reserved(sim, request->product).e9;
    if (request->type == ORDER_TYPE_BRACKET) {
        if (against == 0 && sim->ledger.positions[request->product].units.e9 != 0)
            return VENUE_BRACKET_SIDE;
        return request->size.e9 > against - reserved ? VENUE_BRACKET_SIZE : VENUE_ACCEPTED;
    }
    if (reserved > 0 && against > 0 && request->size.e9 > against - reserved)
        return VENUE_BRACKETED;
    if (request->reduce_only && request->size.e9 > against)
        return VENUE_REDUCE_ONLY_GROWS;
    return VENUE_ACCEPTED;
}

static enum venue_refusal check_market(const struct venue_sim *sim,
                                       const struct venue_request *request)
{
    struct level best;
    enum side other = request->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    const struct venue_book *book = &sim->listings[request->product].book;
    bool there = venue_book_best_available(book, other, &best);
    if (!there)
        return request->type == ORDER_TYPE_MARKET ? VENUE_NO_LIQUIDITY : VENUE_ACCEPTED;
    if (request->post_only &&
        !venue_price_better(request->side, best.price.e9, request->limit.e9))
        return VENUE_POST_ONLY;
    return VENUE_ACCEPTED;
}

/* Worst case in units: the position with every open order of one side filled. */
static int64_t worst_e9(const struct venue_sim *sim, int product, int64_t more_buys,
                        int64_t more_sells)
{
    int64_t held = sim->ledger.positions[product].units.e9;
    int64_t buys = more_buys, sells = more_sells;
    const struct venue_listing *listing = &sim->listings[product];
    for (uint32_t i = 0; i < listing->live_count; i++) {
        const struct venue_order *order = sim->orders[listing->live[i]];
        *(order->request.side == SIDE_BUY ? &buys : &sells) += venue_order_left(order).e9;
    }
    for (uint32_t i = sim->order_count, seen = 0; i-- > 0 && seen < sim->pending_count;) {
        const struct venue_order *order = sim->orders[i];
        bool pending = !order->entered && !venue_status_final(order->status);
        seen += pending;
        if (pending && order->request.product == product)
            *(order->request.side == SIDE_BUY ? &buys : &sells) += order->request.size.e9;
    }
    int64_t up = distance(held + buys), down = distance(held - sells);
    return up > down ? up : down;
}

static struct money margin_at(const struct venue_sim *sim, int product, int64_t units_e9,
                              struct ratio rate)
{
    struct money value, margin = {0};
    struct price mark = venue_sim_mark(sim, product);
    CHECK(venue_product_value(&venue_products[product], mark, (struct size){units_e9}, &value));
    CHECK(money_scale(value, rate, ROUND_UP, &margin));
    return margin;
}

static struct money margin_for(const struct venue_sim *sim, int product, int64_t units_e9,
                               bool is_long)
{
    const struct venue_product *spec = &venue_products[product];
    return margin_at(sim, product, units_e9, is_long ? spec->margin_long : spec->margin_short);
}

void venue_sim_margin(const struct venue_sim *sim, enum venue_profile profile,
                      struct venue_margin *ret)
{
    *ret = (struct venue_margin){.cash = sim->ledger.cash[profile]};
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        const struct venue_product *spec = &venue_products[i];
        struct money unrealised, worst;
        if (spec->profile != profile)
            continue;
        int64_t held = sim->ledger.positions[i].units.e9;
        struct money now = margin_for(sim, i, distance(held), held >= 0);
        worst = margin_for(sim, i, worst_e9(sim, i, 0, 0), held >= 0);
        ret->overnight.e18 += margin_at(sim, i, distance(held), held >= 0 ? spec->overnight_long
                                                                          : spec->overnight_short)
                                  .e18;
        CHECK(ledger_unrealised(&sim->ledger, i, venue_sim_mark(sim, i), &unrealised));
        ret->unrealised.e18 += unrealised.e18;
        ret->required.e18 += now.e18;
        ret->held.e18 += worst.e18 - now.e18;
    }
    ret->equity.e18 = ret->cash.e18 + ret->unrealised.e18;
    ret->available.e18 = ret->equity.e18 - ret->required.e18 - ret->held.e18;
}

/* What only brings the worst case down is never refused for want of margin. */
static enum venue_refusal check_margin(const struct venue_sim *sim,
                                       const struct venue_request *request)
{
    int product = request->product;
    bool buy = request->side == SIDE_BUY;
    struct venue_margin margin;
    enum venue_profile profile = venue_products[product].profile;
    int64_t before = worst_e9(sim, product, 0, 0);
    int64_t after = worst_e9(sim, product, buy ? request->size.e9 : 0,
                             buy ? 0 : request->size.e9);
    if (after <= before || request->type == ORDER_TYPE_BRACKET)
        return VENUE_ACCEPTED;
    if (after > POSITION_LIMIT * venue_products[product].size_max.e9)
        return VENUE_POSITION_LIMIT;
    venue_sim_margin(sim, profile, &margin);
    if (margin_for(sim, product, after - before, buy).e18 <= margin.available.e18)
        return VENUE_ACCEPTED;
    return profile == PROFILE_CDE ? VENUE_NO_FUTURES_FUNDS : VENUE_NO_FUNDS;
}

enum venue_refusal venue_sim_check(struct venue_sim *sim, const struct venue_request *request)
{
    enum venue_refusal refusal;
    if (request->product < 0 || request->product >= VENUE_PRODUCTS)
        return VENUE_BAD_PRODUCT;
    if ((refusal = check_shape(request)) != VENUE_ACCEPTED)
        return refusal;
    if (!venue_sim_session_open(sim, request->product))
        return VENUE_SESSION;
    if (request->tif == TIF_GTD && request->end_ns <= sim->now_ns)
        return VENUE_BAD_END_TIME;
    if (request->type == ORDER_TYPE_STOP_LIMIT || request->type == ORDER_TYPE_BRACKET)
        if ((refusal = check_stop(sim, request)) != VENUE_ACCEPTED)
            return refusal;
    if (!request->close && (refusal = check_position(sim, request)) != VENUE_ACCEPTED)
        return refusal;
    if ((refusal = check_market(sim, request)) != VENUE_ACCEPTED)
        return refusal;
    return check_margin(sim, request);
}

enum venue_refusal venue_sim_place(struct venue_sim *sim, const struct venue_request *request,
                                   const struct venue_order **ret)
{
    struct venue_order *order = venue_list_find_client(sim, request->client_id);
    *ret = order;
    if (order)
        return VENUE_ACCEPTED;
    enum venue_refusal refusal = venue_sim_check(sim, request);
    if (refusal != VENUE_ACCEPTED)
        return refusal;
    if (sim->pending_count >= VENUE_LIVE_MAX || !(order = venue_list_add(sim)))
        return VENUE_ENTRY_DISABLED;
    venue_list_draw_id(sim, order->id);
    order->request = *request;
    order->status = VENUE_PENDING;
    order->created_ns = sim->now_ns;
    venue_list_index(sim, order);
    sim->pending_count++;
    CHECK(deadlines_set(&sim->deadlines, (struct deadline){
        sim->now_ns + sim->config.accept_delay_ns, DEADLINE_ENTER, order->number}));
    if (request->tif == TIF_GTD)
        CHECK(deadlines_set(&sim->deadlines, (struct deadline){
            request->end_ns, DEADLINE_EXPIRE, order->number}));
    venue_match_tell(sim, order);
    *ret = order;
    return VENUE_ACCEPTED;
}

enum venue_refusal venue_sim_close(struct venue_sim *sim, const char *client_id, int product,
                                   struct size size, const struct venue_order **ret)
{
    int64_t held = sim->ledger.positions[product].units.e9;
    struct venue_request request = {
        .product = product, .side = held < 0 ? SIDE_BUY : SIDE_SELL, .type = ORDER_TYPE_MARKET,
        .tif = TIF_IOC, .close = true,
        .size = {size.e9 > 0 ? size.e9 : distance(held)}};
    *ret = venue_list_find_client(sim, client_id);
    if (*ret)
        return VENUE_ACCEPTED;
    if (held == 0)
        return VENUE_NO_POSITION;
    if (request.size.e9 > distance(held))
        return VENUE_SIZE_LARGE;
    text_copy(request.client_id, sizeof request.client_id, client_id, strlen(client_id));
    return venue_sim_place(sim, &request, ret);
}

const char *venue_sim_cancel(struct venue_sim *sim, const char *order_id)
{
    struct venue_order *order = venue_list_find(sim, order_id);
    if (!order)
        return "UNKNOWN_CANCEL_ORDER";
    if (order->status == VENUE_FILLED)
        return "ORDER_IS_FULLY_FILLED";
    if (venue_status_final(order->status))
        return "UNKNOWN_CANCEL_ORDER";
    if (order->status == VENUE_CANCEL_QUEUED)
        return "DUPLICATE_CANCEL_REQUEST";
    order->status = VENUE_CANCEL_QUEUED;
    CHECK(deadlines_set(&sim->deadlines, (struct deadline){
        sim->now_ns + sim->config.cancel_delay_ns, DEADLINE_CANCEL, order->number}));
    venue_match_tell(sim, order);
    return NULL;
}

void venue_fail_order(struct venue_sim *sim, struct venue_order *order, const char *reason,
                      const char *words)
{
    order->reject_reason = reason;
    venue_match_finish(sim, order, VENUE_FAILED, words);
}

static const char *check_edit(const struct venue_order *order, struct price price,
                              struct size size)
{
    const struct venue_product *spec = &venue_products[order->request.product];
    if (order->request.type != ORDER_TYPE_LIMIT || order->request.tif != TIF_GTC)
        return "ONLY_LIMIT_ORDER_EDITS_SUPPORTED";
    if (order->status == VENUE_CANCEL_QUEUED)
        return "CANNOT_EDIT_ORDER_PENDING_CANCEL";
    if (order->status != VENUE_OPEN)
        return "ONLY_OPEN_ORDERS_CAN_BE_EDITED";
    if (size.e9 <= 0 || !size_is_multiple(size, spec->step) || size.e9 > spec->size_max.e9)
        return "INVALID_EDITED_SIZE";
    if (price.e9 <= 0 || !price_is_multiple(price, spec->tick))
        return "INVALID_EDITED_PRICE";
    if (size.e9 <= order->filled.e9)
        return "CANNOT_EDIT_TO_BELOW_FILLED_SIZE";
    if (price.e9 == order->request.limit.e9 && size.e9 == order->request.size.e9)
        return "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST";
    return NULL;
}

const char *venue_sim_edit(struct venue_sim *sim, const char *order_id, struct price price,
                           struct size size)
{
    struct venue_order *order = venue_list_find(sim, order_id);
    if (!order)
        return "ORDER_NOT_FOUND";
    const char *failure = check_edit(order, price, size);
    if (failure)
        return failure;
    bool keeps_place = price.e9 == order->request.limit.e9 && size.e9 < order->request.size.e9;
    struct venue_request wanted = order->request;
    wanted.limit = price;
    wanted.size.e9 = size.e9 - order->request.size.e9;
    if (wanted.size.e9 > 0 && check_margin(sim, &wanted) != VENUE_ACCEPTED)
        return "COMMANDER_REJECTED_EDIT_ORDER";
    memmove(&order->edits[1], &order->edits[0],
            (VENUE_EDITS_MAX - 1) * sizeof order->edits[0]);
    order->edits[0] = (struct venue_edit){price, size, sim->now_ns};
    order->edit_count += order->edit_count < VENUE_EDITS_MAX;
    venue_match_leave_book(sim, order);
    order->request.limit = price;
    order->request.size = size;
    venue_match_tell(sim, order);
    if (keeps_place) {
        struct size ahead = order->ahead;
        venue_match_rest(sim, order);
        order->ahead = ahead;
    } else {
        venue_match_requeue(sim, order);
    }
    return NULL;
}
