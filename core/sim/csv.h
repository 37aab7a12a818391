#pragma once
/* Lines of a CSV, gzip or plain, split into fields: what the readers of market data share. Plain
 * commas, no quotes; blank lines are passed over.
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

/* -1: a line is too long or has too many fields, the gzip stream is damaged, or `take` said so. */
/* -1, with "NAME:LINE: " before the words: what is wrong, and what to do about it. */
int csv_refuse(const struct csv_line *line, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int csv_read(const char *what, const void *bytes, size_t length, csv_take *take, void *context,
             struct err *err);
bool csv_int64(struct csv_field field, int64_t *ret); /* digits alone */
bool csv_is(struct csv_field field, const char *word);
