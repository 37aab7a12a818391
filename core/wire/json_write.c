#include "wire/json_write.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

void json_write_init(struct json_writer *json, struct buf *out)
{
    *json = (struct json_writer){.out = out};
}

static void put_escaped(struct buf *out, const char *text, size_t length)
{
    static const char PLAIN[] = "\"\\\b\f\n\r\t", MEANT[] = "\"\\bfnrt";
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_put(out, text + from, i - from);
        from = i + 1;
        const char *plain = c ? strchr(PLAIN, c) : NULL;
        if (plain)
            buf_put(out, (char[2]){'\\', MEANT[plain - PLAIN]}, 2);
        else
            buf_printf(out, "\\u%04x", c);
    }
    buf_put(out, text + from, length - from);
}

/* How many bytes the character at `text` takes; 0 when it is broken. */
static size_t whole_character(const char *text, size_t length)
{
    for (size_t size = 1; size <= 4 && size <= length; size++)
        if (text_utf8_valid(text, size))
            return size;
    return 0;
}

static void put_string(struct buf *out, const char *text, size_t length)
{
    buf_put(out, "\"", 1);
    if (text_utf8_valid(text, length)) {
        put_escaped(out, text, length);
    } else {
        for (size_t i = 0; i < length;) {
            size_t size = whole_character(text + i, length - i);
            if (size > 0)
                put_escaped(out, text + i, size);
            else
                buf_puts(out, "\xef\xbf\xbd");
            i += size > 0 ? size : 1;
        }
    }
    buf_put(out, "\"", 1);
}

/* Before any member: its comma, and its key when it has one. */
static void begin_member(struct json_writer *json, const char *key)
{
    if (json->comma)
        buf_put(json->out, ",", 1);
    json->comma = true;
    if (key) {
        put_string(json->out, key, strlen(key));
        buf_put(json->out, ":", 1);
    }
}

void json_put_key(struct json_writer *json, const char *key)
{
    begin_member(json, key);
    json->comma = false;
}

static void open_container(struct json_writer *json, const char *key, const char *mark)
{
    CHECK(json->depth < MAX_JSON_DEPTH);
    begin_member(json, key);
    buf_put(json->out, mark, 1);
    json->depth++;
    json->comma = false;
}

static void close_container(struct json_writer *json, const char *mark)
{
    CHECK(json->depth > 0);
    buf_put(json->out, mark, 1);
    json->depth--;
    json->comma = true;
}

void json_open_object(struct json_writer *json)
{
    open_container(json, NULL, "{");
}

void json_open_object_at(struct json_writer *json, const char *key)
{
    open_container(json, key, "{");
}

void json_close_object(struct json_writer *json)
{
    close_container(json, "}");
}

void json_open_array(struct json_writer *json)
{
    open_container(json, NULL, "[");
}

void json_open_array_at(struct json_writer *json, const char *key)
{
    open_container(json, key, "[");
}

void json_close_array(struct json_writer *json)
{
    close_container(json, "]");
}

void json_put_bytes(struct json_writer *json, const char *key, const char *text, size_t length)
{
    begin_member(json, key);
    put_string(json->out, text, length);
}

void json_put_text(struct json_writer *json, const char *key, const char *text)
{
    json_put_bytes(json, key, text, strlen(text));
}

void json_put_int(struct json_writer *json, const char *key, int64_t value)
{
    begin_member(json, key);
    buf_printf(json->out, "%" PRId64, value);
}

void json_put_uint(struct json_writer *json, const char *key, uint64_t value)
{
    begin_member(json, key);
    buf_printf(json->out, "%" PRIu64, value);
}

void json_put_raw(struct json_writer *json, const char *key, const char *text, size_t length)
{
    begin_member(json, key);
    buf_put(json->out, text, length);
}

void json_put_bool(struct json_writer *json, const char *key, bool value)
{
    json_put_raw(json, key, value ? "true" : "false", value ? 4 : 5);
}

void json_put_null(struct json_writer *json, const char *key)
{
    json_put_raw(json, key, "null", 4);
}

void json_put_price(struct json_writer *json, const char *key, struct price value)
{
    char text[DECIMAL_TEXT_MAX];
    json_put_bytes(json, key, text, price_format(value, text));
}

void json_put_size(struct json_writer *json, const char *key, struct size value)
{
    char text[DECIMAL_TEXT_MAX];
    json_put_bytes(json, key, text, size_format(value, text));
}

void json_put_ratio(struct json_writer *json, const char *key, struct ratio value)
{
    char text[DECIMAL_TEXT_MAX];
    json_put_bytes(json, key, text, ratio_format(value, text));
}

void json_put_money(struct json_writer *json, const char *key, struct money value)
{
    char text[DECIMAL_TEXT_MAX];
    json_put_bytes(json, key, text, money_format(value, text));
}

void json_put_time(struct json_writer *json, const char *key, int64_t unix_ns)
{
    char text[40];
    if (unix_ns == 0)
        json_put_null(json, key);
    else
        json_put_bytes(json, key, text, text_format_time(unix_ns, text));
}
