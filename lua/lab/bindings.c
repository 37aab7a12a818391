/* moongate_lab for Lua specs:
 *
 *     local lab = require "moongate_lab"
 *     local host = lab.new{script = "strategies/quoter.lua", products = {"BTC-PERP-INTX"}}
 *     host:book("BTC-PERP-INTX", {{"61495", "1"}}, {{"61505", "1"}})
 *     host:advance(1)
 *     assert.equal("61495", host:orders()[1].price)
 *
 * Numbers that are money go in as text and come out as canonical text. See lua/README.md. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/client_id.h"
#include "lab/bindings.h"
#include "lab/cover.h"
#include "lab/settings.h"

#define LAB_TYPE "moongate.lab"

enum { SPEC_LEVELS_MAX = 512, EVAL_BYTES_MAX = 256 * 1024 };
static const int64_t STEP_NS = 1000000;

static struct lab *check_lab(lua_State *L)
{
    struct lab **box = luaL_checkudata(L, 1, LAB_TYPE);

    if (!*box)
        luaL_error(L, "this lab was closed");
    return *box;
}

static int check(lua_State *L, int status, const struct err *err)
{
    return status < 0 ? luaL_error(L, "%s", err->text) : status;
}

/* What a spec does happens a millisecond after what it did before: two things at the very same
 * instant would be a coincidence, and the gate would rightly see duplicates. */
static void step(lua_State *L, struct lab *lab)
{
    struct err err = {""};

    check(L, lab_advance(lab, STEP_NS, &err), &err);
}

static product_index check_product(lua_State *L, const struct lab *lab, int index)
{
    size_t length;
    const char *id = luaL_checklstring(L, index, &length);
    product_index product = catalog_find(&lab->config.settings.catalog, id, length);

    if (product == NO_PRODUCT)
        luaL_error(L, "'%s' is not among this lab's products", id);
    return product;
}

static enum side check_side(lua_State *L, int index)
{
    static const char *const sides[] = {"buy", "sell", NULL};

    return (enum side)luaL_checkoption(L, index, NULL, sides);
}

/* --- fields of tables --- */

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

static void set_money(lua_State *L, const char *name, struct money value)
{
    char text[DECIMAL_TEXT_MAX];

    money_format(value, text);
    set_text(L, name, text);
}

static void set_e9(lua_State *L, const char *name, int64_t e9)
{
    set_money(L, name, (struct money){(__int128)e9 * DECIMAL_ONE});
}

static void set_product(lua_State *L, const struct lab *lab, product_index product)
{
    if (product < lab->config.settings.catalog.count)
        set_text(L, "product", lab->config.settings.catalog.items[product].product_id);
}

static void set_runner(lua_State *L, const struct lab *lab, actor_index runner)
{
    if (runner < MAX_RUNNERS)
        set_text(L, "script", lab->runners[runner].name);
}

/* --- the world --- */

static int lab_new(lua_State *L)
{
    struct lab_config *config;
    struct lab **box;
    struct err err = {""};

    /* A lab is much memory behind a small handle: old ones go before a new one comes. */
    lua_gc(L, LUA_GCCOLLECT);
    lua_settop(L, 1);
    luaL_checkstack(L, 100, "lab.new");
    config = lua_newuserdatauv(L, sizeof(*config), 0);
    settings_read(L, config);
    box = lua_newuserdatauv(L, sizeof(*box), 0);
    *box = NULL;
    luaL_setmetatable(L, LAB_TYPE);
    *box = lab_create(config, &err);
    if (!*box)
        return luaL_error(L, "%s", err.text);
    return 1;
}

static int lab_close(lua_State *L)
{
    struct lab **box = luaL_checkudata(L, 1, LAB_TYPE);

    if (!lua_getiuservalue(L, 1, 1) || !lua_toboolean(L, -1)) /* another's is left alone */
        lab_destroy(*box);
    *box = NULL;
    return 0;
}

void lab_push_borrowed(lua_State *L, struct lab *lab)
{
    struct lab **box = lua_newuserdatauv(L, sizeof(*box), 1);

    *box = lab;
    lua_pushboolean(L, true);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, LAB_TYPE);
}

static uint32_t read_levels(lua_State *L, int index, enum side side, struct level *levels,
                            uint32_t count)
{
    luaL_checktype(L, index, LUA_TTABLE);
    for (lua_Integer i = 1; lua_rawgeti(L, index, i) == LUA_TTABLE; i++) {
        luaL_argcheck(L, count < SPEC_LEVELS_MAX, index, "too many levels");
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        levels[count].price.e9 = settings_e9(L, -2, "book: price");
        levels[count].size.e9 = settings_e9(L, -1, "book: size");
        levels[count++].side = side;
        lua_pop(L, 3);
    }
    lua_pop(L, 1);
    return count;
}

/* A market that plays by itself cannot be told as well. */
static struct lab *check_told(lua_State *L)
{
    struct lab *lab = check_lab(L);

    if (lab->sim)
        luaL_error(L, "this lab's market plays by itself: only advance moves it");
    return lab;
}

static int host_book(lua_State *L) /* product, {{price, size}, ...} bids, asks */
{
    struct lab *lab = check_told(L);
    product_index product = check_product(L, lab, 2);
    struct level levels[SPEC_LEVELS_MAX];
    struct err err = {""};
    uint32_t count = read_levels(L, 3, SIDE_BUY, levels, 0);

    count = read_levels(L, 4, SIDE_SELL, levels, count);
    step(L, lab);
    check(L, lab_book(lab, product, levels, count, &err), &err);
    return 0;
}

static int host_trade(lua_State *L) /* product, price, size, side of the taker */
{
    struct lab *lab = check_told(L);
    product_index product = check_product(L, lab, 2);
    struct price price = {settings_e9(L, 3, "trade: price")};
    struct size size = {settings_e9(L, 4, "trade: size")};
    enum side side = lua_isnoneornil(L, 5) ? SIDE_BUY : check_side(L, 5);
    struct err err = {""};

    step(L, lab);
    check(L, lab_trade(lab, product, price, size, side, &err), &err);
    return 0;
}

static int host_drop_answer(lua_State *L) /* of the next order: the venue has it, nobody is told */
{
    lab_venue_fault(check_told(L)->venue, LAB_FAULT_DROP, "");
    return 0;
}

static int host_reject_next(lua_State *L) /* reason */
{
    lab_venue_fault(check_told(L)->venue, LAB_FAULT_REJECT,
                    luaL_optstring(L, 2, "the spec says so"));
    return 0;
}

static int host_delay(lua_State *L) /* seconds in which the venue answers nothing; then all */
{
    struct lab *lab = check_told(L);
    int64_t delay_ns = settings_seconds(L, 2, "delay");
    struct err err = {""};

    luaL_argcheck(L, delay_ns >= 0, 2, "time goes forward");
    lab_venue_hold(lab->venue, true);
    check(L, lab_advance(lab, delay_ns, &err), &err);
    lab_venue_hold(lab->venue, false);
    check(L, lab_settle(lab, &err), &err);
    return 0;
}

/* A book `spread` wide around the price, and a trade at it. */
static void feed_one(lua_State *L, struct lab *lab, product_index product, int64_t price_e9,
                     const int64_t *options_e9)
{
    int64_t half = options_e9[0] / 2, size = options_e9[1];
    const struct level levels[2] = {{.price = {price_e9 - half}, .size = {size},
                                     .side = SIDE_BUY},
                                    {.price = {price_e9 + half}, .size = {size},
                                     .side = SIDE_SELL}};
    struct err err = {""};

    step(L, lab);
    check(L, lab_book(lab, product, levels, 2, &err), &err);
    check(L, lab_trade(lab, product, (struct price){price_e9}, (struct size){options_e9[2]},
                       SIDE_BUY, &err), &err);
    check(L, lab_advance(lab, options_e9[3], &err), &err);
}

static int host_feed(lua_State *L) /* product, prices, {spread, size, volume, every} */
{
    static const char *const names[] = {"spread", "size", "volume", "every"};
    int64_t options_e9[] = {10000000000, 50000000000, 100000000, 0}; /* 10, 50, 0.1, at once */
    struct lab *lab = check_told(L);
    product_index product = check_product(L, lab, 2);

    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 4);
    for (int i = 0; i < 4 && lua_istable(L, 4); i++) {
        if (lua_getfield(L, 4, names[i]) != LUA_TNIL)
            options_e9[i] = i == 3 ? settings_seconds(L, -1, "feed: every")
                                   : settings_e9(L, -1, "feed: an option");
        lua_settop(L, 4);
    }
    for (lua_Integer i = 1; lua_rawgeti(L, 3, i) != LUA_TNIL; i++) {
        feed_one(L, lab, product, settings_e9(L, -1, "feed: a price"), options_e9);
        lua_settop(L, 4);
    }
    return 0;
}

static int host_advance(lua_State *L)
{
    struct lab *lab = check_lab(L);
    int64_t delay_ns = settings_seconds(L, 2, "advance");
    struct err err = {""};

    luaL_argcheck(L, delay_ns >= 0, 2, "time goes forward");
    check(L, lab_advance(lab, delay_ns, &err), &err);
    return 0;
}

static int host_now(lua_State *L) /* wall and monotonic ns */
{
    const struct lab *lab = check_lab(L);

    lua_pushinteger(L, lab->now.wall_ns);
    lua_pushinteger(L, lab->now.mono_ns);
    return 2;
}

static int host_link(lua_State *L) /* "market" or "user", up */
{
    static const char *const streams[] = {"market", "user", NULL};
    struct lab *lab = check_lab(L);
    int stream = luaL_checkoption(L, 2, NULL, streams);
    struct err err = {""};

    luaL_checktype(L, 3, LUA_TBOOLEAN);
    step(L, lab);
    check(L, lab_link(lab, (enum stream)stream, lua_toboolean(L, 3), &err), &err);
    return 0;
}

static int host_operator(lua_State *L) /* verb, reason */
{
    static const char *const verbs[] = {"halt", "reduce", "resume", "cancel", "flatten", NULL};
    struct lab *lab = check_lab(L);
    struct event event = {.kind = EVENT_OPERATOR};
    const char *reason = luaL_optstring(L, 3, "the spec says so");
    struct err err = {""};

    event.operator.verb = (enum operator_verb)luaL_checkoption(L, 2, NULL, verbs);
    event.operator.target = TARGET_ACCOUNT;
    text_copy(event.operator.reason, REASON_MAX, reason, strlen(reason));
    step(L, lab);
    lab_push(lab, &event);
    check(L, lab_settle(lab, &err), &err);
    return 0;
}

/* --- orders --- */

static void push_order(lua_State *L, const struct lab *lab, const struct order_row *row)
{
    char id[CLIENT_ID_TEXT];

    lua_createtable(L, 0, 16);
    client_id_format(row->id, id);
    set_text(L, "id", id);
    set_integer(L, "ref", (int64_t)row->ref);
    set_product(L, lab, row->product);
    set_text(L, "side", side_text(row->side));
    set_text(L, "type", order_type_text(row->type));
    set_text(L, "tif", time_in_force_text(row->tif));
    set_text(L, "state", order_state_text(row->state));
    set_text(L, "reason", row->reason);
    set_e9(L, "price", row->price.e9);
    set_e9(L, "size", row->size.e9);
    set_e9(L, "filled", row->filled.e9);
    set_boolean(L, "post_only", row->post_only);
    set_boolean(L, "reduce_only", row->reduce_only);
    set_boolean(L, "live", row->live);
}

static int by_ref(const void *a, const void *b)
{
    uint64_t left = ((const struct order_row *)a)->ref, right = ((const struct order_row *)b)->ref;

    return (left > right) - (left < right);
}

static int host_orders(lua_State *L) /* product or nil, "all" for ended ones too; oldest first */
{
    const struct lab *lab = check_lab(L);
    product_index only = lua_isnoneornil(L, 2) ? NO_PRODUCT : check_product(L, lab, 2);
    bool all = strcmp(luaL_optstring(L, 3, "live"), "all") == 0;
    uint32_t count = 0;
    struct order_row *rows = lua_newuserdatauv(L, sizeof(*rows) * MAX_ORDERS, 0);

    for (uint32_t i = 0; snapshot_order(lab->engine, i, &rows[count]); i++)
        if ((all || rows[count].live) && (only == NO_PRODUCT || rows[count].product == only))
            count++;
    qsort(rows, count, sizeof(*rows), by_ref);
    lua_createtable(L, (int)count, 0);
    for (uint32_t i = 0; i < count; i++) {
        push_order(L, lab, &rows[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* An order of orders(), or its ref. */
static struct fill_order *check_order(lua_State *L, struct lab *lab, int index)
{
    struct order_row row;
    order_ref ref;

    if (lua_istable(L, index))
        lua_getfield(L, index, "ref");
    else
        lua_pushvalue(L, index);
    ref = (order_ref)luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    for (uint32_t i = 0; snapshot_order(lab->engine, i, &row); i++) {
        struct fill_order *order = row.ref == ref ? lab_venue_find(lab->venue, row.id) : NULL;
        if (order)
            return order;
    }
    luaL_error(L, "the venue has no order of ref %d", (int)ref);
    return NULL;
}

static int settled(lua_State *L, struct lab *lab)
{
    struct err err = {""};

    check(L, lab_settle(lab, &err), &err);
    return 0;
}

/* order, size or nil: what is left, price or nil: its own, liquidity. What the strategy is told of
 * a fill comes with the venue's list of fills, so half a second passes. */
static int host_fill(lua_State *L)
{
    static const char *const liquidities[] = {"maker", "taker", NULL};
    struct lab *lab = check_lab(L);
    struct fill_order *order = check_order(L, lab, 2);
    struct size size = {order->size.e9 - order->filled.e9};
    struct price price = order->price;
    int liquidity = luaL_checkoption(L, 5, "maker", liquidities);
    struct err err = {""};

    if (!lua_isnoneornil(L, 3))
        size.e9 = settings_e9(L, 3, "fill: size");
    if (!lua_isnoneornil(L, 4))
        price.e9 = settings_e9(L, 4, "fill: price");
    step(L, lab);
    if (price.e9 <= 0 || !lab_venue_fill(lab->venue, order, price, size,
                                         liquidity ? LIQUIDITY_TAKER : LIQUIDITY_MAKER))
        return luaL_error(L, "fill: the order has ended, less is left, or there is no price");
    check(L, lab_settle(lab, &err), &err);
    check(L, lab_advance(lab, 500000000, &err), &err);
    return 0;
}

static int host_accept(lua_State *L)
{
    struct lab *lab = check_lab(L);

    step(L, lab);
    lab_venue_accept(lab->venue, check_order(L, lab, 2));
    return settled(L, lab);
}

static int host_reject(lua_State *L)
{
    struct lab *lab = check_lab(L);

    step(L, lab);
    lab_venue_reject(lab->venue, check_order(L, lab, 2), luaL_optstring(L, 3, "the spec says so"));
    return settled(L, lab);
}

static int host_cancelled(lua_State *L)
{
    struct lab *lab = check_lab(L);

    step(L, lab);
    lab_venue_cancelled(lab->venue, check_order(L, lab, 2), luaL_optstring(L, 3, ""));
    return settled(L, lab);
}

static int host_position(lua_State *L) /* product: of the strategy */
{
    const struct lab *lab = check_lab(L);
    product_index product = check_product(L, lab, 2);
    struct position_row row;
    struct position_row found = {.product = product};

    for (uint32_t i = 0; snapshot_position(lab->engine, i, &row); i++)
        if (row.product == product && row.actor == 0)
            found = row;
    lua_createtable(L, 0, 8);
    set_e9(L, "size", found.size.e9);
    set_e9(L, "average_price", found.average_price.e9);
    set_money(L, "realised", found.realised);
    set_money(L, "unrealised", found.unrealised);
    set_money(L, "fees", found.fees);
    set_e9(L, "venue", (lab->sim ? lab_sim_position(lab->sim, product)
                                 : lab_venue_position(lab->venue, product)).e9);
    return 1;
}

/* --- what was said --- */

static int host_log(lua_State *L) /* {level, text, script} */
{
    const struct lab *lab = check_lab(L);
    lua_Integer count = 0;

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->logs.count; i++) {
        const struct lab_log *log = &((const struct lab_log *)lab->logs.items)[i];
        const char level[2] = {log->level, '\0'};
        if (log->fault)
            continue;
        lua_createtable(L, 0, 3);
        set_text(L, "level", level[0] == 'd' ? "debug" : level[0] == 'i' ? "info"
                                             : level[0] == 'w' ? "warn" : "error");
        set_text(L, "text", log->text);
        set_runner(L, lab, log->runner);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int host_faults(lua_State *L) /* tracebacks, as text */
{
    const struct lab *lab = check_lab(L);
    lua_Integer count = 0;

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->logs.count; i++) {
        const struct lab_log *log = &((const struct lab_log *)lab->logs.items)[i];
        if (!log->fault)
            continue;
        lua_pushstring(L, log->text);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int host_metrics(lua_State *L) /* {script, name, value}, as last said */
{
    const struct lab *lab = check_lab(L);

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->metrics.count; i++) {
        const struct lab_metric *kept = &((const struct lab_metric *)lab->metrics.items)[i];
        lua_createtable(L, 0, 3);
        set_runner(L, lab, kept->runner);
        set_text(L, "name", kept->metric.name);
        set_money(L, "value", kept->metric.value);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int host_alerts(lua_State *L)
{
    const struct lab *lab = check_lab(L);

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->alerts.count; i++) {
        lua_pushstring(L, ((const struct command_alert *)lab->alerts.items)[i].text);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int host_intents(lua_State *L)
{
    static const char *const kinds[INTENT_KIND_COUNT] = {
        [INTENT_PLACE] = "place", [INTENT_CANCEL] = "cancel", [INTENT_CANCEL_ALL] = "cancel_all",
        [INTENT_PROTECT] = "protect", [INTENT_AMEND] = "amend", [INTENT_CLOSE] = "close"};
    const struct lab *lab = check_lab(L);

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->intents.count; i++) {
        const struct lab_intent *kept = &((const struct lab_intent *)lab->intents.items)[i];
        const struct intent *intent = &kept->intent;
        lua_createtable(L, 0, 12);
        set_text(L, "kind", kinds[intent->kind]);
        set_integer(L, "at", kept->at.mono_ns);
        set_runner(L, lab, kept->runner);
        set_integer(L, "ref", (int64_t)intent->ref);
        set_product(L, lab, intent->product);
        if (intent->target != 0)
            set_integer(L, "target", (int64_t)intent->target);
        if (intent->price.e9 > 0 || intent->size.e9 > 0) {
            set_text(L, "side", side_text(intent->side));
            set_text(L, "type", order_type_text(intent->type));
            set_text(L, "tif", time_in_force_text(intent->tif));
            set_e9(L, "price", intent->price.e9);
            set_e9(L, "size", intent->size.e9);
            set_boolean(L, "post_only", intent->post_only);
            set_boolean(L, "reduce_only", intent->reduce_only);
        }
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int host_refusals(lua_State *L)
{
    const struct lab *lab = check_lab(L);

    lua_newtable(L);
    for (uint32_t i = 0; i < lab->refusals.count; i++) {
        const struct lab_refusal *refusal = &((const struct lab_refusal *)lab->refusals.items)[i];
        lua_createtable(L, 0, 11);
        set_text(L, "code", refusal_text(refusal->verdict.code));
        set_text(L, "meaning", refusal_meaning(refusal->verdict.code));
        set_text(L, "reason", refusal->text);
        set_text(L, "config", refusal->verdict.config_key);
        set_money(L, "limit", refusal->verdict.limit);
        set_money(L, "value", refusal->verdict.value);
        set_money(L, "headroom", refusal->verdict.headroom);
        set_integer(L, "at", refusal->at.mono_ns);
        set_integer(L, "ref", (int64_t)refusal->ref);
        set_product(L, lab, refusal->product);
        set_runner(L, lab, refusal->runner);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* --- scripts --- */

static int reload(lua_State *L, struct lab *lab, actor_index index, int given_index)
{
    const char *given = luaL_optstring(L, given_index, NULL);
    bool text = given && strchr(given, '\n');
    struct err err = {""};

    step(L, lab);
    if (lab_runner_reload(lab, index, text ? NULL : given, text ? given : NULL, &err) < 0) {
        lua_pushnil(L);
        lua_pushstring(L, err.text);
        return 2;
    }
    lua_pushstring(L, lab->runners[index].hash);
    return 1;
}

static int host_reload(lua_State *L) /* a path, text with a line break in it, or nil: the same */
{
    return reload(L, check_lab(L), 0, 2);
}

static int host_reload_rule(lua_State *L) /* which rule, and as above */
{
    struct lab *lab = check_lab(L);
    lua_Integer rule = luaL_checkinteger(L, 2);

    luaL_argcheck(L, rule >= 1 && rule <= lab->config.rule_count, 2, "there is no such rule");
    return reload(L, lab, (actor_index)(MAX_STRATEGIES + rule - 1), 3);
}

static int host_kill(lua_State *L)
{
    struct lab *lab = check_lab(L);

    step(L, lab);
    lab_runner_kill(lab, 0, luaL_optstring(L, 2, "the spec says so"));
    return settled(L, lab);
}

static int free_text(lua_State *L)
{
    buf_fini(lua_touserdata(L, 1));
    return 0;
}

static int host_eval(lua_State *L) /* text; its values as text, or nil and why it raised */
{
    struct lab *lab = check_lab(L);
    const char *text = luaL_checkstring(L, 2);
    struct buf *out;
    struct err err = {""};

    if (!lab->runners[0].script)
        return luaL_error(L, "the script is dead, or in a jail");
    out = lua_newuserdatauv(L, sizeof(*out), 0);
    buf_init(out, EVAL_BYTES_MAX);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, free_text);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    step(L, lab);
    if (script_eval(lab->runners[0].script, text, out, &err) < 0) {
        lua_pushnil(L);
        lua_pushstring(L, err.text);
        return 2;
    }
    check(L, lab_settle(lab, &err), &err);
    lua_pushlstring(L, out->data ? out->data : "", out->length);
    return 1;
}

static int host_script(lua_State *L) /* alive, generation, hash, bytes its state holds */
{
    const struct lab *lab = check_lab(L);
    const struct lab_runner *runner = &lab->runners[0];

    lua_createtable(L, 0, 4);
    set_boolean(L, "alive", runner->alive);
    set_integer(L, "generation", runner->generation);
    set_text(L, "hash", runner->hash);
    set_integer(L, "memory", runner->script ? (int64_t)script_memory(runner->script) : 0);
    return 1;
}

static const luaL_Reg methods[] = {
    {"feed", host_feed}, {"drop_answer", host_drop_answer}, {"reject_next", host_reject_next},
    {"delay", host_delay},
    {"book", host_book}, {"trade", host_trade}, {"advance", host_advance}, {"now", host_now},
    {"link", host_link}, {"operator", host_operator}, {"orders", host_orders},
    {"fill", host_fill}, {"accept", host_accept}, {"reject", host_reject},
    {"cancelled", host_cancelled}, {"position", host_position}, {"log", host_log},
    {"faults", host_faults}, {"alerts", host_alerts}, {"intents", host_intents},
    {"refusals", host_refusals}, {"reload", host_reload}, {"reload_rule", host_reload_rule},
    {"kill", host_kill}, {"eval", host_eval}, {"metrics", host_metrics},
    {"script", host_script}, {"close", lab_close}, {NULL, NULL},
};

static int lab_coverage(lua_State *L) /* {file = {[line] = times}} of all labs so far */
{
    lab_cover_push(L);
    return 1;
}

int luaopen_moongate_lab(lua_State *L)
{
    static const luaL_Reg functions[] = {{"new", lab_new}, {"coverage", lab_coverage},
                                         {NULL, NULL}};

    luaL_newmetatable(L, LAB_TYPE);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, lab_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}
