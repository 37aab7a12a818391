#pragma once
/* The world around a host, in virtual time: the venue behind a hostile network. Orders, cancels and
 * lists go in; events come out as letters, late, doubled, lost or out of order as the faults say.
 * The auditor watches what passes and what the venue does.
 *
 *     world_init(&world, &config, &faults, &auditor, &err);
 *     world_host_starts(&world);                     a life of the host begins: streams connect
 *     world_place(&world, &request, id);             from the host
 *     world_pulse(&world, now_ns);                   the venue moves; frames are posted
 *     while ((letter = mail_take(&world.mail, now)))
 *         if (!world_take(&world, letter)) host(letter);   what is for the venue it has taken
 *
 * Frames of a stream keep their order unless a fault says otherwise; replies do not. Everything of
 * a former life of the host, or of a former connection, is dropped on arrival. */
#include "model/instrument.h"
#include "sim/auditor.h"
#include "sim/fault.h"
#include "sim/mail.h"
#include "sim/venue_sim.h"

struct world_config {
    uint64_t seed;
    int64_t start_ns;
    struct ratio speed;            /* of the markets */
    product_index product_count;
    int products[MAX_PRODUCTS];    /* of the venue, in the order of the host's catalog */
};

struct world_stream {
    bool up, wanted;               /* wanted: a connection is being made */
    uint32_t connection;
    uint64_t sequence, beats;
    int64_t last_ns, stalled_ns, beat_ns; /* arrival of the last frame; until when it stands */
};

struct world {
    struct world_config config;
    int64_t now_ns;
    struct venue_sim *venue;       /* owned */
    struct faults *faults;         /* borrowed, as the auditor */
    struct auditor *auditor;
    struct mail mail;
    struct catalog catalog;        /* as a host discovers it */
    struct world_stream streams[STREAM_COUNT];
    uint32_t host;                 /* the present life; 0: none */
    uint32_t lives;
    int64_t spec_ns;               /* when the specifications are read next */
    int64_t silent_ns[MAX_PRODUCTS]; /* until when a product's book is not told */
    uint32_t *open;                /* owned: numbers of orders not final at the venue */
    uint32_t open_count, open_capacity, stranger_count;
    void *context;
    void (*on_fault)(void *context, const struct fault *fault);
};

int world_init(struct world *world, const struct world_config *config, struct faults *faults,
               struct auditor *auditor, struct err *err);
void world_fini(struct world *world);
/* The venue's time; and, once in 50 ms, what the streams have to tell of it. */
void world_move(struct world *world, int64_t now_ns);
void world_pulse(struct world *world, int64_t now_ns);

void world_host_starts(struct world *world);
void world_host_ends(struct world *world);
/* Marked as struck, told, or NULL. */
const struct fault *world_strike(struct world *world, enum fault_kind kind);

/* From the host. Sizes in venue units. */
void world_place(struct world *world, const struct venue_request *request, struct client_id id);
void world_cancel(struct world *world, const struct command_cancel *cancel);
void world_list(struct world *world, const struct command_list *list);
void world_reset_stream(struct world *world, enum stream stream);
/* Somebody else's market order. */
void world_stranger(struct world *world, uint64_t roll);
/* The venue takes back its newest trade; half of the time it is booked anew, some ticks away. */
void world_bust(struct world *world, uint64_t roll);

/* True: it was for the venue or the network, or is of a former life, and is freed. */
bool world_take(struct world *world, struct letter *letter);

product_index world_product(const struct world *world, int venue_product); /* or NO_PRODUCT */
