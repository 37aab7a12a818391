#pragma once
/* The four holes in the engine's wall. Live, paper, backtest, replay and the fault simulation
 * differ only in what is plugged into them. */
#include "model/command.h"
#include "model/record.h"

struct clock_port {
    void *context;
    struct stamp (*now)(void *context);
};
struct source_port {
    void *context;
    bool (*next)(void *context, struct event *ret); /* false: nothing more has arrived */
};
struct journal_port {
    void *context;
    /* Hands one turn's records over as one transaction. Returns its commit number, > 0 and rising,
     * or -1 when the journal is dead. It may be durable later: the sink holds what depends. */
    int64_t (*commit)(void *context, const struct record *records, uint32_t count);
};
struct sink_port {
    void *context;
    /* commit_number > 0: the command must not leave before that commit is durable. 0: at once. */
    void (*send)(void *context, const struct command *command, int64_t commit_number);
};
