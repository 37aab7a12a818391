#pragma once
/* Which lines of scripts ran, over all labs of this process: counted by the runner library's line
 * hook, when a spec runner asks for it. */
#include <lua.h>

/* A script's own chunk by its path, a module by its chunk's name ("@lots.lua"). */
void lab_cover_line(const char *file, int line);
/* Pushes {file = {[line] = times}}. */
void lab_cover_push(lua_State *L);
