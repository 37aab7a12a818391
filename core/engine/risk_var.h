#pragma once
/* What a portfolio could lose: value at risk and expected shortfall, by two methods; and in named
 * scenarios. docs/risk.md has the formulas.
 *
 *     struct risk_book book = {0};
 *     book.low[i] = book.high[i] = worth;              dollars at the mark, short below zero
 *     if (risk_var_parametric(&stats, &book, RISK_99, horizon, &tail)) ... tail.var
 *
 * A product's worth is a range, from all sells filled to all buys filled: a figure of such a book
 * is never below that of any portfolio within it. All is rounded against us. False: a number left
 * its range. Whether a product's statistics are known is for the caller to ask first. */
#include "engine/risk_stats.h"

struct risk_book { struct money low[MAX_PRODUCTS], high[MAX_PRODUCTS]; };

enum risk_level { RISK_95, RISK_99, RISK_LEVELS };

struct risk_tail {
    struct money var;       /* not exceeded in that part of the cases */
    struct money shortfall; /* the mean loss in the rest of them */
};

/* Normal returns of mean zero with the EWMA matrix; `horizon` candles by the root of their number.
 * A range counts with its middle's risk and half its width's own, undiversified. */
bool risk_var_parametric(const struct risk_stats *stats, const struct risk_book *book,
                         enum risk_level level, uint32_t horizon, struct risk_tail *ret);

/* The book as it would have done in each row that is kept, of those that all its products have. Of
 * n losses the k-th worst, k = n times what is left to certainty, cut to a whole number, 1 at
 * least; the shortfall is the mean of these k. Scaled to `horizon` in the same way. */
bool risk_var_historical(const struct risk_stats *stats, const struct risk_book *book,
                         enum risk_level level, uint32_t horizon, struct risk_tail *ret);

/* Loss when every price moves by the scenario's shock; below zero: a gain. */
bool risk_stress_loss(const struct stress_scenario *scenario, const struct risk_book *book,
                      struct money *ret);

/* A book in units of 2^40 at 1e-18 (a millionth of a dollar), outwards, and two figures of it that
 * cost no division: for what is far from a limit. */
struct risk_sketch {
    uint32_t count;
    product_index product[MAX_PRODUCTS];
    int64_t low[MAX_PRODUCTS], high[MAX_PRODUCTS];
};
bool risk_sketch_book(const struct risk_stats *stats, const struct risk_book *book,
                      struct risk_sketch *ret);
/* Over the settings' horizon no value at risk at 99 % by either method is above it: each product on
 * its own at its worst, nothing set off. */
struct money risk_var_ceiling(const struct risk_stats *stats, const struct risk_sketch *sketch);
/* The loss is not above it, and hardly below: by a billionth and a thousandth of a cent. 0: it is a
 * gain. */
struct money risk_stress_ceiling(const struct stress_scenario *scenario,
                                 const struct risk_sketch *sketch);
