/* A journal row from any bytes: the kind up to the first line break, then the body. What is taken
 * encodes again, and that decodes to the same record and encodes to the same text. */
#include <string.h>

#include "base/check.h"
#include "wire/journal_rec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static int decode(const struct record *like, const struct buf *body, struct record *ret)
{
    const char *kind = record_kind_text(like->kind);
    return journal_rec_decode(kind, strlen(kind), like->at, body->data, body->length, ret, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    const uint8_t *end = length > 0 ? memchr(data, '\n', length) : NULL;
    size_t kind = end ? (size_t)(end - data) : length;
    const char *text = (const char *)data;
    struct err err = {""};
    struct record record, again;
    struct buf first, second;
    if (!end)
        return 0;
    if (journal_rec_decode(text, kind, (struct stamp){1, 2}, text + kind + 1, length - kind - 1,
                           &record, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return 0;
    }
    buf_init(&first, JOURNAL_BODY_MAX);
    buf_init(&second, JOURNAL_BODY_MAX);
    journal_rec_encode(&record, &first);
    CHECK(!first.failed && decode(&record, &first, &again) == 0);
    CHECK(memcmp(&record, &again, sizeof record) == 0);
    journal_rec_encode(&again, &second);
    CHECK(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}
