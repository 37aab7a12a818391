/* Orders placed, amended, cancelled, closed and lost at random, against a venue that fills, delays,
 * doubles and forgets what it says: whatever happens next, no limit is passed. */
#include "suites.h"

#include <string.h>

#include "mini_venue.h"

enum { RUNS = 20, STEPS = 400 };
static const int64_t SECOND = 1000000000;

struct run {
    struct rig *rig;
    struct mini_venue venue;
    struct prng prng;
    uint32_t made, amended, closed;
};

static uint64_t roll(struct run *run, uint64_t sides)
{
    return prng_below(&run->prng, sides);
}

static void begin(struct run *run, uint64_t seed)
{
    memset(run, 0, sizeof *run);
    run->rig = rig_create(0);
    for (product_index i = 0; i < 2; i++)
        run->rig->settings.product_limits[i].max_position = rig_size("12");
    run->rig->settings.duplicate_window_ns = 1;
    run->rig->settings.strategies[0].resend_unknown = true;
    run->rig->settings.processing_bound_ns = SECOND;
    engine_destroy(run->rig->engine);
    run->rig->engine = engine_create(&run->rig->settings);
    rig_up(run->rig);
    run->rig->hold_lists = true;
    rig_forget(run->rig);
    mini_init(&run->venue, seed);
    prng_seed(&run->prng, seed * 7919);
}

static order_ref name(const struct run *run, uint32_t number)
{
    return (order_ref)run->rig->generation[0] << 32 | number;
}

static struct intent any_order(struct run *run)
{
    enum side side = (enum side)roll(run, 2);
    struct intent intent = rig_limit_intent((product_index)roll(run, 2), side, "100", "1", 0);
    intent.size.e9 = (1 + (int64_t)roll(run, 60)) * DECIMAL_ONE / 10;
    intent.price.e9 += (int64_t)(roll(run, 20)) * DECIMAL_ONE * (side == SIDE_BUY ? -1 : 1);
    intent.reduce_only = roll(run, 6) == 0;
    if (roll(run, 5) == 0) {
        int64_t away = (2 + (int64_t)roll(run, 5)) * DECIMAL_ONE * (side == SIDE_BUY ? 1 : -1);
        intent.type = ORDER_TYPE_STOP_LIMIT;
        intent.stop = side == SIDE_BUY ? STOP_UP : STOP_DOWN;
        intent.stop_price.e9 = 100 * (int64_t)DECIMAL_ONE + away;
        intent.price.e9 = intent.stop_price.e9 + away / 4 / 500000000 * 500000000;
    }
    return intent;
}

/* Refusals are welcome: what counts is what passes. */
static void wish(struct run *run)
{
    struct intent intent = any_order(run);
    uint32_t back = (uint32_t)roll(run, 8); /* recent ones are those that still work */
    order_ref old = name(run, run->made > back ? run->made - back : 1);
    switch (roll(run, 8)) {
    case 0: intent = (struct intent){.kind = INTENT_CANCEL, .ref = old}; break;
    case 1:
    case 2:
        intent.kind = INTENT_AMEND;
        intent.target = old;
        intent.price.e9 = roll(run, 2) ? intent.price.e9 : 0;
        intent.stop_price.e9 = 0;
        run->amended++;
        break;
    case 3:
        intent = (struct intent){.kind = INTENT_CLOSE, .product = intent.product};
        run->closed++;
        break;
    default: break;
    }
    if (intent.kind != INTENT_CANCEL)
        intent.ref = name(run, ++run->made);
    rig_intent(run->rig, 0, intent);
}

/* What the venue holds and could still fill, with what is on its way: the worst that can come, by
 * its own books and not by the engine's. Exits may stand beyond a limit, they only take off. */
static void assert_worst_is_within(struct run *run, product_index product)
{
    __int128 limit = run->rig->settings.product_limits[product].max_position.e9;
    __int128 up = mini_truth_of(&run->venue, ACTOR_OPERATOR, product).size, down = -up;
    for (uint32_t i = 0; i < run->venue.order_count; i++) {
        const struct mini_order *order = &run->venue.orders[i];
        if (order->product == product && order->status == VENUE_OPEN)
            *(order->side == SIDE_BUY ? &up : &down) += order->size.e9 - order->filled.e9;
    }
    assert_true(up <= limit && down <= limit);
}

/* One order per client id, whatever was sent twice. */
static void assert_no_twins(const struct run *run)
{
    for (uint32_t i = 0; i < run->venue.order_count; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_memory_not_equal(&run->venue.orders[i].id, &run->venue.orders[k].id,
                                    sizeof run->venue.orders[i].id);
}

static void step(struct run *run)
{
    switch (roll(run, 5)) {
    case 0:
    case 1: wish(run); break;
    case 2: rig_pass(run->rig, SECOND / 4); break;
    default: mini_move(&run->venue, run->rig); break;
    }
    mini_serve(&run->venue, run->rig);
    for (product_index i = 0; i < 2; i++)
        assert_worst_is_within(run, i);
}

static void assert_agreed(struct run *run)
{
    for (product_index i = 0; i < 2; i++) {
        assert_int_equal(rig_product(run->rig, i).position.e9,
                         mini_truth_of(&run->venue, ACTOR_OPERATOR, i).size);
        assert_int_equal(rig_position(run->rig, 0, i).size.e9,
                         mini_truth_of(&run->venue, 0, i).size);
    }
}

/* AC-F1 | unit | orders, stops, amendments, closes, lost and doubled words, by seed | the venue's
 * worst case is within every limit after each step, and the books agree in the end */
static void no_interleaving_passes_a_limit(void **state)
{
    (void)state;
    uint32_t orders = 0, fills = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct run run;
        begin(&run, seed);
        for (int i = 0; i < STEPS; i++)
            step(&run);
        assert_true(run.amended > 10 && run.closed > 5);
        mini_calm(&run.venue, run.rig);
        assert_no_twins(&run);
        assert_agreed(&run);
        orders += run.venue.order_count;
        fills += run.venue.fill_count;
        rig_destroy(run.rig);
    }
    assert_true(orders > RUNS * 10 && fills > RUNS * 10); /* else nothing was shown */
}

int suite_lifecycle(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_interleaving_passes_a_limit)};
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
