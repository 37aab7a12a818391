/* host: time, chance, log, timers and what is known of the products.
 *
 *     host.now()                 Unix ns of the frame being handled: the script's only clock
 *     host.uptime()              monotonic ns of the same frame: for ages and durations
 *     host.random(n)             1..n, seeded by the host and recorded
 *     host.log("info", text, {bid = p})    levels debug, info, warn, error; "text bid=61495"
 *     host.timer(id, seconds)    on_timer(id) once, after that long; host.cancel_timer(id)
 *     host.products()            ids of this script's products; host.product(id) its facts
 *     host.health()              "normal", or what is off and why: "no_open", "the market ..."
 *     host.candles()             lengths in seconds of the candles that on_candle gets */
#include <math.h>
#include <string.h>

#include "api.h"

enum { TIMER_SECONDS_MAX = 10 * 366 * 86400 };
static const int64_t SECOND_NS = 1000000000;

static int host_now(lua_State *L)
{
    lua_pushinteger(L, script_of(L)->now.wall_ns);
    return 1;
}

static int host_uptime(lua_State *L) /* monotonic ns: for ages and durations */
{
    lua_pushinteger(L, script_of(L)->now.mono_ns);
    return 1;
}

static int host_health(lua_State *L)
{
    const struct script *script = script_of(L);

    lua_pushstring(L, ladder_step_text(script->ladder));
    lua_pushstring(L, script->ladder_reason);
    return 2;
}

static int host_random(lua_State *L)
{
    lua_Integer bound = luaL_checkinteger(L, 1);

    luaL_argcheck(L, bound > 0, 1, "a positive bound is wanted");
    lua_pushinteger(L, (lua_Integer)prng_below(&script_of(L)->prng, (uint64_t)bound) + 1);
    return 1;
}

void log_send(struct script *script, char level, const char *text, size_t length)
{
    char line[SCRIPT_LOG_MAX];

    if (length > sizeof(line) - 1)
        length = sizeof(line) - 1;
    line[0] = level;
    memcpy(line + 1, text, length);
    script_report(script, SCRIPT_LOG, line, length + 1);
}

/* " key=value" for each field, in order; a value with blanks or quotes is quoted as %q would. */
static void add_fields(lua_State *L, luaL_Buffer *line, int keys)
{
    for (lua_Integer i = 1; lua_rawgeti(L, keys, i) != LUA_TNIL; i++) {
        size_t length;
        const char *value;
        int key = lua_gettop(L);
        lua_pushvalue(L, key);
        lua_rawget(L, 3);
        lua_getglobal(L, "tostring");
        lua_insert(L, -2);
        lua_call(L, 1, 1);
        value = lua_tolstring(L, -1, &length);
        lua_pushfstring(L, strpbrk(value, " =\"\n") || length == 0 ? " %s=\"%s\"" : " %s=%s",
                        lua_tostring(L, key), value);
        lua_replace(L, key);
        lua_settop(L, key);
        luaL_addvalue(line);
    }
    lua_pop(L, 1);
}

static void check_fields(lua_State *L)
{
    luaL_checktype(L, 3, LUA_TTABLE);
    tables_push_keys(L, 3);
    for (lua_Integer i = 1; lua_rawgeti(L, 4, i) != LUA_TNIL; i++) {
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "log: fields have names");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static int host_log(lua_State *L)
{
    static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
    static const char letters[] = "diwe";
    size_t length;
    int level = luaL_checkoption(L, 1, NULL, levels);
    const char *text = luaL_checklstring(L, 2, &length);

    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        luaL_Buffer line;
        check_fields(L); /* leaves their names at 4 */
        luaL_buffinit(L, &line);
        luaL_addlstring(&line, text, length);
        add_fields(L, &line, 4);
        luaL_pushresult(&line);
        text = lua_tolstring(L, -1, &length);
    }
    log_send(script_of(L), letters[level], text, length);
    return 0;
}

/* A script that is not trading yet has no timers in the core: those it asks for wait for GO. */
static void send_timer(struct script *script, const struct script_timer *timer)
{
    if (!script->going) {
        script->timers[timer->id] = *timer;
        script->timers_waiting |= 1ull << timer->id;
        return;
    }
    if (!script->host.send(script->host.context, SCRIPT_TIMER, 0, false, timer, sizeof(*timer)))
        script->refused_send = true;
}

void host_send_timers(struct script *script)
{
    for (int i = 0; i < MAX_TIMERS_PER_RUNNER; i++)
        if (script->timers_waiting & 1ull << i)
            send_timer(script, &script->timers[i]);
    script->timers_waiting = 0;
}

static int ask_timer(lua_State *L, int64_t delay_ns)
{
    lua_Integer id = luaL_checkinteger(L, 1);
    struct script_timer timer;

    if (script_of(L)->start.role == SCRIPT_ROLE_RULE)
        return luaL_error(L, "a rule has no timers; it is asked by judge");
    luaL_argcheck(L, id >= 0 && id < MAX_TIMERS_PER_RUNNER, 1, "timer ids are 0 to 63");
    memset(&timer, 0, sizeof(timer)); /* padding too: it crosses a socket */
    timer.id = (uint32_t)id;
    timer.delay_ns = delay_ns;
    send_timer(script_of(L), &timer);
    return 0;
}

/* Seconds may be a float here: a nanosecond more or less is no money. */
static int64_t check_delay(lua_State *L, int index)
{
    lua_Number seconds;

    if (lua_type(L, index) != LUA_TNUMBER)
        return decimal_check_e9(L, index, "timer: seconds"); /* 1e-9 s is one ns */
    seconds = lua_tonumber(L, index);
    luaL_argcheck(L, seconds <= TIMER_SECONDS_MAX, index, "a timer is set within ten years");
    return llrint(seconds * 1e9);
}

static int host_timer(lua_State *L)
{
    int64_t delay_ns = check_delay(L, 2);

    luaL_argcheck(L, delay_ns > 0, 2, "a timer is set into the future");
    return ask_timer(L, delay_ns);
}

static int host_cancel_timer(lua_State *L)
{
    return ask_timer(L, -1);
}

product_index product_check(lua_State *L, int index)
{
    const struct script *script = script_of(L);
    size_t length;
    const char *id = luaL_checklstring(L, index, &length);
    product_index product = catalog_find(&script->start.catalog, id, length);

    if (product == NO_PRODUCT || !(script->start.products & 1u << product))
        luaL_error(L, "'%s' is not one of this script's products; see host.products()", id);
    return product;
}

void product_push(lua_State *L, const struct script *script, product_index product)
{
    if (product < script->start.catalog.count)
        lua_pushstring(L, script->start.catalog.items[product].product_id);
    else
        lua_pushnil(L);
}

static int host_products(lua_State *L)
{
    const struct script *script = script_of(L);
    lua_Integer count = 0;

    lua_newtable(L);
    for (product_index i = 0; i < script->start.catalog.count; i++) {
        if (!(script->start.products & 1u << i))
            continue;
        product_push(L, script, i);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int host_product(lua_State *L)
{
    const struct script *script = script_of(L);
    const struct instrument *spec = &script->start.catalog.items[product_check(L, 1)];

    lua_newtable(L);
    field_text(L, "id", spec->product_id);
    field_text(L, "asset", spec->asset);
    field_text(L, "profile", venue_profile_text(spec->profile));
    field_e9(L, "tick", spec->tick.e9);
    field_e9(L, "step", spec->step.e9);
    field_e9(L, "size_min", spec->size_min.e9);
    field_e9(L, "size_max", spec->size_max.e9);
    field_e9(L, "contract_size", spec->contract_size.e9);
    field_money(L, "quote_min", spec->quote_min);
    return 1;
}

static int host_candles(lua_State *L)
{
    const struct script_start *start = &script_of(L)->start;

    lua_newtable(L);
    for (int i = 0; i < start->candle_length_count; i++) {
        int64_t length_ns = start->candle_lengths_ns[i];
        if (length_ns % SECOND_NS == 0)
            lua_pushinteger(L, length_ns / SECOND_NS);
        else
            lua_pushnumber(L, (lua_Number)length_ns / (lua_Number)SECOND_NS);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

void api_open_host(lua_State *L)
{
    static const struct api_row functions[] = {
        {"now", host_now, "", "integer", "Unix ns of the frame being handled"},
        {"uptime", host_uptime, "", "integer", "monotonic ns of the same frame: for ages"},
        {"random", host_random, "n: integer", "integer", "1 to n, from the host's recorded seed"},
        {"log", host_log, "level: \"debug\"|\"info\"|\"warn\"|\"error\", text: string, "
         "fields?: table<string, any>", "", "a line of at most 1024 bytes; fields by name"},
        {"timer", host_timer, "id: integer, seconds: number|Amount", "",
         "on_timer(id) once, after that long; ids are 0 to 63, again moves it"},
        {"cancel_timer", host_cancel_timer, "id: integer", "", "takes it back"},
        {"products", host_products, "", "string[]", "ids of this script's products"},
        {"product", host_product, "id: string", "Product", "its facts"},
        {"candles", host_candles, "", "number[]", "lengths in seconds that on_candle gets"},
        {"health", host_health, "", "Health step; string why", "what is off; \"normal\""},
        {0},
    };

    lua_newtable(L);
    api_set(L, functions);
    lua_pushstring(L, script_of(L)->start.name);
    lua_setfield(L, -2, "name");
    lua_setglobal(L, "host");
}
