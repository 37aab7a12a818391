#pragma once
/* How much each product moves, and which move together; docs/risk.md has the formulas.
 *
 *     risk_stats_init(&stats, &settings, count, rows);    rows: memory for settings->window
 *     risk_stats_candle(&stats, product, &candle);        as each closes, in any order of products
 *     risk_stats_flush(&stats, wall_ns);                  when the row's time is over
 *     if (risk_stats_known(&stats, product, wall_ns)) ... risk_stats_variance(&stats, product)
 *
 * Candles that start together make a row. A row's return is close / last close - 1, so that a
 * position's result is its worth times the return; a product that did not trade returns 0 then, and
 * all that it did meanwhile is in its next return. What no candle can do (RISK_RETURN_MAX) begins
 * the product anew, as does its first candle. A row costs products^2, and nothing is kept but the
 * last `window` rows and one matrix. Variances and covariances are at 1e-18 (128 bits), returns at
 * 1e-9, all per candle. */
#include "model/settings.h"
#include "model/types.h"

/* A price that rose to five times itself within a candle is a fault; it also keeps every product of
 * two variances within 128 bits. Past so many candles without a trade nothing is known. */
static const int64_t RISK_RETURN_MAX = 4 * (int64_t)DECIMAL_ONE;
enum { RISK_STALE_CANDLES = 30 };

struct risk_series {
    bool traded;                  /* in the open row; then high, low, close are its candle's */
    struct price last, high, low, close; /* last: of the row before; 0: none */
    uint32_t rows;                /* with a return, without a break, up to the window */
    uint32_t candles;             /* of them with a trade, up to the warm-up */
    int64_t newest_ns;            /* end of its newest candle */
    __int128 range;               /* EWMA of ln(high / low)^2, 1e-18 */
};

struct risk_row { int64_t e9[MAX_PRODUCTS]; };

struct risk_stats {
    int64_t candle_ns;
    struct ratio decay;
    uint32_t window, warmup;
    uint8_t products;
    bool row_open;
    int64_t row_ns;               /* start of the open row, or of the last one */
    uint64_t row_count;
    struct risk_series series[MAX_PRODUCTS];
    __int128 covariance[MAX_PRODUCTS][MAX_PRODUCTS];
    struct risk_row *rows;        /* borrowed; a ring of `window`, by row_count */
    /* Taken once a candle, so that no order has to: */
    struct risk_row most, least;  /* of each product's returns in the ring; 0 is among them */
    struct ratio volatility[MAX_PRODUCTS], parkinson[MAX_PRODUCTS];
    uint64_t horizon_root_e9;     /* of the settings' horizon, in candles */
};

void risk_stats_init(struct risk_stats *stats, const struct var_settings *settings,
                     uint8_t products, struct risk_row *rows);
void risk_stats_candle(struct risk_stats *stats, product_index product,
                       const struct candle *candle);
void risk_stats_flush(struct risk_stats *stats, int64_t wall_ns);
/* When a flush would close the open row, INT64_MAX when there is none. */
int64_t risk_stats_due_wall_ns(const struct risk_stats *stats);

/* Warm (so many candles with a trade, in a row of rows) and not stale. */
bool risk_stats_known(const struct risk_stats *stats, product_index product, int64_t wall_ns);
/* Volatility per candle, rounded up: EWMA of squared returns, and Parkinson's of the ranges. */
struct ratio risk_stats_volatility(const struct risk_stats *stats, product_index product);
struct ratio risk_stats_parkinson(const struct risk_stats *stats, product_index product);
/* -1 to 1; 0 while either has not moved. */
struct ratio risk_stats_correlation(const struct risk_stats *stats, product_index a,
                                    product_index b);
/* The return of product `age` rows ago, 0 the newest; age < its rows. */
int64_t risk_stats_return(const struct risk_stats *stats, product_index product, uint32_t age);

/* The part of the usual size that is left at this volatility: calm / volatility, 1 at most. */
struct ratio risk_stats_sizing(struct ratio calm, struct ratio volatility);
