#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "sim/venue_sim_fault.h"
#include "sim/world_private.h"

product_index world_product(const struct world *world, int venue_product)
{
    for (product_index i = 0; i < world->config.product_count; i++)
        if (world->config.products[i] == venue_product)
            return i;
    return NO_PRODUCT;
}

/* Of the moment alone, not of how many were drawn before: a run without one fault stays like it. */
int64_t world_chance(const struct world *world, int64_t bound)
{
    struct prng prng;
    prng_seed(&prng, world->config.seed ^ (uint64_t)world->now_ns * 0x9e3779b97f4a7c15u);
    return (int64_t)prng_below(&prng, (uint64_t)bound);
}

/* ---- the venue speaks */

static void note_open(struct world *world, const struct venue_order *order)
{
    uint32_t at = 0;
    while (at < world->open_count && world->open[at] != order->number)
        at++;
    bool known = at < world->open_count, final = venue_status_final(order->status);
    if (known && final) {
        memmove(&world->open[at], &world->open[at + 1],
                (world->open_count - at - 1) * sizeof world->open[0]);
        world->open_count--;
    } else if (!known && !final) {
        if (world->open_count == world->open_capacity) {
            world->open_capacity = world->open_capacity ? 2 * world->open_capacity : 64;
            world->open = realloc(world->open, world->open_capacity * sizeof world->open[0]);
            CHECK(world->open);
        }
        world->open[world->open_count++] = order->number;
    }
}

static void on_order(void *context, const struct venue_order *order)
{
    struct world *world = context;
    note_open(world, order);
    auditor_shown(world->auditor, order);
    world_tell_order(world, order);
}

static void on_fill(void *context, const struct venue_fill *fill)
{
    struct world *world = context;
    auditor_filled(world->auditor, fill, venue_sim_order_at(world->venue, fill->order));
}

static void on_trade(void *context, int product, const struct trade *trade)
{
    world_tell_trade(context, product, trade);
}

/* ---- life and death */

int world_init(struct world *world, const struct world_config *config, struct faults *faults,
               struct auditor *auditor, struct err *err)
{
    static const __int128 MILLION = (__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE;
    memset(world, 0, sizeof *world);
    world->config = *config;
    world->now_ns = config->start_ns;
    world->faults = faults;
    world->auditor = auditor;
    world->catalog.count = config->product_count;
    for (product_index i = 0; i < config->product_count; i++)
        venue_product_describe(&venue_products[config->products[i]], &world->catalog.items[i]);
    struct venue_sim_config venue = {
        .seed = config->seed, .start_ns = config->start_ns, .speed = config->speed,
        .cash_usd = {100 * MILLION}, .cash_usdc = {100 * MILLION},
        .fee_maker = {200000}, .fee_taker = {500000},
        .accept_delay_ns = 20000000, .cancel_delay_ns = 400000000,
        .release_delay_ns = 1000000000, .session = SESSION_ALWAYS_OPEN,
    };
    struct venue_sink sink = {world, on_order, on_fill, on_trade, NULL};
    world->venue = venue_sim_create(&venue, &sink, err);
    return world->venue ? 0 : -1;
}

void world_fini(struct world *world)
{
    mail_fini(&world->mail);
    free(world->open);
    venue_sim_destroy(world->venue);
    world->venue = NULL;
}

void world_move(struct world *world, int64_t now_ns)
{
    CHECK(now_ns >= world->now_ns);
    world->now_ns = now_ns;
    venue_sim_advance(world->venue, now_ns);
}

void world_pulse(struct world *world, int64_t now_ns)
{
    world_move(world, now_ns);
    world_stream_faults(world);
    world_tell_books(world);
    world_beat(world);
    world_tell_specs(world);
}

void world_host_starts(struct world *world)
{
    CHECK(world->host == 0);
    world->host = ++world->lives;
    for (int i = 0; i < STREAM_COUNT; i++)
        world_connect(world, (enum stream)i);
}

void world_host_ends(struct world *world)
{
    world->host = 0;
    for (int i = 0; i < STREAM_COUNT; i++)
        world->streams[i].up = world->streams[i].wanted = false;
}

const struct fault *world_strike(struct world *world, enum fault_kind kind)
{
    const struct fault *fault = faults_strike(world->faults, kind, world->now_ns);
    if (fault && world->on_fault)
        world->on_fault(world->context, fault);
    return fault;
}

/* Up to a thousandth away from the market: some fill soon, in parts, some never. */
static void let_rest(struct world *world, struct venue_request *request, uint64_t roll)
{
    const struct venue_product *product = &venue_products[request->product];
    int64_t mark_e9 = venue_sim_mark(world->venue, request->product).e9;
    int64_t away_e9 = mark_e9 / 1000000 * (int64_t)(roll % 1000);
    request->type = ORDER_TYPE_LIMIT;
    request->tif = TIF_GTC;
    request->limit.e9 = mark_e9 + (request->side == SIDE_BUY ? -away_e9 : away_e9);
    request->limit.e9 -= request->limit.e9 % product->tick.e9;
}

void world_stranger(struct world *world, uint64_t roll)
{
    const struct venue_order *order;
    int product = world->config.products[roll % world->config.product_count];
    struct venue_request request = {.product = product, .type = ORDER_TYPE_MARKET,
                                    .tif = TIF_IOC,
                                    .side = roll >> 8 & 1 ? SIDE_BUY : SIDE_SELL};
    request.size = (struct size){venue_products[product].step.e9 *
                                 (int64_t)(1 + (roll >> 16) % 3)};
    if (venue_products[product].profile == PROFILE_INTX)
        request.size.e9 *= 100;
    if (roll >> 24 & 1)
        let_rest(world, &request, roll >> 32);
    snprintf(request.client_id, sizeof request.client_id, "a stranger's order %u",
             ++world->stranger_count);
    (void)venue_sim_place(world->venue, &request, &order);
}

void world_bust(struct world *world, uint64_t roll)
{
    int64_t ticks = (int64_t)(roll >> 1) % 8;
    venue_sim_reverse_fill(world->venue, roll & 1 ? 0 : roll & 16 ? -ticks : ticks);
}

bool world_take(struct world *world, struct letter *letter)
{
    switch (letter->kind) {
    case LETTER_PLACE: world_take_place(world, letter); break;
    case LETTER_CANCEL: world_take_cancel(world, letter); break;
    case LETTER_LIST: world_take_list(world, letter); break;
    case LETTER_CONNECT:
        if (letter->host == world->host)
            world_connect(world, letter->stream);
        break;
    case LETTER_EVENT:
        if (letter->host == world->host &&
            (letter->connection == 0 ||
             letter->connection == world->streams[letter->stream].connection))
            return false;
        break;
    }
    free(letter);
    return true;
}
