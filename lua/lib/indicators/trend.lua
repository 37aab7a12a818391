--- Which way, and how surely: ADX, SuperTrend, Ichimoku, linear regression.
local averages = require "indicators.averages"
local class = require "indicators.class"
local series = require "series"
local volatility = require "indicators.volatility"

local trend = {}

local Adx = class("adx", {"high", "low"}, {"range", "tr", "up", "down", "average"})

--- Wilder's average directional index, with the directional indices it is made of: DI+ and DI- are
-- 100 * smoothed directional movement / smoothed true range, DX = 100 * |DI+ - DI-| / (DI+ + DI-),
-- and ADX is Wilder's average of DX. All smoothing is Wilder's, seeded by the mean; as he did, not
-- as those who take an EMA. Where nothing moved, DX is 0.
-- Warm-up: `length` + 1 bars for DI+ and DI-, 2 * `length` for ADX. Cost: constant.
---@param length? integer 14
function trend.adx(length)
  length = length or 14
  return Adx:new({length}, {range = volatility.true_range(), tr = averages.wilder(length),
                            up = averages.wilder(length), down = averages.wilder(length),
                            average = averages.wilder(length)})
end

---@param bar Bar
---@return number? adx nil before its time, when plus and minus may be there already
---@return number? plus DI+
---@return number? minus DI-
function Adx:push(bar)
  local last_high, last_low = self.high, self.low
  self.high, self.low = bar.high, bar.low
  local range = self.range:push(bar)
  if not range then return nil end
  local rise, fall = bar.high - last_high, last_low - bar.low
  local tr = self.tr:push(range)
  local up = self.up:push(rise > fall and rise > 0 and rise or 0)
  local down = self.down:push(fall > rise and fall > 0 and fall or 0)
  if not tr then return nil end
  local plus, minus = 0.0, 0.0
  if tr > 0 then plus, minus = 100 * up / tr, 100 * down / tr end
  local sum = plus + minus
  local adx = self.average:push(sum > 0 and 100 * math.abs(plus - minus) / sum or 0)
  return adx, plus, minus
end

local Supertrend = class("supertrend", {"close", "lower", "upper", "rising"}, {"range"})

--- SuperTrend: bands `width` ATRs either side of (high + low) / 2 that only ever close in on the
-- price; the one on the far side is the stop, and a close beyond it turns the trend.
-- Warm-up: `length` + 1 bars; it begins as a falling trend that the first close may turn.
-- Cost: constant.
---@param length? integer 10
---@param width? number 3
function trend.supertrend(length, width)
  length, width = length or 10, width or 3
  return Supertrend:new({length, width}, {width = width, rising = false,
                                          range = volatility.atr(length)})
end

---@param bar Bar
---@return number? stop
---@return boolean? rising
function Supertrend:push(bar)
  local last, range = self.close, self.range:push(bar)
  self.close = bar.close
  if not range then return nil end
  local middle = (bar.high + bar.low) / 2
  local lower, upper = middle - self.width * range, middle + self.width * range
  if self.lower then
    if last >= self.lower then lower = math.max(lower, self.lower) end
    if last <= self.upper then upper = math.min(upper, self.upper) end
  end
  self.lower, self.upper = lower, upper
  if self.rising then
    self.rising = bar.close >= lower
  else
    self.rising = bar.close > upper
  end
  return self.rising and lower or upper, self.rising
end

--- The middle between the highest high and the lowest low of `length` bars.
local Middle = class("middle", {}, {"highest", "lowest"})

local function middle_of(length)
  return Middle:new({length}, {highest = series.highest(length), lowest = series.lowest(length)})
end

function Middle:push(bar)
  local high, low = self.highest:push(bar.high), self.lowest:push(bar.low)
  return high and (high + low) / 2
end

local Ichimoku = class("ichimoku", {}, {"conversion", "base", "long", "cloud_a", "cloud_b"})

--- Ichimoku Kinko Hyo: conversion (tenkan) and base (kijun) are the middles of the ranges of
-- `conversion` and `base` bars; span A is the middle of those two, span B that of the range of
-- `span` bars. Both spans are drawn `shift` bars ahead: the cloud over this bar is the pair that
-- was worked out `shift` bars ago, and comes as the last two values. The lagging line (chikou) is
-- the close itself, drawn `shift` bars back: compare with an old close.
-- Warm-up: the longest range, and `shift` bars more for the cloud. Cost: constant on average.
---@param conversion? integer 9
---@param base? integer 26
---@param span? integer 52
---@param shift? integer 26
function trend.ichimoku(conversion, base, span, shift)
  conversion, base, span, shift = conversion or 9, base or 26, span or 52, shift or 26
  return Ichimoku:new({conversion, base, span, shift},
    {conversion = middle_of(conversion), base = middle_of(base), long = middle_of(span),
     cloud_a = series.new(shift), cloud_b = series.new(shift)})
end

---@param bar Bar
---@return number? conversion
---@return number? base
---@return number? span_a
---@return number? span_b
---@return number? cloud_a of this bar, worked out `shift` bars ago
---@return number? cloud_b
function Ichimoku:push(bar)
  local conversion, base = self.conversion:push(bar), self.base:push(bar)
  local span_b = self.long:push(bar)
  if not (conversion and base and span_b) then return nil end
  local span_a = (conversion + base) / 2
  return conversion, base, span_a, span_b, self.cloud_a:push(span_a), self.cloud_b:push(span_b)
end

local Linreg = class("linreg", {}, {"window"})

--- Linear regression: the least-squares line through the last `length` values. `value` is the line
-- at the newest, `slope` its rise per value, `fit` is R squared: 1 on a line, 0 where time explains
-- nothing (and where nothing moved).
-- Warm-up: `length` values. Cost: constant.
---@param length? integer 20, at least 2
function trend.linreg(length)
  length = length or 20
  assert(length >= 2, "linreg: a line takes two values")
  return Linreg:new({length}, {window = series.new(length), weighted = 0.0, renewed = 0})
end

--- The sum of k times the distance from the window's pivot, k from 1 at the oldest, is kept
-- running; taken anew whenever the window's own sums were.
local function weigh(self)
  local window, weighted = self.window, 0.0
  for k = 1, window.length do
    weighted = weighted + k * (window:ago(window.length - k) - window.pivot)
  end
  self.weighted, self.renewed = weighted, window.renewed
end

---@param value number
---@return number? value
---@return number? slope
---@return number? fit
function Linreg:push(value)
  local window = self.window
  local n, pivot = window.length, window.pivot
  self.weighted = self.weighted - (window.sum - n * pivot) + n * (value - pivot)
  window:push(value)
  local mean, variance = window:mean(), window:variance()
  if not mean then return nil end
  if window.renewed ~= self.renewed then weigh(self) end
  local sxy = self.weighted - (n + 1) / 2 * (window.sum - n * window.pivot)
  local sxx, syy, half = n * (n * n - 1) / 12, n * variance, (n - 1) / 2
  local slope = sxy / sxx
  local moved = syy > n * (mean * series.NOISE) ^ 2
  return mean + slope * half, slope, moved and math.min(1, sxy * sxy / (sxx * syy)) or 0.0
end

return trend
