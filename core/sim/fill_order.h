#pragma once
/* An order at a venue that is not there: what was asked, and what became of it. Sizes are base
 * coin, times wall.
 *
 *     fill_order_book(&order, price, size, LIQUIDITY_MAKER, &rates, &fill);   into its own sums
 *     event.order = fill_order_report(&order, REPORT_USER_UPDATE);  as it is told */
#include "model/event.h"

struct fill_rates { struct ratio maker, taker; }; /* fees, of the notional */

struct fill_order {
    struct client_id id;
    product_index product;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    bool post_only;
    struct price price, stop_price;
    enum stop_direction stop;
    struct size size;
    int64_t expires_ns, created_ns;

    uint32_t number;         /* the venue's place for it */
    struct venue_id venue_id;
    enum venue_status status;
    struct size filled;
    struct money value, fees;
    int64_t updated_ns;
    bool triggered;          /* a stop's */
    bool cancel_asked;       /* where cancels wait to be told */
    struct size told;        /* while a journal is read: filled, as its host knew, */
    struct price told_price; /* and at what */
    char reason[REASON_MAX];
};

bool fill_order_is_final(const struct fill_order *order);
struct size fill_order_left(const struct fill_order *order);
struct event_order_report fill_order_report(const struct fill_order *order,
                                            enum report_source source);
/* What came of asking for it; with its venue's id when it was accepted. */
struct event fill_order_reply(const struct fill_order *order, enum outcome outcome,
                              const char *reason);
/* Into the order's sums, and *ret_fill but for its trade id and time. */
void fill_order_book(struct fill_order *order, struct price price, struct size size,
                     enum liquidity liquidity, const struct fill_rates *rates,
                     struct event_fill *ret_fill);
