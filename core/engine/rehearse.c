#include "engine/rehearse.h"

#include <string.h>

#include "engine/amend.h"
#include "engine/intents.h"

static void judge(struct engine *engine, actor_index strategy, const struct intent *asked,
                  struct verdict *ret)
{
    struct intent intent = *asked;
    struct approved_order order;
    struct gate_input in;
    if (intent.type == ORDER_TYPE_MARKET)
        intent.tif = TIF_IOC;
    intents_gate_input(engine, strategy, strategy, &intent, &in);
    gate_approve(&in, intents_next_id(engine), &order, ret);
}

static void use(struct engine *engine, const struct engine_settings *settings)
{
    struct catalog catalog = engine->settings.catalog;
    enum stage stage = engine->settings.stage;
    bool below = engine->settings.staged && stage < settings->stage;
    engine->settings = *settings;
    engine->settings.catalog = catalog;
    if (below)
        engine->settings.stage = stage; /* nobody promoted it by another config */
}

bool rehearse(struct engine *engine, const struct engine_settings *settings, struct stamp at,
              actor_index strategy, const struct intent *intent, struct verdict *ret)
{
    struct engine_settings own = engine->settings;
    struct stamp now = engine->now;
    if (intent->kind != INTENT_PLACE && intent->kind != INTENT_AMEND)
        return false;
    memset(ret, 0, sizeof *ret);
    if (settings != NULL)
        use(engine, settings);
    engine->now = at;
    if (intent->kind == INTENT_PLACE)
        judge(engine, strategy, intent, ret);
    else
        amend_rehearse(engine, strategy, intent, ret);
    engine->now = now;
    engine->settings = own;
    return true;
}
