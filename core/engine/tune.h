#pragma once
/* Law 7: limits while the host runs. One that lets less through holds at once, over restarts, until
 * it is revoked, which loosens and so takes two steps. One that lets more through than the config
 * does takes two steps and ends by itself. Only one of either stands for a limit at a time.
 *
 * The config of a later start has its say: what it sets tighter stays as it sets it, and what was
 * let through beyond its value of then ends when it has another one. */
#include "engine/engine_inside.h"

/* The verb: its id is the key, its value what the config would say. */
void tune_on_limit(struct engine *engine, const struct event_operator *event);
bool tune_is_tightening(const struct consent *consent);
/* false: a limit that was loosened from a value which the config has no more. */
bool tune_is_of_config(const struct consent_held *held);
/* The limit takes its new value, or that of the config again. */
void tune_apply(struct engine *engine, struct consent_held *held, bool begins);
