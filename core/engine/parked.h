#pragma once
/* Orders and intents that wait for the operator, in a bounded list: journaled, shown, and taken
 * off it by the venue's word or by a verb with the id typed.
 *
 *     adopt ID [--strategy NAME]   let it work, for that strategy or as external
 *     cancel ID                    any live order
 *     drop ID --reason TEXT        the operator's word that it is dead: its exposure is released
 *
 * When the list is full, what was never sent makes room; else the newcomer is alerted alone. */
#include "engine/engine_inside.h"

void parked_add(struct engine *engine, const struct order *order, enum parked_kind kind,
                const char *reason);
/* A whole list of orders has ended: what of the UNKNOWN no list will ever resolve. */
void parked_look(struct engine *engine, uint64_t request);
/* Takes off what the venue's word has resolved since. */
void parked_due(struct engine *engine);
void parked_adopt(struct engine *engine, const struct event_operator *event);
void parked_cancel(struct engine *engine, const struct event_operator *event);
void parked_drop(struct engine *engine, const struct event_operator *event);
/* As they are called now: the indexes in the record were those of the config of then. */
bool parked_restore(struct engine *engine, const struct record *record, actor_index actor,
                    product_index product);
/* From the journal: what these verbs have promised is wanted again. */
void parked_restore_verb(struct engine *engine, const struct event_operator *event);
