/* Orders and positions.
 *
 *     ref = host.place{product = id, side = "buy", type = "limit", price = p, size = s,
 *                      tif = "gtc", post_only = true, reduce_only = false}
 *     host.cancel(ref)   host.cancel_all(id), without an id: all products
 *     host.orders(id)    the script's own live orders: {ref, side, price, size, filled, state}
 *     host.position(id)  {size, account, average_price, realised, unrealised, fees, state}
 *
 * place returns at once with the script's own name for the order; what becomes of it comes by
 * on_order, on_fill or on_refusal. Values that could not mean an order raise. */
#include <string.h>

#include "api.h"

struct script_order *script_order_find(struct script *script, order_ref ref)
{
    for (int i = 0; i < SCRIPT_ORDERS_MAX; i++)
        if (script->orders[i].ref == ref)
            return &script->orders[i];
    return NULL;
}

static bool is_terminal(enum order_state state)
{
    return state >= ORDER_FILLED;
}

void script_order_apply(struct script *script, const struct notice *notice)
{
    struct script_order *order;

    if (notice->order.ref == 0)
        return;
    order = script_order_find(script, notice->order.ref);
    if (!order && !is_terminal(notice->order.state))
        order = script_order_find(script, 0);
    if (!order)
        return;
    *order = (struct script_order){notice->order.ref, notice->product, notice->order.side,
                                   notice->order.state, notice->order.price, notice->order.size,
                                   notice->order.filled};
    if (is_terminal(order->state))
        order->ref = 0;
}

static bool read_boolean(lua_State *L, const char *name)
{
    bool value;

    lua_getfield(L, 1, name);
    if (!lua_isnil(L, -1) && !lua_isboolean(L, -1))
        luaL_error(L, "place: %s must be true or false, it is a %s", name, luaL_typename(L, -1));
    value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

struct option { const char *text; int value; };
static const struct option sides[] = {{"buy", SIDE_BUY}, {"sell", SIDE_SELL}, {NULL, 0}};
static const struct option types[] = {{"limit", ORDER_TYPE_LIMIT}, {"market", ORDER_TYPE_MARKET},
                                      {NULL, 0}};
static const struct option tifs[] = {{"gtc", TIF_GTC}, {"ioc", TIF_IOC}, {"fok", TIF_FOK},
                                     {NULL, 0}};

static int refuse_option(lua_State *L, const char *name, const struct option *options)
{
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (int i = 0; options[i].text; i++) {
        luaL_addstring(&names, i ? ", " : "");
        luaL_addstring(&names, options[i].text);
    }
    luaL_pushresult(&names);
    if (lua_type(L, -2) == LUA_TSTRING)
        return luaL_error(L, "place: %s cannot be '%s'; it is one of: %s", name,
                          lua_tostring(L, -2), lua_tostring(L, -1));
    return luaL_error(L, "place: %s is wanted, one of: %s", name, lua_tostring(L, -1));
}

/* `absent`: the value when the field is nil; -1: it must be there. */
static int read_option(lua_State *L, const char *name, const struct option *options, int absent)
{
    int value = absent, kind = lua_getfield(L, 1, name);
    bool found = kind == LUA_TNIL && absent >= 0;

    for (int i = 0; kind == LUA_TSTRING && options[i].text && !found; i++) {
        found = strcmp(options[i].text, lua_tostring(L, -1)) == 0;
        value = options[i].value;
    }
    if (!found)
        return refuse_option(L, name, options);
    lua_pop(L, 1);
    return value;
}

static void check_fields(lua_State *L)
{
    static const char *const known[] = {"product", "side", "type", "price", "size", "tif",
                                        "post_only", "reduce_only", NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    tables_push_keys(L, 1);
    for (lua_Integer i = 1; lua_rawgeti(L, 2, i) != LUA_TNIL; i++) {
        bool found = false;
        for (int k = 0; lua_type(L, -1) == LUA_TSTRING && known[k]; k++)
            found |= strcmp(known[k], lua_tostring(L, -1)) == 0;
        if (!found)
            luaL_error(L, "place: there is no field '%s'; there are product, side, type, price, "
                          "size, tif, post_only, reduce_only", luaL_tolstring(L, -1, NULL));
        lua_pop(L, 1);
    }
    lua_settop(L, 1);
}

static void read_numbers(lua_State *L, struct intent *intent)
{
    lua_getfield(L, 1, "size");
    intent->size.e9 = decimal_check_e9(L, -1, "place: size");
    if (intent->size.e9 <= 0)
        luaL_error(L, "place: size must be positive; side says the direction");
    lua_getfield(L, 1, "price");
    if (intent->type == ORDER_TYPE_MARKET) {
        if (!lua_isnil(L, -1))
            luaL_error(L, "place: a market order has no price");
    } else {
        intent->price.e9 = decimal_check_e9(L, -1, "place: price");
        if (intent->price.e9 <= 0)
            luaL_error(L, "place: price must be positive");
    }
    lua_pop(L, 2);
}

static void read_intent(lua_State *L, struct intent *intent)
{
    bool market;

    lua_getfield(L, 1, "product");
    intent->product = product_check(L, -1);
    lua_pop(L, 1);
    intent->side = (enum side)read_option(L, "side", sides, -1);
    intent->type = (enum order_type)read_option(L, "type", types, ORDER_TYPE_LIMIT);
    market = intent->type == ORDER_TYPE_MARKET;
    intent->tif = (enum time_in_force)read_option(L, "tif", tifs, market ? TIF_IOC : TIF_GTC);
    intent->post_only = read_boolean(L, "post_only");
    intent->reduce_only = read_boolean(L, "reduce_only");
    read_numbers(L, intent);
    if (market && intent->tif != TIF_IOC)
        luaL_error(L, "place: a market order is 'ioc'");
    if (intent->post_only && (market || intent->tif != TIF_GTC))
        luaL_error(L, "place: post_only wants a limit order with tif 'gtc'");
}

void orders_check_may_send(lua_State *L)
{
    const struct script *script = script_of(L);

    if (script->start.role == SCRIPT_ROLE_RULE)
        luaL_error(L, "a rule judges orders, it cannot send any");
    if (!script->going)
        luaL_error(L, "orders may be sent from on_start on, not while the script is loaded or "
                      "takes over its state");
}

void orders_send_intent(lua_State *L, struct script *script, const struct intent *intent)
{
    if (!script->host.send(script->host.context, SCRIPT_INTENT, 0, false, intent,
                           sizeof(*intent))) {
        script->refused_send = true;
        luaL_error(L, "the core takes no more intents from this script");
    }
}

static int host_place(lua_State *L)
{
    struct script *script = script_of(L);
    struct intent intent;

    orders_check_may_send(L);
    check_fields(L);
    memset(&intent, 0, sizeof(intent)); /* padding too: it crosses a socket */
    intent.kind = INTENT_PLACE;
    read_intent(L, &intent);
    intent.ref = (order_ref)script->generation << 32 | ++script->next_ref;
    intent.caused_ns = script->now.mono_ns;
    orders_send_intent(L, script, &intent);
    lua_pushinteger(L, (lua_Integer)intent.ref);
    return 1;
}

static int host_cancel(lua_State *L)
{
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CANCEL;
    intent.product = NO_PRODUCT;
    intent.ref = (order_ref)luaL_checkinteger(L, 1);
    luaL_argcheck(L, intent.ref != 0, 1, "a ref that host.place returned is wanted");
    orders_send_intent(L, script_of(L), &intent);
    return 0;
}

static int host_cancel_all(lua_State *L)
{
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CANCEL_ALL;
    intent.product = lua_isnoneornil(L, 1) ? NO_PRODUCT : product_check(L, 1);
    orders_send_intent(L, script_of(L), &intent);
    return 0;
}

static void push_order(lua_State *L, const struct script *script, const struct script_order *order)
{
    lua_newtable(L);
    field_integer(L, "ref", (lua_Integer)order->ref);
    product_push(L, script, order->product);
    lua_setfield(L, -2, "product");
    field_text(L, "side", side_text(order->side));
    field_text(L, "state", order_state_text(order->state));
    field_e9(L, "price", order->price.e9);
    field_e9(L, "size", order->size.e9);
    field_e9(L, "filled", order->filled.e9);
}

static int host_orders(lua_State *L)
{
    const struct script *script = script_of(L);
    product_index only = lua_isnoneornil(L, 1) ? NO_PRODUCT : product_check(L, 1);
    lua_Integer count = 0;

    lua_newtable(L);
    for (int i = 0; i < SCRIPT_ORDERS_MAX; i++) {
        const struct script_order *order = &script->orders[i];
        if (order->ref == 0 || (only != NO_PRODUCT && order->product != only))
            continue;
        push_order(L, script, order);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int host_position(lua_State *L)
{
    const struct script *script = script_of(L);
    product_index product = product_check(L, 1);
    const struct view *view = &script->views[product];

    if (!script->has_view[product]) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 8);
    field_e9(L, "size", view->position.e9);
    field_e9(L, "account", view->account_position.e9);
    field_e9(L, "average_price", view->average_price.e9);
    field_money(L, "realised", view->realised);
    field_money(L, "unrealised", view->unrealised);
    field_money(L, "fees", view->fees);
    field_integer(L, "working_orders", view->working_orders);
    field_text(L, "state", trading_state_text((enum trading_state)view->state));
    return 1;
}

void intent_push(lua_State *L, const struct script *script, const struct intent *intent)
{
    lua_newtable(L);
    product_push(L, script, intent->product);
    lua_setfield(L, -2, "product");
    field_text(L, "side", side_text(intent->side));
    field_text(L, "type", order_type_text(intent->type));
    field_text(L, "tif", time_in_force_text(intent->tif));
    field_e9(L, "price", intent->price.e9);
    field_e9(L, "size", intent->size.e9);
    field_boolean(L, "post_only", intent->post_only);
    field_boolean(L, "reduce_only", intent->reduce_only);
}

void api_open_orders(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"place", host_place}, {"cancel", host_cancel}, {"cancel_all", host_cancel_all},
        {"orders", host_orders}, {"position", host_position}, {NULL, NULL},
    };

    lua_getglobal(L, "host");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
