#include "engine/risk_stats.h"

#include <string.h>

#include "base/check.h"
#include "base/root.h"
#include "engine/candle.h"

static const __int128 ONE_E18 = (__int128)DECIMAL_ONE * DECIMAL_ONE;
/* 1 / (4 ln 2), by which Parkinson's mean squared range becomes a variance. */
static const int64_t PARKINSON_E9 = 360673760;

void risk_stats_init(struct risk_stats *stats, const struct var_settings *settings,
                     uint8_t products, struct risk_row *rows)
{
    CHECK(products <= MAX_PRODUCTS && settings->candle_ns > 0 && settings->window > 0);
    CHECK(settings->decay.e9 > 0 && settings->decay.e9 < DECIMAL_ONE);
    CHECK(settings->warmup > 0 && settings->warmup <= settings->window);
    memset(stats, 0, sizeof *stats);
    stats->candle_ns = settings->candle_ns;
    stats->decay = settings->decay;
    stats->window = settings->window;
    stats->warmup = settings->warmup;
    stats->products = products;
    stats->row_ns = INT64_MIN;
    stats->rows = rows;
    stats->horizon_root_e9 =
        (uint64_t)root_ceil((wide_uint)settings->horizon * (wide_uint)ONE_E18);
}

/* ---- one row */

/* decay * old + (1 - decay) * fresh; neither is above RISK_RETURN_MAX squared, so it fits. */
static __int128 blend(const struct risk_stats *stats, __int128 old, __int128 fresh)
{
    __int128 ret, mixed = old * stats->decay.e9 + fresh * (DECIMAL_ONE - stats->decay.e9);
    CHECK(wide_div(mixed, DECIMAL_ONE, ROUND_HALF_EVEN, &ret));
    return ret;
}

/* False: not a return that a candle can have. */
static bool return_of(struct price last, struct price close, int64_t *ret_e9)
{
    __int128 value;
    if (last.e9 <= 0)
        return false;
    CHECK(wide_div(((__int128)close.e9 - last.e9) * DECIMAL_ONE, last.e9, ROUND_HALF_EVEN, &value));
    if (value > RISK_RETURN_MAX)
        return false;
    *ret_e9 = (int64_t)value;
    return true;
}

static void add_range(const struct risk_stats *stats, struct risk_series *series)
{
    int64_t range;
    __int128 squared;
    if (!root_log_ratio(series->high, series->low, &range))
        return;
    squared = (__int128)range * range / ONE_E18;
    series->range = series->candles == 0 ? squared : blend(stats, series->range, squared);
}

/* The return that this row has of one product, and whether it has any. */
static bool take_return(const struct risk_stats *stats, struct risk_series *series, int64_t *ret)
{
    struct price last = series->last;
    if (!series->traded)
        return series->rows > 0;
    series->last = series->close;
    if (!return_of(last, series->close, ret)) {
        series->rows = series->candles = 0;
        return false;
    }
    add_range(stats, series);
    if (series->candles < stats->warmup)
        series->candles++;
    return true;
}

/* Those that begin together begin with the product of their first returns, one that joins others
 * with its part of it: so the matrix is that of returns with weights, and no portfolio's variance
 * can come out below zero. */
static void add_row(struct risk_stats *stats, const struct risk_row *row, uint32_t present)
{
    for (int i = 0; i < stats->products; i++) {
        bool fresh_i = stats->series[i].rows == 0;
        for (int j = 0; j <= i; j++) {
            bool fresh_j = stats->series[j].rows == 0;
            __int128 product = (__int128)row->e9[i] * row->e9[j];
            __int128 old = fresh_i || fresh_j ? 0 : stats->covariance[i][j];
            bool both = present >> i & 1 && present >> j & 1;
            __int128 now = both && fresh_i && fresh_j ? product : blend(stats, old, product);
            stats->covariance[i][j] = stats->covariance[j][i] = now;
        }
    }
}

static void find_extremes(struct risk_stats *stats)
{
    memset(&stats->most, 0, sizeof stats->most);
    memset(&stats->least, 0, sizeof stats->least);
    for (uint32_t at = 0; at < stats->window; at++)
        for (int i = 0; i < stats->products; i++) {
            int64_t moved = stats->rows[at].e9[i];
            if (moved > stats->most.e9[i])
                stats->most.e9[i] = moved;
            if (moved < stats->least.e9[i])
                stats->least.e9[i] = moved;
        }
}

static struct ratio root_of(__int128 variance)
{
    CHECK(variance >= 0);
    return (struct ratio){(int64_t)root_ceil((wide_uint)variance)};
}

static void find_deviations(struct risk_stats *stats)
{
    for (int i = 0; i < stats->products; i++) {
        stats->volatility[i] = root_of(stats->covariance[i][i]);
        stats->parkinson[i] = root_of(stats->series[i].range * PARKINSON_E9 / DECIMAL_ONE);
    }
}

static void close_row(struct risk_stats *stats)
{
    struct risk_row *row = &stats->rows[stats->row_count % stats->window];
    uint32_t present = 0;
    memset(row, 0, sizeof *row);
    for (int i = 0; i < stats->products; i++)
        if (take_return(stats, &stats->series[i], &row->e9[i]))
            present |= 1u << i;
    add_row(stats, row, present);
    for (int i = 0; i < stats->products; i++) {
        struct risk_series *series = &stats->series[i];
        if (present >> i & 1 && series->rows < stats->window)
            series->rows++;
        series->traded = false;
    }
    stats->row_count++;
    stats->row_open = false;
    find_extremes(stats);
    find_deviations(stats);
}

/* ---- what comes in */

void risk_stats_candle(struct risk_stats *stats, product_index product,
                       const struct candle *candle)
{
    CHECK(product < stats->products && candle->length_ns == stats->candle_ns);
    CHECK(candle->close.e9 > 0);
    struct risk_series *series = &stats->series[product];
    if (stats->row_open && candle->start_ns > stats->row_ns)
        close_row(stats);
    if (candle->start_ns < stats->row_ns || (!stats->row_open && candle->start_ns == stats->row_ns))
        return; /* its row is closed */
    stats->row_open = true;
    stats->row_ns = candle->start_ns;
    series->traded = true;
    series->high = candle->high;
    series->low = candle->low;
    series->close = candle->close;
    series->newest_ns = candle->start_ns + stats->candle_ns;
}

int64_t risk_stats_due_wall_ns(const struct risk_stats *stats)
{
    return stats->row_open ? stats->row_ns + stats->candle_ns + CANDLE_GRACE_NS : INT64_MAX;
}

void risk_stats_flush(struct risk_stats *stats, int64_t wall_ns)
{
    if (wall_ns >= risk_stats_due_wall_ns(stats))
        close_row(stats);
}

/* ---- what comes out */

bool risk_stats_known(const struct risk_stats *stats, product_index product, int64_t wall_ns)
{
    const struct risk_series *series = &stats->series[product];
    int64_t age_ns = wall_ns - series->newest_ns, most_ns = RISK_STALE_CANDLES * stats->candle_ns;
    /* Ahead of us by as much: our clock stepped back, and what comes now is shut out. */
    return product < stats->products && series->candles >= stats->warmup && age_ns <= most_ns &&
           age_ns >= -most_ns;
}

struct ratio risk_stats_volatility(const struct risk_stats *stats, product_index product)
{
    return stats->volatility[product];
}

struct ratio risk_stats_parkinson(const struct risk_stats *stats, product_index product)
{
    return stats->parkinson[product];
}

struct ratio risk_stats_correlation(const struct risk_stats *stats, product_index a,
                                    product_index b)
{
    wide_uint both = (wide_uint)stats->covariance[a][a] * (wide_uint)stats->covariance[b][b];
    __int128 ret;
    if (both == 0)
        return (struct ratio){0};
    CHECK(wide_div(stats->covariance[a][b] * DECIMAL_ONE, root_floor(both), ROUND_HALF_EVEN, &ret));
    if (ret > DECIMAL_ONE || ret < -DECIMAL_ONE) /* by the places that were rounded off */
        return (struct ratio){ret > 0 ? DECIMAL_ONE : -DECIMAL_ONE};
    return (struct ratio){(int64_t)ret};
}

int64_t risk_stats_return(const struct risk_stats *stats, product_index product, uint32_t age)
{
    CHECK(age < stats->series[product].rows);
    return stats->rows[(stats->row_count - 1 - age) % stats->window].e9[product];
}

struct ratio risk_stats_sizing(struct ratio calm, struct ratio volatility)
{
    if (calm.e9 <= 0)
        return (struct ratio){0};
    if (volatility.e9 <= calm.e9)
        return (struct ratio){DECIMAL_ONE};
    return (struct ratio){(int64_t)((__int128)calm.e9 * DECIMAL_ONE / volatility.e9)};
}
