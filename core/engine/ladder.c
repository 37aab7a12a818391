#include "engine/ladder.h"

#include <string.h>

#include "base/text.h"
#include "engine/balance.h"
#include "engine/outbox.h"
#include "engine/drain.h"

static bool is_known_skew(const struct engine *engine)
{
    int64_t most_ns = engine->settings.max_skew_ns;
    return engine->skew_known && engine->skew_ns >= -most_ns && engine->skew_ns <= most_ns;
}

/* ---- the worst of what is on */

static bool binds(const struct engine *engine, enum health_cause cause, product_index product)
{
    if (!engine->ladder.causes[cause].on)
        return false;
    return cause != HEALTH_SPEC_STALE || product == NO_PRODUCT ||
           engine->ladder.stale_specs >> product & 1;
}

/* HEALTH_CAUSE_COUNT: nothing is off. */
static enum health_cause worst(const struct engine *engine, product_index product)
{
    enum health_cause found = HEALTH_CAUSE_COUNT;
    for (enum health_cause i = 0; i < HEALTH_CAUSE_COUNT; i++)
        if (binds(engine, i, product) && (found == HEALTH_CAUSE_COUNT ||
                                          health_cause_step(i) > health_cause_step(found)))
            found = i;
    return found;
}

enum ladder_step ladder_step(const struct engine *engine, product_index product)
{
    enum health_cause cause = worst(engine, product);
    return cause == HEALTH_CAUSE_COUNT ? LADDER_NORMAL : health_cause_step(cause);
}

const char *ladder_why(const struct engine *engine, product_index product)
{
    enum health_cause cause = worst(engine, product);
    return cause == HEALTH_CAUSE_COUNT ? "" : engine->ladder.causes[cause].text;
}

enum trading_state ladder_state(const struct engine *engine, actor_index actor,
                                product_index product)
{
    enum trading_state state = guard_tightest(&engine->guard, actor, product);
    enum ladder_step step = ladder_step(engine, product);
    if (step >= LADDER_CANCELS)
        return TRADING_HALTED;
    return step == LADDER_REDUCING && state < TRADING_REDUCING ? TRADING_REDUCING : state;
}

/* ---- changes */

static enum ladder_step whole_step(const struct engine *engine)
{
    static const enum ladder_step LATCHED[] = {[TRADING_ACTIVE] = LADDER_NORMAL,
                                               [TRADING_REDUCING] = LADDER_REDUCING,
                                               [TRADING_HALTED] = LADDER_HALTED};
    enum ladder_step latched = LATCHED[engine->guard.account.state];
    enum ladder_step step = ladder_step(engine, NO_PRODUCT);
    return latched > step ? latched : step;
}

void ladder_tell(struct engine *engine, actor_index actor)
{
    bool latched = engine->ladder.step > ladder_step(engine, NO_PRODUCT);
    const char *why = latched ? engine->guard.account.reason : ladder_why(engine, NO_PRODUCT);
    struct notice *n = out_notice(engine, actor, NOTICE_HEALTH, NO_PRODUCT);
    if (n == NULL)
        return;
    n->health.step = engine->ladder.step;
    text_copy(n->health.text, sizeof n->health.text, why, strnlen(why, REASON_MAX));
}

static void follow_step(struct engine *engine)
{
    enum ladder_step step = whole_step(engine);
    if (step == engine->ladder.step)
        return;
    engine->ladder.step = step;
    for (uint8_t i = 0; i < engine->settings.strategy_count; i++)
        ladder_tell(engine, i);
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].version++;
}

static void set_cause(struct engine *engine, enum health_cause cause, bool on, const char *text)
{
    struct ladder_cause *kept = &engine->ladder.causes[cause];
    if (kept->on == on)
        return;
    kept->on = on;
    kept->since_ns = engine->now.mono_ns;
    text_copy(kept->text, sizeof kept->text, text, strnlen(text, REASON_MAX));
    struct record_ladder *r = &out_record(engine, RECORD_LADDER)->ladder;
    r->cause = cause;
    r->on = on;
    r->step = whole_step(engine);
    memcpy(r->text, kept->text, sizeof r->text);
    if (cause < HEALTH_MARKET_DOWN)
        out_alert(engine, health_cause_text(cause), on ? ": " : " is over: ", kept->text, NULL);
}

static void set_spec(struct engine *engine, const struct event_health *event)
{
    uint32_t *specs = &engine->ladder.stale_specs;
    if (event->product >= engine->settings.catalog.count)
        return;
    uint32_t bit = 1u << event->product;
    *specs = event->on ? *specs | bit : *specs & ~bit;
    set_cause(engine, HEALTH_SPEC_STALE, *specs != 0, event->text);
}

void ladder_on_health(struct engine *engine, const struct event_health *event)
{
    const char *text = event->text[0] ? event->text : health_cause_meaning(event->cause);
    if ((unsigned)event->cause >= HEALTH_MARKET_DOWN)
        return;
    if (event->cause == HEALTH_SPEC_STALE)
        set_spec(engine, event);
    else
        set_cause(engine, event->cause, event->on, text);
    if (!event->on || health_cause_step(event->cause) != LADDER_HALTED)
        return;
    char reason[REASON_MAX];
    memset(reason, 0, sizeof reason);
    out_join(reason, sizeof reason, health_cause_text(event->cause), ": ", text, NULL);
    drain_shut_down(engine, reason);
}

void ladder_follow(struct engine *engine)
{
    struct event_balance equity;
    const bool facts[HEALTH_CAUSE_COUNT - HEALTH_MARKET_DOWN] = {
        [HEALTH_MARKET_DOWN - HEALTH_MARKET_DOWN] =
            !engine->market_up || !feed_is_usable(&engine->feed, STREAM_MARKET),
        [HEALTH_USER_DOWN - HEALTH_MARKET_DOWN] =
            !engine->user_up || !feed_is_usable(&engine->feed, STREAM_USER),
        [HEALTH_NOT_RECONCILED - HEALTH_MARKET_DOWN] = !engine->reconciled,
        [HEALTH_SKEW - HEALTH_MARKET_DOWN] = !is_known_skew(engine),
        [HEALTH_JOURNAL_DEAD - HEALTH_MARKET_DOWN] = engine->journal_dead,
        [HEALTH_EQUITY - HEALTH_MARKET_DOWN] = !balance_get(engine, &equity),
    };
    for (enum health_cause i = HEALTH_MARKET_DOWN; i < HEALTH_CAUSE_COUNT; i++)
        set_cause(engine, i, facts[i - HEALTH_MARKET_DOWN], health_cause_meaning(i));
    follow_step(engine);
}
