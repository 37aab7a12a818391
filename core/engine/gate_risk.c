/* Controls on what the account is exposed to, owes, has lost and could lose: 15 (its value), 17 to
 * 24, 28. Every sum that leaves its range refuses. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "engine/gate_private.h"

_Static_assert(sizeof "stress." - 1 + NAME_MAX_BYTES <= sizeof(((struct verdict *)0)->config_key),
               "a scenario's key fits");
static const int64_t DAY_NS = 86400 * (int64_t)DECIMAL_ONE, MINUTE_NS = 60 * (int64_t)DECIMAL_ONE;

/* Of one limit in dollars. `room` is what an order may add to it, below 0 where nothing may. */
struct use { enum gate_scope scope; const char *key; struct money limit, value, room; };

static bool refuse_use(const struct judged *j, struct verdict *ret, enum refusal code,
                       const struct use *use)
{
    gate_refuse_limit(j, ret, code, use->scope, use->key);
    return gate_refuse_figures(ret, UNIT_MONEY, use->limit, use->value, use->room);
}

static __int128 over(const struct use *use)
{
    return use->value.e18 - use->limit.e18;
}

/* Of all limits that it passes the one that leaves least is named. */
static bool check_tightest(const struct judged *j, struct verdict *ret, enum refusal code,
                           const struct use *uses, int count)
{
    const struct use *tightest = uses;
    for (int i = 1; i < count; i++)
        if (over(&uses[i]) > over(tightest))
            tightest = &uses[i];
    return over(tightest) <= 0 || refuse_use(j, ret, code, tightest);
}

/* ---- 15: what works is worth, with the order */

static bool use_working(const struct judged *j, struct money used, struct use *ret)
{
    return money_add(used, j->value, &ret->value) && money_sub(ret->limit, used, &ret->room);
}

bool gate_check_working_value(const struct judged *j, struct verdict *ret)
{
    static const char KEY[] = "max_working_value";
    struct use uses[] = {{GATE_PRODUCT, KEY, j->limits->max_working_value},
                         {GATE_ACCOUNT, KEY, j->settings->max_working_value}};
    if (!use_working(j, j->in->working_value_product, &uses[0]) ||
        !use_working(j, j->in->working_value_account, &uses[1]))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return check_tightest(j, ret, REFUSED_WORKING_VALUE, uses, 2);
}

/* ---- 17: exposure. This product as it would be, and what the others are */

static bool to_money(__int128 e9, struct price price, struct money *ret)
{
    if (e9 > INT64_MAX) /* a position less what works against it is never below INT64_MIN */
        return false;
    *ret = money_of(price, (struct size){(int64_t)e9});
    return true;
}

struct projected gate_project(const struct gate_input *in, const struct gate_exposure *exposure)
{
    struct projected ret;
    bool buy = in->intent->side == SIDE_BUY;
    __int128 up = (__int128)exposure->position.e9 + exposure->working_buy.e9;
    __int128 down = -(__int128)exposure->position.e9 + exposure->working_sell.e9;
    struct price price = gate_value_price(in);
    price.e9 = price.e9 > in->mark.e9 ? price.e9 : in->mark.e9;
    *(buy ? &up : &down) += in->intent->size.e9;
    ret.order = money_of(price, in->intent->size);
    ret.fits = to_money(buy ? up : down, price, &ret.ours) &&
               to_money(buy ? down : up, price, &ret.other);
    return ret;
}

static struct money larger(struct money a, struct money b)
{
    return a.e18 > b.e18 ? a : b;
}

/* What `others` and this product come to; where the side that the order leaves alone is past the
 * limit by itself, no size would pass. False: out of range. */
static bool use_gross(const struct projected *here, struct money others, struct use *ret)
{
    struct money other;
    if (!here->fits || !money_add(others, larger(here->ours, here->other), &ret->value) ||
        !money_add(others, here->other, &other) ||
        !money_sub(ret->limit, others, &ret->room) ||
        !money_sub(ret->room, here->ours, &ret->room))
        return false;
    ret->room.e18 = other.e18 > ret->limit.e18 ? 0 : ret->room.e18 + here->order.e18;
    return true;
}

static bool use_net(const struct projected *here, struct money others, struct use *ret)
{
    if (!here->fits || !money_add(others, here->ours, &ret->value) ||
        !money_sub(ret->limit, ret->value, &ret->room))
        return false;
    ret->room.e18 += here->order.e18;
    return true;
}

static struct money towards(const struct judged *j, const struct gate_worth *worth)
{
    return j->intent->side == SIDE_BUY ? worth->up : worth->down;
}

bool gate_check_exposure(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    const struct strategy_settings *s = j->strategy;
    const struct gate_worth *all = &in->account_worth, *own = &in->strategy_worth;
    struct use uses[] = {{GATE_PRODUCT, "max_exposure", j->limits->max_exposure},
                         {GATE_STRATEGY, "max_gross", s->max_gross},
                         {GATE_STRATEGY, "max_net", s->max_net},
                         {GATE_ACCOUNT, "max_gross", j->settings->max_gross},
                         {GATE_ACCOUNT, "max_net", j->settings->max_net}};
    if (!all->known || !own->known)
        return gate_refuse_limit(j, ret, REFUSED_EXPOSURE, GATE_ACCOUNT, "max_gross");
    if (!use_gross(&j->account, (struct money){0}, &uses[0]) ||
        !use_gross(&j->own, own->gross, &uses[1]) ||
        !use_net(&j->own, towards(j, own), &uses[2]) ||
        !use_gross(&j->account, all->gross, &uses[3]) ||
        !use_net(&j->account, towards(j, all), &uses[4]))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return check_tightest(j, ret, REFUSED_EXPOSURE, uses, 5);
}

/* ---- 18: leverage */

static bool use_leverage(const struct judged *j, struct ratio limit, struct money others,
                         struct use *ret)
{
    return money_scale(j->in->equity, limit, ROUND_DOWN, &ret->limit) &&
           use_gross(&j->account, others, ret);
}

/* What is a part of the equity is no number until that was read. `key`: what asks for it. */
static bool check_equity(const struct judged *j, struct verdict *ret, const char *key)
{
    if (j->in->equity_known && j->in->equity.e18 > 0)
        return true;
    return gate_refuse_limit(j, ret, REFUSED_EQUITY, GATE_ACCOUNT, key);
}

bool gate_check_leverage(const struct judged *j, struct verdict *ret)
{
    const struct engine_settings *s = j->settings;
    struct money others = j->in->account_worth.gross;
    struct use uses[] = {{GATE_PRODUCT, "max_leverage"}, {GATE_ACCOUNT, "max_leverage"},
                         {GATE_ACCOUNT, "max_leverage_overnight"}};
    if (!check_equity(j, ret, "max_leverage"))
        return false;
    if (!use_leverage(j, j->limits->max_leverage, (struct money){0}, &uses[0]) ||
        !use_leverage(j, s->max_leverage, others, &uses[1]) ||
        !use_leverage(j, s->max_leverage_overnight, others, &uses[2]))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return check_tightest(j, ret, REFUSED_LEVERAGE, uses, j->in->intraday ? 2 : 3);
}

/* ---- 19, 20: margin. What the order takes for itself, and what is kept for those without fill.
 * The headroom is the margin that an order may take */

static bool check_left(const struct judged *j, struct verdict *ret, enum refusal code,
                       const char *key, struct ratio part, struct money before)
{
    struct money order, least, left, room;
    struct ratio rate = instrument_margin_rate(j->instrument, j->intent->side, j->in->intraday,
                                               j->limits->initial_margin);
    if (!check_equity(j, ret, key))
        return false;
    if (!money_scale(j->value, rate, ROUND_UP, &order) ||
        !money_scale(j->in->equity, part, ROUND_UP, &least) ||
        !money_sub(before, j->in->reserved, &left) || !money_sub(left, least, &room) ||
        !money_sub(left, order, &left))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    if (left.e18 >= least.e18)
        return true;
    gate_refuse_limit(j, ret, code, GATE_ACCOUNT, key);
    return gate_refuse_figures(ret, UNIT_MONEY, least, left, room);
}

bool gate_check_margin(const struct judged *j, struct verdict *ret)
{
    return check_left(j, ret, REFUSED_MARGIN, "min_free_margin", j->settings->min_free_margin,
                      j->in->available_margin);
}

bool gate_check_buffer(const struct judged *j, struct verdict *ret)
{
    struct money beyond;
    if (!money_sub(j->in->equity, j->in->initial_margin, &beyond))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return check_left(j, ret, REFUSED_LIQUIDATION_BUFFER, "min_liquidation_buffer",
                      j->settings->min_liquidation_buffer, beyond);
}

/* ---- 21, 22: funding. A positive rate is paid by longs */

bool gate_check_funding(const struct judged *j, struct verdict *ret)
{
    const struct instrument *i = j->instrument;
    struct ratio limit = j->limits->max_funding_daily;
    int64_t interval_ns = i->funding_interval_ns;
    __int128 day, told;
    if (interval_ns <= 0 || i->funding_unknown)
        return gate_refuse_limit(j, ret, REFUSED_FUNDING, GATE_PRODUCT, "max_funding_daily");
    day = (__int128)i->funding_rate.e9 * DAY_NS;
    if (j->intent->side == SIDE_SELL)
        day = -day;
    if (day <= (__int128)limit.e9 * interval_ns)
        return true;
    told = day / interval_ns;
    gate_refuse_limit(j, ret, REFUSED_FUNDING, GATE_PRODUCT, "max_funding_daily");
    return gate_refuse_figures(ret, UNIT_RATIO, gate_figure(limit.e9),
                               gate_figure(told > INT64_MAX ? INT64_MAX : (int64_t)told),
                               gate_figure(0));
}

static int64_t until_stamp_ns(const struct judged *j)
{
    const struct engine_settings *s = j->settings;
    int64_t nearest_ns = DAY_NS, of_day_ns = j->in->wall_ns % DAY_NS;
    CHECK(s->funding_stamp_count <= MAX_FUNDING_STAMPS);
    for (uint8_t i = 0; i < s->funding_stamp_count; i++) {
        int64_t left_ns = (s->funding_stamps_min[i] * MINUTE_NS - of_day_ns) % DAY_NS;
        left_ns += left_ns < 0 ? DAY_NS : 0;
        nearest_ns = left_ns < nearest_ns ? left_ns : nearest_ns;
    }
    return nearest_ns;
}

bool gate_check_quiet(const struct judged *j, struct verdict *ret)
{
    int64_t quiet_ns = j->settings->quiet_before_funding_ns, left_ns = until_stamp_ns(j);
    if (j->settings->funding_stamp_count > 0 && left_ns >= quiet_ns)
        return true;
    gate_refuse_limit(j, ret, REFUSED_QUIET, GATE_ACCOUNT, "quiet_before_funding_ms");
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(quiet_ns), gate_whole(left_ns),
                               gate_whole(0));
}

/* ---- 23, 24: what was lost, of the equity that there was before it */

static bool check_loss(const struct judged *j, struct verdict *ret, enum refusal code,
                       const char *key, struct ratio part, struct money loss)
{
    struct money before, most;
    if (!j->in->equity_known) /* what is lost may have left none */
        return check_equity(j, ret, key);
    if (!j->in->result_known)
        return gate_refuse_limit(j, ret, code, GATE_ACCOUNT, key);
    if (loss.e18 <= 0)
        return true;
    if (!money_add(j->in->equity, loss, &before) ||
        !money_scale(before, part, ROUND_DOWN, &most))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    if (loss.e18 < most.e18)
        return true;
    return refuse_use(j, ret, code, &(struct use){GATE_ACCOUNT, key, most, loss, {0}});
}

bool gate_check_daily_loss(const struct judged *j, struct verdict *ret)
{
    return check_loss(j, ret, REFUSED_DAILY_LOSS, "max_daily_loss", j->settings->max_daily_loss,
                      j->in->day_loss);
}

bool gate_check_drawdown(const struct judged *j, struct verdict *ret)
{
    return check_loss(j, ret, REFUSED_DRAWDOWN, "max_drawdown", j->settings->max_drawdown,
                      j->in->drawdown);
}

bool gate_check_streak(const struct judged *j, struct verdict *ret)
{
    const struct strategy_settings *s = j->strategy;
    if (!gate_check_count(j, ret, REFUSED_LOSS_STREAK, GATE_STRATEGY, "max_loss_streak",
                          s->max_loss_streak, j->in->loss_streak))
        return false;
    if (j->in->since_loss_ns >= s->cooldown_ns)
        return true;
    gate_refuse_limit(j, ret, REFUSED_COOLDOWN, GATE_STRATEGY, "cooldown_ms");
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(s->cooldown_ns),
                               gate_whole(j->in->since_loss_ns), gate_whole(0));
}

/* ---- 28: value at risk and stress, of the account with this order. The headroom is the loss that
 * an order may add */

static bool refuse_loss(const struct judged *j, struct verdict *ret, enum refusal code,
                        const char *key, struct money limit, struct money value,
                        struct money before)
{
    struct use use = {GATE_NONE, key, limit, value, {0}};
    if (!money_sub(limit, before, &use.room))
        use.room.e18 = 0;
    refuse_use(j, ret, code, &use);
    ret->scope = SCOPE_ACCOUNT;
    return false;
}

bool gate_check_var(const struct judged *j, struct verdict *ret)
{
    const struct var_settings *var = &j->settings->var;
    if (var->mode == VAR_OFF)
        return true;
    if (var->mode != VAR_ON || var->max_var.e18 <= 0 || !j->in->tail.known)
        return gate_refuse_limit(j, ret, REFUSED_VAR, GATE_ACCOUNT, "var");
    if (j->in->tail.var.e18 <= var->max_var.e18)
        return true;
    return refuse_loss(j, ret, REFUSED_VAR, "risk.max_var", var->max_var, j->in->tail.var,
                       j->in->tail.var_before);
}

bool gate_check_stress(const struct judged *j, struct verdict *ret)
{
    const struct var_settings *var = &j->settings->var;
    char key[sizeof ret->config_key] = "stress.";
    size_t length = strlen(key);
    if (var->mode == VAR_OFF)
        return true;
    if (var->scenario_count == 0 || var->scenario_count > MAX_SCENARIOS)
        return gate_refuse_limit(j, ret, REFUSED_STRESS, GATE_ACCOUNT, "var");
    for (uint32_t i = 0; i < var->scenario_count; i++) {
        const struct stress_scenario *scenario = &var->scenarios[i];
        if (j->in->tail.stress[i].e18 <= scenario->max_loss.e18)
            continue;
        memcpy(key + length, scenario->name, sizeof scenario->name);
        return refuse_loss(j, ret, REFUSED_STRESS, key, scenario->max_loss,
                           j->in->tail.stress[i], j->in->tail.stress_before[i]);
    }
    return true;
}
