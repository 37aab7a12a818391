#include "engine/funding.h"

#include <string.h>

#include "base/text.h"
#include "base/wide.h"
#include "engine/fills.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"
#include "engine/snapshot_compare.h"
#include "engine/stage.h"

static const int64_t DAY_NS = 86400000000000;
static const int64_t AHEAD_MOST_NS = 7200000000000;  /* no stamp is so far before our clock */
static const int64_t MARK_LATE_NS = 180000000000;    /* the window of the mark itself */
static const int64_t LOOK_NS = 1000000000, SETTLE_WAIT_NS = 7200000000000;
static const __int128 CENT_E18 = 10000000000000000;
enum { SETTLE_PART = 100 }; /* of what was paid to and fro: a mark's error */

/* ---- pure */

bool funding_project_day(const struct instrument *spec, struct price mark, struct size position,
                         struct money *ret)
{
    struct money one;
    __int128 day;
    if (spec->funding_interval_ns <= 0 || spec->funding_unknown ||
        !money_scale(money_of(mark, position), spec->funding_rate, ROUND_DOWN, &one) ||
        __builtin_mul_overflow(one.e18, DAY_NS / spec->funding_interval_ns, &day))
        return false;
    ret->e18 = -day;
    return true;
}

int64_t funding_next_ns(const struct instrument *spec, int64_t wall_ns)
{
    int64_t interval_ns = spec->funding_interval_ns, next_ns = spec->funding_time_ns;
    if (interval_ns <= 0 || next_ns <= 0)
        return INT64_MAX;
    if (next_ns <= wall_ns)
        next_ns += ((wall_ns - next_ns) / interval_ns + 1) * interval_ns;
    return next_ns;
}

/* The newest stamp whose rate the specification shows; 0: none. */
static int64_t rated_ns(const struct instrument *spec)
{
    int64_t interval_ns = spec->funding_interval_ns;
    if (interval_ns <= 0 || spec->funding_time_ns <= interval_ns)
        return 0;
    return spec->funding_time_ns - spec->funding_time_ns % interval_ns - interval_ns;
}

static bool pay(struct size position, struct price mark, struct ratio rate, struct money *ret)
{
    if (!money_scale(money_of(mark, position), rate, ROUND_HALF_EVEN, ret))
        return false;
    ret->e18 = -ret->e18;
    return true;
}

/* ---- positions at a stamp */

static void note_fill(struct funding *funding, int64_t interval_ns, uint8_t slot,
                      int64_t venue_ns, int64_t signed_e9)
{
    int64_t span = (venue_ns + interval_ns - 1) / interval_ns; /* a stamp takes its own instant */
    uint32_t at = (uint32_t)(span % FUNDING_SPANS);
    if (span > funding->spans[at]) {
        funding->spans[at] = span;
        memset(funding->moved[at], 0, sizeof funding->moved[at]);
    }
    struct size *moved = &funding->moved[at][slot];
    if (span == funding->spans[at])
        (void)size_add(*moved, (struct size){signed_e9}, moved);
}

static struct size held_at(const struct engine *engine, product_index product, uint8_t slot,
                           int64_t stamp_ns)
{
    const struct funding *funding = &engine->products[product].funding;
    int64_t span = stamp_ns / engine->settings.catalog.items[product].funding_interval_ns;
    struct size held = engine->portfolio.exact[slot][product].size;
    for (uint32_t i = 0; i < FUNDING_SPANS; i++)
        if (funding->spans[i] > span)
            (void)size_sub(held, funding->moved[i][slot], &held);
    return held;
}

/* ---- into the books */

static struct record_funding *add_row(struct engine *engine, actor_index actor,
                                      product_index product)
{
    struct record_funding *row = &out_record(engine, RECORD_FUNDING)->funding;
    const char *name = out_actor_name(engine, actor);
    row->actor = actor;
    row->product = product;
    text_copy(row->name, sizeof row->name, name, strlen(name));
    if (product == NO_PRODUCT)
        return row;
    const char *id = engine->settings.catalog.items[product].product_id;
    text_copy(row->product_id, sizeof row->product_id, id, strlen(id));
    return row;
}

/* The sum of a stamp over all actors, as rows of it come. */
static struct funding_stamp *keep_stamp(struct funding *funding, int64_t at_ns)
{
    struct funding_stamp *last = &funding->kept[(funding->kept_count - 1) % FUNDING_KEPT];
    if (funding->kept_count > 0 && last->at_ns == at_ns)
        return last;
    last = &funding->kept[funding->kept_count++ % FUNDING_KEPT];
    *last = (struct funding_stamp){.at_ns = at_ns};
    return last;
}

static bool fund(struct engine *engine, const struct record_funding *row)
{
    return portfolio_fund(&engine->portfolio, row->actor, row->product, row->payment);
}

/* What a row that is in the books does beside them, live and when the journal is read back. */
static void note_row(struct engine *engine, const struct record_funding *row, bool closes)
{
    struct funding *funding = &engine->products[row->product].funding;
    struct funding_stamp *stamp = keep_stamp(funding, row->stamp_ns);
    stamp->mark = row->mark;
    stamp->rate = row->rate;
    (void)money_add(stamp->payment, row->payment, &stamp->payment);
    if (closes) {
        funding->booked_ns = row->stamp_ns;
        engine->settling.missed += row->missed;
    }
}

static bool take_late(struct engine *engine, const struct record_funding *row)
{
    struct funding *funding = &engine->products[row->product].funding;
    struct funding_stamp *last = &funding->kept[(funding->kept_count - 1) % FUNDING_KEPT];
    if (!fund(engine, row))
        return false;
    if (funding->kept_count > 0)
        (void)money_add(last->payment, row->payment, &last->payment);
    return true;
}

static void tell_unfit(struct engine *engine, product_index product)
{
    out_alert(engine, engine->settings.catalog.items[product].product_id,
              ": a funding payment leaves the range that is kept exactly: it is not in our books",
              NULL, NULL);
}

static void show(struct engine *engine, product_index product)
{
    (void)fills_show_product(engine, product);
    engine->products[product].version++;
}

static bool take_mark(struct engine *engine, product_index product, struct price *ret)
{
    const struct funding *funding = &engine->products[product].funding;
    const struct instrument *spec = &engine->settings.catalog.items[product];
    int64_t age_ns;
    if (funding->marked_ns == funding->pending_ns)
        *ret = funding->mark;
    else if (!market_mark(engine, product, ret, &age_ns))
        *ret = spec->mark;
    return ret->e9 > 0;
}

/* One actor's row; what it was paid is taken from `left`. What does not fit has none, for a journal
 * that holds it cannot be read back; but a stamp is closed in any case, or it would come again. */
static bool book_share(struct engine *engine, product_index product, uint8_t slot,
                       const struct record_funding *stamp, struct money *left)
{
    struct record_funding share = *stamp;
    share.actor = actor_of_slot(slot);
    bool closes = share.actor == ACTOR_OPERATOR;
    if (stamp->stamp_ns > engine->first_boot_wall_ns)
        share.position = held_at(engine, product, slot, stamp->stamp_ns);
    if (share.position.e9 == 0 && !closes)
        return true;
    bool fits = true;
    if (closes)
        share.payment = *left;
    else
        fits = pay(share.position, stamp->mark, stamp->rate, &share.payment);
    fits = fits && fund(engine, &share);
    if (!fits && !closes)
        return false;
    if (!fits)
        share.payment.e18 = 0;
    (void)money_sub(*left, share.payment, left);
    share.missed = closes ? stamp->missed : 0;
    struct record_funding *row = add_row(engine, share.actor, product);
    memcpy(share.name, row->name, sizeof share.name);
    memcpy(share.product_id, row->product_id, sizeof share.product_id);
    *row = share;
    note_row(engine, row, closes);
    return fits;
}

static void tell_missed(struct engine *engine, product_index product, uint32_t missed)
{
    char count[DECIMAL_TEXT_MAX];
    size_format((struct size){(int64_t)missed * DECIMAL_ONE}, count);
    out_alert(engine, engine->settings.catalog.items[product].product_id,
              ": funding stamps passed whose rate nobody heard: ", count, NULL);
}

/* The venue pays CDE in sums, which are compared with our stamps. */
static bool is_paid_in_sums(const struct engine *engine, product_index product)
{
    const struct instrument *spec = &engine->settings.catalog.items[product];
    return spec->profile == PROFILE_CDE && spec->funding_interval_ns > 0;
}

static void book_stamp(struct engine *engine, product_index product)
{
    struct funding *funding = &engine->products[product].funding;
    const struct instrument *spec = &engine->settings.catalog.items[product];
    int64_t since_ns = funding->pending_ns - funding->booked_ns;
    struct record_funding stamp = {.product = product, .stamp_ns = funding->pending_ns};
    struct size all = {0};
    struct money left = {0};
    bool ours = funding->pending_ns > engine->first_boot_wall_ns;
    if (!take_mark(engine, product, &stamp.mark) && ours)
        return;
    stamp.rate = spec->funding_rate;
    if (funding->booked_ns > 0 && since_ns > spec->funding_interval_ns)
        stamp.missed = (uint32_t)(since_ns / spec->funding_interval_ns - 1);
    for (uint8_t slot = 0; ours && slot < ACTOR_SLOTS; slot++)
        (void)size_add(all, held_at(engine, product, slot, stamp.stamp_ns), &all);
    bool whole = pay(all, stamp.mark, stamp.rate, &left), fits = whole;
    /* The operator's comes last: it takes what rounding left, and closes the stamp. */
    for (uint8_t slot = 0; ours && whole && slot < ACTOR_SLOTS; slot++)
        if (actor_of_slot(slot) != ACTOR_OPERATOR)
            fits = book_share(engine, product, slot, &stamp, &left) && fits;
    fits = book_share(engine, product, actor_slot(ACTOR_OPERATOR), &stamp, &left) && fits;
    funding->pending_ns = 0;
    if (all.e9 != 0 && is_paid_in_sums(engine, product))
        stage_on_stamp(engine);
    if (!fits)
        tell_unfit(engine, product);
    if (stamp.missed > 0)
        tell_missed(engine, product, stamp.missed);
    show(engine, product);
}

/* ---- fills that come late */

void funding_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill,
                     int sign)
{
    struct funding *funding = &engine->products[fill->product].funding;
    int64_t interval_ns = engine->settings.catalog.items[fill->product].funding_interval_ns;
    bool buys = (fill->side == SIDE_BUY) != (fill->kind == FILL_REVERSAL);
    struct record_funding late = {.position = {buys == (sign > 0) ? fill->size.e9
                                                                   : -fill->size.e9}};
    if (interval_ns <= 0 || fill->venue_ns <= 0)
        return;
    note_fill(funding, interval_ns, actor_slot(actor), fill->venue_ns, late.position.e9);
    if (!engine->begun || fill->venue_ns > funding->booked_ns) /* the journal has its own rows */
        return;
    for (uint32_t i = 0; i < FUNDING_KEPT; i++) {
        const struct funding_stamp *stamp = &funding->kept[i];
        struct money part;
        if (stamp->at_ns < fill->venue_ns || stamp->at_ns <= engine->first_boot_wall_ns ||
            !pay(late.position, stamp->mark, stamp->rate, &part))
            continue;
        (void)money_add(late.payment, part, &late.payment);
        late.stamp_ns = stamp->at_ns > late.stamp_ns ? stamp->at_ns : late.stamp_ns;
        late.mark = stamp->at_ns == late.stamp_ns ? stamp->mark : late.mark;
        late.rate = stamp->at_ns == late.stamp_ns ? stamp->rate : late.rate;
    }
    late.product = fill->product;
    late.actor = actor;
    if (late.stamp_ns == 0)
        return;
    if (!take_late(engine, &late)) {
        tell_unfit(engine, fill->product);
        return;
    }
    struct record_funding *row = add_row(engine, actor, fill->product);
    row->stamp_ns = late.stamp_ns;
    row->position = late.position;
    row->mark = late.mark;
    row->rate = late.rate;
    row->payment = late.payment;
    memcpy(row->trade_id, fill->trade_id.text, sizeof row->trade_id);
    show(engine, fill->product);
}

/* ---- what the venue has paid */

/* Our stamps after the last payment, up to `until_ns`; *ret_gross: without their signs. */
static struct money sum_stamps(const struct engine *engine, int64_t until_ns,
                               struct money *ret_gross)
{
    struct money sum = {0};
    ret_gross->e18 = 0;
    for (product_index p = 0; p < engine->settings.catalog.count; p++)
        for (uint32_t i = 0; i < FUNDING_KEPT && is_paid_in_sums(engine, p); i++) {
            const struct funding_stamp *stamp = &engine->products[p].funding.kept[i];
            if (stamp->at_ns <= engine->settling.settled_ns || stamp->at_ns > until_ns)
                continue;
            (void)money_add(sum, stamp->payment, &sum);
            ret_gross->e18 += (__int128)wide_magnitude(stamp->payment.e18);
        }
    return sum;
}

/* What the venue paid beyond our stamps up to this one, and whether a mark's error explains it. */
static bool is_explained(const struct engine *engine, struct money paid, int64_t until_ns,
                         struct money *ret_off)
{
    struct money gross;
    (void)money_sub(paid, sum_stamps(engine, until_ns, &gross), ret_off);
    return wide_magnitude(ret_off->e18) <= (wide_uint)(gross.e18 / SETTLE_PART + CENT_E18);
}

/* The stamp up to which the venue has paid: the newest when it was seen to, if our sum fits, else
 * the one at which it is nearest; 0: none of ours. */
static int64_t paid_until(const struct engine *engine, struct money paid)
{
    int64_t newest_ns = 0, best_ns = 0;
    struct money off, best = paid;
    for (product_index p = 0; p < engine->settings.catalog.count; p++)
        for (uint32_t i = 0; i < FUNDING_KEPT && is_paid_in_sums(engine, p); i++) {
            int64_t at_ns = engine->products[p].funding.kept[i].at_ns;
            if (at_ns <= engine->settling.settled_ns)
                continue;
            if (at_ns > newest_ns && at_ns <= engine->settling.moved_wall_ns)
                newest_ns = at_ns;
            (void)is_explained(engine, paid, at_ns, &off);
            if (wide_magnitude(off.e18) >= wide_magnitude(best.e18))
                continue;
            best = off;
            best_ns = at_ns;
        }
    return is_explained(engine, paid, newest_ns, &off) ? newest_ns : best_ns;
}

static void take_settled(struct engine *engine, const struct record_funding *row)
{
    struct settling *settling = &engine->settling;
    if (settling->known) { /* the first one is what the others are counted from */
        settling->agrees = row->unexplained.e18 == 0;
        settling->agreed += settling->agrees;
        settling->compared++;
    }
    settling->known = true;
    settling->venue = row->venue;
    settling->missed = 0;
    if (row->stamp_ns > settling->settled_ns)
        settling->settled_ns = row->stamp_ns;
    (void)money_add(settling->adjusted, row->payment, &settling->adjusted);
    (void)money_add(settling->unexplained, row->unexplained, &settling->unexplained);
}

static void settle(struct engine *engine)
{
    struct settling *settling = &engine->settling;
    struct money paid, off;
    char text[DECIMAL_TEXT_MAX];
    if (!money_sub(settling->coming, settling->venue, &paid))
        return;
    int64_t until_ns = paid_until(engine, paid);
    bool explained = is_explained(engine, paid, until_ns, &off) || settling->missed > 0;
    struct record_funding *row = add_row(engine, ACTOR_OPERATOR, NO_PRODUCT);
    row->stamp_ns = until_ns;
    row->venue = settling->coming;
    *(explained ? &row->payment : &row->unexplained) = off;
    take_settled(engine, row);
    settling->moved = false;
    stage_on_funding(engine, explained);
    if (!explained) {
        money_format_places(off, 2, text);
        out_alert(engine, "the venue's funding_pnl differs from the funding in our books by ", text,
                  NULL, NULL);
    }
}

void funding_on_balance(struct engine *engine)
{
    struct settling *settling = &engine->settling;
    struct money told = engine->balances.of[PROFILE_CDE].funding_pnl;
    bool cde = false;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        cde = cde || is_paid_in_sums(engine, i);
    if (!cde)
        return;
    if (!settling->known) {
        struct record_funding *row = add_row(engine, ACTOR_OPERATOR, NO_PRODUCT);
        row->venue = told;
        take_settled(engine, row);
    } else if (told.e18 != settling->venue.e18) {
        if (!settling->moved)
            settling->moved_wall_ns = engine->now.wall_ns;
        settling->moved = true;
        settling->coming = told;
        engine_due(engine, engine->now.mono_ns);
    }
}

/* Every stamp that may be in it is in our books, or will not be any more. */
static bool is_ready_to_settle(const struct engine *engine)
{
    const struct settling *settling = &engine->settling;
    if (!settling->moved || engine->now.wall_ns - settling->moved_wall_ns > SETTLE_WAIT_NS)
        return settling->moved;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        int64_t interval_ns = engine->settings.catalog.items[i].funding_interval_ns;
        if (is_paid_in_sums(engine, i) &&
            engine->products[i].funding.booked_ns + interval_ns <= settling->moved_wall_ns)
            return false;
    }
    return true;
}

/* ---- what falls due */

static void look(struct engine *engine, product_index product)
{
    struct funding *funding = &engine->products[product].funding;
    const struct instrument *spec = &engine->settings.catalog.items[product];
    int64_t rated = rated_ns(spec), age_ns, wall_ns = engine->now.wall_ns;
    int64_t next_ns = rated + spec->funding_interval_ns;
    if (rated == 0 || rated - wall_ns > AHEAD_MOST_NS)
        return;
    if (wall_ns < next_ns)
        engine_due(engine, engine->now.mono_ns + next_ns - wall_ns);
    else if (funding->marked_ns < next_ns && wall_ns - next_ns < MARK_LATE_NS &&
             market_mark(engine, product, &funding->mark, &age_ns))
        funding->marked_ns = next_ns;
    if (rated <= funding->booked_ns || spec->funding_unknown)
        return;
    if (funding->pending_ns != rated) {
        funding->pending_ns = rated;
        funding->pending_mono_ns = engine->now.mono_ns;
        reconcile_want(engine, LIST_FILLS);
    }
    if (engine->lists[LIST_FILLS].whole_sent_ns >= funding->pending_mono_ns)
        book_stamp(engine, product);
    if (funding->pending_ns != 0)
        engine_due(engine, engine->now.mono_ns + LOOK_NS);
}

void funding_due(struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        look(engine, i);
    if (is_ready_to_settle(engine))
        settle(engine);
    else if (engine->settling.moved)
        engine_due(engine, engine->now.mono_ns + LOOK_NS);
}

bool snapshot_funding(const struct engine *engine, struct funding_row *ret)
{
    const struct settling *settling = &engine->settling;
    *ret = (struct funding_row){settling->compared, settling->agreed, settling->agrees,
                                settling->unexplained};
    return settling->compared > 0;
}

struct money funding_adjusted(const struct engine *engine)
{
    return engine->settling.adjusted;
}

/* ---- the journal read back */

bool funding_restore(struct engine *engine, const struct record_funding *record,
                     product_index product, actor_index actor)
{
    struct record_funding row = *record;
    row.product = product;
    row.actor = actor;
    if (record->product_id[0] == '\0') {
        take_settled(engine, &row);
        return true;
    }
    if (product == NO_PRODUCT)
        return true;
    if (row.trade_id[0] != '\0') {
        bool fits = take_late(engine, &row);
        show(engine, product);
        return fits;
    }
    /* A stamp that is closed is not paid twice, whatever wrote it again. */
    if (row.stamp_ns <= engine->products[product].funding.booked_ns)
        return true;
    bool fits = fund(engine, &row);
    if (fits)
        note_row(engine, &row, record->actor == ACTOR_OPERATOR);
    show(engine, product);
    return fits;
}
