/* Parameters: what the config file says to this script, read-only.
 *
 *     host.params.size                   raises when the config has no such parameter
 *     host.param("size", "0.01")         its value, or the default
 *     host.number("trail", 0.002)        a number (text is read), or it raises with advice
 *     host.decimal("size", "0.01")       an exact decimal, or it raises with advice
 *
 * Asked for while the chunk is loaded, a wrong value is found by the check before a script trades.
 * A parameter that nobody asked for is misspelt more often than not: it is logged once. */
#include <math.h>

#include "api.h"

static const char PARAMS, PARAMS_READ;

static int params_readonly(lua_State *L)
{
    return luaL_error(L, "host.params is read-only; change the config file");
}

int params_push(lua_State *L, int name)
{
    name = lua_absindex(L, name);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &PARAMS_READ);
    lua_pushvalue(L, name);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &PARAMS);
    lua_pushvalue(L, name);
    int kind = lua_rawget(L, -2);
    lua_replace(L, -3);
    lua_pop(L, 1);
    return kind;
}

static int params_index(lua_State *L)
{
    luaL_checkstring(L, 2);
    if (params_push(L, 2) == LUA_TNIL)
        return luaL_error(L, "no parameter '%s' in the config; use host.param(name, default)",
                          lua_tostring(L, 2));
    return 1;
}

static int params_pairs(lua_State *L)
{
    lua_pushcfunction(L, tables_pairs);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &PARAMS);
    lua_call(L, 1, 3);
    return 3;
}

static int host_param(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 2);
    declare_note(L, "any");
    if (params_push(L, 1) == LUA_TNIL)
        lua_pop(L, 1);
    return 1;
}

/* Puts the parameter or its default on top, or raises that it is missing. */
static const char *push_wanted(lua_State *L, const char *type)
{
    const char *name = luaL_checkstring(L, 1);

    lua_settop(L, 4);
    declare_note(L, type);
    if (params_push(L, 1) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, 2);
    }
    if (lua_isnil(L, -1))
        luaL_error(L, "parameter '%s' is missing in the config", name);
    return name;
}

void params_check_number(lua_State *L, const char *name)
{
    size_t length;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;

    if (text && lua_stringtonumber(L, text) != length + 1)
        luaL_error(L, "parameter '%s' is '%s', a number is wanted", name, text);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "parameter '%s' is a %s, a number is wanted", name, luaL_typename(L, -1));
    if (!isfinite(lua_tonumber(L, -1)))
        luaL_error(L, "parameter '%s' is not finite", name);
}

static void refuse_range(lua_State *L, const char *name, const char *bound, int limit)
{
    lua_getglobal(L, "tostring");
    lua_pushvalue(L, -2);
    lua_call(L, 1, 1);
    lua_getglobal(L, "tostring");
    lua_pushvalue(L, limit);
    lua_call(L, 1, 1);
    luaL_error(L, "parameter '%s' is %s, at %s %s is wanted", name, lua_tostring(L, -2), bound,
               lua_tostring(L, -1));
}

void params_check_range(lua_State *L, const char *name, int least, int most)
{
    if (!lua_isnoneornil(L, least) && lua_compare(L, -1, least, LUA_OPLT))
        refuse_range(L, name, "least", least);
    if (!lua_isnoneornil(L, most) && lua_compare(L, most, -1, LUA_OPLT))
        refuse_range(L, name, "most", most);
}

static int host_number(lua_State *L) /* name, default, least, most */
{
    const char *name = push_wanted(L, "number");

    params_check_number(L, name);
    params_check_range(L, name, 3, 4);
    return 1;
}

static int host_decimal(lua_State *L) /* name, default */
{
    const char *name = push_wanted(L, "decimal");
    int value = lua_gettop(L);

    decimal_push(L, decimal_check(L, value, lua_pushfstring(L, "parameter '%s'", name)));
    return 1;
}

void params_warn_unread(lua_State *L)
{
    int base = lua_gettop(L);

    lua_rawgetp(L, LUA_REGISTRYINDEX, &PARAMS);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &PARAMS_READ);
    tables_push_keys(L, base + 1);
    for (lua_Integer i = 1; lua_rawgeti(L, base + 3, i) != LUA_TNIL; i++) {
        lua_pushvalue(L, -1);
        if (lua_rawget(L, base + 2) == LUA_TNIL) {
            lua_pushfstring(L, "parameter '%s' is in the config, but %s never asked for it; is "
                               "it misspelt?", lua_tostring(L, -2), script_of(L)->start.name);
            log_send(script_of(L), 'w', lua_tostring(L, -1), lua_rawlen(L, -1));
        }
        lua_settop(L, base + 3);
    }
    lua_settop(L, base);
}

static void set_proxy(lua_State *L)
{
    static const luaL_Reg events[] = {{"__index", params_index}, {"__newindex", params_readonly},
                                      {"__pairs", params_pairs}, {NULL, NULL}};

    lua_newtable(L);
    luaL_newlib(L, events);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "params");
}

/* params.json becomes the parameters, behind a proxy that no script can write. */
void api_open_params(lua_State *L)
{
    static const struct api_row functions[] = {
        {"param", host_param, "name: string, default?: any", "any", "as it stands in the config"},
        {"number", host_number, "name: string, default?: number, least?: number, most?: number",
         "number", "as a number; text is read, a wrong one raises"},
        {"decimal", host_decimal, "name: string, default?: Amount", "Decimal",
         "as an exact decimal"},
        {0},
    };
    const struct bundle_entry *entry = &script_of(L)->bundle->entries[1];

    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &PARAMS_READ);
    state_decode(L, entry->text, entry->text_length);
    if (!lua_istable(L, -1))
        luaL_error(L, "%s: the parameters are no JSON object", script_of(L)->start.name);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &PARAMS);
    api_set_host(L, functions);
    lua_getglobal(L, "host");
    set_proxy(L);
    lua_pop(L, 1);
}
