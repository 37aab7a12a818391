/* Lives of the host. Of a life that ended only what was durable is known to the next. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "engine/snapshot_care.h"
#include "model/client_id.h"
#include "parts.h"
#include "wire/journal_rec.h"

static const int64_t MS = 1000000, SECOND = 1000000000;
enum { EVENTS_PER_TURN = 512 };

/* ---- the four ports */

static struct stamp port_now(void *context)
{
    return sim_stamp(context);
}

static bool port_next(void *context, struct event *ret)
{
    struct sim *sim = context;
    free(sim->handed);
    sim->handed = NULL;
    if (sim->inbox_at == sim->inbox_count) {
        sim->inbox_at = sim->inbox_count = 0;
        return false;
    }
    sim->handed = sim->inbox[sim->inbox_at++];
    *ret = sim->handed->event;
    if (!sim->crashed)
        checks_hand(sim, ret);
    return true;
}

/* As the journal would give it back: what its text does not carry is gone. */
static struct record through_text(const struct record *record)
{
    struct record again;
    struct buf body;
    struct err err;
    const char *kind = record_kind_text(record->kind);
    buf_init(&body, JOURNAL_BODY_MAX);
    journal_rec_encode(record, &body);
    CHECK(!body.failed);
    CHECK(journal_rec_decode(kind, strlen(kind), record->at, body.data, body.length, &again,
                             &err) == 0);
    buf_fini(&body);
    return again;
}

static void keep(struct sim *sim, const struct record *records, uint32_t count)
{
    struct journal *journal = &sim->journal;
    while (journal->count + count > journal->capacity) {
        journal->capacity = journal->capacity ? 2 * journal->capacity : 4096;
        journal->records = realloc(journal->records,
                                   journal->capacity * sizeof journal->records[0]);
        CHECK(journal->records);
    }
    for (uint32_t i = 0; i < count; i++) {
        journal->records[journal->count] = through_text(&records[i]);
        checks_record(sim, &records[i], journal->count);
        journal->count++;
    }
}

static void add_commit(struct sim *sim, int64_t durable_ns, bool never)
{
    struct journal *journal = &sim->journal;
    if (journal->commit_count == journal->commit_capacity) {
        journal->commit_capacity = journal->commit_capacity ? 2 * journal->commit_capacity : 64;
        journal->commits = realloc(journal->commits,
                                   journal->commit_capacity * sizeof journal->commits[0]);
        CHECK(journal->commits);
    }
    if (journal->commit_count > 0) { /* one thread commits, one after the other */
        const struct commit *last = &journal->commits[journal->commit_count - 1];
        durable_ns = durable_ns > last->durable_ns ? durable_ns : last->durable_ns;
    }
    journal->commits[journal->commit_count++] =
        (struct commit){journal->count, durable_ns, never};
}

static void all_durable(struct journal *journal)
{
    journal->durable = journal->count;
    journal->commit_count = 0;
}

static int64_t port_commit(void *context, const struct record *records, uint32_t count)
{
    struct sim *sim = context;
    struct journal *journal = &sim->journal;
    const struct fault *fault;
    int64_t durable_ns = sim->now_ns + MS;
    if (journal->dead)
        return -1;
    journal->number++;
    if (sim->crashed || world_strike(&sim->world, FAULT_CRASH_COMMIT)) {
        sim->crashed = true;
        return journal->number;
    }
    if (world_strike(&sim->world, FAULT_DISK_REFUSES)) {
        journal->dead = true;
        return -1;
    }
    keep(sim, records, count);
    if ((fault = world_strike(&sim->world, FAULT_DISK_SLOW)) != NULL)
        durable_ns += (int64_t)(fault->roll % (uint64_t)(5 * SECOND));
    add_commit(sim, durable_ns, world_strike(&sim->world, FAULT_DISK_DIES) != NULL);
    if (world_strike(&sim->world, FAULT_CRASH_SEND)) {
        all_durable(journal);
        sim->crashed = true;
    }
    if ((fault = world_strike(&sim->world, FAULT_CRASH_AMID)) != NULL)
        sim->sends_left = (uint32_t)(fault->roll % 4);
    return journal->number;
}

/* ---- out of the host */

static void leave(struct sim *sim, const struct command_place *place)
{
    struct venue_request request;
    struct err err;
    if (body_read(&place->order, &sim->settings.catalog, &request, &err) < 0) {
        sim_break(sim, BROKEN_WIRE, "%s", err.text);
        return;
    }
    checks_place(sim, place, &request);
    sim->orders++;
    sim_note(sim, "host > venue  place %s %lld of %s, id %.8s", side_text(request.side),
             (long long)request.size.e9, venue_products[request.product].id,
             request.client_id + 28);
    world_place(&sim->world, &request, place->id);
    checks_left(sim, place);
    checks_world(sim);
}

/* Below the hold: this is on the wire, or on its way to a runner. */
static void send_now(void *context, const struct command *command, int64_t commit_number)
{
    struct sim *sim = context;
    (void)commit_number;
    if (sim->crashed)
        return;
    if (sim->sends_left == 0) {
        sim->crashed = true;
        return;
    }
    sim->sends_left -= sim->sends_left != UINT32_MAX;
    switch (command->kind) {
    case COMMAND_PLACE: leave(sim, &command->place); break;
    case COMMAND_CANCEL:
        sim_note(sim, "host > venue  cancel %.8s", command->cancel.venue_id.text);
        world_cancel(&sim->world, &command->cancel);
        break;
    case COMMAND_LIST: world_list(&sim->world, &command->list); break;
    case COMMAND_STREAM_RESET:
        world_reset_stream(&sim->world, command->stream_reset.stream);
        break;
    case COMMAND_ALERT: sim_note(sim, "alert         %s", command->alert.text); break;
    case COMMAND_FATAL:
        sim_note(sim, "fatal         %s", command->fatal.reason);
        sim->shutting_down = true;
        break;
    case COMMAND_OPERATOR_REPLY:
        if (command->operator_reply.done && command->operator_reply.token == sim->drain_token)
            checks_none_left(sim);
        break;
    case COMMAND_STOPPED:
        sim->stopped = true;
        if (sim->settings.cancel_on_stop || sim->shutting_down)
            checks_none_left(sim);
        break;
    default: scripts_take(sim, command); break;
    }
}

static void send_held(void *context, const struct command *command, int64_t commit_number)
{
    struct sim *sim = context;
    struct sink_port hold = hold_port(sim->hold);
    if (!sim->crashed)
        hold.send(hold.context, command, commit_number);
}

static void on_dropped(void *context, const struct command_place *place, const char *reason)
{
    struct sim *sim = context;
    struct event event = {.kind = EVENT_PLACE_REPLY};
    event.place_reply.client_id = place->id;
    event.place_reply.outcome = OUTCOME_NOT_SENT;
    text_copy(event.place_reply.reason, REASON_MAX, reason, strlen(reason));
    if (!sim->crashed)
        host_post(sim, &event, 0);
}

/* ---- into the host */

void host_post(struct sim *sim, const struct event *event, int64_t after_ns)
{
    struct letter *letter = mail_post_event(&sim->world.mail, event, sim->now_ns + after_ns);
    letter->host = sim->world.host;
}

void host_take(struct sim *sim, struct letter *letter)
{
    if (sim->inbox_count == sim->inbox_capacity) {
        sim->inbox_capacity = sim->inbox_capacity ? 2 * sim->inbox_capacity : 256;
        sim->inbox = realloc(sim->inbox, sim->inbox_capacity * sizeof(struct letter *));
        CHECK(sim->inbox);
    }
    sim->inbox[sim->inbox_count++] = letter;
}

void host_halt_cancel(struct sim *sim)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = OPERATOR_HALT;
    event.operator.token = sim->drain_token = ++sim->tokens;
    event.operator.cancel = true;
    text_copy(event.operator.reason, REASON_MAX, "the simulation's operator", 25);
    host_post(sim, &event, 0);
}

/* Who says that an order is dead has looked at the venue: it can fill no more, and all that it
 * filled is in the books. */
static bool is_dead(const struct sim *sim, const struct order_row *row)
{
    char id[CLIENT_ID_TEXT];
    struct size filled = {0};
    client_id_format(row->id, id);
    uint32_t number = auditor_find(sim->auditor, id);
    if (number == AUDITOR_NONE)
        return false;
    const struct auditor_order *order = &sim->auditor->orders[number];
    return !auditor_can_fill(sim->auditor, number) && order->product >= 0 &&
           venue_product_base(&venue_products[order->product], order->filled, &filled) &&
           filled.e9 == row->booked.e9;
}

/* What is UNKNOWN and dead is dropped, what is not ours left to work or cancelled, the rest
 * cancelled. */
void host_one_order(struct sim *sim, uint64_t roll)
{
    struct event event = {.kind = EVENT_OPERATOR};
    struct order_row row, chosen;
    uint32_t count = 0;
    for (uint32_t i = 0; snapshot_order(sim->engine, i, &row); i++) {
        bool first = row.live && (row.state == ORDER_UNKNOWN || row.actor == ACTOR_EXTERNAL);
        if (row.live && (count++ == 0 || first || roll % count == 0))
            chosen = row;
    }
    if (count == 0)
        return;
    event.operator.verb = OPERATOR_CANCEL;
    if (chosen.state == ORDER_UNKNOWN && is_dead(sim, &chosen))
        event.operator.verb = OPERATOR_DROP;
    else if (chosen.actor == ACTOR_EXTERNAL && (roll >> 8 & 1))
        event.operator.verb = OPERATOR_ADOPT;
    event.operator.token = ++sim->tokens;
    if (chosen.venue_id.text[0])
        text_copy(event.operator.id, VENUE_ID_MAX, chosen.venue_id.text,
                  strlen(chosen.venue_id.text));
    else
        client_id_format(chosen.id, event.operator.id);
    text_copy(event.operator.reason, REASON_MAX, "the simulation's operator", 25);
    sim_note(sim, "operator      %s %.36s",
             event.operator.verb == OPERATOR_DROP    ? "drop"
             : event.operator.verb == OPERATOR_ADOPT ? "adopt"
                                                     : "cancel", event.operator.id);
    host_post(sim, &event, 0);
}

void host_operator(struct sim *sim, enum operator_verb verb, int target, uint8_t index)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = verb;
    event.operator.token = ++sim->tokens;
    event.operator.target = target;
    event.operator.index = index;
    text_copy(event.operator.reason, REASON_MAX, "the simulation's operator", 25);
    host_post(sim, &event, 0);
}

/* ---- lives */

/* Of the moment alone, as the world's. */
static int64_t chance(const struct sim *sim, int64_t bound)
{
    struct prng prng;
    prng_seed(&prng, sim->options.seed ^ (uint64_t)sim->now_ns * 0x2545f4914f6cdd1du);
    return (int64_t)prng_below(&prng, (uint64_t)bound);
}

static void restore(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->journal.count; i++)
        if (!engine_restore(sim->engine, &sim->journal.records[i])) {
            sim_break(sim, BROKEN_RESTORE, "record %u, %s, contradicts what came before", i,
                      record_kind_text(sim->journal.records[i].kind));
            return;
        }
}

void host_start(struct sim *sim)
{
    struct sink_port below = {sim, send_now};
    sim->lives++;
    sim->settings.boot_random = (sim->options.seed * 1000003 + sim->lives) & 0xffffffffff;
    sim->mono_base_ns = sim->now_ns - chance(sim, 900 * SECOND);
    sim->engine = engine_create(&sim->settings);
    sim->hold = hold_create(&below, on_dropped, sim);
    CHECK(sim->engine && sim->hold);
    sim->journal.dead = sim->crashed = sim->stopped = sim->shutting_down = false;
    sim->halts = sim->drain_token = 0;
    sim->cancel_only = 0;
    sim->journal.number = sim->journal.durable_number = 0;
    sim->sends_left = UINT32_MAX;
    sim->start_again_ns = INT64_MAX;
    sim->awake_ns = sim->now_ns;
    sim->skew_ns = sim->now_ns + 100 * MS;
    restore(sim);
    checks_restart(sim);
    sim->turn = (struct turn){.engine = sim->engine, .clock = {sim, port_now},
                              .source = {sim, port_next}, .journal = {sim, port_commit},
                              .sink = {sim, send_held}};
    world_host_starts(&sim->world);
    scripts_start(sim);
    sim_note(sim, "the host starts, %u records restored", sim->journal.count);
}

/* What the disk was told and had not confirmed may have reached it, in order. */
static void lose_undurable(struct sim *sim)
{
    struct journal *journal = &sim->journal;
    uint32_t kept = (uint32_t)chance(sim, journal->commit_count + 1);
    for (uint32_t i = 0; i < kept && !journal->commits[i].never; i++)
        journal->durable = journal->commits[i].end;
    journal->count = journal->durable;
    journal->commit_count = 0;
}

void host_crash(struct sim *sim)
{
    sim_note(sim, "the host is gone");
    sim->crashed = true;
    engine_destroy(sim->engine);
    hold_destroy(sim->hold);
    sim->engine = NULL;
    sim->hold = NULL;
    free(sim->handed);
    sim->handed = NULL;
    while (sim->inbox_at < sim->inbox_count)
        free(sim->inbox[sim->inbox_at++]);
    sim->inbox_at = sim->inbox_count = 0;
    lose_undurable(sim);
    world_host_ends(&sim->world);
    sim->start_again_ns = sim->now_ns + 500 * MS + chance(sim, 10 * SECOND);
}

/* As the host does it: what waits for the disk was approved before the halt. */
static void note_halt(struct sim *sim)
{
    if (snapshot_halts(sim->engine) != sim->halts)
        hold_drop_all(sim->hold, "halted before it was sent");
    sim->halts = snapshot_halts(sim->engine);
}

void host_turn(struct sim *sim)
{
    sim->turns++;
    checks_turn(sim);
    turn_run(&sim->turn, EVENTS_PER_TURN);
    if (!sim->crashed) {
        note_halt(sim);
        promises_turn(sim);
    }
    /* A deadline that is past after its own turn is looked at again, but time goes on. */
    sim->awake_ns = sim->now_ns + MS;
    if (sim->stopped && hold_count(sim->hold) == 0)
        sim->crashed = true;
    if (sim->crashed)
        host_crash(sim);
}

/* ---- what comes of itself */

static int64_t mono_to_now(const struct sim *sim, int64_t mono_ns)
{
    return mono_ns == INT64_MAX ? INT64_MAX : mono_ns + sim->mono_base_ns;
}

int64_t host_next_ns(const struct sim *sim)
{
    if (!sim->engine)
        return sim->start_again_ns;
    int64_t next_ns = mono_to_now(sim, engine_next_deadline_ns(sim->engine));
    if (sim->inbox_count > 0)
        next_ns = sim->now_ns;
    next_ns = next_ns > sim->awake_ns ? next_ns : sim->awake_ns;
    if (sim->journal.commit_count > 0 && sim->journal.commits[0].durable_ns < next_ns)
        next_ns = sim->journal.commits[0].durable_ns;
    return next_ns < sim->skew_ns ? next_ns : sim->skew_ns;
}

static void bury(struct sim *sim)
{
    struct event event = {.kind = EVENT_JOURNAL, .journal.dead = true};
    sim->journal.dead = true;
    sim->journal.commit_count = 0;
    text_copy(event.journal.reason, REASON_MAX, "the disk failed", 15);
    hold_drop_all(sim->hold, "the disk failed");
    host_post(sim, &event, 0);
}

static void settle_commits(struct sim *sim)
{
    struct journal *journal = &sim->journal;
    while (!sim->crashed && journal->commit_count > 0 &&
           journal->commits[0].durable_ns <= sim->now_ns) {
        struct commit commit = journal->commits[0];
        if (commit.never) {
            bury(sim);
            return;
        }
        journal->durable = commit.end;
        journal->commit_count--;
        memmove(journal->commits, journal->commits + 1,
                journal->commit_count * sizeof journal->commits[0]);
        hold_release(sim->hold, ++journal->durable_number);
    }
}

static void tell_skew(struct sim *sim)
{
    struct event event = {.kind = EVENT_SKEW};
    event.skew.known = world_strike(&sim->world, FAULT_SKEW_LOST) == NULL;
    event.skew.skew_ns = -sim->wall_step_ns; /* the venue's less ours */
    host_post(sim, &event, 0);
    sim->skew_ns = sim->now_ns + 60 * SECOND;
}

void host_due(struct sim *sim)
{
    if (!sim->engine) {
        if (sim->now_ns >= sim->start_again_ns)
            host_start(sim);
        return;
    }
    if (sim->now_ns >= sim->skew_ns)
        tell_skew(sim);
    settle_commits(sim);
    if (sim->crashed) {
        host_crash(sim);
        return;
    }
    if (sim->now_ns < sim->awake_ns)
        return;
    if (sim->inbox_count > 0 ||
        mono_to_now(sim, engine_next_deadline_ns(sim->engine)) <= sim->now_ns)
        host_turn(sim);
}
