#pragma once
/* What a failed request means, in one table: by how far it came, by the HTTP status, and by whether
 * the body is one that the venue documents. A status alone is never believed: proxies and brokers
 * answer 4xx for requests that were carried out. Each row is
 * X(SYMBOL, "what came back", place, cancel, read, "what it means and what is done").
 * docs/errors.md is written from it by scripts/error-table. */
#include <stdbool.h>
#include <stddef.h>

#define COINBASE_FATE_LIST(X)                                                                    \
    X(FATE_BODY, "body", "the body says what came of it")                                        \
    X(FATE_DEFINITE, "definite", "nothing was done, and asking again would end alike")           \
    X(FATE_RETRYABLE, "retryable", "asking again does no harm: within the budget of its class")  \
    X(FATE_UNKNOWN, "unknown", "it may have been carried out: only the venue's lists can tell")  \
    X(FATE_FATAL, "fatal", "nothing was done, and nothing will be with this key")

#define COINBASE_ERROR_LIST(X)                                                                   \
    X(ERROR_NONE, "HTTP 200", BODY, BODY, BODY, "business refusals come this way too")           \
    X(ERROR_NOT_SENT, "no byte of it left", RETRYABLE, RETRYABLE, RETRYABLE,                     \
      "no connection, no address, the wrong certificate; a place is the engine's to send again") \
    X(ERROR_NO_REPLY, "sent, and no reply", UNKNOWN, RETRYABLE, RETRYABLE,                       \
      "time-out or reset; a cancel may be said twice")                                           \
    X(ERROR_CUT, "a reply that was cut", UNKNOWN, RETRYABLE, RETRYABLE,                          \
      "short of its length, too long, or not HTTP")                                              \
    X(ERROR_BAD_REQUEST, "HTTP 400 in documented words", DEFINITE, DEFINITE, DEFINITE,           \
      "INVALID_ARGUMENT, proto:, validation_error, param_required, invalid_request")             \
    X(ERROR_KEY, "HTTP 401 in documented words", FATAL, FATAL, FATAL,                            \
      "Unauthorized, expired_token, revoked_token and their kind: key or clock; the next request"\
      " has a new token, and several in a row, or one for a cancel, are an alarm")               \
    X(ERROR_SCOPE, "HTTP 403 in documented words", FATAL, FATAL, FATAL,                          \
      "PERMISSION_DENIED, missing scopes: the key may not do this")                              \
    X(ERROR_RATE, "HTTP 429 in documented words", DEFINITE, RETRYABLE, RETRYABLE,                \
      "its class stops for as long as the venue says; cancels go on, slower")                    \
    X(ERROR_BUSY, "HTTP 418 or 429 in other words", UNKNOWN, RETRYABLE, RETRYABLE,               \
      "a ban or a proxy's limit: as above, but nothing says that it was not carried out")        \
    X(ERROR_DOOR, "HTTP 401 or 403 in other words", UNKNOWN, RETRYABLE, RETRYABLE,               \
      "a proxy's page: not the venue's word on the key")                                         \
    X(ERROR_CLIENT, "any other HTTP 4xx", UNKNOWN, UNKNOWN, DEFINITE,                            \
      "not documented to mean that nothing was done")                                            \
    X(ERROR_SERVER, "HTTP 5xx", UNKNOWN, RETRYABLE, RETRYABLE,                                   \
      "whatever its body says: the request was taken in")                                        \
    X(ERROR_STRANGE, "any other status", UNKNOWN, UNKNOWN, DEFINITE,                             \
      "redirects are not followed, a 2xx that is not 200 is not the venue's")

#define FATE_SYMBOL(symbol, ...) symbol,
enum coinbase_fate { COINBASE_FATE_LIST(FATE_SYMBOL) };
enum coinbase_error { COINBASE_ERROR_LIST(FATE_SYMBOL) COINBASE_ERROR_COUNT };
#undef FATE_SYMBOL
enum coinbase_request { COINBASE_PLACE, COINBASE_CANCEL, COINBASE_READ, COINBASE_REQUESTS };
/* How far a request came. Only the first is a promise. */
enum coinbase_transport { TRANSPORT_NOT_SENT, TRANSPORT_NO_REPLY, TRANSPORT_CUT,
                          TRANSPORT_WHOLE };

enum coinbase_error coinbase_error_of(enum coinbase_transport transport, int http_status,
                                      const char *body, size_t length);
enum coinbase_fate coinbase_error_fate(enum coinbase_error error, enum coinbase_request request);
/* The endpoint answers, whatever it answers: what a circuit breaker counts as good. */
bool coinbase_error_is_alive(enum coinbase_error error);
const char *coinbase_error_text(enum coinbase_error error);
