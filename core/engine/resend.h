#pragma once
/* The end of an order that the venue never had: two whole lists, after its request's expiry and the
 * processing bound, lacked it. By default it is dropped. A strategy configured with
 * `resend_unknown` has it sent once more instead, under the same client id, when its wish still
 * stands: the script that placed it runs, has not cancelled it, it rests (what was for that moment
 * is not for this one), and the gate, judging it afresh, lets it. The order stays UNKNOWN until the
 * venue speaks: should the first request turn up after all, the id makes both one order. */
#include "engine/engine_inside.h"

void resend_or_drop(struct engine *engine, struct order *order);
/* How long after its request the venue's lists can be believed that it is not there. */
int64_t resend_bound_ns(const struct engine *engine);
