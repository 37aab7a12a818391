#include "io/store_bulk.h"

#include <stdlib.h>

#include "io/store_files.h"
#include "io/store_rows.h"

struct store_bulk {
    struct store_files files;
    struct store_rows rows;
    struct err err;         /* the first failure; nothing is written after it */
    bool failed;
};

static int begin(struct store_bulk *bulk, const char *directory, const char *identity,
                 struct err *err)
{
    int64_t rows;
    if (store_files_open(&bulk->files, directory, identity, err) < 0 ||
        store_db_number(bulk->files.database, "SELECT count(*) FROM records", &rows, err) < 0)
        return -1;
    if (rows > 0)
        return err_set(err, "%s holds the journal of another run: name a new directory, or remove "
                       "that one", directory);
    journal_rec_genesis(identity, bulk->rows.last.chain);
    if (store_files_open_mark(&bulk->files, directory, err) < 0 ||
        store_db_run(bulk->files.database, "PRAGMA synchronous=OFF", err) < 0 ||
        store_rows_prepare(&bulk->rows, bulk->files.database, err) < 0)
        return -1;
    return store_rows_begin(&bulk->rows, err);
}

struct store_bulk *store_bulk_open(const char *directory, const char *identity, struct err *err)
{
    struct store_bulk *bulk = calloc(1, sizeof *bulk);
    if (!bulk) {
        err_set(err, "no memory for a journal");
        return NULL;
    }
    bulk->files = (struct store_files){.lock_fd = -1, .mark_fd = -1};
    if (begin(bulk, directory, identity, err) == 0)
        return bulk;
    bulk->failed = true;
    (void)store_bulk_close(bulk, NULL);
    return NULL;
}

static int64_t commit(void *context, const struct record *records, uint32_t count)
{
    struct store_bulk *bulk = context;
    for (uint32_t i = 0; i < count && !bulk->failed; i++)
        bulk->failed = store_rows_put(&bulk->rows, &records[i], &bulk->err) < 0;
    return bulk->failed ? -1 : bulk->rows.last.number;
}

struct journal_port store_bulk_port(struct store_bulk *bulk)
{
    return (struct journal_port){bulk, commit};
}

int store_bulk_close(struct store_bulk *bulk, struct err *err)
{
    int result = 0;
    if (!bulk)
        return 0;
    if (!bulk->failed)
        bulk->failed = store_rows_commit(&bulk->rows, &bulk->err) < 0;
    if (bulk->failed)
        result = err_set(err, "journal: %s", bulk->err.text);
    else if (!store_mark_write(bulk->files.mark_fd, &bulk->rows.last))
        result = err_set(err, "journal: its mark could not be written");
    store_rows_fini(&bulk->rows);
    store_files_close(&bulk->files);
    free(bulk);
    return result;
}
