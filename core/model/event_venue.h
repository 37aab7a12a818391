#pragma once
/* What the venue tells, by feed or by REST, in the house's words. Part of model/event.h. Sizes are
 * base coin; exact fields are exact, informative ones were rounded and are never booked. */
#include "model/instrument.h"

enum stream { STREAM_MARKET, STREAM_USER, STREAM_COUNT };

enum outcome {
    OUTCOME_ACCEPTED, /* the venue said so */
    OUTCOME_REFUSED,  /* the venue said so, in a documented code */
    OUTCOME_UNKNOWN,  /* time-out, reset, 5xx, an unreadable reply */
    OUTCOME_NOT_SENT  /* certainly no byte reached the venue */
};

enum venue_status { VENUE_PENDING, VENUE_OPEN, VENUE_FILLED, VENUE_CANCELLED, VENUE_EXPIRED,
                    VENUE_FAILED, VENUE_QUEUED, VENUE_CANCEL_QUEUED, VENUE_EDIT_QUEUED,
                    VENUE_STATUS_UNKNOWN };
enum report_source { REPORT_USER_SNAPSHOT, REPORT_USER_UPDATE, REPORT_REST };
enum list_kind { LIST_ORDERS, LIST_FILLS, LIST_POSITIONS, LIST_BALANCE, LIST_KIND_COUNT };
enum fill_kind { FILL_TRADE, FILL_REVERSAL, FILL_CORRECTION, FILL_OTHER };

struct event_frame { enum stream stream; uint64_t sequence; int64_t venue_ns; };
struct event_link { enum stream stream; bool up; char reason[REASON_MAX]; };
struct event_book {
    product_index product;
    bool snapshot;
    int64_t venue_ns;
    const struct level *levels;
    uint32_t count;
};
struct event_trades {
    product_index product;
    bool snapshot; /* history, not news */
    const struct trade *trades; /* oldest first: the codec has sorted them */
    uint32_t count;
};
struct event_ticker { product_index product; struct price last, bid, ask; /* 0: not quoted */ };
struct event_heartbeat { enum stream stream; uint64_t counter; };
struct event_venue_candle { product_index product; bool snapshot; struct candle candle; };
struct event_instrument { product_index product; struct instrument spec; };

/* Cumulative state of one order as the venue tells it. `has_client_id` false: not ours by shape. */
struct event_order_report {
    enum report_source source;
    struct client_id client_id;
    bool has_client_id;
    struct venue_id venue_id;
    product_index product;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    enum venue_status status;
    struct size size;   /* 0: not told (the user channel tells it only by leaves) */
    struct size filled; /* cumulative, exact */
    struct size leaves; /* 0 on terminal updates, whatever was filled */
    struct price limit_price;   /* 0: not told */
    struct price average_price; /* informative: of the fills so far */
    struct money fees;  /* cumulative, informative */
    int64_t created_ns; /* wall, 0: not told */
    char reason[REASON_MAX];
};
struct event_fill {
    struct venue_id trade_id, venue_order_id;
    product_index product;
    enum side side;
    struct price price;
    struct size size;
    struct money fee;
    enum liquidity liquidity;
    enum fill_kind kind;
    int64_t venue_ns;
};
struct event_position { product_index product; struct size size; /* signed */
                        struct money unrealised; struct price average_price;
                        struct price mark; }; /* the venue's own for it; 0: not told */
/* What the account would need and could do under the rules of one time of day. */
struct margin_window { bool told; struct money initial, maintenance, buying_power; };
struct event_balance { struct money equity, available_margin, initial_margin, funding_pnl;
                       bool informative_rounded; enum venue_profile profile;
                       bool buffer_told; /* buffer: what may be lost before the venue closes */
                       struct money liquidation_buffer, liquidation_threshold;
                       struct margin_window intraday, overnight; /* CDE, as the next */
                       /* Wall: the looser rules hold up to then, as the venue says; 0: not. */
                       int64_t intraday_until_ns; };
struct event_list_end { enum list_kind kind; uint64_t request; bool complete; };
struct event_place_reply {
    struct client_id client_id;
    enum outcome outcome;
    struct venue_id venue_id; /* ACCEPTED */
    char reason[REASON_MAX];  /* the venue's own code and words */
};
struct event_cancel_reply { struct client_id client_id; struct venue_id venue_id;
                            enum outcome outcome; char reason[REASON_MAX]; };
