#pragma once
/* The stage and its checkpoints, as rows by value like those of snapshot.h. */
#include "engine/engine.h"

struct stage_row {
    bool staged;                   /* false: the config's stage stands, nobody promotes */
    enum stage stage, ceiling;     /* in force; the config's */
    bool has_next;                 /* there is one within the ceiling */
    enum stage next;
    uint32_t failing;              /* checkpoints that would refuse it */
    struct stage_measures measures;
};

struct checkpoint_row {
    bool asked, passes;
    bool unseen;                   /* asked for, and nothing was measured of it yet */
    uint64_t seen;                 /* what it was measured on; 0 where that has no number */
    struct size value, wanted;     /* plain decimals, in the unit of its name */
};

void snapshot_stage(const struct engine *engine, struct stage_row *ret);
void snapshot_checkpoint(const struct engine *engine, enum checkpoint checkpoint,
                         struct checkpoint_row *ret);
