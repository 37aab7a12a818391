#include <string.h>

#include "base/deadline.h"
#include "base/prng.h"
#include "suites.h"

enum { OWNERS = 8, IDS = 8, STEPS = 20000 };

static void the_nearest_leaves_first(void **state)
{
    (void)state;
    struct deadline memory[4], got;
    struct deadlines set;
    deadlines_init(&set, memory, 4);
    assert_true(deadlines_next_ns(&set) == INT64_MAX);
    assert_false(deadlines_pop_due(&set, INT64_MAX, &got));
    assert_true(deadlines_set(&set, (struct deadline){30, 1, 1}));
    assert_true(deadlines_set(&set, (struct deadline){10, 2, 1}));
    assert_true(deadlines_set(&set, (struct deadline){20, 1, 2}));
    assert_true(deadlines_next_ns(&set) == 10);
    assert_false(deadlines_pop_due(&set, 9, &got));
    assert_true(deadlines_pop_due(&set, 10, &got) && got.owner == 2);
    assert_true(deadlines_clear(&set, 1, 2));
    assert_false(deadlines_clear(&set, 1, 2));
    assert_true(deadlines_pop_due(&set, 30, &got) && got.owner == 1 && got.id == 1);
    assert_int_equal(set.count, 0);
}

static void setting_again_moves_even_when_full(void **state)
{
    (void)state;
    struct deadline memory[2], got;
    struct deadlines set;
    deadlines_init(&set, memory, 2);
    assert_true(deadlines_set(&set, (struct deadline){1, 1, 1}));
    assert_true(deadlines_set(&set, (struct deadline){2, 1, 2}));
    assert_false(deadlines_set(&set, (struct deadline){0, 1, 3}));
    assert_true(deadlines_set(&set, (struct deadline){3, 1, 1}));
    assert_true(deadlines_next_ns(&set) == 2);
    assert_true(deadlines_pop_due(&set, 5, &got) && got.id == 2);
    assert_true(deadlines_pop_due(&set, 5, &got) && got.id == 1 && got.at_ns == 3);
}

static void equal_times_leave_by_owner_and_id(void **state)
{
    (void)state;
    struct deadline memory[16], got;
    struct deadlines set;
    deadlines_init(&set, memory, 16);
    for (uint32_t i = 0; i < 16; i++)
        assert_true(deadlines_set(&set, (struct deadline){5, 3 - i % 4, i / 4}));
    for (uint32_t i = 0; i < 16; i++) {
        assert_true(deadlines_pop_due(&set, 5, &got));
        assert_true(got.owner == i / 4 && got.id == i % 4);
    }
}

/* Against a table of all keys, where the least is looked for by hand. */
static void behaves_like_a_table(void **state)
{
    (void)state;
    int64_t table[OWNERS][IDS];
    struct deadline memory[OWNERS * IDS], got;
    struct deadlines set;
    struct prng prng;
    memset(table, -1, sizeof table);
    deadlines_init(&set, memory, OWNERS * IDS);
    prng_seed(&prng, 9);
    for (int i = 0; i < STEPS; i++) {
        uint32_t owner = (uint32_t)prng_below(&prng, OWNERS), id = (uint32_t)prng_below(&prng, IDS);
        int64_t at = (int64_t)prng_below(&prng, 1000), least = INT64_MAX;
        if (prng_below(&prng, 3)) {
            assert_true(deadlines_set(&set, (struct deadline){at, owner, id}));
            table[owner][id] = at;
        } else {
            assert_int_equal(deadlines_clear(&set, owner, id), table[owner][id] >= 0);
            table[owner][id] = -1;
        }
        for (uint32_t k = 0; k < OWNERS * IDS; k++)
            if (table[k / IDS][k % IDS] >= 0 && table[k / IDS][k % IDS] < least)
                least = table[k / IDS][k % IDS];
        assert_true(deadlines_next_ns(&set) == least);
        /* Most steps take nothing, so that the heap grows deep. */
        if (prng_below(&prng, 4))
            continue;
        if (deadlines_pop_due(&set, at, &got)) {
            assert_true(got.at_ns == least && table[got.owner][got.id] == least && least <= at);
            table[got.owner][got.id] = -1;
        } else {
            assert_true(least > at);
        }
    }
}

int suite_deadline(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_leaves_first),
        cmocka_unit_test(setting_again_moves_even_when_full),
        cmocka_unit_test(equal_times_leave_by_owner_and_id),
        cmocka_unit_test(behaves_like_a_table),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
