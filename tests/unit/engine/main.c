/* Every suite, or those that are named: test_engine gate gate_properties */
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define SUITE(name) {#name, suite_##name}
static const struct { const char *name; int (*run)(void); } suites[] = {
    SUITE(book), SUITE(market_parts), SUITE(risk_stats), SUITE(tail), SUITE(order),
    SUITE(orders), SUITE(position), SUITE(gate), SUITE(gate_properties), SUITE(turn),
    SUITE(market), SUITE(watch), SUITE(daily), SUITE(risk), SUITE(consent), SUITE(stage),
    SUITE(rehearse), SUITE(intents), SUITE(rules), SUITE(venue), SUITE(fills),
    SUITE(fills_edges), SUITE(reconcile), SUITE(operator), SUITE(runners), SUITE(restore),
    SUITE(damage), SUITE(hostile), SUITE(ladder), SUITE(protect), SUITE(amend), SUITE(parked),
    SUITE(resend), SUITE(lifecycle), SUITE(funding), SUITE(margin), SUITE(metrics),
    SUITE(manifest), SUITE(compare),
};
enum { SUITES = sizeof suites / sizeof suites[0] };

static int run_named(const char *name)
{
    for (int i = 0; i < SUITES; i++)
        if (strcmp(suites[i].name, name) == 0)
            return suites[i].run();
    fprintf(stderr, "there is no suite '%s'\n", name);
    return 1;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed += run_named(argv[i]);
    for (int i = 0; argc == 1 && i < SUITES; i++)
        failed += suites[i].run();
    return failed;
}
