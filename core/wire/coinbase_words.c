#include "wire/coinbase_words.h"

#include <string.h>

#include "base/text.h"

/* {"value":"1.5","currency":"USD"}; other objects have no value and read as "". */
static bool read_amount(struct json_reader *json, struct json_text *ret)
{
    struct json_text key;
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        enum json_kind kind = json_peek(json);
        if ((kind == JSON_STRING || kind == JSON_NUMBER) && json_text_equal(key, "value"))
            json_read_scalar(json, ret);
    }
    return !json->failure;
}

bool coinbase_read_text(struct json_reader *json, struct json_text *ret)
{
    bool truth;
    *ret = (struct json_text){0};
    switch (json_peek(json)) {
    case JSON_STRING: return json_read_string(json, ret);
    case JSON_NUMBER: return json_read_number(json, ret);
    case JSON_OBJECT: return read_amount(json, ret);
    case JSON_BOOL:
        if (!json_read_bool(json, &truth))
            return false;
        *ret = truth ? (struct json_text){"true", 4, false} : (struct json_text){"false", 5, false};
        return true;
    default: return json_skip_value(json);
    }
}

bool coinbase_read_field(struct json_reader *json, struct json_text key, const char *const *names,
                         size_t count, struct json_text *got)
{
    char first = key.length > 0 ? key.at[0] : '\0';
    for (size_t i = 0; i < count; i++)
        if ((names[i][0] == first || key.escaped) && json_text_equal(key, names[i]))
            return coinbase_read_text(json, &got[i]);
    return false;
}

/* Up to nine digits, perhaps a point and up to nine more: what the venue prints, and nothing in it
 * can overflow. False: another shape, which the full parser judges. */
static inline bool plain_e9(struct json_text text, int64_t *ret)
{
    static const int64_t SCALE[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                    10000,      1000,      100,      10,      1};
    uint64_t value = 0;
    size_t i = 0, point;
    if (text.length > 19)
        return false;
    for (; i < text.length && (unsigned)text.at[i] - '0' <= 9; i++)
        value = value * 10 + ((unsigned)text.at[i] - '0');
    if (i == 0 || i > 9)
        return false;
    point = i;
    if (i < text.length && text.at[i] == '.')
        for (i++; i < text.length && (unsigned)text.at[i] - '0' <= 9; i++)
            value = value * 10 + ((unsigned)text.at[i] - '0');
    size_t places = i == point ? 0 : i - point - 1;
    if (i != text.length || places > 9 || i == point + 1)
        return false;
    *ret = (int64_t)value * SCALE[places];
    return true;
}

bool coinbase_price(struct json_text text, struct price *ret)
{
    *ret = (struct price){0};
    if (text.length == 0 || plain_e9(text, &ret->e9))
        return true;
    return price_parse(text.at, text.length, ret) && ret->e9 >= 0;
}

bool coinbase_signed_size(struct json_text text, struct size *ret)
{
    *ret = (struct size){0};
    return text.length == 0 || plain_e9(text, &ret->e9) || size_parse(text.at, text.length, ret);
}

bool coinbase_size(struct json_text text, struct size *ret)
{
    return coinbase_signed_size(text, ret) && ret->e9 >= 0;
}

bool coinbase_money(struct json_text text, struct money *ret)
{
    *ret = (struct money){0};
    return text.length == 0 || money_parse(text.at, text.length, ret);
}

bool coinbase_ratio_about(struct json_text text, struct ratio *ret)
{
    bool rounded = false; /* or-ed into */
    *ret = (struct ratio){0};
    return text.length == 0 || ratio_parse_informative(text.at, text.length, ret, &rounded);
}

bool coinbase_price_about(struct json_text text, struct price *ret)
{
    struct ratio ratio;
    bool fine = coinbase_ratio_about(text, &ratio) && ratio.e9 >= 0;
    *ret = (struct price){fine ? ratio.e9 : 0};
    return fine;
}

bool coinbase_money_about(struct json_text text, struct money *ret, bool *ret_rounded)
{
    *ret = (struct money){0};
    return text.length == 0 || money_parse_informative(text.at, text.length, ret, ret_rounded);
}

bool coinbase_time(struct json_text text, int64_t *ret_ns)
{
    *ret_ns = 0;
    if (text.length == 0 || (text.length > 4 && memcmp(text.at, "0001", 4) == 0))
        return true;
    return text_parse_time(text.at, text.length, ret_ns);
}

bool coinbase_true(struct json_text text)
{
    return coinbase_word(text, "TRUE");
}

static char upper(char c)
{
    if (c == ' ')
        return '_';
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool coinbase_word(struct json_text text, const char *word)
{
    if (strlen(word) != text.length)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (upper(text.at[i]) != word[i])
            return false;
    return true;
}

struct spelling { const char *word; int value; };

static int find_word(struct json_text text, const struct spelling *words, size_t count, int other)
{
    for (size_t i = 0; i < count; i++)
        if (coinbase_word(text, words[i].word))
            return words[i].value;
    return other;
}

#define FIND(text, words, other) find_word(text, words, sizeof(words) / sizeof *(words), other)

enum side coinbase_side(struct json_text text)
{
    static const struct spelling WORDS[] = {{"BUY", SIDE_BUY}, {"SELL", SIDE_SELL}};
    return (enum side)FIND(text, WORDS, SIDE_UNKNOWN);
}

enum venue_status coinbase_status(struct json_text text)
{
    static const struct spelling WORDS[] = {
        {"PENDING", VENUE_PENDING}, {"OPEN", VENUE_OPEN}, {"FILLED", VENUE_FILLED},
        {"CANCELLED", VENUE_CANCELLED}, {"EXPIRED", VENUE_EXPIRED}, {"FAILED", VENUE_FAILED},
        {"QUEUED", VENUE_QUEUED}, {"CANCEL_QUEUED", VENUE_CANCEL_QUEUED},
        {"EDIT_QUEUED", VENUE_EDIT_QUEUED}};
    return (enum venue_status)FIND(text, WORDS, VENUE_STATUS_UNKNOWN);
}

enum order_type coinbase_order_type(struct json_text text)
{
    static const struct spelling WORDS[] = {
        {"LIMIT", ORDER_TYPE_LIMIT}, {"MARKET", ORDER_TYPE_MARKET},
        {"LIQUIDATION", ORDER_TYPE_LIQUIDATION},
        {"STOP_LIMIT", ORDER_TYPE_STOP_LIMIT}, {"BRACKET", ORDER_TYPE_BRACKET},
        {"LIMIT_ORDER_TYPE", ORDER_TYPE_LIMIT}, {"MARKET_ORDER_TYPE", ORDER_TYPE_MARKET},
        {"STOP_LIMIT_ORDER_TYPE", ORDER_TYPE_STOP_LIMIT},
        {"BRACKET_ORDER_TYPE", ORDER_TYPE_BRACKET}};
    return (enum order_type)FIND(text, WORDS, ORDER_TYPE_OTHER);
}

enum time_in_force coinbase_tif(struct json_text text)
{
    static const struct spelling WORDS[] = {
        {"GOOD_UNTIL_CANCELLED", TIF_GTC}, {"GOOD_UNTIL_DATE_TIME", TIF_GTD},
        {"IMMEDIATE_OR_CANCEL", TIF_IOC}, {"FILL_OR_KILL", TIF_FOK},
        {"GOOD_UNTIL_CANCELED", TIF_GTC}, {"GTC", TIF_GTC}, {"GTD", TIF_GTD}, {"IOC", TIF_IOC},
        {"FOK", TIF_FOK}};
    return (enum time_in_force)FIND(text, WORDS, TIF_OTHER);
}

enum liquidity coinbase_liquidity(struct json_text text)
{
    static const struct spelling WORDS[] = {{"MAKER", LIQUIDITY_MAKER}, {"TAKER", LIQUIDITY_TAKER}};
    return (enum liquidity)FIND(text, WORDS, LIQUIDITY_UNKNOWN);
}

enum fill_kind coinbase_fill_kind(struct json_text text)
{
    static const struct spelling WORDS[] = {
        {"FILL", FILL_TRADE}, {"REVERSAL", FILL_REVERSAL}, {"CORRECTION", FILL_CORRECTION}};
    return (enum fill_kind)FIND(text, WORDS, FILL_OTHER);
}

int coinbase_position_sign(struct json_text text)
{
    static const struct spelling WORDS[] = {
        {"LONG", 1}, {"POSITION_SIDE_LONG", 1}, {"FUTURES_POSITION_SIDE_LONG", 1},
        {"SHORT", -1}, {"POSITION_SIDE_SHORT", -1}, {"FUTURES_POSITION_SIDE_SHORT", -1}};
    return FIND(text, WORDS, 0);
}

void coinbase_add_words(char reason[REASON_MAX], const char *words)
{
    size_t length = strlen(reason);
    if (length > 0 && *words != '\0')
        for (const char *gap = ": "; *gap != '\0' && length + 1 < REASON_MAX; gap++)
            reason[length++] = *gap;
    for (; *words != '\0' && length + 1 < REASON_MAX; words++) {
        /* What follows a lead byte is dropped, so that one character gives one '?'. */
        if ((*words & 0xc0) == 0x80)
            continue;
        bool blank = (unsigned char)*words < 0x20 || *words == 0x7f;
        reason[length++] = blank ? ' ' : (unsigned char)*words < 0x80 ? *words : '?';
    }
    reason[length] = '\0';
}

void coinbase_add_reason(char reason[REASON_MAX], struct json_text words)
{
    char text[4 * REASON_MAX];
    json_text_excerpt(words, text, sizeof text);
    coinbase_add_words(reason, text);
}
