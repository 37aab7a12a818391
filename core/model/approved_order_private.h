#pragma once
/* Inside an approved order. For engine/gate.c and wire/coinbase_rest.c alone. */
#include <string.h>

#include "model/approved_order.h"
#include "model/intent.h"

struct approved_order_inside {
    uint32_t magic; /* APPROVED_MAGIC: zeroed or stray memory does not pass for an order */
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    struct client_id id;
    struct price price;
    struct size size; /* base coin */
    product_index product;
    bool post_only, reduce_only;
    enum stop_direction stop;
    struct price stop_price;
    int64_t expires_wall_ns;
};
enum { APPROVED_MAGIC = 0x41505052 };

_Static_assert(sizeof(struct approved_order_inside) <= sizeof(struct approved_order),
               "an approved order fits its seal");
