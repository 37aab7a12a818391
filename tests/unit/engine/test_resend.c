/* Orders without a word to their end: dropped or sent again, contradicted, late; and the promises
 * that hold over a restart. */
#include "suites.h"

#include <string.h>

#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t SECOND = 1000000000;

static struct rig *ready(bool resend)
{
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].resend_unknown = resend;
    rig->settings.cancel_on_stop = false;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static order_ref name(const struct rig *rig, uint32_t number)
{
    return (order_ref)rig->generation[0] << 32 | number;
}

static struct client_id lose(struct rig *rig, enum time_in_force tif, uint32_t number)
{
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "99", "1", name(rig, number));
    intent.tif = tif;
    intent.expires_wall_ns = tif == TIF_GTD ? rig->now.wall_ns + 3600 * SECOND : 0;
    rig_intent(rig, 0, intent);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_forget(rig);
    return id;
}

static void assert_working_buy(struct rig *rig, const char *size)
{
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size(size).e9);
}

/* F02 | unit | the venue never had the order, its strategy is set to resend | sent once more under
 * the same id after expiry, bound and two whole lists; nothing is freed meanwhile */
/* AC-C1 | unit | an order that was decided leaves a second time | under its first client id */
/* R3 | unit | the venue never had the order, its strategy is set to resend | the same id again */
static void an_order_the_venue_never_had_is_sent_again(void **state)
{
    (void)state;
    for (int dated = 0; dated < 2; dated++) {
        struct rig *rig = ready(true);
        struct client_id id = lose(rig, dated ? TIF_GTD : TIF_GTC, 1);
        rig_pass(rig, 239 * SECOND);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        rig_pass(rig, 45 * SECOND);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
        assert_true(client_id_equal(rig_last(rig, COMMAND_PLACE)->place.id, id));
        assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
        assert_working_buy(rig, "1");
        rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
        assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
        assert_working_buy(rig, "1");
        rig_destroy(rig);
    }
}

/* F02 | unit | the second request has no answer either | looked for anew, then dropped for good */
static void it_is_sent_again_once(void **state)
{
    (void)state;
    struct rig *rig = ready(true);
    struct client_id id = lose(rig, TIF_GTC, 1);
    rig_pass(rig, 284 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_pass(rig, 235 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_working_buy(rig, "0");
    rig_destroy(rig);
}

/* Whoever no longer wants it, and whatever was for that moment, is not sent again. */
static void what_is_not_wanted_is_not_sent_again(void **state)
{
    (void)state;
    for (int why = 0; why < 6; why++) {
        struct rig *rig = ready(why != 0);
        struct client_id id = lose(rig, why == 1 ? TIF_IOC : TIF_GTC, 1);
        if (why == 2)
            rig_cancel(rig, 0, name(rig, 1));
        else if (why == 3)
            rig_runner(rig, 0, RUNNER_READY, rig->generation[0] + 1);
        else if (why == 4)
            rig_operator(rig, OPERATOR_REDUCE, TARGET_ACCOUNT, 0, "calm"); /* the gate says no */
        else if (why == 5)
            rig_operator(rig, OPERATOR_STOP, TARGET_ACCOUNT, 0, "deploy");
        rig_pass(rig, 300 * SECOND);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
        rig_destroy(rig);
    }
}

/* F60 | unit | an order of the last run that may never have left, its strategy set to resend | not
 * sent late: dropped after two whole lists */
static void an_order_of_the_last_run_is_not_sent_again(void **state)
{
    (void)state;
    struct rig *rig = ready(true);
    struct client_id id = lose(rig, TIF_GTC, 1);
    rig_restart(rig);
    rig_up(rig);
    rig_pass(rig, 300 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    rig_destroy(rig);
}

static void the_processing_bound_is_configured(void **state)
{
    (void)state;
    struct rig *rig = ready(false);
    rig->settings.processing_bound_ns = 10 * SECOND;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    struct client_id id = lose(rig, TIF_GTC, 1);
    rig_pass(rig, 129 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_pass(rig, 40 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    rig_destroy(rig);
}

/* ---- another order under our id */

static void report_old(struct rig *rig, struct client_id id, enum venue_status status,
                       const char *size, const char *filled, int64_t age_ns)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order.source = REPORT_REST;
    event.order.client_id = id;
    event.order.has_client_id = true;
    event.order.venue_id = rig_venue_id("old");
    event.order.side = SIDE_BUY;
    event.order.status = status;
    event.order.size = rig_size(size);
    event.order.filled = rig_size(filled);
    event.order.limit_price = rig_price("99");
    event.order.created_ns = rig->now.wall_ns - age_ns;
    rig_step(rig, &event);
}

/* F13 | unit | the venue answers a create with an old order of another size | alarm; parked and
 * counted, never taken for filled; the old one counts beside it and is cancelled; a kill changes
 * nothing
 * AC-B1 | unit | a create was changed on its way: under our id the venue shows another size | no
 * certainty: UNKNOWN, parked, both counted, what is there is cancelled */
static void an_old_order_under_our_id_is_parked(void **state)
{
    (void)state;
    struct rig *rig = ready(false);
    struct client_id id = lose(rig, TIF_GTC, 1);
    rig_reply(rig, id, OUTCOME_ACCEPTED, "old");
    rig_forget(rig);
    report_old(rig, id, VENUE_OPEN, "3", "2", SECOND);
    assert_true(rig_order(rig, id).parked);
    assert_int_equal(rig_records(rig, RECORD_PARKED), 2); /* both: a person ends it */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(rig_order(rig, id).filled.e9, 0);
    assert_working_buy(rig, "2"); /* ours, and what is left of the old one */
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_true(rig_count(rig, COMMAND_ALERT) > 0);
    assert_string_equal(rig_last(rig, COMMAND_CANCEL)->cancel.venue_id.text, "old");
    rig_forget(rig);
    report_old(rig, id, VENUE_OPEN, "3", "2", SECOND);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0); /* said once */
    assert_working_buy(rig, "2");
    rig_pass(rig, 300 * SECOND); /* no list that lacks it ends it */
    assert_true(rig_order(rig, id).live);
    rig_restart(rig);
    rig_up(rig);
    rig_pass(rig, 300 * SECOND); /* and none after a kill */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_destroy(rig);
}

/* F13 | unit | the order under our id is like ours, but of an old day, and ended | parked; its
 * fills are not ours */
static void an_order_of_an_old_day_is_not_ours(void **state)
{
    (void)state;
    struct rig *rig = ready(false);
    struct client_id id = lose(rig, TIF_GTC, 1);
    report_old(rig, id, VENUE_FILLED, "1", "1", 2 * 3600 * SECOND); /* a clock may be off by so */
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_pass(rig, SECOND);
    id = lose(rig, TIF_GTC, 2);
    report_old(rig, id, VENUE_FILLED, "1", "1", 48 * 3600 * SECOND);
    assert_true(rig_order(rig, id).parked);
    assert_int_equal(rig_order(rig, id).filled.e9, 0);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_restart(rig);
    rig_up(rig);
    rig_pass(rig, 300 * SECOND); /* lists that lack it prove nothing, after a kill neither */
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_destroy(rig);
}

/* F07 | unit | success without an id of the order | UNKNOWN and an alert, not refused */
static void an_acceptance_without_an_id_is_told(void **state)
{
    (void)state;
    struct rig *rig = ready(false);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "");
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

/* ---- a fill that came before its order was given up */

static void assert_owned_once(struct rig *rig, struct client_id id)
{
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    assert_true(rig_position(rig, 0, 0).fees.e18 == rig_money("0.2").e18);
    assert_true(rig_position(rig, ACTOR_EXTERNAL, 0).fees.e18 == 0);
    assert_int_equal(rig_order(rig, id).booked.e9, rig_size("1").e9);
    assert_int_equal(rig_order(rig, id).filled.e9, rig_size("1").e9);
}

/* F03 | unit | an order given up shows up after all, its fill was booked as external | the fill
 * changes hands, counted once; also after a restart */
static void a_late_order_claims_its_fill(void **state)
{
    (void)state;
    struct rig *rig = ready(false);
    struct client_id id = lose(rig, TIF_GTC, 1);
    rig->venue_position[0] = rig_size("1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0.2");
    rig_pass(rig, 300 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_DROPPED);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("1").e9);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
    assert_owned_once(rig, id);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0.2"); /* listed again */
    assert_owned_once(rig, id);
    rig_restart(rig);
    assert_owned_once(rig, id);
    rig_destroy(rig);
}

/* ---- a flatten over a restart */

static struct rig *holding(void)
{
    struct rig *rig = ready(false);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_report(rig, id, "v1", VENUE_FILLED, "2", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "2", "0");
    rig->venue_position[0] = rig_size("2");
    return rig;
}

/* F71 | unit | the host is killed while it flattens | the flatten goes on after the start, once
 * the venue's word is known */
static void a_flatten_goes_on_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = holding();
    rig_link(rig, STREAM_MARKET, false); /* no price: it waits */
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1); /* the one from before */
    rig_restart(rig);
    rig_tick(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_up(rig);
    struct order_row row = rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id);
    assert_true(row.side == SIDE_SELL && row.size.e9 == rig_size("2").e9);
    rig_destroy(rig);
}

/* F71 | unit | the host is killed after a flatten was done, or resumed from | what was built since
 * is left alone */
static void a_flatten_that_ended_does_not_come_back(void **state)
{
    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        struct rig *rig = holding();
        rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
        struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
        rig_reply(rig, id, OUTCOME_ACCEPTED, "f1");
        if (resumed) {
            rig_report(rig, id, "f1", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
            rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "no, stay");
        } else {
            rig_report(rig, id, "f1", VENUE_FILLED, "2", "99", REPORT_USER_UPDATE);
            rig_fill(rig, "t2", "f1", 0, SIDE_SELL, "99", "2", "0");
            rig->venue_position[0].e9 = 0;
            rig_pass(rig, 3 * SECOND);
            struct client_id again = rig_open_order(rig, 0, 0, SIDE_BUY, "98", "1", 2, "v2");
            rig_report(rig, again, "v2", VENUE_FILLED, "1", "98", REPORT_USER_UPDATE);
            rig_fill(rig, "t3", "v2", 0, SIDE_BUY, "98", "1", "0");
            rig->venue_position[0] = rig_size("1");
        }
        rig_restart(rig);
        rig_up(rig);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        rig_destroy(rig);
    }
}

int suite_resend(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_the_venue_never_had_is_sent_again),
        cmocka_unit_test(it_is_sent_again_once),
        cmocka_unit_test(what_is_not_wanted_is_not_sent_again),
        cmocka_unit_test(an_order_of_the_last_run_is_not_sent_again),
        cmocka_unit_test(the_processing_bound_is_configured),
        cmocka_unit_test(an_old_order_under_our_id_is_parked),
        cmocka_unit_test(an_order_of_an_old_day_is_not_ours),
        cmocka_unit_test(an_acceptance_without_an_id_is_told),
        cmocka_unit_test(a_late_order_claims_its_fill),
        cmocka_unit_test(a_flatten_goes_on_after_a_restart),
        cmocka_unit_test(a_flatten_that_ended_does_not_come_back),
    };
    return cmocka_run_group_tests_name("resend", tests, NULL, NULL);
}
