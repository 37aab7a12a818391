/* The comparison with the venue: when it lets trading begin, and what a difference does. */
#include "suites.h"

#include <string.h>

#include "engine/snapshot_compare.h"
#include "engine_rig.h"
#include "model/client_id.h"

static const int64_t SECOND = 1000000000;

static bool is_reconciled(struct rig *rig)
{
    struct account_row account;
    snapshot_account(rig->engine, &account);
    return account.reconciled;
}

/* The newest, beside the balance: as long as none was read it is asked for with the others. */
static struct command_list last_list(struct rig *rig, enum list_kind kind)
{
    const struct command_list *list = NULL;
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_LIST &&
            (kind == LIST_BALANCE) == (rig->commands[i].list.kind == LIST_BALANCE))
            list = &rig->commands[i].list;
    assert_non_null(list);
    assert_int_equal(list->kind, kind);
    return *list;
}

/* F55 | unit | the host starts | its equity is read beside the lists, not after them */
static void the_first_balance_waits_for_no_other_list(void **state)
{
    (void)state;
    struct account_row account;
    struct rig *rig = rig_create(0);
    rig->hold_lists = true;
    rig_link(rig, STREAM_MARKET, true);
    rig_link(rig, STREAM_USER, true);
    struct command_list list = last_list(rig, LIST_BALANCE);
    last_list(rig, LIST_ORDERS);
    rig_balance(rig);
    rig_list_end(rig, &list, true);
    snapshot_account(rig->engine, &account);
    assert_true(account.balance_known);
    assert_false(account.reconciled);
    rig_destroy(rig);
}

/* Asks and answers the four lists of a cycle one after the other. */
static void lists_come_in_order_and_all_must_be_whole(void **state)
{
    static const enum list_kind ORDER[] = {LIST_ORDERS, LIST_FILLS, LIST_POSITIONS, LIST_BALANCE};
    (void)state;
    struct rig *rig = rig_create(0);
    rig->hold_lists = true;
    rig_link(rig, STREAM_MARKET, true);
    rig_link(rig, STREAM_USER, true);
    for (int i = 0; i < 4; i++) {
        struct command_list list = last_list(rig, ORDER[i]);
        assert_int_equal(is_reconciled(rig), ORDER[i] == LIST_BALANCE);
        if (i == 1) { /* breaks off: asked again, and nothing has advanced */
            rig_list_end(rig, &list, false);
            rig_pass(rig, 3 * SECOND);
            list = last_list(rig, LIST_FILLS);
        }
        rig_list_end(rig, &list, true);
    }
    assert_true(is_reconciled(rig));
    rig_destroy(rig);
}

static void an_answer_to_another_question_counts_for_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->hold_lists = true;
    rig_link(rig, STREAM_USER, true);
    struct command_list list = last_list(rig, LIST_ORDERS);
    list.request += 9;
    rig_list_end(rig, &list, true);
    last_list(rig, LIST_ORDERS);
    list.request -= 9;
    list.kind = LIST_POSITIONS;
    rig_list_end(rig, &list, true);
    last_list(rig, LIST_ORDERS);
    rig_destroy(rig);
}

/* F55 | unit | a list is never answered | asked again; nothing trades before it is whole */
static void a_list_that_never_ends_is_asked_again(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->hold_lists = true;
    rig_link(rig, STREAM_USER, true);
    uint64_t request = last_list(rig, LIST_ORDERS).request;
    rig_pass(rig, 35 * SECOND);
    assert_true(last_list(rig, LIST_ORDERS).request > request);
    rig_destroy(rig);
}

static void the_user_stream_going_down_undoes_it(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    assert_true(is_reconciled(rig));
    rig_link(rig, STREAM_USER, false);
    assert_false(is_reconciled(rig));
    rig->hold_lists = true;
    rig_link(rig, STREAM_USER, true);
    struct command_list list = last_list(rig, LIST_ORDERS);
    assert_false(is_reconciled(rig));
    rig->hold_lists = false;
    rig_list_end(rig, &list, true);
    rig_pass(rig, 4 * SECOND);
    assert_true(is_reconciled(rig));
    rig_destroy(rig);
}

static void the_drop_copy_has_a_cadence(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    uint32_t orders = 0;
    rig_up(rig);
    rig_forget(rig);
    rig_pass(rig, 60 * SECOND);
    for (uint32_t i = 0; i < rig->command_count; i++)
        orders += rig->commands[i].kind == COMMAND_LIST &&
                  rig->commands[i].list.kind == LIST_ORDERS;
    assert_in_range(orders, 9, 12);
    rig_destroy(rig);
}

/* AC-A2: nothing changed, nothing is written, however often it is compared. */
/* AC-A2 | unit | a minute of comparisons without a change at the venue | not one record, not one
 * alert */
static void comparing_again_writes_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 6 * SECOND);
    rig_forget(rig);
    rig_pass(rig, 60 * SECOND);
    assert_int_equal(rig->journal_count, rig->journal_mark);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0);
    rig_destroy(rig);
}

/* A position of 1 in the journal, and a host that starts again with its links up and no list. */
static struct rig *started_blind(void)
{
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, SECOND);
    rig_restart(rig);
    rig->hold_lists = true;
    rig_up(rig);
    return rig;
}

static uint32_t places_after(struct rig *rig, int64_t ns)
{
    rig_pass(rig, ns);
    return rig_count(rig, COMMAND_PLACE);
}

/* F50 | unit | a start with a position in the journal, and no list of the venue's yet | nothing
 * leaves, not what would reduce and no flatten; both once it was compared */
/* AC-A1 | unit | a script sells what the journal says it holds, before the first comparison |
 * refused: the venue may hold it no more */
static void nothing_leaves_before_the_first_comparison(void **state)
{
    (void)state;
    struct rig *rig = started_blind();
    rig_limit(rig, 0, 0, SIDE_SELL, "101", "0.4", 2);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_HEALTH);
    rig_operator(rig, OPERATOR_FLATTEN, TARGET_ACCOUNT, 0, "out");
    assert_int_equal(places_after(rig, 5 * SECOND), 0);
    rig->hold_lists = false;
    assert_int_equal(places_after(rig, 60 * SECOND), 1);
    assert_true(is_reconciled(rig));
    rig_destroy(rig);
}

/* F50 | unit | the venue holds a position that the journal does not know | nothing opens on any
 * product until an operator accepts; then that product only reduces, the other trades */
/* AC-A3 | unit | a difference that stays | reduced and told once, no position made up */
static void a_difference_at_start_waits_for_the_operator(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->venue_position[0] = rig_size("0.5");
    rig_up(rig);
    assert_false(is_reconciled(rig));
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 0).position.e9, 0); /* no position was made up */
    assert_true(rig_count(rig, COMMAND_ALERT) >= 1);
    assert_int_equal(rig_records(rig, RECORD_RECONCILE), 1);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code,
                     REFUSED_HEALTH);
    rig_forget(rig);
    rig_pass(rig, 30 * SECOND); /* the same difference again is no news */
    assert_int_equal(rig_records(rig, RECORD_RECONCILE), 0);
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "it is mine");
    rig_pass(rig, 3 * SECOND);
    assert_true(is_reconciled(rig));
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 2);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 3);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_order(rig, rig_last(rig, COMMAND_PLACE)->place.id).product, 1);
    rig_destroy(rig);
}

/* AC-A3 | unit | another hand closes our position in part, in whole, or turns it, no fill told |
 * what reduces our books and would open or turn the venue's does not leave */
static void what_reduces_our_books_alone_does_not_leave(void **state)
{
    (void)state;
    static const struct { const char *venue, *sell; bool leaves; } CASES[] = {
        {"0", "0.1", false}, {"-1", "0.1", false}, {"0.4", "0.4", true}, {"0.4", "0.5", false},
        {"2", "1", true}, {"2", "1.1", false}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        rig_up(rig);
        struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
        rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
        rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
        rig->venue_position[0] = rig_size(CASES[i].venue);
        rig_pass(rig, 14 * SECOND);
        assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
        rig_forget(rig);
        rig_limit(rig, 0, 0, SIDE_SELL, "101", CASES[i].sell, 2);
        if (rig_count(rig, COMMAND_PLACE) != CASES[i].leaves)
            fail_msg("the venue has %s, sell %s", CASES[i].venue, CASES[i].sell);
        assert_true(is_reconciled(rig)); /* it was once: another product trades */
        rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 3);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 1u + CASES[i].leaves);
        rig_destroy(rig);
    }
}

/* AC-A3 | unit | the operator accepts | booked as external; trading needs another act */
static void an_operator_accepts_the_venues_word(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->venue_position[0] = rig_size("-0.5");
    rig_up(rig);
    rig_forget(rig);
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "they are mine");
    assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("-0.5").e9);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("-0.5").e9);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING); /* resume is another act */
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "checked");
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "again");
    assert_false(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    rig_destroy(rig);
}

/* Resume is no answer to a difference: only accept, or books that agree, end it. */
static void a_resumed_difference_reduces_again(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->venue_position[0] = rig_size("15");
    rig_up(rig);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig_operator(rig, OPERATOR_RESUME, TARGET_PRODUCT, 0, "go");
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_forget(rig);
    rig_pass(rig, 14 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_records(rig, RECORD_RECONCILE), 1);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
    rig_destroy(rig);
}

static void report_position(struct rig *rig, const char *size)
{
    rig_step(rig, &(struct event){.kind = EVENT_POSITION,
                                  .position = {.product = 0,
                                               .size = rig_size(size),
                                               .average_price = rig_price("100")}});
}

/* The newest page comes first: what a list lacked that broke off is older than what it had. */
/* F45 | unit | a list of fills breaks off | asked again from the same time, also after a restart */
static void a_broken_list_of_fills_is_asked_from_the_same_time(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    int64_t since_ns = list.since_wall_ns;
    rig->now.wall_ns += 600 * SECOND;
    rig_fill(rig, "t9", "other", 0, SIDE_BUY, "99", "1", "0");
    rig_list_end(rig, &list, false);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9); /* a fact all the same */
    list = rig_open_list(rig, LIST_FILLS);
    assert_int_equal(list.since_wall_ns, since_ns);
    rig_list_end(rig, &list, true);
    list = rig_open_list(rig, LIST_FILLS);
    assert_true(list.since_wall_ns > since_ns);
    rig_restart(rig);
    rig_link(rig, STREAM_USER, true);
    list = rig_open_list(rig, LIST_FILLS);
    assert_true(list.since_wall_ns <= since_ns); /* the journal does not tell of lists */
    rig_destroy(rig);
}

static void a_fill_of_tomorrow_hides_none_of_today(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    rig->now.wall_ns += 86400 * SECOND;
    rig_fill(rig, "t9", "other", 0, SIDE_BUY, "99", "1", "0");
    rig->now.wall_ns -= 86400 * SECOND;
    for (int i = 0; i < 3; i++) {
        struct command_list list = rig_open_list(rig, LIST_FILLS);
        assert_true(list.since_wall_ns < rig->now.wall_ns - 60 * SECOND);
        rig_list_end(rig, &list, true);
    }
    rig_restart(rig);
    rig_link(rig, STREAM_USER, true);
    assert_true(rig_open_list(rig, LIST_FILLS).since_wall_ns < rig->now.wall_ns - 60 * SECOND);
    rig_destroy(rig);
}

/* A list that has not ended says nothing: neither that nothing is there nor its first half. */
static void accept_takes_a_whole_list(void **state)
{
    static const char *const COMING[] = {NULL, "7"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_create(0);
        rig_up(rig);
        rig_fill(rig, "t0", "other", 0, SIDE_BUY, "100", "1", "0");
        rig->venue_position[0] = rig_size("2");
        rig_pass(rig, 14 * SECOND);
        assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
        rig_forget(rig);
        rig_open_list(rig, LIST_POSITIONS);
        if (COMING[i] != NULL)
            report_position(rig, COMING[i]);
        rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "theirs");
        assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
        assert_int_equal(rig_product(rig, 0).position.e9, rig_size("2").e9);
        rig_destroy(rig);
    }
}

/* A fill that waited counts once when its order shows itself, also before it is booked. */
static void a_fill_that_waits_is_compared_once(void **state)
{
    (void)state;
    struct account_row account;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig->hold_lists = true;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    struct command_list list = rig_open_list(rig, LIST_POSITIONS);
    report_position(rig, "1");
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
    rig_list_end(rig, &list, true);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.reconciled_age_ns, 0); /* agreed at the first look */
    rig_destroy(rig);
}

/* A fill since the comparison: the list is older than our books. */
static void accept_waits_when_our_books_moved(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->venue_position[0] = rig_size("2");
    rig_up(rig);
    rig_fill(rig, "t1", "other", 0, SIDE_SELL, "100", "1", "0");
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "theirs");
    assert_false(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("-1").e9);
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 14 * SECOND);
    rig_operator(rig, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0, "theirs");
    assert_int_equal(rig_product(rig, 0).position.e9, rig_size("1").e9);
    rig_destroy(rig);
}

static void answer_positions(struct rig *rig, const char *venue_position)
{
    struct command_list list = rig_open_list(rig, LIST_POSITIONS);
    report_position(rig, venue_position);
    rig_list_end(rig, &list, true);
}

/* Lists are not one snapshot: a fill between them makes a difference that is gone at the next. */
/* F53 | unit | a fill between the lists of one look | tolerated, agreed at the next look */
static void a_passing_difference_is_tolerated(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_forget(rig);
    answer_positions(rig, "1");
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0"); /* the user channel was late */
    answer_positions(rig, "1");
    rig->hold_lists = false;
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 20 * SECOND);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0);
    assert_true(is_reconciled(rig));
    rig_destroy(rig);
}

/* The same difference twice proves something only when nothing was filled between the looks. */
/* F53 | unit | the same difference twice with a fill between | no proof; the third look reduces */
static void a_fill_between_two_looks_proves_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "2", 1, "v1");
    rig_forget(rig);
    answer_positions(rig, "1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    answer_positions(rig, "2");
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    assert_true(rig_product(rig, 0).position.e9 == rig_size("1").e9);
    answer_positions(rig, "2");
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    rig_destroy(rig);
}

/* AC-D3: a suppressed user frame shows in the next look at the orders. */
/* AC-D3 | unit | the frame of a fill never comes | order and position right after the next look */
static void a_lost_user_frame_shows_in_the_drop_copy(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 6 * SECOND);
    rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_REST);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    rig_pass(rig, 6 * SECOND);
    assert_int_equal(rig_order(rig, id).state, ORDER_FILLED);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* ---- each list at its own cadence */

static uint32_t lists_of(const struct rig *rig, enum list_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->command_count; i++)
        count += rig->commands[i].kind == COMMAND_LIST && rig->commands[i].list.kind == kind;
    return count;
}

static struct rig *with_cadences(void)
{
    struct rig *rig = rig_create(0);
    engine_destroy(rig->engine);
    rig->settings.orders_poll_ns = 4 * SECOND;
    rig->settings.fills_poll_ns = 3 * SECOND;
    rig->settings.positions_poll_ns = 6 * SECOND;
    rig->settings.balance_poll_ns = 10 * SECOND;
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static void each_list_has_a_cadence_of_its_own(void **state)
{
    (void)state;
    struct rig *rig = with_cadences();
    rig_pass(rig, 60 * SECOND);
    assert_in_range(lists_of(rig, LIST_ORDERS), 14, 15);
    assert_in_range(lists_of(rig, LIST_FILLS), 19, 20);
    assert_in_range(lists_of(rig, LIST_POSITIONS), 9, 10);
    assert_in_range(lists_of(rig, LIST_BALANCE), 5, 6);
    rig_destroy(rig);
}

/* AC-A4 | unit | others trade on the account | booked as EXTERNAL within 5 s */
/* F52 | unit | a manual trade that no frame told of | in the list of fills, booked as external */
static void what_others_filled_shows_within_five_seconds(void **state)
{
    (void)state;
    struct rig *rig = with_cadences();
    int64_t began_ns = rig->now.mono_ns;
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    rig_fill(rig, "t1", "theirs", 0, SIDE_BUY, "100", "0.3", "0.01");
    rig_list_end(rig, &list, true);
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 0).size.e9, rig_size("0.3").e9);
    assert_true(rig->now.mono_ns - began_ns <= 5 * SECOND);
    rig_destroy(rig);
}

/* AC-A3 | unit | the venue's position moves while the host trades, and no fill says why | that
 * product reduces, with an alert, within one poll of the positions; nothing is made up */
static void a_difference_while_running_reduces_within_a_poll(void **state)
{
    (void)state;
    struct rig *rig = with_cadences();
    rig->venue_position[0] = rig_size("0.5");
    rig_pass(rig, 6 * SECOND); /* its polls are as far apart: one, and what it began */
    assert_int_equal(rig_product(rig, 0).state, TRADING_REDUCING);
    assert_int_equal(rig_product(rig, 1).state, TRADING_ACTIVE);
    assert_int_equal(rig_product(rig, 0).position.e9, 0);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "reducing only"));
    assert_int_equal(rig_records(rig, RECORD_FILL), 0);
    rig_destroy(rig);
}

/* F55 | unit | an endpoint is down for a while | asked 1, 2, 4 ... 30 s apart, then as before */
static void a_list_that_fails_is_asked_with_patience(void **state)
{
    static const int GAPS[] = {1, 2, 4, 8, 16, 30, 30};
    (void)state;
    struct rig *rig = with_cadences();
    struct command_list list = rig_open_list(rig, LIST_FILLS);
    for (size_t i = 0; i < sizeof GAPS / sizeof GAPS[0]; i++) {
        int64_t asked_ns = rig->now.mono_ns;
        rig_list_end(rig, &list, false);
        list = rig_open_list(rig, LIST_FILLS);
        assert_int_equal((rig->now.mono_ns - asked_ns) / SECOND, GAPS[i]);
    }
    rig_list_end(rig, &list, true);
    rig->hold_lists = false;
    rig_pass(rig, 4 * SECOND);
    rig_forget(rig);
    rig_pass(rig, 30 * SECOND);
    assert_in_range(lists_of(rig, LIST_FILLS), 9, 10);
    rig_destroy(rig);
}

/* ---- an operator asks */

static void an_operator_is_told_the_outcome(void **state)
{
    (void)state;
    struct rig *rig = with_cadences();
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
    rig_pass(rig, SECOND);
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    assert_true(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    assert_int_equal(rig->journal_count, rig->journal_mark); /* it only looked */
    rig->venue_position[1] = rig_size("-2");
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
    rig_pass(rig, 3 * SECOND);
    const struct command_operator_reply *reply =
        &rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply;
    assert_false(reply->done);
    assert_string_equal(reply->text, "BTC-PERP-INTX: ours 0, venue -2");
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 2);
    struct difference_row row;
    assert_true(snapshot_difference(rig->engine, 0, &row));
    assert_int_equal(row.product, 1);
    assert_int_equal(row.venue.e9, rig_size("-2").e9);
    assert_true(rig_product(rig, 1).differs);
    rig_destroy(rig);
}

static void an_operator_is_told_when_none_can_be_had(void **state)
{
    (void)state;
    struct rig *rig = with_cadences();
    rig->hold_lists = true;
    rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "");
    rig_pass(rig, 50 * SECOND);
    assert_int_equal(rig_count(rig, COMMAND_OPERATOR_REPLY), 1);
    assert_false(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done);
    rig_destroy(rig);
}

/* ---- the balance */

static const char *placed_or_why(struct rig *rig, order_ref ref)
{
    struct verdict_row row;
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", ref);
    assert_true(snapshot_verdict(rig->engine, 0, &row));
    if (row.verdict.code == REFUSED_NOT)
        rig_reply(rig, row.id, OUTCOME_REFUSED, "");
    return refusal_text(row.verdict.code);
}

/* F55 | unit | a portfolio endpoint is down, positions are up | no mix, no opens, no flatten */
static void the_equity_of_one_pot_is_not_taken_for_two(void **state)
{
    (void)state;
    struct account_row account;
    struct rig *rig = with_cadences();
    rig->poor = true;
    assert_string_equal(placed_or_why(rig, 1), "none");
    rig_pass(rig, 45 * SECOND); /* three of its cadences and more */
    snapshot_account(rig->engine, &account);
    assert_false(account.balance_known);
    assert_true(account.reconciled);
    rig_forget(rig);
    assert_string_equal(placed_or_why(rig, 2), "equity");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig->poor = false;
    rig_pass(rig, 12 * SECOND);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.equity.e18, rig_money("2000").e18);
    assert_string_equal(placed_or_why(rig, 3), "none");
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* F53 | unit | a fill is booked while the balance is read | read again before it counts */
static void a_balance_with_a_fill_in_it_is_read_again(void **state)
{
    (void)state;
    struct account_row account;
    struct rig *rig = with_cadences();
    struct command_list list = rig_open_list(rig, LIST_BALANCE);
    rig_fill(rig, "t1", "theirs", 0, SIDE_BUY, "100", "0.3", "0.01");
    rig_step(rig, &(struct event){.kind = EVENT_BALANCE, .balance = {.equity = rig_money("1")}});
    rig_step(rig, &(struct event){.kind = EVENT_BALANCE,
                                  .balance = {.profile = PROFILE_INTX}});
    rig_list_end(rig, &list, true);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.equity.e18, rig_money("2000").e18);
    int64_t asked_ns = rig->now.mono_ns;
    list = rig_open_list(rig, LIST_BALANCE);
    assert_true(rig->now.mono_ns - asked_ns <= SECOND);
    rig_balance(rig);
    rig_list_end(rig, &list, true);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.equity.e18, rig_money("2000").e18);
    rig_destroy(rig);
}

/* ---- a clock that was wrong */

/* F66 | unit | the wall clock was ahead when an order left | the next looks go further back */
static void a_missed_order_is_looked_for_further_back(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    int64_t true_wall_ns = rig->now.wall_ns;
    rig->now.wall_ns += 3600 * SECOND;
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_UNKNOWN, "");
    rig->now.wall_ns = true_wall_ns;
    rig_pass(rig, 12 * SECOND); /* lists that lack it */
    struct command_list list = rig_open_list(rig, LIST_ORDERS);
    assert_true(list.since_wall_ns < true_wall_ns);
    rig_list_end(rig, &list, true);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    rig_destroy(rig);
}

static uint32_t cancels_in(struct rig *rig, int64_t ns)
{
    rig_forget(rig);
    rig_pass(rig, ns);
    return rig_count(rig, COMMAND_CANCEL);
}

/* F41 | unit | an order that is being cancelled is in no list | no flood of cancels */
static void a_missing_order_is_not_cancelled_in_a_loop(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    (void)rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_pass(rig, 20 * SECOND); /* no list has it */
    rig_cancel(rig, 0, 1);
    assert_true(cancels_in(rig, 120 * SECOND) <= 5);
    rig_destroy(rig);
}

/* ---- orders that the journal does not know */

static void report_own(struct rig *rig, uint32_t owner)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){.source = REPORT_REST,
                                              .client_id = client_id_make(owner, 77, 5),
                                              .has_client_id = true,
                                              .venue_id = rig_venue_id("v77"),
                                              .status = VENUE_OPEN,
                                              .size = rig_size("1"),
                                              .limit_price = rig_price("90")};
    rig_step(rig, &event);
}

/* F51 | unit | an open order with our tag, not in the journal | counted, cancelled or adopted */
/* F65 | unit | an order under another owner's tag | alarm, counted as exposure, not cancelled */
static void orders_that_the_journal_lacks(void **state)
{
    static const struct { bool ours, adopt; uint32_t cancels; } CASES[] = {
        {true, false, 1}, {true, true, 0}, {false, false, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct rig *rig = rig_create(0);
        engine_destroy(rig->engine);
        rig->settings.unknown_own_orders =
            CASES[i].adopt ? UNKNOWN_OWN_ADOPT : UNKNOWN_OWN_CANCEL;
        rig->engine = engine_create(&rig->settings);
        rig_up(rig);
        rig_forget(rig);
        report_own(rig, rig->settings.owner_tag + !CASES[i].ours);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), CASES[i].cancels);
        assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
        assert_int_equal(rig_records(rig, RECORD_RECONCILE), 1);
        assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("1").e9);
        rig_restart(rig); /* and the policy holds over a restart */
        rig_up(rig);
        report_own(rig, rig->settings.owner_tag + !CASES[i].ours);
        rig_pass(rig, 20 * SECOND);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL) > 0, CASES[i].cancels > 0);
        rig_destroy(rig);
    }
}

int suite_reconcile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_balance_waits_for_no_other_list),
        cmocka_unit_test(lists_come_in_order_and_all_must_be_whole),
        cmocka_unit_test(an_answer_to_another_question_counts_for_nothing),
        cmocka_unit_test(a_list_that_never_ends_is_asked_again),
        cmocka_unit_test(the_user_stream_going_down_undoes_it),
        cmocka_unit_test(the_drop_copy_has_a_cadence),
        cmocka_unit_test(comparing_again_writes_nothing),
        cmocka_unit_test(nothing_leaves_before_the_first_comparison),
        cmocka_unit_test(a_difference_at_start_waits_for_the_operator),
        cmocka_unit_test(what_reduces_our_books_alone_does_not_leave),
        cmocka_unit_test(an_operator_accepts_the_venues_word),
        cmocka_unit_test(a_resumed_difference_reduces_again),
        cmocka_unit_test(a_broken_list_of_fills_is_asked_from_the_same_time),
        cmocka_unit_test(a_fill_of_tomorrow_hides_none_of_today),
        cmocka_unit_test(accept_takes_a_whole_list),
        cmocka_unit_test(a_fill_that_waits_is_compared_once),
        cmocka_unit_test(accept_waits_when_our_books_moved),
        cmocka_unit_test(a_passing_difference_is_tolerated),
        cmocka_unit_test(a_fill_between_two_looks_proves_nothing),
        cmocka_unit_test(a_lost_user_frame_shows_in_the_drop_copy),
        cmocka_unit_test(each_list_has_a_cadence_of_its_own),
        cmocka_unit_test(what_others_filled_shows_within_five_seconds),
        cmocka_unit_test(a_difference_while_running_reduces_within_a_poll),
        cmocka_unit_test(a_list_that_fails_is_asked_with_patience),
        cmocka_unit_test(an_operator_is_told_the_outcome),
        cmocka_unit_test(an_operator_is_told_when_none_can_be_had),
        cmocka_unit_test(the_equity_of_one_pot_is_not_taken_for_two),
        cmocka_unit_test(a_balance_with_a_fill_in_it_is_read_again),
        cmocka_unit_test(a_missed_order_is_looked_for_further_back),
        cmocka_unit_test(a_missing_order_is_not_cancelled_in_a_loop),
        cmocka_unit_test(orders_that_the_journal_lacks),
    };
    return cmocka_run_group_tests_name("reconcile", tests, NULL, NULL);
}
