#include "model/limit_list.h"

#include <string.h>

#include "base/check.h"

static const __int128 WIDE_MONEY = (__int128)1000000000000 * DECIMAL_ONE * DECIMAL_ONE;
static const int64_t WIDE_SIZE = 1000000 * (int64_t)DECIMAL_ONE,
                     WIDE_RATIO = 1000 * (int64_t)DECIMAL_ONE,
                     WIDE_NS = 3600 * (int64_t)DECIMAL_ONE;
enum { WIDE_COUNT = 1000000, NOON_MIN = 720 };

#define MORE(wide) (wide)
#define LESS(wide) 1
#define WIDEN_SIZE(limit, wide) if ((limit).e9 == 0) (limit).e9 = wide(WIDE_SIZE)
#define WIDEN_RATIO(limit, wide) if ((limit).e9 == 0) (limit).e9 = wide(WIDE_RATIO)
#define WIDEN_MONEY(limit, wide) if ((limit).e18 == 0) (limit).e18 = wide(WIDE_MONEY)
#define WIDEN_COUNT(limit, wide) if ((limit) == 0) (limit) = wide(WIDE_COUNT)
#define WIDEN_MS(limit, wide) if ((limit) == 0) (limit) = wide(WIDE_NS)
#define WIDEN(member, kind, looser, ...) WIDEN_##kind(of->member, looser);

static void widen_product(struct product_limits *of)
{
    PRODUCT_LIMIT_LIST(WIDEN)
}

static void widen_strategy(struct strategy_settings *of)
{
    STRATEGY_LIMIT_LIST(WIDEN)
}

void limits_widen(struct engine_settings *of)
{
    ACCOUNT_LIMIT_LIST(WIDEN)
    for (int i = 0; i < MAX_PRODUCTS; i++)
        widen_product(&of->product_limits[i]);
    for (int i = 0; i < MAX_STRATEGIES; i++)
        widen_strategy(&of->strategies[i]);
    if (of->var.mode == VAR_UNSET)
        of->var.mode = VAR_OFF;
    if (of->stage == STAGE_OBSERVE)
        of->stage = STAGE_PRODUCTION;
    if (of->funding_stamp_count == 0)
        of->funding_stamps_min[of->funding_stamp_count++] = NOON_MIN;
}

/* ---- rows */

enum { LOOSER_MORE, LOOSER_LESS };
#define ROW(type, member, kind, looser, code, key)                                                \
    {key, LIMIT_IS_##kind, LOOSER_##looser == LOOSER_LESS, code, offsetof(struct type, member)},
#define PRODUCT_ROW(member, kind, looser, code, key, meaning)                                     \
    ROW(product_limits, member, kind, looser, code, key)
#define STRATEGY_ROW(member, kind, looser, code, key, meaning)                                    \
    ROW(strategy_settings, member, kind, looser, code, key)
#define ACCOUNT_ROW(member, kind, looser, code, key, meaning)                                     \
    ROW(engine_settings, member, kind, looser, code, key)
static const struct limit_row product_rows[] = {PRODUCT_LIMIT_LIST(PRODUCT_ROW)};
static const struct limit_row strategy_rows[] = {STRATEGY_LIMIT_LIST(STRATEGY_ROW)};
static const struct limit_row account_rows[] = {ACCOUNT_LIMIT_LIST(ACCOUNT_ROW)};
#define GIVE(rows) (*ret_count = sizeof(rows) / sizeof(rows)[0], rows)

const struct limit_row *limit_rows(int scope, uint32_t *ret_count)
{
    CHECK(scope == SCOPE_ACCOUNT || scope == SCOPE_STRATEGY || scope == SCOPE_PRODUCT);
    if (scope == SCOPE_ACCOUNT)
        return GIVE(account_rows);
    return scope == SCOPE_STRATEGY ? GIVE(strategy_rows) : GIVE(product_rows);
}

/* Straight down the members, without the rows: every order asks this of every limit. */
#define SET_SIZE(limit) ((limit).e9 > 0)
#define SET_RATIO(limit) ((limit).e9 > 0)
#define SET_MONEY(limit) ((limit).e18 > 0)
#define SET_COUNT(limit) ((limit) > 0)
#define SET_MS(limit) ((limit) > 0)
#define AND_SET(member, kind, ...) & SET_##kind(of->member)

static bool product_set(const struct product_limits *of)
{
    return true PRODUCT_LIMIT_LIST(AND_SET);
}

static bool strategy_set(const struct strategy_settings *of)
{
    return true STRATEGY_LIMIT_LIST(AND_SET);
}

static bool account_set(const struct engine_settings *of)
{
    return true ACCOUNT_LIMIT_LIST(AND_SET);
}

bool limits_set(int scope, const void *of)
{
    CHECK(scope == SCOPE_ACCOUNT || scope == SCOPE_STRATEGY || scope == SCOPE_PRODUCT);
    if (scope == SCOPE_ACCOUNT)
        return account_set(of);
    return scope == SCOPE_STRATEGY ? strategy_set(of) : product_set(of);
}

__int128 limit_get(const struct limit_row *row, const void *of)
{
    const char *at = (const char *)of + row->offset;
    struct money money;
    uint32_t count;
    int64_t number; /* size and ratio are one int64, as nanoseconds are */
    switch (row->unit) {
    case LIMIT_IS_MONEY: memcpy(&money, at, sizeof money); return money.e18;
    case LIMIT_IS_COUNT: memcpy(&count, at, sizeof count); return count;
    default: memcpy(&number, at, sizeof number); return number;
    }
}

void limit_set(const struct limit_row *row, void *of, __int128 value)
{
    char *at = (char *)of + row->offset;
    struct money money = {value};
    uint32_t count = (uint32_t)value;
    int64_t number = (int64_t)value;
    switch (row->unit) {
    case LIMIT_IS_MONEY: memcpy(at, &money, sizeof money); return;
    case LIMIT_IS_COUNT: memcpy(at, &count, sizeof count); return;
    default: memcpy(at, &number, sizeof number);
    }
}

void limit_format(const struct limit_row *row, __int128 value, char ret[DECIMAL_TEXT_MAX])
{
    static const int64_t TO_E18[] = {[LIMIT_IS_MONEY] = 1, [LIMIT_IS_MS] = 1000000000000,
                                     [LIMIT_IS_COUNT] = (int64_t)DECIMAL_ONE * DECIMAL_ONE,
                                     [LIMIT_IS_SIZE] = DECIMAL_ONE, [LIMIT_IS_RATIO] = DECIMAL_ONE};
    money_format((struct money){value * TO_E18[row->unit]}, ret);
}

static bool parse_whole(const char *text, int64_t most, __int128 *ret)
{
    *ret = 0;
    for (; *text >= '0' && *text <= '9' && *ret <= most; text++)
        *ret = *ret * 10 + (*text - '0');
    return *text == '\0' && *ret <= most;
}

bool limit_parse(const struct limit_row *row, const char *text, __int128 *ret)
{
    struct money money = {0};
    struct size size = {0};
    bool parsed;
    switch (row->unit) {
    case LIMIT_IS_MONEY:
        parsed = money_parse(text, strlen(text), &money);
        *ret = money.e18;
        break;
    case LIMIT_IS_COUNT: parsed = parse_whole(text, UINT32_MAX, ret); break;
    case LIMIT_IS_MS:
        parsed = parse_whole(text, INT64_MAX / 1000000, ret);
        *ret *= 1000000;
        break;
    default:
        parsed = size_parse(text, strlen(text), &size);
        *ret = size.e9;
    }
    return parsed && *ret > 0;
}
