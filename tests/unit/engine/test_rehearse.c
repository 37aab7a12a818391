/* The gate asked beforehand, under other settings: an answer, and nothing else. */
#include "suites.h"

#include <string.h>

#include "engine/rehearse.h"
#include "engine_rig.h"

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static enum refusal answer(struct rig *rig, const struct engine_settings *settings,
                           const struct intent *intent)
{
    struct verdict verdict;
    assert_true(rehearse(rig->engine, settings, rig->now, 0, intent, &verdict));
    return verdict.code;
}

static void other_limits_answer_and_leave_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct engine_settings tight = rig->settings;
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "98", "0.5", 1);
    uint32_t records, commands;
    tight.product_limits[0].max_order_size = rig_size("0.1");
    assert_int_equal(answer(rig, NULL, &intent), REFUSED_NOT);
    assert_int_equal(answer(rig, &tight, &intent), REFUSED_ORDER_SIZE);
    assert_int_equal(answer(rig, NULL, &intent), REFUSED_NOT);
    engine_records(rig->engine, &records);
    engine_commands(rig->engine, &commands);
    assert_int_equal(records + commands, 0);
    rig_intent(rig, 0, intent);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* With what is true then: what works counts, and an amendment has its old order taken out. */
static void it_is_judged_on_what_is_there(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct engine_settings tight = rig->settings;
    struct intent more = rig_limit_intent(0, SIDE_BUY, "97", "0.5", 2), other = more;
    tight.product_limits[0].max_position = rig_size("0.9");
    assert_int_equal(answer(rig, &tight, &more), REFUSED_NOT);
    rig_open_order(rig, 0, 0, SIDE_BUY, "98", "0.5", 1, "v1");
    assert_int_equal(answer(rig, &tight, &more), REFUSED_POSITION);
    other.kind = INTENT_AMEND;
    other.target = 1;
    assert_int_equal(answer(rig, &tight, &other), REFUSED_NOT);
    other.target = 9;
    assert_int_equal(answer(rig, &tight, &other), REFUSED_OWNER);
    rig_destroy(rig);
}

/* A market order takes what is there or nothing, whatever its script wrote; what the engine has no
 * product for is refused as in a run. */
static void what_a_recording_holds_is_judged_as_then(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "0", "0.5", 1);
    intent.type = ORDER_TYPE_MARKET;
    assert_int_equal(answer(rig, NULL, &intent), REFUSED_NOT);
    intent.product = NO_PRODUCT;
    assert_true(answer(rig, NULL, &intent) != REFUSED_NOT);
    rig_destroy(rig);
}

/* The canary's size binds as long as the host is one, whatever stage another config would be at. */
static void no_other_config_promotes(void **state)
{
    (void)state;
    for (int staged = 0; staged < 2; staged++) {
        struct rig *rig = rig_create(0);
        rig->settings.staged = staged;
        rig->settings.stage = STAGE_CANARY;
        rig->settings.product_limits[0].canary_max_size = rig_size("0.1");
        rig->settings.product_limits[0].demo_max_size = rig_size("0.1");
        rig_restart(rig);
        rig_up(rig);
        struct engine_settings other = rig->settings;
        struct intent intent = rig_limit_intent(0, SIDE_BUY, "98", "0.5", 1);
        other.stage = STAGE_PRODUCTION;
        enum refusal now = answer(rig, NULL, &intent), then = answer(rig, &other, &intent);
        assert_int_equal(then == REFUSED_NOT, !staged);
        assert_true(now != REFUSED_NOT);
        rig_destroy(rig);
    }
}

static void what_is_no_order_is_not_judged(void **state)
{
    (void)state;
    struct rig *rig = ready();
    struct verdict verdict;
    struct intent close = {.kind = INTENT_CLOSE, .ref = 3};
    assert_false(rehearse(rig->engine, NULL, rig->now, 0, &close, &verdict));
    rig_destroy(rig);
}

int suite_rehearse(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_limits_answer_and_leave_nothing),
        cmocka_unit_test(it_is_judged_on_what_is_there),
        cmocka_unit_test(what_a_recording_holds_is_judged_as_then),
        cmocka_unit_test(no_other_config_promotes),
        cmocka_unit_test(what_is_no_order_is_not_judged),
    };
    return cmocka_run_group_tests_name("rehearse", tests, NULL, NULL);
}
