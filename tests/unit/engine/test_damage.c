/* Records that were not written so: refused, or read without harm. And what the journal holds of
 * products and strategies that are configured no more. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "engine/snapshot_care.h"
#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t SECOND = 1000000000;
#define CDE "BIP-20DEC30-CDE"
#define INTX "BTC-PERP-INTX"
#define ONE {DECIMAL_ONE}

static struct client_id id_of(const struct rig *rig, uint64_t sequence)
{
    return client_id_make(rig->settings.owner_tag, rig->settings.boot_random, sequence);
}

static bool read_back(struct rig *rig, struct record record)
{
    record.at = rig->now;
    return engine_restore(rig->engine, &record);
}

static void must_read(struct rig *rig, struct record record)
{
    assert_true(read_back(rig, record));
}

/* An open order of the first strategy, as its first record is. */
static struct record order_record(const struct rig *rig, uint64_t sequence)
{
    struct record record = {
        .kind = RECORD_ORDER,
        .order = {.product_id = INTX, .name = "quoter", .ref = sequence, .size = ONE,
                  .price = {99 * (int64_t)DECIMAL_ONE}, .state = ORDER_OPEN}};
    record.order.id = id_of(rig, sequence);
    snprintf(record.order.venue_id.text, sizeof record.order.venue_id.text, "v%d", (int)sequence);
    return record;
}

static struct record fill_record(struct client_id id, const char *venue_id, const char *size)
{
    struct record record = {.kind = RECORD_FILL,
                            .fill = {.product_id = INTX, .name = "quoter", .id = id}};
    record.fill.fill = (struct event_fill){.trade_id = rig_venue_id("t"), .product = 1,
                                           .venue_order_id = rig_venue_id(venue_id),
                                           .price = rig_price("99"), .size = rig_size(size)};
    return record;
}

static struct rig *with_an_order(void)
{
    struct rig *rig = rig_create(0);
    must_read(rig, order_record(rig, 1));
    return rig;
}

/* ---- what stands alone */

static const struct { const char *what; bool taken; struct record record; } ROWS[] = {
    {"no kind", false, {.kind = RECORD_KIND_END}},
    {"a kind of another day", false, {.kind = (enum record_kind)99}},
    {"a latch of no strategy", false,
     {.kind = RECORD_LATCH, .latch = {.scope = LATCH_STRATEGY, .state = TRADING_HALTED}}},
    {"a latch of one that is gone", true,
     {.kind = RECORD_LATCH,
      .latch = {.scope = LATCH_STRATEGY, .state = TRADING_HALTED, .name = "gone"}}},
    {"a verb for nothing there is", false,
     {.kind = RECORD_OPERATOR, .operator = {.verb = OPERATOR_FLATTEN, .target = 3}}},
    {"a verb for a product that is gone", true,
     {.kind = RECORD_OPERATOR,
      .operator = {.verb = OPERATOR_FLATTEN, .target = TARGET_PRODUCT, .name = "gone"}}},
    {"a consent for nothing there is", false,
     {.kind = RECORD_CONSENT,
      .consent = {.step = CONSENT_GRANTED, .consent = {.number = 1, .target = 3}}}},
    {"a consent without a number", false,
     {.kind = RECORD_CONSENT, .consent = {.step = CONSENT_GRANTED}}},
    {"a consent of no kind", false,
     {.kind = RECORD_CONSENT,
      .consent = {.consent = {.number = 1, .kind = CONSENT_KIND_COUNT}}}},
    {"a consent of no step", false,
     {.kind = RECORD_CONSENT, .consent = {.step = CONSENT_STEP_COUNT, .consent = {.number = 1}}}},
    {"a consent for a strategy that is gone", true,
     {.kind = RECORD_CONSENT,
      .consent = {.step = CONSENT_GRANTED, .name = "gone",
                  .consent = {.number = 1, .target = TARGET_STRATEGY, .what = "9",
                              .for_ns = 1}}}},
    {"a stop in no product", false,
     {.kind = RECORD_PROTECT, .protect = {.name = "quoter", .side = SIDE_UNKNOWN}}},
    {"a stop of no strategy", false,
     {.kind = RECORD_PROTECT, .protect = {.product_id = CDE, .side = SIDE_UNKNOWN}}},
    {"a stop of one that is gone", true,
     {.kind = RECORD_PROTECT, .protect = {.product_id = CDE, .name = "gone"}}},
    {"a stop in no state", false,
     {.kind = RECORD_PROTECT,
      .protect = {.product_id = CDE, .name = "quoter", .state = (enum protect_state)3}}},
    {"a stop on no side", false,
     {.kind = RECORD_PROTECT, .protect = {.product_id = CDE, .name = "quoter",
                                          .side = (enum side)3}}},
    {"a stop with a best price below 0", false,
     {.kind = RECORD_PROTECT, .protect = {.product_id = CDE, .name = "quoter", .best = {-1}}}},
    {"a stop of a position from before time", false,
     {.kind = RECORD_PROTECT,
      .protect = {.product_id = CDE, .name = "quoter", .since_wall_ns = -1}}},
    {"a trail of all of the price", false,
     {.kind = RECORD_PROTECT,
      .protect = {.product_id = CDE, .name = "quoter", .terms = {.trail = ONE}}}},
    {"parked for no reason", false,
     {.kind = RECORD_PARKED,
      .parked = {.on = true, .product_id = CDE, .name = "quoter",
                 .parked = {.kind = PARKED_KIND_COUNT}}}},
    {"parked on no side", false,
     {.kind = RECORD_PARKED,
      .parked = {.on = true, .product_id = CDE, .name = "quoter",
                 .parked = {.side = (enum side)3}}}},
    {"parked in no product", false,
     {.kind = RECORD_PARKED, .parked = {.on = true, .name = "quoter"}}},
    {"funding of nobody", false,
     {.kind = RECORD_FUNDING, .funding = {.product_id = CDE, .actor = MAX_STRATEGIES}}},
    {"a runner too many", false, {.kind = RECORD_RUNNER, .runner = {.runner = MAX_RUNNERS}}},
    {"a provisional fill of no order", false,
     {.kind = RECORD_FILL,
      .fill = {.product_id = CDE, .name = "quoter", .provisional = true,
               .fill = {.price = ONE, .size = ONE}}}},
    {"an order without an id", false,
     {.kind = RECORD_ORDER, .order = {.product_id = CDE, .name = "quoter", .size = ONE}}}};

/* F64 | unit | records that no host writes: of nothing there is, of no kind, beyond their range |
 * refused; those of what is configured no more are read, and the host starts */
static void a_record_that_no_host_writes_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *rig = rig_create(0);
        if (read_back(rig, ROWS[i].record) != ROWS[i].taken)
            fail_msg("%s: %s", ROWS[i].what, ROWS[i].taken ? "refused" : "taken");
        rig_tick(rig, 1);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        rig_destroy(rig);
    }
}

/* ---- what contradicts the records before it */

static bool is_of_another_product(struct rig *rig)
{
    struct record record = order_record(rig, 1);
    memcpy(record.order.product_id, CDE, sizeof CDE);
    return read_back(rig, record);
}

static bool is_one_too_many(struct rig *rig)
{
    for (uint64_t i = 2; i <= MAX_ORDERS; i++)
        must_read(rig, order_record(rig, i));
    return read_back(rig, order_record(rig, MAX_ORDERS + 1)); /* all live */
}

static bool is_a_fill_in_another_product(struct rig *rig)
{
    struct record record = fill_record(id_of(rig, 1), "v1", "1");
    memcpy(record.fill.product_id, CDE, sizeof CDE);
    return read_back(rig, record);
}

static struct record provisional(struct rig *rig, int64_t size_e9, int64_t price_e9)
{
    struct record record = fill_record(id_of(rig, 1), "v1", "1");
    record.fill.provisional = true;
    record.fill.fill.size.e9 = size_e9;
    record.fill.fill.price.e9 = price_e9;
    return record;
}

static bool is_more_than_an_order_can_fill(struct rig *rig)
{
    must_read(rig, provisional(rig, INT64_MAX, 1));
    return read_back(rig, provisional(rig, 1, 1));
}

/* A stranger's fill, claimed by an order: the same record again, with the order's id. */
static bool claim(struct rig *rig, struct client_id id, const char *venue_id, enum fill_kind kind)
{
    struct record record = fill_record((struct client_id){{0}}, "v7", "1");
    record.fill.actor = ACTOR_EXTERNAL;
    must_read(rig, record);
    must_read(rig, order_record(rig, 7));
    record.fill.id = id;
    record.fill.actor = 0;
    record.fill.fill.kind = kind;
    record.fill.fill.venue_order_id = rig_venue_id(venue_id);
    if (!read_back(rig, record))
        return false;
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, 0);
    assert_int_equal(rig_position(rig, 0, 1).size.e9, DECIMAL_ONE);
    return !read_back(rig, record); /* it is claimed once */
}

static bool is_claimed(struct rig *rig)
{
    return claim(rig, id_of(rig, 7), "v7", FILL_TRADE);
}

static bool is_claimed_by_a_stranger(struct rig *rig)
{
    struct record record = order_record(rig, 8);
    record.order.actor = ACTOR_EXTERNAL;
    must_read(rig, record);
    return claim(rig, id_of(rig, 8), "v7", FILL_TRADE);
}

/* Two orders that one trade filled: each has a fill of its own. */
static bool is_of_another_order(struct rig *rig)
{
    for (int i = 0; i < 2; i++) {
        struct record record = fill_record((struct client_id){{0}}, i ? "v7" : "x", "1");
        record.fill.actor = ACTOR_EXTERNAL;
        must_read(rig, record);
        record.fill.fill.kind = FILL_REVERSAL;
        must_read(rig, record);
    }
    must_read(rig, order_record(rig, 7));
    must_read(rig, fill_record(id_of(rig, 7), "v7", "1"));
    assert_false(read_back(rig, fill_record(id_of(rig, 7), "v7", "1")));
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, -DECIMAL_ONE);
    return rig_position(rig, 0, 1).size.e9 == DECIMAL_ONE;
}

static bool has_more_filled_than_its_fills(struct rig *rig)
{
    struct record record = order_record(rig, 1);
    record.order.filled.e9 = DECIMAL_ONE / 2;
    must_read(rig, record);
    assert_true(rig_position(rig, 0, 1).cost.e18 == DECIMAL_ONE / 2); /* the least price there is */
    return rig_position(rig, 0, 1).size.e9 == DECIMAL_ONE / 2;
}

/* Each time the order forgets what it filled, its cost stays: in the end it fits no price. */
static bool has_a_cost_beyond_any_price(struct rig *rig)
{
    for (int i = 0; i < 3; i++) {
        must_read(rig, order_record(rig, 1));
        must_read(rig, provisional(rig, INT64_MAX, INT64_MAX));
    }
    return rig_position(rig, 0, 1).size.e9 == INT64_MAX;
}

/* And one of a stranger, whose fills reports tell. */
static bool has_more_told_than_there_is(struct rig *rig)
{
    struct record record = order_record(rig, 9);
    record.order.actor = ACTOR_EXTERNAL;
    for (int i = 0; i < 3; i++) {
        record.order.filled.e9 = i % 2 ? 0 : INT64_MAX;
        must_read(rig, record);
    }
    return rig_position(rig, ACTOR_EXTERNAL, 1).size.e9 == 0;
}

/* A stranger's with a name of its own, given to a strategy without one. */
static bool is_given_away_without_a_name(struct rig *rig)
{
    struct record record = order_record(rig, 9);
    record.order.actor = ACTOR_EXTERNAL;
    must_read(rig, record);
    record.order.actor = 0;
    record.order.ref = 0;
    must_read(rig, record);
    return rig_order(rig, record.order.id).actor == 0 && rig_order(rig, record.order.id).ref == 0;
}

static bool is_funding_beyond_its_range(struct rig *rig, actor_index second)
{
    struct record record = {.kind = RECORD_FUNDING,
                            .funding = {.product_id = INTX, .name = "quoter", .stamp_ns = 1}};
    record.funding.payment = rig_money("160000000000000000000");
    must_read(rig, record);
    record.funding.actor = second;
    return read_back(rig, record);
}

static bool is_more_funding_than_one_can_have(struct rig *rig)
{
    return is_funding_beyond_its_range(rig, 0);
}

static bool is_more_funding_than_all_can_have(struct rig *rig)
{
    return is_funding_beyond_its_range(rig, ACTOR_OPERATOR);
}

static bool is_late_funding_of_no_stamp(struct rig *rig)
{
    struct record record = {.kind = RECORD_FUNDING,
                            .funding = {.product_id = INTX, .name = "quoter", .trade_id = "t"}};
    record.funding.payment = rig_money("3");
    must_read(rig, record);
    return rig_position(rig, 0, 1).funding.e18 == rig_money("3").e18;
}

/* F64 | unit | records that contradict the ones before them | refused, or counted: no sum breaks */
static void a_record_that_contradicts_is_refused_or_harmless(void **state)
{
    static const struct { const char *what; bool taken; bool (*read)(struct rig *); } CASES[] = {
        {"of another product", false, is_of_another_product},
        {"one live order too many", false, is_one_too_many},
        {"a fill in another product", false, is_a_fill_in_another_product},
        {"more than an order can fill", false, is_more_than_an_order_can_fill},
        {"claimed", true, is_claimed},
        {"claimed by a stranger", false, is_claimed_by_a_stranger},
        {"of another order", true, is_of_another_order},
        {"filled without fills", true, has_more_filled_than_its_fills},
        {"a cost beyond any price", true, has_a_cost_beyond_any_price},
        {"more told than there is", true, has_more_told_than_there_is},
        {"given away without a name", true, is_given_away_without_a_name},
        {"more funding than one can have", false, is_more_funding_than_one_can_have},
        {"more funding than all can have", false, is_more_funding_than_all_can_have},
        {"late funding of no stamp", true, is_late_funding_of_no_stamp}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = with_an_order();
        if (CASES[i].read(rig) != CASES[i].taken)
            fail_msg("%s: %s", CASES[i].what, CASES[i].taken ? "refused" : "taken");
        rig_destroy(rig);
    }
}

/* F64 | unit | more parked orders than are kept, whose orders are in no record | as many as there
 * is room for, and the first event takes them off */
static void parked_orders_that_are_nowhere_are_gone(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct parked_row row;
    for (uint64_t i = 0; i <= MAX_PARKED; i++) {
        struct record record = {.kind = RECORD_PARKED,
                                .parked = {.on = true, .product_id = INTX, .name = "quoter"}};
        record.parked.parked.id = id_of(rig, i + 1);
        must_read(rig, record);
    }
    assert_true(snapshot_parked(rig->engine, MAX_PARKED - 1, &row));
    assert_false(snapshot_parked(rig->engine, MAX_PARKED, &row));
    rig_tick(rig, 1);
    assert_false(snapshot_parked(rig->engine, 0, &row));
    rig_destroy(rig);
}

/* F61 | unit | records of this boot's own orders, the newest is not the last | no number is given
 * out again */
static void the_highest_number_counts(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    static const uint64_t NUMBERS[] = {3, 9, 5};
    for (int i = 0; i < 3; i++) {
        struct record record = order_record(rig, NUMBERS[i]);
        record.order.state = ORDER_CANCELLED;
        must_read(rig, record);
    }
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 20);
    assert_int_equal(client_id_sequence(rig_last(rig, COMMAND_PLACE)->place.id), 10);
    rig_destroy(rig);
}

/* F51 | unit | an order of nobody's has shown no id, a fill under that id is the account's, then a
 * report names it | the fill stays nobody's, once */
static void a_strangers_order_claims_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct record record = order_record(rig, 9);
    record.order.actor = ACTOR_EXTERNAL;
    memset(&record.order.venue_id, 0, sizeof record.order.venue_id);
    must_read(rig, record);
    record = fill_record((struct client_id){{0}}, "v9", "1");
    record.fill.actor = ACTOR_EXTERNAL;
    must_read(rig, record);
    rig->hold_lists = true;
    rig_report(rig, id_of(rig, 9), "v9", VENUE_OPEN, "0", "0", REPORT_REST);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, DECIMAL_ONE);
    assert_int_equal(rig_product(rig, 1).position.e9, DECIMAL_ONE);
    rig_destroy(rig);
}

/* ---- what is configured no more */

static struct record lost_order(const struct rig *rig, uint64_t sequence, enum order_state state)
{
    struct record record = order_record(rig, sequence);
    record.order.state = state;
    memcpy(record.order.product_id, "GONE-1", sizeof "GONE-1");
    return record;
}

static struct record lost_latch(int scope, const char *name, enum trading_state state)
{
    struct record record = {.kind = RECORD_LATCH, .latch = {.state = state, .reason = "of then"}};
    record.latch.scope = scope;
    snprintf(record.latch.name, sizeof record.latch.name, "%s", name);
    return record;
}

/* F51 | unit | live and ended orders of a product that is gone, more than are kept, of which some
 * end, or none that lives | each is told, those without room at once, and the account reduces */
static void orders_of_what_is_gone_are_told(void **state)
{
    static const struct {
        uint32_t live, from, ended, told; enum trading_state state;
    } CASES[] = {
        {0, 10, 3, 0, TRADING_ACTIVE}, /* met at their end alone */
        {2, 11, 1, 1, TRADING_REDUCING}, {2, 10, 2, 0, TRADING_ACTIVE},
        {65, 0, 0, 64, TRADING_REDUCING}, {65, 10, 64, 0, TRADING_REDUCING}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        for (uint32_t k = 0; k < CASES[i].live; k++)
            must_read(rig, lost_order(rig, 10 + k, ORDER_OPEN));
        for (uint32_t k = 0; k < CASES[i].ended; k++)
            must_read(rig, lost_order(rig, CASES[i].from + k, ORDER_FILLED));
        rig_tick(rig, 1);
        assert_int_equal(rig_alerts(rig, "may be live"), CASES[i].told);
        assert_int_equal(rig_alerts(rig, "more is left"), CASES[i].live > 64);
        assert_int_equal(rig_account_state(rig), CASES[i].state);
        rig_destroy(rig);
    }
}

/* F51 | unit | latches of strategies and products that are gone; some were resumed from before they
 * went, some twice | those that stand are told, and the account has the tightest of them */
static void latches_of_what_is_gone_are_told(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    must_read(rig, lost_latch(LATCH_STRATEGY, "gone", TRADING_ACTIVE)); /* of none that is kept */
    must_read(rig, lost_latch(LATCH_STRATEGY, "gone", TRADING_REDUCING));
    must_read(rig, lost_latch(LATCH_PRODUCT, "gone", TRADING_REDUCING));
    must_read(rig, lost_latch(LATCH_PRODUCT, "GONE-1", TRADING_HALTED));
    must_read(rig, lost_latch(LATCH_PRODUCT, "GONE-2", TRADING_HALTED));
    must_read(rig, lost_latch(LATCH_PRODUCT, "GONE-1", TRADING_ACTIVE));
    must_read(rig, lost_latch(LATCH_STRATEGY, "gone", TRADING_HALTED)); /* the same, tighter */
    rig_tick(rig, 1);
    assert_int_equal(rig_alerts(rig, "gone is not configured, but was latched"), 2);
    assert_int_equal(rig_alerts(rig, "GONE-1"), 0);
    assert_int_equal(rig_alerts(rig, "GONE-2"), 1);
    assert_int_equal(rig_account_state(rig), TRADING_HALTED);
    rig_destroy(rig);
}

/* F51 | unit | a latch of what is gone was told and answered by a resume, another came since; more
 * than are kept | the second alone is told; the rest at once, and the account reduces */
static void what_was_answered_is_not_told_again(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    must_read(rig, lost_latch(LATCH_PRODUCT, "GONE-1", TRADING_HALTED));
    rig_tick(rig, 1);
    struct record told = lost_latch(LATCH_PRODUCT, "GONE-1", TRADING_HALTED);
    struct record later = lost_latch(LATCH_PRODUCT, "GONE-2", TRADING_HALTED);
    struct record latched = {.kind = RECORD_KIND_END};
    for (uint32_t i = 0; i < rig->journal_count; i++)
        if (rig->journal[i].kind == RECORD_LATCH)
            latched = rig->journal[i];
    rig_destroy(rig);
    rig = rig_create(0);
    must_read(rig, told);
    must_read(rig, latched);
    must_read(rig, later); /* read before the resume, told by no start */
    must_read(rig, lost_latch(LATCH_ACCOUNT, "", TRADING_ACTIVE));
    rig_tick(rig, 1);
    assert_int_equal(rig_alerts(rig, "GONE-1"), 0);
    assert_int_equal(rig_alerts(rig, "GONE-2"), 1);
    rig_destroy(rig);
    rig = rig_create(0);
    for (int i = 0; i <= MAX_STRATEGIES + MAX_PRODUCTS; i++) {
        char name[24];
        snprintf(name, sizeof name, "GONE-%d", i);
        must_read(rig, lost_latch(LATCH_PRODUCT, name, TRADING_REDUCING));
    }
    rig_tick(rig, 1);
    assert_int_equal(rig_alerts(rig, "but was latched"), MAX_STRATEGIES + MAX_PRODUCTS);
    assert_int_equal(rig_alerts(rig, "more is left"), 1);
    assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    rig_destroy(rig);
}

/* AC-E3 | unit | halt --cancel while own orders were live in a product that is gone | of the
 * account it never says that none is left; of a product or a strategy that is there it does */
static void a_cancelling_halt_does_not_vouch_for_what_is_gone(void **state)
{
    static const struct { int target; bool done; } CASES[] = {
        {TARGET_ACCOUNT, false}, {TARGET_PRODUCT, true}, {TARGET_STRATEGY, true}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        must_read(rig, lost_order(rig, 10, ORDER_OPEN));
        rig_up(rig);
        rig_forget(rig);
        struct event event = {.kind = EVENT_OPERATOR};
        event.operator = (struct event_operator){.verb = OPERATOR_HALT, .token = 42,
                                                 .target = CASES[i].target, .reason = "enough",
                                                 .cancel = true};
        rig_step(rig, &event);
        rig_pass(rig, 3 * SECOND);
        assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
        assert_int_equal(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done, CASES[i].done);
        rig_destroy(rig);
    }
}

int suite_damage(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_no_host_writes_is_refused),
        cmocka_unit_test(a_record_that_contradicts_is_refused_or_harmless),
        cmocka_unit_test(parked_orders_that_are_nowhere_are_gone),
        cmocka_unit_test(the_highest_number_counts),
        cmocka_unit_test(a_strangers_order_claims_nothing),
        cmocka_unit_test(orders_of_what_is_gone_are_told),
        cmocka_unit_test(latches_of_what_is_gone_are_told),
        cmocka_unit_test(what_was_answered_is_not_told_again),
        cmocka_unit_test(a_cancelling_halt_does_not_vouch_for_what_is_gone),
    };
    return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
