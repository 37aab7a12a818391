#pragma once
/* The simulated venue behind a lab: markets that move by themselves, from a tape or from a seed,
 * with matching, fees and a ledger of their own (sim/venue_sim.h). What it says becomes the events
 * that the host's feed and REST links would make of it. Any lab product that the venue lists. */
#include "model/command.h"
#include "sim/venue_sim.h"

struct lab;

struct lab_sim_config {
    bool used;
    const char *tape;      /* path of a tape for BTC; NULL: seeded */
    uint64_t seed;
    int64_t step_ns;       /* how often the feed speaks */
    int64_t accept_delay_ns, cancel_delay_ns;
    struct ratio fee_maker, fee_taker;
};

struct lab_sim;

struct lab_sim *lab_sim_create(struct lab *lab, const struct lab_sim_config *config,
                               struct err *err);
void lab_sim_destroy(struct lab_sim *sim); /* NULL is fine */
void lab_sim_advance(struct lab_sim *sim); /* to the lab's now */
void lab_sim_show(struct lab_sim *sim, product_index product); /* a snapshot, on connect */
void lab_sim_command(struct lab_sim *sim, const struct command *command);
struct size lab_sim_position(const struct lab_sim *sim, product_index product);
