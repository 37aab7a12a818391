#pragma once
/* The journal on disk: records in, commit numbers out, durable before anything acts on them.
 *
 *     struct store_config config = {.directory = "/var/lib/moongate/loopback",
 *                                   .identity = "loopback", .on_record = restore, ...};
 *     store = store_open(&config, &err);               locks, verifies, streams what is there
 *     loop_fd_create(loop, store_fd(store), on_news, NULL, app);   on_news: store_poll(store)
 *     turn.journal = store_port(store);
 *     hold = hold_create(&below, on_dropped, app);     waits for on_durable -> hold_release
 *     store_close(store);                              what was committed is on disk
 *
 * SQLite in WAL mode with synchronous=FULL, owned by one helper thread: what queued while an fsync
 * ran goes into the next transaction together, checkpoints happen there too, and a disk that takes
 * five seconds stalls nobody here. A commit's number is that of its last row; numbers start at 1
 * and have no holes. Rows are chained by checksum (wire/journal_rec.h).
 *
 *     OPEN --EIO, ENOSPC, fsync failed, queue full--> DEAD        for good: no retry is trusted
 *
 * Beside `journal.db` lies `journal.mark`: number and chain of a row known to be durable. It is
 * written after the fsync, so it can lag behind the rows but never lead them; a journal that ends
 * before its mark has lost rows that orders were sent on, and refuses. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/ports.h"

struct store;

enum { STORE_QUEUE_RECORDS = 8192 }; /* waiting for the disk at one time; past it: dead */

#define STORE_FILE "journal.db"
#define STORE_MARK "journal.mark"

struct store_config {
    const char *directory; /* made with mode 0700 when missing; ours, not writable by others */
    const char *identity;  /* environment and account; another's journal refuses */
    void *context;
    /* Each row in order, verified, during store_open. -1 with err: the engine would not have it. */
    int (*on_record)(void *context, int64_t number, const struct record *record, struct err *err);
    /* From store_poll. Every commit up to `number` is durable. */
    void (*on_durable)(void *context, int64_t number);
    void (*on_dead)(void *context, const char *reason); /* from store_poll, once */
};

struct store_counters {
    uint64_t records, commits, transactions, checkpoints;
    uint32_t queued, batch_max;               /* records waiting now; most in one transaction */
    int64_t transaction_ns_last, transaction_ns_max; /* begin to durable */
};

/* NULL: in use by another daemon, unsafe directory, unreadable, a bad row, a hole, rows lost. */
struct store *store_open(const struct store_config *config, struct err *err);
/* Waits until what was committed is durable or the store is dead. NULL is fine. */
void store_close(struct store *store);

/* One turn's records as one transaction: its number at once, or -1 when dead. Never blocks. */
int64_t store_commit(struct store *store, const struct record *records, uint32_t count);
struct journal_port store_port(struct store *store);

/* Readable when store_poll has something to tell. Owned by the store. */
int store_fd(const struct store *store);
/* Calls on_durable and on_dead for what happened since the last call. */
void store_poll(struct store *store);
int64_t store_durable(const struct store *store); /* as of the last poll or wait */
bool store_is_dead(const struct store *store);    /* likewise */
int64_t store_issued(struct store *store);        /* the last number given out */
/* Blocks until `number` is durable (0) or the store is dead (-1), then polls. Not for the loop. */
int store_wait(struct store *store, int64_t number);
const char *store_directory(const struct store *store);
void store_read_counters(struct store *store, struct store_counters *ret);
