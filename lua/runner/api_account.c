/* The account as a script may see it, and what the script says of itself.
 *
 *     host.equity()          the account's, as last shown; nil while the venue has not told
 *     host.limits(id)        {max_order_size, max_order_value, max_position, price_collar,
 *                             max_messages, buy, sell, orders}: the last three are what is left
 *     host.metric(name, x)   a figure of the script's own, in status and in the run's summary
 *     host.manifest{max_position = "0.1", may_short = false, ...}    while it is loaded, once */
#include <math.h>
#include <string.h>

#include "api.h"

static int host_equity(lua_State *L)
{
    const struct script *script = script_of(L);

    if (script->equity_known)
        decimal_push(L, script->equity.e18);
    else
        lua_pushnil(L);
    return 1;
}

static int host_limits(lua_State *L)
{
    const struct script *script = script_of(L);
    product_index product = product_check(L, 1);
    const struct script_limits *limits = &script->start.limits[product];
    const struct view *view = &script->views[product];

    lua_createtable(L, 0, 8);
    field_e9(L, "max_order_size", limits->max_order_size.e9);
    field_money(L, "max_order_value", limits->max_order_value);
    field_e9(L, "max_position", limits->max_position.e9);
    field_e9(L, "price_collar", limits->price_collar.e9);
    field_integer(L, "max_messages", script->start.max_messages);
    if (script->has_view[product]) {
        field_e9(L, "buy", view->room.buy.e9);
        field_e9(L, "sell", view->room.sell.e9);
        field_integer(L, "orders", view->room.orders);
    }
    return 1;
}

/* --- metrics --- */

static bool know_metric(struct script *script, const char *name)
{
    for (uint32_t i = 0; i < script->metric_count; i++)
        if (strcmp(script->metrics[i], name) == 0)
            return true;
    if (script->metric_count == MAX_METRICS)
        return false;
    memcpy(script->metrics[script->metric_count++], name, strlen(name) + 1);
    return true;
}

/* Decimals exactly, a float to nine places: it is shown and never reckoned with. */
static __int128 check_figure(lua_State *L, int index)
{
    char text[48];
    struct money money;
    lua_Number value;
    int whole;

    lua_tointegerx(L, index, &whole);
    if (lua_type(L, index) != LUA_TNUMBER || whole)
        return decimal_check(L, index, "metric");
    value = lua_tonumber(L, index);
    luaL_argcheck(L, isfinite(value) && fabs(value) < 1e18, index,
                  "a finite figure below 1e18 is wanted");
    snprintf(text, sizeof(text), "%.9f", value);
    CHECK(money_parse(text, strlen(text), &money));
    return money.e18;
}

static int host_metric(lua_State *L)
{
    struct script *script = script_of(L);
    struct script_metric metric;
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);

    luaL_argcheck(L, length > 0 && length < NAME_MAX_BYTES && strlen(name) == length, 1,
                  "a name has 1 to 31 bytes");
    memset(&metric, 0, sizeof(metric)); /* padding too: it crosses a socket */
    memcpy(metric.name, name, length);
    metric.value.e18 = check_figure(L, 2);
    if (!know_metric(script, name))
        return luaL_error(L, "metric: %s would be one more than %d", name, MAX_METRICS);
    if (!script->host.send(script->host.context, SCRIPT_METRIC, 0, false, &metric,
                           sizeof(metric)))
        script->refused_send = true;
    return 0;
}

/* --- the manifest --- */

static struct size read_size(lua_State *L, const char *name)
{
    struct size size = {0};

    if (lua_getfield(L, 1, name) != LUA_TNIL) {
        size.e9 = decimal_check_e9(L, 2, lua_pushfstring(L, "manifest: %s", name));
        if (size.e9 <= 0)
            luaL_error(L, "manifest: %s must be positive; leave it out for the config's", name);
    }
    lua_settop(L, 1);
    return size;
}

static uint32_t read_count(lua_State *L, const char *name)
{
    lua_Integer count = 0;

    if (lua_getfield(L, 1, name) != LUA_TNIL) {
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) <= 0 || lua_tointeger(L, -1) > INT32_MAX)
            luaL_error(L, "manifest: %s is a positive whole number; leave it out for the config's",
                       name);
        count = lua_tointeger(L, -1);
    }
    lua_settop(L, 1);
    return (uint32_t)count;
}

static bool read_denial(lua_State *L, const char *name)
{
    bool denied;

    if (lua_getfield(L, 1, name) != LUA_TNIL && !lua_isboolean(L, -1))
        luaL_error(L, "manifest: %s must be true or false", name);
    denied = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
    lua_settop(L, 1);
    return denied;
}

static uint32_t read_products(lua_State *L)
{
    uint32_t products = 0;

    if (lua_getfield(L, 1, "products") != LUA_TNIL) {
        luaL_checktype(L, 2, LUA_TTABLE);
        for (lua_Integer i = 1; lua_rawgeti(L, 2, i) != LUA_TNIL; i++) {
            products |= 1u << product_check(L, 3);
            lua_settop(L, 2);
        }
        if (products == 0)
            luaL_error(L, "manifest: products is empty; leave it out for the config's");
    }
    lua_settop(L, 1);
    return products;
}

static int host_manifest(lua_State *L)
{
    static const char *const known[] = {"products", "max_order_size", "max_position", "may_open",
                                        "may_short", "messages", "working_orders", "timers", NULL};
    struct script *script = script_of(L);
    struct manifest manifest = {0};

    if (script->start.role == SCRIPT_ROLE_RULE)
        return luaL_error(L, "a rule sends nothing, it needs no manifest");
    if (script->has_manifest || script->loaded)
        return luaL_error(L, "a manifest is said once, while the script is loaded");
    lua_settop(L, 1);
    orders_check_fields(L, 1, "manifest", known);
    manifest.products = read_products(L);
    manifest.max_order_size = read_size(L, "max_order_size");
    manifest.max_position = read_size(L, "max_position");
    manifest.no_open = read_denial(L, "may_open");
    manifest.no_short = read_denial(L, "may_short");
    manifest.max_messages = read_count(L, "messages");
    manifest.max_working_orders = read_count(L, "working_orders");
    manifest.max_timers = read_count(L, "timers");
    script->manifest = manifest;
    script->has_manifest = true;
    return 0;
}

void api_open_account(lua_State *L)
{
    static const struct api_row functions[] = {
        {"equity", host_equity, "", "Decimal?", "the account's; nil while the venue has not told"},
        {"limits", host_limits, "product: string", "Limits", "the config's, and what is left now"},
        {"metric", host_metric, "name: string, value: number|Decimal", "",
         "a figure of the script's own, in status and summary; 32 names at most"},
        {"manifest", host_manifest, "manifest: Manifest", "",
         "what the script will ever need: once, while it is loaded"},
        {0},
    };

    api_set_host(L, functions);
}
