/* When nothing goes wrong any more: does the host know what the venue knows, to the last unit? And
 * does its journal know what it knows? */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "engine/snapshot_care.h"
#include "model/client_id.h"
#include "parts.h"

static char words[200];

static const char *say(const char *what, const char *of, long long ours, long long theirs)
{
    snprintf(words, sizeof words, "%s of %s: ours %lld, the venue's %lld", what, of, ours, theirs);
    return words;
}

static const char *agree_account(struct sim *sim)
{
    struct account_row row;
    if (!sim->engine)
        return "the host is down";
    snapshot_account(sim->engine, &row);
    if (!row.market_up || !row.user_up)
        return "a stream is down";
    if (!row.journal_up)
        return "the journal is dead";
    if (row.unknown > 0)
        return "an order is UNKNOWN";
    if (!row.reconciled)
        return "not reconciled";
    return row.state == TRADING_ACTIVE ? NULL : "the account is not active";
}

/* ---- orders */

static bool is_held_live(const struct sim *sim, uint32_t number)
{
    return auditor_can_fill(sim->auditor, number);
}

/* Its client id is no id of ours to look it up by. */
static const char *agree_stranger(struct sim *sim, const struct order_row *row, uint32_t *live)
{
    const struct venue_order *truth = venue_sim_order_find(sim->world.venue, row->venue_id.text);
    bool is_live = truth != NULL && !venue_status_final(truth->status);
    *live += row->live;
    return row->live == is_live ? NULL : say("the life", row->venue_id.text, row->live, is_live);
}

static const char *agree_order(struct sim *sim, const struct order_row *row, uint32_t *live)
{
    char id[CLIENT_ID_TEXT];
    struct size filled;
    if (!row->ours)
        return agree_stranger(sim, row, live);
    client_id_format(row->id, id);
    uint32_t number = auditor_find(sim->auditor, id);
    if (number == AUDITOR_NONE)
        return row->live ? "an order is live that the venue never had" : NULL;
    const struct auditor_order *truth = &sim->auditor->orders[number];
    *live += row->live;
    if (row->live != is_held_live(sim, number))
        return say("the life", id, row->live, !row->live);
    if (truth->product < 0)
        return NULL; /* it never left */
    CHECK(venue_product_base(&venue_products[truth->product], truth->filled, &filled));
    if (filled.e9 != row->filled.e9 || row->booked.e9 != row->filled.e9)
        return say("the fills", id, (long long)row->booked.e9, (long long)filled.e9);
    return NULL;
}

static const char *agree_orders(struct sim *sim)
{
    struct order_row row;
    uint32_t live = 0, truth = 0;
    for (uint32_t i = 0; snapshot_order(sim->engine, i, &row); i++) {
        const char *why = agree_order(sim, &row, &live);
        if (why)
            return why;
    }
    for (uint32_t i = 0; i < sim->auditor->order_count; i++)
        truth += is_held_live(sim, i);
    return live == truth ? NULL : say("live orders", "the account", live, truth);
}

/* ---- positions and money */

struct ours { __int128 size, fees, paid; };

static struct ours sum_positions(struct sim *sim, product_index product)
{
    struct ours sum = {0, 0, 0};
    struct position_row row;
    for (uint32_t i = 0; snapshot_position(sim->engine, i, &row); i++) {
        if (row.product != product)
            continue;
        sum.size += row.size.e9;
        sum.fees += row.fees.e18;
        sum.paid += row.cost.e18 - row.realised.e18;
    }
    return sum;
}

static const char *agree_product(struct sim *sim, product_index product)
{
    int venue_product = sim->world.config.products[product];
    const struct venue_product *spec = &venue_products[venue_product];
    const struct auditor_product *truth = &sim->auditor->products[venue_product];
    const struct ledger_position *ledger =
        &venue_sim_ledger(sim->world.venue)->positions[venue_product];
    struct ours ours = sum_positions(sim, product);
    struct product_row row;
    struct size base;
    CHECK(venue_product_base(spec, truth->position, &base));
    CHECK(snapshot_product(sim->engine, product, &row));
    if (ledger->units.e9 != truth->position.e9 || ledger->fees.e18 != truth->fees.e18)
        sim_break(sim, BROKEN_LEDGER, "%s", spec->id);
    if (row.position.e9 != base.e9 || ours.size != base.e9)
        return say("the position", spec->id, (long long)row.position.e9, (long long)base.e9);
    if (row.state != TRADING_ACTIVE)
        return "a product is latched";
    if (sim->accepted)
        return NULL; /* what was taken over has a made-up price and no fee */
    if (ours.fees != truth->fees.e18)
        return say("the fees, in 1e-9,", spec->id, (long long)(ours.fees / DECIMAL_ONE),
                   (long long)(truth->fees.e18 / DECIMAL_ONE));
    if (ours.paid != truth->paid.e18)
        return say("what was paid, in 1e-9,", spec->id, (long long)(ours.paid / DECIMAL_ONE),
                   (long long)(truth->paid.e18 / DECIMAL_ONE));
    return NULL;
}

static const char *agree_protections(struct sim *sim)
{
    struct protection_row row;
    struct product_row product;
    for (uint32_t i = 0; snapshot_protection(sim->engine, i, &row); i++) {
        CHECK(snapshot_product(sim->engine, row.product, &product));
        /* What others hold against it makes it an order like any other, within the limits. */
        bool reduces = row.side == SIDE_BUY ? product.position.e9 > 0 : product.position.e9 < 0;
        if (row.state == PROTECT_FIRING && reduces)
            return "a protection still fires";
    }
    return NULL;
}

const char *checks_agree(struct sim *sim)
{
    const char *why = agree_account(sim);
    if (!why)
        why = agree_protections(sim);
    if (!why)
        why = agree_orders(sim);
    for (product_index i = 0; !why && i < sim->settings.catalog.count; i++)
        why = agree_product(sim, i);
    return why;
}

/* ---- the journal read back */

static enum order_state as_restored(enum order_state state)
{
    return state == ORDER_SENT ? ORDER_INTENDED : state; /* leaving has no record of its own */
}

static bool same_order(const struct order_row *a, const struct order_row *b)
{
    return as_restored(a->state) == as_restored(b->state) && a->filled.e9 == b->filled.e9 &&
           a->booked.e9 == b->booked.e9 && a->size.e9 == b->size.e9 && a->side == b->side &&
           a->price.e9 == b->price.e9 && a->actor == b->actor && a->ref == b->ref &&
           a->type == b->type && a->tif == b->tif &&
           strcmp(a->venue_id.text, b->venue_id.text) == 0;
}

static void compare_orders(struct sim *sim, const struct engine *again)
{
    struct order_row row, other;
    char id[CLIENT_ID_TEXT];
    for (uint32_t i = 0; snapshot_order(sim->engine, i, &row); i++) {
        if (row.actor == ACTOR_EXTERNAL || !row.live)
            continue;
        client_id_format(row.id, id);
        if (!snapshot_find_order(again, row.id, &other))
            sim_break(sim, BROKEN_RESTORE, "order %s is gone", id);
        else if (!same_order(&row, &other))
            sim_break(sim, BROKEN_RESTORE, "order %s was %s, filled %lld, booked %lld; is %s, %lld,"
                      " %lld", id, order_state_text(row.state), (long long)row.filled.e9,
                      (long long)row.booked.e9, order_state_text(other.state),
                      (long long)other.filled.e9, (long long)other.booked.e9);
    }
}

static void compare_positions(struct sim *sim, const struct engine *again)
{
    struct position_row row, other;
    for (uint32_t i = 0; snapshot_position(sim->engine, i, &row); i++) {
        bool found = false;
        for (uint32_t k = 0; !found && snapshot_position(again, k, &other); k++)
            found = other.actor == row.actor && other.product == row.product;
        if (!found && row.size.e9 == 0)
            continue;
        if (!found || other.size.e9 != row.size.e9 || other.cost.e18 != row.cost.e18 ||
            other.realised.e18 != row.realised.e18 || other.fees.e18 != row.fees.e18 ||
            other.funding.e18 != row.funding.e18)
            sim_break(sim, BROKEN_RESTORE, "position of actor %d in product %d: was %lld, is %lld",
                      row.actor, row.product, (long long)row.size.e9,
                      found ? (long long)other.size.e9 : 0);
    }
}

static void compare_latches(struct sim *sim, const struct engine *again)
{
    struct account_row account, account_again;
    struct product_row product, product_again;
    snapshot_account(sim->engine, &account);
    snapshot_account(again, &account_again);
    if (account.state != account_again.state)
        sim_break(sim, BROKEN_RESTORE, "the account was %s, is %s",
                  trading_state_text(account.state), trading_state_text(account_again.state));
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        if (snapshot_product(sim->engine, i, &product) &&
            snapshot_product(again, i, &product_again) && product.state != product_again.state)
            sim_break(sim, BROKEN_RESTORE, "%s was %s, is %s", product.product_id,
                      trading_state_text(product.state), trading_state_text(product_again.state));
}

void checks_restore(struct sim *sim)
{
    if (!sim->engine || sim->journal.dead)
        return;
    struct engine *again = engine_create(&sim->settings);
    CHECK(again);
    for (uint32_t i = 0; i < sim->journal.count; i++)
        if (!engine_restore(again, &sim->journal.records[i])) {
            sim_break(sim, BROKEN_RESTORE, "record %u, %s, contradicts what came before", i,
                      record_kind_text(sim->journal.records[i].kind));
            break;
        }
    compare_orders(sim, again);
    compare_positions(sim, again);
    compare_latches(sim, again);
    engine_destroy(again);
}
