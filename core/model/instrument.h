#pragma once
/* A product as discovered at the venue, in base units. Never assumed from its id. */
#include "model/types.h"

struct instrument {
    char product_id[PRODUCT_ID_MAX];
    char asset[ASSET_MAX]; /* "BTC": found by contract root or the id's first part */
    enum venue_profile profile;
    struct size contract_size; /* base coin per unit of the venue's size; 1 on INTX */
    struct price tick;         /* price_increment, not quote_increment */
    struct size step, size_min, size_max; /* base coin: contracts already multiplied */
    struct money quote_min;    /* smallest notional, 0: none */
    bool trading_disabled, cancel_only, limit_only, post_only, view_only, session_open;
    bool venue_reduce_only;    /* false on CDE: ours to enforce */
    struct ratio funding_rate; /* informative, a fraction per interval */
    int64_t funding_time_ns;   /* wall; 0: none told */
    int64_t funding_interval_ns;
    struct price mark, index;  /* informative; 0: not published */
    bool funding_unknown;      /* the venue shows no rate, as after an hour that was closed */
    /* What a dollar is margined with on being opened, intraday and overnight; 0: not told. */
    struct ratio margin_long, margin_short, overnight_long, overnight_short;
};

struct catalog {
    struct instrument items[MAX_PRODUCTS];
    product_index count;
};

/* NO_PRODUCT when it is not among ours. */
product_index catalog_find(const struct catalog *catalog, const char *id, size_t length);
/* Venue size (contracts, or base coin) <-> base size; false when it is not exact. */
bool instrument_base_size(const struct instrument *, struct size venue, struct size *ret_base);
bool instrument_venue_size(const struct instrument *, struct size base, struct size *ret_venue);
/* The largest of `least` and the venue's rates for this side (SIDE_UNKNOWN: either), overnight too
 * unless intraday rules are known to hold. */
struct ratio instrument_margin_rate(const struct instrument *, enum side side, bool intraday,
                                    struct ratio least);
