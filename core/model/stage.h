#pragma once
/* What is measured while a stage of control 4 lasts, and what it has to come to before an operator
 * may promote the host to the next one. Part of model/record.h; engine/stage.h says how. */
#include "model/types.h"

/* X(SYMBOL, "text with its unit", of orders: not asked where none may leave, "how it must be",
 * "what it is", "what to do while it has not been seen", or "": nothing has to be) */
#define CHECKPOINT_LIST(X)                                                                        \
    X(CHECKPOINT_OBSERVED, "observed_s", false, "at least", "how long the stage was watched", "") \
    X(CHECKPOINT_ORDERS, "orders", true, "at least", "orders that the venue answered", "")        \
    X(CHECKPOINT_ACCEPTANCE, "acceptance", true, "above", "orders that the venue accepted", "")   \
    X(CHECKPOINT_FEED, "feed_uptime", false, "above", "time in which both streams were usable",   \
      "")                                                                                         \
    X(CHECKPOINT_ROUND_TRIP, "round_trip_ms", true, "below",                                      \
      "from decision to the venue's answer, median", "")                                          \
    X(CHECKPOINT_RECOVERY, "recovery_s", false, "below",                                          \
      "longest from the loss of a feed to its use again", "")                                     \
    X(CHECKPOINT_DRIFT, "drift", false, "at most",                                                \
      "differences between our positions and the venue's", "compare positions: `reconcile`")      \
    X(CHECKPOINT_FUNDING, "funding", false, "at most",                                            \
      "times that the venue's funding was not what our books have",                               \
      "a position was held at a stamp: wait for the venue to pay")

#define CHECKPOINT_FIRST(symbol, ...) symbol,
enum checkpoint { CHECKPOINT_LIST(CHECKPOINT_FIRST) CHECKPOINT_COUNT };
#undef CHECKPOINT_FIRST
const char *checkpoint_text(enum checkpoint checkpoint);
const char *checkpoint_bound(enum checkpoint checkpoint);
const char *checkpoint_meaning(enum checkpoint checkpoint);
const char *checkpoint_unseen(enum checkpoint checkpoint); /* what to do; "": nothing has to be */

/* Upper ends in milliseconds; the last bucket has none. */
enum { ROUND_TRIP_BUCKETS = 12 };
extern const int64_t round_trip_ms[ROUND_TRIP_BUCKETS];

struct stage_measures {
    uint64_t accepted, refused, doubtful;   /* by the venue's first word; doubtful: none came */
    uint64_t round_trips[ROUND_TRIP_BUCKETS];
    int64_t observed_ns, usable_ns;
    int64_t recovery_ns;                    /* the longest */
    uint64_t differences, funding_differed;
    uint64_t compared, funding_compared;    /* how often at all */
    uint64_t funding_held;                  /* stamps with a position that it pays for */
};
/* The stage as it was reached, and what it has come to since; the newest one holds. */
struct record_stage { enum stage stage; struct stage_measures measures; char reason[REASON_MAX]; };
