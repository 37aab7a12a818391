--- Moving-average cross, confirmed by RSI, with a trailing stop.
--
-- On each candle a fast and a slow EMA are advanced. A fast one that crosses above the slow
-- while RSI is above `rsi_long` wants a long position; the mirror image a short one. What is
-- wanted is pursued with one market order at a time, until the position is there. A fall of `trail`
-- from the best price since entry closes it: the host does that, also when this script is dead.
--
-- Parameters (config, all optional): candle (seconds), fast, slow, rsi_length, rsi_long,
-- rsi_short, trail (a fraction; 0: no stop), size (base coin, text; per asset as size_BTC, ...).
local candles = require "candles"
local indicators = require "indicators"
local lots = require "lots"
local pursuit = require "pursuit"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  fast = {type = "integer", default = 12, least = 1, about = "candles of the fast EMA"},
  slow = {type = "integer", default = 26, least = 2, about = "candles of the slow EMA"},
  rsi_length = {type = "integer", default = 14, least = 1, about = "candles"},
  rsi_long = {type = "number", default = 50, least = 0, most = 100, about = "a long above it"},
  rsi_short = {type = "number", default = 50, least = 0, most = 100, about = "a short below it"},
  trail = {type = "number", default = 0.002, least = 0, most = 0.99,
           about = "fall from the best price that closes, a fraction; 0: no stop"},
}
local candle_ns = candles.length(params.candle)
local fast_length, slow_length, rsi_length = params.fast, params.slow, params.rsi_length
local rsi_long, rsi_short = params.rsi_long, params.rsi_short
local trail = decimal.from(params.trail, "0.000001", "nearest")

local nothing = decimal(0)
local markets = {} -- per product id

assert(fast_length < slow_length, "ma_cross: fast must be shorter than slow")

for _, id in ipairs(host.products()) do
  markets[id] = {
    size = lots.size(host.product(id)),
    pursuit = pursuit.new(id),
    fast = indicators.ema(fast_length),
    slow = indicators.ema(slow_length),
    rsi = indicators.rsi(rsi_length),
    above = nil, -- was the fast average above the slow one at the last candle?
    trailing = trail:sign() == 0 -- the host holds this trail, or none where none is wanted
  }
end

local strategy = {}

function strategy.on_candle(candle)
  local market = markets[candle.product]
  if not market or candle.length ~= candle_ns then return end
  local close = candle.close:number()
  local fast, slow, rsi = market.fast:push(close), market.slow:push(close), market.rsi:push(close)
  if not (fast and slow and rsi) then return end
  local was_above = market.above
  market.above = fast > slow
  if was_above == nil or was_above == market.above then return end
  if market.above and rsi > rsi_long then
    market.pursuit:want(market.size)
  elseif not market.above and rsi < rsi_short then
    market.pursuit:want(-market.size)
  end
end

function strategy.on_book(book)
  local market = markets[book.product]
  if not market then return end
  -- The host keeps what was set over reloads and restarts: said again only when it is another.
  if not market.trailing and not book:stale() then
    host.protect(book.product, {trail = trail:sign() > 0 and trail or nil})
  end
  market.pursuit:on_book(book)
end

function strategy.on_protect(protection)
  local market = markets[protection.product]
  if not market then return end
  market.trailing = (protection.trail or nothing) == trail
  market.pursuit:on_protect(protection)
end

function strategy.on_order(order)
  local market = markets[order.product]
  if market then market.pursuit:on_order(order) end
end

function strategy.on_refusal(refusal)
  local market = markets[refusal.product]
  if market then market.pursuit:on_refusal(refusal) end
end

function strategy.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {
      fast = market.fast:save(), slow = market.slow:save(), rsi = market.rsi:save(),
      above = market.above, pursuit = market.pursuit:save()
    }
  end
  return saved
end

function strategy.on_reload(saved)
  for id, state in pairs(saved or {}) do
    local market = markets[id]
    if market then
      market.fast:load(state.fast)
      market.slow:load(state.slow)
      market.rsi:load(state.rsi)
      market.above = state.above
      market.pursuit:load(state.pursuit)
    end
  end
end

return strategy
