/* Figures of a run, against numbers worked by hand; ratios of returns against Python's `statistics`
 * (mean, stdev) in 64-bit floats, to the places those have. */
#include "suites.h"

#include <string.h>

#include "engine/metrics.h"
#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t MINUTE = 60000000000, HOUR = 3600000000000;
static const int64_t DAWN = 1700006400000000000; /* 2023-11-15T00:00:00Z */

struct story { struct metrics *metrics; int64_t now_ns; uint64_t next; };

static struct story begin(void)
{
    struct story story = {metrics_create(), DAWN, 1};
    assert_non_null(story.metrics);
    return story;
}

static void tell(struct story *story, const struct record *record)
{
    struct record copy = *record;
    copy.at.wall_ns = story->now_ns;
    assert_true(metrics_add(story->metrics, &copy));
}

static void name_them(char *name, char *product_id, const char *who, const char *what)
{
    memcpy(name, who, strlen(who) + 1);
    memcpy(product_id, what, strlen(what) + 1);
}

static struct client_id order_in(struct story *story, const char *who, const char *what,
                                 const char *decision, enum order_state state)
{
    struct record record = {.kind = RECORD_ORDER};
    struct record_order *r = &record.order;
    name_them(r->name, r->product_id, who, what);
    r->id = client_id_make(7, 8, story->next++);
    r->decision = rig_price(decision);
    tell(story, &record);
    r->state = state;
    tell(story, &record);
    return r->id;
}

static struct record fill_of(struct story *story, const char *who, const char *what,
                             enum side side, const char *price, const char *size, const char *fee)
{
    struct record record = {.kind = RECORD_FILL};
    struct record_fill *r = &record.fill;
    name_them(r->name, r->product_id, who, what);
    r->fill = (struct event_fill){.side = side, .price = rig_price(price),
                                  .size = rig_size(size), .fee = rig_money(fee)};
    r->fill.trade_id.text[0] = (char)('0' + story->next++);
    return record;
}

static void fill(struct story *story, const char *who, const char *what, enum side side,
                 const char *price, const char *size, const char *fee)
{
    struct record record = fill_of(story, who, what, side, price, size, fee);
    tell(story, &record);
}

static void mark(struct story *story, const char *what, const char *price, const char *equity)
{
    struct record record = {.kind = RECORD_MARK};
    memcpy(record.mark.product_id, what, strlen(what) + 1);
    record.mark.mark = rig_price(price);
    tell(story, &record);
    record.mark = (struct record_mark){.product = NO_PRODUCT, .equity_known = equity != NULL};
    if (equity)
        record.mark.equity = rig_money(equity);
    tell(story, &record);
}

static struct metrics_row row_of(struct story *story, enum metrics_scope scope, const char *who,
                                 const char *what)
{
    struct metrics_row row;
    for (uint32_t i = 0; metrics_row(story->metrics, scope, i, &row); i++)
        if (strcmp(row.name, who) == 0 && strcmp(row.product_id, what) == 0 &&
            row.all_actors == (who[0] == '\0'))
            return row;
    fail_msg("no row of '%s' in '%s'", who, what);
    return row;
}

#define assert_money(value, text) assert_true((value).e18 == rig_money(text).e18)
#define assert_ratio(value, text) assert_int_equal((value).e9, rig_money(text).e18 / 1000000000)

/* Returns are kept at 1e-12, the reference has floats: equal to six places. */
static void assert_near(struct ratio value, const char *text)
{
    int64_t off = value.e9 - (int64_t)(rig_money(text).e18 / 1000000000);
    assert_true(off < 1000 && off > -1000);
}

/* Long 2 at 100 sold at 110 and 90: +8 -1.2 and -12 -1.1 with fees; short 1 at 50 open at 55. */
static void trades_and_results_add_up(void **state)
{
    (void)state;
    struct story story = begin();
    mark(&story, "A", "100", "1000");
    fill(&story, "one", "A", SIDE_BUY, "100", "1", "0.5");
    fill(&story, "one", "A", SIDE_SELL, "110", "1", "0.7");
    fill(&story, "one", "A", SIDE_BUY, "100", "1", "0.6");
    fill(&story, "one", "A", SIDE_SELL, "90", "1", "0.5");
    fill(&story, "two", "B", SIDE_SELL, "50", "1", "0.1");
    mark(&story, "B", "55", NULL);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "");
    assert_money(row.result, "-2.3"); /* 10 - 10 - 2.3 */
    assert_money(row.realised, "0");
    assert_money(row.fees, "2.3");
    assert_money(row.turnover, "400");
    assert_int_equal(row.trades, 2);
    assert_int_equal(row.wins, 1);
    assert_money(row.won, "8.8");
    assert_money(row.lost, "11.1");
    assert_money(row.best, "8.8");
    assert_money(row.worst, "-11.1");
    assert_ratio(row.win_rate, "0.5");
    assert_money(row.expectancy, "-1.15");
    assert_ratio(row.profit_factor, "0.792792793");
    row = row_of(&story, METRICS_RUN, "two", "B");
    assert_money(row.result, "-5.1");
    assert_money(row.unrealised, "-5");
    assert_false(row.trades_known);
    row = row_of(&story, METRICS_RUN, "", "");
    assert_money(row.result, "-7.4");
    assert_money(row.exposure_max, "100");
    /* The peak was 1008.8 after the first trade, the end 992.6. */
    assert_money(row.drawdown, "16.2");
    assert_ratio(row.drawdown_part, "0.016058684");
    metrics_destroy(story.metrics);
}

/* An hour each: 1000, +10, -5, 0, +20, -10, +4, with 2 of A bought at 100 in the first minute. */
static void returns_are_annualised(void **state)
{
    (void)state;
    static const char *const MARKS[] = {"105", "102.5", "102.5", "112.5", "107.5", "109.5"};
    struct story story = begin();
    mark(&story, "A", "100", "1000");
    fill(&story, "one", "A", SIDE_BUY, "100", "2", "0");
    for (int i = 0; i < 6; i++) {
        story.now_ns = DAWN + i * HOUR + 59 * MINUTE;
        mark(&story, "A", MARKS[i], NULL);
    }
    metrics_end(story.metrics, DAWN + 6 * HOUR);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_int_equal(row.hours.count, 6);
    assert_true(row.hours.known && row.hours.sortino_known);
    /* Python: r = [10/1000, -5/1010, 0, 20/1005, -10/1025, 4/1015] */
    assert_near(row.hours.sharpe, "27.950275239");
    assert_near(row.hours.sortino, "66.830288208");
    assert_false(row.days.known);
    assert_ratio(row.time_held, "1");
    metrics_destroy(story.metrics);
}

/* Bought 1 at 101 and sold 2 at 98.5, decided at 100 and 99: 1 and 1 worse, of 100 and 198. */
static void slippage_is_against_the_decision(void **state)
{
    (void)state;
    struct story story = begin();
    struct client_id ids[2] = {order_in(&story, "one", "A", "100", ORDER_FILLED),
                               order_in(&story, "one", "A", "99", ORDER_FILLED)};
    struct record fills[2] = {fill_of(&story, "one", "A", SIDE_BUY, "101", "1", "0"),
                              fill_of(&story, "one", "A", SIDE_SELL, "98.5", "2", "0")};
    for (int i = 0; i < 2; i++) {
        fills[i].fill.id = ids[i];
        tell(&story, &fills[i]);
    }
    fill(&story, "one", "A", SIDE_BUY, "90", "1", "0"); /* of an order that nobody knows */
    (void)order_in(&story, "one", "A", "0", ORDER_REFUSED);
    (void)order_in(&story, "one", "A", "0", ORDER_DROPPED);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_true(row.slippage_known);
    assert_money(row.slippage, "2");
    assert_ratio(row.slippage_part, "0.006711409");
    assert_int_equal(row.orders, 4);
    assert_int_equal(row.accepted, 2);
    assert_int_equal(row.refused, 1);
    assert_int_equal(row.dropped, 1);
    assert_ratio(row.acceptance, "0.666666667");
    metrics_destroy(story.metrics);
}

int suite_metrics(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trades_and_results_add_up),
        cmocka_unit_test(returns_are_annualised),
        cmocka_unit_test(slippage_is_against_the_decision),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
