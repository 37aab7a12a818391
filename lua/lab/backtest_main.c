#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lab/backtest_compare.h"
#include "lab/backtest_private.h"
#include "lab/find_runner.h"
#include "lab/option.h"
#include "wire/json_write.h"

enum { JSON_BYTES_MAX = 1 << 20, PARAMS_BYTES_MAX = 8192, BAR_CELLS = 40 };
static const int64_t MS_NS = 1000000;
static const char DEFAULT_CONFIG[] = "config/backtest.conf";

static int usage(void)
{
    printf("usage: moongate backtest -s STRATEGY -d DATA [options]\n\n"
           "Runs a strategy over recorded data: the engine, gate, rules and limits of the live\n"
           "host, fills by queue position on depth or by a stated model on bars.\n"
           "  -s, --strategy X      a section of the config, or the path of a script\n"
           "  -d, --data [P=]FILE   tape, candles or trades (CSV, gzip or plain); P as in the\n"
           "                        config, BTC-cde; once per product\n"
           "  -c, --config FILE     limits, rules, params; default config/backtest.conf\n"
           "  -p, --param K=V       over the params of the config; may be repeated. What the\n"
           "                        script declares: moongate params SCRIPT\n"
           "  -o, --out DIR         leave the run there: journal, series.csv, run.json\n"
           "      --from T --to T   2024-08-08T23:55:00Z, or 2024-08-08: its beginning\n"
           "      --seed N          of the scripts' random numbers (1)\n"
           "      --feed-ms, --order-ms, --answer-ms N\n"
           "                        latency of market data, of requests, of answers (0, 20, 20)\n"
           "      --fee-maker X --fee-taker X   of the notional (0.0002, 0.0005)\n"
           "      --latency-from RUN    half the median round trip of that run's orders each way\n"
           "      --cash X          dollars to begin with (100000)\n"
           "      --funding-rate X  at each stamp (0)\n"
           "  -j, --jailed          scripts in real jails (moongate-runner): the same result\n"
           "      --check-lookahead     shuffle the future: what was decided before must stay\n"
           "      --compare RUN     with --out: each order against that run's\n"
           "      --json            run.json on stdout instead of words\n"
           "  -v, --verbose         what the scripts log, and the alerts of the host\n\n"
           "Exit: 0 done; 1 it could not be run to its end; 2 the command line is wrong.\n");
    return 0;
}

struct words { /* what the command line said */
    struct backtest_options options;
    const char *latency_from, *compare;
    struct buf params;
    bool json, verbose, lookahead;
};

/* --- figures --- */

static void put_refusals(struct json_writer *json, const struct counters_row *counters)
{
    json_open_object_at(json, "refusals");
    for (int code = 0; code < REFUSAL_COUNT; code++)
        if (counters->refusals[code])
            json_put_uint(json, refusal_text((enum refusal)code), counters->refusals[code]);
    json_close_object(json);
}

static void put_left(struct json_writer *json, const struct backtest_result *result)
{
    json_open_array_at(json, "left");
    for (product_index i = 0; i < result->product_count; i++) {
        const struct backtest_left *left = &result->left[i];
        json_open_object(json);
        json_put_text(json, "product", left->product_id);
        json_put_size(json, "position", left->position);
        if (left->position.e9 != 0)
            json_put_price(json, "mark", left->mark);
        json_put_uint(json, "working", left->working);
        json_put_uint(json, "gaps", left->gaps);
        json_put_int(json, "gap_ns", left->gap_ns);
        json_put_uint(json, "crossed", left->crossed);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_options(struct json_writer *json, const struct backtest_options *options)
{
    json_put_text(json, "config", options->config);
    if (options->params)
        json_put_raw(json, "params", options->params, strlen(options->params));
    json_open_array_at(json, "data");
    for (uint32_t i = 0; i < options->data_count; i++) {
        json_open_object(json);
        if (options->data[i].product)
            json_put_text(json, "product", options->data[i].product);
        json_put_text(json, "path", options->data[i].path);
        json_close_object(json);
    }
    json_close_array(json);
    json_put_uint(json, "seed", options->seed);
    json_put_int(json, "feed_ns", options->feed_ns);
    json_put_int(json, "order_ns", options->order_ns);
    json_put_int(json, "answer_ns", options->answer_ns);
    json_put_ratio(json, "fee_maker", options->fee_maker);
    json_put_ratio(json, "fee_taker", options->fee_taker);
    json_put_ratio(json, "funding_rate", options->funding_rate);
    json_put_money(json, "cash", options->cash);
}

/* Nothing of this machine and nothing of today: the same run gives the same bytes. */
static void put_run(struct buf *out, const struct backtest_options *options,
                    const struct backtest_result *result)
{
    struct json_writer json;

    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "kind", "backtest");
    json_put_text(&json, "strategy", result->strategy);
    json_put_text(&json, "hash", result->hash);
    put_options(&json, options);
    json_put_time(&json, "start", result->start_ns);
    json_put_time(&json, "end", result->end_ns);
    json_put_uint(&json, "rows", result->rows);
    json_put_uint(&json, "batches", result->batches);
    json_put_uint(&json, "intents", result->intents);
    json_put_uint(&json, "orders", result->orders);
    json_put_uint(&json, "fills", result->fills);
    json_put_uint(&json, "faults", result->faults);
    json_put_uint(&json, "alerts", result->alerts);
    put_refusals(&json, &result->counters);
    json_put_size(&json, "position", result->position);
    put_left(&json, result);
    json_put_money(&json, "realised", result->account.realised);
    json_put_money(&json, "unrealised", result->account.unrealised);
    json_put_money(&json, "fees", result->account.fees);
    json_put_money(&json, "funding", result->account.funding);
    json_put_money(&json, "start_equity", result->start_equity);
    json_put_money(&json, "equity", result->equity);
    json_put_text(&json, "state", trading_state_text(result->account.state));
    json_put_text(&json, "reason", result->account.reason);
    json_close_object(&json);
    buf_puts(out, "\n");
}

static int write_run(const char *directory, const struct buf *text, struct err *err)
{
    char path[1024];
    int fd;
    bool written;

    snprintf(path, sizeof(path), "%s/run.json", directory);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    written = write(fd, text->data, text->length) == (ssize_t)text->length;
    if (close(fd) < 0 || !written)
        return err_set(err, "%s: could not be written whole", path);
    return 0;
}

static void say_money(const char *what, struct money value)
{
    char text[DECIMAL_TEXT_MAX];

    money_format_places(value, 2, text);
    printf("  %-12s %s\n", what, text);
}

/* What the reader of a result has to know: none of it is in the figures. */
static void say_left(const struct backtest_left *left)
{
    char position[DECIMAL_TEXT_MAX], mark[DECIMAL_TEXT_MAX];

    size_format(left->position, position);
    price_format(left->mark, mark);
    if (left->position.e9 != 0)
        printf("  open at the end: %s %s, in equity at the mid of %s; closing it is not in it\n",
               position, left->product_id, mark);
    if (left->working > 0)
        printf("  working at the end: %u orders of %s\n", left->working, left->product_id);
    if (left->gaps > 0)
        printf("  the data of %s have %u gaps, the longest of %.1f s: stale meanwhile\n",
               left->product_id, left->gaps, (double)left->gap_ns / 1e9);
    if (left->crossed > 0)
        printf("  the data of %s show a crossed book %u times: fills then are doubtful\n",
               left->product_id, left->crossed);
}

static void say(const struct backtest_result *result)
{
    char from[40], to[40], position[DECIMAL_TEXT_MAX];
    struct money gained = {result->equity.e18 - result->start_equity.e18};
    double read_s = (double)result->open_ns / 1e9, play_s = (double)result->play_ns / 1e9;

    text_format_time(result->start_ns, from);
    text_format_time(result->end_ns, to);
    size_format(result->position, position);
    printf("%s %s: %s to %s\n", result->strategy, result->hash, from, to);
    printf("  %llu rows read in %.2f s of CPU, played in %.2f s: %.0f a second; %llu turns\n",
           (unsigned long long)result->rows, read_s, play_s,
           (double)result->rows / (play_s > 0 ? play_s : 1), (unsigned long long)result->turns);
    printf("  %llu intents, %llu orders, %llu fills, position %s\n",
           (unsigned long long)result->intents, (unsigned long long)result->orders,
           (unsigned long long)result->fills, position);
    say_money("realised", result->account.realised);
    say_money("unrealised", result->account.unrealised);
    say_money("fees", result->account.fees);
    say_money("funding", result->account.funding);
    say_money("equity", result->equity);
    say_money("gained", gained);
    for (int code = 0; code < REFUSAL_COUNT; code++)
        if (result->counters.refusals[code])
            printf("  refused %llu: %s, %s\n",
                   (unsigned long long)result->counters.refusals[code],
                   refusal_text((enum refusal)code), refusal_meaning((enum refusal)code));
    for (product_index i = 0; i < result->product_count; i++)
        say_left(&result->left[i]);
    if (result->faults > 0)
        printf("  the script failed %llu times; -v shows its tracebacks\n",
               (unsigned long long)result->faults);
    if (result->alerts > 0)
        printf("  %llu alerts of the host; -v shows them; the last: %s\n",
               (unsigned long long)result->alerts, result->last_alert.text);
    if (*result->account.reason)
        printf("  at the end the account was %s: %s\n", trading_state_text(result->account.state),
               result->account.reason);
}

/* --- what is shown meanwhile --- */

static void tick(void *context, int64_t done_ns, int64_t whole_ns)
{
    int cells = (int)((__int128)done_ns * BAR_CELLS / (whole_ns > 0 ? whole_ns : 1));

    (void)context;
    fprintf(stderr, "\r[%.*s%*s] %3d %%%s", cells, "########################################",
            BAR_CELLS - cells, "", cells * 100 / BAR_CELLS, done_ns == whole_ns ? "\r\033[K" : "");
}

static void log_line(void *context, const char *runner, char level, const char *text)
{
    (void)context;
    fprintf(stderr, "%s %c %s\n", runner, level, text);
}

/* --- the run --- */

static int take_latency(struct words *words, struct err *err)
{
    int64_t trip_ns;
    uint32_t count;

    if (backtest_latency_read(words->latency_from, &trip_ns, &count, err) < 0)
        return -1;
    words->options.order_ns = trip_ns / 2;
    words->options.answer_ns = trip_ns - trip_ns / 2;
    if (!words->json)
        printf("latency of %u orders of %s: %.3f ms there and back\n", count, words->latency_from,
               (double)trip_ns / (double)MS_NS);
    return 0;
}

static int compare(const struct words *words, const struct backtest_result *result,
                   struct err *err)
{
    struct compare compare;
    int code = compare_open(&compare, words->compare, words->options.out, result, err);

    if (code == 0 && words->json)
        compare_print_json(&compare);
    else if (code == 0)
        compare_say(&compare);
    compare_close(&compare);
    return code;
}

static int run_once(struct words *words, struct err *err)
{
    struct backtest_result result;
    struct buf text;
    int code = backtest_run(&words->options, &result, err);

    buf_init(&text, JSON_BYTES_MAX);
    if (code == 0) {
        put_run(&text, &words->options, &result);
        if (words->options.out)
            code = write_run(words->options.out, &text, err);
    }
    if (code == 0 && words->json && !words->compare)
        fputs(text.data, stdout);
    else if (code == 0 && !words->json)
        say(&result);
    buf_fini(&text);
    if (code == 0 && words->compare)
        code = compare(words, &result, err);
    return code;
}

static int run(struct words *words)
{
    struct err err = {""};
    int code = words->latency_from ? take_latency(words, &err) : 0;

    if (code == 0 && words->lookahead) {
        int same = backtest_check_lookahead(&words->options, &err);
        if (same >= 0)
            return !same;
        code = -1;
    } else if (code == 0) {
        code = run_once(words, &err);
    }
    if (code < 0)
        fprintf(stderr, "moongate backtest: %s\n", err.text);
    return code < 0 ? 1 : 0;
}

/* --- options --- */

enum { OPT_FROM = 256, OPT_TO, OPT_SEED, OPT_FEED, OPT_ORDER, OPT_ANSWER, OPT_MAKER, OPT_TAKER,
       OPT_CASH, OPT_FUNDING, OPT_JSON, OPT_LATENCY, OPT_LOOKAHEAD, OPT_PEEK, OPT_COMPARE };

static bool read_data(struct backtest_options *options, char *text)
{
    char *equals = strchr(text, '='), *slash = strchr(text, '/');
    bool named = equals && (!slash || equals < slash);

    if (options->data_count == MAX_PRODUCTS)
        return false;
    if (named)
        *equals = '\0';
    options->data[options->data_count++] =
        (struct backtest_source){named ? text : NULL, named ? equals + 1 : text};
    return true;
}

static bool is_json(const char *text)
{
    struct money value;
    size_t length = strlen(text);
    bool quoted = length > 1 && *text == '"' && strchr(text + 1, '"') == text + length - 1;

    return quoted || money_parse(text, length, &value) || strcmp(text, "true") == 0 ||
           strcmp(text, "false") == 0;
}

/* A number stays one, and so does text in quotes; everything else is text. */
static bool read_param(struct words *words, char *text)
{
    struct json_writer json = {.out = &words->params, .depth = 1,
                               .comma = words->params.length > 0};
    char *equals = strchr(text, '=');

    if (!equals || equals == text)
        return false;
    if (words->params.length == 0)
        buf_puts(&words->params, "{");
    *equals = '\0';
    json_put_key(&json, text);
    if (is_json(equals + 1))
        json_put_raw(&json, NULL, equals + 1, strlen(equals + 1));
    else
        json_put_text(&json, NULL, equals + 1);
    return !words->params.failed;
}

static bool read_ms(const char *text, int64_t *ret)
{
    uint64_t value;

    if (!option_count(text, 3600000, &value))
        return false;
    *ret = (int64_t)value * MS_NS;
    return true;
}

static const char *wants(int option)
{
    switch (option) {
    case 'd': return "FILE or PRODUCT=FILE, a product at most once";
    case 'p': return "NAME=VALUE, such as fast=12";
    case OPT_FROM: case OPT_TO: return OPTION_TIME;
    case OPT_FEED: case OPT_ORDER: case OPT_ANSWER: return "milliseconds, an hour at most";
    case OPT_CASH: return "dollars, more than 0";
    case OPT_MAKER: case OPT_TAKER: case OPT_FUNDING:
        return "a part of the notional, such as 0.0002";
    default: return "a whole number";
    }
}

static bool read_long(int option, struct words *words)
{
    struct backtest_options *options = &words->options;
    size_t length = optarg ? strlen(optarg) : 0;
    uint64_t value;

    switch (option) {
    case OPT_FROM: return option_time(optarg, &options->from_ns);
    case OPT_TO: return option_time(optarg, &options->to_ns);
    case OPT_SEED: return option_count(optarg, UINT64_MAX, &options->seed);
    case OPT_FEED: return read_ms(optarg, &options->feed_ns);
    case OPT_ORDER: return read_ms(optarg, &options->order_ns);
    case OPT_ANSWER: return read_ms(optarg, &options->answer_ns);
    case OPT_MAKER: return ratio_parse(optarg, length, &options->fee_maker);
    case OPT_TAKER: return ratio_parse(optarg, length, &options->fee_taker);
    case OPT_CASH: return money_parse(optarg, length, &options->cash) && options->cash.e18 > 0;
    case OPT_FUNDING: return ratio_parse(optarg, length, &options->funding_rate);
    case OPT_JSON: words->json = true; return true;
    case OPT_LATENCY: words->latency_from = optarg; return true;
    case OPT_COMPARE: words->compare = optarg; return true;
    case OPT_LOOKAHEAD: words->lookahead = true; return true;
    case OPT_PEEK:
        return option_count(optarg, UINT32_MAX, &value) && (options->peek = (uint32_t)value) > 0;
    default: return false;
    }
}

static bool read_option(int option, struct words *words)
{
    struct backtest_options *options = &words->options;

    switch (option) {
    case 's': options->strategy = optarg; return true;
    case 'd': return read_data(options, optarg);
    case 'c': options->config = optarg; return true;
    case 'p': return read_param(words, optarg);
    case 'o': options->out = optarg; return true;
    case 'j': options->jailed = find_runner(); return true;
    case 'v': words->verbose = true; return true;
    default: return read_long(option, words);
    }
}

static const struct option OPTIONS[] = {
    {"strategy", required_argument, NULL, 's'}, {"data", required_argument, NULL, 'd'},
    {"config", required_argument, NULL, 'c'}, {"param", required_argument, NULL, 'p'},
    {"out", required_argument, NULL, 'o'}, {"from", required_argument, NULL, OPT_FROM},
    {"to", required_argument, NULL, OPT_TO}, {"seed", required_argument, NULL, OPT_SEED},
    {"feed-ms", required_argument, NULL, OPT_FEED},
    {"order-ms", required_argument, NULL, OPT_ORDER},
    {"answer-ms", required_argument, NULL, OPT_ANSWER},
    {"fee-maker", required_argument, NULL, OPT_MAKER},
    {"fee-taker", required_argument, NULL, OPT_TAKER},
    {"cash", required_argument, NULL, OPT_CASH},
    {"funding-rate", required_argument, NULL, OPT_FUNDING},
    {"latency-from", required_argument, NULL, OPT_LATENCY},
    {"check-lookahead", no_argument, NULL, OPT_LOOKAHEAD},
    {"compare", required_argument, NULL, OPT_COMPARE},
    {"peek", required_argument, NULL, OPT_PEEK}, /* for the test of that check */
    {"jailed", no_argument, NULL, 'j'}, {"json", no_argument, NULL, OPT_JSON},
    {"verbose", no_argument, NULL, 'v'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
};

static const char *name_of(int option)
{
    int at = 0;

    while (OPTIONS[at].val != option)
        at++;
    return OPTIONS[at].name;
}

/* -1: go on; else the exit code. */
static int read_words(struct words *words, int argc, char **argv)
{
    struct backtest_options *options = &words->options;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "s:d:c:p:o:jvh", OPTIONS, NULL)) != -1) {
        if (option == 'h')
            return usage();
        if (option == '?')
            return option_unknown("backtest", argv[optind - 1]);
        if (!read_option(option, words))
            return option_wrong("backtest", name_of(option), optarg, wants(option));
    }
    if (optind < argc)
        return option_unknown("backtest", argv[optind]);
    if (!options->strategy || options->data_count == 0)
        return option_usage("backtest", options->strategy ? "-d DATA is wanted"
                                                          : "-s STRATEGY is wanted");
    if (options->from_ns >= options->to_ns)
        return option_usage("backtest", "--from must be before --to");
    if (words->compare && !options->out)
        return option_usage("backtest", "--compare wants --out: its journal is read");
    return -1;
}

int backtest_main(int argc, char **argv)
{
    static struct words words;
    int code;

    words.options = backtest_defaults();
    words.options.config = DEFAULT_CONFIG;
    buf_init(&words.params, PARAMS_BYTES_MAX);
    code = read_words(&words, argc, argv);
    if (words.params.length > 0) {
        buf_puts(&words.params, "}");
        words.options.params = words.params.data;
    }
    if (isatty(STDERR_FILENO) && !words.json)
        words.options.tick = tick;
    if (words.verbose)
        words.options.log = log_line;
    if (code < 0)
        code = run(&words);
    buf_fini(&words.params);
    return code;
}
