#include "io/store_rows.h"

#include <string.h>

int store_rows_prepare(struct store_rows *rows, sqlite3 *database, struct err *err)
{
    static const char INSERT[] = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    rows->database = database;
    buf_init(&rows->body, JOURNAL_BODY_MAX);
    if (sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &rows->begin, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(database, INSERT, -1, &rows->insert, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(database, "COMMIT", -1, &rows->commit, NULL) != SQLITE_OK)
        return store_db_failed(database, "prepare", err);
    return 0;
}

void store_rows_fini(struct store_rows *rows)
{
    sqlite3_finalize(rows->begin);
    sqlite3_finalize(rows->insert);
    sqlite3_finalize(rows->commit);
    buf_fini(&rows->body);
}

static int run(struct store_rows *rows, sqlite3_stmt *statement, const char *doing,
               struct err *err)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_DONE)
        store_db_failed(rows->database, doing, err);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

int store_rows_begin(struct store_rows *rows, struct err *err)
{
    return run(rows, rows->begin, "begin", err);
}

int store_rows_commit(struct store_rows *rows, struct err *err)
{
    return run(rows, rows->commit, "commit", err);
}

int store_rows_put(struct store_rows *rows, const struct record *record, struct err *err)
{
    const char *kind = record_kind_text(record->kind);
    struct store_mark next = {.number = rows->last.number + 1};
    buf_clear(&rows->body);
    journal_rec_encode(record, &rows->body);
    if (rows->body.failed)
        return err_set(err, "a %s record does not fit its row", kind);
    struct journal_row row = {.number = next.number, .at = record->at, .kind = kind,
                              .kind_length = strlen(kind), .body = rows->body.data,
                              .body_length = rows->body.length};
    journal_rec_chain(rows->last.chain, &row, next.chain);
    sqlite3_bind_int64(rows->insert, 1, row.number);
    sqlite3_bind_int64(rows->insert, 2, row.at.mono_ns);
    sqlite3_bind_int64(rows->insert, 3, row.at.wall_ns);
    sqlite3_bind_text(rows->insert, 4, kind, (int)row.kind_length, SQLITE_STATIC);
    sqlite3_bind_text(rows->insert, 5, row.body, (int)row.body_length, SQLITE_STATIC);
    sqlite3_bind_blob(rows->insert, 6, next.chain, sizeof next.chain, SQLITE_STATIC);
    if (run(rows, rows->insert, "insert", err) < 0)
        return -1;
    rows->last = next;
    return 0;
}
