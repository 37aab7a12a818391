#pragma once
/* Everything that can happen to the engine, as one tagged union. Exchange, script, rule, operator,
 * tape and simulator speak these; none has a private door. Arrays are borrowed from the source
 * of the event and valid until it is asked for the next one. */
#include "model/event_venue.h"
#include "model/manifest.h"
#include "model/view.h"

enum event_kind {
    EVENT_FRAME = 1,  /* a feed message begins: its place in the stream */
    EVENT_LINK,       /* a stream came up or went down; what it showed before is void */
    EVENT_BOOK, EVENT_TRADES, EVENT_TICKER, EVENT_HEARTBEAT, EVENT_VENUE_CANDLE,
    EVENT_INSTRUMENT, /* a product's specification, read again */
    EVENT_ORDER_REPORT, EVENT_FILL, EVENT_POSITION, EVENT_BALANCE,
    EVENT_LIST_END,   /* a REST list was read to its end, or failed */
    EVENT_PLACE_REPLY, EVENT_CANCEL_REPLY,
    EVENT_INTENT, EVENT_VERDICT, EVENT_RUNNER, EVENT_CREDIT, EVENT_TIMER_SET,
    EVENT_OPERATOR, EVENT_SKEW, EVENT_JOURNAL, EVENT_TICK, EVENT_HEALTH
};

enum runner_state { RUNNER_STARTING, RUNNER_READY, RUNNER_REPLACED, RUNNER_DEAD };

/* From the runners. A frame of another generation never becomes an event. */
struct event_intent { actor_index runner; uint32_t generation; struct intent intent; };
struct event_verdict { actor_index runner; uint32_t generation; uint64_t request; bool allow;
                       char reason[REASON_MAX];
                       struct size most; /* with allow: so much of it and no more; 0: all */ };
struct event_runner { actor_index runner; uint32_t generation; enum runner_state state;
                      char hash[17]; char reason[REASON_MAX];
                      struct manifest manifest; /* of READY and REPLACED */ };
struct event_credit { actor_index runner; uint32_t generation; };
struct event_timer_set { actor_index runner; uint32_t generation; uint32_t id; int64_t delay_ns;
                         /* delay < 0: cancel the timer */ };

enum operator_verb { OPERATOR_HALT, OPERATOR_REDUCE, OPERATOR_RESUME, OPERATOR_CANCEL_MINE,
                     OPERATOR_FLATTEN, OPERATOR_STOP, OPERATOR_RECONCILE, OPERATOR_ACCEPT,
                     OPERATOR_CANCEL_ALL, OPERATOR_ADOPT, OPERATOR_CANCEL, OPERATOR_DROP,
                     OPERATOR_OVERRIDE, OPERATOR_CONFIRM, OPERATOR_REVOKE, OPERATOR_LIMIT,
                     OPERATOR_PROMOTE, OPERATOR_DEMOTE,
                     OPERATOR_VERB_COUNT };
struct event_operator {
    enum operator_verb verb;
    uint64_t token; /* echoed in the reply */
    enum { TARGET_ACCOUNT, TARGET_STRATEGY, TARGET_PRODUCT } target;
    uint8_t index;  /* of the strategy or product */
    char reason[REASON_MAX];
    char id[VENUE_ID_MAX]; /* ADOPT, CANCEL, DROP: client id or venue id, as typed; OVERRIDE: the
                              control; CONFIRM: the token; REVOKE: the number; LIMIT: its key */
    bool cancel;    /* HALT: cancel own orders too, and answer when the venue shows none */
    char value[DECIMAL_TEXT_MAX]; /* what it shall be, of verbs that set something */
    int64_t for_ns; /* how long it shall hold; 0: not said */
    uint32_t uid;   /* whose hand it was: the system's user */
};
struct event_skew { int64_t skew_ns; bool known; };
/* A cause of the degradation ladder came or went, with its figures in words ("14 of 20 failed").
 * Said again while it stands, it changes nothing. */
struct event_health { enum health_cause cause; bool on;
                      product_index product; /* of SPEC_STALE; not looked at elsewhere */
                      char text[REASON_MAX]; };
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
        struct event_health health;
    };
};
const char *event_kind_text(enum event_kind kind);
