#pragma once
/* For the tests of the journal: directories that go away, records by number, a store that notes
 * what it is told, and a disk that stalls or fails when asked to. */
#include <stdbool.h>
#include <stdint.h>

#include "io/store.h"
#include "model/record.h"

enum { KIT_ROWS_MAX = 20000 };

struct kit {
    char directory[64];
    struct store *store;
    int64_t restored;              /* rows that came back in order and equal to kit_record */
    int64_t durable;               /* last told */
    unsigned deaths;
    char reason[256];
    struct err err;
};

void kit_init(struct kit *kit);    /* a fresh directory, nothing open */
void kit_fini(struct kit *kit);    /* closes, removes the directory */
bool kit_open(struct kit *kit);    /* false: kit->err says why */
void kit_close(struct kit *kit);
/* Record `number` of every test's journal: it shows when another comes back in its place. */
void kit_record(int64_t number, struct record *ret);
/* The next `count` records as one commit. */
int64_t kit_commit(struct kit *kit, int64_t first, uint32_t count);
void kit_path(const struct kit *kit, const char *file, char out[128]);
void kit_sql(const struct kit *kit, const char *sql);
/* Copies journal.db, its log and the mark; what is missing there is removed here. */
void kit_copy_files(const char *from, const char *to);
char *kit_read_file(const char *path, size_t *ret_length); /* NULL: there is none */
void kit_write_file(const char *path, const void *bytes, size_t length);

/* The disk. */
enum kit_fault { DISK_FINE, DISK_WRITE_FAILS, DISK_FULL, DISK_SYNC_FAILS };
void kit_disk_install(void);       /* once; becomes SQLite's default */
void kit_disk_set(enum kit_fault fault);
void kit_disk_stall(void);         /* the next sync waits */
void kit_disk_await_stall(void);   /* until one does */
void kit_disk_release(void);
