/* The turn over fake ports that keep one list of what happened, in order: the commit comes before
 * the first send, cancels and market data wait for nothing, and a dead journal lets nothing out. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/turn.h"
#include "engine_rig.h"

enum { TRACE_MAX = 4000, QUEUE_MAX = 4000 };

struct trace { enum { TRACE_COMMIT, TRACE_SEND } what; struct command command; int64_t number;
               uint32_t records; };
struct ports {
    struct rig *rig; /* for its settings, and to make events */
    struct turn turn;
    struct event queue[QUEUE_MAX];
    uint32_t head, count, traces;
    struct trace *trace; /* owned */
    int64_t commits;
    bool journal_dead;
    struct stamp now;
    uint32_t clock_reads;
    struct level levels[3];
    struct trade trade;
};

static struct stamp read_clock(void *context)
{
    struct ports *ports = context;
    ports->clock_reads++;
    return ports->now;
}

static bool next_event(void *context, struct event *ret)
{
    struct ports *ports = context;
    if (ports->head == ports->count)
        return false;
    *ret = ports->queue[ports->head++];
    return true;
}

static int64_t commit(void *context, const struct record *records, uint32_t count)
{
    struct ports *ports = context;
    assert_non_null(records);
    assert_true(count > 0);
    int64_t number = ports->journal_dead ? -1 : ++ports->commits;
    ports->trace[ports->traces++] =
        (struct trace){.what = TRACE_COMMIT, .number = number, .records = count};
    return number;
}

static void send_command(void *context, const struct command *command, int64_t commit_number)
{
    struct ports *ports = context;
    assert_true(ports->traces < TRACE_MAX);
    ports->trace[ports->traces++] =
        (struct trace){.what = TRACE_SEND, .command = *command, .number = commit_number};
}

static void push(struct ports *ports, struct event event)
{
    assert_true(ports->count < QUEUE_MAX);
    ports->queue[ports->count++] = event;
}

static uint32_t run(struct ports *ports)
{
    ports->now.mono_ns += 1000000;
    ports->now.wall_ns += 1000000;
    return turn_run(&ports->turn, 1000);
}

/* Lists are answered as empty and whole until nothing more is asked. */
static void answer_lists(struct ports *ports)
{
    uint32_t seen = 0;
    for (int i = 0; i < 40; i++) {
        ports->now.mono_ns += 200000000;
        ports->now.wall_ns += 200000000;
        turn_run(&ports->turn, 1000);
        for (; seen < ports->traces; seen++) {
            const struct command *c = &ports->trace[seen].command;
            if (ports->trace[seen].what != TRACE_SEND || c->kind != COMMAND_LIST)
                continue;
            for (int k = 0; c->list.kind == LIST_BALANCE && k < 2; k++)
                push(ports, (struct event){.kind = EVENT_BALANCE,
                                           .balance = {.profile = (enum venue_profile)k,
                                                       .equity = rig_money("1000"),
                                                       .available_margin = rig_money("1000")}});
            push(ports, (struct event){.kind = EVENT_LIST_END,
                                       .list_end = {c->list.kind, c->list.request, true}});
        }
    }
}

static void push_market(struct ports *ports)
{
    for (product_index i = 0; i < 2; i++) {
        push(ports, (struct event){.kind = EVENT_BOOK,
                                   .book = {.product = i,
                                            .snapshot = true,
                                            .levels = ports->levels,
                                            .count = 2}});
        push(ports, (struct event){.kind = EVENT_TRADES,
                                   .trades = {.product = i, .trades = &ports->trade, .count = 1}});
    }
}

static struct ports *ports_create(void)
{
    struct ports *ports = calloc(1, sizeof *ports);
    ports->rig = rig_create(0);
    ports->rig->settings.stale_after_ns = 0; /* no heartbeats are sent here */
    ports->rig->settings.fills_poll_ns = 0;
    ports->trace = calloc(TRACE_MAX, sizeof *ports->trace);
    ports->now = ports->rig->now;
    engine_destroy(ports->rig->engine);
    ports->rig->engine = engine_create(&ports->rig->settings);
    ports->turn = (struct turn){.engine = ports->rig->engine,
                                .clock = {ports, read_clock},
                                .source = {ports, next_event},
                                .journal = {ports, commit},
                                .sink = {ports, send_command}};
    ports->levels[0] = (struct level){rig_price("99"), rig_size("5"), SIDE_BUY};
    ports->levels[1] = (struct level){rig_price("101"), rig_size("5"), SIDE_SELL};
    ports->trade = (struct trade){.price = rig_price("100"),
                                  .size = rig_size("1"),
                                  .venue_ns = ports->now.wall_ns};
    push(ports, (struct event){.kind = EVENT_SKEW, .skew = {.known = true}});
    for (int i = 0; i < STREAM_COUNT; i++)
        push(ports, (struct event){.kind = EVENT_LINK, .link = {(enum stream)i, true, ""}});
    push(ports, (struct event){.kind = EVENT_RUNNER,
                               .runner = {.runner = 0, .generation = 1, .state = RUNNER_READY}});
    push_market(ports);
    run(ports);
    answer_lists(ports);
    push_market(ports);
    run(ports);
    ports->traces = 0;
    return ports;
}

static void ports_destroy(struct ports *ports)
{
    free(ports->trace);
    rig_destroy(ports->rig);
    free(ports);
}

static void push_intent(struct ports *ports, struct intent intent)
{
    struct event event = {.kind = EVENT_INTENT};
    event.intent.generation = 1;
    event.intent.intent = intent;
    push(ports, event);
}

static const struct trace *find_send(const struct ports *ports, enum command_kind kind,
                                     uint32_t *ret_at)
{
    for (uint32_t i = 0; i < ports->traces; i++)
        if (ports->trace[i].what == TRACE_SEND && ports->trace[i].command.kind == kind) {
            *ret_at = i;
            return &ports->trace[i];
        }
    return NULL;
}

/* AC-C1 | unit | an order is decided | the commit comes first, the order carries its number */
/* R6 | unit | an order is decided | its commit comes first, and the order carries that number */
static void the_commit_precedes_the_first_send(void **state)
{
    (void)state;
    uint32_t at;
    struct ports *ports = ports_create();
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "98", "0.1", 1));
    run(ports);
    assert_int_equal(ports->trace[0].what, TRACE_COMMIT);
    const struct trace *place = find_send(ports, COMMAND_PLACE, &at);
    assert_non_null(place);
    assert_true(at > 0);
    assert_int_equal(place->number, ports->trace[0].number);
    assert_true(place->number > 0);
    ports_destroy(ports);
}

/* F70 | unit | a cancel and an order in one turn | the cancel waits for no commit */
static void cancels_do_not_wait_for_the_disk(void **state)
{
    (void)state;
    uint32_t at;
    struct ports *ports = ports_create();
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "98", "0.1", 1));
    run(ports);
    struct client_id id = find_send(ports, COMMAND_PLACE, &at)->command.place.id;
    struct event reply = {.kind = EVENT_PLACE_REPLY, .place_reply = {.client_id = id}};
    reply.place_reply.venue_id = rig_venue_id("v1");
    push(ports, reply);
    run(ports);
    ports->traces = 0;
    push_intent(ports, (struct intent){.kind = INTENT_CANCEL, .ref = 1});
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "97", "0.2", 2));
    run(ports);
    const struct trace *cancel = find_send(ports, COMMAND_CANCEL, &at);
    assert_non_null(cancel);
    assert_int_equal(cancel->number, 0);
    assert_true(find_send(ports, COMMAND_PLACE, &at)->number > 0);
    ports_destroy(ports);
}

static void a_turn_without_records_commits_nothing(void **state)
{
    (void)state;
    struct ports *ports = ports_create();
    push_market(ports);
    run(ports);
    for (uint32_t i = 0; i < ports->traces; i++)
        assert_int_equal(ports->trace[i].what, TRACE_SEND);
    ports_destroy(ports);
}

static void the_clock_is_read_once(void **state)
{
    (void)state;
    struct ports *ports = ports_create();
    uint32_t before = ports->clock_reads;
    for (int i = 0; i < 50; i++)
        push_market(ports);
    assert_int_equal(run(ports), 200);
    assert_int_equal(ports->clock_reads, before + 1);
    ports_destroy(ports);
}

static void a_bound_ends_the_turn(void **state)
{
    (void)state;
    struct ports *ports = ports_create();
    for (int i = 0; i < 10; i++)
        push_market(ports);
    assert_int_equal(turn_run(&ports->turn, 7), 7);
    assert_int_equal(turn_run(&ports->turn, 1000), 33);
    assert_int_equal(turn_run(&ports->turn, 1000), 0);
    ports_destroy(ports);
}

/* AC-J2 | unit | the journal refuses a commit | halted, no order leaves, cancels do */
/* F63 | unit | the journal dies in a turn | its orders are dropped, cancels leave */
static void a_dead_journal_lets_no_order_out(void **state)
{
    (void)state;
    uint32_t at;
    struct account_row account;
    struct order_row order;
    struct ports *ports = ports_create();
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "97", "0.1", 1));
    run(ports);
    struct client_id id = find_send(ports, COMMAND_PLACE, &at)->command.place.id;
    struct event reply = {.kind = EVENT_PLACE_REPLY, .place_reply = {.client_id = id}};
    reply.place_reply.venue_id = rig_venue_id("v1");
    push(ports, reply);
    run(ports);
    ports->traces = 0;
    ports->journal_dead = true;
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "98", "0.1", 2));
    run(ports);
    assert_null(find_send(ports, COMMAND_PLACE, &at));
    snapshot_account(ports->rig->engine, &account);
    assert_int_equal(account.state, TRADING_HALTED);
    assert_false(account.journal_up);
    assert_int_equal(account.working, 1);
    for (uint32_t i = 0; snapshot_order(ports->rig->engine, i, &order); i++)
        if (order.ref == 2)
            assert_int_equal(order.state, ORDER_DROPPED);
    /* Cancels still go, and nothing else does. */
    push_intent(ports, (struct intent){.kind = INTENT_CANCEL, .ref = 1});
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "98", "0.1", 3));
    run(ports);
    assert_non_null(find_send(ports, COMMAND_CANCEL, &at));
    assert_null(find_send(ports, COMMAND_PLACE, &at));
    ports_destroy(ports);
}

static void orders_count_as_sent_after_the_turn(void **state)
{
    (void)state;
    uint32_t at;
    struct order_row row;
    struct ports *ports = ports_create();
    push_intent(ports, rig_limit_intent(0, SIDE_BUY, "98", "0.1", 1));
    run(ports);
    struct client_id id = find_send(ports, COMMAND_PLACE, &at)->command.place.id;
    assert_true(snapshot_find_order(ports->rig->engine, id, &row));
    assert_int_equal(row.state, ORDER_SENT);
    ports_destroy(ports);
}

int suite_turn(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_commit_precedes_the_first_send),
        cmocka_unit_test(cancels_do_not_wait_for_the_disk),
        cmocka_unit_test(a_turn_without_records_commits_nothing),
        cmocka_unit_test(the_clock_is_read_once),
        cmocka_unit_test(a_bound_ends_the_turn),
        cmocka_unit_test(a_dead_journal_lets_no_order_out),
        cmocka_unit_test(orders_count_as_sent_after_the_turn),
    };
    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
