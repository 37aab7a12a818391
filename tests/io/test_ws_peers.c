/* The WebSocket client against peers that fragment, flood, fall silent and break off. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/ws.h"
#include "peer.h"
#include "suites.h"

enum { KEPT = 256 };
static const int64_t MS = 1000000, LONG_NS = 60000000000;

struct rig {
    struct loop *loop;
    struct resolve *resolve;
    struct ws_hub *hub;
    struct ws *ws;
    struct peer *peer;
    unsigned opens, texts, closes, stop_opens, stop_texts, stop_closes;
    size_t length;     /* of the last text */
    unsigned char sum; /* of its bytes */
    char text[KEPT], reason[WS_REASON_MAX];
    void (*in_text)(void);
    const char *greeting;
};

static struct rig rig;

static void stop_if_seen(void)
{
    if ((rig.stop_opens && rig.opens >= rig.stop_opens) ||
        (rig.stop_texts && rig.texts >= rig.stop_texts) ||
        (rig.stop_closes && rig.closes >= rig.stop_closes))
        loop_stop(rig.loop);
}

static void on_open(void *context)
{
    (void)context;
    rig.opens++;
    if (rig.greeting)
        assert_int_equal(ws_send_text(rig.ws, rig.greeting, strlen(rig.greeting)), 0);
    stop_if_seen();
}

static void on_text(void *context, const char *text, size_t length, int64_t readable_ns)
{
    (void)context;
    assert_true(readable_ns > 0);
    rig.texts++;
    rig.length = length;
    rig.sum = 0;
    for (size_t i = 0; i < length; i++)
        rig.sum = (unsigned char)(rig.sum + text[i]);
    snprintf(rig.text, sizeof rig.text, "%.*s", (int)(length < KEPT ? length : KEPT - 1), text);
    if (rig.in_text)
        rig.in_text();
    stop_if_seen();
}

static void on_closed(void *context, const char *reason)
{
    (void)context;
    rig.closes++;
    snprintf(rig.reason, sizeof rig.reason, "%s", reason);
    stop_if_seen();
}

static void start_with(uint16_t port, int64_t connect_ns, int64_t silence_ns, int64_t ping_ns)
{
    struct err err;
    struct ws_config config = {.host = "localhost", .port = port, .path = "/",
                               .connect_timeout_ns = connect_ns, .silence_ns = silence_ns,
                               .ping_ns = ping_ns, .backoff_min_ns = MS, .backoff_max_ns = 20 * MS,
                               .seed = 7};
    struct ws_handler handler = {.on_open = on_open, .on_text = on_text, .on_closed = on_closed};
    rig.loop = loop_create(&err);
    rig.resolve = resolve_create(rig.loop, &err);
    rig.hub = ws_hub_create(rig.loop, rig.resolve, peer_ca_file(), &err);
    assert_non_null(rig.hub);
    rig.ws = ws_create(rig.hub, &config, &handler, &err);
    assert_non_null(rig.ws);
}

static void start(const struct peer_options *options)
{
    rig.peer = peer_create(options);
    start_with(peer_port(rig.peer), LONG_NS, LONG_NS, 0);
    ws_open(rig.ws);
}

static void run_until(unsigned opens, unsigned texts, unsigned closes)
{
    rig.stop_opens = opens;
    rig.stop_texts = texts;
    rig.stop_closes = closes;
    loop_run(rig.loop);
}

static void finish(void)
{
    ws_destroy(rig.ws);
    ws_hub_destroy(rig.hub);
    resolve_destroy(rig.resolve);
    loop_destroy(rig.loop);
    if (rig.peer)
        peer_destroy(rig.peer);
    memset(&rig, 0, sizeof rig);
}

/* ---- messages ----------------------------------------------------------------------------- */

static void echoes(struct peer_session *session)
{
    unsigned opcode;
    char text[KEPT];
    if (!peer_upgrade(session))
        return;
    while (peer_read_frame(session, &opcode, text, sizeof text))
        if (opcode == 1 && !peer_frame(session, 1, true, text, strlen(text)))
            return;
}

static void says_hello_and_hears_it(void **state)
{
    (void)state;
    rig.greeting = "hello";
    start(&(struct peer_options){.script = echoes});
    run_until(0, 1, 0);
    assert_string_equal(rig.text, "hello");
    assert_int_equal(rig.opens, 1);
    assert_int_equal(rig.closes, 0);
    assert_int_equal(ws_state(rig.ws), WS_OPEN);
    finish();
}

static void sends_many(void)
{
    char text[32];
    if (rig.texts < 100) {
        snprintf(text, sizeof text, "message %u", rig.texts);
        assert_int_equal(ws_send_text(rig.ws, text, strlen(text)), 0);
    }
}

static void a_hundred_round_trips(void **state)
{
    (void)state;
    rig.greeting = "hello";
    rig.in_text = sends_many;
    start(&(struct peer_options){.script = echoes});
    run_until(0, 100, 0);
    assert_string_equal(rig.text, "message 99");
    finish();
}

static void fragments_to_bytes(struct peer_session *session)
{
    static const char text[] = "{\"channel\":\"one byte at a time\"}";
    if (!peer_upgrade(session))
        return;
    for (size_t i = 0; i < sizeof text - 1; i++)
        if (!peer_frame(session, i ? 0 : 1, i == sizeof text - 2, text + i, 1))
            return;
    peer_frame(session, 1, true, "next", 4);
    peer_wait_gone(session);
}

/* F28 | unit | a message in fragments of one byte | whole */
static void one_byte_fragments_make_one_message(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = fragments_to_bytes});
    run_until(0, 1, 0);
    assert_string_equal(rig.text, "{\"channel\":\"one byte at a time\"}");
    run_until(0, 2, 0);
    assert_string_equal(rig.text, "next");
    finish();
}

static void trickles(struct peer_session *session)
{
    static const char frame[] = "\x81\x05" "drops";
    if (!peer_upgrade(session))
        return;
    for (size_t i = 0; i < sizeof frame - 1; i++)
        if (!peer_write(session, frame + i, 1)) /* a TLS record for each byte */
            return;
    peer_wait_gone(session);
}

static void one_byte_records_make_one_message(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = trickles});
    run_until(0, 1, 0);
    assert_string_equal(rig.text, "drops");
    finish();
}

static void sends_big(struct peer_session *session)
{
    size_t length = *(size_t *)peer_context(session);
    char *bytes = malloc(length);
    if (!bytes || !peer_upgrade(session)) {
        free(bytes);
        return;
    }
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)('a' + i % 23);
    if (peer_frame(session, 1, true, bytes, length))
        peer_wait_gone(session);
    free(bytes);
}

/* F28 | unit | a snapshot of 5 MB | whole */
static void a_snapshot_of_five_megabytes_arrives_whole(void **state)
{
    (void)state;
    size_t length = 5000000;
    unsigned char sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (unsigned char)(sum + 'a' + i % 23);
    start(&(struct peer_options){.script = sends_big, .context = &length});
    run_until(0, 1, 0);
    assert_int_equal(rig.length, length);
    assert_int_equal(rig.sum, sum);
    finish();
}

/* F28 | unit | a message past the bound | the connection ends and comes back */
static void a_message_past_the_bound_ends_the_connection_alone(void **state)
{
    (void)state;
    size_t length = MAX_WS_MESSAGE + 1;
    start(&(struct peer_options){.script = sends_big, .context = &length});
    run_until(0, 0, 1);
    assert_int_equal(rig.texts, 0);
    assert_non_null(strstr(rig.reason, "longer than"));
    run_until(2, 0, 0); /* and it comes back */
    finish();
}

static void fragments_for_ever(struct peer_session *session)
{
    static char block[60000];
    bool first = true;
    memset(block, 'x', sizeof block);
    if (!peer_upgrade(session))
        return;
    while (peer_frame(session, first ? 1 : 0, false, block, sizeof block))
        first = false;
}

/* F28 | unit | fragments without end | bounded */
static void fragments_without_end_are_bounded(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = fragments_for_ever});
    run_until(0, 0, 1);
    assert_non_null(strstr(rig.reason, "longer than"));
    finish();
}

static void sends_binary(struct peer_session *session)
{
    if (peer_upgrade(session) && peer_frame(session, 2, true, "\0\1\2", 3))
        peer_wait_gone(session);
}

static void a_binary_frame_ends_the_connection(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = sends_binary});
    run_until(0, 0, 1);
    assert_int_equal(rig.texts, 0);
    assert_non_null(strstr(rig.reason, "binary"));
    assert_int_equal(ws_counters(rig.ws)->binary_dropped, 1);
    finish();
}

static void breaks_framing(struct peer_session *session)
{
    static const char frame[] = "\xf7\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    if (peer_upgrade(session) && peer_write(session, frame, 10))
        peer_wait_gone(session);
}

static void a_frame_against_the_protocol_ends_the_connection(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = breaks_framing});
    run_until(0, 0, 1);
    assert_int_equal(rig.texts, 0);
    finish();
}

/* ---- connecting --------------------------------------------------------------------------- */

static void never_opens(const struct peer_options *options)
{
    start(options);
    run_until(0, 0, 3); /* it tries again, in vain */
    assert_int_equal(rig.opens, 0);
    assert_true(rig.reason[0] != '\0');
    assert_int_equal(peer_requests(rig.peer), 0);
    finish();
}

/* F68 | unit | another host's, a stranger's, an expired certificate | never spoken to */
static void a_peer_that_cannot_prove_itself_is_not_spoken_to(void **state)
{
    (void)state;
    never_opens(&(struct peer_options){.script = echoes, .certificate = PEER_OTHER_HOST});
    never_opens(&(struct peer_options){.script = echoes, .certificate = PEER_STRANGER});
    never_opens(&(struct peer_options){.script = echoes, .certificate = PEER_EXPIRED});
}

static void leaves_at_once(struct peer_session *session)
{
    if (peer_number(session) >= 3)
        echoes(session);
}

/* F26 | unit | the peer closes on connect three times | tried again until it opens */
static void a_peer_that_closes_on_connect_is_tried_again(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = leaves_at_once});
    run_until(1, 0, 0);
    assert_int_equal(rig.closes, 3);
    assert_int_equal(ws_counters(rig.ws)->failures, 3);
    finish();
}

static void a_refused_connection_is_tried_again(void **state)
{
    (void)state;
    start_with(peer_closed_port(), LONG_NS, LONG_NS, 0);
    ws_open(rig.ws);
    run_until(0, 0, 4);
    assert_int_equal(rig.opens, 0);
    finish();
}

static void refuses_upgrade(struct peer_session *session)
{
    if (peer_read_request(session))
        peer_puts(session, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
}

static void a_refused_upgrade_is_a_failure(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = refuses_upgrade});
    run_until(0, 0, 2);
    assert_int_equal(rig.opens, 0);
    finish();
}

static void waits(struct peer_session *session)
{
    peer_wait_gone(session);
}

static void the_connect_watchdog_ends_a_peer_that_says_nothing(void **state)
{
    (void)state;
    rig.peer = peer_create(&(struct peer_options){.script = waits, .no_tls = true});
    start_with(peer_port(rig.peer), 50 * MS, LONG_NS, 0);
    ws_open(rig.ws);
    run_until(0, 0, 3);
    assert_int_equal(rig.opens, 0);
    assert_non_null(strstr(rig.reason, "too long"));
    finish();
}

/* F68 | unit | a name without address | a failure with its reason */
static void a_name_without_address_is_a_failure(void **state)
{
    (void)state;
    struct err err;
    struct ws_config config = {.host = "does-not-exist.invalid", .port = 1, .path = "/",
                               .connect_timeout_ns = LONG_NS, .silence_ns = LONG_NS,
                               .backoff_min_ns = MS, .backoff_max_ns = MS};
    struct ws_handler handler = {.on_open = on_open, .on_text = on_text, .on_closed = on_closed};
    rig.loop = loop_create(&err);
    rig.resolve = resolve_create(rig.loop, &err);
    rig.hub = ws_hub_create(rig.loop, rig.resolve, peer_ca_file(), &err);
    rig.ws = ws_create(rig.hub, &config, &handler, &err);
    ws_open(rig.ws);
    run_until(0, 0, 1);
    assert_non_null(strstr(rig.reason, "no address for does-not-exist.invalid"));
    finish();
}

/* ---- living and ending -------------------------------------------------------------------- */

static void upgrades_and_waits(struct peer_session *session)
{
    if (peer_upgrade(session))
        peer_wait_gone(session);
}

/* F23 | unit | an open connection falls silent | ended and opened anew */
static void silence_ends_the_connection_and_it_comes_back(void **state)
{
    (void)state;
    rig.peer = peer_create(&(struct peer_options){.script = upgrades_and_waits});
    start_with(peer_port(rig.peer), LONG_NS, 50 * MS, 0);
    ws_open(rig.ws);
    run_until(3, 0, 0);
    assert_int_equal(rig.closes, 2);
    assert_string_equal(rig.reason, "silence");
    finish();
}

static void pongs_only(struct peer_session *session)
{
    unsigned opcode;
    char text[KEPT];
    if (!peer_upgrade(session))
        return;
    while (peer_read_frame(session, &opcode, text, sizeof text))
        if (opcode == 9 && !peer_frame(session, 10, true, text, strlen(text)))
            return;
}

/* AC-D2 | unit | pings are answered, nothing else comes | taken for silence */
static void a_peer_that_only_answers_pings_is_silent(void **state)
{
    (void)state;
    rig.peer = peer_create(&(struct peer_options){.script = pongs_only});
    start_with(peer_port(rig.peer), LONG_NS, 100 * MS, 10 * MS);
    ws_open(rig.ws);
    run_until(0, 0, 1);
    assert_string_equal(rig.reason, "silence");
    finish();
}

static void tells_of_pings(struct peer_session *session)
{
    unsigned opcode;
    char text[KEPT];
    if (!peer_upgrade(session))
        return;
    while (peer_read_frame(session, &opcode, text, sizeof text))
        if (opcode == 9 && !(peer_frame(session, 10, true, text, strlen(text)) &&
                             peer_frame(session, 1, true, "pinged", 6)))
            return;
}

/* F25 | unit | an idle connection | pinged */
static void pings_are_sent(void **state)
{
    (void)state;
    rig.peer = peer_create(&(struct peer_options){.script = tells_of_pings});
    start_with(peer_port(rig.peer), LONG_NS, LONG_NS, 10 * MS);
    ws_open(rig.ws);
    run_until(0, 5, 0);
    assert_string_equal(rig.text, "pinged");
    finish();
}

static void closes_politely(struct peer_session *session)
{
    if (peer_upgrade(session) && peer_frame(session, 1, true, "bye", 3) &&
        peer_frame(session, 8, true, "\x03\xe8", 2))
        peer_wait_gone(session);
}

static void a_close_frame_is_told_once(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = closes_politely});
    run_until(4, 0, 0);
    assert_int_equal(rig.closes, 3);
    assert_int_equal(rig.texts, 3);
    finish();
}

static void resets(void)
{
    ws_reset(rig.ws, "the test wants it");
}

static void greets(struct peer_session *session)
{
    if (peer_upgrade(session) && peer_frame(session, 1, true, "hi", 2))
        peer_wait_gone(session);
}

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* The peer's sockets are in this process too, and stay open until it is destroyed: only ours
 * are counted, by what is left when the peer has gone. */
static void fifty_resets_leave_no_descriptor(void **state)
{
    (void)state;
    unsigned before = open_files();
    rig.in_text = resets;
    start(&(struct peer_options){.script = greets});
    run_until(0, 0, 50);
    assert_string_equal(rig.reason, "the test wants it");
    assert_int_equal(rig.texts, 50);
    ws_close(rig.ws);
    struct loop_timer *timer = loop_timer_create(rig.loop, (loop_callback *)loop_stop, rig.loop);
    loop_timer_set(timer, MS);
    rig.stop_closes = 0;
    loop_run(rig.loop); /* the hook kills what was dropped last */
    loop_timer_destroy(timer);
    unsigned peers = peer_connections(rig.peer);
    assert_true(open_files() <= before + peers + 16);
    finish();
    assert_int_equal(open_files(), before);
}

static void closes_for_good(void)
{
    ws_close(rig.ws);
}

static void close_inside_a_message_stays_closed(void **state)
{
    (void)state;
    rig.in_text = closes_for_good;
    start(&(struct peer_options){.script = greets});
    run_until(0, 1, 0);
    assert_int_equal(ws_state(rig.ws), WS_CLOSED);
    assert_int_equal(rig.closes, 1);
    assert_int_equal(ws_send_text(rig.ws, "x", 1), -1);
    ws_open(rig.ws); /* and can be opened again */
    rig.in_text = NULL;
    run_until(0, 2, 0);
    assert_int_equal(ws_state(rig.ws), WS_OPEN);
    finish();
}

static void destroy_takes_every_state(void **state)
{
    (void)state;
    start(&(struct peer_options){.script = waits, .no_tls = true});
    finish(); /* resolving */
    start(&(struct peer_options){.script = waits, .no_tls = true});
    struct loop_timer *timer = loop_timer_create(rig.loop, (loop_callback *)loop_stop, rig.loop);
    while (ws_state(rig.ws) != WS_CONNECTING || peer_connections(rig.peer) == 0) {
        loop_timer_set(timer, MS);
        loop_run(rig.loop);
    }
    loop_timer_destroy(timer);
    finish();
    start(&(struct peer_options){.script = greets});
    run_until(0, 1, 0);
    finish(); /* open */
}

static void the_send_buffer_is_bounded(void **state)
{
    (void)state;
    static char text[WS_SEND_MAX];
    memset(text, 'x', sizeof text);
    start(&(struct peer_options){.script = greets});
    run_until(1, 0, 0);
    assert_int_equal(ws_send_text(rig.ws, text, sizeof text), 0);
    assert_int_equal(ws_send_text(rig.ws, text, 1), -1);
    finish();
}

int suite_ws_peers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_hello_and_hears_it),
        cmocka_unit_test(a_hundred_round_trips),
        cmocka_unit_test(one_byte_fragments_make_one_message),
        cmocka_unit_test(one_byte_records_make_one_message),
        cmocka_unit_test(a_snapshot_of_five_megabytes_arrives_whole),
        cmocka_unit_test(a_message_past_the_bound_ends_the_connection_alone),
        cmocka_unit_test(fragments_without_end_are_bounded),
        cmocka_unit_test(a_binary_frame_ends_the_connection),
        cmocka_unit_test(a_frame_against_the_protocol_ends_the_connection),
        cmocka_unit_test(a_peer_that_cannot_prove_itself_is_not_spoken_to),
        cmocka_unit_test(a_peer_that_closes_on_connect_is_tried_again),
        cmocka_unit_test(a_refused_connection_is_tried_again),
        cmocka_unit_test(a_refused_upgrade_is_a_failure),
        cmocka_unit_test(the_connect_watchdog_ends_a_peer_that_says_nothing),
        cmocka_unit_test(a_name_without_address_is_a_failure),
        cmocka_unit_test(silence_ends_the_connection_and_it_comes_back),
        cmocka_unit_test(a_peer_that_only_answers_pings_is_silent),
        cmocka_unit_test(pings_are_sent),
        cmocka_unit_test(a_close_frame_is_told_once),
        cmocka_unit_test(fifty_resets_leave_no_descriptor),
        cmocka_unit_test(close_inside_a_message_stays_closed),
        cmocka_unit_test(destroy_takes_every_state),
        cmocka_unit_test(the_send_buffer_is_bounded),
    };
    return cmocka_run_group_tests_name("ws against peers", tests, NULL, NULL);
}
