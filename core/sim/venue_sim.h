#pragma once
/* A venue in one process: eight products over four markets (a tape or a seeded walk each), one
 * account, price-time matching of its orders against those markets, fees, funding, margin. Pure:
 * virtual time is an argument, chance comes from a seed; the same calls give the same venue.
 *
 *     sim = venue_sim_create(&config, &sink, &err);
 *     venue_sim_advance(sim, now_ns);                      the markets move, orders match
 *     refusal = venue_sim_place(sim, &request, &order);    PENDING; OPEN after accept_delay
 *
 * Orders never change a market. A taker walks what is shown and what it took stays taken until
 * the market changes that level. A resting order waits behind the size it found at its price and
 * fills when trades reach past that size, trade through its price, or the other side's best
 * crosses it. An order that would trade with a resting one of the same account cancels that one.
 *
 * The sink is called from inside these functions: note what it says, call nothing back. */
#include "base/err.h"
#include "base/buf.h"
#include "sim/ledger.h"
#include "sim/tape.h"
#include "sim/venue_sim_book.h"
#include "sim/venue_sim_order.h"

enum venue_session { SESSION_CALENDAR, SESSION_ALWAYS_OPEN, SESSION_CLOSED };

struct venue_sim_config {
    uint64_t seed;            /* of the markets without a tape and of funding */
    uint64_t id_salt;         /* order and trade ids differ between runs with different salts */
    int64_t start_ns;         /* Unix time of the first row */
    const struct tape *tape;  /* BTC's, borrowed; NULL: seeded as the others */
    struct ratio speed;       /* of every market; 1 is real time */
    struct money cash_usd, cash_usdc;
    struct ratio fee_maker, fee_taker;
    int64_t accept_delay_ns;  /* PENDING to OPEN */
    int64_t cancel_delay_ns;  /* CANCEL_QUEUED to CANCELLED: a fill may race it */
    int64_t release_delay_ns; /* a cancelled bracket holds its reservation that long */
    enum venue_session session;
};

struct venue_sink {
    void *context;
    void (*on_order)(void *context, const struct venue_order *order); /* each state and each fill */
    void (*on_fill)(void *context, const struct venue_fill *fill);
    void (*on_trade)(void *context, int product, const struct trade *trade); /* venue units */
    void (*on_reset)(void *context, int product); /* the tape began anew: show a new snapshot */
};

struct venue_candle { int64_t start_s; struct price open, high, low, close; struct size volume; };
enum { VENUE_RECENT_TRADES = 100, VENUE_MINUTES = 1500 }; /* a day and an hour of minutes */

struct venue_stats { /* what the public knows of a product beside its book; venue units */
    struct price last, open, high, low; /* 0 until something traded */
    struct size volume;
    struct trade recent[VENUE_RECENT_TRADES]; /* a ring, the newest at next - 1 */
    uint32_t next, count;
    struct venue_candle minutes[VENUE_MINUTES]; /* a ring of one-minute candles with trades */
    uint32_t minute_next, minute_count;
};

struct venue_margin { /* of one profile's account */
    struct money cash, unrealised, equity, required, held, available;
    /* required: for positions; held: what open orders could add to it; both by intraday rates */
    struct money overnight; /* required by overnight rates */
};

struct venue_sim;

struct venue_sim *venue_sim_create(const struct venue_sim_config *config,
                                   const struct venue_sink *sink, struct err *err);
void venue_sim_destroy(struct venue_sim *sim); /* NULL is fine */
void venue_sim_advance(struct venue_sim *sim, int64_t now_ns); /* earlier than before: ignored */
int64_t venue_sim_now(const struct venue_sim *sim);

/* A known client id gives the order it named, whatever the request says, and no second one. */
enum venue_refusal venue_sim_place(struct venue_sim *sim, const struct venue_request *request,
                                   const struct venue_order **ret);
enum venue_refusal venue_sim_check(struct venue_sim *sim, const struct venue_request *request);
/* The market order that closes a position; size 0: all of it. */
enum venue_refusal venue_sim_close(struct venue_sim *sim, const char *client_id, int product,
                                   struct size size, const struct venue_order **ret);
/* NULL: the request is on its way, the order is CANCEL_QUEUED. Else the venue's failure code. */
const char *venue_sim_cancel(struct venue_sim *sim, const char *order_id);
/* NULL or the venue's code. Less size keeps the place in the queue, all else loses it. */
const char *venue_sim_edit(struct venue_sim *sim, const char *order_id, struct price price,
                           struct size size);

uint32_t venue_sim_order_count(const struct venue_sim *sim);
const struct venue_order *venue_sim_order_at(const struct venue_sim *sim, uint32_t number);
const struct venue_order *venue_sim_order_find(const struct venue_sim *sim, const char *order_id);
uint32_t venue_sim_fill_count(const struct venue_sim *sim);
const struct venue_fill *venue_sim_fill_at(const struct venue_sim *sim, uint32_t number);

struct venue_book *venue_sim_book(struct venue_sim *sim, int product);
const struct venue_stats *venue_sim_stats(const struct venue_sim *sim, int product);
const struct ledger *venue_sim_ledger(const struct venue_sim *sim);
void venue_sim_margin(const struct venue_sim *sim, enum venue_profile profile,
                      struct venue_margin *ret);
struct price venue_sim_mark(const struct venue_sim *sim, int product); /* mid, else last; 0: none */
bool venue_sim_session_open(const struct venue_sim *sim, int product);
struct ratio venue_sim_funding_rate(const struct venue_sim *sim, int product); /* of this hour */

/* Orders, fills, positions and cash as text; markets are not in it. Restoring into a fresh venue
 * gives back the account. -1: the text is damaged, the venue is then of no use. */
void venue_sim_encode_state(const struct venue_sim *sim, struct buf *ret_text);
int venue_sim_decode_state(struct venue_sim *sim, const char *text, size_t length,
                           struct err *err);
