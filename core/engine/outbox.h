#pragma once
/* What a step leaves behind: records to commit, commands to send, in the order decided. The arrays
 * hold the worst case of one event (engine_has_room); running over is a bug. */
#include "engine/engine_inside.h"

/* Zeroed but for kind and time; to be filled at once. */
struct record *out_record(struct engine *engine, enum record_kind kind);
struct command *out_command(struct engine *engine, enum command_kind kind);

/* The order as it is now, journaled, and told to its strategy. */
void out_order(struct engine *engine, const struct order *order);
void out_order_notice(struct engine *engine, const struct order *order);
/* NULL when nobody is there to be told: the runner is not ready, or the actor is no strategy. */
struct notice *out_notice(struct engine *engine, actor_index actor, enum notice_kind kind,
                          product_index product);
/* What records call a strategy or a product, whose indexes may change; "" for all others. */
const char *out_actor_name(const struct engine *engine, actor_index actor);
const char *out_scope_name(const struct engine *engine, int scope, uint8_t index);
void out_latch(struct engine *engine, const struct record_latch *latch);
/* By itself, not by an operator: latched, journaled, told to people. False: it was as tight. */
bool out_tighten(struct engine *engine, int scope, uint8_t index, enum trading_state state,
                 const char *reason);
void out_reply(struct engine *engine, uint64_t token, bool done, const char *text);

/* Up to four texts put together, NULL skipped, cut to the alert's length. */
void out_alert(struct engine *engine, const char *a, const char *b, const char *c, const char *d);
void out_join(char *out, size_t capacity, const char *a, const char *b, const char *c,
              const char *d);
