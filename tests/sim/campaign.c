/* Seeds dealt out to processes that share one page of sums each. */
#include "campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

struct sim_options campaign_sim_options(const struct options *options, uint64_t seed)
{
    static const int64_t DAY_S = 86400;
    return (struct sim_options){.seed = seed, .chaos_ns = options->days.e9 * DAY_S,
                                .only = options->only, .strategies = options->strategies,
                                .skips = options->skips, .skip_count = options->skip_count,
                                .trace = options->trace};
}

static void add_failure(struct totals *totals, uint64_t seed, const struct sim *sim)
{
    if (totals->failed < FAILURES_MAX) {
        struct failure *failure = &totals->failures[totals->failed];
        *failure = (struct failure){.seed = seed, .broken = sim->broken, .at_ns = sim->broken_ns};
        memcpy(failure->text, sim->text, sizeof failure->text);
    }
    totals->failed++;
}

void campaign_one(const struct options *options, uint64_t seed, struct totals *totals)
{
    struct err err;
    struct sim_options one = campaign_sim_options(options, seed);
    struct sim *sim = sim_create(&one, totals->recovery, &err);
    CHECK(sim);
    sim_run(sim);
    totals->seeds++;
    totals->virtual_ns += (uint64_t)(sim->now_ns - sim->start_ns);
    totals->turns += sim->turns;
    totals->orders += sim->orders;
    totals->fills += sim->fills;
    totals->lives += sim->lives;
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        totals->struck[i] += sim->faults.struck[i];
    if ((uint64_t)sim->agreed_ns > totals->agreed_max_ns)
        totals->agreed_max_ns = (uint64_t)sim->agreed_ns;
    if (sim->broken != BROKEN_NOT)
        add_failure(totals, seed, sim);
    if (options->trace)
        sim_print_trace(sim);
    sim_destroy(sim);
}

static void add(struct totals *sum, const struct totals *part)
{
    sum->seeds += part->seeds;
    sum->virtual_ns += part->virtual_ns;
    sum->turns += part->turns;
    sum->orders += part->orders;
    sum->fills += part->fills;
    sum->lives += part->lives;
    if (part->agreed_max_ns > sum->agreed_max_ns)
        sum->agreed_max_ns = part->agreed_max_ns;
    for (uint64_t i = 0; i < part->failed && i < FAILURES_MAX; i++)
        if (sum->failed + i < FAILURES_MAX)
            sum->failures[sum->failed + i] = part->failures[i];
    sum->failed += part->failed;
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        struct sim_recovery *to = &sum->recovery[i];
        const struct sim_recovery *from = &part->recovery[i];
        sum->struck[i] += part->struck[i];
        for (int k = 0; k < SIM_RECOVERY_SLOTS; k++)
            to->slots[k] += from->slots[k];
        to->count += from->count;
        to->max_ns = from->max_ns > to->max_ns ? from->max_ns : to->max_ns;
    }
}

static bool has_failed(const struct options *options, const struct totals *parts)
{
    for (uint32_t i = 0; i < options->jobs; i++)
        if (parts[i].failed > 0)
            return true;
    return false;
}

static void work(const struct options *options, uint32_t job, struct totals *parts)
{
    for (uint64_t seed = options->first + job; options->campaign || seed <= options->last;
         seed += options->jobs) {
        if (interrupted || (options->stop && has_failed(options, parts)))
            break;
        campaign_one(options, seed, &parts[job]);
    }
}

static void show_progress(const struct options *options, const struct totals *parts)
{
    uint64_t seeds = 0, failed = 0;
    if (options->quiet || !isatty(STDERR_FILENO))
        return;
    for (uint32_t i = 0; i < options->jobs; i++) {
        seeds += parts[i].seeds;
        failed += parts[i].failed;
    }
    fprintf(stderr, "\r%llu seeds, %llu failed ", (unsigned long long)seeds,
            (unsigned long long)failed);
}

/* A worker that dies takes the run with it: a CHECK that fails is a finding too. */
static int await(const struct options *options, const struct totals *parts)
{
    uint32_t left = options->jobs;
    int result = 0, status;
    while (left > 0) {
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended > 0) {
            left--;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                fprintf(stderr, "\na worker died (signal %d); run its seeds one by one\n",
                        WIFSIGNALED(status) ? WTERMSIG(status) : 0);
                result = -1;
            }
        } else {
            show_progress(options, parts);
            usleep(50000);
        }
    }
    if (!options->quiet && isatty(STDERR_FILENO))
        fputc('\n', stderr);
    return result;
}

int campaign_run(const struct options *options, struct totals *ret)
{
    size_t bytes = options->jobs * sizeof(struct totals);
    struct totals *parts = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                                -1, 0);
    CHECK(parts != MAP_FAILED);
    signal(SIGINT, on_interrupt);
    fflush(NULL);
    for (uint32_t i = 0; i < options->jobs; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            work(options, i, parts);
            exit(0); /* what a coverage build counted is written then */
        }
    }
    int result = await(options, parts);
    memset(ret, 0, sizeof *ret);
    for (uint32_t i = 0; i < options->jobs; i++)
        add(ret, &parts[i]);
    munmap(parts, bytes);
    return ret->failed > 0 ? -1 : result;
}
