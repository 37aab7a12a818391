#define _GNU_SOURCE
#include "app/recordings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "io/recorder_files.h"
#include "io/recording_reader.h"
#include "wire/json_write.h"

enum { LINE_BYTES = 8 * 1024 };

struct found {
    const char *name;
    uint64_t bytes, turns, counts[ENTRY_KIND_END];
    int64_t first_ns, last_ns;
    char how[256];   /* it ended; of a damaged one: where and what */
    bool damaged;
};

static int usage(FILE *out)
{
    fprintf(out, "usage: moongate recordings [--json] DIR\n\n"
                 "Lists the runs of a folder of recordings, or one run, and reads each whole:\n"
                 "every block's checksum, every entry's bounds. A tail that a kill tore is no\n"
                 "damage: what is before it is used. Changes nothing, and works beside a running\n"
                 "host.\n\n"
                 "  -j, --json   a line of JSON per run\n"
                 "  -h, --help   this\n\n"
                 "Exit code: 0 all are sound, 1 one is damaged, 2 wrong command line or no run.\n");
    return out == stdout ? 0 : 2;
}

static uint64_t size_of(const char *run)
{
    DIR *directory = opendir(run);
    struct dirent *entry;
    struct stat is;
    uint64_t bytes = 0;

    while (directory && (entry = readdir(directory)) != NULL)
        if (fstatat(dirfd(directory), entry->d_name, &is, 0) == 0 && S_ISREG(is.st_mode))
            bytes += (uint64_t)is.st_size;
    if (directory)
        closedir(directory);
    return bytes;
}

static int count_entry(struct found *found, const struct entry *entry, struct err *err)
{
    struct recording_raw raw;
    struct stamp at;
    uint64_t number;

    found->counts[entry->kind]++;
    if (entry->kind == ENTRY_RAW)
        return recording_read_raw(entry, &raw, err);
    if (entry->kind != ENTRY_TURN)
        return 0;
    if (recording_read_turn(entry, &number, &at, err) < 0)
        return -1;
    if (found->turns++ == 0)
        found->first_ns = at.wall_ns;
    found->last_ns = at.wall_ns;
    return 0;
}

static void read_run(const char *path, struct found *ret)
{
    struct recording_reader reader;
    struct entry entry;
    struct err err = {""};
    int got = recording_reader_open(&reader, path, &err);

    ret->bytes = size_of(path);
    while (got == 0 && (got = recording_reader_next(&reader, &entry, &err)) > 0)
        got = count_entry(ret, &entry, &err) < 0 ? -1 : 0;
    ret->damaged = got < 0;
    text_copy(ret->how, sizeof(ret->how), ret->damaged ? err.text : reader.note,
              strlen(ret->damaged ? err.text : reader.note));
    recording_reader_close(&reader);
}

static void say_text(const struct found *found)
{
    char first[40] = "-", last[40] = "-";

    if (found->turns > 0) {
        text_format_time(found->first_ns, first);
        text_format_time(found->last_ns, last);
    }
    printf("%s  %s to %s  %llu KiB  %llu turns, %llu events, %llu frames, %llu orders and other "
           "commands\n  %s%s\n", found->name, first, last,
           (unsigned long long)(found->bytes + 1023) / 1024, (unsigned long long)found->turns,
           (unsigned long long)found->counts[ENTRY_EVENT],
           (unsigned long long)found->counts[ENTRY_RAW],
           (unsigned long long)found->counts[ENTRY_COMMAND], found->damaged ? "DAMAGED: " : "",
           found->how);
}

static void say_json(const struct found *found)
{
    struct json_writer json;
    struct buf line;

    buf_init(&line, LINE_BYTES);
    json_write_init(&json, &line);
    json_open_object(&json);
    json_put_text(&json, "run", found->name);
    json_put_bool(&json, "damaged", found->damaged);
    json_put_text(&json, "how", found->how);
    json_put_uint(&json, "bytes", found->bytes);
    json_put_uint(&json, "turns", found->turns);
    json_put_time(&json, "first", found->first_ns);
    json_put_time(&json, "last", found->last_ns);
    json_open_object_at(&json, "entries");
    for (int kind = ENTRY_HEAD; kind < ENTRY_KIND_END; kind++)
        if (found->counts[kind] > 0)
            json_put_uint(&json, entry_kind_text((enum entry_kind)kind), found->counts[kind]);
    json_close_object(&json);
    json_close_object(&json);
    if (!line.failed)
        printf("%s\n", line.data);
    buf_fini(&line);
}

/* 1: it is damaged. */
static int tell_run(const char *path, const char *name, bool json)
{
    struct found found = {.name = name};

    read_run(path, &found);
    if (json)
        say_json(&found);
    else
        say_text(&found);
    return found.damaged;
}

static int is_run(const struct dirent *entry)
{
    return strncmp(entry->d_name, RECORDER_RUN_PREFIX, strlen(RECORDER_RUN_PREFIX)) == 0;
}

static int tell_all(const char *directory, bool json)
{
    struct dirent **runs = NULL;
    char path[RECORDING_PATH_MAX];
    int count = scandir(directory, &runs, is_run, alphasort), code = 0;

    for (int i = 0; i < count; i++) {
        if (snprintf(path, sizeof(path), "%s/%s", directory, runs[i]->d_name) < (int)sizeof(path))
            code |= tell_run(path, runs[i]->d_name, json);
        free(runs[i]);
    }
    free(runs);
    if (count > 0)
        return code;
    snprintf(path, sizeof(path), "%s/" RECORDER_FIRST_CHUNK, directory);
    if (access(path, F_OK) == 0)
        return tell_run(directory, directory, json);
    if (access(directory, R_OK) < 0)
        fprintf(stderr, "moongate recordings: %s: %s\n", directory, strerror(errno));
    else
        fprintf(stderr, "moongate recordings: %s: no recording there (no %s*, no %s)\n", directory,
                RECORDER_RUN_PREFIX, RECORDER_FIRST_CHUNK);
    return 2;
}

int recordings_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool json = false;

    for (int option; (option = getopt_long(argc, argv, "jh", OPTIONS, NULL)) != -1;) {
        if (option != 'j')
            return usage(option == 'h' ? stdout : stderr);
        json = true;
    }
    return argc - optind == 1 ? tell_all(argv[optind], json) : usage(stderr);
}
