#include "app/whatif.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "engine/rehearse.h"
#include "engine/snapshot.h"
#include "engine/turn.h"
#include "wire/event_rec.h"

enum { KEY_BYTES = 16 };

struct run {
    struct whatif *whatif;
    struct turn turn;
    struct event_rec_room *room;
    struct map by_ref, by_id;  /* rows of orders that passed */
    void *slots[2];            /* owned */
    uint32_t recorded, made;   /* records of this turn: there, and here */
    struct err err;
};

static void ref_key(actor_index strategy, order_ref ref, unsigned char ret[KEY_BYTES])
{
    memset(ret, 0, KEY_BYTES);
    memcpy(ret, &ref, sizeof(ref));
    ret[KEY_BYTES - 1] = strategy;
}

/* --- an order before the gate --- */

static struct whatif_row *add_row(struct whatif *whatif)
{
    struct whatif_row *rows;
    uint32_t capacity = whatif->capacity ? 2 * whatif->capacity : 256;

    if (whatif->count == whatif->capacity) {
        rows = whatif->capacity < WHATIF_ROWS_MAX
                   ? realloc(whatif->rows, capacity * sizeof(*rows)) : NULL;
        if (!rows) {
            whatif->rows_full = true;
            return NULL;
        }
        whatif->rows = rows;
        whatif->capacity = capacity;
    }
    memset(&whatif->rows[whatif->count], 0, sizeof(*whatif->rows));
    return &whatif->rows[whatif->count++];
}

static bool same_reason(const struct verdict *a, const struct verdict *b)
{
    return a->code == b->code && strcmp(a->config_key, b->config_key) == 0;
}

static void keep(struct run *run, const struct event_intent *event, const struct verdict *refusal,
                 bool passed)
{
    struct whatif *whatif = run->whatif;
    struct whatif_row *row = add_row(whatif);
    unsigned char key[KEY_BYTES];

    if (!row)
        return;
    row->passed = passed;
    row->strategy = event->runner;
    row->wall_ns = whatif->turn.at.wall_ns;
    row->intent = event->intent;
    row->verdict = *refusal;
    ref_key(event->runner, event->intent.ref, key);
    if (passed)
        map_set(&run->by_ref, key, whatif->count - 1);
}

static void ask_twice(struct run *run, const struct event_intent *event)
{
    struct whatif *whatif = run->whatif;
    struct whatif_counts *counts = &whatif->counts;
    struct verdict then, other;

    if (event->runner >= whatif->run.strategy_count ||
        event->intent.product >= whatif->run.catalog.count)
        return; /* refused under any limits */
    if (!rehearse(whatif->engine, NULL, whatif->turn.at, event->runner, &event->intent, &then)) {
        counts->closes += event->intent.kind == INTENT_CLOSE;
        return;
    }
    rehearse(whatif->engine, &whatif->other, whatif->turn.at, event->runner, &event->intent,
             &other);
    counts->judged++;
    counts->passed += then.code == REFUSED_NOT;
    counts->refused += then.code != REFUSED_NOT;
    if (then.code == REFUSED_NOT && other.code != REFUSED_NOT) {
        counts->to_refused++;
        keep(run, event, &other, true);
    } else if (then.code != REFUSED_NOT && other.code == REFUSED_NOT) {
        counts->to_passed++;
        keep(run, event, &then, false);
    } else if (!same_reason(&then, &other)) {
        counts->otherwise++;
    }
}

/* --- what became of those that were sent --- */

static void on_place(struct run *run, const struct command_place *place)
{
    struct whatif *whatif = run->whatif;
    struct order_row order;
    unsigned char key[KEY_BYTES];
    uint32_t at;

    if (!snapshot_find_order(whatif->engine, place->id, &order))
        return;
    ref_key(order.actor, order.ref, key);
    if (!map_get(&run->by_ref, key, &at))
        return;
    whatif->rows[at].sent = true;
    map_set(&run->by_id, place->id.bytes, at);
}

/* Those by cumulative quantity alone are replaced by exact ones: only these count. */
static void on_fill(struct run *run, const struct record_fill *fill)
{
    const struct event_fill *f = &fill->fill;
    struct whatif_row *row;
    struct money value = money_of(f->price, f->size), fee = f->fee;
    int64_t size_e9 = f->side == SIDE_BUY ? f->size.e9 : -f->size.e9;
    uint32_t at;

    if (fill->provisional || !map_get(&run->by_id, fill->id.bytes, &at) ||
        (f->kind != FILL_TRADE && f->kind != FILL_REVERSAL))
        return;
    row = &run->whatif->rows[at];
    if (f->kind == FILL_REVERSAL) {
        size_e9 = -size_e9;
        value.e18 = -value.e18;
        fee.e18 = -fee.e18;
    }
    row->fills++;
    row->bought.e9 += size_e9;
    row->turnover.e18 += value.e18;
    row->paid.e18 += f->side == SIDE_BUY ? value.e18 : -value.e18;
    row->fees.e18 += fee.e18;
}

bool whatif_result(const struct whatif *whatif, const struct whatif_row *row, struct money *ret)
{
    struct price mark = whatif->marks[row->intent.product];
    struct money worth = money_of(mark, row->bought);

    return (mark.e9 > 0 || row->bought.e9 == 0) && money_sub(worth, row->paid, ret) &&
           money_sub(*ret, row->fees, ret);
}

/* --- the engine's ports --- */

static struct stamp port_now(void *context)
{
    return ((struct run *)context)->whatif->turn.at;
}

static bool port_next(void *context, struct event *ret)
{
    struct run *run = context;
    struct entry entry;

    if (*run->err.text || !recording_turn_next(&run->whatif->turn, ENTRY_EVENT, &entry) ||
        event_rec_decode(entry.bytes, entry.length, run->room, ret, &run->err) < 0)
        return false;
    if (ret->kind == EVENT_INTENT)
        ask_twice(run, &ret->intent);
    return true;
}

static int64_t port_commit(void *context, const struct record *records, uint32_t count)
{
    struct run *run = context;
    struct bytes_in in;
    struct entry entry;

    run->made += count;
    for (uint32_t i = 0; i < count; i++)
        if (records[i].kind == RECORD_FILL)
            on_fill(run, &records[i].fill);
    if (!recording_turn_next(&run->whatif->turn, ENTRY_COMMIT, &entry))
        return 1; /* its records are too many: that is found below */
    in = (struct bytes_in){entry.bytes, entry.bytes + entry.length, false};
    return bytes_take_int(&in);
}

static void port_send(void *context, const struct command *command, int64_t commit_number)
{
    (void)commit_number;
    if (command->kind == COMMAND_PLACE)
        on_place(context, &command->place);
}

/* --- turn by turn --- */

static int take_settings(struct run *run, const struct entry *entry, struct err *err)
{
    struct whatif *whatif = run->whatif;

    if (recording_read_settings(entry, &whatif->run, err) < 0 ||
        whatif_take_limits(whatif, err) < 0)
        return -1;
    engine_destroy(whatif->engine);
    whatif->engine = engine_create(&whatif->run);
    CHECK(whatif->engine != NULL);
    run->turn = (struct turn){.engine = whatif->engine, .clock = {run, port_now},
                              .source = {run, port_next}, .journal = {run, port_commit},
                              .sink = {run, port_send}};
    return 0;
}

static int take_row(struct run *run, const struct entry *entry, struct err *err)
{
    struct record record;

    if (!run->whatif->engine)
        return err_set(err, "a journal's row stands before the settings");
    if (recording_read_record(entry, &record, err) < 0)
        return -1;
    return engine_restore(run->whatif->engine, &record)
               ? 0 : err_set(err, "the journal's rows contradict each other");
}

static int run_turn(struct run *run, struct err *err)
{
    struct recording_turn *turn = &run->whatif->turn;
    struct entry entry;

    if (!turn->begun) {
        if (recording_turn_next(turn, ENTRY_HEAD, &entry) && recording_check_head(&entry, err) < 0)
            return -1;
        if (recording_turn_next(turn, ENTRY_SETTINGS, &entry) &&
            take_settings(run, &entry, err) < 0)
            return -1;
        while (recording_turn_next(turn, ENTRY_ROW, &entry))
            if (take_row(run, &entry, err) < 0)
                return -1;
        return run->whatif->engine ? 0 : err_set(err, "the recording has no settings");
    }
    if (recording_turn_next(turn, ENTRY_RAW, &entry) && recording_check_host(&entry, err) < 0)
        return -1;
    run->made = run->recorded = 0;
    turn_run(&run->turn, UINT32_MAX);
    while (recording_turn_next(turn, ENTRY_RECORD, &entry))
        run->recorded++;
    run->whatif->counts.turns++;
    if (*run->err.text)
        return err_set(err, "%s", run->err.text);
    return run->made == run->recorded
               ? 0 : err_set(err, "this build does not do what was recorded; see moongate replay");
}

static void take_marks(struct whatif *whatif)
{
    struct product_row row;

    for (product_index i = 0; whatif->engine && snapshot_product(whatif->engine, i, &row); i++)
        whatif->marks[i] = row.mark;
}

static int run_turns(struct run *run, struct err *err)
{
    struct whatif *whatif = run->whatif;
    int more = recording_reader_open(&whatif->reader, whatif->path, err);

    while (more >= 0 && (more = recording_reader_turn(&whatif->reader, &whatif->turn, err)) > 0)
        if (run_turn(run, err) < 0)
            return err_wrap(err, "turn %llu", (unsigned long long)whatif->turn.number);
    take_marks(whatif);
    return more;
}

int whatif_run(struct whatif *whatif, struct err *err)
{
    struct run *run = calloc(1, sizeof(*run));
    int result = -1;

    CHECK(run != NULL);
    run->whatif = whatif;
    run->room = calloc(1, sizeof(*run->room));
    for (int i = 0; i < 2; i++)
        run->slots[i] = calloc(1, map_bytes(KEY_BYTES, WHATIF_ROWS_MAX));
    CHECK(run->room && run->slots[0] && run->slots[1]);
    map_init(&run->by_ref, run->slots[0], KEY_BYTES, WHATIF_ROWS_MAX);
    map_init(&run->by_id, run->slots[1], KEY_BYTES, WHATIF_ROWS_MAX);
    result = run_turns(run, err);
    free(run->slots[0]);
    free(run->slots[1]);
    free(run->room);
    free(run);
    return result;
}
