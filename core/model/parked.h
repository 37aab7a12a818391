#pragma once
/* What the host cannot resolve by itself and keeps for the operator: the dead letters. Part of
 * model/record.h. */
#include "model/intent.h"

/* X(SYMBOL, "text", "what it is, and what can be done") */
#define PARKED_KIND_LIST(X)                                                                       \
    X(PARKED_UNKNOWN, "unknown", "the venue had it and lists it no more: drop it once you know")  \
    X(PARKED_COLLISION, "collision", "two orders, or two shapes, under one client id: cancel it") \
    X(PARKED_OWN, "own_unknown", "carries our tag, the journal lacks it: adopt or cancel it")     \
    X(PARKED_NOT_SENT, "not_sent", "approved, and certainly never sent: drop it when read")       \
    X(PARKED_EXTERNAL, "external", "not ours, counts as exposure: adopt or cancel it")

#define PARKED_FIRST(symbol, ...) symbol,
enum parked_kind { PARKED_KIND_LIST(PARKED_FIRST) PARKED_KIND_COUNT };
#undef PARKED_FIRST

struct parked {
    enum parked_kind kind;
    struct client_id id;     /* zero: it has none of our shape */
    struct venue_id venue_id;
    actor_index actor;
    product_index product;
    enum side side;
    struct price price;
    struct size size;
    char reason[REASON_MAX];
};

struct record_parked { bool on; struct parked parked; char product_id[PRODUCT_ID_MAX];
                       char name[NAME_MAX_BYTES]; }; /* of the actor */

const char *parked_kind_text(enum parked_kind kind);
const char *parked_kind_meaning(enum parked_kind kind);
