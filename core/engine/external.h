#pragma once
/* What others do on the account: another hand, another program, or the venue itself. Their fills
 * are always booked; this is what follows from them. */
#include "engine/engine_inside.h"

/* By `external_fills`: an alarm alone, or the product reduces only until resumed. */
void external_on_fill(struct engine *engine, product_index product);
/* The venue closes positions by orders of its own: nothing opens until a person has looked. */
void external_on_report(struct engine *engine, const struct event_order_report *report);
