--- Streaming indicators, a constant cost per bar. Each has `push(value)`, which returns the
-- indicator's value, or nil until it has seen enough.
--
--     local indicators = require "indicators"
--     local fast = indicators.ema(12)
--     local value = fast:push(close)
local series = require "series"

local indicators = {}

--- Simple moving average over `length` bars.
function indicators.sma(length)
  local window = series.new(length)
  return {push = function(_, value)
    window:push(value)
    return window:mean()
  end}
end

--- Exponential moving average, seeded with the simple average of the first `length` bars.
function indicators.ema(length)
  local seed, weight, average = series.new(length), 2 / (length + 1), nil
  return {push = function(_, value)
    if average then
      average = average + weight * (value - average)
    else
      seed:push(value)
      average = seed:mean()
    end
    return average
  end}
end

--- Wilder's relative strength index, 0 to 100; 50 when nothing moved.
function indicators.rsi(length)
  local last, seen, gain, loss = nil, 0, 0.0, 0.0
  return {push = function(_, value)
    if not last then
      last = value
      return nil
    end
    local change = value - last
    last, seen = value, seen + 1
    local up, down = math.max(change, 0), math.max(-change, 0)
    if seen <= length then
      gain, loss = gain + up / length, loss + down / length
      if seen < length then return nil end
    else
      gain = (gain * (length - 1) + up) / length
      loss = (loss * (length - 1) + down) / length
    end
    if gain + loss == 0 then return 50.0 end
    return 100 * gain / (gain + loss)
  end}
end

return indicators
