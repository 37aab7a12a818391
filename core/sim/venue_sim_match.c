/* One account's orders against a market that they never change. */
#include "base/check.h"
#include "base/text.h"
#include "sim/venue_sim_private.h"

static enum side opposite(enum side side)
{
    return side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
}

void venue_match_tell(struct venue_sim *sim, struct venue_order *order)
{
    order->updated_ns = sim->now_ns;
    if (sim->sink.on_order)
        sim->sink.on_order(sim->sink.context, order);
}

void venue_match_leave_book(struct venue_sim *sim, struct venue_order *order)
{
    struct size left = venue_order_left(order);
    if (order->resting && left.e9 > 0)
        venue_book_rest(&sim->listings[order->request.product].book, order->request.side,
                        order->request.limit, (struct size){-left.e9});
    order->resting = false;
}

void venue_match_finish(struct venue_sim *sim, struct venue_order *order,
                        enum venue_status status, const char *words)
{
    CHECK(!venue_status_final(order->status));
    venue_match_leave_book(sim, order);
    venue_live_remove(sim, order);
    order->status = status;
    if (words)
        text_copy(order->words, sizeof order->words, words, __builtin_strlen(words));
    if (deadlines_clear(&sim->deadlines, DEADLINE_ENTER, order->number))
        sim->pending_count--;
    deadlines_clear(&sim->deadlines, DEADLINE_CANCEL, order->number);
    deadlines_clear(&sim->deadlines, DEADLINE_EXPIRE, order->number);
    if (order->request.type == ORDER_TYPE_BRACKET && status != VENUE_FILLED)
        order->released_ns = sim->now_ns + sim->config.release_delay_ns;
    venue_match_tell(sim, order);
}

/* What a reduce-only order may still do: the position it would close. */
static int64_t closable_e9(const struct venue_sim *sim, const struct venue_order *order)
{
    int64_t held = sim->ledger.positions[order->request.product].units.e9;
    int64_t against = order->request.side == SIDE_BUY ? -held : held;
    return against > 0 ? against : 0;
}

/* False when nothing of it may be filled: a reduce-only order has then been ended. */
static bool clip_to_position(struct venue_sim *sim, struct venue_order *order, int64_t *units_e9)
{
    if (!order->request.reduce_only)
        return true;
    int64_t closable = closable_e9(sim, order);
    if (closable == 0) {
        venue_match_finish(sim, order, VENUE_CANCELLED, "reduce only: the position is closed");
        return false;
    }
    if (*units_e9 > closable)
        *units_e9 = closable;
    return true;
}

static void book_fill(struct venue_sim *sim, struct venue_order *order, struct price price,
                      struct size units, enum liquidity liquidity)
{
    const struct venue_product *spec = &venue_products[order->request.product];
    struct ratio rate = liquidity == LIQUIDITY_MAKER ? sim->config.fee_maker
                                                     : sim->config.fee_taker;
    struct venue_fill *fill = venue_list_add_fill(sim);
    struct money value;
    /* The margin check at placing keeps every number far inside its range. */
    CHECK(venue_product_value(spec, price, units, &value));
    CHECK(money_scale(value, rate, ROUND_HALF_EVEN, &fill->fee));
    CHECK(ledger_apply_fill(&sim->ledger, order->request.product, order->request.side, price,
                            units, fill->fee));
    venue_list_draw_id(sim, fill->id);
    fill->order = order->number;
    fill->product = order->request.product;
    fill->side = order->request.side;
    fill->price = price;
    fill->size = units;
    fill->liquidity = liquidity;
    fill->at_ns = order->filled_ns = sim->now_ns;
    CHECK(money_add(order->value, value, &order->value));
    CHECK(money_add(order->fees, fill->fee, &order->fees));
    order->fill_count++;
    if (order->resting)
        venue_book_rest(&sim->listings[order->request.product].book, order->request.side,
                        order->request.limit, (struct size){-units.e9});
    order->filled.e9 += units.e9;
    if (sim->sink.on_fill)
        sim->sink.on_fill(sim->sink.context, fill);
    if (venue_order_left(order).e9 == 0)
        venue_match_finish(sim, order, VENUE_FILLED, NULL);
    else
        venue_match_tell(sim, order);
}

/* An order is not to trade with its own account: the one that rests goes. */
static void cancel_own(struct venue_sim *sim, int product, enum side resting_side,
                       struct price reach)
{
    struct venue_listing *listing = &sim->listings[product];
    for (uint32_t i = 0; i < listing->live_count;) {
        struct venue_order *order = sim->orders[listing->live[i]];
        if (order->resting && order->request.side == resting_side &&
            !venue_price_better(resting_side, reach.e9, order->request.limit.e9))
            venue_match_finish(sim, order, VENUE_CANCELLED, "self trade prevention");
        else
            i++;
    }
}

static bool reaches(const struct venue_order *order, struct price price)
{
    return order->request.type == ORDER_TYPE_MARKET ||
           !venue_price_better(order->request.side, price.e9, order->request.limit.e9);
}

static void take(struct venue_sim *sim, struct venue_order *order)
{
    int product = order->request.product;
    enum side side = order->request.side, other = opposite(side);
    struct venue_book *book = &sim->listings[product].book;
    struct level best;
    while (!venue_status_final(order->status) && venue_order_left(order).e9 > 0 &&
           venue_book_best_available(book, other, &best) && reaches(order, best.price)) {
        int64_t units_e9 = venue_order_left(order).e9;
        units_e9 = units_e9 < best.size.e9 ? units_e9 : best.size.e9;
        if (!clip_to_position(sim, order, &units_e9))
            return;
        cancel_own(sim, product, other, best.price);
        venue_book_eat(book, other, best.price, (struct size){units_e9});
        venue_market_print(sim, product, side, best.price, (struct size){units_e9});
        book_fill(sim, order, best.price, (struct size){units_e9}, LIQUIDITY_TAKER);
    }
}

void venue_match_rest(struct venue_sim *sim, struct venue_order *order)
{
    struct venue_book *book = &sim->listings[order->request.product].book;
    cancel_own(sim, order->request.product, opposite(order->request.side), order->request.limit);
    order->ahead = venue_book_available(book, order->request.side, order->request.limit);
    order->resting = true;
    venue_book_rest(book, order->request.side, order->request.limit, venue_order_left(order));
}

static bool crosses_market(const struct venue_sim *sim, const struct venue_order *order)
{
    struct level best;
    const struct venue_book *book = &sim->listings[order->request.product].book;
    return venue_book_best_available(book, opposite(order->request.side), &best) &&
           reaches(order, best.price);
}

static bool can_fill_whole(struct venue_sim *sim, const struct venue_order *order)
{
    const struct venue_ladder *ladder =
        &sim->listings[order->request.product].book.sides[opposite(order->request.side)];
    int64_t left = venue_order_left(order).e9;
    for (uint32_t i = ladder->count; i-- > 0 && left > 0;) {
        struct price price = {ladder->levels[i].price_e9};
        if (!reaches(order, price))
            break;
        left -= venue_book_available(&sim->listings[order->request.product].book,
                                     opposite(order->request.side), price).e9;
    }
    return left <= 0;
}

static void work(struct venue_sim *sim, struct venue_order *order)
{
    enum time_in_force tif = order->request.tif;
    if (order->request.post_only && crosses_market(sim, order)) {
        venue_fail_order(sim, order, "REJECT_REASON_UNSPECIFIED", "INVALID_LIMIT_PRICE_POST_ONLY");
        return;
    }
    if (tif == TIF_FOK && !can_fill_whole(sim, order)) {
        venue_match_finish(sim, order, VENUE_CANCELLED, "fill or kill: not enough liquidity");
        return;
    }
    take(sim, order);
    if (venue_status_final(order->status))
        return;
    if (tif == TIF_IOC || tif == TIF_FOK)
        venue_match_finish(sim, order, VENUE_CANCELLED, "immediate or cancel: the rest");
    else
        venue_match_rest(sim, order);
}

void venue_match_enter(struct venue_sim *sim, struct venue_order *order)
{
    struct venue_listing *listing = &sim->listings[order->request.product];
    sim->pending_count--;
    order->entered = true;
    if (listing->live_count == VENUE_LIVE_MAX) {
        venue_fail_order(sim, order, "TOO_MANY_OPEN_ORDERS", "too many open orders");
        return;
    }
    if (order->status == VENUE_PENDING)
        order->status = VENUE_OPEN;
    venue_live_add(sim, order);
    venue_match_tell(sim, order);
    if (order->request.type != ORDER_TYPE_STOP_LIMIT)
        work(sim, order);
}

void venue_match_requeue(struct venue_sim *sim, struct venue_order *order)
{
    venue_live_remove(sim, order);
    venue_live_add(sim, order);
    work(sim, order);
}

/* The resting order of `side` that comes first by price, then by time; NULL: none. */
static struct venue_order *first_resting(struct venue_sim *sim, int product, enum side side)
{
    struct venue_listing *listing = &sim->listings[product];
    struct venue_order *first = NULL;
    for (uint32_t i = 0; i < listing->live_count; i++) {
        struct venue_order *order = sim->orders[listing->live[i]];
        if (order->resting && order->request.side == side && venue_order_left(order).e9 > 0 &&
            (!first || venue_price_better(side, order->request.limit.e9,
                                          first->request.limit.e9)))
            first = order;
    }
    return first;
}

static bool stop_is_hit(const struct venue_order *order, struct price last)
{
    const struct venue_request *request = &order->request;
    if (request->type == ORDER_TYPE_STOP_LIMIT)
        return request->stop_up ? last.e9 >= request->stop.e9 : last.e9 <= request->stop.e9;
    return request->side == SIDE_BUY ? last.e9 >= request->stop.e9 : last.e9 <= request->stop.e9;
}

/* A bracket's stop goes out as a limit 5 % worse than its trigger. */
static void pull_trigger(struct venue_sim *sim, struct venue_order *order)
{
    struct venue_request *request = &order->request;
    order->triggered = true;
    if (request->type == ORDER_TYPE_BRACKET) {
        bool buy = request->side == SIDE_BUY;
        struct ratio five_percent = {buy ? DECIMAL_ONE / 20 : -(DECIMAL_ONE / 20)};
        enum rounding outward = buy ? ROUND_UP : ROUND_DOWN;
        venue_match_leave_book(sim, order);
        CHECK(price_shift(request->stop, five_percent, outward, &request->limit));
        CHECK(price_round(request->limit, venue_products[request->product].tick, outward,
                          &request->limit));
    }
    venue_match_tell(sim, order);
    work(sim, order);
}

static void trigger_stops(struct venue_sim *sim, int product)
{
    struct venue_listing *listing = &sim->listings[product];
    for (uint32_t i = 0; i < listing->live_count;) {
        struct venue_order *order = sim->orders[listing->live[i]];
        bool stops = order->request.type == ORDER_TYPE_STOP_LIMIT ||
                     order->request.type == ORDER_TYPE_BRACKET;
        if (stops && !order->triggered && stop_is_hit(order, listing->stats.last)) {
            pull_trigger(sim, order);
            i = 0; /* the list has changed under us; a triggered order is passed over */
        } else {
            i++;
        }
    }
}

void venue_match_trade(struct venue_sim *sim, int product, enum side aggressor,
                       struct price price, struct size units)
{
    enum side side = opposite(aggressor);
    struct venue_listing *listing = &sim->listings[product];
    int64_t left = units.e9, market_took = 0;
    while (left > 0) {
        struct venue_order *order = first_resting(sim, product, side);
        if (!order || venue_price_better(side, price.e9, order->request.limit.e9))
            break;
        int64_t waits = order->request.limit.e9 == price.e9 ? order->ahead.e9 - market_took : 0;
        if (waits > 0) {
            int64_t gone = waits < left ? waits : left;
            market_took += gone;
            left -= gone;
        }
        int64_t mine = venue_order_left(order).e9;
        mine = mine < left ? mine : left;
        if (mine == 0)
            break;
        if (!clip_to_position(sim, order, &mine))
            continue;
        left -= mine;
        book_fill(sim, order, order->request.limit, (struct size){mine}, LIQUIDITY_MAKER);
    }
    for (uint32_t i = 0; i < listing->live_count; i++) {
        struct venue_order *order = sim->orders[listing->live[i]];
        if (order->resting && order->request.side == side &&
            order->request.limit.e9 == price.e9)
            order->ahead.e9 = order->ahead.e9 > market_took ? order->ahead.e9 - market_took : 0;
    }
    trigger_stops(sim, product);
}

/* The other side of the market has come to our price: it takes what rests there. */
static void match_crossed(struct venue_sim *sim, int product, enum side side)
{
    struct venue_book *book = &sim->listings[product].book;
    enum side other = opposite(side);
    struct venue_order *order;
    struct level best;
    while ((order = first_resting(sim, product, side)) != NULL &&
           venue_book_best_available(book, other, &best) && reaches(order, best.price)) {
        int64_t units_e9 = venue_order_left(order).e9;
        units_e9 = units_e9 < best.size.e9 ? units_e9 : best.size.e9;
        if (!clip_to_position(sim, order, &units_e9))
            continue;
        venue_book_eat(book, other, best.price, (struct size){units_e9});
        venue_market_print(sim, product, other, order->request.limit, (struct size){units_e9});
        book_fill(sim, order, order->request.limit, (struct size){units_e9}, LIQUIDITY_MAKER);
    }
}

void venue_match_book(struct venue_sim *sim, int product)
{
    struct venue_listing *listing = &sim->listings[product];
    if (listing->live_count == 0 || !venue_sim_session_open(sim, product))
        return;
    match_crossed(sim, product, SIDE_BUY);
    match_crossed(sim, product, SIDE_SELL);
    /* Cancels ahead of us are seen as a level that holds less than what we waited behind. */
    for (uint32_t i = 0; i < listing->live_count; i++) {
        struct venue_order *order = sim->orders[listing->live[i]];
        if (!order->resting || order->ahead.e9 == 0)
            continue;
        struct size there = venue_book_available(&listing->book, order->request.side,
                                                 order->request.limit);
        if (there.e9 < order->ahead.e9)
            order->ahead = there;
    }
}
