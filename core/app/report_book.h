#pragma once
/* What a journal tells, row by row, for the HTML report: each trade, fill, payment, refusal and
 * event. Sums are engine/metrics.h's; here is what they are sums of.
 *
 *     report_book_init(&book);
 *     while (store_reader_next(...) == STORE_ROW)
 *         report_book_take(&book, &row.record);
 *     report_book_end(&book);                  what is still open becomes rows too
 *     ... book.trades.columns, book.trades.data ...
 *     report_book_fini(&book);
 *
 * Rows are written as JSON while they are read: values in the order of `columns`. Past
 * REPORT_ROWS_MAX they are only counted. Times are Unix milliseconds.
 *
 * A trade begins when a strategy's position in a product leaves zero and ends when it is back; a
 * fill that turns the position around ends one and begins the next, its fee shared by size. A fill
 * known only by its quantity is passed over: the venue's own one follows. */
#include "engine/position.h"
#include "model/record.h"
#include "wire/json_write.h"

enum { REPORT_ROWS_MAX = 20000, REPORT_CELLS_MAX = 512, REPORT_STRANGERS = 256 };

struct report_rows {
    const char *columns;      /* the JSON array of their names */
    struct buf data;          /* rows, each a JSON array, a comma between them */
    struct json_writer json;
    uint64_t count;           /* of all, also of those that were not written */
};

struct report_trade { /* under way */
    int64_t opened_ns;        /* 0: none */
    enum side side;
    struct size entered, left;
    struct money entry, exit; /* notional */
    struct money realised, fees, funding;
    uint32_t fills;
};

struct report_cell { /* a strategy in a product */
    char name[NAME_MAX_BYTES], product_id[PRODUCT_ID_MAX];
    struct position position;
    struct report_trade trade;
};

struct report_book {
    struct report_cell *cells; /* owned */
    uint32_t cell_count;
    struct report_rows trades, fills, funding, refusals, events;
    char names[MAX_RUNNERS][NAME_MAX_BYTES];        /* as last heard */
    char version[24];
    int64_t first_ns, last_ns;
    bool lacks;               /* a table was full or a number left its range */
    /* The latest fills booked as nobody's: one of them told again has found its order. */
    struct venue_id strangers[REPORT_STRANGERS];
    uint64_t stranger_count;
};

int report_book_init(struct report_book *book); /* -1: no memory; fini is right all the same */
void report_book_take(struct report_book *book, const struct record *record);
void report_book_end(struct report_book *book);
void report_book_fini(struct report_book *book);
struct size report_book_held(const struct report_book *book, const char *product_id);
/* A row of a list; NULL: enough have been written. Ends with json_close_array. */
struct json_writer *report_rows_begin(struct report_rows *rows);
void report_rows_init(struct report_rows *rows, const char *columns);
