--- Bollinger mean reversion in the laboratory: real engine, gate and runner library.
local rig = require "tests.lua.strategy_rig"

local BTC = rig.BTC
local CALM = {61500, 61510, 61490, 61505}

describe("bollinger", function()
  local host

  after_each(function()
    if host then rig.stop(host) end
    host = nil
  end)

  local function start(params, options)
    host = rig.start("strategies/bollinger.lua",
      {candle = 10, length = 4, width = 1, stop = 0.01, hold = 300, size = "0.02"}, params, options)
    rig.candles(host, CALM)
  end

  it("buys below its band and sells at the middle", function()
    start()
    assert.same({}, rig.places(host))
    rig.candles(host, {61400})
    assert.same({"buy 0.02"}, rig.places(host))
    assert.equal("0.02", host:position(BTC).size)
    rig.candles(host, {61430}) -- the middle is 61456.25
    assert.equal("0.02", host:position(BTC).size)
    rig.candles(host, {61500})
    assert.same({"buy 0.02", "sell 0.02 reduce"}, rig.places(host))
    assert.equal("0", host:position(BTC).size)
  end)

  it("sells above it and buys back at the middle", function()
    start()
    rig.candles(host, {61600})
    assert.equal("-0.02", host:position(BTC).size)
    rig.candles(host, {61500})
    assert.equal("0", host:position(BTC).size)
  end)

  it("enters when the band is left, not while the price stays outside", function()
    start{stop = 0.001}
    rig.candles(host, {61400})
    assert.equal(1, #rig.places(host))
    rig.book(host, 61300) -- past the stop at 61338.6
    host:advance(2)
    assert.equal("0", host:position(BTC).size)
    rig.candles(host, {61280, 61200})
    assert.same({"buy 0.02"}, rig.places(host))
  end)

  it("has the host stop a loss, and end what takes too long", function()
    start()
    rig.candles(host, {61400})
    rig.book(host, 60800) -- the stop is at 60786
    host:advance(1)
    assert.equal("0.02", host:position(BTC).size)
    rig.book(host, 60780)
    host:advance(2)
    assert.equal("0", host:position(BTC).size)
    rig.stop(host)
    start{hold = 20}
    rig.candles(host, {61400})
    host:advance(20)
    rig.book(host, 61401)
    host:advance(2)
    assert.equal("0", host:position(BTC).size)
    assert.same({"buy 0.02"}, rig.places(host)) -- the host did it
  end)

  it("gives up an entry that was refused once the price is back", function()
    start(nil, {limits = {max_position = "0.01", stale_after = 30}})
    rig.candles(host, {61400})
    assert.equal("position", host:refusals()[1].code)
    rig.candles(host, {61500})
    local tries = #rig.places(host)
    rig.book(host, 61500)
    host:advance(3)
    rig.book(host, 61501)
    assert.equal(tries, #rig.places(host))
    assert.equal("0", host:position(BTC).size)
  end)

  it("goes on after a reload: its band, and what it holds", function()
    start()
    assert.is_string(host:reload())
    rig.candles(host, {61400})
    assert.equal("0.02", host:position(BTC).size)
    assert.is_string(host:reload())
    rig.candles(host, {61500})
    assert.equal("0", host:position(BTC).size)
  end)

  it("refuses parameters that mean nothing", function()
    for _, params in ipairs{{candle = 7}, {length = 1}, {stop = 2}, {size = "0.00001"}} do
      assert.has_error(function() start(params) end)
    end
  end)
end)
