#include "io/store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Twenty digits, a blank, 64 hex digits, a line break. */
enum { DIGITS = 20, HEX = 2 * JOURNAL_CHAIN_BYTES, MARK_BYTES = DIGITS + 1 + HEX + 1 };

int store_db_path(const char *directory, const char *file, char ret_path[STORE_PATH_MAX],
                  struct err *err)
{
    int length = snprintf(ret_path, STORE_PATH_MAX, "%s/%s", directory, file);
    if (length < 0 || length >= STORE_PATH_MAX)
        return err_set(err, "the state directory's path is longer than %d bytes", STORE_PATH_MAX);
    return 0;
}

int store_db_failed(sqlite3 *database, const char *doing, struct err *err)
{
    int code = sqlite3_extended_errcode(database), number = sqlite3_system_errno(database);
    return err_set(err, "%s: %s (SQLite %d%s%s)", doing, sqlite3_errmsg(database), code,
                   number ? ", " : "", number ? strerror(number) : "");
}

int store_db_run(sqlite3 *database, const char *sql, struct err *err)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_db_failed(database, sql, err);
    return 0;
}

int store_db_number(sqlite3 *database, const char *sql, int64_t *ret, struct err *err)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(database, sql, -1, &query, NULL) != SQLITE_OK)
        return store_db_failed(database, sql, err);
    bool got = sqlite3_step(query) == SQLITE_ROW;
    if (got)
        *ret = sqlite3_column_int64(query, 0);
    int result = got ? 0 : store_db_failed(database, sql, err);
    sqlite3_finalize(query);
    return result;
}

int store_db_open(const char *path, int flags, sqlite3 **ret, struct err *err)
{
    /* No memory map: a truncated file would be a SIGBUS instead of an error. A reader may hold a
     * lock for the moment it takes to recover the log. */
    static const char SETTINGS[] = "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;"
                                   "PRAGMA cell_size_check=ON; PRAGMA busy_timeout=5000;";
    *ret = NULL;
    int code = sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        if (*ret)
            store_db_failed(*ret, "open", err);
        else
            err_set(err, "open: no memory");
    } else if (store_db_run(*ret, SETTINGS, err) == 0) {
        sqlite3_extended_result_codes(*ret, 1);
        sqlite3_limit(*ret, SQLITE_LIMIT_LENGTH, 1 << 20);
        return 0;
    }
    sqlite3_close(*ret);
    *ret = NULL;
    return -1;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool mark_parse(const char *text, struct store_mark *ret)
{
    ret->number = 0;
    for (int i = 0; i < DIGITS; i++) {
        int64_t digit = text[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(ret->number, 10, &ret->number) ||
            __builtin_add_overflow(ret->number, digit, &ret->number))
            return false;
    }
    for (int i = 0; i < JOURNAL_CHAIN_BYTES; i++) {
        int high = hex_value(text[DIGITS + 1 + 2 * i]), low = hex_value(text[DIGITS + 2 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        ret->chain[i] = (unsigned char)(high << 4 | low);
    }
    return text[DIGITS] == ' ' && text[MARK_BYTES - 1] == '\n';
}

int store_mark_read(const char *path, struct store_mark *ret, struct err *err)
{
    char text[MARK_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    ssize_t length = read(fd, text, sizeof text);
    close(fd);
    if (length != MARK_BYTES || !mark_parse(text, ret))
        return err_set(err, "%s is damaged", path);
    return 1;
}

bool store_mark_write(int fd, const struct store_mark *mark)
{
    char text[MARK_BYTES + 1];
    snprintf(text, sizeof text, "%0*" PRId64 " ", DIGITS, mark->number);
    text_hex(mark->chain, sizeof mark->chain, text + DIGITS + 1);
    text[MARK_BYTES - 1] = '\n';
    return pwrite(fd, text, MARK_BYTES, 0) == MARK_BYTES;
}
