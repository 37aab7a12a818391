#pragma once
/* Compact JSON into a struct buf. Commas are kept by the writer; check buf.failed once at the end.
 *
 *     json_write_init(&json, &buf);
 *     json_open_object(&json);
 *     json_put_text(&json, "product_id", "BIP-20DEC30-CDE");   a key and its value
 *     json_open_array_at(&json, "sizes");
 *     json_put_size(&json, NULL, size);                        inside an array: no key
 *     json_close_array(&json);
 *     json_close_object(&json);
 *
 * Decimals are written as strings, in their canonical form. Text that is not UTF-8 is written with
 * U+FFFD where it is broken, so that what leaves can always be read. Closing what was not opened,
 * or nesting past MAX_JSON_DEPTH, is a bug. */
#include "base/buf.h"
#include "base/decimal.h"

struct json_writer {
    struct buf *out; /* borrowed */
    uint32_t depth;
    bool comma;      /* a member stands before the next one */
};

void json_write_init(struct json_writer *json, struct buf *out);

void json_open_object(struct json_writer *json);
void json_open_object_at(struct json_writer *json, const char *key);
void json_close_object(struct json_writer *json);
void json_open_array(struct json_writer *json);
void json_open_array_at(struct json_writer *json, const char *key);
void json_close_array(struct json_writer *json);

/* `key` NULL: an array's item, or the value after json_put_key. */
void json_put_key(struct json_writer *json, const char *key); /* when the key is not a literal */
void json_put_text(struct json_writer *json, const char *key, const char *text);
void json_put_bytes(struct json_writer *json, const char *key, const char *text, size_t length);
void json_put_int(struct json_writer *json, const char *key, int64_t value);
void json_put_uint(struct json_writer *json, const char *key, uint64_t value);
void json_put_bool(struct json_writer *json, const char *key, bool value);
void json_put_null(struct json_writer *json, const char *key);
void json_put_price(struct json_writer *json, const char *key, struct price value);
void json_put_size(struct json_writer *json, const char *key, struct size value);
void json_put_ratio(struct json_writer *json, const char *key, struct ratio value);
void json_put_money(struct json_writer *json, const char *key, struct money value);
/* RFC 3339 with microseconds; null for 0. */
void json_put_time(struct json_writer *json, const char *key, int64_t unix_ns);
/* A piece of JSON that was made elsewhere and is known to be whole. */
void json_put_raw(struct json_writer *json, const char *key, const char *text, size_t length);
