#include "model/names.h"

#include <stddef.h>

/* A value that is no member of its enum came from memory that was not checked; its text says so
 * instead of reading past the table. */
#define TEXT_AT(table, index)                                                                     \
    ((size_t)(index) < sizeof(table) / sizeof(table)[0] && (table)[index] ? (table)[index]       \
                                                                          : "invalid")

const char *order_state_text(enum order_state state)
{
#define ORDER_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {ORDER_STATE_LIST(ORDER_TEXT)};
#undef ORDER_TEXT
    return TEXT_AT(texts, state);
}

const char *refusal_text(enum refusal code)
{
#define REFUSAL_TEXT(symbol, text, control, meaning) [symbol] = text,
    static const char *const texts[] = {REFUSAL_LIST(REFUSAL_TEXT)};
#undef REFUSAL_TEXT
    return TEXT_AT(texts, code);
}

const char *refusal_meaning(enum refusal code)
{
#define REFUSAL_MEANING(symbol, text, control, meaning) [symbol] = meaning,
    static const char *const meanings[] = {REFUSAL_LIST(REFUSAL_MEANING)};
#undef REFUSAL_MEANING
    return TEXT_AT(meanings, code);
}

int refusal_control(enum refusal code)
{
#define REFUSAL_CONTROL(symbol, text, control, meaning) [symbol] = control,
    static const int controls[] = {REFUSAL_LIST(REFUSAL_CONTROL)};
#undef REFUSAL_CONTROL
    return (size_t)code < sizeof controls / sizeof controls[0] ? controls[code] : 0;
}

const char *trading_state_text(enum trading_state state)
{
#define STATE_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {TRADING_STATE_LIST(STATE_TEXT)};
#undef STATE_TEXT
    return TEXT_AT(texts, state);
}

const char *stage_text(enum stage stage)
{
#define STAGE_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {STAGE_LIST(STAGE_TEXT)};
#undef STAGE_TEXT
    return TEXT_AT(texts, stage);
}

const char *ladder_step_text(enum ladder_step step)
{
#define STEP_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {LADDER_STEP_LIST(STEP_TEXT)};
#undef STEP_TEXT
    return TEXT_AT(texts, step);
}

const char *ladder_step_meaning(enum ladder_step step)
{
#define STEP_MEANING(symbol, text, meaning) [symbol] = meaning,
    static const char *const meanings[] = {LADDER_STEP_LIST(STEP_MEANING)};
#undef STEP_MEANING
    return TEXT_AT(meanings, step);
}

const char *health_cause_text(enum health_cause cause)
{
#define CAUSE_TEXT(symbol, text, step, meaning) [symbol] = text,
    static const char *const texts[] = {HEALTH_CAUSE_LIST(CAUSE_TEXT)};
#undef CAUSE_TEXT
    return TEXT_AT(texts, cause);
}

const char *health_cause_meaning(enum health_cause cause)
{
#define CAUSE_MEANING(symbol, text, step, meaning) [symbol] = meaning,
    static const char *const meanings[] = {HEALTH_CAUSE_LIST(CAUSE_MEANING)};
#undef CAUSE_MEANING
    return TEXT_AT(meanings, cause);
}

enum ladder_step health_cause_step(enum health_cause cause)
{
#define CAUSE_STEP(symbol, text, step, meaning) [symbol] = step,
    static const enum ladder_step steps[] = {HEALTH_CAUSE_LIST(CAUSE_STEP)};
#undef CAUSE_STEP
    return (size_t)cause < sizeof steps / sizeof steps[0] ? steps[cause] : LADDER_HALTED;
}

const char *side_text(enum side side)
{
    static const char *const texts[] = {
        [SIDE_BUY] = "buy", [SIDE_SELL] = "sell", [SIDE_UNKNOWN] = "unknown"};
    return TEXT_AT(texts, side);
}

const char *order_type_text(enum order_type type)
{
    static const char *const texts[] = {
        [ORDER_TYPE_LIMIT] = "limit",           [ORDER_TYPE_MARKET] = "market",
        [ORDER_TYPE_STOP_LIMIT] = "stop_limit", [ORDER_TYPE_BRACKET] = "bracket",
        [ORDER_TYPE_LIQUIDATION] = "liquidation",
        [ORDER_TYPE_OTHER] = "other",
    };
    return TEXT_AT(texts, type);
}

const char *time_in_force_text(enum time_in_force tif)
{
    static const char *const texts[] = {
        [TIF_GTC] = "gtc", [TIF_GTD] = "gtd",     [TIF_IOC] = "ioc",
        [TIF_FOK] = "fok", [TIF_OTHER] = "other",
    };
    return TEXT_AT(texts, tif);
}

const char *stop_direction_text(enum stop_direction stop)
{
    static const char *const texts[] = {
        [STOP_NONE] = "none", [STOP_UP] = "up", [STOP_DOWN] = "down"};
    return TEXT_AT(texts, stop);
}

const char *liquidity_text(enum liquidity liquidity)
{
    static const char *const texts[] = {
        [LIQUIDITY_UNKNOWN] = "unknown", [LIQUIDITY_MAKER] = "maker", [LIQUIDITY_TAKER] = "taker"};
    return TEXT_AT(texts, liquidity);
}

const char *venue_profile_text(enum venue_profile profile)
{
    static const char *const texts[] = {[PROFILE_CDE] = "cde", [PROFILE_INTX] = "intx"};
    return TEXT_AT(texts, profile);
}
