/* lab.new{...}: products by the venue's own list, limits with sensible defaults, scripts. */
#include "lab/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lab/catalog.h"
#include "wire/json_write.h"
#include "model/limit_list.h"

enum {
    PARAMS_BYTES_MAX = 64 * 1024,
    /* What stands in for the soft deadline: a tenth of a second, and the same on every machine. */
    INSTRUCTIONS_MAX = 10000000,
};

static const int64_t SECOND_NS = 1000000000;

int64_t settings_e9(lua_State *L, int index, const char *what)
{
    size_t length;
    struct price price;
    int whole;
    const char *text;

    if (lua_type(L, index) == LUA_TNUMBER && !lua_isinteger(L, index)) {
        lua_tointegerx(L, index, &whole);
        if (!whole)
            luaL_error(L, "%s: the float %f is not exact; write it as text", what,
                       lua_tonumber(L, index));
        lua_pushinteger(L, lua_tointeger(L, index));
    } else {
        lua_pushvalue(L, index);
    }
    text = lua_tolstring(L, -1, &length);
    if (!text || !price_parse(text, length, &price))
        luaL_error(L, "%s: a decimal as text is wanted, this is %s", what,
                   luaL_tolstring(L, -1, NULL));
    lua_pop(L, 1);
    return price.e9;
}

int64_t settings_seconds(lua_State *L, int index, const char *what)
{
    lua_Number seconds = lua_tonumber(L, index);

    if (lua_type(L, index) != LUA_TNUMBER || !(fabs(seconds) < 1e9))
        luaL_error(L, "%s: a number of seconds is wanted", what);
    return llrint(seconds * 1e9);
}

/* --- JSON of parameters --- */

static void write_value(lua_State *L, int index, const char *key, struct json_writer *json);

static void write_array(lua_State *L, int index, struct json_writer *json)
{
    for (lua_Integer i = 1; lua_rawgeti(L, index, i) != LUA_TNIL; i++) {
        write_value(L, lua_gettop(L), NULL, json);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void write_members(lua_State *L, int index, struct json_writer *json)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "params: names are text");
        write_value(L, lua_gettop(L), lua_tostring(L, -2), json);
    }
}

static void write_number(lua_State *L, int index, const char *key, struct json_writer *json)
{
    char text[40];

    if (lua_isinteger(L, index)) {
        json_put_int(json, key, lua_tointeger(L, index));
        return;
    }
    if (!isfinite(lua_tonumber(L, index)))
        luaL_error(L, "params: a number that is not finite");
    json_put_raw(json, key, text,
                 (size_t)snprintf(text, sizeof(text), "%.17g", lua_tonumber(L, index)));
}

static void write_table(lua_State *L, int index, const char *key, struct json_writer *json)
{
    luaL_checkstack(L, 8, "params");
    if (json->depth > 8)
        luaL_error(L, "params: nested too deep");
    if (key)
        json_put_key(json, key);
    if (lua_rawlen(L, index) > 0) {
        json_open_array(json);
        write_array(L, index, json);
        json_close_array(json);
    } else {
        json_open_object(json);
        write_members(L, index, json);
        json_close_object(json);
    }
}

static void write_value(lua_State *L, int index, const char *key, struct json_writer *json)
{
    size_t length;
    const char *text;

    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        json_put_bytes(json, key, text, length);
        break;
    case LUA_TNUMBER: write_number(L, index, key, json); break;
    case LUA_TBOOLEAN: json_put_bool(json, key, lua_toboolean(L, index)); break;
    case LUA_TTABLE: write_table(L, index, key, json); break;
    default: luaL_error(L, "params: a %s cannot be a parameter", luaL_typename(L, index));
    }
}

/* Raising passes buf_fini by, so the bytes belong to a userdata that is collected. */
static int free_buf(lua_State *L)
{
    buf_fini(lua_touserdata(L, 1));
    return 0;
}

void settings_push_json(lua_State *L, int index)
{
    struct json_writer json;
    struct buf *out;

    index = lua_absindex(L, index);
    out = lua_newuserdatauv(L, sizeof(*out), 0);
    buf_init(out, PARAMS_BYTES_MAX);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, free_buf);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    json_write_init(&json, out);
    if (lua_isnil(L, index)) {
        lua_pushliteral(L, "{}");
    } else {
        write_value(L, index, NULL, &json);
        if (out->failed)
            luaL_error(L, "params are larger than %d bytes", PARAMS_BYTES_MAX);
        lua_pushlstring(L, out->data, out->length);
    }
    lua_remove(L, -2);
}

/* --- products --- */

static void add_product(lua_State *L, struct catalog *catalog, const char *id)
{
    struct err err = {""};

    if (lab_catalog_add(catalog, id, &err) < 0)
        luaL_error(L, "%s", err.text);
}

static void read_products(lua_State *L, struct catalog *catalog)
{
    if (lua_getfield(L, 1, "products") != LUA_TTABLE)
        luaL_error(L, "products: an array of product ids is wanted");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
        add_product(L, catalog, luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    if (catalog->count == 0)
        luaL_error(L, "products: at least one is wanted");
}

/* --- limits: one table of names, for all products, the strategies and the account --- */

enum limit_kind { LIMIT_SIZE, LIMIT_MONEY, LIMIT_RATIO, LIMIT_COUNT_, LIMIT_SECONDS };
struct limit { const char *name; enum limit_kind kind; size_t offset; const char *value; };

#define PRODUCT(field) offsetof(struct product_limits, field)
static const struct limit product_limits[] = {
    {"max_order_size", LIMIT_SIZE, PRODUCT(max_order_size), "100"},
    {"max_order_value", LIMIT_MONEY, PRODUCT(max_order_value), "10000000"},
    {"price_collar", LIMIT_RATIO, PRODUCT(price_collar), "0.05"},
    {"max_position", LIMIT_SIZE, PRODUCT(max_position), "1000"},
    {"max_working_orders", LIMIT_COUNT_, PRODUCT(max_working_orders), "100"},
    {"max_working_value", LIMIT_MONEY, PRODUCT(max_working_value), "100000000"},
    {"max_book_age", LIMIT_SECONDS, PRODUCT(max_book_age_ns), "60"},
    {"max_mark_age", LIMIT_SECONDS, PRODUCT(max_mark_age_ns), "60"},
    {"max_mark_deviation", LIMIT_RATIO, PRODUCT(max_mark_deviation), "0.05"},
    {"max_exit_price_age", LIMIT_SECONDS, PRODUCT(max_exit_price_age_ns), "60"},
};
#define STRATEGY(field) offsetof(struct strategy_settings, field)
static const struct limit strategy_limits[] = {
    {"strategy_max_messages", LIMIT_COUNT_, STRATEGY(max_messages), "1000"},
    {"strategy_max_working_orders", LIMIT_COUNT_, STRATEGY(max_working_orders), "100"},
};
#define ACCOUNT(field) offsetof(struct engine_settings, field)
static const struct limit account_limits[] = {
    {"account_max_messages", LIMIT_COUNT_, ACCOUNT(max_messages), "1000"},
    {"account_max_cancels", LIMIT_COUNT_, ACCOUNT(max_cancels), "1000"},
    {"account_max_working_orders", LIMIT_COUNT_, ACCOUNT(max_working_orders), "1000"},
    {"account_max_working_value", LIMIT_MONEY, ACCOUNT(max_working_value), "1000000000"},
    {"message_window", LIMIT_SECONDS, ACCOUNT(message_window_ns), "1"},
    {"duplicate_window", LIMIT_SECONDS, ACCOUNT(duplicate_window_ns), "0.000000001"},
    {"max_skew", LIMIT_SECONDS, ACCOUNT(max_skew_ns), "5"},
    {"stale_after", LIMIT_SECONDS, ACCOUNT(stale_after_ns), "5"},
    {"fills_poll", LIMIT_SECONDS, ACCOUNT(fills_poll_ns), "5"},
    {"rule_deadline", LIMIT_SECONDS, ACCOUNT(rule_deadline_ns), "0.25"},
};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The value on top of the stack goes into the struct at `base`. */
static void set_limit(lua_State *L, const struct limit *limit, void *base)
{
    char *field = (char *)base + limit->offset;
    int64_t e9 = settings_e9(L, -1, limit->name);

    switch (limit->kind) {
    case LIMIT_SIZE: case LIMIT_RATIO: case LIMIT_SECONDS: /* a second at 1e-9 is in ns */
        memcpy(field, &e9, sizeof(e9));
        break;
    case LIMIT_MONEY:
        memcpy(field, &(struct money){(__int128)e9 * DECIMAL_ONE}, sizeof(struct money));
        break;
    case LIMIT_COUNT_:
        memcpy(field, &(uint32_t){(uint32_t)(e9 / DECIMAL_ONE)}, sizeof(uint32_t));
        break;
    }
}

/* For all of `table`: its value in the table of limits at `given` (0: none); without one the
 * default, or what stands there when `keeps`. */
static void set_limits(lua_State *L, const struct limit *table, size_t count, int given, bool keeps,
                       void *base)
{
    int top = lua_gettop(L);

    for (size_t i = 0; i < count; i++) {
        bool said = given && lua_getfield(L, given, table[i].name) != LUA_TNIL;
        if (!said)
            lua_pushstring(L, table[i].value);
        if (said || !keeps)
            set_limit(L, &table[i], base);
        lua_settop(L, top);
    }
}

static bool is_known(const struct limit *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return true;
    return false;
}

static void refuse_unknown(lua_State *L, int given)
{
    for (lua_pushnil(L); lua_next(L, given); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        if (!is_known(product_limits, COUNT_OF(product_limits), name) &&
            !is_known(strategy_limits, COUNT_OF(strategy_limits), name) &&
            !is_known(account_limits, COUNT_OF(account_limits), name))
            luaL_error(L, "limits: there is no '%s'", name);
    }
}

static void read_limits(lua_State *L, struct engine_settings *settings, bool keeps)
{
    int given = lua_getfield(L, 1, "limits") == LUA_TTABLE ? lua_gettop(L) : 0;

    if (given)
        refuse_unknown(L, given);
    for (product_index i = 0; i < settings->catalog.count; i++)
        set_limits(L, product_limits, COUNT_OF(product_limits), given, keeps,
                   &settings->product_limits[i]);
    for (uint8_t i = 0; i < settings->strategy_count; i++)
        set_limits(L, strategy_limits, COUNT_OF(strategy_limits), given, keeps,
                   &settings->strategies[i]);
    set_limits(L, account_limits, COUNT_OF(account_limits), given, keeps, settings);
    if (!keeps)
        limits_widen(settings);
    lua_settop(L, given ? given - 1 : lua_gettop(L) - 1);
}

/* --- scripts --- */

/* A path, or {script = path, text = ..., params = {...}, name = ...} at the index; what is borrowed
 * stays on the stack. */
static void read_script(lua_State *L, int index, struct lab_script *ret, const char *what)
{
    luaL_checkstack(L, 8, "scripts");
    ret->seed = 1;
    ret->params = "{}";
    if (lua_type(L, index) == LUA_TSTRING) {
        ret->path = lua_tostring(L, index);
        return;
    }
    if (!lua_istable(L, index))
        luaL_error(L, "%s: a path, or a table with script or text, is wanted", what);
    lua_getfield(L, index, "script");
    ret->path = lua_tostring(L, -1);
    lua_getfield(L, index, "text");
    ret->text = lua_tostring(L, -1);
    if (!ret->path == !ret->text)
        luaL_error(L, "%s: either script (a path) or text is wanted", what);
    lua_getfield(L, index, "name");
    ret->name = lua_tostring(L, -1);
    if (lua_getfield(L, index, "seed") != LUA_TNIL)
        ret->seed = (uint64_t)luaL_checkinteger(L, -1);
    lua_getfield(L, index, "params");
    settings_push_json(L, -1);
    ret->params = lua_tostring(L, -1);
}

static void read_rules(lua_State *L, struct lab_config *ret)
{
    int rules = lua_getfield(L, 1, "rules") == LUA_TTABLE ? lua_gettop(L) : 0;

    for (lua_Integer i = 1; rules && lua_rawgeti(L, rules, i) != LUA_TNIL; i++) {
        if (ret->rule_count == MAX_RULES)
            luaL_error(L, "rules: more than %d", MAX_RULES);
        read_script(L, lua_gettop(L), &ret->rules[ret->rule_count], "rules");
        ret->rules[ret->rule_count++].products = (1u << ret->settings.catalog.count) - 1;
    }
}

static void read_candles(lua_State *L, struct engine_settings *settings)
{
    if (settings->candle_length_count == 0) {
        settings->candle_lengths_ns[0] = 60 * SECOND_NS;
        settings->candle_length_count = 1;
    }
    if (lua_getfield(L, 1, "candles") == LUA_TTABLE) {
        settings->candle_length_count = 0;
        for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
            if (settings->candle_length_count == MAX_CANDLE_LENGTHS)
                luaL_error(L, "candles: more than %d lengths", MAX_CANDLE_LENGTHS);
            settings->candle_lengths_ns[settings->candle_length_count++] =
                settings_seconds(L, -1, "candles");
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_venue(lua_State *L, struct lab_venue_config *venue)
{
    static const char *const fills[] = {"told", "touch", NULL};

    venue->equity.e18 = (__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE;
    lua_getfield(L, 1, "manual");
    venue->manual = lua_toboolean(L, -1);
    lua_getfield(L, 1, "fills");
    venue->fills = (enum lab_fills)luaL_checkoption(L, -1, "told", fills);
    lua_pop(L, 2);
    if (lua_getfield(L, 1, "fee_maker") != LUA_TNIL)
        venue->rates.maker.e9 = settings_e9(L, -1, "fee_maker");
    if (lua_getfield(L, 1, "fee_taker") != LUA_TNIL)
        venue->rates.taker.e9 = settings_e9(L, -1, "fee_taker");
    lua_pop(L, 2);
}

/* market = {seed = 1} or {tape = path}: the venue plays by itself. */
static void read_market(lua_State *L, struct lab_config *ret)
{
    struct lab_sim_config *sim = &ret->sim;

    sim->seed = 1;
    sim->step_ns = SECOND_NS / 20;
    sim->accept_delay_ns = sim->cancel_delay_ns = SECOND_NS / 50;
    sim->fee_maker = ret->venue.rates.maker;
    sim->fee_taker = ret->venue.rates.taker;
    sim->used = lua_getfield(L, 1, "market") == LUA_TTABLE;
    if (!sim->used) {
        lua_pop(L, 1);
        return;
    }
    lua_getfield(L, -1, "tape");
    sim->tape = luaL_optstring(L, -1, NULL); /* stays on the stack */
    lua_getfield(L, -2, "seed");
    sim->seed = (uint64_t)luaL_optinteger(L, -1, 1);
    lua_getfield(L, -3, "step");
    if (!lua_isnil(L, -1))
        sim->step_ns = settings_seconds(L, -1, "market: step");
    luaL_argcheck(L, sim->step_ns >= 1000000, 1, "market: step is a millisecond at least");
}

static void refuse_unknown_options(lua_State *L)
{
    static const char *const known[] = {
        "script", "text", "name", "seed", "params", "products", "rules", "limits", "candles",
        "manual", "fills", "market", "fee_maker", "fee_taker", "library", "memory_max",
        "on_death", "jailed", "config", "max_instructions", NULL};

    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        bool found = false;
        for (int i = 0; lua_type(L, -2) == LUA_TSTRING && known[i]; i++)
            found |= strcmp(known[i], lua_tostring(L, -2)) == 0;
        if (!found)
            luaL_error(L, "lab.new: there is no option '%s'", luaL_tolstring(L, -2, NULL));
    }
}

static void name_strategy(lua_State *L, struct lab_config *ret)
{
    static const char *const policies[] = {"keep", "cancel", "cancel_and_flatten",
                                           NULL};
    struct strategy_settings *strategy = &ret->settings.strategies[0];

    text_copy(strategy->name, sizeof(strategy->name), "strategy", 8);
    strategy->products = ret->scripts[0].products = (1u << ret->settings.catalog.count) - 1;
    lua_getfield(L, 1, "on_death");
    strategy->on_death = (unsigned)luaL_checkoption(L, -1, "cancel", policies);
    lua_pop(L, 1);
    for (uint8_t i = 0; i < ret->rule_count; i++)
        text_copy(ret->settings.rules[i], NAME_MAX_BYTES, "rule", 4);
}

static const char *or_else(const char *text, const char *other)
{
    return text && *text ? text : other;
}

/* The spec's word before that of `moongate test`; false: neither names a config. */
static bool read_config(lua_State *L, struct engine_settings *settings)
{
    struct err err = {""};
    const char *path, *script;

    lua_getfield(L, 1, "config");
    path = luaL_optstring(L, -1, getenv("MOONGATE_LAB_CONFIG"));
    lua_getfield(L, 1, "script");
    script = lua_tostring(L, -1);
    if (path && settings_take_config(path, script, settings, &err) < 0)
        luaL_error(L, "%s", err.text);
    lua_pop(L, 2);
    return path != NULL;
}

void settings_read(lua_State *L, struct lab_config *ret)
{
    static const int64_t bands_e9[VIEW_BANDS] = {500000, 1000000, 5000000};

    luaL_checktype(L, 1, LUA_TTABLE);
    refuse_unknown_options(L);
    memset(ret, 0, sizeof(*ret));
    ret->start = (struct stamp){SECOND_NS, 1700000000 * SECOND_NS};
    ret->settings.owner_tag = 0x1ab1ab1a;
    ret->settings.boot_random = 1;
    ret->settings.cancel_on_stop = true;
    ret->settings.strategy_count = ret->script_count = 1;
    for (int i = 0; i < VIEW_BANDS; i++)
        ret->settings.view_bands[i].e9 = bands_e9[i];
    read_products(L, &ret->settings.catalog);
    read_limits(L, &ret->settings, read_config(L, &ret->settings));
    read_candles(L, &ret->settings);
    read_venue(L, &ret->venue);
    read_market(L, ret);
    lua_getfield(L, 1, "library");
    ret->library = luaL_optstring(L, -1, or_else(getenv("MOONGATE_LAB_LIBRARY"), "lua/lib"));
    lua_getfield(L, 1, "jailed");
    ret->jailed = luaL_optstring(L, -1, getenv("MOONGATE_LAB_JAILED"));
    ret->covers = getenv("MOONGATE_LAB_COVERAGE") != NULL;
    lua_getfield(L, 1, "max_instructions");
    ret->budget = (uint32_t)luaL_optinteger(L, -1, INSTRUCTIONS_MAX);
    lua_getfield(L, 1, "memory_max");
    ret->memory_max = (uint64_t)luaL_optinteger(L, -1, 32 << 20);
    read_script(L, 1, &ret->scripts[0], "lab.new");
    read_rules(L, ret);
    ret->settings.rule_count = ret->rule_count;
    name_strategy(L, ret);
}
