#pragma once
/* What is written down before it is acted on. Restoring the records of a journal in order gives
 * the engine it was written by: orders, positions, latches and fills seen. */
#include "model/consent.h"
#include "model/event.h"
#include "model/parked.h"
#include "model/stage.h"
#include "model/record_money.h"

enum record_kind {
    RECORD_BOOT = 1, /* a host started: owner tag, random part of its client ids */
    RECORD_ORDER,    /* an order entered a state; the first one carries the whole order */
    RECORD_FILL,     /* a fill was booked (or reversed) */
    RECORD_REFUSAL,  /* the gate or a rule refused an intent */
    RECORD_LATCH,    /* a trading state changed, by whom and why */
    RECORD_OPERATOR, RECORD_RUNNER, RECORD_RECONCILE,
    RECORD_LADDER,   /* a cause came or went; for people, facts are found anew at a start */
    RECORD_PROTECT,  /* a stop was set, its position began or ended, or it fires */
    RECORD_PARKED,   /* an order waits for the operator, or does so no more */
    RECORD_DAILY,    /* one row of a day that is over; the account's row closes it */
    RECORD_FUNDING,  /* one actor's share of a stamp; the operator's row closes it */
    RECORD_RISK,     /* what losses are counted from: a new day, a new peak, a resume */
    RECORD_CONSENT,  /* an operator asked for what loosens, confirmed it, or it is over */
    RECORD_MARK,     /* what a product is worth, now and then; the account's row closes them */
    RECORD_STAGE,    /* the stage that was reached, and what was measured since */
    RECORD_CANDLE,   /* what value at risk is reckoned from */
    RECORD_KIND_END  /* no kind: one past the last */
};

struct record_boot { uint32_t owner_tag; uint64_t boot_random; char version[24]; };
struct record_order {
    struct client_id id;
    struct venue_id venue_id;
    actor_index actor;
    product_index product;
    char product_id[PRODUCT_ID_MAX]; /* what the index meant when it was written */
    order_ref ref;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    bool post_only, reduce_only;
    struct price price;
    struct size size, filled;
    enum order_state state;
    char reason[REASON_MAX];
    char name[NAME_MAX_BYTES];       /* of the actor when it is a strategy, as product_id */
    struct price stop_price;
    enum stop_direction stop;
    int64_t expires_wall_ns;
    struct price decision;           /* the mid when it was judged; 0: none */
};
struct record_fill {
    struct client_id id; /* zero: an order that is not ours */
    actor_index actor;
    char product_id[PRODUCT_ID_MAX];
    product_index product;
    struct event_fill fill;
    bool provisional; /* known by cumulative quantity only; the REST fill replaces it */
    char name[NAME_MAX_BYTES]; /* of the actor when it is a strategy */
};
struct record_refusal { actor_index actor; struct intent intent; struct verdict verdict;
                        char text[REASON_MAX]; char product_id[PRODUCT_ID_MAX];
                        char name[NAME_MAX_BYTES]; /* of the actor, as in the others */
                        uint32_t unrecorded; }; /* its refusals since the last row of one */
struct record_latch { enum { LATCH_ACCOUNT, LATCH_STRATEGY, LATCH_PRODUCT } scope; uint8_t index;
                      enum trading_state state; bool by_operator; char reason[REASON_MAX];
                      char name[NAME_MAX_BYTES]; }; /* of the strategy, or the product's id */
struct record_operator { enum operator_verb verb; uint8_t target, index; char reason[REASON_MAX];
                         char name[NAME_MAX_BYTES];
                         bool done; /* a flatten of a product has come to its end */
                         char id[VENUE_ID_MAX]; bool cancel;
                         uint32_t uid; }; /* the system's user who asked for it */
struct record_runner { actor_index runner; uint32_t generation; enum runner_state state;
                       char hash[17]; char reason[REASON_MAX]; };
struct record_reconcile { bool agreed; product_index product; struct size ours, venue;
                          char text[REASON_MAX]; };
struct record_ladder { enum ladder_step step; enum health_cause cause; bool on;
                       char text[REASON_MAX]; };
struct record_protect {
    actor_index actor;
    char name[NAME_MAX_BYTES];
    product_index product;
    char product_id[PRODUCT_ID_MAX];
    enum protect_state state;
    struct protect_terms terms;
    enum side side;          /* BUY: it guards a long; UNKNOWN: flat */
    struct price best;       /* the best price of that position, at most a tenth of a trail old */
    int64_t since_wall_ns;   /* when that position was opened */
    char reason[REASON_MAX];
};

struct record_candle { product_index product; char product_id[PRODUCT_ID_MAX];
                       int64_t start_ns, length_ns; struct price high, low, close; };

struct record {
    enum record_kind kind;
    struct stamp at;
    union {
        struct record_boot boot;
        struct record_order order;
        struct record_fill fill;
        struct record_refusal refusal;
        struct record_latch latch;
        struct record_operator operator;
        struct record_runner runner;
        struct record_reconcile reconcile;
        struct record_daily daily;
        struct record_funding funding;
        struct record_risk risk;
        struct record_consent consent;
        struct record_ladder ladder;
        struct record_protect protect;
        struct record_parked parked;
        struct record_mark mark;
        struct record_stage stage;
        struct record_candle candle;
    };
};
const char *record_kind_text(enum record_kind kind);
