#pragma once
/* Everything that can happen to the engine, as one tagged union. Exchange, script, rule, operator,
 * tape and simulator speak these; none has a private door. Arrays are borrowed from the source
 * of the event and valid until it is asked for the next one. */
#include "model/instrument.h"
#include "model/view.h"

enum stream { STREAM_MARKET, STREAM_USER, STREAM_COUNT };

enum event_kind {
    EVENT_FRAME = 1,  /* a feed message begins: its place in the stream */
    EVENT_LINK,       /* a stream came up or went down; what it showed before is void */
    EVENT_BOOK, EVENT_TRADES, EVENT_TICKER, EVENT_HEARTBEAT, EVENT_VENUE_CANDLE,
    EVENT_INSTRUMENT, /* a product's specification, read again */
    EVENT_ORDER_REPORT, EVENT_FILL, EVENT_POSITION, EVENT_BALANCE,
    EVENT_LIST_END,   /* a REST list was read to its end, or failed */
    EVENT_PLACE_REPLY, EVENT_CANCEL_REPLY,
    EVENT_INTENT, EVENT_VERDICT, EVENT_RUNNER, EVENT_CREDIT, EVENT_TIMER_SET,
    EVENT_OPERATOR, EVENT_SKEW, EVENT_JOURNAL, EVENT_TICK
};

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
enum runner_state { RUNNER_STARTING, RUNNER_READY, RUNNER_REPLACED, RUNNER_DEAD };
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
                        struct money unrealised; struct price average_price; };
struct event_balance { struct money equity, available_margin, initial_margin, funding_pnl;
                       bool informative_rounded; };
struct event_list_end { enum list_kind kind; uint64_t request; bool complete; };
struct event_place_reply {
    struct client_id client_id;
    enum outcome outcome;
    struct venue_id venue_id; /* ACCEPTED */
    char reason[REASON_MAX];  /* the venue's own code and words */
};
struct event_cancel_reply { struct client_id client_id; struct venue_id venue_id;
                            enum outcome outcome; char reason[REASON_MAX]; };

/* From the runners. A frame of another generation never becomes an event. */
struct event_intent { actor_index runner; uint32_t generation; struct intent intent; };
struct event_verdict { actor_index runner; uint32_t generation; uint64_t request; bool allow;
                       char reason[REASON_MAX]; };
struct event_runner { actor_index runner; uint32_t generation; enum runner_state state;
                      char hash[17]; char reason[REASON_MAX]; };
struct event_credit { actor_index runner; uint32_t generation; };
struct event_timer_set { actor_index runner; uint32_t generation; uint32_t id; int64_t delay_ns;
                         /* delay < 0: cancel the timer */ };

enum operator_verb { OPERATOR_HALT, OPERATOR_REDUCE, OPERATOR_RESUME, OPERATOR_CANCEL_MINE,
                     OPERATOR_FLATTEN, OPERATOR_STOP, OPERATOR_RECONCILE, OPERATOR_ACCEPT };
struct event_operator {
    enum operator_verb verb;
    uint64_t token; /* echoed in the reply */
    enum { TARGET_ACCOUNT, TARGET_STRATEGY, TARGET_PRODUCT } target;
    uint8_t index;  /* of the strategy or product */
    char reason[REASON_MAX];
};
struct event_skew { int64_t skew_ns; bool known; };
struct event_journal { bool dead; char reason[REASON_MAX]; };

struct event {
    enum event_kind kind;
    struct stamp at; /* the turn's reading of the clock; set when drained */
    union {
        struct event_frame frame;
        struct event_link link;
        struct event_book book;
        struct event_trades trades;
        struct event_ticker ticker;
        struct event_heartbeat heartbeat;
        struct event_venue_candle venue_candle;
        struct event_instrument instrument;
        struct event_order_report order;
        struct event_fill fill;
        struct event_position position;
        struct event_balance balance;
        struct event_list_end list_end;
        struct event_place_reply place_reply;
        struct event_cancel_reply cancel_reply;
        struct event_intent intent;
        struct event_verdict verdict;
        struct event_runner runner;
        struct event_credit credit;
        struct event_timer_set timer_set;
        struct event_operator operator;
        struct event_skew skew;
        struct event_journal journal;
    };
};
const char *event_kind_text(enum event_kind kind);
