/* What the venue says and does, and the host's side of the link tests. */
#define _GNU_SOURCE /* strcasestr */
#include "link_rig.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_host.h"

#define SEED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define PUBLIC "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
#define HMAC_SECRET "the-legacy-secret"
#define STAMP "\"timestamp\":\"2026-11-21T05:38:25.123456Z\""

static const int64_t MS = 1000000, SECOND = 1000000000;

struct rig *rig;

/* ---- the venue's REST --------------------------------------------------------------------- */

static void reply(struct peer_session *session, int status, const char *body)
{
    char head[160];
    snprintf(head, sizeof head,
             "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nx-ratelimit-remaining: 17\r\n\r\n", status,
             strlen(body));
    peer_puts(session, head);
    peer_puts(session, body);
}

/* What follows `name` in the text up to `end`, or "". */
static void copy_after(const char *text, const char *name, char end, char *out, size_t capacity)
{
    const char *at = strstr(text, name);
    size_t length = 0;
    if (at)
        for (at += strlen(name); at[length] && at[length] != end && length < capacity - 1;)
            length++;
    snprintf(out, capacity, "%.*s", (int)length, at ? at : "");
}

/* A legacy request signs time, method, path without query, and body. */
static void check_legacy(struct peer_session *session, struct venue *venue)
{
    const char *request = peer_request(session), *body = strstr(request, "\r\n\r\n") + 4;
    char method[8], path[256], stamp[32], told[200], wanted[SIGNATURE_TEXT_MAX];
    struct err err;
    struct sign_key *key = sign_key_hmac(KEY_HMAC_HEX, "legacy", HMAC_SECRET, strlen(HMAC_SECRET),
                                         NULL, &err);
    snprintf(method, sizeof method, "%.*s", (int)strcspn(request, " "), request);
    const char *target = request + strlen(method) + 1;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(target, " ?"), target);
    copy_after(request, "\r\nCB-ACCESS-TIMESTAMP: ", '\r', stamp, sizeof stamp);
    copy_after(request, "\r\nCB-ACCESS-SIGN: ", '\r', told, sizeof told);
    bool good = key && sign_hmac(key, strtoll(stamp, NULL, 10), method, path, body, strlen(body),
                                 wanted, &err) == 0 && strcmp(told, wanted) == 0 &&
                strstr(request, "\r\nCB-ACCESS-KEY: legacy\r\n") &&
                !strstr(request, "Authorization:");
    atomic_fetch_add(good ? &venue->legacy_good : &venue->legacy_bad, 1);
    sign_key_destroy(key);
}

static void check_legacy_subscription(const char *text, struct venue *venue)
{
    char stamp[32], told[200], channel[32], wanted[SIGNATURE_TEXT_MAX];
    struct err err;
    struct sign_key *key = sign_key_hmac(KEY_HMAC_HEX, "legacy", HMAC_SECRET, strlen(HMAC_SECRET),
                                         NULL, &err);
    copy_after(text, "\"timestamp\":\"", '"', stamp, sizeof stamp);
    copy_after(text, "\"signature\":\"", '"', told, sizeof told);
    copy_after(text, "\"channel\":\"", '"', channel, sizeof channel);
    bool named = strstr(text, "product_ids") != NULL;
    bool good = key && sign_hmac_websocket(key, strtoll(stamp, NULL, 10), channel,
                                           named ? "BIP-20DEC30-CDE,BTC-PERP-INTX" : "", wanted,
                                           &err) == 0 &&
                strcmp(told, wanted) == 0 && strstr(text, "\"api_key\":\"legacy\"") &&
                !strstr(text, "jwt");
    atomic_fetch_add(good ? &venue->legacy_good : &venue->legacy_bad, 1);
    sign_key_destroy(key);
}

/* Every request but the time is signed for exactly what it asks. */
static void check_token(struct peer_session *session, struct venue *venue)
{
    const char *request = peer_request(session);
    const char *at = strstr(request, "\r\nAuthorization: Bearer ");
    char wanted[300], path[256];
    struct jwt_claims claims;
    struct err err;
    int64_t wall_s = fake_host_true_wall_ns() / SECOND;
    size_t method = strcspn(request, " "), length = strcspn(request + method + 1, " ?");
    if (strstr(request, "/brokerage/time"))
        return;
    if (rig->legacy) {
        check_legacy(session, venue);
        return;
    }
    snprintf(path, sizeof path, "%.*s", (int)length, request + method + 1);
    snprintf(wanted, sizeof wanted, "%.*s localhost:%u%s", (int)method, request,
             peer_port(rig->rest), path);
    bool good = at && sign_jwt_verify(at + 24, strcspn(at + 24, "\r"), PUBLIC, wall_s, 5, &claims,
                                      &err) == 0 && strcmp(claims.uri, wanted) == 0;
    atomic_fetch_add(good ? &venue->tokens_good : &venue->tokens_bad, 1);
}

static const char cde_product[] =
    "{\"product_id\":\"BIP-20DEC30-CDE\",\"price\":\"68930\",\"base_increment\":\"1\","
    "\"quote_increment\":\"0.01\",\"quote_min_size\":\"0\",\"quote_max_size\":\"100000000\","
    "\"base_min_size\":\"1\",\"base_max_size\":\"5000\",\"is_disabled\":false,\"status\":\"\","
    "\"cancel_only\":false,\"limit_only\":false,\"post_only\":false,\"trading_disabled\":false,"
    "\"auction_mode\":false,\"product_type\":\"FUTURE\",\"quote_currency_id\":\"USD\","
    "\"base_currency_id\":\"\",\"fcm_trading_session_details\":{\"is_session_open\":true},"
    "\"price_increment\":\"5\",\"product_venue\":\"FCM\",\"view_only\":false,"
    "\"future_product_details\":{\"venue\":\"cde\",\"contract_code\":\"BIP\","
    "\"contract_expiry\":\"2030-12-20T16:00:00Z\",\"contract_size\":\"0.01\","
    "\"contract_root_unit\":\"BTC\",\"contract_expiry_type\":\"EXPIRING\","
    "\"perpetual_details\":{\"funding_rate\":\"\",\"funding_time\":null},"
    "\"funding_interval\":\"3600s\",\"funding_rate\":\"0.000013\","
    "\"funding_time\":\"2026-11-21T06:00:00Z\",\"index_price\":\"68899.882564\"}}";
static const char intx_product[] =
    "{\"product_id\":\"BTC-PERP-INTX\",\"price\":\"68930.1\",\"base_increment\":\"0.0001\","
    "\"quote_increment\":\"0.1\",\"quote_min_size\":\"10\",\"quote_max_size\":\"100000000\","
    "\"base_min_size\":\"0.0001\",\"base_max_size\":\"1000\",\"is_disabled\":false,"
    "\"status\":\"online\",\"cancel_only\":false,\"limit_only\":false,\"post_only\":false,"
    "\"trading_disabled\":false,\"auction_mode\":false,\"product_type\":\"FUTURE\","
    "\"quote_currency_id\":\"USDC\",\"base_currency_id\":\"BTC\",\"price_increment\":\"0.1\","
    "\"product_venue\":\"INTX\",\"view_only\":false,\"future_product_details\":{\"venue\":\"\","
    "\"contract_code\":\"BTC\",\"contract_expiry\":null,\"contract_size\":\"1\","
    "\"contract_root_unit\":\"BTC\",\"contract_expiry_type\":\"PERPETUAL\","
    "\"perpetual_details\":{\"open_interest\":\"0\",\"funding_rate\":\"0.000016\","
    "\"funding_time\":\"2026-11-21T06:00:00Z\",\"max_leverage\":\"10\"}}}";

/* The first query pages: the second page is asked for by its cursor. */
static void serve_products(struct peer_session *session, struct venue *venue)
{
    char body[8192];
    const char *request = peer_request(session);
    bool perpetual = strstr(request, "contract_expiry_type=PERPETUAL") != NULL;
    bool second = strstr(request, "cursor=next%2Fpage") != NULL;
    atomic_fetch_add(&venue->products, 1);
    snprintf(body, sizeof body, "{\"products\":[%s],\"num_products\":1,\"pagination\":%s}",
             perpetual ? intx_product : second && !venue->delisted ? cde_product : "",
             perpetual || second ? "null" : "{\"prev_cursor\":\"\",\"next_cursor\":\"next/page\","
                                            "\"has_next\":true,\"has_prev\":false}");
    reply(session, 200, body);
}

static const char one_order[] =
    "{\"order_id\":\"venue-%s\",\"product_id\":\"BIP-20DEC30-CDE\",\"side\":\"BUY\",\"status\":"
    "\"OPEN\",\"client_order_id\":\"x\",\"filled_size\":\"0\",\"order_configuration\":{"
    "\"limit_limit_gtc\":{\"base_size\":\"1\",\"limit_price\":\"68000\"}}}";

static void serve_overlap(struct peer_session *session, bool second)
{
    char a[400], b[400], body[1000];
    snprintf(a, sizeof a, one_order, second ? "2" : "1");
    snprintf(b, sizeof b, one_order, second ? "3" : "2");
    snprintf(body, sizeof body, "{\"orders\":[%s,%s],\"has_next\":%s,\"cursor\":\"%s\"}", a, b,
             second ? "false" : "true", second ? "" : "c1");
    reply(session, 200, body);
}

static void serve_circle(struct peer_session *session, unsigned page)
{
    char body[100];
    snprintf(body, sizeof body, "{\"orders\":[],\"has_next\":true,\"cursor\":\"c%u\"}",
             page % 3 + 1);
    reply(session, 200, body);
}

/* The first look at each of two pages fails; false: by the end of the connection. */
static bool serve_hiccup(struct peer_session *session, unsigned page, bool second)
{
    if (page == 0)
        reply(session, 503, "<html>later</html>");
    else if (page == 2)
        reply(session, 200, "{\"orders\":[");
    else if (page == 3)
        return false;
    else
        reply(session, 200, second ? "{\"orders\":[],\"has_next\":false,\"cursor\":\"\"}"
                                   : "{\"orders\":[],\"has_next\":true,\"cursor\":\"c1\"}");
    return true;
}

/* false: the connection ends here. */
static bool serve_list(struct peer_session *session, struct venue *venue)
{
    bool second = strstr(peer_request(session), "cursor=c1") != NULL;
    unsigned page = atomic_fetch_add(&venue->pages, 1);
    if (venue->list == LIST_HICCUPS)
        return serve_hiccup(session, page, second);
    if (venue->list == LIST_CIRCLE)
        serve_circle(session, page);
    else if (venue->list == LIST_OVERLAPS)
        serve_overlap(session, second);
    else if (venue->limited)
        reply(session, 429, "{\"errors\":[{\"id\":\"rate_limit_exceeded\",\"message\":\"x\"}]}");
    else if (venue->list == LIST_SECOND_FAILS && second)
        reply(session, 500, "<html>no</html>");
    else if (venue->list == LIST_CUT && second)
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"orders\":[");
    else if (second && venue->list == LIST_GOOD)
        reply(session, 200, "{\"orders\":[],\"sequence\":\"0\",\"has_next\":false,"
                            "\"cursor\":\"\"}");
    else
        reply(session, 200, "{\"orders\":[],\"sequence\":\"0\",\"has_next\":true,"
                            "\"cursor\":\"c1\"}");
    return !(venue->list == LIST_CUT && second);
}

/* false: read, and the connection ends without a word. */
static bool serve_cancel(struct peer_session *session, struct venue *venue)
{
    char body[16384]; /* not static: two connections are served at once */
    size_t used = 0;
    unsigned number = 0;
    unsigned posts = atomic_fetch_add(&venue->cancel_posts, 1);
    if (venue->cancel == CANCEL_LOST || (venue->cancel == CANCEL_LOST_ONCE && posts == 0))
        return false;
    if (venue->cancel == CANCEL_UNAUTHORISED) {
        reply(session, 401, "Unauthorized\n");
        return true;
    }
    used = (size_t)snprintf(body, sizeof body, "{\"results\":[");
    for (const char *at = strstr(peer_request(session), "\r\n\r\n"); (at = strstr(at, "\"id-"));
         at += 4, number++)
        if (venue->cancel != CANCEL_PARTLY || number > 0)
            used += (size_t)snprintf(body + used, sizeof body - used,
                                     "%s{\"success\":true,\"failure_reason\":"
                                     "\"UNKNOWN_CANCEL_FAILURE_REASON\",\"order_id\":%.*s\"}",
                                     used > 12 ? "," : "", (int)strcspn(at + 1, "\"") + 1, at);
    snprintf(body + used, sizeof body - used, "]}");
    if (number > atomic_load(&venue->cancel_most))
        atomic_store(&venue->cancel_most, number);
    reply(session, 200, body);
    return true;
}

/* `"client_order_id":"..."` of the request, quotes of the value left out. */
static void copy_client_id(const char *request, char out[64])
{
    const char *at = strstr(request, "\"client_order_id\":\"");
    snprintf(out, 64, "%.*s", at ? (int)strcspn(at + 19, "\"") : 0, at ? at + 19 : "");
}

static void serve_order(struct peer_session *session, struct venue *venue)
{
    static const char taken[] =
        "{\"success\":true,\"success_response\":{\"order_id\":\"venue-1\",\"product_id\":"
        "\"BIP-20DEC30-CDE\",\"side\":\"BUY\",\"client_order_id\":\"%s\"}}";
    char body[1024], id[64];
    atomic_fetch_add(&venue->orders, 1);
    copy_client_id(peer_request(session), id);
    if (venue->order == ORDER_OTHER)
        id[0] = id[0] == '0' ? '1' : '0';
    snprintf(body, sizeof body, taken, id);
    if (atomic_load(&venue->sick))
        reply(session, 502, "<html><body>Bad Gateway</body></html>");
    else if (venue->order == ORDER_TAKEN || venue->order == ORDER_OTHER)
        reply(session, 200, body);
    else if (venue->order == ORDER_REJECTED)
        reply(session, 200, "{\"success\":false,\"error_response\":{\"error\":"
                            "\"INSUFFICIENT_FUND\",\"message\":\"no money\"}}");
    else if (venue->order == ORDER_HTML)
        reply(session, 502, "<html><body>Bad Gateway</body></html>");
    else if (venue->order == ORDER_CUT)
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"success\":false");
    else if (venue->order == ORDER_PACKED)
        peer_puts(session, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
                           "\x1f\x8b\x08xxxxxxx");
    else if (venue->order == ORDER_LIMITED)
        reply(session, 429, "{\"errors\":[{\"id\":\"rate_limit_exceeded\",\"message\":\"x\"}]}");
}

static void serve_time(struct peer_session *session, struct venue *venue)
{
    char body[128];
    int64_t ms = fake_host_true_wall_ns() / MS + venue->skew_s * 1000;
    atomic_fetch_add(&venue->times, 1);
    if (atomic_load(&venue->timeless)) {
        reply(session, 503, "");
        return;
    }
    snprintf(body, sizeof body,
             "{\"iso\":\"x\",\"epochSeconds\":\"%lld\",\"epochMillis\":\"%lld\"}",
             (long long)(ms / 1000), (long long)ms);
    reply(session, 200, body);
}

static void serve(struct peer_session *session)
{
    struct venue *venue = peer_context(session);
    unsigned cancels = 0, orders = 0;
    while (peer_read_request(session)) {
        const char *request = peer_request(session);
        check_token(session, venue);
        if (strstr(request, "GET /api/v3/brokerage/time"))
            serve_time(session, venue);
        else if (strstr(request, "GET /api/v3/brokerage/key_permissions")) {
            bool sick = atomic_load(&venue->sick);
            atomic_fetch_add(&venue->probes, 1);
            reply(session, sick ? 502 : 200, sick ? "" : "{\"can_view\":true}");
        } else if (strstr(request, "GET /api/v3/brokerage/products"))
            serve_products(session, venue);
        else if (strstr(request, "GET /api/v3/brokerage/orders/historical/batch")) {
            if (!serve_list(session, venue))
                return;
        } else if (strstr(request, "GET /api/v3/brokerage/cfm/positions"))
            reply(session, 200, "{\"positions\":[{\"product_id\":\"BIP-20DEC30-CDE\",\"side\":"
                                "\"SHORT\",\"number_of_contracts\":\"3\",\"avg_entry_price\":"
                                "\"68000\",\"unrealized_pnl\":\"-1.5\"}]}");
        else if (strstr(request, "GET /api/v3/brokerage/intx/positions/the-portfolio "))
            reply(session, 200, "{\"positions\":[{\"symbol\":\"BTC-PERP-INTX\",\"net_size\":"
                                "\"0.25\",\"position_side\":\"LONG\"}],\"summary\":{}}");
        else if (strstr(request, "GET /api/v3/brokerage/portfolios")) {
            atomic_fetch_add(&venue->portfolios, 1);
            reply(session, 200, "{\"portfolios\":[{\"name\":\"d\",\"uuid\":\"other\",\"type\":"
                                "\"DEFAULT\",\"deleted\":false},{\"name\":\"p\",\"uuid\":"
                                "\"the-portfolio\",\"type\":\"INTX\",\"deleted\":false}]}");
        } else if (venue->intraday && strstr(request, "GET /api/v3/brokerage/cfm/intraday/")) {
            reply(session, 200, strstr(request, "margin_setting")
                                    ? "{\"setting\":\"INTRADAY_MARGIN_SETTING_INTRADAY\"}"
                                    : "{\"margin_window\":{\"margin_window_type\":"
                                      "\"MARGIN_WINDOW_TYPE_INTRADAY\",\"end_time\":"
                                      "\"2026-09-30T20:00:00Z\"}}");
        } else if (strstr(request, "GET /api/v3/brokerage/cfm/balance_summary")) {
            reply(session, 200, "{\"balance_summary\":{\"total_usd_balance\":\"1000\","
                                "\"available_margin\":\"800\"}}");
        } else if (strstr(request, "GET /api/v3/brokerage/intx/portfolio/")) {
            reply(session, 200, "{\"portfolios\":[],\"summary\":{\"total_balance\":\"5\","
                                "\"buying_power\":\"5\"}}");
        } else if (strstr(request, "POST /api/v3/brokerage/orders/batch_cancel")) {
            atomic_fetch_add(&venue->cancel_same_way, cancels++ > 0);
            if (!serve_cancel(session, venue))
                return;
        } else if (strstr(request, "POST /api/v3/brokerage/orders ")) {
            atomic_fetch_add(&venue->order_same_way, orders++ > 0);
            serve_order(session, venue);
            if (venue->order == ORDER_CUT || venue->order == ORDER_GONE)
                return;
        } else {
            reply(session, 404, "{\"error\":\"NOT_FOUND\"}");
        }
    }
}

/* ---- the venue's streams ------------------------------------------------------------------ */

static bool say(struct peer_session *session, const char *text)
{
    return peer_frame(session, 1, true, text, strlen(text));
}

static bool heartbeat(struct peer_session *session, unsigned *sequence)
{
    char text[300];
    snprintf(text, sizeof text,
             "{\"channel\":\"heartbeats\"," STAMP ",\"sequence_num\":%u,\"events\":["
             "{\"current_time\":\"2026-11-21 05:38:25.1 +0000 UTC m=+1.2\","
             "\"heartbeat_counter\":%u}]}", *sequence, 100 + *sequence);
    (*sequence)++;
    return say(session, text);
}

#define ONE "\"BIP-20DEC30-CDE\""
#define BOTH ONE ",\"BTC-PERP-INTX\""

/* `ticker`: what of that channel is acknowledged. */
static bool acknowledge(struct peer_session *session, bool market, const char *ticker,
                        unsigned *sequence)
{
    char text[500], channels[300];
    snprintf(channels, sizeof channels,
             "\"level2\":[" BOTH "],\"market_trades\":[" BOTH "],\"ticker\":[%s]", ticker);
    snprintf(text, sizeof text,
             "{\"channel\":\"subscriptions\"," STAMP ",\"sequence_num\":%u,\"events\":["
             "{\"subscriptions\":{\"heartbeats\":[\"heartbeats\"],%s}}]}", (*sequence)++,
             market ? channels : "\"user\":[\"someone\"]");
    return say(session, text);
}

static bool snapshot(struct peer_session *session, unsigned *sequence)
{
    char text[600];
    snprintf(text, sizeof text,
             "{\"channel\":\"l2_data\"," STAMP ",\"sequence_num\":%u,\"events\":[{\"type\":"
             "\"snapshot\",\"product_id\":\"BIP-20DEC30-CDE\",\"updates\":[{\"side\":\"bid\","
             "\"event_time\":\"2026-11-21T05:38:25Z\",\"price_level\":\"68920\",\"new_quantity\":"
             "\"7\"},{\"side\":\"offer\",\"event_time\":\"2026-11-21T05:38:25Z\",\"price_level\":"
             "\"68930\",\"new_quantity\":\"5\"}]}]}", (*sequence)++);
    return say(session, text);
}

static bool speak(struct peer_session *session, enum stream_mode mode, bool market)
{
    unsigned sequence = 0;
    switch (mode) {
    case STREAM_GOOD:
        return (!market || snapshot(session, &sequence)) && heartbeat(session, &sequence) &&
               acknowledge(session, market, BOTH, &sequence);
    case STREAM_NO_ACK:
        return heartbeat(session, &sequence);
    case STREAM_PART_ACK:
        return heartbeat(session, &sequence) && acknowledge(session, market, ONE, &sequence);
    case STREAM_ERROR:
        return say(session, "{\"type\":\"error\",\"message\":\"authentication failure\"}");
    case STREAM_GARBAGE:
        while (say(session, "{\"channel\":\"l2_data\",\"sequence_num\":"))
            if (++sequence == 100)
                break;
        return true;
    case STREAM_NO_HEART:
        while (snapshot(session, &sequence) && (sequence > 1 || (heartbeat(session, &sequence) &&
                                                acknowledge(session, market, BOTH, &sequence))))
            poll(NULL, 0, 5);
        return false;
    case STREAM_FLOOD:
        while (snapshot(session, &sequence))
            ;
        return false;
    default:
        return true;
    }
}

static void stream(struct peer_session *session)
{
    struct venue *venue = rig ? &rig->venue : NULL;
    enum stream kind = (enum stream)(intptr_t)peer_context(session);
    bool market = kind == STREAM_MARKET;
    unsigned opcode, seen = 0;
    char text[4096];
    if (!venue || !peer_upgrade(session))
        return;
    while (seen < (market ? 4u : 2u) && peer_read_frame(session, &opcode, text, sizeof text))
        if (opcode == 1 && strstr(text, "\"type\":\"subscribe\"")) {
            seen++;
            atomic_fetch_add(&venue->subscriptions[kind], 1);
            if (rig->legacy && !market)
                check_legacy_subscription(text, venue);
            bool signed_one = strstr(text, "\"jwt\":\"ey") != NULL;
            atomic_fetch_add(signed_one != market ? &venue->tokens_good : &venue->tokens_bad, 1);
        }
    if (speak(session, venue->stream[kind], market))
        peer_wait_gone(session);
}

/* ---- the host's side ---------------------------------------------------------------------- */

static void on_turn(void *context)
{
    struct event event;
    (void)context;
    while (!rig->stop_draining && event_queue_pop(rig->queue, &event)) {
        if (rig->count < EVENTS_KEPT)
            rig->events[rig->count++] = event;
        rig->counts[event.kind]++;
    }
    if (rig->enough && rig->enough())
        loop_stop(rig->loop);
}

void start_rig(size_t queue_bytes)
{
    struct err err;
    struct link_config config;
    rig->rest = peer_create(&(struct peer_options){.script = serve, .context = &rig->venue});
    for (intptr_t i = 0; i < STREAM_COUNT; i++)
        rig->streams[i] = peer_create(&(struct peer_options){.script = stream,
                                                             .context = (void *)i});
    link_config_init(&config);
    config.rest = (struct link_endpoint){"localhost", rig->rest_closed ? peer_closed_port()
                                                                       : peer_port(rig->rest)};
    config.market = (struct link_endpoint){"localhost", peer_port(rig->streams[STREAM_MARKET])};
    config.user = (struct link_endpoint){"localhost", peer_port(rig->streams[STREAM_USER])};
    config.ca_file = peer_ca_file();
    config.intraday_margin = true;
    config.stale_after_ns = rig->stale_after_ns ? rig->stale_after_ns : 60 * SECOND;
    config.spec_refresh_ns = rig->spec_refresh_ns ? rig->spec_refresh_ns : 600 * SECOND;
    config.spec_stale_ns = rig->spec_stale_ns ? rig->spec_stale_ns : 600 * SECOND;
    if (rig->skew_every_ns > 0)
        config.skew_every_ns = rig->skew_every_ns;
    bool late = rig->venue.stream[0] == STREAM_NO_ACK || rig->venue.stream[0] == STREAM_PART_ACK;
    config.subscribe_ack_ns = late ? 50 * MS : 60 * SECOND;
    config.backoff_min_ns = MS;
    config.backoff_max_ns = 10 * MS;
    config.retry_min_ns = config.breaker_min_ns = MS;
    config.retry_max_ns = config.breaker_max_ns = 10 * MS;
    config.loop_lag_max_ns = 600 * SECOND; /* the machine that tests may be as slow as it likes */
    config.list_timeout_ns = config.request_timeout_ns = 60 * SECOND;
    rig->loop = loop_create(&err);
    rig->key = rig->keyless ? NULL
               : rig->legacy ? sign_key_hmac(KEY_HMAC_HEX, "legacy", HMAC_SECRET,
                                           strlen(HMAC_SECRET), NULL, &err)
                           : sign_key_parse("key-name", SEED, strlen(SEED), &err);
    rig->queue = event_queue_create(queue_bytes);
    rig->link = link_create(&config, rig->loop, &rig->catalog, rig->key, rig->queue, &err);
    assert_non_null(rig->link);
    loop_add_hook(rig->loop, LOOP_TURN, on_turn, NULL);
}

void run_until(bool (*enough)(void))
{
    rig->enough = enough;
    if (!enough())
        loop_run(rig->loop);
    rig->enough = NULL;
}

void fill_catalog(void)
{
    struct instrument *cde = &rig->catalog.items[0], *intx = &rig->catalog.items[1];
    *cde = (struct instrument){.product_id = "BIP-20DEC30-CDE", .asset = "BTC",
                               .profile = PROFILE_CDE, .contract_size = {10000000},
                               .tick = {5 * (int64_t)DECIMAL_ONE}, .step = {10000000},
                               .size_min = {10000000}, .size_max = {50 * (int64_t)DECIMAL_ONE},
                               .session_open = true};
    *intx = *cde;
    intx->profile = PROFILE_INTX;
    intx->contract_size.e9 = DECIMAL_ONE;
    memcpy(intx->product_id, "BTC-PERP-INTX", 14);
    rig->catalog.count = 2;
}

int make_rig(void **state)
{
    (void)state;
    rig = calloc(1, sizeof *rig);
    return rig ? 0 : -1;
}

int end_rig(void **state)
{
    (void)state;
    link_destroy(rig->link);
    event_queue_destroy(rig->queue);
    sign_key_destroy(rig->key);
    loop_destroy(rig->loop);
    fake_host_step(0);
    fake_host_fail_calloc(0);
    peer_destroy(rig->rest);
    for (int i = 0; i < STREAM_COUNT; i++)
        peer_destroy(rig->streams[i]);
    free(rig);
    rig = NULL;
    return 0;
}

void start_link(void)
{
    struct err err;
    fill_catalog();
    start_rig(1 << 20);
    assert_int_equal(link_start(rig->link, &err), 0);
}

const struct event *find(enum event_kind kind, unsigned nth)
{
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == kind && nth-- == 0)
            return &rig->events[i];
    return NULL;
}

unsigned count_links(enum stream kind, bool up)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_LINK && rig->events[i].link.stream == kind)
            seen += rig->events[i].link.up == up;
    return seen;
}

/* Up, frames, down, and no frame of a stream that is down. */
void check_order_of_links(void)
{
    bool up[STREAM_COUNT] = {false};
    for (unsigned i = 0; i < rig->count; i++) {
        const struct event *event = &rig->events[i];
        if (event->kind == EVENT_LINK) {
            assert_int_not_equal(event->link.up, up[event->link.stream]);
            up[event->link.stream] = event->link.up;
        }
        if (event->kind == EVENT_FRAME)
            assert_true(up[event->frame.stream]);
    }
}
