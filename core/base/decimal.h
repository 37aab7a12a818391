#pragma once
/* Exact fixed point: the only numbers of the trade in this house.
 *
 *     struct price bid; struct size lot; struct money notional;
 *     price_parse("61496.5", 7, &bid); size_parse("0.014", 5, &lot);
 *     notional = money_of(bid, lot);                    exact, cannot overflow
 *
 * price, size and ratio are int64 at 1e-9; money is a 128-bit integer at 1e-18, so price times
 * size is exact. Nothing is rounded until a division names its rounding. Sizes are in base
 * coin (BTC), signed where a position is meant. Distinct types: mixing them does not compile.
 *
 * Every function that can overflow returns false and leaves *ret alone: overflow is a refusal. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

struct price { int64_t e9; };
struct size { int64_t e9; };
struct ratio { int64_t e9; };
struct money { __int128 e18; };

enum { DECIMAL_ONE = 1000000000 }; /* 1 as a price, size or ratio */

enum rounding { ROUND_DOWN, ROUND_UP, ROUND_HALF_EVEN }; /* DOWN: to -inf, UP: to +inf */

/* Text is an optional '-', digits, an optional '.' and digits; no exponent, no sign '+', no
 * blank, no bare '.'. Digits beyond the ninth (money: 18th) place refuse unless they are 0. */
bool price_parse(const char *text, size_t length, struct price *ret);
bool size_parse(const char *text, size_t length, struct size *ret);
bool ratio_parse(const char *text, size_t length, struct ratio *ret);
bool money_parse(const char *text, size_t length, struct money *ret);

/* For informative fields (averages, PnL, percentages): excess digits round half-even and raise
 * *ret_rounded, which is never lowered, so that one flag serves many fields: set it to false
 * first. An exponent form ("-2.1e-05") is taken too. Never for what is booked. */
bool ratio_parse_informative(const char *text, size_t length, struct ratio *ret, bool *ret_rounded);
bool money_parse_informative(const char *text, size_t length, struct money *ret, bool *ret_rounded);

/* Canonical text: shortest, no trailing zeros, "-0" never. Returns its length; NUL-terminated. */
size_t price_format(struct price value, char out[DECIMAL_TEXT_MAX]);
size_t size_format(struct size value, char out[DECIMAL_TEXT_MAX]);
size_t ratio_format(struct ratio value, char out[DECIMAL_TEXT_MAX]);
size_t money_format(struct money value, char out[DECIMAL_TEXT_MAX]);
/* Money with exactly `places` digits after the point, rounded half-even: for people. */
size_t money_format_places(struct money value, int places, char out[DECIMAL_TEXT_MAX]);

static inline struct money money_of(struct price price, struct size size)
{
    return (struct money){(__int128)price.e9 * size.e9};
}

static inline bool money_add(struct money a, struct money b, struct money *ret)
{
    __int128 sum;
    if (__builtin_add_overflow(a.e18, b.e18, &sum))
        return false;
    ret->e18 = sum;
    return true;
}

static inline bool money_sub(struct money a, struct money b, struct money *ret)
{
    __int128 difference;
    if (__builtin_sub_overflow(a.e18, b.e18, &difference))
        return false;
    ret->e18 = difference;
    return true;
}

/* money times ratio (a fee, a funding payment): the rounding is named. */
bool money_scale(struct money value, struct ratio by, enum rounding rounding, struct money *ret);
/* money divided by size (an average price) or by price (a size): false on zero or overflow. */
bool money_div_size(struct money value, struct size by, enum rounding rounding, struct price *ret);
bool money_div_price(struct money value, struct price by, enum rounding rounding, struct size *ret);

bool size_add(struct size a, struct size b, struct size *ret);
bool size_sub(struct size a, struct size b, struct size *ret);
/* size times a whole or fractional ratio, exact or refused: contracts x contract size. */
bool size_scale_exact(struct size value, struct size by, struct size *ret);
/* base size over contract size, exact or refused: the venue's own unit back again. */
bool size_unscale_exact(struct size value, struct size by, struct size *ret);

bool price_is_multiple(struct price value, struct price tick); /* false when tick <= 0 */
bool size_is_multiple(struct size value, struct size step);
bool price_round(struct price value, struct price tick, enum rounding rounding, struct price *ret);
bool size_round(struct size value, struct size step, enum rounding rounding, struct size *ret);
/* value moved by `by` parts (25 bps = ratio 0.0025), rounded: for collars and bands. */
bool price_shift(struct price value, struct ratio by, enum rounding rounding, struct price *ret);
