#pragma once
/* Inside the fill venue: fill_venue.c (orders, lists, money, time), _restore.c, _funding.c. */
#include "sim/fill_venue.h"

void *fill_list_add(struct fill_list *list, size_t item_bytes); /* zeroed room for one more */
static inline struct fill_order *fill_venue_order(const struct fill_venue *venue, uint32_t number)
{
    return ((struct fill_order **)venue->orders.items)[number];
}
/* Takes a copy, among neither the live nor the ended ones. */
struct fill_order *fill_venue_add(struct fill_venue *venue, const struct fill_order *asked);
void fill_venue_pass_stamps(struct fill_venue *venue); /* those that are due now */
/* Its newest order, whatever became of it; or NULL. */
struct fill_order *fill_venue_find(const struct fill_venue *venue, struct client_id id);
void fill_venue_name(struct fill_venue *venue, struct fill_order *order); /* its venue id */
/* A fill of an order, into its own sums, the list of fills, position and money. */
void fill_venue_book_fill(struct fill_venue *venue, struct fill_order *order, struct price price,
                          struct size size, enum liquidity liquidity);
void fill_venue_book_money(struct fill_venue *venue, const struct event_fill *fill);
