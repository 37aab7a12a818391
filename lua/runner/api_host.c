/* host: time, chance, log, timers, parameters and what is known of the products.
 *
 *     host.now()                 Unix ns of the frame being handled: the script's only clock
 *     host.random(n)             1..n, seeded by the host and recorded
 *     host.log("info", text)     levels debug, info, warn, error
 *     host.timer(id, seconds)    on_timer(id) once, after that long; host.cancel_timer(id)
 *     host.params                the parameters of the config file, read-only
 *     host.products()            ids of this script's products; host.product(id) its facts */
#include <string.h>

#include "script_private.h"

static int host_now(lua_State *L)
{
    lua_pushinteger(L, script_of(L)->now.wall_ns);
    return 1;
}

static int host_uptime(lua_State *L) /* monotonic ns: for ages and durations */
{
    lua_pushinteger(L, script_of(L)->now.mono_ns);
    return 1;
}

static int host_random(lua_State *L)
{
    lua_Integer bound = luaL_checkinteger(L, 1);

    luaL_argcheck(L, bound > 0, 1, "a positive bound is wanted");
    lua_pushinteger(L, (lua_Integer)prng_below(&script_of(L)->prng, (uint64_t)bound) + 1);
    return 1;
}

static int host_log(lua_State *L)
{
    static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
    static const char letters[] = "diwe";
    char line[512];
    size_t length;
    int level = luaL_checkoption(L, 1, NULL, levels);
    const char *text = luaL_checklstring(L, 2, &length);

    if (length > sizeof(line) - 1)
        length = sizeof(line) - 1;
    line[0] = letters[level];
    memcpy(line + 1, text, length);
    script_report(script_of(L), SCRIPT_LOG, line, length + 1);
    return 0;
}

static int send_timer(lua_State *L, int64_t delay_ns)
{
    struct script *script = script_of(L);
    lua_Integer id = luaL_checkinteger(L, 1);
    struct script_timer timer = {.delay_ns = delay_ns};

    luaL_argcheck(L, id >= 0 && id < MAX_TIMERS_PER_RUNNER, 1, "timer ids are 0 to 63");
    timer.id = (uint32_t)id;
    if (!script->host.send(script->host.context, SCRIPT_TIMER, 0, false, &timer, sizeof(timer)))
        script->refused_send = true;
    return 0;
}

static int host_timer(lua_State *L)
{
    int64_t seconds_e9 = decimal_check_e9(L, 2, "seconds"); /* 1e-9 s is one ns */

    luaL_argcheck(L, seconds_e9 > 0, 2, "a timer is set into the future");
    return send_timer(L, seconds_e9);
}

static int host_cancel_timer(lua_State *L)
{
    return send_timer(L, -1);
}

product_index product_check(lua_State *L, int index)
{
    const struct script *script = script_of(L);
    size_t length;
    const char *id = luaL_checklstring(L, index, &length);
    product_index product = catalog_find(&script->start.catalog, id, length);

    if (product == NO_PRODUCT || !(script->start.products & 1u << product))
        luaL_error(L, "'%s' is not one of this script's products; see host.products()", id);
    return product;
}

void product_push(lua_State *L, const struct script *script, product_index product)
{
    if (product < script->start.catalog.count)
        lua_pushstring(L, script->start.catalog.items[product].product_id);
    else
        lua_pushnil(L);
}

static int host_products(lua_State *L)
{
    const struct script *script = script_of(L);
    lua_Integer count = 0;

    lua_newtable(L);
    for (product_index i = 0; i < script->start.catalog.count; i++) {
        if (!(script->start.products & 1u << i))
            continue;
        product_push(L, script, i);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static void set_decimal(lua_State *L, const char *name, int64_t e9)
{
    decimal_push_e9(L, e9);
    lua_setfield(L, -2, name);
}

static int host_product(lua_State *L)
{
    const struct script *script = script_of(L);
    const struct instrument *spec = &script->start.catalog.items[product_check(L, 1)];

    lua_newtable(L);
    lua_pushstring(L, spec->product_id);
    lua_setfield(L, -2, "id");
    lua_pushstring(L, spec->asset);
    lua_setfield(L, -2, "asset");
    lua_pushstring(L, venue_profile_text(spec->profile));
    lua_setfield(L, -2, "profile");
    set_decimal(L, "tick", spec->tick.e9);
    set_decimal(L, "step", spec->step.e9);
    set_decimal(L, "size_min", spec->size_min.e9);
    set_decimal(L, "size_max", spec->size_max.e9);
    set_decimal(L, "contract_size", spec->contract_size.e9);
    return 1;
}

static int params_readonly(lua_State *L)
{
    return luaL_error(L, "host.params is read-only; change the config file");
}

static int params_missing(lua_State *L)
{
    return luaL_error(L, "no parameter '%s' in the config; use host.param(name, default)",
                      lua_tostring(L, 2));
}

static int host_param(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 2);
    lua_getfield(L, LUA_REGISTRYINDEX, "params");
    lua_pushvalue(L, 1);
    if (lua_rawget(L, -2) == LUA_TNIL)
        lua_pushvalue(L, 2);
    return 1;
}

/* params.json becomes the parameters, behind a proxy that no script can write. */
static void push_params(lua_State *L)
{
    const struct bundle_entry *entry = &script_of(L)->bundle->entries[1];

    state_decode(L, entry->text, entry->text_length);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, params_missing);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "params");
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, params_readonly);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

void api_open_host(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"now", host_now}, {"uptime", host_uptime}, {"random", host_random}, {"log", host_log},
        {"timer", host_timer}, {"cancel_timer", host_cancel_timer}, {"products", host_products},
        {"product", host_product}, {"param", host_param}, {NULL, NULL},
    };

    luaL_newlib(L, functions);
    lua_pushstring(L, script_of(L)->start.name);
    lua_setfield(L, -2, "name");
    push_params(L);
    lua_setfield(L, -2, "params");
    lua_setglobal(L, "host");
}
