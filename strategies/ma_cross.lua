--- Moving-average cross, confirmed by RSI, with a trailing stop.
--
-- On each candle a fast and a slow EMA are advanced. A fast one that crosses above the slow
-- while RSI is above `rsi_long` wants a long position; the mirror image wants a short one. Between
-- candles the best mid since entry is tracked, and a fall of `trail` from it wants none. What is
-- wanted is pursued with one market order at a time, until the position is there.
--
-- Parameters (config, all optional): candle (seconds), fast, slow, rsi_length, rsi_long,
-- rsi_short, trail (a fraction), size (base coin, text; per asset as size_BTC, size_ETH, ...).
local indicators = require "indicators"

local candle_seconds = host.number("candle", 60)
local fast_length, slow_length = host.number("fast", 12, 1), host.number("slow", 26, 2)
local rsi_length = host.number("rsi_length", 14, 1)
local rsi_long = host.number("rsi_long", 50, 0, 100)
local rsi_short = host.number("rsi_short", 50, 0, 100)
local trail = host.number("trail", 0.002, 0, 1)
local retry_ns = 1000000000 -- after a refusal: the reason may pass, hammering does not help

local nothing = decimal(0)
local markets = {} -- per product id

assert(fast_length < slow_length, "ma_cross: fast must be shorter than slow")
do
  local built = {}
  for i, seconds in ipairs(host.candles()) do built[i] = tostring(seconds) end
  local text = table.concat(built, ", ")
  assert((", " .. text .. ","):find(", " .. tostring(candle_seconds) .. ",", 1, true),
    "ma_cross: candle = " .. candle_seconds .. ", but the host builds candles of " .. text .. " s")
end

--- The configured size in whole steps. It is never rounded up: nobody asked for more.
local function lot_size(spec)
  local asked = host.decimal("size_" .. spec.asset, host.param("size", "0.01"))
  local size = asked:round(spec.step, "down")
  assert(size >= spec.size_min, "ma_cross: size " .. asked .. " is less than " .. spec.id ..
    " trades, " .. spec.size_min .. "; set size_" .. spec.asset)
  return size
end

local function new_market(id)
  return {
    id = id,
    size = lot_size(host.product(id)),
    fast = indicators.ema(fast_length),
    slow = indicators.ema(slow_length),
    rsi = indicators.rsi(rsi_length),
    above = nil,     -- was the fast average above the slow one at the last candle?
    target = nil,    -- the position wanted, in base coin; nil: the present one
    direction = 0,   -- sign of the position when `extreme` was last looked at
    extreme = nil,   -- best mid since the position was opened, as a float
    in_flight = nil, -- ref of the one order that is out
    not_before = 0   -- uptime of the next try after a refusal
  }
end

for _, id in ipairs(host.products()) do markets[id] = new_market(id) end

local strategy = {}

--- One order at a time, on a book that can be believed, while what is wanted is not there yet.
local function pursue(market)
  local position, book = host.position(market.id), host.book(market.id)
  if not market.target or market.in_flight or host.uptime() < market.not_before then return end
  if not position or not book or book:stale() then return end
  local difference = market.target - position.size
  if difference:sign() == 0 then
    market.target = nil
    return
  end
  market.in_flight = host.place{
    product = market.id, type = "market", side = difference:sign() > 0 and "buy" or "sell",
    size = difference:abs(), reduce_only = market.target:sign() == 0
  }
end

function strategy.on_candle(candle)
  local market = markets[candle.product]
  if not market or candle.length ~= candle_seconds * 1000000000 then return end
  local close = candle.close:number()
  local fast, slow, rsi = market.fast:push(close), market.slow:push(close), market.rsi:push(close)
  if not (fast and slow and rsi) then return end
  local was_above = market.above
  market.above = fast > slow
  if was_above == nil or was_above == market.above then return end
  if market.above and rsi > rsi_long then
    market.target = market.size
  elseif not market.above and rsi < rsi_short then
    market.target = -market.size
  end
  pursue(market)
end

--- The trailing stop, watched on every book.
local function watch_stop(market, price)
  local direction = host.position(market.id).size:sign()
  if direction ~= market.direction then
    market.direction, market.extreme = direction, price
  end
  if direction == 0 then return end
  local extreme = direction > 0 and math.max(market.extreme, price)
    or math.min(market.extreme, price)
  market.extreme = extreme
  -- A position that is about to be turned needs no stop as well.
  local leaving = market.target and market.target:sign() ~= direction
  if not leaving and direction * (extreme - price) > extreme * trail then
    host.log("info", string.format("%s: trailing stop at %.2f, best was %.2f", market.id, price,
      extreme))
    market.target = nothing
  end
end

function strategy.on_book(book)
  local market, mid = markets[book.product], book:mid()
  if not market or not mid or book:stale() then return end
  watch_stop(market, mid:number())
  pursue(market)
end

--- Any live order of ours counts as the one in flight: after a reload this is how the new script
-- learns of what the old one left.
function strategy.on_order(order)
  local market = markets[order.product]
  if not market then return end
  if not order.done then
    market.in_flight = order.ref
  elseif order.ref == market.in_flight then
    market.in_flight = nil
    if order.state ~= "filled" then market.not_before = host.uptime() + retry_ns end
  end
end

function strategy.on_refusal(refusal)
  local market = markets[refusal.product]
  if not market or market.in_flight ~= refusal.ref then return end
  market.in_flight, market.not_before = nil, host.uptime() + retry_ns
  host.log("warn", string.format("%s: refused, %s %s", market.id, refusal.code, refusal.reason))
end

function strategy.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {
      fast = market.fast:save(), slow = market.slow:save(), rsi = market.rsi:save(),
      above = market.above, target = market.target, direction = market.direction,
      extreme = market.extreme
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
      market.above, market.extreme = state.above, state.extreme
      market.direction = state.direction or 0
      market.target = state.target and decimal(state.target)
    end
  end
end

return strategy
