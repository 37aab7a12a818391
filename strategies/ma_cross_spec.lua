--- The moving-average cross in the laboratory: real engine, gate and runner library.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"
local PARAMS = {candle = 10, fast = 2, slow = 4, rsi_length = 3, rsi_long = 50, rsi_short = 50,
                trail = 0.01, size = "0.02"}

local function start(options)
  local params = {}
  for key, value in pairs(PARAMS) do params[key] = value end
  for key, value in pairs(options and options.params or {}) do params[key] = value end
  local given = {script = "strategies/ma_cross.lua", products = {BTC}, candles = {10, 60},
                 limits = {stale_after = 30}}
  for key, value in pairs(options or {}) do given[key] = value end
  given.params = params
  return lab.new(given)
end

--- A book five either side of `price`.
local function show(host, price, product)
  host:book(product or BTC, {{price - 5, "50"}}, {{price + 5, "50"}})
end

--- One candle per price: a trade at it, a book around it, and then its ten seconds are over.
local function candles(host, prices, product)
  for _, price in ipairs(prices) do
    show(host, price, product)
    host:trade(product or BTC, price, "0.1")
    host:advance(10)
  end
end

local FALL = {61500, 61400, 61300, 61200, 61100, 61000}
local RISE = {61100, 61300, 61500}
local RISE_LONG = {61000, 61100, 61200, 61300, 61400, 61500}

local function places(host)
  local list = {}
  for _, intent in ipairs(host:intents()) do
    if intent.kind == "place" then list[#list + 1] = intent end
  end
  return list
end

describe("ma_cross", function()
  local host

  after_each(function()
    if host then
      assert.same({}, host:faults())
      host:close()
      host = nil
    end
  end)

  it("opens a long when the fast average crosses above the slow one and RSI agrees", function()
    host = start()
    candles(host, FALL)
    assert.equal(0, #places(host))
    candles(host, RISE)
    assert.equal(1, #places(host))
    local order = places(host)[1]
    assert.equal("buy", order.side)
    assert.equal("market", order.type)
    assert.equal("0.02", order.size)
    assert.is_false(order.reduce_only)
    assert.equal("0.02", host:position(BTC).size)
    assert.equal(0, #host:orders())
  end)

  it("opens a short on the mirror image", function()
    host = start()
    candles(host, RISE_LONG)
    candles(host, {61400, 61200, 61000})
    assert.equal(1, #places(host))
    assert.equal("sell", places(host)[1].side)
    assert.equal("-0.02", host:position(BTC).size)
  end)

  it("does nothing when RSI does not confirm", function()
    host = start{params = {rsi_long = 99}}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal(0, #places(host))
    host:close()
    host = start{params = {rsi_short = 1}}
    candles(host, RISE_LONG)
    candles(host, {61400, 61200, 61000})
    assert.equal(0, #places(host))
  end)

  it("does nothing before its averages have seen enough", function()
    host = start{params = {fast = 3, slow = 12}}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal(0, #places(host))
  end)

  it("flips from long to short in one order of twice the size", function()
    host = start{params = {trail = 0.5}}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal("0.02", host:position(BTC).size)
    candles(host, {61300, 61000, 60700})
    assert.equal(2, #places(host))
    assert.equal("sell", places(host)[2].side)
    assert.equal("0.04", places(host)[2].size)
    assert.is_false(places(host)[2].reduce_only)
    assert.equal("-0.02", host:position(BTC).size)
  end)

  --- The host's own order: the one that no script asked for.
  local function stop_order()
    for _, order in ipairs(host:orders(BTC, "all")) do
      if tonumber(order.ref) == 0 then return order end
    end
  end

  it("closes a long when the price falls by `trail` from its best", function()
    host = start()
    candles(host, FALL)
    candles(host, RISE)
    show(host, 62000) -- the best since entry
    show(host, 61400) -- 0.97 % below it
    assert.is_nil(stop_order())
    show(host, 61370) -- 1.02 %
    assert.equal("sell", stop_order().side)
    assert.equal("0.02", stop_order().size)
    assert.is_true(stop_order().reduce_only)
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
    show(host, 61300)
    assert.equal(1, #places(host)) -- and stays out
  end)

  it("closes a short when the price rises by `trail` from its best", function()
    host = start()
    candles(host, RISE_LONG)
    candles(host, {61400, 61200, 61000})
    show(host, 60500)
    show(host, 61100)
    assert.is_nil(stop_order())
    show(host, 61120)
    assert.equal("buy", stop_order().side)
    assert.is_true(stop_order().reduce_only)
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
  end)

  it("is closed by its stop after its death", function()
    host = start{on_death = "keep"}
    candles(host, FALL)
    candles(host, RISE)
    show(host, 62000)
    host:kill("test")
    show(host, 61370)
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
  end)

  it("has one order in flight, however loud the signals are", function()
    host = start{manual = true}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal(1, #places(host))
    assert.equal("sent", host:orders()[1].state)
    candles(host, {61300, 61000, 60700, 60500, 61000, 61500})
    show(host, 50000)
    assert.equal(1, #places(host))
    host:accept(host:orders()[1])
    host:advance(1)
    assert.is_true(#places(host) > 1) -- what is wanted by now is pursued
  end)

  it("counts an unknown outcome as in flight", function()
    host = start{manual = true}
    candles(host, FALL)
    candles(host, RISE)
    host:link("user", false)
    host:link("user", true)
    candles(host, {61300, 61000, 60700})
    assert.equal(1, #places(host))
  end)

  it("pursues what it wants after a refusal, but does not hammer", function()
    host = start()
    candles(host, FALL)
    host:operator("halt", "not now")
    candles(host, RISE)
    show(host, 61510)
    show(host, 61520)
    local tries = #places(host)
    assert.is_true(tries >= 1)
    assert.equal("trading_state", host:refusals()[1].code)
    for price = 61521, 61540 do show(host, price) end
    assert.equal(tries, #places(host))
    host:operator("resume", "now")
    host:advance(1)
    show(host, 61500)
    assert.equal("0.02", host:position(BTC).size)
  end)

  it("is held by the gate to the position limit", function()
    host = start{limits = {stale_after = 30, max_position = "0.01"}}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal("0", host:position(BTC).size)
    assert.equal("position", host:refusals()[1].code)
    assert.equal("0.01", host:refusals()[1].headroom)
  end)

  it("does not act on a stale book", function()
    host = start{limits = {stale_after = 3}}
    candles(host, FALL)
    candles(host, {61100, 61300})
    host:advance(5) -- the last one has ended by now, and the book is old
    assert.equal(0, #places(host))
    show(host, 61500)
    assert.equal("0.02", host:position(BTC).size)
    assert.same({}, host:refusals())
  end)

  it("keeps the products apart", function()
    -- What is held in one must have a fresh mark while the other opens, or no loss can be told.
    host = start{products = {BTC, BIP},
                 limits = {stale_after = 300, max_mark_age = 300, max_book_age = 300}}
    show(host, 61000, BIP)
    candles(host, FALL)
    candles(host, RISE)
    assert.equal("0.02", host:position(BTC).size)
    assert.equal("0", host:position(BIP).size)
    candles(host, FALL, BIP)
    candles(host, RISE, BIP)
    assert.equal("0.02", host:position(BIP).size)
  end)

  it("ignores candles of other lengths", function()
    host = start{params = {candle = 60}}
    candles(host, FALL)
    candles(host, RISE)
    assert.equal(0, #places(host))
  end)

  it("remembers averages, wishes and the stop over a reload", function()
    host = start()
    candles(host, FALL)
    assert.is_string(host:reload())
    candles(host, RISE)
    assert.equal("0.02", host:position(BTC).size)
    show(host, 62000)
    assert.is_string(host:reload())
    show(host, 61370) -- 1.02 % below a best that only the old script saw
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
  end)

  it("learns of the order in flight from the host after a reload", function()
    host = start{manual = true}
    candles(host, FALL)
    candles(host, RISE)
    assert.is_string(host:reload())
    candles(host, {61600, 61700})
    assert.equal(1, #places(host))
    host:accept(host:orders()[1])
    host:advance(1)
    assert.equal("0.02", host:position(BTC).size)
    assert.equal(1, #places(host))
  end)

  it("says at load what is wrong with its parameters", function()
    local function refused(params, words)
      local ok, message = pcall(start, {params = params})
      assert.is_false(ok)
      assert.matches(words, message)
    end
    refused({candle = 7}, "candle = 7, but the host builds candles of 10, 60 s")
    refused({fast = 9, slow = 3}, "fast must be shorter than slow")
    refused({trail = "soon"}, "parameter 'trail' is 'soon', a number is wanted")
    refused({size = "0.00001"}, "less than BTC%-PERP%-INTX trades, 0.0001")
    refused({size = 0.02}, "the float 0.02 is not exact")
    refused({rsi_long = 101}, "at most 100")
  end)

  it("warns of a parameter that nobody asked for", function()
    host = start{params = {trial = 0.001}}
    local log = host:log()
    assert.equal("warn", log[1].level)
    assert.matches("'trial' is in the config, but ma_cross never asked for it", log[1].text)
  end)
end)
