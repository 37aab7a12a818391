/* Stops that the host holds, also when this script is dead.
 *
 *     host.protect(id, {stop = p, trail = "0.002", after = 3600})   in place of what was set
 *     host.protect(id, {})   none any more
 *     host.protection(id)   {state, stop, trail, after, best, reason} as last told
 *
 * What becomes of it comes by on_protect; what the host does not take, by on_refusal. */
#include <string.h>

#include "api.h"

static const int64_t SECOND_NS = 1000000000;

static void check_terms(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    tables_push_keys(L, 2);
    for (lua_Integer i = 1; lua_rawgeti(L, 3, i) != LUA_TNIL; i++) {
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        if (strcmp(key, "stop") != 0 && strcmp(key, "trail") != 0 && strcmp(key, "after") != 0)
            luaL_error(L, "protect: there is no field '%s'; there are stop, trail, after",
                       luaL_tolstring(L, -1, NULL));
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
}

/* 0 when it is absent; else exact and positive. */
static int64_t read_term(lua_State *L, const char *name, const char *what)
{
    int64_t e9 = 0;

    if (lua_getfield(L, 2, name) != LUA_TNIL) {
        e9 = decimal_check_e9(L, -1, what);
        if (e9 <= 0)
            luaL_error(L, "%s must be positive; leave it out for none", what);
    }
    lua_pop(L, 1);
    return e9;
}

static int host_protect(lua_State *L)
{
    struct script *script = script_of(L);
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent)); /* padding too: it crosses a socket */
    intent.kind = INTENT_PROTECT;
    intent.product = product_check(L, 1);
    check_terms(L);
    intent.protect.stop.e9 = read_term(L, "stop", "protect: stop");
    intent.protect.trail.e9 = read_term(L, "trail", "protect: trail");
    intent.protect.after_ns = read_term(L, "after", "protect: after"); /* 1e-9 s is one ns */
    if (intent.protect.trail.e9 >= DECIMAL_ONE)
        luaL_error(L, "protect: trail is a part of the price, such as \"0.002\", less than 1");
    intent.caused_ns = script->now.mono_ns;
    orders_send_intent(L, script, &intent);
    return 0;
}

static void field_unless_zero(lua_State *L, const char *name, int64_t e9)
{
    if (e9 != 0)
        field_e9(L, name, e9);
}

void protection_push(lua_State *L, const struct script *script, product_index product)
{
    const struct script_protection *told = &script->protections[product];

    lua_createtable(L, 0, 8);
    product_push(L, script, product);
    lua_setfield(L, -2, "product");
    field_text(L, "state", protect_state_text(told->state));
    field_text(L, "reason", told->reason);
    field_unless_zero(L, "stop", told->terms.stop.e9);
    field_unless_zero(L, "trail", told->terms.trail.e9);
    field_unless_zero(L, "best", told->best.e9);
    if (told->terms.after_ns > 0) {
        lua_pushnumber(L, (lua_Number)told->terms.after_ns / (lua_Number)SECOND_NS);
        lua_setfield(L, -2, "after");
    }
}

static int host_protection(lua_State *L)
{
    protection_push(L, script_of(L), product_check(L, 1));
    return 1;
}

void api_open_protect(lua_State *L)
{
    static const struct api_row functions[] = {
        {"protect", host_protect, "product: string, terms: ProtectOptions", "",
         "stops that the host holds, in place of what was set; {} for none"},
        {"protection", host_protection, "product: string", "Protection", "as last told"},
        {0},
    };

    api_set_host(L, functions);
}
