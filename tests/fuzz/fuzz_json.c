/* Any bytes: what the reader takes, the writer can write so that it is taken again and means the
 * same; a refusal says why. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void copy_text(struct json_text text, struct json_writer *out, bool key)
{
    char *plain = malloc(text.length + 1);
    CHECK(plain);
    /* No escape is shorter than what it means, so this always fits. */
    CHECK(json_text_copy(text, plain, text.length + 1));
    CHECK(text_utf8_valid(plain, strlen(plain)));
    CHECK(json_text_equal(text, plain));
    struct json_text same = {plain, strlen(plain), false};
    CHECK(strchr(plain, '\\') || json_text_same(text, same));
    if (key)
        json_put_key(out, plain);
    else
        json_put_text(out, NULL, plain);
    free(plain);
}

static void copy_value(struct json_reader *in, struct json_writer *out)
{
    struct json_text text;
    bool truth;
    switch (json_peek(in)) {
    case JSON_OBJECT:
        json_enter_object(in);
        json_open_object(out);
        while (json_next_key(in, &text)) {
            copy_text(text, out, true);
            copy_value(in, out);
        }
        json_close_object(out);
        break;
    case JSON_ARRAY:
        json_enter_array(in);
        json_open_array(out);
        while (json_next_item(in))
            copy_value(in, out);
        json_close_array(out);
        break;
    case JSON_STRING:
        CHECK(json_read_string(in, &text));
        copy_text(text, out, false);
        break;
    case JSON_NUMBER:
        CHECK(json_read_number(in, &text));
        json_put_raw(out, NULL, text.at, text.length);
        break;
    case JSON_BOOL:
        CHECK(json_read_bool(in, &truth));
        json_put_bool(out, NULL, truth);
        break;
    case JSON_NULL:
        CHECK(json_take_null(in));
        json_put_null(out, NULL);
        break;
    case JSON_NONE: CHECK(false);
    }
}

static bool is_taken(const char *bytes, size_t length)
{
    static struct json_reader json;
    struct err err = {""};
    json_init(&json, bytes, length);
    int result = json_finish(&json, &err);
    CHECK((result == 0) == (err.text[0] == '\0'));
    return result == 0;
}

static void rewrite(const char *bytes, size_t length, struct buf *out)
{
    static struct json_reader json;
    struct json_writer writer;
    json_init(&json, bytes, length);
    json_write_init(&writer, out);
    copy_value(&json, &writer);
    CHECK(json_finish(&json, NULL) == 0 && !out->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    struct buf once, twice;
    if (!is_taken((const char *)data, length))
        return 0;
    buf_init(&once, 64 * length + 64);
    buf_init(&twice, 64 * length + 64);
    rewrite((const char *)data, length, &once);
    CHECK(is_taken(once.data, once.length));
    rewrite(once.data, once.length, &twice);
    CHECK(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    buf_fini(&once);
    buf_fini(&twice);
    return 0;
}
