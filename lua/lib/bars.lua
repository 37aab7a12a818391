--- Bars of plain floats: what indicators of bars are fed with.
--
--     local bars = require "bars"
--     function strategy.on_candle(candle) local range = atr:push(bars.of(candle)) ... end
--
--     local builder = bars.builder(5)              five-second bars out of ticks
--     function strategy.on_book(book)
--       local bar = not book:stale() and builder:push(book:mid():number(), 0, host.now())
--       if bar then ... end                        one has closed
--     end
local bars = {}

---@class Bar
---@field open number
---@field high number
---@field low number
---@field close number
---@field volume number base coin
---@field start? integer Unix ns

--- A candle of the host as a bar.
---@param candle Candle
---@return Bar
function bars.of(candle)
  return {open = candle.open:number(), high = candle.high:number(), low = candle.low:number(),
          close = candle.close:number(), volume = candle.volume:number(), start = candle.start}
end

local Builder = {}
Builder.__index = Builder

--- Makes bars of `seconds`, aligned to the clock, out of trades or mids. A bar is closed by the
-- first tick after its end; a span without ticks has none.
---@param seconds number
function bars.builder(seconds)
  assert(type(seconds) == "number" and seconds > 0, "bars: a positive length is wanted")
  return setmetatable({length = math.floor(seconds * 1000000000)}, Builder)
end

---@param price number
---@param size number 0 for a mid
---@param time integer Unix ns; a tick from before the open bar counts into it
---@return Bar? closed
function Builder:push(price, size, time)
  local bar, start = self.bar, time - time % self.length
  if bar and start <= bar.start then
    bar.high, bar.low = math.max(bar.high, price), math.min(bar.low, price)
    bar.close, bar.volume = price, bar.volume + size
    return nil
  end
  self.bar = {open = price, high = price, low = price, close = price, volume = size, start = start}
  return bar
end

return bars
