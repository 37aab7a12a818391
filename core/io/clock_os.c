#include "io/clock_os.h"

#include <time.h>

#include "base/check.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec time;
    CHECK(clock_gettime(id, &time) == 0);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct stamp clock_os_now(void)
{
    return (struct stamp){.mono_ns = read_clock(CLOCK_BOOTTIME),
                          .wall_ns = read_clock(CLOCK_REALTIME)};
}

static struct stamp now(void *context)
{
    (void)context;
    return clock_os_now();
}

struct clock_port clock_os_port(void)
{
    return (struct clock_port){.now = now};
}
