#pragma once
/* What the engine remembers of troubles and of what it looks after; see engine_inside.h. */
#include "engine/rate.h"
#include "engine/watch_parts.h"
#include "model/record.h"

/* See ladder.h. */
struct ladder_cause { bool on; int64_t since_ns; char text[REASON_MAX]; };
struct ladder {
    struct ladder_cause causes[HEALTH_CAUSE_COUNT];
    uint32_t stale_specs;     /* bit i: product i was not read for long */
    enum ladder_step step;    /* with the account's latch; as last told */
};

/* See protect.h. */
struct protection {
    enum protect_state state;
    struct protect_terms terms;
    enum side side;           /* of the position it guards; UNKNOWN: flat */
    struct price best, best_kept; /* kept: as the journal has it */
    int64_t since_ns, since_wall_ns; /* that position was opened */
    bool blind;               /* told that there is no price to judge it on */
    enum refusal told;        /* why it waits, as last told */
    int64_t next_ns, backoff_ns; /* firing: not before; and how long after that */
    char reason[REASON_MAX];
};

/* See parked.h. */
struct parked_order { struct parked parked; int64_t since_wall_ns; };

/* See drain.h. */
enum { DRAINS_MAX = 5 }; /* the last one is for an emergency */
struct drain {
    uint64_t token;           /* 0: nobody waits for it, or has been told "not yet" */
    actor_index actor;
    product_index product;
    int64_t since_ns, none_ns; /* none: since when we know of none; 0: we know of some */
};

/* See consent.h. */
enum { CONSENT_TOKEN = 7 };
struct consent_held {
    struct consent consent;   /* number 0: the slot is free */
    bool granted;
    char token[CONSENT_TOKEN];
    int64_t ends_ns;          /* mono */
    int64_t until_wall_ns;
    __int128 configured;      /* LIMIT: what it is by the config */
};
struct consents { uint64_t last; uint32_t wrong; struct consent_held held[MAX_CONSENTS]; };

/* See stage.h. */
struct stages {
    enum stage reached, ceiling;  /* by promotion; the config's */
    struct stage_measures measures;
    bool watching, usable, bad;   /* bad: something spoke against it since it was kept */
    int64_t looked_ns, kept_ns;
    uint64_t mismatches, recoveries[FEED_FAULT_COUNT]; /* as last looked at */
};

/* See overdue.h. */
struct since { bool on; int64_t at_ns; };
struct overdue { int64_t next_ns; struct since unhealthy, unknown[MAX_PRODUCTS],
                 stale[MAX_PRODUCTS]; };

/* See risk.h. */
struct risk_strategy {
    struct rate fires, rejects;
    uint32_t refusals, losses; /* in a row */
    int64_t loss_wall_ns;      /* of the last losing trade; 0: none */
    struct size held[MAX_PRODUCTS];
    struct money at_flat[MAX_PRODUCTS]; /* realised less fees when its last trade ended */
};
/* variance: of changes as ratios, 1e-18. */
struct risk_product { struct price mid; __int128 variance; struct ratio volatility;
                      int64_t next_ns; };
struct risk {
    bool begun, known, told;   /* known: each position has a mark; told: journaled */
    struct money result, day_start, peak, peak_kept; /* kept: as the journal has it */
    int64_t day_ns, looked_ns; /* midnight, wall; mono */
    uint64_t looked_fills;
    struct risk_strategy strategies[MAX_STRATEGIES];
    struct risk_product products[MAX_PRODUCTS];
};
