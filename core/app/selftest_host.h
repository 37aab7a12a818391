#pragma once
/* An engine of the selftest's own, in virtual time: a calm market that it is told of, lists that
 * are empty, a rich account. For what the engine measures itself: windows, samples, bands.
 *
 *     host = drill_host_open(&settings, product, strategy, wall_ns);
 *     drill_host_pass(host, ns);                     the market goes on telling the same
 *     drill_host_order(host, price, &verdict);       what the strategy is told
 *     drill_host_close(host); */
#include "engine/engine.h"

struct drill_host {
    struct engine *engine;          /* owned */
    struct engine_settings settings;
    struct stamp now;
    product_index product;
    uint8_t strategy;
    struct price bid, ask;
    struct size size;               /* of its orders */
    struct price far;               /* how far from the bid what is deep in the book stands */
    uint64_t sequence[STREAM_COUNT], beats, trades, lists;
    order_ref refs;
    bool deaf;                      /* its lists fail */
};

/* NULL: no memory. Rules and control 28 are out of it: a drill is of one limit. */
struct drill_host *drill_host_open(const struct engine_settings *settings, product_index product,
                                   uint8_t strategy, int64_t wall_ns, struct price bid,
                                   struct size size);
void drill_host_close(struct drill_host *host);
void drill_host_pass(struct drill_host *host, int64_t ns);
/* A resting buy; the venue cancels it afterwards, so that nothing is left of it. */
void drill_host_order(struct drill_host *host, struct price price, struct verdict *ret);
/* The same, answered so and left alone until it is cancelled; the id of the order. */
struct client_id drill_host_leave(struct drill_host *host, struct price price,
                                  enum outcome outcome, struct verdict *ret);
void drill_host_cancelled(struct drill_host *host, struct client_id id);
/* A stream goes down, lists fail, time goes by in silence; and all is well again. */
void drill_host_outage(struct drill_host *host, enum stream stream, int64_t ns);
void drill_host_recover(struct drill_host *host);
