#pragma once
/* Where the Lua side of the house lies: in the folder one stands in, in the tree this program was
 * built in, or where it was installed. */
#include <stdbool.h>

enum { FIND_PATH_MAX = 1024 };

/* Of a file or folder such as "lua/lib"; false: nowhere, and ret holds the name as it is. */
bool find_shared(const char *name, char ret[FIND_PATH_MAX]);
/* The folder of moongate_lab.so; false: it was not built. */
bool find_module(char ret[FIND_PATH_MAX]);
