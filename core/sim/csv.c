#include "sim/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { INFLATE_CHUNK = 256 * 1024 };

struct reader {
    const char *what;
    csv_take *take;
    csv_bad *bad;        /* NULL: a bad line ends it */
    void *context;
    struct err *err;
    uint32_t line;
    char pending[CSV_LINE_MAX];
    size_t pending_length;
};

bool csv_int64(struct csv_field field, int64_t *ret)
{
    int64_t value = 0;
    if (field.length == 0 || field.length > 19)
        return false;
    for (size_t i = 0; i < field.length; i++) {
        if (field.text[i] < '0' || field.text[i] > '9' ||
            __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, field.text[i] - '0', &value))
            return false;
    }
    *ret = value;
    return true;
}

bool csv_is(struct csv_field field, const char *word)
{
    return strlen(word) == field.length && memcmp(field.text, word, field.length) == 0;
}

int csv_refuse(const struct csv_line *line, struct err *err, const char *format, ...)
{
    char words[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    for (char *p = words; *p; p++) /* a file's bytes may be anything, and people read this */
        if (*p < ' ' || *p > '~')
            *p = '?';
    return err_set(err, "%s:%u: %s", line->what, line->number, words);
}

static bool split(const char *text, size_t length, struct csv_line *line)
{
    const char *start = text, *end = text + length;
    for (const char *p = text; p <= end; p++) {
        if (p < end && *p != ',')
            continue;
        if (line->count == CSV_FIELDS_MAX)
            return false;
        line->fields[line->count++] = (struct csv_field){start, (size_t)(p - start)};
        start = p + 1;
    }
    return true;
}

static int judge_line(struct reader *reader, const char *text, size_t length)
{
    static const char ORDER_MARK[] = "\xef\xbb\xbf"; /* spreadsheets begin so */
    struct csv_line line = {.what = reader->what, .number = ++reader->line};
    if (line.number == 1 && length >= 3 && memcmp(text, ORDER_MARK, 3) == 0) {
        text += 3;
        length -= 3;
    }
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length == 0)
        return 0;
    if (!split(text, length, &line))
        return csv_refuse(&line, reader->err, "more than %d columns; take out what is not wanted",
                          CSV_FIELDS_MAX);
    return reader->take(reader->context, &line, reader->err);
}

static int take_line(struct reader *reader, const char *text, size_t length)
{
    if (judge_line(reader, text, length) == 0)
        return 0;
    return reader->bad && reader->bad(reader->context, reader->err->text) ? 0 : -1;
}

/* Lines may be cut anywhere by the inflater: the cut part waits in `pending`. */
static int take_bytes(struct reader *reader, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t piece = (size_t)((newline ? newline : end) - bytes);
        if (reader->pending_length + piece > sizeof reader->pending)
            return err_set(reader->err, "%s:%u: longer than %d bytes; is it a CSV, or gzip of one?",
                           reader->what, reader->line + 1, CSV_LINE_MAX);
        if (newline && reader->pending_length == 0) {
            if (take_line(reader, bytes, piece) < 0)
                return -1;
        } else {
            memcpy(reader->pending + reader->pending_length, bytes, piece);
            reader->pending_length += piece;
            if (newline && take_line(reader, reader->pending, reader->pending_length) < 0)
                return -1;
            if (newline)
                reader->pending_length = 0;
        }
        bytes += piece + (newline != NULL);
    }
    return 0;
}

static int inflate_all(struct reader *reader, z_stream *stream, char *chunk)
{
    int status = Z_OK;
    /* Files that were packed apart and put behind each other are one. */
    while (status != Z_STREAM_END || stream->avail_in > 0) {
        if (status == Z_STREAM_END && inflateReset(stream) != Z_OK)
            return err_set(reader->err, "%s: the inflater does not start", reader->what);
        stream->next_out = (unsigned char *)chunk;
        stream->avail_out = INFLATE_CHUNK;
        status = inflate(stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            return err_set(reader->err, "%s: the gzip stream is damaged or cut short "
                           "(gzip -t says where); fetch it again", reader->what);
        if (take_bytes(reader, chunk, INFLATE_CHUNK - stream->avail_out) < 0)
            return -1;
    }
    return 0;
}

static int take_gzip(struct reader *reader, const void *bytes, size_t length)
{
    z_stream stream = {.avail_in = (unsigned)length};
    union { const void *in; unsigned char *out; } borrowed = {.in = bytes}; /* zlib never writes */
    char *chunk = malloc(INFLATE_CHUNK);
    int result = -1;
    stream.next_in = borrowed.out;
    if (!chunk || length > UINT32_MAX) {
        err_set(reader->err, "%s: no memory to inflate it", reader->what);
    } else if (inflateInit2(&stream, 15 + 32) != Z_OK) { /* 32: gzip or zlib, by its head */
        err_set(reader->err, "%s: the inflater does not start", reader->what);
    } else {
        result = inflate_all(reader, &stream, chunk);
        inflateEnd(&stream);
    }
    free(chunk);
    return result;
}

int csv_read(const char *what, const void *bytes, size_t length, csv_take *take, void *context,
             struct err *err)
{
    return csv_read_on(what, bytes, length, take, NULL, context, err);
}

int csv_read_on(const char *what, const void *bytes, size_t length, csv_take *take, csv_bad *bad,
                void *context, struct err *err)
{
    const unsigned char *head = bytes;
    struct reader reader = {.what = what, .take = take, .bad = bad, .context = context,
                            .err = err};
    bool gzip = length >= 2 && head[0] == 0x1f && head[1] == 0x8b;
    int result = gzip ? take_gzip(&reader, bytes, length) : take_bytes(&reader, bytes, length);
    if (result == 0 && reader.pending_length > 0)
        result = take_line(&reader, reader.pending, reader.pending_length);
    return result;
}
