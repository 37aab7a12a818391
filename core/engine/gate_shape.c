/* Shapes of orders: which members go together, and on which side of what their prices lie. */
#include <stddef.h>

#include "engine/gate_private.h"

/* The venue sends a triggered bracket as a limit 5 % beyond its stop. */
static const struct ratio BRACKET_SLIP = {DECIMAL_ONE / 20};

bool gate_is_order(const struct intent *intent)
{
    return intent->kind == INTENT_PLACE || intent->kind == INTENT_AMEND ||
           intent->kind == INTENT_CLOSE;
}

static bool has_stop(const struct intent *intent)
{
    return intent->type == ORDER_TYPE_STOP_LIMIT || intent->type == ORDER_TYPE_BRACKET;
}

/* What the venue's variants offer: wire/coinbase_rest.c has the table. */
static bool is_offered(const struct intent *intent)
{
    bool rests = intent->tif == TIF_GTC || intent->tif == TIF_GTD;
    switch (intent->type) {
    case ORDER_TYPE_LIMIT: return rests || intent->tif == TIF_IOC || intent->tif == TIF_FOK;
    case ORDER_TYPE_MARKET: return (unsigned)intent->tif < TIF_OTHER;
    case ORDER_TYPE_STOP_LIMIT:
    case ORDER_TYPE_BRACKET: return rests;
    case ORDER_TYPE_LIQUIDATION:
    case ORDER_TYPE_OTHER: break;
    }
    return false;
}

static bool is_consistent(const struct intent *intent)
{
    bool market = intent->type == ORDER_TYPE_MARKET;
    bool directed = intent->stop == STOP_UP || intent->stop == STOP_DOWN;
    if (market && (intent->tif != TIF_IOC || intent->price.e9 != 0))
        return false;
    if (intent->post_only && (intent->type != ORDER_TYPE_LIMIT ||
                              (intent->tif != TIF_GTC && intent->tif != TIF_GTD)))
        return false;
    if (directed != (intent->type == ORDER_TYPE_STOP_LIMIT) || intent->stop > STOP_DOWN)
        return false;
    return (has_stop(intent) || intent->stop_price.e9 == 0) &&
           (intent->tif == TIF_GTD || intent->expires_wall_ns == 0);
}

bool gate_check_shape(const struct judged *j, struct verdict *ret)
{
    const struct intent *intent = j->intent;
    if (!gate_is_order(intent) || (intent->side != SIDE_BUY && intent->side != SIDE_SELL))
        return gate_refuse(ret, REFUSED_MALFORMED);
    if (!is_offered(intent))
        return gate_refuse(ret, REFUSED_UNSUPPORTED);
    if (!is_consistent(intent))
        return gate_refuse(ret, REFUSED_MALFORMED);
    /* Seen to work on CDE; on INTX nobody has seen one, and reduce-only stops exist there. */
    if (intent->type == ORDER_TYPE_BRACKET && j->instrument &&
        j->instrument->profile != PROFILE_CDE)
        return gate_refuse(ret, REFUSED_UNSUPPORTED);
    return true;
}

bool gate_check_expiry(const struct judged *j, struct verdict *ret)
{
    const struct intent *intent = j->intent;
    if (intent->tif != TIF_GTD || intent->expires_wall_ns > j->in->wall_ns)
        return true;
    return gate_refuse(ret, REFUSED_EXPIRY);
}

/* ---- the side of a stop */

static bool is_beyond(struct price price, struct price than, bool up)
{
    return up ? price.e9 > than.e9 : price.e9 < than.e9;
}

static bool refuse_side(const struct judged *j, struct verdict *ret, struct price limit,
                        struct price value)
{
    gate_refuse_limit(j, ret, REFUSED_STOP_SIDE, GATE_PRODUCT, "stop_price");
    return gate_refuse_figures(ret, UNIT_PRICE, gate_figure(limit.e9), gate_figure(value.e9),
                               gate_figure(0));
}

/* A stop that the market has passed would fire at once, and one whose limit is not beyond it could
 * fire without a fill. A bracket has the market between its profit and its stop. */
bool gate_check_stop(const struct judged *j, struct verdict *ret)
{
    const struct intent *intent = j->intent;
    bool buy = intent->side == SIDE_BUY, bracket = intent->type == ORDER_TYPE_BRACKET;
    bool up = bracket ? buy : intent->stop == STOP_UP;
    if (!has_stop(intent))
        return true;
    if (!is_beyond(intent->stop_price, j->mid, up))
        return refuse_side(j, ret, j->mid, intent->stop_price);
    if (bracket && !is_beyond(intent->price, j->mid, !buy))
        return refuse_side(j, ret, j->mid, intent->price);
    if (!bracket && is_beyond(intent->price, intent->stop_price, !buy))
        return refuse_side(j, ret, intent->stop_price, intent->price);
    return true;
}

/* ---- prices */

struct price gate_worst_price(const struct gate_input *in)
{
    const struct intent *intent = in->intent;
    bool buy = intent->side == SIDE_BUY;
    struct ratio slip = {buy ? BRACKET_SLIP.e9 : -BRACKET_SLIP.e9};
    struct price worst = {0};
    if (intent->type == ORDER_TYPE_MARKET)
        return in->worst;
    if (intent->type != ORDER_TYPE_BRACKET)
        return intent->price;
    if (!price_shift(intent->stop_price, slip, buy ? ROUND_UP : ROUND_DOWN, &worst))
        worst.e9 = 0;
    return worst;
}

/* A buy never pays more than its price. A sell may fill above its limit: as high as the best bid
 * stands, or stood when its stop was met, or where a bracket takes its profit. */
struct price gate_value_price(const struct gate_input *in)
{
    const struct intent *intent = in->intent;
    struct price price = gate_worst_price(in);
    struct price others[] = {in->bid, intent->stop_price, intent->price};
    for (int i = 0; i < 3 && intent->side == SIDE_SELL; i++)
        if (others[i].e9 > price.e9)
            price = others[i];
    return price;
}

struct price gate_reference(const struct gate_input *in)
{
    struct price mid = {0};
    if (in->bid.e9 > 0 && in->ask.e9 > in->bid.e9)
        mid.e9 = in->bid.e9 + (in->ask.e9 - in->bid.e9) / 2;
    return mid;
}

/* Only for what takes or ends: an order priced blind must not rest. */
struct price gate_last_good(const struct gate_input *in)
{
    const struct product_limits *limits;
    struct price none = {0};
    if (in->instrument == NULL || in->intent->product >= MAX_PRODUCTS ||
        in->intent->type != ORDER_TYPE_LIMIT || in->intent->tif != TIF_IOC)
        return none;
    limits = &in->settings->product_limits[in->intent->product];
    bool fresh = in->book_valid && in->book_age_ns <= limits->max_book_age_ns;
    bool late = limits->max_exit_price_age_ns <= 0 || in->last_good_age_ns < 0 ||
                in->last_good_age_ns > limits->max_exit_price_age_ns;
    return fresh || late ? none : in->last_good;
}

bool gate_band(const struct gate_input *in, struct price around, struct price *ret_low,
               struct price *ret_high)
{
    struct ratio up = in->settings->product_limits[in->intent->product].price_collar;
    struct ratio down = {-up.e9};
    return price_shift(around, down, ROUND_UP, ret_low) &&
           price_shift(around, up, ROUND_DOWN, ret_high);
}

struct price gate_close_price(const struct gate_input *in)
{
    struct price low, high, edge = {0};
    struct price good = gate_last_good(in), mid = good.e9 > 0 ? good : gate_reference(in);
    bool sell = in->intent->side == SIDE_SELL;
    if (in->instrument == NULL || mid.e9 <= 0 || in->instrument->tick.e9 <= 0 ||
        !gate_band(in, mid, &low, &high) ||
        !price_round(sell ? low : high, in->instrument->tick, sell ? ROUND_UP : ROUND_DOWN, &edge))
        edge.e9 = 0;
    return edge;
}
