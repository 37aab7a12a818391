#pragma once
/* What an operator may only have in two steps: asked for, then confirmed by the token that the
 * asking was answered with. Part of model/record.h; engine/consent.h says how. */
#include "model/types.h"

/* X(SYMBOL, "text", "what it lets through while it stands") */
#define CONSENT_KIND_LIST(X)                                                                     \
    X(CONSENT_OVERRIDE, "override", "a control of the gate is set aside")                        \
    X(CONSENT_LIMIT, "limit", "a limit is another than in the config")                           \
    X(CONSENT_REVOKE, "revoke", "what tightened a limit is taken back")                          \
    X(CONSENT_PROMOTE, "promote", "the next stage of trading begins")

#define CONSENT_FIRST(symbol, ...) symbol,
enum consent_kind { CONSENT_KIND_LIST(CONSENT_FIRST) CONSENT_KIND_COUNT };
#undef CONSENT_FIRST
enum consent_step { CONSENT_ASKED, CONSENT_GRANTED, CONSENT_ENDED, CONSENT_STEP_COUNT };

struct consent {
    uint64_t number;         /* rising, over restarts too */
    enum consent_kind kind;
    uint8_t target, index;   /* as of event_operator */
    char what[40];           /* a control's number, a limit's key, ... */
    char value[DECIMAL_TEXT_MAX]; /* what it shall be; "": nothing of that sort */
    int64_t for_ns;          /* how long it holds from its grant on; 0: for good */
    char reason[REASON_MAX];
    char was[DECIMAL_TEXT_MAX]; /* LIMIT: what the config said when it was asked for */
    uint32_t asked_uid, confirmed_uid; /* the system's users whose two words they were */
};

/* ended: its reason says by what, not why it was asked for. */
struct record_consent { enum consent_step step; struct consent consent; int64_t until_wall_ns;
                        char name[NAME_MAX_BYTES]; }; /* of the target: strategy or product */

const char *consent_kind_text(enum consent_kind kind);
const char *consent_kind_meaning(enum consent_kind kind);
const char *consent_step_text(enum consent_step step);
