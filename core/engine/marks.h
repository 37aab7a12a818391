#pragma once
/* What each product that is held is worth, journaled every five minutes while something is held and
 * once more when nothing is any longer; with it the account's equity, which is told the first time
 * that it is known too. Figures of a run (metrics.h) need no more than the journal then. */
#include "engine/engine_inside.h"

void marks_due(struct engine *engine);
