/* What holds bytes: arena, ring and buf; and prng, whose stream must never change. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/prng.h"
#include "base/ring.h"
#include "suites.h"

static void arena_gives_zeroed_aligned_pieces(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_init(&arena, 100), 0);
    unsigned char *first = arena_take(&arena, 1, 1), *second = arena_take(&arena, 3, 16);
    assert_int_equal((uintptr_t)first % 16, 0);
    assert_ptr_equal(second, first + 16);
    for (int i = 0; i < 48; i++)
        assert_int_equal(second[i], 0);
    assert_non_null(arena_take(&arena, 48, 1));
    assert_int_equal(arena.used, arena.capacity);
    assert_non_null(arena_take(&arena, 0, 8));
    second[47] = 7;
    arena_touch(&arena, 0);
    assert_int_equal(second[47], 7);
    arena_fini(&arena);
    arena_fini(&arena);
}

static void arena_running_out_aborts(void **state)
{
    (void)state;
    static const size_t COUNT[] = {33, SIZE_MAX / 2};
    for (size_t i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct arena arena;
            signal(SIGABRT, SIG_DFL);
            close(STDERR_FILENO);
            if (arena_init(&arena, 32) == 0)
                arena_take(&arena, COUNT[i], 1 + 2 * i);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static void ring_keeps_order_and_refuses_when_full(void **state)
{
    (void)state;
    struct item { uint32_t number; char tag[3]; } memory[3], item, got;
    struct ring ring;
    uint32_t pushed = 0, popped = 0;
    struct prng prng;
    ring_init(&ring, memory, sizeof item, 3);
    prng_seed(&prng, 10);
    assert_null(ring_front(&ring));
    assert_false(ring_pop(&ring, &got));
    for (int i = 0; i < 10000; i++) {
        item = (struct item){.number = pushed};
        if (prng_next(&prng) & 1) {
            assert_int_equal(ring_push(&ring, &item), pushed - popped < 3);
            pushed += pushed - popped < 3;
        } else if (ring_front(&ring)) {
            assert_int_equal(((struct item *)ring_front(&ring))->number, popped);
            assert_true(ring_pop(&ring, i % 3 ? &got : NULL));
            assert_true(i % 3 == 0 || got.number == popped);
            popped++;
        }
        assert_int_equal(ring.count, pushed - popped);
    }
}

static void buf_grows_to_its_maximum(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 100; i++)
        buf_printf(&buf, "%09d,", i);
    assert_false(buf.failed);
    assert_int_equal(buf.length, 1000);
    assert_int_equal(strlen(buf.data), 1000);
    assert_memory_equal(buf.data + 990, "000000099,", 11);
    buf_put(&buf, "x", 0);
    assert_false(buf.failed);
    buf_puts(&buf, "x");
    assert_true(buf.failed);
    assert_int_equal(buf.length, 1000);
    buf_clear(&buf);
    buf_puts(&buf, "again");
    assert_string_equal(buf.data, "again");
    buf_fini(&buf);
}

static void buf_that_failed_stays_failed(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4);
    buf_printf(&buf, "%s", "12345");
    assert_true(buf.failed);
    buf_puts(&buf, "1");
    buf_printf(&buf, "%d", 1);
    assert_true(buf.failed && buf.length == 0);
    buf_fini(&buf);
    buf_put(&buf, "1234", 4);
    assert_string_equal(buf.data, "1234");
    buf_fini(&buf);
}

/* From the reference implementations by Blackman and Vigna: a recorded world replays only as
 * long as these stay. */
static void prng_stream_is_the_published_one(void **state)
{
    (void)state;
    struct prng prng = {{1, 2, 3, 4}};
    static const uint64_t PUBLISHED[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
    for (size_t i = 0; i < 4; i++)
        assert_true(prng_next(&prng) == PUBLISHED[i]);
    prng_seed(&prng, 0);
    assert_true(prng.state[0] == 0xe220a8397b1dcdafu && prng.state[1] == 0x6e789e6aa1b965f4u);
}

static void prng_below_is_even(void **state)
{
    (void)state;
    struct prng prng;
    unsigned seen[6] = {0};
    prng_seed(&prng, 11);
    for (int i = 0; i < 60000; i++)
        seen[prng_below(&prng, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 9500, 10500);
    /* Below 3/4 of 2^64 a plain remainder would draw the first third half of the time. */
    unsigned low = 0;
    for (int i = 0; i < 60000; i++)
        low += prng_below(&prng, (uint64_t)3 << 62) < (uint64_t)1 << 62;
    assert_in_range(low, 19000, 21000);
    for (int i = 0; i < 1000; i++) {
        assert_true(prng_below(&prng, 1) == 0);
        assert_true(prng_below(&prng, UINT64_MAX) < UINT64_MAX);
    }
}

int suite_memory(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_pieces),
        cmocka_unit_test(arena_running_out_aborts),
        cmocka_unit_test(ring_keeps_order_and_refuses_when_full),
        cmocka_unit_test(buf_grows_to_its_maximum),
        cmocka_unit_test(buf_that_failed_stays_failed),
        cmocka_unit_test(prng_stream_is_the_published_one),
        cmocka_unit_test(prng_below_is_even),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
