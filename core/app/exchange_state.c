/* Files: read whole, or replaced whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/exchange.h"

enum { STATE_MAX = 1024 * 1024 * 1024 };

int exchange_file_read(const char *path, size_t maximum, struct buf *ret, struct err *err)
{
    char piece[64 * 1024];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    ret->maximum = maximum;
    while ((got = read(fd, piece, sizeof piece)) > 0)
        buf_put(ret, piece, (size_t)got);
    int failed = got < 0 ? errno : 0;
    close(fd);
    if (failed)
        return err_set(err, "%s: %s", path, strerror(failed));
    return ret->failed ? err_set(err, "%s: larger than %zu bytes", path, maximum) : 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, bytes, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return 0;
}

int exchange_file_write(const char *path, const char *bytes, size_t length, struct err *err)
{
    char beside[4096];
    int named = snprintf(beside, sizeof beside, "%s.new", path);
    if (named < 0 || (size_t)named >= sizeof beside)
        return err_set(err, "%s: the path is too long", path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, "%s: %s", beside, strerror(errno));
    int failed = write_all(fd, bytes, length) < 0 ? errno : 0;
    if (close(fd) < 0 && !failed)
        failed = errno;
    if (!failed && rename(beside, path) < 0)
        failed = errno;
    return failed ? err_set(err, "%s: %s", path, strerror(failed)) : 0;
}

int exchange_state_load(struct exchange *exchange, struct err *err)
{
    struct buf text;
    const char *path = exchange->options.state_file;
    if (!path || access(path, F_OK) != 0)
        return 0;
    buf_init(&text, STATE_MAX);
    int result = exchange_file_read(path, STATE_MAX, &text, err);
    if (result == 0)
        result = venue_sim_decode_state(exchange->venue, text.data ? text.data : "", text.length,
                                        err);
    if (result < 0)
        err_wrap(err, "%s", path);
    buf_fini(&text);
    return result;
}

int exchange_state_save(struct exchange *exchange, struct err *err)
{
    struct buf text;
    uint64_t version = exchange->account_version;
    if (!exchange->options.state_file)
        return 0;
    buf_init(&text, STATE_MAX);
    venue_sim_encode_state(exchange->venue, &text);
    int result = text.failed ? err_set(err, "the state does not fit in memory")
                             : exchange_file_write(exchange->options.state_file, text.data,
                                                   text.length, err);
    buf_fini(&text);
    if (result == 0)
        exchange->saved_version = version;
    return result;
}
