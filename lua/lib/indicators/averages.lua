--- Moving averages. What they are of is up to the caller: closes, mids on every book, spreads.
local class = require "indicators.class"
local series = require "series"

local averages = {}

local Sma = class("sma", {}, {"window"})

--- Simple moving average: the mean of the last `length` values.
-- Warm-up: `length` values. Cost: constant.
---@param length integer
function averages.sma(length)
  return Sma:new({length}, {window = series.new(length)})
end

---@param value number
---@return number?
function Sma:push(value)
  self.window:push(value)
  return self.window:mean()
end

local Ema = class("ema", {"average"}, {"seed"})

local function exponential(length, weight, kind)
  return Ema:new({length, kind}, {weight = weight, seed = series.new(length)})
end

--- Exponential moving average: average += 2 / (length + 1) * (value - average).
-- Warm-up: `length` values, and their plain mean is the seed (as in TA-Lib; others seed with the
-- first value, which weighs it for much longer than anything that follows). Cost: constant.
---@param length integer
function averages.ema(length)
  return exponential(length, 2 / (length + 1), "exponential")
end

--- Wilder's smoothing, also called RMA or SMMA: as an EMA with weight 1 / length. It is what RSI,
-- ATR and ADX were first written with.
---@param length integer
function averages.wilder(length)
  return exponential(length, 1 / length, "wilder")
end

---@param value number
---@return number?
function Ema:push(value)
  if self.average then
    assert(value - value == 0, "ema: a finite number is wanted")
    self.average = self.average + self.weight * (value - self.average)
  else
    self.seed:push(value)
    self.average = self.seed:mean()
  end
  return self.average
end

local Wma = class("wma", {"weighted"}, {"window"})

--- Linearly weighted moving average: weights 1, 2 .. length, the newest the heaviest.
-- Warm-up: `length` values. Cost: constant, and one walk of the window per `length` values.
---@param length integer
function averages.wma(length)
  return Wma:new({length}, {length = length, weighted = 0.0, window = series.new(length)})
end

---@param value number
---@return number?
function Wma:push(value)
  local window, length = self.window, self.length
  local sum = window.sum
  if window:push(value) then
    -- Each value in the window weighs one less than before; the one that fell out weighed 1.
    self.weighted = self.weighted - sum + length * value
  else
    self.weighted = self.weighted + window.count * value
  end
  if window.at == length then -- the sum was taken anew as well
    self.weighted = 0.0
    for i = 1, length do self.weighted = self.weighted + i * window[i] end
  end
  return window:full() and self.weighted * 2 / (length * (length + 1)) or nil
end

local Vwma = class("vwma", {}, {"money", "volume", "closes"})

--- Volume-weighted moving average of closes: sum(close * volume) / sum(volume) over `length` bars.
-- Warm-up: `length` bars. Without any volume in the window it is the plain mean. Cost: constant.
---@param length integer
function averages.vwma(length)
  return Vwma:new({length}, {money = series.new(length), volume = series.new(length),
                             closes = series.new(length)})
end

---@param bar Bar
---@return number?
function Vwma:push(bar)
  self.money:push(bar.close * bar.volume)
  self.volume:push(bar.volume)
  self.closes:push(bar.close)
  if not self.volume:full() then return nil end
  local volume = self.volume.sum
  return volume > 0 and self.money.sum / volume or self.closes:mean()
end

local Kama = class("kama", {"last", "average"}, {"window", "moves"})
local KAMA_FAST, KAMA_SLOW = 2 / (2 + 1), 2 / (30 + 1)

--- Kaufman's adaptive moving average: fast when the price goes one way, slow when it goes to and
-- fro. Efficiency = |change over length| / sum of |changes|; the weight is
-- (efficiency * (2/3 - 2/31) + 2/31) squared.
-- Warm-up: `length` values; the last of them is the seed (as in Tulip). A price that did not move
-- at all is efficient: the average is there already. Cost: constant.
---@param length integer
function averages.kama(length)
  return Kama:new({length}, {window = series.new(length), moves = series.new(length)})
end

---@param value number
---@return number?
function Kama:push(value)
  if self.last then self.moves:push(math.abs(value - self.last)) end
  self.last = value
  local before = self.window:push(value)
  if not self.window:full() then return nil end
  if not self.average then
    self.average = value
  else
    local path = self.moves.sum
    local efficiency = path > 0 and math.min(1, math.abs(value - before) / path) or 1
    local weight = (efficiency * (KAMA_FAST - KAMA_SLOW) + KAMA_SLOW) ^ 2
    self.average = self.average + weight * (value - self.average)
  end
  return self.average
end

return averages
