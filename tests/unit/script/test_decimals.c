/* decimal against arithmetic on bits that needs no trust: every operation, random and at the edges,
 * through Lua as a script calls it. */
#include <string.h>

#include "runner/decimal_wide.h"
#include "runner/api.h"
#include "rig.h"
#include "suites.h"

enum { CASES = 20000, BITS = 256 };

static const __int128 ONE = (__int128)1000000000 * 1000000000;
static const __int128 LARGEST = (__int128)(((wide_uint)1 << 127) - 1);

/* Magnitude bit by bit, least first. */
struct bits { unsigned char bit[BITS]; };

static struct bits bits_of(wide_uint value)
{
    struct bits bits = {{0}};
    for (int i = 0; i < 128; i++)
        bits.bit[i] = value >> i & 1;
    return bits;
}

static struct bits slow_multiply(wide_uint a, wide_uint b)
{
    struct bits left = bits_of(a), right = bits_of(b), out = {{0}};
    for (int i = 0; i < 128; i++) {
        if (!right.bit[i])
            continue;
        int carry = 0;
        for (int k = i; k < BITS; k++) {
            int sum = out.bit[k] + (k - i < 128 ? left.bit[k - i] : 0) + carry;
            out.bit[k] = sum & 1;
            carry = sum >> 1;
        }
    }
    return out;
}

/* False when the quotient needs more than 128 bits. divisor > 0 and below 2^127. */
static bool slow_divide(const struct bits *value, wide_uint divisor, wide_uint *ret_quotient,
                        wide_uint *ret_rest)
{
    wide_uint rest = 0, quotient = 0;
    for (int i = BITS - 1; i >= 0; i--) {
        rest = rest << 1 | value->bit[i];
        bool one = rest >= divisor;
        if (one)
            rest -= divisor;
        if (one && i >= 128)
            return false;
        if (i < 128)
            quotient |= (wide_uint)one << i;
    }
    *ret_quotient = quotient;
    *ret_rest = rest;
    return true;
}

/* a * b / c, rounded, or false when it does not fit a decimal; *ret_exact: nothing was cut. */
static bool slow_result(__int128 a, __int128 b, __int128 c, enum rounding rounding, __int128 *ret,
                        bool *ret_exact)
{
    bool negative = ((a < 0) ^ (b < 0)) ^ (c < 0);
    struct bits product = slow_multiply(wide_magnitude(a), wide_magnitude(b));
    wide_uint divisor = wide_magnitude(c), quotient, rest;
    if (!slow_divide(&product, divisor, &quotient, &rest))
        return false;
    *ret_exact = rest == 0;
    bool away = rest && (rounding == ROUND_UP ? !negative : negative);
    if (rounding == ROUND_HALF_EVEN)
        away = rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1);
    quotient += away;
    if (quotient > (wide_uint)LARGEST + negative)
        return false;
    *ret = negative ? (__int128)-quotient : (__int128)quotient;
    return true;
}

static __int128 any_decimal(struct prng *prng)
{
    wide_uint value = (wide_uint)prng_next(prng) << 64 | prng_next(prng);
    __int128 made = (__int128)(value >> 1 >> prng_below(prng, 127));
    switch (prng_below(prng, 5)) {
    case 0: made = made / ONE * ONE; break;             /* a whole number */
    case 1: made = made / 1000000000 * 1000000000; break; /* a price */
    case 2: made = made % ONE; break;                   /* a fraction */
    default: break;
    }
    return prng_below(prng, 2) ? made : -made;
}

static const char operations[] =
    "function add(a, b) return a + b end\n"
    "function sub(a, b) return a - b end\n"
    "function mul(a, b) return a * b end\n"
    "function round_mul(a, b, how) return a:mul(b, how) end\n"
    "function div(a, b, how, places) return a:div(b, how, places) end\n"
    "function round(a, b, how) return a:round(b, how) end\n"
    "function less(a, b) return decimal((a < b) and 1 or 0) + ((a <= b) and 2 or 0) + "
    "((a == b) and 4 or 0) end\n"
    "function back(a) return decimal(tostring(a)) end\n"
    "return {}";
static const char *const roundings[] = {"down", "up", "nearest"};

/* False: it raised. */
static bool call(lua_State *L, const char *name, __int128 a, __int128 b, const char *how,
                 int places, __int128 *ret)
{
    lua_settop(L, 0);
    lua_getglobal(L, name);
    decimal_push(L, a);
    decimal_push(L, b);
    lua_pushstring(L, how);
    lua_pushinteger(L, places);
    bool done = lua_pcall(L, 4, 1, 0) == LUA_OK;
    if (done)
        assert_true(decimal_test(L, -1, ret));
    lua_settop(L, 0);
    return done;
}

/* The script's result is the expected one, or it raises where nothing fits. */
static void agree(lua_State *L, const char *name, __int128 a, __int128 b, const char *how,
                  int places, bool fits, __int128 expected)
{
    __int128 got = 0;
    assert_int_equal(call(L, name, a, b, how, places, &got), fits);
    if (fits)
        assert_true(expected == got);
}

static int64_t power(int exponent)
{
    return exponent == 0 ? 1 : 10 * power(exponent - 1);
}

static void check_products(lua_State *L, __int128 a, __int128 b, int how, int places)
{
    __int128 expected = 0;
    bool exact = true;
    bool fits = slow_result(a, b, ONE, ROUND_DOWN, &expected, &exact);
    agree(L, "mul", a, b, NULL, 0, fits && exact, expected);
    fits = slow_result(a, b, ONE, (enum rounding)how, &expected, &exact);
    agree(L, "round_mul", a, b, roundings[how], 0, fits, expected);
    if (b == 0)
        return;
    fits = slow_result(a, power(places), b, (enum rounding)how, &expected, &exact) &&
           !__builtin_mul_overflow(expected, (__int128)power(18 - places), &expected);
    agree(L, "div", a, b, roundings[how], places, fits, expected);
    if (b < 0)
        return;
    fits = slow_result(a, 1, b, (enum rounding)how, &expected, &exact) &&
           !__builtin_mul_overflow(expected, b, &expected);
    agree(L, "round", a, b, roundings[how], 0, fits, expected);
}

static void check_sums(lua_State *L, __int128 a, __int128 b)
{
    __int128 expected = 0, got = 0;
    bool fits = b >= 0 ? a <= LARGEST - b : a >= -LARGEST - 1 - b;
    if (fits)
        expected = a + b;
    agree(L, "add", a, b, NULL, 0, fits, expected);
    fits = b >= 0 ? a >= -LARGEST - 1 + b : a <= LARGEST + b;
    if (fits)
        expected = a - b;
    agree(L, "sub", a, b, NULL, 0, fits, expected);
    assert_true(call(L, "less", a, b, NULL, 0, &got));
    assert_true(got == ((a < b) + 2 * (a <= b) + 4 * (a == b)) * ONE);
    assert_true(call(L, "back", a, b, NULL, 0, &got));
    assert_true(got == a);
}

static void every_operation_is_exact_or_raises(void **state)
{
    (void)state;
    struct rig *rig = rig_start(operations, "{}");
    lua_State *L = script_state(rig->script);
    struct prng prng;
    prng_seed(&prng, 20261121);
    for (int i = 0; i < CASES; i++) {
        __int128 a = any_decimal(&prng), b = any_decimal(&prng);
        check_products(L, a, b, (int)prng_below(&prng, 3), (int)prng_below(&prng, 19));
        check_sums(L, a, b);
    }
    rig_stop(rig);
}

static void the_edges_are_exact_or_raise(void **state)
{
    (void)state;
    struct rig *rig = rig_start(operations, "{}");
    lua_State *L = script_state(rig->script);
    const __int128 edges[] = {0, 1, -1, ONE, -ONE, ONE / 2, ONE - 1, ONE + 1, LARGEST, -LARGEST,
                              -LARGEST - 1, LARGEST / 2, LARGEST / ONE, 3, -7, 10 * ONE};
    const int count = sizeof(edges) / sizeof(edges[0]);
    for (int i = 0; i < count * count; i++) {
        for (int how = 0; how < 3; how++)
            for (int places = 0; places <= 18; places += 9)
                check_products(L, edges[i / count], edges[i % count], how, places);
        check_sums(L, edges[i / count], edges[i % count]);
    }
    rig_stop(rig);
}

static void floats_enter_only_rounded(void **state)
{
    (void)state;
    struct prng prng;
    __int128 got;
    struct rig *rig = rig_start("function from(x, step, how) return decimal.from(x, step, how) "
                                "end\n"
                                "return {}", "{}");
    lua_State *L = script_state(rig->script);
    prng_seed(&prng, 3);
    for (int i = 0; i < CASES; i++) {
        int64_t units = (int64_t)prng_below(&prng, 2000000000000) - 1000000000000;
        lua_settop(L, 0);
        lua_getglobal(L, "from");
        lua_pushnumber(L, (lua_Number)units / 1000); /* a multiple of the step, nearly */
        lua_pushstring(L, "0.001");
        lua_pushstring(L, roundings[i % 3]);
        assert_int_equal(lua_pcall(L, 3, 1, 0), LUA_OK);
        assert_true(decimal_test(L, -1, &got));
        assert_true(got == units * (ONE / 1000));
    }
    rig_stop(rig);
}

int suite_decimals(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_exact_or_raises),
        cmocka_unit_test(the_edges_are_exact_or_raise),
        cmocka_unit_test(floats_enter_only_rounded),
    };
    return cmocka_run_group_tests_name("decimals", tests, NULL, NULL);
}
