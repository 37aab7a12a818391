#pragma once
/* `moongate backtest --compare LIVE_RUN`: what each order brought in the one run and in the other,
 * and by what they differ.
 *
 *     if (compare_open(&compare, "live", "run1", &result, &err) == 0)
 *         compare_say(&compare);
 *     compare_close(&compare);
 *
 *     decision   only one run had the order          queue     it rested, and filled differently
 *     refused    only one venue took it
 *     latency    there and back took more than 5 ms longer or shorter, and it took another price
 *     fill, price   a taker met another book          fees      all but the fees is the same
 *
 * Left out is what the backtest did not play: orders of other strategies and products, those made
 * before its data begin or after they end, and those that no host here made.
 * by_fill: what was filled in one run alone, to the common price (the last that either traded at);
 * by_fees: the fees; by_price: the rest, which is the price of what both filled. */
#include "base/err.h"
#include "lab/backtest.h"
#include "lab/lab.h"
#include "model/record.h"

struct compare_sum { struct size filled; struct money value, fees; };

struct compare_order {
    struct record_order row;   /* as it was made */
    struct stamp at;
    int64_t trip_ns;           /* until the venue's first word; -1: none came */
    struct compare_sum exact, provisional;
    struct price last;         /* of its last fill */
    bool maker, paired;
};

struct compare_row {
    const struct compare_order *live, *ours; /* NULL: the other run alone */
    const char *cause;
    struct money by_fill, by_price, by_fees, total; /* live less backtest */
};

struct compare {
    struct lab_list live, ours; /* struct compare_order */
    struct lab_list rows;       /* struct compare_row */
};

/* `result`: of the backtest in `ours`. */
int compare_open(struct compare *compare, const char *live, const char *ours,
                 const struct backtest_result *result, struct err *err);
void compare_close(struct compare *compare);
void compare_say(const struct compare *compare);
void compare_print_json(const struct compare *compare);
