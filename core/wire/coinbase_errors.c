#include "wire/coinbase_errors.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "wire/coinbase_words.h"

#define ROW(symbol, text, place, cancel, read, meaning)                                          \
    [symbol] = {text, {FATE_##place, FATE_##cancel, FATE_##read}},
static const struct { const char *text; enum coinbase_fate fates[COINBASE_REQUESTS]; } ROWS[] = {
    COINBASE_ERROR_LIST(ROW)
};

/* All that an error in front of the engine says: the gRPC gateway's shape, or the wallet layer's
 * {"errors":[{"id":...}]}, whose first entry speaks. */
enum { SAID_ERROR, SAID_MESSAGE, SAID_DETAILS, SAID_COUNT };
struct said { struct json_text words[SAID_COUNT], id; };

static void read_ids(struct json_reader *json, struct said *said)
{
    static const char *const NAMES[] = {"id"};
    struct json_text key, got[1] = {0};
    if (json_peek(json) != JSON_ARRAY || !json_enter_array(json))
        return;
    for (int i = 0; json_next_item(json); i++)
        if (i == 0 && json_peek(json) == JSON_OBJECT && json_enter_object(json))
            while (json_next_key(json, &key))
                coinbase_read_field(json, key, NAMES, 1, got);
    said->id = got[0];
}

static void read_said(const char *body, size_t length, struct said *ret)
{
    static const char *const NAMES[] = {"error", "message", "error_details"};
    struct json_reader json;
    struct json_text key;
    *ret = (struct said){0};
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "errors"))
                read_ids(&json, ret);
            else
                coinbase_read_field(&json, key, NAMES, SAID_COUNT, ret->words);
        }
    if (json_finish(&json, NULL) < 0) /* half a body says nothing */
        *ret = (struct said){0};
}

static bool is_one_of(struct json_text id, const char *const *ids)
{
    for (; *ids; ids++)
        if (json_text_equal(id, *ids))
            return true;
    return false;
}

static const char *const KEY_IDS[] = {"authentication_error", "invalid_token", "expired_token",
                                      "revoked_token", "invalid_scope", NULL};

static bool is_bad_request(const struct said *said)
{
    static const char *const IDS[] = {"param_required", "validation_error", "invalid_request",
                                      NULL};
    struct json_text message = said->words[SAID_MESSAGE];
    return coinbase_word(said->words[SAID_ERROR], "INVALID_ARGUMENT") ||
           (coinbase_word(said->words[SAID_ERROR], "UNKNOWN") && message.length >= 6 &&
            memcmp(message.at, "proto:", 6) == 0) ||
           is_one_of(said->id, IDS);
}

static bool is_key_refused(const struct said *said, const char *body, size_t length)
{
    while (length > 0 && (body[length - 1] == '\n' || body[length - 1] == '\r'))
        length--;
    return text_equal(body, length, "Unauthorized") ||
           coinbase_word(said->words[SAID_ERROR], "UNAUTHORIZED") || is_one_of(said->id, KEY_IDS);
}

static bool is_scope_missing(const struct said *said)
{
    return coinbase_word(said->words[SAID_ERROR], "PERMISSION_DENIED") ||
           is_one_of(said->id, KEY_IDS) ||
           json_text_equal(said->words[SAID_DETAILS], "Missing required scopes");
}

static bool is_rate_limit(const struct said *said)
{
    return coinbase_word(said->words[SAID_ERROR], "RESOURCE_EXHAUSTED") ||
           json_text_equal(said->id, "rate_limit_exceeded");
}

static enum coinbase_error of_status(int http_status, const char *body, size_t length)
{
    struct said said;
    read_said(body, length, &said);
    switch (http_status) {
    case 400: return is_bad_request(&said) ? ERROR_BAD_REQUEST : ERROR_CLIENT;
    case 401: return is_key_refused(&said, body, length) ? ERROR_KEY : ERROR_DOOR;
    case 403: return is_scope_missing(&said) ? ERROR_SCOPE : ERROR_DOOR;
    case 418: return ERROR_BUSY;
    case 429: return is_rate_limit(&said) ? ERROR_RATE : ERROR_BUSY;
    default:
        return http_status >= 500 && http_status < 600   ? ERROR_SERVER
               : http_status >= 400 && http_status < 500 ? ERROR_CLIENT
                                                         : ERROR_STRANGE;
    }
}

enum coinbase_error coinbase_error_of(enum coinbase_transport transport, int http_status,
                                      const char *body, size_t length)
{
    switch (transport) {
    case TRANSPORT_NOT_SENT: return ERROR_NOT_SENT;
    case TRANSPORT_NO_REPLY: return ERROR_NO_REPLY;
    case TRANSPORT_CUT: return ERROR_CUT;
    default: return http_status == 200 ? ERROR_NONE : of_status(http_status, body, length);
    }
}

enum coinbase_fate coinbase_error_fate(enum coinbase_error error, enum coinbase_request request)
{
    CHECK(error < COINBASE_ERROR_COUNT && request < COINBASE_REQUESTS);
    return ROWS[error].fates[request];
}

bool coinbase_error_is_alive(enum coinbase_error error)
{
    switch (error) {
    case ERROR_NONE: case ERROR_BAD_REQUEST: case ERROR_KEY: case ERROR_SCOPE: case ERROR_RATE:
    case ERROR_BUSY:
        return true;
    default: return false;
    }
}

const char *coinbase_error_text(enum coinbase_error error)
{
    CHECK(error < COINBASE_ERROR_COUNT);
    return ROWS[error].text;
}
