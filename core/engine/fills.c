#include "engine/fills.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "base/wide.h"
#include "engine/daily.h"
#include "engine/funding.h"
#include "engine/external.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"
#include "engine/risk.h"
#include "engine/sweep.h"
#include "engine/watch.h"

enum { SEEN_KEY = 16 };
/* The journal does not say which lists were whole: the first one after a start goes back further
 * than any list that breaks off goes on being asked for. */
static const int64_t RESTART_OVERLAP_NS = 3600000000000;

/* ---- seen once */

size_t fills_bytes(void)
{
    return map_bytes(SEEN_KEY, MAX_FILLS_SEEN) + (size_t)SEEN_KEY * MAX_FILLS_SEEN +
           sizeof(struct staged_fill) * FILL_STAGE +
           sizeof(struct event_fill) * EXTERNAL_FILLS_KEPT + 64;
}

void fills_init(struct engine *engine)
{
    struct arena *arena = &engine->arena;
    map_init(&engine->seen.map, arena_take(arena, map_bytes(SEEN_KEY, MAX_FILLS_SEEN), 1), SEEN_KEY,
             MAX_FILLS_SEEN);
    engine->seen.ring = arena_take(arena, MAX_FILLS_SEEN, SEEN_KEY);
    engine->stage = arena_take(arena, FILL_STAGE, sizeof(struct staged_fill));
    engine->externals = arena_take(arena, EXTERNAL_FILLS_KEPT, sizeof(struct event_fill));
}

static uint64_t mix(uint64_t hash, const char *text, uint64_t prime)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * prime;
    return (hash ^ 0xff) * prime;
}

/* 128 bits of trade id, order id and kind: one trade may fill two of our orders, and its reversal
 * carries its id. Ids of 32,768 fills meet by chance once in 10^29. */
static void seen_key(const struct event_fill *fill, unsigned char key[SEEN_KEY])
{
    uint64_t halves[2] = {0xcbf29ce484222325u + (uint64_t)fill->kind,
                          0x9e3779b97f4a7c15u ^ (uint64_t)fill->kind};
    halves[0] = mix(mix(halves[0], fill->trade_id.text, 0x100000001b3u),
                    fill->venue_order_id.text, 0x100000001b3u);
    halves[1] = mix(mix(halves[1], fill->venue_order_id.text, 0xff51afd7ed558ccdu),
                    fill->trade_id.text, 0xff51afd7ed558ccdu);
    memcpy(key, halves, SEEN_KEY);
}

static bool was_seen(const struct engine *engine, const struct event_fill *fill)
{
    unsigned char key[SEEN_KEY];
    uint32_t value;
    seen_key(fill, key);
    return map_get(&engine->seen.map, key, &value);
}

static void mark_seen(struct engine *engine, const struct event_fill *fill)
{
    struct fills_seen *seen = &engine->seen;
    unsigned char *slot = seen->ring[seen->next];
    if (seen->count == MAX_FILLS_SEEN)
        map_remove(&seen->map, slot);
    else
        seen->count++;
    seen_key(fill, slot);
    CHECK(map_set(&seen->map, slot, seen->next));
    seen->next = (seen->next + 1) % MAX_FILLS_SEEN;
}

static const char OUT_OF_RANGE[] = "a fill left the range that is kept exactly";

/* ---- the provisional part */

/* What the newest part must have cost for the average to be what it is; the average itself when
 * that comes out absurd, for averages are rounded. */
static struct price derive_price(const struct engine *engine, const struct order *order,
                                 struct size filled, struct size delta, struct price average)
{
    struct money total, rest;
    struct price price = {0};
    if (average.e9 <= 0) {
        price = order->price.e9 > 0 ? order->price : order->value_price;
        return price.e9 > 0 ? price : engine->products[order->product].mid;
    }
    int64_t margin = average.e9 / 20;
    bool known = money_sub(money_of(average, filled), order->booked_cost, &total) &&
                 money_sub(total, order->provisional_cost, &rest) &&
                 money_div_size(rest, delta, ROUND_HALF_EVEN, &price);
    if (!known || price.e9 <= 0 || price.e9 - average.e9 > margin ||
        average.e9 - price.e9 > margin)
        return average;
    return price;
}

static void record_fill(struct engine *engine, const struct order *order, actor_index actor,
                        const struct event_fill *fill, bool provisional)
{
    struct record_fill *r = &out_record(engine, RECORD_FILL)->fill;
    const char *name = engine->settings.catalog.items[fill->product].product_id;
    const char *actor_name = out_actor_name(engine, actor);
    if (order != NULL)
        r->id = order->id;
    r->actor = actor;
    r->product = fill->product;
    text_copy(r->product_id, sizeof r->product_id, name, strlen(name));
    r->fill = *fill;
    r->provisional = provisional;
    text_copy(r->name, sizeof r->name, actor_name, strlen(actor_name));
}

static void add_provisional(struct order *order, struct price price, struct size delta)
{
    struct money cost = money_of(price, delta);
    if (money_add(order->provisional_cost, cost, &cost))
        order->provisional_cost = cost;
    order->filled.e9 += delta.e9;
}

/* Beyond its range it stays at the end of it, and is still more than any order has. */
static void add_to(struct size *to, struct size more)
{
    if (!size_add(*to, more, to))
        to->e9 = INT64_MAX;
}

/* As much of `from` as `size` has is taken off both; how much that is. */
static int64_t take_off(struct size *from, struct size *size)
{
    int64_t part = from->e9 < size->e9 ? from->e9 : size->e9;
    from->e9 -= part;
    size->e9 -= part;
    return part;
}

/* The exact fills that came before the word of them take their part of it. */
static void take_ahead(struct order *order, struct size *delta)
{
    int64_t part = take_off(&order->ahead, delta);
    order->booked.e9 += part;
    order->filled.e9 += part;
}

bool fills_progress(struct engine *engine, struct order *order, struct size filled,
                    struct price average)
{
    /* More than the order is no word to book by; if true, fills with a trade id will say so. */
    if (filled.e9 > order->size.e9)
        filled = order->size;
    /* What was reversed is in the venue's quantity for ever, or no more: then exact fills tell. */
    filled.e9 -= order->reversed.e9;
    if (filled.e9 <= order->filled.e9)
        return false;
    struct size delta = {filled.e9 - order->filled.e9};
    if (order->actor == ACTOR_EXTERNAL) {
        order->progress_ns = engine->now.mono_ns;
        take_ahead(order, &delta);
        if (delta.e9 == 0)
            return true;
    }
    struct event_fill fill = {.product = order->product, .side = order->side, .size = delta};
    memset(&fill.trade_id, 0, sizeof fill.trade_id);
    fill.venue_order_id = order->venue_id;
    fill.price = derive_price(engine, order, filled, delta, average);
    fill.venue_ns = engine->now.wall_ns;
    fill.price.e9 = fill.price.e9 > 0 ? fill.price.e9 : 1;
    add_provisional(order, fill.price, delta);
    record_fill(engine, order, order->actor, &fill, true);
    if (order->actor == ACTOR_EXTERNAL)
        external_on_fill(engine, order->product);
    reconcile_want(engine, LIST_FILLS);
    return true;
}

static enum side booked_side(const struct event_fill *fill)
{
    if (fill->kind != FILL_REVERSAL)
        return fill->side;
    return fill->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
}

static struct money booked_fee(const struct event_fill *fill)
{
    return (struct money){fill->kind == FILL_REVERSAL ? -fill->fee.e18 : fill->fee.e18};
}

/* The order it fills; NULL when there is none, or when that one is of another product or side: then
 * the venue contradicts itself, and the fill counts for the account alone. */
static struct order *order_of(struct engine *engine, const struct event_fill *fill)
{
    struct order *order = orders_find_venue(&engine->orders, &fill->venue_order_id);
    if (order != NULL && (order->product != fill->product || order->side != fill->side))
        return NULL;
    return order;
}

/* The account has it, whoever it belongs to, and counts it beside the order that may own it. One
 * that has shown its id shows what it filled as well. */
static bool show_held(struct engine *engine, const struct staged_fill *staged)
{
    const struct event_fill *fill = &staged->fill;
    struct position *account = &engine->portfolio.shown_account[fill->product];
    return !staged->held || order_of(engine, fill) != NULL ||
           (position_apply(account, booked_side(fill), fill->price, fill->size) &&
            position_charge(account, booked_fee(fill)));
}

bool fills_show_product(struct engine *engine, product_index product)
{
    bool fits = portfolio_show(&engine->portfolio, &engine->orders, product);
    for (uint32_t i = 0; i < engine->stage_count; i++)
        if (engine->stage[i].fill.product == product)
            fits = show_held(engine, &engine->stage[i]) && fits;
    sweep_want(engine, product);
    return fits;
}

static void show_or_halt(struct engine *engine, product_index product)
{
    if (!fills_show_product(engine, product))
        out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, OUT_OF_RANGE);
}

bool fills_follow(struct engine *engine, const struct order *order)
{
    portfolio_track(&engine->portfolio, orders_index(&engine->orders, order),
                    order_provisional(order).e9 > 0);
    return fills_show_product(engine, order->product);
}

void fills_show(struct engine *engine, const struct order *order)
{
    if (!fills_follow(engine, order))
        out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, OUT_OF_RANGE);
}

/* An exact fill has come for this order: as much of the provisional part, which was `before`, is no
 * more, and what remains keeps its price. */
static void take_provisional(struct order *order, struct size before)
{
    struct size after = order_provisional(order);
    wide_uint part;
    uint64_t rest;
    if (after.e9 == before.e9)
        return;
    CHECK(after.e9 < before.e9 && order->provisional_cost.e18 >= 0);
    CHECK(wide_mul_div((wide_uint)order->provisional_cost.e18, (uint64_t)after.e9,
                       (uint64_t)before.e9, &part, &rest));
    order->provisional_cost.e18 = (__int128)part;
}

/* ---- the exact part */

/* Its quantity is the reports' to tell; the fill only takes the place of what they told, when it
 * was met or since, or comes before their word of it. */
static void apply_to_external(struct order *order, const struct event_fill *fill)
{
    struct size before = order_provisional(order), left = before, rest = fill->size;
    if (fill->kind == FILL_REVERSAL) { /* the venue may call it filled and tell nothing of it */
        add_to(&order->reversed, rest);
        return;
    }
    if (fill->venue_ns < order->met_wall_ns)
        (void)take_off(&order->unread, &rest);
    order->booked.e9 += take_off(&left, &rest);
    take_provisional(order, before);
    add_to(&order->ahead, rest);
}

void fills_meet(struct engine *engine, struct order *order)
{
    struct size known = {0}, told = order->filled;
    for (uint64_t i = 0; i < EXTERNAL_FILLS_KEPT; i++) {
        const struct event_fill *fill = &engine->externals[i];
        if (fill->product == order->product && fill->side == order->side &&
            fill->kind != FILL_REVERSAL && fill->size.e9 > 0 &&
            strcmp(fill->venue_order_id.text, order->venue_id.text) == 0)
            add_to(&known, fill->size);
    }
    (void)take_off(&told, &known);
    order->unread = told;
    order->ahead = known;
}

static void apply_to_order(struct order *order, const struct event_fill *fill)
{
    struct size before = order_provisional(order);
    struct money cost = money_of(fill->price, fill->size);
    if (order->actor == ACTOR_EXTERNAL) {
        apply_to_external(order, fill);
        return;
    }
    struct size rest = fill->size, back = fill->size;
    if (fill->kind == FILL_REVERSAL) { /* which a list that is no longer awaited tells first */
        (void)take_off(&order->booked, &rest);
        (void)take_off(&order->filled, &back);
        add_to(&order->reversed, fill->size);
        add_to(&order->owed, rest);
        (void)money_sub(order->booked_cost, cost, &order->booked_cost);
        take_provisional(order, before);
        return;
    }
    (void)take_off(&order->owed, &rest);
    add_to(&order->booked, rest);
    (void)money_add(order->booked_cost, cost, &order->booked_cost);
    if (order->booked.e9 > order->filled.e9)
        order->filled = order->booked;
    take_provisional(order, before);
}

/* Into the exact books; the caller has seen that it was not there. */
static bool book_exact(struct engine *engine, struct order *order, actor_index actor,
                       const struct event_fill *fill)
{
    mark_seen(engine, fill);
    if (!portfolio_book(&engine->portfolio, actor, fill->product, booked_side(fill), fill->price,
                        fill->size, booked_fee(fill)))
        return false;
    daily_on_fill(engine, actor, fill);
    funding_on_fill(engine, actor, fill, 1);
    risk_on_fill(engine, actor, fill);
    if (fill->venue_ns > engine->newest_fill_wall_ns)
        engine->newest_fill_wall_ns = fill->venue_ns;
    engine->products[fill->product].fills++;
    engine->products[fill->product].version++;
    if (order != NULL)
        apply_to_order(order, fill);
    else
        engine->externals[engine->external_count++ % EXTERNAL_FILLS_KEPT] = *fill;
    return true;
}

/* Booked as nobody's while no order knew it: now it is the order's, and what the order's report
 * tells of it is no second quantity. */
static bool claim(struct engine *engine, struct order *order, const struct event_fill *fill)
{
    if (!portfolio_claim(&engine->portfolio, order->actor, fill->product, booked_side(fill),
                         fill->price, fill->size, booked_fee(fill)))
        return false;
    funding_on_fill(engine, order->actor, fill, 1);
    funding_on_fill(engine, ACTOR_EXTERNAL, fill, -1);
    apply_to_order(order, fill);
    engine->products[fill->product].version++;
    return true;
}

static void tell_fill(struct engine *engine, const struct order *order,
                      const struct event_fill *fill)
{
    struct notice *n = out_notice(engine, order->actor, NOTICE_FILL, fill->product);
    if (n == NULL)
        return;
    n->fill.ref = order->ref;
    n->fill.side = booked_side(fill);
    n->fill.price = fill->price;
    n->fill.size = fill->size;
    n->fill.fee = fill->fee;
    n->fill.liquidity = fill->liquidity;
}

bool fills_claim(struct engine *engine, struct order *order)
{
    bool claimed = false;
    uint64_t kept = engine->external_count < EXTERNAL_FILLS_KEPT ? engine->external_count
                                                                 : EXTERNAL_FILLS_KEPT;
    if (order->actor == ACTOR_EXTERNAL)
        return false;
    for (uint64_t i = 0; i < kept; i++) {
        struct event_fill *fill = &engine->externals[i];
        if (fill->product != order->product || fill->side != order->side ||
            strcmp(fill->venue_order_id.text, order->venue_id.text) != 0)
            continue;
        if (!claim(engine, order, fill)) {
            out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, OUT_OF_RANGE);
            continue;
        }
        record_fill(engine, order, order->actor, fill, false);
        tell_fill(engine, order, fill);
        memset(fill, 0, sizeof *fill);
        claimed = true;
    }
    return claimed;
}

static void move_filled(struct engine *engine, struct order *order, struct size filled_before)
{
    bool moved = false;
    if (order->filled.e9 >= order->size.e9 && order->filled.e9 > filled_before.e9)
        moved = order_move(order, STIMULUS_WHOLLY_FILLED);
    else if (order->filled.e9 > filled_before.e9 && order->state != ORDER_REFUSED)
        /* The fill of an order that failed may come after its end and does not undo it. */
        moved = order_move(order, STIMULUS_PART_FILLED);
    orders_close(&engine->orders, order);
    if (moved || order->filled.e9 != filled_before.e9) {
        order->changed_wall_ns = engine->now.wall_ns;
        out_order(engine, order);
        if (order->amending)
            engine_due(engine, engine->now.mono_ns);
    }
    if (order->filled.e9 > order->size.e9 && filled_before.e9 <= order->size.e9)
        out_alert(engine, "the venue filled more than the order's size: ", order->venue_id.text,
                  NULL, NULL);
}

static void book_for_order(struct engine *engine, struct order *order,
                           const struct event_fill *fill)
{
    struct size before = order->filled;
    orders_open(&engine->orders, order);
    bool booked = book_exact(engine, order, order->actor, fill);
    if (booked)
        record_fill(engine, order, order->actor, fill, false);
    else
        out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, OUT_OF_RANGE);
    move_filled(engine, order, before);
    if (order->filled.e9 > before.e9)
        watch_expect_user(engine, order);
    fills_show(engine, order);
    if (booked)
        tell_fill(engine, order, fill);
    if (order->actor == ACTOR_EXTERNAL)
        external_on_fill(engine, fill->product);
}

static void book_external(struct engine *engine, const struct event_fill *fill)
{
    /* From before our first day: the position it made is in the venue's list, not in our books. */
    if (fill->venue_ns < engine->first_boot_wall_ns) {
        mark_seen(engine, fill);
        return;
    }
    if (!book_exact(engine, NULL, ACTOR_EXTERNAL, fill)) {
        out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_HALTED, OUT_OF_RANGE);
        return;
    }
    record_fill(engine, NULL, ACTOR_EXTERNAL, fill, false);
    engine->counters.external_fills++;
    show_or_halt(engine, fill->product);
    out_alert(engine, engine->settings.catalog.items[fill->product].product_id,
              ": a fill of an order that is not ours was booked as external, order ",
              fill->venue_order_id.text, NULL);
    external_on_fill(engine, fill->product);
}

void fills_list_whole(struct engine *engine, int64_t asked_wall_ns)
{
    int64_t newest_ns = engine->newest_fill_wall_ns;
    if (newest_ns > asked_wall_ns)
        newest_ns = asked_wall_ns;
    if (!engine->fill_left && newest_ns > engine->last_fill_wall_ns)
        engine->last_fill_wall_ns = newest_ns;
    engine->fill_left = false;
}

static void settle_provisional(struct order *order)
{
    order->provisional_cost.e18 = 0;
    order->booked = order->filled;
}

/* In the journal: the provisional part taken back. */
static void let_go(struct engine *engine, struct order *order)
{
    struct event_fill fill = {.product = order->product, .side = order->side,
                              .size = order_provisional(order), .kind = FILL_REVERSAL};
    fill.venue_order_id = order->venue_id;
    fill.price = portfolio_provisional_price(order);
    fill.venue_ns = engine->now.wall_ns;
    record_fill(engine, order, order->actor, &fill, true);
    settle_provisional(order);
    fills_show(engine, order);
}

void fills_settle_external(struct engine *engine, int64_t before_ns)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order->actor != ACTOR_EXTERNAL || order->progress_ns > before_ns)
            continue;
        if (order_provisional(order).e9 > 0)
            let_go(engine, order);
    }
}

/* A live order that the fill may belong to, because the venue's id of it is not known yet. It was
 * there when the fill came, so that orders placed since do not keep a stranger's fill waiting. */
static bool may_be_ours(struct engine *engine, const struct staged_fill *staged)
{
    const struct event_fill *fill = &staged->fill;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (order_is_live(order->state) && order->venue_id.text[0] == '\0' &&
            order->product == fill->product && order->side == fill->side &&
            order->size.e9 >= fill->size.e9 && order->created_mono_ns <= staged->came_ns)
            return true;
    }
    return false;
}

/* The least number has no opposite: a fill with such a fee could not be taken back. */
static bool fee_is_valid(struct money fee)
{
    return money_sub((struct money){0}, fee, &fee);
}

static bool fill_is_valid(const struct event_fill *fill)
{
    return fill->price.e9 > 0 && fill->size.e9 > 0 && fee_is_valid(fill->fee) &&
           (fill->side == SIDE_BUY || fill->side == SIDE_SELL) &&
           fill->trade_id.text[0] != '\0';
}

/* Books it, or says that it must wait until every order that it may fill has shown its id or has
 * ended: booked as external before, it would count a second time when its order shows it. */
static bool book_or_hold(struct engine *engine, struct staged_fill *staged)
{
    const struct event_fill *fill = &staged->fill;
    struct order *order = order_of(engine, fill);
    if (order == NULL && may_be_ours(engine, staged)) {
        if (!staged->held)
            reconcile_want(engine, LIST_ORDERS);
        staged->held = true;
        return false;
    }
    engine->counters.fills++;
    if (fill->kind != FILL_TRADE)
        out_alert(engine, engine->settings.catalog.items[fill->product].product_id,
                  ": the venue reversed or corrected a fill, trade ", fill->trade_id.text, NULL);
    if (order != NULL)
        book_for_order(engine, order, fill);
    else
        book_external(engine, fill);
    return true;
}

/* At one time the reversal goes before the correction that takes the place of what it takes back:
 * the other way round a part filled order would seem filled, and filled is an end. */
static bool is_after(const struct event_fill *a, const struct event_fill *b)
{
    if (a->venue_ns != b->venue_ns)
        return a->venue_ns > b->venue_ns;
    if (a->kind != b->kind)
        return a->kind > b->kind;
    return strcmp(a->trade_id.text, b->trade_id.text) > 0;
}

/* By insertion: a list comes sorted, forwards or backwards, and is short. */
static void sort_stage(struct engine *engine)
{
    for (uint32_t i = 1; i < engine->stage_count; i++) {
        struct staged_fill moved = engine->stage[i];
        uint32_t at = i;
        for (; at > 0 && is_after(&engine->stage[at - 1].fill, &moved.fill); at--)
            engine->stage[at] = engine->stage[at - 1];
        engine->stage[at] = moved;
    }
}

void fills_flush(struct engine *engine)
{
    uint32_t kept = 0, products = 0;
    sort_stage(engine);
    for (uint32_t i = 0; i < engine->stage_count; i++) {
        products |= 1u << engine->stage[i].fill.product;
        if (!book_or_hold(engine, &engine->stage[i]))
            engine->stage[kept++] = engine->stage[i];
    }
    engine->stage_count = kept;
    for (product_index i = 0; products >> i; i++)
        if (products >> i & 1)
            show_or_halt(engine, i);
}

static bool is_staged(const struct engine *engine, const struct event_fill *fill)
{
    for (uint32_t i = 0; i < engine->stage_count; i++)
        if (strcmp(engine->stage[i].fill.trade_id.text, fill->trade_id.text) == 0 &&
            strcmp(engine->stage[i].fill.venue_order_id.text, fill->venue_order_id.text) == 0 &&
            engine->stage[i].fill.kind == fill->kind)
            return true;
    return false;
}

void fills_on_fill(struct engine *engine, const struct event_fill *fill)
{
    struct staged_fill staged = {.fill = *fill, .came_ns = engine->now.mono_ns};
    if (fill->product >= engine->settings.catalog.count)
        return; /* of a product that is not ours to trade: positions compared tell of it */
    if (!fill_is_valid(fill)) {
        out_alert(engine, "an unusable fill was passed over, trade ", fill->trade_id.text, NULL,
                  NULL);
        return;
    }
    if (was_seen(engine, fill) || is_staged(engine, fill))
        return;
    bool listing = engine->lists[LIST_FILLS].outstanding;
    if (!listing && book_or_hold(engine, &staged))
        return;
    if (engine->stage_count == FILL_STAGE)
        fills_flush(engine);
    if (engine->stage_count == FILL_STAGE) {
        engine->fill_left = true;
        out_alert(engine, "too many fills wait for an order's id; one was left for the next list",
                  NULL, NULL, NULL);
        return;
    }
    engine->stage[engine->stage_count++] = staged;
    if (staged.held)
        show_or_halt(engine, fill->product);
}

bool fills_accept(struct engine *engine, struct event_fill *fill)
{
    unsigned char wall[8], key[SEEN_KEY];
    uint32_t value;
    for (int i = 0; i < 8; i++)
        wall[i] = (unsigned char)(engine->now.wall_ns >> (56 - 8 * i));
    memcpy(fill->trade_id.text, "accept-", 7);
    text_hex(wall, sizeof wall, fill->trade_id.text + 7);
    fill->trade_id.text[23] = (char)('a' + fill->product);
    fill->trade_id.text[24] = '\0';
    seen_key(fill, key);
    if (map_get(&engine->seen.map, key, &value) || !book_exact(engine, NULL, ACTOR_EXTERNAL, fill))
        return false;
    record_fill(engine, NULL, ACTOR_EXTERNAL, fill, false);
    return fills_show_product(engine, fill->product);
}

/* ---- the journal read back */

static bool restore_provisional(struct engine *engine, const struct record_fill *record,
                                struct order *order)
{
    bool adds = record->fill.kind != FILL_REVERSAL;
    if (order == NULL || (adds && record->fill.size.e9 > INT64_MAX - order->filled.e9))
        return false;
    orders_open(&engine->orders, order);
    if (!adds)
        settle_provisional(order);
    else
        add_provisional(order, record->fill.price, record->fill.size);
    orders_close(&engine->orders, order);
    (void)fills_follow(engine, order); /* the halt that came of it has a record of its own */
    return true;
}

void fills_restore_told(struct order *order, struct size filled)
{
    struct size more = {filled.e9 - order->filled.e9};
    if (more.e9 <= 0)
        return;
    order->booked.e9 = filled.e9 - order_provisional(order).e9;
    (void)take_off(&order->ahead, &more);
}

/* The same fill again, now with an order: it was claimed. */
static bool restore_claim(struct engine *engine, struct order *order, const struct event_fill *fill)
{
    if (order == NULL || order->actor == ACTOR_EXTERNAL)
        return false;
    for (uint64_t i = 0; i < EXTERNAL_FILLS_KEPT; i++) {
        struct event_fill *kept = &engine->externals[i];
        if (strcmp(kept->trade_id.text, fill->trade_id.text) != 0 ||
            strcmp(kept->venue_order_id.text, fill->venue_order_id.text) != 0 ||
            kept->kind != fill->kind)
            continue;
        memset(kept, 0, sizeof *kept);
        orders_open(&engine->orders, order);
        bool claimed = claim(engine, order, fill);
        orders_close(&engine->orders, order);
        (void)fills_follow(engine, order);
        return claimed;
    }
    return false;
}

bool fills_restore(struct engine *engine, const struct record_fill *record)
{
    struct event_fill fill = record->fill;
    struct order *order = client_id_is_set(record->id) ? orders_find(&engine->orders, record->id)
                                                       : order_of(engine, &fill);
    if (fill.price.e9 <= 0 || fill.size.e9 <= 0 || fill.side > SIDE_SELL ||
        !fee_is_valid(fill.fee) ||
        (order != NULL && order->product != fill.product))
        return false;
    if (record->provisional)
        return restore_provisional(engine, record, order);
    if (was_seen(engine, &fill))
        return restore_claim(engine, order, &fill);
    if (order != NULL)
        orders_open(&engine->orders, order);
    bool booked = book_exact(engine, order, record->actor, &fill);
    if (order != NULL) {
        orders_close(&engine->orders, order);
        (void)fills_follow(engine, order);
    }
    if (engine->newest_fill_wall_ns > engine->last_fill_wall_ns + RESTART_OVERLAP_NS)
        engine->last_fill_wall_ns = engine->newest_fill_wall_ns - RESTART_OVERLAP_NS;
    (void)fills_show_product(engine, fill.product);
    return booked;
}
