#pragma once
/* Market data out of CSV files, told apart by the names of their columns:
 *
 *     tape     recv_ns,kind,side,price,size                      (sim/tape.h)
 *     candles  TIME,open,high,low,close,volume | notional_usd    one bar a line
 *     trades   TIME,price,size[,side]                            one trade a line
 *
 * in any order, other columns ignored, with a first line that names them. TIME is one of time_ns,
 * time_us, time_ms, time_s (or start_s, timestamp: seconds) as whole Unix time, or `time` as
 * RFC 3339. Sizes and `volume` are base coin, `notional_usd` is dollars, side is buy, sell, B or S:
 * the aggressor; without it a trade above the one before it is a buy. Times never fall. */
#include "sim/market_data.h"
#include "sim/market_row.h"

/* Line by line, for who checks a file or copies it: a bad line ends it only if `bad` says so. */
struct market_csv_sink {
    void *context;
    void (*row)(void *context, const struct market_row *row); /* of a tape; at_ns is Unix time */
    void (*bar)(void *context, const struct market_bar *bar);
    void (*trade)(void *context, const struct trade *trade);
    bool (*bad)(void *context, const char *words); /* true: go on */
};
enum market_csv_kind { MARKET_CSV_UNKNOWN, MARKET_CSV_TAPE, MARKET_CSV_CANDLES, MARKET_CSV_TRADES };

/* *last_ns: nothing may be before it; then the time of the last good line. -1: err tells; a file
 * without a first line that names its columns is not read on. */
int market_csv_walk(const char *name, const void *bytes, size_t length, int64_t *last_ns,
                    const struct market_csv_sink *sink, enum market_csv_kind *ret_kind,
                    struct err *err);

/* NULL: err names the line. `bytes` may be gzip. */
struct market_data *market_data_read(const char *name, const void *bytes, size_t length,
                                     const struct instrument *spec, struct err *err);
