#include "lab/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { COVER_FILES_MAX = 256, COVER_LINES_MAX = 20000 };

static struct { char *file; uint32_t *lines; /* owned, for the life of the process */ }
    covered[COVER_FILES_MAX];
static uint32_t covered_count;

static uint32_t find(const char *file)
{
    for (uint32_t i = 0; i < covered_count; i++)
        if (strcmp(covered[i].file, file) == 0)
            return i;
    if (covered_count == COVER_FILES_MAX)
        return COVER_FILES_MAX;
    covered[covered_count].file = strdup(file);
    covered[covered_count].lines = calloc(COVER_LINES_MAX, sizeof(uint32_t));
    CHECK(covered[covered_count].file && covered[covered_count].lines);
    return covered_count++;
}

void lab_cover_line(const char *file, int line)
{
    uint32_t at = find(file);

    if (at < COVER_FILES_MAX && line > 0 && line < COVER_LINES_MAX)
        covered[at].lines[line]++;
}

void lab_cover_push(lua_State *L)
{
    lua_newtable(L);
    for (uint32_t i = 0; i < covered_count; i++) {
        lua_newtable(L);
        for (int line = 1; line < COVER_LINES_MAX; line++) {
            if (covered[i].lines[line] == 0)
                continue;
            lua_pushinteger(L, covered[i].lines[line]);
            lua_rawseti(L, -2, line);
        }
        lua_setfield(L, -2, covered[i].file);
    }
}
