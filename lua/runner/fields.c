/* Small words for filling the tables that scripts are handed. */
#include "api.h"

void field_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

void field_e9(lua_State *L, const char *name, int64_t e9)
{
    decimal_push_e9(L, e9);
    lua_setfield(L, -2, name);
}

void field_money(lua_State *L, const char *name, struct money money)
{
    decimal_push(L, money.e18);
    lua_setfield(L, -2, name);
}

void field_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void field_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

void api_set(lua_State *L, const struct api_row *rows)
{
    for (; rows->name; rows++) {
        lua_pushcfunction(L, rows->call);
        lua_setfield(L, -2, rows->name);
    }
}

void api_set_host(lua_State *L, const struct api_row *rows)
{
    lua_getglobal(L, "host");
    api_set(L, rows);
    lua_pop(L, 1);
}
