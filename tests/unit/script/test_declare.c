/* host.declare: parameters with types and ranges, checked at load and listed for tools. */
#include <string.h>

#include "rig.h"
#include "suites.h"

#define DECLARED                                                                                  \
    "local p = host.declare{fast = {type = 'integer', default = 12, least = 1, most = 200,\n"     \
    "  about = 'bars'}, size = {type = 'decimal', default = '0.01', least = '0.001'},\n"          \
    "  side = {type = 'choice', default = 'both', choices = {'both', 'long'}},\n"                 \
    "  dry = {type = 'boolean', default = false}, width = {type = 'number', default = 2}}\n"

static void declared_parameters_have_their_types(void **state)
{
    (void)state;
    rig_chunk_runs(DECLARED
        "assert(p.fast == 12 and math.type(p.fast) == 'integer' and p.size == decimal('0.01'))\n"
        "assert(p.side == 'both' and p.dry == false and p.width == 2) return {}");
    struct rig *rig = rig_start(
        DECLARED "assert(p.fast == 20 and p.size == decimal('0.5') and p.side == 'long')\n"
                 "assert(p.dry == true and p.width == 2.5) return {}",
        "{\"fast\":20.0,\"size\":\"0.5\",\"side\":\"long\",\"dry\":true,\"width\":\"2.5\"}");
    assert_int_equal(rig_count(rig, SCRIPT_LOG), 0);
    rig_stop(rig);
}

static void refused(const char *chunk, const char *params, const char *words)
{
    struct rig *rig = rig_create(chunk, params);

    if (rig_compile(rig))
        fail_msg("%s was taken", params);
    if (!strstr(rig->err.text, words))
        fail_msg("%s: %s", params, rig->err.text);
    rig->script = NULL;
    rig_stop(rig);
}

static void wrong_values_do_not_load(void **state)
{
    (void)state;
    static const char chunk[] = DECLARED "return {}";
    refused(chunk, "{\"fast\":0}", "parameter 'fast' is 0, at least 1 is wanted");
    refused(chunk, "{\"fast\":201}", "parameter 'fast' is 201, at most 200 is wanted");
    refused(chunk, "{\"fast\":1.5}", "parameter 'fast' is 1.5, a whole number is wanted");
    refused(chunk, "{\"size\":\"0.0001\"}", "parameter 'size' is 0.0001, at least 0.001");
    refused(chunk, "{\"size\":0.02}", "parameter 'size': the float 0.02");
    refused(chunk, "{\"side\":\"short\"}", "parameter 'side' is 'short', it is one of: both, long");
    refused(chunk, "{\"dry\":1}", "parameter 'dry' is a number, true or false is wanted");
    refused(chunk, "{\"width\":[1]}", "parameter 'width' is a table, a number is wanted");
}

static void wrong_declarations_do_not_load(void **state)
{
    (void)state;
    refused("host.declare{n = {type = 'integer'}} return {}", "{}", "'n' is missing in the config");
    refused("host.declare{n = {type = 'int', default = 1}} return {}", "{}",
            "the type of 'n' is one of: integer, number");
    refused("host.declare{n = {type = 'integer', default = 0, least = 1}} return {}", "{\"n\":2}",
            "parameter 'n' is 0, at least 1");
    refused("host.declare{n = {type = 'integer', defualt = 1}} return {}", "{}",
            "declare: n: there is no field 'defualt'; there are type, default, least");
    refused("host.declare{n = {type = 'choice', default = 'a'}} return {}", "{}",
            "'n': choices = {...} and type \"choice\" go together");
    refused("host.declare{n = 5} return {}", "{}", "declare: n = {type = ...");
}

static void assert_described(const char *chunk, const char *json)
{
    struct rig *rig = rig_start(chunk, "{}");
    struct buf text;
    struct err err = {""};

    buf_init(&text, 4096);
    assert_int_equal(script_describe(rig->script, &text, &err), 0);
    assert_string_equal(text.data, json);
    buf_fini(&text);
    rig_stop(rig);
}

static void what_was_asked_for_is_listed(void **state)
{
    (void)state;
    assert_described("return {}", "[]");
    assert_described(
        "host.number('fast', 12, 1) host.number('fast', 3) host.decimal('size', decimal('0.5'))\n"
        "host.declare{side = {type = 'choice', default = 'a', choices = {'a', 'b'}}} return {}",
        "[{\"default\":12,\"least\":1,\"name\":\"fast\",\"type\":\"number\"},"
        "{\"default\":\"0.5\",\"name\":\"size\",\"type\":\"decimal\"},"
        "{\"choices\":[\"a\",\"b\"],\"default\":\"a\",\"name\":\"side\",\"type\":\"choice\"}]");
}

int suite_declare(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_parameters_have_their_types),
        cmocka_unit_test(wrong_values_do_not_load),
        cmocka_unit_test(wrong_declarations_do_not_load),
        cmocka_unit_test(what_was_asked_for_is_listed),
    };
    return cmocka_run_group_tests_name("declare", tests, NULL, NULL);
}
