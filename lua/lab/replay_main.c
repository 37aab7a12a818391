#include "lab/replay_main.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/find_runner.h"
#include "lab/replay.h"
#include "wire/json_write.h"

enum { TURNS_A_LINE = 4096 };

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate replay [options] DIR\n\n"
            "Runs a recorded run again, engine, gate and scripts, and holds all that comes out\n"
            "against the recording, to the byte. DIR is a run, or the folder of runs: the newest.\n"
            "  -j, --jailed      scripts in real jails (moongate-runner), not in this process\n"
            "  -u, --until TURN  stop after that turn\n"
            "  -o, --out DIR     leave the journal of it there, for moongate report; a new folder\n"
            "      --json        the result as one JSON object\n"
            "      --dump        compare nothing: print the recording, a line an entry\n\n"
            "Exit: 0 identical; 1 the first divergence, with both sides and the input; 2 the\n"
            "command line is wrong, or the recording cannot be read.\n");
    return out == stdout ? 0 : 2;
}

/* --- the result --- */

static const struct { const char *name; size_t offset; } COUNTS[] = {
    {"turns", offsetof(struct replay_counts, turns)},
    {"intents", offsetof(struct replay_counts, intents)},
    {"verdicts", offsetof(struct replay_counts, verdicts)},
    {"commands", offsetof(struct replay_counts, commands)},
    {"events", offsetof(struct replay_counts, events)},
    {"records", offsetof(struct replay_counts, records)},
    {"generations", offsetof(struct replay_counts, generations)},
};
enum { COUNTED = sizeof(COUNTS) / sizeof(COUNTS[0]), COUNTED_FIRST = 4 };

static uint64_t count_at(const struct replay *replay, size_t i)
{
    uint64_t value;

    memcpy(&value, (const char *)&replay->counts + COUNTS[i].offset, sizeof(value));
    return value;
}

static void print_counts(const struct replay *replay, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        printf("%s%llu %s", i > from ? ", " : "", (unsigned long long)count_at(replay, i),
               COUNTS[i].name);
    printf("\n");
}

static void print_words(const struct replay *replay)
{
    if (replay->diverged) {
        printf("diverged in turn %llu: %s", (unsigned long long)replay->turn.number,
               replay->divergence.data);
        printf("  until then: ");
        print_counts(replay, 0, COUNTED_FIRST);
        return;
    }
    printf("identical: ");
    print_counts(replay, 0, COUNTED_FIRST);
    printf("from ");
    print_counts(replay, COUNTED_FIRST, COUNTED);
    if (replay->lost.length > 0)
        printf("not compared:\n%s", replay->lost.data);
    if (*replay->reader.note)
        printf("the recording: %s\n", replay->reader.note);
}

static void print_json(const struct replay *replay)
{
    struct json_writer json;
    struct buf text;

    buf_init(&text, 2 * REPLAY_TEXT_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_bool(&json, "identical", !replay->diverged);
    json_put_text(&json, "run", replay->reader.run);
    for (size_t i = 0; i < COUNTED; i++)
        json_put_uint(&json, COUNTS[i].name, count_at(replay, i));
    json_put_text(&json, "not_compared", replay->lost.data ? replay->lost.data : "");
    json_put_text(&json, "ended", replay->reader.note);
    if (replay->diverged) {
        json_put_uint(&json, "turn", replay->turn.number);
        json_put_int(&json, "wall_ns", replay->turn.at.wall_ns);
        json_put_text(&json, "divergence", replay->divergence.data);
    }
    json_close_object(&json);
    printf("%s\n", text.data);
    buf_fini(&text);
}

/* --- the recording itself --- */

static void print_bundle(const struct entry *entry, struct buf *ret)
{
    struct bundle bundle;

    if (entry->length < 16 ||
        bundle_decode(entry->bytes + 16, entry->length - 16, &bundle, NULL) < 0)
        return;
    buf_put(ret, entry->bytes, 16);
    for (uint32_t i = 0; i < bundle.count; i++) {
        const struct bundle_entry *file = &bundle.entries[i];
        buf_printf(ret, "\n--- %.*s\n", (int)file->name_length, file->name);
        buf_put(ret, file->text, file->text_length);
    }
}

static void print_entry(const struct entry *entry, struct event_rec_room *room)
{
    struct buf text;
    struct event event;
    struct frame_rec frame;
    struct recording_raw raw;
    struct stamp at;
    uint64_t number;

    buf_init(&text, REPLAY_TEXT_MAX);
    switch (entry->kind) {
    case ENTRY_EVENT:
        if (event_rec_decode(entry->bytes, entry->length, room, &event, NULL) == 0)
            event_rec_print(&event, &text);
        break;
    case ENTRY_FRAME:
        if (frame_rec_decode(entry->bytes, entry->length, &frame, NULL) == 0) {
            buf_puts(&text, frame.from_runner ? "<- " : "-> ");
            frame_rec_print(&frame, &text);
        }
        break;
    case ENTRY_TURN:
        if (recording_read_turn(entry, &number, &at, NULL) == 0)
            buf_printf(&text, "%llu mono_ns=%lld wall_ns=%lld", (unsigned long long)number,
                       (long long)at.mono_ns, (long long)at.wall_ns);
        break;
    case ENTRY_COMMAND: command_rec_print(entry->bytes, entry->length, &text); break;
    case ENTRY_CONFIG: case ENTRY_ROW: case ENTRY_RECORD:
        buf_put(&text, entry->bytes, entry->length);
        break;
    case ENTRY_BUNDLE: print_bundle(entry, &text); break;
    case ENTRY_RAW:
        if (recording_read_raw(entry, &raw, NULL) == 0) {
            buf_printf(&text, "%s readable_ns=%lld ", raw.stream == STREAM_USER ? "user" : "market",
                       (long long)raw.readable_ns);
            buf_put(&text, raw.text, raw.length);
        }
        break;
    default: buf_printf(&text, "%zu bytes", entry->length);
    }
    printf("%s ", entry_kind_text(entry->kind));
    fwrite(text.data ? text.data : "", 1, text.length, stdout);
    printf("\n");
    buf_fini(&text);
}

static int dump(const char *path, struct err *err)
{
    struct event_rec_room *room = calloc(1, sizeof(*room));
    struct recording_reader reader;
    struct entry entry;
    int more = room ? recording_reader_open(&reader, path, err) : err_set(err, "no memory");

    while (room && more >= 0 && (more = recording_reader_next(&reader, &entry, err)) > 0)
        print_entry(&entry, room);
    if (room)
        recording_reader_close(&reader);
    free(room);
    return more;
}

/* --- options --- */

static void tick(const struct replay *replay)
{
    if (replay->turn.number % TURNS_A_LINE == 0)
        fprintf(stderr, "\rturn %llu", (unsigned long long)replay->turn.number);
}

/* -1, before anything is replayed: it cannot be written there. */
static int open_out(struct replay *replay, const char *out, struct err *err)
{
    if (!out)
        return 0;
    if (mkdir(out, 0700) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", out, strerror(errno));
    replay->journal = store_bulk_open(out, "replay", err);
    return replay->journal ? 0 : -1;
}

static int run(struct replay *replay, const char *path, const char *out, bool json)
{
    struct err err = {""}, late = {""};
    bool shows = isatty(STDERR_FILENO) && !json;
    int code = open_out(replay, out, &err);

    if (code == 0)
        code = replay_run(replay, path, shows ? tick : NULL, &err);
    if (store_bulk_close(replay->journal, &late) < 0 && code >= 0)
        code = err_set(&err, "%s", late.text);
    if (shows)
        fprintf(stderr, "\r");
    if (code < 0)
        fprintf(stderr, "moongate replay: %s\n", err.text);
    else if (json)
        print_json(replay);
    else
        print_words(replay);
    replay_fini(replay);
    return code < 0 ? 2 : code;
}

static bool parse_turn(const char *text, uint64_t *ret)
{
    char *end;

    *ret = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0';
}

int replay_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"jailed", no_argument, NULL, 'j'}, {"until", required_argument, NULL, 'u'},
        {"out", required_argument, NULL, 'o'}, {"json", no_argument, NULL, 'J'},
        {"dump", no_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    static struct replay replay;
    struct err err = {""};
    const char *out = NULL;
    bool json = false, dumps = false;
    int option;

    replay.until = UINT64_MAX;
    while ((option = getopt_long(argc, argv, "ju:o:h", options, NULL)) != -1) {
        switch (option) {
        case 'j': replay.jailed = find_runner(); break;
        case 'u':
            if (!parse_turn(optarg, &replay.until))
                return usage(stderr);
            break;
        case 'o': out = optarg; break;
        case 'J': json = true; break;
        case 'd': dumps = true; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (optind + 1 != argc)
        return usage(stderr);
    if (!dumps)
        return run(&replay, argv[optind], out, json);
    if (dump(argv[optind], &err) == 0)
        return 0;
    fprintf(stderr, "moongate replay: %s\n", err.text);
    return 2;
}
