#pragma once
/* What the operator configured, in the engine's words. The gate refuses to trade while a limit is
 * not set: `*_set` is not needed because the reader of the file refuses first, and a limit of
 * zero or less refuses everything. */
#include "model/instrument.h"

struct product_limits {
    struct size max_order_size;       /* control 7, base coin */
    struct money max_order_value;     /* control 8 */
    struct ratio price_collar;        /* control 9: 0.01 is 1 % either side of the reference */
    struct size max_position;         /* control 16, absolute, worst case */
    uint32_t max_working_orders;      /* control 15 */
    struct money max_working_value;   /* control 15 */
    int64_t max_book_age_ns, max_mark_age_ns; /* control 5 */
    struct ratio max_mark_deviation;  /* control 5: |mark - mid| / mid past it is stale */
    struct ratio sanity_band; /* control 5: a jump past it is not used; 0: none is too far */
    /* Law 4: how long after the last good mid exits may be priced from it; 0: not at all. */
    int64_t max_exit_price_age_ns;
    struct size demo_max_size, canary_max_size; /* control 4; or one step where that is more */
    struct ratio max_impact;          /* control 10: from the mid */
    struct ratio depth_band, max_spread; /* control 11 */
    struct money min_depth;           /* control 11: on the thinner side */
    struct money max_exposure;        /* control 17, worst case */
    struct ratio max_leverage;        /* control 18: that exposure over equity */
    struct ratio initial_margin;      /* controls 19, 20: what a dollar needs at least */
    struct ratio max_funding_daily;   /* control 21 */
    struct ratio calm_volatility, max_volatility; /* control 27, per sample */
};

struct strategy_settings {
    char name[NAME_MAX_BYTES];
    uint32_t products;                /* bit i: may trade product i */
    uint32_t max_messages;            /* control 14, per message_window_ns */
    uint32_t max_working_orders;      /* control 15 */
    /* When its runner dies: its orders stay, go, or go and its position is closed. */
    enum { DEATH_KEEP, DEATH_CANCEL, DEATH_FLATTEN } on_death;
    bool resend_unknown;              /* an order that the venue never had: once more, same id */
    uint32_t max_fires, max_refusals; /* control 2: in the window; in a row */
    int64_t fires_window_ns;
    struct money max_gross, max_net;  /* control 17 */
    uint32_t max_loss_streak;         /* control 24 */
    int64_t cooldown_ns;
    uint32_t max_rejects;             /* control 2: by the venue, in fires_window_ns */
    bool never_opens, never_short;    /* whatever its script's manifest says */
};

/* Control 28: how returns are measured, and what the account may be found to lose. */
struct stress_scenario {
    char name[NAME_MAX_BYTES];
    struct ratio shocks[MAX_PRODUCTS]; /* "-0.2": the price falls by a fifth */
    struct money max_loss;
};

struct var_settings {
    /* Unset refuses what opens: that there is no such limit is said in so many words. */
    enum { VAR_UNSET, VAR_OFF, VAR_ON } mode;
    int64_t candle_ns;
    uint32_t window;                  /* returns kept, for historical figures */
    uint32_t warmup;                  /* candles with a trade before a product is known */
    uint32_t horizon;                 /* candles that a loss is reckoned over */
    struct ratio decay;               /* lambda of the EWMA */
    struct money max_var;             /* at 99 %, the larger of parametric and historical */
    struct stress_scenario scenarios[MAX_SCENARIOS];
    uint32_t scenario_count;
};

struct engine_settings {
    struct catalog catalog;
    struct product_limits product_limits[MAX_PRODUCTS];
    struct strategy_settings strategies[MAX_STRATEGIES];
    uint8_t strategy_count;
    char rules[MAX_RULES][NAME_MAX_BYTES]; /* runner index of rule i: MAX_STRATEGIES + i */
    uint8_t rule_count;
    int64_t rule_deadline_ns;         /* silence past it refuses what opens */

    uint32_t owner_tag;               /* in every client order id */
    uint64_t boot_random;             /* 40 bits, drawn at boot */
    uint32_t max_messages, max_cancels; /* control 14, account, per window; separate budgets */
    int64_t message_window_ns;
    uint32_t max_working_orders;      /* control 15, account */
    struct money max_working_value;   /* control 15, account */
    int64_t duplicate_window_ns;      /* control 12 */
    int64_t max_skew_ns;              /* control 26 */
    int64_t stale_after_ns;           /* a stream without a heartbeat or data this long is dead */
    int64_t fills_poll_ns;            /* cadence of the drop copy over REST */
    struct ratio view_bands[VIEW_BANDS]; /* depth bands, 0.001 is 10 bps */
    int64_t candle_lengths_ns[MAX_CANDLE_LENGTHS];
    uint8_t candle_length_count;
    bool cancel_on_stop;
    /* Cadences of the other lists; 0: as fills_poll_ns. */
    int64_t orders_poll_ns, positions_poll_ns, balance_poll_ns;
    /* Orders that carry our tag but are not in the journal: cancelled, or left to work. */
    enum { UNKNOWN_OWN_CANCEL, UNKNOWN_OWN_ADOPT } unknown_own_orders;
    int64_t processing_bound_ns;      /* R2: on top of the request's expiry; 0: two minutes */
    /* Fills that are not ours: an alarm, or their product reduces only until it is resumed. */
    enum { EXTERNAL_FILLS_ALARM, EXTERNAL_FILLS_FREEZE } external_fills;
    struct var_settings var;
    enum stage stage;                 /* control 4 */
    struct money max_gross, max_net;  /* control 17 */
    struct ratio max_leverage, max_leverage_overnight; /* control 18 */
    struct ratio min_free_margin, min_liquidation_buffer; /* controls 19, 20: of equity */
    int64_t quiet_before_funding_ns;  /* control 22 */
    uint16_t funding_stamps_min[MAX_FUNDING_STAMPS]; /* minutes of the UTC day */
    uint8_t funding_stamp_count;
    struct ratio max_daily_loss, max_drawdown; /* controls 23, 24: of equity */
    int64_t volatility_sample_ns;     /* control 27 */
    int64_t max_unknown_ns, max_stale_ns, max_unhealthy_ns; /* controls 25, 5, 26: what latches */
    /* Control 4: begin at observe and be promoted; with so much seen of a stage (0: as seeded). */
    bool staged;
    uint32_t stage_min_orders;
    int64_t stage_min_ns;
    bool one_operator;                /* who asks for a consent may confirm it */
};
