#define _GNU_SOURCE
#include "io/appender.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { PATH_BYTES = 512 };

struct appender {
    char path[PATH_BYTES];
    const char *head;
    uint64_t bytes_max;
    int pipe_fd;             /* the putter's end */
    pthread_t thread;
    /* The thread's alone. */
    int read_fd, file_fd;
    uint64_t length;
};

/* ---- the thread's */

static void write_all(struct appender *appender, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(appender->file_fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return; /* a full disk costs lines of a curve, and the journal says it is full */
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
            appender->length += (uint64_t)written;
        }
    }
}

static int open_file(struct appender *appender)
{
    struct stat stat;
    char last = '\n';

    appender->file_fd = open(appender->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                             0600);
    if (appender->file_fd < 0 || fstat(appender->file_fd, &stat) < 0)
        return -1;
    appender->length = (uint64_t)stat.st_size;
    if (appender->length == 0)
        write_all(appender, appender->head, strlen(appender->head));
    else if (pread(appender->file_fd, &last, 1, stat.st_size - 1) == 1 && last != '\n')
        write_all(appender, "\n", 1);
    return 0;
}

static void make_room(struct appender *appender)
{
    char old[PATH_BYTES + 8];

    if (appender->length < appender->bytes_max)
        return;
    snprintf(old, sizeof(old), "%s.old", appender->path);
    (void)rename(appender->path, old);
    close(appender->file_fd);
    (void)open_file(appender);
}

static void *run(void *context)
{
    struct appender *appender = context;
    char bytes[PIPE_BUF];
    ssize_t got;

    /* A put is one atomic write, but a read may take several lines and the half of one. */
    while ((got = read(appender->read_fd, bytes, sizeof(bytes))) > 0) {
        write_all(appender, bytes, (size_t)got);
        if (bytes[got - 1] == '\n')
            make_room(appender);
    }
    return NULL;
}

/* ---- the putter's */

static int start(struct appender *appender, struct err *err)
{
    sigset_t all, before;
    int ends[2], code;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set(err, "pipe: %s", strerror(errno));
    appender->read_fd = ends[0];
    appender->pipe_fd = ends[1];
    (void)fcntl(appender->pipe_fd, F_SETFL, O_NONBLOCK);
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&appender->thread, NULL, run, appender);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0)
        return 0;
    close(ends[0]);
    close(ends[1]);
    return err_set(err, "thread: %s", strerror(code));
}

struct appender *appender_open(const char *path, const char *head, uint64_t bytes_max,
                               struct err *err)
{
    struct appender *appender = calloc(1, sizeof(*appender));

    if (!appender || !text_copy(appender->path, sizeof(appender->path), path, strlen(path))) {
        err_set(err, appender ? "%s: the path is too long" : "no memory for %s", path);
        free(appender);
        return NULL;
    }
    appender->head = head;
    appender->bytes_max = bytes_max;
    if (open_file(appender) < 0) {
        err_set(err, "%s: %s", path, strerror(errno));
    } else if (start(appender, err) == 0) {
        return appender;
    }
    if (appender->file_fd > 0)
        close(appender->file_fd);
    free(appender);
    return NULL;
}

bool appender_put(struct appender *appender, const char *line, size_t length)
{
    return length <= PIPE_BUF &&
           write(appender->pipe_fd, line, length) == (ssize_t)length;
}

void appender_close(struct appender *appender)
{
    if (!appender)
        return;
    close(appender->pipe_fd);
    pthread_join(appender->thread, NULL);
    close(appender->read_fd);
    close(appender->file_fd);
    free(appender);
}
