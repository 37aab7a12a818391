#include "engine/strategies.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "engine/balance.h"
#include "engine/cancels.h"
#include "engine/funding.h"
#include "engine/judge.h"
#include "engine/ladder.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/protect.h"

/* ---- generations */

static bool is_configured(const struct engine *engine, actor_index runner)
{
    return runner < engine->settings.strategy_count ||
           (runner >= MAX_STRATEGIES && runner < MAX_STRATEGIES + engine->settings.rule_count);
}

bool strategies_is_current(const struct engine *engine, actor_index runner, uint32_t generation)
{
    return is_configured(engine, runner) && engine->runners[runner].state == RUNNER_READY &&
           engine->runners[runner].generation == generation;
}

static void record_runner(struct engine *engine, const struct event_runner *event)
{
    struct record_runner *r = &out_record(engine, RECORD_RUNNER)->runner;
    r->runner = event->runner;
    r->generation = event->generation;
    r->state = event->state;
    text_copy(r->hash, sizeof r->hash, event->hash, strnlen(event->hash, sizeof event->hash));
    text_copy(r->reason, sizeof r->reason, event->reason, strnlen(event->reason, REASON_MAX));
}

static void clear_timers(struct engine *engine, actor_index runner)
{
    for (uint32_t i = engine->timers.count; i-- > 0;) {
        /* Removing moves others about: start over from the end until none is left. */
        if (engine->timers.heap[i].owner != runner)
            continue;
        deadlines_clear(&engine->timers, runner, engine->timers.heap[i].id);
        i = engine->timers.count;
    }
    engine->runners[runner].timers = 0;
}

/* The working orders a script meets when it begins: it may have lost its own memory of them. */
static void tell_working(struct engine *engine, actor_index actor)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (order->actor == actor && order_is_live(order->state))
            out_order_notice(engine, order);
    }
}

static void take_over(struct engine *engine, const struct event_runner *event)
{
    struct runner *runner = &engine->runners[event->runner];
    judge_drop(engine, event->runner);
    clear_timers(engine, event->runner);
    runner->state = RUNNER_READY;
    runner->generation = runner->generation_max = event->generation;
    runner->credit = true;
    runner->notices = 0;
    runner->manifest = event->manifest;
    memset(runner->shown_version, 0, sizeof runner->shown_version);
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        runner->shown_trades[i] = engine->products[i].trade_count;
    memcpy(runner->hash, event->hash, sizeof runner->hash);
    runner->hash[sizeof runner->hash - 1] = '\0';
    tell_working(engine, event->runner);
    protect_tell(engine, event->runner);
    if (engine->ladder.step != LADDER_NORMAL)
        ladder_tell(engine, event->runner);
}

static void lose_runner(struct engine *engine, const struct event_runner *event)
{
    struct runner *runner = &engine->runners[event->runner];
    runner->state = RUNNER_DEAD;
    runner->credit = false;
    clear_timers(engine, event->runner);
    judge_drop(engine, event->runner);
    if (event->runner >= engine->settings.strategy_count ||
        engine->settings.strategies[event->runner].on_death == DEATH_KEEP)
        return;
    cancels_want_all(engine, event->runner, NO_PRODUCT); /* flattened: see protect_due */
}

void strategies_on_runner(struct engine *engine, const struct event_runner *event)
{
    if (!is_configured(engine, event->runner) || (unsigned)event->state > RUNNER_DEAD)
        return;
    struct runner *runner = &engine->runners[event->runner];
    bool current = runner->seen && event->generation == runner->generation;
    bool newer = event->generation > runner->generation_max || !runner->seen;
    if (!newer && !current) {
        engine->counters.old_generation++;
        return;
    }
    if (event->state == RUNNER_READY || event->state == RUNNER_REPLACED) {
        if (!newer && runner->state != RUNNER_STARTING)
            return;
        take_over(engine, event);
    } else if (event->state == RUNNER_DEAD) {
        /* A newer one that never got ready leaves the present one trading. */
        if (runner->state == RUNNER_DEAD || !current)
            return;
        lose_runner(engine, event);
    } else if (runner->state == RUNNER_READY || current) {
        return;
    } else {
        runner->state = RUNNER_STARTING;
        runner->generation = event->generation;
        runner->generation_max = event->generation;
    }
    runner->seen = true;
    text_copy(runner->reason, sizeof runner->reason, event->reason,
              strnlen(event->reason, REASON_MAX));
    record_runner(engine, event);
}

void strategies_on_credit(struct engine *engine, const struct event_credit *event)
{
    if (strategies_is_current(engine, event->runner, event->generation))
        engine->runners[event->runner].credit = true;
    else
        engine->counters.old_generation++;
}

/* ---- timers */

static bool has_timer(const struct engine *engine, actor_index runner, uint32_t id)
{
    for (uint32_t i = 0; i < engine->timers.count; i++)
        if (engine->timers.heap[i].owner == runner && engine->timers.heap[i].id == id)
            return true;
    return false;
}

static void end_runner(struct engine *engine, actor_index index, const char *reason)
{
    struct command_runner_end *c = &out_command(engine, COMMAND_RUNNER_END)->runner_end;
    c->runner = index;
    c->generation = engine->runners[index].generation;
    text_copy(c->reason, sizeof c->reason, reason, strlen(reason));
}

void strategies_on_timer_set(struct engine *engine, const struct event_timer_set *event)
{
    if (!strategies_is_current(engine, event->runner, event->generation)) {
        engine->counters.old_generation++;
        return;
    }
    struct runner *runner = &engine->runners[event->runner];
    if (event->delay_ns < 0) {
        runner->timers -= deadlines_clear(&engine->timers, event->runner, event->id);
        return;
    }
    bool known = has_timer(engine, event->runner, event->id);
    if (!known && runner->timers >= manifest_least(MAX_TIMERS_PER_RUNNER,
                                                   runner->manifest.max_timers)) {
        end_runner(engine, event->runner, "too many timers");
        return;
    }
    int64_t at_ns;
    if (__builtin_add_overflow(engine->now.mono_ns, event->delay_ns, &at_ns))
        at_ns = INT64_MAX;
    bool set = deadlines_set(&engine->timers,
                             (struct deadline){at_ns, event->runner, event->id});
    CHECK(set);
    runner->timers += !known;
    engine_due(engine, at_ns);
}

void strategies_due(struct engine *engine)
{
    struct deadline due;
    while (deadlines_pop_due(&engine->timers, engine->now.mono_ns, &due)) {
        engine->runners[due.owner].timers--;
        struct notice *n = out_notice(engine, (actor_index)due.owner, NOTICE_TIMER, NO_PRODUCT);
        if (n != NULL)
            n->timer.id = due.id;
    }
    engine_due(engine, deadlines_next_ns(&engine->timers));
}

/* ---- views */

static uint8_t view_side(const struct book *book, enum side side, struct view_level *out)
{
    struct level levels[VIEW_LEVELS];
    uint32_t count = book_top(book, side, VIEW_LEVELS, levels);
    for (uint32_t i = 0; i < count; i++)
        out[i] = (struct view_level){levels[i].price, levels[i].size};
    return (uint8_t)count;
}

static void view_trades(const struct product *p, uint64_t seen, struct view *ret)
{
    uint64_t fresh = p->trade_count - seen;
    uint64_t shown = fresh < VIEW_TRADES ? fresh : VIEW_TRADES;
    ret->trade_count = (uint8_t)shown;
    ret->trades_lost = fresh - shown > UINT32_MAX ? UINT32_MAX : (uint32_t)(fresh - shown);
    for (uint64_t i = 0; i < shown; i++)
        ret->trades[i] = p->trades[(p->trade_count - shown + i) % VIEW_TRADES];
}

static void view_position(struct engine *engine, actor_index actor, product_index product,
                          struct view *ret)
{
    const struct portfolio *portfolio = &engine->portfolio;
    ret->account_position = portfolio->shown_account[product].size;
    const struct position *own = &portfolio->shown[actor][product];
    ret->position = own->size;
    ret->realised = own->realised;
    ret->fees = own->fees;
    ret->average_price = position_average(own);
    if (ret->mark.e9 > 0)
        ret->unrealised = position_unrealised(own, ret->mark);
    ret->working_orders = (uint16_t)engine->orders.actors[actor][product].count;
}

static enum product_mode mode_of(const struct instrument *spec)
{
    return !spec->session_open    ? MODE_SESSION_CLOSED
           : spec->trading_disabled ? MODE_DISABLED
           : spec->view_only      ? MODE_VIEW_ONLY
           : spec->cancel_only    ? MODE_CANCEL_ONLY
           : spec->post_only      ? MODE_POST_ONLY
           : spec->limit_only     ? MODE_LIMIT_ONLY
                                  : MODE_OPEN;
}

/* What the venue tells of the product beside its book, and of the account's money. */
static void view_facts(const struct engine *engine, product_index product, struct view *ret)
{
    const struct instrument *spec = &engine->settings.catalog.items[product];
    int64_t next_ns = funding_next_ns(spec, engine->now.wall_ns);
    struct event_balance balance;
    ret->mode = (uint8_t)mode_of(spec);
    ret->index = spec->index;
    ret->funding_rate = spec->funding_rate;
    ret->funding_next_ns = next_ns < INT64_MAX && !spec->funding_unknown ? next_ns : 0;
    ret->funding_interval_ns = spec->funding_interval_ns;
    ret->equity_known = balance_get(engine, &balance);
    if (ret->equity_known)
        ret->equity = balance.equity;
}

/* Worst case, as the gate counts it: all that works on this side has filled. */
static struct size room_on(const struct engine *engine, product_index product, enum side side)
{
    const struct product_limits *limits = &engine->settings.product_limits[product];
    const struct exposure *working = &engine->orders.products[product];
    __int128 position = engine->portfolio.shown_account[product].size.e9;
    struct size room = side == SIDE_BUY
                           ? exposure_room(limits->max_position, position, working->buy)
                           : exposure_room(limits->max_position, -position, working->sell);
    return room.e9 < limits->max_order_size.e9 ? room : limits->max_order_size;
}

static void view_room(const struct engine *engine, actor_index actor, product_index product,
                      struct view *ret)
{
    uint32_t most = engine->settings.strategies[actor].max_working_orders, used = 0;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        used += engine->orders.actors[actor][i].count;
    ret->room.buy = room_on(engine, product, SIDE_BUY);
    ret->room.sell = room_on(engine, product, SIDE_SELL);
    ret->room.orders = (uint16_t)(used < most ? most - used < UINT16_MAX ? most - used
                                                                         : UINT16_MAX
                                              : 0);
}

void strategies_view_holdings(struct engine *engine, actor_index actor, struct view *ret)
{
    int64_t age_ns;
    ret->holding_count = (uint8_t)engine->settings.catalog.count;
    for (product_index i = 0; i < ret->holding_count; i++) {
        struct view_holding *holding = &ret->holdings[i];
        holding->own = engine->portfolio.shown[actor][i].size;
        holding->account = engine->portfolio.shown_account[i].size;
        if (!market_mark(engine, i, &holding->mark, &age_ns))
            holding->mark.e9 = 0;
    }
}

void strategies_view(struct engine *engine, actor_index actor, product_index product,
                     uint64_t trades_seen, struct view *ret)
{
    struct product *p = &engine->products[product];
    int64_t mark_age_ns;
    CHECK(actor < MAX_STRATEGIES);
    memset(ret, 0, sizeof *ret);
    ret->mono_ns = engine->now.mono_ns;
    ret->wall_ns = engine->now.wall_ns;
    ret->book_age_ns = p->book_taken ? engine->now.mono_ns - p->book_ns : INT64_MAX;
    ret->product = product;
    ret->stale = !p->book_taken || p->stale;
    ret->crossed = book_is_crossed(&p->book);
    ret->bid_count = view_side(&p->book, SIDE_BUY, ret->bids);
    ret->ask_count = view_side(&p->book, SIDE_SELL, ret->asks);
    for (int i = 0; i < VIEW_BANDS; i++) {
        ret->bands[i].bid = book_depth(&p->book, SIDE_BUY, engine->settings.view_bands[i]);
        ret->bands[i].ask = book_depth(&p->book, SIDE_SELL, engine->settings.view_bands[i]);
    }
    view_trades(p, trades_seen, ret);
    if (!market_mark(engine, product, &ret->mark, &mark_age_ns))
        ret->mark.e9 = 0;
    view_position(engine, actor, product, ret);
    view_facts(engine, product, ret);
    view_room(engine, actor, product, ret);
    ret->state = (uint8_t)ladder_state(engine, actor, product);
    ret->ladder = (uint8_t)ladder_step(engine, product);
}

_Static_assert(MAX_PRODUCTS < 32, "a bit of a mask for each product, and one to shift past them");

static uint32_t products_of(const struct engine *engine, actor_index strategy)
{
    uint32_t all = (1u << engine->settings.catalog.count) - 1;
    return engine->settings.strategies[strategy].products & all;
}

/* The next product, in turn, that changed since this runner was shown it. */
static product_index next_product(const struct engine *engine, actor_index index)
{
    const struct runner *runner = &engine->runners[index];
    uint32_t mask = products_of(engine, index);
    product_index count = engine->settings.catalog.count;
    for (product_index step = 1; step <= count; step++) {
        product_index at = (product_index)((runner->last_product + step) % count);
        if ((mask >> at & 1) && engine->products[at].version != runner->shown_version[at])
            return at;
    }
    return NO_PRODUCT;
}

static void build_view(struct engine *engine, actor_index index)
{
    struct runner *runner = &engine->runners[index];
    product_index product = next_product(engine, index);
    if (product == NO_PRODUCT)
        return;
    strategies_view(engine, index, product, runner->shown_trades[product], &runner->view);
    runner->view.number = ++runner->views;
    runner->shown_version[product] = engine->products[product].version;
    runner->shown_trades[product] = engine->products[product].trade_count;
    runner->last_product = product;
    runner->credit = false;
    runner->view_sent = true;
    struct command_view *c = &out_command(engine, COMMAND_VIEW)->view;
    c->runner = index;
    c->generation = runner->generation;
    c->view = &runner->view;
}

/* Strategies alone: a rule is shown its book with each question, and one that is woken for every
 * view answers late when it is asked. */
void strategies_build_views(struct engine *engine)
{
    for (actor_index i = 0; i < MAX_STRATEGIES; i++) {
        const struct runner *runner = &engine->runners[i];
        if (runner->credit && !runner->view_sent) /* only one that is READY has a credit */
            build_view(engine, i);
    }
}
