#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/selftest.h"
#include "sim/venue_sim_product.h"

static const int64_t MINUTE_NS = 60 * (int64_t)DECIMAL_ONE;
static const __int128 RICH = (__int128)1000000000000 * DECIMAL_ONE * DECIMAL_ONE;
enum { DAY_MINUTES = 1440 };

void trial_say(struct trial *trial, const char *format, ...)
{
    size_t used = strlen(trial->tried);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(trial->tried + used, sizeof(trial->tried) - used, format, arguments);
    va_end(arguments);
}

void trial_say_e9(struct trial *trial, const char *name, int64_t e9)
{
    char text[DECIMAL_TEXT_MAX];

    size_format((struct size){e9}, text);
    trial_say(trial, "%s%s %s", *trial->tried ? ", " : "", name, text);
}

void trial_say_money(struct trial *trial, const char *name, struct money value)
{
    char text[DECIMAL_TEXT_MAX];

    money_format(value, text);
    trial_say(trial, "%s%s %s", *trial->tried ? ", " : "", name, text);
}

struct money trial_value(const struct trial *trial)
{
    return money_of(gate_value_price(&trial->in), trial->intent.size);
}

static struct price start_price(const char *asset)
{
    for (int i = 0; i < VENUE_ASSETS; i++)
        if (strcmp(venue_assets[i].name, asset) == 0)
            return venue_assets[i].start;
    return (struct price){100 * (int64_t)DECIMAL_ONE};
}

void trial_set_price(struct trial *trial, struct price bid)
{
    price_round(bid, trial->spec.tick, ROUND_DOWN, &trial->in.bid);
    trial->in.ask.e9 = trial->in.bid.e9 + trial->spec.tick.e9;
    trial->in.mark = trial->intent.price = trial->in.bid;
}

/* The smallest that the venue takes, of the value that it wants. */
static struct size least_size(const struct trial *trial)
{
    const struct instrument *spec = &trial->spec;
    struct size size = spec->size_min.e9 > spec->step.e9 ? spec->size_min : spec->step;
    struct size worth;

    if (money_div_price(spec->quote_min, trial->in.bid, ROUND_UP, &worth) && worth.e9 > size.e9)
        size_round(worth, spec->step, ROUND_UP, &size);
    return size;
}

/* The minute of the day that is furthest ahead of the next funding stamp. */
static int64_t quiet_minute(const struct engine_settings *settings)
{
    int best = 0, best_left = -1;

    for (int minute = 0; minute < DAY_MINUTES; minute++) {
        int nearest = DAY_MINUTES;
        for (uint8_t i = 0; i < settings->funding_stamp_count; i++) {
            int left = (settings->funding_stamps_min[i] - minute + DAY_MINUTES) % DAY_MINUTES;
            nearest = left < nearest ? left : nearest;
        }
        if (nearest > best_left) {
            best_left = nearest;
            best = minute;
        }
    }
    return best;
}

static void fill_account(struct gate_input *in)
{
    in->reconciled = in->market_up = in->user_up = in->journal_up = in->skew_known = true;
    in->account_worth.known = in->strategy_worth.known = in->tail.known = true;
    in->equity_known = in->result_known = in->volatility_known = true;
    in->equity.e18 = in->available_margin.e18 = RICH;
    in->since_loss_ns = INT64_MAX;
    in->intraday = true;
}

void trial_init(struct trial *trial, const struct engine_settings *live, product_index product,
                uint8_t strategy)
{
    struct gate_input *in = &trial->in;

    memset(trial, 0, sizeof(*trial));
    trial->settings = *live;
    trial->settings.stage = STAGE_PRODUCTION;
    trial->spec = live->catalog.items[product];
    trial->product = product;
    trial->strategy = strategy;
    in->settings = &trial->settings;
    in->instrument = &trial->spec;
    in->intent = &trial->intent;
    in->actor = strategy;
    in->book_valid = in->mark_valid = true;
    in->depth.e9 = INT64_MAX;
    in->wall_ns = quiet_minute(live) * MINUTE_NS;
    fill_account(in);
    trial->intent = (struct intent){.kind = INTENT_PLACE, .product = product, .side = SIDE_BUY,
                                    .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .post_only = true,
                                    .ref = 1};
    trial_set_price(trial, start_price(trial->spec.asset));
    trial->intent.size = least_size(trial);
}

void trial_judge(struct trial *trial, struct verdict *ret)
{
    static const struct client_id id = {{1}};
    struct approved_order order;

    memset(ret, 0, sizeof(*ret));
    if (trial->cancel)
        gate_allows_cancel(&trial->in, ret);
    else
        gate_approve(&trial->in, id, &order, ret);
}
