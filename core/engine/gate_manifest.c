/* What a script's own manifest allows, and what its config never lets it do. All of it is about
 * what opens: a script that asked for little can always get out. */
#include "engine/gate_private.h"

static bool refuse(const struct judged *j, struct verdict *ret, const char *key, __int128 limit,
                   __int128 value, __int128 headroom)
{
    gate_refuse_limit(j, ret, REFUSED_MANIFEST, GATE_STRATEGY, key);
    return gate_refuse_figures(ret, UNIT_SIZE, (struct money){limit * DECIMAL_ONE},
                               (struct money){value * DECIMAL_ONE},
                               (struct money){headroom * DECIMAL_ONE});
}

/* Its own position when all that works on this side has filled, this order not: signed so that
 * the side counts as positive. */
static __int128 own_worst(const struct judged *j)
{
    const struct gate_exposure *own = &j->in->strategy_exposure;
    return j->intent->side == SIDE_BUY ? (__int128)own->position.e9 + own->working_buy.e9
                                       : -(__int128)own->position.e9 + own->working_sell.e9;
}

static bool check_counts(const struct judged *j, struct verdict *ret)
{
    const struct manifest *asked = &j->in->manifest;
    return (asked->max_messages == 0 ||
            gate_check_count(j, ret, REFUSED_MANIFEST, GATE_STRATEGY, "manifest.messages",
                             asked->max_messages, j->in->messages_strategy)) &&
           (asked->max_working_orders == 0 ||
            gate_check_count(j, ret, REFUSED_MANIFEST, GATE_STRATEGY, "manifest.working_orders",
                             asked->max_working_orders, j->in->working_strategy));
}

bool gate_check_manifest(const struct judged *j, struct verdict *ret)
{
    const struct manifest *asked = &j->in->manifest;
    __int128 size = j->intent->size.e9, worst = own_worst(j);
    if (asked->no_open || j->strategy->never_opens)
        return refuse(j, ret, asked->no_open ? "manifest.may_open" : "never_opens", 0, size,
                      j->reducible.e9);
    if (asked->products && !(asked->products >> j->intent->product & 1))
        return refuse(j, ret, "manifest.products", 0, size, j->reducible.e9);
    if (asked->max_order_size.e9 > 0 && size > asked->max_order_size.e9)
        return refuse(j, ret, "manifest.max_order_size", asked->max_order_size.e9, size,
                      asked->max_order_size.e9);
    if (asked->max_position.e9 > 0 && worst + size > asked->max_position.e9)
        return refuse(j, ret, "manifest.max_position", asked->max_position.e9, worst + size,
                      asked->max_position.e9 - worst);
    if ((asked->no_short || j->strategy->never_short) && j->intent->side == SIDE_SELL &&
        worst + size > 0)
        return refuse(j, ret, asked->no_short ? "manifest.may_short" : "never_short", 0,
                      worst + size, -worst);
    return check_counts(j, ret);
}
