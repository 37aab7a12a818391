#pragma once
/* What the binding files offer to each other. One file per area of the scripts' API; push_* leave
 * one value on the stack, check_* raise with advice, everything may raise (script_private.h). */
#include "script_private.h"

/* One binding file per area; script.c lists them. Each leaves the stack as it was. */
void api_open_base(lua_State *L);      /* the allow-listed language */
void api_open_tables(lua_State *L);    /* pairs, next, sort: a defined order */
void api_open_decimal(lua_State *L);
void api_open_host(lua_State *L);      /* host: time, chance, log, timers, products */
void api_open_params(lua_State *L);    /* parameters */
void api_open_declare(lua_State *L);   /* what a script says of itself: parameters, ranges */
void api_open_market(lua_State *L);    /* books as the callbacks see them */
void api_open_orders(lua_State *L);    /* place, cancel, orders, position */
void api_open_account(lua_State *L);   /* equity, limits, metrics, the manifest */
void api_open_protect(lua_State *L);   /* stops that the host holds */
void api_open_state(lua_State *L);     /* saved state as JSON */

/* What scripts may call. takes: "name: type, other?: type"; gives: "type name; type"; both are
 * LuaLS's, and lua/meta and docs/lua are written from these rows by scripts/api-table. */
struct api_row { const char *name; lua_CFunction call; const char *takes, *gives, *about; };
void api_set(lua_State *L, const struct api_row *rows);      /* into the table on top */
void api_set_host(lua_State *L, const struct api_row *rows); /* into host */

/* Sets a field of the table on top. */
void field_text(lua_State *L, const char *name, const char *text);
void field_e9(lua_State *L, const char *name, int64_t e9);
void field_money(lua_State *L, const char *name, struct money money);
void field_integer(lua_State *L, const char *name, lua_Integer value);
void field_boolean(lua_State *L, const char *name, bool value);

/* decimal <-> C. push_* leave one value; check_* raise with advice. */
void decimal_push(lua_State *L, __int128 e18);
void decimal_push_e9(lua_State *L, int64_t e9);
bool decimal_test(lua_State *L, int index, __int128 *ret);
__int128 decimal_check(lua_State *L, int index, const char *what);
int64_t decimal_check_e9(lua_State *L, int index, const char *what);

/* Pushes an array of the table's keys in the defined order; raises for keys that have none. */
void tables_push_keys(lua_State *L, int table);
int tables_pairs(lua_State *L); /* the scripts' pairs */

/* Product names of the script's own products; raises for others. */
product_index product_check(lua_State *L, int index);
void product_push(lua_State *L, const struct script *script, product_index product);
void book_push(lua_State *L, product_index product); /* the product's one book object */
void intent_push(lua_State *L, const struct script *script, const struct intent *intent);
/* One line, cut to SCRIPT_LOG_MAX; level is one of "diwe". */
void log_send(struct script *script, char level, const char *text, size_t length);
void host_send_timers(struct script *script); /* those that waited for GO */
void params_warn_unread(lua_State *L);        /* one log line per parameter nobody asked for */
/* The config's value of the parameter named at the index, or nil; it counts as asked for. */
int params_push(lua_State *L, int name);
/* What is on top, of the parameter `name`: becomes a number, stays within bounds, or it raises. */
void params_check_number(lua_State *L, const char *name);
void params_check_range(lua_State *L, const char *name, int least, int most);
/* Remembers the parameter that is asked for, its name, default, least and most being at 1 to 4. */
void declare_note(lua_State *L, const char *type);
void declare_push(lua_State *L); /* all that were declared, as an array */

/* The script's own record of its orders, fed by order notices. */
struct script_order *script_order_find(struct script *script, order_ref ref);
void script_order_apply(struct script *script, const struct notice *notice);

/* Raises when the table at the index has a field of another name, and says which there are. */
void orders_check_fields(lua_State *L, int at, const char *call, const char *const *known);
/* Raises for rules, and before on_start. */
void orders_check_may_send(lua_State *L);
void orders_send_intent(lua_State *L, struct script *script, const struct intent *intent);
void protection_push(lua_State *L, const struct script *script, product_index product);

/* state <-> JSON. encode: the value at the top becomes a string at the top, or raises. */
void state_encode(lua_State *L);
void state_decode(lua_State *L, const char *text, size_t length);
