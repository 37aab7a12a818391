#include "io/hold.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/ring.h"
#include "model/client_id.h"

struct held {
    struct command_place place;
    int64_t commit, since_ns;
    bool dropped; /* cancelled while it waited */
};

struct hold {
    struct sink_port below;
    hold_dropped *on_dropped;
    void *context;
    hold_clock *now_ns; /* NULL: no limit */
    int64_t most_ns, durable;
    struct ring ring;
    struct held items[MAX_ORDERS];
};

struct hold *hold_create(const struct sink_port *below, hold_dropped *on_dropped, void *context)
{
    struct hold *hold = calloc(1, sizeof *hold);
    if (!hold)
        return NULL;
    hold->below = *below;
    hold->on_dropped = on_dropped;
    hold->context = context;
    ring_init(&hold->ring, hold->items, sizeof hold->items[0], MAX_ORDERS);
    return hold;
}

void hold_destroy(struct hold *hold)
{
    free(hold);
}

uint32_t hold_count(const struct hold *hold)
{
    return hold->ring.count;
}

static struct held *find(struct hold *hold, struct client_id id)
{
    for (uint32_t i = 0; i < hold->ring.count; i++) {
        struct held *held = &hold->items[(hold->ring.head + i) % MAX_ORDERS];
        if (!held->dropped && client_id_equal(held->place.id, id))
            return held;
    }
    return NULL;
}

void hold_limit(struct hold *hold, hold_clock *now_ns, int64_t most_ns)
{
    hold->now_ns = now_ns;
    hold->most_ns = most_ns;
}

static bool is_late(const struct hold *hold, const struct held *held)
{
    return hold->now_ns && hold->now_ns() - held->since_ns > hold->most_ns;
}

static bool overtakes(struct hold *hold, const struct command_cancel *cancel)
{
    struct held *held = find(hold, cancel->id);
    if (!held)
        return false;
    held->dropped = true;
    hold->on_dropped(hold->context, &held->place, "cancelled before it was sent");
    return true;
}

static void keep(struct hold *hold, const struct command *command, int64_t commit)
{
    struct held held = {.place = command->place, .commit = commit};
    if (hold->now_ns)
        held.since_ns = hold->now_ns();
    /* Commits rise, so nothing durable can stand behind something that waits. */
    CHECK(hold->ring.count == 0 ||
          commit >= hold->items[(hold->ring.head + hold->ring.count - 1) % MAX_ORDERS].commit);
    if (!ring_push(&hold->ring, &held))
        hold->on_dropped(hold->context, &held.place, "too many orders wait for the journal");
}

static void send(void *context, const struct command *command, int64_t commit)
{
    struct hold *hold = context;
    if (command->kind == COMMAND_PLACE && commit > hold->durable) {
        keep(hold, command, commit);
        return;
    }
    if (command->kind == COMMAND_CANCEL && overtakes(hold, &command->cancel))
        return;
    hold->below.send(hold->below.context, command, 0);
}

struct sink_port hold_port(struct hold *hold)
{
    return (struct sink_port){hold, send};
}

void hold_release(struct hold *hold, int64_t durable)
{
    CHECK(durable >= hold->durable);
    hold->durable = durable;
    for (struct held *held; (held = ring_front(&hold->ring)) && held->commit <= durable;) {
        struct command command = {.kind = COMMAND_PLACE, .place = held->place};
        bool dropped = held->dropped, late = is_late(hold, held);
        ring_pop(&hold->ring, NULL);
        if (late && !dropped)
            hold->on_dropped(hold->context, &command.place, "it waited too long for the disk");
        else if (!dropped)
            hold->below.send(hold->below.context, &command, 0);
    }
}

void hold_drop_all(struct hold *hold, const char *reason)
{
    struct held held;
    while (ring_pop(&hold->ring, &held))
        if (!held.dropped)
            hold->on_dropped(hold->context, &held.place, reason);
}
