--- A fixed window of numbers, newest last: the ground under moving indicators.
--
--     local series = require "series"
--     local window = series.new(20)
--     window:push(61496.5)
--     window:mean()                nil until the window is full
--     window:deviation()           its standard deviation
--     local top = series.highest(20)
--     top:push(61500)              the highest of the last 20, nil until there are 20
--
-- Numbers here are floats: indicators feed decisions, never prices or sizes of orders.
local series = {NOISE = 1e-12} -- of the mean: deviations below that are rounding, not movement
series.__index = series

local function check_length(length)
  assert(math.type(length) == "integer" and length > 0, "series: a positive whole length is wanted")
end

--- One that is not finite would stay in every later sum; better to hear of it where it came in.
local function check_number(value)
  if type(value) ~= "number" or value - value ~= 0 then
    error("series: a finite number is wanted, not " .. tostring(value), 3)
  end
end

--- Sums are kept running: `sum`, and `squares` of the distances from `pivot`, a mean of late, for
-- squares of prices themselves would lose what matters when prices are large and moves small.
function series.new(length)
  check_length(length)
  return setmetatable({length = length, count = 0, at = 0, sum = 0.0, pivot = 0.0, squares = 0.0,
                       renewed = 0}, series)
end

--- Takes the sums anew, by a walk of the window.
function series:renew()
  local sum, squares = 0.0, 0.0
  for i = 1, self.count do sum = sum + self[i] end
  local pivot = sum / self.count
  for i = 1, self.count do squares = squares + (self[i] - pivot) ^ 2 end
  self.sum, self.pivot, self.squares, self.renewed = sum, pivot, squares, self.renewed + 1
end

--- Adds a number; returns the one that fell out, nil while the window fills.
-- Adding and subtracting for ever drifts, so once per turn of the window the sums are taken anew;
-- also when what fell out was so large that what is left of them is its rounding.
function series:push(value)
  check_number(value)
  local at, pivot = self.at % self.length + 1, self.pivot
  local fell = self[at]
  local gone = (fell or pivot) - pivot
  self.at, self[at] = at, value
  if not fell then self.count = self.count + 1 end
  self.sum = self.sum + value - (fell or 0)
  self.squares = self.squares + (value - pivot) ^ 2 - gone * gone
  if at == self.length or fell and (math.abs(fell) > 1000 * math.abs(self.sum)
      or gone * gone > 1000 * self.squares) then
    self:renew()
  end
  return fell
end

function series:full()
  return self.count == self.length
end

function series:mean()
  return self:full() and self.sum / self.length or nil
end

--- The variance of the window as it is (divided by its length, not by one less).
function series:variance()
  if not self:full() then return nil end
  local moved = (self.sum / self.length - self.pivot) ^ 2
  local variance = self.squares / self.length - moved
  if variance >= moved / 100 then return variance end
  self:renew() -- the difference of two numbers that are nearly the same
  return self.squares / self.length
end

--- The root of it; 0 where that is rounding, not movement.
function series:deviation()
  if not self:full() then return nil end
  local deviation = math.sqrt(self:variance())
  return deviation > math.abs(self.sum / self.length) * series.NOISE and deviation or 0.0
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

--- The highest or lowest of a window. What a newer and better value has overtaken can never be the
-- answer again and is dropped: each value comes and goes once, however long the window.
local Extreme = {}
Extreme.__index = Extreme

local function extreme(length, sign)
  check_length(length)
  return setmetatable({length = length, sign = sign, count = 0, first = 1, last = 0, values = {},
                       pushed = {}}, Extreme)
end

function series.highest(length) return extreme(length, 1) end

function series.lowest(length) return extreme(length, -1) end

--- The extreme with `value` in the window; nil until the window is full.
function Extreme:push(value)
  check_number(value)
  local values, pushed, sign = self.values, self.pushed, self.sign
  self.count = self.count + 1
  while self.last >= self.first and sign * (value - values[self.last]) >= 0 do
    values[self.last], pushed[self.last] = nil, nil
    self.last = self.last - 1
  end
  self.last = self.last + 1
  values[self.last], pushed[self.last] = value, self.count
  if pushed[self.first] <= self.count - self.length then
    values[self.first], pushed[self.first] = nil, nil
    self.first = self.first + 1
  end
  return self:value()
end

function Extreme:value()
  if self.count < self.length then return nil end
  return self.values[self.first]
end

--- How many pushes ago the extreme came, 0 for the newest; nil until the window is full.
function Extreme:age()
  if self.count < self.length then return nil end
  return self.count - self.pushed[self.first]
end

function Extreme:save()
  local values, ages = {}, {}
  for i = self.first, self.last do
    values[#values + 1], ages[#ages + 1] = self.values[i], self.count - self.pushed[i]
  end
  return {count = math.min(self.count, self.length), values = values, ages = ages}
end

--- Into one that is new and of the same length.
function Extreme:load(saved)
  if not saved then return end
  self.count, self.first, self.last = saved.count, 1, #saved.values
  for i, value in ipairs(saved.values) do
    self.values[i], self.pushed[i] = value, saved.count - saved.ages[i]
  end
end

return series
