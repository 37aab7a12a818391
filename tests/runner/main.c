/* Each suite is a test of its own to CTest: test_runner NAME. */
#include <stdio.h>
#include <string.h>

#include "suites.h"

int main(int count, char **words)
{
    static const struct { const char *name; int (*run)(void); } SUITES[] = {
        {"bundle", suite_bundle}, {"life", suite_life}, {"reload", suite_reload},
        {"hostile", suite_hostile}, {"attacks", suite_attacks}};
    int failed = 0, run = 0;
    for (size_t i = 0; i < sizeof SUITES / sizeof SUITES[0]; i++)
        if (count < 2 || strcmp(words[1], SUITES[i].name) == 0) {
            failed += SUITES[i].run();
            run++;
        }
    if (run == 0)
        fprintf(stderr, "test_runner: there is no suite '%s'\n", words[1]);
    return run == 0 ? 2 : failed;
}
