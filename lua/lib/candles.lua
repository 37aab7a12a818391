--- What scripts that live by candles have in common.
--
--     local candles = require "candles"
--     local length = candles.length(host.number("candle", 60))    raises when the host builds none
--     function rule.on_candle(candle)
--       if candle.length ~= length then return end ...
--     local recent = candles.recent(15)                           the last 15, with their times
local candles = {}

local SECOND_NS = 1000000000

--- The length in ns, as candles have it, of one that the host builds.
---@param seconds number
---@return integer
function candles.length(seconds)
  local built = {}
  for i, each in ipairs(host.candles()) do
    if each == seconds then return math.floor(seconds * SECOND_NS) end
    built[i] = tostring(each)
  end
  error("candle = " .. seconds .. ", but the host builds candles of " .. table.concat(built, ", ")
    .. " s", 0)
end

local Recent = {}
Recent.__index = Recent

--- Numbers of the last `count` candles, by the time each began.
function candles.recent(count)
  return setmetatable({count = math.ceil(count), at = 0, starts = {}, values = {}}, Recent)
end

function Recent:push(start, value)
  self.at = self.at % self.count + 1
  self.starts[self.at], self.values[self.at] = start, value
end

--- An iterator of start, value, oldest first.
function Recent:each()
  local step = 0
  return function()
    while step < self.count do
      step = step + 1
      local place = (self.at + step - 1) % self.count + 1
      if self.starts[place] then return self.starts[place], self.values[place] end
    end
  end
end

--- Times go as text: nanoseconds grow past what JSON holds exactly.
function Recent:save()
  local saved = {starts = {}, values = {}}
  for start, value in self:each() do
    saved.starts[#saved.starts + 1], saved.values[#saved.values + 1] = tostring(start), value
  end
  return saved
end

function Recent:load(saved)
  for i, start in ipairs(saved and saved.starts or {}) do
    self:push(math.tointeger(tonumber(start)), saved.values[i])
  end
end

return candles
