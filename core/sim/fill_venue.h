#pragma once
/* A venue for own orders over a market that is told: a recorded one in a backtest, the live feed in
 * a paper run. Orders arrive after their latency, rest in the fill book of their product, and are
 * told of after the way back. Its books are its own: the engine's are compared with them, as with a
 * real venue's. Times are wall and arguments; sizes base coin.
 *
 *     fill_venue_init(&venue, &config, &port);
 *     order_asked(engine, command.place.id, &order); fill_venue_place(&venue, &order, now_ns);
 *     fill_venue_cancel(&venue, &command.cancel, now_ns);      likewise _list
 *     fill_venue_trade(&venue, product, &trade, now_ns);       the market; levels go into
 *     fill_book_level(&venue.markets[p].book, &level);         the book itself
 *     fill_venue_work(&venue, now_ns);                         letters that are due, GTD
 *     at = fill_venue_next_ns(&venue);                         when that is wanted next
 *
 * Money stands in a pot for each profile, from equal parts for those that are traded. A list of the
 * balance ends incomplete while a position has no price yet. A restored venue (below) is the one
 * that the journal tells of: what it never told died with it. */
#include "base/map.h"
#include "model/record.h"
#include "sim/fill_book.h"
#include "sim/fill_order.h"
#include "sim/mail.h"

struct fill_venue;

struct fill_venue_config {
    const char *name;        /* static: ids are NAME-order-N, NAME-trade-N */
    struct catalog catalog;
    struct ratio initial_margin[MAX_PRODUCTS]; /* of a position's value */
    struct fill_rates rates;
    struct money cash;       /* at the start */
    int64_t order_ns, answer_ns; /* host -> venue, venue -> host */
};

struct fill_venue_port {
    void *context;
    /* It has arrived at the host. false: there is no room, it is told again at the next work. */
    bool (*push)(void *context, const struct event *event);
    /* A product's book as of now, where it is not kept up by itself; NULL: it is. */
    struct fill_book *(*book)(void *context, product_index product);
};

struct fill_stamp {
    int64_t at_ns;           /* 0: none is known yet */
    bool passed;
    struct size held;        /* when it passed, */
    struct price mark;       /* and what that was worth; 0: not known yet */
};

struct fill_market {
    struct fill_venue *venue; /* borrowed */
    product_index product;
    struct fill_book book;
    struct price last;       /* traded; 0: nothing yet */
    struct size position;
    struct fill_stamp stamp; /* the next one, or one whose rate is awaited */
    int64_t funded_ns;       /* the newest stamp of a restored journal */
};

struct fill_list { void *items; uint32_t count, capacity; };

struct fill_pot { struct money cash, funding; };

struct fill_venue {
    struct fill_venue_config config;
    struct fill_venue_port port;
    struct fill_market markets[MAX_PRODUCTS];
    struct fill_pot pots[2];  /* by profile */
    struct money fees;
    struct mail mail;
    struct fill_list orders;  /* struct fill_order *, by number; NULL: forgotten */
    struct map by_id;         /* client id -> number, the newest of an id; its slots are owned */
    struct fill_list live;    /* uint32_t: numbers */
    struct fill_list ended;   /* uint32_t, in order of time */
    struct fill_list fills;   /* struct event_fill */
    uint64_t ids, trades;     /* the next numbers of names */
    int64_t stamp_ns;         /* when the next one passes; INT64_MAX: none is awaited */
    int64_t first_ns;         /* of a restored journal's rows; 0: there was none */
    int64_t now_ns;
};

void fill_venue_init(struct fill_venue *venue, const struct fill_venue_config *config,
                     const struct fill_venue_port *port);
void fill_venue_fini(struct fill_venue *venue);

/* An id that an order has had is answered with that order, whatever became of it, unless it was
 * refused: as the venue does. */
void fill_venue_place(struct fill_venue *venue, const struct fill_order *asked, int64_t now_ns);
void fill_venue_cancel(struct fill_venue *venue, const struct command_cancel *command,
                       int64_t now_ns);
void fill_venue_list(struct fill_venue *venue, const struct command_list *command, int64_t now_ns);
void fill_venue_work(struct fill_venue *venue, int64_t now_ns);
int64_t fill_venue_next_ns(const struct fill_venue *venue); /* INT64_MAX: nothing is due */

/* A trade was printed: it fills what rested when it was made, and stops may go off. */
void fill_venue_trade(struct fill_venue *venue, product_index product, const struct trade *trade,
                      int64_t now_ns);
/* The end of a message: what the other side has come to fills. */
void fill_venue_settle(struct fill_venue *venue, product_index product, int64_t now_ns);
/* A specification as the host is told it, again and again: it names the next stamp, and the rate
 * of the one before, which is paid then, of what was held when it passed. */
void fill_venue_spec(struct fill_venue *venue, product_index product, const struct instrument *spec,
                     int64_t now_ns);
/* Pays, of a position at a mark, what a stamp costs, where the rate is known. */
void fill_venue_fund(struct fill_venue *venue, product_index product, struct size position,
                     struct price mark, struct ratio rate);
/* The mid, else the last trade; 0: none yet. */
struct price fill_venue_mark(struct fill_venue *venue, product_index product);
struct money fill_venue_equity(struct fill_venue *venue);
uint32_t fill_venue_working(const struct fill_venue *venue, product_index product); /* orders */
/* What is held of a product; when that is nothing, the opposite of what its working orders would
 * make of it: bids lose by a low that comes after a high, as a short does. */
struct size fill_venue_lean(const struct fill_venue *venue, product_index product);
struct money fill_venue_funding(const struct fill_venue *venue);

/* The rows of a journal in their order, then _restored: orders that worked rest again, at the tail
 * of their level; what an order had filled beyond its fills becomes a fill at the price that was
 * told. -1: a row tells of what cannot be. */
int fill_venue_restore(struct fill_venue *venue, const struct record *record, struct err *err);
void fill_venue_restored(struct fill_venue *venue, int64_t now_ns);
/* Lets go of what ended before: lists are asked for what is newer. */
void fill_venue_forget(struct fill_venue *venue, int64_t before_ns);
