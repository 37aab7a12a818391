/* Orders to the venue. Alone in its object file: who links cancels and lists without it has no
 * means of placing anything. */
#include "wire/coinbase_rest.h"

#include <string.h>

#include "base/check.h"
#include "model/approved_order_private.h"
#include "model/client_id.h"
#include "wire/json_write.h"

/* Every shape that can be sent, by type and time in force. reduce_only is known to be taken inside
 * some variants, on INTX alone; anywhere else the venue answers HTTP 400 for an unknown field.
 * There the flag is the engine's to enforce. */
static const struct variant {
    const char *name;
    enum order_type type;
    enum time_in_force tif;
    bool post_only, reduce_only;
} VARIANTS[] = {
    {"market_market_ioc", ORDER_TYPE_MARKET, TIF_IOC, false, true},
    {"limit_limit_gtc", ORDER_TYPE_LIMIT, TIF_GTC, true, true},
    {"limit_limit_gtd", ORDER_TYPE_LIMIT, TIF_GTD, true, true},
    {"sor_limit_ioc", ORDER_TYPE_LIMIT, TIF_IOC, false, false},
    {"limit_limit_fok", ORDER_TYPE_LIMIT, TIF_FOK, false, false},
    {"stop_limit_stop_limit_gtc", ORDER_TYPE_STOP_LIMIT, TIF_GTC, false, true},
    {"stop_limit_stop_limit_gtd", ORDER_TYPE_STOP_LIMIT, TIF_GTD, false, false},
    {"trigger_bracket_gtc", ORDER_TYPE_BRACKET, TIF_GTC, false, false},
    {"trigger_bracket_gtd", ORDER_TYPE_BRACKET, TIF_GTD, false, false},
};

/* An order in the venue's own units, ready to be written. */
struct venue_order {
    const struct approved_order_inside *inside;
    const struct instrument *instrument;
    const struct variant *variant;
    struct size size;
};

static int choose_variant(struct venue_order *order, struct err *err)
{
    const struct approved_order_inside *inside = order->inside;
    for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++)
        if (VARIANTS[i].type == inside->type && VARIANTS[i].tif == inside->tif)
            order->variant = &VARIANTS[i];
    if (!order->variant)
        return err_set(err, "a %s order, %s, cannot be sent", order_type_text(inside->type),
                       time_in_force_text(inside->tif));
    if (inside->post_only && !order->variant->post_only)
        return err_set(err, "post-only goes with a limit order that rests alone");
    return 0;
}

static bool has_stop(const struct approved_order_inside *inside)
{
    return inside->type == ORDER_TYPE_STOP_LIMIT || inside->type == ORDER_TYPE_BRACKET;
}

static int fit_units(struct venue_order *order, const struct catalog *catalog, struct err *err)
{
    const struct approved_order_inside *inside = order->inside;
    if (inside->product >= catalog->count)
        return err_set(err, "product %d is not in the catalog", inside->product);
    order->instrument = &catalog->items[inside->product];
    const char *id = order->instrument->product_id;
    const struct size one = {DECIMAL_ONE};
    if (inside->side != SIDE_BUY && inside->side != SIDE_SELL)
        return err_set(err, "%s: an order without a side", id);
    if (inside->size.e9 <= 0 ||
        !instrument_venue_size(order->instrument, inside->size, &order->size))
        return err_set(err, "%s: the size is not a positive multiple of what the venue counts in",
                       id);
    if (order->instrument->profile == PROFILE_CDE && !size_is_multiple(order->size, one))
        return err_set(err, "%s: the size is not a whole number of contracts", id);
    if (inside->type != ORDER_TYPE_MARKET && inside->price.e9 <= 0)
        return err_set(err, "%s: a limit order without a price", id);
    if (has_stop(inside) && inside->stop_price.e9 <= 0)
        return err_set(err, "%s: a stop without a price", id);
    if (inside->type == ORDER_TYPE_STOP_LIMIT && inside->stop != STOP_UP &&
        inside->stop != STOP_DOWN)
        return err_set(err, "%s: a stop without a direction", id);
    if (inside->tif == TIF_GTD && inside->expires_wall_ns <= 0)
        return err_set(err, "%s: good till no date", id);
    return 0;
}

static void write_variant(struct json_writer *json, const struct venue_order *order)
{
    const struct approved_order_inside *inside = order->inside;
    json_open_object_at(json, order->variant->name);
    json_put_size(json, "base_size", order->size);
    if (inside->type != ORDER_TYPE_MARKET)
        json_put_price(json, "limit_price", inside->price);
    if (inside->type == ORDER_TYPE_BRACKET)
        json_put_price(json, "stop_trigger_price", inside->stop_price);
    if (inside->type == ORDER_TYPE_STOP_LIMIT) {
        json_put_price(json, "stop_price", inside->stop_price);
        json_put_text(json, "stop_direction", inside->stop == STOP_UP ? "STOP_DIRECTION_STOP_UP"
                                                                      : "STOP_DIRECTION_STOP_DOWN");
    }
    if (inside->tif == TIF_GTD)
        json_put_time(json, "end_time", inside->expires_wall_ns);
    if (order->variant->post_only)
        json_put_bool(json, "post_only", inside->post_only);
    if (inside->reduce_only && order->variant->reduce_only && order->instrument->venue_reduce_only)
        json_put_bool(json, "reduce_only", true);
    json_close_object(json);
}

static void write_order(const struct venue_order *order, struct buf *out)
{
    struct json_writer json;
    char id[CLIENT_ID_TEXT];
    client_id_format(order->inside->id, id);
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "client_order_id", id);
    json_put_text(&json, "product_id", order->instrument->product_id);
    json_put_text(&json, "side", order->inside->side == SIDE_BUY ? "BUY" : "SELL");
    json_open_object_at(&json, "order_configuration");
    write_variant(&json, order);
    json_close_object(&json);
    json_close_object(&json);
}

int coinbase_rest_encode_place(const struct approved_order *approved,
                               const struct catalog *catalog, struct buf *ret_body,
                               struct err *err)
{
    struct approved_order_inside inside;
    memcpy(&inside, approved->sealed, sizeof inside);
    CHECK(inside.magic == APPROVED_MAGIC);
    struct venue_order order = {.inside = &inside};
    if (fit_units(&order, catalog, err) < 0 || choose_variant(&order, err) < 0)
        return -1;
    write_order(&order, ret_body);
    return ret_body->failed ? err_set(err, "an order larger than its buffer") : 0;
}
