#include "base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* With the NUL; a longer line is cut and says so. */
enum { LINE_MAX_BYTES = 2048 };

static enum log_level least = LOG_INFO;

void log_set_level(enum log_level level)
{
    least = level;
}

/* The venue's words end up here: a line break or an escape sequence in them must not look like
 * a second event or reach the operator's terminal. */
static void blank_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

static size_t write_head(char *line, size_t capacity, enum log_level level, const char *area)
{
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    struct timespec now;
    char stamp[40];
    clock_gettime(CLOCK_REALTIME, &now);
    text_format_time((int64_t)now.tv_sec * 1000000000 + now.tv_nsec, stamp);
    int length = snprintf(line, capacity, "%s %s %s: ", stamp, NAMES[level], area);
    return length < 0 ? 0 : (size_t)length < capacity ? (size_t)length : capacity - 1;
}

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    if (level < least)
        return;
    char line[LINE_MAX_BYTES];
    const size_t room = sizeof line - 1; /* for the line break */
    size_t used = write_head(line, room, level, area);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + used, room - used, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length >= room - used)
        memcpy(line + room - 4, "...", 4);
    blank_controls(line);
    used = strlen(line);
    line[used++] = '\n';
    /* One write per line, so that lines of several processes do not mix. Nothing can be done
     * about a stderr that does not take it. */
    ssize_t written = write(STDERR_FILENO, line, used);
    (void)written;
}
