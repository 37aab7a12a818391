--- The Donchian breakout in the laboratory: real engine, gate and runner library.
local rig = require "tests.lua.strategy_rig"

local BTC = rig.BTC
--- Every candle has one trade, so its range is its gap from the close before: ten dollars.
local RANGE = {61500, 61510, 61500, 61510, 61500, 61510}

describe("donchian", function()
  local host

  after_each(function()
    if host then rig.stop(host) end
    host = nil
  end)

  local function start(params, options)
    host = rig.start("strategies/donchian.lua",
      {candle = 10, entry = 4, exit = 2, atr = 2, stop = 2, risk = 3, size_max = "1"}, params,
      options)
    rig.candles(host, RANGE)
  end

  it("buys a breakout, for a size that loses `risk` at the stop", function()
    start()
    assert.same({}, rig.places(host))
    -- true range 20: ATR (10 + 20) / 2 = 15 after Wilder; 3 / (2 * 15) = 0.1
    rig.candles(host, {61530})
    assert.same({"buy 0.1"}, rig.places(host))
    assert.equal("0.1", host:position(BTC).size)
    rig.book(host, 61500) -- the stop is at 61530 - 30; bid and ask a dollar around it
    host:advance(2)
    assert.equal("0", host:position(BTC).size)
    assert.equal("-3.2", host:position(BTC).realised) -- bought at 61531, sold at 61499
  end)

  it("sells one downwards", function()
    start()
    rig.candles(host, {61480})
    -- true range 30: ATR (10 + 30) / 2 = 20; 3 / (2 * 20) = 0.075
    assert.same({"sell 0.075"}, rig.places(host))
    assert.equal("-0.075", host:position(BTC).size)
  end)

  it("rides until the shorter channel breaks", function()
    start()
    rig.candles(host, {61530, 61550, 61570, 61560})
    assert.equal(1, #rig.places(host))
    rig.candles(host, {61549})
    assert.same({"buy 0.1", "sell 0.1 reduce"}, rig.places(host))
    assert.equal("0", host:position(BTC).size)
  end)

  it("is sized by its risk, within its limit, and leaves what is too little", function()
    start{risk = 1.5}
    rig.candles(host, {61530})
    assert.same({"buy 0.05"}, rig.places(host))
    rig.stop(host)
    start{size_max_BTC = "0.03"}
    rig.candles(host, {61530})
    assert.same({"buy 0.03"}, rig.places(host))
    rig.stop(host)
    start{risk = 0.001}
    rig.candles(host, {61530})
    assert.same({}, rig.places(host))
    assert.matches("less than trades", host:log()[#host:log()].text)
  end)

  it("keeps to the gate's limits", function()
    start(nil, {limits = {stale_after = 30, max_order_size = "0.05"}})
    rig.candles(host, {61530})
    assert.equal("order_size", host:refusals()[1].code)
    assert.equal("0", host:position(BTC).size)
  end)

  it("goes on after a reload: channels, range, and what it holds", function()
    start()
    assert.is_string(host:reload())
    rig.candles(host, {61530})
    assert.same({"buy 0.1"}, rig.places(host))
    assert.is_string(host:reload())
    rig.candles(host, {61509})
    assert.equal("0", host:position(BTC).size)
    assert.equal("sell 0.1 reduce", rig.places(host)[2])
  end)

  it("refuses parameters that mean nothing", function()
    for _, params in ipairs{{candle = 7}, {entry = 2, exit = 2}, {stop = 0}, {risk = -1}} do
      assert.has_error(function() start(params) end)
    end
  end)
end)
