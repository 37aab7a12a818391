#pragma once
/* The engine's inside, for the files of this folder alone. Who does what:
 *
 *     engine.c      step, dispatch, deadlines      market.c     link, book, trades, marks, stale
 *     outbox.c      records, commands, notices     strategies.c runners, credits, views, timers
 *     intents.c     intent -> gate -> order        judge.c      intents that wait for rules
 *     cancels.c     cancels wanted and sent        venue.c      replies and reports of orders
 *     fills.c       fills, provisional and exact   reconcile.c  lists, looks, positions compared
 *     operator.c    verbs, stop, flatten           restore.c    the journal read back
 *     ladder.c      what is off, and why           lost.c       what of it is not configured
 *     balance.c     the account's money            protect.c    stops held for strategies
 *     amend.c       cancel and replace, close       resend.c     UNKNOWN: dropped or sent again
 *     sweep.c       exits with nothing to exit     watch.c      what is stale, and how long
 *     tail.c        what it could lose: value at risk, stress
 *     risk.c        result, streaks, volatility, their latches
 *     parked.c      what waits for the operator    drain.c      none of our orders left
 *     consent.c     what loosens, in two steps       overdue.c   wrong for too long, latched
 *     tune.c        limits changed while it runs
 *     daily.c       each day's books               funding.c    what is paid at each stamp
 *     rehearse.c    the gate asked under other...   stage.c     control 4, checkpoints, sizes
 *
 * An event is handled by one function there; what it leaves to be done (cancels, lists, flatten,
 * views) is done at the end of the same step or when engine->due_ns comes. */
#include "base/arena.h"
#include "base/deadline.h"
#include "engine/daily_parts.h"
#include "engine/engine.h"
#include "engine/engine_care.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/gate.h"
#include "engine/guard.h"
#include "engine/portfolio.h"
#include "engine/snapshot.h"
#include "engine/snapshot_compare.h"

struct engine {
    struct engine_settings settings;
    struct arena arena;
    struct stamp now;
    int64_t due_ns;
    bool begun, stopping, stopped_told, reconciled, market_up, user_up, journal_dead, skew_known;
    int64_t skew_ns, reconciled_ns, first_boot_wall_ns, last_fill_wall_ns;
    uint64_t sequence, next_request, next_judge;
    int64_t newest_fill_wall_ns;        /* last_fill_wall_ns, once a whole list ends */
    bool fill_left;                     /* one did not fit: the next list must have it */
    int64_t cancels_look_ns;            /* when to look after cancels without an end */
    struct balances balances;

    struct daily daily;
    struct marks marks;
    struct settling settling;
    struct risk risk;
    struct tail tail;
    struct feed feed;
    struct watch watch;
    struct guard guard;
    struct orders orders;
    struct portfolio portfolio;
    struct fills_seen seen;
    struct lost lost;
    struct ladder ladder;
    struct rate messages, cancels;
    struct cycle cycle;
    struct list_state lists[LIST_KIND_COUNT];
    struct runner runners[MAX_RUNNERS];
    struct deadlines timers;

    struct product *products;           /* all below: from the arena */
    struct protection (*protections)[MAX_PRODUCTS]; /* [MAX_STRATEGIES] */
    uint32_t guarded[MAX_STRATEGIES]; /* a bit for each product whose protection is not clear */
    int64_t journal_wall_ns;            /* of the last record that was read back */
    int64_t begun_wall_ns;              /* of the first step */
    int64_t liquidation_wall_ns;        /* the newest order of the venue's own that was told of */
    struct drain drains[DRAINS_MAX];
    uint32_t drain_count;
    uint64_t halts;                     /* of anything, by anyone */
    bool fatal;                         /* shutting down, halted for good */
    struct parked_order parked[MAX_PARKED];
    uint32_t parked_count;
    struct consents consents;
    struct stages stages;
    struct overdue overdue;
    struct pending *pending;
    uint32_t pending_count;
    struct recent_intent *recent;
    uint64_t recent_count;
    struct verdict_row *verdicts;
    uint64_t verdict_count;
    struct difference_row *differences; /* a ring, by difference_count */
    uint64_t difference_count;
    struct staged_fill *stage;
    uint32_t stage_count;
    uint16_t *cancel_queue;             /* FIFO of order slots that can be cancelled now */
    uint32_t cancel_head, cancel_count;
    uint32_t amends;                    /* orders that another is to take the place of */
    struct event_fill *externals;       /* a ring of EXTERNAL_FILLS_KEPT */
    uint64_t external_count;

    struct record *records;
    struct command *commands;
    uint32_t record_count, command_count;
    uint32_t candles_of_trades;         /* closed by the present trades event */
    struct counters_row counters;
};

static inline void engine_due(struct engine *engine, int64_t at_ns)
{
    engine->due_ns = at_ns < engine->due_ns ? at_ns : engine->due_ns;
}
