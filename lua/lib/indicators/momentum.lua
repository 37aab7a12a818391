--- How fast and how far: RSI, MACD, stochastic, CCI.
local averages = require "indicators.averages"
local class = require "indicators.class"
local series = require "series"

local momentum = {}

local Rsi = class("rsi", {"last"}, {"gain", "loss"})

--- Wilder's relative strength index: 100 * gain / (gain + loss), both smoothed by Wilder's average.
-- 0 to 100; 50 when nothing moved (others say 100 there, for they divide by a loss of 0).
-- Warm-up: `length` + 1 values. Cost: constant.
---@param length integer
function momentum.rsi(length)
  return Rsi:new({length}, {gain = averages.wilder(length), loss = averages.wilder(length)})
end

---@param value number
---@return number? 0 to 100
function Rsi:push(value)
  local last = self.last
  self.last = value
  if not last then return nil end
  local gain = self.gain:push(math.max(value - last, 0))
  local loss = self.loss:push(math.max(last - value, 0))
  if not gain then return nil end
  if gain + loss == 0 then return 50.0 end
  return 100 * gain / (gain + loss)
end

local Macd = class("macd", {}, {"fast", "slow", "signal"})

--- Moving average convergence divergence: EMA(fast) - EMA(slow), its own EMA as signal, and the
-- difference of the two as histogram. Each EMA is seeded by the mean of its first values.
-- Warm-up: `slow` values for the line alone, `slow` + `signal` - 1 for all three. Cost: constant.
---@param fast? integer 12
---@param slow? integer 26
---@param signal? integer 9
function momentum.macd(fast, slow, signal)
  fast, slow, signal = fast or 12, slow or 26, signal or 9
  assert(fast < slow, "macd: fast must be shorter than slow")
  return Macd:new({fast, slow, signal}, {fast = averages.ema(fast), slow = averages.ema(slow),
                                         signal = averages.ema(signal)})
end

---@param value number
---@return number? line
---@return number? signal
---@return number? histogram
function Macd:push(value)
  local fast, slow = self.fast:push(value), self.slow:push(value)
  if not slow then return nil end
  local line = fast - slow
  local signal = self.signal:push(line)
  return line, signal, signal and line - signal
end

local Stochastic = class("stochastic", {}, {"highest", "lowest", "signal"})

--- The fast stochastic oscillator: %K is where the close stands between the lowest low (0) and the
-- highest high (100) of `length` bars, %D the plain mean of the last `signal` %K.
-- A range of 0 gives 50: the close is at both ends at once.
-- Warm-up: `length` bars for %K, `length` + `signal` - 1 for %D. Cost: constant on average.
---@param length? integer 14
---@param signal? integer 3
function momentum.stochastic(length, signal)
  length, signal = length or 14, signal or 3
  return Stochastic:new({length, signal},
    {highest = series.highest(length), lowest = series.lowest(length),
     signal = averages.sma(signal)})
end

---@param bar Bar
---@return number? k
---@return number? d
function Stochastic:push(bar)
  local high, low = self.highest:push(bar.high), self.lowest:push(bar.low)
  if not high then return nil end
  local k = high > low and 100 * (bar.close - low) / (high - low) or 50.0
  return k, self.signal:push(k)
end

local Cci = class("cci", {}, {"window"})

--- Lambert's commodity channel index: (typical - mean) / (0.015 * mean absolute deviation), with
-- typical = (high + low + close) / 3. 0 when nothing moved.
-- Warm-up: `length` bars. Cost: the one here that walks the window, for with the mean each distance
-- from it moves.
---@param length? integer 20
function momentum.cci(length)
  length = length or 20
  return Cci:new({length}, {window = series.new(length)})
end

---@param bar Bar
---@return number?
function Cci:push(bar)
  local typical, window = (bar.high + bar.low + bar.close) / 3, self.window
  window:push(typical)
  local mean = window:mean()
  if not mean then return nil end
  local sum = 0.0
  for i = 1, window.length do sum = sum + math.abs(window[i] - mean) end
  local deviation = sum / window.length
  return deviation > mean * series.NOISE and (typical - mean) / (0.015 * deviation) or 0.0
end

return momentum
