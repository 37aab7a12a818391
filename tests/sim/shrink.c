/* A failing seed made small: what can be left out without losing the failure is left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"

enum { TRIES_MAX = 600 }; /* a minute or two; what is left then is small enough to read */

struct shrink {
    struct sim_options options;
    enum invariant broken;
    uint32_t *kept, kept_count;  /* owned: faults that struck and are still there */
    uint32_t *skips;             /* owned: the memory of options.skips */
    uint32_t tries;
};

static void take_struck(const struct sim *sim, struct shrink *shrink)
{
    shrink->kept_count = 0;
    for (uint32_t i = 0; i < sim->faults.count; i++)
        if (sim->faults.items[i].struck_ns != 0)
            shrink->kept[shrink->kept_count++] = sim->faults.items[i].number;
}

/* Everything is left out but `kept`, less `without` of them from `first` on. */
static void set_skips(struct shrink *shrink, uint32_t total, uint32_t first, uint32_t without)
{
    uint32_t at = 0;
    shrink->options.skip_count = 0;
    for (uint32_t number = 1; number <= total; number++) {
        bool in = at < shrink->kept_count && shrink->kept[at] == number;
        bool out = in && at >= first && at < first + without;
        at += in;
        if (!in || out)
            shrink->skips[shrink->options.skip_count++] = number;
    }
    shrink->options.skips = shrink->skips;
}

static struct sim *try_once(struct shrink *shrink)
{
    struct err err;
    struct sim *sim = sim_create(&shrink->options, NULL, &err);
    shrink->tries++;
    if (sim)
        sim_run(sim);
    return sim;
}

static bool still_breaks(struct shrink *shrink)
{
    struct sim *sim = try_once(shrink);
    bool breaks = sim && sim->broken == shrink->broken;
    sim_destroy(sim);
    return breaks;
}

static void drop_faults(struct shrink *shrink, uint32_t total)
{
    for (uint32_t size = shrink->kept_count; size > 0; size /= 2)
        for (uint32_t at = 0; at < shrink->kept_count && shrink->tries < TRIES_MAX;) {
            uint32_t without = size < shrink->kept_count - at ? size : shrink->kept_count - at;
            set_skips(shrink, total, at, without);
            if (still_breaks(shrink)) {
                memmove(shrink->kept + at, shrink->kept + at + without,
                        (shrink->kept_count - at - without) * sizeof shrink->kept[0]);
                shrink->kept_count -= without;
            } else {
                at += without;
            }
        }
    set_skips(shrink, total, 0, 0);
}

static void drop_strategies(struct shrink *shrink)
{
    for (int i = 0; i < SIM_STRATEGIES; i++) {
        uint32_t before = shrink->options.strategies;
        shrink->options.strategies &= ~(1u << i);
        if (before != shrink->options.strategies && !still_breaks(shrink))
            shrink->options.strategies = before;
    }
}

static void print_small(struct shrink *shrink)
{
    shrink->options.trace = true;
    struct sim *sim = try_once(shrink);
    if (!sim)
        return;
    printf("\nseed %llu, made small in %u runs: strategies %u, %u faults\n",
           (unsigned long long)shrink->options.seed, shrink->tries, shrink->options.strategies,
           shrink->kept_count);
    for (uint32_t i = 0; i < shrink->kept_count; i++) {
        const struct fault *fault = &sim->faults.items[shrink->kept[i] - 1];
        printf("  fault %-5u %s: %s\n", fault->number, fault_name(fault->kind),
               fault_meaning(fault->kind));
    }
    printf("its trace:\n");
    sim_print_trace(sim);
    sim_destroy(sim);
}

void shrink_seed(const struct options *options, const struct failure *failure)
{
    struct shrink shrink = {.options = campaign_sim_options(options, failure->seed),
                            .broken = failure->broken};
    shrink.options.trace = false;
    struct sim *sim = try_once(&shrink);
    if (!sim || sim->broken != failure->broken) {
        printf("seed %llu does not break again: the simulation is not deterministic\n",
               (unsigned long long)failure->seed);
        sim_destroy(sim);
        return;
    }
    uint32_t total = sim->faults.count;
    shrink.kept = calloc(total + 1, sizeof shrink.kept[0]);
    shrink.skips = calloc(total + 1, sizeof shrink.skips[0]);
    if (shrink.kept && shrink.skips) {
        take_struck(sim, &shrink);
        set_skips(&shrink, total, 0, 0);
        drop_strategies(&shrink);
        drop_faults(&shrink, total);
        print_small(&shrink);
    }
    sim_destroy(sim);
    free(shrink.kept);
    free(shrink.skips);
}
