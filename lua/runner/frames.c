/* One checked frame from the core becomes callbacks of the script. Every frame is handled inside
 * one protected call, so that running out of memory while a value is pushed is a fault of the
 * script and not the end of the process. */
#include <string.h>

#include "script_private.h"

struct frame_call {
    struct script *script;
    const struct script_head *head;
    const void *payload;
    struct err *err;
    struct script_verdict verdict; /* of JUDGE: refuses until the rule has said otherwise */
    int status;
};

static bool send_frame(struct script *script, enum script_frame_kind kind)
{
    return script->host.send(script->host.context, kind, 0, false, NULL, 0);
}

/* The old generation's state goes to on_reload before anything else happens: a script that
 * cannot take it over never replaces the one that runs. */
static int on_state(struct script *script, const struct script_head *head, const void *payload,
                    struct err *err)
{
    buf_put(&script->incoming, payload, head->length);
    if (script->incoming.failed)
        return err_set(err, "saved state is larger than %d bytes", MAX_SCRIPT_STATE);
    if (head->more)
        return 0;
    if (script->incoming.length == 0)
        lua_pushnil(script->L);
    else
        state_decode(script->L, script->incoming.data, script->incoming.length);
    buf_clear(&script->incoming);
    if (script_call(script, "on_reload", 1, 0) != 0)
        return err_set(err, "on_reload failed, see the traceback before");
    return 0;
}

static int on_go(struct script *script, struct err *err)
{
    script->going = true;
    if (!script->start.reload && script_call(script, "on_start", 0, 0) != 0)
        return err_set(err, "on_start failed, see the traceback before");
    return 0;
}

static int on_view(struct script *script, const struct view *view)
{
    lua_State *L = script->L;

    script->views[view->product] = *view;
    script->has_view[view->product] = true;
    for (int i = 0; i < view->trade_count; i++) {
        const struct trade *trade = &view->trades[i];
        product_push(L, script, view->product);
        decimal_push_e9(L, trade->price.e9);
        decimal_push_e9(L, trade->size.e9);
        lua_pushstring(L, side_text(trade->aggressor));
        lua_pushinteger(L, trade->venue_ns);
        if (script_call(script, "on_trade", 5, 0) < 0)
            return -1;
    }
    book_push(L, view->product);
    return script_call(script, "on_book", 1, 0) < 0 ? -1 : 0;
}

static int on_judge(struct script *script, const struct script_judge *judge,
                    struct script_verdict *verdict)
{
    lua_State *L = script->L;
    const char *reason;

    script->views[judge->view.product] = judge->view;
    script->has_view[judge->view.product] = true;
    intent_push(L, script, &judge->intent);
    lua_pushinteger(L, judge->strategy);
    lua_setfield(L, -2, "strategy");
    book_push(L, judge->view.product);
    if (script_call(script, "judge", 2, 2) != 0)
        return 0;
    verdict->allow = lua_isboolean(L, -2) && lua_toboolean(L, -2);
    reason = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    text_copy(verdict->reason, REASON_MAX, reason, strlen(reason));
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

    if (script_call(script, "on_save", 0, 1) == 0 && !lua_isnil(L, -1)) {
        state_encode(L);
        text = lua_tolstring(L, -1, &length);
    }
    return send_pieces(script, text, length) ? 0 : -1;
}

static int on_stop(struct script *script)
{
    script_call(script, "on_stop", 0, 0);
    script->stopped = true;
    return send_frame(script, SCRIPT_BYE) ? 0 : -1;
}

static void take_stamp(struct script *script, int64_t mono_ns, int64_t wall_ns)
{
    script->now = (struct stamp){mono_ns, wall_ns};
}

static int dispatch(struct frame_call *call)
{
    struct script *script = call->script;

    switch ((enum script_frame_kind)call->head->kind) {
    case SCRIPT_STATE_IN:
        return on_state(script, call->head, call->payload, call->err);
    case SCRIPT_GO:
        return on_go(script, call->err);
    case SCRIPT_VIEW: {
        const struct view *view = call->payload;
        take_stamp(script, view->mono_ns, view->wall_ns);
        return on_view(script, view);
    }
    case SCRIPT_NOTICE: {
        const struct notice *notice = call->payload;
        take_stamp(script, notice->mono_ns, notice->wall_ns);
        script_notice(script, notice);
        return 0;
    }
    case SCRIPT_JUDGE: {
        const struct script_judge *judge = call->payload;
        take_stamp(script, judge->view.mono_ns, judge->view.wall_ns);
        return on_judge(script, judge, &call->verdict);
    }
    case SCRIPT_SAVE:
        return on_save(script);
    case SCRIPT_STOP:
        return on_stop(script);
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

/* What the core waits for comes whatever happened inside: the credit of a view, an answer to
 * a judge (which refuses), the end of a save (empty). */
static bool answer(struct frame_call *call, bool raised)
{
    struct script *script = call->script;

    switch (call->head->kind) {
    case SCRIPT_GO:
    case SCRIPT_VIEW:
        return send_frame(script, SCRIPT_CREDIT);
    case SCRIPT_JUDGE:
        return script->host.send(script->host.context, SCRIPT_VERDICT, call->head->request, false,
                                 &call->verdict, sizeof(call->verdict));
    case SCRIPT_SAVE:
        return !raised || send_frame(script, SCRIPT_STATE_OUT);
    default:
        return true;
    }
}

int script_frame(struct script *script, const struct script_head *head, const void *payload,
                 struct err *err)
{
    lua_State *L = script->L;
    struct frame_call call = {script, head, payload, err,
                              {.allow = false, .reason = "the rule raised"}, 0};
    bool raised;

    script->generation = head->generation;
    lua_settop(L, 0);
    lua_pushcfunction(L, frame_protected);
    lua_pushlightuserdata(L, &call);
    raised = lua_pcall(L, 1, 0, 0) != LUA_OK;
    if (raised) {
        const char *text = lua_tostring(L, -1);
        script_report(script, SCRIPT_FAULT, text ? text : "?", text ? strlen(text) : 1);
        call.verdict.allow = false;
        if (head->kind == SCRIPT_GO || head->kind == SCRIPT_STATE_IN)
            call.status = err_set(err, "%s", text ? text : "an error that is not text");
    }
    lua_settop(L, 0);
    if (call.status < 0)
        return -1;
    if (!answer(&call, raised) || script->refused_send)
        return err_set(err, "the core takes no more frames from this script");
    return 0;
}
