#pragma once
/* The operator's socket: JSON lines, one request, one reply. Pure. One table of verbs: the parser,
 * `moongate ctl --help`, the socket's own checks and docs/operator.md derive from it.
 *
 *     {"verb":"halt","strategy":"ma_cross","reason":"wild fills"}
 *     {"ok":true,"text":"halted"}
 *     {"ok":false,"text":"there is no strategy 'ma_corss'; did you mean 'ma_cross'?"}
 *     {"ok":true,"text":"2 orders","result":[...]}
 *
 * A request's members are strings but for "limit", "for_s" and "cancel"; unknown, doubled or
 * unfitting ones refuse. */
#include "base/buf.h"
#include "base/err.h"
#include "model/types.h"

enum control_verb {
    CONTROL_HALT, CONTROL_REDUCE, CONTROL_RESUME, CONTROL_RELOAD, CONTROL_CANCEL_MINE,
    CONTROL_FLATTEN, CONTROL_RECONCILE, CONTROL_ACCEPT, CONTROL_STOP, CONTROL_STATUS,
    CONTROL_ORDERS, CONTROL_POSITIONS, CONTROL_LIMITS, CONTROL_RUNNERS, CONTROL_REFUSALS,
    CONTROL_WHY, CONTROL_CANCEL_ALL, CONTROL_ADOPT, CONTROL_CANCEL, CONTROL_DROP, CONTROL_PARKED,
    CONTROL_REPORT, CONTROL_RISK, CONTROL_OVERRIDE, CONTROL_CONFIRM, CONTROL_REVOKE,
    CONTROL_CONSENTS, CONTROL_LIMIT, CONTROL_STAGE, CONTROL_CHECKPOINTS, CONTROL_PROMOTE,
    CONTROL_DEMOTE, CONTROL_VERB_COUNT
};

struct control_verb_spec {
    const char *name, *help;
    bool mutating;         /* changes what the host does; the others only look */
    bool takes_strategy, takes_product, takes_reason, needs_reason, takes_limit, takes_cancel;
    const char *name_is;   /* what the word behind the verb is: "NAME", "ID"; NULL: none */
    bool needs_name;
    const char *example;   /* behind `moongate ctl `; NULL: the verb alone */
    bool takes_for;        /* how long it shall hold */
    bool takes_value;      /* a second word: what it shall be; then it is needed */
};

enum { CONTROL_LINE_MAX = 64 * 1024, CONTROL_REPLY_MAX = 2 * 1024 * 1024, CONTROL_NAME_MAX = 64,
       CONTROL_LIMIT_MAX = 5000, CONTROL_LIMIT_DEFAULT = 50, CONTROL_TEXT_MAX = 512,
       CONTROL_FOR_MAX_S = 7 * 24 * 3600 };

struct control_request {
    enum control_verb verb;
    char strategy[NAME_MAX_BYTES], product[PRODUCT_ID_MAX]; /* "": the whole account */
    char name[CONTROL_NAME_MAX];
    char reason[REASON_MAX];
    uint32_t limit;        /* rows at most; 0: CONTROL_LIMIT_DEFAULT */
    bool cancel;           /* halt: and answer when the venue shows no own order */
    uint32_t for_s;        /* 0: not said */
    char value[DECIMAL_TEXT_MAX];
};

struct control_reply {
    bool ok;
    char text[CONTROL_TEXT_MAX];
    const char *result;    /* one JSON value, borrowed from the line; NULL: none */
    size_t result_length;
};

const struct control_verb_spec *control_verb(enum control_verb verb);
/* -1: err names the nearest verb. */
int control_verb_find(const char *name, enum control_verb *ret, struct err *err);
/* "halt [--strategy NAME | --product ID] [--reason TEXT]" */
void control_verb_usage(enum control_verb verb, struct buf *out);
/* All verbs with usage and help, as `moongate ctl --help` shows them. */
void control_help(struct buf *out);

/* "90s", "15m", "4h"; false: none of these, or more than CONTROL_FOR_MAX_S. */
bool control_parse_for(const char *text, uint32_t *ret_s);

/* What the verb takes and needs; both sides ask. */
int control_request_check(const struct control_request *request, struct err *err);
/* With its line break. */
void control_request_encode(const struct control_request *request, struct buf *out);
/* Checked. `length` without the line break. */
int control_request_decode(const char *bytes, size_t length, struct control_request *ret,
                           struct err *err);

/* With its line break. `result` NULL, or one whole JSON value. */
void control_reply_encode(struct buf *out, bool ok, const char *text, const char *result,
                          size_t result_length);
int control_reply_decode(const char *bytes, size_t length, struct control_reply *ret,
                         struct err *err);
