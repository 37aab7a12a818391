/* Figures of a run, against numbers worked by hand; ratios of returns against Python's `statistics`
 * (mean, stdev) in 64-bit floats, to the places those have. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "engine/metrics_figures.h"
#include "engine/metrics_parts.h"
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

/* F46 | unit | a fill is taken back after its trade has ended | result, fee and turnover go too */
static void a_reversal_takes_back(void **state)
{
    (void)state;
    struct story story = begin();
    fill(&story, "one", "A", SIDE_BUY, "100", "1", "0.5");
    struct record sell = fill_of(&story, "one", "A", SIDE_SELL, "110", "1", "0.7");
    tell(&story, &sell);
    sell.fill.fill.kind = FILL_REVERSAL;
    tell(&story, &sell);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_money(row.result, "9.5"); /* it is long again, and the last trade was at 110 */
    assert_money(row.fees, "0.5");
    assert_money(row.turnover, "100");
    assert_int_equal(row.position.e9, DECIMAL_ONE);
    assert_int_equal(row.fills, 2);
    assert_int_equal(row.reversals, 1);
    metrics_destroy(story.metrics);
}

/* F44 | unit | a fill booked as nobody's turns out to be ours | figures change hands as books do */
static void a_claimed_fill_changes_hands(void **state)
{
    (void)state;
    struct story story = begin();
    struct record stray = fill_of(&story, "", "A", SIDE_BUY, "100", "1", "0.5");
    stray.fill.actor = ACTOR_EXTERNAL;
    tell(&story, &stray);
    memcpy(stray.fill.name, "one", 4);
    stray.fill.actor = 0;
    tell(&story, &stray);
    struct metrics_row row = row_of(&story, METRICS_RUN, "external", "A");
    assert_int_equal(row.position.e9, 0);
    assert_money(row.fees, "0");
    row = row_of(&story, METRICS_RUN, "one", "A");
    assert_int_equal(row.position.e9, DECIMAL_ONE);
    assert_money(row.fees, "0.5");
    row = row_of(&story, METRICS_RUN, "", "A");
    assert_int_equal(row.position.e9, DECIMAL_ONE);
    assert_money(row.turnover, "100");
    metrics_destroy(story.metrics);
}

struct days { struct story *story; int count; struct metrics_row rows[3]; };

static void keep_day(void *context, int64_t day_ns)
{
    struct days *days = context;
    assert_true(day_ns == DAWN + days->count * 24 * HOUR);
    assert_true(days->count < 3);
    days->rows[days->count++] = row_of(days->story, METRICS_DAY, "", "");
}

/* Bought at 100 on the first day, marked 104 at its end; funding and half of it sold the next. */
static void a_day_counts_what_was_its_own(void **state)
{
    (void)state;
    struct story story = begin();
    struct days days = {&story, 0, {{0}}};
    struct record funding = {.kind = RECORD_FUNDING};
    metrics_on_day(story.metrics, keep_day, &days);
    mark(&story, "A", "100", "1000");
    story.now_ns += 6 * HOUR;
    fill(&story, "one", "A", SIDE_BUY, "100", "2", "1");
    mark(&story, "A", "104", NULL);
    story.now_ns = DAWN + 30 * HOUR;
    name_them(funding.funding.name, funding.funding.product_id, "", "A");
    funding.funding.actor = ACTOR_OPERATOR;
    funding.funding.stamp_ns = story.now_ns;
    funding.funding.payment = rig_money("-0.25");
    tell(&story, &funding);
    tell(&story, &funding); /* a stamp is paid once */
    fill(&story, "one", "A", SIDE_SELL, "103", "1", "0.5");
    metrics_end(story.metrics, DAWN + 48 * HOUR);
    assert_int_equal(days.count, 2);
    assert_money(days.rows[0].result, "7"); /* 8 open, less the fee */
    assert_money(days.rows[0].unrealised, "8");
    assert_money(days.rows[0].exposure_mean, "156"); /* 208 over 18 of 24 hours */
    assert_ratio(days.rows[0].time_held, "0.75");
    assert_money(days.rows[1].result, "-2.75"); /* 3 + 3 - 8 - 0.5 - 0.25 */
    assert_money(days.rows[1].realised, "3");
    assert_money(days.rows[1].funding, "-0.25");
    assert_int_equal(days.rows[1].fills, 1);
    struct money result, equity;
    assert_true(metrics_equity(story.metrics, &result, &equity));
    assert_money(result, "4.25");
    assert_money(equity, "1004.25");
    metrics_destroy(story.metrics);
}

static void refusals_are_counted_by_line(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"rules.spread", "rules.hours", "rules.spread", "rules.new"};
    struct story story = begin();
    struct record record = {.kind = RECORD_REFUSAL};
    struct metrics_filter filter;
    for (int i = 0; i < 4; i++) {
        name_them(record.refusal.name, record.refusal.product_id, "one", "A");
        record.refusal.verdict.code = REFUSED_RULE;
        memcpy(record.refusal.verdict.config_key, KEYS[i], strlen(KEYS[i]) + 1);
        record.refusal.unrecorded = 5;
        tell(&story, &record);
    }
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "");
    assert_int_equal(row.refusals[REFUSED_RULE], 4);
    assert_int_equal(row.unrecorded, 20);
    assert_true(metrics_filter(story.metrics, 0, &filter));
    assert_string_equal(filter.key, "rules.spread");
    assert_int_equal(filter.count, 2);
    assert_true(metrics_filter(story.metrics, 1, &filter));
    assert_int_equal(filter.count, 1);
    assert_string_equal(filter.key, "rules.hours"); /* of two with as many the one met first */
    assert_true(metrics_filter(story.metrics, 2, &filter));
    assert_string_equal(filter.key, "rules.new");
    assert_false(metrics_filter(story.metrics, 3, &filter));
    metrics_destroy(story.metrics);
}

/* A figure has text or is said to be unknown; every one of them has a key and a meaning. */
static void figures_have_words(void **state)
{
    (void)state;
    struct story story = begin();
    const struct metrics_figure *figure;
    char text[DECIMAL_TEXT_MAX];
    fill(&story, "one", "A", SIDE_BUY, "100", "2", "1");
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    for (uint32_t i = 0; (figure = metrics_figure(i)) != NULL; i++) {
        bool known = metrics_figure_text(&row, i, text);
        if (strcmp(figure->key, "turnover") == 0)
            assert_string_equal(text, "200");
        if (strcmp(figure->key, "fills") == 0)
            assert_string_equal(text, "1");
        assert_int_equal(known, strcmp(figure->key, "win_rate") != 0 &&
                                    strcmp(figure->key, "expectancy") != 0 &&
                                    strcmp(figure->key, "profit_factor") != 0 &&
                                    strstr(figure->key, "_trade") == NULL &&
                                    strstr(figure->key, "sharpe") == NULL &&
                                    strstr(figure->key, "sortino") == NULL &&
                                    strstr(figure->key, "slippage") == NULL &&
                                    strcmp(figure->key, "acceptance") != 0 &&
                                    strcmp(figure->key, "max_drawdown_part") != 0);
    }
    fill(&story, "one", "A", SIDE_SELL, "110", "2", "1");
    row = row_of(&story, METRICS_RUN, "one", "A");
    for (uint32_t i = 0; (figure = metrics_figure(i)) != NULL; i++)
        if (strcmp(figure->key, "win_rate") == 0) {
            assert_true(metrics_figure_text(&row, i, text));
            assert_string_equal(text, "1");
        }
    metrics_destroy(story.metrics);
}

/* ---- numbers at the ends of their range */

static __int128 some_number(struct prng *prng, bool giant)
{
    if (giant)
        return prng_below(prng, 3) ? INT64_MAX - (__int128)prng_below(prng, 99)
                                   : -(__int128)prng_below(prng, 9);
    return (1 + (__int128)prng_below(prng, 2000)) * DECIMAL_ONE;
}

static struct money some_money(struct prng *prng, bool giant)
{
    static const __int128 END = ~((__int128)1 << 127);
    __int128 number = giant ? END - (__int128)prng_below(prng, 9) : some_number(prng, false);
    return (struct money){prng_below(prng, 2) ? number : -number};
}

static void some_names(struct prng *prng, bool wild, char *name, char *product_id)
{
    static const char *const WHO[] = {"one", "two", "three", ""};
    static const char *const WHAT[] = {"A", "B", "C", ""};
    const char *who = WHO[prng_below(prng, wild ? 4 : 2)];
    const char *what = WHAT[prng_below(prng, wild ? 4 : 2)];
    name_them(name, product_id, who, what);
}

static void some_fill(struct prng *prng, bool giant, struct record_fill *r)
{
    some_names(prng, giant, r->name, r->product_id);
    r->actor = prng_below(prng, 9) ? 0 : prng_below(prng, 2) ? ACTOR_EXTERNAL : ACTOR_OPERATOR;
    r->id = client_id_make(7, 8, prng_below(prng, 30));
    r->provisional = prng_below(prng, 9) == 0;
    r->fill.side = (enum side)prng_below(prng, giant ? 3 : 2);
    r->fill.kind = (enum fill_kind)prng_below(prng, 4);
    r->fill.price.e9 = (int64_t)some_number(prng, giant);
    r->fill.size.e9 = (int64_t)some_number(prng, giant && prng_below(prng, 2));
    r->fill.fee = some_money(prng, giant && prng_below(prng, 4) == 0);
    r->fill.liquidity = (enum liquidity)prng_below(prng, 3);
    r->fill.trade_id.text[0] = (char)('0' + prng_below(prng, 40));
    r->fill.venue_order_id.text[0] = (char)('0' + prng_below(prng, 3));
}

static void some_order(struct prng *prng, bool giant, struct record_order *r)
{
    some_names(prng, giant, r->name, r->product_id);
    r->actor = prng_below(prng, 9) ? 0 : ACTOR_EXTERNAL;
    r->id = client_id_make(7, 8, prng_below(prng, 30));
    r->state = (enum order_state)prng_below(prng, ORDER_STATE_COUNT);
    r->decision.e9 = (int64_t)some_number(prng, giant);
}

static void some_funding(struct prng *prng, bool giant, struct record_funding *r)
{
    some_names(prng, giant, r->name, r->product_id);
    r->actor = prng_below(prng, 3) ? 0 : ACTOR_OPERATOR;
    r->stamp_ns = DAWN + (int64_t)prng_below(prng, 50) * HOUR;
    r->trade_id[0] = prng_below(prng, 3) ? '\0' : 't';
    r->payment = some_money(prng, giant);
}

static void some_record(struct prng *prng, bool giant, struct record *ret)
{
    static const enum record_kind KINDS[] = {RECORD_FILL, RECORD_FILL, RECORD_ORDER, RECORD_FUNDING,
                                             RECORD_MARK, RECORD_DAILY, RECORD_REFUSAL};
    char name[NAME_MAX_BYTES];
    memset(ret, 0, sizeof *ret);
    ret->kind = KINDS[prng_below(prng, sizeof KINDS / sizeof KINDS[0])];
    switch (ret->kind) {
    case RECORD_FILL: some_fill(prng, giant, &ret->fill); return;
    case RECORD_ORDER: some_order(prng, giant, &ret->order); return;
    case RECORD_FUNDING: some_funding(prng, giant, &ret->funding); return;
    case RECORD_MARK:
        some_names(prng, giant, name, ret->mark.product_id);
        ret->mark.product = ret->mark.product_id[0] ? 0 : NO_PRODUCT;
        ret->mark.mark.e9 = (int64_t)some_number(prng, giant);
        ret->mark.equity_known = prng_below(prng, 2);
        ret->mark.equity = some_money(prng, giant);
        return;
    case RECORD_DAILY:
        ret->daily.product = prng_below(prng, 2) ? NO_PRODUCT : 0;
        ret->daily.balance_known = prng_below(prng, 2);
        ret->daily.equity = some_money(prng, giant);
        return;
    default:
        some_names(prng, giant, ret->refusal.name, ret->refusal.product_id);
        ret->refusal.verdict.code = (enum refusal)prng_below(prng, REFUSAL_COUNT + giant);
        ret->refusal.verdict.config_key[0] = (char)('a' + prng_below(prng, 26));
        ret->refusal.verdict.config_key[1] = (char)('a' + prng_below(prng, 26));
    }
}

/* What a strategy's row has, it has in the account's as well. */
static void assert_counts(const struct metrics *metrics, enum metrics_scope scope)
{
    struct metrics_row all, row;
    uint64_t fills = 0, trades = 0;
    assert_true(metrics_row(metrics, scope, 0, &all));
    for (uint32_t i = 1; metrics_row(metrics, scope, i, &row); i++) {
        fills += !row.all_actors && row.all_products ? row.fills : 0;
        trades += !row.all_actors && row.all_products ? row.trades : 0;
    }
    assert_int_equal(all.fills, fills);
    assert_int_equal(all.trades, trades);
    assert_true(all.wins + all.losses <= all.trades);
}

/* F30 | unit | random records, with numbers at the ends of their range | the figures say that they
 * lack something; no sum breaks, and without such numbers none is lacking */
static void what_leaves_its_range_is_said_to_be_lacking(void **state)
{
    enum { RUNS = 60, RECORDS = 150 };
    uint32_t whole[2] = {0};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 12);
    for (int run = 0; run < RUNS; run++) {
        struct story story = begin();
        bool giant = run % 2 == 1;
        for (int i = 0; i < RECORDS; i++) {
            struct record record;
            some_record(&prng, giant && prng_below(&prng, 3) == 0, &record);
            record.at.wall_ns = story.now_ns += (int64_t)prng_below(&prng, HOUR);
            (void)metrics_add(story.metrics, &record);
        }
        metrics_end(story.metrics, story.now_ns + HOUR);
        whole[giant] += metrics_is_whole(story.metrics);
        if (metrics_is_whole(story.metrics))
            for (int scope = 0; scope < METRICS_SCOPES; scope++)
                assert_counts(story.metrics, (enum metrics_scope)scope);
        metrics_destroy(story.metrics);
    }
    assert_int_equal(whole[true], 0);
    assert_true(whole[false] > 0);
}

/* ---- tables that are full, sums that leave their range */

static bool tells(struct story *story, const struct record *record)
{
    struct record copy = *record;
    copy.at.wall_ns = story->now_ns;
    return metrics_add(story->metrics, &copy);
}

/* More strategies and products than any config has had, more lines of it that refused: what there
 * is a row for counts on, the rest is said to be lacking. */
static void what_has_no_row_is_said_to_be_lacking(void **state)
{
    (void)state;
    struct story story = begin();
    struct record record, refusal = {.kind = RECORD_REFUSAL}, paid = {.kind = RECORD_FUNDING},
                          shown = {.kind = RECORD_MARK, .mark.mark = rig_price("1")};
    char id[3] = {0};
    for (int i = 0; i <= MAX_STRATEGIES; i++) {
        id[0] = (char)('a' + i);
        record = fill_of(&story, id, "A", SIDE_BUY, "100", "1", "0");
        assert_int_equal(tells(&story, &record), i < MAX_STRATEGIES);
    }
    for (int i = 1; i <= MAX_PRODUCTS; i++) {
        id[0] = (char)('A' + i);
        record = fill_of(&story, "a", id, SIDE_BUY, "100", "1", "0");
        assert_int_equal(tells(&story, &record), i < MAX_PRODUCTS);
    }
    name_them(paid.funding.name, paid.funding.product_id, "a", id);
    assert_false(tells(&story, &paid));
    name_them(paid.funding.name, paid.funding.product_id, "", "A");
    assert_false(tells(&story, &paid)); /* nobody's */
    memcpy(shown.mark.product_id, id, sizeof id);
    assert_false(tells(&story, &shown));
    for (int i = 0; i <= METRICS_FILTERS; i++) {
        refusal.refusal.verdict.config_key[0] = (char)(' ' + i);
        assert_int_equal(tells(&story, &refusal), i < METRICS_FILTERS);
    }
    assert_false(metrics_is_whole(story.metrics));
    assert_int_equal(row_of(&story, METRICS_RUN, "", "").fills,
                     MAX_STRATEGIES + MAX_PRODUCTS - 1);
    assert_int_equal(row_of(&story, METRICS_RUN, "a", "").fills, MAX_PRODUCTS);
    assert_int_equal(row_of(&story, METRICS_RUN, "", "").intents_refused, METRICS_FILTERS + 1);
    metrics_destroy(story.metrics);
    metrics_destroy(NULL);
}

/* It rests while all that the ring holds is made after it: its fill has no decision to weigh. */
static void an_order_of_long_ago_has_lost_its_decision(void **state)
{
    (void)state;
    struct story story = begin();
    struct record filled = fill_of(&story, "one", "A", SIDE_BUY, "101", "1", "0");
    struct client_id first = order_in(&story, "one", "A", "100", ORDER_OPEN), last = first;
    for (int i = 0; i < METRICS_ORDERS; i++)
        last = order_in(&story, "one", "A", "100", ORDER_OPEN);
    filled.fill.id = first;
    tell(&story, &filled);
    assert_false(row_of(&story, METRICS_RUN, "one", "A").slippage_known);
    filled.fill.id = last;
    tell(&story, &filled);
    assert_money(row_of(&story, METRICS_RUN, "one", "A").slippage, "1");
    assert_int_equal(row_of(&story, METRICS_RUN, "one", "A").orders, METRICS_ORDERS + 1);
    metrics_destroy(story.metrics);
}

/* The largest price or size, whose product is half of what money holds, and that. */
#define MOST "9223372036.854775807"
#define HALF "85070591730234615865"
#define ALL "170141183460469231731.687303715884105727"
#define LEAST "0.000000001"

/* "buy" and "sell" all that a size holds, of an order with a decision where there is one, by nobody
 * where there is no name; "claim": the first step's fill is his; "mark". The last does not fit. */
struct step { const char *what, *who, *product, *price, *fee, *decision; };
static const struct leaving { const char *what; struct step steps[7]; } LEAVING[] = {
    {"turnover", {{"buy", "one", "A", MOST, "0", NULL}, {"sell", "one", "A", MOST, "0", NULL},
                  {"buy", "one", "A", MOST, "0", NULL}}},
    {"slippage", {{"sell", "one", "A", LEAST, "0", MOST}, {"buy", "one", "A", MOST, "0", LEAST},
                  {"sell", "one", "A", LEAST, "0", MOST}}},
    {"worth when decided",
     {{"sell", "one", "A", LEAST, "0", MOST}, {"buy", "one", "A", LEAST, "0", MOST},
      {"sell", "one", "A", LEAST, "0", MOST}}},
    {"a trade's result",
     {{"buy", "one", "A", "1", "0", NULL}, {"sell", "one", "A", "1", ALL, NULL},
      {"buy", "one", "A", "1", "-" ALL, NULL}, {"sell", "one", "A", "1", "-" ALL, NULL}}},
    {"what all realised",
     {{"buy", "one", "A", LEAST, "0", NULL}, {"sell", "one", "A", MOST, HALF, NULL},
      {"buy", "one", "A", LEAST, "0", NULL}, {"sell", "one", "A", MOST, HALF, NULL},
      {"buy", "two", "A", LEAST, "0", NULL}, {"sell", "two", "A", MOST, HALF, NULL}}},
    {"one's fees", {{"buy", "one", "A", "1", ALL, NULL}, {"sell", "one", "A", "1", LEAST, NULL}}},
    {"all fees", {{"buy", "one", "A", "1", ALL, NULL}, {"buy", "two", "B", "1", LEAST, NULL}}},
    {"what all hold",
     {{"buy", "one", "A", LEAST, "0", NULL}, {"buy", "two", "A", LEAST, "0", NULL}}},
    {"a fill that changes hands", /* the first, with another fee */
     {{"buy", "", "A", "1", "0", NULL}, {"sell", "", "A", "1", "-" ALL, NULL},
      {"claim", "one", "A", "1", ALL, NULL}}},
    {"realised and open",
     {{"buy", "one", "A", LEAST, "0", NULL}, {"sell", "one", "A", MOST, "0", NULL},
      {"buy", "one", "A", LEAST, "0", NULL}, {"sell", "one", "A", MOST, "0", NULL},
      {"buy", "one", "A", LEAST, "0", NULL}, {"mark", "", "A", MOST, NULL, NULL}}},
    {"one actor's exposure",
     {{"sell", "one", "A", MOST, "0", NULL}, {"sell", "one", "B", MOST, "0", NULL},
      {"buy", "one", "C", LEAST, "0", NULL}, {"mark", "", "C", MOST, NULL, NULL}}},
    {"the account's exposure",
     {{"sell", "one", "A", MOST, "0", NULL}, {"sell", "two", "B", MOST, "0", NULL},
      {"buy", "three", "C", LEAST, "0", NULL}, {"mark", "", "C", MOST, NULL, NULL}}},
};

static struct record step_of(struct story *story, const struct step *step)
{
    struct record mark = {.kind = RECORD_MARK, .mark.mark = rig_price(step->price)};
    enum side side = strcmp(step->what, "sell") == 0 ? SIDE_SELL : SIDE_BUY;
    if (strcmp(step->what, "mark") == 0) {
        memcpy(mark.mark.product_id, step->product, 2);
        assert_true(tells(story, &mark));
        return (struct record){.kind = RECORD_MARK, .mark.product = NO_PRODUCT};
    }
    struct record record =
        fill_of(story, step->who, step->product, side, step->price, MOST, step->fee);
    record.fill.actor = step->who[0] ? 0 : ACTOR_EXTERNAL;
    if (strcmp(step->what, "claim") == 0)
        record.fill.fill.trade_id.text[0] = '1';
    if (step->decision)
        record.fill.id = order_in(story, step->who, step->product, step->decision, ORDER_FILLED);
    return record;
}

/* F30 | unit | numbers that together leave the range of money | told at that very record */
static void a_sum_that_leaves_its_range_is_told_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LEAVING / sizeof LEAVING[0]; i++) {
        const struct step *step = LEAVING[i].steps;
        struct story story = begin();
        for (; step->what != NULL; step++) {
            struct record record = step_of(&story, step);
            if (tells(&story, &record) != (step[1].what != NULL))
                fail_msg("%s: step %zu", LEAVING[i].what, step - LEAVING[i].steps + 1);
        }
        assert_false(metrics_is_whole(story.metrics));
        metrics_destroy(story.metrics);
    }
    struct story story = begin();
    struct record back = fill_of(&story, "one", "A", SIDE_BUY, "1", "1", "-" ALL);
    back.fill.fill.kind = FILL_REVERSAL;
    back.fill.fill.fee.e18--; /* it has no opposite */
    assert_false(tells(&story, &back));
    metrics_destroy(story.metrics);
}

/* Figures of which a part has no number stay unknown; the others are as they are. */
static void parts_beyond_their_range_are_unknown(void **state)
{
    (void)state;
    struct story story = begin();
    struct money result, equity;
    assert_false(metrics_equity(story.metrics, &result, &equity)); /* nobody told any */
    mark(&story, "A", "1", ALL);
    fill(&story, "one", "A", SIDE_BUY, LEAST, MOST, "0");
    fill(&story, "one", "A", SIDE_SELL, MOST, MOST, "0");
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_int_equal(row.wins, 1);
    assert_false(row.profit_factor_known); /* nothing was lost */
    assert_false(metrics_equity(story.metrics, &result, &equity));
    fill(&story, "one", "A", SIDE_BUY, "1", "1", "0");
    fill(&story, "one", "A", SIDE_SELL, "0.5", "1", "0");
    row = row_of(&story, METRICS_RUN, "one", "A");
    assert_true(row.trades_known && row.win_rate.e9 == DECIMAL_ONE / 2);
    assert_money(row.lost, "0.5");
    assert_false(row.profit_factor_known);
    assert_false(row.drawdown_part_known); /* of an equity that no number holds */
    struct record bad = fill_of(&story, "one", "B", SIDE_SELL, LEAST, MOST, "0");
    bad.fill.id = order_in(&story, "one", "B", MOST, ORDER_FILLED);
    tell(&story, &bad);
    bad = fill_of(&story, "two", "C", SIDE_SELL, MOST, MOST, "0");
    bad.fill.id = order_in(&story, "two", "C", LEAST, ORDER_FILLED);
    tell(&story, &bad);
    assert_false(row_of(&story, METRICS_RUN, "one", "B").slippage_known);
    assert_false(row_of(&story, METRICS_RUN, "two", "C").slippage_known); /* far better */
    assert_true(metrics_is_whole(story.metrics));
    metrics_destroy(story.metrics);
}

/* What is open is told as it is, though what was paid and earned beside it fills the range; and a
 * position too large for the mean of its worth was held all the same. */
static void what_is_open_is_told_beside_the_largest_sums(void **state)
{
    (void)state;
    struct story story = begin();
    for (int i = 0; i < 2; i++) {
        fill(&story, "one", "A", SIDE_BUY, LEAST, MOST, "0");
        fill(&story, "one", "A", SIDE_SELL, MOST, MOST, "0");
    }
    fill(&story, "one", "A", SIDE_SELL, LEAST, MOST, ALL);
    mark(&story, "A", MOST, NULL);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_true(row.unrealised.e18 == money_of(rig_price(LEAST), rig_size(MOST)).e18 -
                                          money_of(rig_price(MOST), rig_size(MOST)).e18);
    assert_money(row.fees, ALL);
    assert_true(metrics_is_whole(story.metrics));
    metrics_end(story.metrics, DAWN + HOUR);
    row = row_of(&story, METRICS_RUN, "one", "A");
    assert_ratio(row.time_held, "1");
    assert_money(row.exposure_mean, "0");
    metrics_destroy(story.metrics);
}

/* ---- returns at their ends. One coin is held, and the equity is its price */

static struct story hold_one(const char *price)
{
    struct story story = begin();
    fill(&story, "one", "A", SIDE_BUY, price, "1", "0");
    mark(&story, "A", price, price);
    return story;
}

static void end_hour(struct story *story, int64_t price_e9)
{
    char text[DECIMAL_TEXT_MAX];
    price_format((struct price){price_e9}, text);
    story->now_ns += 59 * MINUTE;
    mark(story, "A", text, NULL);
    story->now_ns += MINUTE;
    metrics_end(story->metrics, story->now_ns);
}

/* 6e-5 in each of 5 hours, and 1e-12 more in one of them: Sharpe is 1.3e10, which has no number. */
static void a_sharpe_ratio_beyond_all_numbers_is_unknown(void **state)
{
    (void)state;
    struct story story = hold_one("100000");
    int64_t price_e9 = 100000 * (int64_t)DECIMAL_ONE;
    for (int i = 0; i < 5; i++) {
        __int128 part = 60000000 + (i == 4); /* 1e-12 */
        price_e9 += (int64_t)(price_e9 * part / 1000000000000);
        end_hour(&story, price_e9);
    }
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_int_equal(row.hours.count, 5);
    assert_false(row.hours.known);
    assert_false(row.hours.sortino_known); /* nothing was lost */
    metrics_destroy(story.metrics);
}

/* Up tenfold and back, 130 times: the sum of the returns has more places than its square has room
 * for. */
static void wild_returns_have_a_sharpe_ratio_as_well(void **state)
{
    (void)state;
    struct story story = hold_one("1");
    for (int i = 0; i < 260; i++)
        end_hour(&story, i % 2 ? DECIMAL_ONE : 11 * (int64_t)DECIMAL_ONE);
    struct metrics_row row = row_of(&story, METRICS_RUN, "one", "A");
    assert_int_equal(row.hours.count, 260);
    assert_near(row.hours.sharpe, "77.845590096"); /* Python: r = [10, -10 / 11] * 130 */
    assert_near(row.hours.sortino, "661.815684311");
    metrics_destroy(story.metrics);
}

int suite_metrics(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trades_and_results_add_up),
        cmocka_unit_test(returns_are_annualised),
        cmocka_unit_test(slippage_is_against_the_decision),
        cmocka_unit_test(a_reversal_takes_back),
        cmocka_unit_test(a_claimed_fill_changes_hands),
        cmocka_unit_test(a_day_counts_what_was_its_own),
        cmocka_unit_test(refusals_are_counted_by_line),
        cmocka_unit_test(figures_have_words),
        cmocka_unit_test(what_leaves_its_range_is_said_to_be_lacking),
        cmocka_unit_test(what_has_no_row_is_said_to_be_lacking),
        cmocka_unit_test(an_order_of_long_ago_has_lost_its_decision),
        cmocka_unit_test(a_sum_that_leaves_its_range_is_told_at_once),
        cmocka_unit_test(parts_beyond_their_range_are_unknown),
        cmocka_unit_test(what_is_open_is_told_beside_the_largest_sums),
        cmocka_unit_test(a_sharpe_ratio_beyond_all_numbers_is_unknown),
        cmocka_unit_test(wild_returns_have_a_sharpe_ratio_as_well),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
