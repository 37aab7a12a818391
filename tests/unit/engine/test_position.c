/* Positions against a replay that keeps nothing but cash and size: whatever was bought and sold,
 * realised less cost is the cash, to the last unit. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "engine/portfolio.h"

static struct price price_at(const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    return price;
}

static struct size size_at(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

static struct money money_at(const char *text)
{
    struct money money;
    assert_true(money_parse(text, strlen(text), &money));
    return money;
}

static void assert_money(struct money is, const char *text)
{
    char out[DECIMAL_TEXT_MAX];
    money_format(is, out);
    assert_string_equal(out, text);
}

static void long_then_half_then_short(void **state)
{
    (void)state;
    struct position p = {0};
    assert_true(position_apply(&p, SIDE_BUY, price_at("100"), size_at("2")));
    assert_true(position_apply(&p, SIDE_BUY, price_at("110"), size_at("2")));
    assert_money(p.cost, "420");
    assert_int_equal(position_average(&p).e9, price_at("105").e9);
    assert_true(position_apply(&p, SIDE_SELL, price_at("120"), size_at("1")));
    assert_money(p.realised, "15");
    assert_money(p.cost, "315");
    assert_money(position_unrealised(&p, price_at("100")), "-15");
    assert_true(position_apply(&p, SIDE_SELL, price_at("100"), size_at("5"))); /* through zero */
    assert_money(p.realised, "0");
    assert_int_equal(p.size.e9, size_at("-2").e9);
    assert_money(p.cost, "-200");
    assert_money(position_unrealised(&p, price_at("90")), "20");
    assert_true(position_apply(&p, SIDE_BUY, price_at("90"), size_at("2")));
    assert_money(p.realised, "20");
    assert_money(p.cost, "0");
    assert_int_equal(position_average(&p).e9, 0);
}

static void thirds_lose_nothing(void **state)
{
    (void)state;
    struct position p = {0};
    assert_true(position_apply(&p, SIDE_BUY, price_at("0.000000001"), size_at("0.000000003")));
    assert_true(position_apply(&p, SIDE_BUY, price_at("0.000000002"), size_at("0.000000004")));
    /* 11e-18 over 7: a part of it does not come out even, the whole does. */
    for (int i = 0; i < 7; i++)
        assert_true(position_apply(&p, SIDE_SELL, price_at("1"), size_at("0.000000001")));
    assert_int_equal(p.size.e9, 0);
    assert_true(p.cost.e18 == 0);
    assert_money(p.realised, "0.000000006999999989");
}

static void fees_are_beside(void **state)
{
    (void)state;
    struct position p = {0};
    assert_true(position_charge(&p, money_at("0.15")));
    assert_true(position_charge(&p, money_at("-0.05"))); /* a rebate */
    assert_money(p.fees, "0.1");
    assert_money(p.realised, "0");
    assert_true(p.touched);
}

struct cash { __int128 e18; int64_t size; };

static void cash_apply(struct cash *cash, enum side side, int64_t price, int64_t size)
{
    int sign = side == SIDE_BUY ? 1 : -1;
    cash->e18 -= (__int128)sign * price * size;
    cash->size += sign * size;
}

static void any_fills_keep_the_cash(void **state)
{
    (void)state;
    struct prng prng;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct position p = {0};
        struct cash cash = {0};
        prng_seed(&prng, seed);
        for (int i = 0; i < 2000; i++) {
            enum side side = (enum side)prng_below(&prng, 2);
            int64_t price = 1 + (int64_t)prng_below(&prng, 200000000000000u);
            int64_t size = 1 + (int64_t)prng_below(&prng, seed % 5 ? 9000000000u : 7u);
            if (prng_below(&prng, 10) == 0 && p.size.e9 != 0) {
                side = p.size.e9 > 0 ? SIDE_SELL : SIDE_BUY;
                size = p.size.e9 > 0 ? p.size.e9 : -p.size.e9;
            }
            assert_true(position_apply(&p, side, (struct price){price}, (struct size){size}));
            cash_apply(&cash, side, price, size);
            assert_int_equal(p.size.e9, cash.size);
            assert_true(p.realised.e18 - p.cost.e18 == cash.e18);
            assert_true(p.size.e9 != 0 || p.cost.e18 == 0);
            assert_true((p.cost.e18 > 0) == (p.size.e9 > 0) || p.cost.e18 == 0);
        }
    }
}

/* The cost of a part is the exact fraction, half-even: seen with numbers small enough to divide. */
static void part_cost_is_the_rounded_fraction(void **state)
{
    (void)state;
    for (int64_t whole = 1; whole <= 12; whole++)
        for (int64_t part = 1; part <= whole; part++)
            for (int64_t cost = 0; cost < 60; cost++) {
                struct position p = {.size = {whole}, .cost = {cost}};
                assert_true(position_apply(&p, SIDE_SELL, (struct price){1000},
                                           (struct size){part}));
                int64_t twice = 2 * cost * part, floor = twice / (2 * whole);
                int64_t rest = twice - 2 * whole * floor;
                int64_t taken = floor + (rest > whole || (rest == whole && floor % 2));
                assert_true(p.realised.e18 == 1000 * part - taken);
                assert_true(p.cost.e18 == cost - taken);
            }
}

static void overflow_leaves_it_alone(void **state)
{
    (void)state;
    struct position p = {0};
    struct price high = {INT64_MAX};
    struct size most = {INT64_MAX};
    assert_true(position_apply(&p, SIDE_BUY, high, most));
    struct position before = p;
    assert_false(position_apply(&p, SIDE_BUY, high, (struct size){1}));
    assert_memory_equal(&p, &before, sizeof p);
    /* Each round loses nearly 2^126; the third does not fit beside the first two. */
    for (int round = 0; round < 2; round++) {
        assert_true(position_apply(&p, SIDE_SELL, (struct price){1}, most));
        assert_int_equal(p.size.e9, 0);
        assert_true(position_apply(&p, SIDE_BUY, high, most));
    }
    before = p;
    assert_false(position_apply(&p, SIDE_SELL, (struct price){1}, most));
    assert_memory_equal(&p, &before, sizeof p);
    /* One more would be a short that no order could close. */
    struct position shorted = {0};
    assert_true(position_apply(&shorted, SIDE_SELL, high, most));
    before = shorted;
    assert_false(position_apply(&shorted, SIDE_SELL, high, (struct size){1}));
    assert_memory_equal(&shorted, &before, sizeof shorted);
}

/* ---- the portfolio: two books of one fill, both or none */

#define MOST "9223372036.854775807"
#define ALL "170141183460469231731.687303715884105727" /* that money holds */

enum act { BOOK, FUND, CLAIM };

/* By actor 0 in product 0, after what was done before; a fee stands for a payment too. */
struct booking { enum act act; actor_index actor; const char *price, *size, *fee; };
static const struct beyond { const char *what; struct booking before, last; } BEYOND[] = {
    {"its own fees", {BOOK, 0, "1", "1", ALL}, {BOOK, 0, "1", "1", "1"}},
    {"all fees", {BOOK, 1, "1", "1", ALL}, {BOOK, 0, "1", "1", "1"}},
    {"what all hold", {BOOK, 1, "1", MOST, "0"}, {BOOK, 0, "1", "1", "0"}},
    {"its own funding", {FUND, 0, "0", "0", ALL}, {FUND, 0, "0", "0", "1"}},
    {"all funding", {FUND, 1, "0", "0", ALL}, {FUND, 0, "0", "0", "1"}},
    {"what the claimer holds", {BOOK, 0, "1", MOST, "0"}, {CLAIM, 0, "1", "1", "0"}},
    {"the stranger's fees", {BOOK, ACTOR_EXTERNAL, "1", "1", "-" ALL}, {CLAIM, 0, "1", "1", "1"}},
    {"a fee that cannot be given back", {BOOK, 0, "1", "1", "0"},
     {CLAIM, 0, "1", "1", "-170141183460469231731.687303715884105728"}},
};

static bool act_on(struct portfolio *portfolio, const struct booking *b)
{
    struct price price = price_at(b->price);
    struct size size = size_at(b->size);
    struct money fee = money_at(b->fee);
    if (b->act == FUND)
        return portfolio_fund(portfolio, b->actor, 0, fee);
    return (b->act == BOOK ? portfolio_book : portfolio_claim)(portfolio, b->actor, 0, SIDE_BUY,
                                                              price, size, fee);
}

/* F30 | unit | a fill, a payment or a claim past what numbers hold, in one of its two books |
 * refused, and both are as they were */
static void what_does_not_fit_one_book_is_in_neither(void **state)
{
    (void)state;
    static struct portfolio portfolio, before;
    for (size_t i = 0; i < sizeof BEYOND / sizeof BEYOND[0]; i++) {
        memset(&portfolio, 0, sizeof portfolio);
        assert_true(act_on(&portfolio, &BEYOND[i].before));
        before = portfolio;
        if (act_on(&portfolio, &BEYOND[i].last))
            fail_msg("%s", BEYOND[i].what);
        assert_memory_equal(&portfolio, &before, sizeof portfolio);
    }
}

/* Known by its quantity alone, for nothing, or nothing of it: the least price there is. */
static void a_provisional_price_is_never_none(void **state)
{
    (void)state;
    struct order order;
    memset(&order, 0, sizeof order);
    assert_int_equal(portfolio_provisional_price(&order).e9, 1);
    order.filled = order.size = size_at("2");
    assert_int_equal(portfolio_provisional_price(&order).e9, 1);
    order.provisional_cost = money_at("7");
    assert_int_equal(portfolio_provisional_price(&order).e9, price_at("3.5").e9);
}

int suite_position(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_then_half_then_short),
        cmocka_unit_test(thirds_lose_nothing),
        cmocka_unit_test(fees_are_beside),
        cmocka_unit_test(any_fills_keep_the_cash),
        cmocka_unit_test(part_cost_is_the_rounded_fraction),
        cmocka_unit_test(overflow_leaves_it_alone),
        cmocka_unit_test(what_does_not_fit_one_book_is_in_neither),
        cmocka_unit_test(a_provisional_price_is_never_none),
    };
    return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
