/* Files into market data. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/backtest_private.h"
#include "sim/market_csv.h"

static struct market_data *read_bytes(const char *path, int fd, const struct instrument *spec,
                                      struct err *err)
{
    struct market_data *data = NULL;
    struct stat stat;
    void *bytes;

    if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) || stat.st_size == 0) {
        err_set(err, "%s: a file with data is wanted, or a recording", path);
        return NULL;
    }
    bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        err_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    data = market_data_read(path, bytes, (size_t)stat.st_size, spec, err);
    munmap(bytes, (size_t)stat.st_size);
    return data;
}

struct market_data *backtest_data_read(const char *path, const struct instrument *spec,
                                       struct err *err)
{
    struct stat is;
    int fd;
    struct market_data *data;

    if (stat(path, &is) == 0 && S_ISDIR(is.st_mode))
        return backtest_recording_read(path, spec, err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    data = read_bytes(path, fd, spec, err);
    close(fd);
    return data;
}
