#pragma once
/* What a venue does that it should not, or that nobody asked for. Each act is booked as the venue
 * itself books it: the orders and the ledger stay the truth. */
#include "sim/venue_sim.h"

/* While it is on, a known client id makes a new order. */
void venue_sim_forget_client_ids(struct venue_sim *sim, bool forgetful);

/* Every order of the account that works, with the venue's words. */
void venue_sim_cancel_orders(struct venue_sim *sim, const char *words);
