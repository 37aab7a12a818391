#include "app/watch_venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/signer.h"
#include "io/venue_clock.h"
#include "model/client_id.h"
#include "wire/coinbase_rest.h"
#include "wire/coinbase_words.h"
#include "wire/restraint.h"

enum { PAGES_MAX = 200, BODY_BYTES = 16 * 1024, PATH_BYTES = 2048, CANCEL_TOKENS = 6 };
static const int64_t SECOND_NS = 1000000000;
/* Less than what is left of the ten seconds when a host has been silent for four. */
static const int64_t PATIENCE_NS = 3000000000;
static const int64_t WARM_EVERY_NS = 15000000000;
static const int64_t MINT_EVERY_NS = 1000000000;
/* Open ones are listed whatever their age; those that wait to be opened have a list of their own,
 * which holds the ended ones too and so must be short. */
static const int64_t RECENT_NS = 300000000000;

struct own_order { struct venue_id venue_id; struct client_id client_id; };
struct batch { struct watch_venue *venue; uint32_t first, count; };
enum { BATCHES_MAX = (MAX_ORDERS + MAX_CANCEL_BATCH - 1) / MAX_CANCEL_BATCH };

struct watch_venue {
    struct watch_venue_config config;
    struct loop *loop;         /* borrowed, as the key */
    struct sign_key *key;
    struct resolve *resolve;   /* owned, as all below */
    struct http *http;
    struct token_pool *tokens;
    struct loop_timer *warm_timer, *mint_timer;
    int list_path, cancel_path;
    struct venue_clock clock;
    struct restraint restraint;

    uint32_t owner_tag;        /* the list at hand */
    enum coinbase_list step;
    uint32_t pages;
    char cursor[sizeof ((struct coinbase_page *)0)->next_cursor];
    struct own_order orders[MAX_ORDERS];
    uint32_t order_count;

    struct venue_id ids[MAX_ORDERS]; /* of `orders` when they were all listed */
    struct client_id client_ids[MAX_ORDERS];
    struct batch batches[BATCHES_MAX];
    uint32_t batch_count;      /* under way */
    bool heard, tried_in_vain;
};

/* ---- requests ----------------------------------------------------------------------------- */

static enum coinbase_error note_reply(struct watch_venue *venue, enum coinbase_request request,
                                      const struct http_result *result)
{
    struct restraint_limits limits = {result->rate_remaining, result->rate_reset,
                                      result->retry_after};
    enum coinbase_error error = signer_error(result);
    if (result->tried)
        restraint_note(&venue->restraint, request, error, &limits, clock_os_now().mono_ns);
    return error;
}

static int submit(struct watch_venue *venue, struct http_request *request, int token_path,
                  http_done *done, void *context, struct err *err)
{
    const struct signer signer = {venue->key, venue->tokens, venue->http};
    request->timeout_ns = PATIENCE_NS;
    return signer_submit(&signer, request, token_path, venue_clock_s(&venue->clock), done, context,
                         err);
}

static int64_t may_leave(void *context, enum http_class class)
{
    struct watch_venue *venue = context;
    return restraint_wait_ns(&venue->restraint,
                             class == HTTP_CANCEL ? COINBASE_CANCEL : COINBASE_READ,
                             clock_os_now().mono_ns);
}

static void emit_health(void *context, const struct event *event)
{
    struct watch_venue *venue = context;
    venue->config.on_health(venue->config.context, &event->health);
}

/* ---- listing ------------------------------------------------------------------------------ */

static void next_page(struct watch_venue *venue);

static int compare_orders(const void *a, const void *b)
{
    const struct own_order *left = a, *right = b;
    return strcmp(left->venue_id.text, right->venue_id.text);
}

/* The two lists show most orders twice. */
static void drop_doubles(struct watch_venue *venue)
{
    uint32_t kept = 0;
    qsort(venue->orders, venue->order_count, sizeof venue->orders[0], compare_orders);
    for (uint32_t i = 0; i < venue->order_count; i++)
        if (kept == 0 || compare_orders(&venue->orders[kept - 1], &venue->orders[i]) != 0)
            venue->orders[kept++] = venue->orders[i];
    venue->order_count = kept;
    for (uint32_t i = 0; i < kept; i++) {
        venue->ids[i] = venue->orders[i].venue_id;
        venue->client_ids[i] = venue->orders[i].client_id;
    }
}

static void finish_list(struct watch_venue *venue, const char *why)
{
    drop_doubles(venue);
    venue->config.on_listed(venue->config.context, venue->order_count, why);
}

static bool may_work(enum venue_status status)
{
    return status != VENUE_FILLED && status != VENUE_CANCELLED && status != VENUE_EXPIRED &&
           status != VENUE_FAILED;
}

/* Past the bound the list still says that there are some; the next one shows the rest. */
static void on_item(void *context, const struct event *event)
{
    struct watch_venue *venue = context;
    const struct event_order_report *order = &event->order;
    if (event->kind != EVENT_ORDER_REPORT || !order->has_client_id || !may_work(order->status) ||
        client_id_owner(order->client_id) != venue->owner_tag ||
        venue->order_count == MAX_ORDERS)
        return;
    venue->orders[venue->order_count++] = (struct own_order){order->venue_id, order->client_id};
}

/* 1: more pages; 0: that was the last; -1 */
static int take_page(struct watch_venue *venue, const struct http_result *result, struct err *err)
{
    static const struct catalog NO_CATALOG; /* whatever it is of: the tag says whose */
    struct coinbase_page page = {0};
    if (signer_check(result, err) < 0 ||
        coinbase_rest_decode_list(venue->step, result->body, result->body_length, &NO_CATALOG,
                                  on_item, venue, &page, err) < 0)
        return -1;
    if (page.next_cursor[0] && strcmp(page.next_cursor, venue->cursor) == 0)
        return err_set(err, "the venue gave the same page twice");
    memcpy(venue->cursor, page.next_cursor, sizeof venue->cursor);
    if (page.next_cursor[0])
        return 1;
    if (venue->step == COINBASE_ORDERS_ALL)
        return 0;
    venue->step = COINBASE_ORDERS_ALL;
    return 1;
}

static void on_page(void *context, const struct http_result *result)
{
    struct watch_venue *venue = context;
    struct err err = {""};
    note_reply(venue, COINBASE_READ, result);
    int more = take_page(venue, result, &err);
    if (more > 0)
        next_page(venue);
    else
        finish_list(venue, more < 0 ? err.text : NULL);
}

static int submit_page(struct watch_venue *venue, struct err *err)
{
    struct buf path;
    int64_t since_ns = venue->step == COINBASE_ORDERS_ALL
                           ? venue_clock_ns(&venue->clock) - RECENT_NS
                           : 0;
    if (++venue->pages > PAGES_MAX)
        return err_set(err, "it has more than %d pages", PAGES_MAX);
    buf_init(&path, PATH_BYTES);
    coinbase_rest_path(&path, venue->step, venue->cursor, NULL, since_ns);
    struct http_request request = {.method = "GET", .path = path.data,
                                   .class = HTTP_ORDER}; /* it has nothing more urgent */
    int result = path.failed ? err_set(err, "the path is too long")
                             : submit(venue, &request, venue->list_path, on_page, venue, err);
    buf_fini(&path);
    return result;
}

static void next_page(struct watch_venue *venue)
{
    struct err err = {""};
    if (submit_page(venue, &err) < 0)
        finish_list(venue, err.text);
}

void watch_venue_list(struct watch_venue *venue, uint32_t owner_tag)
{
    venue->owner_tag = owner_tag;
    venue->step = COINBASE_ORDERS_OPEN;
    venue->pages = venue->order_count = 0;
    venue->cursor[0] = '\0';
    next_page(venue);
}

/* ---- cancelling --------------------------------------------------------------------------- */

static void on_reply(void *context, const struct event *event)
{
    struct watch_venue *venue = context;
    venue->config.on_reply(venue->config.context, &event->cancel_reply);
}

static void tell_lost(const struct batch *batch, const char *reason)
{
    struct watch_venue *venue = batch->venue;
    struct event_cancel_reply reply = {.outcome = OUTCOME_UNKNOWN};
    text_copy(reply.reason, sizeof reply.reason, reason, strlen(reason));
    for (uint32_t i = batch->first; i < batch->first + batch->count; i++) {
        reply.venue_id = venue->ids[i];
        reply.client_id = venue->client_ids[i];
        venue->config.on_reply(venue->config.context, &reply);
    }
}

static void end_batch(struct watch_venue *venue)
{
    if (--venue->batch_count > 0)
        return;
    venue->tried_in_vain = !venue->heard;
    venue->config.on_cancelled(venue->config.context, venue->heard);
}

static void on_cancelled(void *context, const struct http_result *result)
{
    struct batch *batch = context;
    struct watch_venue *venue = batch->venue;
    bool good = note_reply(venue, COINBASE_CANCEL, result) == ERROR_NONE;
    venue->heard = venue->heard || good;
    if (result->state == HTTP_COMPLETE)
        coinbase_rest_decode_cancel(result->status, result->body, result->body_length,
                                    &venue->ids[batch->first], &venue->client_ids[batch->first],
                                    batch->count, on_reply, venue);
    else
        tell_lost(batch, result->reason);
    end_batch(venue);
}

static int submit_batch(struct batch *batch, struct err *err)
{
    struct watch_venue *venue = batch->venue;
    struct buf body;
    buf_init(&body, BODY_BYTES);
    coinbase_rest_encode_cancel(&venue->ids[batch->first], batch->count, &body);
    struct http_request request = {.method = "POST", .class = HTTP_CANCEL,
                                   .path = COINBASE_PREFIX "/orders/batch_cancel",
                                   .body = body.data, .body_length = body.length,
                                   .fresh = venue->tried_in_vain};
    int result = body.failed ? err_set(err, "the cancel does not fit its body")
                             : submit(venue, &request, venue->cancel_path, on_cancelled, batch,
                                      err);
    buf_fini(&body);
    return result;
}

void watch_venue_cancel(struct watch_venue *venue)
{
    uint32_t count = (venue->order_count + MAX_CANCEL_BATCH - 1) / MAX_CANCEL_BATCH;
    struct err err = {""};
    CHECK(count > 0 && venue->batch_count == 0);
    venue->heard = false;
    venue->batch_count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first = i * MAX_CANCEL_BATCH, left = venue->order_count - first;
        struct batch *batch = &venue->batches[i];
        *batch = (struct batch){venue, first, left < MAX_CANCEL_BATCH ? left : MAX_CANCEL_BATCH};
        if (submit_batch(batch, &err) == 0)
            continue;
        tell_lost(batch, err.text);
        end_batch(venue);
    }
}

/* ---- the key ------------------------------------------------------------------------------ */

static int read_permissions(const struct http_result *result, struct err *err)
{
    static const char *const NAMES[] = {"can_trade", "can_view"};
    struct json_reader json;
    struct json_text key, got[2] = {0};
    if (signer_check(result, err) < 0)
        return -1;
    json_init(&json, result->body, result->body_length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            coinbase_read_field(&json, key, NAMES, 2, got);
    if (json_finish(&json, err) < 0)
        return -1;
    return coinbase_true(got[0]) && coinbase_true(got[1])
               ? 0
               : err_set(err, "the key lacks the permission to view or to trade, so to cancel");
}

static void on_checked(void *context, const struct http_result *result)
{
    struct watch_venue *venue = context;
    struct err err = {""};
    note_reply(venue, COINBASE_READ, result);
    bool good = read_permissions(result, &err) == 0;
    venue->config.on_checked(venue->config.context, good ? NULL : err.text);
}

void watch_venue_check(struct watch_venue *venue)
{
    struct err err = {""};
    struct http_request request = {.method = "GET", .path = COINBASE_PREFIX "/key_permissions",
                                   .class = HTTP_OTHER};
    if (submit(venue, &request, -1, on_checked, venue, &err) < 0)
        venue->config.on_checked(venue->config.context, err.text);
}

/* ---- held ready --------------------------------------------------------------------------- */

static void on_time(void *context, const struct http_result *result)
{
    struct watch_venue *venue = context;
    int64_t skew_ns;
    venue_clock_measure(&venue->clock, result, &skew_ns, NULL);
}

static void on_warm(void *context)
{
    struct watch_venue *venue = context;
    http_warm(venue->http, COINBASE_PREFIX "/time", on_time, venue);
    loop_timer_set(venue->warm_timer, WARM_EVERY_NS);
}

static void on_mint(void *context)
{
    struct watch_venue *venue = context;
    if (venue->tokens)
        token_pool_mint(venue->tokens, venue_clock_s(&venue->clock), 2);
    restraint_tick(&venue->restraint, clock_os_now().mono_ns);
    loop_timer_set(venue->mint_timer, MINT_EVERY_NS);
}

static int make_tokens(struct watch_venue *venue, struct err *err)
{
    char host[SIGNER_HOST_MAX];
    if (sign_key_kind(venue->key) == KEY_HMAC_HEX)
        return 0;
    signer_host(venue->config.host, venue->config.port, host);
    venue->tokens = token_pool_create(venue->key, host);
    if (!venue->tokens)
        return err_set(err, "no memory for tokens");
    venue->list_path = token_pool_add(venue->tokens, "GET",
                                      COINBASE_PREFIX "/orders/historical/batch", CANCEL_TOKENS);
    venue->cancel_path = token_pool_add(venue->tokens, "POST",
                                        COINBASE_PREFIX "/orders/batch_cancel", CANCEL_TOKENS);
    return 0;
}

static int make_parts(struct watch_venue *venue, struct err *err)
{
    struct http_config http = {.host = venue->config.host, .port = venue->config.port,
                               .ca_file = venue->config.ca_file,
                               .connections = venue->config.connections,
                               .may_leave = may_leave, .may_leave_context = venue};
    if (make_tokens(venue, err) < 0)
        return -1;
    venue->resolve = http.resolve = resolve_create(venue->loop, err);
    venue->http = venue->resolve ? http_create(venue->loop, &http, err) : NULL;
    if (!venue->http)
        return -1;
    venue->warm_timer = loop_timer_create(venue->loop, on_warm, venue);
    venue->mint_timer = loop_timer_create(venue->loop, on_mint, venue);
    return venue->warm_timer && venue->mint_timer ? 0 : err_set(err, "no memory for timers");
}

struct watch_venue *watch_venue_create(const struct watch_venue_config *config, struct loop *loop,
                                       struct sign_key *key, struct err *err)
{
    /* The breakers never open: whoever asks here waits longer after each failure by itself. */
    const struct restraint_config restraint = {
        .requests_per_s = 30, .breaker_failures = UINT32_MAX,
        .breaker_period = {SECOND_NS, SECOND_NS}, .retry = {SECOND_NS, SECOND_NS},
        .seed = config->seed};
    struct watch_venue *venue = calloc(1, sizeof *venue);
    if (!venue) {
        err_set(err, "no memory");
        return NULL;
    }
    venue->config = *config;
    venue->loop = loop;
    venue->key = key;
    restraint_init(&venue->restraint, &restraint, clock_os_now().mono_ns, emit_health, venue);
    if (make_parts(venue, err) < 0) {
        watch_venue_destroy(venue);
        return NULL;
    }
    on_warm(venue);
    on_mint(venue);
    return venue;
}

void watch_venue_destroy(struct watch_venue *venue)
{
    if (!venue)
        return;
    http_destroy(venue->http);
    resolve_destroy(venue->resolve);
    loop_timer_destroy(venue->warm_timer);
    loop_timer_destroy(venue->mint_timer);
    token_pool_destroy(venue->tokens);
    free(venue);
}
