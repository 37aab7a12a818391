/* Text run inside a script's own state, for the console: the script's globals, limits and host. */
#include <string.h>

#include "api.h"

enum { SHOWN_DEPTH = 3 };

struct eval { const char *text; struct buf *ret; };

static void show(lua_State *L, int index, int depth, struct buf *ret);

static void show_table(lua_State *L, int index, int depth, struct buf *ret)
{
    int keys = lua_gettop(L) + 1;

    luaL_checkstack(L, 8, "a table that is nested too deep");
    tables_push_keys(L, index);
    buf_puts(ret, "{");
    for (lua_Integer i = 1; lua_rawgeti(L, keys, i) != LUA_TNIL; i++) {
        buf_puts(ret, i > 1 ? ", " : "");
        if (lua_type(L, -1) == LUA_TSTRING)
            buf_printf(ret, "%s = ", lua_tostring(L, -1));
        lua_rawget(L, index);
        show(L, lua_gettop(L), depth + 1, ret);
        lua_pop(L, 1);
    }
    buf_puts(ret, "}");
    lua_settop(L, keys - 1);
}

/* As tostring would, text in tables quoted, and tables with what they hold. */
static void show(lua_State *L, int index, int depth, struct buf *ret)
{
    if (lua_istable(L, index) && depth < SHOWN_DEPTH) {
        show_table(L, index, depth, ret);
        return;
    }
    lua_getglobal(L, "tostring");
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    buf_printf(ret, depth > 0 && lua_type(L, index) == LUA_TSTRING ? "\"%s\"" : "%s",
               lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* An expression, or else statements. */
static void load(lua_State *L, const char *text)
{
    lua_pushfstring(L, "return %s", text);
    if (luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), "=console", "t") == LUA_OK)
        return;
    lua_pop(L, 2);
    if (luaL_loadbufferx(L, text, strlen(text), "=console", "t") != LUA_OK)
        lua_error(L);
}

static int evaluate(lua_State *L)
{
    const struct eval *eval = lua_touserdata(L, 1);
    int base;

    load(L, eval->text);
    base = lua_gettop(L);
    lua_call(L, 0, LUA_MULTRET);
    for (int i = base; i <= lua_gettop(L); i++) {
        buf_puts(eval->ret, i > base ? "\t" : "");
        show(L, i, 0, eval->ret);
    }
    return 0;
}

int script_eval(struct script *script, const char *text, struct buf *ret, struct err *err)
{
    struct eval eval = {text, ret};
    int status = script_protected(script, evaluate, &eval);

    if (status != LUA_OK) {
        const char *why = lua_tostring(script->L, -1);
        err_set(err, "%.*s", why ? (int)strcspn(why, "\n") : 1, why ? why : "?");
    }
    lua_settop(script->L, 0);
    return status == LUA_OK ? 0 : -1;
}
