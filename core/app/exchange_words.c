/* Names, and the records of orders, fills and trades. */
#include "app/exchange_words.h"

#include <string.h>

const char *words_side(enum side side)
{
    return side == SIDE_BUY ? "BUY" : "SELL";
}

const char *words_status(enum venue_status status)
{
    static const char *const WORDS[] = {
        [VENUE_PENDING] = "PENDING", [VENUE_OPEN] = "OPEN", [VENUE_FILLED] = "FILLED",
        [VENUE_CANCELLED] = "CANCELLED", [VENUE_EXPIRED] = "EXPIRED", [VENUE_FAILED] = "FAILED",
        [VENUE_QUEUED] = "QUEUED", [VENUE_CANCEL_QUEUED] = "CANCEL_QUEUED",
        [VENUE_EDIT_QUEUED] = "EDIT_QUEUED", [VENUE_STATUS_UNKNOWN] = "UNKNOWN_ORDER_STATUS"};
    return WORDS[status];
}

/* The venue's own: see venue_sim_liquidate. */
static bool is_liquidation(const struct venue_order *order)
{
    return strncmp(order->request.client_id, "liquidation-", 12) == 0;
}

static enum order_type type_of(const struct venue_order *order)
{
    return is_liquidation(order) ? ORDER_TYPE_LIQUIDATION : order->request.type;
}

const char *words_order_type(const struct venue_order *order)
{
    static const char *const WORDS[] = {
        [ORDER_TYPE_LIMIT] = "LIMIT", [ORDER_TYPE_MARKET] = "MARKET",
        [ORDER_TYPE_STOP_LIMIT] = "STOP_LIMIT", [ORDER_TYPE_BRACKET] = "BRACKET",
        [ORDER_TYPE_LIQUIDATION] = "LIQUIDATION",
        [ORDER_TYPE_OTHER] = "UNKNOWN_ORDER_TYPE"};
    return WORDS[type_of(order)];
}

const char *words_tif(enum time_in_force tif)
{
    static const char *const WORDS[] = {
        [TIF_GTC] = "GOOD_UNTIL_CANCELLED", [TIF_GTD] = "GOOD_UNTIL_DATE_TIME",
        [TIF_IOC] = "IMMEDIATE_OR_CANCEL", [TIF_FOK] = "FILL_OR_KILL",
        [TIF_OTHER] = "UNKNOWN_TIME_IN_FORCE"};
    return WORDS[tif];
}

const char *words_currency(int product)
{
    return venue_products[product].profile == PROFILE_CDE ? "USD" : "USDC";
}

void words_put_amount(struct json_writer *json, const char *key, struct money value,
                      const char *currency)
{
    if (key)
        json_open_object_at(json, key);
    else
        json_open_object(json);
    json_put_money(json, "value", value);
    json_put_text(json, "currency", currency);
    json_close_object(json);
}

static const char *configuration_name(const struct venue_request *request)
{
    bool gtd = request->tif == TIF_GTD;
    switch (request->type) {
    case ORDER_TYPE_MARKET:
        return request->tif == TIF_FOK ? "market_market_fok" : "market_market_ioc";
    case ORDER_TYPE_STOP_LIMIT:
        return gtd ? "stop_limit_stop_limit_gtd" : "stop_limit_stop_limit_gtc";
    case ORDER_TYPE_BRACKET:
        return gtd ? "trigger_bracket_gtd" : "trigger_bracket_gtc";
    case ORDER_TYPE_LIMIT:
    case ORDER_TYPE_LIQUIDATION:
    case ORDER_TYPE_OTHER:
        break;
    }
    return request->tif == TIF_IOC ? "sor_limit_ioc" : request->tif == TIF_FOK ? "limit_limit_fok"
           : gtd ? "limit_limit_gtd" : "limit_limit_gtc";
}

void words_put_configuration(struct json_writer *json, const char *key,
                             const struct venue_request *request)
{
    json_open_object_at(json, key);
    json_open_object_at(json, configuration_name(request));
    json_put_size(json, "base_size", request->size);
    if (request->type != ORDER_TYPE_MARKET)
        json_put_price(json, "limit_price", request->limit);
    if (request->type == ORDER_TYPE_STOP_LIMIT) {
        json_put_price(json, "stop_price", request->stop);
        json_put_text(json, "stop_direction", request->stop_up ? "STOP_DIRECTION_STOP_UP"
                                                               : "STOP_DIRECTION_STOP_DOWN");
    }
    if (request->type == ORDER_TYPE_BRACKET)
        json_put_price(json, "stop_trigger_price", request->stop);
    if (request->tif == TIF_GTD)
        json_put_time(json, "end_time", request->end_ns);
    if (request->type == ORDER_TYPE_LIMIT &&
        (request->tif == TIF_GTC || request->tif == TIF_GTD))
        json_put_bool(json, "post_only", request->post_only);
    if (request->reduce_only)
        json_put_bool(json, "reduce_only", true);
    json_close_object(json);
    json_close_object(json);
}

static struct price average_of(const struct venue_order *order)
{
    struct size base;
    struct price average = {0};
    if (order->filled.e9 > 0 &&
        venue_product_base(&venue_products[order->request.product], order->filled, &base))
        money_div_size(order->value, base, ROUND_HALF_EVEN, &average);
    return average;
}

/* What the order locks up; the venue's own formula is not published, so: notional of the rest. */
static struct money hold_of(const struct venue_order *order)
{
    struct money hold = {0};
    if (!venue_status_final(order->status))
        venue_product_value(&venue_products[order->request.product], order->request.limit,
                            venue_order_left(order), &hold);
    return hold;
}

static struct ratio completion_of(const struct venue_order *order)
{
    __int128 parts = (__int128)order->filled.e9 * 100 * DECIMAL_ONE / order->request.size.e9;
    return (struct ratio){(int64_t)parts};
}

static void put_count(struct json_writer *json, const char *key, uint32_t count)
{
    json_put_size(json, key, (struct size){(int64_t)count * DECIMAL_ONE});
}

static struct money value_after_fees(const struct venue_order *order)
{
    struct money after = order->value;
    if (order->request.side == SIDE_BUY)
        after.e18 += order->fees.e18;
    else
        after.e18 -= order->fees.e18;
    return after;
}

static void put_edits(struct json_writer *json, const struct venue_order *order)
{
    json_open_array_at(json, "edit_history");
    for (int i = 0; i < order->edit_count; i++) {
        json_open_object(json);
        json_put_price(json, "price", order->edits[i].price);
        json_put_size(json, "size", order->edits[i].size);
        json_put_time(json, "replace_accept_timestamp", order->edits[i].at_ns);
        json_close_object(json);
    }
    json_close_array(json);
}

static const char *trigger_status(const struct venue_order *order)
{
    if (order->request.type != ORDER_TYPE_STOP_LIMIT &&
        order->request.type != ORDER_TYPE_BRACKET)
        return "INVALID_ORDER_TYPE";
    return order->triggered ? "STOP_TRIGGERED" : "STOP_PENDING";
}

static void put_commissions(struct json_writer *json, struct money total)
{
    json_open_object_at(json, "commission_detail_total");
    json_put_money(json, "total_commission", total);
    json_put_text(json, "gst_commission", "0");
    json_put_text(json, "withholding_commission", "0");
    json_put_money(json, "client_commission", total);
    json_put_text(json, "venue_commission", "0");
    json_put_text(json, "regulatory_commission", "0");
    json_put_text(json, "clearing_commission", "0");
    json_close_object(json);
}

static void put_order_end(struct json_writer *json, const struct venue_order *order)
{
    bool intx = venue_products[order->request.product].profile == PROFILE_INTX;
    bool failed = order->status == VENUE_FAILED;
    json_put_bool(json, "settled", order->status == VENUE_FILLED);
    json_put_text(json, "product_type", "FUTURE");
    json_put_text(json, "reject_message", failed ? order->words : "");
    json_put_text(json, "cancel_message",
                  !failed && venue_status_final(order->status) ? order->words : "");
    json_put_text(json, "order_placement_source", "RETAIL_ADVANCED");
    json_put_money(json, "outstanding_hold_amount", hold_of(order));
    json_put_bool(json, "is_liquidation", is_liquidation(order));
    json_put_time(json, "last_fill_time", order->filled_ns);
    put_edits(json, order);
    json_put_text(json, "leverage", intx ? "1" : "");
    json_put_text(json, "margin_type", intx ? "CROSS" : "UNKNOWN_MARGIN_TYPE");
    json_put_text(json, "retail_portfolio_id",
                  intx ? EXCHANGE_INTX_PORTFOLIO : EXCHANGE_PORTFOLIO);
    json_put_text(json, "originating_order_id", "");
    json_put_text(json, "attached_order_id", "");
    json_put_null(json, "attached_order_configuration");
    json_put_null(json, "current_pending_replace");
    put_commissions(json, order->fees);
    json_put_size(json, "workable_size", venue_status_final(order->status)
                  ? (struct size){0} : venue_order_left(order));
    json_put_ratio(json, "workable_size_completion_pct", completion_of(order));
    json_put_time(json, "last_update_time", order->updated_ns);
}

void words_put_order(struct json_writer *json, const struct exchange *exchange,
                     const struct venue_order *order)
{
    (void)exchange;
    const struct venue_request *request = &order->request;
    json_open_object(json);
    json_put_text(json, "order_id", order->id);
    json_put_text(json, "product_id", venue_products[request->product].id);
    json_put_text(json, "user_id", EXCHANGE_USER);
    words_put_configuration(json, "order_configuration", request);
    json_put_text(json, "side", words_side(request->side));
    json_put_text(json, "client_order_id", request->client_id);
    json_put_text(json, "status", words_status(order->status));
    json_put_text(json, "time_in_force", words_tif(request->tif));
    json_put_time(json, "created_time", order->created_ns);
    json_put_ratio(json, "completion_percentage", completion_of(order));
    json_put_size(json, "filled_size", order->filled);
    json_put_price(json, "average_filled_price", average_of(order));
    json_put_text(json, "fee", "");
    put_count(json, "number_of_fills", order->fill_count);
    json_put_money(json, "filled_value", order->value);
    json_put_bool(json, "pending_cancel", order->status == VENUE_CANCEL_QUEUED);
    json_put_bool(json, "size_in_quote", false);
    json_put_money(json, "total_fees", order->fees);
    json_put_bool(json, "size_inclusive_of_fees", false);
    json_put_money(json, "total_value_after_fees", value_after_fees(order));
    json_put_text(json, "trigger_status", trigger_status(order));
    json_put_text(json, "order_type", words_order_type(order));
    json_put_text(json, "reject_reason", order->reject_reason ? order->reject_reason
                                                              : "REJECT_REASON_UNSPECIFIED");
    put_order_end(json, order);
    json_close_object(json);
}

void words_put_fill(struct json_writer *json, const struct exchange *exchange,
                    const struct venue_fill *fill)
{
    const struct venue_order *order = venue_sim_order_at(exchange->venue, fill->order);
    bool intx = venue_products[fill->product].profile == PROFILE_INTX;
    json_open_object(json);
    json_put_text(json, "entry_id", fill->id);
    json_put_text(json, "trade_id", fill->id);
    json_put_text(json, "order_id", order->id);
    json_put_time(json, "trade_time", fill->at_ns);
    static const char *const KINDS[] = {[FILL_TRADE] = "FILL", [FILL_REVERSAL] = "REVERSAL",
                                        [FILL_CORRECTION] = "CORRECTION"};
    json_put_text(json, "trade_type", KINDS[fill->kind]);
    json_put_price(json, "price", fill->price);
    json_put_size(json, "size", fill->size);
    json_put_money(json, "commission", fill->fee);
    json_put_text(json, "product_id", venue_products[fill->product].id);
    json_put_time(json, "sequence_timestamp", fill->at_ns);
    json_put_text(json, "liquidity_indicator",
                  fill->liquidity == LIQUIDITY_MAKER ? "MAKER" : "TAKER");
    json_put_bool(json, "size_in_quote", false);
    json_put_text(json, "user_id", EXCHANGE_USER);
    json_put_text(json, "side", words_side(fill->side));
    json_put_text(json, "retail_portfolio_id",
                  intx ? EXCHANGE_INTX_PORTFOLIO : EXCHANGE_PORTFOLIO);
    json_put_text(json, "fillSource", "FILL_SOURCE_CLOB");
    put_commissions(json, fill->fee);
    json_close_object(json);
}

void words_put_trade(struct json_writer *json, int product, const struct trade *trade,
                     bool with_quotes)
{
    json_open_object(json);
    json_put_text(json, "product_id", venue_products[product].id);
    char id[24];
    size_t length = sizeof id;
    uint64_t number = trade->trade_id;
    do
        id[--length] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    json_put_bytes(json, "trade_id", id + length, sizeof id - length);
    json_put_price(json, "price", trade->price);
    json_put_size(json, "size", trade->size);
    json_put_time(json, "time", trade->venue_ns);
    /* The venue prints the maker's side. */
    json_put_text(json, "side", trade->aggressor == SIDE_BUY ? "SELL" : "BUY");
    if (with_quotes) {
        json_put_text(json, "bid", "");
        json_put_text(json, "ask", "");
        json_put_text(json, "exchange", "coinbase");
    }
    json_close_object(json);
}

/* The user channel says everything as text, and its leaves drop to 0 at the end. */
void words_put_user_order(struct json_writer *json, const struct venue_order *order)
{
    const struct venue_request *request = &order->request;
    bool intx = venue_products[request->product].profile == PROFILE_INTX;
    bool final = venue_status_final(order->status);
    static const char *const TYPES[] = {
        [ORDER_TYPE_LIMIT] = "Limit", [ORDER_TYPE_MARKET] = "Market",
        [ORDER_TYPE_STOP_LIMIT] = "Stop Limit", [ORDER_TYPE_BRACKET] = "Bracket",
        [ORDER_TYPE_LIQUIDATION] = "Liquidation", [ORDER_TYPE_OTHER] = "Unknown"};
    json_open_object(json);
    json_put_price(json, "avg_price", average_of(order));
    json_put_text(json, "cancel_reason",
                  order->status == VENUE_CANCELLED ? order->words : "");
    json_put_text(json, "client_order_id", request->client_id);
    json_put_ratio(json, "completion_percentage", completion_of(order));
    json_put_text(json, "contract_expiry_type", intx ? "PERPETUAL" : "EXPIRING");
    json_put_size(json, "cumulative_quantity", order->filled);
    json_put_money(json, "filled_value", order->value);
    json_put_size(json, "leaves_quantity", final ? (struct size){0} : venue_order_left(order));
    json_put_price(json, "limit_price", request->limit);
    put_count(json, "number_of_fills", order->fill_count);
    json_put_text(json, "order_id", order->id);
    json_put_text(json, "order_side", words_side(request->side));
    json_put_text(json, "order_type", TYPES[type_of(order)]);
    json_put_money(json, "outstanding_hold_amount", hold_of(order));
    json_put_text(json, "post_only", request->post_only ? "true" : "false");
    json_put_text(json, "product_id", venue_products[request->product].id);
    json_put_text(json, "product_type", "FUTURE");
    json_put_text(json, "reject_reason",
                  order->reject_reason ? order->reject_reason : "REJECT_REASON_UNSPECIFIED");
    json_put_text(json, "retail_portfolio_id",
                  intx ? EXCHANGE_INTX_PORTFOLIO : EXCHANGE_PORTFOLIO);
    json_put_text(json, "risk_managed_by", intx ? "MANAGED_BY_VENUE" : "MANAGED_BY_FCM");
    json_put_text(json, "status", words_status(order->status));
    json_put_price(json, "stop_price", request->stop);
    json_put_text(json, "time_in_force", words_tif(request->tif));
    json_put_money(json, "total_fees", order->fees);
    json_put_money(json, "total_value_after_fees", value_after_fees(order));
    json_put_text(json, "trigger_status", trigger_status(order));
    json_put_time(json, "creation_time", order->created_ns);
    if (request->end_ns > 0)
        json_put_time(json, "end_time", request->end_ns);
    else
        json_put_text(json, "end_time", "0001-01-01T00:00:00Z");
    json_put_text(json, "start_time", "0001-01-01T00:00:00Z");
    json_close_object(json);
}
