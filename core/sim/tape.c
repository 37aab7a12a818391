#include "sim/tape.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"

enum { INFLATE_CHUNK = 256 * 1024, FIRST_ROWS = 1024, FIELDS = 5 };

struct reader {
    struct tape *tape;
    struct err *err;
    int64_t first_ns, last_ns;
    uint32_t line, first_best; /* first_best: row index of the first Q, UINT32_MAX before it */
    char pending[TAPE_LINE_MAX];
    size_t pending_length;
};

struct field { const char *text; size_t length; };

static bool parse_int64(struct field field, int64_t *ret)
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

static bool split(const char *line, size_t length, struct field fields[FIELDS])
{
    int count = 0;
    const char *start = line, *end = line + length;
    for (const char *p = line; p <= end; p++) {
        if (p < end && *p != ',')
            continue;
        if (count == FIELDS)
            return false;
        fields[count++] = (struct field){start, (size_t)(p - start)};
        start = p + 1;
    }
    return count == FIELDS;
}

static int parse_row(struct reader *reader, const char *line, size_t length,
                     struct market_row *ret)
{
    struct field fields[FIELDS];
    if (!split(line, length, fields))
        return err_set(reader->err, "tape line %u: not five columns", reader->line);
    if (!parse_int64(fields[0], &ret->at_ns))
        return err_set(reader->err, "tape line %u: recv_ns is not a whole number", reader->line);
    if (fields[1].length != 1 || !strchr("LQT", fields[1].text[0]))
        return err_set(reader->err, "tape line %u: kind is not L, Q or T", reader->line);
    if (fields[2].length != 1 || !strchr("BS", fields[2].text[0]))
        return err_set(reader->err, "tape line %u: side is not B or S", reader->line);
    if (!price_parse(fields[3].text, fields[3].length, &ret->price) || ret->price.e9 <= 0)
        return err_set(reader->err, "tape line %u: price is not a positive decimal",
                       reader->line);
    if (!size_parse(fields[4].text, fields[4].length, &ret->size) || ret->size.e9 < 0)
        return err_set(reader->err, "tape line %u: size is not a decimal of zero or more",
                       reader->line);
    char kind = fields[1].text[0];
    ret->kind = kind == 'L' ? ROW_LEVEL : kind == 'Q' ? ROW_BEST : ROW_TRADE;
    ret->side = fields[2].text[0] == 'B' ? SIDE_BUY : SIDE_SELL;
    return 0;
}

static bool grow(struct tape *tape)
{
    if (tape->count < tape->capacity)
        return true;
    uint32_t capacity = tape->capacity ? tape->capacity * 2 : FIRST_ROWS;
    struct market_row *rows = realloc(tape->rows, (size_t)capacity * sizeof *rows);
    if (!rows)
        return false;
    tape->rows = rows;
    tape->capacity = capacity;
    return true;
}

static int push_row(struct reader *reader, const struct market_row *row)
{
    struct tape *tape = reader->tape;
    if (tape->count > 0 && row->at_ns < reader->last_ns)
        return err_set(reader->err, "tape line %u: time runs backwards", reader->line);
    if (tape->count >= TAPE_ROWS_MAX)
        return err_set(reader->err, "tape has more than %d rows: cut it", TAPE_ROWS_MAX);
    if (!grow(tape))
        return err_set(reader->err, "no memory for the tape's row %u", tape->count);
    if (row->kind == ROW_BEST && reader->first_best == UINT32_MAX)
        reader->first_best = tape->count;
    reader->last_ns = row->at_ns;
    tape->rows[tape->count++] = *row;
    return 0;
}

static int take_line(struct reader *reader, const char *line, size_t length)
{
    struct market_row row;
    reader->line++;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length == 0 || (reader->line == 1 && length >= 7 && memcmp(line, "recv_ns", 7) == 0))
        return 0;
    if (parse_row(reader, line, length, &row) < 0)
        return -1;
    return push_row(reader, &row);
}

/* Lines may be cut anywhere by the inflater: the cut part waits in `pending`. */
static int take_bytes(struct reader *reader, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t piece = (size_t)((newline ? newline : end) - bytes);
        if (reader->pending_length + piece > sizeof reader->pending)
            return err_set(reader->err, "tape line %u: longer than %d bytes", reader->line + 1,
                           TAPE_LINE_MAX);
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
    while (status != Z_STREAM_END) {
        stream->next_out = (unsigned char *)chunk;
        stream->avail_out = INFLATE_CHUNK;
        status = inflate(stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            return err_set(reader->err, "tape: the gzip stream is damaged or cut short");
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
        err_set(reader->err, "tape: no memory to inflate it");
    } else if (inflateInit2(&stream, 15 + 32) != Z_OK) { /* 32: gzip or zlib, by its head */
        err_set(reader->err, "tape: the inflater does not start");
    } else {
        result = inflate_all(reader, &stream, chunk);
        inflateEnd(&stream);
    }
    free(chunk);
    return result;
}

static int settle_times(struct reader *reader)
{
    struct tape *tape = reader->tape;
    if (reader->first_best == UINT32_MAX)
        return err_set(reader->err, "tape has no Q rows: a book cannot start from it");
    int64_t start_ns = tape->rows[reader->first_best].at_ns;
    for (uint32_t i = 0; i < tape->count; i++) {
        struct market_row *row = &tape->rows[i];
        row->at_ns = row->at_ns < start_ns ? 0 : row->at_ns - start_ns;
    }
    tape->length_ns = tape->rows[tape->count - 1].at_ns;
    return 0;
}

struct tape *tape_create(const void *bytes, size_t length, struct err *err)
{
    const unsigned char *head = bytes;
    struct tape *tape = calloc(1, sizeof *tape);
    struct reader reader = {.tape = tape, .err = err, .first_best = UINT32_MAX};
    if (!tape) {
        err_set(err, "no memory for a tape");
        return NULL;
    }
    bool gzip = length >= 2 && head[0] == 0x1f && head[1] == 0x8b;
    int result = gzip ? take_gzip(&reader, bytes, length) : take_bytes(&reader, bytes, length);
    if (result == 0 && reader.pending_length > 0)
        result = take_line(&reader, reader.pending, reader.pending_length);
    if (result == 0)
        result = settle_times(&reader);
    if (result < 0) {
        tape_destroy(tape);
        return NULL;
    }
    return tape;
}

void tape_destroy(struct tape *tape)
{
    if (!tape)
        return;
    free(tape->rows);
    free(tape);
}
