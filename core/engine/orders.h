#pragma once
/* All orders, found by client id, venue id or (actor, ref), and what they expose us to, kept in
 * sums as they change: the gate asks a thousand times for each time an order moves.
 *
 *     orders_open(orders, order);       takes its part out of the sums
 *     order_move(order, stimulus); ...  change it
 *     orders_close(orders, order);      puts in what it amounts to now
 *
 * Live orders count with all that is not filled, whatever their state, and with what is to take
 * their place when that is more. When the table is full the
 * order that ended first makes room, if its fills are all booked. */
#include "base/arena.h"
#include "base/map.h"
#include "engine/order.h"

/* Strategies, then the operator's own and the external ones. */
enum { ACTOR_SLOTS = MAX_STRATEGIES + 2, ORDER_NONE = MAX_ORDERS };

/* Sums wide enough that MAX_ORDERS of the largest orders cannot overflow them. */
struct exposure {
    __int128 buy, sell;            /* remaining sizes, 1e-9 */
    __int128 value;                /* 1e-18 */
    uint32_t count;
    uint32_t unknown[2];           /* orders without a word, by side */
    uint32_t exits;                /* orders that are there to reduce and rest */
};

struct order_chain { uint16_t first, last; };

struct orders {
    struct order *items;           /* MAX_ORDERS; the first `high` were ever used */
    uint16_t *next, *previous;     /* within its chain */
    struct order_chain working, ended; /* ended: first ended first */
    uint32_t high, live, open_at;  /* open_at: between orders_open and orders_close, else NONE */
    bool open_was_live;
    struct map by_id, by_venue, by_ref;
    struct exposure products[MAX_PRODUCTS];
    struct exposure actors[ACTOR_SLOTS][MAX_PRODUCTS];
    struct exposure account;
};

uint8_t actor_slot(actor_index actor);       /* 0 to ACTOR_SLOTS-1; CHECKs */
actor_index actor_of_slot(uint8_t slot);

size_t orders_bytes(void);
void orders_init(struct orders *orders, struct arena *arena);
/* A copy is kept; NULL: full of orders that cannot be let go. Empty ids are not indexed; a client
 * id that another has is a bug, and ends the host before a word of it is journaled or sent. */
struct order *orders_add(struct orders *orders, const struct order *order);
struct order *orders_find(struct orders *orders, struct client_id id);
struct order *orders_find_venue(struct orders *orders, const struct venue_id *id);
/* The newest order of that name. */
struct order *orders_find_ref(struct orders *orders, actor_index actor, order_ref ref);
void orders_set_venue(struct orders *orders, struct order *order, const struct venue_id *id);
/* Its id is found to be another order's. */
void orders_clear_venue(struct orders *orders, struct order *order);
/* Between open and close: another's from here on, under that name. */
void orders_set_owner(struct orders *orders, struct order *order, actor_index actor, order_ref ref);
void orders_open(struct orders *orders, struct order *order);
void orders_close(struct orders *orders, struct order *order);
/* Each index below orders->high has an order: a slot is let go only to be taken at once. */
struct order *orders_at(struct orders *orders, uint32_t index);
uint32_t orders_index(const struct orders *orders, const struct order *order);

/* For intents that wait for a rule: counted like a live order without being one. */
void orders_reserve(struct orders *orders, actor_index actor, product_index product, enum side side,
                    struct size size, struct price price, bool release);
/* The best price, on each side, at which an order of the account, or of ours `own` alone, rests in
 * the product's book; 0: none does. */
void orders_resting(const struct orders *orders, product_index product, bool own,
                    struct price *ret_bid, struct price *ret_ask);
/* Clamped to what a size or money can hold: past it every limit refuses anyway. */
struct size exposure_size(__int128 sum);
/* What is left of `max` to the side where `position` counts as positive and `working` works. */
struct size exposure_room(struct size max, __int128 position, __int128 working);
bool client_id_is_set(struct client_id id);
