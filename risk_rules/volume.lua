--- Market filter: no opening in a market that hardly trades.
--
-- Adds up the volume of the candles that ended within the last `window` seconds and wants at least
-- `min_volume`. One that has just started has seen nothing, and refuses until it has.
--
-- Parameters: candle (seconds, 60; one that the host builds), window (seconds, 900), min_volume
-- (base coin; per asset as min_volume_BTC, min_volume_ETH, ...).
local candles = require "candles"
local counted = require "counted"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  window = {type = "number", default = 900, least = 0, about = "seconds that are summed"},
}
local candle_seconds, window = params.candle, params.window
local candle_ns = candles.length(candle_seconds)
assert(window >= candle_seconds, "volume: window must not be shorter than a candle")
local markets = {} -- per product id: the least volume, and the volumes of late

for _, id in ipairs(host.products()) do
  local least = host.number("min_volume_" .. host.product(id).asset, host.param("min_volume"))
  markets[id] = {least = least, recent = candles.recent(window / candle_seconds + 1)}
end

local rule = {}

function rule.on_candle(candle)
  if candle.length ~= candle_ns then return end
  markets[candle.product].recent:push(candle.start, candle.volume:number())
end

function rule.judge(intent)
  local market, volume = markets[intent.product], 0.0
  local oldest = host.now() - math.floor(window * 1000000000) - candle_ns
  for start, traded in market.recent:each() do
    if start >= oldest then volume = volume + traded end
  end
  if volume < market.least then
    return false, string.format("volume %.4f in %g s is below %g", volume, window, market.least),
      "volume"
  end
  return true
end

function rule.on_save()
  local saved = {}
  for id, market in pairs(markets) do saved[id] = market.recent:save() end
  return saved
end

function rule.on_reload(saved)
  for id, kept in pairs(saved or {}) do
    if markets[id] then markets[id].recent:load(kept) end
  end
end

return counted(rule)
