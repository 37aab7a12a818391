#pragma once
/* What a spec says in a Lua table becomes a lab_config. Raises with advice, so nothing here may own
 * memory: texts are borrowed from the table, JSON is left on the stack. */
#include <lauxlib.h>
#include <lua.h>

#include "lab/lab.h"

/* The table is at index 1; leaves what it borrows on the stack. */
void settings_read(lua_State *L, struct lab_config *ret);
/* An exact number: text, an integer, or a float that is whole. Raises. */
int64_t settings_e9(lua_State *L, int index, const char *what);
/* Seconds, floats welcome, as nanoseconds. */
int64_t settings_seconds(lua_State *L, int index, const char *what);
/* The config's limits in place of what `ret` has, but for its catalog. `script` (NULL: none) finds
 * its section. -1: the config is wrong, or lacks a product. */
int settings_take_config(const char *path, const char *script, struct engine_settings *ret,
                         struct err *err);
/* The value at the index as JSON text, pushed. */
void settings_push_json(lua_State *L, int index);
