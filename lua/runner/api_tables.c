/* Tables in a defined order: pairs and next walk numbers ascending, then text bytewise, then false
 * and true; table.sort is a stable merge. Lua's own pairs follows the seed of its hashes, and its
 * own sort draws a pivot from the clock: both would make two runs of one script differ. */
#include <string.h>

#include "api.h"

static int key_rank(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    case LUA_TLIGHTUSERDATA: return -1; /* the host's own mark: a script cannot make one */
    default:
        return luaL_error(L, "a table whose keys are tables, functions or the like has no defined "
                             "order; keep its members in an array");
    }
}

static bool key_less(lua_State *L, int a, int b)
{
    int rank_a = key_rank(L, a), rank_b = key_rank(L, b);
    size_t length_a, length_b, shorter;
    const char *text_a, *text_b;
    int order;

    if (rank_a != rank_b)
        return rank_a < rank_b;
    if (rank_a == 0)
        return lua_compare(L, a, b, LUA_OPLT);
    if (rank_a == 2)
        return lua_toboolean(L, a) < lua_toboolean(L, b);
    text_a = lua_tolstring(L, a, &length_a);
    text_b = lua_tolstring(L, b, &length_b);
    shorter = length_a < length_b ? length_a : length_b;
    order = memcmp(text_a, text_b, shorter);
    return order < 0 || (order == 0 && length_a < length_b);
}

/* --- merge sort: `order` at stack index 2 is a function, nil (Lua's <) or true (keys) --- */

static bool sorts_before(lua_State *L)
{
    bool before;

    if (lua_isnil(L, 2)) {
        before = lua_compare(L, -2, -1, LUA_OPLT);
        lua_pop(L, 2);
        return before;
    }
    if (lua_isboolean(L, 2)) {
        before = key_less(L, -2, -1);
        lua_pop(L, 2);
        return before;
    }
    lua_pushvalue(L, 2);
    lua_insert(L, -3);
    lua_call(L, 2, 1);
    before = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return before;
}

static bool right_before_left(lua_State *L, int from, lua_Integer right, lua_Integer left)
{
    lua_rawgeti(L, from, right);
    lua_rawgeti(L, from, left);
    return sorts_before(L);
}

/* Merges from[left..middle) and from[middle..end) into to[left..end). Both tables are the host's
 * own copies: what a comparison does to the sorted table cannot disturb the merge. */
static void merge(lua_State *L, int from, int to, lua_Integer left, lua_Integer middle,
                  lua_Integer end)
{
    lua_Integer right = middle, out = left;
    bool in_order = middle >= end || !right_before_left(L, from, middle, middle - 1);

    while (out < end) {
        bool take_right = !in_order && right < end &&
                          (left >= middle || right_before_left(L, from, right, left));
        lua_Integer next = take_right ? right++ : left < middle ? left++ : right++;
        lua_rawgeti(L, from, next);
        lua_rawseti(L, to, out++);
    }
}

/* Sorts items 1..count of the table at index 3, with room in the one at 4; returns the index of the
 * one that ends up sorted. */
static int merge_sort(lua_State *L, lua_Integer count)
{
    int from = 3, to = 4;

    for (lua_Integer width = 1; width < count; width *= 2) {
        int swap = from;
        for (lua_Integer left = 1; left <= count; left += 2 * width) {
            lua_Integer middle = left + width <= count + 1 ? left + width : count + 1;
            lua_Integer end = middle + width <= count + 1 ? middle + width : count + 1;
            merge(L, from, to, left, middle, end);
        }
        from = to;
        to = swap;
    }
    return from;
}

static int table_sort(lua_State *L)
{
    lua_Integer count;
    int sorted;

    luaL_checktype(L, 1, LUA_TTABLE);
    count = luaL_len(L, 1);
    luaL_argcheck(L, count < INT32_MAX, 1, "array too big");
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_newtable(L);
    lua_newtable(L);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, 1, i);
        lua_rawseti(L, 3, i);
    }
    sorted = merge_sort(L, count);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, sorted, i);
        lua_seti(L, 1, i);
    }
    return 0;
}

/* Arguments: the table, true. Returns the array of its keys in order. */
static int sorted_keys(lua_State *L)
{
    lua_Integer count = 0;

    lua_settop(L, 2);
    lua_newtable(L);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        if (key_rank(L, -1) < 0)
            continue;
        if (++count > PAIRS_KEYS_MAX)
            return luaL_error(L, "the table has more than %d keys; walk it by number instead",
                              PAIRS_KEYS_MAX);
        lua_pushvalue(L, -1);
        lua_rawseti(L, 3, count);
    }
    lua_pushvalue(L, merge_sort(L, count));
    return 1;
}

void tables_push_keys(lua_State *L, int table)
{
    table = lua_absindex(L, table);
    lua_pushcfunction(L, sorted_keys);
    lua_pushvalue(L, table);
    lua_pushboolean(L, 1);
    lua_call(L, 2, 1);
}

/* --- pairs and next --- */

static int pairs_step(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

    luaL_checktype(L, 1, LUA_TTABLE);
    for (;;) {
        lua_pushinteger(L, ++i);
        lua_replace(L, lua_upvalueindex(2));
        if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) /* removed meanwhile: passed over */
            return 2;
        lua_pop(L, 2);
    }
}

int tables_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    tables_push_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* A step looks at every key: for "is it empty?" that is fine, for walking pairs is the way. */
static int base_next(lua_State *L)
{
    bool found = false, first = lua_isnoneornil(L, 2);

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushnil(L); /* 3: the smallest key above argument 2 */
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        if (key_rank(L, 4) >= 0 && (first || key_less(L, 2, 4)) &&
            (!found || key_less(L, 4, 3))) {
            lua_pushvalue(L, 4);
            lua_replace(L, 3);
            found = true;
        }
    }
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_settop(L, 3);
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

void api_open_tables(lua_State *L)
{
    lua_pushcfunction(L, tables_pairs);
    lua_setglobal(L, "pairs");
    lua_pushcfunction(L, base_next);
    lua_setglobal(L, "next");
    lua_getglobal(L, "table");
    lua_pushcfunction(L, table_sort);
    lua_setfield(L, -2, "sort");
    lua_pop(L, 1);
}
