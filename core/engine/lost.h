#pragma once
/* What the journal holds of products and strategies that the configuration no longer names: own
 * orders that may still fill, and latches. They cannot be looked after, so the first step tells of
 * each and latches the account; an operator's resume of the account after that is the answer to
 * what was told, and it is not told again. */
#include "engine/engine_inside.h"

void lost_add_order(struct engine *engine, const struct record_order *record);
void lost_add_latch(struct engine *engine, const struct record_latch *record);
/* Every latch of the account passes here while the journal is read. */
void lost_on_account(struct engine *engine, const struct record_latch *record);
/* The first step. */
void lost_tell(struct engine *engine);
