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

static void protection_row(const struct engine *engine, const struct protection *p,
                           struct protection_row *ret)
{
    struct ratio by = p->terms.trail;
    ret->state = p->state;
    ret->terms = p->terms;
    ret->side = p->side;
    ret->best = p->best;
    ret->blind = p->blind;
    ret->held_ns = p->side == SIDE_UNKNOWN ? 0 : engine->now.mono_ns - p->since_ns;
    memcpy(ret->reason, p->reason, sizeof ret->reason);
    if (p->side == SIDE_BUY)
        by.e9 = -by.e9;
    if (by.e9 != 0 && p->best.e9 > 0)
        (void)price_shift(p->best, by, p->side == SIDE_BUY ? ROUND_DOWN : ROUND_UP, &ret->level);
}

bool snapshot_protection(const struct engine *engine, uint32_t index, struct protection_row *ret)
{
    for (actor_index a = 0; a < engine->settings.strategy_count; a++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            const struct protection *p = &engine->protections[a][i];
            if (p->state == PROTECT_CLEAR || index-- > 0)
                continue;
            memset(ret, 0, sizeof *ret);
            ret->actor = a;
            ret->product = i;
            protection_row(engine, p, ret);
            return true;
        }
    return false;
}

uint64_t snapshot_halts(const struct engine *engine)
{
    return engine->halts;
}

bool snapshot_parked(const struct engine *engine, uint32_t index, struct parked_row *ret)
{
    if (index >= engine->parked_count)
        return false;
    *ret = (struct parked_row){engine->parked[index].parked, engine->parked[index].since_wall_ns};
    return true;
}

bool snapshot_consent(const struct engine *engine, uint32_t index, struct consent_row *ret)
{
    for (uint32_t i = 0; i < MAX_CONSENTS; i++) {
        const struct consent_held *held = &engine->consents.held[i];
        if (held->consent.number == 0 || index-- > 0)
            continue;
        *ret = (struct consent_row){held->consent, held->granted,
                                    held->ends_ns - engine->now.mono_ns};
        return true;
    }
    return false;
}
