--- Price with volume: OBV, MFI, VWAP.
local class = require "indicators.class"
local series = require "series"

local volume = {}

local Obv = class("obv", {"last", "total"})

--- Granville's on-balance volume: the volume of rising closes less that of falling ones, from 0 at
-- the first bar. Its level means nothing, its course does. Warm-up: none. Cost: constant.
function volume.obv()
  return Obv:new({}, {total = 0.0})
end

---@param bar Bar
---@return number
function Obv:push(bar)
  local last = self.last
  self.last = bar.close
  if last and bar.close > last then
    self.total = self.total + bar.volume
  elseif last and bar.close < last then
    self.total = self.total - bar.volume
  end
  return self.total
end

local Mfi = class("mfi", {"last"}, {"up", "down"})

--- Money flow index, an RSI with volume in it: 100 * up / (up + down), where up and down are the
-- sums over `length` bars of typical price times volume of bars whose typical price rose or fell.
-- One that stayed counts for neither (as in Tulip and TA-Lib). 50 when no money flowed.
-- Warm-up: `length` + 1 bars. Cost: constant.
---@param length? integer 14
function volume.mfi(length)
  length = length or 14
  return Mfi:new({length}, {up = series.new(length), down = series.new(length)})
end

---@param bar Bar
---@return number? 0 to 100
function Mfi:push(bar)
  local typical, last = (bar.high + bar.low + bar.close) / 3, self.last
  self.last = typical
  if not last then return nil end
  local flow = typical * bar.volume
  self.up:push(typical > last and flow or 0)
  self.down:push(typical < last and flow or 0)
  if not self.up:full() then return nil end
  local up, down = self.up.sum, self.down.sum
  return up + down > 0 and 100 * up / (up + down) or 50.0
end

local Vwap = class("vwap", {"money", "volume"})

--- Volume-weighted average price since the last `reset`: of bars (their typical price) by `push`,
-- of trades by `trade`. When a session begins is the caller's to say: call `reset`.
-- Warm-up: the first volume. Cost: constant.
function volume.vwap()
  return Vwap:new({}, {money = 0.0, volume = 0.0})
end

---@param bar Bar
---@return number?
function Vwap:push(bar)
  return self:trade((bar.high + bar.low + bar.close) / 3, bar.volume)
end

---@param price number
---@param size number
---@return number?
function Vwap:trade(price, size)
  self.money, self.volume = self.money + price * size, self.volume + size
  return self:value()
end

---@return number?
function Vwap:value()
  return self.volume > 0 and self.money / self.volume or nil
end

function Vwap:reset()
  self.money, self.volume = 0.0, 0.0
end

return volume
