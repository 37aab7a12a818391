#include <stdio.h>
#include <string.h>

#include "sim/fill_venue.h"
#include "suites.h"

/* A venue of two products with what it told, and a journal that is written a row at a time. */
enum { TOLD_MAX = 64 };
static const int64_t SECOND = 1000000000;

struct fixture {
    struct fill_venue venue;
    struct event told[TOLD_MAX];
    unsigned count, room; /* room: how many more events are taken */
};
static struct fixture fixture;

static bool take(void *context, const struct event *event)
{
    (void)context;
    if (fixture.room == 0)
        return false;
    fixture.room--;
    assert_in_range(fixture.count, 0, TOLD_MAX - 1);
    fixture.told[fixture.count++] = *event;
    return true;
}

static struct price whole_price(int64_t whole)
{
    return (struct price){whole * DECIMAL_ONE};
}

static int make_venue(void **state)
{
    (void)state;
    struct fill_venue_config config = {.name = "paper", .rates = {{0}, {DECIMAL_ONE / 1000}},
                                       .cash = {(__int128)1000 * DECIMAL_ONE * DECIMAL_ONE}};
    for (int i = 0; i < 2; i++) {
        struct instrument *spec = &config.catalog.items[config.catalog.count++];
        snprintf(spec->product_id, PRODUCT_ID_MAX, "P%d", i);
        spec->step.e9 = DECIMAL_ONE;
        spec->profile = i == 0 ? PROFILE_CDE : PROFILE_INTX;
    }
    memset(&fixture, 0, sizeof fixture);
    fixture.room = TOLD_MAX;
    fill_venue_init(&fixture.venue, &config, &(struct fill_venue_port){NULL, take, NULL});
    return 0;
}

static int end_venue(void **state)
{
    (void)state;
    fill_venue_fini(&fixture.venue);
    return 0;
}

static void restore(const struct record *record)
{
    struct err err;
    assert_int_equal(fill_venue_restore(&fixture.venue, record, &err), 0);
}

/* A row of a buyer of ten at 100, made at that second. */
static void restore_order(uint8_t id, enum order_type type, enum order_state state, int64_t at_s,
                          int64_t filled, const char *venue_id)
{
    struct record record = {.kind = RECORD_ORDER, .at.wall_ns = at_s * SECOND};
    struct record_order *order = &record.order;
    order->id.bytes[0] = id;
    order->type = type;
    order->side = SIDE_BUY;
    order->state = state;
    order->price = whole_price(100);
    order->size.e9 = 10 * (int64_t)DECIMAL_ONE;
    order->filled.e9 = filled * DECIMAL_ONE;
    memcpy(order->product_id, "P0", 3);
    snprintf(order->venue_id.text, VENUE_ID_MAX, "%s", venue_id);
    restore(&record);
}

static void restore_fill(uint8_t id, int64_t size, const char *trade_id)
{
    struct record record = {.kind = RECORD_FILL};
    struct record_fill *r = &record.fill;
    r->id.bytes[0] = id;
    memcpy(r->product_id, "P0", 3);
    r->provisional = *trade_id == '\0';
    r->fill = (struct event_fill){.side = SIDE_BUY, .price = whole_price(99), .venue_ns = SECOND};
    r->fill.size.e9 = size * DECIMAL_ONE;
    snprintf(r->fill.trade_id.text, VENUE_ID_MAX, "%s", trade_id);
    restore(&record);
}

static unsigned ask(enum list_kind kind, int64_t since_ns, int64_t now_ns)
{
    struct command_list command = {.kind = kind, .since_wall_ns = since_ns};
    fixture.count = 0;
    fill_venue_list(&fixture.venue, &command, now_ns);
    fill_venue_work(&fixture.venue, now_ns);
    assert_int_equal(fixture.told[fixture.count - 1].kind, EVENT_LIST_END);
    return fixture.count - 1;
}

static void a_restored_venue_is_the_one_its_journal_tells_of(void **state)
{
    (void)state;
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_INTENDED, 1, 0, "");
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_OPEN, 2, 0, "paper-order-7");
    restore_fill(1, 4, "paper-trade-5");
    restore_fill(1, 4, "paper-trade-5"); /* claimed: the same row again */
    restore_fill(1, 3, "");
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_OPEN, 3, 7, "");
    restore_order(2, ORDER_TYPE_LIMIT, ORDER_SENT, 4, 0, "");
    restore_order(3, ORDER_TYPE_MARKET, ORDER_SENT, 4, 0, "");
    restore_order(4, ORDER_TYPE_LIMIT, ORDER_CANCELLED, 1, 0, "paper-order-2");
    restore_order(5, ORDER_TYPE_LIMIT, ORDER_DROPPED, 5, 0, "");
    fill_venue_restored(&fixture.venue, 10 * SECOND);
    assert_int_equal(fixture.venue.markets[0].position.e9, 7 * (int64_t)DECIMAL_ONE);

    /* The newest first, then what works: dropped orders were never here. */
    assert_int_equal(ask(LIST_ORDERS, 0, 11 * SECOND), 4);
    assert_int_equal(fixture.told[0].order.status, VENUE_CANCELLED);
    assert_int_equal(fixture.told[0].order.client_id.bytes[0], 3);
    assert_string_equal(fixture.told[1].order.venue_id.text, "paper-order-2");
    assert_int_equal(fixture.told[2].order.status, VENUE_OPEN);
    assert_int_equal(fixture.told[2].order.filled.e9, 7 * (int64_t)DECIMAL_ONE);
    assert_string_equal(fixture.told[3].order.venue_id.text, "paper-order-8");
    assert_int_equal(ask(LIST_ORDERS, 5 * SECOND, 11 * SECOND), 3);

    /* What was told of and not listed is a fill of its own, under a number of its own. */
    assert_int_equal(ask(LIST_FILLS, 0, 11 * SECOND), 2);
    assert_string_equal(fixture.told[0].fill.trade_id.text, "paper-trade-6");
    assert_int_equal(fixture.told[0].fill.size.e9, 3 * (int64_t)DECIMAL_ONE);
    assert_int_equal(fixture.told[0].fill.price.e9, whole_price(99).e9);
}

static void an_order_that_worked_stands_at_the_tail(void **state)
{
    (void)state;
    struct trade trade = {.price = whole_price(100), .size = {12 * (int64_t)DECIMAL_ONE},
                          .aggressor = SIDE_SELL};
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_OPEN, 1, 0, "paper-order-0");
    fill_venue_restored(&fixture.venue, 2 * SECOND);
    fill_book_level(&fixture.venue.markets[0].book,
                    &(struct level){whole_price(100), {10 * (int64_t)DECIMAL_ONE}, SIDE_BUY});
    fill_venue_trade(&fixture.venue, 0, &trade, 3 * SECOND);
    assert_int_equal(fixture.venue.markets[0].position.e9, 2 * (int64_t)DECIMAL_ONE);
}

static void a_balance_without_a_price_is_not_told(void **state)
{
    (void)state;
    struct trade trade = {.price = whole_price(90), .size = {DECIMAL_ONE}, .aggressor = SIDE_BUY};
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_FILLED, 1, 10, "paper-order-0");
    restore_fill(1, 10, "paper-trade-1");
    fill_venue_restored(&fixture.venue, 2 * SECOND);
    assert_int_equal(ask(LIST_BALANCE, 0, 3 * SECOND), 0);
    assert_false(fixture.told[0].list_end.complete);
    fill_venue_trade(&fixture.venue, 0, &trade, 4 * SECOND);
    assert_int_equal(ask(LIST_BALANCE, 0, 5 * SECOND), 2);
    /* Half of the cash each; ten bought at 99 are worth 90. */
    assert_true(fixture.told[0].balance.equity.e18 == (__int128)410 * DECIMAL_ONE * DECIMAL_ONE);
    assert_true(fixture.told[1].balance.equity.e18 == (__int128)500 * DECIMAL_ONE * DECIMAL_ONE);
}

static void what_finds_no_room_is_told_later_and_in_order(void **state)
{
    (void)state;
    struct fill_order asked = {.type = ORDER_TYPE_LIMIT, .size = {DECIMAL_ONE},
                               .price = whole_price(5), .id.bytes = {9}};
    fixture.room = 0;
    fill_venue_place(&fixture.venue, &asked, SECOND);
    fill_venue_work(&fixture.venue, SECOND);
    assert_int_equal(fixture.count, 0);
    fixture.room = TOLD_MAX;
    fill_venue_work(&fixture.venue, SECOND);
    assert_int_equal(fixture.count, 2);
    assert_int_equal(fixture.told[0].kind, EVENT_PLACE_REPLY);
    assert_int_equal(fixture.told[1].kind, EVENT_ORDER_REPORT);
    /* The same order again is the same order. */
    fill_venue_place(&fixture.venue, &asked, 2 * SECOND);
    fill_venue_work(&fixture.venue, 2 * SECOND);
    assert_int_equal(fixture.count, 3);
    assert_string_equal(fixture.told[2].place_reply.venue_id.text,
                        fixture.told[0].place_reply.venue_id.text);
    assert_int_equal(fixture.venue.live.count, 1);
}

static const struct event_place_reply *place(const struct fill_order *asked, int64_t at_s)
{
    fixture.count = 0;
    fixture.room = TOLD_MAX;
    fill_venue_place(&fixture.venue, asked, at_s * SECOND);
    fill_venue_work(&fixture.venue, at_s * SECOND);
    assert_true(fixture.count > 0);
    assert_int_equal(fixture.told[0].kind, EVENT_PLACE_REPLY);
    return &fixture.told[0].place_reply;
}

static void an_id_that_was_used_is_answered_with_its_order(void **state)
{
    (void)state;
    struct fill_order asked = {.type = ORDER_TYPE_LIMIT, .size = {DECIMAL_ONE},
                               .price = whole_price(5), .id.bytes = {9}};
    struct command_cancel cancel = {.id.bytes = {9}};
    struct trade trade = {.price = whole_price(4), .size = {DECIMAL_ONE},
                          .aggressor = SIDE_SELL, .venue_ns = 2 * SECOND};
    place(&asked, 1);
    fill_venue_trade(&fixture.venue, 0, &trade, 2 * SECOND);
    assert_int_equal(fixture.venue.markets[0].position.e9, DECIMAL_ONE);
    fill_venue_work(&fixture.venue, 2 * SECOND);
    /* Filled, and asked for again: nothing rests, and the answer is the filled one. */
    assert_int_equal(place(&asked, 3)->outcome, OUTCOME_ACCEPTED);
    assert_string_equal(fixture.told[0].place_reply.venue_id.text, "paper-order-0");
    assert_int_equal(fixture.count, 1);
    assert_int_equal(fixture.venue.live.count, 0);
    /* So with one that was cancelled. */
    asked.id.bytes[0] = cancel.id.bytes[0] = 10;
    place(&asked, 4);
    fill_venue_cancel(&fixture.venue, &cancel, 5 * SECOND);
    fill_venue_work(&fixture.venue, 5 * SECOND);
    assert_string_equal(place(&asked, 6)->venue_id.text, "paper-order-1");
    assert_int_equal(fixture.venue.live.count, 0);
    /* Sent twice before the first arrived, it is one order. */
    asked.id.bytes[0] = 11;
    fill_venue_place(&fixture.venue, &asked, 7 * SECOND);
    assert_string_equal(place(&asked, 7)->venue_id.text, "paper-order-2");
    assert_int_equal(fixture.count, 3); /* two answers and one order */
    assert_int_equal(fixture.venue.live.count, 1);
}

static void an_id_that_was_refused_is_judged_afresh(void **state)
{
    (void)state;
    struct fill_book *book = &fixture.venue.markets[0].book;
    struct fill_order asked = {.type = ORDER_TYPE_LIMIT, .size = {DECIMAL_ONE}, .post_only = true,
                               .price = whole_price(5), .id.bytes = {9}};
    fill_book_level(book, &(struct level){whole_price(5), {DECIMAL_ONE}, SIDE_SELL});
    assert_int_equal(place(&asked, 1)->outcome, OUTCOME_REFUSED);
    assert_string_equal(fixture.told[0].place_reply.reason, "INVALID_LIMIT_PRICE_POST_ONLY");
    fill_book_level(book, &(struct level){whole_price(5), {0}, SIDE_SELL});
    assert_int_equal(place(&asked, 2)->outcome, OUTCOME_ACCEPTED);
    assert_int_equal(fixture.venue.live.count, 1);
    fill_venue_forget(&fixture.venue, 2 * SECOND);
    assert_string_equal(place(&asked, 3)->venue_id.text, "paper-order-1");
}

static void many_orders_are_found_by_their_ids(void **state)
{
    (void)state;
    struct fill_order asked = {.type = ORDER_TYPE_LIMIT, .tif = TIF_IOC, .size = {DECIMAL_ONE},
                               .price = whole_price(5)};
    char name[VENUE_ID_MAX];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 300; i++) {
            asked.id.bytes[0] = (uint8_t)i;
            asked.id.bytes[1] = (uint8_t)(i >> 8);
            snprintf(name, sizeof name, "paper-order-%d", i);
            assert_string_equal(place(&asked, 1)->venue_id.text, name);
        }
    assert_int_equal(fixture.venue.orders.count, 300);
}

static void what_ended_long_ago_is_let_go(void **state)
{
    (void)state;
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_FILLED, 1, 10, "paper-order-0");
    restore_fill(1, 10, "paper-trade-1");
    restore_order(2, ORDER_TYPE_LIMIT, ORDER_CANCELLED, 8, 0, "paper-order-1");
    fill_venue_restored(&fixture.venue, 9 * SECOND);
    fill_venue_forget(&fixture.venue, 8 * SECOND);
    assert_int_equal(ask(LIST_ORDERS, 0, 9 * SECOND), 1);
    assert_int_equal(ask(LIST_FILLS, 0, 9 * SECOND), 0);
    assert_int_equal(fixture.venue.markets[0].position.e9, 10 * (int64_t)DECIMAL_ONE);
}

/* ---- funding: an hour is the interval, a rate is a hundredth of what is held for each */

static const int64_t HOUR = 3600 * (int64_t)1000000000;

static void tell_spec(int64_t next_hour, int64_t rate, int64_t now_ns)
{
    struct instrument spec = {.funding_interval_ns = HOUR, .funding_time_ns = next_hour * HOUR,
                              .funding_rate.e9 = rate * (DECIMAL_ONE / 100)};
    fill_venue_spec(&fixture.venue, 0, &spec, now_ns);
}

static void show_mid(int64_t price)
{
    struct fill_book *book = &fixture.venue.markets[0].book;
    fill_book_clear(book);
    fill_book_level(book, &(struct level){whole_price(price - 1), {DECIMAL_ONE}, SIDE_BUY});
    fill_book_level(book, &(struct level){whole_price(price + 1), {DECIMAL_ONE}, SIDE_SELL});
}

static void hold(int64_t size)
{
    fixture.venue.markets[0].position.e9 = size * DECIMAL_ONE;
}

static void assert_funded(int64_t whole)
{
    __int128 want = (__int128)whole * DECIMAL_ONE * DECIMAL_ONE;
    assert_true(fill_venue_funding(&fixture.venue).e18 == want);
}

static void a_stamp_costs_what_was_held_at_it_by_the_rate_shown_after(void **state)
{
    (void)state;
    tell_spec(1, 5, 1);
    assert_int_equal(fill_venue_next_ns(&fixture.venue), HOUR);
    show_mid(100);
    hold(10);
    fill_venue_work(&fixture.venue, HOUR);
    assert_int_equal(fill_venue_next_ns(&fixture.venue), INT64_MAX);
    hold(0); /* what comes after it changes nothing */
    show_mid(200);
    tell_spec(1, 7, HOUR + SECOND); /* the old stamp is still the next one: no rate of it yet */
    assert_funded(0);
    tell_spec(2, 2, HOUR + 2 * SECOND);
    assert_funded(-20); /* ten at 100, 2 % */
    tell_spec(2, 3, HOUR + 3 * SECOND);
    assert_funded(-20); /* once */
    hold(-5);
    fill_venue_work(&fixture.venue, 2 * HOUR);
    tell_spec(3, 1, 2 * HOUR + SECOND);
    assert_funded(-10); /* a short of five at 200 is paid 1 % */
    assert_int_equal(fill_venue_next_ns(&fixture.venue), 3 * HOUR);
}

static void a_stamp_that_is_named_before_our_clock_comes_to_it_has_passed(void **state)
{
    (void)state;
    tell_spec(1, 0, 1);
    show_mid(100);
    hold(1);
    tell_spec(2, 4, HOUR - SECOND);
    assert_funded(-4);
}

static void a_stamp_without_a_price_waits_for_one(void **state)
{
    (void)state;
    tell_spec(1, 0, 1);
    hold(1);
    fill_venue_work(&fixture.venue, HOUR);
    tell_spec(2, 4, HOUR + SECOND);
    assert_funded(0);
    show_mid(100);
    tell_spec(2, 4, HOUR + 2 * SECOND);
    assert_funded(-4);
}

/* A host that ran from 0:30, made ten at 99, and has come up again after the stamp of that hour. */
static void begin_again(int64_t first_ns, int64_t journaled_hour)
{
    struct record boot = {.kind = RECORD_BOOT, .at.wall_ns = first_ns};
    struct record paid = {.kind = RECORD_FUNDING, .at.wall_ns = first_ns};
    restore(&boot);
    restore_order(1, ORDER_TYPE_LIMIT, ORDER_FILLED, 1, 10, "paper-order-0");
    restore_fill(1, 10, "paper-trade-1");
    memcpy(paid.funding.product_id, "P0", 3);
    paid.funding.stamp_ns = journaled_hour * HOUR;
    restore(&paid);
    fill_venue_restored(&fixture.venue, 4 * HOUR + SECOND);
    tell_spec(5, 1, 4 * HOUR + SECOND);
    assert_funded(0);
    show_mid(100);
    tell_spec(5, 1, 4 * HOUR + 2 * SECOND);
    tell_spec(5, 1, 4 * HOUR + 3 * SECOND);
}

static void a_stamp_that_passed_while_no_host_ran_is_paid_once(void **state)
{
    (void)state;
    begin_again(HOUR / 2, 3);
    assert_funded(-10);
}

static void a_stamp_that_the_journal_has_is_not_paid_again(void **state)
{
    (void)state;
    begin_again(HOUR / 2, 4);
    assert_funded(0);
}

static void a_stamp_before_the_first_start_is_nobody_s(void **state)
{
    (void)state;
    begin_again(4 * HOUR + 1, 0);
    assert_funded(0);
}

#define WITH_VENUE(test) cmocka_unit_test_setup_teardown(test, make_venue, end_venue)

int suite_fill_venue(void)
{
    const struct CMUnitTest tests[] = {
        WITH_VENUE(a_restored_venue_is_the_one_its_journal_tells_of),
        WITH_VENUE(an_order_that_worked_stands_at_the_tail),
        WITH_VENUE(a_balance_without_a_price_is_not_told),
        WITH_VENUE(what_finds_no_room_is_told_later_and_in_order),
        WITH_VENUE(an_id_that_was_used_is_answered_with_its_order),
        WITH_VENUE(an_id_that_was_refused_is_judged_afresh),
        WITH_VENUE(many_orders_are_found_by_their_ids),
        WITH_VENUE(what_ended_long_ago_is_let_go),
        WITH_VENUE(a_stamp_costs_what_was_held_at_it_by_the_rate_shown_after),
        WITH_VENUE(a_stamp_that_is_named_before_our_clock_comes_to_it_has_passed),
        WITH_VENUE(a_stamp_without_a_price_waits_for_one),
        WITH_VENUE(a_stamp_that_passed_while_no_host_ran_is_paid_once),
        WITH_VENUE(a_stamp_that_the_journal_has_is_not_paid_again),
        WITH_VENUE(a_stamp_before_the_first_start_is_nobody_s),
    };
    return cmocka_run_group_tests_name("fill venue", tests, NULL, NULL);
}
