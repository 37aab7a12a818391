#pragma once
/* One simulated run: the real engine, turn and hold between a world that lies and an auditor that
 * does not. Everything follows from the options; the same options give the same run to the byte.
 *
 *     struct sim *sim = sim_create(&options, &err);
 *     sim_run(sim);                    safety while faults fall, then liveness
 *     sim->broken ? sim->text : fine
 *     sim_destroy(sim);
 *
 *     sim.c      time, the two phases, faults that strike by themselves
 *     host.c     lives of the host: turn, journal, crash, restart
 *     scripts.c  strategies and rules, seeded
 *     checks.c   the invariants, after each event
 *     promises.c protections, amendments, exposure
 *     body.c     the order as it stands on the wire, read back */
#include "engine/engine.h"
#include "engine/snapshot.h"
#include "engine/turn.h"
#include "io/hold.h"
#include "base/prng.h"
#include "invariant.h"
#include "known.h"
#include "sim/world.h"

enum { SIM_STRATEGIES = 3, SIM_RECOVERY_SLOTS = 1200 };
static const int64_t SIM_PULSE_NS = 50000000;

struct sim_options {
    uint64_t seed;
    int64_t chaos_ns;              /* how long faults fall */
    int only;                      /* a fault_kind, or -1 */
    uint32_t strategies;           /* bit i: strategy i trades */
    const uint32_t *skips;         /* borrowed: faults left out, by number */
    uint32_t skip_count;
    bool scripted;                 /* no faults but those that are added, no operator till healed */
    bool trace;                    /* keep what happened, as text */
    int64_t pulse_ns;              /* 0: SIM_PULSE_NS; all that waits for the world is as slow */
};

struct sim_recovery { uint32_t slots[SIM_RECOVERY_SLOTS]; uint64_t count; int64_t max_ns; };

struct script {
    struct prng prng;              /* seeded anew at each moment: what it wants then is its own */
    uint32_t generation, counter;
    bool ready;
    int64_t thought;               /* the last of its moments to think */
    int64_t silent_ns;             /* answers nothing until then */
    order_ref live[64];
    uint32_t live_count;
};

struct commit { uint32_t end; int64_t durable_ns; bool never; };
struct journal {
    struct record *records;        /* owned */
    uint32_t count, capacity, durable;
    struct commit *commits;        /* owned: those not durable yet */
    uint32_t commit_count, commit_capacity;
    int64_t number, durable_number; /* of commits, in this life */
    bool dead;
};

struct sim {
    struct sim_options options;
    struct engine_settings settings;
    struct faults faults;
    struct auditor *auditor;       /* owned */
    struct world world;
    int64_t now_ns, start_ns, heal_ns, end_ns, pulse_ns, wall_step_ns, mono_base_ns;
    bool healed;

    /* the host's present life */
    struct engine *engine;         /* owned; NULL: it is down */
    struct turn turn;
    struct hold *hold;             /* owned */
    bool crashed, stopped;         /* inside a turn: nothing it does from here on counts */
    uint32_t sends_left;           /* until it crashes amid them; UINT32_MAX: it does not */
    int64_t start_again_ns, awake_ns, skew_ns, operator_ns;
    struct letter **inbox, *handed; /* owned */
    uint32_t inbox_count, inbox_at, inbox_capacity;
    struct journal journal;
    struct script scripts[SIM_STRATEGIES];
    struct script rule;
    uint64_t tokens, drain_token;  /* drain: of the last halt that waits until none is left */
    uint64_t halts;
    bool shutting_down;

    /* the checks */
    struct told_order *told;       /* owned */
    uint32_t told_capacity;
    uint64_t *refs;                /* owned: a set of refs seen, with their order's number + 1 */
    uint32_t ref_count, ref_capacity;
    struct mirror *mirrors;        /* owned; by product */
    uint64_t market_sequence;
    int64_t heard_ns;
    bool market_up, market_counted, market_gap, market_passing;
    uint32_t fresh;                /* bit i: product i could be trusted at some time of this turn */
    uint32_t cancel_only, cancel_only_before; /* products, as told; when this turn began */
    uint32_t generations[SIM_STRATEGIES], generations_before[SIM_STRATEGIES]; /* this turn */
    struct asked asked[SIM_STRATEGIES];
    struct promise promises[SIM_STRATEGIES][MAX_PRODUCTS];
    bool accepted;                 /* the operator took over a difference: money may differ */

    /* the outcome */
    enum invariant broken;
    char text[400];
    int64_t broken_ns, agreed_ns;
    uint64_t turns, orders, fills, lives;
    struct sim_recovery *recovery; /* borrowed or NULL; by fault kind */
    int64_t waiting_ns[FAULT_KIND_COUNT]; /* struck then, not recovered since; 0: none */
    char (*trace)[160];            /* owned; a ring */
    uint64_t trace_count;
};

struct sim *sim_create(const struct sim_options *options, struct sim_recovery *recovery,
                       struct err *err);
void sim_run(struct sim *sim);
void sim_pass(struct sim *sim, int64_t ns); /* of a scripted run */
void sim_destroy(struct sim *sim);
/* The first one stays: what follows from a broken invariant proves nothing. */
void sim_break(struct sim *sim, enum invariant invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sim_note(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_print_trace(const struct sim *sim);
