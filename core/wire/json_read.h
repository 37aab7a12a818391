#pragma once
/* A bounded pull reader over JSON bytes: one pass, no allocation, nothing built. Failure sticks:
 * after it every call returns false, so a decoder reads on and asks once at the end.
 *
 *     struct json_reader json;
 *     struct json_text key, name = {0};
 *     json_init(&json, bytes, length);
 *     if (json_enter_object(&json))
 *         while (json_next_key(&json, &key))
 *             if (json_text_equal(key, "name"))
 *                 json_read_string(&json, &name);       what is not read is skipped
 *     if (json_finish(&json, &err) < 0)                 also checks that nothing follows
 *         return -1;                                    "byte 17: a colon was expected"
 *
 * Everything is checked, the skipped parts too: grammar, depth (MAX_JSON_DEPTH), UTF-8, lone
 * surrogates, \u0000 and control characters, and that no object holds one key twice. Numbers stay
 * text. A string is a span of the input, escapes and all; json_text_copy unescapes it. Spans live
 * as long as the input. The struct is 8 KB: fine on a stack, one per document. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

/* Keys of all objects open at one time. The widest product record shows about 120. */
enum { JSON_OPEN_KEYS = 320 };

struct json_text { /* what stands between the quotes, or a number's own text */
    const char *at; /* borrowed from the input */
    size_t length;
    bool escaped;   /* holds at least one backslash */
};

enum json_kind { JSON_NONE, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_BOOL,
                 JSON_NULL };

struct json_reader {
    const char *begin, *at, *end; /* borrowed */
    const char *failure;          /* static words; NULL while all is well */
    uint32_t depth, key_count;
    bool first;                   /* the open container has shown no member yet */
    bool pending;                 /* a value was announced and not read */
    uint16_t key_base[MAX_JSON_DEPTH + 1];
    uint64_t key_marks[MAX_JSON_DEPTH + 1];
    struct json_text keys[JSON_OPEN_KEYS]; /* of the open objects, to find doubles */
};

void json_init(struct json_reader *json, const char *bytes, size_t length);

/* What comes next, without reading it. JSON_NONE: nothing that could start a value. */
enum json_kind json_peek(struct json_reader *json);

/* Enter, then ask for members until false; the end of the container is consumed by that false. */
bool json_enter_object(struct json_reader *json);
bool json_next_key(struct json_reader *json, struct json_text *ret_key);
bool json_enter_array(struct json_reader *json);
bool json_next_item(struct json_reader *json);

/* Each fails the document when the value is of another kind; peek first where more than one may
 * come. The text read is left alone on failure. */
bool json_read_string(struct json_reader *json, struct json_text *ret);
bool json_read_number(struct json_reader *json, struct json_text *ret);
bool json_read_scalar(struct json_reader *json, struct json_text *ret); /* string or number */
bool json_read_bool(struct json_reader *json, bool *ret);
/* True when null came, which is consumed; else nothing is read and nothing fails. */
bool json_take_null(struct json_reader *json);
bool json_skip_value(struct json_reader *json);

/* A decoder's own objection, at the present place. Returns false. `words` must be static. */
bool json_fail(struct json_reader *json, const char *words);
/* 0 when the document was read whole and well. -1: err says where and what. */
int json_finish(struct json_reader *json, struct err *err);

/* Compares what the text means, escapes undone, without a copy. */
bool json_text_equal(struct json_text text, const char *literal);
bool json_text_same(struct json_text a, struct json_text b);
/* Unescapes and terminates; false when it does not fit, and then *out is "". */
bool json_text_copy(struct json_text text, char *out, size_t capacity);
/* As above, but what does not fit is cut at a whole character. For words to people. */
void json_text_excerpt(struct json_text text, char *out, size_t capacity);
/* Whole numbers without sign, point, exponent or leading zero; false past 64 bits. */
bool json_text_uint64(struct json_text text, uint64_t *ret);
bool json_text_int64(struct json_text text, int64_t *ret);
