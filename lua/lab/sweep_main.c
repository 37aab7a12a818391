#include <getopt.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/catalog.h"
#include "lab/find_config.h"
#include "lab/option.h"
#include "lab/params.h"
#include "lab/sweep.h"

static int usage(void)
{
    printf("usage: moongate sweep -s STRATEGY -d DATA -p NAME=VALUES ... -o DIR [options]\n"
           "       moongate sweep --resume DIR [options]\n\n"
           "One backtest for each combination of parameters and each stretch of time, on all\n"
           "cores. Ctrl-C keeps what is done; --resume goes on, and tries again what failed.\n"
           "Results: DIR/sweep.db (SQLite), DIR/sweep.html (heat map) and a table.\n"
           "  -s, --strategy X       as for moongate backtest\n"
           "  -d, --data [P=]FILE    likewise, once per product\n"
           "  -c, --config FILE      likewise; config/backtest.conf, or the shipped one\n"
           "  -p, --param NAME=5:30:5   least, most, step; NAME=a,b,c: these values; NAME alone:\n"
           "                         the range the script declares (moongate params SCRIPT)\n"
           "  -o, --out DIR          the sweep's folder\n"
           "      --random N         N combinations, drawn from --seed, instead of all\n"
           "      --seed N           (1)\n"
           "      --from T --to T    as for moongate backtest; default: all of the data\n"
           "      --folds N          so many test stretches, one after the other (1)\n"
           "      --train N          a training stretch is so many test stretches long (3)\n"
           "      --by WHAT          rank by sharpe (default) or result, in training\n"
           "      --trials-before N  trials made before this sweep, by hand or otherwise: they\n"
           "                         count against the best one too\n"
           "  -j, --jobs N           backtests at a time; default: one per core\n"
           "      --emit[=slurm]     run nothing: print the jobs, a command a line, for GNU\n"
           "                         parallel; or a script for a Slurm array\n"
           "      --job A[-B]        run these jobs alone; results go to DIR/jobs, where\n"
           "                         --resume collects them from all machines\n"
           "      --json             the scores as JSON instead of words\n"
           "  -- WORDS               for each backtest: -- --fee-taker 0.001 --order-ms 50\n\n"
           "Exit: 0 done; 1 interrupted, or a backtest failed; 2 it could not be done.\n");
    return 0;
}

struct asked {
    struct sweep_plan plan;
    char directory[SWEEP_PATH_MAX - 128];
    const char *out, *emit;
    bool resume, json;
    uint32_t cores, first, last;
    bool some;                  /* first to last alone */
};

/* ---- the command line */

enum { OPT_FROM = 256, OPT_TO, OPT_RANDOM, OPT_SEED, OPT_FOLDS, OPT_TRAIN, OPT_BY, OPT_BEFORE,
       OPT_EMIT, OPT_JOB, OPT_RESUME, OPT_JSON };

static bool read_count(const char *text, uint32_t most, uint32_t *ret)
{
    uint64_t value;
    bool good = option_count(text, most, &value);

    *ret = (uint32_t)value;
    return good;
}

static bool keep_text(char *out, const char *text)
{
    return text_copy(out, SWEEP_TEXT_MAX, text, strlen(text));
}

static bool add_text(char (*texts)[SWEEP_TEXT_MAX], uint32_t *count, uint32_t most,
                     const char *text)
{
    return *count < most && keep_text(texts[(*count)++], text);
}

static bool read_jobs(struct asked *asked, char *text)
{
    char *dash = strchr(text, '-');

    if (dash)
        *dash++ = '\0';
    asked->some = true;
    return read_count(text, UINT32_MAX - 1, &asked->first) &&
           read_count(dash ? dash : text, UINT32_MAX - 1, &asked->last) &&
           asked->first <= asked->last;
}

static bool read_option(struct asked *asked, int option, char *value)
{
    struct sweep_plan *plan = &asked->plan;
    uint32_t number;

    switch (option) {
    case 's': return keep_text(plan->strategy, value);
    case 'd': return add_text(plan->data, &plan->data_count, SWEEP_DATA_MAX, value);
    case 'c': return keep_text(plan->config, value);
    case 'p': return add_text(plan->params, &plan->params_count, SWEEP_PARAMS_MAX, value);
    case 'o': asked->out = value; return true;
    case 'j': return read_count(value, SWEEP_CORES_MAX, &asked->cores) && asked->cores > 0;
    case OPT_FROM: return option_time(value, &plan->from_ns);
    case OPT_TO: return option_time(value, &plan->to_ns);
    case OPT_RANDOM: return read_count(value, SWEEP_POINTS_MAX, &plan->random);
    case OPT_SEED:
        plan->seed = read_count(value, INT32_MAX, &number) ? number : 0;
        return plan->seed > 0;
    case OPT_FOLDS: return read_count(value, SWEEP_FOLDS_MAX, &plan->folds) && plan->folds > 0;
    case OPT_TRAIN: return read_count(value, SWEEP_FOLDS_MAX, &plan->train) && plan->train > 0;
    case OPT_BY:
        plan->by_result = strcmp(value, "result") == 0;
        return plan->by_result || strcmp(value, "sharpe") == 0;
    case OPT_BEFORE: return read_count(value, INT32_MAX, &plan->before);
    case OPT_EMIT:
        asked->emit = value ? value : "lines";
        return strcmp(asked->emit, "lines") == 0 || strcmp(asked->emit, "slurm") == 0;
    case OPT_JOB: return read_jobs(asked, value);
    case OPT_RESUME: asked->out = value; asked->resume = true; return true;
    case OPT_JSON: asked->json = true; return true;
    default: return false;
    }
}

static const struct option OPTIONS[] = {
    {"strategy", required_argument, NULL, 's'}, {"data", required_argument, NULL, 'd'},
    {"config", required_argument, NULL, 'c'}, {"param", required_argument, NULL, 'p'},
    {"out", required_argument, NULL, 'o'}, {"jobs", required_argument, NULL, 'j'},
    {"from", required_argument, NULL, OPT_FROM}, {"to", required_argument, NULL, OPT_TO},
    {"random", required_argument, NULL, OPT_RANDOM}, {"seed", required_argument, NULL, OPT_SEED},
    {"folds", required_argument, NULL, OPT_FOLDS}, {"train", required_argument, NULL, OPT_TRAIN},
    {"by", required_argument, NULL, OPT_BY},
    {"trials-before", required_argument, NULL, OPT_BEFORE},
    {"emit", optional_argument, NULL, OPT_EMIT}, {"job", required_argument, NULL, OPT_JOB},
    {"resume", required_argument, NULL, OPT_RESUME}, {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};

static const char *wants(int option)
{
    switch (option) {
    case 'd': case 'p': return "no more and no longer words";
    case OPT_FROM: case OPT_TO: return OPTION_TIME;
    case OPT_BY: return "sharpe or result";
    case OPT_EMIT: return "nothing or slurm";
    case OPT_JOB: return "a number or two, such as 3 or 0-7";
    case 'j': case OPT_FOLDS: case OPT_TRAIN: case OPT_SEED: case OPT_RANDOM: case OPT_BEFORE:
        return "a whole number in its range";
    default: return "a shorter word";
    }
}

static const char *name_of(int option)
{
    int at = 0;

    while (OPTIONS[at].val != option)
        at++;
    return OPTIONS[at].name;
}

static int lacks(const struct asked *asked)
{
    const struct sweep_plan *plan = &asked->plan;

    if (!asked->out)
        return option_usage("sweep", "-o DIR or --resume DIR is wanted");
    if (!asked->resume && !*plan->strategy)
        return option_usage("sweep", "-s STRATEGY is wanted");
    if (!asked->resume && plan->data_count == 0)
        return option_usage("sweep", "-d DATA is wanted");
    if (!asked->resume && plan->params_count == 0)
        return option_usage("sweep", "-p NAME=VALUES is wanted: what is to be tried");
    if (plan->to_ns > 0 && plan->from_ns >= plan->to_ns)
        return option_usage("sweep", "--from must be before --to");
    return -1;
}

/* -1: go on; else the exit code. */
static int read_words(struct asked *asked, int argc, char **argv)
{
    struct sweep_plan *plan = &asked->plan;
    int option;

    plan->folds = 1;
    plan->train = 3;
    plan->seed = 1;
    asked->cores = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
    keep_text(plan->config, "config/backtest.conf");
    opterr = 0;
    while ((option = getopt_long(argc, argv, "s:d:c:p:o:j:h", OPTIONS, NULL)) != -1) {
        if (option == 'h')
            return usage();
        if (option == '?')
            return option_unknown("sweep", argv[optind - 1]);
        if (!read_option(asked, option, optarg))
            return option_wrong("sweep", name_of(option), optarg ? optarg : "", wants(option));
    }
    for (; optind < argc; optind++)
        if (!add_text(plan->extra, &plan->extra_count, SWEEP_EXTRA_MAX, argv[optind]))
            return option_usage("sweep", "there are too many words for each backtest");
    return lacks(asked);
}

/* ---- a plan out of it */

/* So that a job finds its files wherever it is started from. */
static void make_absolute(char *path, size_t capacity)
{
    char whole[PATH_MAX];

    if (realpath(path, whole) && strlen(whole) < capacity)
        (void)text_copy(path, capacity, whole, strlen(whole));
}

/* The product that a source is of, as in BTC-cde=FILE; 0: it does not say. */
static size_t product_length(const char *source)
{
    size_t length = strcspn(source, "=/");

    return source[length] == '=' ? length : 0;
}

/* Those that the data are of. What is wrong with a name is said by the backtest. */
static void find_products(const struct sweep_plan *plan, const struct config *config, uint32_t at,
                          struct catalog *ret)
{
    const struct config_script *strategy = &config->strategies[0];
    struct err ignored;

    if (at < config->strategy_count)
        strategy += at;
    for (uint32_t i = 0; i < plan->data_count; i++) {
        size_t length = product_length(plan->data[i]);
        char name[NAME_MAX_BYTES];
        if (length > 0 && text_copy(name, sizeof(name), plan->data[i], length))
            (void)lab_catalog_add_named(ret, name, &ignored);
        else if (strategy->product_count > 0)
            (void)lab_catalog_add_named(ret, strategy->products[0], &ignored);
    }
}

static int find_script(struct sweep_plan *plan, char ret_path[FIND_PATH_MAX],
                       struct catalog *ret_products, struct err *err)
{
    struct config *config = calloc(1, sizeof(*config));
    int status;
    uint32_t at;

    CHECK(config != NULL);
    status = find_config(plan->config, config, err);
    at = find_config_strategy(config, plan->strategy);
    if (status == 0 && at < config->strategy_count)
        text_copy(ret_path, FIND_PATH_MAX, config->strategies[at].script,
                  strlen(config->strategies[at].script));
    else if (status == 0 && !find_strategy(plan->strategy, ret_path))
        status = err_set(err, "%s has no strategy '%s', and there is no strategies/%s.lua",
                         plan->config, plan->strategy, plan->strategy);
    if (status == 0)
        find_products(plan, config, at, ret_products);
    config_fini(config);
    free(config);
    return status;
}

static int hash_script(const char *path, char ret_hash[65], struct err *err)
{
    unsigned char bytes[4096], hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    FILE *file = fopen(path, "re");
    size_t got;

    if (!file)
        return err_set(err, "%s cannot be read", path);
    crypto_hash_sha256_init(&state);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        crypto_hash_sha256_update(&state, bytes, got);
    fclose(file);
    crypto_hash_sha256_final(&state, hash);
    text_hex(hash, sizeof(hash), ret_hash);
    return 0;
}

static int find_times(struct sweep_plan *plan, struct sweep_store *store, struct err *err)
{
    struct sweep_run run = {.plan = plan, .store = store, .cores = 1, .quiet = true};
    struct sweep_result result;
    int status;

    if (plan->from_ns > 0 && plan->to_ns > 0)
        return 0;
    fprintf(stderr, "a first run over all of the data, to see how long they are\n");
    status = sweep_run_probe(&run, &result, err);
    if (status != 0)
        return status < 0 ? -1 : err_set(err, "interrupted");
    if (plan->from_ns == 0)
        plan->from_ns = result.begin_ns;
    if (plan->to_ns == 0)
        plan->to_ns = result.end_ns;
    return 0;
}

static int make_plan(struct sweep_plan *plan, struct sweep_store *store, struct err *err)
{
    static const int64_t LEAST_NS = 120000000000;
    char script[FIND_PATH_MAX], library[FIND_PATH_MAX], config[FIND_PATH_MAX];
    struct catalog products = {.count = 0};
    struct buf declared;
    struct err ignored;
    int status;

    (void)find_shared("lua/lib", library);
    if (find_shared(plan->config, config))
        keep_text(plan->config, config);
    make_absolute(plan->config, sizeof(plan->config));
    for (uint32_t i = 0; i < plan->data_count; i++) {
        size_t length = product_length(plan->data[i]), from = length > 0 ? length + 1 : 0;
        make_absolute(plan->data[i] + from, sizeof(plan->data[i]) - from);
    }
    if (find_script(plan, script, &products, err) < 0 || hash_script(script, plan->hash, err) < 0)
        return -1;
    buf_init(&declared, 1 << 20);
    /* One that wants a parameter does not load without; what it declares is there all the same. */
    status = params_declared(script, library, &products, &declared, err);
    status = sweep_plan_space(plan, declared.data, status < 0 ? &ignored : err);
    if (status == 0)
        status = find_times(plan, store, err);
    if (status == 0 && (plan->to_ns - plan->from_ns) / (plan->folds + plan->train) < LEAST_NS)
        status = err_set(err, "a stretch would be shorter than two minutes: take fewer --folds, a "
                              "smaller --train, or more time");
    if (status == 0)
        status = sweep_plan_keep(plan, store, declared.data, err);
    buf_fini(&declared);
    return status;
}

/* ---- what is asked for */

static void emit(const struct asked *asked, const struct sweep_run *run)
{
    char program[PATH_MAX] = "moongate";
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    uint32_t count = sweep_job_count(run->plan);

    program[length > 0 ? length : 8] = '\0';
    if (strcmp(asked->emit, "slurm") == 0) {
        printf("#!/bin/sh\n#SBATCH --job-name=sweep\n#SBATCH --array=0-%u\n"
               "#SBATCH --cpus-per-task=1\nexec %s sweep --resume '%s' --job "
               "\"$SLURM_ARRAY_TASK_ID\"\n", count - 1, program, run->store->directory);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!run->results[i].done)
            printf("%s sweep --resume '%s' --job %u\n", program, run->store->directory, i);
}

static int finish(const struct asked *asked, const struct sweep_run *run, int status,
                  struct err *err)
{
    if (status > 0)
        fprintf(stderr, "interrupted: what is done is kept. To go on:\n  moongate sweep --resume "
                        "'%s'\n", run->store->directory);
    if (status < 0 || (!asked->some && sweep_report(run, asked->json, err) < 0))
        return -1;
    for (uint32_t i = 0; status == 0 && i < sweep_job_count(run->plan); i++)
        if (run->results[i].done && run->results[i].failed)
            status = 1;
    return status;
}

static int run_it(struct asked *asked, struct sweep_store *store, struct err *err)
{
    struct sweep_run run = {.plan = &asked->plan, .store = store, .cores = asked->cores,
                            .apart = asked->some, .quiet = asked->some || asked->json};
    int status = sweep_run_open(&run, err);
    uint32_t last = sweep_job_count(&asked->plan) - 1;

    if (status == 0 && asked->some && asked->last > last)
        status = err_set(err, "there are jobs 0 to %u", last);
    if (status == 0 && asked->emit)
        emit(asked, &run);
    else if (status == 0)
        status = finish(asked, &run, sweep_run_some(&run, asked->some ? asked->first : 0,
                                                    asked->some ? asked->last : last, err), err);
    sweep_run_close(&run);
    return status;
}

int sweep_main(int argc, char **argv)
{
    static struct asked asked;
    struct sweep_store store = {NULL, ""};
    struct err err = {""};
    char whole[PATH_MAX];
    int status = read_words(&asked, argc, argv);

    if (status >= 0)
        return status;
    status = sweep_store_open(&store, asked.out, !asked.resume, &err);
    if (status == 0 && realpath(asked.out, whole))
        text_copy(store.directory, sizeof(store.directory), whole, strlen(whole));
    if (status == 0)
        status = asked.resume ? sweep_plan_load(&asked.plan, &store, &err)
                              : make_plan(&asked.plan, &store, &err);
    if (status == 0)
        status = run_it(&asked, &store, &err);
    if (status < 0)
        fprintf(stderr, "moongate sweep: %s\n", err.text);
    sweep_space_fini(&asked.plan.space);
    sweep_store_close(&store);
    return status < 0 ? 2 : status;
}
