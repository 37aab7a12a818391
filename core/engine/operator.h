#pragma once
/* The operator's verbs. Each is journaled and answered exactly once; latches need no sum, no price
 * and no script to be set. Flatten and stop go on after their answer until they are done. */
#include "engine/engine_inside.h"

void operator_on_event(struct engine *engine, const struct event_operator *event);
void operator_due(struct engine *engine);
/* Tightens the account's latch, journals it, tells people. */
void operator_halt_account(struct engine *engine, const char *reason);
/* From the journal: the cancels that a verb has promised are wanted again. */
bool operator_restore(struct engine *engine, const struct record_operator *record);
