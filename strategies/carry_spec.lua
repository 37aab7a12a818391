--- The carry pair in the laboratory: real engine, gate and runner library.
local rig = require "tests.lua.strategy_rig"

local BTC, BIP = rig.BTC, rig.BIP

describe("carry", function()
  local host

  after_each(function()
    if host then rig.stop(host) end
    host = nil
  end)

  local function start(params, options)
    local given = {products = {BTC, BIP}}
    for key, value in pairs(options or {}) do given[key] = value end
    host = rig.start("strategies/carry.lua",
      {entry = 20, exit = 5, window = 3, sample = 1, leg_timeout = 5, pause = 30, size = "0.02"},
      params, given)
  end

  --- Both books for some seconds.
  local function show(btc, bip, seconds)
    for _ = 1, seconds do
      rig.book(host, btc, BTC)
      rig.book(host, bip, BIP)
      host:advance(1)
    end
  end

  local function held()
    return host:position(BTC).size .. " " .. host:position(BIP).size
  end

  it("sells the dear one and buys the cheap one, and closes when they are near", function()
    start()
    show(61700, 61500, 2) -- 32.5 bps, but the mean is not known yet
    assert.equal("0 0", held())
    show(61700, 61500, 2)
    assert.equal("-0.02 0.02", held())
    assert.same({"sell 0.02", "buy 0.02"}, rig.places(host))
    show(61600, 61500, 6) -- 16 bps: it goes on paying
    assert.equal("-0.02 0.02", held())
    show(61510, 61500, 5)
    assert.equal("0 0", held())
    assert.equal(4, #rig.places(host))
  end)

  it("does the mirror image", function()
    start()
    show(61500, 61700, 5)
    assert.equal("0.02 -0.02", held())
    show(61700, 61500, 2) -- the mean has turned: what is held would pay
    assert.equal("0 0", held())
    show(61700, 61500, 2)
    assert.equal("-0.02 0.02", held())
  end)

  it("decides by the mean, not by one sample", function()
    start()
    show(61510, 61500, 3)
    show(61700, 61500, 1)
    show(61510, 61500, 3)
    assert.same({}, rig.places(host))
  end)

  it("takes no sample from a stale book", function()
    start({window = 5, entry = 40}, {limits = {stale_after = 3}})
    show(61500, 61500, 2)
    for _ = 1, 9 do -- 49 bps; three samples of it until the other book is stale
      rig.book(host, 61800, BTC) -- BIP is silent
      host:advance(1)
    end
    assert.same({}, rig.places(host))
  end)

  it("does not keep one leg without the other, and pauses", function()
    local one_leg = [[
      return {judge = function(intent) return intent.product == "BTC-PERP-INTX", "not that" end}]]
    start(nil, {rules = {{text = one_leg}}})
    show(61700, 61500, 5)
    assert.equal("-0.02 0", held())
    show(61700, 61500, 6)
    assert.equal("0 0", held())
    local warned = false
    for _, line in ipairs(host:log()) do warned = warned or line.text:match("stands alone") end
    assert.is_truthy(warned)
    local tries = #rig.places(host)
    show(61700, 61500, 20)
    assert.equal(tries, #rig.places(host))
    show(61700, 61500, 12)
    assert.is_true(#rig.places(host) > tries)
  end)

  it("goes on after a reload with its samples and its timer", function()
    start()
    show(61700, 61500, 3)
    assert.is_string(host:reload())
    show(61700, 61500, 2)
    assert.equal("-0.02 0.02", held())
    assert.is_string(host:reload())
    show(61500, 61500, 5)
    assert.equal("0 0", held())
  end)

  it("wants two products of an asset, of a size that both trade", function()
    local function refused(words, params, options)
      local ok, message = pcall(start, params, options)
      assert.is_false(ok)
      assert.matches(words, message)
    end
    refused("two products of BTC are wanted, not 1", nil, {products = {BTC}})
    refused("exit must be below entry", {exit = 20})
    refused("less than BIP%-20DEC30%-CDE trades", {size = "0.001"})
  end)
end)
