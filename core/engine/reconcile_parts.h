#pragma once
/* What the comparison with the venue keeps; see reconcile.h and balance.h. */
#include "model/event.h"

enum {
    DIFFERENCES_KEPT = 64,
    RECONCILE_ASKS = 8        /* operators that wait for one outcome */
};

struct list_state {
    bool wanted, outstanding;
    uint64_t request;
    uint64_t fills;           /* booked when it was asked for */
    uint32_t failures;        /* in a row */
    uint32_t waiting, waits;  /* things that the last one lacked; whole lists since that changed */
    int64_t sent_ns, not_before_ns;
    int64_t poll_ns;          /* when its cadence asks next; 0: not before one has ended */
    int64_t whole_sent_ns;    /* when the last whole one was asked for; 0: none yet */
};
struct reconcile_ask { uint64_t token; int64_t since_ns; };
/* CDE's cash when it was last explained, and a change since then that nothing explains yet. */
struct cash {
    bool known;
    uint64_t fills;
    struct money is, funding, off;
    int64_t off_ns;           /* since when; the fills asked for after it must explain it */
};
/* What the venue says of the money, by profile: one pot each, never one for the other. */
struct balances {
    bool known, coming_known[2];
    struct event_balance of[2], coming[2]; /* coming: of a list that has not ended */
    int64_t known_ns;         /* when the last whole list was asked for */
    uint32_t torn;            /* lists in a row with a fill in them */
    struct cash cash;
};
enum cycle_phase { CYCLE_IDLE, CYCLE_ORDERS, CYCLE_FILLS, CYCLE_POSITIONS, CYCLE_BALANCE };
struct cycle {
    enum cycle_phase phase;
    uint64_t first_request;   /* a list asked for earlier does not count for this phase */
    int64_t began_ns;
    struct reconcile_ask asks[RECONCILE_ASKS]; /* operators who wait for the outcome */
    uint32_t ask_count;
    bool again, recorded, agreed_once; /* recorded: the journal has the present outcome */
    struct size venue[MAX_PRODUCTS];
    __int128 difference_e9[MAX_PRODUCTS]; /* the venue's less ours: wider than either */
    struct price venue_average[MAX_PRODUCTS];
    uint64_t fills[MAX_PRODUCTS]; /* product.fills when the difference was seen */
    bool differs[MAX_PRODUCTS], settled[MAX_PRODUCTS], foreign_told;
    struct size coming[MAX_PRODUCTS]; /* of a list that has not ended: `venue` is of a whole one */
    struct price coming_average[MAX_PRODUCTS];
};
