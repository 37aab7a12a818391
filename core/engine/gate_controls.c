/* The controls, one small function each, in the order of the table that docs/gate.md prints. A
 * control returns true when it has nothing against the order, else it fills the verdict.
 *
 * Whom a control binds is a column of the table at the end, not a condition inside it. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "engine/gate_private.h"
#include "model/limit_list.h"

/* ---- what every control relies on */

static bool check_owner(const struct judged *j, struct verdict *ret)
{
    if (j->strategy && j->intent->product < MAX_PRODUCTS &&
        j->strategy->products >> j->intent->product & 1)
        return true;
    return gate_refuse_limit(j, ret, REFUSED_OWNER, GATE_STRATEGY, "products");
}

/* Figures that cannot be: something left its range on the way here. */
static bool check_figures(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    if (in->exposure.working_buy.e9 < 0 || in->exposure.working_sell.e9 < 0 ||
        in->strategy_exposure.working_buy.e9 < 0 || in->strategy_exposure.working_sell.e9 < 0 ||
        in->working_value_product.e18 < 0 || in->working_value_account.e18 < 0)
        return gate_refuse(ret, REFUSED_OVERFLOW);
    return true;
}

/* ---- law 1: no limit is unlimited by silence */

static bool all_set(const struct judged *j, const void *of, enum gate_scope scope,
                    struct verdict *ret)
{
    uint32_t count;
    const struct limit_row *row;
    if (limits_set((int)scope, of))
        return true;
    for (row = limit_rows((int)scope, &count); limit_get(row, of) > 0;)
        row++;
    return gate_refuse_limit(j, ret, row->code, scope, row->key);
}

static bool check_limits_set(const struct judged *j, struct verdict *ret)
{
    if (!j->limits)
        return gate_refuse(ret, REFUSED_PRODUCT);
    return all_set(j, j->limits, GATE_PRODUCT, ret) &&
           all_set(j, j->settings, GATE_ACCOUNT, ret) &&
           (!j->strategy || all_set(j, j->strategy, GATE_STRATEGY, ret));
}

/* ---- verdicts in figures */

bool gate_refuse_size(const struct judged *j, struct verdict *ret, enum refusal code,
                      const char *key, struct size limit, struct size value, struct size headroom)
{
    struct size passes = {0};
    gate_refuse_limit(j, ret, code, GATE_PRODUCT, key);
    size_round(headroom, j->instrument->step, ROUND_DOWN, &passes);
    return gate_refuse_figures(ret, UNIT_SIZE, gate_figure(limit.e9), gate_figure(value.e9),
                               gate_figure(passes.e9));
}

bool gate_check_count(const struct judged *j, struct verdict *ret, enum refusal code,
                      enum gate_scope scope, const char *key, uint32_t limit, uint32_t used)
{
    if (used < limit)
        return true;
    gate_refuse_limit(j, ret, code, scope, key);
    return gate_refuse_figures(ret, UNIT_COUNT_, gate_whole(limit), gate_whole((int64_t)used + 1),
                               gate_whole(0));
}

static bool check_age(const struct judged *j, struct verdict *ret, enum refusal code,
                      const char *key, bool valid, int64_t limit_ns, int64_t age_ns)
{
    if (valid && age_ns >= 0 && age_ns <= limit_ns)
        return true;
    gate_refuse_limit(j, ret, code, GATE_PRODUCT, key);
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(limit_ns), gate_whole(age_ns),
                               gate_whole(limit_ns));
}

/* ---- 1, 2: states */

static bool passes_state(const struct judged *j, enum trading_state state)
{
    if (state == TRADING_ACTIVE)
        return true;
    if (!j->reducing)
        return false;
    return j->operator || state == TRADING_REDUCING;
}

/* While REDUCING the headroom is the size that could only reduce; while HALTED it is that for the
 * operator and nothing for the rest. A state that is none is taken for HALTED. */
static bool check_state(const struct judged *j, struct verdict *ret, enum refusal code,
                        enum gate_scope scope, enum trading_state state)
{
    struct size room = j->reducible, passes = {0};
    if (passes_state(j, state))
        return true;
    if (state != TRADING_REDUCING && !j->operator)
        room.e9 = 0;
    size_round(room, j->instrument->step, ROUND_DOWN, &passes);
    gate_refuse_limit(j, ret, code, scope, "state");
    return gate_refuse_figures(ret, UNIT_SIZE, gate_figure(room.e9),
                               gate_figure(j->intent->size.e9), gate_figure(passes.e9));
}

/* The tightest is named: what passes it passes the others. Of equals the widest. */
static bool check_states(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    enum trading_state own = j->operator ? TRADING_ACTIVE : in->strategy_state;
    if (own > in->account_state && own > in->product_state)
        return check_state(j, ret, REFUSED_STRATEGY_STATE, GATE_STRATEGY, own);
    if (in->product_state > in->account_state)
        return check_state(j, ret, REFUSED_STATE, GATE_PRODUCT, in->product_state);
    return check_state(j, ret, REFUSED_STATE, GATE_ACCOUNT, in->account_state);
}

/* What opens at once when the latch that follows has not been told yet. */
static bool check_throttle(const struct judged *j, struct verdict *ret)
{
    const struct strategy_settings *s = j->strategy;
    return gate_check_count(j, ret, REFUSED_STRATEGY_STATE, GATE_STRATEGY, "max_fires",
                            s->max_fires, j->in->fires) &&
           gate_check_count(j, ret, REFUSED_STRATEGY_STATE, GATE_STRATEGY, "max_rejects",
                            s->max_rejects, j->in->rejects) &&
           gate_check_count(j, ret, REFUSED_STRATEGY_STATE, GATE_STRATEGY, "max_refusals",
                            s->max_refusals, j->in->refusals_in_row);
}

/* ---- 3: the product */

static bool check_product(const struct judged *j, struct verdict *ret)
{
    const struct instrument *i = j->instrument;
    if (i->trading_disabled || i->view_only || !i->session_open)
        return gate_refuse_limit(j, ret, REFUSED_PRODUCT, GATE_PRODUCT, "session");
    if (i->cancel_only)
        return gate_refuse_limit(j, ret, REFUSED_PRODUCT_MODE, GATE_PRODUCT, "cancel_only");
    if (i->limit_only && j->intent->type == ORDER_TYPE_MARKET)
        return gate_refuse_limit(j, ret, REFUSED_PRODUCT_MODE, GATE_PRODUCT, "limit_only");
    if (i->post_only && !j->intent->post_only)
        return gate_refuse_limit(j, ret, REFUSED_PRODUCT_MODE, GATE_PRODUCT, "post_only");
    return true;
}

/* ---- 5: the reference */

static bool check_book(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    bool quoted = in->book_valid && j->mid.e9 > 0;
    return j->last_good ||
           check_age(j, ret, REFUSED_BOOK_STALE, "max_book_age_ms", quoted,
                     j->limits->max_book_age_ns, in->book_age_ns);
}

/* A market order that the book cannot fill whole has no worst price, hence no value. */
static bool check_depth(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    if (j->intent->type != ORDER_TYPE_MARKET)
        return true;
    if (j->intent->side == SIDE_BUY ? in->worst.e9 >= in->ask.e9
                                    : in->worst.e9 > 0 && in->worst.e9 <= in->bid.e9)
        return true;
    return gate_refuse_limit(j, ret, REFUSED_BOOK_STALE, GATE_PRODUCT, "depth");
}

/* |mark - of| as a part of it, at 1e-18, rounded down. */
static __int128 deviation(struct price mark, struct price of)
{
    __int128 apart = (__int128)mark.e9 - of.e9; /* at most 2^64, times 1e9 */
    return (apart < 0 ? -apart : apart) * DECIMAL_ONE / of.e9 * DECIMAL_ONE;
}

/* With nothing rounded: both sides at 1e-18. */
bool gate_mark_agrees(struct price mark, struct price of, struct ratio limit)
{
    __int128 apart = (__int128)mark.e9 - of.e9;
    return (apart < 0 ? -apart : apart) * DECIMAL_ONE <= (__int128)limit.e9 * of.e9;
}

static bool check_deviation(const struct judged *j, struct verdict *ret, struct price mark,
                            struct price of)
{
    struct ratio limit = j->limits->max_mark_deviation;
    if (gate_mark_agrees(mark, of, limit))
        return true;
    gate_refuse_limit(j, ret, REFUSED_MARK_STALE, GATE_PRODUCT, "max_mark_deviation");
    return gate_refuse_figures(ret, UNIT_RATIO, gate_figure(limit.e9),
                               (struct money){deviation(mark, of)}, gate_figure(limit.e9));
}

/* Our mark is derived: it must be near the mid now, and have been near the venue's own figure for
 * the position when that was last told. */
static bool check_mark(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    return check_age(j, ret, REFUSED_MARK_STALE, "max_mark_age_ms",
                     in->mark_valid && in->mark.e9 > 0, j->limits->max_mark_age_ns,
                     in->mark_age_ns) &&
           check_deviation(j, ret, in->mark, j->mid) &&
           (in->venue_mark.e9 == 0 || check_deviation(j, ret, in->mark_then, in->venue_mark));
}

/* ---- 6: increments */

static bool check_price(const struct judged *j, struct verdict *ret, struct price price)
{
    struct price tick = j->instrument->tick, nearest = {0};
    if (price.e9 > 0 && price_is_multiple(price, tick))
        return true;
    gate_refuse_limit(j, ret, REFUSED_PRICE_TICK, GATE_PRODUCT, "tick");
    price_round(price, tick, j->intent->side == SIDE_BUY ? ROUND_DOWN : ROUND_UP, &nearest);
    return gate_refuse_figures(ret, UNIT_PRICE, gate_figure(tick.e9), gate_figure(price.e9),
                               gate_figure(nearest.e9));
}

static bool check_tick(const struct judged *j, struct verdict *ret)
{
    const struct intent *intent = j->intent;
    bool stops = intent->type == ORDER_TYPE_STOP_LIMIT || intent->type == ORDER_TYPE_BRACKET;
    if (intent->type == ORDER_TYPE_MARKET && j->instrument->tick.e9 > 0)
        return true;
    return check_price(j, ret, intent->price) &&
           (!stops || check_price(j, ret, intent->stop_price));
}

static bool check_step(const struct judged *j, struct verdict *ret)
{
    const struct instrument *i = j->instrument;
    struct size size = j->intent->size, venue;
    if (i->step.e9 <= 0 || i->size_max.e9 <= 0 || i->size_min.e9 < 0 || i->quote_min.e18 < 0)
        return gate_refuse_limit(j, ret, REFUSED_SIZE_STEP, GATE_PRODUCT, "specification");
    if (size.e9 <= 0 || !size_is_multiple(size, i->step) ||
        !instrument_venue_size(i, size, &venue))
        return gate_refuse_size(j, ret, REFUSED_SIZE_STEP, "step", i->step, size,
                                size.e9 < i->size_max.e9 ? size : i->size_max);
    if (size.e9 < i->size_min.e9)
        return gate_refuse_size(j, ret, REFUSED_SIZE_STEP, "size_min", i->size_min, size,
                                i->size_min);
    if (size.e9 > i->size_max.e9)
        return gate_refuse_size(j, ret, REFUSED_SIZE_STEP, "size_max", i->size_max, size,
                                i->size_max);
    if (j->reducing || j->value.e18 >= i->quote_min.e18) /* a rest must have a way out */
        return true;
    gate_refuse_limit(j, ret, REFUSED_SIZE_STEP, GATE_PRODUCT, "quote_min");
    return gate_refuse_figures(ret, UNIT_MONEY, i->quote_min, j->value, i->quote_min);
}

/* ---- 7, 8, 9: one order */

static bool check_order_size(const struct judged *j, struct verdict *ret)
{
    struct size limit = j->limits->max_order_size;
    if (j->intent->size.e9 <= limit.e9)
        return true;
    return gate_refuse_size(j, ret, REFUSED_ORDER_SIZE, "max_order_size", limit, j->intent->size,
                            limit);
}

static bool check_order_value(const struct judged *j, struct verdict *ret)
{
    struct money limit = j->limits->max_order_value;
    if (j->value.e18 <= limit.e18)
        return true;
    gate_refuse_limit(j, ret, REFUSED_ORDER_VALUE, GATE_PRODUCT, "max_order_value");
    return gate_refuse_figures(ret, UNIT_MONEY, limit, j->value, limit);
}

/* Both bounds round inwards, to a price that could be sent: that is the headroom. */
static bool check_collar(const struct judged *j, struct verdict *ret)
{
    struct price low, high, passes = {0};
    if (!gate_band(j->in, j->reference, &low, &high))
        return gate_refuse_limit(j, ret, REFUSED_OVERFLOW, GATE_PRODUCT, "price_collar");
    if (j->price.e9 >= low.e9 && j->price.e9 <= high.e9)
        return true;
    gate_refuse_limit(j, ret, REFUSED_COLLAR, GATE_PRODUCT, "price_collar");
    if (j->price.e9 > high.e9)
        price_round(high, j->instrument->tick, ROUND_DOWN, &passes);
    else
        price_round(low, j->instrument->tick, ROUND_UP, &passes);
    return gate_refuse_figures(ret, UNIT_PRICE,
                               gate_figure(j->price.e9 > high.e9 ? high.e9 : low.e9),
                               gate_figure(j->price.e9), gate_figure(passes.e9));
}

/* ---- 12, 14, 15: how often, how many */

static bool check_duplicate(const struct judged *j, struct verdict *ret)
{
    if (!j->in->duplicate)
        return true;
    gate_refuse_limit(j, ret, REFUSED_DUPLICATE, GATE_ACCOUNT, "duplicate_window_ms");
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(j->settings->duplicate_window_ns),
                               gate_whole(0), gate_whole(0));
}

static bool check_rate(const struct judged *j, struct verdict *ret)
{
    return gate_check_count(j, ret, REFUSED_RATE, GATE_STRATEGY, "max_messages",
                            j->strategy->max_messages, j->in->messages_strategy) &&
           gate_check_count(j, ret, REFUSED_RATE, GATE_ACCOUNT, "max_messages",
                            j->settings->max_messages, j->in->messages_account);
}

/* What reduces is counted beside ours alone: the orders of another hand are not ours to bound. */
static bool check_working_count(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    struct gate_others others = j->reducing ? in->others : (struct gate_others){.product = 0};
    return gate_check_count(j, ret, REFUSED_WORKING_COUNT, GATE_PRODUCT, "max_working_orders",
                            j->limits->max_working_orders, in->working_product - others.product) &&
           gate_check_count(j, ret, REFUSED_WORKING_COUNT, GATE_STRATEGY, "max_working_orders",
                            j->strategy->max_working_orders, in->working_strategy) &&
           gate_check_count(j, ret, REFUSED_WORKING_COUNT, GATE_ACCOUNT, "max_working_orders",
                            j->settings->max_working_orders, in->working_account - others.account);
}

/* ---- 16: the position, when everything on this side has filled */

static struct size clip(__int128 e9)
{
    if (e9 < 0)
        return (struct size){0};
    return (struct size){e9 > INT64_MAX ? INT64_MAX : (int64_t)e9};
}

static bool check_position(const struct judged *j, struct verdict *ret)
{
    const struct gate_exposure *exposure = &j->in->exposure;
    struct size limit = j->limits->max_position;
    __int128 used = j->intent->side == SIDE_BUY
                        ? (__int128)exposure->position.e9 + exposure->working_buy.e9
                        : -(__int128)exposure->position.e9 + exposure->working_sell.e9;
    if (used + j->intent->size.e9 <= limit.e9)
        return true;
    return gate_refuse_size(j, ret, REFUSED_POSITION, "max_position", limit,
                            clip(used + j->intent->size.e9), clip(limit.e9 - used));
}

/* The operator's orders only ever take risk off, flagged or not; a bracket is an exit. */
static bool check_reduce_only(const struct judged *j, struct verdict *ret)
{
    bool bound = j->intent->reduce_only || j->intent->type == ORDER_TYPE_BRACKET || j->operator;
    if (j->reducing || !bound)
        return true;
    return gate_refuse_size(j, ret, REFUSED_REDUCE_ONLY, "reduce_only", j->reducible,
                            j->intent->size, j->reducible);
}

/* ---- 25, 26: doubt and health */

static bool check_unknown(const struct judged *j, struct verdict *ret)
{
    if (!j->in->unknown_same_side)
        return true;
    return gate_refuse_limit(j, ret, REFUSED_UNKNOWN_OUTSTANDING, GATE_PRODUCT, "unknown");
}

static bool check_skew(const struct judged *j, struct verdict *ret)
{
    int64_t limit = j->settings->max_skew_ns, skew = j->in->skew_ns;
    if (j->in->skew_known && skew >= -limit && skew <= limit)
        return true;
    gate_refuse_limit(j, ret, REFUSED_HEALTH, GATE_ACCOUNT, "max_skew_ms");
    return gate_refuse_figures(ret, UNIT_NS, gate_whole(limit), gate_whole(skew),
                               gate_whole(limit));
}

static bool check_health(const struct judged *j, struct verdict *ret)
{
    const struct gate_input *in = j->in;
    if (!in->reconciled || !in->market_up || !in->user_up || !in->journal_up ||
        in->ladder != LADDER_NORMAL)
        return gate_refuse(ret, REFUSED_HEALTH);
    return check_skew(j, ret);
}

/* An order that cannot leave is not worth approving, whatever it would do. */
static bool check_ladder(const struct judged *j, struct verdict *ret)
{
    if (j->in->ladder < LADDER_CANCELS)
        return true;
    return gate_refuse(ret, REFUSED_HEALTH);
}

/* ---- the table */

#define COUNT_OF(table) (sizeof(table) / sizeof(table)[0])

/* Openings meet every control. Reducing orders of a strategy, and the operator's flatten (which is
 * reducing or refused), meet those that are marked: nothing that measures risk stops what takes
 * risk off, and nothing that counts stops the operator. So what does not bind a flatten may rely
 * on j->strategy, and all below check_limits_set on j->instrument. */
struct control {
    bool (*passes)(const struct judged *judged, struct verdict *ret_verdict);
    bool reducing, flatten;
    uint8_t override; /* control 29: its number where an operator may set it aside; 0: never */
};

static const struct control controls[] = {
    /*                        reducing flatten override */
    {gate_check_shape,        true,     true,   0},
    {gate_check_expiry,       true,     true,   0},
    {check_owner,             true,     false,  0},
    {check_limits_set,        true,     true,   0},
    {check_figures,           true,     true,   0},
    {check_states,            true,     true,   0},  /* 1, 2 */
    {check_throttle,          false,    false,  2},  /* 2 */
    {check_product,           true,     true,   0},  /* 3 */
    {gate_check_stage,        false,    false,  0},  /* 4 */
    {check_book,              true,     true,   0},  /* 5 */
    {check_depth,             true,     true,   0},  /* 5 */
    {check_mark,              false,    false,  0},  /* 5 */
    {check_tick,              true,     true,   0},  /* 6 */
    {check_step,              true,     true,   0},  /* 6 */
    {gate_check_stop,         true,     true,   0},  /* 6 */
    {check_order_size,        true,     false,  7},  /* 7 */
    {check_order_value,       false,    false,  8},  /* 8 */
    {check_collar,            true,     true,   9},  /* 9 */
    {gate_check_impact,       false,    false,  10}, /* 10 */
    {gate_check_liquidity,    false,    false,  11}, /* 11 */
    {check_duplicate,         true,     false,  12}, /* 12 */
    {gate_check_self_match,   false,    false,  13}, /* 13 */
    {check_rate,              true,     false,  14}, /* 14 */
    {check_working_count,     true,     false,  15}, /* 15 */
    {gate_check_working_value, false,   false,  15}, /* 15 */
    {check_reduce_only,       true,     true,   0},  /* 16 */
    {check_position,          false,    false,  16}, /* 16 */
    {gate_check_exposure,     false,    false,  17}, /* 17 */
    {gate_check_leverage,     false,    false,  18}, /* 18 */
    {gate_check_margin,       false,    false,  19}, /* 19 */
    {gate_check_buffer,       false,    false,  20}, /* 20 */
    {gate_check_funding,      false,    false,  21}, /* 21 */
    {gate_check_quiet,        false,    false,  22}, /* 22 */
    {gate_check_daily_loss,   false,    false,  23}, /* 23 */
    {gate_check_drawdown,     false,    false,  24}, /* 24 */
    {gate_check_streak,       false,    false,  24}, /* 24 */
    {check_unknown,           false,    false,  25}, /* 25 */
    {check_health,            false,    false,  0},  /* 26 */
    {check_ladder,            true,     true,   0},  /* 26 */
    {gate_check_volatility,   false,    false,  27}, /* 27 */
    {gate_check_var,          false,    false,  28}, /* 28 */
    {gate_check_stress,       false,    false,  28}, /* 28 */
    {gate_check_manifest,     false,    false,  0},
};

static bool binds(const struct control *control, const struct judged *j)
{
    if (control->override && j->in->overridden >> control->override & 1)
        return false;
    if (j->operator) /* has no strategy, and what would open is refused by check_reduce_only */
        return control->flatten;
    return !j->reducing || control->reducing;
}

int gate_override_number(const char *text)
{
    int number = 0;
    for (; *text >= '0' && *text <= '9' && number < 100; text++)
        number = number * 10 + (*text - '0');
    for (size_t i = 0; *text == '\0' && i < COUNT_OF(controls); i++)
        if (controls[i].override == number)
            return number;
    return 0;
}

bool gate_judge(const struct judged *judged, struct verdict *ret_verdict)
{
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        if (binds(&controls[i], judged) && !controls[i].passes(judged, ret_verdict))
            return false;
    }
    return true;
}

bool gate_check_cancel(const struct judged *judged, struct verdict *ret_verdict)
{
    return gate_check_count(judged, ret_verdict, REFUSED_RATE, GATE_ACCOUNT, "max_cancels",
                            judged->settings->max_cancels, judged->in->cancels_account);
}
