--- The RSI filter, told of candles.
local rig = require "tests.lua.rule_rig"

describe("rsi", function()
  local host

  after_each(function() rig.stop(host) end)

  local function start(prices)
    host = rig.start("risk_rules/rsi.lua",
      {candle = 10, length = 3, overbought = 70, oversold = 30})
    for _, price in ipairs(prices) do rig.candle(host, price) end
    host:advance(2)
  end

  it("refuses until it is known", function()
    start{61500, 61510, 61520}
    assert.equal("rule: RSI is not known yet", rig.ask(host, "buy"))
  end)

  it("refuses to buy what has run up, and lets it be sold", function()
    start{61500, 61510, 61505, 61520} -- gains 25, losses 5
    assert.equal("rule: RSI 83.3 is above 70", rig.ask(host, "buy"))
    assert.equal("placed", rig.ask(host, "sell"))
    assert.same({"asked 1, refused 1: overbought 1"}, rig.said(host))
  end)

  it("refuses to sell what has run down, and lets it be bought", function()
    start{61500, 61490, 61495, 61480}
    assert.equal("rule: RSI 16.7 is below 30", rig.ask(host, "sell"))
    assert.equal("placed", rig.ask(host, "buy"))
  end)

  it("remembers over a reload", function()
    start{61500, 61510, 61505, 61520}
    assert.is_string(host:reload_rule(1))
    assert.equal("rule: RSI 83.3 is above 70", rig.ask(host, "buy"))
    rig.candle(host, 61500) -- gain 25/3 * 2/3, loss (5/3 * 2 + 20) / 3
    host:advance(2)
    assert.equal("placed", rig.ask(host, "buy"))
  end)
end)
