#pragma once
/* The operator's hand inside the daemon: the control socket's requests become events for the engine
 * or are answered from what the engine, the link, the runners and the journal tell. It decides
 * nothing: a halt is an event like any other, journaled and answered by the engine.
 *
 *     struct operator_config config = {.loop = loop, .queue = queue, .engine = engine, ...};
 *     operator = operator_create(&config, &err);        opens the socket: last thing before trading
 *     operator_reply(operator, &command.operator_reply) COMMAND_OPERATOR_REPLY from the sink
 *     operator_reloaded(operator, token, line)          each line of a reload, by its token
 *     operator_destroy(operator)                        first thing when stopping is done
 *
 * Tokens that it gives out are never 0: whoever else pushes EVENT_OPERATOR or reloads uses 0, and
 * replies to 0 are passed over. */
#include "engine/engine.h"
#include "io/link.h"
#include "io/loop.h"
#include "io/runner.h"
#include "io/store.h"

struct operator;

struct operator_config {
    struct loop *loop;                     /* all borrowed */
    struct event_queue *queue;
    struct engine *engine;
    struct link *link;                     /* NULL: none (paper), its figures are left out */
    struct runner_pool *runners;           /* NULL: none */
    struct store *store;                   /* NULL: none */
    const struct engine_settings *settings;
    const char *socket;                    /* path; copied */
    const char *environment;               /* static text, shown in status */
    void *context;                         /* of the two below, each may be NULL */
    /* The account is being halted: drop what still waits for the disk (hold_drop_all). Called
     * before the event is pushed, and again when the engine has halted. */
    void (*on_halt)(void *context);
    void (*on_stop)(void *context);        /* `stop` was asked for and its event pushed */
};

struct operator *operator_create(const struct operator_config *config, struct err *err);
void operator_destroy(struct operator *operator); /* clients are cut off; NULL is fine */
void operator_reply(struct operator *operator, const struct command_operator_reply *reply);
void operator_reloaded(struct operator *operator, uint64_t token, const char *line);
