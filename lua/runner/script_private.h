#pragma once
/* Inside a script. One script per Lua state; the state's extra space points back to it.
 *
 * Entries into Lua: script_open (compile) and frame_protected (every frame). Both are protected, so
 * whatever is called below them may raise; nothing else may touch the state in a way that
 * allocates. A callback is a second, inner pcall that turns its error into a traceback. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>

#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "model/client_id.h"
#include "runner/callback_list.h"
#include "runner/script.h"
#include "wire/bundle.h"

enum {
    /* Live orders of one script that host.orders() remembers; the gate's own limit is lower. */
    SCRIPT_ORDERS_MAX = 256,
    STATE_DEPTH_MAX = 16,
    SCRIPT_LOG_MAX = 1024, /* of a line, with its level */
    /* Walking a table in order sorts its keys: past this it is the wrong container. */
    PAIRS_KEYS_MAX = 100000,
};

#define CALLBACK_FIRST(symbol, ...) symbol,
enum script_callback { CALLBACK_LIST(CALLBACK_FIRST) CALLBACK_COUNT };
#undef CALLBACK_FIRST

/* What the script was told of one order of its own. */
struct script_order {
    order_ref ref; /* 0: free */
    product_index product;
    enum side side;
    enum order_state state;
    struct price price;
    struct size size, filled;
};

/* And of what guards its position in one product. */
struct script_protection {
    enum protect_state state;
    struct protect_terms terms;
    struct price best;
    char reason[REASON_MAX];
};

struct script {
    lua_State *L;                 /* owned */
    lua_State *volatile running;  /* the coroutine that runs now: where an interrupt must hook */
    volatile sig_atomic_t inside; /* a chunk or frame is being run: an interrupt means it */
    volatile sig_atomic_t interrupted;
    bool deadline_told;           /* the frame's deadline was reported once */
    struct script_start start;
    const struct bundle *bundle;  /* borrowed */
    struct script_host host;
    size_t memory_used;
    uint32_t generation, next_ref, callbacks; /* callbacks: bit per enum script_callback */
    bool going, stopped, refused_send;
    struct stamp now;             /* of the frame being handled: the script's only clock */
    struct prng prng;
    struct view views[MAX_PRODUCTS];
    bool has_view[MAX_PRODUCTS];
    struct script_order orders[SCRIPT_ORDERS_MAX];
    struct script_timer timers[MAX_TIMERS_PER_RUNNER]; /* set before GO, sent with it */
    struct script_protection protections[MAX_PRODUCTS];
    enum ladder_step ladder;      /* what is off, as last told */
    char ladder_reason[REASON_MAX];
    struct manifest manifest;
    bool loaded, has_manifest, equity_known;
    struct money equity;          /* the account's, as last shown */
    struct view_holding holdings[MAX_PRODUCTS]; /* of a rule: as last asked */
    uint8_t holding_count;
    product_index asked;          /* of a rule: the product of the question */
    char metrics[MAX_METRICS][NAME_MAX_BYTES];
    uint32_t metric_count, state_version;
    bool has_state_version;
    uint64_t timers_waiting;      /* bit per timer */
    struct buf incoming;          /* saved state, until its last piece */
};

struct script *script_of(lua_State *L);

/* Runs function(lightuserdata argument) in protected mode with the stack emptied before; on error
 * the traceback is on top. Deadlines reach what runs inside. */
int script_protected(struct script *script, lua_CFunction function, void *argument);
/* Calls the callback with the `arguments` values on top of the stack, if the script has it, and
 * leaves `results` values. 0: done, or absent (nils); 1: it raised, the traceback was reported, no
 * values are left; -1: the same, and the script must end. */
int script_call(struct script *script, enum script_callback which, int arguments, int results);
bool script_has(const struct script *script, enum script_callback which);
const char *script_callback_name(enum script_callback which);
void script_report(struct script *script, enum script_frame_kind kind, const char *text,
                   size_t length);
void script_notice(struct script *script, const struct notice *notice);
void script_watch(struct script *script, lua_State *co); /* lines and budget, for tests */
void script_hook(lua_State *L, lua_Debug *where); /* raises: the deadline has passed */
