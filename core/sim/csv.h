#pragma once
/* Lines of a CSV, gzip or plain, split into fields: what the readers of market data share. Plain
 * commas, no quotes; blank lines and a byte order mark are passed over.
 *
 *     csv_read("bars", bytes, length, take, context, &err);    take: -1 with err ends it
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CSV_LINE_MAX = 256, CSV_FIELDS_MAX = 12 };

struct csv_field { const char *text; size_t length; };
struct csv_line {
    const char *what;    /* as given: begins each complaint */
    uint32_t number;     /* from 1 */
    uint32_t count;
    struct csv_field fields[CSV_FIELDS_MAX];
};
typedef int csv_take(void *context, const struct csv_line *line, struct err *err);

/* Is told what is wrong with a line, and its number; true: the next one is read all the same. */
typedef bool csv_bad(void *context, const char *words);

/* -1, with "NAME:LINE: " before the words: what is wrong, and what to do about it. */
int csv_refuse(const struct csv_line *line, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* -1: a line is too long or has too many fields, the gzip stream is damaged, or `take` said so. */
int csv_read(const char *what, const void *bytes, size_t length, csv_take *take, void *context,
             struct err *err);
/* As csv_read, for who goes on after lines with too many fields and lines that `take` refuses. */
int csv_read_on(const char *what, const void *bytes, size_t length, csv_take *take, csv_bad *bad,
                void *context, struct err *err);
bool csv_int64(struct csv_field field, int64_t *ret); /* digits alone */
bool csv_is(struct csv_field field, const char *word);
