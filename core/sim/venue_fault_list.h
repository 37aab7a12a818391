#pragma once
/* Every fault a venue, or the network in front of it, can be told to show. One table: the parser,
 * the help and docs/exchange.md read it.
 *
 * symbol, name, where it can be, what its argument is, the argument when none is given (NULL: one
 * must be), the rows of docs/faults.md it serves, what happens */
#include "sim/venue_fault_acts.h"

#define VENUE_FAULT_LIST(X)                                                                       \
    X(FAULT_ACCEPT_THEN_DROP, "accept-then-drop", AT_REQUEST, TAKES_NOTHING, "", "F01",           \
      "the request is carried out, the connection closes without a reply")                        \
    X(FAULT_ACCEPT_THEN_SILENCE, "accept-then-silence", AT_REQUEST, TAKES_NOTHING, "", "F01",     \
      "the request is carried out, no reply ever comes")                                          \
    X(FAULT_ACCEPT_THEN_STATUS, "accept-then-status", AT_REQUEST, TAKES_COUNT, "502", "F04",      \
      "the request is carried out, the reply is an HTML page of that status")                     \
    X(FAULT_DROP, "drop", AT_ANY, TAKES_NOTHING, "", "F02 F22",                                   \
      "a request is not carried out and its connection closes; a frame is lost, with its number") \
    X(FAULT_SILENCE, "silence", AT_REQUEST, TAKES_NOTHING, "", "F02",                             \
      "the request is not carried out, no reply ever comes")                                      \
    X(FAULT_LATE, "late", AT_ANY, TAKES_TIME, "8s", "F03 F21",                                    \
      "a request gets no reply and is carried out that much later; a frame comes that much later")\
    X(FAULT_DELAY, "delay", AT_REQUEST, TAKES_TIME, NULL, "F01 F40",                              \
      "the request is carried out at once, its reply comes that much later")                      \
    X(FAULT_TWICE, "twice", AT_REQUEST, TAKES_NOTHING, "", "AC-C3",                               \
      "the request is carried out twice: a create makes two orders of one client id")             \
    X(FAULT_HTML, "html", AT_REQUEST, TAKES_COUNT, "502", "F04",                                  \
      "not carried out; the reply is an HTML page of that status")                                \
    X(FAULT_STATUS, "status", AT_REQUEST, TAKES_COUNT, NULL, "F05 F67",                           \
      "not carried out; the reply is a JSON error of that status: 401, 403, 409, 503")            \
    X(FAULT_REFUSE, "refuse", AT_REQUEST, TAKES_SETTING, NULL, "F06",                             \
      "not carried out; 200 with success:false and that error field alone: "                      \
      "error=INSUFFICIENT_FUND")                                                                  \
    X(FAULT_RATE_LIMIT, "rate-limit", AT_REQUEST, TAKES_TIME, "0s", "F08",                        \
      "not carried out; 429, with Retry-After when a time is given")                              \
    X(FAULT_BAN, "ban", AT_REQUEST, TAKES_TIME, "60s", "F08",                                     \
      "not carried out; 418 with Retry-After")                                                    \
    X(FAULT_RESET, "reset", AT_ANY, TAKES_NOTHING, "", "F09 F26",                                 \
      "not carried out; the connection is reset")                                                 \
    X(FAULT_ACCEPT_THEN_RESET, "accept-then-reset", AT_REQUEST, TAKES_NOTHING, "", "F09",         \
      "carried out; the connection is reset before the reply")                                    \
    X(FAULT_RESET_MID, "reset-mid", AT_REQUEST, TAKES_NOTHING, "", "F09",                         \
      "carried out; the connection is reset when half of the reply is written")                   \
    X(FAULT_CLOSE, "close", AT_SOCKET, TAKES_NOTHING, "", "F26",                                  \
      "the WebSocket is closed: on connect, on subscribe, or instead of the frame")               \
    X(FAULT_DUPLICATE, "duplicate", AT_CHANNEL, TAKES_NOTHING, "", "F20",                         \
      "the frame is sent twice, under one number")                                                \
    X(FAULT_REORDER, "reorder", AT_CHANNEL, TAKES_NOTHING, "", "F21",                             \
      "the frame comes after the next one of its connection")                                     \
    X(FAULT_SUPPRESS, "suppress", AT_CHANNEL, TAKES_NOTHING, "", "F23 F24 AC-D3",                 \
      "the frame is never made: nothing is missing in the numbers")                               \
    X(FAULT_SET, "set", AT_BYTES, TAKES_SETTING, NULL, "F07 F11 F30 F31 F32 F55",                 \
      "every value of that field is replaced, as it stands in JSON: price=1e400, status=\"ODD\"") \
    X(FAULT_RENAME, "rename", AT_BYTES, TAKES_SETTING, NULL, "F07",                               \
      "every field of that name gets another: order_id=orderId")                                  \
    X(FAULT_OMIT, "omit", AT_BYTES, TAKES_WORD, NULL, "F07",                                      \
      "every field of that name is left out")                                                     \
    X(FAULT_EXTRA, "extra", AT_BYTES, TAKES_NOTHING, "", "F07",                                   \
      "a field that nobody knows is put in front")                                                \
    X(FAULT_TRUNCATE, "truncate", AT_BYTES, TAKES_NOTHING, "", "F29",                             \
      "the JSON ends in the middle; the transport is whole")                                      \
    X(FAULT_SHORT_LENGTH, "short-length", AT_REQUEST, TAKES_NOTHING, "", "F10",                   \
      "carried out; content-length promises more than comes, then the connection closes")         \
    X(FAULT_CUT_CHUNKED, "cut-chunked", AT_REQUEST, TAKES_NOTHING, "", "F10",                     \
      "carried out; the reply is chunked and its last chunk never comes")                         \
    X(FAULT_CUT_TLS, "cut-tls", AT_REQUEST, TAKES_NOTHING, "", "F10",                             \
      "carried out; a TLS record begins and the connection ends inside it")                       \
    X(FAULT_GZIP_BOMB, "gzip-bomb", AT_REQUEST, TAKES_BYTES, "64MB", "F10",                       \
      "carried out; the reply is gzip that grows to that size")                                   \
    X(FAULT_SWAP, "swap", AT_REQUEST, TAKES_NOTHING, "", "F11",                                   \
      "carried out; its reply waits for the next such request, and each gets the other's")        \
    X(FAULT_OLD_ORDER, "old-order", AT_REQUEST, TAKES_NOTHING, "", "F13",                         \
      "not carried out; a create is answered with success and the account's first order")         \
    X(FAULT_HIDE, "hide", AT_REQUEST, TAKES_TIME, "10s", "F51",                                   \
      "carried out; the orders it makes cannot be read, and are in no list, for that long")       \
    X(FAULT_SKIP_ITEM, "skip-item", AT_BYTES, TAKES_COUNT, "1", "F45",                            \
      "that item of the list is left out: a fill, an order, a level")                             \
    X(FAULT_REPEAT_ITEM, "repeat-item", AT_BYTES, TAKES_COUNT, "1", "F45",                        \
      "that item of the list comes twice")                                                        \
    X(FAULT_REVERSE, "reverse", AT_BYTES, TAKES_NOTHING, "", "F45",                               \
      "the list comes in the opposite order")                                                     \
    X(FAULT_EMPTY_LIST, "empty-list", AT_BYTES, TAKES_NOTHING, "", "F32 F51 F55",                 \
      "the list comes empty: no orders, no positions, no book")                                   \
    X(FAULT_SAME_PAGE, "same-page", AT_REQUEST, TAKES_NOTHING, "", "F45",                         \
      "the first page comes again whatever the cursor, and says that there is more")              \
    X(FAULT_GIANT, "giant", AT_BYTES, TAKES_BYTES, "10MB", "F28",                                 \
      "the items of the list are repeated until the message has that size")                       \
    X(FAULT_DEEP, "deep", AT_BYTES, TAKES_COUNT, "10000", "F29",                                  \
      "a field with that many arrays inside each other is put in front")                          \
    X(FAULT_DUPLICATE_KEYS, "duplicate-keys", AT_BYTES, TAKES_NOTHING, "", "F29",                 \
      "the first field is there twice")                                                           \
    X(FAULT_BAD_UTF8, "bad-utf8", AT_BYTES, TAKES_NOTHING, "", "F29",                             \
      "a field whose text is not UTF-8 is put in front")                                          \
    X(FAULT_BOM, "bom", AT_BYTES, TAKES_NOTHING, "", "F29",                                       \
      "a byte order mark comes first")                                                            \
    X(FAULT_GAP, "gap", AT_CHANNEL, TAKES_COUNT, "1", "F22 AC-D1",                                \
      "that many numbers are passed over before the frame")                                       \
    X(FAULT_FRAGMENT, "fragment", AT_CHANNEL, TAKES_BYTES, "1B", "F28",                           \
      "the frame comes in WebSocket fragments of that size")                                      \
    X(FAULT_FREEZE, "freeze", AT_SOCKET, TAKES_NOTHING, "", "F25",                                \
      "the connection stays open and is neither read nor written any more")                       \
    X(FAULT_MUTE, "mute", AT_SOCKET, TAKES_NOTHING, "", "F23 F27",                                \
      "no frame leaves that connection any more; pings are answered")                             \
    X(FAULT_ERROR, "error", AT_SOCKET, TAKES_TEXT, "authentication failure", "F27",               \
      "an error frame with these words, then as mute")                                            \
    X(FAULT_CROSSED, "crossed", AT_CHANNEL, TAKES_NOTHING, "", "F32",                             \
      "level2: a bid above the best ask is put in")                                               \
    X(FAULT_LOCKED, "locked", AT_CHANNEL, TAKES_NOTHING, "", "F32",                               \
      "level2: a bid at the best ask is put in")                                                  \
    VENUE_FAULT_ACTS(X)

#define VENUE_FAULT_SYMBOL(symbol, ...) symbol,
enum venue_fault { VENUE_FAULT_LIST(VENUE_FAULT_SYMBOL) VENUE_FAULT_COUNT };
#undef VENUE_FAULT_SYMBOL
