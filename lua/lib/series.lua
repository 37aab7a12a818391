--- A fixed window of numbers, newest last: the ground under moving indicators.
--
--     local series = require "series"
--     local window = series.new(20)
--     window:push(61496.5)
--     window:mean()                nil until the window is full
--
-- Numbers here are floats: indicators feed decisions, never prices or sizes of orders.
local series = {}
series.__index = series

function series.new(length)
  assert(math.type(length) == "integer" and length > 0, "series: a positive whole length is wanted")
  return setmetatable({length = length, count = 0, at = 0, sum = 0.0}, series)
end

--- Adds a number; returns the one that fell out, nil while the window fills.
function series:push(value)
  self.at = self.at % self.length + 1
  local fell = self[self.at]
  self[self.at] = value
  self.sum = self.sum + value - (fell or 0)
  if not fell then self.count = self.count + 1 end
  -- Adding and subtracting for ever drifts: once per turn of the window the sum is taken anew.
  if self.at == self.length then self:resum() end
  return fell
end

function series:resum()
  local sum = 0.0
  for i = 1, self.count do sum = sum + self[i] end
  self.sum = sum
end

function series:full()
  return self.count == self.length
end

function series:mean()
  return self:full() and self.sum / self.length or nil
end

--- The value `back` pushes ago; 0 is the newest.
function series:ago(back)
  if back < 0 or back >= self.count then return nil end
  return self[(self.at - back - 1) % self.length + 1]
end

--- What on_save may keep: the numbers, oldest first.
function series:save()
  local values = {}
  for back = self.count - 1, 0, -1 do values[#values + 1] = self:ago(back) end
  return values
end

--- Pushes what another window saved; of a longer one, the newest.
function series:load(values)
  for _, value in ipairs(values or {}) do self:push(value) end
end

return series
