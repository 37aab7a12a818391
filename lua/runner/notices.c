/* Numbered notices from the core become on_order, on_fill, on_timer, on_candle and the like. */
#include <string.h>

#include "api.h"

static void push_head(lua_State *L, const struct script *script, const struct notice *notice)
{
    lua_createtable(L, 0, 12);
    product_push(L, script, notice->product);
    lua_setfield(L, -2, "product");
    field_integer(L, "time", notice->wall_ns);
}

static void on_order(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;
    char id[CLIENT_ID_TEXT];

    script_order_apply(script, notice);
    push_head(L, script, notice);
    field_integer(L, "ref", (lua_Integer)notice->order.ref);
    client_id_format(notice->order.id, id);
    field_text(L, "id", id);
    field_text(L, "state", order_state_text(notice->order.state));
    field_text(L, "side", side_text(notice->order.side));
    field_text(L, "reason", notice->order.reason);
    field_e9(L, "price", notice->order.price.e9);
    field_e9(L, "size", notice->order.size.e9);
    field_e9(L, "filled", notice->order.filled.e9);
    field_boolean(L, "done", notice->order.state >= ORDER_FILLED);
    script_call(script, CALLBACK_ORDER, 1, 0);
}

static void on_fill(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;

    push_head(L, script, notice);
    field_integer(L, "ref", (lua_Integer)notice->fill.ref);
    field_text(L, "side", side_text(notice->fill.side));
    field_text(L, "liquidity", liquidity_text(notice->fill.liquidity));
    field_e9(L, "price", notice->fill.price.e9);
    field_e9(L, "size", notice->fill.size.e9);
    field_money(L, "fee", notice->fill.fee);
    script_call(script, CALLBACK_FILL, 1, 0);
}

static void on_candle(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;
    const struct candle *candle = &notice->candle;

    push_head(L, script, notice);
    field_integer(L, "start", candle->start_ns);
    field_integer(L, "length", candle->length_ns);
    field_integer(L, "trades", candle->trades);
    field_e9(L, "open", candle->open.e9);
    field_e9(L, "high", candle->high.e9);
    field_e9(L, "low", candle->low.e9);
    field_e9(L, "close", candle->close.e9);
    field_e9(L, "volume", candle->volume.e9);
    script_call(script, CALLBACK_CANDLE, 1, 0);
}

static const char *unit_text(const struct verdict *verdict)
{
    static const char *const names[] = {"none", "size", "money", "price", "count", "ns", "ratio"};

    return verdict->unit <= UNIT_RATIO ? names[verdict->unit] : "none";
}

static void on_refusal(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;
    const struct verdict *verdict = &notice->refusal.verdict;

    push_head(L, script, notice);
    field_integer(L, "ref", (lua_Integer)notice->refusal.ref);
    field_text(L, "code", refusal_text(verdict->code));
    field_text(L, "meaning", refusal_meaning(verdict->code));
    field_text(L, "reason", notice->refusal.text);
    field_text(L, "config", verdict->config_key);
    field_text(L, "unit", unit_text(verdict));
    field_money(L, "limit", verdict->limit);
    field_money(L, "value", verdict->value);
    field_money(L, "headroom", verdict->headroom);
    script_call(script, CALLBACK_REFUSAL, 1, 0);
}

static void on_freshness(struct script *script, const struct notice *notice)
{
    bool stale = notice->kind == NOTICE_STALE;

    if (notice->product < MAX_PRODUCTS && stale)
        script->views[notice->product].stale = true;
    product_push(script->L, script, notice->product);
    script_call(script, stale ? CALLBACK_STALE : CALLBACK_FRESH, 1, 0);
}

static void on_health(struct script *script, const struct notice *notice)
{
    lua_State *L = script->L;

    script->ladder = notice->health.step;
    memcpy(script->ladder_reason, notice->health.text, sizeof(script->ladder_reason));
    lua_createtable(L, 0, 4);
    field_integer(L, "time", notice->wall_ns);
    field_text(L, "step", ladder_step_text(notice->health.step));
    field_text(L, "meaning", ladder_step_meaning(notice->health.step));
    field_text(L, "reason", notice->health.text);
    script_call(script, CALLBACK_HEALTH, 1, 0);
}

static void on_protect(struct script *script, const struct notice *notice)
{
    struct script_protection *told;

    if (notice->product >= MAX_PRODUCTS)
        return;
    told = &script->protections[notice->product];
    told->state = notice->protect.state;
    told->terms = notice->protect.terms;
    told->best = notice->protect.best;
    memcpy(told->reason, notice->protect.reason, sizeof(told->reason));
    protection_push(script->L, script, notice->product);
    field_integer(script->L, "time", notice->wall_ns);
    script_call(script, CALLBACK_PROTECT, 1, 0);
}

void script_notice(struct script *script, const struct notice *notice)
{
    switch (notice->kind) {
    case NOTICE_ORDER: on_order(script, notice); break;
    case NOTICE_FILL: on_fill(script, notice); break;
    case NOTICE_CANDLE: on_candle(script, notice); break;
    case NOTICE_REFUSAL: on_refusal(script, notice); break;
    case NOTICE_STALE: case NOTICE_FRESH: on_freshness(script, notice); break;
    case NOTICE_HEALTH: on_health(script, notice); break;
    case NOTICE_PROTECT: on_protect(script, notice); break;
    case NOTICE_TIMER:
        lua_pushinteger(script->L, notice->timer.id);
        script_call(script, CALLBACK_TIMER, 1, 0);
        break;
    }
}
