#pragma once
/* Lines onto the end of a file, from a thread of its own: whoever puts them never waits for the
 * disk. For what may be lost, such as curves for people: past a full pipe lines are left out.
 *
 *     appender = appender_open("/var/lib/moongate/series.csv", HEAD, 64 << 20, &err);
 *     appender_put(appender, line, length);      whole lines; false: left out
 *     appender_close(appender);                  what was put is written
 *
 * A file that has grown to its bound becomes PATH.old, in place of the one before. A new file
 * begins with `head`. An old one whose last line is broken, because the host died in it, has that
 * line ended first. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct appender;

struct appender *appender_open(const char *path, const char *head, uint64_t bytes_max,
                               struct err *err); /* `head` is borrowed */
bool appender_put(struct appender *appender, const char *line, size_t length);
void appender_close(struct appender *appender); /* NULL is fine */
