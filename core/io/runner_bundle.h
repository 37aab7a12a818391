#pragma once
/* Reads a script, its parameters and every module it requires, hashes them as one, and seals them
 * in a memfd that a jailed runner can map and nobody can change.
 *
 *     struct runner_sources sources = {"strategies/ma_cross.lua", "lua/lib", "{}", NULL};
 *     if (runner_image_read(&image, &sources, &err) < 0) ...   names file and line
 *
 * Modules are found by scanning for `require` with a literal name, first in the library, then
 * beside the script: "a.b" is a/b.lua. Names hold letters, digits, '_', '-' and '.', so that none
 * of them leads out of the two folders. */
#include <stdbool.h>

#include "base/err.h"

struct runner_sources {
    const char *script_path, *lib_directory;
    const char *params_json; /* NULL: {} */
    const char *params_path; /* read instead of it; NULL: none */
};

struct runner_image {
    int memfd;      /* owned, sealed; -1: none */
    char hash[17];
};

int runner_image_read(struct runner_image *ret, const struct runner_sources *sources,
                      struct err *err);
void runner_image_drop(struct runner_image *image); /* closes; fine when there is none */

/* The next literal name required in Lua text from *at on, outside of comments and strings, with
 * its line; *at and *line move on. False: no more. The name points into the text. */
struct lua_scan { const char *at, *end; int line; };
bool runner_scan_require(struct lua_scan *scan, const char **ret_name, size_t *ret_length,
                         int *ret_line);
