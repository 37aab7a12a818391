#include "io/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PULSE_SOCKET "watch.sock"
#define PULSE_LOCK "watch.lock"
enum { PULSE_PATH_MAX = 512 };

static int make_path(const char *directory, const char *name, char out[PULSE_PATH_MAX],
                     struct err *err)
{
    int length = snprintf(out, PULSE_PATH_MAX, "%s/%s", directory, name);
    return length < 0 || length >= PULSE_PATH_MAX ? err_set(err, "%s: the path is too long", name)
                                                  : 0;
}

/* ---- the file ----------------------------------------------------------------------------- */

static int write_new(const char *path, const struct beat *beat, struct err *err)
{
    struct buf line;
    buf_init(&line, BEAT_MAX);
    beat_encode(beat, &line);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && !line.failed &&
                   write(fd, line.data, line.length) == (ssize_t)line.length && fsync(fd) == 0;
    int result = written ? 0 : err_set(err, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    buf_fini(&line);
    return result;
}

/* Replaced as a whole: a crash leaves the old word or the new one. */
int pulse_write(const char *directory, const struct beat *beat, struct err *err)
{
    char path[PULSE_PATH_MAX], fresh[PULSE_PATH_MAX];
    if (make_path(directory, PULSE_FILE, path, err) < 0 ||
        make_path(directory, PULSE_FILE ".new", fresh, err) < 0 || write_new(fresh, beat, err) < 0)
        return -1;
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool moved = folder >= 0 && rename(fresh, path) == 0 && fsync(folder) == 0;
    int result = moved ? 0 : err_set(err, "%s: %s", path, strerror(errno));
    if (folder >= 0)
        close(folder);
    return result;
}

int pulse_read(const char *directory, struct beat *ret, struct err *err)
{
    char path[PULSE_PATH_MAX], text[BEAT_MAX];
    if (make_path(directory, PULSE_FILE, path, err) < 0)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return 0;
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : -1;
    int result = length < 0 ? err_set(err, "%s: %s", path, strerror(errno))
                 : beat_decode(text, (size_t)length, ret, err) < 0 ? err_wrap(err, "%s", path)
                                                                   : 1;
    if (fd >= 0)
        close(fd);
    return result;
}

/* ---- the host's end ----------------------------------------------------------------------- */

static int make_address(const char *directory, struct sockaddr_un *ret, struct err *err)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length = snprintf(ret->sun_path, sizeof ret->sun_path, "%s/%s", directory, PULSE_SOCKET);
    if (length < 0 || (size_t)length >= sizeof ret->sun_path)
        return err_set(err, "state_dir '%s' is too long for a socket", directory);
    return 0;
}

int pulse_open(struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 ? fd : err_set(err, "a socket for the watcher: %s", strerror(errno));
}

bool pulse_send(int fd, const char *directory, const struct beat *beat)
{
    struct sockaddr_un to;
    struct buf line;
    if (make_address(directory, &to, NULL) < 0)
        return false;
    buf_init(&line, BEAT_MAX);
    beat_encode(beat, &line);
    bool sent = !line.failed && sendto(fd, line.data, line.length, MSG_DONTWAIT | MSG_NOSIGNAL,
                                       (const struct sockaddr *)&to, sizeof to) >= 0;
    buf_fini(&line);
    return sent;
}

/* ---- the watcher's end -------------------------------------------------------------------- */

struct pulse_ear {
    struct loop *loop;         /* borrowed */
    struct sockaddr_un address;
    int lock_fd, fd;
    struct loop_fd *watch;
    dev_t device;
    ino_t inode;               /* of our socket: another's is not removed */
    pulse_heard *heard;
    void *context;
};

static void on_readable(void *context)
{
    struct pulse_ear *ear = context;
    char text[BEAT_MAX + 1];
    ssize_t length;
    while ((length = recv(ear->fd, text, sizeof text, MSG_DONTWAIT)) >= 0) {
        struct beat beat;
        if (length <= BEAT_MAX && beat_decode(text, (size_t)length, &beat, NULL) == 0)
            ear->heard(ear->context, &beat);
    }
}

static int check_directory(const char *directory, struct err *err)
{
    struct stat is;
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", directory, strerror(errno));
    if (stat(directory, &is) < 0)
        return err_set(err, "%s: %s", directory, strerror(errno));
    if (is.st_uid != geteuid() || is.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, "%s must be the watcher's own and not writable by others: run it as "
                            "the host's user, `chmod 0700 %s`", directory, directory);
    return 0;
}

static int take_lock(struct pulse_ear *ear, const char *directory, struct err *err)
{
    char path[PULSE_PATH_MAX];
    if (make_path(directory, PULSE_LOCK, path, err) < 0)
        return -1;
    ear->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (ear->lock_fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (flock(ear->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return errno == EWOULDBLOCK
               ? err_set(err, "%s is watched by another moongate-watch: one is enough", directory)
               : err_set(err, "%s: lock: %s", path, strerror(errno));
}

static void shut(struct pulse_ear *ear)
{
    struct stat is;
    if (ear->fd < 0)
        return;
    loop_fd_destroy(ear->watch);
    ear->watch = NULL;
    close(ear->fd);
    ear->fd = -1;
    if (lstat(ear->address.sun_path, &is) == 0 && is.st_dev == ear->device &&
        is.st_ino == ear->inode)
        unlink(ear->address.sun_path);
}

/* The lock is ours: what lies at the path is left over from a watcher that was killed. */
static int bind_socket(struct pulse_ear *ear, struct err *err)
{
    const char *path = ear->address.sun_path;
    struct stat is;
    unlink(path);
    ear->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (ear->fd < 0 || bind(ear->fd, (const struct sockaddr *)&ear->address,
                            sizeof ear->address) < 0 ||
        chmod(path, 0600) < 0 || lstat(path, &is) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    ear->device = is.st_dev;
    ear->inode = is.st_ino;
    ear->watch = loop_fd_create(ear->loop, ear->fd, on_readable, NULL, ear);
    return ear->watch ? 0 : err_set(err, "no memory");
}

struct pulse_ear *pulse_listen(const char *directory, struct loop *loop, pulse_heard *heard,
                               void *context, struct err *err)
{
    struct pulse_ear *ear = calloc(1, sizeof *ear);
    if (!ear) {
        err_set(err, "no memory");
        return NULL;
    }
    *ear = (struct pulse_ear){.loop = loop, .lock_fd = -1, .fd = -1, .heard = heard,
                              .context = context};
    if (check_directory(directory, err) == 0 && make_address(directory, &ear->address, err) == 0 &&
        take_lock(ear, directory, err) == 0 && bind_socket(ear, err) == 0)
        return ear;
    pulse_ear_close(ear);
    return NULL;
}

bool pulse_ear_holds(struct pulse_ear *ear)
{
    struct stat is;
    if (ear->fd >= 0 && lstat(ear->address.sun_path, &is) == 0 && is.st_dev == ear->device &&
        is.st_ino == ear->inode)
        return true;
    shut(ear);
    bind_socket(ear, NULL);
    return false;
}

void pulse_ear_close(struct pulse_ear *ear)
{
    if (!ear)
        return;
    shut(ear);
    if (ear->lock_fd >= 0)
        close(ear->lock_fd);
    free(ear);
}
