#pragma once
/* The backtest's inside.
 *
 *     backtest.c          config, lab and data put together; one run from end to end
 *     backtest_market.c   the recorded market moves: time, what the host hears of it
 *     backtest_venue.c    orders, latency, fills, fees, funding, lists: the venue's own books
 *     backtest_series.c   series.csv, a row per minute and product
 *     backtest_data.c     files -> market data; backtest_recording.c: recordings
 *     backtest_lookahead.c, backtest_latency.c, backtest_compare.c: see backtest.h
 *     backtest_main.c     options, words, run.json
 */
#include <stdio.h>

#include "app/config.h"
#include "io/store_bulk.h"
#include "lab/backtest.h"
#include "lab/lab.h"
#include "sim/fill_venue.h"
#include "sim/market_data.h"

struct backtest;

struct backtest_market {     /* one product's */
    struct backtest *run;    /* borrowed */
    product_index product;
    struct market_data *data; /* owned */
    uint32_t next, end;      /* batches; of bars: bars */
    /* The venue's book holds the batches before `applied`: while none of our orders rests there and
     * nobody asks, it is left behind, and what a strategy does not use costs nothing. */
    uint32_t applied;
    struct market_point points[MARKET_BAR_POINTS]; /* of the bar under way */
    uint32_t point, points_count;
    uint64_t trade_ids;
    int64_t funding_ns;      /* the next stamp, wall */
    uint32_t gaps, crossed;  /* see struct backtest_left */
    int64_t gap_ns;
    /* Of this minute, for series.csv. */
    struct price open, high, low, close;
    struct size volume;
};

struct backtest_minutes { FILE *file; int64_t next_ns; };

struct backtest {
    const struct backtest_options *options; /* borrowed */
    struct config config;
    struct lab *lab;
    struct backtest_market markets[MAX_PRODUCTS];
    product_index count;
    int64_t start_ns, end_ns; /* wall */
    struct fill_venue venue;
    struct store_bulk *journal;
    struct backtest_minutes minutes;
    uint64_t rows, batches, intents, alerts, faults;
    struct command_alert last_alert;
};

/* backtest.c: what the lab keeps for specs is counted, told and let go. */
void backtest_drain(struct backtest *run);

/* backtest_data.c: the market of one product, out of a file or a recording. */
struct market_data *backtest_data_read(const char *path, const struct instrument *spec,
                                       struct err *err);

struct market_data *backtest_recording_read(const char *path, const struct instrument *spec,
                                            struct err *err);
/* The median from an order's first row to the venue's first word, of a run's journal. */
int backtest_latency_read(const char *run, int64_t *ret_trip_ns, uint32_t *ret_count,
                          struct err *err);

/* backtest_market.c */
/* Between from and to; false: nothing is there. */
bool backtest_market_open(struct backtest_market *market, int64_t from_ns, int64_t to_ns);
/* Counts what its part of the data lacks; silences up to `bearable_ns` are none. */
void backtest_market_survey(struct backtest_market *market, int64_t bearable_ns);
uint64_t backtest_market_rows(const struct backtest_market *market); /* of its part, about */
int64_t backtest_market_next_ns(const struct backtest_market *market); /* INT64_MAX: over */
int64_t backtest_market_end_ns(const struct backtest_market *market); /* one past the last */
struct fill_book *backtest_market_book(struct backtest_market *market); /* as of now */
struct lab_world backtest_world(struct backtest *run);

/* backtest_venue.c; times are wall */
void backtest_venue_open(struct backtest *run, const struct engine_settings *settings);
void backtest_venue_command(struct backtest *run, const struct command *command);
void backtest_venue_work(struct backtest *run, int64_t now_ns); /* funding, letters, expiry */
/* A product's specification with its next funding stamp. */
void backtest_venue_tell_spec(struct backtest_market *market);
/* The journal's last word: what is held is worth its mid, as in the result. */
void backtest_venue_mark_end(struct backtest *run);
int64_t backtest_venue_next_ns(const struct backtest *run);
void backtest_venue_left(struct backtest *run, product_index product, struct backtest_left *ret);

/* backtest_series.c */
int backtest_series_open(struct backtest *run, struct err *err);
void backtest_series_trade(struct backtest_market *market, struct price price, struct size size);
void backtest_series_minute(struct backtest *run); /* a minute is over, or the run */
int backtest_series_close(struct backtest *run, struct err *err);
