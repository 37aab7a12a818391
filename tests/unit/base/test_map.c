#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/prng.h"
#include "suites.h"

enum { KEYS = 300, CAPACITY = 200, STEPS = 100000, KEY_BYTES = 5 };

static void key_of(unsigned number, unsigned char key[KEY_BYTES])
{
    memset(key, 0, KEY_BYTES);
    memcpy(key, &number, sizeof number);
}

/* The map against an array that is indexed by the key. */
static void behaves_like_an_array(void **state)
{
    (void)state;
    bool there[KEYS] = {false};
    uint32_t values[KEYS], count = 0;
    void *memory = calloc(1, map_bytes(KEY_BYTES, CAPACITY));
    struct map map;
    struct prng prng;
    map_init(&map, memory, KEY_BYTES, CAPACITY);
    prng_seed(&prng, 8);
    for (int i = 0; i < STEPS; i++) {
        unsigned char key[KEY_BYTES];
        unsigned number = (unsigned)prng_below(&prng, KEYS);
        uint32_t got = 42, drawn = (uint32_t)prng_next(&prng);
        key_of(number, key);
        if (prng_below(&prng, 5) < 2) {
            assert_int_equal(map_remove(&map, key), there[number]);
            count -= there[number];
            there[number] = false;
        } else if (map_set(&map, key, drawn)) {
            count += !there[number];
            there[number] = true;
            values[number] = drawn;
        } else {
            assert_true(count == CAPACITY && !there[number]);
        }
        assert_int_equal(map.used, count);
        number = (unsigned)prng_below(&prng, KEYS);
        key_of(number, key);
        assert_int_equal(map_get(&map, key, &got), there[number]);
        assert_true(got == (there[number] ? values[number] : 42));
    }
    for (unsigned number = 0; number < KEYS; number++) {
        unsigned char key[KEY_BYTES];
        uint32_t got;
        key_of(number, key);
        assert_int_equal(map_get(&map, key, &got), there[number]);
    }
    free(memory);
}

static void full_says_so_and_still_takes_known_keys(void **state)
{
    (void)state;
    uint64_t key;
    uint32_t got;
    struct map map;
    void *memory = calloc(1, map_bytes(sizeof key, 3));
    map_init(&map, memory, sizeof key, 3);
    for (key = 0; key < 3; key++)
        assert_true(map_set(&map, &key, (uint32_t)key));
    assert_false(map_set(&map, &key, 3));
    assert_false(map_get(&map, &key, &got));
    key = 1;
    assert_true(map_set(&map, &key, 77));
    assert_true(map_get(&map, &key, &got) && got == 77);
    assert_true(map_remove(&map, &key));
    assert_false(map_remove(&map, &key));
    key = 3;
    assert_true(map_set(&map, &key, 3));
    free(memory);
}

static void a_map_of_nothing_takes_nothing(void **state)
{
    (void)state;
    uint32_t key = 1, got;
    struct map map;
    void *memory = calloc(1, map_bytes(sizeof key, 0));
    map_init(&map, memory, sizeof key, 0);
    assert_false(map_set(&map, &key, 1));
    assert_false(map_get(&map, &key, &got));
    assert_false(map_remove(&map, &key));
    free(memory);
}

int suite_map(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_an_array),
        cmocka_unit_test(full_says_so_and_still_takes_known_keys),
        cmocka_unit_test(a_map_of_nothing_takes_nothing),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
