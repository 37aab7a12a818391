#include "app/exchange_rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange_auth.h"
#include "base/text.h"

#define PREFIX "/api/v3/brokerage"

enum { CACHE_ENTRIES = 32, CACHE_KEY_MAX = 512 };
static const int64_t SECOND_NS = 1000000000;

/* A star stands for one path segment. The first row that fits answers. */
static const struct route {
    const char *method, *pattern;
    enum exchange_scope scope;
    rest_handler *handler;
} ROUTES[] = {
    {"GET", "/time", SCOPE_PUBLIC, rest_get_time},
    {"GET", "/market/products", SCOPE_PUBLIC, rest_get_products},
    {"GET", "/market/products/*", SCOPE_PUBLIC, rest_get_product},
    {"GET", "/market/product_book", SCOPE_PUBLIC, rest_get_product_book},
    {"GET", "/market/products/*/candles", SCOPE_PUBLIC, rest_get_candles},
    {"GET", "/market/products/*/ticker", SCOPE_PUBLIC, rest_get_ticker},
    {"GET", "/products", SCOPE_VIEW, rest_get_products},
    {"GET", "/products/*", SCOPE_VIEW, rest_get_product},
    {"GET", "/product_book", SCOPE_VIEW, rest_get_product_book},
    {"GET", "/best_bid_ask", SCOPE_VIEW, rest_get_best_bid_ask},
    {"GET", "/products/*/candles", SCOPE_VIEW, rest_get_candles},
    {"GET", "/products/*/ticker", SCOPE_VIEW, rest_get_ticker},
    {"GET", "/accounts", SCOPE_VIEW, rest_get_accounts},
    {"GET", "/accounts/*", SCOPE_VIEW, rest_get_account},
    {"GET", "/portfolios", SCOPE_VIEW, rest_get_portfolios},
    {"GET", "/portfolios/*", SCOPE_VIEW, rest_get_portfolio},
    {"GET", "/key_permissions", SCOPE_VIEW, rest_get_key_permissions},
    {"GET", "/transaction_summary", SCOPE_VIEW, rest_get_transaction_summary},
    {"GET", "/cfm/positions", SCOPE_VIEW, rest_get_cfm_positions},
    {"GET", "/cfm/positions/*", SCOPE_VIEW, rest_get_cfm_position},
    {"GET", "/cfm/balance_summary", SCOPE_VIEW, rest_get_cfm_balance},
    {"GET", "/cfm/intraday/margin_setting", SCOPE_VIEW, rest_get_margin_setting},
    {"GET", "/cfm/intraday/current_margin_window", SCOPE_VIEW, rest_get_margin_window},
    {"GET", "/intx/positions/*", SCOPE_VIEW, rest_get_intx_positions},
    {"GET", "/intx/positions/*/*", SCOPE_VIEW, rest_get_intx_position},
    {"GET", "/intx/portfolio/*", SCOPE_VIEW, rest_get_intx_portfolio},
    {"GET", "/intx/balances/*", SCOPE_VIEW, rest_get_intx_balances},
    {"GET", "/orders/historical/batch", SCOPE_VIEW, rest_get_orders},
    {"GET", "/orders/historical/fills", SCOPE_VIEW, rest_get_fills},
    {"GET", "/orders/historical/*", SCOPE_VIEW, rest_get_order},
    {"POST", "/orders", SCOPE_TRADE, rest_post_order},
    {"POST", "/orders/preview", SCOPE_TRADE, rest_post_preview},
    {"POST", "/orders/batch_cancel", SCOPE_TRADE, rest_post_cancel},
    {"POST", "/orders/close_position", SCOPE_TRADE, rest_post_close},
    {"POST", "/orders/edit", SCOPE_TRADE, rest_post_edit},
};

struct cached { char key[CACHE_KEY_MAX]; struct buf body; int64_t at_ns; int status; };
struct exchange_cache {
    struct cached entries[CACHE_ENTRIES];
    uint32_t next;
    struct exchange_rate rate; /* one address can connect: this machine's */
};

struct exchange_cache *exchange_cache_create(void)
{
    return calloc(1, sizeof(struct exchange_cache));
}

void exchange_cache_destroy(struct exchange_cache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < CACHE_ENTRIES; i++)
        buf_fini(&cache->entries[i].body);
    free(cache);
}

static bool pattern_fits(const char *pattern, const char *path,
                         char stars[REST_STARS][REST_STAR_MAX])
{
    int star = 0;
    while (*pattern) {
        if (*pattern != '*') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/");
        if (length == 0 || !text_copy(stars[star++], REST_STAR_MAX, path, length))
            return false;
        pattern++;
        path += length;
    }
    return *path == '\0';
}

static const struct route *find_route(const char *method, const char *path,
                                      char stars[REST_STARS][REST_STAR_MAX],
                                      bool *ret_other_method)
{
    *ret_other_method = false;
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++) {
        if (!pattern_fits(ROUTES[i].pattern, path, stars))
            continue;
        if (strcmp(ROUTES[i].method, method) == 0)
            return &ROUTES[i];
        *ret_other_method = true;
    }
    return NULL;
}

void rest_fail(struct rest_call *call, int status, const char *error, const char *message)
{
    call->status = status;
    buf_clear(call->body);
    json_write_init(&call->json, call->body);
    json_open_object(&call->json);
    json_put_text(&call->json, "error", error);
    json_put_text(&call->json, "error_details", message);
    json_put_text(&call->json, "message", message);
    json_close_object(&call->json);
}

void rest_fail_unknown_field(struct rest_call *call, struct json_text key)
{
    char name[64], words[160];
    json_text_excerpt(key, name, sizeof name);
    snprintf(words, sizeof words, "proto: (line 1:%td): unknown field \"%s\"",
             key.at - call->request->body, name);
    rest_fail(call, 400, "unknown", words);
}

void rest_fail_syntax(struct rest_call *call, const struct err *err)
{
    char words[600];
    snprintf(words, sizeof words, "proto: syntax error (line 1): %s", err->text);
    rest_fail(call, 400, "unknown", words);
}

/* The venue answers 401 in two shapes; which one depends on what is wrong, as far as is known. */
static void fail_access(struct rest_call *call, struct rest_reply *reply,
                        enum exchange_access access)
{
    if (access == ACCESS_FORBIDDEN) {
        rest_fail(call, 403, "PERMISSION_DENIED", "Missing required scopes");
    } else if (call->request->authorization[0] == '\0') {
        call->status = 401;
        reply->type = "text/plain";
        buf_clear(call->body);
        buf_puts(call->body, "Unauthorized\n");
    } else {
        call->status = 401;
        buf_clear(call->body);
        buf_puts(call->body, "{\"error\":\"UNAUTHORIZED\",\"code\":16,"
                             "\"message\":\"Unauthorized\"}");
    }
}

static void fail_rate(struct rest_call *call)
{
    call->status = 429;
    buf_clear(call->body);
    buf_puts(call->body, "{\"errors\":[{\"id\":\"rate_limit_exceeded\","
                         "\"message\":\"Too many requests\"}]}");
}

static bool cache_key(const struct rest_request *request, char out[CACHE_KEY_MAX])
{
    size_t used = (size_t)snprintf(out, CACHE_KEY_MAX, "%s", request->path);
    for (int i = 0; i < request->arg_count && used < CACHE_KEY_MAX; i++)
        used += (size_t)snprintf(out + used, CACHE_KEY_MAX - used, "&%s", request->args[i]);
    return used < CACHE_KEY_MAX;
}

/* Public data is served from a copy of up to a second of age, as the venue does. */
static void answer_public(struct rest_call *call, const struct route *route)
{
    char key[CACHE_KEY_MAX];
    struct exchange_cache *cache = call->exchange->cache;
    int64_t now_ns = exchange_wall_ns();
    bool keyed = cache_key(call->request, key) && strcmp(route->pattern, "/time") != 0;
    for (int i = 0; i < CACHE_ENTRIES && keyed && !call->request->no_cache; i++) {
        struct cached *cached = &cache->entries[i];
        if (now_ns - cached->at_ns < SECOND_NS && strcmp(cached->key, key) == 0) {
            buf_put(call->body, cached->body.data, cached->body.length);
            call->status = cached->status;
            return;
        }
    }
    route->handler(call);
    if (!keyed)
        return;
    struct cached *cached = &cache->entries[cache->next++ % CACHE_ENTRIES];
    text_copy(cached->key, sizeof cached->key, key, strlen(key));
    cached->at_ns = now_ns;
    cached->status = call->status;
    cached->body.maximum = EXCHANGE_REPLY_MAX;
    buf_clear(&cached->body);
    buf_put(&cached->body, call->body->data, call->body->length);
}

static void answer_route(struct rest_call *call, const struct route *route,
                         struct rest_reply *reply)
{
    struct exchange *exchange = call->exchange;
    const struct rest_request *request = call->request;
    struct exchange_rate *rate = &exchange->cache->rate;
    int64_t now_ns = exchange_wall_ns();
    reply->limit = exchange->options.rate_public;
    if (route->scope != SCOPE_PUBLIC) {
        struct err err;
        enum exchange_access access = exchange_auth_rest(
            exchange->keys, request->authorization, request->method, request->host,
            request->path, route->scope, exchange->options.reject_replay,
            exchange_clock_ns(exchange), &call->key,
            &err);
        if (access != ACCESS_GRANTED) {
            fail_access(call, reply, access);
            return;
        }
        rate = exchange_key_rate(exchange->keys, call->key);
        reply->limit = exchange->options.rate_private;
    }
    reply->limited = reply->limit > 0;
    if (!exchange_rate_take(rate, reply->limit, now_ns, &reply->remaining)) {
        fail_rate(call);
        return;
    }
    venue_sim_advance(exchange->venue, now_ns);
    if (route->scope == SCOPE_PUBLIC)
        answer_public(call, route);
    else
        route->handler(call);
}

/* ", " between members, as the venue's REST writes them. Commas inside strings are left alone. */
static void space_commas(struct buf *body)
{
    struct buf spaced;
    bool quoted = false;
    size_t from = 0;
    buf_init(&spaced, 2 * EXCHANGE_REPLY_MAX);
    for (size_t i = 0; i < body->length; i++) {
        char c = body->data[i];
        if (quoted && c == '\\') {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            buf_put(&spaced, body->data + from, i + 1 - from);
            buf_put(&spaced, " ", 1);
            from = i + 1;
        }
    }
    buf_put(&spaced, body->data + from, body->length - from);
    buf_fini(body);
    *body = spaced;
}

void exchange_rest_answer(struct exchange *exchange, const struct rest_request *request,
                          struct rest_reply *reply)
{
    struct rest_call call = {.exchange = exchange, .request = request, .body = &reply->body,
                             .status = 200};
    bool other_method = false;
    const struct route *route = NULL;
    *reply = (struct rest_reply){.type = "application/json"};
    buf_init(&reply->body, EXCHANGE_REPLY_MAX);
    json_write_init(&call.json, call.body);
    call.star = call.stars[0];
    if (strncmp(request->path, PREFIX, sizeof PREFIX - 1) == 0)
        route = find_route(request->method, request->path + sizeof PREFIX - 1, call.stars,
                           &other_method);
    if (route)
        answer_route(&call, route, reply);
    else if (other_method)
        rest_fail(&call, 405, "unknown", "Method Not Allowed");
    else
        rest_fail(&call, 404, "NOT_FOUND", "Not Found");
    if (reply->body.failed)
        rest_fail(&call, 500, "unknown", "the reply is too large: ask for a smaller page");
    if (reply->type[0] == 'a')
        space_commas(&reply->body);
    reply->status = call.status;
}

void rest_reply_fini(struct rest_reply *reply)
{
    buf_fini(&reply->body);
}

static const char *arg_value(const char *arg, const char *name)
{
    size_t length = strlen(name);
    if (strncmp(arg, name, length) != 0 || arg[length] != '=')
        return NULL;
    return arg + length + 1;
}

const char *rest_arg(const struct rest_call *call, const char *name)
{
    for (int i = 0; i < call->request->arg_count; i++) {
        const char *value = arg_value(call->request->args[i], name);
        if (value && *value)
            return value;
    }
    return NULL;
}

bool rest_arg_allows(const struct rest_call *call, const char *name, const char *value)
{
    bool given = false;
    for (int i = 0; i < call->request->arg_count; i++) {
        const char *wanted = arg_value(call->request->args[i], name);
        if (wanted && *wanted) {
            given = true;
            if (strcmp(wanted, value) == 0)
                return true;
        }
    }
    return !given;
}

uint32_t rest_arg_number(const struct rest_call *call, const char *name, uint32_t fallback,
                         uint32_t maximum)
{
    const char *text = rest_arg(call, name);
    uint64_t value = 0;
    for (const char *p = text; p && *p; p++) {
        if (*p < '0' || *p > '9')
            return fallback;
        value = value * 10 + (uint64_t)(*p - '0');
        if (value > maximum)
            return maximum;
    }
    return text && value > 0 ? (uint32_t)value : fallback;
}

bool rest_arg_time(struct rest_call *call, const char *name, int64_t fallback_ns,
                   int64_t *ret_ns)
{
    const char *text = rest_arg(call, name);
    uint64_t seconds = 0;
    *ret_ns = fallback_ns;
    if (!text)
        return true;
    size_t digits = strspn(text, "0123456789");
    if (text[digits] == '\0' && digits <= 10) {
        for (size_t i = 0; i < digits; i++)
            seconds = seconds * 10 + (uint64_t)(text[i] - '0');
        if (seconds < INT64_MAX / 1000000000) {
            *ret_ns = (int64_t)seconds * SECOND_NS;
            return true;
        }
    }
    if (text_parse_time(text, strlen(text), ret_ns))
        return true;
    rest_fail(call, 400, "INVALID_ARGUMENT", "a time is neither RFC 3339 nor Unix seconds");
    return false;
}

void rest_put_number(struct json_writer *json, const char *key, struct money value)
{
    char text[DECIMAL_TEXT_MAX];
    size_t length = money_format(value, text);
    json_put_raw(json, key, text, length);
}

int rest_star_product(struct rest_call *call)
{
    int product = venue_product_find(call->star, strlen(call->star));
    if (product >= 0 && call->exchange->listings[product].flags[VENUE_LISTING_DELISTED])
        product = -1;
    if (product < 0)
        rest_fail(call, 404, "NOT_FOUND", "valid product_id is required");
    return product;
}
