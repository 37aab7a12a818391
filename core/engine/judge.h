#pragma once
/* Intents that opened the gate once and wait for the rule scripts. They hold their exposure while
 * they wait; the gate is asked again with the last verdict. Silence refuses, death refuses. */
#include "engine/engine_inside.h"

/* Holds the intent and asks every rule. false: refused, with the code. `value_price`: what its
 * exposure is reserved at. */
bool judge_begin(struct engine *engine, actor_index actor, const struct intent *intent,
                 struct price value_price, enum refusal *ret_code);
void judge_on_verdict(struct engine *engine, const struct event_verdict *event);
/* A runner is gone or replaced: its own intents are dropped, those it was to judge are refused. */
void judge_drop(struct engine *engine, actor_index runner);
/* All of them: the account was halted or is stopping. */
void judge_drop_all(struct engine *engine, const char *reason);
/* The strategy thought better of it. True when one was held. */
bool judge_withdraw(struct engine *engine, actor_index actor, order_ref ref);
void judge_due(struct engine *engine);
