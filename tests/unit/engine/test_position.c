/* Positions against a replay that keeps nothing but cash and size: whatever was bought and sold,
 * realised less cost is the cash, to the last unit. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "engine/position.h"

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
    };
    return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
