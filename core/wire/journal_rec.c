/* One table per kind of record says which members there are and where they live; encoding and
 * decoding both walk it, so that neither can forget a member the other knows. */
#include "wire/journal_rec.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "model/client_id.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

enum field_type { FIELD_UINT, FIELD_INT, FIELD_BOOL, FIELD_ENUM, FIELD_TEXT, FIELD_CLIENT_ID,
                  FIELD_PRICE, FIELD_SIZE, FIELD_MONEY, FIELD_PRODUCT, FIELD_ACTOR, FIELD_INDEX };

typedef const char *enum_name(unsigned value);

struct field {
    const char *key;
    enum field_type type;
    size_t offset, size;
    enum_name *name;      /* FIELD_ENUM */
    unsigned enum_count;
};

/* Enums are read from memory as unsigned: gcc gives them that type. */
#define NAMED_BY(function, type)                                                                  \
    static const char *function##_of(unsigned value) { return function((enum type)value); }
NAMED_BY(order_state_text, order_state)
NAMED_BY(refusal_text, refusal)
NAMED_BY(trading_state_text, trading_state)
NAMED_BY(side_text, side)
NAMED_BY(order_type_text, order_type)
NAMED_BY(time_in_force_text, time_in_force)
NAMED_BY(stop_direction_text, stop_direction)
NAMED_BY(liquidity_text, liquidity)
NAMED_BY(operator_verb_text, operator_verb)
NAMED_BY(protect_state_text, protect_state)
NAMED_BY(parked_kind_text, parked_kind)
NAMED_BY(consent_kind_text, consent_kind)
NAMED_BY(consent_step_text, consent_step)
NAMED_BY(ladder_step_text, ladder_step)
NAMED_BY(stage_text, stage)
NAMED_BY(health_cause_text, health_cause)

#define NAMED_HERE(function, ...)                                                                 \
    static const char *function(unsigned value)                                                   \
    {                                                                                             \
        static const char *const NAMES[] = {__VA_ARGS__};                                         \
        return value < sizeof NAMES / sizeof NAMES[0] ? NAMES[value] : "invalid";                 \
    }
NAMED_HERE(fill_kind_of, "trade", "reversal", "correction", "other")
NAMED_HERE(runner_state_of, "starting", "ready", "replaced", "dead")
NAMED_HERE(intent_kind_of, "place", "cancel", "cancel_all", "protect", "amend", "close")
NAMED_HERE(unit_of, "none", "size", "money", "price", "count", "ns", "ratio")
NAMED_HERE(verdict_scope_of, "none", "account", "strategy", "product")
NAMED_HERE(target_of, "account", "strategy", "product")

const char *operator_verb_text(enum operator_verb verb)
{
    static const char *const NAMES[] = {
        [OPERATOR_HALT] = "halt",           [OPERATOR_REDUCE] = "reduce",
        [OPERATOR_RESUME] = "resume",       [OPERATOR_CANCEL_MINE] = "cancel-mine",
        [OPERATOR_FLATTEN] = "flatten",     [OPERATOR_STOP] = "stop",
        [OPERATOR_RECONCILE] = "reconcile", [OPERATOR_ACCEPT] = "accept",
        [OPERATOR_CANCEL_ALL] = "cancel-all", [OPERATOR_ADOPT] = "adopt",
        [OPERATOR_CANCEL] = "cancel",       [OPERATOR_DROP] = "drop",
        [OPERATOR_OVERRIDE] = "override",   [OPERATOR_CONFIRM] = "confirm",
        [OPERATOR_REVOKE] = "revoke",       [OPERATOR_LIMIT] = "limit",
        [OPERATOR_PROMOTE] = "promote",     [OPERATOR_DEMOTE] = "demote",
    };
    return (unsigned)verb < sizeof NAMES / sizeof NAMES[0] ? NAMES[verb] : "invalid";
}

#define PLACE_OF(member)                                                                          \
    offsetof(struct record, member), sizeof(((struct record *)0)->member)
#define FIELD(key, type, member) {key, type, PLACE_OF(member), NULL, 0}
#define CHOICE(key, member, name, count) {key, FIELD_ENUM, PLACE_OF(member), name, count}

static const struct field BOOT_FIELDS[] = {
    FIELD("owner_tag", FIELD_UINT, boot.owner_tag),
    FIELD("boot_random", FIELD_UINT, boot.boot_random),
    FIELD("version", FIELD_TEXT, boot.version),
};

static const struct field ORDER_FIELDS[] = {
    FIELD("id", FIELD_CLIENT_ID, order.id),
    FIELD("venue_id", FIELD_TEXT, order.venue_id.text),
    FIELD("actor", FIELD_ACTOR, order.actor),
    FIELD("product", FIELD_PRODUCT, order.product),
    FIELD("product_id", FIELD_TEXT, order.product_id),
    FIELD("ref", FIELD_UINT, order.ref),
    CHOICE("side", order.side, side_text_of, SIDE_UNKNOWN + 1),
    CHOICE("type", order.type, order_type_text_of, ORDER_TYPE_OTHER + 1),
    CHOICE("tif", order.tif, time_in_force_text_of, TIF_OTHER + 1),
    FIELD("post_only", FIELD_BOOL, order.post_only),
    FIELD("reduce_only", FIELD_BOOL, order.reduce_only),
    FIELD("price", FIELD_PRICE, order.price),
    FIELD("size", FIELD_SIZE, order.size),
    FIELD("filled", FIELD_SIZE, order.filled),
    CHOICE("state", order.state, order_state_text_of, ORDER_STATE_COUNT),
    FIELD("reason", FIELD_TEXT, order.reason),
    FIELD("name", FIELD_TEXT, order.name),
    FIELD("stop_price", FIELD_PRICE, order.stop_price),
    CHOICE("stop", order.stop, stop_direction_text_of, STOP_DOWN + 1),
    FIELD("expires_wall_ns", FIELD_INT, order.expires_wall_ns),
    FIELD("decision", FIELD_PRICE, order.decision),
};

static const struct field FILL_FIELDS[] = {
    FIELD("id", FIELD_CLIENT_ID, fill.id),
    FIELD("actor", FIELD_ACTOR, fill.actor),
    FIELD("product", FIELD_PRODUCT, fill.product),
    FIELD("product_id", FIELD_TEXT, fill.product_id),
    FIELD("trade_id", FIELD_TEXT, fill.fill.trade_id.text),
    FIELD("venue_order_id", FIELD_TEXT, fill.fill.venue_order_id.text),
    FIELD("fill_product", FIELD_PRODUCT, fill.fill.product),
    CHOICE("side", fill.fill.side, side_text_of, SIDE_UNKNOWN + 1),
    FIELD("price", FIELD_PRICE, fill.fill.price),
    FIELD("size", FIELD_SIZE, fill.fill.size),
    FIELD("fee", FIELD_MONEY, fill.fill.fee),
    CHOICE("liquidity", fill.fill.liquidity, liquidity_text_of, LIQUIDITY_TAKER + 1),
    CHOICE("kind", fill.fill.kind, fill_kind_of, FILL_OTHER + 1),
    FIELD("venue_ns", FIELD_INT, fill.fill.venue_ns),
    FIELD("provisional", FIELD_BOOL, fill.provisional),
    FIELD("name", FIELD_TEXT, fill.name),
};

static const struct field REFUSAL_FIELDS[] = {
    FIELD("actor", FIELD_ACTOR, refusal.actor),
    CHOICE("code", refusal.verdict.code, refusal_text_of, REFUSAL_COUNT),
    FIELD("limit", FIELD_MONEY, refusal.verdict.limit),
    FIELD("value", FIELD_MONEY, refusal.verdict.value),
    FIELD("headroom", FIELD_MONEY, refusal.verdict.headroom),
    CHOICE("unit", refusal.verdict.unit, unit_of, UNIT_RATIO + 1),
    CHOICE("scope", refusal.verdict.scope, verdict_scope_of, SCOPE_PRODUCT + 1),
    FIELD("config_key", FIELD_TEXT, refusal.verdict.config_key),
    CHOICE("intent", refusal.intent.kind, intent_kind_of, INTENT_KIND_COUNT),
    FIELD("product", FIELD_PRODUCT, refusal.intent.product),
    CHOICE("side", refusal.intent.side, side_text_of, SIDE_UNKNOWN + 1),
    CHOICE("type", refusal.intent.type, order_type_text_of, ORDER_TYPE_OTHER + 1),
    CHOICE("tif", refusal.intent.tif, time_in_force_text_of, TIF_OTHER + 1),
    FIELD("post_only", FIELD_BOOL, refusal.intent.post_only),
    FIELD("reduce_only", FIELD_BOOL, refusal.intent.reduce_only),
    FIELD("price", FIELD_PRICE, refusal.intent.price),
    FIELD("size", FIELD_SIZE, refusal.intent.size),
    FIELD("ref", FIELD_UINT, refusal.intent.ref),
    FIELD("text", FIELD_TEXT, refusal.text),
    FIELD("stop_price", FIELD_PRICE, refusal.intent.stop_price),
    CHOICE("stop", refusal.intent.stop, stop_direction_text_of, STOP_DOWN + 1),
    FIELD("expires_wall_ns", FIELD_INT, refusal.intent.expires_wall_ns),
    FIELD("target", FIELD_UINT, refusal.intent.target),
    FIELD("product_id", FIELD_TEXT, refusal.product_id),
    FIELD("name", FIELD_TEXT, refusal.name),
    FIELD("unrecorded", FIELD_UINT, refusal.unrecorded),
};

static const struct field LATCH_FIELDS[] = {
    CHOICE("scope", latch.scope, target_of, LATCH_PRODUCT + 1),
    FIELD("index", FIELD_INDEX, latch.index),
    CHOICE("state", latch.state, trading_state_text_of, TRADING_STATE_COUNT),
    FIELD("by_operator", FIELD_BOOL, latch.by_operator),
    FIELD("reason", FIELD_TEXT, latch.reason),
    FIELD("name", FIELD_TEXT, latch.name),
};

static const struct field OPERATOR_FIELDS[] = {
    CHOICE("verb", operator.verb, operator_verb_text_of, OPERATOR_VERB_COUNT),
    FIELD("target", FIELD_INDEX, operator.target),
    FIELD("index", FIELD_INDEX, operator.index),
    FIELD("reason", FIELD_TEXT, operator.reason),
    FIELD("name", FIELD_TEXT, operator.name),
    FIELD("done", FIELD_BOOL, operator.done),
    FIELD("id", FIELD_TEXT, operator.id),
    FIELD("cancel", FIELD_BOOL, operator.cancel),
    FIELD("uid", FIELD_UINT, operator.uid),
};

static const struct field RUNNER_FIELDS[] = {
    FIELD("runner", FIELD_ACTOR, runner.runner),
    FIELD("generation", FIELD_UINT, runner.generation),
    CHOICE("state", runner.state, runner_state_of, RUNNER_DEAD + 1),
    FIELD("hash", FIELD_TEXT, runner.hash),
    FIELD("reason", FIELD_TEXT, runner.reason),
};

static const struct field RECONCILE_FIELDS[] = {
    FIELD("agreed", FIELD_BOOL, reconcile.agreed),
    FIELD("product", FIELD_PRODUCT, reconcile.product),
    FIELD("ours", FIELD_SIZE, reconcile.ours),
    FIELD("venue", FIELD_SIZE, reconcile.venue),
    FIELD("text", FIELD_TEXT, reconcile.text),
};

static const struct field LADDER_FIELDS[] = {
    CHOICE("step", ladder.step, ladder_step_text_of, LADDER_STEP_COUNT),
    CHOICE("cause", ladder.cause, health_cause_text_of, HEALTH_CAUSE_COUNT),
    FIELD("on", FIELD_BOOL, ladder.on),
    FIELD("text", FIELD_TEXT, ladder.text),
};

static const struct field PROTECT_FIELDS[] = {
    FIELD("actor", FIELD_ACTOR, protect.actor),
    FIELD("name", FIELD_TEXT, protect.name),
    FIELD("product", FIELD_PRODUCT, protect.product),
    FIELD("product_id", FIELD_TEXT, protect.product_id),
    CHOICE("state", protect.state, protect_state_text_of, PROTECT_FIRING + 1),
    FIELD("stop", FIELD_PRICE, protect.terms.stop),
    FIELD("trail", FIELD_SIZE, protect.terms.trail), /* a ratio is written as a size is */
    FIELD("after_ns", FIELD_INT, protect.terms.after_ns),
    CHOICE("side", protect.side, side_text_of, SIDE_UNKNOWN + 1),
    FIELD("best", FIELD_PRICE, protect.best),
    FIELD("since_wall_ns", FIELD_INT, protect.since_wall_ns),
    FIELD("reason", FIELD_TEXT, protect.reason),
};

static const struct field PARKED_FIELDS[] = {
    FIELD("on", FIELD_BOOL, parked.on),
    CHOICE("kind", parked.parked.kind, parked_kind_text_of, PARKED_KIND_COUNT),
    FIELD("id", FIELD_CLIENT_ID, parked.parked.id),
    FIELD("venue_id", FIELD_TEXT, parked.parked.venue_id.text),
    FIELD("actor", FIELD_ACTOR, parked.parked.actor),
    FIELD("name", FIELD_TEXT, parked.name),
    FIELD("product", FIELD_PRODUCT, parked.parked.product),
    FIELD("product_id", FIELD_TEXT, parked.product_id),
    CHOICE("side", parked.parked.side, side_text_of, SIDE_UNKNOWN + 1),
    FIELD("price", FIELD_PRICE, parked.parked.price),
    FIELD("size", FIELD_SIZE, parked.parked.size),
    FIELD("reason", FIELD_TEXT, parked.parked.reason),
};

static const struct field DAILY_FIELDS[] = {
    FIELD("day_ns", FIELD_INT, daily.day_ns),
    FIELD("actor", FIELD_ACTOR, daily.actor),
    FIELD("product", FIELD_PRODUCT, daily.product),
    FIELD("balance_known", FIELD_BOOL, daily.balance_known),
    FIELD("product_id", FIELD_TEXT, daily.product_id),
    FIELD("name", FIELD_TEXT, daily.name),
    FIELD("position", FIELD_SIZE, daily.position),
    FIELD("volume", FIELD_SIZE, daily.volume),
    FIELD("fills", FIELD_UINT, daily.fills),
    FIELD("realised", FIELD_MONEY, daily.realised),
    FIELD("fees", FIELD_MONEY, daily.fees),
    FIELD("equity", FIELD_MONEY, daily.equity),
    FIELD("available_margin", FIELD_MONEY, daily.available_margin),
    FIELD("funding", FIELD_MONEY, daily.funding),
    FIELD("venue_funding", FIELD_MONEY, daily.venue_funding),
};

static const struct field FUNDING_FIELDS[] = {
    FIELD("product", FIELD_PRODUCT, funding.product),
    FIELD("product_id", FIELD_TEXT, funding.product_id),
    FIELD("actor", FIELD_ACTOR, funding.actor),
    FIELD("name", FIELD_TEXT, funding.name),
    FIELD("stamp_ns", FIELD_INT, funding.stamp_ns),
    FIELD("position", FIELD_SIZE, funding.position),
    FIELD("mark", FIELD_PRICE, funding.mark),
    FIELD("rate", FIELD_SIZE, funding.rate), /* a ratio is written as a size is */
    FIELD("payment", FIELD_MONEY, funding.payment),
    FIELD("trade_id", FIELD_TEXT, funding.trade_id),
    FIELD("missed", FIELD_UINT, funding.missed),
    FIELD("venue", FIELD_MONEY, funding.venue),
    FIELD("unexplained", FIELD_MONEY, funding.unexplained),
};

static const struct field RISK_FIELDS[] = {
    FIELD("day_ns", FIELD_INT, risk.day_ns),
    FIELD("day_start", FIELD_MONEY, risk.day_start),
    FIELD("peak", FIELD_MONEY, risk.peak),
};

static const struct field CONSENT_FIELDS[] = {
    CHOICE("step", consent.step, consent_step_text_of, CONSENT_STEP_COUNT),
    FIELD("number", FIELD_UINT, consent.consent.number),
    CHOICE("kind", consent.consent.kind, consent_kind_text_of, CONSENT_KIND_COUNT),
    FIELD("target", FIELD_INDEX, consent.consent.target),
    FIELD("index", FIELD_INDEX, consent.consent.index),
    FIELD("name", FIELD_TEXT, consent.name),
    FIELD("what", FIELD_TEXT, consent.consent.what),
    FIELD("value", FIELD_TEXT, consent.consent.value),
    FIELD("for_ns", FIELD_INT, consent.consent.for_ns),
    FIELD("until_wall_ns", FIELD_INT, consent.until_wall_ns),
    FIELD("reason", FIELD_TEXT, consent.consent.reason),
    FIELD("was", FIELD_TEXT, consent.consent.was),
    FIELD("asked_uid", FIELD_UINT, consent.consent.asked_uid),
    FIELD("confirmed_uid", FIELD_UINT, consent.consent.confirmed_uid),
};

static const struct field MARK_FIELDS[] = {
    FIELD("product", FIELD_PRODUCT, mark.product),
    FIELD("product_id", FIELD_TEXT, mark.product_id),
    FIELD("mark", FIELD_PRICE, mark.mark),
    FIELD("equity_known", FIELD_BOOL, mark.equity_known),
    FIELD("equity", FIELD_MONEY, mark.equity),
};

static const struct field CANDLE_FIELDS[] = {
    FIELD("product", FIELD_PRODUCT, candle.product),
    FIELD("product_id", FIELD_TEXT, candle.product_id),
    FIELD("start_ns", FIELD_INT, candle.start_ns),
    FIELD("length_ns", FIELD_INT, candle.length_ns),
    FIELD("high", FIELD_PRICE, candle.high),
    FIELD("low", FIELD_PRICE, candle.low),
    FIELD("close", FIELD_PRICE, candle.close),
};

#define ROUND_TRIP(i) FIELD("round_trips_" #i, FIELD_UINT, stage.measures.round_trips[i])
static const struct field STAGE_FIELDS[] = {
    CHOICE("stage", stage.stage, stage_text_of, STAGE_COUNT),
    FIELD("accepted", FIELD_UINT, stage.measures.accepted),
    FIELD("refused", FIELD_UINT, stage.measures.refused),
    FIELD("doubtful", FIELD_UINT, stage.measures.doubtful),
    ROUND_TRIP(0), ROUND_TRIP(1), ROUND_TRIP(2), ROUND_TRIP(3), ROUND_TRIP(4), ROUND_TRIP(5),
    ROUND_TRIP(6), ROUND_TRIP(7), ROUND_TRIP(8), ROUND_TRIP(9), ROUND_TRIP(10), ROUND_TRIP(11),
    FIELD("observed_ns", FIELD_INT, stage.measures.observed_ns),
    FIELD("usable_ns", FIELD_INT, stage.measures.usable_ns),
    FIELD("recovery_ns", FIELD_INT, stage.measures.recovery_ns),
    FIELD("differences", FIELD_UINT, stage.measures.differences),
    FIELD("funding_differed", FIELD_UINT, stage.measures.funding_differed),
    FIELD("compared", FIELD_UINT, stage.measures.compared),
    FIELD("funding_compared", FIELD_UINT, stage.measures.funding_compared),
    FIELD("funding_held", FIELD_UINT, stage.measures.funding_held),
    FIELD("reason", FIELD_TEXT, stage.reason),
};
_Static_assert(ROUND_TRIP_BUCKETS == 12, "each bucket has its field");

struct shape { const struct field *fields; unsigned count; };
#define SHAPE(fields) {fields, sizeof(fields) / sizeof(fields)[0]}
static const struct shape SHAPES[] = {
    [RECORD_BOOT] = SHAPE(BOOT_FIELDS),         [RECORD_ORDER] = SHAPE(ORDER_FIELDS),
    [RECORD_FILL] = SHAPE(FILL_FIELDS),         [RECORD_REFUSAL] = SHAPE(REFUSAL_FIELDS),
    [RECORD_LATCH] = SHAPE(LATCH_FIELDS),       [RECORD_OPERATOR] = SHAPE(OPERATOR_FIELDS),
    [RECORD_RUNNER] = SHAPE(RUNNER_FIELDS),     [RECORD_RECONCILE] = SHAPE(RECONCILE_FIELDS),
    [RECORD_LADDER] = SHAPE(LADDER_FIELDS),     [RECORD_PROTECT] = SHAPE(PROTECT_FIELDS),
    [RECORD_PARKED] = SHAPE(PARKED_FIELDS),
    [RECORD_DAILY] = SHAPE(DAILY_FIELDS),       [RECORD_FUNDING] = SHAPE(FUNDING_FIELDS),
    [RECORD_RISK] = SHAPE(RISK_FIELDS),         [RECORD_CONSENT] = SHAPE(CONSENT_FIELDS),
    [RECORD_STAGE] = SHAPE(STAGE_FIELDS),
    [RECORD_MARK] = SHAPE(MARK_FIELDS),         [RECORD_CANDLE] = SHAPE(CANDLE_FIELDS),
};

/* --- encode --- */

static uint64_t uint_at(const void *at, size_t size)
{
    uint64_t wide = 0;
    uint32_t word;
    if (size == 1)
        return *(const uint8_t *)at;
    if (size == sizeof word) {
        memcpy(&word, at, sizeof word);
        return word;
    }
    CHECK(size == sizeof wide);
    memcpy(&wide, at, sizeof wide);
    return wide;
}

static size_t character_at(const char *text, size_t length)
{
    for (size_t size = 1; size <= 4 && size <= length; size++)
        if (text_utf8_valid(text, size))
            return size;
    return 0;
}

/* Never longer than it was, so that it fits where it came from: U+FFFD would take three bytes. */
static void put_words(struct json_writer *json, const char *key, const char *text, size_t capacity)
{
    char clean[512];
    size_t length = strnlen(text, capacity - 1);
    CHECK(capacity <= sizeof clean);
    for (size_t i = 0; i < length;) {
        size_t size = character_at(text + i, length - i);
        if (size == 0)
            clean[i++] = '?';
        else
            for (size_t end = i + size; i < end; i++)
                clean[i] = text[i];
    }
    json_put_bytes(json, key, clean, length);
}

static void put_client_id(struct json_writer *json, const char *key, struct client_id id)
{
    static const struct client_id NONE;
    char text[CLIENT_ID_TEXT];
    struct client_id again;
    if (client_id_equal(id, NONE)) {
        json_put_text(json, key, "");
        return;
    }
    client_id_format(id, text);
    CHECK(client_id_parse(text, CLIENT_ID_TEXT - 1, &again));
    json_put_text(json, key, text);
}

static void put_choice(struct json_writer *json, const struct field *field, const void *at)
{
    uint64_t value = uint_at(at, field->size);
    CHECK(value < field->enum_count);
    json_put_text(json, field->key, field->name((unsigned)value));
}

static void put_field(struct json_writer *json, const struct field *field, const void *at)
{
    const char *key = field->key;
    int64_t number;
    struct money money;
    struct client_id id;
    switch (field->type) {
    case FIELD_UINT:
    case FIELD_PRODUCT:
    case FIELD_ACTOR:
    case FIELD_INDEX: json_put_uint(json, key, uint_at(at, field->size)); return;
    case FIELD_BOOL: json_put_bool(json, key, *(const bool *)at); return;
    case FIELD_ENUM: put_choice(json, field, at); return;
    case FIELD_TEXT: put_words(json, key, at, field->size); return;
    case FIELD_CLIENT_ID:
        memcpy(&id, at, sizeof id);
        put_client_id(json, key, id);
        return;
    case FIELD_MONEY:
        memcpy(&money, at, sizeof money);
        json_put_money(json, key, money);
        return;
    case FIELD_INT:
    case FIELD_PRICE:
    case FIELD_SIZE: break;
    }
    memcpy(&number, at, sizeof number);
    if (field->type == FIELD_PRICE)
        json_put_price(json, key, (struct price){number});
    else if (field->type == FIELD_SIZE)
        json_put_size(json, key, (struct size){number});
    else
        json_put_int(json, key, number);
}

void journal_rec_encode(const struct record *record, struct buf *ret_body)
{
    struct json_writer json;
    CHECK(record->kind >= RECORD_BOOT && record->kind < RECORD_KIND_END);
    const struct shape *shape = &SHAPES[record->kind];
    json_write_init(&json, ret_body);
    json_open_object(&json);
    for (unsigned i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        put_field(&json, field, (const char *)record + field->offset);
    }
    json_close_object(&json);
}

/* --- decode --- */

static bool read_uint(struct json_reader *json, const struct field *field, void *at)
{
    struct json_text text = {0};
    uint64_t value;
    if (!json_read_number(json, &text))
        return false;
    uint64_t most = field->size == 1 ? UINT8_MAX : field->size == 4 ? UINT32_MAX : UINT64_MAX;
    if (!json_text_uint64(text, &value) || value > most)
        return json_fail(json, "not a whole number in range");
    if (field->type == FIELD_PRODUCT && value >= MAX_PRODUCTS && value != NO_PRODUCT)
        return json_fail(json, "no such product index");
    if (field->type == FIELD_ACTOR && value >= MAX_RUNNERS && value != ACTOR_OPERATOR &&
        value != ACTOR_EXTERNAL)
        return json_fail(json, "no such actor");
    if (field->type == FIELD_INDEX && value >= MAX_RUNNERS && value != NO_PRODUCT)
        return json_fail(json, "no such index");
    memcpy(at, &value, field->size); /* little-endian: the low bytes come first */
    return true;
}

static bool read_choice(struct json_reader *json, const struct field *field, void *at)
{
    struct json_text text = {0};
    if (!json_read_string(json, &text))
        return false;
    for (unsigned i = 0; i < field->enum_count; i++)
        if (json_text_equal(text, field->name(i))) {
            memcpy(at, &i, sizeof i);
            return true;
        }
    return json_fail(json, "an unknown word");
}

static bool read_client_id(struct json_reader *json, void *at)
{
    struct json_text text = {0};
    struct client_id id = {0};
    if (!json_read_string(json, &text))
        return false;
    if (text.length > 0 && !client_id_parse(text.at, text.length, &id))
        return json_fail(json, "not a client order id");
    memcpy(at, &id, sizeof id);
    return true;
}

static bool read_decimal(struct json_reader *json, const struct field *field, void *at)
{
    struct json_text text = {0};
    bool whole = false;
    struct price price;
    struct size size;
    struct money money;
    if (!json_read_string(json, &text))
        return false;
    switch (field->type) {
    case FIELD_PRICE:
        whole = price_parse(text.at, text.length, &price);
        if (whole)
            memcpy(at, &price, sizeof price);
        break;
    case FIELD_SIZE:
        whole = size_parse(text.at, text.length, &size);
        if (whole)
            memcpy(at, &size, sizeof size);
        break;
    default:
        whole = money_parse(text.at, text.length, &money);
        if (whole)
            memcpy(at, &money, sizeof money);
    }
    return whole || json_fail(json, "not a decimal in range");
}

static bool read_field(struct json_reader *json, const struct field *field, void *at)
{
    struct json_text text = {0};
    int64_t number;
    switch (field->type) {
    case FIELD_UINT:
    case FIELD_PRODUCT:
    case FIELD_ACTOR:
    case FIELD_INDEX: return read_uint(json, field, at);
    case FIELD_BOOL: return json_read_bool(json, at);
    case FIELD_ENUM: return read_choice(json, field, at);
    case FIELD_CLIENT_ID: return read_client_id(json, at);
    case FIELD_TEXT:
        return json_read_string(json, &text) && (json_text_copy(text, at, field->size) ||
                                                 json_fail(json, "too long a text"));
    case FIELD_INT:
        if (!json_read_number(json, &text))
            return false;
        if (!json_text_int64(text, &number))
            return json_fail(json, "not a whole number in range");
        memcpy(at, &number, sizeof number);
        return true;
    default: return read_decimal(json, field, at);
    }
}

static const struct shape *shape_of(const char *kind, size_t length, enum record_kind *ret)
{
    for (enum record_kind i = RECORD_BOOT; i < RECORD_KIND_END; i++)
        if (text_equal(kind, length, record_kind_text(i))) {
            *ret = i;
            return &SHAPES[i];
        }
    return NULL;
}

static int field_index(const struct shape *shape, struct json_text key)
{
    for (unsigned i = 0; i < shape->count; i++)
        if (json_text_equal(key, shape->fields[i].key))
            return (int)i;
    return -1;
}

/* Bits of the fields that were met; the reader itself refuses a key that comes twice. */
static uint32_t read_members(struct json_reader *json, const struct shape *shape,
                             struct record *ret, const char **ret_at)
{
    struct json_text key;
    uint32_t seen = 0;
    if (!json_enter_object(json))
        return 0;
    while (json_next_key(json, &key)) {
        int index = field_index(shape, key);
        if (index < 0) {
            json_fail(json, "an unknown member");
            break;
        }
        const struct field *field = &shape->fields[index];
        *ret_at = field->key;
        if (!read_field(json, field, (char *)ret + field->offset))
            break;
        seen |= (uint32_t)1 << index;
    }
    return seen;
}

int journal_rec_decode(const char *kind, size_t kind_length, struct stamp at, const char *body,
                       size_t length, struct record *ret, struct err *err)
{
    struct json_reader json;
    const char *member = "";
    memset(ret, 0, sizeof *ret); /* padding too: records are compared as bytes */
    const struct shape *shape = shape_of(kind, kind_length, &ret->kind);
    if (!shape)
        return err_set(err, "kind '%.*s' is not known to this version",
                       (int)(kind_length < 24 ? kind_length : 24), kind);
    ret->at = at;
    json_init(&json, body, length);
    uint32_t seen = read_members(&json, shape, ret, &member);
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "%s record, at or after '%s'", record_kind_text(ret->kind), member);
    for (unsigned i = 0; i < shape->count; i++)
        if (!(seen >> i & 1))
            return err_set(err, "%s record: '%s' is missing", record_kind_text(ret->kind),
                           shape->fields[i].key);
    return 0;
}

/* --- chain --- */

static void put_be64(unsigned char out[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(value >> (56 - 8 * i));
}

void journal_rec_genesis(const char *identity, unsigned char ret_chain[JOURNAL_CHAIN_BYTES])
{
    static const char HEAD[] = "moongate journal 1\n";
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)HEAD, sizeof HEAD - 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)identity, strlen(identity));
    crypto_hash_sha256_final(&state, ret_chain);
}

/* Lengths go in before what they measure: no two rows give the same bytes. */
void journal_rec_chain(const unsigned char previous[JOURNAL_CHAIN_BYTES],
                       const struct journal_row *row, unsigned char ret_chain[JOURNAL_CHAIN_BYTES])
{
    unsigned char head[40];
    crypto_hash_sha256_state state;
    put_be64(head, (uint64_t)row->number);
    put_be64(head + 8, (uint64_t)row->at.mono_ns);
    put_be64(head + 16, (uint64_t)row->at.wall_ns);
    put_be64(head + 24, row->kind_length);
    put_be64(head + 32, row->body_length);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, previous, JOURNAL_CHAIN_BYTES);
    crypto_hash_sha256_update(&state, head, sizeof head);
    crypto_hash_sha256_update(&state, (const unsigned char *)row->kind, row->kind_length);
    crypto_hash_sha256_update(&state, (const unsigned char *)row->body, row->body_length);
    crypto_hash_sha256_final(&state, ret_chain);
}
