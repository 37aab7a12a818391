#pragma once
/* `moongate backtest`: a strategy over recorded market data, with the engine, gate, rules and
 * limits of the live host, a venue that fills by queue position or by a stated bar model, latency,
 * fees and funding. The same options give the same bytes.
 *
 *     struct backtest_options options = backtest_defaults();
 *     options.config = "config/backtest.conf"; options.strategy = "ma_cross";
 *     options.data[options.data_count++] = (struct backtest_source){NULL, "btc.tape.csv.gz"};
 *     if (backtest_run(&options, &result, &err) < 0) ...      one whole run, then the figures
 *
 * One at a time in a process; a sweep forks. docs/backtest.md tells what a run leaves in `out`. */
#include "base/buf.h"
#include "base/err.h"
#include "engine/snapshot.h"
#include "model/command.h"

enum { BACKTEST_DECISIONS_MAX = 256 << 20 };

struct lab;

struct backtest_source {
    const char *product;     /* "BTC-cde" as in the config; NULL: the strategy's first */
    const char *path;        /* tape, candles or trades as CSV, gzip or plain; or a recording */
};

struct backtest_options {
    const char *config;      /* path */
    const char *strategy;    /* name of a section; or the path of a script, which takes the limits
                                of the section with that script, else of the first; NULL: all */
    const char *params;      /* a JSON object, laid over the section's params; NULL: as they are */
    struct backtest_source data[MAX_PRODUCTS];
    uint32_t data_count;
    const char *out;         /* directory of the run, new; NULL: nothing is written */
    const char *jailed;      /* path of moongate-runner: scripts in real jails */
    const char *library;     /* where modules are found first; NULL: as in the config */
    int64_t from_ns, to_ns;  /* wall; 0 and INT64_MAX: all of it */
    uint64_t seed;           /* of the scripts' random numbers */
    int64_t feed_ns, order_ns, answer_ns; /* market -> host, host -> venue, venue -> host */
    struct ratio fee_maker, fee_taker;
    struct money cash;
    struct ratio funding_rate; /* per interval, where the data tell none */
    /* For the look-ahead check. */
    struct buf *decisions;   /* each intent as a line that its time (wall) begins; NULL: not kept */
    int64_t shuffle_from_ns; /* the market after it is put in another order; 0: not */
    uint32_t peek;           /* batches that the host is shown early: a harness that cheats */
    void *context;
    /* Moves the lab in place of the run itself, by lab_advance, for `whole_ns` at most; NULL: all
     * of it at once. -1 with err ends the run. */
    int (*drive)(void *context, struct lab *lab, int64_t whole_ns, struct err *err);
    void (*tick)(void *context, int64_t done_ns, int64_t whole_ns); /* NULL is fine */
    void (*log)(void *context, const char *runner, char level, const char *text); /* likewise */
};

/* Of one product: what is left at the end, and what the data that were played lack. */
struct backtest_left {
    char product_id[PRODUCT_ID_MAX];
    struct size position;
    struct price mark;       /* the venue's mid, which equity counts it at; 0: it is flat */
    uint32_t working;        /* orders */
    uint32_t gaps, crossed;  /* longer silences than the host bears; moments of a crossed book */
    int64_t gap_ns;          /* the longest */
};

struct backtest_result {
    char strategy[NAME_MAX_BYTES], hash[17]; /* of the first one */
    int64_t start_ns, end_ns;                /* wall, of what was played */
    uint64_t rows, batches, turns, orders, fills, intents, alerts, faults;
    struct command_alert last_alert;
    int64_t open_ns, play_ns;                /* CPU time of reading and playing */
    struct account_row account;
    struct counters_row counters;
    struct money equity, start_equity;       /* the venue's word */
    struct size position;                    /* of the first product */
    struct backtest_left left[MAX_PRODUCTS];
    product_index product_count;
};

struct backtest_options backtest_defaults(void);
/* -1: the config, the script or the data are wrong, or the run could not be written. */
int backtest_run(const struct backtest_options *options, struct backtest_result *ret,
                 struct err *err);
/* 1: what was decided up to each of several cuts stays the same when what comes after is shuffled;
 * 0: it does not, both sides were printed; -1: as backtest_run. */
int backtest_check_lookahead(const struct backtest_options *options, struct err *err);
int backtest_main(int argc, char **argv);
