#pragma once
/* Between the gate's files: gate.c makes orders, gate_controls.c says no, gate_verdict.c says it
 * in words. Nobody else includes this. */
#include "engine/gate.h"

/* This product as it would be. ours: signed, towards our side; other: away from it, where the order
 * takes nothing away. */
struct projected { bool fits; struct money order, ours, other; };

/* One intent before the gate, with what follows from it. All worst cases. */
struct judged {
    const struct gate_input *in;
    const struct intent *intent;
    const struct engine_settings *settings;
    const struct instrument *instrument;      /* NULL: not ours */
    const struct product_limits *limits;      /* NULL: not ours */
    const struct strategy_settings *strategy; /* NULL: the operator, or nobody we know */
    bool operator, reducing;
    struct size reducible;  /* the largest order on this side that could only reduce */
    struct price price;     /* the worst that it could trade at */
    struct price mid;       /* of the book, or the last good one; 0 while there is none */
    bool last_good;         /* the book is stale, and this exit may do without it */
    struct price reference; /* what the collar is around: the mid, or the stop that comes first */
    struct money value;     /* the most that the order could turn over */
    struct projected account, own; /* where it could open: with it, the strategy's part */
};

enum gate_scope { GATE_NONE = SCOPE_NONE, GATE_ACCOUNT = SCOPE_ACCOUNT,
                  GATE_STRATEGY = SCOPE_STRATEGY, GATE_PRODUCT = SCOPE_PRODUCT };

void gate_judged_init(struct judged *ret, const struct gate_input *in);
/* Runs every control that holds for this kind of order, in the order of the table. */
bool gate_judge(const struct judged *judged, struct verdict *ret_verdict);
/* Of the shape, in gate_shape.c. */
bool gate_is_order(const struct intent *intent);
bool gate_check_shape(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_expiry(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_stop(const struct judged *judged, struct verdict *ret_verdict);
struct price gate_worst_price(const struct gate_input *in); /* 0: none */
struct price gate_reference(const struct gate_input *in);
/* In place of a stale book, for what reduces; 0: the book is good, or nothing stands in for it. */
struct price gate_last_good(const struct gate_input *in);
/* The collar's edges, rounded inwards; false: out of range. */
bool gate_band(const struct gate_input *in, struct price around, struct price *ret_low,
               struct price *ret_high);
struct projected gate_project(const struct gate_input *in, const struct gate_exposure *exposure);
/* Of one order's doings in the book, and of the account's money: gate_market.c, gate_risk.c. */
bool gate_check_stage(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_impact(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_liquidity(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_self_match(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_volatility(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_var(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_stress(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_working_value(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_exposure(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_leverage(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_margin(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_buffer(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_funding(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_quiet(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_daily_loss(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_drawdown(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_manifest(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_streak(const struct judged *judged, struct verdict *ret_verdict);
bool gate_check_cancel(const struct judged *judged, struct verdict *ret_verdict);

/* The words of a verdict. Every figure is at 1e-18 whatever its unit, counts and nanoseconds as
 * well, so that one formatter (money_format) prints them all. */
struct money gate_figure(int64_t e9);       /* of a price, size or ratio */
struct money gate_whole(int64_t count);     /* of a count or of nanoseconds */
/* Both return false, so that a control can `return gate_refuse(...)`. */
bool gate_refuse(struct verdict *ret, enum refusal code);
bool gate_refuse_figures(struct verdict *ret, int unit, struct money limit, struct money value,
                         struct money headroom);
/* In sizes, the headroom rounded down to a step. */
bool gate_refuse_size(const struct judged *judged, struct verdict *ret, enum refusal code,
                      const char *key, struct size limit, struct size value, struct size headroom);
/* `used` of `limit` are taken, this order is one more. */
bool gate_check_count(const struct judged *judged, struct verdict *ret, enum refusal code,
                      enum gate_scope scope, const char *key, uint32_t limit, uint32_t used);
bool gate_refuse_limit(const struct judged *judged, struct verdict *ret, enum refusal code,
                       enum gate_scope scope, const char *key);
