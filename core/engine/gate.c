/* Where orders are made. The controls are in gate_controls.c; this file alone, of the engine,
 * knows how an approved order is laid out. */
#include "engine/gate.h"

#include <string.h>

#include "base/check.h"
#include "engine/gate_private.h"
#include "model/approved_order_private.h"

/* Of our books and the venue's word the nearer to flat: what is sure to be there. */
static __int128 sure_position(const struct gate_input *in)
{
    __int128 ours = in->exposure.position.e9, venue = ours + in->venue_apart.e9;
    if ((ours < 0) != (venue < 0))
        return 0;
    return (venue < ours) == (ours < 0) ? ours : venue;
}

/* What an order on `side` may take from `position` and still do nothing but reduce it, when every
 * order that already works on that side has filled first; but not those `passed`. */
static __int128 reducible_of(__int128 position, const struct gate_exposure *exposure,
                             enum side side, struct size passed)
{
    __int128 held = side == SIDE_SELL ? position : -position;
    __int128 working = side == SIDE_SELL ? exposure->working_sell.e9 : exposure->working_buy.e9;
    if (exposure->working_buy.e9 < 0 || exposure->working_sell.e9 < 0)
        return 0;
    working -= passed.e9 < working ? passed.e9 : working;
    return working < held ? held - working : 0;
}

/* It takes the position that is there now. An order of another hand that rests waits for somebody
 * to come to it; were it counted, a wish forgotten in the venue's app would hold every stop of ours
 * back for as long as it stands. At worst the account is left with what that hand ordered. */
static struct size passed_by(const struct gate_input *in)
{
    const struct intent *intent = in->intent;
    bool rests = (intent->tif != TIF_IOC && intent->tif != TIF_FOK) || intent->stop_price.e9 != 0;
    struct size others = intent->side == SIDE_SELL ? in->others.sell : in->others.buy;
    return rests || others.e9 < 0 ? (struct size){0} : others;
}

/* A strategy may reduce what is its own, as far as that reduces the account too: else one could
 * spend another's way out. The operator is bound by the account alone. */
struct size gate_reducible(const struct gate_input *in)
{
    __int128 account, own;
    if (in->intent->side != SIDE_BUY && in->intent->side != SIDE_SELL)
        return (struct size){0};
    account = reducible_of(sure_position(in), &in->exposure, in->intent->side, passed_by(in));
    own = in->actor == ACTOR_OPERATOR
              ? account
              : reducible_of(in->strategy_exposure.position.e9, &in->strategy_exposure,
                             in->intent->side, (struct size){0});
    if (own < account)
        account = own;
    return (struct size){account > INT64_MAX ? INT64_MAX : (int64_t)account};
}

bool gate_is_reducing(const struct gate_input *in)
{
    CHECK(in->intent);
    return in->intent->size.e9 > 0 && in->intent->size.e9 <= gate_reducible(in).e9;
}

void gate_judged_init(struct judged *ret, const struct gate_input *in)
{
    const struct intent *intent = in->intent;
    CHECK(in->settings && intent && in->settings->strategy_count <= MAX_STRATEGIES &&
          in->settings->catalog.count <= MAX_PRODUCTS);
    *ret = (struct judged){.in = in, .intent = intent, .settings = in->settings};
    ret->operator = in->actor == ACTOR_OPERATOR;
    if (in->actor < in->settings->strategy_count)
        ret->strategy = &in->settings->strategies[in->actor];
    if (in->instrument && intent->product < in->settings->catalog.count) {
        ret->instrument = in->instrument;
        ret->limits = &in->settings->product_limits[intent->product];
    }
    ret->reducible = gate_reducible(in);
    ret->reducing = gate_is_reducing(in);
    ret->price = gate_worst_price(in);
    struct price good = gate_last_good(in);
    ret->last_good = ret->reducing && good.e9 > 0;
    ret->mid = ret->reference = ret->last_good ? good : gate_reference(in);
    /* When it fires, the market stands at its stop. */
    if (intent->stop_price.e9 > 0)
        ret->reference = intent->stop_price;
    ret->value = money_of(gate_value_price(in), intent->size);
    if (!ret->reducing) {
        ret->account = gate_project(in, &in->exposure);
        ret->own = gate_project(in, &in->strategy_exposure);
    }
}

static void seal(const struct intent *intent, struct client_id id, struct approved_order *ret)
{
    struct approved_order_inside inside;
    memset(&inside, 0, sizeof inside); /* padding too: what is queued can be compared */
    inside.magic = APPROVED_MAGIC;
    inside.id = id;
    inside.product = intent->product;
    inside.side = intent->side;
    inside.type = intent->type;
    inside.tif = intent->tif;
    inside.post_only = intent->post_only;
    inside.reduce_only = intent->reduce_only;
    inside.price = intent->price;
    inside.size = intent->size;
    inside.stop = intent->stop;
    inside.stop_price = intent->stop_price;
    inside.expires_wall_ns = intent->expires_wall_ns;
    memset(ret, 0, sizeof *ret);
    memcpy(ret->sealed, &inside, sizeof inside);
}

static bool is_named(struct client_id id)
{
    static const struct client_id none;
    return memcmp(id.bytes, none.bytes, sizeof none.bytes) != 0;
}

bool gate_approve(const struct gate_input *in, struct client_id id,
                  struct approved_order *ret_order, struct verdict *ret_verdict)
{
    struct judged judged;
    gate_judged_init(&judged, in);
    if (!is_named(id))
        return gate_refuse(ret_verdict, REFUSED_MALFORMED);
    if (!gate_judge(&judged, ret_verdict))
        return false;
    memset(ret_verdict, 0, sizeof *ret_verdict);
    ret_verdict->code = REFUSED_NOT;
    seal(in->intent, id, ret_order);
    return true;
}

/* The same laws as for a new order: an UNKNOWN one has no right of its own to be there. What is
 * different is with the caller, who has taken its reservation out and keeps its id. */
bool gate_reapprove(const struct gate_input *in, struct client_id same_id,
                    struct approved_order *ret_order, struct verdict *ret_verdict)
{
    return gate_approve(in, same_id, ret_order, ret_verdict);
}

bool gate_allows_cancel(const struct gate_input *in, struct verdict *ret_verdict)
{
    struct judged judged = {.in = in, .settings = in->settings};
    CHECK(in->settings);
    if (!gate_check_cancel(&judged, ret_verdict))
        return false;
    memset(ret_verdict, 0, sizeof *ret_verdict);
    ret_verdict->code = REFUSED_NOT;
    return true;
}
