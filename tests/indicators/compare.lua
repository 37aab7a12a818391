--- Our indicators beside those of others, value by value.
--     lua5.4 tests/indicators/compare.lua BARS.csv REFERENCE.csv
-- REFERENCE is what reference.mjs printed of BARS (.gz is read too). Prints the largest difference
-- of each column and exits 1 when one is past its tolerance, or when one speaks and the other not.
--
-- Tolerances are relative to the size of the numbers (at least 1): the reference comes with 13
-- digits, and two columns ask for more, see there.
local indicators = require "indicators"

local compare = {}

local TIGHT = 1e-11
local EARLIER = "earlier" -- ours may speak before the other does

-- What of ours stands in each column: a function that makes one of bar -> value.
local function of_value(make, which)
  return function()
    local indicator = make()
    return function(bar) return (select(which or 1, indicator:push(bar.close))) end
  end
end

local function of_bar(make, which)
  return function()
    local indicator = make()
    return function(bar) return (select(which or 1, indicator:push(bar))) end
  end
end

local function made(name, ...)
  local parameters = {...}
  return function() return indicators[name](table.unpack(parameters)) end
end

local macd, bollinger, keltner = made("macd"), made("bollinger", 20, 2), made("keltner", 20, 10, 2)
local stochastic, adx, ichimoku = made("stochastic"), made("adx", 14), made("ichimoku")
local donchian, supertrend, linreg = made("donchian", 20), made("supertrend"), made("linreg", 20)

local function number(push)
  return function()
    local value = push()
    return function(bar)
      local got = value(bar)
      if type(got) == "boolean" then return got and 1 or 0 end
      return got
    end
  end
end

-- column, ours, and a tolerance or EARLIER.
compare.COLUMNS = {
  {"sma_20", of_value(made("sma", 20))},
  {"ema_12", of_value(made("ema", 12))},
  {"wilder_14", of_value(made("wilder", 14))},
  {"wma_20", of_value(made("wma", 20))},
  {"vwma_20", of_bar(made("vwma", 20))},
  {"kama_10", of_value(made("kama", 10))},
  {"rsi_14", of_value(made("rsi", 14))},
  {"macd", of_value(macd, 1)},
  {"macd_signal", of_value(macd, 2)},
  {"macd_histogram", of_value(macd, 3)},
  {"stochastic_k", of_bar(stochastic, 1)},
  {"stochastic_d", of_bar(stochastic, 2)},
  {"cci_20", of_bar(made("cci", 20)), 1e-9}, -- a small number over a small number
  {"true_range", of_bar(made("true_range"))},
  {"atr_14", of_bar(made("atr", 14))},
  {"bollinger_lower", of_value(bollinger, 1)},
  {"bollinger_middle", of_value(bollinger, 2)},
  {"bollinger_upper", of_value(bollinger, 3)},
  {"keltner_lower", of_bar(keltner, 1)},
  {"keltner_middle", of_bar(keltner, 2)},
  {"keltner_upper", of_bar(keltner, 3)},
  {"donchian_lower", of_bar(donchian, 1)},
  {"donchian_upper", of_bar(donchian, 3)},
  {"zscore_20", of_value(made("zscore", 20)), 1e-8}, -- their variance is a running sum of squares
  {"realised_30", of_value(made("realised_volatility", 30)), 1e-14}, -- it is about 1e-3
  {"adx_14", of_bar(adx, 1)},
  {"adx_plus", of_bar(adx, 2), EARLIER},
  {"adx_minus", of_bar(adx, 3), EARLIER},
  {"supertrend", of_bar(supertrend, 1)},
  {"supertrend_rising", number(of_bar(supertrend, 2))},
  {"ichimoku_conversion", of_bar(ichimoku, 1)},
  {"ichimoku_base", of_bar(ichimoku, 2)},
  {"ichimoku_span_a", of_bar(ichimoku, 3)},
  {"ichimoku_span_b", of_bar(ichimoku, 4)},
  {"linreg_20", of_value(linreg, 1)},
  {"linreg_slope", of_value(linreg, 2)},
  {"obv", of_bar(made("obv")), EARLIER},
  {"mfi_14", of_bar(made("mfi", 14))},
  {"vwap", of_bar(made("vwap"))},
}

local function lines(path)
  if not path:match("%.gz$") then return io.lines(path) end
  return assert(io.popen("gzip -dc '" .. path .. "'")):lines()
end

local function fields(line)
  local list = {}
  for field in (line .. ","):gmatch("([^,]*),") do list[#list + 1] = field end
  return list
end

--- Bars of a file with the columns start_s,open,high,low,close,notional_usd; volume is made base
-- coin.
function compare.read_bars(path)
  local list, next_line = {}, lines(path)
  assert(next_line() == "start_s,open,high,low,close,notional_usd", path .. ": other columns")
  for line in next_line do
    local row = fields(line)
    for i = 1, 6 do row[i] = assert(tonumber(row[i]), line) end
    list[#list + 1] = {start_s = row[1], open = row[2], high = row[3], low = row[4],
                       close = row[5], volume = row[6] / row[5]}
  end
  return list
end

--- Walks both; returns a table per column: name, worst, tolerance, compared, and of the first that
-- is off at, expected, got.
function compare.run(bar_list, reference_path)
  local next_line = lines(reference_path)
  local places, results, pushes = {}, {}, {}
  for i, name in ipairs(fields(next_line())) do places[name] = i end
  for i, column in ipairs(compare.COLUMNS) do
    assert(places[column[1]], reference_path .. " has no column " .. column[1])
    results[i] = {name = column[1], worst = 0, compared = 0, earlier = column[3] == EARLIER,
                  tolerance = tonumber(column[3]) or TIGHT}
    pushes[i] = column[2]()
  end
  for _, bar in ipairs(bar_list) do
    local row = fields(assert(next_line(), reference_path .. " ends before the bars"))
    assert(tonumber(row[1]) == bar.start_s, reference_path .. " is of other bars")
    for i, result in ipairs(results) do
      local expected, got = tonumber(row[places[result.name]]), pushes[i](bar)
      local off = got == nil and expected ~= nil
        or expected == nil and got ~= nil and not (result.earlier and result.compared == 0)
      if expected and got then
        local difference = math.abs(expected - got) / math.max(1, math.abs(expected))
        result.worst = math.max(result.worst, difference)
        result.compared = result.compared + 1
        off = difference ~= difference or difference > result.tolerance
      end
      if off and not result.at then
        result.at, result.expected, result.got = bar.start_s, expected, got
      end
    end
  end
  return results
end

if arg and arg[0] and arg[0]:match("compare%.lua$") then
  local wrong = 0
  for _, result in ipairs(compare.run(compare.read_bars(arg[1]), arg[2])) do
    print(("%-20s %6d compared, worst %.1e of %.1e"):format(result.name, result.compared,
      result.worst, result.tolerance))
    if result.at then
      wrong = wrong + 1
      print(("  bar %d: %s expected, ours says %s"):format(result.at, result.expected, result.got))
    end
  end
  os.exit(wrong == 0 and 0 or 1)
end

return compare
