#include "engine/risk.h"

#include "base/check.h"
#include "base/root.h"
#include "engine/balance.h"
#include "engine/consent.h"
#include "engine/margin.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/protect.h"

static const int64_t DAY_NS = 86400000000000, LOOK_NS = 1000000000;
static const __int128 BEYOND = (__int128)1 << 126; /* money that no sum holds: it refuses */
enum { KEEP = 94, OF = 100, PEAK_PARTS = 1000 };

static void init_rates(struct engine *engine, int strategy)
{
    int64_t window_ns = engine->settings.strategies[strategy].fires_window_ns;
    rate_init(&engine->risk.strategies[strategy].fires, window_ns);
    rate_init(&engine->risk.strategies[strategy].rejects, window_ns);
}

void risk_init(struct engine *engine)
{
    for (int i = 0; i < MAX_STRATEGIES; i++)
        init_rates(engine, i);
}

/* ---- latches */

/* What an operator has set aside does not latch either: it would be there all the same. */
static void latch(struct engine *engine, int control, int scope, uint8_t index,
                  const char *reason)
{
    actor_index actor = scope == LATCH_STRATEGY ? index : ACTOR_OPERATOR;
    product_index product = scope == LATCH_PRODUCT ? index : NO_PRODUCT;
    if (!(consent_overridden(engine, actor, product) >> control & 1))
        out_tighten(engine, scope, index, TRADING_REDUCING, reason);
}

void risk_on_order(struct engine *engine, actor_index actor)
{
    if (actor >= MAX_STRATEGIES)
        return;
    struct risk_strategy *own = &engine->risk.strategies[actor];
    int64_t now_ns = engine->now.mono_ns;
    own->refusals = 0;
    rate_add(&own->fires, now_ns);
    if (rate_get(&own->fires, now_ns) >= engine->settings.strategies[actor].max_fires)
        latch(engine, 2, LATCH_STRATEGY, actor, "max_fires: it fired too often in its window");
}

/* Not the strategy's doing: the market, the venue or the host is such that nobody's order of the
 * kind would pass, so that it says nothing about him. What counts is what he asked for. */
static bool is_of_the_world(const struct verdict *verdict)
{
    switch (verdict->code) {
    case REFUSED_STATE: case REFUSED_STRATEGY_STATE: case REFUSED_PRODUCT: case REFUSED_HEALTH:
    case REFUSED_BOOK_STALE: case REFUSED_MARK_STALE: case REFUSED_RULE_SILENT: case REFUSED_FULL:
    case REFUSED_STAGE: case REFUSED_QUIET: case REFUSED_PRODUCT_MODE:
    case REFUSED_LIQUIDITY: case REFUSED_UNKNOWN_OUTSTANDING: case REFUSED_FUNDING:
    case REFUSED_DAILY_LOSS: case REFUSED_DRAWDOWN: case REFUSED_VOLATILITY: case REFUSED_RULE:
    case REFUSED_EQUITY:
        return true;
    case REFUSED_EXPOSURE: case REFUSED_VAR: case REFUSED_STRESS:
        return verdict->unit == UNIT_NONE; /* not warm, or without a mark: nothing to measure */
    default: return false;
    }
}

void risk_on_reject(struct engine *engine, actor_index actor)
{
    if (actor >= MAX_STRATEGIES)
        return;
    struct rate *rejects = &engine->risk.strategies[actor].rejects;
    rate_add(rejects, engine->now.mono_ns);
    if (rate_get(rejects, engine->now.mono_ns) >= engine->settings.strategies[actor].max_rejects)
        latch(engine, 2, LATCH_STRATEGY, actor, "max_rejects: the venue refuses its orders");
}

void risk_on_refusal(struct engine *engine, actor_index actor, const struct verdict *verdict)
{
    if (actor >= MAX_STRATEGIES || is_of_the_world(verdict))
        return;
    struct risk_strategy *own = &engine->risk.strategies[actor];
    own->refusals += own->refusals < UINT32_MAX;
    if (own->refusals >= engine->settings.strategies[actor].max_refusals)
        latch(engine, 2, LATCH_STRATEGY, actor, "max_refusals: it was refused too often in a row");
}

/* ---- losing trades: a trade ends when its position is flat, or on the other side */

static bool is_over(struct size before, struct size after)
{
    return before.e9 != 0 && (after.e9 == 0 || (before.e9 < 0) != (after.e9 < 0));
}

void risk_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill)
{
    if (actor >= MAX_STRATEGIES)
        return;
    struct risk_strategy *own = &engine->risk.strategies[actor];
    const struct position *position = &engine->portfolio.exact[actor][fill->product];
    struct money result, brought;
    bool over = is_over(own->held[fill->product], position->size);
    own->held[fill->product] = position->size;
    if (!over || !money_sub(position->realised, position->fees, &result) ||
        !money_sub(result, own->at_flat[fill->product], &brought))
        return;
    own->at_flat[fill->product] = result;
    own->losses = brought.e18 < 0 ? own->losses + 1 : 0;
    if (brought.e18 >= 0)
        return;
    own->loss_wall_ns = fill->venue_ns;
    if (engine->begun && own->losses >= engine->settings.strategies[actor].max_loss_streak)
        latch(engine, 24, LATCH_STRATEGY, actor, "max_loss_streak: too many lost trades in a row");
}

/* ---- the account's result */

static bool product_result(struct engine *engine, product_index product, struct money *sum)
{
    const struct position *position = &engine->portfolio.shown_account[product];
    int64_t most_ns = engine->settings.product_limits[product].max_mark_age_ns, age_ns;
    struct price mark;
    if (!money_add(*sum, position->realised, sum) || !money_sub(*sum, position->fees, sum) ||
        !money_add(*sum, position->funding, sum))
        return false;
    if (position->size.e9 == 0)
        return true;
    return market_mark(engine, product, &mark, &age_ns) && age_ns <= most_ns &&
           money_add(*sum, position_unrealised(position, mark), sum);
}

static bool take_result(struct engine *engine)
{
    engine->risk.result.e18 = 0;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (!product_result(engine, i, &engine->risk.result))
            return false;
    return true;
}

static void record(struct engine *engine)
{
    struct risk *risk = &engine->risk;
    struct record_risk *r = &out_record(engine, RECORD_RISK)->risk;
    r->day_ns = risk->day_ns;
    r->day_start = risk->day_start;
    r->peak = risk->peak_kept = risk->peak;
    risk->told = true;
}

bool risk_restore(struct engine *engine, const struct record_risk *record)
{
    struct risk *risk = &engine->risk;
    risk->begun = risk->told = true;
    risk->day_ns = record->day_ns;
    risk->day_start = record->day_start;
    risk->peak = risk->peak_kept = record->peak;
    return true;
}

static bool is_past(struct money equity, struct money loss, struct ratio part)
{
    struct money before, most;
    return loss.e18 > 0 && money_add(equity, loss, &before) &&
           money_scale(before, part, ROUND_DOWN, &most) && loss.e18 >= most.e18;
}

static struct money below(struct money from, struct money now)
{
    struct money ret = {BEYOND};
    (void)money_sub(from, now, &ret);
    return ret;
}

/* Each pot by itself: what is left in one does not keep the other from being closed. */
static void judge_buffers(struct engine *engine)
{
    for (enum venue_profile i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        struct event_balance balance;
        struct margin margin;
        struct money least;
        (void)balance_of(engine, i, &balance); /* known: the caller has asked */
        if (margin_read(&balance, balance_is_intraday(engine, i), &margin) &&
            money_scale(margin.equity, engine->settings.min_liquidation_buffer, ROUND_UP,
                        &least) &&
            margin.buffer.e18 < least.e18)
            latch(engine, 20, LATCH_ACCOUNT, 0, "min_liquidation_buffer: too little beyond margin");
    }
}

static void judge_result(struct engine *engine)
{
    const struct engine_settings *s = &engine->settings;
    struct risk *risk = &engine->risk;
    struct event_balance balance;
    struct money least;
    if (!balance_get(engine, &balance))
        return;
    judge_buffers(engine);
    if (is_past(balance.equity, below(risk->day_start, risk->result), s->max_daily_loss))
        latch(engine, 23, LATCH_ACCOUNT, 0, "max_daily_loss: the day has lost its limit");
    if (is_past(balance.equity, below(risk->peak, risk->result), s->max_drawdown))
        latch(engine, 24, LATCH_ACCOUNT, 0, "max_drawdown: too far below the peak");
    least.e18 = balance.equity.e18 / PEAK_PARTS;
    if (below(risk->peak, risk->peak_kept).e18 > least.e18)
        record(engine);
}

static void follow_result(struct engine *engine)
{
    struct risk *risk = &engine->risk;
    int64_t now_ns = engine->now.mono_ns, wall_ns = engine->now.wall_ns;
    if (now_ns - risk->looked_ns < LOOK_NS && risk->looked_fills == engine->counters.fills)
        return;
    risk->looked_ns = now_ns;
    risk->looked_fills = engine->counters.fills;
    risk->known = take_result(engine);
    if (!risk->known)
        return;
    /* Before the first fill all is 0; what was lost before the first record is the day's. */
    bool next_day = risk->begun && wall_ns - risk->day_ns >= DAY_NS;
    if (next_day)
        risk->day_start = risk->result;
    if (next_day || !risk->begun)
        risk->day_ns = wall_ns - wall_ns % DAY_NS;
    if (risk->result.e18 > risk->peak.e18)
        risk->peak = risk->result;
    risk->begun = true;
    if (engine->counters.fills > 0 && (next_day || !risk->told))
        record(engine);
    judge_result(engine);
}

void risk_on_resume(struct engine *engine, int scope, uint8_t index)
{
    struct risk *risk = &engine->risk;
    if (scope == LATCH_STRATEGY) {
        CHECK(index < MAX_STRATEGIES); /* operator.c looks for its target first */
        risk->strategies[index].refusals = risk->strategies[index].losses = 0;
        init_rates(engine, index);
    }
    if (scope != LATCH_ACCOUNT || !risk->known)
        return;
    risk->day_start = risk->peak = risk->result;
    record(engine);
}

/* ---- volatility */

static struct ratio calm(const struct engine *engine, product_index product)
{
    return engine->settings.product_limits[product].calm_volatility;
}

static void sample(struct engine *engine, product_index product)
{
    struct risk_product *of = &engine->risk.products[product];
    struct price mid = engine->products[product].mid;
    const __int128 most = 10 * (__int128)DECIMAL_ONE; /* tenfold: its square still fits */
    __int128 change;
    int64_t now_ns = engine->now.mono_ns;
    if (mid.e9 <= 0 || now_ns < of->next_ns)
        return;
    of->next_ns = now_ns + engine->settings.volatility_sample_ns;
    if (of->mid.e9 <= 0) {
        of->volatility = calm(engine, product);
        of->variance = (__int128)of->volatility.e9 * of->volatility.e9;
        of->mid = mid;
        return;
    }
    change = ((__int128)mid.e9 - of->mid.e9) * DECIMAL_ONE / of->mid.e9;
    change = change > most ? most : change < -most ? -most : change;
    of->mid = mid;
    of->variance = of->variance / OF * KEEP + change * change / OF * (OF - KEEP);
    of->volatility.e9 = (int64_t)root_floor((wide_uint)of->variance);
    if (of->volatility.e9 > engine->settings.product_limits[product].max_volatility.e9)
        latch(engine, 27, LATCH_PRODUCT, product, "max_volatility: the product moves too wildly");
}

void risk_follow(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        sample(engine, i);
    follow_result(engine);
}

/* ---- what all is exposed to */

static bool has_any(struct size position, const struct exposure *sum)
{
    return position.e9 != 0 || sum->buy != 0 || sum->sell != 0;
}

static void add_worth(struct gate_worth *worth, struct price price, struct size position,
                      const struct exposure *sum)
{
    struct size up, down;
    if (!has_any(position, sum))
        return;
    struct size minus = {-position.e9}; /* the range of positions is symmetric: position.c */
    worth->known = worth->known && price.e9 > 0 &&
                   size_add(position, exposure_size(sum->buy), &up) &&
                   size_add(minus, exposure_size(sum->sell), &down) &&
                   money_add(worth->up, money_of(price, up), &worth->up) &&
                   money_add(worth->down, money_of(price, down), &worth->down) &&
                   money_add(worth->gross, money_of(price, up.e9 > down.e9 ? up : down),
                             &worth->gross);
}

/* What works on a product may be of either side. */
static struct ratio working_rate(const struct engine *engine, product_index product,
                                 const struct gate_input *in)
{
    const struct instrument *spec = &engine->settings.catalog.items[product];
    return instrument_margin_rate(spec, SIDE_UNKNOWN,
                                  in->intraday && spec->profile == in->instrument->profile,
                                  engine->settings.product_limits[product].initial_margin);
}

static void fill_worth(struct engine *engine, uint8_t slot, struct gate_input *in)
{
    const struct orders *orders = &engine->orders;
    in->account_worth.known = in->strategy_worth.known = true;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct size all = engine->portfolio.shown_account[i].size;
        struct price price = {0};
        struct money margin;
        int64_t age_ns;
        if (!money_scale((struct money){orders->products[i].value}, working_rate(engine, i, in),
                         ROUND_UP, &margin) ||
            !money_add(in->reserved, margin, &in->reserved))
            in->reserved.e18 = BEYOND;
        if (i == in->intent->product || !has_any(all, &orders->products[i]))
            continue;
        in->exposed_elsewhere = true;
        if (!market_mark(engine, i, &price, &age_ns))
            price = engine->products[i].mid;
        add_worth(&in->account_worth, price, all, &orders->products[i]);
        add_worth(&in->strategy_worth, price, engine->portfolio.shown[slot][i].size,
                  &orders->actors[slot][i]);
    }
}

static void fill_book(struct engine *engine, struct gate_input *in)
{
    const struct intent *intent = in->intent;
    product_index i = intent->product;
    const struct book *book = &engine->products[i].book;
    struct ratio band = engine->settings.product_limits[i].depth_band;
    struct size other = book_depth(book, SIDE_SELL, band);
    in->depth = book_depth(book, SIDE_BUY, band);
    in->depth = other.e9 < in->depth.e9 ? other : in->depth;
    if (intent->side <= SIDE_SELL && intent->size.e9 > 0) {
        struct book_walk walk = book_walk(book, intent->side, intent->size);
        in->reach.e9 = walk.whole ? walk.worst.e9 : 0;
    }
    /* What closes positions rests nowhere itself, and of what would meet it only ours gives way. */
    bool closes = intent->ref == 0;
    orders_resting(&engine->orders, i, closes, &in->own_bid, &in->own_ask);
    if (!closes)
        protect_resting(engine, i, &in->own_bid, &in->own_ask);
    in->volatility_known = engine->risk.products[i].mid.e9 > 0;
    in->volatility = engine->risk.products[i].volatility;
}

/* Equity is the account's; what is left of it is that of the pot which margins the product, and no
 * other stands in for it. */
static void fill_margin(const struct engine *engine, struct gate_input *in)
{
    struct event_balance all, pot;
    struct margin margin;
    enum venue_profile profile = in->instrument->profile;
    in->intraday = balance_is_intraday(engine, profile);
    in->equity_known = balance_get(engine, &all) && balance_of(engine, profile, &pot) &&
                       margin_read(&pot, in->intraday, &margin) &&
                       money_sub(all.equity, margin.buffer, &in->initial_margin);
    if (!in->equity_known)
        return;
    in->equity = all.equity;
    in->available_margin = margin.free;
}

void risk_fill_input(struct engine *engine, actor_index actor, struct gate_input *in)
{
    const struct risk *risk = &engine->risk;
    fill_margin(engine, in);
    in->result_known = risk->known;
    in->day_loss = below(risk->day_start, risk->result);
    in->drawdown = below(risk->peak, risk->result);
    in->since_loss_ns = INT64_MAX;
    if (actor < MAX_STRATEGIES) {
        struct risk_strategy *own = &engine->risk.strategies[actor];
        in->fires = rate_get(&own->fires, engine->now.mono_ns);
        in->rejects = rate_get(&own->rejects, engine->now.mono_ns);
        in->refusals_in_row = own->refusals;
        in->loss_streak = own->losses;
        if (own->loss_wall_ns > 0)
            in->since_loss_ns = engine->now.wall_ns - own->loss_wall_ns;
    }
    fill_worth(engine, actor_slot(actor), in);
    fill_book(engine, in);
}
