#define _GNU_SOURCE
#include "io/recorder_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/recording.h"

enum { DAY_S = 24 * 3600 };
static const int64_t NS_PER_S = 1000000000;

/* ---- what earlier runs left */

static bool is_ours(const char *name)
{
    size_t length = strlen(name), suffix = strlen(RECORDER_CHUNK_SUFFIX);
    return strcmp(name, RECORDER_END_FILE) == 0 ||
           (length > suffix && strcmp(name + length - suffix, RECORDER_CHUNK_SUFFIX) == 0);
}

/* Bytes and last change of a run's files; with `remove` they are deleted, and nothing else is. */
static uint64_t walk_run(int directory, const char *run, bool remove, int64_t *ret_changed_s)
{
    int fd = openat(directory, run, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *open_run = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    struct stat stat;
    uint64_t bytes = 0;
    *ret_changed_s = 0;
    while (open_run && (entry = readdir(open_run)) != NULL) {
        if (!is_ours(entry->d_name) || fstatat(fd, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        bytes += (uint64_t)stat.st_size;
        if (stat.st_mtime > *ret_changed_s)
            *ret_changed_s = stat.st_mtime;
        if (remove)
            unlinkat(fd, entry->d_name, 0);
    }
    if (open_run)
        closedir(open_run);
    if (remove)
        unlinkat(directory, run, AT_REMOVEDIR);
    return bytes;
}

static int is_run(const struct dirent *entry)
{
    return strncmp(entry->d_name, RECORDER_RUN_PREFIX, strlen(RECORDER_RUN_PREFIX)) == 0;
}

/* Smaller where the whole is small: room is looked after at each new chunk. */
static uint64_t chunk_limit(const struct recorder_files *files)
{
    uint64_t quarter = files->max_bytes / 4;
    return quarter < RECORDER_CHUNK_BYTES ? quarter : RECORDER_CHUNK_BYTES;
}

/* Names begin with the time, so their order is that of age. False: there is no room even so. */
static bool make_room(struct recorder_files *files, int64_t wall_ns)
{
    struct dirent **runs = NULL;
    int count = scandirat(files->directory_fd, ".", &runs, is_run, alphasort);
    uint64_t total = files->run_bytes;
    int64_t changed_s, oldest_s = wall_ns / NS_PER_S - (int64_t)files->keep_days * DAY_S;
    for (int i = 0; i < count; i++)
        if (strcmp(runs[i]->d_name, files->run) != 0)
            total += walk_run(files->directory_fd, runs[i]->d_name, false, &changed_s);
    for (int i = 0; i < count; i++) {
        if (strcmp(runs[i]->d_name, files->run) != 0) {
            uint64_t bytes = walk_run(files->directory_fd, runs[i]->d_name, false, &changed_s);
            bool old = files->keep_days > 0 && changed_s < oldest_s;
            if (old || total + chunk_limit(files) > files->max_bytes) {
                walk_run(files->directory_fd, runs[i]->d_name, true, &changed_s);
                total -= bytes;
            }
        }
        free(runs[i]);
    }
    free(runs);
    return total + chunk_limit(files) <= files->max_bytes;
}

/* ---- opening */

static int open_directory(struct recorder_files *files, const char *directory, struct err *err)
{
    struct stat stat;
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", directory, strerror(errno));
    files->directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->directory_fd < 0 || fstat(files->directory_fd, &stat) < 0)
        return err_set(err, "%s: %s", directory, strerror(errno));
    if (stat.st_uid != geteuid() || stat.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, "%s belongs to another or can be written by others: `chmod 0700 %s`",
                       directory, directory);
    if (flock(files->directory_fd, LOCK_EX | LOCK_NB) < 0)
        return err_set(err, "%s: another moongate records into it: give this one a directory of "
                            "its own", directory);
    return 0;
}

static void name_run(char out[64], int64_t wall_ns)
{
    char time[40];
    text_format_time(wall_ns, time);
    for (char *at = time; *at; at++)
        if (*at == ':')
            *at = '-';
    snprintf(out, 64, "%s%s", RECORDER_RUN_PREFIX, time);
}

static int make_run(struct recorder_files *files, struct err *err)
{
    if (mkdirat(files->directory_fd, files->run, 0700) < 0)
        return err_set(err, "%s: %s", files->run, strerror(errno));
    files->run_fd = openat(files->directory_fd, files->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->run_fd >= 0)
        files->end_fd = openat(files->run_fd, RECORDER_END_FILE,
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (files->end_fd < 0)
        return err_set(err, "%s: %s", files->run, strerror(errno));
    recorder_files_end(files, "not ended: the host is running, or was killed");
    return 0;
}

int recorder_files_open(struct recorder_files *files, const char *directory, uint64_t max_bytes,
                        uint32_t keep_days, int64_t wall_ns, struct err *err)
{
    *files = (struct recorder_files){.directory_fd = -1, .run_fd = -1, .chunk_fd = -1,
                                     .end_fd = -1, .max_bytes = max_bytes,
                                     .keep_days = keep_days};
    name_run(files->run, wall_ns);
    if (open_directory(files, directory, err) < 0 || make_run(files, err) < 0 ||
        recorder_files_begin_chunk(files, wall_ns, err) < 0) {
        recorder_files_close(files);
        return -1;
    }
    return 0;
}

/* ---- writing */

bool recorder_files_wants_chunk(const struct recorder_files *files)
{
    return files->chunk_bytes > chunk_limit(files);
}

int recorder_files_begin_chunk(struct recorder_files *files, int64_t wall_ns, struct err *err)
{
    char name[32];
    if (!make_room(files, wall_ns))
        return err_set(err, "it is larger than recording.max_mib allows (%llu MiB)",
                       (unsigned long long)files->max_bytes >> 20);
    if (files->chunk_fd >= 0)
        close(files->chunk_fd);
    snprintf(name, sizeof name, "%08u%s", ++files->chunk, RECORDER_CHUNK_SUFFIX);
    files->chunk_fd = openat(files->run_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (files->chunk_fd < 0)
        return err_set(err, "%s: %s", name, strerror(errno));
    files->chunk_bytes = 0;
    struct buf magic = {.data = (char[]){RECORDING_MAGIC}, .length = RECORDING_MAGIC_BYTES};
    return recorder_files_write(files, &magic, err);
}

int recorder_files_write(struct recorder_files *files, const struct buf *block, struct err *err)
{
    size_t done = 0;
    while (done < block->length) {
        ssize_t written = write(files->chunk_fd, block->data + done, block->length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            err_set(err, "writing it failed: %s", written < 0 ? strerror(errno) : "no room");
            int cut = ftruncate(files->chunk_fd, (off_t)files->chunk_bytes);
            (void)cut; /* a tail that stays is told from a block by its checksum */
            return -1;
        }
        done += (size_t)written;
    }
    files->chunk_bytes += block->length;
    files->run_bytes += block->length;
    return 0;
}

/* ---- the end */

void recorder_files_end(struct recorder_files *files, const char *how)
{
    char line[RECORDER_END_BYTES];
    memset(line, ' ', sizeof line);
    int length = snprintf(line, sizeof line - 1, "%s", how);
    line[length < (int)sizeof line - 1 ? length : (int)sizeof line - 2] = '\n';
    ssize_t written = pwrite(files->end_fd, line, sizeof line, 0);
    (void)written; /* its bytes are there already */
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void recorder_files_close(struct recorder_files *files)
{
    close_fd(&files->chunk_fd);
    close_fd(&files->end_fd);
    close_fd(&files->run_fd);
    close_fd(&files->directory_fd);
}
