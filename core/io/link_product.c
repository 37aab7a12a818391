/* Which perpetuals there are, and what they are like today. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/text.h"
#include "io/link_health.h"
#include "wire/json_read.h"

enum { PATH_MAX_BYTES = 4096, PAGES_MAX = 50, QUERIES = 2 };

/* Two queries: all futures, and those the venue calls perpetual, which is where INTX products are.
 * The US perpetuals call themselves EXPIRING and come with the first. */
struct product_call {
    struct call call;
    struct catalog found;
    char assets[MAX_PRODUCTS][ASSET_MAX];
    uint32_t asset_count, query, pages;
    char cursor[256];
    link_discovered *done; /* NULL: a refresh of the catalog */
    void *context;
};

static void ask(struct product_call *call);
static void ask_again(struct call *call);

static void finish(struct product_call *call, const char *error);

/* ---- asking ------------------------------------------------------------------------------- */

static void put_query(struct buf *path, const char *name, const char *value)
{
    buf_printf(path, "%s%s=", strchr(path->data, '?') ? "&" : "?", name);
    for (; *value; value++)
        if ((*value >= '0' && *value <= '9') || (*value >= 'A' && *value <= 'Z') ||
            (*value >= 'a' && *value <= 'z') || *value == '-' || *value == '_')
            buf_put(path, value, 1);
        else
            buf_printf(path, "%%%02X", (unsigned)(unsigned char)*value);
}

static void put_path(struct product_call *call, struct buf *path)
{
    const struct catalog *catalog = call->call.link->catalog;
    coinbase_rest_path(path, call->call.link->key ? COINBASE_PRODUCTS_FUTURE
                                                  : COINBASE_PRODUCTS_PUBLIC, NULL, NULL, 0);
    if (path->failed)
        return;
    if (call->query == 1)
        put_query(path, "contract_expiry_type", "PERPETUAL");
    for (product_index i = 0; !call->done && i < catalog->count; i++)
        put_query(path, "product_ids", catalog->items[i].product_id);
    if (call->cursor[0])
        put_query(path, "cursor", call->cursor);
}

/* The products list pages by an object of its own, or not at all. */
static bool read_pagination(struct json_reader *json, struct json_text *ret_cursor)
{
    struct json_text key;
    bool has_next = false;
    if (json_enter_object(json))
        while (json_next_key(json, &key)) {
            if (json_text_equal(key, "has_next") && json_peek(json) == JSON_BOOL)
                json_read_bool(json, &has_next);
            else if (json_text_equal(key, "next_cursor") && json_peek(json) == JSON_STRING)
                json_read_string(json, ret_cursor);
        }
    return has_next;
}

/* 1: `call->cursor` is the next page, 0: the last page, -1: unreadable. */
static int next_cursor(struct product_call *call, const struct http_result *result,
                       struct err *err)
{
    struct json_reader json;
    struct json_text key, cursor = {0};
    char next[sizeof call->cursor] = "";
    bool has_next = false;
    json_init(&json, result->body, result->body_length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            if (json_text_equal(key, "pagination") && json_peek(&json) == JSON_OBJECT)
                has_next = read_pagination(&json, &cursor);
    if (json_finish(&json, err) < 0)
        return -1;
    if (!has_next || cursor.length == 0)
        return 0;
    if (!json_text_copy(cursor, next, sizeof next) || strcmp(next, call->cursor) == 0)
        return err_set(err, "the venue's next page of products cannot be asked for");
    memcpy(call->cursor, next, sizeof next);
    return 1;
}

static int merge(struct catalog *into, const struct catalog *from, struct err *err)
{
    for (product_index i = 0; i < from->count; i++) {
        const char *id = from->items[i].product_id;
        product_index at = catalog_find(into, id, strlen(id));
        if (at == NO_PRODUCT && into->count == MAX_PRODUCTS)
            return err_set(err, "the assets have more than %d perpetuals", MAX_PRODUCTS);
        into->items[at == NO_PRODUCT ? into->count++ : at] = from->items[i];
    }
    return 0;
}

static int take_products(struct product_call *call, const struct http_result *result,
                         struct err *err)
{
    bool whole = result->state == HTTP_COMPLETE;
    /* The second query is a dead letter since INTX left: a venue that forgot it is no failure. */
    if (whole && call->query == 1 && (result->status == 400 || result->status == 404))
        return 0;
    if (signer_check(result, err) < 0)
        return -1;
    struct catalog *page = calloc(1, sizeof *page);
    if (!page)
        return err_set(err, "no memory");
    int more = coinbase_rest_decode_products(result->body, result->body_length,
                                             (const char (*)[ASSET_MAX])call->assets,
                                             call->asset_count, page, err);
    if (more == 0)
        more = merge(&call->found, page, err);
    free(page);
    return more == 0 ? next_cursor(call, result, err) : -1;
}

static void on_products(void *context, const struct http_result *result)
{
    struct product_call *call = context;
    struct err err = {""};
    enum coinbase_error error = link_note_reply(call->call.link, COINBASE_READ, result);
    int more = take_products(call, result, &err);
    if (more < 0) {
        if (!link_retry(&call->call, COINBASE_READ, error, ask_again))
            finish(call, err.text);
        return;
    }
    call->call.failures = 0;
    if (more == 0) {
        call->query++;
        call->cursor[0] = '\0';
    }
    if (call->query == QUERIES)
        finish(call, NULL);
    else
        ask(call);
}

static int submit(struct product_call *call, struct err *err)
{
    struct link *link = call->call.link;
    struct buf path;
    const char *why = link_refuses(link, COINBASE_READ);
    if (++call->pages > PAGES_MAX)
        return err_set(err, "the products have more than %d pages", PAGES_MAX);
    if (why)
        return err_set(err, "%s", why);
    buf_init(&path, PATH_MAX_BYTES);
    put_path(call, &path);
    struct link_request request = {.method = "GET", .path = path.data, .token_path = -1,
                                   .timeout_ns = link->config.list_timeout_ns};
    int result = path.failed ? err_set(err, "the path is too long")
                             : link_submit(link, &request, on_products, call, err);
    buf_fini(&path);
    return result;
}

static void ask(struct product_call *call)
{
    struct err err;
    if (submit(call, &err) < 0)
        finish(call, err.text);
}

static void ask_again(struct call *call)
{
    ask((struct product_call *)call);
}

/* ---- what was found ----------------------------------------------------------------------- */

/* A product that the venue no longer lists is one that cannot be traded. */
static void refresh_one(struct link *link, product_index product, const struct catalog *found)
{
    struct instrument *mine = &link->catalog->items[product];
    product_index at = catalog_find(found, mine->product_id, strlen(mine->product_id));
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = product}};
    event.instrument.spec = *mine;
    if (at == NO_PRODUCT)
        event.instrument.spec.trading_disabled = true;
    else
        event.instrument.spec = found->items[at];
    link->spec_read_ns[product] = clock_os_now().mono_ns;
    if (link_emit(link, &event)) /* refused: the next refresh tells it again */
        *mine = event.instrument.spec;
}

static void finish(struct product_call *call, const char *error)
{
    struct link *link = call->call.link;
    link->products_reading = false;
    if (error)
        link_note_error(link, "products: %s", error);
    if (call->done)
        call->done(call->context, error ? NULL : &call->found, error);
    else
        for (product_index i = 0; !error && i < link->catalog->count; i++)
            refresh_one(link, i, &call->found);
    link_call_end(&call->call);
}

static bool holds_asset(const struct product_call *call, const char *asset)
{
    for (uint32_t i = 0; i < call->asset_count; i++)
        if (strcmp(call->assets[i], asset) == 0)
            return true;
    return false;
}

void link_product_refresh(struct link *link)
{
    if (link->products_reading)
        return;
    struct product_call *call = link_call_create(link, sizeof *call);
    if (!call)
        return;
    for (product_index i = 0; i < link->catalog->count; i++)
        if (!holds_asset(call, link->catalog->items[i].asset))
            memcpy(call->assets[call->asset_count++], link->catalog->items[i].asset, ASSET_MAX);
    link->products_reading = true;
    ask(call);
}

int link_discover(struct link *link, const char (*assets)[ASSET_MAX], uint32_t count,
                  link_discovered *done, void *context, struct err *err)
{
    if (count == 0 || count > MAX_PRODUCTS)
        return err_set(err, "1 to %d assets can be looked for, not %u", MAX_PRODUCTS, count);
    if (link->products_reading)
        return err_set(err, "products are being read already");
    struct product_call *call = link_call_create(link, sizeof *call);
    if (!call)
        return err_set(err, "no memory");
    memcpy(call->assets, assets, count * sizeof call->assets[0]);
    call->asset_count = count;
    call->done = done;
    call->context = context;
    if (submit(call, err) < 0) {
        link_call_end(&call->call);
        return err_wrap(err, "products");
    }
    link->products_reading = true;
    return 0;
}
