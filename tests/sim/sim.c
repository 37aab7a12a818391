/* Time, and the two phases of a run. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "model/limit_list.h"

static const int64_t MS = 1000000, SECOND = 1000000000;
/* Noon of an ordinary Tuesday, less four minutes: every seed lives through a funding stamp. */
static const int64_t START_NS = INT64_C(1790682960) * 1000000000;
/* R2 alone takes 240 s and two looks 30 s apart; the rest is polls and patience. */
static const int64_t HEALED_WITHIN_NS = INT64_C(900) * 1000000000;
enum { TRACE_LINES = 4000 };

#define INVARIANT_NAME(symbol, name, meaning) name,
#define INVARIANT_MEANING(symbol, name, meaning) meaning,
static const char *const NAMES[] = {INVARIANT_LIST(INVARIANT_NAME)};
static const char *const MEANINGS[] = {INVARIANT_LIST(INVARIANT_MEANING)};
const char *invariant_name(enum invariant invariant) { return NAMES[invariant]; }
const char *invariant_meaning(enum invariant invariant) { return MEANINGS[invariant]; }

/* ---- telling */

static void format_time(const struct sim *sim, char out[24])
{
    long long ms = (sim->now_ns - sim->start_ns) / MS;
    snprintf(out, 24, "%02lld:%02lld:%02lld.%03lld", ms / 3600000, ms / 60000 % 60,
             ms / 1000 % 60, ms % 1000);
}

void sim_note(struct sim *sim, const char *format, ...)
{
    va_list arguments;
    char time[24], line[128];
    if (!sim->options.trace)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    format_time(sim, time);
    snprintf(sim->trace[sim->trace_count++ % TRACE_LINES], sizeof sim->trace[0], "%s  %s", time,
             line);
}

void sim_print_trace(const struct sim *sim)
{
    uint64_t first = sim->trace_count > TRACE_LINES ? sim->trace_count - TRACE_LINES : 0;
    if (first > 0)
        printf("(%llu lines before)\n", (unsigned long long)first);
    for (uint64_t i = first; i < sim->trace_count; i++)
        puts(sim->trace[i % TRACE_LINES]);
}

void sim_break(struct sim *sim, enum invariant invariant, const char *format, ...)
{
    va_list arguments;
    if (sim->broken != BROKEN_NOT)
        return;
    sim->broken = invariant;
    sim->broken_ns = sim->now_ns - sim->start_ns;
    va_start(arguments, format);
    vsnprintf(sim->text, sizeof sim->text, format, arguments);
    va_end(arguments);
    sim_note(sim, "BROKEN        %s: %s: %s", NAMES[invariant], MEANINGS[invariant], sim->text);
}

struct stamp sim_stamp(const struct sim *sim)
{
    return (struct stamp){sim->now_ns - sim->mono_base_ns, sim->now_ns + sim->wall_step_ns};
}

static void on_fault(void *context, const struct fault *fault)
{
    struct sim *sim = context;
    sim_note(sim, "fault %-6u  %s: %s", fault->number, fault_name(fault->kind),
             fault_meaning(fault->kind));
    if (sim->waiting_ns[fault->kind] == 0)
        sim->waiting_ns[fault->kind] = sim->now_ns;
}

/* ---- settings */

static struct money dollars(int64_t whole)
{
    return (struct money){(__int128)whole * DECIMAL_ONE * DECIMAL_ONE};
}

/* Limits so tight that they are met all the time. */
static void set_product(struct sim *sim, product_index product, const struct venue_asset *asset)
{
    struct size lot = asset->lot;
    struct money working = money_of(asset->start, (struct size){16 * lot.e9});
    sim->settings.product_limits[product] = (struct product_limits){
        .max_order_size = {4 * lot.e9},
        .max_order_value = dollars(1000000),
        .price_collar = {DECIMAL_ONE / 10},
        .max_position = {9 * lot.e9},
        .max_working_orders = 10,
        .max_working_value = working,
        .max_book_age_ns = 2500 * MS,
        .max_mark_age_ns = 60 * SECOND,
        .max_mark_deviation = {DECIMAL_ONE / 5},
        .max_exit_price_age_ns = 5 * SECOND,
    };
    sim->settings.max_working_value.e18 += working.e18 / 4 * 3;
}

static void set_account(struct engine_settings *settings, uint64_t seed)
{
    static const char *const STRATEGIES[] = {"hasty", "fickle", "greedy"};
    for (int i = 0; i < SIM_STRATEGIES; i++) {
        struct strategy_settings *s = &settings->strategies[i];
        text_copy(s->name, sizeof s->name, STRATEGIES[i], strlen(STRATEGIES[i]));
        s->products = UINT32_MAX;
        s->max_messages = 40;
        s->max_working_orders = 8;
        s->on_death = i == 1 ? DEATH_CANCEL : i == 2 ? DEATH_FLATTEN : DEATH_KEEP;
        s->resend_unknown = i != 1;
    }
    settings->strategy_count = SIM_STRATEGIES;
    settings->rule_count = seed % 3 == 0;
    text_copy(settings->rules[0], NAME_MAX_BYTES, "doubter", 7);
    settings->rule_deadline_ns = 250 * MS;
    settings->owner_tag = 0x4d474154;
    settings->max_messages = 100;
    settings->max_cancels = 60;
    settings->message_window_ns = SECOND;
    settings->max_working_orders = 16;
    settings->duplicate_window_ns = 100 * MS;
    settings->max_skew_ns = SECOND;
    settings->stale_after_ns = 3 * SECOND;
    settings->orders_poll_ns = 6 * SECOND;
    settings->fills_poll_ns = 5 * SECOND;
    settings->positions_poll_ns = 8 * SECOND;
    settings->balance_poll_ns = 12 * SECOND;
    settings->view_bands[0].e9 = DECIMAL_ONE / 1000;
    settings->view_bands[1].e9 = DECIMAL_ONE / 100;
    settings->view_bands[2].e9 = DECIMAL_ONE / 10;
    settings->candle_lengths_ns[0] = 60 * SECOND;
    settings->candle_length_count = 1;
    settings->cancel_on_stop = seed % 2 == 0;
}

/* One to four products of the venue: contracts and coins, some of them of one market. */
static void choose_products(uint64_t seed, struct world_config *config)
{
    static const int PRODUCTS[VENUE_PRODUCTS] = {0, 4, 5, 2, 6, 1, 7, 3};
    config->product_count = (product_index)(1 + seed % 4);
    for (product_index i = 0; i < config->product_count; i++)
        config->products[i] = PRODUCTS[(i + seed / 4) % VENUE_PRODUCTS];
}

static int begin_world(struct sim *sim, struct err *err)
{
    uint64_t seed = sim->options.seed;
    struct world_config config = {.seed = seed, .start_ns = START_NS,
                                  .speed = {DECIMAL_ONE / 25}};
    choose_products(seed, &config);
    if (world_init(&sim->world, &config, &sim->faults, sim->auditor, err) < 0)
        return -1;
    sim->world.context = sim;
    sim->world.on_fault = on_fault;
    sim->settings.catalog = sim->world.catalog;
    set_account(&sim->settings, seed);
    for (product_index i = 0; i < config.product_count; i++) {
        int product = config.products[i];
        set_product(sim, i, &venue_assets[venue_products[product].market]);
    }
    limits_widen(&sim->settings);
    return 0;
}

/* A world that is looked at less often: whoever waits for it waits as much longer. */
static void slow_down(struct engine_settings *settings, int64_t pulse_ns)
{
    settings->stale_after_ns = 10 * pulse_ns;
    settings->orders_poll_ns = settings->fills_poll_ns = 2 * pulse_ns;
    settings->positions_poll_ns = settings->balance_poll_ns = 3 * pulse_ns;
    for (int i = 0; i < MAX_PRODUCTS; i++)
        settings->product_limits[i].max_book_age_ns =
            settings->product_limits[i].max_mark_age_ns = 10 * pulse_ns;
}

struct sim *sim_create(const struct sim_options *options, struct sim_recovery *recovery,
                       struct err *err)
{
    struct sim *sim = calloc(1, sizeof *sim);
    CHECK(sim);
    sim->options = *options;
    sim->recovery = recovery;
    sim->start_ns = sim->now_ns = sim->pulse_ns = START_NS;
    sim->heal_ns = START_NS + options->chaos_ns;
    sim->end_ns = sim->heal_ns + HEALED_WITHIN_NS;
    struct fault_plan plan = {START_NS, options->scripted ? START_NS : sim->heal_ns,
                              options->only};
    faults_draw(&sim->faults, options->seed, &plan);
    for (uint32_t i = 0; i < options->skip_count; i++)
        faults_skip(&sim->faults, options->skips[i]);
    sim->auditor = auditor_create();
    sim->mirrors = calloc(MAX_PRODUCTS, sizeof sim->mirrors[0]);
    CHECK(sim->mirrors);
    if (options->trace) {
        sim->trace = calloc(TRACE_LINES, sizeof sim->trace[0]);
        CHECK(sim->trace);
    }
    if (begin_world(sim, err) < 0) {
        sim_destroy(sim);
        return NULL;
    }
    if (options->pulse_ns > 0)
        slow_down(&sim->settings, options->pulse_ns);
    return sim;
}

void sim_destroy(struct sim *sim)
{
    if (!sim)
        return;
    engine_destroy(sim->engine);
    hold_destroy(sim->hold);
    while (sim->inbox_at < sim->inbox_count)
        free(sim->inbox[sim->inbox_at++]);
    free(sim->handed);
    free(sim->inbox);
    free(sim->journal.records);
    free(sim->journal.commits);
    free(sim->told);
    free(sim->refs);
    free(sim->mirrors);
    free(sim->trace);
    world_fini(&sim->world);
    auditor_destroy(sim->auditor);
    faults_fini(&sim->faults);
    free(sim);
}

/* ---- faults that strike by themselves */

static void strike_host(struct sim *sim)
{
    const struct fault *fault;
    if ((fault = world_strike(&sim->world, FAULT_WALL_STEP)) != NULL)
        sim->wall_step_ns =
            fault->roll & 1 ? (int64_t)(fault->roll % (uint64_t)(7200 * SECOND)) - 3600 * SECOND
                            : 0;
    if ((fault = world_strike(&sim->world, FAULT_PAUSE)) != NULL)
        sim->awake_ns = sim->now_ns + (int64_t)(fault->roll % (uint64_t)(60 * SECOND));
    if ((fault = world_strike(&sim->world, FAULT_STRANGER)) != NULL)
        world_stranger(&sim->world, fault->roll);
    if ((fault = world_strike(&sim->world, FAULT_BUST)) != NULL)
        world_bust(&sim->world, fault->roll);
    if (sim->engine && world_strike(&sim->world, FAULT_CRASH)) {
        checks_restore(sim);
        host_crash(sim);
    }
}

static bool is_mismatched(const struct sim *sim)
{
    struct product_row row;
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        if (snapshot_product(sim->engine, i, &row) && row.state == TRADING_REDUCING)
            return true;
    return false;
}

/* Told, and told to be over: a host that starts between reads the products anew. */
static void cancel_only(struct sim *sim, uint64_t roll)
{
    struct event event = {.kind = EVENT_INSTRUMENT};
    event.instrument.product = (product_index)(roll % sim->settings.catalog.count);
    event.instrument.spec = sim->settings.catalog.items[event.instrument.product];
    event.instrument.spec.cancel_only = true;
    host_post(sim, &event, 0);
    event.instrument.spec.cancel_only = false;
    host_post(sim, &event, (int64_t)((roll >> 8) % (uint64_t)(60 * SECOND)));
}

/* Of the account, a strategy or a product. */
static void scoped(struct sim *sim, enum fault_kind kind, enum operator_verb verb)
{
    const struct fault *fault = world_strike(&sim->world, kind);
    if (!fault)
        return;
    int target = (int)(fault->roll % 3);
    host_operator(sim, verb, target,
                  (uint8_t)((fault->roll >> 8) % (target == TARGET_STRATEGY
                                                      ? SIM_STRATEGIES
                                                      : sim->settings.catalog.count)));
}

static void strike_operator(struct sim *sim)
{
    const struct fault *fault;
    if (!sim->engine)
        return;
    scoped(sim, FAULT_HALT, OPERATOR_HALT);
    if (world_strike(&sim->world, FAULT_HALT_CANCEL))
        host_halt_cancel(sim);
    if (world_strike(&sim->world, FAULT_FATAL))
        host_post(sim, &(struct event){.kind = EVENT_HEALTH,
                                       .health = {.cause = HEALTH_KEY_REFUSED, .on = true,
                                                  .text = "the key is refused"}}, 0);
    if ((fault = world_strike(&sim->world, FAULT_CANCEL_ONLY)) != NULL)
        cancel_only(sim, fault->roll);
    if (world_strike(&sim->world, FAULT_REDUCE))
        host_operator(sim, OPERATOR_REDUCE, TARGET_ACCOUNT, 0);
    if (world_strike(&sim->world, FAULT_CANCEL_MINE))
        host_operator(sim, OPERATOR_CANCEL_MINE, TARGET_ACCOUNT, 0);
    scoped(sim, FAULT_FLATTEN, OPERATOR_FLATTEN);
    if ((fault = world_strike(&sim->world, FAULT_ONE_ORDER)) != NULL)
        host_one_order(sim, fault->roll);
    if (world_strike(&sim->world, FAULT_RECONCILE))
        host_operator(sim, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0);
    /* An operator reads the status first. */
    if (is_mismatched(sim) && world_strike(&sim->world, FAULT_ACCEPT))
        host_operator(sim, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0);
    if (world_strike(&sim->world, FAULT_STOP))
        host_operator(sim, OPERATOR_STOP, TARGET_ACCOUNT, 0);
}

/* Somebody is there who starts again what was stopped, once in a while. */
static void operate(struct sim *sim)
{
    struct account_row account;
    struct strategy_row strategy;
    struct product_row product;
    if (!sim->engine || sim->now_ns < sim->operator_ns)
        return;
    sim->operator_ns = sim->now_ns + 15 * SECOND;
    snapshot_account(sim->engine, &account);
    if (!account.journal_up) {
        host_crash(sim); /* a good disk, and a new start */
        return;
    }
    if (account.state != TRADING_ACTIVE)
        host_operator(sim, OPERATOR_RESUME, TARGET_ACCOUNT, 0);
    for (uint8_t i = 0; i < SIM_STRATEGIES; i++)
        if (snapshot_strategy(sim->engine, i, &strategy) && strategy.state != TRADING_ACTIVE)
            host_operator(sim, OPERATOR_RESUME, TARGET_STRATEGY, i);
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        if (snapshot_product(sim->engine, i, &product) && product.state != TRADING_ACTIVE) {
            /* What was accepted too early is put right by accepting again. */
            if (sim->healed && sim->accepted)
                host_operator(sim, OPERATOR_ACCEPT, TARGET_ACCOUNT, 0);
            host_operator(sim, OPERATOR_RESUME, TARGET_PRODUCT, i);
        }
}

/* ---- how long it took */

static bool is_well(struct sim *sim)
{
    struct account_row account;
    struct product_row product;
    if (!sim->engine)
        return false;
    snapshot_account(sim->engine, &account);
    if (!account.market_up || !account.user_up || !account.reconciled || account.unknown > 0 ||
        account.state != TRADING_ACTIVE || !account.skew_known)
        return false;
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        if (!snapshot_product(sim->engine, i, &product) || !product.book_valid)
            return false;
    return true;
}

static void note_recovery(struct sim *sim)
{
    bool waiting = false;
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        waiting = waiting || sim->waiting_ns[i] != 0;
    if (!waiting || !sim->recovery || !is_well(sim))
        return;
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        struct sim_recovery *recovery = &sim->recovery[i];
        int64_t took_ns = sim->now_ns - sim->waiting_ns[i];
        /* A reply that is late or lost is felt a moment later. */
        if (sim->waiting_ns[i] == 0 || took_ns < 300 * MS)
            continue;
        int64_t slot = took_ns / (250 * MS);
        recovery->slots[slot < SIM_RECOVERY_SLOTS ? slot : SIM_RECOVERY_SLOTS - 1]++;
        recovery->count++;
        recovery->max_ns = took_ns > recovery->max_ns ? took_ns : recovery->max_ns;
        sim->waiting_ns[i] = 0;
    }
}

/* ---- the loop */

static void heal(struct sim *sim)
{
    sim->healed = true;
    sim->faults.off = true;
    sim->wall_step_ns = 0;
    sim->skew_ns = sim->now_ns;
    sim->operator_ns = sim->now_ns;
    sim->awake_ns = sim->awake_ns < sim->now_ns + SECOND ? sim->awake_ns : sim->now_ns;
    sim_note(sim, "the world is well again");
}

static void pulse(struct sim *sim)
{
    world_pulse(&sim->world, sim->now_ns);
    sim->pulse_ns = sim->now_ns + (sim->options.pulse_ns ? sim->options.pulse_ns : SIM_PULSE_NS);
    if (!sim->healed && sim->now_ns >= sim->heal_ns)
        heal(sim);
    if (!sim->healed) {
        strike_host(sim);
        strike_operator(sim);
        scripts_faults(sim);
    }
    if (!sim->options.scripted || sim->healed)
        operate(sim);
    checks_world(sim);
    note_recovery(sim);
    if (sim->healed && sim->agreed_ns == 0 && checks_agree(sim) == NULL)
        sim->agreed_ns = sim->now_ns - sim->heal_ns + 1;
}

static int64_t next_ns(const struct sim *sim)
{
    int64_t next_ns = sim->pulse_ns, other_ns = mail_next_ns(&sim->world.mail);
    next_ns = other_ns < next_ns ? other_ns : next_ns;
    other_ns = host_next_ns(sim);
    next_ns = other_ns < next_ns ? other_ns : next_ns;
    return next_ns > sim->now_ns ? next_ns : sim->now_ns;
}

static void deliver(struct sim *sim)
{
    struct letter *letter;
    while ((letter = mail_take(&sim->world.mail, sim->now_ns)) != NULL) {
        if (world_take(&sim->world, letter))
            checks_world(sim);
        else
            host_take(sim, letter);
    }
}

static void step(struct sim *sim)
{
    sim->now_ns = next_ns(sim);
    world_move(&sim->world, sim->now_ns);
    if (sim->now_ns >= sim->pulse_ns)
        pulse(sim);
    deliver(sim);
    host_due(sim);
}

void sim_pass(struct sim *sim, int64_t ns)
{
    int64_t until_ns = sim->now_ns + ns;
    while (sim->broken == BROKEN_NOT && next_ns(sim) <= until_ns)
        step(sim);
    if (sim->now_ns < until_ns)
        world_move(&sim->world, sim->now_ns = until_ns);
}

void sim_run(struct sim *sim)
{
    if (sim->lives == 0)
        host_start(sim);
    while (sim->broken == BROKEN_NOT && sim->agreed_ns == 0) {
        step(sim);
        if (sim->now_ns >= sim->end_ns) {
            const char *why = checks_agree(sim);
            sim_break(sim, BROKEN_AGREE, "%s", why ? why : "agreed too late");
        }
    }
}
