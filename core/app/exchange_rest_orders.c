/* Orders come in as JSON: every field is one the venue knows, or the whole body is refused. */
#include <string.h>

#include "app/exchange_faults.h"
#include "app/exchange_rest.h"
#include "app/exchange_words.h"
#include "base/text.h"

enum { CANCELS_MAX = 1000 };

/* Fields that a variant may hold, as bits of a set: protobuf knows each variant's own. */
enum field { F_BASE = 1, F_QUOTE = 2, F_LIMIT = 4, F_STOP = 8, F_DIRECTION = 16, F_TRIGGER = 32,
             F_END = 64, F_POST = 128, F_REDUCE = 256, F_RFQ = 512 };

static const struct variant {
    const char *name;
    enum order_type type;
    enum time_in_force tif;
    unsigned fields;
} VARIANTS[] = {
    {"market_market_ioc", ORDER_TYPE_MARKET, TIF_IOC, F_BASE | F_QUOTE | F_REDUCE | F_RFQ},
    {"market_market_fok", ORDER_TYPE_MARKET, TIF_FOK, F_BASE | F_QUOTE | F_REDUCE | F_RFQ},
    {"sor_limit_ioc", ORDER_TYPE_LIMIT, TIF_IOC, F_BASE | F_QUOTE | F_LIMIT | F_REDUCE | F_RFQ},
    {"limit_limit_gtc", ORDER_TYPE_LIMIT, TIF_GTC,
     F_BASE | F_QUOTE | F_LIMIT | F_POST | F_REDUCE | F_RFQ},
    {"limit_limit_gtd", ORDER_TYPE_LIMIT, TIF_GTD,
     F_BASE | F_QUOTE | F_LIMIT | F_END | F_POST | F_REDUCE},
    {"limit_limit_fok", ORDER_TYPE_LIMIT, TIF_FOK, F_BASE | F_QUOTE | F_LIMIT | F_REDUCE | F_RFQ},
    {"stop_limit_stop_limit_gtc", ORDER_TYPE_STOP_LIMIT, TIF_GTC,
     F_BASE | F_LIMIT | F_STOP | F_DIRECTION | F_REDUCE},
    {"stop_limit_stop_limit_gtd", ORDER_TYPE_STOP_LIMIT, TIF_GTD,
     F_BASE | F_LIMIT | F_STOP | F_DIRECTION | F_END | F_REDUCE},
    {"trigger_bracket_gtc", ORDER_TYPE_BRACKET, TIF_GTC, F_BASE | F_LIMIT | F_TRIGGER},
    {"trigger_bracket_gtd", ORDER_TYPE_BRACKET, TIF_GTD, F_BASE | F_LIMIT | F_TRIGGER | F_END},
};

static const struct { const char *name; unsigned field; } FIELDS[] = {
    {"base_size", F_BASE}, {"quote_size", F_QUOTE}, {"limit_price", F_LIMIT},
    {"stop_price", F_STOP}, {"stop_direction", F_DIRECTION}, {"stop_trigger_price", F_TRIGGER},
    {"end_time", F_END}, {"post_only", F_POST}, {"reduce_only", F_REDUCE},
    {"rfq_disabled", F_RFQ}, {"rfq_enabled", F_RFQ},
};

/* A body as it is read. The first refusal stays; an unknown field ends all. */
struct order_body {
    struct venue_request request;
    enum venue_refusal refusal;
    struct json_text unknown; /* at != NULL: a field nobody knows */
    bool has_variant, has_size;
    char product_id[PRODUCT_ID_MAX], side[16];
};

static void refuse(struct order_body *body, enum venue_refusal refusal)
{
    if (body->refusal == VENUE_ACCEPTED)
        body->refusal = refusal;
}

static void read_text(struct json_reader *json, char *out, size_t capacity,
                      struct order_body *body)
{
    struct json_text text;
    if (json_read_string(json, &text) && !json_text_copy(text, out, capacity))
        refuse(body, VENUE_BAD_REQUEST);
}

static void read_size(struct json_reader *json, struct order_body *body)
{
    struct json_text text;
    if (!json_read_string(json, &text))
        return;
    body->has_size = true;
    if (!size_parse(text.at, text.length, &body->request.size))
        refuse(body, VENUE_SIZE_PRECISION);
}

static void read_price(struct json_reader *json, struct order_body *body, struct price *ret)
{
    struct json_text text;
    if (json_read_string(json, &text) && !price_parse(text.at, text.length, ret))
        refuse(body, VENUE_PRICE_PRECISION);
}

static void read_direction(struct json_reader *json, struct order_body *body)
{
    struct json_text text;
    if (!json_read_string(json, &text))
        return;
    body->request.stop_up = json_text_equal(text, "STOP_DIRECTION_STOP_UP");
    if (!body->request.stop_up && !json_text_equal(text, "STOP_DIRECTION_STOP_DOWN"))
        refuse(body, VENUE_BAD_REQUEST);
}

static void read_end_time(struct json_reader *json, struct order_body *body)
{
    struct json_text text;
    if (json_read_string(json, &text) &&
        !text_parse_time(text.at, text.length, &body->request.end_ns))
        refuse(body, VENUE_BAD_END_TIME);
}

static void read_field(struct json_reader *json, struct order_body *body, unsigned field)
{
    bool ignored;
    switch (field) {
    case F_BASE: read_size(json, body); break;
    case F_QUOTE: /* a size in dollars has no meaning for contracts */
        json_skip_value(json);
        refuse(body, VENUE_UNSUPPORTED);
        break;
    case F_LIMIT: read_price(json, body, &body->request.limit); break;
    case F_STOP:
    case F_TRIGGER: read_price(json, body, &body->request.stop); break;
    case F_DIRECTION: read_direction(json, body); break;
    case F_END: read_end_time(json, body); break;
    case F_POST: json_read_bool(json, &body->request.post_only); break;
    case F_REDUCE: json_read_bool(json, &body->request.reduce_only); break;
    default: json_read_bool(json, &ignored); break;
    }
}

static void read_variant(struct json_reader *json, struct order_body *body,
                         const struct variant *variant)
{
    struct json_text key;
    body->request.type = variant->type;
    body->request.tif = variant->tif;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        unsigned field = 0;
        for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
            if (json_text_equal(key, FIELDS[i].name))
                field = FIELDS[i].field;
        if ((field & variant->fields) != 0)
            read_field(json, body, field);
        else if (!body->unknown.at)
            body->unknown = key;
    }
}

static void read_configuration(struct json_reader *json, struct order_body *body)
{
    struct json_text key;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        const struct variant *variant = NULL;
        for (size_t i = 0; i < sizeof VARIANTS / sizeof VARIANTS[0]; i++)
            if (json_text_equal(key, VARIANTS[i].name))
                variant = &VARIANTS[i];
        if (body->has_variant)
            refuse(body, VENUE_BAD_REQUEST); /* exactly one of them */
        else if (variant)
            read_variant(json, body, variant);
        else if (json_text_equal(key, "twap_limit_gtd") ||
                 json_text_equal(key, "scaled_limit_gtc"))
            refuse(body, VENUE_UNSUPPORTED);
        else if (!body->unknown.at)
            body->unknown = key;
        body->has_variant = true;
    }
}

/* Known to the venue, and without a meaning here. */
static bool is_passed_over(struct json_text key)
{
    static const char *const NAMES[] = {
        "leverage", "margin_type", "retail_portfolio_id", "preview_id", "sor_preference",
        "cost_basis_method", "self_trade_prevention_id", "prediction_metadata",
        "equity_order_metadata"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (json_text_equal(key, NAMES[i]))
            return true;
    return false;
}

static void read_order(struct json_reader *json, struct order_body *body, bool preview)
{
    struct json_text key;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, "client_order_id") && !preview)
            read_text(json, body->request.client_id, sizeof body->request.client_id, body);
        else if (json_text_equal(key, "product_id"))
            read_text(json, body->product_id, sizeof body->product_id, body);
        else if (json_text_equal(key, "side"))
            read_text(json, body->side, sizeof body->side, body);
        else if (json_text_equal(key, "order_configuration"))
            read_configuration(json, body);
        else if (json_text_equal(key, "attached_order_configuration"))
            refuse(body, json_take_null(json) ? VENUE_ACCEPTED : VENUE_UNSUPPORTED);
        else if (!is_passed_over(key) && !body->unknown.at)
            body->unknown = key;
    }
}

static void settle_order(struct order_body *body, bool preview)
{
    bool buy = strcmp(body->side, "BUY") == 0;
    body->request.product = venue_product_find(body->product_id, strlen(body->product_id));
    body->request.side = buy ? SIDE_BUY : SIDE_SELL;
    if (!buy && strcmp(body->side, "SELL") != 0)
        refuse(body, VENUE_BAD_SIDE);
    if (body->request.product < 0)
        refuse(body, VENUE_BAD_PRODUCT);
    if (!body->has_variant || !body->has_size ||
        (!preview && body->request.client_id[0] == '\0'))
        refuse(body, VENUE_BAD_REQUEST);
}

/* False: the reply is written. */
static bool read_body(struct rest_call *call, struct order_body *body, bool preview)
{
    struct json_reader json;
    struct err err;
    json_init(&json, call->request->body, call->request->body_length);
    read_order(&json, body, preview);
    if (json_finish(&json, &err) < 0) {
        rest_fail_syntax(call, &err);
        return false;
    }
    if (body->unknown.at) {
        rest_fail_unknown_field(call, body->unknown);
        return false;
    }
    settle_order(body, preview);
    return true;
}

static void put_error(struct rest_call *call, enum venue_refusal refusal,
                      const struct venue_request *request)
{
    struct json_writer *json = &call->json;
    json_open_object(json);
    json_put_bool(json, "success", false);
    json_open_object_at(json, "error_response");
    json_put_text(json, "error", venue_refusal_reason(refusal));
    json_put_text(json, "message", venue_refusal_words(refusal));
    json_put_text(json, "error_details", "");
    json_put_text(json, "preview_failure_reason", venue_refusal_preview(refusal));
    json_put_text(json, "new_order_failure_reason", venue_refusal_reason(refusal));
    json_close_object(json);
    if (request)
        words_put_configuration(json, "order_configuration", request);
    json_close_object(json);
}

static void put_success(struct rest_call *call, const struct venue_order *order)
{
    struct json_writer *json = &call->json;
    json_open_object(json);
    json_put_bool(json, "success", true);
    json_open_object_at(json, "success_response");
    json_put_text(json, "order_id", order->id);
    json_put_text(json, "product_id", venue_products[order->request.product].id);
    json_put_text(json, "side", words_side(order->request.side));
    json_put_text(json, "client_order_id", order->request.client_id);
    json_close_object(json);
    words_put_configuration(json, "order_configuration", &order->request);
    json_close_object(json);
}

void rest_post_order(struct rest_call *call)
{
    struct order_body body = {0};
    const struct venue_order *order = NULL;
    if (!read_body(call, &body, false))
        return;
    enum venue_refusal refusal = body.refusal;
    if (refusal == VENUE_ACCEPTED)
        refusal = exchange_faults_check_order(call->exchange, &body.request);
    if (refusal == VENUE_ACCEPTED)
        refusal = venue_sim_place(call->exchange->venue, &body.request, &order);
    if (refusal == VENUE_ACCEPTED)
        put_success(call, order);
    else
        put_error(call, refusal, body.has_variant && !body.unknown.at ? &body.request : NULL);
}

void rest_post_preview(struct rest_call *call)
{
    struct order_body body = {0};
    struct json_writer *json = &call->json;
    struct venue_margin margin = {0};
    struct money value = {0}, fee = {0};
    if (!read_body(call, &body, true))
        return;
    enum venue_refusal refusal = body.refusal;
    if (refusal == VENUE_ACCEPTED)
        refusal = exchange_faults_check_order(call->exchange, &body.request);
    if (refusal == VENUE_ACCEPTED)
        refusal = venue_sim_check(call->exchange->venue, &body.request);
    if (body.request.product >= 0) {
        const struct venue_product *spec = &venue_products[body.request.product];
        struct price price = body.request.limit;
        if (price.e9 == 0)
            price = venue_sim_mark(call->exchange->venue, body.request.product);
        venue_product_value(spec, price, body.request.size, &value);
        money_scale(value, call->exchange->options.fee_taker, ROUND_UP, &fee);
        venue_sim_margin(call->exchange->venue, spec->profile, &margin);
    }
    json_open_object(json);
    json_put_money(json, "order_total", value);
    json_put_money(json, "commission_total", fee);
    json_open_array_at(json, "errs");
    if (refusal != VENUE_ACCEPTED)
        json_put_text(json, NULL, venue_refusal_preview(refusal));
    json_close_array(json);
    json_open_array_at(json, "warning");
    json_close_array(json);
    json_put_text(json, "quote_size", "0");
    json_put_size(json, "base_size", body.request.size);
    json_put_bool(json, "is_max", false);
    json_put_money(json, "order_margin_total", (struct money){value.e18 / 10});
    json_put_text(json, "leverage", "1");
    json_put_text(json, "slippage", "0");
    json_put_text(json, "preview_id", "3f0b7a7e-6a51-4f1e-9a0e-2f6d8c4b1a90");
    json_put_money(json, "available_buying_power", margin.available);
    json_close_object(json);
}

struct cancel_list { char ids[CANCELS_MAX][VENUE_UUID_MAX]; uint32_t count; };

static void put_cancel(struct rest_call *call, const char *id)
{
    const char *failure = venue_sim_cancel(call->exchange->venue, id);
    json_open_object(&call->json);
    json_put_bool(&call->json, "success", !failure);
    json_put_text(&call->json, "failure_reason",
                  failure ? failure : "UNKNOWN_CANCEL_FAILURE_REASON");
    json_put_text(&call->json, "order_id", id);
    json_close_object(&call->json);
}

static void read_cancels(struct json_reader *json, struct cancel_list *list,
                         struct json_text *ret_unknown)
{
    struct json_text key, text;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (!json_text_equal(key, "order_ids")) {
            *ret_unknown = key;
            continue;
        }
        if (!json_enter_array(json))
            return;
        while (json_next_item(json)) {
            if (list->count == CANCELS_MAX)
                json_fail(json, "more than 1000 order ids");
            else if (json_read_string(json, &text))
                json_text_excerpt(text, list->ids[list->count++], VENUE_UUID_MAX);
        }
    }
}

void rest_post_cancel(struct rest_call *call)
{
    struct json_reader json;
    struct json_text unknown = {0};
    struct cancel_list list = {.count = 0};
    struct err err;
    json_init(&json, call->request->body, call->request->body_length);
    read_cancels(&json, &list, &unknown);
    if (json_finish(&json, &err) < 0) {
        rest_fail_syntax(call, &err);
    } else if (unknown.at) {
        rest_fail_unknown_field(call, unknown);
    } else {
        json_open_object(&call->json);
        json_open_array_at(&call->json, "results");
        for (uint32_t i = 0; i < list.count; i++)
            put_cancel(call, list.ids[i]);
        json_close_array(&call->json);
        json_close_object(&call->json);
    }
}

/* The small bodies: close_position and edit. */
struct small_body {
    struct order_body order; /* client id, product, size, limit price */
    char order_id[VENUE_UUID_MAX];
};

static bool read_small(struct rest_call *call, struct small_body *body, bool edit)
{
    struct json_reader json;
    struct json_text key;
    struct err err;
    json_init(&json, call->request->body, call->request->body_length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "size"))
                read_size(&json, &body->order);
            else if (edit && json_text_equal(key, "price"))
                read_price(&json, &body->order, &body->order.request.limit);
            else if (edit && json_text_equal(key, "order_id"))
                read_text(&json, body->order_id, sizeof body->order_id, &body->order);
            else if (!edit && json_text_equal(key, "client_order_id"))
                read_text(&json, body->order.request.client_id,
                          sizeof body->order.request.client_id, &body->order);
            else if (!edit && json_text_equal(key, "product_id"))
                read_text(&json, body->order.product_id, sizeof body->order.product_id,
                          &body->order);
            else if (edit && (json_text_equal(key, "stop_price") ||
                              json_text_equal(key, "attached_order_configuration") ||
                              json_text_equal(key, "cancel_attached_order")))
                json_skip_value(&json);
            else if (!body->order.unknown.at)
                body->order.unknown = key;
        }
    if (json_finish(&json, &err) < 0)
        rest_fail_syntax(call, &err);
    else if (body->order.unknown.at)
        rest_fail_unknown_field(call, body->order.unknown);
    else
        return true;
    return false;
}

void rest_post_close(struct rest_call *call)
{
    struct small_body body = {0};
    const struct venue_order *order = NULL;
    if (!read_small(call, &body, false))
        return;
    enum venue_refusal refusal = body.order.refusal;
    int product = venue_product_find(body.order.product_id, strlen(body.order.product_id));
    if (refusal == VENUE_ACCEPTED && product < 0)
        refusal = VENUE_BAD_PRODUCT;
    if (refusal == VENUE_ACCEPTED && body.order.request.client_id[0] == '\0')
        refusal = VENUE_BAD_REQUEST;
    body.order.request.type = ORDER_TYPE_MARKET;
    body.order.request.product = product;
    if (refusal == VENUE_ACCEPTED)
        refusal = exchange_faults_check_order(call->exchange, &body.order.request);
    if (refusal == VENUE_ACCEPTED)
        refusal = venue_sim_close(call->exchange->venue, body.order.request.client_id, product,
                                  body.order.request.size, &order);
    if (refusal == VENUE_ACCEPTED)
        put_success(call, order);
    else
        put_error(call, refusal, NULL);
}

/* A changed tick or a product in distress refuses an edit as it refuses an order. */
static const char *check_edit_listing(struct rest_call *call, const struct small_body *body)
{
    const struct venue_order *order = venue_sim_order_find(call->exchange->venue, body->order_id);
    if (!order)
        return NULL;
    struct venue_request wanted = order->request;
    wanted.limit = body->order.request.limit;
    wanted.size = body->order.request.size;
    switch (exchange_faults_check_order(call->exchange, &wanted)) {
    case VENUE_ACCEPTED: return NULL;
    case VENUE_PRICE_PRECISION: return "INVALID_EDITED_PRICE";
    case VENUE_SIZE_SMALL: return "INVALID_EDITED_SIZE";
    default: return "COMMANDER_REJECTED_EDIT_ORDER";
    }
}

void rest_post_edit(struct rest_call *call)
{
    struct small_body body = {0};
    if (!read_small(call, &body, true))
        return;
    const char *failure = body.order.refusal == VENUE_SIZE_PRECISION ? "INVALID_EDITED_SIZE"
                          : body.order.refusal != VENUE_ACCEPTED ? "INVALID_EDITED_PRICE" : NULL;
    if (!failure)
        failure = check_edit_listing(call, &body);
    if (!failure)
        failure = venue_sim_edit(call->exchange->venue, body.order_id,
                                 body.order.request.limit, body.order.request.size);
    json_open_object(&call->json);
    json_put_bool(&call->json, "success", !failure);
    json_open_array_at(&call->json, "errors");
    if (failure) {
        json_open_object(&call->json);
        json_put_text(&call->json, "edit_failure_reason", failure);
        json_put_text(&call->json, "preview_failure_reason", "UNKNOWN_PREVIEW_FAILURE_REASON");
        json_close_object(&call->json);
    }
    json_close_array(&call->json);
    json_close_object(&call->json);
}
