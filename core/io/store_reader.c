#include "io/store_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "io/store_db.h"

struct store_reader {
    sqlite3 *database; /* owned when `owns` */
    bool owns, at_start;
    sqlite3_stmt *rows;
    int64_t expected;  /* the next row's number */
    char identity[STORE_IDENTITY_MAX];
    unsigned char chain[JOURNAL_CHAIN_BYTES]; /* of the row before */
};

static int check_schema(sqlite3 *database, struct err *err)
{
    int64_t application, version;
    if (store_db_number(database, "PRAGMA application_id", &application, err) < 0 ||
        store_db_number(database, "PRAGMA user_version", &version, err) < 0)
        return -1;
    if (application != STORE_APPLICATION_ID)
        return err_set(err, "this is no Moongate journal (application id %" PRIx64 ")",
                       (uint64_t)application);
    if (version != STORE_SCHEMA_VERSION)
        return err_set(err, "its format is version %" PRId64 ", this program reads version %d",
                       version, STORE_SCHEMA_VERSION);
    return 0;
}

static int read_identity(struct store_reader *reader, struct err *err)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(reader->database, "SELECT value FROM meta WHERE key = 'identity'", -1,
                           &query, NULL) != SQLITE_OK)
        return store_db_failed(reader->database, "identity", err);
    int result = -1;
    const unsigned char *text = NULL;
    if (sqlite3_step(query) == SQLITE_ROW)
        text = sqlite3_column_text(query, 0);
    if (!text)
        err_set(err, "the row that says whose journal it is is missing");
    else if (!text_copy(reader->identity, sizeof reader->identity, (const char *)text,
                        strlen((const char *)text)))
        err_set(err, "the row that says whose journal it is is too long");
    else
        result = 0;
    sqlite3_finalize(query);
    return result;
}

static int prepare(struct store_reader *reader, struct err *err)
{
    static const char ROWS[] = "SELECT n, mono_ns, wall_ns, kind, body, chain FROM records "
                               "WHERE n >= ?1 ORDER BY n";
    if (check_schema(reader->database, err) < 0 || read_identity(reader, err) < 0)
        return -1;
    if (sqlite3_prepare_v2(reader->database, ROWS, -1, &reader->rows, NULL) != SQLITE_OK)
        return store_db_failed(reader->database, "records", err);
    sqlite3_bind_int64(reader->rows, 1, INT64_MIN);
    reader->expected = 1;
    reader->at_start = true;
    journal_rec_genesis(reader->identity, reader->chain);
    return 0;
}

static struct store_reader *reader_over(sqlite3 *database, bool owns, struct err *err)
{
    struct store_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        err_set(err, "no memory");
        return NULL;
    }
    reader->database = database;
    if (prepare(reader, err) < 0) {
        store_reader_close(reader);
        return NULL;
    }
    reader->owns = owns;
    return reader;
}

struct store_reader *store_reader_on(sqlite3 *database, struct err *err)
{
    return reader_over(database, false, err);
}

struct store_reader *store_reader_open(const char *directory, struct err *err)
{
    char path[STORE_PATH_MAX];
    struct stat file;
    sqlite3 *database;
    if (store_db_path(directory, STORE_FILE, path, err) < 0)
        return NULL;
    if (lstat(path, &file) < 0 || !S_ISREG(file.st_mode)) {
        err_set(err, "%s: there is no journal here; name the state directory", path);
        return NULL;
    }
    if (store_db_open(path, SQLITE_OPEN_READONLY, &database, err) < 0) {
        err_wrap(err, "%s", path);
        return NULL;
    }
    struct store_reader *reader = NULL;
    /* One snapshot for all reads; the daemon goes on writing behind it. */
    if (store_db_run(database, "BEGIN", err) == 0)
        reader = reader_over(database, true, err);
    if (!reader) {
        sqlite3_close(database);
        err_wrap(err, "%s", path);
    }
    return reader;
}

void store_reader_close(struct store_reader *reader)
{
    if (!reader)
        return;
    sqlite3_finalize(reader->rows);
    if (reader->owns)
        sqlite3_close(reader->database);
    free(reader);
}

const char *store_reader_identity(const struct store_reader *reader)
{
    return reader->identity;
}

static bool column_types_hold(sqlite3_stmt *rows)
{
    static const int TYPES[] = {SQLITE_INTEGER, SQLITE_INTEGER, SQLITE_INTEGER,
                                SQLITE_TEXT,    SQLITE_TEXT,    SQLITE_BLOB};
    for (int i = 0; i < 6; i++)
        if (sqlite3_column_type(rows, i) != TYPES[i])
            return false;
    return sqlite3_column_bytes(rows, 5) == JOURNAL_CHAIN_BYTES;
}

static int check_number(struct store_reader *reader, int64_t number, struct err *err)
{
    int64_t expected = reader->expected;
    if (number == expected)
        return 0;
    if (number < expected)
        return err_set(err, "row %" PRId64 " is out of place", number);
    return err_set(err, "rows %" PRId64 " to %" PRId64 " are missing", expected, number - 1);
}

static int check_row(struct store_reader *reader, const struct journal_row *row,
                     struct store_row *ret, struct err *err)
{
    unsigned char chain[JOURNAL_CHAIN_BYTES];
    if (check_number(reader, row->number, err) < 0)
        return -1;
    journal_rec_chain(reader->chain, row, chain);
    if (memcmp(chain, ret->chain, sizeof chain) != 0)
        return err_set(err, "row %" PRId64 ": its checksum does not follow from the row before and "
                       "its content: one of them was changed", row->number);
    if (journal_rec_decode(row->kind, row->kind_length, row->at, row->body, row->body_length,
                           &ret->record, err) < 0)
        return err_wrap(err, "row %" PRId64, row->number);
    return 0;
}

static enum store_read read_row(struct store_reader *reader, struct store_row *ret,
                                struct err *err)
{
    sqlite3_stmt *rows = reader->rows;
    struct journal_row row = {.number = sqlite3_column_int64(rows, 0)};
    enum store_read result = STORE_BAD_ROW;
    ret->number = row.number;
    if (!column_types_hold(rows)) {
        err_set(err, "row %" PRId64 ": a column is of another type", row.number);
    } else {
        row.at = (struct stamp){sqlite3_column_int64(rows, 1), sqlite3_column_int64(rows, 2)};
        row.kind = ret->kind = (const char *)sqlite3_column_text(rows, 3);
        row.body = ret->body = (const char *)sqlite3_column_text(rows, 4);
        row.kind_length = (size_t)sqlite3_column_bytes(rows, 3);
        row.body_length = (size_t)sqlite3_column_bytes(rows, 4);
        const void *chain = sqlite3_column_blob(rows, 5);
        if (!row.kind || !row.body || !chain) {
            err_set(err, "row %" PRId64 ": no memory", row.number);
            return STORE_UNREADABLE;
        }
        memcpy(ret->chain, chain, sizeof ret->chain);
        result = check_row(reader, &row, ret, err) == 0 ? STORE_ROW : STORE_BAD_ROW;
        memcpy(reader->chain, chain, sizeof reader->chain);
    }
    reader->expected = row.number < INT64_MAX ? row.number + 1 : row.number;
    return result;
}

enum store_read store_reader_next(struct store_reader *reader, struct store_row *ret,
                                  struct err *err)
{
    reader->at_start = false;
    switch (sqlite3_step(reader->rows)) {
    case SQLITE_ROW: return read_row(reader, ret, err);
    case SQLITE_DONE: return STORE_END;
    default:
        store_db_failed(reader->database, "read", err);
        err_wrap(err, "behind row %" PRId64, reader->expected - 1);
        return STORE_UNREADABLE;
    }
}

/* 1: `ret` holds the row's chain, 0: there is no such row, -1: unreadable. */
static int chain_of(struct store_reader *reader, int64_t number,
                    unsigned char ret[JOURNAL_CHAIN_BYTES], struct err *err)
{
    sqlite3_stmt *query;
    if (number == 0) {
        journal_rec_genesis(reader->identity, ret);
        return 1;
    }
    if (sqlite3_prepare_v2(reader->database, "SELECT chain FROM records WHERE n = ?1", -1, &query,
                           NULL) != SQLITE_OK)
        return store_db_failed(reader->database, "chain", err);
    sqlite3_bind_int64(query, 1, number);
    int code = sqlite3_step(query), result = 0;
    if (code == SQLITE_ROW && sqlite3_column_bytes(query, 0) == JOURNAL_CHAIN_BYTES) {
        memcpy(ret, sqlite3_column_blob(query, 0), JOURNAL_CHAIN_BYTES);
        result = 1;
    } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
        result = store_db_failed(reader->database, "chain", err);
    }
    sqlite3_finalize(query);
    return result;
}

int store_reader_skip_to(struct store_reader *reader, int64_t number, struct err *err)
{
    int found = chain_of(reader, number, reader->chain, err);
    if (!reader->at_start || found < 0)
        return found < 0 ? -1 : err_set(err, "skipping is for before the first read");
    if (found == 0)
        return err_set(err, "there is no row %" PRId64, number);
    sqlite3_bind_int64(reader->rows, 1, number + 1);
    reader->expected = number + 1;
    return 0;
}

int64_t store_reader_last(struct store_reader *reader, struct err *err)
{
    int64_t last = 0;
    if (store_db_number(reader->database, "SELECT coalesce(max(n), 0) FROM records", &last, err))
        return -1;
    return last > 0 ? last : 0;
}

int store_reader_check_mark(struct store_reader *reader, const char *directory, struct err *err)
{
    char path[STORE_PATH_MAX];
    struct store_mark mark;
    unsigned char chain[JOURNAL_CHAIN_BYTES];
    if (store_db_path(directory, STORE_MARK, path, err) < 0)
        return -1;
    int got = store_mark_read(path, &mark, err);
    if (got <= 0)
        return got;
    int found = chain_of(reader, mark.number, chain, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, "rows are lost: row %" PRId64 " was durable and is not there (an old "
                       "copy was restored, or the write-ahead log was damaged or removed)",
                       mark.number);
    if (memcmp(chain, mark.chain, sizeof chain) != 0)
        return err_set(err, "row %" PRId64 " is not the one that was written: the journal was "
                       "replaced by another", mark.number);
    return 0;
}
