/* Markets without depth: bars and bare trades as a path of prices. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "sim/market_data.h"

enum { DEPTH_PART = 2 }; /* of what trades at a point stands on each side of it */
static const int64_t BEFORE_END_NS = 1000000;

static struct size whole(struct size size, struct size step)
{
    struct size cut;
    CHECK(size_round(size, step, ROUND_DOWN, &cut));
    return cut.e9 > 0 ? cut : step;
}

void market_trade_point(const struct trade *trade, const struct instrument *spec,
                        struct market_point *ret)
{
    struct price price = {0};
    struct size depth = {trade->size.e9 / DEPTH_PART};
    memset(ret, 0, sizeof *ret);
    CHECK(price_round(trade->price, spec->tick, ROUND_HALF_EVEN, &price));
    ret->at_ns = trade->venue_ns;
    ret->trade = *trade;
    ret->trade.price = price;
    ret->trade.size = whole(trade->size, spec->step);
    ret->levels[0].side = SIDE_BUY;
    ret->levels[0].price.e9 = price.e9 - spec->tick.e9;
    ret->levels[1].side = SIDE_SELL;
    ret->levels[1].price.e9 = price.e9 + spec->tick.e9;
    ret->levels[0].size = ret->levels[1].size = whole(depth, spec->step);
}

static bool low_comes_first(const struct market_bar *bar, struct size position)
{
    if (position.e9 != 0)
        return position.e9 > 0;
    return bar->open.e9 - bar->low.e9 <= bar->high.e9 - bar->open.e9;
}

void market_bar_path(const struct market_bar *bar, int64_t length_ns, struct size position,
                     const struct instrument *spec, struct market_point ret[MARKET_BAR_POINTS])
{
    bool low_first = low_comes_first(bar, position);
    struct price path[MARKET_BAR_POINTS] = {bar->open, low_first ? bar->low : bar->high,
                                            low_first ? bar->high : bar->low, bar->close};
    int64_t after_ns[MARKET_BAR_POINTS] = {0, length_ns / 3, length_ns / 3 * 2,
                                           length_ns - BEFORE_END_NS};
    for (int i = 0; i < MARKET_BAR_POINTS; i++) {
        struct trade trade = {
            .price = path[i], .size = {bar->volume.e9 / MARKET_BAR_POINTS},
            .aggressor = i > 0 && path[i].e9 < path[i - 1].e9 ? SIDE_SELL : SIDE_BUY,
            .venue_ns = bar->start_ns + after_ns[i],
        };
        market_trade_point(&trade, spec, &ret[i]);
    }
}

struct market_data *market_data_of_bars(struct market_bars *bars, const struct instrument *spec,
                                        struct err *err)
{
    struct market_data *data;
    (void)spec;
    if (bars->count < 2 || bars->length_ns <= 4 * BEFORE_END_NS) {
        err_set(err, "bars: at least two are wanted, and some milliseconds between their starts");
        return NULL;
    }
    data = calloc(1, sizeof *data);
    CHECK(data);
    data->bars = *bars;
    *bars = (struct market_bars){.items = NULL};
    data->rows = data->bars.count;
    data->start_ns = data->bars.items[0].start_ns;
    data->end_ns = data->bars.items[data->bars.count - 1].start_ns + data->bars.length_ns;
    return data;
}

struct market_data *market_data_of_trades(const struct trade *trades, uint32_t count,
                                          const struct instrument *spec, struct err *err)
{
    struct market_data *data;
    if (count == 0) {
        err_set(err, "trades: there are none");
        return NULL;
    }
    data = calloc(1, sizeof *data);
    CHECK(data);
    for (uint32_t i = 0; i < count; i++) {
        struct market_point point;
        market_trade_point(&trades[i], spec, &point);
        market_data_add_batch(data, trades[i].venue_ns);
        point.trade.trade_id = i + 1;
        *market_data_add_trade(data) = point.trade;
        *market_data_add_level(data) = point.levels[0];
        *market_data_add_level(data) = point.levels[1];
    }
    data->rows = count;
    data->start_ns = trades[0].venue_ns;
    data->end_ns = trades[count - 1].venue_ns;
    return data;
}
