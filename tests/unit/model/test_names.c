#include <string.h>

#include "model/command.h"
#include "model/event.h"
#include "model/record.h"
#include "suites.h"

/* Texts go into journals and configs: each must exist, and no two of a list may be the same. */
static void assert_distinct(const char *(*text_of)(int), int first, int count)
{
    for (int i = first; i < first + count; i++) {
        assert_string_not_equal(text_of(i), "invalid");
        assert_true(strlen(text_of(i)) > 0);
        for (int j = first; j < i; j++)
            assert_string_not_equal(text_of(i), text_of(j));
    }
    assert_string_equal(text_of(first + count), "invalid");
    assert_string_equal(text_of(-1), "invalid");
}

#define AS_INT(name, type)                                                                        \
    static const char *name##_of(int value)                                                       \
    {                                                                                             \
        return name##_text((enum type)value);                                                     \
    }
AS_INT(order_state, order_state)
AS_INT(refusal, refusal)
AS_INT(trading_state, trading_state)
AS_INT(side, side)
AS_INT(order_type, order_type)
AS_INT(time_in_force, time_in_force)
AS_INT(liquidity, liquidity)
AS_INT(venue_profile, venue_profile)
AS_INT(ladder_step, ladder_step)
AS_INT(health_cause, health_cause)
AS_INT(event_kind, event_kind)
AS_INT(command_kind, command_kind)
AS_INT(record_kind, record_kind)

static void every_value_has_a_text_of_its_own(void **state)
{
    (void)state;
    assert_distinct(order_state_of, 0, ORDER_STATE_COUNT);
    assert_distinct(refusal_of, 0, REFUSAL_COUNT);
    assert_distinct(trading_state_of, 0, TRADING_STATE_COUNT);
    assert_distinct(side_of, 0, SIDE_UNKNOWN + 1);
    assert_distinct(order_type_of, 0, ORDER_TYPE_OTHER + 1);
    assert_distinct(time_in_force_of, 0, TIF_OTHER + 1);
    assert_distinct(liquidity_of, 0, LIQUIDITY_TAKER + 1);
    assert_distinct(venue_profile_of, 0, PROFILE_INTX + 1);
    assert_distinct(ladder_step_of, 0, LADDER_STEP_COUNT);
    assert_distinct(health_cause_of, 0, HEALTH_CAUSE_COUNT);
    assert_distinct(event_kind_of, EVENT_FRAME, EVENT_HEALTH);
    assert_distinct(command_kind_of, COMMAND_PLACE, COMMAND_FATAL);
    assert_distinct(record_kind_of, RECORD_BOOT, RECORD_KIND_END - 1);
}

static void refusals_say_their_control(void **state)
{
    (void)state;
    assert_int_equal(refusal_control(REFUSED_ORDER_VALUE), 8);
    assert_int_equal(refusal_control(REFUSED_HEALTH), 26);
    assert_int_equal(refusal_control(REFUSED_NOT), 0);
    assert_int_equal(refusal_control(REFUSAL_COUNT), 0);
    assert_string_equal(refusal_meaning(REFUSED_COLLAR),
                        "price outside the band around the reference");
}

int suite_names(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_has_a_text_of_its_own),
        cmocka_unit_test(refusals_say_their_control),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
