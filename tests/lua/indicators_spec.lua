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
