#pragma once
/* The account's money as the venue tells it: one balance for each profile that is traded, taken
 * over when a list was read to its end, all of them or none. No endpoint stands in for another:
 * while one is down the equity is unknown, and nothing opens; nothing closes for it either.
 *
 * CDE's cash that changes by more than a cent while nothing of CDE is held, filled or funded is
 * told and journaled, once, when the fills asked for after it do not explain it. While a position
 * is held it is not: when the venue settles into cash is not told. INTX's moves with every mark. */
#include "engine/engine_inside.h"

void balance_on_event(struct engine *engine, const struct event_balance *event);
void balance_begin(struct engine *engine); /* a list is asked for */
/* It ended whole. false: it must be read again, for a fill came between its parts. */
bool balance_end(struct engine *engine);
/* The pot that products of this profile are margined with, alone. */
bool balance_of(const struct engine *engine, enum venue_profile profile,
                struct event_balance *ret);
/* The venue's looser rules hold for that pot, and go on to for a while: what is opened now is
 * margined by the strict ones once they are over, and needs time to be reduced before. */
bool balance_is_intraday(const struct engine *engine, enum venue_profile profile);
/* The sum over the profiles; false: not known, or not for three of its cadences. */
bool balance_get(const struct engine *engine, struct event_balance *ret);
const char *balance_why(const struct engine *engine); /* nothing opens by it: which of the three */
