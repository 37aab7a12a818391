--- lua/lib against numbers worked out by hand and against naive recomputation.
local series = require "series"
local indicators = require "indicators"

local function near(expected, got)
  assert.is_true(math.abs(expected - got) < 1e-9, ("expected %.12f, got %s"):format(expected,
    tostring(got)))
end

--- A repeatable walk, not a nice one.
local function walk(count)
  local values, state, price = {}, 12345, 61500.0
  for i = 1, count do
    state = (state * 1103515245 + 12345) % 2147483648
    price = price + (state / 2147483648 - 0.5) * 40
    values[i] = price
  end
  return values
end

describe("series", function()
  it("keeps the last numbers", function()
    local window = series.new(3)
    assert.is_nil(window:push(1))
    assert.is_nil(window:mean())
    assert.is_nil(window:push(2))
    assert.is_nil(window:push(3))
    assert.is_true(window:full())
    assert.equal(2, window:mean())
    assert.equal(1, window:push(10))
    assert.equal(5, window:mean())
    assert.equal(10, window:ago(0))
    assert.equal(3, window:ago(1))
    assert.equal(2, window:ago(2))
    assert.is_nil(window:ago(3))
    assert.is_nil(window:ago(-1))
  end)

  it("knows its deviation after a value that dwarfs the others, and walks seldom", function()
    local window, values = series.new(17), walk(5000)
    for i = 500, 5000, 500 do values[i] = 1e9 end
    for i, value in ipairs(values) do
      window:push(value)
      if i >= 17 then
        local sum, squares = 0, 0
        for k = i - 16, i do sum = sum + values[k] end
        for k = i - 16, i do squares = squares + (values[k] - sum / 17) ^ 2 end
        local expected = math.sqrt(squares / 17)
        assert.is_true(math.abs(window:deviation() - expected) <= 1e-9 * expected)
      end
    end
    assert.is_true(window.renewed < 2 * 5000 / 17, window.renewed)
  end)

  it("does not drift from a sum taken anew", function()
    local window, values = series.new(17), walk(5000)
    for i, value in ipairs(values) do
      window:push(value)
      if i >= 17 then
        local sum = 0
        for k = i - 16, i do sum = sum + values[k] end
        near(sum / 17, window:mean())
      end
    end
  end)

  it("refuses a length that is none", function()
    for _, length in ipairs{0, -1, 1.5, "3"} do
      assert.has_error(function() series.new(length) end)
    end
    assert.has_error(function() series.new(nil) end)
  end)

  it("knows its highest and lowest, and how old they are", function()
    local values = walk(400)
    for _, length in ipairs{1, 2, 7, 50} do
      local highest, lowest = series.highest(length), series.lowest(length)
      for i, value in ipairs(values) do
        local top, bottom = highest:push(value), lowest:push(value)
        if i < length then
          assert.is_nil(top)
          assert.is_nil(lowest:age())
        else
          assert.equal(math.max(table.unpack(values, i - length + 1, i)), top)
          assert.equal(math.min(table.unpack(values, i - length + 1, i)), bottom)
          assert.equal(bottom, values[i - lowest:age()])
        end
      end
    end
  end)

  it("refuses what is no finite number", function()
    for _, value in ipairs{0 / 0, 1 / 0, -1 / 0, "7"} do
      assert.has_error(function() series.new(3):push(value) end)
      assert.has_error(function() series.highest(3):push(value) end)
    end
  end)

  it("is the same after save and load", function()
    local window, values = series.new(5), walk(13)
    for _, value in ipairs(values) do window:push(value) end
    local copy = series.new(5)
    copy:load(window:save())
    for back = 0, 4 do assert.equal(window:ago(back), copy:ago(back)) end
    near(window:mean(), copy:mean())
    local shorter = series.new(2)
    shorter:load(window:save())
    assert.equal(window:ago(0), shorter:ago(0))
    assert.equal(window:ago(1), shorter:ago(1))
  end)
end)

describe("indicators", function()
  it("sma: 2, 4, 6, 8 over 3 gives 4 and 6", function()
    local sma = indicators.sma(3)
    assert.is_nil(sma:push(2))
    assert.is_nil(sma:push(4))
    near(4, sma:push(6))
    near(6, sma:push(8))
  end)

  it("ema: seeded with the mean of the first three, then half way each time", function()
    local ema = indicators.ema(3) -- weight 2 / (3 + 1)
    assert.is_nil(ema:push(10))
    assert.is_nil(ema:push(20))
    near(20, ema:push(30))
    near(30, ema:push(40))
    near(25, ema:push(20))
  end)

  it("ema: equal to the textbook's recursion over a long walk", function()
    local ema, values, expected = indicators.ema(9), walk(500), nil
    for i, value in ipairs(values) do
      local got = ema:push(value)
      if i < 9 then
        assert.is_nil(got)
      elseif i == 9 then
        local sum = 0
        for k = 1, 9 do sum = sum + values[k] end
        expected = sum / 9
        near(expected, got)
      else
        expected = value * 0.2 + expected * 0.8
        near(expected, got)
      end
    end
  end)

  it("rsi: gains 1, 2 and loss 1 over 3, then Wilder's smoothing", function()
    local rsi = indicators.rsi(3)
    assert.is_nil(rsi:push(10))
    assert.is_nil(rsi:push(11))
    assert.is_nil(rsi:push(13))
    near(75, rsi:push(12)) -- gains 3 against losses 1
    -- gain (1 * 2 + 0) / 3 = 2/3, loss (1/3 * 2 + 2) / 3 = 8/9
    near(100 * (2 / 3) / (2 / 3 + 8 / 9), rsi:push(10))
  end)

  it("rsi: 100 when all rose, 0 when all fell, 50 when nothing moved", function()
    local up, down, flat = indicators.rsi(4), indicators.rsi(4), indicators.rsi(4)
    local last_up, last_down, last_flat
    for i = 1, 10 do
      last_up, last_down, last_flat = up:push(i), down:push(-i), flat:push(7)
    end
    assert.equal(100, last_up)
    assert.equal(0, last_down)
    assert.equal(50, last_flat)
  end)

  it("rsi: equal to a naive recomputation from the whole history", function()
    local length, values = 14, walk(300)
    local rsi = indicators.rsi(length)
    for i, value in ipairs(values) do
      local got = rsi:push(value)
      if i <= length then
        assert.is_nil(got)
      else
        local gain, loss = 0, 0
        for k = 2, i do
          local change = values[k] - values[k - 1]
          local up, down = change > 0 and change or 0, change < 0 and -change or 0
          if k <= length + 1 then
            gain, loss = gain + up / length, loss + down / length
          else
            gain, loss = (gain * 13 + up) / 14, (loss * 13 + down) / 14
          end
        end
        near(100 - 100 / (1 + gain / loss), got)
      end
    end
  end)

  it("wma: weights 1, 2, 3", function()
    local wma = indicators.wma(3)
    assert.is_nil(wma:push(10))
    assert.is_nil(wma:push(20))
    near((10 + 2 * 20 + 3 * 40) / 6, wma:push(40))
    near((20 + 2 * 40 + 3 * 10) / 6, wma:push(10))
  end)

  it("kama: the efficiency of the way decides how fast it follows", function()
    local kama = indicators.kama(2)
    assert.is_nil(kama:push(10))
    near(11, kama:push(11)) -- the seed
    -- 10, 11, 13: went 3 by a way of 3, efficiency 1, weight (2/3)^2 = 4/9
    near(11 + 4 / 9 * (13 - 11), kama:push(13))
    -- 11, 13, 12: went 1 by a way of 3; weight (1/3 * (2/3 - 2/31) + 2/31)^2
    local last = 11 + 8 / 9
    near(last + (1 / 3 * (2 / 3 - 2 / 31) + 2 / 31) ^ 2 * (12 - last), kama:push(12))
  end)

  it("supertrend: the stop follows and a close beyond it turns the trend", function()
    local trend = indicators.supertrend(1, 1)
    local function bar(high, low, close) return {high = high, low = low, close = close} end
    assert.is_nil(trend:push(bar(101, 99, 100)))
    -- range 2 around 101: 99 and 103; it begins as falling, the close is not above 103
    assert.same({103.0, false}, {trend:push(bar(102, 100, 101))})
    -- range 5 - its gap from 101 - around 104.5: 99.5 and 109.5, held at 103; 105 turns it
    assert.same({99.5, true}, {trend:push(bar(106, 103, 105))})
    -- range 4 around 104: 100 and 108; the stop rises
    assert.same({100.0, true}, {trend:push(bar(106, 102, 104))})
    -- range 6 around 101: 95 and 107; the stop stays at 100, the close of 98 is below it
    assert.same({107.0, false}, {trend:push(bar(104, 98, 98))})
  end)

  it("donchian and bollinger: lower, middle, upper", function()
    local donchian = indicators.donchian(2)
    assert.is_nil(donchian:push{high = 5, low = 3})
    assert.same({2, 3.5, 5}, {donchian:push{high = 4, low = 2}})
    assert.same({2, 4.0, 6}, {donchian:push{high = 6, low = 4}})
    local bollinger = indicators.bollinger(4, 2)
    for _, value in ipairs{1, 3, 1} do assert.is_nil(bollinger:push(value)) end
    assert.same({0.0, 2.0, 4.0}, {bollinger:push(3)}) -- deviation 1
  end)

  it("realised volatility: the root of the mean squared log return, by the year", function()
    local realised = indicators.realised_volatility(2, 365)
    assert.is_nil(realised:push(100))
    assert.is_nil(realised:push(100 * math.exp(0.03)))
    near(math.sqrt((0.03 ^ 2 + 0.04 ^ 2) / 2 * 365), realised:push(100 * math.exp(-0.01)))
  end)

  it("linreg: a line fits itself, and its slope is its rise", function()
    local linreg = indicators.linreg(4)
    for i = 1, 3 do assert.is_nil(linreg:push(10 - 2 * i)) end
    assert.same({2.0, -2.0, 1.0}, {linreg:push(2)})
    -- 6, 4, 2, 4 at -1.5, -.5, .5, 1.5: sxy -9 - 2 + 1 + 6 = -4, sxx 5, syy 4 + 0 + 4 + 0
    local value, slope, fit = linreg:push(4)
    near(-0.8, slope)
    near(4 - 0.8 * 1.5, value)
    near(16 / (5 * 8), fit)
  end)

  it("ichimoku: the cloud over a bar was worked out `shift` bars ago", function()
    local ichimoku = indicators.ichimoku(1, 2, 3, 2)
    local spans = {}
    for i = 1, 8 do
      local conversion, base, a, b, cloud_a, cloud_b =
        ichimoku:push{high = 10 * i + 2, low = 10 * i - 2}
      if i < 3 then
        assert.is_nil(conversion)
      else
        assert.same({10 * i, 10 * i - 5, 10 * i - 2.5, 10 * i - 10}, {conversion, base, a, b})
        spans[i] = {a, b}
        assert.same(spans[i - 2] or {}, {cloud_a, cloud_b})
      end
    end
  end)

  it("microprice: leans to the side that is thin", function()
    near(100.5, indicators.microprice(100, 3, 101, 3))
    near((100 * 1 + 101 * 3) / 4, indicators.microprice(100, 3, 101, 1)) -- 100.75
    near(100.5, indicators.microprice(100, 0, 101, 0))
    near(0.5, indicators.imbalance(3, 1))
    near(-1, indicators.imbalance(0, 2))
    near(0, indicators.imbalance(0, 0))
  end)

  it("order-flow imbalance: what came to the bid and left the ask", function()
    local ofi = indicators.order_flow_imbalance(1)
    assert.is_nil(ofi:push(100, 5, 101, 7))
    near(2 - 1, ofi:push(100, 7, 101, 8))  -- bid grew by 2, ask grew by 1
    near(4 + 8, ofi:push(101, 4, 102, 3))  -- the bid rose: 4 came; the ask rose: 8 left
    near(-4 - 6, ofi:push(100, 9, 101, 6)) -- the bid fell: 4 left; the ask fell: 6 came
    near(0, ofi:push(100, 9, 101, 6))
    local sum = indicators.order_flow_imbalance(3)
    for _, touch in ipairs{{100, 5, 101, 7}, {100, 7, 101, 8}, {101, 4, 102, 3}} do
      assert.is_nil(sum:push(table.unpack(touch)))
    end
    near(1 + 12 - 10, sum:push(100, 9, 101, 6))
    local copy = indicators.order_flow_imbalance(3)
    assert.is_true(copy:load(sum:save()))
    near(sum:push(100, 8, 101, 6), copy:push(100, 8, 101, 6))
  end)

  it("vwap: of bars and of trades, until it is reset", function()
    local vwap = indicators.vwap()
    assert.is_nil(vwap:value())
    near(100, vwap:trade(100, 1))
    near(103, vwap:trade(104, 3))
    near((412 + 7 * 4) / 8, vwap:push{high = 9, low = 6, close = 6, volume = 4})
    vwap:reset()
    assert.is_nil(vwap:value())
  end)

  it("go on after save and load as if nothing had happened", function()
    for _, made in ipairs{function() return indicators.sma(7) end,
                          function() return indicators.ema(7) end,
                          function() return indicators.rsi(7) end} do
      for cut = 1, 20 do
        local whole, first, second = made(), made(), made()
        local values = walk(40)
        for i = 1, cut do whole:push(values[i]); first:push(values[i]) end
        second:load(first:save())
        for i = cut + 1, 40 do
          local expected, got = whole:push(values[i]), second:push(values[i])
          if expected == nil then assert.is_nil(got) else near(expected, got) end
        end
      end
    end
  end)

  it("start over when what was saved was of another length", function()
    local old, new = indicators.ema(3), indicators.ema(5)
    for i = 1, 9 do old:push(i) end
    new:load(old:save())
    assert.is_nil(new:push(1))
    local rsi = indicators.rsi(5)
    rsi:load(indicators.rsi(3):save())
    assert.is_nil(rsi:push(1))
    rsi:load(nil)
  end)
end)
