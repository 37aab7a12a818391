#include "io/store_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Checked on the descriptor, so that nothing can be swapped in between. */
static int check_directory(int fd, const char *directory, struct err *err)
{
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        return err_set(err, "%s: %s", directory, strerror(errno));
    if (stat.st_uid != geteuid())
        return err_set(err, "%s belongs to user %u, the daemon runs as %u: use `chown`", directory,
                       stat.st_uid, geteuid());
    if (stat.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, "%s can be written by others: `chmod 0700 %s`", directory, directory);
    return 0;
}

/* The lock is the directory's own, not a file's: a lock file that is deleted would let a second
 * daemon make and lock a new one. */
static int lock_directory(struct store_files *files, const char *directory, struct err *err)
{
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", directory, strerror(errno));
    files->lock_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->lock_fd < 0)
        return err_set(err, "%s: %s", directory, strerror(errno));
    if (check_directory(files->lock_fd, directory, err) < 0)
        return -1;
    if (flock(files->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? err_set(err, "%s is in use by another moongate: stop that one first, or give "
                             "this one a state directory of its own", directory)
                   : err_set(err, "%s: lock: %s", directory, strerror(errno));
    return 0;
}

/* SQLite would make it readable by all; the log beside it takes the database's mode. */
static int make_database(struct store_files *files, const char *path, struct err *err)
{
    struct stat stat;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    bool regular = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
    int result = fchmod(fd, 0600) == 0 && fsync(files->lock_fd) == 0 ? 0 : -1;
    if (result < 0)
        err_set(err, "%s: %s", path, strerror(errno));
    if (!regular)
        result = err_set(err, "%s is not a regular file", path);
    close(fd);
    return result;
}

static int write_identity(sqlite3 *database, const char *identity, struct err *err)
{
    sqlite3_stmt *insert;
    if (sqlite3_prepare_v2(database, "INSERT INTO meta VALUES ('identity', ?1)", -1, &insert,
                           NULL) != SQLITE_OK)
        return store_db_failed(database, "identity", err);
    sqlite3_bind_text(insert, 1, identity, -1, SQLITE_STATIC);
    int result = 0;
    if (sqlite3_step(insert) != SQLITE_DONE)
        result = store_db_failed(database, "identity", err);
    sqlite3_finalize(insert);
    return result;
}

static int make_schema(sqlite3 *database, const char *identity, struct err *err)
{
    static const char SCHEMA[] =
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
        "CREATE TABLE records (n INTEGER PRIMARY KEY, mono_ns INTEGER NOT NULL,"
        " wall_ns INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,"
        " chain BLOB NOT NULL) STRICT;"
        "PRAGMA application_id = 1299148654; PRAGMA user_version = 1;";
    _Static_assert(STORE_APPLICATION_ID == 1299148654 && STORE_SCHEMA_VERSION == 1,
                   "the schema's own words");
    return store_db_run(database, "BEGIN IMMEDIATE", err) < 0 ||
                   store_db_run(database, SCHEMA, err) < 0 ||
                   write_identity(database, identity, err) < 0 ||
                   store_db_run(database, "COMMIT", err) < 0
               ? -1
               : 0;
}

static int set_journal_mode(sqlite3 *database, struct err *err)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(database, "PRAGMA journal_mode=WAL", -1, &query, NULL) != SQLITE_OK)
        return store_db_failed(database, "journal_mode", err);
    const char *mode = NULL;
    if (sqlite3_step(query) == SQLITE_ROW)
        mode = (const char *)sqlite3_column_text(query, 0);
    int result = 0;
    if (!mode)
        result = store_db_failed(database, "journal_mode", err);
    else if (strcmp(mode, "wal") != 0)
        result = err_set(err, "the file system does not take a write-ahead log");
    sqlite3_finalize(query);
    return result;
}

static int set_up(sqlite3 *database, const char *identity, struct err *err)
{
    int64_t objects;
    if (sqlite3_db_readonly(database, "main") != 0)
        return err_set(err, "it can only be read (file, file system, or a damaged header)");
    if (set_journal_mode(database, err) < 0 ||
        store_db_run(database, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", err) < 0 ||
        store_db_number(database, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0)
        return -1;
    return objects == 0 ? make_schema(database, identity, err) : 0;
}

int store_files_open(struct store_files *files, const char *directory, const char *identity,
                     struct err *err)
{
    char path[STORE_PATH_MAX];
    *files = (struct store_files){.lock_fd = -1, .mark_fd = -1};
    if (store_db_path(directory, STORE_FILE, path, err) < 0 ||
        lock_directory(files, directory, err) < 0 || make_database(files, path, err) < 0)
        return -1;
    if (store_db_open(path, SQLITE_OPEN_READWRITE, &files->database, err) < 0 ||
        set_up(files->database, identity, err) < 0)
        return err_wrap(err, "journal %s", path);
    return 0;
}

int store_files_open_mark(struct store_files *files, const char *directory, struct err *err)
{
    char path[STORE_PATH_MAX];
    if (store_db_path(directory, STORE_MARK, path, err) < 0)
        return -1;
    files->mark_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (files->mark_fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    return 0;
}

void store_files_close(struct store_files *files)
{
    sqlite3_close(files->database);
    if (files->mark_fd >= 0)
        close(files->mark_fd);
    if (files->lock_fd >= 0)
        close(files->lock_fd); /* last: it is what keeps a second daemon out */
    *files = (struct store_files){.lock_fd = -1, .mark_fd = -1};
}
