#pragma once
/* What a script says it will ever need, told when it is ready. The config is the ceiling: a
 * manifest only tightens it, and one that asks for more never trades. All zero: as configured. */
#include "base/err.h"
#include "model/intent.h"

struct engine_settings;

struct manifest {
    bool no_open, no_short;        /* it only reduces; it is never short on its own account */
    uint32_t products;             /* bit i; 0: as configured */
    struct size max_order_size, max_position; /* base coin, of each product; 0: as configured */
    uint32_t max_messages, max_working_orders, max_timers; /* 0: as configured */
};

/* -1: it asks for more than the config gives strategy `actor`; err says what and how much. */
int manifest_check(const struct manifest *manifest, const struct engine_settings *settings,
                   actor_index actor, struct err *err);
/* The lesser of the two, where 0 is none. */
uint32_t manifest_least(uint32_t limit, uint32_t asked);
