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

struct protection_row {            /* what guards a strategy's position in a product */
    actor_index actor;
    product_index product;
    enum protect_state state;
    struct protect_terms terms;
    enum side side;                /* BUY: of a long; UNKNOWN: flat */
    struct price best, level;      /* level: where the trailing stop stands now; 0: nowhere */
    int64_t held_ns;
    bool blind;                    /* no fresh price to judge it on */
    char reason[REASON_MAX];
};

bool snapshot_protection(const struct engine *engine, uint32_t index, struct protection_row *ret);

struct parked_row { struct parked parked; int64_t since_wall_ns; };

/* Oldest first. */
struct consent_row {               /* what loosens: asked for, or in force */
    struct consent consent;
    bool granted;
    int64_t left_ns;               /* to confirm it, or that it holds */
};

bool snapshot_consent(const struct engine *engine, uint32_t index, struct consent_row *ret);

/* How often anything was halted: what was approved before and still waits must not leave. */
uint64_t snapshot_halts(const struct engine *engine);
bool snapshot_parked(const struct engine *engine, uint32_t index, struct parked_row *ret);
