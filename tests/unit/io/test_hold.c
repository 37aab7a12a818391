#include <string.h>

#include "io/hold.h"
#include "model/client_id.h"
#include "suites.h"

enum { SEEN_MAX = 8 };

struct world {
    uint64_t sent[SEEN_MAX], dropped[SEEN_MAX]; /* sequences of client ids; cancels + 1000 */
    int sent_count, dropped_count;
    char reason[64];
};

static void on_sent(void *context, const struct command *command, int64_t commit)
{
    struct world *world = context;
    assert_int_equal(commit, 0);
    uint64_t number = 2000;
    if (command->kind == COMMAND_PLACE)
        number = client_id_sequence(command->place.id);
    else if (command->kind == COMMAND_CANCEL)
        number = 1000 + client_id_sequence(command->cancel.id);
    if (world->sent_count < SEEN_MAX)
        world->sent[world->sent_count] = number;
    world->sent_count++;
}

static void on_dropped(void *context, const struct command_place *place, const char *reason)
{
    struct world *world = context;
    if (world->dropped_count < SEEN_MAX)
        world->dropped[world->dropped_count] = client_id_sequence(place->id);
    world->dropped_count++;
    strncpy(world->reason, reason, sizeof world->reason - 1);
}

static struct hold *make(struct world *world)
{
    struct sink_port below = {world, on_sent};
    memset(world, 0, sizeof *world);
    struct hold *hold = hold_create(&below, on_dropped, world);
    assert_non_null(hold);
    return hold;
}

static void place(struct hold *hold, uint64_t sequence, int64_t commit)
{
    struct command command = {.kind = COMMAND_PLACE};
    struct sink_port sink = hold_port(hold);
    command.place.id = client_id_make(1, 1, sequence);
    sink.send(sink.context, &command, commit);
}

static void cancel(struct hold *hold, uint64_t sequence, int64_t commit)
{
    struct command command = {.kind = COMMAND_CANCEL};
    struct sink_port sink = hold_port(hold);
    command.cancel.id = client_id_make(1, 1, sequence);
    sink.send(sink.context, &command, commit);
}

static void places_wait_and_leave_in_order(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    place(hold, 1, 5);
    place(hold, 2, 5);
    place(hold, 3, 9);
    assert_int_equal(world.sent_count, 0);
    hold_release(hold, 4);
    assert_int_equal(world.sent_count, 0);
    hold_release(hold, 7);
    assert_int_equal(world.sent_count, 2);
    assert_true(world.sent[0] == 1 && world.sent[1] == 2);
    assert_int_equal(hold_count(hold), 1);
    place(hold, 4, 6); /* durable already: nothing to wait for, but behind nobody either */
    hold_release(hold, 9);
    assert_int_equal(world.sent_count, 4);
    assert_true(world.sent[2] == 4 && world.sent[3] == 3);
    assert_int_equal(world.dropped_count, 0);
    hold_destroy(hold);
}

static void nothing_else_waits(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    struct sink_port sink = hold_port(hold);
    struct command list = {.kind = COMMAND_LIST};
    place(hold, 1, 5);
    cancel(hold, 7, 5);
    sink.send(sink.context, &list, 5);
    assert_int_equal(world.sent_count, 2);
    assert_true(world.sent[0] == 1007 && world.sent[1] == 2000);
    assert_int_equal(hold_count(hold), 1);
    hold_destroy(hold);
}

static void a_cancel_takes_out_what_still_waits(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    place(hold, 1, 5);
    place(hold, 2, 5);
    cancel(hold, 1, 6);
    assert_int_equal(world.sent_count, 0);
    assert_int_equal(world.dropped_count, 1);
    assert_int_equal(world.dropped[0], 1);
    cancel(hold, 1, 6); /* no longer ours to answer */
    assert_int_equal(world.sent_count, 1);
    hold_release(hold, 6);
    assert_int_equal(world.sent_count, 2);
    assert_true(world.sent[0] == 1001 && world.sent[1] == 2);
    assert_int_equal(world.dropped_count, 1);
    hold_destroy(hold);
}

/* F63 | unit | orders wait for a commit and the journal dies | all dropped, none leaves */
static void a_dead_journal_drops_all(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    place(hold, 1, 5);
    place(hold, 2, 5);
    place(hold, 3, 6);
    cancel(hold, 2, 6);
    hold_drop_all(hold, "the journal is dead");
    assert_int_equal(world.dropped_count, 3);
    assert_true(world.dropped[0] == 2 && world.dropped[1] == 1 && world.dropped[2] == 3);
    assert_string_equal(world.reason, "the journal is dead");
    hold_release(hold, 100);
    assert_int_equal(world.sent_count, 0);
    hold_destroy(hold);
}

static void a_full_hold_drops_the_new(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    for (uint64_t i = 0; i < MAX_ORDERS; i++)
        place(hold, i, 5);
    assert_int_equal(world.dropped_count, 0);
    place(hold, 5000, 5);
    assert_int_equal(world.dropped_count, 1);
    assert_int_equal(world.dropped[0], 5000);
    hold_release(hold, 5);
    assert_int_equal(world.sent_count, MAX_ORDERS);
    hold_destroy(hold);
    hold_destroy(NULL);
}

static int64_t clock_ns;

static int64_t now(void)
{
    return clock_ns;
}

/* F60 | unit | the disk holds an order up past its age | dropped as not sent, a younger one leaves
 * F70 | unit | a commit that takes long | as F60 */
static void what_waited_too_long_does_not_leave(void **state)
{
    (void)state;
    struct world world;
    struct hold *hold = make(&world);
    hold_limit(hold, now, 10);
    clock_ns = 100;
    place(hold, 1, 1);
    clock_ns = 105;
    place(hold, 2, 2);
    clock_ns = 111;
    hold_release(hold, 2);
    assert_int_equal(world.dropped_count, 1);
    assert_int_equal(world.dropped[0], 1);
    assert_int_equal(world.sent_count, 1);
    assert_int_equal(world.sent[0], 2);
    assert_int_equal(hold_count(hold), 0);
    hold_destroy(hold);
}

int suite_hold(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_wait_and_leave_in_order),
        cmocka_unit_test(nothing_else_waits),
        cmocka_unit_test(a_cancel_takes_out_what_still_waits),
        cmocka_unit_test(a_dead_journal_drops_all),
        cmocka_unit_test(a_full_hold_drops_the_new),
        cmocka_unit_test(what_waited_too_long_does_not_leave),
    };
    return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
