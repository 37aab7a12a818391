#pragma once
/* A bug aborts, in release too: a trading host that goes on with a broken invariant is worse
 * than one that stops and is restarted from its journal. Never for bad input. */
#include <stdlib.h>

#define CHECK(condition)                                                                          \
    do {                                                                                          \
        if (__builtin_expect(!(condition), 0))                                                    \
            check_failed(#condition, __FILE__, __LINE__);                                         \
    } while (0)

_Noreturn void check_failed(const char *condition, const char *file, int line);
