/* The names of events, commands and records, for logs, `decode` and replay's comparisons. */
#include "model/command.h"
#include "model/event.h"
#include "model/record.h"

#define TEXT_AT(table, index)                                                                     \
    ((size_t)(index) < sizeof(table) / sizeof(table)[0] && (table)[index] ? (table)[index]       \
                                                                          : "invalid")

const char *event_kind_text(enum event_kind kind)
{
    static const char *const texts[] = {
        [EVENT_FRAME] = "frame",
        [EVENT_LINK] = "link",
        [EVENT_BOOK] = "book",
        [EVENT_TRADES] = "trades",
        [EVENT_TICKER] = "ticker",
        [EVENT_HEARTBEAT] = "heartbeat",
        [EVENT_VENUE_CANDLE] = "venue_candle",
        [EVENT_INSTRUMENT] = "instrument",
        [EVENT_ORDER_REPORT] = "order_report",
        [EVENT_FILL] = "fill",
        [EVENT_POSITION] = "position",
        [EVENT_BALANCE] = "balance",
        [EVENT_LIST_END] = "list_end",
        [EVENT_PLACE_REPLY] = "place_reply",
        [EVENT_CANCEL_REPLY] = "cancel_reply",
        [EVENT_INTENT] = "intent",
        [EVENT_VERDICT] = "verdict",
        [EVENT_RUNNER] = "runner",
        [EVENT_CREDIT] = "credit",
        [EVENT_TIMER_SET] = "timer_set",
        [EVENT_OPERATOR] = "operator",
        [EVENT_SKEW] = "skew",
        [EVENT_JOURNAL] = "journal",
        [EVENT_TICK] = "tick",
        [EVENT_HEALTH] = "health",
    };
    return TEXT_AT(texts, kind);
}

const char *command_kind_text(enum command_kind kind)
{
    static const char *const texts[] = {
        [COMMAND_PLACE] = "place",
        [COMMAND_CANCEL] = "cancel",
        [COMMAND_LIST] = "list",
        [COMMAND_STREAM_RESET] = "stream_reset",
        [COMMAND_VIEW] = "view",
        [COMMAND_NOTICE] = "notice",
        [COMMAND_JUDGE] = "judge",
        [COMMAND_RUNNER_END] = "runner_end",
        [COMMAND_ALERT] = "alert",
        [COMMAND_OPERATOR_REPLY] = "operator_reply",
        [COMMAND_STOPPED] = "stopped",
        [COMMAND_FATAL] = "fatal",
    };
    return TEXT_AT(texts, kind);
}

const char *parked_kind_text(enum parked_kind kind)
{
#define PARKED_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {PARKED_KIND_LIST(PARKED_TEXT)};
#undef PARKED_TEXT
    return TEXT_AT(texts, kind);
}

const char *parked_kind_meaning(enum parked_kind kind)
{
#define PARKED_MEANING(symbol, text, meaning) [symbol] = meaning,
    static const char *const meanings[] = {PARKED_KIND_LIST(PARKED_MEANING)};
#undef PARKED_MEANING
    return TEXT_AT(meanings, kind);
}

#define CHECKPOINT_TEXT(symbol, text, ...) [symbol] = text,
const char *checkpoint_text(enum checkpoint checkpoint)
{
    static const char *const texts[] = {CHECKPOINT_LIST(CHECKPOINT_TEXT)};
    return TEXT_AT(texts, checkpoint);
}

#define CHECKPOINT_BOUND(symbol, text, orders, bound, ...) [symbol] = bound,
const char *checkpoint_bound(enum checkpoint checkpoint)
{
    static const char *const texts[] = {CHECKPOINT_LIST(CHECKPOINT_BOUND)};
    return TEXT_AT(texts, checkpoint);
}

#define CHECKPOINT_MEANING(symbol, text, orders, bound, meaning, unseen) [symbol] = meaning,
const char *checkpoint_meaning(enum checkpoint checkpoint)
{
    static const char *const texts[] = {CHECKPOINT_LIST(CHECKPOINT_MEANING)};
    return TEXT_AT(texts, checkpoint);
}

#define CHECKPOINT_UNSEEN(symbol, text, orders, bound, meaning, unseen) [symbol] = unseen,
const char *checkpoint_unseen(enum checkpoint checkpoint)
{
    static const char *const texts[] = {CHECKPOINT_LIST(CHECKPOINT_UNSEEN)};
    return TEXT_AT(texts, checkpoint);
}

const int64_t round_trip_ms[ROUND_TRIP_BUCKETS] = {1,   2,   5,   10,   20,   50,
                                                   100, 200, 500, 1000, 5000, 1000000};

const char *consent_kind_text(enum consent_kind kind)
{
#define CONSENT_TEXT(symbol, text, meaning) [symbol] = text,
    static const char *const texts[] = {CONSENT_KIND_LIST(CONSENT_TEXT)};
#undef CONSENT_TEXT
    return TEXT_AT(texts, kind);
}

const char *consent_kind_meaning(enum consent_kind kind)
{
#define CONSENT_MEANING(symbol, text, meaning) [symbol] = meaning,
    static const char *const meanings[] = {CONSENT_KIND_LIST(CONSENT_MEANING)};
#undef CONSENT_MEANING
    return TEXT_AT(meanings, kind);
}

const char *consent_step_text(enum consent_step step)
{
    static const char *const texts[] = {
        [CONSENT_ASKED] = "asked", [CONSENT_GRANTED] = "granted", [CONSENT_ENDED] = "ended"};
    return TEXT_AT(texts, step);
}

const char *protect_state_text(enum protect_state state)
{
    static const char *const texts[] = {
        [PROTECT_CLEAR] = "clear", [PROTECT_SET] = "set", [PROTECT_FIRING] = "firing"};
    return TEXT_AT(texts, state);
}

const char *record_kind_text(enum record_kind kind)
{
    static const char *const texts[] = {
        [RECORD_BOOT] = "boot",         [RECORD_ORDER] = "order",
        [RECORD_FILL] = "fill",         [RECORD_REFUSAL] = "refusal",
        [RECORD_LATCH] = "latch",       [RECORD_OPERATOR] = "operator",
        [RECORD_RUNNER] = "runner",     [RECORD_RECONCILE] = "reconcile",
        [RECORD_LADDER] = "ladder",     [RECORD_PROTECT] = "protect",
        [RECORD_PARKED] = "parked",
        [RECORD_DAILY] = "daily",       [RECORD_FUNDING] = "funding",
        [RECORD_RISK] = "risk",         [RECORD_CONSENT] = "consent",
        [RECORD_STAGE] = "stage",
        [RECORD_MARK] = "mark",         [RECORD_CANDLE] = "candle",
    };
    return TEXT_AT(texts, kind);
}
