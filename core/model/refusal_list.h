#pragma once
/* Why an intent was refused. X(SYMBOL, "text", control of docs/gate.md or 0, "what it means"); part
 * of model/names.h. New ones come last: journals and recordings keep the number. */

#define REFUSAL_LIST(X)                                                                          \
    X(REFUSED_NOT, "none", 0, "accepted")                                                        \
    X(REFUSED_STATE, "trading_state", 1, "the account is REDUCING or HALTED")                    \
    X(REFUSED_STRATEGY_STATE, "strategy_state", 2, "the strategy is halted or reducing")         \
    X(REFUSED_PRODUCT, "product", 3, "not configured, not tradable, or the session is closed")   \
    X(REFUSED_PRODUCT_MODE, "product_mode", 3, "cancel-only, post-only or limit-only forbids it")\
    X(REFUSED_BOOK_STALE, "book_stale", 5, "the book is missing, stale, crossed or a gap was seen")\
    X(REFUSED_MARK_STALE, "mark_stale", 5, "no mark, too old, or too far from mid or venue's")\
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
    X(REFUSED_ENDED, "ended", 0, "the order has ended, or its end is on the way")                \
    X(REFUSED_STAGE, "stage", 4, "more than this stage of trading allows")                       \
    X(REFUSED_IMPACT, "impact", 10, "would reach too far into the book")                         \
    X(REFUSED_LIQUIDITY, "liquidity", 11, "the book is too thin, or its spread too wide")        \
    X(REFUSED_EXPOSURE, "exposure", 17, "worst-case exposure in dollars above its limit")        \
    X(REFUSED_LEVERAGE, "leverage", 18, "worst-case exposure over equity above its limit")       \
    X(REFUSED_MARGIN, "margin", 19, "not enough buying power would be left")                     \
    X(REFUSED_LIQUIDATION_BUFFER, "liquidation_buffer", 20, "too near to liquidation afterwards")\
    X(REFUSED_FUNDING, "funding", 21, "its funding over a day costs too much, or is not known")  \
    X(REFUSED_QUIET, "quiet_window", 22, "too near to a funding stamp")                          \
    X(REFUSED_DAILY_LOSS, "daily_loss", 23, "the day has lost its limit, or its loss is unknown")\
    X(REFUSED_DRAWDOWN, "drawdown", 24, "too far below the peak, or it is not known how far")    \
    X(REFUSED_LOSS_STREAK, "loss_streak", 24, "too many losing trades in a row")                 \
    X(REFUSED_COOLDOWN, "cooldown", 24, "too soon after a losing trade")                         \
    X(REFUSED_VOLATILITY, "volatility", 27, "too large for this volatility, or too volatile")    \
    X(REFUSED_VAR, "value_at_risk", 28, "the account's value at risk above its limit, or unknown")\
    X(REFUSED_STRESS, "stress", 28, "a stress scenario would lose more than its limit")          \
    X(REFUSED_MANIFEST, "manifest", 0, "more than its script's manifest asked for")         \
    X(REFUSED_EQUITY, "equity", 18, "the account's equity is not known, or is not above 0")
