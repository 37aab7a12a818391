/* What a script says of its parameters, so that the check, the sweep and the pages know them:
 *
 *     local params = host.declare{
 *       fast = {type = "integer", default = 12, least = 1, most = 200, about = "bars"},
 *       size = {type = "decimal", default = "0.01", least = "0.0001"},
 *       side = {type = "choice", default = "both", choices = {"both", "long", "short"}},
 *     }
 *     params.fast      the config's value or the default, checked; one without a default is wanted
 *
 * host.number, host.decimal and host.param declare what they ask for, too. */
#include <string.h>

#include "api.h"

static const char DECLARED; /* array of tables, and their names */

static const char *const types[] = {"integer", "number", "decimal", "boolean", "text", "choice",
                                    NULL};
enum type { TYPE_INTEGER, TYPE_NUMBER, TYPE_DECIMAL, TYPE_BOOLEAN, TYPE_TEXT, TYPE_CHOICE };

/* Adds the table on top as the declaration of `name`, unless there is one. Takes it off. */
static void add(lua_State *L, const char *name)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &DECLARED);
    lua_pushstring(L, name);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pushstring(L, name);
        lua_pushboolean(L, 1);
        lua_rawset(L, -4);
        lua_pushvalue(L, -3);
        lua_rawseti(L, -3, (lua_Integer)lua_rawlen(L, -3) + 1);
    }
    lua_pop(L, 3);
}

/* A plain value of the script's, as it can be written down; nothing for others. */
static void copy_plain(lua_State *L, int index, const char *name)
{
    __int128 e18;

    if (index > lua_gettop(L) || lua_istable(L, index) ||
        (lua_isuserdata(L, index) && !decimal_test(L, index, &e18)))
        return;
    lua_pushvalue(L, index);
    lua_setfield(L, -2, name);
}

void declare_note(lua_State *L, const char *type)
{
    static const char *const fields[] = {"default", "least", "most"};
    const char *name = lua_tostring(L, 1);
    int top = lua_gettop(L);

    lua_createtable(L, 0, 6);
    field_text(L, "name", name);
    field_text(L, "type", type);
    for (int i = 0; i < 3 && i + 2 <= top; i++)
        copy_plain(L, i + 2, fields[i]);
    add(L, name);
}

void declare_push(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &DECLARED);
    lua_newtable(L);
    for (lua_Integer i = 1; lua_rawgeti(L, -2, i) != LUA_TNIL; i++)
        lua_rawseti(L, -2, i);
    lua_pop(L, 1);
    lua_remove(L, -2);
}

/* --- host.declare --- */

static void check_whole(lua_State *L, const char *name)
{
    int whole;
    lua_Integer value;

    params_check_number(L, name);
    value = lua_tointegerx(L, -1, &whole);
    if (!whole)
        luaL_error(L, "parameter '%s' is %f, a whole number is wanted", name, lua_tonumber(L, -1));
    lua_pushinteger(L, value);
}

static void check_choice(lua_State *L, const char *name, int spec)
{
    int value = lua_gettop(L);
    luaL_Buffer names;

    lua_getfield(L, spec, "choices");
    for (lua_Integer i = 1; lua_rawgeti(L, value + 1, i) != LUA_TNIL; i++) {
        if (lua_rawequal(L, value, -1)) {
            lua_settop(L, value);
            return;
        }
        lua_pop(L, 1);
    }
    lua_settop(L, value + 1);
    luaL_buffinit(L, &names);
    for (lua_Integer i = 1; lua_rawgeti(L, value + 1, i) != LUA_TNIL; i++) {
        luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        luaL_addvalue(&names);
        luaL_addstring(&names, i < (lua_Integer)lua_rawlen(L, value + 1) ? ", " : "");
    }
    lua_pop(L, 1);
    luaL_pushresult(&names);
    luaL_tolstring(L, value, NULL);
    luaL_error(L, "parameter '%s' is '%s', it is one of: %s", name, lua_tostring(L, -1),
               lua_tostring(L, -2));
}

static void check_kind(lua_State *L, const char *name, int kind, const char *wanted)
{
    if (lua_type(L, -1) != kind)
        luaL_error(L, "parameter '%s' is a %s, %s is wanted", name, luaL_typename(L, -1), wanted);
}

/* A bound of the declaration, in the type of what it bounds. */
static void push_bound(lua_State *L, const char *name, int spec, const char *bound, enum type type)
{
    int at = lua_gettop(L) + 1;

    if (lua_getfield(L, spec, bound) != LUA_TNIL && type == TYPE_DECIMAL) {
        decimal_push(L, decimal_check(L, at, lua_pushfstring(L, "parameter '%s': %s", name,
                                                             bound)));
        lua_replace(L, at);
        lua_settop(L, at);
    }
}

/* The value on top becomes what the declaration at `spec` says it is, or it raises. */
static void check_value(lua_State *L, const char *name, int spec, enum type type)
{
    int value = lua_gettop(L);

    switch (type) {
    case TYPE_INTEGER: check_whole(L, name); break;
    case TYPE_NUMBER: params_check_number(L, name); break;
    case TYPE_DECIMAL:
        decimal_push(L, decimal_check(L, value, lua_pushfstring(L, "parameter '%s'", name)));
        break;
    case TYPE_BOOLEAN: check_kind(L, name, LUA_TBOOLEAN, "true or false"); break;
    case TYPE_TEXT: check_kind(L, name, LUA_TSTRING, "text"); break;
    case TYPE_CHOICE: check_choice(L, name, spec); break;
    }
    if (lua_gettop(L) > value) {
        lua_replace(L, value);
        lua_settop(L, value);
    }
    if (type > TYPE_DECIMAL)
        return;
    push_bound(L, name, spec, "least", type);
    int least = lua_gettop(L);
    push_bound(L, name, spec, "most", type);
    int most = lua_gettop(L);
    lua_pushvalue(L, value);
    params_check_range(L, name, least, most);
    lua_settop(L, value);
}

static void check_spec(lua_State *L, const char *name, int spec)
{
    static const char *const known[] = {"type", "default", "least", "most", "choices", "about",
                                        NULL};

    if (!lua_istable(L, spec))
        luaL_error(L, "declare: %s = {type = ..., default = ...} is wanted, this is a %s", name,
                   luaL_typename(L, spec));
    orders_check_fields(L, spec, lua_pushfstring(L, "declare: %s", name), known);
    lua_pop(L, 1);
}

static enum type read_type(lua_State *L, const char *name, int spec)
{
    int type = 0;

    lua_getfield(L, spec, "type");
    while (types[type] && (lua_type(L, -1) != LUA_TSTRING ||
                           strcmp(types[type], lua_tostring(L, -1)) != 0))
        type++;
    lua_pop(L, 1);
    if (!types[type])
        luaL_error(L, "declare: the type of '%s' is one of: integer, number, decimal, boolean, "
                      "text, choice", name);
    if ((lua_getfield(L, spec, "choices") == LUA_TTABLE) != (type == TYPE_CHOICE))
        luaL_error(L, "declare: '%s': choices = {...} and type \"choice\" go together", name);
    lua_pop(L, 1);
    return (enum type)type;
}

/* The declaration as it is written down: the script's own table may change later. */
static void note_spec(lua_State *L, const char *name, int spec)
{
    static const char *const fields[] = {"type", "default", "least", "most", "choices", "about"};

    lua_createtable(L, 0, 7);
    field_text(L, "name", name);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        lua_getfield(L, spec, fields[i]);
        lua_setfield(L, -2, fields[i]);
    }
    add(L, name);
}

/* name and spec on top; the value is left on top. */
static void note_one(lua_State *L)
{
    const char *name = luaL_checkstring(L, -2);
    int spec = lua_gettop(L);
    enum type type;

    check_spec(L, name, spec);
    type = read_type(L, name, spec);
    note_spec(L, name, spec);
    if (lua_getfield(L, spec, "default") != LUA_TNIL) /* a wrong one is wrong whatever is set */
        check_value(L, name, spec, type);
}

static void value_one(lua_State *L)
{
    const char *name = lua_tostring(L, -2);
    int spec = lua_gettop(L);
    enum type type = read_type(L, name, spec);

    lua_getfield(L, spec, "default");
    if (!lua_isnil(L, -1))
        check_value(L, name, spec, type);
    if (params_push(L, spec - 1) == LUA_TNIL)
        lua_pop(L, 1);
    else
        check_value(L, name, spec, type);
    if (lua_isnil(L, -1))
        luaL_error(L, "parameter '%s' is missing in the config", name);
}

/* All are noted before one is read: who asks what there is wants those after a missing one too. */
static int host_declare(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    tables_push_keys(L, 1);
    lua_newtable(L);
    for (int pass = 0; pass < 2; pass++, lua_settop(L, 3))
        for (lua_Integer i = 1; lua_rawgeti(L, 2, i) != LUA_TNIL; i++) {
            lua_pushvalue(L, -1);
            lua_rawget(L, 1);
            (pass == 0 ? note_one : value_one)(L);
            lua_pushvalue(L, 4);
            lua_insert(L, -2);
            lua_rawset(L, 3);
            lua_settop(L, 3);
        }
    return 1;
}

void api_open_declare(lua_State *L)
{
    static const struct api_row functions[] = {
        {"declare", host_declare, "declarations: table<string, Declaration>", "table<string, any>",
         "the config's values or the defaults, checked, by name"},
        {0},
    };

    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &DECLARED);
    api_set_host(L, functions);
}
