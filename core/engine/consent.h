#pragma once
/* Consent in two steps, for whatever lets more through: a verb asks and is answered a token; who
 * types the token back within two minutes has it, from then on until it expires or is revoked. That
 * has to be another system user, where the config does not say `one_operator`; both are journaled.
 *
 *     struct consent asked = consent_from(event, CONSENT_OVERRIDE);   the verb has checked it
 *     consent_ask(engine, event->token, &asked, "control 8, order_value, is set aside");
 *     consent_on_confirm(engine, event);     `confirm TOKEN`: journaled, then apply() in consent.c
 *     consent_on_revoke(engine, event);      `revoke NUMBER`: of what was asked for or stands
 *
 * A new kind is a row in model/consent.h and a case in apply(), called when one that stands begins,
 * when it ends, and again when the journal is read back; or, for what is done at once and for good
 * (for_ns 0), in act(), with a record of its own. Three wrong tokens in a row forget all that was
 * asked for. What was asked for does not outlive the host; what was granted does, until its time by
 * the wall clock. */
#include "engine/engine_inside.h"

struct consent consent_from(const struct event_operator *event, enum consent_kind kind);
/* Journals it and answers the operator: `what` in words, the token, and how long both are good. */
void consent_ask(struct engine *engine, uint64_t reply_token, const struct consent *asked,
                 const char *what);
bool consent_is_same(const struct consent *a, const struct consent *b); /* of the same thing */
/* What lets less through needs one step, and stands until it is revoked. */
void consent_tighten(struct engine *engine, uint64_t reply_token, const struct consent *asked);
void consent_on_confirm(struct engine *engine, const struct event_operator *event);
void consent_on_revoke(struct engine *engine, const struct event_operator *event);
void consent_due(struct engine *engine);
void consent_begin(struct engine *engine); /* the first step: the journal is read */
/* `index`: what the record's name stands for now; NO_PRODUCT: nothing any more. */
bool consent_restore(struct engine *engine, const struct record_consent *record, uint8_t index);

/* Control 29. The verb: its id is the control's number. */
void consent_on_override(struct engine *engine, const struct event_operator *event);
/* Bit i: control i is set aside for this strategy's order in this product. */
uint32_t consent_overridden(const struct engine *engine, actor_index actor,
                            product_index product);
