#include "gate_shake.h"

static const int64_t TICK = 5 * (int64_t)DECIMAL_ONE, DOLLAR = DECIMAL_ONE;

static bool rarely(struct prng *prng)
{
    return prng_below(prng, 60) == 0;
}

/* -most .. most. */
static int64_t around(struct prng *prng, int64_t most)
{
    return (int64_t)prng_below(prng, (uint64_t)(2 * most + 1)) - most;
}

/* Multiples of a lot around zero, now and then an end of the range. */
static struct size some_size(struct prng *prng, int64_t lots)
{
    uint64_t drawn = prng_below(prng, 400);
    if (drawn == 0)
        return (struct size){INT64_MAX};
    if (drawn == 1)
        return (struct size){INT64_MIN};
    if (drawn == 2)
        return (struct size){(int64_t)prng_next(prng)};
    return (struct size){around(prng, lots) * LOT};
}

static struct size some_working(struct prng *prng)
{
    struct size size = some_size(prng, 8);
    /* Mostly nothing works, else hardly an order would pass. */
    if (prng_below(prng, 3) > 0)
        return (struct size){0};
    return size.e9 < 0 && prng_below(prng, 20) > 0 ? (struct size){8 * LOT} : size;
}

static struct money dollars(struct prng *prng, uint64_t most)
{
    return (struct money){(__int128)prng_below(prng, most) * DECIMAL_ONE * DECIMAL_ONE};
}

static void shake_exposure(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->exposure.position = some_size(prng, prng_below(prng, 3) ? 8 : 25);
    in->exposure.working_buy = some_working(prng);
    in->exposure.working_sell = some_working(prng);
    in->strategy_exposure = in->exposure;
    in->others.buy = some_working(prng);
    in->others.sell = some_working(prng);
    in->others.product = in->others.account = (uint32_t)prng_below(prng, 2);
    in->working_product = in->working_account = in->others.product;
    if (prng_below(prng, 4) > 0)
        return;
    in->strategy_exposure.position = some_size(prng, 25);
    in->strategy_exposure.working_buy = some_working(prng);
    in->strategy_exposure.working_sell = some_working(prng);
}

static void shake_counts(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->working_product += (uint32_t)prng_below(prng, 4);
    in->working_strategy = (uint32_t)prng_below(prng, 3);
    in->working_account += (uint32_t)prng_below(prng, 7);
    in->working_value_product = dollars(prng, 9000);
    in->working_value_account = dollars(prng, 14000);
    in->messages_strategy = (uint32_t)prng_below(prng, 11);
    in->messages_account = (uint32_t)prng_below(prng, 21);
    in->fires = (uint32_t)prng_below(prng, 31);
    in->rejects = (uint32_t)prng_below(prng, 6);
    in->refusals_in_row = (uint32_t)prng_below(prng, 21);
}

static void shake_health(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    if (rarely(prng))
        in->account_state = (enum trading_state)prng_below(prng, 4);
    if (rarely(prng))
        in->strategy_state = (enum trading_state)prng_below(prng, 4);
    if (rarely(prng))
        in->product_state = (enum trading_state)prng_below(prng, 4);
    in->reconciled = !rarely(prng);
    in->market_up = !rarely(prng);
    in->user_up = !rarely(prng);
    in->journal_up = !rarely(prng);
    in->skew_known = !rarely(prng);
    in->skew_ns = around(prng, 1025) * 1000000;
    in->duplicate = rarely(prng);
    in->unknown_same_side = rarely(prng);
    world->settings.catalog.items[0].session_open = !rarely(prng);
}

static void shake_market(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->book_valid = !rarely(prng);
    in->book_age_ns = (int64_t)prng_below(prng, 2050) * 1000000;
    in->mark_valid = !rarely(prng);
    in->mark_age_ns = (int64_t)prng_below(prng, 5100) * 1000000;
    in->mark.e9 += around(prng, 310) * DOLLAR;
    if (prng_below(prng, 4) == 0)
        in->ask.e9 = in->bid.e9 + around(prng, 14) * TICK;
    if (rarely(prng))
        in->bid.e9 = (int64_t)prng_next(prng);
    if (rarely(prng))
        in->ask.e9 = (int64_t)prng_next(prng);
    in->depth.e9 = 160 * LOT + (int64_t)prng_below(prng, 400) * LOT;
    if (prng_below(prng, 6) == 0)
        in->own_ask.e9 = in->ask.e9 + TICK * (int64_t)prng_below(prng, 40);
    if (prng_below(prng, 6) == 0)
        in->own_bid.e9 = in->bid.e9 - TICK * (int64_t)prng_below(prng, 40);
}

/* How far a market order, or one that crosses, would go. */
static void shake_reach(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    bool buy = world->intent.side == SIDE_BUY;
    int64_t far = ((int64_t)prng_below(prng, prng_below(prng, 6) ? 90 : 640) - 2) * DOLLAR;
    in->worst.e9 = in->reach.e9 = buy ? in->ask.e9 + far : in->bid.e9 - far;
    if (rarely(prng))
        in->worst.e9 = (int64_t)prng_next(prng);
    if (rarely(prng))
        in->reach.e9 = 0;
}

/* ---- the order */

static void make_stop(struct prng *prng, struct world *world)
{
    struct intent *intent = &world->intent;
    int64_t mid = 60000 * DOLLAR;
    int64_t away = TICK * (int64_t)prng_below(prng, 130), away_2;
    bool buy = intent->side == SIDE_BUY, bracket = prng_below(prng, 3) == 0;
    away_2 = TICK * ((int64_t)prng_below(prng, 130) - 10);
    intent->stop = prng_below(prng, 2) ? STOP_UP : STOP_DOWN;
    if (bracket) {
        intent->type = ORDER_TYPE_BRACKET;
        intent->stop = STOP_NONE;
        intent->stop_price.e9 = mid + (buy ? away : -away);
        intent->price.e9 = mid + (buy ? -away_2 : away_2);
        /* Else a bracket's worst price is outside of it in any case. */
        world->settings.product_limits[0].price_collar.e9 = 60000000;
        return;
    }
    intent->type = ORDER_TYPE_STOP_LIMIT;
    intent->stop_price.e9 = mid + (intent->stop == STOP_UP ? away : -away);
    intent->price.e9 = intent->stop_price.e9 + (buy ? away_2 : -away_2);
}

/* What the venue offers of a limit order. */
static void choose_time(struct prng *prng, struct world *world)
{
    struct intent *intent = &world->intent;
    uint64_t drawn = prng_below(prng, 12);
    intent->post_only = drawn < 3;
    if (drawn < 6)
        return;
    if (drawn < 9) {
        intent->tif = drawn < 8 ? TIF_IOC : TIF_FOK;
    } else if (drawn == 9) {
        intent->tif = TIF_GTD;
        intent->expires_wall_ns = world->in.wall_ns + (int64_t)prng_below(prng, 9) - 2;
    }
}

static void shake_intent(struct prng *prng, struct world *world)
{
    static const enum intent_kind KINDS[] = {INTENT_PLACE, INTENT_PLACE, INTENT_AMEND,
                                             INTENT_CLOSE};
    struct intent *intent = &world->intent;
    uint64_t type = prng_below(prng, 12);
    intent->kind = KINDS[prng_below(prng, 4)];
    intent->side = prng_below(prng, 2) ? SIDE_BUY : SIDE_SELL;
    intent->size.e9 = (1 + (int64_t)prng_below(prng, prng_below(prng, 3) ? 4 : 9)) * LOT;
    intent->price.e9 = (59380 + 5 * (int64_t)prng_below(prng, 250)) * DOLLAR;
    if (rarely(prng))
        intent->size = some_size(prng, 20);
    if (type < 2) {
        intent->type = ORDER_TYPE_MARKET;
        intent->tif = TIF_IOC;
        intent->price.e9 = 0;
    } else if (type < 5) {
        make_stop(prng, world);
    } else {
        choose_time(prng, world);
    }
    if (rarely(prng))
        intent->price.e9 = (int64_t)prng_next(prng);
    if (rarely(prng))
        intent->price.e9 += around(prng, 5) * DOLLAR;
    intent->reduce_only = prng_below(prng, 12) == 0;
    if (prng_below(prng, 16) == 0)
        world->in.actor = ACTOR_OPERATOR;
}

/* ---- the account */

static void shake_worth(struct prng *prng, struct gate_worth *worth)
{
    worth->known = !rarely(prng);
    worth->gross = dollars(prng, 18000);
    worth->up = dollars(prng, 15000);
    worth->down = dollars(prng, 15000);
}

static void shake_money(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->equity_known = !rarely(prng);
    in->intraday = prng_below(prng, 2);
    in->equity = dollars(prng, prng_below(prng, 2) ? 80000 : 16000);
    in->available_margin.e18 = in->equity.e18 - dollars(prng, 30000).e18;
    if (prng_below(prng, 3) == 0)
        in->available_margin = in->equity;
    in->initial_margin = dollars(prng, 30000);
    in->reserved = dollars(prng, 3000);
    in->result_known = !rarely(prng);
    in->day_loss.e18 = dollars(prng, 1700).e18 - dollars(prng, 1500).e18;
    in->drawdown = dollars(prng, 4000);
    in->loss_streak = (uint32_t)prng_below(prng, 6);
    in->since_loss_ns = (int64_t)prng_below(prng, 20000) * 1000000;
}

static void shake_risk(struct prng *prng, struct world *world)
{
    struct gate_tail *tail = &world->in.tail;
    world->settings.var.mode = rarely(prng) ? VAR_UNSET : prng_below(prng, 6) ? VAR_ON : VAR_OFF;
    tail->known = !rarely(prng);
    tail->var = dollars(prng, 600);
    tail->stress[0] = dollars(prng, 1400);
    tail->stress[1].e18 = dollars(prng, 1300).e18 - dollars(prng, 300).e18;
}

static void shake_conditions(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->volatility_known = !rarely(prng);
    in->volatility.e9 = (int64_t)prng_below(prng, 2500000);
    in->exposed_elsewhere = prng_below(prng, 2);
    in->wall_ns = rarely(prng) ? 42000000000000 : 1000000000;
    if (prng_below(prng, 5) == 0)
        world->settings.stage = (enum stage)prng_below(prng, 5);
    world->settings.catalog.items[0].funding_rate.e9 = around(prng, 45000);
}

static void shake_manifest(struct prng *prng, struct world *world)
{
    struct manifest *asked = &world->in.manifest;
    struct strategy_settings *strategy = &world->settings.strategies[0];
    asked->no_open = rarely(prng);
    strategy->never_opens = rarely(prng);
    asked->no_short = prng_below(prng, 4) == 0;
    strategy->never_short = prng_below(prng, 8) == 0;
    asked->products = (uint32_t)prng_below(prng, 4) | prng_below(prng, 4);
    asked->max_order_size.e9 = (int64_t)prng_below(prng, 9) * LOT;
    asked->max_position.e9 = (int64_t)prng_below(prng, 20) * LOT;
    asked->max_messages = (uint32_t)prng_below(prng, 11);
    asked->max_working_orders = (uint32_t)prng_below(prng, 4);
}

/* world_init reads text, which is slow; only what the shaking touches is put back. */
static void world_again(struct world *world)
{
    static struct world fresh;
    struct engine_settings *s = &world->settings;
    if (fresh.in.settings == NULL)
        world_init(&fresh);
    if (world->in.settings != s)
        *world = fresh;
    s->catalog.items[0] = fresh.settings.catalog.items[0];
    s->product_limits[0] = fresh.settings.product_limits[0];
    s->strategies[0] = fresh.settings.strategies[0];
    s->stage = fresh.settings.stage;
    s->var.mode = fresh.settings.var.mode;
    s->var.scenario_count = fresh.settings.var.scenario_count;
    s->funding_stamp_count = fresh.settings.funding_stamp_count;
    world->intent = fresh.intent;
    world->in = fresh.in;
    world->in.settings = s;
    world->in.intent = &world->intent;
    world->in.instrument = &s->catalog.items[0];
}

/* Were all of it shaken at once, hardly an order would pass. */
void gate_shake(struct prng *prng, struct world *world)
{
    static void (*const GROUPS[])(struct prng *, struct world *) = {
        shake_counts, shake_health, shake_market, shake_money, shake_risk, shake_conditions,
        shake_manifest};
    world_again(world);
    shake_exposure(prng, world);
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        if (prng_below(prng, 4) == 0)
            GROUPS[i](prng, world);
    if (prng_below(prng, 4) == 0) {
        shake_worth(prng, &world->in.account_worth);
        shake_worth(prng, &world->in.strategy_worth);
    }
    if (prng_below(prng, 10) == 0)
        world->in.overridden = 1u << prng_below(prng, 32);
    shake_intent(prng, world);
    shake_reach(prng, world);
}

static void keep_sane(struct size *working)
{
    if (working->e9 < 0 || working->e9 > 100 * LOT)
        working->e9 = 0;
}

void gate_shake_to_reduce(struct prng *prng, struct world *world)
{
    struct gate_exposure *e[] = {&world->in.exposure, &world->in.strategy_exposure};
    bool sell = world->intent.side == SIDE_SELL;
    if (world->intent.size.e9 <= 0 || world->intent.size.e9 > 100 * LOT)
        world->intent.size.e9 = LOT;
    for (int i = 0; i < 2; i++) {
        keep_sane(&e[i]->working_buy);
        keep_sane(&e[i]->working_sell);
        e[i]->position.e9 = (sell ? e[i]->working_sell : e[i]->working_buy).e9 +
                            world->intent.size.e9 + (int64_t)prng_below(prng, 5) * LOT;
        e[i]->position.e9 *= sell ? 1 : -1;
    }
}
