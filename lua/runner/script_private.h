#pragma once
/* Inside a script. One script per Lua state; the state's extra space points back to it. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>

#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "model/client_id.h"
#include "runner/script.h"
#include "wire/bundle.h"

enum { SCRIPT_ORDERS_MAX = 256, STATE_DEPTH_MAX = 16, PAIRS_KEYS_MAX = 100000 };

/* What the script was told of one order of its own. */
struct script_order {
    order_ref ref; /* 0: free */
    product_index product;
    enum side side;
    enum order_state state;
    struct price price;
    struct size size, filled;
};

struct script {
    lua_State *L;                 /* owned */
    lua_State *volatile running;  /* the coroutine that runs now: where an interrupt must hook */
    struct script_start start;
    const struct bundle *bundle;  /* borrowed */
    struct script_host host;
    size_t memory_used;
    uint32_t generation, next_ref;
    volatile sig_atomic_t interrupted;
    bool going, stopped, refused_send;
    struct stamp now;             /* of the frame being handled: the script's only clock */
    struct prng prng;
    struct view views[MAX_PRODUCTS];
    bool has_view[MAX_PRODUCTS];
    struct script_order orders[SCRIPT_ORDERS_MAX];
    struct buf incoming;          /* saved state, until its last piece */
};

struct script *script_of(lua_State *L);

/* One binding file per area; api_open in api.c lists them. Each leaves the stack as it was. */
void api_open_base(lua_State *L);      /* the allow-listed language */
void api_open_decimal(lua_State *L);
void api_open_host(lua_State *L);      /* host: now, random, log, timer, params, product */
void api_open_market(lua_State *L);    /* books as the callbacks see them */
void api_open_orders(lua_State *L);    /* place, cancel, orders, position */
void api_open_state(lua_State *L);     /* saved state as JSON */

/* decimal <-> C. push_* leave one value; check_* raise with advice. */
void decimal_push(lua_State *L, __int128 e18);
void decimal_push_e9(lua_State *L, int64_t e9);
bool decimal_test(lua_State *L, int index, __int128 *ret);
__int128 decimal_check(lua_State *L, int index, const char *what);
int64_t decimal_check_e9(lua_State *L, int index, const char *what);

/* Product names of the script's own products; raises for others. */
product_index product_check(lua_State *L, int index);
void product_push(lua_State *L, const struct script *script, product_index product);
void book_push(lua_State *L, product_index product); /* the product's one book object */
void intent_push(lua_State *L, const struct script *script, const struct intent *intent);

/* The script's own record of its orders, fed by order notices. */
struct script_order *script_order_find(struct script *script, order_ref ref);
void script_order_apply(struct script *script, const struct notice *notice);

/* state <-> JSON. encode: the value at the top becomes a string at the top, or raises. */
void state_encode(lua_State *L);
void state_decode(lua_State *L, const char *text, size_t length);

/* Calls callbacks[name] with the `arguments` values on top of the stack, if the script has it.
 * 0: done or absent; 1: it raised and the traceback was reported; -1: the script must end. */
int script_call(struct script *script, const char *name, int arguments, int results);
void script_report(struct script *script, enum script_frame_kind kind, const char *text,
                   size_t length);
void script_notice(struct script *script, const struct notice *notice);
