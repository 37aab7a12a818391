/* What goes out over REST, and the lists that come back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/approved_order_private.h"
#include "model/client_id.h"
#include "suites.h"
#include "wire/coinbase_rest.h"

static struct err err;
static struct catalog catalog;

static void add_product(const char *id, enum venue_profile profile, int64_t contract_e9)
{
    struct instrument *item = &catalog.items[catalog.count++];
    *item = (struct instrument){.profile = profile, .contract_size = {contract_e9},
                                .venue_reduce_only = profile == PROFILE_INTX};
    snprintf(item->product_id, sizeof item->product_id, "%s", id);
}

static int make_catalog(void **state)
{
    (void)state;
    catalog.count = 0;
    add_product("BIP-20DEC30-CDE", PROFILE_CDE, 10000000);
    add_product("BTC-PERP-INTX", PROFILE_INTX, DECIMAL_ONE);
    return 0;
}

static struct approved_order_inside order_of(product_index product, enum order_type type,
                                             enum time_in_force tif, int64_t size_e9)
{
    struct approved_order_inside inside = {
        .magic = APPROVED_MAGIC, .side = SIDE_BUY, .type = type, .tif = tif,
        .price = {68900 * (int64_t)DECIMAL_ONE}, .size = {size_e9}, .product = product};
    client_id_parse("0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3", 36, &inside.id);
    return inside;
}

static int encode(struct approved_order_inside inside, struct buf *body)
{
    struct approved_order order = {0};
    memcpy(order.sealed, &inside, sizeof inside);
    buf_init(body, 4096);
    return coinbase_rest_encode_place(&order, &catalog, body, &err);
}

static void encodes_to(struct approved_order_inside inside, const char *configuration)
{
    struct buf body;
    char want[512];
    assert_int_equal(encode(inside, &body), 0);
    snprintf(want, sizeof want,
             "{\"client_order_id\":\"0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3\",\"product_id\":\"%s\","
             "\"side\":\"%s\",\"order_configuration\":{%s}}",
             catalog.items[inside.product].product_id, inside.side == SIDE_BUY ? "BUY" : "SELL",
             configuration);
    assert_string_equal(body.data, want);
    buf_fini(&body);
}

static void orders_leave_in_the_venues_units(void **state)
{
    (void)state;
    struct approved_order_inside order = order_of(0, ORDER_TYPE_LIMIT, TIF_GTC, 30000000);
    order.post_only = order.reduce_only = true;
    /* 0.03 BTC are 3 contracts; CDE knows no reduce_only, and would answer HTTP 400. */
    encodes_to(order, "\"limit_limit_gtc\":{\"base_size\":\"3\",\"limit_price\":\"68900\","
                      "\"post_only\":true}");
    order = order_of(1, ORDER_TYPE_LIMIT, TIF_GTC, 30000000);
    order.reduce_only = true;
    order.side = SIDE_SELL;
    encodes_to(order, "\"limit_limit_gtc\":{\"base_size\":\"0.03\",\"limit_price\":\"68900\","
                      "\"post_only\":false,\"reduce_only\":true}");
    order = order_of(0, ORDER_TYPE_MARKET, TIF_IOC, 10000000);
    encodes_to(order, "\"market_market_ioc\":{\"base_size\":\"1\"}");
    order.product = 1;
    order.reduce_only = true;
    encodes_to(order, "\"market_market_ioc\":{\"base_size\":\"0.01\",\"reduce_only\":true}");
    encodes_to(order_of(0, ORDER_TYPE_LIMIT, TIF_IOC, 20000000),
               "\"sor_limit_ioc\":{\"base_size\":\"2\",\"limit_price\":\"68900\"}");
    encodes_to(order_of(0, ORDER_TYPE_LIMIT, TIF_FOK, 20000000),
               "\"limit_limit_fok\":{\"base_size\":\"2\",\"limit_price\":\"68900\"}");
}

static void stops_brackets_and_dates(void **state)
{
    (void)state;
    const int64_t noon_ns = 1798804800 * (int64_t)DECIMAL_ONE; /* 2027-01-01T12:00:00Z */
    struct approved_order_inside order = order_of(0, ORDER_TYPE_STOP_LIMIT, TIF_GTC, 20000000);
    order.stop_price.e9 = 68950 * (int64_t)DECIMAL_ONE;
    order.stop = STOP_UP;
    order.reduce_only = true;
    encodes_to(order, "\"stop_limit_stop_limit_gtc\":{\"base_size\":\"2\",\"limit_price\":"
                      "\"68900\",\"stop_price\":\"68950\",\"stop_direction\":"
                      "\"STOP_DIRECTION_STOP_UP\"}");
    order.product = 1;
    order.stop = STOP_DOWN;
    encodes_to(order, "\"stop_limit_stop_limit_gtc\":{\"base_size\":\"0.02\",\"limit_price\":"
                      "\"68900\",\"stop_price\":\"68950\",\"stop_direction\":"
                      "\"STOP_DIRECTION_STOP_DOWN\",\"reduce_only\":true}");
    order.tif = TIF_GTD;
    order.expires_wall_ns = noon_ns;
    encodes_to(order, "\"stop_limit_stop_limit_gtd\":{\"base_size\":\"0.02\",\"limit_price\":"
                      "\"68900\",\"stop_price\":\"68950\",\"stop_direction\":"
                      "\"STOP_DIRECTION_STOP_DOWN\",\"end_time\":\"2027-01-01T12:00:00.000000Z\"}");
    order = order_of(0, ORDER_TYPE_BRACKET, TIF_GTC, 10000000);
    order.side = SIDE_SELL;
    order.stop_price.e9 = 60000 * (int64_t)DECIMAL_ONE;
    encodes_to(order, "\"trigger_bracket_gtc\":{\"base_size\":\"1\",\"limit_price\":\"68900\","
                      "\"stop_trigger_price\":\"60000\"}");
    order.tif = TIF_GTD;
    order.expires_wall_ns = noon_ns;
    encodes_to(order, "\"trigger_bracket_gtd\":{\"base_size\":\"1\",\"limit_price\":\"68900\","
                      "\"stop_trigger_price\":\"60000\","
                      "\"end_time\":\"2027-01-01T12:00:00.000000Z\"}");
    order = order_of(1, ORDER_TYPE_LIMIT, TIF_GTD, 30000000);
    order.post_only = order.reduce_only = true;
    order.expires_wall_ns = noon_ns;
    encodes_to(order, "\"limit_limit_gtd\":{\"base_size\":\"0.03\",\"limit_price\":\"68900\","
                      "\"end_time\":\"2027-01-01T12:00:00.000000Z\",\"post_only\":true,"
                      "\"reduce_only\":true}");
}

static void does_not_fit(struct approved_order_inside inside, const char *words)
{
    struct buf body;
    assert_int_equal(encode(inside, &body), -1);
    assert_int_equal(body.length, 0);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    buf_fini(&body);
}

static void an_order_that_does_not_fit_is_not_sent(void **state)
{
    (void)state;
    struct approved_order_inside order = order_of(0, ORDER_TYPE_LIMIT, TIF_GTC, 15000000);
    does_not_fit(order, "whole number of contracts");
    order.size.e9 = 1;
    does_not_fit(order, "whole number of contracts");
    order.size.e9 = 0;
    does_not_fit(order, "positive multiple");
    order.size.e9 = -10000000;
    does_not_fit(order, "positive multiple");
    order = order_of(0, ORDER_TYPE_LIMIT, TIF_GTC, 10000000);
    order.price.e9 = 0;
    does_not_fit(order, "without a price");
    order = order_of(2, ORDER_TYPE_LIMIT, TIF_GTC, 10000000);
    does_not_fit(order, "not in the catalog");
    does_not_fit(order_of(0, ORDER_TYPE_MARKET, TIF_FOK, 10000000), "cannot be sent");
    does_not_fit(order_of(0, ORDER_TYPE_BRACKET, TIF_GTC, 10000000), "stop without a price");
    does_not_fit(order_of(0, ORDER_TYPE_LIMIT, TIF_GTD, 10000000), "good till no date");
    order = order_of(0, ORDER_TYPE_STOP_LIMIT, TIF_GTC, 10000000);
    order.stop_price = order.price;
    does_not_fit(order, "without a direction");
    order.stop = STOP_DOWN;
    order.post_only = true;
    does_not_fit(order, "post-only");
    order = order_of(0, ORDER_TYPE_LIMIT, TIF_IOC, 10000000);
    order.post_only = true;
    does_not_fit(order, "post-only");
    order = order_of(0, ORDER_TYPE_LIMIT, TIF_GTC, 10000000);
    order.side = SIDE_UNKNOWN;
    does_not_fit(order, "without a side");
}

static void cancels_and_paths(void **state)
{
    (void)state;
    static const struct venue_id ids[2] = {{"a\"b"}, {"c"}};
    static const struct {
        enum coinbase_list list;
        const char *cursor, *portfolio;
        int64_t since;
        const char *path;
    } CASES[] = {
        {COINBASE_ORDERS_ALL, NULL, NULL, 0, "/orders/historical/batch?limit=250"},
        {COINBASE_ORDERS_OPEN, "a+b/=", NULL, 1700000000000000000,
         "/orders/historical/batch?order_status=OPEN&limit=250&start_date=2023-11-14T22%3A13%3A20"
         ".000000Z&cursor=a%2Bb%2F%3D"},
        {COINBASE_FILLS, "", NULL, 1700000000000000000,
         "/orders/historical/fills?limit=500&start_sequence_timestamp=2023-11-14T22%3A13%3A20"
         ".000000Z"},
        {COINBASE_CFM_POSITIONS, NULL, NULL, 5, "/cfm/positions"},
        {COINBASE_INTX_POSITIONS, NULL, "u/../x", 0, "/intx/positions/u%2F..%2Fx"},
        {COINBASE_CFM_BALANCE, NULL, NULL, 0, "/cfm/balance_summary"},
        {COINBASE_MARGIN_SETTING, NULL, NULL, 0, "/cfm/intraday/margin_setting"},
        {COINBASE_MARGIN_WINDOW, NULL, NULL, 0,
         "/cfm/intraday/current_margin_window?margin_profile_type="
         "MARGIN_PROFILE_TYPE_RETAIL_INTRADAY_MARGIN_1"},
        {COINBASE_INTX_PORTFOLIO, NULL, "uuid", 0, "/intx/portfolio/uuid"},
        {COINBASE_PRODUCTS_FUTURE, NULL, NULL, 0, "/products?product_type=FUTURE"},
        {COINBASE_PORTFOLIOS, NULL, NULL, 0, "/portfolios"},
    };
    struct buf out;
    buf_init(&out, 1024);
    coinbase_rest_encode_cancel(ids, 2, &out);
    assert_string_equal(out.data, "{\"order_ids\":[\"a\\\"b\",\"c\"]}");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char want[256];
        snprintf(want, sizeof want, "%s%s", COINBASE_PREFIX, CASES[i].path);
        buf_clear(&out);
        coinbase_rest_path(&out, CASES[i].list, CASES[i].cursor, CASES[i].portfolio,
                           CASES[i].since);
        assert_string_equal(out.data, want);
    }
    buf_fini(&out);
}

struct got { int count; struct event events[8]; };

static void note(void *context, const struct event *event)
{
    struct got *got = context;
    assert_true(got->count < 8);
    got->events[got->count++] = *event;
}

static int read_list(enum coinbase_list list, const char *body, struct got *got,
                     struct coinbase_page *page)
{
    got->count = 0;
    err.text[0] = '\0';
    return coinbase_rest_decode_list(list, body, strlen(body), &catalog, note, got, page, &err);
}

static void contracts_become_base_size(void **state)
{
    (void)state;
    struct got got;
    struct coinbase_page page;
    assert_int_equal(
        read_list(COINBASE_ORDERS_ALL,
                  "{\"orders\":[{\"order_id\":\"v\",\"client_order_id\":"
                  "\"0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3\",\"product_id\":\"BIP-20DEC30-CDE\","
                  "\"order_configuration\":{\"limit_limit_gtc\":{\"base_size\":\"5\","
                  "\"limit_price\":\"100\"}},\"side\":\"SELL\",\"status\":\"CANCEL_QUEUED\","
                  "\"filled_size\":\"2\",\"average_filled_price\":\"100.00000000049\"},"
                  "{\"order_id\":\"alien\",\"product_id\":\"SHIB-USD\",\"status\":\"LOST\","
                  "\"filled_size\":\"0.1234567890123\"}],\"has_next\":true,\"cursor\":\"next\"}",
                  &got, &page),
        0);
    assert_int_equal(got.count, 2);
    assert_int_equal(page.items, 2);
    assert_string_equal(page.next_cursor, "next");
    const struct event_order_report *order = &got.events[0].order;
    assert_true(order->has_client_id);
    assert_int_equal(order->product, 0);
    assert_int_equal(order->size.e9, 50000000);
    assert_int_equal(order->filled.e9, 20000000);
    assert_int_equal(order->leaves.e9, 30000000);
    assert_int_equal(order->status, VENUE_CANCEL_QUEUED);
    assert_int_equal(order->type, ORDER_TYPE_LIMIT);
    assert_int_equal(order->tif, TIF_GTC);
    assert_int_equal(order->side, SIDE_SELL);
    assert_int_equal(order->average_price.e9, 100 * (int64_t)DECIMAL_ONE);
    assert_int_equal(got.events[1].order.product, NO_PRODUCT);
    assert_int_equal(got.events[1].order.status, VENUE_STATUS_UNKNOWN);
    assert_false(got.events[1].order.has_client_id);
}

/* The venue shows an order in the words it was sent in. */
static void echoes(struct approved_order_inside inside)
{
    struct buf body;
    struct got got;
    struct coinbase_page page;
    char list[1024];
    assert_int_equal(encode(inside, &body), 0);
    const char *configuration = strstr(body.data, "\"order_configuration\"");
    assert_non_null(configuration);
    snprintf(list, sizeof list,
             "{\"orders\":[{\"order_id\":\"v\",\"product_id\":\"%s\",\"side\":\"BUY\","
             "\"status\":\"OPEN\",\"filled_size\":\"0\",%s],\"has_next\":false,\"cursor\":\"\"}",
             catalog.items[inside.product].product_id, configuration);
    buf_fini(&body);
    assert_int_equal(read_list(COINBASE_ORDERS_ALL, list, &got, &page), 0);
    assert_true(got.events[0].order.size.e9 == inside.size.e9);
    assert_true(got.events[0].order.limit_price.e9 == inside.price.e9);
}

/* AC-H2 | unit | 2,000 prices and sizes on the increments of eight products | what is sent comes
   back to the last digit; a part of a contract is not sent (controls 6h to 6l for other steps) */
static void every_increment_comes_back_as_it_went(void **state)
{
    static const struct { const char *id; enum venue_profile profile;
                          int64_t contract_e9, step_e9, tick_e9; } PRODUCTS[] = {
        {"BIP-20DEC30-CDE", PROFILE_CDE, 10000000, 10000000, 5000000000},
        {"ETP-20DEC30-CDE", PROFILE_CDE, 100000000, 100000000, 500000000},
        {"SLP-20DEC30-CDE", PROFILE_CDE, 5000000000, 5000000000, 10000000},
        {"XPP-20DEC30-CDE", PROFILE_CDE, 500000000000, 500000000000, 100000},
        {"BTC-PERP-INTX", PROFILE_INTX, DECIMAL_ONE, 100000, 100000000},
        {"ETH-PERP-INTX", PROFILE_INTX, DECIMAL_ONE, 100000, 10000000},
        {"SOL-PERP-INTX", PROFILE_INTX, DECIMAL_ONE, 10000000, 1000000},
        {"XRP-PERP-INTX", PROFILE_INTX, DECIMAL_ONE, 1000000000, 100000}};
    struct prng prng;
    struct buf body;
    (void)state;
    prng_seed(&prng, 8);
    catalog.count = 0;
    for (product_index i = 0; i < sizeof PRODUCTS / sizeof PRODUCTS[0]; i++) {
        add_product(PRODUCTS[i].id, PRODUCTS[i].profile, PRODUCTS[i].contract_e9);
        for (int round = 0; round < 2000; round++) {
            struct approved_order_inside order = order_of(i, ORDER_TYPE_LIMIT, TIF_GTC, 0);
            order.price.e9 = (int64_t)(1 + prng_below(&prng, 20000)) * PRODUCTS[i].tick_e9;
            order.size.e9 = (int64_t)(1 + prng_below(&prng, 5000)) * PRODUCTS[i].step_e9;
            echoes(order);
            order.size.e9 -= (int64_t)(1 + prng_below(&prng, (uint64_t)PRODUCTS[i].step_e9 - 1));
            if (PRODUCTS[i].profile == PROFILE_CDE) {
                assert_int_equal(encode(order, &body), -1);
                buf_fini(&body);
            }
        }
    }
}

/* F30 | unit | fills with digits that do not fit | refused, never rounded */
static void fills_are_exact_or_refused(void **state)
{
    (void)state;
    struct got got;
    struct coinbase_page page;
    assert_int_equal(
        read_list(COINBASE_FILLS,
                  "{\"fills\":[{\"trade_id\":\"t\",\"order_id\":\"o\",\"trade_time\":"
                  "\"2026-09-30T02:37:14Z\",\"trade_type\":\"REVERSAL\",\"price\":\"68900.5\","
                  "\"size\":3,\"commission\":\"-0.01\",\"product_id\":\"BIP-20DEC30-CDE\","
                  "\"liquidity_indicator\":\"MAKER\",\"side\":\"SELL\"},{\"trade_id\":\"u\","
                  "\"order_id\":\"o\",\"product_id\":\"SHIB-USD\",\"size\":\"1e-12\"}],"
                  "\"cursor\":\"\"}",
                  &got, &page),
        0);
    assert_int_equal(got.count, 2);
    assert_string_equal(page.next_cursor, "");
    const struct event_fill *fill = &got.events[0].fill;
    assert_int_equal(fill->size.e9, 30000000);
    assert_int_equal(fill->price.e9, 68900500000000);
    assert_true(fill->fee.e18 == -10000000000000000);
    assert_int_equal(fill->kind, FILL_REVERSAL);
    assert_int_equal(fill->liquidity, LIQUIDITY_MAKER);
    assert_int_equal(fill->side, SIDE_SELL);
    assert_int_equal(fill->venue_ns, 1790735834000000000);
    assert_int_equal(got.events[1].fill.product, NO_PRODUCT);
    /* One fill of ours that cannot be booked exactly, and none of the page leaves. */
    assert_int_equal(
        read_list(COINBASE_FILLS,
                  "{\"fills\":[{\"trade_id\":\"u\",\"order_id\":\"o\",\"product_id\":\"SHIB-USD\"},"
                  "{\"trade_id\":\"t\",\"order_id\":\"o\",\"price\":\"1\",\"size\":\"1\","
                  "\"commission\":\"0.0000000000000000001\",\"product_id\":\"BIP-20DEC30-CDE\"}]}",
                  &got, &page),
        -1);
    assert_int_equal(got.count, 0);
    assert_non_null(strstr(err.text, "commission"));
}

static void positions_are_signed_in_every_spelling(void **state)
{
    (void)state;
    static const struct { const char *fields; bool taken; int64_t e9; } CASES[] = {
        {"\"side\":\"LONG\",\"number_of_contracts\":\"3\"", true, 30000000},
        {"\"side\":\"SHORT\",\"number_of_contracts\":\"3\"", true, -30000000},
        {"\"side\":\"FUTURES_POSITION_SIDE_SHORT\",\"number_of_contracts\":\"3\"", true, -30000000},
        {"\"side\":\"Short\",\"number_of_contracts\":{\"value\":\"3\",\"currency\":\"\"}", true,
         -30000000},
        {"\"side\":\"UNKNOWN\",\"number_of_contracts\":\"0\"", true, 0},
        {"\"side\":\"UNKNOWN\",\"number_of_contracts\":\"1\"", false, 0},
        {"\"number_of_contracts\":\"1\"", false, 0},
        {"\"side\":\"LONG\",\"number_of_contracts\":\"-1\"", false, 0},
        {"\"side\":\"SHORT\",\"number_of_contracts\":\"-1\"", true, -10000000},
        {"\"side\":\"LONG\"", false, 0},
        {"\"side\":\"LONG\",\"number_of_contracts\":\"many\"", false, 0},
        {"\"position_side\":\"POSITION_SIDE_SHORT\",\"net_size\":\"-2\"", true, -20000000},
        {"\"position_side\":\"POSITION_SIDE_SHORT\",\"net_size\":\"2\"", true, -20000000},
        {"\"position_side\":\"POSITION_SIDE_LONG\",\"net_size\":\"-2\"", false, 0},
        {"\"position_side\":\"POSITION_SIDE_UNKNOWN\",\"net_size\":\"-2\"", true, -20000000},
    };
    struct got got;
    struct coinbase_page page;
    char body[512];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        snprintf(body, sizeof body, "{\"positions\":[{\"product_id\":\"BIP-20DEC30-CDE\",%s}]}",
                 CASES[i].fields);
        int result = read_list(COINBASE_CFM_POSITIONS, body, &got, &page);
        if ((result == 0) != CASES[i].taken)
            fail_msg("%s: %d %s", CASES[i].fields, result, err.text);
        if (result == 0)
            assert_int_equal(got.events[0].position.size.e9, CASES[i].e9);
    }
    /* Somebody else's position is told and harms nothing. */
    assert_int_equal(read_list(COINBASE_INTX_POSITIONS,
                               "{\"positions\":[{\"product_id\":\"1r4-0\",\"symbol\":"
                               "\"ADA-PERP-INTX\",\"net_size\":\"?\"}],\"summary\":{}}",
                               &got, &page),
                     0);
    assert_int_equal(got.events[0].position.product, NO_PRODUCT);
}

static void a_list_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    static const struct { enum coinbase_list list; const char *body; } CASES[] = {
        {COINBASE_ORDERS_ALL, "{}"},
        {COINBASE_ORDERS_ALL, "{\"orders\":null}"},
        {COINBASE_ORDERS_ALL, "{\"error\":\"unknown\"}"},
        {COINBASE_ORDERS_ALL, "{\"orders\":[{}]}"},
        {COINBASE_ORDERS_ALL, "{\"orders\":[1]}"},
        {COINBASE_ORDERS_ALL, "{\"orders\":[],\"has_next\":true}"},
        {COINBASE_ORDERS_ALL, "{\"orders\":[]"},
        {COINBASE_ORDERS_ALL, "<html>"},
        {COINBASE_FILLS, "{\"orders\":[]}"},
        {COINBASE_CFM_BALANCE, "{\"balance_summary\":{\"available_margin\":\"1\"}}"},
        {COINBASE_CFM_BALANCE, "{\"balance_summary\":null}"},
        {COINBASE_INTX_PORTFOLIO, "{\"portfolios\":[],\"summary\":{}}"},
    };
    struct got got;
    struct coinbase_page page;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (read_list(CASES[i].list, CASES[i].body, &got, &page) == 0)
            fail_msg("taken: %s", CASES[i].body);
        assert_int_equal(got.count, 0);
    }
    char body[600];
    snprintf(body, sizeof body, "{\"orders\":[],\"has_next\":true,\"cursor\":\"%0300d\"}", 1);
    assert_int_equal(read_list(COINBASE_ORDERS_ALL, body, &got, &page), -1);
}

/* The venue's own numbers: plain in one place, amounts in another. */
static void margin_windows_are_read(void **state)
{
    (void)state;
    struct got got;
    struct coinbase_page page;
    const struct event_balance *balance = &got.events[0].balance;
    assert_int_equal(read_list(COINBASE_CFM_BALANCE,
                               "{\"balance_summary\":{\"total_usd_balance\":\"10\","
                               "\"available_margin\":\"8\",\"liquidation_threshold\":\"3\","
                               "\"liquidation_buffer_amount\":{\"value\":\"7.5\"},"
                               "\"intraday_margin_window_measure\":null,"
                               "\"overnight_margin_window_measure\":{\"initial_margin\":"
                               "{\"value\":\"6\"},\"maintenance_margin\":\"4\","
                               "\"futures_buying_power\":\"2\"}}}",
                               &got, &page),
                     0);
    const __int128 ONE = (__int128)DECIMAL_ONE * DECIMAL_ONE;
    assert_true(balance->buffer_told && balance->liquidation_buffer.e18 == ONE * 15 / 2);
    assert_true(balance->liquidation_threshold.e18 == 3 * ONE);
    assert_false(balance->intraday.told);
    assert_true(balance->overnight.told && balance->overnight.initial.e18 == 6 * ONE);
    assert_true(balance->overnight.maintenance.e18 == 4 * ONE);
    assert_true(balance->overnight.buying_power.e18 == 2 * ONE);
    assert_int_equal(read_list(COINBASE_INTX_PORTFOLIO,
                               "{\"portfolios\":[{\"portfolio_im_notional\":{\"value\":\"5\"},"
                               "\"portfolio_mm_notional\":{\"value\":\"3\"},"
                               "\"liquidation_buffer\":\"96\"}],\"summary\":{\"total_balance\":"
                               "{\"value\":\"100\"},\"buying_power\":{\"value\":\"90\"}}}",
                               &got, &page),
                     0);
    assert_true(balance->buffer_told && balance->liquidation_buffer.e18 == 96 * ONE);
    assert_true(read_list(COINBASE_CFM_BALANCE,
                          "{\"balance_summary\":{\"total_usd_balance\":\"10\","
                          "\"available_margin\":\"8\",\"overnight_margin_window_measure\":{"
                          "\"initial_margin\":\"much\"}}}",
                          &got, &page) < 0);
}

static int64_t window_until(const char *type, const char *killed)
{
    char body[300];
    int64_t until_ns = -1;
    int length = snprintf(body, sizeof body, "{\"margin_window\":{\"margin_window_type\":\"%s\","
                          "\"end_time\":\"2026-09-30T20:00:00Z\"},"
                          "\"is_intraday_margin_killswitch_enabled\":%s}", type, killed);
    assert_int_equal(coinbase_rest_decode_margin_window(body, (size_t)length, &until_ns, &err), 0);
    return until_ns;
}

/* AC-G3 | unit | overnight, switched off, or unreadable | intraday margin does not hold */
static void the_margin_window_is_read(void **state)
{
    (void)state;
    static const char *const BAD[] = {"{}", "[]", "{\"margin_window\":null}", "{\"margin_window\":"
        "{\"margin_window_type\":\"MARGIN_WINDOW_TYPE_INTRADAY\",\"end_time\":\"soon\"}}"};
    int64_t until_ns;
    bool intraday;
    assert_int_equal(window_until("MARGIN_WINDOW_TYPE_INTRADAY", "false"),
                     1790798400000000000);
    assert_int_equal(window_until("MARGIN_WINDOW_TYPE_INTRADAY", "true"), 0);
    assert_int_equal(window_until("MARGIN_WINDOW_TYPE_OVERNIGHT", "false"), 0);
    assert_int_equal(window_until("MARGIN_WINDOW_TYPE_OF_TOMORROW", "false"), 0);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(coinbase_rest_decode_margin_window(BAD[i], strlen(BAD[i]), &until_ns,
                                                            &err), -1);
        assert_int_equal(coinbase_rest_decode_margin_setting(BAD[i], strlen(BAD[i]), &intraday,
                                                             &err), -1);
    }
    static const char OPTED[] = "{\"setting\":\"INTRADAY_MARGIN_SETTING_INTRADAY\"}";
    static const char NOT[] = "{\"setting\":\"INTRADAY_MARGIN_SETTING_STANDARD\"}";
    assert_int_equal(coinbase_rest_decode_margin_setting(OPTED, strlen(OPTED), &intraday, &err), 0);
    assert_true(intraday);
    assert_int_equal(coinbase_rest_decode_margin_setting(NOT, strlen(NOT), &intraday, &err), 0);
    assert_false(intraday);
}

static void balances_in_both_shapes(void **state)
{
    (void)state;
    struct got got;
    struct coinbase_page page;
    assert_int_equal(read_list(COINBASE_CFM_BALANCE,
                               "{\"balance_summary\":{\"total_usd_balance\":{\"value\":\"10.5\","
                               "\"currency\":\"USD\"},\"available_margin\":\"8\","
                               "\"initial_margin\":2,\"funding_pnl\":{\"value\":\"-2.1e-05\"}}}",
                               &got, &page),
                     0);
    const struct event_balance *balance = &got.events[0].balance;
    assert_true(balance->equity.e18 == (__int128)10500000000000000000u);
    assert_true(balance->initial_margin.e18 == (__int128)2000000000000000000);
    assert_true(balance->funding_pnl.e18 == -21000000000000);
    assert_false(balance->informative_rounded);
    assert_int_equal(read_list(COINBASE_INTX_PORTFOLIO,
                               "{\"portfolios\":[{\"portfolio_im_notional\":{\"value\":\"1.5\"}},"
                               "{\"portfolio_im_notional\":{\"value\":\"2\"}}],\"summary\":{"
                               "\"total_balance\":{\"value\":\"100\"},\"buying_power\":{\"value\":"
                               "\"96.5\"}}}",
                               &got, &page),
                     0);
    assert_true(balance->initial_margin.e18 == (__int128)3500000000000000000);
    assert_true(balance->available_margin.e18 == (__int128)96500000000000000 * 1000);
}

static void the_small_replies(void **state)
{
    (void)state;
    int64_t ns = 0;
    char uuid[VENUE_ID_MAX];
    static const char TIME[] = "{\"iso\":\"2024-02-27T03:37:14Z\",\"epochSeconds\":\"1709005034\","
                               "\"epochMillis\":\"1709005034333\"}";
    static const char ISO[] = "{\"iso\":\"2024-02-27T03:37:14Z\"}";
    static const char LIST[] =
        "{\"portfolios\":[{\"uuid\":\"d\",\"type\":\"DEFAULT\"},{\"uuid\":\"gone\","
        "\"type\":\"INTX\",\"deleted\":true},"
        "{\"uuid\":\"i\",\"type\":\"INTX\",\"deleted\":false},{\"uuid\":\"c\","
        "\"type\":\"CONSUMER\"}]}";
    assert_int_equal(coinbase_rest_decode_time(TIME, strlen(TIME), &ns, &err), 0);
    assert_int_equal(ns, 1709005034333000000);
    assert_int_equal(coinbase_rest_decode_time(ISO, strlen(ISO), &ns, &err), 0);
    assert_int_equal(ns, 1709005034000000000);
    assert_int_equal(coinbase_rest_decode_time("{}", 2, &ns, &err), -1);
    assert_int_equal(coinbase_rest_decode_portfolios(LIST, strlen(LIST), uuid, &err), 0);
    assert_string_equal(uuid, "i");
    assert_int_equal(coinbase_rest_decode_portfolios(LIST, 0, uuid, &err), -1);
}

static void note_book(void *context, const struct event *event)
{
    struct level *levels = context;
    assert_int_equal(event->kind, EVENT_BOOK);
    assert_true(event->book.snapshot);
    assert_int_equal(event->book.count, 2);
    memcpy(levels, event->book.levels, 2 * sizeof *levels);
}

static void a_product_book_is_one_snapshot(void **state)
{
    (void)state;
    struct level levels[2];
    static const char BOOK[] =
        "{\"pricebook\":{\"bids\":[{\"price\":\"100.5\",\"size\":\"3\"}],"
        "\"asks\":[{\"price\":\"101\",\"size\":\"1\"}],"
        "\"time\":\"2026-04-07T00:28:58Z\",\"product_id\":\"BIP-20DEC30-CDE\"}}";
    static const char BAD[] = "{\"pricebook\":{\"product_id\":\"BIP-20DEC30-CDE\",\"bids\":[{"
                              "\"price\":\"100.5\"}]}}";
    assert_int_equal(coinbase_rest_decode_product_book(BOOK, strlen(BOOK), &catalog, note_book,
                                                       levels, &err),
                     0);
    assert_int_equal(levels[0].side, SIDE_BUY);
    assert_int_equal(levels[0].size.e9, 30000000);
    assert_int_equal(levels[1].side, SIDE_SELL);
    assert_int_equal(levels[1].price.e9, 101 * (int64_t)DECIMAL_ONE);
    assert_int_equal(coinbase_rest_decode_product_book(BAD, strlen(BAD), &catalog, note_book,
                                                       levels, &err),
                     -1);
    assert_int_equal(coinbase_rest_decode_product_book("{}", 2, &catalog, note_book, levels, &err),
                     -1);
}

int suite_rest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_leave_in_the_venues_units),
        cmocka_unit_test(stops_brackets_and_dates),
        cmocka_unit_test(an_order_that_does_not_fit_is_not_sent),
        cmocka_unit_test(cancels_and_paths),
        cmocka_unit_test(contracts_become_base_size),
        cmocka_unit_test(every_increment_comes_back_as_it_went),
        cmocka_unit_test(fills_are_exact_or_refused),
        cmocka_unit_test(positions_are_signed_in_every_spelling),
        cmocka_unit_test(a_list_that_is_not_whole_is_refused),
        cmocka_unit_test(balances_in_both_shapes),
        cmocka_unit_test(margin_windows_are_read),
        cmocka_unit_test(the_margin_window_is_read),
        cmocka_unit_test(the_small_replies),
        cmocka_unit_test(a_product_book_is_one_snapshot),
    };
    return cmocka_run_group_tests_name("rest", tests, make_catalog, NULL);
}
