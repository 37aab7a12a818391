#include "fake_host.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "io/clock_os.h"

static atomic_llong step_ns;
static _Thread_local unsigned until_failure;

struct stamp __real_clock_os_now(void);
struct stamp __wrap_clock_os_now(void);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void fake_host_step(int64_t by_ns)
{
    atomic_store(&step_ns, by_ns);
}

int64_t fake_host_true_wall_ns(void)
{
    return __real_clock_os_now().wall_ns;
}

struct stamp __wrap_clock_os_now(void)
{
    struct stamp now = __real_clock_os_now();
    now.wall_ns += atomic_load(&step_ns);
    return now;
}

void fake_host_fail_calloc(unsigned nth)
{
    until_failure = nth;
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (until_failure == 1)
        return NULL;
    until_failure -= until_failure > 0;
    return __real_calloc(count, size);
}
