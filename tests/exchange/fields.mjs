// What the venue's records hold, transcribed from its published specification and recordings, not
// from this program's encoder. A record must hold every field that is not marked `?`, no other
// field, and each of the right type.

const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const text = (pattern) => (value) => typeof value === 'string' && pattern.test(value);

const S = (value) => typeof value === 'string';
const D = text(DECIMAL);
const DE = (value) => value === '' || D(value); // the venue prints "" for what it has not
const T = text(TIME);
const TN = (value) => value === null || T(value);
const B = (value) => typeof value === 'boolean';
const I = Number.isSafeInteger;
const N = Number.isFinite;
const U = text(UUID);
const COUNT = text(/^(0|[1-9][0-9]*)$/);
const NULL = (value) => value === null;
const EMPTY = (value) => value === '';
const is = (...words) => (value) => words.includes(value);
const or = (...specs) => (value, where) => {
    if (!specs.some((spec) => { try { check(value, spec, where); return true; } catch { return false; } }))
        throw new Error(`${where}: ${JSON.stringify(value)?.slice(0, 100)} fits none`);
    return true;
};
const list = (spec) => [spec];

export function check(value, spec, where = 'it') {
    if (typeof spec === 'function') {
        if (!spec(value, where))
            throw new Error(`${where}: ${JSON.stringify(value)} (${spec.name || 'wrong word'})`);
        return;
    }
    if (Array.isArray(spec)) {
        if (!Array.isArray(value)) throw new Error(`${where}: no list`);
        value.forEach((item, i) => check(item, spec[0], `${where}[${i}]`));
        return;
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value))
        throw new Error(`${where}: ${JSON.stringify(value)} is no object`);
    const names = new Map(Object.keys(spec).map((name) => [name.replace('?', ''), name]));
    for (const name of Object.keys(value))
        if (!names.has(name)) throw new Error(`${where}.${name}: nobody knows this field`);
    for (const [name, key] of names)
        if (name in value) check(value[name], spec[key], `${where}.${name}`);
        else if (!key.endsWith('?')) throw new Error(`${where}.${name}: missing`);
}

const SIDE = is('BUY', 'SELL');
const STATUS = is('PENDING', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED',
    'UNKNOWN_ORDER_STATUS', 'QUEUED', 'CANCEL_QUEUED', 'EDIT_QUEUED');
const usd = { value: D, currency: is('USD') };
const usdc = { value: D, currency: is('USDC') };
const amount = { value: D, currency: is('USD', 'USDC') };
const rates = { long_margin_rate: D, short_margin_rate: D };

const perpetual = { open_interest: D, funding_rate: DE, funding_time: TN, max_leverage: S,
    'base_asset_uuid?': S, 'underlying_type?': S };
const details = { venue: is('cde', ''), contract_code: S, contract_expiry: TN, contract_size: D,
    contract_root_unit: S, group_description: S,
    risk_managed_by: is('MANAGED_BY_FCM', 'MANAGED_BY_VENUE'),
    contract_expiry_type: is('EXPIRING', 'PERPETUAL'), perpetual_details: perpetual };
const cdeDetails = { ...details, time_to_expiry_ms: COUNT, twenty_four_by_seven: B,
    funding_interval: is('3600s'), open_interest: D, funding_rate: D, funding_time: T,
    display_name: S, intraday_margin_rate: rates, overnight_margin_rate: rates,
    settlement_price: D, futures_asset_type: is('FUTURES_ASSET_TYPE_CRYPTO'), index_price: D };
const session = { is_session_open: B, open_time: T, close_time: T,
    session_state: text(/^FCM_TRADING_SESSION_STATE_[A-Z_]+$/),
    after_hours_order_entry_disabled: B,
    closed_reason: text(/^FCM_TRADING_SESSION_CLOSED_REASON_[A-Z_]+$/),
    maintenance: { start_time: T, end_time: T } };
const product = { product_id: S, price: DE, price_percentage_change_24h: D, volume_24h: D,
    'volume_percentage_change_24h?': DE, base_increment: D, quote_increment: D,
    quote_min_size: D, quote_max_size: D, base_min_size: D, base_max_size: D, base_name: S,
    quote_name: S, 'watched?': B, is_disabled: B, 'new?': B, status: S, cancel_only: B,
    limit_only: B, post_only: B, trading_disabled: B, auction_mode: B, product_type: is('FUTURE'),
    quote_currency_id: is('USD', 'USDC'), base_currency_id: S, mid_market_price: DE,
    'alias?': S, 'alias_to?': list(S), 'base_display_symbol?': S, 'quote_display_symbol?': S,
    view_only: B, price_increment: D, display_name: S };
export const cdeProduct = { ...product, product_venue: is('FCM'),
    fcm_trading_session_details: session, future_product_details: cdeDetails };
export const intxProduct = { ...product, product_venue: is('INTX'),
    fcm_trading_session_details: NULL, future_product_details: details };
export const products = { products: list(or(cdeProduct, intxProduct)), num_products: I,
    pagination: NULL };

const price = { price: D, size: D };
const pricebook = { product_id: S, bids: list(price), asks: list(price), time: T };
export const productBook = { pricebook, last: D, mid_market: D, spread_bps: D,
    spread_absolute: D };
export const bestBidAsk = { pricebooks: list(pricebook) };
export const time = { iso: text(/^[-0-9]{10}T[:0-9]{8}Z$/), epochSeconds: COUNT,
    epochMillis: COUNT };
const restTrade = { trade_id: COUNT, product_id: S, price: D, size: D, time: T, side: SIDE,
    bid: S, ask: S, exchange: S };
export const ticker = { trades: list(restTrade), best_bid: DE, best_ask: DE };
const candle = { start: COUNT, low: D, high: D, open: D, close: D, volume: D };
export const candles = { candles: list(candle) };

const account = { uuid: U, name: S, currency: S, available_balance: amount, default: B, active: B,
    created_at: T, updated_at: T, deleted_at: NULL,
    type: is('ACCOUNT_TYPE_FIAT', 'ACCOUNT_TYPE_CRYPTO', 'ACCOUNT_TYPE_VAULT',
        'ACCOUNT_TYPE_PERP_FUTURES'), ready: B, hold: amount, retail_portfolio_id: U,
    platform: is('ACCOUNT_PLATFORM_CONSUMER', 'ACCOUNT_PLATFORM_CFM_CONSUMER',
        'ACCOUNT_PLATFORM_INTX') };
export const accounts = { accounts: list(account), has_next: B, cursor: S, size: I };
export const oneAccount = { account };

const limitOrder = { base_size: D, limit_price: D, post_only: B, 'reduce_only?': B };
const marketOrder = { base_size: D, 'reduce_only?': B };
const stopOrder = { base_size: D, limit_price: D, stop_price: D, stop_direction:
    is('STOP_DIRECTION_STOP_UP', 'STOP_DIRECTION_STOP_DOWN') };
const bracketOrder = { base_size: D, limit_price: D, stop_trigger_price: D };
export const configuration = or({ market_market_ioc: marketOrder },
    { market_market_fok: marketOrder }, { sor_limit_ioc: { base_size: D, limit_price: D,
        'reduce_only?': B } },
    { limit_limit_gtc: limitOrder }, { limit_limit_gtd: { ...limitOrder, end_time: T } },
    { limit_limit_fok: { base_size: D, limit_price: D, 'reduce_only?': B } },
    { stop_limit_stop_limit_gtc: stopOrder },
    { stop_limit_stop_limit_gtd: { ...stopOrder, end_time: T } },
    { trigger_bracket_gtc: bracketOrder }, { trigger_bracket_gtd: { ...bracketOrder, end_time: T } });

const commissions = { total_commission: D, gst_commission: D, withholding_commission: D,
    client_commission: D, venue_commission: D, regulatory_commission: D, clearing_commission: D };
export const order = { order_id: U, product_id: S, user_id: U, order_configuration: configuration,
    side: SIDE, client_order_id: S, status: STATUS,
    time_in_force: is('GOOD_UNTIL_DATE_TIME', 'GOOD_UNTIL_CANCELLED', 'IMMEDIATE_OR_CANCEL',
        'FILL_OR_KILL'), created_time: T, completion_percentage: D, filled_size: D,
    average_filled_price: D, fee: EMPTY, number_of_fills: COUNT, filled_value: D,
    pending_cancel: B, size_in_quote: B, total_fees: D, size_inclusive_of_fees: B,
    total_value_after_fees: D,
    trigger_status: is('INVALID_ORDER_TYPE', 'STOP_PENDING', 'STOP_TRIGGERED'),
    order_type: is('MARKET', 'LIMIT', 'STOP_LIMIT', 'BRACKET'),
    reject_reason: is('REJECT_REASON_UNSPECIFIED', 'HOLD_FAILURE', 'TOO_MANY_OPEN_ORDERS',
        'REJECT_REASON_INSUFFICIENT_FUNDS', 'RATE_LIMIT_EXCEEDED'),
    settled: B, product_type: is('FUTURE'), reject_message: S, cancel_message: S,
    order_placement_source: is('RETAIL_ADVANCED'), outstanding_hold_amount: D, is_liquidation: B,
    last_fill_time: TN,
    edit_history: list({ price: D, size: D, replace_accept_timestamp: T }), leverage: DE,
    margin_type: is('CROSS', 'ISOLATED', 'UNKNOWN_MARGIN_TYPE', ''), retail_portfolio_id: U,
    originating_order_id: S, attached_order_id: S, attached_order_configuration: NULL,
    current_pending_replace: NULL, commission_detail_total: commissions, workable_size: D,
    workable_size_completion_pct: D, last_update_time: T };
export const orders = { orders: list(order), sequence: COUNT, has_next: B, cursor: S,
    proof_token_required: B };
export const oneOrder = { order };

const fill = { entry_id: S, trade_id: U, order_id: U, trade_time: T,
    trade_type: is('FILL', 'REVERSAL', 'CORRECTION', 'SYNTHETIC'), price: D, size: D,
    commission: D, product_id: S, sequence_timestamp: T,
    liquidity_indicator: is('MAKER', 'TAKER', 'UNKNOWN_LIQUIDITY_INDICATOR'), size_in_quote: B,
    user_id: U, side: SIDE, retail_portfolio_id: U, fillSource: is('FILL_SOURCE_CLOB'),
    commission_detail_total: commissions };
export const fills = { fills: list(fill), cursor: S };

export const created = { success: is(true), success_response: { order_id: U, product_id: S,
    side: SIDE, client_order_id: S }, order_configuration: configuration };
export const refused = { success: is(false), error_response: { error: S, message: S,
    error_details: S, 'preview_failure_reason?': S, 'new_order_failure_reason?': S },
    'order_configuration?': (value) => typeof value === 'object' };
export const preview = { order_total: D, commission_total: D, errs: list(S), warning: list(S),
    quote_size: D, base_size: D, 'best_bid?': D, 'best_ask?': D, is_max: B,
    order_margin_total: D, leverage: D, slippage: D, preview_id: U, available_buying_power: D };
export const cancelled = { results: list({ success: B,
    failure_reason: is('UNKNOWN_CANCEL_FAILURE_REASON', 'INVALID_CANCEL_REQUEST',
        'UNKNOWN_CANCEL_ORDER', 'COMMANDER_REJECTED_CANCEL_ORDER', 'DUPLICATE_CANCEL_REQUEST',
        'INVALID_CANCEL_PRODUCT_ID', 'INVALID_CANCEL_FCM_TRADING_SESSION',
        'NOT_ALLOWED_TO_CANCEL', 'ORDER_IS_FULLY_FILLED', 'ORDER_IS_BEING_REPLACED'),
    order_id: S }) };
export const edited = { success: B, errors: list({ edit_failure_reason: S,
    preview_failure_reason: S }) };
export const failure = { error: S, error_details: S, message: S };
export const unauthorized = { error: is('UNAUTHORIZED'), code: is(16), message: S };
export const limited = { errors: list({ id: is('rate_limit_exceeded'), message: S }) };

const window = { margin_window_type: text(/^FCM_MARGIN_WINDOW_TYPE_[A-Z]+$/),
    margin_level: text(/^MARGIN_LEVEL_TYPE_[A-Z]+$/), initial_margin: D, maintenance_margin: D,
    liquidation_buffer: D, total_hold: D, futures_buying_power: D };
const balance = (money) => ({ futures_buying_power: money, total_usd_balance: money,
    cbi_usd_balance: money, cfm_usd_balance: money, total_open_orders_hold_amount: money,
    unrealized_pnl: money, daily_realized_pnl: money, initial_margin: money,
    available_margin: money, liquidation_threshold: money, liquidation_buffer_amount: money,
    liquidation_buffer_percentage: D, intraday_margin_window_measure: window,
    overnight_margin_window_measure: window, total_pending_transfers_amount: money,
    funding_pnl: money });
export const balanceSummary = { balance_summary: balance(usd) };
const cfmPosition = { product_id: S, expiration_time: T, side: is('LONG', 'SHORT', 'UNKNOWN'),
    number_of_contracts: COUNT, current_price: D, avg_entry_price: D, unrealized_pnl: D,
    daily_realized_pnl: D };
export const cfmPositions = { positions: list(cfmPosition) };
export const oneCfmPosition = { position: cfmPosition };
export const marginWindow = { margin_window: { margin_window_type: text(/^MARGIN_WINDOW_TYPE_[A-Z]+$/),
    end_time: T }, is_intraday_margin_killswitch_enabled: B,
    is_intraday_margin_enrollment_killswitch_enabled: B };
export const marginSetting = { setting: text(/^INTRADAY_MARGIN_SETTING_[A-Z]+$/) };
const intxPosition = { product_id: S, product_uuid: U, portfolio_uuid: U, symbol: S, vwap: usdc,
    entry_vwap: usdc, position_side: text(/^POSITION_SIDE_(UNKNOWN|LONG|SHORT)$/),
    margin_type: is('MARGIN_TYPE_CROSS', 'MARGIN_TYPE_ISOLATED'), net_size: D, buy_order_size: D,
    sell_order_size: D, im_contribution: D, unrealized_pnl: usdc, mark_price: usdc,
    liquidation_price: usdc, leverage: D, im_notional: usdc, mm_notional: usdc,
    position_notional: usdc, aggregated_pnl: usdc };
export const intxPositions = { positions: list(intxPosition), summary: { aggregated_pnl: usdc } };
export const oneIntxPosition = { position: intxPosition };
export const intxPortfolio = { portfolios: list({ portfolio_uuid: U, collateral: D,
    position_notional: D, open_position_notional: D, pending_fees: D, borrow: D,
    accrued_interest: D, rolling_debt: D, portfolio_initial_margin: D,
    portfolio_im_notional: usdc, portfolio_maintenance_margin: D, portfolio_mm_notional: usdc,
    liquidation_percentage: D, liquidation_buffer: D, margin_type: text(/^MARGIN_TYPE_[A-Z]+$/),
    margin_flags: text(/^PORTFOLIO_MARGIN_FLAGS_[A-Z_]+$/),
    liquidation_status: text(/^PORTFOLIO_LIQUIDATION_STATUS_[A-Z_]+$/), unrealized_pnl: usdc,
    total_balance: usdc }), summary: { unrealized_pnl: usdc, buying_power: usdc,
    total_balance: usdc, max_withdrawal_amount: usdc } };
const asset = { asset_id: S, asset_uuid: U, asset_name: S, status: S, collateral_weight: D,
    account_collateral_limit: D, ecosystem_collateral_limit_breached: B, asset_icon_url: S,
    supported_networks_enabled: B };
export const intxBalances = { portfolio_balances: list({ portfolio_uuid: U, balances: list({ asset,
    quantity: D, hold: D, transfer_hold: D, collateral_value: D, collateral_weight: D,
    max_withdraw_amount: D, loan: D, loan_collateral_requirement_usd: D, pledged_quantity: D }),
    is_margin_limit_reached: B }) };
const portfolio = { name: S, uuid: U, type: is('DEFAULT', 'CONSUMER', 'INTX'), deleted: B };
export const portfolios = { portfolios: list(portfolio) };
const never = () => false;
export const breakdown = { breakdown: { portfolio, portfolio_balances: { total_balance: amount,
    total_futures_balance: amount, total_cash_equivalent_balance: amount,
    total_crypto_balance: amount, futures_unrealized_pnl: amount, perp_unrealized_pnl: amount,
    'total_equities_balance?': amount }, spot_positions: list(never),
    perp_positions: list(never), futures_positions: list(never) } };
export const permissions = { can_view: B, can_trade: B, can_transfer: B, portfolio_uuid: U,
    portfolio_type: is('DEFAULT', 'CONSUMER', 'INTX') };
export const transactionSummary = { total_volume: N, total_fees: N, fee_tier: { pricing_tier: S,
    usd_from: DE, usd_to: DE, taker_fee_rate: D, maker_fee_rate: D, aop_from: DE, aop_to: DE,
    'perps_vol_from?': DE, 'perps_vol_to?': DE, 'volume_types_and_range?': list(never) },
    margin_rate: NULL, goods_and_services_tax: NULL, advanced_trade_only_volume: N,
    advanced_trade_only_fees: N, coinbase_pro_volume: N, coinbase_pro_fees: N, total_balance: D,
    has_promo_fee: B, volume_breakdown: list(never), has_cost_plus_commission: B };

// WebSocket
const KIND = is('snapshot', 'update');
const envelope = (channel, event) => ({ channel: is(channel), 'client_id?': EMPTY, timestamp: T,
    sequence_num: I, events: list(event) });
const wsOrder = { avg_price: D, cancel_reason: S, client_order_id: S, completion_percentage: D,
    contract_expiry_type: is('UNKNOWN_CONTRACT_EXPIRY_TYPE', 'EXPIRING', 'PERPETUAL'),
    cumulative_quantity: D, filled_value: D, leaves_quantity: D, limit_price: D,
    number_of_fills: COUNT, order_id: U, order_side: SIDE, order_type: S,
    outstanding_hold_amount: D, post_only: is('true', 'false'), product_id: S,
    product_type: is('FUTURE'), reject_reason: S, retail_portfolio_id: U, risk_managed_by: S,
    status: is('PENDING', 'OPEN', 'FILLED', 'CANCEL_QUEUED', 'CANCELLED', 'EXPIRED', 'FAILED'),
    stop_price: DE, time_in_force: S, total_fees: D, total_value_after_fees: D, trigger_status: S,
    creation_time: T, end_time: T, start_time: T };
const wsTicker = { type: is('ticker'), product_id: S, price: DE, volume_24_h: D, low_24_h: D,
    high_24_h: D, low_52_w: D, high_52_w: D, price_percent_chg_24_h: D };
const quotes = { best_bid: DE, best_bid_quantity: DE, best_ask: DE, best_ask_quantity: DE };
export const frames = {
    l2_data: envelope('l2_data', { type: KIND, product_id: S, updates: list({
        side: is('bid', 'offer'), event_time: T, price_level: D, new_quantity: D }) }),
    market_trades: envelope('market_trades', { type: KIND, trades: list({ product_id: S,
        trade_id: COUNT, price: D, size: D, time: T, side: SIDE }) }),
    ticker: envelope('ticker', { type: KIND, tickers: list({ ...wsTicker, ...quotes }) }),
    ticker_batch: envelope('ticker_batch', { type: KIND, tickers: list(wsTicker) }),
    candles: envelope('candles', { type: KIND, candles: list({ start: COUNT, high: D, low: D,
        open: D, close: D, volume: D, product_id: S }) }),
    status: envelope('status', { type: KIND, products: list({ product_type: is('FUTURE'), id: S,
        base_currency: S, quote_currency: S, base_increment: D, quote_increment: D,
        display_name: S, status: is('online'), status_message: S, min_market_funds: D }) }),
    heartbeats: envelope('heartbeats', { current_time:
        text(/^[-0-9]{10} [:0-9]{8}\.[0-9]{1,9} \+0000 UTC m=\+[0-9]+\.[0-9]{9}$/),
    heartbeat_counter: I }),
    user: envelope('user', { type: KIND, orders: list(wsOrder), positions: {
        perpetual_futures_positions: list(never), expiring_futures_positions: list(never),
        prediction_market_positions: list(never) } }),
    futures_balance_summary: envelope('futures_balance_summary', { type: KIND,
        fcm_balance_summary: balance(D) }),
    subscriptions: envelope('subscriptions', { subscriptions: {
        'level2?': list(S), 'market_trades?': list(S), 'ticker?': list(S),
        'ticker_batch?': list(S), 'candles?': list(S), 'status?': list(S),
        'heartbeats?': list(is('heartbeats')), 'user?': list(U),
        'futures_balance_summary?': list(S) } }),
};
export const errorFrame = { type: is('error'), message: S };

export function checkFrame(frame) {
    if (frame.type === 'error') check(frame, errorFrame, 'error');
    else if (!frames[frame.channel]) throw new Error(`channel ${frame.channel}`);
    else check(frame, frames[frame.channel], frame.channel);
}
