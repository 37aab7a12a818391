--- TWAP in the laboratory: real engine, gate and runner library.
local rig = require "tests.lua.strategy_rig"

local BTC = rig.BTC

describe("twap", function()
  local host

  after_each(function()
    if host then rig.stop(host) end
    host = nil
  end)

  local function start(params, options)
    host = rig.start("strategies/twap.lua", {target = "0.4", duration = 40, slices = 4}, params,
      options)
    rig.book(host, 61500)
  end

  --- One slice's time, at a price.
  local function pass(price, seconds)
    rig.book(host, price or 61500)
    host:advance(seconds or 10)
    rig.book(host, price or 61500)
  end

  local function size() return host:position(BTC).size end

  it("buys a quarter each ten seconds and says what it cost", function()
    start()
    local sizes = {}
    for i = 1, 4 do
      pass(61500 + 10 * (i - 1))
      sizes[i] = size()
    end
    assert.same({"0.1", "0.2", "0.3", "0.4"}, sizes)
    for _, intent in ipairs(host:intents()) do
      assert.equal("ioc", intent.tif)
      assert.equal("limit", intent.type)
    end
    pass(61530)
    pass(61530)
    assert.equal(4, #rig.places(host))
    -- asks of 61501, 61511, 61521, 61531 against a mid of 61500: 16 of 61500
    assert.equal(BTC .. ": 0.4 done at 61516.00 on average, 2.60 bps worse than at the start",
      host:log()[#host:log()].text)
  end)

  it("sells, through flat, to a target below zero", function()
    start{target = "-0.2"}
    for _ = 1, 5 do pass() end
    assert.equal("-0.2", size())
    assert.same({"sell 0.05", "sell 0.05", "sell 0.05", "sell 0.05"}, rig.places(host))
  end)

  it("catches up what did not fill, but not all at once", function()
    start{duration = 80, slices = 8, catch_up = 2} -- 0.05 each
    pass()
    assert.equal("0.05", size())
    host:book(BTC, {{"61499", "1"}}, {{"61501", "0.01"}}) -- next to nothing to take
    host:advance(10)
    assert.equal("0.06", size())
    host:book(BTC, {{"61499", "1"}}, {{"61501", "0.01"}})
    host:advance(10)
    assert.equal("0.07", size())
    pass()
    assert.equal("0.17", size()) -- 0.2 is due, a slice is at most 0.1
    for _ = 1, 5 do pass() end
    assert.equal("0.4", size())
  end)

  it("pays nothing beyond its limit, and waits", function()
    start{limit = "61510"}
    pass(61500)
    assert.equal("0.1", size())
    pass(61600)
    pass(61600)
    assert.equal("0.1", size())
    pass(61500)
    pass(61500)
    assert.equal("0.4", size())
  end)

  it("does not trade on a stale book", function()
    start(nil, {limits = {stale_after = 3}})
    host:advance(25)
    assert.same({}, rig.places(host))
    for _ = 1, 60 do
      rig.book(host, 61500)
      host:advance(1)
    end
    assert.equal("0.4", size())
  end)

  it("says what the gate refused and goes on trying", function()
    start(nil, {limits = {stale_after = 30, max_order_size = "0.05"}})
    pass()
    assert.equal("order_size", host:refusals()[1].code)
    assert.matches("0.05 would have passed", host:log()[#host:log()].text)
    pass()
    assert.equal(2, #host:refusals())
    assert.equal("0", size())
  end)

  it("goes on after a reload where it was, and does not buy twice", function()
    start()
    pass()
    pass()
    assert.is_string(host:reload())
    for _ = 1, 4 do pass() end
    assert.equal("0.4", size())
    assert.matches("0.4 done", host:log()[#host:log()].text)
    assert.is_string(host:reload())
    for _ = 1, 3 do pass() end
    assert.equal(4, #rig.places(host))
  end)

  it("started anew, without any memory, it does not buy twice either", function()
    start()
    for _ = 1, 4 do pass() end
    assert.equal("0.4", size())
    local text = io.open("strategies/twap.lua"):read("a"):gsub("return strategy%s*$",
      "strategy.on_reload = function() host.timer(1, pause) end\nreturn strategy\n")
    assert.is_string(host:reload(text))
    for _ = 1, 4 do pass() end
    assert.equal("0.4", size())
    assert.equal(4, #rig.places(host))
    assert.matches("there already", host:log()[#host:log()].text)
  end)

  it("wants a target, and one product", function()
    assert.has_error(function() start({target = "much"}) end)
    assert.has_error(function() start(nil, {products = {BTC, rig.BIP}}) end)
    assert.has_error(function() start{slices = 1.5} end)
  end)
end)
