/* The records of products, positions and balances. */
#include <inttypes.h>
#include <stdio.h>

#include "app/exchange_words.h"
#include "sim/venue_sim_calendar.h"

static const int64_t SECOND_NS = 1000000000;
#define EXPIRY "2030-12-20T16:00:00Z"
static const int64_t EXPIRY_S = 1924012800; /* the same as Unix time */

static bool is_intx(int product)
{
    return venue_products[product].profile == PROFILE_INTX;
}

static void put_price_or_empty(struct json_writer *json, const char *key, struct price price)
{
    if (price.e9 > 0)
        json_put_price(json, key, price);
    else
        json_put_text(json, key, "");
}

/* Per cent since the day's open, as the venue prints it. */
static void put_change(struct json_writer *json, const char *key, const struct venue_stats *stats)
{
    struct ratio change = {0};
    if (stats->open.e9 > 0)
        change.e9 = (int64_t)((__int128)(stats->last.e9 - stats->open.e9) * 100 * DECIMAL_ONE /
                              stats->open.e9);
    json_put_ratio(json, key, change);
}

static void put_session(struct json_writer *json, const struct exchange *exchange, int product)
{
    int64_t now_ns = venue_sim_now(exchange->venue);
    int64_t opened_ns = venue_calendar_day_start_ns(now_ns);
    bool open = venue_sim_session_open(exchange->venue, product);
    json_open_object_at(json, "fcm_trading_session_details");
    json_put_bool(json, "is_session_open", open);
    json_put_time(json, "open_time", opened_ns);
    json_put_time(json, "close_time", opened_ns + 86400 * SECOND_NS);
    json_put_text(json, "session_state", open ? "FCM_TRADING_SESSION_STATE_OPEN"
                                              : "FCM_TRADING_SESSION_STATE_CLOSE");
    json_put_bool(json, "after_hours_order_entry_disabled", false);
    json_put_text(json, "closed_reason", "FCM_TRADING_SESSION_CLOSED_REASON_EXCHANGE_MAINTENANCE");
    json_open_object_at(json, "maintenance");
    json_put_time(json, "start_time", opened_ns);
    json_put_time(json, "end_time", opened_ns + 3600 * SECOND_NS);
    json_close_object(json);
    json_close_object(json);
}

static int64_t next_hour_ns(const struct exchange *exchange)
{
    int64_t hour = 3600 * SECOND_NS;
    return (venue_sim_now(exchange->venue) / hour + 1) * hour;
}

static void put_perpetual(struct json_writer *json, const struct exchange *exchange, int product)
{
    json_open_object_at(json, "perpetual_details");
    json_put_text(json, "open_interest", is_intx(product) ? "21873.4" : "183283");
    if (is_intx(product)) {
        json_put_ratio(json, "funding_rate", venue_sim_funding_rate(exchange->venue, product));
        json_put_time(json, "funding_time", next_hour_ns(exchange));
    } else { /* on CDE the live figures are one level up, and these stay empty */
        json_put_text(json, "funding_rate", "");
        json_put_null(json, "funding_time");
    }
    json_put_text(json, "max_leverage", venue_products[product].max_leverage);
    json_put_text(json, "base_asset_uuid", "");
    json_put_text(json, "underlying_type", "");
    json_close_object(json);
}

static void put_margin_rate(struct json_writer *json, const char *key, struct ratio long_rate,
                            struct ratio short_rate)
{
    json_open_object_at(json, key);
    json_put_ratio(json, "long_margin_rate", long_rate);
    json_put_ratio(json, "short_margin_rate", short_rate);
    json_close_object(json);
}

/* The index, as a source of its own would tell it: the mid to six places. */
static void put_index(struct json_writer *json, const char *key, struct price mark)
{
    mark.e9 -= mark.e9 % 1000;
    put_price_or_empty(json, key, mark);
}

static void put_cde_details(struct json_writer *json, const struct exchange *exchange,
                            int product)
{
    const struct venue_product *spec = &venue_products[product];
    int64_t left_ms = (EXPIRY_S - venue_sim_now(exchange->venue) / SECOND_NS) * 1000;
    char name[32], left[24];
    snprintf(name, sizeof name, "%s Perpetual", spec->asset);
    snprintf(left, sizeof left, "%" PRId64, left_ms > 0 ? left_ms : 0);
    json_put_text(json, "time_to_expiry_ms", left);
    json_put_bool(json, "twenty_four_by_seven", true);
    json_put_text(json, "funding_interval", "3600s");
    json_put_text(json, "open_interest", "183283");
    json_put_ratio(json, "funding_rate", venue_sim_funding_rate(exchange->venue, product));
    json_put_time(json, "funding_time", next_hour_ns(exchange));
    json_put_text(json, "display_name", name);
    put_margin_rate(json, "intraday_margin_rate", spec->margin_long, spec->margin_short);
    put_margin_rate(json, "overnight_margin_rate", spec->overnight_long, spec->overnight_short);
    struct price mark = venue_sim_mark(exchange->venue, product);
    put_price_or_empty(json, "settlement_price", mark);
    json_put_text(json, "futures_asset_type", "FUTURES_ASSET_TYPE_CRYPTO");
    put_index(json, "index_price", mark);
}

static void put_details(struct json_writer *json, const struct exchange *exchange, int product)
{
    const struct venue_product *spec = &venue_products[product];
    bool intx = is_intx(product);
    json_open_object_at(json, "future_product_details");
    json_put_text(json, "venue", intx ? "" : "cde");
    json_put_text(json, "contract_code", spec->code);
    if (intx)
        json_put_null(json, "contract_expiry");
    else
        json_put_text(json, "contract_expiry", EXPIRY);
    json_put_size(json, "contract_size", spec->contract);
    json_put_text(json, "contract_root_unit", spec->asset);
    json_put_text(json, "group_description", spec->group);
    json_put_text(json, "risk_managed_by", intx ? "MANAGED_BY_VENUE" : "MANAGED_BY_FCM");
    json_put_text(json, "contract_expiry_type", intx ? "PERPETUAL" : "EXPIRING");
    put_perpetual(json, exchange, product);
    if (!intx)
        put_cde_details(json, exchange, product);
    json_close_object(json);
}

static void put_product_prices(struct json_writer *json, const struct exchange *exchange,
                               int product)
{
    const struct venue_stats *stats = venue_sim_stats(exchange->venue, product);
    struct price mark = venue_sim_mark(exchange->venue, product);
    put_price_or_empty(json, "price", stats->last.e9 ? stats->last : mark);
    put_change(json, "price_percentage_change_24h", stats);
    json_put_size(json, "volume_24h", stats->volume);
    json_put_text(json, "volume_percentage_change_24h", "");
}

void words_put_product(struct json_writer *json, const struct exchange *exchange, int product)
{
    const struct venue_product *spec = &venue_products[product];
    bool intx = is_intx(product);
    bool open = venue_sim_session_open(exchange->venue, product);
    const struct exchange_listing *listing = &exchange->listings[product];
    json_open_object(json);
    json_put_text(json, "product_id", spec->id);
    put_product_prices(json, exchange, product);
    json_put_size(json, "base_increment", spec->step);
    json_put_text(json, "quote_increment", intx ? "0.000001" : "0.01");
    json_put_money(json, "quote_min_size", spec->quote_min);
    json_put_text(json, "quote_max_size", "100000000");
    json_put_size(json, "base_min_size",
                  listing->minimum.e9 ? listing->minimum : spec->size_min);
    json_put_size(json, "base_max_size", spec->size_max);
    json_put_text(json, "base_name", intx ? venue_assets[spec->market].long_name : "");
    json_put_text(json, "quote_name", intx ? "USDC" : "US Dollar");
    json_put_bool(json, "watched", false);
    json_put_bool(json, "is_disabled", listing->flags[VENUE_LISTING_IS_DISABLED]);
    json_put_bool(json, "new", false);
    json_put_text(json, "status", intx ? "online" : "");
    json_put_bool(json, "cancel_only", listing->flags[VENUE_LISTING_CANCEL_ONLY]);
    json_put_bool(json, "limit_only", listing->flags[VENUE_LISTING_LIMIT_ONLY]);
    json_put_bool(json, "post_only", listing->flags[VENUE_LISTING_POST_ONLY]);
    json_put_bool(json, "trading_disabled", listing->flags[VENUE_LISTING_DISABLED]);
    json_put_bool(json, "auction_mode", listing->flags[VENUE_LISTING_AUCTION]);
    json_put_text(json, "product_type", "FUTURE");
    json_put_text(json, "quote_currency_id", words_currency(product));
    json_put_text(json, "base_currency_id", intx ? spec->asset : "");
    if (intx)
        json_put_null(json, "fcm_trading_session_details");
    else
        put_session(json, exchange, product);
    if (open)
        put_price_or_empty(json, "mid_market_price", venue_sim_mark(exchange->venue, product));
    else
        json_put_text(json, "mid_market_price", "");
    json_put_text(json, "alias", "");
    json_open_array_at(json, "alias_to");
    json_close_array(json);
    json_put_text(json, "base_display_symbol", intx ? spec->asset : "");
    json_put_text(json, "quote_display_symbol", words_currency(product));
    json_put_bool(json, "view_only", listing->flags[VENUE_LISTING_VIEW_ONLY]);
    json_put_price(json, "price_increment", listing->tick.e9 ? listing->tick : spec->tick);
    json_put_text(json, "display_name", spec->display_name);
    json_put_text(json, "product_venue", intx ? "INTX" : "FCM");
    put_details(json, exchange, product);
    json_close_object(json);
}

static struct money unrealised_of(const struct exchange *exchange, int product)
{
    struct money value = {0};
    ledger_unrealised(venue_sim_ledger(exchange->venue), product,
                      venue_sim_mark(exchange->venue, product), &value);
    return value;
}

static void open_record(struct json_writer *json, const char *key)
{
    if (key)
        json_open_object_at(json, key);
    else
        json_open_object(json);
}

void words_put_cfm_position(struct json_writer *json, const char *key,
                            const struct exchange *exchange, int product)
{
    const struct ledger *ledger = venue_sim_ledger(exchange->venue);
    const struct ledger_position *position = &ledger->positions[product];
    int64_t units = position->units.e9;
    open_record(json, key);
    json_put_text(json, "product_id", venue_products[product].id);
    json_put_text(json, "expiration_time", EXPIRY);
    json_put_text(json, "side", units > 0 ? "LONG" : units < 0 ? "SHORT" : "UNKNOWN");
    json_put_size(json, "number_of_contracts", (struct size){units < 0 ? -units : units});
    json_put_price(json, "current_price", venue_sim_mark(exchange->venue, product));
    json_put_price(json, "avg_entry_price", ledger_entry_price(ledger, product));
    json_put_money(json, "unrealized_pnl", unrealised_of(exchange, product));
    json_put_money(json, "daily_realized_pnl", position->realised_today);
    json_close_object(json);
}

static struct money tenth_of(struct money value)
{
    struct money tenth = {0};
    money_scale(value, (struct ratio){DECIMAL_ONE / 10}, ROUND_UP, &tenth);
    return tenth;
}

static struct size working_size(const struct exchange *exchange, int product, enum side side)
{
    struct size size = {0};
    for (uint32_t i = 0; i < venue_sim_order_count(exchange->venue); i++) {
        const struct venue_order *order = venue_sim_order_at(exchange->venue, i);
        if (order->request.product == product && order->request.side == side &&
            !venue_status_final(order->status))
            size.e9 += venue_order_left(order).e9;
    }
    return size;
}

void words_put_intx_position(struct json_writer *json, const char *key,
                             const struct exchange *exchange, int product)
{
    const struct ledger *ledger = venue_sim_ledger(exchange->venue);
    const struct ledger_position *position = &ledger->positions[product];
    struct price mark = venue_sim_mark(exchange->venue, product);
    struct money entry = {(__int128)ledger_entry_price(ledger, product).e9 * DECIMAL_ONE};
    struct money notional = {0};
    int64_t units = position->units.e9;
    venue_product_value(&venue_products[product], mark,
                        (struct size){units < 0 ? -units : units}, &notional);
    open_record(json, key);
    json_put_text(json, "product_id", "1r4njf84-0-0");
    json_put_text(json, "product_uuid", "4b7f9c1e-0d52-4a3b-8f60-7c1d2e3a4b50");
    json_put_text(json, "portfolio_uuid", EXCHANGE_INTX_PORTFOLIO);
    json_put_text(json, "symbol", venue_products[product].id);
    words_put_amount(json, "vwap", entry, "USDC");
    words_put_amount(json, "entry_vwap", entry, "USDC");
    json_put_text(json, "position_side", units > 0 ? "POSITION_SIDE_LONG" : units < 0
                  ? "POSITION_SIDE_SHORT" : "POSITION_SIDE_UNKNOWN");
    json_put_text(json, "margin_type", "MARGIN_TYPE_CROSS");
    json_put_size(json, "net_size", position->units);
    json_put_size(json, "buy_order_size", working_size(exchange, product, SIDE_BUY));
    json_put_size(json, "sell_order_size", working_size(exchange, product, SIDE_SELL));
    json_put_text(json, "im_contribution", "0.1");
    words_put_amount(json, "unrealized_pnl", unrealised_of(exchange, product), "USDC");
    words_put_amount(json, "mark_price", (struct money){(__int128)mark.e9 * DECIMAL_ONE}, "USDC");
    words_put_amount(json, "liquidation_price", (struct money){0}, "USDC");
    json_put_text(json, "leverage", "1");
    words_put_amount(json, "im_notional", tenth_of(notional), "USDC");
    words_put_amount(json, "mm_notional", tenth_of(tenth_of(notional)), "USDC");
    words_put_amount(json, "position_notional", notional, "USDC");
    words_put_amount(json, "aggregated_pnl", position->realised, "USDC");
    json_close_object(json);
}

static void put_usd(struct json_writer *json, const char *key, struct money value,
                    bool as_strings)
{
    if (as_strings)
        json_put_money(json, key, value);
    else
        words_put_amount(json, key, value, "USD");
}

static void put_measure(struct json_writer *json, const char *key, const char *window,
                        const struct venue_margin *margin, struct money required)
{
    json_open_object_at(json, key);
    json_put_text(json, "margin_window_type", window);
    json_put_text(json, "margin_level", "MARGIN_LEVEL_TYPE_BASE");
    json_put_money(json, "initial_margin", required);
    json_put_money(json, "maintenance_margin", required);
    json_put_text(json, "liquidation_buffer", "1000");
    json_put_money(json, "total_hold", margin->held);
    json_put_money(json, "futures_buying_power",
                   (struct money){margin->equity.e18 - required.e18 - margin->held.e18});
    json_close_object(json);
}

void words_put_balance(struct json_writer *json, const char *key,
                       const struct exchange *exchange, bool as_strings)
{
    const struct ledger *ledger = venue_sim_ledger(exchange->venue);
    struct venue_margin margin;
    struct money today = {0}, buffer;
    venue_sim_margin(exchange->venue, PROFILE_CDE, &margin);
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (!is_intx(i))
            today.e18 += ledger->positions[i].realised_today.e18;
    buffer.e18 = margin.equity.e18 - margin.required.e18;
    json_open_object_at(json, key);
    put_usd(json, "futures_buying_power", margin.available, as_strings);
    put_usd(json, "total_usd_balance", margin.cash, as_strings);
    put_usd(json, "cbi_usd_balance", (struct money){0}, as_strings);
    put_usd(json, "cfm_usd_balance", margin.cash, as_strings);
    put_usd(json, "total_open_orders_hold_amount", margin.held, as_strings);
    put_usd(json, "unrealized_pnl", margin.unrealised, as_strings);
    put_usd(json, "daily_realized_pnl", today, as_strings);
    put_usd(json, "initial_margin", margin.required, as_strings);
    put_usd(json, "available_margin", margin.available, as_strings);
    put_usd(json, "liquidation_threshold", margin.required, as_strings);
    put_usd(json, "liquidation_buffer_amount", buffer, as_strings);
    json_put_text(json, "liquidation_buffer_percentage", "1000");
    put_measure(json, "intraday_margin_window_measure",
                "FCM_MARGIN_WINDOW_TYPE_INTRADAY", &margin, margin.required);
    put_measure(json, "overnight_margin_window_measure",
                "FCM_MARGIN_WINDOW_TYPE_OVERNIGHT", &margin, margin.overnight);
    put_usd(json, "total_pending_transfers_amount", (struct money){0}, as_strings);
    put_usd(json, "funding_pnl", ledger->funding_paid[PROFILE_CDE], as_strings);
    json_close_object(json);
}

void words_put_ticker(struct json_writer *json, const struct exchange *exchange, int product,
                      bool with_quotes)
{
    const struct venue_stats *stats = venue_sim_stats(exchange->venue, product);
    struct venue_book *book = venue_sim_book(exchange->venue, product);
    struct level bid = {0}, ask = {0};
    bool open = venue_sim_session_open(exchange->venue, product);
    if (open) { /* in the break there is no quote, and its place stays empty */
        venue_book_best_shown(book, SIDE_BUY, &bid);
        venue_book_best_shown(book, SIDE_SELL, &ask);
    }
    json_open_object(json);
    json_put_text(json, "type", "ticker");
    json_put_text(json, "product_id", venue_products[product].id);
    put_price_or_empty(json, "price",
                       stats->last.e9 ? stats->last : venue_sim_mark(exchange->venue, product));
    json_put_size(json, "volume_24_h", stats->volume);
    json_put_price(json, "low_24_h", stats->low);
    json_put_price(json, "high_24_h", stats->high);
    json_put_price(json, "low_52_w", stats->low);
    json_put_price(json, "high_52_w", stats->high);
    put_change(json, "price_percent_chg_24_h", stats);
    if (with_quotes) {
        put_price_or_empty(json, "best_bid", bid.price);
        put_price_or_empty(json, "best_bid_quantity", (struct price){bid.size.e9});
        put_price_or_empty(json, "best_ask", ask.price);
        put_price_or_empty(json, "best_ask_quantity", (struct price){ask.size.e9});
    }
    json_close_object(json);
}
