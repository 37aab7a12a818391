#pragma once
/* A sweep's folder: `sweep.db` (SQLite) with its plan and its results, and `jobs/` where jobs that
 * ran elsewhere leave theirs.
 *
 *     plan     key, value                            what was asked for, word by word
 *     points   point, params (JSON)
 *     runs     job, point, fold, part, from_ns, to_ns, result, sharpe, ... error
 *
 * A job's result is written once, in a transaction of its own: what is there survives whatever ends
 * the sweep, and a sweep that goes on asks only for what is missing. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/err.h"
#include "lab/sweep_stats.h"

struct sqlite3;

enum { SWEEP_PATH_MAX = 1024, SWEEP_ERROR_MAX = 240 };

struct sweep_store {
    struct sqlite3 *database;   /* owned */
    char directory[SWEEP_PATH_MAX - 128];
};

struct sweep_result {
    bool done, failed;
    char result[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX], drawdown[DECIMAL_TEXT_MAX];
    bool sharpe_known;
    double sharpe;              /* annualised, as the metrics have it */
    uint64_t trades;
    int64_t begin_ns, end_ns;   /* of what was played */
    struct sweep_sums returns;  /* of each hour */
    char error[SWEEP_ERROR_MAX];
};

/* Where a job stands in the plan; from the planner. */
struct sweep_job { uint32_t number, point, fold; bool is_test; int64_t from_ns, to_ns; };

/* Makes the folder when it is missing and `create` says so. */
int sweep_store_open(struct sweep_store *store, const char *directory, bool create,
                     struct err *err);
void sweep_store_close(struct sweep_store *store); /* zeroed is fine */

/* The value that stands there; false: none. */
bool sweep_store_get(struct sweep_store *store, const char *key, struct buf *ret);
int sweep_store_set(struct sweep_store *store, const char *key, const char *value,
                    struct err *err);
int sweep_store_set_point(struct sweep_store *store, uint32_t point, const char *params,
                          struct err *err);

int sweep_store_put(struct sweep_store *store, const struct sweep_job *job,
                    const struct sweep_result *result, struct err *err);
/* Every result there is, in no order. */
int sweep_store_each(struct sweep_store *store,
                     void (*take)(void *context, uint32_t job, const struct sweep_result *result),
                     void *context, struct err *err);
int sweep_store_begin(struct sweep_store *store, struct err *err);
int sweep_store_commit(struct sweep_store *store, struct err *err);
