#pragma once
/* Every name that people and machines read, defined once. Each list is X(SYMBOL, "text", "what it
 * means"); the enums, the text functions, the docs and the Lua types derive from it. */

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

#define REFUSAL_LIST(X)                                                                          \
    X(REFUSED_NOT, "none", 0, "accepted")                                                        \
    X(REFUSED_STATE, "trading_state", 1, "the account is REDUCING or HALTED")                    \
    X(REFUSED_STRATEGY_STATE, "strategy_state", 2, "the strategy is halted or reducing")         \
    X(REFUSED_PRODUCT, "product", 3, "not configured, not tradable, or the session is closed")   \
    X(REFUSED_PRODUCT_MODE, "product_mode", 3, "cancel-only, post-only or limit-only forbids it")\
    X(REFUSED_BOOK_STALE, "book_stale", 5, "the book is missing, stale, crossed or a gap was seen")\
    X(REFUSED_MARK_STALE, "mark_stale", 5, "no mark, or older than its limit")                   \
    X(REFUSED_PRICE_TICK, "price_tick", 6, "price is not positive or not on the tick")           \
    X(REFUSED_SIZE_STEP, "size_step", 6, "size is not on the step, or outside min and max")\
    X(REFUSED_ORDER_SIZE, "order_size", 7, "larger than the largest order")                      \
    X(REFUSED_ORDER_VALUE, "order_value", 8, "notional above the largest order value")           \
    X(REFUSED_COLLAR, "price_collar", 9, "price outside the band around the reference")          \
    X(REFUSED_DUPLICATE, "duplicate", 12, "same product, side, size and price inside the window")\
    X(REFUSED_SELF_MATCH, "self_match", 13, "would cross our own working order")                 \
    X(REFUSED_RATE, "message_rate", 14, "too many messages in the window")                       \
    X(REFUSED_WORKING_COUNT, "working_orders", 15, "too many working orders")                    \
    X(REFUSED_WORKING_VALUE, "working_value", 15, "working orders worth too much")               \
    X(REFUSED_POSITION, "position", 16, "worst-case position above its limit")                   \
    X(REFUSED_REDUCE_ONLY, "reduce_only", 16, "a reduce-only order that would not only reduce")  \
    X(REFUSED_UNKNOWN_OUTSTANDING, "unknown_outstanding", 25, "an outcome on this side is unknown")\
    X(REFUSED_HEALTH, "health", 26, "not reconciled, a stream is down, or the journal is dead")  \
    X(REFUSED_OVERFLOW, "overflow", 0, "a number left the range that is kept exactly")           \
    X(REFUSED_OWNER, "owner", 0, "not this strategy's product or order")                         \
    X(REFUSED_MALFORMED, "malformed", 0, "the intent contradicts itself")                        \
    X(REFUSED_FULL, "full", 0, "a table of fixed size is full")                                  \
    X(REFUSED_RULE, "rule", 0, "a rule script refused it")                                       \
    X(REFUSED_RULE_SILENT, "rule_silent", 0, "a rule script did not answer in time, or is dead") \
    X(REFUSED_UNSUPPORTED, "unsupported", 0, "this order shape is not supported on this product")\
    X(REFUSED_STOP_SIDE, "stop_side", 6, "a stop or a bracket's price is on the wrong side")     \
    X(REFUSED_EXPIRY, "expiry", 6, "good till a time that has passed")                           \
    X(REFUSED_ENDED, "ended", 0, "the order has ended, or its end is on the way")

#define TRADING_STATE_LIST(X)                                                                    \
    X(TRADING_ACTIVE, "active", "opening and reducing orders may leave")                         \
    X(TRADING_REDUCING, "reducing", "only orders that can do nothing but reduce")                \
    X(TRADING_HALTED, "halted", "only cancels and the operator's flatten")

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
    X(HEALTH_NOT_RECONCILED, "not_reconciled", LADDER_NO_OPEN, "not compared with the venue yet")\
    X(HEALTH_SKEW, "skew", LADDER_NO_OPEN, "the skew against the venue is unknown or too large") \
    X(HEALTH_JOURNAL_DEAD, "journal_dead", LADDER_HALTED, "the journal is dead")                 \
    X(HEALTH_EQUITY, "equity_unknown", LADDER_NO_OPEN, "the venue does not tell the balance")

#define ENUM_FIRST(symbol, ...) symbol,
enum order_state { ORDER_STATE_LIST(ENUM_FIRST) ORDER_STATE_COUNT };
enum refusal { REFUSAL_LIST(ENUM_FIRST) REFUSAL_COUNT };
enum trading_state { TRADING_STATE_LIST(ENUM_FIRST) TRADING_STATE_COUNT };
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
