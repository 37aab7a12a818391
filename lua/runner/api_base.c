/* The language as scripts see it: an allow-list, with every source of accident taken out. Text
 * carries no address, and what crashes the interpreter (coroutine.close, __gc, weak tables,
 * bytecode) is not there. Walking and sorting tables is in api_tables.c. */
#include <string.h>

#include "api.h"

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
    size_t length;
    const char *format = luaL_checklstring(L, 1, &length), *end = format + length;
    int argument = 1, top = lua_gettop(L);

    for (const char *at = format; at < end; at++) {
        if (*at != '%' || ++at == end || *at == '%')
            continue;
        while (at < end && *at && strchr("-+ #0123456789.", *at))
            at++;
        argument++;
        if (at < end && *at == 'p')
            return luaL_error(L, "string.format: %%p would print an address; it is not there");
        if (at < end && *at == 's' && argument <= top && !lua_isstring(L, argument)) {
            lua_pushcfunction(L, base_tostring);
            lua_pushvalue(L, argument);
            lua_call(L, 1, 1);
            lua_replace(L, argument);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

/* A gigabyte asked for in one call, or nothing a billion times over, runs in C, where no deadline
 * reaches but the kill. */
static int base_rep(lua_State *L)
{
    size_t length, separator;
    lua_Integer count = luaL_checkinteger(L, 2);
    lua_Integer most = (lua_Integer)script_of(L)->start.memory_max;

    luaL_checklstring(L, 1, &length);
    luaL_optlstring(L, 3, "", &separator);
    lua_settop(L, 3);
    if (count > 0 && length + separator == 0)
        count = 0;
    if (count > 0 && (lua_Integer)(length + separator) > most / count)
        return luaL_error(L, "string.rep: the result would not fit into memory_max");
    lua_pushinteger(L, count);
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 3, 1);
    return 1;
}

static int base_print(lua_State *L) /* print is host.log("info", ...) under its usual name */
{
    luaL_Buffer line;
    int count = lua_gettop(L);

    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&line, '\t');
        lua_pushcfunction(L, base_tostring);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    log_send(script_of(L), 'i', lua_tostring(L, -1), lua_rawlen(L, -1));
    return 0;
}

/* --- metatables ---
 *
 * What a script hands to setmetatable is read, not used: its metamethods are copied into a table
 * that the script cannot reach. Otherwise `meta.__mode = "k"` behind the check's back would make a
 * weak table after all. Both tables know each other by these keys. */

static const char META_HIDDEN, META_GIVEN;

static const char *const meta_copied[] = {
    "__index", "__newindex", "__call", "__add", "__sub", "__mul", "__div", "__mod", "__pow",
    "__unm", "__idiv", "__band", "__bor", "__bxor", "__bnot", "__shl", "__shr", "__len", "__eq",
    "__lt", "__le", "__tostring", "__name", "__pairs", "__metatable",
};
/* __concat: when the stack has to grow inside one, Lua 5.4.4 loses the operands or writes past the
 * stack's end. Nothing here has one, decimals neither. */
static const char *const meta_banned[] = {"__gc", "__mode", "__close", "__concat"};

/* Pushes the hidden twin of the table at `given`, made at need. */
static void push_hidden(lua_State *L, int given)
{
    if (lua_rawgetp(L, given, &META_HIDDEN) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, given);
    lua_rawsetp(L, -2, &META_GIVEN);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, given, &META_HIDDEN);
}

static void copy_metamethods(lua_State *L, int given, int hidden)
{
    for (size_t i = 0; i < sizeof(meta_banned) / sizeof(meta_banned[0]); i++) {
        lua_pushstring(L, meta_banned[i]);
        if (lua_rawget(L, given) != LUA_TNIL)
            luaL_error(L, "setmetatable: %s is not available to scripts", meta_banned[i]);
        lua_pop(L, 1);
    }
    for (size_t i = 0; i < sizeof(meta_copied) / sizeof(meta_copied[0]); i++) {
        lua_pushstring(L, meta_copied[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, given);
        lua_rawset(L, hidden);
    }
}

static int base_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    if (!lua_isnil(L, 2)) {
        push_hidden(L, 2);
        copy_metamethods(L, 2, 3);
    }
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int base_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return 1;
    if (!lua_getmetatable(L, 1))
        lua_pushnil(L);
    else
        lua_rawgetp(L, -1, &META_GIVEN);
    return 1;
}

/* --- errors and coroutines under a deadline --- */

/* While a deadline's error is raised no hook runs, so a handler that loops would not be stopped:
 * it is passed over. */
static int guarded_handler(lua_State *L)
{
    lua_settop(L, 1);
    if (script_of(L)->interrupted)
        return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int xpcall_done(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

static int base_xpcall(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, xpcall_done);
    return xpcall_done(L, LUA_OK, 0);
}

/* resume through the script's own record of who runs, so that a deadline hooks the right one. The
 * hook is set and cleared in an order that leaves no moment in which an interrupt is lost. */
static int resume_with(lua_State *L, lua_State *co, int arguments)
{
    struct script *script = script_of(L);
    lua_State *before = script->running;
    int status, results;

    if (!lua_checkstack(co, arguments))
        return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, arguments);
    script_watch(script, co);
    script->running = co;
    if (script->interrupted)
        lua_sethook(co, script_hook, LUA_MASKCOUNT, 1);
    status = lua_resume(co, L, arguments, &results);
    script->running = before;
    if (script->interrupted) {
        lua_sethook(L, script_hook, LUA_MASKCOUNT, 1);
        return luaL_error(L, "soft deadline: the callback ran too long and was stopped");
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        return luaL_error(L, "too many results to resume");
    }
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
    if (lua_getfield(L, 2, name) == LUA_TLIGHTUSERDATA)
        return luaL_error(L, "require: module '%s' requires itself, through others", name);
    if (!lua_isnil(L, 3))
        return 1;
    if (!entry)
        return luaL_error(L, "module '%s' is not in this script's bundle; require takes literal "
                             "names of modules in lua/lib or beside the script", name);
    lua_pushfstring(L, "@%s.lua", name);
    if (luaL_loadbufferx(L, entry->text, entry->text_length, lua_tostring(L, -1), "t") != LUA_OK)
        return lua_error(L);
    lua_pushlightuserdata(L, L); /* loading */
    lua_setfield(L, 2, name);
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

static const char *const base_names[] = {"assert", "error", "ipairs", "pcall", "select",
                                         "tonumber", "type", "rawequal", "rawlen", "rawget",
                                         "rawset", "_VERSION", NULL};
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
    static const luaL_Reg own[] = {{"tostring", base_tostring}, {"require", base_require},
                                   {"print", base_print}, {"getmetatable", base_getmetatable},
                                   {"setmetatable", base_setmetatable}, {NULL, NULL}};

    lua_pushcfunction(L, luaopen_base); /* fills the globals; only the listed names stay */
    lua_call(L, 0, 1);
    lua_newtable(L);
    for (const char *const *name = base_names; *name; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    luaL_setfuncs(L, own, 0);
    lua_getfield(L, -2, "xpcall");
    lua_pushcclosure(L, base_xpcall, 1);
    lua_setfield(L, -2, "xpcall");
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
}
