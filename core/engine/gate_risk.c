/* Controls on what the account is exposed to, owes, has lost and could lose: 17 to 24,
 * 28. Every sum that leaves its range refuses. */
#include <stddef.h>
#include <string.h>

#include "engine/gate_private.h"

_Static_assert(sizeof "stress." - 1 + NAME_MAX_BYTES <= sizeof(((struct verdict *)0)->config_key),
               "a scenario's key fits");
static const int64_t DAY_NS = 86400 * (int64_t)DECIMAL_ONE, MINUTE_NS = 60 * (int64_t)DECIMAL_ONE;

static bool refuse_money(const struct judged *j, struct verdict *ret, enum refusal code,
                         enum gate_scope scope, const char *key, struct money limit,
                         struct money value)
{
    struct money headroom = {0};
    money_sub(limit, value, &headroom);
    gate_refuse_limit(j, ret, code, scope, key);
    return gate_refuse_figures(ret, UNIT_MONEY, limit, value, headroom);
}

/* ---- 17: exposure. This product as it would be, and what the others are */

struct projected { bool fits; struct money gross, ours; }; /* ours: signed, towards our side */

static bool to_money(__int128 e9, struct price price, struct money *ret)
{
    if (e9 > INT64_MAX || e9 < -(__int128)INT64_MAX)
        return false;
    *ret = money_of(price, (struct size){(int64_t)e9});
    return true;
}

static struct projected project(const struct judged *j, const struct gate_exposure *exposure)
{
    struct projected ret = {.fits = false};
    bool buy = j->intent->side == SIDE_BUY;
    __int128 up = (__int128)exposure->position.e9 + exposure->working_buy.e9;
    __int128 down = -(__int128)exposure->position.e9 + exposure->working_sell.e9;
    struct price price = gate_value_price(j->in);
    price.e9 = price.e9 > j->in->mark.e9 ? price.e9 : j->in->mark.e9;
    *(buy ? &up : &down) += j->intent->size.e9;
    ret.fits = to_money(up > down ? up : down, price, &ret.gross) &&
               to_money(buy ? up : down, price, &ret.ours);
    return ret;
}

/* The limit that leaves least room: the one that a refusal names. */
struct tightest { bool fits; enum gate_scope scope; const char *key;
                  struct money limit, value, room; };

static void consider(struct tightest *tightest, enum gate_scope scope, const char *key,
                     struct money limit, struct money used, struct money others)
{
    struct money value, room;
    if (!tightest->fits)
        return;
    tightest->fits = money_add(used, others, &value) && money_sub(limit, value, &room);
    if (tightest->fits && (tightest->key == NULL || room.e18 < tightest->room.e18))
        *tightest = (struct tightest){true, scope, key, limit, value, room};
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
    struct projected account = project(j, &in->exposure);
    struct projected strategy = project(j, &in->strategy_exposure);
    struct tightest t = {.fits = account.fits && strategy.fits};
    if (!all->known || !own->known)
        return gate_refuse_limit(j, ret, REFUSED_EXPOSURE, GATE_ACCOUNT, "max_gross");
    consider(&t, GATE_PRODUCT, "max_exposure", j->limits->max_exposure, account.gross,
             (struct money){0});
    if (s) {
        consider(&t, GATE_STRATEGY, "max_gross", s->max_gross, strategy.gross, own->gross);
        consider(&t, GATE_STRATEGY, "max_net", s->max_net, strategy.ours, towards(j, own));
    }
    consider(&t, GATE_ACCOUNT, "max_gross", j->settings->max_gross, account.gross, all->gross);
    consider(&t, GATE_ACCOUNT, "max_net", j->settings->max_net, account.ours, towards(j, all));
    if (!t.fits)
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return t.room.e18 >= 0 ||
           refuse_money(j, ret, REFUSED_EXPOSURE, t.scope, t.key, t.limit, t.value);
}

/* ---- 18: leverage */

static bool check_leverage(const struct judged *j, struct verdict *ret, enum gate_scope scope,
                           const char *key, struct ratio limit, struct money gross)
{
    struct money most;
    if (!money_scale(j->in->equity, limit, ROUND_DOWN, &most))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return gross.e18 <= most.e18 ||
           refuse_money(j, ret, REFUSED_LEVERAGE, scope, key, most, gross);
}

static bool check_equity(const struct judged *j, struct verdict *ret, enum refusal code,
                         const char *key)
{
    return (j->in->equity_known && j->in->equity.e18 > 0) ||
           gate_refuse_limit(j, ret, code, GATE_ACCOUNT, key);
}

bool gate_check_leverage(const struct judged *j, struct verdict *ret)
{
    const struct engine_settings *s = j->settings;
    struct projected here = project(j, &j->in->exposure);
    struct money gross;
    if (!check_equity(j, ret, REFUSED_LEVERAGE, "max_leverage"))
        return false;
    if (!here.fits || !money_add(here.gross, j->in->account_worth.gross, &gross))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return check_leverage(j, ret, GATE_PRODUCT, "max_leverage", j->limits->max_leverage,
                          here.gross) &&
           check_leverage(j, ret, GATE_ACCOUNT, "max_leverage", s->max_leverage, gross) &&
           (j->in->intraday || check_leverage(j, ret, GATE_ACCOUNT, "max_leverage_overnight",
                                              s->max_leverage_overnight, gross));
}

/* ---- 19, 20: margin. What the order takes for itself, and what is kept for those without fill */

static bool check_left(const struct judged *j, struct verdict *ret, enum refusal code,
                       const char *key, struct ratio part, struct money before)
{
    struct money order, least, left;
    if (!check_equity(j, ret, code, key))
        return false;
    if (!money_scale(j->value, j->limits->initial_margin, ROUND_UP, &order) ||
        !money_scale(j->in->equity, part, ROUND_UP, &least) ||
        !money_sub(before, j->in->reserved, &left) || !money_sub(left, order, &left))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    if (left.e18 >= least.e18)
        return true;
    gate_refuse_limit(j, ret, code, GATE_ACCOUNT, key);
    return gate_refuse_figures(ret, UNIT_MONEY, least, left, (struct money){0});
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
    if (interval_ns <= 0)
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
    for (uint8_t i = 0; i < s->funding_stamp_count && i < MAX_FUNDING_STAMPS; i++) {
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
    if (!j->in->result_known || !j->in->equity_known)
        return gate_refuse_limit(j, ret, code, GATE_ACCOUNT, key);
    if (loss.e18 <= 0)
        return true;
    if (!money_add(j->in->equity, loss, &before) ||
        !money_scale(before, part, ROUND_DOWN, &most))
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return loss.e18 < most.e18 ||
           refuse_money(j, ret, code, GATE_ACCOUNT, key, most, loss);
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
    if (!s)
        return true;
    if (!gate_check_count(j, ret, REFUSED_LOSS_STREAK, GATE_STRATEGY, "max_loss_streak",
                          s->max_loss_streak, j->in->loss_streak))
        return false;
    if (j->in->since_loss_ns >= s->cooldown_ns)
        return true;
    gate_refuse_limit(j, ret, REFUSED_COOLDOWN, GATE_STRATEGY, "cooldown_ms");
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(s->cooldown_ns),
                               gate_whole(j->in->since_loss_ns), gate_whole(0));
}

/* ---- 28: value at risk and stress, of the account with this order */

static bool refuse_loss(const struct judged *j, struct verdict *ret, enum refusal code,
                        const char *key, struct money limit, struct money value)
{
    refuse_money(j, ret, code, GATE_NONE, key, limit, value);
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
    return j->in->tail.var.e18 <= var->max_var.e18 ||
           refuse_loss(j, ret, REFUSED_VAR, "risk.max_var", var->max_var, j->in->tail.var);
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
                           j->in->tail.stress[i]);
    }
    return true;
}
