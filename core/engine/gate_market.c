/* Controls on what one order would do in the book as it stands: 4, 10, 11, 13 and 27. */
#include "engine/gate_private.h"

/* ---- 4: the stage */

static struct size least(const struct judged *j, struct size limit)
{
    return limit.e9 > j->instrument->step.e9 ? limit : j->instrument->step;
}

static bool check_stage_size(const struct judged *j, struct verdict *ret, const char *key,
                             struct size limit)
{
    limit = least(j, limit);
    if (j->intent->size.e9 <= limit.e9)
        return true;
    return gate_refuse_size(j, ret, REFUSED_STAGE, key, limit, j->intent->size, limit);
}

static bool refuse_stage(const struct judged *j, struct verdict *ret)
{
    return gate_refuse_limit(j, ret, REFUSED_STAGE, GATE_ACCOUNT, "stage");
}

bool gate_check_stage(const struct judged *j, struct verdict *ret)
{
    switch (j->settings->stage) {
    case STAGE_PRODUCTION: return true;
    case STAGE_CANARY:
        return check_stage_size(j, ret, "canary_max_size", j->limits->canary_max_size);
    case STAGE_DEMO:
        if (!j->intent->post_only || j->in->exposed_elsewhere)
            return refuse_stage(j, ret);
        return check_stage_size(j, ret, "demo_max_size", j->limits->demo_max_size);
    default: return refuse_stage(j, ret);
    }
}

/* ---- parts of the mid */

/* |apart| <= of * limit, with nothing rounded. */
static bool check_part(const struct judged *j, struct verdict *ret, enum refusal code,
                       const char *key, struct ratio limit, __int128 apart)
{
    if (apart < 0)
        apart = -apart;
    if (apart * DECIMAL_ONE <= (__int128)limit.e9 * j->mid.e9)
        return true;
    gate_refuse_limit(j, ret, code, GATE_PRODUCT, key);
    return gate_refuse_figures(ret, UNIT_RATIO, gate_figure(limit.e9),
                               (struct money){apart * DECIMAL_ONE / j->mid.e9 * DECIMAL_ONE},
                               gate_figure(limit.e9));
}

/* ---- 10: impact */

/* The last price it would take if it were sent as it is; 0: it would take nothing. What waits for
 * its stop meets a book that nobody knows: its collar bounds it. */
static struct price reach_of(const struct judged *j)
{
    const struct gate_input *in = j->in;
    const struct intent *intent = j->intent;
    bool buy = intent->side == SIDE_BUY;
    if (intent->type == ORDER_TYPE_MARKET)
        return in->reach;
    if (intent->type != ORDER_TYPE_LIMIT || intent->post_only ||
        (buy ? intent->price.e9 < in->ask.e9 : intent->price.e9 > in->bid.e9))
        return (struct price){0};
    if (in->reach.e9 <= 0 || (buy ? intent->price.e9 < in->reach.e9
                                  : intent->price.e9 > in->reach.e9))
        return intent->price;
    return in->reach;
}

bool gate_check_impact(const struct judged *j, struct verdict *ret)
{
    struct price reach = reach_of(j);
    if (reach.e9 > 0)
        return check_part(j, ret, REFUSED_IMPACT, "max_impact", j->limits->max_impact,
                          (__int128)reach.e9 - j->mid.e9);
    if (j->intent->type != ORDER_TYPE_MARKET)
        return true;
    return gate_refuse_limit(j, ret, REFUSED_IMPACT, GATE_PRODUCT, "max_impact");
}

/* ---- 11: liquidity */

bool gate_check_liquidity(const struct judged *j, struct verdict *ret)
{
    struct money depth = money_of(j->mid, j->in->depth), least_depth = j->limits->min_depth;
    if (!check_part(j, ret, REFUSED_LIQUIDITY, "max_spread", j->limits->max_spread,
                    (__int128)j->in->ask.e9 - j->in->bid.e9))
        return false;
    if (depth.e18 >= least_depth.e18)
        return true;
    gate_refuse_limit(j, ret, REFUSED_LIQUIDITY, GATE_PRODUCT, "min_depth");
    return gate_refuse_figures(ret, UNIT_MONEY, least_depth, depth, (struct money){0});
}

/* ---- 13: self-match. An exit may meet our own: it must not be trapped by what we opened. */

bool gate_check_self_match(const struct judged *j, struct verdict *ret)
{
    bool buy = j->intent->side == SIDE_BUY;
    struct price own = buy ? j->in->own_ask : j->in->own_bid;
    if (own.e9 == 0 || j->intent->stop_price.e9 != 0 ||
        (buy ? j->price.e9 < own.e9 : j->price.e9 > own.e9))
        return true;
    gate_refuse_limit(j, ret, REFUSED_SELF_MATCH, GATE_PRODUCT, "self_match");
    return gate_refuse_figures(ret, UNIT_PRICE, gate_figure(own.e9), gate_figure(j->price.e9),
                               gate_figure(0));
}

/* ---- 27: volatility */

/* The largest order that is as risky as the largest one is in a calm market, where control 7 alone
 * bounds it. */
static struct size scaled_size(const struct judged *j)
{
    struct ratio calm = j->limits->calm_volatility, now = j->in->volatility;
    struct size most = j->limits->max_order_size;
    if (now.e9 <= calm.e9)
        return (struct size){INT64_MAX};
    most.e9 = (int64_t)((__int128)most.e9 * calm.e9 / now.e9);
    return most;
}

bool gate_check_volatility(const struct judged *j, struct verdict *ret)
{
    struct ratio limit = j->limits->max_volatility, now = j->in->volatility;
    struct size most;
    if (!j->in->volatility_known || now.e9 < 0 || now.e9 > limit.e9) {
        gate_refuse_limit(j, ret, REFUSED_VOLATILITY, GATE_PRODUCT, "max_volatility");
        return gate_refuse_figures(ret, UNIT_RATIO, gate_figure(limit.e9), gate_figure(now.e9),
                                   gate_figure(0));
    }
    most = scaled_size(j);
    if (j->intent->size.e9 <= most.e9)
        return true;
    return gate_refuse_size(j, ret, REFUSED_VOLATILITY, "calm_volatility", most, j->intent->size,
                            most);
}
