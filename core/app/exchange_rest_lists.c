/* Orders and fills read back, newest first, page by page: the cursor is the number of the last
 * record shown. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/exchange_faults.h"
#include "app/exchange_rest.h"
#include "app/exchange_words.h"

enum { ORDERS_PAGE = 1000, FILLS_PAGE = 100, FILLS_PAGE_MAX = 3000 };

static bool is_visible(const struct rest_call *call, const struct venue_order *order)
{
    return order->created_ns + call->exchange->options.visible_delay_ns <=
               venue_sim_now(call->exchange->venue) &&
           !exchange_faults_hides(call->exchange->faults, order->number);
}

struct window { int64_t start_ns, end_ns; };

static bool order_is_wanted(const struct rest_call *call, const struct venue_order *order,
                            struct window window)
{
    int product = order->request.product;
    bool intx = venue_products[product].profile == PROFILE_INTX;
    return is_visible(call, order) && order->created_ns >= window.start_ns &&
           order->created_ns < window.end_ns &&
           rest_arg_allows(call, "order_ids", order->id) &&
           rest_arg_allows(call, "product_ids", venue_products[product].id) &&
           rest_arg_allows(call, "order_status", words_status(order->status)) &&
           rest_arg_allows(call, "time_in_forces", words_tif(order->request.tif)) &&
           rest_arg_allows(call, "order_types", words_order_type(order)) &&
           rest_arg_allows(call, "order_side", words_side(order->request.side)) &&
           rest_arg_allows(call, "product_type", "FUTURE") &&
           rest_arg_allows(call, "contract_expiry_type", intx ? "PERPETUAL" : "EXPIRING") &&
           rest_arg_allows(call, "asset_filters", venue_products[product].asset);
}

/* OPEN does not go together with another status. */
static bool statuses_agree(struct rest_call *call)
{
    int count = 0;
    bool open = false;
    for (int i = 0; i < call->request->arg_count; i++) {
        const char *arg = call->request->args[i];
        if (strncmp(arg, "order_status=", 13) == 0) {
            count++;
            open = open || strcmp(arg + 13, "OPEN") == 0;
        }
    }
    if (open && count > 1)
        rest_fail(call, 400, "INVALID_ARGUMENT",
                  "OPEN orders cannot be queried with other order statuses");
    return !(open && count > 1);
}

static void put_cursor(struct json_writer *json, uint32_t next, bool more)
{
    char cursor[16] = "";
    if (more)
        snprintf(cursor, sizeof cursor, "%" PRIu32, next);
    json_put_text(json, "cursor", cursor);
}

void rest_get_orders(struct rest_call *call)
{
    struct venue_sim *venue = call->exchange->venue;
    struct json_writer *json = &call->json;
    struct window window;
    char sequence[24];
    uint32_t limit = rest_arg_number(call, "limit", ORDERS_PAGE, ORDERS_PAGE), shown = 0;
    uint32_t at = rest_arg_number(call, "cursor", UINT32_MAX, UINT32_MAX);
    if (!statuses_agree(call) ||
        !rest_arg_time(call, "start_date", INT64_MIN, &window.start_ns) ||
        !rest_arg_time(call, "end_date", INT64_MAX, &window.end_ns))
        return;
    if (at > venue_sim_order_count(venue))
        at = venue_sim_order_count(venue);
    json_open_object(json);
    json_open_array_at(json, "orders");
    bool more = false;
    for (; at > 0; at--) {
        const struct venue_order *order = venue_sim_order_at(venue, at - 1);
        if (!order_is_wanted(call, order, window))
            continue;
        if (shown == limit) {
            more = true;
            break;
        }
        words_put_order(json, call->exchange, order);
        shown++;
    }
    json_close_array(json);
    snprintf(sequence, sizeof sequence, "%" PRIu64, call->exchange->sequence);
    json_put_text(json, "sequence", sequence);
    json_put_bool(json, "has_next", more);
    put_cursor(json, at, more);
    json_put_bool(json, "proof_token_required", false);
    json_close_object(json);
}

void rest_get_order(struct rest_call *call)
{
    const struct venue_order *order = venue_sim_order_find(call->exchange->venue, call->star);
    if (!order || !is_visible(call, order)) {
        rest_fail(call, 404, "unknown", "order with this orderID was not found");
        return;
    }
    json_open_object(&call->json);
    json_put_key(&call->json, "order");
    words_put_order(&call->json, call->exchange, order);
    json_close_object(&call->json);
}

static bool fill_is_wanted(const struct rest_call *call, const struct venue_fill *fill,
                           struct window window)
{
    const struct venue_order *order = venue_sim_order_at(call->exchange->venue, fill->order);
    return is_visible(call, order) && fill->at_ns >= window.start_ns &&
           fill->at_ns < window.end_ns && rest_arg_allows(call, "order_ids", order->id) &&
           rest_arg_allows(call, "trade_ids", fill->id) &&
           rest_arg_allows(call, "product_ids", venue_products[fill->product].id) &&
           rest_arg_allows(call, "order_side", words_side(fill->side)) &&
           rest_arg_allows(call, "order_types", words_order_type(order)) &&
           rest_arg_allows(call, "product_types", "FUTURE") &&
           rest_arg_allows(call, "asset_filters", venue_products[fill->product].asset);
}

void rest_get_fills(struct rest_call *call)
{
    struct venue_sim *venue = call->exchange->venue;
    struct json_writer *json = &call->json;
    struct window window;
    uint32_t limit = rest_arg_number(call, "limit", FILLS_PAGE, FILLS_PAGE_MAX), shown = 0;
    uint32_t at = rest_arg_number(call, "cursor", UINT32_MAX, UINT32_MAX);
    if (!rest_arg_time(call, "start_sequence_timestamp", INT64_MIN, &window.start_ns) ||
        !rest_arg_time(call, "end_sequence_timestamp", INT64_MAX, &window.end_ns))
        return;
    if (at > venue_sim_fill_count(venue))
        at = venue_sim_fill_count(venue);
    json_open_object(json);
    json_open_array_at(json, "fills");
    bool more = false;
    for (; at > 0; at--) {
        const struct venue_fill *fill = venue_sim_fill_at(venue, at - 1);
        if (!fill_is_wanted(call, fill, window))
            continue;
        if (shown == limit) {
            more = true;
            break;
        }
        words_put_fill(json, call->exchange, fill);
        shown++;
    }
    json_close_array(json);
    put_cursor(json, at, more);
    json_close_object(json);
}
