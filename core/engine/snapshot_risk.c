#include "engine/snapshot_risk.h"

#include "engine/snapshot.h"
#include "engine/tail.h"

const struct var_settings *snapshot_var(const struct engine *engine)
{
    return &engine->settings.var;
}

static bool is_known(const struct engine *engine, product_index product)
{
    return risk_stats_known(&engine->tail.stats, product, engine->now.wall_ns);
}

bool snapshot_volatility(const struct engine *engine, product_index product,
                         struct volatility_row *ret)
{
    const struct risk_stats *stats = &engine->tail.stats;
    *ret = (struct volatility_row){0};
    if (product >= engine->settings.catalog.count)
        return false;
    if (engine->settings.var.mode != VAR_ON)
        return true;
    ret->known = is_known(engine, product);
    ret->candles = stats->series[product].candles;
    ret->wanted = stats->warmup;
    ret->ewma = risk_stats_volatility(stats, product);
    ret->parkinson = risk_stats_parkinson(stats, product);
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (ret->known && is_known(engine, i))
            ret->correlation[i] = risk_stats_correlation(stats, product, i);
    ret->sizing = risk_stats_sizing(engine->settings.product_limits[product].calm_volatility,
                                    tail_volatility(engine, product));
    return true;
}

static void take_marks(const struct engine *engine, struct price marks[MAX_PRODUCTS])
{
    struct product_row row;
    for (product_index i = 0; snapshot_product(engine, i, &row); i++)
        if (row.mark_age_ns <= engine->settings.product_limits[i].max_mark_age_ns)
            marks[i] = row.mark;
}

void snapshot_losses(const struct engine *engine, bool with_orders, struct losses_row *ret)
{
    const struct var_settings *var = &engine->settings.var;
    const struct risk_stats *stats = &engine->tail.stats;
    struct price marks[MAX_PRODUCTS] = {{0}};
    struct risk_book book;
    *ret = (struct losses_row){0};
    if (var->mode != VAR_ON)
        return;
    take_marks(engine, marks);
    if (!tail_book(engine, with_orders ? TAIL_WORST : TAIL_HELD, NULL, marks, &book))
        return;
    ret->known = true;
    for (enum risk_level i = 0; i < RISK_LEVELS; i++)
        ret->known = ret->known &&
                     risk_var_parametric(stats, &book, i, var->horizon, &ret->parametric[i]) &&
                     risk_var_historical(stats, &book, i, var->horizon, &ret->historical[i]);
    for (uint32_t i = 0; i < var->scenario_count; i++)
        ret->known = ret->known && risk_stress_loss(&var->scenarios[i], &book, &ret->stress[i]);
}
