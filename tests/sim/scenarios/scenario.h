#pragma once
/* Runs with faults that are named, in the world of the random ones.
 *
 *     struct scenario s = scenario_begin();                     ready to trade, nothing wrong
 *     scenario_strike(&s, FAULT_PLACE_MUTE, 1);                 what goes wrong next
 *     struct client_id id = scenario_limit(&s, SIDE_BUY, -5, 2);
 *     ... scenario_state(&s, id) ...
 *     scenario_end(&s);                                         heals, agrees, or fails
 *
 * Each has its own world; every invariant of the simulation is checked all along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "parts.h"

struct scenario { struct sim *sim; uint32_t asked; };

static const int64_t MS = 1000000, SECOND = 1000000000;

struct scenario scenario_begin(void);
void scenario_end(struct scenario *s);
void scenario_pass(struct scenario *s, int64_t ns);
void scenario_strike(struct scenario *s, enum fault_kind kind, uint64_t roll);

/* Orders of strategy 1, `ticks` better (positive: into the market) or worse than its touch. The
 * name of what it asked for; zero when nothing came of it. */
struct client_id scenario_limit(struct scenario *s, enum side side, int ticks, int lots);
struct client_id scenario_market(struct scenario *s, enum side side, int lots);
void scenario_cancel(struct scenario *s, struct client_id id);
void scenario_protect(struct scenario *s, int64_t after_ns);

enum order_state scenario_state(struct scenario *s, struct client_id id);
struct order_row scenario_order(struct scenario *s, struct client_id id);
struct product_row scenario_product(struct scenario *s);
/* The venue's own: orders that may still fill, the position in lots. */
uint32_t scenario_venue_live(struct scenario *s);
int64_t scenario_venue_lots(struct scenario *s);
int64_t scenario_our_lots(struct scenario *s);
/* "none", or why the newest wish was refused. */
const char *scenario_verdict(struct scenario *s);
