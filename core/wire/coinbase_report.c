#include "wire/coinbase_report.h"

#include <string.h>

#include "model/client_id.h"
#include "wire/coinbase_words.h"

/* Names that stand side by side are two spellings of one thing: REST's, then the user channel's. */
#define ORDER_FIELDS(X)                                                                           \
    X(ORDER_ID, "order_id") X(CLIENT_ID, "client_order_id") X(PRODUCT, "product_id")              \
    X(SIDE, "side") X(SIDE_2, "order_side") X(TYPE, "order_type") X(TIF, "time_in_force")         \
    X(STATUS, "status") X(FILLED, "filled_size") X(FILLED_2, "cumulative_quantity")               \
    X(LEAVES, "leaves_quantity") X(LIMIT, "limit_price") X(AVERAGE, "average_filled_price")       \
    X(AVERAGE_2, "avg_price") X(FEES, "total_fees") X(CREATED, "created_time")                    \
    X(CREATED_2, "creation_time") X(REJECT, "reject_reason") X(REJECT_2, "reject_Reason")         \
    X(REJECT_WORDS, "reject_message") X(CANCEL, "cancel_reason") X(CANCEL_WORDS, "cancel_message") \
    X(LIQUIDATION, "is_liquidation")

#define NUMBER_OF(symbol, name) F_##symbol,
#define NAME_OF(symbol, name) name,
enum { ORDER_FIELDS(NUMBER_OF) F_COUNT };
static const char *const ORDER_NAMES[F_COUNT] = {ORDER_FIELDS(NAME_OF)};

struct configuration { struct json_text variant, base_size, limit_price; };

static struct json_text either(struct json_text a, struct json_text b)
{
    return a.length ? a : b;
}

/* {"limit_limit_gtc":{"base_size":"1","limit_price":"60000","post_only":true}}; the variants that
 * this client never sends (twap, scaled, and those to come) are read for what they share. */
static bool read_configuration(struct json_reader *json, struct configuration *ret)
{
    static const char *const NAMES[] = {"base_size", "limit_price"};
    struct json_text key;
    if (json_peek(json) != JSON_OBJECT)
        return json_skip_value(json);
    json_enter_object(json);
    while (json_next_key(json, &key)) {
        struct json_text got[2] = {0}, variant = key;
        if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
            continue;
        while (json_next_key(json, &key))
            coinbase_read_field(json, key, NAMES, 2, got);
        *ret = (struct configuration){variant, got[0], got[1]};
    }
    return !json->failure;
}

static bool is_terminal(enum venue_status status)
{
    return status == VENUE_FILLED || status == VENUE_CANCELLED || status == VENUE_EXPIRED ||
           status == VENUE_FAILED;
}

static product_index find_product(const struct catalog *catalog, struct json_text id)
{
    return catalog_find(catalog, id.at ? id.at : "", id.length);
}

/* To base coin. An alien product has no contract size: its number stays as the venue told it. */
static bool to_base(const struct catalog *catalog, product_index product, struct size venue,
                    struct size *ret)
{
    if (product == NO_PRODUCT) {
        *ret = venue;
        return true;
    }
    return instrument_base_size(&catalog->items[product], venue, ret);
}

static bool take_size(const struct catalog *catalog, product_index product, struct json_text text,
                      struct size *ret)
{
    struct size venue;
    *ret = (struct size){0};
    if (!coinbase_size(text, &venue))
        return product == NO_PRODUCT;
    return to_base(catalog, product, venue, ret);
}

struct variant { const char *name; enum order_type type; enum time_in_force tif; };

static void type_from_variant(struct json_text variant, struct event_order_report *order)
{
    static const struct variant WORDS[] = {
        {"market_market_ioc", ORDER_TYPE_MARKET, TIF_IOC},
        {"market_market_fok", ORDER_TYPE_MARKET, TIF_FOK},
        {"sor_limit_ioc", ORDER_TYPE_LIMIT, TIF_IOC},
        {"limit_limit_gtc", ORDER_TYPE_LIMIT, TIF_GTC},
        {"limit_limit_gtd", ORDER_TYPE_LIMIT, TIF_GTD},
        {"limit_limit_fok", ORDER_TYPE_LIMIT, TIF_FOK},
        {"stop_limit_stop_limit_gtc", ORDER_TYPE_STOP_LIMIT, TIF_GTC},
        {"stop_limit_stop_limit_gtd", ORDER_TYPE_STOP_LIMIT, TIF_GTD},
        {"trigger_bracket_gtc", ORDER_TYPE_BRACKET, TIF_GTC},
        {"trigger_bracket_gtd", ORDER_TYPE_BRACKET, TIF_GTD}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (json_text_equal(variant, WORDS[i].name)) {
            order->type = WORDS[i].type;
            order->tif = WORDS[i].tif;
        }
}

/* False: an exact number of one of our products is not exact. */
static bool fill_numbers(const struct json_text got[F_COUNT], const struct configuration *shape,
                         const struct catalog *catalog, struct event_order_report *order)
{
    bool ours = order->product != NO_PRODUCT, rounded = false;
    struct json_text limit = either(got[F_LIMIT], shape->limit_price);
    bool fine = take_size(catalog, order->product, either(got[F_FILLED], got[F_FILLED_2]),
                          &order->filled) &&
                take_size(catalog, order->product, got[F_LEAVES], &order->leaves) &&
                take_size(catalog, order->product, shape->base_size, &order->size);
    fine = coinbase_price(limit, &order->limit_price) && fine;
    if (!got[F_LEAVES].length && order->size.e9 > order->filled.e9)
        order->leaves.e9 = order->size.e9 - order->filled.e9;
    if (is_terminal(order->status))
        order->leaves = (struct size){0};
    coinbase_price_about(either(got[F_AVERAGE], got[F_AVERAGE_2]), &order->average_price);
    coinbase_money_about(got[F_FEES], &order->fees, &rounded);
    return fine || !ours;
}

static void fill_reason(const struct json_text got[F_COUNT], char reason[REASON_MAX])
{
    struct json_text reject = either(got[F_REJECT], got[F_REJECT_2]);
    if (!coinbase_word(reject, "REJECT_REASON_UNSPECIFIED"))
        coinbase_add_reason(reason, reject);
    coinbase_add_reason(reason, got[F_REJECT_WORDS]);
    coinbase_add_reason(reason, got[F_CANCEL]);
    coinbase_add_reason(reason, got[F_CANCEL_WORDS]);
}

static bool fill_order(struct json_reader *json, const struct json_text got[F_COUNT],
                       const struct configuration *shape, const struct catalog *catalog,
                       struct event_order_report *order)
{
    order->product = find_product(catalog, got[F_PRODUCT]);
    if (got[F_ORDER_ID].length == 0 ||
        !json_text_copy(got[F_ORDER_ID], order->venue_id.text, sizeof order->venue_id.text))
        return json_fail(json, "an order whose order_id is missing or too long");
    order->has_client_id =
        client_id_parse(got[F_CLIENT_ID].length ? got[F_CLIENT_ID].at : "",
                        got[F_CLIENT_ID].length, &order->client_id);
    order->side = coinbase_side(either(got[F_SIDE], got[F_SIDE_2]));
    order->status = coinbase_status(got[F_STATUS]);
    order->type = coinbase_order_type(got[F_TYPE]);
    order->tif = coinbase_tif(got[F_TIF]);
    if (order->type == ORDER_TYPE_OTHER || order->tif == TIF_OTHER)
        type_from_variant(shape->variant, order);
    /* Said twice over, and once is enough: its configuration is that of a market order. */
    if (coinbase_word(got[F_LIQUIDATION], "true"))
        order->type = ORDER_TYPE_LIQUIDATION;
    /* A label only: an unreadable one is not told. */
    if (!coinbase_time(either(got[F_CREATED], got[F_CREATED_2]), &order->created_ns))
        order->created_ns = 0;
    fill_reason(got, order->reason);
    return fill_numbers(got, shape, catalog, order) ||
           json_fail(json, "an order with a size or price that is not an exact decimal");
}

bool coinbase_read_order(struct json_reader *json, const struct catalog *catalog,
                         enum report_source source, struct event *ret)
{
    struct json_text key, got[F_COUNT] = {0};
    struct configuration shape = {0};
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, "order_configuration"))
            read_configuration(json, &shape);
        else
            coinbase_read_field(json, key, ORDER_NAMES, F_COUNT, got);
    }
    *ret = (struct event){.kind = EVENT_ORDER_REPORT};
    ret->order.source = source;
    return !json->failure && fill_order(json, got, &shape, catalog, &ret->order);
}

#define POSITION_FIELDS(X)                                                                        \
    X(PRODUCT, "product_id") X(SYMBOL, "symbol") X(SIDE, "side") X(SIDE_2, "position_side")       \
    X(CONTRACTS, "number_of_contracts") X(NET, "net_size") X(AVERAGE, "avg_entry_price")          \
    X(AVERAGE_2, "entry_price") X(AVERAGE_3, "entry_vwap") X(UNREALISED, "unrealized_pnl")  \
    X(CURRENT, "current_price") X(MARK, "mark_price")

#define POSITION_NUMBER_OF(symbol, name) P_##symbol,
enum { POSITION_FIELDS(POSITION_NUMBER_OF) P_COUNT };
static const char *const POSITION_NAMES[P_COUNT] = {POSITION_FIELDS(NAME_OF)};

/* Signed size in the venue's units. The side's word decides; net_size may or may not be signed. A
 * size whose direction is not told, or told both ways, cannot be booked. */
static bool signed_size(struct json_text side, struct json_text text, struct size *ret)
{
    int sign = coinbase_position_sign(side);
    if (text.length == 0 || !coinbase_signed_size(text, ret))
        return false;
    if (ret->e9 == 0)
        return true;
    if (ret->e9 == INT64_MIN || (sign > 0 && ret->e9 < 0))
        return false;
    if (sign < 0 && ret->e9 > 0)
        ret->e9 = -ret->e9;
    return true;
}

static bool fill_position(struct json_reader *json, const struct json_text got[P_COUNT],
                          const struct catalog *catalog, struct event_position *position)
{
    bool rounded = false;
    struct json_text side = either(got[P_SIDE], got[P_SIDE_2]);
    struct json_text text = either(got[P_CONTRACTS], got[P_NET]);
    struct size venue = {0};
    /* INTX over REST: product_id is an opaque number there and the symbol is the id. */
    position->product = find_product(catalog, either(got[P_SYMBOL], got[P_PRODUCT]));
    bool ours = position->product != NO_PRODUCT;
    bool fine = signed_size(side, text, &venue);
    /* Contracts carry no sign of their own: without a side they could be either. */
    if (got[P_CONTRACTS].length && coinbase_position_sign(side) == 0 && venue.e9 != 0)
        fine = false;
    fine = fine && to_base(catalog, position->product, venue, &position->size);
    if (!fine && ours)
        return json_fail(json, "a position whose size or side cannot be told");
    coinbase_price_about(either(either(got[P_AVERAGE], got[P_AVERAGE_2]), got[P_AVERAGE_3]),
                         &position->average_price);
    coinbase_price_about(either(got[P_CURRENT], got[P_MARK]), &position->mark);
    coinbase_money_about(got[P_UNREALISED], &position->unrealised, &rounded);
    return true;
}

bool coinbase_read_position(struct json_reader *json, const struct catalog *catalog,
                            struct event *ret)
{
    struct json_text key, got[P_COUNT] = {0};
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, POSITION_NAMES, P_COUNT, got);
    *ret = (struct event){.kind = EVENT_POSITION};
    return !json->failure && fill_position(json, got, catalog, &ret->position);
}

static bool read_window(struct json_reader *json, struct margin_window *ret, bool *ret_rounded)
{
    static const char *const NAMES[] = {"initial_margin", "maintenance_margin",
                                        "futures_buying_power"};
    struct json_text key, got[3] = {0};
    if (json_peek(json) != JSON_OBJECT) { /* null: not told */
        json_skip_value(json);
        return !json->failure;
    }
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, 3, got);
    ret->told = got[0].length > 0 && got[1].length > 0 && got[2].length > 0;
    return !json->failure &&
           ((coinbase_money_about(got[0], &ret->initial, ret_rounded) &&
             coinbase_money_about(got[1], &ret->maintenance, ret_rounded) &&
             coinbase_money_about(got[2], &ret->buying_power, ret_rounded)) ||
            json_fail(json, "a margin window that is not a number"));
}

#define BALANCE_FIELDS(X)                                                                         \
    X(EQUITY, "total_usd_balance") X(AVAILABLE, "available_margin") X(INITIAL, "initial_margin")  \
    X(FUNDING, "funding_pnl") X(BUFFER, "liquidation_buffer_amount")                              \
    X(THRESHOLD, "liquidation_threshold")

#define BALANCE_NUMBER_OF(symbol, name) B_##symbol,
enum { BALANCE_FIELDS(BALANCE_NUMBER_OF) B_COUNT };
static const char *const BALANCE_NAMES[B_COUNT] = {BALANCE_FIELDS(NAME_OF)};

bool coinbase_read_balance(struct json_reader *json, struct event *ret)
{
    struct json_text key, got[B_COUNT] = {0};
    *ret = (struct event){.kind = EVENT_BALANCE, .balance = {.profile = PROFILE_CDE}};
    struct event_balance *balance = &ret->balance;
    bool *rounded = &balance->informative_rounded, fine = true;
    if (!json_enter_object(json))
        return false;
    while (fine && json_next_key(json, &key)) {
        if (json_text_equal(key, "intraday_margin_window_measure"))
            fine = read_window(json, &balance->intraday, rounded);
        else if (json_text_equal(key, "overnight_margin_window_measure"))
            fine = read_window(json, &balance->overnight, rounded);
        else
            coinbase_read_field(json, key, BALANCE_NAMES, B_COUNT, got);
    }
    if (json->failure || !fine)
        return false;
    if (got[B_EQUITY].length == 0 || got[B_AVAILABLE].length == 0)
        return json_fail(json, "a balance without total_usd_balance or available_margin");
    balance->buffer_told = got[B_BUFFER].length > 0 && got[B_THRESHOLD].length > 0;
    return (coinbase_money_about(got[B_EQUITY], &balance->equity, rounded) &&
            coinbase_money_about(got[B_AVAILABLE], &balance->available_margin, rounded) &&
            coinbase_money_about(got[B_INITIAL], &balance->initial_margin, rounded) &&
            coinbase_money_about(got[B_FUNDING], &balance->funding_pnl, rounded) &&
            coinbase_money_about(got[B_BUFFER], &balance->liquidation_buffer, rounded) &&
            coinbase_money_about(got[B_THRESHOLD], &balance->liquidation_threshold, rounded)) ||
           json_fail(json, "a balance that is not a number");
}
