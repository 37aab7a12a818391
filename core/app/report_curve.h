#pragma once
/* What a run was worth over time, for the HTML report: out of its series.csv when it has one, else
 * a point at each record of the journal that moved something. Bounded: past REPORT_POINTS_MAX every
 * four points become their lowest and their highest, so that peaks and troughs stay.
 *
 *     report_curve_init(&curve);
 *     if (report_curve_read(&curve, directory, &err) == 0)      there is no series.csv
 *         for each record: report_curve_add(&curve, at_ns, equity, exposure);
 *     report_curve_put(&curve, &json);                          {"columns":[...],"rows":[...]}
 *
 * series.csv is described in docs/backtest.md; the live host writes the same. */
#include "base/err.h"
#include "base/limits.h"
#include "model/types.h"
#include "wire/json_write.h"

enum { REPORT_POINTS_MAX = 16384 };

struct report_point {
    int64_t at_ns;
    struct money equity, exposure;
    struct price prices[MAX_PRODUCTS]; /* 0: not told */
};

struct report_curve {
    struct report_point *points;       /* owned */
    uint32_t count;
    char products[MAX_PRODUCTS][PRODUCT_ID_MAX];
    struct price prices[MAX_PRODUCTS]; /* as last told */
};

int report_curve_init(struct report_curve *curve); /* -1: no memory; fini is right all the same */
void report_curve_fini(struct report_curve *curve);
void report_curve_clear(struct report_curve *curve);
/* 1: read; 0: there is none; -1: it is none, err says where. */
int report_curve_read(struct report_curve *curve, const char *directory, struct err *err);
void report_curve_price(struct report_curve *curve, const char *product_id, struct price price);
/* A point at the prices told so far. */
void report_curve_add(struct report_curve *curve, int64_t at_ns, struct money equity,
                      struct money exposure);
/* Adds to the worth of each point: what the run began with, once that is known. */
void report_curve_lift(struct report_curve *curve, struct money by);
void report_curve_put(const struct report_curve *curve, struct json_writer *json);
