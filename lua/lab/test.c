#include "lab/test.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/find.h"
#include "lab/find_runner.h"

enum { TEST_WORDS_MAX = 64 };

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate test [options] [PATH...] [-- BUSTED'S OPTIONS]\n\n"
            "Runs specs (*_spec.lua): each drives its script in the runner library, before the\n"
            "real engine and gate, a simulated venue and a virtual clock. PATH is a script, a\n"
            "spec or a folder; without one strategies/ and risk_rules/.\n"
            "  -j, --jailed       scripts in real jails (moongate-runner): the same results\n"
            "  -c, --config FILE  the limits of this config in place of generous ones: a green\n"
            "                     test was held to the same limits as live\n"
            "      --coverage     lines of the scripts that ran, and those that did not\n\n"
            "A new script with its spec: moongate new strategy NAME. Exit: 0 all passed; 1; 2.\n");
    return out == stdout ? 0 : 2;
}

static int fail(const char *what, const char *advice)
{
    fprintf(stderr, "moongate test: %s; %s\n", what, advice);
    return 2;
}

/* busted is a script in the search path; it is started by the Lua that the module is made for. */
static bool find_busted(char ret[FIND_PATH_MAX])
{
    const char *at = getenv("PATH");

    for (; at && *at; at += strcspn(at, ":"), at += *at == ':') {
        snprintf(ret, FIND_PATH_MAX, "%.*s/busted", (int)strcspn(at, ":"), at);
        if (access(ret, R_OK) == 0)
            return true;
    }
    return false;
}

/* The spec of a script stands beside it. */
static const char *spec_of(const char *path)
{
    static const char lua[] = ".lua", spec[] = "_spec.lua";
    size_t length = strlen(path);
    char *beside;

    if (length < sizeof(lua) || strcmp(path + length - 4, lua) != 0 ||
        (length >= sizeof(spec) && strcmp(path + length - 9, spec) == 0))
        return path;
    beside = malloc(length + sizeof(spec));
    if (beside)
        snprintf(beside, length + sizeof(spec), "%.*s%s", (int)length - 4, path, spec);
    return beside ? beside : path;
}

static void set_path(const char *name, const char *folder, const char *pattern)
{
    const char *before = getenv(name);
    char text[2 * FIND_PATH_MAX];

    snprintf(text, sizeof(text), "%s/%s;%s", folder, pattern, before ? before : ";");
    setenv(name, text, 1);
}

static int set_up(bool jailed)
{
    char path[FIND_PATH_MAX];

    if (!find_module(path))
        return fail("moongate_lab.so is not beside this program",
                    "build it: ninja -C build moongate_lab");
    set_path("LUA_CPATH", path, "?.so");
    if (!find_shared("lua/lib", path))
        return fail("lua/lib is not to be found", "stand in the project's folder");
    set_path("LUA_PATH", path, "?.lua");
    setenv("MOONGATE_LAB_LIBRARY", path, 1);
    if (!jailed)
        return 0;
    if (access(find_runner(), X_OK) < 0)
        return fail("moongate-runner is not beside this program", "build it");
    setenv("MOONGATE_LAB_JAILED", find_runner(), 1);
    return 0;
}

static int add_paths(const char **words, int count, int argc, char **argv)
{
    static const char *const usual[] = {"strategies", "risk_rules"};
    int paths = 0;

    for (int i = 0; i < argc && count < TEST_WORDS_MAX - 3; i++) {
        const char *path = argv[i][0] == '-' ? argv[i] : spec_of(argv[i]);
        if (argv[i][0] != '-' && access(path, R_OK) < 0) {
            fprintf(stderr, "moongate test: %s: %s\n", path, strerror(errno));
            return -1;
        }
        paths += argv[i][0] != '-';
        words[count++] = path;
    }
    for (int i = 0, named = paths; i < 2 && named == 0; i++)
        if (access(usual[i], R_OK) == 0) {
            words[count++] = usual[i];
            paths++;
        }
    words[count] = NULL;
    if (paths > 0)
        return count;
    fail("there is no strategies/ and no risk_rules/ here",
         "name a script, or begin with: moongate new strategy NAME");
    return -1;
}

int test_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"jailed", no_argument, NULL, 'j'}, {"config", required_argument, NULL, 'c'},
        {"coverage", no_argument, NULL, 'C'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    static char busted[FIND_PATH_MAX], helper[FIND_PATH_MAX + 16];
    const char *words[TEST_WORDS_MAX] = {"lua5.4", busted, helper, "--pattern=_spec%.lua$"};
    char path[FIND_PATH_MAX];
    bool jailed = false;
    int option;

    while ((option = getopt_long(argc, argv, "jc:h", options, NULL)) != -1) {
        switch (option) {
        case 'j': jailed = true; break;
        case 'c': setenv("MOONGATE_LAB_CONFIG", optarg, 1); break;
        case 'C': setenv("MOONGATE_LAB_COVERAGE", "1", 1); break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (!find_busted(busted))
        return fail("busted is not in the search path", "apt install lua-busted");
    if (!find_shared("lua/lab/coverage.lua", path))
        return fail("lua/lab/coverage.lua is not to be found", "stand in the project's folder");
    snprintf(helper, sizeof(helper), "--helper=%s", path);
    if (set_up(jailed) != 0 || add_paths(words, 4, argc - optind, argv + optind) < 0)
        return 2;
    execvp(words[0], (char *const *)(uintptr_t)words);
    return fail(strerror(errno), "apt install lua5.4");
}
