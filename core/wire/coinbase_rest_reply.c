/* What came of a request to place or cancel: the one place where UNKNOWN is told from REFUSED. An
 * order that is called refused and lives would be traded twice, so only what is documented to mean
 * that nothing was created counts as a refusal. */
#include "base/check.h"
#include "base/text.h"
#include "model/client_id.h"
#include "wire/coinbase_errors.h"
#include "wire/coinbase_rest.h"
#include "wire/coinbase_words.h"
#include "wire/coinbase_rest_codes.h"

#include <stdio.h>
#include <string.h>

/* All the venue may say in any of its error shapes. */
enum { WORD_ERROR, WORD_MESSAGE, WORD_DETAILS, WORD_PREVIEW, WORD_NEW_ORDER, WORD_FAILURE,
       WORD_COUNT };
static const char *const WORD_NAMES[WORD_COUNT] = {
    "error", "message", "error_details", "preview_failure_reason", "new_order_failure_reason",
    "failure_reason"};

struct reply {
    bool is_json, has_success, success;
    struct json_text order_id, client_order_id; /* from success_response, else the top */
    struct json_text top_order_id;
    bool has_success_response;
    struct json_text top[WORD_COUNT];           /* beside success, or the gRPC error */
    struct json_text inner[WORD_COUNT];         /* in error_response */
    struct json_text id, id_message;            /* errors[0]: the wallet layer */
};

static void read_success_response(struct json_reader *json, struct reply *reply)
{
    static const char *const NAMES[] = {"order_id", "client_order_id"};
    struct json_text key, got[2] = {0};
    if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
        return;
    reply->has_success_response = true;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, 2, got);
    reply->order_id = got[0];
    reply->client_order_id = got[1];
}

static void read_error_response(struct json_reader *json, struct reply *reply)
{
    struct json_text key;
    if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, WORD_NAMES, WORD_COUNT, reply->inner);
}

/* [{"id":"rate_limit_exceeded","message":"Too many requests"}]; the first speaks. */
static void read_errors(struct json_reader *json, struct reply *reply)
{
    static const char *const NAMES[] = {"id", "message", "edit_failure_reason"};
    struct json_text key;
    if (json_peek(json) != JSON_ARRAY || !json_enter_array(json))
        return;
    for (int i = 0; json_next_item(json); i++) {
        struct json_text got[3] = {0};
        if (i > 0 || json_peek(json) != JSON_OBJECT || !json_enter_object(json))
            continue;
        while (json_next_key(json, &key))
            coinbase_read_field(json, key, NAMES, 3, got);
        reply->id = got[0].length ? got[0] : got[2];
        reply->id_message = got[1];
    }
}

static void read_member(struct json_reader *json, struct json_text key, struct reply *reply)
{
    struct json_text text;
    if (json_text_equal(key, "success")) {
        reply->has_success = coinbase_read_text(json, &text) && text.length > 0;
        reply->success = reply->has_success && coinbase_true(text);
        /* Neither true nor false is no answer at all. */
        if (reply->has_success && !reply->success && !coinbase_word(text, "FALSE"))
            reply->has_success = false;
    } else if (json_text_equal(key, "order_id"))
        coinbase_read_text(json, &reply->top_order_id);
    else if (json_text_equal(key, "success_response"))
        read_success_response(json, reply);
    else if (json_text_equal(key, "error_response"))
        read_error_response(json, reply);
    else if (json_text_equal(key, "errors"))
        read_errors(json, reply);
    else
        coinbase_read_field(json, key, WORD_NAMES, WORD_COUNT, reply->top);
}

static bool read_reply(const char *body, size_t length, struct reply *reply)
{
    struct json_reader json;
    struct json_text key;
    *reply = (struct reply){0};
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            read_member(&json, key, reply);
    reply->is_json = json_finish(&json, NULL) == 0;
    /* Half a reply says nothing: what was read of it is forgotten. */
    if (!reply->is_json)
        *reply = (struct reply){0};
    return reply->is_json;
}

/* The code of a documented refusal among the words, as the venue spells it; empty when none. */
static struct json_text definite_code(const struct json_text words[WORD_COUNT])
{
    static const int ORDER[] = {WORD_NEW_ORDER, WORD_PREVIEW, WORD_ERROR, WORD_DETAILS,
                                WORD_FAILURE};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++)
        if (coinbase_is_order_refusal(words[ORDER[i]]))
            return words[ORDER[i]];
    return (struct json_text){0};
}

/* A duplicate id means that an order with this id lives, or lived, at the venue: whatever else the
 * reply says, the request is not without effect. */
static bool says_duplicate(const struct json_text words[WORD_COUNT])
{
    for (int i = 0; i < WORD_COUNT; i++)
        if (coinbase_word(words[i], "DUPLICATE_CLIENT_ORDER_ID") ||
            coinbase_word(words[i], "PREVIEW_DUPLICATE_CLIENT_ORDER_ID"))
            return true;
    return false;
}

static bool is_vague(struct json_text word)
{
    return word.length == 0 || coinbase_word(word, "UNKNOWN_FAILURE_REASON") ||
           coinbase_word(word, "UNKNOWN_PREVIEW_FAILURE_REASON") || coinbase_word(word, "UNKNOWN");
}

/* The most telling code first, then the words. */
static void write_reason(const struct json_text words[WORD_COUNT], char reason[REASON_MAX])
{
    struct json_text code = definite_code(words);
    static const int ORDER[] = {WORD_NEW_ORDER, WORD_PREVIEW, WORD_ERROR, WORD_FAILURE};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER && code.length == 0; i++)
        if (!is_vague(words[ORDER[i]]))
            code = words[ORDER[i]];
    coinbase_add_reason(reason, code);
    struct json_text said = words[WORD_MESSAGE].length ? words[WORD_MESSAGE] : words[WORD_DETAILS];
    if (said.length > 0 && !json_text_same(said, code))
        coinbase_add_reason(reason, said);
    if (reason[0] == '\0')
        coinbase_add_reason(reason, words[WORD_ERROR].length ? words[WORD_ERROR]
                                                             : words[WORD_FAILURE]);
}

static const char *find_no_case(const char *text, size_t length, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= length; i++) {
        size_t k = 0;
        while (k < size && (text[i + k] | 0x20) == (word[k] | 0x20))
            k++;
        if (k == size)
            return text + i;
    }
    return NULL;
}

/* Pages of a proxy and other garbage: the title of an HTML page, else the first words. */
static void excerpt(const char *body, size_t length, char reason[REASON_MAX])
{
    char words[REASON_MAX];
    if (length > 4096)
        length = 4096;
    const char *title = find_no_case(body, length, "<title>");
    bool html = title || find_no_case(body, length, "<html");
    if (title) {
        title += strlen("<title>");
        const char *end = memchr(title, '<', (size_t)(body + length - title));
        length = end ? (size_t)(end - title) : 0;
        body = title;
    } else if (html) {
        length = 0;
    }
    while (length > 0 && (body[length - 1] == '\n' || body[length - 1] == '\r'))
        length--;
    text_copy(words, html ? 60 : 48, body, length);
    if (html)
        coinbase_add_words(reason, "an HTML page");
    coinbase_add_words(reason, words);
    if (length == 0 && !html)
        coinbase_add_words(reason, "an empty reply");
}

static void describe(int http_status, const char *body, size_t length, const struct reply *reply,
                     char reason[REASON_MAX])
{
    reason[0] = '\0';
    if (http_status == 0) {
        coinbase_add_words(reason, "no whole reply arrived");
        return;
    }
    if (http_status != 200)
        snprintf(reason, REASON_MAX, "HTTP %d", http_status);
    if (!reply->is_json) {
        excerpt(body, length, reason);
        return;
    }
    size_t before = strlen(reason);
    char words[REASON_MAX] = "";
    if (reply->id.length > 0) {
        coinbase_add_reason(words, reply->id);
        coinbase_add_reason(words, reply->id_message);
    } else {
        write_reason(reply->inner, words);
        if (words[0] == '\0')
            write_reason(reply->top, words);
    }
    coinbase_add_words(reason, words);
    if (strlen(reason) == before)
        coinbase_add_words(reason, "a reply without a reason");
}

void coinbase_rest_decode_error(int http_status, const char *body, size_t length,
                                char ret_reason[REASON_MAX])
{
    struct reply reply;
    read_reply(body, length, &reply);
    describe(http_status, body, length, &reply, ret_reason);
}

/* Turned away in front of the engine, in documented words. */
static bool refused_in_front(int http_status, const char *body, size_t length,
                             enum coinbase_request request)
{
    enum coinbase_transport transport = http_status ? TRANSPORT_WHOLE : TRANSPORT_NO_REPLY;
    enum coinbase_error error = coinbase_error_of(transport, http_status, body, length);
    enum coinbase_fate fate = coinbase_error_fate(error, request);
    return fate == FATE_DEFINITE || fate == FATE_FATAL;
}

static enum outcome unknown(struct event_place_reply *ret, const char *words)
{
    ret->reason[0] = '\0';
    coinbase_add_words(ret->reason, words);
    return OUTCOME_UNKNOWN;
}

/* A success that names an order, and not ours. */
static bool is_of_another(const struct reply *reply, struct client_id expected)
{
    struct client_id told;
    char text[CLIENT_ID_TEXT + 8];
    return reply->client_order_id.length > 0 &&
           (!json_text_copy(reply->client_order_id, text, sizeof text) ||
            !client_id_parse(text, strlen(text), &told) || !client_id_equal(told, expected));
}

/* The venue's ids are UUIDs. One that lost a byte or has one twice is no order's. */
static bool is_damaged(const char *id)
{
    enum { UUID = CLIENT_ID_TEXT - 1 };
    size_t length = strlen(id);
    return (length == UUID - 1 || length == UUID + 1) && strchr(id, '-') != NULL &&
           strspn(id, "0123456789abcdefABCDEF-") == length;
}

static enum outcome judge_success(const struct reply *reply, struct event_place_reply *ret)
{
    struct json_text id = reply->order_id.length ? reply->order_id : reply->top_order_id;
    ret->reason[0] = '\0';
    if (id.length == 0)
        return unknown(ret, "success without an order id");
    if (reply->top_order_id.length > 0 && !json_text_same(id, reply->top_order_id))
        return unknown(ret, "success with two order ids");
    if (reply->client_order_id.length == 0)
        return unknown(ret, "success that names no client order id");
    if (is_of_another(reply, ret->client_id))
        return unknown(ret, "the reply belongs to another order");
    if (!json_text_copy(id, ret->venue_id.text, sizeof ret->venue_id.text))
        return unknown(ret, "success with an order id that is too long");
    if (is_damaged(ret->venue_id.text)) {
        ret->venue_id.text[0] = '\0';
        return unknown(ret, "success with an order id that is damaged");
    }
    return OUTCOME_ACCEPTED;
}

static enum outcome judge_ok(const struct reply *reply, struct event_place_reply *ret)
{
    if (!reply->has_success)
        return OUTCOME_UNKNOWN;
    if (reply->success)
        return judge_success(reply, ret);
    if (reply->top_order_id.length > 0 || reply->has_success_response)
        return unknown(ret, "a failure that shows an order all the same");
    if (says_duplicate(reply->inner) || says_duplicate(reply->top))
        return OUTCOME_UNKNOWN;
    bool definite = definite_code(reply->inner).length > 0 || definite_code(reply->top).length > 0;
    return definite ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
}

bool coinbase_rest_decode_place(int http_status, const char *body, size_t length,
                                struct client_id expected, struct event_place_reply *ret)
{
    struct reply reply;
    *ret = (struct event_place_reply){.client_id = expected, .outcome = OUTCOME_UNKNOWN};
    bool readable = read_reply(body, length, &reply);
    describe(http_status, body, length, &reply, ret->reason);
    if (refused_in_front(http_status, body, length, COINBASE_PLACE))
        ret->outcome = OUTCOME_REFUSED;
    else if (http_status == 200 && readable)
        ret->outcome = judge_ok(&reply, ret);
    return !is_of_another(&reply, expected);
}

struct cancel_state { bool told, accepted, refused; char reason[REASON_MAX]; };

static void note_result(const struct json_text got[3], const struct venue_id *ids, uint32_t count,
                        struct cancel_state *states)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!json_text_equal(got[0], ids[i].text))
            continue;
        bool accepted = coinbase_true(got[1]);
        bool refused = coinbase_word(got[1], "FALSE") && coinbase_is_cancel_refusal(got[2]);
        /* Told twice and not alike: neither is believed. */
        bool same = !states[i].told ||
                    (states[i].accepted == accepted && states[i].refused == refused);
        states[i].told = true;
        states[i].accepted = same && accepted;
        states[i].refused = same && refused;
        states[i].reason[0] = '\0';
        if (!same)
            coinbase_add_words(states[i].reason, "two results that differ");
        else if (!accepted)
            coinbase_add_reason(states[i].reason, got[2]);
    }
}

/* {"results":[{"success":true,"failure_reason":"...","order_id":"..."}]}; false: unusable. */
static bool read_results(const char *body, size_t length, const struct venue_id *ids,
                         uint32_t count, struct cancel_state *states)
{
    static const char *const NAMES[] = {"order_id", "success", "failure_reason"};
    struct json_reader json;
    struct json_text key;
    bool found = false;
    json_init(&json, body, length);
    if (!json_enter_object(&json))
        return false;
    while (json_next_key(&json, &key)) {
        if (!json_text_equal(key, "results") || !json_enter_array(&json))
            continue;
        found = true;
        while (json_next_item(&json)) {
            struct json_text got[3] = {0};
            if (!json_enter_object(&json))
                break;
            while (json_next_key(&json, &key))
                coinbase_read_field(&json, key, NAMES, 3, got);
            note_result(got, ids, count, states);
        }
    }
    return json_finish(&json, NULL) == 0 && found;
}

void coinbase_rest_decode_cancel(int http_status, const char *body, size_t length,
                                 const struct venue_id *ids, const struct client_id *client_ids,
                                 uint32_t count, coinbase_rest_emit *emit, void *context)
{
    struct cancel_state states[MAX_CANCEL_BATCH] = {0};
    struct reply reply;
    char reason[REASON_MAX];
    CHECK(count <= MAX_CANCEL_BATCH);
    read_reply(body, length, &reply);
    describe(http_status, body, length, &reply, reason);
    bool refused = refused_in_front(http_status, body, length, COINBASE_CANCEL);
    bool readable = http_status == 200 && read_results(body, length, ids, count, states);
    for (uint32_t i = 0; i < count; i++) {
        struct event event = {.kind = EVENT_CANCEL_REPLY};
        struct event_cancel_reply *told = &event.cancel_reply;
        told->client_id = client_ids[i];
        told->venue_id = ids[i];
        told->outcome = refused || (readable && states[i].refused)  ? OUTCOME_REFUSED
                        : readable && states[i].accepted            ? OUTCOME_ACCEPTED
                                                                    : OUTCOME_UNKNOWN;
        const char *words = !readable         ? reason
                            : !states[i].told ? "the reply leaves this order out"
                                              : states[i].reason;
        coinbase_add_words(told->reason, words);
        emit(context, &event);
    }
}
