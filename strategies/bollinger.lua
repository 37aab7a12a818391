--- Bollinger mean reversion: what has left its band is expected back at the middle.
--
-- On each candle the band is advanced. A close that falls out of the lower edge, the one before
-- having been inside, wants a long position; the mirror image wants a short one. Back at the middle
-- it is closed. When the price goes on instead, two things end it that the host holds, whatever
-- becomes of this script: a stop at `stop` of the entry, and a time of `hold` seconds.
--
-- Parameters (config, all optional): candle (seconds, 60), length (candles, 20), width (standard
-- deviations, 2), stop (a fraction of the price, 0.01), hold (seconds, 3600), size (base coin,
-- text, "0.01"; per asset as size_BTC, size_ETH, ...).
local candles = require "candles"
local indicators = require "indicators"
local lots = require "lots"
local pursuit = require "pursuit"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  length = {type = "integer", default = 20, least = 2, about = "candles of the band"},
  width = {type = "number", default = 2, least = 0, about = "standard deviations"},
  stop = {type = "number", default = 0.01, least = 0, most = 0.5, about = "part of the price"},
  hold = {type = "number", default = 3600, least = 1, about = "seconds"},
}
local candle_ns = candles.length(params.candle)
local length, width, stop, hold = params.length, params.width, params.stop, params.hold

local nothing = decimal(0)
local markets = {} -- per product id

for _, id in ipairs(host.products()) do
  local spec = host.product(id)
  markets[id] = {
    id = id, tick = spec.tick, size = lots.size(spec), pursuit = pursuit.new(id),
    band = indicators.bollinger(length, width),
    outside = 0 -- -1: the last close was below the band, 1: above it
  }
end

local strategy = {}

--- From flat alone: a stop above the price is for a short, and would close a long at once.
local function enter(market, direction, close)
  local price = decimal.from(close * (1 - direction * stop), market.tick, "nearest")
  host.protect(market.id, {stop = price, after = math.floor(hold)})
  market.pursuit:want(direction > 0 and market.size or -market.size)
end

function strategy.on_candle(candle)
  local market = markets[candle.product]
  if not market or candle.length ~= candle_ns then return end
  local close = candle.close:number()
  local lower, middle, upper = market.band:push(close)
  if not lower then return end
  local was_outside, direction = market.outside, market.pursuit:direction()
  market.outside = close < lower and -1 or close > upper and 1 or 0
  if direction ~= 0 then
    if direction * (close - middle) >= 0 then market.pursuit:want(nothing) end
  elseif market.outside ~= 0 and was_outside ~= market.outside then
    enter(market, -market.outside, close)
  end
end

function strategy.on_book(book)
  local market = markets[book.product]
  if market then market.pursuit:on_book(book) end
end

function strategy.on_order(order)
  local market = markets[order.product]
  if market then market.pursuit:on_order(order) end
end

function strategy.on_refusal(refusal)
  local market = markets[refusal.product]
  if market then market.pursuit:on_refusal(refusal) end
end

function strategy.on_protect(protection)
  local market = markets[protection.product]
  if market then market.pursuit:on_protect(protection) end
end

function strategy.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {band = market.band:save(), outside = market.outside,
                 pursuit = market.pursuit:save()}
  end
  return saved
end

function strategy.on_reload(saved)
  for id, state in pairs(saved or {}) do
    local market = markets[id]
    if market and market.band:load(state.band) then market.outside = state.outside end
    if market then market.pursuit:load(state.pursuit) end
  end
end

return strategy
