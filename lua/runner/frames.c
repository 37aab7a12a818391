/* One checked frame from the core becomes callbacks of the script. Every frame is handled inside
 * one protected call, so that running out of memory while a value is pushed is a fault of the
 * script and not the end of the process. */
#include <string.h>

#include "api.h"

struct frame_call {
    struct script *script;
    const struct script_head *head;
    const void *payload;
    struct err *err;
    struct script_verdict verdict; /* of JUDGE: refuses until the rule has said otherwise */
    int status;
};

static bool send_frame(struct script *script, enum script_frame_kind kind, const void *payload,
                       size_t length)
{
    return script->host.send(script->host.context, kind, 0, false, payload, length);
}

/* The state, and the version it was saved under, nil without one: "v3 {...}". */
static void push_state(struct script *script)
{
    lua_State *L = script->L;
    const char *text = script->incoming.data, *space = NULL;
    size_t length = script->incoming.length;

    if (length > 0 && *text == 'v')
        space = memchr(text, ' ', length);
    if (space)
        length -= (size_t)(space + 1 - text);
    if (length == 0)
        lua_pushnil(L);
    else
        state_decode(L, space ? space + 1 : text, length);
    if (!space) {
        lua_pushnil(L);
        return;
    }
    lua_pushlstring(L, text + 1, (size_t)(space - text - 1));
    lua_pushinteger(L, lua_tointeger(L, -1));
    lua_remove(L, -2);
}

/* The old generation's state goes to on_reload before anything else happens: a script that
 * cannot take it over never replaces the one that runs. */
static int on_state(struct script *script, const struct script_head *head, const void *payload,
                    struct err *err)
{
    buf_put(&script->incoming, payload, head->length);
    if (script->incoming.failed)
        return err_set(err, "saved state is larger than %d bytes", MAX_SCRIPT_STATE);
    if (head->more || !script_has(script, CALLBACK_RELOAD))
        return 0;
    push_state(script);
    if (script_call(script, CALLBACK_RELOAD, 2, 0) != 0)
        return err_set(err, "on_reload failed, see the traceback before");
    return 0;
}

/* A script that took over its state does not start again; one that cannot starts afresh. */
static int on_go(struct script *script, struct err *err)
{
    script->going = true;
    host_send_timers(script);
    if (!(script->start.reload && script_has(script, CALLBACK_RELOAD)) &&
        script_call(script, CALLBACK_START, 0, 0) != 0)
        return err_set(err, "on_start failed, see the traceback before");
    params_warn_unread(script->L);
    return 0;
}

static void take_stamp(struct script *script, int64_t mono_ns, int64_t wall_ns)
{
    script->now = (struct stamp){mono_ns, wall_ns};
}

static int take_view(struct script *script, const struct view *view, struct err *err)
{
    if (view->product >= script->start.catalog.count)
        return err_set(err, "a view of product %u, this script knows %u", view->product,
                       script->start.catalog.count);
    take_stamp(script, view->mono_ns, view->wall_ns);
    script->views[view->product] = *view;
    script->has_view[view->product] = true;
    script->equity_known = view->equity_known;
    script->equity = view->equity;
    script->holding_count = view->holding_count;
    script->asked = view->product;
    memcpy(script->holdings, view->holdings, sizeof(script->holdings));
    return 0;
}

static void push_trade(lua_State *L, const struct script *script, product_index product,
                       const struct trade *trade)
{
    product_push(L, script, product);
    decimal_push_e9(L, trade->price.e9);
    decimal_push_e9(L, trade->size.e9);
    lua_pushstring(L, side_text(trade->aggressor));
    lua_pushinteger(L, trade->venue_ns);
}

static int on_view(struct script *script, const struct view *view, struct err *err)
{
    if (take_view(script, view, err) < 0)
        return -1;
    for (int i = 0; i < view->trade_count && script_has(script, CALLBACK_TRADE); i++) {
        push_trade(script->L, script, view->product, &view->trades[i]);
        script_call(script, CALLBACK_TRADE, 5, 0);
    }
    book_push(script->L, view->product);
    script_call(script, CALLBACK_BOOK, 1, 0);
    return 0;
}

static void set_reason(struct script_verdict *verdict, const char *text)
{
    memset(verdict->reason, 0, sizeof(verdict->reason));
    text_copy(verdict->reason, sizeof(verdict->reason), text, strlen(text));
}

/* At -2 yes, no, or how much of the order there may be; at -1 why. */
static void take_answer(lua_State *L, const struct intent *intent, struct script_verdict *verdict)
{
    __int128 most;

    set_reason(verdict, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
    if (lua_isboolean(L, -2)) {
        verdict->allow = lua_toboolean(L, -2);
    } else if (lua_isuserdata(L, -2) && decimal_test(L, -2, &most)) { /* 1 may mean yes */
        most /= DECIMAL_ONE;
        verdict->allow = most > 0;
        verdict->most.e9 = most > 0 && most < intent->size.e9 ? (int64_t)most : 0;
    } else {
        lua_pushfstring(L, "judge answered with a %s, not true, false or a size in a decimal",
                        luaL_typename(L, -2));
        set_reason(verdict, lua_tostring(L, -1));
    }
}

static int on_judge(struct script *script, const struct script_judge *judge,
                    struct script_verdict *verdict, struct err *err)
{
    lua_State *L = script->L;

    if (take_view(script, &judge->view, err) < 0)
        return -1;
    intent_push(L, script, &judge->intent);
    field_integer(L, "strategy", judge->strategy);
    book_push(L, judge->view.product);
    if (script_call(script, CALLBACK_JUDGE, 2, 2) != 0)
        return 0;
    take_answer(L, &judge->intent, verdict);
    return 0;
}

static bool send_pieces(struct script *script, const char *text, size_t length)
{
    do {
        size_t piece = length > SCRIPT_TEXT_MAX ? SCRIPT_TEXT_MAX : length;
        if (!script->host.send(script->host.context, SCRIPT_STATE_OUT, 0, piece < length, text,
                               piece))
            return false;
        text += piece;
        length -= piece;
    } while (length > 0);
    return true;
}

static int on_save(struct script *script)
{
    lua_State *L = script->L;
    const char *text = "";
    size_t length = 0;

    if (script_call(script, CALLBACK_SAVE, 0, 1) == 0 && !lua_isnil(L, -1)) {
        state_encode(L);
        if (script->has_state_version) {
            lua_pushfstring(L, "v%d ", (int)script->state_version);
            lua_insert(L, -2);
            lua_concat(L, 2);
        }
        text = lua_tolstring(L, -1, &length);
    }
    if (!send_pieces(script, text, length))
        script->refused_send = true;
    return 0;
}

static int dispatch(struct frame_call *call)
{
    struct script *script = call->script;
    const struct notice *notice = call->payload;

    switch ((enum script_frame_kind)call->head->kind) {
    case SCRIPT_STATE_IN:
        return on_state(script, call->head, call->payload, call->err);
    case SCRIPT_GO:
        return on_go(script, call->err);
    case SCRIPT_VIEW:
        return on_view(script, call->payload, call->err);
    case SCRIPT_NOTICE:
        take_stamp(script, notice->mono_ns, notice->wall_ns);
        script_notice(script, notice);
        return 0;
    case SCRIPT_JUDGE:
        return on_judge(script, call->payload, &call->verdict, call->err);
    case SCRIPT_SAVE:
        return on_save(script);
    case SCRIPT_STOP:
        script_call(script, CALLBACK_STOP, 0, 0);
        return 0;
    default:
        return err_set(call->err, "a frame of kind %u is not for a script", call->head->kind);
    }
}

static int frame_protected(lua_State *L)
{
    struct frame_call *call = lua_touserdata(L, 1);

    call->status = dispatch(call);
    return 0;
}

static bool answer(struct frame_call *call, bool raised)
{
    struct script *script = call->script;

    switch (call->head->kind) {
    case SCRIPT_VIEW:
        return send_frame(script, SCRIPT_CREDIT, NULL, 0);
    case SCRIPT_JUDGE:
        return script->host.send(script->host.context, SCRIPT_VERDICT, call->head->request, false,
                                 &call->verdict, sizeof(call->verdict));
    case SCRIPT_SAVE:
        return !raised || send_frame(script, SCRIPT_STATE_OUT, NULL, 0);
    case SCRIPT_STOP:
        script->stopped = true;
        return send_frame(script, SCRIPT_BYE, NULL, 0);
    default:
        return true;
    }
}

/* What raised outside of a callback: memory ran out in the binding, or the state could not be
 * encoded. Nobody else has told the core. */
static void report_frame(struct frame_call *call)
{
    struct script *script = call->script;
    size_t length;
    const char *text = lua_tolstring(script->L, -1, &length);

    script_report(script, SCRIPT_FAULT, text ? text : "?", text ? length : 1);
    call->verdict.allow = false;
    if (call->head->kind == SCRIPT_GO || call->head->kind == SCRIPT_STATE_IN)
        call->status = err_set(call->err, "%s", text ? text : "?");
}

static int check_payload(const struct script_head *head, const void *payload, struct err *err)
{
    size_t wanted = 0;

    switch (head->kind) {
    case SCRIPT_VIEW: wanted = sizeof(struct view); break;
    case SCRIPT_NOTICE: wanted = sizeof(struct notice); break;
    case SCRIPT_JUDGE: wanted = sizeof(struct script_judge); break;
    default: return 0;
    }
    if (head->length != wanted)
        return err_set(err, "a frame of kind %u has %u bytes", head->kind, head->length);
    CHECK((uintptr_t)payload % SCRIPT_ALIGN == 0); /* it is read where it lies */
    return 0;
}

int script_frame(struct script *script, const struct script_head *head, const void *payload,
                 struct err *err)
{
    struct frame_call call = {.script = script, .head = head, .payload = payload, .err = err};
    bool raised;

    if (check_payload(head, payload, err) < 0)
        return -1;
    set_reason(&call.verdict, "the rule raised an error, see its log");
    script->generation = head->generation;
    raised = script_protected(script, frame_protected, &call) != LUA_OK;
    if (script->interrupted && !call.verdict.allow)
        set_reason(&call.verdict, "the rule ran past its deadline");
    if (raised)
        report_frame(&call);
    lua_settop(script->L, 0);
    if (script->refused_send || (call.status == 0 && !answer(&call, raised)))
        return err_set(err, "the core takes no more frames from this script");
    return call.status;
}
