/* The order's state machine: every state under every stimulus, and laws over the whole table. */
#include "suites.h"

#include <string.h>

#include "engine/order.h"

#define ILLEGAL ORDER_ILLEGAL
#define I ORDER_INTENDED
#define S ORDER_SENT
#define U ORDER_UNKNOWN
#define O ORDER_OPEN
#define C ORDER_CANCEL_SENT
#define F ORDER_FILLED
#define X ORDER_CANCELLED
#define E ORDER_EXPIRED
#define R ORDER_REFUSED
#define D ORDER_DROPPED

/* Written down a second time, by stimulus, so that neither table can be wrong alone. Columns:
 * INTENDED SENT UNKNOWN OPEN CANCEL_SENT FILLED CANCELLED EXPIRED REFUSED DROPPED */
static const int EXPECTED[ORDER_STIMULUS_COUNT][ORDER_STATE_COUNT] = {
    [STIMULUS_LEFT] = {S, S, U, O, C, F, X, E, R, D},
    [STIMULUS_ACCEPTED] = {O, O, O, O, C, F, X, E, R, O},
    [STIMULUS_REFUSED] = {R, R, R, O, C, F, X, E, R, R},
    [STIMULUS_NO_WORD] = {U, U, U, O, C, F, X, E, R, D},
    [STIMULUS_NOT_SENT] = {D, D, U, O, C, F, X, E, R, D},
    [STIMULUS_CANCEL_LEFT] = {ILLEGAL, C, C, C, C, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL},
    [STIMULUS_CANCEL_VOID] = {I, S, U, O, O, F, X, E, R, D},
    [STIMULUS_SHOWN_OPEN] = {O, O, O, O, C, F, X, E, O, O},
    [STIMULUS_SHOWN_CANCELLING] = {C, C, C, C, C, F, X, E, C, C},
    [STIMULUS_SHOWN_OTHER] = {U, U, U, O, C, F, X, E, U, U},
    [STIMULUS_PART_FILLED] = {O, O, O, O, C, F, X, E, O, O},
    [STIMULUS_WHOLLY_FILLED] = {F, F, F, F, F, F, F, F, F, F},
    [STIMULUS_CANCELLED] = {X, X, X, X, X, F, X, E, R, X},
    [STIMULUS_EXPIRED] = {E, E, E, E, E, F, X, E, R, E},
    [STIMULUS_FAILED] = {R, R, R, R, R, F, X, E, R, R},
    [STIMULUS_MISSING] = {U, U, U, U, U, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL},
    [STIMULUS_NEVER_THERE] = {D, D, D, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL,
                              ILLEGAL},
    [STIMULUS_RESTARTED] = {U, U, U, O, C, F, X, E, R, D},
    [STIMULUS_GIVEN_UP] = {ILLEGAL, ILLEGAL, D, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL,
                           ILLEGAL, ILLEGAL},
};

static void every_state_under_every_stimulus(void **state)
{
    (void)state;
    for (int s = 0; s < ORDER_STATE_COUNT; s++)
        for (int t = 0; t < ORDER_STIMULUS_COUNT; t++) {
            int next = order_next((enum order_state)s, (enum order_stimulus)t);
            if (next != EXPECTED[t][s])
                fail_msg("%s + %s leads to %d, not %d", order_state_text((enum order_state)s),
                         order_stimulus_text((enum order_stimulus)t), next, EXPECTED[t][s]);
        }
}

/* No word, a missing list, a restart and a send never end an order: only the venue's word does, a
 * send that certainly did not happen, and two looks. */
/* AC-B2 | unit | every state under every stimulus that is not the venue's | none ends */
static void only_the_venues_word_ends_an_order(void **state)
{
    static const enum order_stimulus QUIET[] = {
        STIMULUS_LEFT,        STIMULUS_ACCEPTED,        STIMULUS_NO_WORD,     STIMULUS_CANCEL_LEFT,
        STIMULUS_CANCEL_VOID, STIMULUS_SHOWN_OPEN,      STIMULUS_SHOWN_OTHER, STIMULUS_PART_FILLED,
        STIMULUS_MISSING,     STIMULUS_SHOWN_CANCELLING, STIMULUS_RESTARTED};
    (void)state;
    for (int s = 0; order_is_live((enum order_state)s); s++)
        for (size_t t = 0; t < sizeof QUIET / sizeof QUIET[0]; t++) {
            int next = order_next((enum order_state)s, QUIET[t]);
            assert_true(next == ORDER_ILLEGAL || order_is_live((enum order_state)next));
        }
}

static void ended_states_hold(void **state)
{
    static const enum order_state ENDED[] = {F, X, E};
    (void)state;
    for (size_t s = 0; s < sizeof ENDED / sizeof ENDED[0]; s++)
        for (int t = 0; t < ORDER_STIMULUS_COUNT; t++) {
            int next = order_next(ENDED[s], (enum order_stimulus)t);
            bool filled = t == STIMULUS_WHOLLY_FILLED && next == F;
            assert_true(next == ORDER_ILLEGAL || filled || next == (int)ENDED[s]);
        }
}

static void live_states_are_the_first_five(void **state)
{
    (void)state;
    for (int s = 0; s < ORDER_STATE_COUNT; s++)
        assert_int_equal(order_is_live((enum order_state)s),
                         s == I || s == S || s == U || s == O || s == C);
}

static void remaining_counts_in_full_until_the_end(void **state)
{
    struct order order = {.size = {10}, .filled = {4}, .booked = {1}};
    (void)state;
    for (int s = 0; s < ORDER_STATE_COUNT; s++) {
        order.state = (enum order_state)s;
        assert_int_equal(order_remaining(&order).e9, order_is_live(order.state) ? 6 : 0);
        assert_int_equal(order_provisional(&order).e9, 3);
    }
    order.state = O;
    order.filled.e9 = 12;
    assert_int_equal(order_remaining(&order).e9, 0);
    order.booked.e9 = 13;
    assert_int_equal(order_provisional(&order).e9, 0);
}

int suite_order(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_under_every_stimulus),
        cmocka_unit_test(only_the_venues_word_ends_an_order),
        cmocka_unit_test(ended_states_hold),
        cmocka_unit_test(live_states_are_the_first_five),
        cmocka_unit_test(remaining_counts_in_full_until_the_end),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
