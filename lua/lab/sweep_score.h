#pragma once
/* What each point of a sweep is worth: in the stretches it was chosen on, in those it was not, and
 * after what the number of trials explains has been taken off. */
#include "lab/sweep.h"

struct sweep_score {
    uint32_t point;
    bool whole;                 /* all its jobs ran, and none failed */
    bool train_known, test_known; /* the ratios: enough hours in each fold */
    double train_sharpe, test_sharpe; /* annualised, mean over the folds */
    struct money train_result, test_result; /* summed over the folds */
    bool by_result;             /* what it is ranked by */
    uint64_t trades;            /* in the test stretches */
    bool deflated_known;
    double sharpe, deflated;    /* of the whole time; the ratio per hour, not annualised */
    char error[SWEEP_ERROR_MAX]; /* of the first job that failed */
};

struct sweep_scores {
    struct sweep_score *list;   /* owned; the best in the training stretches first */
    uint32_t count, whole;
    double trials;              /* these points and those before */
    bool spread_known;
    double expected_best;       /* per hour: of so many trials without skill */
    /* Walk-forward: of each fold the point that was best in its training stretch. */
    uint32_t chosen[SWEEP_FOLDS_MAX];
    bool walked;
    struct money walk_result;   /* of their test stretches */
};

int sweep_scores_make(const struct sweep_run *run, struct sweep_scores *ret, struct err *err);
void sweep_scores_fini(struct sweep_scores *scores);
