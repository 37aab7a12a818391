#pragma once
/* The gate: the only maker of an approved order, pure and allocation-free.
 *
 *     struct gate_input in = ...;                 what is true now, gathered by the engine
 *     if (gate_approve(&in, id, &order, &verdict))  send(order);  else refuse(verdict);
 *
 * Laws: a missing, stale or absurd input refuses; orders are judged on the worst case (position and
 * every working, sent and UNKNOWN order filled against us); an order that can do nothing but reduce
 * is never refused by size-of-book, value, working-value or position limits, only by what makes it
 * malformed, unpriceable, too frequent, or forbidden by HALTED. What other hands let rest on the
 * account is exposure and keeps nobody from getting out: one that takes what is there and rests
 * nowhere may reduce the position as if they had nothing there. Where the venue's position differs
 * from ours, only what reduces both is reducing. With a stale book one that takes what is there
 * (limit, IOC) is judged by the last good mid, while that is younger than max_exit_price_age; any
 * other order is refused as book_stale. A refusal says the control, the limit, the value, the
 * headroom (what an order may use of that limit, in its unit: 0 where no size would pass) and the
 * config line; every figure in it is at 1e-18 whatever its unit (counts and nanoseconds too), so
 * money_format prints them all. The operator's orders may only reduce. A stop is working exposure
 * from the day it is placed, valued at the worst price it could trade at once it has fired.
 * tests/tables/gate.txt is the table of what each control does to opening, reducing, cancel and
 * operator-flatten. */
#include "model/approved_order.h"
#include "model/manifest.h"
#include "model/settings.h"
#include "model/intent.h"

struct gate_exposure { /* of one product, account-wide; UNKNOWN and CANCEL_SENT count in full */
    struct size position;      /* signed */
    struct size working_buy, working_sell; /* remaining sizes, positive */
};

/* What of the account's orders neither we nor our strategies placed. */
struct gate_others { struct size buy, sell; uint32_t product, account; }; /* account: how many */

/* Products other than the intent's, in dollars at their marks, worst case. */
struct gate_worth {
    bool known;                /* each that has a position or an order has a price */
    struct money gross;        /* the larger of long and short of each, added */
    struct money up, down;     /* signed sums: all buys filled; all sells filled, short positive */
};

/* The account with this order, wherever what works is worse. */
struct gate_tail {
    bool known;                /* each product that is held or ordered is warm and has a mark */
    struct money var;          /* at 99 %, or what it is not above, when that is within its limit */
    struct money stress[MAX_SCENARIOS];
    struct money var_before, stress_before[MAX_SCENARIOS]; /* without it; once one is past */
};

struct gate_input {
    const struct engine_settings *settings; /* borrowed for the call */
    const struct intent *intent;
    actor_index actor;         /* a strategy, or ACTOR_OPERATOR */
    const struct instrument *instrument; /* NULL: not ours */

    enum trading_state account_state, strategy_state, product_state;
    bool reconciled, market_up, user_up, journal_up; /* control 26 */
    bool skew_known;
    int64_t skew_ns;
    enum ladder_step ladder;   /* of causes that the bools above do not tell */

    bool book_valid;           /* a snapshot was taken, no gap since, not crossed, both sides */
    int64_t book_age_ns;
    struct price bid, ask;     /* best */
    struct price worst;        /* a market order: the worst price its size could take; 0: none */
    bool mark_valid;
    int64_t mark_age_ns;
    struct price mark;
    struct price venue_mark, mark_then; /* the venue's for the position, ours then; 0: not told */
    struct price last_good;    /* the last mid that could be used; 0: none yet */
    int64_t last_good_age_ns;

    struct gate_exposure exposure;
    struct gate_exposure strategy_exposure; /* the strategy's own part */
    uint32_t working_product, working_strategy, working_account; /* counts */
    struct money working_value_product, working_value_account;
    uint32_t messages_strategy, messages_account, cancels_account; /* used in the window */
    bool duplicate;            /* the same product, side, size, price inside the window */
    int64_t wall_ns;           /* now, for good till */
    bool unknown_same_side;    /* control 25: UNKNOWN order on this side of this product */

    uint32_t fires, rejects, refusals_in_row; /* control 2: the strategy's, in its window */
    bool exposed_elsewhere;    /* control 4: a position or an order in another product */
    struct price reach;        /* control 10: the last price its size would take; 0: not so much */
    struct size depth;         /* control 11: the thinner side within depth_band */
    struct price own_bid, own_ask; /* control 13: where ours rest; 0: none */
    struct gate_worth strategy_worth, account_worth; /* control 17 */
    bool equity_known, intraday; /* controls 18 to 20: as the venue says; intraday: it says so */
    struct money equity, available_margin; /* of all; free in the product's own pot: margin.h */
    struct money initial_margin; /* what of equity is not that pot's liquidation buffer */
    struct money reserved;     /* margin that orders without a fill are taken to need */
    bool result_known;         /* controls 23, 24: each position has a mark */
    struct money day_loss, drawdown; /* below the day's start; below the peak */
    uint32_t loss_streak;      /* control 24: the strategy's */
    int64_t since_loss_ns;     /* its last losing trade; INT64_MAX: none */
    bool volatility_known;     /* control 27 */
    struct ratio volatility;
    uint32_t overridden;       /* control 29: bit i: control i is, for now */
    struct gate_tail tail;     /* control 28; of what opens alone */
    struct manifest manifest;  /* of the strategy's script; all zero: none */
    struct gate_others others; /* a part of exposure and of the working counts */
    struct size venue_apart;   /* its position less ours, found twice; 0: they agree */
};

/* The most that an order on this side could take and do nothing but reduce |position|, whatever
 * else fills first (of ours alone, where it does not rest); and whether this one is no more. */
struct size gate_reducible(const struct gate_input *in);
bool gate_is_reducing(const struct gate_input *in);
/* What its exposure is valued at: the highest price at which it could trade. */
struct price gate_value_price(const struct gate_input *in);
/* The last tick inside the collar, where a closing order is sure to meet what the band allows;
 * with a stale book the band is the last good one. 0 without either. */
struct price gate_close_price(const struct gate_input *in);
/* |mark - of| <= of * limit: control 5, for two marks of one moment. */
bool gate_mark_agrees(struct price mark, struct price of, struct ratio limit);

/* The verdict is always filled; the order only when true is returned. */
bool gate_approve(const struct gate_input *in, struct client_id id,
                  struct approved_order *ret_order, struct verdict *ret_verdict);

/* An UNKNOWN order judged afresh: `in` has its own reservation and id taken out, `intent` is the
 * order as it was. The only road to a re-send, always with the same id. */
bool gate_reapprove(const struct gate_input *in, struct client_id same_id,
                    struct approved_order *ret_order, struct verdict *ret_verdict);

/* Control 29: the number that `text` is, where an operator may set that control aside; else 0. */
int gate_override_number(const char *text);

/* Cancels pass every state but have a budget of their own. */
bool gate_allows_cancel(const struct gate_input *in, struct verdict *ret_verdict);
