/* The language as scripts see it: an allow-list, with every source of accident taken out. Tables are
 * walked in a defined order, text carries no address, and what crashes the interpreter
 * (coroutine.close, __gc, weak tables, bytecode) is not there. */
#include <string.h>

#include "script_private.h"

/* --- pairs and next in a defined order: numbers ascending, then text bytewise, then booleans --- */

static int key_rank(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    default:
        return luaL_error(L, "a table with keys of type %s has no defined order; use an array",
                          luaL_typename(L, index));
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

static int sort_less(lua_State *L)
{
    lua_pushboolean(L, key_less(L, 1, 2));
    return 1;
}

/* Pushes an array of the table's keys, sorted. table.sort does the work, kept in the registry. */
static void push_sorted_keys(lua_State *L, int table)
{
    lua_Integer count = 0;

    table = lua_absindex(L, table);
    lua_getfield(L, LUA_REGISTRYINDEX, "table.sort");
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pop(L, 1);
        key_rank(L, -1);
        lua_pushvalue(L, -1);
        if (++count > PAIRS_KEYS_MAX)
            luaL_error(L, "pairs: the table has more than %d keys", PAIRS_KEYS_MAX);
        lua_rawseti(L, -3, count);
    }
    lua_pushvalue(L, -1);
    lua_insert(L, -3); /* keys, sort, keys */
    lua_pushcfunction(L, sort_less);
    lua_call(L, 2, 0);
}

static int pairs_step(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

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

static int base_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    push_sorted_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int base_next(lua_State *L)
{
    bool found = false, first = lua_isnoneornil(L, 2);

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushnil(L); /* 3: the smallest key above argument 2 */
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        if ((first || key_less(L, 2, 4)) && (!found || key_less(L, 4, 3))) {
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

/* --- text without addresses --- */

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_callmeta(L, 1, "__tostring")) {
        if (!lua_isstring(L, -1))
            return luaL_error(L, "'__tostring' must return a string");
        return 1;
    }
    switch (lua_type(L, 1)) {
    case LUA_TNUMBER: case LUA_TSTRING: case LUA_TBOOLEAN: case LUA_TNIL:
        luaL_tolstring(L, 1, NULL);
        return 1;
    default:
        lua_pushstring(L, luaL_typename(L, 1));
        return 1;
    }
}

/* string.format with %p refused and the arguments of %s made text by the tostring above. */
static int base_format(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    int argument = 1, top = lua_gettop(L);

    for (const char *at = format; *at; at++) {
        if (*at != '%')
            continue;
        if (*++at == '%')
            continue;
        at += strspn(at, "-+ #0123456789.");
        argument++;
        if (*at == 'p')
            return luaL_error(L, "string.format: %%p would print an address; it is not there");
        if (*at == 's' && argument <= top && !lua_isstring(L, argument)) {
            lua_pushcfunction(L, base_tostring);
            lua_pushvalue(L, argument);
            lua_call(L, 1, 1);
            lua_replace(L, argument);
        }
        if (*at == '\0')
            break;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

/* A gigabyte asked for in one call runs in C, where no deadline reaches but the kill. */
static int base_rep(lua_State *L)
{
    size_t length = lua_rawlen(L, 1), separator = lua_rawlen(L, 3);
    lua_Integer count = luaL_checkinteger(L, 2);
    lua_Integer most = (lua_Integer)script_of(L)->start.memory_max;

    if (count > 0 && (lua_Integer)(length + separator) > most / count)
        return luaL_error(L, "string.rep: the result would not fit into memory_max");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* --- metatables and coroutines, less what crashes Lua 5.4.4 --- */

static int base_setmetatable(lua_State *L)
{
    static const char *const banned[] = {"__gc", "__mode", "__close"};

    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++) {
            lua_pushstring(L, banned[i]);
            if (lua_rawget(L, 2) != LUA_TNIL)
                return luaL_error(L, "setmetatable: %s is not available to scripts", banned[i]);
            lua_pop(L, 1);
        }
    }
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_pushvalue(L, 2);
    lua_setmetatable(L, 1);
    lua_pushvalue(L, 1);
    return 1;
}

/* resume through the script's own record of who runs, so that a deadline hooks the right one. */
static int resume_with(lua_State *L, lua_State *co, int arguments)
{
    struct script *script = script_of(L);
    lua_State *before = script->running;
    int status, results;

    if (!lua_checkstack(co, arguments))
        return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, arguments);
    script->running = co;
    status = lua_resume(co, L, arguments, &results);
    script->running = before;
    lua_sethook(co, NULL, 0, 0);
    if (script->interrupted)
        return luaL_error(L, "soft deadline: the callback ran too long and was stopped");
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1))
        return luaL_error(L, "too many results to resume");
    lua_xmove(co, L, results);
    return results;
}

static bool can_resume(lua_State *L, lua_State *co)
{
    lua_Debug frame;

    if (co == L || lua_status(co) > LUA_YIELD)
        return false;
    if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame))
        return false; /* it is running, further down */
    return lua_status(co) == LUA_YIELD || lua_gettop(co) > 0;
}

static int coroutine_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    int results;

    luaL_argexpected(L, co, 1, "coroutine");
    if (!can_resume(L, co)) {
        lua_pushboolean(L, 0);
        lua_pushliteral(L, "cannot resume dead or running coroutine");
        return 2;
    }
    results = resume_with(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results >= 0 ? -(results + 1) : -2);
    return results >= 0 ? results + 1 : 2;
}

static int wrap_call(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results;

    if (!can_resume(L, co))
        return luaL_error(L, "cannot resume dead or running coroutine");
    results = resume_with(L, co, lua_gettop(L));
    return results >= 0 ? results : lua_error(L);
}

static int coroutine_wrap(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrap_call, 1);
    return 1;
}

/* --- require, from the bundle alone --- */

static const struct bundle_entry *bundle_find(const struct bundle *bundle, const char *name)
{
    for (uint32_t i = 2; i < bundle->count; i++)
        if (text_equal(bundle->entries[i].name, bundle->entries[i].name_length, name))
            return &bundle->entries[i];
    return NULL;
}

static int base_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct bundle_entry *entry = bundle_find(script_of(L)->bundle, name);

    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "modules");
    if (lua_getfield(L, 2, name) != LUA_TNIL)
        return 1;
    if (!entry)
        return luaL_error(L, "module '%s' is not in this script's bundle; require takes literal "
                             "names of modules in lua/lib or beside the script", name);
    lua_pushfstring(L, "@%s.lua", name);
    if (luaL_loadbufferx(L, entry->text, entry->text_length, lua_tostring(L, -1), "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

/* --- the allow-list itself --- */

static const char *const base_names[] = {"assert", "error", "ipairs", "pcall", "xpcall", "select",
                                         "tonumber", "type", "rawequal", "rawlen", "rawget",
                                         "rawset", "getmetatable", "_VERSION", NULL};
static const char *const math_banned[] = {"random", "randomseed", NULL};
static const char *const string_banned[] = {"dump", NULL};
static const char *const coroutine_banned[] = {"close", NULL};

static void open_library(lua_State *L, const char *name, lua_CFunction open,
                         const char *const *banned)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    for (; banned && *banned; banned++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *banned);
    }
    lua_setglobal(L, name);
}

static void wrap_string_function(lua_State *L, const char *name, lua_CFunction wrapper)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, name);
}

static void open_string(lua_State *L)
{
    open_library(L, "string", luaopen_string, string_banned);
    lua_getglobal(L, "string");
    wrap_string_function(L, "format", base_format);
    wrap_string_function(L, "rep", base_rep);
    lua_pop(L, 1);
    lua_pushliteral(L, ""); /* a script cannot reach the metatable that all text shares */
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

static void open_coroutine(lua_State *L)
{
    open_library(L, "coroutine", luaopen_coroutine, coroutine_banned);
    lua_getglobal(L, "coroutine");
    lua_pushcfunction(L, coroutine_resume);
    lua_setfield(L, -2, "resume");
    lua_pushcfunction(L, coroutine_wrap);
    lua_setfield(L, -2, "wrap");
    lua_pop(L, 1);
}

static void open_globals(lua_State *L)
{
    static const luaL_Reg own[] = {{"pairs", base_pairs}, {"next", base_next},
                                   {"tostring", base_tostring}, {"require", base_require},
                                   {"setmetatable", base_setmetatable}, {NULL, NULL}};

    lua_pushcfunction(L, luaopen_base); /* fills the globals; only the listed names stay */
    lua_call(L, 0, 1);
    lua_newtable(L);
    for (const char *const *name = base_names; *name; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    luaL_setfuncs(L, own, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
}

void api_open_base(lua_State *L)
{
    open_globals(L);
    open_library(L, "math", luaopen_math, math_banned);
    open_library(L, "table", luaopen_table, NULL);
    open_library(L, "utf8", luaopen_utf8, NULL);
    open_string(L);
    open_coroutine(L);
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_setfield(L, LUA_REGISTRYINDEX, "table.sort");
    lua_pop(L, 1);
}
