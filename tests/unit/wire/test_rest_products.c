/* Products as the venue lists them. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "wire/coinbase_rest.h"

static struct err err;

#define CDE_PERP(id, root, more)                                                                  \
    "{\"product_id\":\"" id "\",\"base_increment\":\"1\",\"base_min_size\":\"1\","                \
    "\"base_max_size\":\"5000\",\"quote_min_size\":\"0\",\"price_increment\":\"5\","              \
    "\"product_type\":\"FUTURE\",\"product_venue\":\"FCM\",\"fcm_trading_session_details\":{"     \
    "\"is_session_open\":true,\"session_state\":\"FCM_TRADING_SESSION_STATE_OPEN\"},"             \
    "\"future_product_details\":{\"venue\":\"cde\",\"contract_size\":\"0.01\","                   \
    "\"contract_root_unit\":\"" root "\",\"contract_expiry_type\":\"EXPIRING\"" more "}"
#define FUNDED ",\"funding_interval\":\"3600s\",\"funding_rate\":\"0.000013\""
#define INTX_PERP(id, root) "{" INTX_FIELDS(id, root) "}"
#define INTX_FIELDS(id, root)                                                                     \
    "\"product_id\":\"" id "\",\"base_increment\":\"0.0001\",\"base_min_size\":\"0.0001\","      \
    "\"base_max_size\":\"100\",\"quote_min_size\":\"10\",\"price_increment\":\"0.1\","            \
    "\"product_type\":\"FUTURE\",\"product_venue\":\"INTX\",\"fcm_trading_session_details\":null," \
    "\"future_product_details\":{\"contract_size\":\"1\",\"contract_root_unit\":\"" root "\","    \
    "\"contract_expiry_type\":\"PERPETUAL\",\"perpetual_details\":{\"funding_rate\":\"0.00002\"}}"

static int products(const char *list, struct catalog *found)
{
    static const char ASSETS[2][ASSET_MAX] = {"BTC", "ETH"};
    char body[8192];
    int length = snprintf(body, sizeof body, "{\"products\":[%s],\"num_products\":1}", list);
    assert_in_range(length, 1, sizeof body - 1);
    err.text[0] = '\0';
    return coinbase_rest_decode_products(body, strlen(body), ASSETS, 2, found, &err);
}

static void perpetuals_are_found_by_asset(void **state)
{
    (void)state;
    struct catalog found;
    /* A dated future, one to look at only, one that has expired, another asset and spot are not. */
    assert_int_equal(
        products(CDE_PERP("BIP-20DEC30-CDE", "BTC", FUNDED) "}," INTX_PERP("BTC-PERP-INTX", "BTC")
                 "," INTX_PERP("ETH-PERP-INTX", "")
                 "," CDE_PERP("BIT-24APR26-CDE", "BTC", ",\"funding_interval\":null,"
                              "\"funding_rate\":\"\"") "}"
                 "," CDE_PERP("BIX-20DEC30-CDE", "BTC", FUNDED) ",\"view_only\":true}"
                 "," CDE_PERP("BIO-20DEC20-CDE", "BTC", FUNDED ",\"time_to_expiry_ms\":\"0\"") "}"
                 "," CDE_PERP("SLP-20DEC30-CDE", "SOL", FUNDED) "}"
                 ",{\"product_id\":\"BTC-USD\",\"product_type\":\"SPOT\"}",
                 &found),
        0);
    assert_int_equal(found.count, 3);
    const struct instrument *cde = &found.items[0], *intx = &found.items[1];
    assert_string_equal(cde->product_id, "BIP-20DEC30-CDE");
    assert_string_equal(cde->asset, "BTC");
    assert_int_equal(cde->profile, PROFILE_CDE);
    assert_int_equal(cde->contract_size.e9, 10000000);
    assert_int_equal(cde->step.e9, 10000000);
    assert_int_equal(cde->size_max.e9, 50 * (int64_t)DECIMAL_ONE);
    assert_int_equal(cde->tick.e9, 5 * (int64_t)DECIMAL_ONE);
    assert_int_equal(cde->funding_rate.e9, 13000);
    assert_int_equal(cde->funding_interval_ns, 3600000000000);
    assert_false(cde->funding_unknown || intx->funding_unknown);
    assert_int_equal(cde->margin_long.e9 + cde->overnight_short.e9, 0);
    assert_true(cde->session_open && !cde->venue_reduce_only);
    assert_string_equal(intx->product_id, "BTC-PERP-INTX");
    assert_int_equal(intx->profile, PROFILE_INTX);
    assert_int_equal(intx->funding_rate.e9, 20000);
    assert_true(intx->session_open && intx->venue_reduce_only);
    assert_string_equal(found.items[2].asset, "ETH");
}

/* F30 | unit | a funding rate that is empty, null or not there | not known, never 0 */
static void a_funding_rate_that_is_not_told_is_not_known(void **state)
{
    (void)state;
    struct catalog found;
    assert_int_equal(
        products(CDE_PERP("BIP-20DEC30-CDE", "BTC", ",\"funding_interval\":\"3600s\","
                          "\"funding_rate\":\"\"") "},"
                 CDE_PERP("ETP-20DEC30-CDE", "ETH", ",\"funding_interval\":\"3600s\","
                          "\"funding_rate\":null") "},"
                 CDE_PERP("BIX-20DEC30-CDE", "BTC", ",\"funding_interval\":\"3600s\"") "},"
                 CDE_PERP("BIO-20DEC30-CDE", "BTC", ",\"funding_rate\":\"0\"") "}",
                 &found),
        0);
    assert_int_equal(found.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(found.items[i].funding_unknown, i < 3);
        assert_int_equal(found.items[i].funding_interval_ns, 3600000000000);
    }
}

#define RATES(key, longs, shorts)                                                                 \
    ",\"" key "\":{\"long_margin_rate\":" longs ",\"short_margin_rate\":" shorts "}"

static void margin_rates_are_read_by_side_and_window(void **state)
{
    (void)state;
    struct catalog found;
    assert_int_equal(
        products(CDE_PERP("ETP-20DEC30-CDE", "ETH", FUNDED
                          RATES("intraday_margin_rate", "\"0.100062\"", "\"0.0998894\"")
                          RATES("overnight_margin_rate", "\"0.24525\"", "\"0.33475\"")) "}",
                 &found),
        0);
    const struct instrument *etp = &found.items[0];
    assert_int_equal(etp->margin_long.e9, 100062000);
    assert_int_equal(etp->margin_short.e9, 99889400);
    assert_int_equal(etp->overnight_long.e9, 245250000);
    assert_int_equal(etp->overnight_short.e9, 334750000);
    assert_int_equal(products(CDE_PERP("ETP-20DEC30-CDE", "ETH", FUNDED
                                       RATES("overnight_margin_rate", "\"\"", "\"-0.1\"")) "}",
                              &found),
                     -1);
    assert_string_equal(err.text, "product ETP-20DEC30-CDE has a margin rate that is no number");
}

/* F69 | unit | a product in its auction, of either profile | not open to orders */
static void an_auction_is_not_open(void **state)
{
    (void)state;
    struct catalog found;
    assert_int_equal(products(CDE_PERP("BIP-20DEC30-CDE", "BTC", FUNDED)
                              ",\"auction_mode\":true},{\"auction_mode\":true,"
                              INTX_FIELDS("BTC-PERP-INTX", "BTC") "},"
                              CDE_PERP("BIX-20DEC30-CDE", "BTC", FUNDED)
                              ",\"auction_mode\":false}",
                              &found),
                     0);
    assert_int_equal(found.count, 3);
    assert_false(found.items[0].session_open);
    assert_false(found.items[1].session_open);
    assert_true(found.items[2].session_open);
}

/* F69 | unit | sessions closed, in maintenance, halted or unheard of | not open to orders */
static void a_closed_or_odd_session_is_closed(void **state)
{
    (void)state;
    static const struct { const char *session; bool open; } CASES[] = {
        {"{\"is_session_open\":true}", true},
        {"{\"is_session_open\":\"true\",\"session_state\":\"FCM_TRADING_SESSION_STATE_OPEN\"}",
         true},
        {"{\"is_session_open\":false,\"session_state\":\"FCM_TRADING_SESSION_STATE_OPEN\"}", false},
        {"{\"is_session_open\":true,\"session_state\":\"FCM_TRADING_SESSION_STATE_HALTED\"}",
         false},
        {"{\"is_session_open\":true,\"session_state\":\"FCM_TRADING_SESSION_STATE_PRE_OPEN\"}",
         false},
        {"{\"is_session_open\":true,\"session_state\":\"SOMETHING_NEW\"}", false},
        {"{\"is_session_open\":false,\"closed_reason\":"
         "\"FCM_TRADING_SESSION_CLOSED_REASON_EXCHANGE_MAINTENANCE\"}", false},
        {"{}", false},
        {"null", false},
    };
    struct catalog found;
    char list[2048];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        snprintf(list, sizeof list,
                 "{\"product_id\":\"BIP-20DEC30-CDE\",\"base_increment\":\"1\",\"base_min_size\":"
                 "\"1\",\"base_max_size\":\"9\",\"price_increment\":\"5\",\"product_type\":"
                 "\"FUTURE\",\"fcm_trading_session_details\":%s,\"future_product_details\":{"
                 "\"contract_size\":\"0.01\",\"contract_root_unit\":\"BTC\"" FUNDED "}}",
                 CASES[i].session);
        assert_int_equal(products(list, &found), 0);
        assert_int_equal(found.count, 1);
        if (found.items[0].session_open != CASES[i].open)
            fail_msg("%s", CASES[i].session);
    }
}

/* F69 | unit | increments that make no sense | the product is left out */
static void an_odd_product_is_left_out_or_named(void **state)
{
    (void)state;
    struct catalog found;
    static const char ODD[] =
        "{\"product_id\":\"ODD-20DEC30-CDE\",\"product_type\":\"FUTURE\",\"price_increment\":\"0\","
        "\"future_product_details\":{\"contract_root_unit\":\"BTC\",\"contract_size\":\"0.01\""
        FUNDED "}}";
    char list[4096];
    assert_int_equal(products(ODD, &found), -1);
    assert_string_equal(err.text, "product ODD-20DEC30-CDE has no usable price_increment");
    snprintf(list, sizeof list, "%s,%s}", ODD, CDE_PERP("BIP-20DEC30-CDE", "BTC", FUNDED));
    assert_int_equal(products(list, &found), 0);
    assert_int_equal(found.count, 1);
    snprintf(list, sizeof list, "%s},%s}", CDE_PERP("BIP-20DEC30-CDE", "BTC", FUNDED),
             CDE_PERP("BIP-20DEC30-CDE", "BTC", FUNDED));
    assert_int_equal(products(list, &found), -1);
    assert_int_equal(coinbase_rest_decode_products("{}", 2, NULL, 0, &found, &err), -1);
    assert_int_equal(products("", &found), 0);
    assert_int_equal(found.count, 0);
}

static void more_perpetuals_than_fit_are_refused(void **state)
{
    (void)state;
    struct catalog found;
    char list[8192];
    size_t length = 0;
    for (int i = 0; i <= MAX_PRODUCTS; i++)
        length += (size_t)snprintf(
            list + length, sizeof list - length,
            "%s{\"product_id\":\"BTC-%d\",\"product_type\":\"FUTURE\",\"product_venue\":\"INTX\","
            "\"price_increment\":\"1\",\"base_increment\":\"1\",\"base_max_size\":\"5\"}",
            i ? "," : "", i);
    assert_int_equal(products(list, &found), -1);
    assert_non_null(strstr(err.text, "MAX_PRODUCTS"));
}

int suite_rest_products(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perpetuals_are_found_by_asset),
        cmocka_unit_test(a_funding_rate_that_is_not_told_is_not_known),
        cmocka_unit_test(margin_rates_are_read_by_side_and_window),
        cmocka_unit_test(a_closed_or_odd_session_is_closed),
        cmocka_unit_test(an_auction_is_not_open),
        cmocka_unit_test(an_odd_product_is_left_out_or_named),
        cmocka_unit_test(more_perpetuals_than_fit_are_refused),
    };
    return cmocka_run_group_tests_name("rest_products", tests, NULL, NULL);
}
