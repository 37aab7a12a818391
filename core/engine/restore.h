#pragma once
/* The journal read back, record by record, and what the first step then has to say of it. */
#include "engine/engine_inside.h"

bool restore_record(struct engine *engine, const struct record *record);
/* The first step: what was on its way when the host ended may have been sent, and is UNKNOWN. */
void restore_begin(struct engine *engine);
