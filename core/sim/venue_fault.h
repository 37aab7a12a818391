#pragma once
/* What is to go wrong at the venue, said in one line per rule, and the bookkeeping of when it
 * does. Pure: time is an argument, chance comes from a seed; nothing here does the damage.
 *
 *     after 10s for 5s every 3rd POST /orders: delay 20s
 *     next 2 POST /orders: accept-then-drop
 *     chance 0.1 channel level2/BTC-PERP-INTX: drop
 *     after 30s for 10s venue: halt BIP-20DEC30-CDE      # a comment
 *
 *     venue_fault_plan_init(&plan, seed);
 *     venue_fault_plan_load(&plan, text, length, now_ns, &err);
 *     count = venue_fault_plan_meet(&plan, &scene, now_ns, fired);    each time, in order
 *
 * WHEN, in any order, all of it optional: `after` and `for` count from the moment the rule was
 * given; `at 3rd`, `every 3rd` and `next 3` count the requests or frames of its place inside
 * that window; `chance 0.1` draws at each of them, from a generator of the rule's own, so that
 * one rule never changes what another does. */
#include "base/buf.h"
#include "base/err.h"
#include "base/prng.h"
#include "model/types.h"
#include "sim/venue_fault_list.h"
#include "sim/venue_sim_order.h"

enum {
    VENUE_FAULT_LINE_MAX = 256,  /* a rule is read by people: longer ones are mistakes */
    VENUE_FAULT_TARGET_MAX = 96,
    VENUE_FAULT_RULES_MAX = 128, /* more would not be a scenario that anybody understands */
    VENUE_FAULT_FIRED_MAX = 8,   /* of one request or frame; rules beyond wait their turn */
};

/* AT_ANY: a request, channel, connect or subscribe. AT_BYTES: a reply or a frame. AT_SOCKET:
 * connect, subscribe or channel. AT_VENUE: at a time, or when a request comes. */
enum venue_fault_kind { AT_REQUEST, AT_CHANNEL, AT_BYTES, AT_SOCKET, AT_SUBSCRIBE, AT_ANY,
                        AT_VENUE };
enum venue_fault_argument { TAKES_NOTHING, TAKES_TIME, TAKES_COUNT, TAKES_BYTES, TAKES_WORD,
                            TAKES_SETTING, TAKES_TEXT, TAKES_SIGNED, TAKES_PRODUCT, TAKES_ORDER,
                            TAKES_LISTING };
enum venue_fault_place { PLACE_REQUEST, PLACE_CHANNEL, PLACE_CONNECT, PLACE_SUBSCRIBE,
                         PLACE_VENUE };

struct venue_fault_rule {
    enum venue_fault fault;
    enum venue_fault_place place;
    char method[8];                      /* ANY: each */
    char target[VENUE_FAULT_TARGET_MAX]; /* path, or channel; a star stands for any text */
    char product[PRODUCT_ID_MAX];        /* of a channel; "": each */
    int64_t after_ns, for_ns;            /* for_ns 0: without end */
    uint32_t at, every, next;            /* 0: not given */
    struct ratio chance;
    int64_t amount;                      /* TIME in ns, COUNT, BYTES, SIGNED, PRODUCT: -1 is all */
    struct venue_request request;        /* ORDER */
    char text[VENUE_FAULT_LINE_MAX];     /* WORD, SETTING (the name), TEXT */
    char value[VENUE_FAULT_LINE_MAX];    /* SETTING */
    char line[VENUE_FAULT_LINE_MAX];     /* as it was given */
};

/* What of a product's record can be changed: the texts, and their places among them. */
#define VENUE_LISTING_FIELDS                                                                      \
    "cancel_only", "limit_only", "post_only", "trading_disabled", "auction_mode", "view_only",    \
    "is_disabled", "delisted", "price_increment", "base_min_size"
enum venue_listing_field {
    VENUE_LISTING_CANCEL_ONLY, VENUE_LISTING_LIMIT_ONLY, VENUE_LISTING_POST_ONLY,
    VENUE_LISTING_DISABLED, VENUE_LISTING_AUCTION, VENUE_LISTING_VIEW_ONLY,
    VENUE_LISTING_IS_DISABLED, VENUE_LISTING_DELISTED, VENUE_LISTING_TICK,
    VENUE_LISTING_MINIMUM, VENUE_LISTING_COUNT
};

const char *venue_fault_name(enum venue_fault fault);
const char *venue_fault_words(enum venue_fault fault);
/* The table of all faults, as docs/exchange.md shows it. */
void venue_fault_table(struct buf *ret);

/* 1: a rule; 0: a blank line or a comment; -1: err says which word is wrong and what may be. */
int venue_fault_parse(const char *line, size_t length, struct venue_fault_rule *ret,
                      struct err *err);

struct venue_fault_entry {
    struct venue_fault_rule rule;
    uint32_t number;
    int64_t given_ns;
    uint64_t met, fired;
    bool begun, revoked, ended; /* what it did to the venue is undone when it ends */
    struct prng prng;
};

struct venue_fault_plan {
    uint64_t seed;
    uint32_t count, last_number;
    struct venue_fault_entry entries[VENUE_FAULT_RULES_MAX];
};

struct venue_fault_scene {
    enum venue_fault_place place;
    const char *method, *target; /* method of requests alone */
    const char *bytes;           /* the frame: which product it is of is looked up in it */
    size_t length;
};

void venue_fault_plan_init(struct venue_fault_plan *plan, uint64_t seed);
/* The rule's number, or -1: full. */
int venue_fault_plan_add(struct venue_fault_plan *plan, const struct venue_fault_rule *rule,
                         int64_t now_ns, struct err *err);
/* A whole script. -1: err names the line; the lines before it were added. */
int venue_fault_plan_load(struct venue_fault_plan *plan, const char *text, size_t length,
                          int64_t now_ns, struct err *err);
bool venue_fault_plan_remove(struct venue_fault_plan *plan, uint32_t number);
/* The rules that fire at this scene, in the order they were given; valid until the plan changes. */
uint32_t venue_fault_plan_meet(struct venue_fault_plan *plan,
                               const struct venue_fault_scene *scene, int64_t now_ns,
                               const struct venue_fault_rule *ret[VENUE_FAULT_FIRED_MAX]);
/* The next rule at `venue` that begins (*ret_begins) or ends now; NULL: none is left. */
const struct venue_fault_rule *venue_fault_plan_due(struct venue_fault_plan *plan, int64_t now_ns,
                                                    bool *ret_begins);
/* The rule, or each of them (0), fires no more, and what it did to the venue is due to end. */
void venue_fault_plan_end(struct venue_fault_plan *plan, uint32_t number);
