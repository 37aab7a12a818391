/* Orders and positions.
 *
 *     ref = host.place{product = id, side = "buy", type = "limit", price = p, size = s,
 *                      tif = "gtc", post_only = true, reduce_only = false}
 *     host.cancel(ref)   host.cancel_all(id)
 *     host.orders(id)    the script's own live orders: {ref, side, price, size, filled, state}
 *     host.position(id)  {size, account, average_price, realised, unrealised, fees, mark, state}
 *
 * place returns at once with the script's own name for the order; what becomes of it comes by
 * on_order, on_fill or on_refusal. Values that could not mean an order raise. */
#include <stdio.h>
#include <string.h>

#include "script_private.h"

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

static bool field_boolean(lua_State *L, const char *name)
{
    bool value;

    lua_getfield(L, 1, name);
    if (!lua_isnil(L, -1) && !lua_isboolean(L, -1))
        luaL_error(L, "place: %s must be true or false", name);
    value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static int field_option(lua_State *L, const char *name, const char *const *options, int absent)
{
    const char *text;

    lua_getfield(L, 1, name);
    if (lua_isnil(L, -1) && absent >= 0) {
        lua_pop(L, 1);
        return absent;
    }
    text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, -1);
    for (int i = 0; options[i]; i++) {
        if (strcmp(options[i], text) == 0) {
            lua_pop(L, 1);
            return i;
        }
    }
    return luaL_error(L, "place: %s cannot be '%s'", name, text);
}

static void check_fields(lua_State *L)
{
    static const char *const known = " product side type price size tif post_only reduce_only ";
    char padded[40];

    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_rawlen(L, -2) > sizeof(padded) - 3)
            luaL_error(L, "place: its fields are named product, side, type, price, size, ...");
        snprintf(padded, sizeof(padded), " %s ", lua_tostring(L, -2));
        if (!strstr(known, padded))
            luaL_error(L, "place: there is no field '%s'", lua_tostring(L, -2));
    }
}

static void read_numbers(lua_State *L, struct intent *intent)
{
    lua_getfield(L, 1, "size");
    intent->size.e9 = decimal_check_e9(L, -1, "place: size");
    lua_getfield(L, 1, "price");
    if (intent->type == ORDER_TYPE_LIMIT)
        intent->price.e9 = decimal_check_e9(L, -1, "place: price");
    else if (!lua_isnil(L, -1))
        luaL_error(L, "place: a market order has no price");
    lua_pop(L, 2);
}

static void send_intent(lua_State *L, struct script *script, const struct intent *intent)
{
    if (!script->going)
        luaL_error(L, "orders may be sent from on_start on, not while the script is loaded");
    if (!script->host.send(script->host.context, SCRIPT_INTENT, 0, false, intent,
                           sizeof(*intent))) {
        script->refused_send = true;
        luaL_error(L, "the core takes no more intents from this script");
    }
}

static int host_place(lua_State *L)
{
    static const char *const sides[] = {"buy", "sell", NULL};
    static const char *const types[] = {"limit", "market", NULL};
    static const char *const tifs[] = {"gtc", "gtd", "ioc", "fok", NULL};
    struct script *script = script_of(L);
    struct intent intent;

    luaL_checktype(L, 1, LUA_TTABLE);
    check_fields(L);
    memset(&intent, 0, sizeof(intent)); /* padding too: it crosses a socket */
    intent.kind = INTENT_PLACE;
    lua_getfield(L, 1, "product");
    intent.product = product_check(L, -1);
    lua_pop(L, 1);
    intent.side = (enum side)field_option(L, "side", sides, -1);
    intent.type = (enum order_type)field_option(L, "type", types, 0);
    intent.tif = (enum time_in_force)field_option(
        L, "tif", tifs, intent.type == ORDER_TYPE_MARKET ? (int)TIF_IOC : (int)TIF_GTC);
    intent.post_only = field_boolean(L, "post_only");
    intent.reduce_only = field_boolean(L, "reduce_only");
    read_numbers(L, &intent);
    intent.ref = (order_ref)script->generation << 32 | ++script->next_ref;
    send_intent(L, script, &intent);
    lua_pushinteger(L, (lua_Integer)intent.ref);
    return 1;
}

static int host_cancel(lua_State *L)
{
    struct script *script = script_of(L);
    struct intent intent;

    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CANCEL;
    intent.ref = (order_ref)luaL_checkinteger(L, 1);
    luaL_argcheck(L, intent.ref != 0, 1, "a ref that place returned is wanted");
    send_intent(L, script, &intent);
    return 0;
}

static int host_cancel_all(lua_State *L)
{
    struct intent intent;

    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CANCEL_ALL;
    intent.product = lua_isnoneornil(L, 1) ? NO_PRODUCT : product_check(L, 1);
    send_intent(L, script_of(L), &intent);
    return 0;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_e9(lua_State *L, const char *name, int64_t e9)
{
    decimal_push_e9(L, e9);
    lua_setfield(L, -2, name);
}

static void set_money(lua_State *L, const char *name, struct money money)
{
    decimal_push(L, money.e18);
    lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void push_order(lua_State *L, const struct script *script, const struct script_order *order)
{
    lua_newtable(L);
    set_integer(L, "ref", (lua_Integer)order->ref);
    product_push(L, script, order->product);
    lua_setfield(L, -2, "product");
    set_text(L, "side", side_text(order->side));
    set_text(L, "state", order_state_text(order->state));
    set_e9(L, "price", order->price.e9);
    set_e9(L, "size", order->size.e9);
    set_e9(L, "filled", order->filled.e9);
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
    lua_newtable(L);
    set_e9(L, "size", view->position.e9);
    set_e9(L, "account", view->account_position.e9);
    set_e9(L, "average_price", view->average_price.e9);
    set_money(L, "realised", view->realised);
    set_money(L, "unrealised", view->unrealised);
    set_money(L, "fees", view->fees);
    set_integer(L, "working_orders", view->working_orders);
    set_text(L, "state", trading_state_text((enum trading_state)view->state));
    return 1;
}

void intent_push(lua_State *L, const struct script *script, const struct intent *intent)
{
    lua_newtable(L);
    product_push(L, script, intent->product);
    lua_setfield(L, -2, "product");
    set_text(L, "side", side_text(intent->side));
    set_text(L, "type", order_type_text(intent->type));
    set_text(L, "tif", time_in_force_text(intent->tif));
    set_e9(L, "price", intent->price.e9);
    set_e9(L, "size", intent->size.e9);
    lua_pushboolean(L, intent->post_only);
    lua_setfield(L, -2, "post_only");
    lua_pushboolean(L, intent->reduce_only);
    lua_setfield(L, -2, "reduce_only");
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
