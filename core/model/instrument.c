#include "model/instrument.h"

#include "base/text.h"

product_index catalog_find(const struct catalog *catalog, const char *id, size_t length)
{
    for (product_index i = 0; i < catalog->count; i++) {
        if (text_equal(id, length, catalog->items[i].product_id))
            return i;
    }
    return NO_PRODUCT;
}

bool instrument_base_size(const struct instrument *instrument, struct size venue,
                          struct size *ret_base)
{
    if (instrument->contract_size.e9 <= 0)
        return false;
    return size_scale_exact(venue, instrument->contract_size, ret_base);
}

bool instrument_venue_size(const struct instrument *instrument, struct size base,
                           struct size *ret_venue)
{
    if (instrument->contract_size.e9 <= 0)
        return false;
    return size_unscale_exact(base, instrument->contract_size, ret_venue);
}

static void take_larger(struct ratio *most, struct ratio rate)
{
    most->e9 = rate.e9 > most->e9 ? rate.e9 : most->e9;
}

static void take_rates(struct ratio *most, struct ratio day, struct ratio night, bool intraday)
{
    take_larger(most, day);
    if (!intraday || day.e9 == 0)
        take_larger(most, night);
}

struct ratio instrument_margin_rate(const struct instrument *instrument, enum side side,
                                    bool intraday, struct ratio least)
{
    if (side != SIDE_SELL)
        take_rates(&least, instrument->margin_long, instrument->overnight_long, intraday);
    if (side != SIDE_BUY)
        take_rates(&least, instrument->margin_short, instrument->overnight_short, intraday);
    return least;
}
