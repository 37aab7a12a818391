#pragma once
/* An order that the gate has approved: a sealed value. It can be copied and queued by anyone,
 * made only by engine/gate.c and opened only by the encoder; both include
 * model/approved_order_private.h, and the tidy test sees that nobody else does. */

struct approved_order {
    _Alignas(16) unsigned char sealed[96];
};
