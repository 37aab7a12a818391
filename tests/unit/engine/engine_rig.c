#include "engine_rig.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/limit_list.h"

static const int64_t SECOND = 1000000000;

struct price rig_price(const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    return price;
}

struct size rig_size(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

struct money rig_money(const char *text)
{
    struct money money;
    assert_true(money_parse(text, strlen(text), &money));
    return money;
}

/* ---- settings */

static void set_product(struct engine_settings *settings, product_index i, const char *id,
                        enum venue_profile profile)
{
    struct instrument *spec = &settings->catalog.items[i];
    strncpy(spec->product_id, id, sizeof spec->product_id - 1);
    strncpy(spec->asset, "BTC", sizeof spec->asset - 1);
    spec->profile = profile;
    spec->contract_size = rig_size(profile == PROFILE_CDE ? "0.01" : "1");
    spec->tick = rig_price("0.5");
    spec->step = spec->size_min = rig_size("0.01");
    spec->size_max = rig_size("1000");
    spec->session_open = true;
    spec->funding_interval_ns = 3600 * SECOND;
    spec->venue_reduce_only = profile == PROFILE_INTX;
    settings->product_limits[i] = (struct product_limits){
        .max_order_size = rig_size("10"),
        .max_order_value = rig_money("100000"),
        .price_collar = {DECIMAL_ONE / 5},
        .max_position = rig_size("20"),
        .max_working_orders = 200,
        .max_working_value = rig_money("1000000"),
        .max_book_age_ns = 10 * SECOND,
        .max_mark_age_ns = 60 * SECOND,
        .max_mark_deviation = {DECIMAL_ONE / 5},
    };
}

static struct engine_settings settings_of(uint8_t rules)
{
    struct engine_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.catalog.count = 2;
    set_product(&settings, 0, "BIP-20DEC30-CDE", PROFILE_CDE);
    set_product(&settings, 1, "BTC-PERP-INTX", PROFILE_INTX);
    settings.strategy_count = 2;
    settings.strategies[0] = (struct strategy_settings){"quoter", 3, 1000, 200, DEATH_KEEP};
    settings.strategies[1] = (struct strategy_settings){"cross", 2, 1000, 200, DEATH_CANCEL};
    settings.rule_count = rules;
    for (int i = 0; i < rules; i++)
        settings.rules[i][0] = (char)('a' + i);
    settings.rule_deadline_ns = SECOND / 10;
    settings.owner_tag = 0x4d474154;
    settings.boot_random = 0x1122334455;
    settings.max_messages = settings.max_cancels = 1000;
    settings.message_window_ns = SECOND;
    settings.max_working_orders = 1000;
    settings.max_working_value = rig_money("10000000");
    settings.duplicate_window_ns = SECOND / 10;
    settings.max_skew_ns = SECOND;
    settings.stale_after_ns = 3 * SECOND;
    settings.fills_poll_ns = 5 * SECOND;
    settings.view_bands[0].e9 = DECIMAL_ONE / 1000;
    settings.view_bands[1].e9 = DECIMAL_ONE / 100;
    settings.view_bands[2].e9 = DECIMAL_ONE / 10;
    settings.candle_lengths_ns[0] = 60 * SECOND;
    settings.candle_length_count = 1;
    settings.cancel_on_stop = settings.one_operator = true;
    limits_widen(&settings);
    return settings;
}

/* ---- life */

struct rig *rig_create(uint8_t rules)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->settings = settings_of(rules);
    rig->commands = calloc(RIG_LOG_MAX, sizeof *rig->commands);
    rig->journal = calloc(RIG_LOG_MAX, sizeof *rig->journal);
    rig->engine = engine_create(&rig->settings);
    for (int i = 0; i < 2; i++)
        rig->balances[i] = (struct event_balance){.equity = rig_money("1000"),
                                                  .available_margin = rig_money("1000"),
                                                  .profile = (enum venue_profile)i};
    rig->now = (struct stamp){1000 * SECOND, 1700000000 * SECOND};
    return rig;
}

void rig_destroy(struct rig *rig)
{
    engine_destroy(rig->engine);
    free(rig->commands);
    free(rig->journal);
    free(rig);
}

void rig_restart(struct rig *rig)
{
    engine_destroy(rig->engine);
    rig->settings.boot_random++;
    rig->engine = engine_create(&rig->settings);
    for (uint32_t i = 0; i < rig->journal_count; i++)
        if (!engine_restore(rig->engine, &rig->journal[i]))
            fail_msg("record %u, of kind %s, was refused", i,
                     record_kind_text(rig->journal[i].kind));
    rig_forget(rig);
}

void rig_forget(struct rig *rig)
{
    rig->command_count = 0;
    rig->journal_mark = rig->journal_count;
}

/* ---- one turn */

static void keep(struct rig *rig)
{
    uint32_t records, commands;
    const struct record *record = engine_records(rig->engine, &records);
    const struct command *command = engine_commands(rig->engine, &commands);
    assert_true(rig->journal_count + records <= RIG_LOG_MAX);
    assert_true(rig->command_count + commands <= RIG_LOG_MAX);
    memcpy(rig->journal + rig->journal_count, record, records * sizeof *record);
    memcpy(rig->commands + rig->command_count, command, commands * sizeof *command);
    rig->journal_count += records;
    rig->command_count += commands;
    for (uint32_t i = 0; i < commands; i++)
        if (command[i].kind == COMMAND_VIEW)
            rig->views[command[i].view.runner] = *command[i].view.view;
    engine_clear(rig->engine);
}

void rig_balance(struct rig *rig)
{
    for (int i = 0; i < 2 - rig->poor; i++)
        rig_step(rig, &(struct event){.kind = EVENT_BALANCE, .balance = rig->balances[i]});
}

static void answer_list(struct rig *rig, struct command_list list)
{
    for (product_index i = 0; list.kind == LIST_POSITIONS && i < rig->settings.catalog.count; i++)
        if (rig->venue_position[i].e9 != 0)
            rig_step(rig, &(struct event){.kind = EVENT_POSITION,
                                          .position = {.product = i,
                                                       .size = rig->venue_position[i],
                                                       .average_price = rig_price("100"),
                                                       .mark = rig->venue_mark}});
    if (list.kind == LIST_BALANCE)
        rig_balance(rig);
    rig_list_end(rig, &list, true);
}

void rig_step(struct rig *rig, struct event *event)
{
    uint32_t first = rig->command_count;
    event->at = rig->now;
    engine_step(rig->engine, event);
    /* Whatever was left to do has a time, and it is not now: else the loop would spin. */
    assert_true(engine_next_deadline_ns(rig->engine) > rig->now.mono_ns);
    keep(rig);
    uint32_t last = rig->command_count;
    for (uint32_t i = first; i < last && !rig->hold_lists; i++)
        if (rig->commands[i].kind == COMMAND_LIST)
            answer_list(rig, rig->commands[i].list);
}

void rig_tick(struct rig *rig, int64_t after_ns)
{
    rig->now.mono_ns += after_ns;
    rig->now.wall_ns += after_ns;
    rig_step(rig, &(struct event){.kind = EVENT_TICK});
}

void rig_pass(struct rig *rig, int64_t ns)
{
    while (ns > 0) {
        int64_t step_ns = ns < SECOND / 2 ? ns : SECOND / 2;
        rig->now.mono_ns += step_ns;
        rig->now.wall_ns += step_ns;
        rig_beat(rig);
        for (product_index i = 0; i < rig->settings.catalog.count; i++)
            rig_level(rig, i, SIDE_BUY, "50", "1");
        rig_step(rig, &(struct event){.kind = EVENT_TICK});
        ns -= step_ns;
    }
}

/* ---- the world */

void rig_link(struct rig *rig, enum stream stream, bool up)
{
    rig->sequence[stream] = 0;
    rig_step(rig, &(struct event){.kind = EVENT_LINK, .link = {.stream = stream, .up = up}});
}

void rig_frame(struct rig *rig, enum stream stream)
{
    rig_step(rig, &(struct event){.kind = EVENT_FRAME,
                                  .frame = {.stream = stream,
                                            .sequence = rig->sequence[stream]++,
                                            .venue_ns = rig->now.wall_ns}});
}

void rig_beat(struct rig *rig)
{
    rig->beat++;
    for (int i = 0; i < STREAM_COUNT; i++) {
        rig_frame(rig, (enum stream)i);
        rig_step(rig, &(struct event){.kind = EVENT_HEARTBEAT,
                                      .heartbeat = {(enum stream)i, rig->beat}});
    }
}

void rig_book(struct rig *rig, product_index product, const char *bid, const char *ask,
              const char *size)
{
    struct level levels[] = {{rig_price(bid), rig_size(size), SIDE_BUY},
                             {rig_price("50"), rig_size("1"), SIDE_BUY},
                             {rig_price(ask), rig_size(size), SIDE_SELL}};
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_BOOK,
                                  .book = {.product = product,
                                           .snapshot = true,
                                           .venue_ns = rig->now.wall_ns,
                                           .levels = levels,
                                           .count = 3}});
}

void rig_level(struct rig *rig, product_index product, enum side side, const char *price,
               const char *size)
{
    struct level level = {rig_price(price), rig_size(size), side};
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_BOOK,
                                  .book = {.product = product,
                                           .venue_ns = rig->now.wall_ns,
                                           .levels = &level,
                                           .count = 1}});
}

void rig_trade(struct rig *rig, product_index product, const char *price, const char *size)
{
    struct trade trade = {.price = rig_price(price),
                          .size = rig_size(size),
                          .trade_id = ++rig->trade_id,
                          .venue_ns = rig->now.wall_ns};
    rig_frame(rig, STREAM_MARKET);
    rig_step(rig, &(struct event){.kind = EVENT_TRADES,
                                  .trades = {.product = product, .trades = &trade, .count = 1}});
}

void rig_runner(struct rig *rig, actor_index runner, enum runner_state state, uint32_t generation)
{
    rig->generation[runner] = generation;
    rig_step(rig, &(struct event){.kind = EVENT_RUNNER,
                                  .runner = {.runner = runner,
                                             .generation = generation,
                                             .state = state,
                                             .hash = "0123456789abcdef"}});
}

void rig_up(struct rig *rig)
{
    static uint32_t generation; /* rises over restarts, as the pool's does */
    generation++;
    rig_step(rig, &(struct event){.kind = EVENT_SKEW, .skew = {.known = true}});
    rig_link(rig, STREAM_MARKET, true);
    rig_link(rig, STREAM_USER, true);
    rig_beat(rig);
    for (product_index i = 0; i < rig->settings.catalog.count; i++) {
        rig_book(rig, i, "99", "101", "5");
        rig_trade(rig, i, "100", "1");
    }
    for (actor_index i = 0; i < rig->settings.strategy_count; i++)
        rig_runner(rig, i, RUNNER_READY, generation);
    for (actor_index i = 0; i < rig->settings.rule_count; i++)
        rig_runner(rig, (actor_index)(MAX_STRATEGIES + i), RUNNER_READY, generation);
    /* Lists of one kind are half a second apart. */
    for (int i = 0; i < 4; i++)
        rig_pass(rig, SECOND);
}

/* ---- asking and answering */

void rig_intent(struct rig *rig, actor_index strategy, struct intent intent)
{
    struct event event = {.kind = EVENT_INTENT};
    event.intent.runner = strategy;
    event.intent.generation = rig->generation[strategy];
    event.intent.intent = intent;
    rig_step(rig, &event);
}

struct intent rig_limit_intent(product_index product, enum side side, const char *price,
                               const char *size, order_ref ref)
{
    return (struct intent){.kind = INTENT_PLACE,
                           .product = product,
                           .side = side,
                           .type = ORDER_TYPE_LIMIT,
                           .tif = TIF_GTC,
                           .price = rig_price(price),
                           .size = rig_size(size),
                           .ref = ref};
}

void rig_limit(struct rig *rig, actor_index strategy, product_index product, enum side side,
               const char *price, const char *size, order_ref ref)
{
    rig_intent(rig, strategy, rig_limit_intent(product, side, price, size, ref));
}

void rig_cancel(struct rig *rig, actor_index strategy, order_ref ref)
{
    rig_intent(rig, strategy, (struct intent){.kind = INTENT_CANCEL, .ref = ref});
}

struct venue_id rig_venue_id(const char *text)
{
    struct venue_id id;
    memset(&id, 0, sizeof id);
    text_copy(id.text, sizeof id.text, text, strlen(text));
    return id;
}

void rig_reply(struct rig *rig, struct client_id id, enum outcome outcome, const char *venue_id)
{
    rig_step(rig, &(struct event){.kind = EVENT_PLACE_REPLY,
                                  .place_reply = {.client_id = id,
                                                  .outcome = outcome,
                                                  .venue_id = rig_venue_id(venue_id),
                                                  .reason = "the venue's words"}});
}

void rig_report(struct rig *rig, struct client_id id, const char *venue_id,
                enum venue_status status, const char *filled, const char *average,
                enum report_source source)
{
    struct order_row row = rig_order(rig, id);
    struct event event = {.kind = EVENT_ORDER_REPORT};
    event.order = (struct event_order_report){.source = source,
                                              .client_id = id,
                                              .has_client_id = true,
                                              .venue_id = rig_venue_id(venue_id),
                                              .product = row.product,
                                              .side = row.side,
                                              .type = row.type,
                                              .tif = row.tif,
                                              .status = status,
                                              .filled = rig_size(filled),
                                              .limit_price = row.price,
                                              .average_price = rig_price(average)};
    rig_step(rig, &event);
}

void rig_fill(struct rig *rig, const char *trade_id, const char *venue_id, product_index product,
              enum side side, const char *price, const char *size, const char *fee)
{
    struct event event = {.kind = EVENT_FILL};
    event.fill = (struct event_fill){.trade_id = rig_venue_id(trade_id),
                                     .venue_order_id = rig_venue_id(venue_id),
                                     .product = product,
                                     .side = side,
                                     .price = rig_price(price),
                                     .size = rig_size(size),
                                     .fee = rig_money(fee),
                                     .liquidity = LIQUIDITY_MAKER,
                                     .venue_ns = rig->now.wall_ns};
    rig_step(rig, &event);
}

void rig_list_end(struct rig *rig, const struct command_list *list, bool complete)
{
    rig_step(rig, &(struct event){.kind = EVENT_LIST_END,
                                  .list_end = {list->kind, list->request, complete}});
}

struct command_list rig_open_list(struct rig *rig, enum list_kind kind)
{
    rig->hold_lists = true;
    for (int i = 0; i < 80; i++) {
        rig_pass(rig, SECOND / 2);
        for (uint32_t k = 0; k < rig->command_count; k++) {
            struct command_list list = rig->commands[k].list;
            if (rig->commands[k].kind != COMMAND_LIST)
                continue;
            if (list.kind == kind) {
                rig_forget(rig);
                return list;
            }
            rig_list_end(rig, &list, true);
        }
        rig_forget(rig);
    }
    fail_msg("no such list was asked for");
    return (struct command_list){0};
}

void rig_operator(struct rig *rig, enum operator_verb verb, int target, uint8_t index,
                  const char *reason)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = verb;
    event.operator.token = 42;
    event.operator.target = target;
    event.operator.index = index;
    text_copy(event.operator.reason, REASON_MAX, reason, strlen(reason));
    rig_step(rig, &event);
}

/* ---- looking */

uint32_t rig_count(const struct rig *rig, enum command_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->command_count; i++)
        count += rig->commands[i].kind == kind;
    return count;
}

const struct command *rig_last(const struct rig *rig, enum command_kind kind)
{
    for (uint32_t i = rig->command_count; i-- > 0;)
        if (rig->commands[i].kind == kind)
            return &rig->commands[i];
    fail_msg("no %s was sent", command_kind_text(kind));
    return NULL;
}

struct command_list rig_last_list(const struct rig *rig, enum list_kind kind)
{
    for (uint32_t i = rig->command_count; i-- > 0;)
        if (rig->commands[i].kind == COMMAND_LIST && rig->commands[i].list.kind == kind)
            return rig->commands[i].list;
    fail_msg("no list of kind %d was asked for", (int)kind);
    abort();
}

uint32_t rig_notices(const struct rig *rig, actor_index runner, enum notice_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->command_count; i++)
        count += rig->commands[i].kind == COMMAND_NOTICE &&
                 rig->commands[i].notice.runner == runner &&
                 rig->commands[i].notice.notice.kind == kind;
    return count;
}

const struct notice *rig_last_notice(const struct rig *rig, actor_index runner,
                                     enum notice_kind kind)
{
    for (uint32_t i = rig->command_count; i-- > 0;)
        if (rig->commands[i].kind == COMMAND_NOTICE && rig->commands[i].notice.runner == runner &&
            rig->commands[i].notice.notice.kind == kind)
            return &rig->commands[i].notice.notice;
    fail_msg("runner %d was not told", runner);
    return NULL;
}

uint32_t rig_records(const struct rig *rig, enum record_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = rig->journal_mark; i < rig->journal_count; i++)
        count += rig->journal[i].kind == kind;
    return count;
}

uint32_t rig_alerts(const struct rig *rig, const char *part)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->command_count; i++)
        count += rig->commands[i].kind == COMMAND_ALERT &&
                 strstr(rig->commands[i].alert.text, part) != NULL;
    return count;
}

enum trading_state rig_account_state(const struct rig *rig)
{
    struct account_row row;
    snapshot_account(rig->engine, &row);
    return row.state;
}

struct order_row rig_order(const struct rig *rig, struct client_id id)
{
    struct order_row row;
    assert_true(snapshot_find_order(rig->engine, id, &row));
    return row;
}

struct position_row rig_position(const struct rig *rig, actor_index actor, product_index product)
{
    struct position_row row;
    for (uint32_t i = 0; snapshot_position(rig->engine, i, &row); i++)
        if (row.actor == actor && row.product == product)
            return row;
    memset(&row, 0, sizeof row);
    return row;
}

struct product_row rig_product(const struct rig *rig, product_index product)
{
    struct product_row row;
    assert_true(snapshot_product(rig->engine, product, &row));
    return row;
}

struct client_id rig_open_order(struct rig *rig, actor_index strategy, product_index product,
                                enum side side, const char *price, const char *size,
                                order_ref ref, const char *venue_id)
{
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, strategy, product, side, price, size, ref);
    assert_int_equal(rig_count(rig, COMMAND_PLACE), placed + 1);
    struct client_id id = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_reply(rig, id, OUTCOME_ACCEPTED, venue_id);
    assert_int_equal(rig_order(rig, id).state, ORDER_OPEN);
    return id;
}
