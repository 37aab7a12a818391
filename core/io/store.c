/* Two threads. The loop's thread numbers records and queues them; the helper owns the connection
 * and turns all that is queued into one transaction. What they share is under one mutex, held
 * for copies only, never for the disk. Queued records stay in place until they are durable. */
#include "io/store.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "io/store_files.h"
#include "io/store_reader.h"
#include "io/store_rows.h"

/* 4 MiB of log: small enough that its checkpoint is one short burst, large enough to be rare.
 * While orders keep coming it waits for eight times that before it is put in their way. */
enum { CHECKPOINT_FRAMES = 1000, CHECKPOINT_FRAMES_BUSY = 8000, REASON_BYTES = 160 };

struct store {
    struct store_config config; /* its identity is not kept beyond store_open */
    char directory[STORE_PATH_MAX];
    struct store_files files;
    int event_fd;
    pthread_t thread;
    bool thread_runs;

    /* The helper's alone once it runs. */
    struct store_rows rows;
    int frames, frames_checkpointed; /* of the log */

    /* The loop's alone. */
    int64_t durable_told;
    bool dead_told;

    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    /* Under the mutex. */
    struct record *queue; /* owned; STORE_QUEUE_RECORDS of them, a ring */
    uint32_t head, count;
    int64_t issued, durable;
    bool closing, dead;
    char reason[REASON_BYTES];
    struct store_counters counters;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- the helper --- */

static void ring_bell(struct store *store)
{
    uint64_t one = 1;
    ssize_t written = write(store->event_fd, &one, sizeof one);
    (void)written; /* it can only be full of bells already */
}

/* Under the mutex. The first reason stands. */
static void die(struct store *store, const char *reason)
{
    if (store->dead)
        return;
    store->dead = true;
    text_copy(store->reason, sizeof store->reason, reason, strlen(reason));
    pthread_cond_broadcast(&store->done);
    pthread_cond_broadcast(&store->work);
    ring_bell(store);
}

/* `first` and `count` name a stretch of the ring that nobody else touches meanwhile. */
static int write_batch(struct store *store, uint32_t first, uint32_t count, struct err *err)
{
    if (store_rows_begin(&store->rows, err) < 0)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        if (store_rows_put(&store->rows, &store->queue[(first + i) % STORE_QUEUE_RECORDS],
                           err) < 0)
            return -1;
    if (store_rows_commit(&store->rows, err) < 0)
        return -1;
    /* A mark that is not written is only an older mark. */
    (void)store_mark_write(store->files.mark_fd, &store->rows.last);
    return 0;
}

static int on_log_grown(void *context, sqlite3 *database, const char *name, int frames)
{
    (void)database;
    (void)name;
    ((struct store *)context)->frames = frames;
    return SQLITE_OK;
}

/* Passive: a reader is not waited for, and what it holds back is taken next time. */
static int checkpoint(struct store *store, bool idle, bool *ret_done, struct err *err)
{
    if (store->frames < store->frames_checkpointed)
        store->frames_checkpointed = 0; /* the log began anew */
    int grown = store->frames - store->frames_checkpointed;
    *ret_done = grown >= (idle ? CHECKPOINT_FRAMES : CHECKPOINT_FRAMES_BUSY);
    if (!*ret_done)
        return 0;
    int code = sqlite3_wal_checkpoint_v2(store->files.database, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                         NULL, NULL);
    store->frames_checkpointed = store->frames;
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
        return store_db_failed(store->files.database, "checkpoint", err);
    return 0;
}

/* Under the mutex. */
static void count_batch(struct store *store, uint32_t count, int64_t took_ns)
{
    struct store_counters *counters = &store->counters;
    counters->transactions++;
    counters->batch_max = count > counters->batch_max ? count : counters->batch_max;
    counters->transaction_ns_last = took_ns;
    if (took_ns > counters->transaction_ns_max)
        counters->transaction_ns_max = took_ns;
}

/* Entered and left with the mutex held; the disk's part is without it. */
static void work_off(struct store *store)
{
    struct err err = {""};
    uint32_t first = store->head, count = store->count;
    pthread_mutex_unlock(&store->mutex);
    int64_t began_ns = now_ns();
    int result = write_batch(store, first, count, &err);
    int64_t took_ns = now_ns() - began_ns;
    pthread_mutex_lock(&store->mutex);
    if (result < 0) {
        die(store, err.text);
        return;
    }
    store->head = (first + count) % STORE_QUEUE_RECORDS;
    store->count -= count;
    store->durable = store->rows.last.number;
    count_batch(store, count, took_ns);
    pthread_cond_broadcast(&store->done);
    ring_bell(store);
    bool idle = store->count == 0, done;
    pthread_mutex_unlock(&store->mutex);
    result = checkpoint(store, idle, &done, &err);
    pthread_mutex_lock(&store->mutex);
    store->counters.checkpoints += done;
    if (result < 0)
        die(store, err.text);
}

static void *help(void *context)
{
    struct store *store = context;
    pthread_mutex_lock(&store->mutex);
    while (!store->dead && (store->count > 0 || !store->closing)) {
        if (store->count > 0)
            work_off(store);
        else
            pthread_cond_wait(&store->work, &store->mutex);
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

/* --- opening --- */

static int restore_rows(struct store *store, struct store_reader *reader, struct err *err)
{
    struct store_row row;
    enum store_read got;
    while ((got = store_reader_next(reader, &row, err)) == STORE_ROW) {
        if (store->config.on_record &&
            store->config.on_record(store->config.context, row.number, &row.record, err) < 0)
            return err_wrap(err, "row %lld", (long long)row.number);
        store->rows.last.number = row.number;
        memcpy(store->rows.last.chain, row.chain, sizeof row.chain);
    }
    return got == STORE_END ? 0 : -1;
}

static int verify(struct store *store, struct err *err)
{
    struct store_reader *reader = store_reader_on(store->files.database, err);
    if (!reader)
        return -1;
    int result;
    if (strcmp(store_reader_identity(reader), store->config.identity) != 0) {
        result = err_set(err, "it belongs to '%s', this host is '%s'",
                         store_reader_identity(reader), store->config.identity);
    } else {
        journal_rec_genesis(store->config.identity, store->rows.last.chain);
        result = restore_rows(store, reader, err);
        if (result == 0)
            result = store_reader_check_mark(reader, store->config.directory, err);
    }
    store_reader_close(reader);
    return result;
}

static int prepare(struct store *store, struct err *err)
{
    if (store_rows_prepare(&store->rows, store->files.database, err) < 0)
        return -1;
    sqlite3_wal_hook(store->files.database, on_log_grown, store);
    return 0;
}

/* Signals are the loop's: the helper takes none. */
static int start_thread(struct store *store, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&store->thread, NULL, help, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        return err_set(err, "journal thread: %s", strerror(code));
    store->thread_runs = true;
    return 0;
}

/* The reason first: it is what must survive when the text is cut. */
static int explain(const char *directory, struct err *err)
{
    return err_set(err, "journal %s/" STORE_FILE ": %s. It is not used as it is. Restore the state "
                   "directory whole from a backup, or move it away: the host then starts from the "
                   "venue's word alone (`moongate verify` tells more)", directory,
                   err ? err->text : "");
}

static int open_all(struct store *store, struct err *err)
{
    const struct store_config *config = &store->config;
    if (strlen(config->directory) >= STORE_PATH_MAX - 1)
        return err_set(err, "the state directory's path is too long");
    if (strlen(config->identity) >= STORE_IDENTITY_MAX)
        return err_set(err, "the journal's identity is too long");
    if (store_files_open(&store->files, config->directory, config->identity, err) < 0)
        return -1;
    if (verify(store, err) < 0)
        return explain(config->directory, err);
    store->issued = store->durable = store->durable_told = store->rows.last.number;
    if (store_files_open_mark(&store->files, config->directory, err) < 0 ||
        prepare(store, err) < 0)
        return -1;
    /* From here on it is written over in place: a power failure leaves an older one, never none. */
    if (!store_mark_write(store->files.mark_fd, &store->rows.last) ||
        fsync(store->files.mark_fd) < 0 || fsync(store->files.lock_fd) < 0)
        return err_set(err, "%s/" STORE_MARK ": %s", config->directory, strerror(errno));
    return start_thread(store, err);
}

struct store *store_open(const struct store_config *config, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);
    struct record *queue = calloc(STORE_QUEUE_RECORDS, sizeof *queue);
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!store || !queue || event_fd < 0) {
        err_set(err, "journal: no memory or no descriptor");
        if (event_fd >= 0)
            close(event_fd);
        free(queue);
        free(store);
        return NULL;
    }
    store->config = *config;
    text_copy(store->directory, sizeof store->directory, config->directory,
              strlen(config->directory)); /* a longer one fails as a path below */
    store->config.directory = store->directory;
    store->files = (struct store_files){.lock_fd = -1, .mark_fd = -1};
    store->queue = queue;
    store->event_fd = event_fd;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->work, NULL);
    pthread_cond_init(&store->done, NULL);
    if (open_all(store, err) < 0) {
        store_close(store);
        return NULL;
    }
    store->config.identity = NULL;
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    if (store->thread_runs) {
        pthread_mutex_lock(&store->mutex);
        store->closing = true;
        pthread_cond_broadcast(&store->work);
        pthread_mutex_unlock(&store->mutex);
        pthread_join(store->thread, NULL);
    }
    store_rows_fini(&store->rows);
    /* What a failed fsync left in memory must not be copied over the database. */
    if (store->files.database && (store->dead || !store->thread_runs))
        sqlite3_db_config(store->files.database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    store_files_close(&store->files);
    pthread_cond_destroy(&store->done);
    pthread_cond_destroy(&store->work);
    pthread_mutex_destroy(&store->mutex);
    close(store->event_fd);
    free(store->queue);
    free(store);
}

/* --- the loop's side --- */

static void enqueue(struct store *store, const struct record *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        store->queue[(store->head + store->count + i) % STORE_QUEUE_RECORDS] = records[i];
    store->count += count;
    store->issued += count;
    store->counters.records += count;
    store->counters.commits++;
}

int64_t store_commit(struct store *store, const struct record *records, uint32_t count)
{
    CHECK(count > 0);
    pthread_mutex_lock(&store->mutex);
    if (!store->dead && count > STORE_QUEUE_RECORDS - store->count)
        die(store, "the disk is too slow: the queue of records to write is full");
    int64_t number = -1;
    if (!store->dead) {
        enqueue(store, records, count);
        number = store->issued;
        pthread_cond_signal(&store->work);
    }
    pthread_mutex_unlock(&store->mutex);
    return number;
}

static int64_t commit_of_port(void *context, const struct record *records, uint32_t count)
{
    return store_commit(context, records, count);
}

struct journal_port store_port(struct store *store)
{
    return (struct journal_port){store, commit_of_port};
}

int store_fd(const struct store *store)
{
    return store->event_fd;
}

void store_poll(struct store *store)
{
    uint64_t bells;
    char reason[REASON_BYTES];
    ssize_t got = read(store->event_fd, &bells, sizeof bells);
    (void)got; /* none: asked without being told */
    pthread_mutex_lock(&store->mutex);
    int64_t durable = store->durable;
    bool dead = store->dead;
    memcpy(reason, store->reason, sizeof reason);
    pthread_mutex_unlock(&store->mutex);
    if (durable > store->durable_told) {
        store->durable_told = durable;
        if (store->config.on_durable)
            store->config.on_durable(store->config.context, durable);
    }
    if (dead && !store->dead_told) {
        store->dead_told = true;
        if (store->config.on_dead)
            store->config.on_dead(store->config.context, reason);
    }
}

int64_t store_durable(const struct store *store)
{
    return store->durable_told;
}

int64_t store_issued(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    int64_t issued = store->issued;
    pthread_mutex_unlock(&store->mutex);
    return issued;
}

bool store_is_dead(const struct store *store)
{
    return store->dead_told;
}

int store_wait(struct store *store, int64_t number)
{
    pthread_mutex_lock(&store->mutex);
    CHECK(number <= store->issued);
    while (store->durable < number && !store->dead)
        pthread_cond_wait(&store->done, &store->mutex);
    int result = store->durable >= number ? 0 : -1;
    pthread_mutex_unlock(&store->mutex);
    store_poll(store);
    return result;
}

const char *store_directory(const struct store *store)
{
    return store->directory;
}

void store_read_counters(struct store *store, struct store_counters *ret)
{
    pthread_mutex_lock(&store->mutex);
    *ret = store->counters;
    ret->queued = store->count;
    pthread_mutex_unlock(&store->mutex);
}
