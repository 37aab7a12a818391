/* The sandbox's language, run from the inside (chunks/language.lua), and what fails to load. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "suites.h"

static char *read_chunk(const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), TESTS_DIR "/unit/script/chunks/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 0 && feof(file));
    fclose(file);
    return text;
}

static void chunk_of_the_language_runs(void **state)
{
    (void)state;
    char *text = read_chunk("language.lua");
    struct rig *rig = rig_create(text, "{}");
    rig_add_module(rig, "helper", "return {answer = 42}");
    rig_add_module(rig, "sub.empty", "local x = 1");
    rig_add_module(rig, "loop_a", "return require 'loop_b'");
    rig_add_module(rig, "loop_b", "return require 'loop_a'");
    rig_add_module(rig, "broken", "local x = 1\nx = = 2");
    if (!rig_compile(rig))
        fail_msg("%s", rig->err.text);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "ihello\t1\tnil\ttable\t1.5");
    rig_stop(rig);
    free(text);
}

static void chunk_of_decimals_runs(void **state)
{
    (void)state;
    char *text = read_chunk("decimals.lua");
    rig_chunk_runs(text);
    free(text);
}

static void what_is_wrong_is_said_with_file_and_line(void **state)
{
    (void)state;
    rig_chunk_raises("return {\n  on_book = function( end }", "bench.lua:2:");
    rig_chunk_raises("local x\n\nx.y = 1\nreturn {}", "bench.lua:3: attempt to index a nil value");
    rig_chunk_raises("local function deep() error('low') end\nlocal function mid() deep() end\n"
                     "mid()\nreturn {}", "bench.lua:2: in local 'mid'");
    rig_chunk_raises("error({})", "the error object is a table");
    rig_chunk_raises("error(setmetatable({}, {__tostring = function() return 'told' "
                     "end}))", "told");
    rig_chunk_raises("error()", "the error object is a nil");
    rig_chunk_raises("return 5", "must return a table of callbacks, it returned a number");
    rig_chunk_raises("", "must return a table of callbacks, it returned a nil");
    rig_chunk_raises("\x1bLua", "bench.lua is compiled");
}

static void misspelt_callbacks_are_refused(void **state)
{
    (void)state;
    rig_chunk_raises("return {on_boook = function() end}", "did you mean 'on_book'?");
    rig_chunk_raises("return {on_book = 5}", "on_book must be a function, it is a number");
    rig_chunk_raises("return {[{}] = 1}", "no defined order");
    rig_chunk_runs("return {helper = 1, [1] = 2, on_stop = function() end}");
}

static void wants_are_what_the_script_has(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_book = function() end, on_candle = function() end}",
                                "{}");
    struct script_ready ready = script_wants(rig->script);
    assert_true(ready.wants_book && ready.wants_candle && !ready.wants_trade);
    rig_stop(rig);
}

static void a_bundle_without_a_script_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create("return {}", "{}");
    rig->bundle.count = 1;
    assert_false(rig_compile(rig));
    assert_non_null(strstr(rig->err.text, "no parameters"));
    rig->bundle.count = 2;
    rig->start.memory_max = 1000;
    assert_false(rig_compile(rig));
    assert_non_null(strstr(rig->err.text, "memory_max is 1000"));
    rig->script = NULL;
    rig_stop(rig);
}

int suite_language(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunk_of_the_language_runs),
        cmocka_unit_test(chunk_of_decimals_runs),
        cmocka_unit_test(what_is_wrong_is_said_with_file_and_line),
        cmocka_unit_test(misspelt_callbacks_are_refused),
        cmocka_unit_test(wants_are_what_the_script_has),
        cmocka_unit_test(a_bundle_without_a_script_is_refused),
    };
    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
