#pragma once
/* The venue's inside, for venue_sim*.c alone. */
#include "base/deadline.h"
#include "base/prng.h"
#include "sim/market_seed.h"
#include "sim/venue_sim.h"

enum {
    /* A host that needs more in one run of a test venue has lost its way. */
    VENUE_ORDERS_MAX = 1000 * 1000,
    VENUE_LIVE_MAX = 500, /* working orders per product, the venue's documented cap */
    VENUE_DEADLINES = 4 * VENUE_LIVE_MAX * VENUE_PRODUCTS,
    NO_ORDER = UINT32_MAX,
};

/* What happens to an order, or to the venue, at a time of its own. */
enum venue_deadline { DEADLINE_ENTER, DEADLINE_CANCEL, DEADLINE_EXPIRE, DEADLINE_HOUR };

struct venue_market {
    const struct tape *tape; /* NULL: seeded */
    struct market_seed seeded;
    struct market_row row;   /* the next one to come */
    uint32_t tape_next;
    int64_t epoch_ns;        /* the time of the row at 0 */
    struct venue_ladder fine[2]; /* at the market's own tick; base_e9 holds the size */
    struct price best[2];    /* the last best pair; 0 before the first one */
    bool announce;           /* a seam was crossed: say so after the next best pair */
};

struct venue_listing { /* one product */
    struct venue_book book;
    struct venue_stats stats;
    struct size carry[2];    /* base coin traded but too little for a unit yet, by aggressor */
    uint64_t next_trade_id;
    uint32_t live[VENUE_LIVE_MAX]; /* numbers of open orders, oldest first */
    uint32_t live_count;
};

struct venue_sim {
    struct venue_sim_config config;
    struct venue_sink sink;
    int64_t now_ns;
    struct prng ids;
    struct venue_market markets[VENUE_ASSETS];
    struct venue_listing listings[VENUE_PRODUCTS];
    struct ledger ledger;
    struct venue_order **orders; /* owned, each of them too; by number */
    struct venue_fill *fills;    /* owned */
    uint32_t order_count, order_capacity, fill_count, fill_capacity;
    uint32_t *by_id, *by_client; /* owned; hash buckets of order numbers */
    uint32_t bucket_count;
    uint32_t pending_count;      /* accepted, not entered yet */
    struct deadline deadline_memory[VENUE_DEADLINES];
    struct deadlines deadlines;
    bool forgetful;              /* a fault: no client id is known */
};

/* venue_sim_list.c: the list of all orders and fills */
struct venue_order *venue_list_add(struct venue_sim *sim); /* NULL: full or no memory */
void venue_list_index(struct venue_sim *sim, struct venue_order *order); /* once its ids are set */
struct venue_order *venue_list_find(const struct venue_sim *sim, const char *order_id);
struct venue_order *venue_list_find_client(const struct venue_sim *sim, const char *client_id);
struct venue_fill *venue_list_add_fill(struct venue_sim *sim);
void venue_list_fini(struct venue_sim *sim);
void venue_list_draw_id(struct venue_sim *sim, char out[VENUE_UUID_MAX]);
void venue_live_add(struct venue_sim *sim, struct venue_order *order);
void venue_live_remove(struct venue_sim *sim, struct venue_order *order);

/* venue_sim_match.c: orders against markets */
void venue_match_enter(struct venue_sim *sim, struct venue_order *order);
void venue_match_trade(struct venue_sim *sim, int product, enum side aggressor,
                       struct price price, struct size units);
void venue_match_book(struct venue_sim *sim, int product); /* a level of its market changed */
void venue_match_finish(struct venue_sim *sim, struct venue_order *order,
                        enum venue_status status, const char *words);
void venue_match_requeue(struct venue_sim *sim, struct venue_order *order); /* price or size up */
void venue_match_tell(struct venue_sim *sim, struct venue_order *order);
void venue_match_leave_book(struct venue_sim *sim, struct venue_order *order);
void venue_match_rest(struct venue_sim *sim, struct venue_order *order);

/* venue_sim_market.c: rows to books and trades */
void venue_market_start(struct venue_sim *sim, int market);
int64_t venue_market_next_ns(const struct venue_sim *sim, int market);
void venue_market_step(struct venue_sim *sim, int market); /* applies the next row */
void venue_market_print(struct venue_sim *sim, int product, enum side aggressor,
                        struct price price, struct size units); /* a trade the public sees */

/* venue_sim_place.c */
struct size venue_reserved(const struct venue_sim *sim, int product); /* by brackets */
void venue_fail_order(struct venue_sim *sim, struct venue_order *order, const char *reason,
                      const char *words);
