#include "engine/overdue.h"

#include "engine/consent.h"
#include "engine/ladder.h"
#include "engine/market.h"
#include "engine/outbox.h"

/* Whether it has been so for `most_ns` without a break. */
static bool is_overdue(struct engine *engine, struct since *since, bool wrong, int64_t most_ns)
{
    int64_t now_ns = engine->now.mono_ns;
    if (!wrong || !since->on)
        *since = (struct since){wrong, now_ns};
    if (!wrong)
        return false;
    if (now_ns - since->at_ns >= most_ns)
        return true;
    if (most_ns <= INT64_MAX - since->at_ns)
        engine_due(engine, since->at_ns + most_ns);
    return false;
}

static bool has_unknown(const struct engine *engine, product_index product)
{
    const struct exposure *sum = &engine->orders.products[product];
    return (sum->unknown[SIDE_BUY] > 0 || sum->unknown[SIDE_SELL] > 0) &&
           !(consent_overridden(engine, ACTOR_OPERATOR, product) >> 25 & 1);
}

static void follow_unknown(struct engine *engine, product_index product)
{
    if (is_overdue(engine, &engine->overdue.unknown[product], has_unknown(engine, product),
                   engine->settings.max_unknown_ns))
        out_tighten(engine, LATCH_PRODUCT, product, TRADING_REDUCING,
                    "max_unknown_ms: an outcome is not known for too long");
}

static bool has_stale_mark(struct engine *engine, product_index product)
{
    struct price mark;
    int64_t age_ns;
    if (!engine->settings.catalog.items[product].session_open ||
        (engine->portfolio.shown_account[product].size.e9 == 0 &&
         engine->orders.products[product].count == 0))
        return false;
    return market_mark_is_disputed(engine, product) ||
           !market_mark(engine, product, &mark, &age_ns) ||
           age_ns > engine->settings.product_limits[product].max_mark_age_ns;
}

static void follow_mark(struct engine *engine, product_index product)
{
    if (is_overdue(engine, &engine->overdue.stale[product], has_stale_mark(engine, product),
                   engine->settings.max_stale_ns))
        out_tighten(engine, LATCH_PRODUCT, product, TRADING_REDUCING,
                    "max_stale_ms: what is held has no fresh mark for too long");
}

void overdue_follow(struct engine *engine)
{
    struct overdue *overdue = &engine->overdue;
    bool looks = engine->now.mono_ns >= overdue->next_ns; /* a mark is a sum over minutes */
    if (looks)
        overdue->next_ns = engine->now.mono_ns + NS_PER_S;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        follow_unknown(engine, i);
        if (looks)
            follow_mark(engine, i);
    }
    if (is_overdue(engine, &overdue->unhealthy,
                   ladder_step(engine, NO_PRODUCT) >= LADDER_NO_OPEN,
                   engine->settings.max_unhealthy_ns))
        out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_REDUCING,
                    "max_unhealthy_ms: nothing could open for too long");
}

void overdue_on_resume(struct engine *engine, int scope, uint8_t index)
{
    struct overdue *overdue = &engine->overdue;
    if (scope == LATCH_ACCOUNT)
        overdue->unhealthy.on = false;
    if (scope == LATCH_PRODUCT)
        overdue->unknown[index].on = overdue->stale[index].on = false;
}
