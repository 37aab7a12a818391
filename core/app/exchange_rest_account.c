/* What the account holds: wallets, portfolios, positions, balances, permissions, fees. */
#include <string.h>

#include "app/exchange_auth.h"
#include "app/exchange_rest.h"
#include "app/exchange_words.h"

static const int64_t DAY_NS = 86400000000000;

static const struct { const char *uuid, *name, *currency, *platform, *portfolio; } WALLETS[2] = {
    [PROFILE_CDE] = {"0b6f3f1e-54f1-4b0e-9d3b-8c1f6a2e7d10", "USD Wallet", "USD",
                     "ACCOUNT_PLATFORM_CFM_CONSUMER", EXCHANGE_PORTFOLIO},
    [PROFILE_INTX] = {"6d8e2a90-1c37-4f58-8b6a-3e5f7d9c0b20", "USDC Wallet", "USDC",
                      "ACCOUNT_PLATFORM_INTX", EXCHANGE_INTX_PORTFOLIO},
};

static void put_wallet(struct rest_call *call, const char *key, enum venue_profile profile)
{
    struct json_writer *json = &call->json;
    struct venue_margin margin;
    venue_sim_margin(call->exchange->venue, profile, &margin);
    struct money available = {margin.available.e18 > 0 ? margin.available.e18 : 0};
    if (key)
        json_open_object_at(json, key);
    else
        json_open_object(json);
    json_put_text(json, "uuid", WALLETS[profile].uuid);
    json_put_text(json, "name", WALLETS[profile].name);
    json_put_text(json, "currency", WALLETS[profile].currency);
    words_put_amount(json, "available_balance", available, WALLETS[profile].currency);
    json_put_bool(json, "default", profile == PROFILE_CDE);
    json_put_bool(json, "active", true);
    json_put_time(json, "created_at", call->exchange->started_ns);
    json_put_time(json, "updated_at", venue_sim_now(call->exchange->venue));
    json_put_null(json, "deleted_at");
    json_put_text(json, "type", profile == PROFILE_CDE ? "ACCOUNT_TYPE_FIAT"
                                                       : "ACCOUNT_TYPE_PERP_FUTURES");
    json_put_bool(json, "ready", true);
    words_put_amount(json, "hold", margin.held, WALLETS[profile].currency);
    json_put_text(json, "retail_portfolio_id", WALLETS[profile].portfolio);
    json_put_text(json, "platform", WALLETS[profile].platform);
    json_close_object(json);
}

void rest_get_accounts(struct rest_call *call)
{
    json_open_object(&call->json);
    json_open_array_at(&call->json, "accounts");
    put_wallet(call, NULL, PROFILE_CDE);
    put_wallet(call, NULL, PROFILE_INTX);
    json_close_array(&call->json);
    json_put_bool(&call->json, "has_next", false);
    json_put_text(&call->json, "cursor", "");
    json_put_int(&call->json, "size", 2);
    json_close_object(&call->json);
}

void rest_get_account(struct rest_call *call)
{
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        if (strcmp(call->star, WALLETS[i].uuid) != 0)
            continue;
        json_open_object(&call->json);
        put_wallet(call, "account", (enum venue_profile)i);
        json_close_object(&call->json);
        return;
    }
    rest_fail(call, 404, "NOT_FOUND", "account not found");
}

static void put_portfolio(struct json_writer *json, const char *key, bool intx)
{
    if (key)
        json_open_object_at(json, key);
    else
        json_open_object(json);
    json_put_text(json, "name", intx ? "Perpetuals" : "Primary");
    json_put_text(json, "uuid", intx ? EXCHANGE_INTX_PORTFOLIO : EXCHANGE_PORTFOLIO);
    json_put_text(json, "type", intx ? "INTX" : "DEFAULT");
    json_put_bool(json, "deleted", false);
    json_close_object(json);
}

void rest_get_portfolios(struct rest_call *call)
{
    const char *type = rest_arg(call, "portfolio_type");
    if (type && strcmp(type, "UNDEFINED") == 0)
        type = NULL;
    json_open_object(&call->json);
    json_open_array_at(&call->json, "portfolios");
    if (!type || strcmp(type, "DEFAULT") == 0)
        put_portfolio(&call->json, NULL, false);
    if (!type || strcmp(type, "INTX") == 0)
        put_portfolio(&call->json, NULL, true);
    json_close_array(&call->json);
    json_close_object(&call->json);
}

static void put_breakdown_balances(struct rest_call *call, enum venue_profile profile)
{
    struct json_writer *json = &call->json;
    const char *currency = WALLETS[profile].currency;
    bool intx = profile == PROFILE_INTX;
    struct venue_margin margin;
    venue_sim_margin(call->exchange->venue, profile, &margin);
    json_open_object_at(json, "portfolio_balances");
    words_put_amount(json, "total_balance", margin.equity, currency);
    words_put_amount(json, "total_futures_balance", intx ? (struct money){0} : margin.equity,
                     currency);
    words_put_amount(json, "total_cash_equivalent_balance", margin.cash, currency);
    words_put_amount(json, "total_crypto_balance", (struct money){0}, currency);
    words_put_amount(json, "futures_unrealized_pnl",
                     intx ? (struct money){0} : margin.unrealised, currency);
    words_put_amount(json, "perp_unrealized_pnl",
                     intx ? margin.unrealised : (struct money){0}, currency);
    json_close_object(json);
}

/* Positions have their own paths (cfm, intx); the breakdown shows balances. */
void rest_get_portfolio(struct rest_call *call)
{
    static const char *const LISTS[] = {"spot_positions", "perp_positions", "futures_positions"};
    bool intx = strcmp(call->star, EXCHANGE_INTX_PORTFOLIO) == 0;
    if (!intx && strcmp(call->star, EXCHANGE_PORTFOLIO) != 0) {
        rest_fail(call, 404, "NOT_FOUND", "portfolio not found");
        return;
    }
    json_open_object(&call->json);
    json_open_object_at(&call->json, "breakdown");
    put_portfolio(&call->json, "portfolio", intx);
    put_breakdown_balances(call, intx ? PROFILE_INTX : PROFILE_CDE);
    for (int i = 0; i < 3; i++) {
        json_open_array_at(&call->json, LISTS[i]);
        json_close_array(&call->json);
    }
    json_close_object(&call->json);
    json_close_object(&call->json);
}

void rest_get_key_permissions(struct rest_call *call)
{
    json_open_object(&call->json);
    json_put_bool(&call->json, "can_view", true);
    json_put_bool(&call->json, "can_trade",
                  exchange_key_may_trade(call->exchange->keys, call->key));
    json_put_bool(&call->json, "can_transfer", false);
    json_put_text(&call->json, "portfolio_uuid", EXCHANGE_PORTFOLIO);
    json_put_text(&call->json, "portfolio_type", "DEFAULT");
    json_close_object(&call->json);
}

static void put_fee_tier(struct rest_call *call)
{
    const struct exchange_options *options = &call->exchange->options;
    json_open_object_at(&call->json, "fee_tier");
    json_put_text(&call->json, "pricing_tier", "Advanced 1");
    json_put_text(&call->json, "usd_from", "0");
    json_put_text(&call->json, "usd_to", "");
    json_put_ratio(&call->json, "taker_fee_rate", options->fee_taker);
    json_put_ratio(&call->json, "maker_fee_rate", options->fee_maker);
    json_put_text(&call->json, "aop_from", "");
    json_put_text(&call->json, "aop_to", "");
    json_put_text(&call->json, "perps_vol_from", "");
    json_put_text(&call->json, "perps_vol_to", "");
    json_open_array_at(&call->json, "volume_types_and_range");
    json_close_array(&call->json);
    json_close_object(&call->json);
}

void rest_get_transaction_summary(struct rest_call *call)
{
    struct venue_sim *venue = call->exchange->venue;
    struct json_writer *json = &call->json;
    struct money volume = {0}, fees = {0}, balance = {0};
    for (uint32_t i = 0; i < venue_sim_order_count(venue); i++) {
        volume.e18 += venue_sim_order_at(venue, i)->value.e18;
        fees.e18 += venue_sim_order_at(venue, i)->fees.e18;
    }
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++)
        balance.e18 += venue_sim_ledger(venue)->cash[i].e18;
    json_open_object(json);
    rest_put_number(json, "total_volume", volume);
    rest_put_number(json, "total_fees", fees);
    put_fee_tier(call);
    json_put_null(json, "margin_rate");
    json_put_null(json, "goods_and_services_tax");
    rest_put_number(json, "advanced_trade_only_volume", volume);
    rest_put_number(json, "advanced_trade_only_fees", fees);
    json_put_int(json, "coinbase_pro_volume", 0);
    json_put_int(json, "coinbase_pro_fees", 0);
    json_put_money(json, "total_balance", balance);
    json_put_bool(json, "has_promo_fee", false);
    json_open_array_at(json, "volume_breakdown");
    json_close_array(json);
    json_put_bool(json, "has_cost_plus_commission", false);
    json_close_object(json);
}

static bool holds(const struct rest_call *call, int product, enum venue_profile profile)
{
    return venue_products[product].profile == profile &&
           venue_sim_ledger(call->exchange->venue)->positions[product].units.e9 != 0;
}

void rest_get_cfm_positions(struct rest_call *call)
{
    json_open_object(&call->json);
    json_open_array_at(&call->json, "positions");
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (holds(call, i, PROFILE_CDE))
            words_put_cfm_position(&call->json, NULL, call->exchange, i);
    json_close_array(&call->json);
    json_close_object(&call->json);
}

void rest_get_cfm_position(struct rest_call *call)
{
    int product = rest_star_product(call);
    if (product < 0)
        return;
    if (!holds(call, product, PROFILE_CDE)) {
        rest_fail(call, 404, "NOT_FOUND", "position not found");
        return;
    }
    json_open_object(&call->json);
    words_put_cfm_position(&call->json, "position", call->exchange, product);
    json_close_object(&call->json);
}

void rest_get_cfm_balance(struct rest_call *call)
{
    json_open_object(&call->json);
    words_put_balance(&call->json, "balance_summary", call->exchange, false);
    json_close_object(&call->json);
}

void rest_get_margin_setting(struct rest_call *call)
{
    json_open_object(&call->json);
    json_put_text(&call->json, "setting", call->exchange->options.intraday_ns > 0
                                              ? "INTRADAY_MARGIN_SETTING_INTRADAY"
                                              : "INTRADAY_MARGIN_SETTING_STANDARD");
    json_close_object(&call->json);
}

void rest_get_margin_window(struct rest_call *call)
{
    const struct exchange *exchange = call->exchange;
    const char *profile = rest_arg(call, "margin_profile_type");
    int64_t end_ns = exchange->started_ns + exchange->options.intraday_ns;
    bool holds = exchange_clock_ns(exchange) < end_ns && profile &&
                 strcmp(profile, "MARGIN_PROFILE_TYPE_RETAIL_INTRADAY_MARGIN_1") == 0;
    json_open_object(&call->json);
    json_open_object_at(&call->json, "margin_window");
    json_put_text(&call->json, "margin_window_type", holds ? "MARGIN_WINDOW_TYPE_INTRADAY"
                                                           : "MARGIN_WINDOW_TYPE_OVERNIGHT");
    json_put_time(&call->json, "end_time", holds ? end_ns : exchange_clock_ns(exchange) + DAY_NS);
    json_close_object(&call->json);
    json_put_bool(&call->json, "is_intraday_margin_killswitch_enabled", false);
    json_put_bool(&call->json, "is_intraday_margin_enrollment_killswitch_enabled", false);
    json_close_object(&call->json);
}

static bool is_intx_portfolio(struct rest_call *call)
{
    bool known = strcmp(call->star, EXCHANGE_INTX_PORTFOLIO) == 0;
    if (!known)
        rest_fail(call, 404, "NOT_FOUND", "portfolio not found");
    return known;
}

void rest_get_intx_positions(struct rest_call *call)
{
    struct venue_margin margin;
    if (!is_intx_portfolio(call))
        return;
    venue_sim_margin(call->exchange->venue, PROFILE_INTX, &margin);
    json_open_object(&call->json);
    json_open_array_at(&call->json, "positions");
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (holds(call, i, PROFILE_INTX))
            words_put_intx_position(&call->json, NULL, call->exchange, i);
    json_close_array(&call->json);
    json_open_object_at(&call->json, "summary");
    words_put_amount(&call->json, "aggregated_pnl", margin.unrealised, "USDC");
    json_close_object(&call->json);
    json_close_object(&call->json);
}

void rest_get_intx_position(struct rest_call *call)
{
    int product = venue_product_find(call->stars[1], strlen(call->stars[1]));
    if (!is_intx_portfolio(call))
        return;
    if (product < 0 || !holds(call, product, PROFILE_INTX)) {
        rest_fail(call, 404, "NOT_FOUND", "position not found");
        return;
    }
    json_open_object(&call->json);
    words_put_intx_position(&call->json, "position", call->exchange, product);
    json_close_object(&call->json);
}

static void put_intx_summary(struct json_writer *json, const struct venue_margin *margin)
{
    json_open_object_at(json, "summary");
    words_put_amount(json, "unrealized_pnl", margin->unrealised, "USDC");
    words_put_amount(json, "buying_power", margin->available, "USDC");
    words_put_amount(json, "total_balance", margin->equity, "USDC");
    words_put_amount(json, "max_withdrawal_amount", margin->available, "USDC");
    json_close_object(json);
}

void rest_get_intx_portfolio(struct rest_call *call)
{
    struct json_writer *json = &call->json;
    struct venue_margin margin;
    if (!is_intx_portfolio(call))
        return;
    venue_sim_margin(call->exchange->venue, PROFILE_INTX, &margin);
    json_open_object(json);
    json_open_array_at(json, "portfolios");
    json_open_object(json);
    json_put_text(json, "portfolio_uuid", EXCHANGE_INTX_PORTFOLIO);
    json_put_money(json, "collateral", margin.cash);
    json_put_money(json, "position_notional", (struct money){margin.required.e18 * 10});
    json_put_money(json, "open_position_notional", (struct money){margin.required.e18 * 10});
    json_put_text(json, "pending_fees", "0");
    json_put_text(json, "borrow", "0");
    json_put_text(json, "accrued_interest", "0");
    json_put_text(json, "rolling_debt", "0");
    json_put_text(json, "portfolio_initial_margin", "0.1");
    words_put_amount(json, "portfolio_im_notional", margin.required, "USDC");
    json_put_text(json, "portfolio_maintenance_margin", "0.1");
    words_put_amount(json, "portfolio_mm_notional", margin.required, "USDC");
    json_put_text(json, "liquidation_percentage", "0");
    json_put_money(json, "liquidation_buffer",
                   (struct money){margin.equity.e18 - margin.required.e18});
    json_put_text(json, "margin_type", "MARGIN_TYPE_CROSS");
    json_put_text(json, "margin_flags", "PORTFOLIO_MARGIN_FLAGS_UNSPECIFIED");
    json_put_text(json, "liquidation_status", "PORTFOLIO_LIQUIDATION_STATUS_NOT_LIQUIDATING");
    words_put_amount(json, "unrealized_pnl", margin.unrealised, "USDC");
    words_put_amount(json, "total_balance", margin.equity, "USDC");
    json_close_object(json);
    json_close_array(json);
    put_intx_summary(json, &margin);
    json_close_object(json);
}

static void put_intx_asset(struct json_writer *json)
{
    json_open_object_at(json, "asset");
    json_put_text(json, "asset_id", "USDC");
    json_put_text(json, "asset_uuid", "9d4a6f10-2c7b-4e85-a3d1-5b0e8c7f6a40");
    json_put_text(json, "asset_name", "USDC");
    json_put_text(json, "status", "ACTIVE");
    json_put_text(json, "collateral_weight", "1");
    json_put_text(json, "account_collateral_limit", "0");
    json_put_bool(json, "ecosystem_collateral_limit_breached", false);
    json_put_text(json, "asset_icon_url", "");
    json_put_bool(json, "supported_networks_enabled", false);
    json_close_object(json);
}

void rest_get_intx_balances(struct rest_call *call)
{
    struct json_writer *json = &call->json;
    struct venue_margin margin;
    if (!is_intx_portfolio(call))
        return;
    venue_sim_margin(call->exchange->venue, PROFILE_INTX, &margin);
    json_open_object(json);
    json_open_array_at(json, "portfolio_balances");
    json_open_object(json);
    json_put_text(json, "portfolio_uuid", EXCHANGE_INTX_PORTFOLIO);
    json_open_array_at(json, "balances");
    json_open_object(json);
    put_intx_asset(json);
    json_put_money(json, "quantity", margin.cash);
    json_put_money(json, "hold", margin.held);
    json_put_text(json, "transfer_hold", "0");
    json_put_money(json, "collateral_value", margin.cash);
    json_put_text(json, "collateral_weight", "1");
    json_put_money(json, "max_withdraw_amount", margin.available);
    json_put_text(json, "loan", "0");
    json_put_text(json, "loan_collateral_requirement_usd", "0");
    json_put_text(json, "pledged_quantity", "0");
    json_close_object(json);
    json_close_array(json);
    json_put_bool(json, "is_margin_limit_reached", false);
    json_close_object(json);
    json_close_array(json);
    json_close_object(json);
}
