/* The private channels: our orders, positions and balance. */
#include "wire/coinbase_feed_private.h"
#include "wire/coinbase_report.h"

static void take_orders(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json)) {
        struct event *event = coinbase_feed_stage(feed, EVENT_ORDER_REPORT);
        if (!event || !coinbase_read_order(json, feed->catalog, REPORT_USER_UPDATE, event))
            return;
        if (event->order.product == NO_PRODUCT)
            feed->staged_count--;
    }
}

static void take_positions(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json)) {
        struct event *event = coinbase_feed_stage(feed, EVENT_POSITION);
        if (!event || !coinbase_read_position(json, feed->catalog, event))
            return;
        if (event->position.product == NO_PRODUCT)
            feed->staged_count--;
    }
}

/* prediction_market_positions, and what may come beside it, are nobody's here. */
static void take_all_positions(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    struct json_text key;
    if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        if ((json_text_equal(key, "perpetual_futures_positions") ||
             json_text_equal(key, "expiring_futures_positions")) &&
            json_peek(json) == JSON_ARRAY)
            take_positions(feed);
}

void coinbase_feed_read_user(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    struct json_text key, type = {0};
    uint32_t first = feed->staged_count;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (FEED_KEY_IS(key, "type"))
            coinbase_read_text(json, &type);
        else if (FEED_KEY_IS(key, "orders") && json_peek(json) == JSON_ARRAY)
            take_orders(feed);
        else if (FEED_KEY_IS(key, "positions"))
            take_all_positions(feed);
    }
    if (json_text_equal(type, "update"))
        return;
    /* A snapshot goes on in messages of other types: what is not an update shows state, and its
     * quantities are never taken for new fills. */
    for (uint32_t i = first; i < feed->staged_count; i++)
        if (feed->staged[i].kind == EVENT_ORDER_REPORT)
            feed->staged[i].order.source = REPORT_USER_SNAPSHOT;
}

void coinbase_feed_read_balance(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    struct json_text key;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (!json_text_equal(key, "fcm_balance_summary"))
            continue;
        struct event *event = coinbase_feed_stage(feed, EVENT_BALANCE);
        if (!event || !coinbase_read_balance(json, event))
            return;
    }
}
