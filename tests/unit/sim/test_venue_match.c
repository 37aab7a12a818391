#include <string.h>

#include "venue_fixture.h"

static void shown(struct fixture *fixture, int product, enum side side, uint32_t nth,
                  const char *price, const char *size)
{
    struct venue_book *book = venue_sim_book(fixture->sim, product);
    struct level level = {0};
    uint32_t cursor = 0;
    for (uint32_t i = 0; i <= nth; i++)
        assert_true(venue_book_walk_shown(book, side, &cursor, &level));
    assert_int_equal(level.price.e9, e9(price));
    assert_int_equal(level.size.e9, e9(size));
}

static void a_market_is_shown_at_each_products_tick(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {1, "LB", "99.9", "0.013"}, {1, "LB", "95", "0.008"}, {1, "LB", "94.9", "0.5"},
        {1, "LS", "104.9", "0.019"}, {1, "LS", "105", "0.002"}, {2, "LS", "105.1", "1"},
        {3, "LB", "100.05", "9"}, /* better than the best: the best pair owns the touch */
        {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "100", "5");
    shown(&fixture, BIP, SIDE_BUY, 0, "100", "500");
    shown(&fixture, BIP, SIDE_SELL, 0, "105", "500");
    fixture_to(&fixture, 3);
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "100", "5");
    shown(&fixture, BTC_INTX, SIDE_BUY, 1, "99.9", "0.013");
    shown(&fixture, BIP, SIDE_BUY, 1, "95", "2");   /* 0.013 + 0.008: two whole contracts */
    shown(&fixture, BIP, SIDE_BUY, 2, "90", "50");
    shown(&fixture, BIP, SIDE_SELL, 0, "105", "502"); /* 100.1, 104.9 and 105 */
    shown(&fixture, BIP, SIDE_SELL, 1, "110", "100");
    fixture_close(&fixture);
}

static void a_new_best_takes_what_it_passed_away(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {1, "LB", "99.9", "1"}, {2, "QB", "99.9", "0.7"}, {2, "QS", "100", "3"},
        {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    fixture_to(&fixture, 2);
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "99.9", "0.7");
    shown(&fixture, BTC_INTX, SIDE_SELL, 0, "100", "3");
    shown(&fixture, BTC_INTX, SIDE_SELL, 1, "100.1", "5");
    fixture_close(&fixture);
}

static void a_taker_walks_the_levels_and_pays_for_it(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {0, "LS", "100.2", "2"}, {0, "LS", "100.3", "4"}, {50, "LS", "100.2", "3"},
        {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    fixture_to(&fixture, 10);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_market("a", BTC_INTX, SIDE_BUY, "7.5"));
    assert_int_equal(order->status, VENUE_PENDING);
    fixture_to(&fixture, 11);
    assert_int_equal(order->status, VENUE_PENDING);
    fixture_to(&fixture, 12);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING OPEN FILLED");
    assert_int_equal(order->fill_count, 3);
    assert_money(order->value, "751.05"); /* 5 x 100.1 + 2 x 100.2 + 0.5 x 100.3 */
    assert_money(order->fees, "0.375525");
    assert_int_equal(venue_sim_fill_at(fixture.sim, 0)->liquidity, LIQUIDITY_TAKER);
    /* What was taken stays taken until the tape changes the level. */
    shown(&fixture, BTC_INTX, SIDE_SELL, 0, "100.3", "3.5");
    assert_money(venue_sim_ledger(fixture.sim)->cash[PROFILE_INTX], "99999.624475");
    fixture_to(&fixture, 50);
    shown(&fixture, BTC_INTX, SIDE_SELL, 0, "100.2", "3");
    /* The other product of the same asset has a book of its own. */
    shown(&fixture, BIP, SIDE_SELL, 0, "105", "1200");
    fixture_close(&fixture);
}

static void the_rest_of_an_ioc_is_cancelled(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    struct venue_request request = fixture_limit("a", BTC_INTX, SIDE_BUY, "100.1", "6");
    request.tif = TIF_IOC;
    const struct venue_order *order = fixture_place(&fixture, request);
    fixture_to(&fixture, 5);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING OPEN CANCELLED");
    assert_size(order->filled, "5");
    request = fixture_limit("b", BTC_INTX, SIDE_SELL, "100", "6");
    request.tif = TIF_FOK;
    order = fixture_place(&fixture, request);
    fixture_to(&fixture, 10);
    assert_string_equal(fixture_states(&fixture, "b"), "PENDING OPEN CANCELLED");
    assert_size(order->filled, "0");
    request = fixture_limit("c", BTC_INTX, SIDE_SELL, "100", "5");
    request.tif = TIF_FOK;
    fixture_place(&fixture, request);
    fixture_to(&fixture, 15);
    assert_string_equal(fixture_states(&fixture, "c"), "PENDING OPEN FILLED");
    fixture_close(&fixture);
}

static void a_resting_order_waits_its_turn(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {10, "TS", "100", "3"},   /* 5 stood before us: 2 still do */
        {11, "TS", "100", "2.4"}, /* 0.4 reach us */
        {12, "TB", "100.1", "9"}, /* the other side's trades are not ours */
        {13, "TS", "99.9", "0.2"}, /* through our price: all of it is ours */
        {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "100", "1"));
    fixture_to(&fixture, 5);
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "100", "6"); /* ours is in it */
    fixture_to(&fixture, 10);
    assert_size(order->filled, "0");
    fixture_to(&fixture, 11);
    assert_size(order->filled, "0.4");
    fixture_to(&fixture, 12);
    assert_size(order->filled, "0.4");
    fixture_to(&fixture, 13);
    assert_size(order->filled, "0.6");
    assert_int_equal(order->status, VENUE_OPEN);
    assert_money(order->value, "60"); /* at its own price, through or not */
    assert_money(order->fees, "0.012");
    assert_int_equal(venue_sim_fill_at(fixture.sim, 1)->liquidity, LIQUIDITY_MAKER);
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "100", "5.4");
    fixture_close(&fixture);
}

static void cancels_ahead_bring_us_forward(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {10, "QB", "100", "1"}, {10, "QS", "100.1", "5"}, {11, "QB", "100", "8"},
        {11, "QS", "100.1", "5"}, {12, "TS", "100", "1.25"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "100", "1"));
    fixture_to(&fixture, 12);
    assert_size(order->filled, "0.25"); /* later arrivals stand behind us */
    fixture_close(&fixture);
}

static void the_other_best_crossing_us_fills_us(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {10, "QB", "99.7", "5"}, {10, "QS", "99.8", "0.6"}, {11, "LS", "99.9", "0.1"},
        {12, "QB", "99.7", "5"}, {12, "QS", "99.8", "2"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "99.9", "1"));
    fixture_to(&fixture, 10);
    assert_size(order->filled, "0.6");
    fixture_to(&fixture, 11);
    assert_size(order->filled, "0.7");
    fixture_to(&fixture, 12);
    assert_int_equal(order->status, VENUE_FILLED);
    assert_money(order->value, "99.9");
    assert_int_equal(venue_sim_fill_at(fixture.sim, 0)->liquidity, LIQUIDITY_MAKER);
    fixture_close(&fixture);
}

static void price_comes_first_then_time(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {20, "TS", "99.8", "1.5"}, {21, "TS", "99.8", "1"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *early =
        fixture_place(&fixture, fixture_limit("early", BTC_INTX, SIDE_BUY, "99.8", "1"));
    fixture_to(&fixture, 5);
    const struct venue_order *late =
        fixture_place(&fixture, fixture_limit("late", BTC_INTX, SIDE_BUY, "99.8", "1"));
    const struct venue_order *better =
        fixture_place(&fixture, fixture_limit("better", BTC_INTX, SIDE_BUY, "99.9", "1"));
    fixture_to(&fixture, 20);
    assert_int_equal(better->status, VENUE_FILLED);
    assert_size(early->filled, "0.5");
    assert_size(late->filled, "0");
    fixture_to(&fixture, 21);
    assert_int_equal(early->status, VENUE_FILLED);
    assert_size(late->filled, "0.5");
    fixture_close(&fixture);
}

static void contracts_trade_whole(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {10, "TS", "100", "0.006"}, {11, "TS", "100", "0.006"}, {12, "TS", "100", "5.008"},
        {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BIP, SIDE_BUY, "100", "3"));
    fixture_to(&fixture, 10);
    assert_int_equal(fixture.trade_count, 1); /* INTX alone: too little for a contract */
    fixture_to(&fixture, 11);
    assert_int_equal(fixture.trade_count, 3);
    fixture_to(&fixture, 12); /* 1 + 501 contracts in all, 500 of them before us */
    assert_size(order->filled, "2");
    assert_money(order->value, "2"); /* 2 contracts of 0.01 at 100 */
    fixture_close(&fixture);
}

static void post_only_never_takes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {10, "QB", "99", "5"}, {10, "QS", "99.1", "5"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    struct venue_request request = fixture_limit("a", BTC_INTX, SIDE_BUY, "100.1", "1");
    request.post_only = true;
    fixture_refused(&fixture, request, VENUE_POST_ONLY);
    fixture_to(&fixture, 9);
    request = fixture_limit("b", BTC_INTX, SIDE_BUY, "100", "1");
    request.post_only = true;
    const struct venue_order *order = fixture_place(&fixture, request);
    fixture_to(&fixture, 20); /* the market came down while it was on its way */
    assert_string_equal(fixture_states(&fixture, "b"), "PENDING OPEN FAILED");
    assert_size(order->filled, "0");
    assert_non_null(order->reject_reason);
    fixture_close(&fixture);
}

static void an_account_does_not_trade_with_itself(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    fixture_place(&fixture, fixture_limit("ask", BTC_INTX, SIDE_SELL, "100.1", "1"));
    fixture_place(&fixture, fixture_limit("far", BTC_INTX, SIDE_SELL, "100.2", "1"));
    fixture_to(&fixture, 5);
    const struct venue_order *taker =
        fixture_place(&fixture, fixture_limit("bid", BTC_INTX, SIDE_BUY, "100.1", "6"));
    fixture_to(&fixture, 10);
    assert_string_equal(fixture_states(&fixture, "ask"), "PENDING OPEN CANCELLED");
    assert_string_equal(fixture_states(&fixture, "far"), "PENDING OPEN");
    assert_size(taker->filled, "5"); /* the market's five; the rest rests */
    shown(&fixture, BTC_INTX, SIDE_BUY, 0, "100.1", "1");
    fixture_close(&fixture);
}

static void a_fill_may_win_the_race_with_a_cancel(void **state)
{
    (void)state;
    static const struct row rows[] = {{12, "TS", "99", "1"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *lost =
        fixture_place(&fixture, fixture_limit("lost", BTC_INTX, SIDE_BUY, "99.5", "0.5"));
    const struct venue_order *won =
        fixture_place(&fixture, fixture_limit("won", BTC_INTX, SIDE_BUY, "98", "0.5"));
    fixture_to(&fixture, 10);
    assert_null(venue_sim_cancel(fixture.sim, lost->id));
    assert_null(venue_sim_cancel(fixture.sim, won->id));
    assert_string_equal(venue_sim_cancel(fixture.sim, won->id), "DUPLICATE_CANCEL_REQUEST");
    assert_int_equal(won->status, VENUE_CANCEL_QUEUED);
    fixture_to(&fixture, 13);
    assert_string_equal(fixture_states(&fixture, "lost"), "PENDING OPEN CANCEL_QUEUED FILLED");
    fixture_to(&fixture, 20);
    assert_string_equal(fixture_states(&fixture, "won"), "PENDING OPEN CANCEL_QUEUED CANCELLED");
    assert_string_equal(venue_sim_cancel(fixture.sim, lost->id), "ORDER_IS_FULLY_FILLED");
    assert_string_equal(venue_sim_cancel(fixture.sim, won->id), "UNKNOWN_CANCEL_ORDER");
    assert_string_equal(venue_sim_cancel(fixture.sim, "nobody"), "UNKNOWN_CANCEL_ORDER");
    fixture_close(&fixture);
}

static void a_cancel_before_the_order_entered_holds(void **state)
{
    (void)state;
    struct fixture fixture;
    struct venue_sim_config config;
    fixture_config(&config);
    config.accept_delay_ns = 10 * MS;
    fixture_open_with(&fixture, NULL, &config);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_market("a", BTC_INTX, SIDE_BUY, "1"));
    assert_null(venue_sim_cancel(fixture.sim, order->id));
    fixture_to(&fixture, 50);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING CANCEL_QUEUED CANCELLED");
    assert_size(order->filled, "0");
    fixture_close(&fixture);
}

static void good_till_date_ends(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    struct venue_request request = fixture_limit("a", BTC_INTX, SIDE_BUY, "90", "1");
    request.tif = TIF_GTD;
    fixture_refused(&fixture, request, VENUE_BAD_END_TIME);
    request.end_ns = FIXTURE_START_NS + 30 * MS;
    fixture_place(&fixture, request);
    fixture_to(&fixture, 29);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING OPEN");
    fixture_to(&fixture, 30);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING OPEN EXPIRED");
    fixture_close(&fixture);
}

static void edits_keep_or_lose_their_place(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {20, "TS", "100", "5.5"}, {30, "TS", "100", "5.5"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "100", "2"));
    fixture_to(&fixture, 5);
    struct price price = {e9("100")};
    assert_string_equal(venue_sim_edit(fixture.sim, order->id, price, (struct size){0}),
                        "INVALID_EDITED_SIZE");
    assert_string_equal(venue_sim_edit(fixture.sim, order->id, price, (struct size){e9("2")}),
                        "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST");
    assert_string_equal(venue_sim_edit(fixture.sim, "x", price, (struct size){e9("1")}),
                        "ORDER_NOT_FOUND");
    assert_null(venue_sim_edit(fixture.sim, order->id, price, (struct size){e9("1")}));
    fixture_to(&fixture, 20);
    assert_size(order->filled, "0.5"); /* smaller: the place was kept */
    assert_string_equal(venue_sim_edit(fixture.sim, order->id, price, (struct size){e9("0.5")}),
                        "CANNOT_EDIT_TO_BELOW_FILLED_SIZE");
    assert_null(venue_sim_edit(fixture.sim, order->id, price, (struct size){e9("3")}));
    fixture_to(&fixture, 30);
    assert_size(order->filled, "1"); /* larger: behind the five that stood there again */
    assert_int_equal(order->edit_count, 2);
    fixture_close(&fixture);
}

int suite_venue_match(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_market_is_shown_at_each_products_tick),
        cmocka_unit_test(a_new_best_takes_what_it_passed_away),
        cmocka_unit_test(a_taker_walks_the_levels_and_pays_for_it),
        cmocka_unit_test(the_rest_of_an_ioc_is_cancelled),
        cmocka_unit_test(a_resting_order_waits_its_turn),
        cmocka_unit_test(cancels_ahead_bring_us_forward),
        cmocka_unit_test(the_other_best_crossing_us_fills_us),
        cmocka_unit_test(price_comes_first_then_time),
        cmocka_unit_test(contracts_trade_whole),
        cmocka_unit_test(post_only_never_takes),
        cmocka_unit_test(an_account_does_not_trade_with_itself),
        cmocka_unit_test(a_fill_may_win_the_race_with_a_cancel),
        cmocka_unit_test(a_cancel_before_the_order_entered_holds),
        cmocka_unit_test(good_till_date_ends),
        cmocka_unit_test(edits_keep_or_lose_their_place),
    };
    return cmocka_run_group_tests_name("venue_match", tests, NULL, NULL);
}
