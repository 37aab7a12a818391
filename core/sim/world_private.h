#pragma once
/* Shared by world*.c alone. */
#include "sim/world.h"

/* A frame takes at least this long; the venue is moved in steps no longer than it. */
static const int64_t WORLD_LATENCY_NS = 50000000;
static const int64_t WORLD_HOUR_NS = 3600000000000; /* between funding stamps */

int64_t world_chance(const struct world *world, int64_t bound); /* 0 to bound - 1 */

/* world_stream.c */
void world_connect(struct world *world, enum stream stream);
void world_frame(struct world *world, enum stream stream, const struct event *event);
void world_tell_order(struct world *world, const struct venue_order *order);
void world_tell_trade(struct world *world, int product, const struct trade *trade);
void world_tell_books(struct world *world);
void world_beat(struct world *world);
void world_stream_faults(struct world *world);

/* world_rest.c */
void world_take_place(struct world *world, const struct letter *letter);
void world_take_cancel(struct world *world, const struct letter *letter);
void world_take_list(struct world *world, const struct letter *letter);
void world_tell_specs(struct world *world); /* a host reads them every 15 s */
void world_report(const struct world *world, const struct venue_order *order,
                  enum report_source source, struct event *ret);
