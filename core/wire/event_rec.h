#pragma once
/* Events, and what scripts say, as the recording keeps them. Pure, bounded, both ways. A kind
 * without a codec does not compile (the switches have no default); a member is one line in
 * event_rec.c. The stamp is not among them: it is the turn's. */
#include "base/err.h"
#include "model/event.h"
#include "wire/layout.h"

/* Where decoding puts the arrays that an event points to; large, so on the heap. */
struct event_rec_room {
    struct level levels[MAX_MESSAGE_LEVELS];
    struct trade trades[MAX_MESSAGE_TRADES];
};

void event_rec_encode(const struct event *event, struct buf *ret);
/* The whole of `bytes`, or -1. *ret points into `room`. */
int event_rec_decode(const void *bytes, size_t length, struct event_rec_room *room,
                     struct event *ret, struct err *err);
void event_rec_print(const struct event *event, struct buf *ret); /* one line; arrays cut short */

/* A kind's own struct and where it lies in the event; NULL: there is no such kind. */
const struct layout *event_rec_layout(enum event_kind kind, size_t *ret_at);

/* Shared with commands and script frames. */
extern const struct layout intent_layout, terms_layout, candle_layout, level_layout, trade_layout;
const char *rec_side_text(unsigned value);
const char *rec_order_state_text(unsigned value);
const char *rec_refusal_text(unsigned value);
const char *rec_liquidity_text(unsigned value);
