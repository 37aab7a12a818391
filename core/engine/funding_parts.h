#pragma once
/* What funding.c keeps. */
#include "engine/orders.h"

enum {
    FUNDING_SPANS = 4,  /* intervals whose fills can still be told from the position */
    FUNDING_KEPT = 48   /* stamps whose price is known for fills that come late: two days */
};

/* A stamp that is in the books. payment: of all actors. */
struct funding_stamp {
    int64_t at_ns;
    struct price mark;
    struct ratio rate;
    struct money payment;
};

struct funding {              /* of one product; stamps and spans are the venue's time */
    int64_t booked_ns;        /* the newest stamp in the books; 0: none */
    int64_t pending_ns;       /* its rate is known, it waits for the fills before it; 0: none */
    int64_t pending_mono_ns;  /* since when */
    int64_t marked_ns;        /* the stamp at which `mark` was taken */
    struct price mark;
    struct funding_stamp kept[FUNDING_KEPT]; /* a ring, by kept_count */
    uint64_t kept_count;
    int64_t spans[FUNDING_SPANS]; /* n: the interval that ends with stamp n x its length */
    struct size moved[FUNDING_SPANS][ACTOR_SLOTS]; /* by its fills, signed */
};

/* The venue pays in sums: what it has paid is compared with the stamps since the last time. */
struct settling {
    bool known, moved;
    struct money venue, coming; /* funding_pnl as last compared, and as it is now */
    int64_t moved_wall_ns;
    int64_t settled_ns;       /* the newest stamp that was in it */
    struct money adjusted;    /* booked because the venue paid it, beyond our stamps */
    struct money unexplained; /* too much to book without a person */
    uint64_t compared, agreed; /* how often, over all starts */
    bool agrees;              /* the last time */
    uint32_t missed;          /* stamps whose rate nobody heard, since the last one */
};
