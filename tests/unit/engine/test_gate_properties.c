/* The gate against random states: what it lets through is held against the limits by sums of
 * another make, 128 bits wide, written from the laws and not from the gate. */
#include <string.h>

#include "base/prng.h"
#include "gate_world.h"
#include "model/client_id.h"
#include "suites.h"

/* The optimised tree does most: more than a million worlds for each property. */
#ifdef GATE_ROUNDS /* tests/mutation */
enum { ROUNDS = GATE_ROUNDS };
#elif defined __SANITIZE_ADDRESS__
enum { ROUNDS = 100000 };
#else
enum { ROUNDS = 1000000 };
#endif

static const int64_t LOT = 10000000; /* 0.01 */

static struct client_id an_id(void)
{
    return client_id_make(1, 2, 3);
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
    return (struct size){((int64_t)prng_below(prng, (uint64_t)(2 * lots + 1)) - lots) * LOT};
}

static struct size some_working(struct prng *prng)
{
    struct size size = some_size(prng, 8);
    /* Mostly nothing works, else hardly an order would pass. */
    if (prng_below(prng, 3) > 0)
        return (struct size){0};
    return size.e9 < 0 && prng_below(prng, 20) > 0 ? (struct size){8 * LOT} : size;
}

static bool rarely(struct prng *prng)
{
    return prng_below(prng, 60) == 0;
}

static void shake_exposure(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->exposure.position = some_size(prng, 25);
    in->exposure.working_buy = some_working(prng);
    in->exposure.working_sell = some_working(prng);
    in->strategy_exposure = in->exposure;
    in->others.buy = some_working(prng);
    in->others.sell = some_working(prng);
    in->others.product = in->others.account = (uint32_t)prng_below(prng, 2);
    if (prng_below(prng, 4) == 0)
        in->strategy_exposure.position = some_size(prng, 25);
    in->working_product = (uint32_t)prng_below(prng, 5);
    in->working_strategy = (uint32_t)prng_below(prng, 3);
    in->working_account = (uint32_t)prng_below(prng, 7);
    in->working_value_product.e18 = (__int128)prng_below(prng, 9000) * 1000000000 * 1000000000;
    in->working_value_account.e18 = (__int128)prng_below(prng, 14000) * 1000000000 * 1000000000;
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
    in->skew_ns = ((int64_t)prng_below(prng, 2050) - 1025) * 1000000;
    in->duplicate = rarely(prng);
    in->unknown_same_side = rarely(prng);
    in->messages_strategy = (uint32_t)prng_below(prng, 11);
    in->messages_account = (uint32_t)prng_below(prng, 21);
}

static void shake_market(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->book_valid = !rarely(prng);
    in->book_age_ns = (int64_t)prng_below(prng, 2050) * 1000000;
    in->mark_valid = !rarely(prng);
    in->mark_age_ns = (int64_t)prng_below(prng, 5100) * 1000000;
    in->mark.e9 += ((int64_t)prng_below(prng, 620) - 310) * DECIMAL_ONE;
    if (rarely(prng))
        in->bid.e9 = (int64_t)prng_next(prng);
    if (rarely(prng))
        in->ask.e9 = (int64_t)prng_next(prng);
    in->worst.e9 = (59380 + (int64_t)prng_below(prng, 1250)) * DECIMAL_ONE;
    if (rarely(prng))
        in->worst.e9 = (int64_t)prng_next(prng);
    if (rarely(prng))
        world->settings.catalog.items[0].session_open = false;
}

static void shake_intent(struct prng *prng, struct world *world)
{
    struct intent *intent = &world->intent;
    intent->side = prng_below(prng, 2) ? SIDE_BUY : SIDE_SELL;
    intent->size.e9 = (1 + (int64_t)prng_below(prng, 9)) * LOT;
    intent->price.e9 = (59380 + 5 * (int64_t)prng_below(prng, 250)) * DECIMAL_ONE;
    if (rarely(prng))
        intent->size = some_size(prng, 20);
    if (rarely(prng))
        intent->price.e9 = (int64_t)prng_next(prng);
    if (prng_below(prng, 6) == 0) {
        intent->type = ORDER_TYPE_MARKET;
        intent->tif = TIF_IOC;
        intent->price.e9 = 0;
    }
    intent->reduce_only = prng_below(prng, 4) == 0;
    if (prng_below(prng, 10) == 0)
        world->in.actor = ACTOR_OPERATOR;
}

/* world_init reads text, which is slow; only what the shaking touches is put back. */
static void world_again(struct world *world)
{
    static struct world fresh;
    if (fresh.in.settings == NULL)
        world_init(&fresh);
    if (world->in.settings != &world->settings) {
        *world = fresh;
        world->in.settings = &world->settings;
    }
    world->settings.catalog.items[0] = fresh.settings.catalog.items[0];
    world->settings.product_limits[0] = fresh.settings.product_limits[0];
    world->settings.stage = fresh.settings.stage;
    world->settings.funding_stamp_count = fresh.settings.funding_stamp_count;
    world->intent = fresh.intent;
    world->in = fresh.in;
    world->in.settings = &world->settings;
    world->in.intent = &world->intent;
    world->in.instrument = &world->settings.catalog.items[0];
}

static struct money dollars(struct prng *prng, uint64_t most)
{
    return (struct money){(__int128)prng_below(prng, most) * DECIMAL_ONE * DECIMAL_ONE};
}

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
    in->equity = dollars(prng, 80000);
    in->available_margin.e18 = in->equity.e18 - dollars(prng, 30000).e18;
    in->initial_margin = dollars(prng, 30000);
    in->reserved = dollars(prng, 3000);
    in->result_known = !rarely(prng);
    in->day_loss.e18 = dollars(prng, 1700).e18 - dollars(prng, 1500).e18;
    in->drawdown = dollars(prng, 4000);
    in->loss_streak = (uint32_t)prng_below(prng, 6);
    in->since_loss_ns = (int64_t)prng_below(prng, 20000) * 1000000;
    shake_worth(prng, &in->account_worth);
    shake_worth(prng, &in->strategy_worth);
}

static void shake_conditions(struct prng *prng, struct world *world)
{
    struct gate_input *in = &world->in;
    in->volatility_known = !rarely(prng);
    in->volatility.e9 = (int64_t)prng_below(prng, 2500000);
    in->depth.e9 = 160 * LOT + (int64_t)prng_below(prng, 400) * LOT;
    in->reach.e9 = in->worst.e9;
    in->own_ask.e9 = rarely(prng) ? in->ask.e9 : 0;
    in->own_bid.e9 = rarely(prng) ? in->bid.e9 : 0;
    in->fires = (uint32_t)prng_below(prng, 31);
    in->rejects = (uint32_t)prng_below(prng, 6);
    in->refusals_in_row = (uint32_t)prng_below(prng, 21);
    in->exposed_elsewhere = prng_below(prng, 2);
    in->wall_ns = rarely(prng) ? 42000000000000 : 1000000000;
    world->settings.stage = rarely(prng) ? (enum stage)prng_below(prng, 5) : STAGE_PRODUCTION;
    world->settings.catalog.items[0].funding_rate.e9 = (int64_t)prng_below(prng, 90000) - 45000;
}

static void shake(struct prng *prng, struct world *world)
{
    world_again(world);
    shake_exposure(prng, world);
    shake_health(prng, world);
    shake_market(prng, world);
    shake_intent(prng, world);
    if (prng_below(prng, 3) == 0) /* else hardly an order would pass */
        shake_money(prng, world);
    if (prng_below(prng, 3) == 0)
        shake_conditions(prng, world);
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

static void assert_priced(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct intent *intent = &world->intent;
    __int128 price = intent->type == ORDER_TYPE_MARKET ? in->worst.e9 : intent->price.e9;
    __int128 mid2 = (__int128)in->bid.e9 + in->ask.e9, collar;
    collar = mid2 * world->settings.product_limits[0].price_collar.e9 / DECIMAL_ONE;
    assert_true(in->book_valid && in->book_age_ns <= 2000000000 && in->book_age_ns >= 0);
    assert_true(in->bid.e9 > 0 && in->ask.e9 > in->bid.e9 && price > 0);
    assert_true(2 * price <= mid2 + collar + 2 && 2 * price >= mid2 - collar - 2);
    assert_true(intent->size.e9 > 0 && intent->size.e9 % LOT == 0);
    assert_true(intent->type == ORDER_TYPE_MARKET || price % (5 * (int64_t)DECIMAL_ONE) == 0);
    assert_true(world->settings.catalog.items[0].session_open);
}

static __int128 value_of(const struct world *world)
{
    const struct intent *intent = &world->intent;
    __int128 price =
        intent->type == ORDER_TYPE_MARKET ? world->in.worst.e9 : intent->price.e9;
    if (intent->side == SIDE_SELL && world->in.bid.e9 > price)
        price = world->in.bid.e9;
    return price * intent->size.e9;
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
    assert_true(!in->unknown_same_side && !intent->reduce_only && in->actor == 0);
    assert_true(in->mark_valid && in->mark_age_ns <= l->max_mark_age_ns);
    assert_true(value_of(world) <= l->max_order_value.e18);
    assert_true(in->working_value_product.e18 + value_of(world) <= l->max_working_value.e18);
    assert_true(in->working_value_account.e18 + value_of(world) <= s->max_working_value.e18);
    assert_true(worst + intent->size.e9 <= l->max_position.e9);
}

/* Exposure at the dearer of price and mark. */
static void assert_exposure(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    const struct product_limits *l = &s->product_limits[0];
    bool buy = world->intent.side == SIDE_BUY;
    __int128 price = value_of(world) / world->intent.size.e9, toward, away, gross;
    price = price > in->mark.e9 ? price : in->mark.e9;
    toward = ((buy ? (__int128)in->exposure.position.e9 + in->exposure.working_buy.e9
                   : (__int128)in->exposure.working_sell.e9 - in->exposure.position.e9) +
              world->intent.size.e9) * price;
    away = (buy ? (__int128)in->exposure.working_sell.e9 - in->exposure.position.e9
                : (__int128)in->exposure.working_buy.e9 + in->exposure.position.e9) * price;
    gross = toward > away ? toward : away;
    assert_true(in->account_worth.known && in->strategy_worth.known && in->equity_known);
    assert_true(gross <= l->max_exposure.e18);
    assert_true(gross + in->account_worth.gross.e18 <= s->max_gross.e18);
    assert_true(toward + (buy ? in->account_worth.up : in->account_worth.down).e18 <=
                s->max_net.e18);
    assert_true(gross / (in->equity.e18 / DECIMAL_ONE) <= l->max_leverage.e9);
    assert_true((gross + in->account_worth.gross.e18) / (in->equity.e18 / DECIMAL_ONE) <=
                s->max_leverage_overnight.e9);
}

static void assert_margin(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    __int128 order = value_of(world) / 4, held = in->reserved.e18 + order;
    assert_true(in->available_margin.e18 - held >= in->equity.e18 / 5);
    assert_true(in->equity.e18 - in->initial_margin.e18 - held >= in->equity.e18 / 10 * 3);
    assert_true(in->result_known && in->loss_streak < s->strategies[0].max_loss_streak);
    assert_true(in->day_loss.e18 <= 0 || in->day_loss.e18 * 50 < in->equity.e18 + in->day_loss.e18);
    assert_true(in->drawdown.e18 <= 0 || in->drawdown.e18 * 20 < in->equity.e18 + in->drawdown.e18);
    assert_true(in->since_loss_ns >= s->strategies[0].cooldown_ns);
}

static void assert_conditions(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    const struct product_limits *l = &s->product_limits[0];
    int64_t day = s->catalog.items[0].funding_rate.e9 * 24, size = world->intent.size.e9;
    bool buy = world->intent.side == SIDE_BUY;
    assert_true((__int128)in->depth.e9 * (in->bid.e9 + (in->ask.e9 - in->bid.e9) / 2) >=
                l->min_depth.e18);
    assert_true((buy ? day : -day) <= l->max_funding_daily.e9);
    assert_true(in->volatility_known && in->volatility.e9 <= l->max_volatility.e9);
    assert_true(in->volatility.e9 <= l->calm_volatility.e9 ||
                (__int128)size * in->volatility.e9 <=
                    (__int128)l->max_order_size.e9 * l->calm_volatility.e9);
    assert_true(s->stage == STAGE_PRODUCTION || s->stage == STAGE_CANARY ||
                (s->stage == STAGE_DEMO && world->intent.post_only));
    assert_true(s->stage != STAGE_CANARY || size <= 2 * LOT);
    assert_true(in->wall_ns != 42000000000000);
    assert_true(in->fires < s->strategies[0].max_fires);
    assert_true(in->rejects < s->strategies[0].max_rejects);
    assert_true(in->refusals_in_row < s->strategies[0].max_refusals);
}

static void assert_counted(const struct world *world)
{
    const struct gate_input *in = &world->in;
    const struct engine_settings *s = &world->settings;
    assert_true(world->intent.size.e9 <= s->product_limits[0].max_order_size.e9);
    struct gate_others others = {.product = 0};
    if (is_reducing(world))
        others = in->others;
    assert_true(in->working_product - others.product < s->product_limits[0].max_working_orders);
    assert_true(in->working_strategy < s->strategies[0].max_working_orders);
    assert_true(in->working_account - others.account < s->max_working_orders);
    assert_true(in->messages_strategy < s->strategies[0].max_messages);
    assert_true(in->messages_account < s->max_messages);
    assert_false(in->duplicate);
    assert_true(in->strategy_state == TRADING_ACTIVE || in->strategy_state == TRADING_REDUCING);
}

/* AC-F1 | unit | random states and orders | what passes holds every limit in the worst case */
static void what_passes_is_within_every_limit(void **state)
{
    struct prng prng;
    struct world world;
    int opened = 0, reduced = 0, flattened = 0;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 2026);
    for (int i = 0; i < ROUNDS; i++) {
        struct approved_order order;
        struct verdict verdict;
        bool reducing;
        shake(&prng, &world);
        reducing = is_reducing(&world);
        assert_int_equal(gate_is_reducing(&world.in), reducing);
        if (!gate_approve(&world.in, an_id(), &order, &verdict)) {
            assert_true(verdict.code != REFUSED_NOT && verdict.code < REFUSAL_COUNT);
            assert_true(verdict.headroom.e18 >= 0);
            continue;
        }
        assert_int_equal(verdict.code, REFUSED_NOT);
        assert_priced(&world);
        if (!reducing) {
            assert_within_limits(&world);
            assert_exposure(&world);
            assert_margin(&world);
            assert_conditions(&world);
        }
        if (world.in.actor == 0)
            assert_counted(&world);
        opened += !reducing;
        reduced += reducing && world.in.actor == 0;
        flattened += world.in.actor == ACTOR_OPERATOR;
    }
    /* Else the test would hold for a gate that lets nothing through. */
    assert_true(opened > ROUNDS / 100 && reduced > ROUNDS / 200 && flattened > ROUNDS / 500);
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

/* AC-F2 | unit | random reducing orders | no risk limit refuses one */
static void what_reduces_is_never_stopped_by_risk(void **state)
{
    struct prng prng;
    struct world world;
    int met = 0;
    (void)state;
    world.in.settings = NULL;
    prng_seed(&prng, 7);
    for (int i = 0; i < ROUNDS; i++) {
        struct approved_order order;
        struct verdict verdict;
        bool operator;
        shake(&prng, &world);
        operator = world.in.actor == ACTOR_OPERATOR;
        if (!is_reducing(&world))
            continue;
        met++;
        if (gate_approve(&world.in, an_id(), &order, &verdict) ||
            may_stop_reducing(verdict.code, operator))
            continue;
        /* A halted or unreadable state stops a strategy, REDUCING never does. */
        fail_msg("round %d: a reducing order was refused by %s", i, refusal_text(verdict.code));
    }
    assert_true(met > ROUNDS / 20);
}

/* What a size of one adds to the limit that the verdict is about, in its unit; 0: not by size. */
static __int128 use_of_one(const struct world *world, const struct verdict *verdict)
{
    __int128 price = value_of(world) / world->intent.size.e9;
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
        shake(&prng, &world);
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
        shake(&prng, &world);
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
        shake(&prng, &world);
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
