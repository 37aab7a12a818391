/* What latches by itself: throttles, losing trades, the day's loss, the drawdown; volatility. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "engine_rig.h"

static const int64_t SECOND = 1000000000, DAY = 86400000000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    struct strategy_settings *first = &rig->settings.strategies[0];
    first->max_fires = 8;
    first->fires_window_ns = 60 * SECOND;
    first->max_refusals = 3;
    first->max_loss_streak = 2;
    first->max_rejects = 3;
    for (int i = 0; i < 2; i++)
        rig->settings.product_limits[i].max_mark_age_ns = 5 * SECOND;
    rig->settings.max_unknown_ns = 60 * SECOND;
    rig->settings.max_stale_ns = 30 * SECOND;
    rig->settings.max_unhealthy_ns = 45 * SECOND;
    rig->settings.volatility_sample_ns = SECOND;
    rig->settings.product_limits[0].calm_volatility.e9 = DECIMAL_ONE / 1000;
    rig->settings.product_limits[0].max_volatility.e9 = DECIMAL_ONE / 100;
    rig->settings.min_liquidation_buffer.e9 = DECIMAL_ONE / 4;
    rig->settings.max_daily_loss.e9 = DECIMAL_ONE / 50; /* 40 of two times 1000 */
    rig->settings.max_drawdown.e9 = DECIMAL_ONE / 20;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static enum trading_state strategy_state(struct rig *rig)
{
    struct strategy_row row;
    assert_true(snapshot_strategy(rig->engine, 0, &row));
    return row.state;
}

/* Each strategy in the product of its number. */
static enum refusal asked(struct rig *rig, actor_index strategy, const char *price, order_ref ref)
{
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, strategy, strategy, SIDE_BUY, price, "0.1", ref);
    if (rig_count(rig, COMMAND_PLACE) > placed)
        return REFUSED_NOT;
    return rig_last_notice(rig, strategy, NOTICE_REFUSAL)->refusal.verdict.code;
}

/* Buys and sells again, whole: what it brings is (out - in) * size. */
static void round_trip(struct rig *rig, actor_index strategy, const char *in, const char *out,
                       const char *size, order_ref ref)
{
    char venue[2][16], trade[2][16];
    for (unsigned i = 0; i < 2; i++) {
        const char *price = i == 0 ? in : out;
        enum side side = i == 0 ? SIDE_BUY : SIDE_SELL;
        snprintf(venue[i], sizeof venue[i], "v%u", (unsigned)ref * 2 + i);
        snprintf(trade[i], sizeof trade[i], "t%u", (unsigned)ref * 2 + i);
        struct client_id id = rig_open_order(rig, strategy, strategy, side, price, size,
                                             ref * 2 + i, venue[i]);
        rig_report(rig, id, venue[i], VENUE_FILLED, size, price, REPORT_USER_UPDATE);
        rig_fill(rig, trade[i], venue[i], strategy, side, price, size, "0");
        rig->venue_position[strategy] = i == 0 ? rig_size(size) : (struct size){0};
        rig_pass(rig, SECOND);
    }
}

/* AC-F1 | unit | a strategy fires its limit in the window | it only reduces until it is resumed */
static void a_strategy_that_fires_too_often_reduces(void **state)
{
    (void)state;
    struct rig *rig = ready();
    static const char *const prices[] = {"90", "91", "92", "93", "94", "95", "96", "97"};
    for (order_ref i = 0; i < 8; i++)
        assert_int_equal(asked(rig, 0, prices[i], i + 1), REFUSED_NOT);
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    assert_int_equal(rig_records(rig, RECORD_LATCH), 1);
    assert_int_equal(asked(rig, 0, "98", 20), REFUSED_STRATEGY_STATE);
    assert_int_equal(asked(rig, 1, "98", 21), REFUSED_NOT);
    rig_operator(rig, OPERATOR_RESUME, TARGET_STRATEGY, 0, "looked at it");
    assert_int_equal(asked(rig, 0, "88", 23), REFUSED_NOT);
    rig_destroy(rig);
}

static void a_strategy_that_is_refused_in_a_row_reduces(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (order_ref i = 1; i <= 2; i++)
        assert_int_equal(asked(rig, 0, "98.3", i), REFUSED_PRICE_TICK);
    assert_int_equal(asked(rig, 0, "97", 3), REFUSED_NOT); /* begins the row anew */
    for (order_ref i = 4; i <= 6; i++)
        assert_int_equal(asked(rig, 0, "98.3", i), REFUSED_PRICE_TICK);
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    assert_int_equal(asked(rig, 0, "96", 7), REFUSED_STRATEGY_STATE);
    rig_operator(rig, OPERATOR_RESUME, TARGET_STRATEGY, 0, "tick mended");
    assert_int_equal(asked(rig, 0, "96", 8), REFUSED_NOT);
    rig_destroy(rig);
}

/* F32 | unit | order after order is refused for a crossed book | the strategy is not to blame */
static void what_the_market_refuses_disables_nobody(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_book(rig, 0, "101", "99", "5");
    for (order_ref i = 1; i <= 6; i++)
        assert_int_equal(asked(rig, 0, "98", i), REFUSED_BOOK_STALE);
    assert_int_equal(strategy_state(rig), TRADING_ACTIVE);
    rig_book(rig, 0, "99", "101", "5");
    assert_int_equal(asked(rig, 0, "98", 7), REFUSED_NOT);
    rig_destroy(rig);
}

/* F32 | unit | the venue's price of a position is far from our derived mark | nothing opens there,
 * and past max_stale_ms its product reduces */
static void a_mark_that_the_venue_disputes_is_stale(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig->venue_position[0] = rig_size("1");
    rig->venue_mark = rig_price("100");
    rig_pass(rig, 11 * SECOND);
    assert_int_equal(asked(rig, 0, "98", 2), REFUSED_NOT);
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
    rig->venue_mark = rig_price("80"); /* a fourth away, a fifth is allowed */
    rig_pass(rig, 11 * SECOND);
    assert_int_equal(asked(rig, 0, "97", 3), REFUSED_MARK_STALE);
    rig_pass(rig, 35 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig->venue_mark = rig_price("100");
    rig_pass(rig, 11 * SECOND);
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "it was the venue's hiccup");
    assert_int_equal(asked(rig, 0, "96", 4), REFUSED_NOT);
    rig_destroy(rig);
}

static void losing_trades_in_a_row_reduce(void **state)
{
    (void)state;
    struct rig *rig = ready();
    round_trip(rig, 0, "99", "98", "1", 1);
    round_trip(rig, 0, "98", "99", "1", 2); /* one that wins begins the row anew */
    round_trip(rig, 0, "99", "98", "1", 3);
    assert_int_equal(strategy_state(rig), TRADING_ACTIVE);
    rig_restart(rig); /* the row is in the fills */
    rig_up(rig);
    rig_forget(rig);
    round_trip(rig, 0, "99", "98", "1", 4);
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    rig_restart(rig);
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

/* A day's loss of 45 of 2000, in two halves with a restart between them. */
/* AC-F1 | unit | the day's loss reaches 2 % | the account reduces; no midnight or restart helps */
static void the_days_loss_reduces_the_account(void **state)
{
    (void)state;
    struct rig *rig = ready();
    round_trip(rig, 1, "99", "93", "5", 1);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    assert_true(rig_records(rig, RECORD_RISK) > 0);
    rig_restart(rig);
    rig_up(rig);
    rig_forget(rig);
    round_trip(rig, 1, "99", "96", "5", 2);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    assert_int_equal(asked(rig, 0, "90", 30), REFUSED_STATE);
    rig->now.wall_ns += DAY; /* midnight arms nothing again by itself */
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_restart(rig);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_up(rig);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "the loss is accepted");
    rig_forget(rig);
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    assert_int_equal(asked(rig, 0, "90", 31), REFUSED_NOT);
    rig_destroy(rig);
}

/* From the peak, over days that each lose less than a day may. */
static void the_drawdown_reduces_the_account(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (order_ref i = 1; i <= 4; i++) {
        assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
        round_trip(rig, 1, "99", "93", "5", i);
        rig->now.wall_ns += DAY;
        rig_pass(rig, 10 * SECOND);
    }
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_restart(rig);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

/* A mid that moves by a tenth between two samples: 0.1 times the root of 0.06 is beyond 0.01. */
static void a_volatile_product_reduces(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_pass(rig, 3 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_book(rig, 0, "109", "111", "5");
    rig_tick(rig, 2 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE);
    rig_restart(rig);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig_destroy(rig);
}

/* The venue asks for 800 of each 1000 as margin: a fifth is left, a quarter is wanted. */
static void little_beyond_margin_reduces_the_account(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < 2; i++)
        rig_step(rig, &(struct event){.kind = EVENT_BALANCE,
                                      .balance = {.equity = rig_money("1000"),
                                                  .available_margin = rig_money("200"),
                                                  .initial_margin = rig_money("800"),
                                                  .profile = (enum venue_profile)i}});
    rig_tick(rig, 2 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_restart(rig);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

/* F06 | unit | the venue refuses order after order | the strategy reduces until it is resumed */
static void a_storm_of_venue_refusals_reduces_the_strategy(void **state)
{
    (void)state;
    struct rig *rig = ready();
    static const char *const prices[] = {"90", "91", "92"};
    for (order_ref i = 0; i < 3; i++) {
        assert_int_equal(strategy_state(rig), TRADING_ACTIVE);
        assert_int_equal(asked(rig, 0, prices[i], i + 1), REFUSED_NOT);
        rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
        rig_pass(rig, 2 * SECOND);
    }
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    rig_restart(rig);
    assert_int_equal(strategy_state(rig), TRADING_REDUCING);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, "93", 20), REFUSED_STRATEGY_STATE);
    rig_operator(rig, OPERATOR_RESUME, TARGET_STRATEGY, 0, "the venue says why");
    assert_int_equal(asked(rig, 0, "93", 21), REFUSED_NOT);
    rig_destroy(rig);
}

/* AC-B1 | unit | an outcome stays unknown past max_unknown_ms | the product reduces */
static void an_outcome_unknown_for_long_reduces_the_product(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_int_equal(asked(rig, 0, "90", 1), REFUSED_NOT);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_pass(rig, 59 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_pass(rig, 3 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE);
    rig_restart(rig);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig_up(rig);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_REST);
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "found it");
    assert_int_equal(asked(rig, 0, "91", 2), REFUSED_NOT);
    rig_pass(rig, 70 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_destroy(rig);
}

/* AC-D1 | unit | what is held has no fresh mark past max_stale_ms | it reduces, no other does */
static void a_stale_mark_of_what_is_held_reduces_the_product(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 1, "v1");
    rig_link(rig, STREAM_MARKET, false);
    for (int i = 0; i < 40; i++) {
        rig_tick(rig, SECOND);
        assert_true(i > 28 || rig_product(rig, 0).state == TRADING_ACTIVE);
    }
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE); /* flat: nothing to look after */
    rig_restart(rig);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig_up(rig);
    rig_report(rig, id, "v1", VENUE_CANCELLED, "0", "0", REPORT_REST);
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "the feed is back");
    assert_int_equal(asked(rig, 0, "91", 2), REFUSED_NOT);
    rig_destroy(rig);
}

/* F23 | unit | a stream is down past max_unhealthy_ms | the account reduces until it is resumed */
static void a_host_that_is_unwell_for_long_reduces(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig_link(rig, STREAM_USER, false);
    rig_tick(rig, 44 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    rig_up(rig); /* well again: the time begins anew with the next one */
    rig_link(rig, STREAM_USER, false);
    rig_tick(rig, 44 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    rig_tick(rig, 3 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, "90", 1), REFUSED_STATE);
    rig_restart(rig);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_up(rig);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "the line is mended");
    assert_int_equal(asked(rig, 0, "90", 2), REFUSED_NOT);
    rig_destroy(rig);
}

/* The tightest of account, strategy and product counts, and the refusal says whose it is. */
static void states_stand_side_by_side(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct { int target; enum refusal code; int scope; } const rows[] = {
        {TARGET_STRATEGY, REFUSED_STRATEGY_STATE, SCOPE_STRATEGY},
        {TARGET_PRODUCT, REFUSED_STATE, SCOPE_PRODUCT},
        {TARGET_ACCOUNT, REFUSED_STATE, SCOPE_ACCOUNT}};
    for (order_ref i = 0; i < 3; i++) {
        rig_operator(rig, OPERATOR_REDUCE, rows[i].target, 0, "one by one");
        assert_int_equal(asked(rig, 0, "90", i + 1), rows[i].code);
        assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.scope,
                         rows[i].scope);
    }
    for (order_ref i = 3; i-- > 0;) {
        assert_int_equal(asked(rig, 0, "91", i + 10), rows[i].code);
        rig_operator(rig, OPERATOR_RESUME, rows[i].target, 0, "one by one");
    }
    assert_int_equal(asked(rig, 0, "92", 20), REFUSED_NOT);
    rig_destroy(rig);
}

/* ---- what an operator set aside, what no number holds */

static void set_aside(struct rig *rig, const char *control)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = OPERATOR_OVERRIDE;
    event.operator.for_ns = 60 * SECOND;
    memcpy(event.operator.id, control, strlen(control));
    rig_step(rig, &event);
    const char *at = strstr(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text, "confirm ");
    assert_non_null(at);
    memset(event.operator.id, 0, sizeof event.operator.id);
    memcpy(event.operator.id, at + 8, strcspn(at + 8, " "));
    event.operator.verb = OPERATOR_CONFIRM;
    rig_step(rig, &event);
    assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
}

/* AC-F3 | unit | control 23 is set aside, then the day loses its limit | nothing latches until the
 * override is over, and then at once */
static void what_is_set_aside_does_not_latch(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, "23");
    round_trip(rig, 1, "99", "90", "5", 1); /* 45, and 40 is its limit */
    rig_pass(rig, 10 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    assert_int_equal(asked(rig, 0, "90", 30), REFUSED_NOT);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

#define ALL "170141183460469231731.687303715884105727" /* the most that money holds */
#define NEARLY "-170141183460469231730"                /* a rebate: less than two are left */

static void fund(struct rig *rig, const char *payment)
{
    struct record record = {.kind = RECORD_FUNDING, .at = rig->now};
    record.funding.product = 1;
    memcpy(record.funding.product_id, "BTC-PERP-INTX", 14);
    memcpy(record.funding.name, "cross", 6);
    record.funding.actor = 1;
    record.funding.stamp_ns = rig->now.wall_ns;
    record.funding.payment = rig_money(payment);
    rig->journal[rig->journal_count++] = record;
}

/* F30 | unit | fees, funding, a trade or what is open take the result past all numbers | it is not
 * known, and nothing opens */
static void a_result_that_no_number_holds_opens_nothing(void **state)
{
    (void)state;
    static const struct { const char *fees[2], *funding, *sold_at; } CASES[] = {
        {{ALL, "2"}, NULL, NULL},     {{ALL, "0"}, "-3", NULL}, {{"-" ALL, "0"}, NULL, NULL},
        {{NEARLY, "0"}, NULL, "101"}, {{NEARLY, "0"}, NULL, NULL}, {{"0", "-" ALL}, NULL, "101"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        const char *const ids[] = {"v1", "v2"}, *const trades[] = {"t1", "t2"};
        for (unsigned k = 0; k < 2; k++)
            rig_open_order(rig, (actor_index)k, (product_index)k, SIDE_BUY, "99", "1", 1, ids[k]);
        rig_open_order(rig, 1, 1, SIDE_SELL, "101", "1", 2, "v3");
        for (unsigned k = 0; k < 2; k++) {
            rig_fill(rig, trades[k], ids[k], (product_index)k, SIDE_BUY, "99", "1",
                     CASES[i].fees[k]);
            rig->venue_position[k] = rig_size("1");
        }
        if (CASES[i].sold_at) {
            rig_fill(rig, "t3", "v3", 1, SIDE_SELL, CASES[i].sold_at, "1", "0");
            rig->venue_position[1].e9 = 0;
        }
        if (CASES[i].funding) {
            fund(rig, CASES[i].funding);
            rig_restart(rig);
            rig_up(rig);
        }
        rig_pass(rig, 2 * SECOND);
        rig_limit(rig, 0, 0, SIDE_BUY, "90", "0.1", 30);
        const struct verdict *verdict =
            &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
        if (verdict->code != REFUSED_DAILY_LOSS || verdict->unit != UNIT_NONE)
            fail_msg("case %zu: %s", i, refusal_text(verdict->code));
        rig_destroy(rig);
    }
}

/* F30 | unit | the venue tells an equity or a margin that cannot be | nothing opens, and no latch
 * comes of it: there is nothing to measure by */
static void money_that_cannot_be_opens_nothing_and_latches_nothing(void **state)
{
    (void)state;
    static const struct { const char *equity, *margin; enum refusal code; } CASES[] = {
        {ALL, "0", REFUSED_OVERFLOW}, {"1000", "-1", REFUSED_EQUITY}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        rig->settings.min_liquidation_buffer.e9 = 2 * (int64_t)DECIMAL_ONE;
        engine_destroy(rig->engine);
        rig->engine = engine_create(&rig->settings);
        rig->balances[0].equity = rig_money(CASES[i].equity);
        rig->balances[0].initial_margin = rig_money(CASES[i].margin);
        rig->balances[1].equity = rig->balances[1].initial_margin = rig_money("0");
        rig_up(rig);
        rig_forget(rig);
        assert_int_equal(asked(rig, 0, "90", 1), CASES[i].code);
        assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
        rig_destroy(rig);
    }
}

/* ---- what other products are worth */

/* Of another hand: so many coins held, and an order that works for as many. */
static void show_other_hand(struct rig *rig, product_index product, const char *held,
                            enum side side, const char *price, const char *works)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    char text[] = "o0";
    text[1] = (char)('0' + product);
    if (held) {
        rig->venue_position[product] = rig_size(held);
        rig_fill(rig, text, "gone", product, SIDE_BUY, price, held, "0");
    }
    event.order = (struct event_order_report){
        .source = REPORT_USER_UPDATE, .venue_id = rig_venue_id(text), .product = product,
        .side = side, .status = VENUE_OPEN, .type = ORDER_TYPE_LIMIT, .size = rig_size(works),
        .limit_price = rig_price(price)};
    rig_step(rig, &event);
}

/* F30 | unit | another hand holds and orders more, in other products, than sums have numbers for |
 * what the account is exposed to is not known, and nothing opens */
static void exposure_that_no_number_holds_opens_nothing(void **state)
{
    (void)state;
    static const struct { const char *held[3]; enum side side; const char *price, *works[3]; }
        CASES[] = {
            {{"9000000000", NULL, NULL}, SIDE_BUY, "100", {"9000000000", NULL, NULL}},
            {{NULL, NULL, NULL}, SIDE_SELL, "9000000000",
             {"9000000000", "9000000000", "9000000000"}},
            {{NULL, NULL, NULL}, SIDE_BUY, "9000000000",
             {"9000000000", "9000000000", "9000000000"}}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = ready();
        rig->settings.catalog.count = 4;
        for (int k = 2; k < 4; k++) {
            rig->settings.catalog.items[k] = rig->settings.catalog.items[1];
            rig->settings.catalog.items[k].product_id[0] = (char)('A' + k);
            rig->settings.product_limits[k] = rig->settings.product_limits[1];
        }
        engine_destroy(rig->engine);
        rig->engine = engine_create(&rig->settings);
        rig_up(rig);
        rig_forget(rig);
        for (product_index k = 0; k < 3; k++)
            if (CASES[i].works[k]) {
                rig_trade(rig, k + 1, CASES[i].price, "1000000");
                show_other_hand(rig, k + 1, CASES[i].held[k], CASES[i].side, CASES[i].price,
                                CASES[i].works[k]);
            }
        rig_pass(rig, 2 * SECOND);
        set_aside(rig, "15");
        rig_limit(rig, 0, 0, SIDE_BUY, "90", "0.1", 30);
        const struct verdict *verdict =
            &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
        if (verdict->code != REFUSED_EXPOSURE || verdict->unit != UNIT_NONE)
            fail_msg("case %zu: %s", i, refusal_text(verdict->code));
        rig_destroy(rig);
    }
}

/* F30 | unit | what works elsewhere would need more margin than numbers hold | none is left for an
 * order */
static void margin_that_no_number_holds_leaves_none(void **state)
{
    (void)state;
    struct rig *rig = ready();
    rig->settings.product_limits[1].initial_margin.e9 = INT64_MAX;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    show_other_hand(rig, 1, NULL, SIDE_SELL, "9000000000", "9000000000");
    rig_pass(rig, 2 * SECOND);
    set_aside(rig, "15");
    set_aside(rig, "17");
    set_aside(rig, "18");
    assert_int_equal(asked(rig, 0, "90", 30), REFUSED_MARGIN);
    rig_destroy(rig);
}

int suite_risk(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strategy_that_fires_too_often_reduces),
        cmocka_unit_test(a_strategy_that_is_refused_in_a_row_reduces),
        cmocka_unit_test(what_the_market_refuses_disables_nobody),
        cmocka_unit_test(a_mark_that_the_venue_disputes_is_stale),
        cmocka_unit_test(losing_trades_in_a_row_reduce),
        cmocka_unit_test(the_days_loss_reduces_the_account),
        cmocka_unit_test(the_drawdown_reduces_the_account),
        cmocka_unit_test(a_volatile_product_reduces),
        cmocka_unit_test(little_beyond_margin_reduces_the_account),
        cmocka_unit_test(a_storm_of_venue_refusals_reduces_the_strategy),
        cmocka_unit_test(an_outcome_unknown_for_long_reduces_the_product),
        cmocka_unit_test(a_stale_mark_of_what_is_held_reduces_the_product),
        cmocka_unit_test(a_host_that_is_unwell_for_long_reduces),
        cmocka_unit_test(states_stand_side_by_side),
        cmocka_unit_test(what_is_set_aside_does_not_latch),
        cmocka_unit_test(a_result_that_no_number_holds_opens_nothing),
        cmocka_unit_test(money_that_cannot_be_opens_nothing_and_latches_nothing),
        cmocka_unit_test(exposure_that_no_number_holds_opens_nothing),
        cmocka_unit_test(margin_that_no_number_holds_leaves_none),
    };
    return cmocka_run_group_tests_name("risk", tests, NULL, NULL);
}
