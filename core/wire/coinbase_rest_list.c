/* Pages of lists: every one is read twice, first without a listener, so that nothing of a damaged
 * page leaves. */
#include <string.h>

#include "base/check.h"
#include "wire/coinbase_report.h"
#include "wire/coinbase_rest.h"
#include "wire/coinbase_words.h"

struct reading {
    struct json_reader json;
    const struct catalog *catalog;
    coinbase_rest_emit *emit; /* NULL: the silent first reading */
    void *context;
    struct coinbase_page *page;
    bool found, told_next, has_next;
};

static bool take_order(struct reading *reading, struct event *ret)
{
    return coinbase_read_order(&reading->json, reading->catalog, REPORT_REST, ret);
}

static bool take_position(struct reading *reading, struct event *ret)
{
    return coinbase_read_position(&reading->json, reading->catalog, ret);
}

enum { FILL_TRADE_ID, FILL_ENTRY_ID, FILL_ORDER_ID, FILL_PRODUCT, FILL_SIDE, FILL_PRICE, FILL_SIZE,
       FILL_COMMISSION, FILL_LIQUIDITY, FILL_KIND, FILL_TIME, FILL_IN_QUOTE, FILL_FIELDS };
static const char *const FILL_NAMES[FILL_FIELDS] = {
    "trade_id", "entry_id", "order_id", "product_id", "side", "price", "size", "commission",
    "liquidity_indicator", "trade_type", "trade_time", "size_in_quote"};

/* All of a fill is booked, so all of it must be there and exact. */
static const char *fill_numbers(const struct json_text got[FILL_FIELDS],
                                const struct catalog *catalog, struct event_fill *fill)
{
    struct size venue;
    if (coinbase_true(got[FILL_IN_QUOTE]))
        return "a fill whose size is told in quote currency";
    if (!got[FILL_PRICE].length || !coinbase_price(got[FILL_PRICE], &fill->price))
        return "a fill whose price is not an exact decimal";
    if (!got[FILL_SIZE].length || !coinbase_size(got[FILL_SIZE], &venue) ||
        !instrument_base_size(&catalog->items[fill->product], venue, &fill->size))
        return "a fill whose size is not an exact decimal";
    if (!coinbase_money(got[FILL_COMMISSION], &fill->fee))
        return "a fill whose commission is not an exact decimal";
    if (!coinbase_time(got[FILL_TIME], &fill->venue_ns))
        return "a fill whose trade_time is not RFC 3339";
    return NULL;
}

static bool take_fill(struct reading *reading, struct event *ret)
{
    struct json_reader *json = &reading->json;
    struct json_text key, got[FILL_FIELDS] = {0};
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, FILL_NAMES, FILL_FIELDS, got);
    if (json->failure)
        return false;
    *ret = (struct event){.kind = EVENT_FILL};
    struct event_fill *fill = &ret->fill;
    struct json_text trade = got[got[FILL_TRADE_ID].length ? FILL_TRADE_ID : FILL_ENTRY_ID];
    if (trade.length == 0 || got[FILL_ORDER_ID].length == 0 ||
        !json_text_copy(trade, fill->trade_id.text, sizeof fill->trade_id.text) ||
        !json_text_copy(got[FILL_ORDER_ID], fill->venue_order_id.text,
                        sizeof fill->venue_order_id.text))
        return json_fail(json, "a fill whose trade_id or order_id is missing or too long");
    fill->product = catalog_find(reading->catalog,
                                 got[FILL_PRODUCT].length ? got[FILL_PRODUCT].at : "",
                                 got[FILL_PRODUCT].length);
    fill->side = coinbase_side(got[FILL_SIDE]);
    fill->liquidity = coinbase_liquidity(got[FILL_LIQUIDITY]);
    fill->kind = coinbase_fill_kind(got[FILL_KIND]);
    const char *objection =
        fill->product == NO_PRODUCT ? NULL : fill_numbers(got, reading->catalog, fill);
    return objection ? json_fail(json, objection) : true;
}

static void emit_item(struct reading *reading, const struct event *event)
{
    reading->page->items++;
    if (reading->emit)
        reading->emit(reading->context, event);
}

struct page_shape {
    const char *list; /* the array's key */
    bool (*take)(struct reading *reading, struct event *ret);
    bool pages;
};
static const struct page_shape PAGE_SHAPES[] = {
    [COINBASE_ORDERS_ALL] = {"orders", take_order, true},
    [COINBASE_ORDERS_OPEN] = {"orders", take_order, true},
    [COINBASE_FILLS] = {"fills", take_fill, true},
    [COINBASE_CFM_POSITIONS] = {"positions", take_position, false},
    [COINBASE_INTX_POSITIONS] = {"positions", take_position, false},
};

static void read_cursor(struct reading *reading)
{
    struct json_text text;
    if (coinbase_read_text(&reading->json, &text) &&
        !json_text_copy(text, reading->page->next_cursor, sizeof reading->page->next_cursor))
        json_fail(&reading->json, "a cursor that is too long");
}

static void read_array(struct reading *reading, const struct page_shape *shape)
{
    struct event event;
    reading->found = json_enter_array(&reading->json);
    while (json_next_item(&reading->json))
        if (shape->take(reading, &event))
            emit_item(reading, &event);
}

static void read_page(struct reading *reading, const struct page_shape *shape)
{
    struct json_reader *json = &reading->json;
    struct json_text key, text;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, shape->list))
            read_array(reading, shape);
        else if (shape->pages && json_text_equal(key, "cursor"))
            read_cursor(reading);
        else if (shape->pages && json_text_equal(key, "has_next") &&
                 coinbase_read_text(json, &text)) {
            reading->told_next = true;
            reading->has_next = coinbase_true(text);
        }
    }
    if (!reading->found)
        json_fail(json, "the list is missing");
    /* Fills have no has_next: there the cursor alone speaks. */
    if (reading->told_next && reading->has_next && reading->page->next_cursor[0] == '\0')
        json_fail(json, "more pages are promised without a cursor");
    if (reading->told_next && !reading->has_next)
        reading->page->next_cursor[0] = '\0';
}

static void read_cfm_balance(struct reading *reading)
{
    struct json_text key;
    struct event event;
    if (!json_enter_object(&reading->json))
        return;
    while (json_next_key(&reading->json, &key)) {
        if (!json_text_equal(key, "balance_summary"))
            continue;
        reading->found = true;
        if (coinbase_read_balance(&reading->json, &event))
            emit_item(reading, &event);
    }
    if (!reading->found)
        json_fail(&reading->json, "balance_summary is missing");
}

/* The margin in use, summed over the portfolios of the reply. */
static void read_intx_margins(struct reading *reading, struct event_balance *balance)
{
    /* portfolio_initial_margin beside it is the rate, this is the money. */
    static const char *const NAMES[] = {"portfolio_im_notional", "portfolio_mm_notional",
                                        "liquidation_buffer"};
    struct json_reader *json = &reading->json;
    struct json_text key;
    struct money margin, least, buffer;
    bool told = true, *rounded = &balance->informative_rounded;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json)) {
        struct json_text got[3] = {0};
        if (!json_enter_object(json))
            return;
        while (json_next_key(json, &key))
            coinbase_read_field(json, key, NAMES, 3, got);
        told = told && got[1].length > 0 && got[2].length > 0;
        balance->buffer_told = told;
        if (!coinbase_money_about(got[0], &margin, rounded) ||
            !coinbase_money_about(got[1], &least, rounded) ||
            !coinbase_money_about(got[2], &buffer, rounded) ||
            !money_add(balance->initial_margin, margin, &balance->initial_margin) ||
            !money_add(balance->liquidation_threshold, least, &balance->liquidation_threshold) ||
            !money_add(balance->liquidation_buffer, buffer, &balance->liquidation_buffer))
            json_fail(json, "a portfolio's margin that is not a number");
    }
}

static void read_intx_summary(struct reading *reading, struct event_balance *balance)
{
    static const char *const NAMES[] = {"total_balance", "buying_power"};
    struct json_reader *json = &reading->json;
    struct json_text key, got[2] = {0};
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, 2, got);
    reading->found = got[0].length > 0;
    if (!coinbase_money_about(got[0], &balance->equity, &balance->informative_rounded) ||
        !coinbase_money_about(got[1], &balance->available_margin, &balance->informative_rounded))
        json_fail(json, "a balance that is not a number");
}

static void read_intx_balance(struct reading *reading)
{
    struct json_text key;
    struct event event = {.kind = EVENT_BALANCE, .balance = {.profile = PROFILE_INTX}};
    if (!json_enter_object(&reading->json))
        return;
    while (json_next_key(&reading->json, &key)) {
        if (json_text_equal(key, "portfolios"))
            read_intx_margins(reading, &event.balance);
        else if (json_text_equal(key, "summary"))
            read_intx_summary(reading, &event.balance);
    }
    if (!reading->found)
        json_fail(&reading->json, "the summary's total_balance is missing");
    else
        emit_item(reading, &event);
}

static int read_list(struct reading *reading, enum coinbase_list list, const char *body,
                     size_t length, struct err *err)
{
    *reading->page = (struct coinbase_page){0};
    reading->found = reading->told_next = reading->has_next = false;
    json_init(&reading->json, body, length);
    if (list == COINBASE_CFM_BALANCE)
        read_cfm_balance(reading);
    else if (list == COINBASE_INTX_PORTFOLIO)
        read_intx_balance(reading);
    else
        read_page(reading, &PAGE_SHAPES[list]);
    return json_finish(&reading->json, err);
}

int coinbase_rest_decode_list(enum coinbase_list list, const char *body, size_t length,
                              const struct catalog *catalog, coinbase_rest_emit *emit,
                              void *context, struct coinbase_page *ret, struct err *err)
{
    struct reading reading = {.catalog = catalog, .page = ret};
    CHECK(list >= COINBASE_ORDERS_ALL && list <= COINBASE_INTX_PORTFOLIO);
    if (read_list(&reading, list, body, length, err) < 0)
        return -1;
    reading.emit = emit;
    reading.context = context;
    CHECK(read_list(&reading, list, body, length, NULL) == 0);
    return 0;
}
