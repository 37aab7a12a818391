#include "sim/venue_fault_bytes.h"

#include <string.h>

/* Where a JSON value that begins at `at` ends; brackets in strings do not count. */
static size_t value_end(const struct buf *text, size_t at)
{
    int depth = 0;
    bool quoted = false;
    for (; at < text->length; at++) {
        char c = text->data[at];
        if (quoted) {
            at += c == '\\';
            quoted = c != '"';
            if (!quoted && depth == 0)
                return at + 1;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            return at;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return text->length;
}

/* The next `"name":` from `from`; its start and where its value begins. */
static bool find_field(const struct buf *text, size_t from, const char *name, size_t *ret_key,
                       size_t *ret_value)
{
    size_t length = strlen(name);
    for (size_t i = from; i + length + 3 <= text->length; i++)
        if (text->data[i] == '"' && memcmp(text->data + i + 1, name, length) == 0 &&
            text->data[i + 1 + length] == '"' && text->data[i + 2 + length] == ':') {
            *ret_key = i;
            *ret_value = i + length + 3;
            return true;
        }
    return false;
}

static void replace(struct buf *text, size_t from, size_t to, const char *bytes, size_t length)
{
    struct buf whole;
    buf_init(&whole, text->maximum + 1024);
    buf_put(&whole, text->data, from);
    buf_put(&whole, bytes, length);
    buf_put(&whole, text->data + to, text->length - to);
    whole.maximum = text->maximum;
    buf_fini(text);
    *text = whole;
}

static void set_field(struct buf *text, const char *name, const char *value)
{
    size_t key, at, from = 0;
    while (find_field(text, from, name, &key, &at)) {
        replace(text, at, value_end(text, at), value, strlen(value));
        from = at + strlen(value);
    }
}

static void rename_field(struct buf *text, const char *name, const char *other)
{
    size_t key, at, from = 0;
    while (find_field(text, from, name, &key, &at)) {
        replace(text, key + 1, at - 2, other, strlen(other));
        from = key + strlen(other) + 3;
    }
}

/* With the comma after it, or else the one before it. */
static void omit_field(struct buf *text, const char *name)
{
    size_t key, at;
    while (find_field(text, 0, name, &key, &at)) {
        size_t end = value_end(text, at);
        if (end < text->length && text->data[end] == ',') {
            end++;
            while (end < text->length && text->data[end] == ' ')
                end++;
        } else {
            while (key > 0 && text->data[key - 1] == ' ')
                key--;
            key -= key > 0 && text->data[key - 1] == ',';
        }
        replace(text, key, end, "", 0);
    }
}

static void put_in_front(struct buf *text, const char *member)
{
    const char *brace = text->length ? memchr(text->data, '{', text->length) : NULL;
    if (brace) {
        size_t at = (size_t)(brace - text->data) + 1;
        replace(text, at, at, member, strlen(member));
    }
}

bool venue_fault_spoil(const struct venue_fault_rule *rule, struct buf *text)
{
    switch (rule->fault) {
    case FAULT_SET: set_field(text, rule->text, rule->value); return true;
    case FAULT_RENAME: rename_field(text, rule->text, rule->value); return true;
    case FAULT_OMIT: omit_field(text, rule->text); return true;
    case FAULT_EXTRA:
        put_in_front(text, "\"venue_novelty\":{\"level\":[1,null,true]},");
        return true;
    case FAULT_TRUNCATE: text->length /= 2; return true;
    default: return false;
    }
}
