#include "io/watch_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/clock_os.h"
#include "wire/json_read.h"

enum { LOG_LINE_MAX = 4096, PATH_BYTES = 512, TAIL_MAX = 4 << 20 };

static int open_file(const char *directory, int flags, struct err *err)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", directory, WATCH_LOG_FILE);
    if (length < 0 || (size_t)length >= sizeof path)
        return err_set(err, "%s: the path is too long", WATCH_LOG_FILE);
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    return fd >= 0 ? fd : err_set(err, "%s: %s", path, strerror(errno));
}

int watch_log_open(struct watch_log *ret, const char *directory, FILE *echo, struct err *err)
{
    ret->echo = echo;
    buf_init(&ret->line, LOG_LINE_MAX);
    ret->fd = open_file(directory, O_WRONLY | O_CREAT | O_APPEND, err);
    return ret->fd < 0 ? -1 : 0;
}

void watch_log_close(struct watch_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    buf_fini(&log->line);
    log->fd = -1;
}

void watch_log_begin(struct watch_log *log, const char *event, const struct beat *host)
{
    char run[BEAT_RUN_TEXT];
    buf_clear(&log->line);
    json_write_init(&log->json, &log->line);
    json_open_object(&log->json);
    json_put_time(&log->json, "at", clock_os_now().wall_ns);
    json_put_text(&log->json, "event", event);
    if (!host)
        return;
    beat_run_text(host->run, run);
    json_put_text(&log->json, "run", run);
    json_put_int(&log->json, "pid", host->pid);
}

int watch_log_end(struct watch_log *log, struct err *err)
{
    json_close_object(&log->json);
    buf_puts(&log->line, "\n");
    if (log->line.failed) {
        buf_fini(&log->line);
        buf_init(&log->line, LOG_LINE_MAX);
        return err_set(err, "a line for %s is too long", WATCH_LOG_FILE);
    }
    if (log->echo) {
        fwrite(log->line.data, 1, log->line.length, log->echo);
        fflush(log->echo);
    }
    if (write(log->fd, log->line.data, log->line.length) == (ssize_t)log->line.length)
        return 0;
    return err_set(err, "%s: %s", WATCH_LOG_FILE, strerror(errno));
}

/* ---- at the host's next start ------------------------------------------------------------- */

static void read_line(const char *line, size_t length, const char *run,
                      struct watch_log_found *found)
{
    struct json_reader json;
    struct json_text key, at = {0}, event = {0}, of = {0};
    json_init(&json, line, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            struct json_text *ret = json_text_equal(key, "at")      ? &at
                                    : json_text_equal(key, "event") ? &event
                                    : json_text_equal(key, "run")   ? &of
                                                                    : NULL;
            if (ret)
                json_read_string(&json, ret);
        }
    if (json_finish(&json, NULL) < 0 || !event.at || !of.at || !json_text_equal(of, run) ||
        !json_text_equal(event, WATCH_LOG_CANCELLED))
        return;
    if (found->cancelled++ == 0 && at.at)
        json_text_excerpt(at, found->first, sizeof found->first);
}

static void read_lines(const char *text, size_t length, const char *run,
                       struct watch_log_found *found)
{
    const char *end;
    for (; (end = memchr(text, '\n', length)); text = end + 1) {
        size_t line = (size_t)(end - text);
        length -= line + 1;
        read_line(text, line, run, found);
    }
}

static int read_tail(int fd, uint64_t run, struct watch_log_found *ret, struct err *err)
{
    char text[BEAT_RUN_TEXT];
    struct stat is;
    if (fstat(fd, &is) < 0 || !S_ISREG(is.st_mode))
        return err_set(err, "%s is not a regular file", WATCH_LOG_FILE);
    size_t bytes = is.st_size > TAIL_MAX ? TAIL_MAX : (size_t)is.st_size;
    char *tail = malloc(bytes + 1);
    ssize_t got = tail ? pread(fd, tail, bytes, is.st_size - (off_t)bytes) : -1;
    beat_run_text(run, text);
    if (got > 0)
        read_lines(tail, (size_t)got, text, ret);
    free(tail);
    return got < 0 ? err_set(err, "%s cannot be read", WATCH_LOG_FILE) : 0;
}

int watch_log_find(const char *directory, uint64_t run, struct watch_log_found *ret,
                   struct err *err)
{
    *ret = (struct watch_log_found){0};
    int fd = open_file(directory, O_RDONLY, err);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    int result = read_tail(fd, run, ret, err);
    close(fd);
    return result;
}
