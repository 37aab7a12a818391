#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/event_queue.h"
#include "suites.h"

enum { STEPS = 60000, MODEL_SLOTS = 4096, LEVELS = 300, QUEUE_BYTES = 48 * 1024 };

/* The naive model: an array of numbers in arrival order. What an event held follows from its
 * number, so that a popped event is checked to the last level without a second copy of it. */
struct model {
    uint64_t numbers[MODEL_SLOTS];
    uint32_t first, count;
};

static uint32_t levels_of(uint64_t number)
{
    return (uint32_t)(number * 2654435761u % LEVELS);
}

static struct event event_of(uint64_t number, struct level *levels, struct trade *trades)
{
    struct event event = {.at.mono_ns = (int64_t)number};
    uint32_t count = levels_of(number);
    if (number % 3 == 0) {
        for (uint32_t i = 0; i < count; i++)
            levels[i] = (struct level){{(int64_t)(number + i)}, {i}, SIDE_SELL};
        event.kind = EVENT_BOOK;
        event.book = (struct event_book){.levels = levels, .count = count};
    } else if (number % 3 == 1) {
        for (uint32_t i = 0; i < count; i++)
            trades[i] = (struct trade){.trade_id = number ^ i};
        event.kind = EVENT_TRADES;
        event.trades = (struct event_trades){.trades = trades, .count = count};
    } else {
        event.kind = EVENT_TICKER;
        event.ticker.last.e9 = (int64_t)~number;
    }
    return event;
}

static void assert_event(const struct event *event, uint64_t number)
{
    uint32_t count = levels_of(number);
    assert_true(event->at.mono_ns == (int64_t)number);
    if (event->kind == EVENT_BOOK) {
        assert_true(number % 3 == 0 && event->book.count == count);
        assert_true((event->book.levels != NULL) == (count > 0));
        for (uint32_t i = 0; i < count; i++)
            assert_true(event->book.levels[i].price.e9 == (int64_t)(number + i) &&
                        event->book.levels[i].size.e9 == i);
    } else if (event->kind == EVENT_TRADES) {
        assert_true(number % 3 == 1 && event->trades.count == count);
        for (uint32_t i = 0; i < count; i++)
            assert_true(event->trades.trades[i].trade_id == (number ^ i));
    } else {
        assert_true(number % 3 == 2 && event->ticker.last.e9 == (int64_t)~number);
    }
}

static void pop_one(struct event_queue *queue, struct model *model)
{
    struct event event;
    if (model->count == 0) {
        assert_false(event_queue_pop(queue, &event));
        return;
    }
    assert_true(event_queue_pop(queue, &event));
    assert_event(&event, model->numbers[model->first]);
    model->first = (model->first + 1) % MODEL_SLOTS;
    model->count--;
}

static bool push_one(struct event_queue *queue, struct model *model, uint64_t number)
{
    struct level levels[LEVELS];
    struct trade trades[LEVELS];
    struct event event = event_of(number, levels, trades);
    if (!event_queue_push(queue, &event))
        return false;
    memset(levels, 0xaa, sizeof levels); /* the queue must have copied them */
    memset(trades, 0xaa, sizeof trades);
    assert_true(model->count < MODEL_SLOTS);
    model->numbers[(model->first + model->count) % MODEL_SLOTS] = number;
    model->count++;
    return true;
}

static void behaves_like_an_array(void **state)
{
    struct event_queue *queue = event_queue_create(QUEUE_BYTES);
    struct model *model = calloc(1, sizeof *model);
    struct prng prng;
    uint64_t number = 0, refused = 0;
    (void)state;
    assert_non_null(queue);
    prng_seed(&prng, 11);
    for (int i = 0; i < STEPS; i++) {
        /* The mix drifts, so that the queue is empty for a while and full for a while. */
        uint64_t push_share = i / 500 % 2 ? 60 : 45;
        if (prng_below(&prng, 100) < push_share)
            refused += !push_one(queue, model, number++);
        else
            pop_one(queue, model);
        assert_int_equal(event_queue_count(queue), model->count);
    }
    assert_true(refused > 100 && refused < number);
    while (model->count)
        pop_one(queue, model);
    pop_one(queue, model);
    event_queue_destroy(queue);
    free(model);
}

/* A queue that refused holds what it held, and takes the largest event again once drained. */
static void a_refused_push_loses_nothing(void **state)
{
    struct event_queue *queue = event_queue_create(QUEUE_BYTES);
    struct model *model = calloc(1, sizeof *model);
    uint64_t number = 0;
    (void)state;
    while (push_one(queue, model, number))
        number++;
    assert_true(number > 3);
    while (model->count)
        pop_one(queue, model);
    for (uint64_t again = 0; again < number; again++)
        assert_true(push_one(queue, model, again));
    event_queue_destroy(queue);
    free(model);
}

static void an_array_is_lent_until_the_next_call(void **state)
{
    struct event_queue *queue = event_queue_create(QUEUE_BYTES);
    struct level levels[2] = {{{5}, {6}, SIDE_BUY}, {{7}, {8}, SIDE_SELL}};
    struct event in = {.kind = EVENT_BOOK, .book = {.levels = levels, .count = 2}}, out;
    const struct level *first;
    (void)state;
    assert_true(event_queue_push(queue, &in));
    assert_true(event_queue_pop(queue, &out));
    first = out.book.levels;
    assert_true(first != levels && first[1].price.e9 == 7);
    assert_int_equal(event_queue_count(queue), 0);
    /* Emptied: the next event starts in the same page. */
    assert_true(event_queue_push(queue, &in));
    assert_true(event_queue_pop(queue, &out));
    assert_ptr_equal(out.book.levels, first);
    event_queue_destroy(queue);
}

static void too_small_takes_nothing(void **state)
{
    struct event_queue *queue = event_queue_create(64), *none = event_queue_create(0);
    struct event event = {.kind = EVENT_TICK};
    (void)state;
    assert_false(event_queue_push(queue, &event));
    assert_false(event_queue_push(none, &event));
    assert_false(event_queue_pop(none, &event));
    assert_int_equal(event_queue_count(queue), 0);
    event_queue_destroy(queue);
    event_queue_destroy(none);
    event_queue_destroy(NULL);
}

int suite_event_queue(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_an_array),
        cmocka_unit_test(a_refused_push_loses_nothing),
        cmocka_unit_test(an_array_is_lent_until_the_next_call),
        cmocka_unit_test(too_small_takes_nothing),
    };
    return cmocka_run_group_tests_name("event_queue", tests, NULL, NULL);
}
