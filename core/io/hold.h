#pragma once
/* Between the engine and the link: a place waits here until its commit is durable, then leaves,
 * in order. Everything else goes straight through; the disk never delays a cancel.
 *
 *     hold = hold_create(&(struct sink_port){link, send_to_link}, on_dropped, app);
 *     turn.sink = hold_port(hold);
 *     hold_release(hold, number);      from the store's on_durable
 *     hold_drop_all(hold);             from its on_dead, and when a halt must stop what waits
 *
 * A cancel for an order that still waits takes the order out instead of leaving: it was never sent,
 * and on_dropped says so (the engine is told OUTCOME_NOT_SENT). A full hold drops the new one. */
#include "model/ports.h"

struct hold;
typedef void hold_dropped(void *context, const struct command_place *place, const char *reason);

struct hold *hold_create(const struct sink_port *below, hold_dropped *on_dropped, void *context);
void hold_destroy(struct hold *hold); /* what waits is forgotten; NULL is fine */
struct sink_port hold_port(struct hold *hold);
void hold_release(struct hold *hold, int64_t durable);
void hold_drop_all(struct hold *hold, const char *reason);
uint32_t hold_count(const struct hold *hold);
/* What has waited longer when its commit is durable is dropped: the price it was approved on is
 * gone. Without this nothing is too old. */
typedef int64_t hold_clock(void);
void hold_limit(struct hold *hold, hold_clock *now_ns, int64_t most_ns);
