/* Any bytes as the body of any reply: nothing leaves a list that fails, an order is called accepted
 * or refused only in a whole reply, and reasons are plain text. */
#include <string.h>

#include "base/check.h"
#include "wire/coinbase_rest.h"
#include "wire/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const struct catalog CATALOG = {
    .items = {{.product_id = "BIP-20DEC30-CDE", .contract_size = {10000000}},
              {.product_id = "BTC-USD", .contract_size = {DECIMAL_ONE}}},
    .count = 2};
static const char ASSETS[2][ASSET_MAX] = {"BTC", "ETH"};

static void check_reason(const char reason[REASON_MAX])
{
    CHECK(memchr(reason, 0, REASON_MAX));
    for (; *reason; reason++)
        CHECK(*reason >= ' ' && *reason < 0x7f);
}

static void count(void *context, const struct event *event)
{
    uint32_t *events = context;
    (*events)++;
    if (event->kind == EVENT_FILL && event->fill.product != NO_PRODUCT)
        CHECK(event->fill.price.e9 >= 0 && event->fill.size.e9 >= 0);
    if (event->kind == EVENT_ORDER_REPORT)
        check_reason(event->order.reason);
    if (event->kind == EVENT_CANCEL_REPLY)
        check_reason(event->cancel_reply.reason);
}

static bool is_json(const char *body, size_t length)
{
    static struct json_reader json;
    json_init(&json, body, length);
    return json_finish(&json, NULL) == 0;
}

static void try_place(int status, const char *body, size_t length)
{
    struct client_id expected = {{0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f, 0x4a, 0x6b, 0x8c, 0x7d, 0x8e,
                                  0x9f, 0xa0, 0xb1, 0xc2, 0xd3}};
    struct event_place_reply reply;
    coinbase_rest_decode_place(status, body, length, expected, &reply);
    check_reason(reply.reason);
    CHECK(reply.outcome != OUTCOME_NOT_SENT);
    CHECK(reply.outcome != OUTCOME_ACCEPTED || (status == 200 && reply.venue_id.text[0]));
    CHECK(reply.outcome == OUTCOME_ACCEPTED || !reply.venue_id.text[0]);
    if (!is_json(body, length))
        CHECK(reply.outcome == OUTCOME_UNKNOWN || status == 401);
    CHECK(reply.outcome == OUTCOME_UNKNOWN || (status >= 200 && status < 500));
}

static void try_lists(const char *body, size_t length)
{
    struct coinbase_page page;
    struct err err;
    for (int list = COINBASE_ORDERS_ALL; list <= COINBASE_INTX_PORTFOLIO; list++) {
        uint32_t events = 0;
        int result = coinbase_rest_decode_list((enum coinbase_list)list, body, length, &CATALOG,
                                               count, &events, &page, &err);
        CHECK(result == 0 ? events == page.items : events == 0);
        CHECK(memchr(page.next_cursor, 0, sizeof page.next_cursor));
    }
}

static void try_products(const char *body, size_t length)
{
    struct catalog found;
    struct err err;
    if (coinbase_rest_decode_products(body, length, ASSETS, 2, &found, &err) < 0)
        return;
    CHECK(found.count <= MAX_PRODUCTS);
    for (product_index i = 0; i < found.count; i++) {
        const struct instrument *item = &found.items[i];
        CHECK(item->contract_size.e9 > 0 && item->tick.e9 > 0 && item->step.e9 > 0);
        CHECK(item->size_min.e9 > 0 && item->size_max.e9 > 0 && !item->view_only);
        CHECK(memchr(item->product_id, 0, PRODUCT_ID_MAX) && item->product_id[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static const int STATUSES[] = {200, 0, 400, 401, 403, 429, 500, 404};
    static const struct venue_id ids[2] = {{"v1"}, {"v2"}};
    static const struct client_id client_ids[2];
    const char *body = (const char *)data;
    char reason[REASON_MAX], uuid[VENUE_ID_MAX];
    uint32_t events = 0;
    int64_t wall_ns;
    struct err err;
    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++) {
        try_place(STATUSES[i], body, length);
        coinbase_rest_decode_error(STATUSES[i], body, length, reason);
        check_reason(reason);
        events = 0;
        coinbase_rest_decode_cancel(STATUSES[i], body, length, ids, client_ids, 2, count, &events);
        CHECK(events == 2);
    }
    try_lists(body, length);
    try_products(body, length);
    coinbase_rest_decode_time(body, length, &wall_ns, &err);
    coinbase_rest_decode_portfolios(body, length, uuid, &err);
    events = 0;
    coinbase_rest_decode_product_book(body, length, &CATALOG, count, &events, &err);
    return 0;
}
