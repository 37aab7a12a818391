#include "engine/engine.h"

#include "base/check.h"
#include "engine/amend.h"
#include "engine/balance.h"
#include "engine/cancels.h"
#include "engine/consent.h"
#include "engine/daily.h"
#include "engine/funding.h"
#include "engine/fills.h"
#include "engine/intents.h"
#include "engine/judge.h"
#include "engine/ladder.h"
#include "engine/market.h"
#include "engine/marks.h"
#include "engine/operator.h"
#include "engine/outbox.h"
#include "engine/parked.h"
#include "engine/protect.h"
#include "engine/reconcile.h"
#include "engine/restore.h"
#include "engine/overdue.h"
#include "engine/risk.h"
#include "engine/stage.h"
#include "engine/strategies.h"
#include "engine/tail.h"
#include "engine/sweep.h"
#include "engine/drain.h"
#include "engine/venue.h"
#include "engine/watch.h"

enum { MAX_TIMERS = MAX_RUNNERS * MAX_TIMERS_PER_RUNNER, ARENA_SLACK = 4096 };

/* ---- memory, once */

static size_t arena_bytes(const struct engine_settings *settings)
{
    return sizeof(struct engine) + orders_bytes() + portfolio_bytes() + fills_bytes() +
           sizeof(struct product) * MAX_PRODUCTS + book_bytes() * settings->catalog.count +
           sizeof(struct protection) * MAX_STRATEGIES * MAX_PRODUCTS +
           sizeof(struct pending) * MAX_PENDING_INTENTS +
           sizeof(struct recent_intent) * RECENT_INTENTS +
           sizeof(struct verdict_row) * VERDICTS_KEPT +
           sizeof(struct difference_row) * DIFFERENCES_KEPT +
           sizeof(struct daily_cell) * ACTOR_SLOTS * MAX_PRODUCTS + sizeof(uint16_t) * MAX_ORDERS +
           sizeof(struct deadline) * MAX_TIMERS + tail_bytes(settings) +
           (sizeof(struct record) + sizeof(struct command)) * OUT_MAX + ARENA_SLACK;
}

/* All but the room for the worst turn there could be, and the books, is touched at once. */
static void take_tables(struct engine *engine)
{
    struct arena *arena = &engine->arena;
    engine->records = arena_take(arena, OUT_MAX, sizeof(struct record));
    engine->commands = arena_take(arena, OUT_MAX, sizeof(struct command));
    size_t from = arena->used;
    engine->products = arena_take(arena, MAX_PRODUCTS, sizeof(struct product));
    engine->protections = arena_take(arena, MAX_STRATEGIES, sizeof *engine->protections);
    engine->pending = arena_take(arena, MAX_PENDING_INTENTS, sizeof(struct pending));
    engine->recent = arena_take(arena, RECENT_INTENTS, sizeof(struct recent_intent));
    engine->verdicts = arena_take(arena, VERDICTS_KEPT, sizeof(struct verdict_row));
    engine->daily.cells = arena_take(arena, ACTOR_SLOTS, sizeof *engine->daily.cells);
    engine->differences = arena_take(arena, DIFFERENCES_KEPT, sizeof(struct difference_row));
    engine->cancel_queue = arena_take(arena, MAX_ORDERS, sizeof(uint16_t));
    deadlines_init(&engine->timers, arena_take(arena, MAX_TIMERS, sizeof(struct deadline)),
                   MAX_TIMERS);
    orders_init(&engine->orders, arena);
    portfolio_init(&engine->portfolio, arena);
    fills_init(engine);
    tail_init(engine);
    arena_touch(arena, from);
}

static void init_products(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        struct product *p = &engine->products[i];
        book_init(&p->book, arena_take(&engine->arena, book_bytes(), 1));
        p->stale = true;
        for (uint8_t k = 0; k < engine->settings.candle_length_count; k++)
            candle_init(&p->candles[k], engine->settings.candle_lengths_ns[k]);
    }
}

static void check_settings(const struct engine_settings *settings)
{
    CHECK(settings->catalog.count <= MAX_PRODUCTS);
    CHECK(settings->strategy_count <= MAX_STRATEGIES && settings->rule_count <= MAX_RULES);
    CHECK(settings->candle_length_count <= MAX_CANDLE_LENGTHS);
    CHECK(settings->message_window_ns > 0);
}

struct engine *engine_create(const struct engine_settings *settings)
{
    check_settings(settings);
    struct arena arena;
    if (arena_init(&arena, arena_bytes(settings)) < 0)
        return NULL;
    /* The engine lies in its own arena, which it holds the end of: one allocation, one free. */
    struct engine *engine = arena_take(&arena, 1, sizeof *engine);
    engine->arena = arena;
    engine->settings = *settings;
    take_tables(engine);
    init_products(engine);
    int64_t window_ns = settings->message_window_ns;
    rate_init(&engine->messages, window_ns);
    rate_init(&engine->cancels, window_ns);
    for (int i = 0; i < MAX_RUNNERS; i++)
        rate_init(&engine->runners[i].messages, window_ns);
    engine->cancels_look_ns = INT64_MAX;
    risk_init(engine);
    stage_init(engine);
    return engine;
}

void engine_destroy(struct engine *engine)
{
    if (engine == NULL)
        return;
    struct arena arena = engine->arena;
    arena_fini(&arena);
}

bool engine_restore(struct engine *engine, const struct record *record)
{
    CHECK(!engine->begun);
    return restore_record(engine, record);
}

/* ---- one event */

static void on_journal(struct engine *engine, const struct event_journal *event)
{
    if (!event->dead || engine->journal_dead)
        return;
    engine->journal_dead = true; /* for good: what it claims later is not trusted either */
    operator_halt_account(engine, event->reason[0] ? event->reason : "the journal is dead");
}

static void on_skew(struct engine *engine, const struct event_skew *event)
{
    engine->skew_known = event->known;
    engine_due(engine, engine->now.mono_ns); /* a day's end may have waited for it */
    engine->skew_ns = event->skew_ns;
}

static void dispatch_venue(struct engine *engine, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ORDER_REPORT: venue_on_report(engine, &event->order); break;
    case EVENT_FILL: fills_on_fill(engine, &event->fill); break;
    case EVENT_POSITION: reconcile_on_position(engine, &event->position); break;
    case EVENT_BALANCE: balance_on_event(engine, &event->balance); break;
    case EVENT_LIST_END: reconcile_on_list_end(engine, &event->list_end); break;
    case EVENT_PLACE_REPLY: venue_on_place_reply(engine, &event->place_reply); break;
    case EVENT_CANCEL_REPLY: venue_on_cancel_reply(engine, &event->cancel_reply); break;
    default: break;
    }
}

static void dispatch(struct engine *engine, const struct event *event)
{
    switch (event->kind) {
    case EVENT_FRAME: market_on_frame(engine, &event->frame); break;
    case EVENT_LINK: market_on_link(engine, &event->link); break;
    case EVENT_BOOK: market_on_book(engine, &event->book); break;
    case EVENT_TRADES: market_on_trades(engine, &event->trades); break;
    case EVENT_HEARTBEAT: market_on_heartbeat(engine, &event->heartbeat); break;
    case EVENT_INSTRUMENT: market_on_instrument(engine, &event->instrument); break;
    case EVENT_INTENT: intents_on_intent(engine, &event->intent); break;
    case EVENT_VERDICT: judge_on_verdict(engine, &event->verdict); break;
    case EVENT_RUNNER: strategies_on_runner(engine, &event->runner); break;
    case EVENT_CREDIT: strategies_on_credit(engine, &event->credit); break;
    case EVENT_TIMER_SET: strategies_on_timer_set(engine, &event->timer_set); break;
    case EVENT_OPERATOR: operator_on_event(engine, &event->operator); break;
    case EVENT_SKEW: on_skew(engine, &event->skew); break;
    case EVENT_HEALTH: ladder_on_health(engine, &event->health); break;
    case EVENT_JOURNAL: on_journal(engine, &event->journal); break;
    case EVENT_TICKER: market_on_ticker(engine, &event->ticker); break;
    /* The venue's candles have one length. */
    case EVENT_VENUE_CANDLE:
    case EVENT_TICK: break;
    default: dispatch_venue(engine, event); break;
    }
}

/* What fell due, and what the event left to be done. One part may leave work for another (a silent
 * stream asks for lists), so it is gone through again, but not for ever. */
static void do_due(struct engine *engine)
{
    for (int i = 0; i < 3 && engine->now.mono_ns >= engine->due_ns; i++) {
        engine->due_ns = INT64_MAX;
        watch_due(engine);
        market_due(engine);
        tail_due(engine);
        funding_due(engine);
        daily_due(engine);
        consent_due(engine);
        marks_due(engine);
        strategies_due(engine);
        judge_due(engine);
        operator_due(engine);
        protect_due(engine);
        amend_due(engine);
        sweep_due(engine);
        drain_due(engine);
        cancels_due(engine);
        reconcile_due(engine);
    }
}

void engine_step(struct engine *engine, const struct event *event)
{
    engine->now.wall_ns = event->at.wall_ns;
    /* A clock that steps back would make ages negative; it is held instead. */
    if (!engine->begun || event->at.mono_ns > engine->now.mono_ns)
        engine->now.mono_ns = event->at.mono_ns;
    if (!engine->begun) {
        engine->begun = true;
        restore_begin(engine);
    }
    engine->counters.events++;
    watch_wake(engine, event);
    dispatch(engine, event);
    protect_due(engine);
    do_due(engine);
    parked_due(engine);
    risk_follow(engine);
    ladder_follow(engine);
    overdue_follow(engine);
    stage_follow(engine);
}

/* ---- what comes out */

const struct record *engine_records(const struct engine *engine, uint32_t *ret_count)
{
    *ret_count = engine->record_count;
    return engine->records;
}

const struct command *engine_commands(struct engine *engine, uint32_t *ret_count)
{
    strategies_build_views(engine);
    *ret_count = engine->command_count;
    return engine->commands;
}

static void mark_left(struct engine *engine, struct client_id id)
{
    struct order *order = orders_find(&engine->orders, id);
    if (order == NULL)
        return;
    orders_open(&engine->orders, order);
    order_move(order, STIMULUS_LEFT);
    orders_close(&engine->orders, order);
}

void engine_clear(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->command_count; i++)
        if (engine->commands[i].kind == COMMAND_PLACE)
            mark_left(engine, engine->commands[i].place.id);
    for (int i = 0; i < MAX_RUNNERS; i++)
        engine->runners[i].view_sent = false;
    engine->record_count = engine->command_count = 0;
}

bool engine_has_room(const struct engine *engine)
{
    return engine->record_count + EVENT_OUT_MAX + OUT_SPARE <= OUT_MAX &&
           engine->command_count + EVENT_OUT_MAX + OUT_SPARE <= OUT_MAX;
}

int64_t engine_next_deadline_ns(const struct engine *engine)
{
    return engine->due_ns;
}
