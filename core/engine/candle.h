#pragma once
/* Candles of any length out of trades, aligned to wall time: a minute starts on the minute. A
 * bucket without a trade leaves no candle, as at the venue.
 *
 *     if (candle_apply(&builder, &trade, &closed))  the trade opened a newer bucket
 *     if (candle_flush(&builder, wall_ns, &closed)) its time is over, and the grace for late trades
 */
#include "model/types.h"

/* The venue batches trades over 250 ms and delivers within 100: past this a trade is late. */
static const int64_t CANDLE_GRACE_NS = 1000000000;

struct candle_builder {
    int64_t length_ns;
    int64_t closed_until_ns; /* trades before this came too late: their candle has been told */
    bool open;
    struct candle now;
    uint64_t late;
};

void candle_init(struct candle_builder *builder, int64_t length_ns);
/* True: *ret_closed is a whole candle. A trade that is late, or overflows, is counted and left. */
bool candle_apply(struct candle_builder *builder, const struct trade *trade,
                  struct candle *ret_closed);
bool candle_flush(struct candle_builder *builder, int64_t wall_ns, struct candle *ret_closed);
/* Wall time at which candle_flush would close the open one; INT64_MAX when none is open. */
int64_t candle_due_wall_ns(const struct candle_builder *builder);
