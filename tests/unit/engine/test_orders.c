/* The table of orders: sums kept as orders move against sums counted afresh, look-ups, and room. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "engine/orders.h"

struct rig { struct arena arena; struct orders orders; struct prng prng; uint64_t made; };

static struct rig *rig_create(uint64_t seed)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_int_equal(arena_init(&rig->arena, orders_bytes()), 0);
    orders_init(&rig->orders, &rig->arena);
    prng_seed(&rig->prng, seed);
    return rig;
}

static void rig_destroy(struct rig *rig)
{
    arena_fini(&rig->arena);
    free(rig);
}

static struct client_id id_of(uint64_t number)
{
    struct client_id id = {{1}};
    memcpy(id.bytes + 8, &number, sizeof number);
    return id;
}

static struct venue_id venue_of(uint64_t number)
{
    struct venue_id id = {{0}};
    for (int i = 0; i < 16; i++)
        id.text[i] = (char)('a' + (number >> (4 * i) & 15));
    return id;
}

static struct order random_order(struct rig *rig)
{
    static const actor_index ACTORS[] = {0, 3, MAX_STRATEGIES - 1, ACTOR_OPERATOR, ACTOR_EXTERNAL};
    struct order order;
    memset(&order, 0, sizeof order);
    order.id = id_of(++rig->made);
    order.ref = rig->made;
    order.actor = ACTORS[prng_below(&rig->prng, 5)];
    order.product = (product_index)prng_below(&rig->prng, 3);
    order.side = (enum side)prng_below(&rig->prng, 2);
    order.size.e9 = 1 + (int64_t)prng_below(&rig->prng, 1000000);
    order.value_price.e9 = 1 + (int64_t)prng_below(&rig->prng, 1000000);
    order.ours = true;
    return order;
}

static void add(struct exposure *sum, const struct order *order)
{
    __int128 left = order_remaining(order).e9;
    *(order->side == SIDE_BUY ? &sum->buy : &sum->sell) += left;
    sum->value += left * order->value_price.e9;
    sum->count++;
    sum->unknown[order->side] += order->state == ORDER_UNKNOWN;
}

static void assert_same(const struct exposure *a, const struct exposure *b)
{
    assert_true(a->buy == b->buy && a->sell == b->sell && a->value == b->value);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->unknown[0], b->unknown[0]);
    assert_int_equal(a->unknown[1], b->unknown[1]);
}

static void compare(struct rig *rig)
{
    struct exposure account = {0}, products[3] = {{0}}, actors[ACTOR_SLOTS][3] = {{{0}}};
    uint32_t live = 0;
    for (uint32_t i = 0; i < rig->orders.high; i++) {
        const struct order *order = orders_at(&rig->orders, i);
        if (!order_is_live(order->state))
            continue;
        live++;
        add(&account, order);
        add(&products[order->product], order);
        add(&actors[actor_slot(order->actor)][order->product], order);
    }
    assert_int_equal(rig->orders.live, live);
    assert_same(&rig->orders.account, &account);
    for (int p = 0; p < 3; p++) {
        assert_same(&rig->orders.products[p], &products[p]);
        for (int a = 0; a < ACTOR_SLOTS; a++)
            assert_same(&rig->orders.actors[a][p], &actors[a][p]);
    }
}

static void move_one(struct rig *rig)
{
    struct order *order =
        orders_at(&rig->orders, (uint32_t)prng_below(&rig->prng, rig->orders.high));
    enum order_stimulus stimulus =
        (enum order_stimulus)prng_below(&rig->prng, ORDER_STIMULUS_COUNT);
    if (order_next(order->state, stimulus) == ORDER_ILLEGAL)
        return;
    orders_open(&rig->orders, order);
    if (stimulus == STIMULUS_PART_FILLED && order->filled.e9 < order->size.e9)
        order->filled.e9 = order->booked.e9 = order->filled.e9 + 1;
    order_move(order, stimulus);
    orders_close(&rig->orders, order);
}

static void sums_follow_every_move(void **state)
{
    (void)state;
    struct rig *rig = rig_create(1);
    for (int i = 0; i < 6000; i++) {
        if (rig->orders.high < 300 && prng_below(&rig->prng, 4) == 0) {
            struct order order = random_order(rig);
            assert_non_null(orders_add(&rig->orders, &order));
        }
        if (rig->orders.high > 0)
            move_one(rig);
        if (i % 50 == 0)
            compare(rig);
    }
    compare(rig);
    rig_destroy(rig);
}

static void reservations_come_and_go(void **state)
{
    (void)state;
    struct rig *rig = rig_create(2);
    struct size size = {500};
    struct price price = {7};
    orders_reserve(&rig->orders, 0, 1, SIDE_SELL, size, price, false);
    assert_true(rig->orders.products[1].sell == 500 && rig->orders.account.value == 3500);
    assert_int_equal(rig->orders.account.count, 1);
    assert_int_equal(rig->orders.live, 0);
    orders_reserve(&rig->orders, 0, 1, SIDE_SELL, size, price, true);
    compare(rig);
    rig_destroy(rig);
}

static void found_by_each_name(void **state)
{
    (void)state;
    struct rig *rig = rig_create(3);
    struct order order = random_order(rig);
    order.actor = 3;
    struct order *kept = orders_add(&rig->orders, &order);
    struct venue_id id = venue_of(99);
    assert_ptr_equal(orders_find(&rig->orders, order.id), kept);
    assert_null(orders_find_venue(&rig->orders, &id));
    orders_set_venue(&rig->orders, kept, &id);
    memset(id.text + 17, 'z', 20); /* what lies behind the NUL is not part of the id */
    assert_ptr_equal(orders_find_venue(&rig->orders, &id), kept);
    assert_ptr_equal(orders_find_ref(&rig->orders, 3, order.ref), kept);
    assert_null(orders_find_ref(&rig->orders, 4, order.ref));
    assert_null(orders_find_ref(&rig->orders, 3, 0));
    assert_null(orders_find(&rig->orders, id_of(777)));
    rig_destroy(rig);
}

static void end_it(struct rig *rig, struct order *order)
{
    orders_open(&rig->orders, order);
    order_move(order, STIMULUS_CANCELLED);
    orders_close(&rig->orders, order);
}

static void the_first_ended_makes_room(void **state)
{
    (void)state;
    struct rig *rig = rig_create(4);
    for (int i = 0; i < MAX_ORDERS; i++) {
        struct order order = random_order(rig);
        order.actor = 0;
        assert_non_null(orders_add(&rig->orders, &order));
    }
    struct order order = random_order(rig);
    assert_null(orders_add(&rig->orders, &order)); /* all live: none may be forgotten */
    struct order *owing = orders_find(&rig->orders, id_of(7));
    orders_open(&rig->orders, owing);
    owing->filled.e9 = 1; /* ended first, but a fill of it is still to be booked */
    orders_close(&rig->orders, owing);
    end_it(rig, owing);
    struct order *queued = orders_find(&rig->orders, id_of(8));
    struct order *amended = orders_find(&rig->orders, id_of(9));
    end_it(rig, queued);
    end_it(rig, amended);
    queued->cancel_queued = amended->amending = true; /* by their places in the table */
    assert_null(orders_add(&rig->orders, &order));
    end_it(rig, orders_find(&rig->orders, id_of(50)));
    end_it(rig, orders_find(&rig->orders, id_of(20)));
    assert_non_null(orders_add(&rig->orders, &order));
    assert_null(orders_find(&rig->orders, id_of(50)));
    assert_null(orders_find_ref(&rig->orders, 0, 50));
    assert_non_null(orders_find(&rig->orders, id_of(20)));
    assert_non_null(orders_find(&rig->orders, id_of(7)));
    assert_non_null(orders_find(&rig->orders, id_of(8)));
    assert_non_null(orders_find(&rig->orders, id_of(9)));
    compare(rig);
    rig_destroy(rig);
}

/* The first that ends has a name that was given to another since; the second has no client id. */
static void what_makes_room_leaves_others_their_names(void **state)
{
    (void)state;
    struct rig *rig = rig_create(6);
    struct order order = random_order(rig), stranger = random_order(rig);
    stranger.id = (struct client_id){{0}};
    stranger.venue_id = venue_of(5);
    stranger.ref = 0;
    order.actor = 0;
    order.ref = 1;
    struct order *first = orders_add(&rig->orders, &order);
    struct order *second = orders_add(&rig->orders, &stranger);
    end_it(rig, first);
    end_it(rig, second);
    order.id = id_of(1000000);
    struct order *named = orders_add(&rig->orders, &order);
    while (rig->orders.high < MAX_ORDERS) {
        struct order more = random_order(rig);
        assert_non_null(orders_add(&rig->orders, &more));
    }
    for (int i = 0; i < 2; i++) {
        struct order more = random_order(rig);
        assert_non_null(orders_add(&rig->orders, &more));
        assert_ptr_equal(orders_find_ref(&rig->orders, 0, 1), named);
    }
    assert_null(orders_find(&rig->orders, id_of(1)));
    assert_null(orders_find_venue(&rig->orders, &stranger.venue_id));
    compare(rig);
    rig_destroy(rig);
}

/* What a new order could trade with: what rests in the book, an exit's price too, of whose it is
 * asked for; a stop waits elsewhere. */
static void what_rests_is_by_side_and_owner(void **state)
{
    static const struct {
        enum order_type type; enum side side; bool ours; int64_t price;
    } ROWS[] = {
        {ORDER_TYPE_LIMIT, SIDE_BUY, true, 90}, {ORDER_TYPE_BRACKET, SIDE_BUY, true, 95},
        {ORDER_TYPE_STOP_LIMIT, SIDE_BUY, true, 99}, {ORDER_TYPE_LIMIT, SIDE_BUY, false, 97},
        {ORDER_TYPE_LIMIT, SIDE_SELL, true, 120}, {ORDER_TYPE_BRACKET, SIDE_SELL, true, 110},
        {ORDER_TYPE_LIMIT, SIDE_SELL, true, 130}, {ORDER_TYPE_LIMIT, SIDE_SELL, false, 105}};
    (void)state;
    struct rig *rig = rig_create(7);
    struct price bid, ask;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct order order = random_order(rig);
        order.product = 1;
        order.actor = ROWS[i].ours ? 0 : ACTOR_EXTERNAL;
        order.ours = ROWS[i].ours;
        order.type = ROWS[i].type;
        order.side = ROWS[i].side;
        order.price.e9 = ROWS[i].price;
        assert_non_null(orders_add(&rig->orders, &order));
    }
    orders_resting(&rig->orders, 1, true, &bid, &ask);
    assert_true(bid.e9 == 95 && ask.e9 == 110);
    orders_resting(&rig->orders, 1, false, &bid, &ask);
    assert_true(bid.e9 == 97 && ask.e9 == 105);
    orders_resting(&rig->orders, 0, false, &bid, &ask);
    assert_true(bid.e9 == 0 && ask.e9 == 0);
    rig_destroy(rig);
}

static void an_absurd_order_does_not_overflow(void **state)
{
    (void)state;
    struct rig *rig = rig_create(5);
    for (int i = 0; i < 100; i++) {
        struct order order = random_order(rig);
        order.size.e9 = INT64_MAX;
        order.value_price.e9 = INT64_MAX;
        assert_non_null(orders_add(&rig->orders, &order));
    }
    assert_true(rig->orders.account.value > 0);
    assert_int_equal(exposure_size(rig->orders.account.buy).e9, INT64_MAX);
    for (uint32_t i = 0; i < 100; i++)
        end_it(rig, orders_at(&rig->orders, i));
    assert_true(rig->orders.account.value == 0 && rig->orders.account.buy == 0);
    rig_destroy(rig);
}

int suite_orders(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_follow_every_move),
        cmocka_unit_test(reservations_come_and_go),
        cmocka_unit_test(found_by_each_name),
        cmocka_unit_test(the_first_ended_makes_room),
        cmocka_unit_test(what_makes_room_leaves_others_their_names),
        cmocka_unit_test(what_rests_is_by_side_and_owner),
        cmocka_unit_test(an_absurd_order_does_not_overflow),
    };
    return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
