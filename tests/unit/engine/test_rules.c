/* Rule scripts between two looks of the gate: their word, their silence, their death. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "base/text.h"
#include "engine_rig.h"

static const int64_t MS = 1000000;

static struct rig *ready(uint8_t rules)
{
    struct rig *rig = rig_create(rules);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static void verdict_of(struct rig *rig, int rule, uint64_t request, bool allow, const char *most)
{
    struct event event = {.kind = EVENT_VERDICT};
    event.verdict.runner = (actor_index)(MAX_STRATEGIES + rule);
    event.verdict.generation = rig->generation[MAX_STRATEGIES + rule];
    event.verdict.request = request;
    event.verdict.allow = allow;
    event.verdict.most = rig_size(most);
    text_copy(event.verdict.reason, REASON_MAX, "spread too wide", 15);
    rig_step(rig, &event);
}

static void verdict(struct rig *rig, int rule, uint64_t request, bool allow)
{
    verdict_of(rig, rule, request, allow, "0");
}

static const struct notice *refusal(struct rig *rig)
{
    return rig_last_notice(rig, 0, NOTICE_REFUSAL);
}

static void an_order_waits_for_every_rule(void **state)
{
    (void)state;
    struct rig *rig = ready(2);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_count(rig, COMMAND_JUDGE), 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    /* Its exposure is held while it waits. */
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
    const struct command_judge *judge = &rig_last(rig, COMMAND_JUDGE)->judge;
    assert_int_equal(judge->intent.ref, 1);
    assert_int_equal(judge->strategy, 0);
    uint64_t request = judge->request;
    verdict(rig, 0, request, true);
    verdict(rig, 0, request, true); /* said twice counts once */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    verdict(rig, 1, request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
    verdict(rig, 1, request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

static void credit(struct rig *rig, actor_index runner)
{
    rig_step(rig, &(struct event){.kind = EVENT_CREDIT,
                                  .credit = {runner, rig->generation[runner]}});
}

/* Woken for every view, a rule would answer late when it is asked. */
static void a_rule_is_shown_a_book_only_when_asked(void **state)
{
    (void)state;
    struct rig *rig = ready(2);
    for (int i = 0; i < 5; i++) { /* all that is there is shown, and a credit is left */
        credit(rig, 0);
        credit(rig, MAX_STRATEGIES);
    }
    rig_forget(rig);
    rig_level(rig, 0, SIDE_BUY, "98", "3");
    assert_int_equal(rig_count(rig, COMMAND_VIEW), 1);
    assert_int_equal(rig_last(rig, COMMAND_VIEW)->view.runner, 0);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_int_equal(rig_last(rig, COMMAND_JUDGE)->judge.runner, MAX_STRATEGIES + 1);
    assert_non_null(rig_last(rig, COMMAND_JUDGE)->judge.view);
    rig_destroy(rig);
}

static void one_no_refuses(void **state)
{
    (void)state;
    struct rig *rig = ready(2);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    verdict(rig, 1, request, false);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE);
    assert_string_equal(refusal(rig)->refusal.text, "spread too wide");
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    verdict(rig, 0, request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* What waits keeps its name; one that is withdrawn, or whose script ends, takes no other along. */
static void each_of_those_that_wait_waits_for_itself(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", 1);
    rig_limit(rig, 1, 1, SIDE_BUY, "98", "0.2", 1); /* another's name is another name */
    rig_limit(rig, 0, 1, SIDE_BUY, "97", "0.3", 2);
    assert_int_equal(rig_count(rig, COMMAND_JUDGE), 3);
    uint64_t last = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_limit(rig, 0, 1, SIDE_BUY, "96", "0.4", 2);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_MALFORMED);
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.5").e9);
    rig_runner(rig, 1, RUNNER_DEAD, rig->generation[1]);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.3").e9);
    verdict(rig, 0, last, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.3").e9);
    rig_limit(rig, 0, 1, SIDE_BUY, "95", "0.1", 3);
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "enough");
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_STATE);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.3").e9);
    rig_destroy(rig);
}

static void silence_refuses_what_opens(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    assert_true(engine_next_deadline_ns(rig->engine) <= rig->now.mono_ns + 100 * MS);
    rig_tick(rig, 99 * MS);
    assert_int_equal(rig_notices(rig, 0, NOTICE_REFUSAL), 0);
    rig_tick(rig, MS);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE_SILENT);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    verdict(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true); /* too late */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

static void a_reducing_order_asks_no_rule(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.5", 1);
    verdict(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.5", "0");
    rig_runner(rig, MAX_STRATEGIES, RUNNER_DEAD, rig->generation[MAX_STRATEGIES]);
    rig_forget(rig);
    rig_limit(rig, 0, 0, SIDE_SELL, "101", "0.5", 2);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_limit(rig, 0, 0, SIDE_SELL, "102", "0.5", 3); /* a second one would open */
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE_SILENT);
    rig_destroy(rig);
}

static void a_rule_that_dies_refuses_what_it_was_asked(void **state)
{
    (void)state;
    struct rig *rig = ready(2);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    rig_runner(rig, MAX_STRATEGIES + 1, RUNNER_DEAD, rig->generation[MAX_STRATEGIES + 1]);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE_SILENT);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    rig_destroy(rig);
}

/* The gate has the last word too: what was fine before the rules spoke may not be after. */
static void the_gate_is_asked_again_after_the_rules(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_operator(rig, OPERATOR_REDUCE, TARGET_PRODUCT, 0, "look");
    verdict(rig, 0, request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    assert_int_equal(rig_notices(rig, 0, NOTICE_REFUSAL), 1);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    rig_destroy(rig);
}

/* F71 | unit | an order waits for a rule while its strategy's stop fires, then the rule allows it |
 * refused: the position is being closed */
static void a_stop_that_fires_meanwhile_refuses(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 1, SIDE_BUY, "99", "1", 1);
    verdict(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true);
    rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_ACCEPTED, "v1");
    rig_fill(rig, "t1", "v1", 1, SIDE_BUY, "99", "1", "0");
    rig_intent(rig, 0, (struct intent){.kind = INTENT_PROTECT, .product = 1,
                                       .protect = {.stop = rig_price("97")}});
    rig_limit(rig, 0, 1, SIDE_BUY, "98", "1", 2);
    uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_book(rig, 1, "96", "97", "5");
    rig_forget(rig);
    verdict(rig, 0, request, true);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_STRATEGY_STATE);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* Control 25 holds for what was asked before the other order's outcome got lost. */
static void an_outcome_lost_meanwhile_refuses(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "98", "0.1", 1);
    verdict(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true);
    struct client_id first = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.2", 2);
    uint64_t second = rig_last(rig, COMMAND_JUDGE)->judge.request;
    rig_reply(rig, first, OUTCOME_UNKNOWN, "");
    verdict(rig, 0, second, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_UNKNOWN_OUTSTANDING);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
    rig_destroy(rig);
}

/* Of two rules the tighter one holds, in whole steps of 0.01; what was held for the whole order is
 * given back. */
static void a_rule_may_leave_a_part(void **state)
{
    (void)state;
    static const struct { const char *first, *second, *placed; } ROWS[] = {
        {"0.06", "0.04", "0.04"}, {"0.04", "0.06", "0.04"}, {"0", "0.05", "0.05"},
        {"0.0312345", "0", "0.03"}, {"7", "0", "0.1"}, {"0.1", "0.1", "0.1"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *rig = ready(2);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
        uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
        verdict_of(rig, 0, request, true, ROWS[i].first);
        assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("0.1").e9);
        verdict_of(rig, 1, request, true, ROWS[i].second);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
        assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size(ROWS[i].placed).e9);
        rig_destroy(rig);
    }
}

static void less_than_a_step_is_a_refusal(void **state)
{
    (void)state;
    static const char *const LEFT[] = {"0.009", "0.000000001", "-0.1"};
    for (size_t i = 0; i < sizeof LEFT / sizeof LEFT[0]; i++) {
        struct rig *rig = ready(1);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
        verdict_of(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true, LEFT[i]);
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE);
        assert_string_equal(refusal(rig)->refusal.text, "a rule leaves less than a step of it");
        assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
        rig_destroy(rig);
    }
}

/* A rule's number is hostile until it is a size: the least there is, and one below zero. */
static void less_than_nothing_is_a_refusal(void **state)
{
    (void)state;
    static const char *const MOSTS[] = {"-9223372036.854775808", "-0.05"};
    struct rig *rig = ready(1);
    for (order_ref i = 0; i < 2; i++) {
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", i + 1);
        verdict_of(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true, MOSTS[i]);
        assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_RULE);
        rig_pass(rig, 200 * MS);
    }
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* AC-D4 | unit | more orders wait for the rules than there is room for | the next is refused, and
 * none of the others */
static void more_than_can_wait_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    rig->settings.strategies[0].max_messages = rig->settings.strategies[0].max_working_orders =
        2 * MAX_PENDING_INTENTS;
    rig->settings.product_limits[0].max_working_orders = 2 * MAX_PENDING_INTENTS;
    rig->settings.duplicate_window_ns = 1;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    for (order_ref i = 0; i < MAX_PENDING_INTENTS; i++)
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.01", i + 1);
    assert_int_equal(rig_count(rig, COMMAND_JUDGE), MAX_PENDING_INTENTS);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.01", MAX_PENDING_INTENTS + 1);
    assert_int_equal(refusal(rig)->refusal.verdict.code, REFUSED_FULL);
    assert_int_equal(rig_notices(rig, 0, NOTICE_REFUSAL), 1);
    rig_destroy(rig);
}

/* Of two that wait the first is let go: what comes for the second finds it. */
static void those_that_wait_are_found_past_a_gap(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct rig *rig = ready(2);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
        uint64_t first = rig_last(rig, COMMAND_JUDGE)->judge.request;
        rig_limit(rig, 1, 1, SIDE_BUY, "99", "0.2", 1);
        uint64_t second = rig_last(rig, COMMAND_JUDGE)->judge.request;
        verdict(rig, 1, first, false);
        if (way == 0) { /* its own cancel; another strategy's has the same number */
            rig_limit(rig, 1, 1, SIDE_BUY, "98", "0.3", 2);
            rig_cancel(rig, 0, 1);
            assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.5").e9);
            rig_cancel(rig, 1, 1);
            assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.3").e9);
        } else if (way == 1) { /* a halt */
            rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "enough");
            assert_int_equal(rig_product(rig, 1).working_buy.e9, 0);
        } else { /* a rule that has said yes dies: the other one's word is still wanted */
            verdict(rig, 0, second, true);
            rig_runner(rig, MAX_STRATEGIES, RUNNER_DEAD, rig->generation[MAX_STRATEGIES]);
            assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("0.2").e9);
            verdict(rig, 1, second, false);
            assert_int_equal(rig_product(rig, 1).working_buy.e9, 0);
        }
        assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
        rig_destroy(rig);
    }
}

/* A rule may set a timer as any script may; it is told of candles alone, so none rings. */
static void a_rules_timer_rings_for_nobody(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_step(rig, &(struct event){.kind = EVENT_TIMER_SET,
                                  .timer_set = {MAX_STRATEGIES, rig->generation[MAX_STRATEGIES], 1,
                                                MS}});
    rig_pass(rig, 1000 * MS);
    assert_int_equal(rig_notices(rig, MAX_STRATEGIES, NOTICE_TIMER), 0);
    assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 0);
    rig_destroy(rig);
}

/* Nobody told of the third product: the rules see that its worth is not known. */
static void a_holding_without_a_mark_has_none(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    rig->settings.catalog.count = 3;
    rig->settings.catalog.items[2] = rig->settings.catalog.items[1];
    memcpy(rig->settings.catalog.items[2].product_id, "ETH-PERP-INTX", 14);
    rig->settings.product_limits[2] = rig->settings.product_limits[1];
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig->settings.catalog.count = 2; /* the rig tells of two */
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    const struct view *view = rig_last(rig, COMMAND_JUDGE)->judge.view;
    assert_int_equal(view->holding_count, 3);
    assert_true(view->holdings[1].mark.e9 > 0);
    assert_int_equal(view->holdings[2].mark.e9, 0);
    rig_destroy(rig);
}

static void a_cancel_withdraws_what_waits(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    rig_cancel(rig, 0, 1);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, 0);
    verdict(rig, 0, rig_last(rig, COMMAND_JUDGE)->judge.request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

static void a_forged_verdict_moves_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready(1);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "0.1", 1);
    uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    verdict(rig, 0, request + 256, true);
    verdict(rig, 0, request ^ 5, true);
    verdict(rig, 0, UINT64_MAX, true);
    rig->generation[MAX_STRATEGIES]--;
    verdict(rig, 0, request, true);
    rig->generation[MAX_STRATEGIES]++;
    struct event event = {.kind = EVENT_VERDICT};
    event.verdict.request = request;
    event.verdict.generation = rig->generation[0];
    event.verdict.allow = true; /* the strategy's own runner */
    rig_step(rig, &event);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    verdict(rig, 0, request, true);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 1);
    rig_destroy(rig);
}

/* ---- law 5, over random orders, states and verdicts: beside a twin without rules */

/* An engine costs as much as ten thousand orders, a state as much as three. */
#ifdef __SANITIZE_ADDRESS__
enum { CASES = 10000 };
#else
enum { CASES = 1000000 };
#endif
enum { CASES_A_RIG = CASES / 20, CASES_A_STATE = 8, TWINS = 2 };

struct twins { struct rig *rigs[TWINS]; uint32_t rules; struct prng prng; };

static uint32_t roll(struct twins *t, uint32_t of)
{
    return (uint32_t)prng_below(&t->prng, of);
}

/* Everything in its place: both hold a long of 1, of which an order may reduce. */
static void open_twins(struct twins *t)
{
    t->rules = 1 + roll(t, 3);
    for (int i = 0; i < TWINS; i++) {
        struct rig *rig = t->rigs[i] = ready(i == 0 ? 0 : (uint8_t)t->rules);
        rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
        for (uint32_t rule = 0; i > 0 && rule < t->rules; rule++)
            verdict(rig, (int)rule, rig_last(rig, COMMAND_JUDGE)->judge.request, true);
        struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
        rig_reply(rig, id, OUTCOME_ACCEPTED, "v1");
        rig_report(rig, id, "v1", VENUE_FILLED, "1", "99", REPORT_USER_UPDATE);
        rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
        rig->venue_position[0] = rig_size("1");
    }
}

static void any_state(struct twins *t)
{
    static const enum operator_verb VERBS[] = {OPERATOR_RESUME, OPERATOR_RESUME, OPERATOR_REDUCE,
                                               OPERATOR_HALT};
    enum operator_verb verb = VERBS[roll(t, 4)];
    bool known = roll(t, 4) > 0, crossed = roll(t, 6) == 0;
    int target = (int)roll(t, 3);
    for (int i = 0; i < TWINS; i++) {
        struct rig *rig = t->rigs[i];
        for (int other = TARGET_ACCOUNT; other <= TARGET_PRODUCT; other++)
            rig_operator(rig, OPERATOR_RESUME, other, 0, "the next case");
        rig_operator(rig, verb, target, 0, "a case");
        rig_step(rig, &(struct event){.kind = EVENT_SKEW, .skew = {.known = known}});
        rig_link(rig, STREAM_MARKET, true); /* a crossed book asked for it */
        rig_beat(rig);
        rig_book(rig, 0, crossed ? "101" : "99", crossed ? "99" : "101", "5");
        rig_book(rig, 1, "99", "101", "5");
    }
}

/* Some answer, some do not, some are not there. */
static void any_verdicts(struct twins *t, uint32_t asked)
{
    static const char *const LEFT[] = {"0", "0", "0", "0.05", "0.7", "200000"};
    struct rig *rig = t->rigs[1];
    if (rig_count(rig, COMMAND_JUDGE) == asked)
        return;
    uint64_t request = rig_last(rig, COMMAND_JUDGE)->judge.request;
    for (uint32_t rule = 0; rule < t->rules; rule++)
        if (roll(t, 8) > 0)
            verdict_of(rig, (int)rule, request, roll(t, 8) > 0, LEFT[roll(t, 6)]);
}

static void any_presence(struct twins *t, bool back)
{
    static uint32_t generation = 1000000;
    for (uint32_t rule = 0; rule < t->rules; rule++)
        if (back || roll(t, 12) == 0)
            rig_runner(t->rigs[1], (actor_index)(MAX_STRATEGIES + rule),
                       back ? RUNNER_READY : RUNNER_DEAD, ++generation);
}

static struct intent any_intent(struct twins *t, order_ref ref)
{
    static const char *const PRICES[] = {"98", "99", "101", "99.3", "150", "0"};
    static const char *const SIZES[] = {"0.1", "0.5", "1", "1.5", "0.0001", "100000"};
    struct intent intent = rig_limit_intent(0, roll(t, 2) ? SIDE_BUY : SIDE_SELL,
                                            PRICES[roll(t, 6)], SIZES[roll(t, 6)], ref);
    intent.reduce_only = roll(t, 4) == 0;
    intent.post_only = roll(t, 4) == 0;
    if (roll(t, 4) == 0)
        intent.tif = TIF_IOC;
    return intent;
}

/* How much of it was placed; the venue then refuses it, so that nothing is left of the case. */
static int64_t place(struct twins *t, int which, struct intent intent)
{
    struct rig *rig = t->rigs[which];
    rig->journal_count = 0; /* nobody restarts here */
    rig_forget(rig);
    rig_intent(rig, 0, intent);
    if (which == 1)
        any_verdicts(t, 0);
    rig_tick(rig, 200 * MS); /* past the rules' deadline */
    if (rig_count(rig, COMMAND_PLACE) == 0)
        return 0;
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    int64_t placed_e9 = rig_order(rig, id).size.e9;
    rig_reply(rig, id, OUTCOME_REFUSED, "");
    return placed_e9;
}

static void close_twins(struct twins *t)
{
    for (int i = 0; i < TWINS; i++)
        rig_destroy(t->rigs[i]);
}

/* AC-F1 | unit | random orders and states beside a twin without rules; rules allow, shrink, refuse,
 * are silent or dead | what the gate refuses is refused; what can only reduce is as without them */
static void rules_never_turn_a_refusal_into_an_acceptance(void **state)
{
    (void)state;
    struct twins t;
    uint32_t both = 0, stopped = 0, reduced = 0, shrunk = 0;
    prng_seed(&t.prng, 5);
    for (order_ref i = 0; i < CASES; i++) {
        if (i % CASES_A_RIG == 0)
            open_twins(&t);
        if (i % CASES_A_STATE == 0) {
            any_presence(&t, true);
            any_state(&t);
            any_presence(&t, false);
        }
        struct intent intent = any_intent(&t, i + 2);
        bool reduces = intent.side == SIDE_SELL && intent.size.e9 <= rig_size("1").e9;
        int64_t without = place(&t, 0, intent), with = place(&t, 1, intent);
        if (with > without)
            fail_msg("case %llu: more passed with rules than without", (unsigned long long)i);
        if (reduces && with != without)
            fail_msg("case %llu: a rule stopped what reduces", (unsigned long long)i);
        both += with > 0;
        shrunk += with > 0 && with < without;
        stopped += without > 0 && with == 0;
        reduced += reduces && with > 0;
        if (i % CASES_A_RIG == CASES_A_RIG - 1)
            close_twins(&t);
    }
    assert_true(both > CASES / 50 && stopped > CASES / 100 && reduced > CASES / 50);
    assert_true(shrunk > CASES / 200);
}

int suite_rules(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_waits_for_every_rule),
        cmocka_unit_test(a_rule_is_shown_a_book_only_when_asked),
        cmocka_unit_test(one_no_refuses),
        cmocka_unit_test(each_of_those_that_wait_waits_for_itself),
        cmocka_unit_test(silence_refuses_what_opens),
        cmocka_unit_test(a_reducing_order_asks_no_rule),
        cmocka_unit_test(a_rule_that_dies_refuses_what_it_was_asked),
        cmocka_unit_test(the_gate_is_asked_again_after_the_rules),
        cmocka_unit_test(a_stop_that_fires_meanwhile_refuses),
        cmocka_unit_test(an_outcome_lost_meanwhile_refuses),
        cmocka_unit_test(a_rule_may_leave_a_part),
        cmocka_unit_test(less_than_a_step_is_a_refusal),
        cmocka_unit_test(less_than_nothing_is_a_refusal),
        cmocka_unit_test(more_than_can_wait_is_refused),
        cmocka_unit_test(those_that_wait_are_found_past_a_gap),
        cmocka_unit_test(a_rules_timer_rings_for_nobody),
        cmocka_unit_test(a_holding_without_a_mark_has_none),
        cmocka_unit_test(a_cancel_withdraws_what_waits),
        cmocka_unit_test(a_forged_verdict_moves_nothing),
        cmocka_unit_test(rules_never_turn_a_refusal_into_an_acceptance),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
