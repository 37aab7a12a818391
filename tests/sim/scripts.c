/* Strategies that trade a lot and badly, and a rule that may be late: all from the seed. */
#include <string.h>

#include "base/text.h"
#include "parts.h"

static const int64_t MS = 1000000, SECOND = 1000000000;

static uint64_t roll(struct script *script, uint64_t sides)
{
    return prng_below(&script->prng, sides);
}

/* A strategy thinks at moments of its own, whatever happens in between, and what it wants then
 * depends on the moment and on what it is shown: leaving out a fault changes little else. */
static bool is_time_to_think(struct sim *sim, actor_index index)
{
    static const int64_t GAPS_NS[SIM_STRATEGIES] = {400000000, 1300000000, 5000000000};
    struct script *script = &sim->scripts[index];
    int64_t moment = sim->now_ns / GAPS_NS[index];
    if (moment == script->thought)
        return false;
    script->thought = moment;
    prng_seed(&script->prng, sim->options.seed * 31 + index + (uint64_t)moment * 1000003);
    return true;
}

/* ---- runners */

static void tell_runner(struct sim *sim, actor_index index, struct script *script,
                        enum runner_state state, int64_t after_ns)
{
    struct event event = {.kind = EVENT_RUNNER};
    event.runner.runner = index;
    event.runner.generation = script->generation;
    event.runner.state = state;
    host_post(sim, &event, after_ns);
}

static void begin(struct sim *sim, actor_index index, struct script *script, int64_t after_ns)
{
    script->generation++;
    script->counter = 0;
    script->live_count = 0;
    script->ready = true;
    script->silent_ns = 0;
    tell_runner(sim, index, script, RUNNER_READY, after_ns);
}

void scripts_start(struct sim *sim)
{
    uint32_t highest = 0;
    for (actor_index i = 0; i < MAX_RUNNERS; i++)
        if (snapshot_generation(sim->engine, i) > highest)
            highest = snapshot_generation(sim->engine, i);
    for (actor_index i = 0; i < SIM_STRATEGIES; i++) {
        sim->scripts[i].generation = highest;
        begin(sim, i, &sim->scripts[i], 300 * MS);
    }
    sim->rule.generation = highest;
    if (sim->settings.rule_count > 0)
        begin(sim, MAX_STRATEGIES, &sim->rule, 200 * MS);
}

static void die(struct sim *sim, actor_index index, struct script *script, uint64_t chance)
{
    if (!script->ready)
        return;
    tell_runner(sim, index, script, RUNNER_DEAD, 0);
    begin(sim, index, script, 100 * MS + (int64_t)(chance % (uint64_t)(5 * SECOND)));
}

/* ---- what a strategy wants */

static void ask(struct sim *sim, actor_index index, const struct intent *intent, int64_t after_ns)
{
    struct event event = {.kind = EVENT_INTENT};
    event.intent.runner = index;
    event.intent.generation = sim->scripts[index].generation;
    event.intent.intent = *intent;
    host_post(sim, &event, after_ns);
}

static order_ref next_ref(struct script *script)
{
    return (order_ref)script->generation << 32 | ++script->counter;
}

static struct intent random_order(struct sim *sim, struct script *script, const struct view *view)
{
    const struct instrument *spec = &sim->settings.catalog.items[view->product];
    struct intent intent = {.kind = INTENT_PLACE, .product = view->product};
    struct size lot = sim->settings.product_limits[view->product].max_order_size;
    uint64_t shape = roll(script, 20);
    intent.side = roll(script, 2) ? SIDE_BUY : SIDE_SELL;
    intent.ref = next_ref(script);
    intent.size.e9 = lot.e9 / 4 * (int64_t)(1 + roll(script, 4));
    if (intent.size.e9 % spec->step.e9 != 0 || roll(script, 200) == 0)
        intent.size = spec->step;
    intent.reduce_only = roll(script, 6) == 0;
    if (shape < 3) {
        intent.type = ORDER_TYPE_MARKET;
        intent.tif = TIF_IOC;
        return intent;
    }
    intent.tif = shape < 5 ? TIF_IOC : shape < 6 ? TIF_FOK : TIF_GTC;
    intent.post_only = shape > 15;
    /* From deep in the book to through the touch. */
    int64_t away = (int64_t)roll(script, 30) - 6;
    struct price touch = intent.side == SIDE_BUY ? view->bids[0].price : view->asks[0].price;
    int64_t step_e9 = spec->tick.e9 * (1 + touch.e9 / spec->tick.e9 / 20000);
    intent.price.e9 = touch.e9 + (intent.side == SIDE_BUY ? -away : away) * step_e9;
    return intent;
}

static void act(struct sim *sim, actor_index index, const struct view *view, int64_t after_ns)
{
    struct script *script = &sim->scripts[index];
    struct intent cancel = {.kind = INTENT_CANCEL};
    uint64_t mood = roll(script, 100);
    if (mood < 55 && view->bid_count > 0 && view->ask_count > 0) {
        struct intent order = random_order(sim, script, view);
        ask(sim, index, &order, after_ns);
        if (roll(script, 40) == 0) /* the same wish twice, and the same name twice */
            ask(sim, index, &order, after_ns + MS);
    } else if (mood < 95 && script->live_count > 0) {
        cancel.ref = script->live[roll(script, script->live_count)];
        ask(sim, index, &cancel, after_ns);
    } else if (mood == 99) {
        cancel.kind = INTENT_CANCEL_ALL;
        cancel.product = NO_PRODUCT;
        ask(sim, index, &cancel, after_ns);
    }
}

static void take_view(struct sim *sim, const struct command_view *command)
{
    struct script *script = &sim->scripts[command->runner];
    struct event credit = {.kind = EVENT_CREDIT};
    int64_t after_ns = MS + sim->now_ns % (40 * MS);
    checks_view(sim, command->view);
    if (script->silent_ns > sim->now_ns)
        after_ns += script->silent_ns - sim->now_ns;
    else if (!sim->healed && (sim->options.strategies >> command->runner & 1) &&
             is_time_to_think(sim, command->runner))
        act(sim, command->runner, command->view, after_ns);
    credit.credit.runner = command->runner;
    credit.credit.generation = command->generation;
    host_post(sim, &credit, after_ns);
}

static bool is_over(enum order_state state)
{
    return state > ORDER_CANCEL_SENT;
}

static void take_notice(struct sim *sim, const struct command_notice *command)
{
    struct script *script = &sim->scripts[command->runner];
    const struct notice *notice = &command->notice;
    uint32_t at = 0;
    if (notice->kind != NOTICE_ORDER || notice->order.ref == 0)
        return;
    while (at < script->live_count && script->live[at] != notice->order.ref)
        at++;
    bool known = at < script->live_count;
    if (known && is_over(notice->order.state))
        script->live[at] = script->live[--script->live_count];
    else if (!known && !is_over(notice->order.state) && script->live_count < 64)
        script->live[script->live_count++] = notice->order.ref;
}

static void take_judge(struct sim *sim, const struct command_judge *command)
{
    struct event event = {.kind = EVENT_VERDICT};
    int64_t after_ns = MS + sim->now_ns % (40 * MS);
    event.verdict.runner = command->runner;
    event.verdict.generation = command->generation;
    event.verdict.request = command->request;
    event.verdict.allow = world_strike(&sim->world, FAULT_RULE_REFUSES) == NULL;
    if (world_strike(&sim->world, FAULT_RULE_LATE))
        after_ns += sim->settings.rule_deadline_ns;
    host_post(sim, &event, after_ns);
}

void scripts_take(struct sim *sim, const struct command *command)
{
    switch (command->kind) {
    case COMMAND_VIEW: take_view(sim, &command->view); break;
    case COMMAND_NOTICE: take_notice(sim, &command->notice); break;
    case COMMAND_JUDGE: take_judge(sim, &command->judge); break;
    default: break;
    }
}

/* ---- faults of runners */

/* Some of its intents are still on their way when its successor is ready. */
static void reload(struct sim *sim, actor_index index, uint64_t chance)
{
    struct script *script = &sim->scripts[index];
    product_index product = (product_index)((chance >> 8) % sim->settings.catalog.count);
    const struct instrument *spec = &sim->settings.catalog.items[product];
    struct intent late = {.kind = INTENT_PLACE, .product = product, .type = ORDER_TYPE_MARKET,
                          .tif = TIF_IOC, .size = spec->step};
    for (int i = 0; i < 3; i++) {
        late.side = i & 1 ? SIDE_BUY : SIDE_SELL;
        late.size.e9 += spec->step.e9;
        late.ref = next_ref(script);
        ask(sim, index, &late, 60 * MS + i * 40 * MS);
    }
    begin(sim, index, script, 50 * MS);
}

void scripts_faults(struct sim *sim)
{
    const struct fault *fault;
    if (!sim->engine)
        return;
    if ((fault = world_strike(&sim->world, FAULT_RUNNER_DIES)) != NULL) {
        actor_index index = (actor_index)(fault->roll % SIM_STRATEGIES);
        die(sim, index, &sim->scripts[index], fault->roll >> 8);
    }
    if ((fault = world_strike(&sim->world, FAULT_RUNNER_RELOAD)) != NULL)
        reload(sim, (actor_index)(fault->roll % SIM_STRATEGIES), fault->roll);
    if ((fault = world_strike(&sim->world, FAULT_RUNNER_SILENT)) != NULL)
        sim->scripts[fault->roll % SIM_STRATEGIES].silent_ns =
            sim->now_ns + (int64_t)((fault->roll >> 8) % (uint64_t)(20 * SECOND));
    if (sim->settings.rule_count > 0 &&
        (fault = world_strike(&sim->world, FAULT_RULE_DIES)) != NULL)
        die(sim, MAX_STRATEGIES, &sim->rule, fault->roll);
}
