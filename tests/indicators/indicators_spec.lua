--- Every indicator of lua/lib agrees with one by others over four hundred real bars. What they
-- said is kept in reference.csv.gz; run.mjs has it worked out anew by the libraries themselves.
local bars = require "bars"
local compare = require "tests.indicators.compare"
local indicators = require "indicators"

local BARS, REFERENCE = "tests/data/btc-perp.bars-1m.csv", "tests/indicators/reference.csv.gz"

--- Those that no library at hand has, tested by hand in tests/lua/indicators_spec.lua.
local BY_HAND = {microprice = true, imbalance = true, order_flow_imbalance = true}

local list = compare.read_bars(BARS)

describe("indicators beside those of others", function()
  for _, result in ipairs(compare.run(list, REFERENCE)) do
    it(result.name .. " agrees", function()
      assert.is_nil(result.at, ("bar %s: %s expected, ours says %s"):format(result.at,
        result.expected, result.got))
      assert.is_true(result.compared >= 300)
    end)
  end

  it("a number that is off would be seen", function()
    local moved = compare.read_bars(BARS)
    moved[200].close = moved[200].close + 0.01
    local off = {}
    for _, result in ipairs(compare.run(moved, REFERENCE)) do off[result.name] = result.at end
    for _, name in ipairs{"sma_20", "rsi_14", "macd", "cci_20", "linreg_20", "kama_10"} do
      assert.is_truthy(off[name], name)
    end
  end)

  it("none is left out", function()
    local sources = {}
    for _, column in ipairs(compare.COLUMNS) do sources[#sources + 1] = column[1] end
    local columns = table.concat(sources, " ")
    for name in pairs(indicators) do
      local short = name:match("^realised") or name
      assert.is_truthy(BY_HAND[name] or columns:find(short, 1, true), name)
    end
  end)
end)

describe("an indicator", function()
  local constructors = {
    sma = {7}, ema = {7}, wilder = {7}, wma = {7}, vwma = {7}, kama = {7}, rsi = {7},
    macd = {3, 7, 4}, stochastic = {7, 3}, cci = {7}, true_range = {}, atr = {7},
    bollinger = {7, 2.5}, keltner = {7, 4, 1.5}, donchian = {7}, zscore = {7},
    realised_volatility = {7}, adx = {7}, supertrend = {7, 2}, ichimoku = {3, 7, 11, 5},
    linreg = {7}, obv = {}, mfi = {7}, vwap = {},
  }
  local of_values = {sma = true, ema = true, wilder = true, wma = true, kama = true, rsi = true,
                     macd = true, bollinger = true, zscore = true, realised_volatility = true,
                     linreg = true}

  local function same(expected, got, name)
    assert.equal(expected.n, got.n, name)
    for i = 1, expected.n do
      local one, two = expected[i], got[i]
      if type(one) == "number" then
        assert.is_true(type(two) == "number" and math.abs(one - two) <= 1e-9 * math.max(1, one),
          ("%s: %s, not %s"):format(name, two, one))
      else
        assert.equal(one, two, name)
      end
    end
  end

  local function push(indicator, name, bar)
    return table.pack(indicator:push(of_values[name] and bar.close or bar))
  end

  it("goes on after save and load as if nothing had happened, at whatever bar", function()
    for name, parameters in pairs(constructors) do
      for cut = 1, 40, 3 do
        local whole = indicators[name](table.unpack(parameters))
        local first = indicators[name](table.unpack(parameters))
        local second = indicators[name](table.unpack(parameters))
        for i = 1, cut do
          push(whole, name, list[i])
          push(first, name, list[i])
        end
        assert.is_true(second:load(first:save()), name)
        for i = cut + 1, 80 do
          same(push(whole, name, list[i]), push(second, name, list[i]), name)
        end
      end
    end
  end)

  it("starts over when what was saved was of other parameters, or of another indicator", function()
    for name, parameters in pairs(constructors) do
      if parameters[1] then
        local old = indicators[name](table.unpack(parameters))
        for i = 1, 40 do push(old, name, list[i]) end
        local others = {}
        for i, value in ipairs(parameters) do others[i] = value + 1 end
        local fresh = indicators[name](table.unpack(others))
        assert.is_false(fresh:load(old:save()), name)
        assert.is_nil(push(fresh, name, list[1])[1], name)
        assert.is_false(fresh:load(nil))
      end
    end
    assert.is_false(indicators.ema(7):load(indicators.wilder(7):save()))
  end)

  it("says something finite of a market that does not move, or has no volume", function()
    local flat = {open = 0.1, high = 0.1, low = 0.1, close = 0.1, volume = 0.0}
    for name, parameters in pairs(constructors) do
      local indicator = indicators[name](table.unpack(parameters))
      for i = 1, 30 do push(indicator, name, list[i]) end
      for _ = 1, 200 do
        local said = push(indicator, name, flat)
        for i = 1, said.n do
          local value = said[i]
          assert.is_true(type(value) ~= "number" or value - value == 0, name)
        end
      end
    end
    local zscore, cci, mfi = indicators.zscore(7), indicators.cci(7), indicators.mfi(7)
    local line, vwma, last = indicators.linreg(7), indicators.vwma(7), {}
    for i = 1, 40 do
      local bar = i <= 11 and list[i] or flat
      last.zscore, last.cci, last.mfi = zscore:push(bar.close), cci:push(bar), mfi:push(bar)
      last.line = {line:push(bar.close)}
      last.vwma = vwma:push(bar)
    end
    assert.equal(0, last.zscore)
    assert.equal(0, last.cci)
    assert.equal(50, last.mfi)
    assert.equal(0, last.line[3])
    assert.is_true(math.abs(last.vwma - 0.1) < 1e-12)
  end)

  it("refuses numbers that are not finite", function()
    for name in pairs(of_values) do
      local indicator = indicators[name](table.unpack(constructors[name]))
      for i = 1, 40 do indicator:push(list[i].close) end
      assert.has_error(function()
        for _ = 1, 3 do indicator:push(0 / 0) end
      end)
    end
  end)
end)

describe("bars", function()
  it("are built of ticks, aligned to the clock", function()
    local builder = bars.builder(5)
    local second = 1000000000
    assert.is_nil(builder:push(100, 1, 12 * second))
    assert.is_nil(builder:push(104, 2, 13 * second))
    assert.is_nil(builder:push(99, 0, 14 * second + 999999999))
    local closed = builder:push(101, 1, 15 * second)
    assert.same({open = 100, high = 104, low = 99, close = 99, volume = 3, start = 10 * second},
      closed)
    assert.is_nil(builder:push(102, 1, 14 * second)) -- late: it counts into the open one
    closed = builder:push(90, 1, 61 * second)        -- nothing for eight spans
    assert.equal(102, closed.close)
    assert.equal(15 * second, closed.start)
    assert.has_error(function() bars.builder(0) end)
  end)
end)
