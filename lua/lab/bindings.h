#pragma once
/* The laboratory as a Lua module; lua/README.md says what it offers. */
#include <lua.h>

struct lab;

int luaopen_moongate_lab(lua_State *L);
/* A lab of somebody else's, with the methods of the module, which must be open; it is not destroyed
 * with its handle, whose use after that is the caller's to prevent. */
void lab_push_borrowed(lua_State *L, struct lab *lab);
