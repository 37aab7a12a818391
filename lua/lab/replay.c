#include "lab/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "model/settings.h"

/* --- divergence --- */

static void print_events(struct replay *replay, struct buf *ret)
{
    struct event event;

    for (uint32_t i = 0; i < replay->turn.count; i++) {
        struct entry entry = recording_turn_at(&replay->turn, i);
        if (entry.kind != ENTRY_EVENT ||
            event_rec_decode(entry.bytes, entry.length, replay->room, &event, NULL) < 0)
            continue;
        buf_puts(ret, "  input:    ");
        event_rec_print(&event, ret);
        buf_puts(ret, "\n");
    }
}

void replay_diverge(struct replay *replay, const char *what, const struct buf *recorded,
                    const struct buf *replayed, const struct buf *input)
{
    struct buf *out = &replay->divergence;

    if (replay->diverged)
        return;
    replay->diverged = true;
    buf_printf(out, "%s\n  recorded: %s\n  replayed: %s\n", what,
               recorded && recorded->data ? recorded->data : "nothing",
               replayed && replayed->data ? replayed->data : "nothing");
    if (input)
        buf_printf(out, "  input:    %s\n", input->data ? input->data : "nothing");
    else
        print_events(replay, out);
}

typedef void print_bytes(const void *bytes, size_t length, struct buf *ret);

static void print_text(const void *bytes, size_t length, struct buf *ret)
{
    buf_put(ret, bytes, length);
}

static void print_left(const void *bytes, size_t length, struct buf *ret)
{
    (void)bytes;
    (void)length;
    buf_puts(ret, "an event that the engine had no room for");
}

/* What came out against the next entry of its kind; NULL: nothing came. */
static void compare(struct replay *replay, enum entry_kind kind, const struct buf *replayed,
                    print_bytes *print)
{
    struct entry entry;
    struct buf ours, theirs;
    bool met = recording_turn_next(&replay->turn, kind, &entry);

    if (met && replayed && entry.length == replayed->length &&
        memcmp(entry.bytes, replayed->data, entry.length) == 0)
        return;
    if (!met && !replayed)
        return;
    buf_init(&ours, REPLAY_TEXT_MAX);
    buf_init(&theirs, REPLAY_TEXT_MAX);
    if (met)
        print(entry.bytes, entry.length, &theirs);
    if (replayed)
        print(replayed->data, replayed->length, &ours);
    replay_diverge(replay, entry_kind_text(kind), &theirs, &ours, NULL);
    buf_fini(&ours);
    buf_fini(&theirs);
}

/* --- the engine's ports --- */

static struct stamp port_now(void *context)
{
    return ((struct replay *)context)->turn.at;
}

static bool port_next(void *context, struct event *ret)
{
    struct replay *replay = context;
    struct entry entry;
    struct err err = {""};
    struct buf text;

    if (replay->diverged || !recording_turn_next(&replay->turn, ENTRY_EVENT, &entry))
        return false;
    if (event_rec_decode(entry.bytes, entry.length, replay->room, ret, &err) == 0) {
        replay->counts.events++;
        return true;
    }
    buf_init(&text, sizeof(err.text));
    buf_puts(&text, err.text);
    replay_diverge(replay, "an event that cannot be read", &text, NULL, NULL);
    buf_fini(&text);
    return false;
}

static void keep(struct replay *replay, const struct record *records, uint32_t count)
{
    struct journal_port journal;

    if (!replay->journal)
        return;
    journal = store_bulk_port(replay->journal);
    (void)journal.commit(journal.context, records, count); /* its close tells what went wrong */
}

static int64_t port_commit(void *context, const struct record *records, uint32_t count)
{
    struct replay *replay = context;
    struct bytes_in in;
    struct entry entry;
    struct buf text;

    buf_init(&text, REPLAY_TEXT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        buf_clear(&text);
        recording_put_record(&records[i], &text);
        compare(replay, ENTRY_RECORD, &text, print_text);
        replay->counts.verdicts += records[i].kind == RECORD_REFUSAL;
        replay->counts.records++;
    }
    buf_fini(&text);
    keep(replay, records, count);
    if (!recording_turn_next(&replay->turn, ENTRY_COMMIT, &entry))
        return 1; /* a record too many was found above, and ends it */
    in = (struct bytes_in){entry.bytes, entry.bytes + entry.length, false};
    return bytes_take_int(&in);
}

static void port_send(void *context, const struct command *command, int64_t commit_number)
{
    struct replay *replay = context;
    bool before = replay->diverged;
    struct buf bytes;

    (void)commit_number;
    buf_init(&bytes, REPLAY_TEXT_MAX);
    command_rec_encode(command, &bytes);
    compare(replay, ENTRY_COMMAND, &bytes, command_rec_print);
    buf_fini(&bytes);
    if (!before && replay->diverged && command->kind == COMMAND_VIEW) {
        buf_puts(&replay->divergence, "  replayed ");
        view_rec_print(command->view.view, &replay->divergence);
        buf_puts(&replay->divergence, "\n");
    }
    replay->counts.commands++;
    replay->counts.verdicts += command->kind == COMMAND_PLACE;
    replay_made(replay, command);
}

/* --- before the first turn --- */

static int take_settings(struct replay *replay, const struct entry *entry, struct err *err)
{
    struct engine_settings settings;

    if (replay->engine)
        return err_set(err, "the recording's settings are twice there");
    if (recording_read_settings(entry, &settings, err) < 0)
        return -1;
    replay->engine = engine_create(&settings);
    CHECK(replay->engine != NULL);
    replay->engine_turn = (struct turn){
        .engine = replay->engine, .clock = {replay, port_now}, .source = {replay, port_next},
        .journal = {replay, port_commit}, .sink = {replay, port_send},
    };
    return 0;
}

static int take_row(struct replay *replay, const struct entry *entry, struct err *err)
{
    struct record record;

    if (!replay->engine)
        return err_set(err, "a journal's row stands before the settings");
    if (recording_read_record(entry, &record, err) < 0)
        return -1;
    if (!engine_restore(replay->engine, &record))
        return err_set(err, "the journal's rows contradict each other");
    keep(replay, &record, 1);
    return 0;
}

static int take_entry(struct replay *replay, const struct entry *entry, struct err *err)
{
    switch (entry->kind) {
    case ENTRY_HEAD: return recording_check_head(entry, err);
    case ENTRY_SETTINGS: return take_settings(replay, entry, err);
    case ENTRY_ROW: return take_row(replay, entry, err);
    case ENTRY_BUNDLE: return replay_bundle(replay, entry, err);
    case ENTRY_FRAME: return replay_frame(replay, entry, err);
    case ENTRY_INTERRUPT: return replay_interrupt(replay, entry, err);
    default: return 0;
    }
}

/* --- the run --- */

/* A whole turn: the engine first, then what passed to and from the scripts until the next one. */
static int run_turn(struct replay *replay, struct err *err)
{
    struct entry raw;

    if (recording_turn_next(&replay->turn, ENTRY_RAW, &raw) && recording_check_host(&raw, err) < 0)
        return -1;
    if (replay->turn.begun) {
        if (!replay->engine)
            return err_set(err, "the recording has no settings");
        turn_run(&replay->engine_turn, UINT32_MAX);
        compare(replay, ENTRY_EVENT, NULL, print_left);
        compare(replay, ENTRY_RECORD, NULL, print_text);
        compare(replay, ENTRY_COMMAND, NULL, command_rec_print);
        replay->counts.turns++;
    }
    for (uint32_t i = 0; i < replay->turn.count && !replay->diverged; i++) {
        struct entry entry = recording_turn_at(&replay->turn, i);
        if (take_entry(replay, &entry, err) < 0)
            return -1;
    }
    return 0;
}

static int run_all(struct replay *replay, void (*tick)(const struct replay *), struct err *err)
{
    int more;

    while ((more = recording_reader_turn(&replay->reader, &replay->turn, err)) > 0) {
        if (run_turn(replay, err) < 0)
            return err_wrap(err, "turn %llu", (unsigned long long)replay->turn.number);
        if (tick)
            tick(replay);
        if (replay->diverged || replay->turn.number >= replay->until)
            break;
    }
    return more < 0 ? -1 : replay->diverged;
}

int replay_run(struct replay *replay, const char *path, void (*tick)(const struct replay *),
               struct err *err)
{
    buf_init(&replay->bundle, BUNDLE_BYTES_MAX);
    buf_init(&replay->divergence, REPLAY_TEXT_MAX);
    buf_init(&replay->lost, REPLAY_TEXT_MAX);
    replay->room = calloc(1, sizeof(*replay->room));
    CHECK(replay->room != NULL);
    if (recording_reader_open(&replay->reader, path, err) < 0)
        return -1;
    return run_all(replay, tick, err);
}

void replay_fini(struct replay *replay)
{
    replay_scripts_fini(replay);
    recording_reader_close(&replay->reader);
    engine_destroy(replay->engine);
    recording_turn_fini(&replay->turn);
    buf_fini(&replay->bundle);
    buf_fini(&replay->divergence);
    buf_fini(&replay->lost);
    free(replay->room);
}
