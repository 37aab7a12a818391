#include "engine/risk_var.h"

#include <string.h>

#include "base/check.h"
#include "base/root.h"

static const __int128 ONE_E18 = (__int128)DECIMAL_ONE * DECIMAL_ONE;
/* A hundred thousand million dollars in one product: below it every sum here holds. */
static const __int128 WORTH_MAX = (__int128)100000000000 * DECIMAL_ONE * DECIMAL_ONE;
static const __int128 MICRO_E18 = 1000000000000;

enum { TAIL_MAX = MAX_RISK_WINDOW / 20 + 1 };

/* Of the standard normal distribution: the quantile, and the mean beyond it. per_mille: how much is
 * left to certainty. */
static const struct level_row { int64_t quantile_e9, mean_e9; uint32_t per_mille; } levels[] = {
    [RISK_95] = {1644853627, 2062712808, 50},
    [RISK_99] = {2326347874, 2665214221, 10},
};

static bool is_held(const struct risk_book *book, int i)
{
    return book->low[i].e18 != 0 || book->high[i].e18 != 0;
}

static bool is_sane_range(const struct risk_book *book, int i)
{
    return book->low[i].e18 >= -WORTH_MAX && book->high[i].e18 <= WORTH_MAX &&
           book->low[i].e18 <= book->high[i].e18;
}

static bool is_sane(const struct risk_book *book)
{
    for (int i = 0; i < MAX_PRODUCTS; i++)
        if (!is_sane_range(book, i))
            return false;
    return true;
}

static bool scale_up(__int128 value, uint64_t factor, uint64_t divisor, __int128 *ret)
{
    wide_uint quotient;
    uint64_t rest;
    if (value < 0 || !wide_mul_div((wide_uint)value, factor, divisor, &quotient, &rest))
        return false;
    return wide_signed(quotient + (rest != 0), false, ret);
}

/* To the horizon, by the root of time. */
static bool to_horizon(struct money *value, uint32_t horizon)
{
    wide_uint root_e9 = root_ceil((wide_uint)horizon * (wide_uint)ONE_E18);
    return horizon > 0 && scale_up(value->e18, (uint64_t)root_e9, DECIMAL_ONE, &value->e18);
}

/* ---- parametric */

struct weights {
    __int128 middle[MAX_PRODUCTS], half[MAX_PRODUCTS]; /* of each range, dollars, 1e-18 */
    __int128 gross;                                    /* of the middles */
    int64_t e9[MAX_PRODUCTS];                          /* middle over gross */
};

static void weigh(const struct risk_book *book, struct weights *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < MAX_PRODUCTS; i++) {
        ret->middle[i] = (book->low[i].e18 + book->high[i].e18) / 2;
        ret->half[i] = book->high[i].e18 - ret->middle[i];
        ret->gross += (__int128)wide_magnitude(ret->middle[i]);
    }
    for (int i = 0; i < MAX_PRODUCTS && ret->gross > 0; i++) {
        __int128 weight;
        CHECK(wide_div(ret->middle[i] * DECIMAL_ONE, ret->gross, ROUND_HALF_EVEN, &weight));
        ret->e9[i] = (int64_t)weight;
    }
}

/* w'Cw at 1e-36, exactly: weights add up to 1, a covariance is at most 16, so it is below 2^124. */
static wide_uint variance_of(const struct risk_stats *stats, const struct weights *weights)
{
    __int128 sum = 0;
    for (int i = 0; i < stats->products; i++) {
        __int128 row = 0;
        for (int j = 0; weights->e9[i] != 0 && j < stats->products; j++)
            row += stats->covariance[i][j] * weights->e9[j];
        sum += row * weights->e9[i];
    }
    return sum > 0 ? (wide_uint)sum : 0; /* below 0 by rounded places alone */
}

/* One standard deviation, in dollars. */
static bool deviation_of(const struct risk_stats *stats, const struct weights *weights,
                         __int128 *ret)
{
    const uint64_t one = (uint64_t)ONE_E18;
    wide_uint sigma = root_ceil(variance_of(stats, weights));
    if (!scale_up(weights->gross, (uint64_t)sigma, one, ret))
        return false;
    for (int i = 0; i < stats->products; i++) {
        __int128 alone;
        if (weights->half[i] == 0)
            continue;
        sigma = root_ceil((wide_uint)stats->covariance[i][i] * (wide_uint)ONE_E18);
        if (!scale_up(weights->half[i], (uint64_t)sigma, one, &alone))
            return false;
        *ret += alone;
    }
    return true;
}

bool risk_var_parametric(const struct risk_stats *stats, const struct risk_book *book,
                         enum risk_level level, uint32_t horizon, struct risk_tail *ret)
{
    struct weights weights;
    struct risk_tail tail;
    struct money deviation;
    const struct level_row *at = &levels[level];
    if (!is_sane(book))
        return false;
    weigh(book, &weights);
    if (!deviation_of(stats, &weights, &deviation.e18) || !to_horizon(&deviation, horizon) ||
        !scale_up(deviation.e18, (uint64_t)at->quantile_e9, DECIMAL_ONE, &tail.var.e18) ||
        !scale_up(deviation.e18, (uint64_t)at->mean_e9, DECIMAL_ONE, &tail.shortfall.e18))
        return false;
    *ret = tail;
    return true;
}

/* ---- historical */

/* The book in whole millionths of a dollar, rounded outwards: so a row costs two short products. */
struct replayed {
    uint32_t count, rows;
    product_index product[MAX_PRODUCTS];
    int64_t low[MAX_PRODUCTS], high[MAX_PRODUCTS];
};

static void take_book(const struct risk_stats *stats, const struct risk_book *book,
                      struct replayed *ret)
{
    *ret = (struct replayed){.rows = stats->window};
    for (product_index i = 0; i < stats->products; i++) {
        __int128 low, high;
        if (!is_held(book, i))
            continue;
        CHECK(wide_div(book->low[i].e18, MICRO_E18, ROUND_DOWN, &low));
        CHECK(wide_div(book->high[i].e18, MICRO_E18, ROUND_UP, &high));
        ret->product[ret->count] = i;
        ret->low[ret->count] = (int64_t)low;
        ret->high[ret->count++] = (int64_t)high;
        if (stats->series[i].rows < ret->rows)
            ret->rows = stats->series[i].rows;
    }
}

/* At 1e-15. */
static __int128 loss_in_row(const struct risk_row *row, const struct replayed *of)
{
    __int128 loss = 0;
    for (uint32_t k = 0; k < of->count; k++) {
        int64_t moved = row->e9[of->product[k]];
        loss -= (__int128)(moved > 0 ? of->low[k] : of->high[k]) * moved;
    }
    return loss;
}

/* `worst` holds the `count` worst so far, the worst first. */
static void keep_worst(__int128 *worst, uint32_t count, __int128 loss)
{
    uint32_t at = count - 1;
    if (loss <= worst[at])
        return;
    for (; at > 0 && worst[at - 1] < loss; at--)
        worst[at] = worst[at - 1];
    worst[at] = loss;
}

bool risk_var_historical(const struct risk_stats *stats, const struct risk_book *book,
                         enum risk_level level, uint32_t horizon, struct risk_tail *ret)
{
    struct replayed of;
    __int128 worst[TAIL_MAX] = {0}; /* no loss is no loss: a gain does not count */
    __int128 sum = 0;
    struct risk_tail tail;
    if (!is_sane(book))
        return false;
    take_book(stats, book, &of);
    uint32_t left = of.rows * levels[level].per_mille / 1000;
    uint32_t count = left > 0 ? left : 1;
    CHECK(count <= TAIL_MAX);
    uint32_t at = (uint32_t)(stats->row_count % stats->window);
    for (uint32_t age = 0; age < of.rows && of.count > 0; age++) {
        at = at > 0 ? at - 1 : stats->window - 1;
        keep_worst(worst, count, loss_in_row(&stats->rows[at], &of));
    }
    for (uint32_t i = 0; i < count; i++)
        sum += worst[i];
    tail.var.e18 = worst[count - 1] * 1000;
    CHECK(wide_div(sum * 1000, count, ROUND_UP, &tail.shortfall.e18));
    if (!to_horizon(&tail.var, horizon) || !to_horizon(&tail.shortfall, horizon))
        return false;
    *ret = tail;
    return true;
}

/* ---- what none is above */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A billionth of what is not below zero, or a little more, without a division: by 2^60 / 1e9. */
static __int128 over_e9(__int128 value)
{
    return (((value >> 20) + 1) * 1152921505 >> 40) + 1;
}

bool risk_sketch_book(const struct risk_stats *stats, const struct risk_book *book,
                      struct risk_sketch *ret)
{
    ret->count = 0;
    for (product_index i = 0; i < stats->products; i++) {
        if (!is_held(book, i))
            continue;
        if (!is_sane_range(book, i))
            return false;
        ret->product[ret->count] = i;
        ret->low[ret->count] = (int64_t)(book->low[i].e18 >> 40);
        ret->high[ret->count++] = (int64_t)-(-book->high[i].e18 >> 40);
    }
    return true;
}

struct money risk_var_ceiling(const struct risk_stats *stats, const struct risk_sketch *sketch)
{
    __int128 normal = 0, rows = 0, gross = 0;
    int64_t top = 0;
    for (uint32_t k = 0; k < sketch->count; k++) {
        product_index i = sketch->product[k];
        int64_t low = sketch->low[k], high = sketch->high[k], widest = larger(-low, high);
        gross += widest;
        top = larger(top, stats->volatility[i].e9);
        normal += (__int128)widest * stats->volatility[i].e9;
        __int128 rise = (__int128)larger(0, -low) * stats->most.e9[i];
        __int128 fall = -(__int128)larger(0, high) * stats->least.e9[i];
        rows += rise > fall ? rise : fall;
    }
    normal += over_e9(gross * top) * sketch->count; /* a weight is rounded by half of 1e-9 */
    normal = over_e9(over_e9(normal) * levels[RISK_99].quantile_e9);
    rows = over_e9(rows);
    __int128 most = (normal > rows ? normal : rows) + 16; /* what else is rounded on the way */
    return (struct money){over_e9(most * stats->horizon_root_e9) << 40};
}

struct money risk_stress_ceiling(const struct stress_scenario *scenario,
                                 const struct risk_sketch *sketch)
{
    __int128 loss = 0;
    for (uint32_t k = 0; k < sketch->count; k++) {
        int64_t shock = scenario->shocks[sketch->product[k]].e9;
        loss -= (__int128)(shock > 0 ? sketch->low[k] : sketch->high[k]) * shock;
    }
    return (struct money){loss > 0 ? over_e9(loss) << 40 : 0};
}

/* ---- scenarios */

bool risk_stress_loss(const struct stress_scenario *scenario, const struct risk_book *book,
                      struct money *ret)
{
    struct money loss = {0}, gain;
    if (!is_sane(book))
        return false;
    for (int i = 0; i < MAX_PRODUCTS; i++) {
        struct ratio shock = scenario->shocks[i];
        struct money worth = shock.e9 > 0 ? book->low[i] : book->high[i];
        if (worth.e18 == 0)
            continue;
        if (!money_scale(worth, shock, ROUND_DOWN, &gain) || !money_sub(loss, gain, &loss))
            return false;
    }
    *ret = loss;
    return true;
}
