/* Numbered notices from the core become on_order, on_fill, on_timer, on_candle and the like. */
#include "script_private.h"

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

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void push_head(lua_State *L, const struct script *script, const struct notice *notice)
{
    lua_newtable(L);
    product_push(L, script, notice->product);
    lua_setfield(L, -2, "product");
    set_integer(L, "time", notice->wall_ns);
}

static void on_order(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;
    char id[CLIENT_ID_TEXT];

    script_order_apply(script, notice);
    push_head(L, script, notice);
    set_integer(L, "ref", (lua_Integer)notice->order.ref);
    client_id_format(notice->order.id, id);
    set_text(L, "id", id);
    set_text(L, "state", order_state_text(notice->order.state));
    set_text(L, "side", side_text(notice->order.side));
    set_text(L, "reason", notice->order.reason);
    set_e9(L, "price", notice->order.price.e9);
    set_e9(L, "size", notice->order.size.e9);
    set_e9(L, "filled", notice->order.filled.e9);
    lua_pushboolean(L, notice->order.state >= ORDER_FILLED);
    lua_setfield(L, -2, "done");
    script_call(script, "on_order", 1, 0);
}

static void on_fill(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;

    push_head(L, script, notice);
    set_integer(L, "ref", (lua_Integer)notice->fill.ref);
    set_text(L, "side", side_text(notice->fill.side));
    set_text(L, "liquidity", liquidity_text(notice->fill.liquidity));
    set_e9(L, "price", notice->fill.price.e9);
    set_e9(L, "size", notice->fill.size.e9);
    decimal_push(L, notice->fill.fee.e18);
    lua_setfield(L, -2, "fee");
    script_call(script, "on_fill", 1, 0);
}

static void on_candle(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;
    const struct candle *candle = &notice->candle;

    push_head(L, script, notice);
    set_integer(L, "start", candle->start_ns);
    set_integer(L, "length", candle->length_ns);
    set_integer(L, "trades", candle->trades);
    set_e9(L, "open", candle->open.e9);
    set_e9(L, "high", candle->high.e9);
    set_e9(L, "low", candle->low.e9);
    set_e9(L, "close", candle->close.e9);
    set_e9(L, "volume", candle->volume.e9);
    script_call(script, "on_candle", 1, 0);
}

static void on_refusal(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;

    push_head(L, script, notice);
    set_integer(L, "ref", (lua_Integer)notice->refusal.ref);
    set_text(L, "code", refusal_text(notice->refusal.verdict.code));
    set_text(L, "reason", notice->refusal.text);
    set_text(L, "config", notice->refusal.verdict.config_key);
    decimal_push(L, notice->refusal.verdict.limit.e18);
    lua_setfield(L, -2, "limit");
    decimal_push(L, notice->refusal.verdict.value.e18);
    lua_setfield(L, -2, "value");
    decimal_push(L, notice->refusal.verdict.headroom.e18);
    lua_setfield(L, -2, "headroom");
    script_call(script, "on_refusal", 1, 0);
}

static void on_freshness(struct script *script, const struct notice *notice)
{
    bool stale = notice->kind == NOTICE_STALE;

    if (notice->product < MAX_PRODUCTS && stale)
        script->views[notice->product].stale = true;
    product_push(script->L, script, notice->product);
    script_call(script, stale ? "on_stale" : "on_fresh", 1, 0);
}

void script_notice(struct script *script, const struct notice *notice)
{
    switch (notice->kind) {
    case NOTICE_ORDER: on_order(script, notice); break;
    case NOTICE_FILL: on_fill(script, notice); break;
    case NOTICE_CANDLE: on_candle(script, notice); break;
    case NOTICE_REFUSAL: on_refusal(script, notice); break;
    case NOTICE_STALE: case NOTICE_FRESH: on_freshness(script, notice); break;
    case NOTICE_TIMER:
        lua_pushinteger(script->L, notice->timer.id);
        script_call(script, "on_timer", 1, 0);
        break;
    }
}
