/* Random runs against a lossy venue: the journal read back gives the same engine at every point,
 * and when the venue has told everything, engine and venue agree to the last unit. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/snapshot_care.h"
#include "mini_venue.h"
#include "model/client_id.h"

static const int64_t MS = 1000000;

struct run { struct rig *rig; struct mini_venue venue; struct prng prng; order_ref ref; };

static struct run *run_create(uint64_t seed)
{
    struct run *run = calloc(1, sizeof *run);
    run->rig = rig_create(0);
    run->rig->hold_lists = false;
    rig_up(run->rig);
    run->rig->hold_lists = true;
    rig_forget(run->rig);
    mini_init(&run->venue, seed);
    prng_seed(&run->prng, seed * 77 + 1);
    return run;
}

static void run_destroy(struct run *run)
{
    rig_destroy(run->rig);
    free(run);
}

/* ---- comparing two engines by all that the operator may see */

static void assert_same_orders(const struct engine *live, const struct engine *again)
{
    struct order_row a, b;
    uint32_t count = 0, restored = 0;
    for (; snapshot_order(live, count, &a); count++) {
        assert_true(snapshot_find_order(again, a.id, &b));
        if (a.state == ORDER_SENT) /* leaving is not journaled: nothing hangs on it */
            a.state = ORDER_INTENDED;
        /* A wish to cancel is not journaled either; live orders only, ended ones do not care. */
        a.cancel_wanted = b.cancel_wanted;
        a.changed_wall_ns = b.changed_wall_ns;
        assert_memory_equal(&a, &b, sizeof a);
    }
    while (snapshot_order(again, restored, &b))
        restored++;
    assert_int_equal(restored, count);
}

static void assert_same_positions(const struct engine *live, const struct engine *again)
{
    struct position_row a, b;
    uint32_t i = 0;
    for (; snapshot_position(live, i, &a); i++) {
        assert_true(snapshot_position(again, i, &b));
        a.unrealised = b.unrealised; /* marks are not restored: the market is elsewhere by now */
        assert_memory_equal(&a, &b, sizeof a);
    }
    assert_false(snapshot_position(again, i, &b));
}

/* What its actors have, which are compared one by one. What waits for its order is the account's
 * alone, and read anew from the venue. */
static int64_t sum_of_actors(const struct engine *engine, product_index product)
{
    struct position_row row;
    int64_t sum = 0;
    for (uint32_t i = 0; snapshot_position(engine, i, &row); i++)
        sum += row.product == product ? row.size.e9 : 0;
    return sum;
}

static void assert_same_latches(const struct engine *live, const struct engine *again)
{
    struct account_row a, b;
    struct product_row p, q;
    struct strategy_row s, t;
    snapshot_account(live, &a);
    snapshot_account(again, &b);
    assert_int_equal(a.state, b.state);
    assert_string_equal(a.reason, b.reason);
    assert_true(a.working_value.e18 == b.working_value.e18);
    assert_int_equal(a.working, b.working);
    for (product_index i = 0; snapshot_product(live, i, &p); i++) {
        assert_true(snapshot_product(again, i, &q));
        assert_int_equal(p.state, q.state);
        assert_string_equal(p.reason, q.reason);
        assert_int_equal(p.working_buy.e9, q.working_buy.e9);
        assert_int_equal(p.working_sell.e9, q.working_sell.e9);
        assert_int_equal(sum_of_actors(live, i), q.position.e9);
    }
    for (uint32_t i = 0; snapshot_strategy(live, i, &s); i++) {
        assert_true(snapshot_strategy(again, i, &t));
        assert_int_equal(s.state, t.state);
        assert_string_equal(s.reason, t.reason);
    }
}

static void assert_restores_to_the_same(struct rig *rig)
{
    struct engine *again = engine_create(&rig->settings);
    for (uint32_t i = 0; i < rig->journal_count; i++)
        assert_true(engine_restore(again, &rig->journal[i]));
    assert_same_orders(rig->engine, again);
    assert_same_positions(rig->engine, again);
    assert_same_latches(rig->engine, again);
    for (actor_index i = 0; i < 2; i++)
        assert_int_equal(snapshot_generation(rig->engine, i), snapshot_generation(again, i));
    engine_destroy(again);
}

/* ---- random doings */

static void place_some(struct run *run)
{
    static const char *const BIDS[] = {"99", "98.5", "98", "97"};
    static const char *const ASKS[] = {"101", "101.5", "102", "103"};
    static const char *const SIZES[] = {"0.01", "0.07", "0.33", "1", "0.5"};
    enum side side = (enum side)prng_below(&run->prng, 2);
    actor_index strategy = (actor_index)prng_below(&run->prng, 2);
    const char *const *prices = side == SIDE_BUY ? BIDS : ASKS;
    rig_limit(run->rig, strategy, strategy ? 1 : (product_index)prng_below(&run->prng, 2), side,
              prices[prng_below(&run->prng, 4)], SIZES[prng_below(&run->prng, 5)], ++run->ref);
}

static void do_something(struct run *run)
{
    switch (prng_below(&run->prng, 12)) {
    case 0:
    case 1:
    case 2: place_some(run); break;
    case 3:
        if (run->ref > 0)
            rig_cancel(run->rig, (actor_index)prng_below(&run->prng, 2),
                       1 + prng_below(&run->prng, run->ref));
        break;
    case 4: rig_pass(run->rig, 700 * MS); break;
    case 5:
        if (prng_below(&run->prng, 60) == 0)
            rig_operator(run->rig, OPERATOR_REDUCE, TARGET_PRODUCT, 1, "try");
        if (prng_below(&run->prng, 20) == 0)
            rig_operator(run->rig, OPERATOR_RESUME, TARGET_PRODUCT, 1, "tried");
        break;
    default: mini_move(&run->venue, run->rig); break;
    }
    mini_serve(&run->venue, run->rig);
}

static void assert_equals_the_venue(struct run *run)
{
    struct order_row row;
    for (uint32_t i = 0; i < run->venue.order_count; i++) {
        const struct mini_order *order = &run->venue.orders[i];
        assert_true(snapshot_find_order(run->rig->engine, order->id, &row));
        assert_int_equal(row.filled.e9, order->filled.e9);
        assert_int_equal(row.booked.e9, order->filled.e9);
        assert_int_equal(row.live, order->status == VENUE_OPEN);
        assert_string_equal(row.venue_id.text, order->venue_id);
    }
    for (uint32_t i = 0; snapshot_order(run->rig->engine, i, &row); i++)
        assert_true(row.state != ORDER_UNKNOWN && row.state != ORDER_SENT);
    for (product_index p = 0; p < 2; p++)
        for (actor_index a = 0; a < 2; a++) {
            struct mini_truth truth = mini_truth_of(&run->venue, a, p);
            struct position_row position = rig_position(run->rig, a, p);
            assert_int_equal(position.size.e9, truth.size);
            assert_true(position.fees.e18 == truth.fees);
            assert_true(position.realised.e18 - position.cost.e18 == truth.cash);
        }
    assert_int_equal(rig_position(run->rig, ACTOR_EXTERNAL, 0).size.e9, 0);
    assert_int_equal(rig_position(run->rig, ACTOR_EXTERNAL, 1).size.e9, 0);
}

/* F61 | unit | the journal of random runs is read again | the same state to the last field */
static void any_run_restores_and_ends_in_agreement(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct run *run = run_create(seed);
        for (int i = 0; i < 900; i++) {
            do_something(run);
            if (i % 50 == 0)
                assert_restores_to_the_same(run->rig);
        }
        assert_true(run->venue.fill_count > 20);
        mini_calm(&run->venue, run->rig);
        assert_equals_the_venue(run);
        assert_restores_to_the_same(run->rig);
        run_destroy(run);
    }
}

/* A crash anywhere: what the venue did meanwhile is found out, and nothing is sent before. */
/* F61 | unit | crashes at random places of random runs | nothing sent before compared; books
 * equal the venue */
static void any_crash_ends_in_agreement(void **state)
{
    (void)state;
    for (uint64_t seed = 101; seed <= 112; seed++) {
        struct run *run = run_create(seed);
        for (int crash = 0; crash < 4; crash++) {
            for (int i = 0; i < 150; i++)
                do_something(run);
            place_some(run); /* on its way when the host dies */
            rig_restart(run->rig);
            run->venue.taken = run->venue.list_count = 0;
            rig_limit(run->rig, 0, 0, SIDE_BUY, "99", "0.01", ++run->ref);
            assert_int_equal(rig_count(run->rig, COMMAND_PLACE), 0);
            rig_up(run->rig);
            mini_serve(&run->venue, run->rig);
        }
        mini_calm(&run->venue, run->rig);
        assert_equals_the_venue(run);
        run_destroy(run);
    }
}

/* More orders than the table holds: the oldest ended ones are let go, here as in the replay. */
static void more_orders_than_fit(void **state)
{
    (void)state;
    static const char *const SIZES[] = {"0.01", "0.02", "0.03", "0.04", "0.05"};
    struct order_row row;
    struct rig *rig = rig_create(0);
    uint32_t rows = 0;
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_SELL, "110", "1", 1, "stays");
    for (order_ref ref = 2; ref < MAX_ORDERS + 900; ref++) {
        rig_limit(rig, 0, 0, SIDE_BUY, "98", SIZES[ref % 5], ref);
        rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
        rig_forget(rig);
        if (ref % 5 == 0) /* a lively market; the order that stays is shown from time to time */
            rig_pass(rig, 600 * MS);
        if (ref % 50 == 0)
            rig_report(rig, client_id_make(rig->settings.owner_tag, rig->settings.boot_random, 1),
                       "stays", VENUE_OPEN, "0", "0", REPORT_USER_UPDATE);
    }
    while (snapshot_order(rig->engine, rows, &row))
        rows++;
    assert_int_equal(rows, MAX_ORDERS);
    assert_restores_to_the_same(rig);
    rig_destroy(rig);
}

/* ---- single matters */

/* F60 | unit | crash after the journal, before the send | UNKNOWN, counted, not sent */
static void what_was_on_its_way_is_unknown_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_int_equal(rig_order(rig, id).state, ORDER_UNKNOWN);
    assert_int_equal(rig_product(rig, 0).working_buy.e9, rig_size("1").e9);
    assert_int_equal(rig_records(rig, RECORD_BOOT), 1);
    assert_int_equal(rig_records(rig, RECORD_ORDER), 1);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), 0);
    rig_destroy(rig);
}

/* AC-E2 | unit | crash while halted | halted with its reason; only resume ends it */
static void a_halt_survives_and_ids_do_not_repeat(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct account_row account;
    rig_up(rig);
    rig_limit(rig, 0, 0, SIDE_BUY, "99", "1", 1);
    struct client_id before = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "overnight");
    rig->settings.boot_random--; /* the same random part twice: rig_restart adds it back */
    rig_restart(rig);
    rig_up(rig);
    snapshot_account(rig->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_string_equal(account.reason, "overnight");
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "morning");
    rig_limit(rig, 0, 0, SIDE_SELL, "102", "1", 2);
    struct client_id after = rig_last(rig, COMMAND_PLACE)->place.id;
    assert_memory_not_equal(&before, &after, sizeof after);
    rig_destroy(rig);
}

/* What the operator was told is being cancelled is, over any crash; what came later is not. */
static void an_acknowledged_cancel_mine_survives(void **state)
{
    (void)state;
    static const enum operator_verb VERBS[] = {OPERATOR_CANCEL_MINE, OPERATOR_STOP};
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_create(0);
        rig->settings.max_cancels = 1;
        engine_destroy(rig->engine);
        rig->engine = engine_create(&rig->settings);
        rig_up(rig);
        rig->hold_lists = true;
        rig_open_order(rig, 0, 1, SIDE_BUY, "95", "1", 1, "v1");
        rig_open_order(rig, 1, 1, SIDE_BUY, "96", "1", 1, "v2");
        rig_limit(rig, 0, 0, SIDE_BUY, "97", "1", 2);
        struct client_id sent = rig_last(rig, COMMAND_PLACE)->place.id;
        rig_forget(rig);
        rig_operator(rig, VERBS[i], TARGET_ACCOUNT, 0, "");
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
        rig_restart(rig);
        rig_up(rig);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
        rig_report(rig, sent, "v3", VENUE_OPEN, "0", "0", REPORT_REST);
        rig_pass(rig, 2000 * MS);
        assert_int_equal(rig_count(rig, COMMAND_CANCEL), 2);
        assert_int_equal(rig_order(rig, sent).state, ORDER_CANCEL_SENT);
        rig_destroy(rig);
    }
}

static void an_order_after_a_cancel_mine_is_kept(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0, "");
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "96", "1", 1, "v1");
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_PRODUCT, 0, "");
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_STRATEGY, 1, "");
    rig_restart(rig);
    rig->hold_lists = true;
    rig_up(rig);
    assert_false(rig_order(rig, id).cancel_wanted);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_destroy(rig);
}

/* Even what could only reduce waits: before the comparison nobody knows what would. */
/* The first list reaches back to what may have ended while we were away; later ones need not. */
static void the_first_list_reaches_back(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    int64_t placed_ns = rig->now.wall_ns;
    rig_restart(rig);
    rig->now.mono_ns += 86400000 * MS;
    rig->now.wall_ns += 86400000 * MS;
    rig->hold_lists = true;
    rig_link(rig, STREAM_USER, true);
    struct command_list list = rig_last_list(rig, LIST_ORDERS);
    assert_true(list.since_wall_ns <= placed_ns);
    rig_report(rig, id, "v1", VENUE_OPEN, "0", "0", REPORT_REST);
    rig->hold_lists = false;
    rig_list_end(rig, &list, true);
    rig_pass(rig, 4000 * MS);
    rig->hold_lists = true;
    rig_forget(rig);
    rig_pass(rig, 6000 * MS);
    for (uint32_t i = 0; i < rig->command_count; i++)
        if (rig->commands[i].kind == COMMAND_LIST && rig->commands[i].list.kind == LIST_ORDERS)
            assert_true(rig->commands[i].list.since_wall_ns > placed_ns);
    assert_true(rig_count(rig, COMMAND_LIST) > 0);
    rig_destroy(rig);
}

static void a_strangers_order_is_restored_as_last_shown(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    rig_up(rig);
    event.order.venue_id = rig_venue_id("x1");
    event.order.side = SIDE_SELL;
    event.order.status = VENUE_OPEN;
    event.order.size = rig_size("3");
    event.order.limit_price = rig_price("105");
    rig_step(rig, &event);
    event.order.filled = rig_size("1");
    rig_step(rig, &event);
    assert_int_equal(rig_product(rig, 0).working_sell.e9, rig_size("2").e9);
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_int_equal(rig_product(rig, 0).working_sell.e9, rig_size("2").e9);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 0);
    rig_destroy(rig);
}

/* ---- the configuration is another one by now */

static void swap_strategies(struct rig *rig)
{
    struct strategy_settings first = rig->settings.strategies[0];
    rig->settings.strategies[0] = rig->settings.strategies[1];
    rig->settings.strategies[1] = first;
}

static void names_count_when_the_order_of_the_config_changes(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct strategy_row row;
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 7, "v7");
    rig_fill(rig, "t1", "v7", 1, SIDE_BUY, "99", "0.25", "0");
    rig_report(rig, id, "v7", VENUE_OPEN, "0.5", "99", REPORT_USER_UPDATE);
    rig_open_order(rig, 1, 1, SIDE_BUY, "98", "1", 8, "v8");
    rig_operator(rig, OPERATOR_CANCEL_MINE, TARGET_STRATEGY, 0, "");
    rig_operator(rig, OPERATOR_HALT, TARGET_STRATEGY, 0, "runaway");
    rig_operator(rig, OPERATOR_HALT, TARGET_PRODUCT, 0, "broken");
    struct instrument spec = rig->settings.catalog.items[0];
    rig->settings.catalog.items[0] = rig->settings.catalog.items[1];
    rig->settings.catalog.items[1] = spec;
    swap_strategies(rig);
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_int_equal(rig_product(rig, 0).state, TRADING_ACTIVE);
    assert_int_equal(rig_product(rig, 1).state, TRADING_HALTED);
    assert_true(snapshot_strategy(rig->engine, 0, &row));
    assert_int_equal(row.state, TRADING_ACTIVE);
    assert_true(snapshot_strategy(rig->engine, 1, &row));
    assert_int_equal(row.state, TRADING_HALTED);
    assert_int_equal(rig_position(rig, 0, 0).size.e9, 0);
    assert_int_equal(rig_position(rig, 1, 0).size.e9, rig_size("0.5").e9);
    assert_int_equal(rig_order(rig, id).actor, 1);
    assert_true(rig_order(rig, id).cancel_wanted);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0);
    rig_destroy(rig);
}

static struct event stranger(const char *venue_id)
{
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){
        .source = REPORT_REST, .venue_id = rig_venue_id(venue_id), .product = 1,
        .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT, .status = VENUE_OPEN,
        .size = rig_size("0.5"), .limit_price = rig_price("95")};
    return event;
}

/* F51 | unit | an order is parked, then the products of the config change places | it is parked for
 * its own product, and not shown for another */
static void what_is_parked_goes_by_name(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct parked_row row;
    rig_up(rig);
    struct event event = stranger("x1");
    rig_step(rig, &event);
    struct instrument spec = rig->settings.catalog.items[0];
    rig->settings.catalog.items[0] = rig->settings.catalog.items[1];
    rig->settings.catalog.items[1] = spec;
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_true(snapshot_parked(rig->engine, 0, &row));
    assert_int_equal(row.parked.product, 0);
    rig->settings.catalog.items[0] = spec; /* that of the other is no more */
    rig->settings.catalog.count = 1;
    rig_restart(rig);
    assert_false(snapshot_parked(rig->engine, 0, &row));
    rig_destroy(rig);
}

/* AC-F1 | unit | a bracket works, then a kill | valued as before, at the worst it could trade */
static void an_exit_is_valued_after_a_kill_as_before(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_SELL, "101", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_SELL, "101", "1", "0");
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "97", "1", 2);
    intent.type = ORDER_TYPE_BRACKET;
    intent.stop_price = rig_price("104");
    rig_intent(rig, 0, intent);
    struct money before = rig_product(rig, 0).working_value;
    assert_true(before.e18 > rig_money("104").e18);
    rig_restart(rig);
    assert_true(rig_product(rig, 0).working_value.e18 == before.e18);
    rig_destroy(rig);
}

static void a_strategy_that_is_gone_leaves_its_things_to_the_operator(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 1, 1, SIDE_BUY, "99", "1", 7, "v7");
    rig_fill(rig, "t1", "v7", 1, SIDE_BUY, "99", "0.25", "0");
    rig_report(rig, id, "v7", VENUE_OPEN, "0.5", "99", REPORT_USER_UPDATE);
    rig_operator(rig, OPERATOR_HALT, TARGET_STRATEGY, 1, "runaway");
    rig->settings.strategy_count = 1;
    rig_restart(rig);
    rig->hold_lists = true;
    rig_tick(rig, 1);
    assert_int_equal(rig_order(rig, id).actor, ACTOR_OPERATOR);
    assert_int_equal(rig_position(rig, ACTOR_OPERATOR, 1).size.e9, rig_size("0.5").e9);
    assert_int_equal(rig_count(rig, COMMAND_CANCEL), 1);
    assert_non_null(strstr(rig_last(rig, COMMAND_ALERT)->alert.text, "cross"));
    assert_int_equal(rig_account_state(rig), TRADING_HALTED);
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "it is gone for good");
    rig_restart(rig);
    rig_tick(rig, 1);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    rig->settings.strategy_count = 2;
    rig_restart(rig);
    assert_int_equal(rig_order(rig, id).actor, 1);
    assert_int_equal(rig_position(rig, 1, 1).size.e9, rig_size("0.5").e9);
    rig_destroy(rig);
}

/* Until it is answered it is said at each start; after that no more; and the order is not lost. */
static void a_live_order_of_a_product_that_is_gone_is_told(void **state)
{
    (void)state;
    char text[CLIENT_ID_TEXT];
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct client_id ended = rig_open_order(rig, 0, 1, SIDE_BUY, "97", "1", 6, "v6");
    rig_report(rig, ended, "v6", VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    struct client_id id = rig_open_order(rig, 0, 1, SIDE_BUY, "99", "1", 7, "v7");
    rig_operator(rig, OPERATOR_HALT, TARGET_ACCOUNT, 0, "an older matter");
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "of no concern here");
    rig->settings.catalog.count = 1;
    for (int i = 0; i < 2; i++) {
        rig_restart(rig);
        rig_tick(rig, 1);
        client_id_format(id, text);
        assert_int_equal(rig_alerts(rig, text), 1);
        assert_int_equal(rig_count(rig, COMMAND_ALERT), 1);
        assert_int_equal(rig_account_state(rig), TRADING_REDUCING);
    }
    rig_operator(rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "cancelled by hand");
    rig_restart(rig);
    rig_tick(rig, 1);
    assert_int_equal(rig_count(rig, COMMAND_ALERT), 0);
    assert_int_equal(rig_account_state(rig), TRADING_ACTIVE);
    rig->settings.catalog.count = 2;
    rig_restart(rig);
    assert_true(rig_order(rig, id).live);
    assert_int_equal(rig_product(rig, 1).working_buy.e9, rig_size("1").e9);
    rig_destroy(rig);
}

/* F64 | unit | seven kinds of changed or doubled records | refused */
static void a_damaged_record_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    rig_open_order(rig, 0, 0, SIDE_BUY, "99", "1", 1, "v1");
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "1", "0");
    for (int fault = 0; fault < 7; fault++) {
        struct engine *again = engine_create(&rig->settings);
        bool taken = true;
        for (uint32_t i = 0; i < rig->journal_count && taken; i++) {
            struct record record = rig->journal[i];
            if (record.kind == RECORD_ORDER && record.order.state != ORDER_INTENDED) {
                record.order.side = fault == 0 ? SIDE_SELL : record.order.side;
                record.order.size.e9 += fault == 1;
                record.order.state = fault == 2 ? (enum order_state)99 : record.order.state;
                if (fault == 3)
                    memcpy(record.order.name, rig->settings.strategies[1].name, NAME_MAX_BYTES);
                if (fault == 6)
                    record.order.name[0] = '\0';
            }
            if (record.kind == RECORD_FILL && fault == 4)
                record.fill.fill.size.e9 = 0;
            if (record.kind == RECORD_FILL && fault == 5)
                assert_true(engine_restore(again, &record)); /* a doubled row */
            taken = engine_restore(again, &record);
        }
        assert_false(taken);
        engine_destroy(again);
    }
    rig_destroy(rig);
}

static bool restore_fill(struct engine *engine, uint32_t number)
{
    struct record record = {.kind = RECORD_FILL};
    struct record_fill *r = &record.fill;
    r->actor = ACTOR_EXTERNAL;
    snprintf(r->product_id, sizeof r->product_id, "%s", "BTC-PERP-INTX");
    snprintf(r->fill.trade_id.text, sizeof r->fill.trade_id.text, "t%u", (unsigned)number);
    snprintf(r->fill.venue_order_id.text, sizeof r->fill.venue_order_id.text, "o%u",
             (unsigned)number);
    r->fill.product = 1;
    r->fill.side = number % 2 ? SIDE_SELL : SIDE_BUY;
    r->fill.price = rig_price("100");
    r->fill.size = rig_size("1");
    return engine_restore(engine, &record);
}

/* AC-C2 | unit | more fills than are remembered, then the newest and the oldest again | the newest
 * is known, and no other is taken for one that was */
static void the_oldest_of_many_fills_make_room(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    for (uint32_t i = 0; i < 2 * MAX_FILLS_SEEN; i++)
        assert_true(restore_fill(rig->engine, i));
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, 0);
    assert_false(restore_fill(rig->engine, 2 * MAX_FILLS_SEEN - 1));
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, 0);
    assert_true(restore_fill(rig->engine, 0)); /* of long ago: no list goes back so far */
    assert_int_equal(rig_position(rig, ACTOR_EXTERNAL, 1).size.e9, rig_size("1").e9);
    rig_destroy(rig);
}

int suite_restore(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_run_restores_and_ends_in_agreement),
        cmocka_unit_test(any_crash_ends_in_agreement),
        cmocka_unit_test(more_orders_than_fit),
        cmocka_unit_test(what_was_on_its_way_is_unknown_after_a_restart),
        cmocka_unit_test(a_halt_survives_and_ids_do_not_repeat),
        cmocka_unit_test(an_acknowledged_cancel_mine_survives),
        cmocka_unit_test(an_order_after_a_cancel_mine_is_kept),
        cmocka_unit_test(the_first_list_reaches_back),
        cmocka_unit_test(a_strangers_order_is_restored_as_last_shown),
        cmocka_unit_test(names_count_when_the_order_of_the_config_changes),
        cmocka_unit_test(a_strategy_that_is_gone_leaves_its_things_to_the_operator),
        cmocka_unit_test(a_live_order_of_a_product_that_is_gone_is_told),
        cmocka_unit_test(a_damaged_record_is_refused),
        cmocka_unit_test(what_is_parked_goes_by_name),
        cmocka_unit_test(an_exit_is_valued_after_a_kill_as_before),
        cmocka_unit_test(the_oldest_of_many_fills_make_room),
    };
    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
