#pragma once
/* Positions of every actor in every product, and of the account: the exact ones that fills with a
 * trade id have made, and the shown ones, which also hold what only a cumulative quantity told.
 *
 *     portfolio_book(&p, actor, product, side, price, size, fee)     exact, in the venue's order
 *     portfolio_show(&p, &orders, product)                           shown = exact + provisional;
 *                                                        for the whole of it: fills_show_product
 *
 * A provisional quantity is never mixed into the exact books: average cost depends on the order of
 * fills, and the result must be what the venue's own list of fills gives, to the last unit. */
#include "engine/orders.h"
#include "engine/position.h"

struct portfolio {
    struct position exact[ACTOR_SLOTS][MAX_PRODUCTS], exact_account[MAX_PRODUCTS];
    struct position shown[ACTOR_SLOTS][MAX_PRODUCTS], shown_account[MAX_PRODUCTS];
    uint16_t *provisional; /* order slots, in the order in which they became so; from the arena */
    uint32_t provisional_count;
};

size_t portfolio_bytes(void);
void portfolio_init(struct portfolio *portfolio, struct arena *arena);
/* false: a number left the range kept exactly; nothing was booked then. */
bool portfolio_book(struct portfolio *portfolio, actor_index actor, product_index product,
                    enum side side, struct price price, struct size size, struct money fee);
/* A payment at a funding stamp; false: out of range, nothing was booked. */
bool portfolio_fund(struct portfolio *portfolio, actor_index actor, product_index product,
                    struct money payment);
/* A fill booked as ACTOR_EXTERNAL's turns out to be `actor`'s: it changes hands, the account's
 * books stay as they are. false: out of range, nothing was moved. */
bool portfolio_claim(struct portfolio *portfolio, actor_index actor, product_index product,
                     enum side side, struct price price, struct size size, struct money fee);
/* The order has, or no longer has, a provisional part. */
void portfolio_track(struct portfolio *portfolio, uint32_t order_slot, bool provisional);
bool portfolio_show(struct portfolio *portfolio, struct orders *orders, product_index product);
/* The provisional part's price: its cost over its size, rounded half-even; at least 1e-9. */
struct price portfolio_provisional_price(const struct order *order);
