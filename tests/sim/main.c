/* `moongate-sim`: the fault simulation. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign.h"

static const char HELP[] =
    "usage: moongate-sim [--seed N | --seeds A..B | --campaign] [--days D] [options]\n"
    "\n"
    "The real engine trades with a simulated venue over a network that loses, delays, doubles\n"
    "and reorders, on a disk that fails, in a host that is killed between any two steps. All of\n"
    "it follows from the seed; no clock is read. While faults fall, invariants are checked after\n"
    "each event. Then the world heals, and host, venue and an independent auditor must agree to\n"
    "the last unit within 15 virtual minutes.\n"
    "\n"
    "  --seed N          one seed; a failure is made small and its trace printed\n"
    "  --seeds A..B      these seeds (default 1..20)\n"
    "  --campaign        seeds from A on until Ctrl-C, which prints the totals\n"
    "  --days D          days of faults for each seed, as a decimal (default 0.005: 7 minutes)\n"
    "  --jobs N          processes (default 1)\n"
    "  --only FAULT      faults of this kind alone: what it costs by itself\n"
    "  --skip N,N,...    leave out these faults of a seed, by the numbers of its trace\n"
    "  --strategies MASK which of the three strategies trade (default 7: all)\n"
    "  --trace           print what happened in each run\n"
    "  --no-shrink       say that a seed fails, and leave it at that\n"
    "  --stop            end with the first seed that fails\n"
    "  --json            totals as JSON\n"
    "  --quiet           no progress\n"
    "  --list            the faults and the invariants, with their meanings\n"
    "\n"
    "exit: 0 all held, 1 an invariant broke, 2 usage\n"
    "\n"
    "  moongate-sim --seeds 1..300 --jobs 2       what every change must pass\n"
    "  moongate-sim --seed 77 --days 0.01         one seed again\n"
    "  moongate-sim --campaign --jobs 2 --days 1  overnight\n";

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void print_list(void)
{
    puts("faults:");
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        printf("  %-16s %s\n", fault_name((enum fault_kind)i), fault_meaning((enum fault_kind)i));
    puts("invariants:");
    for (int i = 1; i < INVARIANT_COUNT; i++)
        printf("  %-16s %s\n", invariant_name((enum invariant)i),
               invariant_meaning((enum invariant)i));
}

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "moongate-sim: %s '%s'; see --help\n", what, value);
    return -1;
}

static int read_number(const char *text, uint64_t *ret)
{
    char *end;
    *ret = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' ? 0 : usage("not a number:", text);
}

static int read_seeds(const char *text, struct options *ret)
{
    char first[32];
    const char *dots = strstr(text, "..");
    if (!dots || (size_t)(dots - text) >= sizeof first)
        return usage("seeds are A..B, not", text);
    memcpy(first, text, (size_t)(dots - text));
    first[dots - text] = '\0';
    if (read_number(first, &ret->first) < 0 || read_number(dots + 2, &ret->last) < 0)
        return -1;
    return ret->last >= ret->first ? 0 : usage("seeds end before they begin:", text);
}

static int read_skips(const char *text, struct options *ret)
{
    while (*text) {
        char *end;
        unsigned long number = strtoul(text, &end, 10);
        if (end == text || number == 0 || ret->skip_count == SKIPS_MAX)
            return usage("faults to skip are numbers with commas, not", text);
        ret->skips[ret->skip_count++] = (uint32_t)number;
        text = *end == ',' ? end + 1 : end;
        if (*end != ',' && *end != '\0')
            return usage("faults to skip are numbers with commas, not", end);
    }
    return 0;
}

static int read_small(const char *text, uint64_t least, uint64_t most, uint32_t *ret)
{
    uint64_t number;
    if (read_number(text, &number) < 0)
        return -1;
    if (number < least || number > most)
        return usage("out of range:", text);
    *ret = (uint32_t)number;
    return 0;
}

static int read_days(const char *text, struct ratio *ret)
{
    if (!ratio_parse(text, strlen(text), ret) || ret->e9 < 1000 || ret->e9 > 30LL * DECIMAL_ONE)
        return usage("days are a decimal up to 30, not", text);
    return 0;
}

static int read_kind(const char *text, int *ret)
{
    *ret = fault_find(text);
    return *ret >= 0 ? 0 : usage("no such fault (see --list):", text);
}

static int apply(int option, const char *value, struct options *ret)
{
    switch (option) {
    case 's':
        ret->shrink = true;
        return read_number(value, &ret->first) < 0 ? -1 : (ret->last = ret->first, 0);
    case 'S': return read_seeds(value, ret);
    case 'd': return read_days(value, &ret->days);
    case 'j': return read_small(value, 1, JOBS_MAX, &ret->jobs);
    case 'o': return read_kind(value, &ret->only);
    case 'k': return read_skips(value, ret);
    case 'm': return read_small(value, 0, (1u << SIM_STRATEGIES) - 1, &ret->strategies);
    case 'c': ret->campaign = true; return 0;
    case 't': ret->trace = true; return 0;
    case 'n': ret->shrink = false; return 0;
    case 'J': ret->json = true; return 0;
    case 'x': ret->stop = true; return 0;
    case 'q': ret->quiet = true; return 0;
    default: return -1;
    }
}

/* 1: done already. */
static int read_options(int argc, char **argv, struct options *ret)
{
    static const struct option LONG[] = {
        {"seed", 1, NULL, 's'}, {"seeds", 1, NULL, 'S'}, {"days", 1, NULL, 'd'},
        {"jobs", 1, NULL, 'j'}, {"only", 1, NULL, 'o'}, {"skip", 1, NULL, 'k'},
        {"strategies", 1, NULL, 'm'}, {"campaign", 0, NULL, 'c'}, {"trace", 0, NULL, 't'},
        {"no-shrink", 0, NULL, 'n'}, {"json", 0, NULL, 'J'}, {"quiet", 0, NULL, 'q'},
        {"stop", 0, NULL, 'x'},
        {"list", 0, NULL, 'l'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "h", LONG, NULL)) != -1) {
        if (option == 'h')
            fputs(HELP, stdout);
        else if (option == 'l')
            print_list();
        if (option == 'h' || option == 'l')
            return 1;
        if (apply(option, optarg, ret) < 0)
            return -1;
    }
    if (optind < argc)
        return usage("unexpected:", argv[optind]);
    if (ret->skip_count > 0 && ret->first != ret->last)
        return usage("--skip goes with --seed, not with", "--seeds");
    return 0;
}

/* A run in which nothing happens breaks nothing. */
static bool proves_something(const struct options *options, const struct totals *totals)
{
    if (options->strategies == 0 || options->only >= 0 || totals->seeds < 10 ||
        (totals->orders > 10 * totals->seeds && totals->fills > totals->seeds))
        return true;
    printf("%llu orders and %llu fills in %llu seeds: hardly anything was traded\n",
           (unsigned long long)totals->orders, (unsigned long long)totals->fills,
           (unsigned long long)totals->seeds);
    return false;
}

int main(int argc, char **argv)
{
    static struct options options = {.first = 1, .last = 20, .days = {5000000}, .jobs = 1,
                                     .strategies = (1u << SIM_STRATEGIES) - 1, .only = -1,
                                     .shrink = true};
    static struct totals totals;
    int read = read_options(argc, argv, &options);
    if (read != 0)
        return read > 0 ? 0 : 2;
    int64_t began_ns = now_ns();
    int result = campaign_run(&options, &totals);
    int64_t took_ns = now_ns() - began_ns;
    if (options.json)
        report_json(&totals, took_ns);
    else
        report_text(&totals, took_ns);
    if (totals.failed > 0 && options.shrink && !options.json)
        shrink_seed(&options, &totals.failures[0]);
    return result < 0 || !proves_something(&options, &totals);
}
