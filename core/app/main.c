/* moongate VERB ...: finds the verb and hands over. */
#include <stdio.h>
#include <string.h>

#include "app/check.h"
#include "app/ctl.h"
#include "app/decode.h"
#include "app/import.h"
#include "app/lab.h"
#include "app/live.h"
#include "app/record.h"
#include "app/recordings.h"
#include "app/report.h"
#include "app/selftest.h"
#include "app/status.h"
#include "app/verify.h"
#include "app/whatif.h"
#include "base/text.h"

struct verb {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
    const char *help;
};

static const struct verb verbs[] = {
    {"run", live_main, "trade: the daemon, in the foreground, until SIGTERM"},
    {"paper", live_main, "trade on paper: the real feed, orders filled inside, no key"},
    {"check", check_main, "say everything that is wrong with a config file, and its limits"},
    {"selftest", selftest_main, "trip every control on a copy of a config, and sign it off"},
    {"status", status_main, "one screen of a running daemon"},
    {"ctl", ctl_main, "operate a running daemon: halt, resume, reload, orders, why ..."},
    {"decode", decode_main, "venue frames on stdin to normalised JSON on stdout"},
    {"report", report_main, "what each day brought, out of the journal"},
    {"verify", verify_main, "check a journal's chain without a daemon"},
    {"whatif", whatif_main, "judge a recorded run again under other limits"},
    {"record", record_main, "the public feed, frame by frame, for backtests; no key"},
    {"recordings", recordings_main, "list recorded runs, each read whole and checked"},
    {"import", import_main, "check market data in CSV files, and put them together into one"},
    {"backtest", lab_main, "a strategy over recorded data, with the limits of live trading"},
    {"sweep", lab_main, "many backtests: which parameters, and how much of it is luck"},
    {"replay", lab_main, "run a recorded run again: identical, or the first divergence"},
    {"new", lab_main, "write a strategy or a rule to begin with: script, spec, page"},
    {"test", lab_main, "run the specs of strategies and rules, with the limits of a config"},
    {"repl", lab_main, "a console inside a script, on a clock that is stepped by hand"},
    {"params", lab_main, "the parameters that a strategy or rule declares"},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int help(FILE *out)
{
    fprintf(out, "usage: moongate VERB [options]\n\n");
    for (int i = 0; i < VERBS; i++)
        fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    fprintf(out, "\n`moongate VERB --help` teaches the verb. A first session:\n\n"
                 "  moongate check -c config/loopback.conf\n"
                 "  moongate run -c config/loopback.conf\n"
                 "  moongate status -c config/loopback.conf --watch\n");
    return out == stdout ? 0 : 2;
}

static int unknown(const char *name)
{
    unsigned nearest = 0;

    for (unsigned i = 1; i < VERBS; i++)
        if (text_distance(name, verbs[i].name) < text_distance(name, verbs[nearest].name))
            nearest = i;
    fprintf(stderr, "moongate: there is no verb '%s'; did you mean '%s'? See moongate --help\n",
            name, verbs[nearest].name);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(stdout);
    if (strcmp(argv[1], "--version") == 0)
        return puts("moongate " MOONGATE_VERSION) < 0;
    for (int i = 0; i < VERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}
