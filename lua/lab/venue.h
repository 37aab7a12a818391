#pragma once
/* A venue small enough to be told what to do: it accepts, fills what crosses the book it was
 * shown, and leaves what rests until somebody says `fill`. It keeps its own ledger and answers the
 * engine's lists from it. Sizes are base coin. */
#include "model/command.h"
#include "model/record.h"
#include "engine/snapshot.h"
#include "sim/fill_order.h"

struct lab;

enum lab_fills { LAB_FILLS_TOLD, /* resting orders fill when told to */
                 LAB_FILLS_TOUCH /* and when a trade goes through, or the book crosses them */ };

struct lab_venue_config {
    bool manual;             /* nothing is accepted or cancelled until told */
    enum lab_fills fills;
    struct fill_rates rates;
    struct money equity;
};

struct lab_venue;

/* What becomes of the next order that comes: taken but never answered, or refused. */
enum lab_fault { LAB_FAULT_NONE, LAB_FAULT_DROP, LAB_FAULT_REJECT };
void lab_venue_fault(struct lab_venue *venue, enum lab_fault fault, const char *reason);
/* Holds all answers back; then takes what has come meanwhile, oldest first. */
void lab_venue_hold(struct lab_venue *venue, bool on);

struct lab_venue *lab_venue_create(struct lab *lab, const struct lab_venue_config *config);
void lab_venue_destroy(struct lab_venue *venue); /* NULL is fine */

/* What the market shows; SIDE_BUY levels are bids. */
void lab_venue_book(struct lab_venue *venue, product_index product, const struct level *levels,
                    uint32_t count);
void lab_venue_trade(struct lab_venue *venue, product_index product, struct price price,
                     enum side aggressor);
bool lab_venue_mid(const struct lab_venue *venue, product_index product, struct price *ret);
/* Pushes the book as a snapshot, when there is one. */
void lab_venue_show(struct lab_venue *venue, product_index product);

void lab_venue_command(struct lab_venue *venue, const struct command *command);

/* By the engine's client id; NULL when the venue does not have it. */
struct fill_order *lab_venue_find(struct lab_venue *venue, struct client_id id);
void lab_venue_accept(struct lab_venue *venue, struct fill_order *order);
void lab_venue_reject(struct lab_venue *venue, struct fill_order *order, const char *reason);
void lab_venue_cancelled(struct lab_venue *venue, struct fill_order *order, const char *reason);
/* false: more than is left, or the order has ended. */
bool lab_venue_fill(struct lab_venue *venue, struct fill_order *order, struct price price,
                    struct size size, enum liquidity liquidity);
struct size lab_venue_position(const struct lab_venue *venue, product_index product);
