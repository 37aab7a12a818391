--- The volume filter, told of candles.
local rig = require "tests.lua.rule_rig"

describe("volume", function()
  local host

  after_each(function() rig.stop(host) end)

  local function start(params)
    params.candle, params.window = 10, 30
    host = rig.start("risk_rules/volume.lua", params)
  end

  it("wants enough volume of late, and forgets what is older than its window", function()
    start{min_volume = 5}
    assert.equal("rule: volume 0.0000 in 30 s is below 5", rig.ask(host, "buy"))
    rig.candle(host, 61500, 2)
    rig.candle(host, 61500, 2)
    host:advance(2) -- candles are told a second after their end
    assert.equal("rule: volume 4.0000 in 30 s is below 5", rig.ask(host, "buy"))
    rig.candle(host, 61500, 1)
    host:advance(2)
    assert.equal("placed", rig.ask(host, "buy"))
    assert.equal("placed", rig.ask(host, "sell")) -- it reduces: not asked about
    host:advance(40)
    assert.matches("volume 0.0000", rig.ask(host, "sell"))
  end)

  it("has a least of its own for an asset", function()
    start{min_volume = 500, min_volume_BTC = "1.5"}
    rig.candle(host, 61500, 2)
    host:advance(2)
    assert.equal("placed", rig.ask(host, "buy"))
  end)

  it("remembers over a reload, and goes on counting", function()
    start{min_volume = 2}
    assert.matches("^rule: volume", rig.ask(host, "buy"))
    rig.candle(host, 61500, 2)
    host:advance(2)
    assert.is_string(host:reload_rule(1))
    assert.equal("placed", rig.ask(host, "buy"))
    host:advance(60)
    assert.matches("^rule: volume", rig.ask(host, "buy"))
    assert.same({"asked 1, refused 1: volume 1", -- at once
                 "asked 1, refused 1: volume 1", -- at its end
                 "asked 3, refused 2: volume 2"}, rig.said(host))
  end)

  it("wants its parameter, and a candle that is built", function()
    start{min_volume = 1}
    local function refused(params, words)
      local ok, message = pcall(rig.start, "risk_rules/volume.lua", params)
      assert.is_false(ok)
      assert.matches(words, message)
    end
    refused({candle = 10}, "min_volume")
    refused({min_volume = 1, candle = 7}, "candle = 7, but the host builds candles of 10, 60 s")
    refused({min_volume = 1, candle = 60, window = 10}, "window")
  end)
end)
