#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "suites.h"
#include "wire/control_proto.h"

enum { ROUNDS = 20000 };

static void any_word(struct prng *prng, char *out, size_t capacity)
{
    static const char LETTERS[] = "abcXYZ019 _-\"\\\n\x01/";
    size_t length = 1 + prng_below(prng, capacity - 1);
    for (size_t i = 0; i < length; i++)
        out[i] = LETTERS[prng_below(prng, sizeof LETTERS - 1)];
    out[0] = 'w'; /* a reason of blanks alone is none */
    out[length] = '\0';
}

static void any_request(struct prng *prng, struct control_request *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->verb = (enum control_verb)prng_below(prng, CONTROL_VERB_COUNT);
    const struct control_verb_spec *spec = control_verb(ret->verb);
    if (spec->takes_strategy && prng_below(prng, 3) == 0)
        any_word(prng, ret->strategy, sizeof ret->strategy);
    else if (spec->takes_product && prng_below(prng, 2))
        any_word(prng, ret->product, sizeof ret->product);
    if (spec->needs_name || (spec->name_is && prng_below(prng, 2)))
        any_word(prng, ret->name, sizeof ret->name);
    if (spec->needs_reason || (spec->takes_reason && prng_below(prng, 2)))
        any_word(prng, ret->reason, sizeof ret->reason);
    if (spec->takes_limit && prng_below(prng, 2))
        ret->limit = 1 + (uint32_t)prng_below(prng, CONTROL_LIMIT_MAX);
    if (spec->takes_value)
        any_word(prng, ret->value, sizeof ret->value);
    if (spec->takes_for && prng_below(prng, 2))
        ret->for_s = 1 + (uint32_t)prng_below(prng, CONTROL_FOR_MAX_S);
}

static void every_request_comes_back(void **state)
{
    (void)state;
    struct prng prng;
    struct buf line;
    prng_seed(&prng, 11);
    buf_init(&line, CONTROL_LINE_MAX);
    for (int i = 0; i < ROUNDS; i++) {
        struct control_request request, again;
        struct err err = {""};
        any_request(&prng, &request);
        buf_clear(&line);
        control_request_encode(&request, &line);
        assert_false(line.failed);
        assert_int_equal(line.data[line.length - 1], '\n');
        assert_ptr_equal(memchr(line.data, '\n', line.length), line.data + line.length - 1);
        if (control_request_decode(line.data, line.length - 1, &again, &err) < 0)
            fail_msg("%s\n%s", err.text, line.data);
        assert_int_equal(request.verb, again.verb);
        assert_string_equal(request.strategy, again.strategy);
        assert_string_equal(request.product, again.product);
        assert_string_equal(request.name, again.name);
        assert_string_equal(request.reason, again.reason);
        assert_int_equal(request.limit, again.limit);
        assert_int_equal(request.for_s, again.for_s);
        assert_string_equal(request.value, again.value);
    }
    buf_fini(&line);
}

static void refuses(const char *line, const char *says)
{
    struct control_request request;
    struct err err = {""};
    assert_int_equal(control_request_decode(line, strlen(line), &request, &err), -1);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say '%s'", err.text, says);
}

static void bad_requests_say_why(void **state)
{
    (void)state;
    refuses("", "request");
    refuses("null", "request");
    refuses("{}", "\"verb\" is missing");
    refuses("{\"verb\":\"hlat\"}", "did you mean 'halt'");
    refuses("{\"verb\":1}", "string");
    refuses("{\"verb\":\"halt\",\"verb\":\"halt\"}", "request");
    refuses("{\"verb\":\"halt\",\"wrong\":1}", "a request has");
    refuses("{\"verb\":\"halt\"} x", "request");
    refuses("{\"verb\":\"resume\"}", "needs a reason");
    refuses("{\"verb\":\"resume\",\"reason\":\" \\t \"}", "needs a reason");
    refuses("{\"verb\":\"accept\"}", "needs a reason");
    refuses("{\"verb\":\"why\"}", "needs ID");
    refuses("{\"verb\":\"status\",\"name\":\"x\"}", "takes no name");
    refuses("{\"verb\":\"status\",\"strategy\":\"x\"}", "takes no strategy");
    refuses("{\"verb\":\"positions\",\"product\":\"x\"}", "takes no product");
    refuses("{\"verb\":\"orders\",\"reason\":\"x\"}", "takes no reason");
    refuses("{\"verb\":\"halt\",\"strategy\":\"a\",\"product\":\"b\"}", "not both");
    refuses("{\"verb\":\"orders\",\"limit\":0}", "limit");
    refuses("{\"verb\":\"orders\",\"limit\":5001}", "limit");
    refuses("{\"verb\":\"orders\",\"limit\":\"5\"}", "number");
    refuses("{\"verb\":\"halt\",\"limit\":5}", "takes no limit");
    refuses("{\"verb\":\"halt\",\"for_s\":5}", "takes no --for");
    refuses("{\"verb\":\"halt\",\"value\":\"5\"}", "takes no value");
    refuses("{\"verb\":\"limit\",\"name\":\"max_gross\",\"reason\":\"x\"}", "needs a value");
    refuses("{\"verb\":\"override\",\"name\":\"7\",\"reason\":\"x\",\"for_s\":604801}", "week");
    refuses("{\"verb\":\"halt\",\"strategy\":\"0123456789012345678901234567890123456789\"}",
            "too long");
}

static void times_are_read_as_typed(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"", "m", "15", "-1m", "0s", "1.5h", "15 m", "15m ", "1d",
                                        "169h", "604801s", "99999999999999999999s"};
    uint32_t seconds = 0;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_false(control_parse_for(WRONG[i], &seconds));
    assert_true(control_parse_for("90s", &seconds) && seconds == 90);
    assert_true(control_parse_for("15m", &seconds) && seconds == 900);
    assert_true(control_parse_for("168h", &seconds) && seconds == CONTROL_FOR_MAX_S);
}

static void replies_come_back(void **state)
{
    (void)state;
    static const char ROWS[] = "[{\"a\":\"1\"},{\"a\":null}]";
    struct buf line;
    struct control_reply reply;
    struct err err = {""};
    buf_init(&line, CONTROL_REPLY_MAX);
    control_reply_encode(&line, true, "two \"rows\"\n", ROWS, sizeof ROWS - 1);
    assert_int_equal(control_reply_decode(line.data, line.length - 1, &reply, &err), 0);
    assert_true(reply.ok);
    assert_string_equal(reply.text, "two \"rows\"\n");
    assert_int_equal(reply.result_length, sizeof ROWS - 1);
    assert_memory_equal(reply.result, ROWS, sizeof ROWS - 1);
    buf_clear(&line);
    control_reply_encode(&line, false, "no", NULL, 0);
    assert_int_equal(control_reply_decode(line.data, line.length - 1, &reply, &err), 0);
    assert_false(reply.ok);
    assert_null(reply.result);
    assert_int_equal(control_reply_decode("{\"text\":\"x\"}", 12, &reply, &err), -1);
    assert_int_equal(control_reply_decode("{\"ok\":tru}", 10, &reply, &err), -1);
    buf_fini(&line);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    struct buf help;
    buf_init(&help, CONTROL_LINE_MAX);
    control_help(&help);
    assert_false(help.failed);
    for (enum control_verb i = 0; i < CONTROL_VERB_COUNT; i++) {
        const struct control_verb_spec *spec = control_verb(i);
        enum control_verb found;
        assert_int_equal(control_verb_find(spec->name, &found, NULL), 0);
        assert_int_equal(found, i);
        assert_non_null(strstr(help.data, spec->help));
        /* A verb that must be told something shows how. */
        if (spec->needs_name || spec->needs_reason)
            assert_non_null(spec->example);
        if (spec->example)
            assert_memory_equal(spec->example, spec->name, strlen(spec->name));
    }
    buf_fini(&help);
}

int suite_control_proto(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_comes_back),
        cmocka_unit_test(bad_requests_say_why),
        cmocka_unit_test(times_are_read_as_typed),
        cmocka_unit_test(replies_come_back),
        cmocka_unit_test(the_table_is_sound),
    };
    return cmocka_run_group_tests_name("control_proto", tests, NULL, NULL);
}
