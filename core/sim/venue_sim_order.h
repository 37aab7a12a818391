#pragma once
/* Orders, fills and refusals as the simulated venue keeps them. Sizes: the venue's own unit. */
#include "model/event.h"
#include "sim/venue_sim_product.h"

enum {
    VENUE_CLIENT_ID_MAX = 129, /* 128 characters: any string is a client order id at the venue */
    VENUE_UUID_MAX = 37,
    VENUE_WORDS_MAX = 64,
    VENUE_EDITS_MAX = 5,       /* the venue shows no more of an order's history */
};

struct venue_request {
    char client_id[VENUE_CLIENT_ID_MAX];
    int product;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    struct size size;
    struct price limit, stop; /* 0: none. A bracket: take profit and trigger */
    bool stop_up, post_only, reduce_only, close;
    int64_t end_ns;           /* GTD */
};

struct venue_edit { struct price price; struct size size; int64_t at_ns; };

struct venue_order {
    char id[VENUE_UUID_MAX];
    struct venue_request request; /* as placed or last edited */
    uint32_t number;              /* place in the list of all orders */
    enum venue_status status;
    struct size filled, ahead;    /* ahead: market units before it in its level's queue */
    struct money value, fees;     /* of the fills, exact */
    uint32_t fill_count;
    int64_t created_ns, updated_ns, filled_ns;
    int64_t released_ns;          /* bracket: its reservation is held until then */
    bool entered, resting, triggered;
    struct venue_edit edits[VENUE_EDITS_MAX];
    uint8_t edit_count;
    char words[VENUE_WORDS_MAX];  /* why it was cancelled or failed */
    const char *reject_reason;    /* static; of a FAILED order */
    uint32_t next_by_id, next_by_client; /* hash chains, private to the list */
};

struct venue_fill {
    char id[VENUE_UUID_MAX];
    uint32_t order;   /* its number */
    int product;
    enum side side;
    struct price price;
    struct size size;
    struct money fee;
    enum liquidity liquidity;
    int64_t at_ns;
    enum fill_kind kind; /* a reversal says the side and size of what it takes back */
};

static inline struct size venue_order_left(const struct venue_order *order)
{
    return (struct size){order->request.size.e9 - order->filled.e9};
}
static inline bool venue_status_final(enum venue_status status)
{
    return status == VENUE_FILLED || status == VENUE_CANCELLED || status == VENUE_EXPIRED ||
           status == VENUE_FAILED;
}

/* symbol, the new-order failure reason, its preview twin, the words */
#define VENUE_REFUSAL_LIST(X)                                                                    \
    X(VENUE_ACCEPTED, "", "", "")                                                                \
    X(VENUE_BAD_PRODUCT, "INVALID_PRODUCT_ID", "PREVIEW_INVALID_PRODUCT_ID",                     \
      "Invalid product_id")                                                                      \
    X(VENUE_BAD_SIDE, "INVALID_SIDE", "PREVIEW_INVALID_SIDE", "Invalid side")                    \
    X(VENUE_BAD_REQUEST, "INVALID_REQUEST", "PREVIEW_INVALID_ORDER_CONFIG", "Invalid request")   \
    X(VENUE_UNSUPPORTED, "UNSUPPORTED_ORDER_CONFIGURATION", "PREVIEW_INVALID_ORDER_CONFIG",      \
      "order configuration is not supported for this product")                                  \
    X(VENUE_SIZE_PRECISION, "INVALID_SIZE_PRECISION", "PREVIEW_INVALID_SIZE_PRECISION",          \
      "Too many decimals in order amount")                                                       \
    X(VENUE_PRICE_PRECISION, "INVALID_PRICE_PRECISION", "PREVIEW_INVALID_PRICE_PRECISION",       \
      "Too many decimals in order price")                                                        \
    X(VENUE_BAD_PRICE, "INVALID_LIMIT_PRICE", "PREVIEW_INVALID_LIMIT_PRICE",                     \
      "Invalid limit price")                                                                     \
    X(VENUE_SIZE_SMALL, "UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL",         \
      "Order size is below the minimum")                                                         \
    X(VENUE_SIZE_LARGE, "UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE",         \
      "Order size is above the maximum")                                                         \
    X(VENUE_QUOTE_SMALL, "UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",       \
      "Order value is below the minimum")                                                        \
    X(VENUE_POST_ONLY, "INVALID_LIMIT_PRICE_POST_ONLY", "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY", \
      "Post only order would match")                                                             \
    X(VENUE_NO_LIQUIDITY, "INVALID_NO_LIQUIDITY", "PREVIEW_INVALID_NO_LIQUIDITY",                \
      "There is no liquidity to match this order")                                               \
    X(VENUE_NO_FUTURES_FUNDS, "UNKNOWN_FAILURE_REASON",                                          \
      "PREVIEW_INSUFFICIENT_FUNDS_FOR_FUTURES", "Insufficient funds for futures")                \
    X(VENUE_NO_FUNDS, "INSUFFICIENT_FUND", "PREVIEW_INSUFFICIENT_FUND", "Insufficient balance")  \
    X(VENUE_POSITION_LIMIT, "UNKNOWN_FAILURE_REASON",                                            \
      "PREVIEW_BREACHED_ACCOUNT_POSITION_LIMIT", "Position limit exceeded")                      \
    X(VENUE_SESSION, "INVALID_FCM_TRADING_SESSION", "PREVIEW_INVALID_FCM_TRADING_SESSION",       \
      "The futures session is closed")                                                           \
    X(VENUE_REDUCE_ONLY_VENUE, "REDUCE_ONLY_NOT_ALLOWED_ON_VENUE",                               \
      "PREVIEW_REDUCE_ONLY_NOT_ALLOWED_ON_VENUE", "Reduce only is not allowed on this venue")    \
    X(VENUE_REDUCE_ONLY_GROWS, "REDUCE_ONLY_INCREASED_POSITION_SIZE",                            \
      "PREVIEW_REDUCE_ONLY_INCREASED_POSITION_SIZE", "Reduce only order increases position")     \
    X(VENUE_STOP_ABOVE, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",   \
      "")                                                                                        \
    X(VENUE_STOP_BELOW, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",   \
      "")                                                                                        \
    X(VENUE_BRACKET_SIDE, "UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BRACKET_ORDER_SIDE", "")    \
    X(VENUE_BRACKET_SIZE, "UNKNOWN_FAILURE_REASON",                                              \
      "PREVIEW_BRACKET_ORDER_SIZE_EXCEEDS_POSITION", "")                                         \
    X(VENUE_BRACKETED, "UNKNOWN_FAILURE_REASON",                                                 \
      "PREVIEW_ORDER_SIZE_EXCEEDS_BRACKETED_POSITION", "")                                       \
    X(VENUE_BAD_END_TIME, "UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_END_TIME",                  \
      "End time is missing or in the past")                                                      \
    X(VENUE_NO_POSITION, "CANNOT_CLOSE_ZERO_POSITION", "PREVIEW_CANNOT_CLOSE_ZERO_POSITION",     \
      "There is no position to close")                                                           \
    X(VENUE_ENTRY_DISABLED, "ORDER_ENTRY_DISABLED", "PREVIEW_UNTRADABLE_PRODUCT",                \
      "Order entry is disabled: too many orders")

#define VENUE_SYMBOL(symbol, ...) symbol,
enum venue_refusal { VENUE_REFUSAL_LIST(VENUE_SYMBOL) VENUE_REFUSAL_COUNT };
#undef VENUE_SYMBOL
const char *venue_refusal_reason(enum venue_refusal refusal);
const char *venue_refusal_preview(enum venue_refusal refusal);
const char *venue_refusal_words(enum venue_refusal refusal);
