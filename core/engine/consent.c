#include "engine/consent.h"

#include <string.h>

#include "base/text.h"
#include "engine/outbox.h"
#include "engine/stage.h"
#include "engine/tune.h"

static const int64_t ASKED_NS = 120000000000;
enum { WRONG_MAX = 3 };

/* ---- the table */

static struct consent_held *free_slot(struct engine *engine)
{
    for (int i = 0; i < MAX_CONSENTS; i++)
        if (engine->consents.held[i].consent.number == 0)
            return &engine->consents.held[i];
    return NULL;
}

static struct consent_held *find(struct engine *engine, uint64_t number)
{
    for (int i = 0; number > 0 && i < MAX_CONSENTS; i++)
        if (engine->consents.held[i].consent.number == number)
            return &engine->consents.held[i];
    return NULL;
}

bool consent_is_same(const struct consent *a, const struct consent *b)
{
    return a->kind == b->kind && a->target == b->target && a->index == b->index &&
           strncmp(a->what, b->what, sizeof a->what) == 0;
}

static struct record_consent *record(struct engine *engine, enum consent_step step,
                                     const struct consent *consent)
{
    struct record_consent *r = &out_record(engine, RECORD_CONSENT)->consent;
    const char *name = out_scope_name(engine, consent->target, consent->index);
    r->step = step;
    r->consent = *consent;
    text_copy(r->name, sizeof r->name, name, strlen(name));
    return r;
}

/* What it changes, beside what is looked up while it stands: each order asks consent_overridden. */
static void apply(struct engine *engine, struct consent_held *held, bool begins)
{
    switch (held->consent.kind) {
    case CONSENT_LIMIT: tune_apply(engine, held, begins); return;
    case CONSENT_OVERRIDE:
    case CONSENT_REVOKE:
    case CONSENT_PROMOTE:
    case CONSENT_KIND_COUNT: return;
    }
}

static void end(struct engine *engine, struct consent_held *held, const char *why)
{
    struct consent consent = held->consent;
    bool stood = held->granted;
    if (stood)
        apply(engine, held, false);
    memset(held, 0, sizeof *held);
    struct record_consent *r = record(engine, CONSENT_ENDED, &consent);
    memset(r->consent.reason, 0, sizeof r->consent.reason);
    text_copy(r->consent.reason, sizeof r->consent.reason, why, strnlen(why, REASON_MAX));
    if (stood)
        out_alert(engine, consent_kind_text(consent.kind), " is over: ", consent.what, NULL);
}

/* What lets less through waits for nobody: a request that is not confirmed makes room for it. */
static struct consent_held *slot_to_tighten(struct engine *engine)
{
    struct consent_held *held = free_slot(engine);
    for (int i = 0; held == NULL && i < MAX_CONSENTS; i++)
        if (!engine->consents.held[i].granted) {
            held = &engine->consents.held[i];
            end(engine, held, "it made room for a tighter limit");
        }
    return held;
}

static uint64_t number_of(const char *text)
{
    uint64_t number = 0;
    for (; *text >= '0' && *text <= '9' && number < UINT32_MAX; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return *text == '\0' ? number : 0; /* 0: of none */
}

/* A tightened limit stands until it is revoked; all else that is for good leaves nothing behind. */
static bool stands(const struct consent *consent)
{
    return consent->for_ns > 0 || tune_is_tightening(consent);
}

/* ---- asked */

/* No secret: whoever may confirm reads the answer of who asked. It makes the second step a second
 * step, and names the one request that it is for. */
static void make_token(const struct engine *engine, uint64_t number, char *ret)
{
    static const char LETTERS[] = "23456789abcdefghjkmnpqrstuvwxyz";
    uint64_t left = (engine->settings.boot_random ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    left ^= left >> 29; /* so that two numbers in a row have nothing alike */
    for (int i = 0; i < CONSENT_TOKEN - 1; i++, left /= sizeof LETTERS - 1)
        ret[i] = LETTERS[left % (sizeof LETTERS - 1)];
    ret[CONSENT_TOKEN - 1] = '\0';
}

struct consent consent_from(const struct event_operator *event, enum consent_kind kind)
{
    struct consent ret;
    memset(&ret, 0, sizeof ret);
    ret.kind = kind;
    ret.target = (uint8_t)event->target;
    ret.index = event->index;
    text_copy(ret.what, sizeof ret.what, event->id, strnlen(event->id, sizeof event->id));
    text_copy(ret.value, sizeof ret.value, event->value, strnlen(event->value, sizeof ret.value));
    ret.for_ns = event->for_ns;
    text_copy(ret.reason, sizeof ret.reason, event->reason, strnlen(event->reason, REASON_MAX));
    ret.asked_uid = ret.confirmed_uid = event->uid;
    return ret;
}

void consent_ask(struct engine *engine, uint64_t reply_token, const struct consent *asked,
                 const char *what)
{
    struct consent_held *held = free_slot(engine);
    char text[160];
    if (held == NULL) {
        out_reply(engine, reply_token, false, "too many consents: revoke one first");
        return;
    }
    memset(held, 0, sizeof *held);
    held->consent = *asked;
    held->consent.number = ++engine->consents.last;
    held->ends_ns = engine->now.mono_ns + ASKED_NS;
    make_token(engine, held->consent.number, held->token);
    record(engine, CONSENT_ASKED, &held->consent);
    engine_due(engine, held->ends_ns);
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, what, "; to have it so: confirm ", held->token,
             " within two minutes");
    out_reply(engine, reply_token, true, text);
}

/* ---- confirmed */

/* What is for good and does its work at once. */
static void act(struct engine *engine, const struct consent *consent)
{
    if (consent->kind == CONSENT_PROMOTE)
        stage_promoted(engine, consent);
    else
        end(engine, find(engine, number_of(consent->what)),
            consent->reason[0] ? consent->reason : "revoked");
}

/* What was true when it was asked for may not be so any more. */
static bool is_allowed(struct engine *engine, const struct consent *consent, char *ret_why)
{
    static const char OVER[] = "what it was to take back is over already: see consents";
    static const char SAME[] = "who asked for it cannot confirm it: another system user must, or "
                               "account.one_operator";
    if (!engine->settings.one_operator && consent->confirmed_uid == consent->asked_uid) {
        text_copy(ret_why, REASON_MAX, SAME, sizeof SAME - 1);
        return false;
    }
    if (consent->kind != CONSENT_REVOKE || find(engine, number_of(consent->what)) != NULL)
        return stage_allows(engine, consent, ret_why);
    text_copy(ret_why, REASON_MAX, OVER, sizeof OVER - 1);
    return false;
}

static void grant(struct engine *engine, struct consent_held *held)
{
    struct consent *consent = &held->consent;
    for (int i = 0; i < MAX_CONSENTS; i++) {
        struct consent_held *other = &engine->consents.held[i];
        if (other != held && other->consent.number != 0 && /* asked for, or in force */
            consent_is_same(&other->consent, consent))
            end(engine, other, "another one takes its place");
    }
    struct record_consent *r = record(engine, CONSENT_GRANTED, consent);
    held->granted = true;
    held->ends_ns = INT64_MAX;
    if (consent->for_ns > 0) {
        held->ends_ns = engine->now.mono_ns + consent->for_ns;
        held->until_wall_ns = r->until_wall_ns = engine->now.wall_ns + consent->for_ns;
        engine_due(engine, held->ends_ns);
    }
    apply(engine, held, true);
    out_alert(engine, consent_kind_text(consent->kind), " granted by the operator: ",
              consent->what, NULL);
    if (stands(consent))
        return;
    act(engine, consent);
    memset(held, 0, sizeof *held);
}

void consent_tighten(struct engine *engine, uint64_t reply_token, const struct consent *asked)
{
    struct consent_held *held = slot_to_tighten(engine);
    if (held == NULL) {
        out_reply(engine, reply_token, false, "too many consents: revoke one first");
        return;
    }
    memset(held, 0, sizeof *held);
    held->consent = *asked;
    held->consent.number = ++engine->consents.last;
    grant(engine, held);
    out_reply(engine, reply_token, true, "in force; `consents` shows it, `revoke` takes it back");
}

static void count_wrong(struct engine *engine, uint64_t reply_token)
{
    struct consents *all = &engine->consents;
    if (++all->wrong < WRONG_MAX) {
        out_reply(engine, reply_token, false, "no request has that token, or its time is over: "
                                              "`consents` shows what waits; else ask anew");
        return;
    }
    all->wrong = 0;
    for (int i = 0; i < MAX_CONSENTS; i++)
        if (all->held[i].consent.number != 0 && !all->held[i].granted)
            end(engine, &all->held[i], "three wrong tokens");
    out_reply(engine, reply_token, false, "the third wrong token: all requests are forgotten");
}

static void tell_granted(struct engine *engine, uint64_t reply_token, enum consent_kind kind)
{
    static const char *const TEXTS[CONSENT_KIND_COUNT] = {
        [CONSENT_OVERRIDE] = "granted; `consents` shows it, `revoke` ends it",
        [CONSENT_LIMIT] = "granted; `consents` shows it, `revoke` ends it",
        [CONSENT_REVOKE] = "taken back: the config's value holds again",
        [CONSENT_PROMOTE] = "promoted; measuring begins anew: `checkpoints`. `demote` goes back"};
    out_reply(engine, reply_token, true, TEXTS[kind]);
}

void consent_on_confirm(struct engine *engine, const struct event_operator *event)
{
    struct consents *all = &engine->consents;
    char why[REASON_MAX];
    for (int i = 0; i < MAX_CONSENTS; i++) {
        struct consent_held *held = &all->held[i];
        if (held->consent.number == 0 || held->granted || engine->now.mono_ns >= held->ends_ns ||
            strncmp(held->token, event->id, sizeof event->id) != 0)
            continue;
        all->wrong = 0;
        held->consent.confirmed_uid = event->uid;
        if (!is_allowed(engine, &held->consent, why)) {
            out_reply(engine, event->token, false, why);
            return;
        }
        enum consent_kind kind = held->consent.kind;
        grant(engine, held);
        tell_granted(engine, event->token, kind);
        return;
    }
    count_wrong(engine, event->token);
}

/* ---- over */

void consent_on_revoke(struct engine *engine, const struct event_operator *event)
{
    struct consent_held *held = find(engine, number_of(event->id));
    if (held == NULL) {
        out_reply(engine, event->token, false, "there is none of that number: see consents");
        return;
    }
    if (held->granted && tune_is_tightening(&held->consent)) {
        struct consent asked = consent_from(event, CONSENT_REVOKE);
        consent_ask(engine, event->token, &asked, "that lets more through again");
        return;
    }
    end(engine, held, event->reason[0] ? event->reason : "revoked");
    out_reply(engine, event->token, true, "revoked");
}

void consent_due(struct engine *engine)
{
    for (int i = 0; i < MAX_CONSENTS; i++) {
        struct consent_held *held = &engine->consents.held[i];
        if (held->consent.number == 0)
            continue;
        if (engine->now.mono_ns >= held->ends_ns)
            end(engine, held, held->granted ? "its time is over" : "not confirmed in time");
        else
            engine_due(engine, held->ends_ns);
    }
}

bool consent_restore(struct engine *engine, const struct record_consent *record, uint8_t index)
{
    struct consents *all = &engine->consents;
    struct consent consent = record->consent;
    struct consent_held *held = find(engine, consent.number);
    consent.index = index;
    if ((unsigned)record->step >= CONSENT_STEP_COUNT ||
        (unsigned)consent.kind >= CONSENT_KIND_COUNT || consent.number == 0 ||
        consent.for_ns < 0 || consent.for_ns > MAX_CONSENT_NS || record->until_wall_ns < 0)
        return false;
    if (consent.number > all->last)
        all->last = consent.number;
    if (record->step == CONSENT_ENDED && held != NULL) {
        apply(engine, held, false);
        memset(held, 0, sizeof *held);
    }
    if (record->step != CONSENT_GRANTED || !stands(&consent))
        return true;
    if (consent.target != TARGET_ACCOUNT && index == NO_PRODUCT)
        return true; /* what it was for is not configured any more */
    held = free_slot(engine);
    if (held == NULL)
        return false;
    held->granted = true;
    held->consent = consent;
    held->until_wall_ns = record->until_wall_ns;
    apply(engine, held, true);
    return true;
}

/* A wall clock that went back gives nobody more than he was given. */
void consent_begin(struct engine *engine)
{
    for (int i = 0; i < MAX_CONSENTS; i++) {
        struct consent_held *held = &engine->consents.held[i];
        int64_t left_ns = held->until_wall_ns - engine->now.wall_ns;
        held->ends_ns = INT64_MAX;
        if (held->consent.number == 0 || held->consent.for_ns == 0)
            continue;
        if (!tune_is_of_config(held)) {
            end(engine, held, "the config says something else now than when it was asked for");
            continue;
        }
        if (left_ns > held->consent.for_ns)
            left_ns = held->consent.for_ns;
        held->ends_ns = engine->now.mono_ns + left_ns;
    }
    engine_due(engine, engine->now.mono_ns);
}

/* ---- control 29 */

void consent_on_override(struct engine *engine, const struct event_operator *event)
{
    struct consent asked = consent_from(event, CONSENT_OVERRIDE);
    char text[REASON_MAX];
    int control = gate_override_number(event->id);
    if (control == 0) {
        out_reply(engine, event->token, false,
                  "`override 10` names a control by its number; that one is none, or one that is "
                  "never set aside: docs/gate.md");
        return;
    }
    if (event->for_ns <= 0 || event->for_ns > MAX_CONSENT_NS) {
        out_reply(engine, event->token, false, "how long? --for 15m, at most 4h");
        return;
    }
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "control ", event->id, " is to be set aside for ",
             event->target == TARGET_ACCOUNT
                 ? "the account"
                 : out_scope_name(engine, (int)event->target, event->index));
    consent_ask(engine, event->token, &asked, text);
}

uint32_t consent_overridden(const struct engine *engine, actor_index actor,
                            product_index product)
{
    uint32_t ret = 0;
    for (int i = 0; i < MAX_CONSENTS; i++) {
        const struct consent_held *held = &engine->consents.held[i];
        const struct consent *c = &held->consent;
        if (!held->granted || c->kind != CONSENT_OVERRIDE ||
            engine->now.mono_ns >= held->ends_ns)
            continue;
        if (c->target == TARGET_ACCOUNT || (c->target == TARGET_STRATEGY && c->index == actor) ||
            (c->target == TARGET_PRODUCT && c->index == product))
            ret |= 1u << gate_override_number(c->what);
    }
    return ret;
}
