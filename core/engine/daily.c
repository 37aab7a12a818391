#include "engine/daily.h"

#include <string.h>

#include "base/text.h"
#include "engine/balance.h"
#include "engine/funding.h"
#include "engine/outbox.h"

static const int64_t DAY_NS = 86400000000000;

static int64_t midnight_ns(int64_t wall_ns)
{
    return wall_ns - wall_ns % DAY_NS;
}

/* From here on the sums are those of a new day. */
static void begin_day(struct engine *engine, int64_t wall_ns)
{
    engine->daily.start_ns = midnight_ns(wall_ns);
    engine->daily.adjusted = funding_adjusted(engine);
    for (uint8_t slot = 0; slot < ACTOR_SLOTS; slot++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            const struct position *position = &engine->portfolio.exact[slot][i];
            engine->daily.cells[slot][i] = (struct daily_cell){
                .realised = position->realised, .fees = position->fees,
                .funding = position->funding};
        }
}

void daily_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill)
{
    struct daily_cell *cell = &engine->daily.cells[actor_slot(actor)][fill->product];
    cell->fills++;
    (void)size_add(cell->volume, fill->size, &cell->volume);
}

/* ---- rows */

static void describe(const struct engine *engine, uint8_t slot, product_index product,
                     struct record_daily *ret)
{
    const struct daily_cell *cell = &engine->daily.cells[slot][product];
    const struct position *position = &engine->portfolio.exact[slot][product];
    const char *id = engine->settings.catalog.items[product].product_id;
    const char *name = out_actor_name(engine, actor_of_slot(slot));
    memset(ret, 0, sizeof *ret);
    ret->day_ns = engine->daily.start_ns;
    ret->actor = actor_of_slot(slot);
    ret->product = product;
    text_copy(ret->product_id, sizeof ret->product_id, id, strlen(id));
    text_copy(ret->name, sizeof ret->name, name, strlen(name));
    ret->position = position->size;
    ret->fills = cell->fills;
    ret->volume = cell->volume;
    (void)money_sub(position->realised, cell->realised, &ret->realised);
    (void)money_sub(position->fees, cell->fees, &ret->fees);
    (void)money_sub(position->funding, cell->funding, &ret->funding);
}

static bool has_news(const struct engine *engine, uint8_t slot, product_index product)
{
    const struct daily_cell *cell = &engine->daily.cells[slot][product];
    const struct position *position = &engine->portfolio.exact[slot][product];
    return cell->fills > 0 || position->size.e9 != 0 ||
           position->funding.e18 != cell->funding.e18;
}

static void describe_account(const struct engine *engine, struct record_daily *ret)
{
    struct event_balance balance;
    struct record_daily row;
    memset(ret, 0, sizeof *ret);
    ret->day_ns = engine->daily.start_ns;
    ret->actor = ACTOR_OPERATOR;
    ret->product = NO_PRODUCT;
    for (uint8_t slot = 0; slot < ACTOR_SLOTS; slot++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            describe(engine, slot, i, &row);
            ret->fills += row.fills;
            (void)money_add(ret->realised, row.realised, &ret->realised);
            (void)money_add(ret->fees, row.fees, &ret->fees);
            (void)money_add(ret->funding, row.funding, &ret->funding);
        }
    (void)money_add(ret->funding, funding_adjusted(engine), &ret->funding);
    (void)money_sub(ret->funding, engine->daily.adjusted, &ret->funding);
    ret->balance_known = balance_get(engine, &balance);
    if (!ret->balance_known)
        return;
    ret->equity = balance.equity;
    ret->available_margin = balance.available_margin;
    ret->venue_funding = balance.funding_pnl;
}

bool snapshot_daily(const struct engine *engine, uint32_t index, struct record_daily *ret)
{
    for (uint8_t slot = 0; slot < ACTOR_SLOTS; slot++)
        for (product_index i = 0; i < engine->settings.catalog.count; i++) {
            if (!has_news(engine, slot, i) || index-- > 0)
                continue;
            describe(engine, slot, i, ret);
            return true;
        }
    describe_account(engine, ret);
    return index == 0;
}

/* ---- the end of a day */

static bool is_clock_measured(const struct engine *engine)
{
    return engine->skew_known && !engine->ladder.causes[HEALTH_CLOCK].on;
}

static void end_day(struct engine *engine)
{
    struct record_daily row;
    for (uint32_t i = 0; snapshot_daily(engine, i, &row); i++)
        out_record(engine, RECORD_DAILY)->daily = row;
    begin_day(engine, engine->now.wall_ns);
}

void daily_due(struct engine *engine)
{
    int64_t left_ns = engine->daily.start_ns + DAY_NS - engine->now.wall_ns;
    if (engine->daily.start_ns == 0) {
        begin_day(engine, engine->now.wall_ns);
        left_ns = engine->daily.start_ns + DAY_NS - engine->now.wall_ns;
    }
    if (left_ns > 0)
        engine_due(engine, engine->now.mono_ns + left_ns);
    else if (is_clock_measured(engine))
        end_day(engine);
}

void daily_restore(struct engine *engine, const struct record *record)
{
    bool closes = record->kind == RECORD_DAILY && record->daily.product == NO_PRODUCT;
    if (closes || engine->daily.start_ns == 0)
        begin_day(engine, record->at.wall_ns);
}
