#include "store_kit.h"

#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "model/client_id.h"

/* --- journals --- */

void kit_init(struct kit *kit)
{
    memset(kit, 0, sizeof *kit);
    snprintf(kit->directory, sizeof kit->directory, "/tmp/moongate-store-XXXXXX");
    CHECK(mkdtemp(kit->directory));
}

static void remove_all(const char *directory)
{
    char path[512];
    DIR *files = opendir(directory);
    for (struct dirent *file; files && (file = readdir(files));) {
        snprintf(path, sizeof path, "%s/%s", directory, file->d_name);
        unlink(path);
    }
    if (files)
        closedir(files);
    rmdir(directory);
}

void kit_fini(struct kit *kit)
{
    kit_close(kit);
    remove_all(kit->directory);
}

void kit_record(int64_t number, struct record *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->kind = number % 3 ? RECORD_ORDER : RECORD_LATCH;
    ret->at = (struct stamp){number * 1000, 1700000000000000000 + number};
    if (ret->kind == RECORD_LATCH) {
        ret->latch.index = (uint8_t)(number % 5);
        snprintf(ret->latch.reason, sizeof ret->latch.reason, "row %lld", (long long)number);
        return;
    }
    ret->order.id = client_id_make(7, 99, (uint64_t)number);
    ret->order.product = 1;
    ret->order.price.e9 = number * DECIMAL_ONE;
    ret->order.size.e9 = number;
    snprintf(ret->order.product_id, sizeof ret->order.product_id, "BIP-20DEC30-CDE");
}

static int on_record(void *context, int64_t number, const struct record *record, struct err *err)
{
    struct kit *kit = context;
    struct record expected;
    kit_record(number, &expected);
    if (number != kit->restored + 1 || memcmp(&expected, record, sizeof expected) != 0)
        return err_set(err, "KIT: row %lld is not what was written", (long long)number);
    kit->restored = number;
    return 0;
}

static void on_durable(void *context, int64_t number)
{
    struct kit *kit = context;
    CHECK(number > kit->durable);
    kit->durable = number;
}

static void on_dead(void *context, const char *reason)
{
    struct kit *kit = context;
    kit->deaths++;
    text_copy(kit->reason, sizeof kit->reason, reason, strlen(reason));
}

bool kit_open(struct kit *kit)
{
    struct store_config config = {.directory = kit->directory, .identity = "test", .context = kit,
                                  .on_record = on_record, .on_durable = on_durable,
                                  .on_dead = on_dead};
    kit->restored = kit->durable = 0;
    kit->deaths = 0;
    kit->store = store_open(&config, &kit->err);
    return kit->store != NULL;
}

void kit_close(struct kit *kit)
{
    store_close(kit->store);
    kit->store = NULL;
}

int64_t kit_commit(struct kit *kit, int64_t first, uint32_t count)
{
    struct record *records = calloc(count, sizeof *records);
    for (uint32_t i = 0; i < count; i++)
        kit_record(first + i, &records[i]);
    int64_t number = store_commit(kit->store, records, count);
    free(records);
    return number;
}

void kit_path(const struct kit *kit, const char *file, char out[128])
{
    snprintf(out, 128, "%s/%s", kit->directory, file);
}

void kit_sql(const struct kit *kit, const char *sql)
{
    char path[128], *error = NULL;
    sqlite3 *database;
    kit_path(kit, STORE_FILE, path);
    CHECK(sqlite3_open(path, &database) == SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, error);
        abort();
    }
    sqlite3_close(database);
}

char *kit_read_file(const char *path, size_t *ret_length)
{
    struct stat stat;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    CHECK(fstat(fileno(file), &stat) == 0);
    *ret_length = (size_t)stat.st_size;
    char *bytes = malloc(*ret_length + 1);
    CHECK(bytes && fread(bytes, 1, *ret_length, file) == *ret_length);
    fclose(file);
    return bytes;
}

void kit_write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

void kit_copy_files(const char *from, const char *to)
{
    static const char *const FILES[] = {STORE_MARK, STORE_FILE, STORE_FILE "-wal"};
    char source[256], target[256];
    for (int i = 0; i < 3; i++) {
        size_t length;
        snprintf(source, sizeof source, "%s/%s", from, FILES[i]);
        snprintf(target, sizeof target, "%s/%s", to, FILES[i]);
        char *bytes = kit_read_file(source, &length);
        if (bytes)
            kit_write_file(target, bytes, length);
        else
            unlink(target);
        free(bytes);
    }
    snprintf(target, sizeof target, "%s/" STORE_FILE "-shm", to);
    unlink(target);
}

/* --- the disk: SQLite's own file layer with three calls of every file wrapped --- */

struct disk_file { sqlite3_file base; }; /* the real one lies behind it */

static sqlite3_vfs disk;
static sqlite3_vfs *under;
static sqlite3_io_methods methods;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum kit_fault fault_now;
static bool stall_wanted, stalled;

static sqlite3_file *below_of(sqlite3_file *file)
{
    return (sqlite3_file *)((char *)file + sizeof(struct disk_file));
}

static enum kit_fault fault(void)
{
    pthread_mutex_lock(&mutex);
    enum kit_fault now = fault_now;
    pthread_mutex_unlock(&mutex);
    return now;
}

static int disk_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    if (fault() == DISK_WRITE_FAILS)
        return SQLITE_IOERR_WRITE;
    if (fault() == DISK_FULL)
        return SQLITE_FULL;
    return below_of(file)->pMethods->xWrite(below_of(file), bytes, length, at);
}

static int disk_sync(sqlite3_file *file, int flags)
{
    pthread_mutex_lock(&mutex);
    if (stall_wanted) {
        stalled = true;
        pthread_cond_broadcast(&changed);
        while (stall_wanted)
            pthread_cond_wait(&changed, &mutex);
        stalled = false;
    }
    pthread_mutex_unlock(&mutex);
    if (fault() == DISK_SYNC_FAILS)
        return SQLITE_IOERR_FSYNC;
    return below_of(file)->pMethods->xSync(below_of(file), flags);
}

static int disk_close(sqlite3_file *f) { return below_of(f)->pMethods->xClose(below_of(f)); }
static int disk_read(sqlite3_file *f, void *b, int n, sqlite3_int64 at)
{
    return below_of(f)->pMethods->xRead(below_of(f), b, n, at);
}
static int disk_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return below_of(f)->pMethods->xTruncate(below_of(f), n);
}
static int disk_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return below_of(f)->pMethods->xFileSize(below_of(f), ret);
}
static int disk_lock(sqlite3_file *f, int how)
{
    return below_of(f)->pMethods->xLock(below_of(f), how);
}
static int disk_unlock(sqlite3_file *f, int how)
{
    return below_of(f)->pMethods->xUnlock(below_of(f), how);
}
static int disk_reserved(sqlite3_file *f, int *ret)
{
    return below_of(f)->pMethods->xCheckReservedLock(below_of(f), ret);
}
static int disk_control(sqlite3_file *f, int what, void *argument)
{
    return below_of(f)->pMethods->xFileControl(below_of(f), what, argument);
}
static int disk_sector(sqlite3_file *f)
{
    return below_of(f)->pMethods->xSectorSize(below_of(f));
}
static int disk_traits(sqlite3_file *f)
{
    return below_of(f)->pMethods->xDeviceCharacteristics(below_of(f));
}
static int disk_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
    return below_of(f)->pMethods->xShmMap(below_of(f), page, size, extend, ret);
}
static int disk_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return below_of(f)->pMethods->xShmLock(below_of(f), offset, n, flags);
}
static void disk_barrier(sqlite3_file *f) { below_of(f)->pMethods->xShmBarrier(below_of(f)); }
static int disk_unmap(sqlite3_file *f, int delete_it)
{
    return below_of(f)->pMethods->xShmUnmap(below_of(f), delete_it);
}

static int disk_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *ret)
{
    (void)self;
    file->pMethods = NULL;
    int code = under->xOpen(under, name, below_of(file), flags, ret);
    if (below_of(file)->pMethods)
        file->pMethods = &methods;
    return code;
}

void kit_disk_install(void)
{
    if (under)
        return;
    under = sqlite3_vfs_find(NULL);
    CHECK(under);
    disk = *under;
    disk.zName = "disk";
    disk.szOsFile = (int)sizeof(struct disk_file) + under->szOsFile;
    disk.xOpen = disk_open;
    methods = (sqlite3_io_methods){
        .iVersion = 2, .xClose = disk_close, .xRead = disk_read, .xWrite = disk_write,
        .xTruncate = disk_truncate, .xSync = disk_sync, .xFileSize = disk_size,
        .xLock = disk_lock, .xUnlock = disk_unlock, .xCheckReservedLock = disk_reserved,
        .xFileControl = disk_control, .xSectorSize = disk_sector,
        .xDeviceCharacteristics = disk_traits, .xShmMap = disk_map, .xShmLock = disk_shm_lock,
        .xShmBarrier = disk_barrier, .xShmUnmap = disk_unmap};
    CHECK(sqlite3_vfs_register(&disk, 1) == SQLITE_OK);
}

void kit_disk_set(enum kit_fault now)
{
    pthread_mutex_lock(&mutex);
    fault_now = now;
    pthread_mutex_unlock(&mutex);
}

void kit_disk_stall(void)
{
    pthread_mutex_lock(&mutex);
    stall_wanted = true;
    pthread_mutex_unlock(&mutex);
}

void kit_disk_await_stall(void)
{
    pthread_mutex_lock(&mutex);
    while (!stalled)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

void kit_disk_release(void)
{
    pthread_mutex_lock(&mutex);
    stall_wanted = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}
