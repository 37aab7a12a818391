/* The life of one script: created, compiled, told to go, fed frames, stopped. */
#include "script_private.h"

#include <stdlib.h>
#include <string.h>

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
    if (moved)
        script->memory_used += new_size - held;
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
        api_open_base, api_open_decimal, api_open_state,
        api_open_host, api_open_market, api_open_orders,
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

    luaL_traceback(L, L, message ? message : "(error object is not a string)", 1);
    return 1;
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
    if (luaL_loadbufferx(L, entry->text, entry->text_length, chunk_name, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1))
        return luaL_error(L, "%s must return a table of callbacks, it returned a %s",
                          chunk_name + 1, luaL_typename(L, -1));
    lua_setfield(L, LUA_REGISTRYINDEX, "callbacks");
    return 0;
}

static int script_compile(struct script *script, struct err *err)
{
    lua_State *L = script->L;
    int status;

    lua_pushcfunction(L, traceback);
    lua_pushcfunction(L, script_open);
    status = lua_pcall(L, 0, 0, 1);
    lua_sethook(L, NULL, 0, 0);
    if (status != LUA_OK)
        err_set(err, "%s", lua_tostring(L, -1));
    lua_settop(L, 0);
    return status == LUA_OK ? 0 : -1;
}

struct script *script_create(const struct script_start *start, const struct bundle *bundle,
                             const struct script_host *host, struct err *err)
{
    struct script *script = calloc(1, sizeof(*script));

    if (!script || bundle->count < 2) {
        err_set(err, script ? "the bundle has no script" : "no memory for a script");
        free(script);
        return NULL;
    }
    script->start = *start;
    script->bundle = bundle;
    script->host = *host;
    prng_seed(&script->prng, start->seed);
    buf_init(&script->incoming, MAX_SCRIPT_STATE);
    script->L = lua_newstate(script_alloc, script);
    if (!script->L) {
        err_set(err, "memory_max %llu is too small for a Lua state",
                (unsigned long long)start->memory_max);
        script_destroy(script);
        return NULL;
    }
    lua_atpanic(script->L, script_panic);
    memcpy(lua_getextraspace(script->L), &script, sizeof(script));
    script->running = script->L;
    if (script_compile(script, err) < 0) {
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

static bool has_callback(const struct script *script, const char *name)
{
    lua_State *L = script->L;
    bool present;

    lua_getfield(L, LUA_REGISTRYINDEX, "callbacks");
    lua_pushstring(L, name);
    present = lua_rawget(L, -2) == LUA_TFUNCTION;
    lua_pop(L, 2);
    return present;
}

struct script_ready script_wants(const struct script *script)
{
    struct script_ready ready = {0};

    ready.wants_book = has_callback(script, "on_book");
    ready.wants_trade = has_callback(script, "on_trade");
    ready.wants_candle = has_callback(script, "on_candle");
    return ready;
}

static void script_hook(lua_State *L, lua_Debug *where)
{
    (void)where;
    /* Raised at every instruction until the callback is left: a pcall that swallows it meets
     * it again at once. */
    luaL_error(L, "soft deadline: the callback ran too long and was stopped");
}

void script_interrupt(struct script *script)
{
    lua_State *running = script->running;

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

int script_call(struct script *script, const char *name, int arguments, int results)
{
    lua_State *L = script->L;
    int base = lua_gettop(L) - arguments + 1;
    int status;

    lua_pushcfunction(L, traceback);
    lua_getfield(L, LUA_REGISTRYINDEX, "callbacks");
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (!lua_isfunction(L, -1)) {
        lua_settop(L, base - 1);
        for (int i = 0; i < results; i++)
            lua_pushnil(L);
        return 0;
    }
    lua_rotate(L, base, 2); /* traceback, function, arguments */
    script->interrupted = 0;
    status = lua_pcall(L, arguments, results, base);
    lua_sethook(L, NULL, 0, 0);
    script->running = L;
    lua_remove(L, base);
    if (status == LUA_OK)
        return script->refused_send ? -1 : 0;
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    script_report(script, SCRIPT_FAULT, text, text ? length : 0);
    lua_settop(L, base - 1);
    return script->refused_send ? -1 : 1;
}

bool script_stopped(const struct script *script)
{
    return script->stopped;
}

void script_idle(struct script *script)
{
    lua_gc(script->L, LUA_GCSTEP, 1);
}

lua_State *script_state(struct script *script)
{
    return script->L;
}
