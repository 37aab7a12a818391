#pragma once
/* The venue's own books on one account: a position per product, cash per profile (USD for CDE,
 * USDC for INTX), fees and funding. Kept apart from the host's books on purpose: the two are
 * compared, so they may not share a mistake.
 *
 *     ledger_init(&ledger, usd, usdc);
 *     ledger_apply_fill(&ledger, product, SIDE_BUY, price, units, fee);
 *     cash = ledger.cash[PROFILE_CDE];
 *
 * A position is signed units and the signed money paid for them. Closing part of it takes the
 * same part of the cost, rounded towards zero; what rounding leaves stays in the cost and comes
 * out with the last unit, so nothing is ever lost: cash + cost always adds up exactly. */
#include "sim/venue_sim_product.h"

struct ledger_position {
    struct size units;     /* signed, the venue's own unit */
    struct money cost;     /* signed as units: what was paid (long) or taken in (short) */
    struct money realised, realised_today, fees;
    struct money funding_accrued; /* owed to (+) or by (-) the account, not in cash yet */
};

struct ledger {
    struct ledger_position positions[VENUE_PRODUCTS];
    struct money cash[2];        /* by enum venue_profile */
    struct money start_cash[2];
    struct money funding_paid[2]; /* received (+) or paid (-), in cash already */
};

void ledger_init(struct ledger *ledger, struct money usd, struct money usdc);
/* False, and nothing changed, when a number would leave its range. */
bool ledger_apply_fill(struct ledger *ledger, int product, enum side side, struct price price,
                       struct size units, struct money fee);
/* One funding interval at `rate` and `mark`: longs pay when the rate is positive. */
bool ledger_accrue_funding(struct ledger *ledger, int product, struct price mark,
                           struct ratio rate);
/* Moves what was accrued into cash: hourly on INTX, twice a day on CDE. */
bool ledger_settle_funding(struct ledger *ledger, int product);
void ledger_start_day(struct ledger *ledger); /* the daily realised PnL begins anew */

/* Value of the position at `mark` less its cost. */
bool ledger_unrealised(const struct ledger *ledger, int product, struct price mark,
                       struct money *ret);
/* Average entry, rounded half-even: informative. 0 when flat. */
struct price ledger_entry_price(const struct ledger *ledger, int product);
