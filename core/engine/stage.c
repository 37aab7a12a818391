#include "engine/stage.h"

#include <string.h>

#include "base/text.h"
#include "engine/consent.h"
#include "engine/outbox.h"
#include "engine/snapshot_stage.h"

static const int64_t KEEP_NS = 60000000000, MIN_OBSERVED_NS = 3600000000000, MS = 1000000;
enum { MIN_ORDERS = 20, MILLI = DECIMAL_ONE / 1000 };

/* ---- which one stands */

static void enforce(struct engine *engine)
{
    struct stages *s = &engine->stages;
    enum stage reached = s->reached < s->ceiling ? s->reached : s->ceiling;
    engine->settings.stage = engine->settings.staged ? reached : s->ceiling;
}

void stage_init(struct engine *engine)
{
    struct stages *s = &engine->stages;
    s->ceiling = engine->settings.stage;
    s->reached = STAGE_OBSERVE;
    enforce(engine);
}

bool stage_restore(struct engine *engine, const struct record_stage *record)
{
    if ((unsigned)record->stage >= STAGE_COUNT)
        return false;
    engine->stages.reached = record->stage;
    engine->stages.measures = record->measures;
    enforce(engine);
    return true;
}

/* Nothing is kept of a host that is not staged: it has nothing to climb. */
static void keep(struct engine *engine, const char *reason)
{
    struct stages *s = &engine->stages;
    s->kept_ns = engine->now.mono_ns;
    s->bad = false;
    if (!engine->settings.staged)
        return;
    struct record_stage *r = &out_record(engine, RECORD_STAGE)->stage;
    r->stage = s->reached;
    r->measures = s->measures;
    text_copy(r->reason, sizeof r->reason, reason, strnlen(reason, REASON_MAX));
}

static void move_to(struct engine *engine, enum stage stage, const char *reason)
{
    struct stages *s = &engine->stages;
    s->reached = stage;
    memset(&s->measures, 0, sizeof s->measures);
    enforce(engine);
    keep(engine, reason);
}

/* ---- measuring */

static bool is_usable(const struct engine *engine)
{
    return engine->market_up && engine->user_up && feed_is_usable(&engine->feed, STREAM_MARKET) &&
           feed_is_usable(&engine->feed, STREAM_USER);
}

static void follow_feed(struct engine *engine)
{
    struct stages *s = &engine->stages;
    int64_t passed_ns = engine->now.mono_ns - s->looked_ns;
    if (s->watching) {
        s->measures.observed_ns += passed_ns;
        s->measures.usable_ns += s->usable ? passed_ns : 0;
    }
    s->looked_ns = engine->now.mono_ns;
    s->usable = is_usable(engine);
    s->watching |= s->usable; /* the time until the first connection is the host's start */
}

static void follow_recoveries(struct engine *engine)
{
    struct stages *s = &engine->stages;
    for (int i = 0; i < FEED_FAULT_COUNT; i++) {
        const struct recovery *recovery = &engine->watch.recoveries[i];
        if (recovery->count == s->recoveries[i])
            continue;
        s->recoveries[i] = recovery->count;
        if (recovery->last_ns > s->measures.recovery_ns) {
            s->measures.recovery_ns = recovery->last_ns;
            s->bad = true;
        }
    }
}

static void follow_drift(struct engine *engine)
{
    struct stages *s = &engine->stages;
    uint64_t now = engine->counters.mismatches;
    s->bad |= now != s->mismatches;
    s->measures.differences += now - s->mismatches;
    s->mismatches = now;
}

void stage_follow(struct engine *engine)
{
    struct stages *s = &engine->stages;
    follow_feed(engine);
    follow_recoveries(engine);
    follow_drift(engine);
    if (s->bad)
        keep(engine, "");
    else if (s->watching && engine->now.mono_ns - s->kept_ns >= KEEP_NS)
        keep(engine, "");
}

static int bucket_of(int64_t ns)
{
    int i = 0;
    while (i < ROUND_TRIP_BUCKETS - 1 && ns >= round_trip_ms[i] * MS)
        i++;
    return i;
}

void stage_on_reply(struct engine *engine, const struct order *order, enum outcome outcome)
{
    struct stages *s = &engine->stages;
    if (outcome == OUTCOME_NOT_SENT)
        return;
    s->measures.accepted += outcome == OUTCOME_ACCEPTED;
    s->measures.refused += outcome == OUTCOME_REFUSED;
    s->measures.doubtful += outcome == OUTCOME_UNKNOWN;
    s->bad |= outcome != OUTCOME_ACCEPTED;
    if (outcome != OUTCOME_UNKNOWN)
        s->measures.round_trips[bucket_of(engine->now.mono_ns - order->created_mono_ns)]++;
}

void stage_on_funding(struct engine *engine, bool agrees)
{
    engine->stages.measures.funding_compared++;
    engine->stages.measures.funding_differed += !agrees;
    engine->stages.bad |= !agrees;
}

void stage_on_stamp(struct engine *engine)
{
    engine->stages.measures.funding_held++;
    engine->stages.bad = true; /* from now on a payment is wanted: kept at once */
}

void stage_on_compared(struct engine *engine)
{
    engine->stages.measures.compared++;
}

/* ---- checkpoints */

static struct size whole(uint64_t count)
{
    return (struct size){count > INT32_MAX ? INT32_MAX * (int64_t)DECIMAL_ONE
                                           : (int64_t)count * DECIMAL_ONE};
}

static struct size part(uint64_t of, uint64_t all)
{
    return (struct size){all == 0 ? 0 : (int64_t)((__int128)of * DECIMAL_ONE / all)};
}

static uint64_t answers(const struct stage_measures *m)
{
    return m->accepted + m->refused + m->doubtful;
}

/* The upper end of the bucket that the median is in; what has none is far too long. */
static struct size median_ms(const struct stage_measures *m)
{
    uint64_t all = 0, below = 0;
    int i = 0;
    for (int k = 0; k < ROUND_TRIP_BUCKETS; k++)
        all += m->round_trips[k];
    if (all == 0)
        return (struct size){0};
    for (below = m->round_trips[0]; 2 * below < all; i++)
        below += m->round_trips[i + 1];
    return whole((uint64_t)round_trip_ms[i]);
}

static struct size value_of(const struct stage_measures *m, enum checkpoint checkpoint)
{
    switch (checkpoint) {
    case CHECKPOINT_OBSERVED: return (struct size){m->observed_ns};
    case CHECKPOINT_ORDERS: return whole(answers(m));
    case CHECKPOINT_ACCEPTANCE: return part(m->accepted, answers(m));
    case CHECKPOINT_FEED: return part((uint64_t)m->usable_ns, (uint64_t)m->observed_ns);
    case CHECKPOINT_ROUND_TRIP: return median_ms(m);
    case CHECKPOINT_RECOVERY: return (struct size){m->recovery_ns};
    case CHECKPOINT_DRIFT: return whole(m->differences);
    case CHECKPOINT_FUNDING: return whole(m->funding_differed);
    case CHECKPOINT_COUNT: break;
    }
    return (struct size){0};
}

static struct size wanted_of(const struct engine_settings *settings, enum checkpoint checkpoint)
{
    int64_t least_ns = settings->stage_min_ns, orders = settings->stage_min_orders;
    switch (checkpoint) {
    case CHECKPOINT_OBSERVED: return (struct size){least_ns > 0 ? least_ns : MIN_OBSERVED_NS};
    case CHECKPOINT_ORDERS: return whole((uint64_t)(orders > 0 ? orders : MIN_ORDERS));
    case CHECKPOINT_ACCEPTANCE: return (struct size){950 * MILLI};
    case CHECKPOINT_FEED: return (struct size){999 * MILLI};
    case CHECKPOINT_ROUND_TRIP: return whole(200);
    case CHECKPOINT_RECOVERY: return whole(30);
    case CHECKPOINT_DRIFT:
    case CHECKPOINT_FUNDING:
    case CHECKPOINT_COUNT: break;
    }
    return (struct size){0};
}

/* How often it was seen at all: nothing seen is not passed. A recovery is not asked to be seen: the
 * feed would have to be cut for it, with orders at work, and its uptime would fail. */
static uint64_t seen_of(const struct stage_measures *m, enum checkpoint checkpoint)
{
    switch (checkpoint) {
    case CHECKPOINT_ACCEPTANCE:
    case CHECKPOINT_ROUND_TRIP: return answers(m);
    case CHECKPOINT_DRIFT: return m->compared;
    case CHECKPOINT_FUNDING: return m->funding_compared;
    default: return 0;
    }
}

static bool is_of_orders(enum checkpoint checkpoint)
{
#define OF_ORDERS(symbol, text, orders, ...) orders,
    static const bool ORDERS[] = {CHECKPOINT_LIST(OF_ORDERS)};
    return ORDERS[checkpoint];
}

/* Funding is not asked for where it had nothing to pay for, and was told nothing. */
static bool is_asked(const struct engine *engine, enum checkpoint checkpoint)
{
    const struct stage_measures *m = &engine->stages.measures;
    if (checkpoint == CHECKPOINT_FUNDING)
        return m->funding_held > 0 || m->funding_compared > 0;
    return engine->settings.stage != STAGE_OBSERVE || !is_of_orders(checkpoint);
}

/* The median is told by its bucket's end, which itself is not in it. */
static bool is_met(enum checkpoint checkpoint, struct size value, struct size wanted)
{
    switch (checkpoint) {
    case CHECKPOINT_OBSERVED:
    case CHECKPOINT_ORDERS: return value.e9 >= wanted.e9;
    case CHECKPOINT_ACCEPTANCE:
    case CHECKPOINT_FEED: return value.e9 > wanted.e9;
    case CHECKPOINT_RECOVERY: return value.e9 < wanted.e9;
    default: return value.e9 <= wanted.e9;
    }
}

void snapshot_checkpoint(const struct engine *engine, enum checkpoint checkpoint,
                         struct checkpoint_row *ret)
{
    ret->value = value_of(&engine->stages.measures, checkpoint);
    ret->wanted = wanted_of(&engine->settings, checkpoint);
    ret->asked = is_asked(engine, checkpoint);
    ret->seen = seen_of(&engine->stages.measures, checkpoint);
    ret->unseen = ret->asked && ret->seen == 0 && checkpoint_unseen(checkpoint)[0] != '\0';
    ret->passes = !ret->asked ||
                  (!ret->unseen && is_met(checkpoint, ret->value, ret->wanted));
}

void snapshot_stage(const struct engine *engine, struct stage_row *ret)
{
    const struct stages *s = &engine->stages;
    struct checkpoint_row row;
    memset(ret, 0, sizeof *ret);
    ret->staged = engine->settings.staged;
    ret->stage = engine->settings.stage;
    ret->ceiling = s->ceiling;
    ret->has_next = ret->staged && s->reached < s->ceiling;
    ret->next = ret->has_next ? (enum stage)(s->reached + 1) : ret->stage;
    ret->measures = s->measures;
    for (enum checkpoint i = 0; i < CHECKPOINT_COUNT; i++) {
        snapshot_checkpoint(engine, i, &row);
        ret->failing += !row.passes;
    }
}

/* ---- the operator's part */

static bool refuse(char *ret_why, const char *a, const char *b, const char *c)
{
    memset(ret_why, 0, REASON_MAX);
    out_join(ret_why, REASON_MAX, a, b, c, NULL);
    return false;
}

static bool checkpoints_hold(const struct engine *engine, char *ret_why)
{
    char value[DECIMAL_TEXT_MAX], wanted[DECIMAL_TEXT_MAX], text[REASON_MAX];
    struct checkpoint_row row;
    for (enum checkpoint i = 0; i < CHECKPOINT_COUNT; i++) {
        snapshot_checkpoint(engine, i, &row);
        if (row.passes)
            continue;
        if (row.unseen) {
            memset(text, 0, sizeof text);
            out_join(text, sizeof text, checkpoint_text(i), ": not seen yet: ",
                     checkpoint_unseen(i), NULL);
            return refuse(ret_why, "checkpoint ", text, NULL);
        }
        size_format(row.value, value);
        size_format(row.wanted, wanted);
        memset(text, 0, sizeof text);
        out_join(text, sizeof text, value, ", wanted ", checkpoint_bound(i), " ");
        memset(ret_why, 0, REASON_MAX);
        out_join(ret_why, REASON_MAX, "checkpoint ", checkpoint_text(i), ": ", text);
        out_join(ret_why + strlen(ret_why), REASON_MAX - strlen(ret_why), wanted, NULL, NULL, NULL);
        return false;
    }
    return true;
}

static bool allows_promotion(const struct engine *engine, const char *stage, char *ret_why)
{
    struct stage_row row;
    snapshot_stage(engine, &row);
    if (!row.staged)
        return refuse(ret_why, "this config is not staged: ", stage_text(row.stage), " stands");
    if (!row.has_next)
        return refuse(ret_why, "the config's stage is a ceiling: ", stage_text(row.ceiling), NULL);
    if (strcmp(stage, stage_text(row.next)) != 0)
        return refuse(ret_why, "one step at a time: the next stage is ", stage_text(row.next),
                      NULL);
    return checkpoints_hold(engine, ret_why);
}

void stage_on_promote(struct engine *engine, const struct event_operator *event)
{
    struct consent asked = consent_from(event, CONSENT_PROMOTE);
    struct stage_row row;
    char text[REASON_MAX];
    snapshot_stage(engine, &row);
    const char *stage = asked.what[0] ? asked.what : stage_text(row.next);
    if (!allows_promotion(engine, stage, text)) {
        out_reply(engine, event->token, false, text);
        return;
    }
    memset(asked.what, 0, sizeof asked.what);
    text_copy(asked.what, sizeof asked.what, stage_text(row.next), strlen(stage_text(row.next)));
    asked.for_ns = 0;
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, stage_text(row.stage), " is to become ", asked.what, NULL);
    consent_ask(engine, event->token, &asked, text);
}

static enum stage stage_named(const char *text)
{
    enum stage stage = 0;
    while (stage < STAGE_COUNT && strcmp(stage_text(stage), text) != 0)
        stage++;
    return stage;
}

void stage_on_demote(struct engine *engine, const struct event_operator *event)
{
    enum stage stage = stage_named(event->id);
    if (!engine->settings.staged || stage >= engine->stages.reached) {
        out_reply(engine, event->token, false,
                  engine->settings.staged
                      ? "that is no earlier stage: of observe, demo, canary; `stage` shows where "
                        "it stands"
                      : "this config is not staged: its stage stands");
        return;
    }
    move_to(engine, stage, event->reason);
    out_alert(engine, "the stage is ", stage_text(stage), " again: ", event->reason);
    out_reply(engine, event->token, true, stage_text(stage));
}

void stage_promoted(struct engine *engine, const struct consent *consent)
{
    move_to(engine, stage_named(consent->what), consent->reason);
}

bool stage_allows(const struct engine *engine, const struct consent *consent, char *ret_why)
{
    bool size = strcmp(consent->what, "demo_max_size") == 0 ||
                strcmp(consent->what, "canary_max_size") == 0;
    if (consent->kind == CONSENT_PROMOTE)
        return allows_promotion(engine, consent->what, ret_why);
    return consent->kind != CONSENT_LIMIT || !size || checkpoints_hold(engine, ret_why);
}
