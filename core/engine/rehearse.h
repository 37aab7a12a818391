#pragma once
/* What the gate would say if it were asked now, under other settings: nothing is changed by it. The
 * limits, the windows of duplicates, the bands and the shocks are the other ones'; what the engine
 * has counted or sampled (rates, volatility, returns) it has as its own settings wanted. */
#include "engine/engine.h"

/* `settings` speak of the engine's products and strategies by its indices, the catalog is the
 * engine's own; NULL: the settings that are in force. false: this kind of intent is not judged
 * beforehand (it is no order, or a close, whose size and price the engine makes itself). */
bool rehearse(struct engine *engine, const struct engine_settings *settings, struct stamp at,
              actor_index strategy, const struct intent *intent, struct verdict *ret);
