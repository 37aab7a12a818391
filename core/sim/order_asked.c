#include "sim/order_asked.h"

bool order_asked(const struct engine *engine, struct client_id id, struct fill_order *ret)
{
    struct order_row row;
    if (!snapshot_find_order(engine, id, &row))
        return false;
    *ret = (struct fill_order){
        .id = row.id, .product = row.product, .side = row.side, .type = row.type, .tif = row.tif,
        .post_only = row.post_only, .price = row.price, .stop_price = row.stop_price,
        .stop = row.stop, .size = row.size, .expires_ns = row.expires_wall_ns,
        .created_ns = row.created_wall_ns, .status = VENUE_PENDING,
    };
    return true;
}
