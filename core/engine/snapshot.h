#pragma once
/* What the engine knows, for people and the operator's socket: rows by value. Row functions return
 * false past the end.
 *
 *     struct order_row row;
 *     for (uint32_t i = 0; snapshot_order(engine, i, &row); i++)
 *         print(row.id, order_state_text(row.state), ...);
 *
 * Prices of 0 mean "none". Ages are INT64_MAX for "never". Call between turns. */
#include "engine/engine.h"

struct account_row {
    int64_t mono_ns, wall_ns;      /* of the last event */
    enum trading_state state;
    char reason[REASON_MAX];
    bool state_by_operator;
    bool market_up, user_up, journal_up, reconciled, stopping, stopped, skew_known;
    int64_t skew_ns, reconciled_age_ns;
    struct money realised, unrealised, fees, funding; /* our own books, all products */
    bool balance_known;
    struct money equity, available_margin, initial_margin, funding_pnl; /* the venue's words */
    struct money funding_unexplained; /* what funding_pnl is beyond our books */
    uint32_t working, unknown, working_max;
    struct money working_value, working_value_max;
    uint32_t messages, messages_max, cancels, cancels_max; /* used in the window */
    uint64_t boot_random;
    uint32_t owner_tag;
    enum ladder_step ladder;       /* with the account's latch */
};

struct product_row {
    product_index index;
    char product_id[PRODUCT_ID_MAX];
    char asset[ASSET_MAX];
    enum trading_state state;
    char reason[REASON_MAX];
    bool book_valid, stale, crossed;
    struct price bid, ask, mark;
    struct size bid_size, ask_size;
    int64_t book_age_ns, mark_age_ns;
    struct size position, working_buy, working_sell;
    struct money realised, unrealised, fees, funding, working_value;
    struct price average_price;    /* informative */
    uint32_t working, levels;
    struct product_limits limits;
    struct size room_buy, room_sell; /* what max_position would still let open, worst case */
    uint64_t book_updates, trades;
    struct size venue_position;    /* of the last whole list; as ours before the first one */
    bool differs;                  /* from ours, in that list */
};

struct position_row {
    actor_index actor;             /* strategy, ACTOR_OPERATOR or ACTOR_EXTERNAL */
    product_index product;
    struct size size;              /* signed */
    struct money cost, realised, unrealised, fees, funding;
    struct price average_price;    /* informative; 0 when flat */
};

struct order_row {
    struct client_id id;
    struct venue_id venue_id;
    bool ours;                     /* carries our owner tag */
    actor_index actor;
    product_index product;
    order_ref ref;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    bool post_only, reduce_only, cancel_wanted, live;
    struct price price;
    struct size size, filled, booked; /* booked: covered by fills with a trade id */
    enum order_state state;
    int64_t created_wall_ns, changed_wall_ns;
    char reason[REASON_MAX];
    struct price stop_price; enum stop_direction stop; int64_t expires_wall_ns;
    bool parked;                   /* the venue contradicts it; waits for a person */
    order_ref amended_by;          /* what is to take its place; 0: nothing */
    struct size exposed;           /* what it counts with: the larger of both remainders */
};

struct strategy_row {
    uint8_t runner;                /* strategies first, rules from MAX_STRATEGIES on */
    bool is_rule;
    char name[NAME_MAX_BYTES];
    enum runner_state runner_state;
    bool ever_seen;                /* no runner has reported yet: the state means nothing */
    uint32_t generation;
    char hash[17];
    char runner_reason[REASON_MAX];
    enum trading_state state;
    char reason[REASON_MAX];
    uint32_t working, working_max, messages, messages_max;
    uint64_t views, notices, intents, refusals;
    struct money realised, unrealised, fees, funding;
};

/* One judged intent, newest first: what `why ID` shows. An approved one has its client id. */
struct verdict_row {
    uint64_t number;               /* rising by one per judged intent */
    int64_t wall_ns;
    actor_index actor;
    struct intent intent;
    struct verdict verdict;        /* REFUSED_NOT: it passed */
    struct client_id id;           /* zero when it was refused */
    char text[REASON_MAX];         /* a rule's or the engine's own words */
};

/* Counters since this process started. */
struct counters_row {
    uint64_t refusals[REFUSAL_COUNT];
    uint64_t refusals_unrecorded;  /* beyond the journal's share of one strategy and second */
    uint64_t events, gaps, stale_frames, old_generation, orders, fills, external_fills;
    uint64_t lists, alerts, reconciles, mismatches;
    uint64_t wild;                 /* prices outside the sanity band */
};

void snapshot_account(const struct engine *engine, struct account_row *ret);
bool snapshot_product(const struct engine *engine, product_index product, struct product_row *ret);
/* Every (actor, product) that ever held, traded or paid something. */
bool snapshot_position(const struct engine *engine, uint32_t index, struct position_row *ret);
/* Live and recently ended orders, in no particular order. */
bool snapshot_order(const struct engine *engine, uint32_t index, struct order_row *ret);
bool snapshot_find_order(const struct engine *engine, struct client_id id, struct order_row *ret);
/* Strategies, then rules. */
bool snapshot_strategy(const struct engine *engine, uint32_t index, struct strategy_row *ret);
bool snapshot_verdict(const struct engine *engine, uint32_t index, struct verdict_row *ret);
void snapshot_counters(const struct engine *engine, struct counters_row *ret);
/* The highest generation a runner ever reported, over restarts: the next must be higher. */
uint32_t snapshot_generation(const struct engine *engine, actor_index runner);
