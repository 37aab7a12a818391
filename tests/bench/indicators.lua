-- What an indicator costs per bar, in plain Lua as a runner has it: nanoseconds of CPU per push,
-- by length, over recorded bars; the best of a few rounds. The reference is a mean that walks its
-- window.
--     LUA_PATH="lua/lib/?.lua;?.lua" lua5.4 tests/bench/indicators.lua
local compare = require "tests.indicators.compare"
local indicators = require "indicators"

local bars = compare.read_bars("tests/data/btc-perp.bars-1m.csv")
local LENGTHS, ROUNDS, TURNS = {20, 200}, 5, 25

local function naive(length)
  local values = {}
  return {push = function(_, value)
    local sum = 0.0
    values[#values + 1] = value
    if #values < length then return nil end
    for i = #values - length + 1, #values do sum = sum + values[i] end
    return sum / length
  end}
end

local function of_bar(make) return {make = make, bar = true} end
local function of_value(make) return {make = make} end

local rows = {
  {"(a mean by a walk)", of_value(naive)},
}
for _, name in ipairs{"sma", "ema", "wilder", "wma", "kama", "rsi", "bollinger", "zscore",
                      "realised_volatility", "linreg"} do
  rows[#rows + 1] = {name, of_value(indicators[name])}
end
rows[#rows + 1] = {"macd", of_value(function(n) return indicators.macd(n // 2, n, 9) end)}
for _, name in ipairs{"vwma", "stochastic", "cci", "atr", "donchian", "adx", "supertrend", "mfi"} do
  rows[#rows + 1] = {name, of_bar(indicators[name])}
end
rows[#rows + 1] = {"keltner", of_bar(function(n) return indicators.keltner(n, n, 2) end)}
rows[#rows + 1] = {"ichimoku", of_bar(function(n)
  return indicators.ichimoku(n // 2, n, 2 * n, n)
end)}
rows[#rows + 1] = {"true_range", of_bar(function() return indicators.true_range() end)}
rows[#rows + 1] = {"obv", of_bar(function() return indicators.obv() end)}
rows[#rows + 1] = {"vwap", of_bar(function() return indicators.vwap() end)}

rows[#rows + 1] = {"order_flow_imbalance", of_bar(function(n)
  local flow = indicators.order_flow_imbalance(n)
  return {push = function(_, bar) return flow:push(bar.low, bar.volume, bar.high, bar.close) end}
end)}

local function once(kind, length)
  local indicator, is_bar = kind.make(length), kind.bar
  local began = os.clock()
  for _ = 1, TURNS do
    for i = 1, #bars do indicator:push(is_bar and bars[i] or bars[i].close) end
  end
  return (os.clock() - began) * 1e9 / (TURNS * #bars)
end

local function best(kind, length)
  local least = math.huge
  for _ = 1, ROUNDS do least = math.min(least, once(kind, length)) end
  return least
end

print(("%-34s %10s %10s   %s"):format("ns per bar", "n = 20", "n = 200",
  "against, in the same run"))
local walk = {}
for i, row in ipairs(rows) do
  local cost = {best(row[2], LENGTHS[1]), best(row[2], LENGTHS[2])}
  if i == 1 then walk = cost end
  print(("%-34s %10.0f %10.0f   a mean that walks its window %.0f, %.0f: %.2fx, %.2fx"):format(
    "indicator: " .. row[1], cost[1], cost[2], walk[1], walk[2], walk[1] / cost[1],
    walk[2] / cost[2]))
end
