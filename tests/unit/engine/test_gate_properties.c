/* The gate against random states: what it lets through is held against the limits by sums of
 * another make, 128 bits wide, written from the laws and not from the gate. */
#include <string.h>

#include "base/prng.h"
#include "gate_shake.h"
#include "model/client_id.h"
#include "suites.h"

/* The optimised tree does most: a million cases of each law, and more worlds to find them. */
#ifdef GATE_ROUNDS /* tests/mutation */
enum { ROUNDS = GATE_ROUNDS };
#elif defined __SANITIZE_ADDRESS__
enum { ROUNDS = 100000 };
#else
enum { ROUNDS = 1000000 };
#endif

static struct client_id an_id(void)
{
    return client_id_make(1, 2, 3);
}

/* ---- the laws, said again */

/* Orders of another hand are left out where ours does not rest; they are a part of what works. */
static struct gate_exposure met_by(const struct gate_input *in)
{
    struct gate_exposure e = in->exposure;
    bool takes = (in->intent->tif == TIF_IOC || in->intent->tif == TIF_FOK) &&
                 in->intent->stop_price.e9 == 0;
    for (int k = 0; k < 2 && takes; k++) {
        struct size *working = k ? &e.working_sell : &e.working_buy;
        int64_t others = k ? in->others.sell.e9 : in->others.buy.e9;
        if (working->e9 > 0 && others > 0)
            working->e9 = others < working->e9 ? working->e9 - others : 0;
    }
    return e;
}

static bool only_reduces(const struct gate_exposure *e, const struct intent *intent)
{
    __int128 after_all;
    if (e->working_buy.e9 < 0 || e->working_sell.e9 < 0 || intent->size.e9 <= 0)
        return false;
    if (intent->side == SIDE_SELL) {
        after_all = (__int128)e->position.e9 - e->working_sell.e9 - intent->size.e9;
        return e->position.e9 > 0 && after_all >= 0;
    }
    after_all = (__int128)e->position.e9 + e->working_buy.e9 + intent->size.e9;
    return e->position.e9 < 0 && after_all <= 0;
}

static bool is_reducing(const struct world *world)
{
    struct gate_exposure account = met_by(&world->in);
    return only_reduces(&account, &world->intent) &&
           (world->in.actor == ACTOR_OPERATOR ||
            only_reduces(&world->in.strategy_exposure, &world->intent));
}

/* Control 29: an operator may set a control aside, but not one of these. */
static bool holds(const struct world *world, int control)
{
    static const uint32_t NEVER = 1u << 1 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 26;
    return NEVER >> control & 1 || !(world->in.overridden >> control & 1);
}

/* What it pays or takes at worst, when it trades; a bracket goes 5 % beyond its stop. */
static __int128 worst_price(const struct world *world)
{
    const struct intent *intent = &world->intent;
    __int128 stop = intent->stop_price.e9;
    if (intent->type == ORDER_TYPE_MARKET)
        return world->in.worst.e9;
    if (intent->type == ORDER_TYPE_BRACKET)
        return intent->side == SIDE_BUY ? stop * 105 / 100 : stop * 95 / 100;
    return intent->price.e9;
}

/* The most that it can be worth: what sells may find a better price on its way. */
static __int128 value_price(const struct world *world)
{
    const struct intent *intent = &world->intent;
    __int128 price = worst_price(world);
    if (intent->side == SIDE_BUY)
        return price;
    price = world->in.bid.e9 > price ? world->in.bid.e9 : price;
    price = intent->stop_price.e9 > price ? intent->stop_price.e9 : price;
    return intent->price.e9 > price ? intent->price.e9 : price;
}

static __int128 value_of(const struct world *world)
{
    return value_price(world) * world->intent.size.e9;
}

/* Of whatever passes: its figures make sense, against a book that can be believed. */
static void assert_priced(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct intent *intent = &world->intent;
    __int128 price = worst_price(world), mid2 = (__int128)in->bid.e9 + in->ask.e9, ref2 = mid2;
    __int128 tick = 5 * (__int128)DECIMAL_ONE, collar;
    bool market = intent->type == ORDER_TYPE_MARKET, buy = intent->side == SIDE_BUY;
    bool stops = intent->type == ORDER_TYPE_STOP_LIMIT || intent->type == ORDER_TYPE_BRACKET;
    ref2 = stops ? 2 * (__int128)intent->stop_price.e9 : mid2;
    collar = ref2 * world->settings.product_limits[0].price_collar.e9 / DECIMAL_ONE;
    assert_true(in->book_valid && in->book_age_ns <= 2000000000 && in->book_age_ns >= 0);
    assert_true(in->bid.e9 > 0 && in->ask.e9 > in->bid.e9 && price > 0);
    assert_true(!holds(world, 9) ||
                (2 * price <= ref2 + collar + 2 && 2 * price >= ref2 - collar - 2));
    assert_true(intent->size.e9 > 0 && intent->size.e9 % LOT == 0);
    assert_true(!market || (buy ? price >= in->ask.e9 : price <= in->bid.e9));
    assert_true(market || intent->price.e9 % tick == 0);
    assert_true(!stops || (intent->stop_price.e9 > 0 && intent->stop_price.e9 % tick == 0));
    assert_true(world->settings.catalog.items[0].session_open);
    assert_true(intent->tif != TIF_GTD || intent->expires_wall_ns > in->wall_ns);
}

/* A stop waits where the market is not yet, and can fill when it is there; a bracket has its
 * profit on the other side. */
static void assert_stop(const struct world *world)
{
    const struct intent *intent = &world->intent;
    __int128 mid2 = (__int128)world->in.bid.e9 + world->in.ask.e9;
    __int128 stop2 = 2 * (__int128)intent->stop_price.e9, price2 = 2 * (__int128)intent->price.e9;
    bool buy = intent->side == SIDE_BUY;
    if (intent->type == ORDER_TYPE_STOP_LIMIT) {
        assert_true(intent->stop == STOP_UP ? stop2 > mid2 - 2 : stop2 < mid2 + 2);
        assert_true(buy ? price2 >= stop2 : price2 <= stop2);
    } else if (intent->type == ORDER_TYPE_BRACKET) {
        assert_true(buy ? stop2 > mid2 - 2 && price2 < mid2 + 2
                        : stop2 < mid2 + 2 && price2 > mid2 - 2);
    }
}

static void assert_within_limits(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    const struct product_limits *l = &s->product_limits[0];
    const struct intent *intent = &world->intent;
    __int128 worst = world->intent.side == SIDE_BUY
                         ? (__int128)in->exposure.position.e9 + in->exposure.working_buy.e9
                         : (__int128)in->exposure.working_sell.e9 - in->exposure.position.e9;
    assert_int_equal(in->account_state, TRADING_ACTIVE);
    assert_int_equal(in->product_state, TRADING_ACTIVE);
    assert_int_equal(in->strategy_state, TRADING_ACTIVE);
    assert_true(in->reconciled && in->market_up && in->user_up && in->journal_up);
    assert_true(in->skew_known && in->skew_ns >= -s->max_skew_ns && in->skew_ns <= s->max_skew_ns);
    assert_true(!in->unknown_same_side || !holds(world, 25));
    assert_true(!intent->reduce_only && intent->type != ORDER_TYPE_BRACKET && in->actor == 0);
    assert_true(in->mark_valid && in->mark_age_ns <= l->max_mark_age_ns);
    assert_true(value_of(world) <= l->max_order_value.e18 || !holds(world, 8));
    assert_true(worst + intent->size.e9 <= l->max_position.e9 || !holds(world, 16));
    if (!holds(world, 15))
        return;
    assert_true(in->working_value_product.e18 + value_of(world) <= l->max_working_value.e18);
    assert_true(in->working_value_account.e18 + value_of(world) <= s->max_working_value.e18);
}

/* Exposure at the dearer of price and mark: towards the order's side, and the larger of both. */
struct exposed { __int128 toward, gross; };

static struct exposed exposed_of(const struct world *world, const struct gate_exposure *e)
{
    bool buy = world->intent.side == SIDE_BUY;
    __int128 price = value_price(world), up, down, away;
    struct exposed ret;
    price = price > world->in.mark.e9 ? price : world->in.mark.e9;
    up = (__int128)e->position.e9 + e->working_buy.e9;
    down = (__int128)e->working_sell.e9 - e->position.e9;
    ret.toward = ((buy ? up : down) + world->intent.size.e9) * price;
    away = (buy ? down : up) * price;
    ret.gross = ret.toward > away ? ret.toward : away;
    return ret;
}

static void assert_exposure(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    const struct strategy_settings *mine = &s->strategies[0];
    const struct gate_worth *all = &in->account_worth, *own = &in->strategy_worth;
    struct exposed account = exposed_of(world, &in->exposure);
    struct exposed strategy = exposed_of(world, &in->strategy_exposure);
    bool buy = world->intent.side == SIDE_BUY;
    if (!holds(world, 17))
        return;
    assert_true(all->known && own->known);
    assert_true(account.gross <= s->product_limits[0].max_exposure.e18);
    assert_true(account.gross + all->gross.e18 <= s->max_gross.e18);
    assert_true(account.toward + (buy ? all->up : all->down).e18 <= s->max_net.e18);
    assert_true(strategy.gross + own->gross.e18 <= mine->max_gross.e18);
    assert_true(strategy.toward + (buy ? own->up : own->down).e18 <= mine->max_net.e18);
}

static void assert_leverage(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    __int128 here = exposed_of(world, &in->exposure).gross, all;
    __int128 dollar = in->equity.e18 / DECIMAL_ONE;
    if (!holds(world, 18))
        return;
    all = here + in->account_worth.gross.e18;
    assert_true(in->equity_known && dollar > 0);
    assert_true(here / dollar <= s->product_limits[0].max_leverage.e9);
    assert_true(all / dollar <= s->max_leverage.e9);
    assert_true(in->intraday || all / dollar <= s->max_leverage_overnight.e9);
}

static void assert_margin(const struct world *world)
{
    const struct gate_input *in = &world->in;
    __int128 order = value_of(world) / 4, held = in->reserved.e18 + order;
    __int128 equity = in->equity.e18;
    assert_true(in->available_margin.e18 - held >= equity / 5 || !holds(world, 19));
    assert_true(equity - in->initial_margin.e18 - held >= equity / 10 * 3 || !holds(world, 20));
}

static void assert_losses(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct strategy_settings *mine = &world->settings.strategies[0];
    __int128 equity = in->equity.e18, day = in->day_loss.e18, down = in->drawdown.e18;
    assert_true(!holds(world, 23) ||
                (in->result_known && (day <= 0 || day * 50 < equity + day)));
    if (!holds(world, 24))
        return;
    assert_true(in->result_known && (down <= 0 || down * 20 < equity + down));
    assert_true(in->loss_streak < mine->max_loss_streak);
    assert_true(in->since_loss_ns >= mine->cooldown_ns);
}

/* The last price it takes as the book stands; 0: it rests. */
static __int128 reached(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct intent *intent = &world->intent;
    bool buy = intent->side == SIDE_BUY;
    if (intent->type == ORDER_TYPE_MARKET)
        return in->reach.e9;
    if (intent->type != ORDER_TYPE_LIMIT || intent->post_only ||
        (buy ? intent->price.e9 < in->ask.e9 : intent->price.e9 > in->bid.e9))
        return 0;
    if (in->reach.e9 > 0 && (buy ? in->reach.e9 < intent->price.e9
                                 : in->reach.e9 > intent->price.e9))
        return in->reach.e9;
    return intent->price.e9;
}

/* limit: at 1e-9, of twice the mid. */
static bool is_part(__int128 apart, struct ratio limit, __int128 mid2)
{
    apart = apart < 0 ? -apart : apart;
    return 2 * apart * DECIMAL_ONE <= limit.e9 * (mid2 + 2);
}

static void assert_market(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct product_limits *l = &world->settings.product_limits[0];
    __int128 mid2 = (__int128)in->bid.e9 + in->ask.e9, reach = reached(world);
    bool buy = world->intent.side == SIDE_BUY;
    int64_t own = buy ? in->own_ask.e9 : in->own_bid.e9;
    __int128 price = worst_price(world);
    if (holds(world, 10)) {
        assert_true(reach > 0 || world->intent.type != ORDER_TYPE_MARKET);
        assert_true(reach == 0 || is_part(reach - mid2 / 2, l->max_impact, mid2));
    }
    if (holds(world, 11)) {
        assert_true((__int128)in->depth.e9 * (mid2 / 2) >= l->min_depth.e18);
        assert_true(is_part((__int128)in->ask.e9 - in->bid.e9, l->max_spread, mid2));
    }
    if (holds(world, 13) && own != 0 && world->intent.type != ORDER_TYPE_STOP_LIMIT)
        assert_true(buy ? price < own : price > own);
}

static void assert_stage(const struct world *world)
{
    enum stage stage = world->settings.stage;
    int64_t size = world->intent.size.e9, most = world->settings.product_limits[0].demo_max_size.e9;
    assert_true(stage == STAGE_PRODUCTION || stage == STAGE_CANARY || stage == STAGE_DEMO);
    assert_true(stage != STAGE_CANARY || size <= 2 * LOT);
    if (stage == STAGE_DEMO) {
        assert_true(world->intent.post_only && !world->in.exposed_elsewhere);
        assert_true(size <= most || size <= LOT);
    }
}

static void assert_conditions(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    const struct product_limits *l = &s->product_limits[0];
    int64_t day = s->catalog.items[0].funding_rate.e9 * 24, size = world->intent.size.e9;
    bool buy = world->intent.side == SIDE_BUY;
    assert_true((buy ? day : -day) <= l->max_funding_daily.e9 || !holds(world, 21));
    assert_true(in->wall_ns != 42000000000000 || !holds(world, 22));
    if (holds(world, 27)) {
        assert_true(in->volatility_known && in->volatility.e9 <= l->max_volatility.e9);
        assert_true(in->volatility.e9 <= l->calm_volatility.e9 ||
                    (__int128)size * in->volatility.e9 <=
                        (__int128)l->max_order_size.e9 * l->calm_volatility.e9);
    }
    if (holds(world, 2)) {
        assert_true(in->fires < s->strategies[0].max_fires);
        assert_true(in->rejects < s->strategies[0].max_rejects);
        assert_true(in->refusals_in_row < s->strategies[0].max_refusals);
    }
}

/* 28, of the account as it would be. */
static void assert_tail(const struct world *world)
{
    const struct var_settings *var = &world->settings.var;
    const struct gate_tail *tail = &world->in.tail;
    if (!holds(world, 28) || var->mode == VAR_OFF)
        return;
    assert_int_equal(var->mode, VAR_ON);
    assert_true(tail->known && tail->var.e18 <= var->max_var.e18);
    for (uint32_t i = 0; i < var->scenario_count; i++)
        assert_true(tail->stress[i].e18 <= var->scenarios[i].max_loss.e18);
}

/* What the script said of itself, and what its section of the config says of it. */
static void assert_manifest(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct manifest *asked = &in->manifest;
    const struct strategy_settings *mine = &world->settings.strategies[0];
    const struct gate_exposure *own = &in->strategy_exposure;
    bool buy = world->intent.side == SIDE_BUY;
    int64_t size = world->intent.size.e9;
    __int128 worst = (buy ? (__int128)own->position.e9 + own->working_buy.e9
                          : (__int128)own->working_sell.e9 - own->position.e9) + size;
    assert_true(!asked->no_open && !mine->never_opens);
    assert_true(asked->products == 0 || asked->products & 1);
    assert_true(asked->max_order_size.e9 == 0 || size <= asked->max_order_size.e9);
    assert_true(asked->max_position.e9 == 0 || worst <= asked->max_position.e9);
    assert_true(buy || worst <= 0 || (!asked->no_short && !mine->never_short));
    assert_true(asked->max_messages == 0 || in->messages_strategy < asked->max_messages);
    assert_true(asked->max_working_orders == 0 ||
                in->working_strategy < asked->max_working_orders);
}

static void assert_opens(const struct world *world)
{
    assert_within_limits(world);
    assert_exposure(world);
    assert_leverage(world);
    assert_margin(world);
    assert_losses(world);
    assert_market(world);
    assert_stage(world);
    assert_conditions(world);
    assert_tail(world);
    assert_manifest(world);
}

static void assert_counted(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    struct gate_others others = {.product = 0};
    if (is_reducing(world))
        others = in->others;
    assert_true(world->intent.size.e9 <= s->product_limits[0].max_order_size.e9 ||
                !holds(world, 7));
    assert_true(!in->duplicate || !holds(world, 12));
    assert_true(in->strategy_state == TRADING_ACTIVE || in->strategy_state == TRADING_REDUCING);
    if (holds(world, 14)) {
        assert_true(in->messages_strategy < s->strategies[0].max_messages);
        assert_true(in->messages_account < s->max_messages);
    }
    if (!holds(world, 15))
        return;
    assert_true(in->working_product - others.product < s->product_limits[0].max_working_orders);
    assert_true(in->working_strategy < s->strategies[0].max_working_orders);
    assert_true(in->working_account - others.account < s->max_working_orders);
}

/* AC-F1 | unit | a million orders of every kind, let through in random states | each holds every
   limit in the worst case */
static void what_passes_is_within_every_limit(void **state)
{
    struct prng prng;
    struct world world;
    int opened = 0, reduced = 0, flattened = 0, worlds = 0;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 2026);
    /* A gate that lets nothing through would keep every limit too. */
    for (; opened + reduced + flattened < ROUNDS && worlds < 6 * ROUNDS; worlds++) {
        struct approved_order order;
        struct verdict verdict;
        bool reducing;
        gate_shake(&prng, &world);
        reducing = is_reducing(&world);
        assert_int_equal(gate_is_reducing(&world.in), reducing);
        if (!gate_approve(&world.in, an_id(), &order, &verdict)) {
            assert_true(verdict.code != REFUSED_NOT && verdict.code < REFUSAL_COUNT);
            assert_true(verdict.headroom.e18 >= 0);
            continue;
        }
        assert_int_equal(verdict.code, REFUSED_NOT);
        assert_priced(&world);
        assert_stop(&world);
        if (!reducing)
            assert_opens(&world);
        if (world.in.actor == 0)
            assert_counted(&world);
        opened += !reducing;
        reduced += reducing && world.in.actor == 0;
        flattened += world.in.actor == ACTOR_OPERATOR;
    }
    print_message("%d worlds: %d orders open, %d reduce, %d are the operator's\n", worlds, opened,
                  reduced, flattened);
    assert_true(opened > ROUNDS / 3 && reduced > ROUNDS / 3 && flattened > ROUNDS / 50);
}

static bool may_stop_reducing(enum refusal code, bool operator)
{
    switch (code) {
    case REFUSED_MARK_STALE: case REFUSED_ORDER_VALUE: case REFUSED_WORKING_VALUE:
    case REFUSED_POSITION: case REFUSED_REDUCE_ONLY: case REFUSED_UNKNOWN_OUTSTANDING:
    case REFUSED_HEALTH: case REFUSED_STAGE: case REFUSED_IMPACT: case REFUSED_LIQUIDITY:
    case REFUSED_SELF_MATCH: case REFUSED_EXPOSURE: case REFUSED_LEVERAGE: case REFUSED_MARGIN:
    case REFUSED_LIQUIDATION_BUFFER: case REFUSED_FUNDING: case REFUSED_QUIET:
    case REFUSED_DAILY_LOSS: case REFUSED_DRAWDOWN: case REFUSED_LOSS_STREAK:
    case REFUSED_COOLDOWN: case REFUSED_VOLATILITY: case REFUSED_VAR: case REFUSED_STRESS:
    case REFUSED_MANIFEST:
        return false;
    case REFUSED_STATE: case REFUSED_STRATEGY_STATE: case REFUSED_ORDER_SIZE:
    case REFUSED_DUPLICATE: case REFUSED_RATE: case REFUSED_WORKING_COUNT:
        return !operator;
    default:
        return true;
    }
}

/* AC-F2 | unit | a million random orders that can only reduce | no risk limit refuses one */
static void what_reduces_is_never_stopped_by_risk(void **state)
{
    struct prng prng;
    struct world world;
    int passed = 0;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 7);
    for (int met = 0; met < ROUNDS;) {
        struct approved_order order;
        struct verdict verdict;
        bool operator;
        gate_shake(&prng, &world);
        if (prng_below(&prng, 4) > 0)
            gate_shake_to_reduce(&prng, &world);
        operator = world.in.actor == ACTOR_OPERATOR;
        if (!is_reducing(&world))
            continue;
        met++;
        if (gate_approve(&world.in, an_id(), &order, &verdict)) {
            passed++;
            continue;
        }
        /* A halted or unreadable state stops a strategy, REDUCING never does. */
        if (!may_stop_reducing(verdict.code, operator))
            fail_msg("case %d: a reducing order was refused by %s", met,
                     refusal_text(verdict.code));
    }
    print_message("%d orders that reduce: %d passed\n", ROUNDS, passed);
    assert_true(passed > ROUNDS / 4);
}

/* What a size of one adds to the limit that the verdict is about, in its unit; 0: not by size. */
static __int128 use_of_one(const struct world *world, const struct verdict *verdict)
{
    __int128 price = value_price(world);
    switch (verdict->code) {
    case REFUSED_ORDER_VALUE: case REFUSED_WORKING_VALUE: return price;
    case REFUSED_EXPOSURE: case REFUSED_LEVERAGE:
        return price > world->in.mark.e9 ? price : world->in.mark.e9;
    case REFUSED_MARGIN: case REFUSED_LIQUIDATION_BUFFER: return price / 4 + 1;
    default: return 0;
    }
}

/* The headroom is a promise: an order of that size meets no refusal by the same limit. */
static void the_headroom_would_have_passed(void **state)
{
    struct prng prng;
    struct world world;
    int tried = 0, by_money = 0;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 99);
    for (int i = 0; i < ROUNDS; i++) {
        struct approved_order order;
        struct verdict first, second;
        int64_t room;
        __int128 use;
        gate_shake(&prng, &world);
        if (gate_approve(&world.in, an_id(), &order, &first) || first.headroom.e18 == 0)
            continue;
        use = first.unit == UNIT_MONEY ? use_of_one(&world, &first) : DECIMAL_ONE;
        if (use == 0)
            continue;
        room = (int64_t)(first.headroom.e18 / use);
        if (first.unit == UNIT_MONEY)
            room -= room % LOT;
        if (room == 0)
            continue;
        by_money += first.unit == UNIT_MONEY;
        if (first.code == REFUSED_COLLAR && world.intent.type == ORDER_TYPE_LIMIT)
            world.intent.price.e9 = room;
        else if (first.unit == UNIT_SIZE || first.unit == UNIT_MONEY)
            world.intent.size.e9 = room;
        else
            continue;
        tried++;
        if (!gate_approve(&world.in, an_id(), &order, &second))
            if (second.code == first.code && strcmp(second.config_key, first.config_key) == 0)
                fail_msg("round %d: %s (%s) again, at its own headroom", i,
                         refusal_text(second.code), second.config_key);
    }
    assert_true(tried > ROUNDS / 50 && by_money > ROUNDS / 200);
}

/* Law 2: what opens is refused as soon as one thing it was judged by is missing or absurd. */
static const char *const SPOILERS[] = {
    "book_valid=no", "book_age_ms=-1", "book_age_ms=max", "bid=0", "ask=-1", "mark_valid=no",
    "mark=0", "mark_age_ms=-1", "mark_age_ms=max", "skew_known=no", "skew_ms=min",
    "working_buy=-1", "own_sell=min", "value_account=-1", "equity_known=no", "equity=0",
    "equity=min", "available=min", "margin=max", "reserved=max", "worth_known=no",
    "own_worth_known=no", "gross=max", "depth=0", "depth=min", "result_known=no",
    "volatility_known=no", "volatility=-1", "volatility=max", "interval_ms=0", "interval_ms=-1",
    "stamps=0", "tick=0", "step=-1", "contract=0", "since_loss_ms=-1", "ladder=77",
    "risk_known=no", "var=0", "scenarios=0", "at_risk=max", "crash=max", "squeeze=max",
    "venue_mark=-1", "venue_mark=60000", "venue_mark=max", "day_loss=max", "drawdown=max",
    "account=nonsense", "strategy=nonsense", "product=nonsense", "stage=nonsense"};

static bool passes(const struct world *world)
{
    struct approved_order order;
    struct verdict verdict;
    return gate_approve(&world->in, an_id(), &order, &verdict);
}

/* AC-F3 | unit | random openings that pass, one input spoilt | every one is refused */
static void one_spoilt_input_refuses(void **state)
{
    enum { SPOILERS_COUNT = sizeof SPOILERS / sizeof SPOILERS[0], A_WORLD = 12 };
    struct prng prng;
    struct world world, good;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 4242);
    for (int tried = 0; tried < ROUNDS;) {
        gate_shake(&prng, &world);
        world.in.overridden = 0;
        world.settings.var.mode = VAR_ON;
        if (gate_is_reducing(&world.in) || !passes(&world))
            continue;
        good = world;
        for (int i = 0; i < A_WORLD; i++, tried++) {
            const char *spoiler = SPOILERS[tried % SPOILERS_COUNT];
            world = good;
            world_set(&world, spoiler);
            if (passes(&world))
                fail_msg("case %d: passed with %s", tried, spoiler);
        }
    }
}

/* Every byte of what the gate is told, random: it must stand, and refuse nearly all of it. */
/* F73 | unit | random garbage as intents | refused by name, state unharmed */
static void garbage_is_refused_and_harmless(void **state)
{
    struct prng prng;
    struct world world;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 31);
    for (int i = 0; i < ROUNDS; i++) {
        struct approved_order order;
        struct verdict verdict;
        struct gate_exposure *e[] = {&world.in.exposure, &world.in.strategy_exposure};
        gate_shake(&prng, &world);
        for (int k = 0; k < 2; k++) {
            e[k]->position.e9 = (int64_t)prng_next(&prng);
            e[k]->working_buy.e9 = (int64_t)prng_next(&prng);
            e[k]->working_sell.e9 = (int64_t)prng_next(&prng);
        }
        world.in.others.buy.e9 = (int64_t)prng_next(&prng);
        world.in.others.sell.e9 = (int64_t)prng_next(&prng);
        world.intent.size.e9 = (int64_t)prng_next(&prng);
        world.in.bid.e9 = (int64_t)(prng_next(&prng) >> prng_below(&prng, 40));
        world.in.ask.e9 = (int64_t)(prng_next(&prng) >> prng_below(&prng, 40));
        world.in.mark.e9 = (int64_t)prng_next(&prng);
        world.in.working_value_account.e18 = (__int128)prng_next(&prng) << 63;
        world.in.working_value_product.e18 = (__int128)(prng_next(&prng) >> 1) << 64;
        world.in.skew_ns = (int64_t)prng_next(&prng);
        world.in.account_worth.gross.e18 = (__int128)prng_next(&prng) << 63;
        world.in.account_worth.up.e18 = (__int128)prng_next(&prng) << 63;
        world.in.equity.e18 = (__int128)prng_next(&prng) << 62;
        world.in.reserved.e18 = (__int128)prng_next(&prng) << 63;
        world.in.available_margin.e18 = (__int128)prng_next(&prng) << 63;
        world.in.day_loss.e18 = (__int128)prng_next(&prng) << 63;
        world.in.depth.e9 = world.in.volatility.e9 = (int64_t)prng_next(&prng);
        world.in.reach.e9 = world.in.own_ask.e9 = (int64_t)prng_next(&prng);
        world.in.wall_ns = world.in.since_loss_ns = (int64_t)prng_next(&prng);
        world.settings.catalog.items[0].funding_rate.e9 = (int64_t)prng_next(&prng);
        world.settings.product_limits[0].price_collar.e9 = (int64_t)prng_next(&prng);
        world.settings.product_limits[0].max_mark_deviation.e9 = (int64_t)prng_next(&prng);
        world.settings.product_limits[0].max_position.e9 = (int64_t)prng_next(&prng);
        assert_int_equal(gate_is_reducing(&world.in), is_reducing(&world));
        if (gate_approve(&world.in, an_id(), &order, &verdict))
            assert_true(gate_is_reducing(&world.in));
    }
}

int suite_gate_properties(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passes_is_within_every_limit),
        cmocka_unit_test(what_reduces_is_never_stopped_by_risk),
        cmocka_unit_test(the_headroom_would_have_passed),
        cmocka_unit_test(one_spoilt_input_refuses),
        cmocka_unit_test(garbage_is_refused_and_harmless),
    };
    return cmocka_run_group_tests_name("gate properties", tests, NULL, NULL);
}
