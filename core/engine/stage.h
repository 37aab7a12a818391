#pragma once
/* Control 4: observe -> demo -> canary -> production. Where the config wants it (`staged`), a host
 * begins at observe and goes one step at a time: an operator asks, every checkpoint that is asked
 * for must hold, then and when he confirms (consent.h). The config's stage is a ceiling. The stage
 * and what was measured since it began are journaled: at once when something spoke against it,
 * else once a minute. Where it is not wanted, the config's stage stands, and all is measured the
 * same.
 *
 *     promote           the next stage; measuring begins anew
 *     demote STAGE      at once: tightening needs nobody's consent
 *     limit             demo_max_size, canary_max_size: looser wants the checkpoints too */
#include "engine/engine_inside.h"

void stage_init(struct engine *engine);
bool stage_restore(struct engine *engine, const struct record_stage *record);
/* After each event: time, feeds, recoveries, differences. */
void stage_follow(struct engine *engine);
/* The venue's first word on an order, or that none came. */
void stage_on_reply(struct engine *engine, const struct order *order, enum outcome outcome);
void stage_on_stamp(struct engine *engine); /* a position was held at it */
void stage_on_funding(struct engine *engine, bool agrees); /* the venue paid: with our books? */
void stage_on_compared(struct engine *engine); /* our positions, with the venue's, to the end */

void stage_on_promote(struct engine *engine, const struct event_operator *event);
void stage_on_demote(struct engine *engine, const struct event_operator *event);
/* Whether it may be had now: a promotion, or a stage's size that is to be larger. Else false and
 * why, up to REASON_MAX bytes. */
bool stage_allows(const struct engine *engine, const struct consent *consent, char *ret_why);
void stage_promoted(struct engine *engine, const struct consent *consent);
