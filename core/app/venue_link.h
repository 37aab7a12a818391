#pragma once
/* From a config to a link that knows its products: what `run`, `paper` and `record` begin with.
 *
 *     venue_link_config(&config, &wanted, &err);
 *     link = link_create(&wanted, loop, &catalog, key, queue, &err);
 *     venue_discover(link, loop, &config, &settings, &err);     runs the loop until it is told
 */
#include "app/config.h"
#include "io/link.h"

/* What ret's ca_file points to is the config's. -1: no randomness. */
int venue_link_config(const struct config *config, struct link_config *ret, struct err *err);
/* The engine's settings with the configured products as the venue shows them. -1 also when the
 * loop was stopped before. */
int venue_discover(struct link *link, struct loop *loop, const struct config *config,
                   struct engine_settings *ret, struct err *err);
