--- Moving-average cross, confirmed by RSI, with a trailing stop.
--
-- On each candle a fast and a slow EMA are advanced. A fast one that crosses above the slow
-- while RSI is above `rsi_long` wants a long position; the mirror image a short one. What is
-- wanted is pursued with one market order at a time, until the position is there. A fall of `trail`
-- from the best price since entry closes it: the host does that, also when this script is dead.
--
-- Parameters (config, all optional): candle (seconds), fast, slow, rsi_length, rsi_long,
-- rsi_short, trail (a fraction; 0: no stop), size (base coin, text; per asset as size_BTC, ...).
local indicators = require "indicators"

local candle_seconds = host.number("candle", 60)
local fast_length, slow_length = host.number("fast", 12, 1), host.number("slow", 26, 2)
local rsi_length = host.number("rsi_length", 14, 1)
local rsi_long = host.number("rsi_long", 50, 0, 100)
local rsi_short = host.number("rsi_short", 50, 0, 100)
local trail = decimal.from(host.number("trail", 0.002, 0, 0.99), "0.000001", "nearest")
local retry_ns = 1000000000 -- after a refusal: the reason may pass, hammering does not help

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
    size = difference:abs()
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

--- The host keeps what was set over reloads and restarts: said again only when it is another.
local function guard(id)
  if (host.protection(id).trail or decimal(0)) == trail then return end
  host.protect(id, {trail = trail:sign() > 0 and trail or nil})
end

function strategy.on_book(book)
  local market = markets[book.product]
  if not market or book:stale() then return end
  guard(book.product)
  pursue(market)
end

--- What was wanted before the stop is not wanted after it: out until the averages cross again.
function strategy.on_protect(protection)
  local market = markets[protection.product]
  if market and protection.state == "firing" then market.target = nil end
end

--- Any live order of ours counts as the one in flight: after a reload this is how the new script
-- learns of what the old one left. Those of the stop (ref 0) are the host's.
function strategy.on_order(order)
  local market = markets[order.product]
  if not market or order.ref == 0 then return end
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
      above = market.above, target = market.target
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
      market.target = state.target and decimal(state.target)
    end
  end
end

return strategy
