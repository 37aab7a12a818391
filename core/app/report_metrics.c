#include "app/report_metrics.h"

static void put_ratio(struct json_writer *json, const char *key, bool known, struct ratio value)
{
    if (known)
        json_put_ratio(json, key, value);
    else
        json_put_null(json, key);
}

static void put_money(struct json_writer *json, const char *key, bool known, struct money value)
{
    if (known)
        json_put_money(json, key, value);
    else
        json_put_null(json, key);
}

static void put_returns(struct json_writer *json, const char *key,
                        const struct metrics_returns *returns)
{
    json_open_object_at(json, key);
    json_put_uint(json, "count", returns->count);
    put_ratio(json, "sharpe", returns->known, returns->sharpe);
    put_ratio(json, "sortino", returns->known && returns->sortino_known, returns->sortino);
    json_close_object(json);
}

static void put_result(struct json_writer *json, const struct metrics_row *row)
{
    json_put_text(json, "name", row->name);
    json_put_text(json, "product_id", row->product_id);
    json_put_time(json, "begin", row->begin_ns);
    json_put_time(json, "end", row->end_ns);
    json_put_money(json, "result", row->result);
    json_put_money(json, "realised", row->realised);
    json_put_money(json, "unrealised", row->unrealised);
    json_put_money(json, "fees", row->fees);
    json_put_money(json, "funding", row->funding);
    json_put_size(json, "position", row->position);
    json_put_uint(json, "fills", row->fills);
    json_put_uint(json, "maker_fills", row->maker_fills);
    json_put_uint(json, "reversals", row->reversals);
    json_put_money(json, "turnover", row->turnover);
}

static void put_trades(struct json_writer *json, const struct metrics_row *row)
{
    json_put_uint(json, "trades", row->trades);
    json_put_uint(json, "wins", row->wins);
    json_put_uint(json, "losses", row->losses);
    json_put_money(json, "won", row->won);
    json_put_money(json, "lost", row->lost);
    put_money(json, "best", row->trades_known, row->best);
    put_money(json, "worst", row->trades_known, row->worst);
    put_ratio(json, "win_rate", row->trades_known, row->win_rate);
    put_money(json, "expectancy", row->trades_known, row->expectancy);
    put_ratio(json, "profit_factor", row->profit_factor_known, row->profit_factor);
}

static void put_risk(struct json_writer *json, const struct metrics_row *row)
{
    json_put_money(json, "drawdown", row->drawdown);
    put_ratio(json, "drawdown_part", row->drawdown_part_known, row->drawdown_part);
    json_put_money(json, "exposure_mean", row->exposure_mean);
    json_put_money(json, "exposure_max", row->exposure_max);
    json_put_ratio(json, "time_held", row->time_held);
    put_returns(json, "hours", &row->hours);
    put_returns(json, "days", &row->days);
    put_money(json, "slippage", row->slippage_known, row->slippage);
    put_ratio(json, "slippage_part", row->slippage_known, row->slippage_part);
}

static void put_orders(struct json_writer *json, const struct metrics_row *row)
{
    json_put_uint(json, "orders", row->orders);
    json_put_uint(json, "accepted", row->accepted);
    json_put_uint(json, "refused", row->refused);
    json_put_uint(json, "dropped", row->dropped);
    put_ratio(json, "acceptance", row->acceptance_known, row->acceptance);
    json_put_uint(json, "intents_refused", row->intents_refused);
    json_put_uint(json, "unrecorded", row->unrecorded);
    json_open_object_at(json, "refusals");
    for (int code = 0; code < REFUSAL_COUNT; code++)
        if (row->refusals[code])
            json_put_uint(json, refusal_text((enum refusal)code), row->refusals[code]);
    json_close_object(json);
}

void report_put_metrics(struct json_writer *json, const char *key, const struct metrics *metrics,
                        enum metrics_scope scope)
{
    struct metrics_row row;

    json_open_array_at(json, key);
    for (uint32_t i = 0; metrics_row(metrics, scope, i, &row); i++) {
        json_open_object(json);
        put_result(json, &row);
        put_trades(json, &row);
        put_risk(json, &row);
        put_orders(json, &row);
        json_close_object(json);
    }
    json_close_array(json);
}

void report_put_filters(struct json_writer *json, const char *key, const struct metrics *metrics)
{
    struct metrics_filter filter;

    json_open_array_at(json, key);
    for (uint32_t i = 0; metrics_filter(metrics, i, &filter); i++) {
        json_open_object(json);
        json_put_text(json, "key", filter.key);
        json_put_text(json, "code", refusal_text(filter.code));
        json_put_uint(json, "count", filter.count);
        json_close_object(json);
    }
    json_close_array(json);
}
