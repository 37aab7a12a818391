/* The reader and the writer of JSON: tables of what is taken and refused, then cJSON as oracle. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "suites.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

static struct json_reader json;
static struct err err;

static int read_whole(const char *text, size_t length)
{
    err.text[0] = '\0';
    json_init(&json, text, length);
    return json_finish(&json, &err);
}

static void well_formed_documents_are_taken(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "{}", "[]", "null", "true", "false", "0", "-0", "\"\"", " [ ] ", "\t{\r\n}\n",
        "[1,-1,0.5,1e9,1E+9,2.5e-3,12345678901234567890123]", "{\"a\":{\"a\":{\"a\":[]}}}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00\"]",
        "[\"\xc3\xa9\xf0\x9f\x98\x80\"]",
        "{\"a\":1,\"b\":2,\"A\":3,\"\":4}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "{\"a b\":1, \"a\\u0020c\":2}",
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (read_whole(GOOD[i], strlen(GOOD[i])) < 0)
            fail_msg("%s: %s", GOOD[i], err.text);
}

struct bad { const char *text, *why; };

/* F29 | unit | deep, doubled, badly encoded, broken documents | each refused with its place */
static void what_is_wrong_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct bad BAD[] = {
        {"", "byte 0: a value was expected (the text ends here)"},
        {" ", "byte 1: a value was expected (the text ends here)"},
        {"\xef\xbb\xbf{}", "byte 0: a value was expected"},
        {"nul", "byte 0: a broken word"},
        {"True", "byte 0: a value was expected"},
        {"[1,]", "byte 3: a value was expected"},
        {"[,1]", "byte 1: a value was expected"},
        {"[1 2]", "byte 3: a comma or the end of its container was expected"},
        {"[1}", "byte 2: a comma or the end of its container was expected"},
        {"{\"a\":1,}", "byte 7: a key was expected"},
        {"{,}", "byte 1: a key was expected"},
        {"{a:1}", "byte 1: a key was expected"},
        {"{\"a\" 1}", "byte 5: a colon was expected"},
        {"{\"a\":}", "byte 5: a value was expected"},
        {"{} {}", "byte 3: something follows the end of the document"},
        {"[01]", "byte 1: a broken number"},
        {"[-]", "byte 1: a broken number"},
        {"[1.]", "byte 1: a broken number"},
        {"[1e]", "byte 1: a broken number"},
        {"[+1]", "byte 1: a value was expected"},
        {"[.5]", "byte 1: a value was expected"},
        {"[NaN]", "byte 1: a value was expected"},
        {"\"x", "byte 2: a string without its end (the text ends here)"},
        {"\"\\x\"", "byte 1: a broken escape in a string"},
        {"\"\\u12g4\"", "byte 1: a broken escape in a string"},
        {"\"\\u0000\"", "byte 1: a NUL character in a string"},
        {"\"\\ud800\"", "byte 1: half a surrogate pair in a string"},
        {"\"\\ud800\\u0041\"", "byte 1: half a surrogate pair in a string"},
        {"\"\\udc00\"", "byte 1: half a surrogate pair in a string"},
        {"\"a\nb\"", "byte 2: a control character in a string"},
        {"\"\xff\"", "byte 2: a string that is not UTF-8"},
        {"\"\xed\xa0\x80\"", "byte 4: a string that is not UTF-8"},
        {"\"\xc0\xaf\"", "byte 3: a string that is not UTF-8"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "byte 16: a key that stands twice in one object"},
        {"{\"a\":1,\"\\u0061\":3}", "byte 15: a key that stands twice in one object"},
        {"{\"x\":{\"\\u0061b\":1,\"ab\":3}}", "byte 22: a key that stands twice in one object"},
        {"{\"a\":1",
         "byte 6: a comma or the end of its container was expected (the text ends here)"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
         "byte 32: nested too deeply"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(read_whole(BAD[i].text, strlen(BAD[i].text)), -1);
        assert_string_equal(err.text, BAD[i].why);
    }
    assert_int_equal(read_whole("{\"a\0b\":1}", 9), -1);
    assert_string_equal(err.text, "byte 3: a control character in a string");
}

/* F29 | unit | a document cut at every byte | refused */
static void every_prefix_of_a_document_is_refused(void **state)
{
    (void)state;
    static const char TEXT[] =
        "{\"a\":[1.5,true,null,\"\\ud83d\\ude00\xc3\xa9\"],\"b\":{\"c\":\"\"}}";
    for (size_t length = 0; length < sizeof TEXT - 1; length++)
        assert_int_equal(read_whole(TEXT, length), -1);
    assert_int_equal(read_whole(TEXT, sizeof TEXT - 1), 0);
}

static void more_keys_than_are_kept_are_refused(void **state)
{
    (void)state;
    char text[8192];
    for (int extra = 0; extra < 2; extra++) {
        size_t length = 0;
        for (int i = 0; i < JSON_OPEN_KEYS + extra; i++)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s\"k%d\":0",
                                       i ? "," : "{", i);
        text[length++] = '}';
        assert_int_equal(read_whole(text, length), extra ? -1 : 0);
    }
    assert_non_null(strstr(err.text, "too many keys"));
}

/* Among many keys the marks collide, so that the slow comparison is what finds the double. */
static void a_double_is_found_among_many(void **state)
{
    (void)state;
    char text[8192];
    size_t length = 0;
    for (int i = 0; i < 200; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\"key_%03d\":0",
                                   i ? "," : "{", i);
    size_t whole = length;
    text[length++] = '}';
    assert_int_equal(read_whole(text, length), 0);
    for (int i = 0; i < 200; i++) {
        length = whole + (size_t)snprintf(text + whole, sizeof text - whole, ",\"key_%03d\":0}", i);
        assert_int_equal(read_whole(text, length), -1);
        assert_non_null(strstr(err.text, "stands twice"));
    }
}

static void what_is_not_read_is_skipped(void **state)
{
    (void)state;
    static const char TEXT[] =
        "{\"skip\":{\"deep\":[1,{\"x\":null}]},\"name\":\"a\\u0062c\",\"flag\":true,\"n\":-12,"
        "\"list\":[1,[2],{}],\"none\":null}";
    struct json_text key, name = {0}, number = {0};
    bool flag = false, none = false;
    int items = 0;
    char copy[8];
    json_init(&json, TEXT, sizeof TEXT - 1);
    assert_true(json_enter_object(&json));
    while (json_next_key(&json, &key)) {
        if (json_text_equal(key, "name"))
            assert_true(json_read_string(&json, &name));
        else if (json_text_equal(key, "flag"))
            assert_true(json_read_bool(&json, &flag));
        else if (json_text_equal(key, "n"))
            assert_true(json_read_number(&json, &number));
        else if (json_text_equal(key, "none"))
            none = json_take_null(&json);
        else if (json_text_equal(key, "list"))
            for (assert_true(json_enter_array(&json)); json_next_item(&json);)
                items++;
    }
    assert_int_equal(json_finish(&json, &err), 0);
    assert_true(flag && none);
    assert_int_equal(items, 3);
    assert_true(json_text_equal(name, "abc"));
    assert_false(json_text_equal(name, "ab") || json_text_equal(name, "abcd"));
    assert_true(json_text_copy(name, copy, 4));
    assert_string_equal(copy, "abc");
    assert_false(json_text_copy(name, copy, 3));
    assert_string_equal(copy, "");
    json_text_excerpt(name, copy, 3);
    assert_string_equal(copy, "ab");
    int64_t value = 0;
    assert_true(json_text_int64(number, &value));
    assert_int_equal(value, -12);
}

static void a_value_of_another_kind_fails_the_document(void **state)
{
    (void)state;
    struct json_text text;
    bool flag;
    json_init(&json, "[1]", 3);
    assert_true(json_enter_array(&json) && json_next_item(&json));
    assert_int_equal(json_peek(&json), JSON_NUMBER);
    assert_false(json_read_string(&json, &text));
    assert_false(json_read_bool(&json, &flag)); /* it sticks */
    assert_int_equal(json_finish(&json, &err), -1);
    assert_string_equal(err.text, "byte 1: a string was expected");
    json_init(&json, "[1,2]", 5);
    assert_true(json_enter_array(&json) && json_next_item(&json));
    assert_int_equal(json_finish(&json, &err), -1);
    assert_string_equal(err.text, "byte 2: the document was left half read");
}

static void texts_compare_by_what_they_mean(void **state)
{
    (void)state;
    struct json_text escaped = {"\\u00e9\\ud83d\\ude00\\n", 20, true};
    struct json_text plain = {"\xc3\xa9\xf0\x9f\x98\x80\\n", 8, true};
    char copy[16];
    assert_true(json_text_same(escaped, plain));
    assert_true(json_text_equal(escaped, "\xc3\xa9\xf0\x9f\x98\x80\n"));
    assert_true(json_text_copy(escaped, copy, 8));
    assert_string_equal(copy, "\xc3\xa9\xf0\x9f\x98\x80\n");
    /* A character that does not fit is not cut in two. */
    json_text_excerpt(plain, copy, 5);
    assert_string_equal(copy, "\xc3\xa9");
}

static void whole_numbers_are_bounded(void **state)
{
    (void)state;
    static const struct { const char *text; bool taken; int64_t value; } CASES[] = {
        {"0", true, 0}, {"-0", true, 0}, {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0}, {"01", false, 0}, {"1.0", false, 0},
        {"1e3", false, 0}, {"", false, 0}, {"-", false, 0}, {"+1", false, 0}, {" 1", false, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t value = 77;
        struct json_text text = {CASES[i].text, strlen(CASES[i].text), false};
        assert_int_equal(json_text_int64(text, &value), CASES[i].taken);
        assert_int_equal(value, CASES[i].taken ? CASES[i].value : 77);
    }
    uint64_t big;
    assert_true(json_text_uint64((struct json_text){"18446744073709551615", 20, false}, &big));
    assert_true(big == UINT64_MAX);
    assert_false(json_text_uint64((struct json_text){"18446744073709551616", 20, false}, &big));
}

static void the_writer_keeps_commas_and_escapes(void **state)
{
    (void)state;
    struct buf buf;
    struct json_writer writer;
    buf_init(&buf, 4096);
    json_write_init(&writer, &buf);
    json_open_object(&writer);
    json_put_text(&writer, "a\"b", "x\\y\n\x01\x7f");
    json_put_bytes(&writer, "bad", "q\xff\xc3\xa9\xe2\x82", 6);
    json_open_array_at(&writer, "list");
    json_open_array(&writer);
    json_close_array(&writer);
    json_put_int(&writer, NULL, INT64_MIN);
    json_put_uint(&writer, NULL, UINT64_MAX);
    json_open_object(&writer);
    json_close_object(&writer);
    json_close_array(&writer);
    json_put_key(&writer, "late");
    json_put_bool(&writer, NULL, true);
    json_put_null(&writer, "null");
    json_put_price(&writer, "p", (struct price){1500000000});
    json_put_size(&writer, "s", (struct size){-1});
    json_put_ratio(&writer, "r", (struct ratio){0});
    json_put_money(&writer, "m", (struct money){1});
    json_put_time(&writer, "t", 1700000000123456789);
    json_put_time(&writer, "never", 0);
    json_open_object_at(&writer, "o");
    json_put_raw(&writer, "raw", "[1]", 3);
    json_close_object(&writer);
    json_close_object(&writer);
    assert_false(buf.failed);
    assert_string_equal(
        buf.data,
        "{\"a\\\"b\":\"x\\\\y\\n\\u0001\\u007f\",\"bad\":\"q\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd"
        "\xef\xbf\xbd\",\"list\":[[],-9223372036854775808,18446744073709551615,{}],\"late\":true,"
        "\"null\":null,\"p\":\"1.5\",\"s\":\"-0.000000001\",\"r\":\"0\","
        "\"m\":\"0.000000000000000001\",\"t\":\"2023-11-14T22:13:20.123456Z\",\"never\":null,"
        "\"o\":{\"raw\":[1]}}");
    assert_int_equal(read_whole(buf.data, buf.length), 0);
    buf_fini(&buf);
}

/* Compares what stands next with a node of cJSON's tree, member by member. */
static void compare(struct json_reader *reader, const cJSON *node)
{
    struct json_text text;
    bool flag = false;
    char copy[512];
    switch (json_peek(reader)) {
    case JSON_OBJECT:
        assert_true(cJSON_IsObject(node));
        json_enter_object(reader);
        for (const cJSON *child = node->child; json_next_key(reader, &text); child = child->next) {
            assert_non_null(child);
            assert_true(json_text_copy(text, copy, sizeof copy));
            assert_string_equal(copy, child->string);
            compare(reader, child);
        }
        break;
    case JSON_ARRAY: {
        int count = 0;
        assert_true(cJSON_IsArray(node));
        json_enter_array(reader);
        for (const cJSON *child = node->child; json_next_item(reader); child = child->next) {
            assert_non_null(child);
            compare(reader, child);
            count++;
        }
        assert_int_equal(count, cJSON_GetArraySize(node));
        break;
    }
    case JSON_STRING:
        assert_true(cJSON_IsString(node) && json_read_string(reader, &text));
        assert_true(json_text_copy(text, copy, sizeof copy));
        assert_string_equal(copy, node->valuestring);
        break;
    case JSON_NUMBER:
        assert_true(cJSON_IsNumber(node) && json_read_number(reader, &text));
        break;
    case JSON_BOOL:
        assert_true(cJSON_IsBool(node) && json_read_bool(reader, &flag));
        assert_int_equal(flag, cJSON_IsTrue(node));
        break;
    case JSON_NULL: assert_true(cJSON_IsNull(node) && json_take_null(reader)); break;
    case JSON_NONE: fail_msg("nothing where cJSON sees a value"); break;
    }
}

/* Where we are stricter on purpose: cJSON takes doubles, loose numbers, raw control characters, and
 * \u with digits that are none (for which it writes a NUL). */
static bool stricter_by_intent(const char *words)
{
    static const char *const INTENDED[] = {"stands twice", "broken number", "control character",
                                           "NUL character", "not UTF-8", "surrogate",
                                           "broken escape"};
    for (size_t i = 0; i < sizeof INTENDED / sizeof *INTENDED; i++)
        if (strstr(words, INTENDED[i]))
            return true;
    return false;
}

static void judge_alike(const char *text, size_t length)
{
    cJSON *tree = cJSON_ParseWithLengthOpts(text, length + 1, NULL, 1);
    if (read_whole(text, length) < 0) {
        if (tree && !stricter_by_intent(err.text))
            fail_msg("cJSON takes what we refuse (%s): %s", err.text, text);
    } else {
        if (!tree)
            fail_msg("cJSON refuses what we take: %s", text);
        json_init(&json, text, length);
        compare(&json, tree);
        assert_int_equal(json_finish(&json, &err), 0);
    }
    cJSON_Delete(tree);
}

static void cjson_judges_alike(void **state)
{
    (void)state;
    static const char *const SEEDS[] = {
        "{\"channel\":\"l2_data\",\"sequence_num\":1,\"events\":[{\"type\":\"update\","
        "\"n\":-1.5e+3}]}",
        "[\"\\u00e9\\ud83d\\ude00\\n\\\"\",{},[],[[1]],true,false,null,0.25]",
        "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":\"e\"}]}}, \"f\" : [ ] }",
    };
    static const char SWAPS[] = "{}[]\",:0123456789.-+eEtrufalsn\\/ \n\tabc";
    struct prng prng;
    char text[256];
    prng_seed(&prng, 20260930);
    for (int round = 0; round < 60000; round++) {
        const char *seed = SEEDS[prng_below(&prng, 3)];
        size_t length = strlen(seed);
        memcpy(text, seed, length + 1);
        for (uint64_t hits = prng_below(&prng, 4); hits > 0; hits--) {
            size_t at = (size_t)prng_below(&prng, length);
            if (prng_below(&prng, 3) == 0) {
                memmove(text + at, text + at + 1, length - at);
                length--;
            } else {
                text[at] = SWAPS[prng_below(&prng, sizeof SWAPS - 1)];
            }
        }
        judge_alike(text, length);
    }
}

int suite_json(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_documents_are_taken),
        cmocka_unit_test(what_is_wrong_is_named_with_its_place),
        cmocka_unit_test(every_prefix_of_a_document_is_refused),
        cmocka_unit_test(more_keys_than_are_kept_are_refused),
        cmocka_unit_test(a_double_is_found_among_many),
        cmocka_unit_test(what_is_not_read_is_skipped),
        cmocka_unit_test(a_value_of_another_kind_fails_the_document),
        cmocka_unit_test(texts_compare_by_what_they_mean),
        cmocka_unit_test(whole_numbers_are_bounded),
        cmocka_unit_test(the_writer_keeps_commas_and_escapes),
        cmocka_unit_test(cjson_judges_alike),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
