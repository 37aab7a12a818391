#include "app/operator_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/client_id.h"

void rows_put_age_ms(struct json_writer *json, const char *key, int64_t age_ns)
{
    if (age_ns < 0 || age_ns == INT64_MAX)
        json_put_null(json, key);
    else
        json_put_int(json, key, age_ns / 1000000);
}

void rows_put_actor(struct json_writer *json, const struct operator_config *config,
                    actor_index actor)
{
    const struct engine_settings *settings = config->settings;
    char number[8];
    const char *name = number;
    snprintf(number, sizeof number, "%u", actor);
    if (actor == ACTOR_OPERATOR)
        name = "operator";
    else if (actor == ACTOR_EXTERNAL)
        name = "external";
    else if (actor < settings->strategy_count)
        name = settings->strategies[actor].name;
    else if (actor >= MAX_STRATEGIES && actor - MAX_STRATEGIES < settings->rule_count)
        name = settings->rules[actor - MAX_STRATEGIES];
    json_put_text(json, "actor", name);
}

void rows_put_product_id(struct json_writer *json, const struct operator_config *config,
                         product_index product)
{
    if (product < config->settings->catalog.count)
        json_put_text(json, "product", config->settings->catalog.items[product].product_id);
    else
        json_put_null(json, "product");
}

static void put_price_or_null(struct json_writer *json, const char *key, struct price price)
{
    if (price.e9 == 0)
        json_put_null(json, key);
    else
        json_put_price(json, key, price);
}

/* --- orders --- */

static void put_order_terms(struct json_writer *json, const struct order_row *row)
{
    json_put_text(json, "side", side_text(row->side));
    json_put_text(json, "type", order_type_text(row->type));
    json_put_text(json, "tif", time_in_force_text(row->tif));
    json_put_bool(json, "post_only", row->post_only);
    json_put_bool(json, "reduce_only", row->reduce_only);
    put_price_or_null(json, "price", row->price);
    json_put_size(json, "size", row->size);
    json_put_size(json, "filled", row->filled);
    if (row->stop_price.e9 > 0)
        json_put_price(json, "stop_price", row->stop_price);
    if (row->stop != STOP_NONE)
        json_put_text(json, "stop", stop_direction_text(row->stop));
    if (row->expires_wall_ns > 0)
        json_put_time(json, "expires", row->expires_wall_ns);
}

void rows_put_order(struct json_writer *json, const struct operator_config *config,
                    const struct order_row *row)
{
    char id[CLIENT_ID_TEXT];
    client_id_format(row->id, id);
    json_open_object(json);
    json_put_text(json, "id", id);
    json_put_text(json, "venue_id", row->venue_id.text);
    json_put_bool(json, "ours", row->ours);
    rows_put_actor(json, config, row->actor);
    rows_put_product_id(json, config, row->product);
    put_order_terms(json, row);
    json_put_text(json, "state", order_state_text(row->state));
    json_put_bool(json, "live", row->live);
    json_put_bool(json, "cancel_wanted", row->cancel_wanted);
    json_put_bool(json, "parked", row->parked);
    json_put_time(json, "created", row->created_wall_ns);
    json_put_time(json, "changed", row->changed_wall_ns);
    json_put_text(json, "reason", row->reason);
    json_close_object(json);
}

/* --- verdicts --- */

void rows_put_amount(struct json_writer *json, const char *key, const struct verdict *verdict,
                     struct money amount)
{
    static const char *const UNITS[] = {[UNIT_NONE] = "",      [UNIT_SIZE] = "",
                                        [UNIT_MONEY] = " USD", [UNIT_PRICE] = " USD",
                                        [UNIT_COUNT_] = "",    [UNIT_NS] = " ms",
                                        [UNIT_RATIO] = ""};
    char number[DECIMAL_TEXT_MAX], text[DECIMAL_TEXT_MAX + 8];
    if (verdict->unit == UNIT_NONE) {
        json_put_null(json, key);
        return;
    }
    if (verdict->unit == UNIT_NS)
        amount.e18 /= 1000000;
    money_format(amount, number);
    snprintf(text, sizeof text, "%s%s", number,
             (unsigned)verdict->unit <= UNIT_RATIO ? UNITS[verdict->unit] : "");
    json_put_text(json, key, text);
}

static const char *scope_text(int scope)
{
    static const char *const NAMES[] = {"none", "account", "strategy", "product"};
    return scope >= 0 && scope < 4 ? NAMES[scope] : "invalid";
}

static void put_verdict_reasons(struct json_writer *json, const struct verdict *verdict)
{
    json_put_text(json, "code", refusal_text(verdict->code));
    json_put_text(json, "meaning", refusal_meaning(verdict->code));
    json_put_int(json, "control", refusal_control(verdict->code));
    json_put_text(json, "scope", scope_text((int)verdict->scope));
    rows_put_amount(json, "limit", verdict, verdict->limit);
    rows_put_amount(json, "value", verdict, verdict->value);
    rows_put_amount(json, "headroom", verdict, verdict->headroom);
    json_put_text(json, "config_key", verdict->config_key);
}

void rows_put_verdict(struct json_writer *json, const struct operator_config *config,
                      const struct verdict_row *row)
{
    static const struct client_id NONE;
    char id[CLIENT_ID_TEXT] = "";
    const struct intent *intent = &row->intent;
    if (!client_id_equal(row->id, NONE))
        client_id_format(row->id, id);
    json_open_object(json);
    json_put_uint(json, "number", row->number);
    json_put_time(json, "time", row->wall_ns);
    rows_put_actor(json, config, row->actor);
    rows_put_product_id(json, config, intent->product);
    json_put_text(json, "side", side_text(intent->side));
    json_put_text(json, "type", order_type_text(intent->type));
    put_price_or_null(json, "price", intent->price);
    json_put_size(json, "size", intent->size);
    json_put_bool(json, "reduce_only", intent->reduce_only);
    json_put_text(json, "id", id);
    put_verdict_reasons(json, &row->verdict);
    json_put_text(json, "text", row->text);
    json_close_object(json);
}

/* --- products --- */

static void put_book(struct json_writer *json, const struct product_row *row)
{
    json_put_bool(json, "book_valid", row->book_valid);
    json_put_bool(json, "stale", row->stale);
    json_put_bool(json, "crossed", row->crossed);
    put_price_or_null(json, "bid", row->bid);
    json_put_size(json, "bid_size", row->bid_size);
    put_price_or_null(json, "ask", row->ask);
    json_put_size(json, "ask_size", row->ask_size);
    put_price_or_null(json, "mark", row->mark);
    rows_put_age_ms(json, "book_age_ms", row->book_age_ns);
    rows_put_age_ms(json, "mark_age_ms", row->mark_age_ns);
    json_put_uint(json, "levels", row->levels);
    json_put_uint(json, "book_updates", row->book_updates);
    json_put_uint(json, "trades", row->trades);
}

void rows_put_product(struct json_writer *json, const struct product_row *row)
{
    json_open_object(json);
    json_put_text(json, "product", row->product_id);
    json_put_text(json, "asset", row->asset);
    json_put_text(json, "state", trading_state_text(row->state));
    json_put_text(json, "reason", row->reason);
    put_book(json, row);
    json_put_size(json, "position", row->position);
    json_put_size(json, "venue_position", row->venue_position);
    json_put_bool(json, "differs", row->differs);
    put_price_or_null(json, "average_price", row->average_price);
    json_put_money(json, "realised", row->realised);
    json_put_money(json, "unrealised", row->unrealised);
    json_put_money(json, "fees", row->fees);
    json_put_money(json, "funding", row->funding);
    json_put_uint(json, "working", row->working);
    json_put_size(json, "working_buy", row->working_buy);
    json_put_size(json, "working_sell", row->working_sell);
    json_put_money(json, "working_value", row->working_value);
    json_put_size(json, "room_buy", row->room_buy);
    json_put_size(json, "room_sell", row->room_sell);
    json_close_object(json);
}

/* --- runners --- */

/* The pool's row for the same runner; false: no pool, or not spawned. */
static bool find_process(const struct operator_config *config, uint8_t index,
                         struct runner_status *ret)
{
    uint32_t count = config->runners ? runner_pool_count(config->runners) : 0;
    for (uint32_t i = 0; i < count; i++) {
        runner_pool_status(config->runners, i, ret);
        if (ret->index == index)
            return true;
    }
    return false;
}

void rows_put_metrics(struct json_writer *json, const struct runner_status *process)
{
    json_open_object_at(json, "metrics");
    for (uint32_t i = 0; i < process->metric_count; i++) {
        json_put_key(json, process->metrics[i].name);
        json_put_money(json, NULL, process->metrics[i].value);
    }
    json_close_object(json);
}

static void put_process(struct json_writer *json, const struct runner_status *process)
{
    json_put_text(json, "life", runner_life_text(process->life));
    json_put_bool(json, "reloading", process->reloading);
    json_put_int(json, "pid", process->pid);
    json_put_uint(json, "layers", process->layers);
    json_put_uint(json, "restarts", process->restarts);
    json_put_uint(json, "faults", process->faults);
    json_put_uint(json, "soft_deadlines", process->soft_deadlines);
    json_put_uint(json, "log_lines", process->log_lines);
    json_put_uint(json, "log_dropped", process->log_dropped);
    json_put_uint(json, "bad_frames", process->bad_frames);
    json_put_uint(json, "waiting", process->waiting);
    json_put_int(json, "answer_last_us", process->answer_last_ns / 1000);
    json_put_int(json, "answer_max_us", process->answer_max_ns / 1000);
    json_put_uint(json, "state_bytes", process->state_bytes);
    rows_put_metrics(json, process);
}

static const char *runner_state_word(const struct strategy_row *row)
{
    static const char *const NAMES[] = {[RUNNER_STARTING] = "starting", [RUNNER_READY] = "ready",
                                        [RUNNER_REPLACED] = "ready", [RUNNER_DEAD] = "dead"};
    if (!row->ever_seen)
        return "never seen";
    return (unsigned)row->runner_state <= RUNNER_DEAD ? NAMES[row->runner_state] : "invalid";
}

static void put_strategy_part(struct json_writer *json, const struct strategy_row *row)
{
    json_put_text(json, "trading", trading_state_text(row->state));
    json_put_text(json, "trading_reason", row->reason);
    json_put_uint(json, "working", row->working);
    json_put_uint(json, "working_max", row->working_max);
    json_put_uint(json, "messages", row->messages);
    json_put_uint(json, "messages_max", row->messages_max);
    json_put_money(json, "realised", row->realised);
    json_put_money(json, "unrealised", row->unrealised);
    json_put_money(json, "fees", row->fees);
    json_put_money(json, "funding", row->funding);
}

void rows_put_runner(struct json_writer *json, const struct operator_config *config,
                     const struct strategy_row *row)
{
    struct runner_status process;
    bool found = find_process(config, row->runner, &process);
    json_open_object(json);
    json_put_text(json, "name", row->name);
    json_put_text(json, "role", row->is_rule ? "rule" : "strategy");
    json_put_text(json, "state", runner_state_word(row));
    json_put_uint(json, "generation", row->generation);
    json_put_text(json, "hash", row->hash);
    json_put_text(json, "reason", *row->runner_reason || !found ? row->runner_reason
                                                                 : process.reason);
    json_put_uint(json, "views", row->views);
    json_put_uint(json, "notices", row->notices);
    json_put_uint(json, "intents", row->intents);
    json_put_uint(json, "refusals", row->refusals);
    if (!row->is_rule)
        put_strategy_part(json, row);
    if (found)
        put_process(json, &process);
    json_close_object(json);
}

/* --- protections --- */

void rows_put_protection(struct json_writer *json, const struct operator_config *config,
                         const struct protection_row *row)
{
    static const char *const GUARDS[] = {"long", "short", "flat"};
    json_open_object(json);
    rows_put_actor(json, config, row->actor);
    rows_put_product_id(json, config, row->product);
    json_put_text(json, "state", protect_state_text(row->state));
    json_put_text(json, "guards", row->side <= SIDE_UNKNOWN ? GUARDS[row->side] : "invalid");
    put_price_or_null(json, "stop", row->terms.stop);
    json_put_ratio(json, "trail", row->terms.trail);
    put_price_or_null(json, "best", row->best);
    put_price_or_null(json, "trail_at", row->level);
    rows_put_age_ms(json, "after_ms", row->terms.after_ns > 0 ? row->terms.after_ns : INT64_MAX);
    rows_put_age_ms(json, "held_ms", row->held_ns);
    json_put_bool(json, "blind", row->blind);
    json_put_text(json, "reason", row->reason);
    json_close_object(json);
}

/* --- parked --- */

void rows_put_parked(struct json_writer *json, const struct operator_config *config,
                     const struct parked_row *row)
{
    static const struct client_id NONE;
    const struct parked *parked = &row->parked;
    char id[CLIENT_ID_TEXT] = "";
    if (!client_id_equal(parked->id, NONE))
        client_id_format(parked->id, id);
    json_open_object(json);
    json_put_text(json, "kind", parked_kind_text(parked->kind));
    json_put_text(json, "id", id);
    json_put_text(json, "venue_id", parked->venue_id.text);
    rows_put_actor(json, config, parked->actor);
    rows_put_product_id(json, config, parked->product);
    json_put_text(json, "side", side_text(parked->side));
    put_price_or_null(json, "price", parked->price);
    json_put_size(json, "size", parked->size);
    json_put_time(json, "since", row->since_wall_ns);
    json_put_text(json, "reason", parked->reason);
    json_put_text(json, "meaning", parked_kind_meaning(parked->kind));
    json_close_object(json);
}

/* --- consents --- */

void rows_put_consent(struct json_writer *json, const struct operator_config *config,
                      const struct consent_row *row)
{
    const struct consent *consent = &row->consent;
    bool strategy = consent->target == TARGET_STRATEGY;
    json_open_object(json);
    json_put_uint(json, "number", consent->number);
    json_put_text(json, "kind", consent_kind_text(consent->kind));
    json_put_text(json, "step", consent_step_text(row->granted ? CONSENT_GRANTED : CONSENT_ASKED));
    rows_put_actor(json, config, strategy ? consent->index : ACTOR_OPERATOR);
    rows_put_product_id(json, config,
                        consent->target == TARGET_PRODUCT ? consent->index : NO_PRODUCT);
    json_put_text(json, "what", consent->what);
    json_put_text(json, "value", consent->value);
    rows_put_age_ms(json, "left_ms", row->left_ns);
    json_put_text(json, "reason", consent->reason);
    json_put_uint(json, "asked_uid", consent->asked_uid);
    if (row->granted)
        json_put_uint(json, "confirmed_uid", consent->confirmed_uid);
    json_put_text(json, "meaning", consent_kind_meaning(consent->kind));
    json_close_object(json);
}
