#pragma once
/* Books that nobody else keeps: what left the host, what the network still holds of it, and what
 * the venue made of it. From these alone the auditor says what the account is exposed to in truth.
 * It shares no code with the engine or the venue's ledger; the three are compared.
 *
 *     at = auditor_order(auditor, "client id");    a number for it, new or known
 *     auditor_leaves(auditor, at, &request);       a copy is on its way
 *     auditor_arrives(auditor, at);                that copy is no more, lost or taken in
 *     auditor_shown(auditor, &venue_order);        the venue's own word, straight from its books
 *     auditor_filled(auditor, &venue_fill);
 *
 * Sizes are the venue's unit, signed where a position is meant. */
#include "sim/venue_sim_order.h"

enum { AUDITOR_NONE = UINT32_MAX };

struct auditor_order {
    char client_id[VENUE_CLIENT_ID_MAX];
    int product;
    enum side side;
    struct size size, filled;
    uint32_t copies;       /* on their way to the venue */
    bool left, known, live; /* left: a copy ever did; known: the venue has it; live: it may fill */
    bool ours;             /* left through the host, not a stranger's */
};

struct auditor_product {
    struct size position, own, strange; /* strange: moved by others: what strangers traded and what
                                           the venue took back, without sign */
    struct size buy, sell;              /* what our live and flying orders could still add */
    struct money fees, paid;            /* paid: for buys, less what sells took in */
    uint32_t working;
};

struct auditor_fill { char id[VENUE_UUID_MAX]; struct venue_fill fill; uint32_t order, next;
                      bool booked, nobodys; }; /* by the host, and as nobody's */

struct auditor {
    struct auditor_order *orders;       /* owned, as the three below */
    struct auditor_fill *fills;
    uint32_t *order_buckets, *fill_buckets, *order_next;
    uint32_t order_count, order_capacity, fill_count, fill_capacity;
    struct auditor_product products[VENUE_PRODUCTS];
};

struct auditor *auditor_create(void);
void auditor_destroy(struct auditor *auditor);

uint32_t auditor_find(const struct auditor *auditor, const char *client_id); /* or AUDITOR_NONE */
uint32_t auditor_order(struct auditor *auditor, const char *client_id);
void auditor_leaves(struct auditor *auditor, uint32_t order, const struct venue_request *request);
void auditor_arrives(struct auditor *auditor, uint32_t order);
void auditor_shown(struct auditor *auditor, const struct venue_order *order);
void auditor_filled(struct auditor *auditor, const struct venue_fill *fill,
                    const struct venue_order *order);

/* May it still fill? What flies may, and what the venue holds live. */
bool auditor_can_fill(const struct auditor *auditor, uint32_t order);
struct auditor_fill *auditor_fill(struct auditor *auditor, const char *trade_id); /* or NULL */
void auditor_forget_bookings(struct auditor *auditor); /* the host's books begin anew */
/* The furthest that our own orders could carry our own position, to either side. */
struct size auditor_worst(const struct auditor *auditor, int product);
