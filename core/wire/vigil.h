#pragma once
/* When the watcher acts for a host, and when it stops: pure, time is an argument.
 *
 *     vigil_init(&vigil, &config, now_ns);
 *     vigil_expect(&vigil, &beat, now_ns);            a host was started and has not stopped
 *     vigil_beat(&vigil, &beat, now_ns);              a sign of life
 *     while ((act = vigil_step(&vigil, now_ns)) != VIGIL_WAIT)   do it, then tell what came of it:
 *         vigil_looked / vigil_listed / vigil_cancelled / vigil_checked
 *
 *      IDLE --expect, beat--> WATCHING --silent--> LOOKING --not stopped--> CLEANING
 *       ^                        ^                    |                     |   |  ^
 *       |                        +---- fresh beat ----+---------------------+   |  | own orders
 *       +-------------- stopped in order -------------+     two whole lists in  |  | again
 *                                                           a row show none     v  |
 *                                                                              CLEAN
 *
 * CLEAN goes on listing, more slowly: an order that was on its way may be booked late. Time in
 * which the watcher itself stood still is no silence of the host's.
 */
#include "base/backoff.h"
#include "wire/beat.h"

enum vigil_state { VIGIL_IDLE, VIGIL_WATCHING, VIGIL_LOOKING, VIGIL_CLEANING, VIGIL_CLEAN };
enum vigil_act {
    VIGIL_WAIT,
    VIGIL_LOOK,   /* has it stopped in order? */
    VIGIL_LIST,   /* read the host's own open orders to the end */
    VIGIL_CANCEL, /* those that the last list showed */
    VIGIL_CHECK   /* one cheap read, so that a key that stopped working is known beforehand */
};

struct vigil_config {
    int64_t after_ns;       /* silence that counts as dead or hung */
    int64_t check_every_ns; /* while there is nothing else to do */
    uint64_t seed;          /* of the back-off's jitter */
};

struct vigil {
    struct vigil_config config;
    struct prng prng;
    enum vigil_state state;
    struct beat host;       /* whom it is about */
    int64_t heard_ns, stepped_ns, due_ns, check_ns;
    bool busy;              /* a look, list or cancel is under way */
    bool outdated;          /* ... from before the host was heard again: it says nothing */
    bool checking;
    bool has_orders;        /* the last list showed some, and they were not cancelled yet */
    unsigned empty, failures; /* lists in a row */
};

void vigil_init(struct vigil *vigil, const struct vigil_config *config, int64_t now_ns);
void vigil_expect(struct vigil *vigil, const struct beat *host, int64_t now_ns);
/* False: too old, or from the future; it changes nothing. */
bool vigil_beat(struct vigil *vigil, const struct beat *beat, int64_t now_ns);
/* The host could not have been heard until now: its silence is counted from here. */
void vigil_forgive(struct vigil *vigil, int64_t now_ns);
/* What is to be done now; it is under way until its result is told. */
enum vigil_act vigil_step(struct vigil *vigil, int64_t now_ns);
void vigil_looked(struct vigil *vigil, bool stopped, int64_t now_ns);
/* Not complete: a page failed. */
void vigil_listed(struct vigil *vigil, bool complete, uint32_t own_open, int64_t now_ns);
/* `heard`: the venue has answered; what its answer is worth the next list tells. */
void vigil_cancelled(struct vigil *vigil, bool heard, int64_t now_ns);
void vigil_checked(struct vigil *vigil, bool good, int64_t now_ns);
const char *vigil_state_text(enum vigil_state state);
