#pragma once
/* The laboratory: the real engine, gate and script library in one process, on a virtual clock, in
 * front of a small venue. It opens no network and reads no key; the same calls give the same world.
 *
 *     lab = lab_create(&config, &err);              links up, books reconciled, scripts started
 *     lab_book(lab, product, levels, count);        and so on: each lets the world settle
 *     lab_advance(lab, 5 * 1000000000LL, &err);
 *     lab_destroy(lab);
 *
 * What a script says goes through the wire's codec. A call settles: turns are run until no event,
 * frame or command is left and nothing is due at this instant. */
#include "base/err.h"
#include "engine/book.h"
#include "engine/snapshot.h"
#include "engine/turn.h"
#include "model/event_queue.h"
#include "runner/script.h"
#include "wire/bundle.h"

#include "lab/jail.h"
#include "lab/kept.h"
#include "lab/sim.h"
#include "lab/venue.h"
#include "lab/world.h"

enum { LAB_TURNS_MAX = 200000, LAB_QUEUE_BYTES = 8 << 20 };

struct lab_script { /* of one script, as the caller names it */
    const char *path;    /* read from disk, with its modules; NULL: `text` */
    const char *text;    /* borrowed */
    const char *name;    /* of the config's section; NULL: made from the path */
    const char *params;  /* a JSON object; NULL: {} */
    uint32_t products;   /* bit per product; rules see all */
    uint64_t seed;
};

struct lab_config {
    struct engine_settings settings; /* names of strategies and rules are filled in */
    struct lab_script scripts[MAX_STRATEGIES], rules[MAX_RULES];
    uint8_t script_count, rule_count;
    const char *library;   /* where modules are found first: "lua/lib" */
    const char *jailed;    /* path of moongate-runner: scripts in real jails. NULL: in here */
    uint64_t memory_max;
    struct stamp start;
    struct lab_venue_config venue;
    struct lab_sim_config sim; /* when used, the markets move by themselves */
    struct lab_world world;    /* play NULL: venue or sim */
    struct journal_port journal; /* commit NULL: nothing is kept */
    uint32_t budget;           /* instructions of a callback; 0: no end */
    bool covers;               /* lines that run are counted (cover.h) */
    int64_t beat_ns;           /* how often the streams give a sign of life; 0: each second */
};

struct lab_runner {
    bool used, alive;
    enum script_role role;
    actor_index index;
    char name[NAME_MAX_BYTES];
    char *path, *params;          /* owned; path NULL: from text */
    uint32_t products, generation;
    uint64_t seed;
    struct manifest manifest;
    char hash[17];
    struct buf bundle_bytes;
    struct bundle bundle;         /* into bundle_bytes */
    struct script *script;        /* owned; or, in a jailed lab: */
    struct lab_jail *jail;        /* owned */
    struct buf state;             /* what SAVE gave */
    bool state_whole, muted;      /* muted: of an old generation, nothing it says counts */
    bool proving, faulted;        /* proving: what it says waits in `held` for the swap */
    struct lab_list held;         /* struct event */
    struct lab *lab;
};

/* On its way to a script. A view is the engine's own, which stands until it is stepped again. */
struct lab_frame { actor_index runner; uint32_t generation; enum script_frame_kind kind;
                   uint64_t request; size_t length; const void *payload; void *owned; };

struct lab {
    struct lab_config config;
    struct engine *engine;
    struct event_queue *queue;
    struct turn turn;
    struct stamp now;
    int64_t commits, beat_ns;
    uint64_t beats[STREAM_COUNT], trade_ids, credits; /* credits: in the queue */
    bool up[STREAM_COUNT], has_history[MAX_PRODUCTS];
    struct lab_runner runners[MAX_RUNNERS];
    struct lab_venue *venue;      /* owned; the one that is told */
    struct lab_sim *sim;          /* owned; or the one that plays, NULL: told */
    int64_t play_ns;              /* when it, or the world, next plays */
    struct lab_list frames;       /* struct lab_frame, to be delivered */
    struct lab_list commands;     /* struct command: place, cancel, list, reset; to be done */
    struct lab_list logs, intents, refusals, alerts, metrics;
};

/* NULL: a script does not compile or start, or a setting is wrong. */
struct lab *lab_create(const struct lab_config *config, struct err *err);
void lab_destroy(struct lab *lab); /* NULL is fine */

void lab_push(struct lab *lab, const struct event *event); /* a full queue is a CHECK */
int lab_settle(struct lab *lab, struct err *err);
/* Heartbeats come each second, what falls due meanwhile is done at its time. */
int lab_advance(struct lab *lab, int64_t delay_ns, struct err *err);
/* A snapshot, bids and asks in any order. */
int lab_book(struct lab *lab, product_index product, const struct level *levels, uint32_t count,
             struct err *err);
int lab_trade(struct lab *lab, product_index product, struct price price, struct size size,
              enum side aggressor, struct err *err);
int lab_link(struct lab *lab, enum stream stream, bool up, struct err *err);

int lab_runner_start(struct lab *lab, actor_index index, const struct lab_script *script,
                     struct err *err);
/* path and text NULL: the same path again. -1: the old one goes on, err says why. */
int lab_runner_reload(struct lab *lab, actor_index index, const char *path, const char *text,
                      struct err *err);
void lab_runner_kill(struct lab *lab, actor_index index, const char *reason);
void lab_runner_fini(struct lab_runner *runner);
/* A command for a runner becomes a frame. */
void lab_runner_command(struct lab *lab, const struct command *command);
void lab_runner_deliver(struct lab *lab, const struct lab_frame *frame);
/* bundle.c: as the host would read it. */
int lab_bundle_read(const struct lab_script *script, const char *library, struct buf *ret_bytes,
                    struct bundle *ret, struct err *err);
