/* `moongate ctl risk`: how much each product moves, and what the account could lose. */
#include "app/operator_words.h"

#include "engine/snapshot.h"
#include "engine/snapshot_risk.h"
#include "wire/json_write.h"

static const char *const LEVELS[] = {[RISK_95] = "95", [RISK_99] = "99"};

static void put_correlations(struct json_writer *json, const struct operator_config *config,
                             product_index product, const struct volatility_row *row)
{
    const struct catalog *catalog = &config->settings->catalog;
    json_open_object_at(json, "correlation");
    for (product_index i = 0; i < catalog->count; i++)
        if (i != product)
            json_put_ratio(json, catalog->items[i].product_id, row->correlation[i]);
    json_close_object(json);
}

static void put_product(struct json_writer *json, const struct operator_config *config,
                        product_index product, const struct volatility_row *row)
{
    json_open_object(json);
    json_put_text(json, "product", config->settings->catalog.items[product].product_id);
    json_put_bool(json, "known", row->known);
    json_put_uint(json, "candles", row->candles);
    json_put_uint(json, "candles_wanted", row->wanted);
    json_put_ratio(json, "volatility_ewma", row->ewma);
    json_put_ratio(json, "volatility_parkinson", row->parkinson);
    json_put_ratio(json, "sizing", row->sizing);
    put_correlations(json, config, product, row);
    json_close_object(json);
}

static void put_tails(struct json_writer *json, const char *key, const struct risk_tail *tails)
{
    json_open_object_at(json, key);
    for (int i = 0; i < RISK_LEVELS; i++) {
        json_put_key(json, LEVELS[i]);
        json_open_object(json);
        json_put_money(json, "var", tails[i].var);
        json_put_money(json, "shortfall", tails[i].shortfall);
        json_close_object(json);
    }
    json_close_object(json);
}

static void put_losses(struct json_writer *json, const char *key, const struct var_settings *var,
                       const struct losses_row *row)
{
    json_open_object_at(json, key);
    json_put_bool(json, "known", row->known);
    if (row->known) {
        put_tails(json, "parametric", row->parametric);
        put_tails(json, "historical", row->historical);
        json_open_array_at(json, "stress");
        for (uint32_t i = 0; i < var->scenario_count; i++) {
            json_open_object(json);
            json_put_text(json, "scenario", var->scenarios[i].name);
            json_put_money(json, "loss", row->stress[i]);
            json_put_money(json, "limit", var->scenarios[i].max_loss);
            json_close_object(json);
        }
        json_close_array(json);
    }
    json_close_object(json);
}

void operator_words_risk(const struct operator_config *config, struct buf *out)
{
    const struct var_settings *var = snapshot_var(config->engine);
    struct json_writer json;
    struct volatility_row row;
    struct losses_row losses;
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "var", var->mode == VAR_ON ? "on" : "off");
    if (var->mode == VAR_ON) {
        json_put_int(&json, "candle_ms", var->candle_ns / 1000000);
        json_put_uint(&json, "horizon", var->horizon);
        json_put_money(&json, "max_var", var->max_var);
        json_open_array_at(&json, "products");
        for (product_index i = 0; snapshot_volatility(config->engine, i, &row); i++)
            put_product(&json, config, i, &row);
        json_close_array(&json);
        snapshot_losses(config->engine, false, &losses);
        put_losses(&json, "positions", var, &losses);
        snapshot_losses(config->engine, true, &losses);
        put_losses(&json, "with_orders", var, &losses);
    }
    json_close_object(&json);
}
