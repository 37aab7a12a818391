#include "app/verify.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "io/store.h"
#include "io/store_reader.h"
#include "wire/json_write.h"

enum { WHOLE = 0, DAMAGED = 1, WRONG = 2, PROBLEMS_SHOWN = 20, LINE_BYTES = 64 * 1024 };

struct findings {
    bool json;
    const char *directory;
    char identity[128];
    uint64_t rows, problems;
    uint64_t kinds[RECORD_KIND_END];
    int64_t first_wall_ns, last_wall_ns;
    struct buf list; /* JSON array of the problems' texts */
    struct json_writer writer;
};

static int usage(FILE *out)
{
    fprintf(out, "usage: moongate verify [--json] DIR\n\n"
                 "Checks the journal in a state directory: every row's number, checksum and\n"
                 "content, and that no row is missing at the end. Changes nothing, and works\n"
                 "beside a running daemon.\n\n"
                 "  -j, --json   one line of JSON\n"
                 "  -h, --help   this\n\n"
                 "Example:\n"
                 "  moongate verify /var/lib/moongate/production\n\n"
                 "Exit code: 0 whole, 1 damaged, 2 wrong command line or no journal there.\n");
    return out == stdout ? WHOLE : WRONG;
}

static void problem(struct findings *found, const char *text)
{
    if (found->problems++ >= PROBLEMS_SHOWN)
        return;
    json_put_text(&found->writer, NULL, text);
    if (!found->json)
        printf("%s\n", text);
}

static void count_row(struct findings *found, const struct store_row *row)
{
    found->kinds[row->record.kind]++;
    if (found->rows++ == 0)
        found->first_wall_ns = row->record.at.wall_ns;
    found->last_wall_ns = row->record.at.wall_ns;
}

static void read_all(struct store_reader *reader, struct findings *found)
{
    struct store_row row;
    struct err err = {""};
    enum store_read got;
    while ((got = store_reader_next(reader, &row, &err)) != STORE_END) {
        if (got == STORE_ROW) {
            count_row(found, &row);
            continue;
        }
        problem(found, err.text);
        if (got == STORE_UNREADABLE)
            return;
    }
    if (store_reader_check_mark(reader, found->directory, &err) < 0)
        problem(found, err.text);
}

static void say_json(struct findings *found)
{
    struct buf line;
    struct json_writer json;
    buf_init(&line, 2 * LINE_BYTES);
    json_write_init(&json, &line);
    json_open_object(&json);
    json_put_bool(&json, "whole", found->problems == 0);
    json_put_text(&json, "directory", found->directory);
    json_put_text(&json, "identity", found->identity);
    json_put_uint(&json, "rows", found->rows);
    json_put_time(&json, "first", found->first_wall_ns);
    json_put_time(&json, "last", found->last_wall_ns);
    json_open_object_at(&json, "kinds");
    for (enum record_kind i = RECORD_BOOT; i < RECORD_KIND_END; i++)
        if (found->kinds[i] > 0)
            json_put_uint(&json, record_kind_text(i), found->kinds[i]);
    json_close_object(&json);
    json_put_uint(&json, "problem_count", found->problems);
    json_put_raw(&json, "problems", found->list.data, found->list.length);
    json_close_object(&json);
    if (!line.failed && !found->list.failed)
        printf("%s\n", line.data);
    buf_fini(&line);
}

static void say_text(const struct findings *found)
{
    char first[40], last[40];
    text_format_time(found->first_wall_ns, first);
    text_format_time(found->last_wall_ns, last);
    if (found->problems > PROBLEMS_SHOWN)
        printf("... and %llu more\n", (unsigned long long)(found->problems - PROBLEMS_SHOWN));
    printf("%s: journal of '%s', %llu good rows", found->directory, found->identity,
           (unsigned long long)found->rows);
    if (found->rows > 0)
        printf(" from %s to %s", first, last);
    printf(" (");
    for (enum record_kind i = RECORD_BOOT, any = 0; i < RECORD_KIND_END; i++)
        if (found->kinds[i] > 0)
            printf("%s%llu %s", any++ ? ", " : "", (unsigned long long)found->kinds[i],
                   record_kind_text(i));
    if (found->problems == 0)
        printf("): whole\n");
    else
        printf("): DAMAGED. The daemon does not start on it: restore the directory whole from a\n"
               "backup, or move it away; the host then starts from the venue's word alone.\n");
}

static int verify(struct findings *found)
{
    struct err err = {""};
    char path[512];
    snprintf(path, sizeof path, "%s/" STORE_FILE, found->directory);
    struct store_reader *reader = store_reader_open(found->directory, &err);
    if (!reader) {
        bool exists = access(path, F_OK) == 0; /* then it is there and cannot even be opened */
        fprintf(stderr, "moongate verify: %s\n", err.text);
        return exists ? DAMAGED : WRONG;
    }
    text_copy(found->identity, sizeof found->identity, store_reader_identity(reader),
              strlen(store_reader_identity(reader)));
    buf_init(&found->list, LINE_BYTES);
    json_write_init(&found->writer, &found->list);
    json_open_array(&found->writer);
    read_all(reader, found);
    json_close_array(&found->writer);
    store_reader_close(reader);
    if (found->json)
        say_json(found);
    else
        say_text(found);
    buf_fini(&found->list);
    return found->problems == 0 ? WHOLE : DAMAGED;
}

int verify_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct findings found = {.json = false};
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "jh", OPTIONS, NULL)) != -1;) {
        if (option == 'h')
            return usage(stdout);
        if (option != 'j')
            return usage(stderr);
        found.json = true;
    }
    if (argc - optind != 1)
        return usage(stderr);
    found.directory = argv[optind];
    return verify(&found);
}
