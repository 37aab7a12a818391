#define _GNU_SOURCE /* strcasestr */
/* What the transport says of a request, against peers that break off at every point. The one lie
 * that must never be told is NOT_SENT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/http.h"
#include "peer.h"
#include "suites.h"

enum { BODY_MAX = 100000, KEPT = 128 };
static const int64_t LONG_NS = 60000000000, SHORT_NS = 1000000000;

struct seen { struct http_result result; char body[KEPT + 1]; };

struct rig {
    struct loop *loop;
    struct resolve *resolve;
    struct http *http;
    struct peer *peer;
    struct seen seen[64];
    unsigned done, wanted;
};

static struct rig rig;

static void on_done(void *context, const struct http_result *result)
{
    (void)context;
    struct seen *seen = &rig.seen[rig.done++ % 64];
    seen->result = *result;
    snprintf(seen->body, sizeof seen->body, "%s", result->body);
    if (rig.done == rig.wanted)
        loop_stop(rig.loop);
}

static void start_port(uint16_t port)
{
    struct err err;
    struct http_config config = {.host = "localhost", .port = port, .ca_file = peer_ca_file(),
                                 .connections = 4, .body_max = BODY_MAX};
    rig.done = rig.wanted = 0;
    rig.loop = loop_create(&err);
    rig.resolve = config.resolve = resolve_create(rig.loop, &err);
    rig.http = http_create(rig.loop, &config, &err);
    assert_non_null(rig.http);
}

static void start(const struct peer_options *options)
{
    rig.peer = peer_create(options);
    start_port(peer_port(rig.peer));
}

static void finish(void)
{
    http_destroy(rig.http);
    resolve_destroy(rig.resolve);
    loop_destroy(rig.loop);
    if (rig.peer)
        peer_destroy(rig.peer);
    memset(&rig, 0, sizeof rig);
}

static void submit_as(enum http_class class, const char *path, int64_t timeout_ns)
{
    struct err err;
    struct http_request request = {.method = "POST", .path = path, .body = "{\"a\":1}",
                                   .body_length = 7, .bearer = "token", .timeout_ns = timeout_ns,
                                   .class = class};
    assert_int_equal(http_submit(rig.http, &request, on_done, NULL, &err), 0);
}

static void submit(const char *path, bool urgent, int64_t timeout_ns)
{
    submit_as(urgent ? HTTP_ORDER : HTTP_OTHER, path, timeout_ns);
}

static void wait_done(unsigned count)
{
    rig.wanted = count;
    if (rig.done < count)
        loop_run(rig.loop);
}

static const struct http_result *one(const struct peer_options *options, int64_t timeout_ns)
{
    start(options);
    submit("/x", true, timeout_ns);
    wait_done(1);
    return &rig.seen[0].result;
}

/* ---- whole replies ------------------------------------------------------------------------ */

static void answers(struct peer_session *session)
{
    while (peer_read_request(session))
        if (!peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-RateLimit-Limit: 30\r\n"
                                "x-ratelimit-remaining: 29\r\nx-ratelimit-reset: 1x\r\n"
                                "Retry-After: 7\r\nDate: Sat, 21 Nov 2026 05:38:25 GMT\r\n\r\nok"))
            return;
}

static void a_whole_reply_is_told_whole(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = answers}, LONG_NS);
    assert_int_equal(result->state, HTTP_COMPLETE);
    assert_int_equal(result->status, 200);
    assert_string_equal(rig.seen[0].body, "ok");
    assert_int_equal(result->body_length, 2);
    assert_int_equal(result->rate_limit, 30);
    assert_int_equal(result->rate_remaining, 29);
    assert_int_equal(result->rate_reset, -1); /* "1x" is no number */
    assert_int_equal(result->retry_after, 7);
    assert_string_equal(result->date, "Sat, 21 Nov 2026 05:38:25 GMT");
    assert_true(result->submitted_ns <= result->written_ns);
    assert_true(result->written_ns > 0 && result->written_ns <= result->done_ns);
    finish();
}

static char echoed[4096];

static void keeps_request(struct peer_session *session)
{
    if (!peer_read_request(session))
        return;
    snprintf(echoed, sizeof echoed, "%s", peer_request(session));
    peer_puts(session, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
}

static void the_request_leaves_as_it_was_given(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = keeps_request},
                                           LONG_NS);
    assert_int_equal(result->state, HTTP_COMPLETE);
    assert_string_equal(rig.seen[0].body, "abcde");
    assert_ptr_equal(strstr(echoed, "POST /x HTTP/1.1\r\n"), echoed);
    assert_non_null(strstr(echoed, "\r\nAuthorization: Bearer token\r\n"));
    assert_non_null(strstr(echoed, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(echoed, "\r\n\r\n{\"a\":1}"));
    assert_null(strcasestr(echoed, "expect"));
    assert_null(strcasestr(echoed, "accept-encoding"));
    finish();
}

static void redirects(struct peer_session *session)
{
    while (peer_read_request(session))
        if (!peer_puts(session, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                                "Content-Length: 0\r\n\r\n"))
            return;
}

static void a_redirect_is_a_reply_like_any_other(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = redirects}, LONG_NS);
    assert_int_equal(result->state, HTTP_COMPLETE);
    assert_int_equal(result->status, 302);
    assert_int_equal(peer_connections(rig.peer), 1);
    finish();
}

/* ---- certainly not sent ------------------------------------------------------------------- */

static void is_not_sent(const struct peer_options *options)
{
    const struct http_result *result = one(options, LONG_NS);
    assert_int_equal(result->state, HTTP_NOT_SENT);
    assert_int_equal(result->status, 0);
    assert_int_equal(result->written_ns, 0);
    assert_true(result->reason[0] != '\0');
    assert_int_equal(peer_requests(rig.peer), 0);
    finish();
}

static void says_nothing(struct peer_session *session)
{
    (void)session;
}

static void speaks_plain(struct peer_session *session)
{
    peer_puts(session, "HTTP/1.1 400 Bad Request\r\n\r\n");
}

static void a_peer_that_breaks_off_before_tls_got_nothing(void **state)
{
    (void)state;
    is_not_sent(&(struct peer_options){.script = says_nothing, .no_tls = true});
    is_not_sent(&(struct peer_options){.script = speaks_plain, .no_tls = true});
}

/* F68 | unit | another host's, a stranger's, an expired certificate | not one request is sent */
static void a_peer_that_cannot_prove_itself_got_nothing(void **state)
{
    (void)state;
    is_not_sent(&(struct peer_options){.script = answers, .certificate = PEER_OTHER_HOST});
    is_not_sent(&(struct peer_options){.script = answers, .certificate = PEER_STRANGER});
    is_not_sent(&(struct peer_options){.script = answers, .certificate = PEER_EXPIRED});
}

static void a_refused_connection_got_nothing(void **state)
{
    (void)state;
    start_port(peer_closed_port());
    submit("/x", true, LONG_NS);
    wait_done(1);
    assert_int_equal(rig.seen[0].result.state, HTTP_NOT_SENT);
    finish();
}

static void hangs_in_handshake(struct peer_session *session)
{
    peer_wait_gone(session);
}

/* F09 | unit | silence in the TLS handshake | certainly not sent */
static void a_time_out_before_the_request_got_nothing(void **state)
{
    (void)state;
    const struct http_result *result =
        one(&(struct peer_options){.script = hangs_in_handshake, .no_tls = true}, SHORT_NS);
    assert_int_equal(result->state, HTTP_NOT_SENT);
    finish();
}

/* ---- sent, or nobody knows ---------------------------------------------------------------- */

static void reads_and_leaves(struct peer_session *session)
{
    peer_read_request(session);
}

/* F09 | unit | the peer reads and leaves | in doubt */
static void a_peer_that_read_and_left_may_have_acted(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = reads_and_leaves},
                                           LONG_NS);
    assert_int_equal(result->state, HTTP_SENT_NO_REPLY);
    assert_int_equal(result->status, 0);
    assert_true(result->written_ns > 0);
    assert_int_equal(peer_requests(rig.peer), 1);
    finish();
}

static void leaves_after_handshake(struct peer_session *session)
{
    (void)session;
}

static void leaving_after_the_handshake_is_a_doubt(void **state)
{
    (void)state;
    /* Whether the request reached it cannot be known here, so NOT_SENT may not be said if a byte
     * was given to TLS. */
    const struct http_result *result =
        one(&(struct peer_options){.script = leaves_after_handshake}, LONG_NS);
    assert_true(result->state == HTTP_SENT_NO_REPLY ||
                (result->state == HTTP_NOT_SENT && result->written_ns == 0));
    finish();
}

static void reads_and_waits(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_wait_gone(session);
}

/* F01 | unit | the reply times out | in doubt */
static void a_time_out_after_the_request_is_a_doubt(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = reads_and_waits},
                                           SHORT_NS);
    assert_int_equal(result->state, HTTP_SENT_NO_REPLY);
    finish();
}

/* The first reply keeps the connection; the second request is read and dropped. libcurl would send
 * it again on a fresh connection: the peer must see it once. */
static void answers_once(struct peer_session *session)
{
    if (peer_read_request(session) &&
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        peer_read_request(session);
}

/* F09 | unit | a kept connection dies under the second request | in doubt, not sent again by
 * itself */
static void a_request_is_never_sent_twice(void **state)
{
    (void)state;
    one(&(struct peer_options){.script = answers_once}, LONG_NS);
    assert_int_equal(rig.seen[0].result.state, HTTP_COMPLETE);
    submit("/second", true, LONG_NS);
    wait_done(2);
    assert_int_equal(rig.seen[1].result.state, HTTP_SENT_NO_REPLY);
    assert_non_null(strstr(rig.seen[1].result.reason, "not sent again"));
    assert_int_equal(peer_requests(rig.peer), 2);
    submit("/third", true, LONG_NS); /* and the lane works on */
    wait_done(3);
    assert_int_equal(rig.seen[2].result.state, HTTP_COMPLETE);
    finish();
}

static void is_partial(peer_script *script)
{
    const struct http_result *result = one(&(struct peer_options){.script = script}, LONG_NS);
    assert_int_equal(result->state, HTTP_PARTIAL);
    assert_true(result->reason[0] != '\0');
    assert_true(result->body_length <= BODY_MAX);
    finish();
}

static void cuts_body(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"success\":true");
}

static void cuts_chunk(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_puts(session, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nabc");
}

static void cuts_head(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Le");
}

static void cuts_endless(struct peer_session *session)
{
    if (peer_read_request(session)) /* the end is the end of the connection, but TLS was cut */
        peer_puts(session, "HTTP/1.1 200 OK\r\n\r\n{\"success\":true}");
}

static void sends_for_ever(struct peer_session *session)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    if (!peer_read_request(session) || !peer_puts(session, "HTTP/1.1 200 OK\r\n\r\n"))
        return;
    while (peer_write(session, block, sizeof block))
        ;
}

/* A million bytes in a thousand, which nobody asked for. */
static void sends_bomb(struct peer_session *session)
{
    static unsigned char zeros[1000000], packed[4096];
    z_stream stream = {.next_in = zeros, .avail_in = sizeof zeros, .next_out = packed,
                       .avail_out = sizeof packed};
    char head[128];
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    int status = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    if (status != Z_STREAM_END || !peer_read_request(session) ||
        strcasestr(peer_request(session), "accept-encoding"))
        return; /* a doubt */
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
             "Content-Length: %lu\r\n\r\n", stream.total_out);
    if (peer_puts(session, head))
        peer_write(session, packed, stream.total_out);
}

static void announces_too_much(struct peer_session *session)
{
    if (peer_read_request(session) &&
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"))
        peer_wait_gone(session);
}

static void headers_for_ever(struct peer_session *session)
{
    if (!peer_read_request(session) || !peer_puts(session, "HTTP/1.1 200 OK\r\n"))
        return;
    for (unsigned i = 0; i < 1000000; i++) {
        char line[64];
        snprintf(line, sizeof line, "X-%u: 0123456789012345678901234567890\r\n", i);
        if (!peer_puts(session, line))
            return;
    }
}

/* F10 | unit | body, chunk, head cut; TLS end missing | partial, never whole */
static void a_reply_that_is_cut_is_partial(void **state)
{
    (void)state;
    is_partial(cuts_body);
    is_partial(cuts_chunk);
    is_partial(cuts_head);
    is_partial(cuts_endless);
}

/* F10 | unit | a body and headers without end | bounded */
static void a_reply_without_end_is_bounded(void **state)
{
    (void)state;
    is_partial(sends_for_ever);
    is_partial(headers_for_ever);
}

/* F10 | unit | a gzip bomb that nobody asked for | its few bytes as they came, never expanded */
static void a_gzip_bomb_stays_small(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = sends_bomb}, LONG_NS);
    assert_int_equal(result->state, HTTP_COMPLETE);
    assert_in_range(result->body_length, 100, 4096);
    assert_memory_equal(rig.seen[0].body, "\x1f\x8b", 2);
    finish();
}

/* F10 | unit | a length of 99 GB announced | no memory taken for it */
static void an_announced_length_takes_no_memory(void **state)
{
    (void)state;
    const struct http_result *result =
        one(&(struct peer_options){.script = announces_too_much}, SHORT_NS);
    assert_int_equal(result->state, HTTP_PARTIAL);
    finish();
}

static void speaks_garbage(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_puts(session, "\x01\x02\x03 nothing like HTTP\r\n\r\n\r\n");
}

static void a_reply_that_is_not_http_is_a_doubt(void **state)
{
    (void)state;
    const struct http_result *result = one(&(struct peer_options){.script = speaks_garbage},
                                           LONG_NS);
    assert_true(result->state == HTTP_SENT_NO_REPLY || result->state == HTTP_PARTIAL);
    finish();
}

/* ---- the queue ---------------------------------------------------------------------------- */

/* Holds every request but the urgent one, and lets them go when that one has come. */
static bool urgent_came;

static void holds_normal(struct peer_session *session)
{
    while (peer_read_request(session)) {
        bool urgent = strstr(peer_request(session), "/urgent") != NULL;
        if (urgent)
            __atomic_store_n(&urgent_came, true, __ATOMIC_SEQ_CST);
        while (!__atomic_load_n(&urgent_came, __ATOMIC_SEQ_CST) && !peer_is_stopping(session))
            ;
        if (!peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
            return;
    }
}

static void orders_find_a_free_connection_behind_any_number_of_lists(void **state)
{
    (void)state;
    urgent_came = false;
    start(&(struct peer_options){.script = holds_normal});
    for (int i = 0; i < 20; i++)
        submit("/normal", false, LONG_NS);
    submit("/urgent", true, LONG_NS);
    wait_done(21);
    for (int i = 0; i < 21; i++)
        assert_int_equal(rig.seen[i].result.state, HTTP_COMPLETE);
    assert_true(peer_connections(rig.peer) <= 4);
    finish();
}

/* After the submit hook of the first pass three orders are under way; the others are dropped. */
static void drop_what_waits(void *context)
{
    (void)context;
    if (http_counters(rig.http)->in_flight > 0)
        http_drop_orders(rig.http, "halted");
}

/* F71: orders that a halt finds waiting for a connection never leave; a cancel behind them does. */
/* F71 | unit | a halt finds orders waiting for a connection | none leaves, a cancel behind them
 * does */
static void dropped_orders_never_leave_and_cancels_pass_them(void **state)
{
    unsigned unsent = 0, whole = 0;
    (void)state;
    urgent_came = false;
    start(&(struct peer_options){.script = holds_normal});
    for (int i = 0; i < 20; i++)
        submit_as(HTTP_ORDER, "/order", LONG_NS);
    loop_add_hook(rig.loop, LOOP_SUBMIT, drop_what_waits, NULL);
    submit_as(HTTP_CANCEL, "/urgent", LONG_NS);
    wait_done(21);
    for (int i = 0; i < 21; i++) {
        unsent += rig.seen[i].result.state == HTTP_NOT_SENT;
        whole += rig.seen[i].result.state == HTTP_COMPLETE;
    }
    assert_int_equal(unsent, 17); /* three of four connections are open to orders */
    assert_int_equal(whole, 4);
    loop_remove_hook(rig.loop, drop_what_waits, NULL);
    finish();
}

static void submits_again(void *context, const struct http_result *result)
{
    unsigned *left = context;
    assert_int_equal(result->state, HTTP_COMPLETE);
    if ((*left)-- == 0) {
        loop_stop(rig.loop);
        return;
    }
    struct http_request request = {.method = "GET", .path = "/again", .timeout_ns = LONG_NS};
    assert_int_equal(http_submit(rig.http, &request, submits_again, left, NULL), 0);
}

static void a_callback_may_submit(void **state)
{
    (void)state;
    unsigned left = 100;
    struct http_request request = {.method = "GET", .path = "/first", .timeout_ns = LONG_NS};
    start(&(struct peer_options){.script = answers});
    assert_int_equal(http_submit(rig.http, &request, submits_again, &left, NULL), 0);
    loop_run(rig.loop);
    assert_int_equal(peer_requests(rig.peer), 101);
    assert_int_equal(peer_connections(rig.peer), 1);
    finish();
}

static unsigned warmed;

static void on_warm(void *context, const struct http_result *result)
{
    (void)context;
    assert_int_equal(result->status, 200);
    if (++warmed == 4)
        loop_stop(rig.loop);
}

static void warming_opens_every_connection_and_orders_use_them(void **state)
{
    (void)state;
    warmed = 0;
    start(&(struct peer_options){.script = answers});
    http_warm(rig.http, "/time", on_warm, NULL);
    loop_run(rig.loop);
    assert_int_equal(peer_connections(rig.peer), 4);
    http_warm(rig.http, "/time", on_warm, NULL); /* all were used just now: nothing to warm */
    for (int i = 0; i < 4; i++)
        submit("/order", true, LONG_NS);
    wait_done(4);
    assert_int_equal(peer_connections(rig.peer), 4);
    assert_int_equal(peer_requests(rig.peer), 8);
    finish();
}

static void a_full_queue_says_so(void **state)
{
    (void)state;
    struct err err;
    struct http_request request = {.method = "GET", .path = "/x", .timeout_ns = LONG_NS};
    start_port(peer_closed_port());
    for (int i = 0; i < HTTP_QUEUE_MAX; i++)
        assert_int_equal(http_submit(rig.http, &request, on_done, NULL, &err), 0);
    assert_int_equal(http_submit(rig.http, &request, on_done, NULL, &err), -1);
    assert_int_equal(rig.done, 0);
    wait_done(HTTP_QUEUE_MAX);
    assert_int_equal(http_counters(rig.http)->not_sent, HTTP_QUEUE_MAX);
    finish();
}

static void a_malformed_request_is_refused(void **state)
{
    (void)state;
    struct err err;
    static const struct http_request bad[] = {
        {.method = "PUT", .path = "/x", .timeout_ns = 1},
        {.method = "GET", .path = "x", .timeout_ns = 1},
        {.method = "GET", .path = "/x\r\nX-Evil: 1", .timeout_ns = 1},
        {.method = "GET", .path = "/x y", .timeout_ns = 1},
        {.method = "GET", .path = "/x", .bearer = "a\r\nHost: b", .timeout_ns = 1},
        {.method = "GET", .path = "/x", .headers = {"A: b\nC: d"}, .timeout_ns = 1},
        {.method = "GET", .path = "/x", .body = "b", .body_length = 1, .timeout_ns = 1},
        {.method = "GET", .path = "/x"},
    };
    start_port(peer_closed_port());
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(http_submit(rig.http, &bad[i], on_done, NULL, &err), -1);
    finish();
}

static void a_bad_config_is_refused(void **state)
{
    (void)state;
    struct err err;
    struct loop *loop = loop_create(&err);
    struct resolve *resolve = resolve_create(loop, &err);
    struct http_config good = {.host = "localhost", .port = 1, .ca_file = peer_ca_file(),
                               .connections = 4, .resolve = resolve};
    struct http_config bad = good;
    bad.connections = 2;
    assert_null(http_create(loop, &bad, &err));
    bad = good;
    bad.host = "a/b@c";
    assert_null(http_create(loop, &bad, &err));
    bad = good;
    bad.ca_file = "/nonexistent/ca.pem";
    assert_null(http_create(loop, &bad, &err));
    assert_non_null(strstr(err.text, "/nonexistent/ca.pem"));
    bad = good;
    bad.resolve = NULL;
    assert_null(http_create(loop, &bad, &err));
    resolve_destroy(resolve);
    loop_destroy(loop);
}

static void destroy_takes_what_is_in_flight(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = reads_and_waits});
    for (int i = 0; i < 10; i++)
        submit_as((enum http_class)(i % HTTP_CLASSES), "/x", LONG_NS);
    struct loop_timer *timer = loop_timer_create(rig.loop, (loop_callback *)loop_stop, rig.loop);
    while (peer_requests(rig.peer) < 4) {
        loop_timer_set(timer, 5000000);
        loop_run(rig.loop);
    }
    loop_timer_destroy(timer);
    assert_int_equal(rig.done, 0);
    finish();
}

int suite_http_peers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_reply_is_told_whole),
        cmocka_unit_test(the_request_leaves_as_it_was_given),
        cmocka_unit_test(a_redirect_is_a_reply_like_any_other),
        cmocka_unit_test(a_peer_that_breaks_off_before_tls_got_nothing),
        cmocka_unit_test(a_peer_that_cannot_prove_itself_got_nothing),
        cmocka_unit_test(a_refused_connection_got_nothing),
        cmocka_unit_test(a_time_out_before_the_request_got_nothing),
        cmocka_unit_test(a_peer_that_read_and_left_may_have_acted),
        cmocka_unit_test(leaving_after_the_handshake_is_a_doubt),
        cmocka_unit_test(a_time_out_after_the_request_is_a_doubt),
        cmocka_unit_test(a_request_is_never_sent_twice),
        cmocka_unit_test(a_reply_that_is_cut_is_partial),
        cmocka_unit_test(a_reply_without_end_is_bounded),
        cmocka_unit_test(a_gzip_bomb_stays_small),
        cmocka_unit_test(an_announced_length_takes_no_memory),
        cmocka_unit_test(a_reply_that_is_not_http_is_a_doubt),
        cmocka_unit_test(orders_find_a_free_connection_behind_any_number_of_lists),
        cmocka_unit_test(dropped_orders_never_leave_and_cancels_pass_them),
        cmocka_unit_test(a_callback_may_submit),
        cmocka_unit_test(warming_opens_every_connection_and_orders_use_them),
        cmocka_unit_test(a_full_queue_says_so),
        cmocka_unit_test(a_malformed_request_is_refused),
        cmocka_unit_test(a_bad_config_is_refused),
        cmocka_unit_test(destroy_takes_what_is_in_flight),
    };
    return cmocka_run_group_tests_name("http against peers", tests, NULL, NULL);
}
