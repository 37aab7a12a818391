#include "wire/bundle.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

static const char MAGIC[4] = {'M', 'G', 'B', '1'};

void bundle_encode(const struct bundle *bundle, struct buf *ret_bytes)
{
    CHECK(bundle->count <= BUNDLE_ENTRIES_MAX);
    buf_put(ret_bytes, MAGIC, sizeof MAGIC);
    buf_put(ret_bytes, &bundle->count, sizeof bundle->count);
    for (uint32_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        buf_put(ret_bytes, &entry->name_length, sizeof entry->name_length);
        buf_put(ret_bytes, &entry->text_length, sizeof entry->text_length);
        buf_put(ret_bytes, entry->name, entry->name_length);
        buf_put(ret_bytes, entry->text, entry->text_length);
    }
}

struct cursor { const char *at; size_t left; };

static const char *take(struct cursor *cursor, size_t length)
{
    const char *taken = cursor->at;
    if (length > cursor->left)
        return NULL;
    cursor->at += length;
    cursor->left -= length;
    return taken;
}

static bool take_u32(struct cursor *cursor, uint32_t *ret)
{
    const char *bytes = take(cursor, sizeof *ret);
    if (bytes)
        memcpy(ret, bytes, sizeof *ret);
    return bytes != NULL;
}

static bool take_entry(struct cursor *cursor, struct bundle_entry *ret)
{
    return take_u32(cursor, &ret->name_length) && take_u32(cursor, &ret->text_length) &&
           (ret->name = take(cursor, ret->name_length)) != NULL &&
           (ret->text = take(cursor, ret->text_length)) != NULL;
}

/* `require` finds the first of a name, so a second one would be dead weight or a trap. */
static bool name_is_new(const struct bundle *bundle, uint32_t index)
{
    const struct bundle_entry *entry = &bundle->entries[index];
    for (uint32_t i = 0; i < index; i++)
        if (bundle->entries[i].name_length == entry->name_length &&
            memcmp(bundle->entries[i].name, entry->name, entry->name_length) == 0)
            return false;
    return true;
}

static int check_entry(const struct bundle *bundle, uint32_t index, struct err *err)
{
    const struct bundle_entry *entry = &bundle->entries[index];
    if (entry->name_length == 0 || memchr(entry->name, 0, entry->name_length) ||
        !text_utf8_valid(entry->name, entry->name_length))
        return err_set(err, "bundle: entry %u has no proper name", index);
    if (!name_is_new(bundle, index))
        return err_set(err, "bundle: entry %u has a name that stands twice", index);
    return 0;
}

int bundle_decode(const void *bytes, size_t length, struct bundle *ret, struct err *err)
{
    struct cursor cursor = {bytes, length};
    if (length > BUNDLE_BYTES_MAX)
        return err_set(err, "bundle: %zu bytes; at most %d", length, BUNDLE_BYTES_MAX);
    const char *magic = take(&cursor, sizeof MAGIC);
    if (!magic || memcmp(magic, MAGIC, sizeof MAGIC) != 0)
        return err_set(err, "bundle: does not begin with MGB1");
    if (!take_u32(&cursor, &ret->count))
        return err_set(err, "bundle: cut short in its head");
    if (ret->count < 2 || ret->count > BUNDLE_ENTRIES_MAX)
        return err_set(err, "bundle: %u entries; 2 to %d", ret->count, BUNDLE_ENTRIES_MAX);
    for (uint32_t i = 0; i < ret->count; i++) {
        if (!take_entry(&cursor, &ret->entries[i]))
            return err_set(err, "bundle: cut short in entry %u", i);
        if (check_entry(ret, i, err) < 0)
            return -1;
    }
    if (cursor.left > 0)
        return err_set(err, "bundle: %zu bytes follow the last entry", cursor.left);
    return 0;
}
