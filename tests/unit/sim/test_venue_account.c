#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "sim/venue_sim_calendar.h"
#include "venue_fixture.h"

static void refusals_name_what_is_wrong(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "95", "1.5"),
                    VENUE_SIZE_PRECISION);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "96", "1"),
                    VENUE_PRICE_PRECISION);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "0", "1"), VENUE_BAD_PRICE);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "95", "0"), VENUE_SIZE_SMALL);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "95", "5001"),
                    VENUE_SIZE_LARGE);
    fixture_refused(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "90", "0.1"),
                    VENUE_QUOTE_SMALL); /* 9 USDC */
    fixture_refused(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "90.05", "1"),
                    VENUE_PRICE_PRECISION);
    struct venue_request request = fixture_limit("a", BIP, SIDE_BUY, "95", "1");
    request.reduce_only = true;
    fixture_refused(&fixture, request, VENUE_REDUCE_ONLY_VENUE);
    request = fixture_limit("a", BTC_INTX, SIDE_BUY, "95", "1");
    request.reduce_only = true;
    fixture_refused(&fixture, request, VENUE_REDUCE_ONLY_GROWS);
    request.product = VENUE_PRODUCTS;
    fixture_refused(&fixture, request, VENUE_BAD_PRODUCT);
    fixture_close(&fixture);
}

static void a_client_id_names_one_order(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    const struct venue_order *first =
        fixture_place(&fixture, fixture_limit("same", BTC_INTX, SIDE_BUY, "95", "1"));
    const struct venue_order *again =
        fixture_place(&fixture, fixture_limit("same", BIP, SIDE_SELL, "105", "3"));
    assert_ptr_equal(first, again);
    assert_int_equal(venue_sim_order_count(fixture.sim), 1);
    fixture_to(&fixture, 10);
    assert_null(venue_sim_cancel(fixture.sim, first->id));
    fixture_to(&fixture, 20);
    again = fixture_place(&fixture, fixture_limit("same", BTC_INTX, SIDE_BUY, "95", "1"));
    assert_ptr_equal(first, again); /* ended or not */
    assert_int_equal(again->status, VENUE_CANCELLED);
    for (int i = 0; i < 3000; i++) { /* the index grows and still finds everybody */
        char id[16];
        const struct venue_order *order;
        snprintf(id, sizeof id, "n%d", i);
        order = fixture_place(&fixture, fixture_limit(id, BTC_INTX, SIDE_BUY, "95", "1"));
        fixture_to(&fixture, 30 + 10 * i);
        assert_null(venue_sim_cancel(fixture.sim, order->id));
        fixture_to(&fixture, 37 + 10 * i);
        fixture.said_count = 0;
    }
    assert_ptr_equal(venue_sim_order_find(fixture.sim, first->id), first);
    assert_ptr_equal(
        fixture_place(&fixture, fixture_limit("same", BTC_INTX, SIDE_BUY, "95", "1")), first);
    fixture_close(&fixture);
}

static void too_little_cash_is_refused_and_reducing_is_not(void **state)
{
    (void)state;
    struct fixture fixture;
    struct venue_sim_config config;
    fixture_config(&config);
    config.cash_usd.e18 = (__int128)e9("30") * DECIMAL_ONE;
    config.cash_usdc.e18 = (__int128)e9("40") * DECIMAL_ONE;
    fixture_open_with(&fixture, NULL, &config);
    /* Margin is about a tenth: 30 USD carry 290 contracts of one dollar. */
    fixture_refused(&fixture, fixture_market("a", BIP, SIDE_BUY, "300"), VENUE_NO_FUTURES_FUNDS);
    fixture_refused(&fixture, fixture_market("a", BTC_INTX, SIDE_BUY, "4.1"), VENUE_NO_FUNDS);
    fixture_place(&fixture, fixture_market("b", BIP, SIDE_BUY, "200"));
    fixture_refused(&fixture, fixture_market("c", BIP, SIDE_BUY, "100"), VENUE_NO_FUTURES_FUNDS);
    fixture_to(&fixture, 10);
    fixture_refused(&fixture, fixture_market("c", BIP, SIDE_BUY, "100"), VENUE_NO_FUTURES_FUNDS);
    fixture_place(&fixture, fixture_limit("d", BIP, SIDE_BUY, "95", "20")); /* held */
    fixture_to(&fixture, 20);
    fixture_refused(&fixture, fixture_limit("e", BIP, SIDE_BUY, "95", "50"),
                    VENUE_NO_FUTURES_FUNDS);
    fixture_place(&fixture, fixture_market("f", BIP, SIDE_SELL, "200"));
    fixture_to(&fixture, 30);
    assert_size(venue_sim_ledger(fixture.sim)->positions[BIP].units, "0");
    fixture_close(&fixture);
}

static void no_cash_buys_an_overflow(void **state)
{
    (void)state;
    struct fixture fixture;
    struct venue_sim_config config;
    fixture_config(&config);
    config.cash_usdc.e18 = (__int128)e9("9000000000") * e9("1000000000");
    fixture_open_with(&fixture, NULL, &config);
    for (int i = 0; i < 100; i++) {
        char id[16];
        snprintf(id, sizeof id, "n%d", i);
        fixture_place(&fixture, fixture_limit(id, BTC_INTX, SIDE_BUY, "9000000", "1000"));
        fixture_to(&fixture, 5 * i);
    }
    fixture_refused(&fixture, fixture_limit("x", BTC_INTX, SIDE_BUY, "9000000", "1000"),
                    VENUE_POSITION_LIMIT);
    fixture_close(&fixture);
}

static void closing_takes_the_position(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct venue_order *order;
    fixture_open(&fixture, NULL);
    assert_int_equal(venue_sim_close(fixture.sim, "x", BIP, (struct size){0}, &order),
                     VENUE_NO_POSITION);
    fixture_place(&fixture, fixture_market("a", BIP, SIDE_SELL, "7"));
    fixture_to(&fixture, 10);
    assert_int_equal(venue_sim_close(fixture.sim, "x", BIP, (struct size){e9("8")}, &order),
                     VENUE_SIZE_LARGE);
    assert_int_equal(venue_sim_close(fixture.sim, "y", BIP, (struct size){e9("3")}, &order),
                     VENUE_ACCEPTED);
    fixture_to(&fixture, 20);
    assert_size(venue_sim_ledger(fixture.sim)->positions[BIP].units, "-4");
    assert_int_equal(venue_sim_close(fixture.sim, "z", BIP, (struct size){0}, &order),
                     VENUE_ACCEPTED);
    fixture_to(&fixture, 30);
    assert_size(venue_sim_ledger(fixture.sim)->positions[BIP].units, "0");
    fixture_close(&fixture);
}

static void reduce_only_never_turns_a_position(void **state)
{
    (void)state;
    static const struct row rows[] = {{50, "TS", "99", "9"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    fixture_place(&fixture, fixture_market("a", BTC_INTX, SIDE_SELL, "2"));
    fixture_to(&fixture, 10);
    struct venue_request request = fixture_limit("b", BTC_INTX, SIDE_BUY, "99.5", "2");
    request.reduce_only = true;
    const struct venue_order *order = fixture_place(&fixture, request);
    fixture_to(&fixture, 20);
    fixture_place(&fixture, fixture_market("c", BTC_INTX, SIDE_BUY, "1.5"));
    fixture_to(&fixture, 60); /* half a coin is left to close when the trade comes */
    assert_size(order->filled, "0.5");
    assert_size(venue_sim_ledger(fixture.sim)->positions[BTC_INTX].units, "0");
    fixture_close(&fixture);
}

static void a_stop_waits_for_its_price(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {5, "TB", "100.1", "1"}, {20, "QB", "98.9", "5"}, {20, "QS", "99", "5"},
        {21, "TS", "98.9", "1"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    fixture_to(&fixture, 6);
    struct venue_request request = fixture_limit("a", BTC_INTX, SIDE_SELL, "98", "1");
    request.type = ORDER_TYPE_STOP_LIMIT;
    request.stop.e9 = e9("101");
    fixture_refused(&fixture, request, VENUE_STOP_ABOVE);
    request.stop_up = true;
    request.stop.e9 = e9("99");
    fixture_refused(&fixture, request, VENUE_STOP_BELOW);
    request.stop_up = false;
    const struct venue_order *order = fixture_place(&fixture, request);
    fixture_to(&fixture, 20);
    assert_string_equal(fixture_states(&fixture, "a"), "PENDING OPEN");
    assert_false(order->triggered);
    fixture_to(&fixture, 21);
    assert_true(order->triggered);
    assert_int_equal(order->status, VENUE_FILLED);
    assert_money(order->value, "98.9");
    fixture_close(&fixture);
}

static struct venue_request bracket(const char *id, enum side side, const char *limit,
                                    const char *stop, const char *size)
{
    struct venue_request request = fixture_limit(id, BTC_INTX, side, limit, size);
    request.type = ORDER_TYPE_BRACKET;
    request.stop.e9 = e9(stop);
    return request;
}

static void a_bracket_guards_a_position_and_reserves_it(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {5, "TB", "100.1", "1"}, {2000, "QB", "97.9", "5"}, {2000, "QS", "98", "5"},
        {2001, "TS", "97.9", "0.1"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    fixture_open(&fixture, rows);
    fixture_to(&fixture, 6);
    fixture_refused(&fixture, bracket("a", SIDE_SELL, "110", "98", "1"), VENUE_BRACKET_SIZE);
    fixture_place(&fixture, fixture_market("open", BTC_INTX, SIDE_BUY, "2"));
    fixture_to(&fixture, 10);
    fixture_refused(&fixture, bracket("a", SIDE_BUY, "90", "102", "1"), VENUE_BRACKET_SIDE);
    fixture_refused(&fixture, bracket("a", SIDE_SELL, "110", "98", "2.1"), VENUE_BRACKET_SIZE);
    const struct venue_order *first =
        fixture_place(&fixture, bracket("b", SIDE_SELL, "110", "98", "2"));
    fixture_to(&fixture, 20);
    fixture_refused(&fixture, fixture_market("c", BTC_INTX, SIDE_SELL, "1"), VENUE_BRACKETED);
    assert_null(venue_sim_cancel(fixture.sim, first->id));
    fixture_to(&fixture, 30);
    assert_int_equal(first->status, VENUE_CANCELLED);
    /* The reservation lingers after the cancel. */
    fixture_refused(&fixture, bracket("d", SIDE_SELL, "110", "98", "2"), VENUE_BRACKET_SIZE);
    fixture_to(&fixture, 600);
    const struct venue_order *second =
        fixture_place(&fixture, bracket("e", SIDE_SELL, "110", "98", "2"));
    fixture_to(&fixture, 2001);
    assert_true(second->triggered);
    assert_int_equal(second->request.limit.e9, e9("93.1")); /* 5 % below the trigger */
    assert_int_equal(second->status, VENUE_FILLED);
    assert_money(second->value, "195.8");
    fixture_close(&fixture);
}

static void too_many_open_orders_fail_late(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    for (int i = 0; i < 501; i++) {
        char id[16];
        snprintf(id, sizeof id, "n%d", i);
        fixture_place(&fixture, fixture_limit(id, BTC_INTX, SIDE_BUY, "95", "1"));
        fixture_to(&fixture, 5 + 5 * i);
    }
    assert_string_equal(fixture_states(&fixture, "n499"), "PENDING OPEN");
    assert_string_equal(fixture_states(&fixture, "n500"), "PENDING FAILED");
    assert_string_equal(venue_sim_order_at(fixture.sim, 500)->reject_reason,
                        "TOO_MANY_OPEN_ORDERS");
    fixture_close(&fixture);
}

static void funding_comes_with_the_hour(void **state)
{
    (void)state;
    struct fixture fixture;
    enum { NEXT_HOUR_MS = 2800 * 1000, HOUR_MS = 3600 * 1000 }; /* it starts at 14:13:20 */
    fixture_open(&fixture, NULL);
    fixture_place(&fixture, fixture_market("a", BIP, SIDE_BUY, "100"));
    fixture_place(&fixture, fixture_market("b", BTC_INTX, SIDE_BUY, "1"));
    fixture_to(&fixture, NEXT_HOUR_MS - 1);
    const struct ledger *ledger = venue_sim_ledger(fixture.sim);
    assert_true(ledger->funding_paid[PROFILE_INTX].e18 == 0);
    struct ratio before = venue_sim_funding_rate(fixture.sim, BIP);
    fixture_to(&fixture, NEXT_HOUR_MS); /* 15:00 UTC: INTX pays, CDE accrues */
    assert_true(venue_sim_funding_rate(fixture.sim, BIP).e9 != before.e9);
    __int128 paid = ledger->funding_paid[PROFILE_INTX].e18;
    struct ratio rate = venue_sim_funding_rate(fixture.sim, BTC_INTX);
    assert_true(paid == -(__int128)e9("100.05") * rate.e9); /* longs pay a positive rate */
    assert_true(ledger->positions[BIP].funding_accrued.e18 != 0);
    assert_true(ledger->funding_paid[PROFILE_CDE].e18 == 0);
    fixture_to(&fixture, NEXT_HOUR_MS + HOUR_MS); /* 16:00 UTC: the midday cycle of CDE */
    assert_true(ledger->funding_paid[PROFILE_CDE].e18 != 0);
    assert_true(ledger->positions[BIP].funding_accrued.e18 == 0);
    fixture_close(&fixture);
}

static void the_week_has_a_break_on_friday(void **state)
{
    (void)state;
    static const struct { int64_t unix_s; bool open; } TABLE[] = {
        {1782507599, true},  /* Friday 2026-06-26 16:59:59 New York, daylight time */
        {1782507600, false}, /* 17:00:00 */
        {1782511199, false}, /* 17:59:59 */
        {1782511200, true},  /* 18:00:00 */
        {1782594000, true},  /* Saturday 17:00 */
        {1797026399, true},  /* Friday 2026-12-11 16:59:59, standard time */
        {1797026400, false},
        {1797030000, true},
        {1772830800, true},  /* Friday 2026-03-06 16:00: the clocks change two days later */
        {1772834400, false},
        {1773435600, false}, /* Friday 2026-03-13 17:00, daylight time by then */
        {1773432000, true},
    };
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        if (venue_calendar_open(TABLE[i].unix_s * 1000 * MS) != TABLE[i].open)
            fail_msg("row %zu", i);
    assert_int_equal(venue_calendar_day_start_ns(INT64_C(1797026400) * 1000 * MS),
                     INT64_C(1797026400) * 1000 * MS);
    assert_int_equal(venue_calendar_day_start_ns(INT64_C(1797026399) * 1000 * MS),
                     (INT64_C(1797026400) - 86400) * 1000 * MS);
}

static void a_closed_session_takes_no_cde_orders(void **state)
{
    (void)state;
    static const struct row rows[] = {{20, "TS", "95", "1"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    struct venue_sim_config config;
    fixture_config(&config);
    config.session = SESSION_CLOSED;
    fixture_open_with(&fixture, rows, &config);
    fixture_refused(&fixture, fixture_limit("a", BIP, SIDE_BUY, "95", "1"), VENUE_SESSION);
    fixture_place(&fixture, fixture_limit("b", BTC_INTX, SIDE_BUY, "95", "1"));
    fixture_to(&fixture, 20);
    assert_int_equal(fixture.trade_count, 1); /* INTX prints, CDE does not */
    assert_int_equal(fixture.trade_products[0], BTC_INTX);
    fixture_close(&fixture);
}

static void the_tape_begins_anew(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {5, "LB", "99", "3"}, {10, "TB", "100.1", "1"}, {20, "QB", "101", "5"},
        {20, "QS", "101.1", "5"}, {0, NULL, NULL, NULL}};
    struct fixture fixture;
    struct level best, *changes;
    fixture_loops = true;
    fixture_open(&fixture, rows);
    fixture_loops = false;
    const struct venue_order *order =
        fixture_place(&fixture, fixture_limit("a", BTC_INTX, SIDE_BUY, "99.5", "1"));
    fixture_to(&fixture, 20);
    struct venue_book *book = venue_sim_book(fixture.sim, BTC_INTX);
    assert_true(venue_book_best_shown(book, SIDE_BUY, &best) && best.price.e9 == e9("101"));
    assert_int_equal(fixture.reset_count, 0);
    fixture_to(&fixture, 21); /* one millisecond after the last row */
    assert_int_equal(fixture.reset_count, 2);
    assert_true(venue_book_best_shown(book, SIDE_BUY, &best) && best.price.e9 == e9("100"));
    uint32_t cursor = 0, levels = 0;
    while (venue_book_walk_shown(book, SIDE_BUY, &cursor, &best))
        levels++;
    assert_int_equal(levels, 2); /* 100, and our own order, which lives on */
    assert_int_equal(order->status, VENUE_OPEN);
    fixture_to(&fixture, 21 * 50);
    assert_int_equal(fixture.reset_count, 100);
    uint64_t last_id = 0, prints = 0;
    for (uint32_t i = 0; i < fixture.trade_count; i++) {
        if (fixture.trade_products[i] != BTC_INTX)
            continue;
        assert_true(fixture.trades[i].trade_id > last_id);
        last_id = fixture.trades[i].trade_id;
        prints++;
    }
    assert_int_equal(prints, 50);
    assert_true(venue_book_take_changes(book, &changes) > 0);
    assert_int_equal(venue_book_take_changes(book, &changes), 0);
    fixture_close(&fixture);
}

/* A copy of the book that lives on the published changes alone must stay the book. */
struct copy { int64_t price_e9, size_e9; enum side side; };
enum { COPY_MAX = 4096 };

static void apply_change(struct copy *copy, uint32_t *count, const struct level *change)
{
    uint32_t i = 0;
    while (i < *count && (copy[i].price_e9 != change->price.e9 || copy[i].side != change->side))
        i++;
    if (i == *count && change->size.e9 > 0)
        copy[(*count)++] = (struct copy){change->price.e9, change->size.e9, change->side};
    else if (i < *count && change->size.e9 > 0)
        copy[i].size_e9 = change->size.e9;
    else if (i < *count)
        copy[i] = copy[--*count];
    assert_true(*count < COPY_MAX);
}

static void check_copy(struct venue_book *book, const struct copy *copy, uint32_t count)
{
    uint32_t shown = 0;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        uint32_t cursor = 0;
        struct level level;
        while (venue_book_walk_shown(book, (enum side)side, &cursor, &level)) {
            uint32_t i = 0;
            while (i < count && (copy[i].price_e9 != level.price.e9 || copy[i].side != level.side))
                i++;
            assert_true(i < count && copy[i].size_e9 == level.size.e9);
            shown++;
        }
    }
    assert_int_equal(shown, count);
}

static struct venue_request draw_request(struct prng *prng, struct venue_sim *sim, int number)
{
    char id[16];
    static const int PRODUCTS[] = {ETP, ETH_INTX};
    int product = PRODUCTS[prng_below(prng, 2)];
    enum side side = prng_below(prng, 2) ? SIDE_BUY : SIDE_SELL;
    struct level best = {0};
    const struct venue_product *spec = &venue_products[product];
    struct venue_request request;
    snprintf(id, sizeof id, "r%d", number);
    request = fixture_limit(id, product, side, "1", "1");
    request.size.e9 = spec->step.e9 * (int64_t)(1 + prng_below(prng, product == ETP ? 30 : 30000));
    request.post_only = prng_below(prng, 3) == 0;
    venue_book_best_shown(venue_sim_book(sim, product), side, &best);
    request.limit.e9 = best.price.e9 + spec->tick.e9 * ((int64_t)prng_below(prng, 9) - 4);
    if (prng_below(prng, 4) == 0) {
        request.type = ORDER_TYPE_MARKET;
        request.tif = TIF_IOC;
        request.limit.e9 = 0;
        request.post_only = false;
    }
    return request;
}

static void check_books(struct fixture *fixture)
{
    struct venue_sim *sim = fixture->sim;
    int64_t held[VENUE_PRODUCTS] = {0};
    __int128 fees[VENUE_PRODUCTS] = {0};
    for (uint32_t i = 0; i < venue_sim_fill_count(sim); i++) {
        const struct venue_fill *fill = venue_sim_fill_at(sim, i);
        held[fill->product] += fill->side == SIDE_BUY ? fill->size.e9 : -fill->size.e9;
        fees[fill->product] += fill->fee.e18;
    }
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        assert_int_equal(venue_sim_ledger(sim)->positions[i].units.e9, held[i]);
        assert_true(venue_sim_ledger(sim)->positions[i].fees.e18 == fees[i]);
    }
    for (uint32_t i = 0; i < venue_sim_order_count(sim); i++) {
        const struct venue_order *order = venue_sim_order_at(sim, i);
        assert_true(order->filled.e9 >= 0 && order->filled.e9 <= order->request.size.e9);
        assert_true((order->status == VENUE_FILLED) ==
                    (order->filled.e9 == order->request.size.e9));
    }
}

/* Ten minutes of random orders; `step_ms` says how often the venue is looked at in between. */
static void run_wild(struct fixture *fixture, int step_ms, bool follow)
{
    struct prng prng;
    static struct copy copy[COPY_MAX];
    uint32_t count = 0;
    struct level *changes;
    prng_seed(&prng, 99);
    fixture_open(fixture, NULL);
    for (int ms = 0, number = 0; ms < 600 * 1000; ms += 200, number++) {
        for (int at = ms; at < ms + 200; at += step_ms)
            fixture_to(fixture, at);
        fixture_to(fixture, ms + 200);
        struct venue_request request = draw_request(&prng, fixture->sim, number);
        const struct venue_order *order = NULL;
        venue_sim_place(fixture->sim, &request, &order);
        if (venue_sim_order_count(fixture->sim) > 20) {
            uint32_t back = (uint32_t)prng_below(&prng, 20);
            uint32_t picked = venue_sim_order_count(fixture->sim) - 1 - back;
            venue_sim_cancel(fixture->sim, venue_sim_order_at(fixture->sim, picked)->id);
        }
        struct venue_book *book = venue_sim_book(fixture->sim, ETP);
        uint32_t changed = venue_book_take_changes(book, &changes);
        for (uint32_t i = 0; follow && i < changed; i++)
            apply_change(copy, &count, &changes[i]);
        if (follow && number % 50 == 0)
            check_copy(book, copy, count);
        fixture->said_count = 0;
    }
    check_books(fixture);
}

static void wild_trading_keeps_the_books_right_and_repeats(void **state)
{
    (void)state;
    static struct fixture one, two;
    struct buf first, second;
    run_wild(&one, 200, true);
    run_wild(&two, 7, false); /* looked at more often: the same to the last digit */
    assert_true(venue_sim_fill_count(one.sim) > 500);
    buf_init(&first, 64 * 1024 * 1024);
    buf_init(&second, 64 * 1024 * 1024);
    venue_sim_encode_state(one.sim, &first);
    venue_sim_encode_state(two.sim, &second);
    assert_string_equal(first.data, second.data);

    struct fixture restored;
    struct err err = {""};
    fixture_open(&restored, NULL);
    assert_int_equal(venue_sim_decode_state(restored.sim, first.data, first.length, &err), 0);
    buf_clear(&second);
    venue_sim_encode_state(restored.sim, &second);
    assert_string_equal(first.data, second.data);
    fixture_to(&restored, 1000); /* and it goes on */
    check_books(&restored);
    fixture_close(&restored);
    buf_fini(&first);
    buf_fini(&second);
    fixture_close(&one);
    fixture_close(&two);
}

static void a_restored_order_goes_on(void **state)
{
    (void)state;
    static const struct row rows[] = {{20, "TS", "99", "1"}, {0, NULL, NULL, NULL}};
    struct fixture before, after;
    struct err err = {""};
    struct buf text;
    fixture_open(&before, NULL);
    fixture_place(&before, fixture_limit("rest", BTC_INTX, SIDE_BUY, "99.5", "1"));
    fixture_place(&before, fixture_limit("gone", BTC_INTX, SIDE_BUY, "99.4", "1"));
    fixture_to(&before, 10);
    venue_sim_cancel(before.sim, venue_sim_order_at(before.sim, 1)->id);
    fixture_place(&before, fixture_market("late", BTC_INTX, SIDE_BUY, "1")); /* still PENDING */
    buf_init(&text, 1 << 20);
    venue_sim_encode_state(before.sim, &text);
    fixture_open(&after, rows);
    assert_int_equal(venue_sim_decode_state(after.sim, text.data, text.length, &err), 0);
    fixture_to(&after, 30);
    assert_int_equal(venue_sim_order_at(after.sim, 0)->status, VENUE_FILLED);
    assert_int_equal(venue_sim_order_at(after.sim, 1)->status, VENUE_CANCELLED);
    assert_int_equal(venue_sim_order_at(after.sim, 2)->status, VENUE_FILLED);
    assert_size(venue_sim_ledger(after.sim)->positions[BTC_INTX].units, "2");
    for (size_t cut = 0; cut < text.length; cut += 7) { /* every torn file is seen */
        struct fixture torn;
        fixture_open(&torn, NULL);
        assert_int_equal(venue_sim_decode_state(torn.sim, text.data, cut, &err), -1);
        fixture_close(&torn);
    }
    buf_fini(&text);
    fixture_close(&before);
    fixture_close(&after);
}

static struct tape *read_slice(void)
{
    static char bytes[1 << 20];
    struct err err = {""};
    FILE *file = fopen(TESTS_DIR "/data/btc-perp.tape.csv.gz", "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    struct tape *tape = tape_create(bytes, length, &err);
    if (!tape)
        fail_msg("%s", err.text);
    return tape;
}

static void check_real_book(struct venue_sim *sim, int product)
{
    struct venue_book *book = venue_sim_book(sim, product);
    const struct venue_product *spec = &venue_products[product];
    uint32_t levels[2] = {0};
    struct level best[2];
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct level level;
        uint32_t cursor = 0;
        assert_true(venue_book_best_shown(book, (enum side)side, &best[side]));
        while (venue_book_walk_shown(book, (enum side)side, &cursor, &level)) {
            assert_int_equal(level.price.e9 % spec->tick.e9, 0);
            assert_int_equal(level.size.e9 % spec->step.e9, 0);
            levels[side]++;
        }
    }
    assert_true(best[SIDE_BUY].price.e9 < best[SIDE_SELL].price.e9);
    assert_true(levels[SIDE_BUY] >= 5 && levels[SIDE_SELL] >= 5);
}

/* The recorded slice twice over, with a maker at both touches: books hold, both sides fill. */
static void a_real_tape_is_tradable(void **state)
{
    (void)state;
    static struct fixture fixture;
    struct err err = {""};
    struct tape *tape = read_slice();
    uint32_t makers[2] = {0};
    fixture_config(&fixture.config);
    fixture.config.tape = tape;
    fixture.sim = venue_sim_create(&fixture.config, &(struct venue_sink){0}, &err);
    assert_non_null(fixture.sim);
    for (int ms = 100, number = 0; ms < 80 * 1000; ms += 100) {
        fixture_to(&fixture, ms);
        check_real_book(fixture.sim, BIP);
        check_real_book(fixture.sim, BTC_INTX);
        for (int i = 0; i < 2 && ms % 1000 == 0; i++, number++) {
            enum side side = i ? SIDE_BUY : SIDE_SELL;
            int product = number % 4 < 2 ? BIP : BTC_INTX;
            struct level best;
            char id[16];
            snprintf(id, sizeof id, "n%d", number);
            struct venue_request request =
                fixture_limit(id, product, side, "1", product == BIP ? "1" : "0.01");
            assert_true(venue_book_best_shown(venue_sim_book(fixture.sim, product), side, &best));
            request.limit = best.price;
            request.post_only = true;
            fixture_place(&fixture, request);
        }
    }
    check_books(&fixture);
    for (uint32_t i = 0; i < venue_sim_fill_count(fixture.sim); i++) {
        assert_int_equal(venue_sim_fill_at(fixture.sim, i)->liquidity, LIQUIDITY_MAKER);
        makers[venue_sim_fill_at(fixture.sim, i)->side]++;
    }
    assert_true(makers[SIDE_BUY] > 10 && makers[SIDE_SELL] > 10);
    venue_sim_destroy(fixture.sim);
    tape_destroy(tape);
}

int suite_venue_account(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_name_what_is_wrong),
        cmocka_unit_test(a_client_id_names_one_order),
        cmocka_unit_test(too_little_cash_is_refused_and_reducing_is_not),
        cmocka_unit_test(no_cash_buys_an_overflow),
        cmocka_unit_test(closing_takes_the_position),
        cmocka_unit_test(reduce_only_never_turns_a_position),
        cmocka_unit_test(a_stop_waits_for_its_price),
        cmocka_unit_test(a_bracket_guards_a_position_and_reserves_it),
        cmocka_unit_test(too_many_open_orders_fail_late),
        cmocka_unit_test(funding_comes_with_the_hour),
        cmocka_unit_test(the_week_has_a_break_on_friday),
        cmocka_unit_test(a_closed_session_takes_no_cde_orders),
        cmocka_unit_test(the_tape_begins_anew),
        cmocka_unit_test(wild_trading_keeps_the_books_right_and_repeats),
        cmocka_unit_test(a_restored_order_goes_on),
        cmocka_unit_test(a_real_tape_is_tradable),
    };
    return cmocka_run_group_tests_name("venue_account", tests, NULL, NULL);
}
