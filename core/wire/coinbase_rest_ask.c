/* What can raise no exposure: cancels, and the paths of lists. */
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "wire/coinbase_rest.h"
#include "wire/json_write.h"

void coinbase_rest_encode_cancel(const struct venue_id *ids, uint32_t count, struct buf *ret_body)
{
    struct json_writer json;
    CHECK(count <= MAX_CANCEL_BATCH);
    json_write_init(&json, ret_body);
    json_open_object(&json);
    json_open_array_at(&json, "order_ids");
    for (uint32_t i = 0; i < count; i++)
        json_put_text(&json, NULL, ids[i].text);
    json_close_array(&json);
    json_close_object(&json);
}

/* What RFC 3986 lets stand; cursors and offsets hold the rest. */
static void put_percent(struct buf *out, const char *text)
{
    static const char PLAIN[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text != '\0'; text++) {
        if (strchr(PLAIN, *text))
            buf_put(out, text, 1);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
    }
}

struct list_path {
    const char *path, *query;
    const char *since;   /* the query's name for it */
    bool portfolio, pages;
};

/* Page sizes: the venue names no maximum for orders (clients use up to 1000) and 3000 works for
 * fills; smaller pages answer sooner. Balances and positions come whole. */
static const struct list_path LIST_PATHS[] = {
    [COINBASE_ORDERS_ALL] = {"/orders/historical/batch", "limit=250", "start_date", false, true},
    [COINBASE_ORDERS_OPEN] = {"/orders/historical/batch", "order_status=OPEN&limit=250",
                              "start_date", false, true},
    [COINBASE_FILLS] = {"/orders/historical/fills", "limit=500", "start_sequence_timestamp", false,
                        true},
    [COINBASE_CFM_POSITIONS] = {"/cfm/positions", "", NULL, false, false},
    [COINBASE_INTX_POSITIONS] = {"/intx/positions/", "", NULL, true, false},
    [COINBASE_CFM_BALANCE] = {"/cfm/balance_summary", "", NULL, false, false},
    [COINBASE_INTX_PORTFOLIO] = {"/intx/portfolio/", "", NULL, true, false},
    [COINBASE_PRODUCTS_FUTURE] = {"/products", "product_type=FUTURE", NULL, false, true},
    [COINBASE_PORTFOLIOS] = {"/portfolios", "", NULL, false, false},
    [COINBASE_MARGIN_SETTING] = {"/cfm/intraday/margin_setting", "", NULL, false, false},
    [COINBASE_MARGIN_WINDOW] = {"/cfm/intraday/current_margin_window",
                                "margin_profile_type=MARGIN_PROFILE_TYPE_RETAIL_INTRADAY_MARGIN_1",
                                NULL, false, false},
    [COINBASE_PRODUCTS_PUBLIC] = {"/market/products", "product_type=FUTURE", NULL, false, true},
};

static void put_query(struct buf *out, char *separator, const char *name, const char *value)
{
    buf_printf(out, "%c%s=", *separator, name);
    put_percent(out, value);
    *separator = '&';
}

void coinbase_rest_path(struct buf *out, enum coinbase_list list, const char *cursor,
                        const char *portfolio, int64_t since_wall_ns)
{
    CHECK((size_t)list < sizeof LIST_PATHS / sizeof *LIST_PATHS);
    const struct list_path *path = &LIST_PATHS[list];
    char separator = path->query[0] ? '&' : '?', since[40];
    buf_printf(out, "%s%s", COINBASE_PREFIX, path->path);
    if (path->portfolio)
        put_percent(out, portfolio ? portfolio : "");
    if (path->query[0])
        buf_printf(out, "?%s", path->query);
    if (path->since && since_wall_ns > 0) {
        text_format_time(since_wall_ns, since);
        put_query(out, &separator, path->since, since);
    }
    if (path->pages && cursor && cursor[0])
        put_query(out, &separator, "cursor", cursor);
}
