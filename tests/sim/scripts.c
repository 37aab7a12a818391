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
    promises_ask(sim, index, intent);
    host_post(sim, &event, after_ns);
}

static order_ref next_ref(struct script *script)
{
    return (order_ref)script->generation << 32 | ++script->counter;
}

static struct size random_size(struct sim *sim, struct script *script, product_index product)
{
    const struct instrument *spec = &sim->settings.catalog.items[product];
    struct size size = {sim->settings.product_limits[product].max_order_size.e9 / 4 *
                        (int64_t)(1 + roll(script, 4))};
    if (size.e9 % spec->step.e9 != 0 || roll(script, 200) == 0)
        size = spec->step;
    return size;
}

/* From deep in the book to through the touch. */
static struct price near_touch(struct sim *sim, struct script *script, const struct view *view,
                               enum side side, int64_t furthest, int64_t through)
{
    const struct instrument *spec = &sim->settings.catalog.items[view->product];
    int64_t away = (int64_t)roll(script, (uint64_t)(furthest + through)) - through;
    struct price touch = side == SIDE_BUY ? view->bids[0].price : view->asks[0].price;
    int64_t step_e9 = spec->tick.e9 * (1 + touch.e9 / spec->tick.e9 / 20000);
    return (struct price){touch.e9 + (side == SIDE_BUY ? -away : away) * step_e9};
}

/* Beyond the other touch: it waits for the market to come there. */
static void make_stop(struct sim *sim, struct script *script, const struct view *view,
                      struct intent *intent)
{
    bool buy = intent->side == SIDE_BUY;
    intent->type = ORDER_TYPE_STOP_LIMIT;
    intent->stop = buy ? STOP_UP : STOP_DOWN;
    intent->stop_price = near_touch(sim, script, view, buy ? SIDE_SELL : SIDE_BUY, 8, 0);
    intent->price.e9 = intent->stop_price.e9 + (buy ? 5 : -5) *
                       sim->settings.catalog.items[view->product].tick.e9;
}

/* An exit on both sides of the market for what is held. */
static void make_bracket(struct sim *sim, struct script *script, const struct view *view,
                         struct intent *intent)
{
    intent->side = view->position.e9 > 0 ? SIDE_SELL : SIDE_BUY;
    bool buy = intent->side == SIDE_BUY;
    intent->type = ORDER_TYPE_BRACKET;
    intent->price = near_touch(sim, script, view, intent->side, 12, 0);
    intent->stop_price = near_touch(sim, script, view, buy ? SIDE_SELL : SIDE_BUY, 12, 0);
}

static struct intent random_order(struct sim *sim, struct script *script, const struct view *view)
{
    struct intent intent = {.kind = INTENT_PLACE, .product = view->product};
    uint64_t shape = roll(script, 26);
    intent.side = roll(script, 2) ? SIDE_BUY : SIDE_SELL;
    intent.ref = next_ref(script);
    intent.size = random_size(sim, script, view->product);
    intent.reduce_only = roll(script, 6) == 0;
    intent.type = shape < 3 ? ORDER_TYPE_MARKET : ORDER_TYPE_LIMIT;
    intent.tif = shape < 5 ? TIF_IOC : shape < 6 ? TIF_FOK : shape < 11 ? TIF_GTD : TIF_GTC;
    if (intent.tif == TIF_GTD)
        intent.expires_wall_ns = view->wall_ns + (int64_t)(1 + roll(script, 60)) * SECOND;
    if (intent.type == ORDER_TYPE_MARKET)
        return intent;
    intent.post_only = shape > 20;
    intent.price = near_touch(sim, script, view, intent.side, 24, 6);
    if (shape >= 9 && shape < 13)
        make_stop(sim, script, view, &intent);
    else if (shape >= 13 && shape < 16 && view->position.e9 != 0)
        make_bracket(sim, script, view, &intent);
    return intent;
}

/* What is done to an order or a position that is there. */
static struct intent random_change(struct sim *sim, struct script *script, const struct view *view)
{
    struct intent intent = {.kind = INTENT_CANCEL, .product = view->product};
    uint64_t mood = roll(script, 12);
    if (script->live_count > 0)
        intent.ref = script->live[roll(script, script->live_count)];
    if (mood < 3 && script->live_count > 0) {
        intent.kind = INTENT_AMEND;
        intent.target = intent.ref;
        intent.ref = next_ref(script);
        intent.price = near_touch(sim, script, view, roll(script, 2) ? SIDE_BUY : SIDE_SELL, 20, 3);
        intent.size.e9 = roll(script, 2) ? 0 : random_size(sim, script, view->product).e9;
    } else if (mood == 3) {
        intent.kind = INTENT_CLOSE;
        intent.ref = next_ref(script);
    } else if (mood == 4) {
        intent.kind = INTENT_PROTECT;
        intent.ref = 0;
        intent.protect.trail.e9 = (int64_t)roll(script, 2) * DECIMAL_ONE / 2000;
        intent.protect.after_ns = (int64_t)roll(script, 40) * SECOND;
        if (roll(script, 2))
            intent.protect.stop =
                near_touch(sim, script, view, view->position.e9 > 0 ? SIDE_BUY : SIDE_SELL, 30, 0);
    } else if (mood == 5 && roll(script, 3) == 0) {
        intent.kind = INTENT_CANCEL_ALL;
        intent.product = NO_PRODUCT;
    }
    return intent;
}

static void act(struct sim *sim, actor_index index, const struct view *view, int64_t after_ns)
{
    struct script *script = &sim->scripts[index];
    struct intent intent;
    if (view->bid_count == 0 || view->ask_count == 0)
        return;
    if (roll(script, 100) < 55)
        intent = random_order(sim, script, view);
    else
        intent = random_change(sim, script, view);
    ask(sim, index, &intent, after_ns);
    if (roll(script, 40) == 0) /* the same wish twice, and the same name twice */
        ask(sim, index, &intent, after_ns + MS);
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
    const struct notice *notice = &command->notice;
    uint32_t at = 0;
    if (notice->kind != NOTICE_ORDER || notice->order.ref == 0) /* rules are told of candles too */
        return;
    struct script *script = &sim->scripts[command->runner];
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
