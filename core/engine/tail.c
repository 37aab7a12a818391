#include "engine/tail.h"

#include <string.h>

#include "base/check.h"
#include "base/root.h"
#include "base/text.h"
#include "engine/market.h"
#include "engine/outbox.h"

static bool is_on(const struct engine *engine)
{
    return engine->settings.var.mode == VAR_ON;
}

size_t tail_bytes(const struct engine_settings *settings)
{
    return settings->var.mode == VAR_ON ? sizeof(struct risk_row) * settings->var.window : 0;
}

void tail_init(struct engine *engine)
{
    const struct var_settings *var = &engine->settings.var;
    if (!is_on(engine))
        return;
    CHECK(var->window <= MAX_RISK_WINDOW && var->scenario_count <= MAX_SCENARIOS);
    risk_stats_init(&engine->tail.stats, var, engine->settings.catalog.count,
                    arena_take(&engine->arena, var->window, sizeof(struct risk_row)));
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        candle_init(&engine->tail.candles[i], var->candle_ns);
}

/* ---- candles */

static void due_at_wall(struct engine *engine, int64_t wall_ns)
{
    if (wall_ns != INT64_MAX)
        engine_due(engine, engine->now.mono_ns + wall_ns - engine->now.wall_ns);
}

/* It closed. */
static void take(struct engine *engine, product_index product, const struct candle *candle)
{
    const char *id = engine->settings.catalog.items[product].product_id;
    struct record_candle *r = &out_record(engine, RECORD_CANDLE)->candle;
    r->product = product;
    text_copy(r->product_id, sizeof r->product_id, id, strlen(id));
    r->start_ns = candle->start_ns;
    r->length_ns = candle->length_ns;
    r->high = candle->high;
    r->low = candle->low;
    r->close = candle->close;
    risk_stats_candle(&engine->tail.stats, product, candle);
}

bool tail_restore(struct engine *engine, product_index product,
                  const struct record_candle *record)
{
    struct candle candle = {.start_ns = record->start_ns, .length_ns = record->length_ns,
                            .open = record->close, .high = record->high, .low = record->low,
                            .close = record->close, .trades = 1};
    if (record->start_ns < 0 || record->start_ns > INT64_MAX / 2 || /* sums with it fit */
        record->low.e9 <= 0 || record->high.e9 < record->low.e9 ||
        record->close.e9 < record->low.e9 || record->close.e9 > record->high.e9)
        return false;
    if (is_on(engine) && product != NO_PRODUCT &&
        record->length_ns == engine->settings.var.candle_ns) /* else of another config */
        risk_stats_candle(&engine->tail.stats, product, &candle);
    return true;
}

/* Candles of a clock that was ahead would shut out those of this one. */
void tail_begin(struct engine *engine)
{
    struct risk_stats *stats = &engine->tail.stats;
    if (is_on(engine) && stats->row_ns > engine->now.wall_ns)
        risk_stats_init(stats, &engine->settings.var, engine->settings.catalog.count, stats->rows);
}

void tail_on_trade(struct engine *engine, product_index product, const struct trade *trade)
{
    struct candle_builder *builder = &engine->tail.candles[product];
    struct candle closed;
    if (!is_on(engine))
        return;
    if (candle_apply(builder, trade, &closed))
        take(engine, product, &closed);
    due_at_wall(engine, candle_due_wall_ns(builder));
}

void tail_due(struct engine *engine)
{
    int64_t wall_ns = engine->now.wall_ns;
    struct candle closed;
    if (!is_on(engine))
        return;
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        if (candle_flush(&engine->tail.candles[i], wall_ns, &closed))
            take(engine, i, &closed);
        due_at_wall(engine, candle_due_wall_ns(&engine->tail.candles[i]));
    }
    risk_stats_flush(&engine->tail.stats, wall_ns);
    due_at_wall(engine, risk_stats_due_wall_ns(&engine->tail.stats));
}

/* ---- the account as a book */

static __int128 with_extra(__int128 working, const struct intent *extra, product_index product,
                           enum side side)
{
    bool is_ours = extra != NULL && extra->product == product && extra->side == side;
    return working + (is_ours ? extra->size.e9 : 0);
}

static bool add_product(const struct engine *engine, product_index product, struct price mark,
                        __int128 low, __int128 high, struct risk_book *book)
{
    if (low < -INT64_MAX || high > INT64_MAX || mark.e9 <= 0 ||
        !risk_stats_known(&engine->tail.stats, product, engine->now.wall_ns))
        return false;
    book->low[product] = money_of(mark, (struct size){(int64_t)low});
    book->high[product] = money_of(mark, (struct size){(int64_t)high});
    return true;
}

bool tail_book(const struct engine *engine, enum tail_view view, const struct intent *extra,
               const struct price marks[MAX_PRODUCTS], struct risk_book *ret)
{
    *ret = (struct risk_book){0};
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        const struct exposure *sum = &engine->orders.products[i];
        __int128 low = engine->portfolio.shown_account[i].size.e9, high = low;
        if (view == TAIL_WORST) {
            low -= with_extra(sum->sell, extra, i, SIDE_SELL);
            high += with_extra(sum->buy, extra, i, SIDE_BUY);
        }
        if ((low != 0 || high != 0) && !add_product(engine, i, marks[i], low, high, ret))
            return false;
    }
    return true;
}

/* ---- what the gate is told */

/* Of a candle, by the root of time. A volatility is at most 4 at 1e-9. */
static struct ratio brought_to_sample(const struct engine *engine, struct ratio volatility)
{
    wide_uint square = (wide_uint)volatility.e9 * (wide_uint)volatility.e9, root = 0;
    uint64_t rest;
    if (!wide_mul_div(square, (uint64_t)engine->settings.volatility_sample_ns,
                      (uint64_t)engine->settings.var.candle_ns, &root, &rest))
        return (struct ratio){INT64_MAX};
    root = root_ceil(root + (rest != 0));
    return (struct ratio){root > INT64_MAX ? INT64_MAX : (int64_t)root};
}

static struct ratio per_candle(const struct engine *engine, product_index product)
{
    struct ratio a = risk_stats_volatility(&engine->tail.stats, product);
    struct ratio b = risk_stats_parkinson(&engine->tail.stats, product);
    return a.e9 > b.e9 ? a : b;
}

struct ratio tail_volatility(const struct engine *engine, product_index product)
{
    return brought_to_sample(engine, per_candle(engine, product));
}

/* The root is taken once a candle, not once an order. */
static struct ratio kept_volatility(struct engine *engine, product_index product)
{
    struct kept_volatility *kept = &engine->tail.kept[product];
    struct ratio of = per_candle(engine, product);
    if (kept->of.e9 != of.e9 || kept->sample_ns != engine->settings.volatility_sample_ns)
        *kept = (struct kept_volatility){of, engine->settings.volatility_sample_ns,
                                         brought_to_sample(engine, of)};
    return kept->value;
}

static bool fill_var(const struct engine *engine, const struct risk_book *book, struct money *ret)
{
    const struct var_settings *var = &engine->settings.var;
    const struct risk_stats *stats = &engine->tail.stats;
    struct risk_tail normal, history;
    if (!risk_var_parametric(stats, book, RISK_99, var->horizon, &normal) ||
        !risk_var_historical(stats, book, RISK_99, var->horizon, &history))
        return false;
    *ret = normal.var.e18 > history.var.e18 ? normal.var : history.var;
    return true;
}

static bool fill_stress(const struct engine *engine, const struct risk_book *book,
                        struct money *ret_stress)
{
    const struct var_settings *var = &engine->settings.var;
    for (uint32_t i = 0; i < var->scenario_count; i++)
        if (!risk_stress_loss(&var->scenarios[i], book, &ret_stress[i]))
            return false;
    return true;
}

static bool is_past(const struct var_settings *var, const struct gate_tail *tail)
{
    bool past = tail->var.e18 > var->max_var.e18;
    for (uint32_t i = 0; i < var->scenario_count; i++)
        past = past || tail->stress[i].e18 > var->scenarios[i].max_loss.e18;
    return past;
}

/* From the sketch where that is within every limit, else as they are. */
static bool fill_losses(const struct engine *engine, const struct risk_book *book,
                        struct gate_tail *tail)
{
    const struct var_settings *var = &engine->settings.var;
    struct risk_sketch sketch;
    if (!risk_sketch_book(&engine->tail.stats, book, &sketch))
        return false;
    tail->var = risk_var_ceiling(&engine->tail.stats, &sketch);
    for (uint32_t i = 0; i < var->scenario_count; i++)
        tail->stress[i] = risk_stress_ceiling(&var->scenarios[i], &sketch);
    return !is_past(var, tail) ||
           (fill_var(engine, book, &tail->var) && fill_stress(engine, book, tail->stress));
}

static void take_marks(struct engine *engine, struct price marks[MAX_PRODUCTS])
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        int64_t age_ns;
        if (!market_mark(engine, i, &marks[i], &age_ns) ||
            age_ns > engine->settings.product_limits[i].max_mark_age_ns)
            marks[i].e9 = 0;
    }
}

void tail_fill_input(struct engine *engine, struct gate_input *in)
{
    product_index product = in->intent->product;
    struct price marks[MAX_PRODUCTS] = {{0}};
    struct risk_book book;
    if (!is_on(engine))
        return;
    if (risk_stats_known(&engine->tail.stats, product, engine->now.wall_ns)) {
        struct ratio candles = kept_volatility(engine, product);
        in->volatility = candles.e9 > in->volatility.e9 ? candles : in->volatility;
    }
    /* What can only reduce is not bound by it, and what is malformed is refused before. */
    if (in->intent->size.e9 <= 0 || gate_is_reducing(in))
        return;
    take_marks(engine, marks);
    struct gate_tail *tail = &in->tail;
    tail->known = tail_book(engine, TAIL_WORST, in->intent, marks, &book) &&
                  fill_losses(engine, &book, tail);
    /* Only a refusal says what would have passed. */
    if (tail->known && is_past(&engine->settings.var, tail))
        tail->known = tail_book(engine, TAIL_WORST, NULL, marks, &book) &&
                      fill_var(engine, &book, &tail->var_before) &&
                      fill_stress(engine, &book, tail->stress_before);
}
