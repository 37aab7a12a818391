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

void venue_fault_set_field(struct buf *text, const char *name, const char *value)
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

/* Between the brackets of the first list that is not "events". */
static bool find_list(const struct buf *text, size_t *ret_from, size_t *ret_to)
{
    static const char EVENTS[] = "\"events\"";
    for (size_t i = 2; i + 1 < text->length; i++) {
        if (text->data[i] != '[' || text->data[i - 1] != ':' ||
            (text->data[i + 1] != '{' && text->data[i + 1] != ']'))
            continue;
        if (i >= sizeof EVENTS &&
            memcmp(text->data + i - sizeof EVENTS, EVENTS, sizeof EVENTS - 1) == 0)
            continue;
        *ret_from = i + 1;
        *ret_to = value_end(text, i) - 1;
        return *ret_to >= *ret_from;
    }
    return false;
}

/* The item that begins at `at`: its end, and where the next one begins. */
static size_t item_end(const struct buf *text, size_t at, size_t to, size_t *ret_next)
{
    size_t end = value_end(text, at);
    end = end < to ? end : to;
    *ret_next = end;
    while (*ret_next < to && (text->data[*ret_next] == ',' || text->data[*ret_next] == ' '))
        ++*ret_next;
    return end;
}

static void put_between(struct buf *out, const char *bytes, size_t length)
{
    if (out->length > 0)
        buf_put(out, ",", 1);
    buf_put(out, bytes, length);
}

/* As it is, but for the item at `chosen`, the first being 1: that one so many times. */
static void relist(struct buf *text, int64_t chosen, int chosen_copies)
{
    struct buf items;
    size_t at, from, to, next, number = 1;
    if (!find_list(text, &from, &to))
        return;
    buf_init(&items, 2 * text->maximum);
    for (at = from; at < to; at = next, number++) {
        size_t end = item_end(text, at, to, &next);
        for (int copies = (int64_t)number == chosen ? chosen_copies : 1; copies > 0; copies--)
            put_between(&items, text->data + at, end - at);
        if (next == at)
            break;
    }
    replace(text, from, to, items.data, items.length);
    buf_fini(&items);
}

static void reverse_list(struct buf *text)
{
    struct buf items;
    size_t from, to, next;
    if (!find_list(text, &from, &to))
        return;
    buf_init(&items, 2 * text->maximum);
    for (size_t at = from, end; at < to; at = next) { /* each goes before those that came */
        end = item_end(text, at, to, &next);
        struct buf whole;
        buf_init(&whole, items.maximum);
        buf_put(&whole, text->data + at, end - at);
        if (items.length > 0)
            put_between(&whole, items.data, items.length);
        buf_fini(&items);
        items = whole;
        if (next == at)
            break;
    }
    replace(text, from, to, items.data, items.length);
    buf_fini(&items);
}

static void empty_list(struct buf *text)
{
    size_t from, to;
    if (find_list(text, &from, &to))
        replace(text, from, to, "", 0);
}

static void make_giant(struct buf *text, int64_t wanted)
{
    struct buf items;
    size_t from, to, length = (size_t)wanted;
    if (!find_list(text, &from, &to) || to == from || length <= text->length)
        return;
    size_t once = to - from;
    text->maximum = length + once + 1024;
    buf_init(&items, text->maximum);
    while (text->length - once + items.length < length)
        put_between(&items, text->data + from, once);
    replace(text, from, to, items.data, items.length);
    buf_fini(&items);
}

bool venue_fault_put_item(struct buf *text, const char *item)
{
    struct buf with;
    size_t from, to;
    if (!find_list(text, &from, &to))
        return false;
    buf_init(&with, 1024);
    buf_printf(&with, "%s%s", item, to > from ? "," : "");
    replace(text, from, from, with.data, with.length);
    buf_fini(&with);
    return true;
}

static void put_deep(struct buf *text, int64_t depth)
{
    struct buf member;
    buf_init(&member, 4 * 1024 * 1024);
    buf_puts(&member, "\"venue_depth\":");
    for (int64_t i = 0; i < depth; i++)
        buf_put(&member, "[", 1);
    for (int64_t i = 0; i < depth; i++)
        buf_put(&member, "]", 1);
    buf_puts(&member, ",");
    put_in_front(text, member.data);
    buf_fini(&member);
}

static void double_first_field(struct buf *text)
{
    const char *brace = text->length ? memchr(text->data, '{', text->length) : NULL;
    size_t from = brace ? (size_t)(brace - text->data) + 1 : 0, end = from;
    if (!brace)
        return;
    while (end < text->length && text->data[end] != ':')
        end++;
    end = end < text->length ? value_end(text, end + 1) : end;
    struct buf member;
    buf_init(&member, text->length + 2);
    buf_put(&member, text->data + from, end - from);
    buf_put(&member, ",", 1);
    if (member.length > 1)
        replace(text, from, from, member.data, member.length);
    buf_fini(&member);
}

bool venue_fault_spoil(const struct venue_fault_rule *rule, struct buf *text)
{
    switch (rule->fault) {
    case FAULT_SET: venue_fault_set_field(text, rule->text, rule->value); return true;
    case FAULT_RENAME: rename_field(text, rule->text, rule->value); return true;
    case FAULT_OMIT: omit_field(text, rule->text); return true;
    case FAULT_EXTRA:
        put_in_front(text, "\"venue_novelty\":{\"level\":[1,null,true]},");
        return true;
    case FAULT_TRUNCATE: text->length /= 2; return true;
    case FAULT_SKIP_ITEM: relist(text, rule->amount, 0); return true;
    case FAULT_REPEAT_ITEM: relist(text, rule->amount, 2); return true;
    case FAULT_REVERSE: reverse_list(text); return true;
    case FAULT_EMPTY_LIST: empty_list(text); return true;
    case FAULT_GIANT: make_giant(text, rule->amount); return true;
    case FAULT_DEEP: put_deep(text, rule->amount); return true;
    case FAULT_DUPLICATE_KEYS: double_first_field(text); return true;
    case FAULT_BAD_UTF8: put_in_front(text, "\"venue_note\":\"\xc3\x28\xff\","); return true;
    case FAULT_BOM: replace(text, 0, 0, "\xef\xbb\xbf", 3); return true;
    default: return false;
    }
}
