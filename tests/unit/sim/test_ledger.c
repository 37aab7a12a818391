#include <stdlib.h>

#include "base/prng.h"
#include "sim/ledger.h"
#include "venue_fixture.h"

static struct money nothing;

static struct money money(const char *text)
{
    return (struct money){(__int128)e9(text) * DECIMAL_ONE};
}

static void fill(struct ledger *ledger, int product, enum side side, const char *price,
                 const char *units, const char *fee)
{
    assert_true(ledger_apply_fill(ledger, product, side, (struct price){e9(price)},
                                  (struct size){e9(units)}, money(fee)));
}

static void a_position_is_opened_grown_closed_and_turned(void **state)
{
    (void)state;
    struct ledger ledger;
    struct money unrealised;
    ledger_init(&ledger, money("1000"), money("500"));
    const struct ledger_position *bip = &ledger.positions[BIP];
    fill(&ledger, BIP, SIDE_BUY, "60000", "2", "0.5");
    fill(&ledger, BIP, SIDE_BUY, "61000", "1", "0.25");
    assert_size(bip->units, "3");
    assert_money(bip->cost, "1810"); /* 0.02 x 60000 + 0.01 x 61000 */
    assert_int_equal(ledger_entry_price(&ledger, BIP).e9, e9("60333.333333333"));
    fill(&ledger, BIP, SIDE_SELL, "62000", "1", "0.25");
    assert_size(bip->units, "2");
    assert_money(ledger.cash[PROFILE_INTX], "500");
    assert_true(ledger_unrealised(&ledger, BIP, (struct price){e9("62000")}, &unrealised));
    /* What rounding left is in the cost still: realised and unrealised add up to the cent. */
    assert_money((struct money){unrealised.e18 + bip->realised.e18}, "50");
    fill(&ledger, BIP, SIDE_SELL, "62000", "5", "1");
    assert_size(bip->units, "-3");
    assert_money(bip->cost, "-1860");
    assert_money(bip->realised, "50");
    assert_money(bip->fees, "2");
    assert_money(ledger.cash[PROFILE_CDE], "1048");
    assert_int_equal(ledger_entry_price(&ledger, BIP).e9, e9("62000"));
    fill(&ledger, BIP, SIDE_BUY, "61000", "3", "0");
    assert_size(bip->units, "0");
    assert_money(bip->cost, "0");
    assert_money(bip->realised, "80");
    assert_int_equal(ledger_entry_price(&ledger, BIP).e9, 0);
}

static void funding_is_accrued_then_paid(void **state)
{
    (void)state;
    struct ledger ledger;
    ledger_init(&ledger, money("1000"), nothing);
    fill(&ledger, BIP, SIDE_SELL, "60000", "10", "0");
    struct ratio rate = {e9("0.00001")};
    assert_true(ledger_accrue_funding(&ledger, BIP, (struct price){e9("60000")}, rate));
    assert_money(ledger.positions[BIP].funding_accrued, "0.06"); /* shorts receive */
    assert_money(ledger.cash[PROFILE_CDE], "1000");
    assert_true(ledger_settle_funding(&ledger, BIP));
    assert_money(ledger.cash[PROFILE_CDE], "1000.06");
    assert_money(ledger.funding_paid[PROFILE_CDE], "0.06");
    assert_money(ledger.positions[BIP].funding_accrued, "0");
}

static void an_overflow_changes_nothing(void **state)
{
    (void)state;
    struct ledger ledger, before;
    ledger_init(&ledger, nothing, nothing);
    fill(&ledger, BTC_INTX, SIDE_BUY, "60000", "1", "0");
    before = ledger;
    assert_false(ledger_apply_fill(&ledger, BTC_INTX, SIDE_BUY, (struct price){INT64_MAX},
                                   (struct size){INT64_MAX}, nothing));
    assert_memory_equal(&ledger, &before, sizeof ledger);
}

/* Whatever is traded: cash moves by what the trades moved, less what is still in the position. */
static void nothing_is_ever_lost(void **state)
{
    (void)state;
    struct ledger ledger;
    struct prng prng;
    __int128 paid = 0, fees = 0;
    int64_t units = 0;
    ledger_init(&ledger, money("1000"), money("1000"));
    prng_seed(&prng, 11);
    for (int i = 0; i < 20000; i++) {
        enum side side = prng_below(&prng, 2) ? SIDE_BUY : SIDE_SELL;
        struct price price = {(int64_t)(1 + prng_below(&prng, 1000000)) * 100000000};
        struct size size = {(int64_t)(1 + prng_below(&prng, 300)) * 100000};
        struct money fee = {(__int128)prng_below(&prng, 1000000007) * 1009};
        assert_true(ledger_apply_fill(&ledger, BTC_INTX, side, price, size, fee));
        int64_t signed_size = side == SIDE_BUY ? size.e9 : -size.e9;
        units += signed_size;
        paid += (__int128)price.e9 * signed_size;
        fees += fee.e18;
        const struct ledger_position *position = &ledger.positions[BTC_INTX];
        assert_int_equal(position->units.e9, units);
        assert_true(position->cost.e18 - position->realised.e18 == paid);
        assert_true(ledger.cash[PROFILE_INTX].e18 ==
                    ledger.start_cash[PROFILE_INTX].e18 + position->realised.e18 - fees);
        assert_true(units != 0 || position->cost.e18 == 0);
        assert_true(units == 0 || (position->cost.e18 < 0) == (units < 0));
    }
}

int suite_ledger(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_is_opened_grown_closed_and_turned),
        cmocka_unit_test(funding_is_accrued_then_paid),
        cmocka_unit_test(an_overflow_changes_nothing),
        cmocka_unit_test(nothing_is_ever_lost),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
