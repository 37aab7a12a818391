#pragma once
/* `moongate paper`: the venue side of a host whose orders never leave it. The feed is real, the
 * clock is real; places, cancels and lists are answered here, by sim/fill_venue.h over the books
 * that the feed tells. It takes the place of the link in the sink and listens in the source:
 *
 *     paper = paper_create(&config, &err);
 *     paper_restore(paper, &record, &err);              each row of the journal
 *     paper_start(paper);                               before the first turn
 *     turn.source = ... paper_source(paper, below);     market data pass through it
 *     paper_command(paper, &command);                   PLACE, CANCEL, LIST, user STREAM_RESET
 *
 * The account is the one that the journal tells of, so that a host that was killed finds it as it
 * was. What works is at the tail of its level after a start, and without a book nothing fills. */
#include "engine/engine.h"
#include "io/loop.h"
#include "model/event_queue.h"
#include "model/ports.h"
#include "sim/fill_venue.h"

struct paper;

struct paper_config {
    struct loop *loop;                     /* borrowed, as the next three */
    struct event_queue *queue;
    const struct engine *engine;
    const struct engine_settings *settings; /* with its catalog */
    struct money cash;
    struct fill_rates rates;
    int64_t order_ns, answer_ns;           /* to the venue and back */
};

struct paper *paper_create(const struct paper_config *config, struct err *err);
void paper_destroy(struct paper *paper); /* NULL is fine */
int paper_restore(struct paper *paper, const struct record *record, struct err *err);
void paper_start(struct paper *paper);
struct source_port paper_source(struct paper *paper, struct source_port below);
void paper_command(struct paper *paper, const struct command *command);
