#pragma once
/* What the host has to look after, as rows by value like those of snapshot.h. */
#include "engine/engine.h"

struct health_row {                /* a cause that is on */
    enum health_cause cause;
    int64_t age_ns;
    uint32_t products;             /* of SPEC_STALE: bit i is product i; else 0 */
    char text[REASON_MAX];
};

/* In the order of HEALTH_CAUSE_LIST. */
bool snapshot_health(const struct engine *engine, uint32_t index, struct health_row *ret);
