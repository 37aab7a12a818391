#pragma once
/* The watcher's part of the venue: read a host's open orders to the end, cancel them, see whether
 * the key is taken. There is no way here to place anything: the encoder is not linked.
 *
 *     venue = watch_venue_create(&config, loop, key, &err);
 *     watch_venue_list(venue, tag);   -> on_listed, then watch_venue_cancel: what it showed
 *
 * Nothing is tried again here: who decides asks again. Each request ends in one call. */
#include "io/loop.h"
#include "model/event.h"
#include "wire/sign.h"

struct watch_venue;
struct watch_venue_config {
    const char *host, *ca_file;
    uint16_t port;
    unsigned connections;
    uint64_t seed;
    void *context;
    /* `why` NULL: every page was whole. */
    void (*on_listed)(void *context, uint32_t own_open, const char *why);
    void (*on_reply)(void *context, const struct event_cancel_reply *reply); /* of each order */
    void (*on_cancelled)(void *context, bool heard); /* all of them were answered or given up */
    void (*on_checked)(void *context, const char *why); /* NULL: it may trade */
    void (*on_health)(void *context, const struct event_health *health);
};

struct watch_venue *watch_venue_create(const struct watch_venue_config *config, struct loop *loop,
                                       struct sign_key *key, struct err *err);
void watch_venue_destroy(struct watch_venue *venue); /* NULL is fine */

/* Orders of all products that may still work and whose client id bears the tag. One at a time. */
void watch_venue_list(struct watch_venue *venue, uint32_t owner_tag);
void watch_venue_cancel(struct watch_venue *venue);
void watch_venue_check(struct watch_venue *venue);
