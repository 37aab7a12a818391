#include "engine/turn.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

static void step_not_sent(struct turn *turn, struct stamp at, struct client_id id)
{
    struct event event;
    memset(&event, 0, sizeof event);
    event.kind = EVENT_PLACE_REPLY;
    event.at = at;
    event.place_reply.client_id = id;
    event.place_reply.outcome = OUTCOME_NOT_SENT;
    text_copy(event.place_reply.reason, REASON_MAX, "the journal is dead", 19);
    engine_step(turn->engine, &event);
}

/* The journal did not take this turn: nothing that depends on it leaves, now or ever. The engine
 * halts, and learns for each order of the turn that it was not sent. */
static void bury_journal(struct turn *turn, struct stamp at)
{
    uint32_t count;
    struct event event;
    memset(&event, 0, sizeof event);
    event.kind = EVENT_JOURNAL;
    event.at = at;
    event.journal.dead = true;
    text_copy(event.journal.reason, REASON_MAX, "the journal refused a commit", 28);
    turn->journal_dead = true;
    const struct command *commands = engine_commands(turn->engine, &count);
    engine_step(turn->engine, &event);
    for (uint32_t i = 0; i < count; i++)
        if (commands[i].kind == COMMAND_PLACE)
            step_not_sent(turn, at, commands[i].place.id);
}

static int64_t commit(struct turn *turn, struct stamp at)
{
    uint32_t count;
    const struct record *records = engine_records(turn->engine, &count);
    if (count == 0)
        return 0;
    int64_t number = turn->journal_dead
                         ? -1
                         : turn->journal.commit(turn->journal.context, records, count);
    if (number < 0)
        bury_journal(turn, at);
    return number;
}

static void act(struct turn *turn, int64_t commit_number)
{
    uint32_t count;
    const struct command *commands = engine_commands(turn->engine, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool place = commands[i].kind == COMMAND_PLACE;
        if (place && commit_number < 0)
            continue;
        CHECK(!place || commit_number > 0);
        turn->sink.send(turn->sink.context, &commands[i], place ? commit_number : 0);
    }
}

uint32_t turn_run(struct turn *turn, uint32_t max_events)
{
    struct event event;
    struct stamp at = turn->clock.now(turn->clock.context);
    uint32_t taken = 0;
    turn->number++;
    while (taken < max_events && engine_has_room(turn->engine) &&
           turn->source.next(turn->source.context, &event)) {
        event.at = at;
        engine_step(turn->engine, &event);
        taken++;
    }
    /* Each step does what is due at its time; with no event there was no step. */
    if (taken == 0 && engine_next_deadline_ns(turn->engine) <= at.mono_ns) {
        memset(&event, 0, sizeof event);
        event.kind = EVENT_TICK;
        event.at = at;
        engine_step(turn->engine, &event);
    }
    act(turn, commit(turn, at));
    engine_clear(turn->engine);
    return taken;
}
