/* Rows of the fault catalogue, one fault at a time. */
#include "days.h"
#include "scenario.h"

#include "model/client_id.h"

static bool is_none(struct client_id id)
{
    static const struct client_id NONE;
    return client_id_equal(id, NONE);
}

/* ---- an order's outcome that is not told */

/* F01 | simulation | a create times out, the venue accepted | UNKNOWN, adopted, one order live */
/* AC-B1 | simulation | the reply of a create is lost | UNKNOWN until the venue shows the order */
static void a_lost_reply_leaves_one_order(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_MUTE, 1);
    scenario_strike(&s, FAULT_USER_SILENT, 0);
    scenario_strike(&s, FAULT_USER_SILENT, 0);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    assert_int_equal(scenario_state(&s, id), ORDER_SENT);
    scenario_pass(&s, 30 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_OPEN);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_end(&s);
}

/* F02 | simulation | a create times out, the venue never got it | counted until two late looks */
/* AC-B2 | simulation | minutes pass over an order without a word | no timer ends it, lists do */
/* AC-B3 | simulation | an UNKNOWN buy, another buy is asked for | refused: unknown_outstanding */
static void what_never_arrived_counts_until_two_looks(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_LOST, 1);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, 200 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_UNKNOWN);
    assert_int_equal(scenario_product(&s).working_buy.e9, scenario_order(&s, id).size.e9);
    assert_true(is_none(scenario_limit(&s, SIDE_BUY, -30, 1)));
    assert_string_equal(scenario_verdict(&s), "unknown_outstanding");
    scenario_pass(&s, 120 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_DROPPED);
    assert_int_equal(scenario_product(&s).working_buy.e9, 0);
    assert_int_equal(scenario_venue_live(&s), 0);
    scenario_end(&s);
}

/* F03 | simulation | the venue books an order 90 s late | adopted when seen, no second one */
static void a_late_arrival_is_adopted(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_LATE, UINT64_C(90000000000) << 16 | 1);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, 20 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_UNKNOWN);
    assert_int_equal(scenario_venue_live(&s), 0);
    scenario_pass(&s, 100 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_OPEN);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_end(&s);
}

/* AC-B1 | simulation | a create comes to the venue 119 s late, and 123 s, past its token's end |
 * UNKNOWN and counted in full all that while; then adopted, or dropped by two looks */
static void at_the_end_of_its_token_a_create_is_late_or_void(void **state)
{
    (void)state;
    for (uint64_t late_s = 119; late_s <= 123; late_s += 4) {
        struct scenario s = scenario_begin();
        scenario_strike(&s, FAULT_PLACE_LATE, late_s * UINT64_C(1000000000) << 16 | 1);
        struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
        scenario_pass(&s, 118 * SECOND);
        assert_int_equal(scenario_state(&s, id), ORDER_UNKNOWN);
        assert_int_equal(scenario_product(&s).working_buy.e9, scenario_order(&s, id).size.e9);
        scenario_pass(&s, 20 * SECOND);
        assert_int_equal(scenario_state(&s, id), late_s < 120 ? ORDER_OPEN : ORDER_UNKNOWN);
        assert_int_equal(scenario_product(&s).working_buy.e9, scenario_order(&s, id).size.e9);
        scenario_pass(&s, 180 * SECOND);
        assert_int_equal(scenario_state(&s, id), late_s < 120 ? ORDER_OPEN : ORDER_DROPPED);
        assert_int_equal(scenario_venue_live(&s), late_s < 120);
        scenario_end(&s);
    }
}

/* F07 | simulation | accepted, and no order is named | UNKNOWN, never refused; then adopted */
static void accepted_without_an_id_is_unknown(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_NO_ID, 0);
    for (int i = 0; i < 4; i++)
        scenario_strike(&s, FAULT_USER_SILENT, 0);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    for (int i = 0; i < 50 && scenario_state(&s, id) == ORDER_SENT; i++)
        scenario_pass(&s, 5 * MS);
    assert_int_equal(scenario_state(&s, id), ORDER_UNKNOWN);
    scenario_pass(&s, 10 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_OPEN);
    scenario_end(&s);
}

/* F09 | simulation | refused before a byte left | dropped at once, nothing counted */
static void what_never_left_is_dropped_at_once(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_UNSENT, 0);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, 100 * MS);
    assert_int_equal(scenario_state(&s, id), ORDER_DROPPED);
    assert_int_equal(scenario_product(&s).working_buy.e9, 0);
    scenario_end(&s);
}

/* F12 | simulation | the network delivers a create twice | one order at the venue */
static void a_create_that_comes_twice_is_one_order(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_TWICE, 0);
    scenario_strike(&s, FAULT_REPLY_TWICE, 0);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, 10 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_OPEN);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_end(&s);
}

/* ---- cancels and fills */

/* F40 | simulation | a fill is told before the create's reply | booked once, then no change */
static void a_fill_comes_before_its_reply(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PLACE_SLOW, UINT64_C(5000000000) << 16);
    struct client_id id = scenario_market(&s, SIDE_BUY, 2);
    scenario_pass(&s, SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_FILLED);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_pass(&s, 10 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_end(&s);
}

/* F42 | simulation | a cancel is acknowledged, the order is still queued | live until terminal */
static void an_acknowledged_cancel_still_counts(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, SECOND);
    scenario_cancel(&s, id);
    scenario_pass(&s, 250 * MS);
    assert_int_equal(scenario_venue_live(&s), 1);
    assert_int_equal(scenario_state(&s, id), ORDER_CANCEL_SENT);
    assert_int_equal(scenario_product(&s).working_buy.e9, scenario_order(&s, id).size.e9);
    scenario_pass(&s, SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_CANCELLED);
    assert_int_equal(scenario_product(&s).working_buy.e9, 0);
    scenario_end(&s);
}

/* F41 | simulation | a cancel is lost on its way | asked again after a list, then cancelled */
static void a_lost_cancel_is_sent_again(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, SECOND);
    scenario_strike(&s, FAULT_CANCEL_LOST, UINT64_C(3000000000) << 16);
    scenario_cancel(&s, id);
    scenario_pass(&s, 30 * SECOND);
    assert_int_equal(scenario_state(&s, id), ORDER_CANCELLED);
    assert_int_equal(scenario_venue_live(&s), 0);
    scenario_end(&s);
}

/* F20 | simulation | each frame of a fill comes twice, and each list | booked once */
/* AC-C2 | simulation | user frames and REST fills come twice | nothing changes */
/* F45 | simulation | pages of fills come twice and in reverse, one breaks off | each booked once */
static void what_comes_twice_is_booked_once(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    for (int i = 0; i < 12; i++) {
        scenario_strike(&s, FAULT_FRAME_TWICE, 0);
        scenario_strike(&s, FAULT_LIST_TWICE, 0);
    }
    scenario_strike(&s, FAULT_LIST_FAILS, 1);
    (void)scenario_market(&s, SIDE_BUY, 3);
    scenario_pass(&s, 30 * SECOND);
    assert_int_equal(scenario_venue_lots(&s), 3);
    assert_int_equal(scenario_our_lots(&s), 3);
    scenario_end(&s);
}

/* AC-D3 | simulation | the user frames of a fill are suppressed | the drop copy shows it in 10 s */
static void a_suppressed_fill_shows_in_the_lists(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    for (int i = 0; i < 6; i++)
        scenario_strike(&s, FAULT_USER_SILENT, 0);
    (void)scenario_market(&s, SIDE_BUY, 2);
    scenario_pass(&s, 10 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_end(&s);
}

/* F46 | simulation | a trade is taken back, another is booked at another price | position, fees and
 * what was paid as the venue has them */
static void what_is_taken_back_is_booked_so(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_market(&s, SIDE_BUY, 2);
    scenario_pass(&s, 8 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_strike(&s, FAULT_BUST, 1);
    scenario_pass(&s, 8 * SECOND);
    assert_int_equal(scenario_venue_lots(&s), 0);
    assert_int_equal(scenario_our_lots(&s), 0);
    scenario_market(&s, SIDE_SELL, 1);
    scenario_pass(&s, 8 * SECOND);
    scenario_strike(&s, FAULT_BUST, 6); /* three ticks better */
    scenario_pass(&s, 8 * SECOND);
    assert_int_equal(scenario_our_lots(&s), -1);
    scenario_end(&s);
}

/* F62 | simulation | runner and host die under a time stop | the position is closed when due */
static void a_protection_outlives_runner_and_host(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_market(&s, SIDE_BUY, 2);
    scenario_pass(&s, SECOND);
    scenario_protect(&s, 40 * SECOND);
    scenario_strike(&s, FAULT_CRASH, 0);
    scenario_pass(&s, 30 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_pass(&s, 20 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 0);
    assert_int_equal(scenario_venue_lots(&s), 0);
    scenario_end(&s);
}

/* F44 | simulation | somebody else trades on the account | external, the position right */
/* F52 | simulation | a manual trade during the run | external, the position right */
static void what_a_stranger_trades_is_external(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct position_row row;
    int64_t external_e9 = 0;
    scenario_strike(&s, FAULT_STRANGER, 1 << 8);
    scenario_pass(&s, 20 * SECOND);
    for (uint32_t i = 0; snapshot_position(s.sim->engine, i, &row); i++)
        external_e9 += row.actor == ACTOR_EXTERNAL ? row.size.e9 : 0;
    assert_int_equal(scenario_our_lots(&s), 1);
    assert_int_equal(external_e9, scenario_product(&s).position.e9);
    scenario_end(&s);
}

/* F52 | simulation | somebody lets an order rest that could take all that we may reduce, the
 * account only reduces, and a protection fires | it closes, the other order stays */
static void what_a_stranger_lets_rest_keeps_no_exit_waiting(void **state)
{
    static const uint64_t SELL_FAR_AWAY = UINT64_C(999) << 32 | 1 << 24;
    (void)state;
    struct scenario s = scenario_begin();
    scenario_market(&s, SIDE_BUY, 2);
    scenario_pass(&s, 8 * SECOND);
    scenario_strike(&s, FAULT_STRANGER, SELL_FAR_AWAY);
    scenario_strike(&s, FAULT_REDUCE, 0);
    scenario_pass(&s, SECOND);
    assert_int_equal(scenario_venue_live(&s), 1);
    assert_true(scenario_product(&s).working_sell.e9 >= scenario_product(&s).position.e9);
    scenario_protect(&s, SECOND);
    scenario_pass(&s, 8 * SECOND);
    assert_int_equal(scenario_our_lots(&s), 0);
    assert_int_equal(scenario_venue_lots(&s), 0);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_end(&s);
}

/* ---- streams */

/* F22 | simulation | a market frame is lost | stale at once, new snapshot, fresh */
/* AC-D1 | simulation | a sequence gap | stale in the same event, opening refused, resnapshot */
static void a_gap_makes_the_book_stale(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_FRAME_LOST, 0);
    for (int i = 0; i < 100 && scenario_product(&s).book_valid; i++)
        scenario_pass(&s, 50 * MS);
    assert_false(scenario_product(&s).book_valid);
    assert_true(is_none(scenario_limit(&s, SIDE_BUY, -20, 1)));
    scenario_pass(&s, 5 * SECOND);
    assert_true(scenario_product(&s).book_valid);
    scenario_end(&s);
}

/* F23 | simulation | the market stream stands still, its connection up | stale within 3 s, reset */
/* AC-D2 | simulation | a frozen stream | detected within 3 s */
static void a_stall_is_noticed(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_STREAM_STALL, UINT64_C(19000000000) << 8);
    scenario_pass(&s, 3200 * MS);
    assert_false(scenario_product(&s).book_valid);
    scenario_pass(&s, 5 * SECOND);
    assert_true(scenario_product(&s).book_valid);
    scenario_end(&s);
}

/* F24 | simulation | one book is silent while heartbeats flow | stale, then a reset */
static void one_silent_product_is_noticed(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_PRODUCT_SILENT, 0);
    for (int i = 0; i < 16 && scenario_product(&s).book_valid; i++)
        scenario_pass(&s, SECOND / 4);
    assert_false(scenario_product(&s).book_valid);
    for (int i = 0; i < 40 && !scenario_product(&s).book_valid; i++)
        scenario_pass(&s, SECOND);
    assert_true(scenario_product(&s).book_valid);
    scenario_end(&s);
}

/* F21 | simulation | an older frame comes after newer ones | changes nothing */
static void an_older_frame_changes_nothing(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    for (int i = 0; i < 4; i++)
        scenario_strike(&s, FAULT_FRAME_LATE, 1500000000);
    (void)scenario_market(&s, SIDE_SELL, 2);
    scenario_pass(&s, 20 * SECOND);
    assert_int_equal(scenario_our_lots(&s), -2);
    scenario_end(&s);
}

/* ---- crashes */

static void await_start(struct scenario *s)
{
    for (int i = 0; i < 200 && !s->sim->engine; i++)
        scenario_pass(s, 100 * MS);
    scenario_pass(s, 6 * SECOND);
}

/* F60 | simulation | killed between journal and send | never sent late, dropped by looks */
/* AC-C1 | simulation | killed before what was committed left | the intent is known, one id */
static void killed_before_the_send_it_never_leaves(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_CRASH_SEND, 0);
    (void)scenario_limit(&s, SIDE_BUY, -20, 2);
    await_start(&s);
    assert_int_equal(s.sim->lives, 2);
    struct account_row account;
    snapshot_account(s.sim->engine, &account);
    assert_int_equal(account.unknown, 1);
    scenario_pass(&s, 300 * SECOND);
    snapshot_account(s.sim->engine, &account);
    assert_int_equal(account.unknown, 0);
    assert_int_equal(s.sim->orders, 0);
    scenario_end(&s);
}

/* F61 | simulation | killed after the send, before the reply | known after the start, adopted */
static void killed_after_the_send_it_is_adopted(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_strike(&s, FAULT_CRASH, 0);
    scenario_pass(&s, 100 * MS);
    await_start(&s);
    assert_int_equal(scenario_state(&s, id), ORDER_OPEN);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_end(&s);
}

/* F61 | simulation | killed in the turn that books a fill | booked once after the start */
static void killed_while_a_fill_is_booked(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    (void)scenario_market(&s, SIDE_BUY, 3);
    scenario_strike(&s, FAULT_CRASH_COMMIT, 0);
    scenario_pass(&s, SECOND);
    await_start(&s);
    assert_int_equal(s.sim->lives, 2);
    assert_int_equal(scenario_our_lots(&s), 3);
    scenario_end(&s);
}

/* F63 | simulation | a commit is refused | halted, no order leaves, cancels still do */
/* AC-J2 | simulation | a commit is refused | halted, and cancels work */
static void a_dead_journal_still_cancels(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    scenario_pass(&s, SECOND);
    scenario_strike(&s, FAULT_DISK_REFUSES, 0);
    (void)scenario_limit(&s, SIDE_BUY, -30, 1);
    assert_int_equal(s.sim->orders, 1);
    assert_int_equal(scenario_venue_live(&s), 1);
    scenario_cancel(&s, id);
    scenario_pass(&s, 2 * SECOND);
    assert_int_equal(scenario_venue_live(&s), 0);
    scenario_end(&s);
}

/* F66 | simulation | the wall clock steps by an hour | no opening order, timers unmoved */
/* AC-I2 | simulation | the wall clock steps by up to an hour | skew measured, opening stops */
static void a_clock_step_stops_what_opens(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_WALL_STEP, UINT64_C(7000000000001));
    scenario_pass(&s, 61 * SECOND);
    assert_true(is_none(scenario_limit(&s, SIDE_BUY, -20, 1)));
    assert_string_equal(scenario_verdict(&s), "health");
    assert_true(scenario_product(&s).book_valid);
    scenario_end(&s);
}

/* F66 | simulation | the host stands still for most of a minute | nothing opens on the old book */
static void a_pause_trusts_nothing_old(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    (void)scenario_market(&s, SIDE_BUY, 2);
    scenario_strike(&s, FAULT_PAUSE, 50 * UINT64_C(1000000000));
    scenario_pass(&s, 49 * SECOND);
    scenario_pass(&s, 20 * SECOND);
    assert_true(scenario_product(&s).book_valid);
    assert_int_equal(scenario_our_lots(&s), 2);
    scenario_end(&s);
}

/* ---- runners and the operator */

/* F62 | simulation | a script is reloaded while its intents fly | those intents are dropped */
static void intents_of_an_older_runner_are_dropped(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct counters_row counters;
    scenario_strike(&s, FAULT_RUNNER_RELOAD, 1);
    scenario_pass(&s, SECOND);
    snapshot_counters(s.sim->engine, &counters);
    assert_int_equal(counters.old_generation, 3);
    assert_int_equal(s.sim->orders, 0);
    scenario_end(&s);
}

/* AC-E2 | simulation | halted, then killed | still halted after the start, until resumed */
static void a_halt_outlives_the_host(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    struct account_row account;
    host_operator(s.sim, OPERATOR_HALT, TARGET_ACCOUNT, 0);
    scenario_pass(&s, SECOND);
    assert_true(is_none(scenario_limit(&s, SIDE_BUY, -20, 1)));
    scenario_strike(&s, FAULT_CRASH, 0);
    scenario_pass(&s, 100 * MS);
    await_start(&s);
    snapshot_account(s.sim->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_true(is_none(scenario_limit(&s, SIDE_BUY, -20, 1)));
    assert_int_equal(s.sim->orders, 0);
    scenario_end(&s);
}

/* F71 | simulation | halted while an order waits for the disk | it does not leave */
static void a_halt_stops_what_waits_for_the_disk(void **state)
{
    (void)state;
    struct scenario s = scenario_begin();
    scenario_strike(&s, FAULT_DISK_SLOW, 4000000000);
    struct client_id id = scenario_limit(&s, SIDE_BUY, -20, 2);
    host_operator(s.sim, OPERATOR_HALT, TARGET_ACCOUNT, 0);
    scenario_pass(&s, 10 * SECOND);
    assert_int_equal(s.sim->orders, 0);
    assert_int_equal(scenario_state(&s, id), ORDER_DROPPED);
    scenario_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_reply_leaves_one_order),
        cmocka_unit_test(what_never_arrived_counts_until_two_looks),
        cmocka_unit_test(a_late_arrival_is_adopted),
        cmocka_unit_test(at_the_end_of_its_token_a_create_is_late_or_void),
        cmocka_unit_test(accepted_without_an_id_is_unknown),
        cmocka_unit_test(what_never_left_is_dropped_at_once),
        cmocka_unit_test(a_create_that_comes_twice_is_one_order),
        cmocka_unit_test(a_fill_comes_before_its_reply),
        cmocka_unit_test(an_acknowledged_cancel_still_counts),
        cmocka_unit_test(a_lost_cancel_is_sent_again),
        cmocka_unit_test(what_comes_twice_is_booked_once),
        cmocka_unit_test(a_suppressed_fill_shows_in_the_lists),
        cmocka_unit_test(what_is_taken_back_is_booked_so),
        cmocka_unit_test(a_protection_outlives_runner_and_host),
        cmocka_unit_test(what_a_stranger_trades_is_external),
        cmocka_unit_test(what_a_stranger_lets_rest_keeps_no_exit_waiting),
        cmocka_unit_test(a_gap_makes_the_book_stale),
        cmocka_unit_test(a_stall_is_noticed),
        cmocka_unit_test(one_silent_product_is_noticed),
        cmocka_unit_test(an_older_frame_changes_nothing),
        cmocka_unit_test(killed_before_the_send_it_never_leaves),
        cmocka_unit_test(killed_after_the_send_it_is_adopted),
        cmocka_unit_test(killed_while_a_fill_is_booked),
        cmocka_unit_test(a_dead_journal_still_cancels),
        cmocka_unit_test(a_clock_step_stops_what_opens),
        cmocka_unit_test(a_pause_trusts_nothing_old),
        cmocka_unit_test(intents_of_an_older_runner_are_dropped),
        cmocka_unit_test(a_halt_outlives_the_host),
        cmocka_unit_test(a_halt_stops_what_waits_for_the_disk),
        cmocka_unit_test(a_month_ends_with_the_venues_money),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
