/* Decimals from text and back, without stdio, locale or binary floating point. */
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/wide.h"

enum { E9_PLACES = 9, E18_PLACES = 18 };

/* Exponents past this cannot change the outcome: it is 0 or does not fit. */
enum { EXPONENT_MAX = 100000 };

/* A text that has the shape of a number; its digits are read where they stand. */
struct shape {
    const char *digits; /* borrowed; may hold one '.' */
    size_t length;
    size_t whole; /* digits before the point */
    int exponent;
    bool negative;
};

struct cut {
    wide_uint magnitude;
    unsigned half; /* the first digit that was cut */
    bool more;     /* a digit after it was not 0 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_digit(text[count]))
        count++;
    return count;
}

static bool read_exponent(const char *text, size_t length, int *ret)
{
    bool negative = length > 0 && text[0] == '-';
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    int exponent = 0;
    if (at == length || count_digits(text + at, length - at) != length - at)
        return false;
    for (; at < length; at++)
        exponent = exponent > EXPONENT_MAX ? exponent : exponent * 10 + (text[at] - '0');
    *ret = negative ? -exponent : exponent;
    return true;
}

static bool read_shape(const char *text, size_t length, bool with_exponent, struct shape *ret)
{
    struct shape shape = {.negative = length > 0 && text[0] == '-'};
    size_t at = shape.negative;
    shape.digits = text + at;
    shape.whole = count_digits(text + at, length - at);
    if (shape.whole == 0)
        return false;
    at += shape.whole;
    if (at < length && text[at] == '.') {
        size_t fraction = count_digits(text + at + 1, length - at - 1);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    shape.length = (size_t)(text + at - shape.digits);
    if (with_exponent && at < length && (text[at] == 'e' || text[at] == 'E')) {
        if (!read_exponent(text + at + 1, length - at - 1, &shape.exponent))
            return false;
        at = length;
    }
    *ret = shape;
    return at == length;
}

static bool push_digit(wide_uint *magnitude, unsigned digit)
{
    return !__builtin_mul_overflow(*magnitude, (wide_uint)10, magnitude) &&
           !__builtin_add_overflow(*magnitude, (wide_uint)digit, magnitude);
}

/* Digits down to 10^-places go to the magnitude, the rest is what rounding wants to know. */
static bool read_digits(const struct shape *shape, int places, struct cut *cut)
{
    int64_t place = (int64_t)shape->whole + shape->exponent + places;
    *cut = (struct cut){0};
    for (size_t i = 0; i < shape->length; i++) {
        if (shape->digits[i] == '.')
            continue;
        unsigned digit = (unsigned)(shape->digits[i] - '0');
        place--;
        if (place >= 0 && !push_digit(&cut->magnitude, digit))
            return false;
        if (place == -1)
            cut->half = digit;
        if (place < -1 && digit != 0)
            cut->more = true;
    }
    for (; place > 0 && cut->magnitude != 0; place--)
        if (!push_digit(&cut->magnitude, 0))
            return false;
    return true;
}

static bool parse_exact(const char *text, size_t length, int places, __int128 *ret)
{
    struct shape shape;
    struct cut cut;
    if (!read_shape(text, length, false, &shape) || !read_digits(&shape, places, &cut))
        return false;
    if (cut.half != 0 || cut.more)
        return false;
    return wide_signed(cut.magnitude, shape.negative, ret);
}

static bool parse_rounding(const char *text, size_t length, int places, __int128 *ret,
                           bool *ret_rounded)
{
    struct shape shape;
    struct cut cut;
    if (!read_shape(text, length, true, &shape) || !read_digits(&shape, places, &cut))
        return false;
    bool odd = cut.magnitude & 1;
    bool away = cut.half > 5 || (cut.half == 5 && (cut.more || odd));
    if (away && __builtin_add_overflow(cut.magnitude, (wide_uint)1, &cut.magnitude))
        return false;
    *ret_rounded = cut.half != 0 || cut.more;
    return wide_signed(cut.magnitude, shape.negative, ret);
}

static bool parse_e9(const char *text, size_t length, int64_t *ret)
{
    __int128 value;
    return parse_exact(text, length, E9_PLACES, &value) && wide_to_int64(value, ret);
}

bool price_parse(const char *text, size_t length, struct price *ret)
{
    return parse_e9(text, length, &ret->e9);
}

bool size_parse(const char *text, size_t length, struct size *ret)
{
    return parse_e9(text, length, &ret->e9);
}

bool ratio_parse(const char *text, size_t length, struct ratio *ret)
{
    return parse_e9(text, length, &ret->e9);
}

bool money_parse(const char *text, size_t length, struct money *ret)
{
    return parse_exact(text, length, E18_PLACES, &ret->e18);
}

bool ratio_parse_informative(const char *text, size_t length, struct ratio *ret, bool *ret_rounded)
{
    __int128 value;
    bool rounded;
    if (!parse_rounding(text, length, E9_PLACES, &value, &rounded) ||
        !wide_to_int64(value, &ret->e9))
        return false;
    *ret_rounded |= rounded;
    return true;
}

bool money_parse_informative(const char *text, size_t length, struct money *ret, bool *ret_rounded)
{
    bool rounded;
    if (!parse_rounding(text, length, E18_PLACES, &ret->e18, &rounded))
        return false;
    *ret_rounded |= rounded;
    return true;
}

/* Writes right to left and returns the first character. Two limbs of 18 digits keep the slow
 * 128-bit division out of the loop. */
static char *write_digits(char *end, wide_uint magnitude, int at_least)
{
    const uint64_t limb = 1000000000000000000u;
    while (magnitude != 0 || at_least > 0) {
        uint64_t part = (uint64_t)(magnitude % limb);
        magnitude /= limb;
        for (int i = 0; i < 18 && (part != 0 || magnitude != 0 || at_least > 0); i++) {
            *--end = (char)('0' + part % 10);
            part /= 10;
            at_least--;
        }
    }
    return end;
}

/* magnitude * 10^-places with all its places. */
static size_t format_all(wide_uint magnitude, bool negative, int places,
                         char out[DECIMAL_TEXT_MAX])
{
    char digits[DECIMAL_TEXT_MAX];
    char *end = digits + sizeof digits;
    char *first = write_digits(end, magnitude, places + 1);
    size_t whole = (size_t)(end - first) - (size_t)places, length = 0;
    if (negative && magnitude != 0)
        out[length++] = '-';
    memcpy(out + length, first, whole);
    length += whole;
    if (places > 0) {
        out[length++] = '.';
        memcpy(out + length, first + whole, (size_t)places);
        length += (size_t)places;
    }
    out[length] = '\0';
    return length;
}

static size_t format_shortest(__int128 value, int places, char out[DECIMAL_TEXT_MAX])
{
    size_t length = format_all(wide_magnitude(value), value < 0, places, out);
    while (out[length - 1] == '0')
        length--;
    if (out[length - 1] == '.')
        length--;
    out[length] = '\0';
    return length;
}

size_t price_format(struct price value, char out[DECIMAL_TEXT_MAX])
{
    return format_shortest(value.e9, E9_PLACES, out);
}

size_t size_format(struct size value, char out[DECIMAL_TEXT_MAX])
{
    return format_shortest(value.e9, E9_PLACES, out);
}

size_t ratio_format(struct ratio value, char out[DECIMAL_TEXT_MAX])
{
    return format_shortest(value.e9, E9_PLACES, out);
}

size_t money_format(struct money value, char out[DECIMAL_TEXT_MAX])
{
    return format_shortest(value.e18, E18_PLACES, out);
}

size_t money_format_places(struct money value, int places, char out[DECIMAL_TEXT_MAX])
{
    CHECK(places >= 0 && places <= E18_PLACES);
    wide_uint magnitude = wide_magnitude(value.e18), unit = 1;
    for (int i = places; i < E18_PLACES; i++)
        unit *= 10;
    wide_uint quotient = magnitude / unit, remainder = magnitude % unit;
    quotient += wide_rounds_away(quotient, remainder, unit, value.e18 < 0, ROUND_HALF_EVEN);
    return format_all(quotient, value.e18 < 0, places, out);
}
