--- The volatility filter, told of candles.
local rig = require "tests.lua.rule_rig"

describe("volatility", function()
  local host

  after_each(function() rig.stop(host) end)

  local function start(params)
    params.candle, params.length = 10, 2
    host = rig.start("risk_rules/volatility.lua", params)
  end

  local function candles(prices)
    for _, price in ipairs(prices) do rig.candle(host, price) end
    host:advance(2)
  end

  it("refuses until it knows, and while the price moves too much", function()
    start{most = 20}
    candles{61500, 61500}
    assert.equal("rule: volatility is not known yet", rig.ask(host, "buy"))
    candles{61500}
    assert.equal("placed", rig.ask(host, "buy"))
    -- returns 0 and ln(61684.5 / 61500) = 29.96 bps: root of the mean square 21.2
    candles{61684.5}
    assert.equal("rule: volatility 21.2 bps is above 20", rig.ask(host, "buy"))
    candles{61684.5, 61684.5}
    assert.equal("placed", rig.ask(host, "buy"))
  end)

  it("refuses a market that does not move enough", function()
    start{least = 10}
    candles{61500, 61510, 61500}
    assert.equal("rule: volatility 1.6 bps is below 10", rig.ask(host, "sell"))
    candles{61600, 61500}
    assert.equal("placed", rig.ask(host, "sell"))
  end)

  it("remembers over a reload", function()
    start{most = 20}
    candles{61500, 61500, 61500}
    assert.is_string(host:reload_rule(1))
    assert.equal("placed", rig.ask(host, "buy"))
  end)

  it("refuses parameters that mean nothing", function()
    start{}
    assert.has_error(function() rig.start("risk_rules/volatility.lua", {most = 1, least = 2}) end)
    assert.has_error(function() rig.start("risk_rules/volatility.lua", {length = 1}) end)
  end)
end)
