#pragma once
/* The day's books, UTC: per strategy and product what was held, filled, paid and realised since the
 * day began, and the account's money. Written into the journal when the day is over, once, by a
 * clock that has been measured against the venue's: a step of the wall clock ends no day. A day on
 * whose end no host ran is closed by the next one to start; restoring the journal gives the day
 * that was open. The account's row comes last and closes it. */
#include "engine/engine_inside.h"

/* Into the exact books, now or from the journal. */
void daily_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill);
void daily_due(struct engine *engine);
void daily_restore(struct engine *engine, const struct record *record);
