#include "lab/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "model/settings.h"

/* --- a turn, read ahead --- */

static void add_entry(struct replay_turn *turn, const struct entry *entry)
{
    if (turn->count == turn->capacity) {
        turn->capacity = turn->capacity ? 2 * turn->capacity : 64;
        turn->entries = realloc(turn->entries, turn->capacity * sizeof(*turn->entries));
        CHECK(turn->entries != NULL);
    }
    turn->entries[turn->count++] = (struct replay_entry){entry->kind, turn->bytes.length,
                                                         entry->length};
    buf_put(&turn->bytes, entry->bytes, entry->length);
    CHECK(!turn->bytes.failed);
}

static void begin_turn(struct replay_turn *turn, uint64_t number, struct stamp at)
{
    turn->begun = true;
    turn->number = number;
    turn->at = at;
    turn->count = 0;
    buf_clear(&turn->bytes);
    memset(turn->next, 0, sizeof(turn->next));
}

static struct entry entry_at(const struct replay_turn *turn, uint32_t at)
{
    const struct replay_entry *entry = &turn->entries[at];

    return (struct entry){entry->kind, (const unsigned char *)turn->bytes.data + entry->offset,
                          entry->length};
}

/* The next one of this kind in the turn. */
static bool next_entry(struct replay_turn *turn, enum entry_kind kind, struct entry *ret)
{
    for (uint32_t at = turn->next[kind]; at < turn->count; at++)
        if (turn->entries[at].kind == kind) {
            turn->next[kind] = at + 1;
            *ret = entry_at(turn, at);
            return true;
        }
    turn->next[kind] = turn->count;
    return false;
}

/* --- divergence --- */

static void print_events(struct replay *replay, struct buf *ret)
{
    struct event event;

    for (uint32_t i = 0; i < replay->turn.count; i++) {
        struct entry entry = entry_at(&replay->turn, i);
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
    bool met = next_entry(&replay->turn, kind, &entry);

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

    if (replay->diverged || !next_entry(&replay->turn, ENTRY_EVENT, &entry))
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
    if (!next_entry(&replay->turn, ENTRY_COMMIT, &entry))
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

    if (replay->engine || entry->length != sizeof(settings))
        return err_set(err, "the recording's settings are of another build, or twice there");
    memcpy(&settings, entry->bytes, sizeof(settings));
    if (settings.catalog.count > MAX_PRODUCTS || settings.strategy_count > MAX_STRATEGIES ||
        settings.rule_count > MAX_RULES || settings.message_window_ns <= 0 ||
        settings.candle_length_count > MAX_CANDLE_LENGTHS)
        return err_set(err, "the recording's settings are damaged");
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
        struct entry entry = entry_at(&replay->turn, i);
        if (take_entry(replay, &entry, err) < 0)
            return -1;
    }
    return 0;
}

static int run_all(struct replay *replay, void (*tick)(const struct replay *), struct err *err)
{
    struct entry entry;
    uint64_t number;
    struct stamp at;
    int more;

    while ((more = replay_reader_next(&replay->reader, &entry, err)) > 0) {
        if (entry.kind != ENTRY_TURN && entry.kind != ENTRY_END) {
            add_entry(&replay->turn, &entry);
            continue;
        }
        if (run_turn(replay, err) < 0)
            return err_wrap(err, "turn %llu", (unsigned long long)replay->turn.number);
        if (tick)
            tick(replay);
        if (replay->diverged || entry.kind == ENTRY_END || replay->turn.number >= replay->until)
            break;
        if (recording_read_turn(&entry, &number, &at, err) < 0)
            return -1;
        begin_turn(&replay->turn, number, at);
    }
    while (more > 0 && !replay->diverged && replay->turn.number < replay->until)
        more = replay_reader_next(&replay->reader, &entry, err); /* how it ended */
    return more < 0 ? -1 : replay->diverged;
}

int replay_run(struct replay *replay, const char *path, void (*tick)(const struct replay *),
               struct err *err)
{
    buf_init(&replay->turn.bytes, SIZE_MAX - 1);
    buf_init(&replay->bundle, BUNDLE_BYTES_MAX);
    buf_init(&replay->divergence, REPLAY_TEXT_MAX);
    buf_init(&replay->lost, REPLAY_TEXT_MAX);
    replay->room = calloc(1, sizeof(*replay->room));
    CHECK(replay->room != NULL);
    if (replay_reader_open(&replay->reader, path, err) < 0)
        return -1;
    return run_all(replay, tick, err);
}

void replay_fini(struct replay *replay)
{
    replay_scripts_fini(replay);
    replay_reader_close(&replay->reader);
    engine_destroy(replay->engine);
    buf_fini(&replay->turn.bytes);
    buf_fini(&replay->bundle);
    buf_fini(&replay->divergence);
    buf_fini(&replay->lost);
    free(replay->turn.entries);
    free(replay->room);
}
