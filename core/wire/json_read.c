/* The pull reader. One cursor goes forward over the bytes; what is announced and not read is
 * skipped by the next call, with every check that reading it would have made. */
#include "wire/json_read.h"

#include <string.h>

#include "base/text.h"
#include "wire/json_scan.h"

void json_init(struct json_reader *json, const char *bytes, size_t length)
{
    /* No body at all comes as NULL, to which not even 0 may be added. */
    json->begin = json->at = length > 0 ? bytes : "";
    json->end = json->begin + length;
    json->failure = NULL;
    json->depth = json->key_count = 0;
    json->first = false;
    json->pending = true;
}

bool json_fail(struct json_reader *json, const char *words)
{
    if (!json->failure)
        json->failure = words;
    return false;
}

static inline void skip_blanks(struct json_reader *json)
{
    const char *at = json->at, *end = json->end;
    if (__builtin_expect(at < end && (unsigned char)*at > ' ', 1))
        return;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    json->at = at;
}

/* The next byte that is not blank, or 0 at the end and after a failure. */
static inline char look(struct json_reader *json)
{
    if (__builtin_expect(json->failure != NULL, 0))
        return 0;
    skip_blanks(json);
    return json->at < json->end ? *json->at : 0;
}

enum json_kind json_peek(struct json_reader *json)
{
    switch (look(json)) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't':
    case 'f': return JSON_BOOL;
    case 'n': return JSON_NULL;
    case '-':
    case '0' ... '9': return JSON_NUMBER;
    default: return JSON_NONE;
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at `at`, or -1. */
static int hex_four(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Reads the escape whose backslash is at `at`. Returns the byte behind it, or NULL with the reason
 * in *why. The character is at most U+10FFFF and never a surrogate. */
static const char *read_escape(const char *at, const char *end, uint32_t *ret, const char **why)
{
    static const char PLAIN[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    *why = "a broken escape in a string";
    if (end - at < 2)
        return NULL;
    const char *plain = at[1] ? strchr(PLAIN, at[1]) : NULL;
    if (plain) {
        *ret = (unsigned char)MEANT[plain - PLAIN];
        return at + 2;
    }
    int high = at[1] == 'u' ? hex_four(at + 2, end) : -1;
    if (high < 0)
        return NULL;
    if (high == 0) {
        *why = "a NUL character in a string";
        return NULL;
    }
    at += 6;
    *ret = (uint32_t)high;
    if (high < 0xd800 || high > 0xdfff)
        return at;
    int low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex_four(at + 2, end) : -1;
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        *why = "half a surrogate pair in a string";
        return NULL;
    }
    *ret = 0x10000 + (((uint32_t)high - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
    return at + 6;
}

enum { BYTE_PLAIN, BYTE_QUOTE, BYTE_ESCAPE, BYTE_CONTROL, BYTE_HIGH };

static inline int byte_class(unsigned char c)
{
    if (c == '"')
        return BYTE_QUOTE;
    if (c == '\\')
        return BYTE_ESCAPE;
    if (c < 0x20)
        return BYTE_CONTROL;
    return c < 0x80 ? BYTE_PLAIN : BYTE_HIGH;
}

/* A string with escapes, characters above ASCII, or something wrong. */
static bool scan_rare_string(struct json_reader *json, struct json_text *ret)
{
    const char *begin = json->at, *at = begin, *end = json->end, *why;
    bool escaped = false, high = false;
    uint32_t character;
    for (;;) {
        at = json_find_special(at, end);
        json->at = at;
        if (at == end)
            return json_fail(json, "a string without its end");
        int kind = byte_class((unsigned char)*at);
        if (kind == BYTE_QUOTE)
            break;
        if (kind == BYTE_CONTROL)
            return json_fail(json, "a control character in a string");
        if (kind == BYTE_HIGH) {
            high = true;
            at++;
            continue;
        }
        escaped = true;
        at = read_escape(at, end, &character, &why);
        if (!at)
            return json_fail(json, why);
    }
    if (high && !text_utf8_valid(begin, (size_t)(at - begin)))
        return json_fail(json, "a string that is not UTF-8");
    *ret = (struct json_text){begin, (size_t)(at - begin), escaped};
    json->at = at + 1;
    return true;
}

/* From behind the opening quote to behind the closing one. */
static inline bool scan_string(struct json_reader *json, struct json_text *ret)
{
    const char *at = json_find_special(json->at, json->end);
    if (__builtin_expect(at == json->end || *at != '"', 0))
        return scan_rare_string(json, ret);
    *ret = (struct json_text){json->at, (size_t)(at - json->at), false};
    json->at = at + 1;
    return true;
}

bool json_read_string(struct json_reader *json, struct json_text *ret)
{
    if (look(json) != '"')
        return json_fail(json, "a string was expected");
    json->at++;
    json->pending = false;
    return scan_string(json, ret);
}

static const char *scan_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Behind the number at `at`, or NULL when its grammar is broken. */
static const char *scan_number(const char *at, const char *end)
{
    at += at < end && *at == '-';
    const char *digits = at;
    at = scan_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1))
        return NULL;
    if (at < end && *at == '.') {
        digits = ++at;
        at = scan_digits(at, end);
        if (at == digits)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '-' || *at == '+');
        digits = at;
        at = scan_digits(at, end);
        if (at == digits)
            return NULL;
    }
    return at;
}

bool json_read_number(struct json_reader *json, struct json_text *ret)
{
    if (json_peek(json) != JSON_NUMBER)
        return json_fail(json, "a number was expected");
    const char *end = scan_number(json->at, json->end);
    if (!end)
        return json_fail(json, "a broken number");
    *ret = (struct json_text){json->at, (size_t)(end - json->at), false};
    json->at = end;
    json->pending = false;
    return true;
}

bool json_read_scalar(struct json_reader *json, struct json_text *ret)
{
    enum json_kind kind = json_peek(json);
    if (kind == JSON_STRING)
        return json_read_string(json, ret);
    if (kind == JSON_NUMBER)
        return json_read_number(json, ret);
    return json_fail(json, "a string or a number was expected");
}

static bool take_word(struct json_reader *json, const char *word, size_t length)
{
    if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0)
        return false;
    json->at += length;
    json->pending = false;
    return true;
}

bool json_read_bool(struct json_reader *json, bool *ret)
{
    char first = look(json);
    bool value = first == 't';
    if (!(value ? take_word(json, "true", 4) : first == 'f' && take_word(json, "false", 5)))
        return json_fail(json, "true or false was expected");
    *ret = value;
    return true;
}

bool json_take_null(struct json_reader *json)
{
    return look(json) == 'n' && (take_word(json, "null", 4) || json_fail(json, "a broken word"));
}

static bool enter(struct json_reader *json)
{
    if (json->depth == MAX_JSON_DEPTH)
        return json_fail(json, "nested too deeply");
    json->at++;
    json->depth++;
    json->key_base[json->depth] = (uint16_t)json->key_count;
    json->key_marks[json->depth] = 0;
    json->first = true;
    json->pending = false;
    return true;
}

static void leave(struct json_reader *json)
{
    json->at++;
    json->key_count = json->key_base[json->depth];
    json->depth--;
    json->first = false;
    json->pending = false;
}

bool json_enter_object(struct json_reader *json)
{
    return look(json) == '{' ? enter(json) : json_fail(json, "an object was expected");
}

bool json_enter_array(struct json_reader *json)
{
    return look(json) == '[' ? enter(json) : json_fail(json, "an array was expected");
}

/* Goes to the next member of the open container. False: its end was consumed, or a failure. */
static inline bool next_member(struct json_reader *json, char close)
{
    if (json->pending && !json_skip_value(json))
        return false;
    char next = look(json);
    bool first = json->first;
    if (next == close && json->depth > 0) {
        leave(json);
        return false;
    }
    json->first = false;
    if (first)
        return !json->failure;
    if (next != ',')
        return json_fail(json, "a comma or the end of its container was expected");
    json->at++;
    return true;
}

bool json_next_item(struct json_reader *json)
{
    if (!next_member(json, ']'))
        return false;
    json->pending = true;
    return true;
}

static bool is_double(const struct json_reader *json, struct json_text key)
{
    for (uint32_t i = json->key_base[json->depth]; i < json->key_count; i++) {
        struct json_text other = json->keys[i];
        if ((other.length == key.length || other.escaped || key.escaped) &&
            json_text_same(other, key))
            return true;
    }
    return false;
}

/* One of 64 marks by length and ends: a key whose mark is new in its object is new itself. Keys
 * with escapes have all marks, for they may mean any other. */
static inline uint64_t mark_of(struct json_text key)
{
    if (__builtin_expect(key.escaped, 0))
        return UINT64_MAX;
    if (key.length == 0)
        return 1;
    unsigned first = (unsigned char)key.at[0], last = (unsigned char)key.at[key.length - 1];
    return UINT64_C(1) << ((key.length * 5 + first * 7 + last * 3) & 63);
}

/* False when the open object has shown this key already, or too many are open. */
static inline bool remember_key(struct json_reader *json, struct json_text key)
{
    uint32_t count = json->key_count;
    uint64_t mark = mark_of(key), *marks = &json->key_marks[json->depth];
    if ((*marks & mark) != 0 && is_double(json, key))
        return json_fail(json, "a key that stands twice in one object");
    *marks |= mark;
    if (count == JSON_OPEN_KEYS)
        return json_fail(json, "too many keys in one object");
    json->keys[count] = key;
    json->key_count = count + 1;
    return true;
}

bool json_next_key(struct json_reader *json, struct json_text *ret_key)
{
    if (!next_member(json, '}'))
        return false;
    if (look(json) != '"')
        return json_fail(json, "a key was expected");
    json->at++;
    if (!scan_string(json, ret_key) || !remember_key(json, *ret_key))
        return false;
    if (look(json) != ':')
        return json_fail(json, "a colon was expected");
    json->at++;
    json->pending = true;
    return true;
}

/* Recursion is bounded by MAX_JSON_DEPTH. */
bool json_skip_value(struct json_reader *json)
{
    struct json_text ignored;
    bool truth;
    switch (json_peek(json)) {
    case JSON_STRING: return json_read_string(json, &ignored);
    case JSON_NUMBER: return json_read_number(json, &ignored);
    case JSON_BOOL: return json_read_bool(json, &truth);
    case JSON_NULL: return json_take_null(json);
    case JSON_OBJECT:
        for (bool more = json_enter_object(json); more;)
            more = json_next_key(json, &ignored) && json_skip_value(json);
        return !json->failure;
    case JSON_ARRAY:
        for (bool more = json_enter_array(json); more;)
            more = json_next_item(json) && json_skip_value(json);
        return !json->failure;
    default: return json_fail(json, "a value was expected");
    }
}

int json_finish(struct json_reader *json, struct err *err)
{
    if (json->pending)
        json_skip_value(json);
    if (!json->failure && json->depth > 0)
        json_fail(json, "the document was left half read");
    if (!json->failure) {
        skip_blanks(json);
        if (json->at < json->end)
            json_fail(json, "something follows the end of the document");
    }
    if (!json->failure)
        return 0;
    return err_set(err, "byte %zu: %s%s", (size_t)(json->at - json->begin), json->failure,
                   json->at == json->end ? " (the text ends here)" : "");
}

/* The character at `at`, an escape undone or its UTF-8 taken apart; the text was checked when it
 * was read. Returns what lies behind it. */
static const char *next_character(const char *at, const char *end, uint32_t *ret)
{
    const char *why;
    unsigned char lead = (unsigned char)*at;
    if (lead == '\\') {
        at = read_escape(at, end, ret, &why);
        return at ? at : end;
    }
    int tail = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    *ret = tail == 0 ? lead : lead & (0x3fu >> tail);
    for (at++; tail > 0 && at < end; tail--)
        *ret = *ret << 6 | ((unsigned char)*at++ & 0x3f);
    return at;
}

static size_t write_utf8(uint32_t character, char out[4])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (char)((0xf00u >> length & 0xf0) | character);
    return length;
}

bool json_text_same(struct json_text a, struct json_text b)
{
    if (a.length == 0 || b.length == 0) /* a text that was not told has no place */
        return a.length == b.length;
    if (!a.escaped && !b.escaped)
        return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
    const char *a_end = a.at + a.length, *b_end = b.at + b.length;
    while (a.at < a_end && b.at < b_end) {
        uint32_t x = 0, y = 0;
        a.at = next_character(a.at, a_end, &x);
        b.at = next_character(b.at, b_end, &y);
        if (x != y)
            return false;
    }
    return a.at == a_end && b.at == b_end;
}

bool json_text_equal(struct json_text text, const char *literal)
{
    size_t length = strlen(literal);
    if (!text.escaped)
        return text.length == length && (length == 0 || memcmp(text.at, literal, length) == 0);
    /* A backslash in the literal stands for itself, so this side is read byte by byte. */
    const char *end = text.at + text.length, *want = literal;
    while (text.at < end) {
        uint32_t character = 0;
        char bytes[4];
        text.at = next_character(text.at, end, &character);
        size_t size = write_utf8(character, bytes);
        if (strncmp(want, bytes, size) != 0)
            return false;
        want += size;
    }
    return *want == '\0';
}

/* Copies whole characters while they fit; true when all did. */
static bool copy_characters(struct json_text text, char *out, size_t capacity)
{
    const char *at = text.length > 0 ? text.at : "", *end = at + text.length;
    size_t length = 0;
    while (at < end) {
        uint32_t character = 0;
        char bytes[4];
        at = next_character(at, end, &character);
        size_t size = write_utf8(character, bytes);
        if (length + size >= capacity)
            break;
        memcpy(out + length, bytes, size);
        length += size;
        out[length] = '\0';
        if (at == end)
            return true;
    }
    out[length] = '\0';
    return text.length == 0;
}

bool json_text_copy(struct json_text text, char *out, size_t capacity)
{
    bool whole = text.escaped ? copy_characters(text, out, capacity) : text.length < capacity;
    if (!text.escaped && whole) {
        if (text.length > 0)
            memcpy(out, text.at, text.length);
        out[text.length] = '\0';
    }
    if (!whole)
        out[0] = '\0';
    return whole;
}

void json_text_excerpt(struct json_text text, char *out, size_t capacity)
{
    copy_characters(text, out, capacity);
}

bool json_text_uint64(struct json_text text, uint64_t *ret)
{
    uint64_t value = 0;
    if (text.length == 0 || (text.at[0] == '0' && text.length > 1))
        return false;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned)(unsigned char)text.at[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

bool json_text_int64(struct json_text text, int64_t *ret)
{
    bool negative = text.length > 0 && text.at[0] == '-';
    struct json_text digits = {negative ? text.at + 1 : text.at, text.length - negative, false};
    uint64_t magnitude;
    if (!json_text_uint64(digits, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}
