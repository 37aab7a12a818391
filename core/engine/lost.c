#include "engine/lost.h"

#include <string.h>

#include "base/text.h"
#include "engine/outbox.h"

static const char ORDERS[] = "own orders live in a product that is not configured: see alerts";
static const char LATCHES[] = "a latched strategy or product is not configured: see the alerts";

static bool is_reason(const char *reason, const char *text)
{
    return strncmp(reason, text, REASON_MAX) == 0;
}

/* ---- while the journal is read */

void lost_add_order(struct engine *engine, const struct record_order *record)
{
    struct lost *lost = &engine->lost;
    uint32_t at = 0;
    if (!client_id_is_set(record->id) || client_id_owner(record->id) != engine->settings.owner_tag)
        return;
    while (at < lost->order_count && !client_id_equal(lost->orders[at].order.id, record->id))
        at++;
    bool known = at < lost->order_count;
    if (!order_is_live(record->state)) {
        if (known)
            lost->orders[at] = lost->orders[--lost->order_count];
        return;
    }
    if (at == LOST_ORDERS_MAX) {
        lost->full = true;
        return;
    }
    lost->order_count += !known;
    lost->orders[at].order = *record;
    lost->orders[at].told = is_reason(record->reason, ORDERS);
}

void lost_add_latch(struct engine *engine, const struct record_latch *record)
{
    struct lost *lost = &engine->lost;
    uint32_t at = 0;
    while (at < lost->latch_count && (lost->latches[at].latch.scope != record->scope ||
                                      strcmp(lost->latches[at].latch.name, record->name) != 0))
        at++;
    bool known = at < lost->latch_count;
    if (record->state == TRADING_ACTIVE) {
        if (known)
            lost->latches[at] = lost->latches[--lost->latch_count];
        return;
    }
    if (at == LOST_LATCHES_MAX) {
        lost->full = true;
        return;
    }
    lost->latch_count += !known;
    lost->latches[at].latch = *record;
    lost->latches[at].told = false;
}

static void forget_told(struct lost *lost)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lost->order_count; i++)
        if (!lost->orders[i].told)
            lost->orders[kept++] = lost->orders[i];
    lost->order_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < lost->latch_count; i++)
        if (!lost->latches[i].told)
            lost->latches[kept++] = lost->latches[i];
    lost->latch_count = kept;
    lost->full = false;
}

void lost_on_account(struct engine *engine, const struct record_latch *record)
{
    struct lost *lost = &engine->lost;
    for (uint32_t i = 0; is_reason(record->reason, LATCHES) && i < lost->latch_count; i++)
        lost->latches[i].told = true;
    if (record->state == TRADING_ACTIVE)
        forget_told(lost);
}

/* ---- the first step */

static void latch_account(struct engine *engine, enum trading_state state, const char *reason)
{
    struct record_latch latch;
    if (guard_tighten(&engine->guard, LATCH_ACCOUNT, 0, state, false, reason, &latch))
        out_latch(engine, &latch);
}

static void tell_order(struct engine *engine, const struct lost_order *lost)
{
    char id[CLIENT_ID_TEXT];
    client_id_format(lost->order.id, id);
    out_alert(engine, lost->order.product_id, " is not configured, but own order ", id,
              " may be live: cancel it there or configure it, then resume");
    if (lost->told)
        return;
    struct record_order *record = &out_record(engine, RECORD_ORDER)->order;
    *record = lost->order;
    memset(record->reason, 0, sizeof record->reason);
    text_copy(record->reason, sizeof record->reason, ORDERS, sizeof ORDERS - 1);
}

void lost_tell(struct engine *engine)
{
    const struct lost *lost = &engine->lost;
    enum trading_state state = TRADING_ACTIVE;
    for (uint32_t i = 0; i < lost->order_count; i++)
        tell_order(engine, &lost->orders[i]);
    if (lost->full)
        out_alert(engine, "more is left of products that are not configured than can be told of:",
                  " look at the venue", NULL, NULL);
    if (lost->order_count > 0 || lost->full)
        latch_account(engine, TRADING_REDUCING, ORDERS);
    for (uint32_t i = 0; i < lost->latch_count; i++) {
        const struct record_latch *latch = &lost->latches[i].latch;
        out_alert(engine, latch->name, " is not configured, but was latched: ", latch->reason,
                  "; resume the account if that is meant");
        state = latch->state > state ? latch->state : state;
    }
    if (lost->latch_count > 0)
        latch_account(engine, state, LATCHES);
    if (lost->strategy[0])
        out_alert(engine, "strategy ", lost->strategy,
                  " is not configured: its orders are cancelled, what it held is the operator's",
                  NULL);
}
