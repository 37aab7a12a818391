#include "engine/tune.h"

#include <string.h>

#include "base/text.h"
#include "engine/consent.h"
#include "engine/outbox.h"
#include "engine/stage.h"
#include "model/limit_list.h"

/* The windows that counts are kept in were cut at the start. */
static const char *const AT_START[] = {"message_window_ms", "fires_window_ms"};

static int scope_of(int target)
{
    static const int scopes[] = {[TARGET_ACCOUNT] = SCOPE_ACCOUNT,
                                 [TARGET_STRATEGY] = SCOPE_STRATEGY,
                                 [TARGET_PRODUCT] = SCOPE_PRODUCT};
    return scopes[target];
}

static void *limits_of(struct engine *engine, int target, uint8_t index)
{
    if (target == TARGET_STRATEGY)
        return &engine->settings.strategies[index];
    return target == TARGET_PRODUCT ? (void *)&engine->settings.product_limits[index]
                                    : (void *)&engine->settings;
}

static const struct limit_row *find_row(int target, const char *key)
{
    uint32_t count;
    const struct limit_row *rows = limit_rows(scope_of(target), &count);
    for (size_t i = 0; i < sizeof AT_START / sizeof AT_START[0]; i++)
        if (strcmp(AT_START[i], key) == 0)
            return NULL;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

static bool is_looser(const struct limit_row *row, __int128 value, __int128 than)
{
    return row->less_is_looser ? value < than : value > than;
}

bool tune_is_tightening(const struct consent *consent)
{
    return consent->kind == CONSENT_LIMIT && consent->for_ns == 0;
}

bool tune_is_of_config(const struct consent_held *held)
{
    char now[DECIMAL_TEXT_MAX];
    const struct limit_row *row;
    if (held->consent.kind != CONSENT_LIMIT)
        return true;
    row = find_row(held->consent.target, held->consent.what);
    if (row == NULL)
        return false;
    limit_format(row, held->configured, now);
    return strcmp(now, held->consent.was) == 0;
}

void tune_apply(struct engine *engine, struct consent_held *held, bool begins)
{
    const struct consent *c = &held->consent;
    const struct limit_row *row = find_row(c->target, c->what);
    void *of = limits_of(engine, c->target, c->index);
    __int128 value;
    if (row == NULL || !limit_parse(row, c->value, &value))
        return; /* of another version's journal */
    if (begins)
        held->configured = limit_get(row, of);
    if (!begins)
        limit_set(row, of, held->configured);
    else if (is_looser(row, value, held->configured) != tune_is_tightening(c))
        limit_set(row, of, value);
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        engine->products[i].version++;
}

/* The one that stands for this limit already; NULL: it is as the config says. */
static struct consent_held *standing(struct engine *engine, const struct consent *asked)
{
    for (int i = 0; i < MAX_CONSENTS; i++) {
        struct consent_held *held = &engine->consents.held[i];
        if (held->granted && consent_is_same(&held->consent, asked))
            return held;
    }
    return NULL;
}

static void loosen(struct engine *engine, const struct event_operator *event,
                   const struct consent *asked)
{
    char text[REASON_MAX];
    if (event->for_ns <= 0 || event->for_ns > MAX_CONSENT_NS) {
        out_reply(engine, event->token, false, "that lets more through. How long? --for 15m, at "
                                               "most 4h; for good it takes the config and a start");
        return;
    }
    if (!stage_allows(engine, asked, text)) {
        out_reply(engine, event->token, false, text);
        return;
    }
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "the limit ", asked->what, " is to be ", asked->value);
    consent_ask(engine, event->token, asked, text);
}

/* Whose limit it is, where it is another's; or which one it may have been. */
static void refuse_key(struct engine *engine, const struct event_operator *event, const char *key)
{
    static const char *const WHOSE[] = {[TARGET_ACCOUNT] = ("of the account: without --product "
                                                            "and --strategy"),
                                        [TARGET_STRATEGY] = "of a strategy: --strategy NAME",
                                        [TARGET_PRODUCT] = "of a product: --product ID"};
    const char *nearest = NULL;
    char text[160];
    uint32_t count;
    for (int target = TARGET_ACCOUNT; target <= TARGET_PRODUCT; target++)
        if (find_row(target, key) != NULL) {
            memset(text, 0, sizeof text);
            out_join(text, sizeof text, key, " is a limit ", WHOSE[target], NULL);
            out_reply(engine, event->token, false, text);
            return;
        }
    const struct limit_row *rows = limit_rows(scope_of((int)event->target), &count);
    for (uint32_t i = 0; i < count; i++)
        if (nearest == NULL || text_distance(key, rows[i].key) < text_distance(key, nearest))
            nearest = rows[i].key;
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "no limit that can change while the host runs (docs/gate.md); did "
                                "you mean ", nearest, "?", NULL);
    out_reply(engine, event->token, false, text);
}

void tune_on_limit(struct engine *engine, const struct event_operator *event)
{
    struct consent asked = consent_from(event, CONSENT_LIMIT);
    const struct limit_row *row = find_row((int)event->target, asked.what);
    __int128 value, now, configured;
    if (row == NULL) {
        refuse_key(engine, event, asked.what);
        return;
    }
    if (!limit_parse(row, asked.value, &value)) {
        out_reply(engine, event->token, false, "no value of that limit: a number above zero, as "
                                               "the config's line of it has one");
        return;
    }
    struct consent_held *held = standing(engine, &asked);
    now = limit_get(row, limits_of(engine, (int)event->target, event->index));
    configured = held ? held->configured : now;
    bool loosens = is_looser(row, value, configured);
    limit_format(row, configured, asked.was);
    if (held && (loosens || (tune_is_tightening(&held->consent) && is_looser(row, value, now)))) {
        out_reply(engine, event->token, false, "another value stands for it: see consents, revoke "
                                               "that one first");
    } else if (loosens) {
        loosen(engine, event, &asked);
    } else if (event->for_ns != 0) {
        out_reply(engine, event->token, false,
                  "that lets less through: it holds until it is revoked, without --for");
    } else {
        consent_tighten(engine, event->token, &asked);
    }
}
