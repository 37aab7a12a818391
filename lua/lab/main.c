/* moongate-lab VERB ...: what `moongate` hands over, because it needs Lua. It opens no network and
 * reads no key. */
#include <stdio.h>
#include <string.h>

#include "lab/backtest.h"
#include "lab/new.h"
#include "lab/params.h"
#include "lab/repl.h"
#include "lab/replay_main.h"
#include "lab/sweep.h"
#include "lab/test.h"

static const struct { const char *name; int (*run)(int argc, char **argv); } verbs[] = {
    {"backtest", backtest_main}, {"sweep", sweep_main}, {"replay", replay_main},
    {"params", params_main}, {"test", test_main}, {"new", new_main}, {"repl", repl_main},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc >= 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    fprintf(stderr, "usage: moongate-lab VERB [options]; the verbs are");
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        fprintf(stderr, " %s", verbs[i].name);
    fprintf(stderr, "\n");
    return 2;
}
