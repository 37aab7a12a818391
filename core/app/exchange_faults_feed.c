/* Faults of frames and their connections. */
#include <string.h>

#include "app/exchange_faults_private.h"
#include "sim/venue_fault_bytes.h"

static void apply_rule(const struct venue_fault_rule *rule, struct exchange_frame_fate *fate)
{
    switch (rule->fault) {
    case FAULT_SUPPRESS: fate->suppress = true; break;
    case FAULT_DROP: fate->drop = true; break;
    case FAULT_DUPLICATE: fate->duplicate = true; break;
    case FAULT_REORDER: fate->reorder = true; break;
    case FAULT_LATE: fate->late_ns = rule->amount; break;
    case FAULT_CLOSE: fate->close = true; break;
    case FAULT_RESET: fate->reset = true; break;
    default: break;
    }
}

void exchange_faults_meet_frame(struct exchange_faults *faults, const char *channel,
                                const struct buf *events, struct exchange_frame_fate *ret)
{
    struct venue_fault_scene scene = {.place = PLACE_CHANNEL, .target = channel,
                                      .bytes = events->data, .length = events->length};
    *ret = (struct exchange_frame_fate){0};
    ret->count = venue_fault_plan_meet(&faults->plan, &scene, exchange_wall_ns(), ret->rules);
    for (uint32_t i = 0; i < ret->count; i++)
        apply_rule(ret->rules[i], ret);
}

void exchange_faults_spoil(const struct exchange_frame_fate *fate, struct buf *text)
{
    for (uint32_t i = 0; i < fate->count; i++)
        venue_fault_spoil(fate->rules[i], text);
}

bool exchange_faults_meet_socket(struct exchange_faults *faults, enum venue_fault_place place,
                                 const char *channel)
{
    const struct venue_fault_rule *rules[VENUE_FAULT_FIRED_MAX];
    struct venue_fault_scene scene = {.place = place, .target = channel};
    uint32_t count = venue_fault_plan_meet(&faults->plan, &scene, exchange_wall_ns(), rules);
    for (uint32_t i = 0; i < count; i++)
        if (rules[i]->fault == FAULT_CLOSE)
            return true;
    return false;
}
