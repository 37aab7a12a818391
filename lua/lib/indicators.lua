--- Streaming indicators, a constant cost per bar. Each has `push(value)`, which returns the
-- indicator's value, or nil until it has seen enough, and `save()` and `load(saved)`, so that a
-- reload does not begin from nothing.
--
--     local indicators = require "indicators"
--     local fast = indicators.ema(12)
--     local value = fast:push(close)
local series = require "series"

local indicators = {}

local Sma = {}
Sma.__index = Sma

--- Simple moving average over `length` bars.
function indicators.sma(length)
  return setmetatable({window = series.new(length)}, Sma)
end

function Sma:push(value)
  self.window:push(value)
  return self.window:mean()
end

function Sma:save() return self.window:save() end

function Sma:load(saved) self.window:load(saved) end

local Ema = {}
Ema.__index = Ema

--- Exponential moving average, seeded with the simple average of the first `length` bars.
function indicators.ema(length)
  return setmetatable({length = length, weight = 2 / (length + 1), seed = series.new(length)}, Ema)
end

function Ema:push(value)
  if self.average then
    self.average = self.average + self.weight * (value - self.average)
  else
    self.seed:push(value)
    self.average = self.seed:mean()
  end
  return self.average
end

function Ema:save()
  return {length = self.length, average = self.average, seed = self.seed:save()}
end

--- An average over another length is another average: it starts over.
function Ema:load(saved)
  if not saved or saved.length ~= self.length then return end
  self.seed:load(saved.seed)
  self.average = saved.average
end

local Rsi = {}
Rsi.__index = Rsi

--- Wilder's relative strength index, 0 to 100; 50 when nothing moved.
function indicators.rsi(length)
  assert(math.type(length) == "integer" and length > 0, "rsi: a positive whole length is wanted")
  return setmetatable({length = length, seen = 0, gain = 0.0, loss = 0.0}, Rsi)
end

function Rsi:push(value)
  local last = self.last
  self.last = value
  if not last then return nil end
  local length, up, down = self.length, math.max(value - last, 0), math.max(last - value, 0)
  self.seen = self.seen + 1
  if self.seen <= length then
    self.gain, self.loss = self.gain + up / length, self.loss + down / length
    if self.seen < length then return nil end
  else
    self.gain = (self.gain * (length - 1) + up) / length
    self.loss = (self.loss * (length - 1) + down) / length
  end
  if self.gain + self.loss == 0 then return 50.0 end
  return 100 * self.gain / (self.gain + self.loss)
end

function Rsi:save()
  return {length = self.length, last = self.last, seen = self.seen, gain = self.gain,
          loss = self.loss}
end

function Rsi:load(saved)
  if not saved or saved.length ~= self.length then return end
  self.last, self.seen, self.gain, self.loss = saved.last, saved.seen, saved.gain, saved.loss
end

return indicators
