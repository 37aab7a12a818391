#pragma once
/* Many seeds, several processes, one sum. And one failing seed made small. */
#include "sim.h"

enum { SKIPS_MAX = 100000, FAILURES_MAX = 64, JOBS_MAX = 64 };

struct options {
    uint64_t first, last;          /* seeds */
    struct ratio days;             /* of faults, each seed */
    uint32_t jobs, strategies;
    int only;
    bool campaign, json, trace, shrink, quiet, stop; /* stop: at the first failure */
    uint32_t skips[SKIPS_MAX], skip_count;
};

struct failure { uint64_t seed; enum invariant broken; int64_t at_ns; char text[400]; };

struct totals {
    uint64_t seeds, failed, virtual_ns, turns, orders, fills, lives, agreed_max_ns;
    uint64_t struck[FAULT_KIND_COUNT];
    struct sim_recovery recovery[FAULT_KIND_COUNT];
    struct failure failures[FAILURES_MAX]; /* the first ones */
};

/* Runs seeds until the last one, or SIGINT; 0: none failed. */
int campaign_run(const struct options *options, struct totals *ret);
void campaign_one(const struct options *options, uint64_t seed, struct totals *totals);
struct sim_options campaign_sim_options(const struct options *options, uint64_t seed);
/* Leaves out faults and strategies while the same invariant breaks, prints what is left. */
void shrink_seed(const struct options *options, const struct failure *failure);
void report_text(const struct totals *totals, int64_t took_ns);
void report_json(const struct totals *totals, int64_t took_ns);
