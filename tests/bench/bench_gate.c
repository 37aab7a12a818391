/* The gate with everything on: four products warm for value at risk over a window of 1000 candles,
 * three scenarios, eight strategies that hold positions and have orders. An order is judged whole:
 * from its intent to what leaves, with all that the gate asks the engine for. Then the engine at
 * work: market data of four products, and an order and its end now and then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../unit/engine/suites.h"

#include "../unit/engine/engine_rig.h"
#include "base/check.h"
#include "bench.h"
#include "engine/intents.h"
#include "engine/tail.h"

enum { PRODUCTS = 4, STRATEGIES = 8, WINDOW = 1000 };
enum { RIGS = 20, ROUNDS = 1000, EVENTS = 20000, BATCH = 100 };
static const int64_t SECOND = 1000000000;

static void widen(struct engine_settings *settings)
{
    struct var_settings *var = &settings->var;
    settings->catalog.count = PRODUCTS;
    for (int i = 2; i < PRODUCTS; i++) {
        settings->catalog.items[i] = settings->catalog.items[i - 2];
        memcpy(settings->catalog.items[i].asset, "ETH", 4);
        settings->catalog.items[i].product_id[0] = (char)('0' + i);
        settings->product_limits[i] = settings->product_limits[i - 2];
    }
    settings->strategy_count = STRATEGIES;
    for (int i = 0; i < STRATEGIES; i++) {
        settings->strategies[i] = settings->strategies[0];
        settings->strategies[i].products = (1u << PRODUCTS) - 1;
        settings->strategies[i].name[0] = (char)('a' + i);
    }
    *var = (struct var_settings){.mode = VAR_ON, .candle_ns = SECOND, .window = WINDOW,
                                 .warmup = 30, .horizon = 60, .decay.e9 = 940000000,
                                 .max_var = rig_money("1000000"), .scenario_count = 3};
    for (uint32_t i = 0; i < var->scenario_count; i++) {
        var->scenarios[i].name[0] = (char)('a' + i);
        for (int k = 0; k < PRODUCTS; k++)
            var->scenarios[i].shocks[k].e9 = (i == 0 ? -1 : k - 2) * DECIMAL_ONE / 10;
        var->scenarios[i].max_loss = rig_money("1000000");
    }
}

/* Nothing of what the rig keeps is wanted here, and it has room for a test. */
static void pass(struct rig *rig)
{
    rig_pass(rig, SECOND);
    rig->command_count = rig->journal_count = rig->journal_mark = 0;
}

static void warm(struct rig *rig)
{
    for (int i = 0; i < WINDOW + 10; i++) {
        for (product_index k = 0; k < PRODUCTS; k++)
            rig_trade(rig, k, (i * 7 + k) % 3 == 0 ? "100.5" : "100", "1");
        pass(rig);
    }
    for (product_index k = 0; k < PRODUCTS; k++) {
        char id[] = "v0", trade[] = "t0";
        id[1] = trade[1] = (char)('0' + k);
        struct client_id order = rig_open_order(rig, k, k, SIDE_BUY, "100", "1", 1, id);
        rig_report(rig, order, id, VENUE_FILLED, "1", "100", REPORT_USER_UPDATE);
        rig->venue_position[k] = rig_size("1");
        rig_fill(rig, trade, id, k, SIDE_BUY, "100", "1", "0.01");
        pass(rig);
    }
}

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    widen(&rig->settings);
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    CHECK(rig->engine);
    for (int i = 0; i < 2; i++)
        rig->balances[i].equity = rig->balances[i].available_margin = rig_money("100000");
    rig_up(rig);
    warm(rig);
    return rig;
}

static void step(struct rig *rig, struct event *event)
{
    event->at = rig->now;
    engine_step(rig->engine, event);
}

static struct client_id placed(const struct rig *rig)
{
    uint32_t count;
    const struct command *command = engine_commands(rig->engine, &count);
    for (uint32_t i = 0; i < count; i++)
        if (command[i].kind == COMMAND_PLACE)
            return command[i].place.id;
    CHECK(!"the order was not placed");
    abort();
}

/* The venue takes nothing, so each order finds the world as the last one did. */
static void refuse(struct rig *rig, struct client_id id)
{
    struct event event = {.kind = EVENT_PLACE_REPLY,
                          .place_reply = {.client_id = id, .outcome = OUTCOME_REFUSED}};
    engine_clear(rig->engine);
    step(rig, &event);
    engine_clear(rig->engine);
}

static struct event any_order(const struct rig *rig, uint32_t round)
{
    struct event event = {.kind = EVENT_INTENT};
    actor_index actor = (actor_index)(round % STRATEGIES);
    event.intent.runner = actor;
    event.intent.generation = rig->generation[actor];
    event.intent.intent = rig_limit_intent((product_index)(round % PRODUCTS), SIDE_BUY, "98", "0.1",
                                           round + 10);
    event.intent.intent.size.e9 = (1 + round / PRODUCTS % 100) * (DECIMAL_ONE / 100);
    return event;
}

struct figures { struct bench_samples judge, whole, tail, events, call; };

/* The input is what the engine has counted anyway; losses are worked out for each order. */
static void judge(struct rig *rig, actor_index actor, const struct intent *intent,
                  struct figures *ret)
{
    struct gate_input in;
    struct approved_order order;
    struct verdict verdict;
    intents_gate_input(rig->engine, actor, actor, intent, &in);
    int64_t start = bench_now_ns();
    tail_fill_input(rig->engine, &in);
    int64_t middle = bench_now_ns();
    CHECK(gate_approve(&in, client_id_make(7, 9, 1), &order, &verdict));
    bench_add(&ret->judge, bench_now_ns() - start);
    bench_add(&ret->tail, middle - start);
    CHECK(in.tail.known);
}

/* What the engine asks for is not answered here: a rig is good for some seconds. */
static void bench_orders(struct rig *rig, struct figures *ret)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct event event = any_order(rig, round);
        struct intent intent = event.intent.intent;
        rig->now.mono_ns += SECOND / 500;
        rig->now.wall_ns += SECOND / 500;
        judge(rig, event.intent.runner, &intent, ret);
        int64_t start = bench_now_ns();
        step(rig, &event);
        bench_add(&ret->whole, bench_now_ns() - start);
        refuse(rig, placed(rig));
        if (round % 100 == 0)
            pass(rig);
    }
}

/* A frame with a level for each of its events; one in a hundred is an order, and its end. */
static void bench_events(struct rig *rig, struct figures *ret)
{
    struct level level = {{98 * (int64_t)DECIMAL_ONE}, {DECIMAL_ONE}, SIDE_BUY};
    for (uint32_t i = 0; i < EVENTS / BATCH; i++) {
        int64_t start = bench_now_ns();
        for (uint32_t k = 0; k < BATCH - 2; k++) {
            struct event event = {.kind = EVENT_BOOK};
            level.size.e9 = (k + 1) * DECIMAL_ONE;
            level.price.e9 = (95 + (k & 3)) * DECIMAL_ONE;
            event.book = (struct event_book){.product = (product_index)(k % PRODUCTS),
                                             .venue_ns = rig->now.wall_ns, .levels = &level,
                                             .count = 1};
            step(rig, &event);
            engine_clear(rig->engine);
        }
        struct event order = any_order(rig, ROUNDS + i);
        step(rig, &order);
        refuse(rig, placed(rig));
        bench_add(&ret->events, bench_now_ns() - start);
        rig->now.mono_ns += SECOND / 500;
        rig->now.wall_ns += SECOND / 500;
    }
}

static void bench_calls(struct figures *ret)
{
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = bench_now_ns();
        for (int k = 0; k < BATCH; k++)
            syscall(SYS_getppid);
        bench_add(&ret->call, bench_now_ns() - start);
    }
}

int main(void)
{
    static const char CALL[] = "getppid() system call";
    struct figures figures;
    bench_init(&figures.judge, RIGS * ROUNDS);
    bench_init(&figures.whole, RIGS * ROUNDS);
    bench_init(&figures.tail, RIGS * ROUNDS);
    bench_init(&figures.events, RIGS * EVENTS / BATCH);
    bench_init(&figures.call, ROUNDS);
    for (int i = 0; i < RIGS; i++) {
        struct rig *rig = ready();
        bench_orders(rig, &figures);
        pass(rig);
        bench_events(rig, &figures);
        rig_destroy(rig);
    }
    bench_calls(&figures);
    double call_ns = bench_per_op(&figures.call, BATCH);
    bench_head();
    bench_line("gate: an order, all controls on", &figures.judge, 1, CALL, call_ns);
    bench_line("  of that value at risk and stress", &figures.tail, 1, CALL, call_ns);
    bench_line("an intent to its order, all controls on", &figures.whole, 1, CALL, call_ns);
    bench_line("engine: an event, 4 products, 8 strategies", &figures.events, BATCH, CALL, call_ns);
    printf("engine: %.0f events a second\n", 1e9 / bench_per_op(&figures.events, BATCH));
    bench_fini(&figures.judge);
    bench_fini(&figures.whole);
    bench_fini(&figures.tail);
    bench_fini(&figures.events);
    bench_fini(&figures.call);
    return 0;
}
