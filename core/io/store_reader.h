#pragma once
/* Reads a journal row by row, verifying number, checksum and content of each. For `report`,
 * `verify` and `why`; also what store_open restores through. Works beside a running daemon, on
 * the rows that were durable when it opened.
 *
 *     reader = store_reader_open(directory, &err);
 *     while ((got = store_reader_next(reader, &row, &err)) == STORE_ROW)
 *         use(row.number, &row.record);
 *     if (got != STORE_END)  the journal is damaged: err says where, and how
 *
 * After STORE_BAD_ROW one may read on: the row's own number and checksum are then taken as given,
 * so that one bad row is told once. After STORE_UNREADABLE there is nothing more to be had. */
#include <stdint.h>

#include "base/err.h"
#include "wire/journal_rec.h"

struct store_reader;
struct sqlite3;

enum store_read { STORE_ROW, STORE_END, STORE_BAD_ROW, STORE_UNREADABLE };

struct store_row {
    int64_t number;
    struct record record;      /* decoded, its stamp in record.at */
    const char *kind, *body;   /* as stored, terminated; valid until the next read */
    unsigned char chain[JOURNAL_CHAIN_BYTES];
};

struct store_reader *store_reader_open(const char *directory, struct err *err);
void store_reader_close(struct store_reader *reader); /* NULL is fine */
const char *store_reader_identity(const struct store_reader *reader);
enum store_read store_reader_next(struct store_reader *reader, struct store_row *ret,
                                  struct err *err);
/* Goes on after `number` without reading what lies before: that part of the chain is taken as
 * given. Before the first read. */
int store_reader_skip_to(struct store_reader *reader, int64_t number, struct err *err);
/* The last row's number, 0 when there is none; -1: unreadable. */
int64_t store_reader_last(struct store_reader *reader, struct err *err);

/* The mark beside the journal against the row it names: 0, or -1 with err when the journal ends
 * before it or holds another row there. A journal without a mark passes. */
int store_reader_check_mark(struct store_reader *reader, const char *directory, struct err *err);

/* For store.c: a reader over its own connection, which it does not close. */
struct store_reader *store_reader_on(struct sqlite3 *database, struct err *err);
