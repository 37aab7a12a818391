#pragma once
/* What a strategy says of what it has already: amend an order, close a position.
 *
 *     amend: gate, as if the old order were gone -> [rules] -> old one cancelled -> the venue says
 *            so -> gate again -> the new order, with its own name and id
 *     close: a reduce-only limit order, IOC, at the collar's edge, for the strategy's own position
 *            less what works to reduce it
 *
 * An amendment is always cancel and replace. The venue's edit answers CANNOT_EDIT_FUTURES_ORDER on
 * futures, takes limit orders GTC alone, and its outcome may stay unknown with two meanings of one
 * id. Here the new order leaves only after the venue has shown the old one cancelled; until then
 * the larger of both counts (order.h, amending). The size asked for is the whole: what the old
 * order filled meanwhile is taken off. An old order that ended otherwise has no successor. The
 * wish is not journaled: after a restart the cancel goes on and nothing follows it.
 *
 * A close is an order of ours and not the venue's close_position, which closes what the account
 * holds, whoever it belongs to, at any price. */
#include "engine/engine_inside.h"

void amend_want(struct engine *engine, actor_index actor, const struct intent *intent);
/* What the gate would say of it now; nothing is changed. */
void amend_rehearse(struct engine *engine, actor_index actor, const struct intent *asked,
                    struct verdict *ret);
/* The gate, and the rules when asked, have nothing against it. */
void amend_begin(struct engine *engine, actor_index actor, const struct intent *intent);
void amend_close(struct engine *engine, actor_index actor, const struct intent *intent);
/* The order whose place `ref` is to take; NULL: none. */
struct order *amend_find(struct engine *engine, actor_index actor, order_ref ref);
/* The strategy thought better of it; the old order's cancel is on its way. True: there was one. */
bool amend_withdraw(struct engine *engine, actor_index actor, order_ref ref);
/* Nothing is to take this order's place. No-op when nothing was. */
void amend_drop(struct engine *engine, struct order *order, const char *why);
/* Old orders that have ended make room for the new ones. */
void amend_due(struct engine *engine);
