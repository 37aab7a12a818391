#include "lab/sweep_store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

static const char SCHEMA[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS plan (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS points (point INTEGER PRIMARY KEY, params TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS runs (job INTEGER PRIMARY KEY, point INTEGER NOT NULL,"
    " fold INTEGER NOT NULL, part TEXT NOT NULL, from_ns INTEGER NOT NULL,"
    " to_ns INTEGER NOT NULL, failed INTEGER NOT NULL, result TEXT, fees TEXT, drawdown TEXT,"
    " sharpe REAL, trades INTEGER, hours REAL, r1 REAL, r2 REAL, r3 REAL, r4 REAL, error TEXT);";

static int failed(struct sweep_store *store, const char *doing, struct err *err)
{
    return err_set(err, "%s/sweep.db: %s: %s", store->directory, doing,
                   sqlite3_errmsg(store->database));
}

static int run(struct sweep_store *store, const char *sql, struct err *err)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0 : failed(store, "a statement", err);
}

static int make_directory(const char *path, struct err *err)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST
               ? 0 : err_set(err, "%s: %s", path, strerror(errno));
}

int sweep_store_open(struct sweep_store *store, const char *directory, bool create,
                     struct err *err)
{
    static const char *const inside[] = {"jobs", "runs"};
    char path[SWEEP_PATH_MAX];
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

    memset(store, 0, sizeof(*store));
    if (!text_copy(store->directory, sizeof(store->directory), directory, strlen(directory)))
        return err_set(err, "the folder's name is too long");
    if (create && make_directory(directory, err) < 0)
        return -1;
    for (size_t i = 0; create && i < sizeof(inside) / sizeof(inside[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, inside[i]);
        if (make_directory(path, err) < 0)
            return -1;
    }
    snprintf(path, sizeof(path), "%s/sweep.db", directory);
    if (sqlite3_open_v2(path, &store->database, flags, NULL) != SQLITE_OK)
        return err_set(err, "%s: %s", path, create ? sqlite3_errmsg(store->database)
                                                   : "there is no sweep in this folder");
    sqlite3_busy_timeout(store->database, 10000);
    return run(store, SCHEMA, err);
}

void sweep_store_close(struct sweep_store *store)
{
    sqlite3_close(store->database);
    store->database = NULL;
}

int sweep_store_begin(struct sweep_store *store, struct err *err)
{
    return run(store, "BEGIN IMMEDIATE", err);
}

int sweep_store_commit(struct sweep_store *store, struct err *err)
{
    return run(store, "COMMIT", err);
}

/* ---- the plan */

bool sweep_store_get(struct sweep_store *store, const char *key, struct buf *ret)
{
    sqlite3_stmt *query;
    bool found = false;

    if (sqlite3_prepare_v2(store->database, "SELECT value FROM plan WHERE key = ?1", -1, &query,
                           NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(query, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(query) == SQLITE_ROW) {
        buf_clear(ret);
        buf_put(ret, sqlite3_column_text(query, 0), (size_t)sqlite3_column_bytes(query, 0));
        found = !ret->failed;
    }
    sqlite3_finalize(query);
    return found;
}

static int step_once(struct sweep_store *store, sqlite3_stmt *statement, const char *doing,
                     struct err *err)
{
    int status = sqlite3_step(statement) == SQLITE_DONE ? 0 : failed(store, doing, err);

    sqlite3_finalize(statement);
    return status;
}

int sweep_store_set(struct sweep_store *store, const char *key, const char *value,
                    struct err *err)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(store->database, "INSERT OR REPLACE INTO plan VALUES (?1, ?2)", -1,
                           &statement, NULL) != SQLITE_OK)
        return failed(store, "the plan", err);
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    return step_once(store, statement, "the plan", err);
}

int sweep_store_set_point(struct sweep_store *store, uint32_t point, const char *params,
                          struct err *err)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(store->database, "INSERT OR REPLACE INTO points VALUES (?1, ?2)", -1,
                           &statement, NULL) != SQLITE_OK)
        return failed(store, "the points", err);
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_text(statement, 2, params, -1, SQLITE_STATIC);
    return step_once(store, statement, "the points", err);
}

/* ---- results */

static void bind_job(sqlite3_stmt *statement, const struct sweep_job *job)
{
    sqlite3_bind_int64(statement, 1, job->number);
    sqlite3_bind_int64(statement, 2, job->point);
    sqlite3_bind_int64(statement, 3, job->fold);
    sqlite3_bind_text(statement, 4, job->is_test ? "test" : "train", -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, job->from_ns);
    sqlite3_bind_int64(statement, 6, job->to_ns);
}

static void bind_result(sqlite3_stmt *statement, const struct sweep_result *result)
{
    const struct sweep_sums *sums = &result->returns;
    const double numbers[] = {sums->count, sums->first, sums->second, sums->third, sums->fourth};

    sqlite3_bind_int(statement, 7, result->failed);
    sqlite3_bind_text(statement, 8, result->result, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 9, result->fees, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 10, result->drawdown, -1, SQLITE_STATIC);
    if (result->sharpe_known)
        sqlite3_bind_double(statement, 11, result->sharpe);
    sqlite3_bind_int64(statement, 12, (sqlite3_int64)result->trades);
    for (int i = 0; i < 5; i++)
        sqlite3_bind_double(statement, 13 + i, numbers[i]);
    sqlite3_bind_text(statement, 18, result->error, -1, SQLITE_STATIC);
}

int sweep_store_put(struct sweep_store *store, const struct sweep_job *job,
                    const struct sweep_result *result, struct err *err)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(store->database, "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, "
                           "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)", -1,
                           &statement, NULL) != SQLITE_OK)
        return failed(store, "a result", err);
    bind_job(statement, job);
    bind_result(statement, result);
    return step_once(store, statement, "a result", err);
}

static void read_text(sqlite3_stmt *query, int column, char *out, size_t capacity)
{
    const char *text = (const char *)sqlite3_column_text(query, column);

    text_copy(out, capacity, text ? text : "", text ? strlen(text) : 0);
}

static void read_result(sqlite3_stmt *query, struct sweep_result *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->done = true;
    ret->failed = sqlite3_column_int(query, 1) != 0;
    read_text(query, 2, ret->result, sizeof(ret->result));
    read_text(query, 3, ret->fees, sizeof(ret->fees));
    read_text(query, 4, ret->drawdown, sizeof(ret->drawdown));
    ret->sharpe_known = sqlite3_column_type(query, 5) != SQLITE_NULL;
    ret->sharpe = sqlite3_column_double(query, 5);
    ret->trades = (uint64_t)sqlite3_column_int64(query, 6);
    ret->returns = (struct sweep_sums){
        sqlite3_column_double(query, 7), sqlite3_column_double(query, 8),
        sqlite3_column_double(query, 9), sqlite3_column_double(query, 10),
        sqlite3_column_double(query, 11)};
    read_text(query, 12, ret->error, sizeof(ret->error));
}

int sweep_store_each(struct sweep_store *store,
                     void (*take)(void *context, uint32_t job, const struct sweep_result *result),
                     void *context, struct err *err)
{
    static const char ALL[] = "SELECT job, failed, result, fees, drawdown, sharpe, trades, hours, "
                              "r1, r2, r3, r4, error FROM runs";
    struct sweep_result result;
    sqlite3_stmt *query;
    int got;

    if (sqlite3_prepare_v2(store->database, ALL, -1, &query, NULL) != SQLITE_OK)
        return failed(store, "results", err);
    while ((got = sqlite3_step(query)) == SQLITE_ROW) {
        read_result(query, &result);
        take(context, (uint32_t)sqlite3_column_int64(query, 0), &result);
    }
    sqlite3_finalize(query);
    return got == SQLITE_DONE ? 0 : failed(store, "results", err);
}
