/* The order as its bytes say it: encoded as for the venue, and read back by other code. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "parts.h"
#include "wire/coinbase_rest.h"
#include "wire/json_read.h"

enum { BODY_MAX = 16 * 1024 };

static const struct shape {
    const char *name;
    enum order_type type;
    enum time_in_force tif;
} SHAPES[] = {
    {"market_market_ioc", ORDER_TYPE_MARKET, TIF_IOC},
    {"sor_limit_ioc", ORDER_TYPE_LIMIT, TIF_IOC},
    {"limit_limit_gtc", ORDER_TYPE_LIMIT, TIF_GTC},
    {"limit_limit_gtd", ORDER_TYPE_LIMIT, TIF_GTD},
    {"limit_limit_fok", ORDER_TYPE_LIMIT, TIF_FOK},
    {"stop_limit_stop_limit_gtc", ORDER_TYPE_STOP_LIMIT, TIF_GTC},
    {"stop_limit_stop_limit_gtd", ORDER_TYPE_STOP_LIMIT, TIF_GTD},
    {"trigger_bracket_gtc", ORDER_TYPE_BRACKET, TIF_GTC},
    {"trigger_bracket_gtd", ORDER_TYPE_BRACKET, TIF_GTD},
};

static void read_field(struct json_reader *json, struct json_text key, struct venue_request *ret)
{
    struct json_text text;
    bool good = true;
    if (json_text_equal(key, "post_only")) {
        json_read_bool(json, &ret->post_only);
    } else if (json_text_equal(key, "reduce_only")) {
        json_read_bool(json, &ret->reduce_only);
    } else if (json_read_string(json, &text)) {
        if (json_text_equal(key, "base_size"))
            good = size_parse(text.at, text.length, &ret->size);
        else if (json_text_equal(key, "limit_price"))
            good = price_parse(text.at, text.length, &ret->limit);
        else if (json_text_equal(key, "stop_price") || json_text_equal(key, "stop_trigger_price"))
            good = price_parse(text.at, text.length, &ret->stop);
        else if (json_text_equal(key, "stop_direction"))
            ret->stop_up = json_text_equal(text, "STOP_DIRECTION_STOP_UP");
        else if (json_text_equal(key, "end_time"))
            good = text_parse_time(text.at, text.length, &ret->end_ns);
        else
            good = false;
    }
    if (!good)
        json_fail(json, "no field of this shape");
}

static void read_configuration(struct json_reader *json, struct venue_request *ret)
{
    struct json_text key;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        const struct shape *shape = NULL;
        for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++)
            if (json_text_equal(key, SHAPES[i].name))
                shape = &SHAPES[i];
        if (!shape || !json_enter_object(json)) {
            json_fail(json, "no shape of an order");
            return;
        }
        ret->type = shape->type;
        ret->tif = shape->tif;
        while (json_next_key(json, &key))
            read_field(json, key, ret);
    }
}

static void read_order(struct json_reader *json, struct venue_request *ret)
{
    struct json_text key, text;
    ret->product = -1;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, "order_configuration"))
            read_configuration(json, ret);
        else if (!json_read_string(json, &text))
            return;
        else if (json_text_equal(key, "client_order_id"))
            json_text_copy(text, ret->client_id, sizeof ret->client_id);
        else if (json_text_equal(key, "product_id"))
            ret->product = venue_product_find(text.at, text.length);
        else if (json_text_equal(key, "side"))
            ret->side = json_text_equal(text, "BUY") ? SIDE_BUY : SIDE_SELL;
        else
            json_fail(json, "no field of an order");
    }
}

int body_read(const struct approved_order *order, const struct catalog *catalog,
              struct venue_request *ret, struct err *err)
{
    struct buf body;
    struct json_reader json;
    memset(ret, 0, sizeof *ret);
    buf_init(&body, BODY_MAX);
    int result = coinbase_rest_encode_place(order, catalog, &body, err);
    if (result == 0) {
        json_init(&json, body.data, body.length);
        read_order(&json, ret);
        result = json_finish(&json, err);
    }
    buf_fini(&body);
    if (result == 0 && ret->product < 0)
        result = err_set(err, "an order for no product of the venue");
    return result;
}
