#pragma once
/* A venue of a few lines for random runs: it holds orders and fills, loses and doubles what it
 * says, and knows the truth at the end. It keeps its own books and shares no code with the engine.
 *
 *     mini_serve(venue, rig)     takes the commands the engine gave, answers some of them
 *     mini_move(venue, rig)      something happens: a fill, a report, a late reply
 *     mini_calm(venue, rig)      faults end; everything is told; the engine must agree */
#include "base/prng.h"
#include "engine_rig.h"

enum { MINI_ORDERS = 600, MINI_FILLS = 3000, MINI_LISTS = 16 };

struct mini_order {
    struct client_id id;
    char venue_id[16];
    product_index product;
    enum side side;
    actor_index actor;
    struct price price;
    struct size size, filled;
    __int128 value;    /* of the fills */
    enum venue_status status;
    int64_t created_ns;
};
struct mini_fill { uint32_t order, number; struct price price; struct size size; int64_t wall_ns; };
struct mini_truth { int64_t size; __int128 cash, fees; };

struct mini_venue {
    struct prng prng;
    bool calm;
    struct mini_order orders[MINI_ORDERS];
    struct mini_fill fills[MINI_FILLS];
    struct command_list lists[MINI_LISTS]; /* asked for, not yet answered */
    uint32_t order_count, fill_count, list_count, taken;
};

void mini_init(struct mini_venue *venue, uint64_t seed);
void mini_serve(struct mini_venue *venue, struct rig *rig);
void mini_move(struct mini_venue *venue, struct rig *rig);
void mini_calm(struct mini_venue *venue, struct rig *rig);
/* What the fills of an actor in a product come to; ACTOR_OPERATOR: of everyone. */
struct mini_truth mini_truth_of(const struct mini_venue *venue, actor_index actor,
                                product_index product);
