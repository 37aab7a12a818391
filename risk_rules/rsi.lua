--- Market filter: no buying what has run up, no selling what has run down, by RSI.
--
-- For strategies that should not chase. RSI of candle closes must be at most `overbought` for a buy
-- and at least `oversold` for a sell; until it is known, what opens is refused.
--
-- Parameters: candle (seconds, 60; one that the host builds), length (14), overbought (75),
-- oversold (25).
local candles = require "candles"
local counted = require "counted"
local indicators = require "indicators"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  length = {type = "integer", default = 14, least = 1, about = "candles"},
  overbought = {type = "number", default = 75, least = 0, most = 100, about = "no buying above it"},
  oversold = {type = "number", default = 25, least = 0, most = 100, about = "no selling below it"},
}
local candle_ns, length = candles.length(params.candle), params.length
local overbought, oversold = params.overbought, params.oversold
assert(oversold <= overbought, "rsi: oversold must not be above overbought")
local markets = {} -- per product id

for _, id in ipairs(host.products()) do markets[id] = {rsi = indicators.rsi(length)} end

local rule = {}

function rule.on_candle(candle)
  if candle.length ~= candle_ns then return end
  local market = markets[candle.product]
  market.now = market.rsi:push(candle.close:number())
end

function rule.judge(intent)
  local now = markets[intent.product].now
  if not now then return false, "RSI is not known yet", "unknown" end
  if intent.side == "buy" and now > overbought then
    return false, string.format("RSI %.1f is above %g", now, overbought), "overbought"
  elseif intent.side == "sell" and now < oversold then
    return false, string.format("RSI %.1f is below %g", now, oversold), "oversold"
  end
  return true
end

function rule.on_save()
  local saved = {}
  for id, market in pairs(markets) do saved[id] = {now = market.now, rsi = market.rsi:save()} end
  return saved
end

function rule.on_reload(saved)
  for id, kept in pairs(saved or {}) do
    local market = markets[id]
    if market and market.rsi:load(kept.rsi) then market.now = kept.now end
  end
end

return counted(rule)
