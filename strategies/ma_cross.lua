--- Moving-average cross, confirmed by RSI, with a trailing stop.
--
-- On each candle a fast and a slow EMA are advanced. A fast one that crosses above the slow
-- while RSI is above `rsi_long` opens (or flips to) a long; the mirror image opens a short. Between
-- candles the best price since entry is tracked, and a fall of `trail` from it closes the position.
--
-- Parameters (config, all optional): candle (seconds), fast, slow, rsi_length, rsi_long,
-- rsi_short, trail (a fraction), size (base coin, text; per product as size_<ASSET>).
local indicators = require "indicators"

local candle_length = host.param("candle", 60) * 1000000000
local trail = host.param("trail", 0.002)
local books = {} -- per product id: indicators, extreme since entry, the order in flight

local function new_market(id)
  local spec = host.product(id)
  local size = decimal(host.param("size_" .. spec.asset, nil) or host.param("size", "0.01"))
  return {
    id = id,
    size = size:round(spec.step, "up"),
    fast = indicators.ema(host.param("fast", 12)),
    slow = indicators.ema(host.param("slow", 26)),
    rsi = indicators.rsi(host.param("rsi_length", 14)),
    above = nil,    -- was the fast average above the slow one at the last candle?
    extreme = nil,  -- best mid since the position was opened, as a float
    in_flight = nil -- ref of the one order that is out
  }
end

local strategy = {}

function strategy.on_start()
  for _, id in ipairs(host.products()) do books[id] = new_market(id) end
end

--- One order at a time: a second signal while one is out waits for the next candle.
local function send(market, side, size, reduce_only)
  if market.in_flight or size:sign() <= 0 then return end
  market.in_flight = host.place{product = market.id, side = side, type = "market", size = size,
                                reduce_only = reduce_only}
end

--- Moves the position to `target` lots in one order.
local function move_to(market, target)
  local position = host.position(market.id)
  if not position then return end
  local difference = target - position.size
  if difference:sign() == 0 then return end
  send(market, difference:sign() > 0 and "buy" or "sell", difference:abs(), false)
  market.extreme = nil
end

function strategy.on_candle(candle)
  local market = books[candle.product]
  if not market or candle.length ~= candle_length then return end
  local close = candle.close:number()
  local fast, slow, rsi = market.fast:push(close), market.slow:push(close), market.rsi:push(close)
  if not (fast and slow and rsi) then return end
  local was_above = market.above
  market.above = fast > slow
  if was_above == nil or was_above == market.above then return end
  if market.above and rsi > host.param("rsi_long", 50) then
    move_to(market, market.size)
  elseif not market.above and rsi < host.param("rsi_short", 50) then
    move_to(market, -market.size)
  end
end

--- The trailing stop, watched on every book.
function strategy.on_book(book)
  local market, mid = books[book.product], book:mid()
  if not market or not mid or book:stale() then return end
  local position = host.position(market.id)
  local direction = position.size:sign()
  if direction == 0 then
    market.extreme = nil
    return
  end
  local price = mid:number()
  local extreme = market.extreme or price
  extreme = direction > 0 and math.max(extreme, price) or direction < 0 and math.min(extreme, price)
  market.extreme = extreme
  if direction * (extreme - price) > extreme * trail then
    send(market, direction > 0 and "sell" or "buy", position.size:abs(), true)
  end
end

function strategy.on_order(order)
  local market = books[order.product]
  if market and order.done and order.ref == market.in_flight then market.in_flight = nil end
end

function strategy.on_refusal(refusal)
  for _, market in pairs(books) do
    if market.in_flight == refusal.ref then market.in_flight = nil end
  end
end

--- The averages start over after a reload; what must survive is the stop's extreme.
function strategy.on_save()
  local saved = {}
  for id, market in pairs(books) do
    saved[id] = {extreme = market.extreme, in_flight = market.in_flight}
  end
  return saved
end

function strategy.on_reload(saved)
  strategy.on_start()
  for id, state in pairs(saved or {}) do
    if books[id] then
      books[id].extreme, books[id].in_flight = state.extreme, state.in_flight
    end
  end
end

return strategy
