#include "engine/snapshot_care.h"

#include <string.h>

#include "engine/engine_inside.h"

bool snapshot_health(const struct engine *engine, uint32_t index, struct health_row *ret)
{
    for (enum health_cause i = 0; i < HEALTH_CAUSE_COUNT; i++) {
        const struct ladder_cause *cause = &engine->ladder.causes[i];
        if (!cause->on || index-- > 0)
            continue;
        ret->cause = i;
        ret->age_ns = engine->now.mono_ns - cause->since_ns;
        ret->products = i == HEALTH_SPEC_STALE ? engine->ladder.stale_specs : 0;
        memcpy(ret->text, cause->text, sizeof ret->text);
        return true;
    }
    return false;
}
