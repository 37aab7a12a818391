#pragma once
/* `moongate sweep`: one backtest for each combination of parameters and each stretch of time, on
 * all cores, and what became of them told so that luck does not pass for skill.
 *
 *     sweep_space.c    which combinations
 *     sweep_plan.c     options -> plan -> jobs; the plan kept in the sweep's folder
 *     sweep_store.c    the folder's database
 *     sweep_run.c      jobs -> processes -> results
 *     sweep_job.c      one job: a backtest, its journal measured
 *     sweep_stats.c    the deflated Sharpe ratio
 *     sweep_apart.c    results of jobs that ran elsewhere
 *     sweep_score.c    results -> each point's score
 *     sweep_report.c   scores -> words, JSON, the heat map
 *     sweep_main.c     the command line
 *
 * Time is cut into folds: in fold k a training stretch and, right after it, a test stretch that
 * moves on by its own length from fold to fold. So the first training stretch and the test
 * stretches cover the whole time once. */
#include "lab/sweep_space.h"
#include "lab/sweep_store.h"

enum { SWEEP_FOLDS_MAX = 64, SWEEP_CORES_MAX = 256, SWEEP_TEXT_MAX = 512, SWEEP_DATA_MAX = 8,
       SWEEP_EXTRA_MAX = 16, SWEEP_OPTIONS_MAX = 4096 };

struct sweep_plan {
    char config[SWEEP_TEXT_MAX], strategy[SWEEP_TEXT_MAX];
    char data[SWEEP_DATA_MAX][SWEEP_TEXT_MAX];     /* as given: [PRODUCT=]FILE */
    char params[SWEEP_PARAMS_MAX][SWEEP_TEXT_MAX]; /* likewise: NAME=VALUES */
    char extra[SWEEP_EXTRA_MAX][SWEEP_TEXT_MAX];   /* words for each backtest */
    char hash[65];              /* of the script: one that is edited is another sweep */
    uint32_t data_count, params_count, extra_count;
    int64_t from_ns, to_ns;
    uint32_t folds, train;      /* train: test stretches that a training one is long */
    uint32_t random;            /* points to draw; 0: the grid */
    uint64_t seed;
    uint32_t before;            /* trials that were made before this sweep */
    bool by_result;             /* ranked by result, not by Sharpe ratio */
    struct sweep_space space;
};

uint32_t sweep_job_count(const struct sweep_plan *plan);
void sweep_job_at(const struct sweep_plan *plan, uint32_t number, struct sweep_job *ret);
/* {"fast":5,"side":"both"} */
void sweep_point_json(const struct sweep_plan *plan, uint32_t point, struct buf *ret);

/* The points to be tried, of the plan's params. `declared`: of the script, see sweep_space.h. */
int sweep_plan_space(struct sweep_plan *plan, const char *declared, struct err *err);
/* A new plan is written into the store. One that is there already must be the same: -1 says what
 * differs. */
int sweep_plan_keep(struct sweep_plan *plan, struct sweep_store *store, const char *declared,
                    struct err *err);
/* The plan of a folder. */
int sweep_plan_load(struct sweep_plan *plan, struct sweep_store *store, struct err *err);

/* One backtest in this process, which is good for nothing else afterwards; what fails is in the
 * result. `work`: a folder of its own, gone afterwards. A job without an end is the probe: all of
 * the data, and the strategy as the config has it. */
void sweep_job_run(const struct sweep_plan *plan, const struct sweep_job *job, const char *work,
                   struct sweep_result *ret);
void sweep_job_clean(const char *work);

struct sweep_run {
    struct sweep_plan *plan;
    struct sweep_store *store;
    struct sweep_result *results; /* owned: of each job; `done` once it has run */
    uint32_t done, cores;
    bool quiet;
    bool apart;                   /* results become files in jobs/, for whoever collects them */
};
int sweep_run_open(struct sweep_run *run, struct err *err); /* with what is known already */
void sweep_run_close(struct sweep_run *run);
/* Of jobs `first` to `last` what is missing, on so many cores. 0; 1: interrupted; -1. */
int sweep_run_some(struct sweep_run *run, uint32_t first, uint32_t last, struct err *err);
/* The probe alone. */
int sweep_run_probe(struct sweep_run *run, struct sweep_result *ret, struct err *err);

/* A result that lies apart, as JSON in jobs/; and all of those into the store. */
int sweep_apart_write(const struct sweep_run *run, uint32_t job, struct err *err);
int sweep_apart_collect(struct sweep_run *run, struct err *err);

/* Words for people, or JSON; and the page, sweep.html in the folder. */
int sweep_report(const struct sweep_run *run, bool json, struct err *err);

int sweep_main(int argc, char **argv);
