/* Orders and positions.
 *
 *     ref = host.place{product = id, side = "buy", type = "limit", price = p, size = s,
 *                      tif = "gtc", post_only = true, reduce_only = false}
 *     ref = host.place{..., type = "stop_limit", stop_price = s, stop = "down", expires = ns}
 *     ref = host.amend(ref, {price = p, size = s, stop_price = s, expires = ns})
 *     ref = host.close(id), or host.close(id, size)
 *     host.cancel(ref)   host.cancel_all(id), without an id: all products
 *     host.orders(id)    the script's own live orders: {ref, side, price, size, filled, state}
 *     host.position(id)  {size, account, average_price, realised, unrealised, fees, state}
 *
 * place, amend and close return at once with the script's own name for the new order; what becomes
 * of it comes by on_order, on_fill or on_refusal. Values that could not mean an order raise. */
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
                                      {"stop_limit", ORDER_TYPE_STOP_LIMIT},
                                      {"bracket", ORDER_TYPE_BRACKET}, {NULL, 0}};
static const struct option tifs[] = {{"gtc", TIF_GTC}, {"gtd", TIF_GTD}, {"ioc", TIF_IOC},
                                     {"fok", TIF_FOK}, {NULL, 0}};
static const struct option stops[] = {{"up", STOP_UP}, {"down", STOP_DOWN}, {NULL, 0}};

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

void orders_check_fields(lua_State *L, int at, const char *call, const char *const *known)
{
    luaL_Buffer names;

    luaL_checktype(L, at, LUA_TTABLE);
    tables_push_keys(L, at);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
        bool found = false;
        for (int k = 0; lua_type(L, -1) == LUA_TSTRING && known[k]; k++)
            found |= strcmp(known[k], lua_tostring(L, -1)) == 0;
        if (!found) {
            luaL_tolstring(L, -1, NULL);
            luaL_buffinit(L, &names);
            for (int k = 0; known[k]; k++) {
                luaL_addstring(&names, k ? ", " : "");
                luaL_addstring(&names, known[k]);
            }
            luaL_pushresult(&names);
            luaL_error(L, "%s: there is no field '%s'; there are %s", call, lua_tostring(L, -2),
                       lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

/* A field of the table at `at` that must be positive when it is there; 0: it is not. */
static int64_t read_positive(lua_State *L, int at, const char *name, const char *what)
{
    int64_t e9 = 0;

    if (lua_getfield(L, at, name) != LUA_TNIL) {
        e9 = decimal_check_e9(L, -1, what);
        if (e9 <= 0)
            luaL_error(L, "%s must be positive%s", what,
                       strcmp(name, "size") == 0 ? "; side says the direction" : "");
    }
    lua_pop(L, 1);
    return e9;
}

static int64_t read_expires(lua_State *L, int at, const char *call)
{
    int64_t ns = 0;

    if (lua_getfield(L, at, "expires") != LUA_TNIL) {
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) <= 0)
            luaL_error(L, "%s: expires is Unix time in ns, as host.now() gives it", call);
        ns = lua_tointeger(L, -1);
    }
    lua_pop(L, 1);
    return ns;
}

static void need(lua_State *L, bool there, const char *name)
{
    if (!there)
        luaL_error(L, "place: %s: a decimal is wanted, this is a nil", name);
}

static void read_numbers(lua_State *L, struct intent *intent)
{
    intent->size.e9 = read_positive(L, 1, "size", "place: size");
    need(L, intent->size.e9 > 0, "size");
    intent->price.e9 = read_positive(L, 1, "price", "place: price");
    if (intent->type == ORDER_TYPE_MARKET && intent->price.e9 > 0)
        luaL_error(L, "place: a market order has no price");
    need(L, intent->type == ORDER_TYPE_MARKET || intent->price.e9 > 0, "price");
}

static void read_stop(lua_State *L, struct intent *intent)
{
    bool bracket = intent->type == ORDER_TYPE_BRACKET;
    bool stop = intent->type == ORDER_TYPE_STOP_LIMIT;

    intent->stop_price.e9 = read_positive(L, 1, "stop_price", "place: stop_price");
    if (!stop && lua_getfield(L, 1, "stop") != LUA_TNIL)
        luaL_error(L, "place: stop is the direction of a stop_limit order");
    if (!stop && !bracket && intent->stop_price.e9 > 0)
        luaL_error(L, "place: stop_price goes with type 'stop_limit' or 'bracket'");
    need(L, (!stop && !bracket) || intent->stop_price.e9 > 0, "stop_price");
    if (stop) /* out of a position, unless it is said otherwise */
        intent->stop = (enum stop_direction)read_option(
            L, "stop", stops, intent->side == SIDE_BUY ? STOP_UP : STOP_DOWN);
}

static void read_tif(lua_State *L, struct intent *intent)
{
    bool market = intent->type == ORDER_TYPE_MARKET;
    int absent;

    intent->expires_wall_ns = read_expires(L, 1, "place");
    absent = intent->expires_wall_ns > 0 ? TIF_GTD : market ? TIF_IOC : TIF_GTC;
    intent->tif = (enum time_in_force)read_option(L, "tif", tifs, absent);
    if (market && intent->tif != TIF_IOC)
        luaL_error(L, "place: a market order is 'ioc'");
    if ((intent->tif == TIF_GTD) != (intent->expires_wall_ns > 0))
        luaL_error(L, "place: expires and tif 'gtd' go together");
}

static void read_intent(lua_State *L, struct intent *intent)
{
    bool rests;

    lua_getfield(L, 1, "product");
    intent->product = product_check(L, -1);
    lua_pop(L, 1);
    intent->side = (enum side)read_option(L, "side", sides, -1);
    intent->type = (enum order_type)read_option(L, "type", types, ORDER_TYPE_LIMIT);
    read_tif(L, intent);
    intent->post_only = read_boolean(L, "post_only");
    intent->reduce_only = read_boolean(L, "reduce_only");
    read_numbers(L, intent);
    read_stop(L, intent);
    rests = intent->tif == TIF_GTC || intent->tif == TIF_GTD;
    if (!rests && (intent->type == ORDER_TYPE_STOP_LIMIT || intent->type == ORDER_TYPE_BRACKET))
        luaL_error(L, "place: a stop or a bracket is 'gtc' or 'gtd'");
    if (intent->post_only && (intent->type != ORDER_TYPE_LIMIT || !rests))
        luaL_error(L, "place: post_only wants a limit order with tif 'gtc' or 'gtd'");
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

/* What makes a new order has a new name. */
static int send_named(lua_State *L, struct intent *intent)
{
    struct script *script = script_of(L);

    intent->ref = (order_ref)script->generation << 32 | ++script->next_ref;
    intent->caused_ns = script->now.mono_ns;
    orders_send_intent(L, script, intent);
    lua_pushinteger(L, (lua_Integer)intent->ref);
    return 1;
}

static int host_place(lua_State *L)
{
    static const char *const known[] = {"product", "side", "type", "price", "size", "tif",
                                        "post_only", "reduce_only", "stop_price", "stop",
                                        "expires", NULL};
    struct intent intent;

    orders_check_may_send(L);
    orders_check_fields(L, 1, "place", known);
    memset(&intent, 0, sizeof(intent)); /* padding too: it crosses a socket */
    intent.kind = INTENT_PLACE;
    read_intent(L, &intent);
    return send_named(L, &intent);
}

static order_ref check_ref(lua_State *L)
{
    order_ref ref = (order_ref)luaL_checkinteger(L, 1);

    luaL_argcheck(L, ref != 0, 1, "a ref that host.place returned is wanted");
    return ref;
}

static int host_amend(lua_State *L)
{
    static const char *const known[] = {"price", "size", "stop_price", "expires", NULL};
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_AMEND;
    intent.product = NO_PRODUCT;
    intent.target = check_ref(L);
    orders_check_fields(L, 2, "amend", known);
    intent.price.e9 = read_positive(L, 2, "price", "amend: price");
    intent.size.e9 = read_positive(L, 2, "size", "amend: size");
    intent.stop_price.e9 = read_positive(L, 2, "stop_price", "amend: stop_price");
    intent.expires_wall_ns = read_expires(L, 2, "amend");
    if (!intent.price.e9 && !intent.size.e9 && !intent.stop_price.e9 && !intent.expires_wall_ns)
        luaL_error(L, "amend: nothing to change; there are price, size, stop_price, expires");
    return send_named(L, &intent);
}

static int host_close(lua_State *L)
{
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CLOSE;
    intent.product = product_check(L, 1);
    if (!lua_isnoneornil(L, 2)) {
        intent.size.e9 = decimal_check_e9(L, 2, "close: size");
        luaL_argcheck(L, intent.size.e9 > 0, 2, "close: size must be positive");
    }
    return send_named(L, &intent);
}

static int host_cancel(lua_State *L)
{
    struct intent intent;

    orders_check_may_send(L);
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_CANCEL;
    intent.product = NO_PRODUCT;
    intent.ref = check_ref(L);
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

/* A rule's question shows one product whole; of the others what is held, and the mark. */
static int push_holding(lua_State *L, const struct view_holding *holding)
{
    lua_createtable(L, 0, 3);
    field_e9(L, "size", holding->own.e9);
    field_e9(L, "account", holding->account.e9);
    if (holding->mark.e9 > 0)
        field_e9(L, "mark", holding->mark.e9);
    return 1;
}

static int host_position(lua_State *L)
{
    const struct script *script = script_of(L);
    product_index product = product_check(L, 1);
    const struct view *view = &script->views[product];

    if (product < script->holding_count && script->start.role == SCRIPT_ROLE_RULE &&
        product != script->asked)
        return push_holding(L, &script->holdings[product]);
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
    field_text(L, "kind", intent->kind == INTENT_AMEND   ? "amend"
                          : intent->kind == INTENT_CLOSE ? "close"
                                                         : "place");
    if (intent->stop_price.e9 > 0)
        field_e9(L, "stop_price", intent->stop_price.e9);
    if (intent->stop != STOP_NONE)
        field_text(L, "stop", stop_direction_text(intent->stop));
    if (intent->expires_wall_ns > 0)
        field_integer(L, "expires", (lua_Integer)intent->expires_wall_ns);
}

void api_open_orders(lua_State *L)
{
    static const struct api_row functions[] = {
        {"place", host_place, "order: PlaceOptions", "integer ref",
         "what becomes of it comes by on_order, on_fill, on_refusal"},
        {"amend", host_amend, "ref: integer, changes: AmendOptions", "integer ref",
         "cancels, then places what takes its place under the new ref"},
        {"close", host_close, "product: string, size?: Amount", "integer ref",
         "a reduce-only order for this script's own position"},
        {"cancel", host_cancel, "ref: integer", "", "it lives until on_order says done"},
        {"cancel_all", host_cancel_all, "product?: string", "", "all orders of this script"},
        {"orders", host_orders, "product?: string", "Order[]", "this script's live orders"},
        {"position", host_position, "product: string", "Position?",
         "this script's; nil before the first book"},
        {0},
    };

    api_set_host(L, functions);
}
