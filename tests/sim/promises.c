/* What the house promised: that a protection stands until its position ends or its strategy says
 * otherwise and fires when its price is met; that no two orders stand where one was amended; and
 * that whatever can still fill counts in full. */
#include <string.h>

#include "base/check.h"
#include "engine/snapshot_care.h"
#include "parts.h"

/* The engine's own bounds are kept to by this much less here: in between both may be right. */
static const int64_t SLACK_NS = 2000000;

/* ---- what strategies asked for */

void promises_ask(struct sim *sim, actor_index actor, const struct intent *intent)
{
    struct asked *asked = &sim->asked[actor];
    if (intent->kind == INTENT_PROTECT)
        asked->terms[asked->term_count++ % SIM_ASKED] = intent->protect;
    else if (intent->kind == INTENT_AMEND)
        asked->amends[asked->amend_count++ % SIM_ASKED] =
            (struct asked_amend){intent->ref, intent->target};
}

order_ref promises_amended(const struct sim *sim, actor_index actor, order_ref ref)
{
    const struct asked *asked = &sim->asked[actor];
    for (uint32_t i = 0; i < SIM_ASKED; i++)
        if (asked->amends[i].ref == ref)
            return asked->amends[i].target;
    return 0;
}

static bool is_same(const struct protect_terms *a, const struct protect_terms *b)
{
    return a->stop.e9 == b->stop.e9 && a->trail.e9 == b->trail.e9 && a->after_ns == b->after_ns;
}

static bool was_asked(const struct sim *sim, actor_index actor, const struct protect_terms *terms)
{
    for (uint32_t i = 0; i < SIM_ASKED; i++)
        if (is_same(&sim->asked[actor].terms[i], terms))
            return true;
    return false;
}

/* ---- what the journal says of protections */

static bool is_new_position(const struct record_protect *was, const struct record_protect *r)
{
    return was->state == PROTECT_CLEAR || was->side != r->side ||
           was->since_wall_ns != r->since_wall_ns;
}

/* A stop ends with its position, all else by the strategy's word. */
static void check_change(struct sim *sim, const struct promise *was, const struct record_protect *r)
{
    struct protect_terms spent = was->record.terms;
    bool over = was->record.side != SIDE_UNKNOWN && is_new_position(&was->record, r);
    if (over)
        spent.stop.e9 = 0;
    if (!is_same(&r->terms, &spent) && !was_asked(sim, r->actor, &r->terms))
        sim_break(sim, BROKEN_PROTECT, "%s of %s has terms that nobody asked for", r->product_id,
                  r->name);
    if (was->record.state == PROTECT_FIRING && r->state != PROTECT_FIRING && !over)
        sim_break(sim, BROKEN_PROTECT, "%s of %s fires no more, and its position is there",
                  r->product_id, r->name);
}

void promises_record(struct sim *sim, const struct record_protect *r, bool again)
{
    struct promise *promise = &sim->promises[r->actor][r->product];
    bool begins = is_new_position(&promise->record, r);
    if (!again)
        check_change(sim, promise, r);
    promise->record = *r;
    if (!begins && !again)
        return;
    promise->best = r->best;
    promise->since_ns = begins && !again ? sim->now_ns : INT64_MAX;
}

/* Amendments are not journaled, and the names of lost orders are free again. */
void promises_restart(struct sim *sim)
{
    for (int i = 0; i < SIM_STRATEGIES; i++)
        memset(sim->asked[i].amends, 0, sizeof sim->asked[i].amends);
    memset(sim->promises, 0, sizeof sim->promises);
    for (uint32_t i = 0; i < sim->journal.count; i++)
        if (sim->journal.records[i].kind == RECORD_PROTECT)
            promises_record(sim, &sim->journal.records[i].protect, true);
}

/* ---- and what the engine makes of it */

static bool find_row(const struct sim *sim, actor_index actor, product_index product,
                     struct protection_row *ret)
{
    for (uint32_t i = 0; snapshot_protection(sim->engine, i, ret); i++)
        if (ret->actor == actor && ret->product == product)
            return true;
    return false;
}

static bool is_past(enum side side, __int128 price, __int128 level)
{
    return side == SIDE_BUY ? price <= level : price >= level;
}

/* By the book as the frames make it. The best price is looked at once a turn: the engine, which
 * looks at each event, can only have seen a better one. */
static bool is_met(struct sim *sim, struct promise *promise)
{
    const struct record_protect *r = &promise->record;
    bool is_long = r->side == SIDE_BUY;
    struct price mid;
    if (r->terms.after_ns > 0 && promise->since_ns < INT64_MAX &&
        sim->now_ns - promise->since_ns > r->terms.after_ns + SLACK_NS)
        return true;
    if (!checks_mid(sim, r->product, -SLACK_NS, &mid))
        return false;
    if (promise->best.e9 == 0 || !is_past(r->side, mid.e9, promise->best.e9))
        promise->best = mid;
    int64_t part = is_long ? DECIMAL_ONE - r->terms.trail.e9 : DECIMAL_ONE + r->terms.trail.e9;
    return (r->terms.stop.e9 > 0 && is_past(r->side, mid.e9, r->terms.stop.e9)) ||
           (r->terms.trail.e9 > 0 && is_past(r->side, (__int128)mid.e9 * DECIMAL_ONE,
                                             (__int128)promise->best.e9 * part));
}

static void check_protection(struct sim *sim, actor_index actor, product_index product)
{
    struct promise *promise = &sim->promises[actor][product];
    const struct record_protect *r = &promise->record;
    struct protection_row row;
    bool there = find_row(sim, actor, product, &row);
    if (r->state == PROTECT_CLEAR && !there)
        return;
    if (!there || row.state != r->state || row.side != r->side || !is_same(&row.terms, &r->terms))
        sim_break(sim, BROKEN_PROTECT, "%s of %s is %s, its journal says %s", r->product_id,
                  r->name, there ? protect_state_text(row.state) : "lost",
                  protect_state_text(r->state));
    else if (r->state == PROTECT_SET && r->side != SIDE_UNKNOWN && is_met(sim, promise))
        sim_break(sim, BROKEN_PROTECT, "%s of %s was met, and does not fire", r->product_id,
                  r->name);
}

/* ---- exposure */

/* However the venue's orders fill, the books see it coming, to either side. What others moved may
 * not be known yet. */
static void check_counted(struct sim *sim, product_index product)
{
    int venue_product = sim->world.config.products[product];
    const struct venue_product *spec = &venue_products[venue_product];
    const struct auditor_product *truth = &sim->auditor->products[venue_product];
    struct size up, down, own;
    struct product_row row;
    CHECK(venue_product_base(spec, truth->own, &own));
    CHECK(venue_product_base(spec, (struct size){truth->buy.e9 - truth->strange.e9}, &up));
    CHECK(venue_product_base(spec, (struct size){truth->sell.e9 - truth->strange.e9}, &down));
    CHECK(snapshot_product(sim->engine, product, &row));
    if (row.position.e9 + row.working_buy.e9 < own.e9 + up.e9 ||
        row.position.e9 - row.working_sell.e9 > own.e9 - down.e9)
        sim_break(sim, BROKEN_COUNTED,
                  "%s: books %lld, buys %lld, sells %lld; in truth %lld, %lld, %lld", spec->id,
                  (long long)row.position.e9, (long long)row.working_buy.e9,
                  (long long)row.working_sell.e9, (long long)own.e9, (long long)up.e9,
                  (long long)down.e9);
}

void promises_turn(struct sim *sim)
{
    if (sim->journal.dead || sim->stopped)
        return;
    for (product_index i = 0; i < sim->settings.catalog.count; i++) {
        for (actor_index a = 0; a < SIM_STRATEGIES; a++)
            check_protection(sim, a, i);
        if (!sim->accepted)
            check_counted(sim, i);
    }
}
