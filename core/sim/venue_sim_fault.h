#pragma once
/* What a venue does that it should not, or that nobody asked for. Each act is booked as the venue
 * itself books it: the orders and the ledger stay the truth. */
#include "sim/venue_sim.h"

/* While it is on, a known client id makes a new order. */
void venue_sim_forget_client_ids(struct venue_sim *sim, bool forgetful);
/* Every order of the account that works, with the venue's words: CANCELLED or EXPIRED. */
void venue_sim_end_orders(struct venue_sim *sim, enum venue_status status, const char *words);
/* The market trades through every resting order of the product; -1: of all. */
void venue_sim_fill_orders(struct venue_sim *sim, int product);
/* Market orders of nobody's, by client ids that begin with "liquidation-", close what is held. */
void venue_sim_liquidate(struct venue_sim *sim, int product);
/* Half of what is held goes to others, by a client id that begins with "deleverage-"; nothing when
 * half of it is no order. */
void venue_sim_deleverage(struct venue_sim *sim, int product);
/* The newest trade is taken back by a REVERSAL, and with ticks != 0 followed by a CORRECTION at a
 * price so many ticks away. Nothing happens when there is none. */
void venue_sim_reverse_fill(struct venue_sim *sim, int64_t correct_ticks);
void venue_sim_transfer(struct venue_sim *sim, struct money usd);

struct venue_sim_delays { int64_t accept_ns, cancel_ns; enum venue_session session; };
struct venue_sim_delays venue_sim_delays(const struct venue_sim *sim);
void venue_sim_set_delays(struct venue_sim *sim, const struct venue_sim_delays *delays);
