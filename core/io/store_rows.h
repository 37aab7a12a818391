#pragma once
/* Records into rows of the journal's table, chained: what the daemon's store and a bulk writer
 * share. Nobody else includes this. */
#include "base/buf.h"
#include "io/store_db.h"

struct store_rows {
    sqlite3 *database;         /* borrowed */
    sqlite3_stmt *begin, *insert, *commit;
    struct buf body;
    struct store_mark last;    /* number and chain of the last row written */
};

int store_rows_prepare(struct store_rows *rows, sqlite3 *database, struct err *err);
void store_rows_fini(struct store_rows *rows); /* zeroed is fine */
int store_rows_begin(struct store_rows *rows, struct err *err);
int store_rows_put(struct store_rows *rows, const struct record *record, struct err *err);
int store_rows_commit(struct store_rows *rows, struct err *err);
