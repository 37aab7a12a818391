#pragma once
/* What the engine is made of beside its tables; see engine_inside.h. */
#include "engine/average.h"
#include "engine/book.h"
#include "engine/candle.h"
#include "engine/funding_parts.h"
#include "engine/orders.h"
#include "engine/rate.h"
#include "engine/risk_stats.h"
#include "base/map.h"
#include "engine/reconcile_parts.h"
#include "engine/watch_parts.h"
#include "model/manifest.h"
#include "model/view.h"

enum {
    /* The worst one event can ask for: every order is missing from a list (notice and alert), every
     * staged fill is booked (two notices, two alerts), a batch of cancels leaves, and every
     * protection fires (a record, a notice, an alert and an order each). */
    EVENT_OUT_MAX = 3 * MAX_ORDERS + 4096,
    OUT_SPARE = MAX_ORDERS,   /* for views, and for a turn whose journal dies under it */
    OUT_MAX = EVENT_OUT_MAX + OUT_SPARE + MAX_ORDERS,
    CANCELS_PER_STEP = 256,
    CANDLES_PER_EVENT = 256,  /* of one trades event, each told to every script of the product */
    FILL_STAGE = 1024,        /* fills of a list are booked in the order of time, when it ends */
    VERDICTS_KEPT = 256,
    REFUSALS_RECORDED = 10,   /* per strategy and second; a flood must not fill the journal */
    FLATTEN_TRIES = 5,
    EXTERNAL_FILLS_KEPT = 256 /* booked as nobody's, until an order shows that it was its own */
};
/* Temporary is what ends before the shift does. */
static const int64_t MAX_CONSENT_NS = 4 * 3600 * (int64_t)1000000000;
static const int64_t NS_PER_MS = 1000000, NS_PER_S = 1000000000;

struct flatten { bool told; uint8_t tries; int64_t due_ns; }; /* told of a refusal; not before */

struct product {
    struct book book;
    bool book_taken;          /* a snapshot came since the link came up, no gap since */
    bool stale;               /* as the strategies were last told; true before the first book */
    struct watched watched;
    int64_t book_ns;          /* last update, or when the link came up */
    struct average vwap, twap;
    struct price mid;         /* held since mid_ns; 0: none */
    struct price venue_mark, mark_then; /* of its position, and ours when that was told; 0: none */
    int64_t mid_ns, trade_ns; /* last trade; 0: none */
    uint64_t trade_id;        /* newest seen: a snapshot after a reconnect repeats old ones */
    struct candle_builder candles[MAX_CANDLE_LENGTHS];
    struct trade trades[VIEW_TRADES]; /* ring, by trade_count */
    uint64_t trade_count, book_updates;
    uint64_t version;         /* rises with all a view of this product shows */
    uint64_t fills;           /* exact fills booked: a comparison across one proves nothing */
    uint32_t flattening;      /* until flat, resumed or given up: a bit for each of the next */
    struct flatten flattens[ACTOR_SLOTS]; /* by whose position goes; the operator's: everyone's */
    bool sweep;               /* the position moved while exits rest: see sweep.h */
    struct funding funding;
};

/* See tail.h. */
struct kept_volatility { struct ratio of; int64_t sample_ns; struct ratio value; };
struct tail { struct risk_stats stats; struct candle_builder candles[MAX_PRODUCTS];
              struct kept_volatility kept[MAX_PRODUCTS]; };

struct runner {
    bool seen, credit;
    bool view_sent;           /* in this turn: its buffer is lent */
    enum runner_state state;
    uint32_t generation, generation_max;
    char hash[17], reason[REASON_MAX];
    uint64_t views, notices, intents, refusals;
    product_index last_product;
    uint64_t shown_version[MAX_PRODUCTS], shown_trades[MAX_PRODUCTS];
    uint32_t timers;
    struct rate messages;
    int64_t refusal_second;
    uint32_t refusals_recorded, refusals_unrecorded; /* the latter since the last of the former */
    struct view view;         /* borrowed by COMMAND_VIEW until the commands are cleared */
    struct manifest manifest; /* of the generation that trades */
};

struct pending {
    bool used;
    uint64_t request;         /* number << 8 | slot */
    actor_index actor;
    uint32_t generation;
    struct intent intent;
    struct price value_price; /* as reserved */
    struct size most;         /* what the rules have left of it so far, in whole steps */
    int64_t deadline_ns;
    uint32_t waiting;         /* bit i: rule i has not answered */
    struct view view;         /* borrowed by COMMAND_JUDGE */
};

struct recent_intent { int64_t at_ns; struct price price; struct size size; actor_index actor;
                       product_index product; enum side side; };
struct staged_fill { struct event_fill fill; int64_t came_ns; bool held; };

/* See lost.h. told: an earlier start has, and journaled it. */
enum { LOST_ORDERS_MAX = 64, LOST_LATCHES_MAX = MAX_STRATEGIES + MAX_PRODUCTS };
struct lost_order { bool told; struct record_order order; };
struct lost_latch { bool told; struct record_latch latch; };
struct lost {
    struct lost_order orders[LOST_ORDERS_MAX];
    struct lost_latch latches[LOST_LATCHES_MAX];
    uint32_t order_count, latch_count;
    bool full;
    char strategy[NAME_MAX_BYTES]; /* the first unknown one that an order or a fill names */
};

struct fills_seen { struct map map; unsigned char (*ring)[16]; uint32_t next, count; };
