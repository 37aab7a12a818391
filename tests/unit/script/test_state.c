/* Saved state: what goes out as JSON comes back the same, and what cannot is refused in words. */
#include <string.h>

#include "base/prng.h"
#include "rig.h"
#include "suites.h"

/* Saves what `expression` gives and returns the JSON text, or NULL with the fault in *ret_fault. */
static struct rig *save(const char *expression)
{
    struct err text;
    err_set(&text, "return {on_save = function() return %s end}", expression);
    struct rig *rig = rig_start(text.text, "{}");
    assert_int_equal(rig_send(rig, SCRIPT_SAVE, false, NULL, 0), 0);
    return rig;
}

static void saves_as(const char *expression, const char *json)
{
    struct rig *rig = save(expression);
    if (rig_count(rig, SCRIPT_FAULT))
        fail_msg("%s: %s", expression, rig_text(rig, SCRIPT_FAULT, 0));
    assert_int_equal(rig_count(rig, SCRIPT_STATE_OUT), 1);
    assert_string_equal(rig_text(rig, SCRIPT_STATE_OUT, 0), json);
    rig_stop(rig);
}

static void cannot_save(const char *expression, const char *words)
{
    struct rig *rig = save(expression);
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 1);
    if (!strstr(rig_text(rig, SCRIPT_FAULT, 0), words))
        fail_msg("%s: %s", expression, rig_text(rig, SCRIPT_FAULT, 0));
    assert_int_equal(rig_count(rig, SCRIPT_STATE_OUT), 1); /* empty: the end of the answer */
    assert_int_equal(rig_frame(rig, SCRIPT_STATE_OUT, 0)->length, 0);
    rig_stop(rig);
}

static void values_have_one_text(void **state)
{
    (void)state;
    saves_as("nil", "");
    saves_as("{}", "{}");
    saves_as("{b = 1, a = {true, false}, ['\"'] = 'x\\ny'}",
             "{\"\\\"\":\"x\\ny\",\"a\":[true,false],\"b\":1}");
    saves_as("{decimal('61496.50'), 1.5, -0.25, 3, 3.0, 1e300, math.mininteger // 4096}",
             "[\"61496.5\",1.5,-0.25,3,3,1e+300,-2251799813685248]");
    saves_as("{0.1}", "[0.1]");
    saves_as("'text'", "\"text\"");
    saves_as("{{{}}}", "[[{}]]");
    saves_as("{1 << 53}", "[9007199254740992]");
}

static void what_json_cannot_hold_is_refused(void **state)
{
    (void)state;
    cannot_save("{print}", "cannot hold a function");
    cannot_save("host.book and {coroutine.create(print)}", "cannot hold a thread");
    cannot_save("{0/0}", "not finite");
    cannot_save("{1/0}", "not finite");
    cannot_save("{(1 << 53) + 1}", "saved as text");
    cannot_save("{math.mininteger}", "saved as text");
    cannot_save("{1, 2, x = 3}", "array without holes or has text keys");
    cannot_save("{1, nil, 3}", "array without holes or has text keys");
    cannot_save("{[5] = 1}", "array without holes or has text keys");
    cannot_save("{[true] = 1}", "array without holes or has text keys");
    cannot_save("{[{}] = 1}", "no defined order");
    cannot_save("(function() local t = {} t.t = t return t end)()", "nested deeper than 16");
    cannot_save("{'\\xff'}", "not UTF-8");
    cannot_save("{('x'):rep(70000)}", "larger than 65536");
    cannot_save("(function() local t = {} for i = 1, 30000 do t[i] = 100 end return t end)()",
                "larger than 65536");
    cannot_save("error('no state today')", "no state today");
    cannot_save("(function() local t = {} for i = 1, 40 do t = {t, t} end return t end)()",
                "nested deeper");
}

static void no_metamethod_runs_inside(void **state)
{
    (void)state;
    saves_as("setmetatable({a = 1}, {__pairs = function() while true do end end, __len = "
             "function() "
             "while true do end end, __index = function() while true do end end})", "{\"a\":1}");
}

/* Hands state to a fresh script; to be stopped by the caller. */
static struct rig *reload(const char *text, const char *json, size_t piece, int *ret_status)
{
    struct rig *rig = rig_create(text, "{}");
    rig->start.reload = true;
    if (!rig_compile(rig))
        fail_msg("%s", rig->err.text);
    size_t length = strlen(json);
    do {
        size_t now = length < piece ? length : piece;
        *ret_status = rig_send(rig, SCRIPT_STATE_IN, now < length, json, now);
        json += now;
        length -= now;
    } while (length > 0);
    return rig;
}

static void state_comes_back_in_pieces(void **state)
{
    (void)state;
    int status;
    struct rig *rig = reload("return {on_reload = function(s) print(s.a[2], math.type(s.n), s.n, "
                             "math.type(s.f), decimal(s.d) + 1, s.gone) end}",
                             "{\"a\":[1,\"two\"],\"n\":7,\"f\":1.5,\"d\":\"0.1\",\"gone\":null}", 5,
                             &status);
    assert_int_equal(status, 0);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "itwo\tinteger\t7\tfloat\t1.1\tnil");
    rig_stop(rig);
    rig = reload("return {on_reload = function(s) print(s) end}", "", 100, &status);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "inil");
    rig_stop(rig);
}

static void a_script_that_cannot_take_over_says_so(void **state)
{
    (void)state;
    int status;
    struct rig *rig = reload("return {on_reload = function(s) return s.a.b "
                             "end}", "{}", 100, &status);
    assert_int_equal(status, -1);
    assert_non_null(strstr(rig->err.text, "on_reload failed"));
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "bench.lua:1:"));
    rig_stop(rig);
    rig = reload("return {on_reload = function() end}", "{\"a\":", 100, &status);
    assert_int_equal(status, -1);
    rig_stop(rig);
    rig = reload("return {on_reload = function() host.place{} end}", "{}", 100, &status);
    assert_int_equal(status, -1);
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "takes over its state"));
    rig_stop(rig);
    rig = reload("return {on_reload = function() end}",
                 "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", 100, &status);
    assert_int_equal(status, -1);
    rig_stop(rig);
}

static void too_much_state_is_refused(void **state)
{
    (void)state;
    static char json[MAX_SCRIPT_STATE + 5001];
    int status;
    memset(json, ' ', sizeof(json) - 1);
    struct rig *rig = reload("return {on_reload = function() end}", json, 4096, &status);
    assert_int_equal(status, -1);
    assert_non_null(strstr(rig->err.text, "larger than 65536"));
    rig_stop(rig);
}

static void a_reload_starts_no_script_twice(void **state)
{
    (void)state;
    int status;
    const char *both = "return {on_start = function() print('start') end, on_reload = function() "
                       "print('reload') host.timer(3, 1.5) host.timer(4, '2') host.cancel_timer(4) "
                       "end}";
    struct rig *rig = reload(both, "", 100, &status);
    assert_int_equal(rig_count(rig, SCRIPT_TIMER), 0); /* not before the swap */
    rig_send(rig, SCRIPT_GO, false, NULL, 0);
    assert_int_equal(rig_count(rig, SCRIPT_LOG), 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "ireload");
    assert_int_equal(rig_count(rig, SCRIPT_TIMER), 2);
    struct script_timer timer;
    memcpy(&timer, rig_frame(rig, SCRIPT_TIMER, 0)->payload, sizeof(timer));
    assert_int_equal(timer.id, 3);
    assert_int_equal(timer.delay_ns, 1500000000);
    memcpy(&timer, rig_frame(rig, SCRIPT_TIMER, 1)->payload, sizeof(timer));
    assert_true(timer.id == 4 && timer.delay_ns < 0);
    rig_stop(rig);
    rig = reload("return {on_start = function() print('start') end}", "{}", 100, &status);
    rig_send(rig, SCRIPT_GO, false, NULL, 0);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "istart");
    rig_stop(rig);
}

static void long_state_leaves_in_pieces(void **state)
{
    (void)state;
    static char whole[MAX_SCRIPT_STATE + 1];
    size_t length = 0;
    struct rig *rig = save("{('x'):rep(10000)}");
    assert_int_equal(rig_count(rig, SCRIPT_STATE_OUT), 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct rig_frame *frame = rig_frame(rig, SCRIPT_STATE_OUT, i);
        assert_int_equal(frame->more, i < 2);
        memcpy(whole + length, frame->payload, frame->length);
        length += frame->length;
    }
    assert_int_equal(length, 10004);
    assert_int_equal(strspn(whole + 2, "x"), 10000);
    rig_stop(rig);
}

int suite_state(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_one_text),
        cmocka_unit_test(what_json_cannot_hold_is_refused),
        cmocka_unit_test(no_metamethod_runs_inside),
        cmocka_unit_test(state_comes_back_in_pieces),
        cmocka_unit_test(a_script_that_cannot_take_over_says_so),
        cmocka_unit_test(too_much_state_is_refused),
        cmocka_unit_test(a_reload_starts_no_script_twice),
        cmocka_unit_test(long_state_leaves_in_pieces),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
