#include "app/operator_words.h"

#include <stdlib.h>
#include <string.h>

#include "app/operator_rows.h"
#include "engine/snapshot_compare.h"
#include "model/client_id.h"

enum { STATUS_ORDERS = 20 };

/* --- lists --- */

static bool order_fits(const struct order_row *row, const struct operator_words_target *target)
{
    return (target->strategy == NO_PRODUCT || row->actor == target->strategy) &&
           (target->product == NO_PRODUCT || row->product == target->product);
}

struct order_key { bool live; int64_t changed_ns; uint32_t index; };

/* Live ones first, then the latest change; equal ones as the engine holds them. */
static int compare_orders(const void *a, const void *b)
{
    const struct order_key *x = a, *y = b;
    if (x->live != y->live)
        return x->live ? -1 : 1;
    if (x->changed_ns != y->changed_ns)
        return x->changed_ns > y->changed_ns ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static uint32_t put_orders(struct json_writer *json, const struct operator_config *config,
                           const struct operator_words_target *target, bool live_only)
{
    static struct order_key keys[MAX_ORDERS]; /* the loop is one thread */
    struct order_row row;
    uint32_t count = 0;
    for (uint32_t i = 0; count < MAX_ORDERS && snapshot_order(config->engine, i, &row); i++)
        if ((row.live || !live_only) && order_fits(&row, target))
            keys[count++] = (struct order_key){row.live, row.changed_wall_ns, i};
    qsort(keys, count, sizeof keys[0], compare_orders);
    count = count < target->limit ? count : target->limit;
    for (uint32_t i = 0; i < count; i++)
        if (snapshot_order(config->engine, keys[i].index, &row))
            rows_put_order(json, config, &row);
    return count;
}

uint32_t operator_words_orders(const struct operator_config *config,
                               const struct operator_words_target *target, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_array(&json);
    uint32_t count = put_orders(&json, config, target, false);
    json_close_array(&json);
    return count;
}

/* What guards a position, beside it; the rest of it is in `status`. */
static void put_guard(struct json_writer *json, const struct operator_config *config,
                      const struct position_row *position)
{
    struct protection_row row;
    for (uint32_t i = 0; snapshot_protection(config->engine, i, &row); i++) {
        if (row.actor != position->actor || row.product != position->product)
            continue;
        json_put_text(json, "protection",
                      row.blind ? "blind" : protect_state_text(row.state));
        if (row.terms.stop.e9 > 0)
            json_put_price(json, "stop", row.terms.stop);
        if (row.level.e9 > 0)
            json_put_price(json, "trail_at", row.level);
        rows_put_age_ms(json, "after_ms", row.terms.after_ns ? row.terms.after_ns : INT64_MAX);
        return;
    }
}

uint32_t operator_words_positions(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct position_row row;
    uint32_t count = 0;
    json_write_init(&json, out);
    json_open_array(&json);
    for (; snapshot_position(config->engine, count, &row); count++) {
        json_open_object(&json);
        rows_put_actor(&json, config, row.actor);
        rows_put_product_id(&json, config, row.product);
        json_put_size(&json, "size", row.size);
        json_put_price(&json, "average_price", row.average_price);
        json_put_money(&json, "cost", row.cost);
        json_put_money(&json, "realised", row.realised);
        json_put_money(&json, "unrealised", row.unrealised);
        json_put_money(&json, "fees", row.fees);
        json_put_money(&json, "funding", row.funding);
        put_guard(&json, config, &row);
        json_close_object(&json);
    }
    json_close_array(&json);
    return count;
}

static void put_sides(struct json_writer *json, const struct product_row *row)
{
    json_open_object(json);
    json_put_text(json, "product", row->product_id);
    json_put_size(json, "ours", row->position);
    json_put_size(json, "venue", row->venue_position);
    json_put_bool(json, "differs", row->differs);
    json_put_text(json, "state", trading_state_text(row->state));
    json_close_object(json);
}

static void put_difference(struct json_writer *json, const struct operator_config *config,
                           const struct difference_row *row)
{
    json_open_object(json);
    json_put_time(json, "time", row->wall_ns);
    rows_put_product_id(json, config, row->product);
    json_put_size(json, "ours", row->ours);
    json_put_size(json, "venue", row->venue);
    json_put_text(json, "done", row->text);
    json_close_object(json);
}

void operator_words_comparison(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct product_row product;
    struct difference_row difference;
    json_write_init(&json, out);
    json_open_object(&json);
    json_open_array_at(&json, "positions");
    for (product_index i = 0; snapshot_product(config->engine, i, &product); i++)
        put_sides(&json, &product);
    json_close_array(&json);
    json_open_array_at(&json, "differences");
    for (uint32_t i = 0; snapshot_difference(config->engine, i, &difference); i++)
        put_difference(&json, config, &difference);
    json_close_array(&json);
    json_close_object(&json);
}

static void put_day(struct json_writer *json, const struct operator_config *config,
                    const struct record_daily *row)
{
    bool account = row->product == NO_PRODUCT;
    json_open_object(json);
    if (account)
        json_put_text(json, "actor", "account");
    else
        rows_put_actor(json, config, row->actor);
    rows_put_product_id(json, config, row->product);
    json_put_time(json, "day", row->day_ns);
    if (!account)
        json_put_size(json, "position", row->position);
    json_put_uint(json, "fills", row->fills);
    if (!account)
        json_put_size(json, "volume", row->volume);
    json_put_money(json, "realised", row->realised);
    json_put_money(json, "fees", row->fees);
    json_put_money(json, "funding", row->funding);
    if (account && row->balance_known) {
        json_put_money(json, "equity", row->equity);
        json_put_money(json, "available_margin", row->available_margin);
        json_put_money(json, "funding_pnl", row->venue_funding);
    }
    json_close_object(json);
}

void operator_words_report(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct record_daily row;
    json_write_init(&json, out);
    json_open_array(&json);
    for (uint32_t i = 0; snapshot_daily(config->engine, i, &row); i++)
        put_day(&json, config, &row);
    json_close_array(&json);
}

static uint32_t put_runners(struct json_writer *json, const struct operator_config *config)
{
    struct strategy_row row;
    uint32_t count = 0;
    for (; snapshot_strategy(config->engine, count, &row); count++)
        rows_put_runner(json, config, &row);
    return count;
}

uint32_t operator_words_runners(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_array(&json);
    uint32_t count = put_runners(&json, config);
    json_close_array(&json);
    return count;
}

static void put_refusal_counts(struct json_writer *json, const struct counters_row *counters)
{
    json_open_object_at(json, "refusals");
    for (enum refusal code = REFUSED_NOT + 1; code < REFUSAL_COUNT; code++)
        if (counters->refusals[code] > 0)
            json_put_uint(json, refusal_text(code), counters->refusals[code]);
    json_close_object(json);
}

uint32_t operator_words_refusals(const struct operator_config *config, uint32_t limit,
                                 struct buf *out)
{
    struct json_writer json;
    struct counters_row counters;
    struct verdict_row row;
    uint32_t count = 0;
    snapshot_counters(config->engine, &counters);
    json_write_init(&json, out);
    json_open_object(&json);
    put_refusal_counts(&json, &counters);
    json_put_uint(&json, "not_journaled", counters.refusals_unrecorded);
    json_open_array_at(&json, "latest");
    for (uint32_t i = 0; count < limit && snapshot_verdict(config->engine, i, &row); i++) {
        if (row.verdict.code == REFUSED_NOT)
            continue;
        rows_put_verdict(&json, config, &row);
        count++;
    }
    json_close_array(&json);
    json_close_object(&json);
    return count;
}

static uint32_t put_parked(struct json_writer *json, const struct operator_config *config)
{
    struct parked_row row;
    uint32_t count = 0;
    for (; snapshot_parked(config->engine, count, &row); count++)
        rows_put_parked(json, config, &row);
    return count;
}

uint32_t operator_words_parked(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_array(&json);
    uint32_t count = put_parked(&json, config);
    json_close_array(&json);
    return count;
}

static uint32_t put_consents(struct json_writer *json, const struct operator_config *config)
{
    struct consent_row row;
    uint32_t count = 0;
    for (; snapshot_consent(config->engine, count, &row); count++)
        rows_put_consent(json, config, &row);
    return count;
}

uint32_t operator_words_consents(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_array(&json);
    uint32_t count = put_consents(&json, config);
    json_close_array(&json);
    return count;
}

/* --- limits --- */

static void put_account_limits(struct json_writer *json, const struct operator_config *config)
{
    const struct engine_settings *settings = config->settings;
    struct account_row account;
    snapshot_account(config->engine, &account);
    json_open_object_at(json, "account");
    json_put_text(json, "state", trading_state_text(account.state));
    json_put_text(json, "reason", account.reason);
    json_put_uint(json, "messages", account.messages);
    json_put_uint(json, "max_messages", account.messages_max);
    json_put_uint(json, "cancels", account.cancels);
    json_put_uint(json, "max_cancels", account.cancels_max);
    rows_put_age_ms(json, "message_window_ms", settings->message_window_ns);
    json_put_uint(json, "working_orders", account.working);
    json_put_uint(json, "max_working_orders", account.working_max);
    json_put_money(json, "working_value", account.working_value);
    json_put_money(json, "max_working_value", account.working_value_max);
    rows_put_age_ms(json, "duplicate_window_ms", settings->duplicate_window_ns);
    rows_put_age_ms(json, "max_skew_ms", settings->max_skew_ns);
    rows_put_age_ms(json, "stale_after_ms", settings->stale_after_ns);
    json_close_object(json);
}

static void put_product_limits(struct json_writer *json, const struct product_row *row)
{
    const struct product_limits *limits = &row->limits;
    json_open_object(json);
    json_put_text(json, "product", row->product_id);
    json_put_text(json, "state", trading_state_text(row->state));
    json_put_size(json, "max_order_size", limits->max_order_size);
    json_put_money(json, "max_order_value", limits->max_order_value);
    json_put_ratio(json, "price_collar", limits->price_collar);
    json_put_size(json, "position", row->position);
    json_put_size(json, "max_position", limits->max_position);
    json_put_size(json, "room_buy", row->room_buy);
    json_put_size(json, "room_sell", row->room_sell);
    json_put_uint(json, "working_orders", row->working);
    json_put_uint(json, "max_working_orders", limits->max_working_orders);
    json_put_money(json, "working_value", row->working_value);
    json_put_money(json, "max_working_value", limits->max_working_value);
    rows_put_age_ms(json, "max_book_age_ms", limits->max_book_age_ns);
    rows_put_age_ms(json, "max_mark_age_ms", limits->max_mark_age_ns);
    json_put_ratio(json, "max_mark_deviation", limits->max_mark_deviation);
    json_close_object(json);
}

static void put_strategy_limits(struct json_writer *json, const struct strategy_row *row)
{
    json_open_object(json);
    json_put_text(json, "strategy", row->name);
    json_put_uint(json, "messages", row->messages);
    json_put_uint(json, "max_messages", row->messages_max);
    json_put_uint(json, "working_orders", row->working);
    json_put_uint(json, "max_working_orders", row->working_max);
    json_close_object(json);
}

void operator_words_limits(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct product_row product;
    struct strategy_row strategy;
    json_write_init(&json, out);
    json_open_object(&json);
    put_account_limits(&json, config);
    json_open_array_at(&json, "products");
    for (product_index i = 0; snapshot_product(config->engine, i, &product); i++)
        put_product_limits(&json, &product);
    json_close_array(&json);
    json_open_array_at(&json, "strategies");
    for (uint32_t i = 0; snapshot_strategy(config->engine, i, &strategy); i++)
        if (!strategy.is_rule)
            put_strategy_limits(&json, &strategy);
    json_close_array(&json);
    json_close_object(&json);
}

/* --- status --- */

static void put_account(struct json_writer *json, const struct account_row *row)
{
    json_put_time(json, "time", row->wall_ns);
    json_put_text(json, "state", trading_state_text(row->state));
    json_put_text(json, "reason", row->reason);
    json_put_bool(json, "state_by_operator", row->state_by_operator);
    json_put_bool(json, "stopping", row->stopping);
    json_put_bool(json, "market_up", row->market_up);
    json_put_bool(json, "user_up", row->user_up);
    json_put_bool(json, "journal_up", row->journal_up);
    json_put_bool(json, "reconciled", row->reconciled);
    rows_put_age_ms(json, "reconciled_age_ms", row->reconciled_age_ns);
    if (row->skew_known)
        json_put_int(json, "skew_us", row->skew_ns / 1000);
    else
        json_put_null(json, "skew_us");
    json_put_money(json, "realised", row->realised);
    json_put_money(json, "unrealised", row->unrealised);
    json_put_money(json, "fees", row->fees);
    json_put_money(json, "funding", row->funding);
    json_put_uint(json, "working", row->working);
    json_put_uint(json, "unknown", row->unknown);
    json_put_uint(json, "messages", row->messages);
    json_put_uint(json, "messages_max", row->messages_max);
}

static void put_ladder(struct json_writer *json, const struct operator_config *config,
                       const struct account_row *account)
{
    struct health_row row;
    json_open_object_at(json, "ladder");
    json_put_text(json, "step", ladder_step_text(account->ladder));
    json_put_text(json, "meaning", ladder_step_meaning(account->ladder));
    json_open_array_at(json, "causes");
    for (uint32_t i = 0; snapshot_health(config->engine, i, &row); i++) {
        json_open_object(json);
        json_put_text(json, "cause", health_cause_text(row.cause));
        json_put_text(json, "step", ladder_step_text(health_cause_step(row.cause)));
        json_put_text(json, "text", row.text);
        rows_put_age_ms(json, "age_ms", row.age_ns);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void put_margins(struct json_writer *json, const struct engine *engine)
{
    struct margin margin;
    json_open_object_at(json, "left");
    for (enum venue_profile i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        if (!snapshot_margin(engine, i, &margin))
            continue;
        json_open_object_at(json, venue_profile_text(i));
        json_put_money(json, "free_margin", margin.free);
        json_put_money(json, "liquidation_buffer", margin.buffer);
        json_close_object(json);
    }
    json_close_object(json);
}

static void put_balance(struct json_writer *json, const struct engine *engine,
                        const struct account_row *row)
{
    if (!row->balance_known) {
        json_put_null(json, "balance");
        return;
    }
    json_open_object_at(json, "balance");
    json_put_money(json, "equity", row->equity);
    json_put_money(json, "available_margin", row->available_margin);
    json_put_money(json, "initial_margin", row->initial_margin);
    json_put_money(json, "funding_pnl", row->funding_pnl);
    json_put_money(json, "funding_unexplained", row->funding_unexplained);
    put_margins(json, engine);
    json_close_object(json);
}

static void put_counters(struct json_writer *json, const struct counters_row *row)
{
    json_open_object_at(json, "counters");
    json_put_uint(json, "events", row->events);
    json_put_uint(json, "gaps", row->gaps);
    json_put_uint(json, "stale_frames", row->stale_frames);
    json_put_uint(json, "old_generation", row->old_generation);
    json_put_uint(json, "orders", row->orders);
    json_put_uint(json, "fills", row->fills);
    json_put_uint(json, "external_fills", row->external_fills);
    json_put_uint(json, "lists", row->lists);
    json_put_uint(json, "alerts", row->alerts);
    json_put_uint(json, "reconciles", row->reconciles);
    json_put_uint(json, "mismatches", row->mismatches);
    json_put_uint(json, "wild_prices", row->wild);
    json_close_object(json);
}

static void put_recoveries(struct json_writer *json, const struct operator_config *config)
{
    struct recovery_row row;
    json_open_array_at(json, "recoveries");
    for (uint32_t i = 0; snapshot_recovery(config->engine, i, &row); i++) {
        json_open_object(json);
        json_put_text(json, "fault", row.fault);
        json_put_text(json, "meaning", row.meaning);
        json_put_uint(json, "count", row.count);
        rows_put_age_ms(json, "last_ms", row.last_ns);
        rows_put_age_ms(json, "max_ms", row.max_ns);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_latency(struct json_writer *json, const char *key, const struct link_latency *l)
{
    json_open_object_at(json, key);
    json_put_uint(json, "samples", l->samples);
    json_put_int(json, "p50_us", l->p50_ns / 1000);
    json_put_int(json, "p90_us", l->p90_ns / 1000);
    json_put_int(json, "p99_us", l->p99_ns / 1000);
    json_put_int(json, "p999_us", l->p999_ns / 1000);
    json_put_int(json, "max_us", l->max_ns / 1000);
    json_close_object(json);
}

static void put_stream(struct json_writer *json, const struct link_counters *c, enum stream stream)
{
    json_open_object_at(json, stream == STREAM_MARKET ? "market" : "user");
    json_put_bool(json, "up", c->up[stream]);
    json_put_uint(json, "frames", c->frames[stream]);
    json_put_uint(json, "bytes", c->bytes[stream]);
    json_put_uint(json, "malformed", c->malformed[stream]);
    json_put_uint(json, "connects", c->connects[stream]);
    json_put_uint(json, "resets", c->resets[stream]);
    json_close_object(json);
}

static void put_restraint(struct json_writer *json, const struct link_counters *c)
{
    static const char *const BREAKERS[] = {"breaker_orders", "breaker_cancels", "breaker_reads"};
    for (int i = 0; i < COINBASE_REQUESTS; i++) {
        json_open_object_at(json, BREAKERS[i]);
        json_put_text(json, "state", breaker_state_text(c->breakers[i]));
        json_put_uint(json, "trips", c->trips[i]);
        json_close_object(json);
    }
    json_put_uint(json, "retries_reads", c->retries_reads);
    json_put_uint(json, "retries_cancels", c->retries_cancels);
    json_put_uint(json, "retries_denied", c->retries_denied);
    json_put_uint(json, "probes", c->probes);
    rows_put_age_ms(json, "held_ms", c->held_ns);
    rows_put_age_ms(json, "spec_age_ms", c->spec_age_ns);
    json_put_uint(json, "dns_failures", c->dns_failures);
    json_put_uint(json, "tls_refused", c->tls_refused);
    json_put_uint(json, "clock_steps", c->clock_steps);
    json_put_uint(json, "skew_warnings", c->skew_warnings);
    json_put_uint(json, "late_passes", c->late_passes);
    rows_put_age_ms(json, "lag_max_ms", c->lag_max_ns);
}

static void put_link(struct json_writer *json, struct link *link)
{
    struct link_counters c;
    link_read_counters(link, &c);
    json_open_object_at(json, "link");
    put_stream(json, &c, STREAM_MARKET);
    put_stream(json, &c, STREAM_USER);
    json_put_uint(json, "places", c.places);
    json_put_uint(json, "cancels", c.cancels);
    json_put_uint(json, "orders_unknown", c.orders_unknown);
    json_put_uint(json, "orders_not_sent", c.orders_not_sent);
    json_put_uint(json, "rate_limited", c.rate_limited);
    json_put_uint(json, "unauthorised", c.unauthorised);
    json_put_uint(json, "queue_full", c.queue_full);
    json_put_uint(json, "http_queued", c.http_queued);
    json_put_uint(json, "http_in_flight", c.http_in_flight);
    json_put_uint(json, "tokens_ahead", c.tokens_ahead);
    json_put_uint(json, "tokens_at_once", c.tokens_at_once);
    put_restraint(json, &c);
    put_latency(json, "tick_to_approved", &c.tick_to_approved);
    put_latency(json, "tick_to_order", &c.tick_to_order);
    put_latency(json, "submit_to_write", &c.submit_to_write);
    put_latency(json, "order_round_trip", &c.order_round_trip);
    json_put_text(json, "last_error", c.last_error);
    json_close_object(json);
}

static void put_journal(struct json_writer *json, struct store *store)
{
    struct store_counters c;
    store_read_counters(store, &c);
    json_open_object_at(json, "journal");
    json_put_text(json, "directory", store_directory(store));
    json_put_uint(json, "records", c.records);
    json_put_uint(json, "transactions", c.transactions);
    json_put_uint(json, "queued", c.queued);
    json_put_uint(json, "batch_max", c.batch_max);
    json_put_int(json, "last_us", c.transaction_ns_last / 1000);
    json_put_int(json, "max_us", c.transaction_ns_max / 1000);
    json_close_object(json);
}

static void put_status_lists(struct json_writer *json, const struct operator_config *config)
{
    const struct operator_words_target all = {NO_PRODUCT, NO_PRODUCT, STATUS_ORDERS};
    struct product_row product;
    struct protection_row protection;
    json_open_array_at(json, "products");
    for (product_index i = 0; snapshot_product(config->engine, i, &product); i++)
        rows_put_product(json, &product);
    json_close_array(json);
    json_open_array_at(json, "runners");
    put_runners(json, config);
    json_close_array(json);
    json_open_array_at(json, "orders");
    put_orders(json, config, &all, true);
    json_close_array(json);
    json_open_array_at(json, "parked");
    put_parked(json, config);
    json_close_array(json);
    json_open_array_at(json, "consents");
    put_consents(json, config);
    json_close_array(json);
    json_open_array_at(json, "protections");
    for (uint32_t i = 0; snapshot_protection(config->engine, i, &protection); i++)
        rows_put_protection(json, config, &protection);
    json_close_array(json);
}

void operator_words_status(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct account_row account;
    struct counters_row counters;
    snapshot_account(config->engine, &account);
    snapshot_counters(config->engine, &counters);
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "environment", config->environment);
    put_account(&json, &account);
    operator_words_put_stage(&json, config);
    put_ladder(&json, config, &account);
    put_balance(&json, config->engine, &account);
    put_status_lists(&json, config);
    put_refusal_counts(&json, &counters);
    put_counters(&json, &counters);
    put_recoveries(&json, config);
    if (config->link)
        put_link(&json, config->link);
    if (config->store)
        put_journal(&json, config->store);
    json_close_object(&json);
}

/* --- why --- */

static bool order_is(const struct order_row *row, const char *id)
{
    char text[CLIENT_ID_TEXT];
    client_id_format(row->id, text);
    return strcmp(text, id) == 0 || (*row->venue_id.text && strcmp(row->venue_id.text, id) == 0);
}

/* The client id of the order, so that its verdict is found by a venue id too. */
static uint32_t put_why_orders(struct json_writer *json, const struct operator_config *config,
                               const char *id, struct client_id *ret_id)
{
    struct order_row row;
    uint32_t count = 0;
    json_open_array_at(json, "orders");
    for (uint32_t i = 0; snapshot_order(config->engine, i, &row); i++)
        if (order_is(&row, id)) {
            rows_put_order(json, config, &row);
            *ret_id = row.id;
            count++;
        }
    json_close_array(json);
    return count;
}

static uint32_t put_why_verdicts(struct json_writer *json, const struct operator_config *config,
                                 const char *id, struct client_id order, uint32_t limit)
{
    static const struct client_id NONE;
    struct verdict_row row;
    char *end;
    unsigned long long number = strtoull(id, &end, 10);
    bool numbered = *id >= '0' && *id <= '9' && *end == '\0';
    uint32_t count = 0;
    json_open_array_at(json, "verdicts");
    for (uint32_t i = 0; count < limit && snapshot_verdict(config->engine, i, &row); i++) {
        bool same = !client_id_equal(order, NONE) && client_id_equal(order, row.id);
        if (!same && !(numbered && row.number == number))
            continue;
        rows_put_verdict(json, config, &row);
        count++;
    }
    json_close_array(json);
    return count;
}

uint32_t operator_words_why(const struct operator_config *config, const char *id, uint32_t limit,
                            struct buf *out)
{
    struct json_writer json;
    struct client_id order = {0};
    json_write_init(&json, out);
    (void)client_id_parse(id, strlen(id), &order);
    json_open_object(&json);
    uint32_t count = put_why_orders(&json, config, id, &order);
    count += put_why_verdicts(&json, config, id, order, limit);
    if (config->store)
        json_put_text(&json, "state_directory", store_directory(config->store));
    json_close_object(&json);
    return count;
}
