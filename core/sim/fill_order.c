#include "sim/fill_order.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

bool fill_order_is_final(const struct fill_order *order)
{
    return order->status == VENUE_FILLED || order->status == VENUE_CANCELLED ||
           order->status == VENUE_EXPIRED || order->status == VENUE_FAILED;
}

struct size fill_order_left(const struct fill_order *order)
{
    return (struct size){order->size.e9 - order->filled.e9};
}

struct event_order_report fill_order_report(const struct fill_order *order,
                                            enum report_source source)
{
    struct event_order_report report = {
        .source = source, .client_id = order->id, .has_client_id = true,
        .venue_id = order->venue_id, .product = order->product, .side = order->side,
        .type = order->type, .tif = order->tif, .status = order->status,
        .size = source == REPORT_REST ? order->size : (struct size){0},
        .filled = order->filled, .limit_price = order->price, .fees = order->fees,
        .leaves.e9 = fill_order_is_final(order) ? 0 : fill_order_left(order).e9,
        .created_ns = order->created_ns,
    };
    if (order->filled.e9 > 0)
        money_div_size(order->value, order->filled, ROUND_HALF_EVEN, &report.average_price);
    memcpy(report.reason, order->reason, sizeof report.reason);
    return report;
}

struct event fill_order_reply(const struct fill_order *order, enum outcome outcome,
                              const char *reason)
{
    struct event event = {.kind = EVENT_PLACE_REPLY,
                          .place_reply = {.client_id = order->id, .outcome = outcome}};
    if (outcome == OUTCOME_ACCEPTED)
        event.place_reply.venue_id = order->venue_id;
    text_copy(event.place_reply.reason, REASON_MAX, reason, strlen(reason));
    return event;
}

void fill_order_book(struct fill_order *order, struct price price, struct size size,
                     enum liquidity liquidity, const struct fill_rates *rates,
                     struct event_fill *ret_fill)
{
    struct money value = money_of(price, size);
    struct ratio rate = liquidity == LIQUIDITY_TAKER ? rates->taker : rates->maker;
    *ret_fill = (struct event_fill){
        .venue_order_id = order->venue_id, .product = order->product, .side = order->side,
        .price = price, .size = size, .liquidity = liquidity,
    };
    CHECK(money_scale(value, rate, ROUND_HALF_EVEN, &ret_fill->fee));
    order->filled.e9 += size.e9;
    CHECK(money_add(order->value, value, &order->value));
    CHECK(money_add(order->fees, ret_fill->fee, &order->fees));
    order->status = fill_order_left(order).e9 == 0 ? VENUE_FILLED : VENUE_OPEN;
}
