#include "io/awake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static const char DEVICE[] = "/dev/cpu_dma_latency";

int awake_hold(struct err *err)
{
    int32_t bound_us = 0;
    int fd = open(DEVICE, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, &bound_us, sizeof(bound_us)) != (ssize_t)sizeof(bound_us)) {
        err_set(err, "%s: %s; give the daemon's user write access (a udev rule), or leave the key "
                     "out", DEVICE, strerror(errno));
        awake_release(fd);
        return -1;
    }
    return fd;
}

void awake_release(int fd)
{
    if (fd >= 0)
        close(fd);
}
