--- Donchian breakout, sized by ATR: the turtles' way of following trends.
--
-- A close above the highest high of the `entry` candles before it wants a long position, one below
-- their lowest low a short one. It is left when a close passes the opposite edge of the shorter
-- channel of `exit` candles, or at a stop `stop` ATRs from the entry, which the host holds.
--
-- Size is what loses `risk` (quote currency) when the stop is met: risk / (stop * ATR), in whole
-- steps, at most `size_max`. A market that moves twice as much is traded half as large. Less than
-- the product's least size is not traded at all.
--
-- Parameters (config, all optional): candle (seconds, 60), entry (candles, 20), exit (candles, 10),
-- atr (candles, 14), stop (ATRs, 2), risk (quote currency, 10), size_max (base coin, text, "0.1";
-- per asset as size_max_BTC, size_max_ETH, ...).
local bars = require "bars"
local candles = require "candles"
local indicators = require "indicators"
local pursuit = require "pursuit"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  entry = {type = "integer", default = 20, least = 2, about = "candles of the channel to enter by"},
  exit = {type = "integer", default = 10, least = 1, about = "candles of the channel to leave by"},
  atr = {type = "integer", default = 14, least = 1, about = "candles"},
  stop = {type = "number", default = 2, least = 0.1, about = "ATRs from the entry's close"},
  risk = {type = "number", default = 10, least = 0, about = "quote currency lost at the stop"},
}
local candle_ns = candles.length(params.candle)
local entry_length, exit_length = params.entry, params.exit
local atr_length, stop, risk = params.atr, params.stop, params.risk

local nothing = decimal(0)
local markets = {} -- per product id

assert(exit_length < entry_length, "donchian: exit must be shorter than entry")

for _, id in ipairs(host.products()) do
  local spec = host.product(id)
  markets[id] = {
    id = id, spec = spec, pursuit = pursuit.new(id),
    size_max = host.decimal("size_max_" .. spec.asset, host.decimal("size_max", "0.1")),
    entry = indicators.donchian(entry_length), exit = indicators.donchian(exit_length),
    atr = indicators.atr(atr_length),
    edges = nil -- of both channels before the present candle: low, high, exit_low, exit_high
  }
end

local strategy = {}

--- The size whose loss at the stop is `risk`; nil when that is less than can be traded.
local function size_of(market, range)
  local spec = market.spec
  local size = decimal.from(risk / (stop * range), spec.step, "down")
  if size > market.size_max then size = market.size_max:round(spec.step, "down") end
  if size < spec.size_min then
    host.log("info", string.format("%s: a risk of %g at an ATR of %.2f is less than trades",
      market.id, risk, range))
    return nil
  end
  return size
end

--- From flat alone: a stop above the price is for a short, and would close a long at once.
local function enter(market, direction, close, range)
  local size = direction ~= 0 and range > 0 and size_of(market, range)
  if not size then return end
  local price = decimal.from(close - direction * stop * range, market.spec.tick, "nearest")
  if price:sign() <= 0 then return end
  host.protect(market.id, {stop = price})
  market.pursuit:want(direction > 0 and size or -size)
end

--- 1 or -1 when the close breaks out of the channel as it was before this candle.
local function breakout(close, low, high)
  return close > high and 1 or close < low and -1 or 0
end

function strategy.on_candle(candle)
  local market = markets[candle.product]
  if not market or candle.length ~= candle_ns then return end
  local bar, before = bars.of(candle), market.edges
  local range = market.atr:push(bar)
  local low, _, high = market.entry:push(bar)
  local exit_low, _, exit_high = market.exit:push(bar)
  market.edges = low and {low = low, high = high, exit_low = exit_low, exit_high = exit_high}
  if not before or not range then return end
  local direction = market.pursuit:direction()
  if direction == 0 then
    enter(market, breakout(bar.close, before.low, before.high), bar.close, range)
  elseif breakout(bar.close, before.exit_low, before.exit_high) == -direction then
    market.pursuit:want(nothing)
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
    saved[id] = {entry = market.entry:save(), exit = market.exit:save(), atr = market.atr:save(),
                 edges = market.edges, pursuit = market.pursuit:save()}
  end
  return saved
end

function strategy.on_reload(saved)
  for id, state in pairs(saved or {}) do
    local market = markets[id]
    if market then
      local entry, exit = market.entry:load(state.entry), market.exit:load(state.exit)
      if entry and exit then market.edges = state.edges end
      market.atr:load(state.atr)
      market.pursuit:load(state.pursuit)
    end
  end
end

return strategy
