#pragma once
/* What store.c and store_reader.c share: opening the database and the mark beside it. Nobody
 * else includes this. */
#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "io/store.h"
#include "wire/journal_rec.h"

enum { STORE_APPLICATION_ID = 0x4d6f6f6e, STORE_SCHEMA_VERSION = 1, STORE_PATH_MAX = 512,
       STORE_IDENTITY_MAX = 128 };

struct store_mark {
    int64_t number;
    unsigned char chain[JOURNAL_CHAIN_BYTES];
};

/* -1: too long. */
int store_db_path(const char *directory, const char *file, char ret_path[STORE_PATH_MAX],
                  struct err *err);
/* `flags` as for sqlite3_open_v2. Careful settings, nothing written. */
int store_db_open(const char *path, int flags, sqlite3 **ret, struct err *err);
int store_db_run(sqlite3 *database, const char *sql, struct err *err);
/* One whole number out of a query with one row and one column. */
int store_db_number(sqlite3 *database, const char *sql, int64_t *ret, struct err *err);
/* SQLite's words for what just failed, with the system's when there are any. */
int store_db_failed(sqlite3 *database, const char *doing, struct err *err);

/* 1: read, 0: there is none, -1: there is a file and it is no mark. */
int store_mark_read(const char *path, struct store_mark *ret, struct err *err);
/* Overwrites in place: one write of fixed length within one sector. */
bool store_mark_write(int fd, const struct store_mark *mark);
