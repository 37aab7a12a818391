#pragma once
/* From what a strategy wants to an order that may leave:
 *
 *     owner, shape -> gate -> [rules, then the gate again] -> INTENDED, journaled, COMMAND_PLACE
 *
 * Everything refused is counted by code, told to the strategy with the limit and the headroom, and
 * journaled up to a bound. */
#include "engine/engine_inside.h"

void intents_on_intent(struct engine *engine, const struct event_intent *event);
/* What is true now, for the gate. `asking` is whose word it is, `actor` whose books it is for. */
void intents_gate_input(struct engine *engine, actor_index asking, actor_index actor,
                        const struct intent *intent, struct gate_input *ret);
/* The rules have allowed it and its reservation is released: the gate's last word. */
void intents_finish(struct engine *engine, actor_index actor, const struct intent *intent);
/* A shape that is whole: the gate, the rules for what opens, then the order. */
void intents_ask(struct engine *engine, actor_index actor, const struct intent *intent);
/* The gate's last word and, when it is yes, the order. `asking` is whose word it is. */
bool intents_place(struct engine *engine, actor_index asking, actor_index actor,
                   const struct intent *asked, struct verdict *ret);
void intents_refuse_verdict(struct engine *engine, actor_index actor, const struct intent *intent,
                            const struct verdict *verdict, const char *text);
/* The id that the next order will have. */
struct client_id intents_next_id(struct engine *engine);
/* `text` may be NULL. Codes without a number behind them. */
void intents_refuse(struct engine *engine, actor_index actor, const struct intent *intent,
                    enum refusal code, const char *text);
/* For `why`: one judged intent, kept in a ring. `text` may be NULL. */
void intents_keep_verdict(struct engine *engine, actor_index actor, const struct intent *intent,
                          const struct verdict *verdict, struct client_id id, const char *text);
/* On the operator's behalf, for `actor`'s books: past the rules and the quotas, not the gate. */
bool intents_place_for_operator(struct engine *engine, actor_index actor,
                                const struct intent *intent, struct verdict *ret);
/* A stop that the engine holds for `actor`: past the rules, which never stand before a way out. */
bool intents_place_for_protection(struct engine *engine, actor_index actor,
                                  const struct intent *intent, struct verdict *ret);
