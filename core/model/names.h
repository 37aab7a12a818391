#pragma once
/* Every name that people and machines read, defined once. Each list is X(SYMBOL, "text", "what it
 * means"); the enums, the text functions, the docs and the Lua types derive from it. */
#include "model/refusal_list.h"

#define ORDER_STATE_LIST(X)                                                                      \
    X(ORDER_INTENDED, "intended", "approved and journaled, no byte has left")                    \
    X(ORDER_SENT, "sent", "the request left, the venue has not answered")                        \
    X(ORDER_UNKNOWN, "unknown", "the outcome was not told; counts in full until the venue says") \
    X(ORDER_OPEN, "open", "accepted by the venue, may be part filled")                           \
    X(ORDER_CANCEL_SENT, "cancel_sent", "a cancel left or was acknowledged; still live exposure")\
    X(ORDER_FILLED, "filled", "wholly filled")                                                   \
    X(ORDER_CANCELLED, "cancelled", "ended by a cancel, fills before it stand")                  \
    X(ORDER_EXPIRED, "expired", "ended by its time in force")                                    \
    X(ORDER_REFUSED, "refused", "refused or failed at the venue in so many words")               \
    X(ORDER_DROPPED, "dropped", \
      "never sent: known from the journal only, or expired before it left")

#define TRADING_STATE_LIST(X)                                                                    \
    X(TRADING_ACTIVE, "active", "opening and reducing orders may leave")                         \
    X(TRADING_REDUCING, "reducing", "only orders that can do nothing but reduce")                \
    X(TRADING_HALTED, "halted", "only cancels and the operator's flatten")

/* Where the first orders may go, the most careful first. */
#define STAGE_LIST(X)                                                                            \
    X(STAGE_OBSERVE, "observe", "nothing opens")                                                 \
    X(STAGE_DEMO, "demo", "the smallest orders, post-only, one product at a time")               \
    X(STAGE_CANARY, "canary", "tiny orders")                                                     \
    X(STAGE_PRODUCTION, "production", "the limits alone")

/* What is off, the worst last: engine/ladder.h says who climbs it. */
#define LADDER_STEP_LIST(X)                                                                      \
    X(LADDER_NORMAL, "normal", "nothing is off")                                                 \
    X(LADDER_NO_OPEN_PRODUCT, "no_open_product", "nothing opens on the products that it names")  \
    X(LADDER_NO_OPEN, "no_open", "nothing opens on any product")                                 \
    X(LADDER_REDUCING, "reducing", "only orders that can do nothing but reduce")                 \
    X(LADDER_CANCELS, "cancels_only", "no order leaves; cancels and reads do")                   \
    X(LADDER_HALTED, "halted", "latched until resume: cancels and the operator's flatten only")

/* X(SYMBOL, "text", step it puts us on, "what it means"). Those before HEALTH_MARKET_DOWN come as
 * EVENT_HEALTH; the rest the engine knows by itself. */
#define HEALTH_CAUSE_LIST(X)                                                                     \
    X(HEALTH_BREAKER_ORDERS, "breaker_orders", LADDER_CANCELS, "order requests keep failing")    \
    X(HEALTH_BREAKER_READS, "breaker_reads", LADDER_NO_OPEN, "reads of the venue keep failing")  \
    X(HEALTH_RATE_LIMITED, "rate_limited", LADDER_REDUCING, "the venue keeps answering 429")     \
    X(HEALTH_LOOP_LAG, "loop_lag", LADDER_NO_OPEN, "the event loop is late")                     \
    X(HEALTH_KEY_REFUSED, "key_refused", LADDER_HALTED, "the venue refuses the key: fatal")      \
    X(HEALTH_CLOCK, "clock", LADDER_NO_OPEN, "the clock stepped, or cannot be compared")         \
    X(HEALTH_SPEC_STALE, "spec_stale", LADDER_NO_OPEN_PRODUCT, "a product was not read for long")\
    X(HEALTH_MEMORY, "memory", LADDER_NO_OPEN, "memory or descriptors run out")                  \
    X(HEALTH_ACCOUNT, "account", LADDER_HALTED, "the key is of another account: fatal")          \
    X(HEALTH_MARKET_DOWN, "market_down", LADDER_NO_OPEN, "the market stream is down")            \
    X(HEALTH_USER_DOWN, "user_down", LADDER_NO_OPEN, "the user stream is down")                  \
    X(HEALTH_NOT_RECONCILED, "not_reconciled", LADDER_NO_OPEN, "it does not agree with the venue")\
    X(HEALTH_SKEW, "skew", LADDER_NO_OPEN, "the skew against the venue is unknown or too large") \
    X(HEALTH_JOURNAL_DEAD, "journal_dead", LADDER_HALTED, "the journal is dead")                 \
    X(HEALTH_EQUITY, "equity_unknown", LADDER_NO_OPEN, "the venue does not tell the balance")

#define ENUM_FIRST(symbol, ...) symbol,
enum order_state { ORDER_STATE_LIST(ENUM_FIRST) ORDER_STATE_COUNT };
enum refusal { REFUSAL_LIST(ENUM_FIRST) REFUSAL_COUNT };
enum trading_state { TRADING_STATE_LIST(ENUM_FIRST) TRADING_STATE_COUNT };
enum stage { STAGE_LIST(ENUM_FIRST) STAGE_COUNT };
enum ladder_step { LADDER_STEP_LIST(ENUM_FIRST) LADDER_STEP_COUNT };
enum health_cause { HEALTH_CAUSE_LIST(ENUM_FIRST) HEALTH_CAUSE_COUNT };
#undef ENUM_FIRST

enum side { SIDE_BUY, SIDE_SELL, SIDE_UNKNOWN };
enum order_type { ORDER_TYPE_LIMIT, ORDER_TYPE_MARKET, ORDER_TYPE_STOP_LIMIT, ORDER_TYPE_BRACKET,
                  ORDER_TYPE_LIQUIDATION, ORDER_TYPE_OTHER };
enum time_in_force { TIF_GTC, TIF_GTD, TIF_IOC, TIF_FOK, TIF_OTHER };
/* UP: when the market rises to the stop, DOWN: when it falls to it. */
enum stop_direction { STOP_NONE, STOP_UP, STOP_DOWN };
enum liquidity { LIQUIDITY_UNKNOWN, LIQUIDITY_MAKER, LIQUIDITY_TAKER };
enum venue_profile { PROFILE_CDE, PROFILE_INTX };

const char *order_state_text(enum order_state state);
const char *refusal_text(enum refusal code);
const char *refusal_meaning(enum refusal code);
int refusal_control(enum refusal code); /* the control's number in docs/gate.md, 0: none */
const char *trading_state_text(enum trading_state state);
const char *stage_text(enum stage stage);
const char *ladder_step_text(enum ladder_step step);
const char *ladder_step_meaning(enum ladder_step step);
const char *health_cause_text(enum health_cause cause);
const char *health_cause_meaning(enum health_cause cause);
enum ladder_step health_cause_step(enum health_cause cause);
const char *side_text(enum side side);               /* "buy" "sell" "unknown" */
const char *order_type_text(enum order_type type);   /* "limit" ... */
const char *time_in_force_text(enum time_in_force);  /* "gtc" ... */
const char *stop_direction_text(enum stop_direction); /* "none" "up" "down" */
const char *liquidity_text(enum liquidity liquidity);
const char *venue_profile_text(enum venue_profile profile);
