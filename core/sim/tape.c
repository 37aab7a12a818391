#include "sim/tape.h"

#include <stdlib.h>
#include <string.h>

#include "sim/csv.h"

enum { FIRST_ROWS = 1024, FIELDS = 5 };

struct reader {
    struct tape *tape;
    int64_t last_ns;
    uint32_t first_best; /* row index of the first Q, UINT32_MAX before it */
};

int tape_read_row(const struct csv_line *line, struct market_row *ret, struct err *err)
{
    const struct csv_field *fields = line->fields;
    if (line->count != FIELDS)
        return csv_refuse(line, err, "not five columns: recv_ns,kind,side,price,size; is it cut?");
    if (!csv_int64(fields[0], &ret->at_ns))
        return csv_refuse(line, err, "recv_ns is not a whole number: Unix time in ns is wanted");
    if (fields[1].length != 1 || !strchr("LQT", fields[1].text[0]))
        return csv_refuse(line, err, "kind is not L (level), Q (best) or T (trade)");
    if (fields[2].length != 1 || !strchr("BS", fields[2].text[0]))
        return csv_refuse(line, err, "side is not B or S");
    if (!price_parse(fields[3].text, fields[3].length, &ret->price) || ret->price.e9 <= 0)
        return csv_refuse(line, err, "price is not a positive decimal; correct the line or take "
                          "it out");
    if (!size_parse(fields[4].text, fields[4].length, &ret->size) || ret->size.e9 < 0)
        return csv_refuse(line, err, "size is not a decimal of zero or more; correct the line or "
                          "take it out");
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

static int take_row(void *context, const struct csv_line *line, struct err *err)
{
    struct reader *reader = context;
    struct tape *tape = reader->tape;
    struct market_row row;
    if (line->number == 1 && csv_is(line->fields[0], "recv_ns"))
        return 0;
    if (tape_read_row(line, &row, err) < 0)
        return -1;
    if (tape->count > 0 && row.at_ns < reader->last_ns)
        return csv_refuse(line, err, "time runs backwards; sort the file by recv_ns");
    if (tape->count >= TAPE_ROWS_MAX)
        return csv_refuse(line, err, "more than %d rows; cut the file by time", TAPE_ROWS_MAX);
    if (!grow(tape))
        return err_set(err, "no memory for the tape's row %u", tape->count);
    if (row.kind == ROW_BEST && reader->first_best == UINT32_MAX)
        reader->first_best = tape->count;
    reader->last_ns = row.at_ns;
    tape->rows[tape->count++] = row;
    return 0;
}

static int settle_times(struct tape *tape, uint32_t first_best, struct err *err)
{
    if (first_best == UINT32_MAX)
        return err_set(err, "tape has no Q rows: a book cannot start from it");
    tape->start_ns = tape->rows[first_best].at_ns;
    for (uint32_t i = 0; i < tape->count; i++) {
        struct market_row *row = &tape->rows[i];
        row->at_ns = row->at_ns < tape->start_ns ? 0 : row->at_ns - tape->start_ns;
    }
    tape->length_ns = tape->rows[tape->count - 1].at_ns;
    return 0;
}

struct tape *tape_create(const void *bytes, size_t length, struct err *err)
{
    return tape_read("tape", bytes, length, err);
}

struct tape *tape_read(const char *name, const void *bytes, size_t length, struct err *err)
{
    struct tape *tape = calloc(1, sizeof *tape);
    struct reader reader = {.tape = tape, .first_best = UINT32_MAX};
    if (!tape) {
        err_set(err, "no memory for a tape");
        return NULL;
    }
    if (csv_read(name, bytes, length, take_row, &reader, err) < 0 ||
        settle_times(tape, reader.first_best, err) < 0) {
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
