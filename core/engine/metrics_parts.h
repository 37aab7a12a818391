#pragma once
/* Inside the metrics: metrics.c takes records in, metrics_read.c makes rows of what it kept. */
#include "base/arena.h"
#include "base/map.h"
#include "engine/metrics.h"
#include "engine/orders.h"
#include "engine/position.h"

enum {
    METRICS_ALL_ACTORS = ACTOR_SLOTS, METRICS_ALL_PRODUCTS = MAX_PRODUCTS,
    METRICS_ACTORS = ACTOR_SLOTS + 1, METRICS_PRODUCTS = MAX_PRODUCTS + 1,
    METRICS_OPERATOR = MAX_STRATEGIES, METRICS_EXTERNAL,
    /* An order that rests while so many others are made has lost its decision price. */
    METRICS_ORDERS = 4 * MAX_ORDERS,
    /* Booked as nobody's, until an order shows that it was its own: as the engine keeps them. */
    METRICS_EXTERNALS = 256,
    METRICS_FILTERS = 64
};

enum metrics_period { METRICS_HOURS, METRICS_DAYS, METRICS_PERIODS };

/* Returns at 1e-12: sums of them, of their squares, of the squares of those below zero. */
struct metrics_sums { uint64_t count; __int128 sum, squares, below; struct money start; };

/* Of one actor (or all) in one product (or all), in one scope. */
struct metrics_tally {
    bool news;
    struct money realised, fees, funding, turnover;
    uint64_t fills, maker_fills, reversals, trades, wins, losses;
    struct money won, lost, best, worst;
    struct money start;               /* the result when the scope began */
    struct money peak, drawdown, drawdown_peak;
    struct money exposure_max;
    __int128 exposure_ms;             /* money times milliseconds */
    int64_t held_ms, since_ms;        /* since_ms: up to when both are counted */
    struct metrics_sums returns[METRICS_PERIODS];
    struct money slippage, decided;   /* decided: the worth at the decision prices */
    uint64_t orders, accepted, refused, dropped, intents_refused, unrecorded;
    uint64_t refusals[REFUSAL_COUNT];
};

/* Now; the cells of one actor in one product alone have a position. */
struct metrics_cell { struct position position; struct money at_flat, result, exposure; };

struct metrics_order {
    struct client_id id;
    struct price decision;            /* 0: not told */
    uint8_t actor, product;
    bool accepted, ended;
};

struct metrics {
    struct arena arena;
    void (*on_day)(void *context, int64_t day_ns);
    void *context;
    char names[ACTOR_SLOTS][NAME_MAX_BYTES];
    char products[MAX_PRODUCTS][PRODUCT_ID_MAX];
    struct price marks[MAX_PRODUCTS];
    struct size net[MAX_PRODUCTS];
    int64_t stamps[MAX_PRODUCTS];     /* of funding: closed up to here */
    int64_t begin_ns[METRICS_SCOPES], now_ns; /* wall, never back */
    struct money capital;             /* equity less our result, when it was first told */
    struct money equity[METRICS_PERIODS]; /* when the period began; 0: not known */
    int64_t whole_ns[METRICS_PERIODS]; /* when the present period began; 0: it is not whole */
    bool capital_known, lacking;
    uint64_t externals_count, orders_count;
    uint32_t filter_count;
    struct metrics_filter filters[METRICS_FILTERS];
    /* owned by the arena */
    struct metrics_cell (*cells)[METRICS_PRODUCTS];   /* [METRICS_ACTORS] */
    struct metrics_tally (*tallies)[METRICS_ACTORS][METRICS_PRODUCTS]; /* [METRICS_SCOPES] */
    struct metrics_order *orders;     /* a ring */
    struct map order_map;
    struct event_fill *externals;     /* a ring */
};

/* *sum and what was held for so long since; false: out of range, and as it was. */
static inline bool metrics_expose(__int128 *sum, struct money exposure, int64_t passed_ms)
{
    __int128 more;
    return !__builtin_mul_overflow(exposure.e18, (__int128)passed_ms, &more) &&
           !__builtin_add_overflow(*sum, more, &more) && ((*sum = more), true);
}
