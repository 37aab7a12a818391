#pragma once
/* One order and the only function that moves its state.
 *
 *                      +-----------+  not sent / never at the venue   +---------+
 *      approved -----> | INTENDED  | -------------------------------> | DROPPED |
 *                      +-----------+                                  +---------+
 *                         | left                                        ^    |
 *                         v            no word / restart                |    | the venue shows it
 *                      +------+ ------------------------> +---------+ --+    | after all
 *                      | SENT |                           | UNKNOWN | <------+ (to OPEN)
 *                      +------+ <-- never goes back       +---------+
 *             refused /   | accepted, shown, part filled     |    ^
 *                    v    v                                  |    | missing from a whole list
 *          +---------+  +------+ <---- the venue shows it ---+    |
 *          | REFUSED |->| OPEN | ---------------------------------+
 *          +---------+  +------+ <--- a cancel was refused, the venue lists it as open
 *                         |   ^                          |
 *                 cancel  v   |                          |
 *                      +-------------+                   |
 *                      | CANCEL_SENT | ------------------+     both: -> FILLED CANCELLED EXPIRED
 *                      +-------------+                                 REFUSED, by the venue's word
 *
 * INTENDED, SENT, UNKNOWN, OPEN and CANCEL_SENT are live: what is not filled counts in full. Ended
 * states hold, except that more may have been filled before the end than we knew, and that a
 * DROPPED or REFUSED order which the venue shows is live again. Only an order whose venue id was
 * never told can be "never at the venue"; one that was and is missing stays UNKNOWN, until the
 * venue, or the operator's typed word, says more. No timer is among the stimuli. The table is in
 * order.c.
 *
 * Quantities: `filled` is the largest cumulative quantity that anyone told, `booked` what fills
 * with a trade id have covered. The difference is provisional: it moves the position at once at a
 * derived price, and each exact fill takes its place. Orders that are only shown to us (actor
 * EXTERNAL) count likewise from when we met them: `booked` starts at what they had filled by then,
 * for that is not ours to guess. Which of their fills came before is not known to the last one, so
 * a whole list of fills that had its time settles what is left. */
#include "model/client_id.h"
#include "model/event.h"
#include "model/record.h"

/* X(SYMBOL, "what happened") in the order of the table's columns. */
#define ORDER_STIMULUS_LIST(X)                                                                    \
    X(STIMULUS_LEFT, "the request was handed to the sink")                                        \
    X(STIMULUS_ACCEPTED, "the create was accepted")                                               \
    X(STIMULUS_REFUSED, "the create was refused in a documented code")                            \
    X(STIMULUS_NO_WORD, "the create's outcome was not told")                                      \
    X(STIMULUS_NOT_SENT, "certainly no byte left")                                                \
    X(STIMULUS_CANCEL_LEFT, "a cancel was handed to the sink")                                    \
    X(STIMULUS_CANCEL_VOID, "the cancel failed and a later list shows the order open")            \
    X(STIMULUS_SHOWN_OPEN, "the venue shows it pending, queued or open")                          \
    X(STIMULUS_SHOWN_CANCELLING, "the venue shows the cancel queued")                             \
    X(STIMULUS_SHOWN_OTHER, "the venue shows it in a state we do not know")                       \
    X(STIMULUS_PART_FILLED, "a fill, or a larger cumulative quantity")                            \
    X(STIMULUS_WHOLLY_FILLED, "filled to its size")                                               \
    X(STIMULUS_CANCELLED, "the venue shows it cancelled")                                         \
    X(STIMULUS_EXPIRED, "the venue shows it expired")                                             \
    X(STIMULUS_FAILED, "the venue shows it failed")                                               \
    X(STIMULUS_MISSING, "a whole list over all states did not have it")                           \
    X(STIMULUS_NEVER_THERE, "two whole lists, after expiry and bound, did not have it")           \
    X(STIMULUS_RESTARTED, "the host began again from its journal")                                \
    X(STIMULUS_GIVEN_UP, "the operator's typed word that it is dead")

#define STIMULUS_FIRST(symbol, ...) symbol,
enum order_stimulus { ORDER_STIMULUS_LIST(STIMULUS_FIRST) ORDER_STIMULUS_COUNT };
#undef STIMULUS_FIRST

enum { ORDER_ILLEGAL = -1 };

struct order {
    /* what it is */
    struct client_id id;         /* zero: the venue shows it without one of our shape */
    struct venue_id venue_id;    /* "" until told */
    order_ref ref;
    actor_index actor;
    product_index product;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    bool post_only, reduce_only, ours; /* ours: it carries our owner tag */
    struct price price;          /* all but MARKET */
    struct price value_price;    /* exposure is valued at it: the worst it could trade at */
    struct size size;
    struct price stop_price;     /* STOP_LIMIT, BRACKET */
    enum stop_direction stop;
    int64_t expires_wall_ns;     /* GTD */
    struct price decision;       /* the mid when it was judged; 0: none. For figures alone */

    /* where it stands */
    enum order_state state;      /* moved by order_move alone */
    struct size filled, booked;
    struct money booked_cost;      /* price * size of the exact fills */
    struct money provisional_cost; /* of filled - booked */
    char reason[REASON_MAX];

    /* our doings */
    bool cancel_wanted, cancel_queued, cancel_failed;
    bool unconfirmed;            /* from the journal, and the venue has not shown it since */
    int64_t created_mono_ns, created_wall_ns, changed_wall_ns, cancel_sent_ns;
    uint64_t listed;             /* the last orders list that had it */
    int64_t missed_ns;           /* first complete list that lacked it, past its bound; 0: none */
    int64_t unknown_ns;          /* since when it is UNKNOWN; 0: it is not, or ever since created */
    struct size reversed, owed;  /* taken back, if told or not; owed: its trades have yet to come */
    struct size ahead;           /* EXTERNAL: exact fills that no report has told yet */
    int64_t progress_ns;         /* EXTERNAL: when it last filled more */
    int64_t met_wall_ns;         /* EXTERNAL: when the venue first showed it */
    struct size unread;          /* EXTERNAL: told then, and its fills were not in the books */

    /* what is to take its place: see amend.h. Until its end is known the larger of both counts */
    bool amending;
    struct intent amend;         /* its size is the whole, with what this order has filled */
    struct price amend_value_price;
    uint32_t amend_generation;

    uint8_t resends;             /* under the same id: see resend.h */
    bool parked;                 /* the venue contradicts it: a person must look */
    bool missed;                 /* the last whole list of orders did not have it */
    bool adopted;                /* EXTERNAL: the operator lets it work */
};

bool order_is_live(enum order_state state);
/* Where `stimulus` leads from `state`, the same state for nothing, or ORDER_ILLEGAL: a bug. */
int order_next(enum order_state state, enum order_stimulus stimulus);
/* Moves the state; true when it changed. An illegal stimulus is a CHECK. */
bool order_move(struct order *order, enum order_stimulus stimulus);
struct size order_remaining(const struct order *order); /* 0 once ended */
/* What it counts with: what remains, or what is to take its place when that is more. */
struct size order_exposed(const struct order *order);
struct size order_provisional(const struct order *order);
bool order_is_exit(const struct order *order); /* rests at the venue for nothing but to reduce */
bool order_is_own(const struct order *order);  /* it carries our tag, or a strategy was given it */
const char *order_stimulus_text(enum order_stimulus stimulus);
