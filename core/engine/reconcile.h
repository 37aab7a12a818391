#pragma once
/* Comparison with the venue: lists of orders, fills, positions and the balance, in that order (a
 * cycle), at start, when the user stream comes up, when an operator asks, and when in doubt.
 * Between cycles each kind of list is read at its own cadence (the drop copy); a position that
 * differs in one of those begins a cycle, which judges it.
 *
 * The first cycle that agrees makes the engine `reconciled`; before the first of all nothing is
 * sent, and before one agrees (an operator's `accept` lets it) nothing that opens. Later ones need
 * only be whole: what differs then binds its product. A list counts for a phase only when it was
 * asked for after the phase before it had ended. A position that differs is looked at twice,
 * because lists are not one snapshot; the same difference twice with no fill between them is real:
 * the product goes to REDUCING and people are told. No position is ever changed to fit; an
 * operator's `accept` may do that.
 *
 * COMMAND_LIST of orders means: all that are open, and all of any state created since the time it
 * carries. Of fills: all since that time. */
#include "engine/engine_inside.h"

void reconcile_begin(struct engine *engine);                       /* a fresh cycle, from the top */
void reconcile_want(struct engine *engine, enum list_kind kind);   /* one list, soon */
int64_t reconcile_poll_ns(const struct engine *engine, enum list_kind kind); /* its cadence */
/* A fresh cycle, and a reply with its outcome to this token. */
void reconcile_ask(struct engine *engine, uint64_t token);
/* A difference, once: what we had, what the venue has, and what was done; journaled and kept. */
void reconcile_tell(struct engine *engine, product_index product, struct size ours,
                    struct size venue, const char *done);
void reconcile_on_list_end(struct engine *engine, const struct event_list_end *event);
void reconcile_on_position(struct engine *engine, const struct event_position *event);
void reconcile_due(struct engine *engine);
/* The venue's position less ours, where the same difference was found twice; else 0. */
struct size reconcile_apart(const struct engine *engine, product_index product);
/* What the venue holds beyond our books becomes ACTOR_EXTERNAL's; how many products it was. */
uint32_t reconcile_accept(struct engine *engine);
