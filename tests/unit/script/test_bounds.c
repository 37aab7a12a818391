/* What a script cannot do to its host: loop for ever, hold too much, write too much, end it. */
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "rig.h"
#include "suites.h"

/* Each gets the deadline when it begins, or where it prints "inner", and then does its worst. */
static const char *const endless[] = {
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "local function f() pcall(f) while true do end end f()",
    "coroutine.wrap(function() while true do end end)()",
    "local co = coroutine.create(function() while true do coroutine.yield() end end) "
    "while true do coroutine.resume(co) end",
    "coroutine.wrap(function() while true do pcall(coroutine.wrap(function() while true do end "
    "end)) "
    "end end)()",
    "while true do pcall(coroutine.wrap(function() error('x') end)) end",
    "xpcall(function() while true do end end, function() while true do end end)",
    "while true do xpcall(error, function() while true do end end) end",
    "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    "table.sort({3, 2, 1}, function() while true do end end)",
    "string.gsub('x', 'x', function() while true do end end)",
    "for _ in pairs(setmetatable({}, {__pairs = function() return function() return 1 end end})) "
    "do "
    "end",
    "repeat local s = tostring(setmetatable({}, {__tostring = function() while true do end end})) "
    "until false",
    "goto again ::again:: goto again",
    "local function f() return f() end f()",
    "coroutine.wrap(function() while true do pcall(coroutine.wrap(function() print('inner') "
    "while true do end end)) end end)()",
    "local co = coroutine.create(function() coroutine.yield() while true do end end) "
    "coroutine.resume(co) coroutine.wrap(function() pcall(coroutine.wrap(function() "
    "print('inner') end)) while true do pcall(coroutine.resume, co) end end)()",
    "xpcall(function() print('inner') while true do end end, function() while true do end end)",
};

static void loop_forever(const char *body)
{
    char text[512];
    struct err made;
    err_set(&made, "return {on_timer = function() print('now') %s end, on_stop = function() "
                   "print('still here') end}", body);
    memcpy(text, made.text, sizeof(text));
    struct rig *rig = rig_start(text, "{}");
    rig->interrupt_at = strstr(body, "inner") ? "inner" : "now";
    assert_int_equal(rig_timer(rig, 1), 0);
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 1);
    if (!strstr(rig_text(rig, SCRIPT_FAULT, 0), "soft deadline"))
        fail_msg("%s: %s", body, rig_text(rig, SCRIPT_FAULT, 0));
    rig->interrupt_at = NULL;
    rig_clear(rig);
    assert_int_equal(rig_send(rig, SCRIPT_STOP, false, NULL, 0), 0);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "istill here");
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 0);
    rig_stop(rig);
}

static void a_deadline_ends_every_loop(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++)
        loop_forever(endless[i]);
}

static void a_loop_in_the_chunk_is_ended_too(void **state)
{
    (void)state;
    struct rig *rig = rig_create("print('now') while true do end", "{}");
    rig->interrupt_at = "now";
    assert_false(rig_compile(rig));
    assert_non_null(strstr(rig->err.text, "soft deadline"));
    rig->script = NULL;
    rig_stop(rig);
}

static struct script *interrupted;

static void on_alarm(int signal)
{
    (void)signal;
    script_interrupt(interrupted);
}

/* The real thing, at a moment that nobody chose: forty signals fall wherever they fall. */
static void a_signal_ends_a_loop_wherever_it_falls(void **state)
{
    (void)state;
    struct rig *rig = rig_start("local n = 0\nreturn {on_timer = function() while true do n = n "
                                "+ 1 "
                                "pcall(coroutine.wrap(function() local t = {} for i = 1, n % 99 do "
                                "t[i] = {i} end table.sort(t, function(a, b) return a[1] > b[1] "
                                "end) "
                                "end)) end end}", "{}");
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {0}, never = {0};
    interrupted = rig->script;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    for (int i = 0; i < 40; i++) {
        /* Again and again, as the core does: one that comes before the callback is passed over. */
        soon.it_value.tv_usec = soon.it_interval.tv_usec = 500 + 137 * i;
        assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
        assert_int_equal(rig_timer(rig, 1), 0);
        assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
        assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "soft deadline"));
        rig_clear(rig);
    }
    rig_stop(rig);
}

static void a_deadline_skips_what_the_frame_still_owed(void **state)
{
    (void)state;
    struct rig *rig = rig_start("local trades, books = 0, 0\nreturn {on_trade = function() "
                                "trades = "
                                "trades + 1 print('now') while true do end end, on_book = "
                                "function() "
                                "books = books + 1 end, on_timer = function() print(trades, books) "
                                "end}", "{}");
    struct view view = rig_view(rig, 0);
    view.trade_count = 3;
    for (int i = 0; i < 3; i++)
        view.trades[i] = (struct trade){{61500000000000}, {1000000}, SIDE_BUY, 7, 1};
    rig->interrupt_at = "now";
    assert_int_equal(rig_show(rig, &view), 0);
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 1);
    assert_int_equal(rig_count(rig, SCRIPT_CREDIT), 1);
    rig->interrupt_at = NULL;
    rig_timer(rig, 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "i1\t0");
    rig_stop(rig);
}

static void an_interrupt_outside_of_a_frame_is_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_timer = function() print('fine') end}", "{}");
    script_interrupt(rig->script);
    rig_timer(rig, 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "ifine");
    rig_stop(rig);
}

static const char *const greedy[] = {
    "local t = {} while true do t[#t + 1] = {} end",
    "local s = 'x' while true do s = s .. s end",
    "local function f() return f() + 1 end f()",
    "local t = {} for i = 1, 1e9 do t[i] = i end",
    "local s = ('x'):rep(7e6) local t = {s .. 1, s .. 2}",
    "table.concat(setmetatable({}, {__index = function() return ('x'):rep(1e6) end, "
    "__len = function() return 1e9 end}))",
    "local co = {} while true do co[#co + 1] = coroutine.wrap(print) end",
    "string.format('%99999d', 1)",
    "(function(...) return select('#', ...) end)(table.unpack({}, 1, 1e7))",
    "('x'):rep(1e5):gsub('x', ('y'):rep(1e5))",
};

static void a_greedy_script_meets_its_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(greedy) / sizeof(greedy[0]); i++) {
        struct err text;
        err_set(&text, "return {on_timer = function() %s end, on_stop = function() print('here') "
                       "end}", greedy[i]);
        struct rig *rig = rig_start(text.text, "{}");
        assert_int_equal(rig_timer(rig, 1), 0);
        if (rig_count(rig, SCRIPT_FAULT) != 1)
            fail_msg("no fault: %s", greedy[i]);
        assert_true(script_memory(rig->script) <= rig->start.memory_max);
        rig_clear(rig);
        assert_int_equal(rig_send(rig, SCRIPT_STOP, false, NULL, 0), 0);
        assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "ihere");
        rig_stop(rig);
    }
}

static void running_out_of_memory_names_the_bound(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_timer = function() local t = {} while true do "
                                "t[#t + 1] = {} end end}", "{}");
    rig_timer(rig, 1);
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "may hold 8388608 bytes"));
    rig_stop(rig);
}

/* Every size of memory from none to enough: it fails with words or it works, and never else. */
static void any_bound_of_memory_fails_in_words(void **state)
{
    (void)state;
    unsigned compiled = 0, refused = 0;
    for (uint64_t memory = 1000; memory < 200000; memory += 611) {
        struct rig *rig = rig_create("local t = {}\nreturn {on_book = function(book) t[#t + 1] = "
                                     "book:mid() end, on_save = function() return t end}", "{}");
        rig->start.memory_max = memory;
        if (!rig_compile(rig)) {
            assert_true(rig->err.text[0] != '\0');
            rig->script = NULL;
            refused++;
        } else {
            struct view view = rig_view(rig, 0);
            bool alive = rig_send(rig, SCRIPT_GO, false, NULL, 0) == 0;
            for (int i = 0; i < 200 && alive; i++)
                alive = rig_show(rig, &view) == 0;
            if (alive) {
                assert_int_equal(rig_count(rig, SCRIPT_CREDIT), 200);
                rig_send(rig, SCRIPT_SAVE, false, NULL, 0);
                assert_int_equal(rig_count(rig, SCRIPT_STATE_OUT), 1);
            }
            compiled++;
        }
        rig_stop(rig);
    }
    assert_true(compiled > 20 && refused > 20);
}

static void a_core_that_takes_no_more_ends_the_script(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_timer = function() while true do pcall(host.cancel, 1) "
                                "if not pcall(host.cancel, 1) then error('x') end end end}", "{}");
    rig->frames_max = 10;
    assert_int_equal(rig_timer(rig, 1), -1);
    assert_non_null(strstr(rig->err.text, "takes no more"));
    rig_stop(rig);
}

int suite_bounds(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_ends_every_loop),
        cmocka_unit_test(a_loop_in_the_chunk_is_ended_too),
        cmocka_unit_test(a_signal_ends_a_loop_wherever_it_falls),
        cmocka_unit_test(a_deadline_skips_what_the_frame_still_owed),
        cmocka_unit_test(an_interrupt_outside_of_a_frame_is_nothing),
        cmocka_unit_test(a_greedy_script_meets_its_bound),
        cmocka_unit_test(running_out_of_memory_names_the_bound),
        cmocka_unit_test(any_bound_of_memory_fails_in_words),
        cmocka_unit_test(a_core_that_takes_no_more_ends_the_script),
    };
    return cmocka_run_group_tests_name("bounds", tests, NULL, NULL);
}
