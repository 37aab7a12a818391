#pragma once
/* Orders for the transport's tests come from where all orders come from: the gate. */
#include "model/approved_order.h"
#include "model/instrument.h"

/* One contract of product 0, a limit order at `price`; fails the test when the gate refuses. */
struct approved_order approve_order(const struct catalog *catalog, struct client_id id,
                                    struct price price);
