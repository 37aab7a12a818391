/* The life of one script: created, compiled, called, interrupted, destroyed. */
#include "api.h"

#include <stdlib.h>
#include <string.h>

#define CALLBACK_NAME(symbol, name, ...) name,
static const char *const callback_names[CALLBACK_COUNT] = {CALLBACK_LIST(CALLBACK_NAME)};

struct script *script_of(lua_State *L)
{
    struct script *script;

    memcpy(&script, lua_getextraspace(L), sizeof(script));
    return script;
}

/* Byte-limited: a script that wants more gets Lua's own "not enough memory", which is an error
 * like any other, and the process around it never grows past its rlimit. */
static void *script_alloc(void *context, void *block, size_t old_size, size_t new_size)
{
    struct script *script = context;
    size_t held = block ? old_size : 0;
    void *moved;

    if (new_size == 0) {
        free(block);
        script->memory_used -= held;
        return NULL;
    }
    if (new_size > held && new_size - held > script->start.memory_max - script->memory_used)
        return NULL;
    moved = realloc(block, new_size);
    if (!moved)
        return new_size <= held ? block : NULL; /* Lua relies on shrinking never to fail */
    script->memory_used = script->memory_used - held + new_size;
    return moved;
}

static int script_panic(lua_State *L)
{
    (void)L;
    CHECK(!"every entry into Lua is protected");
    return 0;
}

static void api_open(lua_State *L)
{
    static void (*const areas[])(lua_State *) = {
        api_open_base, api_open_tables, api_open_decimal, api_open_state,
        api_open_host, api_open_params, api_open_declare, api_open_market, api_open_orders,
        api_open_account, api_open_protect,
    };
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        int top = lua_gettop(L);
        areas[i](L);
        CHECK(lua_gettop(L) == top);
    }
}

static int traceback(lua_State *L)
{
    const char *message = lua_tostring(L, 1);

    if (!message && luaL_callmeta(L, 1, "__tostring"))
        message = lua_tostring(L, -1);
    if (!message)
        message = lua_pushfstring(L, "(the error object is a %s)", luaL_typename(L, 1));
    if (strstr(message, "attempt to concatenate a decimal"))
        message = lua_pushfstring(L, "%s: write tostring(d), or string.format(\"%%s\", d)",
                                  message);
    luaL_traceback(L, L, message, 1);
    return 1;
}

/* A misspelt callback would never be called and nobody would know. */
static void refuse_callback(lua_State *L, const char *script_name, const char *name)
{
    int nearest = 0;

    for (int i = 1; i < CALLBACK_COUNT; i++)
        if (text_distance(name, callback_names[i]) < text_distance(name, callback_names[nearest]))
            nearest = i;
    luaL_error(L, "%s: there is no callback '%s'; did you mean '%s'?", script_name, name,
               callback_names[nearest]);
}

static bool is_callback(const char *name)
{
    for (int i = 0; i < CALLBACK_COUNT; i++)
        if (strcmp(callback_names[i], name) == 0)
            return true;
    return false;
}

/* Rules are asked, and told of candles; books come with each question, and the rest is told to the
 * strategies whose business it is. */
static const uint32_t RULE_CALLBACKS = 1u << CALLBACK_START | 1u << CALLBACK_CANDLE |
                                       1u << CALLBACK_STOP |
                                       1u << CALLBACK_SAVE | 1u << CALLBACK_RELOAD |
                                       1u << CALLBACK_JUDGE;

static void check_role(lua_State *L, const struct script *script, const char *script_name)
{
    uint32_t allowed = script->start.role == SCRIPT_ROLE_RULE ? RULE_CALLBACKS
                                                              : ~(1u << CALLBACK_JUDGE);

    for (int i = 0; i < CALLBACK_COUNT; i++)
        if (script->callbacks & ~allowed & 1u << i)
            luaL_error(L, "%s: %s is never called in a %s", script_name, callback_names[i],
                       script->start.role == SCRIPT_ROLE_RULE ? "rule" : "strategy");
    if (script->start.role == SCRIPT_ROLE_RULE && !script_has(script, CALLBACK_JUDGE))
        luaL_error(L, "%s: a rule returns a table with judge(intent, book)", script_name);
}

/* The table on top is what the chunk returned; its callbacks go where script_call finds them. */
static void take_callbacks(lua_State *L, struct script *script, const char *script_name)
{
    int returned = lua_gettop(L);

    tables_push_keys(L, returned);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
        const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        if (strncmp(name, "on_", 3) == 0 && !is_callback(name))
            refuse_callback(L, script_name, name);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    for (int i = 0; i < CALLBACK_COUNT; i++) {
        lua_pushstring(L, callback_names[i]);
        int kind = lua_rawget(L, returned);
        if (kind != LUA_TNIL && kind != LUA_TFUNCTION)
            luaL_error(L, "%s: %s must be a function, it is a %s", script_name, callback_names[i],
                       lua_typename(L, kind));
        if (kind == LUA_TFUNCTION)
            script->callbacks |= 1u << i;
        lua_rawsetp(L, LUA_REGISTRYINDEX, &callback_names[i]);
    }
    check_role(L, script, script_name);
}

/* The number of the shape that on_save gives, so that the next version knows what it is handed. */
static void take_state_version(lua_State *L, struct script *script, const char *script_name)
{
    int kind = lua_getfield(L, -1, "state_version");

    script->has_state_version = kind != LUA_TNIL;
    if (kind != LUA_TNIL && (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0 ||
                             lua_tointeger(L, -1) > INT32_MAX))
        luaL_error(L, "%s: state_version is a whole number", script_name);
    script->state_version = (uint32_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
}

/* Protected: opens the API, compiles entry 0 and runs its chunk, which returns the callbacks. */
static int script_open(lua_State *L)
{
    struct script *script = script_of(L);
    const struct bundle_entry *entry = &script->bundle->entries[0];
    char chunk_name[80];

    api_open(L);
    chunk_name[0] = '@';
    text_copy(chunk_name + 1, sizeof(chunk_name) - 1, entry->name, entry->name_length);
    if (entry->text_length > 0 && entry->text[0] == LUA_SIGNATURE[0])
        return luaL_error(L, "%s is compiled; scripts are text", chunk_name + 1);
    if (luaL_loadbufferx(L, entry->text, entry->text_length, chunk_name, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1))
        return luaL_error(L, "%s must return a table of callbacks, it returned a %s",
                          chunk_name + 1, luaL_typename(L, -1));
    take_state_version(L, script, chunk_name + 1);
    take_callbacks(L, script, chunk_name + 1);
    script->loaded = true;
    return 0;
}

static void watch_hook(lua_State *L, lua_Debug *where)
{
    struct script *script = script_of(L);

    if (where->event == LUA_HOOKCOUNT) {
        script_interrupt(script);
        script_hook(L, where);
    }
    lua_getinfo(L, "S", where);
    script->host.line(script->host.context, where->source, where->currentline);
}

void script_watch(struct script *script, lua_State *co)
{
    int mask = (script->host.line ? LUA_MASKLINE : 0) | (script->host.budget ? LUA_MASKCOUNT : 0);

    lua_sethook(co, mask ? watch_hook : NULL, mask, (int)script->host.budget);
}

static void enter(struct script *script)
{
    script_watch(script, script->L);
    script->running = script->L;
    script->interrupted = 0;
    script->deadline_told = false;
    script->inside = 1;
}

static void leave(struct script *script)
{
    script->inside = 0; /* first: a late signal must not hook what comes next */
    lua_sethook(script->L, NULL, 0, 0);
    script->running = script->L;
}

int script_protected(struct script *script, lua_CFunction function, void *argument)
{
    lua_State *L = script->L;
    int status;

    lua_settop(L, 0);
    enter(script);
    lua_pushcfunction(L, traceback);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, argument);
    status = lua_pcall(L, 1, 0, 1);
    leave(script);
    CHECK(lua_gettop(L) == (status == LUA_OK ? 1 : 2));
    return status;
}

static int script_compile(struct script *script, struct err *err)
{
    int status = script_protected(script, script_open, NULL);

    if (status == LUA_ERRMEM)
        err_set(err, "%s: not enough memory to load it; memory_max is %llu bytes",
                script->start.name, (unsigned long long)script->start.memory_max);
    else if (status != LUA_OK)
        err_set(err, "%s", lua_tostring(script->L, -1));
    lua_settop(script->L, 0);
    return status == LUA_OK ? 0 : -1;
}

static struct script *script_new(const struct script_start *start, const struct bundle *bundle,
                                 const struct script_host *host)
{
    struct script *script = calloc(1, sizeof(*script));

    if (!script)
        return NULL;
    script->start = *start;
    script->bundle = bundle;
    script->host = *host;
    prng_seed(&script->prng, start->seed);
    buf_init(&script->incoming, MAX_SCRIPT_STATE);
    script->L = lua_newstate(script_alloc, script);
    script->running = script->L;
    return script;
}

struct script *script_create(const struct script_start *start, const struct bundle *bundle,
                             const struct script_host *host, struct err *err)
{
    struct script *script;

    if (bundle->count < 2) {
        err_set(err, "%s: the bundle has no script or no parameters", start->name);
        return NULL;
    }
    script = script_new(start, bundle, host);
    if (!script || !script->L) {
        err_set(err, "%s: no memory for a Lua state; memory_max is %llu bytes", start->name,
                (unsigned long long)start->memory_max);
        script_destroy(script);
        return NULL;
    }
    lua_atpanic(script->L, script_panic);
    memcpy(lua_getextraspace(script->L), &script, sizeof(script));
    if (host->created)
        host->created(host->context, script);
    if (script_compile(script, err) < 0) {
        if (host->failed)
            host->failed(host->context, script);
        script_destroy(script);
        return NULL;
    }
    return script;
}

void script_destroy(struct script *script)
{
    if (!script)
        return;
    if (script->L)
        lua_close(script->L);
    buf_fini(&script->incoming);
    free(script);
}

bool script_has(const struct script *script, enum script_callback which)
{
    return script->callbacks & 1u << which;
}

const char *script_callback_name(enum script_callback which)
{
    return callback_names[which];
}

struct script_ready script_wants(const struct script *script)
{
    struct script_ready ready;

    memset(&ready, 0, sizeof(ready)); /* padding too: it crosses a socket */
    ready.wants_book = script_has(script, CALLBACK_BOOK);
    ready.wants_trade = script_has(script, CALLBACK_TRADE);
    ready.wants_candle = script_has(script, CALLBACK_CANDLE);
    ready.manifest = script->manifest;
    return ready;
}

void script_hook(lua_State *L, lua_Debug *where)
{
    (void)where;
    /* Raised at every instruction until the frame is left: a pcall that swallows it meets it
     * again at once. */
    luaL_error(L, "soft deadline: the callback ran too long and was stopped");
}

void script_interrupt(struct script *script)
{
    lua_State *running = script->running;

    if (!script->inside)
        return;
    script->interrupted = 1;
    lua_sethook(running, script_hook, LUA_MASKCOUNT, 1);
    if (running != script->L)
        lua_sethook(script->L, script_hook, LUA_MASKCOUNT, 1);
}

void script_report(struct script *script, enum script_frame_kind kind, const char *text,
                   size_t length)
{
    if (length > SCRIPT_TEXT_MAX)
        length = SCRIPT_TEXT_MAX;
    if (!script->host.send(script->host.context, kind, 0, false, text, length))
        script->refused_send = true;
}

static int give_up(struct script *script)
{
    return script->refused_send ? -1 : 1;
}

/* The frame's deadline passed between two callbacks: the rest of them is not called. */
static int skip_call(struct script *script, enum script_callback which, int base)
{
    struct err told;

    lua_settop(script->L, base - 1);
    if (!script->deadline_told) {
        err_set(&told, "soft deadline: %s was not called any more", callback_names[which]);
        script_report(script, SCRIPT_FAULT, told.text, strlen(told.text));
    }
    script->deadline_told = true;
    return give_up(script);
}

static int report_call(struct script *script, int status, int base)
{
    lua_State *L = script->L;
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    struct err told;

    if (status == LUA_ERRMEM) { /* there may be no memory for saying so, either */
        err_set(&told, "%s: not enough memory: the script may hold %llu bytes (memory_max)",
                script->start.name, (unsigned long long)script->start.memory_max);
        text = told.text;
        length = strlen(text);
    }
    script_report(script, SCRIPT_FAULT, text ? text : "?", text ? length : 1);
    script->deadline_told |= script->interrupted;
    lua_settop(L, base - 1);
    return give_up(script);
}

int script_call(struct script *script, enum script_callback which, int arguments, int results)
{
    lua_State *L = script->L;
    int base = lua_gettop(L) - arguments + 1;
    int status;

    if (!script_has(script, which)) {
        lua_settop(L, base - 1);
        for (int i = 0; i < results; i++)
            lua_pushnil(L);
        return 0;
    }
    if (script->interrupted)
        return skip_call(script, which, base);
    lua_pushcfunction(L, traceback);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &callback_names[which]);
    lua_rotate(L, base, 2); /* traceback, function, arguments */
    status = lua_pcall(L, arguments, results, base);
    script->running = L;
    lua_remove(L, base);
    if (status != LUA_OK)
        return report_call(script, status, base);
    CHECK(lua_gettop(L) == base - 1 + results);
    return script->refused_send ? -1 : 0;
}

/* Protected: what the script declared, as JSON text, into the buffer at 1. */
static int describe(lua_State *L)
{
    struct buf *ret = lua_touserdata(L, 1);

    declare_push(L);
    if (lua_rawlen(L, -1) == 0) {
        buf_puts(ret, "[]"); /* an empty table has no kind of its own */
        return 0;
    }
    state_encode(L);
    buf_put(ret, lua_tostring(L, -1), lua_rawlen(L, -1));
    return 0;
}

int script_describe(struct script *script, struct buf *ret, struct err *err)
{
    int status = script_protected(script, describe, ret);

    if (status != LUA_OK)
        err_set(err, "%s", lua_tostring(script->L, -1));
    lua_settop(script->L, 0);
    return status == LUA_OK ? 0 : -1;
}

bool script_stopped(const struct script *script)
{
    return script->stopped;
}

void script_idle(struct script *script)
{
    lua_gc(script->L, LUA_GCSTEP, 1);
}

size_t script_memory(const struct script *script)
{
    return script->memory_used;
}

lua_State *script_state(struct script *script)
{
    return script->L;
}
