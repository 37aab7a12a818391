/* What is paid at funding stamps. The payments are worked by hand: position x mark x rate, with the
 * rig's mark of 100. */
#include "suites.h"

#include <string.h>

#include "engine/funding.h"
#include "engine/snapshot_compare.h"
#include "engine/snapshot_stage.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000, HOUR = 3600000000000;
static const char *const RATE = "0.000019";

/* The venue shows a product with this next stamp; before it, the rate is of the one before. */
static void show_spec(struct rig *rig, product_index product, int64_t next_ns, const char *rate)
{
    struct event event = {.kind = EVENT_INSTRUMENT, .instrument = {.product = product}};
    event.instrument.spec = rig->settings.catalog.items[product];
    event.instrument.spec.funding_interval_ns = HOUR;
    event.instrument.spec.funding_time_ns = next_ns;
    event.instrument.spec.funding_unknown = rate == NULL;
    event.instrument.spec.funding_rate.e9 = 0;
    assert_true(!rate || ratio_parse(rate, strlen(rate), &event.instrument.spec.funding_rate));
    rig->settings.catalog.items[product] = event.instrument.spec;
    rig_step(rig, &event);
}

static int64_t next_hour(const struct rig *rig)
{
    return rig->now.wall_ns - rig->now.wall_ns % HOUR + HOUR;
}

/* Half a coin of product 0, ten seconds before the hour, with the stamp of the last hour known. */
static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig->now.wall_ns = next_hour(rig) - 60 * SECOND;
    for (int i = 0; i < 2; i++)
        show_spec(rig, (product_index)i, next_hour(rig), RATE);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.5", "0.25");
    rig_report(rig, id, "v1", VENUE_OPEN, "0.5", "99", REPORT_USER_UPDATE);
    rig->venue_position[0] = rig_size("0.5");
    rig_pass(rig, next_hour(rig) - 10 * SECOND - rig->now.wall_ns);
    rig_forget(rig);
    return rig;
}

static void pass_stamp(struct rig *rig)
{
    rig_pass(rig, next_hour(rig) + 10 * SECOND - rig->now.wall_ns);
}

static struct money funding_of(struct rig *rig, actor_index actor, product_index product)
{
    return rig_position(rig, actor, product).funding;
}

static void assert_funding(struct rig *rig, actor_index actor, product_index product,
                           const char *expected)
{
    char text[DECIMAL_TEXT_MAX];
    money_format(funding_of(rig, actor, product), text);
    assert_string_equal(text, expected);
}

/* AC-G2 | unit | a stamp passes, its rate is shown again and again | paid once, long pays */
static void a_stamp_is_paid_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pass_stamp(rig);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 0); /* its rate is not known */
    for (int i = 0; i < 3; i++) {
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
        assert_int_equal(rig_records(rig, RECORD_FUNDING), 2);
    }
    assert_funding(rig, 0, 0, "-0.00095"); /* 0.5 x 100 x 0.000019 */
    rig_destroy(rig);
}

static const struct view *view_of(struct rig *rig)
{
    rig_step(rig, &(struct event){.kind = EVENT_CREDIT,
                                  .credit = {0, rig->generation[0]}});
    return &rig->views[0];
}

/* AC-G2 | unit | the venue shows the next stamp and no rate | not booked, paid once it does */
static void a_stamp_without_a_rate_stays_open(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), NULL);
    rig_pass(rig, 5 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 0);
    assert_int_equal(view_of(rig)->funding_next_ns, 0); /* scripts are shown none, not 0 */
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_true(view_of(rig)->funding_next_ns == next_hour(rig));
    assert_funding(rig, 0, 0, "-0.00095");
    pass_stamp(rig); /* of this one it never does */
    show_spec(rig, 0, next_hour(rig), NULL);
    pass_stamp(rig);
    rig_forget(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "-0.0019");
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "nobody heard: 1"));
    rig_destroy(rig);
}

static void the_day_has_its_funding(void **state)
{
    (void)state;
    struct record_daily row;
    struct rig *rig = ready();
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    for (uint32_t i = 0; i < 2; i++) { /* the strategy's and the account's */
        assert_true(snapshot_daily(rig->engine, i, &row));
        assert_int_equal(row.funding.e18, rig_money("-0.00095").e18);
    }
    rig_destroy(rig);
}

/* AC-G2 | unit | killed before, at and after a stamp, each time shown its rate | paid once */
static void a_restart_pays_no_stamp_twice(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_restart(rig);
    pass_stamp(rig); /* nobody is there */
    rig_up(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_restart(rig); /* the rate is known, the list of fills is not */
    rig_up(rig);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "-0.00095");
    for (int i = 0; i < 3; i++) {
        rig_restart(rig);
        assert_funding(rig, 0, 0, "-0.00095");
        rig_up(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
        assert_int_equal(rig_records(rig, RECORD_FUNDING), 0);
    }
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

/* AC-G2 | unit | the journal holds the row of a stamp twice | the second is passed over */
static void a_row_that_is_there_twice_counts_once(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    uint32_t count = rig->journal_count;
    for (uint32_t i = 0; i < count; i++)
        if (rig->journal[i].kind == RECORD_FUNDING)
            rig->journal[rig->journal_count++] = rig->journal[i];
    assert_true(rig->journal_count >= count + 2);
    rig_restart(rig);
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

/* AC-G2 | unit | fills right before and after a stamp | paid on what was held at it */
static void a_fill_after_the_stamp_does_not_count(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_pass(rig, 9 * SECOND);
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "99", "0.25", "0.1");
    rig_pass(rig, 2 * SECOND); /* the stamp passes */
    rig_fill(rig, "t3", "v1", 0, SIDE_BUY, "99", "1.25", "0.1");
    rig->venue_position[0] = rig_size("2");
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "-0.001425"); /* 0.75 x 100 x 0.000019 */
    rig_destroy(rig);
}

/* AC-G2 | unit | a fill of before two stamps is told after them | both are paid on it too, once */
static void a_late_fill_takes_its_share_along(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_FILL};
    struct rig *rig = ready();
    event.fill = (struct event_fill){
        .trade_id = rig_venue_id("t9"), .venue_order_id = rig_venue_id("v1"), .side = SIDE_BUY,
        .price = rig_price("99"), .size = rig_size("1.5"), .venue_ns = rig->now.wall_ns};
    for (int i = 0; i < 2; i++) {
        pass_stamp(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
    }
    assert_funding(rig, 0, 0, "-0.0019");
    rig_step(rig, &event);
    assert_funding(rig, 0, 0, "-0.0076"); /* 2 x 100 x 0.000019, twice */
    rig_step(rig, &event);
    rig_restart(rig);
    assert_funding(rig, 0, 0, "-0.0076");
    rig_destroy(rig);
}

/* Three of 0.01 at 100.000000001 and 0.000000025 pay 0.00000002500000000025 each, the last two
 * places of which are past 1e-18; together ...00075, which rounds up: the operator pays it. */
static void what_rounding_leaves_is_the_operators(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 1, SIDE_BUY, "99", "0.01", 2, "w1");
    rig_open_order(rig, 1, 1, SIDE_BUY, "98", "0.01", 3, "w2");
    rig_fill(rig, "u1", "w1", 1, SIDE_BUY, "99", "0.01", "0");
    rig_fill(rig, "u2", "w2", 1, SIDE_BUY, "98", "0.01", "0");
    rig_fill(rig, "u3", "stranger", 1, SIDE_BUY, "98", "0.01", "0");
    rig->venue_position[1] = rig_size("0.03");
    pass_stamp(rig);
    show_spec(rig, 1, next_hour(rig), "0");
    rig_pass(rig, next_hour(rig) - 5 * SECOND - rig->now.wall_ns);
    rig_trade(rig, 1, "100.000000001", "1"); /* the older ones have left the average */
    pass_stamp(rig);
    show_spec(rig, 1, next_hour(rig), "0.000000025");
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 1, "-0.000000025");
    assert_funding(rig, 1, 1, "-0.000000025");
    assert_funding(rig, ACTOR_EXTERNAL, 1, "-0.000000025");
    assert_funding(rig, ACTOR_OPERATOR, 1, "-0.000000000000000001");
    assert_int_equal(rig_product(rig, 1).funding.e18, rig_money("-0.000000075000000001").e18);
    rig_destroy(rig);
}

static void be_away_for_two_hours(struct rig *rig)
{
    rig_restart(rig);
    rig->now.mono_ns += 2 * HOUR;
    rig->now.wall_ns += 2 * HOUR;
    rig_up(rig);
}

/* AC-G2 | unit | no host runs over two stamps | the newest is paid, the other told as missed */
static void a_stamp_without_a_rate_is_told(void **state)
{
    (void)state;
    struct rig *rig = ready();
    be_away_for_two_hours(rig);
    rig_forget(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "nobody heard: 1"));
    assert_funding(rig, 0, 0, "-0.00095");
    rig_destroy(rig);
}

static void short_receives_when_the_rate_is_positive(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_open_order(rig, 0, 0, SIDE_SELL, "101", "0.75", 7, "v7");
    rig_fill(rig, "t7", "v7", 0, SIDE_SELL, "101", "0.75", "0");
    rig->venue_position[0] = rig_size("-0.25");
    pass_stamp(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    assert_funding(rig, 0, 0, "0.000475");
    rig_destroy(rig);
}

static void tell(struct rig *rig, const char *trade_id, const char *size, int64_t venue_ns)
{
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){
        .trade_id = rig_venue_id(trade_id), .venue_order_id = rig_venue_id("x"), .side = SIDE_BUY,
        .price = rig_price("100"), .size = rig_size(size), .venue_ns = venue_ns};
    rig_step(rig, &event);
}

static void pass_stamp_at(struct rig *rig, const char *rate)
{
    rig_tick(rig, HOUR);
    rig->settings.catalog.items[0].mark = rig_price("100"); /* for want of a market */
    show_spec(rig, 0, next_hour(rig), rate);
    for (int i = 0; i < 20; i++)
        rig_tick(rig, SECOND);
}

static void is_more_than_a_sum(struct rig *rig)
{
    tell(rig, "t1", "9000000000", rig->now.wall_ns);
    pass_stamp_at(rig, "9000000000");
}

static void is_more_than_a_sum_for_two(struct rig *rig)
{
    rig_fill(rig, "t2", "v1", 0, SIDE_BUY, "100", "4600000000", "0");
    tell(rig, "t1", "4600000000", rig->now.wall_ns);
    pass_stamp_at(rig, "188000000");
    assert_funding(rig, 0, 0, "0");
}

static void is_as_much_twice(struct rig *rig)
{
    tell(rig, "t1", "9000000000", rig->now.wall_ns);
    pass_stamp_at(rig, "188000000");
    assert_false(rig_alerts(rig, "kept exactly"));
    pass_stamp_at(rig, "188000000");
}

static void is_of_late_fills(struct rig *rig)
{
    int64_t held_ns = rig->now.wall_ns;
    pass_stamp_at(rig, "188000000");
    tell(rig, "t1", "9000000000", held_ns);
    assert_false(rig_alerts(rig, "kept exactly"));
    tell(rig, "t2", "200000000", held_ns);
}

/* 9,000,000,000 x 100 x 188,000,000 is 169.2e18, of which one fits a sum and two do not. */
/* F30 | unit | rates beyond reason: a payment that fits no sum, two that together fit none, one of
 * a late fill | alert, not booked, by no later look either; the journal is read back */
static void a_payment_that_fits_no_sum_is_told(void **state)
{
    static const struct { void (*pay)(struct rig *); const char *booked; } CASES[] = {
        {is_more_than_a_sum, "0"}, {is_more_than_a_sum_for_two, "0"},
        {is_as_much_twice, "-169200000000000000000"},
        {is_of_late_fills, "-169200000000000000000"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        CASES[i].pay(rig);
        assert_true(rig_alerts(rig, "kept exactly"));
        assert_funding(rig, ACTOR_EXTERNAL, 0, CASES[i].booked);
        rig_pass(rig, 5 * SECOND);
        rig_restart(rig);
        assert_funding(rig, ACTOR_EXTERNAL, 0, CASES[i].booked);
        rig_destroy(rig);
    }
}

/* F30 | unit | a next stamp at the beginning of time, one ten hours ahead, and no interval | no
 * stamp passes, nothing is paid; without an interval the venue's sum is not compared with ours */
static void a_stamp_that_cannot_be_is_none(void **state)
{
    static const struct { int64_t interval_ns, next_ns, ahead_ns; bool compares; } CASES[] = {
        {3600000000000, 1, 0, true}, {3600000000000, 0, 36000000000000, true}, {0, 1, 0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        struct instrument *spec = &rig->settings.catalog.items[0];
        spec->funding_interval_ns = CASES[i].interval_ns;
        spec->funding_time_ns = CASES[i].ahead_ns ? rig->now.wall_ns + CASES[i].ahead_ns
                                                  : CASES[i].next_ns;
        spec->funding_rate.e9 = 19000;
        rig_restart(rig);
        rig_up(rig);
        tell(rig, "t1", "1", rig->now.wall_ns);
        rig_tick(rig, HOUR);
        for (int k = 0; k < 5; k++)
            rig_tick(rig, SECOND);
        assert_funding(rig, ACTOR_EXTERNAL, 0, "0");
        /* What the venue's sum begins from, where it is compared. */
        assert_int_equal(rig_records(rig, RECORD_FUNDING), CASES[i].compares);
        rig_destroy(rig);
    }
}

/* The ring of stamps goes round after two days: the newest is not the last in it. */
/* AC-G2 | unit | a fill of before the last three of many stamps is told, to a host that was there
 * and to one that began after them | paid at each one's mark, named by the newest; not paid */
static void a_late_fill_is_paid_by_each_stamp_it_was_held_over(void **state)
{
    enum { STAMPS = 50 };
    (void)state;
    for (int young = 0; young < 2; young++) { /* the journal of a host that began after them */
        struct rig *rig = rig_create(0);
        struct record boot = {.kind = RECORD_BOOT};
        int64_t first_ns = rig->now.wall_ns - STAMPS * HOUR;
        boot.at.wall_ns = young ? rig->now.wall_ns - 1 : first_ns - HOUR;
        assert_true(engine_restore(rig->engine, &boot));
        for (int i = 0; i < STAMPS; i++) {
            struct record row = {.kind = RECORD_FUNDING,
                                 .funding = {.product_id = "BIP-20DEC30-CDE",
                                             .actor = ACTOR_OPERATOR,
                                             .stamp_ns = first_ns + i * HOUR,
                                             .mark = {(100 + i) * (int64_t)DECIMAL_ONE},
                                             .rate = {DECIMAL_ONE / 100}}};
            assert_true(engine_restore(rig->engine, &row));
        }
        struct record order = {.kind = RECORD_ORDER,
                               .order = {.product_id = "BIP-20DEC30-CDE", .name = "quoter",
                                         .size = {DECIMAL_ONE}, .state = ORDER_OPEN}};
        order.order.venue_id = rig_venue_id("x");
        assert_true(engine_restore(rig->engine, &order));
        rig_forget(rig);
        rig_tick(rig, 1);
        tell(rig, "t1", "1", first_ns + (STAMPS - 4) * HOUR + 1);
        assert_funding(rig, 0, 0, young ? "0" : "-4.44"); /* 1.47, 1.48 and 1.49 */
        const struct record *last = &rig->journal[rig->journal_count - 1];
        for (; !young && last->kind != RECORD_FUNDING; last--)
            assert_true(last > rig->journal);
        if (!young)
            assert_int_equal(last->funding.mark.e9, rig_price("149").e9);
        rig_destroy(rig);
    }
}

/* ---- the venue's own sum */

static struct account_row account(struct rig *rig)
{
    struct account_row row;
    snapshot_account(rig->engine, &row);
    return row;
}

static void pay_two_stamps(struct rig *rig)
{
    for (int i = 0; i < 2; i++) {
        pass_stamp(rig);
        show_spec(rig, 0, next_hour(rig), RATE);
        rig_pass(rig, 5 * SECOND);
    }
}

static void assert_compared(struct rig *rig, uint64_t agreed, bool agrees)
{
    struct funding_row row;
    assert_true(snapshot_funding(rig->engine, &row));
    assert_int_equal(row.compared, 1);
    assert_int_equal(row.agreed, agreed);
    assert_int_equal(row.agrees, agrees);
}

/* What a promotion goes by. */
static void assert_measured(struct rig *rig, uint64_t held, uint64_t compared)
{
    struct stage_row row;
    snapshot_stage(rig->engine, &row);
    assert_int_equal(row.measures.funding_held, held);
    assert_int_equal(row.measures.funding_compared, compared);
}

/* AC-G1 | unit | the venue pays what our stamps say, but for its own mark | its sum is booked */
static void the_venues_sum_is_booked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct funding_row row;
    pay_two_stamps(rig);
    rig_forget(rig);
    assert_false(snapshot_funding(rig->engine, &row)); /* nothing was paid, nothing compared */
    assert_measured(rig, 2, 0);
    rig->balances[0].funding_pnl = rig_money("-0.00191"); /* ours: -0.0019 */
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 1);
    assert_int_equal(account(rig).funding.e18, rig->balances[0].funding_pnl.e18);
    assert_int_equal(account(rig).funding_unexplained.e18, 0);
    assert_compared(rig, 1, true);
    assert_measured(rig, 2, 1);
    rig_restart(rig);
    assert_compared(rig, 1, true);
    assert_int_equal(account(rig).funding.e18, rig_money("-0.00191").e18);
    rig_up(rig);
    assert_int_equal(rig_records(rig, RECORD_FUNDING), 0);
    rig_destroy(rig);
}

/* AC-G1 | unit | the venue pays something else than our stamps say | alarmed, not booked */
static void a_sum_that_is_far_off_is_alarmed(void **state)
{
    (void)state;
    struct rig *rig = ready();
    pay_two_stamps(rig);
    rig_forget(rig);
    rig->balances[0].funding_pnl = rig_money("0.25");
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    rig_pass(rig, 10 * SECOND);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "funding_pnl"));
    assert_int_equal(account(rig).funding.e18, rig_money("-0.0019").e18);
    assert_compared(rig, 0, false);
    rig_restart(rig);
    assert_compared(rig, 0, false);
    assert_true(account(rig).funding_unexplained.e18 >= rig_money("0.25").e18);
    rig_destroy(rig);
}

/* AC-G1 | unit | a stamp passed that nobody heard the rate of, then the venue pays what our stamps
 * do not say | booked: what was missed is in it */
static void what_was_missed_explains_a_sum(void **state)
{
    (void)state;
    struct rig *rig = ready();
    be_away_for_two_hours(rig);
    show_spec(rig, 0, next_hour(rig), RATE);
    rig_pass(rig, 5 * SECOND);
    rig->balances[0].funding_pnl = rig_money("0.25");
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(account(rig).funding_unexplained.e18, 0);
    assert_int_equal(account(rig).funding.e18, rig_money("0.24905").e18);
    assert_compared(rig, 1, true);
    rig_destroy(rig);
}

/* The funding_pnl that the balance shows from now on, read at once. */
static void venue_pays(struct rig *rig, const char *sum)
{
    rig->balances[0].funding_pnl = rig_money(sum);
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
    for (int i = 0; i < 10; i++)
        rig_tick(rig, SECOND);
}

/* AC-G1 | unit | two products pay in one sum and the stamps of one are never told; the sum moves
 * twice meanwhile | compared once, after two hours, with the stamps up to when it first moved */
static void a_sum_waits_for_every_stamp_but_not_for_ever(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct funding_row row;
    rig->settings.catalog.items[1].profile = PROFILE_CDE;
    rig->settings.product_limits[0].max_book_age_ns = 10 * HOUR;
    rig_restart(rig);
    rig->now.wall_ns = next_hour(rig) - 60 * SECOND;
    for (product_index i = 0; i < 2; i++)
        show_spec(rig, i, next_hour(rig), RATE);
    rig_up(rig);
    tell(rig, "t1", "0.5", rig->now.wall_ns);
    rig_tick(rig, 5 * SECOND);
    for (int i = 0; i < 2; i++)
        pass_stamp_at(rig, RATE);
    venue_pays(rig, "-0.00095");
    venue_pays(rig, "-0.0019");
    assert_false(snapshot_funding(rig->engine, &row));
    pass_stamp_at(rig, RATE);
    assert_false(snapshot_funding(rig->engine, &row));
    pass_stamp_at(rig, RATE);
    assert_compared(rig, 1, true);
    assert_int_equal(account(rig).funding.e18, rig_money("-0.0038").e18); /* nothing was added */
    rig_destroy(rig);
}

/* F30 | unit | the venue's funding_pnl moves by more than any sum, and back | nothing is booked */
static void a_sum_beyond_its_range_is_passed_over(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct funding_row row;
    rig->balances[0].funding_pnl = rig_money("-160000000000000000000");
    rig_restart(rig); /* its first word is what the others are counted from */
    rig->journal_count = 0;
    rig_restart(rig);
    rig_up(rig);
    venue_pays(rig, "160000000000000000000");
    assert_false(snapshot_funding(rig->engine, &row));
    venue_pays(rig, "-160000000000000000000");
    assert_int_equal(account(rig).funding_unexplained.e18, 0);
    rig_destroy(rig);
}

/* ---- for the gate */

static void what_is_to_come_is_projected(void **state)
{
    (void)state;
    struct instrument spec = {.funding_interval_ns = HOUR, .funding_rate = {19000},
                              .funding_time_ns = 10 * HOUR};
    struct money day;
    assert_true(funding_project_day(&spec, rig_price("100"), rig_size("-2"), &day));
    assert_int_equal(day.e18, rig_money("0.0912").e18); /* 2 x 100 x 0.000019 x 24 */
    assert_true(funding_next_ns(&spec, 9 * HOUR) == 10 * HOUR);
    assert_true(funding_next_ns(&spec, 10 * HOUR) == 11 * HOUR);
    assert_true(funding_next_ns(&spec, 12 * HOUR + 1) == 13 * HOUR);
    spec.funding_interval_ns = 8 * HOUR;
    assert_true(funding_project_day(&spec, rig_price("100"), rig_size("2"), &day));
    assert_int_equal(day.e18, rig_money("-0.0114").e18);
    spec.funding_interval_ns = 0;
    assert_false(funding_project_day(&spec, rig_price("100"), rig_size("2"), &day));
    assert_true(funding_next_ns(&spec, 0) == INT64_MAX);
    static const int64_t ABSURD[] = {INT64_MAX, INT64_MAX / 100}; /* one stamp, one day */
    spec.funding_interval_ns = HOUR;
    for (int i = 0; i < 2; i++) {
        spec.funding_rate.e9 = ABSURD[i];
        assert_false(funding_project_day(&spec, rig_price("1000"), rig_size("900000000"), &day));
    }
}

int suite_funding(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_is_paid_once),
        cmocka_unit_test(a_stamp_without_a_rate_stays_open),
        cmocka_unit_test(the_day_has_its_funding),
        cmocka_unit_test(a_restart_pays_no_stamp_twice),
        cmocka_unit_test(a_row_that_is_there_twice_counts_once),
        cmocka_unit_test(a_fill_after_the_stamp_does_not_count),
        cmocka_unit_test(a_late_fill_takes_its_share_along),
        cmocka_unit_test(what_rounding_leaves_is_the_operators),
        cmocka_unit_test(a_stamp_without_a_rate_is_told),
        cmocka_unit_test(short_receives_when_the_rate_is_positive),
        cmocka_unit_test(a_payment_that_fits_no_sum_is_told),
        cmocka_unit_test(a_stamp_that_cannot_be_is_none),
        cmocka_unit_test(a_late_fill_is_paid_by_each_stamp_it_was_held_over),
        cmocka_unit_test(what_was_missed_explains_a_sum),
        cmocka_unit_test(a_sum_waits_for_every_stamp_but_not_for_ever),
        cmocka_unit_test(a_sum_beyond_its_range_is_passed_over),
        cmocka_unit_test(the_venues_sum_is_booked),
        cmocka_unit_test(a_sum_that_is_far_off_is_alarmed),
        cmocka_unit_test(what_is_to_come_is_projected),
    };
    return cmocka_run_group_tests_name("funding", tests, NULL, NULL);
}
