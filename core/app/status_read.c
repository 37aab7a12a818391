#include "app/status_read.h"

#include <string.h>

#include "wire/json_read.h"

enum kind { TEXT, NUMBER, TRUTH };
struct field { const char *key; enum kind kind; size_t offset, size; };
#define FIELD(type, kind, member)                                                                 \
    {#member, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member)}
#define NAMED(key, type, kind, member)                                                            \
    {key, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member)}

static const struct field ACCOUNT[] = {
    FIELD(status_account, TEXT, environment), FIELD(status_account, TEXT, time),
    FIELD(status_account, TEXT, state), FIELD(status_account, TEXT, reason),
    FIELD(status_account, TRUTH, stopping), FIELD(status_account, TRUTH, market_up),
    FIELD(status_account, TRUTH, user_up), FIELD(status_account, TRUTH, journal_up),
    FIELD(status_account, TRUTH, reconciled), FIELD(status_account, TEXT, realised),
    FIELD(status_account, TEXT, unrealised), FIELD(status_account, TEXT, fees),
    FIELD(status_account, NUMBER, skew_us), FIELD(status_account, NUMBER, working),
    FIELD(status_account, NUMBER, unknown), FIELD(status_account, NUMBER, messages),
    FIELD(status_account, NUMBER, messages_max), FIELD(status_account, TEXT, stage),
    FIELD(status_account, TEXT, stage_ceiling), FIELD(status_account, TEXT, stage_next),
    FIELD(status_account, TRUTH, staged), FIELD(status_account, NUMBER, checkpoints_failing),
    {NULL}};

static const struct field CAUSE[] = {
    FIELD(status_cause, TEXT, cause), FIELD(status_cause, TEXT, step),
    FIELD(status_cause, TEXT, text), {NULL}};
static const struct field PARKED[] = {
    FIELD(status_parked, TEXT, kind), FIELD(status_parked, TEXT, id),
    FIELD(status_parked, TEXT, venue_id), {NULL}};
static const struct field CONSENT[] = {
    FIELD(status_consent, NUMBER, number), FIELD(status_consent, NUMBER, left_ms),
    FIELD(status_consent, TEXT, kind), FIELD(status_consent, TEXT, step),
    FIELD(status_consent, TEXT, what), {NULL}};
static const struct field PROTECTION[] = {
    FIELD(status_protection, TEXT, actor), FIELD(status_protection, TEXT, product),
    FIELD(status_protection, TEXT, state), FIELD(status_protection, TEXT, guards),
    FIELD(status_protection, TEXT, stop), FIELD(status_protection, TEXT, trail_at),
    FIELD(status_protection, TEXT, reason), FIELD(status_protection, NUMBER, after_ms),
    FIELD(status_protection, NUMBER, held_ms), FIELD(status_protection, TRUTH, blind), {NULL}};
static const struct field LADDER[] = {NAMED("step", status, TEXT, ladder), {NULL}};

static const struct field PRODUCT[] = {
    FIELD(status_product, TEXT, product), FIELD(status_product, TEXT, state),
    FIELD(status_product, TEXT, reason), FIELD(status_product, TEXT, bid),
    FIELD(status_product, TEXT, bid_size), FIELD(status_product, TEXT, ask),
    FIELD(status_product, TEXT, ask_size), FIELD(status_product, TEXT, mark),
    FIELD(status_product, TEXT, position), FIELD(status_product, TEXT, average_price),
    FIELD(status_product, TEXT, realised), FIELD(status_product, TEXT, unrealised),
    FIELD(status_product, TEXT, fees), FIELD(status_product, TRUTH, book_valid),
    FIELD(status_product, TRUTH, stale), FIELD(status_product, TRUTH, crossed),
    FIELD(status_product, NUMBER, book_age_ms), FIELD(status_product, NUMBER, working), {NULL}};

static const struct field RUNNER[] = {
    FIELD(status_runner, TEXT, name), FIELD(status_runner, TEXT, role),
    FIELD(status_runner, TEXT, state), FIELD(status_runner, TEXT, trading),
    FIELD(status_runner, TEXT, hash), FIELD(status_runner, TEXT, reason),
    FIELD(status_runner, TEXT, trading_reason), FIELD(status_runner, TEXT, realised),
    FIELD(status_runner, TEXT, unrealised), FIELD(status_runner, TEXT, fees),
    FIELD(status_runner, NUMBER, generation), FIELD(status_runner, NUMBER, intents),
    FIELD(status_runner, NUMBER, refusals), FIELD(status_runner, NUMBER, restarts),
    FIELD(status_runner, NUMBER, working), FIELD(status_runner, NUMBER, answer_last_us),
    FIELD(status_runner, NUMBER, answer_max_us), {NULL}};

static const struct field ORDER[] = {
    FIELD(status_order, TEXT, actor), FIELD(status_order, TEXT, product),
    FIELD(status_order, TEXT, side), FIELD(status_order, TEXT, type),
    FIELD(status_order, TEXT, price), FIELD(status_order, TEXT, size),
    FIELD(status_order, TEXT, filled), FIELD(status_order, TEXT, state), {NULL}};

static const struct field LATENCY[] = {
    FIELD(status_latency, NUMBER, samples), FIELD(status_latency, NUMBER, p50_us),
    FIELD(status_latency, NUMBER, p90_us), FIELD(status_latency, NUMBER, p99_us),
    FIELD(status_latency, NUMBER, max_us), {NULL}};

static const struct field COUNTERS[] = {
    FIELD(status_counters, NUMBER, events), FIELD(status_counters, NUMBER, gaps),
    FIELD(status_counters, NUMBER, orders), FIELD(status_counters, NUMBER, fills),
    FIELD(status_counters, NUMBER, external_fills), FIELD(status_counters, NUMBER, alerts),
    FIELD(status_counters, NUMBER, mismatches), {NULL}};

static const struct field LINK[] = {
    FIELD(status_counters, NUMBER, places), FIELD(status_counters, NUMBER, cancels),
    FIELD(status_counters, NUMBER, orders_unknown),
    FIELD(status_counters, NUMBER, orders_not_sent), FIELD(status_counters, TEXT, last_error),
    {NULL}};
static const struct field MARKET[] = {
    NAMED("frames", status_counters, NUMBER, market_frames),
    NAMED("resets", status_counters, NUMBER, market_resets), {NULL}};
static const struct field USER[] = {
    NAMED("frames", status_counters, NUMBER, user_frames),
    NAMED("resets", status_counters, NUMBER, user_resets), {NULL}};
static const struct field JOURNAL[] = {
    NAMED("records", status_counters, NUMBER, journal_records),
    NAMED("queued", status_counters, NUMBER, journal_queued),
    NAMED("last_us", status_counters, NUMBER, journal_last_us),
    NAMED("max_us", status_counters, NUMBER, journal_max_us), {NULL}};

/* null leaves the field as it was: zero, or "". */
static bool read_field(struct json_reader *json, const struct field *field, void *base)
{
    struct json_text text = {0};
    char *at = (char *)base + field->offset;
    int64_t number;
    if (json_take_null(json))
        return true;
    if (field->kind == TRUTH)
        return json_read_bool(json, (bool *)at);
    if (field->kind == TEXT) {
        if (!json_read_string(json, &text))
            return false;
        json_text_excerpt(text, at, field->size);
        return true;
    }
    if (!json_read_number(json, &text))
        return false;
    if (!json_text_int64(text, &number))
        return json_fail(json, "not a whole number");
    memcpy(at, &number, sizeof number);
    return true;
}

/* 1: it was one of them, 0: it was not, -1: it was, and it was wrong. */
static int take_field(struct json_reader *json, struct json_text key, const struct field *fields,
                      void *base)
{
    for (; fields->key; fields++)
        if (json_text_equal(key, fields->key))
            return read_field(json, fields, base) ? 1 : -1;
    return 0;
}

static bool read_object(struct json_reader *json, const struct field *fields, void *base)
{
    struct json_text key;
    if (json_take_null(json))
        return true;
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key))
        if (take_field(json, key, fields, base) < 0)
            return false;
    return !json->failure;
}

/* Rows past the last that fits are skipped. */
static bool read_rows(struct json_reader *json, const struct field *fields, void *rows,
                      size_t row_bytes, uint32_t most, uint32_t *ret_count)
{
    if (!json_enter_array(json))
        return false;
    while (json_next_item(json)) {
        bool fits = *ret_count < most;
        char *row = (char *)rows + *ret_count * row_bytes;
        if (fits ? !read_object(json, fields, row) : !json_skip_value(json))
            return false;
        *ret_count += fits;
    }
    return !json->failure;
}

static bool read_codes(struct json_reader *json, struct status *ret)
{
    static const struct field COUNT[] = {FIELD(status_code, NUMBER, count), {NULL}};
    struct json_text key;
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        if (ret->refusal_count == STATUS_CODES_MAX)
            continue;
        struct status_code *code = &ret->refusals[ret->refusal_count++];
        json_text_excerpt(key, code->name, sizeof code->name);
        if (!read_field(json, &COUNT[0], code))
            return false;
    }
    return !json->failure;
}

static bool read_link(struct json_reader *json, struct status *ret)
{
    struct json_text key;
    bool fine = true;
    if (!json_enter_object(json))
        return false;
    while (fine && json_next_key(json, &key)) {
        if (json_text_equal(key, "market"))
            fine = read_object(json, MARKET, &ret->counters);
        else if (json_text_equal(key, "user"))
            fine = read_object(json, USER, &ret->counters);
        else if (json_text_equal(key, "tick_to_order"))
            fine = read_object(json, LATENCY, &ret->tick_to_order);
        else if (json_text_equal(key, "order_round_trip"))
            fine = read_object(json, LATENCY, &ret->round_trip);
        else
            fine = take_field(json, key, LINK, &ret->counters) >= 0;
    }
    return fine && !json->failure;
}

static bool read_ladder(struct json_reader *json, struct status *ret)
{
    struct json_text key;
    bool fine = true;
    if (!json_enter_object(json))
        return false;
    while (fine && json_next_key(json, &key))
        fine = json_text_equal(key, "causes")
                   ? read_rows(json, CAUSE, ret->causes, sizeof ret->causes[0], STATUS_CAUSES_MAX,
                               &ret->cause_count)
                   : take_field(json, key, LADDER, ret) >= 0;
    return fine && !json->failure;
}

static bool read_member(struct json_reader *json, struct json_text key, struct status *ret)
{
    if (json_text_equal(key, "products"))
        return read_rows(json, PRODUCT, ret->products, sizeof ret->products[0], MAX_PRODUCTS,
                         &ret->product_count);
    if (json_text_equal(key, "runners"))
        return read_rows(json, RUNNER, ret->runners, sizeof ret->runners[0], MAX_RUNNERS,
                         &ret->runner_count);
    if (json_text_equal(key, "orders"))
        return read_rows(json, ORDER, ret->orders, sizeof ret->orders[0], STATUS_ORDERS_MAX,
                         &ret->order_count);
    if (json_text_equal(key, "refusals"))
        return read_codes(json, ret);
    if (json_text_equal(key, "counters"))
        return read_object(json, COUNTERS, &ret->counters);
    if (json_text_equal(key, "protections"))
        return read_rows(json, PROTECTION, ret->protections, sizeof ret->protections[0],
                         STATUS_PROTECTIONS_MAX, &ret->protection_count);
    if (json_text_equal(key, "consents"))
        return read_rows(json, CONSENT, ret->consents, sizeof ret->consents[0], MAX_CONSENTS,
                         &ret->consent_count);
    if (json_text_equal(key, "parked"))
        return read_rows(json, PARKED, ret->parked, sizeof ret->parked[0], STATUS_PARKED_MAX,
                         &ret->parked_count);
    if (json_text_equal(key, "ladder"))
        return read_ladder(json, ret);
    if (json_text_equal(key, "link"))
        return read_link(json, ret);
    if (json_text_equal(key, "journal"))
        return read_object(json, JOURNAL, &ret->counters);
    return take_field(json, key, ACCOUNT, &ret->account) >= 0;
}

int status_read(const char *text, size_t length, struct status *ret, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    memset(ret, 0, sizeof *ret);
    json_init(&json, text, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key) && read_member(&json, key, ret))
            ;
    return json_finish(&json, err) < 0 ? err_wrap(err, "status") : 0;
}
