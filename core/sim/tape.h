#pragma once
/* A recorded market, read whole from CSV bytes (gzip or plain) with these columns:
 *
 *     recv_ns,kind,side,price,size
 *     1723161255030314667,L,B,61800.20,2.507
 *
 * kind: L a level, Q a best price (bid row, then ask row), T a trade; side: B or S. Times are Unix
 * nanoseconds and never fall. The rows before the first Q are kept but get the first Q's time:
 * they are levels of a book that is not known to be whole yet.
 *
 *     struct tape *tape = tape_create(bytes, length, &err);
 *     for (uint32_t i = 0; i < tape->count; i++) use(&tape->rows[i]);
 *     tape_destroy(tape); */
#include "base/err.h"
#include "sim/market_row.h"

enum {
    /* A day of the busiest perpetual is about 150 million rows; tests and demos play minutes. */
    TAPE_ROWS_MAX = 20 * 1000 * 1000,
};

struct tape {
    struct market_row *rows; /* owned */
    uint32_t count, capacity;
    int64_t length_ns; /* from the first row to the last */
    int64_t start_ns;  /* Unix time of the rows at 0 */
};

struct csv_line;
/* One line; at_ns is Unix time. -1: err says what is wrong. */
int tape_read_row(const struct csv_line *line, struct market_row *ret, struct err *err);

/* NULL: a line is wrong (err names it), the gzip stream is damaged, or there is no memory. */
struct tape *tape_create(const void *bytes, size_t length, struct err *err);
/* `name` begins each complaint: "btc.csv.gz:12: ...". */
struct tape *tape_read(const char *name, const void *bytes, size_t length, struct err *err);
void tape_destroy(struct tape *tape); /* NULL is fine */
