#include <string.h>

#include "io/resolve.h"
#include "suites.h"

static struct loop *loop;
static struct resolve *resolve;
static struct resolve_answer last;
static unsigned answers, wanted;

static void on_answer(void *context, const struct resolve_answer *answer)
{
    (void)context;
    last = *answer;
    if (++answers == wanted)
        loop_stop(loop);
}

static int make(void **state)
{
    (void)state;
    struct err err;
    answers = wanted = 0;
    loop = loop_create(&err);
    resolve = resolve_create(loop, &err);
    return resolve ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    resolve_destroy(resolve);
    loop_destroy(loop);
    return 0;
}

static const struct resolve_answer *ask(const char *name)
{
    struct err err;
    wanted = answers + 1;
    assert_int_equal(resolve_ask(resolve, name, on_answer, &last, &err), 0);
    assert_int_equal(answers, wanted - 1); /* never from inside */
    loop_run(loop);
    return &last;
}

static void numbers_need_no_look_up(void **state)
{
    (void)state;
    assert_int_equal(ask("192.0.2.7")->count, 1);
    assert_string_equal(last.addresses[0], "192.0.2.7");
    assert_int_equal(ask("2001:db8::1")->count, 1);
    assert_string_equal(last.addresses[0], "2001:db8::1");
    assert_false(last.stale);
}

static void names_are_looked_up(void **state)
{
    (void)state;
    assert_true(ask("localhost")->count >= 1);
    assert_string_equal(last.addresses[0], "127.0.0.1");
}

/* F68 | unit | a name without address | fails with a reason */
static void what_does_not_exist_fails_with_a_reason(void **state)
{
    (void)state;
    assert_int_equal(ask("does-not-exist.invalid")->count, 0);
    assert_true(last.reason[0] != '\0');
}

static void bounds_hold(void **state)
{
    (void)state;
    struct err err;
    char name[RESOLVE_NAME_MAX + 1];
    memset(name, 'a', sizeof name);
    name[RESOLVE_NAME_MAX] = '\0';
    assert_int_equal(resolve_ask(resolve, name, on_answer, NULL, &err), -1);
    assert_int_equal(resolve_ask(resolve, "", on_answer, NULL, &err), -1);
    for (int i = 0; i < RESOLVE_PENDING_MAX; i++)
        assert_int_equal(resolve_ask(resolve, "127.0.0.1", on_answer, NULL, &err), 0);
    assert_int_equal(resolve_ask(resolve, "127.0.0.1", on_answer, NULL, &err), -1);
    wanted = RESOLVE_PENDING_MAX;
    loop_run(loop);
    assert_int_equal(answers, RESOLVE_PENDING_MAX);
}

static void who_was_forgotten_hears_nothing(void **state)
{
    (void)state;
    struct err err;
    int gone;
    assert_int_equal(resolve_ask(resolve, "localhost", on_answer, &gone, &err), 0);
    resolve_forget(resolve, &gone);
    ask("127.0.0.1");
    ask("localhost");
    assert_int_equal(answers, 2);
}

static void destroy_does_not_wait_for_the_resolver(void **state)
{
    (void)state;
    struct err err;
    for (int i = 0; i < RESOLVE_PENDING_MAX; i++)
        assert_int_equal(resolve_ask(resolve, "does-not-exist.invalid", on_answer, NULL, &err), 0);
}

int suite_resolve(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_need_no_look_up, make, end),
        cmocka_unit_test_setup_teardown(names_are_looked_up, make, end),
        cmocka_unit_test_setup_teardown(what_does_not_exist_fails_with_a_reason, make, end),
        cmocka_unit_test_setup_teardown(bounds_hold, make, end),
        cmocka_unit_test_setup_teardown(who_was_forgotten_hears_nothing, make, end),
        cmocka_unit_test_setup_teardown(destroy_does_not_wait_for_the_resolver, make, end),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
