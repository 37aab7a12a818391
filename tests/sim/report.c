/* What a campaign came to, for people and for programs. */
#include <stdio.h>

#include "campaign.h"

static long long p50_ms(const struct sim_recovery *recovery)
{
    uint64_t seen = 0;
    for (int i = 0; i < SIM_RECOVERY_SLOTS; i++) {
        seen += recovery->slots[i];
        if (recovery->count > 0 && 2 * seen >= recovery->count)
            return (i + 1) * 250;
    }
    return 0;
}

static uint64_t struck_of(const struct totals *totals)
{
    uint64_t sum = 0;
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        sum += totals->struck[i];
    return sum;
}

static double days_of(const struct totals *totals)
{
    return (double)totals->virtual_ns / 86400e9;
}

static void print_kinds(const struct totals *totals)
{
    printf("\n%-16s %9s %10s %10s   well again after (all that overlaps included)\n", "fault",
           "struck", "p50 s", "max s");
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        const struct sim_recovery *recovery = &totals->recovery[i];
        if (totals->struck[i] > 0)
            printf("%-16s %9llu %10.2f %10.2f\n", fault_name((enum fault_kind)i),
                   (unsigned long long)totals->struck[i], (double)p50_ms(recovery) / 1e3,
                   (double)recovery->max_ns / 1e9);
    }
}

void report_text(const struct totals *totals, int64_t took_ns)
{
    double took_s = (double)took_ns / 1e9;
    for (uint64_t i = 0; i < totals->failed && i < FAILURES_MAX; i++) {
        const struct failure *f = &totals->failures[i];
        printf("seed %llu broke `%s` after %.3f s: %s: %s\n", (unsigned long long)f->seed,
               invariant_name(f->broken), (double)f->at_ns / 1e9, invariant_meaning(f->broken),
               f->text);
    }
    print_kinds(totals);
    printf("\n%llu seeds, %llu failed; %.2f days in %.1f s: %.2f days a minute\n",
           (unsigned long long)totals->seeds, (unsigned long long)totals->failed, days_of(totals),
           took_s, days_of(totals) * 60 / took_s);
    printf("%llu faults (%.0f a second), %llu lives of the host, %llu turns, %llu orders, "
           "%llu fills\n", (unsigned long long)struck_of(totals),
           (double)struck_of(totals) / took_s, (unsigned long long)totals->lives,
           (unsigned long long)totals->turns, (unsigned long long)totals->orders,
           (unsigned long long)totals->fills);
    printf("host, venue and auditor agreed within %.1f s of the last fault\n",
           (double)totals->agreed_max_ns / 1e9);
}

/* Texts hold no quote and no backslash: they are the simulation's own words, ids and numbers. */
static void json_failures(const struct totals *totals)
{
    printf("\"failures\":[");
    for (uint64_t i = 0; i < totals->failed && i < FAILURES_MAX; i++) {
        const struct failure *f = &totals->failures[i];
        printf("%s{\"seed\":%llu,\"invariant\":\"%s\",\"at_ms\":%lld}", i ? "," : "",
               (unsigned long long)f->seed, invariant_name(f->broken),
               (long long)f->at_ns / 1000000);
    }
    printf("]");
}

void report_json(const struct totals *totals, int64_t took_ns)
{
    bool first = true;
    printf("{\"seeds\":%llu,\"failed\":%llu,\"virtual_s\":%llu,\"took_ms\":%lld,\"faults\":%llu,"
           "\"lives\":%llu,\"turns\":%llu,\"orders\":%llu,\"fills\":%llu,\"agreed_max_ms\":%llu,",
           (unsigned long long)totals->seeds, (unsigned long long)totals->failed,
           (unsigned long long)totals->virtual_ns / 1000000000, (long long)took_ns / 1000000,
           (unsigned long long)struck_of(totals), (unsigned long long)totals->lives,
           (unsigned long long)totals->turns, (unsigned long long)totals->orders,
           (unsigned long long)totals->fills, (unsigned long long)totals->agreed_max_ns / 1000000);
    json_failures(totals);
    printf(",\"by_fault\":{");
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        if (totals->struck[i] == 0)
            continue;
        printf("%s\"%s\":{\"struck\":%llu,\"p50_ms\":%lld,\"max_ms\":%lld}", first ? "" : ",",
               fault_name((enum fault_kind)i), (unsigned long long)totals->struck[i],
               p50_ms(&totals->recovery[i]), (long long)totals->recovery[i].max_ns / 1000000);
        first = false;
    }
    printf("}}\n");
}
