/* Between a shipped program and libc, by LD_PRELOAD: kills it at a chosen call, makes its disk
 * fail, moves its clocks. The program under test is then the one that is installed, byte for byte,
 * and has no fault point that somebody could reach. It stands where the outside begins: the
 * write-ahead log, the mark, and the plain text on its way into TLS.
 *
 * $MOONGATE_SHIM names a file of `struct shim`, shared with the test (tests/process/hurt.lua),
 * which writes orders into it and reads counts out of it while the program runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Where a record or an order stands when the program is killed. */
enum point {
    POINT_WRITE,   /* before the first byte of a transaction is in the log */
    POINT_SYNC,    /* the transaction is in the log and not yet on disk */
    POINT_DURABLE, /* on disk, and nobody was told */
    POINT_MARK,    /* the mark beside the journal says so */
    POINT_SEND,    /* before the first byte of an order goes into TLS */
    POINT_SENT,    /* the order is with the kernel */
    POINT_REPLY,   /* the reply to an order was read and not yet acted on */
    POINT_COUNT
};

enum disk { DISK_FINE, DISK_FULL, DISK_ERROR, DISK_READ_ONLY, DISK_SYNC_FAILS, DISK_HOLD };

struct shim {
    int64_t kill_point; /* of enum point; the program dies there when `kill_in` passes are over */
    int64_t kill_in;    /* 1: at the next pass; 0: never */
    int64_t disk;       /* of enum disk, for the files of the journal */
    int64_t boot_ns;    /* added to CLOCK_BOOTTIME */
    int64_t wall_ns;    /* added to the wall clock */
    int64_t synced;     /* fsyncs of the journal that returned */
    int64_t held;       /* one of them hangs, for DISK_HOLD */
    int64_t sent_ns;    /* CLOCK_BOOTTIME when the latest order was with the kernel */
    int64_t passed[POINT_COUNT];
};

enum { SESSIONS = 32 };

static struct shim *shim;
static bool log_is_open; /* a transaction has bytes in the log */
static const void *asked[SESSIONS]; /* TLS sessions that carry an order and no reply yet */

static void *next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("MOONGATE_SHIM");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED
                       : mmap(NULL, sizeof *shim, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        abort();
    close(fd);
    shim = map;
}

static void pass(enum point point)
{
    __atomic_add_fetch(&shim->passed[point], 1, __ATOMIC_SEQ_CST);
    if (shim->kill_point != point || shim->kill_in == 0)
        return;
    if (__atomic_sub_fetch(&shim->kill_in, 1, __ATOMIC_SEQ_CST) == 0)
        kill(getpid(), SIGKILL);
}

static bool is_file(int fd, const char *end)
{
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)strlen(end))
        return false;
    path[length] = '\0';
    return strcmp(path + length - strlen(end), end) == 0;
}

static bool is_journal(int fd)
{
    return is_file(fd, "/journal.db") || is_file(fd, "/journal.db-wal");
}

/* --- the disk --- */

static int failure_of_write(void)
{
    switch (shim->disk) {
    case DISK_FULL: return ENOSPC;
    case DISK_ERROR: return EIO;
    case DISK_READ_ONLY: return EROFS;
    default: return 0;
    }
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t count, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t);
    *(void **)&real = next(name);
    if (is_file(fd, "/journal.mark")) {
        ssize_t result = real(fd, bytes, count, at);
        pass(POINT_MARK);
        return result;
    }
    if (!is_journal(fd))
        return real(fd, bytes, count, at);
    if (failure_of_write()) {
        errno = failure_of_write();
        return -1;
    }
    if (is_file(fd, "-wal") && !log_is_open) {
        log_is_open = true;
        pass(POINT_WRITE);
    }
    return real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    return write_at("pwrite64", fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return write_at("pwrite", fd, bytes, count, at);
}

static int sync_file(const char *name, int fd)
{
    int (*real)(int);
    *(void **)&real = next(name);
    if (!is_journal(fd))
        return real(fd);
    bool of_log = is_file(fd, "-wal");
    if (of_log)
        pass(POINT_SYNC);
    while (*(volatile int64_t *)&shim->disk == DISK_HOLD) {
        shim->held = 1;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    shim->held = 0;
    if (shim->disk == DISK_SYNC_FAILS) {
        errno = EIO;
        return -1;
    }
    int result = real(fd);
    __atomic_add_fetch(&shim->synced, 1, __ATOMIC_SEQ_CST);
    if (of_log) {
        log_is_open = false;
        pass(POINT_DURABLE);
    }
    return result;
}

int fdatasync(int fd)
{
    return sync_file("fdatasync", fd);
}

int fsync(int fd)
{
    return sync_file("fsync", fd);
}

/* --- the venue --- */

static bool is_order(const void *bytes, int count)
{
    static const char HEAD[] = "POST /api/v3/brokerage/orders HTTP/";
    return count >= (int)sizeof HEAD && memcmp(bytes, HEAD, sizeof HEAD - 1) == 0;
}

static void change_session(const void *from, const void *to)
{
    for (int i = 0; i < SESSIONS; i++)
        if (asked[i] == from) {
            asked[i] = to;
            return;
        }
}

static bool is_asked(const void *session)
{
    for (int i = 0; i < SESSIONS; i++)
        if (asked[i] == session)
            return true;
    return false;
}

int SSL_write(void *session, const void *bytes, int count);
int SSL_write(void *session, const void *bytes, int count)
{
    int (*real)(void *, const void *, int);
    *(void **)&real = next("SSL_write");
    if (!is_order(bytes, count))
        return real(session, bytes, count);
    pass(POINT_SEND);
    int result = real(session, bytes, count);
    if (result > 0) {
        struct timespec now;
        clock_gettime(CLOCK_BOOTTIME, &now);
        shim->sent_ns = now.tv_sec * 1000000000 + now.tv_nsec;
        change_session(NULL, session);
        pass(POINT_SENT);
    }
    return result;
}

int SSL_read(void *session, void *bytes, int count);
int SSL_read(void *session, void *bytes, int count)
{
    int (*real)(void *, void *, int);
    *(void **)&real = next("SSL_read");
    int result = real(session, bytes, count);
    if (result > 0 && is_asked(session)) {
        change_session(session, NULL);
        pass(POINT_REPLY);
    }
    return result;
}

/* --- the clocks --- */

int clock_gettime(clockid_t id, struct timespec *ret)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = next("clock_gettime");
    int result = real(id, ret);
    if (result < 0 || !shim || (id != CLOCK_BOOTTIME && id != CLOCK_REALTIME))
        return result;
    int64_t ns = ret->tv_sec * 1000000000 + ret->tv_nsec;
    ns += id == CLOCK_BOOTTIME ? shim->boot_ns : shim->wall_ns;
    *ret = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return result;
}

time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
