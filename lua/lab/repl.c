#include "lab/repl.h"

#include <getopt.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/backtest.h"
#include "lab/bindings.h"
#include "lab/find_config.h"

enum { REPL_PRODUCTS_MAX = 8 };

struct repl {
    const char *script, *params, *config, *tape, *data[REPL_PRODUCTS_MAX];
    const char *products[REPL_PRODUCTS_MAX];
    int product_count, data_count;
    long long seed;
    char library[FIND_PATH_MAX], console[FIND_PATH_MAX];
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate repl [options]\n\n"
            "A console inside a script: Lua runs in its state, with its host, before the real\n"
            "engine and gate; time moves when it is told to. :help lists the commands. Lines may\n"
            "be piped in.\n"
            "  -s, --script FILE   the strategy, or its name; none: one that does nothing\n"
            "  -p, --product ID    of a paper world, may be given again; BTC-PERP-INTX\n"
            "      --seed N        of the paper world's market, 1\n"
            "      --tape FILE     its BTC market follows this tape\n"
            "  -d, --data FILE     recorded data in its place: a tape, candles, trades, or a\n"
            "                      recording of the daemon, as backtest takes them\n"
            "  -c, --config FILE   limits and params; with --data config/backtest.conf\n"
            "      --params JSON   the script's parameters\n");
    return out == stdout ? 0 : 2;
}

/* --- the console, a state of its own --- */

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void push_options(lua_State *L, const struct repl *repl)
{
    lua_newtable(L);
    set_text(L, "script", repl->script);
    set_text(L, "params", repl->params);
    set_text(L, "config", repl->config);
    set_text(L, "tape", repl->tape);
    set_text(L, "library", repl->library);
    lua_pushinteger(L, (lua_Integer)repl->seed);
    lua_setfield(L, -2, "seed");
    lua_newtable(L);
    for (int i = 0; i < repl->product_count; i++) {
        lua_pushstring(L, repl->products[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "products");
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

/* lab NULL: the console makes its own, a paper world. */
static int run_console(const struct repl *repl, struct lab *lab, struct err *err)
{
    lua_State *L = luaL_newstate();
    int status;

    if (!L)
        return err_set(err, "no memory for the console");
    luaL_openlibs(L);
    luaL_requiref(L, "moongate_lab", luaopen_moongate_lab, 0);
    lua_settop(L, 0);
    lua_pushcfunction(L, traceback);
    status = luaL_loadfile(L, repl->console);
    push_options(L, repl);
    if (lab)
        lab_push_borrowed(L, lab);
    else
        lua_pushnil(L);
    if (status == LUA_OK)
        status = lua_pcall(L, 2, 0, 1);
    else
        lua_pushvalue(L, 2);
    if (status != LUA_OK)
        err_set(err, "%s", lua_tostring(L, -1));
    lua_close(L);
    return status == LUA_OK ? 0 : -1;
}

/* --- over recorded data --- */

static int drive(void *context, struct lab *lab, int64_t whole_ns, struct err *err)
{
    (void)whole_ns;
    return run_console(context, lab, err);
}

static int run_data(struct repl *repl, struct err *err)
{
    static char idle[FIND_PATH_MAX];
    struct backtest_options options = backtest_defaults();
    struct backtest_result result;

    (void)find_shared("lua/lab/repl_idle.lua", idle);
    options.config = repl->config ? repl->config : "config/backtest.conf";
    options.strategy = repl->script ? repl->script : idle;
    options.params = repl->params;
    options.library = repl->library;
    for (int i = 0; i < repl->data_count; i++)
        options.data[options.data_count++] =
            (struct backtest_source){i < repl->product_count ? repl->products[i] : NULL,
                                     repl->data[i]};
    options.context = repl;
    options.drive = drive;
    return backtest_run(&options, &result, err);
}

/* --- options --- */

static int run(struct repl *repl)
{
    static char script[FIND_PATH_MAX];
    struct err err = {""};
    int status;

    if (repl->script && find_strategy(repl->script, script))
        repl->script = script;
    (void)find_shared("lua/lib", repl->library);
    if (!find_shared("lua/lab/repl.lua", repl->console))
        status = err_set(&err, "lua/lab/repl.lua is not to be found");
    else
        status = repl->data_count ? run_data(repl, &err) : run_console(repl, NULL, &err);
    if (status < 0)
        fprintf(stderr, "moongate repl: %s\n", err.text);
    return status < 0 ? 2 : 0;
}

int repl_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"script", required_argument, NULL, 's'}, {"product", required_argument, NULL, 'p'},
        {"seed", required_argument, NULL, 'S'}, {"tape", required_argument, NULL, 'T'},
        {"data", required_argument, NULL, 'd'}, {"config", required_argument, NULL, 'c'},
        {"params", required_argument, NULL, 'P'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    static struct repl repl = {.seed = 1};
    int option;

    while ((option = getopt_long(argc, argv, "s:p:d:c:h", options, NULL)) != -1) {
        switch (option) {
        case 's': repl.script = optarg; break;
        case 'p':
            if (repl.product_count < REPL_PRODUCTS_MAX)
                repl.products[repl.product_count++] = optarg;
            break;
        case 'S': repl.seed = strtoll(optarg, NULL, 10); break;
        case 'T': repl.tape = optarg; break;
        case 'd':
            if (repl.data_count < REPL_PRODUCTS_MAX)
                repl.data[repl.data_count++] = optarg;
            break;
        case 'c': repl.config = optarg; break;
        case 'P': repl.params = optarg; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    return optind == argc ? run(&repl) : usage(stderr);
}
