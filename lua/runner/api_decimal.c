/* decimal: exact fixed point for scripts, 128 bits at 1e-18, the same numbers the core keeps.
 *
 *     local notional = decimal("61496.5") * decimal("0.014")     exact, or it raises
 *     decimal("1"):div("3", "down", 9)                           a division names its rounding
 *     decimal("61497"):round("5", "down")                        to a tick, by name
 *
 * Integers mix freely. A float mixes only when it is whole; others raise with advice, because
 * 0.1 is not a tenth. */
#include <stdio.h>
#include <string.h>

#include "decimal_wide.h"
#include "api.h"

#define DECIMAL_TYPE "decimal"
static const __int128 ONE = (__int128)1000000000 * 1000000000;

/* Lua aligns userdata to 8 bytes, __int128 wants 16: it is copied in and out. The metatable is
 * found by an address: by its name it costs a quarter of a callback that calculates. */
void decimal_push(lua_State *L, __int128 e18)
{
    memcpy(lua_newuserdatauv(L, sizeof(e18), 0), &e18, sizeof(e18));
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ONE);
    lua_setmetatable(L, -2);
}

/* NULL: it is something else. */
static const void *decimal_block(lua_State *L, int index)
{
    const void *block = lua_touserdata(L, index);

    if (!block || !lua_getmetatable(L, index))
        return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ONE);
    block = lua_rawequal(L, -1, -2) ? block : NULL;
    lua_pop(L, 2);
    return block;
}

void decimal_push_e9(lua_State *L, int64_t e9)
{
    decimal_push(L, (__int128)e9 * DECIMAL_ONE);
}

static bool from_number(lua_State *L, int index, __int128 *ret)
{
    lua_Integer whole;
    int exact;

    whole = lua_tointegerx(L, index, &exact);
    if (!exact)
        return false;
    *ret = (__int128)whole * ONE; /* 63 + 60 bits */
    return true;
}

bool decimal_test(lua_State *L, int index, __int128 *ret)
{
    size_t length;
    const char *text;
    struct money money;
    const void *block;

    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        return from_number(L, index, ret);
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        if (!money_parse(text, length, &money))
            return false;
        *ret = money.e18;
        return true;
    case LUA_TUSERDATA:
        block = decimal_block(L, index);
        if (block)
            memcpy(ret, block, sizeof(*ret));
        return block != NULL;
    default:
        return false;
    }
}

__int128 decimal_check(lua_State *L, int index, const char *what)
{
    __int128 value;

    if (decimal_test(L, index, &value))
        return value;
    if (lua_type(L, index) == LUA_TNUMBER)
        luaL_error(L, "%s: the float %f is not exact; write it as text, decimal(\"0.1\"), or name "
                      "the rounding, decimal.from(x, \"0.01\", \"nearest\")",
                   what, (LUAI_UACNUMBER)lua_tonumber(L, index));
    if (lua_type(L, index) == LUA_TSTRING)
        luaL_error(L, "%s: '%s' is not a decimal", what, lua_tostring(L, index));
    luaL_error(L, "%s: a decimal is wanted, this is a %s", what, luaL_typename(L, index));
    return 0;
}

int64_t decimal_check_e9(lua_State *L, int index, const char *what)
{
    __int128 value = decimal_check(L, index, what);

    if (value % DECIMAL_ONE != 0)
        luaL_error(L, "%s has more than nine decimal places; round it first", what);
    value /= DECIMAL_ONE;
    if (value > INT64_MAX || value < INT64_MIN)
        luaL_error(L, "%s is out of range", what);
    return (int64_t)value;
}

static enum rounding check_rounding(lua_State *L, int index)
{
    static const char *const names[] = {"down", "up", "nearest", NULL};

    return (enum rounding)luaL_checkoption(L, index, NULL, names);
}

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

static int decimal_new(lua_State *L)
{
    decimal_push(L, decimal_check(L, 1, "decimal"));
    return 1;
}

static int decimal_call(lua_State *L) /* decimal(x): the table is argument 1 */
{
    decimal_push(L, decimal_check(L, 2, "decimal"));
    return 1;
}

static void round_to(lua_State *L, __int128 value, int step_index, int rounding_index)
{
    __int128 step = decimal_check(L, step_index, "step");
    __int128 quotient, result = 0;

    if (step <= 0)
        luaL_error(L, "step must be positive");
    if (!wide_div(value, step, check_rounding(L, rounding_index), &quotient) ||
        __builtin_mul_overflow(quotient, step, &result))
        luaL_error(L, "out of range");
    decimal_push(L, result);
}

/* A float's fifteen significant digits, which is what a reader sees of it and no noise: 0.1 is 0.1,
 * and every decimal of up to fifteen digits that was made a float comes back as itself. */
static __int128 read_float(lua_State *L, lua_Number number)
{
    char text[40];
    struct money money;
    bool rounded = false;
    int length = snprintf(text, sizeof(text), "%.15g", number);

    if (!money_parse_informative(text, (size_t)length, &money, &rounded))
        luaL_error(L, "decimal.from: %f is not finite or out of range", number);
    return money.e18;
}

/* decimal.from(x, step, rounding): the one door for floats, whose rounding is named. */
static int decimal_from(lua_State *L)
{
    __int128 value;

    if (!decimal_test(L, 1, &value))
        value = read_float(L, luaL_checknumber(L, 1));
    round_to(L, value, 2, 3);
    return 1;
}

static int decimal_round(lua_State *L)
{
    round_to(L, decimal_check(L, 1, "round"), 2, 3);
    return 1;
}

static int decimal_add(lua_State *L)
{
    __int128 a = decimal_check(L, 1, "a + b"), b = decimal_check(L, 2, "a + b"), sum;

    if (__builtin_add_overflow(a, b, &sum))
        return luaL_error(L, "a + b is out of range");
    decimal_push(L, sum);
    return 1;
}

static int decimal_sub(lua_State *L)
{
    __int128 a = decimal_check(L, 1, "a - b"), b = decimal_check(L, 2, "a - b"), difference;

    if (__builtin_sub_overflow(a, b, &difference))
        return luaL_error(L, "a - b is out of range");
    decimal_push(L, difference);
    return 1;
}

static int decimal_mul(lua_State *L)
{
    __int128 a = decimal_check(L, 1, "a * b"), b = decimal_check(L, 2, "a * b"), product;
    wide_uint quotient, remainder;

    if (!wide_product_div(wide_magnitude(a), wide_magnitude(b), (wide_uint)ONE, &quotient,
                          &remainder) ||
        !wide_signed(quotient, (a < 0) != (b < 0), &product))
        return luaL_error(L, "a * b is out of range");
    if (remainder)
        return luaL_error(L, "a * b needs more than 18 places; name the rounding: "
                             "a:mul(b, \"down\")");
    decimal_push(L, product);
    return 1;
}

static int decimal_mul_rounded(lua_State *L)
{
    __int128 a = decimal_check(L, 1, "mul"), b = decimal_check(L, 2, "mul"), product;

    if (!wide_product_round(a, b, ONE, check_rounding(L, 3), &product))
        return luaL_error(L, "a:mul(b) is out of range");
    decimal_push(L, product);
    return 1;
}

static int decimal_div(lua_State *L)
{
    __int128 a = decimal_check(L, 1, "div"), b = decimal_check(L, 2, "div"), quotient;
    enum rounding rounding = check_rounding(L, 3);
    lua_Integer places = luaL_optinteger(L, 4, 9);

    luaL_argcheck(L, places >= 0 && places <= 18, 4, "places are 0 to 18");
    if (b == 0)
        return luaL_error(L, "division by zero");
    if (!wide_product_round(a, power_of_ten((int)places), b, rounding, &quotient) ||
        __builtin_mul_overflow(quotient, (__int128)power_of_ten(18 - (int)places), &quotient))
        return luaL_error(L, "a:div(b) is out of range");
    decimal_push(L, quotient);
    return 1;
}

static int decimal_no_div(lua_State *L)
{
    return luaL_error(L, "a division names its rounding: a:div(b, \"down\", 9)");
}

static int decimal_unm(lua_State *L)
{
    __int128 value = decimal_check(L, 1, "-a");

    if (__builtin_sub_overflow((__int128)0, value, &value))
        return luaL_error(L, "-a is out of range");
    decimal_push(L, value);
    return 1;
}

static int decimal_eq(lua_State *L) /* Lua asks for two userdata of any kind */
{
    __int128 a, b;

    lua_pushboolean(L, decimal_test(L, 1, &a) && decimal_test(L, 2, &b) && a == b);
    return 1;
}

static int decimal_lt(lua_State *L)
{
    lua_pushboolean(L, decimal_check(L, 1, "a < b") < decimal_check(L, 2, "a < b"));
    return 1;
}

static int decimal_le(lua_State *L)
{
    lua_pushboolean(L, decimal_check(L, 1, "a <= b") <= decimal_check(L, 2, "a <= b"));
    return 1;
}

static int decimal_tostring(lua_State *L)
{
    char text[DECIMAL_TEXT_MAX];
    size_t length = money_format((struct money){decimal_check(L, 1, "tostring")}, text);

    lua_pushlstring(L, text, length);
    return 1;
}

static int decimal_format(lua_State *L) /* d:format(2): "61496.50", rounded half-even, for people */
{
    char text[DECIMAL_TEXT_MAX];
    __int128 value = decimal_check(L, 1, "format");
    lua_Integer places = luaL_checkinteger(L, 2);

    luaL_argcheck(L, places >= 0 && places <= 18, 2, "places are 0 to 18");
    lua_pushlstring(L, text, money_format_places((struct money){value}, (int)places, text));
    return 1;
}

static int decimal_number(lua_State *L) /* for indicators: a float, never back into an order */
{
    lua_pushnumber(L, (lua_Number)decimal_check(L, 1, "number") / 1e18);
    return 1;
}

static int decimal_abs(lua_State *L)
{
    __int128 value = decimal_check(L, 1, "abs");

    if (value < 0 && __builtin_sub_overflow((__int128)0, value, &value))
        return luaL_error(L, "abs is out of range");
    decimal_push(L, value);
    return 1;
}

static int decimal_sign(lua_State *L)
{
    __int128 value = decimal_check(L, 1, "sign");

    lua_pushinteger(L, (value > 0) - (value < 0));
    return 1;
}

static int decimal_is(lua_State *L)
{
    lua_pushboolean(L, decimal_block(L, 1) != NULL);
    return 1;
}

static const luaL_Reg metamethods[] = {
    {"__add", decimal_add}, {"__sub", decimal_sub}, {"__mul", decimal_mul},
    {"__div", decimal_no_div}, {"__idiv", decimal_no_div}, {"__mod", decimal_no_div},
    {"__unm", decimal_unm}, {"__eq", decimal_eq}, {"__lt", decimal_lt}, {"__le", decimal_le},
    {"__tostring", decimal_tostring}, {NULL, NULL},
};
static const struct api_row methods[] = { /* of Decimal */
    {"div", decimal_div, "by: Amount, rounding: Rounding, places?: integer", "Decimal",
     "to so many places, 0 to 18, 9 when not said"},
    {"mul", decimal_mul_rounded, "by: Amount, rounding: Rounding", "Decimal",
     "of what has more than 18 places"},
    {"round", decimal_round, "step: Amount, rounding: Rounding", "Decimal",
     "to a multiple of the step, which is positive"},
    {"abs", decimal_abs, "", "Decimal", "without its sign"},
    {"sign", decimal_sign, "", "-1|0|1", "where it lies"},
    {"number", decimal_number, "", "number", "a float, for indicators"},
    {"format", decimal_format, "places: integer", "string", "rounded half-even, for people"},
    {0},
};
static const struct api_row functions[] = { /* of decimal */
    {"new", decimal_new, "value: Amount", "Decimal", "as decimal(value)"},
    {"from", decimal_from, "value: number|Amount, step: Amount, rounding: Rounding", "Decimal",
     "the one door for floats: 15 digits, then rounded to the step"},
    {"is", decimal_is, "value: any", "boolean", "is it one?"},
    {0},
};

void api_open_decimal(lua_State *L)
{
    luaL_newmetatable(L, DECIMAL_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    api_set(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "decimal");
    lua_setfield(L, -2, "__metatable"); /* scripts cannot reach the metatable itself */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ONE);

    lua_newtable(L);
    api_set(L, functions);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, decimal_call);
    lua_setfield(L, -2, "__call");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_setglobal(L, "decimal");
}
