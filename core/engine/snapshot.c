#include "engine/snapshot.h"

#include <string.h>

#include "engine/balance.h"
#include "engine/engine_inside.h"

static void add_money(struct money *sum, struct money value)
{
    (void)money_add(*sum, value, sum);
}

/* The mark without moving the window on: a copy is asked instead. */
static bool mark_of(const struct engine *engine, product_index product, struct price *ret)
{
    struct average vwap = engine->products[product].vwap;
    struct average twap = engine->products[product].twap;
    return average_get(&vwap, engine->now.mono_ns, ret) ||
           average_get(&twap, engine->now.mono_ns, ret);
}

static void add_position(const struct position *position, bool marked, struct price mark,
                         struct money *realised, struct money *unrealised, struct money *fees)
{
    add_money(realised, position->realised);
    add_money(fees, position->fees);
    if (marked)
        add_money(unrealised, position_unrealised(position, mark));
}

static uint32_t rate_now(const struct rate *rate, int64_t now_ns)
{
    struct rate copy = *rate;
    return rate_get(&copy, now_ns);
}

/* ---- the account */

static void account_limits(const struct engine *engine, struct account_row *ret)
{
    const struct engine_settings *settings = &engine->settings;
    ret->working = engine->orders.account.count;
    ret->working_max = settings->max_working_orders;
    ret->working_value.e18 = engine->orders.account.value;
    ret->working_value_max = settings->max_working_value;
    ret->messages = rate_now(&engine->messages, engine->now.mono_ns);
    ret->messages_max = settings->max_messages;
    ret->cancels = rate_now(&engine->cancels, engine->now.mono_ns);
    ret->cancels_max = settings->max_cancels;
    ret->boot_random = settings->boot_random;
    ret->owner_tag = settings->owner_tag;
}

static void account_money(const struct engine *engine, struct account_row *ret)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct price mark;
        bool marked = mark_of(engine, i, &mark);
        add_position(&engine->portfolio.shown_account[i], marked, mark, &ret->realised,
                     &ret->unrealised, &ret->fees);
        add_money(&ret->funding, engine->portfolio.shown_account[i].funding);
        ret->unknown += engine->orders.products[i].unknown[SIDE_BUY] +
                        engine->orders.products[i].unknown[SIDE_SELL];
    }
    struct event_balance sum;
    add_money(&ret->funding, engine->settling.adjusted);
    ret->funding_unexplained = engine->settling.unexplained;
    ret->balance_known = balance_get(engine, &sum);
    ret->equity = sum.equity;
    ret->available_margin = sum.available_margin;
    ret->initial_margin = sum.initial_margin;
    ret->funding_pnl = sum.funding_pnl;
}

void snapshot_account(const struct engine *engine, struct account_row *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->mono_ns = engine->now.mono_ns;
    ret->wall_ns = engine->now.wall_ns;
    ret->state = engine->guard.account.state;
    ret->state_by_operator = engine->guard.account.by_operator;
    memcpy(ret->reason, engine->guard.account.reason, sizeof ret->reason);
    ret->market_up = engine->market_up && !engine->feed.streams[STREAM_MARKET].gap;
    ret->user_up = engine->user_up && !engine->feed.streams[STREAM_USER].gap;
    ret->journal_up = !engine->journal_dead;
    ret->reconciled = engine->reconciled;
    ret->stopping = engine->stopping;
    ret->stopped = engine->stopped_told;
    ret->skew_known = engine->skew_known;
    ret->skew_ns = engine->skew_ns;
    ret->reconciled_age_ns =
        engine->counters.reconciles ? engine->now.mono_ns - engine->reconciled_ns : INT64_MAX;
    ret->ladder = engine->ladder.step;
    account_limits(engine, ret);
    account_money(engine, ret);
}

/* ---- products and positions */

static void product_book(const struct engine *engine, product_index i, struct product_row *ret)
{
    const struct product *p = &engine->products[i];
    struct level best;
    int64_t known_ns = p->trade_ns;
    ret->book_valid = p->book_taken && !p->stale && book_is_sane(&p->book);
    ret->stale = !p->book_taken || p->stale;
    ret->crossed = book_is_crossed(&p->book);
    if (book_best(&p->book, SIDE_BUY, &best)) {
        ret->bid = best.price;
        ret->bid_size = best.size;
    }
    if (book_best(&p->book, SIDE_SELL, &best)) {
        ret->ask = best.price;
        ret->ask_size = best.size;
    }
    if (p->book_taken && p->book_ns > known_ns)
        known_ns = p->book_ns;
    ret->book_age_ns = p->book_taken ? engine->now.mono_ns - p->book_ns : INT64_MAX;
    ret->mark_age_ns = INT64_MAX;
    if (mark_of(engine, i, &ret->mark))
        ret->mark_age_ns = engine->now.mono_ns - known_ns;
    ret->levels = p->book.sides[0].levels + p->book.sides[1].levels;
    ret->book_updates = p->book_updates;
    ret->trades = p->trade_count;
}

bool snapshot_product(const struct engine *engine, product_index i, struct product_row *ret)
{
    if (i >= engine->settings.catalog.count)
        return false;
    const struct instrument *spec = &engine->settings.catalog.items[i];
    const struct exposure *sum = &engine->orders.products[i];
    const struct position *position = &engine->portfolio.shown_account[i];
    memset(ret, 0, sizeof *ret);
    ret->index = i;
    memcpy(ret->product_id, spec->product_id, sizeof ret->product_id);
    memcpy(ret->asset, spec->asset, sizeof ret->asset);
    ret->state = engine->guard.products[i].state;
    memcpy(ret->reason, engine->guard.products[i].reason, sizeof ret->reason);
    product_book(engine, i, ret);
    ret->position = position->size;
    ret->differs = engine->cycle.differs[i];
    ret->venue_position = engine->cycle.differs[i] ? engine->cycle.venue[i] : position->size;
    add_position(position, ret->mark.e9 > 0, ret->mark, &ret->realised, &ret->unrealised,
                 &ret->fees);
    ret->average_price = position_average(position);
    ret->funding = position->funding;
    ret->working_buy = exposure_size(sum->buy);
    ret->working_sell = exposure_size(sum->sell);
    ret->working_value.e18 = sum->value;
    ret->working = sum->count;
    ret->limits = engine->settings.product_limits[i];
    ret->room_buy = exposure_room(ret->limits.max_position, position->size.e9, sum->buy);
    ret->room_sell = exposure_room(ret->limits.max_position, -(__int128)position->size.e9,
                                   sum->sell);
    return true;
}

static void position_row(const struct engine *engine, uint8_t slot, product_index product,
                         struct position_row *ret)
{
    const struct position *position = &engine->portfolio.shown[slot][product];
    struct price mark;
    bool marked = mark_of(engine, product, &mark);
    memset(ret, 0, sizeof *ret);
    ret->actor = actor_of_slot(slot);
    ret->product = product;
    ret->size = position->size;
    ret->cost = position->cost;
    ret->average_price = position_average(position);
    ret->funding = position->funding;
    add_position(position, marked, mark, &ret->realised, &ret->unrealised, &ret->fees);
}

bool snapshot_position(const struct engine *engine, uint32_t index, struct position_row *ret)
{
    for (uint8_t slot = 0; slot < ACTOR_SLOTS; slot++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            if (!engine->portfolio.shown[slot][i].touched || index-- > 0)
                continue;
            position_row(engine, slot, i, ret);
            return true;
        }
    return false;
}

/* ---- orders */

static void order_row(const struct order *order, struct order_row *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->id = order->id;
    ret->venue_id = order->venue_id;
    ret->ours = order->ours;
    ret->actor = order->actor;
    ret->product = order->product;
    ret->ref = order->ref;
    ret->side = order->side;
    ret->type = order->type;
    ret->tif = order->tif;
    ret->post_only = order->post_only;
    ret->reduce_only = order->reduce_only;
    ret->cancel_wanted = order->cancel_wanted;
    ret->live = order_is_live(order->state);
    ret->price = order->price;
    ret->size = order->size;
    ret->filled = order->filled;
    ret->booked = order->booked;
    ret->state = order->state;
    ret->parked = order->parked;
    ret->amended_by = order->amending ? order->amend.ref : 0;
    ret->exposed = order_exposed(order);
    ret->stop_price = order->stop_price;
    ret->stop = order->stop;
    ret->expires_wall_ns = order->expires_wall_ns;
    ret->created_wall_ns = order->created_wall_ns;
    ret->changed_wall_ns = order->changed_wall_ns;
    memcpy(ret->reason, order->reason, sizeof ret->reason);
}

bool snapshot_order(const struct engine *engine, uint32_t index, struct order_row *ret)
{
    if (index >= engine->orders.high)
        return false;
    order_row(&engine->orders.items[index], ret);
    return true;
}

bool snapshot_find_order(const struct engine *engine, struct client_id id, struct order_row *ret)
{
    uint32_t at;
    if (!client_id_is_set(id) || !map_get(&engine->orders.by_id, &id, &at))
        return false;
    order_row(&engine->orders.items[at], ret);
    return true;
}

/* ---- strategies, rules, verdicts, counters */

static void strategy_money(const struct engine *engine, uint8_t strategy, struct strategy_row *ret)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct price mark;
        bool marked = mark_of(engine, i, &mark);
        add_position(&engine->portfolio.shown[strategy][i], marked, mark, &ret->realised,
                     &ret->unrealised, &ret->fees);
        add_money(&ret->funding, engine->portfolio.shown[strategy][i].funding);
        ret->working += engine->orders.actors[strategy][i].count;
    }
}

bool snapshot_strategy(const struct engine *engine, uint32_t index, struct strategy_row *ret)
{
    const struct engine_settings *settings = &engine->settings;
    uint32_t strategies = settings->strategy_count;
    if (index >= strategies + settings->rule_count)
        return false;
    bool is_rule = index >= strategies;
    uint8_t at = (uint8_t)(is_rule ? MAX_STRATEGIES + index - strategies : index);
    const struct runner *runner = &engine->runners[at];
    memset(ret, 0, sizeof *ret);
    ret->runner = at;
    ret->is_rule = is_rule;
    memcpy(ret->name, is_rule ? settings->rules[index - strategies] : settings->strategies[at].name,
           sizeof ret->name);
    ret->runner_state = runner->state;
    ret->ever_seen = runner->seen;
    ret->generation = runner->generation;
    memcpy(ret->hash, runner->hash, sizeof ret->hash);
    memcpy(ret->runner_reason, runner->reason, sizeof ret->runner_reason);
    ret->views = runner->views;
    ret->notices = runner->notices;
    ret->intents = runner->intents;
    ret->refusals = runner->refusals;
    if (is_rule)
        return true;
    ret->state = engine->guard.strategies[at].state;
    memcpy(ret->reason, engine->guard.strategies[at].reason, sizeof ret->reason);
    ret->working_max = settings->strategies[at].max_working_orders;
    ret->messages = rate_now(&runner->messages, engine->now.mono_ns);
    ret->messages_max = settings->strategies[at].max_messages;
    strategy_money(engine, at, ret);
    return true;
}

bool snapshot_verdict(const struct engine *engine, uint32_t index, struct verdict_row *ret)
{
    uint64_t kept = engine->verdict_count < VERDICTS_KEPT ? engine->verdict_count : VERDICTS_KEPT;
    if (index >= kept)
        return false;
    *ret = engine->verdicts[(engine->verdict_count - 1 - index) % VERDICTS_KEPT];
    return true;
}

bool snapshot_difference(const struct engine *engine, uint32_t index, struct difference_row *ret)
{
    uint64_t kept = engine->difference_count < DIFFERENCES_KEPT ? engine->difference_count
                                                                : DIFFERENCES_KEPT;
    if (index >= kept)
        return false;
    *ret = engine->differences[(engine->difference_count - 1 - index) % DIFFERENCES_KEPT];
    return true;
}

bool snapshot_recovery(const struct engine *engine, uint32_t index, struct recovery_row *ret)
{
    for (int i = 0; i < FEED_FAULT_COUNT; i++) {
        const struct recovery *r = &engine->watch.recoveries[i];
        if (r->count == 0 || index-- > 0)
            continue;
        *ret = (struct recovery_row){feed_fault_text((enum feed_fault)i),
                                     feed_fault_meaning((enum feed_fault)i), r->count,
                                     r->last_ns, r->max_ns};
        return true;
    }
    return false;
}

void snapshot_counters(const struct engine *engine, struct counters_row *ret)
{
    *ret = engine->counters;
}

uint32_t snapshot_generation(const struct engine *engine, actor_index runner)
{
    return runner < MAX_RUNNERS ? engine->runners[runner].generation_max : 0;
}
