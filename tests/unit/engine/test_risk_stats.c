/* Volatility, correlation, value at risk: against worked examples of others, and against the same
 * figures in floating point over real bars (tests/golden/risk). */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "engine/candle.h"
#include "engine/risk_var.h"

enum { BARS_MAX = 512, LINE = 256, ROWS = MAX_RISK_WINDOW };
static const int64_t MINUTE = 60 * (int64_t)1000000000;
static const __int128 DOLLAR = (__int128)DECIMAL_ONE * DECIMAL_ONE;

static struct risk_row rows[ROWS];
static struct risk_stats stats;

enum { HORIZON = 10 };

static void begin(uint8_t products, const char *decay, uint32_t window)
{
    struct var_settings settings = {
        .mode = VAR_ON, .candle_ns = MINUTE, .window = window, .warmup = 2,
        .horizon = HORIZON};
    assert_true(ratio_parse(decay, strlen(decay), &settings.decay));
    risk_stats_init(&stats, &settings, products, rows);
}

static void candle(product_index product, int64_t minute, int64_t high, int64_t low, int64_t close)
{
    struct candle candle = {.start_ns = minute * MINUTE,
                            .length_ns = MINUTE,
                            .open = {close},
                            .high = {high},
                            .low = {low},
                            .close = {close},
                            .trades = 1};
    risk_stats_candle(&stats, product, &candle);
}

static void close_at(product_index product, int64_t minute, const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    candle(product, minute, price.e9, price.e9, price.e9);
}

static void flush(void)
{
    risk_stats_flush(&stats, INT64_MAX);
}

static void assert_near(__int128 got, __int128 want, __int128 apart)
{
    if (got - want > apart || want - got > apart)
        fail_msg("%.9f is not %.9f", (double)got / 1e18, (double)want / 1e18);
}

static struct risk_book book_of(int64_t a, int64_t b)
{
    struct risk_book book = {0};
    book.low[0].e18 = book.high[0].e18 = a * DOLLAR;
    book.low[1].e18 = book.high[1].e18 = b * DOLLAR;
    return book;
}

/* ---- worked examples of others */

/* Hull, Options, Futures and Other Derivatives, the EWMA exercise of "Estimating volatilities and
 * correlations": 1.5 % a day, $30.00 becomes $30.50, lambda 0.94: 1.5105 %. */
static void ewma_as_in_the_textbook(void **state)
{
    (void)state;
    begin(1, "0.94", 8);
    close_at(0, 1, "20");
    close_at(0, 2, "20.3"); /* the first return, 1.5 %, is the first volatility */
    flush();
    assert_int_equal(risk_stats_volatility(&stats, 0).e9, 15000000);
    stats.series[0].last.e9 = 30 * (int64_t)DECIMAL_ONE;
    close_at(0, 3, "30.5");
    flush();
    assert_near(risk_stats_volatility(&stats, 0).e9, 15105000, 500);
}

static void set_matrix(int64_t sigma_a_e9, int64_t sigma_b_e9, int64_t correlation_e9)
{
    begin(2, "0.94", 8);
    stats.covariance[0][0] = (__int128)sigma_a_e9 * sigma_a_e9;
    stats.covariance[1][1] = (__int128)sigma_b_e9 * sigma_b_e9;
    stats.covariance[0][1] = stats.covariance[1][0] =
        (__int128)sigma_a_e9 * sigma_b_e9 * correlation_e9 / DECIMAL_ONE;
}

/* Hull, Risk Management and Financial Institutions, 3rd edition, chapter 15: $10M at 2 % a day and
 * $5M at 1 %, correlation 0.3: one day's deviation is $220,227, the 10-day 99 % VaR $1,622,657; of
 * the second alone $368,405. The book takes 2.33 for the quantile, which is 2.326347874. */
static void parametric_var_as_in_the_textbook(void **state)
{
    (void)state;
    struct risk_book both = book_of(10000000, 5000000), second = book_of(0, 5000000);
    struct risk_tail tail;
    set_matrix(20000000, 10000000, 300000000);
    assert_int_equal(risk_stats_correlation(&stats, 0, 1).e9, 300000000);
    assert_true(risk_var_parametric(&stats, &both, RISK_99, 1, &tail));
    assert_near(tail.var.e18, 220227155 * (DOLLAR / 1000) * 2326347874 / DECIMAL_ONE, DOLLAR / 100);
    assert_true(risk_var_parametric(&stats, &both, RISK_99, 10, &tail));
    assert_near(tail.var.e18 / 2326347874 * 2330000000, 1622657 * DOLLAR, 5 * DOLLAR);
    assert_true(risk_var_parametric(&stats, &second, RISK_99, 10, &tail));
    assert_near(tail.var.e18 / 2326347874 * 2330000000, 368405 * DOLLAR, 5 * DOLLAR);
}

/* A question of the FRM's practice papers, answered at forum.bionicturtle.com: 1,200 days, these
 * the worst: the 99 % VaR is 1,428 and the expected shortfall 1,861. */
static void historical_var_as_in_the_question(void **state)
{
    (void)state;
    static const int worst[] = {2833, 2333, 2228, 2084, 1960, 1751, 1679, 1558,
                                1542, 1484, 1450, 1428, 1368, 1346, 1319};
    struct risk_book book = book_of(1000000, 0);
    struct risk_tail tail;
    begin(2, "0.94", 1200);
    for (int i = 0; i < 1200; i++)
        rows[i].e9[0] = i % 80 == 7 ? -worst[i / 80] * (DECIMAL_ONE / 1000000) : i * 1000;
    stats.series[0].rows = stats.row_count = 1200;
    assert_true(risk_var_historical(&stats, &book, RISK_99, 1, &tail));
    assert_true(tail.var.e18 == 1428 * DOLLAR);
    assert_near(tail.shortfall.e18, 1861 * DOLLAR, DOLLAR / 2);
    book = book_of(-1000000, 0); /* short: the largest gains of the long are its losses */
    assert_true(risk_var_historical(&stats, &book, RISK_99, 1, &tail));
    assert_true(tail.var.e18 == 1188 * DOLLAR);
}

/* ---- the same in floating point, over real bars */

struct bar { struct price high, low, close; };

static uint32_t read_bars(struct bar *bars)
{
    FILE *file = fopen(TESTS_DIR "/data/btc-perp.bars-1m.csv", "r");
    char line[LINE];
    uint32_t count = 0;
    assert_non_null(file);
    while (count < BARS_MAX && fgets(line, sizeof line, file) != NULL) {
        char high[32], low[32], close[32];
        if (sscanf(line, "%*[0-9],%*[0-9.],%31[0-9.],%31[0-9.],%31[0-9.]", high, low, close) != 3)
            continue;
        assert_true(price_parse(high, strlen(high), &bars[count].high) &&
                    price_parse(low, strlen(low), &bars[count].low) &&
                    price_parse(close, strlen(close), &bars[count].close));
        count++;
    }
    fclose(file);
    return count;
}

static struct money golden(const char *name)
{
    FILE *file = fopen(TESTS_DIR "/golden/risk/figures.txt", "r");
    char line[LINE], key[64], value[64];
    struct money ret = {0};
    bool found = false;
    assert_non_null(file);
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = sscanf(line, "%63s %63s", key, value) == 2 && strcmp(key, name) == 0 &&
                money_parse(value, strlen(value), &ret);
    fclose(file);
    if (!found)
        fail_msg("no golden figure %s", name);
    return ret;
}

/* Half of the last place that a ratio has, and what rounded returns leave: 2e-9. */
static void assert_ratio(const char *name, struct ratio got)
{
    assert_near((__int128)got.e9 * DECIMAL_ONE, golden(name).e18, 2 * (__int128)DECIMAL_ONE);
}

/* Returns are kept to nine places: of $42,500 over 16 candles that is $0.0002. */
static void assert_tail(const char *method, int level, struct risk_tail got)
{
    char name[64];
    snprintf(name, sizeof name, "%s_var_%d", method, level);
    assert_near(got.var.e18, golden(name).e18, DOLLAR / 5000);
    snprintf(name, sizeof name, "%s_shortfall_%d", method, level);
    assert_near(got.shortfall.e18, golden(name).e18, DOLLAR / 5000);
}

static void play_bars(void)
{
    static struct bar bars[BARS_MAX];
    uint32_t half = read_bars(bars) / 2;
    assert_int_equal(half, 200);
    begin(3, "0.94", half - 1);
    for (uint32_t i = 0; i < half; i++) {
        const struct bar *a = &bars[i], *b = &bars[half + i];
        candle(0, i, a->high.e9, a->low.e9, a->close.e9);
        candle(1, i, b->high.e9, b->low.e9, b->close.e9);
        candle(2, i, a->high.e9, a->low.e9, a->low.e9);
    }
    flush();
}

/* A correlation stands on two roots of variances of about 1e-6, which have twelve places. */
static void assert_product(product_index i)
{
    char name[64];
    snprintf(name, sizeof name, "volatility_%c", 'a' + i);
    assert_ratio(name, risk_stats_volatility(&stats, i));
    snprintf(name, sizeof name, "parkinson_%c", 'a' + i);
    assert_ratio(name, risk_stats_parkinson(&stats, i));
    for (product_index k = 0; k < 3; k++) {
        __int128 got = risk_stats_correlation(&stats, i, k).e9;
        snprintf(name, sizeof name, "correlation_%c%c", 'a' + i, 'a' + k);
        assert_near(got * DECIMAL_ONE, golden(name).e18, 100 * (__int128)DECIMAL_ONE);
    }
}

static void figures_over_real_bars(void **state)
{
    (void)state;
    struct risk_book book = book_of(30000, -12500);
    struct risk_tail tail;
    play_bars();
    book.low[2].e18 = book.high[2].e18 = 5000 * DOLLAR;
    for (product_index i = 0; i < 3; i++)
        assert_product(i);
    for (int i = 0; i < RISK_LEVELS; i++) {
        assert_true(risk_var_parametric(&stats, &book, (enum risk_level)i, 16, &tail));
        assert_tail("parametric", i == RISK_95 ? 95 : 99, tail);
        assert_true(risk_var_historical(&stats, &book, (enum risk_level)i, 16, &tail));
        assert_tail("historical", i == RISK_95 ? 95 : 99, tail);
    }
}

/* ---- rows */

static void quiet_products_return_nothing_then_all_of_it(void **state)
{
    (void)state;
    begin(2, "0.94", 8);
    close_at(0, 1, "100");
    close_at(1, 1, "50");
    close_at(0, 2, "101");
    close_at(0, 3, "101");
    close_at(1, 3, "55");
    flush();
    assert_int_equal(risk_stats_return(&stats, 0, 1), 10000000);
    assert_int_equal(risk_stats_return(&stats, 0, 0), 0);
    assert_int_equal(risk_stats_return(&stats, 1, 0), 100000000);
    assert_int_equal(stats.series[1].rows, 1);
    assert_int_equal(stats.series[0].candles, 2);
}

static void late_candles_change_nothing(void **state)
{
    (void)state;
    begin(2, "0.94", 8);
    close_at(0, 1, "100");
    close_at(0, 2, "101");
    close_at(1, 1, "50"); /* row 1 was closed by minute 2 */
    assert_false(stats.series[1].traded);
    risk_stats_flush(&stats, 3 * MINUTE + CANDLE_GRACE_NS - 1);
    assert_true(stats.row_open);
    assert_int_equal(risk_stats_due_wall_ns(&stats), 3 * MINUTE + CANDLE_GRACE_NS);
    risk_stats_flush(&stats, 3 * MINUTE + CANDLE_GRACE_NS);
    assert_false(stats.row_open);
    close_at(1, 2, "50");
    assert_false(stats.series[1].traded);
    assert_int_equal(stats.row_count, 2);
    assert_true(risk_stats_due_wall_ns(&stats) == INT64_MAX);
}

static void known_when_warm_and_fresh(void **state)
{
    (void)state;
    int64_t end = 4 * MINUTE, stale = RISK_STALE_CANDLES * MINUTE;
    begin(2, "0.94", 8);
    close_at(0, 1, "100");
    close_at(0, 2, "101");
    flush();
    assert_false(risk_stats_known(&stats, 0, 3 * MINUTE));
    close_at(0, 3, "102");
    flush();
    assert_true(risk_stats_known(&stats, 0, end));
    assert_true(risk_stats_known(&stats, 0, end + stale));
    assert_false(risk_stats_known(&stats, 0, end + stale + 1));
    assert_false(risk_stats_known(&stats, 0, end - stale - 1));
    assert_false(risk_stats_known(&stats, 1, end));
    assert_false(risk_stats_known(&stats, 2, end));
}

/* What no candle can do begins the product anew, alone. */
static void absurd_returns_begin_anew(void **state)
{
    (void)state;
    begin(2, "0.94", 8);
    for (int i = 1; i <= 4; i++) {
        close_at(0, i, i % 2 ? "100" : "101");
        close_at(1, i, i % 2 ? "20" : "21");
    }
    close_at(0, 5, "100000");
    close_at(1, 5, "20");
    flush();
    assert_false(risk_stats_known(&stats, 0, 6 * MINUTE));
    assert_true(risk_stats_known(&stats, 1, 6 * MINUTE));
    close_at(0, 6, "101000");
    close_at(0, 7, "102010");
    flush();
    assert_true(risk_stats_known(&stats, 0, 8 * MINUTE));
    assert_int_equal(risk_stats_volatility(&stats, 0).e9, 10000000);
}

static void sizing_shrinks_with_volatility(void **state)
{
    (void)state;
    struct ratio calm = {1000000}, none = {0};
    assert_int_equal(risk_stats_sizing(calm, (struct ratio){0}).e9, DECIMAL_ONE);
    assert_int_equal(risk_stats_sizing(calm, calm).e9, DECIMAL_ONE);
    assert_int_equal(risk_stats_sizing(calm, (struct ratio){3000000}).e9, DECIMAL_ONE / 3);
    assert_int_equal(risk_stats_sizing(none, calm).e9, 0);
}

/* ---- over random markets */

static void random_row(struct prng *prng, int64_t minute)
{
    for (product_index i = 0; i < stats.products; i++) {
        int64_t price = 1000000 + (int64_t)prng_below(prng, 1000000);
        if (prng_below(prng, 8) == 0)
            continue;
        candle(i, minute, price + (int64_t)prng_below(prng, 5000), price, price);
    }
}

static int64_t random_worth(struct prng *prng)
{
    return (int64_t)prng_below(prng, 2000001) - 1000000;
}

static void random_book(struct prng *prng, struct risk_book *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < stats.products; i++) {
        int64_t a = random_worth(prng), b = random_worth(prng);
        ret->low[i].e18 = (a < b ? a : b) * DOLLAR;
        ret->high[i].e18 = (a < b ? b : a) * DOLLAR;
    }
}

/* Any portfolio inside the book's ranges. */
static void random_inside(struct prng *prng, const struct risk_book *book, struct risk_book *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < stats.products; i++) {
        __int128 width = book->high[i].e18 - book->low[i].e18;
        ret->low[i].e18 = book->low[i].e18 + width / 1000 * (__int128)prng_below(prng, 1001);
        ret->high[i] = ret->low[i];
    }
}

static void assert_covers(const struct risk_book *outer, const struct risk_book *inner)
{
    struct stress_scenario crash = {.shocks = {{-200000000}, {100000000}, {-300000000}}};
    struct risk_tail most, is;
    struct money worst, loss;
    assert_true(risk_var_parametric(&stats, outer, RISK_99, 4, &most));
    assert_true(risk_var_parametric(&stats, inner, RISK_99, 4, &is));
    /* Weights are rounded to nine places: a hundredth of a dollar of millions. */
    assert_true(is.var.e18 <= most.var.e18 + DOLLAR / 100);
    assert_true(is.var.e18 <= is.shortfall.e18);
    assert_true(risk_var_historical(&stats, outer, RISK_95, 4, &most));
    assert_true(risk_var_historical(&stats, inner, RISK_95, 4, &is));
    assert_true(is.var.e18 <= most.var.e18 && is.shortfall.e18 <= most.shortfall.e18);
    assert_true(is.var.e18 <= is.shortfall.e18);
    assert_true(risk_stress_loss(&crash, outer, &worst) && risk_stress_loss(&crash, inner, &loss));
    assert_true(loss.e18 <= worst.e18);
}

static void a_book_is_never_below_what_it_holds(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 21);
    for (int world = 0; world < 40; world++) {
        begin((uint8_t)(1 + prng_below(&prng, 3)), "0.94", 64);
        for (int64_t i = 0; i < 100; i++)
            random_row(&prng, i);
        flush();
        for (int i = 0; i < 50; i++) {
            struct risk_book outer, inner;
            random_book(&prng, &outer);
            random_inside(&prng, &outer, &inner);
            assert_covers(&outer, &inner);
        }
    }
}

static void assert_under_ceiling(const struct risk_book *book)
{
    struct risk_tail normal, history;
    struct stress_scenario crash = {.shocks = {{-200000000}, {100000000}, {-300000000}}};
    struct risk_sketch sketch;
    struct money loss;
    assert_true(risk_var_parametric(&stats, book, RISK_99, HORIZON, &normal));
    assert_true(risk_var_historical(&stats, book, RISK_99, HORIZON, &history));
    assert_true(risk_stress_loss(&crash, book, &loss));
    assert_true(risk_sketch_book(&stats, book, &sketch));
    struct money ceiling = risk_var_ceiling(&stats, &sketch);
    assert_true(normal.var.e18 <= ceiling.e18 && history.shortfall.e18 <= ceiling.e18);
    ceiling = risk_stress_ceiling(&crash, &sketch);
    assert_true(loss.e18 <= ceiling.e18);
    __int128 most = loss.e18 > 0 ? loss.e18 : 0;
    assert_true(ceiling.e18 <= most + most / DECIMAL_ONE + DOLLAR / 100000);
}

/* So what is told from the ceiling alone is told rightly. */
static void nothing_is_above_the_ceiling(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 23);
    for (int world = 0; world < 100; world++) {
        begin((uint8_t)(1 + prng_below(&prng, 3)), "0.94", 64);
        for (int64_t i = 0; i < 100; i++)
            random_row(&prng, i);
        flush();
        for (int i = 0; i < 100; i++) {
            struct risk_book book;
            random_book(&prng, &book);
            assert_under_ceiling(&book);
            struct risk_book alone = {.low = {book.high[0]}, .high = {book.high[0]}};
            assert_under_ceiling(&alone);
        }
    }
    struct risk_book empty = {0};
    struct risk_sketch sketch;
    assert_true(risk_sketch_book(&stats, &empty, &sketch));
    assert_true(risk_var_ceiling(&stats, &sketch).e18 < DOLLAR / 1000);
}

/* No correlation is past one, however products come and go. */
static void the_matrix_stays_one_of_returns(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 22);
    for (int world = 0; world < 50; world++) {
        begin(3, "0.9", 64);
        for (int64_t i = 0; i < 60; i++) {
            if (prng_below(&prng, 10) == 0)
                candle((product_index)prng_below(&prng, 3), i, 90000000, 90000000, 90000000);
            random_row(&prng, i + 1);
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++)
                    assert_true(stats.covariance[a][b] * stats.covariance[a][b] <=
                                stats.covariance[a][a] * stats.covariance[b][b] + DOLLAR);
        }
    }
}

static void what_leaves_its_range_is_refused(void **state)
{
    (void)state;
    struct stress_scenario crash = {.shocks = {{-200000000}}};
    struct risk_tail tail;
    struct money loss;
    set_matrix(20000000, 10000000, 0);
    struct risk_book book = book_of(100000000001, 0);
    assert_false(risk_var_parametric(&stats, &book, RISK_99, 1, &tail));
    assert_false(risk_var_historical(&stats, &book, RISK_99, 1, &tail));
    assert_false(risk_stress_loss(&crash, &book, &loss));
    book = book_of(100000000000, -100000000000);
    stats.covariance[0][0] = stats.covariance[1][1] = 16 * DOLLAR;
    stats.covariance[0][1] = stats.covariance[1][0] = -16 * DOLLAR;
    assert_true(risk_var_parametric(&stats, &book, RISK_99, 1, &tail));
    assert_true(tail.var.e18 > 0);
    assert_false(risk_var_parametric(&stats, &book, RISK_99, 0, &tail)); /* over no time at all */
    assert_false(risk_var_historical(&stats, &book, RISK_99, 0, &tail));
    book.low[0].e18 = book.high[0].e18 + 1;
    assert_false(risk_var_parametric(&stats, &book, RISK_99, 1, &tail));
}

/* What the gate asks first says so as well, and so do shocks that are past all money. */
static void what_leaves_its_range_has_no_ceiling_and_no_loss(void **state)
{
    (void)state;
    struct risk_sketch sketch;
    struct stress_scenario shocks = {.shocks = {{INT64_MIN}}};
    struct money loss;
    set_matrix(20000000, 10000000, 0);
    struct risk_book book = book_of(0, 100000000001);
    assert_false(risk_sketch_book(&stats, &book, &sketch));
    book = book_of(100000000000, 100000000000);
    assert_true(risk_sketch_book(&stats, &book, &sketch));
    assert_false(risk_stress_loss(&shocks, &book, &loss));
    shocks.shocks[0].e9 = shocks.shocks[1].e9 = -1000000000 * (int64_t)DECIMAL_ONE;
    assert_false(risk_stress_loss(&shocks, &book, &loss));
    shocks.shocks[1].e9 = 0;
    assert_true(risk_stress_loss(&shocks, &book, &loss));
    assert_true(loss.e18 == 1000000000 * (100000000000 * DOLLAR));
}

/* Variances of one and three billionths squared: the root of their product has lost its places. */
static void a_correlation_is_never_above_one(void **state)
{
    (void)state;
    set_matrix(1, 1, 0);
    stats.covariance[1][1] = 3;
    stats.covariance[0][1] = 2;
    assert_int_equal(risk_stats_correlation(&stats, 0, 1).e9, DECIMAL_ONE);
    stats.covariance[0][1] = -2;
    assert_int_equal(risk_stats_correlation(&stats, 0, 1).e9, -DECIMAL_ONE);
    stats.covariance[0][0] = 0; /* it has not moved */
    assert_int_equal(risk_stats_correlation(&stats, 0, 1).e9, 0);
}

static void scenarios(void **state)
{
    (void)state;
    struct stress_scenario crash = {.shocks = {{-200000000}, {-300000000}}};
    struct risk_book book = book_of(30000, -12500);
    struct money loss;
    assert_true(risk_stress_loss(&crash, &book, &loss));
    assert_true(loss.e18 == (6000 - 3750) * DOLLAR);
    book.high[0].e18 += 1000 * DOLLAR; /* a buy that may be filled */
    book.low[0].e18 -= 9000 * DOLLAR;
    assert_true(risk_stress_loss(&crash, &book, &loss));
    assert_true(loss.e18 == (6200 - 3750) * DOLLAR);
}

int suite_risk_stats(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ewma_as_in_the_textbook),
        cmocka_unit_test(parametric_var_as_in_the_textbook),
        cmocka_unit_test(historical_var_as_in_the_question),
        cmocka_unit_test(figures_over_real_bars),
        cmocka_unit_test(quiet_products_return_nothing_then_all_of_it),
        cmocka_unit_test(late_candles_change_nothing),
        cmocka_unit_test(known_when_warm_and_fresh),
        cmocka_unit_test(absurd_returns_begin_anew),
        cmocka_unit_test(sizing_shrinks_with_volatility),
        cmocka_unit_test(a_book_is_never_below_what_it_holds),
        cmocka_unit_test(nothing_is_above_the_ceiling),
        cmocka_unit_test(the_matrix_stays_one_of_returns),
        cmocka_unit_test(what_leaves_its_range_is_refused),
        cmocka_unit_test(what_leaves_its_range_has_no_ceiling_and_no_loss),
        cmocka_unit_test(a_correlation_is_never_above_one),
        cmocka_unit_test(scenarios),
    };
    return cmocka_run_group_tests_name("risk_stats", tests, NULL, NULL);
}
