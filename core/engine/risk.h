#pragma once
/* What the gate's controls on risk are told: the account's result since midnight and from its
 * peak, each strategy's streak, each product's volatility, and what everything is exposed to. Past
 * a limit it latches: REDUCING, with the reason, until an operator resumes.
 *
 *     risk_fill_input(engine, actor, &in);    the gate's part
 *     risk_follow(engine);                    after each event
 *
 * The result is realised, unrealised and funding less fees, by our own books; it is known while
 * each position has a mark. Day's start and peak are journaled, so that a restart forgives nothing;
 * a resume of the account draws both anew. Volatility is an EWMA (weight 0.94 on the past) of
 * squared changes of the mid from sample to sample; until there are two it is what the config calls
 * calm. */
#include "engine/engine_inside.h"

void risk_init(struct engine *engine);
void risk_fill_input(struct engine *engine, actor_index actor, struct gate_input *in);
void risk_follow(struct engine *engine);
void risk_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill);
void risk_on_order(struct engine *engine, actor_index actor);
void risk_on_reject(struct engine *engine, actor_index actor); /* by the venue */
void risk_on_refusal(struct engine *engine, actor_index actor,
                     const struct verdict *verdict);
void risk_on_resume(struct engine *engine, int scope, uint8_t index);
bool risk_restore(struct engine *engine, const struct record_risk *record);
