/* What came of a request: the table that tells a refusal from an unknown outcome. */
#include <stdio.h>
#include <string.h>

#include "model/client_id.h"
#include "suites.h"
#include "wire/coinbase_errors.h"
#include "wire/coinbase_rest.h"

#define OURS "0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3"
#define OTHER "0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d4"

struct place_case {
    int status;
    const char *body;
    enum outcome outcome;
    const char *reason; /* a part of it */
};

static const struct place_case PLACES[] = {
    {200, "{\"success\":true,\"success_response\":{\"order_id\":\"v1\",\"client_order_id\":\"" OURS
          "\"}}", OUTCOME_ACCEPTED, ""},
    {200, "{\"success\":\"true\",\"order_id\":\"v1\",\"failure_reason\":\"UNKNOWN_FAILURE_REASON\","
          "\"success_response\":{\"order_id\":\"v1\",\"client_order_id\":\"" OURS "\"}}",
     OUTCOME_ACCEPTED, ""},
    {200, "{\"success\":true,\"order_id\":\"v1\",\"success_response\":{\"client_order_id\":\"" OURS
          "\"},\"new_field\":[{}]}", OUTCOME_ACCEPTED, ""},
    /* Success that does not say enough, or contradicts itself. */
    {200, "{\"success\":true,\"success_response\":{\"client_order_id\":\"" OURS "\"}}",
     OUTCOME_UNKNOWN, "without an order id"},
    {200, "{\"success\":true,\"success_response\":{\"order_id\":\"v1\"}}", OUTCOME_UNKNOWN,
     "no client order id"},
    {200, "{\"success\":true,\"success_response\":{\"order_id\":\"v1\",\"client_order_id\":\""
          OTHER "\"}}", OUTCOME_UNKNOWN, "belongs to another order"},
    {200, "{\"success\":true,\"success_response\":{\"order_id\":\"v1\",\"client_order_id\":\"x\"}}",
     OUTCOME_UNKNOWN, "belongs to another order"},
    {200, "{\"success\":true,\"order_id\":\"v2\",\"success_response\":{\"order_id\":\"v1\","
          "\"client_order_id\":\"" OURS "\"}}", OUTCOME_UNKNOWN, "two order ids"},
    {200, "{\"success\":true}", OUTCOME_UNKNOWN, "without an order id"},
    {200, "{\"success\":true,\"success\":false}", OUTCOME_UNKNOWN, ""},
    {200, "{\"success\":1,\"error_response\":{\"error\":\"INVALID_SIDE\"}}", OUTCOME_UNKNOWN, ""},
    {200, "{\"success\":null}", OUTCOME_UNKNOWN, ""},
    {200, "{\"success\":false,\"order_id\":\"v1\",\"error_response\":{\"error\":\"INVALID_SIDE\"}}",
     OUTCOME_UNKNOWN, "shows an order"},
    {200, "{\"success\":false,\"success_response\":{\"order_id\":\"v\"},"
          "\"error_response\":{\"error\":\"INVALID_SIDE\"}}", OUTCOME_UNKNOWN, "shows an order"},
    /* The code in each of its four places, and in lower case. */
    {200, "{\"success\":false,\"error_response\":{\"error\":\"INSUFFICIENT_FUND\",\"message\":"
          "\"Insufficient balance in source account\"}}", OUTCOME_REFUSED,
     "INSUFFICIENT_FUND: Insufficient balance"},
    {200, "{\"success\":false,\"error_response\":{\"error\":\"UNKNOWN_FAILURE_REASON\","
          "\"preview_failure_reason\":\"PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY\"}}", OUTCOME_REFUSED,
     "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY"},
    {200, "{\"success\":false,\"error_response\":{\"new_order_failure_reason\":"
          "\"REDUCE_ONLY_NOT_ALLOWED_ON_VENUE\"}}", OUTCOME_REFUSED, "REDUCE_ONLY"},
    {200, "{\"success\":false,\"error_response\":{\"error\":\"UNKNOWN_FAILURE_REASON\","
          "\"error_details\":\"preview_insufficient_funds_for_futures\"}}", OUTCOME_REFUSED,
     "preview_insufficient_funds_for_futures"},
    {200, "{\"success\":false,\"failure_reason\":\"TRADING_DISABLED\",\"order_id\":\"\"}",
     OUTCOME_REFUSED, "TRADING_DISABLED"},
    {200, "{\"success\":false,\"error_response\":{\"error\":\"INVALID_RFQ_BASE_SIZE_TOO_SMALL\"}}",
     OUTCOME_REFUSED, "INVALID_RFQ"},
    /* No documented code: not a refusal, whatever it sounds like. */
    {200, "{\"success\":false,\"error_response\":{\"error\":\"UNKNOWN_FAILURE_REASON\"}}",
     OUTCOME_UNKNOWN, "UNKNOWN_FAILURE_REASON"},
    {200, "{\"success\":false,\"error_response\":{\"error\":\"A_CODE_OF_NEXT_YEAR\",\"message\":"
          "\"no\"}}", OUTCOME_UNKNOWN, "A_CODE_OF_NEXT_YEAR: no"},
    {200, "{\"success\":false,\"error_response\":{\"error_details\":\"PREVIEW_ something odd\"}}",
     OUTCOME_UNKNOWN, "PREVIEW_ something odd"},
    {200, "{\"success\":false,\"error_response\":{\"preview_failure_reason\":"
          "\"UNKNOWN_PREVIEW_FAILURE_REASON\"}}", OUTCOME_UNKNOWN, ""},
    {200, "{\"success\":false}", OUTCOME_UNKNOWN, "without a reason"},
    {200, "{}", OUTCOME_UNKNOWN, "without a reason"},
    {200, "[]", OUTCOME_UNKNOWN, "[]"},
    /* An order with this id lives already. */
    {200, "{\"success\":false,\"error_response\":{\"error\":\"DUPLICATE_CLIENT_ORDER_ID\","
          "\"new_order_failure_reason\":\"DUPLICATE_CLIENT_ORDER_ID\"}}", OUTCOME_UNKNOWN,
     "DUPLICATE_CLIENT_ORDER_ID"},
    {200, "{\"success\":false,\"error_response\":{\"error\":\"INVALID_REQUEST\","
          "\"preview_failure_reason\":\"PREVIEW_DUPLICATE_CLIENT_ORDER_ID\"}}",
     OUTCOME_UNKNOWN, ""},
    /* Cut short: nothing of it counts. */
    {200, "{\"success\":false,\"error_response\":{\"error\":\"INVALID_SIDE\"}",
     OUTCOME_UNKNOWN, ""},
    {200, "", OUTCOME_UNKNOWN, "an empty reply"},
    {0, "", OUTCOME_UNKNOWN, "no whole reply arrived"},
    {0, "{\"success\":false,\"error_response\":{\"error\":\"INVALID_SIDE\"}}", OUTCOME_UNKNOWN,
     "no whole reply arrived"},
    /* In front of the engine, in documented words. */
    {400, "{\"error\":\"unknown\",\"error_details\":\"x\",\"message\":\"proto: (line 1:192): "
          "unknown field \\\"reduceOnly\\\"\"}", OUTCOME_REFUSED, "HTTP 400: proto: (line 1:192)"},
    {400, "{\"error\":\"INVALID_ARGUMENT\",\"message\":\"bad\"}", OUTCOME_REFUSED,
     "HTTP 400: INVALID_ARGUMENT: bad"},
    {400, "{\"errors\":[{\"id\":\"validation_error\",\"message\":\"no\"}]}", OUTCOME_REFUSED,
     "HTTP 400: validation_error: no"},
    {400, "{\"error\":\"unknown\",\"message\":\"something else\"}", OUTCOME_UNKNOWN, "HTTP 400"},
    {400, "<html><head><title>Bad Request</title></head></html>", OUTCOME_UNKNOWN,
     "HTTP 400: an HTML page: Bad Request"},
    {401, "Unauthorized\n", OUTCOME_REFUSED, "HTTP 401: Unauthorized"},
    {401, "{\"error\":\"UNAUTHORIZED\",\"code\":16,\"message\":\"Unauthorized\"}", OUTCOME_REFUSED,
     "HTTP 401: UNAUTHORIZED"},
    {401, "{\"errors\":[{\"id\":\"expired_token\",\"message\":\"Token expired\"}]}",
     OUTCOME_REFUSED, "expired_token: Token expired"},
    {401, "<HTML>sign in</HTML>", OUTCOME_UNKNOWN, "HTTP 401: an HTML page"},
    {401, "", OUTCOME_UNKNOWN, "HTTP 401: an empty reply"},
    {403, "{\"error\":\"PERMISSION_DENIED\",\"error_details\":\"Missing required scopes\","
          "\"message\":\"Missing required scopes\"}", OUTCOME_REFUSED, "Missing required scopes"},
    {403, "<!doctype html><html><title>Attention Required!</title>", OUTCOME_UNKNOWN, "Attention"},
    {429, "{\"errors\":[{\"id\":\"rate_limit_exceeded\",\"message\":\"Too many requests\"}]}",
     OUTCOME_REFUSED, "HTTP 429: rate_limit_exceeded: Too many requests"},
    {429, "slow down", OUTCOME_UNKNOWN, "HTTP 429: slow down"},
    {404, "{\"error\":\"NOT_FOUND\",\"message\":\"x\"}", OUTCOME_UNKNOWN, "HTTP 404: NOT_FOUND: x"},
    {500, "{\"error\":\"INVALID_ARGUMENT\",\"message\":\"bad\"}", OUTCOME_UNKNOWN, "HTTP 500"},
    {502, "<html>\r\n<head><title>502 Bad Gateway</title></head>", OUTCOME_UNKNOWN,
     "HTTP 502: an HTML page: 502 Bad Gateway"},
    {201, "{\"success\":false,\"error_response\":{\"error\":\"INVALID_SIDE\"}}", OUTCOME_UNKNOWN,
     "HTTP 201"},
};

/* F05 | unit | every status and error word | only documented refusals refuse */
/* F04 | unit | 5xx and HTML | UNKNOWN */
/* F06 | unit | success:false with its words in each field | refused with the words */
/* F07 | unit | success without id, contradictions, new fields | UNKNOWN, new fields read over */
/* F11 | unit | the client id of another order | UNKNOWN */
static void a_place_reply_is_judged_by_the_table(void **state)
{
    (void)state;
    struct client_id ours;
    struct event_place_reply reply;
    assert_true(client_id_parse(OURS, strlen(OURS), &ours));
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        const struct place_case *want = &PLACES[i];
        memset(&reply, 0xa5, sizeof reply);
        coinbase_rest_decode_place(want->status, want->body, strlen(want->body), ours, &reply);
        if (reply.outcome != want->outcome || !strstr(reply.reason, want->reason))
            fail_msg("%d %s: outcome %d, '%s'", want->status, want->body, reply.outcome,
                     reply.reason);
        assert_true(client_id_equal(reply.client_id, ours));
        assert_string_equal(reply.venue_id.text,
                            want->outcome == OUTCOME_ACCEPTED ? "v1" : "");
        if (want->outcome == OUTCOME_ACCEPTED)
            assert_string_equal(reply.reason, "");
        else
            assert_true(reply.reason[0] != '\0');
    }
    coinbase_rest_decode_place(0, NULL, 0, ours, &reply);
    assert_int_equal(reply.outcome, OUTCOME_UNKNOWN);
}

/* Whatever a proxy cuts off, nothing is called accepted or refused that was not said whole. */
/* F10 | unit | a reply cut at every byte | UNKNOWN */
static void every_prefix_of_a_reply_is_unknown(void **state)
{
    (void)state;
    static const char REFUSAL[] =
        "{\"success\":false,\"error_response\":{\"error\":\"INVALID_SIDE\"}}";
    struct client_id ours;
    struct event_place_reply reply;
    client_id_parse(OURS, strlen(OURS), &ours);
    for (size_t length = 0; length < sizeof REFUSAL - 1; length++) {
        coinbase_rest_decode_place(200, REFUSAL, length, ours, &reply);
        assert_int_equal(reply.outcome, OUTCOME_UNKNOWN);
    }
}

#define THEIRS "11112222-3333-4444-5555-666677778888"
/* As the venue writes them, and once more with the older field beside. */
static const struct { const char *body; enum outcome outcome; } WHOLE[] = {
    {"{\"success\":true,\"failure_reason\":\"UNKNOWN_FAILURE_REASON\",\"order_id\":\"" THEIRS
     "\",\"success_response\":{\"order_id\":\"" THEIRS "\",\"product_id\":\"BTC-PERP-INTX\","
     "\"side\":\"BUY\",\"client_order_id\":\"" OURS "\"}}", OUTCOME_ACCEPTED},
    {"{\"success\": true, \"success_response\": {\"order_id\": \"" THEIRS "\", "
     "\"client_order_id\": \"" OURS "\"}}", OUTCOME_ACCEPTED},
    {"{\"success\":false,\"error_response\":{\"error\":\"INSUFFICIENT_FUND\",\"message\":\"no\"}}",
     OUTCOME_REFUSED}};

/* The byte at `at` is dropped, or is there twice. */
static size_t hurt(const char *body, size_t at, bool twice, char out[512])
{
    size_t length = strlen(body), kept = at + twice;
    memcpy(out, body, kept);
    memcpy(out + kept, body + at + !twice, length - at - !twice);
    return twice ? length + 1 : length - 1;
}

/* AC-B1 | unit | each byte of a create's reply dropped, each doubled | what it said, of this order
 * and the venue's own id, or UNKNOWN: never another id, never accepted for refused or back */
static void a_reply_with_a_byte_more_or_less_tells_no_lie(void **state)
{
    (void)state;
    struct client_id ours;
    struct event_place_reply reply;
    char body[512];
    client_id_parse(OURS, strlen(OURS), &ours);
    for (size_t i = 0; i < sizeof WHOLE / sizeof WHOLE[0]; i++) {
        size_t kept = 0, length = strlen(WHOLE[i].body);
        for (size_t at = 0; at < 2 * length; at++) {
            size_t hurt_length = hurt(WHOLE[i].body, at / 2, at % 2, body);
            coinbase_rest_decode_place(200, body, hurt_length, ours, &reply);
            if (reply.outcome == OUTCOME_UNKNOWN)
                continue;
            kept++;
            if (reply.outcome != WHOLE[i].outcome ||
                (reply.outcome == OUTCOME_ACCEPTED && strcmp(reply.venue_id.text, THEIRS) != 0))
                fail_msg("%.*s: outcome %d, id %s", (int)hurt_length, body, reply.outcome,
                         reply.venue_id.text);
        }
        assert_in_range(kept, 1, length); /* a space more, a word that nobody reads */
    }
}

static void reasons_are_plain_text(void **state)
{
    (void)state;
    static const char BODY[] =
        "{\"error\":\"X\",\"message\":\"a\\u001b[31mb\\u0007\xc3\xa9\\ud83d\\ude00 c\"}";
    char reason[REASON_MAX], text[600];
    coinbase_rest_decode_error(500, BODY, strlen(BODY), reason);
    assert_string_equal(reason, "HTTP 500: X: a [31mb ?? c");
    coinbase_rest_decode_error(500, "\x1b]0;title\x07\xff\xfe", 13, reason);
    for (const char *at = reason; *at; at++)
        assert_true(*at >= ' ' && *at < 0x7f);
    memset(text, 'w', sizeof text);
    coinbase_rest_decode_error(503, text, sizeof text, reason);
    assert_true(strlen(reason) < REASON_MAX);
    snprintf(text, sizeof text, "{\"error\":\"%0400d\"}", 1);
    coinbase_rest_decode_error(503, text, strlen(text), reason);
    assert_int_equal(strlen(reason), REASON_MAX - 1);
}

struct cancels { int count; struct event_cancel_reply told[4]; };

static void note_cancel(void *context, const struct event *event)
{
    struct cancels *cancels = context;
    assert_int_equal(event->kind, EVENT_CANCEL_REPLY);
    cancels->told[cancels->count++] = event->cancel_reply;
}

static struct cancels cancel(int status, const char *body)
{
    static const struct venue_id ids[3] = {{"v1"}, {"v2"}, {"v3"}};
    static const struct client_id client_ids[3] = {{{1}}, {{2}}, {{3}}};
    struct cancels cancels = {0};
    coinbase_rest_decode_cancel(status, body, strlen(body), ids, client_ids, 3, note_cancel,
                                &cancels);
    assert_int_equal(cancels.count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cancels.told[i].client_id.bytes[0], i + 1);
        assert_string_equal(cancels.told[i].venue_id.text, ids[i].text);
    }
    return cancels;
}

static void each_cancel_has_its_own_outcome(void **state)
{
    (void)state;
    struct cancels got = cancel(
        200, "{\"results\":[{\"success\":false,\"failure_reason\":\"ORDER_IS_FULLY_FILLED\","
             "\"order_id\":\"v2\"},{\"success\":true,\"failure_reason\":"
             "\"UNKNOWN_CANCEL_FAILURE_REASON\",\"order_id\":\"v1\"},{\"success\":true,"
             "\"order_id\":\"not-asked\"}]}");
    assert_int_equal(got.told[0].outcome, OUTCOME_ACCEPTED);
    assert_int_equal(got.told[1].outcome, OUTCOME_REFUSED);
    assert_string_equal(got.told[1].reason, "ORDER_IS_FULLY_FILLED");
    assert_int_equal(got.told[2].outcome, OUTCOME_UNKNOWN);
    assert_string_equal(got.told[2].reason, "the reply leaves this order out");
}

static void a_cancel_that_is_not_told_is_unknown(void **state)
{
    (void)state;
    static const struct { int status; const char *body; enum outcome outcome; } CASES[] = {
        {200, "{\"results\":[{\"success\":false,\"failure_reason\":"
              "\"UNKNOWN_CANCEL_FAILURE_REASON\",\"order_id\":\"v1\"}]}", OUTCOME_UNKNOWN},
        {200, "{\"results\":[{\"success\":false,\"failure_reason\":\"NEW_CODE\","
              "\"order_id\":\"v1\"}]}",
         OUTCOME_UNKNOWN},
        {200, "{\"results\":[{\"success\":true,\"order_id\":\"v1\"},{\"success\":false,"
              "\"failure_reason\":\"ORDER_IS_FULLY_FILLED\",\"order_id\":\"v1\"}]}",
         OUTCOME_UNKNOWN},
        {200, "{\"results\":[{\"success\":true,\"order_id\":\"v1\"}]", OUTCOME_UNKNOWN},
        {200, "{\"results\":{}}", OUTCOME_UNKNOWN},
        {200, "{}", OUTCOME_UNKNOWN},
        {502, "{\"results\":[{\"success\":true,\"order_id\":\"v1\"}]}", OUTCOME_UNKNOWN},
        {0, "", OUTCOME_UNKNOWN},
        {401, "Unauthorized", OUTCOME_REFUSED},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct cancels got = cancel(CASES[i].status, CASES[i].body);
        if (got.told[0].outcome != CASES[i].outcome)
            fail_msg("%s: %d", CASES[i].body, got.told[0].outcome);
    }
}

static enum coinbase_fate fate_of(int status, const char *body, enum coinbase_request request)
{
    return coinbase_error_fate(coinbase_error_of(TRANSPORT_WHOLE, status, body, strlen(body)),
                               request);
}

/* F05 | unit | every HTTP status with every documented body | a place is definite or fatal only
   where status and body belong together, else unknown; 5xx never is, whatever it says */
static void a_place_is_definite_only_where_status_and_body_belong_together(void **state)
{
    (void)state;
    static const struct { int status; const char *body; } DOCUMENTED[] = {
        {400, "{\"error\":\"INVALID_ARGUMENT\"}"},
        {400, "{\"error\":\"unknown\",\"message\":\"proto: x\"}"},
        {401, "Unauthorized\n"},
        {403, "{\"error\":\"PERMISSION_DENIED\"}"},
        {429, "{\"errors\":[{\"id\":\"rate_limit_exceeded\"}]}"},
    };
    for (int status = 201; status < 700; status++)
        for (size_t i = 0; i < sizeof DOCUMENTED / sizeof *DOCUMENTED; i++) {
            enum coinbase_fate fate = fate_of(status, DOCUMENTED[i].body, COINBASE_PLACE);
            bool documented = status == DOCUMENTED[i].status;
            assert_int_equal(fate == FATE_DEFINITE || fate == FATE_FATAL, documented);
            assert_int_equal(fate == FATE_UNKNOWN, !documented);
        }
}

static void only_what_never_left_lets_a_place_be_sent_again(void **state)
{
    (void)state;
    for (int error = 0; error < COINBASE_ERROR_COUNT; error++) {
        bool again = coinbase_error_fate((enum coinbase_error)error, COINBASE_PLACE) ==
                     FATE_RETRYABLE;
        assert_int_equal(again, error == ERROR_NOT_SENT);
        assert_true(coinbase_error_text((enum coinbase_error)error)[0] != '\0');
    }
    assert_int_equal(coinbase_error_of(TRANSPORT_CUT, 400, "Unauthorized", 12), ERROR_CUT);
}

/* F11 | unit | success for another client order id | unknown, and the reply's connection is
   distrusted */
static void a_reply_of_another_request_is_told_apart(void **state)
{
    (void)state;
    static const char BODY[] = "{\"success\":true,\"success_response\":{\"order_id\":\"v1\","
                               "\"client_order_id\":\"%s\"}}";
    char body[200];
    struct client_id ours;
    struct event_place_reply reply;
    assert_true(client_id_parse(OURS, strlen(OURS), &ours));
    snprintf(body, sizeof body, BODY, OTHER);
    assert_false(coinbase_rest_decode_place(200, body, strlen(body), ours, &reply));
    assert_int_equal(reply.outcome, OUTCOME_UNKNOWN);
    snprintf(body, sizeof body, BODY, OURS);
    assert_true(coinbase_rest_decode_place(200, body, strlen(body), ours, &reply));
    assert_true(coinbase_rest_decode_place(502, "<html>", 6, ours, &reply));
}

int suite_rest_reply(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_reply_is_judged_by_the_table),
        cmocka_unit_test(every_prefix_of_a_reply_is_unknown),
        cmocka_unit_test(a_reply_with_a_byte_more_or_less_tells_no_lie),
        cmocka_unit_test(reasons_are_plain_text),
        cmocka_unit_test(each_cancel_has_its_own_outcome),
        cmocka_unit_test(a_cancel_that_is_not_told_is_unknown),
        cmocka_unit_test(a_place_is_definite_only_where_status_and_body_belong_together),
        cmocka_unit_test(only_what_never_left_lets_a_place_be_sent_again),
        cmocka_unit_test(a_reply_of_another_request_is_told_apart),
    };
    return cmocka_run_group_tests_name("rest_reply", tests, NULL, NULL);
}
