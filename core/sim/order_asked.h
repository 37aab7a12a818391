#pragma once
/* What stands behind a place command, for venues that are not there: the sealed order is not
 * opened, the engine says what it holds. For drivers; needs the engine's library. */
#include "engine/snapshot.h"
#include "sim/fill_order.h"

/* false: the engine has no such order. Its status is VENUE_PENDING, it has no venue id yet. */
bool order_asked(const struct engine *engine, struct client_id id, struct fill_order *ret);
