/* Threads that cannot be made: whoever needs one does not start, says so, and leaves nothing. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "io/appender.h"
#include "io/recorder.h"
#include "io/resolve.h"
#include "store_kit.h"
#include "suites.h"

static bool refused;

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    return refused ? EAGAIN : __real_pthread_create(thread, attributes, start, argument);
}

/* F70 | unit | no thread can be made for commits, look-ups, the recording or curves | each refuses
 * to start and says so; the journal opens and is whole once there is one */
static void no_thread_no_start(void **state)
{
    struct err err = {""};
    struct kit kit;
    struct loop *loop = loop_create(&err);
    char path[128];
    (void)state;
    kit_init(&kit);
    assert_true(kit_open(&kit));
    kit_commit(&kit, 1, 3);
    kit_close(&kit);
    refused = true;
    assert_false(kit_open(&kit));
    assert_non_null(strstr(kit.err.text, "thread"));
    assert_null(resolve_create(loop, &err));
    assert_non_null(strstr(err.text, "look-ups cannot start"));
    struct recorder_config config = {.directory = kit.directory, .version = "test",
                                     .max_bytes = 1 << 20, .keep_days = 1, .waiting_max = 1 << 16};
    assert_null(recorder_open(&config, &err));
    assert_non_null(strstr(err.text, "thread"));
    kit_path(&kit, "series.csv", path);
    assert_null(appender_open(path, "head\n", 1000, &err));
    assert_non_null(strstr(err.text, "thread"));
    refused = false;
    assert_true(kit_open(&kit));
    assert_int_equal(kit.restored, 3);
    kit_fini(&kit);
    loop_destroy(loop);
}

int suite_no_helper(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_thread_no_start)};
    return cmocka_run_group_tests_name("no helper", tests, NULL, NULL);
}
