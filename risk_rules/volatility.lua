--- Market filter: no opening while the price moves too much, or too little.
--
-- Realised volatility of candle closes, in bps per candle (the root of the mean squared return),
-- must lie within `least` and `most`. Until `length` returns have been seen nothing is known, and
-- what is not known is refused.
--
-- Parameters: candle (seconds, 60; one that the host builds), length (returns, 30), most (bps, 25),
-- least (bps, 0).
local candles = require "candles"
local counted = require "counted"
local indicators = require "indicators"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  length = {type = "integer", default = 30, least = 2, about = "candles it is measured over"},
  least = {type = "number", default = 0, least = 0, about = "bps a candle; below it nothing opens"},
  most = {type = "number", default = 25, least = 0, about = "bps a candle; above it nothing opens"},
}
local candle_ns, length = candles.length(params.candle), params.length
local least, most = params.least, params.most
assert(least <= most, "volatility: least must not be above most")
local markets = {} -- per product id

for _, id in ipairs(host.products()) do
  markets[id] = {volatility = indicators.realised_volatility(length)}
end

local rule = {}

function rule.on_candle(candle)
  if candle.length ~= candle_ns then return end
  local market = markets[candle.product]
  market.now = market.volatility:push(candle.close:number())
end

function rule.judge(intent)
  local now = markets[intent.product].now
  if not now then return false, "volatility is not known yet", "unknown" end
  local bps = now * 10000
  if bps > most then
    return false, string.format("volatility %.1f bps is above %g", bps, most), "high"
  elseif bps < least then
    return false, string.format("volatility %.1f bps is below %g", bps, least), "low"
  end
  return true
end

function rule.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {now = market.now, volatility = market.volatility:save()}
  end
  return saved
end

function rule.on_reload(saved)
  for id, kept in pairs(saved or {}) do
    local market = markets[id]
    if market and market.volatility:load(kept.volatility) then market.now = kept.now end
  end
end

return counted(rule)
