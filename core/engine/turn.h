#pragma once
/* One turn: read the clock once, drain what arrived, step the engine, commit what was decided,
 * and only then let the commands leave. A turn with no records commits nothing; cancels, halt and
 * market data never wait for the disk. */
#include "engine/engine.h"
#include "model/ports.h"

struct turn {
    struct engine *engine;     /* borrowed */
    struct clock_port clock;
    struct source_port source;
    struct journal_port journal;
    struct sink_port sink;
    uint64_t number;           /* turns so far */
    bool journal_dead;
};

/* Drains at most `max_events`, so that one flood cannot starve the loop. Returns how many were
 * taken: the caller comes back at once when it equals the bound. */
uint32_t turn_run(struct turn *turn, uint32_t max_events);
