#pragma once
/* The records that tell of money alone. Part of model/record.h. */
#include "model/intent.h"

/* NO_PRODUCT: of the account, with its money as the venue told it. Sums are of that day alone. */
struct record_daily { int64_t day_ns; actor_index actor; product_index product; bool balance_known;
                      char product_id[PRODUCT_ID_MAX]; char name[NAME_MAX_BYTES];
                      struct size position, volume; uint64_t fills;
                      struct money realised, fees, equity, available_margin, funding;
                      struct money venue_funding; }; /* funding_pnl, as told; funding: our own */

/* NO_PRODUCT: the venue has paid what was due, up to that stamp; payment: what it differed by. */
struct record_funding {
    product_index product;
    char product_id[PRODUCT_ID_MAX];
    actor_index actor;
    char name[NAME_MAX_BYTES]; /* of the actor when it is a strategy */
    int64_t stamp_ns;          /* of a late fill: the newest that it was held over */
    struct size position;      /* at the stamp; of a late fill: what it added */
    struct price mark;
    struct ratio rate;
    struct money payment;      /* positive: received */
    char trade_id[VENUE_ID_MAX]; /* empty, or the late fill's */
    uint32_t missed;           /* stamps before it whose rate nobody heard */
    struct money venue;        /* NO_PRODUCT: funding_pnl, as told */
    struct money unexplained;  /* NO_PRODUCT: instead of payment, when it was too much to book */
};

struct record_risk { int64_t day_ns; struct money day_start, peak; };

/* NO_PRODUCT: of the account, with its equity as the venue told it. For figures alone. */
struct record_mark { product_index product; char product_id[PRODUCT_ID_MAX]; struct price mark;
                     bool equity_known; struct money equity; };
