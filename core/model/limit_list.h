#pragma once
/* Every limit of the gate, defined once. Each row is X(MEMBER, KIND, LOOSER, CODE, "key", "what it
 * means"); the config's keys, the gate's refusal of what is not set, docs/gate.md and the test that
 * each limit is tripped derive from it. LOOSER: the way in which it lets more through. */
#include <stddef.h>

#include "model/settings.h"

#define PRODUCT_LIMIT_LIST(X)                                                                      \
    X(max_order_size, SIZE, MORE, REFUSED_ORDER_SIZE, "max_order_size", "control 7, base coin")    \
    X(max_order_value, MONEY, MORE, REFUSED_ORDER_VALUE, "max_order_value", "control 8")           \
    X(price_collar, RATIO, MORE, REFUSED_COLLAR, "price_collar",                                   \
      "control 9: \"0.01\" is 1 % either side of the reference")                                   \
    X(max_position, SIZE, MORE, REFUSED_POSITION, "max_position",                                  \
      "control 16, base coin, worst case")                                                         \
    X(max_working_orders, COUNT, MORE, REFUSED_WORKING_COUNT, "max_working_orders", "control 15")  \
    X(max_working_value, MONEY, MORE, REFUSED_WORKING_VALUE, "max_working_value", "control 15")    \
    X(max_book_age_ns, MS, MORE, REFUSED_BOOK_STALE, "max_book_age_ms", "control 5")               \
    X(max_mark_age_ns, MS, MORE, REFUSED_MARK_STALE, "max_mark_age_ms", "control 5")               \
    X(max_mark_deviation, RATIO, MORE, REFUSED_MARK_STALE, "max_mark_deviation",                   \
      "control 5: mark against mid, and against the venue's own of a position")                  \
    X(demo_max_size, SIZE, MORE, REFUSED_STAGE, "demo_max_size",                                   \
      "control 4: the largest order in stage demo, or one step where that is more")                \
    X(canary_max_size, SIZE, MORE, REFUSED_STAGE, "canary_max_size",                               \
      "control 4: the largest order in stage canary, or one step where that is more")              \
    X(max_impact, RATIO, MORE, REFUSED_IMPACT, "max_impact",                                       \
      "control 10: how far from the mid an order may reach into the book")                         \
    X(depth_band, RATIO, MORE, REFUSED_LIQUIDITY, "depth_band",                                    \
      "control 11: depth is counted so far from the mid")                                          \
    X(min_depth, MONEY, LESS, REFUSED_LIQUIDITY, "min_depth",                                      \
      "control 11: dollars within depth_band, on the thinner side")                                \
    X(max_spread, RATIO, MORE, REFUSED_LIQUIDITY, "max_spread", "control 11: ask less bid, of mid")\
    X(max_exposure, MONEY, MORE, REFUSED_EXPOSURE, "max_exposure",                                 \
      "control 17: dollars in this product, worst case")                                           \
    X(max_leverage, RATIO, MORE, REFUSED_LEVERAGE, "max_leverage",                                 \
      "control 18: that exposure over equity")                                                     \
    X(initial_margin, RATIO, LESS, REFUSED_MARGIN, "initial_margin",                               \
      "controls 19, 20: margin that a dollar of position is taken to need; the venue's own rate, " \
      "where that is larger")                                                                      \
    X(max_funding_daily, RATIO, MORE, REFUSED_FUNDING, "max_funding_daily",                        \
      "control 21: what a position may pay in funding over a day")                                 \
    X(calm_volatility, RATIO, MORE, REFUSED_VOLATILITY, "calm_volatility",                         \
      "control 27: per volatility_sample_ms; above it the largest order shrinks")                  \
    X(max_volatility, RATIO, MORE, REFUSED_VOLATILITY, "max_volatility",                           \
      "control 27: above it nothing opens")

#define STRATEGY_LIMIT_LIST(X)                                                                     \
    X(max_messages, COUNT, MORE, REFUSED_RATE, "max_messages", "control 14, per window")           \
    X(max_working_orders, COUNT, MORE, REFUSED_WORKING_COUNT, "max_working_orders", "control 15")  \
    X(max_fires, COUNT, MORE, REFUSED_STRATEGY_STATE, "max_fires",                                 \
      "control 2: orders in fires_window_ms; the strategy reduces until it is resumed")            \
    X(fires_window_ns, MS, LESS, REFUSED_STRATEGY_STATE, "fires_window_ms", "that window")         \
    X(max_refusals, COUNT, MORE, REFUSED_STRATEGY_STATE, "max_refusals",                           \
      "control 2: refusals in a row; the strategy reduces until it is resumed")                    \
    X(max_gross, MONEY, MORE, REFUSED_EXPOSURE, "max_gross",                                       \
      "control 17: dollars in all its products, long and short added")                             \
    X(max_net, MONEY, MORE, REFUSED_EXPOSURE, "max_net",                                           \
      "control 17: dollars in all its products, long less short")                                  \
    X(max_loss_streak, COUNT, MORE, REFUSED_LOSS_STREAK, "max_loss_streak",                        \
      "control 24: losing trades in a row; the strategy reduces until it is resumed")              \
    X(cooldown_ns, MS, LESS, REFUSED_COOLDOWN, "cooldown_ms",                                      \
      "control 24: after a losing trade nothing opens for so long")                                \
    X(max_rejects, COUNT, MORE, REFUSED_STRATEGY_STATE, "max_rejects",                             \
      "control 2: orders refused by the venue in that window; it reduces until it is resumed")

#define ACCOUNT_LIMIT_LIST(X)                                                                      \
    X(max_messages, COUNT, MORE, REFUSED_RATE, "max_messages",                                     \
      "control 14: orders per message_window_ms, all strategies")                                  \
    X(message_window_ns, MS, LESS, REFUSED_RATE, "message_window_ms", "that window")               \
    X(max_working_orders, COUNT, MORE, REFUSED_WORKING_COUNT, "max_working_orders", "control 15")  \
    X(max_working_value, MONEY, MORE, REFUSED_WORKING_VALUE, "max_working_value", "control 15")    \
    X(duplicate_window_ns, MS, LESS, REFUSED_DUPLICATE, "duplicate_window_ms",                     \
      "control 12: the same order of a strategy twice within it is refused")                       \
    X(max_skew_ns, MS, MORE, REFUSED_HEALTH, "max_skew_ms",                                        \
      "control 26: clock against the venue's; past it nothing opens")                              \
    X(max_gross, MONEY, MORE, REFUSED_EXPOSURE, "max_gross",                                       \
      "control 17: dollars in all products, long and short added, worst case")                     \
    X(max_net, MONEY, MORE, REFUSED_EXPOSURE, "max_net",                                           \
      "control 17: dollars in all products, long less short, worst case")                          \
    X(max_leverage, RATIO, MORE, REFUSED_LEVERAGE, "max_leverage",                                 \
      "control 18: gross exposure over equity")                                                    \
    X(max_leverage_overnight, RATIO, MORE, REFUSED_LEVERAGE, "max_leverage_overnight",             \
      "control 18: the same unless the venue says that it is intraday")                            \
    X(min_free_margin, RATIO, LESS, REFUSED_MARGIN, "min_free_margin",                             \
      "control 19: buying power left after the order, of equity")                                  \
    X(min_liquidation_buffer, RATIO, LESS, REFUSED_LIQUIDATION_BUFFER, "min_liquidation_buffer",   \
      "control 20: equity beyond margin after the order, of equity")                               \
    X(quiet_before_funding_ns, MS, LESS, REFUSED_QUIET, "quiet_before_funding_ms",                 \
      "control 22: nothing opens so long before a funding stamp")                                  \
    X(max_daily_loss, RATIO, MORE, REFUSED_DAILY_LOSS, "max_daily_loss",                           \
      "control 23: of equity, since 00:00 UTC; the account reduces until it is resumed")           \
    X(max_drawdown, RATIO, MORE, REFUSED_DRAWDOWN, "max_drawdown",                                 \
      "control 24: of equity, from the peak; the account reduces until it is resumed")             \
    X(volatility_sample_ns, MS, LESS, REFUSED_VOLATILITY, "volatility_sample_ms",                  \
      "control 27: the mid is compared with itself so often")                             \
    X(max_unknown_ns, MS, MORE, REFUSED_UNKNOWN_OUTSTANDING, "max_unknown_ms",                     \
      "control 25: orders of a product unknown for so long; it reduces until it is resumed")       \
    X(max_stale_ns, MS, MORE, REFUSED_MARK_STALE, "max_stale_ms",                                  \
      "control 5: a mark stale for so long on what is held; it reduces until it is resumed")       \
    X(max_unhealthy_ns, MS, MORE, REFUSED_HEALTH, "max_unhealthy_ms",                              \
      "control 26: nothing could open for so long; the account reduces until it is resumed")

/* The same as rows. A value is a whole number in the limit's own unit: 1e-9 of a size or ratio,
 * 1e-18 of money, a count, nanoseconds. */
enum limit_unit { LIMIT_IS_SIZE, LIMIT_IS_RATIO, LIMIT_IS_MONEY, LIMIT_IS_COUNT, LIMIT_IS_MS };
struct limit_row { const char *key; enum limit_unit unit; bool less_is_looser; enum refusal code;
                   size_t offset; };
/* Of SCOPE_ACCOUNT in engine_settings, of SCOPE_STRATEGY in strategy_settings, of SCOPE_PRODUCT in
 * product_limits. */
const struct limit_row *limit_rows(int scope, uint32_t *ret_count);
/* Each row above zero. */
bool limits_set(int scope, const void *of);
__int128 limit_get(const struct limit_row *row, const void *of);
void limit_set(const struct limit_row *row, void *of, __int128 value);
/* As the config has it; false: not a number of its kind above zero, or too large. */
bool limit_parse(const struct limit_row *row, const char *text, __int128 *ret);
void limit_format(const struct limit_row *row, __int128 value, char ret[DECIMAL_TEXT_MAX]);

/* Every limit that is not set takes its widest value that sums still hold: for worlds that are not
 * the world. The gate refuses live what is not set. */
void limits_widen(struct engine_settings *settings);
