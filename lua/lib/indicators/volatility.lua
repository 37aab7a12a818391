--- How much it moves: true range, ATR, Bollinger, Keltner, Donchian, z-score, realised volatility.
local averages = require "indicators.averages"
local class = require "indicators.class"
local series = require "series"

local volatility = {}

local TrueRange = class("true_range", {"close"})

--- True range: the bar's range, its gap from the last close included: max(high, last close) -
-- min(low, last close). Warm-up: 2 bars, for the first has no last close. Cost: constant.
function volatility.true_range()
  return TrueRange:new({}, {})
end

---@param bar Bar
---@return number?
function TrueRange:push(bar)
  local last = self.close
  self.close = bar.close
  return last and math.max(bar.high, last) - math.min(bar.low, last)
end

local Atr = class("atr", {}, {"range", "average"})

--- Wilder's average true range: the true range under Wilder's smoothing, seeded by its mean.
-- Warm-up: `length` + 1 bars. Cost: constant.
---@param length? integer 14
function volatility.atr(length)
  length = length or 14
  return Atr:new({length}, {range = volatility.true_range(), average = averages.wilder(length)})
end

---@param bar Bar
---@return number?
function Atr:push(bar)
  local range = self.range:push(bar)
  return range and self.average:push(range)
end

local Bollinger = class("bollinger", {}, {"window"})

--- Bollinger bands: the mean of `length` values, and `width` standard deviations (divided by
-- `length`, as Bollinger has it) either side.
-- Warm-up: `length` values. Cost: constant.
---@param length? integer 20
---@param width? number 2
function volatility.bollinger(length, width)
  length, width = length or 20, width or 2
  return Bollinger:new({length, width}, {width = width, window = series.new(length)})
end

---@param value number
---@return number? lower
---@return number? middle
---@return number? upper
function Bollinger:push(value)
  self.window:push(value)
  local middle = self.window:mean()
  if not middle then return nil end
  local reach = self.width * self.window:deviation()
  return middle - reach, middle, middle + reach
end

local Keltner = class("keltner", {}, {"middle", "range"})

--- Keltner channel in Raschke's form: an EMA of closes, and `width` ATRs either side.
-- Warm-up: the longer of `length` bars and `atr_length` + 1. Cost: constant.
---@param length? integer 20
---@param atr_length? integer 10
---@param width? number 2
function volatility.keltner(length, atr_length, width)
  length, atr_length, width = length or 20, atr_length or 10, width or 2
  return Keltner:new({length, atr_length, width},
    {width = width, middle = averages.ema(length), range = volatility.atr(atr_length)})
end

---@param bar Bar
---@return number? lower
---@return number? middle
---@return number? upper
function Keltner:push(bar)
  local middle, range = self.middle:push(bar.close), self.range:push(bar)
  if not (middle and range) then return nil end
  return middle - self.width * range, middle, middle + self.width * range
end

local Donchian = class("donchian", {}, {"highest", "lowest"})

--- Donchian channel: the lowest low and highest high of `length` bars, this one among them, and
-- their middle. A breakout is a close beyond what the channel was one bar before.
-- Warm-up: `length` bars. Cost: constant on average.
---@param length? integer 20
function volatility.donchian(length)
  length = length or 20
  return Donchian:new({length}, {highest = series.highest(length), lowest = series.lowest(length)})
end

---@param bar Bar
---@return number? lower
---@return number? middle
---@return number? upper
function Donchian:push(bar)
  local upper, lower = self.highest:push(bar.high), self.lowest:push(bar.low)
  if not upper then return nil end
  return lower, (lower + upper) / 2, upper
end

local Zscore = class("zscore", {}, {"window"})

--- How many standard deviations the value stands from the mean of the last `length`, itself among
-- them. 0 when nothing moved. Warm-up: `length` values. Cost: constant.
---@param length? integer 20
function volatility.zscore(length)
  length = length or 20
  return Zscore:new({length}, {window = series.new(length)})
end

---@param value number
---@return number?
function Zscore:push(value)
  self.window:push(value)
  local deviation = self.window:deviation()
  if not deviation then return nil end
  return deviation > 0 and (value - self.window:mean()) / deviation or 0.0
end

local Realised = class("realised_volatility", {"last"}, {"squares"})

--- Realised volatility: the root of the mean squared log return over `length` returns, times the
-- root of `per_year` (525600 for minutes round the clock; 1 leaves it per bar). No mean is taken
-- off: over short spans its estimate is noise. Values must be positive.
-- Warm-up: `length` + 1 values. Cost: constant.
---@param length? integer 30
---@param per_year? number 1
function volatility.realised_volatility(length, per_year)
  length, per_year = length or 30, per_year or 1
  return Realised:new({length, per_year}, {per_year = per_year, squares = series.new(length)})
end

---@param value number
---@return number?
function Realised:push(value)
  local last = self.last
  self.last = value
  if not last then return nil end
  self.squares:push(math.log(value / last) ^ 2)
  local mean = self.squares:mean()
  return mean and math.sqrt(math.max(mean, 0) * self.per_year)
end

return volatility
