/* Where requests go and when: addresses that fail, lie or hang, connections that are not to be
 * trusted, descriptors that run out, and the pace that is set from outside. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fake_names.h"
#include "io/http.h"
#include "peer.h"
#include "suites.h"

enum { KEPT = 64 };
static const int64_t LONG_NS = 60000000000, MS = 1000000;
static const char HERE[] = "127.0.0.1", THERE[] = "127.0.0.2", NOWHERE[] = "127.0.0.3";

struct rig {
    struct loop *loop;
    struct resolve *resolve;
    struct http *http;
    struct peer *here, *there;
    struct http_result results[KEPT];
    enum http_class classes[KEPT];
    unsigned done, wanted;
    int64_t order_wait_ns; /* what the pace says for orders */
    bool distrust;
};
static struct rig rig;

static void answers(struct peer_session *session)
{
    while (peer_read_request(session))
        if (!peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
            return;
}

static int64_t may_leave(void *context, enum http_class class)
{
    (void)context;
    return class == HTTP_ORDER ? rig.order_wait_ns : 0;
}

static void open_http(void)
{
    struct err err;
    struct http_config config = {.host = "localhost", .port = peer_port(rig.here),
                                 .ca_file = peer_ca_file(), .connections = 4,
                                 .resolve = rig.resolve, .may_leave = may_leave};
    rig.http = http_create(rig.loop, &config, &err);
    assert_non_null(rig.http);
}

static int make(void **state)
{
    struct err err;
    (void)state;
    memset(&rig, 0, sizeof rig);
    rig.here = peer_create(&(struct peer_options){.script = answers});
    rig.loop = loop_create(&err);
    rig.resolve = resolve_create(rig.loop, &err);
    open_http();
    return 0;
}

static int end(void **state)
{
    (void)state;
    http_destroy(rig.http);
    resolve_destroy(rig.resolve);
    loop_destroy(rig.loop);
    peer_destroy(rig.here);
    if (rig.there)
        peer_destroy(rig.there);
    fake_names_clear();
    return 0;
}

static void make_other_peer(enum peer_certificate certificate)
{
    rig.there = peer_create(&(struct peer_options){.script = answers, .address = THERE,
                                                   .port = peer_port(rig.here),
                                                   .certificate = certificate});
}

static void on_done(void *context, const struct http_result *result)
{
    assert_true(rig.done < KEPT);
    rig.classes[rig.done] = *(const enum http_class *)context;
    rig.results[rig.done++] = *result;
    if (rig.distrust && result->state == HTTP_COMPLETE)
        http_distrust(rig.http);
    if (rig.done == rig.wanted)
        loop_stop(rig.loop);
}

static void submit(enum http_class class, bool fresh, int64_t timeout_ns)
{
    static enum http_class CLASSES[] = {HTTP_OTHER, HTTP_ORDER, HTTP_CANCEL};
    struct err err;
    struct http_request request = {.method = "GET", .path = "/x", .timeout_ns = timeout_ns,
                                   .class = class, .fresh = fresh};
    assert_int_equal(http_submit(rig.http, &request, on_done, &CLASSES[class], &err), 0);
    rig.wanted++;
}

static const struct http_result *ask_as(bool fresh)
{
    submit(HTTP_CANCEL, fresh, LONG_NS);
    loop_run(rig.loop);
    return &rig.results[rig.done - 1];
}

static const struct http_result *ask(void)
{
    return ask_as(false);
}

/* ---- names -------------------------------------------------------------------------------- */

/* F68 | unit | the resolver fails, answers nothing, then recovers | certainly not sent, with the
   resolver's words; the next request asks again and goes out */
static void without_an_address_nothing_is_sent(void **state)
{
    static const char *const nothing[] = {NULL}, *const good[] = {HERE, NULL};
    (void)state;
    fake_names_set(NULL);
    assert_int_equal(ask()->state, HTTP_NOT_SENT);
    assert_non_null(strstr(rig.results[0].reason, "no address for localhost"));
    fake_names_set(nothing);
    assert_int_equal(ask()->state, HTTP_NOT_SENT);
    assert_int_equal(http_counters(rig.http)->dns_failures, 2);
    fake_names_set(good);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(fake_names_asked(), 1);
    assert_int_equal(peer_connections(rig.here), 1);
}

/* F68 | unit | a forged answer: another machine without the certificate | not one request reaches
   it; the address that proved itself before is gone back to */
static void a_forged_address_gets_nothing_and_the_proved_one_is_tried(void **state)
{
    static const char *const good[] = {HERE, NULL}, *const forged[] = {THERE, NULL};
    (void)state;
    make_other_peer(PEER_STRANGER);
    fake_names_set(good);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    http_destroy(rig.http);
    open_http();
    fake_names_set(forged);
    assert_int_equal(ask()->state, HTTP_NOT_SENT);
    assert_int_equal(http_counters(rig.http)->tls_refused, 1);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(peer_requests(rig.there), 0);
    assert_int_equal(peer_requests(rig.here), 2);
}

/* F68 | unit | the proved address shows a wrong certificate, the resolver is dead | not sent, again
   and again: nothing is spoken to but the right certificate */
static void the_last_good_address_is_kept_only_while_it_proves_itself(void **state)
{
    static const char *const good[] = {HERE, NULL};
    (void)state;
    uint16_t port = peer_port(rig.here);
    fake_names_set(good);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    http_destroy(rig.http);
    peer_destroy(rig.here);
    rig.here = peer_create(&(struct peer_options){.script = answers, .port = port,
                                                  .certificate = PEER_OTHER_HOST});
    open_http();
    fake_names_set(NULL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask()->state, HTTP_NOT_SENT);
    assert_int_equal(peer_requests(rig.here), 0);
}

/* F68 | unit | an unreachable IPv6 address and a refused one before the good one | IPv4 goes first,
   the good one is reached within the same request */
static void dead_addresses_are_passed_over(void **state)
{
    static const char *const dead_first[] = {"100::1", NOWHERE, HERE, NULL};
    (void)state;
    fake_names_set(dead_first);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(peer_requests(rig.here), 1);
}

/* F68 | unit | a cancel is said again | over a new connection, to the next address */
static void a_second_path_is_a_new_connection_to_the_next_address(void **state)
{
    static const char *const both[] = {HERE, THERE, NULL};
    (void)state;
    make_other_peer(PEER_GOOD);
    fake_names_set(both);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(peer_requests(rig.there), 0);
    assert_int_equal(ask_as(true)->state, HTTP_COMPLETE);
    assert_int_equal(peer_requests(rig.there), 1);
    assert_int_equal(ask()->state, HTTP_COMPLETE); /* and that one is kept */
    assert_int_equal(peer_requests(rig.there), 2);
}

/* F11 | unit | a reply that belonged to another request | its connection is not used again */
static void a_distrusted_connection_is_not_used_again(void **state)
{
    (void)state;
    rig.distrust = true;
    ask();
    rig.distrust = false;
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(peer_connections(rig.here), 2);
    ask();
    assert_int_equal(peer_connections(rig.here), 2);
}

/* ---- descriptors and pace ----------------------------------------------------------------- */

/* F70 | unit | no descriptor is left for a connection | certainly not sent; it works again once
   there is one */
static void without_descriptors_nothing_is_sent(void **state)
{
    struct rlimit before, none;
    (void)state;
    int lowest = dup(0);
    assert_true(lowest >= 0);
    close(lowest);
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = (rlim_t)lowest;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum http_state exhausted = ask()->state;
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(exhausted, HTTP_NOT_SENT);
    assert_int_equal(ask()->state, HTTP_COMPLETE);
    assert_int_equal(peer_requests(rig.here), 1);
}

/* F08 | unit | orders may not leave for longer than their time-out | they end as certainly not
   sent; cancels and reads pass them meanwhile */
static void what_may_not_leave_ends_unsent_and_holds_nobody_up(void **state)
{
    (void)state;
    rig.order_wait_ns = 20 * MS;
    submit(HTTP_ORDER, false, 100 * MS);
    for (int i = 0; i < 3; i++)
        submit(HTTP_ORDER, false, LONG_NS);
    submit(HTTP_CANCEL, false, LONG_NS);
    submit(HTTP_OTHER, false, LONG_NS);
    rig.wanted = 3;
    loop_run(rig.loop);
    for (unsigned i = 0; i < rig.done; i++)
        assert_int_equal(rig.results[i].state,
                         rig.classes[i] == HTTP_ORDER ? HTTP_NOT_SENT : HTTP_COMPLETE);
    rig.order_wait_ns = 0;
    rig.wanted = 6;
    loop_run(rig.loop);
    for (unsigned i = 3; i < rig.done; i++)
        assert_int_equal(rig.results[i].state, HTTP_COMPLETE);
}

#define PATH_TEST(test) cmocka_unit_test_setup_teardown(test, make, end)

int suite_path_peers(void)
{
    const struct CMUnitTest tests[] = {
        PATH_TEST(without_an_address_nothing_is_sent),
        PATH_TEST(a_forged_address_gets_nothing_and_the_proved_one_is_tried),
        PATH_TEST(the_last_good_address_is_kept_only_while_it_proves_itself),
        PATH_TEST(dead_addresses_are_passed_over),
        PATH_TEST(a_second_path_is_a_new_connection_to_the_next_address),
        PATH_TEST(a_distrusted_connection_is_not_used_again),
        PATH_TEST(without_descriptors_nothing_is_sent),
        PATH_TEST(what_may_not_leave_ends_unsent_and_holds_nobody_up),
    };
    return cmocka_run_group_tests_name("paths against peers", tests, NULL, NULL);
}
