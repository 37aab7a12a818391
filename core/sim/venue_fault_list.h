#pragma once
/* Every fault a venue, or the network in front of it, can be told to show. One table: the parser,
 * the help and docs/exchange.md read it.
 *
 * symbol, name, where it can be, what its argument is, the argument when none is given (NULL: one
 * must be), the rows of docs/faults.md it serves, what happens */
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
    X(FAULT_CANCEL_ORDERS, "cancel-orders", AT_VENUE, TAKES_TEXT, "self trade prevention", "F48", \
      "the venue cancels every open order of the account, and says these words")

#define VENUE_FAULT_SYMBOL(symbol, ...) symbol,
enum venue_fault { VENUE_FAULT_LIST(VENUE_FAULT_SYMBOL) VENUE_FAULT_COUNT };
#undef VENUE_FAULT_SYMBOL
