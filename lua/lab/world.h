#pragma once
/* A venue of another maker behind a lab: the backtest plugs its own in. */
#include "model/command.h"

struct lab;

struct lab_world {
    void *context;
    void (*show)(void *context, struct lab *lab, product_index product); /* the stream is up */
    void (*command)(void *context, struct lab *lab, const struct command *command);
    /* Does what is due by the lab's now; returns when there will be more (mono), later than now
     * unless it pushed something. */
    int64_t (*play)(void *context, struct lab *lab);
};
