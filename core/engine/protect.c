#include "engine/protect.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "engine/cancels.h"
#include "engine/intents.h"
#include "engine/market.h"
#include "engine/outbox.h"

static const int64_t BACKOFF_LEAST_NS = 1000000000, BACKOFF_MOST_NS = 8000000000;

struct guarded { actor_index actor; product_index product; struct protection *p; };

static struct guarded guarded_of(struct engine *engine, actor_index actor, product_index product)
{
    return (struct guarded){actor, product, &engine->protections[actor][product]};
}

static struct size own_size(const struct engine *engine, const struct guarded *g)
{
    return engine->portfolio.shown[actor_slot(g->actor)][g->product].size;
}

static enum side side_of(struct size size)
{
    if (size.e9 == 0)
        return SIDE_UNKNOWN;
    return size.e9 > 0 ? SIDE_BUY : SIDE_SELL;
}

static bool is_empty(const struct protect_terms *terms)
{
    return terms->stop.e9 == 0 && terms->trail.e9 == 0 && terms->after_ns == 0;
}

/* ---- journaled and told */

static void record(struct engine *engine, const struct guarded *g)
{
    struct record_protect *r = &out_record(engine, RECORD_PROTECT)->protect;
    const char *name = out_actor_name(engine, g->actor);
    const char *product = engine->settings.catalog.items[g->product].product_id;
    r->actor = g->actor;
    text_copy(r->name, sizeof r->name, name, strlen(name));
    r->product = g->product;
    text_copy(r->product_id, sizeof r->product_id, product, strlen(product));
    r->state = g->p->state;
    r->terms = g->p->terms;
    r->side = g->p->side;
    r->best = g->p->best_kept = g->p->best;
    r->since_wall_ns = g->p->since_wall_ns;
    memcpy(r->reason, g->p->reason, sizeof r->reason);
}

static void tell(struct engine *engine, const struct guarded *g)
{
    struct notice *n = out_notice(engine, g->actor, NOTICE_PROTECT, g->product);
    if (n == NULL)
        return;
    n->protect.state = g->p->state;
    n->protect.terms = g->p->terms;
    n->protect.best = g->p->best;
    memcpy(n->protect.reason, g->p->reason, sizeof n->protect.reason);
}

static void alert(struct engine *engine, const struct guarded *g, const char *what,
                  const char *why)
{
    char who[NAME_MAX_BYTES + PRODUCT_ID_MAX + 8];
    memset(who, 0, sizeof who);
    out_join(who, sizeof who, engine->settings.catalog.items[g->product].product_id, " of ",
             out_actor_name(engine, g->actor), ": ");
    out_alert(engine, who, what, why, NULL);
}

/* Each event asks for those that are not clear; most strategies have none. */
static void enter(struct engine *engine, const struct guarded *g, enum protect_state state)
{
    uint32_t bit = 1u << g->product;
    g->p->state = state;
    if (state == PROTECT_CLEAR)
        engine->guarded[g->actor] &= ~bit;
    else
        engine->guarded[g->actor] |= bit;
}

static void change(struct engine *engine, const struct guarded *g, enum protect_state state,
                   const char *reason)
{
    enter(engine, g, state);
    memset(g->p->reason, 0, sizeof g->p->reason);
    text_copy(g->p->reason, sizeof g->p->reason, reason, strnlen(reason, REASON_MAX));
    record(engine, g);
    tell(engine, g);
}

/* ---- a position begins or ends */

static void begin_position(struct engine *engine, const struct guarded *g, enum side side)
{
    g->p->side = side;
    g->p->best.e9 = 0;
    g->p->since_ns = engine->now.mono_ns;
    g->p->since_wall_ns = engine->now.wall_ns;
    g->p->blind = false;
}

/* What was guarded is gone: flat, or turned around by a larger order. */
static void follow_position(struct engine *engine, const struct guarded *g, enum side side)
{
    bool ended = g->p->side != SIDE_UNKNOWN;
    begin_position(engine, g, side);
    if (ended)
        g->p->terms.stop.e9 = 0;
    if (ended && is_empty(&g->p->terms))
        change(engine, g, PROTECT_CLEAR, "the position is closed");
    else
        change(engine, g, PROTECT_SET, ended ? "the position is closed" : "a position began");
}

/* ---- the price it is judged on */

static bool is_wild(struct engine *engine, product_index product, struct price mid)
{
    const struct product_limits *limits = &engine->settings.product_limits[product];
    struct price mark;
    int64_t age_ns;
    if (!market_mark(engine, product, &mark, &age_ns) || age_ns > limits->max_mark_age_ns)
        return false;
    __int128 apart = (__int128)mark.e9 - mid.e9;
    apart = apart < 0 ? -apart : apart;
    return apart * DECIMAL_ONE > (__int128)limits->max_mark_deviation.e9 * mid.e9;
}

static bool fresh_price(struct engine *engine, product_index product, struct price *ret)
{
    const struct product *p = &engine->products[product];
    int64_t most_ns = engine->settings.product_limits[product].max_book_age_ns;
    const struct trade *last = &p->trades[(p->trade_count - 1) % VIEW_TRADES];
    if (!market_book_is_fresh(engine, product))
        return false;
    CHECK(book_mid(&p->book, ret));
    if (!is_wild(engine, product, *ret))
        return true;
    /* By its own date, and by ours when it came, for either clock may have stepped: both are 0 when
     * there was none. */
    if (engine->now.wall_ns - last->venue_ns > most_ns ||
        engine->now.mono_ns - p->trade_ns > most_ns)
        return false;
    *ret = last->price;
    return true;
}

/* ---- reached */

static bool is_past(enum side side, __int128 price, __int128 level)
{
    return side == SIDE_BUY ? price <= level : price >= level;
}

/* price <= best * (1 - trail) for a long, with nothing rounded. */
static bool is_trailed(const struct protection *p, struct price price)
{
    int64_t part = p->side == SIDE_BUY ? DECIMAL_ONE - p->terms.trail.e9
                                       : DECIMAL_ONE + p->terms.trail.e9;
    return p->terms.trail.e9 > 0 &&
           is_past(p->side, (__int128)price.e9 * DECIMAL_ONE, (__int128)p->best.e9 * part);
}

/* A record for each new best would be one per tick: a tenth of the trail is lost at most. */
static void follow_best(struct engine *engine, const struct guarded *g, struct price price)
{
    struct protection *p = g->p;
    bool better = p->best.e9 == 0 || !is_past(p->side, price.e9, p->best.e9);
    if (!better)
        return;
    p->best = price;
    __int128 moved = (__int128)p->best.e9 - p->best_kept.e9;
    moved = moved < 0 ? -moved : moved;
    if (moved * 10 * DECIMAL_ONE >= (__int128)p->best.e9 * p->terms.trail.e9 &&
        p->terms.trail.e9 > 0)
        record(engine, g);
}

static void fire(struct engine *engine, const struct guarded *g, const char *what,
                 struct price price)
{
    char reason[REASON_MAX], number[DECIMAL_TEXT_MAX] = "";
    if (price.e9 > 0)
        price_format(price, number);
    memset(reason, 0, sizeof reason);
    out_join(reason, sizeof reason, what, price.e9 > 0 ? " at " : "", number, NULL);
    g->p->backoff_ns = BACKOFF_LEAST_NS;
    g->p->next_ns = engine->now.mono_ns;
    g->p->told = REFUSED_NOT;
    change(engine, g, PROTECT_FIRING, reason);
    alert(engine, g, "closing, ", reason);
}

static void be_blind(struct engine *engine, const struct guarded *g)
{
    const struct protect_terms *terms = &g->p->terms;
    if (g->p->blind || (terms->stop.e9 == 0 && terms->trail.e9 == 0))
        return;
    g->p->blind = true;
    alert(engine, g, "its stop is blind: ", "no fresh price to judge it on");
}

static void watch(struct engine *engine, const struct guarded *g)
{
    struct protection *p = g->p;
    struct price price = {0};
    int64_t end_ns;
    if (p->terms.after_ns > 0) {
        if (__builtin_add_overflow(p->since_ns, p->terms.after_ns, &end_ns))
            end_ns = INT64_MAX;
        if (engine->now.mono_ns >= end_ns) {
            fire(engine, g, "held as long as it may be", price);
            return;
        }
        engine_due(engine, end_ns);
    }
    if (!fresh_price(engine, g->product, &price)) {
        be_blind(engine, g);
        return;
    }
    p->blind = false;
    follow_best(engine, g, price);
    if (p->terms.stop.e9 > 0 && is_past(p->side, price.e9, p->terms.stop.e9))
        fire(engine, g, "its stop price was reached", price);
    else if (is_trailed(p, price))
        fire(engine, g, "its trailing stop was reached", price);
}

/* ---- firing */

/* All but our own orders, which end by themselves; and nothing takes the place of one. */
static void cancel_others(struct engine *engine, const struct guarded *g)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order_is_live(order->state) && order->actor == g->actor &&
            order->product == g->product && (!order->cancel_wanted || order->amending) &&
            order->ref != 0)
            cancels_want(engine, order);
    }
}

/* What of ours, whoever's, stands where the exit of one strategy opens for the account: it would be
 * met, and an order that rests gives way to a stop. What follows it is refused: protect_resting. */
static void clear_the_way(struct engine *engine, const struct guarded *g, struct price price)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (order_is_live(order->state) && order_is_own(order) &&
            order->product == g->product && order->side == g->p->side && !order->cancel_wanted &&
            is_past(g->p->side, price.e9, order->price.e9))
            cancels_want(engine, order);
    }
}

void protect_resting(const struct engine *engine, product_index product, struct price *bid,
                     struct price *ask)
{
    static const struct price LOWEST = {1}, HIGHEST = {INT64_MAX};
    for (actor_index a = 0; a < engine->settings.strategy_count; a++) {
        const struct protection *p = &engine->protections[a][product];
        if (p->state != PROTECT_FIRING)
            continue;
        if (p->side == SIDE_BUY)
            *ask = LOWEST;
        else
            *bid = HIGHEST;
    }
}

/* What may be sent now: the position less what works against it, in one order's bounds. */
static struct size size_to_send(const struct engine *engine, const struct guarded *g)
{
    const struct exposure *working = &engine->orders.actors[actor_slot(g->actor)][g->product];
    const struct instrument *spec = &engine->settings.catalog.items[g->product];
    struct size most = engine->settings.product_limits[g->product].max_order_size, size = {0};
    struct size own = own_size(engine, g);
    __int128 left = own.e9 > 0 ? own.e9 - working->sell : -(__int128)own.e9 - working->buy;
    if (spec->size_max.e9 > 0 && spec->size_max.e9 < most.e9)
        most = spec->size_max;
    if (left > most.e9)
        left = most.e9;
    if (left <= 0 || !size_round((struct size){(int64_t)left}, spec->step, ROUND_DOWN, &size))
        size.e9 = 0;
    return size;
}

/* With nothing on its way: an increment that has grown, or what an operator has accepted. */
static bool is_under_a_step(const struct engine *engine, const struct guarded *g)
{
    const struct exposure *working = &engine->orders.actors[actor_slot(g->actor)][g->product];
    int64_t own = own_size(engine, g).e9, step = engine->settings.catalog.items[g->product].step.e9;
    return working->buy == 0 && working->sell == 0 && own > -step && own < step;
}

/* No order can close it; kept firing it would refuse its strategy every order for ever. */
static void give_up(struct engine *engine, const struct guarded *g)
{
    static const char WHY[] = "what is left is less than one step: no order can close it";
    memset(&g->p->terms, 0, sizeof g->p->terms);
    change(engine, g, PROTECT_CLEAR, WHY);
    alert(engine, g, "its stop ends, ", WHY);
}

/* The part that reduces the account as well says so to the venue; what another strategy holds
 * against it makes the rest an order like any other, and the gate judges it as one. */
static bool send(struct engine *engine, const struct guarded *g, struct size size,
                 struct price *ret_price, struct verdict *ret)
{
    struct gate_input in;
    struct intent intent;
    memset(&intent, 0, sizeof intent);
    intent.kind = INTENT_PLACE;
    intent.product = g->product;
    intent.side = g->p->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    intent.type = ORDER_TYPE_LIMIT;
    intent.tif = TIF_IOC;
    intent.size = size;
    intents_gate_input(engine, g->actor, g->actor, &intent, &in);
    intent.price = gate_close_price(&in); /* it takes what is there within the collar, no more */
    *ret_price = intent.price;
    struct size part = gate_reducible(&in);
    if (part.e9 > 0 && part.e9 < size.e9)
        intent.size = part;
    intent.reduce_only = part.e9 > 0;
    return intents_place_for_protection(engine, g->actor, &intent, ret);
}

static void fire_again(struct engine *engine, const struct guarded *g)
{
    struct protection *p = g->p;
    struct verdict verdict;
    struct price price;
    int64_t now_ns = engine->now.mono_ns, least_ns = engine->settings.duplicate_window_ns;
    if (now_ns < p->next_ns) {
        engine_due(engine, p->next_ns);
        return;
    }
    cancel_others(engine, g);
    struct size size = size_to_send(engine, g);
    if (size.e9 == 0 && is_under_a_step(engine, g)) {
        give_up(engine, g);
        return;
    }
    if (size.e9 == 0) { /* all of it is on its way, or its cancels are */
        engine_due(engine, now_ns + BACKOFF_LEAST_NS);
        return;
    }
    p->next_ns = now_ns + (p->backoff_ns > least_ns ? p->backoff_ns : least_ns + NS_PER_MS);
    p->backoff_ns = 2 * p->backoff_ns < BACKOFF_MOST_NS ? 2 * p->backoff_ns : BACKOFF_MOST_NS;
    engine_due(engine, p->next_ns);
    if (send(engine, g, size, &price, &verdict))
        return;
    if (verdict.code == REFUSED_SELF_MATCH)
        clear_the_way(engine, g, price);
    if (p->told == verdict.code)
        return;
    p->told = verdict.code;
    alert(engine, g, "its stop waits, the gate says ", refusal_text(verdict.code));
}

/* Nobody is there to hold what it has, or what its last orders still fill. */
static bool is_abandoned(const struct engine *engine, actor_index actor)
{
    return engine->runners[actor].state == RUNNER_DEAD &&
           engine->settings.strategies[actor].on_death == DEATH_FLATTEN;
}

static void close_abandoned(struct engine *engine, const struct guarded *g, enum side side)
{
    if (g->p->state == PROTECT_CLEAR)
        begin_position(engine, g, side);
    fire(engine, g, "its runner died", (struct price){0});
}

static void due_one(struct engine *engine, const struct guarded *g)
{
    enum side side = side_of(own_size(engine, g));
    if (g->p->state != PROTECT_CLEAR && side != g->p->side)
        follow_position(engine, g, side);
    if (g->p->state != PROTECT_FIRING && side != SIDE_UNKNOWN && is_abandoned(engine, g->actor))
        close_abandoned(engine, g, side);
    if (g->p->state == PROTECT_SET && side != SIDE_UNKNOWN)
        watch(engine, g);
    if (g->p->state == PROTECT_FIRING)
        fire_again(engine, g);
}

void protect_due(struct engine *engine)
{
    if (engine->stopped_told) /* nobody would hear what becomes of an order */
        return;
    for (actor_index a = 0; a < engine->settings.strategy_count; a++) {
        uint32_t left = is_abandoned(engine, a) ? UINT32_MAX : engine->guarded[a];
        product_index count = engine->settings.catalog.count;
        for (product_index i = 0; left != 0 && i < count; i++, left >>= 1) {
            struct guarded g = guarded_of(engine, a, i);
            if (left & 1)
                due_one(engine, &g);
        }
    }
}

bool protect_is_firing(const struct engine *engine, actor_index actor, product_index product)
{
    CHECK(actor < MAX_STRATEGIES && product < MAX_PRODUCTS);
    return engine->protections[actor][product].state == PROTECT_FIRING;
}

/* ---- asked for */

static const char *what_is_wrong(const struct protect_terms *terms)
{
    if (terms->stop.e9 < 0)
        return "a stop price is positive";
    if (terms->trail.e9 < 0 || terms->trail.e9 >= DECIMAL_ONE)
        return "a trail is a part of the price: more than 0, less than 1";
    return terms->after_ns < 0 ? "a time stop lies in the future" : NULL;
}

static bool is_over_quota(struct engine *engine, actor_index actor)
{
    struct rate *messages = &engine->runners[actor].messages;
    if (rate_get(messages, engine->now.mono_ns) >= engine->settings.strategies[actor].max_messages)
        return true;
    rate_add(messages, engine->now.mono_ns);
    return false;
}

void protect_on_intent(struct engine *engine, actor_index actor, const struct intent *intent)
{
    const struct protect_terms *terms = &intent->protect;
    if (intent->product >= engine->settings.catalog.count ||
        !(engine->settings.strategies[actor].products >> intent->product & 1)) {
        intents_refuse(engine, actor, intent, REFUSED_OWNER, NULL);
        return;
    }
    struct guarded g = guarded_of(engine, actor, intent->product);
    const char *wrong = what_is_wrong(terms);
    if (wrong != NULL || g.p->state == PROTECT_FIRING) {
        intents_refuse(engine, actor, intent, wrong ? REFUSED_MALFORMED : REFUSED_STRATEGY_STATE,
                       wrong ? wrong : "it fires: the position is being closed");
        return;
    }
    bool same = g.p->terms.stop.e9 == terms->stop.e9 && g.p->terms.trail.e9 == terms->trail.e9 &&
                g.p->terms.after_ns == terms->after_ns;
    if (same)
        return;
    if (is_over_quota(engine, actor)) {
        intents_refuse(engine, actor, intent, REFUSED_RATE, "too many changes of a protection");
        return;
    }
    if (g.p->state == PROTECT_CLEAR)
        begin_position(engine, &g, side_of(own_size(engine, &g)));
    g.p->terms = *terms;
    if (is_empty(terms))
        change(engine, &g, PROTECT_CLEAR, "cleared by the strategy");
    else
        change(engine, &g, PROTECT_SET, "set by the strategy");
}

void protect_tell(struct engine *engine, actor_index actor)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct guarded g = guarded_of(engine, actor, i);
        if (g.p->state != PROTECT_CLEAR)
            tell(engine, &g);
    }
}

void protect_on_stop(struct engine *engine)
{
    for (actor_index a = 0; a < engine->settings.strategy_count; a++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            struct guarded g = guarded_of(engine, a, i);
            if (g.p->state != PROTECT_CLEAR && g.p->side != SIDE_UNKNOWN)
                alert(engine, &g, "the host stops and with it this position's stop,",
                      " until it is started again");
        }
}

/* ---- the journal read back */

bool protect_restore(struct engine *engine, actor_index actor, product_index product,
                     const struct record_protect *record)
{
    struct guarded g = guarded_of(engine, actor, product);
    struct protection *p = g.p;
    if (what_is_wrong(&record->terms) != NULL || (unsigned)record->state > PROTECT_FIRING ||
        (unsigned)record->side > SIDE_UNKNOWN || record->best.e9 < 0 ||
        record->since_wall_ns < 0)
        return false;
    memset(p, 0, sizeof *p);
    enter(engine, &g, record->state);
    p->terms = record->terms;
    p->side = record->side;
    p->best = p->best_kept = record->best;
    p->since_wall_ns = record->since_wall_ns;
    p->backoff_ns = BACKOFF_LEAST_NS;
    memcpy(p->reason, record->reason, sizeof p->reason);
    p->reason[sizeof p->reason - 1] = '\0';
    return true;
}

/* The time the host was away counts: the position was held. */
void protect_begin(struct engine *engine)
{
    for (actor_index a = 0; a < engine->settings.strategy_count; a++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            struct protection *p = &engine->protections[a][i];
            int64_t held_ns = engine->now.wall_ns - p->since_wall_ns;
            p->since_ns = engine->now.mono_ns - (held_ns > 0 ? held_ns : 0);
        }
}
